"""Warnings about aid: each is given where it should be, and nowhere else."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from displacement import events as ev
from displacement.audit import warnings_of
from displacement.audit_of_aid import warnings_of_aid
from displacement.io import read_scenario
from displacement.operations import Operation
from tests.lively import START, links, places, scenario
from tests.supplied import supplied_scenarios


def day(n):
    return START + dt.timedelta(days=n)


AID = {"id": "aid", "name": "Aid", "hubs": ("h",), "transit": ("blue",), "deliver": ("red",), "lines": ("ab",)}


def case(*events, operations=(AID,), days=6, **about):
    """Hub h and town a of blue, junction j, town b of red: roads ha, aj, ab (a line) and jb (none)."""
    given_ = {"party": ("blue", "red", "blue", "blue"), "hub": [False, False, True, False], **about}
    table = places("abhj", ["town", "town", "town", "junction"], population=[900.0, 500.0, 0.0, 0.0], **given_)
    roads = links(["ha", "aj", "ab", "jb"], [(2, 0), (0, 3), (0, 1), (3, 1)], [10.0] * 4)
    return scenario(table, roads, *events, days=days, operations=tuple(Operation(**row) for row in operations))


def said(*events, **about):
    return warnings_of_aid(case(*events, **about))


def test_aid_that_is_sound_has_no_warnings():
    assert said() == []
    assert said(ev.HubSupply(place="h", tonnes_per_day=5, start=START)) == []


# hubs that reach nobody


@pytest.mark.parametrize(
    ("events", "idle"),
    [
        ([ev.RoadCut(link="ha", start=day(-1))], True),
        ([ev.RoadCut(link="ha", start=day(1))], False),  # open on the first day
        ([ev.RoadCut(link="ha", start=day(-1), end=day(4))], False),  # and on the last
        ([ev.Permission(link="ha", aid=0.0, start=day(-1))], True),
        ([ev.Permission(link="ha", aid="unknown", start=day(-1))], False),  # it may be open
        ([ev.Permission(link="ha", aid=0.01, start=day(-1))], False),
        ([ev.Permission(link="ha", civilians=0.0, start=day(-1))], False),
        (
            [ev.Capture(place="h", by="red", start=day(-1))],
            True,
        ),  # red may only be served: nothing goes on from there to blue
        ([ev.Capture(place="h", by="teal", start=day(-1))], True),
        ([ev.Capture(place="h", by="teal", start=day(3))], False),
    ],
)
def test_a_hub_from_which_no_way_is_open(events, idle):
    found = [w for w in said(*events) if "reaches nobody" in w]
    assert len(found) == idle
    assert all(w.startswith("Hub h reaches nobody, as no way of any operation is open") for w in found)


def test_a_hub_whose_operation_serves_other_places_only():
    (warning,) = said(operations=[{**AID, "deliver_places": ("j",)}])[:1]
    assert warning.startswith("Hub h reaches nobody")
    assert said(operations=[{**AID, "deliver_places": ("a", "b")}]) == []


def test_a_hub_that_no_operation_names():
    (warning,) = said(hub=[False, True, True, False])
    assert warning == "Hub b reaches nobody, as no operation starts there: add it to the hubs of one."


def test_a_hub_among_people_serves_them():
    far = {**AID, "id": "far", "hubs": ("a",), "transit": ("blue",), "lines": ()}
    cut = [ev.RoadCut(link=road, start=day(-1)) for road in ("ha", "aj", "ab")]
    found = said(*cut, operations=[AID, far], hub=[True, False, True, False])
    assert [w for w in found if "reaches nobody" in w] == [w for w in found if w.startswith("Hub h ")]


def test_a_camp_that_is_empty_when_the_scenario_opens_can_be_reached():
    table = places("abh", ["camp", "town", "town"], party=("blue", "red", "blue"), population=[0, 500, 0],
                   hub=[False, False, True])  # fmt: skip
    aid = Operation(**{**AID, "lines": (), "deliver": ()})
    roads = links(["ha", "ab"], [(2, 0), (0, 1)], [10.0] * 2)
    assert not [w for w in warnings_of_aid(scenario(table, roads, operations=(aid,))) if "reaches nobody" in w]


# hubs that nothing supplies


def test_a_hub_that_nothing_supplies_while_another_has_a_supply():
    two = [{**AID, "hubs": ("a", "h")}]
    hubs = [True, False, True, False]
    assert said(operations=two, hub=hubs) == []  # nothing is said of either
    (warning,) = said(ev.HubSupply(place="a", tonnes_per_day=5, start=START), operations=two, hub=hubs)
    assert warning.startswith("No HubSupply says what h receives, while another hub has one: add one")
    assert said(ev.HubSupply(place=["a", "h"], tonnes_per_day=0, start=START), operations=two, hub=hubs) == []


# places that no operation may serve


@pytest.mark.parametrize(
    ("operation", "events", "missed"),
    [
        ({}, [], ""),
        ({"deliver": ()}, [], "b (500 people)"),
        ({"lines": ()}, [], "b (500 people)"),
        ({"lines": (), "any_line": True}, [], ""),
        ({"deliver_places": ("b",)}, [], "a (900 people)"),
        ({"deliver": ()}, [ev.Capture(place="b", by="blue", start=day(5))], ""),  # on the last day at least
        ({"deliver": ()}, [ev.Capture(place="b", by="blue", start=day(6))], "b (500 people)"),
        ({"deliver": ()}, [ev.Airdrops(place="b", tonnes_per_sortie=2, sorties_per_week=1, start=START)], ""),
        ({}, [ev.RoadCut(link="ab", start=day(-1))], ""),  # it may, if the road is repaired
        ({}, [ev.Capture(place="a", by="teal", start=day(-1))], "a (900 people) and b (500 people)"),
    ],
)
def test_places_that_no_operation_may_serve(operation, events, missed):
    found = [w for w in said(*events, operations=[{**AID, **operation}]) if w.startswith("No operation")]
    assert [w.split(": ")[0] for w in found] == [f"No operation may ever serve {missed}"] * bool(missed)


def test_a_road_that_is_one_way_serves_one_way():
    there = case()
    table = there.network.links
    one_way = replace(table, directed=np.array([name == "ha" for name in table.id]))
    assert warnings_of_aid(replace(there, network=replace(there.network, links=one_way))) == []
    turned = replace(one_way, origin=one_way.destination, destination=one_way.origin)
    found = warnings_of_aid(replace(there, network=replace(there.network, links=turned)))
    assert any("ever serve a (900 people) and b (500 people)" in w for w in found)


def test_six_places_are_named_and_the_rest_counted():
    names = [f"p{i}" for i in range(9)]
    table = places(["h", *names], ["town"] * 10, party=("blue", *["red"] * 9), population=[0.0, *range(100, 1000, 100)],
                   hub=[True, *[False] * 9])  # fmt: skip
    roads = links(["road"], [(0, 1)], [10.0])
    aid = Operation(**{**AID, "lines": (), "deliver": ()})
    (warning,) = [w for w in warnings_of_aid(scenario(table, roads, operations=(aid,))) if w.startswith("No operation")]
    assert (
        "serve p8 (900 people), p7 (800 people), p6 (700 people), p5 (600 people), p4 (500 people) and 4 more:"
        in warning
    )


# lines that lead nowhere


@pytest.mark.parametrize(
    ("operation", "events", "nowhere"),
    [
        ({"lines": ("ab", "jb")}, [], []),
        ({"deliver": ()}, [], ["ab"]),
        ({"deliver": (), "lines": ("ab", "jb", "ha")}, [], ["ab", "jb"]),
        ({"deliver": ()}, [ev.Capture(place="b", by="blue", start=day(5))], []),
        ({"transit": ("teal",), "deliver": ("red",)}, [], ["ab"]),
        ({"transit": ("teal",), "deliver": ("blue", "red")}, [], []),  # from one that is served on to another
    ],
)
def test_lines_that_lead_nowhere(operation, events, nowhere):
    found = [w for w in said(*events, operations=[{**AID, **operation}]) if w.startswith("Line ")]
    assert [w.split()[1] for w in found] == nowhere
    assert all("of the operation aid leads nowhere, as the operation may on no day be at both ends" in w for w in found)


def test_a_line_that_is_one_way_from_whom_aid_may_only_serve_leads_nowhere():
    there = case()
    table = there.network.links
    for origin, destination, found in ((0, 1, 0), (1, 0, 1)):
        ends = ([end if name == "ab" else old for name, old in zip(table.id, olds, strict=True)]
                for end, olds in ((origin, table.origin), (destination, table.destination)))  # fmt: skip
        a, b = (np.array(rows, np.int64) for rows in ends)
        one_way = replace(table, origin=a, destination=b, directed=np.array([name == "ab" for name in table.id]))
        said_ = warnings_of_aid(replace(there, network=replace(there.network, links=one_way)))
        assert len([w for w in said_ if w.startswith("Line ab")]) == found


# fire on one hazard


def fire(link, level=2, first=0, last=None, **about):
    return ev.Fire(link=link, level=level, start=day(first), end=None if last is None else day(last), **about)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        (
            [fire("aj"), fire("jb")],
            ["aj (a - j)", "jb (j - b)", "meet at j", "on 6 days from 1 Feb 2016: they multiply"],
        ),
        ([fire(["aj", "jb"])], ["on 6 days"]),
        ([fire("aj", last=3), fire("jb", first=3)], ["on 1 day from 4 Feb 2016"]),
        ([fire("aj", last=2), fire("jb", first=3)], None),
        ([fire("aj"), fire("ab")], None),  # they meet in a town, where people and trucks stay
        ([fire("aj"), fire("jb", level=4)], None),  # nobody passes: nothing is multiplied
        ([fire("aj"), fire("jb", level=0)], None),
        ([fire("aj"), fire("aj", level=3, first=2)], None),  # one road: the worst counts
    ],
)
def test_two_fires_on_one_hazard(events, words):
    for operations in ((AID,), ()):
        found = said(*events, operations=operations)
        assert len(found) == (words is not None)
        assert all(word in warning for warning in found for word in words)


# without operations


def test_events_about_aid_without_an_operation():
    supply, cut = ev.HubSupply(place="h", tonnes_per_day=5, start=START), ev.FundingCut(share=0.5, start=START)
    (warning,) = said(supply, cut, operations=())
    assert (
        warning
        == "There is no operation, so that FundingCut and HubSupply can change nothing: write down [[operations]]."
    )
    drops = ev.Airdrops(place="b", tonnes_per_sortie=2, sorties_per_week=1, start=START)
    assert said(drops, operations=()) == []
    assert said(operations=()) == []


def test_they_are_among_the_warnings_of_a_scenario():
    found = warnings_of(case(fire("aj"), fire("jb")))
    assert [w for w in found if "attach fire to one link per hazard" in w]


@given(supplied_scenarios())
def test_whatever_is_valid_is_told_in_sentences(drawn):
    for sentence in warnings_of_aid(drawn):
        assert sentence.endswith(".")
        assert ": " in sentence, "what to do follows a colon"
        assert len(sentence) < 600


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("aleppo_2016", ["Manbij", "al-Bab", "Jarabulus", "al-Ra'i"]),  # held by a party that no operation works with
        ("nagorno_karabakh_2023", []),
    ],
)
def test_the_bundled_scenarios(folder, never):
    found = warnings_of_aid(read_scenario(f"scenarios/{folder}"))
    assert len(found) == bool(never)
    assert all(name in warning for warning in found for name in never)
