"""Scenarios side by side: what triggers each, its peak, who is displaced by when, who is in reach, what it takes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from displacement.charts.style import (
    GREY,
    INK,
    SOFT,
    axes_or_new,
    day_words,
    printable,
    shortened,
    span_words,
    styled,
    text_width,
    wrapped,
)
from displacement.events import shown_day
from displacement.scenario import Scenario

SHOWN = 4  # scenarios in a chart; the table has all
SIZE, LEAD, GAP = 7.0, 8.6, 3.0  # points
FIRST = 0.215  # share of the width for what a row is
LINES = (6, 5, 4, 3, 2, 1)  # of a text in a cell: as many as fit on the page
ASCENT = 6.6  # points from the top of a line to its baseline
DRIVERS = {"intensity", "control"}  # layers by which an event makes people leave
TEXTS = {"assumption": "Assumption", "triggers": "Trigger events", "unlike_baseline": "Unlike the baseline"}
COUNTS = {
    "peak": "Most displaced at once",
    "last_day": "Displaced on the last day",
    "in_reach": "In reach of aid, last day",
    "not_in_reach": "Not in reach, last day",
    "reach_unknown": "Reach not known, last day",
    "refugees": "Refugees, last day",
    "aid": "Aid for the displaced (t/day)",
}


def trigger_words(scenario: Scenario) -> str:
    """The events of a scenario that make people leave, counted by kind, with the days on which they start.

    Those events raise the intensity of fighting or change who holds a place.
    """
    world = scenario.world
    events = [e for e in scenario.events if {f.layer for f in e.effects(world)} & DRIVERS]
    if not events:
        return "none"
    counts = Counter(e.kind for e in events)
    starts = sorted(e.start for e in events)
    days = span_words(starts[0], starts[-1]) if starts[0] < starts[-1] else shown_day(starts[0])
    return f"{', '.join(f'{kind} {n}' for kind, n in sorted(counts.items()))}; starting {days}"


@styled
def scenario_table(table: pd.DataFrame, told: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """Draw scenarios side by side, at most four; the last line says how many more there are.

    table : from `comparison.tables.side_by_side`, or its shared form; the median, with the range that holds 80 of 100
        runs. Rows of which no scenario has a number are left out, and nothing is put in their place.
    told : a row a scenario (index), texts in the columns assumption, triggers and unlike_baseline
    """
    ax = axes_or_new(ax, (7.0, 3.0) if told is None else (7.0, 5.0))
    ax.set_axis_off()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    width, height = 72.0 * box.width, 72.0 * box.height
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    names = list(dict.fromkeys(table["scenario"].astype(str)))
    shown = names[:SHOWN]
    lefts = _lefts(width, len(shown))
    y = _heading(ax, shown, lefts, width)
    rows = _fitting(told, table, shown, lefts, height - y - LEAD)
    for done, row in enumerate(rows):
        below = y + _height(row)
        if below > height - LEAD:
            ax.text(
                0, y + ASCENT, f"and {len(rows) - done} more rows in the table of this chart", fontsize=SIZE, color=GREY
            )
            return ax
        y = _draw_row(ax, row, lefts, y, width)
    if len(names) > len(shown):
        rest = f"and {len(names) - len(shown)} more in the table of this chart: {', '.join(names[SHOWN:])}"
        ax.text(0, y + ASCENT, shortened(printable(rest), width, SIZE), fontsize=SIZE, color=GREY)
    return ax


def _fitting(
    told: pd.DataFrame | None, table: pd.DataFrame, names: list[str], lefts: list[float], room: float
) -> list[list[list[str]]]:
    """The lines of every row, its title first; texts as long as the room allows."""
    counts = _count_rows(table, names, lefts)
    for most in LINES:
        rows = [*_text_rows(told, names, lefts, most), *counts]
        if sum(map(_height, rows)) <= room:
            break
    return rows


def _height(row: list[list[str]]) -> float:
    return LEAD * max(map(len, row)) + GAP


def _lefts(width: float, count: int) -> list[float]:
    first = FIRST * width
    return [0.0, *(first + (width - first) * i / max(count, 1) for i in range(count)), width]


def _room(lefts: list[float], i: int) -> float:
    return lefts[i + 2] - lefts[i + 1] - 6.0


def _heading(ax: Axes, names: list[str], lefts: list[float], width: float) -> float:
    """Names of the scenarios above a line; the first is the baseline."""
    lines = [wrapped(printable(name), _room(lefts, i), SIZE, most=2, weight="bold") for i, name in enumerate(names)]
    named = max((len(part) for part in lines), default=1)
    for i, part in enumerate(lines):
        for k, line in enumerate(part):
            ax.text(lefts[i + 1], k * LEAD + ASCENT, line, fontsize=SIZE, fontweight="bold")
        role = "baseline" if i == 0 else "against the baseline"
        ax.text(lefts[i + 1], named * LEAD + ASCENT, role, fontsize=SIZE, color=GREY)
    tall = LEAD * (1 + named) + GAP / 2
    ax.plot([0, width], [tall, tall], color=INK, linewidth=0.8)
    return tall + GAP / 2


def _text_rows(told: pd.DataFrame | None, names: list[str], lefts: list[float], most: int) -> list[list[list[str]]]:
    if told is None:
        return []
    rows = []
    for key, title in TEXTS.items():
        texts = [str(told.loc[n, key]) if n in told.index and key in told else "" for n in names]
        cells = [wrapped(printable(t), _room(lefts, i), SIZE, most=most) for i, t in enumerate(texts)]
        if any(cells):
            rows.append([_fitted(title, lefts[1] - 8.0), *cells])
    return rows


def _count_rows(table: pd.DataFrame, names: list[str], lefts: list[float]) -> list[list[list[str]]]:
    """Peak, the horizons in order of time, then the last day: those of which a scenario has a number."""
    horizons = [str(q) for q in dict.fromkeys(table["quantity"]) if str(q).startswith("day_")]
    rows = []
    for quantity in ["peak", *horizons, *(q for q in COUNTS if q != "peak")]:
        found = [_one(table, name, quantity) for name in names]
        if any(row is not None for row in found):
            cells = [
                [part for line in _cell(row) for part in _fitted(line, _room(lefts, i))] for i, row in enumerate(found)
            ]
            rows.append([_fitted(_title(quantity, found), lefts[1] - 8.0), *cells])
    return rows


def _one(table: pd.DataFrame, name: str, quantity: str) -> pd.Series | None:
    part = table[(table["scenario"] == name) & (table["quantity"] == quantity)]
    return part.iloc[0] if len(part) else None


def _title(quantity: str, found: list[Any]) -> str:
    if not quantity.startswith("day_"):
        return COUNTS[quantity]
    day = next(row["day"] for row in found if row is not None)
    return f"Displaced by day {quantity.removeprefix('day_')} ({day_words(day)})"


def _cell(row: pd.Series | None) -> list[str]:
    """The median and its range; of a peak also its day. A scenario of which nothing is known has a dash."""
    if row is None:
        return ["–"]
    low, middle, high = (_number(row[p], row["unit"]) for p in ("p10", "p50", "p90"))
    lines = [middle if low == middle == high else f"{middle} ({low} to {high})"]
    if row["quantity"] == "peak" and not pd.isna(row["day"]):
        lines.append(f"about {day_words(row['day'])}{_between(row)}")
    return lines


def _between(row: pd.Series) -> str:
    """The days between which the peak falls in 80 of 100 runs."""
    first, last = row["earliest"], row["latest"]
    if pd.isna(first) or pd.isna(last) or first == last:
        return ""
    return f" ({span_words(first, last)})"


def _number(value: Any, unit: str) -> str:
    """People in whole numbers, tonnes to a tenth; what is suppressed as it stands."""
    if isinstance(value, str):
        return value
    if not np.isfinite(value):
        return "not known"
    return f"{value:,.0f}" if unit == "people" else f"{value:,.1f}"


def _fitted(text: str, room: float) -> list[str]:
    """A text in lines; what stands in brackets stays together if it fits in a line of its own.

    >>> _fitted("100 (50 to 700)", 55.0)
    ['100', '(50 to 700)']
    """
    if text_width(text, SIZE) <= room or " (" not in text:
        return wrapped(text, room, SIZE)
    before, _, rest = text.partition(" (")
    return [*wrapped(before, room, SIZE), *wrapped(f"({rest}", room, SIZE)]


def _draw_row(ax: Axes, row: list[list[str]], lefts: list[float], y: float, width: float) -> float:
    """A row of text in its columns, with a thin line below; returns where the next begins."""
    for i, lines in enumerate(row):
        for k, line in enumerate(lines):
            ax.text(lefts[i], y + k * LEAD + ASCENT, line, fontsize=SIZE, color=GREY if i == 0 else INK)
    below = y + _height(row)
    ax.plot([0, width], [below - GAP / 2, below - GAP / 2], color=SOFT, linewidth=0.4)
    return below
