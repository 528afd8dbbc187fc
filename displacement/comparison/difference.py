"""Runs that share their luck, less the first of them: member by member, then points over members."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from displacement.comparison.luck import check_luck, variance_saved
from displacement.errors import InputError
from displacement.labelled import labelled
from displacement.network import Floats, Indices
from displacement.streams import Counts
from displacement.summaries import POINTS, points_over_members, without_irregular
from displacement.variables import STOCK, VARIABLES

SPACE = ("place", "link", "crossing")  # where; a run without one of them has nobody there
WHERE = (*SPACE, "direction")  # what a total is summed over
NOWHERE = -1
TOTAL, SAVED = "total_", "variance_saved_"
REFERENCE = "the reference date"
Part = tuple[tuple[str, ...], Floats, dict[str, Any]]  # dimensions, values, what they are
ADMITTED = "people who were admitted at a crossing"


def compare(runs: Mapping[str, xr.Dataset], *, points: Sequence[float] = POINTS, internal: bool = False) -> xr.Dataset:
    """What each run has more than the first: (scenario, point, time, place | crossing, direction | ...) of every count.

    A number is a point over members of the difference, never the difference of two points. `total_` goes before the
    name of a variable summed over places or crossings within each member, `variance_saved_` before the share of the
    variance of a total that common luck saves (see `variance_saved`).

    runs : by name, the baseline first: same seed, members, first day and sources of uncertainty. Days that are not in
        all of them are left out. A place or crossing that a scenario does not have holds nobody there; the attribute
        `absent` names them, and `left_out` the variables that cannot be compared, with the reason.
    internal : also what must not be shared; without it, those who cross are those who were admitted
    """
    check_luck(runs)
    shown = {name: run if internal else shareable(run) for name, run in runs.items()}
    names, left_out = comparable_variables(shown, internal=internal)
    if not names:
        raise InputError(f"the runs hold no count that can be compared: {'; '.join(left_out) or 'there is none'}")
    (baseline, *others), (members, absent) = shown, aligned(shown, names)
    parts = [_difference(members[baseline], members[other], points) for other in others]
    found = {
        name: (("scenario", *dims), np.stack([part[name][1] for part in parts]), about)
        for name, (dims, _, about) in parts[0].items()
    }
    labels = {dim: values for dim, values in _labels(members[baseline]).items() if dim != "member"}
    coords = {**labels, "scenario": np.array(others, object), "point": list(points)}
    about = _about_places(shown.values(), labels)
    return labelled(found, {**coords, **about}, _about(runs, baseline, left_out, absent))


def shareable(run: xr.Dataset) -> xr.Dataset:
    """A run without what is internal; those who cross are those who were admitted."""
    found = without_irregular(run)
    if "crossed_irregularly" in run and "crossed" in run:
        found["crossed"].attrs["definition"] = ADMITTED
    return found.drop_vars([name for name in found.data_vars if name in VARIABLES and VARIABLES[str(name)].internal])


def comparable_variables(runs: Mapping[str, xr.Dataset], *, internal: bool) -> tuple[list[str], list[str]]:
    """Counts that all runs hold in the same sense, in the order of the table; and why others are left out."""
    since = {str(run.attrs.get("reference_date", "")) for run in runs.values()}
    (first, *others) = runs.values()
    names, left_out = [], []
    for name, variable in VARIABLES.items():
        holders = [run for run in runs.values() if name in run and "member" in run.variables[name].dims]
        if not holders or (variable.internal and not internal):
            continue
        if len(holders) < len(runs):
            left_out.append(f"{name}: not in every run")
        elif len(since) > 1 and REFERENCE in f"{variable.definition} {variable.long_name}":
            left_out.append(f"{name}: counted from different reference dates ({', '.join(sorted(since))})")
        elif dims := _unlike(name, first, others):
            left_out.append(f"{name}: the runs differ in {', '.join(dims)}")
        else:
            names.append(name)
    return names, left_out


def _unlike(name: str, first: xr.Dataset, others: Sequence[xr.Dataset]) -> list[str]:
    """Dimensions of a variable on which the labels of runs differ and cannot be aligned."""
    dims = map(str, first.variables[name].dims)
    return [d for d in dims if any(_labels_differ(d, name, first, run) for run in others)]


def _labels_differ(dim: str, name: str, a: xr.Dataset, b: xr.Dataset) -> bool:
    """Are there other labels on a dimension that cannot be aligned?"""
    if dim in {*SPACE, "member", "time"}:
        return dim not in b.variables[name].dims
    sizes = [run.variables[name].sizes.get(dim) for run in (a, b)]
    return sizes[0] != sizes[1] or _ids(a, dim) != _ids(b, dim)


def _ids(run: xr.Dataset, dim: str) -> list[str]:
    return [str(label) for label in run.variables[dim].values] if dim in run.coords else []


def _labels(run: xr.Dataset) -> dict[str, xr.Variable]:
    """Labels of each dimension that has some."""
    return {str(dim): run.variables[dim] for dim in run.dims if dim in run.coords}


def aligned(runs: Mapping[str, xr.Dataset], names: Sequence[str]) -> tuple[dict[str, xr.Dataset], list[str]]:
    """Variables of runs over the days that all have and the places, links and crossings that any has; 0 people where
    one has none. The second answer says what is absent where.
    """
    days = min((run["time"].values for run in runs.values()), key=len)
    used = {str(d) for run in runs.values() for name in names for d in run.variables[name].dims}
    where = [dim for dim in SPACE if dim in used]
    everywhere = {dim: sorted({i for run in runs.values() for i in _ids(run, dim)}) for dim in where}
    there = {dim: np.array(wanted, object) for dim, wanted in everywhere.items()}
    found, absent = {}, []
    for name, whole in runs.items():
        run = whole.sel(time=days) if whole.sizes["time"] > len(days) else whole
        rows = {}
        for dim, wanted in everywhere.items():
            ids = _ids(run, dim)
            if missing := sorted(set(wanted) - set(ids)):
                absent.append(f"{name} has no {dim} {', '.join(missing)}: nobody is there")
            if ids != wanted:
                rows[dim] = np.array([ids.index(i) if i in ids else NOWHERE for i in wanted], np.int64)
        labels = {dim: values for dim, values in _labels(run).items() if dim in used}
        found[name] = labelled({n: _over(run.variables[n], rows) for n in names}, {**labels, **there})
    return found, absent


def _over(values: xr.Variable, rows: Mapping[str, Indices]) -> tuple[tuple[Hashable, ...], Counts, dict[Any, Any]]:
    """A variable with other rows of some dimensions; in a row that is NOWHERE there is nobody."""
    counts = values.values
    for axis, dim in enumerate(map(str, values.dims)):
        if dim in rows:
            known = rows[dim] != NOWHERE
            there = np.zeros((*counts.shape[:axis], len(known), *counts.shape[axis + 1 :]), counts.dtype)
            there[(*[slice(None)] * axis, known)] = np.take(counts, rows[dim][known], axis=axis)
            counts = there
    return values.dims, counts, values.attrs


def _difference(base: xr.Dataset, other: xr.Dataset, points: Sequence[float]) -> dict[str, Part]:
    """Points over members of other - base, of every variable and of its total; and what common luck saves."""
    found: dict[str, Part] = {}
    for name in map(str, base.data_vars):
        values = base.variables[name]
        dims = ("member", *(str(d) for d in values.dims if d != "member"))
        a, b = (wide(run.variables[name].transpose(*dims).values) for run in (base, other))
        found[name] = (("point", *dims[1:]), points_over_members(b - a, points), _attributes(name, values))
        if total_makes_sense(name, dims):
            over = [d for d in WHERE if d in dims]
            rest = tuple(d for d in dims[1:] if d not in over)
            a, b = (total.sum(axis=tuple(dims.index(d) for d in over)) for total in (a, b))
            summed = "summed over places" if "place" in over else "summed over crossings"
            about = _attributes(name, values, summed)
            found[TOTAL + name] = (("point", *rest), points_over_members(b - a, points), about)
            found[SAVED + name] = (rest, variance_saved(a, b), _attributes_of_saved(name, values))
    return found


def wide(values: Counts) -> Counts:
    """Counts in 64 bits, so that differences and sums of 32-bit counts never overflow."""
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def total_makes_sense(name: str, dims: Sequence[Hashable]) -> bool:
    """Is a sum over places, crossings or links one of people? A flow over links counts everybody once a link.

    Days (of cover) do not add up over places.
    """
    over_links = "link" in dims and VARIABLES[name].cell_methods != STOCK
    return not over_links and VARIABLES[name].units != "day" and any(d in dims for d in WHERE)


def _attributes(name: str, values: xr.Variable, how: str = "") -> dict[str, Any]:
    about = values.attrs
    said = f"{about.get('definition', '')}; {how + ', ' if how else ''}less the baseline, member by member"
    kept = {k: about[k] for k in ("units", "cell_methods") if k in about}
    return {**kept, "long_name": f"difference in {about.get('long_name', name)}", "definition": said}


def _attributes_of_saved(name: str, values: xr.Variable) -> dict[str, Any]:
    return {
        "units": "1",
        "long_name": f"share of variance saved, {values.attrs.get('long_name', name)}",
        "definition": "1 - var(b - a) / (var a + var b) over members of totals a and b; NaN where neither varies",
    }


def _about_places(runs: Iterable[xr.Dataset], labels: Mapping[str, xr.Variable]) -> dict[str, Any]:
    """What is known of places and links by their ids, from the first run that has them."""
    coords: dict[str, Any] = {}
    for run in runs:
        for name, values in ((name, run.variables[name]) for name in run.coords):
            dims = values.dims
            if len(dims) != 1 or dims[0] not in SPACE or dims[0] not in labels or name == dims[0]:
                continue
            known = coords.setdefault(str(name), (dims[0], {}, dict(values.attrs)))[1]
            for label, value in zip(_ids(run, str(dims[0])), values.values.tolist(), strict=True):
                known.setdefault(label, value)
    return {
        name: (dim, np.array([known.get(str(i)) for i in labels[dim].values], _kind(known.values())), attrs)
        for name, (dim, known, attrs) in coords.items()
    }


def _kind(values: Iterable[Any]) -> Any:
    """Text as objects; numbers and flags as they are."""
    return object if any(isinstance(v, str) for v in values) else None


def _about(
    runs: Mapping[str, xr.Dataset], baseline: str, left_out: Sequence[str], absent: Sequence[str]
) -> dict[str, Any]:
    first = runs[baseline].attrs
    others = [name for name in runs if name != baseline]
    return {
        "Conventions": "CF-1.10",
        "title": f"{', '.join(others)} against {baseline}",
        "baseline": baseline,
        "seed": first["seed"],
        "members": runs[baseline].sizes["member"],
        "reference_date": str(first.get("reference_date", "")),
        "runs": "; ".join(f"{name}: {run.attrs.get('digest', 'no digest')}" for name, run in runs.items()),
        "left_out": "; ".join(left_out),
        "absent": "; ".join(absent),
        "note": "Points over members of the difference to the baseline, which is what a scenario has more.",
    }
