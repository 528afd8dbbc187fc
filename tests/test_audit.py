"""Warnings about networks and scenarios: each is given where it should be, and nowhere else."""

import datetime as dt
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from displacement.audit import _crossing_pairs, _plane, audit, warnings_of
from displacement.events import (
    AirStrikes,
    Capture,
    Corridor,
    CrossingClosed,
    CrossingOpened,
    Fighting,
    Permission,
    RoadCut,
)
from displacement.io import read_scenario
from displacement.network import Links, Network, Places, great_circle_km
from displacement.scenario import OpeningRelation, Party, Scenario
from displacement.testing import networks, scenarios


def network_of(points, ends, length=1.05, *, directed=False, party=None, population=None):
    """Towns at (km east, km north) of 36 N 37 E, joined by roads a little longer than straight."""
    n, m = len(points), len(ends)
    x, y = np.array(points, float).reshape(-1, 2).T
    latitude, longitude = 36 + y / 111.195, 37 + x / 111.195 / np.cos(np.radians(36))
    a, b = (np.array([e[k] for e in ends], np.int64) for k in (0, 1))
    straight = great_circle_km(latitude[a], longitude[a], latitude[b], longitude[b])
    unknown, text = np.full(n, np.nan), ("",) * n
    people = np.full(n, 100.0) if population is None else np.array(population, float)
    places = Places(
        id=tuple(f"p{i:04d}" for i in range(n)), name=text, pcode=text, parent_pcode=text, country=("SY",) * n,
        latitude=latitude, longitude=longitude, kind=("town",) * n, population=people, population_low=people / 2,
        population_high=people * 2, displaced=unknown, displaced_low=unknown, displaced_high=unknown, capacity=unknown,
        party=party or text, outside=np.zeros(n, bool), hub=np.zeros(n, bool), storage_t=unknown)  # fmt: skip
    links = Links(
        id=tuple(f"l{i:04d}" for i in range(m)), origin=a, destination=b, kind=("road",) * m,
        length_km=straight * length, speed_kmh=np.full(m, 40.0), trucks_per_day=np.full(m, np.nan),
        vehicles_per_day=np.full(m, np.nan), people_per_day=np.full(m, np.nan),
        directed=np.full(m, directed))  # fmt: skip
    return Network(places=places, links=links)


SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
AROUND = [(0, 1), (1, 2), (2, 3), (3, 0)]


def test_a_sound_network_has_no_warnings():
    assert audit(network_of(SQUARE, AROUND)) == []
    assert audit(network_of([], [])) == []


def test_roads_that_cross():
    (warning,) = audit(network_of(SQUARE, [(0, 2), (1, 3)]))
    assert "l0000 (p0000 - p0002) and l0001 (p0001 - p0003) cross" in warning


@pytest.mark.parametrize("ends", [[(0, 2), (2, 1)], [(0, 1), (2, 3)], [(0, 2)]])
def test_roads_that_do_not_cross(ends):
    assert audit(network_of(SQUARE, ends)) == []


def test_a_road_that_ends_on_another_does_not_cross_it():
    assert not [w for w in audit(network_of([(0, 0), (10, 0), (5, 0), (5, 8)], [(0, 1), (2, 3)])) if "cross" in w]


@given(networks(max_places=8, max_links=20))
def test_crossings_are_those_of_a_slow_search(network):
    x, y = _plane(network)
    links = network.links

    def side(p, q, r):
        return np.sign((x[q] - x[p]) * (y[r] - y[p]) - (y[q] - y[p]) * (x[r] - x[p]))

    slow = []
    for i in range(len(links)):
        for j in range(i + 1, len(links)):
            a, b, c, d = links.origin[i], links.destination[i], links.origin[j], links.destination[j]
            if links.crossing[i] or links.crossing[j] or len({a, b, c, d}) < 4:
                continue
            if side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0:
                slow.append((i, j))
    assert _crossing_pairs(network, (x, y)) == slow


def test_two_links_between_the_same_places():
    (warning,) = audit(network_of(SQUARE, [*AROUND, (1, 0)]))
    assert "l0000 (p0000 - p0001) and l0004 join the same two places" in warning
    assert audit(network_of(SQUARE, [(0, 1), (1, 0)], directed=True)) == []
    assert len(audit(network_of(SQUARE, [(0, 1), (0, 1)], directed=True))) == 1


