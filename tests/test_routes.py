"""Routes: least-cost paths against networkx, what is worth a route, the days of a trip."""

import math

import networkx as nx
import numpy as np
import pytest

from displacement import events as ev
from displacement.conditions import RELATIONS
from displacement.movement.destination import opening_pull
from displacement.movement.setting import routes_for
from displacement.network import Network
from displacement.parameters import Parameters
from displacement.routes import (
    HOSTILE,
    NOBODY,
    OTHER,
    SAME,
    Gates,
    LinkStates,
    ShortestPaths,
    enumerate_routes,
    party_standing,
)
from tests.lively import START, links, places, scenario

P = Parameters()


def random_states(seed):
    """A random network of up to 14 places and one state of its links: times, chances and fire, all distinct."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 15))
    m = int(rng.integers(0, 3 * n))
    ends = [tuple(rng.choice(n, 2, replace=False)) for _ in range(m)]  # parallel links among them
    kind = tuple(str(k) for k in rng.choice(["road", "crossing"], m, p=[0.9, 0.1]))
    network = Network(
        places=places([f"p{i:02d}" for i in range(n)], ["town"] * n, population=rng.integers(0, 50_000, n)),
        links=links([f"l{i:02d}" for i in range(m)], ends, rng.uniform(1, 60, m), kind=kind),
    )
    permission = np.repeat(rng.choice([0.0, 0.3, 1.0, 1.0], (1, m)), 2, axis=1) * rng.choice(
        [0.0, 1.0, 1.0], (1, 2 * m)
    )
    permission[:, np.repeat(network.links.crossing, 2)] = 0.0
    states = LinkStates(
        day_state=np.zeros(1, np.int64),
        permission=permission,
        hours=np.repeat(rng.uniform(0.1, 4.0, (1, m)), 2, axis=1),
        risk=np.repeat(rng.integers(0, 5, (1, m)) / 4.0, 2, axis=1),
        control=np.zeros((1, n), np.int64),
        relation=np.full((1, 1, 1), RELATIONS.index("same")),
        corridor_end=np.zeros((1, n), bool),
    )
    return network, states


def as_graph(network, states):
    """The open arcs as a networkx graph with what the path cost is made of."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(network.places)))
    for arc, (a, b) in enumerate(zip(network.arc_origin, network.arc_destination, strict=True)):
        chance, hours, risk = states.permission[0, arc], states.hours[0, arc], states.risk[0, arc]
        if chance > 0:
            cost = hours + 6.0 * -math.log(chance) + 4.0 * risk
            graph.add_edge(int(a), int(b), key=arc, cost=cost, hours=hours)
    return graph


def test_the_time_over_a_crossing_counts_in_the_choice_as_far_as_its_share_says():
    network, states = random_states(3)
    gates = Gates.of(network, "AA")
    pull = opening_pull(network, gates, P)

    def costs(share):
        given = Parameters(routes_per_origin=64, horizon=2000, crossing_share=share)
        routes = enumerate_routes(network, states, gates, pull, given)
        return {(o, d): cost for o, d, cost in zip(routes.origin, routes.option, routes.cost[0], strict=True)}

    free, half = costs(0.0), costs(0.5)
    assert free.keys() == half.keys()
    for (origin, option), cost in half.items():
        gate = option - len(network.places)
        over = states.hours[0, gates.arc[gate]] if gate >= 0 else 0.0
        assert cost == pytest.approx(free[origin, option] + 0.5 * over)


