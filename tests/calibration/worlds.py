"""Small worlds that cost little to run: a town under attack, a town beside it, a camp; people counted on a few days."""

import datetime as dt
from dataclasses import replace

import numpy as np

from displacement import events as ev
from displacement.calibration import Observation
from displacement.calibration.fitting import Task, dimensions_of
from displacement.calibration.observed import projections
from displacement.day_loop import simulate_block
from displacement.members import SOURCES
from displacement.streams import Luck
from tests.lively import START, links, places, scenario

NAMES = ("departure_rate", "stayers")
SEEN = (("residents", "A", 2), ("moved_since", "everywhere", 3), ("residents", "A", 5))
LATER = (("moved_since", "everywhere", 8), ("residents", "A", 8))
ERROR = 0.15
SPREAD = (0.05, 0.1, 0.25)


def world(seed, days=9):
    """A world of three to five places of random size and distance, and how hard the first is fought over."""
    rng = np.random.default_rng([seed, 5])
    count = int(rng.integers(3, 6))
    names = "ABCDE"[:count]
    people = np.round(rng.uniform(1_000, 20_000, count), -2)
    people[-1] = np.nan
    table = places(
        names,
        ["town"] * (count - 1) + ["camp"],
        population=people,
        population_low=0.7 * people,
        population_high=1.4 * people,
        party=("blue",) * count,
    )
    ends = [(i, i + 1) for i in range(count - 1)]
    roads = links([f"r{i}" for i in range(count - 1)], ends, rng.uniform(5.0, 40.0, count - 1))
    fight = ev.Fighting(place="A", intensity=float(rng.choice([0.3, 0.6, 1.0])), start=START)
    made = scenario(table, roads, fight, days=days)
    return replace(made, network=replace(made.network, place_groups={"everywhere": tuple(names)}))


def seen(of=SEEN, **about):
    """Observations without a number yet, as (variable, place, day)."""
    day = dt.timedelta(days=1)
    return tuple(Observation(variable=v, place=p, date=START + n * day, error=ERROR, **about) for v, p, n in of)


def counted(case, seed, observations, *, names=NAMES, spread=SPREAD):
    """The world's truth, drawn from the prior, and what is counted of it: ({parameter: deviate}, observations)."""
    blank = tuple(replace(o, value=1.0) for o in observations)
    task = Task(
        scenario=case, observations=blank, held_out=(), names=names, dimensions=dimensions_of(case, names, SOURCES, spread),
        discrepancy=spread, seed=seed, block=1, options={},
    )  # fmt: skip
    luck = Luck(seed, 10**7)  # no block of a calibration
    z = np.array([[luck.normal(f"truth {name}", 1)[0] for name in task.dimensions]])
    records = simulate_block(case, seed=seed, block=10**7, size=1, uncertainty=SOURCES, deviates=task.given(z))
    people = projections(records, case, blank)[:, 0]
    off = task.errors(z)[:, 0] * luck.normal("error of counts", len(blank))
    truth = dict(zip(task.dimensions, z[0], strict=True))
    seen_there = np.maximum(people * np.exp(off), 1e-3)
    return truth, tuple(replace(o, value=float(n)) for o, n in zip(observations, seen_there, strict=True))
