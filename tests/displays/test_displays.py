"""What objects show of themselves in a notebook: sound pictures, escaped names, and what they say is so."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

import displacement as dp
from displacement import events as ev
from displacement.conditions.shown import TITLES
from displacement.displays import Bar, Dot, Line, small_map, timeline
from displacement.displays.strips import LETTERS
from displacement.displays.svg import ticks
from displacement.network import Network
from displacement.testing import networks, scenarios
from tests.lively import START, links, places, scenario

NASTY = "<script>alert(\"x\")</script> & 'é漢🙂'"


def pictures(html):
    """The pictures of a page, each parsed: one that is not well formed is an error."""
    return [ET.fromstring(text) for text in re.findall(r"<svg.*?</svg>", html, flags=re.S)]


def titles(html):
    return [e.text for svg in pictures(html) for e in svg.iter("{http://www.w3.org/2000/svg}title")]


def day(n):
    return START + dt.timedelta(days=n)


def small(*events, name="Small", **about):
    table = places("abc", ["town", "camp", "town"], population=[10.0, 0.0, 30.0], party=("blue", "blue", "blue"))
    return scenario(table, links(["ab", "bc"], [(0, 1), (1, 2)], [50.0, 50.0]), *events, name=name, **about)


CUT = ev.RoadCut(link="ab", start=day(1), end=day(2), id="cut")


def everything_shown(case):
    return [
        case.network._repr_html_(),
        case._repr_html_(),
        dp.show_conditions(case.compile(), case.network)._repr_html_(),
    ]


def test_names_are_text_and_nothing_is_fetched_or_run():
    case = small(CUT, name=NASTY, summary=NASTY)
    table = replace(case.network.places, name=(NASTY,) * 3)
    for html in everything_shown(replace(case, network=replace(case.network, places=table))):
        assert "<script" not in html
        assert not re.search(r"(href|src|url\(|on[a-z]+=)", html.replace("&quot;", ""))
        assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
        assert "&lt;script&gt;" in html
        assert pictures(html)


@given(networks(max_places=12, max_links=20))
def test_any_network_has_a_sound_map(network):
    html = network._repr_html_()
    assert len(pictures(html)) == 1
    shown = titles(html)
    assert len(shown) == len(network.places) + len(network.links)
    for number in re.findall(r' (?:x|y|cx|cy|x1|y1|width|height)="([^"]*)"', html):
        assert np.isfinite(float(number))


@given(scenarios())
def test_any_scenario_has_a_sound_timeline_and_strip(case):
    _, shown, strip = everything_shown(case)
    assert len(pictures(shown)) == bool(case.events)
    assert shown.count("<li>") == len(case.events)
    pictures(strip)


def test_no_places_and_one_place():
    nothing = Network(places=places("", []), links=links([], [], []))
    assert nothing._repr_html_() == "<b>Network</b>: no places"
    assert len(pictures(small_map([Dot(1.0, 1.0, "one")], [], "one"))) == 1


def test_a_map_across_the_date_line_is_not_stretched_round_the_world():
    near = small_map([Dot(0, 179.9, "a"), Dot(0, -179.9, "b"), Dot(0.2, 180, "c")], [Line(0, 1)], "map")
    assert "10 km" in near or "5 km" in near


def test_names_on_a_map_lie_on_no_dot_and_on_no_other_name():
    rng = np.random.default_rng(3)
    dots = [Dot(*rng.uniform(0, 1, 2), f"Place number {i}", people=float(i)) for i in range(60)]
    (svg,) = pictures(small_map(dots, [], "map"))
    space = "{http://www.w3.org/2000/svg}"
    names = [t for t in svg.iter(f"{space}text") if t.text.startswith("Place")]
    assert 3 <= len(names) <= 12
    rows = sorted((float(t.get("y")), float(t.get("x"))) for t in names)
    assert len(set(rows)) == len(rows)


def test_a_timeline_has_a_row_a_kind_and_a_bar_an_event():
    fight = ev.Fighting(place="a", intensity=1.0, start=day(0), end=day(1))
    html = small(CUT, fight, ev.Fighting(place="c", intensity=1.0, start=day(1)), days=5)._repr_html_()
    assert len(titles(html)) == 3
    words = [t.text for svg in pictures(html) for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"RoadCut", "Fighting"} <= set(words)
    assert "3 events in sentences" in html
    assert CUT.sentence(small(CUT).world) in titles(html)


def test_a_bar_is_as_long_as_its_event():
    bars = [Bar("A", day(1), day(2), day(1), day(1), "two days"), Bar("A", day(4), day(4), day(4), day(4), "one day")]
    (svg,) = pictures(timeline(bars, START, 10, "t"))
    two, one = (float(r.get("width")) + 1 for r in svg.iter("{http://www.w3.org/2000/svg}rect"))
    assert two / one == pytest.approx(2, abs=0.05)
    assert "<rect" not in timeline([Bar("A", day(20), None, day(20), day(20), "late")], START, 10, "t")


def test_conditions_are_shown_as_they_are():
    case = small(CUT, ev.Permission(link="bc", start=day(0), end=day(0), aid="unknown"), days=4)
    shown = dp.show_conditions(case.compile(), case.network, traffic=["civilians", "aid"])
    states = {row.name: dict(row.states) for row in shown.rows}
    assert states["Place a - Place b" if "Place a - Place b" in states else "a - b"]["civilians"] == (
        "open",
        "closed",
        "closed",
        "open",
    )
    unsure = next(s for name, s in states.items() if "c" in name)
    assert unsure["aid"] == ("unknown", "open", "open", "open")
    assert unsure["civilians"] == ("open",) * 4
    assert "oxxo" in str(shown)
    assert "?ooo" in str(shown)


def test_a_link_that_is_always_open_has_no_row_unless_asked_for():
    case = small(CUT)
    shown = dp.show_conditions(case.compile(), case.network)
    assert len(shown.rows) == 1
    assert shown.always_open == 1
    assert len(dp.show_conditions(case.compile(), case.network, links=["bc"]).rows) == 1
    assert "no row: 2" in dp.show_conditions(small().compile())._repr_html_()
    assert dp.show_conditions(case.compile(), most=0).left_out == 1


def test_crossings_come_first_and_directions_apart_only_where_they_differ():
    case = dp.read_scenario("scenarios/nagorno_karabakh_2023")
    shown = dp.show_conditions(case.compile(), case.network)
    names = [row.name for row in shown.rows]
    assert names[:2] == ["Hakari bridge to Kornidzor", "Kornidzor to Hakari bridge"]
    assert names[2] == "Sotk pass - Vardenis"
    assert shown.rows[0].states["civilians"][-1] == "open"
    assert shown.rows[0].states["civilians"].count("restricted") == 53
    assert shown.rows[1].states["civilians"][-1] == "closed"


def test_letters_tell_the_states_apart_without_colour():
    assert len(set(LETTERS.values())) == 4
    assert set(TITLES) == {"civilians", "medical", "trade", "aid"}


@pytest.mark.parametrize("days", [1, 10, 46, 319, 3660])
def test_days_at_an_axis_are_few_and_in_order(days):
    found = [d for d, _ in ticks(START, days)]
    assert 1 <= len(found) <= 8
    assert found == sorted(set(found))
    assert all(0 <= d < days for d in found)
