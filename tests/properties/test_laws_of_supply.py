"""Laws that supply obeys, checked from what moved alone: not with the balance that the program keeps of itself."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from displacement import events as ev
from displacement.access import access_status
from displacement.conditions import UNKNOWN
from displacement.day_loop import BLOCK, simulate_block
from displacement.members import SOURCES
from displacement.network import Links, Network
from displacement.operations import Operation
from displacement.supply.ground import has_aid
from tests.aided import AID, SupplyRun, aided, aided_scenarios
from tests.lively import START, links, places, scenario
from tests.often import law

GRAM = 1e-6
SEEDS = st.integers(0, 2**31)
SMALL = {
    "least_places": 3,
    "most_places": 5,
    "most_events": 8,
    "least_days": 2,
    "most_days": 4,
}  # run twice, or with people
AID_EVENTS = ("HubSupply", "Airdrops", "Prepositioned")


def at_most(a, b):
    return np.all(a <= b + GRAM)


def equal(a, b):
    return np.allclose(a, b, rtol=1e-9, atol=GRAM)


def by_arc(values):
    """(time, arc) of (time, link, direction)."""
    return values.reshape(len(values), -1)


def what_comes_to_a_place_is_handed_out_or_stored(run):
    came = run.stocks("stock", "before") + run.all("delivered") + run.all("stored")
    return equal(came, run.all("distributed") + run.stocks("stock"))


def what_comes_to_a_hub_is_loaded_refused_or_kept(run):
    came = run.stocks("warehouse", "before") + run.all("received")
    return equal(came, run.all("loaded") + run.all("refused") + run.stocks("warehouse"))


def what_is_loaded_arrives_or_is_lost(run):
    by_road = run.all("delivered") - run.all("by_air")
    return equal(run.all("loaded").sum(axis=2), (by_road + run.all("lost")).sum(axis=2))


def every_tonne_is_somewhere(run):
    """From the opening to the last evening, all places and hubs together."""
    came = (run.all("received").sum(axis=2) + run.all("by_air").sum(axis=2) + run.all("stored").sum(axis=2)).sum(axis=0)
    went = sum(run.all(name).sum(axis=(0, 2)) for name in ("distributed", "lost", "refused"))
    stored = [
        run.stocks(name, when)[i].sum(axis=1) for when, i in (("before", 0), ("after", -1)) for name in ("stock", "warehouse")
    ]  # fmt: skip
    return equal(stored[0] + stored[1] + came, went + stored[2] + stored[3])


def nothing_is_negative(run):
    names = ("need", "delivered", "by_air", "distributed", "spoilt", "lost", "traffic", "loaded", "refused", "unmet")
    stored = [run.stocks("stock"), run.stocks("warehouse"), run.stocks("lack")]
    return all(np.all(values >= -GRAM) for values in [*map(run.all, names), *stored])


def a_shut_link_carries_nothing(run):
    shut = by_arc(run.conditions["permission_high"].values[..., AID]) == 0
    return not run.all("traffic")[np.broadcast_to(shut[:, None], run.all("traffic").shape)].any()


def no_link_carries_more_than_its_trucks(run):
    load = float(run.scenario.parameters.truck_load)
    return at_most(run.all("traffic"), load * by_arc(run.conditions["quota"].values[..., AID])[:, None])


def no_line_carries_more_than_the_convoys_asked_for(run):
    """From the first day to any other, so many a week, rounded down, and none more in a day than it rounds up to."""
    load, weekly = float(run.scenario.parameters.truck_load), run.conditions["convoy_requests"].values
    trucks = np.repeat(run.conditions["convoy_trucks"].values, 2, axis=1)[:, None]
    most = np.repeat(np.ceil(weekly / 7 - 1e-9), 2, axis=1)[:, None]
    whole = at_most(run.all("traffic"), load * most * trucks)
    steady = (trucks[0] == trucks).all(axis=0)[0] & np.isfinite(trucks[0, 0])  # (arc,) in force all the time
    upto = np.repeat(np.floor(np.cumsum(weekly / 7, axis=0) + 1e-6), 2, axis=1)[:, None]
    so_far = np.cumsum(run.all("traffic"), axis=0)
    return whole and at_most(so_far[..., steady], load * upto[..., steady] * trucks[0][:, steady])


def no_fleet_drives_longer_than_it_can(run):
    """All fleets together, where each is known: there and back, at the day's hours."""
    hours = run.setting.ground.truck_hours
    driven = (run.all("traffic") * 2 * np.array([d.hours for d in run.days])[:, None]).sum(axis=2)
    return at_most(driven / float(run.scenario.parameters.truck_load), hours.sum())


