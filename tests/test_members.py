"""What varies between members before anything happens, in numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.members import (
    SOURCES,
    departure_multiplier,
    draw_members,
    opening_people,
    place_deviates,
    uncertain_count,
)
from displacement.parameters import TEN_PERCENT
from displacement.streams import Expected, Luck
from tests.lively import links, lively, places, scenario

Z = TEN_PERCENT


def count(central, low, high, z):
    return float(uncertain_count(np.array(central), np.array(low), np.array(high), np.array(z)))


@pytest.mark.parametrize(
    "points", [(100.0, 50.0, 150.0), (100.0, 10.0, 101.0), (7.0, 7.0, 7.0), (0.0, 0.0, 80.0), (30.0, 0.0, 60.0)]
)
def test_the_points_are_where_they_are_said_to_be(points):
    central, low, high = points
    assert count(central, low, high, -Z) == pytest.approx(low)
    assert count(central, low, high, 0.0) == pytest.approx(central)
    assert count(central, low, high, Z) == pytest.approx(high)


def test_half_way_is_the_geometric_mean():
    assert count(100.0, 25.0, 400.0, Z / 2) == pytest.approx(200)
    assert count(100.0, 25.0, 400.0, -Z / 2) == pytest.approx(50)


@pytest.mark.parametrize("z", [-3.0, 0.0, 3.0])
def test_without_a_bound_on_its_side_a_count_is_central(z):
    assert count(100.0, np.nan, np.nan, z) == 100.0
    assert (count(100.0, 50.0, np.nan, z) == 100.0) == (z >= 0)


@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(1, 5), st.lists(st.floats(-6, 6), min_size=2, max_size=9))
def test_counts_grow_with_the_deviate_and_are_never_negative(central, low, high, deviates):
    found = uncertain_count(
        np.array(central), np.array(central * low), np.array(central * high), np.sort(np.array(deviates))
    )
    assert (found >= 0).all()
    assert (np.diff(found) >= -1e-9 * max(central, 1)).all()


def people(**about):
    table = places(
        "abc",
        ["town"] * 3,
        population=[100.0, 200.0, np.nan],
        population_low=[50.0, np.nan, np.nan],
        population_high=[200.0, np.nan, np.nan],
        displaced=[10.0, np.nan, 20.0],
        displaced_high=[20.0, np.nan, np.nan],
        **about,
    )
    return scenario(table, links([], [], []))


def test_one_deviate_a_place_serves_both_its_counts_and_outside_nobody_lives():
    residents, displaced = opening_people(
        people(outside=[False, True, False]).network, np.array([[Z, Z, Z], [-Z, -Z, -Z]])
    )
    assert residents.round(9).tolist() == [[200, 0, 0], [50, 0, 0]]
    assert displaced.round(9).tolist() == [[20, 0, 20], [10, 0, 20]]


def test_sources_that_are_off_stay_central():
    case = lively(340, places=6)
    off = draw_members(case, Luck(1), 4, ("counts",))
    assert off.parameters == case.parameters
    np.testing.assert_array_equal(off.residents, np.broadcast_to(case.network.places.residents, off.residents.shape))
    assert (off.multiplier == 1).all()


@pytest.mark.parametrize("source", ["parameters", "populations", "daily"])
def test_each_source_is_switched_on_alone(source):
    case = lively(340, places=6)
    off, on = (draw_members(case, Luck(1), 4, uncertainty) for uncertainty in ((), (source,)))
    assert (on.parameters != off.parameters) == (source == "parameters")
    assert np.array_equal(on.residents, off.residents) != (source == "populations")
    assert np.array_equal(on.multiplier, off.multiplier) != (source == "daily")


def test_switching_one_source_on_does_not_reshuffle_another():
    case = lively(340, places=6)
    alone, together = (draw_members(case, Luck(1), 4, uncertainty) for uncertainty in (("populations",), SOURCES))
    np.testing.assert_array_equal(alone.residents, together.residents)
    alone = draw_members(case, Luck(1), 4, ("daily",))
    np.testing.assert_array_equal(alone.multiplier, together.multiplier)


def test_two_scenarios_share_their_parameters():
    one, two = (draw_members(lively(seed, places=5), Luck(1), 4, SOURCES).parameters for seed in (1, 340))
    np.testing.assert_array_equal(one.spill, two.spill)


def test_the_first_days_of_a_longer_multiplier_are_the_shorter():
    short, long = (departure_multiplier(Luck(3), 5, days, 0.3, 0.7) for days in (4, 9))
    np.testing.assert_array_equal(short, long[:, :4])


def test_the_twin_has_no_deviates():
    assert (departure_multiplier(Expected(), 2, 3, 0.0, 0.7) == 1).all()
    assert (place_deviates(people().network.places, Expected(), 2, 0.5) == 0).all()


def test_a_common_share_of_one_moves_all_places_together():
    z = place_deviates(people().network.places, Luck(1), 6, 1.0)
    assert (z == z[:, :1]).all()
    z = place_deviates(people().network.places, Luck(1), 6, 0.0)
    assert len(np.unique(z)) == z.size
