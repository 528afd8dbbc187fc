"""Fitting to counts: the exact posterior where one is known, what may not change it, and what is refused."""

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from displacement.calibration import Floor, Observation, calibrate, effective_members, fit, observations_of
from displacement.day_loop import simulate_block
from displacement.ensemble import simulate
from displacement.errors import InputError
from displacement.members import POPULATIONS, SOURCES
from displacement.parameters import Parameters
from tests.calibration.worlds import NAMES, SPREAD, counted, seen, world
from tests.lively import START

FEW = settings(max_examples=min(settings().max_examples // 16, 20))  # each is a calibration: 0.2 s
QUICK = {"members": 300, "block": 150}
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def case():
    return world(1)


@pytest.fixture(scope="module")
def counts(case):
    return counted(case, 1, seen())[1]


@pytest.fixture(scope="module")
def found(case, counts):
    return fit(case, counts, NAMES, **QUICK)


def same(a, b):
    return np.array_equal(a.weight, b.weight) and a.points == b.points


def test_the_exact_posterior_of_one_rate_and_one_count(case):
    """People left at home after two days are exp(-rate intensity 2) of those who may leave: a known function."""
    calm = replace(case, parameters=case.parameters.with_values({"stayers": (0.3, 0.3, 0.3), "spill": (0.0, 0.0, 0.0)}))
    only = {"uncertainty": ("counts",), "members": 6_000, "block": 1_500, "discrepancy": 0.1}
    home = float(calm.network.places.residents[0])
    count = Observation(variable="residents", place="A", date=START + DAY, value=0.5 * home, error=0.2)
    found = fit(calm, [count], ["departure_rate"], **only)
    z = np.linspace(-6, 6, 4_001)
    rate = calm.parameters.drawn({"departure_rate": z}).departure_rate
    left = simulate_block(calm, seed=1, block=0, size=len(z), uncertainty=(), deviates={"departure_rate": z})
    people = left["residents"][:, 1, 0]
    assert people == pytest.approx(home * (0.3 + 0.7 * np.exp(-2 * rate * calm.events[0].intensity)), rel=1e-6)
    density = stats.norm.pdf(z) * stats.norm.pdf(np.log(0.5 * home / people), scale=np.hypot(0.2, 0.1))
    density /= density.sum()
    mean = density @ z
    width = np.sqrt(density @ (z - mean) ** 2)
    table = found.identifiability()
    error = 4 * width / np.sqrt(found.effective_members)  # four standard errors
    assert found.effective_members > 2_000
    assert table.loc["departure_rate", "moved"] == pytest.approx(mean, abs=error)
    assert table.loc["departure_rate", "width"] == pytest.approx(width, abs=error)
    exact = np.interp([0.1, 0.5, 0.9], np.cumsum(density), rate)
    assert found.points["departure_rate"] == pytest.approx(exact, rel=0.05)


@pytest.mark.slow
def test_floors_weigh_as_the_other_calibration_does(case):
    date, least = START + 3 * DAY, 3_000.0
    low = Observation(variable="moved_since", place="everywhere", date=date, low=least)
    floor = Floor(variable="moved_since", place="everywhere", date=date, least=least)
    old = calibrate(case, [floor], ["departure_rate"], members=3_000)
    new = fit(case, [low], ["departure_rate"], members=1_500, discrepancy=0.0)
    assert new.points["departure_rate"] == pytest.approx(old.points["departure_rate"], rel=0.1)


def test_members_given_deviates_are_those_that_simulate_runs(case, found):
    z = {name: found.deviates[:150, i] for i, name in enumerate(found.dimensions) if name != "discrepancy"}
    records = simulate_block(replace(case, days=6), seed=1, block=0, size=150, uncertainty=SOURCES, deviates=z)
    assert (records["residents"][:, 2, 0] == found.projected[0, :150]).all()
    assert (records["residents"][:, 5, 0] == found.projected[2, :150]).all()


def test_values_are_those_of_the_deviates(case, found):
    drawn = case.parameters.drawn({name: found.deviates[:, found.dimensions.index(name)] for name in NAMES})
    for name in NAMES:
        assert (found.values[name] == getattr(drawn, name)).all()


def test_workers_and_order_and_repetition_change_nothing(case, counts, found):
    assert same(found, fit(case, counts, NAMES, **QUICK))
    assert same(found, fit(case, counts, NAMES, workers=2, **QUICK))


def test_progress_counts_the_members(case, counts):
    done = []
    fit(case, counts, NAMES, progress=done.append, members=100)
    assert done == [50, 50]
    done.clear()
    fit(case, counts, NAMES, progress=done.append, **QUICK)
    assert done == [150, 150]


def test_apply_sets_what_was_calibrated_and_nothing_else(case, found):
    before, after = case.parameters.priors, found.apply(case).parameters.priors
    assert {name: after[name] for name in NAMES} == found.points
    assert {k: v for k, v in before.items() if k not in NAMES} == {k: v for k, v in after.items() if k not in NAMES}


def test_draws_are_equally_likely_and_follow_the_weights(found):
    draws = found.draws(4_000)
    assert list(draws) == list(NAMES)
    for name in NAMES:
        assert draws[name].mean() == pytest.approx(found.weight @ found.values[name], rel=0.01)
    again = found.deviates_drawn(4_000)
    assert set(again) == {*NAMES, POPULATIONS}
    assert again["stayers"].mean() == pytest.approx(found.weight @ found.deviates[:, 1], abs=0.02)


def test_a_run_of_the_posterior_lies_between_the_prior_and_the_weighted_members(case, counts):
    """What the counts say of the days and of each place on its own is drawn anew in it, so it is less far moved."""
    later = seen((("moved_since", "everywhere", 8),), value=1.0)
    found = fit(case, counts, NAMES, held_out=later, members=1_000, block=250)
    runs = [found.simulate(case, members=200), simulate(case, members=200)]
    posterior, prior = (np.log(run.moved_since.sum("place").isel(time=8).values).mean() for run in runs)
    weighted = found.weight @ np.log(found.projected[-1])
    assert weighted < posterior < prior
    assert found.check()["held_out"].tolist() == [False, False, False, True]


def test_held_out_counts_change_nothing(case, counts, found):
    held = [replace(o, value=o.value * 7, date=START + 4 * DAY) for o in counts]
    assert same(found, fit(case, counts, NAMES, held_out=held, **QUICK))


def test_given_fewer_counts_nothing_is_run_again(case, counts):
    every = fit(case, counts, NAMES, members=2_000, block=500)
    assert every.given(0, 1, 2).weight == pytest.approx(every.weight, rel=1e-9)
    both = every.given(0)
    alone = fit(case, counts[:1], NAMES, members=2_000, block=500)
    assert len(both.observations) == 1
    error = 4 / np.sqrt(min(both.effective_members, alone.effective_members))
    for name in NAMES:
        a, b = (x.identifiability().loc[name, "moved"] for x in (both, alone))
        assert a == pytest.approx(b, abs=error)


# laws


@FEW
@given(order=st.permutations(range(3)))
def test_the_order_of_observations_changes_no_weight_but_by_rounding(case, counts, found, order):
    other = fit(case, [counts[i] for i in order], NAMES, **QUICK)
    assert other.weight == pytest.approx(found.weight, rel=1e-6, abs=1e-12)


@FEW
@given(value=st.floats(1.0, 1e6))
def test_an_observation_with_infinite_error_changes_nothing(case, counts, found, value):
    vague = replace(counts[0], value=value, error=np.inf)
    assert fit(case, [*counts, vague], NAMES, **QUICK).weight == pytest.approx(found.weight, rel=1e-9)


@FEW
@given(seed=st.integers(0, 10_000))
def test_points_rise_and_lie_within_what_a_parameter_may_be(seed):
    case = world(seed)
    _, counts = counted(case, seed, seen())
    found = fit(case, counts, NAMES, members=100)
    bounds = {f.name: (f.metadata["low"], f.metadata["high"]) for f in Parameters.quantities()}
    for name, points in found.points.items():
        low, high = bounds[name]
        assert low <= points[0] <= points[1] <= points[2] <= high
    assert 1 <= found.effective_members <= found.members
    assert found.weight.sum() == pytest.approx(1.0)


def test_more_counts_do_not_widen_on_average():
    """The law of total variance: E[Var(z | counts)] falls with more counts. Over 6 worlds, by the same members."""
    less, more = [], []
    for seed in range(6):
        case = world(seed)
        _, counts = counted(case, seed, seen())
        found = fit(case, counts, ["departure_rate"], members=200, block=200, seed=seed)
        widths = [x.identifiability().loc["departure_rate", "width"] ** 2 for x in (found, found.given(1))]
        more.append(widths[0])
        less.append(widths[1])
    assert np.mean(more) < np.mean(less) < 1.0


# what is refused


def refused(case, observations, names=NAMES, **about):
    with pytest.raises(InputError) as caught:
        fit(case, observations, names, **about)
    return list(caught.value.problems)


def test_nothing_to_calibrate_to_is_refused(case):
    assert refused(case, []) == [f"no observations to calibrate to in the period, {case.start} to {case.end}"]


def test_all_problems_are_told_at_once(case):
    wrong = Observation(variable="moved_sinc", place="everywere", date=START - DAY, value=-1.0, error=0.0)
    found = "\n".join(refused(case, [wrong], ["departure_rat", "town_size"], discrepancy=(0.2, 0.1, 0.3), members=0))
    for said in (
        "did you mean 'moved_since'", "did you mean 'everywhere'", "outside the period", "value = -1: must be above 0",
        "error = 0.0", "did you mean 'departure_rate'", "'town_size' has no prior", "discrepancy = (0.2, 0.1, 0.3)", "members = 0",
    ):  # fmt: skip
        assert said in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": None}, "neither a value nor a bound"),
        ({"value": 0.0}, "must be above 0 (errors are of logs); say `high`"),
        ({"value": np.nan}, "value = nan"),
        ({"value": None, "low": 5.0, "high": 5.0}, "low = 5 must be below high = 5"),
        ({"variable": "crossed"}, "no count of people by place"),
        ({"error": np.nan}, "error = nan"),
    ],
)
def test_what_no_count_can_be_is_refused(case, counts, change, said):
    assert any(said in line for line in refused(case, [replace(counts[0], **change)]))


