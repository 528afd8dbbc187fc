"""Constants fitted to past conflicts: the least relative CRPS, with a pull towards what was thought beforehand."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from scipy.optimize import minimize

from displacement.forecast.constants import Constants, constants_at
from displacement.forecast.method import LEVELS, shape_of, statistical
from displacement.forecast.mixture import crps_of_values
from displacement.forecast.tasks import Tasks
from displacement.network import Flags, Floats

PULL = 0.03  # what one standard deviation away from beforehand costs, in log score
FARTHEST = 3.0
EVALUATIONS = 250


def relative_score(tasks: Tasks, loss: Floats, rows: Flags | None = None) -> Floats:
    """(case,) geometric mean over horizons of sum of losses / sum of absolute errors of persistence, cases in order.

    loss : (task,) people;  rows : of the tasks that count (those known, unless given)
    """
    rows = tasks.known if rows is None else rows
    found = []
    for case in np.unique(tasks.case):
        ratios = []
        for horizon in np.unique(tasks.horizon):
            use = rows & (tasks.case == case) & (tasks.horizon == horizon)
            change = np.abs(tasks.observed - tasks.people)[use].sum()
            if change > 0:
                ratios.append(loss[use].sum() / change)
        found.append(np.exp(np.mean(np.log(ratios))) if ratios else np.nan)
    return np.array(found)


def leaving_one_out(tasks: Tasks, constants: Constants) -> Floats:
    """(task, level) people: the method for every case, with the shape of errors of the other cases."""
    found = np.zeros((len(tasks), len(LEVELS)))
    for case in np.unique(tasks.case):
        rows = tasks.case == case
        found[rows] = statistical(tasks.take(rows), shape_of(tasks.take(~rows), constants), constants)
    return found


def objective(steps: Floats, tasks: Tasks) -> float:
    """Mean log of `relative_score` over cases + 0.03 sum of steps^2; less is better."""
    loss = crps_of_values(leaving_one_out(tasks, constants_at(steps)), tasks.observed)
    return float(np.log(relative_score(tasks, loss)).mean() + PULL * (steps**2).sum())


def fitted(tasks: Tasks) -> Constants:
    """Constants from the tasks of two conflicts or more, each scored with the errors of the others.

    For a score that is not to know a conflict, its tasks must not be among these.
    """
    if len(np.unique(tasks.case)) < 2:
        return Constants()
    start = np.zeros(len(fields(Constants)))
    found = minimize(
        objective, start, args=(tasks,), method="Powell", bounds=[(-FARTHEST, FARTHEST)] * len(start),
        options={"maxfev": EVALUATIONS, "xtol": 1e-2, "ftol": 1e-4},
    )  # fmt: skip
    return constants_at(found.x) if found.fun < objective(start, tasks) else Constants()
