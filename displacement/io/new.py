"""A new scenario folder: a small invented case with notes that teach, to be changed into one of the reader's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from displacement.errors import InputError
from displacement.io.files import FAULTS_OF_PATHS, replacing, shown


def template() -> dict[str, bytes]:
    """The files of the template by name, as they stand in the package: notes and empty cells stay what they are.

    >>> sorted(template())[:3]
    ['SOURCES.md', 'border_open.toml', 'links.csv']
    """
    folder = files("displacement.io").joinpath("template")
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir(), key=lambda item: item.name)}


def write_new(folder: str | Path) -> list[str]:
    """Write the template to a folder that is not there yet, or is empty; what is returned are its files' names."""
    target = Path(folder)
    try:
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise InputError(f"{target}: exists already, and nothing is overwritten; choose another name")
    except FAULTS_OF_PATHS as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{shown(str(folder))}: cannot be a folder ({problem})") from problem
    texts = template()
    with replacing(target, force=False) as new:
        new.mkdir()
        for name, text in texts.items():
            (new / name).write_bytes(text)
    return sorted(texts)
