"""Datasets with labels: the axis of a dimension is made once for the same labels, because most runs share theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import xarray as xr

LONGEST = 5_000  # labels of an axis that is kept


def labelled(data: Mapping[str, Any], coords: Mapping[str, Any], attrs: Mapping[str, Any] | None = None) -> xr.Dataset:
    """`xr.Dataset(data, coords, attrs)`, some times faster where a dimension has the labels that one had before.

    data : name -> (dims, values) or (dims, values, attrs);  coords : the same, or labels of the dimension of that name

    >>> run = labelled({"people": (("place",), [3, 4])}, {"place": ["a", "b"]})
    >>> run.identical(xr.Dataset({"people": (("place",), [3, 4])}, {"place": ["a", "b"]}))
    True
    """
    variables, indexes = {}, {}
    for name, given in coords.items():
        if isinstance(given, tuple):
            variables[name] = xr.Variable(*given)
        else:
            indexes[name], variables[name] = _axis(name, np.asarray(given))
            if isinstance(given, xr.Variable) and given.attrs:
                variables[name] = variables[name].copy(deep=False)
                variables[name].attrs = given.attrs
    named = {name: xr.Variable(*given) for name, given in data.items()}
    return xr.Dataset(named, xr.Coordinates(variables, indexes), attrs)


def _axis(dim: str, labels: np.ndarray) -> tuple[xr.Index, xr.Variable]:
    if len(labels) > LONGEST:
        return _made(dim, labels)
    whole = tuple(labels.tolist()) if labels.dtype == object else labels.tobytes()
    return _kept(dim, labels.dtype, whole)


@lru_cache(maxsize=200)
def _kept(dim: str, kind: np.dtype, labels: tuple[Any, ...] | bytes) -> tuple[xr.Index, xr.Variable]:
    return _made(dim, np.frombuffer(labels, kind) if isinstance(labels, bytes) else np.array(labels, kind))


def _made(dim: str, labels: np.ndarray) -> tuple[xr.Index, xr.Variable]:
    axis = xr.Dataset(coords={dim: labels})
    return axis.xindexes[dim], axis.variables[dim]
