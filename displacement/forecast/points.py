"""Point forecasts of a stock of people: the frozen baselines, and the damped drift of the method.

Each is a formula of what was known on the origin. y is the last count, L the days from it to the target.
"""

from __future__ import annotations

import numpy as np

from displacement.forecast.tasks import Tasks
from displacement.network import Floats


def damped_days(lead: Floats, days: float) -> Floats:
    """Days for which a rate goes on if it dies away: T (1 - exp(-L / T)); L itself if T is infinite.

    >>> damped_days(np.array([0.0, 45.0]), 45.0).round(2)
    array([ 0.  , 28.45])
    """
    lead = np.asarray(lead, float)
    return lead if np.isinf(days) else np.asarray(-days * np.expm1(-lead / days))


def persistence(tasks: Tasks) -> Floats:
    """The last count, unchanged: y."""
    return tasks.people


def drift(tasks: Tasks) -> Floats:
    """The change of the last 60 days goes on unchanged: max(0, y + r L)."""
    return np.maximum(0.0, tasks.people + tasks.rate_to_origin * tasks.lead)


def short_drift(tasks: Tasks) -> Floats:
    """The change of the last 30 days goes on unchanged."""
    return np.maximum(0.0, tasks.people + tasks.rate_short * tasks.lead)


def damped_drift(tasks: Tasks, days: float = 45.0) -> Floats:
    """The change of the last 60 days goes on and dies away: max(0, y + r T (1 - exp(-L / T)))."""
    return np.maximum(0.0, tasks.people + tasks.rate_to_origin * damped_days(tasks.lead, days))


def equal_split(tasks: Tasks) -> Floats:
    """All people last counted at the sites of a conflict, origin and horizon, in equal parts."""
    names = np.array([f"{c} {o} {h}" for c, o, h in zip(tasks.case, tasks.origin, tasks.horizon, strict=True)], str)
    group = np.unique(names, return_inverse=True)[1]
    return np.asarray((np.bincount(group, tasks.people) / np.bincount(group))[group] if len(tasks) else tasks.people)


BASELINES = {
    "persistence": persistence,
    "drift30": short_drift,
    "drift60": drift,
    "damped30": lambda tasks: damped_drift(tasks, 30.0),
    "damped45": lambda tasks: damped_drift(tasks, 45.0),
    "damped60": lambda tasks: damped_drift(tasks, 60.0),
    "equal_split": equal_split,
}
