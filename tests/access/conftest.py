"""A small scenario from a few words: places, links, who stands to whom how, operations, events."""

import datetime as dt

import numpy as np
import pytest

from displacement.network import Links, Network, Places
from displacement.scenario import OpeningRelation, Operation, Party, Scenario

START = dt.date(2016, 1, 25)


def network(places, links, groups=None):
    """places: id: (party, people, "outside hub") ; links: id: (from, to, "crossing directed", trucks a day)."""
    ids = sorted(places)
    n, blank = len(ids), np.full(len(ids), np.nan)
    words = {i: (places[i][2] if len(places[i]) > 2 else "").split() for i in ids}
    table = Places(
        id=tuple(ids), name=tuple(i.capitalize() for i in ids), pcode=("",) * n, parent_pcode=("",) * n,
        country=("SY",) * n, latitude=36.0 + np.arange(n) / 10, longitude=37.0 + np.arange(n) / 10, kind=("town",) * n,
        population=np.array([float(places[i][1]) for i in ids]), population_low=blank, population_high=blank,
        displaced=np.zeros(n), displaced_low=blank, displaced_high=blank, capacity=blank,
        party=tuple(places[i][0] for i in ids), outside=np.array(["outside" in words[i] for i in ids]),
        hub=np.array(["hub" in words[i] for i in ids]), storage_t=blank,
    )  # fmt: skip
    names = sorted(links)
    full = {k: (*row, *("", np.nan)[len(row) - 2 :]) for k, row in links.items()}
    unknown = np.full(len(names), np.nan)
    edges = Links(
        id=tuple(names),
        origin=np.array([table.position[full[k][0]] for k in names], np.int64),
        destination=np.array([table.position[full[k][1]] for k in names], np.int64),
        kind=tuple("crossing" if "crossing" in full[k][2] else "road" for k in names),
        length_km=np.full(len(names), 20.0), speed_kmh=np.full(len(names), 40.0),
        trucks_per_day=np.array([float(full[k][3]) for k in names]), vehicles_per_day=unknown, people_per_day=unknown,
        directed=np.array(["directed" in full[k][2] for k in names], bool),
    )  # fmt: skip
    return Network(places=table, links=edges, place_groups=groups or {})


def scenario(places, links, *, operations=(), relations=(), events=(), days=3, groups=None):
    """A Scenario whose parties are those named anywhere. operations: dicts; relations: (party, party, relation)."""
    parties = {row[0] for row in places.values()} | {p for a, b, _ in relations for p in (a, b)}
    parties |= {p for o in operations for k in ("transit", "deliver") for p in o.get(k, ())}
    parties |= {e.by for e in events if getattr(e, "by", "")}
    return Scenario(
        name="case",
        network=network(places, links, groups),
        parties=tuple(Party(id=p, name=f"the {p}") for p in sorted(parties - {""})),
        start=START,
        days=days,
        country="SY",
        relations=tuple(OpeningRelation(parties=(a, b), relation=r) for a, b, r in relations),
        operations=tuple(Operation(name=o["id"], **o) for o in operations),
        events=tuple(events),
    )


@pytest.fixture(scope="session")
def case():
    """`scenario`, for tests (of a session, so that hypothesis may use it)."""
    return scenario


@pytest.fixture(scope="session")
def graph():
    """`network`, for tests."""
    return network


@pytest.fixture(scope="session")
def day():
    """The date of a day of these scenarios: 0 is the first."""
    return lambda t: START + dt.timedelta(days=t)


@pytest.fixture(scope="session")
def words():
    """Words of a coded variable of a place, day by day."""

    def of(status, place, variable="access_status"):
        flags = status[variable].attrs["flag_meanings"].split()
        return [flags[code] for code in status[variable].sel(place=place).values]

    return of
