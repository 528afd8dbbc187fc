"""Groups of people: what is said of each, and the rows of the group axis that they make.

A row of the axis is a group, a home area (where home areas are kept) and a way of travel. Without anything said of
groups the axis has one row, everyone, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Annotated

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from displacement.errors import InputError, Problems, did_you_mean
from displacement.network import Flags, Floats, Network
from displacement.streams import Counts

EVERYONE = "everyone"
ELSEWHERE = "elsewhere"  # the home area of people who were displaced when the scenario opens
MOST_AREAS = 20
Several = Annotated[tuple[str, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else tuple(v))]


class Group(BaseModel):
    """A group of people, by age and sex, by health, or people of a party: its share of the people, and how it moves.

    `party` makes it people of that party: those at places that it holds when the scenario opens. They count a place as
    hostile by how its holder stands to their own party, wherever they are. `places` limits a group to some places. At
    a place the groups that name it come first, then those of its party, then the rest; their shares add up to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)

    id: Annotated[str, StringConstraints(min_length=1)]
    name: Annotated[str, StringConstraints(min_length=1)]
    share: Annotated[float, Field(ge=0, le=1)]
    party: str = ""
    places: Several = ()
    mobility: Annotated[float, Field(ge=0, le=20)] = 1.0
    checkpoint: Annotated[float, Field(ge=0, le=1)] = 1.0
    medical: Annotated[float, Field(ge=0, le=1)] | None = None
    people_per_vehicle: Annotated[float, Field(ge=1, le=200)] | None = None
    on_foot: Annotated[float, Field(ge=0, le=1)] | None = None
    needs: Annotated[float, Field(ge=0, le=10)] = 1.0
    source: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Groups:
    """The group axis: one entry a row in every column. NaN stands for the parameter of that name."""

    group: tuple[str, ...]  # (row,) id of the group
    name: tuple[str, ...]  # (row,)
    home_area: tuple[str, ...]  # (row,) parent P-code, ELSEWHERE, or "" where home areas are not kept
    on_foot: Flags  # (row,) do they walk, and use no vehicle?
    party: tuple[str, ...]  # (row,) the party whose people they are, or ""
    mobility: Floats  # (row,) factor on every rate of leaving
    checkpoint: Floats  # (row,) factor on the chance to pass each checkpoint
    medical: Floats  # (row,) share who are medical cases
    people_per_vehicle: Floats  # (row,)
    needs: Floats  # (row,) need, of an average person's 1
    of_residents: Floats  # (row, place) share of the people at home when the scenario opens
    of_displaced: Floats  # (row, place) share of those already displaced there

    def __len__(self) -> int:
        return len(self.group)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What is recorded apart: (label,) a group, or a group and a home area; those on foot with the others."""
        return tuple(dict.fromkeys(self.label))

    @cached_property
    def label(self) -> tuple[str, ...]:
        """(row,) the label under which a row is recorded."""
        return tuple(f"{g} of {a}" if a else g for g, a in zip(self.group, self.home_area, strict=True))

    @property
    def recorded(self) -> bool:
        """Is anything recorded by group?"""
        return len(self.labels) > 1

    @classmethod
    def of(cls, network: Network, rows: Sequence[Group], *, home_areas: bool, country: str, on_foot: float) -> Groups:
        """The rows of the group axis. on_foot : share who walk, of groups that do not say."""
        said = rows or [Group(id=EVERYONE, name="Everyone", share=1.0)]
        areas = areas_of(network, country) if home_areas else ("",)
        area_of = np.array([_area(code, areas) for code in network.places.parent_pcode])
        share, made = shares(network, said), []
        for (i, row), area, walks in product(enumerate(said), areas, (False, True)):
            foot = on_foot if row.on_foot is None else row.on_foot
            travels = foot if walks else 1.0 - foot
            if travels > 0.0:
                of_residents = share[i] * travels * (area_of == area)
                of_displaced = share[i] * travels * (area in {"", ELSEWHERE})
                made.append((row, area, walks, of_residents, of_displaced))
        people = [row for row, *_ in made]
        return cls(
            group=tuple(row.id for row in people),
            name=tuple(row.name for row in people),
            home_area=tuple(area for _, area, *_ in made),
            on_foot=np.array([walks for _, _, walks, *_ in made]),
            party=tuple(row.party for row in people),
            mobility=np.array([row.mobility for row in people]),
            checkpoint=np.array([row.checkpoint for row in people]),
            medical=np.array([np.nan if row.medical is None else row.medical for row in people]),
            people_per_vehicle=np.array(
                [np.nan if row.people_per_vehicle is None else row.people_per_vehicle for row in people]
            ),
            needs=np.array([row.needs for row in people]),
            of_residents=np.array([of for *_, of, _ in made]),
            of_displaced=np.array([of for *_, of in made]),
        )


def _area(code: str, areas: Sequence[str]) -> str:
    """The home area of a place: its parent P-code if that is kept."""
    return code if code in areas else ELSEWHERE if ELSEWHERE in areas else ""


def need_per_person(network: Network, groups: Groups) -> Floats:
    """(place,) need of aid of the people there when the scenario opens, of an average person's 1; 1 where nobody lives.

    The mean of the groups' needs, weighted by the people of each row.
    """
    residents, displaced = network.places.residents, network.places.opening_displaced
    people = residents * groups.of_residents + displaced * groups.of_displaced
    total = people.sum(axis=0)
    return np.divide(groups.needs @ people, total, out=np.ones_like(total), where=total > 0)


def areas_of(network: Network, country: str) -> tuple[str, ...]:
    """Parent P-codes of the places in the country where people are at home, then ELSEWHERE."""
    places = network.places
    home = [i for i in range(len(places)) if places.residents[i] > 0 and places.country[i] == country]
    without = [places.id[i] for i in home if not places.parent_pcode[i]]
    found = sorted({places.parent_pcode[i] for i in home} - {""})
    problems = Problems()
    for name in without:
        problems.add("[scenario] home_areas = true", f"{name} has people at home and no parent_pcode; give it one")
    if len(found) > MOST_AREAS:
        problems.add(
            "[scenario] home_areas = true", f"{len(found)} parent P-codes: at most {MOST_AREAS} areas can be kept apart"
        )
    problems.raise_if_any()
    return (*found, ELSEWHERE)


def shares(network: Network, rows: Sequence[Group]) -> Floats:
    """(group, place) share of each group in the people of a place: of those that name it, else of its party's.

    Other groups hold everywhere else. Where nobody lives the shares may be anything; elsewhere those that do not add up
    to 1 are an error that names the place.
    """
    places = network.places
    found = np.zeros((len(rows), len(places)))
    people = places.residents + places.opening_displaced
    problems: dict[str, str] = {}
    for p, name in enumerate(places.id):
        named = [i for i, row in enumerate(rows) if name in row.places]
        of_party = [i for i, row in enumerate(rows) if row.party and row.party == places.party[p] and not row.places]
        rest = [i for i, row in enumerate(rows) if not row.party and not row.places]
        apply = named or of_party or rest
        total = sum(rows[i].share for i in apply)
        if people[p] > 0 and abs(total - 1.0) > 1e-6:
            who = ", ".join(rows[i].id for i in apply) or "no group"
            problems.setdefault(who, f"at {name} the shares ({who}) add up to {total:g}; they must add up to 1")
        found[apply, p] = [rows[i].share / total if total > 0 else 0.0 for i in apply]
    if problems:
        raise InputError([f"[[groups]]: {text}" for text in problems.values()])
    return found


def problems_of(rows: Sequence[Group], network: Network, parties: Sequence[str]) -> list[tuple[str, str]]:
    """What is wrong with names in groups: where it stands, and what is allowed."""
    found: list[tuple[str, str]] = []
    ids = [row.id for row in rows]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        found.append((f"[[groups]] id = {twice!r}", "stands more than once; each must be unique"))
    for row in rows:
        if row.party and row.party not in parties:
            hint = did_you_mean(row.party, parties)
            found.append((f"[[groups]] {row.id}, party = {row.party!r}", f"unknown party{hint}"))
        for name in row.places:
            if name not in network.places.position:
                hint = did_you_mean(name, network.places.id)
                found.append((f"[[groups]] {row.id}, places = {name!r}", f"unknown place{hint}"))
    return found


def apportioned(total: Counts, share: Floats) -> Counts:
    """(..., row, place) whole people of a total (..., place) by shares (row, place), by largest remainder, ties by row.

    Nobody is lost or made: where the shares add up to 1 the rows add up to the total. Real numbers are multiplied.

    >>> apportioned(np.array([10]), np.array([[0.25], [0.75]])).ravel()
    array([3, 7])
    """
    exact = np.asarray(total)[..., np.newaxis, :] * share
    if not np.issubdtype(np.asarray(total).dtype, np.integer):
        return np.asarray(exact)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    left = np.where(share.sum(axis=0) > 0, np.asarray(total) - whole.sum(axis=-2), 0)
    order = np.argsort(-(exact - whole), axis=-2, kind="stable")
    extra = np.zeros_like(whole)
    rank = np.arange(len(share))[:, np.newaxis]
    np.put_along_axis(extra, order, (rank < left[..., np.newaxis, :]).astype(np.int64), axis=-2)
    return np.asarray(whole + extra)
