"""The ground of the slow day loop: places, roads, who passes, and the routes that people consider, walked by hand."""

import heapq
import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from displacement.members import draw_members
from displacement.streams import Expected, Luck, stream_key

CIVILIANS, MEDICAL = 0, 1
HOSTILE_RELATION, SAME_RELATION, UNKNOWN_PARTY = 0, 4, -1
EMPTIEST = 1000.0  # no place pulls less than one of this many people
NEAR_TIE = 1e-9


class Tie(Exception):
    """Two paths cost the same, or two last options pull the same: the last bit of a float decides."""


class Option(NamedTuple):
    """Where people may go: a place, or the near side of a crossing to cross it in one direction."""

    number: int
    place: int
    gate: int | None = None


class Route(NamedTuple):
    """A path of one origin to an option: arcs (link, direction), the day on which each is entered, days in all."""

    origin: int
    option: int
    arcs: tuple
    entered: tuple
    days: int


def arcs_of(network):
    """(link, direction): (from, to), of every arc; direction 0 is forward."""
    ends = list(zip(network.links.origin.tolist(), network.links.destination.tolist(), strict=True))
    return {(i, way): (ends[i] if way == 0 else ends[i][::-1]) for i in range(len(ends)) for way in (0, 1)}


def shortest(start, steps):
    """Least total of each node that can be reached, and the arc it is reached by. steps[node]: (next, arc, length)."""
    total, by = {start: 0.0}, {}
    heap, done = [(0.0, start)], set()
    while heap:
        so_far, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        for after, arc, length in steps[node]:
            new = so_far + length
            old = total.get(after, math.inf)
            if after != start and math.isfinite(old) and abs(new - old) <= NEAR_TIE * (1 + old) and by[after] != arc:
                raise Tie
            if new < old:
                total[after], by[after] = new, arc
                heapq.heappush(heap, (new, after))
    return total, by


