"""What looks wrong in the aid of a scenario: hubs, places and lines that aid cannot use, fire counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import xarray as xr

from displacement.events import Airdrops, ConvoyApproval, Fire, FundingCut, HubSupply, listed, shown_day
from displacement.mandates import ABSENT, Day, Mandate, days_of, levels, mandates, open_arcs, open_hubs
from displacement.network import TRAFFIC, Flags, Indices, Network
from displacement.paths import least_hours
from displacement.scenario import Scenario

OF_HUBS = (HubSupply, ConvoyApproval, FundingCut)
SHUT = 4  # the level of fire at which nobody passes: there is nothing left to multiply
MOST = 6  # places named in a warning


def warnings_of_aid(scenario: Scenario) -> list[str]:
    """Sentences about hubs, places, convoy lines and fire; each says what to do. Unknowns are taken as open."""
    found = [*_without_operations(scenario)]
    if scenario.operations or any(isinstance(event, Fire) for event in scenario.events):
        conditions = scenario.compile()
        found += _of_operations(scenario, conditions) if scenario.operations else []
        found += _double_fires(scenario, conditions)
    return found


def _without_operations(scenario: Scenario) -> Iterator[str]:
    """Events about aid where no operation would carry any."""
    kinds = sorted({event.kind for event in scenario.events if isinstance(event, OF_HUBS)})
    if kinds and not scenario.operations:
        yield f"There is no operation, so that {listed(kinds)} can change nothing: write down [[operations]]."


def _of_operations(scenario: Scenario, conditions: xr.Dataset) -> list[str]:
    """What looks wrong in the operations, over the days that differ."""
    days = list({day.key(): day for day in days_of(conditions, "high")}.values())
    may = mandates(scenario.operations, scenario.network, scenario.world.party_index)
    return [
        *_idle_hubs(scenario, may, days),
        *_unsupplied_hubs(scenario),
        *_never_served(scenario, may, days),
        *_lines_to_nowhere(scenario, may, days),
    ]


def _called(network: Network, row: int) -> str:
    """Id and name of a place; of one without a name, the id."""
    key, name = network.places.id[row], network.places.name[row]
    return key if name == key else f"{key} ({name})"


def _reached(network: Network, taken: Flags, hubs: Indices) -> Flags:
    """(place,) is there a way from any of the hubs over the arcs taken?"""
    return np.isfinite(least_hours(network, taken, np.ones(len(taken)), hubs))


def _idle_hubs(scenario: Scenario, may: Sequence[Mandate], days: Sequence[Day]) -> Iterator[str]:
    """Hubs from which no way of any operation to people is open on any day."""
    network, places = scenario.network, scenario.network.places
    live = (places.residents + places.opening_displaced > 0) | (np.array(places.kind) == "camp") & ~places.outside
    idle, named = set(np.flatnonzero(places.hub).tolist()), {int(hub) for o in may for hub in o.hubs}
    for day in days:
        for operation in may:
            now = [hub for hub in open_hubs(operation, day) if hub in idle]
            taken = open_arcs(network, operation, day, 0.0) if now else np.zeros(0, bool)
            idle -= {int(h) for h in now if (_reached(network, taken, np.array([h])) & operation.serves & live).any()}
    for hub in sorted(idle & named):
        yield (
            f"Hub {_called(network, hub)} reaches nobody, as no way of any operation is open from it to people on any"
            " day: open what is shut, or correct transit, deliver and lines of the operations that start there."
        )
    for hub in sorted(idle - named):
        yield f"Hub {_called(network, hub)} reaches nobody, as no operation starts there: add it to the hubs of one."


def _unsupplied_hubs(scenario: Scenario) -> Iterator[str]:
    """Hubs of operations of which no HubSupply says what they receive, while others have one."""
    network, world = scenario.network, scenario.world
    said = {row for event in scenario.events if isinstance(event, HubSupply) for row in world.places(event.place)}
    silent = sorted({network.places.index(hub) for o in scenario.operations for hub in o.hubs} - said)
    if said and silent:
        names = listed([_called(network, row) for row in silent], MOST)
        yield (
            f"No HubSupply says what {names} {'receive' if len(silent) > 1 else 'receives'}, while another hub has one:"
            " add one, with tonnes_per_day = 0 if nothing comes there."
        )


def _never_served(scenario: Scenario, may: Sequence[Mandate], days: Sequence[Day]) -> Iterator[str]:
    """Places with people that lie outside every mandate on every day, were all roads and crossings open."""
    network, places, world = scenario.network, scenario.network.places, scenario.world
    served = np.zeros(len(places), bool)
    by_air = [row for event in scenario.events if isinstance(event, Airdrops) for row in world.places(event.place)]
    served[by_air] = True
    every_way = np.ones((2 * len(network.links), len(TRAFFIC)))
    every_way[1::2][network.links.directed] = 0.0
    for day in days:
        open_day = replace(day, permission=every_way)
        for operation in may:
            taken, hubs = open_arcs(network, operation, open_day, 0.0), open_hubs(operation, open_day)
            served |= _reached(network, taken, hubs) & operation.serves
    people = places.residents + places.opening_displaced
    missed = sorted(np.flatnonzero((people > 0) & ~served).tolist(), key=lambda row: (-people[row], row))
    if missed:
        names = listed([f"{places.name[row]} ({people[row]:,.0f} people)" for row in missed], MOST)
        yield (
            f"No operation may ever serve {names}: add the party that holds {'them' if len(missed) > 1 else 'it'} to"
            " transit or deliver of one, and the roads between two parties to its lines, or plan for no aid there."
        )


def _lines_to_nowhere(scenario: Scenario, may: Sequence[Mandate], days: Sequence[Day]) -> Iterator[str]:
    """Convoy lines of an operation that it may not take on any day, for want of a mandate at an end."""
    network, links = scenario.network, scenario.network.links
    exists = ~(np.repeat(links.directed, 2) & (np.arange(2 * len(links)) % 2 == 1))
    for operation, allowed in zip(sorted(scenario.operations, key=lambda o: o.id), may, strict=True):
        usable = np.zeros(len(links), bool)
        for day in days:
            start, end = levels(allowed, day)
            leaving, entering = start[network.arc_origin], end[network.arc_destination]
            both = (leaving != ABSENT) & (entering != ABSENT) & (entering >= leaving) & exists
            usable |= both.reshape(-1, 2).any(axis=1)
        for name in operation.lines:
            if not usable[links.index(name)]:
                ends = scenario.world.roads([name])
                yield (
                    f"Line {name} ({ends}) of the operation {operation.id} leads nowhere, as the operation may on no"
                    " day be at both ends: add the party there to its transit or deliver, or leave the line out."
                )


def _double_fires(scenario: Scenario, conditions: xr.Dataset) -> Iterator[str]:
    """Fire on two links that meet at a junction, on the same days: who drives through meets both."""
    network, fire = scenario.network, conditions["fire"].values
    under = (fire > 0) & (fire < SHUT)  # (time, link)
    for row in (i for i, kind in enumerate(network.places.kind) if kind == "junction"):
        meet = np.flatnonzero((network.links.origin == row) | (network.links.destination == row))
        for a, b in combinations(meet[under[:, meet].any(axis=0)].tolist(), 2):
            days = np.flatnonzero(under[:, a] & under[:, b])
            if not len(days):
                continue
            since = shown_day(scenario.start + dt.timedelta(days=int(days[0])))
            first, second = (f"{network.links.id[i]} ({scenario.world.roads([network.links.id[i]])})" for i in (a, b))
            yield (
                f"Fire lies on {first} and on {second}, which meet at {_called(network, row)}, on {len(days)}"
                f" day{'s' * (len(days) > 1)} from {since}: they multiply; attach fire to one link per hazard."
            )
