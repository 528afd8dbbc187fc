"""observed.csv: what was counted, where, when and by whom."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from displacement.errors import InputError, Problems, did_you_mean
from displacement.io.files import shown
from displacement.io.hints import of_date
from displacement.io.tables import Cells, number, plain, read_table
from displacement.network import Column, Network, place_meant
from displacement.variables import VARIABLES

OBSERVED_COLUMNS = (
    Column("date", str, "day of the count, such as 2016-02-03", required=True),
    Column("variable", str, "name of a variable of a run", required=True),
    Column("place_id", str, "place, or named group of places", required=True),
    Column("scope", str, "which places and parties the source counts"),
    Column("value", str, "what was counted; empty where only a bound is known"),
    Column("low", float, "lower bound", "", -1e12, 1e12),
    Column("high", float, "upper bound", "", -1e12, 1e12),
    Column("source", str, "who says so"),
    Column("grade", str, "how sure it is"),
    Column("part", str, "part of the place that is counted apart; the parts of a place add up"),
    Column("recount", str, "yes where a count rests on another basis than those before it, as after a verification"),
)
TEXTS = ("variable", "place_id", "scope", "source", "grade", "part", "recount")
VALUE = Column("value", float, "what was counted", "", -1e12, 1e12)


def read_observed(path: str | Path, network: Network | None) -> pd.DataFrame:
    """The observations in a CSV file (in a folder: observed.csv), one row each; everything wrong is one InputError.

    `date` is a day, `value`, `low` and `high` are floats (NaN is unknown), the rest is text; further columns are kept.
    A value of a status may be its word, such as besieged: it becomes the position among the variable's flags.
    network : None, if there is none to look places up in, because the scenario cannot be read
    """
    target, problems = Path(path), Problems()
    try:
        target = target / "observed.csv" if target.is_dir() else target
    except (OSError, ValueError) as fault:
        raise InputError(f"{shown(str(path))}: cannot be a file ({fault})") from fault
    cells = read_table(target, target.name, OBSERVED_COLUMNS, problems)
    if cells is None:
        problems.raise_if_any()
    assert cells is not None
    for where, what in [*_faults_of_names(cells, network)]:
        problems.add(where, what)
    dates = [_date(cells, i, problems) for i in range(len(cells))]
    values = [_value(cells, i, problems) for i in range(len(cells))]
    for i, value in enumerate(values):
        for where, what in _faults_of_bounds(cells, i, value):
            problems.add(where, what)
    problems.raise_if_any()
    return _frame(cells, dates, values)


def _frame(cells: Cells, dates: list[dt.date | None], values: list[float]) -> pd.DataFrame:
    text = {name: list(cells.texts(name)) for name in TEXTS}
    numbers = {"value": np.array(values, float), "low": cells.numbers("low"), "high": cells.numbers("high")}
    day = np.array(dates, "datetime64[D]").astype("datetime64[ns]")
    columns = {"date": day, **text, **numbers, **{name: list(v) for name, v in cells.extra.items()}}
    order = [*(spec.name for spec in OBSERVED_COLUMNS), *cells.extra]
    return pd.DataFrame({name: columns[name] for name in order})


def _faults_of_names(cells: Cells, network: Network | None) -> Iterator[tuple[str, str]]:
    for i in range(len(cells)):
        variable, place = (cells.columns[name][i] for name in ("variable", "place_id"))
        if variable is not None and variable not in VARIABLES:
            yield cells.where(i, "variable"), f"unknown variable{did_you_mean(variable, VARIABLES)}"
        if network is None or place is None:
            continue
        known = {*network.places.id, *network.place_groups}
        if place not in known:
            meant = place_meant(place, network.places.id, network.places.name, known)
            yield cells.where(i, "place_id"), f"unknown place or group of places{meant}"


def _date(cells: Cells, i: int, problems: Problems) -> dt.date | None:
    """The day of a row; None if it is none, which is noted."""
    text = cells.columns["date"][i]
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        found = dt.date.fromisoformat(text)
        if 1900 <= found.year <= 2200:
            return found
    except ValueError:
        pass
    problems.add(cells.where(i, "date"), f"must be a date such as 2016-02-03, from 1900 to 2200{of_date(text)}")
    return None


def _value(cells: Cells, i: int, problems: Problems) -> float:
    """The number of a row: NaN if there is none or it is wrong, which is noted."""
    text, variable = cells.columns["value"][i], VARIABLES.get(cells.columns["variable"][i] or "")
    if text is None:
        return float("nan")
    if variable is not None and text.strip() in variable.flags:
        return float(variable.flags.index(text.strip()))
    value, fault = number(VALUE, text)
    if fault:
        words = f", or one of {', '.join(variable.flags)}" if variable is not None and variable.flags else ""
        problems.add(cells.where(i, "value"), fault + words)
        cells.broken.add((i, "value"))
    return float("nan") if value is None else value


def _faults_of_bounds(cells: Cells, i: int, value: float) -> Iterator[tuple[str, str]]:
    """Low <= value <= high as far as they are given, at least one of them, and nobody counted below 0."""
    if any((i, name) in cells.broken for name in ("low", "value", "high")):
        return
    low, high = cells.columns["low"][i], cells.columns["high"][i]
    given = [(n, v) for n, v in (("low", low), ("value", value), ("high", high)) if v is not None and not np.isnan(v)]
    if not given:
        yield f"{cells.file}, row {cells.rows[i]}", "value, low and high are all empty; at least one must be given"
    for (less, a), (more, b) in pairwise(given):
        if a > b:
            yield cells.where(i, less), f"must be at most {more} = {plain(b)}; low <= value <= high"
    variable = VARIABLES.get(cells.columns["variable"][i] or "")
    if variable is not None and variable.units.startswith(("people", "tonnes")):
        for name, number_ in given:
            if number_ < 0:
                yield cells.where(i, name), f"must be at least 0 {variable.units}"
