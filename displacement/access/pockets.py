"""Pockets: ground of one party that civilians can cross, whether it is surrounded, and who can leave it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from displacement.mandates import CIVILIANS, Day
from displacement.network import Flags, Floats, Indices, Network


def pockets(network: Network, day: Day, one_pocket: float) -> Indices:
    """(place,) number of the pocket: places joined by links of one party that civilians pass both ways.

    They pass if permission is above one_pocket in each direction. On the best day a place whose holder is unknown joins
    all its neighbours; on the worst it stands alone.
    """
    civilians = day.permission[:, CIVILIANS].reshape(-1, 2).min(axis=1)
    joined = (civilians > one_pocket) & day.same_party(network)[::2]
    ends = network.links.origin[joined], network.links.destination[joined]
    n = len(network.places)
    graph = csr_array((np.ones(int(joined.sum()), np.int8), ends), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def surrounded(pocket: Indices, outside: Flags) -> Flags:
    """(place,) does its pocket hold no place outside (abroad, or the rest of the party's territory)?

    >>> surrounded(np.array([0, 0, 1]), np.array([False, True, False]))
    array([False, False,  True])
    """
    return ~np.isin(pocket, pocket[outside])


def pocket_population(pocket: Indices, people: Floats) -> Floats:
    """(place,) opening people in the place's pocket.

    >>> pocket_population(np.array([0, 0, 1]), np.array([5.0, 7.0, 9.0]))
    array([12., 12.,  9.])
    """
    return np.asarray(np.bincount(pocket, people)[pocket], float)


def exit_chance(network: Network, day: Day, pocket: Indices, shut_in: Flags, traffic: int) -> Floats:
    """(place,) chance that a class of traffic can leave the pocket: 1 if it is not surrounded, else its best way out.

    exit = max over arcs out of the pocket of   permission                       to ground of another party
                                                permission x exit beyond         to another pocket of the same party

    The second line makes exit grow with every permission: when two pockets of a party become one, neither loses a way
    out. An arc to a place whose holder is unknown is no way out on the worst day; on the best it is one.
    """
    origin, destination = pocket[network.arc_origin], pocket[network.arc_destination]
    chance = day.permission[:, traffic]
    differ = day.control[network.arc_origin] != day.control[network.arc_destination]
    unknown = day.unknown_holder(network)
    to_others = np.where(unknown, day.best, differ)
    to_own = ~unknown & ~differ & (origin != destination)
    found = np.zeros(int(pocket.max(initial=-1)) + 1)
    np.maximum.at(found, pocket[~shut_in], 1.0)
    np.maximum.at(found, origin[to_others], chance[to_others])
    while True:
        further = found.copy()
        np.maximum.at(further, origin[to_own], chance[to_own] * found[destination[to_own]])
        if np.array_equal(further, found):
            return found[pocket]
        found = further
