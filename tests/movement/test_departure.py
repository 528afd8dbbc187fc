"""Who wishes to leave: rates and what is felt of fighting near, in numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.movement.departure import (
    Neighbours,
    capture_rate,
    departure_probability,
    felt_danger,
    fighting_rate,
    rate_of_share,
)
from displacement.network import Network
from tests.lively import links, places

EVERYBODY = np.ones(9, bool)


def test_a_rate_is_no_probability():
    """At .5 a day 1 - e^-.5 = .3935 leave in a day, 1 - e^-1 = .6321 in two; a rate of 3 is not 3."""
    found = departure_probability(np.array([0.5, 3.0, 0.0]))
    np.testing.assert_allclose(found, [0.393469, 0.950213, 0.0], atol=1e-6)
    assert departure_probability(np.array(0.5), 2.0) == pytest.approx(0.632121, abs=1e-6)


@given(st.floats(0, 0.999), st.integers(1, 30))
def test_a_share_spread_over_days_leaves_that_share(share, days):
    daily = departure_probability(rate_of_share(share) / days)
    assert 1 - (1 - daily) ** days == pytest.approx(share, abs=1e-12)


def test_the_rate_under_fighting_is_capped_at_the_base():
    np.testing.assert_allclose(
        fighting_rate(np.array([[0.2], [0.4]]), np.array([0.5, 1.0, 1.3])), [[0.1, 0.2, 0.2], [0.2, 0.4, 0.4]]
    )


def test_two_captures_felt_at_once_add_their_rates():
    """Weights .3 and .7 of flights of half: .3 ln 2 + .7 ln 2 = ln 2."""
    assert capture_rate(np.array([0.3]), np.array([0.7]), 0.5, 0.5).item() == pytest.approx(np.log(2))


def test_danger_is_intensity_here_and_spill_from_near():
    np.testing.assert_allclose(
        felt_danger(np.array([0.2]), np.array([[0.5], [1.0]]), np.array([[0.3], [0.1]])), [[0.35], [0.3]]
    )


def row(lengths):
    """Places a, b, c, ... along a road of some lengths."""
    n = len(lengths) + 1
    ids = "abcdefgh"[:n]
    return Network(
        places=places(ids, ["town"] * n),
        links=links([f"l{i}" for i in range(n - 1)], [(i, i + 1) for i in range(n - 1)], lengths),
    )


def pairs(neighbours):
    return {(int(i), int(k)): km for i, k, km in zip(neighbours.feels, neighbours.source, neighbours.km, strict=True)}


def test_neighbours_lie_within_three_reaches_along_the_network():
    assert pairs(Neighbours.of(row([4.0, 5.0]), 3.0, EVERYBODY[:3])) == {
        (0, 1): 4,
        (1, 0): 4,
        (1, 2): 5,
        (2, 1): 5,
        (0, 2): 9,
        (2, 0): 9,
    }
    assert (0, 2) not in pairs(Neighbours.of(row([4.0, 5.1]), 3.0, EVERYBODY[:3]))


def test_fighting_where_nobody_lives_is_not_felt():
    inhabited = np.array([True, False])
    assert pairs(Neighbours.of(row([4.0]), 3.0, inhabited)) == {(1, 0): 4.0}


def test_of_parallel_roads_the_shortest_counts_and_directed_roads_count_both_ways():
    table = places("ab", ["town"] * 2)
    network = Network(places=table, links=links(["x", "y"], [(0, 1), (1, 0)], [7.0, 2.0], directed=[True, True]))
    assert pairs(Neighbours.of(network, 3.0, EVERYBODY[:2])) == {(0, 1): 2.0, (1, 0): 2.0}


@pytest.mark.parametrize("count", [1, 3])
def test_no_links_no_neighbours(count):
    network = Network(places=places("abc"[:count], ["town"] * count), links=links([], [], []))
    assert pairs(Neighbours.of(network, 3.0, EVERYBODY[:count])) == {}


def test_spill_is_exactly_nothing_beyond_three_reaches_of_a_member():
    """Of two members with reaches 2 and 5 km, 9 km away: the first feels nothing at all, the second e^-1.8."""
    near = Neighbours.of(row([9.0]), 5.0, EVERYBODY[:2])
    weight = near.weight(np.array([[2.0], [5.0]]))
    felt = near.felt(np.array([0.0, 1.0]), np.ones(len(near.km), bool), weight)
    assert felt[0].tolist() == [0.0, 0.0]
    assert felt[1, 0] == pytest.approx(np.exp(-1.8))


def test_spill_from_two_sides():
    """b lies 3 km from a (intensity 1) and 6 km from c (.5), reach 3: 1 - (1 - e^-1)(1 - .5 e^-2) = .6748."""
    near = Neighbours.of(row([3.0, 6.0]), 3.0, EVERYBODY[:3])
    felt = near.felt(np.array([1.0, 0.0, 0.5]), np.ones(len(near.km), bool), near.weight(np.array([[3.0]])))
    assert felt[0, 1] == pytest.approx(1 - (1 - np.exp(-1)) * (1 - 0.5 * np.exp(-2)))


def test_a_place_does_not_feel_itself():
    near = Neighbours.of(row([3.0]), 3.0, EVERYBODY[:2])
    felt = near.felt(np.array([1.0, 0.0]), np.ones(len(near.km), bool), near.weight(np.array([[3.0]])))
    assert felt[0, 0] == 0.0


def alarm(of_a, of_b, lost):
    """Does a feel fighting at b, morning by morning, when these parties hold them?"""
    near = Neighbours.of(row([3.0]), 3.0, EVERYBODY[:2])
    return near.alarmed(np.array([of_a, of_b]).T, lost)[:, near.feels == 0].ravel().tolist()


def test_only_what_our_party_holds_or_just_lost_alarms():
    """b falls to party 1 in the night to day 2; lost places alarm for 3 days, days 2, 3 and 4."""
    assert alarm([0] * 7, [0, 0, 1, 1, 1, 1, 1], 3) == [True] * 5 + [False] * 2
    assert alarm([0] * 7, [0, 0, 1, 1, 1, 1, 1], 0) == [True] * 2 + [False] * 5
    assert alarm([0] * 4, [1] * 4, 3) == [False] * 4


def test_who_took_a_place_counts_its_new_partys_places_as_ours():
    assert alarm([1, 1, 0, 0], [0, 0, 0, 0], 3) == [False, False, True, True]
    assert alarm([0, 0, 1, 1], [0, 0, 0, 0], 3) == [True, True, False, False]


def test_a_place_of_unknown_holder_is_alarmed_by_nobody():
    assert alarm([-1] * 3, [-1] * 3, 3) == [False] * 3
    assert alarm([0] * 3, [-1] * 3, 3) == [False] * 3
