"""Validation series of a Flee folder: dated counts of refugees at camps, raw, and the corrections of registration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from displacement.errors import Problems, nearest
from displacement.io.flee.locations import Location
from displacement.io.flee.report import Notes
from displacement.io.flee.sheets import Folder, Row, Sheet, clean, day_of, listed, people, read_sheet
from displacement.observations import PART, RECOUNT, YES, Counts, together

LAYOUT, CORRECTIONS = "data_layout.csv", "registration_corrections.csv"
NOT_COUNTS = {
    LAYOUT, CORRECTIONS, "locations.csv", "routes.csv", "closures.csv", "conflicts.csv", "sim_period.csv",
    "location_changes.csv", "agents.csv",
}  # fmt: skip
TOTAL = "total"
JUMP, JUMP_DAYS, SMALL = 0.5, 45, 1_000  # a change of half within so many days, unless both counts are small


@dataclass(frozen=True)
class Series:
    """The counts of a file as they stand in it: (date, people), zeros and duplicates included."""

    stem: str
    file: str
    rows: tuple[tuple[dt.date, float], ...]

    def counts(self, recounts: Iterable[dt.date] = ()) -> Counts:
        """The counts as they are read: placeholders left out, of two on a day the last."""
        again = set(recounts)
        return Counts.of((date, value, date in again) for date, value in self.rows)


@dataclass(frozen=True)
class Validation:
    """Series by site, and of the total; and the first count on or after each listed correction."""

    sites: Mapping[str, tuple[Series, ...]]
    total: tuple[Series, ...] = ()
    recounts: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)

    def observed(self, group: str) -> pd.DataFrame:
        """The rows of observed.csv: dates, raw counts, the file of each, and where a site's basis changes."""
        rows = []
        for place, series in [*self.sites.items(), *([(group, self.total)] if self.total else [])]:
            again = self.recounts.get(place, frozenset())
            for part in series:
                name = part.stem if len(series) > 1 else ""
                rows += [(date, place, part, value, date in again and value > 0, name) for date, value in part.rows]
        return pd.DataFrame(
            {
                "date": pd.to_datetime([str(row[0]) for row in rows]).astype("datetime64[ns]"),
                "variable": ["refugees"] * len(rows),
                "place_id": [row[1] for row in rows],
                "scope": [row[2].stem for row in rows],
                "value": np.array([row[3] for row in rows], float),
                "low": np.full(len(rows), np.nan),
                "high": np.full(len(rows), np.nan),
                "source": [row[2].file for row in rows],
                "grade": [""] * len(rows),
                PART: [row[5] for row in rows],
                RECOUNT: [YES if row[4] else "" for row in rows],
            }
        )


def validation_of(folder: Folder, places: Mapping[str, Location], problems: Problems, notes: Notes) -> Validation:
    """All validation series that data_layout.csv lists; what is not used is told of."""
    path = folder.sources / LAYOUT
    if not path.exists():
        notes.leave_out(LAYOUT, "is not there, so it is not known which counts belong to which camp: no observed.csv")
        return Validation({})
    layout = read_sheet(path, folder.name(path), 99, problems, notes)
    sites: dict[str, tuple[Series, ...]] = {}
    total: tuple[Series, ...] = ()
    used: set[str] = set()
    for row in layout.rows if layout else ():
        used |= set(row.cells[1:])
        assert layout is not None
        series = _series_of_row(folder, layout, row, places, problems, notes)
        if row[0].lower() == TOTAL:
            total = series
        elif series and row[0] in sites:
            problems.add(layout.where(row, "column 1", row[0]), "stands twice; put all its files into one row")
        elif series and row[0] in places:
            sites[row[0]] = series
    _tell_of_unused(folder, used, notes)
    recounts = _recounts(folder, sites, places, problems, notes)
    for place, series in sites.items():
        _tell_of_jumps(place, series, recounts.get(place, frozenset()), notes)
    return Validation(sites, total, recounts)


