"""Where people are at the end of a day, and what happened over it. Arrays only; nothing here is changed in place."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from displacement.movement.rationing import summed_by
from displacement.network import Flags, Indices
from displacement.streams import Counts

# People away from home, by when they last left: before the reference date; again since it, from a place of
# displacement; from home since it; abroad.
VINTAGES = ("before", "again", "new", "refugee")
BEFORE, AGAIN, NEW, REFUGEE = range(4)
PEOPLE_TRAFFIC = ("civilians", "medical")


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """People in the queues of roads, a row a member, kind and day of joining; by day, then member and kind.

    member : (row,);  kind : (row,) vintage x slots + slot, see `road.Slots`;  since : (row,) day on which they joined;
    people : (row, group)
    """

    member: Indices
    kind: Indices
    since: Indices
    people: Counts

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def nobody(cls, groups: int, kind: np.dtype) -> Held:
        """Empty queues."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none, np.zeros((0, groups), kind))

    def slot(self, slots: int) -> Indices:
        """(row,) slot at which they are held, of so many."""
        return np.asarray(self.kind % max(slots, 1))

    def only(self, which: Flags | Indices) -> Held:
        """Some of the rows, or all in another order."""
        return Held(
            member=self.member[which], kind=self.kind[which], since=self.since[which], people=self.people[which]
        )

    def but(self, people: Counts) -> Held:
        """Other people in the same rows; rows of nobody are gone."""
        return replace(self, people=people).only(np.einsum("rg->r", people) > 0)

    def __add__(self, other: Held) -> Held:
        """One after the other."""
        return Held(*(np.concatenate([getattr(x, f.name) for x in (self, other)]) for f in fields(Held)))

    def sorted(self) -> Held:
        """Oldest first, then by member and kind."""
        return self.only(np.lexsort((self.kind, self.member, self.since)))

    def merged(self, day: int) -> Held:
        """Rows added up by member and kind, as of one day."""
        kinds = int(self.kind.max(initial=0)) + 1
        key, at = np.unique(self.member * kinds + self.kind, return_inverse=True)
        return Held(key // kinds, key % kinds, np.full(len(key), day), summed_by(self.people.T, at, len(key)).T)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class People:
    """Everyone, once: integers (real numbers in the mean-field twin) at the end of a day.

    settled, stayers, trapped_home, returned : (member, group, place) at home: who would leave under fire, who leaves on
        capture only, who was refused, and who came back;  away, trapped_away : (member, group, vintage, place);
    travelling : (member, group, vintage, route, stage) who have done stage + 1 days;  held : in the queues of roads;
    waiting : (member, group, vintage, traffic, gate).
    """

    settled: Counts
    stayers: Counts
    trapped_home: Counts
    returned: Counts
    away: Counts
    trapped_away: Counts
    travelling: Counts
    held: Held
    waiting: Counts

    @property
    def residents(self) -> Counts:
        """(member, group, place) people who have not left home."""
        return np.asarray(self.settled + self.stayers + self.trapped_home)

    @property
    def staying_away(self) -> Counts:
        """(member, group, vintage, place) people away from home who stay at a place, trapped ones among them."""
        return np.asarray(self.away + self.trapped_away)

    @property
    def trapped(self) -> Counts:
        """(member, group, place) who wish to leave and were refused."""
        return np.asarray(self.trapped_home + self.trapped_away.sum(axis=2))

    @property
    def present(self) -> Counts:
        """(member, group, place) everybody at a place."""
        return np.asarray(self.residents + self.returned + self.staying_away.sum(axis=2))

    @property
    def everyone(self) -> Counts:
        """(member,) all people."""
        queued = summed_by(self.held.people.sum(axis=1), self.held.member, len(self.settled))
        on_the_way = self.travelling.sum(axis=(1, 2, 3, 4)) + queued
        return np.asarray(self.present.sum(axis=(1, 2)) + on_the_way + self.waiting.sum(axis=(1, 2, 3, 4)))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Moves:
    """The day's flows: (member, group, place); traffic (member, arc); at crossings (member, group, traffic, gate)."""

    departures: Counts
    departures_from_home: Counts
    arrivals: Counts
    stopped: Counts
    evacuated: Counts
    traffic: Counts
    joined: Counts
    crossed: Counts
    crossed_irregularly: Counts
    gave_up: Counts


def by_vintage(home: Counts, away: Counts, *, counts_since: bool) -> Counts:
    """(member, group, vintage, ...) people who leave today, by the vintage that this makes them.

    home : (member, group, ...);  away : (member, group, vintage, ...);  counts_since : on or after the reference date?

    >>> by_vintage(np.array([[5]]), np.array([[[1, 2, 3, 0]]]), counts_since=True).tolist()
    [[[0, 3, 8, 0]]]
    """
    found = np.zeros_like(away)
    for people, vintage in zip([home, *np.moveaxis(away, 2, 0)], becomes(counts_since=counts_since), strict=True):
        found[:, :, vintage] += people
    return found


def becomes(*, counts_since: bool) -> tuple[int, ...]:
    """The vintage of who leaves today: from home, then of each vintage.

    >>> [VINTAGES[v] for v in becomes(counts_since=True)]
    ['new', 'again', 'again', 'new', 'refugee']
    """
    return (NEW, AGAIN, AGAIN, NEW, REFUGEE) if counts_since else (BEFORE, BEFORE, AGAIN, NEW, REFUGEE)


def add_at(total: Counts, index: Indices, values: Counts) -> None:
    """Add values (..., n) to total (..., m) at positions index (n,), which may repeat.

    >>> total = np.zeros((1, 2), int)
    >>> add_at(total, np.array([1, 1]), np.array([[2, 3]]))
    >>> total
    array([[0, 5]])
    """
    np.add.at(total, (..., index), values)  # type: ignore[arg-type]
