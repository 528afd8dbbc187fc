"""Border crossings: shut, open, and how many a day."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from displacement.conditions import Effect
from displacement.events.base import Classes, Event, Names, classes_of, ways_of
from displacement.events.world import World, amount, listed
from displacement.network import TRAFFIC


class CrossingClosed(Event):
    """A crossing is shut to classes of traffic (all, unless named). Shut to one says nothing about another."""

    crossing: Names
    traffic: Classes = TRAFFIC  # type: ignore[assignment]
    direction: Literal["both", "forward", "backward"] = "both"
    open_to: ClassVar[float] = 0.0
    verb: ClassVar[str] = "shut"

    def effects(self, world: World) -> list[Effect]:
        """Set the policy of the classes."""
        cells = world.crossings(self.crossing), ways_of(self.direction), classes_of(self.traffic)
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
        cells = world.crossings(self.crossing), ways_of(self.direction), classes_of(self.traffic)
        return [self._effect(world, "quota", *cells, value=self.per_day)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return (
            f"the crossing {world.roads(self.crossing, self.direction)} admits at most {amount(self.per_day)} a day"
            f" of {listed(list(self.traffic))}"
        )
