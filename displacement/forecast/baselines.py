"""The frozen baselines as distributions: a point forecast, and past errors beside the last count.

pooled : the errors of other conflicts;  own : the case's own verified errors where there are 20, else pooled
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from displacement.forecast.method import LEVELS, verified
from displacement.forecast.tasks import Tasks
from displacement.network import Floats

LEAST_OWN = 20  # verified targets from which a case's own errors are used
Point = Callable[[Tasks], Floats]


def relative_errors(others: Tasks, point: Floats) -> Floats:
    """(level,) quantiles of (observed - point) / last count over other conflicts, each row alike."""
    rows = others.known
    return np.asarray(np.quantile((others.observed - point)[rows] / others.people[rows], LEVELS))


def about(tasks: Tasks, point: Floats, relative: Floats) -> Floats:
    """(task, level) people: a point with relative errors about it, never below 0."""
    return np.maximum(0.0, point[:, np.newaxis] + tasks.people[:, np.newaxis] * relative)


def pooled(tasks: Tasks, others: Tasks, point: Point) -> Floats:
    """(task, level) people: a baseline with the errors that it had in other conflicts."""
    return about(tasks, point(tasks), relative_errors(others, point(others)))


def own(tasks: Tasks, others: Tasks, point: Point) -> Floats:
    """(task, level) people: a baseline with the case's own verified errors, if there are 20 of them; else pooled."""
    found, at, seen = pooled(tasks, others, point), point(tasks), verified(tasks)
    relative = np.where(tasks.known, (tasks.observed - at) / tasks.people, np.nan)
    for i in np.flatnonzero(seen.sum(axis=1) >= LEAST_OWN):
        quantiles = np.quantile(relative[seen[i]], LEVELS)
        found[i] = np.maximum(0.0, at[i] + tasks.people[i] * quantiles)
    return found
