"""How long hypothesis searches: a developer's 50 examples, or in CI (HYPOTHESIS_PROFILE=ci) 200, and for laws what each says."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "ci", max_examples=200, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
OFTEN = {Path(__file__).parent / room for room in ("properties", "rivals")}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """CI tries all of properties/ and rivals/ again, and oftener; it starts with the laws, which take longest."""
    for item in items:
        if item.path.parent in OFTEN:
            item.add_marker("often")
    items.sort(key=lambda item: item.get_closest_marker("law") is None)


def pytest_collection_finish():
    """Thousands of tests stay as they are: what looks for garbage need not look at them again and again."""
    gc.freeze()
