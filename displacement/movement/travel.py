"""A day on the road: who arrives, who is a day further, who is held in a queue, who finds the road ahead shut."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.sparse import csr_array

from displacement.movement.road import Cohorts, Passed, pass_queues
from displacement.movement.setting import Setting, Today
from displacement.movement.state import People, add_at
from displacement.network import Floats
from displacement.routes import NOBODY
from displacement.streams import Counts


@dataclass(frozen=True, eq=False)
class OnTheRoad:
    """A day on the road: travelling and held as in People;  reached (member, group, vintage, option) and halted (...,
    place) who came; traffic (member, arc).
    """

    travelling: Counts
    held: Cohorts
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


def road_capacity(today: Today, setting: Setting) -> Floats:
    """(member, limited) vehicles that each limited arc lets through today; inf where no limit is known."""
    stated = today.vehicles[setting.slots.limited]
    share = open_share(today.opened_hours[setting.slots.limited], setting.column("start_up_hours"))
    limit = np.where(np.isfinite(stated), stated, 0.0) * setting.column("road_capacity") * share
    return np.where(np.isfinite(stated), limit, np.inf)


def travel(people: People, setting_out: Counts, today: Today, setting: Setting) -> OnTheRoad:
    """Trips under a day arrive; others are a day further; a queue holds those whom the day's vehicles do not carry.

    setting_out : (member, group, vintage, place, choice). Who finds a link ahead shut halts.
    """
    entering, halted = _entering(people, setting_out, today, setting)
    held, arcs = Cohorts(people.held_kind, people.held_since, people.held), 2 * len(setting.network.links)
    if len(setting.slots):
        held = _halted_in_queues(held, halted, today, setting)
        size, free = len(setting_out), road_capacity(today, setting)
        free = np.broadcast_to(free, (size, free.shape[1]))
        per_person = np.broadcast_to(setting.vehicles_per_person, (size, len(setting.groups)))
        passed = pass_queues(held, entering, free, per_person, setting.slots, day=today.day, arcs=arcs)
    else:
        traffic = np.zeros((len(setting_out), arcs), setting_out.dtype)
        for matrix, cohort in zip(setting.entering, entering, strict=True):
            traffic = traffic + product(matrix, cohort.sum(axis=(1, 2)))
        passed = Passed(held, entering, traffic)
    stages, travelling = setting.routes.stages, np.zeros_like(people.travelling)
    arrived = np.zeros_like(entering[0])
    for stage, cohort in enumerate(passed.finishing):
        arrived = arrived + np.where(stages == stage + 1, cohort, 0)
        if stage < travelling.shape[-1]:
            travelling[..., stage] = np.where(stages > stage + 1, cohort, 0)
    return OnTheRoad(travelling, passed.held, product(setting.routes.to_option, arrived), halted, passed.traffic)


def _entering(people: People, setting_out: Counts, today: Today, setting: Setting) -> tuple[list[Counts], Counts]:
    """Who enters each day of the trip today, (member, group, vintage, route), and who halts, (..., place)."""
    routes = setting.routes
    considered, route = setting.considered(today.state)
    on_route = np.zeros((*setting_out.shape[:3], len(routes)), setting_out.dtype)
    on_route[..., route] = setting_out.reshape(*setting_out.shape[:3], -1)[..., considered]
    halted = np.zeros((*setting_out.shape[:3], len(setting.keys)), setting_out.dtype)
    entering = [on_route]
    for stage in range(people.travelling.shape[-1]):
        cohort = people.travelling[..., stage]
        if setting.halting[today.state, stage]:
            at = routes.halt[today.state, :, stage]
            stops = np.flatnonzero(at != NOBODY)
            add_at(halted, at[stops], cohort[..., stops])
            cohort = np.where(at != NOBODY, 0, cohort)
        entering.append(cohort)
    return entering, halted


def _halted_in_queues(held: Cohorts, halted: Counts, today: Today, setting: Setting) -> Cohorts:
    """Who is still held; those before a road that is shut are added to `halted` at the near end of their link."""
    vintage, slot = np.divmod(held.kind, len(setting.slots))
    at = setting.slot_halts[today.state][slot]
    stops = at != NOBODY
    if not stops.any():
        return held
    for v in range(halted.shape[2]):
        here = stops & (vintage == v)
        add_at(halted[:, :, v], at[here], held.people[..., here])
    return held.only(~stops)


def product(matrix: csr_array, values: Counts) -> Counts:
    """Sparse (row, route) times (..., route), as (..., row)."""
    flat = values.reshape(prod(values.shape[:-1]), values.shape[-1])
    return np.asarray((matrix @ flat.T).T).reshape(*values.shape[:-1], matrix.shape[0])