def compare_with_networkx(seed):
    network, states = random_states(seed)
    graph = as_graph(network, states)
    tree = ShortestPaths.of(network, states, 0, P)
    gates = Gates.of(network, "AA")
    routes = enumerate_routes(
        network, states, gates, opening_pull(network, gates, P), Parameters(routes_per_origin=64, horizon=2000)
    )
    paths = {
        (o, d): routes.arcs[i][routes.arcs[i] != NOBODY].tolist()
        for i, (o, d) in enumerate(zip(routes.origin, routes.option, strict=True))
    }
    for origin in graph:
        cost, nodes = nx.single_source_dijkstra(graph, origin, weight="cost")
        for place in graph:
            if place not in cost:
                assert math.isinf(tree.cost[origin, place])
                assert math.isinf(tree.hours[origin, place])
                assert (origin, place) not in paths
                continue
            assert tree.cost[origin, place] == pytest.approx(cost[place], rel=1e-12)
            steps = list(zip(nodes[place], nodes[place][1:], strict=False))
            best = [min(graph[a][b], key=lambda arc, a=a, b=b: graph[a][b][arc]["cost"]) for a, b in steps]
            assert tree.hours[origin, place] == pytest.approx(sum(states.hours[0, best]), rel=1e-12)
            assert list(tree.path(origin, place, 12.0)[0]) == best
            if place != origin:
                assert paths[origin, place] == best


@pytest.mark.parametrize("seed", range(50))
def test_least_cost_paths_are_those_of_networkx(seed):
    compare_with_networkx(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50, 550))
def test_least_cost_paths_are_those_of_networkx_on_500_graphs(seed):
    compare_with_networkx(seed)


def row(km, speed=30.0, kinds=None, **about):
    """Places in a row, so many km apart, all blue."""
    n = len(km) + 1
    kinds = kinds or ["town"] * n
    table = places("abcdefgh"[:n], kinds, party=("blue",) * n, **about)
    roads = links([f"l{i}" for i in range(n - 1)], [(i, i + 1) for i in range(n - 1)], km, speed_kmh=[speed] * (n - 1))
    return table, roads


def routes_of(case):
    return routes_for(case.network, case.compile(), case.country, case.parameters)


def test_the_days_of_a_trip():
    """30 km at 30 km/h and two checkpoints: 1.5 h each. With 2 h on the road a day: entered at 0, 1.5 and 3 h."""
    table, roads = row([30.0, 30.0, 30.0])
    found = routes_of(scenario(table, roads, parameters={"travel_day": 2.0}))
    far = next(i for i in range(len(found)) if (found.origin[i], found.option[i]) == (0, 3))
    assert found.stage_of[far].tolist() == [0, 0, 1]
    assert found.stages[far] == 3
    assert found.hours[0, far] == pytest.approx(4.5)
    assert found.position[far].tolist() == [2, 4]  # arcs l1 and l2 forward


def test_a_trip_of_exactly_a_day_arrives_the_same_day():
    table, roads = row([30.0, 30.0])
    found = routes_of(scenario(table, roads, parameters={"travel_day": 1.5}))
    days = {(int(o), int(d)): int(s) for o, d, s in zip(found.origin, found.option, found.stages, strict=True)}
    assert days[0, 1] == 1
    assert days[0, 2] == 2


def test_the_horizon_is_in_hours_and_counts():
    table, roads = row([30.0, 30.0])
    assert {(0, 1), (0, 2)} <= pairs(routes_of(scenario(table, roads, parameters={"horizon": 3.0})))
    near = pairs(routes_of(scenario(table, roads, parameters={"horizon": 2.9})))
    assert (0, 1) in near
    assert (0, 2) not in near


def test_the_horizon_does_not_count_what_refusal_and_fire_are_worth():
    """1.5 h on the road; a chance of 1 in 100 is worth 27.6 h more, and they may still try."""
    table, roads = row([30.0])
    events = ev.Permission(link="l0", civilians=0.01, start=START), ev.Fire(link="l0", level=1, start=START)
    found = routes_of(scenario(table, roads, *events, parameters={"horizon": 1.5}))
    assert (0, 1) in pairs(found)
    assert found.cost.max() > 27


def pairs(routes):
    return {(int(o), int(d)) for o, d in zip(routes.origin, routes.option, strict=True)}


