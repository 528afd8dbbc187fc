"""Dated counts of people at sites, as they were published: how old, how sure of their basis, and what is odd in them.

Nothing is interpolated here and nothing is filled in: between two counts nobody counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from displacement.network import Flags, Floats

Days = NDArray[np.datetime64]
LONG_GAP = 60  # days between two counts beyond which a gap is told of
RECOUNT = "recount"  # column of observed.csv: yes where a count rests on another basis than those before it
PART = "part"  # column of observed.csv: names a part of the place; the parts of a place add up
YES = "yes"


def day(date: dt.date | str | np.datetime64) -> np.datetime64:
    """A date to the day."""
    return np.array([date], "datetime64[D]")[0]


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts of people at one site, by day; the days rise."""

    days: Days  # (count,)
    people: Floats  # (count,)
    recount: Flags  # (count,) this count and later ones rest on another basis than earlier ones

    @staticmethod
    def of(rows: Iterable[tuple[Any, float, bool]]) -> Counts:
        """Counts from rows of day, people and recount, in any order; of two on one day the last listed holds.

        Zeros before the first count above 0 are placeholders, not counts, and are left out.
        """
        latest: dict[np.datetime64, tuple[float, bool]] = {}
        for date, count, again in rows:
            before = latest.get(day(date), (0.0, False))
            latest[day(date)] = float(count), bool(again) or before[1]
        days = sorted(latest)
        people = np.array([latest[d][0] for d in days], float)
        first = int(np.argmax(people > 0)) if (people > 0).any() else len(days)
        again_from = np.array([latest[d][1] for d in days], bool)
        return Counts(np.array(days, "datetime64[D]")[first:], people[first:], again_from[first:])

    def __len__(self) -> int:
        return len(self.days)

    def until(self, date: np.datetime64) -> Counts:
        """What was counted on a day or before."""
        known = self.days <= date
        return Counts(self.days[known], self.people[known], self.recount[known])

    def staleness(self, date: np.datetime64) -> int:
        """Days since the last count."""
        return int((date - self.days[-1]).astype(int))

    def nearest(self, date: np.datetime64, within: int) -> int | None:
        """Position of the count nearest to a day, the earlier of two as near; None if none lies within so many days."""
        if not len(self):
            return None
        away = np.abs((self.days - date).astype(int))
        k = int(np.argmin(away))
        return k if away[k] <= within else None

    def on_the_last_basis(self) -> Counts:
        """Earlier counts brought to the basis of the last recount: multiplied by recount / the count before it.

        >>> c = Counts.of([("2014-01-01", 100, False), ("2014-02-01", 50, True), ("2014-03-01", 60, False)])
        >>> c.on_the_last_basis().people
        array([50., 50., 60.])
        """
        people = self.people.copy()
        for k in np.flatnonzero(self.recount):
            if k and people[k - 1] > 0:
                people[:k] *= people[k] / people[k - 1]
        return Counts(self.days, people, self.recount)

    def recounted_between(self, after: np.datetime64, until: np.datetime64) -> bool:
        """Was the basis changed after one day and up to another?"""
        return bool((self.recount & (self.days > after) & (self.days <= until)).any())

    def gaps(self, longest: int = LONG_GAP) -> list[tuple[np.datetime64, np.datetime64]]:
        """Spells longer than so many days between two counts."""
        return [(a, b) for a, b in pairwise(self.days) if (b - a).astype(int) > longest]


def together(parts: Iterable[Counts]) -> Counts:
    """The sum of several series of one site, on every day on which any was counted; each carried forward to it.

    >>> a = Counts.of([("2014-01-01", 10, False), ("2014-03-01", 30, False)])
    >>> b = Counts.of([("2014-02-01", 5, False)])
    >>> together([a, b]).people
    array([10., 15., 35.])
    """
    series = [c for c in parts if len(c)]
    if len(series) == 1:
        return series[0]
    days = sorted({d for c in series for d in c.days})
    rows = []
    for d in days:
        known = [c.until(d) for c in series]
        again = any(d in c.days[c.recount] for c in series)
        rows.append((d, sum(float(c.people[-1]) for c in known if len(c)), again))
    return Counts.of(rows)


@dataclass(frozen=True, eq=False)
class Record:
    """What was counted of one variable: by site, and in total where the source gives one."""

    sites: Mapping[str, Counts]
    totals: Mapping[str, Counts] = field(default_factory=dict)  # by named group of places
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # sites of each group

    def until(self, date: dt.date | str | np.datetime64) -> Record:
        """What was known on a day: the counts dated on it or before."""
        sites = {k: c.until(day(date)) for k, c in self.sites.items()}
        totals = {k: c.until(day(date)) for k, c in self.totals.items()}
        return Record(sites, totals, self.groups)

    def __repr__(self) -> str:
        counted = [c for c in self.sites.values() if len(c)]
        if not counted:
            return f"Record of {len(self.sites)} sites, nothing counted"
        first, last = min(c.days[0] for c in counted), max(c.days[-1] for c in counted)
        return f"Record of {len(self.sites)} sites, {sum(map(len, counted))} counts, {first} to {last}"


def record_of(
    observed: pd.DataFrame, variable: str = "refugees", groups: Mapping[str, Iterable[str]] | None = None
) -> Record:
    """The counts of a variable in observations as `read_observed` gives them.

    A row without a value (only a bound) is no count. Rows of one place with different `part` are series that add up;
    what a source says of its `scope` is words, and adds nothing up.
    groups : places of each named group; a place_id among them is a total.
    """
    named = {name: tuple(places) for name, places in (groups or {}).items()}
    rows = observed[(observed["variable"] == variable) & observed["value"].notna()]
    blank = pd.Series("", index=rows.index)
    again = rows.get(RECOUNT, blank).astype(str).str.strip().eq(YES)
    parts = rows.get(PART, blank).fillna("").astype(str).str.strip()
    found: dict[str, list[Counts]] = {}
    for (place, _), part in rows.assign(again=again, part=parts).groupby(["place_id", "part"], sort=True):
        counts = zip(part["date"], part["value"], part["again"], strict=True)
        found.setdefault(str(place), []).append(Counts.of((d.date(), v, a) for d, v, a in counts))
    whole = {place: together(parts) for place, parts in found.items() if any(map(len, parts))}
    return Record(
        sites={k: c for k, c in whole.items() if k not in named},
        totals={k: c for k, c in whole.items() if k in named},
        groups=named,
    )


def totals_that_do_not_add_up(record: Record, tolerance: float = 0.05) -> Iterator[tuple[str, np.datetime64, float]]:
    """Group, day, and total / sum of its sites (each carried forward), where the two differ by more than a share."""
    for name, total in record.totals.items():
        for date, people in zip(total.days, total.people, strict=True):
            known = [record.sites[s].until(date) for s in record.groups[name] if s in record.sites]
            summed = sum(float(c.people[-1]) for c in known if len(c))
            if summed > 0 and abs(people / summed - 1.0) > tolerance:
                yield name, date, float(people / summed)
