"""Forecasts of what would follow if: a given total among sites, and a scenario's own events through the simulator.

No statistics of past counts can answer these: nothing in them knows that a border will shut.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import InputError
from displacement.forecast.method import LEVELS
from displacement.forecast.split import Ground, Pull, assimilated, shares
from displacement.forecast.tasks import on_line
from displacement.network import Floats
from displacement.observations import Record

RECENT = 60  # days over which inflow is taken, of counts and of the simulation
LEAST, MOST = 0.05, 20.0  # between which the simulated inflow may be scaled to the counted one


def last_counts(
    record: Record, sites: Sequence[str], origin: np.datetime64, since: np.datetime64 | None = None
) -> tuple[Floats, Floats]:
    """(site,) people last counted by a day, on one basis, and (site,) how many came in the 60 days before it.

    since : whoever was there at the first count after this day had come before it; otherwise all came since nobody was
    """
    last, inflow = np.zeros(len(sites)), np.zeros(len(sites))
    begin = origin - RECENT if since is None else max(origin - RECENT, since)
    for j, site in enumerate(sites):
        if site in record.sites and len(past := record.sites[site].until(origin).on_the_last_basis()):
            last[j] = past.people[-1]
            before = on_line(past, begin) if since is None or past.days[0] <= begin else float(past.people[0])
            inflow[j] = max(0.0, last[j] - before)
    return last, inflow


def split_of_totals(
    record: Record,
    ground: Ground,
    sites: Sequence[str],
    origin: np.datetime64,
    start: np.datetime64,
    totals: dict[int, float],
    *,
    known_events: bool = False,
    pull: Pull | None = None,
) -> pd.DataFrame:
    """Where given totals would go: a row for each horizon and site, from the last counts and the split.

    totals : people at all sites together, by horizon;  known_events : roads, camps and fighting after the origin are as
    the scenario dates them; otherwise they stay as they were on the origin
    """
    pull = Pull() if pull is None else pull
    today = int((origin - start).astype(int))
    ahead = today + max(totals)
    days = len(ground.road)
    if not 0 <= today < days:
        raise InputError(f"origin = {origin}: must lie in the period of the scenario, {days} days from {start}")
    scene = ground.until(min(ahead, days - 1) if known_events else today, ahead + 1)
    share = shares(scene, pull)
    last, inflow = last_counts(record, sites, origin)
    rows = [
        {"site": site, "horizon": horizon, "date": origin + horizon, "people": people, "counted": counted}
        for horizon, total in totals.items()
        for site, people, counted in zip(
            sites, assimilated(total, last, inflow, share[today + horizon]), last, strict=True
        )
    ]
    return pd.DataFrame(rows)


def inflow_factor(counted: float, simulated: Floats) -> float:
    """By how much simulated inflow is scaled so that its median meets what was counted: counted / median, in bounds.

    simulated : (member,) people. 1 where nobody came in the simulation, or nobody was counted.

    >>> inflow_factor(200.0, np.array([50.0, 100.0, 400.0]))
    2.0
    """
    median = float(np.median(simulated))
    return float(np.clip(counted / median, LEAST, MOST)) if median > 0 and counted > 0 else 1.0


def simulated_ahead(
    run: xr.DataArray, record: Record, sites: Sequence[str], origin: np.datetime64, horizons: Sequence[int]
) -> tuple[dict[int, Floats], float]:
    """By horizon, (site, level) people that a scenario would bring, and the factor of its inflow.

    x = max(0, last count + factor (run(t) - run(origin))): the simulator's change from the origin on, scaled by one
    factor, so that its inflow of the last 60 days meets the counted one. Its spread is that of the members: of
    parameters and luck. What the model leaves out is not in it, so it is too narrow rather than too wide.

    run : (member, time, place) people
    """
    begin = max(origin - RECENT, run["time"].values[0].astype("datetime64[D]"))
    last, inflow = last_counts(record, sites, origin, begin)
    people = run.sel(place=list(sites)).transpose("member", "time", "place")
    now = people.sel(time=origin).values.astype(float)
    before = people.sel(time=begin).values
    factor = inflow_factor(float(inflow.sum()), np.maximum(0.0, now - before).sum(axis=1))
    found = {}
    for horizon in horizons:
        then = people.sel(time=origin + horizon).values
        members = np.maximum(0.0, last + factor * (then - now))
        found[horizon] = np.quantile(members, LEVELS, axis=0).T
    return found, factor
