"""Which way of calibrating comes nearest to the exact posterior, for how many runs? Prints a table in Markdown.

Exact: members of the prior by brute force. Others: the package's own; the prior weighted once; an ensemble smoother
with multiple data assimilation (Emerick and Reynolds 2013), written out here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from displacement.calibration import effective_members, fit
from displacement.calibration.fitting import Task, dimensions_of, seen_in_block
from displacement.calibration.sampling import moments, weights
from displacement.members import SOURCES
from displacement.network import Floats
from tests.calibration.worlds import NAMES, counted, seen, world

WORLDS = 12
DISCREPANCY = 0.1
BRUTE, BLOCK = 60_000, 4_000
STEPS = 4  # of the smoother
OFF = (DISCREPANCY, DISCREPANCY, DISCREPANCY)
Moments = tuple[Floats, Floats]


def task_of(seed: int) -> Task:
    """Counts of a world, to be calibrated to."""
    case = world(seed, days=6)
    _, counts = counted(case, seed, seen(), spread=OFF)
    return Task(
        scenario=case, observations=counts, held_out=(), names=NAMES, discrepancy=OFF, seed=seed, block=BLOCK,
        options={}, dimensions=dimensions_of(case, NAMES, SOURCES, OFF),
    )  # fmt: skip


def seen_by(task: Task, z: Floats, block: int) -> Floats:
    """(observation, member) what members project."""
    return seen_in_block(
        task.scenario, task=task, deviates=task.given(z), block=block, size=len(z), uncertainty=SOURCES
    )


def named(centre: Floats, covariance: Floats) -> Moments:
    """Mean and width of the named parameters."""
    return centre[: len(NAMES)], np.sqrt(np.diag(covariance))[: len(NAMES)]


def from_prior(task: Task, members: int, first: int, block: int) -> tuple[Moments, float]:
    """The prior, weighted once."""
    draws, log = [], []
    for i, start in enumerate(range(0, members, block)):
        z = task.normal(f"brute {first + i}", min(block, members - start))
        draws.append(z)
        log.append(task.log_likelihood(z, seen_by(task, z, first + i)))
    weight = weights(np.concatenate(log))
    return named(*moments(np.concatenate(draws), weight)), effective_members(weight)


def smoothed(task: Task, members: int, first: int) -> Moments:
    """Ensemble smoother, the counts assimilated in steps, each with its error widened."""
    rng = np.random.default_rng(task.seed)
    z = task.normal("smoother", members)
    observed = np.log([o.value for o in task.observations])
    error = task.errors(z)[:, 0]
    for step in range(STEPS):
        g = np.log(np.maximum(seen_by(task, z, first + step), 0.5)).T
        apart_z, apart_g = z - z.mean(axis=0), g - g.mean(axis=0)
        cross, own = apart_z.T @ apart_g / (members - 1), apart_g.T @ apart_g / (members - 1)
        gain = cross @ np.linalg.inv(own + STEPS * np.diag(error**2))
        off = observed + np.sqrt(STEPS) * error * rng.standard_normal(g.shape) - g
        z = z + off @ gain.T
    return named(z.mean(axis=0), np.cov(z.T))


def own(task: Task, members: int) -> tuple[Moments, float, int]:
    """The package's, with how many members of the twin it took beside."""
    found = fit(
        task.scenario, task.observations, NAMES, members=members, block=members // 2, seed=task.seed,
        discrepancy=DISCREPANCY,
    )  # fmt: skip
    return named(*moments(found.deviates, found.weight)), found.effective_members, found.twin_members


def main() -> None:
    """Print the table."""
    ways: dict[tuple[str, int], tuple[str, list[Moments], list[float]]] = {}
    exact: list[Moments] = []
    left: list[float] = []
    twins: dict[int, list[int]] = {}
    for seed in range(WORLDS):
        task = task_of(seed)
        truth, effective = from_prior(task, BRUTE, 1_000, BLOCK)
        exact.append(truth)
        left.append(effective)
        for members in (600, 2_000):
            name = "importance sampling, proposal sharpened (the package's)"
            found, count, more = own(task, members)
            twins.setdefault(members, []).append(more)
            _note(ways, name, members, f"{members}, and {np.mean(twins[members]):.0f} of the twin", found, count)
            found, count = from_prior(task, 2 * members, 5_000, members)
            _note(ways, "the prior, weighted once", members, f"{2 * members}", found, count)
            found = smoothed(task, members // 2, 8_000)
            _note(ways, f"ensemble smoother, {STEPS} steps", members, f"{2 * members}", found, float("nan"))
    print(f"{WORLDS} small worlds, {len(NAMES)} parameters, three counts each; exact: {BRUTE:,} members of the prior,")
    print(f"of which {np.median(left):,.0f} count in the median world ({min(left):,.0f} at least).\n")
    print("| way | runs of the model | mean off (posterior widths) | width off | members that count, median |")
    print("|---|---|---|---|---|")
    for (name, _), (runs, found_by, counts) in sorted(ways.items(), key=lambda way: way[0][1]):
        off = [(m - mean) / width for (m, _), (mean, width) in zip(found_by, exact, strict=True)]
        wide = [np.log(w / width) for (_, w), (_, width) in zip(found_by, exact, strict=True)]
        shown = "" if np.isnan(counts).all() else f"{np.median(counts):.0f}"
        print(f"| {name} | {runs} | {_rms(off):.2f} | {np.expm1(_rms(wide)):.0%} | {shown} |")


def _rms(values: list[Floats]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _note(ways: dict[Any, Any], name: str, members: int, runs: str, found: Moments, count: float) -> None:
    _, every, counts = ways.get((name, members), (runs, [], []))
    ways[name, members] = (runs, every, counts)
    every.append(found)
    counts.append(count)


if __name__ == "__main__":
    main()
