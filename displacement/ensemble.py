"""Blocks of members, in parallel, gathered into one labelled Dataset. The result does not depend on the workers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

import numpy as np
import xarray as xr

import displacement
from displacement.day_loop import BLOCK, COUPLING, simulate_block
from displacement.errors import InputError, did_you_mean
from displacement.groups import Groups
from displacement.labelled import labelled
from displacement.members import POPULATIONS, SOURCES
from displacement.movement.destination import CHOICES
from displacement.network import DIRECTIONS, countries_abroad
from displacement.parameters import Parameters
from displacement.scenario import Scenario
from displacement.standards import COMMODITIES, kg_per_person
from displacement.streams import Array
from displacement.variables import attributes

Progress = Callable[[int], object]
Work = TypeVar("Work")
MOST_MEMBERS = 100_000


def simulate(
    scenario: Scenario,
    *,
    members: int = 200,
    seed: int = 1,
    workers: int | None = 1,
    uncertainty: Sequence[str] = SOURCES,
    choice: str = "gravity",
    coupling: Sequence[str] = COUPLING,
    executor: Executor | None = None,
    progress: Progress | None = None,
    deviates: Mapping[str, Array] | None = None,
) -> xr.Dataset:
    """Project a scenario: (member, time, place | link | crossing) stocks and flows, with units and definitions.

    Main arguments: the scenario, how many members, and the seed. The same three give the same result, whatever the
    workers, and the first members of a larger ensemble are those of a smaller one.

    Other arguments
    ---------------
    workers : processes (None: one a core);  executor : any `concurrent.futures.Executor` to use instead
    uncertainty : the sources that vary between members, of parameters, populations, daily, conditions (uncertain dates
        and unknown permissions) and counts; without counts, people are real numbers, and with none at all the run is
        the mean-field twin
    choice : how distance enters the choice of a destination, gravity or logit
    coupling : how people and aid act on each other: hunger (unmet need moves people), need (people take their need
        along), roads (people and trucks share them); none: each as if the other did not react
    progress : called with the number of members of each block that is done
    deviates : (member,) standard normal deviates of the priors of named parameters, or of what the populations of all
        places have in common ("populations"), in place of those drawn; whatever the sources
    """
    _check_arguments(members, seed, uncertainty, choice, coupling)
    _check_deviates(scenario, members, deviates or {})
    jobs = [
        {"seed": seed, "block": block, "uncertainty": tuple(uncertainty), "choice": choice, "coupling": tuple(coupling)}
        for block in range(-(-members // BLOCK))
    ]
    alike = not uncertainty and not deviates
    if alike:  # all members of the twin are equal: one is computed
        jobs = [{**jobs[0], "size": 1}]
    if deviates:
        jobs = [{**job, "deviates": g} for job, g in zip(jobs, deviates_by_block(deviates, members), strict=True)]
    done = run_blocks(simulate_block, scenario, jobs, members, workers=workers, executor=executor, progress=progress)
    if alike:
        done = [{name: np.repeat(values, members, axis=0) for name, values in done[0].items()}]
    about = {"seed": seed, "uncertainty": ", ".join(uncertainty), "choice": choice, "coupling": ", ".join(coupling)}
    joined = {name: np.concatenate([part[name] for part in done])[:members] for name in done[0]}
    return dataset(scenario, joined, about)


def deviates_by_block(deviates: Mapping[str, Array], members: int) -> Iterator[dict[str, Array]]:
    """Deviates (member,) of each block; the last block is filled up with zeros, as a block is always the unit.

    >>> [len(given["departure_rate"]) for given in deviates_by_block({"departure_rate": np.ones(70)}, 70)]
    [50, 50]
    """
    for first in range(0, members, BLOCK):
        part = {name: np.asarray(z, float)[first : first + BLOCK] for name, z in deviates.items()}
        yield {name: np.pad(z, (0, BLOCK - len(z))) for name, z in part.items()}


def run_blocks(
    work: Callable[..., Work],
    scenario: Scenario,
    jobs: Sequence[Mapping[str, Any]],
    members: int,
    *,
    workers: int | None = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    size: int = BLOCK,
) -> list[Work]:
    """What `work(scenario, **job)` returns for each block of members, in order, by as many workers as there are."""
    found: dict[int, Work] = {}
    with _workers(executor, workers, len(jobs)) as pool:
        for block, records in _done(pool, work, scenario, jobs):
            found[block] = records
            if progress is not None:
                progress(min(size, members - block * size))
    return [found[block] for block in range(len(jobs))]


def _check_deviates(scenario: Scenario, members: int, deviates: Mapping[str, Array]) -> None:
    known, problems = [*scenario.parameters.priors, POPULATIONS], []
    for name, z in deviates.items():
        if name not in known:
            problems.append(f"deviates of {name!r}: no such prior{did_you_mean(name, known)}")
        elif np.shape(z) != (members,) or not np.isfinite(z).all():
            problems.append(f"deviates of {name}: shape {np.shape(z)}; must be {members} finite numbers, one a member")
    if problems:
        raise InputError(problems)


def _check_arguments(members: int, seed: int, uncertainty: Sequence[str], choice: str, coupling: Sequence[str]) -> None:
    if not 1 <= members <= MOST_MEMBERS:
        raise InputError(f"members = {members}: must lie in [1, {MOST_MEMBERS}]")
    if not 0 <= seed < 2**63:
        raise InputError(f"seed = {seed}: must lie in [0, 2^63)")
    for name in uncertainty:
        if name not in SOURCES:
            raise InputError(f"uncertainty {name!r} is unknown{did_you_mean(name, SOURCES)}")
    for name in coupling:
        if name not in COUPLING:
            raise InputError(f"coupling {name!r} is unknown{did_you_mean(name, COUPLING)}")
    if choice not in CHOICES:
        raise InputError(f"choice {choice!r} is unknown{did_you_mean(choice, CHOICES)}")


@contextmanager
def _workers(executor: Executor | None, workers: int | None, jobs: int) -> Iterator[Executor | None]:
    """The executor to use: the one handed in, processes of our own, or None for this process alone."""
    count = min(workers or os.cpu_count() or 1, jobs)
    if executor is not None or count <= 1:
        yield executor
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield pool


def _done(
    pool: Executor | None, work: Callable[..., Work], scenario: Scenario, jobs: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, Work]]:
    """Blocks as they are done, in any order."""
    if pool is None:
        for block, job in enumerate(jobs):
            yield block, work(scenario, **job)
        return
    futures = {pool.submit(work, scenario, **job): block for block, job in enumerate(jobs)}
    for future in as_completed(futures):
        yield futures[future], future.result()


def dataset(scenario: Scenario, records: dict[str, np.ndarray], about: dict[str, Any]) -> xr.Dataset:
    """The run as a labelled Dataset, with what made it in its attributes."""
    places, links = scenario.network.places, scenario.network.links
    crossing = np.flatnonzero(links.crossing)
    data = {}
    share = commodity_share(scenario)
    for name, values in records.items():
        dims, attrs = attributes(name)
        split = "commodity" in dims  # one ration everywhere: tonnes of all together, split by their shares of it
        data[name] = (dims, values[..., np.newaxis] * share.astype(values.dtype) if split else values, attrs)
    first, groups = np.datetime64(scenario.start, "ns"), scenario.group_axis()
    members = len(records["residents"])
    run = labelled(
        data,
        {
            "member": np.arange(members),
            "time": first + np.arange(records["residents"].shape[1]) * np.timedelta64(1, "D"),
            "place": np.array(places.id, object),
            "link": np.array(links.id, object),
            "crossing": np.array([links.id[i] for i in crossing], object),
            "direction": np.array(DIRECTIONS, object),
            **{
                f"place_{name}": ("place", np.array(getattr(places, name), object))
                for name in ("name", "pcode", "parent_pcode", "country", "kind", "party")
            },
            "latitude": ("place", places.latitude, {"units": "degrees_north"}),
            "longitude": ("place", places.longitude, {"units": "degrees_east"}),
            "outside": ("place", places.outside),
            "capacity": ("place", places.capacity, {"units": "people", "long_name": "planned capacity"}),
            "link_from": ("link", np.array([places.id[i] for i in links.origin], object)),
            "link_to": ("link", np.array([places.id[i] for i in links.destination], object)),
            "link_kind": ("link", np.array(links.kind, object)),
            **({"commodity": np.array(COMMODITIES, object)} if "need" in records else {}),
            **({"country": np.array(countries_abroad(places.country, scenario.country), object)}),
            **(_group_coordinates(groups) if groups.recorded else {}),
        },
    )
    run.attrs = {
        "Conventions": "CF-1.10",
        "title": scenario.name,
        "summary": scenario.summary,
        "scenario_hash": scenario.fingerprint(),
        "reference_date": str(scenario.since),
        "country": scenario.country,
        "parameters": "; ".join(_said(scenario.parameters)),
        "members": members,
        **about,
        "displacement_version": displacement.__version__,
        "note": "A projection, not a report. Names and boundaries imply no endorsement. Deaths are not projected.",
    }
    run.attrs["digest"] = digest(run)
    return run


def commodity_share(scenario: Scenario) -> Array:
    """(commodity,) share of each commodity in the weight of a ration."""
    kg = kg_per_person(scenario.standards)
    found = np.array([kg[name] for name in COMMODITIES])
    return found / found.sum() if found.sum() else found


def _group_coordinates(groups: Groups) -> dict[str, Any]:
    """What is known of each group that is recorded apart."""
    first = [groups.label.index(label) for label in groups.labels]
    said = {"id": groups.group, "name": groups.name, "home_area": groups.home_area}
    found = {f"group_{key}": ("group", np.array([v[i] for i in first], object)) for key, v in said.items()}
    return {"group": np.array(groups.labels, object), **found}


def with_access(run: xr.Dataset, status: xr.Dataset) -> xr.Dataset:
    """A run with the access status of its scenario beside the people; the digest covers both."""
    both = run.assign({name: status[name] for name in status.data_vars})
    both.attrs["digest"] = digest(both)
    return both


def _said(parameters: Parameters) -> Iterator[str]:
    for f in Parameters.quantities():
        low, _, high = parameters.priors.get(f.name, (None, None, None))
        spread = "" if low is None else f" ({low:.4g} to {high:.4g})"
        yield f"{f.name} = {getattr(parameters, f.name):.4g}{spread} {f.metadata['unit']}"


def digest(run: xr.Dataset) -> str:
    """SHA-256 over the variables: equal for the same command on one machine and set of versions."""
    found = hashlib.sha256()
    for name in sorted(map(str, run.data_vars)):
        values = run.variables[name]
        found.update(f"{name}{values.dims}{values.dtype}".encode())
        found.update(np.ascontiguousarray(values.values).tobytes())
    return found.hexdigest()
