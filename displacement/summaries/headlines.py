"""The numbers that a planner asks for first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from displacement.scenario import Scenario
from displacement.summaries.aid_chain import aid_chain
from displacement.summaries.points import RANGE, bands, column, planning_figure
from displacement.summaries.reach import flag_names
from displacement.summaries.refuge import come_since

NOT_REACHED = ("besieged", "hard_to_reach")
POINTS = [column(p) for p in RANGE]
COLUMNS = ["quantity", "unit", "date", *POINTS, "what"]


def headlines(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset, access: xr.Dataset | None) -> pd.DataFrame:
    """A row a number, with 10, 50 and 90 % points; a number that is not known has no points, and says why.

    moved : people who moved since the reference date and are still displaced inside the country on the last day
    planning_figure : what the peak of these does not exceed in 80 of 100 runs
    not_reached, reach_unknown : people who lived, when the scenario opened, where aid cannot regularly come on the last
        day, and where that is not known
    refugees : people abroad on the last day, less those who were there when the scenario opened
    unmet_need : person-days of aid that were needed and not handed out, over the period
    """
    rows = _people(run), _reach(run, access), _aid(run, scenario, conditions)
    return pd.DataFrame([row for part in rows for row in part], columns=COLUMNS)


def _row(run: xr.Dataset, quantity: str, unit: str, points: np.ndarray | None, what: str) -> dict[str, object]:
    day = pd.Timestamp(run["time"].values[-1])
    told = dict.fromkeys(POINTS, np.nan) if points is None else dict(zip(POINTS, points.tolist(), strict=True))
    return {"quantity": quantity, "unit": unit, "date": day, **told, "what": what}


def _people(run: xr.Dataset) -> Iterator[dict[str, object]]:
    moved = run["moved_since"].sum("place")
    yield _row(run, "moved", "people", bands(moved.isel(time=-1), RANGE).values,
               "moved since the reference date, still displaced inside the country")  # fmt: skip
    figure = planning_figure(moved)
    yield _row(run, "planning_figure", "people", np.full(3, figure), "covers the peak in at least 80 of 100 runs")
    if "refugees" in run:
        yield _row(run, "refugees", "people", bands(come_since(run).sum("place"), RANGE).values,
                   "came abroad since the scenario opened, less those who went back")  # fmt: skip


def _reach(run: xr.Dataset, access: xr.Dataset | None) -> Iterator[dict[str, object]]:
    if access is None:
        yield _row(run, "not_reached", "people", None, "not known: the run holds no status of access")
        return
    status = flag_names(access["access_status"].isel(time=-1))
    people = run["start_residents"] + run["start_displaced"]
    for name, words in (("not_reached", NOT_REACHED), ("reach_unknown", ("unknown",))):
        there = people.isel(place=np.flatnonzero(np.isin(status, words))).sum("place")
        yield _row(run, name, "people", bands(there, RANGE).values,
                   "lived there when the scenario opened; later movement is not counted")  # fmt: skip


def _aid(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> Iterator[dict[str, object]]:
    if "need" not in run:
        yield _row(run, "unmet_need", "person-days", None, "not known: aid is not simulated in this scenario")
        return
    gap = aid_chain(run, scenario, conditions).loc["gap"]
    points = gap[[f"person_days_{p}" for p in POINTS]].to_numpy(float)
    yield _row(run, "unmet_need", "person-days", points, "a person-day is one day's ration of one person")
