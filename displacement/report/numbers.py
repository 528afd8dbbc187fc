"""The numbers that stand first on the page, in words: middle, range, and how they differ from the first scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from displacement.report.catalogue import Words, counted, day_words, filled, range_words, told
from displacement.report.differences import Difference
from displacement.report.shelf import Shelf

FIRST = ("moved", "not_reached", "unmet_need", "refugees")  # as far as they are in a run
SHOWN = 3
DIFFERS = {"moved": "moved_since", "refugees": "refugees"}


def first_numbers(
    numbers: pd.DataFrame, shelf: Shelf, words: Words, found: Difference | None, baseline: str
) -> list[dict[str, Any]]:
    """The three numbers that matter first, in words: middle, range, what they count, and how they differ."""
    days = {"first": day_words(words, shelf.days[0]), "day": day_words(words, shelf.days[-1]),
            "since": day_words(words, str(shelf.about.get("reference_date") or shelf.days[0]))}  # fmt: skip
    found_numbers = []
    for quantity in most_telling(numbers):
        row = numbers.loc[quantity]
        low, middle, high = (str(row[p]) for p in ("p10", "p50", "p90"))
        plain = range_words(words, low, high)
        more = []
        if quantity == "moved" and (figure := str(numbers.loc["planning_figure", "p50"])) not in {"", "0", "0.0"}:
            more.append(filled(words, "planning_figure", figure=counted(words, figure)))
        if quantity == "not_reached" and "reach_unknown" in numbers.index:
            unknown = [str(numbers.loc["reach_unknown", p]) for p in ("p10", "p50", "p90")]
            if any(cell and cell not in {"0", "0.0"} for cell in unknown):
                more.append(filled(words, "reach_unknown", range=range_words(words, unknown[0], unknown[2])))
        points = found.headline(DIFFERS[quantity], shelf.days[-1]) if found and quantity in DIFFERS else None
        found_numbers.append({
            "quantity": quantity,
            "middle": told(words, middle),
            "range": filled(words, "in_80", range=plain) if middle else str(row["what"]),
            "plain_range": plain,
            "what": filled(words, quantity, **days),
            "more": more,
            "difference": "" if points is None else filled(
                words, "difference", baseline=baseline, change=signed_words(words, points)),
        })  # fmt: skip
    return found_numbers


def most_telling(numbers: pd.DataFrame) -> list[str]:
    """The three that stand first: those with people in them, then those of nobody, then those not known."""
    there = [q for q in FIRST if q in numbers.index]
    cells = {q: str(numbers.loc[q, "p90"]) for q in there}
    return sorted(there, key=lambda q: (cells[q] == "", cells[q] in {"0", "0.0"}))[:SHOWN]


def signed_words(words: Words, points: Sequence[str]) -> str:
    """A difference and its range with signs, from cells of a table.

    >>> from displacement.report.catalogue import catalogue
    >>> signed_words(catalogue("en"), ["-15000", "-7400", "-3300"])
    '−7,400 (−15,000 to −3,300)'
    """
    if all(cell.lstrip("-<") in {"0", "50"} for cell in points) and set(points) != {"0"}:
        return str(words["about_none"])
    low, middle, high = (_signed(words, cell) for cell in points)
    return f"{middle} ({filled(words, 'range', low=low, high=high)})"


def _signed(words: Words, cell: str) -> str:
    if cell.startswith("-"):
        return f"−{told(words, cell[1:])}"
    if cell.startswith("<"):
        return str(words["about_none"])
    return counted(words, cell) if cell in {"", "0"} else f"+{told(words, cell)}"
