"""What the best dispatch could do: linear programmes, of one day and of a horizon of days. Slower than the fast rule.

One day is an oracle for the fast rule: the same wants and the same limits. A horizon knows what is to come, so it can
fill stores before a road is cut: it tells what knowing is worth. Both are solved for one member at a time, by HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from displacement.errors import DisplacementError
from displacement.network import Flags, Floats, Indices
from displacement.paths import least_hours
from displacement.supply.dispatch import NIL, Loads
from displacement.supply.ground import Ground, SupplyDay
from displacement.supply.ways import Ways, truck_hours_per_tonne

BANDS = (8.0, 4.0, 2.0, 1.0)  # what a tonne is worth in each quarter of a need: the first quarter is filled first
PER_HOUR = 1e-6  # what an hour on the road costs a tonne: between ways that serve alike, the quicker
COVER = 0.01  # what a tonne in store at the end of a horizon is worth, of one in the same quarter of a need
MANY = 20_000  # variables


class Columns(NamedTuple):
    """A block of variables: the first one's number, and the operation and the place, arc or hub of each."""

    first: int
    operation: Indices
    at: Indices

    @property
    def number(self) -> Indices:
        """(variable,) its column."""
        return self.first + np.arange(len(self.at))


@dataclass(eq=False)
class Rows:
    """Constraints sum of coefficient x variable = (or <=) bound, as they are added."""

    bound: list[Floats] = field(default_factory=list)
    row: list[Indices] = field(default_factory=list)
    column: list[Indices] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    size: int = 0

    def add(self, bound: Floats, *entries: tuple[Indices, Indices, Floats | float]) -> None:
        """Add rows. Each entry: rows (counted among these), columns, coefficients; those of one cell add up."""
        for row, column, value in entries:
            self.row.append(row + self.size)
            self.column.append(column)
            self.value.append(np.broadcast_to(np.asarray(value, float), np.shape(row)))
        self.bound.append(bound)
        self.size += len(bound)

    def matrix(self, width: int) -> csr_array:
        """The coefficients."""
        parts = [np.concatenate(x) for x in (self.value, self.row, self.column)]
        return csr_array((parts[0], (parts[1], parts[2])), shape=(self.size, width))


@dataclass(eq=False)
class Programme:
    """A linear programme as it is built: least cost over variables from 0 to `upper`."""

    cost: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    equal: Rows = field(default_factory=Rows)
    most: Rows = field(default_factory=Rows)
    size: int = 0

    def columns(
        self,
        at: Indices,
        *,
        operation: Indices | None = None,
        cost: Floats | float = 0.0,
        upper: Floats | float = np.inf,
    ) -> Columns:
        """Add variables."""
        shape = (len(at),)
        self.cost.append(np.broadcast_to(np.asarray(cost, float), shape))
        self.upper.append(np.broadcast_to(np.asarray(upper, float), shape))
        found = Columns(self.size, at if operation is None else operation, at)
        self.size += len(at)
        return found

    def solve(self) -> Floats:
        """(variable,) the cheapest values: by the simplex method, or by an interior point where there are many."""
        if not self.size:
            return np.zeros(0)
        method = "highs-ds" if self.size < MANY else "highs-ipm"
        upper = np.concatenate(self.upper)
        limits: dict[str, Any] = {"bounds": np.stack([np.zeros(self.size), upper], axis=1)}
        for name, rows in (("eq", self.equal), ("ub", self.most)):
            if rows.size:
                limits |= {f"A_{name}": rows.matrix(self.size), f"b_{name}": np.concatenate(rows.bound)}
        solver: Any = linprog
        found = solver(np.concatenate(self.cost), method=method, **limits)
        if not found.success:
            message = f"the programme of dispatch has no solution ({found.message}); this is a bug in displacement"
            raise DisplacementError(message)
        return np.clip(found.x, 0.0, upper)


class Flows(NamedTuple):
    """Variables of a day, in tonnes loaded: carried on arcs, loaded at hubs, unloaded at places."""

    arcs: Columns
    hubs: Columns
    places: Columns


def reach(ground: Ground, day: SupplyDay, is_open: Flags) -> tuple[Flags, Flags]:
    """(operation, arc) arcs of use to an operation, and (operation, place) where it can go. is_open : (arc,)."""
    usable = day.allowed & is_open
    reached = np.zeros(day.served.shape, bool)
    for o in range(len(reached)):
        reached[o] = np.isfinite(least_hours(ground.network, usable[o], day.hours, ground.hubs[day.hubs[o]]))
    return usable & reached[:, ground.network.arc_origin], reached


