"""Land borders and coasts for maps: Natural Earth, cut to the regions in which people flee most (see borders.txt)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Box = tuple[float, float, float, float]  # west, south, east, north, degrees


@cache
def _shipped() -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Lines (n, 2); which are coast (line,); the box around each (line, 4); boxes of the regions (region, 4)."""
    with files("displacement").joinpath("borders.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        points = np.cumsum(held["steps"], axis=0) * held["degrees"] + held["origin"]
        lines = np.split(points, held["first"][1:])
        around = np.array([[*line.min(axis=0), *line.max(axis=0)] for line in lines])
        return lines, held["coast"], around, held["regions"]


def borders_within(
    west: float, south: float, east: float, north: float, *, coast: bool | None = None
) -> list[np.ndarray]:
    """Borders within a box: lines of longitude and latitude, each (n, 2), degrees, cut at its edges.

    coast : only coasts (True), only borders between countries (False), or both. Empty where the region is not shipped:
        see `borders_cover`.

    >>> [line.shape[1] for line in borders_within(36.8, 36.4, 37.2, 36.8)]
    [2]
    """
    box = (west, south, east, north)
    lines, is_coast, around, _ = _shipped()
    near = (around[:, 0] <= east) & (around[:, 2] >= west) & (around[:, 1] <= north) & (around[:, 3] >= south)
    if coast is not None:
        near &= is_coast == coast
    return [piece for i in np.flatnonzero(near) for piece in cut_to(lines[i], box)]


def borders_cover(west: float, south: float, east: float, north: float) -> bool:
    """Does a region that is shipped hold the whole box?

    >>> borders_cover(36.5, 35.8, 37.5, 36.8), borders_cover(-75.0, 40.0, -70.0, 45.0)
    (True, False)
    """
    regions = _shipped()[3]
    holds = (regions[:, 0] <= west) & (regions[:, 1] <= south) & (regions[:, 2] >= east) & (regions[:, 3] >= north)
    return bool(holds.any())


def cut_to(line: np.ndarray, box: Box) -> list[np.ndarray]:
    """The pieces of a line (n, 2) within a box; each stretch is cut where it enters and leaves (Liang and Barsky).

    >>> [piece.tolist() for piece in cut_to(np.array([[0.0, 0.0], [4.0, 0.0]]), (1.0, -1.0, 3.0, 1.0))]
    [[[1.0, 0.0], [3.0, 0.0]]]
    """
    start, along = line[:-1], np.diff(line, axis=0)
    low, high = np.array(box[:2]), np.array(box[2:])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.stack([(low - start) / along, (high - start) / along])
    still = along == 0  # neither enters nor leaves across this axis
    within = (start >= low) & (start <= high)
    enter = np.where(still, np.where(within, 0.0, 2.0), at.min(axis=0)).max(axis=1).clip(min=0.0)
    leave = np.where(still, 1.0, at.max(axis=0)).min(axis=1).clip(max=1.0)
    seen = np.flatnonzero(enter < leave)
    if not len(seen):
        return []
    new = (np.diff(seen) > 1) | (enter[seen[1:]] > 0) | (leave[seen[:-1]] < 1)
    runs = np.split(seen, np.flatnonzero(new) + 1)
    return [_piece(line, along, run, enter[run[0]], leave[run[-1]]) for run in runs]


def _piece(line: np.ndarray, along: np.ndarray, run: np.ndarray, enter: Any, leave: Any) -> np.ndarray:
    """Stretches that follow each other, the first from where it enters, the last to where it leaves."""
    first, last = line[run[0]] + enter * along[run[0]], line[run[-1]] + leave * along[run[-1]]
    return np.vstack([first, line[run[1:]], last])
