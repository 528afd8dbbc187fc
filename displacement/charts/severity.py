"""The severity map: how severe constraints on access are, by place; beside it the physical ones and the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from displacement.charts.ground import BORDER, draw_borders, draw_roads, frame_map, positions, scale_bar
from displacement.charts.labels import Label, place_labels, settle
from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    MID,
    NO_DATA,
    PALE,
    SMALLEST,
    axes_or_new,
    people_words,
    styled,
)
from displacement.summaries import flag_names, numbers_of

# 0, then IPC's five colours; each is darker than the one before it.
COLOURS = ("#ebf2ff", "#cdfacd", "#fae61e", "#e67800", "#c80000", "#640000")
LAYERS = (PALE, LIGHT, MID, DARK)  # 0 to 3
WHITE_FROM = 4  # the level from which a figure on the colour is white
RADIUS, MORE = 4.0, 0.35  # points; and for each level more
SMALL = 1.8  # radius of the discs of a layer
LETTER = np.array([3.4, 4.4])  # half the room of a figure, points
SHAPE = 0.92  # height of a map, of its width
LABELS = 14
LEVELS = ("0 none", "1", "2", "3", "4", "5 extreme")


def severity_table(access: xr.Dataset, run: xr.Dataset, people: pd.Series, date: Any) -> pd.DataFrame:
    """A row a place that is classified, the most severe first, then the largest.

    severity 0 to 5, physical and security 0 to 3, empty where not known; unknown_of_nine; people_in_pocket (when the
    scenario opens); named: is it the place with most people of its pocket? name, and where it lies
    """
    day = access.sel(time=np.datetime64(date, "ns"))
    places = pd.Index([str(p) for p in day["place"].values], name="place")
    where = run.sel(place=places.to_numpy(object))
    table = pd.DataFrame(
        {
            "name": where["place_name"].values,
            "severity": day["severity"].values,
            "physical": day["severity_physical"].values,
            "security": day["severity_security"].values,
            "unknown_of_nine": day["severity_unknown"].values,
            "people_in_pocket": day["pocket_population"].values,
            "people": people.reindex(places).fillna(0.0),
            "longitude": where["longitude"].values,
            "latitude": where["latitude"].values,
        },
        index=places,
    )
    table = table[~np.isin(flag_names(day["access_status"]), ["not_classified"])]
    order = table.sort_values(["severity", "people", "place"], ascending=[False, False, True], na_position="last")
    largest = order.sort_values("people", ascending=False, kind="stable").drop_duplicates("people_in_pocket").index
    return order.assign(named=order.index.isin(largest)).drop(columns="people")


@styled
def severity_map(table: pd.DataFrame, roads: pd.DataFrame, where: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the levels of `severity_table`: colour, size and figure say the same; names with the people in the pocket.

    roads : a row a link: start, end, shut (see `road_table`);  where : longitude and latitude of every place
    """
    ax = axes_or_new(ax, (5.0, 5.0))
    xy = positions(where)
    mine = xy.loc[table.index]
    _ground(ax, mine, roads, xy)
    draw_borders(ax, where)
    for x, y, level in reversed(_levels(table, "severity", xy)):  # the most severe on top
        _disc(ax, x, y, 2 * radius(level), COLOURS[int(level)] if np.isfinite(level) else NO_DATA)
    bar = scale_bar(ax, mine)
    discs = _figures(ax, table, xy)
    pocket = np.where(table["named"], numbers_of(table["people_in_pocket"]), 0.0)  # the largest pockets are named first
    order = table.iloc[np.argsort(-np.nan_to_num(pocket), kind="stable")].head(LABELS)
    labels = [
        Label(text=_name(row), x=x, y=y, gap=2 + radius(level))
        for (_, row), (x, y, level) in zip(order.iterrows(), _levels(order, "severity", xy), strict=True)
    ]
    place_labels(ax, labels, [bar, *discs, *_marks(ax, roads, xy)])
    return ax


def _levels(table: pd.DataFrame, column: str, xy: pd.DataFrame) -> list[tuple[float, float, float]]:
    """East, north and level of each row."""
    at = xy.loc[table.index]
    return list(zip(at["x"].tolist(), at["y"].tolist(), table[column].astype(float).tolist(), strict=True))


