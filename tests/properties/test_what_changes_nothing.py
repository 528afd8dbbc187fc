"""What must not change a result: the order of rows, names, what is out of reach, the size of the ensemble, the workers."""

import datetime as dt
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from displacement.day_loop import simulate_block
from displacement.members import SOURCES
from displacement.network import Links, Network, Places, countries_abroad
from displacement.variables import VARIABLES
from tests.lively import WEEK, lively, lively_scenarios
from tests.often import law

SEEDS = st.integers(0, 2**31)


def block(scenario, seed=1, uncertainty=SOURCES, size=3, number=0):
    return simulate_block(scenario, seed=seed, block=number, uncertainty=uncertainty, size=size)


def rows(table, order, **changed):
    """A table with its rows in another order."""
    found = {}
    for f in fields(table):
        column = changed.get(f.name, getattr(table, f.name))
        found[f.name] = (
            column
            if f.name == "extra"
            else column[order]
            if isinstance(column, np.ndarray)
            else tuple(column[i] for i in order)
        )
    return type(table)(**found)


def network_of(places, links, origin, destination, place_groups):
    """A network of tables in any order: the ends of links are given as ids, because places are sorted on the way."""
    at = places.index
    ends = {"origin": [at(i) for i in origin], "destination": [at(i) for i in destination]}
    columns = {f.name: getattr(links, f.name) for f in fields(links)} | {
        k: np.array(v, np.int64) for k, v in ends.items()
    }
    return Network(places=places, links=Links(**columns), place_groups=place_groups)


def assert_equal(a, b, tolerance=0.0, **where):
    """The same records; `where` picks positions of b along a dimension, for each dimension that differs."""
    for name, values in a.items():
        other = b[name]
        for axis, dim in enumerate(VARIABLES[name].dims):
            if dim in where:
                other = np.take(other, where[dim], axis=axis)
        np.testing.assert_allclose(values, other, rtol=tolerance, atol=tolerance * 1e3, err_msg=name)


@law(2_000)
@given(lively_scenarios(**WEEK), st.randoms(use_true_random=False), SEEDS)
def test_the_order_of_rows_and_events_changes_no_bit(scenario, random, seed):
    network = scenario.network
    shuffled = rows(network.places, random.sample(range(len(network.places)), len(network.places)))
    order = random.sample(range(len(network.links)), len(network.links))
    ids = network.places.id
    columns = {f.name: getattr(network.links, f.name) for f in fields(network.links)}
    again = Network(places=shuffled, links=rows(Links(**columns), order), place_groups=network.place_groups)
    assert again.links.origin.tolist() == [shuffled.index(ids[i]) for i in network.links.origin]
    events = tuple(random.sample(scenario.events, len(scenario.events)))
    parties = tuple(random.sample(scenario.parties, len(scenario.parties)))
    relations = tuple(random.sample(scenario.relations, len(scenario.relations)))
    other = replace(scenario, network=again, events=events, parties=parties, relations=relations)
    assert scenario.fingerprint() == other.fingerprint()
    assert_equal(block(scenario, seed), block(other, seed))


def joined(mine, theirs):
    """Two networks side by side."""
    places, links = mine.places, mine.links
    for_places = {f.name: _both(getattr(places, f.name), getattr(theirs.places, f.name)) for f in fields(Places)}
    table = Places(**for_places)
    for_links = {f.name: _both(getattr(links, f.name), getattr(theirs.links, f.name)) for f in fields(Links)}
    for end in ("origin", "destination"):
        names = [n.places.id[i] for n in (mine, theirs) for i in getattr(n.links, end)]
        for_links[end] = np.array([table.index(name) for name in names], np.int64)
    return Network(places=table, links=Links(**for_links), place_groups={**mine.place_groups})


def _both(a, b):
    if isinstance(a, np.ndarray):
        return np.concatenate([a, b])
    return {} if not isinstance(a, tuple) else (*a, *b)


