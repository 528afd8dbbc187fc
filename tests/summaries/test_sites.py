"""Sites by hand: overfill, the day on which it begins, who moves on; and what holds of any run."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from displacement import summaries as sm
from tests.wanderers import HOME, empty, random_run

SEEDS = st.integers(0, 10_000)


@pytest.fixture
def run():
    """Two members, four days, a camp for 100 and a town: the first camp overflows on day 3, the second never."""
    made = empty([("camp", HOME, "A"), ("town", HOME, "A")], members=2, days=4, capacity=[100, np.nan])
    made["displaced"].values[:, :, 0] = [[40, 100, 150, 130], [10, 20, 30, 40]]
    made["residents"].values[:, :, 0] = 1
    made["residents"].values[0, 1, 0] = 0
    made["start_displaced"].values[:, 0] = [40, 10]
    made["arrivals"].values[0] = [[60, 20], [60, 60], [30, 60], [10, 100]]
    made["departures"].values[0, :, 0] = [0, 0, 5, 30]
    made["departures_from_home"].values[0, :, 0] = [0, 0, 1, 0]
    return made


def at_site(run, place="camp"):
    return sm.overfill_of(run).sel(place=place).values


class TestOverfill:
    def test_by_hand(self, run):
        assert at_site(run).tolist() == [[0, 0, 51, 31], [0, 0, 0, 0]]
        assert sm.overfill_of(run)["place"].values.tolist() == ["camp"]

    def test_everybody_present_counts_once(self, run):
        run["refugees"].values[1, 3, 0], run["returned"].values[1, 3, 0] = 50, 20
        assert at_site(run)[1, 3] == 40 + 1 + 50 + 20 - 100

    def test_capacity_may_change_in_time(self, run):
        planned = xr.DataArray([[100, np.nan], [80, np.nan], [np.nan, np.nan], [200, 10]], dims=("time", "place"),
                               coords={"time": run["time"], "place": run["place"]})  # fmt: skip
        conditions = xr.Dataset({"site_capacity": planned})
        found = sm.overfill_of(run, conditions)
        assert np.array_equal(found.sel(place="camp")[0], [0, 20, np.nan, 0], equal_nan=True)
        assert found["place"].values.tolist() == ["camp", "town"]  # planned on one day is planned

    def test_without_a_capacity_there_is_no_site(self):
        run = empty([("town", HOME, "A")])
        assert sm.site_capacity(run).sizes["place"] == 0

    @given(SEEDS)
    def test_never_negative_and_never_more_than_are_there(self, seed):
        run = random_run(seed)
        found = sm.overfill_of(run).values
        there = sm.present(run).sel(place=sm.site_capacity(run)["place"]).values
        assert (found >= 0).all()
        assert (found <= there).all()


class TestOverflow:
    def test_the_day_by_hand(self, run):
        found = sm.overflow(run).loc["camp"]
        assert found["share"] == 0.5
        assert found["share_at_start"] == 0.0
        assert found["first_day_10"] == found["first_day_50"] == pd.Timestamp("2016-02-03")
        assert pd.isna(found["first_day_90"])

    def test_over_when_the_scenario_opens(self, run):
        run["start_displaced"].values[1, 0] = 101
        found = sm.overflow(run).loc["camp"]
        assert (found["share"], found["share_at_start"]) == (1.0, 0.5)
        assert found["first_day_10"] == pd.Timestamp("2016-02-01")

    def test_the_table_of_sites(self, run):
        row = sm.site_table(run.isel(member=[0])).loc["camp"]
        assert (row["capacity"], row["people_p50"], row["overfill_p50"], row["departures_p50"]) == (100, 131, 31, 35)

    def test_days_of_a_site(self, run):
        table = sm.site_days(run.isel(member=[0]))
        assert table["people_p50"].tolist() == [41, 100, 151, 131]
        assert table["arrived_p50"].tolist() == [60, 120, 150, 160]
        assert set(table["capacity"]) == {100.0}

    @given(SEEDS)
    def test_relabelling_places_permutes(self, seed):
        run = random_run(seed)
        order = np.random.default_rng(seed).permutation(run.sizes["place"])
        if not sm.site_capacity(run).sizes["place"]:
            return
        one, other = sm.site_table(run), sm.site_table(run.isel(place=order))
        pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())


class TestOnward:
    def test_by_hand(self, run):
        assert sm.onward(run).sel(place="camp").values[0].tolist() == [0, 0, 4, 30]
        assert sm.onward_by_place(run.isel(member=[0])).loc["camp", "p50"] == 34

    @given(SEEDS)
    def test_never_negative(self, seed):
        assert (sm.onward(random_run(seed)) >= 0).all()


def test_no_site_has_no_days():
    run = empty([("a", "AA", "X")])
    assert list(sm.site_days(run).columns) == ["time", "place", "name", "capacity"]
    assert not len(sm.site_days(run))
