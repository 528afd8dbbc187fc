"""Random scenarios of aid: operations, hubs, convoys, airdrops, cuts, fleets, losses and stores, all of them often short.

What people need is a tonne or so a day at each place; hubs, trucks, roads and stores are of the same order.
"""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from hypothesis import settings
from hypothesis import strategies as st

from displacement import events as ev
from displacement.day_loop import _variant
from displacement.members import SOURCES, draw_members
from displacement.network import TRAFFIC
from displacement.operations import Operation
from displacement.scenario import Scenario
from displacement.streams import Expected, Luck
from displacement.supply.ground import Ground, supply_days
from displacement.supply.step import SupplySetting, opening, step
from tests.lively import PARTIES, START, lively

FEW = settings(max_examples=min(settings().max_examples, 120))  # no laws, and each takes long
AID = TRAFFIC.index("aid")


def _some(rng, values, least=0, most=3):
    """A few of some values, in their order."""
    count = int(rng.integers(min(least, len(values)), min(most, len(values)) + 1))
    return tuple(values[i] for i in np.sort(rng.choice(len(values), count, replace=False)))


def _network(rng, network):
    """The network with hubs, stores, stocks, priorities, and roads that carry few trucks; often of one party."""
    places, links, size, count = network.places, network.links, len(network.links), len(network.places)
    hub = rng.random(count) < 0.3
    hub[int(rng.integers(0, count))] = True
    storage = np.where(rng.random(count) < 0.4, rng.choice([0.5, 0.5, 3.0], count), np.nan)
    stock = np.where(rng.random(count) < 0.3, rng.choice([0.0, 1.0, 9.0, 40.0], count), np.nan)
    party = tuple(np.where(rng.random(count) < 0.5, PARTIES[0], places.party)) if rng.random() < 0.7 else places.party
    return replace(
        network,
        places=replace(
            places,
            party=tuple(map(str, party)),
            hub=hub,
            storage_t=storage,
            stock_t=np.fmin(stock, storage) + 0 * stock,
            priority=np.where(rng.random(count) < 0.4, rng.choice([0.1, 2.0, 5.0], count), np.nan),
        ),
        links=replace(
            links, trucks_per_day=np.where(rng.random(size) < 0.5, rng.choice([0.0, 0.5, 2.0, 6.0], size), np.nan)
        ),
    )


def operation(rng, network, number):
    """An operation that may use much."""
    hubs = [p for p, hub in zip(network.places.id, network.places.hub, strict=True) if hub]
    return Operation(
        id=f"o{number}",
        name=f"Operation {number}",
        hubs=_some(rng, hubs, 1),
        transit=_some(rng, PARTIES, 1),
        deliver=_some(rng, PARTIES),
        lines=_some(rng, network.links.id, 1, 4),
        any_line=bool(rng.random() < 0.4),
        deliver_places=_some(rng, network.places.id, 1) if rng.random() < 0.3 else (),
        trucks=float(rng.choice([0.1, 0.5, 3.0])) if rng.random() < 0.5 else None,
        loss=float(rng.choice([0.0, 0.0, 0.1, 0.6])),
    )


def aid_event(rng, network, days, lines):
    """A random event that bears on aid; convoys pass lines of the operations."""
    start = START + dt.timedelta(days=int(rng.integers(-1, days)))
    when = {"start": start, "end": start + dt.timedelta(days=int(rng.integers(0, 6))) if rng.random() < 0.5 else None}
    hubs = [p for p, hub in zip(network.places.id, network.places.hub, strict=True) if hub]
    place, link = str(rng.choice(network.places.id)), str(rng.choice(network.links.id))
    chance = [0.0, 0.3, 0.5, 0.8, 1.0, "unknown"][int(rng.integers(0, 6))]
    crossings = [i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c]
    options = [
        lambda: ev.HubSupply(
            place=str(rng.choice(hubs)), tonnes_per_day=float(rng.choice([0.0, 0.4, 3.0])),
            stock_t=float(rng.choice([0.0, 0.5])), **when,
        ),
        lambda: ev.ConvoyApproval(
            link=_some(rng, lines, 1), trucks=float(rng.choice([0.5, 3.0])), requests_per_week=float(rng.choice([1.0, 3.5, 7.0, 20.0])),
            approved=float(rng.choice([0.0, 0.3, 0.6, 1.0])), **when,
        ),
        lambda: ev.Airdrops(
            place=place, tonnes_per_sortie=float(rng.choice([0.1, 0.4])), recovered=float(rng.choice([0.5, 1.0])),
            sorties_per_week=float(rng.choice([2.0, 7.0, 100.0])), reliability=float(rng.choice([0.0, 0.6, 1.0])), **when,
        ),
        lambda: ev.Prepositioned(place=place, stock_t=float(rng.choice([0.2, 0.5])), start=start),
        lambda: ev.FundingCut(share=float(rng.choice([0.3, 1.0])), place=_some(rng, hubs), **when),
        lambda: ev.RoadCut(link=link, **when),
        lambda: ev.Permission(
            link=link, direction=str(rng.choice(["both", "forward", "backward"])), aid=chance, trade=0.5, **when
        ),
        lambda: ev.Permission(link=link, aid=chance, **when),
    ]  # fmt: skip
    if crossings:
        options.append(lambda: ev.CrossingOpened(crossing=str(rng.choice(crossings)), traffic=("aid", "trade"), **when))
    return options[int(rng.integers(0, len(options)))]()


