"""The flow map: where people left home, where they are, which way they went, and which roads are shut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Bbox

from displacement.charts.flows import MapData, ranged
from displacement.charts.ground import BORDER, draw_borders, draw_roads, frame_map, positions, scale_bar
from displacement.charts.labels import Label, place_labels, settle
from displacement.charts.style import (
    DARK,
    GREY,
    HUE,
    INK,
    MID,
    SMALLEST,
    SOFT,
    axes_or_new,
    people_words,
    printable,
    shortened,
    styled,
)
from displacement.summaries import numbers_of

LABELS = 12
LEAD = 10.4  # points from line to line beside the map
LISTED = 10
ARROWS = 8  # in figures beside the map; the table of corridors has 20
FLATTEST = 1.1  # height of the frame, of its width
SHARE_SHOWN = 0.05  # of the largest circle: smaller ones do not widen the map
LARGEST = 12.0  # radius of the largest circle, points
LEAST_ARROW = 0.02  # of the largest arrow: thinner ones between areas are only listed
BEND = 0.22  # of an arrow between areas


@styled
def flow_map(data: MapData, ax: Axes | None = None) -> Axes:
    """Draw the map; the key and the largest counts stand beside it. With traffic in the data it is INTERNAL."""
    ax, side = _with_side(axes_or_new(ax, (7.0, 5.6)))
    xy = positions(data.places)
    _frame_of(ax, data, xy)
    draw_borders(ax, data.places)
    draw_roads(ax, data.roads, xy)
    scale = _circles(ax, data, xy)
    arrows = _draw_arrows(ax, data, xy)
    if len(data.traffic):
        _draw_traffic(ax, data, xy)
    _beside(side, data, scale)
    bar = scale_bar(ax, xy)  # lays the figure out, with what stands beside the map
    along = {bend: [box for a in arrows if a[2] == bend for box in _boxes(ax, *a)] for bend in (0.0, BEND)}
    _names(ax, data, xy, scale, [bar, *along[0.0]], along[BEND])
    return ax


def _with_side(ax: Axes) -> tuple[Axes, Axes]:
    """The axes given, for the map, and new ones at its right for words: words never change the size of the map."""
    figure = ax.figure
    grid = ax.get_subplotspec()
    if grid is None:
        return ax, ax.inset_axes((1.03, 0.0, 0.9, 1.0))
    parts = grid.subgridspec(1, 2, width_ratios=(1.08, 1.0), wspace=0.02)
    ax.set_subplotspec(parts[0])
    return ax, figure.add_subplot(parts[1])


def _weight(places: pd.DataFrame) -> pd.Series:
    """The larger of people who left and people who came; 0 where neither is shown."""
    both = np.fmax(numbers_of(places["left_p50"]), numbers_of(places["moved_p50"]))
    return pd.Series(np.nan_to_num(both), index=places.index)


def _frame_of(ax: Axes, data: MapData, xy: pd.DataFrame) -> None:
    """The part of the map where something happens, and the border posts, with room around."""
    weight = _weight(data.places)
    wanted = weight > SHARE_SHOWN * weight.max()
    shown = xy[wanted | data.places["border_post"]] if wanted.any() else xy
    frame_map(ax, shown, FLATTEST)


def _circles(ax: Axes, data: MapData, xy: pd.DataFrame) -> float:
    """Rings for people who left home, discs for people who moved; their area is the count. Square points a person."""
    left, moved = numbers_of(data.places["left_p50"]), numbers_of(data.places["moved_p50"])
    most = float(np.nanmax(np.concatenate([left, moved, [0.0]])))
    scale = np.pi * LARGEST**2 / most if most > 0 else 0.0
    abroad = data.places["abroad"].to_numpy(bool)
    disc: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.5, "alpha": 0.85, "zorder": 4}
    # scatter's s is the square of a diameter
    for name, counts, look in (
        ("moved", np.where(abroad, 0.0, moved), disc | {"facecolors": MID}),
        ("abroad", np.where(abroad, moved, 0.0), disc | {"facecolors": DARK}),
        ("left", left, {"facecolors": "none", "edgecolors": INK, "linewidths": 1.0, "zorder": 5}),
    ):
        seen = np.isfinite(counts) & (counts > 0)
        ax.scatter(xy["x"][seen], xy["y"][seen], s=counts[seen] * scale * 4 / np.pi, gid=name, **look)
    dots = xy[~(np.nan_to_num(left) + np.nan_to_num(moved) > 0)]
    ax.plot(dots["x"], dots["y"], ".", color=GREY, markersize=2.0, zorder=2)
    return scale


def _radius(count: float, scale: float) -> float:
    """Radius of the circle of a count, in points."""
    return float(np.sqrt(max(count, 0.0) * scale / np.pi))


def _draw_arrows(ax: Axes, data: MapData, xy: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """From area to area between the middles of their circles, and across the border; width by count.

    Returns the ends and the bend of each.
    """
    weight = _weight(data.places)
    counts = numbers_of(data.arrows["p50"])
    most = float(np.nanmax(np.concatenate([counts, [1.0]])))
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    found = []
    for count, (_, row) in zip(counts, data.arrows.iterrows(), strict=True):
        between = row["kind"] == "internal"
        if not count > (LEAST_ARROW * most if between else 0.0):
            continue
        if between:
            start, end = (_middle(data.places, xy, weight, str(row[k])) for k in ("start", "end"))
        else:  # of one length, however short the crossing
            start, far = (xy.loc[row[k]].to_numpy() for k in ("start", "end"))
            end = start + (far - start) / max(float(np.hypot(*(far - start))), 1e-9) * 0.06 * max(x1 - x0, y1 - y0)
        bend = BEND if between else 0.0
        found.append((start, end, bend))
        width = 1.5 + 6.0 * count / most
        head = f"head_length={4 + width},head_width={4 + 1.6 * width},tail_width={width}"
        ax.add_patch(FancyArrowPatch(
            tuple(start), tuple(end), connectionstyle=f"arc3,rad={bend}", clip_on=True,
            arrowstyle=f"simple,{head}", color=DARK, alpha=0.55 if between else 1.0, linewidth=0,
            zorder=6, gid="arrow", shrinkA=0, shrinkB=0,
        ))  # fmt: skip
    return found


def _boxes(ax: Axes, start: np.ndarray, end: np.ndarray, bend: float) -> list[Bbox]:
    """Boxes on the page, in pixels, along an arrow: a curve through a point aside of its middle."""
    (x0, y0), (x1, y1) = ax.transData.transform([start, end])
    aside = np.array([(x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0)])
    t = np.linspace(0.0, 1.0, 25)[:, np.newaxis]
    line = (1 - t) ** 2 * [x0, y0] + 2 * t * (1 - t) * aside + t**2 * [x1, y1]
    return [Bbox([point, point]).padded(5.0) for point in line]


def _middle(places: pd.DataFrame, xy: pd.DataFrame, weight: pd.Series, area: str) -> np.ndarray:
    """The middle of an area's circles."""
    mine = (places["area"] == area).to_numpy()
    w = weight[mine].to_numpy()
    return np.average(xy[mine].to_numpy(), axis=0, weights=w if w.sum() > 0 else None)


