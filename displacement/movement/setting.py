"""What a step knows beforehand: arrays made once from the network, the routes and the members' parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.sparse import csr_array

from displacement.movement import destination
from displacement.movement.departure import Neighbours
from displacement.movement.state import PEOPLE_TRAFFIC
from displacement.network import TRAFFIC, Flags, Floats, Indices, Network
from displacement.parameters import Parameters
from displacement.routes import NOBODY, OTHER, Gates, LinkStates, Routes, enumerate_routes
from displacement.scenario import Scenario
from displacement.streams import place_keys, stream_key

CLASSES = [TRAFFIC.index(name) for name in PEOPLE_TRAFFIC]


@dataclass(frozen=True, eq=False, kw_only=True)
class Today:
    """What a step reads of one day's conditions."""

    day: int
    state: int
    intensity: Floats  # (place,)
    capture_by_hostile: Floats  # (place,)
    capture_by_other: Floats  # (place,)
    alarmed: Flags  # (pair,)
    gate_permission: Floats  # (traffic, gate)
    gate_quota: Floats  # (traffic, gate)
    counts_since: bool  # is it on or after the reference date?


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """The ground on which a block of members moves. Nothing in it changes from day to day."""

    network: Network
    gates: Gates
    routes: Routes
    neighbours: Neighbours
    parameters: Parameters  # drawn: (member,) values
    home: str
    choice: str = "gravity"
    _kernels: dict[int, Floats] = field(default_factory=dict)

    @cached_property
    def keys(self) -> np.ndarray:
        """(place,) stream keys."""
        return place_keys(self.network.places.id)

    @cached_property
    def gate_keys(self) -> np.ndarray:
        """(gate,) stream keys."""
        names = [f"{self.network.links.id[a // 2]} {a % 2}" for a in self.gates.arc]
        return np.array([stream_key(name) for name in names], np.uint64)

    @cached_property
    def abroad(self) -> Flags:
        """(place,) does it lie in another country?"""
        return np.array(self.network.places.country) != self.home

    @cached_property
    def unsettled(self) -> Flags:
        """(place,) nobody settles here: who is stopped at a junction or a front-line post leaves at once."""
        return np.isin(np.array(self.network.places.kind), ["junction", "front_post"])

    @cached_property
    def transit(self) -> Flags:
        """(place,) stays are short here."""
        return np.isin(np.array(self.network.places.kind), ["village", "border_post"])

    @cached_property
    def weight(self) -> Floats:
        """(member, option) kind times size."""
        places = self.network.places
        people = np.nan_to_num(places.population) + places.opening_displaced
        size = destination.size_pull(people, self.column("size_power"), self.column("town_size"))
        of_gates = np.ones((len(size), len(self.gates)))
        of_kind = destination.kind_weight(self.network, self.gates, self.parameters)
        return np.asarray(of_kind * np.concatenate([size, of_gates], axis=1))

    @cached_property
    def neighbour_weight(self) -> Floats:
        """(member, pair) how much of fighting at one place is felt at another."""
        return self.neighbours.weight(self.column("spill_reach"))

    @cached_property
    def entering(self) -> list[csr_array]:
        """For each day of travel, (arc, route) 1 where a route enters an arc."""
        longest = int(self.routes.stages.max(initial=1))
        return [self.routes.entering(stage, 2 * len(self.network.links)) for stage in range(longest)]

    @cached_property
    def halting(self) -> Flags:
        """(state, stage) does any route halt those who have done stage + 1 days?"""
        return (self.routes.halt != NOBODY).any(axis=1)

    def column(self, name: str) -> Floats:
        """A parameter as (member, 1), or (1, 1) if it does not vary."""
        return np.reshape(np.asarray(getattr(self.parameters, name), float), (-1, 1))

    def kernel(self, state: int) -> Floats:
        """(member, place, choice) what distance, party and refusal do to the choice of each considered route."""
        if state not in self._kernels:
            routes, slots = self.routes, self.routes.slots[state]
            other, hostile = np.broadcast_arrays(self.column("cross_party"), self.column("cross_line_settling"))
            of_party = np.concatenate([np.ones(other.shape), other, hostile], axis=1)
            cost = destination.at_slots(routes.cost[state], slots, np.inf)
            standing = destination.at_slots(routes.standing[state], slots, OTHER)
            near = destination.CHOICES[self.choice](np.where(np.isfinite(cost), cost, 0.0), self.parameters)
            self._kernels[state] = np.where(np.isfinite(cost), near, 0.0) * of_party[:, standing]
        return self._kernels[state]

    def option(self, state: int) -> Indices:
        """(place, choice) option of each considered route; 0 where there is none, whose kernel is 0."""
        return destination.at_slots(self.routes.option, self.routes.slots[state], 0)


def completed(low: Floats, high: Floats, completion: Floats) -> Floats:
    """Permission (time, link, direction, traffic) with each link's unknowns set at a share (link,) of the way up."""
    return np.asarray(low + completion[:, np.newaxis, np.newaxis] * (high - low))


def days_of(
    conditions: xr.Dataset, network: Network, gates: Gates, routes: Routes, neighbours: Neighbours,
    parameters: Parameters, completion: Floats, since: np.datetime64,
) -> list[Today]:  # fmt: skip
    """What each day's step reads, from conditions."""
    morning = conditions["morning_control"].values.astype(np.int64)
    alarmed = neighbours.alarmed(morning, int(parameters.lost_days))
    low, high = (conditions[f"morning_permission_{end}"].values for end in ("low", "high"))
    link, way = gates.arc // 2, gates.arc % 2
    permission = completed(low, high, completion)[:, link, way][..., CLASSES]
    quota = conditions["quota"].values[:, link, way][..., CLASSES]
    time = conditions["time"].values
    return [
        Today(
            day=day,
            state=int(routes.state[day]),
            intensity=conditions["intensity"].values[day],
            capture_by_hostile=conditions["capture_by_hostile"].values[day],
            capture_by_other=conditions["capture_by_other"].values[day],
            alarmed=alarmed[day],
            gate_permission=permission[day].T,
            gate_quota=quota[day].T,
            counts_since=bool(time[day] >= since),
        )
        for day in range(len(time))
    ]


def routes_for(
    network: Network, conditions: xr.Dataset, country: str, parameters: Parameters, completion: Floats | None = None
) -> Routes:
    """The routes that people consider under conditions; unknown permissions half open unless a completion is given."""
    if completion is None:
        completion = np.full(len(network.links), 0.5)
    gates = Gates.of(network, country)
    states = LinkStates.of(network, conditions, completion)
    pull = destination.opening_pull(network, gates, parameters)
    return enumerate_routes(network, states, gates, pull, parameters)


def unreached(scenario: Scenario) -> list[str]:
    """Warnings: crossings, camps and towns that matter most, which no route from an inhabited place ever reaches."""
    network, parameters = scenario.network, scenario.parameters
    places, gates = network.places, Gates.of(network, scenario.country)
    routes = routes_for(network, scenario.compile(), scenario.country, parameters)
    pull = destination.opening_pull(network, gates, parameters)
    people = (places.residents + places.opening_displaced) > 0
    home = np.array([country == scenario.country for country in places.country])
    ends = np.concatenate([home, home[gates.near]])
    wanted = pull.first & (pull.weight > 0) & ends
    wanted[routes.option[people[routes.origin]]] = False
    names = [*places.name, *(f"the crossing at {places.name[i]}" for i in gates.near)]
    return [f"no route from any inhabited place reaches {names[i]} within the horizon" for i in np.flatnonzero(wanted)]
