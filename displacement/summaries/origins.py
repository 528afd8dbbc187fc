"""Where people come from: by home area, where they are now, and what adds up.

A home area is a parent P-code; people who were displaced or abroad when the scenario opens are of `elsewhere`, because
where their home was is not known. Within each member every person of an area is in one cell, and a run that breaks this
is an error. Medians do not add up, so tables that must are tables of means over members, with their range beside them.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import LedgerError
from displacement.groups import ELSEWHERE
from displacement.summaries.places import place_names
from displacement.summaries.points import RANGE, band_table

AT_HOME, BACK, DISPLACED, ABROAD, WAITING, TRAVELLING = STATES = (
    "at home", "back home", "displaced", "abroad", "waiting", "on the road",
)  # fmt: skip
SLACK = 1e-6  # of a person in each 1,000, where people are real numbers
Cells = list[tuple[str, str]]


def has_home_areas(run: xr.Dataset) -> bool:
    """Is it recorded where people come from?"""
    return "group_home_area" in run.coords and bool((run["group_home_area"] != "").any())


def home_areas(run: xr.Dataset | xr.DataArray) -> list[str]:
    """Home areas of a run, or of people by group, in order; people of elsewhere last."""
    found = {str(a) for a in run["group_home_area"].values}
    return [*sorted(found - {ELSEWHERE}), *([ELSEWHERE] if ELSEWHERE in found else [])]


def by_home_area(values: xr.DataArray) -> xr.DataArray:
    """(member, home_area, ...) people by home area, of (member, ..., group, ...) people by group."""
    areas, of = home_areas(values), values["group_home_area"].values.astype(str)
    values = values.transpose("member", "group", ...)
    people = _summed(values.values, of, areas)
    kept = {str(k): v for k, v in values.coords.items() if "group" not in v.dims}
    return xr.DataArray(people, dims=("member", "home_area", *values.dims[2:]), coords={**kept, "home_area": areas})


def _summed(people: np.ndarray, of: np.ndarray, areas: list[str]) -> np.ndarray:
    """(member, area, ...) sums of people (member, group, ...) whose groups are of so many areas (group,)."""
    return np.stack([people[:, of == area].sum(axis=1) for area in areas], axis=1)


def area_of_places(run: xr.Dataset) -> np.ndarray:
    """(place,) the home area of people who live at each place: its parent P-code if that is kept, else elsewhere."""
    kept = set(home_areas(run))
    return np.array(
        [code if code in kept else ELSEWHERE for code in map(str, run["place_parent_pcode"].values)], object
    )


def opening_by_home_area(run: xr.Dataset) -> xr.DataArray:
    """(member, home_area) everybody when the scenario opens: at home by area; displaced or abroad, of elsewhere."""
    area, areas = area_of_places(run), home_areas(run)
    at_home = run["start_residents"].transpose("member", "place").values
    found = np.stack([at_home[:, area == a].sum(axis=1) for a in areas], axis=1)
    for name in ("start_displaced", "start_refugees"):
        if name in run and ELSEWHERE in areas:
            found[:, -1] = found[:, -1] + run[name].sum("place").values
    return xr.DataArray(found, dims=("member", "home_area"), coords={"home_area": areas})


def whereabouts(run: xr.Dataset, date: Any = None, by: Literal["area", "place"] = "area") -> xr.DataArray:
    """(member, home_area, cell) where the people of each home area are at the end of a day; the last, unless given.

    Each cell has a `state` (at home, back home, displaced, abroad, waiting, on the road) and where that is, `at`: an
    area or a place inside the country; a country or a place abroad; a crossing and direction; nothing. The cells of a
    home area add up to its people when the scenario opens, in every member.
    """
    t = -1 if date is None else run.indexes["time"].tolist().index(pd.Timestamp(date))
    areas, of, names = home_areas(run), run["group_home_area"].values.astype(str), place_names(run)

    def now(stock: str, *dims: str) -> np.ndarray:
        """(member, home_area, ...) people at the end of the day."""
        values = run.variables[f"{stock}_by_group"].isel(time=t)  # no labels: they would take most of the time
        return _summed(values.transpose("member", "group", *dims).values, of, areas)

    inside = (names["country"] == str(run.attrs["country"])).to_numpy()
    label = {"area": names["area"], "place": pd.Series(names.index, index=names.index)}[by].to_numpy()
    cells: Cells = [(AT_HOME, ""), (BACK, "")]
    parts = [now(stock, "place").sum(axis=-1) for stock in ("residents", "returned")]
    for state, stock, mine in ((DISPLACED, "displaced", inside), (ABROAD, "refugees", ~inside)):
        told = label if by == "place" or state == DISPLACED else names["country"].to_numpy()
        people = now(stock, "place")
        for at in sorted(set(told[mine])):
            cells.append((state, str(at)))
            parts.append(people[..., mine & (told == at)].sum(axis=-1))
    waiting = now("waiting", "crossing", "direction")
    for i, crossing in enumerate(map(str, run["crossing"].values)):
        for j, way in enumerate(map(str, run["direction"].values)):
            cells.append((WAITING, f"{crossing} {way}"))
            parts.append(waiting[:, :, i, j])
    cells.append((TRAVELLING, ""))
    parts.append(now("travelling"))
    found = _labelled(np.stack(parts, axis=-1), areas, cells)
    check_home_areas(found, opening_by_home_area(run))
    return found


def _labelled(people: np.ndarray, areas: list[str], cells: Cells) -> xr.DataArray:
    coords = {"home_area": areas, "state": ("cell", [s for s, _ in cells]), "at": ("cell", [a for _, a in cells])}
    return xr.DataArray(people, dims=("member", "home_area", "cell"), coords=coords, attrs={"units": "people"})


def check_home_areas(people: xr.DataArray, everyone: xr.DataArray) -> None:
    """Raise LedgerError unless the cells (member, home_area, cell) add up to everyone (member, home_area)."""
    gap = np.abs(people.sum("cell").values - everyone.values)
    slack = 0 if people.dtype.kind in "iu" else SLACK * (1.0 + float(np.max(everyone.values, initial=0.0)) / 1_000)
    if (gap > slack).any():
        member, area = np.argwhere(gap > slack)[0]
        message = (
            f"member {member}, home area {people['home_area'].values[area]}: the cells do not add up to its people;"
            " this is a bug in displacement"
        )
        raise LedgerError(message)


def origin_destination(run: xr.Dataset, date: Any = None, by: Literal["area", "place"] = "area") -> pd.DataFrame:
    """A row a home area and cell where anybody is: mean over members, and the 10, 50 and 90 % points.

    `everyone` is the mean of all people of the home area: the means of its rows add up to it. Points do not.
    """
    found = whereabouts(run, date, by)
    rows = []
    for area in map(str, found["home_area"].values):
        mine = found.sel(home_area=area, drop=True)
        table = band_table(mine.drop_vars(["state", "at"]).assign_coords(cell=np.arange(mine.sizes["cell"])), RANGE)
        table.insert(0, "mean", mine.mean("member").values)
        table = table.assign(home_area=area, state=mine["state"].values, at=mine["at"].values)
        table["everyone"] = float(mine.sum("cell").mean("member"))
        rows.append(table[(mine > 0).any("member").values])
    order = ["home_area", "state", "at", "mean", "p10", "p50", "p90", "everyone"]
    return pd.concat(rows)[order].reset_index(drop=True)


def balance(table: pd.DataFrame) -> pd.DataFrame:
    """Home area x where they are now: means over members, with sums of rows and columns. Of `origin_destination`."""
    where = (table["state"] + " " + table["at"]).str.strip()
    order = list(dict.fromkeys(where))
    wide = table.assign(where=where).pivot_table(
        index="home_area", columns="where", values="mean", aggfunc="sum", sort=False
    )
    wide = wide.reindex(columns=order).fillna(0.0)
    wide["everyone"] = wide.sum(axis=1)
    wide.loc["everyone"] = wide.sum(axis=0)
    return wide
