"""Calibration of any parameters that have priors, to counts: importance sampling that sharpens its proposal.

First on the mean-field twin, which costs little and has no draws: where are the parameters that explain the counts?
Then members of the stochastic model from there, weighted by prior, proposal and likelihood. Populations, all other
priors and every draw vary as in a run, so that what they leave open stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from displacement.calibration.likelihood import total_error
from displacement.calibration.observed import Observation, check_observations, projections
from displacement.calibration.posterior import DISCREPANCY, JointPosterior, summary
from displacement.calibration.sampling import Proposal, log_prior_ratio, sharpened, temper, weights
from displacement.day_loop import BLOCK, COUPLING, simulate_block
from displacement.ensemble import run_blocks
from displacement.errors import InputError, did_you_mean
from displacement.members import POPULATIONS, SOURCES, parameter_deviates, uncertain_count
from displacement.network import Floats
from displacement.parameters import Prior
from displacement.scenario import Scenario
from displacement.streams import Luck

MODEL_DISCREPANCY: Prior = (0.05, 0.1, 0.25)  # standard deviation of the log: 10, 50, 90 % points; an assumption
TWIN = 200  # members of the twin in a stage
OF_TWIN = 10**6  # its blocks: none of those of the model
DRAWN = ("counts", "conditions")  # sources that the twin leaves out
MOST_STAGES = 8
FIRST_PART = 0.4  # of the members of the model, before the proposal is sharpened once more
KEPT = 0.5  # effective members that a stage must leave, of those of the twin


@dataclass(frozen=True, eq=False, kw_only=True)
class Task:
    """What is calibrated to what, and how a block of members is run."""

    scenario: Scenario
    observations: tuple[Observation, ...]
    held_out: tuple[Observation, ...]
    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    discrepancy: Prior
    seed: int
    block: int
    options: dict[str, Any]

    @property
    def every(self) -> tuple[Observation, ...]:
        """Observations, those held out last."""
        return (*self.observations, *self.held_out)

    def given(self, z: Floats) -> dict[str, Floats]:
        """Deviates of a block by name, for a run."""
        return {name: z[:, i] for i, name in enumerate(self.dimensions) if name != DISCREPANCY}

    def discrepancy_of(self, z: Floats) -> Floats:
        """(member,) standard deviation of the log by which the model is off."""
        if DISCREPANCY not in self.dimensions:
            return np.full(len(z), self.discrepancy[1])
        low, median, high = map(np.array, self.discrepancy)
        return uncertain_count(median, low, high, z[:, self.dimensions.index(DISCREPANCY)])

    def errors(self, z: Floats) -> Floats:
        """(observation, member) standard deviation of the log of each observation about the projection."""
        counts = np.array([o.error for o in self.every]).reshape(-1, 1)
        return total_error(counts, self.discrepancy_of(z))

    def log_likelihood(self, z: Floats, projected: Floats) -> Floats:
        """(member,) log likelihood of all observations that are not held out."""
        errors = self.errors(z)
        found = np.zeros(len(z))
        for i, observation in enumerate(self.observations):
            found += observation.log_likelihood(projected[i], errors[i])
        return found

    def normal(self, what: str, count: int) -> Floats:
        """(draw, dimension) standard normal deviates; each dimension has streams of its own."""
        luck = Luck(self.seed)
        return np.stack([luck.normal(f"calibration {what} {name}", count) for name in self.dimensions], axis=1)


def fit(
    scenario: Scenario,
    observations: Sequence[Observation],
    names: Sequence[str],
    *,
    held_out: Sequence[Observation] = (),
    discrepancy: Prior | float = MODEL_DISCREPANCY,
    members: int = 2000,
    seed: int = 1,
    uncertainty: Sequence[str] = SOURCES,
    choice: str = "gravity",
    coupling: Sequence[str] = COUPLING,
    workers: int | None = 1,
    progress: Callable[[int], object] | None = None,
    block: int = BLOCK,
) -> JointPosterior:
    """Posterior of named parameters given observations. Main arguments: the scenario, what was counted, the parameters.

    Other arguments
    ---------------
    held_out : observations that are projected and compared, and have no weight
    discrepancy : how far the model is off even with the best parameters, as standard deviation of the log: 10, 50 and
        90 % points of its prior, or one number
    members : of the stochastic model, rounded up to whole blocks; the twin takes some hundreds more
    uncertainty : the sources that vary besides, as in `simulate`;  workers : processes (None: one a core)
    progress : called with the number of members of each block of the model that is done
    block : members that are computed together and share uncertain dates; wider ones cost less each
    """
    spread: Prior = discrepancy if isinstance(discrepancy, tuple) else (discrepancy, discrepancy, discrepancy)
    problems = [
        *check_observations(observations, scenario),
        *(problem for o in held_out for problem in o.problems(scenario)),
        *check_names(scenario, names),
        *_check_numbers(spread, members, block),
    ]
    if problems:
        raise InputError(dict.fromkeys(problems))
    until = max(o.date for o in (*observations, *held_out))
    task = Task(
        scenario=replace(scenario, days=(until - scenario.start).days + 1),
        observations=tuple(observations),
        held_out=tuple(held_out),
        names=tuple(names),
        dimensions=dimensions_of(scenario, names, uncertainty, spread),
        discrepancy=spread,
        seed=seed,
        block=block,
        options={"choice": choice, "coupling": tuple(coupling)},
    )
    first, twin_members = twin_proposal(task, tuple(source for source in uncertainty if source not in DRAWN))
    z, projected, log_ratio = sampled(task, first, tuple(uncertainty), members, workers, progress)
    weight = weights(task.log_likelihood(z, projected) + log_ratio)
    if not weight.any():
        raise InputError("no member of the prior comes near the observations; the scenario or the counts are at fault")
    values = member_values(task, z)
    return JointPosterior(
        **summary(names, values, weight),
        names=task.names,
        dimensions=task.dimensions,
        deviates=z,
        values=values,
        others=_others(task, tuple(uncertainty), len(z)),
        prior_weight=weights(log_ratio),
        observations=task.observations,
        held_out=task.held_out,
        projected=projected,
        error=task.errors(z),
        twin_members=twin_members,
    )


def check_names(scenario: Scenario, names: Sequence[str]) -> Iterator[str]:
    """What is wrong with the names of parameters to calibrate."""
    priors = scenario.parameters.priors
    if not names:
        yield "no parameters to calibrate"
    for name in dict.fromkeys(names):
        if name not in priors:
            yield f"parameter {name!r} has no prior{did_you_mean(name, priors)}"
        elif priors[name][0] == priors[name][2]:
            yield f"the prior of {name} is one point, {priors[name][1]:g}: there is nothing to calibrate"
        if list(names).count(name) > 1:
            yield f"parameter {name!r} is named twice"


def _check_numbers(discrepancy: Prior, members: int, block: int) -> Iterator[str]:
    low, median, high = discrepancy
    if not (0 < low <= median <= high < np.inf or low == median == high == 0):
        yield f"discrepancy = {discrepancy}: must have 0 < low <= median <= high, or be 0"
    if members < 1 or block < 1:
        yield f"members = {members}, block = {block}: both must be at least 1"


def dimensions_of(
    scenario: Scenario, names: Sequence[str], uncertainty: Sequence[str], discrepancy: Prior
) -> tuple[str, ...]:
    """The named parameters; populations where they are uncertain; the discrepancy where it has a prior."""
    places = scenario.network.places
    bounds = (places.population_low, places.population_high, places.displaced_low, places.displaced_high)
    some = "populations" in uncertainty and not all(np.isnan(bound).all() for bound in bounds)
    wide = discrepancy[0] < discrepancy[2]
    return (*names, *((POPULATIONS,) if some else ()), *((DISCREPANCY,) if wide else ()))


def twin_proposal(task: Task, uncertainty: tuple[str, ...]) -> tuple[Proposal, int]:
    """The proposal that the mean-field twin suggests, and from how many members: sharpened until enough draws are left.

    uncertainty : what varies in it besides: without that, its misfit would be put down to the parameters
    """
    proposals = [Proposal.prior(len(task.dimensions))]
    draws: list[Floats] = []
    seen: list[Floats] = []
    while True:
        z = proposals[-1].draw(task.normal(f"twin {len(draws)}", TWIN))
        draws.append(z)
        job: dict[str, Any] = {"block": OF_TWIN + len(draws), "size": TWIN, "uncertainty": uncertainty}
        seen.append(seen_in_block(task.scenario, task=task, deviates=task.given(z), **job))
        every, projected = np.concatenate(draws), np.concatenate(seen, axis=1)
        log_ratio = log_prior_ratio(every, proposals, [TWIN] * len(proposals))
        log_likelihood = task.log_likelihood(every, projected)
        power = temper(log_likelihood, log_ratio, KEPT * TWIN)
        weight = weights(power * log_likelihood + log_ratio)
        if not weight.any():  # nobody moves in the twin, say: it has no advice
            return Proposal.prior(len(task.dimensions)), len(every)
        if power >= 1.0 or len(draws) == MOST_STAGES:
            return sharpened(every, weight), len(every)
        proposals.append(sharpened(every, weight))


def sampled(
    task: Task,
    first: Proposal,
    uncertainty: tuple[str, ...],
    members: int,
    workers: int | None,
    progress: Callable[[int], object] | None,
) -> tuple[Floats, Floats, Floats]:
    """Members of the stochastic model in two parts, the second from a proposal that the first has sharpened.

    Returns their deviates (member, dimension), what they project (observation, member), and the log of the prior over
    the mixture of both proposals (member,).
    """
    blocks = -(-members // task.block)
    parts = [max(1, round(FIRST_PART * blocks))]
    parts += [blocks - parts[0]] if blocks > parts[0] else []
    proposals, counts = [first], [count * task.block for count in parts]
    draws: list[Floats] = []
    seen: list[Floats] = []
    for part, count in enumerate(counts):
        z = proposals[-1].draw(task.normal(f"part {part}", count))
        jobs = [
            {
                "task": task,
                "deviates": task.given(z[i : i + task.block]),
                "block": (sum(counts[:part]) + i) // task.block,
                "size": task.block,
                "uncertainty": uncertainty,
            }
            for i in range(0, count, task.block)
        ]
        draws.append(z)
        seen += run_blocks(
            seen_in_block, task.scenario, jobs, count, workers=workers, progress=progress, size=task.block
        )
        every, projected = np.concatenate(draws), np.concatenate(seen, axis=1)
        log_ratio = log_prior_ratio(every, proposals, counts[: part + 1])
        if part + 1 < len(counts):
            log_likelihood = task.log_likelihood(every, projected)
            power = temper(log_likelihood, log_ratio, min(KEPT * TWIN, KEPT * count))
            weight = weights(power * log_likelihood + log_ratio)
            proposals.append(sharpened(every, weight) if weight.any() else Proposal.prior(len(task.dimensions)))
    return every, projected, log_ratio


def seen_in_block(
    scenario: Scenario, *, task: Task, deviates: dict[str, Floats], block: int, size: int, uncertainty: tuple[str, ...]
) -> Floats:
    """(observation, member) what a block projects."""
    options: dict[str, Any] = {
        "seed": task.seed,
        "block": block,
        "uncertainty": uncertainty,
        "size": size,
        "deviates": deviates,
    }
    records = simulate_block(scenario, **options, **task.options)
    return projections(records, scenario, task.every)


def member_values(task: Task, z: Floats) -> dict[str, Floats]:
    """(member,) values of the named parameters, and of the discrepancy."""
    named = {name: z[:, i] for i, name in enumerate(task.dimensions) if name in task.names}
    drawn = task.scenario.parameters.drawn(named)
    return {name: np.asarray(getattr(drawn, name)) for name in task.names} | {DISCREPANCY: task.discrepancy_of(z)}


def _others(task: Task, uncertainty: tuple[str, ...], members: int) -> dict[str, Floats]:
    """(member,) deviates of the priors that are not calibrated, as the blocks drew them."""
    if "parameters" not in uncertainty:
        return {}
    names = [name for name in task.scenario.parameters.priors if name not in task.names]
    blocks = [parameter_deviates(Luck(task.seed, b), names, task.block) for b in range(members // task.block)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in sorted(names)}
