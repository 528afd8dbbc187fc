"""Labels that do not overlap: each takes the nearest free spot around its point, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    inside, taken, drawn = np.array(ax.get_window_extent().extents), _corners(obstacles), []
    soft = _corners(avoided)
    for label in labels:
        text = _written(ax, label)
        start = ax.transData.transform((label.x, label.y))
        spots = _spots(ax, label, text, start, inside)
        best = next(_free(spots, start, np.vstack([taken, soft]), NEAR), None) or next(_free(spots, start, taken), None)
        if best is None:
            text.remove()
            continue
        _move(text, *best.away)
        if best.step:
            _leader(ax, label, text)
        taken = np.vstack([taken, best.box])
        drawn.append(text)
    return drawn


@dataclass(frozen=True)
class Spot:
    """Where a label may stand: its shift from the point in points, its box and its end of a leader line in pixels."""

    step: float
    away: tuple[float, float]
    box: np.ndarray  # left, bottom, right, top
    end: np.ndarray


def _corners(boxes: Sequence[Bbox]) -> np.ndarray:
    """(box, 4) left, bottom, right, top."""
    return np.array([box.extents for box in boxes], float).reshape(-1, 4)


def _written(ax: Axes, label: Label) -> Annotation:
    """The text, to the upper right of its point."""
    return ax.annotate(
        printable(label.text), (label.x, label.y), xytext=(0, 0), textcoords="offset points", fontsize=label.size,
        fontweight=label.weight, color=INK, zorder=9, linespacing=1.05, bbox=HALO, ha="left", va="bottom",
    )  # fmt: skip


def _move(text: Annotation, across: float, up: float) -> None:
    """Put a text so many points from its point, aligned towards it."""
    text.set_position((across, up))
    text.set_horizontalalignment(ALIGNED[float(np.sign(across))])
    text.set_verticalalignment(LEVEL[float(np.sign(up))])


def _spots(ax: Axes, label: Label, text: Annotation, start: np.ndarray, inside: np.ndarray) -> list[Spot]:
    """Where the label would lie within the axes, the nearest first. The text is measured once."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    size, found = np.array(text.get_window_extent().size), []
    for step in STEPS:
        for side in SIDES:
            away = np.array(side) * (label.gap + step)
            end = start + away * figure.dpi / 72.0
            low = end - size * (1.0 - np.sign(side)) / 2.0
            box = np.concatenate([low - CLEAR, low + size + CLEAR])
            if (box[:2] >= inside[:2]).all() and (box[2:] <= inside[2:]).all():
                found.append(Spot(step, (float(away[0]), float(away[1])), box, end))
    return found


def _free(spots: Sequence[Spot], start: np.ndarray, taken: np.ndarray, steps: int = len(STEPS)) -> Iterator[Spot]:
    """Spots that touch nothing, and whose leader line runs over nothing but what the point itself lies in."""
    others = taken[~_holds(taken, start[np.newaxis]).any(axis=1)]
    for spot in spots:
        if spot.step > STEPS[steps - 1]:
            return
        if ((taken[:, :2] < spot.box[2:]) & (taken[:, 2:] > spot.box[:2])).all(axis=1).any():
            continue
        line = start + np.linspace(0.0, 1.0, SAMPLES)[:, np.newaxis] * (spot.end - start)
        if not spot.step or not _holds(others, line).any():
            yield spot


def _holds(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(box, point) Does a box hold a point?"""
    low, high = boxes[:, np.newaxis, :2], boxes[:, np.newaxis, 2:]
    return np.asarray(((points >= low) & (points <= high)).all(axis=2))


def _leader(ax: Axes, label: Label, text: Annotation) -> None:
    """A thin line from the point to a label that stands apart from it."""
    ax.annotate(
        "", (label.x, label.y), xytext=text.get_position(), textcoords="offset points", zorder=6,
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": label.gap - 2},
    )  # fmt: skip
