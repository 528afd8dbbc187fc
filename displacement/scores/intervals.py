"""Intervals that shall hold the count in 50, 80 or 95 of 100 cases: do they, and at what width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import InputError
from displacement.scores.arrays import Dims, beside, known, mean_of
from displacement.scores.ensembles import levels_of
from displacement.summaries import points_over_members

SHARES = (50.0, 80.0, 95.0)  # %
NEAR = 1e-9


def central_interval(
    forecast: xr.DataArray, share: float, *, member: str = "member", quantile: str = "quantile"
) -> tuple[xr.DataArray, xr.DataArray]:
    """Lower and upper end of the central interval that holds so many % of a distribution.

    points at (50 - share/2) % and (50 + share/2) % over members, straight between two; or the two quantiles of these
    levels, which must be there

    forecast : (member, ...), NaN members left out, or (quantile, ...);  share : %, above 0 and below 100
    returns  : two arrays (...), in the unit of the data. With one member both are that member.

    >>> low, high = central_interval(xr.DataArray([0.0, 10.0, 20.0], dims="member"), 50.0)
    >>> float(low), float(high)
    (5.0, 15.0)
    """
    if not 0 < share < 100:
        raise InputError(f"share = {share:g} %: must lie between 0 and 100")
    ends = (50.0 - share / 2.0, 50.0 + share / 2.0)
    if member in forecast.dims:
        found = xr.apply_ufunc(
            lambda x: np.moveaxis(points_over_members(np.moveaxis(x, -1, 0), ends), 0, -1),
            forecast.astype(float), input_core_dims=[[member]], output_core_dims=[["end"]],
        )  # fmt: skip
        return found.isel(end=0), found.isel(end=1)
    if quantile not in forecast.dims:
        raise InputError(f"forecast: has neither members (a dimension {member!r}) nor quantiles ({quantile!r})")
    levels = levels_of(forecast, quantile)
    at = []
    for end in ends:
        k = int(np.argmin(np.abs(levels - end / 100.0)))
        if abs(levels[k] - end / 100.0) > NEAR:
            raise InputError(f"forecast: no quantile {end / 100:g} for an interval of {share:g} %: {levels.tolist()}")
        at.append(forecast.astype(float).isel({quantile: k}, drop=True))
    return at[0], at[1]


def interval_coverage(
    forecast: xr.DataArray,
    observed: xr.DataArray,
    *,
    dim: Dims = None,
    shares: Sequence[float] = SHARES,
    member: str = "member",
    quantile: str = "quantile",
) -> xr.DataArray:
    """Share of counts that lie inside the central intervals, ends included: as many as they promise, if they are right.

    mean(1{l <= y <= u})     for each interval

    forecast : (member, ...) or (quantile, ...);  observed : (...);  dim : averaged over; None: all, (): none
    shares   : %, of the intervals
    returns  : (share, ...) from 0 to 1. A cell without forecast or count is NaN and left out; NaN if none is left. One
               member covers only a count that it hits. A few members drawn from the truth cover less than promised.
    Of n independent counts the share varies by sqrt(p (1 - p) / n): by 18 % of 5 counts, for p = 80 %.
    Source: Gneiting, Balabdaoui, Raftery, JRSS B 69 (2007), 243-268.

    >>> members = xr.DataArray(np.arange(101.0), dims="member")
    >>> interval_coverage(members, xr.DataArray([50.0, 20.0], dims="place")).values
    array([0.5, 1. , 1. ])
    """

    def inside(low: xr.DataArray, high: xr.DataArray, y: xr.DataArray, _: float) -> xr.DataArray:
        return ((low <= y) & (y <= high)).astype(float).where(known(high - low + y))

    return _each(inside, forecast, observed, dim, shares, member, quantile)


def interval_score(
    forecast: xr.DataArray,
    observed: xr.DataArray,
    *,
    dim: Dims = None,
    shares: Sequence[float] = SHARES,
    member: str = "member",
    quantile: str = "quantile",
) -> xr.DataArray:
    """Width of the central intervals, and a fine for each count outside by how far it lies outside.

    (u - l) + 2/a max(l - y, 0) + 2/a max(y - u, 0)     with a = 1 - share / 100, for each interval

    forecast : (member, ...) or (quantile, ...);  observed : (...);  dim : averaged over; None: all, (): none
    shares   : %, of the intervals
    returns  : (share, ...) in the unit of the data; less is better. A cell without forecast or count is NaN and left
               out; NaN if none is left. One member: 2/a times the absolute error.
    Source: Gneiting and Raftery, JASA 102 (2007), 359-378, section 6.2. Computed by `scoringrules`.

    >>> members = xr.DataArray(np.arange(101.0), dims="member")
    >>> interval_score(members, xr.DataArray(5.0), shares=(80.0,)).values  # 80 + 2/0.2 (10 - 5)
    array([130.])
    """

    def score(low: xr.DataArray, high: xr.DataArray, y: xr.DataArray, share: float) -> xr.DataArray:
        from scoringrules import interval_score as computed

        y, low, high = xr.broadcast(y, low, high)
        found = computed(y.values, low.values, high.values, 1.0 - share / 100.0, backend="numpy")
        return y.copy(data=np.reshape(found, y.shape))

    return _each(score, forecast, observed, dim, shares, member, quantile)


def _each(
    score: Callable[[xr.DataArray, xr.DataArray, xr.DataArray, float], xr.DataArray],
    forecast: xr.DataArray,
    observed: xr.DataArray,
    dim: Dims,
    shares: Sequence[float],
    member: str,
    quantile: str,
) -> xr.DataArray:
    """(share, ...) the mean of a score of each interval."""
    apart = member if member in forecast.dims else quantile
    forecast, observed = beside(forecast, observed, apart=apart)
    found = []
    for share in shares:
        low, high = central_interval(forecast, share, member=member, quantile=quantile)
        found.append(mean_of(score(low, high, observed, float(share)), dim))
    return xr.concat(found, pd.Index([float(s) for s in shares], name="share"))
