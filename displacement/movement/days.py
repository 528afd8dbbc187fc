"""What each day's step reads, made once from Conditions: those that hold, and those that people believe in."""

from __future__ import annotations

import numpy as np
import xarray as xr

from displacement.conditions import RELATIONS, UNKNOWN
from displacement.movement.departure import Neighbours
from displacement.movement.returning import quiet_homes
from displacement.movement.setting import CLASSES, Evacuated, Setting, Today, completed
from displacement.network import Flags, Floats, Indices
from displacement.parameters import Parameters
from displacement.routes import NOBODY

CIVILIANS = 0  # of the classes of people's traffic


def days_of(
    conditions: xr.Dataset, beliefs: xr.Dataset | None, setting: Setting, parameters: Parameters, completion: Floats,
    since: np.datetime64, *, whole: bool,
) -> list[Today]:  # fmt: skip
    """What each day's step reads. beliefs : conditions that people act on, where a rumour goes round; else None.

    whole : are people counted whole? Then so is what a day admits.
    """
    believed = conditions if beliefs is None else beliefs
    morning = conditions.variables["morning_control"].values.astype(np.int64)
    alarmed = setting.neighbours.alarmed(morning, int(parameters.lost_days))
    permission, quota = gate_passage(conditions, setting, completion)
    chance, most = gate_passage(believed, setting, completion)
    hoped = np.where(chance[:, CIVILIANS] > 0, most[:, CIVILIANS], 0.0)
    time = conditions.variables["time"].values
    together = np.broadcast_to(setting.gate_people, (len(time), len(setting.gates)))
    taken = conditions.variables["evacuation_rate"].values
    if whole:
        quota, together, taken = whole_days(quota), whole_days(together), whole_days(taken)
    open_hours = opened_hours(_civilians(conditions, completion))
    hostile, passage = under_hostile(conditions, setting), group_passage(conditions, setting)
    passing = gate_share(conditions, setting)
    homes = None
    if setting.areas is not None:
        near = Neighbours.of(setting.network, float(parameters.spill_reach), np.ones(morning.shape[1], bool))
        homes = quiet_homes(conditions, int(parameters.quiet_days), near)
    return [
        Today(
            day=day,
            state=int(setting.routes.state[day]),
            intensity=believed.variables["intensity"].values[day],
            capture_by_hostile=believed.variables["capture_by_hostile"].values[day],
            capture_by_other=believed.variables["capture_by_other"].values[day],
            alarmed=alarmed[day],
            hoped=hoped[day],
            gate_permission=permission[day],
            gate_quota=quota[day],
            gate_people=together[day],
            gate_share=passing[day],
            site_open=conditions.variables["site_open"].values[day] > 0,
            capacity=conditions.variables["site_capacity"].values[day],
            vehicles=conditions.variables["vehicle_capacity"].values[day].ravel(),
            opened_hours=open_hours[day],
            under_hostile=None if hostile is None else hostile[day],
            passage=None if passage is None else passage[day],
            evacuations=evacuations_on(conditions, setting, taken[day]),
            homes=None if homes is None else homes[day],
            counts_since=bool(time[day] >= since),
        )
        for day in range(len(time))
    ]


def gate_passage(conditions: xr.Dataset, setting: Setting, completion: Floats) -> tuple[Floats, Floats]:
    """(time, traffic, gate) permission and quota of the classes of people at each gate."""
    low, high = (conditions.variables[f"morning_permission_{end}"].values for end in ("low", "high"))
    link, way = setting.gates.arc // 2, setting.gates.arc % 2
    permission = completed(low, high, completion)[:, link, way][..., CLASSES]
    quota = conditions.variables["quota"].values[:, link, way][..., CLASSES]
    return np.moveaxis(permission, 1, 2), np.moveaxis(quota, 1, 2)


def _civilians(conditions: xr.Dataset, completion: Floats) -> Floats:
    """(time, arc) permission of civilians."""
    low, high = (conditions.variables[f"morning_permission_{end}"].values for end in ("low", "high"))
    return completed(low, high, completion)[..., CLASSES[CIVILIANS]].reshape(len(low), -1)


