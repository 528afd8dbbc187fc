"""What is to be forecast, and what was known of it: a row for each site, origin and target day.

A task of the past carries what was counted in the end; one of today does not. Both are made by the same code from
counts dated on the origin or before, so that a method cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from displacement.network import Flags, Floats
from displacement.observations import Counts, Days, Record

HORIZONS = (30, 60, 90)  # days
FIRST_ORIGIN, EVERY = 60, 30  # days from the start, days from origin to origin
WITHIN = 15  # days from the target day within which a count is taken for it; half the horizon if that is shorter
LEAST_COUNTS, LEAST_SPAN = 2, 7  # counts above 0, and days from the first to the last, that a site must have
SHORT_WINDOW, WINDOW, WIDE_WINDOW = 30, 60, 90  # days over which rates, and all movement up and down, are taken

Texts = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tasks:
    """Columns of one length, a task each. People, days, people/day."""

    case: Texts  # the conflict
    site: Texts
    origin: Days
    horizon: Floats  # asked for
    date: Days  # the target day
    people: Floats  # last count, on the basis of the last recount known
    counted: Days  # the day of that count
    rate: Floats  # change over the 60 days up to the last count
    rate_to_origin: Floats  # change over the 60 days up to the origin, nothing added after the last count
    rate_short: Floats  # the same over 30 days
    common: Floats  # sum of rates / sum of last counts over the sites of the case: growth shared by all, per day
    movement: Floats  # sum of all changes without sign over 90 days, per day
    observed: Floats  # what was counted on the target day; NaN where nobody knows yet
    recounted: Flags  # was the basis of the counts changed between the last count and the target day?

    def __len__(self) -> int:
        return len(self.site)

    @property
    def lead(self) -> Floats:
        """(task,) days from the last count to the target day: staleness is part of it."""
        return (self.date - self.counted).astype(float)

    @property
    def settled(self) -> Days:
        """(task,) the day after which no nearer count can come; a task is not verified before, whatever was counted."""
        return self.origin + (self.horizon + within(self.horizon)).astype(int)

    @property
    def known(self) -> Flags:
        """(task,) was the target counted, and on one basis with the last count? These enter the main score."""
        return np.isfinite(self.observed) & ~self.recounted

    @staticmethod
    def of_known(
        case: str,
        origin: np.datetime64,
        horizon: int,
        known: Known,
        date: np.datetime64 | None = None,
        observed: float = np.nan,
    ) -> Tasks:
        """One task of a site of which so much is known; ahead, unless it is said what was observed."""
        date = origin + horizon if date is None else date
        return _table([_row(case, origin, horizon, date, known, 0.0, observed, again=False)])

    def take(self, which: Any) -> Tasks:
        """Some of the tasks."""
        return Tasks(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def joined(parts: Iterable[Tasks]) -> Tasks:
    """Tasks of several cases or origins, one after the other."""
    tables = list(parts)
    return Tasks(**{f.name: np.concatenate([getattr(t, f.name) for t in tables]) for f in fields(Tasks)})


def no_tasks() -> Tasks:
    """A table without rows."""
    return _table([])


def within(horizon: Any) -> Any:
    """Days from the target day within which a count is taken for it: 15, or half the horizon if that is shorter.

    >>> within(np.array([7.0, 30.0, 90.0]))
    array([ 3., 15., 15.])
    """
    return np.minimum(WITHIN, np.asarray(horizon) // 2)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of one site on an origin."""

    site: str
    people: float
    counted: np.datetime64
    rate: float
    rate_to_origin: float
    movement: float
    rate_short: float = 0.0


def on_line(counts: Counts, date: np.datetime64) -> float:
    """People on a day on the straight line between two counts; 0 before the first, level after the last.

    Used for the far end of a window in the past, never beyond an origin.
    """
    return float(np.interp(date.astype(int), counts.days.astype(int), counts.people, left=0.0))


def movement(counts: Counts, origin: np.datetime64, window: int = WIDE_WINDOW) -> float:
    """All changes between counts of the last days, without sign, per day; over the last two counts if they are older.

    sum |y_k+1 - y_k| / days from the first to the last of these counts

    >>> movement(Counts.of([("2014-01-01", 10, False), ("2014-01-11", 30, False)]), np.datetime64("2014-02-01"))
    2.0
    """
    recent = counts.days >= origin - window
    first = int(np.argmax(recent)) if recent.sum() > 1 else max(0, len(counts) - 2)
    days, people = counts.days[first:], counts.people[first:]
    span = int((days[-1] - days[0]).astype(int))
    return float(np.abs(np.diff(people)).sum() / max(span, 1))


