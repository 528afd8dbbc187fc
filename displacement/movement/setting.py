"""What a step knows beforehand: arrays made once from the network, the routes and the members' parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.sparse import csr_array

from displacement.groups import Groups
from displacement.movement import destination
from displacement.movement.departure import Neighbours
from displacement.movement.returning import Areas
from displacement.movement.road import Slots
from displacement.movement.state import PEOPLE_TRAFFIC
from displacement.network import TRAFFIC, Flags, Floats, Indices, Network, countries_abroad
from displacement.parameters import Parameters
from displacement.routes import NOBODY, OTHER, Gates, LinkStates, Routes, enumerate_routes
from displacement.scenario import Scenario
from displacement.streams import Counts, place_keys, stream_key

CLASSES = [TRAFFIC.index(name) for name in PEOPLE_TRAFFIC]


@dataclass(frozen=True, eq=False, kw_only=True)
class Today:
    """What a step reads of one day's conditions. What is felt and hoped is what people believe of it."""

    day: int
    state: int
    intensity: Floats  # (place,)
    capture_by_hostile: Floats  # (place,)
    capture_by_other: Floats  # (place,)
    alarmed: Flags  # (pair,)
    hoped: Floats  # (gate,) people a day that each gate is believed to let through
    gate_permission: Floats  # (traffic, gate)
    gate_quota: Floats  # (traffic, gate)
    gate_people: Floats  # (gate,) most people a day, civilians and medical cases together; inf where no limit is known
    gate_share: Floats  # (row, gate) factor on permission for each group
    site_open: Flags  # (place,)
    capacity: Floats  # (place,) planned for a site; NaN where nothing is
    vehicles: Floats  # (arc,) most a day; inf where no limit is known
    opened_hours: Floats  # (arc,) from its opening until the end of the day; inf where it was open before
    under_hostile: Flags | None  # (row, place) does a party hostile to theirs hold it? None: nobody has a party
    passage: Floats | None  # (row, route) factor on permission; None: all groups pass alike
    evacuations: tuple[Evacuated, ...]
    homes: Flags | None  # (place,) quiet, and held by a party its people accept; None: nobody returns
    counts_since: bool  # is it on or after the reference date?


