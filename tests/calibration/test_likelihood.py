"""How likely a count is: against scipy's log-normal law, far out in its tails, and with errors of every size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from displacement.calibration import chance_of_floor
from displacement.calibration.likelihood import (
    deviation,
    log_chance_between,
    log_density,
    share_below,
    total_error,
)

people = st.floats(1.0, 1e6)
errors = st.floats(0.01, 3.0)


@given(observed=people, projected=people, error=errors)
def test_a_count_follows_the_lognormal_law(observed, projected, error):
    law = stats.lognorm(error, scale=projected)
    by_hand = law.logpdf(observed) + np.log(observed)  # of the logarithm, so without 1 / observed
    assert log_density(observed, np.array([projected]), np.array(error))[0] == pytest.approx(
        by_hand, rel=1e-9, abs=1e-9
    )


@given(low=people, times=st.floats(1.001, 50.0), projected=people, error=st.floats(0.1, 3.0))
def test_the_chance_of_bounds_is_that_of_the_lognormal_law(low, times, projected, error):
    law = stats.lognorm(error, scale=projected)
    by_hand = law.cdf(low * times) - law.cdf(low)
    found = np.exp(log_chance_between(low, low * times, np.array([projected]), np.array(error))[0])
    assert found == pytest.approx(by_hand, rel=1e-6, abs=1e-12)


@given(low=people, projected=people, error=errors)
def test_a_floor_is_that_of_the_other_calibration(low, projected, error):
    found = np.exp(log_chance_between(low, np.inf, np.array([projected]), np.array(error)))
    assert found == pytest.approx(chance_of_floor(np.array([projected]), low, error), rel=1e-9, abs=1e-300)


def test_far_from_a_bound_nothing_underflows():
    found = log_chance_between(100.0, 110.0, np.array([1.0, 1e4, 1e5]), np.array(0.05))
    assert np.isfinite(found).all()
    assert found[0] < -1_000
    assert found[2] < found[1] < -1_000


def test_nobody_projected_fails_values_and_floors_and_meets_ceilings():
    nobody, error = np.zeros(1), np.array(0.2)
    assert log_density(10.0, nobody, error)[0] == -np.inf
    assert log_chance_between(10.0, np.inf, nobody, error)[0] == -np.inf
    assert log_chance_between(0.0, 10.0, nobody, error)[0] == 0.0


@pytest.mark.parametrize("projected", [0.0, 50.0])
def test_an_infinite_error_says_nothing(projected):
    at, error = np.array([projected]), np.array(np.inf)
    assert log_density(10.0, at, error)[0] == 0.0
    assert log_chance_between(10.0, 20.0, at, error)[0] == 0.0
    assert log_chance_between(10.0, np.inf, at, error)[0] == 0.0


def test_errors_add_in_squares_and_deviations_have_their_sign():
    assert total_error(3.0, 4.0) == 5.0
    assert (np.sign(deviation(10.0, np.array([5.0, 10.0, 20.0]), np.array(0.1))) == [1, 0, -1]).all()


@given(observed=people, spread=errors)
def test_half_of_what_is_counted_lies_below_the_median(observed, spread):
    at = np.array([observed, observed])
    assert share_below(observed, at, np.array(spread), np.array([0.3, 0.7])) == pytest.approx(0.5)
