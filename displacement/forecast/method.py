"""The statistical method: a damped drift, a spread that follows what the site did, and the shape of past errors.

y last count, L days from it to the target, r rate over 60 days, g growth in common, v movement (see `tasks`):

    r' = (1 - k) r + k y g        m = max(0, y + b r' T (1 - exp(-L / T)))
    s  = sqrt((c1 y)^2 + (c2 30 |r'|)^2 + (c3 30 v)^2 + 1) (L / 30)^p
    q(tau) = max(0, m + s f Z(tau | a)),   a = log(30 |r'| / y + 0.005)

f is the size of this conflict's and site's own verified errors, shrunk to 1; Z are quantiles of the standardised errors
of OTHER conflicts, of sites that changed about as fast (a).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.forecast.constants import Constants
from displacement.forecast.points import damped_days
from displacement.forecast.tasks import Tasks
from displacement.network import Flags, Floats, Indices

LEVELS = (np.arange(49) + 0.5) / 49  # middle levels of 49 equal slices: a forecast is 49 equally likely values
SPEEDS = np.linspace(-5.3, 0.7, 9)  # values of a at which the shape of errors is kept: 0 to 200 % change in 30 days
KERNEL = 0.8  # standard deviation in a with which errors of other sites count
SHRINK_CASE, SHRINK_SITE = 51.0, 31.0  # verified errors that weigh as much as knowing nothing
LEAST_ERROR = 0.1  # added to |z| before its log, so that a perfect forecast does not shrink the spread to nothing


def rate_in(tasks: Tasks, c: Constants) -> Floats:
    """(task,) people/day: the site's own rate, and its part of the growth that all sites have in common."""
    return np.asarray((1.0 - c.shared) * tasks.rate + c.shared * tasks.people * tasks.common)


def middle(tasks: Tasks, c: Constants) -> Floats:
    """(task,) people: the point about which the forecast lies, m above."""
    drift = c.kept * rate_in(tasks, c) * damped_days(tasks.lead, c.damping)
    return np.maximum(0.0, tasks.people + drift)


def spread(tasks: Tasks, c: Constants) -> Floats:
    """(task,) people: s above, the scale of the error before anything is known of this conflict's own errors."""
    month = 30.0
    square = (
        (c.of_people * tasks.people) ** 2
        + (c.of_rate * month * rate_in(tasks, c)) ** 2
        + (c.of_movement * month * tasks.movement) ** 2
        + 1.0
    )
    return np.asarray(np.sqrt(square) * (tasks.lead / month) ** c.growth)


def speed(tasks: Tasks, c: Constants) -> Floats:
    """(task,) log of the share of people by which a site changed in 30 days, a above."""
    return np.asarray(np.log(30.0 * np.abs(rate_in(tasks, c)) / tasks.people + 0.005))


def standardised(tasks: Tasks, c: Constants) -> Floats:
    """(task,) error / spread, NaN where nothing is verified."""
    return np.asarray(np.where(tasks.known, (tasks.observed - middle(tasks, c)) / spread(tasks, c), np.nan))


def size_of_error(z: Floats) -> Floats:
    """log(|z| + 0.1): how large a standardised error was.

    >>> size_of_error(np.array([0.9, -0.9])).round(6)
    array([0., 0.])
    """
    return np.asarray(np.log(np.abs(z) + LEAST_ERROR))


def verified(tasks: Tasks) -> Flags:
    """(task, task) of each row, the tasks of its own conflict that were settled by its origin."""
    of_case = tasks.case[:, np.newaxis] == tasks.case[np.newaxis]
    return np.asarray(of_case & (tasks.settled[np.newaxis] <= tasks.origin[:, np.newaxis]) & tasks.known[np.newaxis])


def by_then(tasks: Tasks, values: Floats, group: Indices) -> tuple[Floats, Floats]:
    """(task,) how many tasks of a row's group were settled and known by its origin; (..., task) sums of their values.

    values : (..., task);  group : (task,). `verified` in sums, without a table of all pairs.
    """
    count, total = np.zeros(len(tasks)), np.zeros(values.shape)
    for g in np.unique(group):
        rows = np.flatnonzero(group == g)
        known = rows[tasks.known[rows]]
        known = known[np.argsort(tasks.settled[known], kind="stable")]
        seen = np.searchsorted(tasks.settled[known], tasks.origin[rows], side="right")
        sums = np.cumsum(values[..., known], axis=-1)
        sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), sums], axis=-1)
        count[rows], total[..., rows] = seen, sums[..., seen]
    return count, total


