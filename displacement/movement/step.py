"""One day of movement: yesterday's people and today's conditions in, people and the flows that explain them out.

The same code serves the stochastic model and its mean-field twin: only the draws differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from scipy.sparse import csr_array

from displacement.movement import destination
from displacement.movement.crossing import admitted, rationed
from displacement.movement.departure import capture_rate, departure_probability, felt_danger, fighting_rate
from displacement.movement.setting import Setting, Today
from displacement.movement.state import AGAIN, BEFORE, NEW, REFUGEE, VINTAGES, Moves, People, add_at
from displacement.network import Floats
from displacement.routes import NOBODY
from displacement.streams import Counts, Draws

HOME = 0  # of the classes that choose: from home, then each vintage of people away
TRAPPED_ROWS = slice(3 + len(VINTAGES), None)  # of the rows that leave: trapped people away


@dataclass(frozen=True, eq=False)
class Leavers:
    """Who wishes to leave: (member, group, row, place), rows settled, stayers, trapped at home, away, trapped away."""

    wish: Counts
    lapsed: Counts  # of the trapped rows, who gave up the wish

    @property
    def by_class(self) -> Counts:
        """(member, group, class, place) from home, then by vintage."""
        v = len(VINTAGES)
        home = self.wish[:, :, :3].sum(axis=2, keepdims=True)
        return np.concatenate([home, self.wish[:, :, 3 : 3 + v] + self.wish[:, :, 3 + v :]], axis=2)


def step(people: People, today: Today, setting: Setting, draws: Draws, multiplier: Floats) -> tuple[People, Moves]:
    """Move people one day: wish, choice, permission, travel, crossings, arrival. multiplier : (member,)."""
    danger = _danger(today, setting)
    leavers = wish_to_leave(people, today, setting, draws, multiplier, danger)
    passed = choose(people, leavers.by_class, today, setting, draws, danger)
    stopped = leavers.by_class - passed.sum(axis=-1)
    stayed, departures = _stay_and_stop(people, leavers, stopped)
    setting_out = _by_vintage(passed, today.counts_since)
    travelling, reached, halted, traffic = travel(people.travelling, setting_out, today, setting)
    waiting, at_gates = cross(people.waiting, reached[..., len(setting.keys) :], today, setting, draws)
    arrived = reached[..., : len(setting.keys)] + halted + _from_gates(at_gates, setting)
    moved = People(
        settled=stayed.settled,
        stayers=stayed.stayers,
        trapped_home=stayed.trapped_home,
        away=stayed.away + _abroad_as_refugees(arrived, setting),
        trapped_away=stayed.trapped_away,
        travelling=travelling,
        waiting=waiting,
    )
    moves = Moves(
        departures=departures.sum(axis=2),
        departures_from_home=departures[:, :, HOME],
        arrivals=arrived.sum(axis=2),
        stopped=stopped.sum(axis=2),
        traffic=traffic,
        joined=at_gates.joined.sum(axis=2),
        crossed=(at_gates.admitted + at_gates.irregular).sum(axis=2),
        crossed_irregularly=at_gates.irregular.sum(axis=2),
        gave_up=at_gates.gave_up.sum(axis=2),
    )
    return moved, moves


def _danger(today: Today, setting: Setting) -> Floats:
    """(member, place) intensity at a place and felt there: intensity + spill S."""
    if not today.intensity.any():
        return np.zeros((1, len(today.intensity)))
    felt = setting.neighbours.felt(today.intensity, today.alarmed, setting.neighbour_weight)
    return felt_danger(today.intensity, felt, setting.column("spill"))


def leaving_probability(today: Today, setting: Setting, multiplier: Floats, danger: Floats) -> Floats:
    """(member, row, place) chance that each kind of person present wishes to leave today."""
    p = setting.column
    often = multiplier[:, np.newaxis]
    fighting = fighting_rate(p("departure_rate"), danger) * often
    capture = often * capture_rate(
        today.capture_by_hostile, today.capture_by_other, p("capture_share_hostile"), p("capture_share_other")
    )
    onward = p("onward_rate") * setting.transit
    away = p("displaced_factor") * fighting + capture
    by_vintage = {
        BEFORE: departure_probability(away),
        AGAIN: departure_probability(away + onward),
        NEW: departure_probability(away + onward),
        REFUGEE: departure_probability(away + onward),
    }
    retry = np.broadcast_to(1.0 / p("retry_days"), fighting.shape)
    rows = [departure_probability(fighting + capture), departure_probability(capture), retry]
    rows += [np.where(setting.unsettled, 1.0, by_vintage[v]) for v in range(len(VINTAGES))]
    rows += [retry] * len(VINTAGES)
    return np.stack([np.broadcast_to(row, fighting.shape) for row in rows], axis=1)


def wish_to_leave(
    people: People, today: Today, setting: Setting, draws: Draws, multiplier: Floats, danger: Floats
) -> Leavers:
    """Draw who wishes to leave, and whose wish lapses among the trapped who do not try again today."""
    home = np.stack([people.settled, people.stayers, people.trapped_home], axis=2)
    present = np.concatenate([home, people.away, people.trapped_away], axis=2)
    chance = leaving_probability(today, setting, multiplier, danger)[:, np.newaxis]
    wish = draws.binomial("wish to leave", present, chance, day=today.day, keys=setting.keys)
    trapped = np.concatenate([present[:, :, 2:3], present[:, :, TRAPPED_ROWS]], axis=2)
    left = trapped - np.concatenate([wish[:, :, 2:3], wish[:, :, TRAPPED_ROWS]], axis=2)
    lapse = departure_probability(setting.column("lapse_rate"))[:, np.newaxis, np.newaxis]
    return Leavers(wish, draws.binomial("wish lapses", left, lapse, day=today.day, keys=setting.keys))


def choose(people: People, movers: Counts, today: Today, setting: Setting, draws: Draws, danger: Floats) -> Counts:
    """(member, group, class, place, choice) who sets out, by route considered: permission is drawn once, at departure.

    Who is refused chooses once more, among routes of permission 1. Who is left over is stopped.
    """
    option = setting.option(today.state)
    pull = _attraction(people, today, setting, danger)[:, option] * setting.kernel(today.state)
    chosen = _drawn(draws, "destination", movers, pull, today, setting)
    permission = destination.at_slots(setting.routes.permission[today.state], setting.routes.slots[today.state], 0.0)
    if np.all((permission == 0.0) | (permission == 1.0)):
        return chosen
    uncertain = np.where(permission < 1.0, chosen, 0)
    flipped = draws.binomial(
        "permission",
        np.moveaxis(uncertain, -2, -1),
        np.moveaxis(permission, -2, -1),
        day=today.day,
        keys=setting.keys,
    )
    passed = np.where(permission < 1.0, np.moveaxis(flipped, -1, -2), chosen)
    refused = (chosen - passed).sum(axis=-1)
    again = _drawn(draws, "destination again", refused, pull * (permission == 1.0), today, setting)
    return passed + again


def _drawn(draws: Draws, process: str, movers: Counts, pull: Floats, today: Today, setting: Setting) -> Counts:
    share = destination.choice_share(pull)[:, np.newaxis, np.newaxis]
    return draws.multinomial(process, movers, share, day=today.day, keys=setting.keys)


def _attraction(people: People, today: Today, setting: Setting, danger: Floats) -> Floats:
    """(member, option) pull of each option today, distance apart."""
    p, capacity = setting.column, setting.network.places.capacity
    displaced = people.staying_away.sum(axis=(1, 2)).astype(float)
    pull = destination.safety(danger, p("caution"))
    if not np.isnan(capacity).all():
        pull = pull * destination.headroom(displaced + people.residents.sum(axis=1), capacity)
    if p("company").any():
        pull = pull * destination.company_pull(displaced, p("company"))
    civilians = 0
    capacity_of_gates = np.where(today.gate_permission[civilians] > 0, today.gate_quota[civilians], 0.0)
    waiting = people.waiting.sum(axis=(1, 2, 3)).astype(float)
    gates = destination.crossing_pull(waiting, capacity_of_gates, p("hope"), p("patience"))
    rows = max(len(pull), len(gates))
    wide = [np.broadcast_to(part, (rows, part.shape[1])) for part in (pull, gates)]
    return np.asarray(setting.weight * np.concatenate(wide, axis=1))


def _stay_and_stop(people: People, leavers: Leavers, stopped: Counts) -> tuple[People, Counts]:
    """Who stays: the unwilling as they were, the refused as trapped; and departures (member, group, class, place)."""
    v = len(VINTAGES)
    wish, lapsed = leavers.wish, leavers.lapsed
    stayed = People(
        settled=people.settled - wish[:, :, 0] + lapsed[:, :, 0],
        stayers=people.stayers - wish[:, :, 1],
        trapped_home=people.trapped_home - wish[:, :, 2] - lapsed[:, :, 0] + stopped[:, :, HOME],
        away=people.away - wish[:, :, 3 : 3 + v] + lapsed[:, :, 1:],
        trapped_away=people.trapped_away - wish[:, :, 3 + v :] - lapsed[:, :, 1:] + stopped[:, :, 1:],
        travelling=people.travelling,
        waiting=people.waiting,
    )
    return stayed, leavers.by_class - stopped


def _by_vintage(passed: Counts, counts_since: bool) -> Counts:
    """(member, group, vintage, place, choice) who sets out, by the vintage that leaving today makes them."""
    home, away = passed[:, :, HOME], passed[:, :, 1:]
    out = away.copy()
    if counts_since:
        out[:, :, AGAIN] = away[:, :, AGAIN] + away[:, :, BEFORE]
        out[:, :, NEW] = away[:, :, NEW] + home
        out[:, :, BEFORE] = 0
    else:
        out[:, :, BEFORE] = away[:, :, BEFORE] + home
    return out


def travel(
    under_way: Counts, setting_out: Counts, today: Today, setting: Setting
) -> tuple[Counts, Counts, Counts, Counts]:
    """A day on the road. Trips under a day arrive; others are a day further; who finds a link ahead shut halts.

    Returns travelling; who reached an option (member, group, vintage, option); who halted (..., place); and traffic
    (member, arc).
    """
    routes, slots = setting.routes, setting.routes.slots[today.state]
    on_route = np.zeros((*setting_out.shape[:3], len(routes)), setting_out.dtype)
    considered = slots != NOBODY
    on_route[..., slots[considered]] = setting_out[..., considered]
    traffic = _product(setting.entering[0], on_route.sum(axis=(1, 2)))
    halted = np.zeros((*setting_out.shape[:3], len(setting.keys)), setting_out.dtype)
    arrived = np.where(routes.stages == 1, on_route, 0)
    travelling = np.zeros_like(under_way)
    for stage in range(under_way.shape[-1]):
        cohort = under_way[..., stage]
        if setting.halting[today.state, stage]:
            at = routes.halt[today.state, :, stage]
            stops = np.flatnonzero(at != NOBODY)
            add_at(halted, at[stops], cohort[..., stops])
            cohort = np.where(at != NOBODY, 0, cohort)
        traffic = traffic + _product(setting.entering[stage + 1], cohort.sum(axis=(1, 2)))
        arrived = arrived + np.where(routes.stages == stage + 2, cohort, 0)
        if stage + 1 < under_way.shape[-1]:
            travelling[..., stage + 1] = np.where(routes.stages > stage + 2, cohort, 0)
    if under_way.shape[-1]:
        travelling[..., 0] = np.where(routes.stages > 1, on_route, 0)
    return travelling, _product(routes.to_option, arrived), halted, traffic


def _product(matrix: csr_array, values: Counts) -> Counts:
    """Sparse (row, route) times (..., route), as (..., row)."""
    flat = values.reshape(prod(values.shape[:-1]), values.shape[-1])
    return np.asarray((matrix @ flat.T).T).reshape(*values.shape[:-1], matrix.shape[0])


@dataclass(frozen=True, eq=False)
class AtGates:
    """A day at the crossings: (member, group, vintage, traffic, gate) flows."""

    joined: Counts
    admitted: Counts
    irregular: Counts
    gave_up: Counts


def cross(waiting: Counts, reached: Counts, today: Today, setting: Setting, draws: Draws) -> tuple[Counts, AtGates]:
    """Arrive, wait, be admitted up to the day's quota of the class; at a gate shut to it, pass irregularly or not.

    reached : (member, group, vintage, gate) who came today.
    """
    p, day, keys = setting.column, today.day, setting.gate_keys
    permission, quota = today.gate_permission, today.gate_quota
    medical = draws.binomial("medical case", reached, p("medical_share")[:, :, None, None], day=day, keys=keys)
    joined = np.stack([reached - medical, medical], axis=3)
    uncertain = (permission > 0) & (permission < 1)
    may_pass = draws.binomial("crossing permission", np.where(uncertain, joined, 0), permission, day=day, keys=keys)
    refused = np.where(uncertain, joined - may_pass, 0)
    here = waiting + joined - refused
    totals = here.sum(axis=(1, 2))
    allowed = admitted(totals, np.where(permission > 0, quota, 0.0))
    groups = here.shape[1], here.shape[2]
    flat = np.moveaxis(here, (1, 2), (-2, -1)).reshape(*totals.shape, prod(groups))
    passes = np.moveaxis(rationed(flat, allowed).reshape(*totals.shape, *groups), (-2, -1), (1, 2))
    shut = np.where(permission > 0, 0, here)
    rate = departure_probability(p("irregular_rate"))[:, :, None, None, None]
    irregular = draws.binomial("irregular crossing", shut, rate, day=day, keys=keys)
    left = here - passes - irregular
    rate = departure_probability(p("give_up_rate"))[:, :, None, None, None]
    tired = draws.binomial("give up waiting", left, rate, day=day, keys=keys)
    return left - tired, AtGates(joined, passes, irregular, tired + refused)


def _from_gates(at: AtGates, setting: Setting) -> Counts:
    """(member, group, vintage, place) who came by a crossing: through to the far side, or given up on the near."""
    through = (at.admitted + at.irregular).sum(axis=3)
    stayed = at.gave_up.sum(axis=3)
    arrived = np.zeros((*through.shape[:3], len(setting.keys)), through.dtype)
    for gate in range(len(setting.gates)):
        arrived[..., setting.gates.far[gate]] += through[..., gate]
        arrived[..., setting.gates.near[gate]] += stayed[..., gate]
    return arrived


def _abroad_as_refugees(arrived: Counts, setting: Setting) -> Counts:
    """Arrivals by vintage, those at places abroad as refugees."""
    if not setting.abroad.any():
        return arrived
    out = arrived.copy()
    out[..., setting.abroad] = 0
    out[:, :, REFUGEE, setting.abroad] = arrived[..., setting.abroad].sum(axis=2)
    return out
