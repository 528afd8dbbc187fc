"""Places and the links between them: two frozen tables of arrays, sorted by id, and the graph they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from displacement.displays import Dot, Line, small_map
from displacement.errors import InputError, did_you_mean

PLACE_KINDS = ("village", "town", "camp", "border_post", "junction", "front_post", "region")
LINK_KINDS = ("road", "crossing")
DIRECTIONS = ("forward", "backward")
TRAFFIC = ("civilians", "medical", "trade", "aid")
EARTH_RADIUS_KM = 6371.0
VEHICLES_ON_CROSSING = "limits roads only; what a crossing lets through is people_per_day"
MOST_PEOPLE = 2_000_000_000  # what a 32-bit count holds; far above any crisis

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


def stock_above(storage_t: float) -> str:
    """What is wrong with a stock that is larger than the store.

    >>> stock_above(50.0)
    'must be at most storage_t = 50; what does not fit would be lost'
    """
    return f"must be at most storage_t = {storage_t:g}; what does not fit would be lost"


@dataclass(frozen=True)
class Column:
    """One column of a table: what it holds, in which unit, what is allowed, and whether a cell may be empty."""

    name: str
    type: type
    definition: str
    unit: str = ""
    low: float = -np.inf
    high: float = np.inf
    allowed: tuple[str, ...] = ()
    required: bool = False


PLACE_COLUMNS = (
    Column("place_id", str, "short name, unique, that links and events refer to", required=True),
    Column("name", str, "name as printed"),
    Column("pcode", str, "P-code of the place (never sliced)"),
    Column("parent_pcode", str, "P-code of the area it lies in"),
    Column("country", str, "country, ISO 3166 alpha-2", required=True),
    Column("latitude", float, "WGS 84", "degrees north", -90, 90, required=True),
    Column("longitude", float, "WGS 84", "degrees east", -180, 180, required=True),
    Column("kind", str, "what stands there", allowed=PLACE_KINDS, required=True),
    Column("population", int, "people at home at the start", "people", 0, MOST_PEOPLE),
    Column("population_low", float, "10 % point of the people at home", "people", 0, MOST_PEOPLE),
    Column("population_high", float, "90 % point of the people at home", "people", 0, MOST_PEOPLE),
    Column("displaced", int, "people already displaced there at the start", "people", 0, MOST_PEOPLE),
    Column("displaced_low", float, "10 % point of the displaced", "people", 0, MOST_PEOPLE),
    Column("displaced_high", float, "90 % point of the displaced", "people", 0, MOST_PEOPLE),
    Column("capacity", float, "planned capacity of a site", "people", 0, MOST_PEOPLE),
    Column("party", str, "who controls it at the start; empty is unknown"),
    Column("outside", bool, "outside what is modelled: another country, or the rest of a party's territory"),
    Column("hub", bool, "aid starts here"),
    Column("storage_t", float, "aid that can be stored", "tonnes", 0, 1e9),
    Column("stock_t", float, "aid stored there at the start, for the people there", "tonnes", 0, 1e9),
    Column("priority", float, "weight when aid is short; 1 unless given", "1", 0.01, 100),
)
LINK_COLUMNS = (
    Column("link_id", str, "short name, unique, that events refer to", required=True),
    Column("from_place_id", str, "where forward starts", required=True),
    Column("to_place_id", str, "where forward ends", required=True),
    Column("kind", str, "a road, or a crossing of a border", allowed=LINK_KINDS, required=True),
    Column("length_km", float, "length by road", "km", 0.001, 40_000, required=True),
    Column("speed_kmh", float, "free speed", "km/h", 0.1, 200, required=True),
    Column("trucks_per_day", float, "most trucks a day and direction", "trucks/day", 0, 1e6),
    Column("vehicles_per_day", float, "most vehicles a day and direction", "vehicles/day", 0, 1e7),
    Column("people_per_day", float, "most people a day and direction, at a crossing", "people/day", 0, MOST_PEOPLE),
    Column("directed", bool, "forward only; otherwise one row is both directions"),
)


class Table:
    """Base of the two tables: columns of equal length, read-only, sorted by id, that know their own names."""

    KEY: ClassVar[str]
    id: tuple[str, ...]
    extra: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        order = sorted(range(len(self.id)), key=lambda i: self.id[i])
        for f in fields(self):  # type: ignore[arg-type]
            column = getattr(self, f.name)
            if f.name == "extra":
                values: Any = {name: tuple(cells[i] for i in order) for name, cells in sorted(column.items())}
            elif isinstance(column, np.ndarray):
                values = column[order]
                values.setflags(write=False)
            else:
                values = tuple(column[i] for i in order)
            object.__setattr__(self, f.name, values)
        if len(set(self.id)) < len(self.id):
            twice = sorted({i for i in self.id if self.id.count(i) > 1})
            raise InputError(f"{self.KEY}: {', '.join(map(repr, twice))} stands more than once; each must be unique")

    def __len__(self) -> int:
        return len(self.id)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(_same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))  # type: ignore[arg-type]

    __hash__ = object.__hash__

    @cached_property
    def position(self) -> dict[str, int]:
        """Row of each id."""
        return {name: i for i, name in enumerate(self.id)}

    def index(self, name: str) -> int:
        """Row of an id; an unknown one is an error that suggests the nearest.

        The message names the table's key column, so that a reader knows where to look.
        """
        if name not in self.position:
            raise InputError(f"{self.KEY} {name!r} is unknown{did_you_mean(name, self.id)}")
        return self.position[name]


def _same(a: object, b: object) -> bool:
    """Equal values, with unknown equal to unknown."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f" and b.dtype.kind == "f"))
    return bool(a == b)


