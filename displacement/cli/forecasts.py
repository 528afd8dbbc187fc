"""`forecast`: how many people will be where, from what was counted up to a day."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from tqdm import tqdm

from displacement.cli.base import AsJson, ScenarioPath, answer, app, observed_beside, refuse_to_replace, say, warn
from displacement.errors import InputError, did_you_mean
from displacement.io import read_observed, read_scenario
from displacement.observations import Record, day, record_of, totals_that_do_not_add_up
from displacement.scenario import Scenario
from displacement.variables import PERSON_PLACE, STOCK, VARIABLES


@app.command()
def forecast(
    path: ScenarioPath,
    origin: Annotated[str, typer.Option("--origin", metavar="DATE", help="counts after this day are not looked at")],
    horizons: Annotated[str, typer.Option(help="days ahead, with commas between them")] = "30,60,90",
    variable: Annotated[str, typer.Option(help="what was counted, as observed.csv has it")] = "refugees",
    observed: Annotated[Path | None, typer.Option(metavar="CSV", help="counts; observed.csv of the scenario")] = None,
    total: Annotated[str, typer.Option(metavar="N[,N...]", help="also where given totals would go")] = "",
    known_events: Annotated[bool, typer.Option("--known-events", help="with the scenario's later events")] = False,
    members: Annotated[int, typer.Option(min=0, max=10_000, help="also simulate, with so many members")] = 0,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="folder for table and charts")] = None,
    force: Annotated[bool, typer.Option("--force", help="replace DIR, if it is a forecast")] = False,
    as_json: AsJson = False,
) -> None:
    """Forecast people at sites from counts up to a day: ranges, planning figures, and how past forecasts did."""
    from displacement.forecast import forecast as forecast_of
    from displacement.forecast.words import forecast_listed, forecast_words

    scenario = read_scenario(path)
    frame = observed_of(path, scenario, observed)
    record = counts_of(frame, scenario, variable)
    first, ahead = origin_of(origin), days_of(horizons)
    warn_of_totals(record.until(first), scenario)
    if out is not None:
        refuse_to_replace(out, force=force, file="forecast.csv", what="a forecast")
    if known_events and not total:
        raise InputError("--known-events: says how a given total is split; give one with --total")
    found = forecast_of(record, first, horizons=ahead, expected=camps_of(scenario))
    names = {k: scenario.network.called(k) for k in (*scenario.network.places.id, *scenario.network.place_groups)}
    given = given_totals(scenario, record, first, totals_of(total, ahead), known_events=known_events)
    simulated = simulated_of(scenario, record, first, ahead, variable, members)
    if out is not None:
        from displacement.forecast_outputs import write_forecast

        what = VARIABLES[variable].long_name
        written = write_forecast(found, record, out, names, title=scenario.name, what=what, observed=frame, force=force)
    if as_json:
        answer({"name": scenario.name, "variable": variable, **forecast_listed(found), **given, **simulated})
        return
    for line in forecast_words(found, names, scenario.name, VARIABLES[variable].long_name):
        say(line)
    for rows in (*given.values(), *simulated.values()):
        say("")
        for line in more_words(rows, names):
            say(line)
    if out is not None:
        say(f"\nWritten to {out}: {', '.join(written)}.")


def observed_of(path: Path, scenario: Scenario, observed: Path | None) -> pd.DataFrame:
    """The observations of a scenario, or those that were named."""
    frame = observed_beside(path, scenario) if observed is None else read_observed(observed, scenario.network)
    if frame is None:
        raise InputError(f"{path}: there is no observed.csv; name the counts with --observed")
    return frame


def counts_of(frame: pd.DataFrame, scenario: Scenario, variable: str) -> Record:
    """The counts of a variable; an error says what there is instead."""
    if variable in VARIABLES and VARIABLES[variable].cell_methods != STOCK:
        raise InputError(f"--variable = {variable!r}: is a sum over days; only people who are there on a day can be"
                         " forecast")  # fmt: skip
    record = record_of(frame, variable, scenario.network.place_groups)
    if not record.sites and not record.totals:
        there = sorted({str(v) for v, n in zip(frame["variable"], frame["value"].notna(), strict=True) if n})
        said = f"; there are counts of {', '.join(there)}" if there else ""
        raise InputError(f"--variable = {variable!r}: nothing of it was counted{said}{did_you_mean(variable, there)}")
    return record


def warn_of_totals(record: Record, scenario: Scenario) -> None:
    """Say by how much the last published total differs from the sum of its sites, if it does."""
    for name, date, share in totals_that_do_not_add_up(record):
        if date == record.totals[name].days[-1]:
            said = scenario.network.called(name)
            warn(f"warning: {said} as published is {share:.2f} of the sum of its sites on {date}")


def camps_of(scenario: Scenario) -> list[str]:
    """Places that are camps: they ought to be counted, and may take people."""
    places = scenario.network.places
    return [p for p, kind in zip(places.id, places.kind, strict=True) if kind == "camp"]


def sites_of(scenario: Scenario, record: Record, origin: np.datetime64) -> list[str]:
    """Sites that may take people: those counted by the origin, and the scenario's camps."""
    known = record.until(origin).sites
    return sorted({s for s, c in known.items() if len(c)} | set(camps_of(scenario)))


