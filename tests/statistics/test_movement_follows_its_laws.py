"""Draws of the model against laws that are known exactly. Seeds are fixed.

Each comparison raises a false alarm with a chance of 1e-4 if the law holds (two-sided, by the exact or normal law named
beside it); there are 12, so about one seed in 800 would fail.
"""

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from displacement.ensemble import simulate
from displacement.events import CrossingClosed, CrossingOpened, CrossingQuota, Fighting
from displacement.network import Network
from displacement.parameters import Parameters
from displacement.scenario import Party, Scenario
from tests.lively import links, places

START = dt.date(2020, 1, 1)
ALARM = 1e-4
COUNTS = ("counts",)
PLAIN = {"stayers": 0.0, "spill": 0.0, "company": 0.0, "onward_rate": 0.0, "medical_share": 0.0}


def scenario(kinds, roads, *, people, displaced=None, events=(), days=10, countries=None, crossing=None, **parameters):
    """Places p0, p1, ... joined by roads (from, to, km), and a crossing as the last of them if asked for."""
    ids = [f"p{i}" for i in range(len(kinds))]
    link_kinds = tuple("crossing" if i == crossing else "road" for i in range(len(roads)))
    return Scenario(
        name="law",
        country="AA",
        start=START,
        days=days,
        parties=(Party(id="one", name="One"),),
        network=Network(
            places=places(
                ids,
                kinds,
                population=people,
                displaced=displaced or [0] * len(kinds),
                party=("one",) * len(kinds),
                country=tuple(countries or ["AA"] * len(kinds)),
            ),
            links=links(
                [f"l{i}" for i in range(len(roads))],
                [road[:2] for road in roads],
                [road[2] for road in roads],
                kind=link_kinds,
            ),
        ),
        events=tuple(events),
        parameters=Parameters(**{**PLAIN, **parameters}),
    )


def binomial_mean(successes, trials, p):
    """P-value of pooled binomial counts."""
    return stats.binomtest(int(successes), int(trials), p).pvalue


def dispersion(values, variance):
    """Two-sided p-value of a sample variance by the chi-square law."""
    below = stats.chi2(len(values) - 1).cdf((len(values) - 1) * values.var(ddof=1) / variance)
    return 2 * min(below, 1 - below)


def test_those_who_stay_home_follow_the_binomial_law_in_mean_and_variance():
    under_fire = [Fighting(place="p0", intensity=1.0, start=START)]
    pair = scenario(["town", "camp"], [(0, 1, 10)], people=[400, 0], events=under_fire, departure_rate=0.1)
    stayed = simulate(pair, members=400, seed=1, uncertainty=COUNTS).residents.isel(time=-1).sel(place="p0").values
    p = np.exp(-0.1 * 10)
    assert binomial_mean(stayed.sum(), 400 * 400, p) > ALARM
    assert dispersion(stayed, 400 * p * (1 - p)) > ALARM  # 400 p q is large: the chi-square law holds well


def test_destinations_are_shared_by_pull_over_cost():
    under_fire = [Fighting(place="p0", intensity=1.0, start=START)]
    star = scenario(
        ["town", "camp", "town", "village"],
        [(0, 1, 20), (0, 2, 40), (0, 3, 60)],
        people=[5000, 0, 0, 0],
        events=under_fire,
        days=1,
        departure_rate=1.0,
    )
    run = simulate(star, members=200, seed=2, uncertainty=COUNTS)
    arrived = run.arrivals.isel(time=0).sum("member").sel(place=["p1", "p2", "p3"]).values
    # By hand: 40 km/h and a quarter of an hour per 25 km begun: 0.75, 1.5 and 2.25 h; weights 2, 1, .3; equal sizes.
    pull = np.array([2.0, 1.0, 0.3]) * (1.0 + np.array([0.75, 1.5, 2.25])) ** -2.0
    assert stats.chisquare(arrived, arrived.sum() * pull / pull.sum()).pvalue > ALARM


def test_two_places_that_flee_to_each_other_reach_the_stationary_law():
    fire = [Fighting(place="p0", intensity=0.6, start=START), Fighting(place="p1", intensity=0.3, start=START)]
    pair = scenario(
        ["camp", "camp"], [(0, 1, 10)], people=[0, 0], displaced=[1000, 0], events=fire, days=60, departure_rate=0.5
    )
    run = simulate(pair, members=200, seed=3, uncertainty=COUNTS)
    leave = -np.expm1(-2.0 * 0.5 * np.array([0.6, 0.3]))  # displaced_factor 2
    at_first = run.displaced.isel(time=-1).sel(place="p0").values
    share = leave[1] / leave.sum()
    assert binomial_mean(at_first.sum(), 200 * 1000, share) > ALARM
    assert dispersion(at_first, 1000 * share * (1 - share)) > ALARM


