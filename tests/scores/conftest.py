"""Short names for labelled arrays."""

import numpy as np
import pytest
import xarray as xr


@pytest.fixture
def members():
    """Members of one cell, or (member, place)."""

    def made(values):
        values = np.asarray(values, float)
        return xr.DataArray(values, dims=("member", "place", "time")[: values.ndim])

    return made


@pytest.fixture
def sites():
    """Values by place, or (time, place)."""

    def made(values):
        values = np.asarray(values, float)
        return xr.DataArray(values, dims=("time", "place")[2 - values.ndim :])

    return made
