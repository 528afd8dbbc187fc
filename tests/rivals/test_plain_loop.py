"""The fast day loop and the slow one say the same, to the last person, from the same draws."""

import numpy as np
from hypothesis import given, reject
from hypothesis import strategies as st

from displacement.day_loop import simulate_block
from displacement.members import SOURCES
from displacement.supply.record import RECORDED
from displacement.testing import scenarios
from tests.crowded import crowded, crowded_scenarios
from tests.lively import lively_scenarios
from tests.often import law
from tests.rivals.plain_loop import Tie, plain_block


def compare(scenario, seed, uncertainty, tolerance):
    about = {"seed": seed, "block": 0, "uncertainty": uncertainty, "size": 3}
    try:
        slow = plain_block(scenario, **about)
    except Tie:
        reject()
    made = simulate_block(scenario, **about, coupling=())
    fast = {name: values for name, values in made.items() if name not in RECORDED}  # aid has a twin of its own
    assert fast.keys() == slow.keys()
    for name, values in fast.items():
        np.testing.assert_allclose(values, slow[name], rtol=tolerance, atol=tolerance, err_msg=name)


@given(lively_scenarios(), st.integers(0, 2**31))
def test_busy_scenarios_are_the_same_to_the_last_person(scenario, seed):
    compare(scenario, seed, SOURCES, 0)


@given(scenarios(), st.integers(0, 2**31))
def test_odd_scenarios_are_the_same_to_the_last_person(scenario, seed):
    compare(scenario, seed, SOURCES, 0)


@given(lively_scenarios())
def test_the_twin_is_the_same_real_numbers(scenario):
    compare(scenario, 0, (), 1e-9)


@given(st.sampled_from(SOURCES), lively_scenarios(most_places=5))
def test_each_source_of_uncertainty_alone(source, scenario):
    compare(scenario, 1, (source,), 1e-9)


@law(1_000)
@given(
    crowded_scenarios(most_places=6, most_days=6), st.integers(0, 2**31), st.sampled_from([(SOURCES, 0), ((), 1e-7)])
)
def test_crowds_are_the_same(scenario, seed, how):
    """Groups, queues on roads, people on foot, evacuations, home areas and return: the same integers, and the twin's."""
    compare(scenario, seed, *how)


def test_the_crowds_are_crowded():
    """Queues, evacuations, returns and crossings happen in many of the random cases, or the test above shows nothing."""
    found = {"queued": 0, "evacuated": 0, "returned": 0, "crossed": 0, "travelling_by_group": 0}
    for seed in range(60):
        run = simulate_block(crowded(seed, days=12), seed=seed, block=0, uncertainty=SOURCES, size=2)
        for name in found:
            found[name] += name in run and run[name].any()
    assert min(found.values()) >= 5, found
