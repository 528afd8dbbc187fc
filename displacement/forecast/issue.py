"""A forecast as it is issued: for each site and in total, quantiles, a planning figure, and how past ones fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from displacement.errors import InputError
from displacement.forecast.method import LEVELS
from displacement.forecast.mixture import Trained, issued
from displacement.forecast.tasks import HORIZONS, Known, Tasks, eligible, joined, origins_of, tasks_ahead, tasks_at
from displacement.forecast.taught import package_taught
from displacement.network import Floats
from displacement.observations import Counts, Record, together

POINTS = (2.5, 10.0, 25.0, 50.0, 75.0, 90.0, 97.5)
PLANNING = 0.8  # a planning figure is not exceeded with this chance or more
TOTAL = "all"
SPREAD_UNKNOWN = 1.0  # standard deviation of the log of people after 30 days, where a site has too few counts
LONGEST = 365  # days ahead


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast:
    """Quantiles by site and target day, and the past forecasts of the same conflict beside what came."""

    origin: np.datetime64
    table: pd.DataFrame  # site, horizon, date, people (last count), counted, basis, q2.5 ... q97.5, planning, exceeded
    past: pd.DataFrame  # as `scores.forecast_scores` reads it; sites and the total
    nobody_counted: tuple[str, ...]  # sites without any count by the origin: nothing is said of them

    def _repr_html_(self) -> str:
        return str(self.table._repr_html_())  # type: ignore[operator]


def forecast(
    record: Record,
    origin: np.datetime64,
    *,
    horizons: Sequence[int] = HORIZONS,
    taught: Trained | None = None,
    start: np.datetime64 | None = None,
) -> Forecast:
    """Forecast every site and the sum of all from what was counted up to the origin; later counts are not looked at.

    start : from 60 days after which past forecasts are made, to learn from; the first count unless given
    """
    _check(horizons)
    known = record.until(origin)
    counted = {site: c for site, c in known.sites.items() if len(c)}
    if not counted:
        raise InputError(f"nothing was counted up to {origin}: there is nothing to forecast from")
    taught = package_taught() if taught is None else taught
    first = min(c.days[0] for c in counted.values()) if start is None else start
    whole = Record({TOTAL: together(counted.values())})
    parts = [_forecast(r, origin, horizons, taught, first) for r in (Record(counted), whole)]
    nobody = tuple(sorted(set(record.sites) - set(counted)))
    return Forecast(
        origin=origin,
        table=pd.concat([table for table, _ in parts], ignore_index=True),
        past=pd.concat([past for _, past in parts], ignore_index=True),
        nobody_counted=nobody,
    )


def _check(horizons: Sequence[int]) -> None:
    """Horizons are days ahead, each once."""
    wrong = [h for h in horizons if not 1 <= h <= LONGEST]
    if wrong or not horizons or len(set(horizons)) != len(horizons):
        said = ", ".join(map(str, horizons)) or "none"
        raise InputError(f"horizons = {said}: must be different whole numbers of days from 1 to {LONGEST}")


def _forecast(
    record: Record, origin: np.datetime64, horizons: Sequence[int], taught: Trained, first: np.datetime64
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of the forecast and of those of the past, for sites that are judged together."""
    earlier = [tasks_at(record, o, horizons=horizons) for o in origins_of(first, origin - 1)]
    ahead = tasks_ahead(record, origin, horizons=horizons)
    tasks = joined([*earlier, ahead])
    values = issued(tasks, taught)
    new = np.arange(len(tasks)) >= len(tasks) - len(ahead)
    table = _table(ahead, values[new], "counts of this site and errors of past forecasts")
    thin = {s: c for s, c in record.sites.items() if not eligible(c)}
    rows = [_unsure(site, c, origin, h) for site, c in thin.items() for h in horizons]
    table = pd.concat([table, *rows], ignore_index=True) if rows else table
    return table, _past(tasks.take(~new), values[~new])


