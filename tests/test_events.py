"""Events one by one: dates, overlaps of names, and what is refused."""

import datetime as dt

import numpy as np
import pytest
from pydantic import ValidationError

from displacement import events as ev
from displacement.errors import InputError
from tests.lively import START, links, places, scenario


def world():
    table = places("abc", ["town"] * 3, country=("AA", "AA", "BB"), name=("Azaz", "Bab", "Cilis"))
    return scenario(table, links(["road", "gate"], [(0, 1), (1, 2)], [5.0, 1.0], kind=("road", "crossing"))).world


@pytest.mark.parametrize("given", ["2016-02-03", dt.date(2016, 2, 3), dt.datetime(2016, 2, 3, 12), np.datetime64("2016-02-03"), np.datetime64("2016-02-03T00", "ns")])  # fmt: skip
def test_a_day_in_many_forms(given):
    assert ev.RoadCut(link="road", start=given).start == dt.date(2016, 2, 3)


@pytest.mark.parametrize("wrong", ["3 Feb", "2016-02-30", 5, None])
def test_what_is_no_day(wrong):
    with pytest.raises(ValidationError):
        ev.RoadCut(link="road", start=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ev.Fighting(place="a", intensity=1.2, start=START),
        lambda: ev.Fighting(place="a", intensity=float("nan"), start=START),
        lambda: ev.Fighting(place="a", intensity="high", start=START),
        lambda: ev.Fighting(place=[], intensity=1, start=START),
        lambda: ev.Fire(link="road", level=5, start=START),
        lambda: ev.Fire(link="road", level=2.5, start=START),
        lambda: ev.Permission(link="road", start=START),
        lambda: ev.Permission(link="road", civilians=1.1, start=START),
        lambda: ev.Permission(link="road", civilians="maybe", start=START),
        lambda: ev.Permission(link="road", civilians=1.0, direction="left", start=START),
        lambda: ev.CrossingClosed(crossing="gate", traffic=("people",), start=START),
        lambda: ev.CrossingQuota(crossing="gate", traffic=("aid",), per_day=-1, start=START),
        lambda: ev.Relation(parties=("blue",), relation="truce", start=START),
        lambda: ev.Relation(parties=("blue", "red"), relation="friends", start=START),
    ],
)
def test_what_an_event_refuses(wrong):
    with pytest.raises(ValidationError):
        wrong()


def test_an_event_at_a_crossing_refuses_a_road():
    with pytest.raises(InputError, match="'road' is a road, not a crossing"):
        ev.CrossingOpened(crossing="road", start=START).effects(world())


def test_all_unknown_names_are_said_at_once():
    with pytest.raises(InputError) as found:
        ev.Fighting(place=["x1", "a", "x2"], intensity=1, start=START).effects(world())
    assert len(found.value.problems) == 2


def test_a_capture_has_no_end():
    with pytest.raises(InputError, match="no end"):
        ev.Capture(place="a", by="red", start=START, end=START).effects(world())


def test_a_relation_is_painted_both_ways():
    effects = ev.Relation(parties=("blue", "red"), relation="truce", start=START).effects(world())
    assert [e.cells for e in effects] == [((0,), (1,)), ((1,), (0,))]


def test_a_permission_paints_only_the_classes_and_direction_that_it_names():
    effects = ev.Permission(link="gate", direction="backward", medical=0.2, aid="unknown", start=START).effects(world())
    row = world().network.links.index("gate")
    assert next((e.cells, e.value) for e in effects) == (((row,), (1,), (1,)), 0.2)
    assert effects[1].cells == ((row,), (1,), (3,))
    assert np.isnan(effects[1].value)


def test_a_settled_event_keeps_its_end_unless_that_would_lie_before():
    event = ev.RoadCut(link="road", start="2016-02-03", end="2016-02-04", latest="2016-02-08")
    assert event.starting(dt.date(2016, 2, 4)).end == dt.date(2016, 2, 4)
    late = event.starting(dt.date(2016, 2, 8))
    assert (late.start, late.end, late.latest) == (dt.date(2016, 2, 8), dt.date(2016, 2, 8), None)


def test_sentences():
    about = world()
    said = {
        ev.Capture(place="a", by="red", start="2016-02-03"): "Red takes Azaz, on 3 Feb 2016.",
        ev.RoadCut(link="road", start="2016-02-03", end="2016-02-05"): "The road Azaz - Bab is cut, 3 Feb 2016 to 5 Feb 2016.",
        ev.CrossingClosed(crossing="gate", traffic=["civilians"], direction="forward", start="2016-02-03"): "The crossing Bab to Cilis is shut to civilians, from 3 Feb 2016.",
        ev.CrossingQuota(crossing="gate", traffic=["aid", "trade"], per_day=1500, start="2016-02-03"): "The crossing Bab - Cilis admits at most 1,500 a day of aid and trade, from 3 Feb 2016.",
        ev.Ceasefire(parties=("blue", "red"), start="2016-02-27"): "Blue and Red cease fire (none of their fighting goes on), from 27 Feb 2016.",
    }  # fmt: skip
    for event, words in said.items():
        assert event.sentence(about) == words


def test_long_lists_are_cut():
    assert ev.listed([*"abcdefgh"]) == "a, b, c, d, e and 3 more"
    assert ev.listed([*"abcdef"]) == "a, b, c, d, e and f"
