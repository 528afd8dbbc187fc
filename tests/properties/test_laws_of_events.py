"""Laws of the events: what must hold in every scenario for sieges, corridors, rumours, weather and the rest."""

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from displacement import events as ev
from displacement.groups import Group
from displacement.network import TRAFFIC
from displacement.streams import Luck
from tests.lively import START, event_of_kind, lively_scenarios
from tests.often import law

GROUPS = (Group(id="women", name="Women", share=0.6), Group(id="men", name="Men", share=0.4))
BUSY = lively_scenarios(most_places=5, most_further=6, people=GROUPS)


def with_one(*kinds):
    """A busy scenario and one more event of some kinds that suits it."""

    def made(scenario, seed):
        rng = np.random.default_rng(seed)
        kind = kinds[int(rng.integers(0, len(kinds)))]
        return scenario, event_of_kind(kind, rng, scenario.network, scenario.days, ("women", "men"))

    return st.builds(made, BUSY, st.integers(0, 2**32 - 1))


def same(a, b, names=None):
    """Are the variables of two Datasets the same, bit by bit?"""
    found = ((a.variables[n].values, b.variables[n].values) for n in names or a.data_vars)
    return all(np.array_equal(one, other, equal_nan=one.dtype.kind == "f") for one, other in found)


def but(conditions, *names):
    return [name for name in conditions.data_vars if name not in names]


def in_force(event, days):
    """(time,) is it in force?"""
    dates = [START + dt.timedelta(days=n) for n in range(days)]
    return np.array([event.start <= date <= (event.end or date) for date in dates])


@law(1_000)
@given(BUSY, st.randoms(use_true_random=False))
def test_the_order_of_listing_never_matters(scenario, random):
    listed = list(scenario.events)
    random.shuffle(listed)
    other = replace(scenario, events=tuple(listed))
    one, two = scenario.compile(), other.compile()
    assert same(one, two)
    assert list(one["evacuation"].values) == list(two["evacuation"].values)
    believed, too = scenario.beliefs(), other.beliefs()
    assert believed is too is None or same(believed, too)


@law(1_000)
@given(with_one("Siege"), st.integers(1, 6))
def test_a_lifted_siege_leaves_what_was_there_before(drawn, later):
    """From the day on which it is lifted; until then it is the siege."""
    scenario, siege = drawn
    scenario = scenario.without(*({"Siege", "SiegeLifted"} & {e.kind for e in scenario.events}))
    lift = ev.SiegeLifted(place=siege.place, start=siege.start + dt.timedelta(days=later))
    besieged, lifted = (scenario.with_events(siege, *more).compile() for more in ((), (lift,)))
    n = max((lift.start - scenario.start).days, 0)
    assert same(lifted.isel(time=slice(n, None)), scenario.compile().isel(time=slice(n, None)))
    assert same(lifted.isel(time=slice(n)), besieged.isel(time=slice(n)))


@given(with_one("Siege"))
def test_a_siege_shuts_every_way_out_and_no_other(drawn):
    scenario, siege = drawn
    before, alone = (replace(scenario, events=events).compile() for events in ((), (siege,)))
    links = scenario.network.links
    inside = np.isin(np.arange(len(scenario.network.places)), scenario.world.places(siege.place))
    out, now = inside[links.origin] != inside[links.destination], in_force(siege, scenario.days)
    classes = [TRAFFIC.index(k) for k in siege.traffic]
    for name in ("permission_low", "permission_high"):
        expected = before[name].values.copy()
        expected[np.ix_(now, out, [True, True], classes)] = 0.0
        np.testing.assert_array_equal(alone[name].values, expected)


@law(1_000)
@given(with_one("Corridor"))
def test_a_corridor_opens_exactly_its_path_one_way_to_whom_it_names(drawn):
    scenario, corridor = drawn
    quiet = replace(scenario, events=tuple(e for e in scenario.events if e.kind in ("Capture", "Relation")))
    before, after = quiet.compile(), quiet.with_events(corridor).compile()
    here, path = corridor.place, {}
    places, links = scenario.network.places, scenario.network.links
    for name in corridor.link:
        i = links.position[name]
        ends = [places.id[links.origin[i]], places.id[links.destination[i]]]
        path[i] = ends.index(here)
        here = ends[1 - path[i]]
    assert here == corridor.to
    now = np.flatnonzero(in_force(corridor, scenario.days))
    expected, admission = before["permission"].values.copy(), np.ones(before["admission"].shape)
    classes = [TRAFFIC.index(k) for k in corridor.traffic]
    others = [g for g, name in enumerate(("women", "men")) if corridor.who and name not in corridor.who]
    people = bool({"civilians", "medical"} & set(corridor.traffic))
    for i, way in path.items():
        expected[np.ix_(now, [i], [way], classes)] = 1.0
        expected[np.ix_(now, [i], [1 - way], classes)] = 0.0
        if people:
            admission[np.ix_(now, [i], [way], others)] = 0.0
    np.testing.assert_array_equal(after["permission"].values, expected)
    np.testing.assert_array_equal(after["admission"].values, admission)
    assert (after["corridor_end"].values[now, places.position[corridor.to]] == people).all()