def _parameters(rng):
    return {
        "truck_load": float(rng.choice([0.2, 1.0])),
        "market_days": int(rng.choice([1, 3, 14])),
        "aid_share": float(rng.choice([0.0, 0.4, 1.0])),
        "buffer_days": float(rng.choice([0.0, 3.0, 20.0])),
        "sure_from": float(rng.choice([0.0, 0.75, 1.0])),
        "warning_lead_days": float(rng.choice([0.0, 2.0, 5.0])),
        "warned_buffer_days": float(rng.choice([1.0, 60.0])),
        "opening_cover": float(rng.choice([0.0, 7.0])) if rng.random() < 0.6 else (2.0, 7.0, 21.0),
        "ration_days": float(rng.choice([0.0, 0.0, 4.0, 30.0])),
        "hunger_rate": float(rng.choice([0.02, 0.5])),
        "hunger_days": float(rng.choice([1.0, 7.0])),
        "truck_vehicles": float(rng.choice([0.0, 2.0, 10.0])),
        "duty": float(rng.choice([0.05, 0.5])),
    }


def aided(seed, *, places=6, events=6, days=6, others=3, limited=False):
    """The scenario of a seed: so many events of aid, and others; `limited`: few vehicles find room on the roads."""
    scenario = lively(seed, places=places, events=others, days=days)
    rng = np.random.default_rng([seed, 3])
    network = _network(rng, scenario.network)
    if limited:
        size = len(network.links)
        limit = np.where(network.links.crossing | (rng.random(size) < 0.3), np.nan, rng.choice([0.0, 4.0, 60.0], size))
        network = replace(network, links=replace(network.links, vehicles_per_day=limit))
    hubs = tuple(p for p, hub in zip(network.places.id, network.places.hub, strict=True) if hub)
    supply = ev.HubSupply(place=hubs, tonnes_per_day=float(rng.choice([0.3, 2.0, 50.0])), start=START)
    operations = tuple(operation(rng, network, i) for i in range(int(rng.integers(1, 4))))
    lines = sorted({line for o in operations for line in o.lines})
    more = [aid_event(rng, network, days, lines) for _ in range(events)]
    return replace(
        scenario,
        network=network,
        operations=operations,
        events=(*scenario.events, supply, *more),
        parameters=scenario.parameters.with_values(_parameters(rng)),
    )


def aided_scenarios(*, least_places=4, most_places=9, most_events=10, least_days=3, most_days=8, limited=None):
    """Random scenarios of aid; they shrink to fewer places, events and days."""
    return st.builds(
        aided,
        seed=st.integers(0, 2**32 - 1),
        places=st.integers(least_places, most_places),
        events=st.integers(0, most_events),
        days=st.integers(least_days, most_days),
        limited=st.booleans() if limited is None else st.just(limited),
    )


@dataclass(frozen=True, eq=False)
class SupplyRun:
    """Supply alone, in double precision: the supply before and after each day, and what moved."""

    scenario: Scenario
    conditions: xr.Dataset
    setting: SupplySetting
    days: list
    before: list
    after: list
    moved: list

    @classmethod
    def of(cls, scenario, people=None, *, seed=1, uncertainty=SOURCES, size=2, room=None):
        """Run on (time, member, place) people by need, or some that come and go at random."""
        luck, rng = Luck(seed, 0), np.random.default_rng(seed)
        variant, completion = _variant(scenario, luck, uncertain="conditions" in uncertainty)
        conditions = variant.compile()
        members = draw_members(variant, luck, size, uncertainty)
        draws = luck if "counts" in uncertainty else Expected()
        setting = SupplySetting(ground=Ground.of(variant), parameters=members.parameters)
        days = supply_days(variant, conditions, setting.ground, completion)
        if people is None:
            shape = (len(days), size, len(variant.network.places))
            people = rng.uniform(0, 4000, shape) * (rng.random(shape[1:]) < 0.8)
        people = np.broadcast_to(people, (len(days), size, len(variant.network.places))).astype(float)
        supply = opening(people[0], days[0], setting)
        found = cls(variant, conditions, setting, days, [], [], [])
        for today in days:
            found.before.append(supply)
            supply, moved = step(supply, people[today.day], today, setting, draws, room=room)
            found.after.append(supply)
            found.moved.append(moved)
        return found

    def all(self, name):
        """(time, member, ...) what moved on each day."""
        return np.array([getattr(moved, name) for moved in self.moved])

    def stocks(self, name, when="after"):
        """(time, member, ...) what was stored."""
        return np.array([getattr(supply, name) for supply in getattr(self, when)])