def _series_of_row(
    folder: Folder, layout: Sheet, row: Row, places: Mapping[str, Location], problems: Problems, notes: Notes
) -> tuple[Series, ...]:
    """The series that a row of the layout names."""
    name, files = row[0], [cell for cell in row.cells[1:] if cell]
    known = name.lower() == TOTAL or name in places
    if not files:
        problems.add(layout.where(row), f"names no file for {name}; a row such as Camp,country-camp.csv is expected")
    found = [_series(folder, layout, row, file, problems, notes) for file in files]
    series = tuple(part for part in found if part is not None)
    if known:
        if name in places and not places[name].is_camp:
            notes.fault(layout.where(row, "column 1", name), f"is a {places[name].type}, no camp; its counts are kept")
        return series
    if places:
        near = f"; did you mean {hint!r}?" if (hint := nearest(name, places)) else ""
        counts = sum(len(part.rows) for part in series)
        notes.leave_out(
            layout.where(row, "column 1", name),
            f"is no location of locations.csv, so its {counts} counts ({listed(files)}) are left out{near}",
        )
    return ()


def _series(folder: Folder, layout: Sheet, row: Row, file: str, problems: Problems, notes: Notes) -> Series | None:
    """The counts of a file, or None and what is wrong."""
    path = folder.sources / file
    if Path(file).name != file:
        problems.add(layout.where(row, "file", file), f"leads out of {folder.sources.name}; name a file inside it")
        return None
    others = [p.name for p in folder.sources.iterdir()]
    if file not in others:
        near = f"; did you mean {hint!r}?" if (hint := nearest(file, others)) else ""
        problems.add(layout.where(row, "file", file), f"is not there{near}")
        return None
    sheet = read_sheet(path, folder.name(path), 2, problems, notes)
    if sheet is None:
        return None
    rows = list(_rows(sheet, problems, notes))
    for line, remark in sheet.remarks:
        notes.fault(f"{sheet.name}, row {line}", f"a remark, not read as a count: {remark!r}")
    if not rows:
        notes.fault(sheet.name, "holds no counts")
    _tell_of_days(sheet, rows, notes)
    return Series(path.stem, sheet.name, tuple((date, value) for _, date, value in rows))


def _rows(sheet: Sheet, problems: Problems, notes: Notes) -> Iterator[tuple[Row, dt.date, float]]:
    """Row, date and count; an empty count is no count."""
    for number, row in enumerate(sheet.rows):
        if number == 0 and clean(row[0]) in {"date", "day", "time"}:
            notes.fault(sheet.where(row), "is a header; left out")
            continue
        date, what, other = day_of(row[0])
        if what:
            problems.add(sheet.where(row, "date", row[0]), what)
        elif other:
            notes.fault(sheet.where(row, "date", row[0]), f"read as {date}")
        if extra := [cell for cell in row.cells[2:] if cell]:
            problems.add(
                sheet.where(row),
                f"has {len(row.cells)} cells ({listed(row.cells)}); a date and a count are expected, the count without"
                f" commas{'' if extra[0].isdigit() else ', a remark after #'}",
            )
            continue
        if not row[1]:
            notes.fault(sheet.where(row), "has no count; left out")
            continue
        value, grouped = people(row[1])
        if value is None:
            problems.add(sheet.where(row, "count", row[1]), "must be a whole number of people, at least 0")
        elif grouped:
            notes.fault(sheet.where(row, "count", row[1]), f"has commas between thousands; read as {value:.0f}")
        if date is not None and value is not None:
            yield row, date, value


def _tell_of_days(sheet: Sheet, rows: Sequence[tuple[Row, dt.date, float]], notes: Notes) -> None:
    """Days that stand twice, and days out of order."""
    seen: dict[dt.date, tuple[Row, float]] = {}
    for row, date, value in rows:
        if date in seen:
            before, first = seen[date]
            same = "alike" if first == value else f"with {first:.0f}, here {value:.0f}; the last one holds"
            notes.fault(sheet.where(row, "date", str(date)), f"stands in row {before.line} already, {same}")
        seen[date] = row, value
    back = [row for (_, a, _), (row, b, _) in pairwise(rows) if b < a]
    if back:
        notes.fault(
            sheet.name, f"dates do not rise in row {listed(str(row.line) for row in back)}; they are sorted when read"
        )


