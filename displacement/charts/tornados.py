"""The tornado: what one number of the model, from low to high, does to a result; the largest on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    SMALLEST,
    axes_or_new,
    people_words,
    printable,
    shortened,
    styled,
)

MOST = 12  # bars
NAME = 200.0  # points of width for a name with its range
ROOM = 0.3  # of the widest range, on each side, for figures


@styled
def tornado(table: pd.DataFrame, ax: Axes | None = None, *, label: str = "People", most: int = MOST) -> Axes:
    """Draw a bar from the response at the low to that at the high end of each number; return the Axes.

    table : a row a number, as `displacement.sensitivity.one_at_a_time` gives it: low_value, high_value, unit, low,
        high, base; sorted here by the width of the bar
    label : what the horizontal axis shows;  most : bars, of the largest; the rest is said to be smaller
    """
    ax = axes_or_new(ax, (7.0, 4.6))
    order = (table["high"] - table["low"]).abs().sort_values(ascending=False, kind="stable").index
    shown = table.loc[order[:most]]
    low, high = shown["low"].to_numpy(float), shown["high"].to_numpy(float)
    base = float(table["base"].iloc[0]) if len(table) else 0.0
    at = np.arange(len(shown))
    for end, colour, said in ((low, LIGHT, "at the low end of its range"), (high, DARK, "at the high end")):
        ax.barh(at, end - base, left=base, height=0.62, color=colour, label=said, zorder=2)
    ax.axvline(base, color=INK, linewidth=0.8, zorder=3)
    for y, pair in enumerate(zip(low, high, strict=True)):
        _figures(ax, y, *pair)
    ax.set_yticks(at, [_name(str(name), row) for name, row in shown.iterrows()], fontsize=SMALLEST, linespacing=1.05)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    _limits(ax, base, np.concatenate([low, high]))
    left_out = len(table) - len(shown)
    more = f"; {left_out} others change it by less" if left_out > 0 else ""
    ax.set_xlabel(f"{label}\n{_said(base)} with every number at its centre{more}", color=GREY)
    if len(shown):
        ax.legend(loc="lower right", frameon=False, fontsize=SMALLEST)
    else:
        ax.text(0.5, 0.5, "No number was varied.", ha="center", va="center", transform=ax.transAxes)
    return ax


def _limits(ax: Axes, base: float, ends: np.ndarray) -> None:
    first, last = min([base, *ends]), max([base, *ends])
    wide = (last - first) or max(abs(base), 1.0)
    ax.set_xlim(first - ROOM * wide, last + ROOM * wide)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 10 or value == 0 else f"{value:g}")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))


def _figures(ax: Axes, y: float, low: float, high: float) -> None:
    """The response at both ends, outside the bar."""
    left, right = sorted((low, high))
    for x, side, where in ((left, -4, "right"), (right, 4, "left")):
        about: dict[str, Any] = {"xytext": (side, 0), "textcoords": "offset points", "ha": where, "va": "center"}
        ax.annotate(_said(x), (x, y), fontsize=SMALLEST, **about)


def _said(value: float) -> str:
    """A response to three figures.

    >>> _said(91_139.0), _said(0.12345)
    ('91,100', '0.123')
    """
    rounded = float(f"{value:.3g}")
    return people_words(rounded) if abs(rounded) >= 100 else f"{rounded:g}"


def _name(name: str, row: pd.Series) -> str:
    """A number and the ends of its range, in two lines."""
    unit = "" if row["unit"] in ("1", "") else f" {row['unit']}"
    ends = f"{row['low_value']:.3g} to {row['high_value']:.3g}{unit}"
    return f"{printable(shortened(name.replace('_', ' '), NAME, SMALLEST))}\n{printable(ends)}"
