"""The funnel of people in need: affected, in need, targeted, reachable, reached; in all, by area and by group.

Each step counts people of the step before it, within each member and at each place: none is larger than its parent.
What a scenario does not say stays not known: whom operations target, and need by sex and age.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Floats
from displacement.summaries.aid import distributed, ration_kg, tonnes_of
from displacement.summaries.places import place_names
from displacement.summaries.points import RANGE, column, points_over_members
from displacement.summaries.reach import flag_names
from displacement.summaries.sites import present

FUNNEL = {
    "affected": "everybody who stays at a place inside the country",
    "in_need": "of the affected, those who depend on aid",
    "targeted": "of those in need, whom operations plan to reach: a scenario does not say",
    "reachable": "of those in need, people where aid could regularly enter over the last 30 days",
    "reached": "of the reachable, people for whom a full ration was handed out on the day",
}
BESIDE = {
    "perhaps_reachable": "of those in need, people where it is not known whether aid could enter",
    "fed_elsewhere": "people for whom a full ration was handed out on the day where aid could not regularly enter:"
    " from stock, by convoy or by air",
}


def funnel_members(run: xr.Dataset, conditions: xr.Dataset, access: xr.Dataset) -> dict[str, Floats]:
    """(member, place) people of each step on the last day, and of what stands beside it; targeted is left out.

    in need = min(present, 1000 need / (kg of a ration x need per person));  reached = reachable x handed out / need
    """
    here = run["place_country"].values.astype(str) == str(run.attrs["country"])
    people = present(run).isel(time=-1).transpose("member", "place").values.astype(float) * here
    need = tonnes_of(run, "need").isel(time=-1).values
    out = distributed(run).isel(time=-1).values
    kg = ration_kg(conditions) * conditions["need_per_person"].values
    with np.errstate(divide="ignore", invalid="ignore"):
        wanting = np.minimum(people, 1000.0 * need / kg)
        fed = wanting * np.where(need > 0, np.clip(out / need, 0.0, 1.0), 0.0)
    status = flag_names(access["access_status"].isel(time=-1)).astype(str)
    reachable = status == "accessible"
    unknown = np.isin(status, ["unknown", "not_classified"])  # nobody lived there when the scenario opened
    return {
        "affected": people,
        "in_need": wanting,
        "reachable": wanting * reachable,
        "reached": fed * reachable,
        "perhaps_reachable": wanting * unknown,
        "fed_elsewhere": fed * ~reachable,
    }


def funnel(run: xr.Dataset, conditions: xr.Dataset, access: xr.Dataset) -> pd.DataFrame:
    """A row a step, for everyone, for each area, and for each group: people on the last day, 10, 50 and 90 % points.

    of : everyone, area or group;  name : of the area or group;  what : what the step is. Not known stays empty: who is
    targeted, and of groups all but how many are affected.
    """
    steps = funnel_members(run, conditions, access)
    areas = place_names(run)["area"].to_numpy()
    inside = run["place_country"].values.astype(str) == str(run.attrs["country"])
    rows = _rows("everyone", "everyone", {k: v.sum(axis=1) for k, v in steps.items()})
    for area in sorted(set(areas[inside])):
        mine = (areas == area) & inside
        rows += _rows("area", str(area), {k: v[:, mine].sum(axis=1) for k, v in steps.items()})
    for group, people in _by_group(run, inside).items():
        rows += _rows("group", group, {"affected": people})
    return pd.DataFrame(rows)


def _rows(of: str, name: str, values: dict[str, Floats]) -> list[dict[str, object]]:
    """A row a step. values : (member,) people of the steps that are known."""
    rows = []
    for step, what in (FUNNEL | BESIDE).items():
        known = values.get(step)
        points = (
            np.full(len(RANGE), np.nan) if known is None else points_over_members(known[:, np.newaxis], RANGE)[:, 0]
        )
        said = {column(p): float(v) for p, v in zip(RANGE, points, strict=True)}
        rows.append({"of": of, "name": name, "step": step, **said, "what": what})
    return rows


def _by_group(run: xr.Dataset, inside: np.ndarray) -> dict[str, Floats]:
    """(member,) people who stay at a place inside the country, by the name of their group; empty without groups."""
    stocks = [f"{k}_by_group" for k in ("residents", "displaced", "refugees", "returned") if f"{k}_by_group" in run]
    if not stocks or "group_name" not in run.coords:
        return {}
    day = sum(run[k].isel(time=-1, place=np.flatnonzero(inside)).sum("place") for k in stocks)
    assert isinstance(day, xr.DataArray)
    names = run["group_name"].values.astype(str)
    found = day.transpose("member", "group").values.astype(float)
    return {str(n): found[:, names == n].sum(axis=1) for n in sorted(set(names))} if len(set(names)) > 1 else {}
