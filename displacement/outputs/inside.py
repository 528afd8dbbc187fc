"""What must not be shared: every internal variable of a run, the map with people by road, roads to protect."""

from __future__ import annotations

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.access import routes_to_protect
from displacement.charts import cut_bars, cut_table, map_data, sankey_table
from displacement.charts.frame import key_above
from displacement.charts.protect import cut_legend
from displacement.charts.style import day_of
from displacement.outputs.folder import Folder
from displacement.outputs.ways import draw_map, write_sankey
from displacement.summaries import RANGE, band_table, has_home_areas
from displacement.variables import STOCK, VARIABLES


def write_internal(out: Folder, run: xr.Dataset) -> None:
    """Stamped in their names and headers; counts are neither rounded nor left out."""
    for name, variable in VARIABLES.items():
        if not variable.internal or name not in out.run:
            continue
        values = out.run[name]
        if "time" in values.dims:
            values = values.isel(time=-1) if variable.cell_methods == STOCK else values.sum("time")
        cells = values.stack(cell=[d for d in values.dims if d != "member"])  # noqa: PD013
        table = band_table(cells, RANGE).reset_index(drop=True)
        where = cells["cell"].to_index().to_frame(index=False)
        out.table(name, pd.concat([where, table], axis=1), internal=True)
    data = map_data(out.run, out.scenario, out.conditions, internal=True)
    draw_map(out, data, internal=True)
    out.table("flow_map_traffic", data.traffic, internal=True)
    if has_home_areas(run):
        write_sankey(out, sankey_table(run, out.scenario.hosts, internal=True), internal=True)
    write_cuts(out)


def write_cuts(out: Folder) -> None:
    """Which roads to protect on the last day, by what aid would lose; nothing where no cut costs anything."""
    cuts = routes_to_protect(out.scenario, day_of(out.last), out.conditions)
    if not cuts:
        return
    out.table("routes_to_protect", cut_table(cuts), internal=True)

    def draw(figure: Figure) -> None:
        key_above(figure, cut_legend(cuts))
        cut_bars(cuts, figure.add_subplot())

    out.chart(
        "routes_to_protect",
        draw,
        title=f"Routes to protect on {out.last_said}",
        subtitle="Stock of persons at the start who lose every way in with a chance of 0.05 or more if aid loses the"
        " road, and tonnes of aid that can no longer be delivered. At the side: others, still reached, by longer ways"
        " (means). +1 alike: another cut isolates nearly the same.",
        size=(7.0, 5.6),
        internal=True,
    )
