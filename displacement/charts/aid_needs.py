"""What people need by cluster: how much, for whom, by which standard, and who says so."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from displacement.charts.aid_chain import amount_words
from displacement.charts.grids import GridColumn, text_grid
from displacement.charts.style import axes_or_new, people_words, styled

COLUMNS = (
    GridColumn(title="Cluster", share=0.15, most=3),
    GridColumn(title="What", share=0.185),
    GridColumn(title="Needed (80 of 100 runs)", share=0.235),
    GridColumn(title="For whom", share=0.095),
    GridColumn(title="Standard", share=0.135),
    GridColumn(title="Who says so", share=0.2),
)
EACH = {  # a standard in words, by its unit
    "kg/person/day": "{q:g} kg a day",
    "litre/person/day": "{q:g} litres a day",
    "people/unit": "1 for {q:,.0f}",
    "m2/person": "{q:g} m² each",
    "staff/10000 people": "{q:g} for 10,000",
}
UNITS = {"m3 a day": " m³ a day", "m2": " m²", "t a day": " t a day"}  # others are what is counted


def needed_words(row: pd.Series) -> str:
    """How much, with its range and unit, from a row of `needs_by_cluster`.

    >>> row = {"amount_10": 60.2, "amount_50": 75.0, "amount_90": 91.0, "amount_unit": "m3 a day"}
    >>> needed_words(pd.Series(row))
    '75 (60 to 91) m³ a day'
    """
    low, middle, high = (amount_words(float(row[f"amount_{p}"])) for p in (10, 50, 90))
    shared = " million" if all(text.endswith(" million") for text in (low, middle, high)) else ""
    low, middle, high = (text.removesuffix(shared) for text in (low, middle, high))
    amount = middle if low == high else f"{middle} ({low} to {high})"
    return f"{amount}{shared}{UNITS.get(str(row['amount_unit']), '')}"


def what_words(row: pd.Series) -> str:
    """What is needed: what is counted where things or people are, else the item.

    >>> what_words(pd.Series({"item": "people per tap", "amount_unit": "taps"}))
    'Taps'
    >>> what_words(pd.Series({"item": "skilled health staff per 10000 people", "amount_unit": "staff"}))
    'Skilled health staff'
    """
    item, unit = str(row["item"]).removesuffix(" per 10000 people"), str(row["amount_unit"])
    said = item if unit in UNITS or unit == "staff" else unit
    return said[:1].upper() + said[1:]


WHO = {"on aid": "On aid: all who depend on it", "displaced": "Displaced: inside the country"}


def for_whom_words(table: pd.DataFrame) -> str:
    """Who is meant and how many, in a sentence, from `needs_by_cluster` as it may be shared."""
    said = []
    for who, part in table.groupby("for_whom", sort=False):
        low, middle, high = (_people(part.iloc[0][f"people_{p}"]) for p in ("p10", "p50", "p90"))
        said.append(f"{WHO[str(who)]}, {middle if low == high else f'{middle} ({low} to {high})'}")
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
        shown = cluster[:1].upper() + cluster[1:] if cluster != before else ""
        standard = EACH[str(row["unit"])].format(q=float(row["quantity"]))
        rows.append([shown, what_words(row), needed_words(row), str(row["for_whom"]), standard, str(row["source"])])
        before = cluster
    text_grid(ax, COLUMNS, rows)
    return ax
