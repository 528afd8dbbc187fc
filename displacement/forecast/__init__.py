"""Forecasts of how many people are at a site, with intervals, from what was counted up to a day and nothing later."""
