"""Laws of scores: bounds, shifts and scales, order of members, and what holds for chances that are right."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from displacement.scores import (
    bias,
    crps,
    crps_of_quantiles,
    interval_coverage,
    interval_score,
    mean_absolute_error,
    pit,
    ratio,
    relative_error,
    skill,
)

PEOPLE = st.floats(0, 1e5, allow_nan=False)
FALSE_ALARM = 1e-4  # of each test of chances


@st.composite
def cases(draw):
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 4)))
    members = xr.DataArray(draw(arrays(float, shape, elements=PEOPLE)), dims=("member", "place"))
    return members, xr.DataArray(draw(arrays(float, shape[1], elements=PEOPLE)), dims="place")


def levelled(members):
    count = members.sizes["member"]
    ordered = members.copy(data=np.sort(members.values, axis=0))
    return ordered.rename(member="quantile").assign_coords(quantile=(np.arange(count) + 0.5) / count)


SCORES = {
    "crps": crps,
    "mean_absolute_error": mean_absolute_error,
    "interval_score": lambda x, y: interval_score(x, y, shares=(80.0,)).item(),
    "crps_of_quantiles": lambda x, y: crps_of_quantiles(levelled(x), y),
}


@given(case=cases())
def test_crps_is_from_0_to_the_mean_absolute_error_of_the_members(case):
    members, observed = case
    score, error = float(crps(members, observed)), float(mean_absolute_error(members, observed))
    assert -1e-9 <= score <= error + 1e-7
    alone = crps(members, observed, fair=True)
    assert members.sizes["member"] == 1 or float(alone) <= score + 1e-7


@pytest.mark.parametrize("name", SCORES)
@given(case=cases(), shift=st.floats(-1e4, 1e4), scale=st.floats(0.01, 100))
def test_a_shift_changes_nothing_and_a_scale_scales(name, case, shift, scale):
    members, observed = case
    score = float(SCORES[name](members, observed))
    assert float(SCORES[name](members + shift, observed + shift)) == pytest.approx(score, rel=1e-7, abs=1e-6)
    assert float(SCORES[name](members * scale, observed * scale)) == pytest.approx(scale * score, rel=1e-9, abs=1e-7)
    mirrored = float(SCORES[name](-members, -observed))
    assert mirrored == pytest.approx(score, rel=1e-9, abs=1e-7)


@given(case=cases(), scale=st.floats(0.01, 100))
def test_relative_error_knows_no_unit_and_is_0_for_what_was_counted(case, scale):
    members, observed = case
    assume(float(observed.sum()) > 1)
    point = members.isel(member=0)
    error = float(relative_error(point, observed))
    assert float(relative_error(point * scale, observed * scale)) == pytest.approx(error, rel=1e-9)
    assert float(relative_error(observed, observed)) == 0.0
    assert abs(float(bias(point, observed))) <= float(mean_absolute_error(point, observed)) + 1e-9


@given(case=cases(), data=st.data())
def test_neither_the_order_of_members_nor_that_of_places_matters(case, data):
    members, observed = case
    mixed = members.isel(member=data.draw(st.permutations(range(members.sizes["member"]))))
    order = data.draw(st.permutations(range(members.sizes["place"])))
    assert float(crps(mixed, observed)) == pytest.approx(float(crps(members, observed)), rel=1e-12, abs=1e-9)
    assert np.array_equal(pit(mixed, observed).values, pit(members, observed).values)
    there = interval_coverage(members.isel(place=order), observed.isel(place=order))
    assert there.values.tolist() == pytest.approx(interval_coverage(members, observed).values.tolist())


@given(case=cases())
def test_every_member_twice_is_the_same_forecast(case):
    members, observed = case
    twice = xr.concat([members, members], "member")
    assert float(crps(twice, observed)) == pytest.approx(float(crps(members, observed)), rel=1e-12, abs=1e-8)
    assert np.allclose(pit(twice, observed), pit(members, observed))


@given(case=cases())
def test_wider_intervals_cover_more_and_pit_mirrors(case):
    members, observed = case
    covered = interval_coverage(members, observed, dim=(), shares=(50.0, 80.0, 95.0)).values
    assert (np.diff(covered, axis=0) >= 0).all()
    assert np.allclose(pit(-members, -observed), 1 - pit(members, observed))


@given(case=cases())
def test_what_is_not_known_changes_no_score_of_the_rest(case):
    members, observed = case
    nothing = xr.full_like(members.isel(member=[0]), np.nan)
    more = xr.concat([members, nothing], "member")
    assert float(crps(more, observed)) == pytest.approx(float(crps(members, observed)), rel=1e-12, abs=1e-9)
    longer = xr.concat([observed, xr.DataArray([np.nan], dims="place")], "place")
    wider = xr.concat([members, members.isel(place=[0])], "place")
    for score in (crps, mean_absolute_error, interval_coverage, interval_score):
        a, b = score(wider, longer), score(members, observed)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@given(score=st.floats(0, 1e6), baseline=st.floats(0, 1e6))
def test_skill_and_ratio_are_one_thing(score, baseline):
    one, other = (xr.DataArray(x) for x in (score, baseline))
    if baseline == 0:
        assert np.isnan(float(skill(one, other)))
        assert np.isnan(float(ratio(one, other)))
    else:
        assert float(skill(one, other)) == pytest.approx(1 - score / baseline)
        assert (float(skill(one, other)) > 0) == (float(ratio(one, other)) < 1)


def drawn(places=2000, members=200, seed=1):
    """Members and counts drawn from one distribution in each place: the chances are right."""
    luck = np.random.default_rng(seed)
    centre, spread = luck.uniform(1e3, 1e5, places), luck.uniform(0.1, 0.8, places)
    members = centre * np.exp(spread * luck.normal(size=(members, places)))
    observed = centre * np.exp(spread * luck.normal(size=places))
    return xr.DataArray(members, dims=("member", "place")), xr.DataArray(observed, dims="place")


@pytest.mark.parametrize("share", [50.0, 80.0, 95.0])
def test_coverage_of_right_chances_is_what_it_promises(share):
    """Binomial test, fixed seed, false alarm 1e-4. Points over 200 members cover share x 199/201 of new draws."""
    forecast, observed = drawn()
    inside = float(interval_coverage(forecast, observed, shares=(share,)).item()) * observed.size
    promised = share / 100 * 199 / 201
    assert stats.binomtest(round(inside), observed.size, promised).pvalue > FALSE_ALARM


def test_coverage_tells_that_ranges_are_too_narrow():
    forecast, observed = drawn()
    middle = forecast.median("member")
    narrow = middle + (forecast - middle) / 2
    inside = float(interval_coverage(narrow, observed, shares=(80.0,)).item()) * observed.size
    assert stats.binomtest(round(inside), observed.size, 0.8).pvalue < 1e-12


def test_pit_of_right_chances_is_even():
    """Kolmogorov-Smirnov, fixed seed, false alarm 1e-4; the step of 1/200 is small beside 1/sqrt(2000)."""
    assert stats.kstest(pit(*drawn()).values, "uniform").pvalue > FALSE_ALARM


def test_pit_tells_that_a_forecast_is_too_low():
    forecast, observed = drawn()
    assert stats.kstest(pit(0.8 * forecast, observed).values, "uniform").pvalue < 1e-12
    assert float(pit(0.8 * forecast, observed, dim="place")) > 0.55


def test_right_chances_have_the_least_crps():
    """Proper: on average, no forecast that is shifted, narrowed or widened beats the truth."""
    forecast, observed = drawn()
    middle = forecast.median("member")
    best = float(crps(forecast, observed))
    for other in (0.7 * forecast, 1.4 * forecast, middle + 0.5 * (forecast - middle), middle + 2 * (forecast - middle)):
        assert float(crps(other, observed)) > best


def test_fair_crps_of_few_members_is_that_of_many_on_average():
    """The plain one of 5 members is too large by the mean difference / (2 x 5): the fair one is not."""
    forecast, observed = drawn(members=400)
    few = forecast.isel(member=slice(0, 5))
    many, plain, fair = (
        float(x) for x in (crps(forecast, observed), crps(few, observed), crps(few, observed, fair=True))
    )
    assert plain > 1.1 * many
    assert fair == pytest.approx(many, rel=0.05)
