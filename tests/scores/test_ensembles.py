"""CRPS of members and of quantiles, and PIT: worked by hand, with every degenerate case."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr

from displacement import InputError
from displacement.scores import crps, crps_of_quantiles, pit

NAN = float("nan")


def quantiles(values, levels):
    values = np.asarray(values, float)
    return xr.DataArray(values, dims=("quantile", "place")[: values.ndim], coords={"quantile": levels})


def test_crps_of_three_members(members):
    # mean |x - y| = (1 + 1 + 3) / 3;  the nine pairs differ by 2 (2 + 4 + 2) = 16 in all
    assert float(crps(members([1, 3, 5]), xr.DataArray(2.0))) == pytest.approx(5 / 3 - 16 / 9 / 2)
    assert float(crps(members([1, 3, 5]), xr.DataArray(2.0), fair=True)) == pytest.approx(5 / 3 - 16 / 6 / 2)


def test_crps_is_the_area_between_the_steps(members):
    """Integral of (F(x) - 1{y <= x})^2, summed over the steps of F."""
    x, y = np.array([0.0, 1.0, 4.0, 4.0, 9.0]), 3.0
    edges = np.sort([*x, y])
    area = sum(((x <= a).mean() - (y <= a)) ** 2 * (b - a) for a, b in pairwise(edges))
    assert float(crps(members(x), xr.DataArray(y))) == pytest.approx(area, abs=1e-14)


def test_one_member_is_the_absolute_error_and_shows_no_spread(members, sites):
    forecast, observed = members([[3.0, 10.0]]), sites([5.0, 10.0])
    assert crps(forecast, observed, dim=()).values.tolist() == [2.0, 0.0]
    assert np.isnan(crps(forecast, observed, dim=(), fair=True)).all()


def test_nan_members_are_left_out(members):
    assert float(crps(members([1, NAN, 3, NAN, 5]), xr.DataArray(2.0))) == pytest.approx(5 / 3 - 16 / 18)
    assert float(crps(members([1, NAN, 3, 5]), xr.DataArray(2.0), fair=True)) == pytest.approx(5 / 3 - 16 / 12)
    assert float(crps(members([NAN, 7]), xr.DataArray(2.0))) == 5.0


def test_no_members_and_no_counts_are_nan_and_left_out_of_the_mean(members, sites):
    forecast = members([[1, NAN, 3], [1, NAN, 5]])
    observed = sites([2, 2, NAN])
    assert crps(forecast, observed, dim=()).values.tolist() == pytest.approx([1, NAN, NAN], nan_ok=True)
    assert float(crps(forecast, observed)) == 1.0
    assert np.isnan(float(crps(members([[1], [2]]), sites([NAN]))))
    assert np.isnan(float(crps(members(np.zeros((3, 0))), sites([]))))
    assert np.isnan(float(crps(members(np.zeros((0, 2))), sites([1, 2]))))


def test_all_zero_is_perfect_and_0(members, sites):
    assert float(crps(members(np.zeros((4, 2))), sites([0, 0]))) == 0.0


def test_the_member_axis_may_stand_anywhere_and_time_is_kept(members):
    x = np.random.default_rng(1).normal(size=(7, 3, 2))
    y = xr.DataArray(np.zeros((2, 3)), dims=("time", "place"))
    forecast = members(x)
    one = crps(forecast, y, dim="place")
    assert one.dims == ("time",)
    xr.testing.assert_allclose(one, crps(forecast.transpose("time", "member", "place"), y, dim="place"))
    xr.testing.assert_allclose(one, crps(forecast.rename(member="draw"), y, dim="place", member="draw"))


def test_whole_numbers_of_people_are_taken(members):
    forecast = members([10, 30]).astype(np.int32)
    assert float(crps(forecast, xr.DataArray(np.int64(20)))) == 5.0


def test_quantiles_at_midpoints_are_the_crps_of_members(members):
    x = np.sort(np.random.default_rng(2).gamma(2.0, 1000.0, size=8))
    levels = (np.arange(8) + 0.5) / 8
    for y in (0.0, 1500.0, 9000.0, x[3]):
        one, other = crps(members(x), xr.DataArray(y)), crps_of_quantiles(quantiles(x, levels), xr.DataArray(y))
        assert float(one) == pytest.approx(float(other), rel=1e-13)


def test_quantiles_by_hand():
    # shares .3 .4 .3; losses at y = 6: .1 (6 - 1), .5 (6 - 4), (1 - .9) (9 - 6)
    found = crps_of_quantiles(quantiles([1, 4, 9], [0.1, 0.5, 0.9]), xr.DataArray(6.0))
    assert float(found) == pytest.approx(2 * (0.3 * 0.5 + 0.4 * 1.0 + 0.3 * 0.3))


def test_the_median_alone_is_the_absolute_error():
    assert float(crps_of_quantiles(quantiles([4], [0.5]), xr.DataArray(6.5))) == 2.5


def test_many_quantiles_come_close_to_the_crps_of_the_distribution():
    """Exponential of mean 1 at y: y + 2 exp(-y) - 3/2."""
    levels = (np.arange(2000) + 0.5) / 2000
    for y in (0.0, 0.5, 2.0, 4.0):
        found = crps_of_quantiles(quantiles(-np.log1p(-levels), levels), xr.DataArray(y))
        assert float(found) == pytest.approx(y + 2 * np.exp(-y) - 1.5, abs=2e-3)


def test_a_quantile_that_is_not_known_leaves_its_forecast_out(sites):
    forecast = quantiles([[1, 1], [4, NAN], [9, 9]], [0.1, 0.5, 0.9])
    found = crps_of_quantiles(forecast, sites([6, 6]), dim=())
    assert np.isnan(found.values[1])
    assert float(crps_of_quantiles(forecast, sites([6, 6]))) == pytest.approx(found.values[0])
    assert np.isnan(float(crps_of_quantiles(forecast, sites([NAN, NAN]))))


@pytest.mark.parametrize("levels", [[0.9, 0.5, 0.1], [0.0, 0.5, 0.9], [0.1, 0.5, 1.0], [0.5, 0.5, 0.9], [10, 50, 90]])
def test_levels_must_rise_between_0_and_1(levels):
    with pytest.raises(InputError, match="levels must rise and lie between 0 and 1"):
        crps_of_quantiles(quantiles([1, 2, 3], levels), xr.DataArray(2.0))


def test_levels_must_be_given(members):
    bare = members([1, 2, 3]).rename(member="quantile")
    with pytest.raises(InputError, match="'quantile' has no levels"):
        crps_of_quantiles(bare, xr.DataArray(2.0))


def test_pit_is_the_share_below_and_half_of_the_ties(members, sites):
    forecast = members([[1, 1, 4, 3], [2, 1, 4, 3], [3, 1, NAN, 3], [4, 1, 8, 3]])
    found = pit(forecast, sites([2, 1, 5, NAN]))
    assert found.values.tolist() == pytest.approx([1.5 / 4, 0.5, 2 / 3, NAN], nan_ok=True)
    assert float(pit(forecast, sites([2, 1, 5, NAN]), dim="place")) == pytest.approx(found.values[:3].mean())


def test_pit_of_one_member_is_0_half_or_1(members, sites):
    assert pit(members([[5, 5, 5]]), sites([4, 5, 6])).values.tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(pit(members([[NAN]]), sites([4]))).all()


@pytest.mark.parametrize("score", [crps, pit])
def test_members_are_asked_for_by_name_and_counts_have_none(score, members):
    with pytest.raises(InputError, match="forecast: has no dimension 'member'"):
        score(xr.DataArray([1.0], dims="place"), xr.DataArray([1.0], dims="place"))
    with pytest.raises(InputError, match="observed: has a dimension 'member'; what was counted has none"):
        score(members([1]), members([1]))
