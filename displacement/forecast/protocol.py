"""How forecasts are judged: each conflict by what the others taught, each origin by what was counted by then.

One fold a conflict: constants, shapes of errors and everything else come from the other conflicts; of its own, only
what was verified by an origin. A fold stands by itself, so folds run in parallel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from displacement.forecast.baselines import own, pooled
from displacement.forecast.constants import Constants
from displacement.forecast.fit import relative_score
from displacement.forecast.issue import Rows, summed_past
from displacement.forecast.method import statistical, values_at
from displacement.forecast.mixture import Trained, crps_of_values, issued, trained
from displacement.forecast.points import BASELINES
from displacement.forecast.tasks import Tasks
from displacement.network import Flags, Floats

SHARES = (50.0, 80.0, 95.0)
BLOCK = 4  # origins that are drawn together in the bootstrap: three months of overlapping targets, and one more
DRAWS = 2000

Method = Callable[[Tasks, Tasks, Trained], Floats]  # (tasks of a conflict, of the others, what they taught) -> values


def _pooled(tasks: Tasks, others: Tasks, _: Trained, *, name: str) -> Floats:
    return pooled(tasks, others, BASELINES[name])


def _own(tasks: Tasks, others: Tasks, _: Trained, *, name: str) -> Floats:
    return own(tasks, others, BASELINES[name])


def _statistical(tasks: Tasks, _: Tasks, taught: Trained) -> Floats:
    return statistical(tasks, taught.shape, taught.constants)


def _mixture(tasks: Tasks, _: Tasks, taught: Trained) -> Floats:
    return issued(tasks, taught)


METHODS: Mapping[str, Method] = {
    **{f"{name}, pooled": partial(_pooled, name=name) for name in BASELINES},
    **{f"{name}, own": partial(_own, name=name) for name in BASELINES if name != "equal_split"},
    "damped drift with learnt errors": _statistical,
    "mixture": _mixture,
}
ISSUED = "mixture"
FROZEN = tuple(name for name in METHODS if name.endswith((", pooled", ", own")))
MAIN_BASELINE = "damped45, pooled"


@dataclass(frozen=True, eq=False, kw_only=True)
class Fold:
    """One conflict, forecast by what the others taught."""

    case: str
    tasks: Tasks
    constants: Constants
    values: dict[str, Floats]  # by method, (task, level) people


def fold_of(tasks: Tasks, case: str, constants: Constants) -> Fold:
    """All methods on one conflict. constants : fitted without it"""
    mine, others = tasks.take(tasks.case == case), tasks.take(tasks.case != case)
    taught = trained(others, constants)
    return Fold(
        case=case,
        tasks=mine,
        constants=constants,
        values={name: method(mine, others, taught) for name, method in METHODS.items()},
    )


def persistence_error(tasks: Tasks) -> Floats:
    """(task,) people: what the score is measured in."""
    return np.abs(tasks.observed - tasks.people)


def score(fold: Fold, method: str, *, recounts: bool = False) -> float:
    """CRPS of a method / error of persistence: geometric mean over horizons of the ratio of sums.

    recounts : also targets whose basis changed on the way (the second score)
    """
    tasks = fold.tasks
    rows = np.isfinite(tasks.observed) if recounts else tasks.known
    return float(relative_score(tasks, crps_of_values(fold.values[method], tasks.observed), rows)[0])


def point_score(fold: Fold, method: str) -> float:
    """As `score`, for the absolute error of the median."""
    loss = np.abs(fold.tasks.observed - values_at(fold.values[method], np.array([0.5]))[:, 0])
    return float(relative_score(fold.tasks, loss)[0])


def geometric_mean(values: Floats) -> float:
    """exp(mean(log x)).

    >>> geometric_mean(np.array([1.0, 4.0]))
    2.0
    """
    return float(np.exp(np.log(values).mean()))


def inside(values: Floats, observed: Floats, share: float) -> Flags:
    """(task,) does the count lie in the central interval of a share in %? People are whole: half a one is allowed."""
    low, high = values_at(values, np.array([50.0 - share / 2, 50.0 + share / 2]) / 100.0).T
    return np.asarray((observed >= low - 0.5) & (observed <= high + 0.5))


def coverage(fold: Fold, method: str, share: float, *, recounts: bool = False) -> float:
    """Share of the known targets inside a central interval; NaN without any. recounts : as in `score`"""
    rows = np.isfinite(fold.tasks.observed) if recounts else fold.tasks.known
    held = inside(fold.values[method], fold.tasks.observed, share)[rows]
    return float(held.mean()) if len(held) else float("nan")


def total_fold(fold: Fold) -> Fold:
    """The sum over the sites of a conflict, as it is issued: a task for each origin and horizon."""
    known = fold.tasks.take(fold.tasks.known)
    parts = {m: summed_past(Rows(tasks=known, values=v[fold.tasks.known])) for m, v in fold.values.items()}
    tasks = parts[ISSUED].tasks
    return Fold(case=fold.case, tasks=tasks, constants=fold.constants, values={m: p.values for m, p in parts.items()})


def sums_by_origin(fold: Fold, method: str) -> Floats:
    """(horizon, origin) sum of CRPS over the sites: what is drawn again in the bootstrap."""
    tasks, loss = fold.tasks, crps_of_values(fold.values[method], fold.tasks.observed)
    loss = np.where(tasks.known, loss, 0.0)
    horizons, row = np.unique(tasks.horizon, return_inverse=True)
    origins, column = np.unique(tasks.origin, return_inverse=True)
    found = np.zeros((len(horizons), len(origins)))
    np.add.at(found, (row, column), loss)
    return found


def blocks(origins: int, draws: int, seed: int, block: int = BLOCK) -> np.ndarray:
    """(draw, origin) positions of origins drawn in blocks of neighbours, round the end."""
    random = np.random.default_rng(seed)
    starts = random.integers(0, origins, (draws, -(-origins // block)))
    found = (starts[:, :, np.newaxis] + np.arange(block)) % origins
    return found.reshape(draws, -1)[:, :origins]


def ratio_interval(
    folds: Mapping[str, Fold], method: str, baseline: str, *, draws: int = DRAWS, seed: int = 1
) -> tuple[float, float]:
    """2.5 and 97.5 % points of geometric mean CRPS of a method / that of a baseline, by a bootstrap over origins.

    Origins of a conflict are drawn again in blocks of four; conflicts are not: there are too few of them, so what
    another conflict would give is less sure than this says.
    """
    logs = []
    for number, fold in enumerate(folds.values()):
        ours, theirs = sums_by_origin(fold, method), sums_by_origin(fold, baseline)
        drawn = blocks(ours.shape[1], draws, seed + number)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(ours[:, drawn].sum(axis=2) / theirs[:, drawn].sum(axis=2))
        logs.append(np.nanmean(np.where(np.isfinite(ratio), ratio, np.nan), axis=0))
    low, high = np.quantile(np.exp(np.nanmean(logs, axis=0)), [0.025, 0.975])
    return float(low), float(high)
