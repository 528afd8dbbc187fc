"""People and aid act on each other: by hunger, by the need that people take along, and on the roads."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

import displacement as dp
from displacement import events as ev
from displacement.day_loop import COUPLING, check_tonnes, simulate_block
from displacement.errors import LedgerError
from displacement.supply.step import step as supply_step
from tests.aided import SupplyRun
from tests.lively import START
from tests.supply.worlds import NEED, supply, world

TOWN, PLACE = 1, 2
DAYS = 30
ABOUT = {"hunger_rate": 0.06, "hunger_days": 2.0, "stayers": 0.0}


def besieged(civilians, **about):
    """Aid is shut out of T, where ten days are in store; whoever leaves T goes to D."""
    line = ev.Permission(link="r1", civilians=civilians, aid=0.0, start=START)
    return world(
        supply(99.0), line, population=(0.5, 1), ends=((0, 1),), km=(40.0,), days=DAYS,
        table={"stock_t": [np.nan, 10 * NEED]}, about=ABOUT | about,
    )  # fmt: skip


def run_of(case, coupling=COUPLING, uncertainty=(), size=1):
    return simulate_block(case, seed=1, block=0, uncertainty=uncertainty, size=size, coupling=coupling)


def in_town(run, name):
    return run[name][0, :, TOWN].astype(float)


def test_people_leave_when_a_stock_runs_out_and_take_their_need_along():
    run = run_of(besieged(1.0))
    left, need, cover = (in_town(run, name) for name in ("departures", "need", "days_of_cover"))
    assert (np.diff(cover[:9]) < 0).all()
    assert not left[:11].any()  # ten days in store; the eleventh day's lack is felt on the twelfth
    assert (np.diff(left[10:14]) > 0).all()  # more lack, more departures
    assert (np.diff(need[11:]) < 0).all()
    np.testing.assert_allclose(need, in_town(run, "residents") * 0.65 / 1000, rtol=1e-5)
    worst = 1 - np.exp(-0.06)
    assert left[-1] / (in_town(run, "residents")[-2]) == pytest.approx(worst, rel=1e-2)  # all need unmet for long


def test_people_who_may_not_leave_are_trapped_by_hunger():
    run = run_of(besieged(0.0))
    trapped = in_town(run, "trapped")
    assert not trapped[:11].any()
    assert (np.diff(trapped[10:20]) > 0).all()
    assert not run["departures"].any()
    np.testing.assert_allclose(in_town(run, "need"), NEED, rtol=1e-5)


def test_hunger_of_members_follows_its_rate():
    """4 members of 10,000 people: within five standard deviations of the twin's on every day."""
    case = besieged(1.0)
    some, mean = run_of(case, uncertainty=("counts",), size=4), run_of(case)
    gap = some["residents"][:, :, TOWN] - mean["residents"][:, :, TOWN]
    assert np.abs(gap).max() < 5 * np.sqrt(10_000 / 4)


def test_with_nothing_stated_the_hunger_that_was_there_before_moves_nobody():
    case = besieged(1.0)
    table = case.network.places
    bare = world(*case.events, population=(0.5, 1), ends=((0, 1),), km=(40.0,), days=DAYS, about=ABOUT)
    assert np.isnan(bare.network.places.stock_t).all()
    assert not np.isnan(table.stock_t[TOWN])
    run = run_of(bare)
    np.testing.assert_allclose(in_town(run, "unmet_need"), NEED, rtol=1e-5)
    assert not run["departures"].any()


def test_without_coupling_people_stay_and_need_stays():
    run = run_of(besieged(1.0), coupling=())
    assert not run["departures"].any()
    np.testing.assert_allclose(in_town(run, "need"), NEED, rtol=1e-5)


def test_hunger_alone_moves_people_but_not_their_need():
    run = run_of(besieged(1.0), coupling=("hunger",))
    assert in_town(run, "departures")[-1] > 0
    np.testing.assert_allclose(in_town(run, "need"), NEED, rtol=1e-5)


def test_need_alone_follows_people_who_leave_for_other_reasons():
    case = besieged(1.0).with_events(ev.Fighting(place="T", intensity=0.6, start=START))
    none, need = run_of(case, coupling=()), run_of(case, coupling=("need",))
    np.testing.assert_array_equal(none["departures"], need["departures"])
    assert (np.diff(in_town(need, "need")) < 0).all()
    assert in_town(need, "stock")[20] > in_town(none, "stock")[20]  # fewer mouths, and the stock lasts longer
    assert (np.diff(need["need"][0, :, 0]) > 0).any()  # where they came to


