"""The fan: how many people, day by day, with how sure we are, what was reported and what to plan for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from displacement.charts.style import (
    DARK,
    INK,
    LIGHT,
    MID,
    PALE,
    axes_or_new,
    date_axis,
    day_numbers,
    people_axis,
    people_words,
    styled,
)
from displacement.scores import interval_coverage
from displacement.summaries import POINTS, band_table, chance_above, column, drawn_numbers

BANDS = ((25.0, 75.0, MID, "50"), (10.0, 90.0, LIGHT, "80"), (2.5, 97.5, PALE, "95"))


def fan_table(values: xr.DataArray, planning_figure: float | None = None) -> pd.DataFrame:
    """What a fan draws: a row a day, points over members, and the planning figure with the chance that it is exceeded.

    values : (member, time) people
    """
    table = band_table(values)
    if planning_figure is not None and np.isfinite(planning_figure) and planning_figure > 0:
        chance = chance_above(values, planning_figure)
        table = table.assign(planning_figure=planning_figure, chance_exceeded=chance)
    return table


def coverage_words(values: xr.DataArray, observed: pd.DataFrame) -> str:
    """How many of the reported figures lie inside the bands, and how many of the bounds the median keeps.

    values : (member, time) people;  observed : reports of the same people: date, value, low, high
    """
    shown = observed[pd.to_datetime(observed["date"]).isin(pd.DatetimeIndex(values["time"].values))]
    at = values.sel(time=pd.to_datetime(shown["date"]).to_numpy())
    value, low, high = (pd.to_numeric(shown[k], errors="coerce").to_numpy(float) for k in ("value", "low", "high"))
    number = np.isfinite(value)
    said = []
    if number.any():
        inside = interval_coverage(at, at.isel(member=0, drop=True).copy(data=value))
        held = [f"{share * number.sum():.0f}" for share in inside.values]
        said.append(
            f"Reported figures inside the bands of 50, 80 and 95: {held[0]}, {held[1]} and {held[2]} of {number.sum()}."
        )
    if (bare := ~number).any():
        middle = at.median("member").values[bare]
        kept = ~(middle < low[bare]) & ~(middle > high[bare])
        said.append(f"The median keeps {kept.sum()} of {bare.sum()} reported bound{'s' if bare.sum() > 1 else ''}.")
    return " ".join(said)


@styled
def fan(
    values: xr.DataArray | pd.DataFrame,
    observed: pd.DataFrame | None = None,
    planning_figure: float | None = None,
    ax: Axes | None = None,
    *,
    label: str | None = None,
) -> Axes:
    """Draw the median and the bands that hold 50, 80 and 95 of 100 members; return the Axes.

    values : (member, time) people, such as `run["displaced"].sum("place")`, or the table of one (see `fan_table`)
    observed : reports of the same people: date, value, low, high; a lower bound alone is drawn as an upward tick, an
        upper bound alone as a downward one, both as a bar
    planning_figure : drawn as a line, with the chance that it is exceeded on at least one day
    label : what the vertical axis shows; else from the data
    """
    table = values if isinstance(values, pd.DataFrame) else fan_table(values, planning_figure)
    ax = axes_or_new(ax)
    days = pd.DatetimeIndex(table.index)
    at = {column(point): drawn_numbers(table[column(point)]) for point in POINTS}
    x = days.to_numpy()
    ax.plot(x, at["p50"], color=DARK, label="Median", zorder=3, marker="." if len(days) == 1 else "")
    for low, high, colour, share in BANDS:
        upper, lower = at[column(high)], at[column(low)]
        ax.fill_between(x, lower, upper, color=colour, linewidth=0, label=f"{share} of 100 runs", zorder=2 - high / 100)
    if observed is not None and len(observed):
        draw_reported(ax, observed, pd.to_datetime(observed["date"]).to_numpy())
    if "planning_figure" in table and len(table):
        _planning(ax, float(table["planning_figure"].iloc[0]), float(table["chance_exceeded"].iloc[0]))
    ax.set_ylim(bottom=0)
    ax.margins(y=0.08)
    ax.autoscale(axis="y")
    date_axis(ax, days)
    people_axis(ax, label or _label_of(values))
    _legend(ax)
    return ax


def _label_of(values: Any) -> str:
    attrs = getattr(values, "attrs", {})
    name = str(attrs.get("long_name") or getattr(values, "name", "") or "people").replace("_", " ")
    unit = str(attrs.get("units", "people"))
    return f"{name[:1].upper()}{name[1:]} ({unit})" if unit != name else unit.capitalize()


def _planning(ax: Axes, figure: float, chance: float) -> None:
    said = f"Planning figure {people_words(figure)}: exceeded in {100 * chance:.0f} of 100"
    ax.axhline(figure, color=INK, linestyle=(0, (5, 2)), linewidth=1.0, label=said, zorder=4)


def reported_at(observed: pd.DataFrame) -> np.ndarray:
    """(report,) days as matplotlib counts them."""
    return day_numbers(pd.DatetimeIndex(pd.to_datetime(observed["date"])))


def draw_reported(ax: Axes, observed: pd.DataFrame, x: np.ndarray) -> None:
    """Points for values; bars for ranges; ticks away from a bound that stands alone.

    observed : date, value, low, high;  x : (report,) where they stand: days, or numbers as `reported_at`
    """
    value, low, high = (pd.to_numeric(observed[k], errors="coerce").to_numpy(float) for k in ("value", "low", "high"))
    look: dict[str, Any] = {"color": INK, "zorder": 6, "linestyle": "none"}
    both = np.isfinite(low) & np.isfinite(high)
    if both.any():
        middle, half = (low + high)[both] / 2, (high - low)[both] / 2
        ax.errorbar(x[both], middle, half, fmt="none", ecolor=INK, elinewidth=1.2, capsize=2.5, zorder=6,
                    label="Reported range")  # fmt: skip
    for known, marker, said in (
        (np.isfinite(value), "o", "Reported"),
        (np.isfinite(low) & np.isnan(high) & np.isnan(value), "^", "Reported: at least"),
        (np.isfinite(high) & np.isnan(low) & np.isnan(value), "v", "Reported: up to"),
    ):
        if known.any():
            y = np.where(np.isfinite(value), value, np.where(np.isfinite(low), low, high))
            ax.plot(x[known], y[known], marker=marker, markersize=4.5, markeredgecolor="white", markeredgewidth=0.5,
                    label=said, **look)  # fmt: skip


def _legend(ax: Axes) -> None:
    """Above the axes, in two rows, so that it covers no data."""
    handles, labels = ax.get_legend_handles_labels()
    columns = max(-(-len(labels) // 2), 1)
    ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, alignment="left")
