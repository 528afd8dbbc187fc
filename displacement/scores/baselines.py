"""Forecasts that need no model: the last earlier count again, and the known total in equal parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Floats, Network
from displacement.scores.pairs import in_order, independent, said
from displacement.variables import FLOW, VARIABLES


def persistence(pairs: xr.Dataset, observed: pd.DataFrame) -> Floats:
    """(observation,) the last count of the same variable at the same place on an earlier day; NaN where there is none.

    A count of other people (another reference) is none, nor is a bound, nor a sum over days. Counts dated before the
    run are used: they were known.
    """
    counts = in_order(observed[observed["value"].notna()])
    since = str(pairs.attrs.get("reference_date", ""))
    mine = [said(row, "reference") in {"", since} for _, row in counts.iterrows()]
    counts = counts[np.array(mine, bool)]
    found = []
    for variable, place, date in zip(*(pairs[k].values for k in ("variable", "place", "date")), strict=True):
        same = (counts["variable"] == variable) & (counts["place_id"] == place) & (counts["date"] < date)
        steady = VARIABLES[str(variable)].cell_methods != FLOW
        found.append(float(counts["value"][same].iloc[-1]) if steady and same.any() else float("nan"))
    return np.array(found, float)


def equal_split(pairs: xr.Dataset, network: Network) -> Floats:
    """(observation,) the day's total in equal parts, where two or more places were counted on one day; NaN elsewhere.

    sum over x of y(x, t) / number of x     over the places counted on day t, totals of others left out

    It knows the day's total, which a forecast does not: what it tells is how much the split is worth. Places that
    share people (areas that overlap) have no equal split.
    """
    value = pairs["value"].values
    parts = independent(pairs, network) & np.isfinite(value)
    found = np.full(len(value), np.nan)
    groups = pd.DataFrame({"variable": pairs["variable"].values, "date": pairs["date"].values})[parts]
    for _, group in groups.groupby(["variable", "date"]):
        at = group.index.to_numpy()
        areas = [set(network.members_of(str(place))) for place in pairs["place"].values[at]]
        apart = sum(map(len, areas)) == len(set().union(*areas))
        if len(at) > 1 and apart:
            found[at] = value[at].sum() / len(at)
    return found
