"""One day of supply: yesterday's stocks and today's people in, stocks and the deliveries that explain them out.

The same code serves the stochastic model, its mean-field twin and a plan: only the draws differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from displacement.need import tonnes_needed
from displacement.network import Floats
from displacement.parameters import Parameters
from displacement.streams import Draws, stream_key
from displacement.supply.dispatch import NIL, Loads, assign, loads, opened, opened_on_average
from displacement.supply.exchange import assign_and_exchange
from displacement.supply.ground import Ground, SupplyDay
from displacement.supply.searches import Searches
from displacement.supply.state import Deliveries, Supply
from displacement.supply.stocks import allowance, buffer_target, wait_for_entry
from displacement.supply.ways import Known, Ways

Assign = Callable[[Floats, Loads, Ways, Floats], None]  # as `dispatch.assign`


@dataclass(frozen=True, eq=False, kw_only=True)
class SupplySetting:
    """The ground on which a block of members is supplied. Nothing in it changes from day to day but what is known."""

    ground: Ground
    parameters: Parameters
    for_need: Assign = assign_and_exchange  # who gets how much of what is wanted today
    for_stores: Assign = assign  # and of what stores shall hold
    searches: Searches = field(default_factory=Searches)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", Known(self.ground, self.searches))

    def column(self, name: str) -> Floats:
        """A parameter as (member, 1), or (1, 1) if it does not vary."""
        return np.reshape(np.asarray(getattr(self.parameters, name), float), (-1, 1))


def opening(people: Floats, today: SupplyDay, setting: SupplySetting) -> Supply:
    """Stocks when the scenario opens: as stated, else opening_cover days of need where aid comes on the first day.

    People have lived with what aid leaves unmet at first, on average over luck and days, stocks apart; where a stock is
    stated, on that.
    people : (member, place) by what they need, as `step` takes them
    """
    ground = setting.ground
    need = tonnes_needed(people, today.dependence, today.kg) * ground.sinks
    assumed = np.minimum(setting.column("opening_cover") * need * today.reached, ground.storage)
    stated = ground.network.places.stock_t
    stock = np.where(np.isnan(stated), assumed, stated)
    warehouse = np.zeros((len(people), len(ground.hubs)))
    longest = np.maximum(setting.column("buffer_days"), 1.0)
    hubs, _ = _received(warehouse, today, ground)
    roads = np.broadcast_to(opened_on_average(today, longest), (len(people), len(today.chance)))
    loaded = loads(ground, roads, hubs)
    air = np.broadcast_to(today.by_air, need.shape)
    apart = replace(setting)  # what is searched for here is no part of what the run knows
    _dispatch(air, need, replace(today, entry=np.ones_like(today.entry)), apart, loaded)
    first = lack(np.maximum(need - air - loaded.arrived, 0.0), people, today, ground)
    usual = np.where(np.nan_to_num(stated) > 0, 0.0, first)
    return Supply(stock=stock, warehouse=warehouse, lack=usual, usual=usual)


def lack(unmet: Floats, people: Floats, today: SupplyDay, ground: Ground) -> Floats:
    """(member, place) unmet need as a share of what all people there would need if trade were cut."""
    full = people * today.kg / 1000.0 * ground.sinks
    return np.divide(unmet, full, out=np.zeros_like(full), where=full > 0)


def step(
    supply: Supply,
    people: Floats,
    today: SupplyDay,
    setting: SupplySetting,
    draws: Draws,
    *,
    room: Floats | None = None,
) -> tuple[Supply, Deliveries]:
    """Supply places for a day: hubs receive, aid flies in, trucks are dispatched, stocks are handed out.

    Where rations are cut, what would not fit in the store is handed out too.

    people : (member, place) people times what they need, of an average person's 1;
    room : (member, arc) trucks for which people leave room on the roads; None: people are in nobody's way
    """
    ground = setting.ground
    need = tonnes_needed(people, today.dependence, today.kg) * ground.sinks
    hubs, refused = _received(supply.warehouse, today, ground)
    stock = supply.stock + today.stored
    by_air, spoilt = _from_the_air(stock, need, today, ground, draws)
    roads = opened(today, ground, len(people), draws)
    if room is not None:
        roads = np.minimum(roads, room * ground.truck_load)
    loaded = loads(ground, roads, hubs)
    stock = stock + by_air
    _dispatch(stock, need, today, setting, loaded)
    stock = stock + loaded.arrived
    rationed = allowance(stock, need, today.days_cut, setting.column("ration_days"))
    distributed = np.minimum(stock, np.maximum(rationed, np.minimum(need, stock - ground.storage)))
    arcs, count = len(ground.network.arc_origin), len(ground.hubs)
    shipped = loaded.used[:, arcs : arcs + count]
    lacking = lack(need - distributed, people, today, ground)
    after = Supply(
        stock=stock - distributed,
        warehouse=np.maximum(hubs - shipped, 0.0),
        lack=supply.lack + (lacking - supply.lack) / setting.column("hunger_days"),
        usual=supply.usual,
    )
    return after, Deliveries(
        need=need, delivered=loaded.arrived + by_air, by_air=by_air, distributed=distributed, spoilt=spoilt,
        lost=loaded.lost, traffic=loaded.used[:, :arcs], received=np.broadcast_to(today.inflow, hubs.shape),
        loaded=shipped, refused=refused, stored=np.broadcast_to(today.stored, stock.shape),
    )  # fmt: skip


def _received(warehouse: Floats, today: SupplyDay, ground: Ground) -> tuple[Floats, Floats]:
    """(member, hub) what the hubs hold with today's supply, and what of it they cannot store."""
    held = warehouse + today.inflow
    kept = np.minimum(held, np.maximum(ground.storage[ground.hubs], warehouse))
    return kept, held - kept


def _from_the_air(stock: Floats, need: Floats, today: SupplyDay, ground: Ground, draws: Draws) -> tuple[Floats, Floats]:
    """(member, place) tonnes that come by air and are recovered, and what finds no store; what is eaten needs none."""
    came = np.zeros_like(stock)
    for drop in today.drops:
        planned = np.full((len(stock), 1), drop.sorties)
        keys = np.array([stream_key(drop.name)], np.uint64)
        flown = draws.binomial("sorties", planned, np.full((1, 1), drop.reliability), day=today.day, keys=keys)
        came[:, drop.place] += flown[:, 0] * drop.tonnes * drop.recovered
    kept = np.minimum(came, np.maximum(ground.storage + need - stock, 0.0))
    return kept, came - kept


def _dispatch(stock: Floats, need: Floats, today: SupplyDay, setting: SupplySetting, loaded: Loads) -> None:
    """Today's need first; then the stores of places that are warned or hard to enter; then those of all others."""
    ground = setting.ground
    column = setting.column
    target, alarm = buffer_target(
        need, today.cut_ahead, usual=column("buffer_days"), warned=column("warned_buffer_days"),
        lead_days=column("warning_lead_days"),
    )  # fmt: skip
    unsure = (today.entry > 0) & (today.entry < column("sure_from"))
    for_first = alarm | unsure
    waits = wait_for_entry(today.entry, np.maximum(column("buffer_days"), 1.0))
    stages = [need * waits, need + np.where(for_first, target, 0.0), need + target]
    for stage, goal in enumerate(stages):
        want = np.maximum(np.minimum(goal, ground.storage + need) - stock - loaded.arrived, 0.0)
        if (want > NIL).any():
            hand_out = setting.for_stores if stage else setting.for_need
            hand_out(want, loaded, setting.known.on(today), ground.priority)
