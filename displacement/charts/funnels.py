"""The funnel of people in need: a bar for each step, none longer than the one above it; the unknown is hatched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from displacement.charts.grids import GridColumn, text_grid
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
from displacement.summaries import FUNNEL, numbers_of

NAMES = {
    "affected": "Affected",
    "in_need": "In need of aid",
    "targeted": "Targeted",
    "reachable": "Reachable",
    "reached": "Reached",
}
LOOKS = {"affected": PALE, "in_need": LIGHT, "reachable": MID, "reached": DARK}
UNKNOWN: dict[str, Any] = {"facecolor": NO_DATA, "edgecolor": "white", "hatch": "////", "linewidth": 0.0}
FULL = 1.4  # length of the axis, of the longest bar: room for figures
HEIGHT = 0.62  # of a bar, of a row
COLUMNS = (
    GridColumn(title="Area", share=0.16),
    GridColumn(title="In need of aid", share=0.28),
    GridColumn(title="Reachable", share=0.28),
    GridColumn(title="Reached", share=0.28),
)


def count_words(row: pd.Series) -> str:
    """People with their range, in words; "not known" where nothing is."""
    low, middle, high = (v if isinstance(v, str) else people_words(float(v)) for v in row[["p10", "p50", "p90"]])
    return middle if low == middle == high else f"{middle} ({low}–{high})"


@styled
def funnel_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the funnel of everyone: medians, lines that hold 80 of 100 runs, figures at the end of each bar.

    table : from `summaries.funnel`. A step that is not known has a hatched bar as long as its parent. Who may or may
    not be reachable follows the reachable, hatched.
    """
    ax = axes_or_new(ax)
    rows = {str(row["step"]): row for _, row in table[table["of"] == "everyone"].iterrows()}
    ends = {step: np.nan_to_num(numbers_of(row[["p10", "p50", "p90"]])) for step, row in rows.items()}
    parent = 0.0
    for i, step in enumerate(FUNNEL):
        low, middle, high = ends[step]
        if pd.isna(rows[step]["p50"]):
            ax.barh(i, parent, height=HEIGHT, gid=step, zorder=2, **UNKNOWN)
            end, text = parent, "not known"
        else:
            ax.barh(i, middle, height=HEIGHT, color=LOOKS[step], linewidth=0, gid=step, zorder=2)
            ax.plot([low, high], [i, i], color=INK, linewidth=0.9, zorder=4, solid_capstyle="butt")
            end, text, parent = max(middle, high), count_words(rows[step]), middle
        if step == "reachable" and ends["perhaps_reachable"][1] > 0:
            ax.barh(i, ends["perhaps_reachable"][1], left=middle, height=HEIGHT, gid="perhaps", zorder=2, **UNKNOWN)
            end = max(end, middle + ends["perhaps_reachable"][1])
            text = f"{text}\nand {count_words(rows['perhaps_reachable'])} perhaps"
        ax.annotate(text, (end, i), xytext=(4, 0), textcoords="offset points", va="center", fontsize=SMALLEST,
                    linespacing=1.1)  # fmt: skip
    ax.set_yticks(range(len(FUNNEL)), list(NAMES.values()), fontsize=SMALLEST)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(FUNNEL) - 0.5, -0.5)
    ax.set_xlim(0, FULL * max([float(e[2]) for e in ends.values()] + [1.0]))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("People", color=GREY)
    return ax


@styled
def funnel_areas(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the steps by area as a table, those with most people in need first. table : from `summaries.funnel`."""
    ax = axes_or_new(ax)
    areas = table[table["of"] == "area"]
    of = {step: areas[areas["step"] == step].set_index("name") for step in ("in_need", "reachable", "reached")}
    order = pd.Series(np.nan_to_num(numbers_of(of["in_need"]["p50"])), index=of["in_need"].index)
    names = order[of["in_need"]["p90"].astype(str) != "0"].sort_values(ascending=False, kind="stable").index
    cells = {step: {name: count_words(row) for name, row in part.iterrows()} for step, part in of.items()}
    text_grid(ax, COLUMNS, [[str(name), *(cells[step][name] for step in of)] for name in names])
    return ax


def funnel_legend(table: pd.DataFrame) -> list[Patch]:
    """What the shades mean: handles for a key, of the steps of everyone that are known, and of what is not."""
    known = table[(table["of"] == "everyone") & table["p50"].notna()].set_index("step")
    what = {
        "affected": "Stay at a place inside",
        "in_need": "Depend on aid",
        "reachable": "Aid can regularly enter",
        "reached": "Had a full ration on the day",
    }
    handles = [Patch(color=LOOKS[step], linewidth=0, label=said) for step, said in what.items() if step in known.index]
    return [*handles, Patch(label="Not known", **UNKNOWN)]
