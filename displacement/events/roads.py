"""Roads: cuts and repairs, who may pass, checkpoints, the weather."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from displacement.conditions import Effect
from displacement.errors import Problems
from displacement.events.base import Chance, Classes, Event, Names, Several, Share, classes_of, ways_of
from displacement.events.world import World, listed
from displacement.network import TRAFFIC


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


class Checkpoint(Event):
    """A checkpoint on links: it delays who passes and turns back a share of each class of traffic named.

    At a crossing the delay is aid's and trade's: people lose time there in a queue only, which a CrossingQuota makes.
    """

    link: Names
    delay_hours: Annotated[float, Field(ge=0, le=240)] = 0.0
    refusal: Share = 0.0
    traffic: Classes = ("civilians", "medical", "trade")

    def effects(self, world: World) -> list[Effect]:
        """Raise refusal and travel time; mark the links on which people are checked."""
        links = world.links(self.link)
        found = [
            self._effect(world, "refusal", links, classes_of(self.traffic), value=self.refusal),
            self._effect(world, "delay", links, value=self.delay_hours),
        ]
        people = {"civilians", "medical"} & set(self.traffic)
        return [*found, self._effect(world, "checkpoint", links, value=1)] if people else found

    def what(self, world: World) -> str:
        """See `Event.what`."""
        delay = f"delays by {self.delay_hours:g} h and " if self.delay_hours else ""
        share = f"{self.refusal:.0%} of {listed(list(self.traffic))}" if self.refusal else "nobody of itself"
        return f"a checkpoint on the road {world.roads(self.link)} {delay}turns back {share}"


class Weather(Event):
    """Snow, mud or floods slow all traffic: a factor on the speed of links named, and of all links at places named."""

    place: Several = ()
    link: Several = ()
    speed: Annotated[float, Field(ge=0.05, le=1)]

    @model_validator(mode="after")
    def _somewhere(self) -> Weather:
        if not self.place and not self.link:
            message = "says nowhere where; give place, link or both"
            raise ValueError(message)
        return self

    def effects(self, world: World) -> list[Effect]:
        """Lower speed."""
        problems, nowhere = Problems(), tuple[int, ...]()
        places = set(problems.caught(lambda: world.places(self.place), nowhere))
        named = problems.caught(lambda: world.links(self.link), nowhere)
        problems.raise_if_any()
        ends = zip(world.network.links.origin.tolist(), world.network.links.destination.tolist(), strict=True)
        at_places = {i for i, both in enumerate(ends) if places & set(both)}
        links = tuple(sorted({*named, *at_places}))
        return [self._effect(world, "speed", links, value=self.speed)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        where = [f"all roads at {world.called(self.place)}"] if self.place else []
        where += [f"the road {world.roads(self.link)}"] if self.link else []
        return f"weather leaves {self.speed:.0%} of the speed on {listed(where)}"
