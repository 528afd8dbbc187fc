"""Routes: the paths that people consider, enumerated once for every distinct state of the links of the period.

Conditions are not random, so routes need no members. An option is a place, or a gate: a crossing in one direction,
which people go to at its near side whether it is shut or not. Routes never pass a crossing: crossing is a process of
its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from displacement.conditions import RELATIONS, UNKNOWN
from displacement.network import TRAFFIC, Flags, Floats, Indices, Network
from displacement.parameters import Parameters

NOBODY = -1
Path = tuple[int, int, tuple[int, ...], tuple[int, ...]]  # origin, option, arcs, (day each is entered..., days)
SAME, OTHER, HOSTILE = 0, 1, 2  # how the party at a destination stands to the one at the origin


@dataclass(frozen=True, eq=False)
class Gates:
    """Crossings by direction: gate 2 c is crossing c forward, 2 c + 1 backward."""

    arc: Indices  # (gate,)
    near: Indices  # (gate,) place where people wait
    far: Indices  # (gate,) place where they come out
    leaves: Flags  # (gate,) does it lead out of the country, or on from abroad?

    @classmethod
    def of(cls, network: Network, country: str) -> Gates:
        """The gates of a network; those that lead back into the country are not chosen (return is another process)."""
        crossings = np.flatnonzero(network.links.crossing)
        arc = np.stack([2 * crossings, 2 * crossings + 1], axis=1).ravel()
        near, far = network.arc_origin[arc], network.arc_destination[arc]
        passable = ~(network.links.directed[arc // 2] & (arc % 2 == 1))
        leaves = np.array([network.places.country[i] != country for i in far], bool) & passable
        return cls(arc=arc, near=near, far=far, leaves=leaves)

    def __len__(self) -> int:
        return len(self.arc)


@dataclass(frozen=True, eq=False, kw_only=True)
class Pull:
    """What makes an option worth a route before anything has happened: its kind's weight times its size."""

    weight: Floats  # (option,)
    first: Flags  # (option,) considered before any village: crossings, camps, towns of town_size


@dataclass(frozen=True, eq=False, kw_only=True)
class Routes:
    """Paths from origins to options, sorted by origin, option and path. A stage is a day's travel."""

    origin: Indices  # (route,)
    option: Indices  # (route,) place, or number of places + gate
    destination: Indices  # (route,) place where it ends: for a gate, its near side
    arcs: Indices  # (route, leg) arcs in order, NOBODY after the last
    stage_of: Indices  # (route, leg) the day of travel on which an arc is entered
    stages: Indices  # (route,) days of travel
    state: Indices  # (time,) state of the links on each morning
    hours: Floats  # (state, route)
    risk: Floats  # (state, route) fire passed, 1 is one link of the highest level
    permission: Floats  # (state, route) civilians: the product along it
    cost: Floats  # (state, route) hours + permission_price (-log permission) + risk_price risk
    usable: Flags  # (state, route)
    passable: Flags  # (state, route, leg) is the arc open to civilians?
    standing: (
        Indices  # (view, state, route) SAME, OTHER or HOSTILE to the origin's holder, then to each party of `views`
    )
    halt: Indices  # (state, route, stage) place where those stop who have done stage + 1 days; NOBODY: they go on
    slots: Indices  # (state, place, choice) routes that an origin considers, NOBODY after the last
    options: int = field(default=0)

    def __len__(self) -> int:
        return len(self.origin)

    @cached_property
    def position(self) -> Indices:
        """(route, stage) last arc entered when stage + 1 days are done: where travellers are counted."""
        longest = max(int(self.stages.max(initial=1)) - 1, 0)
        found = np.full((len(self), longest), NOBODY)
        for stage in range(longest):
            entered = (self.arcs != NOBODY) & (self.stage_of <= stage)
            last = entered.sum(axis=1) - 1
            found[:, stage] = np.where(last >= 0, self.arcs[np.arange(len(self)), np.maximum(last, 0)], NOBODY)
        return found

    @cached_property
    def to_option(self) -> csr_array:
        """(option, route) 1 where a route ends."""
        ones = np.ones(len(self), np.int64)
        return csr_array((ones, (self.option, np.arange(len(self)))), shape=(self.options, len(self)))


