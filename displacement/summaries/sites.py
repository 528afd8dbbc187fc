"""Sites: who is there beside what was planned for, when that is passed, and where people go instead.

A site is a place with a planned capacity. A site that is full turns nobody away: it draws fewer, and overfills.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Floats
from displacement.summaries.places import place_names
from displacement.summaries.points import RANGE, band_table, column, first_passed

AT_PLACES = ("residents", "displaced", "refugees", "returned")  # stocks of people who stay at a place: nobody is in two
SHIFTS = 3  # places that gain most arrivals when a site overflows


def overfill(present: Floats, capacity: Floats) -> Floats:
    """People beyond the planned capacity: max(present - capacity, 0); NaN where nothing is planned. Any one shape.

    >>> overfill(np.array([900.0, 1_200.0, 50.0]), np.array([1_000.0, 1_000.0, np.nan]))
    array([  0., 200.,  nan])
    """
    return np.asarray(np.maximum(np.asarray(present, float) - capacity, 0.0))


def site_capacity(run: xr.Dataset, conditions: xr.Dataset | None = None) -> xr.DataArray:
    """(time, place) planned capacity of each site, in people; NaN on days on which nothing is planned for it.

    conditions : with `site_capacity`, capacity changes in time; without, it is that of the table of places
    """
    if conditions is not None and "site_capacity" in conditions:
        planned = conditions["site_capacity"].transpose("time", "place").sel(time=run["time"], place=run["place"])
    else:
        planned = run["capacity"].astype(float).expand_dims(time=run["time"])
    planned = planned.where(np.isfinite(planned)).rename("capacity").reset_coords(drop=True)
    return planned.isel(place=np.isfinite(planned.values).any(axis=0))


def present(run: xr.Dataset) -> xr.DataArray:
    """(member, time, place) people who stay at a place: at home, displaced, refugees or back home. Each is in one."""
    stocks = [run[name] for name in AT_PLACES if name in run]
    return sum(stocks[1:], start=stocks[0]).rename("present").assign_attrs(units="people", long_name="people present")


def opening_present(run: xr.Dataset) -> xr.DataArray:
    """(member, place) people who stay at a place when the scenario opens."""
    names = [name for name in ("start_residents", "start_displaced", "start_refugees") if name in run]
    return sum([run[name] for name in names[1:]], start=run[names[0]]).rename("present")


def overfill_of(run: xr.Dataset, conditions: xr.Dataset | None = None) -> xr.DataArray:
    """(member, time, place) people beyond the planned capacity of each site."""
    capacity = site_capacity(run, conditions)
    there = present(run).sel(place=capacity["place"]).transpose("member", "time", "place")
    return there.copy(data=overfill(there.values, capacity.values)).rename("overfill")


def above_at_start(run: xr.Dataset, capacity: xr.DataArray) -> xr.DataArray:
    """(member, place) does a site hold more than is planned when the scenario opens?"""
    planned = capacity.isel(time=0, drop=True)
    return (opening_present(run).sel(place=planned["place"]) > planned).transpose("member", "place")


def overflow(run: xr.Dataset, conditions: xr.Dataset | None = None) -> pd.DataFrame:
    """A row a site: in which share of members it overflows, and on which day it first does (10, 50, 90 %).

    Members in which it never does count as later than any day. `share_at_start` is the share in which it holds more
    than is planned when the scenario opens; their day is the first.
    """
    found = overfill_of(run, conditions)
    above, rows = above_at_start(run, site_capacity(run, conditions)), []
    for site in found["place"].values:
        started = above.sel(place=site)
        full = (found.sel(place=site) > 0).copy()
        full[{"time": 0}] = full.isel(time=0) | started
        rows.append(first_passed(full, [1]).iloc[0].to_dict() | {"share_at_start": float(started.mean())})
    columns = ["share", "share_at_start", *map(column, RANGE)]
    index = pd.Index([str(s) for s in found["place"].values], name="place")
    days = {column(p): f"first_day_{p:g}" for p in RANGE}
    return pd.DataFrame(rows, index=index, columns=columns).rename(columns=days)


def site_table(run: xr.Dataset, conditions: xr.Dataset | None = None) -> pd.DataFrame:
    """A row a site on the last day: capacity, people, people beyond it, when it first overflows; most overfilled first.

    people_*, overfill_* : stocks of persons (10, 50, 90 %);  departures_* : flow, people who set out from it in all
    """
    over, last = overfill_of(run, conditions), {"time": -1}
    capacity, names = site_capacity(run, conditions), place_names(run)
    at = {"place": capacity["place"]}
    parts = [
        names.loc[[str(s) for s in capacity["place"].values], ["name", "area"]],
        pd.Series(capacity.isel(last).values, index=capacity["place"].values, name="capacity"),
        band_table(present(run).sel(at).isel(last), RANGE).add_prefix("people_"),
        band_table(over.isel(last), RANGE).add_prefix("overfill_"),
        band_table(run["departures"].sel(at).sum("time"), RANGE).add_prefix("departures_"),
        overflow(run, conditions),
    ]
    table = pd.concat(parts, axis=1).rename_axis("place")
    return table.sort_values(["overfill_p50", "share", "name"], ascending=[False, False, True], kind="stable")


def site_days(run: xr.Dataset, conditions: xr.Dataset | None = None) -> pd.DataFrame:
    """A row a day and site: capacity, people there (stock) and arrivals so far (flow, summed): 10, 50, 90 %."""
    capacity, names, rows = site_capacity(run, conditions), place_names(run)["name"], []
    there, arrived = present(run), run["arrivals"].cumsum("time")
    for site in map(str, capacity["place"].values):
        part = pd.concat([band_table(there.sel(place=site), RANGE).add_prefix("people_"),
                          band_table(arrived.sel(place=site), RANGE).add_prefix("arrived_")], axis=1)  # fmt: skip
        part["capacity"] = capacity.sel(place=site).values
        rows.append(part.reset_index().assign(place=site, name=names[site]))
    order = ["time", "place", "name", "capacity"]
    if not rows:
        return pd.DataFrame(columns=order)
    return pd.concat(rows)[[*order, *(c for c in rows[0] if c not in order)]].reset_index(drop=True)


def site_reports(observed: pd.DataFrame, run: xr.Dataset) -> pd.DataFrame:
    """Observations of the people at one site, among those that can stand beside the run (see `comparable`).

    A count of one stock, such as displaced people, is one of all who stay at a site only where no member has anybody
    else there: others are left out, and so are counts of areas.
    """
    there, names = present(run), [name for name in AT_PLACES if name in run]
    places = set(map(str, run["place"].values))
    alone = [
        str(row["place_id"]) in places
        and row["variable"] in names
        and bool((run[row["variable"]].sel(place=row["place_id"]) == there.sel(place=row["place_id"])).all())
        for _, row in observed.iterrows()
    ]
    return observed[np.array(alone, bool)]


def onward(run: xr.Dataset) -> xr.DataArray:
    """(member, time, place) people/day who set out and were not at home: displaced people moving on or going home.

    Second and later moves: departures - departures_from_home, both flows over the day.
    """
    found = run["departures"] - run["departures_from_home"]
    return found.rename("onward").assign_attrs(units="people/day", long_name="departures by people already displaced")


def onward_by_place(run: xr.Dataset, points: Any = RANGE) -> pd.DataFrame:
    """A row a place: people already displaced who set out from it over the whole run, largest first."""
    table = place_names(run)[["name", "area"]].join(band_table(onward(run).sum("time"), points))
    return table.sort_values(["p50", "name"], ascending=[False, True], kind="stable")
