"""Ways in for aid on one day: the chance that it enters, by which crossings, in how many hours, on how many routes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.access.thresholds import Thresholds
from displacement.mandates import AID, Day, Mandate, open_arcs, open_hubs
from displacement.need import aid_dependence, tonnes_needed, trade_entry, trucks_needed
from displacement.network import Flags, Floats, Indices, Network
from displacement.paths import Paths, best_paths, last_crossings, least_hours, separate_routes, truck_flow


def people_at_opening(network: Network) -> Floats:
    """(place,) people at home and already displaced there when the scenario opens."""
    return network.places.residents + network.places.opening_displaced


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one operation can do on one day: its arcs, its likeliest paths, and (place,) how much comes of it."""

    operation: Mandate
    taken: Flags  # (arc,)
    paths: Paths
    reliability: Floats  # (place,) chance of the best path; 0 where it does not serve
    adequacy: Floats  # (place,) trucks that can come over trucks needed, at most 1

    @property
    def chance(self) -> Floats:
        """(place,) chance that aid enters by this operation: the least of the two. They are never multiplied."""
        return np.minimum(self.reliability, self.adequacy)


def need_today(network: Network, day: Day, thresholds: Thresholds) -> Floats:
    """(place,) trucks of aid that the people at the opening need a day, as trade comes in today."""
    dependence = aid_dependence(trade_entry(network, day, thresholds.usable_trade), day.aid_share)
    return trucks_needed(tonnes_needed(people_at_opening(network), dependence, day.kg_needed), day.truck_load)


def adequacy(
    network: Network, operation: Mandate, day: Day, *, taken: Flags, paths: Paths, reached: Flags, needed: Floats
) -> Floats:
    """(place,) g = min(1, trucks that can come / trucks needed) where the operation comes at all; else 0.

    The best path alone often carries enough; only where it does not is the maximum flow computed. Every place is taken
    alone, as if it had the roads to itself. Places where nobody lives need nothing.
    """
    found = np.where(reached, 1.0, 0.0)
    hubs = open_hubs(operation, day)
    for place in np.flatnonzero(reached & (paths.least(day.quota) < needed)):
        found[place] = truck_flow(network, taken, day.quota, hubs, int(place), needed[place]) / needed[place]
    return found


def ways_by(network: Network, operation: Mandate, day: Day, usable_aid: float) -> tuple[Flags, Paths, Floats]:
    """Arcs that an operation may take today, its likeliest paths, and (place,) their chance where it serves, else 0."""
    taken = open_arcs(network, operation, day, usable_aid)
    paths = best_paths(network, taken, day.permission[:, AID], day.hours, open_hubs(operation, day))
    return taken, paths, np.where(operation.serves, paths.chance, 0.0)


def entry_by(network: Network, operation: Mandate, day: Day, *, needed: Floats, thresholds: Thresholds) -> Entry:
    """What one operation can do today. needed : (place,) trucks a day."""
    taken, paths, reliability = ways_by(network, operation, day, thresholds.usable_aid)
    enough = adequacy(network, operation, day, taken=taken, paths=paths, reached=reliability > 0, needed=needed)
    return Entry(operation=operation, taken=taken, paths=paths, reliability=reliability, adequacy=enough)


def aid_entry(
    network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds
) -> tuple[Floats, Floats]:
    """(place,) chance that land aid enters, and reliability alone: each the best of the operations. Air is no part."""
    needed = need_today(network, day, thresholds)
    best = reliable = np.zeros(len(network.places))
    for operation in operations:
        entry = entry_by(network, operation, day, needed=needed, thresholds=thresholds)
        best, reliable = np.maximum(best, entry.chance), np.maximum(reliable, entry.reliability)
    return best, reliable


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Ways in, of every place on one day: (place,) arrays, or (time, place) once stacked."""

    crossings_usable: Indices
    hours_to_hub: Floats
    routes_left: Indices


def ways_of(network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds) -> Ways:
    """How many crossings, hours and separate routes a day leaves: each of the operation that does best."""
    n = len(network.places)
    crossings, routes = np.zeros(n, np.int64), np.zeros(n, np.int64)
    hours = np.full(n, np.inf)
    with_crossing = day.hours + day.transshipment_hours * np.repeat(network.links.crossing, 2)
    lived_in = people_at_opening(network) > 0
    for operation in operations:
        taken, hubs = open_arcs(network, operation, day, thresholds.usable_aid), open_hubs(operation, day)
        serves = operation.serves
        by_crossing = last_crossings(network, taken, hubs).sum(axis=0)
        crossings = np.maximum(crossings, np.where(serves, by_crossing, 0))
        hours = np.minimum(hours, np.where(serves, least_hours(network, taken, with_crossing, hubs), np.inf))
        places = np.flatnonzero(serves & lived_in)
        routes = np.maximum(routes, separate_routes(network, taken, hubs, places))
    return Ways(
        crossings_usable=crossings,
        hours_to_hub=np.where(np.isfinite(hours), hours, np.nan),
        routes_left=np.where(lived_in, routes, 0),
    )
