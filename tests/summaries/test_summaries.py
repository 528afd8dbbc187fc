"""Hand-worked numbers of the summaries, and the laws that they keep."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from displacement import summaries as sm
from displacement.ensemble import simulate
from displacement.errors import InputError
from displacement.io import read_observed, read_scenario
from displacement.variables import VARIABLES
from tests.wanderers import empty

FOLDER = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
FLAGS = {"flag_values": [0, 1, 2, 3, 4], "flag_meanings": "accessible hard_to_reach besieged unknown not_classified"}


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER)


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, members=20, seed=1)


def series(numbers):
    numbers = np.asarray(numbers)
    days = pd.date_range("2016-02-01", periods=numbers.shape[1])
    return xr.DataArray(numbers, dims=("member", "time"), coords={"time": days})


def statuses(codes, places=("a", "b")):
    codes = np.asarray(codes, np.int8)
    days = pd.date_range("2016-02-01", periods=len(codes))
    return xr.DataArray(codes, dims=("time", "place"), coords={"time": days, "place": list(places)}, attrs=FLAGS)


class TestBands:
    def test_points_are_quantiles_over_members(self):
        numbers = np.random.default_rng(1).integers(0, 1000, (30, 4))
        found = sm.bands(series(numbers))
        assert found.dims == ("point", "time")
        for point in sm.POINTS:
            assert np.allclose(found.sel(point=point), np.percentile(numbers, point, axis=0))

    def test_any_order_of_dimensions(self):
        values = series([[1, 2], [3, 4]])
        assert sm.bands(values.T).equals(sm.bands(values))

    def test_nan_members_are_left_out_and_all_nan_stays_nan(self):
        found = sm.bands(series([[np.nan, np.nan], [4.0, np.nan]]), (50.0,))
        assert np.array_equal(found.values, [[4.0, np.nan]], equal_nan=True)

    def test_without_members_every_point_is_the_value(self):
        found = sm.band_table(series([[5, 7]]).isel(member=0))
        assert (found.T == [5, 7]).all().all()
        assert list(found.columns) == ["p2.5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97.5"]

    def test_bands_are_nested(self, run):
        table = sm.band_table(run["moved_since"].sum("place"))
        assert (np.diff(table.to_numpy(), axis=1) >= 0).all()


class TestScope:
    def test_a_group_is_the_sum_of_its_places(self, run, scenario):
        places = scenario.network.place_groups["azaz_pocket"]
        expected = sum(run["moved_since"].sel(place=p).values for p in places)
        assert np.array_equal(sm.scope_sum(run["moved_since"], scenario.network, "azaz_pocket"), expected)

    def test_a_place_is_itself(self, run, scenario):
        one = sm.scope_sum(run["displaced"], scenario.network, "azaz")
        assert np.array_equal(one, run["displaced"].sel(place="azaz"))

    def test_an_unknown_scope_is_an_error_with_a_suggestion(self, run, scenario):
        with pytest.raises(InputError, match="azaz_pocket"):
            sm.scope_sum(run["displaced"], scenario.network, "azaz_poket")


class TestPlanning:
    def test_the_figure_covers_the_peak_in_80_of_100_members_and_is_a_round_number(self):
        people = series([[k * 1000, 0] for k in range(1, 101)])
        figure = sm.planning_figure(people)
        assert figure == 80_000
        assert sm.chance_above(people, figure) == 0.2
        assert sm.planning_figure(people, 0.81) == 82_000  # up to a multiple of 2,000, about a twentieth
        assert sm.planning_figure(people, 0.81, step=5_000.0) == 85_000

    def test_an_exact_multiple_is_not_raised(self):
        assert sm.planning_figure(series([[10_000]] * 3)) == 10_000

    def test_the_peak_counts_not_the_last_day(self):
        assert sm.chance_above(series([[9, 1], [1, 1]]), 5) == 0.5

    def test_nobody_and_nothing_known(self):
        assert sm.planning_figure(series([[0, 0]])) == 0
        assert np.isnan(sm.planning_figure(series([[np.nan]])))
        assert np.isnan(sm.chance_above(series([[np.nan]]), 3))

    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
    def test_the_chance_to_exceed_it_is_at_most_a_fifth(self, peaks):
        people = series([[k] for k in peaks])
        assert sm.chance_above(people, sm.planning_figure(people)) <= 0.2 + 1e-9


class TestDays:
    def test_peak_day_by_hand(self):
        peak = sm.peak_day(series([[1, 9, 2], [3, 8, 1], [1, 2, 30]]))
        assert peak.loc["p50", "day"] == pd.Timestamp("2016-02-02")
        assert peak.loc["p90", "day"] == pd.Timestamp("2016-02-03")
        assert peak.loc["p50", "people"] == 9

    def test_no_peak_where_nothing_happens(self):
        peak = sm.peak_day(series([[0, 0], [np.nan, np.nan]]))
        assert peak["day"].isna().all()
        assert (peak["people"] == 0).all()

    def test_first_day_a_threshold_is_passed(self):
        found = sm.first_passed(series([[0, 5, 9], [6, 6, 6], [0, 0, 0]]), [5, 9, 10])
        assert found["share"].tolist() == [2 / 3, 1 / 3, 0.0]
        assert found.loc[5, "p10"] == pd.Timestamp("2016-02-01")
        assert found.loc[5, "p50"] == pd.Timestamp("2016-02-02")
        assert pd.isna(found.loc[5, "p90"])  # one in three never does
        assert found.loc[10, ["p10", "p50", "p90"]].isna().all()


class TestPlaces:
    def test_departures_of_one_member_add_up(self, run):
        one = run.isel(member=[3])
        table = sm.departures_by_origin(one)
        assert table["p50"].sum() == one["departures_from_home"].sum()
        assert table["p50"].is_monotonic_decreasing

    def test_who_leaves_home_twice_left_it_once(self):
        """Of 100 at home 60 left, came back, and left again."""
        made = empty([("a", "AA", "X")])
        made["start_residents"].values[:] = 100
        made["residents"].values[:] = 40
        made["departures_from_home"].values[:] = 60
        assert sm.departures_by_origin(made).loc["a", "p50"] == 60

    def test_stock_on_a_date(self, run):
        table = sm.by_place(run, "moved_since", "2016-02-10")
        expected = np.median(run["moved_since"].sel(time="2016-02-10", place="sijjou"))
        assert table.loc["sijjou", "p50"] == expected
        assert table.loc["sijjou", "area"] == "SY02"
        assert table.loc["oncupinar", "area"] == "TR"  # no parent P-code: the country

    def test_totals_are_summed_within_members_first(self, run):
        totals = sm.stock_totals(run)
        assert set(totals["variable"]) == {
            "residents", "displaced", "refugees", "returned", "registered", "newly_displaced", "moved_since", "waiting",
        }  # fmt: skip
        last = totals[(totals["variable"] == "displaced") & (totals["time"] == run["time"].values[-1])]
        expected = np.quantile(run["displaced"].isel(time=-1).sum("place"), 0.9)
        assert last["p90"].item() == pytest.approx(expected)

    def test_no_internal_stock_is_shared(self, run):
        assert not [n for n in sm.shared_stocks(run) if VARIABLES[n].internal]

    def test_crossings(self, run):
        table = sm.arrivals_by_crossing(run)
        row = table[(table["crossing"] == "bab_al_salama_crossing") & (table["time"] == "2016-02-04")].iloc[0]
        at = {"crossing": "bab_al_salama_crossing", "direction": "forward", "time": "2016-02-04"}
        for name in ("joined", "crossed", "waiting"):
            assert row[f"{name}_p90"] == pytest.approx(np.quantile(run[name].sel(at), 0.9))
        assert (row["near"], row["far"]) == ("Bab al-Salama", "Öncüpınar")
        assert set(table["direction"]) == {"forward"}  # nobody came the other way


class TestAccess:
    def test_everybody_is_in_one_class_every_day(self):
        codes = statuses([[0, 2], [1, 3], [4, 2]])
        people = sm.people_by_class(xr.Dataset({"access_status": codes}), pd.Series({"a": 100.0, "b": 30.0}))
        assert people.to_dict("list") == {
            "besieged": [30, 0, 30],
            "hard_to_reach": [0, 100, 0],
            "unknown": [0, 30, 100],
            "accessible": [100, 0, 0],
        }
        assert (people.sum(axis=1) == 130).all()

    def test_order_of_dimensions_and_of_people_does_not_matter(self):
        codes = statuses([[0, 2]])
        one = sm.people_by_class(xr.Dataset({"access_status": codes}), pd.Series({"a": 1.0, "b": 2.0}))
        other = sm.people_by_class(xr.Dataset({"access_status": codes.T}), pd.Series({"b": 2.0, "a": 1.0}))
        assert one.equals(other)

    def test_a_code_without_a_word_is_unknown(self):
        assert sm.flag_names(statuses([[9, 0]])).tolist() == [["unknown", "accessible"]]

    def test_spells_by_hand(self):
        found = sm.spells(statuses([[2, 0], [2, 0], [1, 0]]))
        rows = found.assign(first=found["first"].dt.day, last=found["last"].dt.day).to_numpy().tolist()
        assert rows == [
            ["a", "besieged", 1, 2, False, True],
            ["a", "hard_to_reach", 3, 3, True, False],
            ["b", "accessible", 1, 3, False, False],
        ]

    def test_changes_by_hand(self):
        status, today = statuses([[2, 4], [2, 4], [1, 4]]), statuses([[0, 4], [1, 4], [1, 4]])
        access = xr.Dataset(
            {"access_status": status, "access_today": today, "access_worst": status, "access_best": status}
        )
        found = sm.access_changes(access, pd.Series({"a": "Town A"}))
        assert found["date"].dt.day.tolist() == [1, 2, 3]  # place b is never classified
        assert found["since"].dt.day.tolist() == [1, 2, 2]
        assert found["class"].tolist() == ["besieged", "besieged", "hard_to_reach"]
        assert set(found["name"]) == {"Town A"}


class TestObserved:
    def test_only_stocks_of_the_same_reference_in_the_period(self, run, scenario):
        observed = read_observed(FOLDER, scenario.network)
        found = sm.comparable(observed, run)
        assert len(found)
        assert set(found["reference"]) == {"2016-02-01"}
        assert set(found["variable"]) == {"moved_since", "displaced"}

    def test_other_references_internal_variables_and_other_days_are_left_out(self, run):
        rows = [("2016-02-05", "moved_since", "2016-02-01"), ("2016-02-05", "moved_since", "2016-04-14"),
                ("2016-02-05", "trapped", "2016-02-01"), ("2015-01-01", "moved_since", "2016-02-01"),
                ("2016-02-05", "departures", "2016-02-01"), ("2016-02-05", "displaced", "")]  # fmt: skip
        observed = pd.DataFrame(rows, columns=["date", "variable", "reference"]).assign(place_id="azaz")
        kept = sm.comparable(observed, run)
        assert sorted(zip(kept["variable"], kept["reference"], strict=True)) == [
            ("displaced", ""), ("moved_since", "2016-02-01"),
        ]  # fmt: skip

    def test_none_is_no_rows(self, run):
        assert not len(sm.comparable(None, run))

    def test_the_projection_stands_beside_in_the_same_scope(self, run, scenario):
        found = sm.observed_beside(read_observed(FOLDER, scenario.network), run, scenario.network)
        row = found[(found["place_id"] == "azaz_pocket") & (found["date"] == "2016-02-08")].iloc[0]
        total = sm.scope_sum(run["moved_since"].sel(time="2016-02-08"), scenario.network, "azaz_pocket")
        assert row["p50"] == np.median(total)


class TestSharing:
    @given(st.floats(0, 5e6))
    def test_rounding_is_off_by_half_a_step_at_most_and_settles(self, value):
        found = float(sm.rounded(value))
        assert abs(found - value) <= (50 if value < 10_000 else 500)
        assert float(sm.rounded(found)) == found

    def test_totals_are_rounded_last(self):
        parts = pd.DataFrame({"p50": [149.0, 149.0, 149.0]})
        total = sm.shared(pd.DataFrame({"p50": [parts["p50"].sum()]}))["p50"].item()
        assert total == 400  # not 300: the parts were not rounded before
        assert sm.shared(parts)["p50"].sum() == 300
        assert "summed first, then rounded" in sm.ROUNDING

    def test_counts_under_the_floor_are_suppressed_not_rounded(self):
        table = pd.DataFrame({"name": ["a"] * 5, "p50": [0.0, 1.0, 49.9, 50.0, np.nan], "share": [0.1] * 5})
        found = sm.shared(table)
        assert found["p50"].tolist()[:4] == [0, "<50", "<50", 100]
        assert pd.isna(found["p50"].iloc[4])
        assert found["share"].tolist() == table["share"].tolist()

    def test_which_columns_hold_counts(self):
        table = pd.DataFrame({"p2.5": [7], "crossed_p90": [7], "population": [7], "pop_x": [7], "place": [7]})
        assert sm.shared(table).iloc[0].tolist() == ["<50", "<50", 7, 7, 7]

    def test_shared_numbers_read_back(self):
        found = sm.numbers_of(sm.shared(pd.DataFrame({"p50": [7.0, 1_249.0]}))["p50"])
        assert np.array_equal(found, [np.nan, 1_200.0], equal_nan=True)
