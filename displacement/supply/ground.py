"""What dispatch knows beforehand, and what each day of supply reads from Conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
import xarray as xr

from displacement.mandates import AID, Day, Mandate, days_of, mandates, open_arcs, open_hubs
from displacement.need import aid_dependence, sustained_mean, trade_entry
from displacement.network import Flags, Floats, Indices, Network
from displacement.paths import best_paths, least_hours
from displacement.scenario import Scenario
from displacement.streams import stream_key

LIKELY = 0.5  # a plan counts on a way whose chance is this or more
STAGGER = 1e-7  # hours: each link takes a little longer by its id, at most this, so that no two ways are equally quick


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """The network and the operations as dispatch sees them. Nothing in it changes from day to day."""

    network: Network
    country: str
    operations: tuple[Mandate, ...]  # sorted by id
    names: tuple[str, ...]  # (operation,) ids
    fleet: Floats  # (operation,) trucks; inf where they are never short
    loss: Floats  # (operation,) share of what is loaded that is lost on the way
    truck_load: float  # tonnes
    duty: float  # share of the day in which a truck is on the road
    transshipment_hours: float
    market_days: int  # over which markets make up for trade that stops

    @classmethod
    def of(cls, scenario: Scenario) -> Ground:
        """The ground of a scenario."""
        rows = sorted(scenario.operations, key=lambda o: o.id)
        parameters = scenario.parameters
        return cls(
            network=scenario.network,
            country=scenario.country,
            operations=mandates(rows, scenario.network, scenario.world.party_index),
            names=tuple(o.id for o in rows),
            fleet=np.array([np.inf if o.trucks is None else o.trucks for o in rows], float),
            loss=np.array([o.loss for o in rows], float),
            truck_load=float(parameters.truck_load),
            duty=float(parameters.duty),
            transshipment_hours=float(parameters.transshipment_hours),
            market_days=int(parameters.market_days),
        )

    @cached_property
    def hubs(self) -> Indices:
        """(hub,) places where the aid of any operation starts."""
        every = [o.hubs for o in self.operations]
        return np.unique(np.concatenate([*every, np.zeros(0, np.int64)])).astype(np.int64)

    @cached_property
    def sinks(self) -> Flags:
        """(place,) may people there need aid: in the country, and inside what is modelled."""
        places = self.network.places
        return np.array([c == self.country for c in places.country], bool) & ~places.outside

    @cached_property
    def storage(self) -> Floats:
        """(place,) tonnes that can be stored; inf where no limit is known."""
        return np.nan_to_num(self.network.places.storage_t, nan=np.inf)

    @cached_property
    def priority(self) -> Floats:
        """(place,) weight when aid is short."""
        return np.nan_to_num(self.network.places.priority, nan=1.0)

    @cached_property
    def truck_hours(self) -> Floats:
        """(operation,) hours a day that the trucks are on the road: trucks x 24 x duty."""
        return self.fleet * 24.0 * self.duty

    @cached_property
    def stagger(self) -> Floats:
        """(arc,) hours by which the id of its link tells equally quick ways apart."""
        return np.repeat(STAGGER * np.array(self.link_keys, float) / 2.0**64, 2)

    @cached_property
    def link_keys(self) -> list[int]:
        """Stream key of each link."""
        return [stream_key(name) for name in self.network.links.id]


@dataclass(frozen=True)
class Drop:
    """Aid by air to one place on one day."""

    name: str
    place: int
    sorties: int
    tonnes: float
    recovered: float
    reliability: float


@dataclass(frozen=True, eq=False, kw_only=True)
class SupplyDay:
    """What a day of supply reads. A request is one attempt of a convoy; every other road is tried once a day."""

    day: int
    allowed: Flags  # (operation, arc) its mandate lets the operation use it, and aid may pass with some chance
    hubs: Flags  # (operation, hub) may it start there today?
    chance: Floats  # (arc,) that an attempt passes
    requests: Indices  # (link,) attempts today
    asked: Floats  # (link,) attempts a day on average
    convoy: Floats  # (arc,) tonnes an attempt carries at most; inf off convoy lines
    capacity: Floats  # (arc,) tonnes a day; inf where no limit is known
    hours: Floats  # (arc,) travel time, transshipment at the border among it
    inflow: Floats  # (hub,) tonnes
    stored: Floats  # (place,) tonnes put in store beside what is dispatched
    convoy_of: Indices  # (link,) link with whose luck it is tried
    dependence: Floats  # (place,) share of people who depend on aid
    kg: float  # dry aid that a dependent person of average need needs a day
    served: Flags  # (operation, place) may the operation serve it?
    reached: Flags  # (place,) is there a way in that a plan counts on?
    entry: Floats  # (place,) chance that aid enters on a day, by the likeliest way in
    days_cut: Indices  # (place,) days for which there has been none, today among them
    cut_ahead: Indices  # (place,) days until there will be none; 0 if there is none today
    drops: tuple[Drop, ...]
    by_air: Floats  # (place,) tonnes that come by air a day on average
    key: bytes  # equal for days whose ways are the same

    @cached_property
    def passage(self) -> tuple[bytes, ...]:
        """(operation,) equal where hours, and the arcs and hubs that are open to it, are the same."""
        hours = self.hours.tobytes()
        parts = zip(self.allowed, self.hubs, strict=True)
        return tuple(blake2b(a.tobytes() + h.tobytes() + hours, digest_size=16).digest() for a, h in parts)


def whole_requests(per_week: Floats) -> Indices:
    """(time, link) attempts of each day: whole numbers that add up, from the first day on, to so many a week.

    >>> whole_requests(np.full((8, 1), 2.0)).ravel().tolist()
    [0, 0, 0, 1, 0, 0, 1, 0]
    """
    so_far = np.floor(np.cumsum(per_week / 7.0, axis=0) + 1e-9)
    return np.diff(so_far, axis=0, prepend=0.0).astype(np.int64)


def chance_of_a_day(chance: Floats, asked: Floats) -> Floats:
    """Chance that aid passes on a day: of several attempts one or more; of less than one a day, chance x attempts.

    >>> chance_of_a_day(np.array([0.5, 0.5, 0.5]), np.array([1.0, 2.0, 1 / 7])).round(3)
    array([0.5  , 0.75 , 0.071])
    """
    return np.where(asked < 1.0, chance * asked, 1.0 - (1.0 - chance) ** np.maximum(asked, 1.0))


def completed_days(conditions: xr.Dataset, completion: Floats) -> list[Day]:
    """The days with each link's unknown permissions at a share (link,) of the way up; unknown holders help nobody."""
    low, high = days_of(conditions, "low"), days_of(conditions, "high")
    share = np.repeat(completion, 2)[:, np.newaxis]
    return [
        Day(
            control=a.control, permission=a.permission + share * (b.permission - a.permission), quota=a.quota,
            hours=a.hours, best=False, kg_needed=a.kg_needed, aid_share=a.aid_share, truck_load=a.truck_load,
            transshipment_hours=a.transshipment_hours,
        )
        for a, b in zip(low, high, strict=True)
    ]  # fmt: skip


