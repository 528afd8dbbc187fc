"""Random scenarios in which much happens: people flee, cross, wait, are refused and are days on the road.

Hypothesis draws how large a scenario is and one seed; numpy makes the rest from it, which is quick, so that CI can try
thousands. `displacement.testing.scenarios` covers what is dull or odd; this covers what is busy.
"""

import datetime as dt

import numpy as np
from hypothesis import strategies as st

from displacement import events as ev
from displacement.network import LINK_COLUMNS, PLACE_COLUMNS, TRAFFIC, Links, Network, Places
from displacement.parameters import Parameters
from displacement.scenario import OpeningRelation, Party, Scenario

HOME, ABROAD = "AA", "BB"
START = dt.date(2016, 2, 1)
PARTIES = ("blue", "red", "teal")
KINDS = ["town", "town", "village", "camp", "camp", "border_post", "junction", "front_post", "region"]
EMPTY = ("junction", "front_post")
RELATIONS = ["hostile", "smuggling", "tolerated", "truce", "same"]


def table(columns, **given):
    """All columns of a table: those given, the others empty (unknown)."""
    size = len(given["id"])
    filled = {}
    for column in columns:
        name = "id" if column.name in ("place_id", "link_id") else column.name
        if name in ("from_place_id", "to_place_id"):
            continue
        if column.type is str:
            filled[name] = tuple([""] * size)
        elif column.type is bool:
            filled[name] = np.zeros(size, bool)
        else:
            filled[name] = np.full(size, np.nan)
    return {**filled, **given}


def places(ids, kinds, **given):
    """A table of places: all at home, with what is given."""
    size = len(ids)
    usual = {"country": (HOME,) * size, "latitude": np.full(size, 36.0), "longitude": 37.0 + np.arange(size) / 10}
    arrays = {k: np.asarray(v) if k in ("outside", "hub") else v for k, v in given.items()}
    numbers = {c.name for c in PLACE_COLUMNS if c.type in (float, int)}
    arrays = {k: np.asarray(v, float) if k in numbers else v for k, v in arrays.items()}
    return Places(**table(PLACE_COLUMNS, id=tuple(ids), kind=tuple(kinds), **{**usual, **arrays}))


def links(ids, ends, lengths, **given):
    """A table of links between rows of the places table, roads at 40 km/h unless given otherwise."""
    size = len(ids)
    usual = {"kind": ("road",) * size, "speed_kmh": np.full(size, 40.0)}
    numbers = {c.name for c in LINK_COLUMNS if c.type in (float, int)}
    arrays = {
        k: np.asarray(v, float) if k in numbers else np.asarray(v) if k == "directed" else v for k, v in given.items()
    }
    origin, destination = np.array(ends, np.int64).reshape(size, 2).T
    of_links = {
        "id": tuple(ids),
        "origin": origin.copy(),
        "destination": destination.copy(),
        "length_km": np.asarray(lengths, float),
    }
    return Links(**table(LINK_COLUMNS, **{**usual, **of_links, **arrays}))


def scenario(place_table, link_table, *events, days=5, parameters=None, parties=PARTIES, **about):
    """A scenario by hand: everything else as usual."""
    usual = {"name": "by hand", "start": START, "days": days, "country": HOME}
    return Scenario(
        network=Network(places=place_table, links=link_table),
        parties=tuple(Party(id=p, name=p.title()) for p in parties),
        events=events,
        parameters=Parameters().with_values(parameters or {}),
        **{**usual, **about},
    )


