"""What was read of a Flee folder, as a scenario: places, links, parties, events, parameters."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from displacement.conditions.permission import travel_time
from displacement.events import CrossingOpened, Event
from displacement.io.flee.conflicts import Daily, fighting_of
from displacement.io.flee.countries import Country
from displacement.io.flee.locations import CONFLICT, HUB, MARKER, Location
from displacement.io.flee.report import Notes
from displacement.io.flee.routes import Road
from displacement.io.flee.sheets import listed
from displacement.network import Links, Network, Places
from displacement.parameters import Parameters
from displacement.scenario import Party, Scenario

SPEED_KMH = 50.0  # with the usual checkpoints, 400 km in a travel day of 12 hours
DEPARTURE_RATE = (0.0003, 0.001, 0.003)  # 1/day: 10, 50, 90 % points
MOST_HOURS = 2_000.0
MOST_ROUTES = 24  # from a place; more change little and take longer
ALL_SITES = "all_sites"


@dataclass(frozen=True)
class Case:
    """What was read of a folder."""

    name: str
    start: dt.date
    days: int
    places: Mapping[str, Location]
    roads: Mapping[str, Road]
    countries: Mapping[str, Country]
    daily: Daily
    sites: Sequence[str]

    def code(self, place: str) -> str:
        """The country code of a place."""
        return self.countries[self.places[place].country].code


def link_ids(roads: Sequence[Road]) -> dict[str, Road]:
    """Roads by a short name: both ends, and a number where two would have one name."""
    found: dict[str, Road] = {}
    for road in roads:
        name, number = f"{road.a}-{road.b}", 1
        while name in found:
            number += 1
            name = f"{road.a}-{road.b}-{number}"
        found[name] = road
    return found


def group_of(places: Mapping[str, Location]) -> str:
    """The name of the group of all sites with counts; it may not be that of a place."""
    return ALL_SITES if ALL_SITES not in places else f"{ALL_SITES}_with_counts"


def home_of(places: Mapping[str, Location], daily: Daily, notes: Notes) -> str:
    """The name of the country in conflict: that of most places in conflict; of two, the first in the file."""
    fought = [places[name].country for name, values in daily.items() if any(values)]
    fought = fought or [p.country for p in places.values() if p.type == CONFLICT]
    first = next(iter(places.values())).country
    counted = Counter(fought)
    home = max(counted, key=lambda c: (counted[c], c == first)) if counted else first
    notes.assume(f"The country in conflict is {home}: {counted[home]} of {len(fought)} places with conflict lie there.")
    if home != first:
        notes.fault("locations.csv", f"Flee would take {first} as the country in conflict, that of its first row")
    elsewhere = sorted(set(counted) - {home})
    if elsewhere:
        notes.assume(
            f"There is conflict in {listed(elsewhere)} too; the scenario is about {home}, so whoever flees there is"
            " counted as a refugee, even without crossing a border."
        )
    return home


def kind_of(place: Location, fought: bool, notes: Notes) -> str:
    """The kind of place, in this package's words."""
    if place.is_camp:
        return "camp"
    if place.type in {HUB, MARKER}:
        return "junction"
    if place.people is not None:
        return "town"
    if place.type == CONFLICT or fought:
        notes.fault(
            f"locations.csv, row {place.row.line}, population",
            f"is empty for {place.name}, where there is conflict: it is unknown, not 0, so nobody can be taken to leave"
            ' home there. It became a junction; give it a population and the kind "town" in places.csv',
        )
    return "junction"


