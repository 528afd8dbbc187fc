"""People who reach and pass a crossing, day by day; when it is shut to them; the most that it admits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from displacement.charts.style import (
    DARK,
    FAINT,
    INK,
    LIGHT,
    SOFT,
    axes_or_new,
    date_axis,
    day_numbers,
    people_axis,
    people_words,
    printable,
    styled,
)
from displacement.summaries import arrivals_by_crossing, numbers_of

CLOSED_UP_TO, OPEN_FROM = 0.02, 0.99  # chance that an attempt passes: closed, and simply open
WEEK = 7  # days
STATES = ("open", "restricted", "closed", "unknown")


def state_of(permission: np.ndarray) -> np.ndarray:
    """Open, restricted, closed or unknown, of the chance that an attempt passes.

    >>> state_of(np.array([1.0, 0.3, 0.0, np.nan])).tolist()
    ['open', 'restricted', 'closed', 'unknown']
    """
    chance = np.asarray(permission, float)
    choices = [np.isnan(chance), chance <= CLOSED_UP_TO, chance >= OPEN_FROM]
    return np.select(choices, ["unknown", "closed", "open"], "restricted")


def crossing_table(run: xr.Dataset, conditions: xr.Dataset | None = None) -> pd.DataFrame:
    """A row a day, crossing and direction: people who reached, passed and wait; open to people or not; ceiling a day.

    conditions : those of the scenario; without them nothing is said of closure and ceiling
    """
    table = arrivals_by_crossing(run)
    if conditions is None or not len(table):
        return table.assign(to_people="not given", ceiling=np.nan)
    said, most = [], []
    for (crossing, way), part in table.groupby(["crossing", "direction"], sort=False):
        cell = {"link": crossing, "direction": way, "traffic": "civilians", "time": part["time"].to_numpy()}
        chance, quota = (conditions[name].sel(cell).values for name in ("permission", "quota"))
        said.append(pd.Series(state_of(chance), index=part.index))
        most.append(pd.Series(np.where(np.isfinite(quota), quota, np.nan), index=part.index))
    return table.assign(to_people=pd.concat(said), ceiling=pd.concat(most))


def by_week(run: xr.Dataset) -> xr.Dataset:
    """A run whose people who reach and pass crossings are sums over whole weeks from its first day on, dated by it."""
    flows = run[["joined", "crossed", "waiting"]].coarsen(time=WEEK, boundary="trim")
    weeks = flows.sum()
    return (
        run.drop_dims("time").assign(weeks).assign_coords(time=run["time"].values[: len(weeks["time"]) * WEEK : WEEK])
    )


@styled
def crossing_arrivals(
    table: pd.DataFrame, ax: Axes | None = None, *, legend: bool = True, weeks: pd.DataFrame | None = None
) -> Axes:
    """Draw one crossing and direction: bars of people who reach and pass it a day (medians, with the 10 to 90 % range).

    table : rows of `crossing_table` for one crossing and direction. Days on which it is shut to people are shaded;
    days on which that is not known are hatched. The most that it admits a day is a line, on days on which it is open.
    weeks : the same of `by_week`; bars are then people a week, and the line is seven times the most of a day
    """
    ax = axes_or_new(ax)
    days, step = pd.DatetimeIndex(table["time"]), 1 if weeks is None else WEEK
    x = day_numbers(days)
    _bars(ax, table if weeks is None else weeks, step)
    most = step * numbers_of(table["ceiling"])
    _closures(ax, x, table["to_people"].to_numpy(str))
    _ceiling(ax, x, most, table["to_people"].to_numpy(str), step)
    ax.set_ylim(0, max(ax.get_ylim()[1], 1.25 * float(np.nanmax(most, initial=0.0))))
    date_axis(ax, days)
    people_axis(ax, "People a day" if step == 1 else "People a week")
    if len(table):
        ax.set_title(printable(f"{table['near'].iloc[0]} to {table['far'].iloc[0]}{_few(table)}"))
    if legend:
        crossing_legend(ax)
    return ax


def _bars(ax: Axes, table: pd.DataFrame, step: int) -> None:
    """Two bars for each day or week, a median with the line that holds 80 of 100 runs."""
    x = day_numbers(pd.DatetimeIndex(table["time"])) + (step - 1) / 2
    for name, colour, off, said in (("joined", LIGHT, -0.2, "Reach it"), ("crossed", DARK, 0.2, "Pass it")):
        low, middle, high = (numbers_of(table[f"{name}_{p}"]) for p in ("p10", "p50", "p90"))
        ax.bar(x + off * step, middle, width=0.4 * step, color=colour, label=said, zorder=3)
        spread = np.nan_to_num(np.maximum([middle - np.nan_to_num(low), high - middle], 0.0))
        seen = np.isfinite(middle) & (middle > 0)
        if seen.any():
            at = (x + off * step)[seen]
            ax.errorbar(at, middle[seen], spread[:, seen], fmt="none", ecolor=INK, elinewidth=0.6, zorder=4)


def _few(table: pd.DataFrame) -> str:
    """What to say where nobody, or too few to be shown, pass on any day."""
    passed = table["crossed_p50"]
    if (numbers_of(passed) > 0).any():
        return ""
    hidden = [v for v in passed if isinstance(v, str)]
    return f" (fewer than {hidden[0].lstrip('<')} a day pass)" if hidden else " (nobody passes)"


def _closures(ax: Axes, x: np.ndarray, states: np.ndarray) -> None:
    """Shade the days on which people may not pass, hatch those on which it is unknown."""
    looks: dict[str, dict[str, Any]] = {
        "closed": {"facecolor": FAINT, "edgecolor": "none"},
        "unknown": {"facecolor": "white", "edgecolor": SOFT, "hatch": "////"},
    }
    for state, look in looks.items():
        for first, last in _stretches(states == state):
            ax.axvspan(x[first] - 0.5, x[last] + 0.5, linewidth=0, zorder=0.5, gid=state, **look)


def _ceiling(ax: Axes, x: np.ndarray, most: np.ndarray, states: np.ndarray, step: int) -> None:
    for first, last in _stretches(np.isfinite(most) & (states != "closed")):
        y = most[first : last + 1]
        ax.plot(x[first : last + 1], y, color=INK, linestyle=(0, (5, 2)), linewidth=1.0, drawstyle="steps-mid",
                zorder=5, gid="ceiling")  # fmt: skip
        late = first > 0.6 * len(x)
        said = f"at most {people_words(float(y.min()) / step)} a day"
        ax.annotate(said, (x[last if late else first], y[0]), fontsize=7,
                    xytext=(0, 2.5), textcoords="offset points", ha="right" if late else "left")  # fmt: skip


def _stretches(held: np.ndarray) -> list[tuple[int, int]]:
    """First and last position of each unbroken run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], held.astype(int), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def crossing_legend(ax: Axes) -> None:
    """What bars and shades mean, a line above the title of the axes."""
    handles = [
        Patch(color=LIGHT, label="Reach it"),
        Patch(color=DARK, label="Pass it"),
        Patch(facecolor=FAINT, edgecolor=SOFT, linewidth=0.5, label="Shut to people"),
        Patch(facecolor="white", edgecolor=SOFT, hatch="////", linewidth=0.5, label="Not known whether shut"),
        Line2D([], [], color=INK, linestyle=(0, (5, 2)), linewidth=1.0, label="Most that it admits"),
    ]
    figure = ax.get_figure(root=True)
    assert figure is not None
    above = ax.transAxes + ScaledTranslation(0, 13 / 72, figure.dpi_scale_trans)
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), bbox_transform=above, ncols=5)
