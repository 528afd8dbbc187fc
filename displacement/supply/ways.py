"""Ways of aid, found as they are asked for: quickest ways from a hub to a place, and proofs that there is none.

A way uses resources: the arcs on it, the hub where it starts, the truck-hours of its operation. It is open to a member
while none of them is shut or used up. Its rivals are resources too: while all of them are shut, no other way is as
quick. A barrier of a place is a set of resources: while all of them are shut, no way leads there. All are kept for days
whose conditions are the same, so that few searches serve all members, and it never matters who asked first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

from displacement.network import Flags, Floats, Indices
from displacement.paths import NO_ARC, lightest
from displacement.supply.ground import Ground, SupplyDay

ROUNDING = 1e-10  # hours


def resources(ground: Ground) -> int:
    """How many things can be shut or used up: arcs, then hubs, then fleets."""
    return len(ground.network.arc_origin) + len(ground.hubs) + len(ground.operations)


def truck_hours_per_tonne(hours: Floats, truck_load: float) -> Floats:
    """Truck-hours on the road for a tonne: there and back, of a full truck: 2 hours / load.

    >>> truck_hours_per_tonne(np.array([5.0]), 20.0)
    array([0.5])
    """
    return 2.0 * hours / truck_load


def quickest(ground: Ground, taken: Flags, hours: Floats, hubs: Indices) -> tuple[Floats, Indices]:
    """(place,) hours from the nearest of some hubs over arcs taken, and the arc of arrival, -1 at a hub or nowhere."""
    network, n = ground.network, len(ground.network.places)
    found, arriving = np.full(n, np.inf), np.full(n, NO_ARC, np.int64)
    found[hubs] = 0.0
    if len(hubs) and taken.any():
        graph, arcs = lightest(network, taken, hours)
        found, before, _ = dijkstra(graph, indices=hubs, min_only=True, return_predecessors=True)
        pairs = network.arc_origin[arcs] * n + network.arc_destination[arcs]
        at = np.flatnonzero(before >= 0)
        arriving[at] = arcs[np.searchsorted(pairs, before[at].astype(np.int64) * n + at)]
    return np.asarray(found, float), arriving


@dataclass(frozen=True, eq=False, kw_only=True)
class Way:
    """A way to a place: what an arriving tonne uses of each resource on it, and the rivals that must be shut."""

    place: int
    operation: int
    hours: float
    resources: tuple[int, ...]
    use: tuple[float, ...]
    rivals: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """Ways and barriers as arrays, both sorted by place; the ways of a place by hours."""

    place: Indices  # (way,)
    first: Indices  # (place with a way,) its first row
    lost: Floats  # (way,) tonnes lost for one that arrives
    use: csr_array  # (way, resource) of an arriving tonne
    rivals: csr_array  # (way, resource) 1 for those that must all be shut
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
    _ways: dict[tuple[int, tuple[int, ...], tuple[int, ...]], Way] = field(default_factory=dict)
    _barriers: dict[tuple[int, tuple[int, ...]], None] = field(default_factory=dict)
    _table: Table | None = None
    _to: dict[tuple[int, int], Floats] = field(default_factory=dict)
    _seen: dict[tuple[int, bool, bytes], tuple[Floats, Indices, _Side]] = field(default_factory=dict)
    _operation: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows_of_ways, self._rows_of_barriers = (SortedRows.none(resources(self.ground)) for _ in range(2))

    @property
    def table(self) -> Table:
        """All that is known so far."""
        if self._table is None:
            self._table = self._as_table()
        return self._table

    def explore(self, is_open: Flags, places: Indices) -> None:
        """Find the quickest way to each of some places over what is open (resource,), or a barrier."""
        ground, day = self.ground, self.day
        shape = (len(ground.operations), len(ground.network.places))
        hours, arriving = np.full(shape, np.inf), np.full(shape, NO_ARC)
        sides = []
        for o in range(len(hours)):
            hours[o], arriving[o], side = self._of_operation(o, is_open)
            sides.append(side)
        to = np.where(day.served, hours, np.inf)
        self._measure(places[(to[:, places] < np.inf).any(axis=0)])
        for place in map(int, places):
            by = int(to[:, place].argmin()) if len(to) else 0
            quick = float(to[by, place]) if len(to) else np.inf
            if np.isfinite(quick):
                self._add(place, by, quick, arriving[by], self._rivals(place, quick, is_open, hours))
            else:
                lacks = [sides[o].barrier(place) for o in np.flatnonzero(day.served[:, place])]
                self._barriers[place, tuple(sorted(set().union(*lacks)))] = None
        self._table = None

    def _of_operation(self, o: int, is_open: Flags) -> tuple[Floats, Indices, _Side]:
        """(place,) hours of the quickest ways of an operation and their last arcs, and what leads to whom.

        Kept by what is open to the operation: it seldom differs from one member to the next.
        """
        ground, day = self.ground, self.day
        arcs, hubs = len(ground.network.arc_origin), len(ground.hubs)
        taken = day.allowed[o] & is_open[:arcs]
        starts = day.hubs[o] & is_open[arcs : arcs + hubs]
        has_trucks = bool(is_open[arcs + hubs + o])  # without any it serves those who live at its hubs
        key = o, has_trucks, np.packbits(np.concatenate([taken, starts])).tobytes()
        if key not in self._seen:
            found = quickest(ground, taken & has_trucks, day.hours, ground.hubs[starts])
            self._seen[key] = (*found, _Side(self, o, is_open))
        return self._seen[key]

    def _add(self, place: int, by: int, hours: float, arriving: Indices, rivals: tuple[int, ...]) -> None:
        ground, used, at = self.ground, list[int](), place
        while (arc := int(arriving[at])) != NO_ARC:
            used.append(arc)
            at = int(ground.network.arc_origin[arc])
        arcs, hubs = len(ground.network.arc_origin), len(ground.hubs)
        used.append(arcs + int(np.searchsorted(ground.hubs, at)))
        use = [1.0] * len(used)
        if hours > 0:
            used.append(arcs + hubs + by)
            use.append(float(truck_hours_per_tonne(np.array(hours), ground.truck_load)))
        through = 1.0 / (1.0 - float(ground.loss[by]))
        of_use = tuple(u * through for u in use)
        way = Way(place=place, operation=by, hours=hours, resources=tuple(used), use=of_use, rivals=rivals)
        self._ways.setdefault((place, way.resources, rivals), way)

    def _rivals(self, place: int, hours: float, is_open: Flags, from_hub: Floats) -> tuple[int, ...]:
        """Resources that, all shut, leave no way as quick; none at all, where `hours` are infinite.

        Any such way starts at a shut hub, or has a first arc that is shut: the hours to there over what is open, and
        from there over all that is allowed, are no more than `hours`; or its operation has no trucks left.
        """
        ground, day = self.ground, self.day
        network, arcs, hubs = ground.network, len(ground.network.arc_origin), len(ground.hubs)
        most = hours + ROUNDING if np.isfinite(hours) else np.finfo(float).max
        found: set[int] = set()
        for o in np.flatnonzero(day.served[:, place]):
            to_place = self._hours_to(place, int(o))
            at_hub = np.where(day.hubs[o], to_place[ground.hubs], np.inf)
            if not is_open[arcs + hubs + o]:
                if (at_hub[at_hub > 0] <= most).any():
                    found.add(arcs + hubs + int(o))
                at_hub = np.where(at_hub > 0, np.inf, at_hub)
            else:
                through = from_hub[o, network.arc_origin] + day.hours + to_place[network.arc_destination]
                found.update(np.flatnonzero(day.allowed[o] & ~is_open[:arcs] & (through <= most)).tolist())
            found.update((arcs + np.flatnonzero((at_hub <= most) & ~is_open[arcs : arcs + hubs])).tolist())
        return tuple(sorted(found))

    def _hours_to(self, place: int, operation: int) -> Floats:
        """(place,) hours from each place over all that an operation may use, shut or not."""
        return self._to[place, operation]

    def _measure(self, places: Indices) -> None:
        """Make sure that `_to` holds the hours to some places, for each operation that may serve them."""
        for o, served in enumerate(self.day.served):
            new = [int(place) for place in places if served[place] and (int(place), o) not in self._to]
            if new:
                graph, _ = lightest(self.ground.network, self.day.allowed[o], self.day.hours)
                hours = np.asarray(dijkstra(graph.T.tocsr(), indices=new), float)
                self._to.update({(place, o): row for place, row in zip(new, hours, strict=True)})

    def _as_table(self) -> Table:
        ways, barriers = self._rows_of_ways, self._rows_of_barriers
        fresh = list(islice(self._ways.values(), len(ways.keys), None))
        ways.add(
            [(w.place, w.hours, w.resources, w.rivals) for w in fresh],
            [w.resources for w in fresh], [w.use for w in fresh], [w.rivals for w in fresh],
        )  # fmt: skip
        shut = list(islice(self._barriers, len(barriers.keys), None))
        barriers.add(shut, [found for _, found in shut], None, [])
        self._operation += [w.operation for w in fresh]
        loss = self.ground.loss[np.array(self._operation, np.int64)[ways.number]]
        return Table(
            place=ways.places,
            first=np.flatnonzero(np.diff(ways.places, prepend=-1)),
            lost=loss / (1.0 - loss),
            use=ways.matrix,
            uses=csr_array(((ways.matrix.data > 0).astype(float), ways.matrix.indices, ways.matrix.indptr),
                           shape=ways.matrix.shape),
            rivals=ways.others,
            number=ways.number,
            barrier_place=barriers.places,
            barrier_first=np.flatnonzero(np.diff(barriers.places, prepend=-1)),
            barrier=barriers.matrix,
        )  # fmt: skip


@dataclass(eq=False)
class SortedRows:
    """Rows of sparse matrices in the order of their keys, (place, ...), while more are added."""

    keys: list[tuple[Any, ...]]
    matrix: csr_array
    others: csr_array  # a second one of the same rows, or of none
    number: Indices  # (row,) how many were added before it
    places: Indices  # (row,)

    @classmethod
    def none(cls, width: int) -> SortedRows:
        """No row yet."""
        nothing = _rows([], None, width)
        return cls([], nothing, nothing, np.zeros(0, np.int64), np.zeros(0, np.int64))

    def add(
        self,
        keys: Sequence[tuple[Any, ...]],
        columns: Sequence[tuple[int, ...]],
        values: Sequence[tuple[float, ...]] | None,
        others: Sequence[tuple[int, ...]],
    ) -> None:
        """Add rows with new keys: columns and values (1 unless given) of the first matrix, columns of the second."""
        if not keys:
            return
        many, width = len(self.keys), self.matrix.shape[1]
        fresh = sorted(range(len(keys)), key=lambda i: keys[i])
        at = [bisect_left(self.keys, keys[i]) for i in fresh]
        order = np.insert(np.arange(many), at, many + np.array(fresh))
        self.matrix = _joined(self.matrix, _rows(columns, values, width))[order]
        if others:
            self.others = _joined(self.others, _rows(others, None, width))[order]
        self.number = np.concatenate([self.number, many + np.arange(len(keys))])[order]
        self.places = np.concatenate([self.places, [key[0] for key in keys]])[order]
        for before, i in zip(at[::-1], fresh[::-1], strict=True):
            self.keys.insert(before, keys[i])


class _Side:
    """What leads to the side of a place, for one operation while some things are open. Places that can reach each other
    are on one side, so it is searched for once for all of them.
    """

    def __init__(self, ways: Ways, operation: int, is_open: Flags) -> None:
        self.ways, self.operation, self.is_open = ways, operation, is_open
        network, self.arcs = ways.ground.network, len(ways.ground.network.arc_origin)
        self.fleet = self.arcs + len(ways.ground.hubs) + operation
        self.n = len(network.places)
        self.found: dict[int, set[int]] = {}

    @cached_property
    def back(self) -> csr_array:
        """(place, place) open arcs, backward."""
        network = self.ways.ground.network
        taken = np.flatnonzero(self.ways.day.allowed[self.operation] & self.is_open[: self.arcs])
        ends = (network.arc_destination[taken], network.arc_origin[taken])
        return csr_array((np.ones(len(taken)), ends), shape=(self.n, self.n))

    @cached_property
    def side_of(self) -> Indices:
        """(place,) side on which it lies."""
        return np.asarray(connected_components(self.back, connection="strong")[1])

    def barrier(self, place: int) -> set[int]:
        """Resources that, all shut, leave the operation no way: its fleet, or all that leads to the side."""
        if not self.is_open[self.fleet]:  # who lives at a hub needs no truck, but the hub
            own = np.flatnonzero(self.ways.day.hubs[self.operation] & (self.ways.ground.hubs == place))
            return {self.fleet, *(self.arcs + own).tolist()}
        side = int(self.side_of[place])
        if side not in self.found:
            ground, day, o = self.ways.ground, self.ways.day, self.operation
            behind = np.zeros(self.n, bool)
            behind[breadth_first_order(self.back, place, return_predecessors=False)] = True
            into = behind[ground.network.arc_destination] & ~behind[ground.network.arc_origin] & day.allowed[o]
            hubs = self.arcs + np.flatnonzero(day.hubs[o] & behind[ground.hubs])
            self.found[side] = {*np.flatnonzero(into).tolist(), *hubs.tolist()}
        return self.found[side]


def _rows(columns: Sequence[tuple[int, ...]], values: Sequence[tuple[float, ...]] | None, width: int) -> csr_array:
    """A sparse matrix from the columns and values (1 unless given) of each row."""
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.fromiter(chain.from_iterable(columns), np.int64, ends[-1])
    of = np.ones(ends[-1]) if values is None else np.fromiter(chain.from_iterable(values), float, ends[-1])
    return csr_array((of, flat, ends), shape=(len(columns), width))


def _joined(above: csr_array, below: csr_array) -> csr_array:
    """The rows of one matrix, then those of another."""
    ends = np.concatenate([above.indptr, above.nnz + below.indptr[1:]])
    parts = [np.concatenate([getattr(x, part) for x in (above, below)]) for part in ("data", "indices")]
    return csr_array((*parts, ends), shape=(len(ends) - 1, above.shape[1]))


@dataclass(frozen=True, eq=False)
class Known:
    """The ways of all days so far, by what is the same on them."""

    ground: Ground
    _of: dict[bytes, Ways] = field(default_factory=dict)

    def on(self, day: SupplyDay) -> Ways:
        """The ways of a day."""
        if day.key not in self._of:
            self._of[day.key] = Ways(self.ground, day)
        return self._of[day.key]