def quantiles_at(values: Floats, points: Sequence[float] = POINTS) -> dict[str, Floats]:
    """By column (q10, ...), (task,) quantiles of forecasts of 49 equally likely values."""
    found = {f"q{p:g}": np.array([np.interp(p / 100.0, LEVELS, row) for row in values]) for p in points}
    return {name: column.reshape(len(values)) for name, column in found.items()}


def planning_figure(values: Floats, step: float) -> tuple[float, float]:
    """People to plan for: the 80 % point rounded up, and the chance that it is exceeded. values : (level,), rising

    >>> planning_figure(np.arange(100.0), 10.0)
    (80.0, 0.19)
    """
    figure = float(np.ceil(np.quantile(values, PLANNING) / step) * step)
    return figure, float((values > figure).mean())


def planning_step(people: float) -> float:
    """To what a planning figure is rounded up: about a twentieth of the people, a 1, 2 or 5 with zeros; at least 10.

    >>> planning_step(84_000.0), planning_step(900.0), planning_step(0.0)
    (5000.0, 50.0, 10.0)
    """
    fine = max(people / 20.0, 10.0)
    ten = 10.0 ** np.floor(np.log10(fine))
    return float(max(step * ten for step in (1.0, 2.0, 5.0) if step * ten <= fine))


def _table(tasks: Tasks, values: Floats, basis: str) -> pd.DataFrame:
    figures = [planning_figure(row, planning_step(float(np.median(row)))) for row in values]
    columns: dict[str, Any] = {
        "site": list(tasks.site), "horizon": tasks.horizon.astype(int), "date": _days(tasks.date),
        "people": tasks.people, "counted": _days(tasks.counted), "basis": [basis] * len(tasks),
        **quantiles_at(values), "planning": [f for f, _ in figures], "exceeded": [p for _, p in figures],
    }  # fmt: skip
    return pd.DataFrame(columns)


def _days(dates: Any) -> Any:
    return np.asarray(dates, "datetime64[D]").astype("datetime64[ns]")


def wide(people: float, lead: float) -> Floats:
    """(level,) people: a last count and next to nothing else known; log-normal, its spread growing as the root of time.

    people exp(e sqrt(L / 30)), e normal with standard deviation 1: in 30 days 80 % lie within a factor of 3.6.

    >>> np.interp([0.1, 0.5, 0.9], LEVELS, wide(1000.0, 30.0)).round(-1)
    array([ 280., 1000., 3600.])
    """
    return np.asarray(people * np.exp(SPREAD_UNKNOWN * np.sqrt(lead / 30.0) * ndtri(LEVELS)))


def _unsure(site: str, counts: Counts, origin: np.datetime64, horizon: int) -> pd.DataFrame:
    """A row for a site with too few counts to learn from."""
    one = tasks_of_last(site, counts, origin, horizon)
    return _table(one, wide(float(one.people[0]), float(one.lead[0]))[np.newaxis], "too few counts: wide on purpose")


def tasks_of_last(site: str, counts: Counts, origin: np.datetime64, horizon: int) -> Tasks:
    """A task that knows only the last count."""
    known = Known(site=site, people=float(counts.people[-1]), counted=counts.days[-1], rate=0.0, rate_to_origin=0.0,
                  movement=0.0)  # fmt: skip
    return Tasks.of_known("", origin, horizon, known)


def _past(tasks: Tasks, values: Floats) -> pd.DataFrame:
    """Forecasts that were issued from earlier origins by the same rules, beside what came; recounts left out."""
    rows, kept = tasks.take(tasks.known), values[tasks.known]
    return pd.DataFrame(
        {
            "origin": _days(rows.origin), "horizon": rows.horizon.astype(int), "site": list(rows.site),
            "date": _days(rows.date), "observed": rows.observed, "persistence": rows.people, **quantiles_at(kept),
        }
    )  # fmt: skip
