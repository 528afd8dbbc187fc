"""Which event did it? Each change alone and left out, the pairs, and what they only do together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.comparison.changes import Change, changes_between, mixed
from displacement.comparison.difference import wide
from displacement.ensemble import simulate
from displacement.errors import InputError, did_you_mean
from displacement.scenario import Scenario
from displacement.summaries import RANGE, bands
from displacement.variables import VARIABLES

Measure = Callable[[xr.Dataset], xr.DataArray]
MOST_PAIRED = 4  # interacting changes up to which every pair is run


def contributions(
    base: Scenario,
    other: Scenario,
    measure: str | Measure = "moved_since",
    *,
    members: int = 100,
    seed: int = 1,
    progress: Callable[[int, int], object] | None = None,
    **how: Any,
) -> xr.Dataset:
    """What each change from one scenario to another contributes to the difference of a measure, in every member.

    With f(S) the measure of the baseline with the changes S made, N no change and A all of them:

    - `alone` (item, member): f({i}) - f(N), the change by itself;
    - `left_out` (item, member): f(A) - f(A without i), what goes when it is left out;
    - `together_alone` and `together_left_out` (member): the difference less the sum of either, what the changes do
      only together. So each sum is the `difference` f(A) - f(N) exactly;
    - `interacts` (item): the 10 to 90 % range of `left_out` - `alone` does not hold 0;
    - `pair_together` (pair, member): f({i, j}) - f({i}) - f({j}) + f(N), if two to four changes interact.

    Main arguments: two scenarios that open on one day, and what is measured: a variable, summed over places or
    crossings on the last day that both have, or a function of a run that returns numbers by member.

    Other arguments
    ---------------
    members, seed : as in `simulate`; every run shares them
    progress : called with how many runs are done, and how many there are to do as far as is known
    how : passed on to `simulate`: workers, uncertainty, choice
    """
    if base.start != other.start:
        raise InputError(f"start = {other.start}, but {base.start} in the baseline: both must open on one day")
    read = _measured(measure, base, other)
    changes = changes_between(base, other)
    runs = _Runs(base, other, changes, read, {"members": members, "seed": seed, **how}, progress)
    every = frozenset(range(len(changes)))
    runs.make([frozenset(), every, *(s for i in every for s in (frozenset({i}), every - {i}))])
    none, whole = runs[frozenset()], runs[every]
    items = pd.Index([c.label for c in changes], name="item")
    alone = _stacked([runs[frozenset({i})] - none for i in every], items, none)
    left_out = _stacked([whole - runs[every - {i}] for i in every], items, none)
    difference = whole - none
    found = {
        "difference": difference,
        "alone": alone,
        "left_out": left_out,
        "together_alone": difference - alone.sum("item"),
        "together_left_out": difference - left_out.sum("item"),
        "interacts": excludes_zero(left_out - alone),
    }
    pairs = _pairs(runs, found["interacts"], none)
    result = xr.Dataset({**found, **pairs})
    result = result.assign_coords(
        change=("item", [c.kind for c in changes]), said=("item", [_said(c, base, other) for c in changes])
    )
    result.attrs = {
        "baseline": base.name,
        "scenario": other.name,
        "seed": seed,
        "members": members,
        "note": "alone + together_alone = left_out + together_left_out = difference, in every member",
    }
    return result


def contributions_to_runs(
    runs: tuple[xr.Dataset, xr.Dataset],
    scenarios: tuple[Scenario, Scenario],
    names: Sequence[str],
    *,
    members: int,
    workers: int | None = 1,
    progress: Callable[[int, int], object] | None = None,
) -> xr.Dataset:
    """`contributions` to the totals of some variables on the last day that two runs share, a baseline and another.

    The runs are made anew from their scenarios, as they were made, with the first of their members; the attribute
    `reproduced` says whether that gives the difference of the runs given ("yes"), or not ("no": another version).
    """
    base, other = (run.attrs for run in runs)
    if base.get("choice") != other.get("choice"):
        raise InputError(
            f"choice = {other.get('choice')}, but {base.get('choice')} in the baseline: how distance enters the choice"
            " of a destination is part of no scenario, so nothing can be attributed"
        )
    day = min(run.sizes["time"] for run in runs)
    count = min(members, *(run.sizes["member"] for run in runs))

    def read(run: xr.Dataset) -> xr.DataArray:
        return on_last_day(run.isel(time=slice(0, day), member=slice(0, count)), names)

    sources = tuple(text for text in str(base.get("uncertainty", "")).split(", ") if text)
    found = contributions(
        *scenarios, read, members=count, seed=int(base["seed"]), progress=progress,
        workers=workers, uncertainty=sources, choice=str(base.get("choice", "gravity")),
    )  # fmt: skip
    was, now = (read(run) for run in runs)
    same = np.array_equal((now - was).values, found["difference"].transpose("measure", "member").values)
    return found.assign_attrs(reproduced="yes" if same else "no")


def excludes_zero(values: xr.DataArray) -> xr.DataArray:
    """Does the 10 to 90 % range over member lie on one side of 0?

    >>> excludes_zero(xr.DataArray([[1, 2, 3], [-1, 0, 1]], dims=("item", "member"))).values
    array([ True, False])
    """
    low, _, high = (bands(values, RANGE).sel(point=p, drop=True) for p in RANGE)
    return (low > 0) | (high < 0)


def _measured(measure: str | Measure, base: Scenario, other: Scenario) -> Measure:
    """The measure as a function; the name of a variable stands for its sum on the last day that both have."""
    if callable(measure):
        return measure
    if measure not in VARIABLES:
        raise InputError(f"measure {measure!r}: no variable is called so{did_you_mean(measure, VARIABLES)}")
    if "member" not in VARIABLES[measure].dims or "time" not in VARIABLES[measure].dims:
        raise InputError(f"measure {measure!r}: is not a count of people by day")
    name, day = measure, min(base.days, other.days) - 1
    return lambda run: on_last_day(run.isel(time=slice(0, day + 1)), [name]).isel(measure=0, drop=True)


def on_last_day(run: xr.Dataset, names: Sequence[str]) -> xr.DataArray:
    """(measure, member) sums of variables over places or crossings at the end of a run's last day."""
    last = [run[n].isel(time=-1) for n in names]
    totals = [v.copy(data=wide(v.values)).sum([d for d in v.dims if d != "member"]) for v in last]
    bare = [t.drop_vars([c for c in t.coords if c != "member"]) for t in totals]
    return xr.concat(bare, dim=pd.Index(list(names), name="measure"))