def no_hub_loads_more_than_it_has(run):
    return at_most(run.all("loaded"), run.stocks("warehouse", "before") + run.all("received"))


def no_store_overflows(run):
    storage = run.setting.ground.storage
    filled = np.maximum(storage, run.stocks("stock", "before") + run.all("stored"))
    hubs = np.maximum(storage[run.setting.ground.hubs], run.stocks("warehouse", "before"))
    return at_most(run.stocks("stock"), filled) and at_most(run.stocks("warehouse"), hubs)


def who_needs_nothing_gets_nothing_by_road(run):
    return not (run.all("delivered") - run.all("by_air"))[run.all("need") == 0].any()


def nobody_is_handed_more_than_is_needed(run):
    return at_most(run.all("distributed"), run.all("need"))


def nothing_comes_where_no_operation_may_deliver(run):
    """It must name the holder, and the place if it names any; people abroad or outside are not supplied."""
    network, parties = run.scenario.network, [str(p) for p in run.conditions["party"].values]
    names, control = network.places.id, run.conditions["control"].values
    may = np.zeros(control.shape, bool)
    for operation in run.scenario.operations:
        ours = [parties.index(p) for p in (*operation.transit, *operation.deliver)]
        served = np.isin(names, operation.deliver_places) if operation.deliver_places else np.ones(len(names), bool)
        may |= np.isin(control, ours) & served
    may &= (control != UNKNOWN) & run.setting.ground.sinks
    by_road = run.all("delivered") - run.all("by_air")
    return not by_road[np.broadcast_to(~may[:, None], by_road.shape)].any()


def no_hub_in_other_hands_loads(run):
    parties, hubs = [str(p) for p in run.conditions["party"].values], run.setting.ground.hubs
    control, names = run.conditions["control"].values[:, hubs], np.array(run.scenario.network.places.id)[hubs]
    may = np.zeros(control.shape, bool)
    for o in run.scenario.operations:
        may |= np.isin(control, [parties.index(p) for p in (*o.transit, *o.deliver)]) & np.isin(names, o.hubs)
    return not run.all("loaded")[np.broadcast_to(~may[:, None], run.all("loaded").shape)].any()


LAWS = (
    what_comes_to_a_place_is_handed_out_or_stored,
    what_comes_to_a_hub_is_loaded_refused_or_kept,
    what_is_loaded_arrives_or_is_lost,
    every_tonne_is_somewhere,
    nothing_is_negative,
    a_shut_link_carries_nothing,
    no_link_carries_more_than_its_trucks,
    no_line_carries_more_than_the_convoys_asked_for,
    no_fleet_drives_longer_than_it_can,
    no_hub_loads_more_than_it_has,
    no_store_overflows,
    who_needs_nothing_gets_nothing_by_road,
    nobody_is_handed_more_than_is_needed,
    nothing_comes_where_no_operation_may_deliver,
    no_hub_in_other_hands_loads,
)


@law(1_000)
@given(aided_scenarios(), SEEDS, st.sampled_from([SOURCES, SOURCES, ()]))
def test_supply_breaks_no_law(scenario, seed, uncertainty):
    run = SupplyRun.of(scenario, seed=seed, uncertainty=uncertainty)
    assert [law.__name__ for law in LAWS if not law(run)] == []


def test_the_laws_are_tried_on_all_that_may_happen():
    seen = dict.fromkeys(("delivered", "by_air", "spoilt", "lost", "stored", "refused", "unmet"), 0)
    convoys = 0
    for i in range(80):
        run = SupplyRun.of(aided(i, places=4 + i % 6, events=8, days=6), seed=i)
        for name in seen:
            seen[name] += bool((run.all(name) > GRAM).any())
        lines = by_arc(np.isfinite(np.repeat(run.conditions["convoy_trucks"].values, 2, axis=1)))
        convoys += bool((run.all("traffic") * lines[:, None]).any())
    assert min(*seen.values(), convoys) >= 4, (seen, convoys)


