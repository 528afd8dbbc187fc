"""The folder of one run: how a chart and a table get into it, and what everything in it needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts.frame import Imprint, drawn, save
from displacement.charts.style import day_words
from displacement.scenario import Scenario
from displacement.summaries import without_formulas

STAMP = "INTERNAL"
CONTENTS = "contents.json"


@dataclass(kw_only=True)
class Folder:
    """Where the outputs of one run go, and what all of them need. `run` tells of no irregular crossing."""

    run: xr.Dataset
    scenario: Scenario
    conditions: xr.Dataset
    access: xr.Dataset | None
    observed: pd.DataFrame
    path: Path
    written: list[Path] = field(default_factory=list)
    charts: list[dict[str, str]] = field(default_factory=list)  # name, title and subtitle of each, in order

    @property
    def last(self) -> Any:
        """The last day, for which most charts speak."""
        return self.run["time"].values[-1]

    @property
    def first_said(self) -> str:
        """The first day, in words."""
        return day_words(self.run["time"].values[0])

    @property
    def last_said(self) -> str:
        """The last day, in words."""
        return day_words(self.last)

    @property
    def since(self) -> str:
        """The reference date, in words."""
        return day_words(self.run.attrs["reference_date"])

    def chart(
        self, name: str, draw: Callable[[Figure], Any], *, observed: pd.DataFrame | None = None, **about: Any
    ) -> None:
        """Draw a chart within its frame and save it; `about` is what `product` takes. Internal ones are stamped."""
        imprint = Imprint.of(self.run, self.scenario, observed)
        told = f"{STAMP}_{name}" if about.get("internal") else name
        with drawn(imprint, as_of=self.last, **about) as figure:
            draw(figure)
            self.written += save(figure, self.path / "charts", told)
        self.charts.append({"name": told, "title": about["title"], "subtitle": about["subtitle"]})

    def table(self, name: str, table: pd.DataFrame, *, index: bool = False, internal: bool = False) -> None:
        """Write a table as CSV; an internal one with a stamp in its name and in every header."""
        folder = self.path / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / (f"{STAMP}_{name}.csv" if internal else f"{name}.csv")
        told = table.add_prefix(f"{STAMP} ") if internal else table
        without_formulas(told).to_csv(target, index=index, lineterminator="\n", date_format="%Y-%m-%d")
        self.written.append(target)

    def contents(self) -> None:
        """Leave contents.json: what the charts show, and the fingerprint of every file, so that a change is noticed.

        What is internal has a list of its own, so that the shared part of a folder is the same with it and without.
        """
        for name, inside in ((CONTENTS, False), (f"{STAMP}_{CONTENTS}", True)):
            files = {p.relative_to(self.path).as_posix(): sha256(p.read_bytes()).hexdigest()
                     for p in self.written if p.name.startswith(STAMP) == inside}  # fmt: skip
            charts = [c for c in self.charts if c["name"].startswith(STAMP) == inside]
            if not files:
                continue
            about = {"run": str(self.run.attrs.get("digest", "")), "charts": charts, "files": files}
            target = self.path / name
            target.write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
            self.written.append(target)
