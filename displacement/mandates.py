"""One day as aid and civilians meet it, and what an aid operation may do: Conditions and operations as plain arrays.

An arc is a link and a direction (arc 2 l is link l forward). Unknowns have two ends. The worst day shuts what is not
known, and a place whose holder is unknown helps nobody; the best day opens it, and such a place may be anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from displacement.conditions import UNKNOWN
from displacement.network import TRAFFIC, Flags, Floats, Indices, Network
from displacement.operations import Operation
from displacement.parameters import Parameters

CIVILIANS, MEDICAL, TRADE, AID = (TRAFFIC.index(k) for k in ("civilians", "medical", "trade", "aid"))
ABSENT = -1  # a party that an operation does not work with
BOUNDS = ("low", "high")  # everything unknown shut; everything unknown open


@dataclass(frozen=True, kw_only=True)
class Day:
    """Conditions of one day at one end of what is unknown."""

    control: Indices  # (place,) party, -1 unknown
    permission: Floats  # (arc, traffic)
    quota: Floats  # (arc,) trucks of aid a day
    hours: Floats  # (arc,) travel time
    kg_needed: Floats | float = 0.65  # (place,) dry aid that a dependent person needs a day
    aid_share: float = float(Parameters.aid_share)  # of people, where trade is free
    truck_load: float = float(Parameters.truck_load)  # tonnes
    transshipment_hours: float = float(Parameters.transshipment_hours)
    best: bool  # the best day (a place whose holder is unknown may be anybody's), else the worst (it helps nobody)

    def key(self) -> tuple[bytes, ...]:
        """Equal for days on which everything is the same: best and worst differ only where something is unknown."""
        doubt = self.best and bool((self.control == UNKNOWN).any())
        arrays = (self.control, self.permission, self.quota, self.hours)
        return (bytes([doubt]), *(np.ascontiguousarray(a).tobytes() for a in arrays))

    def unknown_holder(self, network: Network) -> Flags:
        """(arc,) is the holder of an end unknown?"""
        of_place = self.control == UNKNOWN
        return np.asarray(of_place[network.arc_origin] | of_place[network.arc_destination], bool)

    def same_party(self, network: Network) -> Flags:
        """(arc,) does one party hold both ends? If a holder is unknown: no on the worst day, yes on the best."""
        same = self.control[network.arc_origin] == self.control[network.arc_destination]
        return np.where(self.unknown_holder(network), self.best, same)


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What an aid operation may do, as arrays."""

    name: str
    hubs: Indices  # places where it starts
    level: Indices  # (party,) 0 may be crossed, 1 may only be served, -1 neither
    line: Flags  # (arc,) may be taken between two parties
    serves: Flags  # (place,) may be served


def mandate(operation: Operation, network: Network, party_index: dict[str, int]) -> Mandate:
    """The arrays of an operation. A party named under both `transit` and `deliver` may be crossed."""
    level = np.full(len(party_index), ABSENT, np.int64)
    level[[party_index[p] for p in operation.deliver]] = 1
    level[[party_index[p] for p in operation.transit]] = 0
    serves = np.full(len(network.places), not operation.deliver_places)
    for name in operation.deliver_places:
        serves[[network.places.index(p) for p in network.members_of(name)]] = True
    line = np.full(len(network.links), operation.any_line)
    line[[network.links.index(name) for name in operation.lines]] = True
    return Mandate(
        name=operation.name,
        hubs=np.array(sorted(network.places.index(p) for p in operation.hubs), np.int64),
        level=level,
        line=np.repeat(line | network.links.crossing, 2),
        serves=serves,
    )


def mandates(operations: Sequence[Operation], network: Network, party_index: dict[str, int]) -> tuple[Mandate, ...]:
    """The mandates of all operations, sorted by id, so that their order never matters."""
    return tuple(mandate(o, network, party_index) for o in sorted(operations, key=lambda o: o.id))


def levels(operation: Mandate, day: Day) -> tuple[Indices, Indices]:
    """(place,) level of each place as an origin and as a destination of an arc; -1 where the operation may not be.

    The two differ only on the best day where the holder is unknown: aid may then come from and go on to anybody.
    """
    known = np.where(day.control == UNKNOWN, ABSENT, operation.level[day.control])
    if not day.best:
        return known, known
    unknown = day.control == UNKNOWN
    return np.where(unknown, 0, known), np.where(unknown, 1, known)


def open_arcs(network: Network, operation: Mandate, day: Day, usable_aid: float) -> Flags:
    """(arc,) may the operation take it today?

    Permission for aid above usable_aid, both ends in its mandate, never from a place that it may only serve to one that
    it may cross, and one party at both ends, a border crossing, or a convoy line of its own.
    """
    leaving, entering = (
        level[ends]
        for level, ends in zip(levels(operation, day), (network.arc_origin, network.arc_destination), strict=True)
    )
    allowed = (leaving != ABSENT) & (entering != ABSENT) & (entering >= leaving)
    passable = (day.permission[:, AID] > usable_aid) & (day.same_party(network) | operation.line)
    return np.asarray(allowed & passable, bool)


def open_hubs(operation: Mandate, day: Day) -> Indices:
    """Hubs in hands that the operation works with today."""
    leaving, _ = levels(operation, day)
    return np.asarray(operation.hubs[leaving[operation.hubs] != ABSENT], np.int64)


def aid_quota(conditions: xr.Dataset) -> Floats:
    """(time, link, direction) most trucks of aid a day; where only convoys pass, their trucks a week / 7."""
    convoys = conditions.variables["convoy_trucks"].values * conditions.variables["convoy_requests"].values / 7.0
    return np.minimum(conditions.variables["quota"].values[..., AID], convoys[..., np.newaxis])


def days_of(conditions: xr.Dataset, bound: str) -> list[Day]:
    """The days of Conditions with everything unknown shut ("low") or open ("high")."""
    permission = conditions.variables[f"permission_{bound}"].values
    times, links = permission.shape[:2]
    by_arc = permission.reshape(times, 2 * links, len(TRAFFIC))
    control = conditions.variables["control"].values.astype(np.int64)
    quota = aid_quota(conditions).reshape(times, 2 * links)
    hours = np.repeat(conditions.variables["travel_time"].values, 2, axis=1)
    about = {name: float(conditions.attrs[name]) for name in ("aid_share", "truck_load", "transshipment_hours")}
    kg_needed = conditions.variables["need_per_person"].values * float(conditions["ration"].sum())
    return [
        Day(
            control=control[t],
            permission=by_arc[t],
            quota=quota[t],
            hours=hours[t],
            best=bound == "high",
            kg_needed=kg_needed,
            **about,
        )
        for t in range(times)
    ]
