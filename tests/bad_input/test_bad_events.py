"""Broken sieges, corridors, evacuations, sites, weather and rumours: where it stands, what is wrong, what is allowed."""

import pytest

from displacement import InputError
from displacement.io import read_scenario
from tests.bad_input.test_bad_scenarios import EXTENDS, JARGON, extending, gone, place

GROUPS = """
[[groups]]
id = "women"
name = "Women"
share = 0.5

[[groups]]
id = "men"
name = "Men"
share = 0.5
"""
CORRIDOR = {"kind": "Corridor", "place": "azaz", "to": "mare", "link": ["azaz_fork", "fork_mare"]}
EVACUATION = {"kind": "Evacuation", "place": "azaz", "to": "mare", "people_per_day": 500}


def entry(**row):
    """An event in TOML."""
    rows = {"start": "2016-02-05", **row}

    def said(key, value):
        if isinstance(value, str):
            return value if key in ("start", "end") else f'"{value}"'
        return str(value).lower() if isinstance(value, bool) else str(value)

    return "\n[[events]]\n" + "".join(f"{key} = {said(key, value)}\n" for key, value in rows.items())


def event(base=None, **changed):
    """One more event, the fourth; of None, the key is left out."""
    row = {key: value for key, value in {**(base or {}), **changed}.items() if value is not None}
    return lambda tiny: tiny.add("scenario.toml", GROUPS + entry(**row))


def both(*changes):
    def broken(tiny):
        for change in changes:
            change(tiny)

    return broken


