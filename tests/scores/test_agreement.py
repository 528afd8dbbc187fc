"""The same numbers as an independent library (properscoring, which shares no line with scoringrules), to 1e-12."""

import numpy as np
import properscoring
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad

from displacement.scores import crps, crps_of_quantiles, interval_coverage, interval_score

PEOPLE = st.floats(0, 1e6, allow_nan=False)
EXACT = {"rtol": 1e-12, "atol": 1e-12 * 1e6}
LABELLED = ("member", "place")


@st.composite
def ensembles(draw, *, nan=False):
    """(member, place) members and (place,) counts."""
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 5)))
    number = st.one_of(PEOPLE, st.just(float("nan"))) if nan else PEOPLE
    members = draw(arrays(float, shape, elements=number))
    return xr.DataArray(members, dims=LABELLED), xr.DataArray(
        draw(arrays(float, shape[1], elements=number)), dims="place"
    )


@given(case=ensembles())
def test_crps_is_that_of_properscoring(case):
    forecast, observed = case
    theirs = properscoring.crps_ensemble(observed.values, forecast.values.T)
    np.testing.assert_allclose(crps(forecast, observed, dim=()).values, theirs, **EXACT)


@given(case=ensembles(nan=True))
def test_with_nan_members_and_counts_too(case):
    forecast, observed = case
    some = ~np.isnan(forecast.values).all(axis=0)  # where all are NaN, theirs warns
    found = crps(forecast, observed, dim=()).values
    theirs = properscoring.crps_ensemble(observed.values[some], forecast.values.T[some])
    np.testing.assert_allclose(found[some], theirs, **EXACT)
    assert np.isnan(found[~some]).all()


@given(case=ensembles())
def test_fair_crps_is_its_definition_over_pairs(case):
    forecast, observed = case
    x, y = forecast.values, observed.values
    count = len(x)
    spread = np.abs(x[:, None] - x[None]).sum(axis=(0, 1))
    plain = np.abs(x - y).mean(axis=0) - (spread / (2 * count * (count - 1)) if count > 1 else np.nan)
    np.testing.assert_allclose(crps(forecast, observed, dim=(), fair=True).values, plain, **EXACT)


@given(case=ensembles(), data=st.data())
def test_pinball_losses_are_their_definition(case, data):
    forecast, observed = case
    count = forecast.sizes["member"]
    level = st.floats(0.001, 0.999)
    levels = np.array(sorted(data.draw(st.sets(level, min_size=count, max_size=count))))
    edges = [0.0, *(levels[1:] + levels[:-1]) / 2, 1.0]
    quantiles = forecast.rename(member="quantile").assign_coords(quantile=levels)
    plain = np.zeros(observed.size)
    for k, level in enumerate(levels):
        miss = observed.values - forecast.values[k]
        plain += 2 * (edges[k + 1] - edges[k]) * np.where(miss >= 0, level * miss, (level - 1) * miss)
    np.testing.assert_allclose(crps_of_quantiles(quantiles, observed, dim=()).values, plain, **EXACT)


@given(case=ensembles(), share=st.sampled_from([50.0, 80.0, 95.0]))
def test_intervals_are_their_definition(case, share):
    forecast, observed = case
    alpha = 1 - share / 100
    low, high = np.percentile(forecast.values, [50 - share / 2, 50 + share / 2], axis=0)
    y = observed.values
    plain = high - low + 2 / alpha * (np.maximum(low - y, 0) + np.maximum(y - high, 0))
    found = interval_score(forecast, observed, dim=(), shares=(share,)).values[0]
    np.testing.assert_allclose(found, plain, rtol=1e-11, atol=1e-5)
    assert ((low <= y) & (y <= high)).tolist() == interval_coverage(forecast, observed, dim=(), shares=(share,)).values[
        0
    ].astype(bool).tolist()


@pytest.mark.parametrize("y", [-1.0, 0.3, 2.0, 7.0])
def test_crps_is_its_integral(y):
    x = np.array([0.0, 0.5, 1.0, 4.0])
    area, _ = quad(lambda z: ((x <= z).mean() - (y <= z)) ** 2, -2, 8, points=[*x, y], limit=200)
    assert float(crps(xr.DataArray(x, dims="member"), xr.DataArray(y))) == pytest.approx(area, abs=1e-9)
