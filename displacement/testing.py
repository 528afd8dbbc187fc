"""Hypothesis strategies: small random networks, events and scenarios that are valid. For your tests as for ours.

>>> from hypothesis import given, settings
>>> @settings(max_examples=5, deadline=None)
... @given(scenarios(max_places=4))
... def conditions_can_be_compiled(scenario):
...     assert scenario.compile().sizes["time"] == scenario.days
>>> conditions_can_be_compiled()
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from displacement.conditions import RELATIONS
from displacement.events import KINDS, Capture, Event, Fighting, Rumour, Siege, SiegeLifted
from displacement.network import DIRECTIONS, PLACE_KINDS, TRAFFIC, Floats, Links, Network, Places
from displacement.parameters import Parameters
from displacement.scenario import OpeningRelation, Operation, Party, Scenario

HOME, ABROAD = "AA", "BB"
PARTIES = ("blue", "green", "red")
START = dt.date(2016, 2, 1)
EMPTY_KINDS = ("junction", "front_post")
WILD = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)


def _ids(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i:02d}" for i in range(count))


@st.composite
def networks(
    draw: DrawFn,
    *,
    min_places: int = 2,
    max_places: int = 6,
    min_links: int = 1,
    max_links: int = 10,
    most_people: int = 50_000,
    parties: Sequence[str] = PARTIES,
    crossings: bool = True,
    directed: bool = True,
    connected: bool = False,
    unknown_controllers: bool = True,
    limits: bool = True,
    groups: bool = True,
    wild: bool = False,
) -> Network:
    """A network of a few places: camps, junctions, places abroad behind crossings, places outside, hubs.

    The lengths of links are all different, and so, nearly always, are those of paths. `connected` joins all places,
    both ways; `limits` gives some links and sites a capacity, `groups` names groups of places; `wild` adds free columns
    and names in any script.
    """
    n = draw(st.integers(min_places, max_places))
    abroad = np.array(draw(st.lists(st.booleans() if crossings else st.just(False), min_size=n, max_size=n)), bool)
    abroad[0] = False  # somewhere to flee from
    places = _places(draw, abroad, most_people=most_people, parties=parties, unknown=unknown_controllers, limits=limits)
    ends = _ends(draw, n, min_links, max_links, connected=connected)
    links = _links(draw, ends, abroad, directed=directed and not connected, limits=limits)
    if wild:
        places, links = _wild(draw, places, "name", "pcode", "parent_pcode"), _wild(draw, links)
    return Network(places=Places(**places), links=Links(**links), place_groups=_groups(draw, n) if groups else {})


def _several(draw: DrawFn, strategy: SearchStrategy[Any], count: int) -> list[Any]:
    return draw(st.lists(strategy, min_size=count, max_size=count))


def _count(most: int, least: int = 0) -> SearchStrategy[int]:
    """Least to most, rather many than few, though it shrinks to few: an empty network tries out little."""
    middle = (least + most + 1) // 2
    return st.one_of(st.integers(least, middle), *[st.integers(middle, most)] * 3)


def _numbers(draw: DrawFn, strategy: SearchStrategy[Any], count: int) -> Floats:
    """(count,) numbers; None is unknown."""
    return np.array([np.nan if x is None else x for x in _several(draw, strategy, count)], float)


def _places(
    draw: DrawFn, abroad: Any, *, most_people: int, parties: Sequence[str], unknown: bool, limits: bool
) -> dict[str, Any]:
    n = len(abroad)
    kind = _several(draw, st.sampled_from(PLACE_KINDS), n)
    outside = abroad | np.array(_several(draw, st.sampled_from([False, False, False, True]), n), bool)
    outside[0] = False
    inhabited = ~np.isin(kind, EMPTY_KINDS)
    population = np.where(inhabited, _numbers(draw, st.integers(0, most_people), n), np.nan)
    displaced = np.where(inhabited & ~outside, _numbers(draw, st.none() | st.integers(0, most_people // 4), n), np.nan)
    low, high = (_numbers(draw, st.none() | factor, n) for factor in (st.floats(0.3, 1), st.floats(1, 3)))
    where = _several(draw, st.tuples(st.integers(-300, 300), st.integers(-300, 300)), n)
    capacity = st.none() | st.integers(0, most_people) if limits else st.none()
    return {
        "id": _ids("p", n),
        "name": tuple(f"Place {i}" for i in range(n)),
        "pcode": tuple(f"AA{i:04d}" for i in range(n)),
        "parent_pcode": tuple(f"AA{i % 2:02d}" for i in range(n)),
        "country": tuple(ABROAD if a else HOME for a in abroad),
        "latitude": np.array([36 + y / 1000 for y, _ in where]),
        "longitude": np.array([37 + x / 1000 for _, x in where]),
        "kind": tuple(kind),
        "population": population,
        "population_low": population * low,
        "population_high": population * high,
        "displaced": displaced,
        "displaced_low": displaced * low,
        "displaced_high": displaced * high,
        "capacity": np.where(np.isin(kind, ["camp"]), _numbers(draw, capacity, n), np.nan),
        "party": tuple(_several(draw, st.sampled_from([*parties, ""] if unknown else [*parties]), n)),
        "outside": outside,
        "hub": np.array(_several(draw, st.booleans(), n), bool),
        "storage_t": _numbers(draw, st.none() | st.integers(0, 5000), n),
    }


def _ends(draw: DrawFn, n: int, min_links: int, max_links: int, *, connected: bool) -> list[tuple[int, int]]:
    """Pairs of places, each once; a tree among them if all are to be connected."""
    tree = [(draw(st.integers(0, i - 1)), i) for i in range(1, n)] if connected else []
    free = [(a, b) for a in range(n) for b in range(a + 1, n) if (a, b) not in tree]
    most = max(min(max_links - len(tree), len(free)), 0)
    count = draw(_count(most, min(max(min_links - len(tree), 0), most)))
    others = draw(st.lists(st.sampled_from(free), min_size=count, max_size=count, unique=True)) if count else []
    return [pair[::-1] if draw(st.booleans()) else pair for pair in tree + others]


def _links(
    draw: DrawFn, ends: Sequence[tuple[int, int]], abroad: Any, *, directed: bool, limits: bool
) -> dict[str, Any]:
    m = len(ends)
    metres = draw(st.lists(st.integers(500, 60_000), min_size=m, max_size=m, unique=True))
    crossing = [bool(abroad[a] != abroad[b]) for a, b in ends]
    limit = st.none() | st.integers(0, 2000) if limits else st.none()
    return {
        "id": _ids("l", m),
        "origin": np.array([a for a, _ in ends], np.int64),
        "destination": np.array([b for _, b in ends], np.int64),
        "kind": tuple("crossing" if c else "road" for c in crossing),
        "length_km": np.array(metres, float) / 1000,
        "speed_kmh": _numbers(draw, st.integers(5, 90), m),
        "trucks_per_day": _numbers(draw, limit, m),
        "vehicles_per_day": _numbers(draw, limit, m),
        "people_per_day": np.where(crossing, _numbers(draw, limit, m), np.nan),
        "directed": np.array(_several(draw, st.sampled_from([False, False, True]), m), bool) & directed,
    }


def _wild(draw: DrawFn, table: dict[str, Any], *names: str) -> dict[str, Any]:
    """The table with text of any script, line breaks and quotes among it, and a free column or two."""
    n = len(table["id"])
    cell = WILD | st.sampled_from(["", '"', "a,b", "line\nbreak", " space ", "\r\n"])
    columns = draw(st.lists(st.sampled_from(["note", "grade", "colour, shape"]), unique=True))
    extra = {name: tuple(_several(draw, cell, n)) for name in columns}
    return {**table, **{name: tuple(_several(draw, WILD, n)) for name in names}, "extra": extra}


def _groups(draw: DrawFn, n: int) -> dict[str, tuple[str, ...]]:
    some = st.lists(st.sampled_from(_ids("p", n)), min_size=1, max_size=n, unique=True).map(tuple)
    return draw(st.dictionaries(st.sampled_from(["area_one", "area_two"]), some))


@dataclass(frozen=True)
class _Known:
    """The names that events may use."""

    places: tuple[str, ...]
    links: tuple[str, ...]
    crossings: tuple[str, ...]
    parties: tuple[str, ...]
    groups: tuple[str, ...]
    unknown_permissions: bool
    network: Network


def _names(known: Sequence[str]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).map(tuple) if known else st.nothing()


def _chance(known: _Known) -> SearchStrategy[Any]:
    share = st.sampled_from([0.0, 1.0]) | st.integers(0, 100).map(lambda percent: percent / 100)
    return st.none() | share | (st.just("unknown") if known.unknown_permissions else st.nothing())


def _pair(known: _Known) -> SearchStrategy[tuple[str, ...]]:
    return st.permutations(known.parties).map(lambda p: tuple(p[:2])) if len(known.parties) > 1 else st.nothing()


_FIELDS: dict[str, Callable[[_Known], SearchStrategy[Any]]] = {
    "place": lambda known: _names(known.places),
    "link": lambda known: _names(known.links),
    "crossing": lambda known: _names(known.crossings),
    "by": lambda known: st.sampled_from(known.parties) if known.parties else st.nothing(),
    "parties": _pair,
    "relation": lambda known: st.sampled_from(RELATIONS),
    "intensity": lambda known: st.integers(0, 100).map(lambda percent: percent / 100),
    "level": lambda known: st.integers(0, 4),
    "direction": lambda known: st.sampled_from(["both", *DIRECTIONS]),
    "traffic": lambda known: st.lists(st.sampled_from(TRAFFIC), min_size=1, unique=True).map(tuple),
    "per_day": lambda known: st.integers(0, 5000),
    "people_per_day": lambda known: st.integers(0, 5000),
    "vehicles_per_day": lambda known: st.integers(0, 3000),
    "capacity": lambda known: st.integers(0, 20_000),
    "delay_hours": lambda known: st.integers(0, 48).map(lambda half: half / 2),
    "refusal": lambda known: st.integers(0, 100).map(lambda percent: percent / 100),
    "speed": lambda known: st.integers(5, 100).map(lambda percent: percent / 100),
    "consent": lambda known: st.sampled_from(["informed", "unknown", "none"]),
    "break_rate": lambda known: st.sampled_from([0.0, 0.1, 1.0]),
    "who": lambda known: st.lists(st.sampled_from(known.groups), unique=True).map(tuple),
    "of": lambda known: st.just("event_0"),
    "days": lambda known: st.integers(-5, 5).filter(bool),
    **dict.fromkeys(TRAFFIC, _chance),
}


def _one_or_both(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Places, links or both."""
    place, link = (st.fixed_dictionaries({name: _FIELDS[name](known)}) for name in ("place", "link"))
    return place | link | st.builds(lambda a, b: {**a, **b}, place, link) if known.links else place