@law(1_000)
@given(aided_scenarios(**SMALL), SEEDS)
def test_supply_alone_is_permuted_with_the_names(scenario, seed):
    """In the twin, where luck does not follow the names."""
    network, size = scenario.network, len(scenario.network.places)
    people = np.random.default_rng(seed).uniform(0, 4000, (scenario.days, 1, size))
    of_place, of_link = ({name: f"z{len(ids) - i:02d}" for i, name in enumerate(ids)} for ids in (
        network.places.id, network.links.id))  # fmt: skip
    other = renamed(scenario, of_place, of_link)
    at = [other.network.places.index(of_place[name]) for name in network.places.id]
    moved = np.empty_like(people)
    moved[..., at] = people
    run, again = (SupplyRun.of(s, p, uncertainty=(), size=1) for s, p in ((scenario, people), (other, moved)))
    for name in ("need", "delivered", "distributed", "lost", "by_air", "spoilt"):
        assert equal(run.all(name), again.all(name)[..., at]), name
    at = [2 * other.network.links.index(of_link[name]) + way for name in network.links.id for way in (0, 1)]
    assert equal(run.all("traffic"), again.all("traffic")[..., at])


def renamed(scenario, of_place, of_link):
    """The same scenario with other ids of places and links."""
    network = scenario.network
    table = replace(network.places, id=tuple(of_place[i] for i in network.places.id))
    ends = {
        end: np.array([table.index(of_place[network.places.id[i]]) for i in getattr(network.links, end)], np.int64)
        for end in ("origin", "destination")
    }
    columns = {f.name: getattr(network.links, f.name) for f in fields(network.links)}
    columns |= ends | {"id": tuple(of_link[i] for i in network.links.id)}
    groups = {name: tuple(of_place[i] for i in members) for name, members in network.place_groups.items()}

    def names(of, values):
        return tuple(of.get(v, v) for v in values)

    def event(e):
        change = {"place": names(of_place, e.place)} if hasattr(e, "place") else {}
        change |= {k: names(of_link, getattr(e, k)) for k in ("link", "crossing") if hasattr(e, k)}
        return e.model_copy(update=change)

    return replace(
        scenario,
        network=Network(places=table, links=Links(**columns), place_groups=groups),
        events=tuple(map(event, scenario.events)),
        operations=tuple(
            o.model_copy(
                update={
                    "hubs": names(of_place, o.hubs),
                    "deliver_places": names(of_place, o.deliver_places),
                    "lines": names(of_link, o.lines),
                }
            )
            for o in scenario.operations
        ),
    )


@st.composite
def lone_places(draw):
    """One operation, hubs with some stock, one place with people; and what is made larger.

    Roads without a loop and a fleet; or with loops, and trucks are never short.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, loops = draw(st.integers(2, 8)), draw(st.booleans())
    hub = rng.random(count) < 0.5
    hub[0] = True
    names = [f"p{i}" for i in range(count)]
    pairs = {(int(rng.integers(0, i)), i) for i in range(1, count)}
    if loops:
        pairs |= {tuple(map(int, np.sort(rng.choice(count, 2, replace=False)))) for _ in range(count)}
    size = len(pairs)
    roads = links(
        [f"l{i}" for i in range(size)], sorted(pairs), rng.uniform(1, 80, size),
        trucks_per_day=rng.choice([0.2, 1.0, 3.0, np.nan], size),
    )  # fmt: skip
    sink = int(rng.integers(0, count))
    table = places(names, ["town"] * count, population=np.eye(count)[sink] * 5000, hub=hub, party=("blue",) * count)
    hubs = tuple(n for n, h in zip(names, hub, strict=True) if h)
    trucks, loss = None if loops else float(rng.choice([0.3, 1.0, 9.0])), float(rng.choice([0.0, 0.2]))
    operation = Operation(id="o", name="O", hubs=hubs, transit=("blue",), trucks=trucks, loss=loss)
    supply = [ev.HubSupply(place=h, tonnes_per_day=float(rng.choice([0.3, 1.0, 5.0])), start=START) for h in hubs]
    case = scenario(table, roads, *supply, days=2, operations=(operation,),
                    parameters={"truck_load": 0.5, "duty": 0.3, "opening_cover": 0.0})  # fmt: skip
    what = draw(st.sampled_from(["road", "hub", "permission"] if loops else ["road", "hub", "permission", "fleet"]))
    more, road = float(rng.choice([1.1, 2.0, 10.0])), int(rng.integers(0, size))
    if what == "road":
        wider = replace(roads, trucks_per_day=roads.trucks_per_day * np.where(np.arange(size) == road, more, 1.0))
        return case, replace(case, network=Network(places=table, links=wider)), sink
    if what == "fleet":
        return case, replace(case, operations=(operation.model_copy(update={"trucks": trucks * more}),)), sink
    if what == "hub":
        first = supply[0].model_copy(update={"tonnes_per_day": supply[0].tonnes_per_day * more})
        return case, replace(case, events=(first, *supply[1:])), sink
    return case.with_events(ev.Permission(link=f"l{road}", aid=0.0, start=START)), case, sink


@law(1_000)
@given(lone_places())
def test_more_of_anything_never_lowers_what_the_only_place_in_need_gets(drawn):
    """On roads that carry as much either way, so that a later truck may go where an earlier one came from."""
    less, more, sink = drawn
    got = [
        SupplyRun.of(case, np.eye(len(case.network.places))[sink] * 5000, uncertainty=(), size=1)
        for case in (less, more)
    ]
    few, many = (run.all("delivered")[..., sink].cumsum(axis=0) for run in got)
    assert at_most(few, many)


def without_aid(scenario):
    """The same, but that nothing is said of what aid there is."""
    table = replace(scenario.network.places, stock_t=np.full(len(scenario.network.places), np.nan))
    events = tuple(e for e in scenario.events if e.kind not in AID_EVENTS)
    return replace(scenario, network=replace(scenario.network, places=table), events=events)


@law(1_000)
@given(aided_scenarios(**SMALL), SEEDS, st.sampled_from([(), ("need",)]), st.sampled_from([SOURCES, ()]))
def test_uncoupled_people_move_as_if_there_were_no_aid(scenario, seed, coupling, uncertainty):
    bare = without_aid(scenario)
    assert not has_aid(bare)
    about = {"seed": seed, "block": 0, "uncertainty": uncertainty, "size": 1}
    people, both = simulate_block(bare, **about), simulate_block(scenario, **about, coupling=coupling)
    for name, values in people.items():
        assert values.tobytes() == both[name].tobytes(), name


@given(aided_scenarios(**SMALL), SEEDS)
def test_each_coupling_without_effect_is_none(scenario, seed):
    """Nobody moves for hunger at rate 0 and no aversion; trucks that take no room are in nobody's way."""
    still = {"hunger_rate": 0.0, "hunger_aversion": 0.0, "truck_vehicles": 0.0}
    scenario = replace(scenario, parameters=scenario.parameters.with_values(still))
    about = {"seed": seed, "block": 0, "uncertainty": SOURCES, "size": 1}
    one, other = (simulate_block(scenario, **about, coupling=c) for c in (("need",), ("hunger", "need", "roads")))
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


