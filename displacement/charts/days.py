"""What changes from day to day, as tables: people by place, the state of each road, how many went which way so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.charts.boards import way_row
from displacement.charts.crossings import state_of
from displacement.charts.flows import between_areas, home_arrows
from displacement.network import TRAFFIC
from displacement.scenario import Scenario
from displacement.summaries import RANGE, band_table, has_home_areas, place_names, shared_stocks

SEEN = [TRAFFIC.index("civilians"), TRAFFIC.index("aid")]
WAY = ["link", "name", "start", "end", "kind", "date", "people", "aid", "people_state", "aid_state", "trucks_per_day",
       "why", "source"]  # fmt: skip
ARROW = ["date", "kind", "start", "end", "p10", "p50", "p90"]


def place_table(run: xr.Dataset, parties: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A row a place: what it is, where it lies, who held it at the start, and what is planned for it.

    parties : names of the parties by id
    """
    known = parties or {}
    about: dict[str, Any] = {
        "place": run["place"].values,
        "kind": run["place_kind"].values,
        "pcode": run["place_pcode"].values,
        "longitude": run["longitude"].values,
        "latitude": run["latitude"].values,
        "party": [known.get(str(p), str(p)) for p in run["place_party"].values],
        "capacity": pd.Series(run["capacity"].values).round().astype("Int64").to_numpy(),
    }
    columns = ["place", "name", "kind", "pcode", "area", "country", "longitude", "latitude", "party", "capacity"]
    return place_names(run).reset_index(drop=True).assign(**about)[columns]


def people_by_day_and_place(run: xr.Dataset) -> pd.DataFrame:
    """A row a day, place and stock of people: 10, 50 and 90 % points. A stock that a place never has is left out."""
    days, parts = pd.DatetimeIndex(run["time"].values), []
    names = place_names(run)["name"]
    for variable in (name for name in shared_stocks(run) if "place" in run[name].dims):
        values = run[variable].transpose("member", "place", "time")
        ever = np.flatnonzero((values != 0).any(["member", "time"]).values)
        places = [str(p) for p in run["place"].values[ever]]
        cells = values.isel(place=ever).values.reshape(values.sizes["member"], -1)
        table = band_table(xr.DataArray(cells, dims=("member", "cell"), coords={"cell": range(cells.shape[1])}), RANGE)
        where: dict[str, Any] = {
            "place": np.repeat(places, len(days)),
            "variable": variable,
            "date": np.tile(days, len(places)),
        }
        parts.append(table.reset_index(drop=True).assign(**where))
    columns = ["place", "name", "variable", "date", "p10", "p50", "p90"]
    if not parts:
        return pd.DataFrame(columns=columns)
    found = pd.concat(parts, ignore_index=True)
    return found.assign(name=[names[p] for p in found["place"]])[columns]


def way_changes(scenario: Scenario, conditions: xr.Dataset) -> pd.DataFrame:
    """A row for the first day of each road and crossing, and for each later day on which its state changes.

    people, aid : open, restricted, closed or unknown (one word, or one for each direction)
    state : the same in one word, the least of all directions and of people and aid that is known; unknown if none is
    why, source : the events that did it, empty where a road is simply open
    """
    states = state_of(conditions["permission"].values[..., SEEN])  # (time, link, direction, class)
    days, links, rows = pd.DatetimeIndex(conditions["time"].values), scenario.network.links, []
    places = scenario.network.places.id
    for link, name in enumerate(links.id):
        line = states[:, link, : 1 if links.directed[link] else 2]
        flat = line.reshape(len(days), -1)
        first = [0, *(int(t) for t in 1 + np.flatnonzero((flat[1:] != flat[:-1]).any(axis=1)))]
        for day in first:
            row = way_row(scenario, conditions, link, day, day, line[day])
            simply_open = {"why": "", "source": ""} if (line[day] == "open").all() else {}
            ends = {"start": places[links.origin[link]], "end": places[links.destination[link]]}
            told = {"link": name, **ends, "date": days[day], **row, **simply_open}
            told |= {f"{who}_state": worst(line[day, :, i]) for i, who in enumerate(("people", "aid"))}
            rows.append(told)
    return pd.DataFrame(rows, columns=WAY)


def unknown_ways(run: xr.Dataset) -> pd.DataFrame:
    """The same table for a run without its scenario: the state of every road is unknown."""
    about = {
        "link": run["link"].values,
        "name": [f"{a} – {b}" for a, b in zip(*_end_names(run), strict=True)],
        "start": run["link_from"].values,
        "end": run["link_to"].values,
        "kind": run["link_kind"].values,
        "date": pd.Timestamp(run["time"].values[0]),
    }
    state = dict.fromkeys(("people", "aid", "people_state", "aid_state"), "unknown")
    return pd.DataFrame(about).assign(**state, trucks_per_day=np.nan, why="", source="")[WAY]


def _end_names(run: xr.Dataset) -> tuple[list[str], list[str]]:
    names = place_names(run)["name"]
    start, end = ([str(names[str(p)]) for p in run[k].values] for k in ("link_from", "link_to"))
    return start, end


def worst(states: np.ndarray) -> str:
    """One word for the directions of a road: the same in all, else restricted; unknown where one is unknown.

    >>> worst(np.array(["open", "closed"])), worst(np.array(["closed", "closed"])), worst(np.array(["open", "unknown"]))
    ('restricted', 'closed', 'unknown')
    """
    found = set(states.tolist())
    return "unknown" if "unknown" in found else found.pop() if len(found) == 1 else "restricted"


def arrows_by_day(run: xr.Dataset, countries: dict[str, str]) -> pd.DataFrame:
    """A row a day and pair of areas, or crossing and direction: people who went that way since the first day.

    With home areas, between areas: people whose home is in the one and who are in the other on the day.
    """
    places, days = place_names(run)[["name", "area"]], pd.DatetimeIndex(run["time"].values)
    parts = [_between_homes(run, countries) if has_home_areas(run) else _so_far(
        (("internal", a, b, daily) for a, b, daily in between_areas(run, places)), days)]  # fmt: skip
    return pd.concat([*parts, _so_far(_over_borders(run), days)], ignore_index=True)[ARROW]


def _so_far(flows: Any, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Points of flows summed from the first day on; pairs that nobody took are left out."""
    parts = []
    for kind, start, end, daily in flows:
        total = daily.transpose("member", "time").cumsum("time")
        if bool((total > 0).any()):
            points = band_table(total.assign_coords(time=days), RANGE).rename_axis("date").reset_index()
            parts.append(points.assign(kind=kind, start=start, end=end))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=ARROW)


def _over_borders(run: xr.Dataset) -> Any:
    ends = dict(zip(map(str, run["link"].values), zip(map(str, run["link_from"].values),
                    map(str, run["link_to"].values), strict=True), strict=True))  # fmt: skip
    for crossing in map(str, run["crossing"].values):
        for way in map(str, run["direction"].values):
            start, end = ends[crossing] if way == "forward" else ends[crossing][::-1]
            daily = run["crossed"].sel(crossing=crossing, direction=way, drop=True)
            yield "cross-border", start, end, daily


def _between_homes(run: xr.Dataset, countries: dict[str, str]) -> pd.DataFrame:
    """Where people of each home area are, day by day."""
    parts = []
    for t, day in enumerate(run["time"].values):
        table = home_arrows(run.isel(time=slice(0, t + 1)), countries)
        parts.append(table[table["kind"] == "internal"].assign(date=day))
    return pd.concat(parts, ignore_index=True)[ARROW]