def renamed(scenario, place_id, link_id, country=None):
    """The same scenario with other ids (and, if given, in another country)."""
    network = scenario.network
    country = country or {}
    places = replace(
        network.places,
        id=tuple(map(place_id, network.places.id)),
        country=tuple(country.get(c, c) for c in network.places.country),
    )
    ends = {
        end: np.array([places.index(place_id(network.places.id[i])) for i in getattr(network.links, end)], np.int64)
        for end in ("origin", "destination")
    }
    links = replace(network.links, id=tuple(map(link_id, network.links.id)), **ends)
    groups = {name: tuple(map(place_id, members)) for name, members in network.place_groups.items()}

    def event(e):
        change = {}
        if hasattr(e, "place"):
            change["place"] = tuple(name if name in groups else place_id(name) for name in e.place)
        for key in ("link", "crossing"):
            if hasattr(e, key):
                change[key] = tuple(map(link_id, getattr(e, key)))
        return e.model_copy(update=change)

    return Network(places=places, links=links, place_groups=groups), tuple(map(event, scenario.events))


@law(2_000)
@given(
    lively_scenarios(most_places=5, **WEEK),
    lively_scenarios(most_places=4),
    SEEDS,
    st.sampled_from(["aa", "p3x", "zz"]),
)
def test_what_is_out_of_reach_changes_no_bit(scenario, elsewhere, seed, prefix):
    network, events = renamed(elsewhere, lambda i: f"{prefix}{i}", lambda i: f"l{prefix}{i}", {"AA": "CC", "BB": "DD"})
    kept = tuple(
        e
        for e in events
        if e.kind not in ("Relation", "Ceasefire") and not {"everywhere"} & set(getattr(e, "place", ()))
    )
    more = replace(scenario, network=joined(scenario.network, network), events=(*scenario.events, *kept))
    where = {
        "place": [more.network.places.index(i) for i in scenario.network.places.id],
        "link": [more.network.links.index(i) for i in scenario.network.links.id],
    }
    abroad = countries_abroad(more.network.places.country, more.country)
    where["country"] = [abroad.index(c) for c in countries_abroad(scenario.network.places.country, scenario.country)]
    crossings = [i for i, c in zip(more.network.links.id, more.network.links.crossing, strict=True) if c]
    where["crossing"] = [
        crossings.index(i) for i, c in zip(scenario.network.links.id, scenario.network.links.crossing, strict=True) if c
    ]
    assert_equal(block(scenario, seed), block(more, seed), **{k: np.array(v, int) for k, v in where.items()})


@law(2_000)
@given(lively_scenarios(**WEEK), st.randoms(use_true_random=False))
def test_other_names_permute_the_twin(scenario, random):
    scenario = replace(scenario, parameters=scenario.parameters.with_values({"routes_per_origin": 64}))  # no ties by id
    n, m = len(scenario.network.places), len(scenario.network.links)
    place = dict(zip(scenario.network.places.id, random.sample([f"q{i}" for i in range(n)], n), strict=True))
    link = dict(zip(scenario.network.links.id, random.sample([f"k{i}" for i in range(m)], m), strict=True))
    network, events = renamed(scenario, place.get, link.get)
    other = replace(scenario, network=network, events=events)
    crossings = [i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c]
    where = {
        "place": [network.places.index(place[i]) for i in scenario.network.places.id],
        "link": [network.links.index(link[i]) for i in scenario.network.links.id],
        "crossing": [
            crossings.index(link[i])
            for i, c in zip(scenario.network.links.id, scenario.network.links.crossing, strict=True)
            if c
        ],
    }
    a, b = block(scenario, uncertainty=()), block(other, uncertainty=())
    assert_equal(a, b, 1e-9, **{k: np.array(v, int) for k, v in where.items()})


@given(lively_scenarios(least_days=2), st.integers(1, 11), SEEDS)
def test_the_first_days_of_a_longer_run_are_the_shorter_run(scenario, days, seed):
    days = min(days, scenario.days - 1)
    short, long = block(replace(scenario, days=days), seed), block(scenario, seed)
    assert_equal(short, long, time=np.arange(days))


@given(lively_scenarios(), st.integers(-400, 400), SEEDS)
def test_a_scenario_on_other_dates_is_the_same_run(scenario, days, seed):
    by = dt.timedelta(days=days)
    later = replace(scenario.shifted(days), start=scenario.start + by, reference=scenario.since + by)
    assert_equal(block(scenario, seed), block(later, seed))