def test_names_are_needed_once_each_and_with_a_prior_that_is_wide(case, counts):
    assert refused(case, counts, []) == ["no parameters to calibrate"]
    assert refused(case, counts, ["stayers", "stayers"]) == ["parameter 'stayers' is named twice"]
    sure = replace(case, parameters=case.parameters.with_values({"stayers": (0.3, 0.3, 0.3)}))
    assert re.search("prior of stayers is one point, 0.3", refused(sure, counts)[0])


def test_what_no_member_explains_is_refused(case):
    nobody_there = Observation(variable="refugees", place="everywhere", date=START + DAY, value=500.0)
    assert "no member of the prior comes near" in refused(case, [nobody_there], members=50)[0]


# rows of observed.csv


def test_rows_that_can_be_used_become_observations(case):
    rows = pd.DataFrame(
        {
            "date": pd.to_datetime(
                ["2016-02-02", "2016-02-03", "2016-02-04", "2016-03-30", "2016-02-03", "2016-02-03"]
            ),
            "variable": ["moved_since", "residents", "moved_since", "moved_since", "departures", "crossed"],
            "place_id": ["everywhere", "A", "B", "A", "A", "A"],
            "value": [np.nan, 10.0, 5.0, 5.0, 5.0, 5.0],
            "low": [3.0, np.nan, np.nan, np.nan, np.nan, np.nan],
            "high": np.nan,
            "source": "S",
            "grade": ["sure", "unsure", "sure", "sure", "sure", "sure"],
            "reference": ["2016-02-01", "2016-02-01", "2016-02-02", "2016-02-01", "2016-02-01", "2016-02-01"],
        }
    )
    used = observations_of(rows, case, errors={"unsure": 0.5})
    assert [(o.variable, o.place, o.value, o.low, o.error) for o in used] == [
        ("moved_since", "everywhere", None, 3.0, 0.15),
        ("residents", "A", 10.0, None, 0.5),
    ]
    assert observations_of(rows, case, until=dt.date(2016, 2, 2)) == used[:1]


