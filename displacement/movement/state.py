"""Where people are at the end of a day, and what happened over it. Arrays only; nothing here is changed in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.network import Indices
from displacement.streams import Counts

# People away from home, by when they last left: before the reference date; again since it, from a place of
# displacement; from home since it; abroad.
VINTAGES = ("before", "again", "new", "refugee")
BEFORE, AGAIN, NEW, REFUGEE = range(4)
PEOPLE_TRAFFIC = ("civilians", "medical")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class People:
    """Everyone, once: integers (real numbers in the mean-field twin) at the end of a day.

    settled, stayers, trapped_home : (member, group, place) at home: who would leave under fire, who leaves on capture
        only, and who was refused;  away, trapped_away : (member, group, vintage, place);  travelling : (member, group,
        vintage, route, stage) who have done stage + 1 days;  waiting : (member, group, vintage, traffic, gate).
    """

    settled: Counts
    stayers: Counts
    trapped_home: Counts
    away: Counts
    trapped_away: Counts
    travelling: Counts
    waiting: Counts

    @property
    def residents(self) -> Counts:
        """(member, group, place) people at home."""
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
        return np.asarray(self.residents + self.staying_away.sum(axis=2))

    @property
    def everyone(self) -> Counts:
        """(member,) all people."""
        at_places = self.present.sum(axis=(1, 2))
        return np.asarray(at_places + self.travelling.sum(axis=(1, 2, 3, 4)) + self.waiting.sum(axis=(1, 2, 3, 4)))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Moves:
    """The day's flows: (member, group, place); traffic (member, arc); at crossings (member, group, traffic, gate)."""

    departures: Counts
    departures_from_home: Counts
    arrivals: Counts
    stopped: Counts
    traffic: Counts
    joined: Counts
    crossed: Counts
    crossed_irregularly: Counts
    gave_up: Counts


def add_at(total: Counts, index: Indices, values: Counts) -> None:
    """Add values (..., n) to total (..., m) at positions index (n,), which may repeat.

    >>> total = np.zeros((1, 2), int)
    >>> add_at(total, np.array([1, 1]), np.array([[2, 3]]))
    >>> total
    array([[0, 5]])
    """
    np.add.at(total, (..., index), values)  # type: ignore[arg-type]
