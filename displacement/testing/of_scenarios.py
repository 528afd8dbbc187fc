"""Random scenarios that are valid: events that agree with each other, relations, operations, parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from displacement.conditions import RELATIONS
from displacement.errors import InputError
from displacement.events import Capture, ConvoyApproval, Event, Fighting, Rumour, Siege, SiegeLifted, World, moved
from displacement.network import TRAFFIC, Network
from displacement.operations import Operation, check_event
from displacement.parameters import Parameters
from displacement.scenario import OpeningRelation, Party, Scenario
from displacement.testing.of_events import events
from displacement.testing.of_networks import HOME, PARTIES, START, WILD, count_of, networks, several


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
    hubs = [p for p, hub in zip(network.places.id, network.places.hub, strict=True) if hub]
    crossings = [i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c]
    event = events(
        network,
        parties=parties,
        lines=None if hubs else crossings,
        days=days,
        kinds=kinds,
        uncertain_dates=uncertain_dates,
        unknown_permissions=unknown_permissions,
    )
    found = [] if event.is_empty else several(draw, event, draw(count_of(max_events)))
    said = _spoken_of(draw, _named(draw, _compatible(network, found)), network)
    text = WILD if wild else st.sampled_from(["A", "Bb"])
    operations = _operations(draw, network, parties, hubs, said)
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
        operations=tuple(operations),
        events=_possible(said, operations, network),
        parameters=draw(_parameters()) if vary_parameters else Parameters(),
    )


def _relations(draw: DrawFn, parties: Sequence[str]) -> list[OpeningRelation]:
    pairs = [(a, b) for i, a in enumerate(parties) for b in parties[i + 1 :]]
    said = several(draw, st.none() | st.sampled_from(RELATIONS), len(pairs))
    return [OpeningRelation(parties=pair, relation=r) for pair, r in zip(pairs, said, strict=True) if r is not None]


def _operations(
    draw: DrawFn, network: Network, parties: Sequence[str], hubs: Sequence[str], said: Sequence[Event]
) -> list[Operation]:
    """Up to two operations from hubs; convoys that are approved are those of the first, which must be there then."""
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
            "trucks": st.none() | st.integers(1, 200),
            "loss": st.integers(0, 99).map(lambda percent: percent / 100),
        }
    )
    approved = {link for event in said if isinstance(event, ConvoyApproval) for link in event.link}
    found = draw(st.lists(one, min_size=bool(approved), max_size=2))
    for row in found[:1]:
        row["lines"] = tuple(sorted({*row["lines"], *approved}))
    return [Operation(id=f"operation_{i}", name=f"Operation {i}", **row) for i, row in enumerate(found)]


def _possible(said: tuple[Event, ...], operations: Sequence[Operation], network: Network) -> tuple[Event, ...]:
    """The events; a siege that would shut in a hub lets aid through."""
    world = World(network=network, parties={}, start=START)

    def without_aid(event: Event) -> Event:
        try:
            check_event(event, operations, world)
        except InputError:
            return event.model_copy(update={"traffic": TRAFFIC[:-1]})
        return event

    return tuple(map(without_aid, said))


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
    named = several(draw, st.booleans(), len(found))
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
    firm = [i for i in ids if not any(e.id == i and isinstance(e, Capture) for e in found)]
    if not firm and any(isinstance(event, Rumour) for event in found):
        firm, ids = ["spoken_of"], [*ids, "spoken_of"]
        found = (*found, Fighting(id=firm[0], place=network.places.id[:1], intensity=0.5, start=START))
    told: list[Event] = []
    for event in found:
        if isinstance(event, Rumour):
            of = draw(st.sampled_from(ids))
            believed = moved(found, {of: event.days})
            of = of if len(_compatible(network, believed)) == len(believed) else firm[0]  # no place taken twice a day
            told.append(event.model_copy(update={"of": of}))
        else:
            told.append(event)
    return tuple(told)


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
