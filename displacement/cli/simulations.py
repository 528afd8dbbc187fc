"""`run` and `compare`: what would follow, and what differs."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from displacement.cli.base import (
    AsJson,
    ScenarioPath,
    answer,
    app,
    observed_beside,
    refuse_to_replace,
    say,
    warn,
)
from displacement.ensemble import simulate, with_access
from displacement.errors import InputError
from displacement.io import read_scenario
from displacement.scenario import Scenario

SMALL_ENSEMBLE = 500  # members up to which starting processes costs more than they gain
LARGE = 2e9  # bytes


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
    from displacement.io import observed_file, write_run
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
    result.attrs["command"] = (
        f"displacement run {shlex.quote(str(path))} --out {shlex.quote(str(out))} --members {members} --seed {seed}"
    )
    if keep is None and result.nbytes > LARGE:
        keep = Keep.QUANTILES
        warn(f"warning: {result.nbytes / 1e9:.1f} GB; run.nc keeps quantiles (--keep all keeps every member)")
    with replacing(out, force=force) as folder:
        folder.mkdir()
        leave_copy(scenario, folder, observed_file(path))
        crowding = crowding_of(scenario, result, workers=count)
        write_outputs(result, scenario, status, folder, observed, internal, crowding)
        write_run(kept(result, (keep or Keep.ALL).value), folder / "run.nc")
    if as_json:
        answer({"run": str(out), "digest": result.attrs["digest"], "members": members, "seed": seed})
        return
    say((out / "summary.md").read_text(encoding="utf-8"))
    say(f"Written to {out}: run.nc, summary.md, charts in {out / 'charts'} and their figures in {out / 'tables'}.")
    say(f"All of it on one page, to pass on: displacement report {shlex.quote(str(out))} --out page.html")


def leave_copy(scenario: Scenario, folder: Path, observed: Path | None) -> None:
    """A copy of the scenario and its observations beside the run: for `compare`, which event did what; for `score`."""
    from displacement.io import COPY, write_scenario

    try:
        write_scenario(scenario, folder / COPY)
        if observed is not None:
            shutil.copyfile(observed, folder / COPY / observed.name)
    except InputError as problem:  # the run itself is not at fault
        warn(f"warning: no copy of the scenario is kept, so `compare` will attribute nothing: {problem.problems[0]}")


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
    from displacement.report import write_difference

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
        write_difference(folder, made.baseline, made.others, internal=internal)
    if as_json:
        answer({"comparison": str(out), **digest_of_comparison(made, found)})
        return
    say((out / "summary.md").read_text(encoding="utf-8"))
    say(
        f"Written to {out}: comparison.nc, summary.md, the same for paper in difference.html, charts in"
        f" {out / 'charts'}, figures in {out / 'tables'}."
    )


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
