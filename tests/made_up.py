"""Made-up conflicts for tests of forecasts: sites that fill, slow down, empty, and are counted now and then."""

import numpy as np

from displacement.forecast.tasks import joined, rolling
from displacement.observations import Counts, Record

START = np.datetime64("2013-01-01")
DAYS = 420


def record(seed, sites=4, days=DAYS, recounts=False):
    """A record of made-up counts: logistic inflow with daily noise, counted about every ten days."""
    random = np.random.default_rng(seed)
    found = {}
    for number in range(sites):
        size, pace, middle = random.lognormal(9, 1), random.uniform(15, 80), random.uniform(0, days)
        day = np.arange(days)
        people = size / (1 + np.exp(-(day - middle) / pace)) * np.exp(np.cumsum(random.normal(0, 0.01, days)))
        at = np.flatnonzero(random.random(days) < 0.1)
        rows = [(START + int(d), round(people[d]), recounts and i == len(at) // 2) for i, d in enumerate(at)]
        found[f"site {number}"] = Counts.of(rows)
    return Record(found)


def tasks(seed, case, **options):
    """All tasks of a made-up conflict."""
    return rolling(record(seed, **options), START, START + DAYS, case=case)


def cases(count=4, seed=0):
    """Tasks of several made-up conflicts."""
    return joined(tasks(seed + k, f"case {k}") for k in range(count))
