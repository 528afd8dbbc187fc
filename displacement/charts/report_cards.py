"""The forecast report card: the last forecasts of each site beside what came, and how good they were in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    MID,
    SMALLEST,
    SOFT,
    date_ticks,
    day_numbers,
    labels_in,
    panel_width,
    people_axis,
    printable,
    shortened,
    styled,
)
from displacement.errors import InputError
from displacement.scores import forecast_scores
from displacement.scores.forecasts import ALL, checked

LAST = 12  # target days of a site that are drawn
APART = 0.22  # of the days between two targets, from horizon to horizon
WIDE = 0.15  # of the same, a bar
FEW = 20  # forecasts up to which coverage says little
STEP = 0.1  # of the height of the axes, from line to line
LINES = (
    ("forecasts", "Forecasts scored", "{:,.0f}"),
    ("inside_50", "Inside 50 of 100", "{:.0%}"),
    ("inside_80", "Inside 80 of 100", "{:.0%}"),
    ("inside_95", "Inside 95 of 100", "{:.0%}"),
    ("bias_share", "Bias of the median", "{:+.0%}"),
    ("against_persistence", "CRPS / persistence", "{:.2f}"),
)


@styled
def report_card(table: pd.DataFrame, axes: Sequence[Axes], *, last: int = LAST) -> Sequence[Axes]:
    """Draw the last forecasts of each site as intervals on their target day, what came, and the numbers; return Axes.

    table : a row a forecast (see `scores.forecast_scores`): origin, horizon, site, date, observed, persistence, q10,
        q25, q50, q75, q90, and q2.5 and q97.5 if known;  last : target days that are drawn of each site
    axes : the last one takes the numbers, over all sites and forecasts; each one before it a site, largest first. Sites
        beyond that are in the numbers only; axes beyond the sites stay empty.

    On a target day horizons stand side by side, the longest on the left. What came within the 10 to 90 % range is a
    filled dot, what came outside a cross; a forecast of which nothing is known yet has neither.
    """
    rows, places = checked(table), list(axes)
    if len(places) < 2:
        raise InputError(f"axes: {len(places)} given; one for the numbers and at least one for a site are needed")
    if not len(rows):
        raise InputError("forecasts: the table is empty; there is nothing to draw")
    for ax, site in zip(places[:-1], sites_in_order(rows), strict=False):
        _draw_site(ax, rows[rows["site"] == site], str(site), last)
    for ax in places[rows["site"].nunique() : -1]:
        ax.set_axis_off()
    _write_numbers(places[-1], forecast_scores(rows), max(rows["site"].nunique() - len(places) + 1, 0))
    return axes


def sites_in_order(rows: pd.DataFrame) -> list[Any]:
    """Sites with most people first, by the mean of what was observed, else of the medians."""
    size = rows["observed"].fillna(rows["q50"]).groupby(rows["site"]).mean()
    return size.sort_values(ascending=False, kind="stable").index.tolist()


def _draw_site(ax: Axes, rows: pd.DataFrame, site: str, last: int) -> None:
    """Bars of 80 and 50 of 100, a whisker of 95, the median, persistence, and what came."""
    days = pd.DatetimeIndex(sorted(rows["date"].unique()))[-last:]
    rows = rows[rows["date"].isin(days)]
    gap = _gap(days)
    x = day_numbers(pd.DatetimeIndex(rows["date"])) + _aside(rows["horizon"]) * APART * gap
    wide = WIDE * gap
    for low, high, colour in (("q10", "q90", LIGHT), ("q25", "q75", MID)):
        bottom = rows[low].to_numpy(float)
        ax.bar(x, rows[high].to_numpy(float) - bottom, wide, bottom, color=colour, linewidth=0, zorder=2)
    if {"q2.5", "q97.5"} <= set(rows):
        ax.vlines(x, rows["q2.5"].to_numpy(float), rows["q97.5"].to_numpy(float), color=SOFT, linewidth=0.9, zorder=1)
    ax.hlines(rows["q50"].to_numpy(float), x - wide / 2, x + wide / 2, color=DARK, linewidth=1.4, zorder=3)
    again = rows["persistence"].to_numpy(float)
    ax.hlines(again, x - 0.8 * wide, x + 0.8 * wide, color=GREY, linewidth=1.0, linestyle=(0, (2, 1)), zorder=3)
    came = rows["observed"].to_numpy(float)
    inside = (rows["q10"].to_numpy(float) <= came) & (came <= rows["q90"].to_numpy(float))
    known = np.isfinite(came)
    look: dict[str, Any] = {"color": INK, "linestyle": "none", "markeredgecolor": "white", "zorder": 5}
    ax.plot(x[known & inside], came[known & inside], "o", markersize=4.5, markeredgewidth=0.5, gid="inside", **look)
    ax.plot(x[known & ~inside], came[known & ~inside], "X", markersize=6.0, markeredgewidth=0.5, gid="outside", **look)
    top = np.nanmax([*rows["q90"], *rows.get("q97.5", rows["q90"]), *came, *again, 1.0])
    ax.set_ylim(0, 1.1 * float(top))
    ends = day_numbers(pd.DatetimeIndex([days[0], days[-1]]))
    ax.set_xlim(ends[0] - 0.65 * gap, ends[1] + 0.65 * gap)
    date_ticks(ax, days[:: -(-len(days) // labels_in(ax))])
    people_axis(ax, "People")
    ax.set_title(printable(shortened(site, panel_width(ax), 8.0, "bold")), fontweight="bold")


def _gap(days: pd.DatetimeIndex) -> float:
    """Days from one target to the next, the least of them; 30 if there is one only."""
    numbers = day_numbers(days)
    return float(np.diff(numbers).min()) if len(numbers) > 1 else 30.0


def _aside(horizon: pd.Series) -> np.ndarray:
    """How many bars to the side of its target day a forecast stands: the longest horizon on the left."""
    order = sorted(horizon.unique(), reverse=True)
    return np.asarray([order.index(h) - (len(order) - 1) / 2.0 for h in horizon], float)


def _write_numbers(ax: Axes, scores: pd.DataFrame, more: int) -> None:
    """The numbers as a small table: a line each, a column a horizon; and how much they say."""
    ax.set_axis_off()
    ax.set_title("In numbers, all sites", fontweight="bold")
    horizons = [str(h) for h in scores.index if h != ALL]
    columns = [*horizons, ALL] if len(horizons) > 1 else horizons
    right = 1.0 - 0.17 * np.arange(len(columns))[::-1] if len(columns) > 1 else np.array([0.6])
    look: dict[str, Any] = {"transform": ax.transAxes, "fontsize": SMALLEST, "va": "top"}
    for x, column in zip(right, columns, strict=True):
        head = "All" if column == ALL else f"{column} days"
        ax.text(float(x), 1.0, head, ha="right", fontweight="bold", **look)
        for i, (name, _, form) in enumerate(LINES):
            said = _cell(float(scores[name].loc[column]), form)
            ax.text(float(x), 1.0 - STEP * (i + 1), said, ha="right", **look)
    for i, (_, said, _) in enumerate(LINES):
        ax.text(0.0, 1.0 - STEP * (i + 1), said, **look)
    for i, line in enumerate(caption_lines(scores, more)):
        ax.text(0.0, 1.0 - STEP * (len(LINES) + 1.3 + 0.9 * i), line, color=GREY, **look)


def caption_lines(scores: pd.DataFrame, more: int = 0) -> list[str]:
    """What the numbers mean, a short line each.

    scores : from `forecast_scores`;  more : sites that are in the numbers and not drawn
    """
    ratio, n = (float(scores[name].loc[ALL]) for name in ("against_persistence", "forecasts"))
    few = f"; {n:.0f} forecast{'' if n == 1 else 's'}: says little" if n <= FEW else ""
    lines = [f"Right ranges hold 50, 80 and 95 %{few}."]
    if np.isfinite(ratio):
        lines.append(f"CRPS {abs(1 - ratio):.0%} {'less' if ratio < 1 else 'more'} than the error of persistence.")
    if more:
        lines.append(f"{more} more site{'s' if more > 1 else ''} in the numbers only.")
    return lines


def _cell(value: float, form: str) -> str:
    return "–" if not np.isfinite(value) else form.format(value).replace("-", "−")


def report_card_legend(table: pd.DataFrame) -> list[Any]:
    """What bars and marks mean: handles for a legend that stands apart from the panels."""
    wider = [Line2D([], [], color=SOFT, linewidth=0.9, label="95 of 100")] if {"q2.5", "q97.5"} <= set(table) else []
    return [
        Line2D([], [], color=DARK, linewidth=1.4, label="Median"),
        Patch(color=MID, label="50 of 100"),
        Patch(color=LIGHT, label="80 of 100"),
        *wider,
        Line2D([], [], color=GREY, linewidth=1.0, linestyle=(0, (2, 1)), label="Persistence"),
        Line2D([], [], color=INK, linestyle="none", marker="o", markersize=4.5, label="Came, inside 80"),
        Line2D([], [], color=INK, linestyle="none", marker="X", markersize=6.0, label="Came, outside"),
    ]
