"""Lively scenarios with aid: hubs with stocks and supply, operations, approved convoys, airdrops, cuts in funding."""

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from displacement import events as ev
from displacement.errors import InputError
from displacement.network import TRAFFIC
from displacement.operations import Operation, check_event
from tests.lively import PARTIES, START, lively


def aid_event(rng, network, lines, days):
    """One event about aid; `lines` are links that an operation may take."""
    places = network.places
    hubs = [name for name, hub in zip(places.id, places.hub, strict=True) if hub]
    start = START + dt.timedelta(days=int(rng.integers(-2, days + 1)))
    end = start + dt.timedelta(days=int(rng.integers(0, 6))) if rng.random() < 0.6 else None
    when = {"start": start, "end": end}
    place, hub = str(rng.choice([*places.id, "everywhere"])), str(rng.choice(hubs))
    tonnes, share = float(rng.choice([0.0, 2.5, 40.1])), float(rng.choice([0.0, 0.3, 1.0]))
    options = [
        lambda: ev.HubSupply(place=hub, tonnes_per_day=tonnes, stock_t=share, **when),
        lambda: ev.HubSupply(place=tuple(hubs), tonnes_per_day=7.3, stock_t=0.1, **when),
        lambda: ev.Prepositioned(place=place, stock_t=min(tonnes, 2.5), start=start),
        lambda: ev.FundingCut(share=share, **when),
        lambda: ev.FundingCut(share=0.6, place=hub, **when),
        lambda: ev.Airdrops(
            place=place, tonnes_per_sortie=2.5, sorties_per_week=float(rng.integers(1, 30)), recovered=0.8,
            reliability=share, **when
        ),
    ]  # fmt: skip
    if lines:
        named = tuple(map(str, rng.choice(lines, int(rng.integers(1, 3)))))
        options += [
            lambda: ev.ConvoyApproval(
                link=named, trucks=float(rng.integers(1, 40)), requests_per_week=float(rng.choice([0.5, 3, 14])),
                approved=share, **when
            )
        ] * 2  # fmt: skip
    return options[int(rng.integers(0, len(options)))]()


def operations_of(rng, network):
    """One or two operations from the hubs, the first by any of a few lines."""
    hubs = np.array([name for name, hub in zip(network.places.id, network.places.hub, strict=True) if hub])
    lines = [name for name in network.links.id if rng.random() < 0.6]
    return tuple(
        Operation(
            id=f"aid_{i}",
            name=f"Aid {i}",
            hubs=tuple(map(str, hubs[rng.random(len(hubs)) < 0.7])) or (str(hubs[0]),),
            transit=tuple(p for p in PARTIES if rng.random() < 0.6) or ("blue",),
            deliver=tuple(p for p in PARTIES if rng.random() < 0.4),
            lines=() if i else tuple(lines),
            any_line=bool(rng.random() < 0.2),
            trucks=None if rng.random() < 0.5 else float(rng.integers(1, 60)),
            loss=float(rng.choice([0.0, 0.1, 0.5])),
        )
        for i in range(int(rng.integers(1, 3)))
    )


def supplied(seed, *, aid=5, **options):
    """The scenario of a seed, as `lively` makes it with `options`, and so many events about aid."""
    rng = np.random.default_rng([seed, 3])
    scenario = lively(seed, **options)
    size = len(scenario.network.places)
    storage = rng.choice([np.nan, 5.0, 400.0], size)
    hub = rng.random(size) < 0.3
    hub[int(rng.integers(0, size))] = True
    places = replace(
        scenario.network.places,
        hub=hub,
        storage_t=storage,
        stock_t=np.where(rng.random(size) < 0.4, np.nan, np.fmin(rng.choice([0.0, 3.0, 60.0], size), storage)),
        priority=rng.choice([np.nan, 0.5, 3.0], size),
    )
    limit = rng.choice([np.nan, 0.05, 2.0], len(scenario.network.links))  # few live there: a truck feeds thousands
    network = replace(scenario.network, places=places, links=replace(scenario.network.links, trucks_per_day=limit))
    operations = operations_of(rng, network)
    lines = [name for o in operations for name in o.lines]
    more = [aid_event(rng, network, lines, scenario.days) for _ in range(aid)]
    case = replace(scenario, network=network)
    kept = tuple(_open_to_aid(event, operations, case.world) for event in case.events)
    return replace(case, operations=operations, events=(*kept, *more))


def _open_to_aid(event, operations, world):
    """The event; a siege that would shut in a hub lets aid through."""
    try:
        check_event(event, operations, world)
    except InputError:
        return event.model_copy(update={"traffic": TRAFFIC[:-1]})
    return event


def supplied_scenarios(*, most_places=6, most_events=4, most_days=12, most_further=4, most_aid=8):
    """Random scenarios with aid; they shrink to fewer places, events and days."""
    return st.builds(
        supplied,
        seed=st.integers(0, 2**32 - 1),
        places=st.integers(2, most_places),
        events=st.integers(0, most_events),
        days=st.integers(1, most_days),
        further=st.integers(0, most_further),
        aid=st.integers(0, most_aid),
    )
