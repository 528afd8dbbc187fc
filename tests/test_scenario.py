"""A scenario: what it refuses, how it is composed, what it says of itself."""

import datetime as dt
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given

from displacement import events as ev
from displacement.conditions import RELATIONS
from displacement.errors import InputError
from displacement.network import Network
from displacement.scenario import OpeningRelation, Operation, Party, Scenario
from displacement.streams import Luck
from displacement.testing import scenarios
from tests.lively import START, links, places, scenario


def day(n):
    return START + dt.timedelta(days=n)


def small(*events, **about):
    table = places("abc", ["town"] * 3, population=[10.0, 20.0, 30.0], party=("blue", "red", "blue"))
    return scenario(table, links(["road"], [(0, 1)], [5.0]), *events, **about)


CUT = ev.RoadCut(link="road", start=day(1), id="cut", group="what_if")
FIGHT = ev.Fighting(place="a", intensity=1.0, start=day(2), end=day(3))


# composition


def test_with_and_without_events():
    case = small(CUT)
    assert case.with_events(FIGHT).events == (CUT, FIGHT)
    assert case.events == (CUT,)
    for label in ("cut", "what_if", "RoadCut"):
        assert case.with_events(FIGHT).without(label).events == (FIGHT,)
    with pytest.raises(InputError, match="no event has this id, group or kind; did you mean 'what_if'"):
        case.without("whatif")


def test_all_events_or_some_can_be_shifted():
    case = small(CUT, FIGHT)
    assert [e.start for e in case.shifted(2).events] == [day(3), day(4)]
    assert [e.start for e in case.shifted(2, "what_if").events] == [day(3), day(2)]
    assert case.shifted(2).shifted(-2) == case
    assert case.shifted(2, "cut").shifted(-2, "cut") == case
    with pytest.raises(
        InputError, match="shifted 'Fightin': no event has this id, group or kind; did you mean 'Fighting'"
    ):
        case.shifted(2, "Fightin")


def test_what_is_added_can_be_taken_away_again():
    case = small(FIGHT)
    assert case.with_events(CUT).without("cut") == case
    assert case.with_events() == case == case.without()
    with pytest.raises(InputError, match="stands more than once"):
        case.with_events(CUT, CUT)


def test_a_scenario_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        small().days = 3


def test_the_order_of_lists_means_nothing():
    assert small(CUT, FIGHT) == small(FIGHT, CUT)
    assert small(CUT, FIGHT).fingerprint() == small(FIGHT, CUT).fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        {"days": 6},
        {"start": day(1)},
        {"parameters": {"spill": 0.31}},
        {"parameters": {"spill": (0.1, 0.3, 0.5)}},
        {"relations": (OpeningRelation(parties=("blue", "red"), relation="truce"),)},
        {"reference": day(1)},
        {"name": "other"},
    ],
)
def test_another_scenario_has_another_fingerprint(other):
    assert small(CUT).fingerprint() != small(CUT, **other).fingerprint()
    assert small(CUT) != small(CUT, **other)


def test_another_table_has_another_fingerprint():
    case = small()
    table = replace(case.network.places, population=np.array([10.0, 20.0, 31.0]))
    assert case.fingerprint() != replace(case, network=replace(case.network, places=table)).fingerprint()


@given(scenarios())
def test_the_fingerprint_is_that_of_equal_scenarios(case):
    again = replace(case, events=case.events[::-1], parties=case.parties[::-1])
    assert again == case
    assert again.fingerprint() == case.fingerprint()
    assert case.shifted(3).shifted(-3) == case


# defaults


def test_parties_of_which_nothing_is_said_are_hostile():
    found = small(relations=(OpeningRelation(parties=("red", "teal"), relation="truce"),)).opening_relations()
    same, hostile, truce = (RELATIONS.index(r) for r in ("same", "hostile", "truce"))
    assert found.tolist() == [[same, hostile, hostile], [hostile, same, truce], [hostile, truce, same]]


def test_the_reference_date_is_the_first_day_unless_given():
    assert small().since == START
    assert small(reference=day(2)).since == day(2)
    assert small(days=5).end == day(4)


# what it refuses


def refused(**about):
    with pytest.raises(InputError) as found:
        small(**about)
    return str(found.value)


def test_days_out_of_range():
    assert "[1, 3660]" in refused(days=0)
    assert "[1, 3660]" in refused(days=5000)


def test_a_country_in_which_nothing_lies():
    assert refused(country="AB") == "[scenario] country = 'AB': no place lies in it; known: AA"


def test_more_people_than_can_be_counted():
    table = places("ab", ["town"] * 2, population=[1.5e9, 1.5e9])
    with pytest.raises(InputError, match="at most 2,000,000,000 can be counted"):
        scenario(table, links([], [], []))


