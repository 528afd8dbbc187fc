"""Where the people of a home area are: rows that add up, exactly, in every member."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement import summaries as sm
from displacement.errors import LedgerError
from displacement.groups import ELSEWHERE
from tests.wanderers import HOME, empty, random_run

SEEDS = st.integers(0, 10_000)
PLACES = [("a1", HOME, "A"), ("b1", HOME, "B"), ("x", "BB", "")]


@pytest.fixture
def run():
    """100 people of A: 40 at home, 10 back, 20 in B, 15 abroad, 5 wait, 10 on the road; 30 displaced before."""
    made = empty(PLACES, [("gate", "b1", "x")], days=1)
    made["start_residents"].values[0, 0] = 100
    made["start_displaced"].values[0, 0] = 30
    of = list(made["group_home_area"].values)
    a, before = of.index("A"), of.index(ELSEWHERE)
    made["residents_by_group"].values[0, 0, a, 0] = 40
    made["returned_by_group"].values[0, 0, a, 0] = 10
    made["displaced_by_group"].values[0, 0, a, 1] = 20
    made["refugees_by_group"].values[0, 0, a, 2] = 15
    made["waiting_by_group"].values[0, 0, a, 0, 0] = 5
    made["travelling_by_group"].values[0, 0, a] = 10
    made["crossed_by_group"].values[0, 0, a, 0, 0] = 15
    made["displaced_by_group"].values[0, 0, before, :2] = [22, 8]
    return made


def test_by_hand(run):
    table = sm.origin_destination(run).set_index(["home_area", "state", "at"])["mean"]
    assert table["A"].to_dict() == {
        ("at home", ""): 40, ("back home", ""): 10, ("displaced", "B"): 20, ("abroad", "BB"): 15,
        ("waiting", "gate forward"): 5, ("on the road", ""): 10,
    }  # fmt: skip
    assert table[ELSEWHERE].to_dict() == {("displaced", "A"): 22, ("displaced", "B"): 8}


def test_by_place(run):
    found = sm.whereabouts(run, by="place")
    cells = dict(zip(zip(found["state"].values, found["at"].values, strict=True), found.sel(home_area="A").values[0], strict=True))  # fmt: skip
    assert cells["displaced", "b1"] == 20
    assert cells["abroad", "x"] == 15


def test_the_balance_has_sums(run):
    wide = sm.balance(sm.origin_destination(run))
    assert wide["everyone"].to_dict() == {"A": 100, ELSEWHERE: 30, "everyone": 130}
    assert wide.loc["everyone", "displaced B"] == 28


def test_groups_of_one_area_are_put_together():
    made = empty(PLACES, groups=("women", "men"), days=1)
    made["start_residents"].values[0, 1] = 12
    made["residents_by_group"].values[0, 0, :, 1] = [5 if a == "B" else 0 for a in made["group_home_area"].values]
    made["travelling_by_group"].values[0, 0, list(made["group"].values).index("men of B")] = 2
    table = sm.origin_destination(made).set_index(["home_area", "state"])["mean"]
    assert table.to_dict() == {("B", "at home"): 10, ("B", "on the road"): 2}


@pytest.mark.parametrize("name", ["residents", "returned", "displaced", "refugees", "waiting", "travelling"])
def test_a_person_lost_is_an_error(run, name):
    kept = run[f"{name}_by_group"]
    kept.values[np.unravel_index(kept.values.argmax(), kept.shape)] -= 1
    with pytest.raises(LedgerError, match=r"member 0, home area .* do not add up"):
        sm.whereabouts(run)


def test_without_home_areas_nothing_is_said(run):
    assert sm.has_home_areas(run)
    assert not sm.has_home_areas(run.drop_vars("group_home_area"))
    assert not sm.has_home_areas(
        run.assign_coords(group_home_area=("group", np.array([""] * run.sizes["group"], object)))
    )


@given(SEEDS, st.sampled_from(["area", "place"]))
def test_rows_add_up_to_the_people_of_the_area(seed, by):
    run = random_run(seed)
    day = np.random.default_rng(seed).integers(run.sizes["time"])
    found = sm.whereabouts(run, run["time"].values[day], by)
    assert np.array_equal(found.sum("cell"), sm.opening_by_home_area(run))
    everyone = sum(run[name].sum("place") for name in ("start_residents", "start_displaced", "start_refugees"))
    assert np.array_equal(found.sum(["cell", "home_area"]), everyone)
    table = sm.origin_destination(run, by=by)
    for _, part in table.groupby("home_area"):
        assert part["mean"].sum() == pytest.approx(part["everyone"].iloc[0])


@given(SEEDS)
def test_cells_are_the_stocks(seed):
    run = random_run(seed)
    found = sm.whereabouts(run)
    for state, stock in (
        ("at home", "residents"),
        ("displaced", "displaced"),
        ("abroad", "refugees"),
        ("back home", "returned"),
    ):
        mine = found.isel(cell=found["state"].values == state).sum(["cell", "home_area"])
        assert np.array_equal(mine, run[stock].isel(time=-1).sum("place"))


@given(SEEDS)
def test_relabelling_places_and_groups_permutes(seed):
    run = random_run(seed)
    rng = np.random.default_rng(seed)
    other = run.isel(place=rng.permutation(run.sizes["place"]), group=rng.permutation(run.sizes["group"]))
    keys = ["home_area", "state", "at"]
    one, two = (sm.origin_destination(r, by="place").sort_values(keys).reset_index(drop=True) for r in (run, other))
    pd.testing.assert_frame_equal(one, two)