# deviates handed to a run


def test_deviates_of_the_centre_are_the_twin(case):
    centre = simulate(case, members=3, uncertainty=(), deviates=dict.fromkeys((*NAMES, POPULATIONS), np.zeros(3)))
    twin = simulate(case, members=3, uncertainty=())
    assert np.allclose(centre.residents, twin.residents)


def test_more_populations_are_more_people(case):
    run = simulate(case, members=2, uncertainty=(), deviates={POPULATIONS: np.array([-1.0, 1.0])})
    low, high = run.start_residents.sum("place").values
    assert low < high


def test_the_first_of_many_given_members_are_those_of_few(case):
    z = np.linspace(-1, 1, 120)
    many = simulate(case, members=120, deviates={"stayers": z})
    few = simulate(case, members=70, deviates={"stayers": z[:70]})
    assert (many.residents.values[:70] == few.residents.values).all()


def test_wrong_deviates_are_refused(case):
    with pytest.raises(InputError, match=r"did you mean 'stayers'(.|\n)*must be 3 finite numbers"):
        simulate(case, members=3, deviates={"stayer": np.zeros(3), "spill": np.zeros(2)})


def test_effective_members_are_those_of_the_weights(found):
    assert found.effective_members == effective_members(found.weight)
    assert SPREAD[0] < SPREAD[1]
