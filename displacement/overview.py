"""What a sound scenario holds, in a few lines: what is known, what is not, and what is worth a second look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import xarray as xr

from displacement.audit_of_events import idle_events, named
from displacement.events import listed, spell
from displacement.scenario import Scenario

NOTES = {"source", "note", "notes", "comment", "basis", "grade"}  # columns of a reader, not of the model
EXAMPLE = "An invented valley"  # what the template of `new` is called
MOST = 6  # crossings that are named
SHOWN = (("people", "civilians"), ("trade", "trade"), ("aid", "aid"))
LIMITS = (  # of links: which, and what an empty cell means
    ("vehicles_per_day", False, "roads"),
    ("trucks_per_day", False, "roads"),
    ("people_per_day", True, "crossings"),
)


def overview(scenario: Scenario, observed: pd.DataFrame | None = None) -> list[str]:
    """Sentences about what the scenario holds, for whoever has just written it."""
    conditions = scenario.compile()
    return [
        f"Period: {spell(scenario.start, scenario.end)}, {_counted(scenario.days, 'day')}.",
        *_of_places(scenario),
        *_of_links(scenario, conditions),
        *_of_aid(scenario),
        *_of_events(scenario),
        *_of_counts(scenario, observed),
        *_unknown(scenario, conditions),
    ]


def second_look(scenario: Scenario, observed: pd.DataFrame | None = None) -> list[str]:
    """What may be as it is meant and is easily a slip: events that change nothing, counts of other days."""
    found = [
        f"{named(event)} changes nothing: without it all would be the same. Its dates or names may be wrong, or another"
        " event decides; it may stay for the record."
        for event in idle_events(scenario)
    ]
    found += [
        f"{file}: {listed(columns)} {'are' if len(columns) > 1 else 'is'} kept and not read; if a number should count,"
        " its column must have the name that `displacement new` writes."
        for file, columns in _unread(scenario).items()
    ]
    if observed is not None and not scenario.name.startswith(EXAMPLE) and (made_up := _made_up(observed)):
        found.append(
            f"{_counted(made_up, 'count')} of observed.csv came with the example and {'are' if made_up > 1 else 'is'}"
            " invented: put your own in their place, or delete the rows. Results are set beside them."
        )
    if observed is not None and (late := _outside(scenario, observed)):
        found.append(f"{_counted(late, 'count')} of observed.csv {'lie' if late > 1 else 'lies'} outside the period.")
    return found


def _made_up(observed: pd.DataFrame) -> int:
    """Counts that still say that they come from the template of `new`."""
    return int((observed["source"] == "invented for this example").sum()) if "source" in observed else 0


def _unread(scenario: Scenario) -> dict[str, list[str]]:
    """Columns that mean nothing to the model, by table; sources and notes are meant to be such."""
    tables = {"places.csv": scenario.network.places.extra, "links.csv": scenario.network.links.extra}
    unread = {
        file: [c for c in sorted(extra) if c not in NOTES and not c.endswith(("_note", "_source"))]
        for file, extra in tables.items()
    }
    return {file: columns for file, columns in unread.items() if columns}


def _counted(number: int, what: str) -> str:
    """A number of things.

    >>> _counted(1, "crossing"), _counted(30, "day"), _counted(2, "country")
    ('1 crossing', '30 days', '2 countries')
    """
    many = f"{what[:-1]}ies" if what.endswith("y") and what[-2:] not in {"ay", "ey"} else f"{what}s"
    return f"{number:,} {what if number == 1 else many}"


def _tally(words: Iterable[str]) -> str:
    """How many of each, the most frequent first."""
    return ", ".join(_counted(n, word.replace("_", " ")) for word, n in Counter(sorted(words)).most_common())


def _of_places(scenario: Scenario) -> Iterator[str]:
    places = scenario.network.places
    inside = [kind for kind, out in zip(places.kind, places.outside, strict=True) if not out]
    outside = int(places.outside.sum())
    yield (
        f"Places: {_tally(inside)}"
        + (f"; {outside} outside, whose people are not modelled" if outside else "")
        + f". People: {places.residents.sum():,.0f} at home, {places.opening_displaced.sum():,.0f} displaced already."
    )


def _of_links(scenario: Scenario, conditions: xr.Dataset) -> Iterator[str]:
    """The number of links, and of each crossing how it stands to people and to aid."""
    links = scenario.network.links
    crossings = np.flatnonzero(links.crossing)
    yield f"Links: {_counted(len(links) - len(crossings), 'road')}, {_counted(len(crossings), 'crossing')}."
    for row in crossings[:MOST]:
        chance = conditions["permission"].isel(link=row)
        said = [f"{what} {_over_time(chance.sel(traffic=t).values)}" for what, t in SHOWN]
        yield f"Crossing {scenario.world.roads([links.id[row]])}: {', '.join(said)}."
    if len(crossings) > MOST:
        yield f"{len(crossings) - MOST} more crossings are not listed."


def _over_time(chance: np.ndarray) -> str:
    """How a crossing stands over the days, by the better of its two directions.

    >>> _over_time(np.array([[0.0, 0.0], [1.0, 0.0]])), _over_time(np.array([[0.3, 0.3]]))
    ('shut on 1 of 2 days', 'restricted throughout')
    """
    unknown = np.isnan(chance).all(axis=1)
    best = np.nan_to_num(chance, nan=-1.0).max(axis=1)
    states = {
        "unknown": unknown,
        "shut": ~unknown & (best == 0),
        "restricted": ~unknown & (best > 0) & (best < 1),
        "open": best == 1,
    }
    for word, days in states.items():
        if days.all():
            return f"{word} throughout"
    return " and ".join(
        f"{word} on {int(days.sum())} of {len(best)} days"
        for word, days in states.items()
        if days.any() and word != "open"
    )


def _of_aid(scenario: Scenario) -> Iterator[str]:
    for o in scenario.operations:
        yield f"Aid: {o.name}, from {scenario.world.called(o.hubs)}."
    if not scenario.operations:
        yield "Aid: no operation is written down, so that aid reaches nobody."


def _of_events(scenario: Scenario) -> Iterator[str]:
    events = scenario.events
    if not events:
        yield "Events: none, so that nothing changes."
        return
    kinds = Counter(event.kind for event in events).most_common()
    yield f"Events: {', '.join(f'{n} {kind}' for kind, n in kinds)}."


def _of_counts(scenario: Scenario, observed: pd.DataFrame | None) -> Iterator[str]:
    if observed is None or not len(observed):
        yield "Counts: none (no observed.csv for these places), so that nothing can be scored."
        return
    days = pd.DatetimeIndex(observed["date"]).date
    yield (
        f"Counts: {len(observed)} in observed.csv, of {listed(sorted(set(observed['variable'])))},"
        f" {spell(min(days), max(days))}."
    )


def _outside(scenario: Scenario, observed: pd.DataFrame) -> int:
    """Counts of days that are not modelled."""
    days = pd.DatetimeIndex(observed["date"]).date
    return int(sum(not scenario.start <= day <= scenario.end for day in days))


def _unknown(scenario: Scenario, conditions: xr.Dataset) -> Iterator[str]:
    """What is left empty, and what the model takes in its place."""
    links, places = scenario.network.links, scenario.network.places
    said = []
    for column, crossing, what in LIMITS:
        of_kind = links.crossing == crossing
        empty = int((np.isnan(getattr(links, column)) & of_kind).sum())
        if empty:
            said.append(f"{column} of {empty} of {int(of_kind.sum())} {what} (no limit)")
    lived = (places.residents + places.opening_displaced > 0) & ~places.outside
    if scenario.operations and (empty := int((np.isnan(places.stock_t) & lived).sum())):
        days = float(scenario.parameters.opening_cover)
        said.append(
            f"stock_t of {empty} of {int(lived.sum())} places ({days:g} days, where aid comes on the first day)"
        )
    if empty := sum(not party for party in places.party):
        said.append(f"party of {_counted(empty, 'place')}")
    doubtful = np.isnan(conditions["permission"].values).any(axis=(0, 2, 3))
    if doubtful.any():
        said.append(f"who may pass {_counted(int(doubtful.sum()), 'link')} on some days")
    if said:
        yield f"Unknown, and what is taken for it: {'; '.join(said)}."
