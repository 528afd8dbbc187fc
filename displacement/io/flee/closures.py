"""closures.csv of a Flee folder: borders, places and roads that are shut to people, and camps that are not open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from displacement.errors import Problems, did_you_mean, nearest
from displacement.events import CampClosed, CampOpened, CrossingClosed, Event, Permission
from displacement.io.flee.locations import Location
from displacement.io.flee.report import Notes
from displacement.io.flee.routes import Road
from displacement.io.flee.sheets import Row, Sheet, listed, whole, with_header

COLUMNS = ("closure_type", "name1", "name2", "closure_start", "closure_end")
OTHER_NAMES = {"type": "closure_type", "start": "closure_start", "end": "closure_end",
               "closure_start = 0": "closure_start", "closure_end = -1": "closure_end"}  # fmt: skip
COUNTRY, LOCATION, LINK, CAMP, IDP_CAMP, FORCED = TYPES = (
    "country", "location", "link", "camp", "idpcamp", "remove_forced_redirection",
)  # fmt: skip
SHUT_TO = ("civilians", "medical")


@dataclass(frozen=True)
class Closure:
    """A row of closures.csv: shut from the first to the last day, days since the start; last None: for good."""

    row: Row
    type: str
    a: str
    b: str
    first: int
    last: int | None


@dataclass(frozen=True)
class Shutter:
    """What turns closures into events: the map, by Flee's names, and when the case starts."""

    places: Mapping[str, Location]
    roads: Mapping[str, Road]  # by link_id
    codes: Mapping[str, str]  # country code of each of Flee's names of countries
    start: dt.date

    def date(self, day: int) -> dt.date:
        """The date of a day since the start."""
        return self.start + dt.timedelta(days=day)

    def crosses(self, road: Road) -> bool:
        """Does a road join two countries?"""
        a, b = (self.codes[self.places[name].country] for name in (road.a, road.b))
        return a != b

    def between(self, a: str, b: str) -> list[str]:
        """Links between two countries."""
        both = {a, b}
        return [k for k, r in self.roads.items() if {self.places[r.a].country, self.places[r.b].country} == both]

    def at(self, place: str) -> list[str]:
        """Links at a place."""
        return [k for k, r in self.roads.items() if place in r.ends]

    def joining(self, a: str, b: str) -> list[str]:
        """The link between two places, if there is one."""
        return [k for k, r in self.roads.items() if r.ends == {a, b}]

    def shut(self, links: Iterable[str], closure: Closure, name: str) -> Iterator[Event]:
        """Links shut to people: crossings, and roads."""
        crossings = [k for k in links if self.crosses(self.roads[k])]
        roads = [k for k in links if not self.crosses(self.roads[k])]
        when = {
            "start": self.date(closure.first),
            "end": None if closure.last is None else self.date(closure.last),
            "source": f"closures.csv, row {closure.row.line}",
        }
        if crossings:
            yield CrossingClosed(
                id=name, crossing=tuple(crossings), traffic=SHUT_TO, **when  # type: ignore[arg-type]
            )  # fmt: skip
        if roads:
            ending = "_roads" if crossings else ""
            yield Permission(
                id=name + ending, link=tuple(roads), civilians=0.0, medical=0.0, **when  # type: ignore[arg-type]
            )  # fmt: skip


def closures_of(
    sheet: Sheet, places: Mapping[str, Location], days: int, problems: Problems, notes: Notes
) -> list[Closure]:
    """The closures of a file that fall into the period; what cannot be read is a problem."""
    sheet = with_header(sheet, COLUMNS, OTHER_NAMES, notes)
    found = []
    for row in sheet.rows:
        kind, a, b, first, last = (sheet.get(row, name) for name in COLUMNS)
        before = len(problems.found)
        kind = _type(sheet, row, kind, problems)
        starts, ends = (_day(sheet, row, c, t, problems) for c, t in ((COLUMNS[3], first), (COLUMNS[4], last)))
        for column, name, known in _names(kind, a, b, places):
            if name not in known:
                hint = did_you_mean(name, known)
                what = "country" if kind == COUNTRY else "location"
                problems.add(sheet.where(row, column, name), f"is no {what} of locations.csv{hint}")
        if len(problems.found) == before and places and kind:
            closure = _in_period(sheet, row, Closure(row, kind, a, b, starts, ends), days, notes)
            found += [closure] if closure else []
    return found


def _type(sheet: Sheet, row: Row, text: str, problems: Problems) -> str:
    """The kind of closure, or empty and a problem."""
    kind = {"links": LINK}.get(text.lower(), text.lower())
    if kind in TYPES:
        return kind
    hint = f"; did you mean {near!r}?" if (near := nearest(kind, TYPES)) else ""
    problems.add(sheet.where(row, "closure_type", text), f"must be one of {', '.join(TYPES)}{hint}")
    return ""


def _day(sheet: Sheet, row: Row, column: str, text: str, problems: Problems) -> int:
    """A day since the start; what is none is a problem."""
    day = whole(text)
    if day is None:
        problems.add(
            sheet.where(row, column, text), "must be a whole number of days since the start (end: -1 for good)"
        )
    return day or 0


def _names(kind: str, a: str, b: str, places: Mapping[str, Location]) -> Iterator[tuple[str, str, set[str]]]:
    """Column, name and the names that it may be; Flee does not read the second name of a place or a camp."""
    if not places or not kind:
        return
    known = {p.country for p in places.values()} if kind == COUNTRY else set(places)
    yield "name1", a, known
    if kind in {COUNTRY, LINK, FORCED}:
        yield "name2", b, known


