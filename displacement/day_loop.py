"""The day loop and the ledger: one block of members through the period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import xarray as xr

from displacement.errors import LedgerError
from displacement.groups import Groups, apportioned
from displacement.members import Members, draw_members
from displacement.movement.days import days_of
from displacement.movement.departure import Neighbours
from displacement.movement.rationing import rationed
from displacement.movement.record import Record, as_counts
from displacement.movement.returning import Areas
from displacement.movement.road import Slots
from displacement.movement.setting import Setting, Today, party_views, routes_for
from displacement.movement.state import BEFORE, PEOPLE_TRAFFIC, REFUGEE, VINTAGES, Held, Moves, People, add_at
from displacement.movement.step import Hunger, step
from displacement.network import Floats
from displacement.routes import Gates, LinkStates
from displacement.scenario import Scenario
from displacement.streams import Counts, Draws, Expected, Luck, stream_key
from displacement.supply.ground import Ground, SupplyDay, has_aid, supply_days
from displacement.supply.record import SupplyRecord
from displacement.supply.state import Deliveries, Supply
from displacement.supply.step import SupplySetting
from displacement.supply.step import opening as opening_stocks
from displacement.supply.step import step as supply_step
from displacement.supply.stocks import worsening

BLOCK = 50
FURTHEST_REACH = 3.0  # spill is 0 beyond this many reaches
COUPLING = ("hunger", "need", "roads")  # unmet need moves people; people move need; people and trucks share roads
LEAST_TONNES = 1e-6  # of a balance of tonnes, relative to what there is
TOLERANCE = 1e-9  # of everyone, for the mean-field twin; integers are compared exactly


def simulate_block(
    scenario: Scenario,
    *,
    seed: int,
    block: int,
    uncertainty: tuple[str, ...],
    choice: str = "gravity",
    coupling: tuple[str, ...] = COUPLING,
    size: int = BLOCK,
    deviates: Mapping[str, Floats] | None = None,
    on_day: Callable[[], None] | None = None,
) -> dict[str, np.ndarray]:
    """Run one block of members and return its records by variable. `on_day` is called after each day.

    deviates : (member,) given in place of drawn ones, see `draw_members`
    """
    luck = Luck(seed, block)
    variant, completion = _variant(scenario, luck, uncertain="conditions" in uncertainty)
    conditions = variant.compile()
    members = draw_members(variant, luck, size, uncertainty, deviates)
    whole = "counts" in uncertainty
    setting, days, people = prepare(variant, conditions, members, completion, choice, whole=whole)
    draws: Draws = luck if whole else Expected()
    record = Record.of(setting, people, len(days))
    aid = Aid.of(variant, conditions, members, completion, setting, people, coupling) if has_aid(variant) else None
    for today in days:
        felt = {} if aid is None else aid.felt
        moved, moves = step(people, today, setting, draws, members.multiplier[:, today.day], **felt)
        check_ledger(people, moved, moves, setting, today)
        people = moved
        record.day(today.day, people, moves, setting, draws)
        if aid is not None:
            aid.day(people, moves, today, draws)
        if on_day is not None:
            on_day()
    found = {name: as_counts(values) for name, values in record.variables.items()}
    return found if aid is None else found | aid.record.variables


@dataclass(eq=False, kw_only=True)
class Aid:
    """Supply beside movement in the day loop: what it was told, its stocks, its record. It changes day by day."""

    setting: SupplySetting
    movement: Setting
    days: list[SupplyDay]
    supply: Supply
    record: SupplyRecord
    coupling: tuple[str, ...]
    at_opening: Floats  # (member, place) people by need
    trucks: Floats | None = None  # (member, arc) of yesterday, where they share the roads

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        conditions: xr.Dataset,
        members: Members,
        completion: Floats,
        movement: Setting,
        people: People,
        coupling: tuple[str, ...],
    ) -> Aid:
        """Supply when the scenario opens."""
        setting = SupplySetting(ground=Ground.of(scenario), parameters=members.parameters)
        days = supply_days(scenario, conditions, setting.ground, completion)
        wanting = people_by_need(people, movement)
        supply = opening_stocks(wanting, days[0], setting)
        record = SupplyRecord.of(setting.ground, supply, len(days))
        return cls(
            setting=setting, movement=movement, days=days, supply=supply, record=record, coupling=coupling,
            at_opening=wanting,
        )  # fmt: skip

    @property
    def felt(self) -> dict[str, Any]:
        """What people feel of aid: need that was unmet of late, and yesterday's trucks on the roads."""
        worse = worsening(self.supply.lack, self.supply.usual, self.setting.column("hunger_tolerance"))
        hunger = Hunger(self.supply.lack, worse) if "hunger" in self.coupling else None
        return {"hunger": hunger, "trucks": self.trucks}

    def day(self, people: People, moves: Moves, today: Today, draws: Draws) -> None:
        """Supply people where they are at the end of a day."""
        wanting = people_by_need(people, self.movement) if "need" in self.coupling else self.at_opening
        room = self.room(moves, today) if "roads" in self.coupling else None
        before, of_day = self.supply, self.days[today.day]
        self.supply, moved = supply_step(before, wanting, of_day, self.setting, draws, room=room)
        check_tonnes(before, self.supply, moved, today.day)
        self.record.day(today.day, self.supply, moved)
        if "roads" in self.coupling and len(self.movement.slots):
            self.trucks = moved.traffic / self.setting.ground.truck_load

    def room(self, moves: Moves, today: Today) -> Floats | None:
        """(member, arc) trucks that find room on the roads beside the people of the day; None: nothing limits vehicles.

        Approximate: a traveller takes the mean room of all people at home when the scenario opens.
        """
        limited, each = self.movement.slots.limited, self.movement.column("truck_vehicles")
        if not len(limited) or not each.all():
            return None
        homes = self.movement.homes.sum(axis=-1).astype(float)
        share = homes / np.maximum(homes.sum(axis=1, keepdims=True), 1.0)
        per_person = (np.broadcast_to(self.movement.vehicles_per_person, share.shape) * share).sum(
            axis=1, keepdims=True
        )
        stated = today.vehicles[limited] * self.movement.column("road_capacity")
        found = np.full(moves.traffic.shape, np.inf)
        found[:, limited] = np.maximum(stated - moves.traffic[:, limited] * per_person, 0.0) / each
        return found


