"""Calibration on floors: the weights, the weighted points, and that floors move only what is named."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from displacement.calibration import Floor, calibrate, chance_of_floor, effective_members, weighted_points
from displacement.ensemble import simulate
from displacement.errors import InputError
from displacement.io import read_scenario
from displacement.members import draw_members
from displacement.streams import Luck

ALEPPO = "scenarios/aleppo_2016"


def test_chance_of_a_floor_is_that_of_a_lognormal_error():
    projected = np.array([12_000.0, 15_000.0, 30_000.0])
    by_hand = stats.norm.sf(np.log(15_000 / projected), scale=0.15)  # P(e > ln(floor / projected))
    assert chance_of_floor(projected, 15_000) == pytest.approx(by_hand, rel=1e-12)


def test_weighted_points_of_equal_weights_are_quantiles():
    values = np.random.default_rng(3).permutation(np.arange(1001.0))
    assert weighted_points(values, np.ones(1001)) == pytest.approx((100.0, 500.0, 900.0), abs=0.6)


def test_members_without_weight_do_not_count():
    values, weight = np.array([1.0, 5.0, 9.0]), np.array([0.0, 2.0, 2.0])
    low, median, high = weighted_points(values, weight)
    assert 5.0 <= low <= median <= high <= 9.0
    assert effective_members(weight) == pytest.approx(2.0)


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(ALEPPO)


def test_a_floor_that_all_reach_changes_nothing(scenario):
    floor = Floor(variable="residents", place="aleppo_west", date=dt.date(2016, 1, 25), least=1.0)
    found = calibrate(scenario, [floor], ["departure_rate"], members=100)
    assert found.effective_members == pytest.approx(100)
    drawn = np.concatenate(
        [draw_members(scenario, Luck(1, b), 50, ("parameters",)).parameters.departure_rate for b in (0, 1)]
    )
    assert found.points["departure_rate"] == pytest.approx(weighted_points(drawn, np.ones(100)))


def test_a_high_floor_raises_the_rate_and_leaves_other_priors(scenario):
    floor = Floor(variable="moved_since", place="azaz_pocket", date=dt.date(2016, 2, 2), least=12_000)
    found = calibrate(scenario, [floor], ["departure_rate"], members=200)
    before, after = scenario.parameters.priors, found.apply(scenario).parameters.priors
    assert after["departure_rate"][1] > 1.1 * before["departure_rate"][1]
    assert {k: v for k, v in before.items() if k != "departure_rate"} == {
        k: v for k, v in after.items() if k != "departure_rate"
    }
    assert found.effective_members < 190


def test_the_posterior_is_what_simulate_draws(scenario):
    floor = Floor(variable="moved_since", place="azaz_pocket", date=dt.date(2016, 2, 2), least=12_000)
    better = calibrate(scenario, [floor], ["departure_rate"], members=100).apply(scenario)
    days = {"members": 50, "seed": 1}
    assert simulate(better, **days).attrs["digest"] != simulate(scenario, **days).attrs["digest"]


@pytest.mark.parametrize(
    ("names", "message"),
    [(["departure_rat"], "did you mean 'departure_rate'"), ([], "0 parameters"), (["a", "b", "c"], "3 parameters")],
)
def test_what_cannot_be_calibrated_is_refused(scenario, names, message):
    floor = Floor(variable="moved_since", place="azaz", date=dt.date(2016, 2, 2), least=1)
    with pytest.raises(InputError, match=message):
        calibrate(scenario, [floor], names)


def test_an_impossible_floor_is_an_error(scenario):
    floor = Floor(variable="moved_since", place="azaz", date=dt.date(2016, 1, 26), least=1e9)
    with pytest.raises(InputError, match="no member of the prior"):
        calibrate(scenario, [floor], ["departure_rate"], members=50)
