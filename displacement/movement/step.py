"""One day of movement: yesterday's people and today's conditions in, people and the flows that explain them out.

The same code serves the stochastic model and its mean-field twin: only the draws differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from displacement.movement import destination
from displacement.movement.crossing import cross, from_gates
from displacement.movement.departure import capture_rate, departure_probability, felt_danger, fighting_rate
from displacement.movement.evacuation import evacuate
from displacement.movement.homecoming import come_home, wish_to_return
from displacement.movement.rationing import rationed
from displacement.movement.setting import Setting, Today
from displacement.movement.state import AGAIN, BEFORE, NEW, REFUGEE, VINTAGES, Moves, People
from displacement.movement.travel import travel
from displacement.network import Floats
from displacement.streams import Counts, Draws

HOME = 0  # of the classes that choose: from home, then each vintage of people away
TRAPPED_ROWS = slice(3 + len(VINTAGES), None)  # of the rows that leave: trapped people away


@dataclass(frozen=True, eq=False)
class Hunger:
    """Need that was unmet of late: (member, place) shares of everybody's need.

    unmet : what newcomers would find;  worse : what is beyond that with which people had lived.
    """

    unmet: Floats
    worse: Floats


@dataclass(frozen=True, eq=False)
class Leavers:
    """Who wishes to leave: (member, group, row, place), rows settled, stayers, trapped at home, away, trapped away."""

    wish: Counts
    again: Counts  # (member, group, place) of those back home
    lapsed: Counts  # of the trapped rows, who gave up the wish

    @cached_property
    def by_class(self) -> Counts:
        """(member, group, class, place) from home, then by vintage."""
        v = len(VINTAGES)
        home = self.wish[:, :, :3].sum(axis=2, keepdims=True) + self.again[:, :, np.newaxis]
        return np.concatenate([home, self.wish[:, :, 3 : 3 + v] + self.wish[:, :, 3 + v :]], axis=2)


def step(
    people: People,
    today: Today,
    setting: Setting,
    draws: Draws,
    multiplier: Floats,
    *,
    hunger: Hunger | None = None,
    trucks: Floats | None = None,
) -> tuple[People, Moves]:
    """Move people one day: evacuation, wish, choice, permission, travel, crossings, arrival, return.

    multiplier : (member,) on departure;  hunger : need unmet yesterday, None: nobody moves for it;
    trucks : (member, arc) of aid yesterday, which take room on the roads; None: they take none
    """
    people, taken = evacuate(people, today.evacuations, counts_since=today.counts_since)
    danger = _danger(today, setting)
    leavers = wish_to_leave(people, today, setting, draws, multiplier, danger, hunger)
    passed = choose(people, leavers.by_class, today, setting, draws, danger, hunger)
    stopped = leavers.by_class - np.einsum("...c->...", passed)  # quicker than a sum
    stayed, departures = _stay_and_stop(people, leavers, stopped)
    road = travel(people, passed, today, setting, draws, trucks)
    homeward = wish_to_return(stayed, today, setting, draws)
    reached = road.reached[..., len(setting.keys) :] + homeward.at_gates
    waiting, at_gates = cross(people.waiting, reached, today, setting, draws)
    arrived = road.reached[..., : len(setting.keys)] + road.halted + from_gates(at_gates, setting) + taken.came
    moved = replace(
        stayed,
        away=stayed.away - homeward.left + _where_they_are(arrived, today, setting),
        travelling=road.travelling,
        held=road.held,
        waiting=waiting,
    )
    moves = Moves(
        departures=departures.sum(axis=2) + taken.left + homeward.left.sum(axis=2),
        departures_from_home=departures[:, :, HOME] + taken.left_home,
        arrivals=arrived.sum(axis=2),
        stopped=stopped.sum(axis=2),
        evacuated=taken.left,
        traffic=road.traffic,
        joined=at_gates.joined.sum(axis=2),
        crossed=(at_gates.admitted + at_gates.irregular).sum(axis=2),
        crossed_irregularly=at_gates.irregular.sum(axis=2),
        gave_up=at_gates.gave_up.sum(axis=2),
    )
    return come_home(moved, moves, homeward, at_gates, today, setting)


def _danger(today: Today, setting: Setting) -> Floats:
    """(member, place) intensity at a place and felt there: intensity + spill S."""
    if not today.intensity.any():
        return np.zeros((1, len(today.intensity)))
    felt = setting.neighbours.felt(today.intensity, today.alarmed, setting.neighbour_weight)
    return felt_danger(today.intensity, felt, setting.column("spill"))


def leaving_probability(
    today: Today, setting: Setting, multiplier: Floats, danger: Floats, hunger: Hunger | None = None
) -> Floats:
    """(member, group, row, place) chance that each kind of person present wishes to leave today.

    One group if all are alike.
    """
    p = setting.column
    often = multiplier[:, np.newaxis]
    fighting = (fighting_rate(p("departure_rate"), danger) * often)[:, np.newaxis]
    capture = often * capture_rate(
        today.capture_by_hostile, today.capture_by_other, p("capture_share_hostile"), p("capture_share_other")
    )
    capture = capture[:, np.newaxis]
    if today.under_hostile is not None:
        capture = capture + p("hostile_rule_rate")[:, np.newaxis] * today.under_hostile
    onward = p("onward_rate")[:, np.newaxis] * setting.transit
    away = p("displaced_factor")[:, np.newaxis] * fighting + capture
    retry = 1.0 / p("retry_days")[:, np.newaxis]
    settled_rate = fighting + capture
    if hunger is not None:
        hungry = (p("hunger_rate") * hunger.worse)[:, np.newaxis]
        settled_rate, away = settled_rate + hungry, away + hungry
    rates = [settled_rate, capture, away, away + onward]
    settled, stayers, before, later = (departure_probability(rate * setting.mobility[:, 0]) for rate in rates)
    by_vintage = {BEFORE: before, AGAIN: later, NEW: later, REFUGEE: later}
    rows = [settled, stayers, retry, *(np.where(setting.unsettled, 1.0, by_vintage[v]) for v in range(len(VINTAGES)))]
    rows += [retry] * len(VINTAGES)
    return np.stack(np.broadcast_arrays(*rows), axis=2)


def wish_to_leave(
    people: People,
    today: Today,
    setting: Setting,
    draws: Draws,
    multiplier: Floats,
    danger: Floats,
    hunger: Hunger | None = None,
) -> Leavers:
    """Draw who wishes to leave, and whose wish lapses among the trapped who do not try again today."""
    home = np.stack([people.settled, people.stayers, people.trapped_home], axis=2)
    present = np.concatenate([home, people.away, people.trapped_away], axis=2)
    chance = leaving_probability(today, setting, multiplier, danger, hunger)
    wish = draws.binomial("wish to leave", present, chance, day=today.day, keys=setting.keys)
    again = people.returned
    if again.any():
        again = draws.binomial("leave again", again, chance[:, :, 0], day=today.day, keys=setting.keys)
    trapped = np.concatenate([present[:, :, 2:3], present[:, :, TRAPPED_ROWS]], axis=2)
    left = trapped - np.concatenate([wish[:, :, 2:3], wish[:, :, TRAPPED_ROWS]], axis=2)
    lapse = departure_probability(setting.column("lapse_rate"))[:, np.newaxis, np.newaxis]
    return Leavers(wish, again, draws.binomial("wish lapses", left, lapse, day=today.day, keys=setting.keys))


def choose(
    people: People,
    movers: Counts,
    today: Today,
    setting: Setting,
    draws: Draws,
    danger: Floats,
    hunger: Hunger | None = None,
) -> Counts:
    """(member, group, class, place, choice) who sets out, by route considered: permission is drawn once, at departure.

    Who is refused chooses once more, among routes of permission 1. Who is left over is stopped.
    """
    attraction = _attraction(people, today, setting, danger, hunger)[:, setting.option(today.state)]
    pull = attraction[:, np.newaxis] * setting.kernel(today.state)
    if setting.views:
        pull = pull[:, setting.view_of]
    chosen = _drawn(draws, "destination", movers, pull, today, setting)
    permission = route_permission(today, setting)
    if today.passage is None and np.all((permission == 0.0) | (permission == 1.0)):
        return chosen
    sure = permission[:, np.newaxis] == 1.0
    flipped = draws.binomial(
        "permission",
        np.moveaxis(np.where(sure, 0, chosen), -2, -1),
        np.moveaxis(permission[:, np.newaxis], -2, -1),
        day=today.day,
        keys=setting.keys,
    )
    passed = np.where(sure, chosen, np.moveaxis(flipped, -1, -2))
    refused = (chosen - passed).sum(axis=-1)
    again = _drawn(draws, "destination again", refused, pull * (permission == 1.0), today, setting)
    return passed + again


def route_permission(today: Today, setting: Setting) -> Floats:
    """(group, place, choice) chance that each considered route lets a group pass; one group if all pass alike."""
    slots = setting.routes.slots[today.state]
    permission = setting.routes.permission[today.state][np.newaxis]
    if today.passage is not None:
        permission = permission * today.passage
    return np.stack([destination.at_slots(chance, slots, 0.0) for chance in permission])


def _drawn(draws: Draws, process: str, movers: Counts, pull: Floats, today: Today, setting: Setting) -> Counts:
    share = destination.choice_share(pull)[:, :, np.newaxis]
    return draws.multinomial(process, movers, share, day=today.day, keys=setting.keys)


def _attraction(people: People, today: Today, setting: Setting, danger: Floats, hunger: Hunger | None) -> Floats:
    """(member, option) pull of each option today, distance apart."""
    p, capacity = setting.column, today.capacity
    displaced = people.staying_away.sum(axis=(1, 2)).astype(float)
    pull = destination.safety(danger, p("caution"))
    if not today.site_open.all():
        pull = pull * today.site_open
    if hunger is not None:
        pull = pull * destination.plenty(hunger.unmet, p("hunger_aversion"))
    if not np.isnan(capacity).all():
        pull = pull * destination.headroom(people.present.sum(axis=1), capacity)
    if p("company").any():
        pull = pull * destination.company_pull(displaced, p("company"))
    waiting = people.waiting.sum(axis=(1, 2, 3)).astype(float)
    gates = destination.crossing_pull(waiting, today.hoped, p("hope"), p("patience"))
    rows = max(len(pull), len(gates))
    wide = [np.broadcast_to(part, (rows, part.shape[1])) for part in (pull, gates)]
    return np.asarray(setting.weight * np.concatenate(wide, axis=1))


def _stay_and_stop(people: People, leavers: Leavers, stopped: Counts) -> tuple[People, Counts]:
    """Who stays: the unwilling as they were, the refused as trapped; and departures (member, group, class, place).

    Of those refused at home, people who had come back are still counted as back: in proportion, by largest remainder.
    """
    v = len(VINTAGES)
    wish, lapsed, refused, back = leavers.wish, leavers.lapsed, stopped[:, :, HOME], leavers.again
    if back.any():
        asked = np.stack([wish[:, :, :3].sum(axis=2), back], axis=-1)
        refused, again = np.moveaxis(rationed(asked, refused), -1, 0)
        back = back - again
    stayed = replace(
        people,
        settled=people.settled - wish[:, :, 0] + lapsed[:, :, 0],
        stayers=people.stayers - wish[:, :, 1],
        trapped_home=people.trapped_home - wish[:, :, 2] - lapsed[:, :, 0] + refused,
        returned=people.returned - back,
        away=people.away - wish[:, :, 3 : 3 + v] + lapsed[:, :, 1:],
        trapped_away=people.trapped_away - wish[:, :, 3 + v :] - lapsed[:, :, 1:] + stopped[:, :, 1:],
    )
    return stayed, leavers.by_class - stopped


def _where_they_are(arrived: Counts, today: Today, setting: Setting) -> Counts:
    """Arrivals by vintage: those at places abroad as refugees, refugees who came back into the country as displaced."""
    abroad = setting.abroad
    if not abroad.any():
        return arrived
    out = arrived.copy()
    out[..., abroad] = 0
    out[:, :, REFUGEE, abroad] = arrived[..., abroad].sum(axis=2)
    back = np.where(abroad, 0, arrived[:, :, REFUGEE])
    if back.any():
        out[:, :, AGAIN if today.counts_since else BEFORE] += back
        out[:, :, REFUGEE] -= back
    return out