def supply_days(scenario: Scenario, conditions: xr.Dataset, ground: Ground, completion: Floats) -> list[SupplyDay]:
    """What each day of supply reads, from Conditions."""
    network, load = ground.network, ground.truck_load
    days = completed_days(conditions, completion)
    weekly = conditions.variables["convoy_requests"].values
    requests, asked = whole_requests(weekly), weekly / 7.0
    convoy = np.repeat(conditions.variables["convoy_trucks"].values * load, 2, axis=1)
    quota = conditions.variables["quota"].values[..., AID].reshape(len(days), -1) * load
    inflow = (conditions.variables["hub_inflow"].values + conditions.variables["hub_stock_added"].values)[
        :, ground.hubs
    ]
    crossing = ground.transshipment_hours * np.repeat(network.links.crossing, 2)
    stored, convoy_of = conditions.variables["stock_added"].values, conditions.variables["convoy_of"].values
    drops, by_air = _drops(conditions, network), mean_by_air(conditions, network)
    kg = float(conditions["ration"].sum())
    seen: dict[tuple[bytes, ...], dict[str, np.ndarray]] = {}
    found = []
    for day, of_links in zip(days, asked, strict=True):
        if (key := (*day.key(), of_links.tobytes())) not in seen:
            seen[key] = _ways(day, ground, of_links)
        found.append(seen[key])
    trade = sustained_mean(np.array([ways["trade"] for ways in found]), ground.market_days)
    reached = np.array([ways["reached"] for ways in found])
    cut, ahead = days_without(~reached), days_until(~reached)
    return [
        SupplyDay(
            **{k: v for k, v in ways.items() if k != "trade"},
            dependence=aid_dependence(trade[t], day.aid_share), day=t,
            chance=day.permission[:, AID], requests=requests[t], asked=asked[t], convoy=convoy[t], capacity=quota[t],
            hours=day.hours + crossing + ground.stagger, inflow=inflow[t], stored=stored[t],
            convoy_of=convoy_of[t], kg=kg, days_cut=cut[t], cut_ahead=ahead[t],
            drops=drops[t], by_air=by_air[t], key=b"".join(day.key()),
        )
        for t, (day, ways) in enumerate(zip(days, found, strict=True))
    ]  # fmt: skip


