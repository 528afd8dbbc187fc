"""What the calibrated model would have said of the very observations: does it look as if they came from it?

The same counts fitted the parameters, so the test is mild: it finds what no value of the parameters explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import chi2

from displacement.calibration.floors import POINTS, weighted_points
from displacement.calibration.likelihood import deviation, log_chance_between, share_below
from displacement.calibration.observed import Observation
from displacement.network import Floats

NODES = 20  # points of the error of a count, equally likely, for quantiles of what would be counted
LIKELY = 0.01  # of one end of the predictive distribution: beyond it an observation is odd


def would_be_counted(projected: Floats, error: Floats, weight: Floats, points: Sequence[float] = POINTS) -> list[float]:
    """Points of what would be counted: weighted projections, each times exp(error e), e standard normal.

    projected, error, weight : (member,)

    >>> would_be_counted(np.array([100.0]), np.array([1e-9]), np.array([1.0]), (0.5,))[0]
    100.0
    """
    e = ndtri((np.arange(NODES) + 0.5) / NODES)
    seen = np.exp(np.minimum(error, 1e3)[:, np.newaxis] * e) * projected[:, np.newaxis]
    weight = np.broadcast_to(weight[:, np.newaxis] / NODES, seen.shape)
    return [round(x, 9) for x in weighted_points(seen.ravel(), weight.ravel(), points)]


def discrepancy_p_value(observations: Sequence[Observation], projected: Floats, error: Floats, weight: Floats) -> float:
    """How often counts made by the model itself would lie as far off: sum_m w_m P(chi2_J >= sum_j d_mj^2).

    d : deviations of the J observed values from member m; bounds have no part in it; NaN if there is no value

    projected, error : (observation, member)
    """
    values = [i for i, o in enumerate(observations) if o.value is not None]
    if not values:
        return float("nan")
    off = np.zeros(len(weight))
    for i in values:
        off += deviation(float(observations[i].value or 0.0), projected[i], error[i]) ** 2
    return float((weight * chi2.sf(off, len(values))).sum())


def chance_of(observation: Observation, projected: Floats, error: Floats, weight: Floats) -> float:
    """Of a value: the share of what would be counted that lies below it. Of bounds: the chance that they are met."""
    if observation.value is not None:
        return share_below(observation.value, projected, error, weight)
    high = np.inf if observation.high is None else observation.high
    chance = np.exp(log_chance_between(observation.low or 0.0, high, projected, error))
    return float((weight * chance).sum())


def against(
    observations: Sequence[Observation], projected: Floats, error: Floats, prior: Floats, posterior: Floats
) -> pd.DataFrame:
    """A row for each observation: what was counted, and points of what would be, before and after the calibration.

    `share_below` : of what would be counted after it, for values;  `met_before`, `met` : the chance that bounds hold

    projected, error : (observation, member);  prior, posterior : (member,) weights that add up to 1
    """
    rows = []
    for o, people, spread in zip(observations, projected, error, strict=True):
        chances = {name: chance_of(o, people, spread, w) for name, w in (("before", prior), ("after", posterior))}
        is_value = o.value is not None
        row = {"variable": o.variable, "place": o.place, "date": o.date, "observed": o.said}
        for when, w in (("before_", prior), ("", posterior)):
            found = would_be_counted(people, spread, w)
            row |= {f"{when}p{100 * p:g}": x for p, x in zip(POINTS, found, strict=True)}
        row["share_below"] = chances["after"] if is_value else np.nan
        row["met_before"] = np.nan if is_value else chances["before"]
        row["met"] = np.nan if is_value else chances["after"]
        rows.append(row)
    return pd.DataFrame(rows)


def said_of_misfit(table: pd.DataFrame, p_value: float) -> Iterator[str]:
    """Sentences about observations that the calibrated model cannot explain."""
    for row in table.to_dict("records"):
        name = f"{row['variable']} at {row['place']} on {row['date']} ({row['observed']})"
        if row["share_below"] < LIKELY or row["share_below"] > 1.0 - LIKELY:
            side = "below" if row["share_below"] < LIKELY else "above"
            yield f"{name} lies {side} nearly all that the model would count, even after the calibration."
        if row["met"] < LIKELY:
            yield f"{name}: the bound is met in fewer than {LIKELY:.0%} of cases, even after the calibration."
    if p_value < LIKELY:
        yield f"Taken together the counts lie further off than the errors allow (p = {p_value:.2g})."
