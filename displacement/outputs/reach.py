"""Charts and tables of access: roads and crossings that are not simply open, and people by class of access."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.access import reasons
from displacement.charts import (
    access_population,
    board_table,
    severity_layer,
    severity_map,
    severity_table,
    status_board,
)
from displacement.charts.boards import round_words
from displacement.charts.classes import last_convoy_words
from displacement.charts.flows import road_table
from displacement.charts.frame import freeze, key_above
from displacement.charts.severity import severity_key
from displacement.outputs.folder import Folder
from displacement.scenario import Scenario
from displacement.summaries import (
    CLASSES,
    access_changes,
    last_land_aid,
    opening_people,
    people_by_class,
    place_names,
    shared,
)

FEW_ROWS = 11  # of the board: fewer need less than a whole page


def write_board(out: Folder) -> None:
    """Which roads and crossings are not simply open on the last day, since when and why."""
    table = shared(board_table(out.scenario, out.conditions, out.last, out.access), ["people_in_pocket"])
    words = [round_words(row) for _, row in table.iterrows()]
    told = table.assign(way_round=words).replace([np.inf], np.nan) if len(table) else table
    out.table("status_board", told.round({"hours_more": 2, "km_more": 1}))
    out.chart(
        "status_board",
        lambda figure: status_board(table, figure.add_subplot()),
        title=f"Roads and crossings that are not simply open on {out.last_said}",
        subtitle="As the scenario's events leave them. Since: first day of this state (start: it held on"
        f" {out.first_said}). Trucks a day: what the road could carry. People in pocket: stock of"
        " persons at the start, in the smaller of the two pockets that it joins. Way round: what the quickest one takes"
        " beyond the road; of several roads, the most.",
        size=(7.0, 5.6 if len(table) > FEW_ROWS else 2.2 + 0.3 * len(table)),
    )


def write_access(out: Folder) -> None:
    """People by class of access, and when the access of each place changes; nothing without a status of access."""
    if out.access is None:
        return
    people = shared(people_by_class(out.access, opening_people(out.scenario.network)), CLASSES)
    out.table("access_population", people.rename_axis("date"), index=True)
    changes = access_changes(out.access, place_names(out.run)["name"])
    out.table("access_by_place", with_reasons(changes, out.scenario, out.conditions, out.access))
    last = last_land_aid(out.run, out.access) if "delivered" in out.run else None
    if last is not None:
        out.table("last_aid_by_land", shared(last, ["people"]).round({"none": 2}), index=True)
    words = last_convoy_words(last)
    out.chart(
        "access_population",
        lambda figure: access_population(people, figure.add_subplot(), last_convoy=words),
        title="People whom aid cannot regularly reach, by class of access",
        subtitle="Stock of persons: those who lived at such places when the scenario opened; later movement is not"
        " counted. Last aid by land: median of the runs.",
        size=(7.0, 4.4),
    )
    if "severity" in out.access:
        write_severity(out, severity_table(out.access, out.run, opening_people(out.scenario.network), out.last))


def with_reasons(changes: pd.DataFrame, scenario: Scenario, conditions: xr.Dataset, access: xr.Dataset) -> pd.DataFrame:
    """The changes of access with the reason of each, in words."""
    why = {day: reasons(scenario, day.date(), conditions, status=access) for day in set(changes["date"])}
    return changes.assign(
        reason=[why[day][place] for day, place in zip(changes["date"], changes["place"], strict=True)]
    )


def write_severity(out: Folder, table: pd.DataFrame) -> None:
    """The severity of constraints on access on the last day as a map, with its two layers, and the table behind it."""
    told = shared(table, ["people_in_pocket"])
    out.table("severity_map", told, index=True)
    roads = road_table(out.scenario, out.conditions, out.last)
    where = out.run[["longitude", "latitude"]].to_dataframe()[["longitude", "latitude"]]

    def draw(figure: Figure) -> None:
        key_above(figure, severity_key())
        grid = figure.add_gridspec(2, 2, width_ratios=[2.1, 1.0])
        layers = {"physical": "Physical: hours, routes", "security": "Security, bureaucracy"}
        for row, (layer, title) in enumerate(layers.items()):
            severity_layer(told, layer, roads, where, figure.add_subplot(grid[row, 1])).set_title(title)
        severity_map(told, roads, where, figure.add_subplot(grid[:, 0]))
        freeze(figure)

    out.chart(
        "severity_map",
        draw,
        title=f"How severe constraints on access are on {out.last_said}",
        subtitle="0 none to 5 extreme, from five of ACAPS' nine indicators; denial, interference, violence and mines"
        " are not known from a scenario. In brackets: stock of persons in the pocket of which the place is the largest,"
        " at the start. Small maps: 0 to 3, larger and darker is worse, white not known.",
        size=(7.0, 5.6),
    )
