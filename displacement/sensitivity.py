"""Which numbers matter: elementary effects to screen, Sobol indices to apportion, one at a time to show.

Over the priors of parameters and what populations have in common, on the mean-field twin, which has no draws. Where the
twin is not the mean of the model (aid that comes by chance, say) `uncertainty=("counts",)` draws, each run once:
what varies by luck is then a part of every total index. Designs and estimators are SALib's (extra `calibrate`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import ndtri

from displacement.ensemble import simulate
from displacement.errors import InputError, MissingExtra, did_you_mean
from displacement.members import POPULATIONS
from displacement.network import Floats
from displacement.parameters import TEN_PERCENT, Parameters
from displacement.scenario import Scenario

Output = Callable[[xr.Dataset], Any]  # a run to one number, or to one number a member
Response = Callable[[Floats], Floats]  # (run, input) in [0, 1] to (run,)
MIDDLE = 0.8  # share of a prior that is screened
ENDS = 1e-4  # of a prior, that are left out where infinity would be
AT_A_TIME = 200  # members of the twin in memory


def elementary_effects(
    response: Response, names: Sequence[str], *, trajectories: int = 10, levels: int = 4, seed: int = 1
) -> pd.DataFrame:
    """Morris screening: how much the response changes as one input goes from 0 to 1, all others being anywhere.

    effect : mean size of the change;  effect_error : half its 95 % interval;  mean : with sign;  spread : standard
    deviation between trajectories, large beside the effect where inputs act on each other or bend

    It takes trajectories x (inputs + 1) runs. Source: Morris 1991; Campolongo, Cariboni and Saltelli 2007.
    """
    _check_sizes(names, trajectories=trajectories, levels=levels)
    problem = _problem(names)
    points = salib("sample.morris").sample(problem, trajectories, num_levels=levels, seed=seed)
    found = salib("analyze.morris").analyze(problem, points, _asked(response, points), num_levels=levels, seed=seed)
    columns = {"effect": "mu_star", "effect_error": "mu_star_conf", "mean": "mu", "spread": "sigma"}
    return _table(names, {ours: found[theirs] for ours, theirs in columns.items()}).sort_values(
        "effect", ascending=False, kind="stable"
    )


def sobol_indices(response: Response, names: Sequence[str], *, samples: int = 256, seed: int = 1) -> pd.DataFrame:
    """Sobol indices: shares of the variance of the response over independent inputs, uniform in [0, 1].

    first : Var(E[Y | x_i]) / Var(Y), what would go if x_i were known;  total : E[Var(Y | all but x_i)] / Var(Y), what
    would stay if all but x_i were known; their difference is interplay with others;  first_error, total_error : half
    the 95 % interval (bootstrap)

    It takes samples x (inputs + 2) runs; samples is a power of 2. A response that does not vary has indices 0.
    Source: Saltelli et al. 2010.
    """
    _check_sizes(names, samples=samples)
    if samples & (samples - 1):
        raise InputError(f"samples = {samples}: must be a power of 2, such as {1 << samples.bit_length()}")
    problem = _problem(names)
    points = salib("sample.sobol").sample(problem, samples, calc_second_order=False, seed=seed)
    answers = _asked(response, points)
    columns = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
    if np.ptp(answers) <= 1e-12 * np.abs(answers).max():
        return _table(names, dict.fromkeys(columns, np.zeros(len(names))))
    found = salib("analyze.sobol").analyze(problem, answers, calc_second_order=False, seed=seed)
    table = _table(names, {ours: found[theirs] for ours, theirs in columns.items()})
    return table.sort_values("total", ascending=False, kind="stable")


def screen(
    scenario: Scenario,
    output: Output,
    names: Sequence[str] | None = None,
    *,
    trajectories: int = 10,
    seed: int = 1,
    uncertainty: Sequence[str] = (),
) -> pd.DataFrame:
    """Elementary effects of parameters on a number of a run: its change across the middle 80 % of a prior.

    output : a function of a run, such as `lambda run: run.moved_since.sum("place").isel(time=-1)`
    names : parameters with priors, or "populations"; all of them if none are given
    uncertainty : sources that vary besides, as in `simulate`; none is the twin
    """
    names = known_names(scenario) if names is None else names
    response = response_of(scenario, output, names, middle=MIDDLE, uncertainty=uncertainty)
    return elementary_effects(response, names, trajectories=trajectories, seed=seed)


def sobol(
    scenario: Scenario,
    output: Output,
    names: Sequence[str] | None = None,
    *,
    samples: int = 64,
    seed: int = 1,
    uncertainty: Sequence[str] = (),
) -> pd.DataFrame:
    """Sobol indices of parameters over their whole priors, all others at their centre (see `sobol_indices`)."""
    names = known_names(scenario) if names is None else names
    response = response_of(scenario, output, names, uncertainty=uncertainty)
    return sobol_indices(response, names, samples=samples, seed=seed)


def one_at_a_time(
    scenario: Scenario,
    output: Output,
    names: Sequence[str] | None = None,
    *,
    uncertainty: Sequence[str] = (),
    members: int = 1,
) -> pd.DataFrame:
    """A row for each parameter, the largest range first: the output at the 10 and 90 % points of its prior.

    low_value, high_value : the points, with their unit;  low, high : the output there;  base : with all at their centre

    members : with draws (`uncertainty`), the median of so many
    """
    names = known_names(scenario) if names is None else names
    both = [(i, z) for i in range(len(names)) for z in (-TEN_PERCENT, TEN_PERCENT)]
    deviates = np.zeros((2 * len(names) + 1, len(names)))
    for row, (i, z) in enumerate(both):
        deviates[row, i] = z
    every = answers_at(scenario, output, names, np.repeat(deviates, members, axis=0), uncertainty)
    answers = np.median(every.reshape(-1, members), axis=1)
    points = [_points(scenario, name) for name in names]
    columns = {
        "low_value": [p[0] for p in points],
        "high_value": [p[1] for p in points],
        "unit": [p[2] for p in points],
        "low": answers[0:-1:2],
        "high": answers[1::2],
        "base": [answers[-1]] * len(names),
    }
    table = pd.DataFrame(columns, index=pd.Index(names, name="parameter"))
    order = (table["high"] - table["low"]).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order]


def known_names(scenario: Scenario) -> list[str]:
    """Everything that can be varied: all parameters with a prior that is not one point, and populations."""
    priors = scenario.parameters.priors
    return [*(name for name in sorted(priors) if priors[name][0] < priors[name][2]), POPULATIONS]


def response_of(
    scenario: Scenario,
    output: Output,
    names: Sequence[str],
    *,
    middle: float = 1.0,
    uncertainty: Sequence[str] = (),
) -> Response:
    """An output of the model, or its twin, as a function of (run, parameter) shares of priors in [0, 1].

    A parameter lies where the prior has the share (1 - middle) / 2 + middle x below it.
    """

    def response(x: Floats) -> Floats:
        share = np.clip((1.0 - middle) / 2.0 + middle * x, ENDS, 1.0 - ENDS)
        return answers_at(scenario, output, names, ndtri(share), uncertainty)

    return response


def answers_at(
    scenario: Scenario, output: Output, names: Sequence[str], deviates: Floats, uncertainty: Sequence[str] = ()
) -> Floats:
    """(run,) an output at deviates (run, parameter) of standard normal priors; the rest at its centre."""
    problems = [
        f"parameter {name!r} has no prior{did_you_mean(name, known_names(scenario))}"
        for name in names
        if name not in scenario.parameters.priors and name != POPULATIONS
    ]
    problems += [f"parameter {name!r} is named twice" for name in dict.fromkeys(names) if list(names).count(name) > 1]
    if problems or not names:
        raise InputError(problems or "no parameters to vary")
    found: list[float] = []
    for first in range(0, len(deviates), AT_A_TIME):
        z = deviates[first : first + AT_A_TIME]
        given = {name: z[:, i] for i, name in enumerate(names)}
        run = simulate(scenario, members=len(z), uncertainty=uncertainty, deviates=given)
        found += answers_of(run, output)
    return np.array(found)


def answers_of(run: xr.Dataset, output: Output) -> list[float]:
    """An output for each member: asked once where it answers for all members, else member by member."""
    answer = output(run)
    if isinstance(answer, xr.DataArray) and answer.dims == ("member",):
        found = [float(x) for x in answer.values]
    else:
        found = [float(np.asarray(output(run.isel(member=[m]))).item()) for m in range(run.sizes["member"])]
    if not np.isfinite(found).all():
        raise InputError("the output is not a finite number for some parameters; sensitivity needs one everywhere")
    return found


def _points(scenario: Scenario, name: str) -> tuple[float, float, str]:
    if name == POPULATIONS:
        return 10.0, 90.0, "% point of their range"
    (unit,) = [f.metadata["unit"] for f in Parameters.quantities() if f.name == name]
    low, _, high = scenario.parameters.priors[name]
    return low, high, unit


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _asked(response: Response, points: Floats) -> Floats:
    return np.asarray(response(points), float).reshape(len(points))


def _table(names: Sequence[str], columns: dict[str, Any]) -> pd.DataFrame:
    found = {name: np.asarray(np.ma.getdata(values), float) for name, values in columns.items()}
    return pd.DataFrame(found, index=pd.Index(list(names), name="parameter"))


def _check_sizes(names: Sequence[str], **sizes: int) -> None:
    problems = [f"{name} = {size}: must be at least 2" for name, size in sizes.items() if size < 2]
    problems += [] if len(names) else ["no parameters to vary"]
    if problems:
        raise InputError(problems)


def salib(module: str) -> ModuleType:
    """A module of SALib, which an extra installs."""
    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError as missing:
        message = "sensitivity needs SALib: pip install 'displacement[calibrate]'"
        raise MissingExtra(message) from missing
