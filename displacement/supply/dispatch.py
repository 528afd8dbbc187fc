"""Who gets how much today: water-filling along the quickest ways, all members at once.

Every place draws on its way in proportion to what it wants, until the scarcest thing on the way (a road, a crossing, a
hub, a fleet) is used up; then places that lost their way take the quickest that is left, and so on until nobody who
still wants anything has a way. Each round uses up a thing or satisfies a place, so the rounds come to an end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from displacement.network import Flags, Floats
from displacement.streams import Draws
from displacement.supply.ground import Ground, SupplyDay
from displacement.supply.ways import Table, Ways

TOGETHER = 2  # members whose ways are searched for before all look again
NIL = 1e-9  # tonnes, or of what there was at first: less than this is nothing


@dataclass(eq=False)
class Loads:
    """What is left of each thing as the day's loads are assigned, and what has been: changed in place, for a day."""

    left: Floats  # (member, resource) tonnes, truck-hours of fleets
    least: Floats  # (member, resource) below which nothing is left
    arrived: Floats  # (member, place)
    lost: Floats  # (member, place)
    used: Floats  # (member, resource)
    by_way: Floats | None = None  # (member, number of a way) arrived by it; kept only where it is asked for


def share_of_way(left: Floats, load: Floats, use: csr_array) -> Floats:
    """(member, way) least of what is left over the load, among the things that each way uses; 1 is enough for all.

    left, load : (member, resource);  use : (way, resource), each way using something

    >>> share_of_way(np.array([[5.0, 8.0]]), np.array([[10.0, 4.0]]), csr_array([[1.0, 1.0], [0.0, 1.0]]))
    array([[0.5, 2. ]])
    """
    ratio = np.divide(left, load, out=np.full(left.shape, np.inf), where=load > 0)
    by_thing = np.ascontiguousarray(ratio.T)[use.indices]
    return np.asarray(np.minimum.reduceat(by_thing, use.indptr[:-1], axis=0).T)


def water_filled(want: Floats, weight: Floats, left: Floats, use: csr_array) -> Floats:
    """(member, way) tonnes that arrive in one round: want x min(1, weight x least of left / load on the way).

    The load of a thing is the sum over ways of weight x want x use, so what is taken never exceeds what is left, and
    the scarcest thing is used up. want : (member, way);  weight : (way,);  left : (member, resource)

    >>> use = csr_array([[1.0, 0.0], [1.0, 1.0]])
    >>> water_filled(np.array([[6.0, 6.0]]), np.ones(2), np.array([[8.0, 3.0]]), use)
    array([[4., 3.]])
    """
    load = (use.T @ (weight * want).T).T
    return np.asarray(want * np.minimum(1.0, weight * share_of_way(left, load, use)))


def opened(day: SupplyDay, ground: Ground, size: int, draws: Draws) -> Floats:
    """(member, arc) tonnes that may pass today: one draw for each link and request, shared by every load on it.

    In the mean-field twin, and in a plan, what has a chance of one half or more passes.
    """
    requests = day.requests.repeat(2)
    by_convoy = np.where(requests > 0, np.maximum(requests, 1) * day.convoy, 0.0)
    capacity = np.repeat(np.minimum(day.capacity, by_convoy)[np.newaxis], size, axis=0)
    open_to_some = day.allowed.any(axis=0)
    doubtful = open_to_some & (day.chance > 0) & (day.chance < 1)
    for link in np.flatnonzero(doubtful.reshape(-1, 2).any(axis=1)):
        arcs = [2 * link, 2 * link + 1]
        passed = np.zeros((size, 2))
        for request in range(int(day.requests[link])):
            name = "aid passes" if request == 0 else f"aid passes, request {request + 1}"
            luck = draws.uniform(name, size, day=day.day, key=ground.link_keys[day.convoy_of[link]])
            passed += luck[:, np.newaxis] <= day.chance[arcs]
        limited = np.isfinite(day.convoy[arcs])
        by_convoy = np.where(limited, passed * np.where(limited, day.convoy[arcs], 0.0), np.inf)
        capacity[:, arcs] = np.where(passed > 0, np.minimum(capacity[:, arcs], by_convoy), 0.0)
    return np.where(open_to_some & (day.chance > 0), capacity, 0.0)


def opened_on_average(day: SupplyDay, longest: Floats) -> Floats:
    """(member, arc) tonnes that pass a day on average; 0 where the wait for a chance is longer than stores can last.

    longest : (member, 1) days
    """
    asked = day.asked.repeat(2)
    tonnes = np.minimum(day.capacity, np.where(np.isfinite(day.convoy), asked * day.convoy, np.inf))
    is_open = day.allowed.any(axis=0) & (day.chance * np.minimum(asked, 1.0) * longest >= 1.0)
    return np.where(is_open, tonnes * np.where(is_open, day.chance, 1.0), 0.0)


