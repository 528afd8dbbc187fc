"""Labels that do not overlap: each takes the nearest free spot around its point, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from displacement.charts.style import GREY, INK, printable

CLEAR = 1.5  # pixels left free around a label
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
STEPS = (0.0, 7.0, 14.0, 24.0, 36.0, 50.0)  # points farther out, with a leader line
ALIGNED = {1: "left", 0: "center", -1: "right"}
LEVEL = {1: "bottom", 0: "center", -1: "top"}


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text for a point of the chart, kept `gap` points away from it."""

    text: str
    x: float
    y: float
    gap: float = 3.0
    size: float = 7.0
    weight: str = "normal"


def place_labels(ax: Axes, labels: Iterable[Label], obstacles: Sequence[Bbox] = ()) -> list[Annotation]:
    """Draw labels in order of importance; one that finds no free spot inside the axes is left out.

    obstacles : boxes on the page, in pixels, that no label may cover. The layout is settled first.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    inside, taken, drawn = ax.get_window_extent(), list(obstacles), []
    for label in labels:
        found = _first_free(ax, label, inside, taken)
        if found is not None:
            taken.append(found.get_window_extent())
            drawn.append(found)
    return drawn


def _first_free(ax: Axes, label: Label, inside: Bbox, taken: Sequence[Bbox]) -> Annotation | None:
    text = ax.annotate(
        printable(label.text), (label.x, label.y), xytext=(0, 0), textcoords="offset points", fontsize=label.size,
        fontweight=label.weight, color=INK, zorder=9, linespacing=1.05,
    )  # fmt: skip
    for step in STEPS:
        for across, up in SIDES:
            away = (label.gap + step) * (0.8 if across and up else 1.0)
            text.set_position((across * away, up * away))
            text.set_horizontalalignment(ALIGNED[across])
            text.set_verticalalignment(LEVEL[up])
            box = text.get_window_extent().padded(CLEAR)
            if inside.containsx(box.x0) and inside.containsx(box.x1) and inside.containsy(box.y0) \
                    and inside.containsy(box.y1) and not any(box.overlaps(other) for other in taken):  # fmt: skip
                if step:
                    _leader(ax, label, text)
                return text
    text.remove()
    return None


def _leader(ax: Axes, label: Label, text: Annotation) -> None:
    """A thin line from the point to a label that stands apart from it."""
    ax.annotate(
        "", (label.x, label.y), xytext=text.get_position(), textcoords="offset points", zorder=6,
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": label.gap - 2},
    )  # fmt: skip
