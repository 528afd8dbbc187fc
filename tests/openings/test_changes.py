"""An opening as a changed scenario: what is granted holds from its day on, what stood against it ends, nothing else moves."""

import datetime as dt

import numpy as np
import pytest

from displacement import events as ev
from displacement.openings import Opening, opened
from displacement.openings.changes import cut_short, distinct
from tests.access.conftest import START, scenario

DAY = START + dt.timedelta(days=2)
BEFORE = DAY - dt.timedelta(days=1)
PLACES = {"rear": ("g", 0, "outside hub"), "gate": ("g", 100), "town": ("g", 10_000), "side": ("g", 50)}
LINKS = {"rg": ("rear", "gate"), "gt": ("gate", "town", "", 10), "gs": ("gate", "side")}
FROM_REAR = {"id": "rear", "hubs": ("rear",), "transit": ("g",)}


def case(*events, **more):
    return scenario(PLACES, LINKS, operations=(FROM_REAR,), events=events, days=6, **more)


def test_an_event_ends_on_the_day_before_on_the_links_that_are_opened():
    fire = ev.Fire(id="f", link=("gt", "gs"), start=START, level=3)
    rest, before = cut_short(fire, {"gt"}, DAY)
    assert (rest.link, rest.start, rest.end, rest.id) == (("gs",), START, None, "f")
    assert (before.link, before.start, before.end, before.id) == (("gt",), START, BEFORE, "")


@pytest.mark.parametrize(
    "event",
    [
        ev.Fire(link="gs", start=START, level=3),
        ev.Fire(link="gt", start=START, end=BEFORE, level=3),
        ev.Fighting(place="town", start=START, intensity=1.0),
    ],
)
def test_what_does_not_stand_against_it_stays(event):
    assert list(cut_short(event, {"gt"}, DAY)) == [event]


def test_what_would_come_later_does_not_come():
    assert list(cut_short(ev.RoadCut(link="gt", start=DAY), {"gt"}, DAY)) == []


def test_an_uncertain_start_is_over_before_the_opening():
    (before,) = cut_short(ev.RoadCut(link="gt", start=START, latest=DAY, earliest=START), {"gt"}, DAY)
    assert (before.first, before.last, before.end) == (START, BEFORE, BEFORE)


AGAINST = {
    "fire": ev.Fire(link="gt", start=START, level=3),
    "cut": ev.RoadCut(link="gt", start=START),
    "policy": ev.Permission(link="gt", start=START, aid=0.0, civilians=0.0),
    "checkpoint": ev.Checkpoint(link="gt", start=START, refusal=0.7, traffic=("aid", "civilians")),
    "later cut": ev.RoadCut(link="gt", start=DAY + dt.timedelta(days=1)),
}


@pytest.mark.parametrize("name", AGAINST)
def test_it_holds_from_its_day_on_and_nothing_else_changes(name):
    plain = case(AGAINST[name])
    was, now = (s.compile() for s in (plain, opened(plain, Opening(kind="road", words="", links=("gt",)), DAY)))
    aid = now["permission"].sel(link="gt", traffic="aid")
    assert (aid.isel(time=slice(2, None)) == 1).all()
    earlier = slice(0, 2)
    assert now.isel(time=earlier).equals(was.isel(time=earlier))
    others = ["rg", "gs"]
    assert now["permission"].sel(link=others).equals(was["permission"].sel(link=others))


def test_what_is_opened_to_aid_alone_stays_shut_to_people_and_a_reopened_road_does_not():
    shut = case(AGAINST["policy"])
    aid_only = opened(shut, Opening(kind="crossing", words="", links=("gt",)), DAY).compile()
    everybody = opened(shut, Opening(kind="road", words="", roads=("gt",)), DAY).compile()
    civilians = {"link": "gt", "traffic": "civilians"}
    # the policy ends, so people come back to what the parties allow each other: both ends are of one party
    assert (everybody["permission"].sel(**civilians)[2:] == 1).all()
    assert (aid_only["permission"].sel(link="gt", traffic="aid")[2:] == 1).all()
    assert (aid_only["permission"].sel(**civilians) == 0).all()


def test_convoys_are_all_approved():
    line = ev.ConvoyApproval(link="gt", start=START, trucks=5, requests_per_week=7, approved=0.1)
    plain = scenario(PLACES, LINKS, operations=({**FROM_REAR, "lines": ("gt",)},), events=(line,), days=6)
    now = opened(plain, Opening(kind="convoy line", words="", convoys=("gt",)), DAY).compile()
    aid = now["permission"].sel(link="gt", traffic="aid").isel(direction=0).values
    np.testing.assert_allclose(aid, [0.1, 0.1, 1, 1, 1, 1])
    assert (now["convoy_trucks"].sel(link="gt") == 5).all()


def test_an_operation_gets_its_lines_and_whom_it_may_serve_once():
    plain = scenario({**PLACES, "fort": ("b", 9)}, {**LINKS, "tf": ("town", "fort")}, operations=(FROM_REAR,), days=3)
    grant = Opening(kind="permission", words="", links=("tf",), lines=(("rear", "tf"),), deliver=(("rear", "b"),))
    (operation,) = opened(opened(plain, grant, START), grant, START).operations
    assert (operation.lines, operation.deliver, operation.transit) == (("tf",), ("b",), ("g",))


def test_more_trucks():
    plain = case()
    now = opened(plain, Opening(kind="crossing", words="", trucks=(("gt", 1.5),)), DAY)
    assert now.network.links.trucks_per_day[now.network.links.index("gt")] == 15
    assert plain.network.links.trucks_per_day[plain.network.links.index("gt")] == 10


def test_two_openings_together_grant_what_both_do_and_equal_ones_count_once():
    a, b = (
        Opening(kind="road", words="a", links=("gt",)),
        Opening(kind="road", words="b", roads=("gs",)),
    )
    assert ((a & b).links, (a & b).roads) == (("gt",), ("gs",))
    assert (a & b).grants == (b & a).grants
    assert [o.words for o in distinct([a, b, Opening(kind="crossing", words="c", links=("gt",))])] == ["a", "b"]


def test_a_road_reopened_beside_an_opening_to_aid_lets_nobody_else_pass_there():
    shut = case(ev.Permission(link=("gt", "gs"), start=START, aid=0.0, civilians=0.0, trade=0.0))
    to_aid, to_all = Opening(kind="crossing", words="a", links=("gt",)), Opening(kind="road", words="b", roads=("gs",))
    passing = opened(shut, to_aid & to_all, DAY).compile()["permission"].isel(time=-1, direction=0)
    assert passing.sel(link="gt", traffic=["civilians", "trade", "aid"]).values.tolist() == [0, 0, 1]
    assert passing.sel(link="gs", traffic=["civilians", "trade", "aid"]).values.tolist() == [1, 1, 1]
