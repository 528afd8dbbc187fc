"""How every chart looks: one hue and greys, dates in words, thousands separators, and text that is measured."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import math
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from displacement.events import shown_day

P = ParamSpec("P")
R = TypeVar("R")

INK, GREY, SOFT, FAINT = "#222222", "#6b6b6b", "#b4b4b4", "#e6e6e6"
HUE, DARK, MID, LIGHT, PALE = "#2b6ca3", "#123f66", "#5b93c4", "#a3c4e0", "#d5e4f1"
NO_DATA = "#a6a6a6"  # IPC: inadequate evidence, 166 166 166
NOT_ANALYSED = "#ffffff"  # IPC: not analysed
HALF_PAGE = (7.0, 4.0)  # inches
SMALLEST = 7.0  # points
HINTED = 1.03  # letters on a grid of pixels may be so much wider than drawn ones
LABELLED_DAYS = 9
DATE_WIDTH = 40.0  # points from date to date, so that "30 Sep" has room
LEAD_DAYS = 7  # shown before anything is to be seen
MISSING = "□"  # for a letter that our font does not have
LEFT_TO_RIGHT = "\u200e"  # a mark that is not seen
UNSEEN = LEFT_TO_RIGHT + "\ufe0e\ufe0f\u200d"  # and those that say how the letter before is to look
DAY = np.timedelta64(1, "D")


@functools.lru_cache(maxsize=1)
def settings() -> Any:
    """The settings of displacement.mplstyle."""
    return dict(mpl.rc_params_from_file(Path(__file__).with_name("displacement.mplstyle"), use_default_template=False))


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """A function that draws in our style and leaves the reader's own settings as they were."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        if "ipykernel" in sys.modules:  # before the context: a notebook decides at this import how figures are shown
            importlib.import_module("matplotlib.pyplot")
        with mpl.rc_context(settings()):
            return draw(*args, **kwargs)

    return drawn


def new_figure(size: tuple[float, float] = HALF_PAGE) -> Figure:
    """A figure that belongs to no window and needs no closing."""
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def axes_or_new(ax: Axes | None, size: tuple[float, float] = HALF_PAGE) -> Axes:
    """The Axes given, or one in a new figure: pyplot's where pyplot or a notebook is in use, so that it is shown."""
    if ax is not None:
        return ax
    if "matplotlib.pyplot" in sys.modules or "ipykernel" in sys.modules:
        from matplotlib import pyplot as plt

        return plt.subplots(figsize=size, layout="constrained")[1]
    return new_figure(size).add_subplot()


def day_of(value: Any) -> dt.date:
    """A date from a date, a text or a numpy or pandas time."""
    return pd.Timestamp(value).date()


def day_words(value: Any) -> str:
    """A date in words.

    >>> day_words("2016-02-03")
    '3 Feb 2016'
    """
    return shown_day(day_of(value))


def span_words(first: Any, last: Any) -> str:
    """Two dates in words with an en dash; what they share is said once.

    >>> span_words("2016-02-03", "2016-02-09"), span_words("2016-01-25", "2016-03-10")
    ('3–9 Feb 2016', '25 Jan – 10 Mar 2016')
    """
    a, b = day_of(first), day_of(last)
    if a == b:
        return shown_day(a)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}–{shown_day(b)}"
    return f"{a.day} {a:%b} – {shown_day(b)}" if a.year == b.year else f"{shown_day(a)} – {shown_day(b)}"


def people_words(value: float) -> str:
    """A count with thousands separators.

    >>> people_words(75_175.0)
    '75,175'
    """
    return "not known" if not np.isfinite(value) else f"{value:,.0f}"


def people_axis(ax: Axes, label: str) -> None:
    """A vertical axis from 0 of whole people, with thousands separators and a unit."""
    ax.set_ylabel(label)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    top = ax.get_ylim()[1]
    ax.set_ylim(0, top if np.isfinite(top) and top > 1.0 else 1.0)


def first_shown(days: Any, seen: Any, reported: pd.DataFrame | None = None) -> Any:
    """The day from which a chart is drawn: a week before anything is to be seen on it, or else the first day.

    seen : (day,) is anybody counted?

    >>> days = np.datetime64("2016-01-01") + np.arange(30)
    >>> str(first_shown(days, days >= np.datetime64("2016-01-20")))
    '2016-01-13'
    """
    first = days[np.argmax(seen)] if np.any(seen) else days[0]
    if reported is not None and len(reported):
        first = min(first, pd.to_datetime(reported["date"]).min().to_datetime64())
    return max(days[0], first - np.timedelta64(LEAD_DAYS, "D"))


