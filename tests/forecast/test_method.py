"""The damped drift by hand, and laws of forecasts: units, names, order, ends."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.forecast import fit, method, mixture, points, protocol
from displacement.forecast.constants import Constants, constants_at
from displacement.forecast.tasks import (
    Tasks,
    eligible,
    joined,
    known_of,
    left_out,
    movement,
    on_line,
    rolling,
    tasks_ahead,
    tasks_at,
)
from displacement.observations import Counts, Record
from tests import made_up
from tests.often import law

DAY = np.datetime64("2014-01-01")
BY_HAND = Record({"a": Counts.of([(DAY, 1000, False), (DAY + 30, 1600, False), (DAY + 60, 2200, False)])})
C = Constants(shared=0.0, kept=1.0, damping=60.0, of_people=0.1, of_rate=0.5, of_movement=0.2, growth=1.0)


@cache
def of_others():
    return mixture.trained(made_up.cases(3, seed=50), Constants())


@pytest.fixture(scope="module")
def others():
    return made_up.cases(3, seed=50)


def test_what_is_known_by_hand():
    known = known_of("a", BY_HAND.sites["a"], DAY + 70)
    assert (known.people, known.counted) == (2200.0, DAY + 60)
    assert known.rate == pytest.approx((2200 - 1000) / 60)  # from the count 60 days before the last
    assert known.rate_to_origin == pytest.approx((2200 - (1000 + 600 / 3)) / 60)  # from day 10, on the line
    assert known.movement == pytest.approx(1200 / 60)


def test_a_point_and_its_spread_by_hand():
    task = tasks_ahead(BY_HAND, DAY + 70, horizons=(50,))
    assert task.lead.tolist() == [60.0]  # ten days old, fifty ahead
    drift = 20.0 * 60.0 * (1 - np.exp(-1.0))
    assert method.middle(task, C) == pytest.approx([2200 + drift])
    square = (0.1 * 2200) ** 2 + (0.5 * 30 * 20) ** 2 + (0.2 * 30 * 20) ** 2 + 1
    assert method.spread(task, C) == pytest.approx([np.sqrt(square) * 2.0])
    assert method.speed(task, C) == pytest.approx([np.log(600 / 2200 + 0.005)])


def test_baselines_by_hand():
    task = tasks_ahead(BY_HAND, DAY + 70, horizons=(50,))
    rate = 1000 / 60
    assert points.persistence(task) == pytest.approx([2200])
    assert points.short_drift(task) == pytest.approx([2200 + (2200 - 1800) / 30 * 60])  # day 40 lies at 1,800
    assert points.drift(task) == pytest.approx([2200 + rate * 60])
    assert points.damped_drift(task, 45.0) == pytest.approx([2200 + rate * 45 * (1 - np.exp(-60 / 45))])
    assert points.equal_split(task) == pytest.approx([2200])


def test_the_target_is_the_nearest_count_and_the_forecast_is_for_its_day():
    record = Record({"a": Counts.of([*zip([DAY, DAY + 10, DAY + 60, DAY + 95], [5, 6, 7, 8], [0] * 4, strict=True)])})
    found = tasks_at(record, DAY + 60, horizons=(30, 60))
    assert found.horizon.tolist() == [30.0]  # 95 lies within 15 days of 90, and not of 120
    assert (found.date[0], found.observed[0], found.lead[0]) == (DAY + 95, 8.0, 35.0)


def test_a_target_on_or_before_the_origin_is_none():
    record = Record({"a": Counts.of([(DAY, 5, False), (DAY + 60, 6, False)])})
    assert len(tasks_at(record, DAY + 60, horizons=(10,))) == 0


def test_sites_with_too_few_counts():
    assert not eligible(Counts.of([(DAY, 5, False)]))
    assert not eligible(Counts.of([(DAY, 5, False), (DAY + 6, 5, False)]))
    assert eligible(Counts.of([(DAY, 5, False), (DAY + 7, 5, False)]))
    assert not eligible(Counts.of([(DAY, 5, False), (DAY + 7, 5, False), (DAY + 9, 0, False)]))
    record = Record({"a": Counts.of([(DAY, 30, False)]), "b": BY_HAND.sites["a"].until(DAY + 30)})
    assert left_out(record, DAY + 40) == pytest.approx(30 / 1630)


def test_earlier_counts_are_rescaled_at_a_recount_that_is_known_and_not_before():
    counts = Counts.of([(DAY, 100, False), (DAY + 30, 200, False), (DAY + 40, 100, True), (DAY + 70, 100, False)])
    assert known_of("a", counts, DAY + 35).rate == pytest.approx((200 - 0) / 60)
    assert known_of("a", counts, DAY + 70).rate == pytest.approx((100 - (50 + 50 / 3)) / 60)
    crossing = tasks_at(Record({"a": counts}), DAY + 35, horizons=(30,))
    assert crossing.recounted.all()
    assert not crossing.known.any()


def test_movement_of_old_counts_is_that_of_the_last_two():
    counts = BY_HAND.sites["a"]
    assert movement(counts, DAY + 400) == pytest.approx(20.0)
    assert on_line(counts, DAY - 5) == 0.0
    assert on_line(counts, DAY + 500) == 2200.0


def test_constants_stay_within_bounds_and_zero_is_beforehand():
    assert constants_at(np.zeros(7)) == Constants()
    for sign in (-9.0, 9.0):
        found = constants_at(np.full(7, sign))
        for spec in fields(found):
            assert spec.metadata["low"] <= getattr(found, spec.name) <= spec.metadata["high"]


@law(20)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([10.0, 1000.0]))
def test_relabelling_sites_and_scaling_people(seed, scale):
    """Names do not matter; and ten times the people is ten times the forecast, as far as single persons do not.

    The second of the method alone: where experts leave a gap, the mixture follows the least change of weights.
    """
    taught = of_others()
    record = made_up.record(seed, sites=3)
    big = Record({k: Counts(c.days, c.people * 1000, c.recount) for k, c in record.sites.items()})
    bigger = Record({k: Counts(c.days, c.people * scale, c.recount) for k, c in big.sites.items()})
    named = Record({f"other {k}": c for k, c in reversed(record.sites.items())})
    first, second = (rolling(r, made_up.START, made_up.START + made_up.DAYS) for r in (record, named))
    one, two = (mixture.issued(t, taught) for t in (first, second))
    order = np.lexsort((second.horizon, second.site.astype(str), second.origin))
    mine = np.lexsort((first.horizon, first.site.astype(str), first.origin))
    np.testing.assert_allclose(two[order], one[mine], rtol=1e-9)
    tens, hundreds = (rolling(r, made_up.START, made_up.START + made_up.DAYS) for r in (big, bigger))
    ten, hundred = (method.statistical(t, taught.shape, taught.constants) for t in (tens, hundreds))
    assert (np.abs(hundred - scale * ten) <= 2e-3 * (hundreds.people[:, np.newaxis] + hundred)).all()


def test_forecasts_rise_over_levels_and_never_fall_below_nobody(others):
    taught, mine = mixture.trained(others, Constants()), made_up.tasks(3, "mine")
    for values in mixture.experts(mine, taught):
        assert (values >= 0).all()
    found = mixture.issued(mine, taught)
    assert (np.diff(found, axis=1) >= 0).all()


def test_weights_sum_to_one_and_start_as_they_were_thought(others):
    taught, mine = mixture.trained(others, Constants()), made_up.tasks(3, "mine")
    weight = mixture.weights(mine, mixture.experts(mine, taught))
    np.testing.assert_allclose(weight.sum(axis=0), 1.0)
    np.testing.assert_allclose(weight[:, mine.origin == mine.origin.min()].T, np.array([0.6, 0.2, 0.2])[np.newaxis]
                               .repeat((mine.origin == mine.origin.min()).sum(), axis=0))  # fmt: skip


def test_the_mixture_leaves_an_expert_that_is_always_wrong():
    mine = made_up.tasks(3, "mine")
    exact = np.repeat(mine.observed[np.newaxis, :, np.newaxis], 49, axis=2)
    forecasts = np.concatenate([exact * 3, np.where(np.isnan(exact), 0, exact), exact * 0.2])
    weight = mixture.weights(mine, forecasts)
    late = mine.origin == mine.origin.max()
    assert weight[1, late].min() > 0.99


def test_the_mixture_of_distributions_is_wide_where_experts_disagree():
    low, high = np.full((1, 1, 49), 100.0), np.full((1, 1, 49), 300.0)
    found = mixture.mixed(np.concatenate([low, high]), np.array([[0.5], [0.5]]))
    assert found[0, 5] == 100.0
    assert found[0, 43] == 300.0


def test_crps_of_values_is_that_of_a_double_sum():
    random = np.random.default_rng(4)
    values, observed = np.sort(random.normal(size=(5, 49)), axis=1), random.normal(size=5)
    slow = [np.abs(v - y).mean() - np.abs(v[:, None] - v).mean() / 2 for v, y in zip(values, observed, strict=True)]
    np.testing.assert_allclose(mixture.crps_of_values(values, observed), slow, atol=1e-12)


def test_a_fit_finds_a_spread_that_is_there():
    """Constants move towards data made with three times the error, and a fit is never worse than none."""
    random = np.random.default_rng(8)
    noisy = []
    for k in range(3):
        record = made_up.record(100 + k)
        sites = {s: Counts(c.days, np.maximum(1, c.people * np.exp(random.normal(0, 0.5, len(c)))), c.recount)
                 for s, c in record.sites.items()}  # fmt: skip
        noisy.append(rolling(Record(sites), made_up.START, made_up.START + made_up.DAYS, case=f"noisy {k}"))
    tasks = joined(noisy)
    found = fit.fitted(tasks)
    loss = mixture.crps_of_values(fit.leaving_one_out(tasks, found), tasks.observed)
    plain = mixture.crps_of_values(fit.leaving_one_out(tasks, Constants()), tasks.observed)
    assert fit.relative_score(tasks, loss).mean() <= fit.relative_score(tasks, plain).mean() * 1.001
    assert found.kept < Constants().kept  # noise does not go on


def test_one_conflict_fits_nothing():
    assert fit.fitted(made_up.tasks(1, "only")) == Constants()


def test_a_score_of_nothing_is_unknown():
    mine = made_up.tasks(3, "mine")
    level = replace(mine, observed=mine.people)  # nobody moved: persistence is perfect
    assert np.isnan(fit.relative_score(level, np.ones(len(level)))).all()
    assert len(mixture.issued(mine.take(slice(0, 0)), mixture.trained(made_up.cases(2), Constants()))) == 0


def test_intervals_of_made_up_conflicts_hold():
    """Trained on 12 made-up conflicts, tried on 12 others of the same kind: 80 % intervals hold 75 to 85 %.

    About 1,900 targets, of which some 150 are worth one independent one each: a standard error of 3 %. The seeds are
    fixed, so the test cannot fail by chance; broken standardisation moves it by 10 % and more.
    """
    taught = mixture.trained(made_up.cases(12, seed=200), Constants())
    inside = []
    for k in range(12):
        mine = made_up.tasks(400 + k, f"mine {k}")
        values = mixture.issued(mine, taught)
        inside.append(protocol.inside(values, mine.observed, 80.0)[mine.known])
    assert 0.75 <= np.concatenate(inside).mean() <= 0.85


def test_types_of_an_empty_table():
    empty = tasks_ahead(Record({}), DAY)
    assert isinstance(empty, Tasks)
    assert len(empty) == 0
    assert empty.origin.dtype == np.dtype("datetime64[D]")