def add_flows(programme: Programme, ground: Ground, day: SupplyDay, roads: Floats, fleet: Floats) -> Flows:
    """Variables and limits of a day's flows, hubs apart: what comes in goes out, roads and fleets have their limits.

    roads : (arc,) tonnes that may pass;  fleet : (operation,) truck-hours
    """
    network = ground.network
    usable, reached = reach(ground, day, roads > NIL)
    operation, arc = np.nonzero(usable)
    arcs = programme.columns(arc, operation=operation, cost=PER_HOUR * day.hours[arc])
    operation, hub = np.nonzero(day.hubs)
    hubs = programme.columns(hub, operation=operation)
    operation, place = np.nonzero(day.served & reached)
    places = programme.columns(place, operation=operation)
    node = np.cumsum(reached).reshape(reached.shape) - 1  # (operation, place) row of its balance
    programme.equal.add(
        np.zeros(int(reached.sum())),
        (node[arcs.operation, network.arc_destination[arc]], arcs.number, 1.0),
        (node[arcs.operation, network.arc_origin[arc]], arcs.number, -1.0),
        (node[hubs.operation, ground.hubs[hubs.at]], hubs.number, 1.0),
        (node[places.operation, places.at], places.number, -1.0),
    )
    limit(programme, roads, arcs.at, arcs.number, 1.0)
    limit(programme, fleet, arcs.operation, arcs.number, truck_hours_per_tonne(day.hours[arc], ground.truck_load))
    return Flows(arcs, hubs, places)


def limit(programme: Programme, most: Floats, thing: Indices, column: Indices, value: Floats | float) -> None:
    """Each thing that has a limit is used no more than that. most : (thing,);  thing, column, value : (use,)."""
    limited = np.isfinite(most)
    row = np.cumsum(limited) - 1
    kept = limited[thing]
    value = np.broadcast_to(np.asarray(value, float), thing.shape)
    programme.most.add(most[limited], (row[thing[kept]], column[kept], value[kept]))


def add_bands(programme: Programme, amount: Floats, priority: Floats, where: Indices) -> Columns:
    """Quarters of an amount at some places, each worth its weight x priority. amount, priority : (place,)."""
    at = np.tile(where, len(BANDS))
    worth = np.repeat(BANDS, len(where)) * priority[at]
    return programme.columns(at, cost=-worth, upper=amount[at] / len(BANDS))


def assign_best(want: Floats, loaded: Loads, ways: Ways, weight: Floats) -> None:
    """As `dispatch.assign`, by the programme of the day: want : (member, place), changed in place."""
    for member in np.flatnonzero((want > NIL).any(axis=1)):
        used, arrived, lost = best_day(want[member], loaded.left[member], ways.ground, ways.day, weight)
        want[member] = np.maximum(want[member] - arrived, 0.0)
        loaded.arrived[member] += arrived
        loaded.lost[member] += lost
        loaded.used[member] += used
        loaded.left[member] = np.maximum(loaded.left[member] - used, 0.0)


def best_day(
    want: Floats, left: Floats, ground: Ground, day: SupplyDay, priority: Floats
) -> tuple[Floats, Floats, Floats]:
    """(resource,) used, (place,) arrived and (place,) lost of the best day: most worth in quarter bands of each want.

    max sum_i priority_i sum_b w_b z_ib - small x hours x tonnes, with w = (8, 4, 2, 1), z_ib <= want_i / 4 and what
    arrives at i equal to sum_b z_ib.  want : (place,);  left : (resource,) of arcs, hubs, fleets
    """
    arcs, hubs = len(ground.network.arc_origin), len(ground.hubs)
    programme = Programme()
    flows = add_flows(programme, ground, day, left[:arcs], left[arcs + hubs :])
    limit(programme, left[arcs : arcs + hubs], flows.hubs.at, flows.hubs.number, 1.0)
    where = np.unique(flows.places.at)
    bands = add_bands(programme, want, priority, where)
    arriving = 1.0 - ground.loss[flows.places.operation]
    programme.equal.add(
        np.zeros(len(where)),
        (np.searchsorted(where, bands.at), bands.number, 1.0),
        (np.searchsorted(where, flows.places.at), flows.places.number, -arriving),
    )
    found = programme.solve()
    carried, unloaded = found[flows.arcs.number], found[flows.places.number]
    used = np.zeros_like(left)
    np.add.at(used, flows.arcs.at, carried)
    np.add.at(used, arcs + flows.hubs.at, found[flows.hubs.number])
    hours = truck_hours_per_tonne(day.hours[flows.arcs.at], ground.truck_load)
    np.add.at(used, arcs + hubs + flows.arcs.operation, carried * hours)
    arrived, lost = np.zeros_like(want), np.zeros_like(want)
    np.add.at(arrived, flows.places.at, unloaded * arriving)
    np.add.at(lost, flows.places.at, unloaded * (1.0 - arriving))
    return used, arrived, lost


@dataclass(frozen=True, eq=False, kw_only=True)
class Horizon:
    """What a plan knows of the days to come."""

    ground: Ground
    days: Sequence[SupplyDay]
    roads: Floats  # (day, arc) tonnes that may pass
    need: Floats  # (day, place) tonnes
    air: Floats  # (day, place) tonnes recovered
    stored: Floats  # (day, place) tonnes put in store beside what is dispatched

    def __getitem__(self, days: slice) -> Horizon:
        """Some of the days."""
        return Horizon(
            ground=self.ground, days=self.days[days], roads=self.roads[days], need=self.need[days],
            air=self.air[days], stored=self.stored[days],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.days)


