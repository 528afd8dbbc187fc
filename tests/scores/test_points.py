"""Bias, mean absolute error and Flee's relative error, worked by hand."""

import numpy as np
import pytest
import xarray as xr

from displacement import InputError
from displacement.scores import bias, mean_absolute_error, relative_error

NAN = float("nan")


def test_errors_of_both_signs_cancel_in_the_bias_and_not_in_the_mean_absolute_error(sites):
    forecast, observed = sites([100, 200, 300]), sites([110, 150, 300])
    assert float(bias(forecast, observed)) == pytest.approx((-10 + 50 + 0) / 3)
    assert float(mean_absolute_error(forecast, observed)) == pytest.approx((10 + 50 + 0) / 3)


def test_dim_says_what_is_averaged_over(sites):
    forecast, observed = sites([[1, 2], [3, 4]]), sites([[0, 0], [0, 0]])
    assert bias(forecast, observed, dim="time").values.tolist() == [2.0, 3.0]
    assert bias(forecast, observed, dim=("time", "place")).item() == 2.5 == bias(forecast, observed).item()
    assert bias(forecast, observed, dim=()).values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("score", [bias, mean_absolute_error])
def test_what_is_not_known_is_left_out_and_nothing_known_is_nan_never_0(sites, score):
    forecast, observed = sites([5, NAN, 9]), sites([4, 7, NAN])
    assert float(score(forecast, observed)) == 1.0
    assert np.isnan(float(score(sites([1, 2]), sites([NAN, NAN]))))
    assert np.isnan(float(score(sites([]), sites([]))))


def test_relative_error_is_that_of_a_day_beside_all_people_then_the_mean_over_days(sites):
    forecast, observed = sites([[500, 300], [900, 600]]), sites([[400, 400], [1000, 200]])
    assert relative_error(forecast, observed, dim=()).values.tolist() == pytest.approx([200 / 800, 500 / 1200])
    assert float(relative_error(forecast, observed)) == pytest.approx((200 / 800 + 500 / 1200) / 2)
    assert float(relative_error(forecast, observed, over=("time", "place"))) == pytest.approx(700 / 2000)


def test_a_site_that_nobody_counted_is_left_out_of_both_sums_of_its_day(sites):
    forecast, observed = sites([[500, 300]]), sites([[400, NAN]])
    assert float(relative_error(forecast, observed)) == pytest.approx(100 / 400)
    assert float(relative_error(sites([[500, NAN]]), sites([[400, 10_000]]))) == pytest.approx(100 / 400)


def test_a_day_with_nobody_counted_has_no_relative_error_and_is_left_out(sites):
    forecast, observed = sites([[5, 5], [6, 4]]), sites([[0, 0], [5, 5]])
    assert np.isnan(relative_error(forecast, observed, dim=()).values[0])
    assert float(relative_error(forecast, observed)) == pytest.approx(0.2)
    assert np.isnan(float(relative_error(sites([[0, 0]]), sites([[0, 0]]))))
    assert np.isnan(float(relative_error(sites([[1, 1]]), sites([[NAN, NAN]]))))


def test_everybody_at_the_wrong_site_is_2(sites):
    assert float(relative_error(sites([[0, 70]]), sites([[70, 0]]))) == 2.0


def test_members_are_a_dimension_like_any_other():
    forecast = xr.DataArray([[[5.0], [15.0]]], dims=("time", "member", "place"))
    observed = xr.DataArray([[10.0]], dims=("time", "place"))
    assert relative_error(forecast, observed, dim="time").values.tolist() == [0.5, 0.5]
    assert float(mean_absolute_error(forecast, observed)) == 5.0


def test_labels_that_differ_are_an_error_and_nothing_is_dropped_silently():
    forecast = xr.DataArray([1.0, 2.0], dims="place", coords={"place": ["a", "b"]})
    observed = xr.DataArray([1.0, 2.0], dims="place", coords={"place": ["a", "c"]})
    for score in (bias, mean_absolute_error, relative_error):
        with pytest.raises(InputError, match="different labels; select those of both first"):
            score(forecast, observed)


def test_an_unknown_dimension_is_an_error_that_suggests_one(sites):
    with pytest.raises(InputError, match="dim = 'plcae': no such dimension; did you mean 'place'"):
        bias(sites([1]), sites([1]), dim="plcae")
    with pytest.raises(InputError, match="'town': no such dimension"):
        relative_error(sites([1]), sites([1]), over="town")


def test_bare_numbers_are_refused():
    with pytest.raises(InputError, match=r"forecast: must be an xarray.DataArray with named dimensions, got ndarray"):
        bias(np.array([1.0]), xr.DataArray([1.0]))
    with pytest.raises(InputError, match=r"observed: must be .* got float"):
        mean_absolute_error(xr.DataArray([1.0]), 1.0)
