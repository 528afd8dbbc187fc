"""Routes to protect: a hand-worked network, and what is said of it."""

import numpy as np
import pytest

from displacement.access import cuts_listed, cuts_said, routes_to_protect
from displacement.access.detours import longer_said
from displacement.access.isolation import Isolation
from displacement.access.protect import in_line
from displacement.events import Fire

# hub - a: near and far (two ways round, far is longer); a - town by gate; port is a second hub, by one road.
PLACES = {
    "rear": ("g", 0, "outside hub"), "near": ("g", 0), "far": ("g", 0), "mid": ("g", 10_000), "town": ("g", 50_000),
    "gate": ("g", 0),
}  # fmt: skip
LINKS = {
    "rear_near": ("rear", "near"),
    "near_mid": ("near", "mid"),
    "rear_far": ("rear", "far"),
    "far_gate": ("far", "gate"),
    "gate_mid": ("gate", "mid"),
    "mid_town": ("mid", "town"),
}
FROM_REAR = {"id": "from_rear", "hubs": ("rear",), "transit": ("g",)}


@pytest.fixture
def scenario(case):
    return case(PLACES, LINKS, operations=[FROM_REAR])


@pytest.fixture
def cuts(scenario, day):
    return routes_to_protect(scenario, day(0))


def by_links(cuts):
    return {c.links: c for c in cuts}


def test_single_roads_then_pairs_by_what_neither_takes_alone(cuts):
    """mid_town isolates the town. Each of the two ways can be cut alone; both together isolate mid and town."""
    assert [c.links for c in cuts] == [("mid_town",), ("far_gate", "near_mid")]
    town, both = cuts
    assert (town.people, town.people_beyond, town.places) == (50_000, 50_000, ("town",))
    assert (both.people, both.people_beyond, both.places) == (60_000, 60_000, ("mid", "town"))


def test_roads_in_line_share_a_row(cuts):
    both = by_links(cuts)["far_gate", "near_mid"]
    assert both.same == (("gate_mid", "rear_far"), ("rear_near",))


def test_of_roads_in_line_a_border_crossing_comes_first():
    """0 and 2 isolate the same place; 1 with 0 and 1 with 2 isolate another; 3 and 4 isolate nobody: each stands alone."""
    one, other, nobody = np.array([True, False]), np.array([True, True]), np.array([False, False])
    found = Isolation(
        reached=other, single={0: one, 1: nobody, 2: one, 3: nobody, 4: nobody}, pair={(0, 1): other, (1, 2): other}
    )
    assert in_line(found, np.array([False, False, True, False, False])) == {2: [2, 0], 1: [1], 3: [3], 4: [4]}


def test_tonnes_are_what_can_no_longer_be_delivered(cuts):
    """No trade comes in but by the rear, which is outside, with chance 1: .4 of people x .65 kg."""
    assert cuts[0].tonnes == pytest.approx(50_000 * 0.4 * 0.65 / 1000)
    assert cuts[1].tonnes == cuts[1].tonnes_beyond == pytest.approx(60_000 * 0.4 * 0.65 / 1000)


def test_a_pair_counts_beyond_the_two_only_whom_neither_takes(case, day):
    """Two roads to b, one to c: c is lost by its road, b only by both of its own."""
    places = {"rear": ("g", 0, "outside hub"), "b": ("g", 7_000), "c": ("g", 500)}
    links = {"rb": ("rear", "b"), "rc": ("rear", "c"), "cb": ("c", "b"), "rb2": ("rear", "b")}
    found = by_links(routes_to_protect(case(places, links, operations=[FROM_REAR]), day(0)))
    assert set(found) == {("cb", "rc")}  # three ways to b, two to c
    del links["cb"]
    found = by_links(routes_to_protect(case(places, links, operations=[FROM_REAR]), day(0)))
    assert {k: (c.people, c.people_beyond) for k, c in found.items()} == {
        ("rc",): (500, 500),
        ("rb", "rb2"): (7_000, 7_000),
    }


@pytest.mark.parametrize("name", ["ar", "ra"])  # before and after bc
def test_where_the_two_isolate_some_alone_they_are_not_counted_again(case, day, name):
    """r - a and r - b, joined by ab; a is served on the way to c: ra alone takes nobody, rc takes c."""
    places = {"rear": ("g", 0, "outside hub"), "a": ("g", 100), "b": ("g", 1_000), "c": ("g", 10)}
    links = {name: ("rear", "a"), "ab": ("a", "b"), "bc": ("b", "c"), "rc": ("rear", "c")}
    low = [Fire(link="ab", level=3, start=day(0))]  # .1
    low += [Fire(link="bc", level=2, start=day(0))]  # .4: from rear over c and b to a it is .04
    found = by_links(routes_to_protect(case(places, links, operations=[FROM_REAR], events=low), day(0)))
    assert (found[name,].people, found[name,].places) == (100, ("a",))
    pair = found[tuple(sorted(["bc", name]))]
    assert (pair.people, pair.people_beyond, pair.places) == (1_100, 1_000, ("a", "b"))


