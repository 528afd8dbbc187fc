"""Paths over arcs: the likeliest, the quickest, how many trucks, how many apart, by which crossings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, maximum_flow

from displacement.network import Flags, Floats, Indices, Network

Combine = Callable[[Floats, Floats], Floats]
NO_ARC = -1
QUICKER = 1e-12  # per hour: between paths of equal chance, the quicker
PARTS = 1000  # flows are counted in thousandths of a truck, because scipy's are integers


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The likeliest path from a set of hubs to every place."""

    chance: Floats  # (place,) product of permissions along it; 0 where there is none
    arc: Indices  # (place,) the arc by which it arrives; -1 at a hub or where there is none
    origin: Indices  # (arc,) where arcs start

    def to(self, place: int) -> list[int]:
        """The arcs of the path to a place, hub first."""
        arcs = []
        while (arc := int(self.arc[place])) != NO_ARC:
            arcs.append(arc)
            place = int(self.origin[arc])
        return arcs[::-1]

    def least(self, capacity: Floats) -> Floats:
        """(place,) least capacity along the path; infinite at a hub, 0 where there is no path. capacity : (arc,)."""
        return np.where(self.chance > 0, along(self.arc, self.origin, capacity, np.minimum, np.inf), 0.0)


def along(arriving: Indices, origin: Indices, of_arc: Floats, combine: Combine, at_hub: float) -> Floats:
    """(place,) values of arcs combined along the path by which each place is reached; at_hub where it begins.

    Every place asks the one before it, then the one before that: doublings, not steps. arriving : (place,) arc or -1.

    >>> along(np.array([-1, 0, 1]), np.array([0, 1]), np.array([0.5, 0.5]), np.multiply, 1.0)
    array([1.  , 0.5 , 0.25])
    """
    goes_back = arriving != NO_ARC
    value = np.where(goes_back, of_arc[arriving], at_hub) if len(of_arc) else np.full(len(arriving), at_hub)
    before = np.arange(len(arriving))
    before[goes_back] = origin[arriving[goes_back]]
    while (before[before] != before).any():
        value = combine(value, value[before])
        before = before[before]
    return np.asarray(value, float)


