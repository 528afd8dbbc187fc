"""Where people are because sites fill: a run beside one in which no site ever does, member by member.

Fighting and roads change on the days on which sites fill, so a run alone cannot tell why arrivals shift. Two runs that
share their luck can: they differ in nothing but that a site pulls less the fuller it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from displacement.comparison.luck import check_luck
from displacement.ensemble import simulate
from displacement.events import Event
from displacement.scenario import Scenario
from displacement.summaries import RANGE, band_table, place_names, present

ON_THE_WAY = "on_the_way"  # row of those who wait at a crossing or travel
MEMBERS = 100  # pairs of runs, at most
ENDLESS = 1e12  # people: no site holds a share of this that lowers its pull


def crowding_of(scenario: Scenario, run: xr.Dataset, *, workers: int = 1) -> pd.DataFrame | None:
    """`diverted` of a run, from a second run of its first members that is made here; None where no site is planned."""
    if not plans_sites(scenario):
        return None
    members, seed = min(run.sizes["member"], MEMBERS), int(run.attrs["seed"])
    roomy = simulate(
        without_capacities(scenario), members=members, seed=seed, workers=workers,
        uncertainty=[s for s in str(run.attrs["uncertainty"]).split(", ") if s], choice=str(run.attrs["choice"]),
    )  # fmt: skip
    return diverted(run, roomy)


def plans_sites(scenario: Scenario) -> bool:
    """Is a capacity planned for any site, from the start or by an event?"""
    return bool(np.isfinite(scenario.network.places.capacity).any()) or any(map(_sets_capacity, scenario.events))


def _sets_capacity(event: Event) -> bool:
    return getattr(event, "capacity", None) is not None


def without_capacities(scenario: Scenario) -> Scenario:
    """The same scenario in which no site ever fills. Its events stay, so that what speaks of them stands."""
    places = scenario.network.places
    roomy = replace(places, capacity=np.full(len(places), np.nan))
    events = (e.model_copy(update={"capacity": ENDLESS}) if _sets_capacity(e) else e for e in scenario.events)
    return replace(scenario, network=replace(scenario.network, places=roomy), events=tuple(events))


def diverted(run: xr.Dataset, roomy: xr.Dataset) -> pd.DataFrame:
    """A row a place: how many more people are there on the last day than if no site ever filled; most more first.

    Points (10, 50, 90 %) of the difference within each member, and its mean. Nobody is lost: with the last row, of
    people who wait at a crossing or travel, the means add up to 0.

    roomy : run of `without_capacities` with the same seed; if it has fewer members, they are the first of the run
    """
    run = run.isel(member=slice(roomy.sizes["member"]))
    check_luck({"as planned": run, "no site fills": roomy})
    full, free = run.isel(time=-1), roomy.isel(time=-1)
    there, moving = (present(full) - present(free)).rename("people"), _on_the_way(full) - _on_the_way(free)
    table = place_names(run)[["name", "area"]].join([there.mean("member").to_series(), band_table(there, RANGE)])
    table = table.rename(columns={"people": "mean"})
    table = table.sort_values(["p50", "mean", "name"], ascending=[False, False, True], kind="stable")
    last = band_table(moving.expand_dims(place=[ON_THE_WAY]), RANGE).assign(
        name="Waiting or on the road", area="", mean=float(moving.mean())
    )
    return pd.concat([table, last[table.columns]]).rename_axis("place")


def _on_the_way(day: xr.Dataset) -> xr.DataArray:
    """(member,) people who wait at a crossing or travel."""
    parts = [day[name].sum([d for d in day[name].dims if d != "member"]) for name in ("waiting", "travelling")]
    return parts[0] + parts[1]
