"""Aid by hand: cover, stock-outs, the pipeline, reorder points; and what may be told of them."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from displacement import summaries as sm
from tests.rations import conditions_of, days, fed

TOWN, HAMLET = "place0", "place1"


@pytest.fixture(scope="module")
def run():
    """Two members, 9 days. 10,000 people of the town need 6.5 t a day; a hamlet feeds 40. The first member runs out.

    Nothing comes. The first member opens with 13 t, eats 6.5, 6.5, then nothing; the second has 65 t, which last.
    """
    need = np.zeros((2, 9, 2))
    need[..., 0], need[..., 1] = 6.5, 0.026
    unmet = np.zeros_like(need)
    unmet[0, 2:, 0] = 6.5
    unmet[..., 1] = 0.026
    return fed(need, np.zeros_like(need), unmet, [[13.0, 0.0], [65.0, 0.0]])


@pytest.fixture(scope="module")
def conditions(run):
    return conditions_of(run)


class TestWhoIsToldOf:
    def test_people_on_aid_by_hand(self, run, conditions):
        found = sm.people_on_aid(run, conditions)
        assert found[TOWN] == pytest.approx(10_000)
        assert found[HAMLET] == pytest.approx(40)

    def test_a_place_with_fewer_than_50_is_in_no_table(self, run, conditions):
        assert sm.places_on_aid(run, conditions) == [TOWN]
        for table in (sm.cover_by_week(run, conditions).set_index("place"), sm.stock_outs(run, conditions),
                      sm.reorder_points(run, conditions, None, 20.0)):  # fmt: skip
            assert set(table.index) == {TOWN}


class TestCover:
    def test_the_end_of_each_week_by_hand(self, run, conditions):
        table = sm.cover_by_week(run, conditions)
        assert table["week"].tolist() == days(1, 8)
        assert table["last_day"].tolist() == days(7, 9)  # the second week has two days
        assert table["cover_50"].tolist() == pytest.approx([1.5, 0.5])  # 0 and 3 days, then 0 and 1
        assert table["cover_90"].tolist() == pytest.approx([2.7, 0.9])

    def test_where_nothing_is_needed_no_cover_is_known(self, run, conditions):
        idle = run.copy(deep=True)
        idle["days_of_cover"].values[:, 6, 0] = np.nan
        assert np.isnan(sm.cover_by_week(idle, conditions)["cover_50"][0])


class TestStockOut:
    def test_the_day_by_hand(self, run, conditions):
        row = sm.stock_outs(run, conditions).loc[TOWN]
        assert (row["share"], row["share_at_start"]) == (0.5, 0.0)
        assert row["first_day_10"] == row["first_day_50"] == days(3)[0]
        assert pd.isna(row["first_day_90"])  # one of two members never runs out
        assert row["days_out_50"] == 3.5
        assert row["least_cover_50"] == pytest.approx(0.5)
        assert row["unmet_p50"] == pytest.approx(35_000)  # seven days of 10,000 people, and none

    def test_a_quarter_met_has_not_run_out(self, run, conditions):
        partly = run.copy(deep=True)
        partly["unmet_need"].values[0, 2:, 0] *= 0.75
        assert sm.stock_outs(partly, conditions).loc[TOWN, "share"] == 0.0
        partly["unmet_need"].values[0, 2:, 0] *= 1.01
        assert sm.stock_outs(partly, conditions).loc[TOWN, "days_out_90"] == pytest.approx(6.3)  # 7 days and none
        assert sm.stock_outs(partly, conditions).loc[TOWN, "share"] == 0.5

    def test_most_unmet_first(self, conditions):
        need = np.full((1, 2, 3), 1.0)
        unmet = need * [0.2, 0.8, 0.5]
        run = fed(need, np.zeros_like(need), unmet, np.full((1, 3), 9.0))
        assert sm.stock_outs(run, conditions_of(run)).index.tolist() == ["place1", "place2", "place0"]


class TestPipeline:
    def test_a_month_by_hand(self, run, conditions):
        (food, other) = (part for _, part in sm.need_by_month(run, conditions).groupby("commodity", sort=False))
        assert food["days"].tolist() == [9]
        row = food.iloc[0]
        assert row["required_50"] == pytest.approx(9 * 6.526 * 0.55 / 0.65)
        assert row["available_50"] == pytest.approx(39 * 0.55 / 0.65)
        assert row["gap_90"] == pytest.approx((0.9 * 45.5 + 9 * 0.026) * 0.55 / 0.65)
        assert row["gap_person_days_p90"] == pytest.approx((0.9 * 45.5 + 9 * 0.026) / 0.65 * 1000)
        assert row["gap_people_p90"] == pytest.approx(row["gap_person_days_p90"] / 9)
        assert other.iloc[0]["gap_person_days_p90"] == pytest.approx(row["gap_person_days_p90"])  # one ration for all

    def test_months_begin_with_what_is_left(self):
        need = np.full((1, 31, 1), 1.0)
        run = fed(need, np.full_like(need, 0.5), np.zeros_like(need), [[40.0]])
        table = sm.need_by_month(run, conditions_of(run))
        food = table[table["commodity"] == "food"]
        share = 0.55 / 0.65
        assert food["month"].tolist() == [pd.Timestamp("2016-02-01"), pd.Timestamp("2016-03-01")]
        assert food["available_50"].tolist() == pytest.approx([(40 + 14.5) * share, (40 - 14.5 + 1) * share])
        assert (food["distributed_50"] + food["gap_50"]).tolist() == pytest.approx(food["required_50"].tolist())


class TestReorder:
    def test_by_hand(self, run, conditions):
        entry = xr.DataArray(
            np.full((9, 2), 0.25), dims=("time", "place"), coords={"time": run["time"], "place": run["place"]}
        )
        access = xr.Dataset({"aid_entry": entry})
        row = sm.reorder_points(run, conditions, access, 20.0).loc[TOWN]
        assert row["reorder_days"] == 11.0  # 7 days' lead, and 4 until the way is open
        assert row["reorder_t"] == pytest.approx(71.5)
        assert row["below_share"] == 1.0
        assert row["below_since"] == days(1)[0]

    def test_a_way_that_never_opens_waits_as_long_as_dispatch_stores_for(self, run, conditions):
        shut = xr.Dataset({"aid_entry": xr.zeros_like(run["days_of_cover"].isel(member=0))})
        assert sm.reorder_points(run, conditions, shut, 20.0).loc[TOWN, "reorder_days"] == 27.0

    def test_below_since_is_the_last_unbroken_time(self):
        need = np.ones((1, 4, 1))
        delivered = np.array([0.0, 30.0, 0.0, 0.0]).reshape(1, 4, 1)
        run = fed(need, delivered, np.zeros_like(need), [[6.0]])  # cover 5, 34, 33, 32
        row = sm.reorder_points(run, conditions_of(run), None, 20.0).loc["place0"]
        assert pd.isna(row["below_since"])
        low = fed(need, delivered / 10, np.zeros_like(need), [[9.0]])  # cover 8, 10, 9, 8
        assert (
            sm.reorder_points(low, conditions_of(low), None, 20.0, lead_days=8.5).loc["place0", "below_since"]
            == days(3)[0]
        )


class TestSharing:
    def test_people_by_one_rule_and_tonnes_by_another(self):
        frame = pd.DataFrame({"gap_p50": [12.0, 12_345.0], "tonnes_50": [0.04, 12_345.0], "first_day_50": days(1, 2),
                              "reorder_t": [1.234, 5.0], "mean_trucks": [1.234, 5.0]})  # fmt: skip
        found = sm.shared_aid(frame, ["reorder_t"])
        assert found["gap_p50"].tolist() == ["<50", 12_000]
        assert found["tonnes_50"].tolist() == [0.0, 12_300.0]
        assert found["first_day_50"].tolist() == days(1, 2)
        assert found["reorder_t"].tolist() == [1.2, 5.0]
        assert found["mean_trucks"].tolist() == [1.23, 5.0]
        assert frame["tonnes_50"].tolist() == [0.04, 12_345.0]  # the table given is left alone
