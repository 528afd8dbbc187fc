"""Tonnes that operations can deliver together: by hand, and equal to networkx's maximum flow where there is one."""

import networkx as nx
import numpy as np
import pytest

from displacement.access import Thresholds
from displacement.access.isolation import Scope
from displacement.access.pipes import pipes

RULE = Thresholds()


def scope_of(net, hubs, taken=None, permission=None, serves=None):
    arcs = 2 * len(net.links)
    return Scope(
        taken=np.ones(arcs, bool) if taken is None else taken,
        permission=np.ones(arcs) if permission is None else permission,
        hubs=np.array([net.places.index(h) for h in hubs]),
        serves=np.ones(len(net.places), bool) if serves is None else serves,
    )


def delivered(net, scopes, trucks, need, cut=(), reached=None):
    every = np.ones(len(net.places), bool) if reached is None else reached
    made = pipes(net, scopes, trucks=np.asarray(trucks, float), truck_load=20.0, need=np.asarray(need, float),
                 reached=np.ones(len(net.places), bool), thresholds=RULE)  # fmt: skip
    links = [net.links.position[k] for k in cut]
    total, carried = made.delivered(links, every)
    assert made.most(links, every) == pytest.approx(total, abs=1e-6)  # told from the narrow roads alone
    return total, carried


@pytest.fixture
def fork(graph):
    """hub -ab- b -bc- c, and a second hub d -dc- c. Places a to d."""
    return graph(
        {"a": ("x", 0), "b": ("x", 9), "c": ("x", 9), "d": ("x", 0)},
        {"ab": ("a", "b"), "bc": ("b", "c"), "dc": ("d", "c")},
    )


def test_needs_and_trucks_limit_what_is_delivered(fork):
    """One truck, 20 t, a day on ab: b needs 15 t and c 30 t."""
    total, carried = delivered(fork, [scope_of(fork, "a")], [1, 0, 9, 9, 9, 9], [0, 15, 30, 0])
    assert total == pytest.approx(20.0)
    assert carried[0] == pytest.approx(20.0)


def test_two_operations_share_a_need(fork):
    """c needs 30 t: 20 by d's one truck, what is left by a; nothing is delivered twice."""
    total, _ = delivered(fork, [scope_of(fork, "a"), scope_of(fork, "d")], [9, 9, 9, 9, 1, 1], [0, 15, 30, 0])
    assert total == pytest.approx(45.0)


def test_two_operations_share_the_trucks_of_a_road(fork):
    """Both start at a and take ab, one truck a day: one serves b alone, one c alone; together 20 t, not 40."""
    only = [np.arange(4) == i for i in (1, 2)]
    both = [scope_of(fork, "a", serves=serves) for serves in only]
    total, _ = delivered(fork, both, [1, 1, 9, 9, 9, 9], [0, 20, 20, 0])
    assert total == pytest.approx(20.0)


def test_what_one_operation_may_not_take_another_does_not_lend_it(fork):
    """d's operation may not go on from c to b, though a's may use the road."""
    taken = np.ones(6, bool)
    taken[[2, 3]] = False
    total, _ = delivered(fork, [scope_of(fork, "d", taken=taken)], [9] * 6, [0, 15, 30, 0])
    assert total == pytest.approx(30.0)


def test_a_cut_takes_both_ways_of_a_road_and_the_unreached_get_nothing(fork):
    scopes = [scope_of(fork, "a")]
    assert delivered(fork, scopes, [9] * 6, [0, 15, 30, 0], cut=["bc"])[0] == pytest.approx(15.0)
    reached = np.array([True, True, False, True])
    assert delivered(fork, scopes, [9] * 6, [0, 15, 30, 0], reached=reached)[0] == pytest.approx(15.0)


def test_permission_opens_a_road_or_not_and_never_thins_the_flow(fork):
    low, high = (scope_of(fork, "a", permission=np.full(6, p)) for p in (0.049, 0.05))
    assert delivered(fork, [low], [9] * 6, [0, 15, 30, 0])[0] == 0.0
    assert delivered(fork, [high], [9] * 6, [0, 15, 30, 0])[0] == pytest.approx(45.0)


@pytest.mark.parametrize("seed", range(100))
def test_one_operation_equals_a_maximum_flow_of_networkx(graph, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    links = {}
    for k in range(int(rng.integers(1, 3 * n))):
        a, b = rng.choice(n, 2, replace=False)
        links[f"l{k:02d}"] = (f"p{a}", f"p{b}")
    net = graph({f"p{i}": ("x", 9) for i in range(n)}, links)
    trucks = rng.choice([0.0, 0.25, 1.0, 2.5, np.inf], 2 * len(links))
    taken, need = rng.random(2 * len(links)) < 0.7, rng.choice([0.0, 5.0, 33.0], n)
    scope = scope_of(net, ["p0", "p1"], taken=taken)
    g = nx.DiGraph()
    g.add_nodes_from([*range(n), "from", "to"])
    for arc in np.flatnonzero(taken):
        u, v = int(net.arc_origin[arc]), int(net.arc_destination[arc])
        before = g.edges[u, v]["capacity"] if g.has_edge(u, v) else 0.0
        g.add_edge(u, v, capacity=before + min(20.0 * trucks[arc], 1e6))
    for i in range(n):
        g.add_edge(i, "to", capacity=float(need[i]))
    for hub in (0, 1):
        g.add_edge("from", hub, capacity=1e6)
    total, carried = delivered(net, [scope], trucks, need)
    assert total == pytest.approx(nx.maximum_flow_value(g, "from", "to"), abs=1e-6)
    for k in np.flatnonzero(carried <= 0)[:2]:  # an idle road can be cut
        assert delivered(net, [scope], trucks, need, cut=[net.links.id[k]])[0] == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("seed", range(50))
def test_the_narrow_roads_tell_the_same_for_several_operations_and_any_cut(graph, seed):
    """Three operations that share roads and needs, with every single cut and some pairs; some people out of reach."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    links = {}
    for k in range(int(rng.integers(n, 3 * n))):
        a, b = rng.choice(n, 2, replace=False)
        links[f"l{k:02d}"] = (f"p{a}", f"p{b}")
    net = graph({f"p{i}": ("x", 9) for i in range(n)}, links)
    arcs, places = 2 * len(links), list(net.places.id)
    trucks = rng.choice([0.0, 0.25, 1.0, 2.5, np.inf], arcs, p=[0.05, 0.15, 0.2, 0.1, 0.5])
    scopes = [
        scope_of(net, rng.choice(places, 2), taken=rng.random(arcs) < 0.7, serves=rng.random(n) < 0.7) for _ in range(3)
    ]
    need, reached = rng.choice([0.0, 5.0, 33.0], n), rng.random(n) < 0.9
    made = pipes(net, scopes, trucks=trucks, truck_load=20.0, need=need, reached=np.ones(n, bool), thresholds=RULE)
    for cut in [(), *((k,) for k in range(len(links))), *map(tuple, rng.integers(0, len(links), (20, 2)))]:
        assert made.most(cut, reached) == pytest.approx(made.delivered(cut, reached)[0], abs=1e-6), cut