def _ways(day: Day, ground: Ground, asked: Floats) -> dict[str, np.ndarray]:
    """Arcs and hubs open to each operation, places it may serve, ways in and their chance, the chance of trade."""
    network = ground.network
    shape = (len(ground.operations), len(network.places))
    allowed = np.zeros((shape[0], len(network.arc_origin)), bool)
    hubs, served = np.zeros((shape[0], len(ground.hubs)), bool), np.zeros(shape, bool)
    reached, entry = np.zeros(shape[1], bool), np.zeros(shape[1])
    chance = chance_of_a_day(day.permission[:, AID], asked.repeat(2))
    for o, operation in enumerate(ground.operations):
        allowed[o] = open_arcs(network, operation, day, 0.0)
        hubs[o] = np.isin(ground.hubs, open_hubs(operation, day))
        served[o] = operation.serves & ground.sinks
        likely = allowed[o] & (day.permission[:, AID] >= LIKELY)
        hours = least_hours(network, likely, day.hours, ground.hubs[hubs[o]])
        reached |= np.isfinite(hours) & served[o]
        paths = best_paths(network, allowed[o], chance, day.hours, ground.hubs[hubs[o]])
        entry = np.maximum(entry, np.where(served[o], paths.chance, 0.0))
    found = {"allowed": allowed, "hubs": hubs, "served": served, "reached": reached, "entry": entry}
    return found | {"trade": trade_entry(network, day)}


def days_without(cut: Flags) -> Indices:
    """(time, place) days for which it has held, today among them; 0 where it does not.

    >>> days_without(np.array([[True], [True], [False], [True]])).ravel().tolist()
    [1, 2, 0, 1]
    """
    found, so_far = np.zeros(cut.shape, np.int64), np.zeros(cut.shape[1], np.int64)
    for t, now in enumerate(cut):
        so_far = np.where(now, so_far + 1, 0)
        found[t] = so_far
    return found


def days_until(cut: Flags) -> Indices:
    """(time, place) days until it first holds, 0 where it does today; more than any period where it never will.

    >>> days_until(np.array([[False], [False], [True]])).ravel().tolist()
    [2, 1, 0]
    """
    found, so_far = np.zeros(cut.shape, np.int64), np.full(cut.shape[1], 1_000_000)
    for t in range(len(cut) - 1, -1, -1):
        so_far = np.where(cut[t], 0, so_far + 1)
        found[t] = so_far
    return found


def _drops(conditions: xr.Dataset, network: Network) -> list[tuple[Drop, ...]]:
    """The sorties of each day, by airdrop: whole numbers that add up to the plan."""
    sorties = whole_requests(conditions.variables["airdrop_sorties"].values * 7.0)
    about = [conditions.variables[f"airdrop_{what}"].values for what in ("tonnes", "recovered", "reliability")]
    names, places = conditions.variables["airdrop"].values, conditions.variables["airdrop_place"].values
    rows = [network.places.index(str(p)) for p in places]
    return [
        tuple(
            Drop(str(names[i]), rows[i], int(n), *(float(values[i]) for values in about))
            for i, n in enumerate(today)
            if n
        )
        for today in sorties
    ]


def mean_by_air(conditions: xr.Dataset, network: Network) -> Floats:
    """(time, place) tonnes that come by air a day, on average: sorties x tonnes x share recovered x chance to fly."""
    about = [
        conditions.variables[f"airdrop_{what}"].values for what in ("sorties", "tonnes", "recovered", "reliability")
    ]
    found = np.zeros((len(about[0]), len(network.places)))
    for place, tonnes in zip(
        conditions.variables["airdrop_place"].values, np.prod(np.broadcast_arrays(*about), axis=0).T, strict=True
    ):
        found[:, network.places.index(str(place))] += tonnes
    return found


def has_aid(scenario: Scenario) -> bool:
    """Does the scenario say what aid there is: what a hub receives, what comes by air, or what is stored?"""
    kinds = {event.kind for event in scenario.events}
    return bool(kinds & {"HubSupply", "Airdrops", "Prepositioned"}) or bool(
        np.nan_to_num(scenario.network.places.stock_t).any()
    )


def of_all(days: Sequence[SupplyDay], name: str) -> np.ndarray:
    """(time, ...) a field of every day."""
    return np.array([getattr(day, name) for day in days])
