"""Deir ez-Zor, 2016-2017, besieged and fed from the air: inputs reproduced, not skill.

What is dropped is entered from what was reported, and its share of a need is a division. That the town is besieged all
along is no input: no event says so, and it comes out of who holds what.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from displacement import simulate
from displacement.access import access_status, reasons
from displacement.audit import audit
from displacement.events import Capture, Permission, Relation
from displacement.io import read_scenario
from displacement.mandates import days_of
from displacement.need import aid_dependence, tonnes_needed, trade_entry
from displacement.variables import labels

FOLDER = Path(__file__).parents[2] / "scenarios" / "deir_ez_zor_2016"
TOWN = "deir_ez_zor"
PEOPLE = (93_500, 110_000)  # as published
DAYS = 525  # of drops, 10 April 2016 to 16 September 2017


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER)


@pytest.fixture(scope="module")
def conditions(scenario):
    return scenario.compile()


@pytest.fixture(scope="module")
def status(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def reported():
    return pd.read_csv(FOLDER / "airdrops_reported.csv").set_index("as_of")


def words(status, variable="access_status"):
    """The classes of the town, by day."""
    return labels(status[variable].sel(place=TOWN)).to_series()


def a_day(conditions):
    """(time,) tonnes a day that drops are expected to bring: sorties x tonnes x reliability x recovered."""
    each = conditions.airdrop_tonnes * conditions.airdrop_reliability * conditions.airdrop_recovered
    return (conditions.airdrop_sorties * each).sum("airdrop").to_series()


def food(conditions):
    """Kilograms of food a person and day."""
    return float(conditions["ration"].sel(commodity="food"))


# ------------------------------------------------------------------------------------------------ what was reported


def test_what_was_dropped(reported):
    """309 drops in 525 days, 18.6 t each: 10.9 t a day, before losses on the ground."""
    assert (dt.date(2017, 9, 17) - dt.date(2016, 4, 10)).days == DAYS
    load = reported.loc["2017-01-15", "cumulative_tonnes"] / reported.loc["2017-01-15", "cumulative_sorties"]
    drops = reported.loc["2017-09-17", "cumulative_sorties"] / DAYS
    assert load == pytest.approx(18.64, abs=0.01)
    assert drops == pytest.approx(0.589, abs=0.001)
    assert drops * load == pytest.approx(10.97, abs=0.01)
    assert drops / (5 / 7) == pytest.approx(0.82, abs=0.01)


def test_the_drops_of_the_file_are_those_reported(scenario, reported):
    load = reported.loc["2017-01-15", "cumulative_tonnes"] / reported.loc["2017-01-15", "cumulative_sorties"]
    drops = [event for event in scenario.events if event.group == "airdrops"]
    assert len(drops) == 2
    for event in drops:
        assert event.tonnes_per_sortie == pytest.approx(load, abs=0.05)
        assert event.sorties_per_week == 5
        assert event.reliability == pytest.approx(reported.loc["2017-09-17", "cumulative_sorties"] / 375, abs=0.03)


def test_the_population_spans_the_two_counts(scenario, reported):
    places = scenario.network.places
    town = places.index(TOWN)
    low, centre, high = (getattr(places, f"population{end}")[town] for end in ("_low", "", "_high"))
    assert (low, high) == PEOPLE
    assert low < centre < high
    assert f"{PEOPLE[0]} people" in reported.loc["2017-01-31", "note"]
    assert f"{PEOPLE[1]} people" in reported.loc["2016-09", "note"]


# ------------------------------------------------------------------------------------------------------- arithmetic


def test_drops_are_expected_to_bring_10_tonnes_a_day_while_they_last(conditions):
    tonnes = a_day(conditions)
    flying = tonnes[tonnes > 0]
    assert len(flying) == DAYS - 16
    assert flying.to_numpy() == pytest.approx(5 / 7 * 0.8 * 0.95 * 18.6)
    assert flying.to_numpy() == pytest.approx(10.1, abs=0.05)
    assert tonnes[:DAYS].mean() == pytest.approx(9.8, abs=0.05)


def test_none_are_expected_while_the_drop_zone_was_fought_over_nor_once_the_road_is_open(conditions):
    tonnes = a_day(conditions)
    none = tonnes[tonnes == 0].index
    assert [f"{day:%Y-%m-%d}" for day in (none[0], none[-2], none[-1])] == ["2017-01-15", "2017-01-30", "2017-09-17"]
    assert len(none) == 17


def test_the_expected_number_of_drops_is_6_percent_below_the_record(conditions, reported):
    flown = (conditions.airdrop_sorties * conditions.airdrop_reliability).sum("airdrop").to_series()
    assert flown.sum() == pytest.approx(290.9, abs=0.1)
    assert flown.sum() / reported.loc["2017-09-17", "cumulative_sorties"] == pytest.approx(0.94, abs=0.005)
    until = flown[:"2017-01-14"].sum() / reported.loc["2017-01-15", "cumulative_sorties"]
    assert until == pytest.approx(0.90, abs=0.005)


@pytest.mark.parametrize(
    ("tonnes", "people", "share"),
    [
        (10.9, 93_500, 0.21),
        (10.9, 100_000, 0.20),
        (10.9, 110_000, 0.18),
        (10.9, 200_000, 0.10),
        (10.1, 93_500, 0.20),
        (10.1, 100_000, 0.18),
        (10.1, 110_000, 0.17),
        (10.1, 200_000, 0.09),
    ],
)
def test_the_share_of_the_food_that_people_need(conditions, tonnes, people, share):
    """18-21 % of what was dropped (10.9), 17-20 % of what is entered (10.1), a tenth for the UN's 200,000."""
    need = tonnes_needed(np.array([float(people)]), np.array([1.0]), food(conditions))
    assert tonnes / need[0] == pytest.approx(share, abs=0.005)