def _network(rng, count, letter="p"):
    """A connected network: the first place is a town at home; some of the last lie abroad, behind crossings."""
    kind = list(rng.choice(KINDS, count))
    kind[0] = "town"
    abroad = np.zeros(count, bool)
    if count > 2:
        abroad[count - rng.integers(0, 1 + count // 3) :] = True
    outside = abroad | (rng.random(count) < 0.1)
    outside[0] = False
    lived_in = ~np.isin(kind, EMPTY)
    population = np.where(lived_in, rng.integers(0, 2000, count), np.nan)
    population[0] += 500
    displaced = np.where(lived_in & ~outside & (rng.random(count) < 0.5), rng.integers(0, 800, count), np.nan)
    known = rng.random(count) < 0.5
    pairs = {(int(rng.integers(0, i)), i) for i in range(1, count)}
    for _ in range(int(rng.integers(0, count + 1))):
        a, b = sorted(rng.choice(count, 2, replace=False)) if count > 1 else (0, 0)
        pairs |= {(int(a), int(b))} if a < b else set()
    ends = [pair[:: int(rng.choice([1, -1]))] for pair in sorted(pairs)]
    crossing = [bool(abroad[a] != abroad[b]) for a, b in ends]
    size = len(ends)
    party = rng.choice([*PARTIES, ""], count, p=[0.55, 0.25, 0.1, 0.1])
    return Network(
        places=places(
            [f"{letter}{i}" for i in range(count)],
            kind,
            country=tuple(np.where(abroad, ABROAD, HOME).tolist()),
            population=population,
            population_low=np.where(known, population * 0.6, np.nan),
            population_high=np.where(known, population * 1.5, np.nan),
            displaced=displaced,
            capacity=np.where(
                (np.array(kind) == "camp") & (rng.random(count) < 0.6), rng.integers(0, 1500, count), np.nan
            ),
            party=tuple(party.tolist()),
            outside=outside,
        ),
        links=links(
            [f"l{letter}{i}" for i in range(size)],
            ends,
            rng.uniform(0.5, 30.0, size),
            kind=tuple("crossing" if c else "road" for c in crossing),
            speed_kmh=rng.uniform(5.0, 60.0, size),
            people_per_day=np.where(
                np.array(crossing, bool) & (rng.random(size) < 0.5), rng.integers(0, 300, size), np.nan
            ),
            directed=rng.random(size) < 0.15,
        ),
        place_groups={"everywhere": tuple(f"{letter}{i}" for i in range(count))},
    )


def _event(rng, network, days):
    """One event of a kind that does something to people."""
    names, links_, crossings = network.places.id, network.links.id, [
        i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c
    ]  # fmt: skip
    start = START + dt.timedelta(days=int(rng.integers(-1, days + 1)))
    end = start + dt.timedelta(days=int(rng.integers(0, 6))) if rng.random() < 0.6 else None
    when = {"start": start, "end": end}
    place, party = names[int(rng.integers(0, len(names)))], str(rng.choice(PARTIES))
    two = tuple(map(str, rng.choice(PARTIES, 2, replace=False)))
    chance = [0.0, 0.3, 0.8, 1.0, "unknown"][int(rng.integers(0, 5))]
    direction = str(rng.choice(["both", "forward", "backward"]))
    some = tuple(map(str, rng.choice(TRAFFIC, int(rng.integers(1, 5)), replace=False)))
    options = [
        lambda: ev.Fighting(
            place=place, intensity=float(rng.choice([0.3, 0.6, 1.0])), by=str(rng.choice([*PARTIES, ""])), **when
        ),
        lambda: ev.Fighting(place=names[0], intensity=1.0, by=party, **when),
        lambda: ev.AirStrikes(place=place, intensity=float(rng.choice([0.3, 0.6])), **when),
        lambda: ev.Capture(place=place, by=party, start=start),
        lambda: ev.Contested(place=place, **when),
        lambda: ev.Relation(parties=two, relation=str(rng.choice(RELATIONS)), **when),
        lambda: ev.Ceasefire(parties=two, intensity=0.3, relation=str(rng.choice(RELATIONS)), **when),
    ]
    if len(links_):
        link = links_[int(rng.integers(0, len(links_)))]
        options += [
            lambda: ev.RoadCut(link=link, **when),
            lambda: ev.RoadRepaired(link=link, **when),
            lambda: ev.Fire(link=link, level=int(rng.integers(0, 5)), **when),
            lambda: ev.Permission(link=link, direction=direction, civilians=chance, aid=0.5, **when),
        ]
    if crossings:
        gate = crossings[int(rng.integers(0, len(crossings)))]
        options += [
            lambda: ev.CrossingOpened(crossing=gate, **when),
            lambda: ev.CrossingOpened(crossing=gate, traffic=("civilians",), **when),
            lambda: ev.CrossingClosed(crossing=gate, traffic=some, direction=direction, **when),
            lambda: ev.CrossingQuota(crossing=gate, traffic=some, per_day=float(rng.integers(0, 300)), **when),
            lambda: ev.Permission(link=gate, civilians=chance, medical=0.5, **when),
        ]
    return options[int(rng.integers(0, len(options)))]()


def _way(rng, network):
    """(place, to, links) of a path of one or two links; there always is a link."""
    arcs = [a for a in range(2 * len(network.links)) if not (a % 2 and network.links.directed[a // 2])]
    path = [arcs[int(rng.integers(0, len(arcs)))]]
    seen = [int(network.arc_origin[path[0]]), int(network.arc_destination[path[0]])]
    onward = [a for a in arcs if network.arc_origin[a] == seen[-1] and int(network.arc_destination[a]) not in seen]
    if onward and rng.random() < 0.6:
        path.append(onward[int(rng.integers(0, len(onward)))])
        seen.append(int(network.arc_destination[path[-1]]))
    ids = network.places.id
    return {"place": ids[seen[0]], "to": ids[seen[-1]], "link": tuple(network.links.id[a // 2] for a in path)}


def _all_crossings(network, names):
    return all(network.links.crossing[network.links.index(name)] for name in names)


FURTHER = ("Siege", "Evacuation", "CampOpened", "CampClosed", "CapacityChanged", "Weather", "Checkpoint", "Corridor")


def event_of_kind(kind, rng, network, days, people=()):
    """A random event of one of the FURTHER kinds."""
    names, links_ = network.places.id, network.links.id
    start = START + dt.timedelta(days=int(rng.integers(-1, days + 1)))
    end = start + dt.timedelta(days=int(rng.integers(0, 6))) if rng.random() < 0.6 else None
    when = {"start": start, "end": end}
    place, to = (names[i] for i in rng.choice(len(names), 2, replace=False))
    link = links_[int(rng.integers(0, len(links_)))]
    crossing = bool(network.links.crossing[network.links.index(link)])
    some = tuple(map(str, rng.choice(TRAFFIC, int(rng.integers(1, 5)), replace=False)))
    whom = (people[int(rng.integers(0, len(people)))],) if len(people) and rng.random() < 0.6 else ()
    of_road, count = rng.random() < 0.5, float(rng.integers(0, 800))
    has_vehicles = of_road and not crossing
    limit = count if rng.random() < 0.5 else None
    delay, share = float(rng.choice([0.0, 1.5, 30.0])), float(rng.choice([0.0, 0.4, 1.0]))
    slow = float(rng.choice([0.05, 0.3, 1.0]))
    make = {
        "Siege": lambda: ev.Siege(place=(place, to) if of_road else place, traffic=some, **when),
        "Evacuation": lambda: ev.Evacuation(place=place, to=to, people_per_day=count, who=whom, **when),
        "CampOpened": lambda: ev.CampOpened(place=place, capacity=limit, **when),
        "CampClosed": lambda: ev.CampClosed(place=place, **when),
        "CapacityChanged": lambda: ev.CapacityChanged(
            **({"link": link, "vehicles_per_day": count} if has_vehicles else {"place": place, "capacity": count}),
            **when,
        ),
        "Weather": lambda: ev.Weather(**({"link": link} if of_road else {"place": place}), speed=slow, **when),
        "Checkpoint": lambda: ev.Checkpoint(link=link, delay_hours=delay, refusal=share, traffic=some, **when),
        "Corridor": lambda: ev.Corridor(
            **(way := _way(rng, network)),
            vehicles_per_day=None if _all_crossings(network, way["link"]) else limit,
            who=whom,
            **({"traffic": some} if of_road else {}),
            **when,
        ),
    }
    return make[kind]()


def _further(rng, network, days, number, people):
    """An event of the FURTHER kinds; perhaps with one that speaks of it."""
    event = event_of_kind(str(rng.choice(FURTHER)), rng, network, days, people)
    event = event.model_copy(update={"id": f"further_{number}"})
    later = event.start + dt.timedelta(days=int(rng.integers(1, 5)))
    if isinstance(event, ev.Siege) and rng.random() < 0.6:
        return [event, ev.SiegeLifted(place=event.place, start=later)]
    if rng.random() < 0.2:
        return [event, ev.Rumour(of=event.id, days=int(rng.choice([-3, -1, 2])), start=later)]
    return [event] if rng.random() < 0.5 else [event.model_copy(update={"id": ""})]


def _parameters(rng):
    """Numbers that make trips of days, queues, refusals and warnings common."""
    return {
        "departure_rate": float(rng.choice([0.1, 0.5, 2.0])),
        "travel_day": float(rng.choice([1.0, 1.0, 2.5, 12.0])),
        "horizon": float(rng.choice([1.7, 12.3, 48.7])),
        "spill_reach": float(rng.choice([0.1, 3.0, 20.0])),
        "routes_per_origin": int(rng.choice([1, 3, 12])),
        "retry_days": float(rng.choice([1.5, 4.0, 14.0])),
        "lapse_rate": float(rng.choice([0.02, 0.5])),
        "irregular_rate": float(rng.choice([0.002, 0.2])),
        "give_up_rate": float(rng.choice([0.1, 1.0])),
        "medical_share": float(rng.choice([0.005, 0.3])),
        "warning_days": int(rng.integers(0, 4)),
        "lost_days": int(rng.integers(0, 4)),
        "capture_once_days": int(rng.choice([1, 3, 30])),
        "cross_line_settling": float(rng.choice([0.0, 0.0, 0.5])),
        "town_size": float(rng.choice([500.0, 20_000.0])),
        "onward_rate": float(rng.choice([0.03, 0.5])),
    }


def _one_captor_a_day(events):
    kept, taken = [], {}
    for event in events:
        if isinstance(event, ev.Capture) and taken.setdefault((event.place, event.start), event.by) != event.by:
            continue
        kept.append(event)
    return tuple(kept)


def lively(seed, *, places=5, events=6, days=10, quiet=False, further=0, people=()):
    """The scenario of a seed: a network of some places, fighting at the first of them, and so many random events.

    `further` events are of the FURTHER kinds, lifted sieges and rumours, from a stream of their own; `people` are groups.
    """
    rng = np.random.default_rng(seed)
    network = _network(rng, places)
    fights = () if quiet else (ev.Fighting(place=network.places.id[0], intensity=0.6, start=START),)
    crossings = tuple(i for i, c in zip(network.links.id, network.links.crossing, strict=True) if c)
    opened = (ev.CrossingOpened(crossing=crossings, start=START),) if crossings and rng.random() < 0.5 else ()
    more = [_event(rng, network, days) for _ in range(events)]
    own = np.random.default_rng([seed, 1])
    more += [event for i in range(further) for event in _further(own, network, days, i, [g.id for g in people])]
    return Scenario(
        name="lively",
        network=network,
        parties=tuple(Party(id=p, name=p.title()) for p in PARTIES),
        start=START,
        days=days,
        country=HOME,
        relations=tuple(
            OpeningRelation(parties=pair, relation=str(rng.choice(RELATIONS)))
            for pair in (("blue", "red"), ("red", "teal"), ("blue", "teal"))
            if rng.random() < 0.7
        ),
        events=_one_captor_a_day((*fights, *opened, *more)),
        parameters=Parameters().with_values(_parameters(rng)),
        reference=START + dt.timedelta(days=int(rng.integers(0, days))),
        groups=people,
    )


WEEK = {"most_days": 7}  # where two runs are compared


def lively_scenarios(
    *, most_places=8, most_events=8, most_days=12, least_days=1, quiet=False, most_further=0, people=()
):
    """Scenarios in which much happens; they shrink to fewer places, events and days, and fail with a short report."""
    return st.builds(
        lively,
        seed=st.integers(0, 2**32 - 1),
        places=st.integers(2, most_places),
        events=st.integers(0, most_events),
        days=st.integers(least_days, most_days),
        quiet=st.just(quiet),
        further=st.integers(0, most_further),
        people=st.just(people),
    )