@law(1_000)
@given(BUSY)
def test_a_rumour_changes_no_condition_and_beliefs_only_its_days(scenario):
    rumours = [event for event in scenario.events if event.kind == "Rumour"]
    true, believed = scenario.compile(), scenario.beliefs()
    assert (believed is None) == (not rumours)
    if believed is None:
        return
    assert same(true, scenario.without("Rumour").compile())
    quiet = ~np.any([in_force(rumour, scenario.days) for rumour in rumours], axis=0)
    assert same(true.isel(time=quiet), believed.isel(time=quiet))
    assert {n: (v.dims, v.dtype) for n, v in true.items()} == {n: (v.dims, v.dtype) for n, v in believed.items()}


@given(with_one("Evacuation", "CampClosed", "Weather", "Checkpoint", "Corridor"), st.integers(-9, 9).filter(bool))
def test_a_rumour_that_always_held_is_the_other_scenario(drawn, by):
    """While it is believed all along, people believe what `shifted` would compile."""
    scenario, event = drawn
    case = scenario.without(*({"Rumour"} & {e.kind for e in scenario.events}))
    case = case.with_events(event.model_copy(update={"id": "e"}))
    told = case.with_events(ev.Rumour(of="e", days=by, start=START))
    assert same(told.beliefs(), case.shifted(by, "e").compile())


@law(1_000)
@given(with_one("Weather"))
def test_weather_never_shortens_a_trip_and_changes_nothing_else(drawn):
    scenario, weather = drawn
    before, after = scenario.compile(), scenario.with_events(weather).compile()
    for name in ("travel_time", "morning_travel_time"):
        assert (after[name] >= before[name]).all()
    assert (after["speed"] <= before["speed"]).all()
    slowed = np.minimum(before["speed"].values, weather.speed * scenario.network.links.speed_kmh)
    assert (after["speed"].values >= slowed * (1 - 1e-12)).all()
    assert same(before, after, but(before, "travel_time", "morning_travel_time", "speed"))


@given(with_one("Checkpoint"))
def test_a_checkpoint_opens_nothing_and_hurries_nobody(drawn):
    scenario, post = drawn
    before, after = scenario.compile(), scenario.with_events(post).compile()
    for name in ("permission_low", "permission_high"):
        assert (after[name] <= before[name]).all()
    gained = after["travel_time"] - before["travel_time"]
    assert (gained >= 0).all()
    assert (gained <= post.delay_hours + 1e-9).all()
    assert (after["checkpoint"] >= before["checkpoint"]).all()


@given(with_one("CampOpened", "CampClosed", "CapacityChanged", "Evacuation"))
def test_sites_capacities_and_evacuations_leave_the_rest_alone(drawn):
    scenario, event = drawn
    before, after = scenario.compile(), scenario.with_events(event).compile()
    own = ("site_open", "site_capacity", "vehicle_capacity", "evacuation_rate", "evacuation_who")
    assert same(before, after, but(before, *own))
    now = in_force(event, scenario.days)
    if event.kind == "Evacuation":
        total = after["evacuation_rate"].sum("evacuation") - before["evacuation_rate"].sum("evacuation")
        np.testing.assert_allclose(total, now * event.people_per_day)
    if event.kind == "CampOpened":
        rows = list(scenario.world.places(event.place))
        alone = replace(scenario, events=(event,)).compile()["site_open"].values
        places = scenario.network.places
        lived_in = places.residents + places.opening_displaced > 0
        assert (alone[:, rows] == (now[:, np.newaxis] | lived_in[rows])).all()
        assert np.delete(alone, rows, axis=1).all()


@given(BUSY, st.integers(0, 99))
def test_what_is_settled_is_certain(scenario, seed):
    last = START + dt.timedelta(days=scenario.days)
    unsure = {"earliest": START, "latest": last}
    found = [e.model_copy(update=unsure) if START <= e.start <= last else e for e in scenario.events]
    found = [e.model_copy(update={"break_rate": 0.3}) if e.kind == "Ceasefire" else e for e in found]
    case = replace(scenario, events=tuple(e for e in found if e.kind != "Capture"))
    settled = case.settled(Luck(seed))
    assert settled.settled(Luck(seed + 1)) == settled
    assert len(settled.events) <= len(case.events)
    for event in settled.events:
        assert event.earliest is event.latest is None
        assert getattr(event, "break_rate", 0.0) == 0.0
    assert settled.compile().sizes["time"] == scenario.days


@given(BUSY, st.integers(-20, 20))
def test_shifting_all_and_back_is_the_same_scenario(scenario, by):
    assert scenario.shifted(by).shifted(-by) == scenario


@given(BUSY, st.integers(0, 2**20))
def test_leaving_out_any_event_or_kind_leaves_a_scenario(scenario, number):
    event = scenario.events[number % len(scenario.events)]
    left = scenario.without(event.id or event.kind)
    assert event not in left.events
    assert left.compile().sizes["time"] == scenario.days
