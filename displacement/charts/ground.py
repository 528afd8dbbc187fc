"""The ground of a map: where places lie in km, the roads between them, a scale bar."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

from displacement.charts.style import INK, SOFT

KM_PER_DEGREE = 111.2


def positions(places: pd.DataFrame) -> pd.DataFrame:
    """East and north in km from the middle: true to scale over the size of a country."""
    latitude, longitude = places["latitude"].to_numpy(float), places["longitude"].to_numpy(float)
    middle = (np.mean(latitude), np.mean(longitude)) if len(places) else (0.0, 0.0)
    return pd.DataFrame(
        {
            "x": KM_PER_DEGREE * np.cos(np.radians(middle[0])) * (longitude - middle[1]),
            "y": KM_PER_DEGREE * (latitude - middle[0]),
        },
        index=places.index,
    )


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
    """A bar of a round length where it is in the way of fewest places; its box on the page."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    across, up = x1 - x0, y1 - y0
    length = max((k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if k <= 0.25 * across), default=1)
    spots = [(x, y) for y in (y0 + 0.03 * up, y1 - 0.08 * up)
             for x in (x1 - 0.04 * across - length, x0 + 0.04 * across, x0 + across / 2 - length / 2)]  # fmt: skip

    def in_the_way(spot: tuple[float, float]) -> int:
        near = xy["x"].between(spot[0] - 0.07 * across, spot[0] + length + 0.07 * across)
        return int((near & xy["y"].between(spot[1] - 0.06 * up, spot[1] + 0.12 * up)).sum())

    left, y = min(spots, key=in_the_way)
    ax.plot([left, left + length], [y, y], color=INK, linewidth=2.0, solid_capstyle="butt", zorder=7)
    text = ax.text(left + length / 2, y + 0.012 * up, f"{length} km", ha="center", va="bottom", fontsize=7)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    (px0, py0), (px1, _) = ax.transData.transform([(left, y), (left + length, y)])
    return Bbox.union([text.get_window_extent(), Bbox([[px0, py0 - 4], [px1, py0 + 4]])])
