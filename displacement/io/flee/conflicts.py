"""conflicts.csv of a Flee folder: on which days there is conflict where, and how intense, as Fighting events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from displacement.errors import Problems, did_you_mean
from displacement.events import Fighting
from displacement.io.flee.locations import CONFLICT, Location
from displacement.io.flee.report import Notes
from displacement.io.flee.sheets import Row, Sheet, clean, listed, whole
from displacement.io.tables import NUMBER

Daily = dict[str, list[float]]  # intensity on each day, by place


def daily_intensity(sheet: Sheet, places: Mapping[str, Location], days: int, problems: Problems, notes: Notes) -> Daily:
    """Intensity on each day of the period, by place, from a table with a row a day and a column a place."""
    if not sheet.rows:
        problems.add(sheet.name, "is empty; a header with #Day and the names of the locations is expected")
        return {}
    header, body = sheet.rows[0], sheet.rows[1:]
    columns = _columns(sheet, header, places, problems)
    if not body:
        problems.add(sheet.name, "has no days; a row for each day of the period is expected")
        return {}
    numbers = _day_numbers(sheet, body, problems, notes)
    for row in body:
        if extra := [cell for cell in row.cells[len(header.cells) :] if cell]:
            problems.add(
                sheet.where(row), f"has {len(row.cells)} cells; the header has {len(header.cells)} ({extra[0]!r})"
            )
    values = {name: [_value(sheet, row, name, row[at], problems) for row in body] for name, at in columns.items()}
    if numbers is None:
        return {}
    last = numbers[-1]
    if last + 1 < days:
        notes.fault(
            sheet.name, f"ends on day {last}, the period on day {days - 1}: what its last row says is held to the end"
        )
    if last >= days:
        notes.leave_out(
            sheet.name, f"goes on to day {last}; days after {days - 1}, the last of the period, are not used"
        )
    _tell_of_absent(sheet, columns, places, notes)
    return {name: _held(numbers, said, days) for name, said in values.items()}


def _columns(sheet: Sheet, header: Row, places: Mapping[str, Location], problems: Problems) -> dict[str, int]:
    """Position of each place; a column without a name may only be empty."""
    found: dict[str, int] = {}
    if clean(header[0]) not in {"day", "time", "days", "date", ""}:
        problems.add(sheet.where(header, "column 1", header[0]), "must be #Day; a header is expected in the first row")
    for at, name in enumerate(header.cells[1:], start=1):
        if not name:
            if row := next((r for r in sheet.rows[1:] if r[at]), None):
                problems.add(sheet.where(row, f"column {at + 1}", row[at]), "stands in a column without a name")
        elif name not in places:
            if places:
                problems.add(
                    sheet.where(header, f"column {at + 1}", name),
                    f"is no location of locations.csv{did_you_mean(name, places)}",
                )
        elif name in found:
            problems.add(
                sheet.where(header, f"column {at + 1}", name),
                f"is column {found[name] + 1} already; each must be unique",
            )
        else:
            found[name] = at
    return found


def _day_numbers(sheet: Sheet, body: Sequence[Row], problems: Problems, notes: Notes) -> list[int] | None:
    """The day of each row; days must rise. Gaps are told of."""
    found: list[int] = []
    back: list[tuple[Row, int]] = []
    before = len(problems.found)
    for row in body:
        day = whole(row[0])
        if day is None or day < 0:
            problems.add(sheet.where(row, "Day", row[0]), "must be a whole number, 0 on the first day")
        elif found and day <= found[-1]:
            back.append((row, found[-1]))
        else:
            found.append(day)
    if back:
        row, last = back[0]
        more = f" (so in {len(back)} rows)" if len(back) > 1 else ""
        problems.add(sheet.where(row, "Day", row[0]), f"comes after day {last}; days must rise from row to row{more}")
    if len(problems.found) > before:
        return None
    gaps = [f"{a} to {b}" for a, b in zip([-1, *found], found, strict=False) if b != a + 1]
    if gaps:
        notes.fault(sheet.name, f"leaves out days ({listed(gaps)}); by its column Day, each row holds until the next")
    return found


def _value(sheet: Sheet, row: Row, name: str, text: str, problems: Problems) -> float:
    """Intensity in a cell."""
    if NUMBER.fullmatch(text) and 0 <= float(text) <= 1:
        return float(text)
    problems.add(sheet.where(row, name, text), "must be a number in [0, 1]: the intensity of conflict on that day")
    return 0.0


def _held(numbers: Sequence[int], values: Sequence[float], days: int) -> list[float]:
    """A value for each day: that of the last row on or before it; 0 before the first.

    >>> _held([0, 2], [1.0, 0.5], 4)
    [1.0, 1.0, 0.5, 0.5]
    """
    found, at = [], -1
    for day in range(days):
        while at + 1 < len(numbers) and numbers[at + 1] <= day:
            at += 1
        found.append(values[at] if at >= 0 else 0.0)
    return found


def _tell_of_absent(sheet: Sheet, columns: Iterable[str], places: Mapping[str, Location], notes: Notes) -> None:
    """Conflict zones for which the table has no column."""
    absent = [p.name for p in places.values() if p.type == CONFLICT and p.name not in set(columns)]
    if absent:
        notes.fault(sheet.name, f"has no column for {listed(absent)}, of type {CONFLICT}: no conflict is entered there")


def intensity_by_onset(places: Mapping[str, Location], days: int, notes: Notes) -> Daily:
    """Intensity 1 from the day that locations.csv gives for each conflict zone, where there is no conflicts.csv."""
    notes.assume(
        "There is no conflicts.csv: conflict of intensity 1 begins on the conflict_date of each conflict zone and goes"
        " on to the end of the period."
    )
    return {
        p.name: [float(day >= (p.onset or 0)) for day in range(days)] for p in places.values() if p.type == CONFLICT
    }


def compare_onsets(daily: Daily, places: Mapping[str, Location], where: str, notes: Notes) -> None:
    """Tell of conflict zones whose conflict_date is not the day on which conflict begins in conflicts.csv."""
    for name, place in places.items():
        if place.onset is None or name not in daily:
            continue
        begins = next((day for day, value in enumerate(daily[name]) if value > 0), None)
        if begins != place.onset:
            said = "never begins in the period" if begins is None else f"begins on day {begins}"
            notes.fault(
                f"{where}, row {place.row.line}, conflict_date = {place.onset}",
                f"in conflicts.csv, conflict at {name} {said}; conflicts.csv holds",
            )


def spells(values: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    """First day, last day and intensity of each spell of equal intensity above 0.

    >>> list(spells([0.0, 1.0, 1.0, 0.0, 0.5]))
    [(1, 2, 1.0), (4, 4, 0.5)]
    """
    for value, part in groupby(enumerate(values), key=lambda item: item[1]):
        days = [day for day, _ in part]
        if value > 0:
            yield days[0], days[-1], value


def fighting_of(daily: Daily, start: dt.date, days: int) -> list[Fighting]:
    """Fighting from each onset to its end; places with the same spell share an event. One that lasts has no end."""
    places: dict[tuple[int, int, float], list[str]] = {}
    for name, values in daily.items():
        for spell in spells(values):
            places.setdefault(spell, []).append(name)
    return [
        Fighting(
            id=f"conflict_{number}",
            place=tuple(sorted(names)),
            intensity=value,
            start=start + dt.timedelta(days=first),
            end=start + dt.timedelta(days=last) if last < days - 1 else None,
            source="conflicts.csv",
        )
        for number, ((first, last, value), names) in enumerate(sorted(places.items()), start=1)
    ]
