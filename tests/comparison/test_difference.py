"""Differences of runs by hand: which members meet, what is absent, what cannot be compared."""

import numpy as np
import pytest

import displacement as dp
from displacement.comparison.luck import variance_saved
from displacement.errors import InputError
from displacement.variables import VARIABLES


class TestDifferences:
    def test_points_are_of_the_difference_not_differences_of_points(self, made):
        """Members 0, 10 and 20, against 20, 10 and 0: every point of both is the same, and the members are not."""
        a, b = (made({"displaced": [[[k, 0]] for k in people]}) for people in ((0, 10, 20), (20, 10, 0)))
        found = dp.compare({"a": a, "b": b}, points=(0.0, 50.0, 100.0))
        assert found.displaced.dims == ("scenario", "point", "time", "place")
        assert found.displaced.sel(scenario="b", place="a").values.ravel().tolist() == [-20.0, 0.0, 20.0]
        assert not found.displaced.sel(place="b").any()

    def test_totals_are_summed_within_each_member(self, made):
        a = made({"displaced": [[[1, 2]], [[3, 4]]]})
        b = made({"displaced": [[[11, 2]], [[3, 104]]]})
        found = dp.compare({"a": a, "b": b}, points=(0.0, 100.0))
        assert found.total_displaced.sel(scenario="b").values.ravel().tolist() == [10.0, 100.0]
        assert found.total_displaced.dims == ("scenario", "point", "time")

    def test_every_scenario_is_less_the_first(self, made):
        runs = {name: made({"refugees": [[[k, k]]]}) for name, k in (("base", 5), ("more", 8), ("fewer", 1))}
        found = dp.compare(runs, points=(50.0,))
        assert found.scenario.values.tolist() == ["more", "fewer"]
        assert found.total_refugees.values.ravel().tolist() == [6.0, -8.0]
        assert found.attrs["baseline"] == "base"

    def test_crossings_keep_their_direction(self, made):
        a, b = (made({"waiting": [[[[k, 1]]]]}) for k in (4, 9))
        found = dp.compare({"a": a, "b": b}, points=(50.0,))
        assert found.waiting.sel(direction="forward").item() == 5.0
        assert found.waiting.sel(direction="backward").item() == 0.0
        assert found.total_waiting.item() == 5.0

    def test_counts_of_32_bits_do_not_overflow(self, made):
        big = 2_000_000_000
        a, b = made({"displaced": [[[big, big]]]}), made({"displaced": [[[0, 0]]]})
        found = dp.compare({"a": a, "b": b}, points=(50.0,))
        assert found.total_displaced.item() == -2.0 * big

    def test_counts_without_a_sign_may_be_fewer(self, made):
        a, b = (made({"displaced": [[[k, 0]]]}).astype(np.uint32) for k in (5, 2))
        for run in (a, b):
            run.attrs = made({"displaced": [[[1, 0]]]}).attrs
        found = dp.compare({"a": a, "b": b}, points=(50.0,))
        assert found.total_displaced.item() == found.displaced.sel(place="a").item() == -3.0

    def test_days_that_are_not_in_all_runs_are_left_out(self, made):
        a, b = made({"displaced": [[[1, 0]] * 5]}), made({"displaced": [[[3, 0]] * 2]})
        for runs in ({"a": a, "b": b}, {"b": b, "a": a}):
            found = dp.compare(runs, points=(50.0,))
            assert found.sizes["time"] == 2
            assert (abs(found.total_displaced) == 2).all()

    def test_each_number_says_what_it_is(self, made):
        a = made({"displaced": [[[1, 2]]], "departures": [[[1, 2]]]})
        found = dp.compare({"a": a, "b": a})
        assert found.displaced.attrs["units"] == "people"
        assert found.departures.attrs["units"] == "people/day"
        assert found.total_displaced.attrs["definition"].endswith("less the baseline, member by member")
        assert found.place_name.values.tolist() == ["A", "B"]


class TestNetworks:
    def test_a_place_that_one_scenario_does_not_have_holds_nobody_there(self, made):
        a = made({"displaced": [[[1, 2]]]}, places=("a", "b"))
        b = made({"displaced": [[[3, 4]]]}, places=("b", "c"))
        found = dp.compare({"one": a, "two": b}, points=(50.0,))
        assert found.place.values.tolist() == ["a", "b", "c"]
        assert found.displaced.values.ravel().tolist() == [-1.0, 1.0, 4.0]
        assert found.total_displaced.item() == 4.0
        assert found.attrs["absent"] == "one has no place c: nobody is there; two has no place a: nobody is there"
        assert found.place_name.values.tolist() == ["A", "B", "C"]

    def test_places_meet_by_id_whatever_the_order(self, made):
        a = made({"displaced": [[[1, 2]]]}, places=("a", "b"))
        b = made({"displaced": [[[2, 1]]]}, places=("b", "a"))
        assert not dp.compare({"one": a, "two": b}).displaced.any()


