"""places.csv and links.csv as a Network, and back: everything that is wrong with either is noted, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from displacement.errors import Problems, did_you_mean
from displacement.io.tables import Cells, plain, write_table
from displacement.network import (
    LINK_COLUMNS,
    PLACE_COLUMNS,
    VEHICLES_ON_CROSSING,
    Links,
    Network,
    Places,
    place_meant,
    stock_above,
)

COUNTRY = re.compile("[A-Z]{2}")
NOBODY_LIVES = ("junction", "front_post")  # kinds of place whose population may stay empty


def places_from(cells: Cells, parties: Iterable[str] | None, problems: Problems) -> Cells:
    """Check the rows of places.csv; what is returned has unique ids and known parties, whatever was found."""
    cells = _unique(cells, "place_id", problems)
    for where, what in list(_faults_of_places(cells)):
        problems.add(where, what)
    for i, name in cells.broken:
        if name == "hub":  # an operation that starts there is not to be blamed
            cells.columns["hub"][i] = True
    folded = [c.upper() if c else c for c in cells.columns["country"]]
    cells.columns["country"] = [c if c and COUNTRY.fullmatch(c) else None for c in folded]
    if parties is not None:
        known = set(parties)
        for i, party in enumerate(cells.columns["party"]):
            if party and party not in known:
                problems.add(cells.where(i, "party"), f"unknown party{did_you_mean(party, known)}")
                cells.columns["party"][i] = None
    return cells


def links_from(cells: Cells, places: Cells | None, problems: Problems) -> Cells:
    """Check the rows of links.csv, against those of places.csv if it could be read."""
    cells = _unique(cells, "link_id", problems)
    rows = {name: i for i, name in enumerate(places.columns["place_id"])} if places else None
    for i, where, what in list(_faults_of_links(cells, places, rows)):
        problems.add(where, what)
        cells.broken.add((i, "kind"))
    for i in range(len(cells)):
        if cells.columns["kind"][i] == "crossing" and cells.columns["vehicles_per_day"][i] is not None:
            problems.add(cells.where(i, "vehicles_per_day"), VEHICLES_ON_CROSSING)
            cells.columns["vehicles_per_day"][i] = None
    for i, name in cells.broken:
        if name == "kind":  # an event that takes it for a crossing is not to be blamed
            cells.columns["kind"][i] = "crossing"
    return cells


def network_of(places: Cells, links: Cells, groups: dict[str, tuple[str, ...]]) -> Network:
    """The network that the cells hold. An end that is unknown, which was noted, is taken to be the first place."""
    rows = {name: i for i, name in enumerate(sorted(places.columns["place_id"]))}
    if not rows:
        links = links.only([])
    found = {spec.name: _column(places, spec.name, spec.type) for spec in PLACE_COLUMNS}
    ends = (np.array([rows.get(n, 0) for n in links.texts(f"{end}_place_id")], np.int64) for end in ("from", "to"))
    origin, destination = ends
    skip = {"link_id", "from_place_id", "to_place_id"}
    others = {spec.name: _column(links, spec.name, spec.type) for spec in LINK_COLUMNS if spec.name not in skip}
    return Network(
        places=Places(id=found.pop("place_id"), **found, extra=places.extra),
        links=Links(id=links.texts("link_id"), origin=origin, destination=destination, **others, extra=links.extra),
        place_groups=groups,
    )


def _column(cells: Cells, name: str, kind: type) -> Any:
    if kind is str:
        return cells.texts(name)
    return cells.flags(name) if kind is bool else cells.numbers(name)


def places_csv(network: Network) -> str:
    """The text of places.csv."""
    places = network.places
    columns = {spec.name: getattr(places, "id" if spec.name == "place_id" else spec.name) for spec in PLACE_COLUMNS}
    return write_table(_with_extra(columns, places.extra))


def links_csv(network: Network) -> str:
    """The text of links.csv."""
    links, ids = network.links, network.places.id
    ends = {"from_place_id": [ids[i] for i in links.origin], "to_place_id": [ids[i] for i in links.destination]}
    columns = {s.name: getattr(links, s.name) for s in LINK_COLUMNS if s.name not in {"link_id", *ends}}
    ordered = {s.name: {"link_id": links.id, **ends, **columns}[s.name] for s in LINK_COLUMNS}
    return write_table(_with_extra(ordered, links.extra))


def _with_extra(columns: dict[str, Any], extra: Any) -> dict[str, Sequence[Any]]:
    clash = sorted(columns.keys() & extra.keys())
    if clash:
        message = f"free column {clash[0]!r} has the name of a column of the table"
        raise ValueError(message)
    return {**columns, **extra}


def _unique(cells: Cells, key: str, problems: Problems) -> Cells:
    """The rows whose id is there and stands for the first time; the second of two is a problem with both rows."""
    first: dict[str, int] = {}
    for i, name in enumerate(cells.columns[key]):
        if name is not None and first.setdefault(name, i) != i:
            problems.add(cells.where(i, key), f"stands in row {cells.rows[first[name]]} already; each must be unique")
    return cells.only(sorted(first.values()))


def _faults_of_places(cells: Cells) -> Iterator[tuple[str, str]]:
    for i in range(len(cells)):
        country = cells.columns["country"][i]
        if country is not None and not COUNTRY.fullmatch(country):
            hint = f"; write {country.upper()}" if COUNTRY.fullmatch(country.upper()) else ""
            yield cells.where(i, "country"), f"must be two capital letters (ISO 3166 alpha-2), such as SY{hint}"
        empty = cells.columns["population"][i] is None and not _bad(cells, i, "population", "kind", "outside")
        if empty and not cells.columns["outside"][i] and cells.columns["kind"][i] not in NOBODY_LIVES:
            yield (
                cells.where(i, "population"),
                f"is empty; an inhabited place (kind {cells.columns['kind'][i]}) needs people at home, 0 if there are"
                " none (empty is allowed if it is outside, a junction or a front_post)",
            )
        for name in ("population", "displaced"):
            yield from _order(cells, i, name)
        stock, storage = (cells.columns[name][i] for name in ("stock_t", "storage_t"))
        if stock is not None and storage is not None and stock > storage:
            yield cells.where(i, "stock_t"), stock_above(storage)
            cells.columns["stock_t"][i] = None


def _order(cells: Cells, i: int, name: str) -> Iterator[tuple[str, str]]:
    """Low <= central <= high, as far as they are given."""
    names = (f"{name}_low", name, f"{name}_high")
    if _bad(cells, i, *names):
        return
    given = [(n, v) for n in names if (v := cells.columns[n][i]) is not None]
    for (less, low), (more, high) in pairwise(given):
        if low > high:
            yield cells.where(i, less), f"must be at most {more} = {plain(high)}; low <= {name} <= high"


def _bad(cells: Cells, i: int, *names: str) -> bool:
    return any((i, name) in cells.broken for name in names)


def _faults_of_links(cells: Cells, places: Cells | None, rows: dict[str, int] | None) -> Iterator[tuple[int, str, str]]:
    for i in range(len(cells)):
        ends = [cells.columns[f"{end}_place_id"][i] for end in ("from", "to")]
        if ends[0] is not None and ends[0] == ends[1]:
            yield i, cells.where(i, "to_place_id"), "is from_place_id too; a link joins two different places"
            continue
        if places is None or rows is None:
            continue
        for end, name in zip(("from", "to"), ends, strict=True):
            if name is not None and name not in rows:
                meant = place_meant(name, places.columns["place_id"], places.columns["name"], rows)
                yield i, cells.where(i, f"{end}_place_id"), f"is no place_id of {places.file}{meant}"
        if all(name in rows for name in ends):
            yield from _border(cells, i, [places.columns["country"][rows[name]] for name in ends])


def _border(cells: Cells, i: int, countries: Sequence[str | None]) -> Iterator[tuple[int, str, str]]:
    kind, (a, b) = cells.columns["kind"][i], countries
    if None in countries or kind is None:
        return
    if kind == "crossing" and a == b:
        yield i, cells.where(i, "kind"), f"both ends lie in {a}; a crossing joins two countries: kind must be road"
    if kind != "crossing" and a != b:
        yield (
            i,
            cells.where(i, "kind"),
            f"joins {a} and {b}; a link between two countries is a border: kind must be crossing",
        )