@dataclass(frozen=True)
class Evacuated:
    """So many people a day, taken from one place to another; rows are those of the groups whom it takes."""

    origin: int
    destination: int
    people: float
    rows: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """The ground on which a block of members moves. Nothing in it changes from day to day."""

    network: Network
    gates: Gates
    routes: Routes
    neighbours: Neighbours
    parameters: Parameters  # drawn: (member,) values
    groups: Groups
    views: tuple[int, ...]  # parties of groups; view 0 is the holder of the place where people are
    view_of: Indices  # (row,) view of each row of the group axis
    slots: Slots
    areas: Areas | None  # where home is; None: home areas are not kept
    homes: Counts  # (member, row, place) people at home when the scenario opens
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
    def gate_people(self) -> Floats:
        """(gate,) most people a day of itself, civilians and medical cases together; inf where no limit is known."""
        limit = self.network.links.people_per_day[self.gates.arc // 2]
        return np.where(np.isnan(limit), np.inf, limit)

    @cached_property
    def abroad(self) -> Flags:
        """(place,) does it lie in another country?"""
        return np.array(self.network.places.country) != self.home

    @cached_property
    def countries_abroad(self) -> tuple[str, ...]:
        """Other countries with places, in order."""
        return countries_abroad(self.network.places.country, self.home)

    @cached_property
    def in_country(self) -> list[Flags]:
        """For each country abroad, (place,) does it lie there?"""
        return [np.array(self.network.places.country) == name for name in self.countries_abroad]

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
    def mobility(self) -> Floats:
        """(row, 1, 1) factor on rates of leaving; of one row if all groups are alike."""
        found = self.groups.mobility
        return (found[:1] if (found == found[0]).all() else found)[:, np.newaxis, np.newaxis]

    @cached_property
    def medical(self) -> Floats:
        """(member, row) share who are medical cases."""
        return _said_or(self.groups.medical, self.column("medical_share"))

    @cached_property
    def vehicles_per_person(self) -> Floats:
        """(member, row) 0 for those who walk."""
        seats = _said_or(self.groups.people_per_vehicle, self.column("people_per_vehicle"))
        return np.where(self.groups.on_foot, 0.0, 1.0 / seats)

    @cached_property
    def arriving(self) -> csr_array:
        """(option, trip) 1 where a route ends, on its last day; a trip is a day of travel x routes + route."""
        routes = self.routes
        trips = int(routes.stages.max(initial=1)) * len(routes)
        last = (routes.stages - 1) * len(routes) + np.arange(len(routes))
        ones = np.ones(len(routes), np.int64)
        return csr_array((ones, (routes.option, last)), shape=(routes.options, trips))

    @cached_property
    def halting(self) -> Flags:
        """(state, stage) does any route halt those who have done stage + 1 days?"""
        return (self.routes.halt != NOBODY).any(axis=1)

    def column(self, name: str) -> Floats:
        """A parameter as (member, 1), or (1, 1) if it does not vary."""
        return np.reshape(np.asarray(getattr(self.parameters, name), float), (-1, 1))

    def kernel(self, state: int) -> Floats:
        """(member, view, place, choice) what distance, party and refusal do to the choice of each considered route."""
        if state not in self._kernels:
            routes, slots = self.routes, self.routes.slots[state]
            other, hostile = np.broadcast_arrays(self.column("cross_party"), self.column("cross_line_settling"))
            of_party = np.concatenate([np.ones(other.shape), other, hostile], axis=1)
            cost = destination.at_slots(routes.cost[state], slots, np.inf)
            standing = [destination.at_slots(seen, slots, OTHER) for seen in routes.standing[:, state]]
            near = destination.CHOICES[self.choice](np.where(np.isfinite(cost), cost, 0.0), self.parameters)
            near = np.where(np.isfinite(cost), near, 0.0)
            self._kernels[state] = near[:, np.newaxis] * of_party[:, np.stack(standing)]
        return self._kernels[state]

    @cached_property
    def considered(self) -> list[tuple[Indices, Indices]]:
        """By state, (route,) where each stands among (place, choice), flat; and the routes that nobody considers."""
        found = []
        for slots in self.routes.slots.reshape(len(self.routes.slots), -1):
            at = np.zeros(len(self.routes), np.int64)
            at[slots[slots != NOBODY]] = np.flatnonzero(slots != NOBODY)
            found.append((at, np.setdiff1d(np.arange(len(at)), slots)))
        return found

    def option(self, state: int) -> Indices:
        """(place, choice) option of each considered route; 0 where there is none, whose kernel is 0."""
        return destination.at_slots(self.routes.option, self.routes.slots[state], 0)


def _said_or(said: Floats, usual: Floats) -> Floats:
    """(member, row) what a group says, or the parameter (member, 1)."""
    return np.where(np.isnan(said), usual, said)


def completed(low: Floats, high: Floats, completion: Floats) -> Floats:
    """Permission (time, link, direction, traffic) with each link's unknowns set at a share (link,) of the way up."""
    return np.asarray(low + completion[:, np.newaxis, np.newaxis] * (high - low))


def party_views(groups: Groups, conditions: xr.Dataset) -> tuple[tuple[int, ...], Indices]:
    """Parties whose people see places as their own party does, and (row,) the view of each row: 0 is the holder's."""
    parties = [str(p) for p in conditions.variables["party"].values]
    named = sorted({p for p in groups.party if p})
    view_of = np.array([named.index(p) + 1 if p else 0 for p in groups.party], np.int64)
    return tuple(parties.index(p) for p in named), view_of


def routes_for(
    network: Network, conditions: xr.Dataset, country: str, parameters: Parameters, completion: Floats | None = None,
    views: Sequence[int] = (),
) -> Routes:  # fmt: skip
    """The routes that people consider under conditions; unknown permissions half open unless a completion is given."""
    if completion is None:
        completion = np.full(len(network.links), 0.5)
    gates = Gates.of(network, country)
    states = LinkStates.of(network, conditions, completion)
    pull = destination.opening_pull(network, gates, parameters)
    return enumerate_routes(network, states, gates, pull, parameters, views)


def unreached(scenario: Scenario) -> list[str]:
    """Warnings: crossings, camps and towns that matter most, which no route from an inhabited place ever reaches."""
    network, parameters = scenario.network, scenario.parameters
    places, gates = network.places, Gates.of(network, scenario.country)
    conditions = scenario.compile()
    views = party_views(scenario.group_axis(), conditions)[0]
    routes = routes_for(network, conditions, scenario.country, parameters, views=views)
    pull = destination.opening_pull(network, gates, parameters)
    people = (places.residents + places.opening_displaced) > 0
    home = np.array([country == scenario.country for country in places.country])
    ends = np.concatenate([home, home[gates.near]])
    wanted = pull.first & (pull.weight > 0) & ends
    wanted[routes.option[people[routes.origin]]] = False
    names = [*places.name, *(f"the crossing at {places.name[i]}" for i in gates.near)]
    return [f"no route from any inhabited place reaches {names[i]} within the horizon" for i in np.flatnonzero(wanted)]
