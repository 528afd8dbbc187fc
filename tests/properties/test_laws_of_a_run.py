"""Laws that every run obeys, checked from its records alone: not with the ledger that the program keeps of itself."""

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from displacement.day_loop import simulate_block
from displacement.events import KINDS
from displacement.members import SOURCES
from displacement.network import TRAFFIC
from displacement.supply.record import RECORDED
from displacement.testing import scenarios
from tests.crowded import crowded_scenarios
from tests.lively import lively, lively_scenarios
from tests.often import law

CIVILIANS, MEDICAL = TRAFFIC.index("civilians"), TRAFFIC.index("medical")
PLACE, WHERE = 2, (2, 3)


class Seen:
    """A run and what it ran on: records (member, time, ...), and stocks with the opening put before the first day."""

    def __init__(self, scenario, records, slack):
        self.scenario, self.records, self.slack = scenario, records, slack
        self.conditions = scenario.compile()
        network = scenario.network
        self.abroad = np.array(network.places.country) != scenario.country
        self.gates = np.flatnonzero(network.links.crossing)

    def __getattr__(self, name):
        return self.records[name]

    def before(self, name):
        """A stock at the end of the day before; at the start people are at home or displaced."""
        values = self.records[name].astype(float)
        first = self.records.get(f"start_{name}", np.zeros_like(values[:, 0]))
        return np.concatenate([first[:, np.newaxis].astype(float), values[:, :-1]], axis=1)

    def change(self, name):
        return self.records[name] - self.before(name)

    def total(self, *names):
        """(member, time) people in some stocks."""
        return sum(values.sum(axis=tuple(range(2, values.ndim))) for values in map(self.records.get, names))

    def equal(self, a, b):
        return np.all(np.abs(a - b) <= self.slack)

    def at_most(self, a, b):
        return np.all(a <= b + self.slack)

    def permission(self, bound, traffic):
        """(time, crossing, direction) least or most permission of people on the mornings."""
        return self.conditions[f"morning_permission_{bound}"].values[..., traffic][:, self.gates]


def everybody_is_somewhere_once(run):
    everyone = run.total("residents", "displaced", "refugees", "returned", "travelling", "waiting")
    start = (run.start_residents + run.start_displaced + run.start_refugees).sum(axis=1)
    return run.equal(everyone, start[:, np.newaxis])


def flows_explain_the_people_at_every_place(run):
    change = sum(run.change(name) for name in ("residents", "displaced", "refugees", "returned"))
    return run.equal(change, run.arrivals - run.departures)


def flows_explain_the_queues(run):
    return run.equal(run.change("waiting"), run.joined - run.crossed - run.gave_up)


def flows_explain_the_people_on_the_road(run):
    out = run.departures.sum(axis=PLACE) + (run.crossed + run.gave_up).sum(axis=WHERE)
    back = run.arrivals.sum(axis=PLACE) + run.joined.sum(axis=WHERE)
    return run.equal(run.change("travelling").sum(axis=WHERE), out - back)


def residents_only_leave(run):
    """Who is back home is counted apart, and may leave again."""
    gone = -run.change("residents")
    exact = run.returned.any() or run.equal(gone, run.departures_from_home)
    return exact and run.at_most(0, gone) and run.at_most(gone, run.departures_from_home)


def no_count_is_negative(run):
    return all(np.all(values >= -run.slack) for values in run.records.values())


def nobody_leaves_twice_in_a_day(run):
    present = sum(run.before(name) for name in ("residents", "displaced", "refugees", "returned"))
    return run.at_most(run.departures + run.stopped, present)


def a_shut_link_carries_nobody(run):
    shut = run.conditions["morning_permission_high"].values[..., CIVILIANS] == 0
    return not run.traffic[:, shut].any()


def nobody_walks_through_a_crossing(run):
    """Crossing is a process of its own: routes never pass one."""
    return not run.traffic[:, :, run.gates].any() and not run.travelling[:, :, run.gates].any()


def a_crossing_never_exceeds_its_quota(run):
    quota = run.conditions["quota"].values[:, run.gates]
    allowed = np.zeros(run.crossed.shape[1:])
    for traffic in (CIVILIANS, MEDICAL):
        allowed += np.where(run.permission("high", traffic) > 0, quota[..., traffic], 0.0)
    return run.at_most(run.crossed - run.crossed_irregularly, allowed)


def an_open_crossing_has_no_irregular_passages(run):
    is_open = (run.permission("low", CIVILIANS) > 0) & (run.permission("low", MEDICAL) > 0)
    is_open &= run.conditions["admission"].values[:, run.gates].all(axis=-1)
    is_open &= run.conditions["checkpoint"].values[:, run.gates, np.newaxis] == 0
    return not run.crossed_irregularly[:, is_open].any()


def trapped_people_are_inside_their_stocks(run):
    return run.at_most(run.trapped, run.residents + run.displaced + run.refugees)


def only_who_is_refused_becomes_trapped(run):
    return run.at_most(run.change("trapped"), run.stopped)


def refugees_are_abroad_and_the_displaced_are_not(run):
    return not run.displaced[..., run.abroad].any() and not run.refugees[..., ~run.abroad].any()


