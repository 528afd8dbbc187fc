"""The flow map: where people left home, where they are, which way they went, and which roads are shut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Bbox

from displacement.charts.labels import Label, place_labels
from displacement.charts.style import DARK, GREY, HUE, INK, MID, SOFT, axes_or_new, people_words, printable, styled
from displacement.scenario import Scenario
from displacement.summaries import RANGE, band_table, by_place, departures_by_origin, numbers_of, place_names, shared

LABELS = 12
LISTED = 10
SHARE_SHOWN = 0.01  # of the largest circle: smaller ones do not widen the map
LARGEST = 17.0  # radius of the largest circle, points
KM_PER_DEGREE = 111.2
CLOSED_UP_TO = 0.02
POINTS = [f"p{p:g}" for p in RANGE]


@dataclass(frozen=True, kw_only=True)
class MapData:
    """What a flow map draws, as tables.

    places : a row a place: name, area, longitude, latitude; left_* and moved_* people (10, 50, 90 %)
    roads : a row a link: its ends, and whether it is shut to people and to aid both ways
    arrows : a row a pair of areas, or a crossing: people who went (10, 50, 90 %) from one to the other
    traffic : a row a link and direction: people who set out on it. Internal: empty unless asked for
    """

    places: pd.DataFrame
    roads: pd.DataFrame
    arrows: pd.DataFrame
    traffic: pd.DataFrame
    date: Any

    def for_sharing(self) -> MapData:
        """The same, rounded and suppressed, and without traffic by link."""
        return replace(self, places=shared(self.places), arrows=shared(self.arrows), traffic=self.traffic.iloc[:0])


def map_data(
    run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset, date: Any = None, *, internal: bool = False
) -> MapData:
    """The tables of a flow map: flows summed from the first day to a date (the last, unless given), stocks on it."""
    date = run["time"].values[-1] if date is None else np.datetime64(date, "ns")
    upto = run.sel(time=slice(None, date))
    left = departures_by_origin(upto)[POINTS].add_prefix("left_")
    moved = by_place(upto, "moved_since")[POINTS].add_prefix("moved_")
    where = pd.DataFrame({k: run[k].values for k in ("longitude", "latitude")}, index=left.index.sort_values())
    where.index = pd.Index([str(p) for p in run["place"].values], name="place")
    places = place_names(run)[["name", "area"]].join([where, left, moved])
    places["border_post"] = [kind == "border_post" for kind in run["place_kind"].values]
    traffic = _traffic(upto)
    return MapData(
        places=places,
        roads=_roads(scenario, conditions, date),
        arrows=pd.concat([_area_arrows(upto, places), _border_arrows(upto, places)], ignore_index=True),
        traffic=traffic if internal else traffic.iloc[:0],
        date=date,
    )


def _roads(scenario: Scenario, conditions: xr.Dataset, date: Any) -> pd.DataFrame:
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
    area, inside = places["area"], run["link_kind"].values != "crossing"
    pairs: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for i in np.flatnonzero(inside):
        a, b = area[str(run["link_from"].values[i])], area[str(run["link_to"].values[i])]
        if a != b:
            pairs.setdefault((a, b), []).append((int(i), "forward"))
            pairs.setdefault((b, a), []).append((int(i), "backward"))
    rows = []
    for (a, b), ways in sorted(pairs.items()):
        if len(ways) < 2:
            continue
        total = sum(run["traffic"].isel(link=i).sel(direction=way, drop=True).sum("time") for i, way in ways)
        assert isinstance(total, xr.DataArray)
        points = band_table(total.drop_vars(["link", "link_from", "link_to", "link_kind"], errors="ignore")
                            .expand_dims(cell=1), RANGE).iloc[0]  # fmt: skip
        rows.append({"kind": "area", "start": a, "end": b, "said": f"{a} to {b}", **points.to_dict()})
    return pd.DataFrame(rows, columns=["kind", "start", "end", "said", *POINTS])


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
            rows.append({"kind": "border", "start": a, "end": b, "said": said, **points.to_dict()})
    return pd.DataFrame(rows, columns=["kind", "start", "end", "said", *POINTS])


@styled
def flow_map(data: MapData, ax: Axes | None = None) -> Axes:
    """Draw the map; the key and the largest counts stand beside it. With traffic in the data it is INTERNAL."""
    ax = axes_or_new(ax, (7.0, 5.6))
    xy = _positions(data.places)
    _frame_of(ax, data, xy)
    _draw_roads(ax, data, xy)
    scale = _circles(ax, data, xy)
    _draw_arrows(ax, data, xy)
    if len(data.traffic):
        _draw_traffic(ax, data, xy)
    bar = _scale_bar(ax, xy)
    _beside(ax, data, scale)
    _names(ax, data, xy, scale, bar)
    return ax


def _positions(places: pd.DataFrame) -> pd.DataFrame:
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


def _weight(places: pd.DataFrame) -> pd.Series:
    """The larger of people who left and people who came; 0 where neither is shown."""
    both = np.fmax(numbers_of(places["left_p50"]), numbers_of(places["moved_p50"]))
    return pd.Series(np.nan_to_num(both), index=places.index)


def _frame_of(ax: Axes, data: MapData, xy: pd.DataFrame) -> None:
    """The part of the map where something happens, and the border posts, with room around."""
    weight = _weight(data.places)
    wanted = weight > SHARE_SHOWN * weight.max()
    shown = xy[wanted | data.places["border_post"]] if wanted.any() else xy
    if not len(shown):
        shown = pd.DataFrame({"x": [0.0], "y": [0.0]})
    room = max(float(np.ptp(shown["x"])), float(np.ptp(shown["y"])), 10.0)
    ax.set_xlim(shown["x"].min() - 0.08 * room, shown["x"].max() + 0.08 * room)
    ax.set_ylim(shown["y"].min() - 0.08 * room, shown["y"].max() + 0.08 * room)
    ax.set_aspect("equal", adjustable="box", anchor="NW")
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=SOFT)


def _draw_roads(ax: Axes, data: MapData, xy: pd.DataFrame) -> None:
    roads = data.roads
    start, end = xy.loc[roads["start"]].to_numpy(), xy.loc[roads["end"]].to_numpy()
    shut = roads["shut"].to_numpy(bool)
    lines = np.stack([start, end], axis=1) if len(roads) else np.zeros((0, 2, 2))
    ax.add_collection(LineCollection(list(lines[~shut]), colors=SOFT, linewidths=1.1, zorder=1), autolim=False)
    ax.add_collection(
        LineCollection(list(lines[shut]), colors=SOFT, linewidths=0.8, linestyles=":", zorder=1), autolim=False
    )
    middle = lines[shut].mean(axis=1) if shut.any() else np.zeros((0, 2))
    ax.plot(middle[:, 0], middle[:, 1], "x", color=INK, markersize=4.5, markeredgewidth=1.1, zorder=3, gid="shut")


def _circles(ax: Axes, data: MapData, xy: pd.DataFrame) -> float:
    """Rings for people who left home, discs for people who moved; their area is the count. Square points a person."""
    left, moved = numbers_of(data.places["left_p50"]), numbers_of(data.places["moved_p50"])
    most = float(np.nanmax(np.concatenate([left, moved, [0.0]])))
    scale = np.pi * LARGEST**2 / most if most > 0 else 0.0
    # scatter's s is the square of a diameter
    for name, counts, look in (
        ("moved", moved, {"facecolors": MID, "edgecolors": "white", "linewidths": 0.5, "alpha": 0.85, "zorder": 4}),
        ("left", left, {"facecolors": "none", "edgecolors": INK, "linewidths": 1.0, "zorder": 5}),
    ):
        seen = np.isfinite(counts) & (counts > 0)
        ax.scatter(xy["x"][seen], xy["y"][seen], s=counts[seen] * scale * 4 / np.pi, gid=name, **look)  # type: ignore[arg-type]
    dots = xy[~(np.nan_to_num(left) + np.nan_to_num(moved) > 0)]
    ax.plot(dots["x"], dots["y"], ".", color=GREY, markersize=2.0, zorder=2)
    return scale


def _radius(count: float, scale: float) -> float:
    """Radius of the circle of a count, in points."""
    return float(np.sqrt(max(count, 0.0) * scale / np.pi))


def _draw_arrows(ax: Axes, data: MapData, xy: pd.DataFrame) -> None:
    """From area to area between the middles of their circles, and across the border; width by count."""
    weight = _weight(data.places)
    counts = numbers_of(data.arrows["p50"])
    most = np.nanmax(np.concatenate([counts, [1.0]]))
    for count, (_, row) in zip(counts, data.arrows.iterrows(), strict=True):
        if not count > 0:
            continue
        if row["kind"] == "area":
            ends = [_middle(data.places, xy, weight, str(row[k])) for k in ("start", "end")]
        else:
            near, far = (xy.loc[row[k]].to_numpy() for k in ("start", "end"))
            ends = [near, far]
        width = 1.5 + 6.0 * count / most
        ax.add_patch(FancyArrowPatch(
            tuple(ends[0]), tuple(ends[1]), connectionstyle="arc3,rad=0.22" if row["kind"] == "area" else "arc3",
            arrowstyle=f"simple,head_length={4 + width},head_width={4 + 1.6 * width},tail_width={width}",
            color=HUE, alpha=0.45, linewidth=0, zorder=6, clip_on=True, gid="arrow", shrinkA=0, shrinkB=0,
        ))  # fmt: skip


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
            tuple(a + aside), tuple(b + aside), arrowstyle="-|>", mutation_scale=5 + 6 * count / most, color=DARK,
            linewidth=0.5 + 4.5 * count / most, zorder=3.5, shrinkA=0, shrinkB=0, gid="traffic",
        ))  # fmt: skip


def _scale_bar(ax: Axes, xy: pd.DataFrame) -> Bbox:
    """A bar of a round length in the lower corner with fewer places; its box on the page."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    length = max((k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if k <= 0.3 * (x1 - x0)), default=1)
    low = xy[(xy["y"] < y0 + 0.2 * (y1 - y0)) & (xy["y"] > y0)]
    at_right = (low["x"] > (x0 + x1) / 2).sum() <= (low["x"] < (x0 + x1) / 2).sum()
    left = x1 - 0.04 * (x1 - x0) - length if at_right else x0 + 0.04 * (x1 - x0)
    y = y0 + 0.03 * (y1 - y0)
    ax.plot([left, left + length], [y, y], color=INK, linewidth=2.0, solid_capstyle="butt", zorder=7)
    text = ax.text(left + length / 2, y + 0.012 * (y1 - y0), f"{length} km", ha="center", va="bottom", fontsize=7)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    (px0, py0), (px1, _) = ax.transData.transform([(left, y), (left + length, y)])
    return Bbox.union([text.get_window_extent(), Bbox([[px0, py0 - 4], [px1, py0 + 4]])])


