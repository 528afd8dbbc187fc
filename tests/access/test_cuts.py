import networkx as nx
import numpy as np
import pytest

from displacement.access import access_status, isolating_cut, isolating_cuts
from displacement.errors import InputError
from displacement.events import Fire, Permission, RoadCut

FROM_REAR = {"id": "from_rear", "hubs": ("rear",), "transit": ("g",)}
PLACES = {"rear": ("g", 0, "outside hub"), "ring_a": ("g", 9), "ring_b": ("g", 9), "gate": ("g", 0), "town": ("g", 9)}
LINKS = {
    "ra": ("rear", "ring_a"),
    "rb": ("rear", "ring_b"),
    "ab": ("ring_a", "ring_b"),
    "bg": ("ring_b", "gate"),
    "gt": ("gate", "town"),
}


def test_the_roads_that_alone_take_every_way_in_nearest_first(case, day):
    scenario = case(PLACES, LINKS, operations=[FROM_REAR])
    cuts = isolating_cuts(scenario, day(0))
    assert cuts == {"rear": (), "ring_a": (), "ring_b": (), "gate": (), "town": ("gt", "bg")}
    assert isolating_cut(scenario, day(0))["town"] == "gt"
    assert isolating_cut(scenario, day(0))["ring_b"] == ""


def test_a_way_in_below_the_threshold_is_no_way_in(case, day):
    """Cutting rb leaves ring_b the way by ring_a, which has chance .04: rb isolates it."""
    scenario = case(PLACES, LINKS, operations=[FROM_REAR], events=[Permission(link="ab", aid=0.04, start=day(1))])
    assert isolating_cuts(scenario, day(0))["ring_b"] == ()
    assert isolating_cuts(scenario, day(1))["ring_b"] == ("rb",)


def test_a_place_already_cut_has_nothing_to_cut(case, day):
    scenario = case(PLACES, LINKS, operations=[FROM_REAR], events=[RoadCut(link="gt", start=day(1))])
    assert isolating_cuts(scenario, day(1))["town"] == ()


def test_a_second_operation_is_another_way_in(case, day):
    places = PLACES | {"port": ("g", 0, "hub")}
    links = LINKS | {"pt": ("port", "town")}
    port = {"id": "port", "hubs": ("port",), "transit": ("g",)}
    assert isolating_cuts(case(places, links, operations=[FROM_REAR]), day(0))["town"] == ("gt", "bg")
    assert isolating_cuts(case(places, links, operations=[FROM_REAR, port]), day(0))["town"] == ()
    assert isolating_cuts(case(places, links, operations=[]), day(0))["town"] == ()


def test_a_date_outside_the_period_is_an_error(case, day):
    with pytest.raises(InputError, match="25 Jan 2016 to 27 Jan 2016"):
        isolating_cuts(case(PLACES, LINKS, operations=[FROM_REAR]), day(3))


@pytest.mark.parametrize("seed", range(60))
def test_cuts_equal_trying_every_link(case, day, seed):
    """Brute force: cut each road in turn and ask whether the place's entry falls below .05."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))
    graph = nx.gnm_random_graph(n, int(rng.integers(n, 2 * n)), seed=seed)
    places = {f"p{i}": ("g", 9, "outside hub" if i == 0 else "") for i in range(n)}
    links = {f"l{a}{b}": (f"p{a}", f"p{b}") for a, b in graph.edges}
    fires = [Fire(link=link, level=int(rng.integers(0, 4)), start=day(0)) for link in links]
    scenario = case(places, links, operations=[{"id": "o", "hubs": ("p0",), "transit": ("g",)}], events=fires, days=1)
    before = access_status(scenario)["aid_entry"].values[0]
    expected = {place: set() for place in sorted(places)}
    for link in links:
        after = access_status(scenario.with_events(RoadCut(link=link, start=day(0))))["aid_entry"].values[0]
        for i, place in enumerate(sorted(places)):
            if before[i] >= 0.05 - 1e-12 and after[i] < 0.05 - 1e-12:
                expected[place].add(link)
    assert {place: set(found) for place, found in isolating_cuts(scenario, day(0)).items()} == expected
