"""Ways of aid, found as they are asked for: quickest ways from a hub to a place, and proofs that there is none.

A way uses resources: the arcs on it, the hub where it starts, the truck-hours of its operation. It is open to a member
while none of them is shut or used up. A barrier of a place is a set of resources: while all of them are shut, no way
leads there. Both are kept for days whose conditions are the same, so that few searches serve all members.

Known from the first are the ways that are quickest while all that is allowed is open. Who finds none of the known ways
open searches for the quickest that is, and then all know it. So a member takes the quickest of the known ways, which is
nearly always the quickest there is: one that is quicker still and that nobody has asked for is passed over. That is an
approximation; what a way may carry is exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csr_array

from displacement.network import Flags, Floats, Indices
from displacement.paths import NO_ARC
from displacement.supply.ground import Ground, SupplyDay
from displacement.supply.searches import Searches

Hours = TypeVar("Hours", float, Floats)


def resources(ground: Ground) -> int:
    """How many things can be shut or used up: arcs, then hubs, then fleets."""
    return len(ground.network.arc_origin) + len(ground.hubs) + len(ground.operations)


def truck_hours_per_tonne(hours: Hours, truck_load: float) -> Hours:
    """Truck-hours on the road for a tonne: there and back, of a full truck: 2 hours / load.

    >>> truck_hours_per_tonne(np.array([5.0]), 20.0)
    array([0.5])
    """
    return 2.0 * hours / truck_load


@dataclass(frozen=True, eq=False, kw_only=True)
class Way:
    """A way to a place: what an arriving tonne uses of each resource on it."""

    place: int
    operation: int
    hours: float
    resources: tuple[int, ...]
    use: tuple[float, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """Ways and barriers as arrays, both sorted by place; the ways of a place by hours."""

    place: Indices  # (way,)
    first: Indices  # (place with a way,) its first row
    lost: Floats  # (way,) tonnes lost for one that arrives
    use: csr_array  # (way, resource) of an arriving tonne
    uses: csr_array  # (way, resource) 1 for those that it uses at all
    number: Indices  # (way,) that it keeps as the table grows
    barrier_place: Indices  # (barrier,)
    barrier_first: Indices  # (place with a barrier,) its first row
    barrier: csr_array  # (barrier, resource) 1 for those that must all be shut


@dataclass(eq=False)
class Ways:
    """Ways and barriers of days whose conditions are the same; it grows as members ask."""

    ground: Ground
    day: SupplyDay
    _ways: dict[tuple[int, tuple[int, ...]], Way] = field(default_factory=dict)
    _barriers: dict[tuple[int, tuple[int, ...]], None] = field(default_factory=dict)
    _table: Table | None = None
    searches: Searches = field(default_factory=Searches)

    def __post_init__(self) -> None:
        self._origin = self.ground.network.arc_origin.tolist()
        self._hub = {place: i for i, place in enumerate(self.ground.hubs.tolist())}
        self._rows_of_ways, self._rows_of_barriers = (SortedRows(resources(self.ground)) for _ in range(2))
        self.explore(np.ones(resources(self.ground), bool), np.flatnonzero(self.day.served.any(axis=0)))

    @property
    def table(self) -> Table:
        """All that is known so far."""
        if self._table is None:
            self._table = self._as_table()
        return self._table

    def explore(self, is_open: Flags, places: Indices) -> None:
        """Find the quickest way to each of some places over what is open (resource,), or a barrier."""
        served = self.day.served
        of_each = [self.searches.made(self.ground, self.day, o, is_open) for o in range(len(served))]
        arriving = [arcs.tolist() for _, arcs, _ in of_each]
        hours = np.where(served, np.array([h for h, *_ in of_each]).reshape(served.shape), np.inf)
        for place in map(int, places):
            by = int(hours[:, place].argmin()) if len(hours) else 0
            if len(hours) and np.isfinite(hours[by, place]):
                self._add(place, by, float(hours[by, place]), arriving[by])
            else:
                lacks = [of_each[o][2].barrier(place) for o in np.flatnonzero(served[:, place])]
                self._barriers[place, tuple(sorted(set().union(*lacks)))] = None
        self._table = None

    def _add(self, place: int, by: int, hours: float, arriving: list[int]) -> None:
        """Know the way that ends with the arc by which a place is reached, and begins where none arrives."""
        ground, used, at = self.ground, list[int](), place
        while (arc := arriving[at]) != NO_ARC:
            used.append(arc)
            at = self._origin[arc]
        arcs, hubs = len(self._origin), len(self._hub)
        used.append(arcs + self._hub[at])
        use = [1.0] * len(used)
        if hours > 0:
            used.append(arcs + hubs + by)
            use.append(truck_hours_per_tonne(hours, ground.truck_load))
        through = 1.0 / (1.0 - float(ground.loss[by]))
        way = Way(place=place, operation=by, hours=hours, resources=tuple(used), use=tuple(u * through for u in use))
        self._ways.setdefault((place, way.resources), way)

    def _as_table(self) -> Table:
        ways, barriers = self._rows_of_ways, self._rows_of_barriers
        fresh = list(self._ways.values())[len(ways.keys) :]
        ways.add([(w.place, w.hours, w.resources) for w in fresh], [w.use for w in fresh])
        shut = list(self._barriers)[len(barriers.keys) :]
        barriers.add(shut, [(1.0,) * len(found) for _, found in shut])
        loss = self.ground.loss[[w.operation for w in self._ways.values()]] if self._ways else np.zeros(0)
        return Table(
            place=ways.places,
            first=np.flatnonzero(np.diff(ways.places, prepend=-1)),
            lost=(loss / (1.0 - loss))[ways.number],
            use=ways.matrix,
            uses=ways.pattern,
            number=ways.number,
            barrier_place=barriers.places,
            barrier_first=np.flatnonzero(np.diff(barriers.places, prepend=-1)),
            barrier=barriers.matrix,
        )


@dataclass(eq=False)
class SortedRows:
    """Rows of a sparse matrix in the order of their keys, while more are added: (place, ..., columns of the row)."""

    width: int
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    ends: Indices = field(default_factory=lambda: np.zeros(1, np.int64))  # where each row ends among the entries
    columns: Indices = field(default_factory=lambda: np.zeros(0, np.int64))  # (entry,)
    values: Floats = field(default_factory=lambda: np.zeros(0))  # (entry,)
    number: Indices = field(default_factory=lambda: np.zeros(0, np.int64))  # (row,) how many were added before it
    places: Indices = field(default_factory=lambda: np.zeros(0, np.int64))  # (row,)

    @cached_property
    def matrix(self) -> csr_array:
        """The rows as they are now."""
        return csr_array((self.values, self.columns, self.ends), shape=(len(self.keys), self.width))

    @cached_property
    def pattern(self) -> csr_array:
        """1 where a value is above 0."""
        ones = (self.values > 0).astype(float)
        return csr_array((ones, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape)

    def add(self, keys: Sequence[tuple[Any, ...]], values: Sequence[tuple[float, ...]]) -> None:
        """Add rows with new keys; values : those of each row, in its columns."""
        if not keys:
            return
        for made in ("matrix", "pattern"):
            self.__dict__.pop(made, None)
        many = len(self.keys)
        fresh = sorted(range(len(keys)), key=lambda i: keys[i])
        at = [bisect_left(self.keys, keys[i]) for i in fresh]
        order = np.insert(np.arange(many), at, many + np.array(fresh))
        lengths = np.concatenate([np.diff(self.ends), [len(key[-1]) for key in keys]])
        starts, sizes = (np.cumsum(lengths) - lengths)[order], lengths[order]
        self.ends = np.concatenate([[0], np.cumsum(sizes)])
        entry = np.arange(self.ends[-1]) + np.repeat(starts - self.ends[:-1], sizes)
        self.columns = np.concatenate([self.columns, [c for key in keys for c in key[-1]]]).astype(np.int64)[entry]
        self.values = np.concatenate([self.values, [v for row in values for v in row]])[entry]
        self.number = np.concatenate([self.number, many + np.arange(len(keys))])[order]
        self.places = np.concatenate([self.places, [key[0] for key in keys]])[order]
        for before, i in zip(at[::-1], fresh[::-1], strict=True):
            self.keys.insert(before, keys[i])


@dataclass(frozen=True, eq=False)
class Known:
    """The ways of all days so far, by what is the same on them."""

    ground: Ground
    searches: Searches = field(default_factory=Searches)
    _of: dict[bytes, Ways] = field(default_factory=dict)

    def on(self, day: SupplyDay) -> Ways:
        """The ways of a day."""
        if day.key not in self._of:
            self._of[day.key] = Ways(self.ground, day, searches=self.searches)
        return self._of[day.key]
