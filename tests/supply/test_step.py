"""A day of supply, by hand."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from displacement import events as ev
from displacement.day_loop import simulate_block
from displacement.groups import Group
from tests.aided import SupplyRun
from tests.lively import START
from tests.supply.worlds import NEED, PEOPLE, supply, world

LINE = {"population": (0, 1), "ends": ((0, 1),), "km": (40.0,)}
SHUT = ev.Permission(link="r1", aid=0.0, start=START)


def run_of(case, people=None, **about):
    people = np.nan_to_num(case.network.places.population) if people is None else PEOPLE * np.array(people, float)
    return SupplyRun.of(case, people, uncertainty=(), size=1, **about)


def of_town(run, name, place=1):
    return run.all(name)[:, 0, place].round(9).tolist()


def stock(run, place=1):
    return run.stocks("stock")[:, 0, place].round(9).tolist()


def stocked(*tonnes):
    return {"stock_t": list(tonnes)}


def test_a_besieged_town_eats_up_its_stock_and_then_lacks_all():
    run = run_of(world(SHUT, **LINE, table=stocked(np.nan, 2.5 * NEED)))
    assert stock(run) == [1.5 * NEED, 0.5 * NEED, 0.0, 0.0, 0.0]
    assert of_town(run, "distributed") == [NEED, NEED, 0.5 * NEED, 0.0, 0.0]
    assert of_town(run, "unmet") == [0.0, 0.0, 0.5 * NEED, NEED, NEED]


def test_a_rationed_stock_lasts_as_long_as_it_shall():
    run = run_of(world(SHUT, **LINE, table=stocked(np.nan, 2 * NEED), about={"ration_days": 4.0}))
    np.testing.assert_allclose(of_town(run, "distributed"), [NEED / 2] * 4 + [0.0])


def test_a_cut_that_is_short_of_the_period_is_rationed_from_its_day():
    cut = ev.RoadCut(link="r1", start=START + dt.timedelta(days=1))
    case = world(supply(2 * NEED), cut, **LINE, about={"ration_days": 4.0, "buffer_days": 1.0})
    np.testing.assert_allclose(of_town(run_of(case), "distributed"), [NEED] + [NEED / 4] * 4)


def test_stock_stated_assumed_and_unknown():
    """Stated: as it is, though nothing can come. Not stated: opening_cover where aid comes on the first day."""
    about = {"about": {"opening_cover": 3.0}}
    first = [run_of(world(*events, **LINE, **about, table=table)).before[0].stock[0, 1] for events, table in (
        ((), stocked(np.nan, 4.0)), ((SHUT,), stocked(np.nan, 4.0)), ((), {}), ((SHUT,), {}), ((), stocked(np.nan, 0.0)),
        ((), {"storage_t": [np.nan, 5.0]}),
    )]  # fmt: skip
    assert first == [4.0, 4.0, 3 * NEED, 0.0, 0.0, 5.0]


def test_a_full_store_takes_what_is_eaten_today_and_no_more():
    case = world(supply(99.0), **LINE, table={"storage_t": [np.nan, 4.0]}, about={"buffer_days": 20.0})
    run = run_of(case)
    assert of_town(run, "delivered") == [NEED + 4.0, *[NEED] * 4]
    assert stock(run) == [4.0] * 5


def test_a_hub_keeps_what_it_can_store():
    case = world(supply(10.0), SHUT, **LINE, table={"storage_t": [25.0, np.nan]})
    run = run_of(case)
    assert run.stocks("warehouse")[:, 0, 0].tolist() == [10.0, 20.0, 25.0, 25.0, 25.0]
    assert run.all("refused")[:, 0, 0].tolist() == [0.0, 0.0, 5.0, 10.0, 10.0]


def drops(tonnes, a_day=1.0, **about):
    return ev.Airdrops(place="T", tonnes_per_sortie=tonnes, sorties_per_week=7 * a_day, start=START, **about)


def test_what_falls_beyond_need_and_store_spoils():
    run = run_of(world(drops(3.0, 4.0), SHUT, **LINE, table={"storage_t": [np.nan, 4.0]}))
    assert of_town(run, "by_air") == [NEED + 4.0, *[NEED] * 4]
    assert of_town(run, "spoilt") == [12.0 - NEED - 4.0, *[12.0 - NEED] * 4]
    assert stock(run) == [4.0] * 5


def test_rationing_never_fills_a_store_beyond_what_it_holds():
    """What does not fit is handed out."""
    case = world(drops(3.0, 2.0), SHUT, **LINE, table={"storage_t": [np.nan, 4.0]}, about={"ration_days": 30.0})
    run = run_of(case)
    assert max(stock(run)) <= 4.0 + 1e-9
    assert max(of_town(run, "distributed")) <= NEED + 1e-9


def test_a_sortie_brings_what_is_flown_and_recovered():
    run = run_of(world(drops(3.0, recovered=0.5, reliability=0.8), SHUT, **LINE))
    assert of_town(run, "by_air") == [1.2] * 5


def test_what_is_put_in_store_is_there_for_the_day():
    day = START + dt.timedelta(days=1)
    run = run_of(world(ev.Prepositioned(place="T", stock_t=NEED, start=day), SHUT, **LINE))
    assert of_town(run, "distributed") == [0.0, NEED, 0.0, 0.0, 0.0]


FORK = {"population": (0, 1, 1), "ends": ((0, 1), (0, 2))}


def test_today_s_need_comes_before_anybody_s_store():
    """T has two days in store already and wants twenty; U has nothing."""
    case = world(supply(NEED), **FORK, table=stocked(np.nan, 2 * NEED, 0.0), about={"buffer_days": 20.0})
    np.testing.assert_allclose(run_of(case).all("delivered")[0, 0], [0.0, 0.0, NEED])


def test_a_warned_place_is_stocked_before_all_others():
    cut = ev.RoadCut(link="r2", start=START + dt.timedelta(days=2))
    about = {"warning_lead_days": 5.0, "warned_buffer_days": 60.0, "buffer_days": 20.0}
    warned = run_of(world(supply(4 * NEED), cut, **FORK, about=about)).all("delivered")[0, 0]
    np.testing.assert_allclose(warned, [0.0, NEED, 3 * NEED])
    blind = run_of(world(supply(4 * NEED), cut, **FORK, about=about | {"warning_lead_days": 0.0})).all("delivered")[
        0, 0
    ]
    np.testing.assert_allclose(blind, [0.0, 2 * NEED, 2 * NEED])


def test_a_place_that_is_hard_to_enter_is_stocked_before_those_that_are_not():
    doubtful = ev.Permission(link="r2", aid=0.5, start=START)
    about = {"buffer_days": 20.0, "sure_from": 0.75}
    got = run_of(world(supply(5 * NEED), doubtful, **FORK, about=about)).all("delivered")[0, 0]
    np.testing.assert_allclose(got, [0.0, NEED, 4 * NEED])
    got = run_of(world(supply(5 * NEED), doubtful, **FORK, about=about | {"sure_from": 0.0})).all("delivered")[0, 0]
    # U wants two days first, as it is reached on every other day; then both want the same again and more
    assert got[2] > got[1] > NEED


def test_who_needs_twice_as_much_gets_twice_as_much():
    groups = (Group(id="a", name="A", share=0.5, needs=3.0), Group(id="b", name="B", share=0.5, needs=1.0))
    case = world(supply(99.0), **LINE)
    one, two = (
        simulate_block(c, seed=1, block=0, uncertainty=(), size=1) for c in (case, replace(case, groups=groups))
    )
    np.testing.assert_allclose(two["need"], 2 * one["need"], rtol=1e-5)
    np.testing.assert_allclose(two["delivered"], 2 * one["delivered"], rtol=1e-5)


def test_people_who_wait_at_a_crossing_need_aid_where_they_wait():
    case = world(
        supply(99.0), ev.Fighting(place="T", intensity=1.0, start=START), population=(0, 1, 0, 0),
        ends=((0, 1), (1, 2), (2, 3)), km=(40.0, 20.0, 5.0), about={"departure_rate": 2.0},
        table={"country": ("AA", "AA", "AA", "BB"), "kind": ["town", "town", "border_post", "town"],
               "outside": [False, False, False, True]}, road={"kind": ("road", "road", "crossing")},
    )  # fmt: skip
    run = simulate_block(case, seed=1, block=0, uncertainty=("counts",), size=3)
    assert run["waiting"].any()
    present = run["residents"] + run["displaced"] + run["returned"]
    present[..., 2] += run["waiting"].sum(axis=(2, 3))
    np.testing.assert_allclose(run["need"], present * [1, 1, 1, 0] * 0.65 / 1000, rtol=1e-5)
    assert (run["need"][..., 2] > 0.65 / 1000 * (run["displaced"][..., 2] + 1)).any()


def test_hunger_is_what_is_lacking_beyond_what_was_usual():
    """Where nothing came before the scenario opens either, nobody is hungrier than usual; with a stated stock, all are."""
    run = run_of(world(SHUT, **LINE))
    assert (run.stocks("lack")[:, 0, 1] == 1.0).all()
    assert run.before[0].usual[0, 1] == 1.0
    run = run_of(world(SHUT, **LINE, table=stocked(np.nan, NEED), about={"hunger_days": 2.0}))
    assert run.before[0].usual[0, 1] == 0.0
    np.testing.assert_allclose(run.stocks("lack")[:, 0, 1], [0.0, 0.5, 0.75, 0.875, 0.9375])


def usual(*events, **about):
    about = LINE | {"lines": ("r1",)} | about
    return float(run_of(world(supply(99.0), *events, **about)).before[0].usual[0, 1])


def a_line(weekly, approved, trucks=100.0):
    return ev.ConvoyApproval(link="r1", trucks=trucks, requests_per_week=weekly, approved=approved, start=START)


def test_what_people_had_lived_with_is_what_aid_brings_on_average_not_on_the_first_day():
    """A line that is tried twice a week, a road that is open on some days, sorties on others: people were fed."""
    stores = {"about": {"buffer_days": 20.0}}
    assert usual(a_line(2.0, 1.0), **stores) == 0.0
    assert usual(a_line(2.0, 0.4), **stores) == 0.0
    assert usual(ev.Permission(link="r1", aid=0.3, start=START), **stores) == 0.0
    assert usual(ev.Permission(link="r1", aid=0.03, start=START), **stores) == 1.0  # stores do not last so long
    assert usual(ev.Permission(link="r1", aid=0.0, start=START), **stores) == 1.0
    half = NEED / 20.0 / 2  # trucks that carry half the need a day
    assert usual(a_line(3.5, 0.5, trucks=4 * half), **stores) == pytest.approx(0.5)
    drops = ev.Airdrops(place="T", tonnes_per_sortie=NEED, sorties_per_week=3.5, start=START)
    assert usual(ev.Permission(link="r1", aid=0.0, start=START), drops) == pytest.approx(0.5)


def test_a_town_on_a_weekly_line_wants_a_week_when_its_convoy_goes():
    """The hub has a day's need of one town: seven parts of eight go to the town of the line, on its day."""
    line = ev.ConvoyApproval(link="r2", trucks=100.0, requests_per_week=1.0, approved=1.0, start=START)
    case = world(supply(NEED), line, **FORK, lines=("r2",), days=7, about={"buffer_days": 20.0})
    got = run_of(case).all("delivered")[:, 0, 1:] / NEED
    np.testing.assert_allclose(got, [[1.0, 0.0]] * 6 + [[1 / 8, 7 / 8]])