def origin_of(text: str) -> np.datetime64:
    """The origin from its text."""
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError as problem:
        raise InputError(f"--origin = {text!r}: must be a date such as 2016-02-20") from problem


def days_of(text: str) -> list[int]:
    """Horizons from their text."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as problem:
        raise InputError(f"--horizons = {text!r}: must be whole numbers of days with commas between them") from problem


def totals_of(text: str, horizons: list[int]) -> dict[int, float]:
    """Given totals by horizon: one for all, or one each."""
    if not text:
        return {}
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as problem:
        raise InputError(f"--total = {text!r}: must be numbers of people with commas between them") from problem
    if len(numbers) not in {1, len(horizons)} or not all(0 <= n <= 1e9 for n in numbers):
        raise InputError(
            f"--total = {text!r}: must be one number of people, or one for each of the {len(horizons)} horizons"
        )
    return dict(zip(horizons, numbers * (len(horizons) if len(numbers) == 1 else 1), strict=True))


def given_totals(
    scenario: Scenario, record: Record, origin: np.datetime64, totals: dict[int, float], *, known_events: bool
) -> dict[str, Any]:
    """Where given totals would go."""
    if not totals:
        return {}
    from displacement.forecast.split import ground_of
    from displacement.forecast.what_if import split_of_totals

    sites = sites_of(scenario, record, origin)
    ground = ground_of(scenario.network, scenario.compile(), sites)
    rows = split_of_totals(record, ground, sites, origin, day(scenario.start), totals, known_events=known_events)
    return {"given_total": listed(rows[(rows["people"] > 0) | (rows["counted"] > 0)])}


def simulated_of(
    scenario: Scenario, record: Record, origin: np.datetime64, horizons: list[int], variable: str, members: int
) -> dict[str, Any]:
    """What the scenario's own events would bring, through the simulator."""
    if not members:
        return {}
    from displacement.ensemble import simulate
    from displacement.forecast.issue import quantiles_at
    from displacement.forecast.what_if import LEAST, MOST, simulated_ahead

    last = day(scenario.end)
    late = [h for h in horizons if origin + h > last]
    if late or origin < day(scenario.start):
        raise InputError(f"--members: the scenario runs from {scenario.start} to {scenario.end}; the simulator cannot"
                         f" look from {origin} to {origin + max(horizons)}")  # fmt: skip
    sites = sites_of(scenario, record, origin)
    if VARIABLES[variable].dims != PERSON_PLACE:
        raise InputError(f"--members: the simulator has {variable} not by member, day and place; leave --members out")
    with tqdm(total=members, desc=scenario.name, unit=" members", disable=None, file=sys.stderr) as bar:
        run = simulate(scenario, members=members, progress=bar.update)
    found, factor = simulated_ahead(run[variable], record, sites, origin, horizons)
    bound = ", the most or least that is allowed: do not trust it" if factor in {LEAST, MOST} else ""
    warn(f"simulated inflow is scaled by {factor:.2g} to meet what was counted in the last 60 days{bound}")
    rows = [
        pd.DataFrame({"site": sites, "horizon": h, "date": origin + h, **quantiles_at(values)})
        for h, values in found.items()
    ]
    return {"simulated": listed(pd.concat(rows, ignore_index=True))}


def listed(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data."""
    numbers = rows.select_dtypes("number").columns
    rows = rows.assign(date=pd.to_datetime(rows["date"]).dt.strftime("%Y-%m-%d"))
    rows[numbers] = rows[numbers].round(0)
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def more_words(rows: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """A split or a simulation in sentences."""
    from displacement.forecast.words import day_of, people

    split = "q50" not in rows[0]
    title = "If the total is as given:" if split else "If the events are as the scenario dates them (simulated):"
    lines = [title]
    for row in rows:
        said = (
            people(row["people"]) if split else f"{people(row['q50'])} ({people(row['q10'])} to {people(row['q90'])})"
        )
        lines.append(f"  {day_of(row['date'])}, {names.get(row['site'], row['site'])}: {said}")
    return lines