def lightest(network: Network, taken: Flags, weight: Floats) -> tuple[Any, Indices]:
    """The taken arcs as a sparse matrix of weights, and the arc of each entry: of parallel arcs, the lightest."""
    arcs = np.flatnonzero(taken)
    n = len(network.places)
    pair = network.arc_origin[arcs] * n + network.arc_destination[arcs]
    arcs = arcs[np.lexsort((arcs, weight[arcs], pair))]
    pair = network.arc_origin[arcs] * n + network.arc_destination[arcs]
    arcs = arcs[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(arcs) else arcs
    ends = np.concatenate([[0], np.cumsum(np.bincount(network.arc_origin[arcs], minlength=n))])
    graph = csr_array((weight[arcs], network.arc_destination[arcs].astype(np.int32), ends.astype(np.int32)), (n, n))
    return graph, arcs


def shortest(network: Network, taken: Flags, weight: Floats, hubs: Indices) -> tuple[Floats, Indices]:
    """(place,) least sum of weights from any hub over the arcs taken, and (place,) the arc of arrival.

    Infinite, and no arc (-1), where there is no path; no arc at a hub. weight : (arc,), above 0 on the arcs taken
    """
    n = len(network.places)
    found, arriving = np.full(n, np.inf), np.full(n, NO_ARC, np.int64)
    found[hubs] = 0.0
    if len(hubs) and taken.any():
        graph, arcs = lightest(network, taken, weight)
        found, before, _ = dijkstra(graph, indices=hubs, min_only=True, return_predecessors=True)
        pairs = network.arc_origin[arcs] * n + network.arc_destination[arcs]
        reached = np.flatnonzero(before >= 0)
        arriving[reached] = arcs[np.searchsorted(pairs, before[reached].astype(np.int64) * n + reached)]
    return np.asarray(found, float), arriving


def best_paths(network: Network, taken: Flags, chance: Floats, hours: Floats, hubs: Indices) -> Paths:
    """The path of the greatest product of chances from any hub to every place; of equal ones, the quickest.

    Dijkstra on -log chance; the product is then taken along the path, so that it is exact.

    taken : (arc,) may be used, chance > 0 there;  chance : (arc,);  hours : (arc,);  hubs : places
    """
    weight = np.full(len(chance), np.inf)
    weight[taken] = QUICKER * hours[taken] - np.log(chance[taken])
    length, arriving = shortest(network, taken, weight, hubs)
    product = along(arriving, network.arc_origin, chance, np.multiply, 1.0)
    return Paths(chance=np.where(np.isfinite(length), product, 0.0), arc=arriving, origin=network.arc_origin)


def least_hours(network: Network, taken: Flags, hours: Floats, hubs: Indices) -> Floats:
    """(place,) hours of the quickest path from any hub over the arcs taken; infinite where there is none."""
    found = np.full(len(network.places), np.inf)
    found[hubs] = 0.0
    if len(hubs) and taken.any():
        graph, _ = lightest(network, taken, hours)
        found = np.asarray(dijkstra(graph, indices=hubs, min_only=True), float)
    return found


def flow_graph(network: Network, taken: Flags, capacity: Indices, hubs: Indices, most: int) -> Any:
    """Integer capacities with two more nodes: n, from which every hub is fed, and n + 1, which feeds n with `most`.

    Parallel arcs add up. capacity : (arc,) integers.
    """
    n = len(network.places)
    arcs = np.flatnonzero(taken)
    origin = np.concatenate([network.arc_origin[arcs], np.full(len(hubs), n), [n + 1]])
    destination = np.concatenate([network.arc_destination[arcs], hubs, [n]])
    amount = np.concatenate([np.minimum(capacity[arcs], most), np.full(len(hubs) + 1, most)]).astype(np.int32)
    return csr_array((amount, (origin, destination)), shape=(n + 2, n + 2))


def truck_flow(network: Network, taken: Flags, quota: Floats, hubs: Indices, place: int, enough: float) -> float:
    """Trucks a day that can go from the hubs to a place over the arcs taken, up to `enough`: a maximum flow.

    quota : (arc,) trucks a day, inf where no limit is known. Exact to a thousandth of a truck.
    """
    if place in hubs:
        return enough
    most = int(np.ceil(enough * PARTS))
    parts = np.floor(np.minimum(quota, enough + 1.0) * PARTS).astype(np.int64)
    graph = flow_graph(network, taken, parts, hubs, most)
    return min(enough, float(maximum_flow(graph, len(network.places) + 1, place).flow_value) / PARTS)


def separate_routes(network: Network, taken: Flags, hubs: Indices, places: Indices) -> Indices:
    """(place,) how many paths from the hubs to each of `places` share no road; 0 elsewhere. A hub counts as one.

    A maximum flow of one unit an arc: two paths that use a road in opposite directions can be joined without it.
    """
    n = len(network.places)
    found = np.zeros(n, np.int64)
    reached = np.isfinite(least_hours(network, taken, np.ones(len(taken)), hubs))
    useful = taken & reached[network.arc_origin]
    ways_in = np.bincount(network.arc_destination[useful], minlength=n)
    found[places] = np.minimum(ways_in[places], 1)
    found[hubs] = 1
    graph = flow_graph(network, taken, np.ones(len(taken), np.int64), hubs, int(taken.sum()) + 1)
    for place in places[(ways_in[places] > 1) & ~np.isin(places, hubs)]:
        found[place] = maximum_flow(graph, n + 1, int(place)).flow_value
    return found


def last_crossings(network: Network, taken: Flags, hubs: Indices) -> Flags:
    """(link, place) can this border crossing be the last one on a way from a hub to the place?

    Aid must come to its near side by some path without it, and go on from its far side by roads alone.
    """
    links = network.links
    found = np.zeros((len(links), len(network.places)), bool)
    hours = np.ones(len(taken))
    roads = taken & ~np.repeat(links.crossing, 2)
    for arc in np.flatnonzero(taken & np.repeat(links.crossing, 2)):
        without = taken.copy()
        without[[arc, arc ^ 1]] = False
        if np.isfinite(least_hours(network, without, hours, hubs)[network.arc_origin[arc]]):
            beyond = least_hours(network, roads, hours, network.arc_destination[[arc]])
            found[arc // 2] |= np.isfinite(beyond)
    return found
