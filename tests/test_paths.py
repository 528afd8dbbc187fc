"""Reliability, hours, flows, separate routes and pockets equal networkx's on random graphs."""

import networkx as nx
import numpy as np
import pytest

from displacement.access.pockets import exit_chance, pockets
from displacement.mandates import Day
from displacement.paths import (
    best_paths,
    last_crossings,
    least_hours,
    separate_routes,
    truck_flow,
)
from tests.access.conftest import network

GRAPHS = 500


@pytest.fixture(scope="session", name="graph")
def graph_of():
    """A network from a few words."""
    return network


def random_case(graph, seed):
    """A random network with parallel and one-way roads, and for each arc: taken, chance, hours, quota."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    places = {f"p{i}": ("a", 100) for i in range(n)}
    links = {}
    for k in range(int(rng.integers(1, 3 * n))):
        a, b = rng.choice(n, 2, replace=False)
        links[f"l{k:02d}"] = (f"p{a}", f"p{b}")
    net = graph(places, links)
    arcs = 2 * len(links)
    return {
        "net": net,
        "taken": rng.random(arcs) < 0.6,
        "chance": rng.choice([1.0, 0.9, 0.5, 0.3, 0.05], arcs),
        "hours": rng.choice([0.5, 1.0, 3.0], arcs),
        "quota": rng.choice([0.0, 0.25, 1.0, 2.5, 10.0, np.inf], arcs),
        "hubs": np.sort(rng.choice(n, int(rng.integers(1, min(n, 3) + 1)), replace=False)),
    }


def twin(case, **attributes):
    """The taken arcs as a networkx multigraph; node "hub" feeds every hub."""
    net = case["net"]
    g = nx.MultiDiGraph()
    g.add_nodes_from(range(len(net.places)))
    for arc in np.flatnonzero(case["taken"]):
        values = {name: float(values[arc]) for name, values in attributes.items()}
        g.add_edge(int(net.arc_origin[arc]), int(net.arc_destination[arc]), **values)
    return g


def summed(g, name, hubs):
    """A digraph in which parallel arcs add up, with a feeding node; what is infinite has no capacity in networkx."""
    flat = nx.DiGraph()
    flat.add_nodes_from(g)
    for u, v, d in g.edges(data=True):
        before = flat.edges[u, v]["capacity"] if flat.has_edge(u, v) else 0.0
        flat.add_edge(u, v, capacity=before + min(d[name], 1e6))
    for hub in hubs:
        flat.add_edge("hub", int(hub), capacity=1e7)
    return flat


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_paths_and_flows_equal_networkx(graph, seed):
    case = random_case(graph, seed)
    net, taken, hubs = case["net"], case["taken"], case["hubs"]
    n, enough = len(net.places), 7.5
    g = twin(case, cost=-np.log(case["chance"]), hours=case["hours"], quota=case["quota"], one=np.ones(len(taken)))
    sources = {int(h) for h in hubs}
    cost = nx.multi_source_dijkstra_path_length(g, sources, weight="cost")
    hours = nx.multi_source_dijkstra_path_length(g, sources, weight="hours")
    paths = best_paths(net, taken, case["chance"], case["hours"], hubs)
    np.testing.assert_allclose(paths.chance, [np.exp(-cost[i]) if i in cost else 0.0 for i in range(n)], rtol=1e-9)
    found = least_hours(net, taken, case["hours"], hubs)
    np.testing.assert_allclose(found, [hours.get(i, np.inf) for i in range(n)])
    routes = separate_routes(net, taken, hubs, np.arange(n))
    for i in range(n):
        arcs = paths.to(i)
        assert np.prod(case["chance"][arcs]) == pytest.approx(paths.chance[i] or 1.0)
        if i in sources:
            assert (routes[i], truck_flow(net, taken, case["quota"], hubs, i, enough)) == (1, enough)
            continue
        expected = nx.maximum_flow_value(summed(g, "one", hubs), "hub", i)
        assert routes[i] == expected
        flow = nx.maximum_flow_value(summed(g, "quota", hubs), "hub", i)
        assert truck_flow(net, taken, case["quota"], hubs, i, enough) == pytest.approx(min(flow, enough), abs=1e-9)


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_pockets_equal_networkx_components(graph, seed):
    rng = np.random.default_rng(seed)
    case = random_case(graph, seed)
    net = case["net"]
    arcs = len(case["chance"])
    today = Day(
        control=rng.integers(0, 2, len(net.places)),
        permission=rng.choice([0.0, 0.05, 0.06, 1.0], (arcs, 4)),
        quota=np.full(arcs, np.inf),
        hours=np.ones(arcs),
        best=False,
    )
    g = nx.Graph()
    g.add_nodes_from(range(len(net.places)))
    for k, (a, b) in enumerate(zip(net.links.origin.tolist(), net.links.destination.tolist(), strict=True)):
        if today.control[a] == today.control[b] and today.permission[[2 * k, 2 * k + 1], 0].min() > 0.05:
            g.add_edge(a, b)
    found = pockets(net, today, 0.05)
    assert {frozenset(np.flatnonzero(found == k).tolist()) for k in set(found.tolist())} == {
        frozenset(c) for c in nx.connected_components(g)
    }


def test_of_two_paths_of_equal_chance_the_quicker_is_named(graph):
    net = graph({"a": ("x", 0), "b": ("x", 0), "c": ("x", 0)}, {"ab": ("a", "b"), "ac": ("a", "c"), "cb": ("c", "b")})
    taken, hours = np.ones(6, bool), np.array([9.0, 9.0, 1.0, 1.0, 1.0, 1.0])
    paths = best_paths(net, taken, np.ones(6), hours, np.array([0]))
    assert [net.links.id[arc // 2] for arc in paths.to(1)] == ["ac", "cb"]


def test_the_least_capacity_along_a_path(graph):
    net = graph({"a": ("x", 0), "b": ("x", 0), "c": ("x", 0), "d": ("x", 0)}, {"ab": ("a", "b"), "bc": ("b", "c")})
    paths = best_paths(net, np.ones(4, bool), np.full(4, 0.5), np.ones(4), np.array([0]))
    assert paths.least(np.array([7.0, 1.0, 3.0, 1.0])).tolist() == [np.inf, 7.0, 3.0, 0.0]
    assert paths.chance.tolist() == [1.0, 0.5, 0.25, 0.0]


def test_a_product_is_exact_where_a_threshold_is_met(graph):
    net = graph({"a": ("x", 0), "b": ("x", 0)}, {"ab": ("a", "b")})
    paths = best_paths(net, np.ones(2, bool), np.full(2, 0.75), np.ones(2), np.array([0]))
    assert paths.chance[1] == 0.75


def test_a_crossing_counts_only_as_the_last_one_on_the_way(graph):
    """Abroad - two crossings - one country: each can be the last; nobody comes in by going out through the other."""
    net = graph(
        {"abroad": ("t", 0, "outside hub"), "east": ("x", 9), "west": ("x", 9), "mid": ("x", 9)},
        {"e": ("abroad", "east", "crossing"), "w": ("abroad", "west", "crossing"), "em": ("east", "mid")},
    )
    found = last_crossings(net, np.ones(6, bool), np.array([net.places.index("abroad")]))
    by = {place: [net.links.id[k] for k in np.flatnonzero(found[:, i])] for place, i in net.places.position.items()}
    assert by == {"abroad": [], "east": ["e"], "mid": ["e"], "west": ["w"]}


def test_way_out_by_another_pocket_of_the_party_multiplies(graph):
    """town -(.04, own)- village -(.5, other party)- other: .04 x .5; the village itself .5."""
    net = graph(
        {"other": ("y", 9), "town": ("x", 9), "village": ("x", 9)},
        {"tv": ("town", "village"), "vo": ("village", "other")},
    )
    permission = np.zeros((4, 4))
    permission[0] = 0.04
    permission[2] = 0.5
    today = Day(control=np.array([1, 0, 0]), permission=permission, quota=np.ones(4), hours=np.ones(4), best=False)
    pocket = pockets(net, today, 0.05)
    shut_in = np.array([False, True, True])
    assert exit_chance(net, today, pocket, shut_in, 0).tolist() == [1.0, pytest.approx(0.02), 0.5]
