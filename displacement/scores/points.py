"""Scores of one number per cell: how far off, in which direction, and beside how many there were."""

from __future__ import annotations

import xarray as xr

from displacement.scores.arrays import Dims, beside, dims_of, known, mean_of


def bias(forecast: xr.DataArray, observed: xr.DataArray, *, dim: Dims = None) -> xr.DataArray:
    """Mean error: above 0 where the forecast is too high.

    mean(f - y)

    forecast, observed : any one grid, such as (time, place) people;  dim : averaged over; None: all, (): none
    returns            : in the unit of the data. Cells in which either is NaN are left out; NaN if none is left.
    Errors of both signs cancel: a bias of 0 is no sign of small errors.
    Source: Wilks, Statistical Methods in the Atmospheric Sciences, 4th edition (2019), section 9.3.

    >>> float(bias(xr.DataArray([3.0, 5.0], dims="place"), xr.DataArray([2.0, 8.0], dims="place")))
    -1.0
    """
    forecast, observed = beside(forecast, observed)
    return mean_of(forecast - observed, dim)


def mean_absolute_error(forecast: xr.DataArray, observed: xr.DataArray, *, dim: Dims = None) -> xr.DataArray:
    """Mean size of the error; the best point forecast under it is the median.

    mean(abs(f - y))

    forecast, observed : any one grid, such as (time, place) people;  dim : averaged over; None: all, (): none
    returns            : in the unit of the data. Cells in which either is NaN are left out; NaN if none is left.
    Source: Wilks (2019), section 9.3; for the median, Gneiting, JASA 106 (2011), 746-762.

    >>> float(mean_absolute_error(xr.DataArray([3.0, 5.0], dims="place"), xr.DataArray([2.0, 8.0], dims="place")))
    2.0
    """
    forecast, observed = beside(forecast, observed)
    return mean_of(abs(forecast - observed), dim)


def relative_error(
    forecast: xr.DataArray, observed: xr.DataArray, *, dim: Dims = None, over: Dims = "place"
) -> xr.DataArray:
    """Absolute errors of the sites of a day, beside all people counted that day; then the mean over days.

    mean over t of ( sum over x of abs(f(x, t) - y(x, t)) / sum over x of y(x, t) )

    forecast, observed : (time, place) people, or any one grid;  over : summed over, the sites
    dim                : averaged over after that; None: all that are left, (): none
    returns            : 1; 0 is perfect, and 2 is all people at the wrong sites. A site is left out of a day in which
                         either is NaN. A day with nobody counted has no relative error: NaN, left out of the mean.
    With over=("time", "place") large days count for more: the sum of all absolute errors / that of all counts.
    Source: "averaged relative difference" of Suleimenova, Bell, Groen, Scientific Reports 7 (2017) 13377; Flee divides
    by max(N, 1), so that a day with nobody counted has an error of as many people as are forecast: here it has none.

    >>> f = xr.DataArray([[50.0, 50.0], [30.0, 10.0]], dims=("time", "place"))
    >>> y = xr.DataArray([[60.0, 40.0], [30.0, 20.0]], dims=("time", "place"))
    >>> float(relative_error(f, y))  # (20/100 + 10/50) / 2
    0.2
    """
    forecast, observed = beside(forecast, observed)
    errors = abs(forecast - observed)
    counted = observed.broadcast_like(errors).where(known(errors))
    summed = dims_of(errors, over)
    total = counted.sum(summed, skipna=True)
    return mean_of(errors.sum(summed, skipna=True) / total.where(total > 0), dim)
