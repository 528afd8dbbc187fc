"""Dated events: one frozen class a kind. Each returns its effects and says in a sentence what it does; none writes.

Every kind has `start` and, unless it is for good, `end`: the last day on which it is in force. `earliest` and `latest`
bound a start that is not known to the day. A field `place` takes a place id, a named group of places, or several.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from displacement.conditions import RELATIONS, Effect
from displacement.errors import InputError, Problems, did_you_mean
from displacement.network import TRAFFIC, Network


def _as_date(value: Any) -> Any:
    """A day from a date, an ISO string or a numpy datetime; anything else is left for the type check to refuse."""
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError as problem:
            reason = "" if "isoformat" in str(problem) else f" ({problem})"
            message = f"must be a date such as 2016-02-03{reason}"
            raise ValueError(message) from problem
    return value.date() if isinstance(value, dt.datetime) else value


def _as_names(value: Any) -> Any:
    """One name or several, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Day = Annotated[dt.date, BeforeValidator(_as_date)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_names), Field(min_length=1)]
Two = Annotated[tuple[str, str], BeforeValidator(_as_names)]
Share = Annotated[float, Field(ge=0, le=1)]
Chance = Share | Literal["unknown"]
RelationName = Literal["hostile", "smuggling", "tolerated", "truce", "same"]
Traffic = Literal["civilians", "medical", "trade", "aid"]
Classes = Annotated[tuple[Traffic, ...], BeforeValidator(_as_names), Field(min_length=1)]


@dataclass(frozen=True)
class World:
    """What names and dates in events refer to: the network, the parties and the first day."""

    network: Network
    parties: Mapping[str, str]  # id: name
    start: dt.date
    groups: tuple[str, ...] = ("everyone",)  # ids of the groups of people
    party_index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "party_index", {p: i for i, p in enumerate(sorted(self.parties))})

    def day(self, date: dt.date) -> int:
        """Days from the start of the scenario."""
        return (date - self.start).days

    def places(self, names: Iterable[str]) -> tuple[int, ...]:
        """Rows of the places that names or groups stand for, each once."""
        return self._rows(names, lambda name: [self.network.places.index(p) for p in self.network.members_of(name)])

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

    def _rows(self, names: Iterable[str], rows: Any) -> tuple[int, ...]:
        found: set[int] = set()
        problems = Problems()
        for name in names:
            try:
                found.update(rows(name))
            except InputError as problem:
                problems.found.extend(problem.problems)
        problems.raise_if_any()
        return tuple(sorted(found))

    def called(self, names: Iterable[str]) -> str:
        """Names of places or groups as a reader knows them."""
        return listed([self.network.called(name) for name in names])

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


