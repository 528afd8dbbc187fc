"""What the benchmarks share: a made-up country of towns, camps and one crossing, and another with aid."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from displacement.events import Capture, CrossingOpened, CrossingQuota, Event, Fighting, HubSupply, Permission
from displacement.groups import Group
from displacement.network import Links, Network, Places, great_circle_km
from displacement.operations import Operation
from displacement.scenario import OpeningRelation, Party, Scenario

REPEATS = 5


def made_up_country(*, places: int = 60, people: int = 10_000_000, days: int = 46, seed: int = 0) -> Scenario:
    """Places on a square of 90 km, each joined to its nearest three; every place is fought over at some time."""
    rng = np.random.default_rng(seed)
    ids = tuple(f"p{i:03d}" for i in range(places))
    latitude, longitude = 36 + 0.8 * rng.random(places), 37 + 0.8 * rng.random(places)
    kinds = ["village" if i % 5 == 0 else "camp" if i % 10 == 3 else "town" for i in range(places)]
    kinds[0] = "border_post"
    parties = ["a" if x < 37.5 else "b" for x in longitude]
    parties[1] = "t"
    home = np.floor(rng.dirichlet(np.ones(places)) * people)
    unknown = np.full(places, np.nan)
    abroad = np.arange(places) == 1
    table = Places(
        id=ids, name=ids, pcode=("",) * places, parent_pcode=("",) * places,
        country=tuple("BB" if out else "AA" for out in abroad), latitude=latitude, longitude=longitude,
        kind=tuple(kinds), population=home, population_low=0.6 * home, population_high=1.6 * home,
        displaced=np.floor(home / 10), displaced_low=unknown, displaced_high=unknown, capacity=unknown,
        party=tuple(parties), outside=abroad, hub=np.zeros(places, bool), storage_t=unknown,
    )  # fmt: skip
    pairs = _nearest(latitude, longitude)
    origin, destination = (np.array([pair[end] for pair in pairs]) for end in (0, 1))
    count = len(pairs)
    none = np.full(count, np.nan)
    links = Links(
        id=tuple(f"l{i:03d}" for i in range(count)), origin=origin, destination=destination,
        kind=("road",) * (count - 1) + ("crossing",),
        length_km=1.2 * great_circle_km(*(x[at] for at in (origin, destination) for x in (latitude, longitude))),
        speed_kmh=np.full(count, 35.0), trucks_per_day=none, vehicles_per_day=none, people_per_day=none,
        directed=np.zeros(count, bool),
    )  # fmt: skip
    first = dt.date(2016, 2, 1)
    starts = rng.integers(0, 20, places)
    events: list[Event] = [
        Fighting(place=ids[i], intensity=float(rng.choice([0.3, 0.6, 1.0])), start=first + dt.timedelta(int(starts[i])))
        for i in range(2, places)
    ]
    gate = f"l{count - 1:03d}"
    events += [
        Capture(place=ids[10], by="b", start="2016-02-10"),
        CrossingOpened(crossing=gate, traffic="civilians", start="2016-02-05"),
        CrossingQuota(crossing=gate, traffic="civilians", per_day=500, start="2016-02-05"),
    ]
    return Scenario(
        name="made up", network=Network(places=table, links=links), country="AA", start=dt.date(2016, 1, 25),
        parties=tuple(Party(id=p, name=p) for p in "abt"), days=days, events=tuple(events),
        relations=(OpeningRelation(parties=("a", "b"), relation="truce"),),
    )  # fmt: skip


def with_groups_and_queues(scenario: Scenario, vehicles_per_day: float = 20_000.0) -> Scenario:
    """The same with three groups of people and a limit on every road, low enough that queues form on the busiest."""
    links = scenario.network.links
    full = replace(links, vehicles_per_day=np.where(links.crossing, np.nan, vehicles_per_day))
    groups = (
        Group(id="children", name="Children", share=0.4),
        Group(id="women", name="Women", share=0.35),
        Group(id="men", name="Men", share=0.25, mobility=0.8, people_per_vehicle=3.0),
    )
    return replace(scenario, network=replace(scenario.network, links=full), groups=groups)


def country_with_aid(
    *,
    places: int = 400,
    seed: int = 0,
    roads: float = 1.0,
    supply: float = 1.0,
    days: int = 1,
    fleet: float | None = None,
    loss: float = 0.0,
) -> Scenario:
    """A country that three parties share, with four hubs in two hands and three operations.

    The third party receives from both sides, over convoy lines; one operation has its own hub and serves everybody.
    roads : factor on the trucks that a road takes;  supply : tonnes that hubs receive, of what is needed;
    fleet : trucks of each operation for 100 places;  loss : more of it in each operation than in the one before
    """
    rng = np.random.default_rng([seed, places])
    ids = tuple(f"p{i:04d}" for i in range(places))
    latitude, longitude = 36 + rng.random(places), 37 + rng.random(places)
    party = np.where(longitude < 37.35, 0, np.where(longitude < 37.7, 1, 2))
    hubs = np.concatenate([rng.choice(np.flatnonzero(party == p), 2, replace=False) for p in (0, 2)])
    home = np.floor(rng.dirichlet(np.full(places, 0.5)) * 2_000 * places)
    unknown = np.full(places, np.nan)
    table = Places(
        id=ids, name=ids, pcode=("",) * places, parent_pcode=("",) * places, country=("AA",) * places,
        latitude=latitude, longitude=longitude, kind=("town",) * places, population=home, population_low=home,
        population_high=home, displaced=unknown, displaced_low=unknown, displaced_high=unknown, capacity=unknown,
        party=tuple("abc"[p] for p in party), outside=np.zeros(places, bool), hub=np.isin(np.arange(places), hubs),
        storage_t=unknown,
    )  # fmt: skip
    _, near = cKDTree(np.stack([latitude, longitude], axis=1)).query(np.stack([latitude, longitude], axis=1), 5)
    pairs = sorted({(min(i, j), max(i, j)) for i, row in enumerate(near.tolist()) for j in row[1:]})
    origin, destination = np.array(pairs).T
    count = len(pairs)
    at_hub = np.isin(origin, hubs) | np.isin(destination, hubs)
    trucks = roads * rng.uniform(5, 60, count) * np.where(at_hub, places / 60, places / 300)
    names = tuple(f"l{i:05d}" for i in range(count))
    links = Links(
        id=names, origin=origin, destination=destination, kind=("road",) * count,
        length_km=1.2 * great_circle_km(*(x[at] for at in (origin, destination) for x in (latitude, longitude))),
        speed_kmh=np.full(count, 35.0), trucks_per_day=trucks, vehicles_per_day=np.full(count, np.nan),
        people_per_day=np.full(count, np.nan), directed=np.zeros(count, bool),
    )  # fmt: skip
    front = np.flatnonzero(party[origin] != party[destination])
    lines = tuple(names[i] for i in rng.choice(front, max(2, len(front) // 4), replace=False))
    few = {} if fleet is None else {"trucks": fleet * places / 100}
    about = (("a", "b", hubs[:2]), ("c", "b", hubs[2:3]), ("abc", "", hubs[3:]))
    operations = tuple(
        Operation(
            id=f"aid_{i}", name=f"Aid {i}", hubs=tuple(ids[h] for h in starts), transit=tuple(cross),
            deliver=tuple(end), lines=lines, loss=loss * i, **few,
        )
        for i, (cross, end, starts) in enumerate(about)
    )  # fmt: skip
    tonnes = supply * float(home.sum()) * 0.65 / 1000.0 * rng.dirichlet(np.full(len(hubs), 3.0))
    first = dt.date(2016, 2, 1)
    events: list[Event] = [
        HubSupply(place=ids[hub], tonnes_per_day=float(t), start=first) for hub, t in zip(hubs, tonnes, strict=True)
    ]
    events.append(Permission(link=lines, aid=0.8, start=first))
    return Scenario(
        name="made up, with aid", network=Network(places=table, links=links), country="AA", start=first, days=days,
        parties=tuple(Party(id=p, name=p) for p in "abc"), events=tuple(events), operations=operations,
    )  # fmt: skip


def _nearest(latitude: np.ndarray, longitude: np.ndarray) -> list[tuple[int, int]]:
    """Each place with its nearest three, place 1 (abroad) apart; the crossing from 0 to 1 comes last."""
    points = np.stack([latitude, longitude], axis=1)
    _, near = cKDTree(points).query(points, 4)
    roads = {(min(i, j), max(i, j)) for i, row in enumerate(near.tolist()) for j in row[1:] if 1 not in (i, j)}
    return [*sorted(roads), (0, 1)]


def median_seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median wall time of a task that has been run once before."""
    task()
    return statistics.median(_seconds(task) for _ in range(repeats))


def median_ratio(task: Callable[[], object], other: Callable[[], object], repeats: int = 2 * REPEATS) -> float:
    """Median ratio of two tasks' wall times, taken in turns, so that a busy machine slows both."""
    task(), other()
    return statistics.median(_seconds(task) / _seconds(other) for _ in range(repeats))


def _seconds(task: Callable[[], object]) -> float:
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def report(question: str, ratio: float, bar: str) -> None:
    """One line: the question, the ratio, the bar it is held to."""
    print(f"{question:<88} {ratio:6.2f}   ({bar})")