def test_newcomers_avoid_places_where_need_is_unmet():
    """T flees to U, fed, or V, cut off from aid: as near and as large."""
    war = ev.Fighting(place="T", intensity=1.0, start=START)
    shut = ev.Permission(link="r3", civilians=1.0, aid=0.0, start=START)
    about = {"hunger_aversion": 2.0, "hunger_days": 1.0, "hunger_rate": 0.0}
    case = world(supply(99.0), war, shut, population=(0, 1, 1, 1), ends=((0, 1), (1, 2), (1, 3)), km=(40.0,) * 3,
                 about=about, table={"stock_t": [np.nan, np.nan, np.nan, 0.1]})  # fmt: skip
    blind, seeing = (run_of(case, coupling=c)["displaced"][0, -1] for c in ((), COUPLING))
    assert blind[2] == pytest.approx(blind[3], rel=0.01)
    assert seeing[2] > 3 * seeing[3] > 0


def saturated(vehicles, war=True, days=12, **about):
    """People flee from D to T, which aid must reach by the same road; half of them each day."""
    events = (ev.Fighting(place="D", intensity=1.0, start=START),) if war else ()
    return world(
        supply(20.0), *events, population=(1, 1), ends=((0, 1),), km=(40.0,), days=days,
        road={"vehicles_per_day": [vehicles]},
        about={"departure_rate": 0.7, "truck_load": 1.0, "truck_vehicles": 2.0, "people_per_vehicle": 5.0} | about,
    )  # fmt: skip


@pytest.mark.parametrize("uncertainty", [(), ("counts",)])
@pytest.mark.parametrize("vehicles", [3.0, 40.0, 300.0])
def test_people_and_trucks_share_a_road_that_is_full(vehicles, uncertainty):
    run = run_of(saturated(vehicles), uncertainty=uncertainty)
    people, trucks = run["traffic"][0, :, 0, 0] / 5.0, run["aid_traffic"][0, :, 0, 0]
    assert (people + 2 * trucks <= vehicles + 1e-4).all()
    assert people.any()
    alone = run_of(saturated(vehicles), coupling=("hunger", "need"), uncertainty=uncertainty)
    both = alone["traffic"][0, :, 0, 0] / 5.0 + 2 * alone["aid_traffic"][0, :, 0, 0]
    assert (both > vehicles + 1).any()  # or it shows nothing


def test_trucks_get_the_room_that_people_leave_and_people_what_trucks_leave():
    run = run_of(saturated(16.0, war=False))
    np.testing.assert_allclose(run["aid_traffic"][0, :, 0, 0], np.full(12, NEED), rtol=1e-5)
    run = run_of(saturated(8.0, war=False))
    np.testing.assert_allclose(run["aid_traffic"][0, :, 0, 0], np.full(12, 4.0), rtol=1e-5)  # 8 / 2 trucks of a tonne


def test_trucks_that_fill_stores_never_shut_people_in():
    """Stores of twenty days would take the whole road for weeks; people who flee later get half of it at least."""
    war = ev.Fighting(place="D", intensity=1.0, start=START + dt.timedelta(days=2))
    case = saturated(12.0, war=False, buffer_days=20.0).with_events(war, supply(200.0, start=START))
    run = run_of(case)
    people, trucks = run["traffic"][0, :, 0, 0] / 5.0, run["aid_traffic"][0, :, 0, 0]
    np.testing.assert_allclose(trucks[:2], 6.0)
    np.testing.assert_allclose(people[2:], 6.0)
    np.testing.assert_allclose(trucks[2:], 3.0)


def test_every_truck_that_takes_no_room_is_in_nobodys_way():
    case = saturated(40.0, truck_vehicles=0.0)
    one, other = run_of(case), run_of(case, coupling=("hunger", "need"))
    assert all(np.array_equal(values, other[name], equal_nan=True) for name, values in one.items())


def test_a_balance_that_does_not_close_is_an_error():
    run = SupplyRun.of(world(supply(9.0), loss=0.2), 1e4 * np.array([0, 1, 1]), uncertainty=(), size=1)
    moved = run.moved[0]
    check_tonnes(run.before[0], run.after[0], moved, 0)
    for name, what in (("lost", "roads"), ("distributed", "places"), ("refused", "hubs")):
        wrong = replace(moved, **{name: getattr(moved, name) + 0.01})
        with pytest.raises(LedgerError, match=f"day 0: the tonnes at {what} do not balance"):
            check_tonnes(run.before[0], run.after[0], wrong, 0)


def test_a_word_that_is_no_coupling_is_an_error():
    with pytest.raises(dp.InputError, match="coupling 'hungry' is unknown; did you mean 'hunger'"):
        dp.simulate(besieged(1.0), members=1, coupling=("hungry",))


def test_supply_never_changes_what_it_is_given():
    """The day before is kept: stocks and people are read, not written."""
    run = SupplyRun.of(world(supply(9.0)), 1e4 * np.array([0, 1, 1]), uncertainty=(), size=1)
    before, people = run.after[0], 1e4 * np.ones((1, 3))
    kept = before.stock.copy(), before.warehouse.copy(), people.copy()
    supply_step(before, people, run.days[1], run.setting, dp.streams.Expected())
    assert all(map(np.array_equal, kept, (before.stock, before.warehouse, people)))
