"""Return, by hand: to quiet homes only, along open roads only, and no more than have left."""

from dataclasses import replace

import numpy as np
import pytest

import displacement as dp
from displacement.day_loop import simulate_block
from displacement.movement.returning import Areas, taken_home
from tests.lively import links, places, scenario

QUICK = {"return_rate": 0.9, "quiet_days": 3, "departure_rate": 2.0, "stayers": 0.0, "medical_share": 0.0}


def two_towns(*events, days=14, parameters=None, **about):
    """Towns a and b of one area, and camp c of another; a is fought over for two days."""
    table = places(
        "abc", ["town", "town", "camp"], population=[1000, 500, 0], party=("blue",) * 3, parent_pcode=("N", "N", "S")
    )
    roads = links(["ac", "bc"], [(0, 2), (1, 2)], [30, 30])
    fight = dp.Fighting(place="a", intensity=1.0, start="2016-02-01", end="2016-02-02")
    values = {**QUICK, **(parameters or {})}
    return scenario(table, roads, fight, *events, days=days, parameters=values, home_areas=True, **about)


def records(case, uncertainty=("counts",)):
    return simulate_block(case, seed=1, block=0, uncertainty=uncertainty, size=2)


def test_people_come_home_once_it_is_quiet_and_are_counted_apart():
    found = records(two_towns())
    assert (found["residents"][:, 1, 0] < 500).all()
    assert not found["returned"][:, :4].any()
    assert (found["returned"][:, -1, 0] > 600).all()
    assert (found["residents"][:, -1, 0] == found["residents"][:, 2, 0]).all()


def test_without_home_areas_nobody_returns():
    assert not records(replace(two_towns(), home_areas=False))["returned"].any()


def test_nobody_returns_to_fighting_or_to_another_party():
    again = dp.Fighting(place="a", intensity=0.3, start="2016-02-05")
    assert not records(two_towns(again))["returned"][..., 0].any()
    taken = dp.Capture(place="a", by="red", start="2016-02-03")
    assert not records(two_towns(taken, parameters={"capture_share_hostile": 0.0}))["returned"][..., 0].any()


def test_nobody_returns_along_a_road_that_is_not_open():
    doubtful = dp.Permission(link="ac", civilians=0.9, start="2016-02-03")
    other_way = dp.RoadCut(link="ac", start="2016-02-03")
    for event in (doubtful, other_way):
        assert not records(two_towns(event))["returned"][..., 0].any()


def test_a_home_takes_back_no_more_than_have_left_it():
    found = records(two_towns(days=30))
    home = found["residents"] + found["returned"]
    assert (home <= found["start_residents"][:, np.newaxis]).all()


def test_those_displaced_at_the_start_have_no_known_home():
    case = two_towns()
    table = replace(case.network.places, displaced=np.array([np.nan, np.nan, 700.0]))
    found = records(replace(case, network=replace(case.network, places=table)))
    elsewhere = found["displaced_by_group"][:, :, 1]
    assert (elsewhere.sum(axis=2) == 700).all()


def test_refugees_come_back_by_a_crossing_that_lets_them_in():
    table = places(
        "abx", ["town", "border_post", "town"], country=("AA", "AA", "BB"), population=[1000, np.nan, np.nan],
        party=("blue", "blue", "teal"), parent_pcode=("N", "N", ""),
    )  # fmt: skip
    roads = links(["ab", "gate"], [(0, 1), (1, 2)], [10, 1], kind=("road", "crossing"))
    fight = dp.Fighting(place="a", intensity=1.0, start="2016-02-01", end="2016-02-02")
    out = dp.CrossingOpened(crossing="gate", direction="forward", start="2016-02-01", end="2016-02-06")
    back = dp.CrossingOpened(crossing="gate", direction="backward", start="2016-02-10")
    case = scenario(table, roads, fight, out, back, days=20, parameters={**QUICK, "hope": 1.0}, home_areas=True)
    found = records(case)
    abroad = found["refugees"][:, :, 2]
    assert (abroad[:, 8] > 300).all()
    assert (abroad[:, -1] < 0.1 * abroad[:, 8]).all()
    assert (found["crossed"][:, 9:, 0, 1].sum(axis=1) > 300).all()
    assert not found["crossed"][:, :9, 0, 1].any()
    assert (found["returned"][:, -1, 0] > 300).all()
    quota = dp.CrossingQuota(crossing="gate", traffic=["civilians", "medical"], per_day=20, start="2016-02-10")
    slow = records(replace(case, events=(*case.events, quota)))
    assert (slow["crossed"][:, 9:, 0, 1] <= 20).all()
    assert (slow["crossed"][:, 12, 0, 1] == 20).all()


