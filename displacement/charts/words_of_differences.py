"""The page of words of a comparison: what differs, where, since when and which event did it, each with its range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from displacement.audit_of_events import idle_events
from displacement.charts.frame import NOT_A_REPORT
from displacement.charts.style import day_words, span_words
from displacement.charts.words import count_words
from displacement.comparison.attribution import contributions_table
from displacement.comparison.tables import changes_by_scenario, difference_by_place, first_days
from displacement.events import listed
from displacement.scenario import Scenario
from displacement.summaries import FLOOR, RANGE, ROUNDING, column
from displacement.variables import STOCK, VARIABLES

POINTS = [column(p) for p in RANGE]
PLACES, SENTENCES, TOTAL_OF = 6, 6, "total_"
ABOUT = "about as many"  # a difference of fewer than the floor, either way
HEADLINES = ("moved_since", "refugees")
IDLE = " It changes nothing: without it all would be the same, because another event decides, or its dates do not fit."


def difference_words(low: float, middle: float, high: float) -> str:
    """A median difference with the range that holds 80 of 100 runs, in words: more or fewer.

    >>> difference_words(3_300.0, 6_600.0, 16_000.0), difference_words(-300.0, -200.0, 100.0)
    ('6,600 more (3,300 to 16,000)', '200 fewer (300 fewer to 100 more)')
    >>> difference_words(0.0, 0.0, 0.0), difference_words(-20.0, -3.0, 7.0), difference_words(-9.0, 0.0, 700.0)
    ('no difference', 'about as many', 'about as many (about as many to 700 more)')
    """
    if low == middle == high:
        return "no difference" if middle == 0 else _more_or_fewer(middle)
    if max(abs(low), abs(high)) < FLOOR:
        return ABOUT
    if (low >= 0 or high <= 0) and abs(middle) >= FLOOR:
        near, far = sorted((abs(low), abs(high)))
        return f"{_more_or_fewer(middle)} ({count_words(near)} to {count_words(far)})"
    return f"{_more_or_fewer(middle)} ({_more_or_fewer(low)} to {_more_or_fewer(high)})"


def _more_or_fewer(value: float) -> str:
    if abs(value) < FLOOR:
        return ABOUT
    return f"{count_words(abs(value))} {'more' if value > 0 else 'fewer'}"


def said_of(name: str, since: str) -> str:
    """What a variable counts, with the reference date in words."""
    return VARIABLES[name].long_name.replace("the reference date", day_words(since)) if since else name


def comparison_page(
    found: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    attributed: Mapping[str, xr.Dataset],
    reasons: Mapping[str, str],
    person_days: pd.DataFrame | None = None,
) -> str:
    """The page, as Markdown. Nothing internal is in it, and no count under the floor.

    found : from `comparison.compare`;  scenarios : by name, as far as they are known
    attributed : by name, from `comparison.contributions`;  reasons : by name, why there is no attribution
    person_days : from `person_day_differences`
    """
    days = found["time"].values
    parts = [
        f"# {found.attrs['title']}: {span_words(days[0], days[-1])}",
        f"*{NOT_A_REPORT} Every number is a difference to the baseline, {found.attrs['baseline']}: the middle one of"
        f" {found.attrs['members']} pairs of runs that share their luck, with the range that holds 80 of 100. Names and"
        " boundaries imply no endorsement.*",
    ]
    for name in map(str, found["scenario"].values):
        sections = list(_of_scenario(found, name, scenarios, attributed, reasons))
        if person_days is not None:
            sections.insert(3, _over_all_days(person_days[person_days["scenario"] == name], found))
        parts += ["\n".join(lines) for lines in sections]
    return "\n\n".join([*parts, "\n".join(_how_to_read(found))]) + "\n"


def _of_scenario(
    found: xr.Dataset,
    name: str,
    scenarios: Mapping[str, Scenario],
    attributed: Mapping[str, xr.Dataset],
    reasons: Mapping[str, str],
) -> Iterable[list[str]]:
    one = found.sel(scenario=[name])
    yield [f"## {name}"]
    yield [_headline(one)]
    yield ["### What differs, and since when", "", *_what(one)]
    yield ["### Where, on the last day", "", *_where(one)]
    yield ["### Which events differ", "", *_events(found.attrs["baseline"], name, scenarios)]
    why = [f"- Not attributed: {reasons.get(name, 'not asked for')}."]
    yield ["### Which event did it", "", *(_why(attributed[name], one) if name in attributed else why)]


def _points(found: xr.Dataset, name: str, day: int = -1) -> list[float]:
    """10, 50 and 90 % points of a total's difference on the last day, or another."""
    return [float(found[TOTAL_OF + name].isel(scenario=0, time=day).sel(point=p)) for p in RANGE]


