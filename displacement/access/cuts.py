"""Which single road, when cut, leaves a place without aid."""

from __future__ import annotations

import datetime as dt

import numpy as np
import xarray as xr

from displacement.access.isolation import best_way, singles
from displacement.access.thresholds import Thresholds
from displacement.errors import InputError
from displacement.events import shown_day
from displacement.mandates import Day, Mandate, days_of, mandates
from displacement.network import Network
from displacement.scenario import Scenario


def day_index(scenario: Scenario, date: dt.date) -> int:
    """Days from the start; a date outside the period is an error that says which dates are in it."""
    if not scenario.start <= date <= scenario.end:
        period = f"{shown_day(scenario.start)} to {shown_day(scenario.end)}"
        raise InputError(f"date = {date}: must lie in the period of the scenario, {period}")
    return (date - scenario.start).days


def isolating_cuts(
    scenario: Scenario,
    date: dt.date,
    conditions: xr.Dataset | None = None,
    thresholds: Thresholds | None = None,
) -> dict[str, tuple[str, ...]]:
    """Links of which one alone, when cut, takes every way in for aid from a place; those nearest to it first.

    Every path of every operation with a chance of 0.05 or more then uses the link. Empty where no single link does
    so, where nobody lives, where aid starts, and where no such way is left. Unknowns are shut.
    """
    network, rule = scenario.network, thresholds or Thresholds()
    conditions = scenario.compile() if conditions is None else conditions
    day = days_of(conditions.isel(time=[day_index(scenario, date)]), "low")[0]
    operations = mandates(scenario.operations, network, scenario.world.party_index)
    found = cuts_of(network, operations, day, rule)
    ids = network.links.id
    return {place: tuple(ids[link] for link in found.get(i, ())) for i, place in enumerate(network.places.id)}


def isolating_cut(
    scenario: Scenario,
    date: dt.date,
    conditions: xr.Dataset | None = None,
    thresholds: Thresholds | None = None,
) -> dict[str, str]:
    """The first of `isolating_cuts` of each place: the nearest; empty where there is none."""
    cuts = isolating_cuts(scenario, date, conditions, thresholds)
    return {place: links[0] if links else "" for place, links in cuts.items()}


def cuts_of(
    network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds
) -> dict[int, list[int]]:
    """Isolating links of each place that has any usable way in, the nearest first.

    A link that is not on the best path cannot be one: that path is left.
    """
    found = singles(network, operations, day, thresholds)
    of_place: dict[int, list[int]] = {}
    for place in np.flatnonzero(found.reached):
        arcs = best_way(found.ways, int(place))
        of_place[int(place)] = [arc // 2 for arc in reversed(arcs) if found.lost[arc // 2][place]]
    return of_place
