"""Differences added up over the days: person-days of displacement, of waiting at a crossing, and of aid not met."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from displacement.comparison.difference import comparable_variables, shareable
from displacement.network import Floats
from displacement.scenario import Scenario
from displacement.summaries import RANGE, column, points_over_members, ration_kg, tonnes_of
from displacement.supply.stocks import person_days

STOCKS = ("moved_since", "refugees", "waiting")
UNMET = "unmet_need"
COLUMNS = ["scenario", "quantity", *map(column, RANGE)]


def person_day_differences(runs: Mapping[str, xr.Dataset], scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """A row for each scenario and quantity: points over members of the difference to the first run, in person-days.

    moved_since, refugees, waiting : sum over the days that both runs have of the people counted at the end of each
    unmet_need : tonnes not handed out over those days, in days' rations of one person; where both scenarios are known

    runs : by name, the baseline first; they share their luck (see `compare`)
    """
    baseline, *others = runs
    same, _ = comparable_variables({name: shareable(run) for name, run in runs.items()}, internal=False)
    days = min((run["time"].values for run in runs.values()), key=len)
    totals = {name: _totals(run.sel(time=days), scenarios.get(name)) for name, run in runs.items()}
    rows = []
    for name in others:
        for quantity in [q for q in (*STOCKS, UNMET) if q in same and q in totals[name] and q in totals[baseline]]:
            points = points_over_members(totals[name][quantity] - totals[baseline][quantity], RANGE)
            rows.append([name, quantity, *points.tolist()])
    return pd.DataFrame(rows, columns=COLUMNS)


def _totals(run: xr.Dataset, scenario: Scenario | None) -> dict[str, Floats]:
    """(member,) person-days of each quantity that a run holds."""
    found = {}
    for name in STOCKS:
        if name in run:
            where = [d for d in run[name].dims if d != "member"]
            found[name] = np.asarray(run[name].transpose("member", ...).sum(where).values, float)
    if UNMET in run and scenario is not None:
        tonnes = tonnes_of(run, UNMET).sum(["time", "place"]).values
        found[UNMET] = np.asarray(person_days(tonnes, ration_kg(scenario.compile())), float)
    return found
