"""The largest corridors: from where to where, how many, inside the country or across its border."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from displacement.charts.flows import ranged
from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    SMALLEST,
    axes_or_new,
    printable,
    shortened,
    styled,
    text_width,
)
from displacement.summaries import numbers_of

LOOKS: dict[str, dict[str, Any]] = {
    "within": {"facecolor": "white", "edgecolor": INK, "hatch": "////", "label": "Within one area"},
    "onward": {"facecolor": "white", "edgecolor": INK, "hatch": "....", "label": "Displaced before, moved on"},
    "internal": {"facecolor": LIGHT, "edgecolor": LIGHT, "label": "Between areas of the country"},
    "cross-border": {"facecolor": DARK, "edgecolor": DARK, "label": "Across the border"},
}
FEWEST = 3  # rows for which there is room
LEFT = 150.0  # at most, for the names


@styled
def corridor_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw a bar for each row of a table of corridors, the largest first: its points, its kind, what it joins."""
    ax = axes_or_new(ax, (7.0, 4.6))
    middle = np.nan_to_num(numbers_of(table["p50"]))
    figure = ax.get_figure(root=True)
    assert figure is not None
    names = [shortened(str(said), LEFT, SMALLEST) for said in table["said"]]
    most = float(max([*np.nan_to_num(numbers_of(table["p90"])), 1.0]))
    counts = [ranged(row) for _, row in table.iterrows()]
    room = max([text_width(count, SMALLEST) for count in counts], default=0.0) + 8.0
    for i, kind in enumerate(table["kind"]):
        look = {k: v for k, v in LOOKS[str(kind)].items() if k != "label"}
        ax.barh(i, middle[i], height=0.66, linewidth=0.5, zorder=2, **look)
        low, high = (float(numbers_of(table[p])[i]) for p in ("p10", "p90"))
        if np.isfinite(high) and high > 0:
            ax.plot([np.nan_to_num(low), high], [i, i], color=INK, linewidth=0.7, zorder=3, solid_capstyle="butt")
        ax.annotate(counts[i], (1, i), xycoords=("axes fraction", "data"), xytext=(room, 0), va="center", ha="right",
                    textcoords="offset points", fontsize=SMALLEST, annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(table)), [printable(name) for name in names], fontsize=SMALLEST)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 1.02 * most)
    ax.set_ylim(max(len(table), FEWEST) - 0.4, -0.6)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("People", color=GREY)
    if not len(table):
        ax.text(0.5, 0.5, "Nobody left an area.", ha="center", va="center", color=GREY, transform=ax.transAxes)
    return ax


def corridor_legend(table: pd.DataFrame) -> list[Patch]:
    """What the bars mean: handles for a legend, of the kinds that the table has."""
    here = set(table["kind"])
    return [Patch(linewidth=0.5, **look) for kind, look in LOOKS.items() if kind in here]