def _draw_traffic(ax: Axes, data: MapData, xy: pd.DataFrame) -> None:
    """Width of each link and direction: people who set out on it. Each direction keeps to its right."""
    counts = data.traffic["p50"].to_numpy(float)
    most = max(float(np.nanmax(counts, initial=0.0)), 1.0)
    for count, (_, row) in zip(counts, data.traffic.iterrows(), strict=True):
        if count / most < 0.002:
            continue
        a, b = xy.loc[row["start"]].to_numpy(), xy.loc[row["end"]].to_numpy()
        along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
        aside = 0.4 * np.array([along[1], -along[0]])
        ax.add_patch(FancyArrowPatch(
            tuple(a + aside), tuple(b + aside), arrowstyle="-|>", mutation_scale=6, color=HUE,
            linewidth=0.5 + 4.0 * count / most, zorder=3.5, shrinkA=0, shrinkB=0, gid="traffic",
        ))  # fmt: skip


def _names(ax: Axes, data: MapData, xy: pd.DataFrame, scale: float, obstacles: list[Bbox], avoided: list[Bbox]) -> None:
    """Names of the places with the largest circles, and of border posts on this side."""
    weight = _weight(data.places)
    posts = set(data.places.index[data.places["border_post"]]) & set(
        data.arrows["start"][data.arrows["kind"] == "cross-border"]
    )
    largest = [p for p in weight.sort_values(ascending=False, kind="stable").index if weight[p] > 0]
    wanted = list(dict.fromkeys([*largest[:LABELS], *sorted(p for p in posts if weight[p] > 0)]))
    dots = ax.figure.dpi / 72.0
    circles = []
    for place in weight.index[weight > 0]:
        px, py = ax.transData.transform(tuple(xy.loc[place]))
        r = 0.85 * _radius(weight[place], scale) * dots
        circles.append(Bbox([[px - r, py - r], [px + r, py + r]]))
    shut = data.roads[data.roads["shut"]]
    for px, py in ax.transData.transform((xy.loc[shut["start"]].to_numpy() + xy.loc[shut["end"]].to_numpy()) / 2):
        circles.append(Bbox([[px - 3 * dots, py - 3 * dots], [px + 3 * dots, py + 3 * dots]]))
    labels = [
        Label(text=str(data.places["name"][p]), x=float(xy["x"][p]), y=float(xy["y"][p]),
              gap=2.0 + _radius(weight[p], scale))
        for p in wanted
    ]  # fmt: skip
    place_labels(ax, labels, [*obstacles, *circles], avoided)


