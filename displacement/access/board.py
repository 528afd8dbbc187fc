"""The board of a day: every inhabited place with its status, the reason, the ways left and what would isolate it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import xarray as xr

from displacement.access.cuts import day_index, isolating_cuts
from displacement.access.reasons import reasons
from displacement.access.status import access_status
from displacement.access.thresholds import Thresholds
from displacement.events import listed, shown_day
from displacement.scenario import Scenario
from displacement.variables import VARIABLES

ISOLATED = Thresholds().isolated_below
WORST_FIRST = ("besieged", "unknown", "hard_to_reach", "accessible")


def access_board(scenario: Scenario, date: dt.date) -> list[dict[str, Any]]:
    """One row a place that is classified, the worst status and then the most people first."""
    conditions = scenario.compile()
    status = access_status(scenario, conditions)
    day = status.isel(time=day_index(scenario, date))
    why = reasons(scenario, date, conditions, status=status)
    cuts = isolating_cuts(scenario, date, conditions)
    places = scenario.network.places
    people = places.residents + places.opening_displaced
    rows = []
    for i, place in enumerate(places.id):
        label = _label(day, "access_status", place)
        if label == "not_classified":
            continue
        hours = float(day["hours_to_hub"].sel(place=place))
        row: dict[str, Any] = {
            "place": place,
            "name": places.name[i],
            "people": int(people[i]),
            "status": label,
            "today": _label(day, "access_today", place),
            "since": _since(scenario, date, int(day["access_since"].sel(place=place))),
            "reason": why[place],
            "entry": float(day["aid_entry"].sel(place=place)),
            "separate_routes": int(day["routes_left"].sel(place=place)),
            "crossings": int(day["crossings_usable"].sel(place=place)),
            "hours_to_hub": None if np.isnan(hours) else round(hours, 1),
            "isolated_by": [scenario.world.roads([link]) for link in cuts[place]],
        }
        rows.append({**row, "ways": _ways(row)})
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row["status"]), -row["people"], row["place"]))


def _label(day: xr.Dataset, name: str, place: str) -> str:
    return VARIABLES[name].flags[int(day[name].sel(place=place))]


def _since(scenario: Scenario, date: dt.date, days: int) -> str:
    first = date - dt.timedelta(days)
    return f"{'before ' if first == scenario.start else ''}{shown_day(first)}"


def _ways(row: dict[str, Any]) -> str:
    """What is left: routes, crossings, hours, and the road on which everything hangs."""
    if row["hours_to_hub"] is None:
        return "No way for aid is left."
    routes = f"{row['separate_routes']} separate route{'' if row['separate_routes'] == 1 else 's'} for aid"
    crossings = f"{row['crossings']} border crossing{'' if row['crossings'] == 1 else 's'}"
    roads = row["isolated_by"]
    hangs = "no single cut isolates it"
    if row["entry"] < ISOLATED:
        hangs = f"even the best way in has a chance under {ISOLATED:g}"
    elif roads:
        hangs = f"a cut of {'any one of ' if len(roads) > 1 else ''}{listed(roads, most=4)} isolates it"
    return f"{routes}, by {crossings}; {row['hours_to_hub']:g} hours to the nearest open hub; {hangs}."