def rationed(asked, most, whole):
    """Who gets it: in proportion, the largest remainders rounded up, ties to the first."""
    total = sum(asked)
    if total <= max(most, 0):
        return list(asked)
    if not whole:
        return [a * most / total for a in asked]
    places = math.floor(most)
    given = [int(a) * places // int(total) for a in asked]
    remainder = [int(a) * places % int(total) for a in asked]
    for i in sorted(range(len(asked)), key=lambda i: (-remainder[i], i))[: places - sum(given)]:
        given[i] += 1
    return given


class Ground:
    """What one block of members finds: conditions of each day, what people believe, and routes."""

    def __init__(self, scenario, *, seed, block, uncertainty, size):
        self.luck = Luck(seed, block)
        links = scenario.network.links
        if "conditions" in uncertainty:
            self.completion = [
                float(self.luck.uniform("unknown permission", 1, key=stream_key(i))[0]) for i in links.id
            ]
            scenario = scenario.settled(self.luck)
        else:
            self.completion = [0.5] * len(links)
        self.scenario, self.network, self.size = scenario, scenario.network, size
        self.whole = "counts" in uncertainty
        self.draws = self.luck if self.whole else Expected()
        compiled, beliefs = scenario.compile(), scenario.beliefs()
        self.conditions = {name: values.values for name, values in compiled.variables.items()}
        self.beliefs = self.conditions if beliefs is None else {name: v.values for name, v in beliefs.variables.items()}
        self.party_index = {str(p): i for i, p in enumerate(compiled["party"].values)}
        self.drawn = draw_members(scenario, self.luck, size, uncertainty)
        self.central = scenario.parameters
        self.groups = scenario.group_axis()
        self.rows = range(len(self.groups))
        order = list(dict.fromkeys(self.groups.group))
        self.group_of = [order.index(name) for name in self.groups.group]
        self.arcs = arcs_of(self.network)
        self.places = range(len(self.network.places))
        self.abroad = [c != scenario.country for c in self.network.places.country]
        self.gates = [arc for arc in self.arcs if links.crossing[arc[0]]]
        self.options = [Option(i, i) for i in self.places]
        self.options += [Option(len(self.options) + g, self.arcs[arc][0], g) for g, arc in enumerate(self.gates)]
        self.distance = self._distances()

    # numbers

    def number(self, name, member):
        """A parameter of one member, or its central value."""
        if member is None:
            return float(getattr(self.central, name))
        values = np.ravel(getattr(self.drawn.parameters, name))
        return float(values[member if len(values) > 1 else 0])

    def passes(self, day, arc, traffic=CIVILIANS, conditions=None):
        """Chance that somebody who sets out this morning passes an arc; what is unknown is as far open as was drawn."""
        link, way = arc
        found = self.conditions if conditions is None else conditions
        low = found["morning_permission_low"][day, link, way, traffic]
        high = found["morning_permission_high"][day, link, way, traffic]
        return low + self.completion[link] * (high - low)

    def admits(self, day, arc, row):
        """May people of a group pass an arc? Not where a corridor is for others."""
        return self.conditions["admission"][day, arc[0], arc[1], self.group_of[row]] > 0

    def _distances(self):
        """km along roads, open or not."""
        d = {i: {i: 0.0} for i in self.places}
        for arc, (a, b) in self.arcs.items():
            d[a][b] = min(d[a].get(b, math.inf), float(self.network.links.length_km[arc[0]]))
        for k in self.places:
            for i in self.places:
                for j in self.places:
                    via = d[i].get(k, math.inf) + d[k].get(j, math.inf)
                    if via < d[i].get(j, math.inf):
                        d[i][j] = via
        return d

    # routes

    def opening_people(self, place):
        """At home and displaced when the scenario opens."""
        table = self.network.places
        population = table.population[place]
        return (0.0 if math.isnan(population) else population) + table.opening_displaced[place]

    def weight(self, option, member=None):
        """Kind times size. Crossings out of the country count; nobody settles at junctions, posts or border posts."""
        if option.gate is not None:
            link, way = self.gates[option.gate]
            far = self.arcs[link, way][1]
            shut_by_law = way == 1 and self.network.links.directed[link]
            return self.number("pull_crossing", member) if self.abroad[far] and not shut_by_law else 0.0
        of_kind = {"village": "pull_village", "camp": "pull_camp"}
        kind = self.network.places.kind[option.place]
        if kind not in ("village", "camp", "town", "region"):
            return 0.0
        people = max(self.opening_people(option.place), EMPTIEST)
        size = (people / self.number("town_size", member)) ** self.number("size_power", member)
        return size * (self.number(of_kind[kind], member) if kind in of_kind else 1.0)

    def considered_first(self, option):
        """Crossings, camps and large towns have a route before any village."""
        kind = self.network.places.kind[option.place]
        large = kind in ("town", "region") and self.opening_people(option.place) >= self.central.town_size
        return option.gate is not None or kind == "camp" or large

    def standing(self, day, origin, place, party=""):
        """How the holder of a destination stands to the one of the origin, or to one's own party, this morning."""
        held = self.conditions["morning_control"][day]
        a, b = self.party_index[party] if party else held[origin], held[place]
        if UNKNOWN_PARTY in (a, b):
            return "other"
        if self.conditions["relation"][day, a, b] == HOSTILE_RELATION:
            return "other" if self.conditions["corridor_end"][day, place] else "hostile"
        return "same" if a == b else "other"

    def path_cost(self, day, arcs):
        """Hours, refusal and risk along a path, in hours."""
        hours = sum((float(self.conditions["morning_travel_time"][day, link]) for link, _ in arcs), 0.0)
        passed = math.prod(self.passes(day, arc) for arc in arcs)
        fire = sum(float(self.conditions["fire"][day, link]) / 4.0 for link, _ in arcs)
        if passed == 0:
            return math.inf
        return hours + self.central.permission_price * -math.log(passed) + self.central.risk_price * fire

    def routes(self, day):
        """{origin: routes} that people consider this morning, in the order of options."""
        steps = defaultdict(list)
        for arc, (a, b) in self.arcs.items():
            if not self.network.links.crossing[arc[0]] and self.passes(day, arc) > 0:
                steps[a].append((b, arc, self.path_cost(day, [arc])))
        seen = {"", *self.groups.party}
        found = {}
        for origin in self.places:
            cost, by = shortest(origin, steps)
            worth = {}
            for option in self.options:
                if option.place not in cost or (option.gate is None and option.place == origin):
                    continue
                arcs, hours = self._path(day, origin, option.place, by)
                if hours[-1] > self.central.horizon:
                    continue
                hostile = all(self.standing(day, origin, option.place, party) == "hostile" for party in seen)
                if hostile and self.central.cross_line_settling == 0:
                    continue
                near = (self.central.softening + cost[option.place]) ** -self.central.power
                if self.weight(option) * near > 0:
                    worth[option.number] = (self.weight(option) * near, arcs, hours)
            ranked = sorted(worth, key=lambda n: (not self.considered_first(self.options[n]), -worth[n][0], n))
            kept = sorted(ranked[: int(self.central.routes_per_origin)])
            found[origin] = [self._route(origin, n, *worth[n][1:]) for n in kept]
        return found

    def _path(self, day, origin, place, by):
        """Arcs to a place, and the hours since setting out at the start of each and at the end."""
        arcs = []
        while place != origin:
            arcs.append(by[place])
            place = self.arcs[by[place]][0]
        arcs.reverse()
        hours = [0.0]
        for link, _ in arcs:
            hours.append(hours[-1] + float(self.conditions["morning_travel_time"][day, link]))
        return arcs, hours

    def _route(self, origin, option, arcs, hours):
        days = [h / self.central.travel_day for h in hours]
        entered = tuple(math.floor(d + NEAR_TIE) for d in days[:-1])
        return Route(origin, option, tuple(arcs), entered, max(math.ceil(days[-1] - NEAR_TIE), 1))