def _told(one: xr.Dataset, name: str) -> str:
    """The difference of a total on the last day; and the day on which it is largest, where that is twice as much."""
    last = _points(one, name)
    medians = one[TOTAL_OF + name].isel(scenario=0).sel(point=50.0).values
    day = int(np.argmax(np.abs(np.nan_to_num(medians))))
    if abs(medians[day]) < max(FLOOR, 2 * abs(last[1])):
        return difference_words(*last)
    most = difference_words(*_points(one, name, day))
    return f"{difference_words(*last)}; most on {day_words(one['time'].values[day])}, {most}"


def _headline(one: xr.Dataset) -> str:
    """The two numbers that planners ask for first."""
    day, since = day_words(one["time"].values[-1]), one.attrs["reference_date"]
    said = [f"{said_of(n, since)}: {_told(one, n)}" for n in HEADLINES if TOTAL_OF + n in one]
    return (
        f"**By {day}: {'. '.join(f'{text[:1].upper()}{text[1:]}' if i else text for i, text in enumerate(said))}.**"
        if said
        else f"By {day}:"
    )


def _stocks(one: xr.Dataset) -> list[str]:
    """Stocks that are not internal and have a total a day."""
    names = [str(n).removeprefix(TOTAL_OF) for n in one.data_vars if str(n).startswith(TOTAL_OF)]
    known = {n: VARIABLES[n] for n in names if one[TOTAL_OF + n].dims == ("scenario", "point", "time")}
    return [n for n, v in known.items() if v.cell_methods == STOCK and not v.internal]


def _what(one: xr.Dataset) -> list[str]:
    """Each total that differs by as many as the floor on some day, and the day from which it does."""
    since, lines = one.attrs["reference_date"], []
    days = first_days(one)
    days = days[days["of"] == "total"].set_index("variable") if len(days) else days
    for name in _stocks(one):
        told = _told(one, name)
        if max(map(abs, _points(one, name))) < FLOOR and "most on" not in told:
            continue
        text = said_of(name, since)
        lines.append(f"- {text[:1].upper()}{text[1:]}: {told}{_since(days, name)}.")
    return lines or [f"- No total differs by as many as {FLOOR}."]


def _over_all_days(table: pd.DataFrame, found: xr.Dataset) -> list[str]:
    """Differences added up over the days: people counted on each day, and aid not met in rations of one person."""
    days, since, lines = found["time"].values, found.attrs["reference_date"], []
    for _, row in table.iterrows():
        what = "aid not met" if row["quantity"] == "unmet_need" else said_of(str(row["quantity"]), since)
        lines.append(f"- {what[:1].upper()}{what[1:]}: {person_day_words(*(float(row[p]) for p in POINTS))}.")
    if not lines:
        return []
    return [f"### Added up over the days, {span_words(days[0], days[-1])}", "", *lines]


def person_day_words(low: float, middle: float, high: float) -> str:
    """A difference in person-days with its range, in words.

    >>> person_day_words(-402_000.0, -210_400.0, -98_000.0), person_day_words(0.0, 0.0, 0.0)
    ('210,000 person-days fewer (98,000 to 402,000)', 'no difference in person-days')
    """
    told = difference_words(low, middle, high)
    if told == "no difference":
        return "no difference in person-days"
    if told.startswith(ABOUT):
        return told.replace(ABOUT, f"{ABOUT} person-days", 1)
    return re.sub(r" (more|fewer)", r" person-days \1", told, count=1)


def _since(days: pd.DataFrame, name: str) -> str:
    """The first day on which the median differs, and on which the range does not hold 0."""
    if name not in days.index:
        return ""
    median, outside = (days[column].to_dict()[name] for column in ("median_from", "range_from"))
    if pd.isna(outside):
        return "; the range holds 0 on every day"
    if median == outside:
        return f"; first on {day_words(median)}"
    return f"; first on {day_words(median)} (median), {day_words(outside)} (whole range)"


def _where(one: xr.Dataset) -> list[str]:
    """The places that differ most, by people displaced there or refugees."""
    table, lines = difference_by_place(one), []
    since = one.attrs["reference_date"]
    for name in HEADLINES:
        part = table[table["variable"] == name] if "place" in table else table[:0]
        part = part[part["p50"].abs() >= FLOOR]
        for _, row in part[:PLACES].iterrows():
            words = difference_words(row["p10"], row["p50"], row["p90"])
            lines.append(f"- {row['name']}, {said_of(name, since)}: {words}")
        if len(part) > PLACES:
            lines.append(f"- and {len(part) - PLACES} more in tables/difference_by_place.csv")
    return lines or [f"- The median of no place differs by as many as {FLOOR}."]


