"""A table of words as a chart: columns with shares of the width, cells that wrap, as many rows as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes

from displacement.charts.style import GREY, INK, SOFT, printable, shortened, wrapped

SIZE, LEAD, GAP = 7.0, 8.6, 3.0  # points
ASCENT = 6.6  # points from the top of a line to its baseline


@dataclass(frozen=True, kw_only=True)
class GridColumn:
    """A column: its heading, its share of the width, how its text is aligned, the most lines of a cell."""

    title: str
    share: float
    align: Literal["left", "center", "right"] = "left"
    most: int = 2

    def x(self, left: float, end: float) -> float:
        """Where text is anchored in a cell between two edges, in points."""
        return {"left": left, "center": (left + end) / 2, "right": end - 8}[self.align]


def page_of(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points; from then on its data are points from its upper left corner."""
    ax.set_axis_off()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    width, height = 72.0 * float(box.width), 72.0 * float(box.height)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    return width, height


def lefts_of(columns: Sequence[GridColumn], width: float) -> list[float]:
    """Left edge of each column, and the right edge of the last, in points."""
    edges = [0.0]
    for column in columns:
        edges.append(edges[-1] + column.share * width)
    return edges


def text_grid(ax: Axes, columns: Sequence[GridColumn], rows: Sequence[Sequence[str]]) -> int:
    """Draw headings and as many rows as fit; the last line says how many more there are. Return how many are drawn."""
    width, height = page_of(ax)
    edges = lefts_of(columns, width)
    y = heading(ax, columns, edges)
    for done, row in enumerate(rows):
        cells = [_lines(text, column, width) for text, column in zip(row, columns, strict=True)]
        tall = LEAD * max(len(cell) for cell in cells) + GAP
        spare = LEAD if done < len(rows) - 1 else 0.0
        if y + tall + spare > height + GAP:
            rest(ax, len(rows) - done, y)
            return done
        for cell, column, left, end in zip(cells, columns, edges[:-1], edges[1:], strict=True):
            for k, line in enumerate(cell):
                ax.text(column.x(left, end), y + k * LEAD + ASCENT, line, fontsize=SIZE, ha=column.align)
        y += tall
        ax.plot([0, width], [y - GAP / 2, y - GAP / 2], color=SOFT, linewidth=0.4)
    return len(rows)


def rest(ax: Axes, more: int, y: float) -> None:
    """The last line: how many rows are only in the table behind the chart."""
    ax.text(0, y + ASCENT, f"and {more} more in the table of this chart", fontsize=SIZE, color=GREY)


def heading(ax: Axes, columns: Sequence[GridColumn], edges: Sequence[float]) -> float:
    """Headings in bold over a line; return the height at which rows begin."""
    tall = LEAD * max(column.title.count("\n") + 1 for column in columns)
    for column, left, end in zip(columns, edges[:-1], edges[1:], strict=True):
        lines = column.title.split("\n")
        for k, line in enumerate(lines):
            y = tall - LEAD * (len(lines) - k) + ASCENT
            ax.text(column.x(left, end), y, line, fontsize=SIZE, fontweight="bold", ha=column.align)
    ax.plot([0, edges[-1]], [tall + 1, tall + 1], color=INK, linewidth=0.8)
    return tall + 1 + GAP


def _lines(text: str, column: GridColumn, width: float) -> list[str]:
    """The lines of a cell as they fit."""
    room = column.share * width - 8
    lines = wrapped(printable(text), room, SIZE, most=column.most)
    return [shortened(line, room, SIZE) for line in lines] or [""]
