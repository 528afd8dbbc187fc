"""From home area by which way to where people are: flows that balance, crossings that may be named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement import summaries as sm
from displacement.errors import LedgerError
from displacement.groups import ELSEWHERE
from displacement.summaries.journeys import check_balance
from tests.wanderers import HOME, empty, random_run

SEEDS = st.integers(0, 10_000)
GATES = [("gate", "b1", "x"), ("door", "x", "a1")]


@pytest.fixture
def run():
    """60 of A left: 20 in B, 15 abroad by the gate and 5 by the door, 10 wait, 4 on the road, 6 back home.

    Of 30 displaced before at a1, 8 are at b1; of 9 abroad before, 2 wait at the gate to come back and 3 are at a1.
    """
    made = empty([("a1", HOME, "A"), ("b1", HOME, "B"), ("x", "BB", "")], GATES, days=2)
    made["start_residents"].values[0, 0] = 100
    made["start_displaced"].values[0, 0] = 30
    made["start_refugees"].values[0, 2] = 9
    of = list(made["group_home_area"].values)
    a, before = of.index("A"), of.index(ELSEWHERE)
    for day in (0, 1):
        made["residents_by_group"].values[0, day, a, 0] = 40
        made["returned_by_group"].values[0, day, a, 0] = 6
        made["displaced_by_group"].values[0, day, a, 1] = 20
        made["refugees_by_group"].values[0, day, a, 2] = 20
        made["waiting_by_group"].values[0, day, a, 0, 0] = 10
        made["travelling_by_group"].values[0, day, a] = 4
        made["displaced_by_group"].values[0, day, before, :2] = [25, 8]
        made["refugees_by_group"].values[0, day, before, 2] = 4
        made["waiting_by_group"].values[0, day, before, 0, 1] = 2
    made["crossed_by_group"].values[0, 0, a, 0] = [16, 1]  # gate: 16 out, 1 back
    made["crossed_by_group"].values[0, 1, a, 1] = [0, 5]  # door: backward is out
    made["crossed_by_group"].values[0, 1, before, 0, 1] = 3
    return made


def flows(table):
    return table.set_index(["home_area", "way_kind", "way", "state", "at"])["mean"].to_dict()


def test_by_hand(run):
    assert flows(sm.journeys(run)) == {
        ("A", "home", "", "back home", ""): 6,
        ("A", "inside", "", "displaced", "b1"): 20,
        ("A", "inside", "", "waiting", "gate forward"): 10,
        ("A", "road", "", "on the road", ""): 4,
        ("A", "crossing", "gate", "abroad", "BB"): 15,
        ("A", "crossing", "door", "abroad", "BB"): 5,
        (ELSEWHERE, "inside", "", "displaced", "b1"): 8,
        (ELSEWHERE, "before", "BB", "waiting", "BB"): 2,
    }


def test_who_moved_is_counted_from_both_ends(run):
    left = sm.left_since(run).sel(member=0)
    assert left.to_series().to_dict() == {"A": 60, "B": 0, ELSEWHERE: 10}
    assert np.array_equal(sm.moved(run).sum("cell"), sm.left_since(run))


def test_a_date(run):
    found = flows(sm.journeys(run, "2016-02-01"))
    assert found["A", "crossing", "gate", "abroad", "BB"] == 15
    assert found["A", "border", "BB", "abroad", "BB"] == 5  # nobody had passed the door by then


def test_a_crossing_passed_irregularly_is_named_in_internal_output_only(run):
    run["crossed_irregularly"].values[0, 1, 1, 1] = 1
    assert sm.crossings_named(run) == {"gate": True, "door": False}
    assert ("A", "border", "BB", "abroad", "BB") in flows(sm.journeys(run))
    assert not [k for k in flows(sm.journeys(run)) if k[2] == "door"]
    assert flows(sm.journeys(run, internal=True))["A", "crossing", "door", "abroad", "BB"] == 5


def test_journeys_that_do_not_balance_are_an_error(run):
    table, left = sm.journeys(run), sm.left_since(run).mean("member")
    check_balance(table, left)
    table.loc[0, "mean"] += 1
    with pytest.raises(LedgerError, match=r"home area .*: its journeys do not add up"):
        check_balance(table, left)


def test_corridors_by_hand(run):
    table = sm.corridors(run)
    rows = {(r["start"], r["end"]): (r["kind"], r["mean"]) for _, r in table.iterrows()}
    assert rows == {
        ("A", "B"): ("internal", 20), ("A", "BB"): ("cross-border", 20), (ELSEWHERE, "B"): ("onward", 8),
    }  # fmt: skip
    assert len(sm.corridors(run, most=1)) == 1


@given(SEEDS, st.booleans())
def test_the_columns_have_equal_totals(seed, internal):
    run = random_run(seed)
    table = sm.journeys(run, internal=internal)
    by_area = table.groupby("home_area")["mean"].sum()
    left = sm.left_since(run).mean("member").to_series()
    assert by_area.reindex(left.index).fillna(0.0).to_numpy() == pytest.approx(left.to_numpy())
    now = sm.moved(run).sum("home_area").mean("member")
    for state in set(table["state"]):
        total = now.isel(cell=now["state"].values == state).sum()
        assert table.loc[table["state"] == state, "mean"].sum() == pytest.approx(float(total))
    assert (table["mean"] > 0).all()


@given(SEEDS)
def test_no_more_come_over_a_crossing_than_passed_it(seed):
    run = random_run(seed)
    table = sm.journeys(run, internal=True)
    for crossing, part in table[table["way_kind"] == "crossing"].groupby("way"):
        passed = run["crossed_by_group"].sel(crossing=crossing).sum(["time", "group", "direction"]).mean("member")
        assert part["mean"].sum() <= float(passed) + 1e-9


@given(SEEDS)
def test_relabelling_places_permutes(seed):
    run = random_run(seed)
    rng = np.random.default_rng(seed)
    other = run.isel(place=rng.permutation(run.sizes["place"]), crossing=rng.permutation(run.sizes["crossing"]))
    keys = ["home_area", "way_kind", "way", "state", "at"]
    one, two = (sm.journeys(r).sort_values(keys).reset_index(drop=True) for r in (run, other))
    pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(sm.corridors(run), sm.corridors(other))
