"""What the page's map and panels show, as plain lists: made from tables that may be shared, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from displacement.network import Floats
from displacement.report.geometry import Frame, area_middles, border_lines, first_view

FEW = -1  # stands for a count above 0 and under the floor, which is not shared
POINTS = ("p10", "p50", "p90")
Tables = Mapping[str, pd.DataFrame]


def cell(text: Any) -> float | None:
    """A count as the page holds it: a whole number, FEW for one that is not shared, nothing for unknown.

    >>> cell("12000"), cell("<50"), cell(""), cell("0.4")
    (12000, -1, None, 0.4)
    """
    if text == "" or pd.isna(text):
        return None
    if isinstance(text, str) and text.startswith("<"):
        return FEW
    number = float(text)
    return int(number) if number.is_integer() else number


def scenario_payload(tables: Tables, days: Sequence[str]) -> dict[str, Any]:
    """All that the map and the panels of one scenario need; what a table does not hold is absent or unknown."""
    at = {day: i for i, day in enumerate(days)}
    places = tables["places"].reset_index(drop=True)
    longitude, latitude = (np.asarray(places[k], float) for k in ("longitude", "latitude"))
    frame = Frame.of(longitude, latitude)
    points = frame.kilometres(longitude, latitude)
    people = _people(tables["people_by_day_and_place"], at)
    weights = np.array([_most(people.get(place, {})) for place in places["place"]])
    middles = area_middles(list(places["area"]), points, weights)
    ends = {place: xy.round(2).tolist() for place, xy in zip(places["place"], points, strict=True)}
    return {
        "days": list(days),
        "places": _places(places, points, people, _access(tables.get("access_by_place"), at)),
        "ways": _ways(tables["ways_by_day"], at),
        "crossings": _crossings(tables.get("crossings"), at),
        "arrows": _arrows(tables.get("flow_map_arrows_by_day"), at, {**middles, **ends}),
        "events": _events(tables.get("events"), days),
        "borders": border_lines(frame, longitude, latitude),
        "view": first_view(points, np.where(places["kind"] == "border_post", weights.max(initial=0.0), weights)),
    }


def _iso(day: Any) -> str:
    return str(day)[:10]


def _series(rows: pd.DataFrame, at: Mapping[str, int], prefix: str = "") -> list[list[float | None]]:
    """Three lists, a cell a day: 10, 50 and 90 % points. A day without a row is unknown."""
    found: list[list[float | None]] = [[None] * len(at) for _ in POINTS]
    columns = [rows[f"{prefix}{p}"].tolist() for p in POINTS]
    for row, day in enumerate(rows["date"].map(_iso)):
        for line, column in zip(found, columns, strict=True):
            line[at[day]] = cell(column[row])
    return found


def _people(table: pd.DataFrame, at: Mapping[str, int]) -> dict[str, dict[str, list[list[float | None]]]]:
    """By place and stock, its points day by day."""
    found: dict[str, dict[str, list[list[float | None]]]] = {}
    for place, mine in table.groupby("place", sort=False):
        found[str(place)] = {str(k): _series(rows.reset_index(drop=True), at)
                             for k, rows in mine.groupby("variable", sort=False)}  # fmt: skip
    return found


def _most(stocks: Mapping[str, list[list[float | None]]]) -> float:
    """The largest median of people who moved or came from abroad, over the days."""
    cells = [c for name in ("moved_since", "refugees") for c in stocks.get(name, [[], []])[1]]
    return max((float(c) for c in cells if c is not None), default=0.0)


def _places(places: pd.DataFrame, points: Floats, people: Mapping[str, Any], access: Mapping[str, Any]) -> list[Any]:
    return [
        {
            **{k: str(row[k]) for k in ("name", "kind", "area", "country", "party")},
            "id": row["place"],
            "xy": xy.round(2).tolist(),
            "capacity": cell(row["capacity"]),
            "people": people.get(row["place"], {}),
            "access": access.get(row["place"], []),
        }
        for xy, (_, row) in zip(points, places.iterrows(), strict=True)
    ]


def _access(table: pd.DataFrame | None, at: Mapping[str, int]) -> dict[str, list[list[Any]]]:
    """By place, the days on which its access changes: day, class, what passes today, the reason."""
    found: dict[str, list[list[Any]]] = {}
    if table is None:
        return found
    for _, row in table.iterrows():
        change = [at[_iso(row["date"])], row["class"], row["today"], row.get("reason", "")]
        found.setdefault(str(row["place"]), []).append(change)
    return found


def _ways(table: pd.DataFrame, at: Mapping[str, int]) -> list[Any]:
    """Roads and crossings: their ends, and the days on which their state changes."""
    told = ["people_state", "aid_state", "people", "aid", "why", "source"]
    return [
        {
            "id": link,
            "name": str(rows["name"].iloc[0]),
            "ends": [rows["start"].iloc[0], rows["end"].iloc[0]],
            "kind": rows["kind"].iloc[0],
            "changes": [[at[_iso(row["date"])], *(str(row[c]) for c in told)] for _, row in rows.iterrows()],
        }
        for link, rows in table.groupby("link", sort=False)
    ]


def _crossings(table: pd.DataFrame | None, at: Mapping[str, int]) -> dict[str, list[Any]]:
    """By crossing, a part for each direction that is used: who reach it, pass it and wait, day by day."""
    found: dict[str, list[Any]] = {}
    if table is None or not len(table):
        return found
    for (crossing, direction), rows in table.groupby(["crossing", "direction"], sort=False):
        mine = rows.reset_index(drop=True)
        part: dict[str, Any] = {k: str(mine[k].iloc[0]) for k in ("near", "far")}
        part |= {name: _series(mine, at, f"{name}_") for name in ("joined", "crossed", "waiting")}
        part["ceiling"] = [cell(c) for c in mine["ceiling"]]
        found.setdefault(str(crossing), []).append({**part, "direction": str(direction)})
    return found


def _arrows(table: pd.DataFrame | None, at: Mapping[str, int], xy: Mapping[str, list[float]]) -> list[Any]:
    """Who went which way so far, with the ends in kilometres; ends that lie nowhere on the map are left out."""
    if table is None or not len(table):
        return []
    found = []
    for names, rows in table.groupby(["kind", "start", "end"], sort=False):
        kind, start, end = map(str, names)
        if start in xy and end in xy:
            series = _series(rows.reset_index(drop=True), at)
            found.append({"kind": kind, "start": start, "end": end, "from": xy[start], "to": xy[end], "people": series})
    return found


def _events(table: pd.DataFrame | None, days: Sequence[str]) -> list[list[Any]]:
    """Day on which each event begins in the period, what it says, and who says so."""
    if table is None or not len(days):
        return []
    over = [str(until)[:10] < days[0] for until in table["until"].fillna("9999").replace("", "9999")]
    rows = [[_iso(row["date"]), str(row["what"]), str(row["source"])]
            for past, (_, row) in zip(over, table.iterrows(), strict=True) if not past]  # fmt: skip
    return [[max(sum(d < day for d in days), 0), *told] for day, *told in rows if day <= days[-1]]
