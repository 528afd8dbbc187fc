"""Points over members: bands, tables of them, peaks, first days, and what to plan for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Network

POINTS = (2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5)
RANGE = (10.0, 50.0, 90.0)
PLANNING_SHARE = 0.8  # a planning figure covers the peak of this share of members
PLANNING_STEPS = (100.0, 5_000.0)  # people: the finest and the coarsest to which a planning figure is rounded up


def column(point: float) -> str:
    """Name of the column with a point over members.

    >>> column(50.0), column(97.5)
    ('p50', 'p97.5')
    """
    return f"p{point:g}"


def points_over_members(numbers: np.ndarray, points: Sequence[float]) -> np.ndarray:
    """(point, ...) points in % over the first axis; NaN members are left out, and where all are NaN so is the point.

    >>> points_over_members(np.array([[0.0, 1.0], [10.0, np.nan]]), (50.0,))
    array([[5., 1.]])
    """
    numbers = numbers.astype(float)
    shares = np.asarray(points) / 100.0
    unknown = np.isnan(numbers)
    if not unknown.any():
        return np.asarray(np.quantile(numbers, shares, axis=0))
    none = unknown.all(axis=0)
    filled = np.where(none, 0.0, numbers)
    return np.where(none, np.nan, np.nanquantile(filled, shares, axis=0))


def bands(values: xr.DataArray, points: Sequence[float] = POINTS) -> xr.DataArray:
    """(point, ...) points in % over member; NaN members are left out, and where all are NaN so is the band.

    >>> bands(xr.DataArray([0, 10, 20], dims="member"), (50.0,)).values
    array([10.])
    """
    if "member" not in values.dims:
        values = values.expand_dims("member")
    values = values.transpose("member", ...)
    found = points_over_members(values.values, points)
    coords = {str(k): v for k, v in values.coords.items() if "member" not in v.dims}
    return xr.DataArray(found, dims=("point", *values.dims[1:]), coords={**coords, "point": list(points)})


def band_table(values: xr.DataArray, points: Sequence[float] = POINTS) -> pd.DataFrame:
    """A row for each cell of one dimension, a column for each point over members."""
    found = bands(values, points)
    (dim,) = found.dims[1:]
    index = pd.Index(found[dim].values, name=str(dim))
    return pd.DataFrame({column(p): found.values[i] for i, p in enumerate(points)}, index=index)


def scope_sum(values: xr.DataArray, network: Network, name: str) -> xr.DataArray:
    """Values summed over the places that a name stands for: a place, or a group such as one that a source counts."""
    return values.sel(place=list(network.members_of(name))).sum("place", skipna=False)


def peak_of(values: xr.DataArray) -> xr.DataArray:
    """(member,) largest value over the days."""
    return values.max("time")


def chance_above(values: xr.DataArray, figure: float) -> float:
    """Share of members in which a figure is exceeded on at least one day; NaN if nothing is known.

    >>> chance_above(xr.DataArray([[1, 5], [1, 2]], dims=("member", "time")), 3.0)
    0.5
    """
    peaks = np.atleast_1d(peak_of(values).values.astype(float))
    known = peaks[~np.isnan(peaks)]
    return float((known > figure).mean()) if known.size else float("nan")


def planning_step(people: float) -> float:
    """To what a planning figure is rounded up: about a twentieth of the people, a 1, 2 or 5 with zeros; at least 10.

    >>> planning_step(84_000.0), planning_step(900.0), planning_step(0.0)
    (2000.0, 20.0, 10.0)
    """
    fine = max(people / 20.0, 10.0)
    ten = 10.0 ** np.floor(np.log10(fine))
    return float(max(step * ten for step in (1.0, 2.0, 5.0) if step * ten <= fine))


def planning_figure(values: xr.DataArray, share: float = PLANNING_SHARE, step: float | None = None) -> float:
    """People to plan for: what the peak does not exceed in `share` of members or more, up to a multiple of `step`.

    step : unless given, about a twentieth of the people (see `planning_step`), from 100 to 5,000

    >>> planning_figure(xr.DataArray([[0, 100_100]], dims=("member", "time")))
    105000.0
    >>> planning_figure(xr.DataArray([[0, 973]], dims=("member", "time")))
    1000.0
    """
    peaks = np.atleast_1d(peak_of(values).values.astype(float))
    known = peaks[~np.isnan(peaks)]
    if not known.size:
        return float("nan")
    covered = float(np.quantile(known, share, method="inverted_cdf"))
    by = float(np.clip(planning_step(covered), *PLANNING_STEPS)) if step is None else step
    return float(np.ceil(covered / by) * by)


def peak_day(values: xr.DataArray) -> pd.DataFrame:
    """Day and size of the peak, a row for each of the 10, 50 and 90 % points; no day where nothing ever happens."""
    days = values["time"].values
    if "member" not in values.dims:
        values = values.expand_dims("member")
    numbers = np.nan_to_num(values.transpose("member", "time").values.astype(float))
    size = numbers.max(axis=1, initial=0.0)
    position = np.where(size > 0, numbers.argmax(axis=1) if numbers.size else 0, np.inf)
    return pd.DataFrame(
        {"day": days_at(position, days, RANGE), "people": np.quantile(size, np.asarray(RANGE) / 100.0)},
        index=pd.Index([column(p) for p in RANGE], name="point"),
    )


def first_passed(values: xr.DataArray, thresholds: Iterable[float]) -> pd.DataFrame:
    """For each threshold, the share of members that reach it, and the day on which they first do (10, 50, 90 %).

    Members that never reach it count as later than any day: a point among them has no day.
    """
    days = values["time"].values
    if "member" not in values.dims:
        values = values.expand_dims("member")
    numbers = values.transpose("member", "time").values.astype(float)
    rows = {}
    for threshold in thresholds:
        passed = numbers >= threshold
        ever = passed.any(axis=1)
        found = days_at(np.where(ever, passed.argmax(axis=1), np.inf), days, RANGE)
        rows[threshold] = {"share": float(ever.mean()), **{column(p): d for p, d in zip(RANGE, found, strict=True)}}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def days_at(position: np.ndarray, days: np.ndarray, points: Sequence[float]) -> pd.DatetimeIndex:
    """Days at points over members of a position among the days; infinity is never, which is NaT."""
    at = np.quantile(position, np.asarray(points) / 100.0, method="inverted_cdf")
    return pd.DatetimeIndex([days[int(i)] if np.isfinite(i) else pd.NaT for i in at])
