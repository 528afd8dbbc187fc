"""What is said of a place's status: short, plain, true."""

import numpy as np

from displacement.access import access_status, reasons
from displacement.access.status import BESIEGED, HARD_TO_REACH
from displacement.events import (
    Capture,
    Contested,
    CrossingClosed,
    CrossingOpened,
    Fire,
    Permission,
    Relation,
    RoadCut,
    shown_day,
)

FROM_REAR = {"id": "from_rear", "hubs": ("rear",), "transit": ("g",)}
ENCLAVE = {
    "rear": ("g", 0, "outside hub"),
    "mid": ("r", 1000),
    "town": ("g", 1000),
    "far": ("r", 0, "outside"),
}
ROADS = {"rear_mid": ("rear", "mid"), "mid_town": ("mid", "town"), "mid_far": ("mid", "far")}
PLAIN = {"rear": ("g", 0, "outside hub"), "town": ("g", 9)}
ROAD = {"road": ("rear", "town")}


def test_besieged_says_by_whom_since_when_and_who_gets_through(case, day):
    leave = Permission(link="mid_town", civilians=0.1, start=day(0))
    said = reasons(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[leave]), day(2))
    assert said["town"] == (
        "besieged: surrounded by the r, and shut in since before 25 Jan 2016; no way in for aid (no operation has an open"
        " way to it); people can leave with chance 0.10; cut today, since before 25 Jan 2016"
    )
    assert said["rear"] == "not classified: nobody lived there when the scenario opens"
    assert said["mid"] == (
        "hard to reach: no way in for aid (no operation works on ground of the r); cut today, since before 25 Jan 2016"
    )


def test_a_siege_begins_when_the_pocket_is_shut(case, day):
    events = [Capture(place="mid", by="g", start=day(-1)), Capture(place="mid", by="r", start=day(2))]
    scenario = case(ENCLAVE, ROADS, operations=[FROM_REAR], events=events, days=40)
    said = reasons(scenario, day(39))["town"]
    assert said.startswith(
        "besieged: surrounded by the r, and shut in since 27 Jan 2016; no way in for aid (Mid is held by the r);"
    )
    assert said.endswith("nobody can leave; cut today, since 27 Jan 2016")


def test_fire_on_the_weakest_road_is_named(case, day):
    events = [Fire(link="road", level=2, start=day(1))]
    said = reasons(case(PLAIN, ROAD, operations=[FROM_REAR], events=events), day(2))["town"]
    assert said == (
        "accessible: aid entered with a mean chance of 0.96 over the last 30 days; but restricted today, since 26 Jan"
        " 2016: the best way in has chance 0.40 (fire on the road Rear - Town)"
    )


def test_what_broke_on_the_day_of_the_cut_is_named_not_what_broke_later(case, day):
    """Aid came over two roads: the second was cut first."""
    places = {"rear": ("g", 0, "outside hub"), "mid": ("g", 9), "town": ("g", 9)}
    roads = {"first": ("rear", "mid"), "second": ("mid", "town")}
    cuts = [RoadCut(link="second", start=day(2)), RoadCut(link="first", start=day(5))]
    said = reasons(case(places, roads, operations=[FROM_REAR], events=cuts, days=9), day(8))["town"]
    assert "(the road Mid - Town is cut, or shut to all)" in said
    assert "cut today, since 27 Jan 2016" in said


def test_from_when_a_place_is_besieged_if_nothing_changes_is_when_it_is(case, day):
    events = [Capture(place="mid", by="g", start=day(-1)), Capture(place="mid", by="r", start=day(2))]
    scenario = case(ENCLAVE, ROADS, operations=[FROM_REAR], events=events, days=60)
    status = access_status(scenario)["access_status"].sel(place="town").values
    first = int(np.flatnonzero(status == BESIEGED)[0])
    hard = int(np.flatnonzero(status == HARD_TO_REACH)[0])
    for t in (hard, first - 1):
        said = reasons(scenario, day(t))["town"]
        assert said.endswith(f"besieged from {shown_day(day(first))} at the earliest, if nothing changes")
    assert "at the earliest" not in reasons(scenario, day(first))["town"]


def test_an_open_way_in_says_where_from(case, day):
    said = reasons(case(PLAIN, ROAD, operations=[FROM_REAR]), day(0))["town"]
    assert said == "accessible: the best way in has chance 1.00, from Rear; open today, since before 25 Jan 2016"


