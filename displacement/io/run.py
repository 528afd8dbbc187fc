"""A run as a netCDF file, and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import xarray as xr

from displacement.errors import InputError
from displacement.io.files import FAULTS_OF_PATHS, replacing, shown
from displacement.io.scenario import read_scenario
from displacement.scenario import Scenario

BLOCK = 50  # members in a chunk, as in a block of the ensemble
LARGEST_CHUNK = 16_000_000  # bytes
FILE = "run.nc"
COPY = "scenario"  # folder beside run.nc with the scenario that the run was made from
UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, IndexError, OverflowError)


def write_run(dataset: xr.Dataset, path: str | Path, *, force: bool = False) -> Path:
    """Write a run to a netCDF file (in a folder: run.nc), all or nothing; what is returned is the file.

    Whole numbers are stored in 32 bits, in 64 where one does not fit; all is shuffled and deflated, in chunks of 50
    members.
    """
    target = Path(path)
    target = target / FILE if target.is_dir() else target
    plain = _plain(dataset)
    with replacing(target, force=force) as new:
        plain.to_netcdf(new, engine="h5netcdf", encoding={name: _encoding(v) for name, v in plain.variables.items()})
    return target


def read_run(path: str | Path) -> xr.Dataset:
    """The run in a netCDF file, or in run.nc of a folder."""
    with _opened(path) as opened:
        return _restored(opened.load())


def read_about(path: str | Path) -> tuple[dict[str, Any], list[str]]:
    """What a run says of itself, and its days, without reading its counts."""
    with _opened(path) as opened:
        days = [str(day)[:10] for day in opened["time"].values]
        return {str(key): value for key, value in _lists(opened.attrs).items()}, days


@contextmanager
def _opened(path: str | Path) -> Iterator[xr.Dataset]:
    """The netCDF file of a run, open; an error says what stands in the way."""
    target = Path(path)
    try:
        target = target / FILE if target.is_dir() else target
        if not target.is_file():
            raise InputError(f"{target}: no such file; a run is a netCDF file, or a folder with {FILE}")
    except FAULTS_OF_PATHS as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(f"{shown(str(path))}: cannot be a file ({fault})") from fault
    try:
        with h5py.File(target, "r") as file:
            file.attrs.get("_nc3_strict")  # h5netcdf asks too, and leaves a half-made object behind where this fails
        with xr.open_dataset(target, engine="h5netcdf") as opened:
            yield opened
    except UNREADABLE as fault:
        reason = " ".join(str(fault).split())
        raise InputError(f"{target}: is not a netCDF file that can be read ({shown(reason)})") from fault


def scenario_of_run(path: str | Path, run: xr.Dataset) -> Scenario:
    """The scenario that a run was made from, read from the copy beside it; an error says why there is none.

    The copy must have the fingerprint that the run has kept: a scenario that was changed since is not what was run.
    """
    target = Path(path)
    copy = (target if target.is_dir() else target.parent) / COPY
    if not copy.is_dir():
        raise InputError(f"{target}: holds no copy of its scenario (no folder {COPY} beside {FILE})")
    try:
        scenario = read_scenario(copy)
    except InputError as fault:
        first, *more = fault.problems
        rest = f" (and {len(more)} more)" if more else ""
        raise InputError(f"{copy}: cannot be read: {first}{rest}") from fault
    if scenario.fingerprint() != run.attrs.get("scenario_hash"):
        raise InputError(
            f"{copy}: is not the scenario that the run was made from: it was changed since, or another version wrote it"
        )
    return scenario


def _encoding(variable: xr.Variable) -> dict[str, Any]:
    """How a variable is stored."""
    kind = variable.dtype.kind
    if kind in "OUSTM" or not variable.ndim or not variable.size:
        return {}
    found = {"zlib": True, "complevel": 4, "shuffle": True, "chunksizes": chunks(variable)}
    return found if kind == "f" else {**found, "dtype": stored_as(variable)} if kind in "iu" else found


def stored_as(variable: xr.Variable) -> np.dtype[Any]:
    """The type that holds whole numbers: small ones stay, large ones take 32 bits, or 64 where one does not fit."""
    if variable.dtype.itemsize < 4:
        return variable.dtype
    fits = np.iinfo(np.int32).min <= variable.min() and variable.max() <= np.iinfo(np.int32).max
    if fits:
        return np.dtype(np.int32)
    return variable.dtype if variable.dtype.kind == "u" else np.dtype(np.int64)


def chunks(variable: xr.DataArray | xr.Variable) -> tuple[int, ...]:
    """The shape of a chunk: a block of members by everything else, as far as that stays small."""
    sizes = {dim: min(size, BLOCK) if dim == "member" else size for dim, size in variable.sizes.items()}
    while np.prod([*sizes.values()], dtype=float) * variable.dtype.itemsize > LARGEST_CHUNK:
        widest = max(sizes, key=lambda dim: (dim != "member", sizes[dim]) if sizes[dim] > 1 else (False, 0))
        sizes[widest] = -(-sizes[widest] // 2)
    return tuple(sizes.values())


def _plain(dataset: xr.Dataset) -> xr.Dataset:
    """The same dataset with attributes and text that netCDF can hold, and no leftover encoding."""
    found = dataset.drop_encoding()
    found = found.assign_attrs({key: _attribute(value) for key, value in found.attrs.items()})
    for variable in found.variables.values():
        variable.attrs = {key: _attribute(value) for key, value in variable.attrs.items()}
    return found


def _attribute(value: Any) -> Any:
    """Text, numbers and lists of them as they are; dates and mappings as text."""
    if isinstance(value, bool | np.bool_):
        return np.int8(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, sort_keys=True, default=str) if isinstance(value, Mapping) or value is None else value


def _restored(dataset: xr.Dataset) -> xr.Dataset:
    """Text as fixed-width text, arrays in attributes as lists: as they were before they were written."""
    texts = {
        name: (variable.dims, np.asarray(variable.values, dtype=str), variable.attrs)
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "OT"
    }
    labels = {name: text for name, text in texts.items() if name in dataset.coords}
    dataset = dataset.assign_coords(labels).assign({name: text for name, text in texts.items() if name not in labels})
    dataset.attrs = _lists(dataset.attrs)
    for variable in dataset.variables.values():
        variable.attrs = _lists(variable.attrs)
    return dataset.drop_encoding()


def _lists(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        key: value.tolist() if isinstance(value, np.ndarray | np.generic) else value for key, value in attrs.items()
    }
