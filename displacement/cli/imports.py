"""`import flee`: cases that another program was made for, as scenario folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from displacement.cli.base import AsJson, answer, app, refuse_to_replace, say, warn

importing = typer.Typer(help="Cases of other programs, as scenario folders.", no_args_is_help=True)
app.add_typer(importing, name="import")


@importing.callback()
def _imports() -> None:
    """Cases of other programs, as scenario folders."""


@importing.command()
def flee(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="a folder with input_csv and source_data, or flat")],
    out: Annotated[Path, typer.Argument(metavar="SCENARIO", help="folder to write")],
    capacities: Annotated[
        bool, typer.Option("--capacities", help="take the figures of camps as planned; they are later counts")
    ] = False,
    as_flee: Annotated[
        bool, typer.Option("--as-flee", help="shut places altogether where a closure names one road of theirs")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace SCENARIO, if it is a scenario")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a Flee input folder a scenario folder, with observed.csv and import_report.md. Nothing wrong is hidden."""
    from displacement.io import write_flee

    refuse_to_replace(out, force=force, file="scenario.toml", what="a scenario")
    scenario, observed, report = write_flee(folder, out, capacities=capacities, as_flee=as_flee, force=force)
    places, links = len(scenario.network.places), len(scenario.network.links)
    if as_json:
        answer(
            {
                "scenario": str(out), "places": places, "links": links, "events": len(scenario.events),
                "counts": len(observed), "assumptions": report.assumptions, "faults": report.faults,
                "left_out": report.left_out,
            }
        )  # fmt: skip
        return
    for text in report.faults:
        warn(f"warning: {text}")
    say(
        f"Written to {out}: {places} places, {links} links, {len(scenario.events)} events, {len(observed)} counts."
        f" {out / 'import_report.md'} lists {len(report.assumptions)} assumptions, {len(report.faults)} things that"
        f" look wrong in the input, and {len(report.left_out)} that were left out."
    )