def border(days, *events, **parameters):
    """A town under fire whose only way is a crossing, l1."""
    under_fire = Fighting(place="p0", intensity=1.0, start=START, end=START)
    return scenario(
        ["town", "border_post", "town"],
        [(0, 1, 10), (1, 2, 1)],
        people=[20_000, 0, 0],
        countries=["AA", "AA", "BB"],
        crossing=1,
        days=days,
        events=[under_fire, *events],
        departure_rate=1.0,
        **parameters,
    )


def test_a_queue_admits_its_quota_every_day_until_it_is_empty():
    opened = CrossingOpened(crossing="l1", start=START)
    quota = CrossingQuota(crossing="l1", traffic="civilians", per_day=700, start=START)
    run = simulate(border(30, opened, quota, give_up_rate=0.0), members=20, seed=4, uncertainty=COUNTS)
    crossed = run.crossed.sel(direction="forward").isel(crossing=0).values
    arrived = run.joined.sel(direction="forward").isel(crossing=0).sum("time").values
    full_days = arrived // 700
    for member in range(20):
        expected = np.zeros(30)
        expected[: full_days[member]] = 700
        if full_days[member] < 30:
            expected[full_days[member]] = arrived[member] % 700
        assert (crossed[member] == expected).all()


def test_those_who_give_up_and_those_who_slip_through_follow_their_rates():
    shut = border(5, CrossingClosed(crossing="l1", start=START), give_up_rate=0.1, irregular_rate=0.05)
    run = simulate(shut, members=200, seed=5, uncertainty=COUNTS)
    over = {"direction": "forward", "crossing": "l1"}
    there = (run.waiting + run.crossed + run.gave_up).sel(over)  # who waited at the start of each day's partings
    through = run.crossed_irregularly.sel(over)
    assert binomial_mean(through.sum(), there.sum(), -np.expm1(-0.05)) > ALARM
    assert binomial_mean(run.gave_up.sel(over).sum(), (there - through).sum(), -np.expm1(-0.1)) > ALARM
    assert int((run.crossed - run.crossed_irregularly).sum()) == 0


def linear():
    """Nothing in it depends on how many people are anywhere: no queue, no capacity, no company."""
    fire = [Fighting(place="p0", intensity=0.6, start=START), Fighting(place="p1", intensity=0.2, start=START)]
    return scenario(
        ["town", "town", "camp", "village"],
        [(0, 1, 15), (1, 2, 20), (2, 3, 30), (0, 3, 45)],
        people=[3000, 2000, 0, 500],
        displaced=[100, 400, 300, 0],
        events=fire,
        days=15,
    )


def test_the_twin_is_the_ensemble_mean_where_the_model_is_linear():
    run = simulate(linear(), members=400, seed=6, uncertainty=COUNTS)
    twin = simulate(linear(), members=1, uncertainty=())
    for name in ("residents", "displaced", "departures", "arrivals", "moved_since"):
        values = run[name].values.astype(float)
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        gap = np.abs(values.mean(axis=0) - twin[name].values[0])
        assert (gap <= 5 * error + 1e-9).all()  # 300 cells a variable: 5 errors is 1e-4 for all of them together
        assert (gap[error > 0] <= 4 * error[error > 0]).mean() > 0.99


def test_the_ensemble_mean_converges_as_one_over_the_square_root_of_members():
    run = simulate(linear(), members=2000, seed=7, uncertainty=COUNTS)
    values = run.displaced.isel(time=-1).sel(place="p2").values.astype(float)
    for size in (10, 40):
        means = values.reshape(-1, size).mean(axis=1)
        assert dispersion(means, values.var(ddof=1) / size) > ALARM  # F law with 1,999 below: all but chi-square


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_uncertain_populations_share_the_stated_part_of_their_variance(share):
    pair = scenario(["town", "town"], [(0, 1, 10)], people=[10_000, 10_000], days=1, population_common=share)
    table = pair.network.places
    bounds = {"population_low": np.array([7000.0] * 2), "population_high": np.array([10_000.0**2 / 7000] * 2)}
    kept = {name: getattr(table, name) for name in table.__dataclass_fields__}
    wide = Network(places=type(table)(**{**kept, **bounds}), links=pair.network.links)
    varied = Scenario(**{**{n: getattr(pair, n) for n in pair.__dataclass_fields__}, "network": wide})
    start = np.log(simulate(varied, members=1000, seed=8, uncertainty=("populations",)).start_residents.values)
    spread = np.log(10_000 / 7000) / stats.norm.ppf(0.9)
    assert dispersion(start[:, 0], spread**2) > ALARM
    if share == 1.0:
        assert np.allclose(start[:, 0], start[:, 1], atol=1e-3)
    else:
        found = np.arctanh(np.corrcoef(start.T)[0, 1])  # Fisher: normal with variance 1 / (n - 3)
        assert 2 * stats.norm.sf(abs(found - np.arctanh(share)) * np.sqrt(997)) > ALARM
