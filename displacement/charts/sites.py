"""People at each site beside what is planned for, day by day: when it overflows, and where others are instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from displacement.charts.fans import draw_reported, reported_at
from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    SMALLEST,
    axes_or_new,
    date_axis,
    day_numbers,
    day_of,
    labels_in,
    panel_width,
    people_axis,
    people_words,
    printable,
    shortened,
    styled,
    text_width,
)
from displacement.summaries import numbers_of

LISTED = 6  # places named as those where others are instead
MARK = 4.0  # points, of the first day over
ROW = 10.0  # points from line to line of a list
HIGH = 0.95  # of the height of the axes, where it stands
DASHES = {"capacity": (0, (6, 2)), "arrived": (0, (1.2, 1.2))}


def overflow_words(row: pd.Series) -> str:
    """When a site holds more than is planned, with the range of days and the share of runs, from a row of `overflow`.

    >>> days = {f"first_day_{p}": pd.Timestamp(f"2016-02-{d:02}") for p, d in ((10, 3), (50, 5), (90, 9))}
    >>> overflow_words(pd.Series({"share": 0.94, "share_at_start": 0.0, **days}))
    'Over from 5 Feb (3 Feb – 9 Feb) in 94 of 100 runs'
    """
    share, before, day, late = row["share"], row["share_at_start"], row["first_day_50"], row["first_day_90"]
    if not share:
        return "Over what is planned in no run"
    if before >= 0.5:
        later = f", later in {_runs(share - before)}" if share > before else ""
        return f"Over from the start in {_runs(before)} of 100 runs{later}"
    if pd.isna(day):
        return f"Over in {_runs(share)} of 100 runs"
    range_said = f"{_short(row['first_day_10'])} {'or later' if pd.isna(late) else f'– {_short(late)}'}"
    return f"Over from {_short(day)} ({range_said}) in {_runs(share)} of 100 runs"


def _runs(share: float) -> str:
    """A share as runs of 100: at least 1, and all only if it is all."""
    return f"{100 if share == 1.0 else min(max(100 * share, 1.0), 99.0):.0f}"


def _short(value: Any) -> str:
    return f"{day_of(value).day} {day_of(value):%b}"


def crowding_words(row: pd.Series) -> str:
    """How many more are at a place because sites fill (fewer: a minus), from a row of `diverted` that may be shared.

    >>> crowding_words(pd.Series({"p10": -12_000, "p50": -4_600, "p90": "<50"}))
    '−4,600 (−12,000 to <50)'
    """
    low, middle, high = (_signed(row[p]) for p in ("p10", "p50", "p90"))
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def _signed(value: object) -> str:
    """A difference with its sign; a text stays."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    sign = "−" if number < 0 else "+" if number > 0 else ""
    return f"{sign}{people_words(abs(number))}"


