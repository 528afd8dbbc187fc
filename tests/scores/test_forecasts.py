"""Tables of forecasts: numbers by horizon worked by hand, and every fault of a table told at once."""

import numpy as np
import pandas as pd
import pytest

from displacement import InputError
from displacement.scores import forecast_scores

NAN = float("nan")


def forecast(observed, *, horizon=30, site="camp", persistence=100.0, middle=100.0, **further):
    q = {f"q{level}": middle + add for level, add in ((10, -20), (25, -10), (50, 0), (75, 10), (90, 20))}
    date = pd.Timestamp("2013-01-01") + pd.Timedelta(days=horizon)
    row = {"origin": "2013-01-01", "horizon": horizon, "site": site, "date": date, "observed": observed}
    return row | {"persistence": persistence} | q | further


def test_numbers_by_horizon_and_in_all():
    table = pd.DataFrame([forecast(105), forecast(118, horizon=60), forecast(140, horizon=60), forecast(NAN)])
    found = forecast_scores(table)
    assert found.index.tolist() == ["30", "60", "all"]
    assert found["forecasts"].tolist() == [1, 2, 3]
    assert found["inside_50"].tolist() == pytest.approx([1, 0, 1 / 3])
    assert found["inside_80"].tolist() == pytest.approx([1, 0.5, 2 / 3])
    assert found["inside_95"].isna().all()  # q2.5 and q97.5 are not given
    assert found["bias"].tolist() == pytest.approx([-5, -29, -21])
    assert found["bias_share"].tolist() == pytest.approx([-5 / 105, -29 / 129, -21 / 121])
    assert found["mean_absolute_error"].tolist() == pytest.approx([5, 29, 21])


def test_crps_beside_persistence_by_hand():
    found = forecast_scores(pd.DataFrame([forecast(105, persistence=90.0)])).loc["all"]
    # levels .1 .25 .5 .75 .9 stand for .175 .2 .25 .2 .175; 105 lies 25, 15, 5 above and 5, 15 below
    loss = 0.175 * 0.1 * 25 + 0.2 * 0.25 * 15 + 0.25 * 0.5 * 5 + 0.2 * 0.25 * 5 + 0.175 * 0.1 * 15
    assert found["crps"] == pytest.approx(2 * loss)
    assert found["against_persistence"] == pytest.approx(2 * loss / 15)


def test_a_forecast_without_persistence_is_in_the_rest_only():
    table = pd.DataFrame([forecast(105, persistence=90.0), forecast(160, persistence=NAN)])
    found = forecast_scores(table).loc["all"]
    assert found["forecasts"] == 2
    assert found["against_persistence"] == pytest.approx(forecast_scores(table[:1]).loc["all", "against_persistence"])


def test_outer_quantiles_give_the_range_of_95():
    table = pd.DataFrame(
        [forecast(125, **{"q2.5": 70.0, "q97.5": 130.0}), forecast(135, **{"q2.5": 70.0, "q97.5": 130.0})]
    )
    assert forecast_scores(table).loc["all", "inside_95"] == 0.5


def test_perfect_persistence_and_nothing_scored_are_nan_never_0():
    found = forecast_scores(pd.DataFrame([forecast(100.0)])).loc["all"]
    assert np.isnan(found["against_persistence"])
    nothing = forecast_scores(pd.DataFrame([forecast(NAN)])).loc["all"]
    assert nothing["forecasts"] == 0
    assert nothing.drop("forecasts").isna().all()
    zero = forecast_scores(pd.DataFrame([forecast(0.0, middle=20.0)])).loc["all"]
    assert np.isnan(zero["bias_share"])


def test_numbers_may_be_text_and_the_index_does_not_matter():
    table = pd.DataFrame([forecast(105), forecast(118)])
    other = table.astype({"observed": str, "q50": str}).set_index(pd.Index([7, 7]))
    pd.testing.assert_frame_equal(forecast_scores(other), forecast_scores(table))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="q25"), r"missing column\(s\) q25; there are origin"),
        (lambda t: t.drop(columns=["site", "persistence"]), r"missing column\(s\) site, persistence"),
        (lambda t: t.assign(date="soon"), "row 0, date: must be a date"),
        (lambda t: t.assign(origin=None), "row 0, origin: must be a date"),
        (lambda t: t.assign(observed="many"), "row 0, observed: must be a number"),
        (lambda t: t.assign(q90="high"), "row 0, q90: must be a number"),
        (lambda t: t.assign(q90=50.0), "row 0: quantiles must not fall"),
        (lambda t: t.assign(date=t["origin"]), "row 0: date must lie after origin"),
        (lambda t: t.to_dict("records"), r"must be a pandas.DataFrame, got list"),
    ],
)
def test_a_fault_of_a_table_is_named(change, message):
    with pytest.raises(InputError, match=message):
        forecast_scores(change(pd.DataFrame([forecast(105)])))


def test_all_faults_are_told_at_once():
    table = pd.DataFrame([forecast(105), forecast(105)]).assign(observed=["few", 3], date=["soon", "2012-01-01"])
    with pytest.raises(InputError) as fault:
        forecast_scores(table)
    assert len(fault.value.problems) == 3
