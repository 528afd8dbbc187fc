"""What a run leaves in its folder: charts with the tables behind them, further tables, and a page of words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xarray as xr

from displacement.charts.words import summary
from displacement.outputs.aid import write_aid
from displacement.outputs.days import write_days
from displacement.outputs.folder import CONTENTS, STAMP, Folder
from displacement.outputs.inside import write_internal
from displacement.outputs.people import write_counts, write_crossings, write_fans
from displacement.outputs.reach import write_access, write_board
from displacement.outputs.sites import write_sites
from displacement.outputs.ways import write_map, write_origins
from displacement.scenario import Scenario
from displacement.scores.counted import counted
from displacement.summaries import comparable, without_irregular

__all__ = ["CONTENTS", "STAMP", "write_outputs"]


def write_outputs(
    run: xr.Dataset,
    scenario: Scenario,
    access: xr.Dataset | None,
    folder: str | Path,
    observed: pd.DataFrame | None = None,
    internal: bool = False,
    crowding: pd.DataFrame | None = None,
) -> list[Path]:
    """Write charts (PNG and SVG), tables (CSV) and summary.md of a run to a folder; return the files.

    access : from `access_status`; without it, nothing is said of access
    observed : reports to stand beside the run (see `io.read_observed`), without placeholders and with parts added up
        (see `scores.counted`); those of other movements are left out
    internal : also write what must stay inside; each such file carries INTERNAL in its name and in its headers
    crowding : from `comparison.crowding_of`, where people are because sites fill; without it, nothing is said of that
    """
    observed = None if observed is None else counted(observed)[0]
    out = Folder(
        run=without_irregular(run),
        scenario=scenario,
        conditions=scenario.compile(),
        access=access,
        observed=comparable(observed, run),
        path=Path(folder),
    )
    write_fans(out)
    write_crossings(out)
    write_map(out)
    write_sites(out, crowding)
    write_origins(out, run)
    write_board(out)
    write_access(out)
    write_counts(out)
    write_days(out)
    if "need" in run:
        write_aid(out, internal=internal)
    if internal:
        write_internal(out, run)
    page = out.path / "summary.md"
    words = summary(out.run, scenario, out.conditions, access, observed, crowding)
    page.write_text(words, encoding="utf-8")
    out.written.append(page)
    out.contents()
    return out.written