class Planned(NamedTuple):
    """What a plan does, (day, place) and (day, hub), tonnes: over the day and in store at its end."""

    delivered: Floats
    distributed: Floats
    stock: Floats
    warehouse: Floats


class OfDay(NamedTuple):
    """Variables of a day of a horizon."""

    flows: Flows
    bands: Columns
    stock: Columns
    spilt: Columns
    warehouse: Columns
    refused: Columns


def best_plan(horizon: Horizon, stock: Floats, warehouse: Floats, *, cover_days: float = 0.0) -> Planned:
    """The best plan for a horizon whose every day is known: most worth of needs met in quarter bands, day by day.

    As `best_day`, and stocks last: stock = yesterday's + what arrives + air - handed out - what finds no store. At the
    end, quarters of a store of cover_days of need are worth a little: nobody knows what comes then.
    stock : (place,);  warehouse : (hub,)
    """
    ground, programme = horizon.ground, Programme()
    held = (horizon.air.any(axis=0) | horizon.stored.any(axis=0) | (stock > 0)) & ground.sinks
    served = np.array([day.served.any(axis=0) for day in horizon.days]).any(axis=0)
    where = np.flatnonzero(held | served)
    days = [_add_day(programme, horizon, t, where, stock, warehouse) for t in range(len(horizon))]
    for t, day in enumerate(days):
        _add_balances(programme, horizon, t, day, days[t - 1] if t else None, where, stock, warehouse)
    if cover_days:
        kept = add_bands(programme, cover_days * horizon.need[-1], COVER * ground.priority, where)
        rows = np.arange(len(where))
        stored = (rows, days[-1].stock.number, -1.0)
        programme.most.add(np.zeros(len(where)), (np.searchsorted(where, kept.at), kept.number, 1.0), stored)
    return _planned(programme.solve(), horizon, days)


def _add_day(programme: Programme, horizon: Horizon, t: int, where: Indices, stock: Floats, warehouse: Floats) -> OfDay:
    """The variables of a day."""
    ground, day = horizon.ground, horizon.days[t]
    hubs = np.arange(len(ground.hubs))
    room = np.maximum(ground.storage, stock) + horizon.stored[: t + 1].sum(axis=0)
    return OfDay(
        flows=add_flows(programme, ground, day, horizon.roads[t], ground.truck_hours),
        bands=add_bands(programme, horizon.need[t], ground.priority, where),
        stock=programme.columns(where, upper=room[where]),
        spilt=programme.columns(where, cost=PER_HOUR, upper=horizon.air[t, where]),
        warehouse=programme.columns(hubs, upper=np.maximum(ground.storage[ground.hubs], warehouse)),
        refused=programme.columns(hubs, cost=PER_HOUR, upper=day.inflow),
    )


def _add_balances(
    programme: Programme,
    horizon: Horizon,
    t: int,
    day: OfDay,
    before: OfDay | None,
    where: Indices,
    stock: Floats,
    warehouse: Floats,
) -> None:
    """What is in store tonight is what was there, and came, and was not handed out."""
    flows, places, hubs = day.flows, np.arange(len(where)), np.arange(len(warehouse))
    arriving = 1.0 - horizon.ground.loss[flows.places.operation]
    come, inflow = (horizon.air + horizon.stored)[t, where], horizon.days[t].inflow
    programme.equal.add(
        come if before else come + stock[where],
        (places, day.stock.number, 1.0),
        (places, day.spilt.number, 1.0),
        (np.searchsorted(where, day.bands.at), day.bands.number, 1.0),
        (np.searchsorted(where, flows.places.at), flows.places.number, -arriving),
        *([(places, before.stock.number, -1.0)] if before else []),
    )
    programme.equal.add(
        inflow if before else inflow + warehouse,
        (hubs, day.warehouse.number, 1.0),
        (hubs, day.refused.number, 1.0),
        (flows.hubs.at, flows.hubs.number, 1.0),
        *([(hubs, before.warehouse.number, -1.0)] if before else []),
    )


def _planned(found: Floats, horizon: Horizon, days: list[OfDay]) -> Planned:
    """The plan that a solution stands for."""
    shape = horizon.need.shape
    delivered, distributed, stock = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for t, day in enumerate(days):
        arriving = 1.0 - horizon.ground.loss[day.flows.places.operation]
        np.add.at(delivered[t], day.flows.places.at, found[day.flows.places.number] * arriving)
        delivered[t] += horizon.air[t]
        delivered[t, day.spilt.at] -= found[day.spilt.number]
        np.add.at(distributed[t], day.bands.at, found[day.bands.number])
        stock[t, day.stock.at] = found[day.stock.number]
    return Planned(delivered, distributed, stock, np.array([found[day.warehouse.number] for day in days]))
