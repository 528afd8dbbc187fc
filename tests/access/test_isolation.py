"""Single and double cuts found by pruning equal those found by trying every pair."""

import itertools

import networkx as nx
import numpy as np
import pytest

from displacement.access import Thresholds
from displacement.access.aid import people_at_opening, ways_by
from displacement.access.isolation import chance_after, isolation, scopes, usable, without
from displacement.conditions import RELATIONS
from displacement.events import Fire
from displacement.mandates import AID, days_of, mandates, open_arcs, open_hubs
from tests.access.days import random_day

RULE = Thresholds()
GRAPHS = 500


def day_of(scenario, t=0):
    """The worst day, and the operations."""
    operations = mandates(scenario.operations, scenario.network, scenario.world.party_index)
    return days_of(scenario.compile().isel(time=[t]), "low")[0], operations


def random_scenario(case, day, seed, n=None):
    """Two operations from two hubs on a random network, some of it under fire, of two parties, with parallel roads."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(3, 8))
    graph = nx.gnm_random_graph(n, int(rng.integers(n, 2 * n + 1)), seed=seed)
    place = {i: f"p{i}" for i in range(n)}
    words = {0: "outside hub", 1: "hub"}
    places = {
        place[i]: ("gs"[int(rng.random() < 0.2)], int(rng.choice([0, 9, 50])), words.get(i, "")) for i in range(n)
    }
    links = {f"l{a}{b}": (place[a], place[b]) for a, b in graph.edges}
    if links and rng.random() < 0.5:  # a second road beside one that is there
        links["twin"] = links[sorted(links)[int(rng.integers(len(links)))]]
    fires = [Fire(link=link, level=int(rng.integers(0, 4)), start=day(0)) for link in links]
    operations = [
        {"id": "one", "hubs": ("p0",), "transit": ("g",), "deliver": ("s",), "any_line": True},
        {"id": "two", "hubs": ("p1",), "transit": ("g", "s"), "deliver_places": ("p2",)},
    ]
    relation = RELATIONS[int(rng.integers(len(RELATIONS)))]
    return case(places, links, operations=operations, relations=[("g", "s", relation)], events=fires, days=1)


def brute(scenario):
    """Sets of places isolated, by every link and every pair of links, from paths computed anew for each."""
    network, (today, operations) = scenario.network, day_of(scenario)

    def reached(links):
        cut = without(today, links)
        best = np.max([ways_by(network, o, cut, RULE.usable_aid)[2] for o in operations], axis=0)
        return usable(best, RULE) & (people_at_opening(network) > 0)

    whole = reached(())
    links = range(len(network.links))
    single = {(k,): whole & ~reached((k,)) for k in links}
    pair = {ab: whole & ~reached(ab) for ab in itertools.combinations(links, 2)}
    return whole, single, pair


@pytest.mark.parametrize("seed", range(60))
def test_cuts_of_one_and_two_equal_trying_all(case, day, seed):
    scenario = random_scenario(case, day, seed)
    whole, single, pair = brute(scenario)
    found = isolation(scenario.network, day_of(scenario)[1], day_of(scenario)[0], RULE)
    assert (found.reached == whole).all()
    assert {k: v.tolist() for k, v in found.single.items() if v.any()} == {
        k: v.tolist() for (k,), v in single.items() if v.any()
    }
    more = {(a, b): lost.tolist() for (a, b), lost in pair.items() if (lost & ~single[a,] & ~single[b,]).any()}
    assert {k: v.tolist() for k, v in found.pair.items()} == more


def reached_by_networkx(net, operations, day, cut):
    """(place,) has it a way of chance .05 or more, with links cut, by networkx's Dijkstra for each operation?"""
    best = np.zeros(len(net.places))
    for operation in operations:
        g = nx.DiGraph()
        g.add_nodes_from(range(len(net.places)))
        for arc in np.flatnonzero(open_arcs(net, operation, day, RULE.usable_aid)):
            ends, cost = (int(net.arc_origin[arc]), int(net.arc_destination[arc])), -np.log(day.permission[arc, AID])
            if arc // 2 not in cut and cost < g.get_edge_data(*ends, {"cost": np.inf})["cost"]:
                g.add_edge(*ends, cost=cost)
        hubs = set(open_hubs(operation, day).tolist())
        found = nx.multi_source_dijkstra_path_length(g, hubs, weight="cost") if hubs else {}
        for place, cost in found.items():
            best[place] = max(best[place], np.exp(-cost) if operation.serves[place] else 0.0)
    return usable(best, RULE) & (people_at_opening(net) > 0)


@pytest.mark.parametrize("start", range(0, GRAPHS, 50))
def test_cuts_of_one_and_two_equal_networkx_on_random_graphs(start):
    some = 0
    for seed in range(start, start + 50):
        _, net, operations, day = random_day(seed)
        found = isolation(net, operations, day, RULE)
        whole = reached_by_networkx(net, operations, day, ())
        assert (found.reached == whole).all(), seed
        links, nobody = range(len(net.links)), np.zeros(len(net.places), bool)
        lost = {k: whole & ~reached_by_networkx(net, operations, day, (k,)) for k in links}
        assert all((found.single.get(k, nobody) == lost[k]).all() for k in links), seed
        for a, b in itertools.combinations(links, 2):
            both = whole & ~reached_by_networkx(net, operations, day, (a, b))
            expected = both if (both & ~lost[a] & ~lost[b]).any() else nobody
            assert (found.pair.get((a, b), nobody) == expected).all(), (seed, a, b)
            some += expected.any()
    assert some


@pytest.mark.parametrize("seed", range(40))
def test_many_cuts_side_by_side_equal_one_at_a_time(case, day, seed):
    scenario = random_scenario(case, day, 1_000 + seed)
    network, (today, operations) = scenario.network, day_of(scenario)
    cuts = [(0, 0), (0, len(network.links) - 1), (1, 2)]
    for scope, operation in zip(scopes(network, operations, today, RULE), operations, strict=True):
        found = chance_after(network, scope, np.array(cuts))
        for row, links in zip(found, cuts, strict=True):
            expected = ways_by(network, operation, without(today, links), RULE.usable_aid)[2]
            np.testing.assert_allclose(row, expected, atol=1e-12)


def test_no_operation_no_cut(case, day):
    scenario = case({"a": ("g", 9)}, {}, days=1)
    found = isolation(scenario.network, *day_of(scenario)[::-1], RULE)
    assert not found.reached.any()
    assert (found.single, found.pair) == ({}, {})
