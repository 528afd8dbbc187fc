"""Scores of a whole distribution, given as members or as quantiles, against what was counted."""

from __future__ import annotations

import numpy as np
import xarray as xr

from displacement.errors import InputError
from displacement.network import Floats
from displacement.scores.arrays import Dims, beside, known, mean_of


def crps(
    forecast: xr.DataArray,
    observed: xr.DataArray,
    *,
    dim: Dims = None,
    member: str = "member",
    fair: bool = False,
) -> xr.DataArray:
    """Continuous ranked probability score of an ensemble: the absolute error of a forecast that is a distribution.

    CRPS = mean_i abs(x_i - y) - 1/2 mean_ij abs(x_i - x_j)     (all M^2 pairs; fair: the M (M - 1) of two members)

    forecast : (member, ...) equally likely members;  observed : (...);  dim : averaged over; None: all, (): none
    fair     : of the distribution that members are drawn from, whatever their number; else of the ensemble as it is
    returns  : in the unit of the data; 0 is perfect. With one member it is the absolute error (fair: NaN, for one
               member shows no spread). NaN members are left out; a cell without members or without a count is NaN and
               left out of the mean; NaN if none is left. Never above the mean absolute error of the members.
    Source: Matheson and Winkler, Management Science 22 (1976), 1087-1096; Gneiting and Raftery, JASA 102 (2007),
    359-378; fair: Ferro, QJRMS 140 (2014), 1917-1923. Computed by `scoringrules`.

    >>> float(crps(xr.DataArray([1.0, 3.0], dims="member"), xr.DataArray(2.0)))  # 1 - 1/2 (0 + 2 + 2 + 0) / 4
    0.5
    >>> float(crps(xr.DataArray([1.0, 3.0], dims="member"), xr.DataArray(2.0), fair=True))
    0.0
    """
    forecast, observed = beside(forecast, observed, apart=member)
    found = xr.apply_ufunc(
        _crps, forecast, observed, input_core_dims=[[member], []], kwargs={"fair": fair}
    )  # the core dimension comes last
    return mean_of(found, dim)


def _crps(members: Floats, observed: Floats, *, fair: bool) -> Floats:
    """(...) CRPS of (..., member) against (...); NaN members weigh nothing."""
    from scoringrules import crps_ensemble

    observed = np.broadcast_to(observed, members.shape[:-1])
    there = ~np.isnan(members)
    count = there.sum(axis=-1)
    usable = (count > 0) & ~np.isnan(observed)
    weight = np.where(usable[..., None], there, 1.0)
    y = np.where(usable, observed, 0.0)
    x = np.where(usable[..., None] & there, members, y[..., None])
    if not x.size:
        return np.full(usable.shape, np.nan)
    score = np.asarray(crps_ensemble(y, x, ens_w=weight, estimator="qd", backend="numpy"))
    if fair:
        error = np.abs(x - y[..., None]).sum(axis=-1) / np.maximum(count, 1)
        score = error - (error - score) * count / np.where(count > 1, count - 1, np.nan)
    return np.where(usable, score, np.nan)


def crps_of_quantiles(
    forecast: xr.DataArray, observed: xr.DataArray, *, dim: Dims = None, quantile: str = "quantile"
) -> xr.DataArray:
    """CRPS of a forecast that is given as quantiles: twice the weighted mean of their pinball losses.

    2 sum_k w_k (1{y < q_k} - tau_k) (q_k - y)     with w_k the share of 0..1 that lies nearest to tau_k (sum 1)

    forecast : (quantile, ...) with the levels, between 0 and 1 and rising, as coordinate;  observed : (...)
    dim      : averaged over; None: all, (): none
    returns  : in the unit of the data. Levels (k - 1/2)/M give exactly the CRPS of M members; the median alone gives
               the absolute error. What lies beyond the outermost levels is not told of, so few levels make it too
               small for misses in the tails. A forecast with a NaN quantile, or without a count, is NaN, and left out.
    Source: Gneiting and Ranjan, JBES 29 (2011), 411-422; Bracher et al., PLoS Comp. Biol. 17 (2021) e1008618. The
    pinball loss is computed by `scoringrules`.

    >>> q = xr.DataArray([1.0, 3.0], dims="quantile", coords={"quantile": [0.25, 0.75]})
    >>> float(crps_of_quantiles(q, xr.DataArray(2.0)))
    0.5
    """
    forecast, observed = beside(forecast, observed, apart=quantile)
    levels = levels_of(forecast, quantile)
    found = xr.apply_ufunc(_pinball, forecast, observed, input_core_dims=[[quantile], []], kwargs={"levels": levels})
    return mean_of(found, dim)


def _pinball(quantiles: Floats, observed: Floats, *, levels: Floats) -> Floats:
    """(...) twice the weighted mean pinball loss of (..., quantile); NaN stays."""
    from scoringrules import quantile_score

    observed = np.broadcast_to(observed, quantiles.shape[:-1])[..., None]
    loss = np.asarray(quantile_score(observed, quantiles, levels, backend="numpy"))
    return np.asarray(2.0 * (loss * shares_of(levels)).sum(axis=-1))


def levels_of(forecast: xr.DataArray, quantile: str) -> Floats:
    """The levels of quantiles: rising, between 0 and 1."""
    if quantile not in forecast.coords:
        raise InputError(f"forecast: {quantile!r} has no levels; give them as coordinate, such as 0.1, 0.5, 0.9")
    levels = np.asarray(forecast[quantile].values, float)
    if not (levels.size and (levels > 0).all() and (levels < 1).all() and (np.diff(levels) > 0).all()):
        raise InputError(f"forecast: {quantile} = {levels.tolist()}: levels must rise and lie between 0 and 1")
    return levels


def shares_of(levels: Floats) -> Floats:
    """(quantile,) share of 0..1 that lies nearer to each level than to its neighbours.

    >>> shares_of(np.array([0.1, 0.5, 0.9])).round(3)
    array([0.3, 0.4, 0.3])
    """
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2.0, [1.0]])
    return np.diff(edges)


def pit(forecast: xr.DataArray, observed: xr.DataArray, *, dim: Dims = (), member: str = "member") -> xr.DataArray:
    """Where the count falls among the members: 0 below all, 1 above all. Even from 0 to 1 if the chances are right.

    PIT = share of members below y + half the share of members equal to y     (mid-PIT: ties are shared, nothing drawn)

    forecast : (member, ...);  observed : (...);  dim : averaged over; None: all, (), the default: none
    returns  : 1, a value a cell. Piled up at both ends: too sure; in the middle: too unsure; at 1: too low. NaN members
               are left out; a cell without members or without a count is NaN. With one member it is 0, 1/2 or 1.
    Source: Dawid, JRSS A 147 (1984), 278-292; mid-PIT: Czado, Gneiting, Held, Biometrics 65 (2009), 1254-1261.

    >>> float(pit(xr.DataArray([1.0, 2.0, 2.0, 5.0], dims="member"), xr.DataArray(2.0)))  # (1 + 2/2) / 4
    0.5
    """
    forecast, observed = beside(forecast, observed, apart=member)
    count = forecast.count(member)
    below = (forecast < observed).sum(member) + 0.5 * (forecast == observed).sum(member)
    return mean_of((below / count.where(count > 0)).where(known(observed)), dim)
