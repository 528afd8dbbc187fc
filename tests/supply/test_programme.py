"""The fast rule against the best that could be done, its laws, and plans that look ahead."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from benchmarks.instance import country_with_aid
from displacement.errors import InputError
from displacement.events import Airdrops, HubSupply, RoadCut
from displacement.need import tonnes_needed
from displacement.operations import Operation
from displacement.streams import Expected, Luck
from displacement.supply.dispatch import assign, loads, opened
from displacement.supply.exchange import assign_and_exchange
from displacement.supply.ground import Ground, supply_days
from displacement.supply.plan import ever_reached, plan, unmet_person_days, value_of_warning
from displacement.supply.programme import BANDS, assign_best
from displacement.supply.ways import Ways
from tests.lively import links, places, scenario
from tests.often import law
from tests.supplied import supplied_scenarios

ALEPPO = dp.read_scenario("scenarios/aleppo_2016/scenario.toml")
RULES = [assign, assign_and_exchange, assign_best]


def with_parameters(case, **values):
    return replace(case, parameters=replace(case.parameters, **values))


def first_day(case):
    """Ground, first day and tonnes needed (1, place) of a scenario."""
    ground = Ground.of(case)
    day = supply_days(case, case.compile(), ground, np.full(len(case.network.links), 0.5))[0]
    people = ground.network.places.residents + ground.network.places.opening_displaced
    return ground, day, (tonnes_needed(people, day.dependence, day.kg) * ground.sinks)[np.newaxis]


def assigned(rule, ground, day, need, roads, warehouse):
    """What is left wanting, and the loads, after a rule has assigned a need."""
    want, loaded = need.copy(), loads(ground, roads, warehouse)
    rule(want, loaded, Ways(ground, day), ground.priority)
    return want, loaded


def on_the_first_day(case, rule):
    """Tonnes unmet and tonnes needed."""
    ground, day, need = first_day(case)
    want, _ = assigned(rule, ground, day, need, opened(day, ground, 1, Expected()), day.inflow[np.newaxis])
    return want.sum(), need.sum()


def worth(met, need, priority):
    """What a met need is worth: quarters by their weights. met, need : (..., place)."""
    quarters = [np.clip(met - b * need / 4, 0, need / 4) * w for b, w in enumerate(BANDS)]
    return float((sum(quarters) * priority).sum())


# ------------------------------------------------------------------------------------- the fast rule against the oracle


def test_the_fast_rule_serves_aleppo_as_well_as_the_best_dispatch_of_each_day():
    hungry = with_parameters(ALEPPO, buffer_days=0)
    fast, best = (unmet_person_days(hungry, plan(hungry, rule=rule)) for rule in ("fill", "programme"))
    assert best <= fast * (1 + 1e-6)
    assert fast <= 1.01 * best


@pytest.mark.parametrize("roads", [1.0, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_with_exchanges_400_places_are_served_within_one_percent_of_the_best(seed, roads):
    case = country_with_aid(places=400, seed=seed, roads=roads)
    best, need = on_the_first_day(case, assign_best)
    fast, _ = on_the_first_day(case, assign_and_exchange)
    assert best - 1e-6 * need <= fast <= 1.01 * best + 1e-4 * need


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "roads"), [(0, 1.0), (1, 0.3), (2, 1.0), (3, 0.3), (4, 1.0)])
def test_with_exchanges_2500_places_are_served_within_one_percent_of_the_best(seed, roads):
    case = country_with_aid(places=2500, seed=seed, roads=roads)
    best, need = on_the_first_day(case, assign_best)
    fast, _ = on_the_first_day(case, assign_and_exchange)
    assert best - 1e-6 * need <= fast <= 1.01 * best + 1e-4 * need


def shared_hub(**about):
    """A hub that serves both towns, and a slower one that serves the near town only; each has enough for one."""
    table = places(
        ["far", "hub", "near", "other"], ["town"] * 4, population=[10_000, 0, 10_000, 0],
        hub=[False, True, False, True], party=("blue",) * 4,
    )  # fmt: skip
    roads = links(["a", "b", "c"], [(1, 2), (1, 0), (3, 2)], [10.0, 10.0, 100.0])
    both = Operation(id="both", name="Both", hubs=("hub",), transit=("blue",))
    one = Operation(id="one", name="One", hubs=("other",), transit=("blue",), deliver_places=("near",), **about)
    tonnes = 10_000 * 0.65 / 1000
    return scenario(
        table, roads, HubSupply(place=("hub", "other"), tonnes_per_day=tonnes, start="2016-02-01"), days=1,
        operations=(both, one),
    )  # fmt: skip


def test_the_quickest_ways_alone_may_waste_what_only_some_can_use():
    """The near town takes half of the nearest hub, though another could serve it: a quarter of the need is unmet."""
    unmet = {rule: on_the_first_day(shared_hub(), rule)[0] for rule in RULES}
    assert unmet[assign] == pytest.approx(3.25)
    assert unmet[assign_and_exchange] == pytest.approx(0, abs=1e-6)
    assert unmet[assign_best] == pytest.approx(0, abs=1e-6)


def test_an_exchange_counts_what_the_other_operation_loses():
    ground, day, need = first_day(shared_hub(loss=0.5))
    for rule in RULES[1:]:
        want, loaded = assigned(rule, ground, day, need, opened(day, ground, 1, Expected()), day.inflow[np.newaxis])
        assert want.sum() == pytest.approx(3.25)  # the other hub's 6.5 t are worth 3.25 t
        assert loaded.lost.sum() == pytest.approx(3.25)
        assert loaded.left[0, -4:-2] == pytest.approx([0, 0], abs=1e-6)


def test_short_fleets_are_shared_alike_where_the_programme_would_serve_who_is_near():
    """With few trucks the most tonnes go to the nearest places: the programme takes them, the rule shares alike."""
    table = places(["far", "hub", "near"], ["town"] * 3, population=[10_000, 0, 10_000], hub=[False, True, False],
                   party=("blue",) * 3)  # fmt: skip
    roads = links(["a", "b"], [(1, 2), (1, 0)], [10.0, 390.0])
    few = Operation(id="few", name="Few", hubs=("hub",), transit=("blue",), trucks=0.1)
    case = scenario(table, roads, HubSupply(place="hub", tonnes_per_day=100, start="2016-02-01"), days=1,
                    operations=(few,))  # fmt: skip
    ground, day, need = first_day(case)
    roads = opened(day, ground, 1, Expected())
    fast, best = (assigned(rule, ground, day, need, roads, np.array([[100.0]]))[1] for rule in (assign, assign_best))
    assert fast.arrived[0, 0] == pytest.approx(fast.arrived[0, 2])
    for loaded in (fast, best):
        assert loaded.used[0, -1] == pytest.approx(ground.truck_hours[0])
    assert best.arrived.sum() > 1.3 * fast.arrived.sum()
    assert best.arrived[0, 2] == pytest.approx(need[0, 2])


# ----------------------------------------------------------------------------------------------------------------- laws


def loads_of_a_day(case, rule, members=3, share=1.0):
    """The loads of the first day of a random scenario, some members with luck, all that hubs get or may hold."""
    ground, day, need = first_day(case)
    roads = opened(day, ground, members, Luck(1, 0))
    warehouse = np.repeat(day.inflow[np.newaxis] + 1.0, members, axis=0)
    want, loaded = assigned(rule, ground, day, share * np.repeat(need, members, axis=0), roads, warehouse)
    return ground, day, need, roads, warehouse, want, loaded


@law(1_000)
@given(case=supplied_scenarios(), rule=st.sampled_from(RULES))
def test_no_rule_ships_more_than_there_is_or_where_it_may_not(case, rule):
    ground, day, need, roads, warehouse, want, loaded = loads_of_a_day(case, rule)
    arcs, hubs = roads.shape[1], len(ground.hubs)
    slack = 1e-6 * (1 + need.sum())
    assert (loaded.used[:, :arcs] <= roads + slack).all()
    assert (loaded.used[:, arcs : arcs + hubs] <= warehouse + slack).all()
    assert (loaded.used[:, arcs + hubs :] <= ground.truck_hours * (1 + 1e-6) + slack).all()
    shut = (roads == 0) | ~day.allowed.any(axis=0)
    assert (loaded.used[:, :arcs][shut] <= slack).all()
    assert (loaded.arrived[:, ~day.served.any(axis=0)] == 0).all()
    np.testing.assert_allclose(want + loaded.arrived, np.repeat(need, len(want), axis=0), atol=slack)
    loaded_tonnes = loaded.used[:, arcs : arcs + hubs].sum(axis=1)
    np.testing.assert_allclose((loaded.arrived + loaded.lost).sum(axis=1), loaded_tonnes, atol=slack)


@law(1_000)
@given(case=supplied_scenarios(), rule=st.sampled_from(RULES))
def test_nobody_in_need_nothing_shipped(case, rule):
    *_, loaded = loads_of_a_day(case, rule, share=0.0)
    assert not loaded.used.any()
    assert not loaded.arrived.any()


@given(case=supplied_scenarios())
def test_exchanges_never_serve_fewer_and_the_programme_is_worth_most(case):
    found = {rule: loads_of_a_day(case, rule, members=2) for rule in RULES}
    ground, _, need = found[assign][:3]
    arrived = {rule: of[-1].arrived for rule, of in found.items()}
    slack = 1e-6 * (1 + need.sum())
    assert (arrived[assign_and_exchange].sum(axis=1) >= arrived[assign].sum(axis=1) - slack).all()
    for member in range(2):
        best = worth(arrived[assign_best][member], need[0], ground.priority)
        for rule in RULES[:2]:
            assert best >= worth(arrived[rule][member], need[0], ground.priority) - 10 * slack


@given(case=supplied_scenarios(most_days=6))
def test_no_plan_is_worth_more_than_the_one_that_knows_all_days(case):
    case = with_parameters(case, buffer_days=3.0)
    priority = Ground.of(case).priority
    value = {}
    for rule in ("foresight", "look_ahead", "exchange", "fill"):
        made = plan(case, rule=rule, horizon=3)
        need, unmet = made.need.values, made.unmet_need.values
        assert (unmet >= -1e-6 * (1 + need)).all()
        assert (made.stock.values >= -1e-6).all()
        value[rule] = worth(need - unmet, need, priority)
    slack = 1e-5 * (1 + float(need.sum())) * priority.max()
    assert max(value.values()) <= value["foresight"] + slack


# ---------------------------------------------------------------------------------------------------------------- plans


@pytest.mark.parametrize("rule", ["fill", "programme", "look_ahead", "foresight"])
def test_what_a_plan_brings_is_eaten_or_stored(rule):
    made = plan(ALEPPO, rule=rule)
    eaten = made.need - made.unmet_need
    gap = made.stock.diff("time") - (made.delivered - eaten).isel(time=slice(1, None))
    assert float(abs(gap).max()) < 1e-5
    assert made.stock.attrs["units"] == "tonnes"
    assert made.need.dims == ("time", "place")


def test_more_comes_by_air_than_can_be_stored():
    """30 t a day for people who eat 6.5 and can store 5: the rest finds no store, in a plan as in a run."""
    table = places(["a", "b"], ["town"] * 2, population=[10_000, 0], hub=[False, True], storage_t=[5.0, np.nan],
                   party=("blue", "red"))  # fmt: skip
    case = scenario(
        table, links(["l"], [(0, 1)], [10.0]),
        Airdrops(place="a", tonnes_per_sortie=5, sorties_per_week=42, recovered=1.0, reliability=1.0, start="2016-02-01"),
    )  # fmt: skip
    for rule in ("fill", "look_ahead", "foresight"):
        made = plan(case, rule=rule)
        assert made.unmet_need.values.sum() == pytest.approx(0)
        assert made.delivered.sel(place="a").values[0] <= 11.5 + 1e-6
        assert made.stock.sel(place="a").values[1] <= 5 + 1e-6
        if rule == "fill":  # a plan stores what it will need, no more
            assert made.stock.sel(place="a").values[2] == pytest.approx(5)


def test_members_of_a_plan_have_the_luck_of_a_run():
    run = dp.simulate(ALEPPO, members=50, uncertainty=("counts",), coupling=())
    made = plan(ALEPPO, members=50)
    np.testing.assert_allclose(made.need, run.need.sum("commodity"), rtol=1e-5)
    np.testing.assert_allclose(made.unmet_need, run.unmet_need.sum("commodity"), rtol=1e-4, atol=1e-3)
    assert made.unmet_need.dims == ("member", "time", "place")
    assert float(made.unmet_need.std("member").sum()) > 0


def test_people_may_be_given_where_they_are():
    there = plan(ALEPPO).need * 0 + 1000.0
    made = plan(ALEPPO, people=there.isel(place=slice(None, None, -1)))
    np.testing.assert_allclose(made.need, plan(ALEPPO, people=np.full(len(there.place), 1000.0)).need)


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"rule": "greedy"}, "rule 'greedy' is unknown"),
        ({"rule": "look_ahead", "members": 5}, "only of fill"),
        ({"members": 0}, "at least 1"),
        ({"horizon": 0}, "at least 1 day"),
        ({"people": np.ones(3)}, "must be"),
    ],
)
def test_plans_that_cannot_be_meant(about, says):
    with pytest.raises(InputError, match=says):
        plan(ALEPPO, **about)


# ------------------------------------------------------------------------------------------------------ looking ahead


def cut_on_16_february():
    """Castello cut for good on 16 February, with so much at the hubs as when the bar was set."""
    received = {"gaziantep": 150, "antakya": 200, "gos_mainland": 450}
    case = ALEPPO.without(*(event.id for event in ALEPPO.events if event.kind == "HubSupply"))
    return case.with_events(
        RoadCut(id="cut", link="castello_road", start="2016-02-16"),
        *(HubSupply(place=hub, tonnes_per_day=tonnes, start="2016-01-25") for hub, tonnes in received.items()),
    )


@pytest.mark.slow
def test_a_plan_that_looks_ahead_comes_near_perfect_foresight_once_it_sees_the_whole_cut():
    """Castello cut from 16 Feb to the end, 24 days: 21 days seen are enough, 14 hardly.

    Measured: 0 to 1 % of the avoidable with 21 days, 10 to 18 % with 14: equally good plans for 14 days differ in what
    they leave for the days beyond. Where hubs receive more (200, 280, 450), less is unavoidable: 17 and 50 %.
    """
    case = cut_on_16_february()
    best = plan(case, rule="foresight")
    least = unmet_person_days(case, best)
    avoidable = unmet_person_days(case, best.isel(place=ever_reached(case)))
    beyond = {
        days: unmet_person_days(case, plan(case, rule="look_ahead", horizon=days, cover_days=20)) - least
        for days in (7, 14, 21)
    }
    assert beyond[7] > beyond[14] > beyond[21] >= -1e-6 * least
    assert beyond[21] <= 0.10 * avoidable
    assert beyond[14] <= 0.10 * least
    assert beyond[14] <= 0.25 * avoidable


@pytest.mark.parametrize(("seen", "least"), [(14, 11.0), (21, 4.0)])
def test_a_cut_longer_than_what_is_seen_cannot_be_stored_for(seen, least):
    """Why looking 14 days ahead need not come within 10 % of perfect foresight: by hand, in days of need.

    A road brings two days' need a day, one to eat and one to store, on days 0 to 19; from day 20 it is cut for 24 days.
    All that can come is 2 x 20 = 40 days of need, of the 44 that are wanted: with foresight 20 are stored and 4 unmet.
    Who sees 14 days, today among them, sees no cut before day 7 and stores nothing; from day 7 to 19 come 2 x 13: in
    all 7 + 26 = 33, so 13 at most are stored and 11 or more unmet. Who sees 21 days sees it from day 0 on: 4 or more.
    More than that at least goes unmet, because nothing tells a plan to store before it must.
    """
    table = places(["hub", "town"], ["town"] * 2, population=[0, 10_000], hub=[True, False], party=("blue",) * 2)
    need = 10_000 * 0.65 / 1000
    road = links(["road"], [(0, 1)], [10.0], trucks_per_day=[2.0])
    aid = Operation(id="o", name="O", hubs=("hub",), transit=("blue",))
    case = scenario(
        table, road, HubSupply(place="hub", tonnes_per_day=99, start="2016-02-01"),
        RoadCut(link="road", start="2016-02-21"), days=44, operations=(aid,),
        parameters={"truck_load": need, "opening_cover": 0.0, "aid_share": 1.0},
    )  # fmt: skip
    best, ahead = (plan(case, rule=rule, horizon=seen).sel(place="town") for rule in ("foresight", "look_ahead"))
    np.testing.assert_allclose(best.need, need)
    assert float(best.delivered.sum()) / need == pytest.approx(40.0)
    assert float(best.unmet_need.sum()) / need == pytest.approx(4.0)
    assert float(ahead.unmet_need.sum()) / need >= least - 1e-6
    assert float(ahead.delivered.sum()) / need <= 44 - least + 1e-6
    assert 0 < float(ahead.unmet_need.sum()) / need < 24  # something is stored


def test_warning_is_worth_much_up_to_a_week():
    table = value_of_warning(cut_on_16_february(), leads=(0, 7))
    assert table["rule"].tolist() == ["fill", "fill", "look_ahead", "foresight"]
    assert table["avoidable"].iloc[-1] == 0
    without, week = table["avoidable_share"].iloc[:2]
    assert week < 0.7 * without