def people_by_need(people: People, setting: Setting) -> Floats:
    """(member, place) people present, and waiting at a crossing's near side, times what they need of an average 1."""
    needs = setting.groups.needs
    present = np.einsum("mgp,g->mp", people.present, needs)
    waiting = np.einsum("mgvtk,g->mk", people.waiting, needs)
    if waiting.any():
        add_at(present, setting.gates.near, waiting)
    return np.asarray(present, float)


def check_tonnes(before: Supply, after: Supply, moved: Deliveries, day: int) -> None:
    """Every tonne is somewhere, once: at each place and hub what came is handed out, stored, or was there before, and
    what is loaded arrives or is lost.
    """
    arrived = moved.delivered - moved.by_air + moved.lost
    balances = {
        "roads": (moved.loaded.sum(axis=1), arrived.sum(axis=1)),
        "places": (before.stock + moved.delivered + moved.stored, moved.distributed + after.stock),
        "hubs": (before.warehouse + moved.received, moved.loaded + moved.refused + after.warehouse),
    }
    for what, (came, went) in balances.items():
        if np.any(np.abs(came - went) > LEAST_TONNES * (1.0 + came)):
            message = f"day {day}: the tonnes at {what} do not balance; this is a bug in displacement"
            raise LedgerError(message)
    if min(after.stock.min(initial=0), after.warehouse.min(initial=0), moved.unmet.min(initial=0)) < -LEAST_TONNES:
        message = f"day {day}: a stock or an unmet need is negative; this is a bug in displacement"
        raise LedgerError(message)


def _variant(scenario: Scenario, draws: Draws, *, uncertain: bool) -> tuple[Scenario, Floats]:
    """The scenario with its uncertain dates settled, and how far each link's unknown permissions are open.

    Unless they are uncertain: then each event starts when it says, and unknown permissions are half open.
    """
    if not uncertain:
        return scenario, np.full(len(scenario.network.links), 0.5)
    keys = [stream_key(name) for name in scenario.network.links.id]
    completion = np.array([draws.uniform("unknown permission", 1, key=key)[0] for key in keys])
    return scenario.settled(draws), completion


