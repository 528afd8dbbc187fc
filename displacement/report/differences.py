"""What each scenario of the page has more or fewer than the first: the same words, charts and tables as `compare`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from displacement.comparison.luck import check_luck
from displacement.comparison_outputs import Comparison, write_comparison
from displacement.errors import InputError
from displacement.io import read_run, scenario_of_run
from displacement.report.marks import in_sections
from displacement.report.shelf import Chart, Shelf, table_of
from displacement.scenario import Scenario

FINER = ("p2.5", "p5", "p25", "p75", "p95", "p97.5")  # points that the page leaves to the tables of `compare`


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs between one scenario and the first, fit to share; or why that is not worked out."""

    reason: str = ""
    words: str = ""
    charts: list[Chart] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def headline(self, variable: str, day: str) -> list[str] | None:
        """The 10, 50 and 90 % points of a total's difference on a day, as cells; none if it is not compared."""
        table = self.tables.get("difference_by_day", pd.DataFrame())
        mine = table[(table["variable"] == variable) & (table["date"] == day)] if len(table) else table
        return [str(mine[p].iloc[-1]) for p in ("p10", "p50", "p90")] if len(mine) else None


def differences(shelves: Mapping[str, Shelf]) -> dict[str, Difference]:
    """For each scenario after the first, what differs from it; runs that share no luck are not compared."""
    others = list(shelves)[1:]
    if not others:
        return {}
    try:
        runs = {name: read_run(shelf.path) for name, shelf in shelves.items()}
        check_luck(runs)
        scenarios, reasons = _copies(shelves, runs)
        elsewhere = dict.fromkeys(others, "not worked out for this page (`displacement compare` does)")
        made = Comparison(runs=runs, scenarios=scenarios, reasons={**reasons, **elsewhere})
        with tempfile.TemporaryDirectory() as room:
            folder = Path(room)
            write_comparison(made, folder)
            return {name: _read(folder, name, number) for number, name in enumerate(others, start=1)}
    except InputError as fault:
        return {name: Difference(reason=fault.problems[0]) for name in others}


def _copies(shelves: Mapping[str, Shelf], runs: Mapping[str, object]) -> tuple[dict[str, Scenario], dict[str, str]]:
    found, reasons = {}, {}
    for name, shelf in shelves.items():
        try:
            found[name] = scenario_of_run(shelf.path, runs[name])  # type: ignore[arg-type]
        except InputError as fault:
            reasons[name] = fault.problems[0]
    return found, reasons


def _read(folder: Path, name: str, number: int) -> Difference:
    """The part of a comparison that is about one scenario."""
    tables = {
        path.stem: table_of(path.read_text(encoding="utf-8")) for path in sorted((folder / "tables").glob("*.csv"))
    }
    mine = {
        key: table[table["scenario"] == name].drop(columns="scenario")
        for key, table in tables.items()
        if ("scenario" in table and not key.startswith("difference_"))
        or key in {"difference_by_day", "difference_by_place"}
    }
    chart = folder / "charts" / f"difference_{number}.svg"
    charts = (
        [Chart(name="difference", title=name, subtitle="", svg=chart.read_text(encoding="utf-8"))]
        if chart.exists()
        else []
    )
    page = (folder / "summary.md").read_text(encoding="utf-8")
    told = {k: t.drop(columns=[c for c in t.columns if c in FINER]) for k, t in mine.items() if len(t)}
    return Difference(words=in_sections(page).get(name.strip(), ""), charts=charts, tables=told)
