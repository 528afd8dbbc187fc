"""Charts and tables of which way people go: the map, the largest corridors, and with home areas the Sankey."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts import MapData, corridor_bars, flow_map, map_data, sankey, sankey_table
from displacement.charts.corridors import corridor_legend
from displacement.charts.frame import key_above
from displacement.charts.sankeys import sankey_legend, sankey_totals
from displacement.outputs.folder import Folder
from displacement.summaries import balance, has_home_areas, origin_destination, shared

BALANCED = ["mean", "p10", "p50", "p90", "everyone"]  # counts of a table whose means add up


def write_map(out: Folder) -> None:
    """The map, what it draws as tables, and the largest corridors as bars."""
    data = map_data(out.run, out.scenario, out.conditions).for_sharing()
    draw_map(out, data)
    out.table("flow_map_places", data.places, index=True)
    out.table("flow_map_roads", data.roads)
    out.table("flow_map_arrows", data.arrows)
    out.table("corridors", data.corridors)
    _draw_corridors(out, data)


def draw_map(out: Folder, data: MapData, *, internal: bool = False) -> None:
    """The map as a chart; its data say what is drawn."""
    out.chart(
        "flow_map",
        lambda figure: flow_map(data, figure.add_subplot()),
        title="Where people left home, and where they are",
        subtitle=f"Rings: persons who left home from {out.first_said} on (flow, summed). Discs: stock of persons on"
        f" {out.last_said}; inside the country those who moved since {out.since}, abroad those who came since"
        f" {out.first_said}. Medians of the runs.",
        size=(7.0, 5.6),
        internal=internal,
    )


def _draw_corridors(out: Folder, data: MapData) -> None:
    if data.home_areas:
        title = "The largest corridors: home area and where people are"
        what = (
            f"Stock of persons on {out.last_said}: of each home area (P-code), who left home, or were displaced before"
            " and moved on, net by place. Waiting and travelling people are not counted."
        )
    else:
        title = "The largest corridors: who went where"
        what = (
            f"Flow of persons from {out.first_said} to {out.last_said}: set out from area to area (P-codes) by any"
            " road, or crossed."
        )

    def draw(figure: Figure) -> None:
        if len(data.corridors):
            key_above(figure, corridor_legend(data.corridors))
        corridor_bars(data.corridors, figure.add_subplot())

    out.chart(
        "corridors",
        draw,
        title=title,
        subtitle=f"{what} Medians; lines hold 80 of 100 runs. At most 20, the largest.",
        size=(7.0, 2.2 + 0.17 * max(len(data.corridors), 3)),
    )


def write_origins(out: Folder, run: xr.Dataset) -> None:
    """Who came from where, by home area; nothing where that is not kept.

    run : with everybody who crossed: by which crossing they came is told only where next to nobody passed irregularly
    """
    if not has_home_areas(run):
        return
    table = origin_destination(run)
    out.table("origin_destination", shared(table, BALANCED))
    wide = balance(table)
    out.table("origin_destination_balance", shared(wide, wide.columns), index=True)
    write_sankey(out, sankey_table(run, out.scenario.hosts))


def write_sankey(out: Folder, flows: pd.DataFrame, *, internal: bool = False) -> None:
    """The Sankey and its tables; internal ones hold whole counts."""
    for name, table in (("sankey", flows), ("sankey_totals", sankey_totals(flows))):
        out.table(name, table if internal else shared(table, ["mean"]), internal=internal)

    def draw(figure: Figure) -> Any:
        if len(flows):
            key_above(figure, sankey_legend(flows))
        return sankey(flows, figure.add_subplot(), rounded=not internal)

    out.chart(
        "sankey",
        draw,
        title=f"From home area, by which way, to where people are on {out.last_said}",
        subtitle=f"Persons who left home since {out.first_said}, and persons displaced before who moved on (net by"
        " place; where their home was is not known). Means of the runs: medians would not add up.",
        size=(7.0, 4.6),
        internal=internal,
    )