def _events(baseline: str, name: str, scenarios: Mapping[str, Scenario]) -> list[str]:
    if baseline not in scenarios or name not in scenarios:
        return ["- Not known: a run has no copy of its scenario."]
    lines = []
    table = changes_by_scenario(scenarios, baseline, [name])
    idle = _idle(scenarios[baseline], set(table["in_baseline"])) | _idle(scenarios[name], set(table["in_scenario"]))
    for _, row in table[:SENTENCES].iterrows():
        alone = {"added": row["in_scenario"], "removed": row["in_baseline"]}.get(row["change"])
        lines.append(f"- {change_words(row)}{IDLE if alone in idle else ''}")
    if len(table) > SENTENCES:
        lines.append(f"- and {len(table) - SENTENCES} more, in tables/events_that_differ.csv")
    return lines or ["- None: the two scenarios are the same."]


def _idle(scenario: Scenario, sentences: set[str]) -> set[str]:
    """Those of some sentences whose events change nothing."""
    said = [(event, event.sentence(scenario.world)) for event in scenario.events]
    asked = [event for event, sentence in said if sentence in sentences]
    return {event.sentence(scenario.world) for event in idle_events(scenario, asked)}


def change_words(row: pd.Series) -> str:
    """A row of the table of changes as a sentence."""
    said = {"added": f"Added: {row['in_scenario']}", "removed": f"Left out: {row['in_baseline']}",
            "changed": f"Changed: {row['in_scenario']} In the baseline: {row['in_baseline']}",
            "other": f"No event: {row['in_scenario']}."}  # fmt: skip
    return said[str(row["change"])]


def _why(found: xr.Dataset, one: xr.Dataset) -> list[str]:
    """Each change: what it does alone, what goes without it; and what they do only together."""
    table = contributions_table(found)
    since = one.attrs["reference_date"]
    items = table[table["said"] != ""].drop_duplicates("item")
    if len(items) == 1:
        return [f"- {items['item'].iloc[0]}, the only change: the whole difference is its own."]
    lines = [
        f"From {found.attrs['members']} pairs of runs. Alone: what the change by itself makes of the baseline. Left"
        " out: what of the difference goes without it. Where the two are not alike, it acts together with others.",
        "",
    ]
    lines += [f"- {row['item']}: {row['said']}" for _, row in items.iterrows()]
    head = len(lines)
    for name in HEADLINES:
        part = table[table["measure"] == name] if "measure" in table else table[:0]
        if not len(part) or _small(part[part["change"] == "difference"].iloc[0], "alone"):
            continue
        lines.append(f"- **{said_of(name, since)}**")
        lines += [f"  - {_contribution(row)}" for _, row in part.iterrows()]
    if len(lines) == head:
        lines.append(
            f"- On the last day no change makes a difference of {FLOOR} or more to people who moved or to refugees."
        )
    return lines


def _small(row: pd.Series, name: str) -> bool:
    return max(abs(float(row[f"{name}_p{p:g}"])) for p in RANGE) < FLOOR


def _contribution(row: pd.Series) -> str:
    alone, without = (
        difference_words(*(float(row.get(f"{name}_p{p:g}", np.nan)) for p in RANGE)) for name in ("alone", "left_out")
    )
    change = str(row["change"])
    if change == "difference":
        return f"all changes: {alone}"
    if change.startswith("only together, of a pair"):
        return f"{row['item']}, only together: {alone}"
    if change.startswith("only together"):
        return (
            f"only together: all changes less the sum of each alone, {alone}; less the sum of each left out, {without}"
        )
    acts = "; it acts together with others" if row["interacts"] else ""
    return f"{row['item']}: alone {alone}; left out {without}{acts}"


def _how_to_read(found: xr.Dataset) -> list[str]:
    members = int(found.attrs["members"])
    lines = [
        "## How to read this",
        "",
        "A range is of the difference within each pair of runs, not the difference of two ranges. Runs of one number"
        " share parameters, populations and daily multipliers, and their other luck in part; how much of the variance"
        f" that saves is in tables/variance_saved.csv. No range covers a wrong scenario. {ROUNDING}",
    ]
    if members == 1:
        lines.append("This is one pair of runs: it says nothing of how sure its numbers are.")
    for key, words in (("absent", "Not on every map"), ("left_out", "Not compared")):
        if found.attrs[key]:
            lines.append(f"{words}: {found.attrs[key]}.")
    return lines


def unlike_words(table: pd.DataFrame | None) -> str:
    """The changes of one scenario in a few words: the sentences if they are few, else how many of which sort."""
    if table is None:
        return "not known"
    if len(table) <= 2:
        return " ".join(change_words(row) for _, row in table.iterrows()) or "nothing"
    counts = table["change"].value_counts(sort=False)
    words = {"added": "added", "removed": "left out", "changed": "changed", "other": "other differences"}
    said = [f"{n} {words[str(kind)]}" for kind, n in counts.items()]
    groups = sorted({str(g) for g in table["group"] if isinstance(g, str) and g})
    return f"{', '.join(said)}{f' (group {listed(groups)})' if groups else ''}"
