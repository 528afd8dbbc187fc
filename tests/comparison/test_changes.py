"""Which steps lead from one scenario to another: by id, by what happens, by group, and what cannot be taken apart."""

from dataclasses import replace

import numpy as np
import pytest

from displacement import events as ev
from displacement.comparison.changes import changes_between, changes_table, event_changes, mixed, other_differences
from displacement.network import Network
from displacement.parameters import Parameters
from tests.lively import START, links, places, scenario


def small(*events, **about):
    table = places("abc", ["town"] * 3, population=[10.0, 20.0, 30.0], party=("blue", "red", "blue"))
    return scenario(table, links(["ab", "bc"], [(0, 1), (1, 2)], [5.0, 6.0]), *events, **about)


CUT = ev.RoadCut(link="ab", start=START, id="cut")
FIGHT = ev.Fighting(place="a", intensity=1.0, start=START)
STRIKE = ev.AirStrikes(place="b", start=START, group="air")


def told(base, other):
    return [(c.kind, c.label) for c in event_changes(base, other)]


def test_added_and_removed():
    assert told(small(CUT), small(FIGHT)) == [("removed", "cut"), ("added", f"Fighting {START}")]


def test_one_id_is_one_event_that_changed():
    other = CUT.model_copy(update={"link": ("bc",)})
    (change,) = event_changes(small(CUT), small(other))
    assert (change.kind, change.before, change.after) == ("changed", (CUT,), (other,))


def test_without_an_id_it_is_what_happens_that_counts():
    assert told(small(FIGHT), small(FIGHT.model_copy(update={"id": "named"}))) == []
    assert [kind for kind, _ in told(small(FIGHT), small(FIGHT.shifted(1)))] == ["removed", "added"]


@pytest.mark.parametrize("note", [{"source": "X"}, {"note": "x"}, {"group": "g"}])
def test_what_an_event_says_of_itself_is_no_difference(note):
    assert told(small(CUT, FIGHT), small(CUT.model_copy(update=note), FIGHT.model_copy(update=note))) == []


def test_an_uncertain_day_is_drawn_by_name_so_another_name_is_another_event():
    unsure = FIGHT.model_copy(update={"earliest": START, "latest": START.replace(day=START.day + 3)})
    assert told(small(unsure), small(unsure)) == []
    assert len(told(small(unsure), small(unsure.model_copy(update={"id": "named"})))) == 2
    assert len(told(small(unsure), small(unsure.model_copy(update={"source": "X"})))) == 2
    named = unsure.model_copy(update={"id": "named"})
    assert told(small(named), small(named.model_copy(update={"source": "X"}))) == []


@pytest.mark.parametrize("times", [(1, 2), (2, 1), (0, 2), (3, 1)])
def test_equal_events_are_counted(times):
    base, other = (small(*[FIGHT] * n) for n in times)
    changes = event_changes(base, other)
    assert len(changes) == abs(times[0] - times[1])
    assert len({c.label for c in changes}) == len(changes)
    assert mixed(base, other, changes).events == other.events
    assert len(mixed(base, other, changes[:1]).events) == times[0] + (1 if times[1] > times[0] else -1)


def test_none_of_the_changes_is_the_baseline_and_all_are_the_other():
    base = small(CUT, FIGHT, days=5)
    other = small(CUT.model_copy(update={"link": ("bc",)}), STRIKE, days=7, parameters={"spill": 0.1})
    changes = changes_between(base, other)
    assert [c.kind for c in changes] == ["changed", "removed", "added", "other"]
    assert mixed(base, other, []) == base
    assert replace(mixed(base, other, changes), name=other.name) == other


def test_more_than_12_events_go_by_their_group():
    many = [ev.AirStrikes(place="b", start=START, group=f"g{i % 2}", intensity=i / 100) for i in range(13)]
    changes = changes_between(small(), small(CUT, *many))
    assert [(c.label, len(c.after)) for c in changes] == [("cut", 1), ("group g0", 7), ("group g1", 6)]
    assert len(changes_between(small(), small(*many[:12]))) == 12


class TestEverythingElse:
    @pytest.mark.parametrize(
        ("about", "said"),
        [
            ({"days": 7}, "days: 7, not 5"),
            ({"reference": START.replace(day=2)}, f"reference date: {START.replace(day=2)}, not {START}"),
            ({"parameters": {"spill": 0.1}}, "parameter spill: 0.1 1, not 0.3"),
            ({"parameters": {"spill": (0.2, 0.3, 0.31)}}, "parameter spill: another spread"),
        ],
    )
    def test_it_is_said(self, about, said):
        assert other_differences(small(), small(**about)) == [said]

    def test_name_and_summary_are_no_difference(self):
        assert other_differences(small(), small(name="other", summary="what if")) == []

    def test_tables_that_differ_are_said_with_the_column_and_the_place(self):
        case = small()
        table = replace(case.network.places, population=np.array([10.0, 20.0, 31.0]))
        other = replace(case, network=replace(case.network, places=table))
        assert other_differences(case, other) == ["places: population differs at c"]

    def test_places_and_roads_that_one_does_not_have(self):
        table = places("abcd", ["town"] * 4, population=[10.0, 20.0, 30.0, 5.0], party=("blue", "red", "blue", "red"))
        roads = links(["ab", "cd"], [(0, 1), (2, 3)], [5.0, 6.0])
        other = replace(small(), network=Network(places=table, links=roads))
        assert other_differences(small(), other) == [
            "places that the baseline does not have: d",
            "links that the baseline does not have: cd",
            "links of the baseline that are missing: bc",
        ]

    def test_anything_that_is_not_known_by_name_is_said_to_differ(self):
        case = small()
        other = replace(case, parties=tuple(p.model_copy(update={"name": "X"}) for p in case.parties))
        assert other_differences(case, other) == ["parties: not the same"]


class TestWhatCannotBeTakenApart:
    def test_an_event_at_a_place_that_only_one_network_has_goes_with_the_network(self):
        table = places("abcd", ["town"] * 4, population=[10.0, 20.0, 30.0, 5.0], party=("blue", "red", "blue", "red"))
        at_d = ev.Fighting(place="d", intensity=1.0, start=START, id="at_d")
        grown = Network(places=table, links=links(["ab", "bc"], [(0, 1), (1, 2)], [5.0, 6.0]))
        other = replace(small(), network=grown, events=(at_d, STRIKE))
        changes = changes_between(small(), other)
        assert [c.kind for c in changes] == ["added", "other"]
        assert changes[1].after == (at_d,)
        assert changes[1].label == "everything else with at_d"

    def test_captures_that_cannot_both_stand_are_one_change(self):
        by = [ev.Capture(place="a", by=p, start=START) for p in ("red", "teal")]
        (change,) = changes_between(small(by[0]), small(by[1]))
        assert (change.before, change.after) == ((by[0],), (by[1],))


def test_the_table_says_in_words_what_changed():
    table = changes_table(small(CUT, FIGHT), small(CUT.model_copy(update={"link": ("bc",)}), days=7))
    assert table["change"].tolist() == ["changed", "removed", "other"]
    assert table["in_baseline"][0] == "The road a - b is cut, from 1 Feb 2016."
    assert table["in_scenario"][0] == "The road b - c is cut, from 1 Feb 2016."
    assert table["in_scenario"][2] == "days: 7, not 5"
    assert changes_table(small(), small()).empty


def test_parameters_that_are_equal_are_the_same():
    assert other_differences(small(), replace(small(), parameters=Parameters())) == []