def test_tonnes_alone_are_listed_where_trucks_are_few(case, day):
    """Two roads with 1 truck, 20 t, a day each to a town that needs 52 t: a cut isolates nobody and costs 20 t."""
    places = {"rear": ("g", 0, "outside hub"), "town": ("g", 200_000)}
    links = {"one": ("rear", "town", "", 1), "two": ("rear", "town", "", 1)}
    found = by_links(routes_to_protect(case(places, links, operations=[FROM_REAR]), day(0)))
    assert found["one",].people == 0
    assert found["one",].tonnes == found["two",].tonnes == pytest.approx(20.0)
    assert (found["one", "two"].people, found["one", "two"].tonnes) == (200_000, pytest.approx(40.0))


def test_pairs_that_cost_only_tonnes_are_found_among_the_busiest(case, day):
    """Three roads of 2 trucks a day, 40 t, to a need of 78 t: one more than is needed. Any one costs nothing, two 38."""
    places = {"rear": ("g", 0, "outside hub"), "town": ("g", 300_000)}
    links = dict.fromkeys(("one", "two", "three"), ("rear", "town", "", 2))
    found = routes_to_protect(case(places, links, operations=[FROM_REAR]), day(0))
    assert {c.links: (c.people, round(c.tonnes, 6)) for c in found} == {
        ("one", "three"): (0, 38.0), ("one", "two"): (0, 38.0), ("three", "two"): (0, 38.0),
    }  # fmt: skip


def test_the_way_round_is_told_with_its_hours_and_km(case, day):
    """aside lives by near, from where the road to mid is one way; mid and town go by far and gate: 20 km more.

    Links are 20 km at 40 km/h with one checkpoint of a quarter of an hour: .75 hours each.
    """
    places = PLACES | {"aside": ("g", 300)}
    links = LINKS | {"near_aside": ("near", "aside"), "near_mid": ("near", "mid", "directed")}
    cut = by_links(routes_to_protect(case(places, links, operations=[FROM_REAR]), day(0)))["rear_near",]
    assert (cut.people, cut.places) == (300, ("aside",))
    assert (cut.longer.people, cut.longer.km, cut.longer.hours) == (60_000, pytest.approx(20), pytest.approx(0.75))
    assert cut.way_round == (
        "60,000 people are still reached by longer ways, 0.8 hours and 20 km more (mean); Town, the largest of these"
        " places, by Far and Gate"
    )


def test_hours_and_km_in_words():
    assert longer_said(1.26, 10.4) == "1.3 hours and 10 km more"
    assert longer_said(0.5, -5) == "0.5 hours more and 5 km less"


def test_the_ranking_can_be_read_out(scenario, cuts, day):
    said = cuts_said(scenario, day(0), cuts)
    assert said[:2] == [
        "Routes to protect on 25 Jan 2016",
        "INTERNAL: a list of roads whose loss would isolate people. For planning only, not to be shared.",
    ]
    assert said[4:] == [
        "One road:",
        "1. Mid - Town: 50,000 people lose every way in for aid (Town); 13 tonnes a day can no longer be delivered.",
        "",
        "Two roads at once, by what neither takes alone:",
        "1. Far - Gate (or Gate - Mid and Rear - Far, in line with it) together with Near - Mid (or Rear - Near, in line"
        " with it): 60,000 people lose every way in for aid (Town and Mid), and neither alone takes it from anybody; 16"
        " tonnes a day can no longer be delivered.",
    ]


def test_cuts_that_do_nearly_the_same_share_a_line(case, day):
    places = PLACES | {"edge": ("g", 49_000)}
    scenario = case(places, LINKS | {"town_edge": ("town", "edge")}, operations=[FROM_REAR])
    scenario_said = cuts_said(scenario, day(0), routes_to_protect(scenario, day(0)))
    assert scenario_said[5].startswith("1. Mid - Town: 99,000 people")
    assert scenario_said[6].startswith("2. Town - Edge: 49,000 people")
    places = PLACES | {"town": ("g", 1_000), "edge": ("g", 49_000)}
    scenario = case(places, LINKS | {"town_edge": ("town", "edge")}, operations=[FROM_REAR])
    said = cuts_said(scenario, day(0), routes_to_protect(scenario, day(0)))
    assert said[6] == "   Nearly the same (49,000 people or more): Town - Edge."


def test_nothing_to_protect_is_said(case, day):
    scenario = case(PLACES, LINKS)
    assert routes_to_protect(scenario, day(0)) == []
    assert "One road: nothing is lost by any." in cuts_said(scenario, day(0), [])


def test_for_a_program_every_row_and_that_it_is_internal(cuts):
    found = cuts_listed(cuts)
    assert found["internal"].startswith("INTERNAL")
    assert [row["links"] for row in found["routes_to_protect"]] == [["mid_town"], ["far_gate", "near_mid"]]
    assert np.isfinite([row["hours_more"] for row in found["routes_to_protect"]]).all()
