"""The figures of Aleppo do not change by a bit while congestion, groups, return and the coupling to aid are off.

The hashes are those of the variables before any of these existed. They hold for the numpy that drew them: another
release may draw other numbers from the same streams, which is not what this guards.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import displacement as dp

KEPT = json.loads((Path(__file__).parent / "aleppo_2016.json").read_text())
CASE = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
needs_numpy = pytest.mark.skipif(
    np.__version__.split(".")[:2] != KEPT["numpy"].split(".")[:2], reason=f"hashes of numpy {KEPT['numpy']}"
)


@pytest.fixture(scope="module")
def run():
    return dp.simulate(dp.read_scenario(CASE), members=50, seed=1, coupling=())


@needs_numpy
@pytest.mark.parametrize("name", KEPT["variables"])
def test_a_variable_of_aleppo_is_what_it_was(run, name):
    values = np.ascontiguousarray(run[name].values)
    assert hashlib.sha256(values.tobytes()).hexdigest()[:16] == KEPT["variables"][name]


def test_what_is_switched_off_is_not_there(run):
    assert not [name for name in run if "group" in run[name].dims]
    assert "queued" not in run
    assert not run["returned"].any()
    assert not run["evacuated"].any()
