"""The way round: for people who are still reached when a road is cut, how much longer their way for aid becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from displacement.access.isolation import Scope, usable
from displacement.access.thresholds import Thresholds
from displacement.events import listed
from displacement.network import Flags, Floats, Indices, Network
from displacement.paths import Paths, along, best_paths, shortest

LONGER = 1e-6  # hours more from which a way is a longer one
MOST_NAMED = 6  # places of a way round


@dataclass(frozen=True, kw_only=True)
class Quickest:
    """The quickest usable way to every place: its hours and km, and the path of the operation that goes by it."""

    hours: Floats  # (place,) infinite where no usable way is left
    km: Floats  # (place,)
    operation: Indices  # (place,)
    paths: tuple[tuple[Paths, Paths, Flags], ...]  # of each operation: quickest, likeliest, (place,) which

    def to(self, place: int) -> list[int]:
        """Arcs of the way to a place, hub first."""
        quickest, likeliest, is_quickest = self.paths[int(self.operation[place])]
        return (quickest if is_quickest[place] else likeliest).to(place)


@dataclass(frozen=True, kw_only=True)
class Detour:
    """What a cut leaves to those who are still reached but by a longer way; hours and km are means over them."""

    people: int
    hours: float
    km: float
    place: int  # the largest of these places; -1 if there is none
    via: tuple[int, ...]  # places on its new way that were not on the old one, hub first


def quickest_ways(network: Network, found: Sequence[Scope], hours: Floats, thresholds: Thresholds) -> Quickest:
    """The quickest way of any operation, over roads of permission 0.05 or more, if its product is that high too.

    Where it is not, the likeliest way stands in for it: the quickest way above a product is a hard problem, and roads
    with a chance far below 1 are few.  hours : (arc,) travel time, transshipment at the border among it.
    """
    n = len(network.places)
    sure = np.ones(len(hours))
    length = np.repeat(network.links.length_km, 2)
    time, km, paths = [], [], []
    for scope in found:
        taken = scope.taken & usable(scope.permission, thresholds)
        quick = best_paths(network, taken, sure, hours, scope.hubs)
        likely = best_paths(network, taken, scope.permission, hours, scope.hubs)
        product = along(quick.arc, quick.origin, scope.permission, np.multiply, 1.0)
        is_quick = usable(product, thresholds)
        pair = [(along(p.arc, p.origin, hours, np.add, 0.0), along(p.arc, p.origin, length, np.add, 0.0))
                for p in (quick, likely)]  # fmt: skip
        there = scope.serves & usable(likely.chance, thresholds)
        time.append(np.where(there, np.where(is_quick, pair[0][0], pair[1][0]), np.inf))
        km.append(np.where(is_quick, pair[0][1], pair[1][1]))
        paths.append((quick, likely, is_quick))
    if not found:
        return Quickest(hours=np.full(n, np.inf), km=np.zeros(n), operation=np.zeros(n, np.int64), paths=())
    best = np.argmin(time, axis=0)
    return Quickest(hours=np.min(time, axis=0), km=np.array(km)[best, np.arange(n)], operation=best, paths=tuple(paths))


def cut_scopes(found: Sequence[Scope], links: Sequence[int]) -> list[Scope]:
    """The operations with links cut, both ways."""
    arcs = [2 * link + way for link in links for way in (0, 1)]
    shut = []
    for scope in found:
        taken = scope.taken.copy()
        taken[arcs] = False
        shut.append(replace(scope, taken=taken))
    return shut


def detour(network: Network, before: Quickest, after: Quickest, people: Floats) -> Detour:
    """Who is still reached by a longer way, and how much longer it is.

    people : (place,);  extra hours = sum people (after - before) / sum people, over places reached before and after
    """
    longer = np.isfinite(after.hours) & (people > 0)
    longer[longer] = after.hours[longer] > before.hours[longer] + LONGER
    if not longer.any():
        return Detour(people=0, hours=0.0, km=0.0, place=-1, via=())
    w = people[longer]
    place = int(np.flatnonzero(longer)[w.argmax()])
    hours, km = (ways[1][longer] - ways[0][longer] for ways in ((before.hours, after.hours), (before.km, after.km)))
    old, new = (_places_of(network, ways.to(place)) for ways in (before, after))
    return Detour(
        people=int(w.sum()),
        hours=float(np.average(hours, weights=w)),
        km=float(np.average(km, weights=w)),
        place=place,
        via=tuple(p for p in new[:-1] if p not in old),
    )


def around(network: Network, link: int, passable: Flags, hours: Floats) -> tuple[float, float]:
    """Extra hours and km of the quickest way between the ends of a road that does without it, the worse direction.

    passable : (arc,) may be used;  hours : (arc,). Infinite where there is no such way. A directed road has one.
    """
    taken = passable.copy()
    taken[[2 * link, 2 * link + 1]] = False
    length, found = np.repeat(network.links.length_km, 2), []
    for arc in (2 * link,) if network.links.directed[link] else (2 * link, 2 * link + 1):
        start, end = int(network.arc_origin[arc]), int(network.arc_destination[arc])
        time, arriving = shortest(network, taken, hours, np.array([start]))
        km = along(arriving, network.arc_origin, length, np.add, 0.0)[end]
        more = float(time[end] - hours[arc])
        found.append((more, float(km - length[arc]) if np.isfinite(more) else np.inf))
    return max(found)


def _places_of(network: Network, arcs: Sequence[int]) -> list[int]:
    """Places that arcs of a path touch, in order."""
    return [int(network.arc_origin[a]) for a in arcs] + [int(network.arc_destination[a]) for a in arcs[-1:]]


def via_said(network: Network, way: Detour) -> str:
    """The places by which the largest of these places is reached then, and was not before; empty if there is none."""
    if way.place < 0:
        return ""
    names = [network.places.name[p] for p in way.via]
    return listed(names, most=MOST_NAMED) if names else "another road between the same places"


def detour_said(network: Network, way: Detour) -> str:
    """The way round in a sentence; empty if nobody needs one."""
    if way.place < 0:
        return ""
    return (
        f"{way.people:,} people are still reached by longer ways, {longer_said(way.hours, way.km)} (mean);"
        f" {network.places.name[way.place]}, the largest of these places, by {via_said(network, way)}"
    )


def longer_said(hours: float, km: float) -> str:
    """Extra hours and km in words.

    >>> longer_said(2.5, 40.0), longer_said(0.02, -3.0)
    ('2.5 hours and 40 km more', 'some minutes more and 3 km less')
    """
    time = f"{hours:.1f} hours" if hours >= 0.1 else "some minutes"
    return f"{time} and {km:,.0f} km more" if round(km) >= 0 else f"{time} more and {-km:,.0f} km less"