@dataclass(frozen=True, eq=False)
class LinkStates:
    """The distinct states of the links on the mornings of the period, as people meet them."""

    day_state: Indices  # (time,)
    permission: Floats  # (state, arc) civilians
    hours: Floats  # (state, arc)
    risk: Floats  # (state, arc)
    control: Indices  # (state, place)
    relation: Indices  # (state, party, party)
    corridor_end: Flags  # (state, place) does a corridor lead here, whoever holds it?

    @classmethod
    def of(cls, network: Network, conditions: xr.Dataset, completion: Floats) -> LinkStates:
        """States of conditions; each unknown is set at `completion` (link,) between its least and most permission."""
        civilians = TRAFFIC.index("civilians")
        low = conditions.variables["morning_permission_low"].values[..., civilians]
        high = conditions.variables["morning_permission_high"].values[..., civilians]
        permission = low + completion[:, np.newaxis] * (high - low)
        permission[:, network.links.crossing] = 0.0
        days = len(low)
        hours = np.repeat(conditions.variables["morning_travel_time"].values, 2, axis=1)
        risk = np.repeat(conditions.variables["fire"].values / 4.0, 2, axis=1)
        control = conditions.variables["morning_control"].values.astype(np.int64)
        relation = conditions.variables["relation"].values.astype(np.int64)
        corridor_end = conditions.variables["corridor_end"].values > 0
        parts = [permission.reshape(days, -1), hours, risk, control, relation.reshape(days, -1), corridor_end]
        _, first, day_state = np.unique(np.concatenate(parts, axis=1), axis=0, return_index=True, return_inverse=True)
        return cls(
            day_state=day_state.ravel().astype(np.int64),
            permission=permission.reshape(days, -1)[first],
            hours=hours[first],
            risk=risk[first],
            control=control[first],
            relation=relation[first],
            corridor_end=corridor_end[first],
        )

    def standing(self, state: int, origin: Indices, place: Indices, views: Sequence[int]) -> Indices:
        """(view, ...) how the holder of a place stands to the origin's holder, then to each party of `views`."""
        control, relation, exempt = self.control[state], self.relation[state], self.corridor_end[state]
        found = [party_standing(control[origin], control[place], relation)]
        found += [party_standing(np.full_like(origin, view), control[place], relation) for view in views]
        wide = np.stack(np.broadcast_arrays(*found))
        return np.where((wide == HOSTILE) & exempt[place], OTHER, wide)


def path_cost(hours: Floats, permission: Floats, risk: Floats, parameters: Parameters) -> Floats:
    """Generalised cost in hours: hours + permission_price (-log permission) + risk_price risk; infinite if shut.

    >>> path_cost(np.array([2.0, 2.0]), np.array([1.0, 0.0]), np.array([0.5, 0.0]), Parameters())
    array([ 4., inf])
    """
    refusal = -np.log(np.where(permission > 0, permission, 1.0))
    cost = hours + parameters.permission_price * refusal + parameters.risk_price * risk
    return np.where(permission > 0, cost, np.inf)


def gravity_kernel(cost: Floats, softening: Floats | float, power: Floats | float) -> Floats:
    """(softening + cost)^-power: what distance does to choice. Cost and softening in hours.

    >>> gravity_kernel(np.array([0.0, 1.0]), 1.0, 2.0)
    array([1.  , 0.25])
    """
    return np.asarray((softening + cost) ** -np.asarray(power, float))


def enumerate_routes(
    network: Network,
    states: LinkStates,
    gates: Gates,
    pull: Pull,
    parameters: Parameters,
    views: Sequence[int] = (),
) -> Routes:
    """At most routes_per_origin routes from each place in each state: least-cost paths to the options worth most.

    Crossings, camps and towns of town_size within the horizon come before any village; within each, the highest weight
    times cost kernel first; ties by id. views : parties whose people see hostile places as their own party does.
    """
    count = len(network.places)
    option_place = np.concatenate([np.arange(count), gates.near])
    found: dict[Path, int] = {}
    considered = []
    for state in range(len(states.hours)):
        tree = ShortestPaths.of(network, states, state, parameters)
        places = np.arange(count)[:, np.newaxis], option_place[np.newaxis]
        open_to = (states.standing(state, *places, views) != HOSTILE).any(axis=0) | (parameters.cross_line_settling > 0)
        beyond = beyond_gates(states, state, gates, count, parameters)
        chosen = _chosen_options(tree, open_to, option_place, pull, parameters, beyond)
        keys = [
            (origin, option, *tree.path(origin, int(option_place[option]), parameters.travel_day))
            for origin, option in chosen
        ]
        considered.append(keys)
        found.update(dict.fromkeys(keys, 0))
    order = sorted(found)
    number = {key: i for i, key in enumerate(order)}
    width = int(parameters.routes_per_origin)
    slots = np.full((len(states.hours), count, width), NOBODY)
    for state, keys in enumerate(considered):
        filled = np.zeros(count, np.int64)
        for key in sorted(keys):
            slots[state, key[0], filled[key[0]]] = number[key]
            filled[key[0]] += 1
    beyond = np.stack([beyond_gates(states, state, gates, count, parameters) for state in range(len(states.hours))])
    return _with_states(order, option_place, slots, network, states, parameters, views, beyond)


