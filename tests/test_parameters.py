"""Parameters: bounded, with unit, source and prior; a prior follows its centre."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.errors import InputError
from displacement.parameters import TEN_PERCENT, Parameters, at_deviate

QUANTITIES = Parameters.quantities()
POINTS = np.array([-TEN_PERCENT, 0.0, TEN_PERCENT])


@pytest.mark.parametrize("f", QUANTITIES, ids=lambda f: f.name)
def test_every_parameter_has_unit_bounds_source_and_meaning(f):
    m = f.metadata
    assert m["unit"]
    assert m["what"]
    assert m["source"]
    assert m["low"] <= f.default <= m["high"]
    assert m["low"] < m["high"]
    if m["prior"] is not None:
        low, high = m["prior"]
        assert m["low"] <= low < f.default < high <= m["high"]


@pytest.mark.parametrize("f", QUANTITIES, ids=lambda f: f.name)
def test_a_value_out_of_bounds_is_an_error_that_says_them(f):
    for value in (f.metadata["low"] - 1, f.metadata["high"] * 2 + 1, float("nan")):
        with pytest.raises(InputError, match=f"{f.name} = .*must lie in"):
            Parameters(**{f.name: value})


def test_an_unknown_name_is_an_error_with_a_suggestion():
    with pytest.raises(InputError, match="unknown parameter 'departure_rat'; did you mean 'departure_rate'"):
        Parameters().with_values({"departure_rat": 0.1})


def test_the_points_of_every_prior_are_where_they_are_said_to_be():
    parameters = Parameters()
    for name, prior in parameters.priors.items():
        drawn = parameters.drawn({name: POINTS})
        np.testing.assert_allclose(getattr(drawn, name), prior, rtol=1e-12, err_msg=name)


@given(st.data())
def test_a_prior_follows_its_centre(data):
    """Moving the centre keeps the points in order, inside the bounds and at the same distance on the prior's scale."""
    f = data.draw(st.sampled_from([f for f in QUANTITIES if f.metadata["prior"]]))
    low, high = f.metadata["low"], f.metadata["high"]
    centre = data.draw(st.floats(low + 1e-6 * (high - low), high - 1e-6 * (high - low)))
    points = Parameters().with_values({f.name: centre}).priors[f.name]
    assert low <= points[0] <= points[1] <= points[2] <= high
    assert points[1] == centre
    assert Parameters(**{f.name: centre}).priors[f.name] == points
    if f.metadata["unit"] != "1" and low < points[0] and points[2] < high:
        factors = np.array(f.metadata["prior"]) / f.default
        np.testing.assert_allclose(np.array(points)[[0, 2]] / centre, factors, rtol=1e-9)


@given(st.sampled_from(QUANTITIES), st.lists(st.floats(-8, 8), min_size=2, max_size=5))
def test_draws_stay_inside_the_bounds_and_grow_with_the_deviate(f, deviates):
    if f.metadata["prior"] is None:
        return
    prior = (f.metadata["prior"][0], f.default, f.metadata["prior"][1])
    values = at_deviate(f, prior, np.sort(np.array(deviates)))
    assert (np.diff(values) >= 0).all()
    assert ((values >= f.metadata["low"]) & (values <= f.metadata["high"])).all()


def test_a_given_prior_replaces_the_default_and_moves_the_centre():
    parameters = Parameters().with_values({"spill": (0.2, 0.4, 0.6)})
    assert parameters.spill == 0.4
    assert parameters.priors["spill"] == (0.2, 0.4, 0.6)
    drawn = parameters.drawn({"spill": POINTS})
    np.testing.assert_allclose(drawn.spill, [0.2, 0.4, 0.6])


@pytest.mark.parametrize(
    "points", [(0.4, 0.3, 0.5), (0.2, 0.6, 0.5), (-0.1, 0.3, 0.5), (0.1, 0.3, 1.1), (0.1, float("nan"), 0.5)]
)
def test_points_out_of_order_or_out_of_bounds_are_an_error(points):
    with pytest.raises(InputError, match="spill = "):
        Parameters().with_values({"spill": points})


@pytest.mark.parametrize("points", [(0.2, 0.5, 1.0), (0.0, 0.5, 0.9), (0.9999999999999996, 0.9999999999999999, 1.0)])
def test_points_at_the_end_of_a_share_can_be_drawn(points):
    drawn = Parameters().with_values({"hope": points}).drawn({"hope": POINTS}).hope
    np.testing.assert_allclose(drawn, points, atol=1e-9)


def test_a_rate_of_zero_stays_zero():
    parameters = Parameters().with_values({"departure_rate": 0})
    assert parameters.priors["departure_rate"] == (0.0, 0.0, 0.0)
    assert parameters.drawn({"departure_rate": POINTS}).departure_rate.tolist() == [0.0, 0.0, 0.0]


def test_equal_values_and_priors_are_equal():
    assert Parameters() == Parameters().with_values({"departure_rate": 0.2})
    assert Parameters() != Parameters().with_values({"departure_rate": 0.3})
    assert Parameters() != Parameters().with_values({"departure_rate": (0.1, 0.2, 0.3)})
