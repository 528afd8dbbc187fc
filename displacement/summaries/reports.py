"""What was reported beside what is projected: observations that can stand beside a run."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from displacement.network import Network
from displacement.summaries.points import RANGE, bands, column, scope_sum
from displacement.variables import STOCK, VARIABLES


def comparable(observed: pd.DataFrame | None, run: xr.Dataset, *, internal: bool = False) -> pd.DataFrame:
    """Observations that can stand beside this run: stocks of people by place, the same reference date, in the period.

    A row whose reference differs is a count of other movements. Sums over days are left out: their first day is not
    always stated.
    """
    if observed is None or not len(observed):
        return pd.DataFrame(columns=["date", "variable", "place_id", "value", "low", "high", "source"])
    frame = observed.assign(date=pd.to_datetime(observed["date"]))
    if "reference" in frame:
        said = frame["reference"].astype("string").fillna("").str.strip()
        frame = frame[said.isin(["", str(run.attrs.get("reference_date", ""))])]
    usable = {
        name for name, v in VARIABLES.items()
        if name in run and v.cell_methods == STOCK and v.dims == ("member", "time", "place")
        and (internal or not v.internal)
    }  # fmt: skip
    inside = frame["date"].isin(pd.DatetimeIndex(run["time"].values))
    return frame[frame["variable"].isin(usable) & inside].sort_values("date", kind="stable").reset_index(drop=True)


def observed_beside(observed: pd.DataFrame | None, run: xr.Dataset, network: Network) -> pd.DataFrame:
    """Comparable observations, each with the run's 10, 50 and 90 % points of the same scope on the same day."""
    frame = comparable(observed, run)
    points = [
        bands(scope_sum(run[row["variable"]].sel(time=row["date"]), network, str(row["place_id"])), RANGE).values
        for _, row in frame.iterrows()
    ]
    return frame.assign(**{column(p): [float(found[i]) for found in points] for i, p in enumerate(RANGE)})
