"""What every kind of event promises: it builds, says what it does, is kept as it is, and is read."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from pydantic import ValidationError

import displacement as dp
from displacement.conditions import LAYERS, Effect
from displacement.errors import InputError
from displacement.events import KINDS, Event
from displacement.groups import Group
from displacement.io import read_scenario, write_scenario
from displacement.network import Network
from displacement.operations import Operation
from displacement.scenario import OpeningRelation
from displacement.streams import Luck
from displacement.testing import events, networks
from tests.lively import START, links, places, scenario

LATER = START + dt.timedelta(days=2)
EXAMPLES = {
    "Fighting": {"place": "a", "intensity": 0.6, "by": "red"},
    "AirStrikes": {"place": ["a", "north"]},
    "Fire": {"link": "ab", "level": 3},
    "Contested": {"place": "b"},
    "Capture": {"place": "b", "by": "red"},
    "Relation": {"parties": ["blue", "red"], "relation": "truce"},
    "RoadCut": {"link": "ab"},
    "RoadRepaired": {"link": "bc"},
    "Permission": {"link": "ab", "civilians": 0.5, "aid": "unknown"},
    "CrossingClosed": {"crossing": "gate", "traffic": ["civilians"]},
    "CrossingOpened": {"crossing": "gate", "direction": "forward"},
    "CrossingQuota": {"crossing": "gate", "traffic": ["civilians"], "per_day": 100},
    "Ceasefire": {"parties": ["blue", "red"], "intensity": 0.1, "relation": "tolerated"},
    "Siege": {"place": ["a", "b"]},
    "SiegeLifted": {"place": "a"},
    "Checkpoint": {"link": "ab", "delay_hours": 2.5, "refusal": 0.3},
    "Corridor": {"place": "a", "to": "c", "link": ["ab", "bc"], "vehicles_per_day": 40, "who": "women"},
    "Evacuation": {"place": "a", "to": "b", "people_per_day": 300, "consent": "none", "who": "women"},
    "CampOpened": {"place": "c", "capacity": 900},
    "CampClosed": {"place": "north"},
    "CapacityChanged": {"link": "ab", "vehicles_per_day": 70},
    "Weather": {"link": "ab", "speed": 0.3},
    "Rumour": {"of": "feared", "days": 1},
    "HubSupply": {"place": "a", "tonnes_per_day": 30, "stock_t": 200},
    "ConvoyApproval": {"link": "ab", "trucks": 12, "requests_per_week": 2, "approved": 0.4},
    "Airdrops": {"place": ["b", "north"], "tonnes_per_sortie": 20, "sorties_per_week": 5, "recovered": 0.6},
    "FundingCut": {"share": 0.3, "place": "a"},
    "Prepositioned": {"place": ["b", "north"], "stock_t": 25},
}  # fmt: skip
ENDLESS = {"Capture", "Prepositioned", "SiegeLifted"}  # for good, or until the next
BEFORE = (
    KINDS["Fighting"](place="b", intensity=0.5, by="blue", start=START),
    KINDS["RoadCut"](link="bc", start=START),
    KINDS["CrossingOpened"](crossing="gate", traffic="civilians", start=START),
    KINDS["CrossingClosed"](crossing="gate", traffic="aid", start=START),
    KINDS["Siege"](place="a", traffic="trade", start=START),
    KINDS["HubSupply"](place="a", tonnes_per_day=10, start=START),
    KINDS["Fighting"](id="feared", place="c", intensity=0.8, start=LATER, end=LATER + dt.timedelta(days=1)),
)


@pytest.fixture(params=sorted(KINDS))
def event(request):
    return KINDS[request.param](start=LATER, **EXAMPLES[request.param])


def world():
    table = places(
        "abcd",
        ["town"] * 4,
        country=("AA",) * 3 + ("BB",),
        party=("blue", "blue", "red", "teal"),
        population=[900.0] * 3 + [0.0],
        hub=[True, False, False, False],
        storage_t=[500.0, 40.0, np.nan, 0.0],
    )
    roads = links(["ab", "bc", "gate"], [(0, 1), (1, 2), (1, 3)], [10.0] * 3, kind=("road", "road", "crossing"))
    case = scenario(
        table,
        roads,
        *BEFORE,
        days=8,
        operations=(Operation(id="aid", name="Aid", hubs="a", transit="blue", lines="ab"),),
        relations=(OpeningRelation(parties=("blue", "red"), relation="smuggling"),),
        groups=(Group(id="women", name="Women", share=0.5), Group(id="men", name="Men", share=0.5)),
    )
    return replace(case, network=Network(places=table, links=roads, place_groups={"north": ("b", "c")}))


def same(a, b):
    return all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def test_every_kind_has_an_example():
    assert EXAMPLES.keys() == KINDS.keys()


def test_it_is_read(event):
    """Taking it out of a scenario changes Conditions, or what people believe of them: no kind is silently ignored."""
    before, after = world(), world().with_events(event)
    if event.kind == "Rumour":
        assert before.beliefs() is None
        assert same(before.compile(), after.compile())
        assert not same(after.compile(), after.beliefs())
    else:
        assert not same(before.compile(), after.compile())


def test_its_effects_lie_in_known_layers_and_cells(event):
    case = world()
    for effect in event.effects(case.world):
        assert isinstance(effect, Effect)
        assert effect.layer in LAYERS
        assert effect.start == 2
        if effect.layer in {"hub_stock", "stock"}:  # it is given once
            assert effect.end == effect.start
        else:
            assert (effect.end is None) == (event.end is None)


def test_it_says_what_it_does_and_when(event):
    words = event.sentence(case.world) if (case := world()) else ""
    assert words.endswith("on 3 Feb 2016." if event.begins == "on" else "from 3 Feb 2016.")
    assert "{" not in words
    assert "_" not in words.replace("cross_line", "")
    if event.kind not in ENDLESS:
        ended = event.model_copy(update={"end": LATER + dt.timedelta(days=3)})
        assert ended.sentence(case.world).endswith("3 Feb 2016 to 6 Feb 2016.")
    unsure = event.model_copy(update={"earliest": START})
    assert "(start between 1 Feb 2016 and 3 Feb 2016)" in unsure.sentence(case.world)


def test_it_says_what_it_is_about(event):
    """The names of places, and of the parties that act, stand in the sentence."""
    words = event.what(world().world)
    for name in {"place": "b", "link": " - ", "crossing": " - "}.values():
        if name == " - ":
            assert not hasattr(event, "link") or " - " in words
    if getattr(event, "by", "") and event.kind == "Capture":
        assert "Red" in words


def test_it_survives_a_round_trip(event):
    for kept in (event.model_dump(), event.model_dump(mode="json"), event.model_dump(exclude_unset=True)):
        assert type(event)(**kept) == event


def test_it_survives_a_round_trip_through_a_folder(event, tmp_path):
    case = world().with_events(event)
    assert read_scenario(write_scenario(case, tmp_path / "case")) == case


def test_a_scenario_can_be_shifted_settled_and_described_with_it(event):
    unsure = event.model_copy(update={"earliest": START + dt.timedelta(days=1), "latest": LATER + dt.timedelta(days=1)})
    case = world().with_events(unsure)
    assert case.shifted(5).shifted(-5) == case
    assert case.fingerprint() != world().fingerprint()
    for seed in range(8):
        for settled in case.settled(Luck(seed)).events:
            assert settled.earliest is settled.latest is None
    assert event.what(case.world) in uncapitalised(case.describe(LATER + dt.timedelta(days=1)))
    assert event.what(case.world) in uncapitalised(case.describe())


def uncapitalised(text):
    """Each sentence as it stands, and with a small first letter."""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(lines + [line[:1].lower() + line[1:] for line in lines])


def test_leaving_it_out_leaves_the_rest(event):
    """By its kind too, and with it what speaks of it."""
    case = world().with_events(event.model_copy(update={"id": "mine"}))
    assert case.without("mine") == world()
    assert not any(e.kind == event.kind for e in case.without(event.kind).events)


def test_it_cannot_be_changed(event):
    with pytest.raises(ValidationError):
        event.start = START


def test_it_refuses_a_field_that_it_does_not_know(event):
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(event)(start=LATER, **EXAMPLES[event.kind], intensty=0.3)


def test_it_needs_what_it_needs(event):
    """Leaving out a required field is an error that names it."""
    for name, info in type(event).model_fields.items():
        if info.is_required() and name in EXAMPLES[event.kind]:
            given_ = {k: v for k, v in EXAMPLES[event.kind].items() if k != name}
            with pytest.raises(ValidationError, match=name):
                type(event)(start=LATER, **given_)


def test_it_can_be_shifted_there_and_back(event):
    unsure = event.model_copy(update={"earliest": START, "latest": LATER + dt.timedelta(days=1)})
    moved = unsure.shifted(5)
    assert (moved.start, moved.earliest, moved.latest) == tuple(
        d + dt.timedelta(days=5) for d in (unsure.start, unsure.earliest, unsure.latest)
    )
    assert moved.shifted(-5) == unsure


def test_an_unknown_name_is_an_error_with_a_suggestion(event):
    case = world()
    wrongs = {"place": "norht", "to": "cc", "link": "abb", "crossing": "gat", "who": "wmen", "of": "faered"}
    wrongs |= {"parties": ("blu", "red"), "by": "blu"}
    for name, wrong in wrongs.items():
        if value := getattr(event, name, None):
            word = (wrong,) if isinstance(value, tuple) and isinstance(wrong, str) else wrong
            word = "aa" if name == "place" and isinstance(value, str) else word  # one place, and no group
            with pytest.raises(InputError, match="did you mean"):
                case.with_events(event.model_copy(update={name: word}))


def test_its_end_does_not_lie_before_its_start(event):
    with pytest.raises(ValidationError, match="lies before"):
        type(event)(start=LATER, end=START, **EXAMPLES[event.kind])


def test_its_start_lies_between_its_bounds(event):
    for bounds in ({"earliest": LATER + dt.timedelta(days=1)}, {"latest": START}):
        with pytest.raises(ValidationError, match="must lie from earliest"):
            type(event)(start=LATER, **bounds, **EXAMPLES[event.kind])


def test_it_is_a_public_name(event):
    assert getattr(dp, event.kind) is type(event)


def test_it_says_in_its_docstring_what_it_does(event):
    assert type(event).__doc__
    assert event.kind == type(event).__name__
    assert issubclass(type(event), Event)


@given(networks().flatmap(lambda network: events(network).map(lambda event: (network, event))))
def test_random_events_survive_a_round_trip_and_a_shift(drawn):
    _, event = drawn
    assert type(event)(**event.model_dump(mode="json")) == event
    assert event.shifted(7).shifted(-7) == event
    assert event.starting(event.latest or event.start).earliest is None
