"""Movement of people: small pure functions of one process each, and one step of a day."""