class TestWhatIsLeftOut:
    def test_a_count_that_is_not_in_every_run(self, made):
        a = made({"displaced": [[[1, 2]]], "refugees": [[[1, 2]]]})
        found = dp.compare({"a": a, "b": a.drop_vars("refugees")})
        assert "refugees" not in found
        assert found.attrs["left_out"] == "refugees: not in every run"

    def test_counts_since_different_dates(self, made):
        a = made({"displaced": [[[1, 2]]], "moved_since": [[[1, 2]]]})
        found = dp.compare({"a": a, "b": a.assign_attrs(reference_date="2016-01-01")})
        assert "moved_since" not in found
        assert "displaced" in found
        assert found.attrs["left_out"] == "moved_since: counted from different reference dates (2016-01-01, 2016-02-01)"

    def test_other_groups(self, made):
        a = made({"displaced_by_group": [[[[1, 2]]]]}).assign_coords(group=["women"])
        b = a.assign_coords(group=["men"])
        same = dp.compare({"a": a, "b": a})
        assert same.total_displaced_by_group.dims == ("scenario", "point", "time", "group")
        with pytest.raises(
            InputError, match="no count that can be compared: displaced_by_group: the runs differ in group"
        ):
            dp.compare({"a": a, "b": b})

    def test_internal_counts_unless_asked_for(self, made):
        run = made({"trapped": [[[1, 2]]], "displaced": [[[1, 2]]]})
        assert "trapped" not in dp.compare({"a": run, "b": run})
        assert "trapped" in dp.compare({"a": run, "b": run}, internal=True)

    def test_those_who_cross_are_those_who_were_admitted(self, made):
        """10 of 12 and 30 of 40 pass irregularly: 8 more are admitted, 28 more pass in all."""
        a, b = (made({"crossed": [[[[k, 0]]]], "crossed_irregularly": [[[[10, 0]]]]}) for k in (12, 40))
        b["crossed_irregularly"][0, 0, 0, 0] = 30
        found = dp.compare({"a": a, "b": b}, points=(50.0,))
        assert found.total_crossed.item() == 8.0
        assert "admitted" in found.crossed.attrs["definition"]
        assert dp.compare({"a": a, "b": b}, points=(50.0,), internal=True).total_crossed.item() == 28.0
        assert a.crossed.attrs["definition"] == VARIABLES["crossed"].definition

    def test_a_flow_over_links_has_no_total(self, made):
        run = made({"traffic": [[[[1, 2], [3, 4]]]], "travelling": [[[[1, 2], [3, 4]]]]})
        found = dp.compare({"a": run, "b": run}, internal=True)
        assert "total_traffic" not in found
        assert "total_travelling" in found


class TestLuck:
    @pytest.mark.parametrize(
        ("about", "said"),
        [
            ({"seed": 2}, "seed = 2, but 1 in the baseline 'one'; members are compared one by one: run it again with that seed"),
            ({"uncertainty": ""}, "uncertainty = none, but counts in the baseline"),
            ({"country": "BB"}, "country = BB, but AA in the baseline"),
            ({"start": "2016-02-02"}, "start = 2016-02-02, but 2016-02-01 in the baseline"),
        ],
    )  # fmt: skip
    def test_runs_that_do_not_share_it_are_refused(self, made, about, said):
        one, two = made({"displaced": [[[1, 2]]]}), made({"displaced": [[[1, 2]]]}, **about)
        with pytest.raises(InputError, match="'two'") as found:
            dp.compare({"one": one, "two": two})
        assert said in str(found.value)

    def test_another_number_of_members_is_refused(self, made):
        with pytest.raises(InputError, match=r"members = 1, but 2 in the baseline 'one'.*with as many members"):
            dp.compare({"one": made({"displaced": [[[1, 2]]] * 2}), "two": made({"displaced": [[[1, 2]]]})})

    def test_every_fault_of_every_run_is_said(self, made):
        one = made({"displaced": [[[1, 2]]]})
        with pytest.raises(InputError) as found:
            dp.compare({"one": one, "two": one.assign_attrs(seed=2, country="BB"), "three": one.assign_attrs(seed=3)})
        assert len(found.value.problems) == 3

    @pytest.mark.parametrize("count", [0, 1])
    def test_one_run_is_no_comparison(self, made, count):
        with pytest.raises(InputError, match=f"{count} run given: a comparison needs two or more, the baseline first"):
            dp.compare({"one": made({"displaced": [[[1, 2]]]})} if count else {})

    def test_points_over_members_are_no_members(self, made):
        run = made({"displaced": [[[1, 2]]]})
        with pytest.raises(InputError, match=r"points over members.*--keep all"):
            dp.compare({"one": run, "two": run.rename(member="point")})

    def test_what_is_no_run_is_refused(self, made):
        run = made({"displaced": [[[1, 2]]]})
        del run.attrs["seed"]
        with pytest.raises(InputError, match="'two': is not a run: it has no seed"):
            dp.compare({"one": made({"displaced": [[[1, 2]]]}), "two": run})


class TestVarianceSaved:
    def test_by_hand(self, made):
        """var a = 2/3, var b = 8/3, var(b - a) = 2/3: 1 - (2/3) / (10/3) = .8."""
        a, b = (made({"displaced": [[[k, 0]] for k in people]}) for people in ((1, 2, 3), (2, 4, 6)))
        assert dp.compare({"a": a, "b": b}).variance_saved_displaced.item() == pytest.approx(0.8)

    def test_nothing_where_nothing_varies(self, made):
        run = made({"displaced": [[[5, 5]]] * 3})
        assert np.isnan(dp.compare({"a": run, "b": run}).variance_saved_displaced.item())

    def test_independent_runs_save_nothing(self, made):
        """Of 4,000 independent pairs the share has a standard error of 1/63: 4 of them."""
        luck = np.random.default_rng(3)
        a, b = (made({"displaced": luck.poisson(500, (4000, 1, 2))}) for _ in range(2))
        saved = variance_saved(*(run.displaced.sum("place").values for run in (a, b)))
        assert abs(float(saved[0])) < 4 / np.sqrt(4000)
