"""Small worlds of aid: a depot D at the end of a road, towns T, U, V ... behind it, all in one party's hands."""

import numpy as np

from displacement import events as ev
from displacement.operations import Operation
from tests.lively import START, links, places, scenario

PEOPLE = 10_000.0
NEED = 6.5  # tonnes a day of so many people who all depend on aid: 0.65 kg each, by the package's standards


def world(*events, population=(0, 1, 1), ends=((0, 1), (1, 2)), km=(40.0, 40.0), road=None, table=None, days=5,
          groups=(), about=None, operations=None, **operation):  # fmt: skip
    """No trade comes in, no buffers, nothing in store: unless said otherwise.

    population : in ten thousands, of D, T, U, V, ...;  ends, km : of roads r1, r2, ...;  road, table : more columns of
    links and places;  about : parameters;  operation : of the one from D
    """
    names = "DTUVWX"[: len(population)]
    given = {
        "population": PEOPLE * np.array(population, float), "party": ("blue",) * len(names),
        "hub": [True] + [False] * (len(names) - 1),
    } | (table or {})  # fmt: skip
    roads = links([f"r{i + 1}" for i in range(len(ends))], ends, km, **(road or {}))
    of = {"id": "aid", "name": "Aid", "hubs": ("D",), "transit": ("blue",)} | operation
    values = {"opening_cover": 0.0, "buffer_days": 0.0} | (about or {})
    return scenario(places(names, given.pop("kind", ["town"] * len(names)), **given), roads, *events, days=days,
                    operations=operations or (Operation(**of),), parameters=values, groups=groups)  # fmt: skip


def supply(tonnes, stock=0.0, place="D", start=START):
    """A hub receives so many tonnes a day."""
    return ev.HubSupply(place=place, tonnes_per_day=tonnes, stock_t=stock, start=start)
