"""Laws of queues, groups and corridors."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from displacement.day_loop import simulate_block
from displacement.groups import Group
from displacement.movement.road import served
from displacement.movement.state import Held
from tests.crowded import crowded_scenarios
from tests.lively import START, links, places, scenario
from tests.often import law

ARCS, MEMBERS = 3, 2


class Lanes:
    """Slots of a made-up table of routes: one slot an arc."""

    arc = np.arange(ARCS)

    def __len__(self):
        return ARCS


@st.composite
def queues(draw, groups=None):
    """People held before three arcs, in two members, by day of joining; the vehicles of the day."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, count = draw(st.integers(1, 30)), groups or draw(st.integers(1, 4))
    cells = rng.permutation(MEMBERS * 4 * ARCS * 4)[:rows]  # each of another member, kind and day
    member, kind, since = np.unravel_index(np.sort(cells), (MEMBERS, 4 * ARCS, 4))
    people = rng.integers(0, rng.choice([3, 500]), (rows, count))
    people[:, 0] += 1
    held = Held(member, kind, since, people).sorted()
    per_person = np.where(
        rng.random((MEMBERS, count)) < 0.2, 0.0, 1 / rng.choice([1.0, 3.0, 4.7, 30.0], (MEMBERS, count))
    )
    free = np.where(
        rng.random((ARCS, MEMBERS)) < 0.1, np.inf, rng.choice([0.0, 1.0, 10.5, 60.0, 5000.0], (ARCS, MEMBERS))
    )
    return held, free, per_person


def lanes_of(held):
    """Rows of each arc and member."""
    arc = held.slot(ARCS)
    for a in range(ARCS):
        for m in range(MEMBERS):
            yield a, m, (arc == a) & (held.member == m)


@law(2_000)
@given(queues())
def test_vehicles_never_exceed_what_is_free_and_are_all_used_while_somebody_waits(drawn):
    held, free, per_person = drawn
    passed = served(held, free.copy(), per_person, Lanes())
    left = held.people - passed
    assert (passed >= 0).all()
    assert (left >= 0).all()
    for a, m, rows in lanes_of(held):
        used = (passed[rows] * per_person[m]).sum()
        assert used <= free[a, m] * (1 + 1e-9)
        wait = left[rows].sum(axis=0) * (per_person[m] > 0)
        if wait.any():
            assert free[a, m] - used < per_person[m][per_person[m] > 0].max() * len(per_person[m]) + 1e-9


@law(2_000)
@given(queues())
def test_first_in_first_out(drawn):
    """Where somebody who joined on a day is left in a vehicle, nobody who joined later passes; who walks is not held."""
    held, free, per_person = drawn
    passed = served(held, free.copy(), per_person, Lanes())
    for _, m, rows in lanes_of(held):
        drives = per_person[m] > 0
        waits = rows & (held.people - passed)[:, drives].any(axis=1)
        if waits.any():
            first = held.since[waits].min()
            assert not passed[rows & (held.since > first)][:, drives].any()
            assert (passed[rows & (held.since < first)] == held.people[rows & (held.since < first)]).all()


@law(2_000)
@given(queues())
def test_groups_who_join_together_pass_in_the_same_share(drawn):
    """To within one person."""
    held, free, per_person = drawn
    passed = served(held, free.copy(), per_person, Lanes())
    for _, m, rows in lanes_of(held):
        for since in np.unique(held.since[rows]):
            some = rows & (held.since == since)
            total, through = held.people[some].sum(axis=0), passed[some].sum(axis=0)
            drives = (per_person[m] > 0) & (total > 0)
            if drives.any():  # some share is within one person of each group's
                least, most = ((through[drives] + way * (1 + 1e-9)) / total[drives] for way in (-1, 1))
                assert least.max() <= most.min() + 1e-9


@law(2_000)
@given(queues(groups=1), st.floats(1.0, 3.0))
def test_a_road_with_more_vehicles_never_lets_fewer_through(drawn, more):
    held, free, per_person = drawn
    few, many = (served(held, free * factor, per_person, Lanes()) for factor in (1.0, more))
    for _, _, rows in lanes_of(held):
        assert many[rows].sum() >= few[rows].sum()


