"""How the split of a given total is judged: Flee's metric, day by day, against series made as Flee makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from displacement.forecast.split import Ground, Pull, assimilated, cold_start, shares
from displacement.forecast.what_if import last_counts
from displacement.network import Floats
from displacement.observations import Record

CHOICES = {
    "step_power": (1.5, 2.0, 2.5), "size_power": (0.5, 0.7, 1.0), "memory": (30.0, 60.0, 120.0),
    "follow": (0.0, 0.2, 0.3, 0.4), "newest": (1.0, 10.0),
}  # fmt: skip
TRUSTS = (0.0, 0.25, 0.5, 0.75)
RENEWED = 30  # days after which new counts come in


@dataclass(frozen=True, eq=False, kw_only=True)
class Given:
    """A case for the split: the ground, the counts, and the daily series that it is held against."""

    name: str
    sites: Sequence[str]
    start: np.datetime64
    ground: Ground
    record: Record
    series: Floats  # (day, site) people

    @property
    def total(self) -> Floats:
        """(day,) people, which the split is told."""
        return np.asarray(self.series.sum(axis=1))


def daily_series(record: Record, sites: Sequence[str], start: np.datetime64, days: int, *, rescaled: bool) -> Floats:
    """(day, site) people as Flee has them: straight lines between counts, from 0 on the first day.

    rescaled : history brought to the basis of the last recount of all, known or not: what Flee's figures are held
    against. Otherwise counts as they were published. Both look ahead: this is for judging, not for forecasting.
    """
    found = np.zeros((days, len(sites)))
    for j, site in enumerate(sites):
        counts = record.sites[site]
        counts = counts.on_the_last_basis() if rescaled else counts
        at = (counts.days - start).astype(int).astype(float)
        people = counts.people
        if at[0] > 0:
            at, people = np.concatenate([[0.0], at]), np.concatenate([[0.0], people])
        found[:, j] = np.interp(np.arange(days), at, people)
    return found


def split_error(found: Floats, series: Floats) -> float:
    """Mean over days of sum over sites abs(x - y) / sum of y: Flee's averaged relative difference.

    found, series : (day, site) people. Days on which nobody is counted are left out.

    >>> split_error(np.array([[5.0, 5.0]]), np.array([[10.0, 0.0]]))
    1.0
    """
    total = series.sum(axis=1)
    days = total > 0
    return float((np.abs(found - series).sum(axis=1)[days] / total[days]).mean())


def equal_error(case: Given) -> float:
    """The error of equal parts of the total."""
    parts = np.repeat(case.total[:, np.newaxis], len(case.sites), axis=1) / len(case.sites)
    return split_error(parts, case.series)


def cold_error(case: Given, pull: Pull) -> float:
    """The error of the split that is told the total of each day, and no count of any site."""
    return split_error(cold_start(case.total, shares(case.ground, pull), pull.follow), case.series)


def pulls() -> list[Pull]:
    """The numbers that are tried."""
    return [replace(Pull(), **dict(zip(CHOICES, values, strict=True))) for values in product(*CHOICES.values())]


def errors_of_pulls(cases: Sequence[Given]) -> Floats:
    """(pull, case) errors of all numbers that are tried."""
    return np.array([[cold_error(case, pull) for case in cases] for pull in pulls()])


def chosen_without(errors: Floats, case: int) -> Pull:
    """The numbers that do best on the other cases."""
    return pulls()[int(np.delete(errors, case, axis=1).mean(axis=1).argmin())]


def assimilated_series(case: Given, pull: Pull, trust: float = 0.5) -> Floats:
    """(day, site) people: the last counts, at most 30 days behind, and the rest of the total by the split.

    On each day the counts known are those of the last renewal, every 30 days; the ground is that of the day.
    trust : share of the rest that goes by recent inflow
    """
    share, found = shares(case.ground, pull), np.zeros(case.series.shape)
    for day in range(len(found)):
        renewed = max(0, (day - 1) // RENEWED * RENEWED)
        last, inflow = last_counts(case.record, case.sites, case.start + renewed)
        found[day] = assimilated(case.total[day], last, inflow, share[day], trust)
    return found


def assimilated_error(case: Given, pull: Pull, trust: float = 0.5) -> float:
    """The error of the assimilated split."""
    return split_error(assimilated_series(case, pull, trust), case.series)


def assimilated_without(cases: Sequence[Given], chosen: Sequence[Pull]) -> tuple[list[float], list[float]]:
    """The error of the assimilated split of each case, and the trust that does best on the other cases."""
    errors = np.array([[assimilated_error(c, p, t) for c, p in zip(cases, chosen, strict=True)] for t in TRUSTS])
    best = [int(np.delete(errors, i, axis=1).mean(axis=1).argmin()) for i in range(len(cases))]
    return [float(errors[k, i]) for i, k in enumerate(best)], [TRUSTS[k] for k in best]
