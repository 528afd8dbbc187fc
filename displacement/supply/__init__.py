"""Supply: what people need, what aid brings, what is stored, how long it lasts."""