class _Runs:
    """The measure of the baseline with some of the changes made; each is run once."""

    def __init__(
        self, base: Scenario, other: Scenario, changes: Sequence[Change], read: Measure, how: dict[str, Any],
        progress: Callable[[int, int], object] | None,
    ) -> None:  # fmt: skip
        self.base, self.other, self.changes = base, other, changes
        self.read, self.how, self.progress = read, how, progress
        self.known: dict[frozenset[int], xr.DataArray] = {}

    def scenario(self, chosen: frozenset[int]) -> Scenario:
        """The two scenarios themselves at the ends, so that both are what was given."""
        if len(chosen) in {0, len(self.changes)}:
            return self.other if chosen else self.base
        return mixed(self.base, self.other, [self.changes[i] for i in sorted(chosen)])

    def make(self, wanted: Sequence[frozenset[int]]) -> None:
        """Run what is not known yet."""
        todo = [s for s in dict.fromkeys(wanted) if s not in self.known]
        of = len(self.known) + len(todo)
        for chosen in todo:
            values = self.read(simulate(self.scenario(chosen), **self.how))
            if "member" not in values.dims:
                raise InputError("the measure must return numbers by member: an array with the dimension member")
            self.known[chosen] = values.copy(data=wide(values.values))
            if self.progress is not None:
                self.progress(len(self.known), of)

    def __getitem__(self, chosen: frozenset[int]) -> xr.DataArray:
        return self.known[chosen]