def test_trade_is_cut_so_everybody_depends_on_aid(scenario, conditions):
    first = days_of(conditions, "high")[0]
    town = scenario.network.places.index(TOWN)
    trade = trade_entry(scenario.network, first)
    assert trade[town] == 0
    assert aid_dependence(trade, first.aid_share)[town] == 1


# ------------------------------------------------------------------------------------------------------------- siege


def test_no_event_says_siege(scenario):
    assert {event.kind for event in scenario.events} == {"Airdrops", "Capture"}


def test_besieged_until_the_road_opens_and_not_a_day_longer(status):
    found, today = words(status), words(status, "access_today")
    assert set(found[:DAYS]) == {"besieged"}
    assert set(today[:DAYS]) == {"cut"}
    assert found["2017-09-17"] == "hard_to_reach"
    assert today["2017-09-17"] == "open"


def test_drops_neither_make_nor_end_the_siege(scenario, status):
    assert access_status(scenario.without("airdrops")).identical(status)


def test_the_siege_comes_out_of_who_holds_the_road(scenario, conditions):
    start = scenario.start
    held = scenario.without("road_opens").with_events(Capture(place="al_sukhnah", by="gos", start=start))
    assert set(words(access_status(held))) == {"accessible"}
    lost = words(access_status(scenario.without("road_opens")))
    assert set(lost) == {"besieged"}


def test_the_siege_comes_out_of_the_hostility(scenario):
    truce = Relation(parties=("gos", "isil"), relation="truce", start=scenario.start)
    assert set(words(access_status(scenario.with_events(truce)))[:DAYS]) == {"hard_to_reach"}
    way_out = Permission(link="deir_ez_zor_deir_ez_zor_isil", civilians=0.5, start=scenario.start)
    assert set(words(access_status(scenario.with_events(way_out)))[:DAYS]) == {"hard_to_reach"}


def test_reasons_say_by_whom_it_is_surrounded(scenario, status):
    said = reasons(scenario, dt.date(2017, 1, 20), status=status)[TOWN]
    assert said.startswith("besieged: surrounded by ISIL, and shut in since before 10 Apr 2016; no way in for aid")
    assert "nobody can leave" in said


def test_nothing_looks_wrong_on_the_map(scenario):
    assert audit(scenario.network) == []


def test_what_the_drops_bring_and_feed(scenario):
    """Inputs reproduced, not skill: about 10 t a day, 16 to 20 % of the food of 93,500-110,000; the rest unmet."""
    run = simulate(scenario, members=50, seed=1, uncertainty=("conditions", "counts"))
    tonnes = run["delivered"].sum(("place", "commodity")).isel(time=slice(DAYS))
    flown = tonnes.sel(time=slice("2016-04-10", "2017-01-14")).mean("time")
    planned = 5 / 7 * 18.6 * 0.95 * 0.8
    deviation = (0.8 * 0.2 * 199) ** 0.5 * 18.6 * 0.95 / 280  # 199 sorties of a binomial, over 280 days
    assert float(flown.mean()) == pytest.approx(planned, abs=4 * deviation / 50**0.5)
    assert run["delivered_by_air"].sum() == pytest.approx(float(run["delivered"].sum()), rel=1e-5)
    for people, share in ((93_500, 0.196), (110_000, 0.167)):
        assert planned / (people * 0.55 / 1000) == pytest.approx(share, abs=0.001)
    food = run["delivered"].sel(commodity="food").sum("place").sum("time")
    needed = run["need"].sel(commodity="food").sum("place").sum("time")
    assert 0.16 < float((food / needed).median()) < 0.20
    assert not run["need"].sel(commodity="other").any()
