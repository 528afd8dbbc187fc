"""May two runs be compared member by member, and how much does it save that they share their luck?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from displacement.errors import InputError, Problems
from displacement.network import Floats
from displacement.streams import Counts

SHARED = {  # what members that share their luck have in common, and what to do where they do not
    "seed": "run it again with that seed",
    "members": "run it again with as many members",
    "start": "compare scenarios that open on one day",
    "uncertainty": "run it again with the same sources of uncertainty",
    "country": "compare scenarios of one country",
}


def check_luck(runs: Mapping[str, xr.Dataset]) -> None:
    """An error that names every run that does not share its luck with the first, and says what to do."""
    if len(runs) < 2:
        raise InputError(f"{len(runs)} run given: a comparison needs two or more, the baseline first")
    problems = Problems()
    for name, run in runs.items():
        for what in _not_a_run(run):
            problems.add(repr(name), what)
    problems.raise_if_any()
    (baseline, *others) = runs
    expected = luck_of(runs[baseline])
    for name in others:
        found = luck_of(runs[name])
        for key, advice in SHARED.items():
            if found[key] != expected[key]:
                problems.add(
                    repr(name),
                    f"{key} = {found[key]}, but {expected[key]} in the baseline {baseline!r}; members are compared one"
                    f" by one: {advice}",
                )
    problems.raise_if_any()


def _not_a_run(run: xr.Dataset) -> list[str]:
    """Why members of a Dataset cannot be compared."""
    if "point" in run.dims and "member" not in run.dims:
        return ["holds points over members, not the members; run it again with --keep all or --keep places"]
    missing = [k for k in ("member", "time") if k not in run.dims] + [k for k in ("seed",) if k not in run.attrs]
    return [f"is not a run: it has no {', '.join(missing)}"] if missing else []


def luck_of(run: xr.Dataset) -> dict[str, str]:
    """What a run must share with another, as text."""
    return {
        "seed": str(run.attrs["seed"]),
        "members": str(run.sizes["member"]),
        "start": str(run["time"].values[0])[:10] if run.sizes["time"] else "never",
        "uncertainty": str(run.attrs.get("uncertainty", "")) or "none",
        "country": str(run.attrs.get("country", "")),
    }


def variance_saved(a: Counts, b: Counts) -> Floats:
    """(...) share of the variance of b - a that common luck saves: 1 - var(b - a) / (var a + var b).

    a, b : (member, ...)
    1: all members differ by one number; 0: as if the runs shared nothing; below 0: worse than that. NaN where neither
    varies.

    >>> a = np.array([1.0, 2.0, 3.0])
    >>> float(variance_saved(a, a + 5.0)), float(variance_saved(a, -a))
    (1.0, -1.0)
    """
    apart = np.var(a, axis=0) + np.var(b, axis=0)
    known = np.where(apart > 0, apart, np.nan)
    return np.asarray(1.0 - np.var(b - a, axis=0) / known)
