"""Which change did it: sums that hold in every member, changes that act together, pairs, and what is refused."""

import numpy as np
import pytest
import xarray as xr

import displacement as dp
from displacement import events as ev
from displacement.comparison import attribution
from displacement.comparison.attribution import contributions, contributions_table, contributions_to_runs, on_last_day
from displacement.errors import InputError
from tests.lively import START, links, places, scenario


def town(*events, **about):
    """A town of 1,000 whom a road leads to a camp, and a second road to the same camp."""
    table = places("ac", ["town", "camp"], population=[1000.0, 0.0], party=("blue", "blue"))
    roads = links(["first", "second"], [(0, 1), (0, 1)], [5.0, 6.0])
    usual = {"days": 4, "parameters": {"horizon": 20.0}}
    return scenario(table, roads, ev.Fighting(place="a", intensity=1.0, start=START), *events, **{**usual, **about})


FIRST = ev.RoadCut(link="first", start=START, id="first_cut")
SECOND = ev.RoadCut(link="second", start=START, id="second_cut")


@pytest.fixture(scope="module")
def both_cut():
    """Either road is enough: neither cut does anything alone, both together keep everybody at home."""
    return contributions(town(), town(FIRST, SECOND), "displaced", members=20)


class TestTwoRoads:
    def test_neither_does_it_alone_and_either_undoes_it(self, both_cut):
        assert (abs(both_cut["alone"]) < 0.2 * abs(both_cut["difference"])).all()
        assert (both_cut["difference"] < -100).all()
        assert (both_cut["left_out"] < 0.8 * both_cut["difference"]).all()

    def test_that_they_act_together_is_said(self, both_cut):
        assert both_cut["interacts"].values.tolist() == [True, True]
        assert both_cut["pair"].values.tolist() == ["first_cut and second_cut"]
        assert (both_cut["pair_together"].sel(pair="first_cut and second_cut") == both_cut["together_alone"]).all()

    def test_sums_hold_in_every_member(self, both_cut):
        for how in ("alone", "left_out"):
            total = both_cut[how].sum("item") + both_cut[f"together_{how}"]
            assert total.dtype.kind == "i"
            assert (total == both_cut["difference"]).all()

    def test_the_difference_is_that_of_the_two_runs(self, both_cut):
        runs = [dp.simulate(case, members=20) for case in (town(), town(FIRST, SECOND))]
        ends = [run["displaced"].isel(time=-1).sum("place").values for run in runs]
        assert np.array_equal(both_cut["difference"].values, ends[1] - ends[0])

    def test_each_contribution_is_that_of_runs_with_and_without(self, both_cut):
        ends = {
            name: dp.simulate(case, members=20)["displaced"].isel(time=-1).sum("place").values
            for name, case in (("none", town()), ("first", town(FIRST)), ("second", town(SECOND)), ("both", town(FIRST, SECOND)))
        }  # fmt: skip
        assert np.array_equal(both_cut["alone"].sel(item="first_cut").values, ends["first"] - ends["none"])
        assert np.array_equal(both_cut["left_out"].sel(item="first_cut").values, ends["both"] - ends["second"])

    def test_the_table_has_a_row_for_each_and_for_what_is_left(self, both_cut):
        table = contributions_table(both_cut)
        assert table["item"].tolist() == ["first_cut", "second_cut", "first_cut and second_cut", "all", "all"]
        assert table["interacts"].tolist()[:2] == [True, True]
        assert table["said"][0].endswith("is cut, from 1 Feb 2016.")


def test_one_change_is_the_whole_difference():
    found = contributions(town(SECOND), town(SECOND, FIRST), "displaced", members=5)
    assert (found["difference"] < 0).all()
    assert (found["alone"].sel(item="first_cut") == found["difference"]).all()
    assert (found["left_out"].sel(item="first_cut") == found["difference"]).all()
    assert not found["interacts"].any()
    assert not found["together_alone"].any()


def test_no_change_is_no_difference():
    found = contributions(town(FIRST), town(FIRST, name="other"), "displaced", members=5)
    assert found.sizes["item"] == 0
    assert not found["difference"].any()
    assert not found["together_alone"].any()
    assert contributions_table(found)["change"].tolist() == ["only together, of all", "difference"]


def test_a_removed_event_counts_against_the_baseline():
    cases = town(SECOND), town(SECOND, FIRST)
    there, back = (contributions(*pair, "displaced", members=5) for pair in (cases, cases[::-1]))
    assert (there["difference"] < 0).all()
    assert (there["difference"] == -back["difference"]).all()
    assert str(back["change"].values[0]) == "removed"


