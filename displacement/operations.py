"""Aid operations: what an operation is, and what in it, or in an event about it, cannot be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from displacement.errors import InputError, did_you_mean
from displacement.events import ConvoyApproval, Event, Names, Several, Siege, World
from displacement.events.aid import NO_HUB
from displacement.network import Network, place_meant

Identifier = Annotated[str, StringConstraints(min_length=1)]


class Row(BaseModel):
    """One table of a list in scenario.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)
    source: str = ""


class Operation(Row):
    """An aid operation: where it starts, whose ground it may cross, whom it may only serve, its convoy lines.

    `lines` are links between parties that it may cross (`any_line`: all of them); `deliver_places`, if given, are the
    only places it serves. `trucks` is its fleet (unless given, trucks are never short); `loss` is the share of what it
    loads that is lost, looted or turned back on the way.
    """

    id: Identifier
    name: Identifier
    hubs: Names
    transit: Names
    deliver: Several = ()
    lines: Several = ()
    any_line: bool = False
    deliver_places: Several = ()
    trucks: Annotated[float, Field(gt=0, le=1e6)] | None = None
    loss: Annotated[float, Field(ge=0, lt=1)] = 0.0


def faults_of_operation(o: Operation, network: Network, parties: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names in an operation that stand for nothing, and hubs that are none: the key and value, and what is wrong."""
    places, parties = network.places, list(parties)
    for key, names, known in (
        ("hubs", o.hubs, list(places.id)),
        ("deliver_places", o.deliver_places, [*places.id, *network.place_groups]),
        ("transit", o.transit, parties),
        ("deliver", o.deliver, parties),
        ("lines", o.lines, list(network.links.id)),
    ):
        for name in names:
            if name not in known:
                of_places = key in {"hubs", "deliver_places"}
                meant = place_meant(name, places.id, places.name, known) if of_places else did_you_mean(name, known)
                yield f"{key} = {name!r}", f"is unknown{meant}"
    hubs = [name for name, hub in zip(places.id, places.hub, strict=True) if hub]
    for name in o.hubs:
        if name in places.position and name not in hubs:
            yield f"hubs = {name!r}", f"{NO_HUB}{did_you_mean(name, hubs) if hubs else ''}"


def check_event(event: Event, operations: Sequence[Operation], world: World) -> None:
    """An error if an event can do nothing but by mistake, as the operations stand: an approval, a siege of a hub."""
    faults: Iterable[str] = ()
    if isinstance(event, ConvoyApproval):
        faults = _faults_of_approval(event, operations, world.network)
    elif isinstance(event, Siege) and "aid" in event.traffic:
        faults = _faults_of_siege(event, operations, world)
    if found := list(faults):
        raise InputError(found)


def _faults_of_approval(event: ConvoyApproval, operations: Sequence[Operation], network: Network) -> Iterator[str]:
    """Roads of which no operation says that it may take them as a convoy line."""
    lines = {name for o in operations for name in o.lines}
    there = f"operations: {', '.join(o.id for o in operations)}" if operations else "there is no operation yet"
    for name in event.link:
        known = lines | {network.links.id[i] for i in np.flatnonzero(network.links.crossing)}
        if name not in known and not any(o.any_line for o in operations):
            yield (
                f"link {name!r} is a line of no operation, so that the approval is for nobody; add it to `lines` of the"
                f" operation that asks for it ({there}){did_you_mean(name, known) if known else ''}"
            )


def _faults_of_siege(event: Siege, operations: Sequence[Operation], world: World) -> Iterator[str]:
    """Hubs of which every link leads out of the places besieged."""
    places, links = world.network.places, world.network.links
    inside = np.isin(np.arange(len(places)), world.places(event.place))
    shut = inside[links.origin] != inside[links.destination]
    for o in operations:
        for name in o.hubs:
            row = places.position.get(name, -1)
            at_hub = (links.origin == row) | (links.destination == row)
            if row >= 0 and inside[row] and at_hub.any() and shut[at_hub].all():
                yield (
                    f"place {name!r} is a hub of the operation {o.id!r}, and the siege shuts every link of it: nothing"
                    " could leave it; leave it out of the siege, or say traffic without aid"
                )
