"""Searches for ways of aid, and for what shuts a place off: each made once, however many members ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from displacement.network import Flags, Floats, Indices
from displacement.paths import shortest
from displacement.supply.ground import Ground, SupplyDay

MOST_KEPT = 2_000_000  # searches x places


@dataclass(eq=False)
class Searches:
    """Searches that have been made, by all that their outcome hangs on: members, days and openings ask for the same.

    May be shared by grounds that have the same roads, hubs and operations, whatever is allowed to whom.
    """

    _seen: dict[tuple[int, bool, bytes], tuple[Floats, Indices, Side]] = field(default_factory=dict)

    def made(self, ground: Ground, day: SupplyDay, o: int, is_open: Flags) -> tuple[Floats, Indices, Side]:
        """(place,) hours of the quickest ways of an operation and their last arcs, and what leads to whom."""
        arcs, hubs = len(ground.network.arc_origin), len(ground.hubs)
        taken = day.allowed[o] & is_open[:arcs]
        starts = day.hubs[o] & is_open[arcs : arcs + hubs]
        has_trucks = bool(is_open[arcs + hubs + o])  # without any it serves those who live at its hubs
        key = o, has_trucks, np.packbits(np.concatenate([taken, starts])).tobytes() + day.passage[o]
        if key not in self._seen:
            if len(self._seen) * len(ground.network.places) > MOST_KEPT:
                self._seen.clear()
            found = shortest(ground.network, taken & has_trucks, day.hours, ground.hubs[starts])
            self._seen[key] = (*found, Side(ground, day, o, is_open))
        return self._seen[key]


class Side:
    """What leads to the side of a place, for one operation while some things are open. Places that can reach each other
    are on one side, so it is searched for once for all of them.
    """

    def __init__(self, ground: Ground, day: SupplyDay, operation: int, is_open: Flags) -> None:
        self.network, self.hubs = ground.network, ground.hubs
        self.allowed, self.starts = day.allowed[operation], day.hubs[operation]
        self.arcs, self.n = len(ground.network.arc_origin), len(ground.network.places)
        self.is_open = self.allowed & is_open[: self.arcs]
        self.fleet = self.arcs + len(ground.hubs) + operation
        self.has_trucks = bool(is_open[self.fleet])
        self.found: dict[int, set[int]] = {}

    @cached_property
    def back(self) -> csr_array:
        """(place, place) open arcs, backward."""
        taken = np.flatnonzero(self.is_open)
        ends = (self.network.arc_destination[taken], self.network.arc_origin[taken])
        return csr_array((np.ones(len(taken)), ends), shape=(self.n, self.n))

    @cached_property
    def side_of(self) -> Indices:
        """(place,) side on which it lies."""
        return np.asarray(connected_components(self.back, connection="strong")[1])

    def barrier(self, place: int) -> set[int]:
        """Resources that, all shut, leave the operation no way: its fleet, or all that leads to the side."""
        if not self.has_trucks:  # who lives at a hub needs no truck, but the hub
            own = np.flatnonzero(self.starts & (self.hubs == place))
            return {self.fleet, *(self.arcs + own).tolist()}
        side = int(self.side_of[place])
        if side not in self.found:
            behind = np.zeros(self.n, bool)
            behind[breadth_first_order(self.back, place, return_predecessors=False)] = True
            into = behind[self.network.arc_destination] & ~behind[self.network.arc_origin] & self.allowed
            hubs = self.arcs + np.flatnonzero(self.starts & behind[self.hubs])
            self.found[side] = {*np.flatnonzero(into).tolist(), *hubs.tolist()}
        return self.found[side]
