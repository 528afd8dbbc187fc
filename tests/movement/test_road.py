"""Queues on roads, by hand: who passes first, what a vehicle holds, two limits in a row, a road that shuts."""

from dataclasses import replace

import numpy as np
import pytest

import displacement as dp
from displacement.day_loop import simulate_block
from displacement.groups import Group
from displacement.movement.travel import open_share
from tests.lively import links, places, scenario

ALL_AT_ONCE = {"retry_days": 1.0, "stayers": 0.0, "lapse_rate": 0.0, "capture_share_hostile": 0.999, "warning_days": 0,
               "medical_share": 0.0, "give_up_rate": 0.0, "road_capacity": 1.0, "people_per_vehicle": 5.0}  # fmt: skip


def one_road(vehicles, *events, people=1000, days=8, lengths=(10.0, 10.0), **about):
    """a - b - camp c: everybody leaves a on the first two days, on a road of some vehicles a day."""
    table = places(
        "abc", ["town", "junction", "camp"], population=[people, np.nan, 0], party=("blue", "blue", "blue"),
    )  # fmt: skip
    roads = links(["ab", "bc"], [(0, 1), (1, 2)], lengths, vehicles_per_day=vehicles)
    parameters = {**ALL_AT_ONCE, **about.pop("parameters", {})}
    fall = dp.Capture(place="a", by="red", start="2016-02-01")
    own = (Group(id="all", name="All", share=1.0, party="blue"),)
    about = {"groups": own, **about}
    return scenario(
        table, roads, fall, *events, days=days, parameters={**parameters, "hostile_rule_rate": 5.0}, **about
    )


def records(case):
    return simulate_block(case, seed=1, block=0, uncertainty=("counts",), size=2)


def open_to_all(*names):
    """The road is open whoever holds its ends."""
    return dp.Permission(link=list(names), civilians=1.0, medical=1.0, start="2016-02-01")


def test_a_road_lets_through_what_its_vehicles_hold_until_all_have_passed():
    found = records(one_road([20.0, np.nan], open_to_all("ab", "bc")))
    through = found["traffic"][:, :, 0, 0]
    assert (through <= 100).all()
    assert (through[:, 1:7] == 100).all()
    assert (found["arrivals"][:, :, 2] == through).all()
    assert (found["queued"][:, :, 0, 0] == found["travelling"][:, :, 0, 0]).all()
    assert (found["queued"][:, -1].sum(axis=(1, 2)) + found["displaced"][:, -1, 2] == 1000).all()


def test_the_second_of_two_limits_holds_up_what_the_first_let_through():
    found = records(one_road([20.0, 10.0], open_to_all("ab", "bc")))
    assert (found["traffic"][:, 2:7, 0, 0] == 100).all()
    assert (found["traffic"][:, 2:7, 1, 0] == 50).all()
    assert (np.diff(found["queued"][:, 2:7, 1, 0]) == 50).all()


def test_who_stands_before_a_road_that_shuts_stands_on_and_keeps_the_place():
    cut = dp.RoadCut(link="bc", start="2016-02-04", end="2016-02-05")
    found = records(one_road([np.nan, 10.0], open_to_all("ab", "bc"), cut))
    assert (found["traffic"][:, 3:5, 1] == 0).all()
    assert (found["queued"][:, 2:5, 1, 0] == found["queued"][:, [2], 1, 0]).all()
    assert (found["traffic"][:, 5:, 1, 0] == 50).all()


def test_some_before_a_road_that_shuts_give_up_and_stay_at_its_near_end():
    """One in three a day, as at a crossing: 1 - e^-.405 = 1/3."""
    cut = dp.RoadCut(link="bc", start="2016-02-04")
    case = one_road([np.nan, 10.0], open_to_all("ab", "bc"), cut, parameters={"give_up_rate": np.log(1.5)})
    found = simulate_block(case, seed=1, block=0, uncertainty=(), size=1)
    queue = found["queued"][0, :, 1, 0]
    np.testing.assert_allclose(queue[3:] / queue[2:-1], 2 / 3)
    np.testing.assert_allclose(found["arrivals"][0, 3:, 1], queue[2:-1] / 3)


def test_who_stands_before_a_road_that_takes_no_vehicle_gives_up_too():
    none = dp.CapacityChanged(link="ab", vehicles_per_day=0, start="2016-02-03")
    case = one_road([20.0, np.nan], open_to_all("ab", "bc"), none, parameters={"give_up_rate": 5.0})
    found = records(case)
    assert (found["traffic"][:, 2:] == 0).all()
    assert (found["arrivals"][:, 2, 0] > 0.9 * found["queued"][:, 1, 0, 0]).all()


