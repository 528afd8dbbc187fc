"""What it changes that sites fill: the two runs differ in nothing else, and nobody is lost between them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from displacement.comparison.crowding import ON_THE_WAY, crowding_of, diverted, plans_sites, without_capacities
from displacement.ensemble import simulate
from displacement.errors import InputError
from displacement.events import CampOpened, CapacityChanged, Rumour
from displacement.io import read_scenario

ALEPPO = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"


def planned(scenario, **people):
    places = scenario.network.places
    capacity = places.capacity.copy()
    for name, number in people.items():
        capacity[places.position[name]] = number
    return replace(scenario, network=replace(scenario.network, places=replace(places, capacity=capacity)))


@pytest.fixture(scope="module")
def scenario():
    """Twelve days, four camps for next to nobody: full from the start."""
    given = replace(read_scenario(ALEPPO), days=12)
    events = [e for e in given.events if e.start <= given.end]
    return planned(replace(given, events=tuple(events)), sijjou=500, shamarin=500, hawar_kilis=500, ekdeh_camps=500)


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, members=6, seed=3)


@pytest.fixture(scope="module")
def roomy(scenario):
    return simulate(without_capacities(scenario), members=6, seed=3)


@pytest.fixture(scope="module")
def table(run, roomy):
    return diverted(run, roomy)


def test_full_sites_hold_fewer_and_other_places_more(table):
    assert (table.loc[["sijjou", "shamarin", "hawar_kilis", "ekdeh_camps"], "p50"] < 0).all()
    assert table.loc["azaz", "p50"] > 50
    assert table["p50"].iloc[:-1].is_monotonic_decreasing


def test_by_hand(table, run, roomy):
    """Difference within each member of everybody who stays at the place, then points."""
    stocks = ["residents", "displaced", "refugees", "returned"]
    azaz = [sum(r[k].isel(time=-1).sel(place="azaz") for k in stocks) for r in (run, roomy)]
    low, middle, high = np.quantile(azaz[0] - azaz[1], [0.1, 0.5, 0.9])
    assert table.loc["azaz", ["p10", "p50", "p90"]].tolist() == [low, middle, high]
    assert table.loc["azaz", "mean"] == pytest.approx(float((azaz[0] - azaz[1]).mean()))


def test_nobody_is_lost(table):
    assert table.index[-1] == ON_THE_WAY
    assert table["mean"].abs().sum() > 1_000
    assert table["mean"].sum() == pytest.approx(0.0, abs=1e-6)


def test_a_run_is_made_beside_the_one_given_as_it_was_made(scenario, run, table):
    assert crowding_of(scenario, run).equals(table)
    twin = simulate(scenario, members=6, seed=3, uncertainty=("counts",), choice="logit")
    expected = simulate(without_capacities(scenario), members=6, seed=3, uncertainty=("counts",), choice="logit")
    assert crowding_of(scenario, twin).equals(diverted(twin, expected))


def test_of_many_members_the_first_are_compared(run, roomy, table):
    assert diverted(run, roomy.isel(member=slice(3))).equals(
        diverted(run.isel(member=slice(3)), roomy.isel(member=slice(3)))
    )


def test_runs_of_other_luck_are_refused(run, roomy):
    with pytest.raises(InputError, match="seed"):
        diverted(run, roomy.assign_attrs(seed=4))


def test_where_no_site_is_planned_nothing_is_made(scenario, run):
    bare = without_capacities(scenario)
    assert not plans_sites(bare)
    assert crowding_of(bare, run) is None


def test_capacities_of_events_are_lifted_and_what_speaks_of_them_stands(scenario):
    bare = without_capacities(scenario)
    day = scenario.start
    told = bare.with_events(
        CapacityChanged(id="smaller", start=day, place=("sijjou",), capacity=10),
        CampOpened(id="new", start=day, place=("azaz",), capacity=20),
        Rumour(start=day, of="smaller", days=3),
    )
    assert plans_sites(told)
    free = without_capacities(told)
    assert [e.id for e in free.events] == [e.id for e in told.events]
    lowest = np.nanmin(free.compile()["site_capacity"].values)
    assert lowest > 1e9
    one, other = (simulate(s, members=2, seed=1) for s in (free, bare.with_events(*free.events[-2:-1])))
    assert np.array_equal(one["displaced"], other["displaced"])
