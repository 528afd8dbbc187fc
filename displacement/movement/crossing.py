"""Queues at crossings: who is admitted, medical cases first, who gets through irregularly, who stops waiting."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from displacement.movement.departure import departure_probability
from displacement.movement.rationing import rationed
from displacement.movement.setting import Setting, Today
from displacement.movement.state import PEOPLE_TRAFFIC
from displacement.network import Floats
from displacement.streams import Counts, Draws

CIVILIANS, MEDICAL = (PEOPLE_TRAFFIC.index(name) for name in ("civilians", "medical"))


def admitted(waiting: Counts, capacity: Floats) -> Counts:
    """How many of those waiting pass: min(waiting, capacity), whole people.

    >>> admitted(np.array([70, 10]), np.array([50.0, np.inf]))
    array([50, 10])
    """
    if np.issubdtype(waiting.dtype, np.integer):
        return np.minimum(waiting, np.floor(np.minimum(capacity, waiting)).astype(np.int64))
    return np.minimum(waiting, capacity)


def admitted_by_class(waiting: Counts, quota: Floats, together: Floats) -> Counts:
    """(member, traffic, gate) how many pass of each class: within its quota, and medical cases first within the whole.

    waiting : (member, traffic, gate), civilians and medical cases;  quota : (traffic, gate), 0 where shut;
    together : (gate,) people a day, of both

    >>> admitted_by_class(np.array([[[70], [40]]]), np.array([[np.inf], [30.0]]), np.array([50.0])).ravel()
    array([20, 30])
    """
    medical = admitted(waiting[:, MEDICAL], np.minimum(quota[MEDICAL], together))
    civilians = admitted(waiting[:, CIVILIANS], np.minimum(quota[CIVILIANS], np.maximum(together - medical, 0.0)))
    return np.stack([civilians, medical], axis=1)


@dataclass(frozen=True, eq=False)
class AtGates:
    """A day at the crossings: (member, group, vintage, traffic, gate) flows."""

    joined: Counts
    admitted: Counts
    irregular: Counts
    gave_up: Counts

    @property
    def through(self) -> Counts:
        """(member, group, vintage, gate) who came out on the far side."""
        return np.asarray((self.admitted + self.irregular).sum(axis=3))


def cross(waiting: Counts, reached: Counts, today: Today, setting: Setting, draws: Draws) -> tuple[Counts, AtGates]:
    """Arrive, wait, be admitted up to the day's quota of the class; at a gate shut to it, pass irregularly or not.

    reached : (member, group, vintage, gate) who came today. A corridor's crossing is shut to groups it does not name.
    """
    if not waiting.any() and not reached.any():
        nobody = np.zeros_like(waiting)
        return nobody, AtGates(nobody, nobody, nobody, nobody)
    p, day, keys = setting.column, today.day, setting.gate_keys
    permission = (today.gate_permission * today.gate_share[:, np.newaxis])[:, np.newaxis]  # (row, 1, traffic, gate)
    sick = setting.medical[:, :, None, None]
    medical = draws.binomial("medical case", reached, sick, day=day, keys=keys)
    joined = np.stack([reached - medical, medical], axis=3)
    uncertain = (permission > 0) & (permission < 1)
    may_pass = draws.binomial("crossing permission", np.where(uncertain, joined, 0), permission, day=day, keys=keys)
    refused = np.where(uncertain, joined - may_pass, 0)
    here = waiting + joined - refused
    open_to = permission > 0
    asking = np.where(open_to, here, 0)
    totals = asking.sum(axis=(1, 2))
    allowed = admitted_by_class(totals, today.gate_quota, today.gate_people)
    groups = here.shape[1], here.shape[2]
    flat = np.moveaxis(asking, (1, 2), (-2, -1)).reshape(*totals.shape, prod(groups))
    passes = np.moveaxis(rationed(flat, allowed).reshape(*totals.shape, *groups), (-2, -1), (1, 2))
    rate = departure_probability(p("irregular_rate"))[:, :, None, None, None]
    irregular = draws.binomial("irregular crossing", np.where(open_to, 0, here), rate, day=day, keys=keys)
    left = here - passes - irregular
    rate = departure_probability(p("give_up_rate"))[:, :, None, None, None]
    tired = draws.binomial("give up waiting", left, rate, day=day, keys=keys)
    return left - tired, AtGates(joined, passes, irregular, tired + refused)


def from_gates(at: AtGates, setting: Setting) -> Counts:
    """(member, group, vintage, place) who came by a crossing: through to the far side, or given up on the near."""
    through, stayed = at.through, at.gave_up.sum(axis=3)
    arrived = np.zeros((*through.shape[:3], len(setting.keys)), through.dtype)
    for gate in range(len(setting.gates)):
        arrived[..., setting.gates.far[gate]] += through[..., gate]
        arrived[..., setting.gates.near[gate]] += stayed[..., gate]
    return arrived
