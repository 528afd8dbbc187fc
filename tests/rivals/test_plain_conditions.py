"""Conditions compiled in layers, and conditions worked out cell by cell from the events, are the same."""

import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from displacement.testing import scenarios
from tests.lively import lively_scenarios
from tests.rivals.plain_conditions import RELATIONS, TRAFFIC, PlainConditions


def compare(scenario, day):
    compare_arrays(scenario.compile(), PlainConditions(scenario), scenario, day)


def compare_arrays(compiled, slow, scenario, day):
    now = {name: variable.values[day] for name, variable in compiled.items() if "time" in variable.dims}
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
        same("site_open", slow.site_open(day, place), i)
        same("site_capacity", slow.site_capacity(day, place), i)
        same("corridor_end", slow.corridor_end(day, place), i)
    for i, a in enumerate(parties):
        for j, b in enumerate(parties):
            same("relation", RELATIONS.index(slow.relation(day, a, b)), i, j)
    for i, link in enumerate(scenario.network.links.id):
        same("fire", slow.fire(day, link), i)
        same("speed", slow.speed(day, link), i)
        same("checkpoint", slow.checkpoint(day, link), i)
        same("travel_time", slow.travel_time(day, link, slow.control), i)
        same("morning_travel_time", slow.travel_time(day, link, slow.morning_control), i)
        for way in (0, 1):
            same("vehicle_capacity", slow.vehicle_capacity(day, link, way), i, way)
            for g, group in enumerate(slow.groups):
                same("admission", slow.admission(day, link, way, group), i, way, g)
            for k, traffic in enumerate(TRAFFIC):
                at, cell = (day, link, way, traffic), (i, way, k)
                same("quota", slow.quota(*at), *cell)
                for prefix, control in (("", slow.control), ("morning_", slow.morning_control)):
                    low, high = (slow.permission(*at, unknown=u, control=control) for u in (0.0, 1.0))
                    same(f"{prefix}permission_low", low, *cell)
                    same(f"{prefix}permission_high", high, *cell)
                    if not prefix:
                        same("permission", low if low == high else math.nan, *cell)
    compare_evacuations(compiled, slow, day)


def compare_evacuations(compiled, slow, day):
    """Each by its label; those without an id in any order."""
    rows = []
    for j, label in enumerate(compiled["evacuation"].values):
        one = compiled.isel(evacuation=j)
        name = "" if label.startswith("Evacuation ") else str(label)
        ends = str(one["evacuation_origin"].values), str(one["evacuation_destination"].values)
        rows.append((name, *ends, float(one["evacuation_rate"][day]), tuple(one["evacuation_who"].values.tolist())))
    assert sorted(rows) == sorted(slow.evacuations(day))
    assert len(set(compiled["evacuation"].values)) == len(rows)


days = st.integers(0, 2**20)


@given(lively_scenarios(most_places=4, most_further=6), days)
def test_busy_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, max_events=8), days)
def test_odd_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, kinds=["Rumour", "Capture", "Siege", "SiegeLifted", "Weather"], max_events=6), days)
def test_beliefs_are_conditions_of_moved_events(scenario, day):
    """On a day with rumours, what people believe is what the plain twin finds with the dates that they believe."""
    believed, date = scenario.beliefs(), scenario.start + dt.timedelta(days=day % scenario.days)
    heard = [e for e in scenario.events if e.kind == "Rumour" and e.start <= date <= (e.end or date)]
    if believed is None:
        assert not any(e.kind == "Rumour" for e in scenario.events)
        return
    by_days = {}
    for rumour in sorted(heard, key=lambda e: (e.start, -e.days)):
        by_days[rumour.of] = rumour.days
    others = [e.shifted(by_days.get(e.id, 0)) for e in scenario.events]
    compare_arrays(believed, PlainConditions(scenario, others), scenario, day % scenario.days)
