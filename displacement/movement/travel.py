"""A day on the road: who arrives, who is a day further, who is held in a queue, who finds the road ahead shut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from scipy.sparse import csr_array

from displacement.movement.departure import departure_probability
from displacement.movement.rationing import rationed_by
from displacement.movement.road import Passed, pass_queues
from displacement.movement.setting import Setting, Today
from displacement.movement.state import Held, People, add_at, becomes
from displacement.network import Flags, Floats, Indices
from displacement.routes import NOBODY
from displacement.streams import Counts, Draws

LEAST_ROOM = 0.5  # of a road for people, however many trucks were on it the day before; an assumption


@dataclass(frozen=True, eq=False)
class OnTheRoad:
    """A day on the road: travelling and held as in People;  reached (member, group, vintage, option) and halted (...,
    place) who came; traffic (member, arc).
    """

    travelling: Counts
    held: Held
    reached: Counts
    halted: Counts
    traffic: Counts


def open_share(opened_hours: Floats, start_up_hours: Floats) -> Floats:
    """(member, arc) share of the day on which vehicles come through a road that opened: none before its start-up.

    min(1, max(0, opened - start_up) / 24).  opened_hours : (arc,) to the end of the day;  start_up_hours : (member, 1)

    >>> open_share(np.array([0.0, 24.0, 48.0, np.inf]), np.array([[30.0]]))
    array([[0.  , 0.  , 0.75, 1.  ]])
    """
    return np.asarray(np.clip((opened_hours - start_up_hours) / 24.0, 0.0, 1.0))


def road_capacity(today: Today, setting: Setting, trucks: Floats | None = None) -> Floats:
    """(member, limited) vehicles that each limited arc lets through today; inf where no limit is known.

    trucks : (member, arc) of aid that take the room of truck_vehicles each, up to half of the road
    """
    stated = today.vehicles[setting.slots.limited]
    share = open_share(today.opened_hours[setting.slots.limited], setting.column("start_up_hours"))
    limit = np.where(np.isfinite(stated), stated, 0.0) * setting.column("road_capacity") * share
    if trucks is not None:
        taken = trucks[:, setting.slots.limited] * setting.column("truck_vehicles")
        limit = np.maximum(limit - taken, LEAST_ROOM * limit)
    return np.where(np.isfinite(stated), limit, np.inf)


def travel(
    people: People, setting_out: Counts, today: Today, setting: Setting, draws: Draws, trucks: Floats | None = None
) -> OnTheRoad:
    """Trips under a day arrive; others are a day further; a queue holds those whom the day's vehicles do not carry.

    setting_out : (member, group, class, place, choice), from home and by vintage. Who finds a link ahead shut halts.
    """
    slots, shape = setting.slots, people.away.shape
    halted = np.zeros_like(people.away)
    held, standing = people.held, Held.nobody(shape[1], people.held.people.dtype)
    if len(held):
        shut = before_shut_roads(held, today, setting)
        standing = give_up(held.only(shut), halted, today, setting, draws)
        held = held.only(~shut) if shut.any() else held
    moving, entering = _entering(people, setting_out, held, halted, today, setting)
    flat = entering.reshape(*entering.shape[:3], prod(entering.shape[3:]))  # (member, group, vintage, trip)
    if len(slots):
        free = road_capacity(today, setting, trucks)
        free = np.broadcast_to(free, (shape[0], free.shape[1]))
        per_person = np.broadcast_to(setting.vehicles_per_person, shape[:2])
        passed = pass_queues(held, flat, moving, free, per_person, slots, day=today.day)
        passed = replace(passed, held=(passed.held + standing).sorted()) if len(standing) else passed
    else:
        passed = Passed(held, flat, product(slots.entered, flat.sum(axis=(1, 2))))
    onward = people.travelling.shape[-1]
    last = setting.routes.stages - 1 == np.arange(onward)[:, np.newaxis]  # (stage, route)
    travelling = np.zeros_like(people.travelling)
    on = np.where(last, 0, passed.finishing.reshape(entering.shape)[..., :onward, :])
    travelling[:, :, moving] = np.moveaxis(on, -2, -1)
    reached = np.zeros((*shape[:3], setting.routes.options), halted.dtype)
    reached[:, :, moving] = product(setting.arriving, passed.finishing)
    return OnTheRoad(travelling, passed.held, reached, halted, passed.traffic)


def _entering(
    people: People, setting_out: Counts, held: Held, halted: Counts, today: Today, setting: Setting
) -> tuple[Indices, Counts]:
    """The vintages that move today, and who of them begins each day of the trip, (member, group, ..., stage, route).

    Who halts is added to `halted` (member, group, vintage, place).
    """
    routes, travelling = setting.routes, people.travelling
    out = [(c, v) for c, v in enumerate(becomes(counts_since=today.counts_since)) if setting_out[:, :, c].any()]
    under_way = np.flatnonzero(travelling.any(axis=(0, 1, 3, 4)))
    moving = np.unique(np.concatenate([[v for _, v in out], under_way, held.kind // max(len(setting.slots), 1)]))
    moving = moving.astype(np.int64)
    entering = np.zeros((*travelling.shape[:2], len(moving), travelling.shape[-1] + 1, len(routes)), travelling.dtype)
    entering[..., 1:, :] = np.moveaxis(travelling[:, :, moving], -1, -2)
    at, not_considered = setting.considered[today.state]
    for c, v in out:
        to = entering[:, :, np.searchsorted(moving, v), 0]  # a view
        to += setting_out[:, :, c].reshape(*to.shape[:2], -1).take(at, axis=-1)
    entering[..., 0, not_considered] = 0
    for stage in np.flatnonzero(setting.halting[today.state]):
        place = routes.halt[today.state, :, stage]
        stops = np.flatnonzero(place != NOBODY)
        for i, v in enumerate(moving):
            add_at(halted[:, :, v], place[stops], entering[:, :, i, stage + 1, stops])
        entering[..., stage + 1, stops] = 0
    return moving, entering


def before_shut_roads(held: Held, today: Today, setting: Setting) -> Flags:
    """(row,) who stands before a road that is shut, there or further on, or that takes no vehicle today."""
    slots = setting.slots
    slot = held.slot(len(slots))
    none = today.vehicles[slots.limited[slots.arc[slot]]] == 0.0
    return np.asarray(none | slots.halts[today.state][slot])


def give_up(held: Held, halted: Counts, today: Today, setting: Setting, draws: Draws) -> Held:
    """Who stands on before roads that are shut; who gives up is added to `halted` (member, group, vintage, place).

    Each does so at give_up_rate, at the near end of the road; drawn by place and vintage, shared in proportion.
    """
    if not len(held):
        return held
    members, _, vintages, places = halted.shape
    vintage, slot = np.divmod(held.kind, len(setting.slots))
    place = setting.network.arc_origin[setting.slots.limited[setting.slots.arc[slot]]]
    cell = (held.member * vintages + vintage) * places + place
    order = np.argsort(cell, kind="stable")  # oldest first in each cell
    held, cell = held.only(order), cell[order]
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    member, vintage, place = np.unravel_index(cell[starts], (members, vintages, places))
    standing = np.zeros_like(halted)
    standing[member, :, vintage, place] = np.add.reduceat(held.people, starts, axis=0)
    rate = departure_probability(setting.column("give_up_rate"))[:, :, np.newaxis, np.newaxis]
    tired = draws.binomial("give up the road", standing, rate, day=today.day, keys=setting.keys)
    halted += tired
    return held.but(held.people - rationed_by(held.people, tired[member, :, vintage, place], starts))


def product(matrix: csr_array, values: Counts) -> Counts:
    """Sparse (row, route) times (..., route), as (..., row)."""
    flat = values.reshape(prod(values.shape[:-1]), values.shape[-1])
    return np.asarray((matrix @ flat.T).T).reshape(*values.shape[:-1], matrix.shape[0])
