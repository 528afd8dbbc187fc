"""People who cannot be reached, day by day, by class of access; with what the words mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from displacement.charts.style import (
    DARK,
    LIGHT,
    NO_DATA,
    PALE,
    axes_or_new,
    date_axis,
    day_numbers,
    people_axis,
    people_words,
    printable,
    shortened,
    styled,
    wrapped,
)
from displacement.summaries import CLASSES, numbers_of

NAMES = {
    "besieged": "Besieged",
    "hard_to_reach": "Hard to reach",
    "unknown": "Unknown",
    "accessible": "Accessible",
}
DEFINITIONS = {
    "besieged": "surrounded; over 30 days aid cannot regularly enter, nor people regularly leave",
    "hard_to_reach": "not besieged, but over 30 days aid cannot regularly enter",
    "unknown": "what is not known decides the class",
    "accessible": "over 30 days aid can regularly enter by land",
}
LOOKS: dict[str, dict[str, str]] = {
    "besieged": {"facecolor": DARK},
    "hard_to_reach": {"facecolor": LIGHT},
    "unknown": {"facecolor": NO_DATA, "hatch": "////", "edgecolor": "white"},
    "accessible": {"facecolor": PALE},
}
NAME = 90.0  # points for a name among others
COLUMN = 155.0  # points for the words at the side


@styled
def access_population(
    people: pd.DataFrame, ax: Axes | None = None, *, accessible: bool = False, last_convoy: str = ""
) -> Axes:
    """Draw people by class of access, stacked, a step a day; the definitions stand beside the axes.

    people : a row a day, a column a class (see `summaries.people_by_class`), people at the opening of the scenario
    accessible : draw the accessible too; unless so, they are only counted in words, because they dwarf the rest
    last_convoy : when aid last came by land, in words (see `last_convoy_words`); without it nothing is said of that
    """
    ax = axes_or_new(ax)
    days = pd.DatetimeIndex(people.index)
    shown = [name for name in CLASSES if name in people and (accessible or name != "accessible")]
    x = day_numbers(days)
    edges = np.concatenate([x - 0.5, x[-1:] + 0.5])
    base = np.zeros(len(x))
    for name in shown if len(x) else ():
        top = base + np.nan_to_num(numbers_of(people[name]))
        ax.stairs(top, edges, baseline=base, fill=True, linewidth=0, gid=name, **LOOKS[name])  # type: ignore[arg-type]
        base = top
    ax.set_ylim(0, max(float(base.max(initial=0.0)) * 1.08, 1.0))
    date_axis(ax, days, most=7)
    people_axis(ax, "People (opening population)")
    _words(ax, people, shown, last_convoy)
    return ax


def _short(day: pd.Timestamp) -> str:
    return "none in the period" if pd.isna(day) else f"{day.day} {day:%b}"


def last_convoy_words(table: pd.DataFrame | None, most: int = 4) -> str:
    """When aid last came by land to the places that it cannot regularly reach, the largest first, in words.

    table : from `summaries.last_land_aid`; None where a run has no aid

    >>> table = pd.DataFrame({"name": ["Foah", "Manbij"], "last_50": [pd.Timestamp("2016-02-07"), pd.NaT]})
    >>> last_convoy_words(table)
    'Foah 7 Feb; Manbij none in the period'
    """
    if table is None:
        return "not known, because the scenario says nothing of aid"
    said = [
        f"{shortened(str(row['name']), NAME, 7.0)} "
        + ("none in the period" if pd.isna(row["last_50"]) else _short(row["last_50"]))
        for _, row in table.head(most).iterrows()
    ]
    more = [f"{len(table) - most} more in the table"] if len(table) > most else []
    return "; ".join([*said, *more]) or "every place can be reached"


def _words(ax: Axes, people: pd.DataFrame, shown: list[str], last_convoy: str) -> None:
    """Class, people on the last day and definition, beside the axes in the order of the stack."""
    handles, labels = [], []
    for name in reversed(shown):
        lines = wrapped(f"{NAMES[name]}: {DEFINITIONS[name]}.", COLUMN, 7.0)
        on_last = f"Last day: {_last(people, name)}."
        labels.append("\n".join([*lines, on_last]))
        handles.append(Patch(linewidth=0.4, **LOOKS[name]))  # type: ignore[arg-type]
    rest = [] if "accessible" in shown or "accessible" not in people else [
        f"Not drawn: accessible, {DEFINITIONS['accessible']}. Last day: {_last(people, 'accessible')}."
    ]  # fmt: skip
    for text in [*rest, *([f"Last aid by land: {last_convoy}."] if last_convoy else [])]:
        labels.append("\n".join(map(printable, wrapped(text, COLUMN, 7.0))))
        handles.append(Patch(alpha=0.0))
    ax.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), labelspacing=1.0, handlelength=1.2)


def _last(people: pd.DataFrame, name: str) -> str:
    if not len(people):
        return "not known"
    value = people[name].iloc[-1]
    return str(value) if isinstance(value, str) else people_words(float(value))
