"""What may leave the house: counts rounded, small ones left out, irregular crossings not told, members or points."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.summaries.points import bands

FLOOR = 50  # counts of people from 1 to FLOOR - 1 are not shared
ROUNDING = (
    "Rounded to 100 (below 10,000) or 1,000; totals are summed first, then rounded: parts may not add up;"
    " under 50 is not shown."
)


def without_irregular(run: xr.Dataset) -> xr.Dataset:
    """A run in which those who cross are those who were admitted: irregular crossings are internal, and so are sums."""
    if "crossed" not in run or "crossed_irregularly" not in run:
        return run
    return run.assign(crossed=(run["crossed"] - run["crossed_irregularly"]).assign_attrs(run["crossed"].attrs))


def rounded(values: Any) -> np.ndarray:
    """Counts to the nearest 100 below 10,000, to the nearest 1,000 from there on; halves go away from 0.

    >>> rounded([49, 50, 9_949, 12_500, -50]).tolist()
    [0.0, 100.0, 9900.0, 13000.0, -100.0]
    """
    numbers = np.asarray(values, float)
    size = np.abs(numbers)
    step = np.where(size < 10_000, 100.0, 1_000.0)
    return np.asarray(np.where(numbers < 0, -1.0, 1.0) * np.floor(size / step + 0.5) * step)


def suppressed(values: Any, floor: float = FLOOR) -> np.ndarray:
    """Which counts may not be shared: above 0 and under the floor, or differences as small, either way.

    >>> suppressed([0, 1, 49.5, 50, -7]).tolist()
    [False, True, True, False, True]
    """
    size = np.abs(np.asarray(values, float))
    return np.asarray((size > 0) & (size < floor))


def shared(frame: pd.DataFrame, people: Iterable[Hashable] | None = None, floor: float = FLOOR) -> pd.DataFrame:
    """The same table with counts of people fit to share: rounded by the rule, and "<50" where under the floor.

    people : the columns that hold counts; unless given, those called pN or something_pN. Rounding comes last, so the
    difference of two shared counts does not reveal a third. Unknown stays empty.
    """
    columns = list(people) if people is not None else [c for c in frame.columns if _is_point(str(c))]
    found = frame.copy()
    for name in columns:
        numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
        hidden = suppressed(numbers, floor)
        cells = [
            f"<{floor:g}" if h else int(r) if np.isfinite(r) else np.nan
            for h, r in zip(hidden, rounded(numbers), strict=True)
        ]
        found[name] = pd.Series(cells, index=frame.index, dtype=object if hidden.any() else None)
    return found


def numbers_of(cells: pd.Series) -> np.ndarray:
    """A column of a shared table as numbers: what was suppressed or is unknown is NaN."""
    return np.asarray(pd.to_numeric(cells, errors="coerce"), float)


def drawn_numbers(cells: pd.Series) -> np.ndarray:
    """A column of a shared table as a chart draws it: what is under the floor as 0, what is unknown not at all.

    >>> drawn_numbers(pd.Series(["<50", 200, None]))
    array([  0., 200.,  nan])
    """
    few = cells.astype(str).str.lstrip("-").str.startswith("<")
    return np.where(few, 0.0, numbers_of(cells))


def without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with an apostrophe before text that a spreadsheet would take for a formula.

    >>> without_formulas(pd.DataFrame({"name": ["=1+1", "Azaz"], "p50": [-3, 4]})).values.tolist()
    [["'=1+1", -3], ['Azaz', 4]]
    """

    def guarded(cell: Any) -> Any:
        risky = isinstance(cell, str) and cell[:1] in set("=+-@\t\r") and not _is_number(cell)
        return f"'{cell}" if risky else cell

    texts = frame.select_dtypes(exclude=["number", "bool", "datetime", "timedelta"]).columns
    return frame.assign(**{str(name): frame[name].map(guarded) for name in texts})


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").lstrip("<").replace(".", "", 1).isdigit()


def rounded_tonnes(values: Any, finest: float = 0.1) -> np.ndarray:
    """Tonnes, trucks, days and amounts to three figures, and no finer than 0.1.

    >>> rounded_tonnes([0.04, 7.26, 64.6, 4_439.5, 53_620.0]).tolist()
    [0.0, 7.3, 64.6, 4440.0, 53600.0]
    """
    numbers = np.asarray(values, float)
    figures = np.floor(np.log10(np.maximum(np.abs(np.nan_to_num(numbers, posinf=1.0, neginf=1.0)), 1.0)))
    step = np.maximum(10.0 ** (figures - 2.0), finest)
    return np.asarray(np.round(np.round(numbers / step) * step, 2) + 0.0)


def shared_aid(frame: pd.DataFrame, quantities: Iterable[Hashable] = ()) -> pd.DataFrame:
    """A table of aid fit to share: people and person-days by `shared`, tonnes, trucks and days by `rounded_tonnes`.

    quantities : columns of the latter kind besides those called something_10, _50 or _90, and mean_something
    """
    found, others = shared(frame), set(quantities)
    for name in frame.columns:
        what, _, point = str(name).rpartition("_")
        mean = what == "mean"
        if name in others or (point in {"10", "50", "90"} and what not in {"", "first_day"}) or mean:
            numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
            found[name] = rounded_tonnes(numbers, 0.01 if mean else 0.1)  # means are there to be added up
    return found


def _is_point(name: str) -> bool:
    """Is a column one of points over members, such as p50 or crossed_p90?"""
    last = name.rsplit("_", maxsplit=1)[-1]
    return last.startswith("p") and last[1:].replace(".", "", 1).isdigit()


def kept(run: xr.Dataset, keep: str) -> xr.Dataset:
    """What is kept of a run: "all"; "places", nothing by link; or "quantiles", points in % in place of members."""
    if keep == "all":
        return run
    if keep == "places":
        return run.drop_vars([name for name in run.data_vars if "link" in run[name].dims])
    data = {name: bands(v).assign_attrs(v.attrs) if "member" in v.dims else v for name, v in run.data_vars.items()}
    points = xr.Dataset(data, attrs=run.attrs)
    points["point"].attrs = {"units": "%", "long_name": "point over members"}
    return points
