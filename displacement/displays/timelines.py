"""A timeline: a row for each kind of event, a bar for each event, from its first day to its last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from displacement.displays.svg import HUE, WIDE, box, picture, said, text, ticks

WIDTH, TOP, LANE, GAP = 720, 22, 11, 5
MOST_LANES = 14


@dataclass(frozen=True)
class Bar:
    """An event: its kind, the days on which it is in force (None: for good), when it may start, and its sentence."""

    kind: str
    start: dt.date
    end: dt.date | None
    earliest: dt.date
    latest: dt.date
    words: str


def timeline(bars: Sequence[Bar], start: dt.date, days: int, label: str) -> str:
    """The timeline as HTML, with the sentences in a list that unfolds."""
    kinds = sorted({bar.kind for bar in bars}, key=lambda kind: (min(b.start for b in bars if b.kind == kind), kind))
    left = 14 + WIDE * 12 * max((len(kind) for kind in kinds), default=0)
    day = (WIDTH - left - 12) / days
    marks, y = list[str](), float(TOP)
    for kind in kinds:
        lanes = _lanes([bar for bar in bars if bar.kind == kind])
        high = LANE * len(lanes)
        marks.append(text(left - 8, y + high / 2 + 4, kind, anchor="end"))
        marks += [_bar(b, left, y + LANE * n, day, start, days) for n, lane in enumerate(lanes) for b in lane]
        y += high + GAP
        marks.append(f'<path d="M{left:.1f} {y - GAP / 2:.1f}H{WIDTH - 12}" stroke="currentColor" opacity=".15"/>')
    axis = [
        f'<path d="M{left + d * day:.1f} {TOP - 4}V{y:.1f}" stroke="currentColor" opacity=".2"/>'
        + text(left + d * day, TOP - 8, name, size=10)
        for d, name in ticks(start, days)
    ]
    shown = picture(WIDTH, y + 2, [*axis, *marks], label) if bars else "<div>no events</div>"
    return f"{shown}{_listed(bars)}"


def _lanes(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Events that overlap in lanes of their own; more than fit share the last."""
    lanes: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda b: (b.start, b.end is None, b.end or b.start, b.words)):
        free = next((lane for lane in lanes if lane[-1].end is not None and lane[-1].end < bar.earliest), None)
        if free is None and len(lanes) < MOST_LANES:
            lanes.append(free := [])
        (free if free is not None else lanes[-1]).append(bar)
    return lanes


def _bar(bar: Bar, left: float, y: float, day: float, start: dt.date, days: int) -> str:
    """One event: a bar, an arrow where it goes on, a dashed line over the days on which it may start."""
    first, last = (bar.start - start).days, days if bar.end is None else (bar.end - start).days + 1
    if last <= 0 or first >= days:
        return ""
    a, b = left + day * max(first, 0), left + day * min(last, days)
    look = f'fill="{HUE}" stroke="{HUE}" stroke-opacity=".9" fill-opacity=".75" rx="1.5"'
    mark = box(a + 0.5, y + 1.5, max(b - a - 1, 3), LANE - 3, look, bar.words)
    if bar.end is None:
        mark += f'<path d="M{b - 1:.1f} {y + 1:.1f}l6 {LANE / 2 - 1:.1f}l-6 {LANE / 2 - 1:.1f}z" fill="{HUE}"/>'
    if bar.earliest < bar.latest:
        c, d = (left + day * min(max((x - start).days, 0), days) for x in (bar.earliest, bar.latest))
        mark += f'<path d="M{c:.1f} {y + LANE / 2:.1f}H{d + day:.1f}" stroke="currentColor" stroke-dasharray="2 2"/>'
    return mark


def _listed(bars: Sequence[Bar]) -> str:
    if not bars:
        return ""
    items = "".join(f"<li>{said(bar.words, 600)}</li>" for bar in sorted(bars, key=lambda b: (b.start, b.words)))
    number = f"{len(bars)} event{'s' * (len(bars) > 1)}"
    return f"<details><summary>{number} in sentences</summary><ul>{items}</ul></details>"
