"""Queues on roads: a link lets through at most its vehicles a day and direction, who came first before all others.

A route may be held at each of its arcs that has a limit: a slot. Who is held keeps the day of the trip; who is let
through goes on, the same day, to the next slot of that day of the trip or to its end. The free-flow time of the route
is not lengthened as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from displacement.movement.rationing import rationed_by, summed_by
from displacement.movement.state import add_at
from displacement.network import Flags, Floats, Indices
from displacement.routes import NOBODY, Routes
from displacement.streams import Counts

FUZZ = 1e-12  # of a number of people, so that 100 vehicles of 4.7 hold 470 and not 469


@dataclass(frozen=True, eq=False, kw_only=True)
class Slots:
    """The limited arcs of each route, in the order of the route."""

    route: Indices  # (slot,)
    leg: Indices  # (slot,) position of the arc in the route
    arc: Indices  # (slot,) row of `limited`
    stage: Indices  # (slot,) day of the trip
    rank: Indices  # (slot,) how many limited arcs of the same day of the trip come before
    following: Indices  # (slot,) the next one on the same day of the trip, or NOBODY
    limited: Indices  # (limited,) arcs that have a limit on some day
    first: Indices  # (stage, route) the first slot of a day of the trip, or NOBODY

    def __len__(self) -> int:
        return len(self.route)

    @classmethod
    def of(cls, routes: Routes, limited: Flags) -> Slots:
        """The slots of routes, sorted by route and leg. limited : (arc,)."""
        at_leg = (routes.arcs != NOBODY) & limited[routes.arcs]
        route, leg = np.nonzero(at_leg)
        arcs = np.flatnonzero(limited)
        stage = routes.stage_of[route, leg]
        stages = int(routes.stages.max(initial=1))
        same = (route[1:] == route[:-1]) & (stage[1:] == stage[:-1])
        following = np.append(np.where(same, np.arange(1, len(route)), NOBODY), [NOBODY])[: len(route)]
        starts = np.concatenate([[True], ~same])[: len(route)]
        position = np.arange(len(route))
        rank = position - np.maximum.accumulate(np.where(starts, position, 0)) if len(route) else position
        first = np.full((stages, len(routes)), NOBODY)
        first[stage[starts], route[starts]] = position[starts]
        return cls(
            route=route, leg=leg, arc=np.searchsorted(arcs, routes.arcs[route, leg]), stage=stage, rank=rank,
            following=following, limited=arcs, first=first,
        )  # fmt: skip

    @cached_property
    def ranks(self) -> int:
        """The most slots that a route has on one day of the trip."""
        return int(self.rank.max(initial=-1)) + 1

    def entered_before(self, routes: Routes, stage: int, arcs: int) -> csr_array:
        """(arc, route) 1 where a route enters an arc on a day of the trip before it can be held."""
        first = self.first[stage]
        until = np.where(first == NOBODY, routes.arcs.shape[1], self.leg[first] if len(self) else 0)
        free = (routes.arcs != NOBODY) & (routes.stage_of == stage) & (np.arange(routes.arcs.shape[1]) < until[:, None])
        route, leg = np.nonzero(free)
        return csr_array((np.ones(len(route), np.int64), (routes.arcs[route, leg], route)), shape=(arcs, len(routes)))

    def entered_after(self, routes: Routes, arcs: int) -> csr_array:
        """(arc, slot) 1 where those let through at a slot enter an arc before the day ends or a slot follows."""
        legs = np.arange(routes.arcs.shape[1])
        until = np.where(self.following == NOBODY, routes.arcs.shape[1], self.leg[self.following])
        path, day = routes.arcs[self.route], routes.stage_of[self.route]
        entered = (path != NOBODY) & (day == self.stage[:, None])
        entered &= (legs >= self.leg[:, None]) & (legs < until[:, None])
        slot, leg = np.nonzero(entered)
        return csr_array((np.ones(len(slot), np.int64), (path[slot, leg], slot)), shape=(arcs, len(self)))

    def halts(self, routes: Routes, arc_origin: Indices) -> Indices:
        """(state, slot) where those held stop, if an arc from there on is shut: at its near end; NOBODY: they stay."""
        legs = np.arange(routes.arcs.shape[1])
        ahead = (routes.arcs[self.route] != NOBODY) & (legs >= self.leg[:, None])
        shut = (ahead & ~routes.passable[:, self.route]).any(axis=2)
        return np.where(shut, arc_origin[self.limited[self.arc]] if len(self) else 0, NOBODY)


@dataclass(frozen=True, eq=False)
class Cohorts:
    """People in queues, of the kinds that there are only. A kind is a vintage and a slot: vintage x slots + slot."""

    kind: Indices  # (kind,) ascending
    people: Counts  # (..., member, group, kind)

    @classmethod
    def merged(cls, parts: Sequence[Cohorts], like: Counts) -> Cohorts:
        """Cohorts added up by kind. like : (member, group, ...) of the right size and type."""
        kind = np.unique(np.concatenate([part.kind for part in parts])) if parts else np.zeros(0, np.int64)
        people = np.zeros((*like.shape[:2], len(kind)), like.dtype)
        for part in parts:
            people[..., np.searchsorted(kind, part.kind)] += part.people
        return cls(kind, people)

    def only(self, which: Flags) -> Cohorts:
        """Those of some kinds."""
        return Cohorts(self.kind[which], self.people[..., which])


def let_through(people: Counts, arc: Indices, free: Floats, per_person: Floats) -> Counts:
    """(member, group, kind) whom the free vehicles of each arc hold: on one arc, the same share of each group.

    Whole people, rounded down by group, then shared among kinds by largest remainder; those who walk all pass.
    people : (member, group, kind);  arc : (kind,);  free : (member, arc) vehicles;  per_person : (member, group)

    >>> let_through(np.array([[[600, 400]]]), np.array([0, 0]), np.array([[100.0]]), np.array([[1 / 4.7]]))
    array([[[282, 188]]])
    """
    total = summed_by(people, arc, free.shape[1])
    needed = (total * per_person[..., np.newaxis]).sum(axis=1)
    share = np.minimum(np.divide(free, needed, out=np.ones_like(needed), where=needed > 0), 1.0)
    passing = total * np.where(per_person[..., np.newaxis] > 0, share[:, np.newaxis], 1.0)
    if np.issubdtype(people.dtype, np.integer):
        passing = np.minimum(np.floor(passing * (1.0 + FUZZ)).astype(np.int64), total)
    return rationed_by(people, passing, arc)


@dataclass(frozen=True, eq=False)
class Discharge:
    """The vehicles still free on each limited arc today, used up as cohorts pass, and what they carry."""

    free: Floats  # (member, limited), changed as they are used
    per_person: Floats  # (member, group)
    slots: Slots

    def arc(self, kind: Indices) -> Indices:
        """(kind,) limited arc."""
        return self.slots.arc[kind % max(len(self.slots), 1)]

    def wanted(self, cohorts: Cohorts) -> Floats:
        """(..., member, limited) vehicles that cohorts need."""
        vehicles = (cohorts.people * self.per_person[..., np.newaxis]).sum(axis=-2)
        return summed_by(vehicles, self.arc(cohorts.kind), self.free.shape[1])

    def passing(self, cohorts: Cohorts) -> Counts:
        """(member, group, kind) who passes; where not all fit, nothing is left for who comes later."""
        wanted = self.wanted(cohorts)
        binds = wanted > self.free * (1.0 + FUZZ)
        passed = self._cut(cohorts, binds, self.free)
        self._use(wanted, binds)
        return passed

    def oldest_first(self, held: Cohorts) -> Counts:
        """(age, member, group, kind) who passes of those held: each age after all that came before it."""
        if not len(held.people):
            return held.people
        wanted = self.wanted(held)
        before = np.cumsum(wanted, axis=0) - wanted
        over = np.asarray(before + wanted > self.free * (1.0 + FUZZ))
        arc, first = self.arc(held.kind), np.argmax(over, axis=0)  # the age that does not fit whole
        passed = np.where(over[:, :, np.newaxis, arc], 0, held.people)
        binds = np.asarray(over.any(axis=0))
        if binds.any():
            member, limited = np.indices(first.shape)
            left = np.where(binds, self.free - before[first, member, limited], np.inf)
            of_kind = first[:, arc][np.newaxis, :, np.newaxis]
            edge = Cohorts(held.kind, np.take_along_axis(held.people, of_kind, axis=0)[0])
            through = np.where(binds[:, np.newaxis, arc], self._cut(edge, binds, left), 0)
            keep = np.take_along_axis(passed, of_kind, axis=0)[0]
            np.put_along_axis(passed, of_kind, np.where(binds[:, np.newaxis, arc], through, keep)[np.newaxis], axis=0)
        self._use(wanted.sum(axis=0), binds)
        return passed

    def _cut(self, cohorts: Cohorts, binds: Flags, free: Floats) -> Counts:
        """Cohorts cut to the free vehicles of the arcs on which they do not fit."""
        arc = self.arc(cohorts.kind)
        tight = binds.any(axis=0)[arc]
        if not tight.any():
            return cohorts.people
        passed = cohorts.people.copy()
        full = np.flatnonzero(binds.any(axis=1))
        cut = np.where(binds, free, np.inf)[full]
        few = cohorts.people[full][..., tight]
        passed[np.ix_(full, np.arange(passed.shape[1]), np.flatnonzero(tight))] = let_through(
            few, arc[tight], cut, self.per_person[full]
        )
        return passed

    def _use(self, wanted: Floats, binds: Flags) -> None:
        some = np.isfinite(self.free)
        self.free[some] = np.where(binds, 0.0, np.maximum(self.free - wanted, 0.0))[some]


def pass_queues(
    held: Cohorts, entering: Sequence[Counts], free: Floats, per_person: Floats, slots: Slots
) -> tuple[Cohorts, list[Counts], Counts]:
    """A day in the queues. Returns who is held at its end, who finishes each day of the trip, who was let through.

    held : (age, member, group, kind), oldest first;  entering : for each day of the trip (member, group, vintage,
    route);  free : (member, limited) vehicles today;  per_person : (member, group);  let through : (member, slot)
    """
    gate, like = Discharge(free.copy(), per_person, slots), entering[0]
    old = gate.oldest_first(held)
    passed = [Cohorts(held.kind, old.sum(axis=0))]
    today = []
    arrivals = _joining(entering, slots)
    for rank in range(slots.ranks):
        if rank:
            arrivals = [_following(part, rank - 1, slots) for part in passed]
        newcomers = Cohorts.merged(arrivals, like)
        through = gate.passing(newcomers)
        passed.append(Cohorts(newcomers.kind, through))
        today.append(Cohorts(newcomers.kind, newcomers.people - through))
    finishing, let = _finishing(passed, entering, slots)
    return _held(held.kind, held.people - old, Cohorts.merged(today, like)), finishing, let


def _joining(entering: Sequence[Counts], slots: Slots) -> list[Cohorts]:
    """Who comes to the first slot of a day of the trip."""
    found = []
    for stage, cohort in enumerate(entering):
        first = slots.first[stage]
        vintage, route = np.nonzero((first != NOBODY) & cohort.any(axis=(0, 1)))
        found.append(Cohorts(vintage * len(slots) + first[route], cohort[:, :, vintage, route]))
    return found


def _following(passed: Cohorts, rank: int, slots: Slots) -> Cohorts:
    """Who goes on, the same day, from slots of a rank to the next."""
    vintage, slot = np.divmod(passed.kind, max(len(slots), 1))
    on = (slots.rank[slot] == rank) & (slots.following[slot] != NOBODY)
    return Cohorts(vintage[on] * len(slots) + slots.following[slot[on]], passed.people[..., on])


def _finishing(passed: Sequence[Cohorts], entering: Sequence[Counts], slots: Slots) -> tuple[list[Counts], Counts]:
    """Who finishes each day of the trip (member, group, vintage, route), and who was let through (member, slot)."""
    done = [np.where(slots.first[stage] == NOBODY, cohort, 0) for stage, cohort in enumerate(entering)]
    let = np.zeros((len(done[0]), len(slots)), done[0].dtype)
    for part in passed:
        vintage, slot = np.divmod(part.kind, max(len(slots), 1))
        add_at(let, slot, part.people.sum(axis=1))
        for stage, cohort in enumerate(done):
            on = (slots.stage[slot] == stage) & (slots.following[slot] == NOBODY)
            cohort[:, :, vintage[on], slots.route[slot[on]]] += part.people[..., on]
    return done, let


def _held(kind: Indices, older: Counts, today: Cohorts) -> Cohorts:
    """Everybody held, the oldest first, without ages and kinds that hold nobody."""
    both = np.union1d(kind, today.kind)
    people = np.zeros((len(older) + 1, *older.shape[1:-1], len(both)), older.dtype)
    people[:-1][..., np.searchsorted(both, kind)] = older
    people[-1][..., np.searchsorted(both, today.kind)] = today.people
    some = np.asarray(people.any(axis=(1, 2)))
    ages, kinds = some.any(axis=1), some.any(axis=0)
    return Cohorts(both[kinds], people[ages][..., kinds])
