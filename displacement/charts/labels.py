"""Labels that do not overlap: each takes the nearest free spot around its point, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from displacement.charts.style import GREY, INK, printable

CLEAR = 1.5  # pixels left free around a label
SAMPLES = 25  # points of a leader line that are tested
SIDES = (  # across and up: beside, above and below, the corners, and between
    (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (0.8, 0.8), (0.8, -0.8), (-0.8, 0.8), (-0.8, -0.8),
    (0.95, 0.4), (0.95, -0.4), (-0.95, 0.4), (-0.95, -0.4), (0.4, 0.95), (0.4, -0.95), (-0.4, 0.95), (-0.4, -0.95),
)  # fmt: skip
STEPS = (0.0, 5.0, 10.0, 16.0, 24.0, 34.0, 46.0, 60.0)  # points farther out, with a leader line
ROUNDS = 8  # of the layout, at most
HALO = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6}  # behind words, over roads and borders
NEAR = 4  # steps that a label goes to avoid something
ALIGNED: dict[float, Literal["left", "center", "right"]] = {1.0: "left", 0.0: "center", -1.0: "right"}
LEVEL: dict[float, Literal["bottom", "center", "top"]] = {1.0: "bottom", 0.0: "center", -1.0: "top"}


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text for a point of the chart, kept `gap` points away from it."""

    text: str
    x: float
    y: float
    gap: float = 3.0
    size: float = 7.0
    weight: str = "normal"


def settle(ax: Axes) -> None:
    """Lay the figure out until the axes stay where they are: one round is not enough beside a key or a text."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    for _ in range(ROUNDS):
        before = ax.get_window_extent().bounds
        figure.draw_without_rendering()
        if np.allclose(before, ax.get_window_extent().bounds, atol=0.1):
            return


def place_labels(
    ax: Axes, labels: Iterable[Label], obstacles: Sequence[Bbox] = (), avoided: Sequence[Bbox] = ()
) -> list[Annotation]:
    """Draw labels in order of importance; one that finds no free spot inside the axes is left out.

    obstacles : boxes on the page, in pixels, that no label may cover. The layout is settled first.
    avoided : boxes that a label covers only if it must go far from its point otherwise
    """
    settle(ax)
    inside, taken, drawn = ax.get_window_extent(), list(obstacles), []
    for label in labels:
        found = _first_free(ax, label, inside, [*taken, *avoided], STEPS[:NEAR]) or _first_free(
            ax, label, inside, taken
        )
        if found is not None:
            taken.append(found.get_window_extent())
            drawn.append(found)
    return drawn


def _first_free(
    ax: Axes, label: Label, inside: Bbox, taken: Sequence[Bbox], steps: Sequence[float] = STEPS
) -> Annotation | None:
    text = ax.annotate(
        printable(label.text), (label.x, label.y), xytext=(0, 0), textcoords="offset points", fontsize=label.size,
        fontweight=label.weight, color=INK, zorder=9, linespacing=1.05, bbox=HALO,
    )  # fmt: skip
    for step in steps:
        for across, up in SIDES:
            away = label.gap + step
            text.set_position((across * away, up * away))
            text.set_horizontalalignment(ALIGNED[float(np.sign(across))])
            text.set_verticalalignment(LEVEL[float(np.sign(up))])
            box = text.get_window_extent().padded(CLEAR)
            if not _within(box, inside) or any(box.overlaps(other) for other in taken):
                continue
            if step and _crosses(ax, label, text, taken):
                continue
            if step:
                _leader(ax, label, text)
            return text
    text.remove()
    return None


def _within(box: Bbox, outer: Bbox) -> bool:
    return bool(outer.x0 <= box.x0 and box.x1 <= outer.x1 and outer.y0 <= box.y0 and box.y1 <= outer.y1)


def _crosses(ax: Axes, label: Label, text: Annotation, taken: Sequence[Bbox]) -> bool:
    """Would a leader line run over anything but what its own point lies in?"""
    start = ax.transData.transform((label.x, label.y))
    figure = ax.get_figure(root=True)
    assert figure is not None
    end = start + np.asarray(text.get_position(), float) * figure.dpi / 72.0
    line = start + np.linspace(0.0, 1.0, SAMPLES)[:, np.newaxis] * (end - start)
    others = [box for box in taken if not box.contains(*start)]
    return any(box.contains(x, y) for box in others for x, y in line)


def _leader(ax: Axes, label: Label, text: Annotation) -> None:
    """A thin line from the point to a label that stands apart from it."""
    ax.annotate(
        "", (label.x, label.y), xytext=text.get_position(), textcoords="offset points", zorder=6,
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": label.gap - 2},
    )  # fmt: skip
