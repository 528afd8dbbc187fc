"""What the page takes from the folder of a run: its own files and no others, as they were written."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from displacement.errors import InputError, Problems
from displacement.io.files import read_text
from displacement.io.run import read_about
from displacement.outputs import CONTENTS, STAMP

REQUIRED = {"headlines", "places", "people_by_day_and_place", "ways_by_day"}  # tables without which there is no page


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as it was drawn: its name, what it shows, and the picture as SVG."""

    name: str
    title: str
    subtitle: str
    svg: str


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The files of one run, read and checked. Cells of tables are text, as they stand in the CSV."""

    path: Path
    about: dict[str, Any]
    days: list[str]
    charts: list[Chart]
    tables: dict[str, pd.DataFrame]
    words: str

    @property
    def name(self) -> str:
        """What the scenario calls itself."""
        return str(self.about.get("title", "")) or self.path.name

    def behind(self, chart: str) -> list[str]:
        """Names of the tables that stand behind a chart: those that begin with its name."""
        return [name for name in self.tables if name == chart or name.startswith(f"{chart}_")]


def read_shelf(path: Path, *, internal: bool = False) -> Shelf:
    """The files of a run; an error names each that is missing or was changed since `run` wrote it.

    internal : also those that carry the stamp in their name
    """
    about, days = read_about(path)
    root = path if path.is_dir() else path.parent
    digest = str(about.get("digest", ""))
    contents = _contents(root / CONTENTS, digest)
    if REQUIRED - {Path(name).stem for name in contents["files"]}:
        raise InputError(f"{root / CONTENTS}: is not as `run` writes it. Run it again")
    if internal:
        if not (root / f"{STAMP}_{CONTENTS}").exists():
            raise InputError(f"{path}: holds nothing internal; run again with --internal, or leave it out here")
        inside = _contents(root / f"{STAMP}_{CONTENTS}", digest)
        contents = {k: [*contents[k], *inside[k]] if k == "charts" else {**contents[k], **inside[k]}
                    for k in ("charts", "files")}  # fmt: skip
    problems = Problems()
    wanted = [name for name in contents["files"] if internal or not Path(name).name.startswith(STAMP)]
    texts = {name: _checked(root, name, contents["files"][name], problems)
             for name in wanted if not name.endswith(".png")}  # fmt: skip
    problems.raise_if_any()
    return Shelf(
        path=path,
        about=about,
        days=days,
        charts=[Chart(name=c["name"], title=c["title"], subtitle=c["subtitle"], svg=texts[f"charts/{c['name']}.svg"])
                for c in contents["charts"] if f"charts/{c['name']}.svg" in texts],
        tables={Path(name).stem: table_of(text) for name, text in texts.items() if name.endswith(".csv")},
        words=texts.get("summary.md", ""),
    )  # fmt: skip


def table_of(text: str) -> pd.DataFrame:
    r"""A table whose cells are text, empty where nothing is known.

    >>> table_of("date,p50\n2016-02-03,<50\n2016-02-04,\n").values.tolist()
    [['2016-02-03', '<50'], ['2016-02-04', '']]
    """
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise InputError(f"a table cannot be read ({fault})") from fault


def _contents(target: Path, digest: str) -> dict[str, Any]:
    """What `run` says that it wrote."""
    text = read_text(target, str(target), Problems())
    if text is None:
        raise InputError(
            f"{target.parent}: holds no {target.name}: another version wrote it, or it is not a run. Run it again"
        )
    try:
        found = json.loads(text)
        if found["run"] != digest:
            raise InputError(f"{target}: belongs to another run than run.nc beside it. Run it again")
        names = [*found["files"], *(c[k] for c in found["charts"] for k in ("name", "title", "subtitle"))]
        sound = all(isinstance(name, str) and name.isprintable() for name in names) and isinstance(found["files"], dict)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise InputError(f"{target}: cannot be read ({fault}). Run it again") from fault
    if not sound:
        raise InputError(f"{target}: is not as `run` writes it. Run it again")
    return dict(found)


def _checked(root: Path, name: str, fingerprint: str, problems: Problems) -> str:
    """The text of a file, if it is as `run` wrote it."""
    target = root / name
    text = None
    if target.resolve().is_relative_to(root.resolve()):
        text = read_text(target, str(target), problems)
    else:
        problems.add(str(target), "leads out of the run's folder")
    if text is None:
        return ""
    if sha256(target.read_bytes()).hexdigest() != fingerprint:
        problems.add(str(target), "was changed since `run` wrote it; run again, so that page and tables agree")
    return text