def _stacked(parts: Sequence[xr.DataArray], items: pd.Index[str], like: xr.DataArray) -> xr.DataArray:
    """(item, member, ...) from one array an item, of which there may be none."""
    rows = [part.transpose(*like.dims).values for part in parts]
    values = np.stack(rows) if rows else np.zeros((0, *like.shape), like.dtype)
    return xr.DataArray(values, dims=("item", *like.dims), coords={**like.coords, "item": items})


def _pairs(runs: _Runs, interacts: xr.DataArray, none: xr.DataArray) -> dict[str, xr.DataArray]:
    """What every two of the interacting changes do only together, if they are two to four."""
    found = interacts.any([d for d in interacts.dims if d != "item"])
    chosen = [int(i) for i in np.flatnonzero(found.values)]
    if not 2 <= len(chosen) <= MOST_PAIRED:
        return {}
    pairs = [pair for pair in combinations(chosen, 2) if _possible(runs, frozenset(pair))]
    if not pairs:
        return {}
    runs.make([frozenset(pair) for pair in pairs])
    values = [runs[frozenset({i, j})] - runs[frozenset({i})] - runs[frozenset({j})] + none for i, j in pairs]
    names = [f"{runs.changes[i].label} and {runs.changes[j].label}" for i, j in pairs]
    return {"pair_together": xr.concat(values, dim=pd.Index(names, name="pair"))}


def _possible(runs: _Runs, chosen: frozenset[int]) -> bool:
    """Do two changes make a scenario without the others?"""
    try:
        runs.scenario(chosen)
    except InputError:
        return False
    return True


def _said(change: Change, base: Scenario, other: Scenario) -> str:
    """A change in a sentence or a few."""
    return " ".join(_sentences(change, base, other))


def _sentences(change: Change, base: Scenario, other: Scenario) -> Iterator[str]:
    if change.kind == "changed" and len(change.after) == 1:
        yield f"{change.after[0].sentence(other.world)} In the baseline: {change.before[0].sentence(base.world)}"
        return
    for case, events, how in ((other, change.after, "added"), (base, change.before, "left out")):
        if len(events) > 2:
            yield f"{len(events)} events {how}."
        else:
            without = "" if how == "added" else "Without: "
            yield from (without + e.sentence(case.world) for e in events)
    if change.everything_else:
        yield f"No event: {'; '.join(change.everything_else)}."


def contributions_table(found: xr.Dataset) -> pd.DataFrame:
    """A row for each change (and measure): points of its contribution alone and left out, and whether it interacts."""
    extra = [d for d in found["difference"].dims if d != "member"]
    rows = []
    for cell in _cells(found["difference"], extra):
        at = found.sel(cell)
        where = {str(k): str(v) for k, v in cell.items()}
        for item in at["item"].values:
            one = at.sel(item=item)
            about = {"item": str(item), "change": str(one["change"].values), "said": str(one["said"].values)}
            both = {**_points(one["alone"], "alone"), **_points(one["left_out"], "left_out")}
            rows.append({**where, **about, **both, "interacts": bool(one["interacts"])})
        for name in map(str, at["pair"].values) if "pair_together" in at else ():
            pair = _points(at["pair_together"].sel(pair=name), "alone")
            rows.append({**where, "item": name, "change": "only together, of a pair", "said": "", **pair})
        together = {**_points(at["together_alone"], "alone"), **_points(at["together_left_out"], "left_out")}
        rows.append({**where, "item": "all", "change": "only together, of all", "said": "", **together})
        whole = {**_points(at["difference"], "alone"), **_points(at["difference"], "left_out")}
        rows.append({**where, "item": "all", "change": "difference", "said": "", **whole})
    return pd.DataFrame(rows)


def _cells(values: xr.DataArray, dims: Sequence[Any]) -> Iterator[dict[Any, Any]]:
    """Every combination of labels of some dimensions."""
    if not dims:
        yield {}
        return
    for label in values[dims[0]].values:
        yield from ({dims[0]: label, **rest} for rest in _cells(values, dims[1:]))


def _points(values: xr.DataArray, name: str) -> dict[str, float]:
    return {f"{name}_p{p:g}": float(x) for p, x in zip(RANGE, bands(values, RANGE).values, strict=True)}
