"""A Flee input folder as a Scenario and its observations, with a report of all that was assumed or looks wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from displacement.errors import Problems
from displacement.io.flee.build import Case, group_of, home_of, link_ids, scenario_of
from displacement.io.flee.closures import Closure, Shutter, closures_of, events_of, with_later_camps
from displacement.io.flee.conflicts import Daily, compare_onsets, daily_intensity, intensity_by_onset
from displacement.io.flee.coordinates import Evidence, odd_places, odd_roads, swapped
from displacement.io.flee.countries import Country, countries_of
from displacement.io.flee.counts import validation_of
from displacement.io.flee.locations import Location, locations_of
from displacement.io.flee.period import period_of
from displacement.io.flee.report import Notes, Report
from displacement.io.flee.routes import Road, roads_of
from displacement.io.flee.sheets import INPUT, Folder, Sheet, folder_of, read_sheet
from displacement.io.tables import write_table
from displacement.io.written import write_scenario
from displacement.scenario import Scenario

REPORT = "import_report.md"
OBSERVED = "observed.csv"
LEAST = {"locations.csv": 8, "routes.csv": 3, "closures.csv": 5, "conflicts.csv": 99, "sim_period.csv": 2}
NOT_READ = (
    "simsetting.yml",
    "simsetting.csv",
    "location_changes.csv",
    "agents.csv",
    "vulnerability.csv",
    "ethnicity.csv",
    "flood_level.csv",
)


def import_flee(
    folder: str | Path, *, capacities: bool = False, as_flee: bool = False
) -> tuple[Scenario, pd.DataFrame, Report]:
    """The scenario of a Flee input folder, its observations as `read_observed` gives them, and a report.

    Everything that cannot be read is one InputError; everything that was assumed, or looks wrong, is in the report.
    capacities : take the figures of camps as planned capacities (in Flee's cases these are later counts)
    as_flee : shut a location altogether though its closure names a neighbour, as Flee does
    """
    at = folder_of(folder)
    problems, notes = Problems(), Notes()
    sheets = _sheets(at, problems, notes)
    sheet = sheets.get("locations.csv")
    places = {p.name: p for p in locations_of(sheet, problems, notes)} if sheet else {}
    sheet = sheets.get("routes.csv")
    roads = roads_of(sheet, places, problems, notes) if sheet else []
    sheet = sheets.get("sim_period.csv")
    period = period_of(sheet, problems, notes) if sheet else None
    start, days = period or (None, 0)
    closures: list[Closure] = []
    if sheet := sheets.get("closures.csv"):
        closures = closures_of(sheet, places, days or 10**6, problems, notes)
        places = with_later_camps(places, closures, notes)
    daily: Daily = {}
    if sheet := sheets.get("conflicts.csv"):
        daily = daily_intensity(sheet, places, days, problems, notes)
    validation = validation_of(at, places, problems, notes)
    problems.raise_if_any()
    assert start is not None, "a period without problems has a start"
    places, countries = _placed(places, roads, problems, notes)
    problems.raise_if_any()
    if "conflicts.csv" not in sheets:
        daily = intensity_by_onset(places, days, notes)
    else:
        compare_onsets(daily, places, "locations.csv", notes)
    named = link_ids(roads)
    home = home_of(places, daily, notes)
    codes = {name: country.code for name, country in countries.items()}
    events = events_of(closures, Shutter(places, named, codes, start), notes, as_flee=as_flee)
    root = at.root.resolve()
    name = (root.parent if root.name == INPUT else root).name or "flee"
    case = Case(name, start, days, places, named, countries, daily, tuple(validation.sites))
    scenario = scenario_of(case, events, home, capacities, notes)
    return scenario, validation.observed(group_of(places)), notes.report(name)


def write_flee(
    folder: str | Path,
    target: str | Path,
    *,
    capacities: bool = False,
    as_flee: bool = False,
    force: bool = False,
) -> tuple[Scenario, pd.DataFrame, Report]:
    """Import a Flee input folder and write it as a scenario folder, all or nothing.

    Beside the scenario: observed.csv (if there are counts) and import_report.md. `force` replaces what is there.
    """
    scenario, observed, report = import_flee(folder, capacities=capacities, as_flee=as_flee)
    texts = {REPORT: report.markdown(), OBSERVED: observed_csv(observed) if len(observed) else ""}
    write_scenario(scenario, target, force=force, beside=texts)
    return scenario, observed, report


def observed_csv(observed: pd.DataFrame) -> str:
    """The text of observed.csv."""
    columns = {str(name): list(observed[name]) for name in observed.columns}
    columns["date"] = [f"{date:%Y-%m-%d}" for date in observed["date"]]
    return write_table(columns)


def _sheets(at: Folder, problems: Problems, notes: Notes) -> dict[str, Sheet]:
    """The input files that are there and can be read."""
    found: dict[str, Sheet] = {}
    for name, least in LEAST.items():
        path = at.inputs / name
        if path.exists():
            sheet = read_sheet(path, name, least, problems, notes)
            found |= {name: sheet} if sheet is not None else {}
        elif name == "closures.csv":
            notes.assume("There is no closures.csv: nothing is shut.")
        elif name != "conflicts.csv":
            example = " with rows such as StartDate,2012-02-29 and Length,300" if name == "sim_period.csv" else ""
            problems.add(name, f"no such file in {at.inputs}; it is needed{example}")
    for name in NOT_READ:
        if any((folder / name).exists() for folder in {at.inputs, at.root}):
            notes.leave_out(name, "is not read")
    return found


def _placed(
    places: Mapping[str, Location], roads: Sequence[Road], problems: Problems, notes: Notes
) -> tuple[dict[str, Location], dict[str, Country]]:
    """The places with their coordinates the right way round, and the countries."""
    rows = list(places.values())
    countries = countries_of([p.country for p in rows], notes)
    of_row = [countries[p.country] for p in rows]
    at = {p.name: i for i, p in enumerate(rows)}
    ends = np.array([at[r.a] for r in roads], np.int64), np.array([at[r.b] for r in roads], np.int64)
    km = np.array([r.km for r in roads], float)
    latitude, longitude = (np.array([getattr(p, name) for p in rows], float) for name in ("latitude", "longitude"))
    as_named, other = (Evidence.of(*pair, of_row, ends, km) for pair in ((latitude, longitude), (longitude, latitude)))
    turned, why = swapped(as_named, other)
    if turned:
        notes.fault("locations.csv, latitude and longitude", why)
        latitude, longitude = longitude, latitude
    else:
        notes.assume(why)
    rows = [
        replace(p, latitude=float(a), longitude=float(b)) for p, a, b in zip(rows, latitude, longitude, strict=True)
    ]
    for p in rows:
        for column, value, most in (("latitude", p.latitude, 90), ("longitude", p.longitude, 180)):
            if abs(value) > most:
                problems.add(
                    f"locations.csv, row {p.row.line}, {column} = {value:g}", f"must be a number in [-{most}, {most}]"
                )
    for road, what in odd_roads(latitude, longitude, ends, km):
        r = roads[road]
        notes.fault(f"routes.csv, row {r.row.line}, {r.a} - {r.b}", f"{what}; not changed")
    for place, what in odd_places(latitude, longitude, ends, km, of_row):
        notes.fault(f"locations.csv, row {rows[place].row.line}, {rows[place].name}", f"{what}; not changed")
    return {p.name: p for p in rows}, countries
