"""The layers and how they fold, in cases small enough to work by hand."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement import events as ev
from displacement.conditions import (
    CONTESTED_PERMISSION,
    FIRE_PERMISSION,
    RELATION_PERMISSION,
    RELATIONS,
    Effect,
    capture_approach,
    capture_weights,
    combined_intensity,
    painted,
    smallest,
    travel_time,
    worst,
)
from displacement.parameters import Parameters
from displacement.scenario import OpeningRelation
from tests.lively import links, places, scenario

START = dt.date(2016, 2, 1)


def day(n):
    return START + dt.timedelta(days=n)


def pair(*events, kind="road", party=("blue", "blue"), days=6, relations=(), **about):
    """Two towns and a link: a crossing to the country BB, if so wished."""
    country = ("AA", "BB" if kind == "crossing" else "AA")
    table = places("ab", ["town"] * 2, country=country, party=party, population=[1000.0, 0.0])
    given_relations = tuple(OpeningRelation(parties=pair, relation=r) for pair, r in relations)
    roads = links(["ab"], [(0, 1)], [30.0], kind=(kind,), speed_kmh=[60.0])
    return scenario(table, roads, *events, days=days, relations=given_relations, **about)


def civilians(conditions, name="permission", direction="forward", traffic="civilians"):
    return conditions[name].sel(link="ab", direction=direction, traffic=traffic).values.tolist()


# the painter


def effect(start, end, value):
    return Effect(layer="", cells=((0,),), start=start, end=end, value=value)


def stricter_is_smaller(value):
    return -value


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ([(0, None, 0.2), (2, None, 0.8)], [0.2, 0.2, 0.8, 0.8, 0.8]),  # the latest start wins, though laxer
        ([(0, None, 0.2), (2, 3, 0.8)], [0.2, 0.2, 0.8, 0.8, 0.2]),  # when it ends the one beneath returns
        ([(1, 2, 0.0)], [1.0, 0.0, 0.0, 1.0, 1.0]),  # end is its last day; then what was at the opening
        ([(1, None, 0.9), (1, 2, 0.3)], [1.0, 0.3, 0.3, 0.9, 0.9]),  # same start: the stricter
        ([(-4, 1, 0.5)], [0.5, 0.5, 1.0, 1.0, 1.0]),  # begun before the period
        ([(7, None, 0.5)], [1.0] * 5),  # not yet
        ([(-4, -1, 0.5)], [1.0] * 5),  # already over
        ([(0, 4, 0.4), (1, 3, 0.6), (2, 2, 0.1)], [0.4, 0.6, 0.1, 0.6, 0.4]),  # three deep
    ],
)
def test_the_painter(effects, expected):
    found = [effect(*e) for e in effects]
    assert painted(np.ones((5, 1)), found, stricter_is_smaller).ravel().tolist() == expected
    assert painted(np.ones((5, 1)), found[::-1], stricter_is_smaller).ravel().tolist() == expected


def test_worst_and_smallest_do_not_care_who_came_last():
    both = [effect(0, 2, 3.0), effect(1, None, 2.0)]
    assert worst(np.zeros((4, 1)), both).ravel().tolist() == [3.0, 3.0, 3.0, 2.0]
    assert smallest(np.full((4, 1), 9.0), both).ravel().tolist() == [3.0, 2.0, 2.0, 2.0]


# physical, policy, danger, in a scenario


def test_a_cut_and_a_repair_on_the_same_day_is_a_cut():
    found = pair(ev.RoadRepaired(link="ab", start=day(1)), ev.RoadCut(link="ab", start=day(1))).compile()
    assert civilians(found) == [1, 0, 0, 0, 0, 0]


def test_the_last_cut_or_repair_decides():
    found = pair(ev.RoadCut(link="ab", start=day(1)), ev.RoadRepaired(link="ab", start=day(3))).compile()
    assert civilians(found) == [1, 0, 0, 1, 1, 1]


def test_a_repair_does_not_open_what_policy_shuts():
    shut = ev.Permission(link="ab", civilians=0.0, start=day(0))
    assert civilians(pair(shut, ev.RoadRepaired(link="ab", start=day(2))).compile()) == [0] * 6


def test_permission_is_physical_times_policy_times_danger():
    """.8 by policy, fire of level 2 leaves .6, a contested end .5: the worse of the two dangers counts: .8 x .5 = .4."""
    said = ev.Permission(link="ab", civilians=0.8, start=day(0))
    found = pair(
        said, ev.Fire(link="ab", level=2, start=day(1)), ev.Contested(place="b", start=day(2), end=day(2))
    ).compile()
    np.testing.assert_allclose(civilians(found), [0.8, 0.48, 0.4, 0.48, 0.48, 0.48])


def test_the_worst_fire_counts():
    found = pair(
        ev.Fire(link="ab", level=1, start=day(2)), ev.Fire(link="ab", level=3, start=day(0), end=day(3))
    ).compile()
    assert found["fire"].sel(link="ab").values.tolist() == [3, 3, 3, 3, 1, 1]
    np.testing.assert_allclose(civilians(found), [0.2] * 4 + [0.9] * 2)


def test_shut_to_one_class_says_nothing_of_another():
    found = pair(
        ev.CrossingOpened(crossing="ab", start=day(0)),
        ev.CrossingClosed(crossing="ab", traffic=("civilians",), direction="forward", start=day(2), end=day(3)),
        kind="crossing",
    ).compile()
    assert civilians(found) == [1, 1, 0, 0, 1, 1]
    assert civilians(found, traffic="aid") == [1] * 6
    assert civilians(found, direction="backward") == [1] * 6


def test_a_crossing_without_policy_is_shut_and_a_road_has_its_relations_default():
    assert civilians(pair(kind="crossing").compile()) == [0] * 6
    assert civilians(pair(party=("blue", "red"), relations=[(("blue", "red"), "truce")]).compile()) == [0.6] * 6
    assert civilians(pair(party=("blue", "red")).compile()) == [0] * 6  # of which nothing is said: hostile
    assert civilians(pair(party=("blue", "")).compile(), "permission_low") == [0] * 6
    assert civilians(pair(party=("blue", "")).compile(), "permission_high") == [1] * 6
    assert np.isnan(civilians(pair(party=("blue", "")).compile())).all()


def test_a_directed_link_admits_nobody_backward():
    table, roads = places("ab", ["town"] * 2, party=("blue",) * 2), links(["ab"], [(0, 1)], [3.0], directed=[True])
    found = scenario(table, roads, ev.Permission(link="ab", civilians=1.0, start=START)).compile()
    assert civilians(found, direction="backward") == [0] * 5
    assert civilians(found) == [1] * 5


def test_an_unknown_permission_is_anything_and_bounds_hold_on_the_same_start():
    """Said .5 and "unknown" on one day: the stricter, so between 0 and .5."""
    found = pair(
        ev.Permission(link="ab", civilians="unknown", start=day(1)),
        ev.Permission(link="ab", civilians=0.5, start=day(1), end=day(3)),
    ).compile()
    assert civilians(found, "permission_low") == [1, 0, 0, 0, 0, 0]
    assert civilians(found, "permission_high") == [1, 0.5, 0.5, 0.5, 1, 1]


def test_the_smallest_quota_counts_and_opens_nothing():
    found = pair(
        ev.CrossingQuota(crossing="ab", traffic=("civilians",), per_day=500, start=day(0)),
        ev.CrossingQuota(crossing="ab", traffic=("civilians", "medical"), per_day=800, start=day(1)),
        ev.CrossingQuota(
            crossing="ab", traffic=("civilians",), per_day=20, direction="backward", start=day(0), end=day(1)
        ),
        kind="crossing",
    ).compile()
    assert civilians(found, "quota") == [500] * 6
    assert civilians(found, "quota", direction="backward") == [20, 20, 500, 500, 500, 500]
    assert civilians(found, "quota", traffic="medical") == [np.inf, 800, 800, 800, 800, 800]
    assert civilians(found, "quota", traffic="aid") == [np.inf] * 6
    assert civilians(found) == [0] * 6


# control of the morning and of the day


def test_people_meet_the_control_of_the_morning_and_aid_that_of_the_day():
    found = pair(ev.Capture(place="b", by="red", start=day(2)), party=("blue", "blue")).compile()
    assert civilians(found) == [1, 1, 0, 0, 0, 0]  # hostile from the day of the capture on
    assert civilians(found, "morning_permission_high") == [1, 1, 1, 0, 0, 0]  # that morning the road was still open
    blue, red = 0, 1
    assert found["control"].sel(place="b").values.tolist() == [blue, blue, red, red, red, red]
    assert found["morning_control"].sel(place="b").values.tolist() == [blue, blue, blue, red, red, red]


def test_a_days_cut_is_met_that_morning():
    found = pair(ev.RoadCut(link="ab", start=day(2))).compile()
    assert civilians(found, "morning_permission_high") == [1, 1, 0, 0, 0, 0]


def test_captures_before_the_start_are_done():
    found = pair(
        ev.Capture(place="b", by="red", start=day(-3)), ev.Capture(place="b", by="teal", start=day(-1))
    ).compile()
    assert (found["morning_control"].sel(place="b") == 2).all()
    assert not found["capture_by_hostile"].any()


def test_a_front_line_delays_and_a_checkpoint_stands_every_25_km():
    """30 km at 60 km/h: half an hour and two checkpoints of .25 h; 4 h more across a front line."""
    found = pair(ev.Capture(place="b", by="red", start=day(2))).compile()
    assert found["travel_time"].sel(link="ab").values.tolist() == [1.0, 1.0, 5.0, 5.0, 5.0, 5.0]
    assert found["morning_travel_time"].sel(link="ab").values.tolist() == [1.0, 1.0, 1.0, 5.0, 5.0, 5.0]


def test_a_crossing_is_no_front_line():
    assert (pair(kind="crossing", party=("blue", "red")).compile()["travel_time"] == 1.0).all()


@pytest.mark.parametrize(("km", "hours"), [(24.9, 0.25), (25.0, 0.25), (25.1, 0.5), (50.0, 0.5), (0.1, 0.25)])
def test_checkpoints(km, hours):
    found = travel_time(np.array([km]), np.array([1e9]), np.array([[False]]), Parameters())
    assert found.item() == pytest.approx(hours, abs=1e-6)


# relations


def test_relations_follow_events_and_return():
    found = pair(
        ev.Relation(parties=("blue", "red"), relation="truce", start=day(1), end=day(3)),
        ev.Relation(parties=("red", "blue"), relation="tolerated", start=day(2), end=day(2)),
        party=("blue", "red"),
    ).compile()
    np.testing.assert_allclose(civilians(found), [0, 0.6, 0.5, 0.6, 0, 0])
    for a, b in (("blue", "red"), ("red", "blue")):
        assert found["relation"].sel(party=a, other_party=b).values.tolist() == [0, 3, 2, 3, 0, 0]


# intensity


def fight(value, start=0, end=None, by=(), place=0):
    return Effect(layer="intensity", cells=((place,),), start=start, end=end, value=value, by=by)


def calm(value, by, start=0, end=None):
    return Effect(layer="calm", cells=((),), start=start, end=end, value=value, by=by)


def test_intensity_is_one_minus_the_product():
    """.5 and .6 together: 1 - .5 x .4 = .8."""
    found = combined_intensity([fight(0.5), fight(0.6, 1, 1)], [], 3, 1)
    np.testing.assert_allclose(found.ravel(), [0.5, 0.8, 0.5])


def test_a_ceasefire_binds_only_its_two_parties_and_who_is_not_named():
    red, blue, teal = 0, 1, 2
    stop = calm(0.1, (red, blue), 1, 2)
    for by, expected in (((red,), [0.5, 0.05, 0.05, 0.5]), ((), [0.5, 0.05, 0.05, 0.5]), ((teal,), [0.5] * 4)):
        np.testing.assert_allclose(combined_intensity([fight(0.5, by=by)], [stop], 4, 1).ravel(), expected)


def test_two_ceasefires_multiply():
    found = combined_intensity([fight(0.8, by=(0,))], [calm(0.5, (0, 1)), calm(0.25, (0, 2))], 1, 1)
    np.testing.assert_allclose(found, [[0.1]])


# captures


@pytest.mark.parametrize("warning", [0, 1, 2, 3])
def test_the_weights_of_a_flight_sum_to_one(warning):
    weights = capture_weights(warning)
    assert sum(weights.values()) == pytest.approx(1)
    assert sorted(weights) == (list(range(-warning, 1)) if warning else [0, 1])


def test_the_weights_with_three_days_of_warning():
    assert capture_weights(3) == {-3: 0.1, -2: 0.25, -1: 0.35, 0: 0.3}


def approach(changes, days=20, once=30, warning=3, relation="hostile"):
    """Weights at one place that changes hands on some days: {day: party}; at first party 0 holds it."""
    control = np.zeros((days, 1), np.int64)
    for start, party in sorted(changes.items()):
        control[start:] = party
    morning = np.concatenate([np.zeros((1, 1), np.int64), control[:-1]])
    table = np.full((days, 3, 3), RELATIONS.index(relation))
    hostile, other = capture_approach(control, morning, table, warning_days=warning, once_days=once)
    return hostile.ravel(), other.ravel()


def test_a_flight_falls_on_the_days_around_the_capture():
    hostile, other = approach({5: 1}, days=8)
    np.testing.assert_allclose(hostile, [0, 0, 0.1, 0.25, 0.35, 0.3, 0, 0])
    assert not other.any()


def test_two_captures_within_30_days_empty_a_place_once():
    assert approach({5: 1, 12: 0})[0].sum() == pytest.approx(1)
    assert approach({5: 1, 12: 0}, once=7)[0].sum() == pytest.approx(2)
    assert approach({5: 1, 12: 0}, once=8)[0].sum() == pytest.approx(1)


def test_once_counts_from_the_capture_that_emptied():
    """Captures on days 5, 12 and 16, once in 10 days: the third comes 11 days after the first."""
    hostile, _ = approach({5: 1, 12: 0, 16: 2}, once=10)
    assert hostile.sum() == pytest.approx(2)
    assert hostile[16] == pytest.approx(0.3)


def test_a_capture_by_no_enemy_is_felt_as_such():
    hostile, other = approach({5: 1}, relation="tolerated")
    assert not hostile.any()
    assert other.sum() == pytest.approx(1)


def test_what_falls_outside_the_period_is_lost():
    assert approach({1: 1})[0].sum() == pytest.approx(0.65)
    assert approach({0: 1}, warning=0)[0].tolist()[:3] == [0.5, 0.5, 0.0]


def test_a_capture_just_after_the_end_is_fled_from_before_it():
    found = pair(ev.Capture(place="a", by="red", start=day(7)), days=6).compile()
    np.testing.assert_allclose(found["capture_by_hostile"].sel(place="a"), [0, 0, 0, 0, 0.1, 0.25])


def test_a_place_of_unknown_holder_is_captured_from_nobody():
    found = pair(ev.Capture(place="a", by="red", start=day(3)), party=("", "blue")).compile()
    assert not found["capture_by_hostile"].any()
    assert not found["capture_by_other"].any()


# the tables


def test_stricter_relations_and_worse_fire_never_let_more_pass():
    assert (np.diff(RELATION_PERMISSION, axis=0) >= 0).all()
    assert (np.diff(FIRE_PERMISSION, axis=0) <= 0).all()
    assert ((CONTESTED_PERMISSION > 0) & (CONTESTED_PERMISSION < 1)).all()
    assert (RELATION_PERMISSION[RELATIONS.index("hostile")] == 0).all()
    assert (RELATION_PERMISSION[RELATIONS.index("same")] == 1).all()


@given(st.integers(0, 3), st.integers(0, 25), st.integers(1, 40))
def test_a_flight_is_never_more_than_one_in_once_days(warning, first, once):
    hostile, _ = approach({first: 1, first + 1: 0, first + 2: 1}, days=40, once=max(once, 3), warning=warning)
    assert hostile.sum() <= 1 + 1e-12
