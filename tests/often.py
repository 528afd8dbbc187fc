"""Laws: tests that CI tries on many more random cases than a developer waits for."""

import os

import pytest
from hypothesis import settings

IN_CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci"
HERE = 50


def law(times):
    """Mark a test as a law that CI tries so many times."""

    def marked(test):
        return pytest.mark.law(settings(max_examples=times if IN_CI else min(times, HERE))(test))

    return marked
