"""Warnings about single events: each fires where it should, and nowhere in the scenarios of the package."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import displacement as dp
from displacement import events as ev
from displacement.audit_of_events import idle_events, warnings_of_events
from displacement.overview import overview, second_look
from tests.lively import START, links, places, scenario

FOLDER = Path(dp.__file__).parent / "io"


def day(n):
    return START + dt.timedelta(days=n)


def small(*events):
    table = places("abc", ["town", "junction", "town"], population=[10.0, 0.0, 30.0], party=("blue", "blue", "blue"))
    return scenario(table, links(["ab", "bc"], [(0, 1), (1, 2)], [50.0, 50.0]), *events)


def test_a_siege_of_a_place_without_people():
    assert any("nobody is there" in w for w in warnings_of_events(small(ev.Siege(place="b", start=day(1)))))
    assert not warnings_of_events(small(ev.Siege(place="a", start=day(1))))
    assert not warnings_of_events(small(ev.Siege(place=("a", "b"), start=day(1))))


def test_fighting_where_nobody_feels_it():
    assert any(
        "no people there or near by" in w
        for w in warnings_of_events(small(ev.Fighting(place="b", intensity=1, start=day(1))))
    )
    assert not warnings_of_events(small(ev.Fighting(place="a", intensity=1, start=day(1))))


@pytest.mark.parametrize(("start", "warned"), [(2, True), (3, True), (4, False)])
def test_fighting_that_is_entered_twice(start, warned):
    one = ev.Fighting(place="a", intensity=0.5, start=day(1), end=day(3), id="one")
    other = ev.Fighting(place=("a", "c"), intensity=0.5, start=day(start), id="other")
    found = warnings_of_events(small(one, other))
    assert len(found) == warned
    assert all("Fighting other and Fighting one are both in force" in w for w in found)
    assert not warnings_of_events(small(one, ev.AirStrikes(place="a", start=day(2))))


def test_events_that_change_nothing():
    cut = ev.RoadCut(link="ab", start=day(1), id="cut")
    again = ev.RoadCut(link="ab", start=day(2), id="again")
    never = ev.RoadCut(link="bc", start=day(400), id="never")
    assert idle_events(small(cut, again, never)) == [again]
    assert idle_events(small(cut)) == []
    assert any("RoadCut again changes nothing" in text for text in second_look(small(cut, again)))


def test_counts_that_came_with_the_example_are_noticed_once_the_scenario_is_ones_own():
    own = dp.read_scenario(FOLDER / "template")
    counts = pd.DataFrame({"date": [own.start] * 2, "source": ["invented for this example", "the council"]})
    assert not any("came with the example" in text for text in second_look(own, counts))
    found = second_look(replace(own, name="My Town"), counts)
    assert [text.startswith("1 count of observed.csv came with the example and is invented") for text in found] == [
        True
    ]


def test_what_is_left_out_takes_along_what_speaks_of_it():
    siege = ev.Siege(place="a", start=day(1), id="siege")
    lifted = ev.SiegeLifted(place="a", start=day(3))
    assert small(siege, lifted).leaving_out(siege).events == ()
    assert small(siege, lifted).leaving_out(lifted).events == (siege,)


@pytest.mark.parametrize("case", ["aleppo_2016", "nagorno_karabakh_2023", "deir_ez_zor_2016"])
def test_the_scenarios_of_the_package_have_none(case):
    assert warnings_of_events(dp.read_scenario(f"scenarios/{case}")) == []


def test_the_overview_says_what_is_known_and_what_is_not():
    said = "\n".join(overview(small(ev.RoadCut(link="ab", start=day(1)))))
    assert "2 towns, 1 junction" in said
    assert "40 at home" in said
    assert "2 roads, 0 crossings" in said
    assert "Events: 1 RoadCut." in said
    assert "vehicles_per_day of 2 of 2 roads (no limit)" in said
    assert "Counts: none" in said


def test_the_overview_says_how_crossings_stand():
    said = "\n".join(overview(dp.read_scenario("scenarios/nagorno_karabakh_2023")))
    assert "Sotk pass - Vardenis: people shut throughout, trade shut throughout, aid shut throughout." in said
    assert "people shut on 101 of 319 days and restricted on 53 of 319 days" in said