def eligible(counts: Counts) -> bool:
    """Has a site enough counts to be forecast: two above 0, a week apart, and people there at the last?"""
    days = counts.days[counts.people > 0]
    return (
        len(days) >= LEAST_COUNTS
        and int((days[-1] - days[0]).astype(int)) >= LEAST_SPAN
        and float(counts.people[-1]) > 0
    )


def known_of(site: str, counts: Counts, origin: np.datetime64) -> Known:
    """What counts up to an origin say of a site; they are brought to the basis of the last recount known."""
    past = counts.until(origin).on_the_last_basis()
    people, counted = float(past.people[-1]), past.days[-1]
    return Known(
        site=site,
        people=people,
        counted=counted,
        rate=(people - on_line(past, counted - WINDOW)) / WINDOW,
        rate_to_origin=(people - on_line(past, origin - WINDOW)) / WINDOW,
        movement=movement(past, origin),
        rate_short=(people - on_line(past, origin - SHORT_WINDOW)) / SHORT_WINDOW,
    )


def origins_of(start: np.datetime64, end: np.datetime64, first: int = FIRST_ORIGIN, every: int = EVERY) -> Days:
    """Origins from the 60th day on, every 30 days."""
    return np.arange(start + first, end + 1, every)


def tasks_at(
    record: Record,
    origin: np.datetime64,
    *,
    case: str = "",
    horizons: Sequence[int] = HORIZONS,
    end: np.datetime64 | None = None,
) -> Tasks:
    """Tasks of one origin with what was counted in the end: at the count nearest to the target day, if near enough.

    Only `observed`, `date` and `recounted` know what came after the origin: what is verified, not what is used.
    end : targets after it are left out
    """
    sites, common = _sites(record, origin)
    rows = []
    for known in sites:
        counts = record.sites[known.site]
        for horizon in horizons:
            target = origin + horizon
            k = counts.nearest(target, int(within(horizon)))
            if (end is not None and target > end) or k is None or counts.days[k] <= origin:
                continue
            date = counts.days[k]
            again = counts.recounted_between(known.counted, date)
            rows.append(_row(case, origin, horizon, date, known, common, float(counts.people[k]), again))
    return _table(rows)


def tasks_ahead(record: Record, origin: np.datetime64, *, case: str = "", horizons: Sequence[int] = HORIZONS) -> Tasks:
    """Tasks of today: nothing is observed yet, and the target days are the horizons themselves."""
    sites, common = _sites(record.until(origin), origin)
    rows = [
        _row(case, origin, horizon, origin + horizon, known, common, np.nan, again=False)
        for known in sites
        for horizon in horizons
    ]
    return _table(rows)


def rolling(
    record: Record,
    start: np.datetime64,
    end: np.datetime64,
    *,
    case: str = "",
    horizons: Sequence[int] = HORIZONS,
) -> Tasks:
    """Tasks of all origins of a case, the earliest first."""
    parts = [tasks_at(record, o, case=case, horizons=horizons, end=end) for o in origins_of(start, end)]
    return joined([no_tasks(), *parts])


def left_out(record: Record, origin: np.datetime64) -> float:
    """Share of all people last counted who are at sites with too few counts to be forecast; NaN if nobody was."""
    past = {site: c.until(origin) for site, c in record.sites.items()}
    last = {site: float(c.people[-1]) for site, c in past.items() if len(c)}
    out = sum(people for site, people in last.items() if not eligible(past[site]))
    return out / sum(last.values()) if sum(last.values()) > 0 else float("nan")


def _sites(record: Record, origin: np.datetime64) -> tuple[list[Known], float]:
    """What is known of every eligible site, and the growth that they have in common."""
    able = [s for s, c in record.sites.items() if len(c.until(origin)) and eligible(c.until(origin))]
    found = [known_of(site, record.sites[site], origin) for site in able]
    people = sum(k.people for k in found)
    return found, sum(k.rate for k in found) / people if people > 0 else 0.0


def _row(
    case: str,
    origin: np.datetime64,
    horizon: int,
    date: np.datetime64,
    known: Known,
    common: float,
    observed: float,
    again: bool,
) -> tuple[Any, ...]:
    return (
        case, known.site, origin, float(horizon), date, known.people, known.counted, known.rate, known.rate_to_origin,
        known.rate_short, common, known.movement, observed, again,
    )  # fmt: skip


def _table(rows: list[tuple[Any, ...]]) -> Tasks:
    """Rows as columns, each of its type."""
    types: dict[str, Any] = {"case": object, "site": object, "origin": "datetime64[D]", "date": "datetime64[D]",
                             "counted": "datetime64[D]", "recounted": bool}  # fmt: skip
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields(Tasks))
    typed = {f.name: np.array(v, dtype=types.get(f.name, float)) for f, v in zip(fields(Tasks), columns, strict=True)}
    return Tasks(**typed)
