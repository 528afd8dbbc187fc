"""The command line: one screen a command, no science. Results on stdout, progress and warnings on stderr."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from displacement.ensemble import simulate, with_access
from displacement.errors import DisplacementError, InputError
from displacement.events import shown_day
from displacement.io import read_scenario
from displacement.scenario import Scenario

app = typer.Typer(
    help="Who moves, who can be reached, and what would help: forced displacement and humanitarian access.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="a folder with scenario.toml, or a .toml file")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]
OnDate = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="a day of the scenario")]
SMALL_ENSEMBLE = 500  # members up to which starting processes costs more than they gain
LARGE = 2e9  # bytes


def say(text: str) -> None:
    """Print a result."""
    typer.echo(text)


def warn(text: str) -> None:
    """Print a warning or progress, apart from results."""
    typer.echo(text, err=True)


def answer(result: dict[str, Any]) -> None:
    """Print one JSON object."""
    say(json.dumps(result, indent=2, ensure_ascii=False, default=str))


def day_of(scenario: Scenario, text: str, *, default: dt.date) -> dt.date:
    """A day of the scenario from its text; an error says which days there are."""
    if not text:
        return default
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as problem:
        message = f"--date = {text!r}: must be a date such as {scenario.start}"
        raise InputError(message) from problem
    if not scenario.start <= date <= scenario.end:
        raise InputError(f"--date = {date}: must lie from {scenario.start} to {scenario.end}")
    return date


@app.command()
def check(path: ScenarioPath, as_json: AsJson = False) -> None:
    """Read and validate everything, run nothing. Lists all problems, then warnings about the map."""
    from displacement.audit import audit, warnings_of
    from displacement.movement.setting import unreached

    scenario = read_scenario(path)
    found = [*audit(scenario.network), *warnings_of(scenario), *unreached(scenario)]
    places, links = scenario.network.places, scenario.network.links
    if as_json:
        answer(
            {"ok": True, "places": len(places), "links": len(links), "events": len(scenario.events), "warnings": found}
        )
        return
    for text in found:
        warn(f"warning: {text}")
    counted = f"{len(places)} places, {len(links)} links, {len(scenario.events)} events"
    say(f"{scenario.name}: sound ({counted}), {len(found)} warning{'' if len(found) == 1 else 's'}.")


@app.command()
def describe(path: ScenarioPath, date: OnDate = "", as_json: AsJson = False) -> None:
    """Describe the network and the events in sentences; with a date, what is in force and open to whom on that day."""
    scenario = read_scenario(path)
    day = day_of(scenario, date, default=scenario.start) if date else None
    text = scenario.describe(day)
    if as_json:
        opened = scenario.open_on(day) if day else []
        answer({"name": scenario.name, "date": day, "sentences": text.splitlines(), "links": opened})
        return
    say(text)
    if day:
        say("\nOpen to whom (chance that an attempt passes; links that are simply open are left out):")
        for row in scenario.open_on(day):
            chances = ", ".join(
                f"{k} {'unknown' if v is None else format(v, '.2g')}" for k, v in row["permission"].items()
            )
            admits = f" ({', '.join(row['admits']) or 'nobody'} only)" if "admits" in row else ""
            say(f"  {row['from']} to {row['to']}: {chances}{admits}")


class Keep(StrEnum):
    """What run.nc keeps: everything, nothing by link, or points over members in their place."""

    ALL, PLACES, QUANTILES = "all", "places", "quantiles"


@app.command()
def run(
    path: ScenarioPath,
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="folder to write")],
    members: Annotated[int, typer.Option(help="realisations")] = 200,
    seed: Annotated[int, typer.Option(help="the same seed gives the same run")] = 1,
    workers: Annotated[int, typer.Option(help="processes; 0: one, or one a core for a large ensemble")] = 0,
    keep: Annotated[Keep | None, typer.Option(help="what run.nc keeps; above 2 GB quantiles, unless said")] = None,
    force: Annotated[bool, typer.Option("--force", help="replace RUN, if it is a run")] = False,
    internal: Annotated[bool, typer.Option("--internal", help="also what must not be shared, stamped")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate; write run.nc, tables, charts and summary.md."""
    from displacement.access import access_status
    from displacement.io import write_run
    from displacement.io.files import replacing
    from displacement.outputs import write_outputs
    from displacement.summaries import kept

    scenario = read_scenario(path)
    observed = observed_beside(path, scenario)
    refuse_to_replace(out, force=force)
    count = workers or (1 if members <= SMALL_ENSEMBLE else os.cpu_count() or 1)
    with tqdm(total=members, desc=scenario.name, unit=" members", disable=None, file=sys.stderr) as bar:
        result = simulate(scenario, members=members, seed=seed, workers=count, progress=bar.update)
    warn("working out access, drawing charts and tables")
    status = access_status(scenario)
    result = with_access(result, status)
    result.attrs["command"] = f"displacement run {path} --out {out} --members {members} --seed {seed}"
    if keep is None and result.nbytes > LARGE:
        keep = Keep.QUANTILES
        warn(f"warning: {result.nbytes / 1e9:.1f} GB; run.nc keeps quantiles (--keep all keeps every member)")
    with replacing(out, force=force) as folder:
        folder.mkdir()
        write_outputs(result, scenario, status, folder, observed=observed, internal=internal)
        write_run(kept(result, (keep or Keep.ALL).value), folder / "run.nc")
    if as_json:
        answer({"run": str(out), "digest": result.attrs["digest"], "members": members, "seed": seed})
        return
    say((out / "summary.md").read_text(encoding="utf-8"))
    say(f"Written to {out}: run.nc, summary.md, charts in {out / 'charts'} and their figures in {out / 'tables'}.")


def refuse_to_replace(out: Path, *, force: bool) -> None:
    """An error, before any work, if something is in the way; even with force only a run is replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / "run.nc").is_file():
        raise InputError(f"{out}: exists and is not a run (no run.nc in it); it is not overwritten")
    if not force:
        raise InputError(f"{out}: a run is there already; choose another --out, or replace it with --force")


@app.command()
def access(path: ScenarioPath, date: OnDate = "", as_json: AsJson = False) -> None:
    """Status of every place on a day, with the reason, the ways left, and which single cut isolates it."""
    from displacement.access import access_board

    scenario = read_scenario(path)
    day = day_of(scenario, date, default=scenario.end)
    rows = access_board(scenario, day)
    if as_json:
        answer({"name": scenario.name, "date": day, "places": rows})
        return
    say(f"{scenario.name}: access on {shown_day(day)}")
    for row in rows:
        say(f"\n{row['name']} ({row['people']:,} people): {row['reason']}.\n  {row['ways']}")


def observed_beside(path: Path, scenario: Scenario) -> Any:
    """The observations that lie beside a scenario file, or None."""
    from displacement.io import read_observed

    file = (path if path.is_dir() else path.parent) / "observed.csv"
    return read_observed(file, scenario.network) if file.exists() else None


def guarded(command: Callable[[], None]) -> int:
    """Exit code of a command: 0 done, 1 the input is at fault, 2 usage. A fault is a message, never a traceback."""
    try:
        command()
    except DisplacementError as problem:
        for text in getattr(problem, "problems", (str(problem),)):
            warn(f"error: {text}")
        return 1
    except OSError as problem:
        warn(f"error: {problem.filename or 'file'}: {problem.strerror or problem}")
        return 1
    return 0


def main() -> None:
    """Entry point of the `displacement` command."""
    sys.exit(guarded(app))
