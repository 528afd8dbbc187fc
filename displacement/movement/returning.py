"""Return: who goes home, to which places of their home area, once these are quiet and a road is open.

Where home is, is known by area only. Nobody returns to fighting, and no place takes back more people than have left it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from displacement.conditions import RELATIONS, UNKNOWN
from displacement.groups import Groups
from displacement.movement.departure import Neighbours
from displacement.movement.rationing import rationed
from displacement.network import Flags, Floats, Indices, Network
from displacement.streams import Counts


@dataclass(frozen=True, eq=False, kw_only=True)
class Areas:
    """Home areas: whose home is where, and which places are joined by open roads in each state of the links."""

    home: Flags  # (row, place) is a place in the home area of a row?
    joined: Indices  # (state, place) number of the part of the network that open roads join to each other

    @classmethod
    def of(cls, groups: Groups, network: Network, permission: Floats) -> Areas:
        """Home areas of the rows. permission : (state, arc) of civilians; a road is open where nobody is refused."""
        joined = np.stack([open_parts(network, chance) for chance in permission])
        return cls(home=groups.of_residents > 0, joined=joined)


def open_parts(network: Network, permission: Floats) -> Indices:
    """(place,) number of the part in which each can be reached from each other by roads of permission 1."""
    arcs = np.flatnonzero(permission == 1.0)
    ends = network.arc_origin[arcs], network.arc_destination[arcs]
    count = len(network.places)
    graph = csr_array((np.ones(len(arcs)), ends), shape=(count, count))
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], np.int64)


def quiet_homes(conditions: xr.Dataset, quiet_days: int, near: Neighbours) -> Flags:
    """(time, place) no capture, and no fighting there or near, for so many days, and held by the first holder or a
    party "same" to it. Days before the first are not known to be quiet.
    """
    control = conditions.variables["control"].values.astype(np.int64)
    fighting = conditions.variables["intensity"].values > 0
    loud = fighting | (control != conditions.variables["morning_control"].values)
    for place, source in zip(near.feels, near.source, strict=True):
        loud[:, place] |= fighting[:, source]
    day = np.arange(len(loud))[:, np.newaxis]
    last = np.maximum.accumulate(np.where(loud, day, -1), axis=0)
    quiet = day - last >= quiet_days
    first = conditions.variables["morning_control"].values[0].astype(np.int64)
    relation = conditions.variables["relation"].values[day, first, control]
    theirs = (control == first) | ((relation == RELATIONS.index("same")) & (control != UNKNOWN) & (first != UNKNOWN))
    return np.asarray(quiet & theirs)


def may_return(joined: Indices, vacant: Flags) -> Flags:
    """(..., place) do open roads join a place to a home that people may go back to?

    joined : (place,) number of the part that open roads join;  vacant : (..., place)

    >>> may_return(np.array([0, 0, 1]), np.array([False, True, False])).tolist()
    [True, True, False]
    """
    reached = np.zeros((*vacant.shape[:-1], int(joined.max()) + 1), bool)
    *row, place = np.nonzero(vacant)
    reached[(*row, joined[place])] = True
    return np.asarray(reached[..., joined])


def taken_home(wishing: Counts, room: Counts, areas: Areas, state: int, homes: Flags) -> tuple[Counts, Counts]:
    """Who of those wishing goes home, and where to: (member, row, kind, place) and (member, row, place).

    room : (member, row, place) people who have left each home and not come back. In each part that open roads join, as
    many go as have room, shared by largest remainder among those who wish it and among the homes, by room.
    """
    going = np.zeros_like(wishing)
    back = np.zeros_like(room)
    joined = areas.joined[state]
    vacant = np.where(areas.home & homes, room, 0)
    for part in np.unique(joined[wishing.any(axis=(0, 1, 2))]):
        here = np.flatnonzero(joined == part)
        asked, free = wishing[..., here].reshape(*wishing.shape[:2], -1), vacant[..., here]
        many = np.minimum(asked.sum(axis=-1), free.sum(axis=-1))
        going[..., here] = rationed(asked, many).reshape(*wishing.shape[:3], len(here))
        back[..., here] = rationed(free, many)
    return going, back
