"""Tables of a comparison, by hand: peaks, horizons, who is in reach, what aid it takes, where and since when."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import displacement as dp
from displacement import events as ev
from displacement.comparison.tables import (
    aid_needed,
    dependence_on_last_day,
    difference_by_day,
    difference_by_place,
    first_days,
    saved_table,
    shared_side_by_side,
    side_by_side,
)
from displacement.ensemble import with_access
from displacement.errors import InputError
from displacement.standards import Standard, overridden
from displacement.variables import attributes
from tests.lively import START, links, places, scenario


def row(table, quantity, name="run"):
    found = table[(table["scenario"] == name) & (table["quantity"] == quantity)]
    assert len(found) == 1
    return found.iloc[0]


class TestSideBySide:
    def test_peak_horizons_and_last_day(self, made):
        """Three members: 100 a day more, from 100 to 4,000 on day 40; day 30 is the 30th from the reference date."""
        people = np.zeros((3, 40, 2), int)
        people[:, :, 0] = 100 * np.arange(1, 41)
        people[1, 9, 0] = 9_000
        table = side_by_side({"run": made({"moved_since": people})})
        assert row(table, "day_30")["p50"] == 3_000
        assert row(table, "day_30")["day"] == pd.Timestamp("2016-03-01")
        assert row(table, "last_day")["p50"] == 4_000
        assert row(table, "peak")["p50"] == 4_000
        assert row(table, "peak")["earliest"] == pd.Timestamp("2016-02-10")
        assert row(table, "peak")["day"] == pd.Timestamp("2016-03-11")
        assert "day_60" not in set(table["quantity"])

    def test_day_one_is_the_reference_date(self, made):
        people = np.zeros((1, 40, 2), int)
        people[:, :, 0] = np.arange(40)
        run = made({"moved_since": people}, reference_date="2016-02-08")
        assert row(side_by_side({"run": run}), "day_30")["p50"] == 36

    def test_everybody_who_stays_is_in_reach_or_not_or_it_is_not_known(self, made):
        run = made(
            {"moved_since": [[[0] * 5]], "residents": [[[1, 10, 100, 1000, 10_000]]], "displaced": [[[1, 0, 0, 0, 5]]]},
            places=tuple("abcde"),
        )
        codes = np.array([[0, 1, 2, 3, 4]], np.int8)
        run["access_status"] = (("time", "place"), codes, attributes("access_status")[1])
        table = side_by_side({"run": run})
        assert row(table, "in_reach")["p50"] == 2
        assert row(table, "not_in_reach")["p50"] == 110
        assert row(table, "reach_unknown")["p50"] == 11_005

    def test_without_access_and_scenario_nothing_is_said_of_reach_and_aid(self, made):
        table = side_by_side({"run": made({"moved_since": [[[1, 2]]]})})
        assert table["quantity"].tolist() == ["peak", "last_day"]

    def test_a_variable_that_is_not_there(self, made):
        with pytest.raises(InputError, match="'run': holds no moved_since"):
            side_by_side({"run": made({"displaced": [[[1, 2]]]})})

    def test_aid_by_hand(self):
        """Two places; trade comes to a (from outside, open) and not to b: they depend on aid by .4 and wholly.

        Who depends needs 0.65 kg a day: 0.55 of food and 0.10 of other dry aid, by the scenario's standards.
        """
        table = places(
            "abo", ["town", "camp", "town"], population=[10.0, 0.0, 0.0], party=("blue",) * 3,
            outside=[False, False, True],
        )  # fmt: skip
        cut = ev.Permission(link="ab", start=START, trade=0.0)
        case = scenario(table, links(["ab", "oa"], [(0, 1), (2, 0)], [5.0, 5.0]), cut)
        assert dependence_on_last_day(case)[:2] == pytest.approx([0.26, 0.65])
        unknown = case.without("Permission").with_events(ev.Permission(link="ab", start=START, trade="unknown"))
        assert dependence_on_last_day(unknown)[:2] == pytest.approx([0.26, 0.65])  # what is unknown is shut
        run = dp.simulate(case, members=2)
        run["moved_since"][:, -1] = [[1000, 0, 0], [0, 1000, 0]]
        assert aid_needed(run, case, "moved_since").values == pytest.approx([0.26, 0.65])
        half = Standard(item="food ration", cluster="food security", commodity="food", quantity=0.275,
                        unit="kg/person/day", source="half a ration")  # fmt: skip
        less = replace(case, standards=overridden(case.standards, [half]))
        assert aid_needed(run, less, "moved_since").values == pytest.approx([0.15, 0.375])

    def test_shared_counts_are_rounded_and_small_ones_hidden(self, made):
        shared = shared_side_by_side(
            side_by_side({"run": made({"moved_since": [[[12_345, 0]]], "refugees": [[[7, 0]]]})})
        )
        assert row(shared, "last_day")["p50"] == 12_000
        assert row(shared, "refugees")["p50"] == "<50"


@pytest.fixture
def found(made):
    """In a, 60 more from the second day on in every member; in b, 0 to 90 more on the third."""
    base = np.zeros((10, 3, 2), int)
    other = base.copy()
    other[:, 1:, 0] = 60
    other[:, 2, 1] = 10 * np.arange(10)
    return dp.compare({"base": made({"displaced": base}), "other": made({"displaced": other})})


class TestWhereAndSince:
    def test_places_by_the_size_of_the_difference_on_the_last_day(self, found):
        table = difference_by_place(found)
        assert table["place"].tolist() == ["a", "b"]
        assert table["name"].tolist() == ["A", "B"]
        assert table["p50"].tolist() == [60.0, 45.0]
        assert table["p90"].tolist() == [60.0, 81.0]
        assert difference_by_place(found, least=100).empty

    def test_a_row_a_day_for_the_total(self, found):
        table = difference_by_day(found)
        assert table["p50"].tolist() == [0.0, 60.0, 105.0]
        assert table["variable"].unique().tolist() == ["displaced"]

    def test_the_first_day_of_the_median_and_of_the_range(self, found):
        table = first_days(found).set_index(["of", "place"])
        second, third = (pd.Timestamp("2016-02-01") + pd.Timedelta(days=n) for n in (1, 2))
        of_a = table.loc[("place", "a")]
        assert (of_a["median_from"], of_a["range_from"]) == (second, second)
        of_b = table.loc[("place", "b")]
        assert (of_b["median_from"], of_b["range_from"]) == (third, third)
        assert table.loc["total"]["median_from"].tolist() == [second]
        assert first_days(found, least=50)["place"].dropna().tolist() == ["a"]

    def test_fewer_people_differ_as_more_do(self, made):
        base, other = np.full((10, 2, 2), 9), np.full((10, 2, 2), 9)
        other[:, 1, 0] = 2
        found = dp.compare({"base": made({"displaced": base}), "other": made({"displaced": other})})
        assert first_days(found)["range_from"].tolist() == [pd.Timestamp("2016-02-02")] * 2

    def test_a_range_that_always_holds_0_has_no_first_day(self, made):
        base, other = np.zeros((10, 2, 2), int), np.zeros((10, 2, 2), int)
        other[:6, 1, 0] = 5
        found = dp.compare({"base": made({"displaced": base}), "other": made({"displaced": other})})
        (of_a,) = [r for _, r in first_days(found).iterrows() if r["of"] == "place"]
        assert of_a["median_from"] == pd.Timestamp("2016-02-02")
        assert pd.isna(of_a["range_from"])

    def test_nothing_differs_nowhere_and_never(self, made):
        run = made({"displaced": [[[1, 2]]]})
        found = dp.compare({"one": run, "same": run})
        assert difference_by_place(found).empty
        assert first_days(found).empty
        assert difference_by_day(found)["p50"].tolist() == [0.0]
        assert saved_table(found)["variance_saved"].isna().all()

    def test_crossings_stand_beside_places(self, made):
        a, b = (made({"waiting": [[[[k, 1]]]], "displaced": [[[k, 0]]]}) for k in (4, 9))
        table = difference_by_place(dp.compare({"a": a, "b": b}))
        assert table["variable"].tolist() == ["displaced", "waiting"]
        assert table["crossing"].tolist()[1] == "gate"
        assert table["direction"].tolist()[1] == "forward"
        assert table["name"].tolist() == ["A", ""]


def test_a_real_run_has_all_rows(tmp_path):
    table = places("ac", ["town", "camp"], population=[1000.0, 0.0], party=("blue", "blue"))
    fight = ev.Fighting(place="a", intensity=1.0, start=START)
    case = scenario(table, links(["ac"], [(0, 1)], [5.0]), fight, days=35, reference=START + dt.timedelta(days=1))
    run = with_access(dp.simulate(case, members=4), dp.access_status(case))
    quantities = side_by_side({"run": run}, {"run": case})["quantity"].tolist()
    assert quantities == ["peak", "day_30", "last_day", "in_reach", "not_in_reach", "reach_unknown", "refugees", "aid"]
