"""A heat strip: rows of links, columns of days, open, restricted, closed or unknown in shades and letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from displacement.displays.svg import WIDE, box, picture, text, ticks

WIDTH, TOP, ROW = 760, 20, 15
SMALLEST = 7  # width of a box that holds a letter
OUTLINE = 'stroke="currentColor" stroke-opacity=".35" stroke-width=".6"'
LETTERS = {"open": "o", "restricted": "r", "closed": "x", "unknown": "?"}
# shade of the box and of its letter: light to dark as it closes, the same on any page
SHADES = {
    "open": ("#e6eef6", "#1f3b57"),
    "restricted": ("#8fb8dc", "#10263a"),
    "closed": ("#1f3b57", "#ffffff"),
    "unknown": ("#c9c9c9", "#333333"),
}


@dataclass(frozen=True)
class Row:
    """A link in one direction or both: its name, and for each class of traffic a state a day."""

    name: str
    states: Mapping[str, tuple[str, ...]]


def strip(rows: Sequence[Row], titles: Mapping[str, str], start: dt.date, label: str) -> str:
    """The strip as HTML: a panel for each class of traffic, with what the letters mean above.

    titles : words for each class of traffic, in the order of the panels
    """
    left = 20 + WIDE * 11 * max((len(row.name) for row in rows), default=0)
    days = max((len(s) for row in rows for s in row.states.values()), default=1)
    day = (WIDTH - left - 8) / days
    marks, y = list[str](), 0.0
    for traffic, title in titles.items():
        y += TOP + 14
        marks.append(text(0, y - 10, title, size=13))
        marks += [text(left + d * day, y - 4, name, size=10) for d, name in ticks(start, days)]
        for row in rows:
            marks.append(text(left - 6, y + ROW - 4, row.name, anchor="end"))
            marks += _boxes(row, traffic, left, y, day, start)
            y += ROW
    return _legend() + picture(WIDTH, y + 4, marks, label)


def _boxes(row: Row, traffic: str, left: float, y: float, day: float, start: dt.date) -> list[str]:
    """A box for each spell of days with one state, with its letter."""
    marks, d = list[str](), 0
    for state, spell in groupby(row.states[traffic]):
        n = len(list(spell))
        shade, ink = SHADES[state]
        first, last = start + dt.timedelta(d), start + dt.timedelta(d + n - 1)
        title = f"{row.name}: {state} {first}" + (f" to {last}" if n > 1 else "")
        x, wide = left + d * day, n * day
        marks.append(box(x, y + 1, wide, ROW - 2, f'fill="{shade}" {OUTLINE}', title))
        if wide >= SMALLEST:
            marks.append(text(x + min(wide / 2, 8), y + ROW - 4, LETTERS[state], size=10, anchor="middle", ink=ink))
        d += n
    return marks


def _legend() -> str:
    """What the letters mean."""
    look = "padding:0 .5em;border:1px solid #888;font-size:11px"
    keys = (
        f'<span style="background:{SHADES[word][0]};color:{SHADES[word][1]};{look}">{letter}</span>&nbsp;{word}&emsp;'
        for word, letter in LETTERS.items()
    )
    return f'<div style="font-size:12px;margin:.2em 0">{"".join(keys)}</div>'