def test_unknown_parties_and_double_ids():
    case = small()
    with pytest.raises(InputError, match="unknown party; did you mean 'teals'"):
        replace(
            case,
            parties=(Party(id="teals", name="T"), Party(id="red", name="R"), Party(id="blue", name="B")),
            relations=(OpeningRelation(parties=("teal", "red"), relation="truce"),),
        )
    with pytest.raises(InputError, match="stands more than once"):
        replace(case, parties=(*case.parties, case.parties[0]))
    with pytest.raises(InputError, match="stands more than once"):
        small(CUT, FIGHT.model_copy(update={"id": "cut"}))


def test_an_operation_of_unknown_hubs_lines_and_parties():
    wrong = Operation(id="o", name="O", hubs="azaz", transit="blues", lines="raod", deliver_places="d")
    with pytest.raises(InputError) as found:
        replace(small(), operations=(wrong,))
    assert [what in str(found.value) for what in ("hubs", "transit", "lines", "deliver_places")] == [True] * 4


def test_all_problems_are_said_at_once():
    bad = ev.RoadCut(link="roat", start=START), ev.Fighting(place="z", intensity=1.0, start=START, by="reds")
    with pytest.raises(InputError) as found:
        small(*bad)
    assert len(found.value.problems) >= 2
    assert "[[events]] 1 (RoadCut, 2016-02-01)" in str(found.value)


def test_a_place_falls_to_one_party_a_day():
    a, b = (ev.Capture(place=("a", "c"), by=by, start=day(1)) for by in ("blue", "red"))
    with pytest.raises(InputError, match="perhaps on one day"):
        small(a, b)
    assert small(a, b.shifted(1)).events
    assert small(a, a.model_copy(update={"id": "again"})).events


def test_a_place_falls_to_one_party_a_day_by_groups_too():
    case = small()
    grouped = replace(
        case, network=Network(places=case.network.places, links=case.network.links, place_groups={"all": ("a", "c")})
    )
    with pytest.raises(InputError, match="perhaps on one day"):
        grouped.with_events(
            ev.Capture(place="all", by="blue", start=day(1)), ev.Capture(place="a", by="red", start=day(1))
        )


# uncertain dates


def test_a_settled_start_lies_between_its_bounds_each_day_equally_likely():
    """Three days, 3,000 seeds: counts of binomial(3000, 1/3), sd 25.8; five of them 129. False alarm: 2e-6."""
    unsure = ev.RoadCut(link="road", start=day(1), earliest=day(0), latest=day(2))
    starts = [small(unsure).settled(Luck(seed)).events[0].start for seed in range(3000)]
    counts = [starts.count(day(n)) for n in range(3)]
    assert sum(counts) == 3000
    assert all(abs(c - 1000) < 129 for c in counts)


def test_a_date_is_drawn_for_an_event_and_not_for_its_place_in_the_list():
    one = ev.RoadCut(link="road", start=day(1), earliest=day(0), latest=day(4))
    two = ev.Fighting(place="a", intensity=1.0, start=day(1), earliest=day(0), latest=day(4))
    for seed in range(20):
        together, alone, turned = (small(*e).settled(Luck(seed)).events for e in ((one, two), (one,), (two, one)))
        assert together[0] == alone[0] == turned[1]
        assert together[1] == turned[0]
    starts = [[e.start for e in small(one, two).settled(Luck(seed)).events] for seed in range(40)]
    assert any(a != b for a, b in starts)  # different events have different luck


def test_a_named_event_keeps_its_luck_when_it_is_edited():
    one = ev.RoadCut(link="road", start=day(1), earliest=day(0), latest=day(4), id="cut")
    other = one.model_copy(update={"note": "seen by two sources"})
    for seed in range(20):
        assert small(one).settled(Luck(seed)).events[0].start == small(other).settled(Luck(seed)).events[0].start


# what it says


def test_it_describes_itself():
    words = small(CUT, FIGHT, summary="A case.").describe()
    assert "1 Feb 2016 to 5 Feb 2016 (5 days)" in words
    assert "3 places with 60 people at home and 0 already displaced; 1 links" in words
    assert words.index("is cut") < words.index("Fighting of intensity 1")
    on = small(CUT, FIGHT).describe(day(1))
    assert "is cut" in on
    assert "Fighting" not in on
    assert "Fighting" in small(CUT, FIGHT).describe(day(3))
    assert "Fighting" not in small(CUT, FIGHT).describe(day(4))


def test_conditions_cover_the_period_and_nothing_else():
    found = small(CUT, days=7).compile()
    assert found.sizes["time"] == 7
    assert str(found["time"].values[0])[:10] == "2016-02-01"
    assert list(found["party"].values) == ["blue", "red", "teal"]


def test_a_scenario_is_a_value():
    assert isinstance(small(), Scenario)
    assert small() != "small"
    assert len({small(), small()}) == 2  # compared by content, hashed by identity: it holds arrays
