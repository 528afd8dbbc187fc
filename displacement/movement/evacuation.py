"""Evacuations: people taken from one place to another, so many a day, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from displacement.movement.rationing import rationed
from displacement.movement.setting import Evacuated
from displacement.movement.state import VINTAGES, People, by_vintage
from displacement.streams import Counts


@dataclass(frozen=True, eq=False)
class Taken:
    """Who was evacuated today: (member, row, place) left, of whom from home, and (member, row, vintage, place) came."""

    left: Counts
    left_home: Counts
    came: Counts


def evacuate(people: People, evacuations: Iterable[Evacuated], *, counts_since: bool) -> tuple[People, Taken]:
    """Take people away: as many as said or as there are, in equal shares of all who are there, by largest remainder.

    They arrive the same day. No road need be open: an evacuation is agreed. Several from one place go in their order.
    """
    left, left_home = (np.zeros_like(people.settled) for _ in range(2))
    came = np.zeros_like(people.away)
    for e in evacuations:
        rows, at = list(e.rows), e.origin
        home = np.stack([people.settled, people.stayers, people.trapped_home, people.returned], axis=2)
        there = np.concatenate([home, people.away, people.trapped_away], axis=2)[..., at][:, rows]
        flat = there.reshape(len(there), -1)
        whole = np.issubdtype(flat.dtype, np.integer)
        most = np.minimum(flat.sum(axis=-1), int(e.people) if whole else e.people)
        taken = rationed(flat, most).reshape(there.shape)
        from_home, away = taken[:, :, :4], taken[:, :, 4 : 4 + len(VINTAGES)]
        trapped = taken[:, :, 4 + len(VINTAGES) :]
        people = _without(people, rows, at, from_home, away, trapped)
        left[:, rows, at] += taken.sum(axis=2)
        left_home[:, rows, at] += from_home.sum(axis=2)
        arriving = came[..., e.destination]  # a view
        arriving[:, rows] += by_vintage(from_home.sum(axis=2), away + trapped, counts_since=counts_since)
    return people, Taken(left, left_home, came)


def _without(people: People, rows: list[int], at: int, home: Counts, away: Counts, trapped: Counts) -> People:
    """People less those taken from a place."""
    changed = {}
    for i, name in enumerate(("settled", "stayers", "trapped_home", "returned")):
        changed[name] = getattr(people, name).copy()
        changed[name][:, rows, at] -= home[:, :, i]
    for name, taken in (("away", away), ("trapped_away", trapped)):
        changed[name] = getattr(people, name).copy()
        here = changed[name][..., at]  # a view
        here[:, rows] -= taken
    return replace(people, **changed)