@given(lively_scenarios(quiet=True), st.integers(1, 6))
def test_quiet_days_before_only_delay_the_twin(scenario, wait):
    by = dt.timedelta(days=wait)
    late = tuple(e for e in scenario.events if e.start >= scenario.start + dt.timedelta(days=3))
    table = replace(scenario.network.places, displaced=np.full(len(scenario.network.places), np.nan))
    network = replace(scenario.network, places=table)
    scenario = replace(scenario, events=late, network=network)
    waited = replace(scenario, start=scenario.start - by, days=scenario.days + wait, reference=scenario.since)
    a, b = block(scenario, uncertainty=()), block(waited, uncertainty=())
    assert_equal(a, b, 1e-9, time=np.arange(wait, waited.days))


HAZARDS = ("Fighting", "AirStrikes", "Capture")


@law(2_000)
@given(lively_scenarios(quiet=True), SEEDS)
def test_with_no_hazard_and_nobody_displaced_nobody_moves(scenario, seed):
    table = replace(scenario.network.places, displaced=np.full(len(scenario.network.places), np.nan))
    calm = tuple(e for e in scenario.events if e.kind not in HAZARDS)
    records = block(replace(scenario, network=replace(scenario.network, places=table), events=calm), seed)
    assert (records["residents"] == records["start_residents"][:, np.newaxis]).all()
    for name, values in records.items():
        assert name in ("residents", "start_residents") or not values.any(), name


@given(lively_scenarios(), SEEDS)
def test_an_event_after_the_end_changes_nothing(scenario, seed):
    days = 4 + scenario.days
    late = dp.Capture(place=scenario.network.places.id[0], by="teal", start=scenario.start + dt.timedelta(days=days))
    after = dp.Fighting(place=scenario.network.places.id[0], intensity=1, start=scenario.end + dt.timedelta(days=1))
    assert_equal(block(scenario, seed), block(scenario.with_events(late, after), seed))


@pytest.mark.parametrize("seed", [134, 314])
def test_the_first_members_of_a_larger_ensemble_are_those_of_a_smaller(seed):
    scenario = lively(seed, places=6, events=8)
    few, some, many = (dp.simulate(scenario, members=k, seed=seed) for k in (7, 52, 101))
    for run in (few, some):
        for name, values in run.data_vars.items():
            if "member" in values.dims:
                np.testing.assert_array_equal(values, many[name][: run.sizes["member"]], err_msg=name)
    assert (many["residents"][:50].values != many["residents"][50:100].values).any()  # another block, other luck


@given(lively_scenarios(), SEEDS, st.integers(1, 4))
def test_members_do_not_depend_on_how_many_stand_beside_them(scenario, seed, size):
    assert_equal(block(scenario, seed, size=size), block(scenario, seed, size=6), member=np.arange(size))


@pytest.mark.slow
def test_one_worker_and_two_give_the_same_bytes():
    scenario = lively(340, places=6, events=8)
    one, two = (dp.simulate(scenario, members=120, seed=5, workers=workers) for workers in (1, 2))
    assert one.attrs["digest"] == two.attrs["digest"]
    assert one.identical(two)


def test_another_seed_and_another_block_are_other_luck():
    scenario = lively(340, places=6, events=8)
    a, b, c = block(scenario, 1), block(scenario, 2), block(scenario, 1, number=1)
    assert (a["displaced"] != b["displaced"]).any()
    assert (a["displaced"] != c["displaced"]).any()


@cache
def morning_permission(number):
    """Least and most permission in the mornings of a lively scenario."""
    conditions = lively(number, places=6, events=8).compile()
    return [conditions[f"morning_permission_{bound}"].values for bound in ("low", "high")]


@law(2_000)
@given(SEEDS, st.integers(0, 40))
def test_unknown_permission_lies_between_its_two_bounds(seed, number):
    """However far the unknowns are open, people's permission lies between the two bounds of Conditions."""
    from displacement.movement.setting import completed

    low, high = morning_permission(number)
    share = np.random.default_rng(seed).random(low.shape[1])
    found = completed(low, high, share)
    assert (low <= found + 1e-15).all()
    assert (found <= high + 1e-15).all()
    np.testing.assert_array_equal(found[low == high], low[low == high])
