"""A comparison as tables: scenarios side by side, differences by day and by place, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.access.thresholds import Thresholds
from displacement.comparison.changes import changes_table
from displacement.comparison.difference import SAVED, TOTAL
from displacement.errors import InputError
from displacement.mandates import days_of
from displacement.need import aid_dependence, tonnes_needed, trade_entry
from displacement.network import Floats
from displacement.scenario import Scenario
from displacement.summaries import RANGE, bands, column, flag_names, peak_day, place_names, shared
from displacement.variables import STOCK, VARIABLES

HORIZONS = (30, 60, 90)  # days, the reference date is day 1
IN_REACH, NOT_IN_REACH = ("accessible",), ("besieged", "hard_to_reach")
POINTS = [column(p) for p in RANGE]
DAYS = ["earliest", "day", "latest"]  # the same points over members, of a day
STAYING = ("residents", "displaced", "returned")  # stocks of people who stay at a place in the country
PLANNED = ["scenario", "quantity", "unit", *DAYS, *POINTS]


def side_by_side(
    runs: Mapping[str, xr.Dataset],
    scenarios: Mapping[str, Scenario] | None = None,
    variable: str = "moved_since",
    horizons: Sequence[int] = HORIZONS,
) -> pd.DataFrame:
    """A row for each run and quantity: 10, 50 and 90 % points, and the day that they are of.

    - peak, day_30 (60, 90; the reference date is day 1; none after the last day), last_day: people of `variable`;
    - in_reach, not_in_reach, reach_unknown: people who stay at places of that class of access on the last day, all
      together everybody who stays at a place in the country; only if a run holds its access;
    - refugees: on the last day;
    - aid: tonnes a day that the people of `variable` need from aid on the last day, what is unknown shut; only for runs
      whose scenario is given.
    """
    rows = []
    for name, run in runs.items():
        if variable not in run:
            raise InputError(f"{name!r}: holds no {variable}")
        found = [*_counts(run, variable, horizons), *_reach(run)]
        if "refugees" in run:
            found.append(_row("refugees", "people", run["time"].values[-1], run["refugees"].isel(time=-1).sum("place")))
        if scenarios is not None and name in scenarios:
            found.append(_row("aid", "tonnes/day", run["time"].values[-1], aid_needed(run, scenarios[name], variable)))
        rows += [{"scenario": name, **row} for row in found]
    table = pd.DataFrame(rows, columns=PLANNED)
    return table.assign(**{k: pd.to_datetime(table[k]) for k in DAYS})


def _row(quantity: str, unit: str, day: Any, values: xr.DataArray) -> dict[str, Any]:
    points = dict(zip(POINTS, bands(values, RANGE).values.tolist(), strict=True))
    return {"quantity": quantity, "unit": unit, **dict.fromkeys(DAYS, day), **points}


def _counts(run: xr.Dataset, variable: str, horizons: Sequence[int]) -> Iterator[dict[str, Any]]:
    people, days = run[variable].sum("place"), pd.DatetimeIndex(run["time"].values)
    peak = peak_day(people)
    yield {"quantity": "peak", "unit": "people", **dict(zip(DAYS, peak["day"], strict=True)),
           **dict(zip(POINTS, peak["people"], strict=True))}  # fmt: skip
    first = pd.Timestamp(run.attrs.get("reference_date") or days[0])
    for horizon in horizons:
        day = first + pd.Timedelta(days=horizon - 1)
        if day in days:
            yield _row(f"day_{horizon}", "people", day, people.sel(time=day))
    yield _row("last_day", "people", days[-1], people.isel(time=-1))


def _reach(run: xr.Dataset) -> Iterator[dict[str, Any]]:
    if "access_status" not in run:
        return
    words = flag_names(run["access_status"].isel(time=-1))
    present = run[[k for k in STAYING if k in run]].isel(time=-1).to_array("stock").sum("stock")
    reached, not_reached = np.isin(words, IN_REACH), np.isin(words, NOT_IN_REACH)
    for name, held in (
        ("in_reach", reached), ("not_in_reach", not_reached), ("reach_unknown", ~(reached | not_reached)),
    ):  # fmt: skip
        yield _row(name, "people", run["time"].values[-1], present.isel(place=np.flatnonzero(held)).sum("place"))


def aid_needed(run: xr.Dataset, scenario: Scenario, variable: str) -> xr.DataArray:
    """(member,) tonnes of dry aid a day that people need where they are on the last day, unknown permissions shut."""
    people = run[variable].isel(time=-1).transpose("member", "place")
    dependence = dependence_on_last_day(scenario)
    tonnes = tonnes_needed(people.values.astype(float), dependence, 1.0).sum(axis=1)
    return xr.DataArray(tonnes, dims="member")


def dependence_on_last_day(scenario: Scenario) -> Floats:
    """(place,) kg of dry aid needed a day per person on the last day: share who depend on it x what they need."""
    last = days_of(scenario.compile().isel(time=slice(-1, None)), "low")[0]
    trade = trade_entry(scenario.network, last, Thresholds().usable_trade)
    return aid_dependence(trade, last.aid_share) * last.kg_needed


def shared_side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with counts of people fit to share, and aid to a tenth of a tonne."""
    of_people = table["unit"] == "people"
    counts, others = shared(table[of_people], POINTS), table[~of_people]
    aid = others.assign(**{p: others[p].astype(float).round(1) for p in POINTS})
    cells = pd.concat([part.astype(dict.fromkeys(POINTS, object)) for part in (counts, aid)])
    return cells.sort_index(kind="stable")


