"""What all scores share: a forecast laid beside what was observed, and a mean that leaves out what is not known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from displacement.errors import InputError, did_you_mean

Dims = str | Iterable[str] | None


def beside(forecast: xr.DataArray, observed: xr.DataArray, *, apart: str = "") -> tuple[xr.DataArray, xr.DataArray]:
    """Forecast and observed as floats over one grid; labels that differ are an error, never dropped.

    apart : the dimension of the forecast that the observed has not: its members, or its quantiles
    """
    for what, array in (("forecast", forecast), ("observed", observed)):
        if not isinstance(array, xr.DataArray):
            raise InputError(f"{what}: must be an xarray.DataArray with named dimensions, got {type(array).__name__}")
    if apart and apart not in forecast.dims:
        raise InputError(f"forecast: has no dimension {apart!r}{did_you_mean(apart, map(str, forecast.dims))}")
    if apart and apart in observed.dims:
        raise InputError(f"observed: has a dimension {apart!r}; what was counted has none")
    try:
        forecast, observed = xr.align(forecast.astype(float), observed.astype(float), join="exact")
    except ValueError as fault:
        raise InputError(
            f"forecast and observed have different labels; select those of both first ({fault})"
        ) from fault
    return forecast, observed


def known(values: xr.DataArray) -> xr.DataArray:
    """Where there is a number."""
    return xr.apply_ufunc(lambda x: ~np.isnan(x), values)


def mean_of(values: xr.DataArray, dim: Dims = None) -> xr.DataArray:
    """Mean over dimensions, NaN left out; NaN where nothing is known. None: over all; (): over none.

    >>> float(mean_of(xr.DataArray([1.0, 3.0, float("nan")], dims="place")))
    2.0
    """
    return values.mean(dims_of(values, dim), skipna=True)


def dims_of(values: xr.DataArray, dim: Dims) -> list[str]:
    """The dimensions that are meant, as a list; one that is not there is an error."""
    there = [str(d) for d in values.dims]
    if dim is None:
        return there
    asked = [dim] if isinstance(dim, str) else list(dim)
    for name in asked:
        if name not in there:
            raise InputError(f"dim = {name!r}: no such dimension{did_you_mean(name, there)}")
    return asked
