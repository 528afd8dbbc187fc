"""Calibration on what is known early: lower bounds ("at least 15,000"), by weighting an ensemble of the prior.

No parameter is fitted to a total. Each member counts by the chance that what it projects, seen with the error of such
counts, reaches every floor; the weighted points of the named parameters are their posterior.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from scipy.special import ndtr

from displacement.day_loop import BLOCK
from displacement.ensemble import simulate
from displacement.errors import InputError, did_you_mean
from displacement.network import Floats
from displacement.parameters import Prior
from displacement.scenario import Scenario
from displacement.streams import Luck

COUNT_ERROR = 0.15  # standard deviation of the log of a reported count of people on the move
POINTS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, kw_only=True)
class Floor:
    """At least so many people, of a variable, at places (or a named group), at the end of a day."""

    variable: str
    place: str
    date: dt.date
    least: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Posterior:
    """Points of each named parameter after the floors, and how much of the prior ensemble still counts."""

    points: dict[str, Prior]
    members: int
    effective_members: float

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the posterior in place of the priors; all other priors stay."""
        return replace(scenario, parameters=scenario.parameters.with_values(self.points))


def chance_of_floor(projected: Floats, least: float, error: float = COUNT_ERROR) -> Floats:
    """(member,) chance that projected exp(error e) >= least, e standard normal: Phi(ln(projected / least) / error).

    >>> chance_of_floor(np.array([0.0, 100.0, 200.0]), 100.0).round(6)
    array([0.      , 0.5     , 0.999998])
    """
    with np.errstate(divide="ignore"):
        return np.asarray(ndtr(np.log(np.asarray(projected, float) / least) / error))


def weighted_points(values: Floats, weight: Floats, points: Sequence[float] = POINTS) -> tuple[float, ...]:
    """Quantiles of weighted values: the value below which a share of the weight lies, straight between members.

    >>> weighted_points(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0]), (0.5,))
    (2.0,)
    """
    values, weight = values[weight > 0], weight[weight > 0]
    order = np.argsort(values)
    share = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return tuple(float(np.interp(point, share, values[order])) for point in points)


def effective_members(weight: Floats) -> float:
    """How many equally weighted members are worth as much: (sum w)^2 / sum w^2.

    >>> effective_members(np.array([1.0, 1.0, 0.0]))
    2.0
    """
    return float(weight.sum() ** 2 / (weight**2).sum())


def member_parameters(scenario: Scenario, names: Sequence[str], *, members: int, seed: int) -> dict[str, Floats]:
    """(member,) values of parameters as `simulate` draws them for the same seed."""
    found: dict[str, list[Floats]] = {name: [] for name in names}
    for block in range(-(-members // BLOCK)):
        luck = Luck(seed, block)
        drawn = scenario.parameters.drawn({name: luck.normal(f"parameter {name}", BLOCK) for name in names})
        for name in names:
            found[name].append(getattr(drawn, name))
    return {name: np.concatenate(parts)[:members] for name, parts in found.items()}


def calibrate(
    scenario: Scenario,
    floors: Sequence[Floor],
    names: Sequence[str],
    *,
    members: int = 2000,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int], None] | None = None,
) -> Posterior:
    """Posterior of at most two named parameters given floors; everything else keeps its prior, populations included."""
    if not 1 <= len(names) <= 2:
        raise InputError(f"{len(names)} parameters to calibrate: floors can inform one or two")
    for name in names:
        if name not in scenario.parameters.priors:
            raise InputError(f"parameter {name!r} has no prior{did_you_mean(name, scenario.parameters.priors)}")
    until = max(floor.date for floor in floors)
    short = replace(scenario, days=(until - scenario.start).days + 1)
    run = simulate(short, members=members, seed=seed, workers=workers, progress=progress)
    weight = np.prod([chance_of_floor(projected(run, scenario, f), f.least) for f in floors], axis=0)
    if not weight.any():
        raise InputError("no member of the prior reaches the floors; the scenario or the floors are at fault")
    values = member_parameters(scenario, names, members=members, seed=seed)
    points: dict[str, Prior] = {}
    for name in names:
        low, median, high = weighted_points(values[name], weight)
        points[name] = (low, median, high)
    return Posterior(points=points, members=members, effective_members=effective_members(weight))


def projected(run: xr.Dataset, scenario: Scenario, floor: Floor) -> Floats:
    """(member,) what a run says about a floor."""
    places = list(scenario.network.members_of(floor.place))
    return np.asarray(run[floor.variable].sel(time=str(floor.date), place=places).sum("place").values, float)
