"""sim_period.csv of a Flee folder: when the case starts, and how many days it lasts."""

from __future__ import annotations

import datetime as dt

from displacement.errors import Problems
from displacement.io.flee.report import Notes
from displacement.io.flee.sheets import Sheet, clean, day_of, whole
from displacement.scenario import MOST_DAYS


def period_of(sheet: Sheet, problems: Problems, notes: Notes) -> tuple[dt.date, int] | None:
    """Start and number of days, or None and what is wrong."""
    found = {clean(row[0]): row for row in sheet.rows}
    before = len(problems.found)
    for key, example in (("startdate", "StartDate,2012-02-29"), ("length", "Length,300")):
        if key not in found:
            problems.add(sheet.name, f"has no row {key}; a row such as {example} is expected")
    start, days = None, None
    if row := found.get("startdate"):
        start, what, other = day_of(row[1])
        if what:
            problems.add(sheet.where(row, "StartDate", row[1]), what)
        elif other:
            notes.fault(sheet.where(row, "StartDate", row[1]), f"read as {start}")
    if row := found.get("length"):
        days = whole(row[1])
        if days is None or not 1 <= days <= MOST_DAYS:
            problems.add(sheet.where(row, "Length", row[1]), f"must be a whole number of days in [1, {MOST_DAYS}]")
    if len(problems.found) > before or start is None or days is None:
        return None
    return start, days
