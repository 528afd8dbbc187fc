"""What a run says, in a few numbers: bands, sums, chances, peaks, first dates, people by class of access.

Pure functions: a run or a DataArray in, a DataArray or DataFrame out. Members are equally likely; a "pN" column is the
N % point over them. Totals are summed within each member first; points over members come last, rounding after that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Network
from displacement.variables import STOCK, VARIABLES

POINTS = (2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5)
RANGE = (10.0, 50.0, 90.0)
FLOOR = 50  # counts of people from 1 to FLOOR - 1 are not shared
PLANNING_SHARE = 0.8  # a planning figure covers the peak of this share of members
PLANNING_STEP = 5_000.0
CLASSES = ("besieged", "hard_to_reach", "unknown", "accessible")
ROUNDING = (
    "Rounded to 100 (below 10,000) or 1,000; totals are summed first, then rounded: parts may not add up;"
    " under 50 is not shown."
)


def column(point: float) -> str:
    """Name of the column with a point over members.

    >>> column(50.0), column(97.5)
    ('p50', 'p97.5')
    """
    return f"p{point:g}"


def points_over_members(numbers: np.ndarray, points: Sequence[float]) -> np.ndarray:
    """(point, ...) points in % over the first axis; NaN members are left out, and where all are NaN so is the point.

    >>> points_over_members(np.array([[0.0, 1.0], [10.0, np.nan]]), (50.0,))
    array([[5., 1.]])
    """
    numbers = numbers.astype(float)
    shares = np.asarray(points) / 100.0
    unknown = np.isnan(numbers)
    if not unknown.any():
        return np.asarray(np.quantile(numbers, shares, axis=0))
    none = unknown.all(axis=0)
    filled = np.where(none, 0.0, numbers)
    return np.where(none, np.nan, np.nanquantile(filled, shares, axis=0))


def bands(values: xr.DataArray, points: Sequence[float] = POINTS) -> xr.DataArray:
    """(point, ...) points in % over member; NaN members are left out, and where all are NaN so is the band.

    >>> bands(xr.DataArray([0, 10, 20], dims="member"), (50.0,)).values
    array([10.])
    """
    if "member" not in values.dims:
        values = values.expand_dims("member")
    values = values.transpose("member", ...)
    found = points_over_members(values.values, points)
    coords = {str(k): v for k, v in values.coords.items() if "member" not in v.dims}
    return xr.DataArray(found, dims=("point", *values.dims[1:]), coords={**coords, "point": list(points)})


def band_table(values: xr.DataArray, points: Sequence[float] = POINTS) -> pd.DataFrame:
    """A row for each cell of one dimension, a column for each point over members."""
    found = bands(values, points)
    (dim,) = found.dims[1:]
    index = pd.Index(found[dim].values, name=str(dim))
    return pd.DataFrame({column(p): found.values[i] for i, p in enumerate(points)}, index=index)


def scope_sum(values: xr.DataArray, network: Network, name: str) -> xr.DataArray:
    """Values summed over the places that a name stands for: a place, or a group such as one that a source counts."""
    return values.sel(place=list(network.members_of(name))).sum("place", skipna=False)


def peak_of(values: xr.DataArray) -> xr.DataArray:
    """(member,) largest value over the days."""
    return values.max("time")


def chance_above(values: xr.DataArray, figure: float) -> float:
    """Share of members in which a figure is exceeded on at least one day; NaN if nothing is known.

    >>> chance_above(xr.DataArray([[1, 5], [1, 2]], dims=("member", "time")), 3.0)
    0.5
    """
    peaks = np.atleast_1d(peak_of(values).values.astype(float))
    known = peaks[~np.isnan(peaks)]
    return float((known > figure).mean()) if known.size else float("nan")


def planning_figure(values: xr.DataArray, share: float = PLANNING_SHARE, step: float = PLANNING_STEP) -> float:
    """People to plan for: what the peak does not exceed in `share` of members or more, up to a multiple of `step`.

    >>> planning_figure(xr.DataArray([[0, 100_100]], dims=("member", "time")))
    105000.0
    """
    peaks = np.atleast_1d(peak_of(values).values.astype(float))
    known = peaks[~np.isnan(peaks)]
    if not known.size:
        return float("nan")
    return float(np.ceil(np.quantile(known, share, method="inverted_cdf") / step) * step)


def peak_day(values: xr.DataArray) -> pd.DataFrame:
    """Day and size of the peak, a row for each of the 10, 50 and 90 % points; no day where nothing ever happens."""
    days = values["time"].values
    if "member" not in values.dims:
        values = values.expand_dims("member")
    numbers = np.nan_to_num(values.transpose("member", "time").values.astype(float))
    size = numbers.max(axis=1, initial=0.0)
    position = np.where(size > 0, numbers.argmax(axis=1) if numbers.size else 0, np.inf)
    return pd.DataFrame(
        {"day": _days_at(position, days, RANGE), "people": np.quantile(size, np.asarray(RANGE) / 100.0)},
        index=pd.Index([column(p) for p in RANGE], name="point"),
    )


def first_passed(values: xr.DataArray, thresholds: Iterable[float]) -> pd.DataFrame:
    """For each threshold, the share of members that reach it, and the day on which they first do (10, 50, 90 %).

    Members that never reach it count as later than any day: a point among them has no day.
    """
    days = values["time"].values
    if "member" not in values.dims:
        values = values.expand_dims("member")
    numbers = values.transpose("member", "time").values.astype(float)
    rows = {}
    for threshold in thresholds:
        passed = numbers >= threshold
        ever = passed.any(axis=1)
        found = _days_at(np.where(ever, passed.argmax(axis=1), np.inf), days, RANGE)
        rows[threshold] = {"share": float(ever.mean()), **{column(p): d for p, d in zip(RANGE, found, strict=True)}}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def _days_at(position: np.ndarray, days: np.ndarray, points: Sequence[float]) -> pd.DatetimeIndex:
    """Days at points over members of a position among the days; infinity is never, which is NaT."""
    at = np.quantile(position, np.asarray(points) / 100.0, method="inverted_cdf")
    return pd.DatetimeIndex([days[int(i)] if np.isfinite(i) else pd.NaT for i in at])


def place_names(run: xr.Dataset) -> pd.DataFrame:
    """A row a place: name, country and the area it lies in (its parent P-code; the country where there is none)."""
    text = {name: [str(x) for x in run[f"place_{name}"].values] for name in ("name", "country", "parent_pcode")}
    frame = pd.DataFrame(text, index=pd.Index([str(p) for p in run["place"].values], name="place"))
    return frame.assign(area=frame["parent_pcode"].where(frame["parent_pcode"] != "", frame["country"]))


def by_place(run: xr.Dataset, name: str, date: Any = None, points: Sequence[float] = RANGE) -> pd.DataFrame:
    """A row a place: points of a stock on a day (the last, unless given), largest first."""
    values = run[name].isel(time=-1) if date is None else run[name].sel(time=np.datetime64(date, "ns"))
    table = place_names(run)[["name", "area"]].join(band_table(values, points))
    return table.sort_values(["p50", "name"], ascending=[False, True], kind="stable")


def departures_by_origin(run: xr.Dataset, points: Sequence[float] = RANGE) -> pd.DataFrame:
    """A row a place: people who left home there over the whole run, largest first."""
    table = place_names(run)[["name", "area"]].join(band_table(run["departures_from_home"].sum("time"), points))
    return table.sort_values(["p50", "name"], ascending=[False, True], kind="stable")


def shared_stocks(run: xr.Dataset) -> list[str]:
    """Stocks of people in a run that are not internal, in the order of the table of variables."""
    return [
        name
        for name, v in VARIABLES.items()
        if name in run and v.cell_methods == STOCK and not v.internal and "time" in v.dims
    ]


def stock_totals(run: xr.Dataset, points: Sequence[float] = POINTS) -> pd.DataFrame:
    """A row a day and stock that is not internal: points of its sum over all places or crossings."""
    parts = []
    for name in shared_stocks(run):
        total = run[name].sum([d for d in run[name].dims if d not in {"member", "time"}], skipna=False)
        parts.append(band_table(total, points).reset_index().assign(variable=name))
    if not parts:
        return pd.DataFrame(columns=["time", "variable", *map(column, points)])
    return pd.concat(parts)[["time", "variable", *map(column, points)]].reset_index(drop=True)


def arrivals_by_crossing(run: xr.Dataset) -> pd.DataFrame:
    """A row a day, crossing and direction: people who reached it, passed it, and wait, with 10, 50 and 90 % points.

    A direction that nobody took is left out, unless nobody took the other either: then forward stays.
    """
    names, rows = place_names(run)["name"], []
    ends = {str(k): (str(a), str(b)) for k, a, b in zip(run["link"].values, run["link_from"].values,
                                                        run["link_to"].values, strict=True)}  # fmt: skip
    for crossing in run["crossing"].values:
        at = run[["joined", "crossed", "waiting"]].sel(crossing=crossing)
        used = [d for d in run["direction"].values if bool((at.sel(direction=d).to_array() > 0).any())]
        for way in used or run["direction"].values[:1]:
            near, far = ends[str(crossing)] if str(way) == "forward" else ends[str(crossing)][::-1]
            flows = ("joined", "crossed", "waiting")
            part = pd.concat([band_table(at[k].sel(direction=way), RANGE).add_prefix(f"{k}_") for k in flows], axis=1)
            named = {"crossing": str(crossing), "direction": str(way), "near": names[near], "far": names[far]}
            rows.append(part.reset_index().assign(**named))
    if not rows:
        return pd.DataFrame(columns=["time", "crossing", "direction", "near", "far"])
    return pd.concat(rows).reset_index(drop=True)


def without_irregular(run: xr.Dataset) -> xr.Dataset:
    """A run in which those who cross are those who were admitted: irregular crossings are internal, and so are sums."""
    if "crossed" not in run or "crossed_irregularly" not in run:
        return run
    return run.assign(crossed=(run["crossed"] - run["crossed_irregularly"]).assign_attrs(run["crossed"].attrs))


def flag_names(codes: xr.DataArray) -> np.ndarray:
    """Codes as their words, from flag_values and flag_meanings; a code that has no word is unknown."""
    words = str(codes.attrs["flag_meanings"]).split()
    values = codes.attrs.get("flag_values", range(len(words)))
    known = {int(v): w for v, w in zip(values, words, strict=True)}
    return np.vectorize(lambda v: known.get(int(v), "unknown"), otypes=[object])(codes.values)


def people_by_class(access: xr.Dataset, population: pd.Series) -> pd.DataFrame:
    """A row a day, a column a class of access: people at the opening at places of that class. Every person is in one.

    population : people by place when the scenario opens. People at places that are not classified count as unknown.
    """
    words = flag_names(access["access_status"].transpose("time", "place"))
    people = np.nan_to_num(population.reindex([str(p) for p in access["place"].values]).to_numpy(float))
    words = np.where(np.isin(words.astype(str), CLASSES), words, "unknown")
    found = {name: ((words == name) * people).sum(axis=1) for name in CLASSES}
    return pd.DataFrame(found, index=pd.Index(access["time"].values, name="time"))


def opening_people(network: Network) -> pd.Series:
    """People by place when the scenario opens, at home and already displaced."""
    people = network.places.residents + network.places.opening_displaced
    return pd.Series(people, index=pd.Index(network.places.id, name="place"), name="people")


def spells(codes: xr.DataArray) -> pd.DataFrame:
    """A row for each unbroken time at a place with one value: place, value, first and last day, by place and time.

    `begins` and `ends` say whether the change at either end was seen, or the period ended there.
    """
    words = flag_names(codes.transpose("time", "place"))
    days, rows = pd.DatetimeIndex(codes["time"].values), []
    for i, place in enumerate(codes["place"].values):
        line = words[:, i]
        starts = [0, *(int(k) for k in np.flatnonzero(line[1:] != line[:-1]) + 1)] if len(line) else []
        for start, stop in zip(starts, [*starts[1:], len(line)], strict=True):
            row = (str(place), str(line[start]), days[start], days[stop - 1], start > 0, stop < len(line))
            rows.append(row)
    return pd.DataFrame(rows, columns=["place", "value", "first", "last", "begins", "ends"])


def access_changes(access: xr.Dataset, names: pd.Series) -> pd.DataFrame:
    """A row for the first day of each place and each later day on which its access changes.

    class, today, since (first day of today's value), worst and best. Places that are never classified are left out.
    """
    wanted = {"class": "access_status", "today": "access_today", "worst": "access_worst", "best": "access_best"}
    found = {k: flag_names(access[v].transpose("time", "place")) for k, v in wanted.items() if v in access}
    days, rows = pd.DatetimeIndex(access["time"].values), []
    for i, place in enumerate(map(str, access["place"].values)):
        before: dict[str, str] = {}
        since = days[0] if len(days) else pd.NaT
        for t, day in enumerate(days):
            now = {k: str(v[t, i]) for k, v in found.items()}
            if before and now.get("today") != before.get("today"):
                since = day
            if now != before and set(now.values()) != {"not_classified"}:
                rows.append({"place": place, "name": names.get(place, place), "date": day, **now, "since": since})
            before = now
    columns = ["place", "name", "date", "class", "today", "since", "worst", "best"]
    return pd.DataFrame(rows, columns=[c for c in columns if c in {"place", "name", "date", "since", *found}])


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
