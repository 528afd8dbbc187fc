"""What the flow map draws: people by place, between areas and across the border, and the state of the roads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.charts.crossings import CLOSED_UP_TO
from displacement.charts.style import people_words
from displacement.groups import ELSEWHERE
from displacement.scenario import Scenario
from displacement.summaries import (
    FLOOR,
    RANGE,
    band_table,
    by_place,
    column,
    come_since,
    corridors,
    departures_by_origin,
    has_home_areas,
    place_names,
    shared,
)
from displacement.summaries.journeys import CORRIDORS

POINTS = [column(p) for p in RANGE]
TAKEN = 0.1  # of the runs


@dataclass(frozen=True, kw_only=True)
class MapData:
    """What a flow map draws, as tables.

    places : a row a place: name, area, longitude, latitude; left_* and moved_* people (10, 50, 90 %). Inside the
        country moved_* are people who moved since the reference date; abroad, who came since the start, net by place
    roads : a row a link: its ends, and whether it is shut to people and to aid both ways
    arrows : a row a pair of areas, or a crossing: people who went (10, 50, 90 %) from one to the other; with home
        areas, between areas, people of the one who are now in the other
    corridors : the largest of these, by kind: within an area, internal, cross-border
    traffic : a row a link and direction: people who set out on it. Internal: empty unless asked for
    """

    places: pd.DataFrame
    roads: pd.DataFrame
    arrows: pd.DataFrame
    corridors: pd.DataFrame
    traffic: pd.DataFrame
    date: Any
    home_areas: bool = False

    def for_sharing(self) -> MapData:
        """The same, rounded and suppressed, and without traffic by link."""
        return replace(
            self,
            places=shared(self.places),
            arrows=shared(self.arrows),
            corridors=shared(self.corridors),
            traffic=self.traffic.iloc[:0],
        )


def map_data(
    run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset, date: Any = None, *, internal: bool = False
) -> MapData:
    """The tables of a flow map: flows summed from the first day to a date (the last, unless given), stocks on it."""
    date = run["time"].values[-1] if date is None else np.datetime64(date, "ns")
    upto = run.sel(time=slice(None, date))
    left = departures_by_origin(upto)[POINTS].add_prefix("left_")
    inside = by_place(upto, "moved_since")[POINTS].add_prefix("moved_")
    where = pd.DataFrame({k: run[k].values for k in ("longitude", "latitude")}, index=left.index.sort_values())
    where.index = pd.Index([str(p) for p in run["place"].values], name="place")
    places = place_names(run)[["name", "area"]].join([where, left, inside])
    places["abroad"] = run["place_country"].values != str(run.attrs["country"])
    come = band_table(come_since(upto).clip(min=0), RANGE).add_prefix("moved_")
    places.loc[places["abroad"], come.columns] = come[places["abroad"]]
    places["border_post"] = [kind == "border_post" for kind in run["place_kind"].values]
    traffic, home = _traffic(upto), has_home_areas(run)
    countries = {host.country: host.name for host in scenario.hosts}
    between = home_arrows(upto, countries) if home else _area_arrows(upto, places)
    drawn = between[between["kind"] == "internal"]
    arrows = pd.concat([drawn, _border_arrows(upto, places)], ignore_index=True)
    return MapData(
        places=places,
        roads=road_table(scenario, conditions, date),
        arrows=arrows,
        corridors=_largest(between if home else arrows),
        traffic=traffic if internal else traffic.iloc[:0],
        date=date,
        home_areas=home,
    )


def _largest(pairs: pd.DataFrame) -> pd.DataFrame:
    """The largest pairs, without those that are under the floor in 9 of 10 runs."""
    told = pairs.sort_values(["p50", "p90", "said"], ascending=[False, False, True], kind="stable")
    return told[told["p90"] >= FLOOR].head(CORRIDORS).reset_index(drop=True)


def ranged(row: pd.Series, prefix: str = "") -> str:
    """A median and its range as text; the median alone where the range is of one number.

    >>> ranged(pd.Series({"p10": "<50", "p50": 200, "p90": 600}))
    '200 (<50–600)'
    """
    low, middle, high = (v if isinstance(v, str) else people_words(float(v)) for v in (row[prefix + p] for p in POINTS))
    return middle if low == middle == high else f"{middle} ({low}–{high})"


def home_arrows(run: xr.Dataset, countries: dict[str, str]) -> pd.DataFrame:
    """People of one area who are in another, in their own, or abroad: by home area, of those who moved."""
    table = corridors(run, most=len(run["place"]) ** 2)
    start = ["displaced before," if a == ELSEWHERE else a for a in table["start"]]
    said = [f"within {a}" if k == "within" else f"{a} to {countries.get(b, b)}"
            for a, b, k in zip(start, table["end"], table["kind"], strict=True)]  # fmt: skip
    return table.assign(said=said)[["kind", "start", "end", "said", *POINTS]]


def road_table(scenario: Scenario, conditions: xr.Dataset, date: Any) -> pd.DataFrame:
    """Links with their ends; shut: neither people nor aid pass in either direction."""
    links, names = scenario.network.links, scenario.network.places.id
    chance = conditions["permission"].sel(time=date, traffic=["civilians", "aid"])
    high = conditions["permission_high"].sel(time=date, traffic=["civilians", "aid"])
    return pd.DataFrame(
        {
            "link": list(links.id),
            "start": [names[i] for i in links.origin],
            "end": [names[i] for i in links.destination],
            "kind": list(links.kind),
            "shut": (high.values <= CLOSED_UP_TO).all(axis=(1, 2)),
            "unknown": np.isnan(chance.values).any(axis=(1, 2)),
        }
    )


def _traffic(run: xr.Dataset) -> pd.DataFrame:
    """People who set out on each link and direction over the run."""
    rows = []
    for way in run["direction"].values:
        table = band_table(run["traffic"].sel(direction=way).sum("time"), RANGE).reset_index()
        ends = (run["link_from"].values, run["link_to"].values)
        start, end = ends if str(way) == "forward" else ends[::-1]
        rows.append(table.assign(direction=str(way), start=start, end=end))
    return pd.concat(rows, ignore_index=True)


def _area_arrows(run: xr.Dataset, places: pd.DataFrame) -> pd.DataFrame:
    """People who set out from one area to another inside the country, by any road.

    A pair of areas that a single road joins is left out: its number would be that of the road.
    """
    rows = []
    for a, b, daily in between_areas(run, places):
        points = band_table(daily.sum("time").expand_dims(cell=1), RANGE).iloc[0]
        rows.append({"kind": "internal", "start": a, "end": b, "said": f"{a} to {b}", **points.to_dict()})
    return pd.DataFrame(rows, columns=["kind", "start", "end", "said", *POINTS])


def between_areas(run: xr.Dataset, places: pd.DataFrame) -> Iterator[tuple[str, str, xr.DataArray]]:
    """(member, time) people who set out from one area to another, where more than one road is taken.

    A road counts if anybody sets out on it in a tenth of the runs or more: else the number would be that of one road.
    """
    area, inside = places["area"], run["link_kind"].values != "crossing"
    pairs: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for i in np.flatnonzero(inside):
        a, b = area[str(run["link_from"].values[i])], area[str(run["link_to"].values[i])]
        if a != b:
            pairs.setdefault((a, b), []).append((int(i), "forward"))
            pairs.setdefault((b, a), []).append((int(i), "backward"))
    bare = run["traffic"].drop_vars(["link", "link_from", "link_to", "link_kind"], errors="ignore")
    for (a, b), ways in sorted(pairs.items()):
        each = [bare.isel(link=i).sel(direction=way, drop=True) for i, way in ways]
        taken = [road for road in each if float((road > 0).any("time").mean()) >= TAKEN]
        if len(taken) > 1:
            yield a, b, sum(taken[1:], start=taken[0])


def _border_arrows(run: xr.Dataset, places: pd.DataFrame) -> pd.DataFrame:
    """People who passed each crossing, by direction."""
    ends = {str(k): (str(a), str(b)) for k, a, b in
            zip(run["link"].values, run["link_from"].values, run["link_to"].values, strict=True)}  # fmt: skip
    rows = []
    for way in run["direction"].values:
        table = band_table(run["crossed"].sel(direction=way).sum("time"), RANGE)
        for crossing, points in table.iterrows():
            a, b = ends[str(crossing)] if str(way) == "forward" else ends[str(crossing)][::-1]
            said = f"{places['name'][a]} to {places['name'][b]}"
            rows.append({"kind": "cross-border", "start": a, "end": b, "said": said, **points.to_dict()})
    return pd.DataFrame(rows, columns=["kind", "start", "end", "said", *POINTS])