@pytest.mark.parametrize(
    ("on_the_way", "warned"),
    [([(5, 0.3)], True), ([(3, 0.3), (6, 0)], True), ([(5, 2)], False)],
)
def test_a_road_given_whole_and_in_parts(on_the_way, warned):
    points = [(0, 0), *on_the_way, (10, 0)]
    parts = [(i, i + 1) for i in range(len(points) - 1)]
    found = audit(network_of(points, [*parts, (0, len(points) - 1)]))
    assert len(found) == warned
    assert all("counts one road twice" in w for w in found)
    assert audit(network_of(points, parts)) == []


def test_a_bypass_is_another_road():
    network = network_of([(0, 0), (5, 0.3), (10, 0)], [(0, 1), (1, 2), (0, 2)])
    length = network.links.length_km.copy()
    length[2] *= 1.2
    assert audit(replace(network, links=replace(network.links, length_km=length))) == []


def test_a_link_shorter_than_the_straight_line():
    (warning,) = audit(network_of(SQUARE, [(0, 1)], length=0.9))
    assert "is 9.0 km long, but its ends lie 10.0 km apart" in warning
    assert audit(network_of(SQUARE, [(0, 1)], length=0.996)) == []


def test_a_country_is_audited_in_a_second():
    side = 50
    rng = np.random.default_rng(1)
    points = [(6 * i + a, 6 * j + b) for i in range(side) for j in range(side) for a, b in [rng.normal(0, 1, 2)]]
    index = np.arange(side * side).reshape(side, side)
    ends = [
        *zip(index[:-1].ravel(), index[1:].ravel(), strict=True),
        *zip(index[:, :-1].ravel(), index[:, 1:].ravel(), strict=True),
    ]
    network = network_of(points, [*ends, (0, side * side - 1)], length=1.2)
    began = time.perf_counter()
    assert audit(network)
    assert time.perf_counter() - began < 5  # 0.3 s when nothing else runs


def scenario_of(
    *events, relations=(), party=("a", "b", "b", ""), population=(100, 100, 100, 100, 100, 100), ends=AROUND
):
    points = [*SQUARE, (50, 0), (60, 0)]
    network = network_of(points, [*ends, (4, 5)], party=(*party, "", ""), population=population)
    parties = (Party(id="a", name="A"), Party(id="b", name="B"))
    return Scenario(name="S", network=network, parties=parties, start=dt.date(2016, 2, 1), days=10, country="SY",
                    events=events, relations=relations)  # fmt: skip


TRUCE = (OpeningRelation(parties=("a", "b"), relation="truce"),)


def test_a_sound_scenario_has_no_warnings():
    assert warnings_of(scenario_of(relations=TRUCE)) == []


def test_parties_that_meet_without_a_relation():
    (warning,) = warnings_of(scenario_of())
    assert "how a and b stand to each other" in warning
    assert 'parties = ["a", "b"]' in warning
    assert warnings_of(scenario_of(party=("a", "", "b", ""))) == []


@pytest.mark.parametrize(("intensity", "count"), [(0.0, 0), (0.05, 1), (0.1, 0)])
def test_faint_fighting(intensity, count):
    event = Fighting(place="p0000", intensity=intensity, start="2016-02-02", id="skirmish")
    found = warnings_of(scenario_of(event, relations=TRUCE))
    assert len(found) == count
    assert all("Fighting skirmish has an intensity of 0.05" in w for w in found)


def test_intensity_where_most_people_are():
    event = AirStrikes(place=["p0000", "p0001"], start="2016-02-02")
    (warning,) = warnings_of(scenario_of(event, relations=TRUCE, population=(900, 100, 100, 100, 100, 100)))
    assert "AirStrikes of 2 Feb 2016 sets an intensity at p0000, where 64% of all people are" in warning


@pytest.mark.parametrize(
    ("dates", "count"),
    [
        ({"start": "2016-01-01", "end": "2016-01-31"}, 1),
        ({"start": "2016-01-01", "end": "2016-02-01"}, 0),
        ({"start": "2016-01-01"}, 0),
        ({"start": "2016-02-10"}, 0),
        ({"start": "2016-02-11"}, 1),
        ({"start": "2016-02-11", "earliest": "2016-02-10"}, 0),
    ],
)
def test_events_outside_the_period(dates, count):
    assert len(warnings_of(scenario_of(RoadCut(link="l0000", **dates), relations=TRUCE))) == count


