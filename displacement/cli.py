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
    from displacement.comparison import crowding_of
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
        leave_copy(scenario, folder)
        crowding = crowding_of(scenario, result, workers=count)
        write_outputs(result, scenario, status, folder, observed, internal, crowding)
        write_run(kept(result, (keep or Keep.ALL).value), folder / "run.nc")
    if as_json:
        answer({"run": str(out), "digest": result.attrs["digest"], "members": members, "seed": seed})
        return
    say((out / "summary.md").read_text(encoding="utf-8"))
    say(f"Written to {out}: run.nc, summary.md, charts in {out / 'charts'} and their figures in {out / 'tables'}.")


def leave_copy(scenario: Scenario, folder: Path) -> None:
    """A copy of the scenario beside the run, so that `compare` can say which event did what."""
    from displacement.io import COPY, write_scenario

    try:
        write_scenario(scenario, folder / COPY)
    except InputError as problem:  # the run itself is not at fault
        warn(f"warning: no copy of the scenario is kept, so `compare` will attribute nothing: {problem.problems[0]}")


def refuse_to_replace(out: Path, *, force: bool, file: str = "run.nc", what: str = "a run") -> None:
    """An error, before any work, if something is in the way; even with force only its like is replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / file).is_file():
        raise InputError(f"{out}: exists and is not {what} (no {file} in it); it is not overwritten")
    if not force:
        raise InputError(f"{out}: {what} is there already; choose another --out, or replace it with --force")


@app.command()
def compare(
    paths: Annotated[list[Path], typer.Argument(metavar="RUN...", help="folders that `run` wrote, the baseline first")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="folder to write")],
    members: Annotated[int, typer.Option(min=0, help="realisations for attribution; 0: none")] = 100,
    workers: Annotated[int, typer.Option(min=1, help="processes for attribution")] = 1,
    force: Annotated[bool, typer.Option("--force", help="replace DIR, if it is a comparison")] = False,
    internal: Annotated[bool, typer.Option("--internal", help="also what must not be shared, stamped")] = False,
    as_json: AsJson = False,
) -> None:
    """Scenarios side by side: what differs, where, since when, and which event did it."""
    from displacement.comparison.luck import check_luck
    from displacement.comparison_outputs import Comparison, digest_of_comparison, write_comparison
    from displacement.io import read_run, write_run
    from displacement.io.files import replacing

    refuse_to_replace(out, force=force, file="comparison.nc", what="a comparison")
    folders = [path.resolve() for path in paths]
    if out.resolve() in folders:
        raise InputError(f"--out {out}: is one of the runs; choose another folder")
    runs = named(paths, [read_run(path) for path in paths])
    check_luck(runs)
    scenarios, reasons = copies_of(dict(zip(runs, paths, strict=True)), runs)
    made = Comparison(runs=runs, scenarios=scenarios, reasons=reasons)
    if members:
        attribute(made, members, workers)
    else:
        made.reasons.update(dict.fromkeys(made.others, "not asked for (--members 0)"))
    warn("drawing charts and tables")
    with replacing(out, force=force) as folder:
        folder.mkdir()
        found = write_comparison(made, folder, internal=internal)
        write_run(found, folder / "comparison.nc")
    if as_json:
        answer({"comparison": str(out), **digest_of_comparison(made, found)})
        return
    say((out / "summary.md").read_text(encoding="utf-8"))
    say(f"Written to {out}: comparison.nc, summary.md, charts in {out / 'charts'}, figures in {out / 'tables'}.")


def named(paths: list[Path], runs: list[Any]) -> dict[str, Any]:
    """Runs by the name of their scenario; where two have one name, by name and folder."""
    titles = [str(run.attrs.get("title", "")) or path.name for path, run in zip(paths, runs, strict=True)]
    names = [f"{t} ({path})" if titles.count(t) > 1 else t for t, path in zip(titles, paths, strict=True)]
    names = [n if n not in names[:i] else f"{n} again {names[:i].count(n)}" for i, n in enumerate(names)]
    return dict(zip(names, runs, strict=True))


def copies_of(paths: dict[str, Path], runs: dict[str, Any]) -> tuple[dict[str, Scenario], dict[str, str]]:
    """The scenarios that runs were made from; by name, why one is not known."""
    from displacement.io import scenario_of_run

    scenarios, reasons = {}, {}
    for name, path in paths.items():
        try:
            scenarios[name] = scenario_of_run(path, runs[name])
        except InputError as problem:
            reasons[name] = problem.problems[0]
            warn(f"warning: {problem.problems[0]}; attribution is left out where it is needed")
    return scenarios, reasons


def attribute(made: Any, members: int, workers: int) -> None:
    """Say of each run which change did what, as far as it is known what the runs were made from."""
    from displacement.comparison_outputs import attribution_of

    for name in made.others:
        with tqdm(desc=f"attributing {name}", unit=" runs", disable=None, file=sys.stderr) as bar:

            def progress(done: int, of: int, bar: Any = bar) -> None:
                bar.total = of
                bar.update(done - bar.n)

            try:
                made.attributed[name] = attribution_of(made, name, members, workers, progress)
            except InputError as problem:
                made.reasons[name] = problem.problems[0]
                continue
        if made.attributed[name].attrs["reproduced"] == "no":
            warn(f"warning: {name}: made anew, the runs are not those given; the attribution is of the new ones")


@app.command()
def access(
    path: ScenarioPath,
    date: OnDate = "",
    cuts: Annotated[bool, typer.Option("--cuts", help="INTERNAL: also which roads to protect, one or two cut")] = False,
    openings: Annotated[bool, typer.Option("--openings", help="INTERNAL: also which opening helps most")] = False,
    members: Annotated[int, typer.Option(min=1, max=50, help="runs that share their luck with every opening")] = 30,
    as_json: AsJson = False,
) -> None:
    """Status of every place on a day, with the reason, the ways left, and which single cut isolates it."""
    from displacement.access import access_board, cuts_listed, cuts_said, routes_to_protect
    from displacement.openings import openings_listed, openings_said

    scenario = read_scenario(path)
    day = day_of(scenario, date, default=scenario.end)
    rows = access_board(scenario, day)
    ranking = routes_to_protect(scenario, day) if cuts else None
    helping = ranked_openings(scenario, day, members) if openings else None
    if as_json:
        more = {} if ranking is None else cuts_listed(ranking)
        more |= {} if helping is None else openings_listed(*helping)
        answer({"name": scenario.name, "date": day, "places": rows, **more})
        return
    say(f"{scenario.name}: access on {shown_day(day)}")
    for row in rows:
        say(f"\n{row['name']} ({row['people']:,} people): {row['reason']}.\n  {row['ways']}")
    if ranking is not None:
        say("\n" + "\n".join(cuts_said(scenario, day, ranking)))
    if helping is not None:
        say("\n" + "\n".join(openings_said(*helping)))


def ranked_openings(scenario: Scenario, day: dt.date, members: int) -> Any:
    """The openings of a day, ranked, and the best of them with people free to move."""
    from displacement.openings import in_full, rank_openings

    with tqdm(desc="openings", unit=" openings", disable=None, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        ranking = rank_openings(scenario, day, members=members, progress=progress)
    warn("running the best again, with people free to move")
    return ranking, in_full(ranking)


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