SIEGE = {"kind": "Siege", "place": "north"}
CASES = {
    "siege of a place unknown": (
        event(SIEGE, place="norht"),
        ["[[events]] 4 (Siege), place = 'norht'", "neither a place_id nor a place group; did you mean 'north'?"],
    ),
    "siege of a class unknown": (
        event(SIEGE, traffic="civilian"),
        ["[[events]] 4 (Siege), traffic = 'civilian'", "one or a list of civilians", "did you mean 'civilians'?"],
    ),
    "lifting without a siege": (
        event(kind="SiegeLifted", place="azaz"),
        ["[[events]] 4 (SiegeLifted), place = 'azaz'", "no siege of 'azaz' begins before 2016-02-05", "sieges: none"],
    ),
    "lifting of another siege": (
        both(event(SIEGE, start="2016-02-02"), lambda tiny: tiny.add("scenario.toml", entry(kind="SiegeLifted", place="azaz"))),
        ["[[events]] 5 (SiegeLifted), place = 'azaz'", "known sieges: 'north' from 2016-02-02"],
    ),
    "lifting before the siege": (
        both(event(SIEGE, start="2016-02-06"), lambda tiny: tiny.add("scenario.toml", entry(kind="SiegeLifted", place=["mare", "azaz"]))),
        ["[[events]] 5 (SiegeLifted), place = 'mare'", "begins before 2016-02-05; known sieges: 'north' from 2016-02-06"],
    ),
    "lifting with an end": (
        both(event(SIEGE, start="2016-02-02"), lambda tiny: tiny.add("scenario.toml", entry(kind="SiegeLifted", place="north", end="2016-02-08"))),
        ["[[events]] 5 (SiegeLifted)", "has no end"],
    ),
    "checkpoint of weeks": (
        event(kind="Checkpoint", link="azaz_fork", delay_hours=500),
        ["[[events]] 4 (Checkpoint), delay_hours = 500", "must be a number in [0, 240]"],
    ),
    "checkpoint that refuses more than all": (
        event(kind="Checkpoint", link="azaz_fork", refusal=1.5),
        ["[[events]] 4 (Checkpoint), refusal = 1.5", "must be a number in [0, 1]"],
    ),
    "checkpoint on a link unknown": (
        event(kind="Checkpoint", link="azaz_frok", refusal=0.5),
        ["[[events]] 4 (Checkpoint), link = 'azaz_frok'", "did you mean 'azaz_fork'?"],
    ),
    "corridor out of order": (
        event(CORRIDOR, link=["fork_mare", "azaz_fork"]),
        ["[[events]] 4 (Corridor), link = 'fork_mare'", "has no end at 'azaz', where the path has come to", "known: azaz_fork, gate"],
    ),
    "corridor that ends too soon": (
        event(CORRIDOR, link="azaz_fork"),
        ["[[events]] 4 (Corridor), place = 'azaz'", "lead from 'azaz' to 'fork', not to 'mare'", "in order, to the end"],
    ),
    "corridor against a one-way road": (
        both(event(CORRIDOR), lambda tiny: tiny.cell("links.csv", 3, "directed", "yes"), lambda tiny: tiny.cell("links.csv", 3, "from_place_id", "mare"), lambda tiny: tiny.cell("links.csv", 3, "to_place_id", "fork")),
        ["[[events]] 4 (Corridor), link = 'fork_mare'", "one way, from 'mare' to 'fork'; the path goes against it"],
    ),
    "corridor there and back": (
        event(CORRIDOR, link=["azaz_fork", "azaz_fork"]),
        ["[[events]] 4 (Corridor), link = 'azaz_fork'", "stands in the path more than once"],
    ),
    "corridor from a group of places": (
        event(CORRIDOR, place="north"),
        ["[[events]] 4 (Corridor), place = 'north'", "is a group of places; name one place, such as one of 'azaz' and 'mare'"],
    ),
    "corridor from several places": (
        event(CORRIDOR, place=["azaz", "mare"]),
        ["[[events]] 4 (Corridor), place = ['azaz', 'mare']", "must be the id of one place"],
    ),
    "corridor back to its start": (
        event(CORRIDOR, to="azaz"),
        ["[[events]] 4 (Corridor), place = 'azaz'", "to another place, not back to it"],
    ),
    "corridor for a group unknown": (
        event(CORRIDOR, who=["women", "mem"]),
        ["[[events]] 4 (Corridor), who = 'mem'", "group 'mem' is unknown; did you mean 'men'?"],
    ),
    "corridor for fewer vehicles than none": (
        event(CORRIDOR, vehicles_per_day=-1),
        ["[[events]] 4 (Corridor), vehicles_per_day = -1", "must be a number in [0, 10,000,000]"],
    ),
    "vehicles over a crossing": (
        event(kind="CapacityChanged", link=["azaz_fork", "gate"], vehicles_per_day=5),
        ["[[events]] 4 (CapacityChanged), link = 'gate'", "is a crossing; vehicles_per_day limits roads, a CrossingQuota the people there"],
    ),
    "corridor of vehicles over a crossing alone": (
        event(CORRIDOR, to="kilis", link="gate", vehicles_per_day=5),
        ["[[events]] 4 (Corridor)", "vehicles_per_day limits roads, and there is none on the way; add a CrossingQuota"],
    ),
    "evacuation to a place unknown": (
        event(EVACUATION, to="mara"),
        ["[[events]] 4 (Evacuation), to = 'mara'", "is no place_id; did you mean 'mare'?"],
    ),
    "evacuation to where they are": (
        event(EVACUATION, to="azaz"),
        ["[[events]] 4 (Evacuation), place = 'azaz'", "to another place, not back to it"],
    ),
    "evacuation without a number": (
        event(EVACUATION, people_per_day=None),
        ["[[events]] 4 (Evacuation), people_per_day", "is missing; must be a number in [0, 2,000,000,000]"],
    ),
    "consent of another word": (
        event(EVACUATION, consent="informd"),
        ["[[events]] 4 (Evacuation), consent = 'informd'", "one of informed, unknown, none", "did you mean 'informed'?"],
    ),
    "camp planned for a negative number": (
        event(kind="CampOpened", place="mare", capacity=-5),
        ["[[events]] 4 (CampOpened), capacity = -5", "must be a number in [0, 2,000,000,000]"],
    ),
    "closing of a camp unknown": (
        event(kind="CampClosed", place="mrae"),
        ["[[events]] 4 (CampClosed), place = 'mrae'", "did you mean 'mare'?"],
    ),
    "capacity of both": (
        event(kind="CapacityChanged", place="mare", capacity=5, link="gate", vehicles_per_day=5),
        ["[[events]] 4 (CapacityChanged)", "place and capacity (people), or link and vehicles_per_day"],
    ),
    "capacity of a site in vehicles": (
        event(kind="CapacityChanged", place="mare", vehicles_per_day=5),
        ["[[events]] 4 (CapacityChanged)", "place and capacity (people), or link and vehicles_per_day"],
    ),
    "weather nowhere": (
        event(kind="Weather", speed=0.5),
        ["[[events]] 4 (Weather)", "give place, link or both"],
    ),
    "weather that speeds up": (
        event(kind="Weather", place="mare", speed=1.5),
        ["[[events]] 4 (Weather), speed = 1.5", "must be a number in [0.05, 1]"],
    ),
    "weather that stops all": (
        event(kind="Weather", place="mare", speed=0),
        ["[[events]] 4 (Weather), speed = 0", "must be a number in [0.05, 1]"],
    ),
    "rumour of nothing": (
        event(kind="Rumour", of="gate_shutt", days=2),
        ["[[events]] 4 (Rumour), of = 'gate_shutt'", "no event has the id 'gate_shutt'; did you mean 'gate_shut'?"],
    ),
    "rumour of a rumour": (
        both(
            event(kind="Rumour", of="gate_shut", days=2, id="gate_shut_soon"),
            lambda tiny: tiny.add("scenario.toml", entry(kind="Rumour", of="gate_shut_soon", days=2)),
        ),
        ["[[events]] 5 (Rumour), of = 'gate_shut_soon'", "is itself a rumour", "did you mean 'gate_shut'?"],
    ),
    "rumour of no day": (
        event(kind="Rumour", of="gate_shut", days=0),
        ["[[events]] 4 (Rumour), days = 0", "must be a whole number in [-30, 30], and not 0"],
    ),
    "rumour of half a day": (
        event(kind="Rumour", of="gate_shut", days=0.5),
        ["[[events]] 4 (Rumour), days = 0.5", "must be a whole number in [-30, 30]"],
    ),
    "ceasefire that breaks too often": (
        event(kind="Ceasefire", parties=["gov", "nsag"], break_rate=9),
        ["[[events]] 4 (Ceasefire), break_rate = 9", "must be a number in [0, 5]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_message_says_where_and_what(name, tiny_in, tmp_path):
    broken, expected = CASES[name]
    tiny = tiny_in(tmp_path / "tiny")
    broken(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    lines = caught.value.problems
    assert len(lines) == 1, "one fault, one line:\n" + "\n".join(lines)
    assert lines[0].startswith("scenario.toml, ")
    assert all(words in lines[0] for words in expected), lines[0]
    assert not any(word in lines[0] for word in JARGON), lines[0]
    assert len(lines[0]) < 600


def test_several_faults_are_said_at_once(tiny_in, tmp_path):
    """Two of them in one event; and nobody is blamed for the fault of another."""
    tiny = tiny_in(tmp_path / "tiny")
    event(CORRIDOR, to="mara", who="mem")(tiny)
    for row in (
        {"kind": "Siege", "place": "north", "traffic": "people", "start": "2016-02-01"},
        {"kind": "SiegeLifted", "place": "north"},  # of the siege above, which has a fault of its own
        {"kind": "RoadCut", "link": "gaet", "id": "gate_cut"},
        {"kind": "Rumour", "of": "gate_cut", "days": 2},  # of the cut above, which has one too
        {"kind": "Weather", "place": "mrae", "link": "gaet", "speed": 0.5},
        {"kind": "Evacuation", "place": "azza", "to": "mara", "people_per_day": 5},
    ):
        tiny.add("scenario.toml", entry(**row))
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    found = "\n".join(caught.value.problems)
    for words in (
        "4 (Corridor), to = 'mara'",
        "4 (Corridor), who = 'mem'",
        "5 (Siege), traffic = 'people'",
        "7 (RoadCut), link = 'gaet'",
        "9 (Weather), place = 'mrae'",
        "9 (Weather), link = 'gaet'",
        "10 (Evacuation), place = 'azza'",
        "10 (Evacuation), to = 'mara'",
    ):
        assert found.count(words) == 1, f"{words}\n{found}"
    assert "SiegeLifted" not in found
    assert "Rumour" not in found
    assert len(caught.value.problems) == 8


@pytest.mark.parametrize("file", ["links.csv", "places.csv"])
def test_a_missing_table_does_not_blame_events(file, tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    for row in (CORRIDOR, EVACUATION, SIEGE, {"kind": "Weather", "place": "mare", "speed": 0.5}):
        tiny.add("scenario.toml", entry(**row))
    gone(file)(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert len(caught.value.problems) == 1, caught.value


def test_a_group_with_a_fault_is_no_unknown_group(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    event(CORRIDOR, who="men")(tiny)
    tiny.swap("scenario.toml", 'name = "Men"\nshare = 0.5', 'name = "Men"\nshare = 5')
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert not any("Corridor" in line for line in caught.value.problems), caught.value


def test_a_file_without_an_event_is_without_what_speaks_of_it(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    for row in (
        {**SIEGE, "start": "2016-02-02", "id": "siege"},
        {"kind": "SiegeLifted", "place": "north", "id": "lifted"},
        {"kind": "Rumour", "of": "siege", "days": 2},
        {"kind": "Rumour", "of": "gate_shut", "days": 2},
    ):
        tiny.add("scenario.toml", entry(**row))
    extending(EXTENDS + 'without = ["siege"]')(tiny)
    scenario = read_scenario(tiny.folder)
    assert [e.kind for e in scenario.events] == ["Fighting", "CrossingClosed", "Capture", "Rumour"]
    assert scenario == read_scenario(tiny / "base.toml").without("siege")


def test_a_fault_beside_events_is_said_too(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    event(CORRIDOR, link="azaz_fork")(tiny)
    place(2, "latitude", "95")(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert len(caught.value.problems) == 2
