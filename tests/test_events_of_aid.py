"""What hubs receive, convoys, airdrops and cuts in funding, worked by hand."""

import datetime as dt
from itertools import permutations

import numpy as np
import pytest

from displacement import events as ev
from displacement.errors import InputError
from displacement.mandates import aid_quota
from displacement.operations import Operation
from tests.lively import START, links, places, scenario


def day(n):
    return START + dt.timedelta(days=n)


def row_of_three(*events, days=5):
    """Hub h - town a - town b of one party, roads ha and ab; a stores 50 t, h 900 t."""
    table = places(
        "abh", ["town"] * 3, party=("blue",) * 3, population=[900.0, 500.0, 0.0], hub=[False, False, True],
        storage_t=[50.0, np.nan, 900.0],
    )  # fmt: skip
    roads = links(["ha", "ab"], [(2, 0), (0, 1)], [30.0] * 2, trucks_per_day=[np.nan, 3.0])
    aid = Operation(id="aid", name="Aid", hubs="h", transit="blue", lines=("ha", "ab"))
    return scenario(table, roads, *events, days=days, operations=(aid,))


def at_hub(conditions, name):
    return conditions[name].sel(place="h").values.tolist()


def test_the_last_supply_holds_and_the_one_beneath_returns():
    found = row_of_three(
        ev.HubSupply(place="h", tonnes_per_day=30, start=day(-4)),
        ev.HubSupply(place="h", tonnes_per_day=80, start=day(2), end=day(3)),
    ).compile()
    assert at_hub(found, "hub_inflow") == [30, 30, 80, 80, 30]
    assert found["hub_inflow"].sum() == sum(at_hub(found, "hub_inflow"))


def test_a_stock_is_there_on_the_first_day_in_the_period():
    for start, end, expected in ((2, None, [0, 0, 7, 0, 0]), (-3, None, [7, 0, 0, 0, 0]), (-3, 0, [7, 0, 0, 0, 0]),
                                 (-3, -1, [0] * 5), (5, None, [0] * 5)):  # fmt: skip
        last = None if end is None else day(end)
        case = row_of_three(ev.HubSupply(place="h", tonnes_per_day=0, stock_t=7, start=day(start), end=last))
        assert at_hub(case.compile(), "hub_stock_added") == expected


def test_stocks_add_up_to_the_same_bits_in_any_order():
    given = [ev.HubSupply(place="h", tonnes_per_day=1, stock_t=stock, start=day(1)) for stock in (0.1, 0.2, 0.3)]
    sums = {at_hub(row_of_three(*order).compile(), "hub_stock_added")[1] for order in permutations(given)}
    assert len(sums) == 1


def test_the_deepest_cut_in_funding_counts():
    supply = ev.HubSupply(place="h", tonnes_per_day=100, start=START)
    cuts = ev.FundingCut(share=0.5, start=day(1), end=day(2)), ev.FundingCut(share=0.2, place="h", start=day(2))
    assert at_hub(row_of_three(supply, *cuts).compile(), "hub_inflow") == [100, 50, 50, 80, 80]


def test_convoys_pass_with_the_chance_that_they_are_approved_and_carry_so_much():
    approval = ev.ConvoyApproval(
        link=["ha", "ab"], trucks=14, requests_per_week=2, approved=0.4, start=day(1), end=day(2)
    )
    found = row_of_three(approval).compile()
    passes = found["permission"].sel(link="ha", direction="backward")
    assert passes.sel(traffic="aid").values.tolist() == [1, 0.4, 0.4, 1, 1]
    assert (passes.drop_sel(traffic="aid") == 1).all()
    assert found["convoy_trucks"].sel(link="ha").values.tolist() == [np.inf, 14, 14, np.inf, np.inf]
    assert found["convoy_requests"].sel(link="ha").values.tolist() == [7, 2, 2, 7, 7]
    quota = aid_quota(found)[:, :, 0].tolist()  # links in order of id: ab, ha
    assert quota == [[3, np.inf], [3, 4], [3, 4], [3, np.inf], [3, np.inf]]  # 14 x 2 / 7


def test_airdrops_are_an_axis_of_their_own():
    drops = ev.Airdrops(
        id="drop", place=["a", "b"], tonnes_per_sortie=20, sorties_per_week=14, recovered=0.8, reliability=0.5,
        start=day(1), end=day(3),
    )  # fmt: skip
    other = ev.Airdrops(place="a", tonnes_per_sortie=1, sorties_per_week=7, start=day(4))
    found = row_of_three(other, drops).compile()
    assert found["airdrop"].values.tolist() == ["drop", "drop 1", "Airdrop 1"]
    assert found["airdrop_place"].values.tolist() == ["a", "b", "a"]
    assert found["airdrop_sorties"].T.values.tolist() == [[0, 2, 2, 2, 0], [0, 2, 2, 2, 0], [0, 0, 0, 0, 1]]
    assert found["airdrop_tonnes"].values.tolist() == [20, 20, 1]
    assert found["airdrop_recovered"].values.tolist() == [0.8, 0.8, 1]
    assert found["airdrop_reliability"].values.tolist() == [0.5, 0.5, 1]


def test_an_airdrop_that_does_not_fit_says_where_it_would_be_lost():
    drops = {"tonnes_per_sortie": 100, "sorties_per_week": 1, "start": START}
    with pytest.raises(InputError, match=r"place 'a' stores 50 t \(storage_t\); a sortie brings 80 t"):
        row_of_three(ev.Airdrops(place=["a", "b"], recovered=0.8, **drops))
    assert row_of_three(ev.Airdrops(place="a", recovered=0.5, **drops))


def test_conditions_hold_the_ration_of_the_scenario_and_what_aid_is_counted_with():
    found = row_of_three().compile()
    assert found["ration"].sel(commodity="food") == pytest.approx(0.55)
    assert found["ration"].sel(commodity="other") == pytest.approx(0.10)
    assert found.attrs["truck_load"] == 20.0


def test_what_is_said_of_each():
    case = row_of_three()
    for event, words in (
        (ev.HubSupply(place="h", tonnes_per_day=12.5, stock_t=800, start=START), "h receives 12.5 t of aid a day and holds 800 t"),
        (ev.FundingCut(share=0.35, start=START), "every hub receives 35% less"),
        (ev.FundingCut(share=0.35, place="h", start=START), "h receives 35% less"),
        (
            ev.ConvoyApproval(link="ha", trucks=14, requests_per_week=0.5, approved=0.182, start=START),
            "aid passes h - a in convoys of 14 trucks, 0.5 requested a week, 0.182 of them approved",
        ),
        (
            ev.Airdrops(place="b", tonnes_per_sortie=20, sorties_per_week=3, recovered=0.7, start=START),
            "b gets 3 sorties a week of 20 t by air, 100% of them flown and 70% of the load recovered",
        ),
    ):  # fmt: skip
        assert event.what(case.world) == words
