"""Sites for displaced people, and how many a site or a road takes."""

from __future__ import annotations

from pydantic import model_validator

from displacement.conditions import Effect
from displacement.events.base import Event, Names, People, Several, Vehicles
from displacement.events.world import World, amount


class CampOpened(Event):
    """Sites take people from this day to the end. One where nobody is when the scenario opens is closed otherwise."""

    place: Names
    capacity: People | None = None

    def effects(self, world: World) -> list[Effect]:
        """Open the site, and say for how many it is planned."""
        places = world.places(self.place)
        found = [self._effect(world, "site", places, value=1)]
        if self.capacity is not None:
            found.append(self._effect(world, "site_capacity", places, value=self.capacity))
        return found

    def what(self, world: World) -> str:
        """See `Event.what`."""
        planned = "" if self.capacity is None else f", planned for {amount(self.capacity)} people"
        return f"displaced people are taken in at {world.called(self.place)}{planned}"


class CampClosed(Event):
    """Sites take nobody any more. Who stays there is not moved by this."""

    place: Names

    def effects(self, world: World) -> list[Effect]:
        """Close the site."""
        return [self._effect(world, "site", world.places(self.place), value=0)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"nobody more is taken in at {world.called(self.place)}"


class CapacityChanged(Event):
    """For how many people sites are planned, or how many vehicles a day links take in each direction."""

    place: Several = ()
    capacity: People | None = None
    link: Several = ()
    vehicles_per_day: Vehicles | None = None

    @model_validator(mode="after")
    def _of_one_form(self) -> CapacityChanged:
        of_site = bool(self.place), self.capacity is not None
        of_road = bool(self.link), self.vehicles_per_day is not None
        if (of_site, of_road) not in {((True, True), (False, False)), ((False, False), (True, True))}:
            message = "needs place and capacity (people), or link and vehicles_per_day, and not parts of both"
            raise ValueError(message)
        return self

    def effects(self, world: World) -> list[Effect]:
        """Set the planned capacity of sites, or the vehicles that links take."""
        if self.capacity is not None:
            return [self._effect(world, "site_capacity", world.places(self.place), value=self.capacity)]
        assert self.vehicles_per_day is not None
        links = world.roads_only(self.link, "vehicles_per_day limits roads, a CrossingQuota the people there")
        return [self._effect(world, "vehicles", links, (0, 1), value=self.vehicles_per_day)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        if self.capacity is not None:
            return f"{world.called(self.place)} planned for {amount(self.capacity)} people"
        assert self.vehicles_per_day is not None
        return f"the road {world.roads(self.link)} takes {amount(self.vehicles_per_day)} vehicles a day each way"
