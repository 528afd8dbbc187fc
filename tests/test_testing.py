"""The strategies that are shipped: they reach everything, and what they make is valid."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from displacement.events import KINDS, Permission
from displacement.streams import Luck
from displacement.testing import events, networks, scenarios

FIND = settings(
    max_examples=2000, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@given(networks())
def test_lengths_are_all_different(network):
    assert len(set(network.links.length_km)) == len(network.links)
    crosses = (
        np.array(network.places.country)[network.links.origin]
        != np.array(network.places.country)[network.links.destination]
    )
    np.testing.assert_array_equal(network.links.crossing, crosses)


@given(networks(connected=True, crossings=False, unknown_controllers=False, limits=False, directed=False, groups=False))
def test_options_switch_things_off(network):
    n = len(network.places)
    reached = {0}
    for _ in range(n):
        for a, b in zip(network.links.origin, network.links.destination, strict=True):
            reached |= {a, b} if reached & {a, b} else set()
    assert len(reached) == n
    assert set(network.places.country) == {"AA"}
    assert "" not in network.places.party
    assert np.isnan(network.links.trucks_per_day).all()
    assert not network.links.directed.any()
    assert not network.place_groups


@given(scenarios(uncertain_dates=False, unknown_permissions=False, kinds=["Fighting", "Permission"]))
def test_events_are_of_the_kinds_asked_for(scenario):
    for event in scenario.events:
        assert event.kind in {"Fighting", "Permission"}
        assert event.earliest is event.latest is None
        assert not isinstance(event, Permission) or "unknown" not in event.values().values()


@given(scenarios(), st.integers(0, 99))
def test_scenarios_compile_whenever_their_events_start(scenario, seed):
    assert scenario.settled(Luck(seed, 0)).compile().sizes["time"] == scenario.days


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_event_is_reached(kind):
    assert find(scenarios(kinds=[kind], min_days=2), lambda s: any(e.kind == kind for e in s.events), settings=FIND)


@pytest.mark.parametrize(
    "feature",
    [
        lambda s: s.network.links.crossing.any() and s.network.places.outside.any(),
        lambda s: "camp" in s.network.places.kind and np.isfinite(s.network.places.capacity).any(),
        lambda s: "" in s.network.places.party,
        lambda s: s.operations and s.network.place_groups and s.relations,
        lambda s: any(e.earliest for e in s.events),
        lambda s: any(getattr(e, "aid", None) == "unknown" for e in s.events),
        lambda s: s.network.links.directed.any(),
    ],
)
def test_everything_that_a_model_may_meet_is_reached(feature):
    assert find(scenarios(), lambda s: bool(feature(s)), settings=FIND)


def test_an_event_needs_what_it_names():
    lonely = find(networks(min_links=0, max_links=0), lambda n: True, settings=FIND)
    assert events(lonely, kinds=["RoadCut", "CrossingClosed"]).is_empty


@given(networks(min_places=1, min_links=0, max_links=2), st.sampled_from(sorted(KINDS)), st.data())
def test_an_event_of_a_kind_can_be_drawn_where_there_is_what_it_names(network, kind, data):
    event = events(network, kinds=[kind])
    if not event.is_empty:
        assert data.draw(event).kind == kind
    parties = bool(any(network.places.party))
    needs = {
        "RoadCut": len(network.links) > 0, "Corridor": len(network.links) > 0, "Capture": parties,
        "CrossingOpened": network.links.crossing.any(), "HubSupply": network.places.hub.any(),
        "Evacuation": len(network.places) > 1,
    }  # fmt: skip
    for name, there in needs.items():
        assert events(network, kinds=[name]).is_empty != there, name
