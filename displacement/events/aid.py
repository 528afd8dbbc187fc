"""Aid: what hubs receive, convoys that need approval, airdrops, cuts in funding."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from displacement.conditions import Effect
from displacement.errors import InputError, Problems, did_you_mean
from displacement.events.base import Event, Names, Several, Share, classes_of, ways_of
from displacement.events.world import World, amount

Tonnes = Annotated[float, Field(ge=0, le=1e9)]
NO_HUB = "is no hub; set hub = true in places.csv"
TonnesADay = Annotated[float, Field(ge=0, le=1e6)]


def hubs_of(world: World, names: tuple[str, ...]) -> tuple[int, ...]:
    """Rows of places that are hubs; another place is an error that says so."""
    network, problems = world.network, Problems()
    rows = world.places(names)
    hubs = [name for name, hub in zip(network.places.id, network.places.hub, strict=True) if hub]
    for row in rows:
        if not network.places.hub[row]:
            name = network.places.id[row]
            problems.found.append(f"place {name!r} {NO_HUB}{did_you_mean(name, hubs) if hubs else ''}")
    problems.raise_if_any()
    return rows


def check_store(world: World, places: tuple[int, ...], tonnes: float, what: str) -> None:
    """An error for the places of which it is known that they cannot store so much."""
    name, storage = world.network.places.id, world.network.places.storage_t
    small = [row for row in places if tonnes > storage[row]]  # nothing is more than an unknown store
    if small:
        raise InputError([f"place {name[row]!r} stores {amount(storage[row])} t (storage_t); {what}" for row in small])


class HubSupply(Event):
    """What a hub receives: tonnes a day, and a stock that it holds when this begins."""

    place: Names
    tonnes_per_day: TonnesADay
    stock_t: Tonnes = 0.0

    def effects(self, world: World) -> list[Effect]:
        """Set the inflow; the stock is there on the first day in force that lies in the period."""
        hubs = hubs_of(world, self.place)
        found = [self._effect(world, "hub_inflow", hubs, value=self.tonnes_per_day)]
        check_store(world, hubs, self.stock_t, f"a stock of {amount(self.stock_t)} t does not fit")
        day = max(world.day(self.start), 0)
        if self.stock_t and (self.end is None or world.day(self.end) >= day):
            found.append(Effect(layer="hub_stock", cells=(hubs,), start=day, end=day, value=self.stock_t))
        return found

    def what(self, world: World) -> str:
        """See `Event.what`."""
        held = f" and holds {amount(self.stock_t)} t" if self.stock_t else ""
        return f"{world.called(self.place)} receives {amount(self.tonnes_per_day)} t of aid a day{held}"


class Prepositioned(Event):
    """Aid that is put into a place's store on a day, for the people there; from where is not said."""

    place: Names
    stock_t: Tonnes
    begins: ClassVar[str] = "on"

    def effects(self, world: World) -> list[Effect]:
        """Add to the store, once; what is in place before the scenario opens is added when it does."""
        if self.end is not None:
            raise InputError("what is put in store has no end: people use it up")
        places = world.places(self.place)
        check_store(world, places, self.stock_t, f"a stock of {amount(self.stock_t)} t does not fit")
        day = max(world.day(self.start), 0)
        return [Effect(layer="stock", cells=(places,), start=day, end=day, value=self.stock_t)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return f"{amount(self.stock_t)} t of aid are put in store at {world.called(self.place)}"


class ConvoyApproval(Event):
    """Aid passes links in convoys only: so many trucks each, so many requests a week, a share of them approved.

    An approval holds for all the links named: they are approved together.
    """

    link: Names
    trucks: Annotated[float, Field(gt=0, le=10_000)]
    requests_per_week: Annotated[float, Field(gt=0, le=70)]
    approved: Share

    def effects(self, world: World) -> list[Effect]:
        """Set the chance that aid passes, and the trucks and days of the convoys."""
        links = world.links(self.link)
        return [
            self._effect(world, "policy", links, ways_of("both"), classes_of(["aid"]), value=self.approved),
            self._effect(world, "convoy_trucks", links, value=self.trucks),
            self._effect(world, "convoy_requests", links, value=self.requests_per_week),
            self._effect(world, "convoy_of", links, value=float(min(links))),
        ]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return (
            f"aid passes {world.roads(self.link)} in convoys of {amount(self.trucks)} trucks,"
            f" {amount(self.requests_per_week)} requested a week, {self.approved:.3g} of them approved"
        )


class Airdrops(Event):
    """Aid that comes by air, dropped or landed: it feeds people and never ends a siege."""

    place: Names
    tonnes_per_sortie: Annotated[float, Field(gt=0, le=1000)]
    sorties_per_week: Annotated[float, Field(gt=0, le=10_000)]
    recovered: Share = 1.0
    reliability: Share = 1.0

    def effects(self, world: World) -> list[Effect]:
        """Add the sorties; a sortie that would not fit into a place's store is an error."""
        places, load = world.places(self.place), self.tonnes_per_sortie * self.recovered
        check_store(world, places, load, f"a sortie brings {amount(load)} t, which would be lost")
        each = self._effect(world, "airdrop", places, value=self.sorties_per_week / 7.0, name=self.id)
        return [
            Effect(
                layer=each.layer, cells=((row,),), start=each.start, end=each.end, value=each.value, name=self.id,
                more=(self.tonnes_per_sortie, self.recovered, self.reliability),
            )
            for row in places
        ]  # fmt: skip

    def what(self, world: World) -> str:
        """See `Event.what`."""
        return (
            f"{world.called(self.place)} gets {amount(self.sorties_per_week)} sorties a week of"
            f" {amount(self.tonnes_per_sortie)} t by air, {self.reliability:.0%} of them flown and"
            f" {self.recovered:.0%} of the load recovered"
        )


class FundingCut(Event):
    """Hubs (all, unless named) receive a smaller share of what they would."""

    share: Share
    place: Several = ()

    def effects(self, world: World) -> list[Effect]:
        """Scale the inflow."""
        network = world.network
        every = tuple(int(i) for i in np.flatnonzero(network.places.hub))
        if not self.place and not every:
            raise InputError("no place is a hub; set hub = true in places.csv where aid starts")
        hubs = hubs_of(world, self.place) if self.place else every
        return [self._effect(world, "funding", hubs, value=1.0 - self.share)]

    def what(self, world: World) -> str:
        """See `Event.what`."""
        where = world.called(self.place) if self.place else "every hub"
        return f"{where} receives {self.share:.0%} less"
