"""What is written is read back: scenarios, runs."""

import tempfile
from pathlib import Path

from hypothesis import given

from displacement.io import read_scenario, write_scenario
from displacement.testing import scenarios


@given(scenarios(wild=True, vary_parameters=True))
def test_a_scenario_is_read_back_as_it_was(scenario):
    with tempfile.TemporaryDirectory() as folder:
        again = read_scenario(write_scenario(scenario, Path(folder) / "one"))
        assert again == scenario
        assert again.fingerprint() == scenario.fingerprint()