def border_town(*, other_home=False, days=60):
    """A town at war for good, its open border, and a quiet place of the same area that nobody has left."""
    table = places(
        ["a", "b", "q", "x"], ["town", "border_post", "town" if other_home else "junction", "town"],
        country=("AA", "AA", "AA", "BB"), population=[5000, np.nan, 800 if other_home else np.nan, np.nan],
        party=("blue",) * 4, parent_pcode=("N", "M", "N", ""),
    )  # fmt: skip
    roads = links(["ab", "bq", "gate"], [(0, 1), (1, 2), (1, 3)], [20.0] * 3, kind=("road", "road", "crossing"))
    war = dp.Fighting(place="a", intensity=1.0, start="2016-02-01")
    opened = dp.CrossingOpened(crossing="gate", start="2016-02-01")
    values = {**QUICK, "spill": 0.0, "give_up_rate": 0.0}
    return scenario(table, roads, war, opened, days=days, parameters=values, home_areas=True)


@pytest.mark.parametrize("other_home", [False, True])
def test_nobody_comes_back_over_the_border_to_no_home_or_a_full_one(other_home):
    found = records(border_town(other_home=other_home))
    assert found["refugees"][:, -1, 3].min() > 1000
    assert not found["crossed"][..., 1].any()
    assert not found["returned"].any()


def test_no_more_ask_to_come_back_than_have_room():
    """1,200 fled abroad from two towns of one area, one of 200 that is quiet again: 200 may ask, seven a day pass."""
    table = places(
        ["a", "b", "q", "x"], ["town", "border_post", "town", "town"], country=("AA", "AA", "AA", "BB"),
        population=[1000, np.nan, 200, np.nan], party=("blue",) * 4, parent_pcode=("N", "M", "N", ""),
    )  # fmt: skip
    roads = links(["ab", "bq", "gate"], [(0, 1), (1, 2), (1, 3)], [20.0] * 3, kind=("road", "road", "crossing"))
    war = dp.Fighting(place="a", intensity=1.0, start="2016-02-01")
    fight = dp.Fighting(place="q", intensity=1.0, start="2016-02-01", end="2016-02-03")
    out = dp.CrossingOpened(crossing="gate", start="2016-02-01")
    slow = dp.CrossingQuota(
        crossing="gate", direction="backward", traffic=["civilians", "medical"], per_day=7, start="2016-02-01"
    )
    values = {**QUICK, "spill": 0.0, "give_up_rate": 0.0}
    found = records(scenario(table, roads, war, fight, out, slow, days=20, parameters=values, home_areas=True))
    left = found["start_residents"][:, np.newaxis, 2] - found["residents"][:, :, 2]
    assert (found["refugees"][:, -1, 3] > 700).all()
    assert (found["crossed"][:, 8:, 0, 1] == 7).all()
    assert (found["returned"][:, :, 2] + found["waiting"][:, :, 0, 1] <= left).all()


def test_a_home_beside_a_war_is_not_quiet():
    """Nine kilometres is three reaches: nearer than that nobody goes home, farther off they do."""
    for km, back in ((8.9, False), (9.1, True)):
        table = places("abc", ["town", "town", "camp"], population=[1000, 3000, 0], party=("blue",) * 3,
                       parent_pcode=("N", "S", "S"))  # fmt: skip
        roads = links(["ab", "ac"], [(0, 1), (0, 2)], [km, 30])
        both = dp.Fighting(place="a", intensity=1.0, start="2016-02-01", end="2016-02-02")
        war = dp.Fighting(place="b", intensity=1.0, start="2016-02-01")
        case = scenario(table, roads, both, war, days=14, parameters=QUICK, home_areas=True)
        assert records(case)["returned"][..., 0].any() == back


def test_taken_home_shares_what_room_there_is():
    areas = Areas(home=np.array([[True, True, False]]), joined=np.array([[0, 0, 0]]))
    quiet = np.array([True, True, True])
    wishing = np.zeros((1, 1, 2, 3), int)
    wishing[0, 0, :, 2] = 60, 40
    room = np.array([[[30, 20, 99]]])
    going, back = taken_home(wishing, room, areas, 0, quiet)
    assert going[0, 0, :, 2].tolist() == [30, 20]
    assert back[0, 0].tolist() == [30, 20, 0]
    apart = replace(areas, joined=np.array([[0, 1, 1]]))
    going, back = taken_home(wishing, room, apart, 0, quiet)
    assert back[0, 0].tolist() == [0, 20, 0]
    assert going.sum() == 20
