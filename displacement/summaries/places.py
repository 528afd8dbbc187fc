"""People by place and by crossing: stocks on a day, who left home, who reaches a crossing and passes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.summaries.points import POINTS, RANGE, band_table, column
from displacement.variables import STOCK, VARIABLES


def place_names(run: xr.Dataset) -> pd.DataFrame:
    """A row a place: name, country and the area it lies in (its parent P-code; the country where there is none)."""
    text = {name: [str(x) for x in run[f"place_{name}"].values] for name in ("name", "country", "parent_pcode")}
    frame = pd.DataFrame(text, index=pd.Index([str(p) for p in run["place"].values], name="place"))
    return frame.assign(area=frame["parent_pcode"].where(frame["parent_pcode"] != "", frame["country"]))


def by_place(run: xr.Dataset, name: str, date: Any = None, points: Sequence[float] = RANGE) -> pd.DataFrame:
    """A row a place: points of a stock on a day (the last, unless given), largest first."""
    values = run[name].isel(time=-1) if date is None else run[name].sel(time=np.datetime64(date, "ns"))
    table = place_names(run)[["name", "area"]].join(band_table(values, points))
    return table.sort_values(["p50", "name"], ascending=[False, True], kind="stable")


def departures_by_origin(run: xr.Dataset, points: Sequence[float] = RANGE) -> pd.DataFrame:
    """A row a place: people who left home there over the whole run, each once, largest first.

    Who came back and leaves again is not counted twice: of the people at home at the start, who has not stayed.
    """
    left = run["start_residents"] - run["residents"].isel(time=-1)
    table = place_names(run)[["name", "area"]].join(band_table(left, points))
    return table.sort_values(["p50", "name"], ascending=[False, True], kind="stable")


def shared_stocks(run: xr.Dataset) -> list[str]:
    """Stocks of people in a run that are not internal, groups together, in the order of the table of variables."""
    return [
        name
        for name, v in VARIABLES.items()
        if name in run
        and v.cell_methods == STOCK
        and v.units == "people"
        and not v.internal
        and "time" in v.dims
        and "group" not in v.dims
    ]


def stock_totals(run: xr.Dataset, points: Sequence[float] = POINTS) -> pd.DataFrame:
    """A row a day and stock that is not internal: points of its sum over all places or crossings."""
    parts = []
    for name in shared_stocks(run):
        total = run[name].sum([d for d in run[name].dims if d not in {"member", "time"}], skipna=False)
        parts.append(band_table(total, points).reset_index().assign(variable=name))
    if not parts:
        return pd.DataFrame(columns=["time", "variable", *map(column, points)])
    return pd.concat(parts)[["time", "variable", *map(column, points)]].reset_index(drop=True)


def arrivals_by_crossing(run: xr.Dataset) -> pd.DataFrame:
    """A row a day, crossing and direction: people who reached it, passed it, and wait, with 10, 50 and 90 % points.

    A direction that nobody took is left out, unless nobody took the other either: then forward stays.
    """
    names, rows = place_names(run)["name"], []
    ends = {str(k): (str(a), str(b)) for k, a, b in zip(run["link"].values, run["link_from"].values,
                                                        run["link_to"].values, strict=True)}  # fmt: skip
    for crossing in run["crossing"].values:
        at = run[["joined", "crossed", "waiting"]].sel(crossing=crossing)
        used = [d for d in run["direction"].values if bool((at.sel(direction=d).to_array() > 0).any())]
        for way in used or run["direction"].values[:1]:
            near, far = ends[str(crossing)] if str(way) == "forward" else ends[str(crossing)][::-1]
            flows = ("joined", "crossed", "waiting")
            part = pd.concat([band_table(at[k].sel(direction=way), RANGE).add_prefix(f"{k}_") for k in flows], axis=1)
            named = {"crossing": str(crossing), "direction": str(way), "near": names[near], "far": names[far]}
            rows.append(part.reset_index().assign(**named))
    if not rows:
        return pd.DataFrame(columns=["time", "crossing", "direction", "near", "far"])
    return pd.concat(rows).reset_index(drop=True)
