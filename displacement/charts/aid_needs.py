"""What people need by cluster: how much, for whom, by which standard, and who says so."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from displacement.charts.aid_chain import trucks_words
from displacement.charts.grids import GridColumn, text_grid
from displacement.charts.style import axes_or_new, people_words, styled

COLUMNS = (
    GridColumn(title="Cluster", share=0.135),
    GridColumn(title="What", share=0.155),
    GridColumn(title="Needed (80 of 100 runs)", share=0.245),
    GridColumn(title="For whom", share=0.1),
    GridColumn(title="Standard", share=0.155),
    GridColumn(title="Who says so", share=0.21, most=2),
)
UNITS = {"m3 a day": "m³ a day", "m2": "m²"}


def needed_words(row: pd.Series) -> str:
    """How much, with its range and unit, from a row of `needs_by_cluster`.

    >>> row = {"amount_10": 60.2, "amount_50": 75.0, "amount_90": 91.0, "amount_unit": "m3 a day"}
    >>> needed_words(pd.Series(row))
    '75 (60 to 91) m³ a day'
    """
    low, middle, high = (trucks_words(float(row[f"amount_{p}"])) for p in (10, 50, 90))
    amount = middle if low == high else f"{middle} ({low} to {high})"
    return f"{amount} {UNITS.get(str(row['amount_unit']), row['amount_unit'])}"


def for_whom_words(table: pd.DataFrame) -> str:
    """Who is meant and how many, in a sentence, from `needs_by_cluster` as it may be shared."""
    said = []
    for who, part in table.groupby("for_whom", sort=False):
        low, middle, high = (_people(part.iloc[0][f"people_{p}"]) for p in ("p10", "p50", "p90"))
        name = {"on aid": "On aid: all who depend on it", "displaced": "Displaced: inside the country"}.get(
            str(who), str(who)
        )
        said.append(f"{name}, {middle if low == high else f'{middle} ({low} to {high})'}")
    return "; ".join(said)


def _people(cell: Any) -> str:
    return f"fewer than {cell.removeprefix('<')}" if isinstance(cell, str) else people_words(float(cell))


@styled
def needs_table(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the table of needs: a row for each standard that fits. table : from `summaries.needs_by_cluster`."""
    ax = axes_or_new(ax, (7.0, 5.0))
    rows, before = [], ""
    for _, row in table.iterrows():
        cluster = str(row["cluster"])
        texts = [cluster if cluster != before else "", str(row["item"]), needed_words(row), str(row["for_whom"]),
                 str(row["standard"]), str(row["source"])]  # fmt: skip
        rows.append([text[:1].upper() + text[1:] if i in (0, 1) else text for i, text in enumerate(texts)])
        before = cluster
    text_grid(ax, COLUMNS, rows)
    return ax
