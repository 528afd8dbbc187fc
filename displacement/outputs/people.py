"""Charts and tables of how many move: in all, beside what was reported, at the crossings, by place and by country."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts import crossing_arrivals, crossing_table, fan, fan_table
from displacement.charts.crossings import by_week
from displacement.charts.fans import coverage_words
from displacement.charts.style import first_shown
from displacement.outputs.folder import Folder
from displacement.summaries import (
    by_place,
    departures_by_origin,
    numbers_of,
    observed_beside,
    onward_by_place,
    planning_figure,
    refugees_by_country,
    refugees_by_site,
    scope_sum,
    shared,
    shared_stocks,
    stock_totals,
)
from displacement.variables import VARIABLES

FANS = 3  # charts of reported figures, those with most reports first
PANELS = 3  # crossings in a chart, those with most people first
MOST_DAYS = 100  # with a bar each
ABROAD = {"refugees", "registered"}


def write_fans(out: Folder) -> None:
    """People who moved, in all; and for the scopes with most reports, beside what was reported."""
    everywhere = out.run["moved_since"].sum("place")
    _fan(out, "people_who_moved", everywhere, "all places of the scenario", "moved_since", None)
    scopes = (
        out.observed.groupby(["variable", "place_id"], sort=False).size().sort_values(ascending=False, kind="stable")
    )
    for variable, name in list(scopes.index)[:FANS]:
        mine = out.observed[(out.observed["variable"] == variable) & (out.observed["place_id"] == name)]
        values = scope_sum(out.run[variable], out.scenario.network, name)
        _fan(out, f"reported_{variable}_{name}", values, out.scenario.network.called(name), variable, mine)


def _fan(
    out: Folder, name: str, values: xr.DataArray, scope: str, variable: str, observed: pd.DataFrame | None
) -> None:
    table = shared(fan_table(values, planning_figure(values)))
    said = VARIABLES[variable].long_name.replace("the reference date", out.since)
    where = "abroad" if variable in ABROAD else "displaced inside the country"
    drawn_from = first_shown(values["time"].values, (values > 0).any("member").values, observed)
    out.chart(
        name,
        lambda figure: fan(table[table.index >= drawn_from], observed, ax=figure.add_subplot(), label="People"),
        title=f"{said[:1].upper()}{said[1:]}: {scope}",
        subtitle=f"Stock of persons {where}, at the end of each day."
        + (" The planning figure covers 80 of 100 peaks." if "planning_figure" in table else "")
        + ("" if observed is None else f" {coverage_words(values, observed)}"),
        observed=observed,
    )
    out.table(name, table.rename_axis("date"), index=True)
    if observed is not None:
        out.table(f"{name}_observed", observed)


def write_crossings(out: Folder) -> None:
    """Who reaches each crossing and passes it, day by day; drawn where anybody does."""
    table = shared(crossing_table(out.run, out.conditions))
    out.table("crossings", table.rename(columns={"time": "date"}))
    if not len(table):
        return
    days = out.run["time"].values
    drawn_from = first_shown(days, (out.run["joined"] > 0).any(["member", "crossing", "direction"]).values)
    panels = [part for _, part in table[table["time"] >= drawn_from].groupby(["crossing", "direction"], sort=False)]
    panels.sort(key=lambda part: -_people_at(part))
    shown = [part for part in panels if _people_at(part) > 0][:PANELS] or panels[:1]
    rest = len(panels) - len(shown)

    weeks, span = _weeks(out, drawn_from), "day"
    if weeks is not None:
        span = "week"

    def draw(figure: Figure) -> None:
        axes = np.atleast_1d(figure.subplots(len(shown), 1, sharex=True))
        for i, (ax, part) in enumerate(zip(axes, shown, strict=True)):
            mine = None if weeks is None else _alike(weeks, part)
            crossing_arrivals(part, ax, legend=i == 0, weeks=mine)

    out.chart(
        "crossings",
        draw,
        title=f"People who reach and pass the border crossings, a {span}",
        subtitle=f"Flow of persons, summed over each {span}: medians; thin lines hold 80 of 100 runs."
        + (f" In the table only: {rest} with fewer people or none." if rest else ""),
        size=(7.0, 4.0 + 1.2 * max(len(shown) - 2, 0)),
    )


def _weeks(out: Folder, drawn_from: np.datetime64) -> pd.DataFrame | None:
    """The table of crossings by week, where there are too many days for a bar each."""
    if len(out.run["time"].sel(time=slice(drawn_from, None))) <= MOST_DAYS:
        return None
    weeks = shared(crossing_table(by_week(out.run)))
    return weeks[weeks["time"] >= drawn_from]


def _alike(table: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    """Rows of the same crossing and direction."""
    return table[(table["crossing"] == part["crossing"].iloc[0]) & (table["direction"] == part["direction"].iloc[0])]


def _people_at(part: pd.DataFrame) -> float:
    """How much is to be seen of a crossing and direction: the upper points of its days, added up for the order."""
    return float(np.nansum(numbers_of(part["joined_p90"])) + np.nansum(numbers_of(part["crossed_p90"])))


def write_counts(out: Folder) -> None:
    """Tables of people by day, by place, by where they left, abroad, and beside what was reported."""
    run = out.run
    out.table("people_by_day", shared(stock_totals(run)).rename(columns={"time": "date"}))
    stocks = [name for name in shared_stocks(run) if "place" in run[name].dims]
    parts = [by_place(run, name).assign(variable=name, date=pd.Timestamp(out.last)) for name in stocks]
    if parts:
        out.table("people_by_place", shared(pd.concat(parts)), index=True)
    out.table("departures_by_origin", shared(departures_by_origin(run)), index=True)
    out.table("onward_by_place", shared(onward_by_place(run)), index=True)
    abroad = refugees_by_country(run, out.scenario.hosts)
    if len(abroad):
        out.table("refugees_by_country", shared(abroad), index=True)
        out.table("refugees_by_site", shared(refugees_by_site(run)), index=True)
    beside = observed_beside(out.observed, run, out.scenario.network)
    if len(beside):
        out.table("observed_and_projected", shared(beside))