@styled
def instead_list(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Write where most people are whom full sites draw less: the upper rows of `diverted`, as they may be shared."""
    ax = axes_or_new(ax)
    ax.set_axis_off()
    more = table[np.nan_to_num(numbers_of(table["p50"])) > 0][:LISTED]
    room = panel_width(ax)
    rows = [(str(row["name"]), crowding_words(row)) for _, row in more.iterrows()]
    said = "More people than if no site filled:" if rows else "Nowhere do 50 more stay than if no site filled."
    _write_heading(ax, "Where others are instead", [said, " "])
    look: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "fontsize": SMALLEST,
        "va": "top",
    }
    for i, (name, count) in enumerate(rows):
        short = shortened(printable(name), room - text_width(count, SMALLEST) - 8, SMALLEST)
        ax.annotate(short, (0, 1), xytext=(0, -i * ROW), **look)
        ax.annotate(count, (1, 1), xytext=(0, -i * ROW), ha="right", **look)
    return ax


@styled
def site_arrivals(
    table: pd.DataFrame,
    when: pd.Series,
    ax: Axes | None = None,
    *,
    said: str = "",
    observed: pd.DataFrame | None = None,
) -> Axes:
    """Draw one site: people there (median and the 10 to 90 % range), arrivals so far, and what is planned for.

    table : rows of `site_days` for one site;  when : its row of `sites`, for the days on which it first overflows
    said : more about it, in words;  observed : reports of the people there (see `site_reports`): date, value, low, high
    """
    ax = axes_or_new(ax)
    days = pd.DatetimeIndex(table["time"])
    x = day_numbers(days)
    low, middle, high = (numbers_of(table[f"people_{p}"]) for p in ("p10", "p50", "p90"))
    ax.fill_between(x, low, high, color=LIGHT, linewidth=0, zorder=2)
    ax.plot(x, middle, color=DARK, zorder=4, gid="people", marker="." if len(x) == 1 else "")
    arrived = np.nan_to_num(numbers_of(table["arrived_p50"]))  # under the floor: nothing that could be seen
    ax.plot(x, arrived, color=GREY, linestyle=DASHES["arrived"], zorder=3, gid="arrived")
    planned = table["capacity"].to_numpy(float)
    ax.plot(x, planned, color=INK, linestyle=DASHES["capacity"], linewidth=1.1, drawstyle="steps-mid", zorder=5,
            gid="capacity", marker="_" if len(x) == 1 else "", markersize=20)  # fmt: skip
    reports: list[float] = []
    if observed is not None and len(observed):
        draw_reported(ax, observed, reported_at(observed))
        reports = observed[["value", "low", "high"]].to_numpy(float).ravel().tolist()
    top = np.nanmax([*high, *arrived, *planned, *reports, 1.0])
    ax.set_ylim(0, 1.15 * float(top))
    date_axis(ax, days, most=labels_in(ax))
    _overflow_days(ax, when, days)
    people_axis(ax, "People")
    _heading(ax, table, when, planned, said)
    return ax


def _overflow_days(ax: Axes, when: pd.Series, days: pd.DatetimeIndex) -> None:
    """Above the data: the days in which the site first overflows in 80 of 100 runs, and the middle one.

    An arrow to the end says that the later of these lie beyond the last day, or are never.
    """
    early, day, late = when["first_day_10"], when["first_day_50"], when["first_day_90"]
    if pd.isna(early):
        return
    at = {k: max(int((days <= k).sum()) - 1, 0) for k in (early, day, late) if not pd.isna(k)}
    first, last = at[early], len(days) - 1 if pd.isna(late) else at[late]
    x = day_numbers(days)
    look: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "clip_on": False, "color": INK}
    ax.plot(x[[first, last]], [HIGH, HIGH], linewidth=1.6, solid_capstyle="butt", zorder=6, gid="overflow", **look)
    if pd.isna(late):
        ax.plot(x[last], HIGH, ">", markersize=MARK, zorder=6, **look)
    if not pd.isna(day):
        ax.plot(x[at[day]], HIGH, "o", markerfacecolor="white", markersize=MARK, zorder=7, gid="day", **look)


def _heading(ax: Axes, table: pd.DataFrame, when: pd.Series, planned: np.ndarray, said: str) -> None:
    """Name and capacity in bold, then when it overflows and what else is to be said, as the width allows."""
    known = planned[np.isfinite(planned)]
    span = sorted({float(k) for k in known[[0, -1]]}) if known.size else []
    planned_said = f", planned for {' to '.join(people_words(k) for k in span) or 'nobody'}"
    room = panel_width(ax) - text_width(planned_said, 8.0, "bold")
    name = shortened(f"{table['name'].iloc[0]}", room, 8.0, "bold")
    _write_heading(ax, name + planned_said, [overflow_words(when), said])


def _write_heading(ax: Axes, title: str, lines: list[str]) -> None:
    """A title in bold, and lines below it as the width of the panel allows."""
    room = panel_width(ax)
    ax.set_title(printable(title), fontweight="bold", pad=3 + len(lines) * 1.25 * SMALLEST)
    said = "\n".join(printable(shortened(line, room, SMALLEST)) or " " for line in lines)
    ax.annotate(said, (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", va="bottom",
                fontsize=SMALLEST, linespacing=1.15)  # fmt: skip


def site_legend(observed: pd.DataFrame | None = None) -> list[Any]:
    """What lines and shades mean: handles for a legend that stands apart from the panels.

    observed : reports drawn in any of the panels
    """
    return [
        Line2D([], [], color=DARK, label="People there (stock)"),
        Patch(color=LIGHT, label="80 of 100 runs"),
        Line2D([], [], color=GREY, linestyle=DASHES["arrived"], label="Arrivals so far (flow)"),
        Line2D([], [], color=INK, linestyle=DASHES["capacity"], linewidth=1.1, label="Planned for"),
        Line2D([], [], color=INK, linewidth=1.6, marker="o", markerfacecolor="white", markersize=MARK,
               label="First day over"),
        *_report_legend(observed),
    ]  # fmt: skip


def _report_legend(observed: pd.DataFrame | None) -> list[Any]:
    """Marks of reports that are drawn; a bar between two bounds explains itself by its ends."""
    if observed is None or not len(observed):
        return []
    value, low, high = (observed[k].notna() for k in ("value", "low", "high"))
    marks = (("o", "Reported", value), ("^", "Reported: at least", low & ~high & ~value),
             ("v", "Reported: up to", high & ~low & ~value), ("|", "Reported range", low & high))  # fmt: skip
    return [Line2D([], [], color=INK, linestyle="none", marker=mark, markersize=4.5 if mark != "|" else 9, label=said)
            for mark, said, seen in marks if seen.any()]  # fmt: skip