def network_of(case: Case, home: str, capacities: bool, notes: Notes) -> Network:
    """Places and links of a case."""
    rows = list(case.places.values())
    fought = {name for name, values in case.daily.items() if any(values)}
    kinds = [kind_of(p, p.name in fought, notes) for p in rows]
    lived_in = [
        p.people if kind == "town" else 0.0 if kind == "camp" else None for p, kind in zip(rows, kinds, strict=True)
    ]
    outside = [p.country != home and p.name not in fought for p in rows]
    lived_in = [None if out and kind == "camp" else n for n, out, kind in zip(lived_in, outside, kinds, strict=True)]
    held = [p.people if capacities and p.is_camp else None for p in rows]
    unknown = np.full(len(rows), np.nan)
    blank = ("",) * len(rows)
    places = Places(
        id=tuple(p.name for p in rows),
        name=tuple(p.name.replace("_", " ") for p in rows),
        pcode=blank,
        parent_pcode=blank,
        country=tuple(case.code(p.name) for p in rows),
        latitude=np.array([p.latitude for p in rows]),
        longitude=np.array([p.longitude for p in rows]),
        kind=tuple(kinds),
        population=_numbers(lived_in),
        population_low=unknown,
        population_high=unknown,
        displaced=unknown,
        displaced_low=unknown,
        displaced_high=unknown,
        capacity=_numbers(held),
        party=tuple(case.code(p.name).lower() for p in rows),
        outside=np.array(outside, bool),
        hub=np.zeros(len(rows), bool),
        storage_t=unknown,
        extra={"flee_type": tuple(p.type for p in rows), "region": tuple(p.region for p in rows)},
    )
    at = {name: i for i, name in enumerate(sorted(case.places))}
    links = Links(
        id=tuple(case.roads),
        origin=np.array([at[r.a] for r in case.roads.values()], np.int64),
        destination=np.array([at[r.b] for r in case.roads.values()], np.int64),
        kind=tuple("road" if case.code(r.a) == case.code(r.b) else "crossing" for r in case.roads.values()),
        length_km=np.array([r.km for r in case.roads.values()]),
        speed_kmh=np.full(len(case.roads), SPEED_KMH),
        trucks_per_day=np.full(len(case.roads), np.nan),
        vehicles_per_day=np.full(len(case.roads), np.nan),
        people_per_day=np.full(len(case.roads), np.nan),
        directed=np.zeros(len(case.roads), bool),
    )
    groups = {group_of(case.places): tuple(case.sites)} if case.sites else {}
    return Network(places=places, links=links, place_groups=groups)


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if v is None else v for v in values], float)


def parameters_of(network: Network, country: str) -> Parameters:
    """Parameters for a case of hundreds of kilometres: every way inside the country is considered."""
    hours = _longest_hours(network, country)
    options = int(network.links.crossing.sum()) * 2 + sum(kind in {"camp", "town"} for kind in network.places.kind)
    return Parameters().with_values(
        {
            "horizon": float(min(np.ceil(1.1 * hours + 1.0), MOST_HOURS)),
            "routes_per_origin": min(max(options, 12), MOST_ROUTES),
            "departure_rate": DEPARTURE_RATE,
            "crossing_share": 1.0,
        }
    )


def _longest_hours(network: Network, country: str) -> float:
    """Hours of the longest of the quickest ways inside the country, from anywhere to anywhere; 0 without roads."""
    links, count = network.links, len(network.places)
    inside = ~links.crossing & (np.array(network.places.country)[links.origin] == country)
    if not inside.any():
        return 0.0
    none = np.zeros((1, int(inside.sum())), bool)
    hours = travel_time(links.length_km[inside], links.speed_kmh[inside], none, Parameters())[0]
    graph = csr_array((hours, (links.origin[inside], links.destination[inside])), shape=(count, count))
    quickest = dijkstra(graph, directed=False)
    return float(quickest[np.isfinite(quickest)].max())


