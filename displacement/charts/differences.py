"""The fan of a difference: how many people more or fewer than in the baseline, day by day, with how sure we are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import ScaledTranslation

from displacement.charts.fans import BANDS
from displacement.charts.style import DARK, GREY, axes_or_new, date_axis, printable, styled
from displacement.summaries import column, numbers_of


@styled
def difference_fan(
    table: pd.DataFrame, ax: Axes | None = None, *, title: str = "", label: str = "People", legend: bool = True
) -> Axes:
    """Draw the median difference and the bands that hold 50, 80 and 95 of 100 runs, around a line at 0.

    table : a row a day (index), points over members of a difference, such as one variable of
        `comparison.tables.difference_by_day`. What a shared table hides (fewer than 50 either way) is drawn at 0.
    """
    ax = axes_or_new(ax)
    days = pd.DatetimeIndex(table.index)
    points = {50.0, *(p for low, high, *_ in BANDS for p in (low, high))}
    at = {p: np.nan_to_num(numbers_of(table[column(p)])) for p in points}
    x = days.to_numpy()
    ax.axhline(0.0, color=GREY, linewidth=0.8, zorder=2.5, gid="no difference")
    ax.plot(x, at[50.0], color=DARK, label="Median difference", zorder=3, marker="." if len(days) == 1 else "")
    for low, high, colour, share in BANDS:
        ax.fill_between(x, at[low], at[high], color=colour, linewidth=0, label=f"{share} of 100 runs",
                        zorder=2 - high / 100)  # fmt: skip
    ax.margins(y=0.08)
    date_axis(ax, days)
    signed_axis(ax, label)
    ax.set_title(printable(title))
    if legend:
        _legend(ax, raised=bool(title))
    return ax


def _legend(ax: Axes, *, raised: bool) -> None:
    """What lines and bands mean, above the axes; raised by a line where they have a title."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    above = ax.transAxes + ScaledTranslation(0, 13 / 72 if raised else 0.0, figure.dpi_scale_trans)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0), bbox_transform=above, ncols=len(labels))


def signed_axis(ax: Axes, label: str) -> None:
    """A vertical axis of whole people more or fewer, with signs and thousands separators."""
    ax.set_ylabel(label)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value)))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    low, high = ax.get_ylim()
    if high - low < 1.0:
        ax.set_ylim(-1.0, 1.0)


def signed(value: float) -> str:
    """A difference with its sign and thousands separators.

    >>> signed(12_500.0), signed(-300.0), signed(0.0)
    ('+12,500', '−300', '0')
    """
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):,.0f}"
