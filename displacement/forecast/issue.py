"""A forecast as it is issued: for each site and in total, quantiles, a planning figure, and how past ones fared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from displacement.errors import InputError
from displacement.forecast.method import LEVELS, values_at
from displacement.forecast.mixture import Trained, issued
from displacement.forecast.tasks import (
    HORIZONS,
    Known,
    Tasks,
    eligible,
    joined,
    no_tasks,
    origins_of,
    tasks_ahead,
    tasks_at,
)
from displacement.forecast.taught import package_taught
from displacement.network import Floats
from displacement.observations import Counts, Record
from displacement.summaries import planning_step

POINTS = (2.5, 10.0, 25.0, 50.0, 75.0, 90.0, 97.5)
PLANNING = 0.8  # a planning figure is not exceeded with this chance or more
SITE, TOTAL, PUBLISHED = "site", "total", "published total"  # what a row is of
SUM = "all sites with counts"  # name of the row that adds them up
SPREAD_UNKNOWN = 1.0  # standard deviation of the log of people after 30 days, where a site has too few counts
LONGEST = 365  # days ahead
OLDEST = 730  # days from the last count of all to an origin
SCORED = 90  # days ahead up to which forecasts were scored

LEARNT = "counts of this site and errors of past forecasts"
THIN = "too few counts: wide on purpose"
EMPTY = "nobody there at the last count: a return is not forecast"
ADDED = "sum of the sites, as if all were high or low together"


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast:
    """Quantiles by site and target day, and the past forecasts of the same conflict beside what came."""

    origin: np.datetime64
    table: pd.DataFrame  # of, site, horizon, date, people, counted, first, basis, q2.5 ... q97.5, planning, exceeded
    past: pd.DataFrame  # as `scores.forecast_scores` reads it, and `of`
    not_counted: tuple[str, ...]  # sites without any count by the origin: nothing is said of them

    def _repr_html_(self) -> str:
        return str(self.table._repr_html_())  # type: ignore[operator]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Rows of a forecast before they become a table: what is known, values, and on what they rest."""

    tasks: Tasks
    values: Floats  # (task, level)
    basis: list[str] = field(default_factory=list)
    first: list[np.datetime64] = field(default_factory=list)  # day of the first count


def forecast(
    record: Record,
    origin: np.datetime64,
    *,
    horizons: Sequence[int] = HORIZONS,
    taught: Trained | None = None,
    start: np.datetime64 | None = None,
    expected: Iterable[str] = (),
) -> Forecast:
    """Forecast every site, the sum of them, and published totals, from what was counted up to the origin.

    Counts after the origin are not looked at. The sum adds the sites level by level, as if all were high together or
    low together: wide rather than narrow, since nobody knows how far their errors go together.

    start : from 60 days after which past forecasts are made, to learn from; the first count unless given
    expected : sites that ought to have counts; those without are named
    """
    _check(horizons)
    known = record.until(origin)
    sites = {site: c for site, c in known.sites.items() if len(c)}
    totals = {name: c for name, c in known.totals.items() if len(c)}
    if not sites and not totals:
        raise InputError(f"nothing was counted up to {origin}: there is nothing to forecast from")
    counted = [*sites.values(), *totals.values()]
    last, first = max(c.days[-1] for c in counted), min(c.days[0] for c in counted)
    if (origin - last).astype(int) > OLDEST:
        raise InputError(f"origin = {origin}: the last count is of {last}, more than {OLDEST} days before")
    taught, first = taught or package_taught(), first if start is None else start
    tables, pasts = [], []
    for name, counts in ((SITE, sites), (PUBLISHED, totals)):
        if counts:
            rows, past = _of_counts(Record(counts), origin, horizons, taught, first)
            tables.append(_table(rows, name))
            pasts.append(_past(past, name))
            if name == SITE and len(sites) > 1:
                tables.append(_table(summed(rows, origin, horizons), TOTAL))
                pasts.append(_past(summed_past(past), TOTAL))
    return Forecast(
        origin=origin,
        table=pd.concat(tables, ignore_index=True),
        past=pd.concat(pasts, ignore_index=True),
        not_counted=tuple(sorted(set(expected) - set(sites))),
    )


def _check(horizons: Sequence[int]) -> None:
    """Horizons are days ahead, each once."""
    wrong = [h for h in horizons if not 1 <= h <= LONGEST]
    if wrong or not horizons or len(set(horizons)) != len(horizons):
        said = ", ".join(map(str, horizons)) or "none"
        raise InputError(f"horizons = {said}: must be different whole numbers of days from 1 to {LONGEST}")


def _of_counts(
    record: Record, origin: np.datetime64, horizons: Sequence[int], taught: Trained, first: np.datetime64
) -> tuple[Rows, Rows]:
    """Rows ahead of all series of a record, and those of past origins; what is learnt never depends on `horizons`."""
    earlier = joined([no_tasks(), *(tasks_at(record, o, horizons=HORIZONS) for o in origins_of(first, origin - 1))])
    ahead = tasks_ahead(record, origin, horizons=horizons)
    values = issued(joined([earlier, ahead]), taught)
    of_new = values[len(earlier) :]
    tasks, parts, basis = [ahead], [of_new], [LEARNT] * len(ahead)
    for site, counts in record.sites.items():
        if eligible(counts):
            continue
        empty = counts.people[-1] == 0
        for horizon in horizons:
            one = _last_only(site, counts, origin, horizon)
            tasks.append(one)
            parts.append(wide(float(one.people[0]), float(one.lead[0]))[np.newaxis])
            basis.append(EMPTY if empty else THIN)
    every = joined(tasks)
    began = [record.sites[site].days[0] for site in every.site]
    rows = Rows(tasks=every, values=np.concatenate(parts), basis=basis, first=began)
    of_old = values[: len(earlier)]
    settled = earlier.known & (earlier.settled <= origin)
    old = Rows(tasks=earlier.take(settled), values=of_old[settled])
    return rows, old