def _names(ax: Axes, data: MapData, xy: pd.DataFrame, scale: float, bar: Bbox) -> None:
    """Names of the places with the largest circles, and of border posts on this side."""
    weight = _weight(data.places)
    posts = set(data.places.index[data.places["border_post"]]) & set(data.arrows["start"][data.arrows["kind"] == "border"])
    largest = [p for p in weight.sort_values(ascending=False, kind="stable").index if weight[p] > 0]
    wanted = list(dict.fromkeys([*largest[:LABELS], *sorted(p for p in posts if weight[p] > 0)]))
    dots = ax.figure.dpi / 72.0
    circles = []
    for place in weight.index[weight > 0]:
        px, py = ax.transData.transform(tuple(xy.loc[place]))
        r = 0.72 * _radius(weight[place], scale) * dots
        circles.append(Bbox([[px - r, py - r], [px + r, py + r]]))
    labels = [
        Label(text=str(data.places["name"][p]), x=float(xy["x"][p]), y=float(xy["y"][p]),
              gap=2.0 + _radius(weight[p], scale))
        for p in wanted
    ]  # fmt: skip
    place_labels(ax, labels, [bar, *circles])


def _beside(ax: Axes, data: MapData, scale: float) -> None:
    """The key, the largest counts, and the arrows in figures: to the right of the map."""
    size = _round_size(float(_weight(data.places).max()) if len(data.places) else 0.0)
    d = 2 * _radius(size, scale)
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=d, markerfacecolor="none", markeredgecolor=INK,
               label=f"{people_words(size)} people left home here"),
        Line2D([], [], marker="o", linestyle="", markersize=d, markerfacecolor=MID, markeredgecolor="white",
               label=f"{people_words(size)} people who moved are here"),
        Line2D([], [], color=SOFT, linewidth=1.1, label="Road"),
        Line2D([], [], color=SOFT, linewidth=0.8, linestyle=":", marker="x", markeredgecolor=INK, markersize=4.5,
               label="Shut to people and aid"),
        Line2D([], [], color=HUE, alpha=0.45, linewidth=5, label="From area to area, or across the border"),
    ]  # fmt: skip
    if len(data.traffic):
        most = people_words(float(np.nanmax(data.traffic["p50"].to_numpy(float), initial=0.0)))
        handles.append(Line2D([], [], color=DARK, linewidth=5, label=f"INTERNAL: set out on the road ({most})"))
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.01), labelspacing=0.7, handlelength=2.2)
    text = "\n".join(printable(line) for line in _figures(data))
    ax.text(1.03, 0.0, text, transform=ax.transAxes, va="bottom", ha="left", fontsize=7, linespacing=1.25)