def test_parameters_are_a_step_of_their_own():
    found = contributions(
        town(), town(FIRST, parameters={"departure_rate": 2.0, "horizon": 20.0}), "displaced", members=5
    )
    assert found["item"].values.tolist() == ["first_cut", "everything else"]
    assert "parameter departure_rate" in str(found["said"].values[1])
    assert (found["alone"].sel(item="everything else") > 0).all()
    for how in ("alone", "left_out"):
        assert (found[how].sum("item") + found[f"together_{how}"] == found["difference"]).all()


def test_a_measure_may_hold_several_numbers():
    def daily(run):
        return run["displaced"].sum("place")

    found = contributions(town(), town(FIRST, SECOND), daily, members=5)
    assert found["alone"].dims == ("item", "member", "time")
    assert found["interacts"].dims == ("item", "time")
    assert (found["alone"].sum("item") + found["together_alone"] == found["difference"]).all()
    table = contributions_table(found)
    assert len(table) == 4 * (2 + 1 + 2)


def test_progress_says_how_many_runs_are_done():
    seen = []
    contributions(
        town(), town(FIRST, SECOND), "displaced", members=5, progress=lambda done, of: seen.append((done, of))
    )
    assert seen[:4] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert len(seen) == 4  # the pair is all of the changes: known already


def test_each_combination_is_run_once(monkeypatch):
    calls = []
    real = attribution.simulate
    monkeypatch.setattr(attribution, "simulate", lambda case, **how: calls.append(case) or real(case, **how))
    third = ev.Fire(link="first", level=3, start=START, id="fire")
    contributions(town(), town(FIRST, SECOND, third), "displaced", members=3)
    assert len(calls) <= 2 + 2 * 3 + 3
    assert len({case.fingerprint() for case in calls}) == len(calls)


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("displacd", "measure 'displacd': no variable is called so; did you mean 'displaced'"),
        ("access_status", "is not a count of people by day"),
        ("start_residents", "is not a count of people by day"),
        (lambda run: xr.DataArray(1.0), "must return numbers by member"),
    ],
)
def test_what_cannot_be_measured_is_refused(measure, said):
    with pytest.raises(InputError, match=said):
        contributions(town(), town(FIRST), measure, members=2)


def test_scenarios_that_open_on_different_days_are_refused():
    with pytest.raises(InputError, match="start = 2016-02-02, but 2016-02-01 in the baseline"):
        contributions(town(), town(start=START.replace(day=2)), members=2)


class TestToRuns:
    def test_runs_are_made_again_as_they_were(self):
        cases = town(), town(FIRST, SECOND)
        runs = tuple(dp.simulate(case, members=8, seed=5, uncertainty=("counts", "parameters")) for case in cases)
        found = contributions_to_runs(runs, cases, ["displaced", "departures"], members=6)
        assert found.attrs["reproduced"] == "yes"
        assert found.sizes["member"] == 6
        ends = [on_last_day(run, ["displaced"]).values for run in runs]
        assert np.array_equal(found["difference"].sel(measure="displaced").values, (ends[1] - ends[0])[0, :6])

    def test_runs_that_are_not_those_are_said_to_be_others(self):
        cases = town(), town(FIRST, SECOND)
        runs = tuple(dp.simulate(case, members=4, seed=5) for case in cases)
        other = runs[1].assign(displaced=runs[1]["displaced"] + 1), cases
        found = contributions_to_runs((runs[0], other[0]), cases, ["displaced"], members=4)
        assert found.attrs["reproduced"] == "no"

    def test_a_shorter_run_is_compared_on_its_last_day(self):
        cases = town(), town(FIRST, SECOND, days=2)
        runs = tuple(dp.simulate(case, members=4) for case in cases)
        found = contributions_to_runs(runs, cases, ["displaced"], members=4)
        ends = [run["displaced"].isel(time=1).sum("place").values for run in runs]
        assert np.array_equal(found["difference"].sel(measure="displaced").values, ends[1] - ends[0])
        assert found.attrs["reproduced"] == "yes"

    def test_another_kernel_is_part_of_no_scenario(self):
        cases = town(), town(FIRST)
        runs = dp.simulate(cases[0], members=2), dp.simulate(cases[1], members=2, choice="logit")
        with pytest.raises(InputError, match="choice = logit, but gravity in the baseline"):
            contributions_to_runs(runs, cases, ["displaced"], members=2)
