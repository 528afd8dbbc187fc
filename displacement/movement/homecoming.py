"""The day of those who go home: who wishes it, who asks at a crossing to come back in, and who reaches home."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from displacement.movement.crossing import CIVILIANS, AtGates
from displacement.movement.departure import departure_probability
from displacement.movement.rationing import rationed
from displacement.movement.returning import may_return, taken_home
from displacement.movement.setting import Setting, Today
from displacement.movement.state import AGAIN, BEFORE, REFUGEE, Moves, People
from displacement.network import Flags
from displacement.streams import Counts, Draws

INSIDE = slice(0, REFUGEE)  # vintages of people away inside the country


@dataclass(frozen=True, eq=False)
class Homeward:
    """Who wishes to go home today: (member, row, vintage, place) inside the country, and from abroad to the crossings.

    left : (member, row, vintage, place) who left a place abroad for a crossing;  at_gates : (..., gate) who asks there
    """

    wishing: Counts
    left: Counts
    at_gates: Counts


def wish_to_return(people: People, today: Today, setting: Setting, draws: Draws) -> Homeward:
    """Draw who wishes to go home, of those from whom an open road leads to a quiet home with room; from abroad, to a
    crossing. No more ask at the crossings than there is room for.
    """
    none = Homeward(
        wishing=np.zeros(1, people.away.dtype),
        left=np.zeros((1, 1, 1, 1), people.away.dtype),
        at_gates=np.zeros((1, 1, 1, len(setting.gates)), people.away.dtype),
    )
    if setting.areas is None or today.homes is None or not today.homes.any():
        return none
    vacant = np.where(setting.areas.home & today.homes, room_at_home(people, setting), 0)
    joined, gates = setting.areas.joined[today.state], setting.gates
    open_home = may_return(joined, vacant > 0)
    inward = gates_home(open_home, today, setting)
    reaches = inward[:, :, np.newaxis] & (joined[:, np.newaxis] == joined[gates.near])  # (member, row, place, gate)
    inside = np.where(setting.abroad, False, open_home)
    may = np.stack([inside] * REFUGEE + [setting.abroad & reaches.any(axis=3)], axis=2)
    rate = departure_probability(setting.column("return_rate"))[:, np.newaxis, np.newaxis]
    wishing = draws.binomial("return home", np.where(may, people.away, 0), rate, day=today.day, keys=setting.keys)
    beyond = (inward[:, :, np.newaxis] & (joined[:, np.newaxis] == joined[gates.far])).any(axis=3)
    on_the_way = people.waiting[:, :, REFUGEE].sum(axis=2) @ _into(setting)
    most = np.maximum(np.where(beyond, vacant, 0).sum(axis=2) - on_the_way, 0)
    abroad = wishing[:, :, REFUGEE]
    left = np.zeros_like(wishing)
    left[:, :, REFUGEE] = rationed(abroad, np.minimum(abroad.sum(axis=2), most))
    at_gates = np.zeros((*left.shape[:3], len(gates)), left.dtype)
    at_gates[:, :, REFUGEE] = shared_gates(left[:, :, REFUGEE], reaches)
    wishing[:, :, REFUGEE] = 0
    return Homeward(wishing, left, at_gates)


def room_at_home(people: People, setting: Setting) -> Counts:
    """(member, row, place) people who have left each home and have not come back."""
    return np.asarray(np.maximum(setting.homes - people.residents - people.returned, 0))


def _into(setting: Setting) -> Counts:
    """(gate,) 1 for a gate that leads into the country from abroad."""
    return (setting.abroad[setting.gates.near] & ~setting.abroad[setting.gates.far]).astype(np.int64)


def gates_home(open_home: Flags, today: Today, setting: Setting) -> Flags:
    """(member, row, gate) does a gate lead in from abroad, open to civilians, with a road home from it?"""
    inward = (_into(setting) > 0) & (today.gate_permission[CIVILIANS] > 0)
    return np.asarray(inward & open_home[..., setting.gates.far] & (today.gate_share > 0))


def shared_gates(people: Counts, reaches: Flags) -> Counts:
    """(member, row, gate) people (member, row, place) in equal shares at the gates that they can reach, ties by gate.

    reaches : (member, row, place, gate)
    """
    found = np.zeros((*people.shape[:2], reaches.shape[3]), people.dtype)
    for place in np.flatnonzero(people.any(axis=(0, 1))):
        here = people[..., place]
        found += rationed(here[..., np.newaxis] * reaches[:, :, place], here)
    return found


def come_home(
    people: People, moves: Moves, homeward: Homeward, at_gates: AtGates, today: Today, setting: Setting
) -> tuple[People, Moves]:
    """Let those go home who wish it and those who were let back into the country, as far as homes have room."""
    if setting.areas is None or today.homes is None or not today.homes.any():
        return people, moves
    entered = np.zeros_like(people.away[:, :, 0])
    gates = setting.gates
    for gate in np.flatnonzero(setting.abroad[gates.near] & ~setting.abroad[gates.far]):
        entered[..., gates.far[gate]] += at_gates.through[:, :, REFUGEE, gate]
    room = room_at_home(people, setting)
    may = may_return(setting.areas.joined[today.state], setting.areas.home & today.homes & (room > 0))
    wishing = np.concatenate([homeward.wishing[:, :, INSIDE], np.where(may, entered, 0)[:, :, np.newaxis]], axis=2)
    going, back = taken_home(wishing, room, setting.areas, today.state, today.homes)
    away = people.away.copy()
    away[:, :, INSIDE] -= going[:, :, INSIDE]
    away[:, :, AGAIN if today.counts_since else BEFORE] -= going[:, :, REFUGEE]
    left = going[:, :, INSIDE].sum(axis=2)
    moved = replace(people, away=away, returned=people.returned + back)
    through = moves.arrivals - going[:, :, REFUGEE]
    return moved, replace(moves, departures=moves.departures + left, arrivals=through + back)