def test_towns_camps_and_gates_come_before_any_village():
    """With two routes from a: the village next door is left out for the camp and the large town far away."""
    kinds = ["town", "village", "camp", "town"]
    table, roads = row([1.0, 40.0, 40.0], kinds=kinds, population=[10.0, 9e5, 10.0, 25_000.0])
    found = routes_of(scenario(table, roads, parameters={"routes_per_origin": 2}))
    assert {d for o, d in pairs(found) if o == 0} == {2, 3}


def test_the_nearer_of_equals_is_kept():
    table, roads = row([10.0, 10.0, 10.0])
    found = routes_of(scenario(table, roads, parameters={"routes_per_origin": 1}))
    assert {(0, 1), (3, 2)} <= pairs(found)


def test_equal_options_are_kept_by_id():
    """Two crossings at one border post: of one route, the first by id."""
    table = places(
        "abcd", ["town", "border_post", "town", "town"], country=("AA", "AA", "BB", "BB"), party=("blue",) * 4
    )
    roads = links(["road", "y", "x"], [(0, 1), (1, 2), (1, 3)], [5.0, 1.0, 1.0], kind=("road", "crossing", "crossing"))
    case = scenario(table, roads, parameters={"routes_per_origin": 1})
    found, gates = routes_of(case), Gates.of(case.network, "AA")
    chosen = int(found.option[found.origin == 0][0]) - 4
    assert case.network.links.id[gates.arc[chosen] // 2] == "x"
    assert gates.near[chosen] == 1


def test_the_gate_at_ones_own_place_is_a_route_without_links():
    table = places("ab", ["town", "town"], country=("AA", "BB"), party=("blue",) * 2)
    found = routes_of(scenario(table, links(["x"], [(0, 1)], [1.0], kind=("crossing",))))
    assert pairs(found) >= {(0, 2)}
    assert (found.arcs == NOBODY).all()
    assert (found.stages == 1).all()


def test_a_state_is_enumerated_once_and_remembered_by_day():
    table, roads = row([10.0, 10.0])
    found = routes_of(
        scenario(table, roads, ev.RoadCut(link="l1", start=START.replace(day=3), end=START.replace(day=4)), days=6)
    )
    assert len(found.hours) == 2
    assert found.state.tolist() == [
        found.state[0],
        found.state[0],
        found.state[2],
        found.state[2],
        found.state[0],
        found.state[0],
    ]
    assert found.state[0] != found.state[2]
    cut = found.state[2]
    assert not found.usable[cut, (found.origin == 0) & (found.option == 2)].any()


def test_halts():
    """Of a row of three links entered on days 0, 1 and 2: where who is under way stops when a link is cut."""
    table, roads = row(
        [30.0, 30.0, 30.0], kinds=["town", "junction", "junction", "town"], population=[5.0, np.nan, np.nan, 5.0]
    )
    cuts = [ev.RoadCut(link=f"l{i}", start=START.replace(day=2 + i), end=START.replace(day=2 + i)) for i in range(3)]
    found = routes_of(scenario(table, roads, *cuts, days=5, parameters={"travel_day": 1.5}))
    way = next(i for i in range(len(found)) if (found.origin[i], found.option[i]) == (0, 3))
    assert found.stage_of[way].tolist() == [0, 1, 2]
    states = {f"l{i}": found.state[1 + i] for i in range(3)}
    # after a day on l0: l0 cut, back to a; a link ahead cut, on to b. After two, on l1: l1 cut, back to b; l2 cut, on to c
    assert found.halt[states["l0"], way].tolist() == [0, NOBODY]
    assert found.halt[states["l1"], way].tolist() == [1, 1]
    assert found.halt[states["l2"], way].tolist() == [1, 2]
    assert (found.halt[found.state[0]] == NOBODY).all()


def test_party_standing():
    relation = np.array([[4, 0, 2], [0, 4, 2], [2, 2, 4]])

    def stands(a, b):
        return int(party_standing(np.array(a), np.array(b), relation))

    assert stands(0, 0) == SAME
    assert stands(0, 1) == HOSTILE
    assert stands(0, 2) == OTHER
    assert stands(0, -1) == stands(-1, 0) == stands(-1, -1) == OTHER