def case_of(tasks: Tasks) -> Indices:
    """(task,) a number for each conflict."""
    return np.unique(tasks.case.astype(str), return_inverse=True)[1]


def site_of(tasks: Tasks) -> Indices:
    """(task,) a number for each site of each conflict."""
    sites = np.unique(tasks.site.astype(str), return_inverse=True)[1]
    return np.asarray(case_of(tasks) * (sites.max(initial=0) + 1) + sites)


def own_size(tasks: Tasks, excess: Floats) -> Floats:
    """(task,) f: how large this conflict's and site's verified errors were beside those of others.

    exp(sum of excess over the case / (n + 51) + sum over the site of (excess - mean of the case) / (n + 31))

    excess : (task,) size_of_error - its mean over other conflicts; only what is verified by a row's origin is used
    """
    known = np.where(tasks.known, excess, 0.0)
    of_case, total = by_then(tasks, known, case_of(tasks))
    of_site, local = by_then(tasks, known, site_of(tasks))
    beyond = local - of_site * total / np.maximum(of_case, 1)
    return np.asarray(np.exp(total / (of_case + SHRINK_CASE) + beyond / (of_site + SHRINK_SITE)))


def weighted_quantiles(values: Floats, weight: Floats, levels: Floats = LEVELS) -> Floats:
    """Quantiles of weighted values: straight between the middles of their weights.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), np.array([0.5]))
    array([2.])
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order]) - 0.5 * weight[order]
    return np.asarray(np.interp(levels, share / weight.sum(), values[order]))


def equal_weight(tasks: Tasks) -> Floats:
    """(task,) weights that give every conflict as much as any other; 0 where nothing is verified."""
    weight = np.zeros(len(tasks))
    for case in np.unique(tasks.case):
        rows = (tasks.case == case) & tasks.known
        weight[rows] = 1.0 / max(int(rows.sum()), 1)
    return weight


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """What the errors of other conflicts looked like."""

    size: float  # mean of size_of_error
    z: Floats  # (speed, level) standardised errors


def shape_of(others: Tasks, c: Constants) -> Shape:
    """The shape of errors from conflicts other than the one that is to be forecast."""
    rows = others.take(others.known)
    weight, z = equal_weight(rows), standardised(rows, c)
    size = float(np.average(size_of_error(z), weights=weight))
    z = z / own_size(rows, size_of_error(z) - size)
    a = speed(rows, c)
    near = [weight * np.exp(-0.5 * ((a - k) / KERNEL) ** 2) + 1e-9 for k in SPEEDS]
    return Shape(size=size, z=np.array([weighted_quantiles(z, w) for w in near]))


def between(table: Floats, at: Floats) -> Floats:
    """(task, level) rows of a table over `SPEEDS`, straight between them and level beyond."""
    place = np.clip((at - SPEEDS[0]) / (SPEEDS[1] - SPEEDS[0]), 0.0, len(SPEEDS) - 1.0)
    low = np.minimum(place.astype(int), len(SPEEDS) - 2)
    part = (place - low)[:, np.newaxis]
    return np.asarray(table[low] * (1.0 - part) + table[low + 1] * part)


def statistical(tasks: Tasks, shape: Shape, c: Constants) -> Floats:
    """(task, level) people: the forecast of the method, equally likely values in rising order."""
    own = own_size(tasks, size_of_error(standardised(tasks, c)) - shape.size)
    width = (spread(tasks, c) * own)[:, np.newaxis]
    return np.maximum(0.0, middle(tasks, c)[:, np.newaxis] + width * between(shape.z, speed(tasks, c)))


def values_at(values: Floats, levels: Floats) -> Floats:
    """(task, level) quantiles of a forecast between its 49 values; level beyond the outer two."""
    return np.array([np.interp(levels, LEVELS, row) for row in values]).reshape(len(values), len(levels))
