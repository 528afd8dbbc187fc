"""The page of words that goes with the charts: what a run says, in plain language, each number with its range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.charts.crossings import state_of
from displacement.charts.frame import NOT_A_REPORT, Imprint, ended
from displacement.charts.sites import overflow_words
from displacement.charts.style import day_words, span_words
from displacement.charts.words_of_aid import aid_words
from displacement.events import listed
from displacement.network import Network
from displacement.scenario import Scenario
from displacement.summaries import (
    FLOOR,
    PLANNING_SHARE,
    RANGE,
    ROUNDING,
    bands,
    by_place,
    chance_above,
    come_since,
    first_passed,
    has_home_areas,
    observed_beside,
    peak_day,
    people_by_class,
    place_names,
    planning_figure,
    refugees_by_country,
    rounded,
    site_capacity,
    site_table,
    spells,
    suppressed,
)
from displacement.variables import VARIABLES

PLACES, CHANGES, REPORTS, TIMES, TOGETHER, SITES = 6, 3, 6, 3, 4, 3


def count_words(value: float) -> str:
    """A count of people, rounded, or said to be under the floor.

    >>> count_words(75_175.0), count_words(7.0)
    ('75,000', 'fewer than 50')
    """
    if not np.isfinite(value):
        return "an unknown number"
    return f"fewer than {FLOOR}" if suppressed(value) else f"{float(rounded(value)):,.0f}"


def range_words(low: float, middle: float, high: float) -> str:
    """A median with the range that holds 80 of 100 runs.

    >>> range_words(54.0, 201.0, 583.0)
    '200 (100 to 600)'
    """
    if suppressed(high) or (low == middle == high):
        return count_words(high)
    return f"{count_words(middle)} ({count_words(low)} to {count_words(high)})"


def said(values: xr.DataArray) -> str:
    """Median and range of one number per member."""
    low, middle, high = (float(x) for x in bands(values, RANGE).values)
    return range_words(low, middle, high)


def summary(
    run: xr.Dataset,
    scenario: Scenario,
    conditions: xr.Dataset,
    access: xr.Dataset | None,
    observed: pd.DataFrame | None = None,
    crowding: pd.DataFrame | None = None,
) -> str:
    """The page, as Markdown. Nothing internal is in it, and no count under the floor.

    crowding : from `diverted`, where people are because sites fill
    """
    imprint = Imprint.of(run, scenario)
    parts = [
        [f"# {imprint.scenario}: {imprint.span}"],
        [
            f"*{NOT_A_REPORT} What would follow if: {ended(imprint.assumption)} Run {imprint.run_id}, displacement"
            f" {imprint.version}. Names and boundaries imply no endorsement.*"
        ],
        _headline(run),
        ["## Where these people are", "", *_where(run, scenario, conditions, crowding)],
        ["## At the border crossings", "", *_crossings(run, conditions)],
        ["## Who can be reached", "", *_access(run, access)] if access is not None else [],
        ["## Aid", "", *aid] if (aid := aid_words(run, scenario, conditions)) else [],
        ["## Biggest changes", "", *_changes(run, access)],
        _reports(run, scenario.network, observed),
        ["## What is assumed, and what is left out", "", *_assumed(run, scenario, access)],
        ["## How to read the ranges", "", *_ranges(imprint.members)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _headline(run: xr.Dataset) -> list[str]:
    moved = run["moved_since"].sum("place")
    last, since = run["time"].values[-1], run.attrs["reference_date"]
    home = said(run["newly_displaced"].sum("place").isel(time=-1))
    figure = planning_figure(moved)
    now, abroad = moved.isel(time=-1), come_since(run).sum("place")
    inside = f"{said(now)} people had moved since {day_words(since)} and were still displaced inside the country"
    if float(abroad.median()) > float(now.median()):
        inside = f"{said(abroad)} people had come to stay across the border; {inside}"
    text = f"**By {day_words(last)}, {inside}.**"
    if float(now.max()) >= FLOOR:
        text += f" {home} of them left their homes; the others were displaced already and moved on."
    if figure > 0:
        chance = 100 * chance_above(moved, figure)
        text += (
            f" A planning figure of **{figure:,.0f}** covers the peak in at least {100 * PLANNING_SHARE:.0f} of 100"
            f" runs; the chance that it is exceeded is {chance:.0f} in 100."
        )
    return [text]


def _where(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset, crowding: pd.DataFrame | None) -> list[str]:
    table = by_place(run, "moved_since")
    table = table[table["p50"] >= FLOOR]
    lines = [
        f"- {row['name']}: {range_words(row['p10'], row['p50'], row['p90'])}" for _, row in table[:PLACES].iterrows()
    ]
    if len(table) > PLACES:
        rest = said(run["moved_since"].isel(time=-1).sel(place=list(table.index[PLACES:])).sum("place"))
        more = len(table) - PLACES
        lines.append(f"- {more} other places together: {rest}" if more > 1 else f"- One other place: {rest}")
    return [
        *(lines or ["- No place holds as many as 50."]),
        *_hosts(run, scenario),
        *_back(run),
        *_overfilled(run, conditions),
        *_instead(crowding),
    ]


def _hosts(run: xr.Dataset, scenario: Scenario) -> list[str]:
    """Countries abroad: who is there in the run and who of them is counted, apart from who was reported before."""
    table = refugees_by_country(run, scenario.hosts)
    total = said(run["refugees"].isel(time=-1).sum("place"))
    lines = [] if len(table) == 1 else [f"- Across the border, not counted above: {total}"]
    for _, row in table.iterrows():
        there = range_words(*(float(row[f"refugees_p{p:g}"]) for p in RANGE))
        where = f"Across the border, in {row['name']}, not counted above" if len(table) == 1 else f"In {row['name']}"
        told = f"- {where}: {there}"
        if "registered_p50" in row and row["registered_p90"] >= FLOOR:
            told += f"; registered by then: {range_words(*(float(row[f'registered_p{p:g}']) for p in RANGE))}"
        if row["reported"] > 0:
            as_of = f" ({row['as_of']})" if row["as_of"] else ""
            told += f". Reported before{as_of}, and not added: {row['reported']:,.0f}"
        lines.append(told)
    return lines


def _back(run: xr.Dataset) -> list[str]:
    """How many are back home; what is left out says why nobody returns where home areas are not kept."""
    return [f"- Back home: {said(run['returned'].isel(time=-1).sum('place'))}"] if has_home_areas(run) else []


def _overfilled(run: xr.Dataset, conditions: xr.Dataset) -> list[str]:
    """Sites that hold more than is planned for them on the last day in half of the runs or more."""
    if not site_capacity(run, conditions).sizes["place"]:
        return []
    table = site_table(run, conditions)
    over = table[table["overfill_p50"] >= FLOOR]
    lines = []
    for _, row in over[:SITES].iterrows():
        beyond = range_words(*(float(row[f"overfill_p{p:g}"]) for p in RANGE))
        lines.append(f"- {row['name']} is planned for {row['capacity']:,.0f}: {beyond} beyond. {overflow_words(row)}")
    rest = "; all in tables/sites.csv" if len(over) > SITES else ""
    return [*lines, f"- Sites over what is planned for them in half of the runs: {len(over)} of {len(table)}{rest}"]


def _instead(crowding: pd.DataFrame | None) -> list[str]:
    """Where people are because sites fill: the places that hold most more than if none did."""
    more = crowding[crowding["p50"] >= FLOOR][:SITES] if crowding is not None else pd.DataFrame()
    said = [f"{row['name']} {range_words(row['p10'], row['p50'], row['p90'])}" for _, row in more.iterrows()]
    return [f"- Because sites fill they draw fewer; more than otherwise are at {', '.join(said)}"] if said else []


def _crossings(run: xr.Dataset, conditions: xr.Dataset) -> list[str]:
    names, home = place_names(run), str(run.attrs["country"])
    ends = {str(k): (str(a), str(b)) for k, a, b in
            zip(run["link"].values, run["link_from"].values, run["link_to"].values, strict=True)}  # fmt: skip
    lines = []
    for crossing in map(str, run["crossing"].values):
        out = "forward" if names["country"][ends[crossing][0]] == home else "backward"
        near, far = ends[crossing] if out == "forward" else ends[crossing][::-1]
        cell = {"crossing": crossing, "direction": out}
        waiting = run["waiting"].sel(cell)
        states = state_of(conditions["permission"].sel(link=crossing, direction=out, traffic="civilians").values)
        lines.append(
            f"- {names['name'][near]} to {names['name'][far]}: {_when(states, run['time'].values)}."
            f" {said(waiting.isel(time=-1))} wait on the last day{_most_waiting(waiting)};"
            f" {said(run['crossed'].sel(cell).sum('time'))} crossed in all"
        )
    return lines or ["- The scenario has no border crossing."]


def _most_waiting(waiting: xr.DataArray) -> str:
    peak = peak_day(waiting)
    day = peak["day"]["p50"]
    if pd.isna(day) or peak["people"]["p90"] < FLOOR:
        return ""
    low, middle, high = (float(peak["people"][f"p{p:g}"]) for p in RANGE)
    return f" (most, {range_words(low, middle, high)}, about {day_words(day)})"


def _when(states: np.ndarray, days: np.ndarray) -> str:
    """When a crossing is open, restricted, closed or unknown to people."""
    starts = [0, *(int(k) for k in np.flatnonzero(states[1:] != states[:-1]) + 1)]
    words = {"open": "open to people", "closed": "shut to people", "restricted": "partly open to people",
             "unknown": "not known whether open to people"}  # fmt: skip
    if len(starts) == 1:
        return f"{words[str(states[0])]} throughout"
    return ", ".join(
        f"{words[str(states[k])]} {'at first' if k == 0 else f'from {day_words(days[k])}'}" for k in starts[:TOGETHER]
    )


def _access(run: xr.Dataset, access: xr.Dataset) -> list[str]:
    """Besieged, cut off, hard to reach, unknown: which places, how many people lived there, from when to when."""
    wanted = (
        ("access_status", "besieged", "Besieged"),
        ("access_today", "cut", "Cut off: no aid can come by land"),
        ("access_status", "hard_to_reach", "Hard to reach"),
        ("access_status", "unknown", "Not known"),
    )
    lines = [
        f"- **{title}**: {'; '.join(found)}."
        for variable, value, title in wanted
        if (found := _spells_said(run, access[variable], value))
    ]
    counted = (
        "Cut off is of single days, the others of 30: some are in both. Counts are of people who lived there at the"
    )
    return [*lines, f"- {counted} start. Places not named: see tables/access_by_place.csv."]


def _spells_said(run: xr.Dataset, codes: xr.DataArray, value: str) -> list[str]:
    """One text for each time, most people first: the places it holds for, and how many lived there."""
    names = place_names(run)["name"]
    found = spells(codes)
    found = found[found["value"] == value]
    people = run["start_residents"] + run["start_displaced"]
    texts = []
    for _, part in found.groupby(["first", "last", "begins", "ends"], sort=False):
        total = people.sel(place=list(part["place"])).sum("place")
        largest = people.sel(place=list(part["place"])).median("member").to_series().sort_values(ascending=False)
        shown = listed([str(names[p]) for p in largest.index], most=TOGETHER)
        texts.append((float(total.median()), f"{shown}, {said(total)} people, {_time_said(part.iloc[0])}"))
    return [text for _, text in sorted(texts, key=lambda pair: -pair[0])[:TIMES]]


def _time_said(row: pd.Series) -> str:
    if not row["begins"] and not row["ends"]:
        return "throughout"
    if not row["begins"]:
        return f"until {day_words(row['last'])}"
    return span_words(row["first"], row["last"]) if row["ends"] else f"from {day_words(row['first'])} on"


def _changes(run: xr.Dataset, access: xr.Dataset | None) -> list[str]:
    """The day on which most leave, the day by which half have moved, and the largest changes of access."""
    left, moved = run["departures_from_home"].sum("place"), run["moved_since"].sum("place")
    lines = []
    peak = peak_day(left)
    if not pd.isna(peak["day"]["p50"]):
        people = [float(peak["people"][f"p{p:g}"]) for p in RANGE]
        lines.append(f"- Most people leave home about {_days_said(peak['day'])}: {range_words(*people)} on that day.")
    half = float(rounded(bands(moved.isel(time=-1), (50.0,)).item() / 2))
    if half > 0:
        passed = first_passed(moved, [half]).iloc[0]
        lines.append(f"- Half of the final number, {half:,.0f} people, have moved by {_days_said(passed)}.")
    if access is not None:
        lines += _changes_of_access(run, access)
    return lines or ["- Nobody leaves home."]


def _days_said(days: pd.Series) -> str:
    """A day, with the days between which it falls in 80 of 100 runs.

    >>> _days_said(pd.Series(pd.to_datetime(["2016-02-01", "2016-02-02", "2016-02-06"]), index=["p10", "p50", "p90"]))
    '2 Feb 2016 (1–6 Feb 2016)'
    """
    first, last = days["p10"], days["p90"]
    if pd.isna(last):
        return f"{_day_or_never(days['p50'])} ({_day_or_never(first)} to {_day_or_never(last)})"
    return f"{day_words(days['p50'])} ({span_words(first, last)})"


def _changes_of_access(run: xr.Dataset, access: xr.Dataset) -> list[str]:
    """The days on which most people become besieged or hard to reach, or stop being so."""
    people = (run["start_residents"] + run["start_displaced"]).median("member").to_series()
    by_class = people_by_class(access, people.rename(index=str))
    steps: list[tuple[float, Any, str]] = []
    for classes, state in ((["besieged"], "besieged"), (["besieged", "hard_to_reach"], "besieged or hard to reach")):
        for day, step in by_class[classes].sum(axis=1).diff().fillna(0.0).items():
            if abs(step) >= FLOOR:
                change = "become" if step > 0 else "cease to be"
                steps.append((abs(step), day, f"{count_words(abs(step))} people {change} {state}"))
    largest = sorted(steps, key=lambda found: -found[0])[:CHANGES]
    return [f"- {day_words(day)}: {text}." for _, day, text in sorted(largest, key=lambda found: found[1])]


def _day_or_never(day: Any) -> str:
    return "later than the last day" if pd.isna(day) else day_words(day)


def _reports(run: xr.Dataset, network: Network, observed: pd.DataFrame | None) -> list[str]:
    """The latest report of each scope beside the projection for the same people on the same day."""
    table = observed_beside(observed, run, network)
    if not len(table):
        return []
    table = table.drop_duplicates(["variable", "place_id"], keep="last")[-REPORTS:]
    since = day_words(run.attrs["reference_date"])
    lines = [
        "## What was reported, and the projection for the same day",
        "",
        "| date | who | reported | projected | source |",
        "|---|---|---|---|---|",
    ]
    for _, row in table.iterrows():
        what = VARIABLES[row["variable"]].long_name.removeprefix("people who ").replace("the reference date", since)
        who = f"{network.called(str(row['place_id']))}: {what}"
        cells = [day_words(row["date"]), who, reported_words(row),
                 range_words(row["p10"], row["p50"], row["p90"]), str(row["source"])]  # fmt: skip
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return lines


def reported_words(row: pd.Series) -> str:
    """A report as it was made: a value, a bound or a range.

    >>> reported_words(pd.Series({"value": np.nan, "low": 15_000.0, "high": np.nan}))
    'at least 15,000'
    """
    value, low, high = (float(row[k]) for k in ("value", "low", "high"))
    both = f"{low:,.0f} to {high:,.0f}"
    if np.isfinite(value):
        return f"{value:,.0f}" + (f" ({both})" if np.isfinite(low) and np.isfinite(high) else "")
    if np.isfinite(low) and np.isfinite(high):
        return both
    return f"at least {low:,.0f}" if np.isfinite(low) else f"up to {high:,.0f}"


def _assumed(run: xr.Dataset, scenario: Scenario, access: xr.Dataset | None) -> list[str]:
    unsure = sum(e.earliest is not None or e.latest is not None for e in scenario.events)
    unknown = sum("unknown" in _values(e) for e in scenario.events)
    more = [f"{unsure} of them {'starts' if unsure == 1 else 'start'} on a day that is not sure"] if unsure else []
    more += [f"{unknown} {'leaves' if unknown == 1 else 'leave'} open who may pass"] if unknown else []
    lines = [
        f"- {'; '.join([f'The {len(scenario.events)} dated events of the scenario and none besides', *more])}.",
        "- How readily people leave, how far they go and how many live where are drawn anew for each run.",
    ]
    if access is not None:
        lines.append(
            "- Besieged: surrounded, and over 30 days aid cannot regularly enter nor people regularly leave. Hard to"
            " reach: aid cannot regularly enter. Both follow from the events by a rule; neither is a UN listing."
        )
    aid = "" if "need" in run else "what aid people receive, "
    returns = "" if has_home_areas(run) else "returns home (nobody's home area is kept), "
    return [
        *lines,
        f"- Left out: deaths, {returns}{aid}events after those listed, places that are not on the network."
        " No individual is followed.",
    ]


def _values(event: Any) -> Iterable[Any]:
    return event.values().values() if hasattr(event, "values") else ()


def _ranges(members: int) -> list[str]:
    if members == 1:
        return [f"This is one run: it has no ranges, and says nothing of how sure its numbers are. {ROUNDING}"]
    return [
        f"Each number is the middle one of {members} equally likely runs; 80 of 100 lie in the range in brackets, 10"
        " below it and 10 above. Runs differ in what is uncertain, and by chance; no range covers a wrong scenario."
        f" {ROUNDING}",
    ]