def test_records_say_what_moved_in_single_precision():
    case = world(supply(99.0), **LINE, loss=0.2, about={"buffer_days": 2.0}, road={"kind": ("crossing",)},
                 table={"country": ("BB", "AA"), "outside": [True, False]})  # fmt: skip
    case = case.with_events(ev.CrossingOpened(crossing="r1", start=START, traffic=("aid",)))
    run = simulate_block(case, seed=1, block=0, uncertainty=(), size=1, coupling=())
    need = NEED * np.ones(5)
    np.testing.assert_allclose(run["need"][0, :, 1], need, rtol=1e-6)
    np.testing.assert_allclose(run["delivered"][0, :, 1], [3 * NEED, *need[1:]], rtol=1e-6)
    np.testing.assert_allclose(run["stock"][0, :, 1], 2 * need, rtol=1e-6)
    np.testing.assert_allclose(run["days_of_cover"][0, :, 1], 2.0, rtol=1e-6)
    assert np.isnan(run["days_of_cover"][0, :, 0]).all()
    np.testing.assert_allclose(run["aid_lost"][0, 0, 1], 0.75 * NEED, rtol=1e-6)
    np.testing.assert_allclose(run["aid_traffic"][0, 0, 0], [3.75 * NEED, 0.0], rtol=1e-6)
    np.testing.assert_allclose(run["aid_entered"][0, 0], [[3.75 * NEED, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(run["hub_stock"][0, 0], [99.0 - 3.75 * NEED, 0.0], rtol=1e-6)
    assert run["start_stock"].tolist() == [[0.0, 0.0]]
    assert all(values.dtype == np.float32 for name, values in run.items() if name.startswith(("aid_", "hub_", "need")))
    assert not run["unmet_need"].any()
    assert run["unmet_need"].shape == (1, 5, 2)


@pytest.mark.parametrize("uncertainty", [(), ("counts",)])
def test_every_member_of_a_sure_world_is_the_same(uncertainty):
    run = SupplyRun.of(world(supply(9.0)), PEOPLE * np.array([0, 1, 1]), uncertainty=uncertainty, size=3)
    assert (run.all("delivered") == run.all("delivered")[:, :1]).all()
