"""What was counted at a site, and where the forecast lies: ranges on the target days, and what to plan for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from displacement.charts.frame import DISCLAIMER, EXACT, Imprint
from displacement.charts.style import (
    DARK,
    DATE_WIDTH,
    GREY,
    INK,
    LIGHT,
    MID,
    SOFT,
    axes_or_new,
    date_ticks,
    day_numbers,
    day_words,
    panel_width,
    people_axis,
    printable,
    shortened,
    styled,
)
from displacement.observations import Counts

SHOWN = 180  # days before the origin
BAR = 9.0  # days wide


@dataclass(frozen=True, kw_only=True)
class ForecastImprint(Imprint):
    """What a forecast from counts must say of itself; nothing was simulated."""

    def lines(self, as_of: Any, *, internal: bool = False) -> list[str]:
        """The footer."""
        del internal
        return [
            f"As of {day_words(as_of)}. Forecast from counts up to that day and nothing later, not a report."
            f" Scenario: {self.scenario}.",
            f"Sources: {self.sources}",
            f"{EXACT} {DISCLAIMER} displacement {self.version}.",
        ]


@styled
def forecast_ahead(
    rows: pd.DataFrame, counts: Counts, origin: np.datetime64, ax: Axes | None = None, *, title: str = ""
) -> Axes:
    """Draw what was counted in the half year before the origin, and the forecast of one site; return the Axes.

    rows : of one site, a row each target day: date, q2.5, q10, q25, q50, q75, q90, q97.5, planning, in people. Dots are
    counts; bars the ranges of 80 and 50 of 100, thin lines that of 95; the dashed stroke is what to plan for.
    """
    ax = axes_or_new(ax)
    seen = counts.until(origin)
    late = seen.days >= origin - SHOWN
    days, people = seen.days[late], seen.people[late]
    x = day_numbers(pd.DatetimeIndex(rows["date"]))
    values = {name: rows[name].to_numpy(float) for name in rows.columns if name.startswith("q")}
    for low, high, colour in (("q10", "q90", LIGHT), ("q25", "q75", MID)):
        ax.bar(x, values[high] - values[low], BAR, values[low], color=colour, linewidth=0, zorder=2)
    ax.vlines(x, values["q2.5"], values["q97.5"], color=SOFT, linewidth=0.9, zorder=1)
    ax.hlines(values["q50"], x - BAR / 2, x + BAR / 2, color=DARK, linewidth=1.4, zorder=3)
    plan = rows["planning"].to_numpy(float)
    ax.hlines(plan, x - 0.8 * BAR, x + 0.8 * BAR, color=INK, linewidth=1.1, linestyle=(0, (3, 1.5)), zorder=4)
    ax.plot(day_numbers(pd.DatetimeIndex(days)), people, "o", color=INK, markersize=3, linestyle="none", zorder=5)
    today = float(day_numbers(pd.DatetimeIndex([pd.Timestamp(origin)]))[0])
    ax.axvline(today, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
    top = max([1.0, *plan, *values["q90"], *people])
    ax.set_ylim(0, 1.15 * float(top))
    first = float(day_numbers(pd.DatetimeIndex(days)).min()) if len(days) else today
    ax.set_xlim(min(first, today - 30) - BAR, float(x.max()) + BAR)
    date_ticks(ax, apart(ax, [pd.Timestamp(origin), *rows["date"]]))
    people_axis(ax, "People")
    ax.set_title(printable(shortened(title, panel_width(ax), 8.0, "bold")), fontweight="bold")
    return ax


def apart(ax: Axes, days: Sequence[pd.Timestamp]) -> pd.DatetimeIndex:
    """The days of which labels have room beside each other, the first always among them."""
    low, high = ax.get_xlim()
    least = DATE_WIDTH / panel_width(ax) * (high - low)
    kept: list[pd.Timestamp] = []
    for day, number in zip(days, day_numbers(pd.DatetimeIndex(list(days))), strict=True):
        if not kept or number - day_numbers(pd.DatetimeIndex([kept[-1]]))[0] >= least:
            kept.append(day)
    return pd.DatetimeIndex(kept)


def forecast_legend() -> list[Any]:
    """What dots, bars and strokes mean: handles for a legend that stands apart from the panels."""
    return [
        Line2D([], [], color=INK, linestyle="none", marker="o", markersize=3, label="Counted"),
        Line2D([], [], color=DARK, linewidth=1.4, label="Median"),
        Patch(color=MID, label="50 of 100"),
        Patch(color=LIGHT, label="80 of 100"),
        Line2D([], [], color=SOFT, linewidth=0.9, label="95 of 100 (cut off where high)"),
        Line2D([], [], color=INK, linewidth=1.1, linestyle=(0, (3, 1.5)), label="Plan for"),
    ]
