"""What looks wrong in the events of a scenario: those that change nothing, meet nobody, or say one thing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from displacement.events import Event, Fighting, Rumour, Siege, shown_day
from displacement.network import Network
from displacement.scenario import Scenario

MOST_CELLS = 3_000_000  # events x days x links: above it, events are not left out one by one
PASSED = ("junction", "front_post")  # kinds of place that nobody is at


def warnings_of_events(scenario: Scenario) -> list[str]:
    """Sentences about single events; each says what to do."""
    return [*_of_nobody(scenario), *_said_twice(scenario)]


def idle_events(scenario: Scenario, among: Sequence[Event] | None = None) -> list[Event]:
    """Events without which the conditions of every day would be the same; none are sought in very large scenarios.

    among : some of the scenario's events, if not all are asked for
    Those outside the period, of which a warning tells, and those whose start is not known to the day are left out.
    """
    asked = scenario.events if among is None else among
    cells = len(asked) * scenario.days * max(len(scenario.network.links), 1)
    if cells > MOST_CELLS:
        return []
    as_it_is, first, last = scenario.compile(), scenario.start, scenario.end
    found = []
    for event in asked:
        outside = event.first > last or (event.end is not None and event.end < first)
        if outside or isinstance(event, Rumour) or event.first < event.last:
            continue
        without = scenario.leaving_out(event)
        if len(without.events) == len(scenario.events) - 1 and _same(as_it_is, without.compile()):
            found.append(event)
    return found


def named(event: Event) -> str:
    """An event as a warning calls it: its kind and its id, or its day."""
    return f"{event.kind} {event.id or 'of ' + shown_day(event.start)}"


def _of_nobody(scenario: Scenario) -> Iterator[str]:
    """Fighting and sieges where nobody is whom the model follows."""
    places, world = scenario.network.places, scenario.world
    people = places.residents + places.opening_displaced
    never = places.outside | np.array([kind in PASSED for kind in places.kind], bool)
    for event in scenario.events:
        if isinstance(event, Siege):
            rows = list(world.places(event.place))
            empty, why = not people[rows].any(), "nobody is there when the scenario opens"
        elif isinstance(event, Fighting):
            rows = list(world.places(event.place))
            empty = bool((never[rows] & (people[rows] == 0)).all()) and not _beside_people(scenario.network, rows)
            why = "the model has no people there or near by"
        else:
            continue
        if empty:
            yield f"{named(event)} is at {world.called(event.place)}, and {why}: correct its place, or leave it out."


def _beside_people(network: Network, rows: list[int], reach_km: float = 10.0) -> bool:
    """Does a short link lead to somebody who would feel it?"""
    links, people = network.links, network.places.residents + network.places.opening_displaced
    near = links.length_km <= reach_km
    at = np.isin(links.origin, rows), np.isin(links.destination, rows)
    return bool(people[links.destination[near & at[0]]].any() or people[links.origin[near & at[1]]].any())


def _said_twice(scenario: Scenario) -> Iterator[str]:
    """Two events of fighting of one kind, at one place, on the same days: they add up."""
    world, seen = scenario.world, dict[tuple[str, int], list[Fighting]]()
    for event in sorted((e for e in scenario.events if isinstance(e, Fighting)), key=lambda e: (e.start, e.id)):
        for place in world.places(event.place):
            others = seen.setdefault((event.kind, place), [])
            for other in (o for o in others if o.end is None or o.end >= event.start):
                name = scenario.network.places.name[place]
                yield (
                    f"{named(event)} and {named(other)} are both in force at {name} on {shown_day(event.start)}, and"
                    " add up: end the one before the other begins, or keep one, unless both are meant."
                )
            others.append(event)


def _same(one: xr.Dataset, other: xr.Dataset) -> bool:
    """Are all conditions equal, unknown with unknown?"""
    return one.sizes == other.sizes and all(
        np.array_equal(values, other[name].values, equal_nan=values.dtype.kind == "f")
        for name, variable in one.data_vars.items()
        if (values := variable.values).dtype.kind != "U"
    )
