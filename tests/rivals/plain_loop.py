"""A slow day loop in plain Python, written from sections 3 and 4 of the model page: the rival of `simulate_block`.

Members, places, routes and crossings are walked one by one, in dictionaries. Only the draws are shared: `Luck`, asked
for one place at a time. What it shares with the package besides: the compiled conditions (their rival is
`plain_conditions.py`) and the members as drawn (their law is tested in `tests/statistics`).
"""

import heapq
import math
from collections import defaultdict

import numpy as np

from displacement.members import draw_members
from displacement.streams import Expected, Luck, stream_key

CIVILIANS, MEDICAL = 0, 1
BEFORE, AGAIN, NEW, REFUGEE = range(4)  # when somebody away from home last left
HOSTILE_RELATION, UNKNOWN_PARTY = 0, -1
EMPTIEST = 1000.0  # no place pulls less than one of this many people
NEAR_TIE = 1e-9


class Tie(Exception):
    """Two paths cost the same, or two last options pull the same: the last bit of a float decides."""


class Option:
    """Where people may go: a place, or the near side of a crossing to cross it in one direction."""

    def __init__(self, number, place, gate=None):
        self.number, self.place, self.gate = number, place, gate


class Route:
    """A path of one origin to an option: arcs (link, direction), the day on which each is entered, days in all."""

    def __init__(self, origin, option, arcs, entered, days):
        self.origin, self.option, self.arcs, self.entered, self.days = origin, option, arcs, entered, days


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


