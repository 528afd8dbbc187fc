"""How good a forecast was: one signature, `(forecast, observed, dim=...)`, on labelled arrays.

Pure functions: DataArrays in, a DataArray out. `dim` are the dimensions averaged over: None is all, () is none. What is
not known is NaN and left out; where nothing is left the score is NaN, never 0. Labels that differ are an error.
"""

from displacement.scores.ensembles import crps, crps_of_quantiles, pit
from displacement.scores.forecasts import forecast_scores
from displacement.scores.intervals import SHARES, central_interval, interval_coverage, interval_score
from displacement.scores.points import bias, mean_absolute_error, relative_error
from displacement.scores.skill import ratio, skill

__all__ = [
    "SHARES",
    "bias",
    "central_interval",
    "crps",
    "crps_of_quantiles",
    "forecast_scores",
    "interval_coverage",
    "interval_score",
    "mean_absolute_error",
    "pit",
    "ratio",
    "relative_error",
    "skill",
]