@dataclass(frozen=True, eq=False, kw_only=True)
class Places(Table):
    """Settlements, camps, border posts and junctions: one entry a place in every column; NaN is unknown."""

    KEY = "place_id"

    id: tuple[str, ...]
    name: tuple[str, ...]
    pcode: tuple[str, ...]
    parent_pcode: tuple[str, ...]
    country: tuple[str, ...]
    latitude: Floats
    longitude: Floats
    kind: tuple[str, ...]
    population: Floats
    population_low: Floats
    population_high: Floats
    displaced: Floats
    displaced_low: Floats
    displaced_high: Floats
    capacity: Floats
    party: tuple[str, ...]
    outside: Flags
    hub: Flags
    storage_t: Floats
    stock_t: Floats = field(default_factory=lambda: np.zeros(0))
    priority: Floats = field(default_factory=lambda: np.zeros(0))
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("stock_t", "priority"):
            if not len(getattr(self, name)):  # not given: unknown
                object.__setattr__(self, name, np.full(len(self.id), np.nan))
        super().__post_init__()
        called = tuple(name or key for name, key in zip(self.name, self.id, strict=True))
        object.__setattr__(self, "name", called)  # a place without a name is called by its id

    @cached_property
    def residents(self) -> Floats:
        """(place,) people at home who are modelled: 0 at places outside, whose population only sizes their pull."""
        return np.where(self.outside, 0.0, np.nan_to_num(self.population))

    @cached_property
    def opening_displaced(self) -> Floats:
        """(place,) people already displaced there at the start."""
        return np.nan_to_num(self.displaced)


