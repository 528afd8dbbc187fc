"""Queues on roads: a link lets through at most its vehicles a day and direction, who came first before all others.

A route may be held at each of its arcs that has a limit: a slot. Who is held keeps the day of the trip; who is let
through goes on, the same day, to the next slot of that day of the trip or to its end. The free-flow time of the route
is not lengthened as well.

On a day, a limited arc serves those held on earlier days first, by the day they joined; then who comes to it today, by
how many roads they have passed today. Those who come together share what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from displacement.movement.rationing import part_of, rationed_by
from displacement.movement.state import Held
from displacement.network import Flags, Floats, Indices
from displacement.routes import NOBODY, Routes
from displacement.streams import Counts

FUZZ = 1e-12  # of a number of people, so that 100 vehicles of 4.7 hold 470 and not 469


@dataclass(frozen=True, eq=False, kw_only=True)
class Slots:
    """The limited arcs of each route, by route and in its order. A trip is a route and a day of travel on it."""

    routes: Routes
    arcs: int  # how many the network has
    limited: Indices  # (limited,) arcs that have a limit on some day
    route: Indices  # (slot,)
    leg: Indices  # (slot,) position of the arc in the route
    arc: Indices  # (slot,) row of `limited`
    stage: Indices  # (slot,) day of the trip
    rank: Indices  # (slot,) how many arcs come before it on that day

    def __len__(self) -> int:
        return len(self.route)

    @classmethod
    def of(cls, routes: Routes, limited: Flags) -> Slots:
        """The slots of routes. limited : (arc,)."""
        route, leg = np.nonzero((routes.arcs != NOBODY) & limited[routes.arcs])
        stage = routes.stage_of[route, leg]
        begins = (routes.stage_of[route] == stage[:, np.newaxis]).argmax(axis=1)
        arcs = np.flatnonzero(limited)
        return cls(
            routes=routes, arcs=len(limited), limited=arcs, route=route, leg=leg, stage=stage, rank=leg - begins,
            arc=np.searchsorted(arcs, routes.arcs[route, leg]),
        )  # fmt: skip

    @cached_property
    def trip(self) -> Indices:
        """(slot,) day of the trip x routes + route."""
        return self.stage * len(self.routes) + self.route

    @cached_property
    def by_rank(self) -> list[tuple[Indices, csr_array]]:
        """For each rank its slots, and (limited, trip) 1 where a trip comes to an arc as its arc of that rank."""
        shape = (len(self.limited), int(self.routes.stages.max(initial=1)) * len(self.routes))
        parts = [np.flatnonzero(self.rank == rank) for rank in range(int(self.rank.max(initial=-1)) + 1)]
        return [(at, csr_array((np.ones(len(at)), (self.arc[at], self.trip[at])), shape=shape)) for at in parts]

    def entered_from(self, stage: Indices, route: Indices, leg: Indices) -> csr_array:
        """(arc, n) 1 for each arc that is entered on a day of a trip, from a leg on."""
        path, legs = self.routes.arcs[route], np.arange(self.routes.arcs.shape[1])
        on = (path != NOBODY) & (self.routes.stage_of[route] == stage[:, None]) & (legs >= leg[:, None])
        n, at = np.nonzero(on)
        return csr_array((np.ones(len(n), np.int64), (path[n, at], n)), shape=(self.arcs, len(route)))

    @cached_property
    def entered(self) -> csr_array:
        """(arc, trip) 1 for each arc that is entered on a day of a trip."""
        stage, route = np.divmod(np.arange(int(self.routes.stages.max(initial=1)) * len(self.routes)), len(self.routes))
        return self.entered_from(stage, route, np.zeros_like(route))

    @cached_property
    def ahead(self) -> csr_array:
        """(arc, slot) 1 for a slot's own arc and each that follows on that day of the trip."""
        return self.entered_from(self.stage, self.route, self.leg)

    @cached_property
    def halts(self) -> Flags:
        """(state, slot) is an arc shut, from there on to the end of the route?"""
        path = self.routes.arcs[self.route]
        ahead = (path != NOBODY) & (np.arange(path.shape[1]) >= self.leg[:, None])
        return np.asarray((ahead & ~self.routes.passable[:, self.route]).any(axis=2))


