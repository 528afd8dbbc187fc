"""Where people go: the pull of options, in numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.movement import destination
from displacement.network import Network
from displacement.parameters import Parameters
from displacement.routes import Gates, gravity_kernel, path_cost
from tests.lively import links, places

P = Parameters()


def test_size_counts_from_a_thousand_people():
    """(1,000 / 20,000)^.4 = .3017; a city of 640,000 pulls 32^.4 = 4."""
    np.testing.assert_allclose(
        destination.size_pull(np.array([0.0, 1000.0, 20_000.0, 640_000.0]), 0.4, 20_000.0),
        [0.3017, 0.3017, 1, 4],
        atol=1e-4,
    )


def test_safety_falls_with_danger_and_danger_above_one_is_one():
    np.testing.assert_allclose(destination.safety(np.array([0.0, 0.2, 1.0, 1.7]), 3.0), [1, 0.512, 0, 0])


def test_headroom_halves_at_the_planned_capacity():
    """At twice the capacity 1 / (1 + 4) = .2. A capacity of 0 is one person, not a division by nothing."""
    found = destination.headroom(np.array([100.0, 200.0, 5.0, 9.0]), np.array([100.0, 100.0, np.nan, 0.0]))
    np.testing.assert_allclose(found, [0.5, 0.2, 1.0, 1 / 82])


def test_the_queue_at_a_crossing_lowers_its_pull_and_hope_keeps_a_shut_one():
    """900 people at 100 a day are nine days: with a patience of three, 1 / (1 + 3)."""
    waiting, capacity = np.array([[900.0, 900.0, 900.0]]), np.array([[100.0, np.inf, 0.0]])
    np.testing.assert_allclose(destination.crossing_pull(waiting, capacity, 0.6, 3.0), [[0.25, 1.0, 0.6]])


def test_kinds():
    """Nobody settles at a junction, a front-line post or a border post; a gate back into the country pulls nobody."""
    kinds = ["village", "town", "region", "camp", "border_post", "junction", "front_post", "town"]
    table = places("abcdefgh", kinds, country=("AA",) * 7 + ("BB",))
    network = Network(places=table, links=links(["x"], [(4, 7)], [1.0], kind=("crossing",)))
    gates = Gates.of(network, "AA")
    assert destination.kind_weight(network, gates, P).tolist() == [[0.3, 1, 1, 2, 0, 0, 0, 1, 2, 0]]
    backward = Network(places=table, links=links(["x"], [(7, 4)], [1.0], kind=("crossing",), directed=[True]))
    assert destination.kind_weight(backward, Gates.of(backward, "AA"), P)[0, -2:].tolist() == [0, 0]


def test_a_gate_on_from_abroad_may_be_taken():
    table = places("ab", ["town"] * 2, country=("BB", "CC"))
    network = Network(places=table, links=links(["x"], [(0, 1)], [1.0], kind=("crossing",)))
    assert Gates.of(network, "AA").leaves.tolist() == [True, True]


def test_what_comes_before_any_village():
    table = places(
        "abcde", ["village", "town", "town", "camp", "region"], population=[90_000, 20_000, 19_999, 10, 50_000]
    )
    pull = destination.opening_pull(
        Network(places=table, links=links([], [], [])),
        Gates.of(Network(places=table, links=links([], [], [])), "AA"),
        P,
    )
    assert pull.first.tolist() == [False, True, False, True, True]


def test_cost_prices_refusal_and_fire():
    """2 h, permission e^-.5 at 6 h per unit: 3 h; two links under half the worst fire at 4 h: 4 h."""
    assert path_cost(np.array(2.0), np.array(np.exp(-0.5)), np.array(1.0), P).item() == pytest.approx(9.0)


def test_the_kernels():
    """(1 + 2)^-2 = 1/9 for one member, (1 + 2)^-1 for the other; e^(-2 x 3 / 2) = e^-3."""
    two = Parameters(power=np.array([2.0, 1.0]))
    np.testing.assert_allclose(destination.gravity(np.array([[2.0, 0.0]]), two)[:, 0], [[1 / 9, 1], [1 / 3, 1]])
    np.testing.assert_allclose(destination.logit(np.array([3.0]), P), [[np.exp(-3)]])


@pytest.mark.parametrize("choice", sorted(destination.CHOICES))
@given(st.lists(st.floats(0, 500), min_size=2, max_size=6))
def test_a_farther_option_never_pulls_more(choice, costs):
    near = destination.CHOICES[choice](np.sort(np.array(costs)), P)
    assert (np.diff(near) <= 0).all()
    assert (near >= 0).all()


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_shares_sum_to_one_or_to_nothing(pulls):
    share = destination.choice_share(np.array([pulls]))
    total = share.sum()
    assert total == pytest.approx(1) if sum(pulls) > 0 else total == 0


def test_the_kernel_is_flat_for_power_zero():
    assert gravity_kernel(np.array([0.0, 900.0]), 1.0, 0.0).tolist() == [1, 1]


def test_slots_that_hold_no_route_are_empty():
    assert destination.at_slots(np.array([5.0, 7.0]), np.array([[1, -1], [-1, 0]]), np.inf).tolist() == [
        [7, np.inf],
        [np.inf, 5],
    ]
    assert destination.at_slots(np.array([], int), np.array([[-1]]), 0).tolist() == [[0]]
