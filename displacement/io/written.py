"""A Scenario as a folder: scenario.toml, places.csv, links.csv. It is read back before it takes its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel

from displacement.errors import InputError
from displacement.io.files import replacing
from displacement.io.network import links_csv, places_csv
from displacement.io.observed import read_observed
from displacement.io.scenario import read_scenario
from displacement.io.settings import parameters_table
from displacement.io.standards import needs_csv
from displacement.scenario import Scenario

OBSERVED = "observed.csv"
FILES = ("scenario.toml", "places.csv", "links.csv", "needs.csv")


def write_scenario(
    scenario: Scenario, folder: str | Path, *, force: bool = False, beside: Mapping[str, str] | None = None
) -> Path:
    """Write a scenario to a folder, all or nothing; what is returned is the folder.

    `force` replaces the files of a scenario that is there; other files in the folder stay.
    beside : text of further files by name, such as observed.csv, which is read back too; of empty text there is no file
    """
    target = Path(folder)
    if force and target.is_dir() and any(target.iterdir()) and not (target / FILES[0]).exists():
        raise InputError(f"{target}: is a folder without {FILES[0]}; it is not overwritten")
    with replacing(target, force=force) as new:
        new.mkdir()
        texts = (
            scenario_toml(scenario),
            places_csv(scenario.network),
            links_csv(scenario.network),
            needs_csv(scenario.standards),
        )
        for name, text in zip(FILES, texts, strict=True):
            if text:
                (new / name).write_bytes(text.encode())
        for name, text in (beside or {}).items():
            if text:
                (new / name).write_bytes(text.encode())
        _check(new, scenario)
        if (new / OBSERVED).exists():
            read_observed(new, scenario.network)
        if target.is_dir():
            _keep_others(target, new, {*FILES, *(beside or {})})
    return target


def scenario_toml(scenario: Scenario) -> str:
    """The text of scenario.toml; a scenario that extended another stands in it in full."""
    about = {key: getattr(scenario, key) for key in ("name", "summary", "country", "start", "days", "reference")}
    if scenario.home_areas:
        about["home_areas"] = True
    lists = {
        "parties": _rows(scenario.parties),
        "relations": _rows(scenario.relations),
        "operations": _rows(scenario.operations),
        "groups": _rows(scenario.groups),
        "hosts": _rows(scenario.hosts),
        "place_groups": [
            {"id": k, "name": scenario.network.called(k), "places": list(v)}
            for k, v in scenario.network.place_groups.items()
        ],
        "events": [{"kind": e.kind, **row} for e, row in zip(scenario.events, _rows(scenario.events), strict=True)],
    }
    parameters = parameters_table(scenario.parameters)
    parts = [tomli_w.dumps({"scenario": {key: value for key, value in about.items() if value is not None}})]
    parts += [tomli_w.dumps({"parameters": parameters})] if parameters else []
    parts += [f"[[{key}]]\n{tomli_w.dumps(row)}" for key, rows in lists.items() for row in rows]
    return "\n".join(parts)


def _rows(models: Iterable[BaseModel]) -> list[dict[str, Any]]:
    """Models as tables, without what is said by default."""
    dumped = (model.model_dump(exclude_defaults=True) for model in models)
    return [{key: _plain(value) for key, value in row.items()} for row in dumped]


def _plain(value: Any) -> Any:
    """A tuple as a list; one name by itself."""
    if not isinstance(value, tuple):
        return value
    return value[0] if len(value) == 1 else list(value)


def _check(folder: Path, scenario: Scenario) -> None:
    """Would the folder give the scenario back? One that would not is an error that says why."""
    try:
        same = read_scenario(folder) == scenario
    except InputError as fault:
        raise InputError([f"the scenario cannot be written: {text}" for text in fault.problems]) from fault
    if not same:
        raise InputError("the scenario cannot be written: what would be read back differs from it")


def _keep_others(old: Path, new: Path, ours: Container[str]) -> None:
    """Take over the files that are none of the scenario's, nor written beside it."""
    for item in sorted(old.iterdir()):
        if item.name in ours:
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.copytree(item, new / item.name, symlinks=True, copy_function=_linked)
        else:
            _linked(str(item), str(new / item.name))


def _linked(old: str, new: str) -> None:
    """A second name for a file, or a copy where there can be none."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:
        shutil.copy2(old, new, follow_symlinks=False)
