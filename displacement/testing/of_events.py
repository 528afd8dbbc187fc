"""Random events of every kind that suit a network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from displacement.conditions import RELATIONS
from displacement.events import KINDS, Capture, Event, Prepositioned, SiegeLifted
from displacement.network import DIRECTIONS, TRAFFIC, Network
from displacement.testing.of_networks import START


@dataclass(frozen=True)
class _Known:
    """The names that events may use."""

    places: tuple[str, ...]
    links: tuple[str, ...]
    crossings: tuple[str, ...]
    roads: tuple[str, ...]
    parties: tuple[str, ...]
    groups: tuple[str, ...]
    hubs: tuple[str, ...]
    lines: tuple[str, ...]  # links that an approval of convoys may name
    unknown_permissions: bool
    network: Network

    @cached_property
    def able(self) -> list[str]:
        """Places that can store something."""
        return [name for name in self.places if _least_store(self.network, [name]) > 0]

    @cached_property
    def lacks(self) -> set[str]:
        """Fields for which there is no name, and kinds whose fields hang together."""
        there = {
            "link": self.links, "crossing": self.crossings, "by": self.parties, "parties": self.parties[1:],
            "Airdrops": self.able, "ConvoyApproval": self.lines, "Corridor": self.links,
            "Evacuation": self.network.places.id[1:], "HubSupply": self.hubs,
        }  # fmt: skip
        return {name for name, names in there.items() if not names}


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
    "trucks": lambda known: st.integers(1, 60),
    "requests_per_week": lambda known: st.integers(1, 140).map(lambda tenths: tenths / 10),
    "approved": lambda known: st.integers(0, 100).map(lambda percent: percent / 100),
    "sorties_per_week": lambda known: st.integers(1, 50),
    "reliability": lambda known: st.integers(0, 100).map(lambda percent: percent / 100),
    "share": lambda known: st.integers(0, 100).map(lambda percent: percent / 100),
    **dict.fromkeys(TRAFFIC, _chance),
}


def _one_or_both(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Places, links or both."""
    place, link = (st.fixed_dictionaries({name: _FIELDS[name](known)}) for name in ("place", "link"))
    return place | link | st.builds(lambda a, b: {**a, **b}, place, link) if known.links else place


