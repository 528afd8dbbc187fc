"""locations.csv of a Flee folder: places, their kinds, and how many people live there or a camp is said to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from displacement.errors import Problems, did_you_mean
from displacement.io.flee.report import Notes
from displacement.io.flee.sheets import Row, Sheet, listed, people, whole, with_header
from displacement.io.tables import NUMBER

COLUMNS = ("name", "region", "country", "latitude", "longitude", "location_type", "conflict_date", "population")
OTHER_NAMES = {
    "lat": "latitude", "lon": "longitude", "long": "longitude", "lng": "longitude",
    "gps_x": "latitude", "gps_y": "longitude", "x": "latitude", "y": "longitude",
    "type": "location_type", "locationtype": "location_type", "location type": "location_type",
    "conflictdate": "conflict_date", "pop": "population", "pop/cap": "population", "population/capacity": "population",
    "pop./cap.": "population", "capacity": "population", "location": "name", "#name": "name",
}  # fmt: skip
NEEDED = ("name", "latitude", "longitude", "location_type")
CONFLICT, TOWN, CAMP, IDP_CAMP, HUB, MARKER = TYPES = (
    "conflict_zone", "town", "camp", "idpcamp", "forwarding_hub", "marker",
)  # fmt: skip
WORDS = {"conflict": CONFLICT, "idp": IDP_CAMP, "camp": CAMP, "forward": HUB, "marker": MARKER, "town": TOWN,
         "default": TOWN}  # fmt: skip


@dataclass(frozen=True)
class Location:
    """A row of locations.csv. `people` live there, or in a camp are the most that it is said to hold; None: unknown."""

    row: Row
    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    type: str
    onset: int | None  # day on which conflict begins
    people: float | None

    @property
    def is_camp(self) -> bool:
        """Is it a site for displaced people?"""
        return self.type in {CAMP, IDP_CAMP}


def type_of(text: str) -> str | None:
    """Flee's kind of location from its cell, which may be a part of the word or a longer one.

    >>> type_of("conflict"), type_of("IDPCamp"), type_of("twon")
    ('conflict_zone', 'idpcamp', None)
    """
    word = text.strip().lower()
    return next((kind for part, kind in WORDS.items() if part in word), None)


def locations_of(sheet: Sheet, problems: Problems, notes: Notes) -> list[Location]:
    """The locations of a file, each name once; what cannot be read is a problem.

    A row whose name can be read stands for a place in any case, so that what refers to it is not to be blamed. Without
    a name of each row nothing is returned.
    """
    if sheet.rows and len(sheet.rows[0].cells) > len(COLUMNS):
        more = [cell for cell in sheet.rows[0].cells[len(COLUMNS) :] if cell]
        if more and sheet.marked:
            notes.leave_out(sheet.name, f"columns that Flee calls attributes are not used: {listed(more)}")
    sheet = with_header(sheet, COLUMNS, OTHER_NAMES, notes)
    missing = [name for name in NEEDED if name not in sheet.at]
    if missing:
        problems.add(
            f"{sheet.name}, row 1",
            f"has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}",
        )
        return []
    if not sheet.rows:
        problems.add(sheet.name, "has no locations; at least one is needed")
    found: dict[str, Location] = {}
    for row in sheet.rows:
        location = _location(sheet, row, problems, notes)
        before = found.setdefault(location.name, location)
        if before is not location:
            _twice(sheet, before, location, problems, notes)
    _tell_of_cases(sheet, found, notes)
    return list(found.values()) if sheet.whole and "" not in found else []


def _location(sheet: Sheet, row: Row, problems: Problems, notes: Notes) -> Location:
    """The location of a row; where a cell is wrong, which is noted, it holds something else."""
    cells = {name: sheet.get(row, name) for name in COLUMNS}
    faults = dict(_faults(cells))
    for column, what in faults.items():
        problems.add(sheet.where(row, column, cells[column]), what)
    count, grouped = people(cells["population"]) if cells["population"] else (None, False)
    if grouped and count is not None:
        notes.fault(
            sheet.where(row, "population", cells["population"]), f"has commas between thousands; read as {count:.0f}"
        )
    latitude, longitude = (0.0 if name in faults else float(cells[name]) for name in ("latitude", "longitude"))
    return Location(
        row=row,
        name=cells["name"],
        region=cells["region"],
        country=cells["country"],
        latitude=latitude,
        longitude=longitude,
        type=type_of(cells["location_type"]) or TOWN,
        onset=whole(cells["conflict_date"]),
        people=count,
    )


def _faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Column, and what is wrong with its cell."""
    if not cells["name"]:
        yield "name", "is empty; every location needs a name"
    for column in ("latitude", "longitude"):
        if not NUMBER.fullmatch(cells[column]) or abs(float(cells[column])) > 180:
            hint = ", with a point, not a comma" if "," in cells[column] else ""
            yield column, f"must be a number of degrees in [-180, 180]{hint}"
    if type_of(cells["location_type"]) is None:
        hint = did_you_mean(cells["location_type"].lower(), TYPES) if cells["location_type"] else ""
        yield "location_type", f"must be one of {', '.join(TYPES)}{hint if 'did you mean' in hint else ''}"
    if cells["conflict_date"] and whole(cells["conflict_date"]) is None:
        yield "conflict_date", "must be a whole number of days since the start, or empty"
    if cells["population"] and people(cells["population"])[0] is None:
        yield "population", "must be a whole number of people, at least 0, or empty if it is not known"


def _twice(sheet: Sheet, before: Location, again: Location, problems: Problems, notes: Notes) -> None:
    """Two rows of one name: the same twice is told of, two places of one name are a problem."""
    if replace(again, row=before.row) == before:
        notes.fault(
            sheet.where(again.row, "name", again.name), f"stands in row {before.row.line} already, alike; kept once"
        )
    else:
        problems.add(
            sheet.where(again.row, "name", again.name),
            f"stands in row {before.row.line} already, with other values; each name must be unique",
        )


def _tell_of_cases(sheet: Sheet, found: dict[str, Location], notes: Notes) -> None:
    """Names that differ only in capitals are told of: one of them may be misspelt."""
    seen: dict[str, Location] = {}
    for name, location in found.items():
        other = seen.setdefault(name.lower(), location)
        if other is not location:
            notes.fault(
                sheet.where(location.row, "name", name),
                f"differs from row {other.row.line}, {other.name!r}, in capitals only",
            )
