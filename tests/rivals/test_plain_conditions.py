"""Conditions compiled in layers, and conditions worked out cell by cell from the events, are the same."""

import math

from hypothesis import given
from hypothesis import strategies as st

from displacement.testing import scenarios
from tests.lively import lively_scenarios
from tests.rivals.plain_conditions import RELATIONS, TRAFFIC, PlainConditions


def compare(scenario, day):
    compiled, slow = scenario.compile(), PlainConditions(scenario)
    now = {name: variable.values[day] for name, variable in compiled.items()}
    parties = sorted(p.id for p in scenario.parties)

    def same(name, expected, *cell):
        found = float(now[name][cell])
        close = found == expected or math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-14)
        assert close or (math.isnan(found) and math.isnan(expected)), (name, day, cell, found, expected)

    def number(party):
        return -1 if party is None else parties.index(party)

    for i, place in enumerate(scenario.network.places.id):
        same("control", number(slow.control(day, place)), i)
        same("morning_control", number(slow.morning_control(day, place)), i)
        same("contested", slow.contested(day, place), i)
        same("intensity", slow.intensity(day, place), i)
        felt = slow.flight(place, scenario.days)
        same("capture_by_hostile", felt["hostile"][day], i)
        same("capture_by_other", felt["other"][day], i)
    for i, a in enumerate(parties):
        for j, b in enumerate(parties):
            same("relation", RELATIONS.index(slow.relation(day, a, b)), i, j)
    for i, link in enumerate(scenario.network.links.id):
        same("fire", slow.fire(day, link), i)
        same("travel_time", slow.travel_time(day, link, slow.control), i)
        same("morning_travel_time", slow.travel_time(day, link, slow.morning_control), i)
        for way in (0, 1):
            for k, traffic in enumerate(TRAFFIC):
                at, cell = (day, link, way, traffic), (i, way, k)
                same("quota", slow.quota(*at), *cell)
                for prefix, control in (("", slow.control), ("morning_", slow.morning_control)):
                    low, high = (slow.permission(*at, unknown=u, control=control) for u in (0.0, 1.0))
                    same(f"{prefix}permission_low", low, *cell)
                    same(f"{prefix}permission_high", high, *cell)
                    if not prefix:
                        same("permission", low if low == high else math.nan, *cell)


days = st.integers(0, 2**20)


@given(lively_scenarios(most_places=4), days)
def test_busy_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, max_events=8), days)
def test_odd_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)