@dataclass(frozen=True, eq=False, kw_only=True)
class Links(Table):
    """Roads and border crossings: origin and destination are rows of the places table; NaN is no limit known."""

    KEY = "link_id"

    id: tuple[str, ...]
    origin: Indices
    destination: Indices
    kind: tuple[str, ...]
    length_km: Floats
    speed_kmh: Floats
    trucks_per_day: Floats
    vehicles_per_day: Floats
    people_per_day: Floats
    directed: Flags
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def crossing(self) -> Flags:
        """(link,) is it a border crossing?"""
        return np.array([kind == "crossing" for kind in self.kind], bool)


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """Places joined by links. An arc is a link and a direction: arc 2 l is link l forward, 2 l + 1 backward."""

    places: Places
    links: Links
    place_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        mine, theirs = (
            [(k, v, network.called(k)) for k, v in sorted(network.place_groups.items())] for network in (self, other)
        )
        return self.places == other.places and self.links == other.links and mine == theirs

    __hash__ = object.__hash__

    @cached_property
    def arc_origin(self) -> Indices:
        """(arc,) place where the arc starts."""
        return np.stack([self.links.origin, self.links.destination], axis=1).ravel()

    @cached_property
    def arc_destination(self) -> Indices:
        """(arc,) place where the arc ends."""
        return np.stack([self.links.destination, self.links.origin], axis=1).ravel()

    def members_of(self, name: str) -> tuple[str, ...]:
        """The places that a name stands for: itself, or those of a named group.

        An unknown name is an error with the nearest place or group as a suggestion.
        """
        if name in self.place_groups:
            return self.place_groups[name]
        if name in self.places.position:
            return (name,)
        meant = place_meant(name, self.places.id, self.places.name, [*self.places.id, *self.place_groups])
        raise InputError(f"place {name!r} is neither a place_id nor a place group{meant}")

    def called(self, name: str) -> str:
        """A place or a group as a reader knows it; a group without a name by its id in words."""
        if name in self.places.position:
            return self.places.name[self.places.position[name]]
        return self.group_names.get(name) or name.replace("_", " ")

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """The arcs as a networkx graph, for whoever wants to look with other tools."""
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for i, name in enumerate(self.places.id):
            graph.add_node(name, name=self.places.name[i], kind=self.places.kind[i])
        for arc, (a, b) in enumerate(zip(self.arc_origin, self.arc_destination, strict=True)):
            link, backward = divmod(arc, 2)
            if not (backward and self.links.directed[link]):
                graph.add_edge(
                    self.places.id[a],
                    self.places.id[b],
                    key=self.links.id[link],
                    length_km=float(self.links.length_km[link]),
                    kind=self.links.kind[link],
                )
        return graph

    def __str__(self) -> str:
        return _counts(self)

    def _repr_html_(self) -> str:
        """A small map and counts."""
        return _shown(self)


def place_meant(name: str, ids: Sequence[str], names: Sequence[str | None], known: Iterable[str]) -> str:
    """Which place is probably meant, as the end of a message: that of the name, else the nearest of those known.

    >>> place_meant("Old Town", ["old_east", "mare"], ["Old Town", "Mare"], ["old_east", "mare"])
    "; that is its name: write its place_id 'old_east'"
    """
    for key, called in zip(ids, names, strict=True):
        if called and called.casefold() == name.casefold() and key.casefold() != name.casefold():
            return f"; that is its name: write its place_id {key!r}"
    return did_you_mean(name, known)


def countries_abroad(countries: Sequence[str], home: str) -> tuple[str, ...]:
    """The countries of places other than the one that is modelled, in order.

    >>> countries_abroad(("SY", "TR", "SY"), "SY")
    ('TR',)
    """
    return tuple(sorted(set(countries) - {home}))


def great_circle_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Distance over the ground between points in degrees, in km, by the haversine formula on a sphere.

    2 R asin sqrt(sin^2(dlat / 2) + cos lat1 cos lat2 sin^2(dlon / 2)), R = 6371 km; within 0.5 % of the ellipsoid.

    >>> aleppo, azaz = (36.20, 37.16), (36.59, 37.05)
    >>> round(float(great_circle_km(np.array(aleppo[0]), np.array(aleppo[1]), np.array(azaz[0]), np.array(azaz[1]))), 1)
    44.5
    """
    lat1, lon1, lat2, lon2 = (np.radians(x) for x in (latitude, longitude, to_latitude, to_longitude))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def _counts(network: Network) -> str:
    """How many places, links and people there are."""
    places, links = network.places, network.links
    crossings = int(links.crossing.sum())
    return (
        f"{len(places)} places, {len(links) - crossings} roads, {crossings} border crossing{'s' * (crossings != 1)};"
        f" {places.residents.sum():,.0f} people at home, {places.opening_displaced.sum():,.0f} displaced"
    )


def _shown(network: Network) -> str:
    """A small map with counts: for notebooks."""
    places, links = network.places, network.links
    if not len(places):
        return "<b>Network</b>: no places"
    people, displaced = places.residents, places.opening_displaced
    columns = zip(
        places.latitude.tolist(), places.longitude.tolist(), places.name, places.kind, (people + displaced).tolist(),
        places.outside.tolist(), places.hub.tolist(), strict=True,
    )  # fmt: skip
    ends = zip(links.origin.tolist(), links.destination.tolist(), links.crossing.tolist(), links.id, strict=True)
    shown = small_map([Dot(*c) for c in columns], [Line(*e) for e in ends], "Map of the network")
    return f"<div><b>Network</b>: {_counts(network)}</div>{shown}"
