"""scenario.toml and the files that it extends: from the base up, as sheets of checked tables."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from displacement.errors import InputError, Problems, did_you_mean
from displacement.io.files import FAULTS_OF_PATHS, inside, read_text, shown
from displacement.io.hints import of_toml
from displacement.io.models import About, Entry, checked, shown_key

LISTS = ("parties", "relations", "operations", "place_groups", "groups", "hosts", "events")
TABLES = ("scenario", "parameters", *LISTS)


@dataclass(frozen=True)
class Sheet:
    """One file of a scenario."""

    path: Path
    name: str
    about: About
    given: Mapping[str, Any]  # the keys of [scenario] as they stand in the file
    parameters: Mapping[str, Any]
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)


def located(path: str | Path) -> tuple[Path, Path]:
    """The scenario's folder and its .toml file, from a path to either."""
    try:
        given = Path(path)
        if given.suffix == ".toml" and not given.is_dir():
            return given.parent, given
        if not given.is_dir():
            what = "is not a .toml file" if given.exists() else "no such folder"
            raise InputError(f"{path}: {what}; a folder with scenario.toml, or a .toml file, is expected")
    except FAULTS_OF_PATHS as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{shown(str(path))}: cannot be a folder or file ({problem})") from problem
    return given, given / "scenario.toml"


def sheets_of(root: Path, path: Path, problems: Problems) -> tuple[list[Sheet], bool]:
    """The file and those that it extends, the base first, and whether they are all there: what is not, is noted."""
    chain: list[Sheet] = []
    name = where = path.name
    while found := inside(root, path.parent, path.name, where, problems):
        if any(found == sheet.path for sheet in chain):
            cycle = [sheet.name for sheet in chain[[s.path for s in chain].index(found) :]]
            problems.add(where, f"goes round in a circle: {' -> '.join([*cycle, cycle[0]])}; extend a base")
            break
        sheet = _sheet(found, name, where, problems)
        if sheet is None:
            break
        chain.append(sheet)
        if sheet.about.extends is None:
            return chain[::-1], "extends" not in sheet.given
        where = f"{name}, [scenario] extends = {shown(sheet.about.extends)}"
        base = inside(root, found.parent, sheet.about.extends, where, problems)
        if base is None:
            break
        path, name = base, str(base.relative_to(root.resolve()))
    return chain[::-1], False


def _sheet(path: Path, name: str, where: str, problems: Problems) -> Sheet | None:
    text = read_text(path, where if not path.exists() else name, problems)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except RecursionError:
        problems.add(name, "is not TOML that can be read: its lists or tables lie too deep in each other")
        return None
    except ValueError as fault:
        problems.add(name, _not_toml(text, str(fault)))
        return None
    for key in data:
        if key not in TABLES:
            problems.add(f"{name}, {shown_key(key)}", f"unknown key{did_you_mean(key, TABLES)}")
    given, parameters = (_table(data, key, name, problems) for key in ("scenario", "parameters"))
    if "scenario" not in data:
        problems.add(name, "has no table [scenario]; it must be given")
    lists = {key: tuple(_entries(data.get(key, []), f"{name}, [[{key}]]", problems)) for key in LISTS}
    return Sheet(path, name, _about(given, name, problems), given, parameters, lists)


def _not_toml(text: str, fault: str) -> str:
    """What is wrong with a text that is not TOML: the fault, its line, and what was probably meant."""
    at, lines = re.search(r"line (\d+)", fault), text.splitlines()
    line = lines[int(at[1]) - 1] if at and int(at[1]) <= len(lines) else ""
    line = line.split(" #")[0].strip()
    return f"is not TOML: {fault}" + (f": {shown(line)}{of_toml(line, fault)}" if line else "")


def _table(data: Mapping[str, Any], key: str, name: str, problems: Problems) -> Mapping[str, Any]:
    value = data.get(key, {})
    if isinstance(value, dict):
        return value
    problems.add(f"{name}, {key} = {shown(value)}", f"must be a table: write [{key}] once, and its keys below")
    return {}


def _entries(value: Any, where: str, problems: Problems) -> Iterator[Entry]:
    if not isinstance(value, list):
        problems.add(
            where, f"must be a list of tables: write {where.rsplit(', ', 1)[-1]} above each, in double brackets"
        )
        return
    for i, row in enumerate(value, start=1):
        if isinstance(row, dict):
            yield Entry(f"{where} {i}", row)
        else:
            problems.add(f"{where} {i} = {shown(row)}", "must be a table with keys")


def _about(given: Mapping[str, Any], name: str, problems: Problems) -> About:
    """[scenario] of one file, without the keys that are wrong."""
    about = checked(About, Entry(f"{name}, [scenario]", given), problems)
    if about is not None:
        return about
    right = {}
    for key, value in given.items():
        if key in About.model_fields and checked(About, Entry("", {key: value}), Problems()) is not None:
            right[key] = value
    return About.model_validate(right)
