"""The Lachin corridor, 2022-2023, in tonnes: inputs reproduced, not skill.

The quota of lorries is what was reported, so that its share of November's tonnes holds by construction; its share of a need
is a division. When the rule calls it a siege is no input, and hangs on one threshold: all three readings are here. No UN
statement stands against which they could be scored.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from displacement import simulate
from displacement.access import Thresholds, access_status, reasons
from displacement.access.aid import need_today
from displacement.audit import audit
from displacement.io import read_scenario
from displacement.mandates import aid_quota, days_of
from displacement.need import tonnes_needed
from displacement.variables import labels

FOLDER = Path(__file__).parents[2] / "scenarios" / "nagorno_karabakh_2023"
PEOPLE = 120_000
BLOCKADE = slice("2022-12-12", "2023-06-14")


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER / "lachin_blockade.toml")


@pytest.fixture(scope="module")
def conditions(scenario):
    return scenario.compile()


@pytest.fixture(scope="module")
def status(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def reported():
    return pd.read_csv(FOLDER / "access_reported.csv").set_index("period")["tonnes_in_per_day"]


def words(status, variable="access_status", place="enclave"):
    """The classes of the enclave, by day."""
    return labels(status[variable].sel(place=place)).to_series()


def tonnes(scenario, conditions):
    """(time,) tonnes of aid a day that may come in by the crossing where permission does not forbid it."""
    crossing = scenario.network.links.index("hakari_crossing")
    lorries = pd.Series(aid_quota(conditions)[:, crossing, 1], conditions.time.to_index())
    allowed = conditions.permission.sel(link="corridor", direction="backward", traffic="aid").to_series()
    assert set(allowed) == {0.0, 1.0}  # a quota is an amount, a permission a chance: here the first says how much
    return lorries * scenario.parameters.truck_load * allowed


# ------------------------------------------------------------------------------------------------------- arithmetic


def test_by_construction_7_7_percent_of_novembers_tonnes(scenario, conditions, reported):
    came = tonnes(scenario, conditions)
    before, during = reported["baseline (Nov 2022)"], reported["2022-12-12..2023-05-10"]
    assert came[:"2022-12-11"].to_numpy() == pytest.approx(before)
    assert came[BLOCKADE].to_numpy() == pytest.approx(during)
    assert during / before == pytest.approx(0.077, abs=0.0005)
    assert came["2022-12-12":"2023-05-10"].sum() == pytest.approx(4_623, rel=0.001)


def test_nothing_comes_in_after_the_cargo_stop(scenario, conditions, reported):
    assert reported["2023-06-15..2023-09-11"] == 0
    assert (tonnes(scenario, conditions)["2023-06-15":] == 0).all()


def test_47_percent_of_the_food_and_39_percent_of_all_dry_aid(conditions, reported):
    came = reported["2022-12-12..2023-05-10"]
    people, everybody = np.array([float(PEOPLE)]), np.array([1.0])
    food = tonnes_needed(people, everybody, float(conditions["ration"].sel(commodity="food")))[0]
    dry = tonnes_needed(people, everybody, float(conditions["ration"].sum()))[0]
    assert (food, dry) == pytest.approx((66, 78))
    assert came / food == pytest.approx(0.47, abs=0.005)
    assert came / dry == pytest.approx(0.39, abs=0.005)
    assert 1000 * came / PEOPLE == pytest.approx(0.26, abs=0.005)


def test_everybody_depends_on_aid_once_trade_stops(scenario, conditions):
    """3.9 lorries a day; 1.6 before, when trade fed the rest."""
    days, place = days_of(conditions, "high"), scenario.network.places.index("enclave")
    needed = [need_today(scenario.network, days[t], Thresholds())[place] for t in (10, 11)]
    assert needed == pytest.approx([0.4 * 3.9, 3.9])


def test_the_hub_receives_what_came_in_november(scenario, conditions, reported):
    inflow = conditions.hub_inflow.sel(place="goris")
    assert (inflow == reported["baseline (Nov 2022)"]).all()


# ------------------------------------------------------------------------------------------------------------ status


def test_no_event_says_siege(scenario):
    assert not {"Siege", "SiegeLifted"} & {event.kind for event in scenario.events}


def test_today(status):
    today = words(status, "access_today")
    assert set(today[:"2022-12-11"]) == {"open"}
    assert set(today[BLOCKADE]) == {"restricted"}
    assert set(today["2023-06-15":]) == {"cut"}
    entry = status.aid_entry.sel(place="enclave").to_series()
    assert entry[BLOCKADE].to_numpy() == pytest.approx(30.8 / 78, abs=0.001)


@pytest.mark.parametrize(("below", "besieged"), [(1 / 2, "2023-01-05"), (1 / 3, "2023-06-19"), (1 / 5, "2023-06-29")])
def test_when_it_becomes_a_siege_hangs_on_one_threshold(scenario, below, besieged):
    found = words(access_status(scenario, thresholds=Thresholds(besieged_below=below)))
    changes = found[found != found.shift()]
    assert dict(zip(changes.index.strftime("%Y-%m-%d"), changes, strict=True)) == {
        "2022-12-01": "accessible",
        "2022-12-24": "hard_to_reach",
        besieged: "besieged",
    }


def test_the_scenario_of_nine_places_agrees_within_two_days(status):
    """There aid has a permission of 0.39, and the checkpoint of 23 April takes 8 % off it: besieged from 17 June."""
    nine = words(access_status(read_scenario(FOLDER)), place="stepanakert")[:"2023-09-19"]
    one = words(status)
    differ = one.index[(one != nine).to_numpy()]
    assert [f"{day:%Y-%m-%d}" for day in differ] == ["2023-06-17", "2023-06-18"]


def test_the_siege_comes_out_of_the_blockade(scenario):
    free = access_status(scenario.without("blockade"))
    assert set(words(free)) == {"accessible"}
    quota_only = access_status(scenario.without("blockade_of_people", "cargo_stop"))
    assert "besieged" not in set(words(quota_only))


def test_reasons(scenario, status):
    said = reasons(scenario, dt.date(2023, 1, 20), status=status)["enclave"]
    assert "the road admits 39% of the trucks that people there need" in said
    said = reasons(scenario, dt.date(2023, 7, 1), status=status)["enclave"]
    assert said.startswith("besieged: surrounded by Azerbaijan and Peacekeepers, and shut in since 12 Dec 2022")


def test_nothing_looks_wrong_on_the_map(scenario):
    assert audit(scenario.network) == []


def test_what_is_delivered_is_what_was_counted(scenario):
    """Inputs reproduced, not skill: 30.8 t a day, 7.7 % of November's 400, 47 % of the food of 120,000; then nothing."""
    run = simulate(scenario, members=20, seed=1)
    tonnes = run["delivered"].sum(("place", "commodity"))
    counted = tonnes.sel(time=slice("2022-12-18", "2023-05-10")).mean("time")
    assert counted.values == pytest.approx(30.8, abs=0.01)
    assert counted.values / 400 == pytest.approx(0.077, abs=1e-4)
    assert counted.values / 66 == pytest.approx(0.467, abs=1e-3)
    stopped = tonnes.sel(time=slice("2023-06-16", "2023-09-10"))
    assert not stopped.any()
    assert (run["unmet_need"] >= 0).all()
    assert (run["days_of_cover"].sel(time="2023-08-01", place="enclave") == 0).all()
