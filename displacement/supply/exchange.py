"""Who can come by another way makes room for who cannot: the fast rule, mended where it wastes what is scarce.

The quickest ways may give a hub's aid to places that another hub could serve, while those that only it serves go short.
So whatever is used up and stands between somebody and aid is looked at: those who hold some of it and have another way
take that one, and what they held is handed out again. Who holds what such a holder's own other way lacks is asked too,
and so on: a chain of exchanges is found link by link.
"""

from __future__ import annotations

import numpy as np

from displacement.network import Flags, Floats, Indices
from displacement.supply.dispatch import NIL, Loads, assign, choose_ways, water_filled, widened
from displacement.supply.ways import Table, Ways

ROUNDS = 60  # most exchanges a day, one after the other
PATIENCE = 8  # rounds in a row that help nobody: a chain may be that long
WORTH_IT = 1e-5  # of what is wanted: less than this helps nobody


def assign_and_exchange(want: Floats, loaded: Loads, ways: Ways, weight: Floats) -> None:
    """As `dispatch.assign`, and then exchanges, while they help. want : (member, place), changed in place."""
    wanted = want.sum(axis=1)
    loaded.by_way = np.zeros((len(want), len(ways.table.place)))
    assign(want, loaded, ways, weight)
    members = np.flatnonzero((want > NIL).any(axis=1))
    idle = np.zeros(len(want), np.int64)  # rounds in a row that have not helped
    for _ in range(ROUNDS):
        members = members[_make_room(want, loaded, ways, weight, members)]
        if not len(members):
            break
        before = want[members].sum(axis=1)
        some = np.zeros_like(want)
        some[members] = want[members]
        assign(some, loaded, ways, weight)
        want[members] = some[members]
        helped = before - want[members].sum(axis=1) > WORTH_IT * wanted[members]
        idle[members] = np.where(helped, 0, idle[members] + 1)
        members = members[(idle[members] < PATIENCE) & (want[members] > NIL).any(axis=1)]
    loaded.by_way = None


def _make_room(want: Floats, loaded: Loads, ways: Ways, weight: Floats, members: Indices) -> Flags:
    """(one of members,) has anybody gone another way, who held what somebody lacks?"""
    is_open = loaded.left[members] > loaded.least[members]
    held = loaded.by_way[members] if loaded.by_way is not None else np.zeros((len(members), 0))
    table = ways.table
    held = widened(held, len(table.place))[:, table.number]
    holding = held * sought(want[members] > NIL, held > NIL, ~is_open, table)
    if not (holding > NIL).any():
        return np.zeros(len(members), bool)
    by_number = np.zeros_like(holding)
    by_number[:, table.number] = holding
    asked = at_places(holding, table, want.shape[1])
    chosen = choose_ways(asked > NIL, is_open, ways)
    table = ways.table  # it may have grown
    columns = np.flatnonzero(chosen.any(axis=0))
    if not len(columns):
        return np.zeros(len(members), bool)
    holding = widened(by_number, len(table.place))[:, table.number]
    wanted = np.where(chosen, asked[:, table.place], 0.0)
    arrives = np.zeros_like(wanted)
    arrives[:, columns] = water_filled(
        wanted[:, columns], weight[table.place[columns]], loaded.left[members], table.use[columns]
    )
    moved = at_places(arrives, table, want.shape[1])
    share = np.divide(moved, asked, out=np.zeros_like(moved), where=asked > NIL)
    change = arrives - holding * share[:, table.place]  # (member, way)
    used = (table.use.T @ change.T).T
    loaded.used[members] = np.maximum(loaded.used[members] + used, 0.0)
    loaded.left[members] = np.maximum(loaded.left[members] - used, 0.0)
    loaded.lost[members] += at_places(change * table.lost, table, want.shape[1])
    flows = widened(loaded.by_way, len(table.place)) if loaded.by_way is not None else change
    flows[np.ix_(members, table.number)] += change
    loaded.by_way = np.maximum(flows, 0.0)
    return np.asarray((moved > NIL).any(axis=1))


def at_places(of_ways: Floats, table: Table, places: int) -> Floats:
    """(member, place) sums over the ways of each place. of_ways : (member, way)."""
    found = np.zeros((len(of_ways), places))
    if len(table.place):
        found[:, table.place[table.first]] = np.add.reduceat(of_ways, table.first, axis=1)
    return found


def sought(lacking: Flags, holds: Flags, used_up: Flags, table: Table) -> Flags:
    """(member, way) does the way hold something used up that a place lacks, or a holder of such a thing would need?

    lacking : (member, place);  holds : (member, way);  used_up : (member, resource)
    """
    shut = (table.barrier @ (~used_up).T.astype(float)).T == 0  # (member, barrier)
    while True:
        asking = lacking[:, table.place].astype(float)
        walls = (lacking[:, table.barrier_place] & shut).astype(float)
        scarce = used_up & (((table.uses.T @ asking.T) + (table.barrier.T @ walls.T)).T > 0)
        found = holds & ((table.uses @ scarce.T.astype(float)).T > 0)
        more = lacking | (at_places(found.astype(float), table, lacking.shape[1]) > 0)
        if (more == lacking).all():
            return np.asarray(found)
        lacking = more