def _capacity(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """A site and how many people, or a link and how many vehicles."""
    site = st.fixed_dictionaries({name: _FIELDS[name](known) for name in ("place", "capacity")})
    vehicles = _FIELDS["vehicles_per_day"](known)
    return site | st.fixed_dictionaries({"link": _names(known.roads), "vehicles_per_day": vehicles})


def _least_store(network: Network, names: Iterable[str]) -> float:
    """Tonnes that each of the places can store."""
    places = network.places
    rows = [places.index(p) for name in names for p in network.members_of(name)]
    return float(np.nan_to_num(places.storage_t[rows], nan=1e6).min(initial=1e6))


def _supply(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Hubs, what they receive, and a stock that they can store."""

    def stocked(hubs: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
        stock = st.integers(0, 1000).map(lambda part: part / 1000 * min(_least_store(known.network, hubs), 5000))
        tonnes = st.integers(0, 5000).map(lambda tenths: tenths / 10)
        needed = {"place": st.just(hubs), "tonnes_per_day": tonnes}
        return st.fixed_dictionaries(needed, optional={"stock_t": stock})

    return _names(known.hubs).flatmap(stocked)


def _stored(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Places, and tonnes that each of them can store."""

    def stocked(names: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
        most = min(_least_store(known.network, names), 5000)
        tonnes = st.integers(0, 1000).map(lambda part: part / 1000 * most)
        return st.fixed_dictionaries({"place": st.just(names), "stock_t": tonnes})

    return _names(known.places).flatmap(stocked)


def _by_air(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Places, and sorties whose load fits into their stores."""

    def loaded(names: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
        most = min(_least_store(known.network, names), 40.0)
        tonnes = st.integers(1, 1000).map(lambda part: part / 1000 * most)
        needed = {"place": st.just(names), "tonnes_per_sortie": tonnes}
        return st.fixed_dictionaries(needed, optional={"recovered": _FIELDS["reliability"](known)})

    return _names(known.able).flatmap(loaded)


def _funding(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """All hubs, or some."""
    return st.just({}) | st.fixed_dictionaries({"place": _names(known.hubs)}) if known.hubs else st.nothing()


def _lines(known: _Known) -> SearchStrategy[dict[str, Any]]:
    """Links that convoys may take."""
    return st.fixed_dictionaries({"link": _names(known.lines)})


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
    "Airdrops": _by_air,
    "CapacityChanged": _capacity,
    "ConvoyApproval": _lines,
    "Corridor": _way,
    "Evacuation": _two_places,
    "FundingCut": _funding,
    "HubSupply": _supply,
    "Prepositioned": _stored,
    "Weather": _one_or_both,
}
_JOINT = {"Airdrops": {"place", "tonnes_per_sortie", "recovered"}, "ConvoyApproval": {"link"}, "FundingCut": {"place"},
          "CapacityChanged": {"place", "capacity", "link", "vehicles_per_day"}, "Corridor": {"place", "to", "link"},
          "Evacuation": {"place", "to"}, "HubSupply": {"place", "tonnes_per_day", "stock_t"},
          "Prepositioned": {"place", "stock_t"},
          "Weather": {"place", "link"}}  # fmt: skip


def events(
    network: Network,
    *,
    parties: Iterable[str] | None = None,
    groups: Iterable[str] = ("everyone",),
    lines: Iterable[str] | None = None,
    start: dt.date = START,
    days: int = 10,
    kinds: Iterable[str] | None = None,
    uncertain_dates: bool = True,
    unknown_permissions: bool = True,
) -> SearchStrategy[Event]:
    """One event of any kind (or of `kinds`) that suits the network, in the period or a few days beside it.

    `parties` are those that may act: by default all that hold a place; `groups` those of the people; `lines` the links
    that convoys may be approved on: by default all. A SiegeLifted and a Rumour speak of another event, and convoys are
    those of an operation, which a scenario with them needs (`scenarios` sees to it).
    """
    known = _Known(
        places=(*network.places.id, *network.place_groups),
        links=network.links.id,
        crossings=tuple(i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c),
        roads=tuple(i for i, c in zip(network.links.id, network.links.crossing, strict=True) if not c),
        parties=tuple(sorted(set(network.places.party) - {""} if parties is None else parties)),
        groups=tuple(groups),
        hubs=tuple(i for i, hub in zip(network.places.id, network.places.hub, strict=True) if hub),
        lines=network.links.id if lines is None else tuple(lines),
        unknown_permissions=unknown_permissions,
        network=network,
    )
    possible = [kind for kind in kinds or sorted(KINDS) if not known.lacks & {kind, *_own(KINDS[kind], required=True)}]
    of_kind = cache(lambda kind: _of_kind(KINDS[kind], known, start, days, uncertain_dates))  # made once one is drawn
    return st.sampled_from(possible).flatmap(of_kind) if possible else st.nothing()


def _own(kind: type[Event], *, required: bool) -> list[str]:
    """Fields of a kind alone that are drawn one by one."""
    taken = {*Event.model_fields, *_JOINT.get(kind.kind, ())}
    return [name for name, info in kind.model_fields.items() if name not in taken and info.is_required() == required]


def _of_kind(kind: type[Event], known: _Known, start: dt.date, days: int, uncertain: bool) -> SearchStrategy[Event]:
    needed = {name: _FIELDS[name](known) for name in _own(kind, required=True)}
    others = {name: _FIELDS[name](known) for name in _own(kind, required=False) if name not in known.lacks}
    together = _TOGETHER[kind.kind](known) if kind.kind in _TOGETHER else st.just({})
    if set(TRAFFIC) <= others.keys():  # a Permission names at least one class
        needed["aid"] = others.pop("aid").filter(lambda chance: chance is not None)
    said = st.fixed_dictionaries(needed, optional=others)
    when = _dates(start, days, uncertain=uncertain, ends=kind not in (Capture, Prepositioned, SiegeLifted))
    group = st.fixed_dictionaries({}, optional={"group": st.just("what_if"), "source": st.just("a test")})
    return st.builds(lambda a, b, c, d: kind(**a, **b, **_of_roads(c, d, known)), when, group, together, said)


def _of_roads(together: dict[str, Any], said: dict[str, Any], known: _Known) -> dict[str, Any]:
    """Without vehicles where all links are crossings: they are for roads."""
    if not set(together.get("link", ())) & {*known.roads}:
        said = {name: value for name, value in said.items() if name != "vehicles_per_day"}
    return {**together, **said}


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