def test_people_who_are_alike_in_all_but_name_pass_as_one():
    """Rounding down by group would let 46 pass of two groups, and nobody of fifty."""
    for many in (1, 2, 10, 50):
        alike = tuple(Group(id=f"g{i}", name=f"G {i}", share=1 / many, party="blue") for i in range(many))
        case = one_road([10.0, np.nan], open_to_all("ab", "bc"), groups=alike, parameters={"people_per_vehicle": 4.7})
        assert (records(case)["traffic"][:, 1:7, 0, 0] == 47).all(), many


def test_a_limit_that_never_binds_changes_nobody():
    """Two towns whose roads meet: a road wide enough for all, before the narrow one, gives nobody the precedence."""
    table = places(
        ["a", "b", "c", "d"],
        ["town", "town", "junction", "camp"],
        population=[1000, 1000, np.nan, 0],
        party=("blue",) * 4,
    )
    for wide in (np.nan, 1e6):
        roads = links(["ac", "bc", "cd"], [(0, 2), (1, 2), (2, 3)], [10.0] * 3, vehicles_per_day=[wide, np.nan, 40.0])
        fight = dp.Fighting(place=["a", "b"], intensity=1.0, start="2016-02-01")
        case = scenario(table, roads, fight, days=4, parameters={**ALL_AT_ONCE, "departure_rate": 5.0, "spill": 0.0})
        found = simulate_block(case, seed=1, block=0, uncertainty=(), size=1)
        assert found["arrivals"][0, 1:3, 3].tolist() == pytest.approx([200.0, 200.0])
        residents = found["residents"][0, -1, :2]
        assert residents[0] == pytest.approx(residents[1])


def test_a_road_that_opens_starts_up_late_by_the_share_of_the_day():
    shut = dp.Permission(link="ab", civilians=0.0, start="2016-02-01", end="2016-02-02")
    case = one_road([20.0, np.nan], open_to_all("bc"), replace_start(open_to_all("ab"), "2016-02-03"), shut,
                    parameters={"start_up_hours": 30.0})  # fmt: skip
    through = records(case)["traffic"][:, :, 0, 0]
    assert through[0].tolist() == [0, 0, 0, 75, 100, 100, 100, 100]


def replace_start(event, start):
    return type(event)(**{**event.model_dump(exclude_unset=True), "start": start})


def test_open_share_of_a_shut_road_is_nothing():
    assert open_share(np.array([0.0, 12.0, 24.0, 36.0, np.inf]), np.array([[0.0], [24.0]])).tolist() == [
        [0.0, 0.5, 1.0, 1.0, 1.0],
        [0.0, 0.0, 0.0, 0.5, 1.0],
    ]


def test_who_walks_is_not_held_up_and_a_fuller_vehicle_takes_more():
    groups = (
        Group(id="walk", name="Walk", share=0.5, party="blue", on_foot=1.0),
        Group(id="bus", name="Bus", share=0.5, party="blue", people_per_vehicle=20.0),
    )
    found = records(one_road([5.0, np.nan], open_to_all("ab", "bc"), groups=groups))
    by_group = found["displaced_by_group"][:, :, :, 2]
    assert (by_group[:, -1, 0] == 500).all()
    assert (np.diff(by_group[:, 1:5, 1]) == 100).all()


def test_a_road_of_no_vehicles_carries_nobody():
    found = records(one_road([0.0, np.nan], open_to_all("ab", "bc")))
    assert not found["traffic"].any()
    assert (found["queued"][:, -1, 0, 0] > 900).all()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_factor_on_capacity_scales_what_passes(factor):
    found = records(one_road([20.0, np.nan], open_to_all("ab", "bc"), parameters={"road_capacity": factor}))
    assert (found["traffic"][:, 2:5, 0, 0] == 100 * factor).all()


def test_a_trip_of_two_days_keeps_its_stage_while_it_is_held():
    far = one_road([20.0, np.nan], open_to_all("ab", "bc"), lengths=(10.0, 200.0), parameters={"travel_day": 6.0})
    found = records(replace(far, days=12))
    through = found["traffic"][0, :, 0, 0]
    arrived = found["arrivals"][0, :, 2]
    assert (arrived[1:] == through[:-1]).all()
    assert (found["travelling"][0, 3:8, 1, 0] == 100).all()
    assert arrived.sum() > 500
