"""Fighting and control: strikes, fire on roads, captures, how parties stand to each other, ceasefires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from displacement.conditions import RELATIONS, Effect
from displacement.errors import InputError
from displacement.events.base import Event, Names, RelationName, Share, Two
from displacement.events.world import World, listed, spell
from displacement.network import Network

LONGEST = 36_600  # days: a ceasefire that breaks later than in a hundred years holds


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


class Ceasefire(Event):
    """Two parties cease fire: fighting by either is scaled by `intensity`, and their relation may change.

    With a `break_rate` it may break: each block of members draws the day, unless conditions are taken as certain.
    """

    parties: Two
    intensity: Share = 0.0
    relation: RelationName | None = None
    break_rate: Annotated[float, Field(ge=0, le=5)] = 0.0

    def lasting(self, days: float) -> Ceasefire | None:
        """The same ceasefire if it breaks after so many days; None if it breaks on its first day and never holds.

        It breaks in the course of a day: its last day is the one before. It no longer may break.
        """
        whole = int(min(days, LONGEST))
        if whole == 0:
            return None
        last = self.start + dt.timedelta(days=whole - 1) if whole < LONGEST else None
        ends = [end for end in (self.end, last) if end is not None]
        return self.model_copy(update={"end": min(ends, default=None), "break_rate": 0.0})

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
        breaks = f"; it may break, at a rate of {self.break_rate:g} a day" if self.break_rate else ""
        return f"{who} cease fire ({left} of their fighting goes on{breaks})"


def double_captures(events: Iterable[Event], network: Network, where: str) -> Iterator[tuple[str, str]]:
    """Captures of one place by two parties that fall on one day, or may: only one can hold it at the day's end."""
    taken: dict[str, list[Capture]] = {}
    for event in (e for e in events if isinstance(e, Capture)):
        for place in (p for name in event.place for p in network.place_groups.get(name, (name,))):
            for other in taken.setdefault(place, []):
                if other.by != event.by and max(other.first, event.first) <= min(other.last, event.last):
                    both = f"{other.by!r} ({spell(other.first, other.last)})"
                    yield (
                        f"{where}Capture of {place} on {event.start}",
                        f"by {event.by!r} and by {both}, perhaps on one day;"
                        " give them days, or earliest and latest days, that do not overlap",
                    )
            taken[place].append(event)
