"""What supply knows of each day before it begins."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from displacement import events as ev
from displacement.supply.ground import Ground, days_until, days_without, has_aid, supply_days, whole_requests
from tests.lively import START
from tests.supply.worlds import supply, world


def days_of(case, completion=0.5):
    return supply_days(case, case.compile(), Ground.of(case), np.full(len(case.network.links), completion))


@pytest.mark.parametrize("weekly", [0.5, 1.0, 3.0, 7.0, 10.0, 70.0])
def test_requests_add_up_from_the_first_day(weekly):
    asked = whole_requests(np.full((70, 1), weekly))[:, 0]
    assert asked.sum() == 10 * weekly
    np.testing.assert_array_equal(np.cumsum(asked), np.floor(np.arange(1, 71) * weekly / 7 + 1e-9))


def test_days_without_and_days_until():
    cut = np.array([[False, True], [True, True], [True, False], [False, True]])
    assert days_without(cut).tolist() == [[0, 1], [1, 2], [2, 0], [0, 1]]
    until = days_until(cut)
    assert until[:, 1].tolist() == [0, 0, 1, 0]
    assert until[:3, 0].tolist() == [1, 0, 0]
    assert until[3, 0] > 10_000


def test_what_is_not_said_is_no_limit():
    case = world(table={"storage_t": [np.nan, 5.0, np.nan], "priority": [np.nan, 2.0, np.nan]})
    ground = Ground.of(case)
    assert ground.storage.tolist() == [np.inf, 5.0, np.inf]
    assert ground.priority.tolist() == [1.0, 2.0, 1.0]
    assert ground.fleet.tolist() == [np.inf]
    assert Ground.of(world(trucks=10.0)).truck_hours.tolist() == [120.0]


def test_people_outside_or_abroad_are_not_supplied():
    case = world(table={"country": ("BB", "AA", "AA"), "outside": [True, False, True]},
                 road={"kind": ("crossing", "road")})  # fmt: skip
    assert Ground.of(case).sinks.tolist() == [False, True, False]


def test_hubs_receive_what_funding_leaves_and_their_stock_once():
    cut = ev.FundingCut(share=0.25, start=START + dt.timedelta(days=1))
    inflow = [day.inflow.tolist() for day in days_of(world(supply(8.0, stock=5.0), cut, days=3))]
    assert inflow == [[13.0], [6.0], [6.0]]


def test_where_aid_enters_and_with_what_chance():
    """A plan counts on a way from one half up; the chance is that of the likeliest way, each road once."""
    first, second = ev.Permission(link="r1", aid=0.5, start=START), ev.Permission(link="r2", aid=0.8, start=START)
    (day, *_) = days_of(world(first, second))
    assert day.entry.tolist() == [1.0, 0.5, 0.4]
    assert day.reached.tolist() == [True, True, True]  # each road for itself
    (day, *_) = days_of(world(ev.Permission(link="r1", aid=0.49, start=START)))
    assert day.reached.tolist() == [True, False, False]
    assert day.entry.tolist() == [1.0, 0.49, 0.49]


@pytest.mark.parametrize(("weekly", "chance"), [(1.0, 0.5 / 7), (3.5, 0.25), (7.0, 0.5), (14.0, 0.75)])
def test_a_line_that_is_tried_once_a_week_is_open_on_one_day_of_seven(weekly, chance):
    """A plan counts on its convoys all the same: they come, though not today."""
    line = ev.ConvoyApproval(link="r1", trucks=1.0, requests_per_week=weekly, approved=0.5, start=START)
    (day, *_) = days_of(world(line, lines=("r1",)))
    np.testing.assert_allclose(day.entry, [1.0, chance, chance])
    assert day.reached.all()


def test_what_comes_by_air_on_average():
    drops = ev.Airdrops(place=("T", "U"), tonnes_per_sortie=4.0, sorties_per_week=3.5, recovered=0.5, reliability=0.8,
                        start=START + dt.timedelta(days=1))  # fmt: skip
    more = ev.Airdrops(place="U", tonnes_per_sortie=1.0, sorties_per_week=7.0, start=START)
    found = days_of(world(drops, more))
    np.testing.assert_allclose([found[0].by_air, found[1].by_air], [[0.0, 0.0, 1.0], [0.0, 0.8, 1.8]])


def test_what_is_unknown_is_as_far_open_as_was_drawn():
    case = world(ev.Permission(link="r1", aid="unknown", start=START))
    for completion in (0.0, 0.3, 1.0):
        assert days_of(case, completion)[0].chance[0] == completion


def test_the_days_of_a_cut_are_counted_and_foreseen():
    day = START + dt.timedelta(days=2)
    case = world(ev.RoadCut(link="r2", start=day, end=day + dt.timedelta(days=1)), days=5)
    found = days_of(case)
    assert [int(d.days_cut[2]) for d in found] == [0, 0, 1, 2, 0]
    assert [int(d.cut_ahead[2]) for d in found][:4] == [2, 1, 0, 0]
    assert [int(d.days_cut[1]) for d in found] == [0] * 5


def test_dependence_follows_trade_over_the_time_of_the_markets():
    """Trade from outside is cut on the second of four days; markets hold two days."""
    cut = ev.Permission(link="r1", aid=1.0, trade=0.0, start=START + dt.timedelta(days=1))
    case = world(cut, table={"outside": [True, False, False]}, days=4, about={"market_days": 2, "aid_share": 0.4})
    assert [d.dependence[1].round(6) for d in days_of(case)] == [0.4, 0.7, 1.0, 1.0]


def test_transshipment_is_at_the_border():
    case = world(table={"country": ("BB", "AA", "AA"), "outside": [True, False, False]},
                 road={"kind": ("crossing", "road")}, about={"transshipment_hours": 6.0})  # fmt: skip
    hours, own = days_of(case)[0].hours, case.compile()["travel_time"].values[0]
    np.testing.assert_allclose(hours, np.repeat(own + np.array([6.0, 0.0]), 2), atol=1e-6)
    assert (hours > np.repeat(own + np.array([6.0, 0.0]), 2)).all()  # by less than a second, for ties


def test_ways_that_are_as_quick_are_told_apart_by_the_names_of_their_roads():
    """In the order of nothing else: another order of the roads, the same choice."""
    ends = ((0, 1), (0, 1))
    stagger = Ground.of(world(population=(0, 1), ends=ends)).stagger
    assert len(set(stagger.tolist())) == 2
    assert 0 <= stagger.min() <= stagger.max() <= 1e-7


def test_drops_are_whole_sorties():
    drops = ev.Airdrops(place=("T", "U"), tonnes_per_sortie=4.0, sorties_per_week=14.0, start=START)
    found = days_of(world(drops))
    assert [[(d.place, d.sorties) for d in day.drops] for day in found] == [[(1, 2), (2, 2)]] * 5
    assert len({d.name for d in found[0].drops}) == 2  # each with luck of its own


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (supply(1.0), True),
        (ev.Airdrops(place="T", tonnes_per_sortie=1.0, sorties_per_week=1.0, start=START), True),
        (ev.Prepositioned(place="T", stock_t=1.0, start=START), True),
        (ev.FundingCut(share=0.5, start=START), False),
    ],
)
def test_when_a_scenario_speaks_of_aid(event, said):
    assert has_aid(world(event)) is said


def test_a_stock_in_the_table_speaks_of_aid():
    case = world()
    assert not has_aid(case)
    stock = replace(case.network.places, stock_t=np.array([np.nan, 3.0, np.nan]))
    assert has_aid(replace(case, network=replace(case.network, places=stock)))
