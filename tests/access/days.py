"""Random days as arrays, without a scenario: many can be tried."""

import numpy as np

from displacement.mandates import Day, Mandate
from tests.access.conftest import network

CHANCES = np.array([0.0, 0.004, 0.02, 0.05, 0.06, 0.1, 0.2, 0.34, 0.5, 0.75, 1.0, 1.0, 1.0])
TRUCKS = np.array([0.0, 0.25, 1.0, 6.5, np.inf])


def random_day(seed):
    """A network, two operations and a day of it."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    places = {
        f"p{i}": ("x", int(rng.choice([0, 1_000, 300_000])), str(rng.choice(["", "", "outside"]))) for i in range(n)
    }
    links = {}
    for k in range(int(rng.integers(1, 2 * n + 1))):
        a, b = rng.choice(n, 2, replace=False)
        links[f"l{k:02d}"] = (f"p{a}", f"p{b}", str(rng.choice(["", "", "crossing"])))
    net, arcs = network(places, links), 2 * len(links)
    day = Day(
        control=rng.integers(0, 2, n),
        permission=rng.choice(CHANCES, (arcs, 4)),
        quota=rng.choice(TRUCKS, arcs),
        hours=rng.choice([0.5, 1.0, 3.0], arcs),
        best=False,
    )
    operations = tuple(
        Mandate(
            name=name,
            hubs=np.sort(rng.choice(n, int(rng.integers(1, 3)), replace=False)),
            level=rng.choice([-1, 0, 0, 1], 2),
            line=rng.random(arcs) < 0.5,
            serves=rng.random(n) < 0.9,
        )
        for name in ("one", "two")
    )
    return rng, net, operations, day