def difference_by_day(found: xr.Dataset) -> pd.DataFrame:
    """A row for each scenario, variable and day: points of the difference of its total."""
    parts = []
    for name, total in _totals(found):
        if "time" in total.dims:
            parts += [part.assign(variable=name) for part in _rows(total)]
    return _table(parts, ["scenario", "variable", "time"], found["point"].values)


def difference_by_place(found: xr.Dataset, least: float = 0.0) -> pd.DataFrame:
    """A row for each scenario, stock and cell (place, crossing and direction, ...) that differs on the last day.

    The largest median difference first.  least : leave out rows of which no point is so many people
    """
    parts = []
    for name, values in _stocks(found):
        for part in _rows(values.isel(time=-1)):
            size = part[list(_points_of(part))].abs().max(axis=1)
            some = part[(size > 0) & (size >= least)]
            order = some["p50"].abs().sort_values(ascending=False, kind="stable").index
            parts.append(some.loc[order].assign(variable=name))
    table = _table(parts, ["scenario", "variable", "place", "crossing", "direction"], found["point"].values)
    return _named(table, found)


def first_days(found: xr.Dataset, least: float = 0.0) -> pd.DataFrame:
    """A row for each scenario, stock and place that ever differs, its total first: the day from which it does.

    median_from : first day on which the median difference is not 0
    range_from : first day on which 0 lies outside the range from the 10 to the 90 % point
    least : leave out what never has a median difference of so many people
    """
    parts = []
    for prefix, chosen in ((TOTAL, _totals(found)), ("", _stocks(found))):
        for name, values in chosen:
            if VARIABLES[name].cell_methods != STOCK or "time" not in values.dims:
                continue
            points = {p: values.sel(point=p, drop=True) for p in RANGE}
            median = points[50.0] != 0
            outside = (points[10.0] > 0) | (points[90.0] < 0)
            frame = pd.DataFrame({"median_from": _first(median), "range_from": _first(outside)})
            largest = abs(points[50.0]).max("time")
            bare = largest.drop_vars([c for c in largest.coords if c not in largest.dims]).to_series()
            some = frame[(bare.reindex(frame.index) >= least).to_numpy()].dropna(how="all").reset_index()
            if len(some):
                parts.append(some.assign(variable=name, of="total" if prefix else "place"))
    table = _table(parts, ["scenario", "variable", "of", "place", "crossing", "direction", "median_from", "range_from"])
    return _named(table, found)


