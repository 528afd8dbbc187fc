"""Marks of a small picture: text, lines, boxes, with names escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from html import escape

HUE = "#2f7fc1"  # at least 4 to 1 against white and against black
FONT = "font-family:system-ui,sans-serif"
WIDE = 0.55  # width of a letter, of its height: enough to keep labels apart


def said(text: str, most: int = 200) -> str:
    """Text as it may stand in HTML: escaped, and no longer than a line.

    >>> said('<script>alert("x")</script>')
    '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'
    """
    return escape(text if len(text) <= most else f"{text[: most - 3]}...")


def text(x: float, y: float, words: str, *, size: float = 11, anchor: str = "start", ink: str = "currentColor") -> str:
    """Words at a point, in the colour of the page."""
    look = f'font-size="{size:g}" text-anchor="{anchor}" fill="{ink}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{said(words)}</text>'


def box(x: float, y: float, width: float, height: float, more: str, title: str = "") -> str:
    """A box, which says its title when pointed at."""
    inside = f"<title>{said(title, 600)}</title>" if title else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {more}>{inside}</rect>'


def picture(width: float, height: float, marks: Iterable[str], label: str) -> str:
    """The picture: as wide as the page if that is narrower, with a label for whoever cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{said(label)}" viewBox="0 0 {width:.0f}'
        f' {height:.0f}" width="{width:.0f}" style="max-width:100%;height:auto;{FONT}">{"".join(marks)}</svg>'
    )


def ticks(start: dt.date, days: int, most: int = 8) -> list[tuple[int, str]]:
    """Days to write at an axis, with their names: first days of months where there are many, else even steps.

    >>> ticks(dt.date(2016, 1, 25), 10, most=3)
    [(0, '25 Jan'), (4, '29 Jan'), (8, '2 Feb')]
    """
    of_months = [d for d in range(days) if (start + dt.timedelta(d)).day == 1]
    many = len(of_months) >= 4
    chosen = of_months[:: -(-len(of_months) // most)] if many else [*range(0, days, -(-days // most))]
    dates = [start + dt.timedelta(d) for d in chosen]
    year = " %Y" if days > 366 else ""
    return [(d, f"{date.day} {date.strftime(f'%b{year}')}") for d, date in zip(chosen, dates, strict=True)]
