"""What is required, planned, entered, collected and distributed, in trucks a day; and what crossings could take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    MID,
    PALE,
    SMALLEST,
    axes_or_new,
    printable,
    shortened,
    styled,
)

ROWS = {  # rows of the waterfall, each the steps that it is made of
    "Required": ("required",),
    "Planned for hubs": ("planned",),
    "Entered or loaded": ("entered", "loaded_inside", "by_air"),
    "Collected": ("collected",),
    "Distributed": ("distributed",),
    "Gap": ("gap",),
}
LOOKS: dict[str, dict[str, Any]] = {
    "required": {"facecolor": "white", "edgecolor": INK},
    "planned": {"facecolor": LIGHT, "edgecolor": LIGHT},
    "entered": {"facecolor": DARK, "edgecolor": DARK},
    "loaded_inside": {"facecolor": MID, "edgecolor": MID},
    "by_air": {"facecolor": PALE, "edgecolor": INK},
    "collected": {"facecolor": LIGHT, "edgecolor": LIGHT},
    "distributed": {"facecolor": LIGHT, "edgecolor": LIGHT},
    "gap": {"facecolor": "white", "edgecolor": INK, "hatch": "////"},
}
LEGEND = {"entered": "Over the border", "loaded_inside": "From hubs inside the country", "by_air": "By air",
          "gap": "Not handed out"}  # fmt: skip
CROSSINGS = 4  # in a chart, those that take or carry most first
HEIGHT = 0.62  # of a bar, of a row
ROOM = 150.0  # points for the name of a crossing


def trucks_words(value: float) -> str:
    """A rate as it is written: one decimal below 10.

    >>> trucks_words(8.71), trucks_words(48.4), trucks_words(float("nan"))
    ('8.7', '48', 'not known')
    """
    if not np.isfinite(value):
        return "not known"
    return f"{value:.1f}" if 0 < abs(value) < 9.95 else f"{value:,.0f}"


def amount_words(value: float) -> str:
    """An amount as it is written.

    >>> amount_words(8.6), amount_words(964.0), amount_words(3_370_000.0)
    ('8.6', '964', '3.37 million')
    """
    return f"{value / 1e6:.3g} million" if value >= 999_500 else trucks_words(value)


def millions(value: float) -> str:
    """Person-days in words.

    >>> millions(17_951_000.0), millions(402_000.0)
    ('18.0 million', '402,000')
    """
    return f"{value / 1e6:.1f} million" if abs(value) >= 1e6 else f"{value:,.0f}"


def gap_words(row: pd.Series) -> str:
    """The gap in person-days with its range, from its row of `aid_chain`."""
    low, middle, high = (pd.to_numeric(row[f"person_days_{p}"], errors="coerce") for p in ("p10", "p50", "p90"))
    if pd.isna(middle):
        return "Gap: under 50 person-days"
    return f"Gap: {millions(middle)} person-days ({millions(np.nan_to_num(low))} to {millions(high)})"


@styled
def chain_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the steps of aid from what is required to what is handed out, in trucks a day, and the gap between them.

    table : from `summaries.aid_chain`; bars are means over members, which add up; lines hold 80 of 100
    """
    ax = axes_or_new(ax)
    mean = table["mean_trucks"]
    of = {str(step): row for step, row in table.iterrows()}
    for i, steps in enumerate(ROWS.values()):
        left = float(mean["distributed"]) if steps == ("gap",) else 0.0
        for step in steps:
            wide = float(mean[step])
            if not wide and len(steps) > 1:
                continue
            ax.barh(i, wide, left=left, height=HEIGHT, linewidth=0.6, zorder=2, gid=step, **LOOKS[step])
            left += wide
        if len(steps) == 1:
            said = _range_line(ax, of[steps[0]], i, left - float(mean[steps[0]]))
        else:
            said = trucks_words(sum(float(mean[step]) for step in steps))
        ax.annotate(said, (1, i), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                    va="center", fontsize=SMALLEST, annotation_clip=False)  # fmt: skip
    needed = float(mean["required"])
    ax.plot([needed, needed], [0, len(ROWS) - 1], color=INK, linestyle=(0, (1, 2)), linewidth=0.8, zorder=1)
    _rows(ax, list(ROWS), "Trucks a day")
    top = max(float(table["trucks_90"].max()), float(mean["distributed"] + mean["gap"]), 1.0)
    ax.set_xlim(0, 1.04 * top)
    ax.set_title(gap_words(of["gap"]), fontweight="bold")
    return ax


def _range_line(ax: Axes, row: pd.Series, i: int, base: float) -> str:
    """A thin line over the bar that holds 80 of 100 runs, and the numbers in words."""
    low, high = float(row["trucks_10"]), float(row["trucks_90"])
    ends = f" ({trucks_words(low)} to {trucks_words(high)})"
    if trucks_words(low) == trucks_words(high):
        return trucks_words(float(row["mean_trucks"]))
    if base == 0.0:
        ax.plot([low, high], [i, i], color=INK, linewidth=0.9, zorder=4, solid_capstyle="butt")
    return f"{trucks_words(float(row['mean_trucks']))}{ends}"


def _rows(ax: Axes, names: list[str], label: str) -> None:
    ax.set_yticks(range(len(names)), names, fontsize=SMALLEST)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(len(names), 2) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value == round(value) else f"{value:g}")
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(label, color=GREY)


@styled
def crossing_capacity_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw for each crossing the trucks of aid a day that it takes (outline) and those that enter (filled).

    table : from `summaries.aid_at_crossings`; a crossing of which no limit is known has no outline
    """
    ax = axes_or_new(ax)
    size = np.fmax(np.nan_to_num(table["capacity_trucks"].to_numpy(float)), table["trucks_50"].to_numpy(float))
    shown = table.iloc[np.argsort(-size, kind="stable")[:CROSSINGS]]
    for i, (_, row) in enumerate(shown.iterrows()):
        capacity, used = float(row["capacity_trucks"]), float(row["trucks_50"])
        if np.isfinite(capacity):
            ax.barh(i, capacity, height=HEIGHT / 2, linewidth=0.6, zorder=2, gid="takes", **LOOKS["required"])
        ax.barh(i, used, height=HEIGHT / 2, facecolor=DARK, linewidth=0, zorder=3, gid="enters")
        limit = f"takes {trucks_words(capacity)}" if np.isfinite(capacity) else "no limit known"
        name = shortened(printable(str(row["name"])), ROOM, SMALLEST)
        said = f"{trucks_words(used)} enter; {limit}"
        for text, y, side in ((name, i - HEIGHT / 4, "bottom"), (said, i + HEIGHT / 4, "top")):
            away = 2.0 if side == "bottom" else -2.0
            ax.annotate(text, (0, y), xycoords=("axes fraction", "data"), xytext=(1, away), textcoords="offset points",
                        va=side, fontsize=SMALLEST)  # fmt: skip
    some = f", {len(shown)} of {len(table)}" if len(table) > len(shown) else ""
    ax.set_title(f"Border crossings{some}", fontweight="bold")
    _rows(ax, [""] * len(shown), "Trucks a day")
    ax.set_xlim(0, 1.04 * max(float(size.max(initial=0.0)), 1.0))
    return ax


def chain_legend(table: pd.DataFrame) -> list[Patch]:
    """What the shades mean: handles for a key, of the steps that the chain has."""
    mean = table["mean_trucks"].to_dict()
    here = [step for step in LEGEND if step == "gap" or mean[step] > 0]
    return [Patch(linewidth=0.6, label=LEGEND[step], **LOOKS[step]) for step in here]
