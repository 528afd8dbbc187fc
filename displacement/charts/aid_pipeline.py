"""The pipeline of a commodity by month: required, available, the gap, and how many people the gap would have fed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from displacement.charts.style import DARK, INK, LIGHT, SMALLEST, axes_or_new, day_of, people_axis, styled

BARS: dict[str, dict[str, Any]] = {
    "required": {"facecolor": "white", "edgecolor": INK, "label": "Required"},
    "available": {"facecolor": LIGHT, "edgecolor": LIGHT, "label": "Available: stock and what came"},
    "gap": {"facecolor": DARK, "edgecolor": DARK, "label": "Gap: not handed out"},
}
WIDE = 0.27  # of a bar, of a month
FULL_MONTH = 28
ROOMY, MOST = 5, 12  # months up to which labels are full; months that are labelled


def month_words(row: pd.Series) -> str:
    """A month, or the days of it that the run covers.

    >>> days = {"month": pd.Timestamp("2016-01-25"), "last_day": pd.Timestamp("2016-01-31"), "days": 7}
    >>> month_words(pd.Series(days))
    '25–31 Jan'
    """
    first, last = day_of(row["month"]), day_of(row["last_day"])
    if row["days"] >= FULL_MONTH and first.day == 1:
        return f"{first:%b %Y}"
    return f"{first.day}–{last.day} {last:%b}" if last > first else f"{first.day} {first:%b}"


def people_short(cell: Any) -> str:
    r"""People whom a gap would have fed, as short as a tick allows, in two lines.

    >>> people_short(181_000), people_short("<50"), people_short(0.0)
    ('gap: 181,000\npeople', 'gap: under 50\npeople', 'gap: nobody')
    """
    if isinstance(cell, str):
        return f"gap: under {cell.removeprefix('<')}\npeople"
    return f"gap: {float(cell):,.0f}\npeople" if float(cell) > 0 else "gap: nobody"


def _tick(row: pd.Series, months: int) -> str:
    """A month and the people of its gap; where there are many months, one word a line."""
    month, people = month_words(row), people_short(row["gap_people_p50"])
    if months <= ROOMY:
        return f"{month}\n{people}"
    return "\n".join([month.replace(" ", "\n"), people.replace(" ", "\n").removesuffix("\npeople")])


@styled
def pipeline_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw one commodity: three bars a month (medians, tonnes; lines hold 80 of 100 runs), below each its people.

    table : rows of `summaries.need_by_month` for one commodity
    """
    ax = axes_or_new(ax)
    x = np.arange(len(table), dtype=float)
    for i, (name, look) in enumerate(BARS.items()):
        at = x + (i - 1) * WIDE
        low, middle, high = (table[f"{name}_{p}"].to_numpy(float) for p in (10, 50, 90))
        shade = {k: v for k, v in look.items() if k != "label"}
        ax.bar(at, middle, WIDE * 0.92, linewidth=0.6, zorder=2, gid=name, **shade)
        for k in range(len(table)):
            ax.plot([at[k]] * 2, [low[k], high[k]], color=INK, linewidth=0.8, zorder=4, solid_capstyle="butt")
    step = -(-len(table) // MOST) or 1
    labels = [_tick(row, len(table)) for _, row in table.iterrows()]
    ax.set_xticks(x[::step], labels[::step], fontsize=SMALLEST)
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.6 * step, max(len(table), 1) - 1 + 0.6 * step)
    ax.set_ylim(0, 1.05 * max([*table[[f"{name}_90" for name in BARS]].to_numpy(float).ravel(), 1.0]))
    people_axis(ax, "Tonnes")
    if len(table):
        ax.set_title(str(table["commodity"].iloc[0]).capitalize(), fontweight="bold")
    return ax


def pipeline_legend() -> list[Patch]:
    """What the bars mean: handles for a key."""
    return [Patch(linewidth=0.6, **look) for look in BARS.values()]