class Plain:
    """One block of members, walked by hand."""

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
        self.conditions = {name: values.values for name, values in scenario.compile().items()}
        self.drawn = draw_members(scenario, self.luck, size, uncertainty)
        self.central = scenario.parameters
        self.arcs = arcs_of(self.network)
        self.places = range(len(self.network.places))
        self.abroad = [c != scenario.country for c in self.network.places.country]
        self.gates = [arc for arc in self.arcs if links.crossing[arc[0]]]
        self.options = [Option(i, i) for i in self.places]
        self.options += [Option(len(self.options) + g, self.arcs[arc][0], g) for g, arc in enumerate(self.gates)]
        self.distance = self._distances()
        self.state_of_open_roads = {}

    # numbers

    def number(self, name, member):
        """A parameter of one member."""
        values = np.ravel(getattr(self.drawn.parameters, name))
        return float(values[member if len(values) > 1 else 0])

    def passes(self, day, arc, traffic=CIVILIANS):
        """Chance that somebody who sets out this morning passes an arc; what is unknown is as far open as was drawn."""
        link, way = arc
        low = self.conditions["morning_permission_low"][day, link, way, traffic]
        high = self.conditions["morning_permission_high"][day, link, way, traffic]
        return low + self.completion[link] * (high - low)

    def _distances(self):
        """km along roads, open or not."""
        steps = defaultdict(list)
        for arc, (a, b) in self.arcs.items():
            steps[a].append((b, arc, float(self.network.links.length_km[arc[0]])))
        found = {}
        for i in self.places:
            try:
                found[i] = shortest(i, steps)[0]
            except Tie:  # the distance is the same, whichever way
                found[i] = dict(self._floyd()[i].items())
        return found

    def _floyd(self):
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

    def size_pull(self, place, member=None):
        """(people / town size)^power at the opening; no place counts as fewer than a thousand."""
        table = self.network.places
        population = table.population[place]
        people = (0.0 if math.isnan(population) else population) + table.opening_displaced[place]
        power, town = self.of("size_power", member), self.of("town_size", member)
        return (max(people, EMPTIEST) / town) ** power

    def of(self, name, member):
        """A parameter of a member, or its central value."""
        return float(getattr(self.central, name)) if member is None else self.number(name, member)

    def weight(self, option, member=None):
        """Kind times size. Crossings out of the country count; nobody settles at junctions, posts or border posts."""
        if option.gate is not None:
            link, way = self.gates[option.gate]
            far = self.arcs[link, way][1]
            shut_by_law = way == 1 and self.network.links.directed[link]
            return self.of("pull_crossing", member) if self.abroad[far] and not shut_by_law else 0.0
        kind = self.network.places.kind[option.place]
        of_kind = {
            "village": self.of("pull_village", member),
            "town": 1.0,
            "region": 1.0,
            "camp": self.of("pull_camp", member),
        }
        return of_kind.get(kind, 0.0) * self.size_pull(option.place, member)

    def considered_first(self, option):
        """Crossings, camps and large towns have a route before any village."""
        table = self.network.places
        kind = table.kind[option.place]
        population = table.population[option.place]
        people = (0.0 if math.isnan(population) else population) + table.opening_displaced[option.place]
        return (
            option.gate is not None
            or kind == "camp"
            or (kind in ("town", "region") and people >= self.central.town_size)
        )

    def standing(self, day, origin, place):
        """How the party at a destination stands to the one at the origin, this morning."""
        held = self.conditions["morning_control"][day]
        a, b = held[origin], held[place]
        if UNKNOWN_PARTY in (a, b):
            return "other"
        if self.conditions["relation"][day, a, b] == HOSTILE_RELATION:
            return "hostile"
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
        open_arcs = {
            arc: self.path_cost(day, [arc])
            for arc in self.arcs
            if not self.network.links.crossing[arc[0]] and self.passes(day, arc) > 0
        }
        steps = defaultdict(list)
        for arc, cost in open_arcs.items():
            a, b = self.arcs[arc]
            steps[a].append((b, arc, cost))
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
                hostile = self.standing(day, origin, option.place) == "hostile"
                if hostile and self.central.cross_line_settling == 0:
                    continue
                near = (self.central.softening + cost[option.place]) ** -self.central.power
                if self.weight(option) * near > 0:
                    worth[option.number] = (self.weight(option) * near, arcs, hours)
            ranked = sorted(worth, key=lambda n: (not self.considered_first(self.options[n]), -worth[n][0], n))
            kept = sorted(ranked[: int(self.central.routes_per_origin)])
            found[origin] = [self._route(origin, self.options[n], *worth[n][1:]) for n in kept]
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
        entered = tuple(math.floor(d + 1e-9) for d in days[:-1])
        return Route(origin, option, tuple(arcs), entered, max(math.ceil(days[-1] - 1e-9), 1))

    # one day

    def felt(self, day, place, member):
        """Intensity here and spill: 1 - product over near places with people that our party holds, or just lost."""
        intensity, held = self.conditions["intensity"], self.conditions["morning_control"]
        reach = self.number("spill_reach", member)
        spared = 1.0
        for other in self.places:
            km = self.distance[place].get(other, math.inf)
            people = self.network.places.residents[other] + self.network.places.opening_displaced[other]
            if other == place or people <= 0 or km > 3 * reach:
                continue
            first = max(0, day - int(self.central.lost_days))
            holders = {int(held[d, other]) for d in range(first, day + 1)}
            if held[day, place] != UNKNOWN_PARTY and int(held[day, place]) in holders:
                spared *= 1.0 - intensity[day, other] * math.exp(-km / reach)
        return intensity[day, place] + self.number("spill", member) * (1.0 - spared)

    def chances(self, day, place, member):
        """Chance to wish to leave: settled, stayers, trapped at home, away by vintage, trapped away by vintage."""
        multiplier = self.drawn.multiplier[member, day]
        danger = min(1.0, self.felt(day, place, member))
        fighting = multiplier * self.number("departure_rate", member) * danger
        capture = multiplier * sum(
            self.conditions[f"capture_by_{whom}"][day, place]
            * -math.log(1 - self.number(f"capture_share_{whom}", member))
            for whom in ("hostile", "other")
        )
        kind = self.network.places.kind[place]
        onward = self.number("onward_rate", member) if kind in ("village", "border_post") else 0.0
        again = self.number("displaced_factor", member) * fighting + capture
        away = [-math.expm1(-(again + (0.0 if v == BEFORE else onward))) for v in range(4)]
        if kind in ("junction", "front_post"):
            away = [1.0] * 4
        retry = 1.0 / self.number("retry_days", member)
        return [-math.expm1(-(fighting + capture)), -math.expm1(-capture), retry, *away, *[retry] * 4]

    def pull(self, day, option, people, member):
        """What an option is worth today, distance apart."""
        if option.gate is not None:
            arc = self.gates[option.gate]
            per_day = self.conditions["quota"][day, arc[0], arc[1], CIVILIANS] if self.passes(day, arc) > 0 else 0.0
            waiting = sum(n for (_, _, g), n in people["waiting"].items() if g == option.gate)
            if per_day == 0:
                return self.weight(option, member) * self.number("hope", member)
            return self.weight(option, member) / (1 + waiting / per_day / self.number("patience", member))
        place = option.place
        displaced = sum(people["away"][v, place] + people["trapped away"][v, place] for v in range(4))
        home = people["settled"][place] + people["stayers"][place] + people["trapped home"][place]
        safe = (1 - min(1.0, self.felt(day, place, member))) ** self.number("caution", member)
        capacity = self.network.places.capacity[place]
        room = 1.0 if math.isnan(capacity) else 1 / (1 + ((displaced + home) / max(capacity, 1.0)) ** 2)
        company = (1 + displaced / 1000) ** self.number("company", member)
        return self.weight(option, member) * safe * room * company

    def shares(self, day, routes, people, member):
        """Pull over the sum of pulls, of each route considered."""
        pulls = []
        for route in routes:
            cost = self.path_cost(day, route.arcs)
            near = (self.number("softening", member) + cost) ** -self.number("power", member)
            standing = self.standing(day, route.origin, route.option.place)
            of_party = {"same": 1.0, "other": self.number("cross_party", member)}
            favour = of_party.get(standing, self.number("cross_line_settling", member))
            pulls.append(self.pull(day, route.option, people, member) * near * favour)
        return pulls

    def opening(self):
        """Everybody at the start, by member."""

        def rounded(x):
            return math.floor(x + 0.5) if self.whole else float(x)

        crowd = []
        for m in range(self.size):
            people = {
                key: defaultdict(int)
                for key in ("settled", "stayers", "trapped home", "away", "trapped away", "waiting")
            }
            people["travelling"] = defaultdict(int)  # (vintage, route, days done): people
            for i in self.places:
                residents = rounded(self.drawn.residents[m if len(self.drawn.residents) > 1 else 0, i])
                stay = rounded(residents * self.number("stayers", m))
                people["stayers"][i], people["settled"][i] = stay, residents - stay
                vintage = REFUGEE if self.abroad[i] else BEFORE
                people["away"][vintage, i] = rounded(self.drawn.displaced[m if len(self.drawn.displaced) > 1 else 0, i])
            crowd.append(people)
        return crowd

    def run(self):
        """Records by variable, as `simulate_block` keeps them."""
        crowd = self.opening()
        days, n, links, gates = self.scenario.days, len(self.places), len(self.network.links), len(self.gates) // 2
        kind = np.int64 if self.whole else float
        by_place = "residents displaced refugees trapped newly_displaced moved_since departures departures_from_home arrivals stopped"
        by_gate = "waiting joined crossed crossed_irregularly gave_up"
        self.record = {name: np.zeros((self.size, days, n), kind) for name in by_place.split()}
        self.record |= {name: np.zeros((self.size, days, links, 2), kind) for name in ("travelling", "traffic")}
        self.record |= {name: np.zeros((self.size, days, gates, 2), kind) for name in by_gate.split()}
        self.record["start_residents"] = np.array(
            [[p["settled"][i] + p["stayers"][i] for i in self.places] for p in crowd], kind
        )
        self.record["start_displaced"] = np.array([[p["away"][BEFORE, i] for i in self.places] for p in crowd], kind)
        for day in range(days):
            self.day(day, crowd)
            for m, people in enumerate(crowd):
                self.stocks(day, m, people)
        return self.record

    def day(self, day, crowd):
        """Wish, choice, permission, travel, crossings, arrival."""
        routes = self.routes(day)
        morning = [{key: values.copy() for key, values in people.items()} for people in crowd]
        setting_out = [defaultdict(int) for _ in crowd]  # (vintage, route): people
        arrived = [defaultdict(int) for _ in crowd]  # (vintage, place): people
        reached = [defaultdict(int) for _ in crowd]  # (vintage, gate): people
        for place in self.places:
            self._leave(day, place, routes[place], crowd, morning, setting_out)
        for m, people in enumerate(crowd):
            self._travel(day, m, people, setting_out[m], arrived[m], reached[m])
        for gate in range(len(self.gates)):
            self._cross(day, gate, crowd, reached, arrived)
        for m, people in enumerate(crowd):
            for (vintage, place), count in arrived[m].items():
                people["away"][REFUGEE if self.abroad[place] else vintage, place] += count
                self.record["arrivals"][m, day, place] += count

    def _leave(self, day, place, routes, crowd, morning, setting_out):
        key = np.array([stream_key(self.network.places.id[place])], np.uint64)
        kinds = [("settled", place), ("stayers", place), ("trapped home", place)]
        kinds += [("away", (v, place)) for v in range(4)] + [("trapped away", (v, place)) for v in range(4)]
        trapped = [2, 7, 8, 9, 10]
        present = np.array([[[people[k][at] for k, at in kinds]] for people in crowd])
        chance = np.array([[self.chances(day, place, m)] for m in range(self.size)])
        wish = self._binomial("wish to leave", present, chance, day, key)
        left = (present - wish)[:, :, trapped]
        lapse = np.array([-math.expm1(-self.number("lapse_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1)
        lapsed = self._binomial("wish lapses", left, np.broadcast_to(lapse, left.shape), day, key)
        # classes: from home (three kinds of people), then by vintage (free and trapped)
        movers = np.concatenate([wish[:, :, :3].sum(axis=2, keepdims=True), wish[:, :, 3:7] + wish[:, :, 7:]], axis=2)
        pulls = [self.shares(day, routes, morning[m], m) for m in range(self.size)]
        chosen = self._choose("destination", movers, pulls, day, key)
        passes = [math.prod(self.passes(day, arc) for arc in route.arcs) for route in routes]
        asked = np.array([p if p < 1 else 0.0 for p in passes])
        doubtful = chosen * (asked > 0)
        got = self._binomial("permission", doubtful, np.broadcast_to(np.array(passes), chosen.shape), day, key)
        gone = np.where(asked > 0, got, chosen)
        refused = (chosen - gone).sum(axis=-1)
        certain = [[x * (p == 1) for x, p in zip(row, passes, strict=True)] for row in pulls]
        gone = gone + self._choose("destination again", refused, certain, day, key)
        stopped = movers - gone.sum(axis=-1)
        for m, people in enumerate(crowd):
            for row, (kind, at) in enumerate(kinds):
                people[kind][at] -= wish[m, 0, row]
            back = ["settled", *["away"] * 4]
            for which, row in enumerate(trapped):
                at = kinds[row][1]
                people[kinds[row][0]][at] += stopped[m, 0, which] - lapsed[m, 0, which]
                people[back[which]][at] += lapsed[m, 0, which]
            self.record["departures"][m, day, place] = gone[m].sum()
            self.record["departures_from_home"][m, day, place] = gone[m, 0, 0].sum()
            self.record["stopped"][m, day, place] = stopped[m].sum()
            counts_since = self.scenario.start.toordinal() + day >= self.scenario.since.toordinal()
            for r, route in enumerate(routes):
                for which in range(5):
                    vintage = which - 1
                    if counts_since:  # leaving today, from home or from a place of displacement
                        vintage = {-1: NEW, BEFORE: AGAIN}.get(vintage, vintage)
                    else:
                        vintage = max(vintage, BEFORE)
                    setting_out[m][vintage, route] += gone[m, 0, which, r]

    def _binomial(self, process, n, p, day, key):
        return self.draws.binomial(process, n[..., np.newaxis], np.asarray(p)[..., np.newaxis], day=day, keys=key)[
            ..., 0
        ]

    def _choose(self, process, movers, pulls, day, key):
        """(member, group, class, route) multinomial among the routes; where nothing pulls, nobody goes."""
        totals = [sum(row) for row in pulls]
        shares = [[x / t if t > 0 else 0.0 for x in row] for row, t in zip(pulls, totals, strict=True)]
        width = len(pulls[0])
        for row, people in zip(shares, movers, strict=True):
            left = 1.0
            for x in row:  # numpy draws a binomial of each option given those before it, and turns it over above 1/2
                if people.any() and left > 0 and abs(x / left - 0.5) < NEAR_TIE:
                    raise Tie
                left -= x
        share = np.array(shares, float).reshape(self.size, 1, 1, 1, width)
        wide = np.broadcast_to(share, (*movers.shape, 1, width))
        return self.draws.multinomial(process, movers[..., np.newaxis], wide, day=day, keys=key)[..., 0, :]

    def _travel(self, day, m, people, setting_out, arrived, reached):
        """A day on the road: who is under way looks ahead first; then whoever set out enters the first day's links."""
        going = [(vintage, route, 0, count) for (vintage, route), count in setting_out.items()]
        for (vintage, route, done), count in people["travelling"].items():
            entered = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry < done]
            ahead = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry >= done]
            still_open = self.passes(day, entered[-1]) > 0
            if still_open and all(self.passes(day, arc) > 0 for arc in ahead):
                going.append((vintage, route, done, count))
            else:
                near, far = self.arcs[entered[-1]]
                arrived[vintage, far if still_open else near] += count
        people["travelling"] = defaultdict(int)
        for vintage, route, done, count in going:
            for (link, way), entry in zip(route.arcs, route.entered, strict=True):
                if entry == done:
                    self.record["traffic"][m, day, link, way] += count
            if done + 1 < route.days:
                people["travelling"][vintage, route, done + 1] += count
            elif route.option.gate is None:
                arrived[vintage, route.option.place] += count
            else:
                reached[vintage, route.option.gate] += count

    def _cross(self, day, gate, crowd, reached, arrived):
        """Join, be refused or wait; be admitted up to the day's quota of the class; cross irregularly; give up."""
        link, way = self.gates[gate]
        near, far = self.arcs[link, way]
        key = np.array([stream_key(f"{self.network.links.id[link]} {way}")], np.uint64)
        came = np.array([[[reached[m][v, gate] for v in range(4)]] for m in range(self.size)])
        share = np.array([self.number("medical_share", m) for m in range(self.size)]).reshape(-1, 1, 1)
        medical = self._binomial("medical case", came, np.broadcast_to(share, came.shape), day, key)
        joined = np.stack([came - medical, medical], axis=-1)  # (member, group, vintage, class)
        passes = np.array([self.passes(day, (link, way), k) for k in (CIVILIANS, MEDICAL)])
        doubtful = joined * ((passes > 0) & (passes < 1))
        may = self._binomial("crossing permission", doubtful, np.broadcast_to(passes, joined.shape), day, key)
        refused = doubtful - may
        waiting = np.array([[[[p["waiting"][v, k, gate] for k in (0, 1)] for v in range(4)]] for p in crowd])
        here = waiting + joined - refused
        admitted = np.zeros_like(here)
        for m in range(self.size):
            for k in (CIVILIANS, MEDICAL):
                if passes[k] > 0:
                    quota = self.conditions["quota"][day, link, way, k]
                    admitted[m, 0, :, k] = self._rationed(list(here[m, 0, :, k]), quota)
        shut = here * (passes == 0)
        rate = np.array([-math.expm1(-self.number("irregular_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1, 1)
        irregular = self._binomial("irregular crossing", shut, np.broadcast_to(rate, shut.shape), day, key)
        left = here - admitted - irregular
        rate = np.array([-math.expm1(-self.number("give_up_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1, 1)
        tired = self._binomial("give up waiting", left, np.broadcast_to(rate, left.shape), day, key)
        for m, people in enumerate(crowd):
            for v in range(4):
                for k in (0, 1):
                    people["waiting"][v, k, gate] = left[m, 0, v, k] - tired[m, 0, v, k]
                arrived[m][v, far] += (admitted + irregular)[m, 0, v].sum()
                arrived[m][v, near] += (tired + refused)[m, 0, v].sum()
            at = (m, day, gate // 2, gate % 2)
            self.record["joined"][at] = joined[m].sum()
            self.record["crossed"][at] = (admitted + irregular)[m].sum()
            self.record["crossed_irregularly"][at] = irregular[m].sum()
            self.record["gave_up"][at] = (tired + refused)[m].sum()

    def _rationed(self, asked, quota):
        """Who is admitted of each vintage: in proportion, the largest remainders rounded up, ties to the first."""
        total = sum(asked)
        if total <= quota:
            return asked
        if not self.whole:
            return [a * quota / total for a in asked]
        places = math.floor(quota)
        given = [int(a) * places // int(total) for a in asked]
        remainder = [int(a) * places % int(total) for a in asked]
        for i in sorted(range(len(asked)), key=lambda i: (-remainder[i], i))[: places - sum(given)]:
            given[i] += 1
        return given

    def stocks(self, day, m, people):
        """Write the end of the day."""
        now = {name: values[m, day] for name, values in self.record.items() if values.ndim > 2}
        for i in self.places:
            staying = [people["away"][v, i] + people["trapped away"][v, i] for v in range(4)]
            now["residents"][i] = people["settled"][i] + people["stayers"][i] + people["trapped home"][i]
            now["displaced"][i] = sum(staying[:REFUGEE])
            now["refugees"][i] = staying[REFUGEE]
            now["trapped"][i] = people["trapped home"][i] + sum(people["trapped away"][v, i] for v in range(4))
            now["newly_displaced"][i] = staying[NEW]
            now["moved_since"][i] = staying[NEW] + staying[AGAIN]
        for (vintage, route, done), count in people["travelling"].items():
            entered = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry < done]
            now["travelling"][entered[-1]] += count
            now["newly_displaced"][route.option.place] += count * (vintage == NEW)
            now["moved_since"][route.option.place] += count * (vintage in (NEW, AGAIN))
        for (vintage, _, gate), count in people["waiting"].items():
            near = self.arcs[self.gates[gate]][0]
            now["waiting"][gate // 2, gate % 2] += count
            now["newly_displaced"][near] += count * (vintage == NEW)
            now["moved_since"][near] += count * (vintage in (NEW, AGAIN))


def plain_block(scenario, *, seed, block, uncertainty, size):
    """As `displacement.day_loop.simulate_block`, by hand."""
    return Plain(scenario, seed=seed, block=block, uncertainty=uncertainty, size=size).run()
