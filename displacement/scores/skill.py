"""Better than what? A score beside that of a forecast that needs no model."""

from __future__ import annotations

import xarray as xr

from displacement.errors import InputError


def ratio(score: xr.DataArray, baseline: xr.DataArray) -> xr.DataArray:
    """How large a score is beside that of a baseline on the same cells: below 1 is better (for scores where less is).

    score / baseline

    score, baseline : any one grid, in one unit, 0 or more;  returns : 1; NaN where the baseline is 0 or NaN.
    Of several cases take the geometric mean: exp(mean(log(ratio))).

    >>> float(ratio(xr.DataArray(60.0), xr.DataArray(80.0)))
    0.75
    """
    for what, array in (("score", score), ("baseline", baseline)):
        if not isinstance(array, xr.DataArray):
            raise InputError(f"{what}: must be an xarray.DataArray, got {type(array).__name__}")
    try:
        score, baseline = xr.align(score, baseline, join="exact")
    except ValueError as fault:
        raise InputError(f"score and baseline have different labels ({fault})") from fault
    return score / baseline.where(baseline != 0)


def skill(score: xr.DataArray, baseline: xr.DataArray) -> xr.DataArray:
    """What share of a baseline's score is saved: 1 is perfect, 0 is no better than the baseline, below 0 is worse.

    1 - score / baseline

    score, baseline : any one grid, in one unit, 0 or more;  returns : 1; NaN where the baseline is 0 or NaN.
    Source: Murphy, Monthly Weather Review 116 (1988), 2417-2424.

    >>> float(skill(xr.DataArray(60.0), xr.DataArray(80.0)))
    0.25
    """
    return 1.0 - ratio(score, baseline)
