"""Laws of comparing: nothing against itself, the opposite the other way round, nothing where nothing changed, and sums."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from displacement.comparison import attribution
from displacement.comparison.changes import changes_between, event_changes, mixed
from displacement.comparison.difference import SAVED
from displacement.day_loop import simulate_block
from displacement.ensemble import dataset
from displacement.members import SOURCES
from displacement.testing import scenarios
from tests.lively import lively_scenarios
from tests.often import law
from tests.properties.test_what_changes_nothing import joined, renamed

MEMBERS = 3


def quick(scenario, *, members=MEMBERS, seed=1, uncertainty=SOURCES, **_):
    """A run of one small block: what is compared does not hang on the size of the ensemble."""
    records = simulate_block(scenario, seed=seed, block=0, uncertainty=tuple(uncertainty), size=members)
    return dataset(scenario, records, {"seed": seed, "uncertainty": ", ".join(uncertainty), "choice": "gravity"})


@st.composite
def two_scenarios(draw, most_changes=4):
    """A scenario, and another with some of its events left out, moved or added."""
    base = draw(lively_scenarios(most_places=4, most_events=4, most_days=4, most_further=2))
    donor = draw(st.lists(st.integers(0, 9), max_size=most_changes // 2))
    events = list(base.events)
    for i in draw(st.lists(st.integers(0, 9), max_size=most_changes // 2)):
        if events:
            events.pop(i % len(events))
    days = draw(st.sampled_from([0, 0, 1]))
    more = [base.events[i % len(base.events)].shifted(2 + i) for i in donor if base.events]
    spill = draw(st.sampled_from([None, None, 0.9]))
    parameters = base.parameters if spill is None else base.parameters.with_values({"spill": spill})
    try:
        other = replace(base, events=(*events, *more), days=base.days + days, parameters=parameters)
    except dp.InputError:  # a place taken twice on one day, or an event that speaks of one that is gone
        other = replace(base, days=base.days + days, parameters=parameters)
    return base, other


def assert_zero_everywhere(found):
    """Nothing differs, and all that varies is saved."""
    for name in found.data_vars:
        values = found.variables[name].values
        if name.startswith(SAVED):
            assert np.isin(np.nan_to_num(values, nan=1.0), 1.0).all(), name
        else:
            assert not values.any(), name
    assert {"displaced", "total_displaced", "trapped", "traffic"} <= set(found)


def assert_opposite(there, back):
    """The p % point of a difference is the opposite of the (100 - p) % point of the other."""
    assert set(there) == set(back)
    for name in there.data_vars:
        a, b = there.variables[name], back.variables[name]
        assert a.dims == b.dims
        if name.startswith(SAVED):
            np.testing.assert_allclose(a.values, b.values, atol=1e-9, err_msg=name)
        else:
            opposite = -np.flip(b.values, axis=b.dims.index("point"))
            np.testing.assert_allclose(a.values, opposite, atol=1e-6, err_msg=name)


@law(1_000)
@given(two_scenarios())
def test_against_itself_a_run_is_zero_everywhere_and_the_other_way_round_the_opposite(pair):
    one, two = map(quick, pair)
    two_ends = [("one", one), ("two", two)]
    assert_zero_everywhere(dp.compare({"one": one, "same": one}, internal=True))
    assert_opposite(*(dp.compare(dict(ends), internal=True) for ends in (two_ends, two_ends[::-1])))


@given(lively_scenarios(most_places=4, most_days=4), lively_scenarios(most_places=3, most_days=4))
def test_what_differs_elsewhere_makes_no_difference_here(scenario, elsewhere):
    """Events on a part that is not connected: every place, crossing and total of the rest is as it was."""
    network, events = renamed(elsewhere, lambda i: f"z{i}", lambda i: f"lz{i}", {"AA": "CC", "BB": "DD"})
    kept = [e for e in events if e.kind not in ("Relation", "Ceasefire", "Rumour", "Weather")]
    kept = [e for e in kept if "everywhere" not in getattr(e, "place", ())]
    base = replace(scenario, network=joined(scenario.network, network))
    found = dp.compare({"base": quick(base), "more": quick(base.with_events(*kept))}, internal=True)
    here = {"place": scenario.network.places.id, "link": scenario.network.links.id}
    crossing = {i for i, c in zip(scenario.network.links.id, scenario.network.links.crossing, strict=True) if c}
    rows = {dim: np.isin(found[dim].values, list(ids)) for dim, ids in (*here.items(), ("crossing", crossing))}
    assert [rows[dim].sum() for dim in rows] == [len(here["place"]), len(here["link"]), len(crossing)]
    for name in found.data_vars:
        values = found.variables[name]
        for axis, dim in enumerate(values.dims):
            if dim in rows:
                assert not np.compress(rows[dim], values.values, axis=axis).any(), name


@law(1_000)
@given(two_scenarios(most_changes=2))
def test_contributions_and_what_is_together_add_up_to_the_difference(pair):
    base, other = pair
    runs = {}

    def once(scenario, **about):
        """A run, kept by what it runs on: the two ends are asked for again below."""
        key = scenario.fingerprint()
        if key not in runs:
            runs[key] = quick(scenario, **about)
        return runs[key]

    with patch.object(attribution, "simulate", once):
        found = attribution.contributions(base, other, "moved_since", members=MEMBERS)
    for how in ("alone", "left_out"):
        assert found[how].dtype == found[f"together_{how}"].dtype == np.int64
        assert (found[how].sum("item") + found[f"together_{how}"] == found["difference"]).all()
    last = min(base.days, other.days) - 1
    ends = [once(case)["moved_since"].isel(time=last).sum("place").values.astype(int) for case in pair]
    assert np.array_equal(found["difference"].values, ends[1] - ends[0])
    if found.sizes["item"] == 1:
        assert (found["alone"].isel(item=0) == found["difference"]).all()


@given(scenarios(max_events=5), scenarios(max_events=5))
def test_any_scenario_can_be_reached_from_any_other_that_opens_on_its_day(base, other):
    """All steps together make the other scenario; none of them the first; each makes a scenario alone and left out."""
    changes = changes_between(base, other)
    assert mixed(base, other, []) == base
    whole = mixed(base, other, changes)
    assert not event_changes(whole, other)
    assert replace(whole, name=other.name, summary=other.summary, events=other.events) == other
    for change in changes if len(changes) > 1 else ():
        mixed(base, other, [change])
        mixed(base, other, [c for c in changes if c is not change])
    assert len({c.label for c in changes}) == len(changes)