def _round_size(most: float) -> float:
    """A round count for the key, at most the largest."""
    return max((m * 10.0**e for e in range(8) for m in (1, 2, 5) if m * 10.0**e <= most), default=0.0)


def _figures(data: MapData) -> list[str]:
    """Where most people who moved are, and the arrows: medians, with the range of 80 of 100 runs."""
    lines = ["People who moved, most by place (80 of 100 runs):"]
    order = numbers_of(data.places["moved_p50"])
    top = data.places.assign(order=order)[order > 0].nlargest(LISTED, "order")
    lines += [f"{row['name']}: {ranged(row, 'moved_')}" for _, row in top.iterrows()]
    arrows = [f"{row['said']}: {ranged(row)}" for _, row in data.arrows.iterrows() if numbers_of(pd.Series([row["p50"]]))[0] > 0]
    return [*lines, *(["", "Set out from area to area, or crossed:", *arrows] if arrows else [])]


def ranged(row: pd.Series, prefix: str = "") -> str:
    """A median and its range as text.

    >>> ranged(pd.Series({"p10": "<50", "p50": 200, "p90": 600}))
    '200 (<50–600)'
    """
    low, middle, high = (v if isinstance(v, str) else people_words(float(v)) for v in (row[prefix + p] for p in POINTS))
    return f"{middle} ({low}–{high})"