@law(1_000)
@given(crowded_scenarios(most_days=8))
def test_no_more_people_than_vehicles_hold_set_out_on_a_road(scenario):
    """Where all ride, five to a vehicle, in whole runs: a day's traffic against the day's capacity."""
    groups = tuple(g.model_copy(update={"people_per_vehicle": 5.0, "on_foot": 0.0}) for g in scenario.groups)
    values = {"people_per_vehicle": 5.0, "on_foot": 0.0, "start_up_hours": 0.0}
    scenario = replace(scenario, groups=groups, parameters=scenario.parameters.with_values(values))
    run = simulate_block(scenario, seed=1, block=0, uncertainty=("counts",), size=3)
    capacity = scenario.compile()["vehicle_capacity"].values
    assert (run["traffic"] <= 5.0 * capacity + 1e-6).all()


@law(1_000)
@given(crowded_scenarios(most_places=6, most_days=8), st.integers(0, 99))
def test_two_halves_of_a_group_are_the_group(scenario, number):
    """Splitting a group in two alike changes no mean of anything that is not counted by group."""
    if not scenario.groups:
        scenario = replace(scenario, groups=(Group(id="all", name="All", share=1.0),))
    whole = scenario.groups[number % len(scenario.groups)]
    halves = [whole.model_copy(update={"id": f"{whole.id}_{i}", "share": whole.share / 2}) for i in (1, 2)]
    groups = tuple(half for g in scenario.groups for half in (halves if g is whole else [g]))

    def speaks_of_halves(event):
        who = tuple(
            h for name in getattr(event, "who", ()) for h in ([x.id for x in halves] if name == whole.id else [name])
        )
        return event.model_copy(update={"who": who}) if who else event

    other = replace(scenario, groups=groups, events=tuple(map(speaks_of_halves, scenario.events)))
    one, two = (simulate_block(s, seed=1, block=0, uncertainty=(), size=1) for s in (scenario, other))
    everyone = float(one["start_residents"].sum() + one["start_displaced"].sum() + one["start_refugees"].sum())
    for name in (name for name in one if not name.endswith("_by_group")):
        np.testing.assert_allclose(one[name], two[name], rtol=1e-9, atol=1e-9 * everyone, err_msg=name)


@law(1_000)
@given(st.integers(1, 4), st.data(), st.integers(0, 2**31))
def test_a_corridor_lets_out_only_whom_it_names(count, data, seed):
    """A town behind a front line, a corridor to the other side, and a crossing at its end: other groups stay inside."""
    groups = tuple(Group(id=f"g{i}", name=f"G {i}", share=1 / count) for i in range(count))
    who = data.draw(st.sets(st.sampled_from([g.id for g in groups]), min_size=1))
    day = data.draw(st.integers(1, 3))
    table = places(
        ["a", "b", "c"], ["town", "town", "town"], country=("AA", "AA", "BB"), population=[900, 0, 0],
        party=("blue", "red", "red"), outside=[False, True, True],
    )  # fmt: skip
    roads = links(["ab", "bc"], [(0, 1), (1, 2)], [10.0, 10.0], kind=("road", "crossing"))
    war = dp.Fighting(place="a", intensity=1.0, start=START)
    start = START.replace(day=START.day + day)
    way = dp.Corridor(place="a", to="c", link=["ab", "bc"], who=tuple(sorted(who)), start=start)
    case = scenario(table, roads, war, way, days=7, groups=groups,
                    parameters={"retry_days": 1.0, "irregular_rate": 0.0, "departure_rate": 2.0, "stayers": 0.0})  # fmt: skip
    run = simulate_block(case, seed=seed, block=0, uncertainty=("counts",), size=2)
    if count == 1:
        assert (run["displaced"] + run["refugees"])[:, -1].any()
        assert not run["displaced"][:, :day].any()
        return
    out = (run["displaced_by_group"] + run["refugees_by_group"]).sum(axis=-1)
    assert not out[:, :day].any()
    for i, group in enumerate(groups):
        assert out[:, -1, i].any() == (group.id in who)
