"""A scenario: a network, parties and their relations, aid operations, dated events, parameters, a period."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field, StringConstraints

from displacement.conditions import RELATIONS, compile_conditions
from displacement.displays import Bar, timeline
from displacement.displays.svg import said
from displacement.errors import InputError, Problems, did_you_mean
from displacement.events import (
    Capture,
    Event,
    RelationName,
    Rumour,
    Two,
    World,
    double_captures,
    moved,
    moved_by,
    settled,
    shown_day,
)
from displacement.groups import EVERYONE, Group, Groups, need_per_person, problems_of
from displacement.network import MOST_PEOPLE, TRAFFIC, VEHICLES_ON_CROSSING, Indices, Network, stock_above
from displacement.operations import Identifier, Operation, Row, check_event, faults_of_operation
from displacement.parameters import Parameters
from displacement.standards import COMMODITIES, Standard, kg_per_person, package_standards
from displacement.streams import Draws

MOST_DAYS = 3660
OF_AID = ("aid_share", "truck_load", "transshipment_hours")  # parameters that conditions carry along
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 1, 1)  # what dates in nanoseconds hold, and some sense


class Party(Row):
    """Who controls places, or an authority abroad."""

    id: Identifier
    name: Identifier


class OpeningRelation(Row):
    """How two parties stand to each other at the start."""

    parties: Two
    relation: RelationName


class Host(Row):
    """A country that hosts refugees: how many were there when the scenario opens, counted apart from the model."""

    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    name: Identifier
    refugees: Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
    low: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = None
    high: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = None
    as_of: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """Everything a run is made from. Immutable: the methods that change something return another scenario."""

    name: str
    network: Network
    parties: tuple[Party, ...]
    start: dt.date
    days: int
    country: str
    relations: tuple[OpeningRelation, ...] = ()
    operations: tuple[Operation, ...] = ()
    events: tuple[Event, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)
    summary: str = ""
    reference: dt.date | None = None
    groups: tuple[Group, ...] = ()
    home_areas: bool = False
    hosts: tuple[Host, ...] = ()
    standards: tuple[Standard, ...] = field(default_factory=package_standards)

    def __post_init__(self) -> None:
        problems = Problems()
        for where, what in self._problems():
            problems.add(where, what)
        problems.raise_if_any()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self._content() == other._content() and self.network == other.network

    __hash__ = object.__hash__

    @property
    def world(self) -> World:
        """What names and dates in the events refer to."""
        return self._world(self.events)

    def _world(self, events: tuple[Event, ...]) -> World:
        return World(
            network=self.network,
            parties={p.id: p.name for p in self.parties},
            start=self.start,
            groups=tuple(g.id for g in self.groups) or (EVERYONE,),
            people_names={g.id: g.name for g in self.groups},
            events=events,
        )

    def group_axis(self) -> Groups:
        """The rows of the group axis: one, everyone, unless groups or home areas are asked for."""
        walking = float(self.parameters.on_foot)
        return Groups.of(self.network, self.groups, home_areas=self.home_areas, country=self.country, on_foot=walking)

    @property
    def since(self) -> dt.date:
        """The reference date from which `newly_displaced` and `moved_since` count."""
        return self.reference or self.start

    @property
    def end(self) -> dt.date:
        """The last day."""
        return self.start + dt.timedelta(days=self.days - 1)

    def compile(self) -> xr.Dataset:
        """Conditions of every day: nothing in them is random, and they can be looked at before anything is run."""
        return self._compiled(self.events)

    def beliefs(self) -> xr.Dataset | None:
        """Conditions as people believe them to be: those of `compile` but for the days with rumours; None without any.

        On such a day they are what they would be if every event with a rumour in force came so many days later.
        """
        rumours = [event for event in self.events if isinstance(event, Rumour)]
        if not rumours:
            return None
        heard = [moved_by(self.start + dt.timedelta(days=day), rumours) for day in range(self.days)]
        found = self._compiled(self.events)
        for moves in dict.fromkeys(moves for moves in heard if moves):
            version = self._compiled(self._standing(moved(self.events, dict(moves))))
            days = [day for day, of_day in enumerate(heard) if of_day == moves]
            for name, variable in found.data_vars.items():
                if "time" in variable.dims:
                    variable.values[days] = version[name].values[days]
        return found

    def _compiled(self, events: tuple[Event, ...]) -> xr.Dataset:
        world, kg = self._world(events), kg_per_person(self.standards)
        found = compile_conditions(
            self.network,
            tuple(sorted(world.parties)),
            self.opening_relations(),
            [effect for event in events for effect in event.effects(world)],
            start=np.datetime64(self.start, "ns"),
            days=self.days,
            parameters=self.parameters,
            groups=world.groups,
            more={
                "need_per_person": need_per_person(self.network, self.group_axis()),
                "ration": np.array([kg[name] for name in COMMODITIES]),
            },
            labels={"commodity": list(COMMODITIES)},
        )
        found.attrs |= {name: float(getattr(self.parameters, name)) for name in OF_AID}
        return found

    def opening_relations(self) -> Indices:
        """(party, party) relation at the start; parties of which nothing is said are hostile."""
        index = self.world.party_index
        matrix = np.zeros((len(index), len(index)), np.int64)
        np.fill_diagonal(matrix, RELATIONS.index("same"))
        for row in self.relations:
            a, b = (index[p] for p in row.parties)
            matrix[a, b] = matrix[b, a] = RELATIONS.index(row.relation)
        return matrix

    def with_events(self, *events: Event) -> Scenario:
        """This scenario with more events."""
        return replace(self, events=(*self.events, *events))

    def without(self, *names: str) -> Scenario:
        """This scenario without the events whose id, group or kind is named.

        With them go those that speak of nothing else: rumours of them, the lifting of a siege that is left out.
        """
        self._check_labels("without", names)
        kept = (e for e in self.events if not {e.id, e.group, e.kind} & set(names))
        return replace(self, events=self._standing(kept))

    def leaving_out(self, event: Event) -> Scenario:
        """This scenario without one event, and without those that speak of nothing else."""
        return replace(self, events=self._standing(e for e in self.events if e is not event))

    def _check_labels(self, what: str, names: Iterable[str]) -> None:
        """An error with the nearest id, group or kind for each name that no event has."""
        known = {label for e in self.events for label in (e.id, e.group, e.kind) if label}
        unknown = [n for n in names if n not in known]
        if unknown:
            reason = "no event has this id, group or kind"
            raise InputError([f"{what} {n!r}: {reason}{did_you_mean(n, known)}" for n in unknown])

    def _standing(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The events without those that speak of one that is not there."""
        kept, before = tuple(events), -1
        while len(kept) != before:
            world, before = self._world(kept), len(kept)
            kept = tuple(event for event in kept if not event.missing(world))
        return kept

    def shifted(self, days: int, *names: str) -> Scenario:
        """This scenario with events (those whose id, group or kind is named; else all) some days later."""
        self._check_labels("shifted", names)
        events = (e.shifted(days) if not names or {e.id, e.group, e.kind} & set(names) else e for e in self.events)
        return replace(self, events=tuple(events))

    def settled(self, draws: Draws) -> Scenario:
        """This scenario with what is uncertain in its events drawn.

        Each uncertain start falls on a day from its earliest to its latest, each equally likely. A ceasefire that may
        break does so after a time that is exponential with its rate; one that breaks on its first day never holds.
        """
        drawn = [settled(event, draws) for event in self.events]
        if all(new is event for new, event in zip(drawn, self.events, strict=True)):
            return self
        return replace(self, events=self._standing(event for event in drawn if event is not None))

    def describe(self, date: dt.date | None = None) -> str:
        """The network and the events in sentences; with a date, only what is in force on that day."""
        places = self.network.places
        lines = [
            f"{self.name}: {shown_day(self.start)} to {shown_day(self.end)} ({self.days} days)",
            f"{len(places)} places with {places.residents.sum():,.0f} people at home and"
            f" {places.opening_displaced.sum():,.0f} already displaced; {len(self.network.links)} links,"
            f" {int(self.network.links.crossing.sum())} of them border crossings; {len(self.parties)} parties.",
        ]
        if self.summary:
            lines.insert(1, self.summary)
        events = sorted(self.events, key=lambda e: (e.start, e.sentence(self.world)))
        if date is None:
            return "\n".join(
                [*lines, "", "What changes, day by day:", *(f"  {e.sentence(self.world)}" for e in events)]
            )
        world = self.world
        now = [e for e in events if e.start <= date <= (e.until(world) or date)]
        return "\n".join([*lines, "", f"In force on {shown_day(date)}:", *(f"  {e.sentence(self.world)}" for e in now)])

    def open_on(self, date: dt.date) -> list[dict[str, Any]]:
        """Links that are not simply open to everybody on a day: who may pass, with what chance (None: unknown).

        `admits` names the groups of people that a corridor is for, where it is not for all.
        """
        today = self.compile().sel(time=str(date))
        chance, admission, groups = today["permission"].values, today["admission"].values > 0, self.world.groups
        places, links, rows = self.network.places, self.network.links, []
        for i in range(len(links)):
            same = np.array_equal(chance[i, 0], chance[i, 1], equal_nan=True)
            same = same and np.array_equal(admission[i, 0], admission[i, 1])
            for way in range(1 if same else 2):
                if not (np.all(chance[i, way] == 1.0) and admission[i, way].all()):
                    ends = [links.origin[i], links.destination[i]][:: -1 if way else 1]
                    said = {k: None if np.isnan(v) else float(v) for k, v in zip(TRAFFIC, chance[i, way], strict=True)}
                    names = [places.name[end] for end in ends]
                    both = "both ways" if same else "this way"
                    row = {"link": links.id[i], "from": names[0], "to": names[1], "ways": both, "permission": said}
                    if not admission[i, way].all():
                        row["admits"] = [groups[g] for g in np.flatnonzero(admission[i, way])]
                    rows.append(row)
        return rows

    def fingerprint(self) -> str:
        """SHA-256 of everything in the scenario: equal for equal scenarios, on any machine."""
        digest = hashlib.sha256(json.dumps(self._content(), sort_keys=True, default=str).encode())
        for table in (self.network.places, self.network.links):
            for name in sorted(f.name for f in fields(table)):
                column = getattr(table, name)
                digest.update(f"{name}={column.tolist() if isinstance(column, np.ndarray) else column!r}".encode())
        return digest.hexdigest()

    def _content(self) -> dict[str, Any]:
        """All but the tables, as plain values; lists whose order means nothing are sorted."""
        return {
            "about": (self.name, self.summary, self.country, str(self.start), self.days, str(self.since)),
            "parties": sorted(p.model_dump_json() for p in self.parties),
            "relations": sorted(r.model_dump_json() for r in self.relations),
            "operations": sorted(o.model_dump_json() for o in self.operations),
            "events": sorted(e.kind + e.model_dump_json() for e in self.events),
            "groups": (self.home_areas, sorted(g.model_dump_json() for g in self.groups)),
            "hosts": sorted(h.model_dump_json() for h in self.hosts),
            "standards": sorted((s.item, s.cluster, s.commodity, s.quantity, s.unit, s.source) for s in self.standards),
            "parameters": [(f.name, float(getattr(self.parameters, f.name))) for f in Parameters.quantities()],
            "priors": sorted(self.parameters.priors.items()),
            "place_groups": sorted(
                (k, self.network.called(k), tuple(sorted(v))) for k, v in self.network.place_groups.items()
            ),
        }

    def __str__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        """A timeline of the events, with their sentences below."""
        world = self.world
        about = [said(line, 600) for line in self.describe().split("\n\n")[0].splitlines()]
        bars = [Bar(e.kind, e.start, e.until(world), e.first, e.last, e.sentence(world)) for e in self.events]
        head = "".join(f"<div>{line}</div>" for line in [f"<b>Scenario</b>: {about[0]}", *about[1:]])
        return f"{head}{timeline(bars, self.start, self.days, f'Timeline of {self.name}')}"

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Every fault of this scenario: where it stands, and what is wrong and allowed."""
        if not 1 <= self.days <= MOST_DAYS:
            yield f"[scenario] days = {self.days}", f"must lie in [1, {MOST_DAYS}]"
            return
        if not FIRST_DAY <= self.start <= LAST_DAY:
            yield f"[scenario] start = {self.start}", f"must lie in [{FIRST_DAY}, {LAST_DAY}]"
            return
        places = self.network.places
        total = places.residents.sum() + places.opening_displaced.sum()
        if total > MOST_PEOPLE:
            yield "places.csv", f"{total:,.0f} people in all: at most {MOST_PEOPLE:,.0f} can be counted"
        if not len(places):
            yield "places.csv", "no places; at least one is needed"
        if self.country not in places.country:
            yield (
                f"[scenario] country = {self.country!r}",
                f"no place lies in it{did_you_mean(self.country, set(places.country))}",
            )
        yield from _problems_of_tables(self.network)
        yield from self._problems_of_names()
        world = self.world
        for i, event in enumerate(self.events):
            where = f"[[events]] {i + 1} ({event.kind}, {event.start})"
            try:
                event.effects(world)
                check_event(event, self.operations, world)
            except InputError as problem:
                for text in problem.problems:
                    yield where, text
        yield from self._double_captures()

    def _problems_of_names(self) -> Iterator[tuple[str, str]]:
        places, world = self.network.places, self.world
        for i, party in enumerate(places.party):
            if party and party not in world.party_index:
                yield (
                    f"places.csv, {places.id[i]}, party = {party!r}",
                    f"unknown party{did_you_mean(party, world.party_index)}",
                )
        for where, ids in (
            ("[[parties]]", [p.id for p in self.parties]),
            ("[[operations]]", [o.id for o in self.operations]),
            ("[[hosts]] country", [h.country for h in self.hosts]),
            ("[[events]]", [e.id for e in self.events if e.id]),
        ):
            for twice in sorted({i for i in ids if ids.count(i) > 1}):
                yield (
                    f"{where if ' ' in where else where + ' id'} = {twice!r}",
                    "stands more than once; each must be unique",
                )
        for row in self.relations:
            for party in row.parties:
                if party not in world.party_index:
                    yield f"[[relations]] parties = {party!r}", f"unknown party{did_you_mean(party, world.party_index)}"
        for group, members in self.network.place_groups.items():
            for name in members:
                if name not in places.position:
                    yield f"[[place_groups]] {group}", f"place {name!r} is unknown{did_you_mean(name, places.id)}"
        yield from self._problems_of_groups()
        for o in self.operations:
            for key, what in faults_of_operation(o, self.network, world.party_index):
                yield f"[[operations]] {o.id}, {key}", what

    def _problems_of_groups(self) -> Iterator[tuple[str, str]]:
        found = problems_of(self.groups, self.network, tuple(self.world.party_index))
        yield from found
        try:
            if not found:
                self.group_axis()
        except InputError as problem:
            for text in problem.problems:
                where, _, what = text.partition(": ")
                yield where, what

    def _double_captures(self) -> Iterator[tuple[str, str]]:
        """Captures of one place by two parties that fall on one day, or may, or are believed to."""
        yield from double_captures(self.events, self.network, "[[events]] ")
        captures = {event.id for event in self.events if isinstance(event, Capture)}
        for rumour in (e for e in self.events if isinstance(e, Rumour) and e.of in captures):
            believed = moved(self.events, {rumour.of: rumour.days})
            yield from double_captures(believed, self.network, f"[[events]] Rumour of {rumour.of!r}, by which ")


def _problems_of_tables(network: Network) -> Iterator[tuple[str, str]]:
    """Cells that do not go together."""
    places, links = network.places, network.links
    for row in map(int, np.flatnonzero(links.crossing & np.isfinite(links.vehicles_per_day))):
        where = f"links.csv, {links.id[row]}, vehicles_per_day = {links.vehicles_per_day[row]:g}"
        yield where, VEHICLES_ON_CROSSING
    for row in map(int, np.flatnonzero(places.stock_t > places.storage_t)):
        yield f"places.csv, {places.id[row]}, stock_t = {places.stock_t[row]:g}", stock_above(places.storage_t[row])
