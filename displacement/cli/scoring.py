"""`score`: a run against what was counted."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from displacement.cli.base import AsJson, answer, app, say
from displacement.errors import InputError


@app.command()
def score(
    path: Annotated[Path, typer.Argument(metavar="RUN", help="a folder that `run` wrote")],
    observed: Annotated[
        Path | None, typer.Option("--observed", metavar="CSV", help="observations; else those of the scenario")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a run against observations: error, CRPS, coverage of the ranges, beside baselines that need no model."""
    from displacement.io import read_observed, read_run, scenario_of_run
    from displacement.scores.card import score_run
    from displacement.scores.words import card_listed, card_words

    run = read_run(path)
    network = scenario_of_run(path, run).network
    file = observed or observations_of(path, run)
    card = score_run(run, read_observed(file, network), network)
    if as_json:
        answer({"run": str(path), "observed": str(file), **card_listed(card)})
        return
    say(card_words(card))
    say(f"Observations: {file}")


def observations_of(path: Path, run: Any) -> Path:
    """The observations of a run: in its copy of the scenario, else where the scenario lay when it was run."""
    from displacement.io import COPY

    places = [_beside((path if path.is_dir() else path.parent) / COPY)]
    words = shlex.split(str(run.attrs.get("command", "")))
    if words[:2] == ["displacement", "run"] and len(words) > 2:
        places.append(_beside(Path(words[2])))
    for file in places:
        if file.is_file():
            return file
    looked = " and ".join(map(str, places))
    raise InputError(f"{path}: no observations to score against (no file {looked}); name one with --observed")


def _beside(path: Path) -> Path:
    """Where the observations of a scenario would lie."""
    return (path if path.is_dir() else path.parent) / "observed.csv"