def let_through(people: Counts, starts: Indices, free: Floats, per_person: Floats) -> Counts:
    """(row, group) whom the free vehicles of each part hold: in one part, the same share of each group.

    Whole people: rounded down by group, then one more of as many groups as fit; shared among the rows of a group by
    largest remainder. Those who walk all pass.
    people : (row, group);  starts : (part,) first row of each;  free : (part,) vehicles;  per_person : (part, group)

    >>> let_through(np.array([[600], [400]]), np.array([0]), np.array([100.0]), np.array([[1 / 4.7]])).T
    array([[282, 188]])
    """
    total = np.add.reduceat(people, starts, axis=0)
    needed = (total * per_person).sum(axis=1)
    share = np.minimum(np.divide(free, needed, out=np.ones_like(needed), where=needed > 0), 1.0)
    passing = total * np.where(per_person > 0, share[:, np.newaxis], 1.0)
    if np.issubdtype(people.dtype, np.integer):
        passing = whole_groups(passing, total, free, per_person)
    return rationed_by(people, passing, starts)


def whole_groups(passing: Floats, total: Counts, free: Floats, per_person: Floats) -> Counts:
    """(part, group) whole people of each group who pass: rounded down, and one more by largest remainder if they fit.

    >>> half = np.array([[0.5, 0.5]])
    >>> whole_groups(half, np.array([[9, 9]]), np.array([1.0]), np.array([[1.0, 1.0]]))
    array([[1, 0]])
    """
    whole = np.minimum(np.floor(passing * (1.0 + FUZZ)).astype(np.int64), total)
    rest = np.where(whole < total, passing - whole, 0.0)
    order = np.argsort(-rest, axis=1, kind="stable")
    needed = np.cumsum(np.take_along_axis(per_person, order, axis=1), axis=1)
    left = free * (1.0 + FUZZ) - (whole * per_person).sum(axis=1)
    more = (needed <= left[:, np.newaxis]) & (np.take_along_axis(rest, order, axis=1) > FUZZ * free[:, np.newaxis])
    np.put_along_axis(whole, order, np.take_along_axis(whole, order, axis=1) + more, axis=1)
    return whole


def served(held: Held, free: Floats, per_person: Floats, slots: Slots) -> Counts:
    """(row, group) who passes today: who joined first before all others. What they use is taken from `free`.

    Of those who joined on the first day that does not fit whole, a part passes; then nothing is left for anybody.
    free : (limited, member) vehicles;  per_person : (member, group)
    """
    if not len(held):
        return held.people
    place = slots.arc[held.slot(len(slots))] * free.shape[1] + held.member
    order = np.argsort(place, kind="stable")
    place, age, people = place[order], held.since[order] - held.since.min(), held.people[order]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    part, days = part_of(starts, len(place)), int(age.max()) + 1
    arc, member = np.divmod(place[starts], free.shape[1])
    each = per_person[member]
    wanted = np.bincount(part * days + age, np.einsum("rg,rg->r", people, each[part]), len(starts) * days)
    until, left = np.cumsum(wanted.reshape(-1, days), axis=1), free[arc, member]
    over = until > left[:, np.newaxis] * (1.0 + FUZZ)
    binds = over.any(axis=1)
    free[arc, member] = np.where(binds, 0.0, np.maximum(left - until[:, -1], 0.0))
    first = np.where(binds, over.argmax(axis=1), days)
    edge = np.flatnonzero(age == first[part])
    if not len(edge):
        return held.people
    passed = np.where((age < first[part])[:, np.newaxis], people, 0)
    left = left - np.where(first > 0, until[np.arange(len(first)), first - 1], 0.0)
    passed[edge] = np.where(each[part[edge]] > 0, 0, people[edge])  # who walks
    edge = edge[left[part[edge]] > 0]
    if len(edge):
        bound, starts = np.unique(part[edge], return_index=True)
        passed[edge] = let_through(people[edge], starts, left[bound], each[bound])
    back = np.empty_like(passed)
    back[order] = passed
    return back