def _beside(side: Axes, data: MapData, scale: float) -> None:
    """The key, then the largest counts and the arrows in figures, as many as fit."""
    side.set_axis_off()
    key = side.legend(handles=_handles(data, scale), loc="upper left", bbox_to_anchor=(0.0, 1.01), labelspacing=1.0,
                      handlelength=2.2, handleheight=1.2, borderaxespad=0)  # fmt: skip
    key.set_in_layout(False)
    settle(side)
    figure = side.get_figure(root=True)
    assert figure is not None
    room = np.array(side.get_window_extent().size) * 72.0 / figure.dpi
    below = key.get_window_extent().height * 72.0 / figure.dpi + 8.0
    lines = _figures(data, int((room[1] - below) / LEAD))
    text = "\n".join(printable(shortened(line, float(room[0]) - 2.0, SMALLEST)) for line in lines)
    side.annotate(text, (0.0, 1.0), xycoords="axes fraction", xytext=(1, -below), textcoords="offset points", va="top",
                  fontsize=SMALLEST, linespacing=1.25).set_in_layout(False)  # fmt: skip


def _handles(data: MapData, scale: float) -> list[Line2D]:
    """What is drawn: handles for a key."""
    size = _round_size(float(_weight(data.places).max()) / 3 if len(data.places) else 0.0)
    d = 2 * _radius(size, scale)
    abroad = [Line2D([], [], marker="o", linestyle="", markersize=d, markerfacecolor=DARK, markeredgecolor="white",
                     label=f"{people_words(size)} people who came abroad are here")]  # fmt: skip
    abroad *= bool((numbers_of(data.places["moved_p50"][data.places["abroad"]]) > 0).any())
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=d, markerfacecolor="none", markeredgecolor=INK,
               label=f"{people_words(size)} people left home here"),
        Line2D([], [], marker="o", linestyle="", markersize=d, markerfacecolor=MID, markeredgecolor="white",
               label=f"{people_words(size)} people who moved are here"),
        *abroad,
        Line2D([], [], color=SOFT, linewidth=1.1, label="Road"),
        Line2D([], [], color=GREY, linewidth=0.6, linestyle=BORDER, label="Border (coast: a thin line)"),
        Line2D([], [], color=SOFT, linewidth=0.8, linestyle=":", marker="x", markeredgecolor=INK, markersize=4.5,
               label="Shut to people and aid"),
        Line2D([], [], color=DARK, alpha=0.55, linewidth=5, label=f"{_between(data)}, or crossed"),
    ]  # fmt: skip
    if len(data.traffic):
        most = people_words(float(np.nanmax(data.traffic["p50"].to_numpy(float), initial=0.0)))
        handles.append(Line2D([], [], color=HUE, linewidth=4.5, label=f"INTERNAL: {most} set out on the road"))
    return handles


def _between(data: MapData) -> str:
    """What an arrow between two areas counts."""
    return "Home in one area, now in the other" if data.home_areas else "Set out from area to area"


def _round_size(most: float) -> float:
    """A round count for the key, at most the largest."""
    return max((m * 10.0**e for e in range(8) for m in (1, 2, 5) if m * 10.0**e <= most), default=0.0)


def _figures(data: MapData, room: int) -> list[str]:
    """Where most people who moved are, and the arrows, in so many lines: medians, with the range of 80 of 100 runs."""
    order = numbers_of(data.places["moved_p50"])
    top = data.places.assign(order=order)[order > 0].nlargest(LISTED, "order")
    places = [f"{row['name']}: {ranged(row, 'moved_')}" for _, row in top.iterrows()]
    counts = np.nan_to_num(numbers_of(data.arrows["p50"]))
    arrows = [
        f"{row['said']}: {ranged(row)}"
        for count, (_, row) in sorted(zip(counts, data.arrows.iterrows(), strict=True), key=lambda pair: -pair[0])
        if count > 0
    ]
    shown = min(len(arrows), ARROWS)
    spare = room - 2 - (3 if shown else 0)  # headings, the line on the frame, a blank line, what is more
    while len(places) + shown > max(spare, 2) and (len(places) > 1 or shown > 1):
        places, shown = (places[:-1], shown) if len(places) > shown else (places, shown - 1)
    lines = ["People who moved, most by place (80 of 100 runs):", *places]
    lines += ["Places with few people may lie outside the frame."]
    more = [f"{len(arrows) - shown} more in the table"] if len(arrows) > shown else []
    return lines + (["", f"{_between(data)} (P-codes), or crossed:", *arrows[:shown], *more] if arrows else [])
