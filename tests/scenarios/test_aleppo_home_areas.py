"""Keeping home areas apart changes nobody's way: the same means, and the same distribution of totals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp

import displacement as dp

FOLDER = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
TOTALS = ("residents", "displaced", "refugees", "moved_since")


@pytest.fixture(scope="module")
def cases():
    """Aleppo as it is, and by home area; nobody returns yet, because no home can be quiet for a year."""
    scenario = dp.read_scenario(FOLDER)
    values = scenario.parameters.with_values({"quiet_days": 365})
    return scenario, replace(scenario, home_areas=True, parameters=values)


def test_the_twin_is_the_same(cases):
    one, two = (dp.simulate(case, members=1, uncertainty=()) for case in cases)
    for name in one.data_vars:
        np.testing.assert_allclose(one[name], two[name], rtol=1e-9, atol=1e-6, err_msg=name)


@pytest.mark.slow
def test_totals_agree_in_distribution(cases):
    """Two ensembles of other luck; a false alarm in 10,000 for each of four totals, by Kolmogorov and Smirnov."""
    one, two = (dp.simulate(case, members=100, seed=seed) for case, seed in zip(cases, (1, 2), strict=True))
    for name in TOTALS:
        a, b = (run[name].isel(time=-1).sum("place").values for run in (one, two))
        assert ks_2samp(a, b).pvalue > 1e-4, name


def test_areas_add_up_to_the_whole(cases):
    run = dp.simulate(cases[1], members=5)
    for name in ("residents", "displaced", "refugees"):
        assert (run[f"{name}_by_group"].sum("group") == run[name]).all()
    assert (run["travelling_by_group"].sum("group") == run["travelling"].sum(["link", "direction"])).all()
