"""Ways: what they use, which is the quickest, and what proves that there is none."""

import numpy as np
import pytest

from displacement import events as ev
from displacement.operations import Operation
from displacement.paths import shortest
from displacement.supply.dispatch import choose_ways
from displacement.supply.ground import Ground, supply_days
from displacement.supply.ways import Known, Ways, resources, truck_hours_per_tonne
from tests.lively import START
from tests.supply.worlds import supply, world

DIAMOND = {"population": (0, 0, 0, 1), "ends": ((0, 1), (1, 3), (0, 2), (2, 3)), "km": (10.0, 10.0, 40.0, 40.0)}
FORTH = 0, 2, 4, 6  # arcs of the four roads away from D
HUB, FLEET = 8, 9


def ways_of(case):
    ground = Ground.of(case)
    days = supply_days(case, case.compile(), ground, np.full(len(case.network.links), 0.5))
    return Ways(ground, days[0])


def with_shut(ways, *what):
    is_open = np.ones(resources(ways.ground), bool)
    is_open[list(what)] = False
    return is_open


def explored(ways, *shut, place=3):
    """The way that a member takes to whom some things are shut, and the barrier if there is none."""
    is_open, wanting = with_shut(ways, *shut)[np.newaxis], np.arange(len(ways.ground.network.places)) == place
    chosen = choose_ways(wanting[np.newaxis], is_open, ways)[0]
    if chosen.any():
        number = ways.table.number[np.flatnonzero(chosen)[0]]
        return list(ways._ways.values())[number], None
    barriers = [what for where, what in ways._barriers if where == place and not is_open[0, list(what)].any()]
    return None, barriers[0]


def test_a_way_uses_its_roads_its_hub_and_truck_hours_there_and_back():
    way, barrier = explored(ways_of(world(supply(1.0), **DIAMOND, loss=0.2, about={"truck_load": 10.0})))
    assert barrier is None
    assert sorted(way.resources) == [FORTH[0], FORTH[1], HUB, FLEET]
    use = dict(zip(way.resources, way.use, strict=True))
    assert use[FORTH[0]] == use[FORTH[1]] == use[HUB] == pytest.approx(1 / 0.8)
    assert use[FLEET] == pytest.approx(2 * way.hours / 10.0 / 0.8)


def test_the_next_way_is_taken_only_while_the_quicker_one_is_shut():
    ways = ways_of(world(supply(1.0), **DIAMOND))
    way, _ = explored(ways, FORTH[1])
    assert set(way.resources) >= {FORTH[2], FORTH[3]}
    way, _ = explored(ways)
    assert set(way.resources) >= {FORTH[0], FORTH[1]}
    table = ways.table
    assert table.place.tolist() == [0, 1, 2, 3, 3]  # those of the first places were known from the first
    assert table.use[3:, FORTH[0]].toarray().ravel().astype(bool).tolist() == [True, False]  # the quicker first
    assert table.first.tolist() == [0, 1, 2, 3]


def test_a_known_way_that_is_open_is_taken_though_another_is_quicker():
    """The approximation: quick by r1, slow by r3, slower by r5. Who lacks r1 and r3 finds r5, and then it is known."""
    ends = ((0, 1), (0, 1), (0, 1))
    ways = ways_of(world(supply(1.0), population=(0, 1), ends=ends, km=(10.0, 20.0, 40.0)))
    slowest, _ = explored(ways, 0, 2, place=1)
    assert 4 in slowest.resources
    passed_over, _ = explored(ways, 0, place=1)  # the second is open and quicker, but nobody asked for it
    assert 4 in passed_over.resources
    quickest_of_all, _ = explored(ways, place=1)
    assert 0 in quickest_of_all.resources


def test_a_barrier_is_what_must_open_first():
    ways = ways_of(world(supply(1.0), **DIAMOND))
    assert explored(ways, FORTH[1], FORTH[2]) == (None, (FORTH[1], FORTH[2]))
    assert explored(ways, HUB) == (None, (HUB,))
    assert explored(ways, FLEET) == (None, (FLEET,))


def test_nothing_is_needed_where_nobody_may_go():
    case = world(ev.Permission(link=("r2", "r4"), aid=0.0, start=START), **DIAMOND)
    assert explored(ways_of(case)) == (None, ())
    assert explored(ways_of(world(**DIAMOND, deliver_places=("T",)))) == (None, ())


def test_without_trucks_an_operation_still_serves_who_lives_at_its_hub():
    ways = ways_of(world(supply(1.0), population=(1, 1), ends=((0, 1),), km=(10.0,), trucks=5.0))
    way, _ = explored(ways, 3, place=0)  # two arcs, the hub, the fleet
    assert way.resources == (2,)
    assert explored(ways, 3, place=1) == (None, (3,))
    assert explored(ways, 2, place=0) == (None, (2,))


def test_of_operations_that_are_as_quick_the_first_by_id_goes_first():
    about = {"name": "x", "hubs": ("D",), "transit": ("blue",)}
    operations = (Operation(id="b", **about), Operation(id="a", **about))
    ways = ways_of(world(population=(0, 1), ends=((0, 1),), km=(10.0,), operations=operations))
    first, _ = explored(ways, place=1)
    assert ways.ground.names[first.operation] == "a"
    second, _ = explored(ways, 3, place=1)  # the fleet of the first
    assert ways.ground.names[second.operation] == "b"


def test_of_roads_that_are_as_quick_the_id_decides_whoever_asks_first():
    twins = {"population": (0, 1), "ends": ((0, 1), (0, 1)), "km": (10.0, 10.0)}
    ways = ways_of(world(**twins))
    slower = int(ways.day.hours[0] < ways.day.hours[2]) * 2
    one, _ = explored(ways, 2 - slower, place=1)
    two, _ = explored(ways, place=1)
    assert slower in one.resources
    assert 2 - slower in two.resources


def test_the_shortest_starts_at_the_nearest_hub():
    case = world(population=(0, 0, 0), km=(10.0, 30.0))
    hours, arriving = shortest(case.network, np.ones(4, bool), np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 2]))
    assert hours.tolist() == [0.0, 1.0, 0.0]
    assert arriving.tolist() == [-1, 0, -1]
    hours, arriving = shortest(case.network, np.zeros(4, bool), np.ones(4), np.array([2]))
    assert hours.tolist() == [np.inf, np.inf, 0.0]


def test_truck_hours_are_there_and_back():
    assert truck_hours_per_tonne(np.array([0.0, 3.0]), 6.0).tolist() == [0.0, 1.0]


def test_days_that_are_alike_share_their_ways():
    case = world(supply(1.0), ev.RoadCut(link="r2", start=START.replace(day=3), end=START.replace(day=3)))
    ground = Ground.of(case)
    days = supply_days(case, case.compile(), ground, np.full(2, 0.5))
    known = Known(ground)
    assert known.on(days[0]) is known.on(days[1])
    assert known.on(days[0]) is known.on(days[3])
    assert known.on(days[0]) is not known.on(days[2])