def loads(ground: Ground, roads: Floats, warehouse: Floats) -> Loads:
    """Loads of a day before any is assigned. roads : (member, arc) tonnes that may pass;  warehouse : (member, hub)."""
    fleet = np.broadcast_to(ground.truck_hours, (len(roads), len(ground.operations)))
    left = np.concatenate([roads, warehouse, fleet], axis=1)
    least = np.where(np.isfinite(left), NIL * (1.0 + left), 0.0)
    none = np.zeros((len(roads), len(ground.network.places)))
    return Loads(left, least, none, none.copy(), np.zeros_like(left))


def assign(want: Floats, loaded: Loads, ways: Ways, weight: Floats) -> None:
    """Assign loads until nobody who still wants anything has a way. want : (member, place), changed in place."""
    members = np.flatnonzero((want > NIL).any(axis=1))
    while len(members):
        chosen = choose_ways(want[members] > NIL, loaded.left[members] > loaded.least[members], ways)
        table, going = ways.table, chosen.any(axis=1)
        members, chosen = members[going], chosen[going]
        if not len(members):
            return
        columns = np.flatnonzero(chosen.any(axis=0))
        place, use = table.place[columns], table.use[columns]
        cells = np.ix_(members, place)
        wanted = np.where(chosen[:, columns], want[cells], 0.0)
        arrives = water_filled(wanted, weight[place], loaded.left[members], use)
        used = (use.T @ arrives.T).T
        for total, amount in (
            (want, -arrives),
            (loaded.arrived, arrives),
            (loaded.lost, arrives * table.lost[columns]),
        ):
            if (np.diff(place) > 0).all():
                total[cells] += amount
            else:  # a place has more than one of the ways, each for some members
                np.add.at(total, cells, amount)
        if loaded.by_way is not None:
            loaded.by_way = widened(loaded.by_way, len(table.place))
            loaded.by_way[np.ix_(members, table.number[columns])] += arrives
        loaded.used[members] += used
        loaded.left[members] = np.maximum(loaded.left[members] - used, 0.0)


def widened(values: Floats, columns: int) -> Floats:
    """The values with columns of zeros added, up to so many.

    >>> widened(np.ones((1, 1)), 3)
    array([[1., 0., 0.]])
    """
    return np.pad(values, ((0, 0), (0, columns - values.shape[1])))


def choose_ways(wanting: Flags, is_open: Flags, ways: Ways) -> Flags:
    """(member, way) the first way that is open to each place that wants; ways that nobody knows are searched for.

    wanting : (member, place);  is_open : (member, resource)
    """
    while True:
        table = ways.table
        chosen, has_way = first_open(wanting, is_open, table)
        lacking = wanting & ~has_way & ~walled_off(is_open, table, wanting.shape[1])
        if not lacking.any():
            return chosen
        for member in np.flatnonzero(lacking.any(axis=1))[:TOGETHER]:
            ways.explore(is_open[member], np.flatnonzero(lacking[member]))


def first_open(wanting: Flags, is_open: Flags, table: Table) -> tuple[Flags, Flags]:
    """(member, way) the first open way to each place that wants: the quickest of all; (member, place) is it known?"""
    has_way = np.zeros(wanting.shape, bool)
    if not len(table.place):
        return np.zeros((len(wanting), 0), bool), has_way
    passable = (table.uses @ (~is_open).T.astype(np.float64)).T == 0
    rank = np.where(passable, np.arange(len(table.place)), len(table.place))
    best = np.minimum.reduceat(rank, table.first, axis=1)  # (member, place with a way)
    here = table.place[table.first]
    found = (best < len(table.place)) & wanting[:, here]
    has_way[:, here] = found
    chosen = np.zeros(rank.shape, bool)
    member, column = np.nonzero(found)
    chosen[member, best[member, column]] = True
    return chosen, has_way


def walled_off(is_open: Flags, table: Table, places: int) -> Flags:
    """(member, place) is a barrier of the place shut as a whole?"""
    found = np.zeros((len(is_open), places), bool)
    if len(table.barrier_place):
        shut = (table.barrier @ is_open.T.astype(np.float64)).T == 0
        found[:, table.barrier_place[table.barrier_first]] = np.logical_or.reduceat(shut, table.barrier_first, axis=1)
    return found