def _capacity(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """A site and how many people, or a link and how many vehicles."""
    forms = (("place", "capacity"), ("link", "vehicles_per_day"))
    return st.one_of(*(st.fixed_dictionaries({name: _FIELDS[name](known) for name in form}) for form in forms))


def _two_places(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Two different places."""
    ids = known.network.places.id
    pair = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True) if len(ids) > 1 else st.nothing()
    return pair.map(lambda ends: {"place": ends[0], "to": ends[1]})


def _way(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Links that make a path, and its ends."""
    network = known.network
    passable = [a for a in range(2 * len(network.links)) if not (a % 2 and network.links.directed[a // 2])]
    return _walk(network, passable) if passable else st.nothing()


@st.composite
def _walk(draw: DrawFn, network: Network, passable: list[int]) -> dict[str, Any]:
    """A path of one to three arcs that comes to no place twice."""
    arcs = [draw(st.sampled_from(passable))]
    seen = [int(network.arc_origin[arcs[0]]), int(network.arc_destination[arcs[0]])]
    while onward := [
        a for a in passable if network.arc_origin[a] == seen[-1] and network.arc_destination[a] not in seen
    ]:
        if len(arcs) == 3 or not draw(st.booleans()):
            break
        arcs.append(draw(st.sampled_from(onward)))
        seen.append(int(network.arc_destination[arcs[-1]]))
    ids = network.places.id
    return {"place": ids[seen[0]], "to": ids[seen[-1]], "link": tuple(network.links.id[a // 2] for a in arcs)}


# Kinds with fields that hang together: what gives these fields at once.
_TOGETHER: dict[str, Callable[[_Known], SearchStrategy[dict[str, Any]]]] = {
    "CapacityChanged": _capacity,
    "Corridor": _way,
    "Evacuation": _two_places,
    "Weather": _one_or_both,
}
_JOINT = {"CapacityChanged": {"place", "capacity", "link", "vehicles_per_day"}, "Corridor": {"place", "to", "link"},
          "Evacuation": {"place", "to"}, "Weather": {"place", "link"}}  # fmt: skip


def events(
    network: Network,
    *,
    parties: Iterable[str] | None = None,
    groups: Iterable[str] = ("everyone",),
    start: dt.date = START,
    days: int = 10,
    kinds: Iterable[str] | None = None,
    uncertain_dates: bool = True,
    unknown_permissions: bool = True,
) -> SearchStrategy[Event]:
    """One event of any kind (or of `kinds`) that suits the network, in the period or a few days beside it.

    `parties` are those that may act: by default all that hold a place; `groups` those of the people. A SiegeLifted and
    a Rumour speak of another event, which a scenario with them needs (`scenarios` sees to it).
    """
    known = _Known(
        places=(*network.places.id, *network.place_groups),
        links=network.links.id,
        crossings=tuple(i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c),
        parties=tuple(sorted(set(network.places.party) - {""} if parties is None else parties)),
        groups=tuple(groups),
        unknown_permissions=unknown_permissions,
        network=network,
    )
    possible = [_of_kind(KINDS[kind], known, start, days, uncertain_dates) for kind in kinds or sorted(KINDS)]
    return st.one_of([strategy for strategy in possible if not strategy.is_empty])


def _of_kind(kind: type[Event], known: _Known, start: dt.date, days: int, uncertain: bool) -> SearchStrategy[Event]:
    taken = {*Event.model_fields, *_JOINT.get(kind.kind, ())}
    own = {name: info for name, info in kind.model_fields.items() if name not in taken}
    needed = {name: _FIELDS[name](known) for name, info in own.items() if info.is_required()}
    others = {name: _FIELDS[name](known) for name, info in own.items() if not info.is_required()}
    others = {name: strategy for name, strategy in others.items() if not strategy.is_empty}
    together = _TOGETHER[kind.kind](known) if kind.kind in _TOGETHER else st.just({})
    if any(strategy.is_empty for strategy in (together, *needed.values())):
        return st.nothing()
    if set(TRAFFIC) <= own.keys():  # a Permission names at least one class
        needed["aid"] = others.pop("aid").filter(lambda chance: chance is not None)
    said = st.fixed_dictionaries(needed, optional=others)
    when = _dates(start, days, uncertain=uncertain, ends=kind not in (Capture, SiegeLifted))
    group = st.fixed_dictionaries({}, optional={"group": st.just("what_if"), "source": st.just("a test")})
    return st.builds(lambda a, b, c, d: kind(**a, **b, **c, **d), when, group, together, said)


@st.composite
def _dates(draw: DrawFn, start: dt.date, days: int, *, uncertain: bool, ends: bool) -> dict[str, dt.date]:
    """Start, perhaps an end, perhaps the bounds of an uncertain start."""
    first = start + dt.timedelta(days=draw(st.integers(-2, days + 1)))
    found = {"start": first}
    if ends and draw(st.booleans()):
        found["end"] = first + dt.timedelta(days=draw(st.integers(0, days)))
    if uncertain and draw(st.integers(0, 3)) == 3:
        found["earliest"] = first - dt.timedelta(days=draw(st.integers(0, 3)))
        found["latest"] = first + dt.timedelta(days=draw(st.integers(0, 3)))
    return found


@st.composite
def scenarios(
    draw: DrawFn,
    /,
    *,
    min_days: int = 1,
    max_days: int = 12,
    max_events: int = 6,
    kinds: Iterable[str] | None = None,
    uncertain_dates: bool = True,
    unknown_permissions: bool = True,
    unknown_controllers: bool = True,
    vary_parameters: bool = False,
    wild: bool = False,
    network: Network | None = None,
    **options: Any,
) -> Scenario:
    """A scenario of a few places, days and events that is valid. `options` go to `networks`, unless one is given."""
    if network is None:
        network = draw(networks(unknown_controllers=unknown_controllers, wild=wild, **options))
    parties = tuple(sorted({*PARTIES, *network.places.party} - {""}))
    days = draw(st.integers(min_days, max_days))
    event = events(
        network,
        parties=parties,
        days=days,
        kinds=kinds,
        uncertain_dates=uncertain_dates,
        unknown_permissions=unknown_permissions,
    )
    found = [] if event.is_empty else _several(draw, event, draw(_count(max_events)))
    text = WILD if wild else st.sampled_from(["A", "Bb"])
    return Scenario(
        name=draw(text),
        summary=draw(st.just("") | text),
        network=network,
        parties=tuple(Party(id=p, name=draw(text) if wild else p.title()) for p in parties),
        start=START,
        days=days,
        country=HOME,
        reference=draw(st.none() | st.integers(0, days - 1).map(lambda day: START + dt.timedelta(days=day))),
        relations=tuple(_relations(draw, parties)),
        operations=tuple(_operations(draw, network, parties)),
        events=_spoken_of(draw, _named(draw, _compatible(network, found)), network),
        parameters=draw(_parameters()) if vary_parameters else Parameters(),
    )


def _relations(draw: DrawFn, parties: Sequence[str]) -> list[OpeningRelation]:
    pairs = [(a, b) for i, a in enumerate(parties) for b in parties[i + 1 :]]
    said = _several(draw, st.none() | st.sampled_from(RELATIONS), len(pairs))
    return [OpeningRelation(parties=pair, relation=r) for pair, r in zip(pairs, said, strict=True) if r is not None]


def _operations(draw: DrawFn, network: Network, parties: Sequence[str]) -> list[Operation]:
    hubs = [p for p, hub in zip(network.places.id, network.places.hub, strict=True) if hub]
    if not hubs:
        return []
    any_links = (
        st.lists(st.sampled_from(network.links.id), max_size=3, unique=True) if len(network.links) else st.just([])
    )
    one: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "hubs": st.lists(st.sampled_from(hubs), min_size=1, unique=True).map(tuple),
            "transit": st.lists(st.sampled_from(parties), min_size=1, unique=True).map(tuple),
            "deliver": st.lists(st.sampled_from(parties), unique=True).map(tuple),
            "lines": any_links.map(tuple),
            "any_line": st.booleans(),
            "deliver_places": st.lists(st.sampled_from(network.places.id), max_size=2, unique=True).map(tuple),
        }
    )
    found = draw(st.lists(one, max_size=2))
    return [Operation(id=f"operation_{i}", name=f"Operation {i}", **row) for i, row in enumerate(found)]


def _members(network: Network, names: Iterable[str]) -> set[str]:
    return {p for name in names for p in network.members_of(name)}


def _compatible(network: Network, found: Sequence[Event]) -> list[Event]:
    """The events without captures that could take a place for two parties on one day, whenever each really starts."""
    kept: list[Event] = []
    taken: list[tuple[set[str], dt.date, dt.date, str]] = []
    for event in found:
        if isinstance(event, Capture):
            places = _members(network, event.place)
            first, last = event.first, event.last
            if any(places & p and first <= b and a <= last and by != event.by for p, a, b, by in taken):
                continue
            taken.append((places, first, last, event.by))
        kept.append(event)
    return kept


def _named(draw: DrawFn, found: Sequence[Event]) -> tuple[Event, ...]:
    """Some of the events get an id."""
    named = _several(draw, st.booleans(), len(found))
    return tuple(
        event.model_copy(update={"id": f"event_{i}"}) if give else event
        for i, (event, give) in enumerate(zip(found, named, strict=True))
    )


def _spoken_of(draw: DrawFn, found: tuple[Event, ...], network: Network) -> tuple[Event, ...]:
    """The events with those that they speak of: a siege that is lifted has begun, a rumour is of another event."""
    sieges = [event for event in found if isinstance(event, Siege)]
    for lift in (event for event in found if isinstance(event, SiegeLifted)):
        same = (s for s in sieges if _members(network, s.place) == _members(network, lift.place))
        if not any(s.start < lift.start for s in same):
            before = lift.start - dt.timedelta(days=draw(st.integers(1, 4)))
            sieges.append(Siege(place=lift.place, start=before))
            found = (*found, sieges[-1])
    ids = [event.id for event in found if event.id and not isinstance(event, Rumour)]
    if not ids and any(isinstance(event, Rumour) for event in found):
        ids = ["spoken_of"]
        found = (*found, Fighting(id=ids[0], place=network.places.id[:1], intensity=0.5, start=START))
    return tuple(
        event.model_copy(update={"of": draw(st.sampled_from(ids))}) if isinstance(event, Rumour) else event
        for event in found
    )


@st.composite
def _parameters(draw: DrawFn) -> Parameters:
    """Parameters with some values moved, and some priors given."""
    values: dict[str, Any] = {}
    for f in draw(st.lists(st.sampled_from(Parameters.quantities()), max_size=4, unique_by=lambda f: f.name)):
        low, high = f.metadata["low"], f.metadata["high"]
        if draw(st.booleans()):
            value = draw(st.floats(low, high))
            values[f.name] = value if value > 1e-100 else max(low, 0.0)
        else:
            middle = st.floats(low + 0.01 * (high - low), low + 0.99 * (high - low), exclude_max=True)
            values[f.name] = tuple(sorted(draw(st.tuples(middle, middle, middle))))
    return Parameters().with_values(values)
