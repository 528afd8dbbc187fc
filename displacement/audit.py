"""What looks wrong in an input that can be read: one sentence each, with what to do. Nothing here is an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from displacement.audit_of_aid import warnings_of_aid
from displacement.audit_of_events import named as _event
from displacement.audit_of_events import warnings_of_events
from displacement.events import Evacuation, Fighting, Siege, shown_day
from displacement.network import EARTH_RADIUS_KM, TRAFFIC, Floats, Indices, Network, great_circle_km
from displacement.scenario import Scenario

SHORTEST = 0.995  # a link may be this much of the great circle: the earth is no sphere
SAME_LENGTH = 1.05  # a road and a chain of others this near in length are one road
LONGEST, DETOUR_KM = 8.0, 50.0  # a road may be so many times the straight line, and so many km more
BESIDE_KM = 1.0  # a place this near to a straight road lies on it
FAINT = 0.1  # fighting below this intensity is not entered
LARGE = 0.2  # share of all people at one place above which intensity there decides everything
CHUNK = 4_000_000  # pairs of links looked at together

Plane = tuple[Floats, Floats]  # km east and north


def audit(network: Network) -> list[str]:
    """What looks wrong in a network: crossing roads without a junction, roads given twice, impossible lengths."""
    return [*_too_short(network), *_too_long(network), *_twice(network), *_chains(network), *_crossings(network)]


def warnings_of(scenario: Scenario) -> list[str]:
    """What looks wrong in the rest of a scenario, and would decide its result unseen."""
    return [
        *_of_fighting(scenario),
        *_of_agreements(scenario),
        *_of_medical_cases(scenario),
        *_of_relations(scenario),
        *_of_period(scenario),
        *warnings_of_events(scenario),
        *warnings_of_aid(scenario),
        *_unreached(scenario.network),
        *_certain_populations(scenario.network),
    ]


def _plane(network: Network) -> Plane:
    """(place,) km east and north, on a plane that touches the earth at the middle of the network."""
    longitude, latitude = network.places.longitude, network.places.latitude
    if len(longitude) and np.ptp(longitude) > 180:  # across the date line
        longitude = longitude % 360
    middle = np.radians(latitude.mean()) if len(latitude) else 0.0
    per_degree = np.pi / 180 * EARTH_RADIUS_KM
    return longitude * per_degree * np.cos(middle), latitude * per_degree


def _called(network: Network, link: int) -> str:
    ends = (network.places.name[i] for i in (network.links.origin[link], network.links.destination[link]))
    return f"{network.links.id[link]} ({' - '.join(ends)})"


def _too_short(network: Network) -> Iterator[str]:
    """Links shorter than the straight line over the ground."""
    p, a, b = network.places, network.links.origin, network.links.destination
    straight = great_circle_km(p.latitude[a], p.longitude[a], p.latitude[b], p.longitude[b])
    for i in map(int, np.flatnonzero(network.links.length_km < SHORTEST * straight)):
        yield (
            f"Link {_called(network, i)} is {network.links.length_km[i]:.1f} km long, but its ends lie"
            f" {straight[i]:.1f} km apart: correct length_km or the coordinates{_exchanged(network, i)}."
        )


def _exchanged(network: Network, link: int) -> str:
    """', of which ...' if the link would be long enough, had one end its latitude and longitude exchanged."""
    p, length = network.places, network.links.length_km[link]
    a, b = int(network.links.origin[link]), int(network.links.destination[link])
    for end, other in ((a, b), (b, a)):
        if abs(p.longitude[end]) <= 90:
            apart = great_circle_km(p.longitude[end], p.latitude[end], p.latitude[other], p.longitude[other])
            if length / 5 < apart <= length / SHORTEST:
                return f" (latitude and longitude of {p.id[end]} seem to be exchanged)"
    return ""


def _too_long(network: Network) -> Iterator[str]:
    """Links far longer than any road winds."""
    p, a, b = network.places, network.links.origin, network.links.destination
    straight = great_circle_km(p.latitude[a], p.longitude[a], p.latitude[b], p.longitude[b])
    for i in map(int, np.flatnonzero(network.links.length_km > LONGEST * straight + DETOUR_KM)):
        yield (
            f"Link {_called(network, i)} is {network.links.length_km[i]:,.0f} km long, and its ends lie only"
            f" {straight[i]:.1f} km apart: correct length_km (is it in metres?) or the coordinates."
        )


def _twice(network: Network) -> Iterator[str]:
    """Links that join the same two places."""
    ends = np.sort(np.stack([network.links.origin, network.links.destination]), axis=0)
    order = np.lexsort(ends)
    same = (ends[:, order[1:]] == ends[:, order[:-1]]).all(axis=0)
    for i, j in zip(order[:-1][same], order[1:][same], strict=True):
        a, b = sorted((int(i), int(j)))
        if (
            network.links.directed[a]
            and network.links.directed[b]
            and network.links.origin[a] != network.links.origin[b]
        ):
            continue  # the two carriageways of one road
        yield (
            f"Links {_called(network, a)} and {network.links.id[b]} join the same two places: keep one, unless there"
            " are two roads."
        )


def _chains(network: Network) -> Iterator[str]:
    """Roads that run through a place on the way, given both whole and in parts."""
    links, plane = network.links, _plane(network)
    for link, beside in _places_beside(network, plane).items():
        a, b, length = links.origin[link], links.destination[link], links.length_km[link]
        others = np.flatnonzero(
            ~(((links.origin == a) & (links.destination == b)) | ((links.origin == b) & (links.destination == a)))
        )
        graph = _graph(network, others)
        distance = dijkstra(graph, directed=False, indices=[a, b], limit=SAME_LENGTH * length)
        through = distance[0, beside] + distance[1, beside]
        same = np.abs(through - length) <= (SAME_LENGTH - 1) * length
        if same.any():
            place = network.places.name[beside[np.argmax(same)]]
            yield (
                f"Link {_called(network, link)} runs through {place}, and is as long as the links by way of it: it"
                " counts one road twice; remove it."
            )


def _graph(network: Network, links: Indices) -> Any:
    """The links' lengths as a sparse matrix; of parallel links the shortest."""
    n, order = len(network.places), links[np.argsort(-network.links.length_km[links], kind="stable")]
    ends = np.sort(np.stack([network.links.origin[order], network.links.destination[order]]), axis=0)
    key = ends[0] * n + ends[1]
    shortest = len(key) - 1 - np.unique(key[::-1], return_index=True)[1]
    kept = network.links.length_km[order[shortest]]
    return csr_array((kept, (ends[0, shortest], ends[1, shortest])), shape=(n, n))


