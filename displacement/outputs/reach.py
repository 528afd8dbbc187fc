"""Charts and tables of access: roads and crossings that are not simply open, and people by class of access."""

from __future__ import annotations

from displacement.charts import access_population, board_table, status_board
from displacement.outputs.folder import Folder
from displacement.summaries import CLASSES, access_changes, opening_people, people_by_class, place_names, shared


def write_board(out: Folder) -> None:
    """Which roads and crossings are not simply open on the last day, since when and why."""
    table = shared(board_table(out.scenario, out.conditions, out.last, out.access), ["people_in_pocket"])
    out.table("status_board", table)
    out.chart(
        "status_board",
        lambda figure: status_board(table, figure.add_subplot()),
        title=f"Roads and crossings that are not simply open on {out.last_said}",
        subtitle="As the scenario's events leave them. Since: first day of this state (start: it held on"
        f" {out.first_said}). Trucks a day: what the road could carry. People in pocket: stock of"
        " persons at the start, in the smaller of the two pockets that it joins.",
        size=(7.0, 5.6),
    )


def write_access(out: Folder) -> None:
    """People by class of access, and when the access of each place changes; nothing without a status of access."""
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
