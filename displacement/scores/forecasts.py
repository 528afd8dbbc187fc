"""A table of forecasts, a row each, beside what came: how many were right, how far off, against persistence."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import InputError
from displacement.scores.ensembles import crps_of_quantiles
from displacement.scores.intervals import SHARES, interval_coverage
from displacement.scores.points import bias, mean_absolute_error

NEEDED = ("origin", "horizon", "site", "date", "observed", "persistence", "q10", "q25", "q50", "q75", "q90")
QUANTILE = re.compile(r"q([0-9]+(?:\.[0-9]+)?)")
ALL = "all"


def checked(table: pd.DataFrame) -> pd.DataFrame:
    """A table of forecasts with dates and numbers as such; what is wrong with it is one error."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"forecasts: must be a pandas.DataFrame, got {type(table).__name__}")
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise InputError(f"forecasts: missing column(s) {', '.join(missing)}; there are {', '.join(map(str, table))}")
    found, problems = table.reset_index(drop=True).copy(), []
    for name in ("origin", "date"):
        found[name] = pd.to_datetime(table[name], errors="coerce", format="mixed").to_numpy()
        problems += [f"forecasts, row {i}, {name}: must be a date" for i in np.flatnonzero(found[name].isna())]
    for name in ("horizon", "observed", "persistence", *quantiles_of(table)):
        found[name] = pd.to_numeric(table[name], errors="coerce").to_numpy(float)
        wrong = found[name].isna().to_numpy() & table[name].notna().to_numpy()
        problems += [f"forecasts, row {i}, {name}: must be a number" for i in np.flatnonzero(wrong)]
    steps = np.diff(found[quantiles_of(table)].to_numpy(float), axis=1)
    problems += [f"forecasts, row {i}: quantiles must not fall" for i in np.flatnonzero((steps < 0).any(axis=1))]
    early = (found["date"] <= found["origin"]).to_numpy()
    problems += [f"forecasts, row {i}: date must lie after origin" for i in np.flatnonzero(early)]
    if problems:
        raise InputError(problems)
    return found


def quantiles_of(columns: Iterable[object]) -> list[str]:
    """The columns of quantiles, such as q10 and q97.5, lowest first.

    >>> quantiles_of(["site", "q90", "q2.5", "quality"])
    ['q2.5', 'q90']
    """
    named = [str(c) for c in columns if QUANTILE.fullmatch(str(c))]
    return sorted(named, key=lambda c: float(c[1:]))


def forecast_scores(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each horizon, and one for all: coverage, bias, errors, and CRPS beside the error of persistence.

    table   : a row a forecast: origin, horizon (days), site, date, observed, persistence, q10, q25, q50, q75, q90, and
              further quantiles such as q2.5 and q97.5, in people. A row with nothing observed is not scored.
    returns : forecasts (scored), inside_50, inside_80, inside_95 (share; NaN where the quantiles are not given), bias
              and mean_absolute_error of the median, crps, observed (the mean), all in people; bias_share = bias /
              observed; against_persistence = crps / mean absolute error of persistence, on rows that have one; below 1
              is better. Where nothing is scored, or the divisor is 0: NaN. Forecasts of one site overlap: they are
              fewer than they look.

    >>> row = {"origin": "2013-01-01", "horizon": 30, "site": "a", "date": "2013-01-31", "observed": 110.0,
    ...        "persistence": 150.0, "q10": 80.0, "q25": 90.0, "q50": 100.0, "q75": 110.0, "q90": 120.0}
    >>> forecast_scores(pd.DataFrame([row])).loc["all", ["forecasts", "inside_50", "inside_80", "bias"]].tolist()
    [1.0, 1.0, 1.0, -10.0]
    """
    rows = checked(table)
    parts = {f"{h:g}": part for h, part in rows.groupby("horizon", sort=True)} | {ALL: rows}
    found = {name: _scores(part) for name, part in parts.items()}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("horizon")


def arrays_of(rows: pd.DataFrame) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """(quantile, target) forecasts, (target,) what was observed, (target,) persistence."""
    names = quantiles_of(rows)
    levels = [float(name[1:]) / 100.0 for name in names]
    numbers = rows[names].to_numpy(float).T
    forecast = xr.DataArray(numbers, dims=("quantile", "target"), coords={"quantile": levels})
    observed, persistence = (xr.DataArray(rows[k].to_numpy(float), dims="target") for k in ("observed", "persistence"))
    return forecast, observed, persistence


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    rows = rows[rows["observed"].notna()]
    forecast, observed, persistence = arrays_of(rows)
    median = forecast.sel(quantile=0.5, drop=True)
    both = ~np.isnan(persistence.values)
    error = float(mean_absolute_error(persistence[both], observed[both]))
    score = float(crps_of_quantiles(forecast[:, both], observed[both]))
    mean = float(observed.mean()) if len(rows) else float("nan")
    found = {"forecasts": float(len(rows))}
    found |= {f"inside_{share:g}": _inside(forecast, observed, share) for share in SHARES}
    return found | {
        "bias": float(bias(median, observed)),
        "bias_share": float(bias(median, observed)) / mean if mean > 0 else float("nan"),
        "mean_absolute_error": float(mean_absolute_error(median, observed)),
        "crps": float(crps_of_quantiles(forecast, observed)),
        "observed": mean,
        "against_persistence": score / error if error > 0 else float("nan"),
    }


def _inside(forecast: xr.DataArray, observed: xr.DataArray, share: float) -> float:
    """Share inside an interval; NaN where its quantiles are not given."""
    ends = {round(0.5 - share / 200.0, 6), round(0.5 + share / 200.0, 6)}
    if not ends <= {round(float(level), 6) for level in forecast["quantile"].values}:
        return float("nan")
    return float(interval_coverage(forecast, observed, shares=(share,)).isel(share=0))
