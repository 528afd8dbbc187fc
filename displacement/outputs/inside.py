"""What must not be shared: every internal variable of a run, the map with people by road, crossings by name."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from displacement.charts import map_data, sankey_table
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