def test_a_cut_a_policy_a_contested_end_and_a_line_are_told_apart(case, day):
    def why(*events, places=PLAIN, relations=(), **operation):
        scenario = case(places, ROAD, operations=[FROM_REAR | operation], events=events, relations=relations, days=3)
        return reasons(scenario, day(2))["town"]

    assert "(the road Rear - Town is cut, or shut to all)" in why(RoadCut(link="road", start=day(1)))
    assert "(aid may not pass the road Rear - Town)" in why(Permission(link="road", aid=0.0, start=day(1)))
    assert "(aid passes the road Rear - Town with chance 0.5)" in why(Permission(link="road", aid=0.5, start=day(1)))
    assert "(Town contested, road Rear - Town)" in why(Contested(place="town", start=day(1)))
    assert "(fire on the road Rear - Town: nobody passes)" in why(Fire(link="road", level=4, start=day(1)))
    both = {"places": {"rear": ("g", 0, "outside hub"), "town": ("s", 9)}, "transit": ("g", "s"), "lines": ("road",)}
    truce = {"relations": [("g", "s", "truce")], **both}
    assert "(the road Rear - Town crosses a line; the g and the s are at truce)" in why(**truce)
    war = Relation(parties=("g", "s"), relation="hostile", start=day(1))
    assert "no way in for aid (the road Rear - Town crosses a line; the g and the s are hostile)" in why(war, **truce)
    unknown = Permission(link="road", aid="unknown", start=day(0))
    assert "as it is not known who may pass Rear - Town" in why(unknown)


def test_too_few_trucks_are_named(case, day):
    city = {"rear": ("g", 0, "outside hub"), "town": ("g", 1_000_000)}
    said = reasons(case(city, {"road": ("rear", "town", "", 6.5)}, operations=[FROM_REAR]), day(0))["town"]
    assert "the best way in has chance 0.50 (the road admits 50% of the trucks that people there need)" in said


def test_crossings_are_named_and_what_is_left_is_said(case, day):
    places = {"hub": ("t", 0, "outside hub"), "east": ("n", 9), "west": ("n", 9)}
    links = {"e": ("hub", "east", "crossing"), "w": ("hub", "west", "crossing"), "ew": ("east", "west")}
    events = [
        CrossingOpened(crossing=("e", "w"), start=day(0)),
        CrossingClosed(crossing="w", traffic="aid", start=day(1)),
    ]
    scenario = case(places, links, operations=[{"id": "o", "hubs": ("hub",), "transit": ("t", "n")}], events=events)
    assert "; 2 crossings (East and West);" in reasons(scenario, day(0))["west"]
    assert "; 1 crossing left (East);" in reasons(scenario, day(1))["west"]


def test_unknown_says_between_which_and_what_it_hangs_on(case, day):
    line = {"civilians": "unknown", "medical": "unknown", "trade": "unknown", "aid": "unknown"}
    scenario = case(
        ENCLAVE, ROADS, operations=[FROM_REAR], events=[Permission(link="mid_town", start=day(0), end=day(1), **line)]
    )
    said = reasons(scenario, day(1))["town"]
    assert said == (
        "unknown: hard to reach or besieged, as it is not known who may pass Mid - Town;"
        " cut today, since before 25 Jan 2016"
    )
    assert reasons(scenario, day(2))["town"].startswith(
        "unknown: hard to reach or besieged, as who could pass was not known"
    )


def test_an_unknown_holder_is_said(case, day):
    places = {"rear": ("g", 0, "outside hub"), "gap": ("", 9)}
    said = reasons(case(places, {"road": ("rear", "gap")}, operations=[FROM_REAR]), day(0))["gap"]
    assert said.startswith("unknown: accessible or besieged, as it is not known who may pass")


def test_every_place_has_a_reason_that_opens_with_its_status(case, day):
    scenario = case(
        ENCLAVE, ROADS, operations=[FROM_REAR], events=[Capture(place="mid", by="g", start=day(2))], days=30
    )
    status = access_status(scenario)
    flags = status["access_status"].attrs["flag_meanings"].split()
    for t in (0, 2, 29):
        for place, said in reasons(scenario, day(t), status=status).items():
            code = int(status["access_status"].sel(place=place).values[t])
            assert said.startswith(flags[code].replace("_", " ") + ": ")


def test_ground_surrounded_all_along_is_shut_in_only_since_its_way_out_closed(case, day):
    """town and port are surrounded from the first day (their party holds nothing outside) but people leave by port."""
    places = {"town": ("g", 9), "port": ("g", 9), "abroad": ("k", 0, "outside")}
    scenario = case(
        places,
        {"tp": ("town", "port"), "pa": ("port", "abroad")},
        relations=[("g", "k", "truce")],
        events=[RoadCut(link="tp", start=day(2))],
        days=40,
    )
    said = reasons(scenario, day(39))
    assert said["town"].startswith("besieged: surrounded (every road out is shut), and shut in since 27 Jan 2016;")
    assert said["port"].startswith("hard to reach:")


def test_besieged_people_who_can_leave_again_are_not_said_to_be_shut_in(case, day):
    leave = Permission(link="mid_town", civilians=1.0, start=day(2))
    said = reasons(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[leave], days=4), day(3))["town"]
    assert said.startswith("besieged: surrounded by the r since before 25 Jan 2016; no way in for aid")
    assert "people can leave today with chance 1.00, over the last 30 days with a mean of 0.07;" in said