def scenario_of(case: Case, closures: Sequence[Event], home: str, capacities: bool, notes: Notes) -> Scenario:
    """The scenario of a case."""
    network = network_of(case, home, capacities, notes)
    country = case.countries[home]
    crossings = tuple(k for k, kind in zip(network.links.id, network.links.kind, strict=True) if kind == "crossing")
    opened = [
        CrossingOpened(id="crossings_open", crossing=some, start=case.start, source="assumption: open unless closed")
        for some in [crossings]
        if some
    ]
    scenario = Scenario(
        name=case.name,
        summary="Imported from a Flee input folder; import_report.md says what was assumed and what looks wrong in it."
        " The folder says nothing of aid, so what is said here of access and sieges means nothing.",
        country=country.code,
        start=case.start,
        days=case.days,
        parties=tuple(
            Party(id=c.code.lower(), name=c.name)
            for c in sorted({c.code: c for c in case.countries.values()}.values(), key=lambda c: c.code)
        ),
        network=network,
        events=(*opened, *fighting_of(case.daily, case.start, case.days), *closures),
        parameters=parameters_of(network, country.code),
    )
    _say_assumptions(case, scenario, capacities, notes)
    return scenario


def camps_beyond(case: Case) -> list[str]:
    """Camps that no way from a place with conflict reaches without another camp on it."""
    fought = [name for name, values in case.daily.items() if any(values)]
    seen, ahead = set(fought), list(fought)
    while ahead:
        place = ahead.pop()
        if case.places[place].is_camp and place not in fought:
            continue
        for road in case.roads.values():
            if place in road.ends:
                new = road.ends - {place} - seen
                seen |= new
                ahead += new
    return [name for name, place in case.places.items() if place.is_camp and name not in seen]


def _say_assumptions(case: Case, scenario: Scenario, capacities: bool, notes: Notes) -> None:
    p, network = scenario.parameters, scenario.network
    low, middle, high = p.priors["departure_rate"]
    notes.assume(
        "Each country is one party, so roads inside it are open to all; a road between two countries is a crossing,"
        " open to all both ways from the first day unless closures.csv shuts it, and then to civilians and medical"
        " cases only: Flee knows people, and says nothing of trade and aid."
    )
    notes.assume(
        f"Intensity is that of the conflict table. There 1 means that conflict goes on, for months, not a ground"
        f" assault: so people leave at a rate of {middle:g} a day (10 and 90 % points {low:g} and {high:g}; judgement,"
        " not fitted) instead of the package's. It sets how many leave, so the totals of a run are no forecast."
    )
    notes.assume(
        f"Roads are driven at {SPEED_KMH:g} km/h, which with checkpoints is 400 km a day of {float(p.travel_day):g}"
        f" hours, Flee's usual limit. Trips of up to {float(p.horizon):g} hours are considered: the longest way inside"
        " the country. The length of a crossing counts in the choice of where to cross, and takes no time."
    )
    notes.assume(
        "A town without population, a forwarding hub and a marker are junctions: people pass and do not stay. A camp"
        " has nobody at home. Populations have no range in the file: they are taken as exact."
    )
    notes.assume(
        "The figures of camps in locations.csv are planned capacities (--capacities); in Flee's cases they are the"
        " highest count that was ever published: a run that is scored on these counts has seen the answer."
        if capacities
        else "The figures of camps in locations.csv are not used: in Flee's cases they are the highest count that was"
        " ever published, not a plan. Capacities are unknown (--capacities takes them)."
    )
    if any(r.redirected for r in case.roads.values()):
        forced = [f"{r.a} - {r.b} (to {r.redirected})" for r in case.roads.values() if r.redirected]
        notes.leave_out("routes.csv, forced_redirection", f"nobody is sent on by force here: {listed(forced)}")
    notes.assume(
        "The folder says nothing of aid: there is no hub and no operation, so every place is said to be cut off from"
        " aid, which means nothing here."
    )
    linked = {name for road in case.roads.values() for name in road.ends}
    if alone := [name for name in case.places if name not in linked]:
        notes.fault("routes.csv", f"no road leads to {listed(alone)}: nobody comes there")
    if beyond := [name for name in camps_beyond(case) if name in linked]:
        notes.fault(
            "routes.csv",
            f"only by way of other camps does anybody come to {listed(beyond)}; people stay in camps, so nobody will be"
            " counted there",
        )
    if not network.links.crossing.any():
        notes.fault("routes.csv", "no road joins two countries: nobody can become a refugee")
