"""From home area, by which way out, to where people are now: flows of the people who moved, whose columns balance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import LedgerError
from displacement.groups import ELSEWHERE
from displacement.summaries.origins import (
    ABROAD,
    AT_HOME,
    BACK,
    DISPLACED,
    TRAVELLING,
    WAITING,
    by_home_area,
    opening_by_home_area,
    whereabouts,
)
from displacement.summaries.places import place_names
from displacement.summaries.points import RANGE, column, points_over_members

INSIDE, CROSSING, BORDER, BEFORE, HOME, ROAD = "inside", "crossing", "border", "before", "home", "road"  # ways
REGULAR = 0.99  # a crossing is named where so many of those who passed it were admitted
CORRIDORS = 20
CLOSES = 1e-6  # of the people in a balance


def moved(run: xr.Dataset, date: Any = None) -> xr.DataArray:
    """(member, home_area, cell) where those are who left home since the start; cells as in `whereabouts`, by place.

    Of people of elsewhere, who were displaced or abroad at the start, only those who moved on, net by place: a place
    counts as many as it holds beyond those whom it held. Who moved on and came back, or changed places with others, is
    not seen. Everybody who moved is in one cell: people at the opening less those still where they were.
    """
    found = whereabouts(run, date, by="place")
    found = found.isel(cell=found["state"].values != AT_HOME).copy()
    if ELSEWHERE in found["home_area"].values:
        elsewhere = found.sel(home_area=ELSEWHERE).transpose("member", "cell")
        stayed = np.minimum(elsewhere.values, _opening_of_cells(run, found))
        found.loc[{"home_area": ELSEWHERE}] = elsewhere.values - stayed
    return found


def _opening_of_cells(run: xr.Dataset, found: xr.DataArray) -> np.ndarray:
    """(member, cell) people displaced or abroad at the place of a cell when the scenario opens."""
    opening = np.zeros((found.sizes["member"], found.sizes["cell"]), found.dtype)
    for state, name in ((DISPLACED, "start_displaced"), (ABROAD, "start_refugees")):
        mine = np.flatnonzero(found["state"].values == state)
        if name in run and len(mine):
            at = run[name].sel(place=list(found["at"].values[mine])).transpose("member", "place")
            opening[:, mine] = at.values
    return opening


def left_since(run: xr.Dataset, date: Any = None) -> xr.DataArray:
    """(member, home_area) people who left home since the start; of elsewhere, who moved on, net by place.

    Counted from where they left, apart from `moved`, which counts them where they are: both must agree.
    """
    found = whereabouts(run, date, by="place")
    left = opening_by_home_area(run) - found.isel(cell=found["state"].values == AT_HOME).sum("cell")
    if ELSEWHERE in found["home_area"].values:
        elsewhere = found.sel(home_area=ELSEWHERE).transpose("member", "cell").values
        stayed = np.minimum(elsewhere, _opening_of_cells(run, found))
        left.loc[{"home_area": ELSEWHERE}] = left.sel(home_area=ELSEWHERE).values - stayed.sum(axis=1)
    return left


def crossings_named(run: xr.Dataset) -> dict[str, bool]:
    """May each crossing be named beside people by home area? Not where more than 1 in 100 passed irregularly."""
    crossed = run["crossed_by_group"].sum(["time", "group", "direction"]).mean("member")
    irregular = xr.zeros_like(crossed)
    if "crossed_irregularly" in run:
        irregular = run["crossed_irregularly"].sum(["time", "direction"]).mean("member")
    regular = (irregular <= (1.0 - REGULAR) * crossed).values
    return {str(k): bool(r) for k, r in zip(run["crossing"].values, regular, strict=True)}


def journeys(run: xr.Dataset, date: Any = None, *, internal: bool = False) -> pd.DataFrame:
    """A row for each home area, way and place where they are now: the mean over members of the people who took it.

    `way_kind` and `way`: inside the country; over a crossing; over the border, where the crossing is not told; abroad
    before; back home; on the road. `state` and `at`: as in `whereabouts`, by place inside the country, by country
    abroad. Who is abroad came over the crossings into that country in proportion to those of the home area who passed
    them, less those who passed back. A crossing that more than 1 in 100 passed irregularly is named in internal output
    only. The rows of a home area add up to the people of it who moved; if they do not, that is a LedgerError.
    """
    people, names = moved(run, date), place_names(run)
    rows: list[dict[str, Any]] = []
    mean = people.mean("member").transpose("home_area", "cell")
    for i, (state, at) in enumerate(zip(people["state"].values, people["at"].values, strict=True)):
        far = _far_country(run, names, str(at)) if state == WAITING else ""
        if state == ABROAD or far:
            continue
        way = {BACK: HOME, TRAVELLING: ROAD}.get(str(state), INSIDE)
        counts = zip(mean["home_area"].values, mean.values[:, i], strict=True)
        rows += [_journey(area, way, "", state, at, n) for area, n in counts]
    for country in sorted(set(names["country"]) - {str(run.attrs["country"])}):
        rows += _over_border(run, people, names, country, date, internal=internal)
    table = pd.DataFrame(rows, columns=["home_area", "way_kind", "way", "state", "at", "mean"])
    table = table.groupby(["home_area", "way_kind", "way", "state", "at"], sort=False)["mean"].sum().reset_index()
    check_balance(table, left_since(run, date).mean("member"))
    return table[table["mean"] > 0].reset_index(drop=True)


def _journey(area: Any, way_kind: str, way: str, state: Any, at: Any, count: float) -> dict[str, Any]:
    return {"home_area": str(area), "way_kind": way_kind, "way": way, "state": str(state), "at": str(at),
            "mean": float(count)}  # fmt: skip


def _far_country(run: xr.Dataset, names: pd.DataFrame, waiting_at: str) -> str:
    """The country abroad in which people wait at a crossing and direction; "" where they wait inside."""
    crossing, way = waiting_at.rsplit(" ", 1)
    end = run["link_from" if way == "forward" else "link_to"].sel(link=crossing).item()
    country = str(names["country"][str(end)])
    return "" if country == str(run.attrs["country"]) else country


def net_crossed(run: xr.Dataset, country: str, date: Any = None) -> xr.DataArray:
    """(member, home_area, crossing) people who passed each crossing into a country, less those who passed back.

    Summed from the first day to a date. Crossings into other countries are left out; less than nobody counts as nobody.
    """
    names, parts = place_names(run)["country"], []
    home = str(run.attrs["country"])
    flow = by_home_area(run["crossed_by_group"].sel(time=slice(None, date)).sum("time"))
    for crossing in map(str, run["crossing"].values):
        start, end = (str(names[str(run[k].sel(link=crossing).item())]) for k in ("link_from", "link_to"))
        if {start, end} != {home, country}:
            continue
        out, back = ("forward", "backward") if start == home else ("backward", "forward")
        at = flow.sel(crossing=crossing)
        parts.append((at.sel(direction=out, drop=True) - at.sel(direction=back, drop=True)).clip(min=0))
    if not parts:
        return flow.isel(crossing=slice(0), direction=0, drop=True)
    return xr.concat(parts, "crossing", coords="minimal", compat="override").transpose(
        "member", "home_area", "crossing"
    )


def _over_border(
    run: xr.Dataset, people: xr.DataArray, names: pd.DataFrame, country: str, date: Any, *, internal: bool
) -> list[dict[str, Any]]:
    """Journeys to a country abroad: by the crossings into it."""
    state, at = people["state"].values.astype(str), people["at"].values.astype(str)
    there = [s == ABROAD and str(names["country"][a]) == country for s, a in zip(state, at, strict=True)]
    waits = [s == WAITING and _far_country(run, names, a) == country for s, a in zip(state, at, strict=True)]
    now = {ABROAD: people.isel(cell=there).sum("cell").values, WAITING: people.isel(cell=waits).sum("cell").values}
    wanted = sum(now.values())
    net = net_crossed(run, country, date)
    by = through(np.asarray(wanted, float), net.values)
    named, rows = crossings_named(run), list[dict[str, Any]]()
    rest = wanted - by.sum(axis=-1)
    before = np.minimum(rest, _left_abroad(run, people, names, country, date))
    ways = {(BORDER, country): rest - before, (BEFORE, country): before}
    for i, crossing in enumerate(map(str, net["crossing"].values)):
        way = (CROSSING, crossing) if internal or named[crossing] else (BORDER, country)
        ways[way] = ways.get(way, 0.0) + by[..., i]
    for way, count in ways.items():
        for where, stock in now.items():
            part = np.divide(count * stock, wanted, out=np.zeros(np.shape(wanted)), where=np.asarray(wanted) > 0)
            means = zip(people["home_area"].values, part.mean(axis=0), strict=True)
            rows += [_journey(area, *way, where, country, value) for area, value in means]
    return rows


def _left_abroad(run: xr.Dataset, people: xr.DataArray, names: pd.DataFrame, country: str, date: Any) -> np.ndarray:
    """(member, home_area) people who were in a country abroad at the start, and left the place; of elsewhere."""
    found = np.zeros((people.sizes["member"], people.sizes["home_area"]))
    if "start_refugees" not in run or ELSEWHERE not in people["home_area"].values:
        return found
    now = by_home_area(run["refugees_by_group"].sel(time=slice(None, date)).isel(time=-1)).sel(home_area=ELSEWHERE)
    left = (run["start_refugees"] - now).clip(min=0).isel(place=(names["country"] == country).to_numpy())
    found[:, list(people["home_area"].values).index(ELSEWHERE)] = left.sum("place").values
    return found


def through(people: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """(..., crossing) people (...) who are abroad by the crossing they came over, in proportion to who passed each.

    No more than passed: where fewer passed than are there, the others came some other way.

    >>> through(np.array([90.0]), np.array([[100, 50]])), through(np.array([90.0]), np.array([[40, 20]]))
    (array([[60., 30.]]), array([[40., 20.]]))
    """
    total = passed.sum(axis=-1)
    share = np.divide(np.minimum(people, total), total, out=np.zeros(people.shape), where=total > 0)
    return np.asarray(passed * share[..., np.newaxis])


def check_balance(table: pd.DataFrame, everyone: xr.DataArray) -> None:
    """Raise LedgerError unless the journeys of each home area add up to its people who moved."""
    total = table.groupby("home_area")["mean"].sum()
    for area, people in zip(everyone["home_area"].values, everyone.values, strict=True):
        gap = abs(float(total.get(str(area), 0.0)) - float(people))
        if gap > CLOSES * (1.0 + float(people)):
            message = f"home area {area}: its journeys do not add up to who moved; this is a bug in displacement"
            raise LedgerError(message)


def corridors(run: xr.Dataset, date: Any = None, most: int = CORRIDORS) -> pd.DataFrame:
    """A row for each home area and area or country where its people are now, of those who moved; the largest first.

    `kind`: within the area, internal (between areas), onward (of people displaced before, whose home area is not
    known), cross-border. Stock of persons on a date: mean and 10, 50 and 90 % points.
    """
    people, names = moved(run, date), place_names(run)
    state, at = people["state"].values.astype(str), people["at"].values.astype(str)
    where = [str(names["area" if s == DISPLACED else "country"][a]) if s in {DISPLACED, ABROAD} else ""
             for s, a in zip(state, at, strict=True)]  # fmt: skip
    of_area, rows = people.transpose("home_area", "member", "cell").values, []
    for start, counts in zip(map(str, people["home_area"].values), of_area, strict=True):
        for s, end in sorted({(s, w) for s, w in zip(state, where, strict=True) if w}):
            count = counts[:, (state == s) & (np.array(where) == end)].sum(axis=-1)
            kind = "cross-border" if s == ABROAD else _kind_inside(start, end)
            points = {column(p): float(v) for p, v in zip(RANGE, points_over_members(count, RANGE), strict=True)}
            rows.append({"kind": kind, "start": start, "end": end, "mean": float(count.mean()), **points})
    table = pd.DataFrame(rows, columns=["kind", "start", "end", "mean", *map(column, RANGE)])
    table = table[table["mean"] > 0].sort_values(["mean", "start", "end"], ascending=[False, True, True], kind="stable")
    return table.head(most).reset_index(drop=True)


def _kind_inside(start: str, end: str) -> str:
    """What is known of a corridor inside the country."""
    return "onward" if start == ELSEWHERE else "within" if start == end else "internal"