def opened_hours(permission: Floats) -> Floats:
    """(time, arc) hours from the midnight before an arc opened until the end of the day; inf if it was never shut.

    permission : (time, arc). While it is shut, 0.

    >>> opened_hours(np.array([[1.0, 0.0], [1.0, 0.5], [0.0, 1.0]])).tolist()
    [[inf, 0.0], [inf, 24.0], [0.0, 48.0]]
    """
    found = np.zeros(permission.shape)
    so_far = np.where(permission[0] > 0, np.inf, 0.0)
    for day, chance in enumerate(permission):
        so_far = np.where(chance > 0, so_far + 24.0 * (day > 0), 0.0)
        found[day] = so_far
    return found


def under_hostile(conditions: xr.Dataset, setting: Setting) -> Flags | None:
    """(time, row, place) is a place held, in the morning, by a party hostile to that of a group's people?"""
    if not setting.views:
        return None
    morning = conditions.variables["morning_control"].values.astype(np.int64)
    relation = conditions.variables["relation"].values
    day = np.arange(len(morning))[:, np.newaxis]
    found = np.zeros((len(morning), len(setting.groups), morning.shape[1]), bool)
    for row in np.flatnonzero(setting.view_of):
        mine = setting.views[setting.view_of[row] - 1]
        hostile = relation[day, mine, morning] == RELATIONS.index("hostile")
        found[:, row] = hostile & (morning != UNKNOWN) & (morning != mine)
    return found


def group_passage(conditions: xr.Dataset, setting: Setting) -> Floats | None:
    """(time, row, route) factor on a route's permission: of each checkpoint on it, and 0 past a link not open to them.

    None where all groups pass alike.
    """
    routes, groups = setting.routes, setting.groups
    stopped = conditions.variables["checkpoint"].values > 0
    admitted = _rows(conditions.variables["admission"].values, setting)
    if admitted.all() and not (stopped.any() and (groups.checkpoint < 1).any()):
        return None
    on, legs = routes.arcs != NOBODY, np.maximum(routes.arcs, 0)
    passing = stopped[:, legs // 2] & on
    found = groups.checkpoint[np.newaxis, :, np.newaxis] ** passing.sum(axis=2)[:, np.newaxis]
    shut = admitted.reshape(*admitted.shape[:1], -1, len(groups))[:, legs] == 0
    return np.asarray(np.where((shut & on[..., np.newaxis]).any(axis=2).transpose(0, 2, 1), 0.0, found))


def _rows(by_group: Floats, setting: Setting) -> Floats:
    """(..., group) values as (..., row): each row of the group axis takes those of its group."""
    return by_group[..., group_index(setting)]


def group_index(setting: Setting) -> Indices:
    """(row,) position of each row's group among the groups of the scenario."""
    order = list(dict.fromkeys(setting.groups.group))
    return np.array([order.index(name) for name in setting.groups.group], np.int64)


def gate_share(conditions: xr.Dataset, setting: Setting) -> Floats:
    """(time, row, gate) factor on permission at each gate: a checkpoint's, and 0 where a corridor is for others."""
    link, way = setting.gates.arc // 2, setting.gates.arc % 2
    admitted = _rows(conditions.variables["admission"].values, setting)[:, link, way] > 0  # (time, gate, row)
    checked = conditions.variables["checkpoint"].values[:, link, np.newaxis] > 0
    return np.asarray(np.where(checked, setting.groups.checkpoint, 1.0) * admitted).transpose(0, 2, 1)


def whole_days(per_day: Floats) -> Floats:
    """(time, ...) whole numbers that add up, from the first day on, to as many as the fractions do; inf stays.

    >>> whole_days(np.array([0.4, 0.4, 0.4, np.inf, 1.5])).tolist()
    [0.0, 0.0, 1.0, inf, 1.0]
    """
    known = np.isfinite(per_day)
    so_far = np.floor(np.cumsum(np.where(known, per_day, 0.0), axis=0) + 1e-6)
    return np.where(known, np.diff(so_far, axis=0, prepend=0.0), np.inf)


def evacuations_on(conditions: xr.Dataset, setting: Setting, people: Floats) -> tuple[Evacuated, ...]:
    """The evacuations of a day, in the order of their labels. people : (evacuation,) on that day."""
    found = []
    for i in np.flatnonzero(people > 0):
        who = _rows(conditions.variables["evacuation_who"].values[i], setting)
        ends = (str(conditions.variables[f"evacuation_{end}"].values[i]) for end in ("origin", "destination"))
        origin, destination = (setting.network.places.index(name) for name in ends)
        rows = tuple(int(row) for row in np.flatnonzero(who > 0))
        found.append(Evacuated(origin, destination, float(people[i]), rows))
    return tuple(found)
