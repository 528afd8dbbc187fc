"""The forecast that is issued: the statistical method and two baselines, weighed by how each did in this conflict.

weight of expert e = prior_e exp(-8 n / (n + 10) (loss_e / loss_best - 1)), made to sum to 1

loss : mean CRPS / last count over the n tasks verified by the origin. The mixture is one of distributions (a share of
the 49 values from each), not of quantiles: where experts disagree it is wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.forecast.baselines import about, relative_errors
from displacement.forecast.constants import Constants
from displacement.forecast.method import LEVELS, Shape, by_then, case_of, shape_of, statistical
from displacement.forecast.points import BASELINES
from displacement.forecast.tasks import Tasks
from displacement.network import Floats

EXPERTS = ("damped45", "persistence")  # beside the method
PRIOR = np.array([3.0, 1.0, 1.0])  # the method counts as much as three baselines before anything is verified
SHARPNESS, PATIENCE = 8.0, 10.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Trained:
    """What other conflicts taught: constants, the shape of errors, and the relative errors of the baselines."""

    constants: Constants
    shape: Shape
    relative: dict[str, Floats]


def trained(others: Tasks, constants: Constants) -> Trained:
    """What conflicts other than the one to be forecast teach."""
    return Trained(
        constants=constants,
        shape=shape_of(others, constants),
        relative={name: relative_errors(others, BASELINES[name](others)) for name in EXPERTS},
    )


def crps_of_values(values: Floats, observed: Floats) -> Floats:
    """(task,) CRPS of equally likely values in rising order: mean abs(x - y) - sum of (2 i - m - 1) x_i / m^2.

    values : (task, m), rising;  returns people. Hersbach (2000).

    >>> crps_of_values(np.array([[0.0, 2.0]]), np.array([1.0]))
    array([0.5])
    """
    m = values.shape[1]
    apart = np.abs(values - observed[:, np.newaxis]).mean(axis=1)
    return np.asarray(apart - values @ (2.0 * np.arange(1, m + 1) - m - 1.0) / m**2)


def experts(tasks: Tasks, taught: Trained) -> Floats:
    """(expert, task, level) people: the method first."""
    found = [statistical(tasks, taught.shape, taught.constants)]
    found += [about(tasks, BASELINES[name](tasks), taught.relative[name]) for name in EXPERTS]
    return np.array(found)


def weights(tasks: Tasks, forecasts: Floats) -> Floats:
    """(expert, task) weights that sum to 1: what was verified by each task's origin decides."""
    loss = np.array([np.where(tasks.known, crps_of_values(f, tasks.observed) / tasks.people, 0.0) for f in forecasts])
    n, total = by_then(tasks, loss, case_of(tasks))
    mean = total / np.maximum(n, 1)
    worse = mean / np.maximum(mean.min(axis=0), 1e-12) - 1.0
    found = PRIOR[:, np.newaxis] * np.exp(-SHARPNESS * n / (n + PATIENCE) * worse)
    return np.asarray(found / found.sum(axis=0))


def mixed(forecasts: Floats, weight: Floats) -> Floats:
    """(task, level) equally likely values of the mixture of distributions.

    forecasts : (expert, task, level);  weight : (expert, task)

    >>> mixed(np.array([[[1.0] * 49], [[3.0] * 49]]), np.array([[1.0], [0.0]]))[0, :2]
    array([1., 1.])
    """
    count, _, levels = forecasts.shape
    values = np.concatenate(list(forecasts), axis=1)
    share = np.repeat(weight.T, levels, axis=1)
    order = np.argsort(values, axis=1, kind="stable")
    values, share = np.take_along_axis(values, order, axis=1), np.take_along_axis(share, order, axis=1)
    middle = (np.cumsum(share, axis=1) - 0.5 * share) / share.sum(axis=1, keepdims=True)
    rows = [np.interp(LEVELS, m[s > 0], v[s > 0]) for m, v, s in zip(middle, values, share, strict=True)]
    return np.array(rows).reshape(len(values), len(LEVELS)) if count else values


def issued(tasks: Tasks, taught: Trained) -> Floats:
    """(task, level) people: the forecast. tasks : of one conflict or several, all its origins with them."""
    if not len(tasks):
        return np.zeros((0, len(LEVELS)))
    forecasts = experts(tasks, taught)
    return mixed(forecasts, weights(tasks, forecasts))
