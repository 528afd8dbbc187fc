"""Refugees: how many a country hosted before, as its authorities counted them, and how many come in the run.

Two counts that are never added: what was reported at the start is another definition than what the model counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr

from displacement.scenario import Host
from displacement.summaries.places import by_place, place_names
from displacement.summaries.points import RANGE, band_table

REPORTED = ["reported", "reported_low", "reported_high", "as_of", "source"]


def come_since(run: xr.Dataset, date: Any = None) -> xr.DataArray:
    """(member, place) refugees on a date (the last, unless given), less those modelled when the scenario opens."""
    there = run["refugees"].sel(time=run["time"].values[-1] if date is None else pd.Timestamp(date).to_datetime64())
    return there - run["start_refugees"] if "start_refugees" in run else there


def refugees_by_country(run: xr.Dataset, hosts: Sequence[Host] = (), date: Any = None) -> pd.DataFrame:
    """A row a country abroad: refugees reported at the start; and of the run those there, counted there, come since.

    reported, reported_low, reported_high : a count by others, of their own definition: not part of any other column.
    refugees_* : stock of the run on a date (the last, unless given), those modelled at the start among them;
    registered_* : of these, counted by the authorities;  change_* : refugees less those modelled at the start.
    """
    day = {"time": run["time"].values[-1] if date is None else pd.Timestamp(date).to_datetime64()}
    country = place_names(run)["country"].to_numpy()
    there, since = run["refugees"].sel(day), come_since(run, date)
    told = {host.country: host for host in hosts}
    names = sorted({str(c) for c in country} - {str(run.attrs["country"])} | set(told))
    parts = []
    for name, values in (("refugees", there), ("change", since)):
        summed = [values.isel(place=country == c).sum("place") for c in names]
        if summed:
            joined = xr.concat(summed, pd.Index(names, name="country"), coords="minimal", compat="override")
            parts.append(band_table(joined, RANGE).add_prefix(f"{name}_"))
    if "registered" in run and names:
        counted = band_table(run["registered"].sel(day), RANGE).add_prefix("registered_")
        parts.append(counted.reindex(names))
    table = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=pd.Index(names))
    said = [told.get(c) for c in names]
    before = {
        "name": [host.name if host else c for host, c in zip(said, names, strict=True)],
        "reported": [host.refugees if host else None for host in said],
        "reported_low": [host.low if host else None for host in said],
        "reported_high": [host.high if host else None for host in said],
        "as_of": [host.as_of if host else "" for host in said],
        "source": [host.source if host else "" for host in said],
    }
    found = pd.DataFrame(before, index=pd.Index(names, name="country"))
    found[REPORTED[:3]] = found[REPORTED[:3]].astype(float)
    return found.join(table)


def refugees_by_site(run: xr.Dataset, date: Any = None) -> pd.DataFrame:
    """A row a place abroad: refugees of the run there on a date (the last, unless given), most first."""
    abroad = place_names(run)["country"] != str(run.attrs["country"])
    table = by_place(run, "refugees", date)
    return table[abroad.reindex(table.index).to_numpy()]