def _places_beside(network: Network, plane: Plane) -> dict[int, Indices]:
    """For each link that passes within a kilometre of other places: those places."""
    (x, y), n = plane, len(network.places)
    a, b = network.links.origin, network.links.destination
    found: dict[int, Indices] = {}
    block = max(1, CHUNK // max(n, 1))
    for first in range(0, len(a), block):
        i, j = a[first : first + block], b[first : first + block]
        dx, dy = (x[j] - x[i])[:, None], (y[j] - y[i])[:, None]
        px, py = x[None] - x[i][:, None], y[None] - y[i][:, None]
        along = np.clip((px * dx + py * dy) / np.maximum(dx**2 + dy**2, 1e-12), 0, 1)
        near = (px - along * dx) ** 2 + (py - along * dy) ** 2 <= BESIDE_KM**2
        near[np.arange(len(i)), i] = near[np.arange(len(i)), j] = False
        for row in np.flatnonzero(near.any(axis=1)):
            found[first + int(row)] = np.flatnonzero(near[row])
    return found


def _crossings(network: Network) -> Iterator[str]:
    """Roads whose straight lines cross between their ends."""
    for i, j in _crossing_pairs(network, _plane(network)):
        yield (
            f"Roads {_called(network, i)} and {_called(network, j)} cross where there is no junction: add one there, or"
            " leave them if one passes over the other."
        )


def _crossing_pairs(network: Network, plane: Plane) -> list[tuple[int, int]]:
    """Pairs of roads that properly intersect and share no end."""
    x, y = plane
    roads = np.flatnonzero(~network.links.crossing)
    a, b = network.links.origin[roads], network.links.destination[roads]
    low, high = np.minimum(x[a], x[b]), np.maximum(x[a], x[b])
    order = np.argsort(low, kind="stable")
    last = np.searchsorted(low[order], high[order], side="right")
    found: list[tuple[int, int]] = []
    for i, j in _pairs(last, CHUNK):
        u, v = order[i], order[j]
        crossed = _cross(x, y, (a[u], b[u]), (a[v], b[v]))
        found += [(min(p, q), max(p, q)) for p, q in zip(roads[u[crossed]], roads[v[crossed]], strict=True)]
    return sorted((int(p), int(q)) for p, q in found)


def _pairs(last: Indices, most: int) -> Iterator[tuple[Indices, Indices]]:
    """(i, j) for each i < j < last[i], some millions at a time."""
    count = np.maximum(last - np.arange(len(last)) - 1, 0)
    bounds = np.searchsorted(np.cumsum(count), np.arange(most, count.sum() + most, most))
    first = 0
    for end in np.minimum(bounds + 1, len(last)):
        rows = np.arange(first, end)
        i = np.repeat(rows, count[rows])
        offset = np.arange(len(i)) - np.repeat(np.cumsum(count[rows]) - count[rows], count[rows])
        yield i, i + 1 + offset
        first = end


def _cross(x: Floats, y: Floats, one: tuple[Indices, Indices], other: tuple[Indices, Indices]) -> NDArray[np.bool_]:
    """(pair,) do the segments cut each other between their ends?"""
    (a, b), (c, d) = one, other
    apart = (np.maximum(y[a], y[b]) < np.minimum(y[c], y[d])) | (np.maximum(y[c], y[d]) < np.minimum(y[a], y[b]))
    close = np.flatnonzero(~apart & (a != c) & (a != d) & (b != c) & (b != d))
    a, b, c, d = a[close], b[close], c[close], d[close]

    def side(p: Indices, q: Indices, r: Indices) -> Floats:
        return np.asarray((x[q] - x[p]) * (y[r] - y[p]) - (y[q] - y[p]) * (x[r] - x[p]))

    crossed = np.zeros(len(apart), bool)
    crossed[close] = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return crossed


def _of_fighting(scenario: Scenario) -> Iterator[str]:
    """Faint fighting, and fighting where so many live that its number decides the result."""
    places, world = scenario.network.places, scenario.world
    people = places.residents + places.opening_displaced
    large = np.flatnonzero(people > LARGE * people.sum())
    for event in scenario.events:
        if not isinstance(event, Fighting) or event.intensity <= 0:
            continue
        if event.intensity < FAINT:
            yield (
                f"{_event(event)} has an intensity of {event.intensity:g}, below {FAINT:g}: leave it out, because 0 is"
                " what people there have lived with."
            )
        for i in sorted(set(world.places(event.place)) & set(large.tolist())):
            yield (
                f"{_event(event)} sets an intensity at {places.name[i]}, where {people[i] / people.sum():.0%} of all"
                " people are: split the place into quarters, and enter the fighting where it is."
            )


def _of_agreements(scenario: Scenario) -> Iterator[str]:
    """Evacuations of people who were not asked, and sieges of pockets without a way out."""
    world = scenario.world
    for event in scenario.events:
        if isinstance(event, Evacuation) and event.consent != "informed":
            said = "is without consent, a forced transfer" if event.consent == "none" else "does not say who consents"
            yield (
                f"{_event(event)} from {world.called([event.place])} to {world.called([event.to])} {said}: plan for no"
                ' move without consent = "informed", and report one that was made as what it was.'
            )
        if isinstance(event, Siege) and not any(effect.cells[0] for effect in event.effects(world)):
            where = world.called(event.place)
            yield f"{_event(event)} shuts nothing, as no link leads out of {where}: correct its places."


def _of_medical_cases(scenario: Scenario) -> Iterator[str]:
    """Crossings that an event opens to civilians while they are shut to medical cases in the same direction."""
    network, world = scenario.network, scenario.world
    links, names, civilians = network.links, network.places.name, TRAFFIC.index("civilians")
    opening = [
        (event, effect, int(link), int(way))
        for event in scenario.events
        for effect in event.effects(world)
        if effect.layer == "policy" and effect.value != 0 and civilians in effect.cells[2]
        for link in effect.cells[0]
        if links.crossing[link]
        for way in effect.cells[1]
    ]
    if not opening:
        return
    may_pass = scenario.compile()["permission_high"].values > 0
    shut = may_pass[..., civilians] & ~may_pass[..., TRAFFIC.index("medical")]  # (time, link, direction)
    for event, effect, link, way in opening:
        first = effect.days(scenario.days).start
        days = first + np.flatnonzero(shut[effect.days(scenario.days), link, way])
        if not len(days):
            continue
        ends = names[links.origin[link]], names[links.destination[link]]
        since = shown_day(scenario.start + dt.timedelta(days=int(days[0])))
        yield (
            f"{_event(event)} opens the crossing {links.id[link]} ({' - '.join(ends[::-1] if way else ends)}) to"
            f" civilians, and it is shut to medical cases, on {len(days)} day{'s' * (len(days) > 1)} from {since}: the"
            ' sick and wounded wait there; add "medical" to what the event opens, unless it was so.'
        )


def _of_relations(scenario: Scenario) -> Iterator[str]:
    """Parties that meet on a road at the start and of which nothing is said."""
    links, party = scenario.network.links, scenario.network.places.party
    said = {frozenset(row.parties) for row in scenario.relations}
    meet: dict[frozenset[str], str] = {}
    for i in np.flatnonzero(~links.crossing):
        pair = frozenset((party[links.origin[i]], party[links.destination[i]])) - {""}
        if len(pair) == 2 and pair not in said:
            meet.setdefault(pair, links.id[i])
    for pair, link in sorted(meet.items(), key=lambda item: sorted(item[0])):
        a, b = sorted(pair)
        yield (
            f"Nothing is said of how {a} and {b} stand to each other, who share the road {link}: they are taken as"
            f' hostile; say so in [[relations]] with parties = ["{a}", "{b}"].'
        )


def _of_period(scenario: Scenario) -> Iterator[str]:
    """Events of which no day lies in the period."""
    first, last = scenario.start, scenario.end
    period, world = f"{shown_day(first)} to {shown_day(last)}", scenario.world
    for event in scenario.events:
        until = event.until(world)
        if event.first > last or (until is not None and until < first):
            yield f"{_event(event)} lies outside the period ({period}): correct its dates, or leave it out."


def _unreached(network: Network) -> Iterator[str]:
    """Places without a link."""
    linked = np.zeros(len(network.places), bool)
    linked[network.links.origin] = linked[network.links.destination] = True
    alone = [network.places.id[i] for i in np.flatnonzero(~linked)]
    if alone:
        yield f"No link reaches {_listed(alone)}: nobody can leave or be supplied by land; add a link."


def _certain_populations(network: Network) -> Iterator[str]:
    """Numbers of people given without low and high."""
    p = network.places
    for what, central, low, high in (
        ("population", p.residents, p.population_low, p.population_high),
        ("displaced", p.opening_displaced, p.displaced_low, p.displaced_high),
    ):
        certain = (central > 0) & (np.isnan(low) | np.isnan(high))
        if certain.any():
            names = [p.id[i] for i in np.flatnonzero(certain)]
            yield (
                f"{what} of {_listed(names)} has no {what}_low and {what}_high: it is taken as exact; give the 10 and"
                " 90 % points."
            )


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