def test_a_capture_before_the_start_holds():
    assert warnings_of(scenario_of(Capture(place="p0000", by="b", start="2015-01-01"), relations=TRUCE)) == []


def test_places_that_no_link_reaches():
    (warning,) = warnings_of(scenario_of(relations=TRUCE, ends=[(0, 1), (1, 2)]))
    assert "No link reaches p0003" in warning


def test_populations_without_bounds():
    scenario = scenario_of(relations=TRUCE)
    places = replace(scenario.network.places, population_low=np.array([np.nan, 50, 50, 50, 50, 50]))
    (warning,) = warnings_of(replace(scenario, network=replace(scenario.network, places=places)))
    assert warning.startswith("population of p0000 has no population_low")


GATE = "l0004"  # of `scenario_of`: p0004 - p0005, here a crossing
PEOPLE = ("civilians", "medical")


def at_a_border(*events):
    """The scenario of `scenario_of`, whose last link is a crossing into another country; ten days from 1 February."""
    found = scenario_of(relations=TRUCE)
    network = found.network
    places = replace(network.places, country=("SY",) * 5 + ("TR",))
    links = replace(network.links, kind=("road",) * 4 + ("crossing",))
    return replace(found, network=Network(places=places, links=links), events=events)


def opened(**about):
    return CrossingOpened(**{"crossing": GATE, "traffic": "civilians", "start": "2016-02-03", "id": "opening"} | about)


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([opened(direction="forward")], [("opening", "p0004 - p0005", "8 days from 3 Feb 2016")]),
        ([opened(direction="backward")], [("opening", "p0005 - p0004", "8 days from 3 Feb 2016")]),
        ([opened(direction="forward", end="2016-02-03")], [("opening", "p0004 - p0005", "1 day from 3 Feb 2016")]),
        ([opened()], [("opening", "p0004 - p0005", "8 days"), ("opening", "p0005 - p0004", "8 days")]),
        ([opened(traffic=PEOPLE)], []),
        ([opened(traffic=("trade", "aid"))], []),
        ([opened(start="2016-02-20", direction="forward")], None),  # outside the period: that is what is said
        (
            [opened(traffic=PEOPLE, direction="forward"), CrossingClosed(crossing=GATE, traffic="medical", start="2016-02-07")],
            [("opening", "p0004 - p0005", "4 days from 7 Feb 2016")],
        ),
        ([opened(), Permission(link=GATE, medical=0.3, start="2016-02-01")], []),
        ([opened(), Permission(link=GATE, medical="unknown", start="2016-02-01")], []),
        ([opened(), CrossingOpened(crossing=GATE, traffic="medical", direction="forward", start="2016-02-01")],
         [("opening", "p0005 - p0004", "8 days")]),
        ([opened(), RoadCut(link=GATE, start="2016-02-01")], []),
        ([Permission(link=GATE, civilians=0.5, start="2016-02-05", end="2016-02-06", id="half")],
         [("half", "p0004 - p0005", "2 days from 5 Feb 2016"), ("half", "p0005 - p0004", "2 days")]),
        ([Corridor(place="p0004", to="p0005", link=GATE, traffic="civilians", start="2016-02-09", id="way")],
         [("way", "p0004 - p0005", "2 days from 9 Feb 2016")]),
        ([Corridor(place="p0004", to="p0005", link=GATE, start="2016-02-09")], []),
    ],
)  # fmt: skip
def test_a_crossing_open_to_civilians_and_shut_to_medical_cases(events, found):
    warnings = [w for w in warnings_of(at_a_border(*events)) if "medical" in w]
    assert len(warnings) == len(found or [])
    for warning, words in zip(warnings, found or [], strict=True):
        assert all(word in warning for word in words)


@pytest.mark.parametrize("folder", ["aleppo_2016", "aleppo_2016/border_open.toml", "nagorno_karabakh_2023"])
def test_the_bundled_scenarios_open_no_crossing_to_civilians_alone(folder):
    assert not [w for w in warnings_of(read_scenario(f"scenarios/{folder}")) if "medical" in w]


@given(scenarios(max_places=8))
def test_whatever_is_valid_is_audited_in_sentences(scenario):
    for sentence in audit(scenario.network) + warnings_of(scenario):
        assert sentence.endswith(".")
        assert ": " in sentence, "what to do follows a colon"
