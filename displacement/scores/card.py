"""The report card of a run: each observation beside it, scores in all, and baselines that need no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Floats, Network
from displacement.scores.baselines import equal_split, persistence
from displacement.scores.counted import counted
from displacement.scores.ensembles import crps
from displacement.scores.intervals import SHARES, interval_coverage
from displacement.scores.pairs import bound_reached, independent, pair, with_bounds_only, with_value
from displacement.scores.points import bias, mean_absolute_error, relative_error
from displacement.summaries import RANGE, bands, column


@dataclass(frozen=True, eq=False, kw_only=True)
class Baseline:
    """A forecast without a model, and the run, on the same observations."""

    observations: int
    mean_absolute_error: float  # of the baseline: its CRPS too, for it has no spread
    run_mean_absolute_error: float
    run_crps: float
    relative_error: float
    run_relative_error: float

    @property
    def ratio(self) -> float:
        """CRPS of the run / that of the baseline: below 1 the run is better; NaN where the baseline is perfect."""
        return self.run_crps / self.mean_absolute_error if self.mean_absolute_error > 0 else float("nan")


@dataclass(frozen=True, eq=False, kw_only=True)
class Scores:
    """Scores over the observations of one unit that are numbers. The point forecast is the median."""

    observations: int
    sums: int  # of these, those that hold others of the same day
    mean_observed: float
    bias: float
    mean_absolute_error: float
    relative_error: float
    days: int  # that have a relative error
    crps: float
    coverage: dict[float, float]  # share in % of an interval: share of observations inside
    persistence: Baseline | None
    equal_split: Baseline | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Card:
    """What `report_card` returns: a row for each observation, scores by unit, and what was left out."""

    observations: pd.DataFrame
    scores: dict[str, Scores]
    left_out: pd.DataFrame
    attrs: dict[str, Any]

    @property
    def bounds(self) -> pd.DataFrame:
        """The observations that are bounds only."""
        return self.observations[self.observations["value"].isna()]


def score_run(run: xr.Dataset, observed: pd.DataFrame, network: Network) -> Card:
    """Score a run against observations, as `counted` and `pair` have them; the classes say what is in the card."""
    rows, held = counted(observed)
    pairs, left_out = pair(run, rows, network)
    pairs = pairs.assign(
        persistence=("observation", persistence(pairs, rows)),
        equal_split=("observation", equal_split(pairs, network)),
        part=("observation", independent(pairs, network)),
    )
    values = with_value(pairs)
    units = list(dict.fromkeys(map(str, values["unit"].values)))
    scores = {unit: scores_of(values.isel(observation=values["unit"].values == unit)) for unit in units}
    attrs = {**pairs.attrs, "rows": len(observed), "parts": len(observed) - len(held) - len(rows)}
    out = pd.concat([held, left_out], ignore_index=True) if len(held) else left_out
    return Card(observations=table_of(pairs), scores=scores, left_out=out, attrs=attrs)


def table_of(pairs: xr.Dataset) -> pd.DataFrame:
    """A row an observation: what was counted, the run's 10, 50 and 90 % points, and whether they hold it.

    inside : is the value within the 10 to 90 % range;  reached : share of members within the bounds of a bare bound
    """
    names = ("date", "variable", "place", "name", "unit", "scope", "source")
    frame = pd.DataFrame({name: pairs[name].values for name in names})
    for name in ("value", "low", "high", "persistence", "equal_split"):
        frame[name] = pairs[name].values
    points = bands(pairs["projected"], RANGE).values
    frame = frame.assign(**{column(p): points[i] for i, p in enumerate(RANGE)})
    inside = interval_coverage(pairs["projected"], pairs["value"], dim=(), shares=(80.0,)).values[0]
    reached = np.full(len(frame), np.nan)
    bare = with_bounds_only(pairs)
    reached[bare["observation"].values] = bound_reached(bare).values
    yes = pd.Series(inside, dtype=object).map({1.0: True, 0.0: False})
    return frame.assign(inside=yes.where(yes.notna(), None), reached=reached)


def scores_of(values: xr.Dataset) -> Scores:
    """Scores over observations of one unit, all with a value."""
    x, y = values["projected"], values["value"]
    median = _median(x)
    part = values["part"].values
    daily = _relative(median, values, part)
    covered = interval_coverage(x, y)
    return Scores(
        observations=int((~np.isnan(median.values)).sum()),
        sums=int((~part).sum()),
        mean_observed=float(y.mean()),
        bias=float(bias(median, y)),
        mean_absolute_error=float(mean_absolute_error(median, y)),
        relative_error=_mean(daily),
        days=int((~np.isnan(daily)).sum()),
        crps=float(crps(x, y)),
        coverage={share: float(covered.sel(share=share)) for share in SHARES},
        persistence=_baseline(values, "persistence"),
        equal_split=_baseline(values, "equal_split"),
    )


def _median(x: xr.DataArray) -> xr.DataArray:
    return bands(x, (50.0,)).isel(point=0, drop=True)


def _mean(numbers: Floats) -> float:
    there = numbers[~np.isnan(numbers)]
    return float(there.mean()) if there.size else float("nan")


def _relative(forecast: xr.DataArray, values: xr.Dataset, use: np.ndarray) -> Floats:
    """(day,) relative error over the places counted on a day, of one variable, as Flee has it; sums of others apart."""
    keys = pd.DataFrame({"variable": values["variable"].values, "date": values["date"].values})
    day = keys.groupby(["variable", "date"]).ngroup().to_numpy()
    grid = np.full((day.max(initial=-1) + 1, len(day)), np.nan)
    f, y = grid.copy(), grid.copy()
    at = np.flatnonzero(use)
    f[day[at], at], y[day[at], at] = forecast.values[at], values["value"].values[at]
    dims = ("time", "place")
    return np.asarray(relative_error(xr.DataArray(f, dims=dims), xr.DataArray(y, dims=dims), dim=()).values)


def _baseline(values: xr.Dataset, name: str) -> Baseline | None:
    """A baseline and the run where the baseline exists; None where it does nowhere."""
    same = values.isel(observation=~np.isnan(values[name].values))
    if not same.sizes["observation"]:
        return None
    x, y, other = same["projected"], same["value"], same[name]
    median, part = _median(x), same["part"].values
    return Baseline(
        observations=same.sizes["observation"],
        mean_absolute_error=float(mean_absolute_error(other, y)),
        run_mean_absolute_error=float(mean_absolute_error(median, y)),
        run_crps=float(crps(x, y)),
        relative_error=_mean(_relative(other, same, part)),
        run_relative_error=_mean(_relative(median, same, part)),
    )