def beyond_gates(states: LinkStates, state: int, gates: Gates, places: int, parameters: Parameters) -> Floats:
    """(option,) hours that an option costs beyond its end: at a gate, a share of the time over the crossing."""
    over = float(parameters.crossing_share) * states.hours[state, gates.arc]
    return np.concatenate([np.zeros(places), over])


@dataclass(frozen=True, eq=False)
class ShortestPaths:
    """Least-cost paths between all places in one state of the links."""

    cost: Floats  # (origin, place)
    hours: Floats  # (origin, place) along the least-cost path
    before: Indices  # (origin, place) place before
    arc: dict[tuple[int, int], int]  # arc between two neighbours that the paths use
    arc_hours: Floats

    @classmethod
    def of(cls, network: Network, states: LinkStates, state: int, parameters: Parameters) -> ShortestPaths:
        """All least-cost paths; of parallel links the cheapest, ties by id."""
        count = len(network.places)
        cost = path_cost(states.hours[state], states.permission[state], states.risk[state], parameters)
        open_arcs = np.flatnonzero(np.isfinite(cost))
        a, b = network.arc_origin[open_arcs], network.arc_destination[open_arcs]
        order = np.lexsort([open_arcs, cost[open_arcs], b, a])
        pair = (a * count + b)[order]
        cheapest = order[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(order) else order
        arcs = open_arcs[cheapest]
        ends = network.arc_origin[arcs], network.arc_destination[arcs]
        graph = csr_array((cost[arcs], ends), shape=(count, count))
        total, before = dijkstra(graph, return_predecessors=True)
        arc = {(int(i), int(j)): int(k) for i, j, k in zip(*ends, arcs, strict=True)}
        step_hours = csr_array((states.hours[state][arcs], ends), shape=(count, count)).toarray()
        hours = _along_trees(total, before.astype(np.int64), step_hours)
        return cls(total, hours, before.astype(np.int64), arc, states.hours[state])

    def path(self, origin: int, place: int, travel_day: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Arcs from an origin to a place; the day of travel on which each is entered, and the number of days."""
        arcs: list[int] = []
        while place != origin:
            previous = int(self.before[origin, place])
            arcs.append(self.arc[previous, place])
            place = previous
        arcs.reverse()
        days = np.cumsum([0.0, *self.arc_hours[arcs]]) / travel_day
        entered = (int(day) for day in np.floor(days[:-1] + 1e-9))
        return tuple(arcs), (*entered, max(int(np.ceil(days[-1] - 1e-9)), 1))


def _along_trees(cost: Floats, before: Indices, step: Floats) -> Floats:
    """(origin, place) sum of `step` (place, place) along the shortest-path tree of each origin."""
    count = len(cost)
    total = np.where(np.isfinite(cost), 0.0, np.inf)
    order = np.argsort(cost, axis=1, kind="stable")
    rows = np.arange(count)
    for rank in range(1, count):
        place = order[:, rank]
        previous = before[rows, place]
        ok = previous >= 0
        total[rows[ok], place[ok]] = total[rows[ok], previous[ok]] + step[previous[ok], place[ok]]
    return total


def _chosen_options(
    tree: ShortestPaths,
    open_to: Flags,
    option_place: Indices,
    pull: Pull,
    parameters: Parameters,
    beyond: Floats,
) -> list[tuple[int, int]]:
    """(origin, option) pairs worth a route in one state. open_to : (origin, option);  beyond : (option,) hours."""
    count, options = len(tree.cost), len(option_place)
    cost, hours = tree.cost[:, option_place] + beyond, tree.hours[:, option_place]
    itself = np.arange(count)[:, np.newaxis] == np.arange(options)
    worth = np.where(
        (hours <= parameters.horizon) & open_to & ~itself,
        pull.weight * gravity_kernel(cost, parameters.softening, parameters.power),
        0.0,
    )
    rank = np.lexsort([np.broadcast_to(np.arange(options), worth.shape), -worth, ~pull.first & (worth > 0), worth <= 0])
    best = rank[:, : int(parameters.routes_per_origin)]
    return [(i, int(j)) for i in range(count) for j in best[i] if worth[i, j] > 0]


def party_standing(mine: Indices, holder: Indices, relation: Indices) -> Indices:
    """SAME, OTHER or HOSTILE: how the party that holds a place stands to one's own. An unknown party is OTHER.

    mine, holder : parties, of shapes that go together;  relation : (party, party)

    >>> party_standing(np.array([0, 0, -1]), np.array([0, 1, 1]), np.array([[4, 0], [0, 4]])).tolist()
    [0, 2, 1]
    """
    known = (mine != UNKNOWN) & (holder != UNKNOWN)
    hostile = known & (relation[mine, holder] == RELATIONS.index("hostile"))
    return np.where(hostile, HOSTILE, np.where(known & (mine == holder), SAME, OTHER))


def _with_states(
    order: list[Path],
    option_place: Indices,
    slots: Indices,
    network: Network,
    states: LinkStates,
    parameters: Parameters,
    views: Sequence[int],
    beyond: Floats,
) -> Routes:
    """The route table, with what each state of the links means for each route. beyond : (state, option) hours."""
    legs = max((len(key[2]) for key in order), default=0)
    arcs, stage_of = np.full((2, len(order), max(legs, 1)), NOBODY)
    for i, (_, _, path, days) in enumerate(order):
        arcs[i, : len(path)], stage_of[i, : len(path)] = path, days[:-1]
    origin = np.array([key[0] for key in order], np.int64)
    option = np.array([key[1] for key in order], np.int64)
    none = np.zeros((len(states.hours), 1))
    hours = np.concatenate([states.hours, none], axis=1)[:, arcs]
    permission = np.concatenate([states.permission, none + 1.0], axis=1)[:, arcs]
    risk = np.concatenate([states.risk, none], axis=1)[:, arcs].sum(axis=2)
    through = permission.prod(axis=2)
    destination = option_place[option]
    routes = Routes(
        origin=origin,
        option=option,
        destination=destination,
        arcs=arcs,
        stage_of=stage_of,
        stages=np.array([key[3][-1] for key in order], np.int64),
        state=states.day_state,
        hours=hours.sum(axis=2),
        risk=risk,
        permission=through,
        cost=path_cost(hours.sum(axis=2), through, risk, parameters) + beyond[:, option],
        usable=through > 0,
        passable=permission > 0,
        standing=np.stack(
            [states.standing(state, origin, destination, views) for state in range(len(states.hours))], axis=1
        ),
        halt=np.zeros((len(states.hours), len(order), 0), np.int64),
        slots=slots,
        options=len(option_place),
    )
    return replace(routes, halt=_halts(routes, network))


def _halts(routes: Routes, network: Network) -> Indices:
    """(state, route, stage) where those stop who have done stage + 1 days of travel and find a link ahead shut.

    They go on to the end of the link they are on, if it is still open, else back to its near end.
    """
    passable = routes.passable
    longest = max(int(routes.stages.max(initial=1)) - 1, 0)
    halt = np.full((*passable.shape[:2], longest), NOBODY)
    for stage in range(longest):
        ahead = (routes.arcs != NOBODY) & (routes.stage_of > stage)
        entered = (routes.arcs != NOBODY) & (routes.stage_of <= stage)
        last = np.maximum(entered.sum(axis=1) - 1, 0)
        on = routes.arcs[np.arange(len(routes)), last]
        still_open = passable[:, np.arange(len(routes)), last]
        shut_ahead = (ahead & ~passable).any(axis=2)
        stop = np.where(still_open, network.arc_destination[on], network.arc_origin[on])
        under_way = routes.stages > stage + 1
        halt[:, :, stage] = np.where((shut_ahead | ~still_open) & under_way, stop, NOBODY)
    return halt
