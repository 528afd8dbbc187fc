"""The Sankey: home area, way out, and where people are now. Its three columns hold the same people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline

from displacement.charts.style import (
    DARK,
    FAINT,
    GREY,
    INK,
    LIGHT,
    SMALLEST,
    SOFT,
    axes_or_new,
    people_words,
    printable,
    shortened,
    styled,
    text_width,
)
from displacement.errors import LedgerError
from displacement.groups import ELSEWHERE
from displacement.scenario import Host
from displacement.summaries import journeys, place_names, shared

COLUMNS = ("origin", "way", "now")
HEADS = {"origin": "Home area", "way": "Way out", "now": "Where they are"}
ORIGINS, PLACES = 8, 9  # shown by name; the rest together
THIN = 2.0  # points: flatter bands are drawn plain
GAP = 0.018  # of the height, between two nodes
NODE = 7.0  # width of a node, points
ROW = 9.5  # points from label to label
ROOM = {"origin": 108.0, "now": 150.0}  # points beside the outer columns, for labels
WAYS = ("inside", "crossing", "border", "before", "road", "home")
LOOKS: dict[str, dict[str, Any]] = {
    "displaced": {"facecolor": LIGHT, "label": "Displaced inside the country"},
    "abroad": {"facecolor": DARK, "label": "Refugees abroad"},
    "waiting": {"facecolor": "white", "edgecolor": INK, "hatch": "//////", "label": "Waiting at a crossing"},
    "on the road": {"facecolor": "white", "edgecolor": GREY, "hatch": ".....", "label": "On the road"},
    "back home": {"facecolor": FAINT, "edgecolor": GREY, "label": "Back home"},
}
ORDER = tuple(LOOKS)


def sankey_table(
    run: xr.Dataset, hosts: Sequence[Host] = (), date: Any = None, *, internal: bool = False
) -> pd.DataFrame:
    """A row a flow: origin, way and now as a reader knows them, way_kind, state, and the mean number of people.

    Of `journeys`: the places where most are keep their names, the others of each kind are put together.
    """
    table = journeys(run, date, internal=internal)
    names, countries = place_names(run)["name"], {h.country: h.name for h in hosts}
    over = "Otherwise" if (table["way_kind"] == "crossing").any() else "Over the border"
    size = table.groupby("home_area")["mean"].sum().drop(ELSEWHERE, errors="ignore").nlargest(ORIGINS).index
    there = table[table["state"] == "displaced"].groupby("at")["mean"].sum().nlargest(PLACES).index
    found = pd.DataFrame(
        {
            "origin": [_origin(a, size) for a in table["home_area"]],
            "way": [
                f"{over} to {countries.get(w, w)}" if k == "border" else _way(run, names, k, w)
                for k, w in zip(table["way_kind"], table["way"], strict=True)
            ],
            "now": [_now(run, names, countries, there, s, a) for s, a in zip(table["state"], table["at"], strict=True)],
            "way_kind": table["way_kind"],
            "state": table["state"],
            "mean": table["mean"],
        }
    )
    keys = ["origin", "way", "now", "way_kind", "state"]
    found = found.groupby(keys, sort=False)["mean"].sum().reset_index()
    return found.sort_values("mean", ascending=False, kind="stable").reset_index(drop=True)


def _origin(area: str, named: pd.Index) -> str:
    if area == ELSEWHERE:
        return "Displaced before"
    return area if area in named else "Other areas"


def _way(run: xr.Dataset, names: pd.Series, kind: str, way: str) -> str:
    if kind == "crossing":
        ends = (str(run[k].sel(link=way).item()) for k in ("link_from", "link_to"))
        country = dict(zip(map(str, run["place"].values), map(str, run["place_country"].values), strict=True))
        near, far = sorted(ends, key=lambda place: country[place] != str(run.attrs["country"]))
        return f"{names[near]} to {names[far]}"
    words = {"inside": "Inside the country", "before": "Abroad before", "road": "Not yet arrived", "home": "Back home"}
    return words[kind]


def _now(run: xr.Dataset, names: pd.Series, countries: dict[str, str], there: pd.Index, state: str, at: str) -> str:
    if state == "displaced":
        return str(names[at]) if at in there else "Other places"
    if state == "waiting":
        if at in countries or " " not in at:
            return f"Waiting in {countries.get(at, at)} to come back"
        crossing, way = at.rsplit(" ", 1)
        near = run["link_from" if way == "forward" else "link_to"].sel(link=crossing).item()
        return f"Waiting at {names[str(near)]}"
    return {"abroad": f"In {countries.get(at, at)}", "on the road": "On the road"}.get(state, "Back home")


def sankey_totals(table: pd.DataFrame) -> pd.DataFrame:
    """A row a node: its column, name and the mean number of people. The nodes of each column add up to all people.

    If they do not, that is a LedgerError.
    """
    parts = [
        table.groupby(c, sort=False)["mean"].sum().rename_axis("name").reset_index().assign(column=c) for c in COLUMNS
    ]
    found = pd.concat(parts, ignore_index=True)[["column", "name", "mean"]]
    sums, everyone = found.groupby("column")["mean"].sum(), float(table["mean"].sum())
    if (np.abs(sums - everyone) > 1e-6 * (1.0 + everyone)).any():
        raise LedgerError("the columns of the Sankey do not hold the same people; this is a bug in displacement")
    return found


@styled
def sankey(table: pd.DataFrame, ax: Axes | None = None, *, rounded: bool = True) -> Axes:
    """Draw the flows of a `sankey_table`; widths are means over the runs. That the columns balance is checked.

    rounded : counts beside the nodes as they may be shared; else whole people
    """
    ax = axes_or_new(ax, (7.0, 4.6))
    ax.set_axis_off()
    totals = sankey_totals(table)
    everyone = float(table["mean"].sum())
    if not everyone:
        ax.text(0.5, 0.5, "Nobody has left home.", ha="center", va="center", color=GREY, transform=ax.transAxes)
        return ax
    width, height = _size(ax)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    order = {c: _ordered(table, c) for c in COLUMNS}
    gaps = max(len(names) for names in order.values()) - 1
    top = 2 * ROW + 4
    scale = (height - top) * (1.0 - min(GAP * gaps, 0.4)) / everyone
    at = {"origin": ROOM["origin"], "way": 0.43 * width, "now": width - ROOM["now"] - NODE}
    boxes = {c: _stacked(totals, c, order[c], top, height, scale) for c in COLUMNS}
    for column in COLUMNS:
        _draw_nodes(ax, at[column], boxes[column])
    _draw_flows(ax, table, order, boxes, at, scale)
    _labels(ax, totals, boxes, at, width, height, rounded=rounded)
    _heads(ax, at, everyone, width, rounded=rounded)
    return ax


def _size(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points, once the layout is settled."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    return 72.0 * float(box.width), 72.0 * float(box.height)


def _ordered(table: pd.DataFrame, column: str) -> list[str]:
    """Names of a column from top to bottom: kinds side by side, the largest first, what is put together last."""
    rank = {"origin": [0] * len(table), "way": [WAYS.index(k) for k in table["way_kind"]],
            "now": [ORDER.index(s) for s in table["state"]]}[column]  # fmt: skip
    kinds = dict(zip(table[column], rank, strict=True))
    size = table.groupby(column)["mean"].sum()
    last = ("Other areas", "Displaced before", "Other places")
    place = {name: last.index(name) + 1 if name in last else 0 for name in size.index}
    return sorted(size.index, key=lambda name: (kinds[name], place[name], -size[name]))


def _stacked(
    totals: pd.DataFrame, column: str, order: Sequence[str], top: float, height: float, scale: float
) -> dict[str, tuple[float, float]]:
    """Top and bottom of each node, spread evenly over the height."""
    size = totals[totals["column"] == column].set_index("name")["mean"]
    room = height - top - scale * float(size.sum())
    gap = room / max(len(order) - 1, 1)
    found, y = {}, top + (room / 2 if len(order) == 1 else 0.0)
    for name in order:
        found[name] = (y, y + scale * float(size[name]))
        y = found[name][1] + gap
    return found


def _draw_nodes(ax: Axes, x: float, boxes: dict[str, tuple[float, float]]) -> None:
    for name, (top, bottom) in boxes.items():
        ax.add_patch(Rectangle((x, top), NODE, max(bottom - top, 0.8), facecolor=INK, linewidth=0, zorder=4, gid=name))


def _draw_flows(
    ax: Axes,
    table: pd.DataFrame,
    order: dict[str, list[str]],
    boxes: dict[str, dict[str, tuple[float, float]]],
    at: dict[str, float],
    scale: float,
) -> None:
    """Bands from origin to way and from way to now, stacked in the order of the nodes at both ends."""
    for left, right in (("origin", "way"), ("way", "now")):
        flows = table.groupby([left, right, "state"], sort=False)["mean"].sum().reset_index()
        start, end = (
            _edges(flows, boxes[mine], [order[other].index(name) for name in flows[other]], mine, scale)
            for mine, other in ((left, right), (right, left))
        )
        for state, mean, y0, y1 in zip(flows["state"], flows["mean"], start, end, strict=True):
            ax.add_patch(_band(at[left] + NODE, y0, at[right], y1, max(scale * mean, 0.6), str(state)))


def _edges(
    flows: pd.DataFrame, boxes: dict[str, tuple[float, float]], across: Sequence[int], column: str, scale: float
) -> list[float]:
    """Upper edge of each flow at a column: within its node, in the order of the nodes across."""
    found, used = [0.0] * len(flows), dict.fromkeys(boxes, 0.0)
    keys = zip(across, (ORDER.index(s) for s in flows["state"]), range(len(flows)), strict=True)
    for *_, i in sorted(keys):
        name = str(flows[column].iloc[i])
        found[i] = boxes[name][0] + used[name]
        used[name] += scale * float(flows["mean"].iloc[i])
    return found


def _band(x0: float, y0: float, x1: float, y1: float, tall: float, state: str) -> PathPatch:
    """A band of one height between two columns."""
    middle = (x0 + x1) / 2
    points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1),
              (x1, y1 + tall), (middle, y1 + tall), (middle, y0 + tall), (x0, y0 + tall), (x0, y0)]  # fmt: skip
    curve = [Outline.CURVE4] * 3
    codes = [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY]
    look = {"edgecolor": "white", "linewidth": 0.3, "alpha": 0.75, "zorder": 2.0} | LOOKS[state]
    if tall < THIN:  # no room for an edge or a hatch
        look |= {"facecolor": look["facecolor"] if "hatch" not in look else GREY, "linewidth": 0, "hatch": None}
    elif "hatch" in look:
        look |= {"alpha": 1.0, "zorder": 2.5}
    return PathPatch(Outline(points, codes), **(look | {"label": None}), gid="flow")


def _labels(
    ax: Axes,
    totals: pd.DataFrame,
    boxes: dict[str, dict[str, tuple[float, float]]],
    at: dict[str, float],
    width: float,
    height: float,
    *,
    rounded: bool,
) -> None:
    """Name and people beside each node; where nodes are thin, labels make room and a line leads to the node."""
    said = shared(totals, ["mean"]) if rounded else totals
    for column in COLUMNS:
        counts = said[said["column"] == column].set_index("name")["mean"]
        middles = np.array([(top + bottom) / 2 for top, bottom in boxes[column].values()])
        for name, middle, y in zip(
            boxes[column], middles, _apart(middles, 2 * ROW, height, ROW * (1 + (column == "way"))), strict=True
        ):
            count = counts[name] if isinstance(counts[name], str) else people_words(float(counts[name]))
            x, side, room = {
                "origin": (at["origin"] - 4, "right", ROOM["origin"] - 6),
                "way": (at["way"] + NODE + 4, "left", at["now"] - at["way"] - NODE - 16),
                "now": (at["now"] + NODE + 8, "left", ROOM["now"] - 10),
            }[column]
            spare = room if column == "way" else room - text_width(f"  {count}", SMALLEST)
            text = ("\n" if column == "way" else "  ").join([shortened(printable(name), spare, SMALLEST), count])
            box = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 0.8} if column == "way" else None
            ax.text(x, y, text, fontsize=SMALLEST, ha=side, va="center", zorder=6, bbox=box)
            if abs(y - middle) > 1.0 and column == "now":
                ax.plot([at["now"] + NODE, x - 1], [middle, y], color=GREY, linewidth=0.4, zorder=3)


def _apart(wanted: np.ndarray, first: float, last: float, step: float = ROW) -> np.ndarray:
    """Heights in order, at least a step apart, as near as may be to those wanted, between first and last.

    >>> _apart(np.array([10.0, 11.0, 40.0]), 5.0, 45.0, 6.0).tolist()
    [10.0, 16.0, 40.0]
    """
    found = wanted.astype(float).copy()
    for i in range(len(found)):
        found[i] = max(found[i], first + step / 2 if i == 0 else found[i - 1] + step)
    for i in reversed(range(len(found))):
        found[i] = min(found[i], last - step / 2 if i == len(found) - 1 else found[i + 1] - step)
    return found


def _heads(ax: Axes, at: dict[str, float], everyone: float, width: float, *, rounded: bool) -> None:
    count = shared(pd.DataFrame({"n": [everyone]}), ["n"])["n"].iloc[0] if rounded else everyone
    total = count if isinstance(count, str) else people_words(float(count))
    for column, side, x in (("origin", "left", 0.0), ("way", "left", at["way"]), ("now", "right", width)):
        ax.text(x, 0, HEADS[column], fontsize=8, fontweight="bold", ha=side, va="top")
        ax.text(x, ROW, f"{total} in all", fontsize=SMALLEST, ha=side, va="top", color=GREY)


def sankey_legend(table: pd.DataFrame) -> list[Patch]:
    """What the shades mean: handles for a legend, of the states that the table has."""
    here = set(table["state"])
    usual: dict[str, Any] = {"edgecolor": SOFT, "linewidth": 0.5}
    return [Patch(**(usual | look)) for state, look in LOOKS.items() if state in here]