def _disc(ax: Axes, x: float, y: float, size: float, colour: str) -> None:
    ax.plot(x, y, "o", markersize=size, color=colour, markeredgecolor=INK, markeredgewidth=0.5, zorder=6, gid="level")


def _name(row: pd.Series) -> str:
    """The name of a place; of the one that stands for its pocket, with the people in the pocket."""
    people = row["people_in_pocket"]
    said = people if isinstance(people, str) else people_words(float(people))
    return f"{row['name']} ({said})" if row["named"] else str(row["name"])


def radius(level: float) -> float:
    """Radius of the disc of a level, in points: larger is worse; of one not known, the least.

    >>> radius(0.0), radius(float("nan"))
    (4.0, 4.0)
    """
    return RADIUS + MORE * (level if np.isfinite(level) else 0.0)


def _ground(ax: Axes, mine: pd.DataFrame, roads: pd.DataFrame, xy: pd.DataFrame) -> None:
    """The part of the map with places that have a level, its roads, and dots where others lie."""
    frame_map(ax, mine, SHAPE, SHAPE)
    draw_roads(ax, roads, xy)
    others = xy.drop(mine.index)
    ax.plot(others["x"], others["y"], ".", color=GREY, markersize=2.0, zorder=2)


def _figures(ax: Axes, table: pd.DataFrame, xy: pd.DataFrame) -> list[Bbox]:
    """The level in each disc that has room, the most severe first; boxes of all discs on the page."""
    settle(ax)
    figure = ax.get_figure(root=True)
    assert figure is not None
    dots = figure.dpi / 72.0
    boxes: list[Bbox] = []
    written: list[Bbox] = []
    for x, y, level in _levels(table, "severity", xy):
        middle = ax.transData.transform((x, y))
        boxes.append(Bbox([middle, middle]).padded(0.85 * radius(level) * dots))
        room = Bbox([middle - LETTER * dots, middle + LETTER * dots])
        if any(room.overlaps(other) for other in written):
            continue
        written.append(room)
        ax.text(x, y, f"{level:.0f}" if np.isfinite(level) else "?", fontsize=SMALLEST, fontweight="bold", zorder=6.5,
                ha="center", va="center_baseline", color="white" if level >= WHITE_FROM else INK)  # fmt: skip
    return boxes


def _marks(ax: Axes, roads: pd.DataFrame, xy: pd.DataFrame) -> list[Bbox]:
    """Boxes on the page of the crosses on roads that are shut."""
    shut = roads[roads["shut"]]
    middle = (xy.loc[shut["start"]].to_numpy() + xy.loc[shut["end"]].to_numpy()) / 2
    return [Bbox([point, point]).padded(5.0) for point in ax.transData.transform(middle)] if len(shut) else []


@styled
def severity_layer(
    table: pd.DataFrame, layer: str, roads: pd.DataFrame, where: pd.DataFrame, ax: Axes | None = None
) -> Axes:
    """Draw one layer, physical or security, 0 to 3: larger and darker is worse."""
    ax = axes_or_new(ax, (2.5, 2.5))
    xy = positions(where)
    _ground(ax, xy.loc[table.index], roads.assign(shut=False), xy)
    draw_borders(ax, where)
    order = table.sort_values(layer, na_position="first", kind="stable")
    for x, y, level in _levels(order, layer, xy):
        known = np.isfinite(level)
        _disc(ax, x, y, 2 * (SMALL + 0.6 * (level if known else 0.0)), LAYERS[int(level)] if known else "white")
    return ax


def severity_key() -> list[Line2D]:
    """What colours and sizes mean: handles for a key."""
    look: dict[str, Any] = {"marker": "o", "linestyle": "", "markeredgecolor": INK, "markeredgewidth": 0.5}
    known = [
        Line2D([], [], color=colour, markersize=2 * radius(i), label=LEVELS[i], **look)
        for i, colour in enumerate(COLOURS)
    ]
    return [
        *known,
        Line2D([], [], color=NO_DATA, markersize=2 * RADIUS, label="? not known", **look),
        Line2D([], [], color=GREY, linewidth=0.8, linestyle=":", marker="x", markeredgecolor=INK, markersize=4.5,
               label="Shut to people and aid"),
        Line2D([], [], color=GREY, linewidth=0.6, linestyle=BORDER, label="Border"),
    ]  # fmt: skip
