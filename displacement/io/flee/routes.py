"""routes.csv of a Flee folder: which places a road joins, and how long it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from displacement.errors import Problems, did_you_mean
from displacement.io.flee.locations import Location
from displacement.io.flee.report import Notes
from displacement.io.flee.sheets import Row, Sheet, with_header
from displacement.io.tables import NUMBER

COLUMNS = ("name1", "name2", "distance", "forced_redirection")
OTHER_NAMES = {
    "distance[km]": "distance", "distance (km)": "distance", "distance_km": "distance", "length": "distance",
    "from": "name1", "to": "name2", "endpoint1": "name1", "endpoint2": "name2",
    "forced redirection": "forced_redirection",
}  # fmt: skip
LONGEST_KM = 40_000.0
REDIRECTIONS = ("", "0", "1", "2")


@dataclass(frozen=True)
class Road:
    """A row of routes.csv. `redirected` is where everybody who passes must go on to; empty: nobody must."""

    row: Row
    a: str
    b: str
    km: float
    redirected: str = ""

    @property
    def ends(self) -> frozenset[str]:
        """The two places that it joins."""
        return frozenset((self.a, self.b))


def roads_of(sheet: Sheet, places: Mapping[str, Location], problems: Problems, notes: Notes) -> list[Road]:
    """The roads of a file, each pair of places once; what cannot be read is a problem."""
    sheet = with_header(sheet, COLUMNS, OTHER_NAMES, notes)
    missing = [name for name in COLUMNS[:3] if name not in sheet.at]
    if missing:
        problems.add(
            f"{sheet.name}, row 1", f"has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}"
        )
        return []
    if not sheet.rows:
        problems.add(sheet.name, "has no routes; at least one is needed, or nobody can leave")
    found: dict[frozenset[str], Road] = {}
    for row in sheet.rows:
        road = _road(sheet, row, places, problems, notes)
        if road is None:
            continue
        before = found.setdefault(road.ends, road)
        if before is not road:
            found[road.ends] = min(before, road, key=lambda r: r.km)
            _tell_of_two(sheet, before, road, notes)
    return list(found.values())


def _road(sheet: Sheet, row: Row, places: Mapping[str, Location], problems: Problems, notes: Notes) -> Road | None:
    """The road of a row, or None and its problems."""
    a, b, length, forced = (sheet.get(row, name) for name in COLUMNS)
    before = len(problems.found)
    for column, name in (("name1", a), ("name2", b)):
        if places and name not in places:
            problems.add(sheet.where(row, column, name), f"is no location of locations.csv{did_you_mean(name, places)}")
    if a == b and a in places:
        problems.add(sheet.where(row, "name2", b), "is name1 too; a road joins two different places")
    if not NUMBER.fullmatch(length) or not 0 < float(length) <= LONGEST_KM:
        problems.add(sheet.where(row, "distance", length), f"must be a number of km above 0, at most {LONGEST_KM:,.0f}")
    forced = forced.removesuffix(".0")
    if forced not in REDIRECTIONS:
        notes.fault(sheet.where(row, "forced_redirection", forced), "must be 0, 1 or 2; taken as 0")
        forced = ""
    if len(problems.found) > before:
        return None
    return Road(row, a, b, float(length), {"1": a, "2": b}.get(forced, ""))


def _tell_of_two(sheet: Sheet, before: Road, again: Road, notes: Notes) -> None:
    """Two rows for one pair of places: the shorter is kept."""
    same = before.km == again.km
    kept = "alike; kept once" if same else f"with {before.km:g} km; the shorter is kept"
    notes.fault(
        sheet.where(again.row), f"the road {again.a} - {again.b} stands in row {before.row.line} already, {kept}"
    )