@law(1_000)
@given(aided_scenarios(**SMALL, limited=True), SEEDS)
def test_people_and_trucks_fit_on_the_roads_together(scenario, seed):
    """People's vehicles and those whose room trucks take are no more than the road holds, on every day."""
    about = {"seed": seed, "block": 0, "uncertainty": ("conditions", "counts"), "size": 1}
    run = simulate_block(scenario, **about)
    p = scenario.parameters
    walking = float(p.on_foot)
    people = run["traffic"] * (1 - walking) / float(p.people_per_vehicle)
    trucks = run["aid_traffic"] / float(p.truck_load) * float(p.truck_vehicles)
    room = scenario.compile()["vehicle_capacity"].values * float(p.road_capacity)
    assert np.all(people + trucks <= room * (1 + 1e-5) + 1e-5)


@law(1_000)
@given(aided_scenarios(**SMALL))
def test_what_comes_by_air_changes_no_status(scenario):
    """Nor does anything else that only members see."""
    grounded = tuple(e for e in scenario.events if e.kind != "Airdrops")
    one, other = (access_status(s) for s in (scenario, replace(scenario, events=grounded)))
    assert one.drop_attrs().identical(other.drop_attrs())


def test_workers_and_a_larger_ensemble_change_no_byte():
    case = aided(12, places=6, events=8, days=4)
    one = dp.simulate(case, members=BLOCK + 7, workers=1)
    two = dp.simulate(case, members=2 * BLOCK, workers=2)
    assert one["delivered"].values.any()
    for name in one.data_vars:
        if "member" in one[name].dims:
            assert one[name].values.tobytes() == two[name].values[: BLOCK + 7].tobytes(), name


@pytest.mark.parametrize("seed", range(4))
def test_a_member_does_not_depend_on_the_others_of_its_block(seed):
    """Which ways have been asked for before, by others or on other days, decides nothing."""
    case = replace(
        aided(seed, places=8, events=9, days=6), parameters=aided(seed).parameters.with_values({"opening_cover": 7.0})
    )
    people = np.random.default_rng(seed).uniform(0, 4000, (6, 1, 8))
    many, one = (
        SupplyRun.of(case, people, seed=5, size=size, uncertainty=("conditions", "counts")) for size in (40, 1)
    )
    assert equal(many.all("traffic")[:, :1], one.all("traffic"))