def date_axis(ax: Axes, days: pd.DatetimeIndex, *, room: float = 0.5, most: int = LABELLED_DAYS) -> None:
    """A horizontal axis of days: at most so many labels in words, the year once, half a day of room at both ends."""
    if not len(days):
        return
    step = _step(len(days), most)
    ticks = days[::step]
    if len(ticks) > 1 and len(days) - 1 - (len(ticks) - 1) * step > 0.6 * step:
        ticks = pd.DatetimeIndex([*ticks, days[-1]])
    date_ticks(ax, ticks)
    first, last = day_numbers(days)[[0, -1]]
    ax.set_xlim(first - room, last + room)


def date_ticks(ax: Axes, ticks: pd.DatetimeIndex) -> None:
    """Days in words below a horizontal axis; the year where it is new."""
    labels = [f"{t.day} {t:%b}" + (f"\n{t.year}" if i == 0 or t.year != ticks[i - 1].year else "")
              for i, t in enumerate(ticks)]  # fmt: skip
    ax.xaxis.set_major_locator(FixedLocator([float(x) for x in day_numbers(ticks)]))
    ax.xaxis.set_major_formatter(FixedFormatter(labels))


def panel_width(ax: Axes) -> float:
    """Points for words over one of the panels side by side, less what the vertical axis takes."""
    figure, grid = ax.get_figure(root=True), ax.get_subplotspec()
    assert figure is not None
    columns = grid.get_gridspec().ncols if grid is not None else 1
    return 72.0 * float(figure.get_size_inches()[0]) / columns - 50.0


def labels_in(ax: Axes) -> int:
    """How many dates have room below a panel."""
    return max(min(int(panel_width(ax) // DATE_WIDTH), LABELLED_DAYS), 2)


def day_numbers(days: pd.DatetimeIndex) -> np.ndarray:
    """Days as matplotlib counts them."""
    return np.asarray(np.atleast_1d(date2num(days.to_numpy())) if len(days) else [], float)  # type: ignore[no-untyped-call]


def _step(days: int, most: int) -> int:
    """Days from label to label: whole weeks where they fit."""
    for step in (1, 2, 7, 14, 28):
        if math.ceil(days / step) <= most:
            return step
    return math.ceil(days / most)


@functools.lru_cache(maxsize=4_000)
def known_letter(letter: str) -> str:
    """The letter, or an empty box where our font does not have it: emoji, and scripts of the Far East.

    >>> known_letter("ı"), known_letter("م"), known_letter("🏕")
    ('ı', 'م', '□')
    """
    return letter if _font("normal").get_char_index(ord(letter)) else MISSING


def _font(weight: str) -> Any:
    """The font of all charts."""
    return get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))


@functools.lru_cache(maxsize=4_000)
def _advance(letter: str, weight: str) -> float:
    """Width of a letter, of the size of the font. Measured once: laying out whole texts is slow."""
    font, letter = _font(weight), known_letter(letter)
    font.set_size(100.0, 72.0)
    return float(font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536.0 / 100.0


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a text in points, kerning apart, with what a screen's whole pixels may add."""
    return HINTED * size * sum(_advance(letter, weight) for letter in text)


def wrapped(text: str, width: float, size: float, *, most: int = 0, weight: str = "normal") -> list[str]:
    """A text in lines no wider than `width` points; after `most` lines (0: no limit) it ends in an ellipsis.

    >>> wrapped("one two three", 30.0, 7.0)
    ['one two', 'three']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    if most and len(lines) > most:
        lines = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width, size, weight)]
    return lines


def shortened(text: str, width: float, size: float, weight: str = "normal") -> str:
    """A text that fits in `width` points: what is too long ends in an ellipsis.

    >>> shortened("Muarassat al-Khan", 40.0, 7.0)
    'Muarass…'
    """
    if text_width(text, size, weight) <= width:
        return text
    while text and text_width(f"{text}…", size, weight) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,;-')}…"


def printable(text: str) -> str:
    r"""A text that matplotlib prints as it stands: no mathematics, no line breaks or control characters, known letters.

    >>> printable("$x_1$ 🏕")
    '\\$x_1\\$ □'
    """
    text = "".join(c for c in text if c not in UNSEEN)
    plain = "".join(known_letter(c) if unicodedata.category(c)[0] != "C" else " " for c in text)
    return _in_order(" ".join(plain.split())).replace("$", r"\$")


def _in_order(text: str) -> str:
    """A text whose numbers stay where they are: what is written from right to left does not take them along."""
    right = [unicodedata.bidirectional(c) in ("R", "AL") for c in text]
    if not any(right):
        return text
    ends = [r and not any(right[i + 1 : i + 3]) for i, r in enumerate(right)]
    return LEFT_TO_RIGHT + "".join(c + LEFT_TO_RIGHT * end for c, end in zip(text, ends, strict=True))


def boxes_of(texts: Sequence[Any]) -> list[Any]:
    """Bounding boxes on the page, in pixels, of texts that are visible and say something."""
    return [t.get_window_extent() for t in texts if t.get_visible() and t.get_text().strip()]