def prepare(
    scenario: Scenario, conditions: xr.Dataset, members: Members, completion: Floats, choice: str, *, whole: bool
) -> tuple[Setting, list[Today], People]:
    """What every day of a block needs, made once, each day's conditions, and people at the start."""
    network, parameters = scenario.network, scenario.parameters
    groups = scenario.group_axis()
    views, view_of = party_views(groups, conditions)
    routes = routes_for(network, conditions, scenario.country, parameters, completion, views)
    states = LinkStates.of(network, conditions, completion)
    inhabited = network.places.residents + network.places.opening_displaced > 0
    reach = float(np.max(members.parameters.spill_reach))
    limited = np.isfinite(conditions["vehicle_capacity"].values).any(axis=0).ravel()
    setting = Setting(
        network=network,
        gates=Gates.of(network, scenario.country),
        routes=routes,
        neighbours=Neighbours.of(network, reach, inhabited),
        parameters=members.parameters,
        groups=groups,
        views=views,
        view_of=view_of,
        slots=Slots.of(routes, limited),
        areas=Areas.of(groups, network, states.permission) if scenario.home_areas else None,
        homes=home_counts(members, groups, whole=whole),
        home=scenario.country,
        choice=choice,
    )
    since = np.datetime64(scenario.since)
    days = days_of(conditions, scenario.beliefs(), setting, parameters, completion, since, whole=whole)
    return setting, days, opening(members, setting, whole=whole)


def home_counts(members: Members, groups: Groups, *, whole: bool) -> Counts:
    """(member, row, place) people at home at the start: whole people in the stochastic model, real in the twin."""
    return apportioned(_counted(members.residents, whole=whole), groups.of_residents)


def _counted(people: Floats, *, whole: bool) -> Counts:
    return np.floor(people + 0.5).astype(np.int64) if whole else people.astype(np.float64)


def opening(members: Members, setting: Setting, *, whole: bool) -> People:
    """People at the start."""
    size = len(members.multiplier)
    shape = (size, len(setting.groups), len(setting.network.places))
    residents = np.broadcast_to(setting.homes, shape)
    staying = residents.sum(axis=1) * np.asarray(members.parameters.stayers).reshape(-1, 1)
    by_row = rationed(np.moveaxis(residents, 1, -1), _counted(staying, whole=whole))
    stayers = np.moveaxis(by_row, -1, 1)
    displaced = apportioned(_counted(members.displaced, whole=whole), setting.groups.of_displaced)
    kind, (rows, places) = stayers.dtype, shape[1:]
    away = np.zeros((size, rows, len(VINTAGES), places), kind)
    away[:, :, BEFORE] = np.where(setting.abroad, 0, displaced)
    away[:, :, REFUGEE] = np.where(setting.abroad, displaced, 0)
    routes = setting.routes
    days_on_road = max(int(routes.stages.max(initial=1)) - 1, 0)
    return People(
        settled=residents - stayers,
        stayers=stayers,
        trapped_home=np.zeros(shape, kind),
        returned=np.zeros(shape, kind),
        away=away,
        trapped_away=np.zeros_like(away),
        travelling=np.zeros((size, rows, len(VINTAGES), len(routes), days_on_road), kind),
        held=Held.nobody(rows, kind),
        waiting=np.zeros((size, rows, len(VINTAGES), len(PEOPLE_TRAFFIC), len(setting.gates)), kind),
    )


def check_ledger(before: People, after: People, moves: Moves, setting: Setting, today: Today) -> None:
    """Everybody is somewhere, once; every change of a stock is explained by the day's flows; no count is negative."""
    kept_waiting = moves.joined - moves.crossed - moves.gave_up
    balances = {
        "everyone": after.everyone - before.everyone,
        "people at places": after.present - before.present - moves.arrivals + moves.departures,
        "people waiting": after.waiting.sum(axis=2) - before.waiting.sum(axis=2) - kept_waiting,
    }
    whole = np.issubdtype(after.settled.dtype, np.integer)
    slack = 0 if whole else TOLERANCE * (1.0 + float(np.max(before.everyone)))
    for what, gap in balances.items():
        if np.any(np.abs(gap) > slack):
            message = f"day {today.day}: the ledger of {what} does not close; this is a bug in displacement"
            raise LedgerError(message)
    for f in fields(after):
        what = f.name
        stock = getattr(after, what)
        if (stock.people if isinstance(stock, Held) else stock).min(initial=0) < -slack:
            message = f"day {today.day}: a count of {what} people is negative; this is a bug in displacement"
            raise LedgerError(message)
