"""How likely an observation is, given what a member projects: a count errs by a factor, whose logarithm is normal.

Two errors add up: that of the count, and how far the model is off even with the best parameters (its discrepancy).
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtr

from displacement.network import Floats


def total_error(count: Floats | float, discrepancy: Floats | float) -> Floats:
    """Standard deviation of the log of an observation about a projection: sqrt(count^2 + discrepancy^2).

    >>> float(total_error(0.15, 0.2))
    0.25
    """
    return np.asarray(np.hypot(count, discrepancy), float)


def deviation(observed: float, projected: Floats, error: Floats) -> Floats:
    """How many standard deviations an observation lies above a projection: ln(observed / projected) / error.

    Infinite where nobody is projected.

    projected : (..., member) people;  error : broadcast to it

    >>> deviation(200.0, np.array([100.0, 200.0]), np.array(0.5)).round(3)
    array([1.386, 0.   ])
    """
    with np.errstate(divide="ignore"):
        ratio = np.log(observed) - np.log(np.asarray(projected, float))
        return np.asarray(np.where(np.isinf(error), 0.0, ratio) / error)


def log_density(observed: float, projected: Floats, error: Floats) -> Floats:
    """Log density of the log of a count: -d^2 / 2 - ln(error sqrt(2 pi)), d its deviation. With infinite error 0.

    >>> log_density(100.0, np.array([100.0, 0.0]), np.array(1.0)).round(4)
    array([-0.9189,    -inf])
    """
    d = deviation(observed, projected, error)
    with np.errstate(invalid="ignore"):
        found = -(d**2) / 2.0 - np.log(error * np.sqrt(2.0 * np.pi))
    return np.asarray(np.where(np.isinf(error), 0.0, found))


def log_chance_between(low: float, high: float, projected: Floats, error: Floats) -> Floats:
    """Log of the chance that a projection, seen with error, lies between two bounds.

    ln(Phi(d(high)) - Phi(d(low))), d the deviation; low = 0: no floor, high = infinity: no ceiling. With infinite error
    0. It does not underflow far from the bounds.

    >>> log_chance_between(100.0, np.inf, np.array([100.0, 0.0, 1.0]), np.array(0.1)).round(3)
    array([-6.930000e-01,          -inf, -1.065129e+03])
    >>> np.exp(log_chance_between(90.0, 110.0, np.array([100.0]), np.array(0.1))).round(3)
    array([0.684])
    """
    projected = np.asarray(projected, float)
    some = np.where(projected > 0, projected, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        upper, lower = deviation(high, some, error), deviation(low, some, error)
        flip = upper + lower > 0  # work in the lower tail, where logarithms are exact
        b, a = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
        above = log_ndtr(b)
        found = above + np.log1p(-np.exp(np.minimum(log_ndtr(a) - above, 0.0)))
    nobody = 0.0 if low <= 0 else -np.inf
    return np.asarray(np.where(np.isinf(error), 0.0, np.where(projected > 0, found, nobody)))


def share_below(observed: float, projected: Floats, error: Floats, weight: Floats) -> float:
    """Where an observation falls among what is projected with error: sum_m w_m Phi(d_m), d the deviations.

    >>> share_below(100.0, np.array([100.0, 100.0]), np.array(0.2), np.array([0.5, 0.5]))
    0.5
    """
    return float((weight * ndtr(deviation(observed, projected, error))).sum())
