"""What a run leaves in its folder: charts with the tables behind them, further tables, and a page of words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts import (
    access_population,
    board_table,
    corridor_bars,
    crossing_arrivals,
    crossing_table,
    fan,
    fan_table,
    flow_map,
    map_data,
    sankey,
    sankey_table,
    save,
    site_arrivals,
    status_board,
)
from displacement.charts.corridors import corridor_legend
from displacement.charts.frame import Imprint, drawn, key_above
from displacement.charts.sankeys import sankey_legend, sankey_totals
from displacement.charts.sites import shift_words, site_legend
from displacement.charts.style import day_words
from displacement.charts.words import summary
from displacement.scenario import Scenario
from displacement.summaries import (
    CLASSES,
    RANGE,
    access_changes,
    balance,
    band_table,
    by_place,
    comparable,
    departures_by_origin,
    has_home_areas,
    observed_beside,
    onward_by_place,
    opening_people,
    origin_destination,
    people_by_class,
    place_names,
    planning_figure,
    refugees_by_country,
    refugees_by_site,
    scope_sum,
    shared,
    shared_shifts,
    shared_stocks,
    shifts,
    site_capacity,
    site_days,
    site_table,
    stock_totals,
    without_irregular,
)
from displacement.variables import STOCK, VARIABLES

FANS = 3  # charts of reported figures, those with most reports first
PANELS = 3  # crossings in a chart, those with most people first
SITES = 6  # sites in a chart, those most overfilled first
BALANCED = ["mean", "p10", "p50", "p90", "everyone"]  # counts of a table whose means add up
LEAD_DAYS = 7  # shown before anything is to be seen
ABROAD = {"refugees", "registered"}
STAMP = "INTERNAL"


@dataclass(kw_only=True)
class _Folder:
    """Where the outputs of one run go, and what all of them need."""

    run: xr.Dataset
    scenario: Scenario
    conditions: xr.Dataset
    access: xr.Dataset | None
    observed: pd.DataFrame
    path: Path
    written: list[Path] = field(default_factory=list)

    @property
    def last(self) -> Any:
        return self.run["time"].values[-1]

    @property
    def since(self) -> str:
        return day_words(self.run.attrs["reference_date"])

    def chart(
        self, name: str, draw: Callable[[Figure], Any], *, observed: pd.DataFrame | None = None, **about: Any
    ) -> None:
        imprint = Imprint.of(self.run, self.scenario, observed)
        with drawn(imprint, as_of=self.last, **about) as figure:
            draw(figure)
            self.written += save(figure, self.path / "charts", name)

    def table(self, name: str, table: pd.DataFrame, *, index: bool = False) -> None:
        folder = self.path / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.csv"
        table.to_csv(target, index=index, lineterminator="\n", date_format="%Y-%m-%d")
        self.written.append(target)


def write_outputs(
    run: xr.Dataset,
    scenario: Scenario,
    access: xr.Dataset | None,
    folder: str | Path,
    observed: pd.DataFrame | None = None,
    internal: bool = False,
) -> list[Path]:
    """Write charts (PNG and SVG), tables (CSV) and summary.md of a run to a folder; return the files.

    access : from `access_status`; without it, nothing is said of access
    observed : reports to stand beside the run (see `io.read_observed`); those of other movements are left out
    internal : also write what must stay inside; each such file carries INTERNAL in its name and in its headers
    """
    out = _Folder(
        run=without_irregular(run),
        scenario=scenario,
        conditions=scenario.compile(),
        access=access,
        observed=comparable(observed, run),
        path=Path(folder),
    )
    _write_fans(out)
    _write_crossings(out)
    _write_map(out)
    _write_sites(out)
    _write_origins(out, run)
    _write_board(out)
    _write_access(out)
    _write_tables(out)
    if internal:
        _write_internal(out)
    page = out.path / "summary.md"
    page.write_text(summary(without_irregular(run), scenario, out.conditions, access, observed), encoding="utf-8")
    return [*out.written, page]


def _write_fans(out: _Folder) -> None:
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


def _fan(
    out: _Folder, name: str, values: xr.DataArray, scope: str, variable: str, observed: pd.DataFrame | None
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
        + (" The planning figure covers 80 of 100 peaks." if "planning_figure" in table else ""),
        observed=observed,
    )
    out.table(name, table.rename_axis("date"), index=True)
    if observed is not None:
        out.table(f"{name}_observed", observed)


def _write_crossings(out: _Folder) -> None:
    table = shared(crossing_table(out.run, out.conditions))
    out.table("crossings", table.rename(columns={"time": "date"}))
    if not len(table):
        return
    days = out.run["time"].values
    drawn_from = first_shown(days, (out.run["joined"] > 0).any(["member", "crossing", "direction"]).values)
    panels = [part for _, part in table[table["time"] >= drawn_from].groupby(["crossing", "direction"], sort=False)]
    panels.sort(key=lambda part: -pd.to_numeric(part["joined_p90"], errors="coerce").sum())
    shown = panels[:PANELS]
    rest = len(panels) - len(shown)

    def draw(figure: Figure) -> None:
        axes = np.atleast_1d(figure.subplots(len(shown), 1, sharex=True))
        for i, (ax, part) in enumerate(zip(axes, shown, strict=True)):
            crossing_arrivals(part, ax, legend=i == 0)

    out.chart(
        "crossings",
        draw,
        title="People who reach and pass the border crossings, a day",
        subtitle="Flow of persons, summed over each day: medians; thin lines hold 80 of 100 runs."
        + (f" {rest} more with fewer people are in the table." if rest else ""),
        size=(7.0, 4.0 + 1.2 * max(len(shown) - 2, 0)),
    )


def _write_map(out: _Folder) -> None:
    data = map_data(out.run, out.scenario, out.conditions).for_sharing()
    out.chart("flow_map", lambda figure: flow_map(data, figure.add_subplot()), **_about_map(out))
    out.table("flow_map_places", data.places, index=True)
    out.table("flow_map_roads", data.roads)
    out.table("flow_map_arrows", data.arrows)
    out.table("corridors", data.corridors)
    last, first = day_words(out.last), day_words(out.run["time"].values[0])
    home = (
        f"Stock of persons on {last}: of each home area (P-code), who left home, or were displaced before and moved"
        " on, net by place. Waiting and travelling people are not counted."
    )
    flows = f"Flow of persons from {first} to {last}: set out from area to area (P-codes) by any road, or crossed."

    def draw(figure: Figure) -> None:
        if len(data.corridors):
            key_above(figure, corridor_legend(data.corridors))
        corridor_bars(data.corridors, figure.add_subplot())

    out.chart(
        "corridors",
        draw,
        title=f"The largest corridors: {'home area and where people are' if data.home_areas else 'who went where'}",
        subtitle=f"{home if data.home_areas else flows} Medians; lines hold 80 of 100 runs. At most 20, the largest.",
        size=(7.0, 2.2 + 0.17 * max(len(data.corridors), 3)),
    )


def _write_sites(out: _Folder) -> None:
    """Sites that have a capacity: people and arrivals beside it; nothing where no site has one."""
    if not site_capacity(out.run, out.conditions).sizes["place"]:
        return
    table, days = (make(out.run, out.conditions) for make in (site_table, site_days))
    then = shared_shifts(shifts(out.run, out.conditions))
    days = shared(days)
    out.table("site_arrivals", days.rename(columns={"time": "date"}))
    out.table("sites", shared(table), index=True)
    out.table("site_shifts", then)
    shown = list(table.index[:SITES])
    drawn_from = first_shown(out.run["time"].values, (out.run["arrivals"] > 0).any(["member", "place"]).values)
    rows = -(-len(shown) // 2)

    def draw(figure: Figure) -> None:
        key_above(figure, site_legend())
        axes = np.atleast_1d(figure.subplots(rows, min(len(shown), 2), sharex=True)).ravel()
        for ax, site in zip(axes, shown, strict=False):
            part = days[(days["place"] == site) & (days["time"] >= drawn_from)]
            site_arrivals(part, table.loc[site], ax, then=shift_words(then, site))
        for ax in axes[len(shown) :]:
            ax.set_axis_off()

    rest = len(table) - len(shown)
    out.chart(
        "site_arrivals",
        draw,
        title="People at sites beside what is planned for",
        subtitle="Stock of persons at the end of each day, and arrivals since the first day (flow, summed; who left is"
        " not taken off): medians. A full site turns nobody away. Shifts: points of per cent of all arrivals in the"
        " country, before and after the first day over; no count of people turned away."
        + (f" {rest} more in the table." if rest else ""),
        size=(7.0, 2.2 + 1.4 * rows),
    )


def _write_origins(out: _Folder, run: xr.Dataset) -> None:
    """Who came from where, by home area; nothing where that is not kept."""
    if not has_home_areas(run):
        return
    table = origin_destination(run)
    out.table("origin_destination", shared(table, BALANCED))
    wide = balance(table)
    out.table("origin_destination_balance", shared(wide, wide.columns), index=True)
    flows = sankey_table(run, out.scenario.hosts)
    _sankey(out, "sankey", flows)


def _sankey(out: _Folder, name: str, flows: pd.DataFrame, **about: Any) -> None:
    inside = bool(about.get("internal"))
    for told, table in ((name, flows), (f"{name}_totals", sankey_totals(flows))):
        if inside:
            _internal_table(out, told.removeprefix(f"{STAMP}_"), table)
        else:
            out.table(told, shared(table, ["mean"]))

    def draw(figure: Figure) -> None:
        if len(flows):
            key_above(figure, sankey_legend(flows))
        sankey(flows, figure.add_subplot(), rounded=not inside)

    first = day_words(out.run["time"].values[0])
    out.chart(
        name,
        draw,
        title=f"From home area, by which way, to where people are on {day_words(out.last)}",
        subtitle=f"Persons who left home since {first}, and persons displaced before who moved on (net by place; where"
        " their home was is not known). Means of the runs: medians would not add up.",
        size=(7.0, 4.6),
        **about,
    )


def _about_map(out: _Folder) -> dict[str, Any]:
    first = day_words(out.run["time"].values[0])
    return {
        "title": "Where people left home, and where they are",
        "subtitle": f"Rings: persons who left home from {first} on (flow, summed). Discs: persons who moved since"
        f" {out.since}, where they are on {day_words(out.last)} (stock). Medians of the runs.",
        "size": (7.0, 5.6),
    }


def _write_board(out: _Folder) -> None:
    table = shared(board_table(out.scenario, out.conditions, out.last, out.access), ["people_in_pocket"])
    out.table("status_board", table)
    out.chart(
        "status_board",
        lambda figure: status_board(table, figure.add_subplot()),
        title=f"Roads and crossings that are not simply open on {day_words(out.last)}",
        subtitle="As the scenario's events leave them. Since: first day of this state (start: it held on"
        f" {day_words(out.run['time'].values[0])}). Trucks a day: what the road could carry. People in pocket: stock of"
        " persons at the start, in the smaller of the two pockets that it joins.",
        size=(7.0, 5.6),
    )


def _write_access(out: _Folder) -> None:
    if out.access is None:
        return
    people = shared(people_by_class(out.access, opening_people(out.scenario.network)), CLASSES)
    out.table("access_population", people.rename_axis("date"), index=True)
    out.table("access_by_place", access_changes(out.access, place_names(out.run)["name"]))
    out.chart(
        "access_population",
        lambda figure: access_population(people, figure.add_subplot()),
        title="People whom aid cannot regularly reach, by class of access",
        subtitle="Stock of persons: those who lived at such places when the scenario opened; later movement is not"
        " counted.",
    )


def _write_tables(out: _Folder) -> None:
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


def _write_internal(out: _Folder) -> None:
    """Every internal variable of the run, and the map with people by road; stamped in name and headers."""
    for name, variable in VARIABLES.items():
        if not variable.internal or name not in out.run:
            continue
        values = out.run[name]
        if "time" in values.dims:
            values = values.isel(time=-1) if variable.cell_methods == STOCK else values.sum("time")
        cells = values.stack(cell=[d for d in values.dims if d != "member"])  # noqa: PD013
        table = band_table(cells, RANGE).reset_index(drop=True)
        where = cells["cell"].to_index().to_frame(index=False)
        _internal_table(out, name, pd.concat([where, table], axis=1))
    data = map_data(out.run, out.scenario, out.conditions, internal=True)
    draw = _about_map(out)
    out.chart(f"{STAMP}_flow_map", lambda figure: flow_map(data, figure.add_subplot()), internal=True, **draw)
    _internal_table(out, "flow_map_traffic", data.traffic)
    if has_home_areas(out.run):
        flows = sankey_table(out.run, out.scenario.hosts, internal=True)
        _sankey(out, f"{STAMP}_sankey", flows, internal=True)


def _internal_table(out: _Folder, name: str, table: pd.DataFrame) -> None:
    out.table(f"{STAMP}_{name}", table.add_prefix(f"{STAMP} "))
