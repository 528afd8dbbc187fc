"""Sieges, corridors out of them, and evacuations."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from displacement.conditions import Effect
from displacement.errors import InputError, Problems, did_you_mean
from displacement.events.base import Classes, Event, Names, OnePlace, People, Several, Vehicles, classes_of, ways_of
from displacement.events.world import World, amount, listed
from displacement.network import TRAFFIC

CONSENT = {
    "informed": "with informed consent",
    "unknown": "whether they consent is not known",
    "none": "without consent: a forced transfer",
}


class Siege(Event):
    """Places are declared besieged: every link out of the pocket that they make is shut, both ways.

    Links between two of the places stay as they are. A scenario that reproduces a record needs no such event: there the
    siege comes out of captures, cuts and policies.
    """

    place: Names
    traffic: Classes = TRAFFIC  # type: ignore[assignment]

    def effects(self, world: World) -> list[Effect]:
        """Set the policy of each link with one end inside to 0."""
        links = world.network.links
        inside = np.isin(np.arange(len(world.network.places)), world.places(self.place))
        out = tuple(np.flatnonzero(inside[links.origin] != inside[links.destination]).tolist())
        return [self._effect(world, "policy", out, ways_of("both"), classes_of(self.traffic), value=0)]

    def until(self, world: World) -> dt.date | None:
        """The day before it is lifted, if that comes before its end."""
        lifts = [e.start for e in world.events if isinstance(e, SiegeLifted) and e.ends(self, world)]
        lasts = [day - dt.timedelta(days=1) for day in lifts] + [self.end] * (self.end is not None)
        return min((day for day in lasts if day is not None), default=None)

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"{world.called(self.place)} besieged: every way out is shut to {listed(list(self.traffic))}"


class SiegeLifted(Event):
    """The siege of exactly these places is lifted: from this day on, what lay beneath it holds again."""

    place: Names

    def effects(self, world: World) -> list[Effect]:
        """None of its own: it ends a siege."""
        if self.end is not None:
            raise InputError("the lifting of a siege has no end: a new siege is an event of its own")
        world.places(self.place)
        if message := self.missing(world):
            raise InputError(message)
        return []

    def ends(self, siege: Siege, world: World) -> bool:
        """Does it end a siege: of the same places, begun before?"""
        return siege.start < self.start and world.members(siege.place) == world.members(self.place)

    def missing(self, world: World) -> str:
        """That there is no siege to lift."""
        sieges = [e for e in world.events if isinstance(e, Siege)]
        if "Siege" in world.unread or any(self.ends(siege, world) for siege in sieges):
            return ""
        named = listed([repr(name) for name in self.place])
        others = "; ".join(f"{listed([repr(p) for p in s.place])} from {s.start}" for s in sieges)
        return f"no siege of {named} begins before {self.start}; known sieges: {others or 'none'}"

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"the siege of {world.called(self.place)} is lifted"


class Corridor(Event):
    """A way out by agreement: links in order, from a place to another, open one way to those for whom it is meant."""

    place: OnePlace
    to: OnePlace
    link: Names
    who: Several = ()
    vehicles_per_day: Vehicles | None = None
    traffic: Classes = ("civilians", "medical")

    def path(self, world: World) -> list[tuple[int, int]]:
        """Link and direction of each step; links that make no path are an error that says where they part."""
        if "links.csv" in world.unread:
            return []
        here, end, links = world.place(self.place), world.place(self.to), world.network.links
        if here == end:
            raise InputError(f"a corridor leads from {self.place!r} to another place, not back to it")
        ids, found = world.network.places.id, list[tuple[int, int]]()
        for name in self.link:
            link = links.index(name)
            ends = [int(links.origin[link]), int(links.destination[link])]
            if here not in ends:
                near = [links.id[i] for i in np.flatnonzero((links.origin == here) | (links.destination == here))]
                message = f"link {name!r} has no end at {ids[here]!r}, where the path has come to"
                raise InputError(message + did_you_mean(name, near))
            way = ends.index(here)
            if way and links.directed[link]:
                message = f"link {name!r} is one way, from {ids[ends[0]]!r} to {ids[ends[1]]!r}"
                raise InputError(f"{message}; the path goes against it")
            if any(link == other for other, _ in found):
                raise InputError(f"link {name!r} stands in the path more than once")
            found.append((link, way))
            here = ends[1 - way]
        if here != end:
            message = f"the links lead from {self.place!r} to {ids[here]!r}, not to {self.to!r}"
            raise InputError(f"{message}; name them in order, to the end")
        return found

    def effects(self, world: World) -> list[Effect]:
        """Open the path, shut the way back, admit those who are named, say where it leads."""
        steps, who = self._known(world)
        classes, people = classes_of(self.traffic), {"civilians", "medical"} & set(self.traffic)
        others = tuple(sorted({*range(len(world.groups))} - {*who}))
        found = []
        for link, way in steps:
            found.append(self._effect(world, "policy", (link,), (way,), classes, value=1))
            found.append(self._effect(world, "policy", (link,), (1 - way,), classes, value=0))
            if self.vehicles_per_day is not None and not world.network.links.crossing[link]:
                found.append(self._effect(world, "vehicles", (link,), (way,), value=self.vehicles_per_day))
            for admitted, groups in ((1, who), (0, others)) if people else ():
                found.append(self._effect(world, "admission", (link,), (way,), groups, value=admitted))
        return [*found, self._effect(world, "corridor_end", self._ends(world, steps), value=1)] if people else found

    def _known(self, world: World) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
        """Its path and its people; all that is wrong with either is said at once."""
        problems, nobody, nowhere = Problems(), tuple[int, ...](), list[tuple[int, int]]()
        steps = problems.caught(lambda: self.path(world), nowhere)
        who = problems.caught(lambda: world.people(self.who), nobody)
        crossing = world.network.links.crossing
        if self.vehicles_per_day is not None and steps and all(crossing[link] for link, _ in steps):
            problems.found.append("vehicles_per_day limits roads, and there is none on the way; add a CrossingQuota")
        problems.raise_if_any()
        return steps, who

    def _ends(self, world: World, steps: list[tuple[int, int]]) -> tuple[int, ...]:
        """Where people may go to: its end, and the near side of each crossing on the way."""
        links = world.network.links
        near = {int((links.destination if way else links.origin)[link]) for link, way in steps if links.crossing[link]}
        return tuple(sorted({world.place(self.to), *near}))

    def what(self, world: World) -> str:
        """See `Event.what`."""
        links, names = world.network.links, world.network.places.name
        way = [world.called([self.place])]
        way += [names[(links.origin if back else links.destination)[link]] for link, back in self.path(world)]
        whom = f"{listed(list(self.traffic))} ({world.who(self.who)}"
        limit = "" if self.vehicles_per_day is None else f", {amount(self.vehicles_per_day)} vehicles a day"
        return f"a corridor opens one way, {' - '.join(way)}, to {whom}{limit})"


class Evacuation(Event):
    """People are brought from one place to another, so many a day, or as many as there are."""

    place: OnePlace
    to: OnePlace
    people_per_day: People
    consent: Literal["informed", "unknown", "none"] = "unknown"
    who: Several = ()

    def effects(self, world: World) -> list[Effect]:
        """Move people, whatever the roads are like."""
        problems, nobody = Problems(), tuple[int, ...]()
        origin = problems.caught(lambda: world.place(self.place), -1)
        to = problems.caught(lambda: world.place(self.to), -1)
        who = problems.caught(lambda: world.people(self.who), nobody)
        if origin == to and not problems:
            problems.found.append(f"an evacuation leads from {self.place!r} to another place, not back to it")
        problems.raise_if_any()
        return [self._effect(world, "evacuation", (origin,), (to,), who, value=self.people_per_day, name=self.id)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        who = f" ({world.who(self.who)})" if self.who else ""
        a, b = world.called([self.place]), world.called([self.to])
        return f"{amount(self.people_per_day)} people a day{who} are evacuated from {a} to {b}, {CONSENT[self.consent]}"
