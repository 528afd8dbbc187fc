"""How long stocks last: places by weeks, with the day on which they run out and the cover at which to ask for more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from displacement.charts.grids import ASCENT, GAP, LEAD, SIZE, GridColumn, heading, lefts_of, page_of, rest
from displacement.charts.style import DARK, HUE, INK, LIGHT, PALE, axes_or_new, day_of, printable, shortened, styled

LEVELS = (  # days of cover below which a cell has this look, and the colour of its number
    (3.0, DARK, "white", "under 3"),
    (7.0, HUE, "white", "3 to 7"),
    (14.0, LIGHT, INK, "7 to 14"),
    (30.0, PALE, INK, "14 to 30"),
    (np.inf, "white", INK, "30 and more"),
)
WEEKS = 10  # columns at most
NAME, OUT, CHANCE, REORDER = 0.225, 0.235, 0.075, 0.09  # shares of the width
ROW = LEAD + 4.0
MARK = [(-1, 1), (1, 1), (1, -1), (-1, 1)]  # a corner, upper right
CORNER = 4.0  # points, the mark of a cell under the reorder point


def level_of(cover: float) -> int:
    """Which of LEVELS days of cover belong to.

    >>> level_of(0.0), level_of(7.0), level_of(99.0)
    (0, 2, 4)
    """
    return next(i for i, (limit, *_) in enumerate(LEVELS) if cover < limit)


def days_short(cover: float) -> str:
    """Days of cover as short as a cell allows.

    >>> days_short(0.0), days_short(2.73), days_short(26.6), days_short(400.0)
    ('0', '2.7', '27', '99+')
    """
    if cover < 9.95:
        return f"{cover:.1f}".removesuffix(".0")
    return f"{cover:.0f}" if cover < 99.5 else "99+"


def stock_out_words(row: pd.Series) -> str:
    """When stocks run out with the range of days, from a row of `stock_outs`.

    >>> days = {f"first_day_{p}": pd.Timestamp(f"2016-02-{d:02}") for p, d in ((10, 3), (50, 15), (90, 20))}
    >>> stock_out_words(pd.Series({"share": 1.0, "share_at_start": 0.0, **days}))
    '15 Feb (3 Feb to 20 Feb)'
    """
    early, day, late = row["first_day_10"], row["first_day_50"], row["first_day_90"]
    if not row["share"]:
        return "not in the period"
    if row["share_at_start"] >= 0.5:
        return "from the first day"
    if pd.isna(early):
        return "in few runs"
    middle = "later" if pd.isna(day) else _short(day)
    if early == late:
        return middle
    return f"{middle} ({_short(early)} {'or later' if pd.isna(late) else f'to {_short(late)}'})"


def _short(value: Any) -> str:
    return f"{day_of(value).day} {day_of(value):%b}"


def _share(share: float) -> str:
    """A share as runs of 100: all only if it is all, none only if it is none.

    >>> _share(1.0), _share(0.999), _share(0.001), _share(0.0)
    ('100', '99', '1', '0')
    """
    return "100" if share == 1.0 else "0" if share == 0.0 else f"{min(max(100 * share, 1.0), 99.0):.0f}"


@styled
def cover_table(cover: pd.DataFrame, outs: pd.DataFrame, reorder: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw places (most unmet need first) by weeks: median days of cover, darker for fewer; at the right what follows.

    cover : from `summaries.cover_by_week`;  outs : from `summaries.stock_outs`, whose order is kept
    reorder : from `summaries.reorder_points`; a cell under it has a marked corner
    """
    ax = axes_or_new(ax, (7.0, 4.4))
    width, height = page_of(ax)
    weeks = list(dict.fromkeys(cover["week"]))
    weeks = weeks[:: -(-len(weeks) // WEEKS)] if weeks else []
    columns = _columns(weeks)
    edges = lefts_of(columns, width)
    y = heading(ax, columns, edges)
    by_cell = cover.set_index(["place", "week"])["cover_50"].to_dict()
    reorder_at = reorder["reorder_days"].to_dict()
    for done, (place, row) in enumerate(outs.iterrows()):
        if y + ROW + (LEAD if done < len(outs) - 1 else 0.0) > height + GAP:
            rest(ax, len(outs) - done, y)
            break
        at = float(reorder_at[place])
        for i, week in enumerate(weeks):
            _cell(ax, float(by_cell[place, week]), at, edges[1 + i], y, edges[2 + i] - edges[1 + i])
        texts = [shortened(printable(str(row["name"])), NAME * width - 6, SIZE), *[""] * len(weeks),
                 stock_out_words(row), _share(float(row["share"])), f"{at:.0f} days"]  # fmt: skip
        _texts(ax, texts, columns, edges, y)
        y += ROW
    return ax


def _columns(weeks: list[Any]) -> list[GridColumn]:
    """Name, weeks, the day of the stock-out, its chance, the reorder point."""
    each = (1.0 - NAME - OUT - CHANCE - REORDER) / max(len(weeks), 1)
    titles = [f"{day_of(week).day}\n{day_of(week):%b}" for week in weeks]
    return [
        GridColumn(title="Place", share=NAME),
        *(GridColumn(title=title, share=each, align="center") for title in titles),
        GridColumn(title="   First day with less\n   than 1/4 of need met", share=OUT),
        GridColumn(title="Runs\nof 100", share=CHANCE, align="right"),
        GridColumn(title="Reorder\nat", share=REORDER, align="right"),
    ]


def _texts(ax: Axes, texts: list[str], columns: list[GridColumn], edges: list[float], y: float) -> None:
    for text, column, left, end in zip(texts, columns, edges[:-1], edges[1:], strict=True):
        indent = 8 if column.share == OUT else 0
        ax.text(column.x(left, end) + indent, y + 2 + ASCENT, text, fontsize=SIZE, ha=column.align)


def _cell(ax: Axes, cover: float, reorder: float, x: float, y: float, wide: float) -> None:
    """A cell: its shade, its number, and a marked corner if it is under the reorder point. Nothing needed: empty."""
    if not np.isfinite(cover):
        return
    _, fill, colour, _ = LEVELS[level_of(cover)]
    edge = {"edgecolor": "#b4b4b4", "linewidth": 0.5}
    ax.add_patch(Rectangle((x, y), wide, ROW, facecolor=fill, gid="cover", **edge))  # type: ignore[arg-type]
    if cover < reorder:
        ax.fill([x + wide - CORNER, x + wide, x + wide], [y, y, y + CORNER], color=colour, linewidth=0, gid="under")
    ax.text(x + wide / 2, y + 2 + ASCENT, days_short(cover), fontsize=SIZE, ha="center", color=colour)


def cover_legend() -> list[Any]:
    """What shades and corners mean: handles for a key above the table."""
    shades = [Patch(facecolor=fill, edgecolor="#b4b4b4", linewidth=0.5, label=said) for _, fill, _, said in LEVELS]
    shades[0].set_label("Days of cover: under 3")
    mark = Line2D([], [], linestyle="none", marker=MARK, markersize=CORNER, color=INK,
                  label="Under the reorder point")  # fmt: skip
    return [*shades, mark]
