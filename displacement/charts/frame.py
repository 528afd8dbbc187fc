"""What stands around every chart that leaves the house: title, what is shown, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts.files import write_png, write_svg
from displacement.charts.style import (
    GREY,
    HALF_PAGE,
    INK,
    SMALLEST,
    day_words,
    new_figure,
    printable,
    settings,
    span_words,
    styled,
    text_width,
    wrapped,
)
from displacement.scenario import Scenario
from displacement.summaries import ROUNDING

DISCLAIMER = "Boundaries and names shown imply no endorsement."
NOT_A_REPORT = "Projection, not a report."
INTERNAL = "INTERNAL – not for sharing"
EXACT = "Not rounded, and no count is left out."
EDGE = 0.1  # inches at the sides
LINE = 1.32  # of the letter size
TITLE, SUBTITLE = 10.0, 7.5


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What a run must say of itself on every chart: scenario, assumption, sources and their dates, run and version."""

    scenario: str
    assumption: str
    sources: str
    run_id: str
    version: str
    members: int
    span: str

    @classmethod
    def of(cls, run: xr.Dataset, scenario: Scenario | None = None, observed: pd.DataFrame | None = None) -> Imprint:
        """The imprint of a run; with the scenario, the dates of its events; with observations, who made them."""
        about = run.attrs
        days = pd.DatetimeIndex(run["time"].values)
        return cls(
            scenario=str(about.get("title", "")),
            assumption=str(about.get("summary", "")) or "none stated",
            sources=sources_said(scenario, observed),
            run_id=str(about.get("digest", ""))[:8] or "none",
            version=str(about.get("displacement_version", "")),
            members=int(run.sizes.get("member", 1)),
            span=span_words(days[0], days[-1]),
        )

    def lines(self, as_of: Any, *, internal: bool = False) -> list[str]:
        """The footer, a sentence or two a line. Internal counts are neither rounded nor left out."""
        runs = f"{self.members} equally likely runs" if self.members > 1 else "one run"
        return [
            f"As of {day_words(as_of)}. {NOT_A_REPORT} Scenario: {self.scenario}. {ended(self.assumption)}",
            f"Sources: {self.sources}",
            f"{EXACT if internal else ROUNDING} {DISCLAIMER} Run {self.run_id}, {runs}; displacement {self.version}.",
        ]


def ended(text: str) -> str:
    """A text with a full stop.

    >>> ended("as it was"), ended("As it was.")
    ('as it was.', 'As it was.')
    """
    return text if text.endswith((".", "!", "?")) else f"{text}."


def sources_said(scenario: Scenario | None, observed: pd.DataFrame | None) -> str:
    """Data sources and their dates, in a sentence."""
    said = []
    if scenario is not None:
        dates = [e.start for e in scenario.events]
        latest = f", the latest of {day_words(max(dates))}" if dates else ""
        said.append(
            f"places, roads and {len(dates)} dated events of the scenario folder (people as of"
            f" {day_words(scenario.start)}{latest})"
        )
    if observed is not None and len(observed) and "source" in observed:
        names = [s for s in dict.fromkeys(observed["source"].astype("string").fillna("")) if s]
        if names:
            said.append(f"reported figures: {'; '.join(names)}")
    return ended("; ".join(said) or "see the scenario folder")


@styled
def product(
    imprint: Imprint,
    *,
    title: str,
    subtitle: str,
    as_of: Any,
    size: tuple[float, float] = HALF_PAGE,
    internal: bool = False,
) -> Figure:
    """A figure with title, subtitle and footer, and room between them for axes: add them with `add_subplot`.

    subtitle : what is shown, whether stock or flow, and of whom;  as_of : the date that the chart speaks for
    """
    figure = new_figure(size)
    width, height = size
    room = 72.0 * (width - 2 * EDGE)
    headline = f"{INTERNAL}: {title}" if internal else title
    above = [(line, TITLE, "bold", INK) for line in wrapped(headline, room, TITLE, most=2, weight="bold")]
    above += [(line, SUBTITLE, "normal", INK) for line in wrapped(subtitle, room, SUBTITLE, most=3)]
    below = [line for text in imprint.lines(as_of, internal=internal) for line in wrapped(text, room, SMALLEST, most=3)]
    if internal:
        below.insert(0, f"{INTERNAL}. Counts by road and of trapped people can put people at risk.")
    y = height - EDGE
    for text, letter, weight, colour in above:
        _write(figure, text, y, letter, weight, colour)
        y -= letter * LINE / 72.0
    top, y = y - 0.04, EDGE + len(below) * SMALLEST * LINE / 72.0
    bottom = y + 0.05
    for text in below:
        _write(figure, text, y, SMALLEST, "normal", GREY)
        y -= SMALLEST * LINE / 72.0
    engine = figure.get_layout_engine()
    assert engine is not None
    side = EDGE / width
    engine.set(rect=(side / 2, bottom / height, 1 - side, (top - bottom) / height), w_pad=0.04, h_pad=0.03)  # type: ignore[call-arg]
    return figure


def _write(figure: Figure, text: str, y: float, letter: float, weight: str, colour: str) -> None:
    """A line of text at a height in inches, from the left edge."""
    width, height = figure.get_size_inches()
    figure.text(
        EDGE / width, y / height, printable(text), fontsize=letter, fontweight=weight, color=colour, va="top", ha="left"
    )


def key_above(figure: Figure, handles: Sequence[Any]) -> None:
    """A key between the subtitle and the axes, in as few rows as fit; the room for the axes shrinks by as much."""
    engine = figure.get_layout_engine()
    assert engine is not None
    left, bottom, width, height = engine.get()["rect"]
    inches = figure.get_size_inches()
    wide = [text_width(str(h.get_label()), SMALLEST) + 28 for h in handles]
    room = 72 * width * inches[0]
    columns = len(handles) if sum(wide) <= room else max(int(room // max(wide)), 1)
    rows = -(-len(handles) // columns)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(EDGE / inches[0], bottom + height), ncols=columns,
                  borderaxespad=0, borderpad=0)  # fmt: skip
    taken = (rows * 1.5 * SMALLEST + 4) / 72 / inches[1]
    engine.set(rect=(left, bottom, width, height - taken))  # type: ignore[call-arg]


def freeze(figure: Figure) -> None:
    """Keep several axes where the layout has put them, to a ten-thousandth: its solver differs in the last digits."""
    figure.set_layout_engine("none")
    for ax in figure.axes:
        ax.set_position(tuple(float(x) for x in np.round(ax.get_position().bounds, 4)))  # type: ignore[arg-type]


@contextmanager
def drawn(imprint: Imprint, **kwargs: Any) -> Iterator[Figure]:
    """A product to draw in, in our style; what it holds is let go at the end."""
    figure = product(imprint, **kwargs)
    with mpl.rc_context(settings()):
        yield figure
    figure.clear()


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """PNG (200 dots an inch) and SVG; the same figure gives the same bytes. The layout is settled once for both."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [folder / f"{name}.png", folder / f"{name}.svg"]
    with mpl.rc_context(settings()):
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()
            freeze(figure)
        write_png(figure, found[0])
        write_svg(figure, found[1])
    return found
