"""The ground of a map: where places lie in km, borders, the roads between places, a scale bar with north."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

from displacement.borders import borders_cover, borders_within
from displacement.charts.labels import HALO, settle
from displacement.charts.style import GREY, INK, SOFT

KM_PER_DEGREE = 111.2
NO_BORDERS = "Borders are not shipped for this region, or only for a part of it."
BORDER = (0, (7, 2, 1, 2))  # the dashes of a border between countries
NORTH = "▲\nN"


def positions(places: pd.DataFrame) -> pd.DataFrame:
    """East and north in km from the middle of the places: true to scale over the size of a country."""
    middle, km = _middle(places)
    at = (places[["longitude", "latitude"]].to_numpy(float) - middle) * km
    return pd.DataFrame(at, index=places.index, columns=["x", "y"])


def _middle(places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the middle; km of a degree of each there."""
    middle = places[["longitude", "latitude"]].to_numpy(float).mean(axis=0) if len(places) else np.zeros(2)
    return middle, KM_PER_DEGREE * np.array([np.cos(np.radians(middle[1])), 1.0])


def draw_borders(ax: Axes, places: pd.DataFrame) -> None:
    """Borders within the limits of a map, beneath all: between countries dash-dotted, coasts solid.

    places : those that `positions` were made of. Below the map it says where borders are not shipped.
    """
    middle, km = _middle(places)
    (west, east), (south, north) = (np.array(limits) / km[i] + middle[i] for i, limits in
                                    enumerate((ax.get_xlim(), ax.get_ylim())))  # fmt: skip
    for coast, look in ((False, BORDER), (True, "-")):
        lines = [(line - middle) * km for line in borders_within(west, south, east, north, coast=coast)]
        ax.add_collection(
            LineCollection(lines, colors=GREY, linewidths=0.6, linestyles=[look], zorder=0.5, gid="border"),
            autolim=False,
        )
    if not borders_cover(west, south, east, north):
        ax.set_xlabel(NO_BORDERS, fontsize=7, color=GREY, loc="left")


def frame_map(ax: Axes, shown: pd.DataFrame, flattest: float, tallest: float = np.inf) -> None:
    """Limits around the places shown, with room, true to scale; height over width from `flattest` to `tallest`."""
    if not len(shown):
        shown = pd.DataFrame({"x": [0.0], "y": [0.0]})
    across, up = (float(np.ptp(shown[k])) for k in ("x", "y"))
    room = 0.11 * max(across, up, 10.0)
    wide, high = across + 2 * room, up + 2 * room
    above, beside = max(flattest * wide - high, 0.0) / 2, max(high / tallest - wide, 0.0) / 2
    ax.set_xlim(shown["x"].min() - room - beside, shown["x"].max() + room + beside)
    ax.set_ylim(shown["y"].min() - room - above, shown["y"].max() + room + above)
    ax.set_aspect("equal", adjustable="box", anchor="NW")
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=SOFT)


def draw_roads(ax: Axes, roads: pd.DataFrame, xy: pd.DataFrame) -> None:
    """Lines between places; those that are shut dotted, with a cross. roads : a row a link: start, end, shut."""
    start, end = xy.loc[roads["start"]].to_numpy(), xy.loc[roads["end"]].to_numpy()
    shut = roads["shut"].to_numpy(bool)
    lines = np.stack([start, end], axis=1) if len(roads) else np.zeros((0, 2, 2))
    ax.add_collection(LineCollection(list(lines[~shut]), colors=SOFT, linewidths=1.1, zorder=1), autolim=False)
    ax.add_collection(
        LineCollection(list(lines[shut]), colors=SOFT, linewidths=0.8, linestyles=":", zorder=1), autolim=False
    )
    middle = lines[shut].mean(axis=1) if shut.any() else np.zeros((0, 2))
    ax.plot(middle[:, 0], middle[:, 1], "x", color=INK, markersize=4.0, markeredgewidth=1.0, zorder=5.5, gid="shut")


def scale_bar(ax: Axes, xy: pd.DataFrame) -> Bbox:
    """A bar of a round length, and north, where they are in the way of fewest places; their box on the page."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    across, up = x1 - x0, y1 - y0
    length = max((k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if k <= 0.25 * across), default=1)
    wide = length + 0.1 * across
    spots = [(x, y) for y in (y0 + 0.03 * up, y1 - 0.08 * up)
             for x in (x1 - 0.02 * across - wide, x0 + 0.04 * across, x0 + across / 2 - wide / 2)]  # fmt: skip

    def in_the_way(spot: tuple[float, float]) -> int:
        near = xy["x"].between(spot[0] - 0.07 * across, spot[0] + wide + 0.07 * across)
        return int((near & xy["y"].between(spot[1] - 0.06 * up, spot[1] + 0.12 * up)).sum())

    left, y = min(spots, key=in_the_way)
    ax.plot([left, left + length], [y, y], color=INK, linewidth=2.0, solid_capstyle="butt", zorder=7)
    look: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7, "zorder": 7, "bbox": HALO}
    text = ax.text(left + length / 2, y + 0.012 * up, f"{length} km", **look)
    north = ax.annotate(NORTH, (left + length, y), xytext=(18, 0), textcoords="offset points", linespacing=0.9, **look)
    settle(ax)
    (px0, py0), (px1, _) = ax.transData.transform([(left, y), (left + length, y)])
    return Bbox.union([text.get_window_extent(), north.get_window_extent(), Bbox([[px0, py0 - 4], [px1, py0 + 4]])])
