"""What names and dates in events refer to, and how they are said in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from displacement.errors import InputError, Problems, did_you_mean
from displacement.network import Network, place_meant

if TYPE_CHECKING:
    from displacement.events.base import Event


@dataclass(frozen=True)
class World:
    """What names and dates in events refer to: the network, the parties and the first day."""

    network: Network
    parties: Mapping[str, str]  # id: name
    start: dt.date
    groups: tuple[str, ...] = ("everyone",)  # ids of the groups of people
    people_names: Mapping[str, str] = field(default_factory=dict)  # id: name of those that have one
    events: tuple[Event, ...] = ()  # those that others may speak of
    unread: frozenset[str] = frozenset()  # ids and kinds of events with a fault of their own: nothing else is blamed
    party_index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "party_index", {p: i for i, p in enumerate(sorted(self.parties))})

    def day(self, date: dt.date) -> int:
        """Days from the start of the scenario."""
        return (date - self.start).days

    def places(self, names: Iterable[str]) -> tuple[int, ...]:
        """Rows of the places that names or groups stand for, each once."""
        return self._rows(names, lambda name: [self.network.places.index(p) for p in self.network.members_of(name)])

    def place(self, name: str) -> int:
        """Row of one place; a group of places is an error that says so."""
        places = self.network.places
        if name not in places.position and name in self.network.place_groups:
            inside = listed([repr(place) for place in self.network.place_groups[name]])
            raise InputError(f"place {name!r} is a group of places; name one place, such as one of {inside}")
        if name not in places.position:
            raise InputError(f"place {name!r} is no place_id{place_meant(name, places.id, places.name, places.id)}")
        return places.position[name]

    def members(self, names: Iterable[str]) -> frozenset[str]:
        """Ids of the places that names or groups stand for; an unknown name stands for itself."""
        return frozenset(p for name in names for p in self.network.place_groups.get(name, (name,)))

    def links(self, names: Iterable[str]) -> tuple[int, ...]:
        """Rows of links."""
        return self._rows(names, lambda name: [self.network.links.index(name)])

    def crossings(self, names: Iterable[str]) -> tuple[int, ...]:
        """Rows of links that are crossings; a road is an error that says so."""

        def rows(name: str) -> list[int]:
            row = self.network.links.index(name)
            if not self.network.links.crossing[row]:
                known = [i for i, c in zip(self.network.links.id, self.network.links.crossing, strict=True) if c]
                raise InputError(f"link {name!r} is a road, not a crossing{did_you_mean(name, known)}")
            return [row]

        return self._rows(names, rows)

    def roads_only(self, names: Iterable[str], otherwise: str) -> tuple[int, ...]:
        """Rows of links that are roads; a crossing is an error that says what is so there."""

        def rows(name: str) -> list[int]:
            row = self.network.links.index(name)
            if self.network.links.crossing[row]:
                raise InputError(f"link {name!r} is a crossing; {otherwise}")
            return [row]

        return self._rows(names, rows)

    def party(self, name: str) -> int:
        """Row of a party."""
        if name not in self.party_index:
            raise InputError(f"party {name!r} is unknown{did_you_mean(name, self.party_index)}")
        return self.party_index[name]

    def people(self, names: Iterable[str]) -> tuple[int, ...]:
        """Rows of groups of people; of no names, all."""

        def rows(name: str) -> list[int]:
            if name not in self.groups:
                raise InputError(f"group {name!r} is unknown{did_you_mean(name, self.groups)}")
            return [self.groups.index(name)]

        return self._rows(tuple(names) or self.groups, rows)

    def _rows(self, names: Iterable[str], rows: Callable[[str], list[int]]) -> tuple[int, ...]:
        problems, nothing = Problems(), list[int]()
        found = {row for name in names for row in problems.caught(partial(rows, name), nothing)}
        problems.raise_if_any()
        return tuple(sorted(found))

    def called(self, names: Iterable[str]) -> str:
        """Names of places or groups as a reader knows them."""
        return listed([self.network.called(name) for name in names])

    def who(self, names: Iterable[str], otherwise: str = "everybody") -> str:
        """Groups of people as a reader knows them."""
        return listed([self.people_names.get(name, name.replace("_", " ")) for name in names] or [otherwise])

    def roads(self, names: Iterable[str], direction: str = "both") -> str:
        """Links by their two ends; in one direction, from one to the other."""
        return listed([self._road(name, direction) for name in names])

    def _road(self, name: str, direction: str) -> str:
        links, places = self.network.links, self.network.places
        if name not in links.position:
            return name
        i = links.position[name]
        start, end = places.name[links.origin[i]], places.name[links.destination[i]]
        return {"both": f"{start} - {end}", "forward": f"{start} to {end}", "backward": f"{end} to {start}"}[direction]


def amount(number: float) -> str:
    """A number of people, vehicles or trucks as it was given, thousands set apart; a fraction is kept.

    >>> amount(12_000.0), amount(0.5), amount(2828.5)
    ('12,000', '0.5', '2,828.5')
    """
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}".rstrip("0")


def listed(words: list[str], most: int = 6) -> str:
    """Words as an English list, cut after `most`.

    >>> listed(["Azaz", "Mare'", "Nubl"])
    "Azaz, Mare' and Nubl"
    """
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown_day(date: dt.date) -> str:
    """A date in words.

    >>> shown_day(dt.date(2016, 2, 3))
    '3 Feb 2016'
    """
    return f"{date.day} {date:%b %Y}"


def spell(first: dt.date, last: dt.date) -> str:
    """From one day to another in words, or the one day.

    >>> spell(dt.date(2016, 2, 3), dt.date(2016, 2, 16))
    '3 Feb 2016 to 16 Feb 2016'
    """
    return shown_day(first) if first == last else f"{shown_day(first)} to {shown_day(last)}"
