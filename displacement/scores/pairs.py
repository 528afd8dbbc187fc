"""What was counted beside what a run says of the same people on the same day; what cannot be compared, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import InputError
from displacement.network import Floats, Network
from displacement.scores.arrays import known
from displacement.summaries import scope_sum
from displacement.variables import FLOW, VARIABLES

SINCE = "since"  # column of observed.csv: first day of a sum over days
TEXTS = ("variable", "place", "name", "unit", "scope", "source")
LEFT_OUT = ("date", "variable", "place_id", "reason")


def pair(run: xr.Dataset, observed: pd.DataFrame, network: Network) -> tuple[xr.Dataset, pd.DataFrame]:
    """Each observation with what every member says of it; and those that are left out, each with its reason.

    A stock is summed over the place or group at the end of the day. A flow is summed over the place or group and over
    the days from `since` to the date, both included; without the column `since` nobody knows what a count of a flow is
    the sum of, so it is left out. Each row stands for the whole place (see `counted` for parts).

    Rows whose `reference` is another date than the run's `reference_date` are left out. What is returned has projected
    (member, observation), value, low and high (observation), NaN where not given, and by observation the coordinates
    date, variable, place, name, unit, scope and source; beside it a table of what is left out, a row each.

    run : (member, time, place);  observed : from `read_observed`;  network : of the scenario of the run
    """
    if "member" not in run.dims:
        raise InputError("the run holds no members, only points over them (--keep quantiles): nothing can be scored")
    rows, projected, left_out = [], [], []
    for _, row in in_order(observed).iterrows():
        reason = reason_against(run, row)
        if reason:
            left_out.append([*(row[name] for name in LEFT_OUT[:-1]), reason])
            continue
        rows.append(row)
        projected.append(_projected(run, row, network))
    return _dataset(run, rows, projected, network), pd.DataFrame(left_out, columns=list(LEFT_OUT))


def in_order(observed: pd.DataFrame) -> pd.DataFrame:
    """Observations by date, those of a day in the order of the file."""
    dated = observed.assign(date=pd.to_datetime(observed["date"]))
    return dated.sort_values("date", kind="stable")


def said(row: pd.Series, name: str) -> str:
    """A cell of a column that need not be there, as text."""
    text = row.get(name)
    return "" if text is None or pd.isna(text) else str(text).strip()


def reason_against(run: xr.Dataset, row: pd.Series) -> str:
    """Why an observation cannot stand beside a run; nothing if it can."""
    name, since = str(row["variable"]), str(run.attrs.get("reference_date", ""))
    if reason := _reason_against_variable(run, name):
        return reason
    if said(row, "reference") not in {"", since}:
        return f"counted since {said(row, 'reference')}, not since {since}"
    days = pd.DatetimeIndex(run["time"].values)
    if row["date"] not in days:
        return f"its day is outside the run ({days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d})"
    return _reason_against_days(row, days) if VARIABLES[name].cell_methods == FLOW else ""


def _reason_against_variable(run: xr.Dataset, name: str) -> str:
    """Why no observation of a variable can stand beside a run; nothing if they can."""
    variable = VARIABLES[name]
    if variable.internal:
        return f"{name} is internal"
    if variable.flags or not variable.units.startswith(("people", "tonnes")):
        return f"{name} is no number of people or tonnes"
    if name not in run:
        return f"the run has no {name}"
    others = [d for d in variable.dims if d not in {"member", "time", "place"}]
    if others or "member" not in variable.dims:
        named = f"by {' and '.join(others)}, and the observation is by place" if others else "the same in all members"
        return f"{name} is {named}"
    return ""


def _reason_against_days(row: pd.Series, days: pd.DatetimeIndex) -> str:
    """Why a sum over days cannot stand beside a run; nothing if it can."""
    text = said(row, SINCE)
    if not text:
        return f"{row['variable']} is a flow, and the first day of the sum is not given (column {SINCE})"
    first = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    if pd.isna(first):
        return f"{SINCE} = {text!r} is no date such as {row['date']:%Y-%m-%d}"
    if first > row["date"]:
        return f"{SINCE} = {text} is after the date"
    return f"{SINCE} = {text} is before the run" if first < days[0] else ""


def _projected(run: xr.Dataset, row: pd.Series, network: Network) -> Floats:
    """(member,) what a run says of the people of an observation."""
    values = run[str(row["variable"])]
    if VARIABLES[str(row["variable"])].cell_methods == FLOW:
        within = values.sel(time=slice(said(row, SINCE), row["date"])).sum("time", skipna=False)
    else:
        within = values.sel(time=row["date"])
    return np.asarray(scope_sum(within, network, str(row["place_id"])).values, float)


def _dataset(run: xr.Dataset, rows: list[pd.Series], projected: list[Floats], network: Network) -> xr.Dataset:
    numbers = {name: np.array([row[name] for row in rows], float) for name in ("value", "low", "high")}
    texts: dict[str, list[str]] = {
        "variable": [str(row["variable"]) for row in rows],
        "place": [str(row["place_id"]) for row in rows],
        "name": [network.called(str(row["place_id"])) for row in rows],
        "unit": [VARIABLES[str(row["variable"])].units.removesuffix("/day") for row in rows],
        "scope": [said(row, "scope") for row in rows],
        "source": [said(row, "source") for row in rows],
    }
    dates = np.array([row["date"] for row in rows], "datetime64[ns]")
    coords: dict[str, Any] = {name: ("observation", np.array(texts[name], str)) for name in TEXTS}
    table = np.reshape(np.array(projected, float), (len(rows), run.sizes["member"]))
    return xr.Dataset(
        {"projected": (("member", "observation"), table.T), **{k: ("observation", v) for k, v in numbers.items()}},
        coords={"observation": np.arange(len(rows)), "date": ("observation", dates), **coords},
        attrs={name: str(run.attrs.get(name, "")) for name in ("title", "reference_date", "digest")},
    )


def with_value(pairs: xr.Dataset) -> xr.Dataset:
    """The observations that are numbers."""
    return pairs.isel(observation=known(pairs["value"]).values)


def with_bounds_only(pairs: xr.Dataset) -> xr.Dataset:
    """The observations that are only at least or at most so many: bounds, never scored as numbers."""
    return pairs.isel(observation=~known(pairs["value"]).values)


def bound_reached(pairs: xr.Dataset) -> xr.DataArray:
    """(observation,) share of members within the bounds that are given: low <= x <= high; NaN if nothing is known.

    >>> data = {"projected": (("member", "observation"), [[5.0], [20.0], [30.0]]), "low": ("observation", [10.0]),
    ...         "high": ("observation", [float("nan")])}
    >>> bound_reached(xr.Dataset(data)).values.round(2)
    array([0.67])
    """
    x, low, high = (pairs[name] for name in ("projected", "low", "high"))
    within = (x >= low.fillna(-np.inf)) & (x <= high.fillna(np.inf))
    count = x.count("member")
    return (within.sum("member") / count.where(count > 0)).where(known(low) | known(high))


def independent(pairs: xr.Dataset, network: Network) -> np.ndarray:
    """(observation,) is it no sum of others: of one variable on one day, none is counted at a part of its places?

    Of a total and its parts only the parts are, so that nobody is counted twice in a sum over sites.
    """
    areas = [frozenset(network.members_of(str(place))) for place in pairs["place"].values]
    keys = pd.DataFrame({"variable": pairs["variable"].values, "date": pairs["date"].values})
    found = np.ones(len(areas), bool)
    for at in keys.groupby(["variable", "date"]).indices.values():
        for i in at:
            found[i] = not any(areas[j] < areas[i] for j in at)
    return found
