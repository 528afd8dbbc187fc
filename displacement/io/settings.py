"""The table [parameters] as Parameters, and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import Field
from typing import Any

import numpy as np

from displacement.errors import InputError, Problems, did_you_mean, nearest
from displacement.io.files import shown
from displacement.io.hints import of_share
from displacement.io.models import shown_key
from displacement.io.tables import plain
from displacement.parameters import Parameters, _is_share

POINTS = ("low", "median", "high")


def parameters_from(tables: Iterable[tuple[str, Mapping[str, Any]]], problems: Problems) -> Parameters:
    """Parameters from the files' tables, the base first: a later value replaces an earlier one."""
    known = {f.name: f for f in Parameters.quantities()}
    values: dict[str, Any] = {}
    for file, table in tables:
        for key, value in table.items():
            where = f"{file}, [parameters] {shown_key(key)}"
            if key not in known:
                problems.add(where, f"unknown parameter{did_you_mean(key, known)}")
            elif isinstance(value, dict):
                values[key] = _prior(known[key], value, where, problems)
            elif fault := _fault(known[key], value):
                problems.add(f"{where} = {shown(value)}", fault)
            else:
                values[key] = value
    return _moved({key: value for key, value in values.items() if value is not None})


def _moved(values: Mapping[str, Any]) -> Parameters:
    """The default parameters with some replaced; a share next to nothing may not warn of an overflow on the way."""
    with np.errstate(over="ignore", divide="ignore"):
        return Parameters().with_values(values)


def _prior(f: Field[Any], table: Mapping[str, Any], where: str, problems: Problems) -> tuple[float, ...] | None:
    """The 10, 50 and 90 % points of a prior, or None and its problems."""
    before = len(problems.found)
    misspelt = {nearest(key, POINTS) for key in table if key not in POINTS}
    for key in [*POINTS, *(k for k in table if k not in POINTS)]:
        if key not in POINTS:
            problems.add(f"{where}, {shown_key(key)}", f"unknown key{did_you_mean(key, POINTS)}")
        elif key not in table:
            if key not in misspelt:
                problems.add(f"{where}, {key}", "is missing; a prior needs low, median, high: its 10, 50, 90 % points")
        elif fault := _fault(f, table[key]):
            problems.add(f"{where}, {key} = {shown(table[key])}", fault)
    if len(problems.found) > before:
        return None
    low, median, high = points = tuple(float(table[key]) for key in POINTS)
    top = 1.0 if _is_share(f) else math.inf
    if not low <= median <= high:
        problems.add(f"{where} = {shown(table)}", "must have low <= median <= high")
    elif not (low == high or 0 < low <= high < top):
        inside = "above 0 and below 1" if _is_share(f) else "above 0"
        problems.add(f"{where} = {shown(table)}", f"the points of a prior must lie {inside}, or all be equal")
    return points if len(problems.found) == before else None


def _fault(f: Field[Any], value: Any) -> str:
    """What is wrong with a value of a parameter, or nothing."""
    low, high, unit = (f.metadata[key] for key in ("low", "high", "unit"))
    right = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if right:
        return ""
    percent = of_share(value) if (low, high) == (0, 1) else ""
    of_unit = "" if unit == "1" else f" {unit}"
    return f"must be a number in [{plain(low)}, {plain(high)}]{of_unit}, or a table of low, median, high{percent}"


def parameters_table(parameters: Parameters) -> dict[str, Any]:
    """The table [parameters] that gives these parameters back: only what differs from the defaults."""
    usual = Parameters()
    table: dict[str, Any] = {}
    for f in Parameters.quantities():
        value, prior = getattr(parameters, f.name), parameters.priors.get(f.name)
        if np.ndim(value):
            raise InputError(f"parameter {f.name} holds drawn values of several members; only one can be written")
        if value == getattr(usual, f.name) and prior == usual.priors.get(f.name):
            continue
        follows = _moved({f.name: float(value)}).priors.get(f.name)
        if prior == follows:
            table[f.name] = float(value)
        elif prior is not None and prior[1] == value:
            table[f.name] = dict(zip(POINTS, map(float, prior), strict=True))
        else:
            raise InputError(f"parameter {f.name} = {value} with the prior {prior}: a prior's median must be the value")
    return table
