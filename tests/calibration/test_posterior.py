"""What a posterior says: evidence for each parameter, pairs, bounds, and whether the counts fit."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from displacement.calibration import Observation, evidence, fit, predictive
from displacement.calibration.posterior import resampled
from displacement.members import POPULATIONS
from tests.calibration.worlds import NAMES, counted, seen, world
from tests.lively import START

rng = np.random.default_rng(9)
EVEN = np.full(2_000, 1 / 2_000)
DAY = START + dt.timedelta(days=1)


def observation(**about):
    return Observation(variable="residents", place="A", date=DAY, **about)


def words(moved, width):
    z = moved + width * stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000)
    return list(evidence.said_of_each(evidence.identifiability(["a"], z[:, np.newaxis], EVEN)))


@pytest.mark.parametrize(
    ("moved", "width", "said"),
    [
        (0.0, 1.0, "The counts say nothing of a"),
        (0.8, 1.0, "The counts move a up and leave its range as wide as before"),
        (-0.8, 1.0, "The counts move a down"),
        (0.0, 0.75, "narrow a a little: its range is 75% as wide"),
        (0.0, 0.3, "narrow a: its range is 30% as wide"),
        (2.5, 0.3, "The counts want a far up in its prior, by 2.5 standard deviations"),
    ],
)
def test_what_is_said_of_a_parameter_follows_from_how_it_moved_and_narrowed(moved, width, said):
    assert any(said in sentence for sentence in words(moved, width))


def test_information_is_that_between_two_normal_laws():
    z = 0.5 + 0.6 * rng.standard_normal((200_000, 1))
    found = evidence.identifiability(["a"], z, np.full(len(z), 1 / len(z)))
    x = np.linspace(-8, 8, 100_001)
    p, q = stats.norm.pdf(x, 0.5, 0.6), stats.norm.pdf(x)
    by_hand = np.trapezoid(p * np.log(p / q), x)
    assert found.loc["a", "nats"] == pytest.approx(by_hand, rel=0.02)


def test_a_product_that_alone_is_known_shows_as_a_pair():
    """Counts of rate x people: each is wide, both together are not."""
    z = rng.standard_normal((20_000, 2))
    weight = np.exp(-((z.sum(axis=1) / 0.1) ** 2) / 2)
    weight /= weight.sum()
    table = evidence.correlations(["rate", "people"], z, weight)
    assert table.loc["rate", "people"] < -0.95
    (said,) = evidence.said_of_pairs(table)
    assert said.startswith("rate and people are known only together: where one is higher the other is lower")
    alone = evidence.identifiability(["rate", "people"], z, weight)["width"]
    assert (alone > 0.6).all()


def test_rate_and_people_are_known_only_together_by_a_count_of_who_left():
    case = world(3)
    calm = replace(case, parameters=case.parameters.with_values({"stayers": (0.3, 0.3, 0.3)}))
    left = replace(seen((("moved_since", "everywhere", 1),))[0], value=800.0, error=0.03)
    found = fit(
        calm, [left], ["departure_rate"], uncertainty=("populations", "counts"), members=2_000, block=500,
        discrepancy=0.0, seed=3,
    )  # fmt: skip
    assert found.correlations().loc["departure_rate", POPULATIONS] < -0.5
    assert any("departure_rate and populations everywhere are known only together" in w for w in found.words())


def test_draws_at_a_bound_are_told():
    said = list(evidence.said_of_bounds(pd.Series({"a": 0.2, "b": 0.01})))
    assert said == ["20% of the draws of a lie at a bound of what it may be."]


def test_points_of_what_would_be_counted_are_those_of_the_lognormal_law():
    people, error = np.full(50, 1_000.0), np.full(50, 0.3)
    found = predictive.would_be_counted(people, error, np.full(50, 0.02))
    assert found == pytest.approx(stats.lognorm(0.3, scale=1_000).ppf([0.1, 0.5, 0.9]), rel=0.02)


def test_p_values_of_counts_that_the_model_made_are_uniform():
    """One member, five counts of its own: T follows chi-square with 5 degrees of freedom. False alarm: 1 in 1,000."""
    people, error = np.full((5, 1), 1_000.0), np.full((5, 1), 0.2)
    found = []
    for _ in range(400):
        made = [observation(value=1_000.0 * np.exp(0.2 * e)) for e in rng.standard_normal(5)]
        found.append(predictive.discrepancy_p_value(made, people, error, np.ones(1)))
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    assert np.isnan(predictive.discrepancy_p_value([observation(low=5.0)], people[:1], error[:1], np.ones(1)))


def test_what_does_not_fit_is_told():
    case = world(2)
    _, counts = counted(case, 2, seen())
    odd = replace(
        counts[1], place="A", variable="residents", value=40 * counts[0].value
    )  # forty times the people of day 2
    found = fit(case, [counts[0], odd], NAMES, members=400, block=200, discrepancy=0.05)
    assert found.p_value() < 0.01
    assert any("Taken together the counts lie further off" in w for w in found.words())
    fine = fit(case, counts, NAMES, members=400, block=200)
    assert fine.p_value() > 0.01


def test_bounds_are_compared_before_and_after():
    case = world(4)
    low = replace(seen((("moved_since", "everywhere", 3),))[0], low=6_000.0)
    table = fit(case, [low], NAMES, members=400, block=200).check()
    assert table.loc[0, "observed"] == "at least 6,000"
    assert table.loc[0, "met"] > table.loc[0, "met_before"]
    assert np.isnan(table.loc[0, "share_below"])


def test_few_effective_members_are_told():
    case = world(5)
    _, counts = counted(case, 5, seen())
    found = fit(case, [replace(o, error=0.02) for o in counts], NAMES, members=100, discrepancy=0.0)
    assert any(w.startswith("Only ") and "take more" in w for w in found.words())


def test_resampling_takes_each_as_often_as_its_weight_says():
    weight = rng.dirichlet(np.ones(40))
    times = np.bincount(resampled(weight, 1_000, 3), minlength=40)
    assert np.abs(times - 1_000 * weight).max() <= 1.0


def test_priors_that_were_not_named_are_looked_at_too():
    case = world(6)
    _, counts = counted(case, 6, seen())
    found = fit(case, counts, ["departure_rate"], members=400, block=200)
    table = found.identifiability_of_others()
    assert "stayers" in table.index
    assert "departure_rate" not in table.index
    assert table.loc["onward_rate", "width"] == pytest.approx(1.0, abs=5 / np.sqrt(2 * found.effective_members))
