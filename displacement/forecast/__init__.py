"""Forecasts of how many people are at a site, with intervals, from what was counted up to a day and nothing later."""

from displacement.forecast.issue import Forecast, forecast
from displacement.forecast.mixture import Trained
from displacement.forecast.tasks import HORIZONS

__all__ = ["HORIZONS", "Forecast", "Trained", "forecast"]
