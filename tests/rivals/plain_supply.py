"""A second, slow program for a day of supply: one member, plain loops over dictionaries.

It shares the Conditions, the draws of members and the named streams with the fast code, and nothing else.
"""

import heapq
import math
from collections import defaultdict

import numpy as np

from displacement.network import TRAFFIC
from displacement.streams import stream_key

TRADE, AID = TRAFFIC.index("trade"), TRAFFIC.index("aid")
NOBODY = -1
NOTHING = 1e-9


def first_to_reach(sources, steps):
    """{node: (length, arcs)} of the shortest path from any source. steps[node]: (next, arc, length)."""
    heap, found = [(0.0, source, ()) for source in sorted(sources)], {}
    heapq.heapify(heap)
    while heap:
        length, node, arcs = heapq.heappop(heap)
        if node in found:
            continue
        found[node] = (length, arcs)
        for after, arc, more in steps[node]:
            if after not in found:
                heapq.heappush(heap, (length + more, after, (*arcs, arc)))
    return found


class PlainSupply:
    """Supply of one member. `day` takes and returns dictionaries of tonnes by place, hub and arc (link, direction)."""

    def __init__(self, scenario, conditions, completion, parameters, draws, *, member, size):
        self.scenario, self.network, self.parameters = scenario, scenario.network, parameters
        self.conditions = {name: values.values for name, values in conditions.variables.items()}
        self.attrs, self.completion = conditions.attrs, completion
        self.draws, self.member, self.size = draws, member, size
        links = self.network.links
        self.arcs = {}
        for i in range(len(links)):
            a, b = int(links.origin[i]), int(links.destination[i])
            self.arcs[i, 0], self.arcs[i, 1] = (a, b), (b, a)
        self.places = range(len(self.network.places))
        self.party = {str(p): i for i, p in enumerate(conditions["party"].values)}
        self.operations = sorted(scenario.operations, key=lambda o: o.id)
        self.hubs_of = [sorted({self.network.places.index(h) for h in o.hubs}) for o in self.operations]
        self.hubs = sorted({h for hubs in self.hubs_of for h in hubs})
        self.kg = float(self.conditions["ration"].sum())
        self.load = self.central("truck_load")
        self.days = range(len(self.conditions["time"]))
        self.views = [self._view(day) for day in self.days]
        self.known = {}  # by what is the same on a day, and place: the ways that were searched for

    # numbers

    def number(self, name):
        values = np.ravel(getattr(self.parameters, name))
        return float(values[self.member if len(values) > 1 else 0])

    def central(self, name):
        return float(getattr(self.scenario.parameters, name))

    def chance(self, day, arc, traffic=AID):
        link, way = arc
        low = self.conditions["permission_low"][day, link, way, traffic]
        return low + self.completion[link] * (self.conditions["permission_high"][day, link, way, traffic] - low)

    def of_day(self, day, arc, traffic):
        """Chance that an arc is passed on a day: aid asks for some so many times a week."""
        chance, asked = self.chance(day, arc, traffic), self.conditions["convoy_requests"][day, arc[0]] / 7
        if traffic == TRADE:
            return chance
        return chance * asked if asked < 1 else 1 - (1 - chance) ** asked

    def is_sink(self, place):
        places = self.network.places
        return places.country[place] == self.scenario.country and not places.outside[place]

    def storage(self, place):
        value = self.network.places.storage_t[place]
        return math.inf if math.isnan(value) else float(value)

    def priority(self, place):
        value = self.network.places.priority[place]
        return 1.0 if math.isnan(value) else float(value)

    def hours(self, day, link, *, transshipment=True):
        own = float(self.conditions["travel_time"][day, link])
        if not transshipment:
            return own
        own += self.central("transshipment_hours") * bool(self.network.links.crossing[link])
        return own + 1e-7 * stream_key(self.network.links.id[link]) / 2.0**64

    # what does not depend on what is stored

    def level(self, operation, day, place):
        holder = int(self.conditions["control"][day, place])
        if holder == NOBODY:
            return None
        if holder in [self.party[p] for p in operation.transit]:
            return 0
        return 1 if holder in [self.party[p] for p in operation.deliver] else None

    def allowed(self, operation, day, arc):
        link = arc[0]
        a, b = self.arcs[arc]
        ends = [self.level(operation, day, place) for place in (a, b)]
        if None in ends or ends[1] < ends[0] or self.chance(day, arc) <= 0:
            return False
        control = self.conditions["control"][day]
        own_line = operation.any_line or self.network.links.id[link] in operation.lines
        return bool(control[a] == control[b] or own_line or self.network.links.crossing[link])

    def serves(self, operation, place):
        names = [p for name in operation.deliver_places for p in self.network.members_of(name)]
        return self.is_sink(place) and (not names or self.network.places.id[place] in names)

    def _best(self, sources, day, arcs, traffic):
        """{place: greatest product of chances from any source}."""
        steps = defaultdict(list)
        for arc in arcs:
            a, b = self.arcs[arc]
            steps[a].append((b, arc, -math.log(self.of_day(day, arc, traffic))))
        return {
            place: math.prod(self.of_day(day, arc, traffic) for arc in path)
            for place, (_, path) in first_to_reach(sources, steps).items()
        }

    def _view(self, day):
        """Of a day: what each operation may use, and by place the chance of trade, of aid, and is aid counted on?"""
        outside = [p for p in self.places if self.network.places.outside[p]]
        trade = self._best(outside, day, [a for a in self.arcs if self.chance(day, a, TRADE) > 0.01], TRADE)
        entry, reached, ways = defaultdict(float), set(), []
        for operation, hubs in zip(self.operations, self.hubs_of, strict=True):
            starts = [h for h in hubs if self.level(operation, day, h) is not None]
            arcs = [a for a in self.arcs if self.allowed(operation, day, a)]
            likely = [a for a in arcs if self.chance(day, a) >= 0.5]
            ways.append((arcs, starts))
            for place, chance in self._best(starts, day, arcs, AID).items():
                if self.serves(operation, place):
                    entry[place] = max(entry[place], chance)
            reached |= {p for p in self._best(starts, day, likely, AID) if self.serves(operation, p)}
        return {"trade": trade, "entry": entry, "reached": reached, "ways": ways}

    def dependence(self, day, place):
        window = int(self.central("market_days"))
        days = [max(d, 0) for d in range(day - window + 1, day + 1)]
        trade = sum(self.views[d]["trade"].get(place, 0.0) for d in days) / window
        share = float(self.attrs["aid_share"])
        return share + (1 - share) * (1 - trade)

    def days_cut(self, day, place):
        count = 0
        while day >= 0 and place not in self.views[day]["reached"]:
            count, day = count + 1, day - 1
        return count

    def days_until_cut(self, day, place):
        for later in range(day, len(self.days)):
            if place not in self.views[later]["reached"]:
                return later - day
        return math.inf

    def attempts(self, per_week, day):
        """Whole attempts of a day: so many a week from the first day on. per_week : [day]"""
        upto = [math.floor(sum(per_week[d] / 7 for d in range(last + 1)) + 1e-9) for last in (day - 1, day)]
        return upto[1] - upto[0]

    def tonnes_that_may_pass(self, day):
        """{arc: tonnes}: one draw for each link and request."""
        found = {}
        for link in range(len(self.network.links)):
            attempts = self.attempts(self.conditions["convoy_requests"][:, link], day)
            names = ["aid passes", *(f"aid passes, request {n}" for n in range(2, attempts + 1))][:attempts]
            key = stream_key(self.network.links.id[self.conditions["convoy_of"][day, link]])
            luck = [float(self.draws.uniform(name, self.size, day=day, key=key)[self.member]) for name in names]
            for way in (0, 1):
                passed = sum(u <= self.chance(day, (link, way)) for u in luck)
                quota = self.load * self.conditions["quota"][day, link, way, AID]
                convoys = self.load * self.conditions["convoy_trucks"][day, link] * passed if passed else 0.0
                found[link, way] = min(quota, convoys)
        return found

    # a day

    def need(self, people, day):
        return {p: self.is_sink(p) * people[p] * self.dependence(day, p) * self.kg / 1000 for p in self.places}

    def opening(self, people):
        need, reached = self.need(people, 0), self.views[0]["reached"]
        found = {}
        for place in self.places:
            stated = self.network.places.stock_t[place]
            cover = self.number("opening_cover") * need[place] if place in reached else 0.0
            found[place] = min(cover, self.storage(place)) if math.isnan(stated) else float(stated)
        return found

    def by_air(self, day):
        came = defaultdict(float)
        of = self.conditions
        for i, name in enumerate(of["airdrop"]):
            flights = self.attempts([of["airdrop_sorties"][d, i] * 7 for d in self.days], day)
            if flights:
                planned, key = np.full((self.size, 1), flights), np.array([stream_key(str(name))], np.uint64)
                reliability = np.full((1, 1), of["airdrop_reliability"][i])
                flown = self.draws.binomial("sorties", planned, reliability, day=day, keys=key)
                place = self.network.places.index(str(of["airdrop_place"][i]))
                came[place] += float(flown[self.member, 0]) * of["airdrop_tonnes"][i] * of["airdrop_recovered"][i]
        return came

    def day(self, stock, warehouse, people, day, room=None):
        """Stocks and warehouses of tonight, and the flows of the day."""
        need, view = self.need(people, day), self.views[day]
        flows = {name: defaultdict(float) for name in ("arrived", "lost", "traffic", "loaded", "refused", "spoilt")}
        warehouse = dict(warehouse)
        for hub in self.hubs:
            held = (
                warehouse[hub] + self.conditions["hub_inflow"][day, hub] + self.conditions["hub_stock_added"][day, hub]
            )
            keeps = min(held, max(self.storage(hub), warehouse[hub]))
            warehouse[hub], flows["refused"][hub] = keeps, held - keeps
        stock = {p: stock[p] + self.conditions["stock_added"][day, p] for p in self.places}
        air = dict.fromkeys(self.places, 0.0)
        for place, tonnes in self.by_air(day).items():
            air[place] = min(tonnes, max(self.storage(place) + need[place] - stock[place], 0.0))
            flows["spoilt"][place] = tonnes - air[place]
        stock = {p: stock[p] + air[p] for p in self.places}
        roads = self.tonnes_that_may_pass(day)
        if room is not None:
            roads = {arc: min(tonnes, room[arc] * self.load) for arc, tonnes in roads.items()}
        left = {("arc", arc): tonnes for arc, tonnes in roads.items()}
        left |= {("hub", hub): tonnes for hub, tonnes in warehouse.items()}
        for o, operation in enumerate(self.operations):
            left["trucks", o] = math.inf if operation.trucks is None else operation.trucks * 24 * self.central("duty")
        least = {what: NOTHING * (1 + much) if math.isfinite(much) else 0.0 for what, much in left.items()}
        for goals in self._stages(need, day, view):
            want = {}
            for place in self.places:
                most = self.storage(place) + need[place]
                want[place] = max(min(goals[place], most) - stock[place] - flows["arrived"][place], 0.0)
            self._fill(want, left, least, view, day, flows)
        given, after = {}, {}
        for place in self.places:
            held = stock[place] + flows["arrived"][place]
            ration = self._allowance(held, need[place], self.days_cut(day, place))
            given[place] = min(held, max(ration, min(need[place], held - self.storage(place))))
            after[place] = held - given[place]
        flows["need"], flows["by_air"], flows["distributed"] = need, air, given
        return after, {h: warehouse[h] - flows["loaded"][h] for h in self.hubs}, flows

    def _allowance(self, held, need, days_cut):
        ration = self.number("ration_days")
        if ration > 0 and days_cut > 0:
            return min(need, held / max(ration - days_cut + 1, 1.0))
        return need

    def _stages(self, need, day, view):
        """What each place should hold, by stage: first for today and its wait, then where it is urgent, then all."""
        usual, warned = self.number("buffer_days"), self.number("warned_buffer_days")
        stages = [{}, {}, {}]
        for place in self.places:
            entry = view["entry"].get(place, 0.0)
            until = self.days_until_cut(day, place)
            alarm = 0 < until <= self.number("warning_lead_days")
            target = need[place] * (max(warned, usual) if alarm else usual)
            urgent = alarm or 0 < entry < self.number("sure_from")
            wait = min(1 / entry if entry > 0 else math.inf, max(usual, 1.0))
            stages[0][place] = need[place] * wait
            stages[1][place] = need[place] + (target if urgent else 0.0)
            stages[2][place] = need[place] + target
        return stages

    def _fill(self, want, left, least, view, day, flows):
        while wanting := [p for p in self.places if want[p] > NOTHING]:
            ways = self._known(wanting, {what for what in left if left[what] > least[what]}, view, day)
            if not ways:
                return
            load = defaultdict(float)
            for place, (use, *_) in ways.items():
                for what, much in use.items():
                    load[what] += self.priority(place) * want[place] * much
            taken = defaultdict(float)
            for place, (use, operation, arcs, hub) in ways.items():
                scarcest = min(left[what] / load[what] if load[what] > 0 else math.inf for what in use)
                tonnes = want[place] * min(1.0, self.priority(place) * scarcest)
                want[place] -= tonnes
                loaded = tonnes / (1 - operation.loss)
                flows["arrived"][place] += tonnes
                flows["lost"][place] += loaded - tonnes
                flows["loaded"][hub] += loaded
                for arc in arcs:
                    flows["traffic"][arc] += loaded
                for what, much in use.items():
                    taken[what] += much * tonnes
            for what, much in taken.items():
                left[what] = max(left[what] - much, 0.0)

    def _known(self, wanting, is_open, view, day):
        """{place: (use, operation, arcs, hub)}: the quickest known way that is open; who has none searches for one."""
        of, completion = self.conditions, self.completion[:, np.newaxis, np.newaxis]
        low, high = (of[f"permission_{end}"][day] for end in ("low", "high"))
        convoys = (of["convoy_trucks"][day] * of["convoy_requests"][day] / 7)[:, np.newaxis]
        alike = (of["control"][day], low + completion * (high - low), np.minimum(of["quota"][day][..., AID], convoys),
                 of["travel_time"][day])  # fmt: skip
        key = b"".join(np.ascontiguousarray(part).tobytes() for part in alike)
        if key not in self.known:
            everything = {("arc", arc) for arc in self.arcs} | {("hub", h) for h in self.hubs}
            everything |= {("trucks", o) for o in range(len(self.operations))}
            self.known[key] = defaultdict(list)
            for place, way in self._quickest(list(self.places), everything, view, day).items():
                self.known[key][place].append(way)
        ways = {}
        for place in wanting:
            able = [way for way in self.known[key][place] if all(what in is_open for what in way[0])]
            if not able:
                able = list(self._quickest([place], is_open, view, day).values())
                self.known[key][place] += able
            if able:
                ways[place] = min(able, key=lambda way: sum(self.hours(day, arc[0]) for arc in way[2]))
        return ways

    def _quickest(self, wanting, is_open, view, day):
        """{place: (use, operation, arcs, hub)} by the quickest open way; of operations that are as quick, the first."""
        best = {}
        for o, operation in enumerate(self.operations):
            arcs, starts = view["ways"][o]
            steps = defaultdict(list)
            if ("trucks", o) in is_open:
                for arc in arcs:
                    if ("arc", arc) in is_open:
                        steps[self.arcs[arc][0]].append((self.arcs[arc][1], arc, self.hours(day, arc[0])))
            found = first_to_reach([h for h in starts if ("hub", h) in is_open], steps)
            for place in wanting:
                if place in found and self.serves(operation, place):
                    hours, path = found[place]
                    if place not in best or hours < best[place][0]:
                        best[place] = (hours, o, operation, path)
        ways = {}
        for place, (hours, o, operation, path) in best.items():
            through = 1 / (1 - operation.loss)
            hub = self.arcs[path[0]][0] if path else place
            use = {("arc", arc): through for arc in path} | {("hub", hub): through}
            if path:
                use["trucks", o] = through * 2 * hours / self.load
            ways[place] = (use, operation, path, hub)
        return ways
