"""More of anything never makes a day worse: 1,000 random days, with one permission or limit raised, or many.

Days are drawn as arrays, without a scenario, so that many can be tried; whole scenarios are in test_properties.
"""

from dataclasses import replace

import numpy as np
import pytest

from displacement.access import Thresholds
from displacement.access.aid import aid_entry, people_at_opening
from displacement.access.isolation import isolation, scopes, usable
from displacement.access.pipes import pipes
from displacement.access.status import access_class, access_of
from displacement.mandates import open_arcs, open_hubs
from displacement.paths import separate_routes, truck_flow
from tests.access.days import CHANCES, TRUCKS, random_day

RULE = Thresholds()
DRAWS, WITH_CUTS = 1_000, 300
NEAR = 1e-6  # tonnes


def raised(rng, day):
    """The day with limits on trucks, or permissions of one class, higher: on one arc, or on about half of them."""
    arcs = len(day.quota)
    more = rng.random(arcs) < 0.5 if rng.random() < 0.5 else np.arange(arcs) == rng.integers(arcs)
    if rng.random() < 0.5:
        return replace(day, quota=np.where(more, np.maximum(day.quota, rng.choice(TRUCKS, arcs)), day.quota))
    traffic, permission = int(rng.integers(4)), day.permission.copy()
    higher = np.maximum(permission[:, traffic], rng.choice(CHANCES, arcs))
    permission[:, traffic] = np.where(more, higher, permission[:, traffic])
    return replace(day, permission=permission)


def class_of(found):
    return access_class(found.surrounded, found.aid_entry, found.civilian_exit, RULE)


def test_raising_a_permission_or_a_limit_never_worsens_a_class_a_chance_or_an_exit():
    changed = 0
    for seed in range(DRAWS):
        rng, net, operations, day = random_day(seed)
        before, after = (access_of(net, operations, d, RULE) for d in (day, raised(rng, day)))
        for name in ("aid_entry", "reliability", "civilian_exit", "medical_exit"):
            assert (getattr(after, name) >= getattr(before, name) - 1e-9).all(), (seed, name)
        assert (class_of(after) <= class_of(before)).all(), seed
        changed += (after.aid_entry > before.aid_entry).any() or (after.civilian_exit > before.civilian_exit).any()
    assert changed > DRAWS / 20  # the law is not kept by nothing ever happening


def test_the_best_operation_counts_and_a_further_one_takes_nothing_away():
    for seed in range(WITH_CUTS):
        _, net, operations, day = random_day(seed)
        both = aid_entry(net, operations, day, RULE)
        alone = [aid_entry(net, (operation,), day, RULE) for operation in operations]
        for name in (0, 1):
            assert (both[name] == np.maximum(alone[0][name], alone[1][name])).all(), seed


def test_raising_a_permission_or_a_limit_never_lowers_a_flow_or_the_number_of_routes():
    changed = 0
    for seed in range(DRAWS):
        rng, net, operations, day = random_day(seed)
        more, place = raised(rng, day), int(rng.integers(len(net.places)))
        for operation in operations:
            flows, routes = [], []
            for d in (day, more):
                taken, hubs = open_arcs(net, operation, d, RULE.usable_aid), open_hubs(operation, d)
                flows.append(truck_flow(net, taken, d.quota, hubs, place, 7.5))
                routes.append(separate_routes(net, taken, hubs, np.arange(len(net.places))))
            assert flows[1] >= flows[0], seed
            assert (routes[1] >= routes[0]).all(), seed
            changed += flows[1] > flows[0]
    assert changed > DRAWS / 100


def tonnes(net, operations, day, need):
    """Most tonnes of a day, and who is reached."""
    found = scopes(net, operations, day, RULE)
    reached = isolation(net, operations, day, RULE).reached
    made = pipes(net, found, trucks=day.quota, truck_load=20.0, need=need, reached=reached, thresholds=RULE)
    return made.delivered((), reached)[0], reached


def test_raising_a_permission_or_a_limit_never_lowers_the_tonnes_that_can_be_delivered():
    changed = 0
    for seed in range(DRAWS):
        rng, net, operations, day = random_day(seed)
        need = rng.choice([13.0, 400.0], len(net.places))
        (before, were), (after, are) = (tonnes(net, operations, d, need) for d in (day, raised(rng, day)))
        assert after >= before - NEAR, seed
        assert (are | ~were).all(), seed
        assert before <= need[were].sum() + NEAR
        changed += after > before + NEAR
    assert changed > DRAWS / 50


@pytest.mark.parametrize("start", range(0, WITH_CUTS, 100))
def test_two_cuts_isolate_whom_each_isolates_and_only_the_reached(start):
    for seed in range(start, start + 100):
        _, net, operations, day = random_day(seed)
        found = isolation(net, operations, day, RULE)
        best = aid_entry(net, operations, replace(day, quota=np.full(len(day.quota), np.inf)), RULE)[1]
        assert (found.reached == (usable(best, RULE) & (people_at_opening(net) > 0))).all(), seed
        for links, lost in found.pair.items():
            assert (lost <= found.reached).all(), seed
            for k in links:
                assert (found.single.get(k, np.zeros_like(lost)) <= lost).all(), seed