class Event(BaseModel, ABC):
    """Base of all events: when, how sure, who says so. `group` is a tag that `without` can take away."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    kind: ClassVar[str] = ""
    begins: ClassVar[str] = "from"
    start: Day
    end: Day | None = None
    earliest: Day | None = None
    latest: Day | None = None
    id: str = ""
    group: str = ""
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Event:
        if self.end is not None and self.end < self.start:
            message = f"end = {self.end} lies before start = {self.start}"
            raise ValueError(message)
        if not self.first <= self.start <= self.last:
            message = f"start = {self.start} must lie from earliest = {self.earliest} to latest = {self.latest}"
            raise ValueError(message)
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__

    @abstractmethod
    def effects(self, world: World) -> list[Effect]:
        """What this event does to the layers of Conditions."""

    @abstractmethod
    def what(self, world: World) -> str:
        """What happens, as a sentence without its date."""

    def sentence(self, world: World) -> str:
        """What happens and when."""
        when = f"{self.begins} {shown_day(self.start)}" if self.end is None else spell(self.start, self.end)
        if self.first < self.last:
            when += f" (start between {shown_day(self.first)} and {shown_day(self.last)})"
        what = self.what(world)
        return f"{what[:1].upper()}{what[1:]}, {when}."

    @property
    def first(self) -> dt.date:
        """The earliest day on which it may start."""
        return self.earliest or self.start

    @property
    def last(self) -> dt.date:
        """The latest day on which it may start."""
        return self.latest or self.start

    def shifted(self, days: int) -> Event:
        """The same event some days later (earlier, if negative)."""
        by = dt.timedelta(days=days)
        dates = {k: v + by for k in ("start", "end", "earliest", "latest") if (v := getattr(self, k)) is not None}
        return self.model_copy(update=dates)

    def starting(self, start: dt.date) -> Event:
        """The same event with a start that is settled; its end stays, unless it would lie before."""
        end = max(self.end, start) if self.end is not None else None
        return self.model_copy(update={"start": start, "end": end, "earliest": None, "latest": None})

    def _effect(
        self, world: World, layer: str, *cells: tuple[int, ...], value: float, by: tuple[int, ...] = ()
    ) -> Effect:
        end = None if self.end is None else world.day(self.end)
        return Effect(layer=layer, cells=cells, start=world.day(self.start), end=end, value=value, by=by)


class Fighting(Event):
    """Fighting on the ground at places: 1 is a ground assault in the place."""

    place: Names
    intensity: Share
    by: str = ""

    def effects(self, world: World) -> list[Effect]:
        """Raise intensity."""
        by = (world.party(self.by),) if self.by else ()
        return [self._effect(world, "intensity", world.places(self.place), value=self.intensity, by=by)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"fighting of intensity {self.intensity:g} at {world.called(self.place)}"


class AirStrikes(Fighting):
    """Strikes from the air or by artillery: 0.6 is daily heavy strikes, 0.3 strikes on some days."""

    intensity: Share = 0.3

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"strikes of intensity {self.intensity:g} on {world.called(self.place)}"


class Fire(Event):
    """A link under fire: level 0 none, 1 occasional, 2 regular, 3 nearly always, 4 nobody passes."""

    link: Names
    level: Annotated[int, Field(ge=0, le=4)]

    def effects(self, world: World) -> list[Effect]:
        """Raise fire."""
        return [self._effect(world, "fire", world.links(self.link), value=self.level)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"fire of level {self.level} on the road {world.roads(self.link)}"


class Contested(Event):
    """Control of places is contested: their links are dangerous."""

    place: Names

    def effects(self, world: World) -> list[Effect]:
        """Mark as contested."""
        return [self._effect(world, "contested", world.places(self.place), value=1)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"{world.called(self.place)} contested"


class Capture(Event):
    """A party takes places, for good or until the next capture. People flee before it, and on the day."""

    place: Names
    by: str
    begins: ClassVar[str] = "on"

    def effects(self, world: World) -> list[Effect]:
        """Change control."""
        if self.end is not None:
            raise InputError("a capture has no end: it holds until the next capture")
        return [self._effect(world, "control", world.places(self.place), value=world.party(self.by))]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"{world.parties[self.by]} takes {world.called(self.place)}"


class Relation(Event):
    """Two parties stand to each other in a new way: same, truce, tolerated, smuggling or hostile."""

    parties: Two
    relation: RelationName

    def effects(self, world: World) -> list[Effect]:
        """Change the relation, both ways."""
        a, b = (world.party(p) for p in self.parties)
        value = RELATIONS.index(self.relation)
        return [self._effect(world, "relation", (x,), (y,), value=value) for x, y in ((a, b), (b, a))]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"{listed([world.parties[p] for p in self.parties])} stand to each other as: {self.relation}"


class RoadCut(Event):
    """Links that cannot be passed at all: blown up, mined, flooded, dug up."""

    link: Names

    def effects(self, world: World) -> list[Effect]:
        """Close for everybody."""
        return [self._effect(world, "physical", world.links(self.link), value=0)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"the road {world.roads(self.link)} is cut"


class RoadRepaired(Event):
    """Links that can be passed again after a cut."""

    link: Names

    def effects(self, world: World) -> list[Effect]:
        """Open again, as far as policy allows."""
        return [self._effect(world, "physical", world.links(self.link), value=1)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"the road {world.roads(self.link)} is repaired"


class Permission(Event):
    """Who may pass links: the chance that an attempt passes, for each class named; "unknown" is a value."""

    link: Names
    direction: Literal["both", "forward", "backward"] = "both"
    civilians: Chance | None = None
    medical: Chance | None = None
    trade: Chance | None = None
    aid: Chance | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Permission:
        if not self.values():
            message = f"names no class of traffic; give at least one of {', '.join(TRAFFIC)}"
            raise ValueError(message)
        return self

    def values(self) -> dict[str, float | str]:
        """What is said, by class."""
        return {k: v for k in TRAFFIC if (v := getattr(self, k)) is not None}

    def effects(self, world: World) -> list[Effect]:
        """Set the policy of each class named."""
        links, ways = world.links(self.link), ways_of(self.direction)
        chances = {k: np.nan if isinstance(v, str) else v for k, v in self.values().items()}
        return [self._effect(world, "policy", links, ways, (TRAFFIC.index(k),), value=v) for k, v in chances.items()]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        said = ", ".join(f"{k} {v if isinstance(v, str) else format(v, 'g')}" for k, v in self.values().items())
        return f"permission on {world.roads(self.link, self.direction)}: {said}"


class CrossingClosed(Event):
    """A crossing is shut to classes of traffic (all, unless named). Shut to one says nothing about another."""

    crossing: Names
    traffic: Classes = TRAFFIC  # type: ignore[assignment]
    direction: Literal["both", "forward", "backward"] = "both"
    open_to: ClassVar[float] = 0.0
    verb: ClassVar[str] = "shut"

    def effects(self, world: World) -> list[Effect]:
        """Set the policy of the classes."""
        classes = tuple(TRAFFIC.index(k) for k in self.traffic)
        cells = world.crossings(self.crossing), ways_of(self.direction), classes
        return [self._effect(world, "policy", *cells, value=self.open_to)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        crossing = world.roads(self.crossing, self.direction)
        return f"the crossing {crossing} is {self.verb} to {listed(list(self.traffic))}"


class CrossingOpened(CrossingClosed):
    """A crossing is open to classes of traffic (all, unless named), up to its quota."""

    open_to: ClassVar[float] = 1.0
    verb: ClassVar[str] = "open"


class CrossingQuota(Event):
    """At most so many people (civilians, medical) or trucks (trade, aid) a day pass a crossing. Opens nothing."""

    crossing: Names
    traffic: Classes
    per_day: Annotated[float, Field(ge=0, le=1e9)]
    direction: Literal["both", "forward", "backward"] = "both"

    def effects(self, world: World) -> list[Effect]:
        """Lower the quota."""
        classes = tuple(TRAFFIC.index(k) for k in self.traffic)
        cells = world.crossings(self.crossing), ways_of(self.direction), classes
        return [self._effect(world, "quota", *cells, value=self.per_day)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return (
            f"the crossing {world.roads(self.crossing, self.direction)} admits at most {self.per_day:,.0f} a day"
            f" of {listed(list(self.traffic))}"
        )


class Ceasefire(Event):
    """Two parties cease fire: fighting by either is scaled by `intensity`, and their relation may change."""

    parties: Two
    intensity: Share = 0.0
    relation: RelationName | None = None

    def effects(self, world: World) -> list[Effect]:
        """Scale the fighting of both and set their relation."""
        a, b = (world.party(p) for p in self.parties)
        found = [self._effect(world, "calm", (), value=self.intensity, by=(a, b))]
        if self.relation is not None:
            value = RELATIONS.index(self.relation)
            found += [self._effect(world, "relation", (x,), (y,), value=value) for x, y in ((a, b), (b, a))]
        return found

    def what(self, world: World) -> str:
        """See `Event.what`."""
        left = "none" if self.intensity == 0 else f"{self.intensity:.0%}"
        who = listed([world.parties[p] for p in self.parties])
        return f"{who} cease fire ({left} of their fighting goes on)"


def ways_of(direction: str) -> tuple[int, ...]:
    """Positions on the direction axis."""
    return {"both": (0, 1), "forward": (0,), "backward": (1,)}[direction]


def _kinds(base: type[Event]) -> list[type[Event]]:
    return [kind for sub in base.__subclasses__() for kind in (sub, *_kinds(sub))]


KINDS: dict[str, type[Event]] = {cls.kind: cls for cls in _kinds(Event)}  # type: ignore[type-abstract]
