"""Queues on roads: a link lets through at most its vehicles a day and direction, who came first before all others.

A route may be held at each of its arcs that has a limit: a slot. Who is held keeps the day of the trip; who is let
through goes on, the same day, to the next slot of that day of the trip or to its end. The free-flow time of the route
is not lengthened as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from displacement.movement.rationing import rationed_by, summed_by
from displacement.network import Flags, Floats, Indices
from displacement.routes import NOBODY, Routes
from displacement.streams import Counts

FUZZ = 1e-12  # of a number of people, so that 100 vehicles of 4.7 hold 470 and not 469


@dataclass(frozen=True, eq=False, kw_only=True)
class Slots:
    """The limited arcs of each route, by route and in its order; and which of them can hold anybody up today."""

    routes: Routes
    limited: Indices  # (limited,) arcs that have a limit on some day
    route: Indices  # (slot,)
    leg: Indices  # (slot,) position of the arc in the route
    arc: Indices  # (slot,) row of `limited`
    stage: Indices  # (slot,) day of the trip
    begins: Indices  # (slot,) the first slot of the same route and day of the trip
    rank: Indices  # (slot,) how many come before it on that day
    following: Indices  # (slot,) the next tight one on that day, or NOBODY
    first: Indices  # (stage, route) the first tight one of a day of the trip, or NOBODY
    _narrowed: dict[bytes, Slots] = field(default_factory=dict)
    _before: dict[int, csr_array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.route)

    @classmethod
    def of(cls, routes: Routes, limited: Flags) -> Slots:
        """The slots of routes, all of them tight. limited : (arc,)."""
        route, leg = np.nonzero((routes.arcs != NOBODY) & limited[routes.arcs])
        stage = routes.stage_of[route, leg]
        starts = np.ones(len(route), bool)
        starts[1:] = (route[1:] != route[:-1]) | (stage[1:] != stage[:-1])
        none, position = np.zeros(0, np.int64), np.arange(len(route))
        arcs, begins = np.flatnonzero(limited), np.maximum.accumulate(np.where(starts, position, 0))
        found = cls(
            routes=routes, limited=arcs, route=route, leg=leg, stage=stage, begins=begins, rank=position - begins,
            arc=np.searchsorted(arcs, routes.arcs[route, leg]), following=none, first=none,
        )  # fmt: skip
        return found.narrowed(np.ones(len(arcs), bool))

    def narrowed(self, tight: Flags) -> Slots:
        """The same, of which only those on tight arcs (limited,) can hold anybody up; who is at a loose one goes on."""
        key = tight.tobytes()
        if key not in self._narrowed:
            self._narrowed[key] = self._narrow(tight)
        return self._narrowed[key]

    def _narrow(self, tight: Flags) -> Slots:
        here = tight[self.arc]
        position = np.arange(len(self))
        after = np.minimum.accumulate(np.append(np.where(here, position, len(self)), len(self))[::-1])[::-1]
        begins = np.append(self.begins, NOBODY)
        following = np.where(begins[after[1:]] == self.begins, after[1:], NOBODY)
        first = np.full((int(self.routes.stages.max(initial=1)), len(self.routes)), NOBODY)
        start = np.unique(self.begins)
        leads = after[start]
        first[self.stage[start], self.route[start]] = np.where(begins[leads] == start, leads, NOBODY)
        return replace(self, following=following, first=first, _narrowed={}, _before={})

    def wanted_at_most(self, held: Cohorts, entering: Sequence[Counts], per_person: Floats) -> Floats:
        """(member, limited) vehicles on each arc if nobody were held up today."""
        waiting = summed_by((per_person[:, np.newaxis] @ held.people)[:, 0], held.kind % max(len(self), 1), len(self))
        total = np.concatenate([np.zeros((len(waiting), 1)), np.cumsum(waiting, axis=1)], axis=1)
        through = total[:, 1:] - total[:, self.begins]
        for stage, cohort in enumerate(entering):
            on = self.stage == stage
            through[:, on] += (per_person[:, np.newaxis] @ cohort.sum(axis=2))[:, 0][:, self.route[on]]
        return summed_by(through, self.arc, len(self.limited))

    def entered_before(self, stage: int, arcs: int) -> csr_array:
        """(arc, route) 1 where a route enters an arc on a day of the trip before it can be held."""
        if stage not in self._before:
            routes, first = self.routes, self.first[stage]
            legs = np.arange(routes.arcs.shape[1])
            until = np.where(first == NOBODY, len(legs), self.leg[first] if len(self) else 0)
            free = (routes.arcs != NOBODY) & (routes.stage_of == stage) & (legs < until[:, None])
            route, leg = np.nonzero(free)
            ones = np.ones(len(route), np.int64)
            self._before[stage] = csr_array((ones, (routes.arcs[route, leg], route)), shape=(arcs, len(routes)))
        return self._before[stage]

    def entered_after(self, slots: Indices, arcs: int) -> csr_array:
        """(arc, slot) 1 where those let through at some slots enter an arc before the day ends or a slot follows."""
        legs = np.arange(self.routes.arcs.shape[1])
        following, route = self.following[slots], self.route[slots]
        until = np.where(following == NOBODY, len(legs), self.leg[following])
        path, day = self.routes.arcs[route], self.routes.stage_of[route]
        entered = (path != NOBODY) & (day == self.stage[slots][:, None])
        entered &= (legs >= self.leg[slots][:, None]) & (legs < until[:, None])
        slot, leg = np.nonzero(entered)
        return csr_array((np.ones(len(slot), np.int64), (path[slot, leg], slot)), shape=(arcs, len(slots)))

    def halts(self, arc_origin: Indices) -> Indices:
        """(state, slot) where those held stop, if an arc from there on is shut: at its near end; NOBODY: they stay."""
        routes = self.routes
        ahead = (routes.arcs[self.route] != NOBODY) & (np.arange(routes.arcs.shape[1]) >= self.leg[:, None])
        shut = (ahead & ~routes.passable[:, self.route]).any(axis=2)
        return np.where(shut, arc_origin[self.limited[self.arc]] if len(self) else 0, NOBODY)


@dataclass(frozen=True, eq=False)
class Cohorts:
    """People in queues, by the day they joined and of what kind they are: a vintage and a slot. Oldest first.

    kind : (cohort,) vintage x slots + slot;  since : (cohort,) day;  people : (member, group, cohort)
    """

    kind: Indices
    since: Indices
    people: Counts

    @classmethod
    def together(cls, parts: Sequence[Cohorts]) -> Cohorts:
        """Cohorts one after the other."""
        parts = [part for part in parts if len(part.kind)] or list(parts[:1])
        return cls(*(np.concatenate([getattr(c, x) for c in parts], axis=-1) for x in ("kind", "since", "people")))

    def merged(self, day: int) -> Cohorts:
        """Cohorts added up by kind, as of one day."""
        kind, at = np.unique(self.kind, return_inverse=True)
        return Cohorts(kind, np.full(len(kind), day), summed_by(self.people, at, len(kind)))

    def only(self, which: Flags | Indices) -> Cohorts:
        """Some of the cohorts, or all in another order."""
        return Cohorts(self.kind[which], self.since[which], self.people[..., which])

    def less(self, gone: Counts) -> Cohorts:
        """Who is left; cohorts of which nobody is left are gone."""
        left = self.people - gone
        some = np.asarray(left.any(axis=(0, 1)))
        return Cohorts(self.kind[some], self.since[some], left[..., some])


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

    def passing(self, cohorts: Cohorts) -> Counts:
        """(member, group, cohort) who passes: who joined first before all others.

        Of those who joined on the first day that does not fit whole, a part passes; then nothing is left for anybody.
        """
        if not len(cohorts.kind):
            return cohorts.people
        days, age = np.unique(cohorts.since, return_inverse=True)
        arc = self.slots.arc[cohorts.kind % len(self.slots)]
        vehicles = (self.per_person[:, np.newaxis] @ cohorts.people)[:, 0]
        arcs = self.free.shape[1]
        wanted = summed_by(vehicles, arc * len(days) + age, arcs * len(days)).reshape(-1, arcs, len(days))
        until = np.cumsum(wanted, axis=-1)
        over = until > self.free[..., np.newaxis] * (1.0 + FUZZ)
        binds = np.asarray(over.any(axis=-1))
        if not binds.any():
            self._use(until[..., -1], binds)
            return cohorts.people
        first = np.where(binds, over.argmax(axis=-1), len(days))
        full, edge = age < first[:, arc], age == first[:, arc]
        passed = np.where(full[:, np.newaxis], cohorts.people, 0)
        before = np.take_along_axis(until - wanted, np.minimum(first, len(days) - 1)[..., np.newaxis], axis=-1)[..., 0]
        member, some = edge.any(axis=1), edge.any(axis=0)
        cut = np.where(edge[:, np.newaxis], cohorts.people, 0)[member][..., some]
        left = np.where(binds, np.maximum(self.free - before, 0.0), np.inf)[member]
        passed[np.ix_(member, np.ones(passed.shape[1], bool), some)] += let_through(
            cut, arc[some], left, self.per_person[member]
        )
        self._use(until[..., -1], binds)
        return passed

    def _use(self, wanted: Floats, binds: Flags) -> None:
        some = np.isfinite(self.free)
        self.free[some] = np.where(binds, 0.0, np.maximum(self.free - wanted, 0.0))[some]


@dataclass(frozen=True, eq=False)
class Passed:
    """A day in the queues: who is held at its end; (member, group, vintage, route) who finishes each day of the trip;
    (member, arc) people who entered each arc.
    """

    held: Cohorts
    finishing: list[Counts]
    traffic: Counts


def pass_queues(
    held: Cohorts, entering: Sequence[Counts], free: Floats, per_person: Floats, slots: Slots, *, day: int, arcs: int
) -> Passed:
    """Let people through the queues of a day.

    entering : for each day of the trip (member, group, vintage, route);  free : (member, limited) vehicles today;
    per_person : (member, group) vehicles;  arcs : how many there are
    """
    tight = np.asarray((slots.wanted_at_most(held, entering, per_person) > free * (1.0 + FUZZ)).any(axis=0))
    slots = slots.narrowed(tight)
    gate = Discharge(free.copy(), per_person, slots)
    through = gate.passing(held)
    passed, kept = [Cohorts(held.kind, held.since, through)], [held.less(through)]
    joining = _joining(entering, slots)
    for rank in np.unique(slots.rank[tight[slots.arc]]):
        first = joining.only(slots.rank[joining.kind % len(slots)] == rank)
        newcomers = Cohorts.together([first, *(_following(part, rank, slots) for part in passed)]).merged(day)
        through = gate.passing(newcomers)
        passed.append(Cohorts(newcomers.kind, newcomers.since, through))
        kept.append(newcomers.less(through))
    left = Cohorts.together(kept)
    oldest_first = np.lexsort((left.kind, left.since))
    return Passed(left.only(oldest_first), *_finishing(Cohorts.together(passed), entering, slots, arcs))


def _joining(entering: Sequence[Counts], slots: Slots) -> Cohorts:
    """Who comes to the first slot of a day of the trip."""
    found = []
    for stage, cohort in enumerate(entering):
        vintage, route = np.nonzero((slots.first[stage] != NOBODY) & cohort.any(axis=(0, 1)))
        kind = vintage * len(slots) + slots.first[stage][route]
        found.append(Cohorts(kind, kind, cohort[:, :, vintage, route]))
    return Cohorts.together(found)


def _following(passed: Cohorts, rank: int, slots: Slots) -> Cohorts:
    """Who goes on, the same day, to slots of a rank."""
    vintage, slot = np.divmod(passed.kind, max(len(slots), 1))
    following = slots.following[slot]
    on = (following != NOBODY) & (slots.rank[following] == rank)
    kind = vintage[on] * len(slots) + slots.following[slot[on]]
    return Cohorts(kind, passed.since[on], passed.people[..., on])


def _finishing(passed: Cohorts, entering: Sequence[Counts], slots: Slots, arcs: int) -> tuple[list[Counts], Counts]:
    """Who finishes each day of the trip (member, group, vintage, route), and who entered each arc (member, arc)."""
    vintage, slot = np.divmod(passed.kind, max(len(slots), 1))
    used, at = np.unique(slot, return_inverse=True)
    traffic = (slots.entered_after(used, arcs) @ summed_by(passed.people.sum(axis=1), at, len(used)).T).T
    finishing = []
    for stage, cohort in enumerate(entering):
        traffic += (slots.entered_before(stage, arcs) @ cohort.sum(axis=(1, 2)).T).T
        done, routes = np.where(slots.first[stage] == NOBODY, cohort, 0), cohort.shape[3]
        on = (slots.stage[slot] == stage) & (slots.following[slot] == NOBODY)
        target, at = np.unique(vintage[on] * routes + slots.route[slot[on]], return_inverse=True)
        done[:, :, target // routes, target % routes] += summed_by(passed.people[..., on], at, len(target))
        finishing.append(done)
    return finishing, traffic
