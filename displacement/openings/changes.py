"""An opening as a changed scenario: what is granted, from a day on, and whatever stands against it set aside there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from displacement.events import (
    Airdrops,
    Checkpoint,
    ConvoyApproval,
    CrossingClosed,
    CrossingQuota,
    Event,
    Permission,
    RoadRepaired,
)
from displacement.network import TRAFFIC, Network
from displacement.operations import Operation
from displacement.scenario import Scenario

AS_LISTED = ("link", "crossing")  # fields of events that name links


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Something that could be opened, in words, and what it grants from its first day on.

    links : on which aid may pass;  roads : links open to everybody;  lines : (operation, link) convoy lines that it
    may take;  deliver : (operation, party) whom it may serve;  convoys : links on which every request is approved;
    trucks : (link, factor) on trucks a day;  airdrops : at places.
    """

    kind: str
    words: str
    links: tuple[str, ...] = ()
    roads: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    deliver: tuple[tuple[str, str], ...] = ()
    convoys: tuple[str, ...] = ()
    trucks: tuple[tuple[str, float], ...] = ()
    airdrops: tuple[Airdrops, ...] = ()

    def __and__(self, other: Opening) -> Opening:
        """Both together."""
        return Opening(
            kind="pair",
            words=f"{self.words}, and {other.words}",
            links=tuple(sorted({*self.links, *other.links})),
            roads=tuple(sorted({*self.roads, *other.roads})),
            lines=tuple(sorted({*self.lines, *other.lines})),
            deliver=tuple(sorted({*self.deliver, *other.deliver})),
            convoys=tuple(sorted({*self.convoys, *other.convoys})),
            trucks=tuple(sorted({**dict(self.trucks), **dict(other.trucks)}.items())),
            airdrops=(*self.airdrops, *other.airdrops),
        )

    @property
    def grants(self) -> tuple[object, ...]:
        """What makes two openings the same, whatever they are called."""
        return (
            self.links, self.roads, self.lines, self.deliver, self.convoys, self.trucks,
            tuple(drop.place for drop in self.airdrops),
        )  # fmt: skip


def opened(scenario: Scenario, opening: Opening, start: dt.date) -> Scenario:
    """The scenario with an opening from a day to its end.

    Cuts, fire and checkpoints on its links end the day before, and later ones do not come; so do permissions and
    closings: on its roads for everybody, on its links and convoy lines for aid alone. Who holds the places at their
    ends stays as it is, and so does ground that is contested.
    """
    roads, for_aid = set(opening.roads), {*opening.links, *opening.convoys} - set(opening.roads)
    events = [rest for event in scenario.events for rest in cut_short(event, roads, start)]
    events = [rest for event in events for rest in without_aid(event, for_aid, start)]
    for links, classes in ((opening.roads, TRAFFIC), (opening.links, ("aid",))):
        if links:
            events.append(RoadRepaired(link=links, start=start))
            granted = {"link": links, "start": start, **dict.fromkeys(classes, 1.0)}
            events.append(Permission.model_validate(granted))
    for link in opening.convoys:
        events += [e for event in scenario.events for e in _approved(event, link, start)]
    events += [drop.model_copy(update={"start": start}) for drop in opening.airdrops]
    return replace(
        scenario,
        events=tuple(events),
        operations=tuple(_granted(o, opening) for o in scenario.operations),
        network=_with_trucks(scenario, opening),
    )


def without_aid(event: Event, links: set[str], start: dt.date) -> Iterator[Event]:
    """What is left of an event once links are opened to aid: where it tells classes apart, of others all of it."""
    if not links & set(_links_of(event)) or not _by_class(event):
        yield from cut_short(event, links, start)
        return
    of_others: Event | None
    of_aid: Event | None
    if isinstance(event, Permission):
        others = [k for k in event.values() if k != "aid"]
        of_others = event.model_copy(update={"aid": None}) if others else None
        of_aid = event.model_copy(update=dict.fromkeys(others)) if event.aid is not None else None
    else:
        said = event.traffic  # type: ignore[attr-defined]
        others = [k for k in said if k != "aid"]
        of_others = event.model_copy(update={"traffic": tuple(others)}) if others else None
        of_aid = event.model_copy(update={"traffic": ("aid",)}) if "aid" in said else None
    if of_others is not None:
        yield of_others
        of_aid = None if of_aid is None else of_aid.model_copy(update={"id": ""})
    if of_aid is not None:
        yield from cut_short(of_aid, links, start)


def _by_class(event: Event) -> bool:
    """Does it say what holds for which class of traffic?"""
    return isinstance(event, Permission | CrossingClosed | CrossingQuota | Checkpoint)


def _links_of(event: Event) -> tuple[str, ...]:
    """The links that an event names."""
    return next((named for field in AS_LISTED if (named := getattr(event, field, ()))), ())


def cut_short(event: Event, links: set[str], start: dt.date) -> Iterator[Event]:
    """An event without what it does on some links from a day on: it is split where it names others as well."""
    named = _links_of(event)
    hit = links & set(named)
    if not hit or (event.end is not None and event.end < start):
        yield event
        return
    name = next(field for field in AS_LISTED if getattr(event, field, ()))
    rest = tuple(link for link in named if link not in hit)
    if rest:
        yield event.model_copy(update={name: rest})
    if event.first < start:
        last = start - dt.timedelta(days=1)
        before = {name: tuple(sorted(hit)), "end": last, "latest": min(event.last, last)}
        yield event.model_copy(update=before | ({"id": ""} if rest else {}))


def _approved(event: Event, link: str, start: dt.date) -> Iterator[ConvoyApproval]:
    """The convoys of a link that are asked for from a day on, all of them approved."""
    if isinstance(event, ConvoyApproval) and link in event.link and (event.end is None or event.end >= start):
        first = max(event.start, start)
        yield event.model_copy(
            update={"link": (link,), "start": first, "earliest": None, "latest": None, "approved": 1.0, "id": ""}
        )


def _granted(operation: Operation, opening: Opening) -> Operation:
    """An operation with the lines and the parties that an opening gives it."""
    lines = tuple(link for o, link in opening.lines if o == operation.id and link not in operation.lines)
    parties = tuple(
        p for o, p in opening.deliver if o == operation.id and p not in (*operation.deliver, *operation.transit)
    )
    if not lines and not parties:
        return operation
    return operation.model_copy(update={"lines": (*operation.lines, *lines), "deliver": (*operation.deliver, *parties)})


def _with_trucks(scenario: Scenario, opening: Opening) -> Network:
    """The network with more trucks a day on some links."""
    if not opening.trucks:
        return scenario.network
    links = scenario.network.links
    trucks = np.array(links.trucks_per_day)
    for name, factor in opening.trucks:
        trucks[links.index(name)] *= factor
    return replace(scenario.network, links=replace(links, trucks_per_day=trucks))


def distinct(openings: Iterable[Opening]) -> list[Opening]:
    """Openings that grant different things, the first of each."""
    found: dict[tuple[object, ...], Opening] = {}
    for opening in openings:
        found.setdefault(opening.grants, opening)
    return list(found.values())