def wide(people: float, lead: float) -> Floats:
    """(level,) people: a last count and next to nothing else known; log-normal, its spread growing as the root of time.

    people exp(e sqrt(L / 30)), e normal with standard deviation 1: in 30 days 80 % lie within a factor of 3.6.

    >>> np.interp([0.1, 0.5, 0.9], LEVELS, wide(1000.0, 30.0)).round(-1)
    array([ 280., 1000., 3620.])
    """
    return np.asarray(people * np.exp(SPREAD_UNKNOWN * np.sqrt(lead / 30.0) * ndtri(LEVELS)))


def _last_only(site: str, counts: Counts, origin: np.datetime64, horizon: int) -> Tasks:
    """A task that knows only the last count."""
    known = Known(
        site=site, people=float(counts.people[-1]), counted=counts.days[-1], rate=0.0, rate_to_origin=0.0, movement=0.0
    )
    return Tasks.of_known("", origin, horizon, known)


def summed(rows: Rows, origin: np.datetime64, horizons: Sequence[int]) -> Rows:
    """A row for each horizon: the sum over sites, level by level; its count is as old as the oldest that has people."""
    tasks, values = [], []
    for horizon in horizons:
        use = rows.tasks.horizon == horizon
        people, counted = rows.tasks.people[use], rows.tasks.counted[use]
        oldest = counted[people > 0].min() if (people > 0).any() else counted.min()
        known = Known(site=SUM, people=float(people.sum()), counted=oldest, rate=0.0, rate_to_origin=0.0, movement=0.0)
        tasks.append(Tasks.of_known("", origin, horizon, known))
        values.append(rows.values[use].sum(axis=0))
    return Rows(
        tasks=joined(tasks), values=np.array(values), basis=[ADDED] * len(values), first=[min(rows.first)] * len(values)
    )


def summed_past(rows: Rows) -> Rows:
    """Past forecasts of the sum of those sites that can be checked: a row for each origin and horizon, the last day."""
    tasks, found, values = rows.tasks, [no_tasks()], [np.zeros((0, len(LEVELS)))]
    keys = sorted(set(zip(tasks.case, tasks.origin, tasks.horizon, strict=True)), key=str)
    for case, origin, horizon in keys:
        use = (tasks.case == case) & (tasks.origin == origin) & (tasks.horizon == horizon)
        people = float(tasks.people[use].sum())
        known = Known(
            site=SUM, people=people, counted=tasks.counted[use].min(), rate=0.0, rate_to_origin=0.0, movement=0.0
        )
        observed = float(tasks.observed[use].sum())
        found.append(Tasks.of_known(case, origin, int(horizon), known, tasks.date[use].max(), observed))
        values.append(rows.values[use].sum(axis=0)[np.newaxis])
    return Rows(tasks=joined(found), values=np.concatenate(values))


def quantiles_at(values: Floats, points: Sequence[float] = POINTS) -> dict[str, Floats]:
    """By column (q10, ...), (task,) quantiles of forecasts of 49 equally likely values."""
    found = values_at(values, np.array(points) / 100.0)
    return {f"q{p:g}": found[:, i] for i, p in enumerate(points)}


def planning_figure(values: Floats, step: float) -> tuple[float, float]:
    """People to plan for: what 80 of 100 equally likely values do not exceed, rounded up; the share that do exceed it.

    values : (level,), rising

    >>> planning_figure(np.arange(49.0), 10.0)  # the 40th of 49 is 39
    (40.0, 0.16326530612244897)
    """
    enough = values[int(np.ceil(PLANNING * len(values))) - 1]
    figure = float(np.ceil(enough / step) * step)
    return figure, float((values > figure).mean())


def _table(rows: Rows, of: str) -> pd.DataFrame:
    figures = [planning_figure(row, planning_step(float(np.median(row)))) for row in rows.values]
    tasks = rows.tasks
    columns: dict[str, Any] = {
        "of": [of] * len(tasks), "site": list(tasks.site), "horizon": tasks.horizon.astype(int),
        "date": _days(tasks.date), "people": tasks.people, "counted": _days(tasks.counted), "first": _days(rows.first),
        "basis": rows.basis, **quantiles_at(rows.values), "planning": [f for f, _ in figures],
        "exceeded": [p for _, p in figures],
    }  # fmt: skip
    return pd.DataFrame(columns)


def _days(dates: Any) -> Any:
    return np.asarray(dates, "datetime64[D]").astype("datetime64[ns]")


def _past(rows: Rows, of: str) -> pd.DataFrame:
    """Forecasts of earlier origins by the same rules, beside what came; recounts left out."""
    tasks = rows.tasks
    return pd.DataFrame(
        {
            "of": [of] * len(tasks), "origin": _days(tasks.origin), "horizon": tasks.horizon.astype(int),
            "site": list(tasks.site), "date": _days(tasks.date), "observed": tasks.observed,
            "persistence": tasks.people, **quantiles_at(rows.values),
        }
    )  # fmt: skip
