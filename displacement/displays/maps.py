"""A small map: places as dots, links as lines, the largest places named where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from displacement.displays.svg import HUE, WIDE, picture, said, text

WIDTH, EDGE = 440, 14
MOST_NAMES = 12
SHAPES = {"camp": "square", "border_post": "diamond", "junction": "point", "front_post": "point"}


@dataclass(frozen=True)
class Dot:
    """A place: where it is, how it is called, what stands there, and how many people are there."""

    latitude: float
    longitude: float
    name: str
    kind: str = "town"
    people: float = 0.0
    outside: bool = False
    hub: bool = False


@dataclass(frozen=True)
class Line:
    """A link between two dots, by their numbers."""

    a: int
    b: int
    crossing: bool = False
    name: str = ""


def small_map(dots: Sequence[Dot], lines: Sequence[Line], label: str) -> str:
    """The map as HTML, north up, distances true at its middle; with what its marks mean below."""
    x, y, height, km = _placed(dots)
    marks = [_line(line, x, y, dots) for line in lines]
    marks += [_dot(dot, x[i], y[i]) for i, dot in sorted(enumerate(dots), key=lambda p: -p[1].people)]
    marks += _names(dots, lines, x, y, height)
    marks += _scale(km, height)
    legend = "&#9679; people at home or displaced &#9633; camp &#9671; border post &#9675; outside the model"
    legend += ' <span style="white-space:nowrap">&#9472; road</span>'
    legend += f' <span style="white-space:nowrap;color:{HUE}">&#9476; crossing</span>'
    note = f'<div style="font-size:11px;opacity:.8">{legend}</div>'
    return picture(WIDTH, height, marks, label) + note


def _placed(dots: Sequence[Dot]) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Points in the picture, its height, and km for each of its units."""
    latitude, longitude = np.array([d.latitude for d in dots]), np.array([d.longitude for d in dots])
    if np.ptp(longitude) > 180:  # across the date line
        longitude = longitude % 360
    shrink = max(math.cos(math.radians(float(latitude.mean()))), 0.05)
    east, north = longitude * shrink, latitude
    wide, high = max(float(np.ptp(east)), 1e-6), max(float(np.ptp(north)), 1e-6)
    unit = max(wide / (WIDTH - 2 * EDGE), high / (0.8 * WIDTH), 1e-9)
    x = EDGE + (WIDTH - 2 * EDGE - wide / unit) / 2 + (east - east.min()) / unit
    y = EDGE + (north.max() - north) / unit
    return x, y, float(y.max()) + EDGE + 16, unit * 111.2


def _line(line: Line, x: np.ndarray, y: np.ndarray, dots: Sequence[Dot]) -> str:
    look = (
        f'stroke="{HUE}" stroke-width="3" stroke-dasharray="3 2"'
        if line.crossing
        else 'stroke="currentColor" opacity=".45"'
    )
    ends = f"{dots[line.a].name} - {dots[line.b].name}"
    return (
        f'<line x1="{x[line.a]:.1f}" y1="{y[line.a]:.1f}" x2="{x[line.b]:.1f}" y2="{y[line.b]:.1f}" {look}>'
        f"<title>{said(line.name)}: {said(ends)}</title></line>"
    )


def _size(dot: Dot) -> float:
    """Half the width of a mark: its area grows with the square root of the people, so that small places are seen."""
    return 2.0 + (max(dot.people, 0.0) ** 0.25) / 4 if dot.kind not in {"junction", "front_post"} else 1.5


def _dot(dot: Dot, x: float, y: float) -> str:
    r = _size(dot)
    look = 'fill="none" stroke="currentColor"' if dot.outside else 'fill="currentColor"'
    shape = SHAPES.get(dot.kind, "circle")
    people = f", {dot.people:,.0f} people" if dot.people else ""
    title = f"<title>{said(dot.name)} ({said(dot.kind.replace('_', ' '))}{', hub' if dot.hub else ''}{people})</title>"
    if shape == "square":
        return f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:.1f}" height="{2 * r:.1f}" {look}>{title}</rect>'
    if shape == "diamond":
        d = r + 1
        path = f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}z"
        return f'<path d="{path}" {look}>{title}</path>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {look}>{title}</circle>'


def _names(dots: Sequence[Dot], lines: Sequence[Line], x: np.ndarray, y: np.ndarray, height: float) -> list[str]:
    """Names of the largest places, each where it meets no dot and no other name, and if it can no line; or nowhere."""
    order = sorted(range(len(dots)), key=lambda i: (-dots[i].people, dots[i].name))
    taken = [(x[i] - _size(d), y[i] - _size(d), x[i] + _size(d), y[i] + _size(d)) for i, d in enumerate(dots)]
    roads = np.array([(x[line.a], y[line.a], x[line.b], y[line.b]) for line in lines]).reshape(-1, 4)
    marks: list[str] = []
    for i in order:
        if len(marks) == MOST_NAMES:
            break
        name = dots[i].name if len(dots[i].name) <= 28 else f"{dots[i].name[:26]}..."
        others = taken[:i] + taken[i + 1 :]
        free = [p for p in _places_of(name, x[i], y[i], _size(dots[i])) if _free(p[2], others, height)]
        if free:
            at, anchor, place = min(free, key=lambda p: _crossed(p[2], roads))
            marks.append(text(at, place[3] - 1, name, anchor=anchor))
            taken.append(place)
    return marks


Place = tuple[float, float, float, float]  # left, top, right, bottom


def _places_of(name: str, x: float, y: float, size: float) -> list[tuple[float, str, Place]]:
    """Where a name may stand beside its dot: right, left, above, below."""
    wide, gap = WIDE * 11 * len(name), size + 3
    return [
        (x + gap, "start", (x + gap, y - 7, x + gap + wide, y + 5)),
        (x - gap, "end", (x - gap - wide, y - 7, x - gap, y + 5)),
        (x, "middle", (x - wide / 2, y - gap - 11, x + wide / 2, y - gap + 1)),
        (x, "middle", (x - wide / 2, y + gap - 1, x + wide / 2, y + gap + 11)),
    ]


def _free(place: Place, taken: Sequence[Place], height: float) -> bool:
    """Does a name lie inside the picture, and on nothing else?"""
    inside = place[0] >= 0 and place[2] <= WIDTH and place[1] >= 0 and place[3] < height - 18
    return inside and not any(
        place[0] < o[2] and o[0] < place[2] and place[1] < o[3] and o[1] < place[3] for o in taken
    )


def _crossed(place: Place, roads: np.ndarray) -> int:
    """How many lines run through a name: points along each line that lie in it."""
    along = np.linspace(0, 1, 60)[:, None]
    px, py = roads[:, 0] + along * (roads[:, 2] - roads[:, 0]), roads[:, 1] + along * (roads[:, 3] - roads[:, 1])
    inside = (px > place[0]) & (px < place[2]) & (py > place[1]) & (py < place[3])
    return int(inside.any(axis=0).sum())


def _scale(km: float, height: float) -> list[str]:
    """A bar of a round length, about a quarter of the width, and where north is."""
    about = km * WIDTH / 4
    power = 10.0 ** math.floor(math.log10(about)) if about > 0 else 1.0
    length = next((m * power for m in (5, 2, 1) if m * power <= about), power)
    wide, y = length / km, height - 6
    return [
        f'<path d="M{EDGE} {y - 4:.1f}v4h{wide:.1f}v-4" fill="none" stroke="currentColor"/>',
        text(EDGE + wide + 5, y, f"{length:,g} km, north is up"),
    ]
