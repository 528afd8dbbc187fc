"""Observations made ready to be scored: placeholders left out, and series of one place that are parts added up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from displacement.observations import PART, Counts, together
from displacement.scores.pairs import LEFT_OUT, in_order, said
from displacement.variables import STOCK, VARIABLES

PLACEHOLDER = "a zero before the first count above zero: taken for a placeholder"


def counted(observed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations to score, by date; and those left out, each with its reason.

    Stocks only: a zero before the first count above 0 of a series is a placeholder. The parts of a place (column
    `part`) are added up on every day on which any was counted, each carried forward from its last count (see
    `observations.together`). Before all have begun, the sum is of some.
    """
    rows = in_order(observed).reset_index(drop=True)
    rows = rows.assign(
        **{name: [said(row, name) for _, row in rows.iterrows()] for name in ("scope", "reference", PART)}
    )
    held = placeholders(rows)
    out = rows.loc[held, list(LEFT_OUT[:-1])].assign(reason=PLACEHOLDER)
    return added_up(rows[~held]), out


def placeholders(rows: pd.DataFrame) -> np.ndarray:
    """(row,) is it a zero before the first count above 0 of its series? Nowhere in a series of zeros only."""
    found = np.zeros(len(rows), bool)
    values = rows["value"].to_numpy(float)
    stock = np.array([VARIABLES[str(name)].cell_methods == STOCK for name in rows["variable"]], bool)
    for at in rows.groupby(["variable", "place_id", PART, "reference"]).indices.values():
        above = np.flatnonzero(values[at] > 0)
        if len(above):
            early = at[: above[0]]
            found[early] = stock[early] & (values[early] == 0)
    return found


def added_up(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with series that are parts of one place in one; the others as they are."""
    series = rows[(rows["value"].notna() & (rows[PART] != "")).to_numpy()]
    whole, gone = [], []
    for (variable, _, _), part in series.groupby(["variable", "place_id", "reference"], sort=False):
        if len(set(part[PART])) > 1 and VARIABLES[str(variable)].cell_methods == STOCK:
            whole.append(_sum_of(part))
            gone += part.index.tolist()
    return in_order(pd.concat([rows.drop(index=gone), *whole], ignore_index=True)) if whole else rows


def _sum_of(part: pd.DataFrame) -> pd.DataFrame:
    """One series for several of a place."""
    names, scopes = (list(dict.fromkeys(part[column])) for column in (PART, "scope"))
    parts = [part[part[PART] == name] for name in names]
    total = together(Counts.of(zip(p["date"].dt.date, p["value"], [False] * len(p), strict=True)) for p in parts)
    first = part.iloc[[0] * len(total)].reset_index(drop=True)
    return first.assign(
        date=total.days.astype("datetime64[ns]"), value=total.people, scope=" + ".join(filter(None, scopes))
    )