def _in_period(sheet: Sheet, row: Row, closure: Closure, days: int, notes: Notes) -> Closure | None:
    """The closure with Flee's open ends read: it ends when day closure_end comes, else never. None if never in force.

    `last` comes in as closure_end: the first day on which it is open again.
    """
    first, opens = closure.first, closure.last
    assert opens is not None
    if closure.type == FORCED:
        return closure
    where = sheet.where(row, "closure_start", str(first))
    if opens <= 0 and first >= 0 and not (opens == 0 and first == 0):
        opens_on = None
    elif opens < first:
        notes.fault(
            sheet.where(row, "closure_end", str(opens)), f"lies before closure_start = {first}: taken as for good"
        )
        opens_on = None
    else:
        opens_on = opens
    if first < 0:
        notes.fault(
            where, "lies before the start; Flee would not shut it at all. Taken as in force when the case starts"
        )
        opens_on = None if opens == -1 else opens_on
    if opens_on is not None and opens_on <= max(first, 0):
        notes.leave_out(sheet.where(row), f"is in force on no day of the period (days {first} to {opens})")
        return None
    if first >= days:
        notes.leave_out(where, f"lies after day {days - 1}, the last of the period")
        return None
    return Closure(row, closure.type, closure.a, closure.b, first, None if opens_on is None else opens_on - 1)


def with_later_camps(places: Mapping[str, Location], closures: Iterable[Closure], notes: Notes) -> dict[str, Location]:
    """The places, those that a row of type camp opens as camps: Flee makes any place a camp on that day."""
    found = dict(places)
    for closure in closures:
        place = found.get(closure.a)
        if closure.type in {CAMP, IDP_CAMP} and place is not None and not place.is_camp:
            notes.fault(
                f"closures.csv, row {closure.row.line}",
                f"{place.name} is a {place.type} in locations.csv, and opens as a camp: taken as one throughout",
            )
            found[place.name] = replace(place, type=closure.type)
    return found


def events_of(closures: Sequence[Closure], world: Shutter, notes: Notes, *, as_flee: bool = False) -> list[Event]:
    """The events that closures become. as_flee : a location is shut altogether, whatever neighbour its row names"""
    found: list[Event] = []
    for number, closure in enumerate(closures, start=1):
        found += _events(closure, f"closure_{number}", world, notes, as_flee)
    return found


def _events(closure: Closure, name: str, world: Shutter, notes: Notes, as_flee: bool) -> list[Event]:
    where = f"closures.csv, row {closure.row.line}"
    if closure.type == FORCED:
        notes.leave_out(
            where, f"the end of the forced redirection {closure.a} - {closure.b}: nobody is sent on by force here"
        )
        return []
    if closure.type in {CAMP, IDP_CAMP}:
        return _of_camp(closure, name, world, where, notes)
    if closure.type == LOCATION:
        return _of_location(closure, name, world, where, notes, as_flee)
    links = world.between(closure.a, closure.b) if closure.type == COUNTRY else world.joining(closure.a, closure.b)
    if not links:
        notes.leave_out(where, f"no road joins {closure.a} and {closure.b}, so nothing is shut")
    return list(world.shut(links, closure, name))


def _of_camp(closure: Closure, name: str, world: Shutter, where: str, notes: Notes) -> list[Event]:
    """A camp that is not open yet opens on a day; one that is open takes nobody for a while, or for good."""
    crossings = [k for k in world.at(closure.a) if world.crosses(world.roads[k])]
    if crossings:
        notes.assume(
            f"{where}: while the camp {closure.a} is not open, nobody chooses it, but the crossing {listed(crossings)}"
            " that leads straight there stays open, and who crosses stays there. (In Flee, they pass through.)"
        )
    if closure.first <= 0 and closure.last is not None:
        return [CampOpened(id=name, place=(closure.a,), start=world.date(closure.last + 1), source=where)]
    end = None if closure.last is None else world.date(closure.last)
    return [CampClosed(id=name, place=(closure.a,), start=world.date(closure.first), end=end, source=where)]


def _of_location(closure: Closure, name: str, world: Shutter, where: str, notes: Notes, as_flee: bool) -> list[Event]:
    """All links of a place; only one if the row names a neighbour too. A camp shut from the first day opens later."""
    links, pair = world.at(closure.a), world.joining(closure.a, closure.b)
    if not links:
        notes.leave_out(where, f"no road leads to {closure.a}, so nothing is shut")
    if pair:
        days = "for good" if closure.last is None else f"for {closure.last - closure.first + 1} days"
        done = f"all {len(links)} are shut, as asked" if as_flee else f"only {listed(pair)} is shut"
        notes.fault(
            where,
            f"shuts all {len(links)} roads at {closure.a} {days} ({listed(links)}) in Flee, which does not read name2 ="
            f" {closure.b!r} of a location; surely only {listed(pair)} was meant: {done}",
        )
        return list(world.shut(links if as_flee else pair, closure, name))
    found = list(world.shut(links, closure, name))
    if world.places[closure.a].is_camp and closure.first <= 0 and closure.last is not None:
        opens = world.date(closure.last + 1)
        notes.assume(f"{where}: the camp {closure.a}, which no road reaches until {opens}, opens on that day.")
        found.append(CampOpened(id=f"{name}_opens", place=(closure.a,), start=opens, source=where))
    return found