def _tell_of_unused(folder: Folder, used: Iterable[str], notes: Notes) -> None:
    """Files beside the layout that it does not list."""
    files = sorted(p.name for p in folder.sources.glob("*.csv") if p.name not in {*used, *NOT_COUNTS})
    files = [name for name in files if not name.startswith(("demographics", "flood", "conflict"))]
    if files:
        notes.leave_out(LAYOUT, f"files that it does not list are not used: {listed(files, 30)}")


def _recounts(
    folder: Folder,
    sites: Mapping[str, tuple[Series, ...]],
    places: Mapping[str, Location],
    problems: Problems,
    notes: Notes,
) -> dict[str, frozenset[dt.date]]:
    """For each site, the days of the first count on or after each listed correction."""
    path = next((p for p in (folder.inputs / CORRECTIONS, folder.sources / CORRECTIONS) if p.exists()), None)
    sheet = read_sheet(path, folder.name(path), 2, problems, notes) if path else None
    found: dict[str, set[dt.date]] = {}
    for row in sheet.rows if sheet else ():
        assert sheet is not None
        date, what, _ = day_of(row[1])
        if clean(row[0]) in {"name", "location", "camp"}:
            continue
        if what or date is None:
            problems.add(sheet.where(row, "date", row[1]), what)
        elif row[0] not in sites:
            known = "has no counts" if row[0] in places else "is no location of locations.csv"
            near = f"; did you mean {hint!r}?" if (hint := nearest(row[0], sites)) and row[0] not in places else ""
            notes.leave_out(
                sheet.where(row, "column 1", row[0]), f"{known}: the correction of {date} is left out{near}"
            )
        else:
            again = _recount(sheet, row, date, sites[row[0]], notes)
            found.setdefault(row[0], set()).update(again)
    return {place: frozenset(days) for place, days in found.items()}


def _recount(sheet: Sheet, row: Row, date: dt.date, series: Sequence[Series], notes: Notes) -> list[dt.date]:
    """The day of the first count on or after a correction, of any series of the site; none if there is none."""
    counted = sorted({d.astype(dt.date) for part in series for d in part.counts().days})
    later = [d for d in counted if d >= date]
    where = sheet.where(row, "date", str(date))
    if not later:
        last = f"the last is of {counted[-1]}" if counted else "there are none"
        notes.leave_out(where, f"no count of {row[0]} on this day or after it ({last}): the correction is left out")
        return []
    if later[0] != date:
        notes.fault(where, f"no count of {row[0]} on this day; the next, of {later[0]}, is marked as the re-count")
    if later[0] == counted[0]:
        notes.fault(where, f"no count of {row[0]} before this day, so there is nothing to correct")
    return later[:1]


def _tell_of_jumps(place: str, series: Sequence[Series], recounts: frozenset[dt.date], notes: Notes) -> None:
    """Tell of re-counts that are listed, and of jumps that are not: changes by more than half within a few weeks."""
    total = together(part.counts(recounts) for part in series)
    jumps = []
    for k in range(1, len(total)):
        (a, b), (x, y) = total.days[k - 1 : k + 1], total.people[k - 1 : k + 1]
        if total.recount[k]:
            notes.assume(
                f"{place}: the count of {b}, {y:,.0f}, is marked as a re-count; the one before was {x:,.0f} ({a})."
            )
        elif max(x, y) >= SMALL and x > 0 and abs(y / x - 1.0) > JUMP and (b - a).astype(int) <= JUMP_DAYS:
            jumps.append(f"{x:,.0f} ({a}) to {y:,.0f} ({b})")
    if jumps:
        files = listed(part.file for part in series)
        notes.fault(files, f"the count at {place} changes by more than half within {JUMP_DAYS} days, and no re-count is"
                    f" listed; not changed: {listed(jumps, 12)}")  # fmt: skip
