"""Where things lie on the page's map: kilometres east and south of a corner, and borders in the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from displacement.borders import borders_within
from displacement.network import Floats

KM_EAST, KM_NORTH = 111.32, 110.57  # a degree of longitude at the equator, a degree of latitude
AROUND = 1.0  # of the map's size: how far borders are drawn beyond the outermost places
LEAST = 20.0  # km: a map of one place is so wide


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Degrees to kilometres: flat, true in the middle of the map, good to 1 % over a few hundred kilometres."""

    west: float
    north: float
    stretch: float

    @classmethod
    def of(cls, longitude: Floats, latitude: Floats) -> Frame:
        """The frame whose corner is north-west of all places."""
        middle = np.radians((latitude.min() + latitude.max()) / 2)
        return cls(west=float(longitude.min()), north=float(latitude.max()), stretch=float(np.cos(middle)))

    def kilometres(self, longitude: Floats, latitude: Floats) -> Floats:
        """(n, 2) kilometres east and south of the corner.

        >>> Frame(west=36.0, north=37.0, stretch=0.8).kilometres(np.array([37.0]), np.array([36.0])).round(1).tolist()
        [[89.1, 110.6]]
        """
        east = (longitude - self.west) * KM_EAST * self.stretch
        return np.column_stack([east, (self.north - latitude) * KM_NORTH])


def border_lines(frame: Frame, longitude: Floats, latitude: Floats) -> list[list[list[float]]]:
    """Borders and coasts around the places, as lines of kilometres to a tenth."""
    across = max(float(np.ptp(longitude)), LEAST / KM_EAST) * AROUND
    up = max(float(np.ptp(latitude)), LEAST / KM_NORTH) * AROUND
    lines = borders_within(longitude.min() - across, latitude.min() - up, longitude.max() + across, latitude.max() + up)
    return [frame.kilometres(line[:, 0], line[:, 1]).round(1).tolist() for line in lines]


def area_middles(areas: Sequence[str], points: Floats, weights: Floats) -> dict[str, list[float]]:
    """The middle of each area: the mean of its places, by weight; by number where none has any.

    >>> area_middles(["a", "a"], np.array([[0.0, 0.0], [4.0, 2.0]]), np.array([1.0, 3.0]))
    {'a': [3.0, 1.5]}
    """
    found = {}
    for area in dict.fromkeys(areas):
        mine = np.array([a == area for a in areas])
        w = weights[mine]
        found[area] = np.average(points[mine], axis=0, weights=w if w.sum() > 0 else None).round(2).tolist()
    return found


def first_view(points: Floats, weights: Floats, least: float = 0.05) -> list[float]:
    """West, north, east, south of the part of the map where something happens, in kilometres: all, if nothing does."""
    some = points[weights > least * weights.max(initial=0.0)] if weights.max(initial=0.0) > 0 else points
    low, high = some.min(axis=0), some.max(axis=0)
    room = np.maximum((high - low) * 0.1, LEAST / 2)
    return [float(x) for x in np.concatenate([low - room, high + room]).round(1)]