def the_newly_displaced_have_moved_and_the_moved_are_displaced(run):
    away = run.total("displaced", "travelling", "waiting")
    per_place = run.at_most(run.newly_displaced, run.moved_since)
    return per_place and run.at_most(run.moved_since.sum(axis=PLACE), away)


def the_newly_displaced_left_home_since_the_reference_date(run):
    dates = [run.scenario.start + dt.timedelta(days=day) for day in range(run.scenario.days)]
    since = np.array([date >= run.scenario.since for date in dates])
    left = np.cumsum(run.departures_from_home.sum(axis=PLACE) * since, axis=1)
    moved = np.cumsum(run.departures.sum(axis=PLACE) * since, axis=1)
    fine = run.at_most(run.newly_displaced.sum(axis=PLACE), left) and run.at_most(
        run.moved_since.sum(axis=PLACE), moved
    )
    return fine and not run.moved_since[:, ~since].any()


def who_is_queued_is_under_way(run):
    return "queued" not in run.records or run.at_most(run.queued, run.travelling)


def nobody_comes_home_to_fighting(run):
    """Nor to a capture, nor where there was either in the days before."""
    back, wait = run.change("returned") > run.slack, int(run.scenario.parameters.quiet_days)
    captured = run.conditions["control"].values != run.conditions["morning_control"].values
    loud = (run.conditions["intensity"].values > 0) | captured
    lately = np.stack([loud[max(day - wait + 1, 0) : day + 1].any(axis=0) for day in range(len(loud))])
    return not back[:, lately].any() and not back[:, : wait - 1].any()


def no_home_takes_back_more_than_have_left(run):
    return run.at_most(run.residents + run.returned, run.start_residents[:, np.newaxis])


def nobody_is_registered_who_is_not_abroad(run):
    if "registered" not in run.records:
        return True
    abroad = run.total("refugees", "travelling", "waiting")
    return run.at_most(run.registered.sum(axis=2), abroad)


LAWS = (
    who_is_queued_is_under_way,
    nobody_comes_home_to_fighting,
    no_home_takes_back_more_than_have_left,
    nobody_is_registered_who_is_not_abroad,
    everybody_is_somewhere_once,
    flows_explain_the_people_at_every_place,
    flows_explain_the_queues,
    flows_explain_the_people_on_the_road,
    residents_only_leave,
    no_count_is_negative,
    nobody_leaves_twice_in_a_day,
    a_shut_link_carries_nobody,
    nobody_walks_through_a_crossing,
    a_crossing_never_exceeds_its_quota,
    an_open_crossing_has_no_irregular_passages,
    trapped_people_are_inside_their_stocks,
    only_who_is_refused_becomes_trapped,
    refugees_are_abroad_and_the_displaced_are_not,
    the_newly_displaced_have_moved_and_the_moved_are_displaced,
    the_newly_displaced_left_home_since_the_reference_date,
)


def broken_laws(scenario, seed, uncertainty):
    made = simulate_block(scenario, seed=seed, block=0, uncertainty=uncertainty, size=3)
    records = {name: values for name, values in made.items() if name not in RECORDED}  # aid has laws of its own
    whole = "counts" in uncertainty
    assert all(np.issubdtype(values.dtype, np.integer) == whole for values in records.values())
    run = Seen(scenario, records, 0 if whole else 1e-6)
    return [law.__name__ for law in LAWS if not law(run)]


@law(2_000)
@given(lively_scenarios(most_days=9), st.integers(0, 2**31), st.sampled_from([SOURCES, SOURCES, ()]))
def test_a_busy_run_breaks_no_law(scenario, seed, uncertainty):
    """Nor does its twin."""
    assert broken_laws(scenario, seed, uncertainty) == []


@given(scenarios(uncertain_dates=False, vary_parameters=True), st.integers(0, 2**31))
def test_an_odd_run_breaks_no_law(scenario, seed):
    assert broken_laws(scenario, seed, SOURCES) == []


@law(1_000)
@given(crowded_scenarios(most_days=9), st.integers(0, 2**31))
def test_crowds_break_no_law(scenario, seed):
    """With groups, queues on roads, evacuations, home areas and return."""
    assert broken_laws(scenario, seed, SOURCES) == []


@law(1_000)
@given(
    st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=2).flatmap(
        lambda kinds: scenarios(kinds=kinds, max_events=4, uncertain_dates=False)
    ),
    st.integers(0, 2**31),
)
def test_every_kind_of_event_alone_and_in_pairs_breaks_no_law(scenario, seed):
    assert broken_laws(scenario, seed, SOURCES) == []


def test_the_busy_runs_are_busy():
    """In the scenarios that these laws are tried on, all that may happen does happen."""
    seen = dict.fromkeys(
        ("traffic", "travelling", "waiting", "crossed", "crossed_irregularly", "gave_up", "stopped", "trapped"), 0
    )
    for i in range(60):
        records = simulate_block(lively(i, places=7), seed=i, block=0, uncertainty=SOURCES, size=1)
        for name in seen:
            seen[name] += bool(records[name].any())
    assert min(seen.values()) >= 3, seen