@dataclass(frozen=True, eq=False)
class Passed:
    """A day in the queues: who is held at its end; (member, group, vintage, trip) who finishes each day of each trip;
    (member, arc) people who entered each arc.
    """

    held: Held
    finishing: Counts
    traffic: Counts


def pass_queues(
    held: Held, entering: Counts, vintages: Indices, free: Floats, per_person: Floats, slots: Slots, *, day: int
) -> Passed:
    """Let people through the queues of a day.

    entering : (member, group, vintage, trip) who begins each day of each trip, of those vintages that move; becomes who
    finishes it;  free : (member, limited) vehicles today;  per_person : (member, group) vehicles
    """
    free = np.array(free.T)
    through = served(held, free, per_person, slots)
    still, let_go = held.but(held.people - through), held.but(through).merged(day)
    let_go_rank = slots.rank[let_go.slot(len(slots))]
    by_group = entering.sum(axis=2)
    began = (slots.entered @ by_group.sum(axis=1).T).T
    vehicles = (per_person[:, np.newaxis] @ by_group)[:, 0].T.copy()
    moving, kept = entering, held.only(np.zeros(len(held), bool))
    for rank, (at, comes_to) in enumerate(slots.by_rank):
        wanted = comes_to @ vehicles
        binds = wanted > free * (1.0 + FUZZ)
        free = np.where(binds, free, np.maximum(free - wanted, 0.0))
        if binds.any():
            coming = _coming(moving, vintages, binds, at, slots, day)
            held_up = coming.but(coming.people - served(coming, free, per_person, slots))
            _add(held_up, -1, moving, vintages, vehicles, per_person, slots)
            kept = kept + held_up
        if (goes_on := let_go_rank == rank).any():
            _add(let_go.only(goes_on), 1, moving, vintages, vehicles, per_person, slots)
    change = slots.ahead @ (_by_slot(let_go, len(entering), slots) - _by_slot(kept, len(entering), slots))
    return Passed(still + kept.merged(day), moving, began + change.T)


def _coming(moving: Counts, vintages: Indices, binds: Flags, at: Indices, slots: Slots, day: int) -> Held:
    """Who comes today, at some slots, to an arc that has too few vehicles for them. binds : (limited, member)."""
    slot, member = np.nonzero(binds[slots.arc[at]])
    slot = at[slot]
    cells = np.moveaxis(moving[member, :, :, slots.trip[slot]], 2, 0)  # (vintage, row, group)
    vintage, row = np.nonzero(cells.any(axis=2))
    kind = vintages[vintage] * len(slots) + slot[row]
    return Held(member[row], kind, np.full(len(row), day), cells[vintage, row])


def _add(
    held: Held, sign: int, moving: Counts, vintages: Indices, vehicles: Floats, per_person: Floats, slots: Slots
) -> None:
    """Add people, a row a cell, to those who move today and to their vehicles (trip, member); or take them away."""
    vintage, slot = np.divmod(held.kind, max(len(slots), 1))
    member, trip = held.member, slots.trip[slot]
    moving[member, :, np.searchsorted(vintages, vintage), trip] += sign * held.people
    change = sign * np.einsum("rg,rg->r", held.people, per_person[member])
    np.add.at(vehicles.ravel(), trip * vehicles.shape[1] + member, change)  # a view: quicker than by two indices


def _by_slot(held: Held, members: int, slots: Slots) -> Counts:
    """(slot, member) people."""
    at = held.slot(len(slots)) * members + held.member
    people = np.bincount(at, np.einsum("rg->r", held.people), len(slots) * members)
    return people.astype(held.people.dtype).reshape(len(slots), members)
