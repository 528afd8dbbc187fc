"""Importance sampling: proposals are densities, weights undo them, a temper leaves what it was asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from displacement.calibration import effective_members
from displacement.calibration.sampling import (
    PRIOR_SHARE,
    Proposal,
    log_normal,
    log_prior_ratio,
    moments,
    sharpened,
    temper,
    weights,
)

rng = np.random.default_rng(5)
Z = rng.standard_normal((4_000, 2))
NARROW = Proposal(np.array([1.0, -0.5]), np.array([[0.3, 0.1], [0.1, 0.2]]))


def test_a_proposal_is_the_mixture_that_it_says():
    law = stats.multivariate_normal(NARROW.centre, NARROW.covariance)
    prior = stats.multivariate_normal(np.zeros(2), np.eye(2))
    by_hand = PRIOR_SHARE * prior.pdf(Z) + (1 - PRIOR_SHARE) * law.pdf(Z)
    assert np.exp(NARROW.log_density(Z)) == pytest.approx(by_hand, rel=1e-9)
    assert log_normal(Z) == pytest.approx(prior.logpdf(Z))


def test_a_share_of_the_draws_is_of_the_prior_and_spread_evenly():
    of_prior = NARROW.of_prior(1_000)
    assert of_prior.sum() == 1_000 * PRIOR_SHARE
    assert {int(part.sum()) for part in of_prior.reshape(20, 50)} == {10}
    drawn = NARROW.draw(Z[:1_000])
    assert (drawn[of_prior] == Z[:1_000][of_prior]).all()


def test_weighted_draws_of_a_proposal_have_the_moments_of_the_prior():
    drawn = NARROW.draw(Z)
    w = weights(log_prior_ratio(drawn, [NARROW], [len(Z)]))
    centre, covariance = moments(drawn, w)
    error = 5.0 / np.sqrt(effective_members(w))  # five standard errors
    assert centre == pytest.approx(np.zeros(2), abs=error)
    assert covariance == pytest.approx(np.eye(2), abs=2 * error)


def test_no_weight_exceeds_one_over_the_share_of_the_prior():
    assert log_prior_ratio(Z, [NARROW], [1]).max() <= np.log(1 / PRIOR_SHARE) + 1e-12


@given(st.floats(1.0, 1e4), st.integers(0, 99))
def test_a_temper_leaves_as_many_effective_draws_as_asked_for(scale, seed):
    log_likelihood = -scale * np.random.default_rng(seed).uniform(0, 1, 300) ** 2
    power = temper(log_likelihood, np.zeros(300), 100.0)
    left = effective_members(weights(power * log_likelihood))
    assert 0 < power <= 1
    assert left >= 100.0 - 1e-6
    assert power == 1.0 or left == pytest.approx(100.0, rel=0.01)


def test_weights_survive_what_underflows_and_nothing_at_all():
    assert weights(np.array([-5_000.0, -5_001.0])) == pytest.approx([1 / (1 + np.exp(-1)), 1 - 1 / (1 + np.exp(-1))])
    assert (weights(np.full(3, -np.inf)) == 0).all()


def test_a_sharpened_proposal_is_never_flat():
    one = np.zeros(5)
    one[2] = 1.0
    found = sharpened(Z[:5], one)
    assert (np.linalg.eigvalsh(found.covariance) > 0).all()
    assert found.centre == pytest.approx(Z[2])
