"""Central intervals, their coverage and their score, worked by hand."""

import numpy as np
import pytest
import xarray as xr

from displacement import InputError
from displacement.scores import central_interval, interval_coverage, interval_score, ratio, skill

NAN = float("nan")
LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]


@pytest.fixture
def quantiles():
    values = np.array([1.0, 2, 3, 4, 5, 6, 7])
    return xr.DataArray(values, dims="quantile", coords={"quantile": LEVELS})


def test_intervals_of_members_lie_straight_between_two(members):
    low, high = central_interval(members([0, 10, 20, 30, 40]), 80.0)
    assert (float(low), float(high)) == pytest.approx((4.0, 36.0))


def test_intervals_of_quantiles_are_the_quantiles_themselves(quantiles):
    found = [tuple(float(x) for x in central_interval(quantiles, share)) for share in (50, 80, 95)]
    assert found == [(3, 5), (2, 6), (1, 7)]


def test_coverage_counts_what_lies_inside_with_the_ends(quantiles, sites):
    observed = sites([2, 6, 6.5, 8])
    forecast = xr.concat([quantiles] * 4, "place")
    found = interval_coverage(forecast, observed)
    assert found["share"].values.tolist() == [50, 80, 95]
    assert found.values.tolist() == [0.0, 0.5, 0.75]


def test_a_cell_without_forecast_or_count_is_left_out(members, sites):
    forecast = members([[0, 0, NAN], [10, 10, NAN]])
    assert interval_coverage(forecast, sites([5, NAN, 5]), shares=(80,)).values.tolist() == [1.0]
    assert np.isnan(interval_coverage(forecast, sites([NAN, NAN, 5]))).all()
    assert np.isnan(interval_score(forecast, sites([NAN, NAN, 5]))).all()
    assert np.isnan(interval_coverage(members(np.zeros((2, 0))), sites([]))).all()


def test_one_member_covers_only_what_it_hits(members, sites):
    forecast = members([[5, 5]])
    assert interval_coverage(forecast, sites([5, 6]), shares=(80,)).values.tolist() == [0.5]
    assert interval_score(forecast, sites([5, 6]), dim=(), shares=(80,)).values[0].tolist() == pytest.approx([0, 10])


def test_the_score_is_width_and_fines(quantiles):
    inside, below = xr.DataArray(4.0), xr.DataArray(0.0)
    assert interval_score(quantiles, inside).values.tolist() == [2, 4, 6]
    fines = [2 + 2 / 0.5 * 3, 4 + 2 / 0.2 * 2, 6 + 2 / 0.05 * 1]
    assert interval_score(quantiles, below).values.tolist() == pytest.approx(fines)


def test_all_zero_is_covered_and_costs_nothing(members, sites):
    forecast = members(np.zeros((3, 2)))
    assert interval_coverage(forecast, sites([0, 0])).values.tolist() == [1, 1, 1]
    assert interval_score(forecast, sites([0, 0])).values.tolist() == [0, 0, 0]


def test_dim_keeps_what_is_not_averaged_over(members):
    forecast = members(np.arange(24.0).reshape(4, 3, 2))
    observed = xr.DataArray(np.zeros((3, 2)), dims=("place", "time"))
    assert interval_coverage(forecast, observed, dim="time").dims == ("share", "place")
    assert interval_score(forecast, observed, dim="place").dims == ("share", "time")


@pytest.mark.parametrize("share", [0.0, 100.0, -5.0, 180.0])
def test_a_share_lies_between_0_and_100(members, share):
    with pytest.raises(InputError, match="must lie between 0 and 100"):
        interval_coverage(members([1, 2]), xr.DataArray(1.0), shares=(share,))


def test_a_quantile_that_is_not_there_is_named(quantiles):
    with pytest.raises(InputError, match=r"no quantile 0\.05 for an interval of 90 %"):
        interval_coverage(quantiles, xr.DataArray(1.0), shares=(90.0,))


def test_a_forecast_of_one_number_has_no_interval():
    with pytest.raises(InputError, match=r"neither members .* nor quantiles|has no dimension"):
        interval_coverage(xr.DataArray([1.0], dims="place"), xr.DataArray([1.0], dims="place"))


def test_skill_is_nan_beside_a_perfect_baseline_and_labels_must_agree():
    by_case = {"dims": "case", "coords": {"case": ["a", "b"]}}
    score, baseline = xr.DataArray([60.0, 1.0], **by_case), xr.DataArray([80.0, 0.0], **by_case)
    assert skill(score, baseline).values.tolist() == pytest.approx([0.25, NAN], nan_ok=True)
    assert ratio(score, baseline).values.tolist() == pytest.approx([0.75, NAN], nan_ok=True)
    with pytest.raises(InputError, match="different labels"):
        skill(score, baseline.assign_coords(case=["a", "c"]))
    with pytest.raises(InputError, match=r"baseline: must be an xarray.DataArray, got int"):
        skill(score, 3)
