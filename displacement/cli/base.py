"""What the commands share: the app, its words, and what a fault in the input becomes. No science."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from displacement.errors import DisplacementError, InputError, Problems, gathered
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


def refuse_to_replace(out: Path, *, force: bool, file: str = "run.nc", what: str = "a run") -> None:
    """An error, before any work, if something is in the way; even with force only its like is replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if file != "scenario.toml" and (out / "scenario.toml").exists():
        raise InputError(f"{out}: is a scenario; it is not overwritten. Choose another --out")
    if not (out / file).is_file():
        raise InputError(f"{out}: exists and is not {what} (no {file} in it); it is not overwritten")
    if not force:
        raise InputError(f"{out}: {what} is there already; choose another --out, or replace it with --force")


def observed_beside(path: Path, scenario: Scenario) -> Any:
    """The observations that lie beside a scenario file, or None."""
    from displacement.io import observed_file, read_observed

    file = observed_file(path)
    return read_observed(file, scenario.network) if file else None


def checked(path: Path) -> tuple[Scenario, Any]:
    """A scenario and the observations beside it, or None; what is wrong with either is one error."""
    from displacement.io import observed_file, read_observed, read_scenario

    problems, observed = Problems(), None
    scenario = problems.caught(lambda: read_scenario(path), None)
    if file := problems.caught(lambda: observed_file(path), None):
        network = scenario.network if scenario else None
        observed = problems.caught(lambda: read_observed(file, network), None)
    problems.raise_if_any()
    assert scenario is not None
    return scenario, observed


def guarded(command: Callable[[], None]) -> int:
    """Exit code of a command: 0 done, 1 the input is at fault, 2 usage. A fault is a message, never a traceback."""
    try:
        command()
    except DisplacementError as problem:
        for text in gathered(getattr(problem, "problems", (str(problem),))):
            warn(f"error: {text}")
        return 1
    except OSError as problem:
        warn(f"error: {problem.filename or 'file'}: {problem.strerror or problem}")
        return 1
    return 0


def main() -> None:
    """Entry point of the `displacement` command."""
    sys.exit(guarded(app))
