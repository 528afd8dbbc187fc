"""A scenario folder as a Scenario, and back. What is wrong is noted, then left out, so that the rest is checked too."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from displacement.errors import InputError, Problems, did_you_mean
from displacement.events import Event, World
from displacement.groups import EVERYONE, Group
from displacement.io.chain import Sheet, located, sheets_of
from displacement.io.files import inside, shown
from displacement.io.models import PlaceGroup, checked, event_of
from displacement.io.network import links_from, network_of, places_from
from displacement.io.settings import parameters_from
from displacement.io.standards import standards_from
from displacement.io.tables import Cells, read_table
from displacement.network import LINK_COLUMNS, PLACE_COLUMNS, Column, Network, place_meant
from displacement.operations import Operation, check_event, faults_of_operation
from displacement.scenario import Host, OpeningRelation, Party, Scenario
from displacement.standards import STANDARD_COLUMNS, Standard, overridden, package_standards


@dataclass(frozen=True)
class Placed:
    """A checked table, and the words that find it in its file."""

    where: str
    model: Any


def read_scenario(path: str | Path) -> Scenario:
    """The scenario of a folder with scenario.toml, or of a .toml file. Everything wrong with it is one InputError."""
    root, file = located(path)
    problems = Problems()
    sheets, complete = sheets_of(root, file, problems)
    scenario = None
    if complete:
        scenario = _scenario(root, sheets, problems)
    else:
        _each(sheets, problems)
    problems.raise_if_any()
    assert scenario is not None, "a scenario without problems is a scenario"
    return scenario


def observed_file(path: str | Path) -> Path | None:
    """The observed.csv beside a scenario; None if there is none, or if it counts other places than the scenario has.

    It belongs to scenario.toml: a file beside it that names another table of places has no counts.
    """
    root, file = located(path)
    found, usual = root / "observed.csv", root / "scenario.toml"
    tables = [_table_of_places(root, toml) for toml in (file, usual) if toml.exists()]
    return found if found.exists() and len(set(tables)) <= 1 else None


def _table_of_places(root: Path, file: Path) -> str:
    """The name of the table of places that a scenario file reads."""
    sheets, _ = sheets_of(root, file, Problems())
    return next((sheet.about.places for sheet in sheets[::-1] if sheet.about.places), "places.csv")


def _each(sheets: Sequence[Sheet], problems: Problems) -> None:
    """Check each file by itself: a file that they extend cannot be read, so names may stand there."""
    for key, model in (("parties", Party), ("relations", OpeningRelation), ("operations", Operation),
                       ("place_groups", PlaceGroup), ("groups", Group), ("hosts", Host)):  # fmt: skip
        _models(model, key, sheets, problems)
    for entry in (entry for sheet in sheets for entry in sheet.entries["events"]):
        event_of(entry, problems)
    parameters_from([(sheet.name, sheet.parameters) for sheet in sheets], problems)


def _scenario(root: Path, sheets: Sequence[Sheet], problems: Problems) -> Scenario | None:
    """The scenario of the sheets; what is wrong is left out, so only one without problems may be used."""
    parties = _parties(sheets, problems)
    groups = _unique(_models(PlaceGroup, "place_groups", sheets, problems), problems)
    operations = _unique(_models(Operation, "operations", sheets, problems), problems)
    said, gone = _events(sheets, problems)
    events = _unique(said, problems)
    people = _unique(_models(Group, "groups", sheets, problems), problems)
    hosts = _models(Host, "hosts", sheets, problems)
    places, links = _tables(root, sheets, parties, problems)
    network = _network(places, links, groups, [*operations, *events], problems)
    network = replace(
        network,
        place_groups=dict.fromkeys(_said(sheets, "place_groups"), ()) | dict(network.place_groups),
        group_names={g.model.id: g.model.name for g in groups if g.model.name},
    )
    about = _about(sheets, network, problems)
    world = World(
        network=network,
        parties={p.id: p.name for p in parties.values()},
        start=about["start"],
        groups=tuple(_said(sheets, "groups")) or (EVERYONE,),
        events=tuple(e.model for e in events),
        unread=_unread(sheets, [*said, *gone]) | ({"links.csv"} if links is None else set()),
    )
    before = replace(world, events=(*world.events, *(e.model for e in gone)))
    events = [e for e in events if not e.model.missing(world) or e.model.missing(before)]
    sound = len(operations) == sum(len(sheet.entries["operations"]) for sheet in sheets)
    asking = [o.model for o in operations] if sound else None
    events = [e for e in events if _holds(e, world, asking, problems)]
    operations = [o for o in operations if _operation_holds(o, world, problems)]
    relations = list(_relations(_models(OpeningRelation, "relations", sheets, problems), parties, problems))
    parameters = parameters_from([(sheet.name, sheet.parameters) for sheet in sheets], problems)
    standards = _standards(root, sheets, problems)
    try:
        return Scenario(
            **about,
            network=network,
            parties=tuple(parties.values()),
            relations=tuple(r.model for r in relations),
            operations=tuple(o.model for o in operations),
            events=_in_place(
                [e.model for e in events], world, [o.model for o in operations], tuple(g.model.id for g in people)
            ),
            parameters=parameters,
            groups=tuple(g.model for g in people),
            hosts=tuple(h.model for h in hosts),
            standards=standards,
        )
    except InputError as fault:
        in_table = [text for text in fault.problems if text.startswith("places.csv")]
        problems.found += in_table if places is not None else []
        problems.found += [f"{sheets[-1].name}, {text}" for text in fault.problems if text not in in_table]
    return None


def _said(sheets: Iterable[Sheet], key: str) -> list[str]:
    """The ids that stand in a list, those of tables that are not sound among them."""
    ids = (entry.row.get("id") for sheet in sheets for entry in sheet.entries[key])
    return list(dict.fromkeys(i for i in ids if isinstance(i, str) and i))


def _parties(sheets: Sequence[Sheet], problems: Problems) -> dict[str, Party]:
    """The parties; one that is not sound is known by its id, so that nothing else is blamed."""
    sound = {p.model.id: p.model for p in _unique(_models(Party, "parties", sheets, problems), problems)}
    return sound | {i: Party(id=i, name=i) for i in _said(sheets, "parties") if i not in sound}


def _models(model: type[BaseModel], key: str, sheets: Sequence[Sheet], problems: Problems) -> list[Placed]:
    """The tables of all files that are sound by themselves."""
    entries = [entry for sheet in sheets for entry in sheet.entries[key]]
    found = [(entry.where, checked(model, entry, problems)) for entry in entries]
    return [Placed(where, m) for where, m in found if m is not None]


def _events(sheets: Sequence[Sheet], problems: Problems) -> tuple[list[Placed], list[Placed]]:
    """The events of all files, and those that are gone: a file may be `without` some that it extends."""
    events: list[Placed] = []
    left_out: list[Placed] = []
    for i, sheet in enumerate(sheets):
        labels = set(_labels(sheets[:i]))
        for name in sheet.about.without:
            where = f"{sheet.name}, [scenario] without = {shown(name)}"
            if i == 0:
                problems.add(where, "there is nothing to leave out, because this file extends no other")
            elif name not in labels:
                problems.add(
                    where, f"no event of {sheets[i - 1].name} has this id, group or kind{did_you_mean(name, labels)}"
                )
        gone = set(sheet.about.without)
        left_out += [e for e in events if {e.model.id, e.model.group, e.model.kind} & gone]
        events = [e for e in events if not {e.model.id, e.model.group, e.model.kind} & gone]
        for entry in sheet.entries["events"]:
            event = event_of(entry, problems)
            if event is not None:
                events.append(Placed(f"{entry.where} ({event.kind})", event))
    return events, left_out


def _unread(sheets: Sequence[Sheet], events: Iterable[Placed]) -> frozenset[str]:
    """Ids and kinds of events that stand in the files and are not sound by themselves: they may be spoken of."""
    read = {label for e in events for label in (e.model.id, e.model.kind)}
    return frozenset(_labels(sheets)) - read


def _labels(sheets: Iterable[Sheet]) -> Iterator[str]:
    """The ids, groups and kinds of events, those of events that are not sound among them."""
    for entry in (entry for sheet in sheets for entry in sheet.entries["events"]):
        yield from (v for key in ("id", "group", "kind") if isinstance(v := entry.row.get(key), str) and v)


def _unique(placed: Iterable[Placed], problems: Problems) -> list[Placed]:
    """Those whose id is empty or stands for the first time."""
    first: dict[str, str] = {}
    kept = []
    for p in placed:
        if p.model.id and first.setdefault(p.model.id, p.where) != p.where:
            problems.add(
                f"{p.where}, id = {shown(p.model.id)}", f"stands in {first[p.model.id]} already; each must be unique"
            )
        else:
            kept.append(p)
    return kept


def _relations(relations: Iterable[Placed], parties: Iterable[str], problems: Problems) -> Iterator[Placed]:
    """The relations between two known, different parties, of each two the first."""
    first: dict[frozenset[str], str] = {}
    for r in relations:
        where = f"{r.where}, parties = {shown(list(r.model.parties))}"
        pair = frozenset(r.model.parties)
        unknown = [p for p in r.model.parties if p not in set(parties)]
        for name in unknown:
            problems.add(where, f"unknown party {name!r}{did_you_mean(name, parties)}")
        if unknown:
            continue
        if len(pair) < 2:
            problems.add(where, "a relation needs two different parties")
        elif first.setdefault(pair, r.where) != r.where:
            problems.add(where, f"stands in {first[pair]} already; an event of kind Relation changes it from a day on")
        else:
            yield r


def _holds(placed: Placed, world: World, operations: Sequence[Operation] | None, problems: Problems) -> bool:
    """Does an event name what there is? If not, that is noted under the key that holds the name complained of.

    operations : None, if one of them is not sound, so that no approval is blamed for it
    """
    try:
        placed.model.effects(world)
        if operations is not None:
            check_event(placed.model, operations, world)
    except InputError as fault:
        for text in fault.problems:
            problems.add(f"{placed.where}{_key_of(placed.model, text)}", text)
        return False
    return True


def _in_place(
    events: Sequence[Event], world: World, operations: Sequence[Operation], groups: tuple[str, ...]
) -> tuple[Event, ...]:
    """The events that hold in what is left of the scenario when all that is wrong with it is left out."""
    kept, count = tuple(events), -1
    while len(kept) != count:
        count, left = len(kept), replace(world, events=kept, unread=frozenset(), groups=groups or (EVERYONE,))
        kept = tuple(e for e in kept if _stands(e, left, operations))
    return kept


def _stands(event: Event, world: World, operations: Sequence[Operation]) -> bool:
    """Does an event hold, with nothing noted?"""
    try:
        event.effects(world)
        check_event(event, operations, world)
    except InputError:
        return False
    return True


def _operation_holds(placed: Placed, world: World, problems: Problems) -> bool:
    """Does an operation name what there is, and start at hubs?"""
    faults = list(faults_of_operation(placed.model, world.network, world.party_index))
    for key, what in faults:
        problems.add(f"{placed.where}, {key}", what)
    return not faults


def _key_of(model: BaseModel, text: str) -> str:
    """', key = name' of the key whose value is quoted first in a message, else nothing."""
    said, found = re.split("; did you mean|; known", text)[0], []
    for key, value in model:
        names = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        found += [(said.index(repr(name)), f", {key} = {shown(name)}") for name in names if name and repr(name) in said]
    return min(found, key=lambda pair: pair[0])[1] if found else ""


def _tables(
    root: Path, sheets: Sequence[Sheet], parties: Iterable[str], problems: Problems
) -> tuple[Cells | None, Cells | None]:
    """The checked rows of places.csv and links.csv; None for one that cannot be read as a table."""
    before = len(problems.found)
    places = _table(root, sheets, "places", PLACE_COLUMNS, problems)
    if places is not None and not len(places):
        if len(problems.found) == before:
            problems.add(places.file, "holds no places; at least one row is needed below the header")
        places = None
    links = _table(root, sheets, "links", LINK_COLUMNS, problems)
    if places is not None:
        places = places_from(places, parties, problems)
    return places, None if links is None else links_from(links, places, problems)


def _table(
    root: Path, sheets: Sequence[Sheet], key: str, columns: Sequence[Column], problems: Problems
) -> Cells | None:
    """The table that the last file to say so names; by default places.csv and links.csv beside the base."""
    given = [sheet for sheet in sheets if getattr(sheet.about, key) is not None]
    sheet, name = (given[-1], getattr(given[-1].about, key)) if given else (sheets[0], f"{key}.csv")
    where = f"{sheet.name}, [scenario] {key} = {shown(name)}"
    path = inside(root, sheet.path.parent, name, where, problems)
    return None if path is None else read_table(path, name if name.isprintable() else shown(name), columns, problems)


def _standards(root: Path, sheets: Sequence[Sheet], problems: Problems) -> tuple[Standard, ...]:
    """The package's table with the rows of the scenario's own, if it has one: named, or needs.csv beside the base."""
    if all(sheet.about.needs is None for sheet in sheets) and not (sheets[0].path.parent / "needs.csv").exists():
        return package_standards()
    cells = _table(root, sheets, "needs", STANDARD_COLUMNS, problems)
    return package_standards() if cells is None else overridden(package_standards(), standards_from(cells, problems))


def _network(
    places: Cells | None, links: Cells | None, groups: Sequence[Placed], others: Sequence[Placed], problems: Problems
) -> Network:
    """The network. In place of a table that cannot be read: all that is mentioned, so that nothing else is blamed."""
    if links is None:
        links = _stub(LINK_COLUMNS, _mentioned(others, "link", "crossing", "lines"), kind="crossing")
    if places is None:
        said = _mentioned(
            [*groups, *others], "places", "place", "to", "hubs", "deliver_places", "origin", "destination"
        )
        ids = {p.model.id for p in groups}
        said |= {n for e in ("from", "to") for n in links.texts(f"{e}_place_id")}
        places = _stub(PLACE_COLUMNS, said - ids, hub=True)
    return network_of(places, links, dict(_groups(groups, places, problems)))


def _mentioned(placed: Iterable[Placed], *keys: str) -> set[str]:
    values = (getattr(p.model, key, ()) for p in placed for key in keys)
    return {name for value in values for name in ((value,) if isinstance(value, str) else value)} - {""}


def _stub(columns: Sequence[Column], ids: Iterable[str], **filled: str | bool) -> Cells:
    """A table that holds nothing but ids, and what is filled in."""
    names = sorted(ids)
    empty = {spec.name: [filled.get(spec.name)] * len(names) for spec in columns}
    return Cells("", [0] * len(names), {**empty, columns[0].name: names})


def _groups(groups: Iterable[Placed], places: Cells, problems: Problems) -> Iterator[tuple[str, tuple[str, ...]]]:
    ids = places.columns["place_id"]
    known = set(ids)
    for g in groups:
        if g.model.id in known:
            problems.add(f"{g.where}, id = {shown(g.model.id)}", "is a place_id too; a group needs a name of its own")
        for name in g.model.places:
            if name not in known:
                meant = place_meant(name, ids, places.columns["name"], known)
                problems.add(f"{g.where}, places = {shown(name)}", f"unknown place{meant}")
        yield g.model.id, tuple(name for name in g.model.places if name in known)


def _about(sheets: Sequence[Sheet], network: Network, problems: Problems) -> dict[str, Any]:
    """The keys of [scenario], the last file's winning; something harmless where a needed one is missing or wrong."""
    found: dict[str, Any] = {
        "name": None,
        "start": None,
        "days": None,
        "country": None,
        "summary": "",
        "reference": None,
        "home_areas": False,
    }
    for sheet in sheets:
        found.update({k: v for k in found if (v := getattr(sheet.about, k)) is not None})
    last, given = sheets[-1].name, {key for sheet in sheets for key in sheet.given}
    for key, example in (("name", '"Northern Aleppo"'), ("start", "2016-02-01"), ("days", "46")):
        if key not in given:
            problems.add(f"{last}, [scenario] {key}", f"is missing; write it such as {key} = {example}")
    countries = sorted(set(network.places.country) - {""})
    if "country" not in given and len(countries) > 1:
        problems.add(
            f"{last}, [scenario] country",
            f"is missing; the places lie in {', '.join(countries)}: say which country is modelled",
        )
    elif found["country"] is not None and countries and found["country"] not in countries:
        where = f"{last}, [scenario] country = {shown(found['country'])}"
        problems.add(where, f"no place lies in it{did_you_mean(found['country'], countries)}")
        found["country"] = None
    if found["country"] is None or not countries:
        found["country"] = network.places.country[0] if len(network.places) else ""
    harmless = {"name": "-", "start": dt.date(2000, 1, 1), "days": 1}
    return {key: harmless[key] if key in harmless and value is None else value for key, value in found.items()}
