"""Aleppo as it was, run once a session, and how to look at what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.text import Text

from displacement.ensemble import simulate
from displacement.io import read_scenario

ALEPPO = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"


@pytest.fixture(autouse=True)
def _no_window_stays_open():
    """Where pyplot is in use, a chart without Axes is pyplot's, and pyplot keeps what is not closed."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def aleppo():
    return read_scenario(ALEPPO)


@pytest.fixture(scope="session")
def aleppo_conditions(aleppo):
    return aleppo.compile()


@pytest.fixture(scope="session")
def aleppo_run(aleppo):
    return simulate(aleppo, members=20, seed=1)


@pytest.fixture(scope="session")
def aleppo_access(aleppo, aleppo_conditions):
    """A synthetic status of the form that `access_status` has: it does not depend on the rule."""
    dims = ("time", "place")
    codes = np.zeros((aleppo.days, len(aleppo.network.places)), np.int8)
    codes[:9, 3] = 2
    codes[20:, 7] = 1
    codes[:, 5] = 3
    people = np.full(codes.shape, 40_000.0)
    words = {"flag_values": list(range(5)), "flag_meanings": "accessible hard_to_reach besieged unknown not_classified"}
    return xr.Dataset(
        {
            **dict.fromkeys(("access_status", "access_best", "access_worst"), (dims, codes, words)),
            "access_today": (dims, codes, {**words, "flag_meanings": "open restricted cut unknown not_classified"}),
            "pocket_population": (dims, people),
        },
        coords={"time": aleppo_conditions["time"], "place": aleppo_conditions["place"]},
    )


@pytest.fixture
def people_of():
    """(member, time) people from a table of numbers, days from 1 February 2016."""

    def made(numbers):
        numbers = np.asarray(numbers)
        days = pd.date_range("2016-02-01", periods=numbers.shape[1])
        return xr.DataArray(numbers, dims=("member", "time"), coords={"time": days}, name="displaced")

    return made


@pytest.fixture
def texts_of():
    """Every text of a figure that is seen, with its box on the page in pixels."""

    def found(figure):
        figure.draw_without_rendering()
        seen = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        return [(t, t.get_window_extent()) for t in seen]

    return found
