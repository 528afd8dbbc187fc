"""Chart and tables of sites with a capacity: who is there, when they overflow, who is elsewhere because they fill."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from displacement.charts import site_arrivals
from displacement.charts.frame import key_above
from displacement.charts.sites import crowding_words, instead_list, site_legend
from displacement.charts.style import first_shown
from displacement.outputs.folder import Folder
from displacement.summaries import shared, site_capacity, site_days, site_reports, site_table

PANELS = 6  # sites most overfilled first; with the list of where others are, one fewer


def write_sites(out: Folder, crowding: pd.DataFrame | None) -> None:
    """People and arrivals beside what is planned for; nothing where no site has a capacity.

    crowding : from `diverted`, what it changes that sites fill; without it, nothing is said of that
    """
    if not site_capacity(out.run, out.conditions).sizes["place"]:
        return
    table, days = site_table(out.run, out.conditions), shared(site_days(out.run, out.conditions))
    out.table("site_arrivals", days.rename(columns={"time": "date"}))
    out.table("sites", _tidy(shared(table)), index=True)
    instead = None if crowding is None else shared(crowding, ["mean", "p10", "p50", "p90"])
    if instead is not None:
        out.table("site_crowding", instead, index=True)
    shown = table[: PANELS - (instead is not None)]
    _draw(out, shown, days, instead, rest=len(table) - len(shown))


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Shares to a hundredth, capacities as whole people."""
    return table.assign(capacity=table["capacity"].round().astype("Int64")).round({"share": 2, "share_at_start": 2})


def _draw(out: Folder, shown: pd.DataFrame, days: pd.DataFrame, instead: pd.DataFrame | None, *, rest: int) -> None:
    """A panel a site, and one more for where others are instead."""
    reports = site_reports(out.observed, out.run)
    reports = reports[reports["place_id"].isin(shown.index)]
    seen = (out.run["arrivals"] > 0).any(["member", "place"]).values
    drawn_from = first_shown(out.run["time"].values, seen, reports)
    panels = len(shown) + (instead is not None)
    rows, said = -(-panels // 2), ""
    if instead is not None:
        said = f" Because sites fill: difference on {out.last_said} to runs in which none does."

    def draw(figure: Figure) -> None:
        key_above(figure, site_legend(reports))
        axes = np.atleast_1d(figure.subplots(rows, min(panels, 2))).ravel()
        for ax, (site, when) in zip(axes, shown.iterrows(), strict=False):
            part = days[(days["place"] == site) & (days["time"] >= drawn_from)]
            mine = reports[reports["place_id"] == site]
            site_arrivals(part, when, ax, said=_because(instead, str(site)), observed=mine)
        if instead is not None:
            instead_list(instead, axes[len(shown)])
        for ax in axes[panels:]:
            ax.set_axis_off()

    out.chart(
        "site_arrivals",
        draw,
        title="People at each site beside what it is planned for",
        subtitle="Stock of persons at the end of each day, and arrivals since the first day (flow, summed; who left is"
        f" not taken off): medians. A full site turns nobody away; it draws fewer.{said}"
        + (f" {rest} more in the table." if rest else ""),
        size=(7.0, 2.2 + 1.5 * rows),
        observed=reports,
    )


def _because(instead: pd.DataFrame | None, site: str) -> str:
    """What it changes at a site that sites fill, in words."""
    return "" if instead is None else f"Because sites fill: {crowding_words(instead.loc[[site]].iloc[0])}"
