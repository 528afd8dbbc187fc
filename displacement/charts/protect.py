"""Routes to protect as bars: people who lose every way in if a road is lost, or two; tonnes a day, and the way round.

INTERNAL, like the list behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from displacement.access import Cut, told_apart
from displacement.access.detours import longer_said
from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    SMALLEST,
    axes_or_new,
    people_words,
    printable,
    shortened,
    styled,
    text_width,
    wrapped,
)

MOST = 6  # bars of single roads, and of pairs
LEFT, RIGHT = 150.0, 154.0  # points for names, and for the way round
FULL = 1.75  # length of the axis, of the longest bar: room for its figures
GAP = 0.6  # of a bar, between single roads and pairs
LOOKS: dict[int, dict[str, Any]] = {
    1: {"facecolor": DARK, "edgecolor": DARK, "label": "One road"},
    2: {
        "facecolor": LIGHT,
        "edgecolor": INK,
        "hatch": "////",
        "label": "Two roads at once: beyond what each does alone",
    },
}


def cut_table(cuts: Sequence[Cut]) -> pd.DataFrame:
    """A row a cut, all of them: what is lost, to whom, and the way round (see `Cut.row`)."""
    return pd.DataFrame([cut.row() for cut in cuts])


@styled
def cut_bars(cuts: Sequence[Cut], ax: Axes | None = None) -> Axes:
    """Draw a bar for each cut worth a line of its own, single roads above pairs, the largest first. INTERNAL."""
    ax = axes_or_new(ax, (7.0, 5.6))
    at, names = 0.0, {}
    for count in (1, 2):
        for cut, others in told_apart([c for c in cuts if len(c.links) == count])[:MOST]:
            _bar(ax, at, cut)
            names[at] = _name(cut, len(others))
            at += 1.0
        at += GAP if names and count == 1 else 0.0
    ax.set_yticks(list(names), list(names.values()), fontsize=SMALLEST, linespacing=1.05)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(at, 3.0) - 0.4, -0.6)
    ax.set_xlim(0, max([FULL * c.people_beyond for c in cuts] + [1.0]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=3, integer=True, steps=[1, 2, 2.5, 5, 10]))
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("People who lose every way in for aid", color=GREY)
    if not cuts:
        ax.text(0.5, 0.5, "No road, and no two, cost anything.", ha="center", va="center", transform=ax.transAxes)
    return ax


def _bar(ax: Axes, at: float, cut: Cut) -> None:
    """The bar of a cut with its figures, and the way round at the side."""
    look = {k: v for k, v in LOOKS[len(cut.links)].items() if k != "label"}
    ax.barh(at, cut.people_beyond, height=0.62, linewidth=0.5, zorder=2, **look)
    figures = f"{people_words(cut.people_beyond)}; {cut.tonnes_beyond:,.0f} t/day"
    around: dict[str, Any] = {"va": "center", "textcoords": "offset points", "fontsize": SMALLEST, "linespacing": 1.05}
    ax.annotate(figures, (cut.people_beyond, at), xytext=(4, 0), **around)
    ax.annotate("\n".join(_way_round(cut)), (1, at), xycoords=("axes fraction", "data"), xytext=(6, 0),
                annotation_clip=False, **around)  # fmt: skip


def _way_round(cut: Cut) -> list[str]:
    """Who needs a longer way, how much longer, and by which places, in two lines."""
    if not cut.longer.people:
        return ["No others need a longer way."]
    said = f"{people_words(cut.longer.people)} others: {longer_said(cut.longer.hours, cut.longer.km)}, by {cut.via}"
    return [printable(line) for line in wrapped(said, RIGHT, SMALLEST, most=2)]


def _name(cut: Cut, others: int) -> str:
    """The roads of a cut in at most two lines, and how many cuts do nearly the same."""
    more = f" (+{others} alike)" if others else ""
    if len(cut.roads) == 1:
        return "\n".join(map(printable, wrapped(f"{cut.roads[0]}{more}", LEFT, SMALLEST, most=2)))
    first, second = cut.roads
    room = LEFT - text_width(more, SMALLEST)
    return "\n".join(
        [printable(shortened(first, LEFT, SMALLEST)), printable(shortened(f"+ {second}", room, SMALLEST)) + more]
    )


def cut_legend(cuts: Sequence[Cut]) -> list[Patch]:
    """What the bars mean: handles for a key, of the kinds that there are."""
    here = np.unique([len(c.links) for c in cuts]).tolist()
    return [Patch(linewidth=0.5, **look) for count, look in LOOKS.items() if count in here]
