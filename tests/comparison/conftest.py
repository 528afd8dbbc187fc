"""Runs by hand: two places, a crossing, a few members."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from displacement.variables import attributes


def run_of(stocks, *, places=("a", "b"), start="2016-02-01", seed=1, **about):
    """A run of which some variables are given as nested lists (member, time, ...)."""
    data = {}
    for name, values in stocks.items():
        dims, attrs = attributes(name)
        data[name] = (dims, np.asarray(values, np.int32), attrs)
    sizes = {dim: size for dims, values, _ in data.values() for dim, size in zip(dims, values.shape, strict=True)}
    labels = {
        "member": np.arange(sizes.get("member", 1)),
        "time": pd.date_range(start, periods=sizes.get("time", 1)).as_unit("ns"),
        "place": np.array(places, object),
        "crossing": np.array(["gate"], object),
        "link": np.array(["ab", "gate"], object),
        "direction": np.array(["forward", "backward"], object),
    }
    coords = {dim: labels[dim] for dim in labels if dim in {*sizes, "place"}}
    words = {f"place_{k}": ("place", np.array(v, object)) for k, v in {
        "name": [p.upper() for p in places], "country": ["AA"] * len(places), "parent_pcode": [""] * len(places)}.items()}  # fmt: skip
    usual = {"seed": seed, "uncertainty": "counts", "choice": "gravity", "country": "AA", "reference_date": start}
    return xr.Dataset(data, coords={**coords, **words}, attrs={**usual, **about})


@pytest.fixture
def made():
    return run_of