def _first(held: xr.DataArray) -> pd.Series:
    """The first day on which something holds, by every other dimension; NaT if never."""
    days = held["time"].values
    held = held.transpose(..., "time")
    at = held.values.argmax(axis=-1)
    when = np.where(held.values.any(axis=-1), days[at], np.datetime64("NaT", "ns"))
    rest = held.isel(time=0, drop=True)
    return rest.copy(data=when).drop_vars([c for c in rest.coords if c not in rest.dims]).to_series()


def saved_table(found: xr.Dataset) -> pd.DataFrame:
    """A row for each scenario and stock: the share of the variance of its total on the last day that luck saves."""
    rows = []
    for name in found.data_vars:
        variable = VARIABLES.get(str(name).removeprefix(SAVED))
        if str(name).startswith(SAVED) and variable is not None and variable.cell_methods == STOCK:
            last = found[name].isel(time=-1)
            if last.dims == ("scenario",):
                rows += [{"scenario": str(s), "variable": variable.name, "variance_saved": round(float(v), 3)}
                         for s, v in zip(found["scenario"].values, last.values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "variable", "variance_saved"])


def _totals(found: xr.Dataset) -> Iterator[tuple[str, xr.DataArray]]:
    for name in map(str, found.data_vars):
        if name.startswith(TOTAL):
            yield name.removeprefix(TOTAL), found[name]


def _stocks(found: xr.Dataset) -> Iterator[tuple[str, xr.DataArray]]:
    """Variables by place that are counted at the end of a day."""
    for name in map(str, found.data_vars):
        if name in VARIABLES and VARIABLES[name].cell_methods == STOCK and "time" in found[name].dims:
            yield name, found[name]


def _rows(values: xr.DataArray) -> Iterator[pd.DataFrame]:
    """For each scenario a frame with a row a cell: its labels, then a column a point."""
    bare = values.drop_vars([c for c in values.coords if c not in values.dims])
    for scenario in bare["scenario"].values:
        one = bare.sel(scenario=scenario, drop=True)
        frame = pd.DataFrame({column(float(p)): one.sel(point=p, drop=True).to_series() if one.ndim > 1 else
                              pd.Series([one.sel(point=p).item()]) for p in one["point"].values})  # fmt: skip
        yield frame.reset_index().assign(scenario=str(scenario)).drop(columns="index", errors="ignore")


def _points_of(table: pd.DataFrame) -> Iterator[str]:
    return (str(c) for c in table.columns if str(c)[:1] == "p" and str(c)[1:].replace(".", "", 1).isdigit())


def _table(parts: Iterable[pd.DataFrame], first: Sequence[str], points: Iterable[float] = ()) -> pd.DataFrame:
    """Frames below each other, some columns first; those that no frame has are left out. Without a frame, all stay."""
    some = [part for part in parts if len(part)]
    if not some:
        return pd.DataFrame(columns=[*first, *(column(float(p)) for p in points)])
    table = pd.concat(some, ignore_index=True)
    leading = [c for c in first if c in table]
    return table[[*leading, *(c for c in table.columns if c not in leading)]]


def _named(table: pd.DataFrame, found: xr.Dataset) -> pd.DataFrame:
    """The table with the name of each place beside its id."""
    if "place" not in table:
        return table
    names = place_names(found)["name"]
    called = [names.get(p, "") if isinstance(p, str) else "" for p in table["place"]]
    at = table.columns.get_loc("place")
    assert isinstance(at, int)
    return pd.concat([table.iloc[:, : at + 1], pd.Series(called, name="name"), table.iloc[:, at + 1 :]], axis=1)


def changes_by_scenario(scenarios: Mapping[str, Scenario], baseline: str, names: Iterable[str]) -> pd.DataFrame:
    """A row for each event, and each other thing, in which scenarios differ from the baseline: see `changes_table`."""
    parts = [changes_table(scenarios[baseline], scenarios[n]).assign(scenario=n) for n in names]
    return _table(parts, ["scenario", "change", "id", "group", "kind", "start", "in_baseline", "in_scenario"])
