"""What aid needs to be told of Aleppo: hubs, caps, convoys and stocks. Inputs reproduced, not skill.

Nearly all of it is assumed, and says so. What is held fast is that it changes no status, and that stocks divided by needs
are the days that SOURCES.md tells.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from displacement import simulate
from displacement.access import access_status
from displacement.events import Permission
from displacement.io import read_scenario
from displacement.mandates import aid_quota
from displacement.need import tonnes_needed
from displacement.supply.stocks import stock_out_day
from displacement.variables import labels

FOLDER = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
FOAH = ["foah_idlib_city", "foah_maarrat_misrin"]
CLOSED = dt.date(2016, 7, 7)


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER)


@pytest.fixture(scope="module")
def status(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def stocked():
    return read_scenario(FOLDER / "eastern_aleppo_stock_out.toml")


def with_links(scenario, **trucks_per_day):
    """The scenario with other caps on links; None: no cap known."""
    links = scenario.network.links
    caps = links.trucks_per_day.copy()
    for name, cap in trucks_per_day.items():
        caps[links.index(name)] = np.nan if cap is None else cap
    return replace(scenario, network=replace(scenario.network, links=replace(links, trucks_per_day=caps)))


# ---------------------------------------------------------------------------------------------------- hubs and caps


def test_hubs_receive_no_more_than_their_way_out_admits(scenario):
    """10, 14 and 22.5 lorries of 20 t a day, where 10, 14 and 45 may pass."""
    inflow, links = scenario.compile().hub_inflow, scenario.network.links
    for hub, tonnes, way, cap in (
        ("gaziantep", 200, "bab_al_salama_crossing", 10),
        ("antakya", 280, "bab_al_hawa_crossing", 14),
        ("gos_mainland", 450, "khanasir_ithriya", 45),
    ):
        assert (inflow.sel(place=hub) == tonnes).all()
        assert links.trucks_per_day[links.index(way)] == cap
        assert tonnes / scenario.parameters.truck_load <= cap


def test_the_caps_change_no_status(scenario, status):
    """With the wider caps with which the trial judged status it is the same, everywhere and on every day."""
    wide = {
        "bab_al_salama_crossing": 60,
        "bab_al_hawa_crossing": 100,
        "khanasir_ithriya": 120,
        "as_safira_khanasir": 120,
    }
    assert access_status(with_links(scenario, **wide)).identical(status)
    narrow = access_status(with_links(scenario, khanasir_ithriya=5))  # western Aleppo needs 15.6 lorries a day
    assert set(labels(narrow.access_status.sel(place="aleppo_west")).values.tolist()) == {"hard_to_reach"}


# ----------------------------------------------------------------------------------------------------------- convoys


def test_convoys_to_foah_say_what_a_permission_of_3_percent_said(scenario, status):
    """One lorry a day, 0.03 of requests approved: the status is that of the permission it replaces, on every day."""
    conditions = scenario.compile()
    aid = conditions.permission.sel(link=FOAH, traffic="aid").values
    assert (aid == 0.03).all()
    links = [scenario.network.links.index(name) for name in FOAH]
    assert (aid_quota(conditions)[:, links] == 1.0).all()
    assert (conditions.convoy_trucks.sel(link=FOAH).values == 7).all()
    plain = Permission(link=FOAH, civilians=0, medical=0.05, trade=0, aid=0.03, start=scenario.start)
    before = with_links(scenario.without("foah_siege").with_events(plain), **dict.fromkeys(FOAH, 1))
    assert access_status(before).identical(status)


def test_a_convoy_fits_on_every_road_of_its_way(scenario):
    links = scenario.network.links
    (event,) = [e for e in scenario.events if e.kind == "ConvoyApproval"]
    way = [*event.link, "maarrat_al_numan_gos_mainland"]
    assert all(links.trucks_per_day[links.index(name)] >= event.trucks for name in way)


# ------------------------------------------------------------------------------------------------------------ stocks


def test_the_castello_siege_lasts_120_days():
    siege = read_scenario(FOLDER / "castello_siege.toml")
    assert (siege.end - dt.date(2016, 2, 20)).days == 119
    found = labels(access_status(siege).access_status.sel(place="aleppo_east")).to_series()
    assert set(found["2016-03-17":]) == {"besieged"}
    assert set(found[:"2016-03-16"]) == {"accessible", "hard_to_reach"}


def days_of_food(scenario, share=1.0, people=None):
    """Days that the stock of eastern Aleppo lasts at a share of the ration."""
    places, ration = scenario.network.places, scenario.compile()["ration"]
    assert ration.sel(commodity="other") == 0
    city = places.index("aleppo_east")
    people = places.residents[city] if people is None else people
    return places.stock_t[city] / tonnes_needed(people, 1.0, share * float(ration.sel(commodity="food")))


def test_eastern_aleppos_stock_lasts_130_days_by_construction(stocked):
    assert days_of_food(stocked) == pytest.approx(130, abs=0.5)
    assert CLOSED + dt.timedelta(days=int(days_of_food(stocked))) == dt.date(2016, 11, 14)
    assert stocked.start == CLOSED
    assert stocked.end > dt.date(2016, 11, 18)


@pytest.mark.parametrize(("share", "tonnes"), [(1, 18_800), (2 / 3, 12_500), (1 / 2, 9_400), (1 / 3, 6_300)])
def test_what_130_days_take_at_each_ration(stocked, share, tonnes):
    places, food = stocked.network.places, float(stocked.compile()["ration"].sel(commodity="food"))
    people = places.residents[places.index("aleppo_east")]
    assert 130 * float(tonnes_needed(people, 1.0, share * food)) == pytest.approx(tonnes, abs=60)


def test_prepositioned_food_would_have_lasted_three_weeks():
    """2,500-3,300 t, a month for 150,000-200,000 people: 17-23 days for 262,500 at a full ration."""
    case = read_scenario(FOLDER / "eastern_aleppo_prepositioned.toml")
    places = case.network.places
    stock = places.stock_t[places.index("aleppo_east")]
    planned = [people * 16.67 / 1000 for people in (150_000, 200_000)]
    assert planned == pytest.approx([2_500, 3_334], abs=1)
    assert planned[0] < stock < planned[1]
    assert days_of_food(case) == pytest.approx(20, abs=0.5)
    assert [days_of_food(case) * tonnes / stock for tonnes in planned] == pytest.approx([17, 23], abs=0.5)
    assert 3 * days_of_food(case) == pytest.approx(60, abs=1)  # at a third of a ration


def test_the_two_tables_of_eastern_aleppo_differ_in_its_stock_alone():
    tables = [
        pd.read_csv(FOLDER / f"eastern_aleppo_{name}.csv").set_index("place_id").drop(columns="population_note")
        for name in ("places", "prepositioned_places")
    ]
    assert tables[0].drop(columns="stock_t").equals(tables[1].drop(columns="stock_t"))


def test_nothing_enters_eastern_aleppo_and_nobody_leaves(stocked):
    today = labels(access_status(stocked).access_today.sel(place="aleppo_east"))
    assert set(today.values.tolist()) == {"cut"}
    opened = access_status(stocked.without("castello_closed"))
    assert set(labels(opened.access_status.sel(place="aleppo_east")).values.tolist()) == {"accessible"}


def test_eastern_aleppo_runs_out_on_the_day_that_its_stock_implies():
    """Stock over need is exact: 18,800 t last 130 days; over the range of people, from about 125 to 136. Not validation."""
    case = read_scenario(FOLDER / "eastern_aleppo_stock_out.toml")
    run = simulate(case, members=50, seed=1, coupling=())
    need = run["need"].sum("commodity").sel(place="aleppo_east")
    met = need - run["unmet_need"].sum("commodity").sel(place="aleppo_east")
    out = stock_out_day(met.values[..., np.newaxis], need.values[..., np.newaxis])[:, 0]
    stock = float(case.network.places.stock_t[case.network.places.index("aleppo_east")])
    first = need.isel(time=0).values
    quarter_left = np.floor(stock / first + 0.75)  # the first day on which less than a quarter is met
    within = quarter_left < case.days
    assert np.abs(out - quarter_left)[within].max() <= 1
    assert np.isnan(out[~within]).all()
    assert 122 <= np.nanpercentile(out, 10) <= np.nanpercentile(out, 90) <= 138
    assert not run["delivered"].any()
