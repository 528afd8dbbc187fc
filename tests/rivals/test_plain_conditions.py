"""Conditions compiled in layers, and conditions worked out cell by cell from the events, are the same."""

import datetime as dt
import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from displacement.testing import scenarios
from tests.lively import lively_scenarios
from tests.rivals.plain_conditions import RELATIONS, TRAFFIC, PlainConditions
from tests.supplied import supplied_scenarios


def compare(scenario, day):
    compare_arrays(scenario.compile(), PlainConditions(scenario), scenario, day)


def compare_arrays(compiled, slow, scenario, day):
    variables = {name: compiled.variables[name] for name in compiled.data_vars}
    now = {name: variable.values[day] for name, variable in variables.items() if "time" in variable.dims}
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
        same("hub_inflow", slow.hub_inflow(day, place), i)
        same("hub_stock_added", slow.hub_stock_added(day, place), i)
        same("stock_added", slow.stock_added(day, place), i)
    for i, a in enumerate(parties):
        for j, b in enumerate(parties):
            same("relation", RELATIONS.index(slow.relation(day, a, b)), i, j)
    for i, link in enumerate(scenario.network.links.id):
        same("fire", slow.fire(day, link), i)
        same("speed", slow.speed(day, link), i)
        same("checkpoint", slow.checkpoint(day, link), i)
        same("convoy_trucks", slow.convoy(day, link, "trucks", math.inf), i)
        same("convoy_requests", slow.convoy(day, link, "requests_per_week", 7.0), i)
        same("convoy_of", slow.convoy_of(day, link), i)
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
    compare_airdrops(compiled, slow, day)


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


def compare_airdrops(compiled, slow, day):
    """Each by its label and place; those without an id in any order. One id at several places gets numbers."""
    ids, rows = {e.id for e in slow.events if e.kind == "Airdrops"} - {""}, []
    for j, label in enumerate(map(str, compiled["airdrop"].values)):
        one = compiled.isel(airdrop=j)
        stem, _, number = label.rpartition(" ")
        name = label if label in ids else stem if stem in ids and number.isdigit() else ""
        numbers = (one[f"airdrop_{what}"] for what in ("tonnes", "recovered", "reliability"))
        rows.append((name, str(one["airdrop_place"].values), float(one["airdrop_sorties"][day]), *map(float, numbers)))
    assert sorted(rows) == sorted(slow.airdrops(day))
    assert len(set(compiled["airdrop"].values)) == len(rows)


days = st.integers(0, 2**20)
AID = ("HubSupply", "FundingCut", "ConvoyApproval", "Airdrops")


@given(supplied_scenarios(most_places=4), days)
def test_conditions_of_aid_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, kinds=AID, max_events=8), days)
def test_odd_conditions_of_aid_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(supplied_scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_listing_changes_no_bit_of_aid(scenario, random):
    """Among sums of stocks too: airdrops without an id are numbered by what they are."""
    shuffled = random.sample(scenario.events, len(scenario.events))
    other = replace(scenario, events=tuple(shuffled))
    assert scenario.compile().identical(other.compile())


@given(scenarios(max_places=4, kinds=[*AID, "Rumour"], max_events=6), days)
def test_beliefs_about_aid_are_conditions_of_moved_events(scenario, day):
    compare_beliefs(scenario, day)


@given(lively_scenarios(most_places=4, most_further=6), days)
def test_busy_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, max_events=8), days)
def test_odd_conditions_are_the_same(scenario, day):
    compare(scenario, day % scenario.days)


@given(scenarios(max_places=4, kinds=["Rumour", "Capture", "Siege", "SiegeLifted", "Weather"], max_events=6), days)
def test_beliefs_are_conditions_of_moved_events(scenario, day):
    """On a day with rumours, what people believe is what the plain twin finds with the dates that they believe."""
    compare_beliefs(scenario, day)


def compare_beliefs(scenario, day):
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
