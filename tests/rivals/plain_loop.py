"""A slow day loop in plain Python, written from sections 3 and 4 of the model page: the rival of `simulate_block`.

Members, groups, places, routes and crossings are walked one by one, in dictionaries. Only the draws are shared: `Luck`,
asked for one place at a time. What it shares with the package besides: the compiled conditions (their rival is
`plain_conditions.py`), the rows of the group axis, and the members as drawn (their law is tested in `tests/statistics`).
"""

import math
from collections import defaultdict

import numpy as np

from displacement.streams import stream_key
from tests.rivals.plain_ground import CIVILIANS, MEDICAL, NEAR_TIE, Ground, Tie, rationed
from tests.rivals.plain_home import AGAIN, BEFORE, NEW, REFUGEE, Homes
from tests.rivals.plain_road import Road

AT_HOME = ("settled", "stayers", "trapped home", "returned")
KINDS = [("settled",), ("stayers",), ("trapped home",), *[("away", v) for v in range(4)]]
KINDS += [("trapped away", v) for v in range(4)]
TRAPPED = [2, 7, 8, 9, 10]
BY_PLACE = ["residents", "displaced", "refugees", "returned", "trapped", "newly_displaced", "moved_since", "departures",
            "departures_from_home", "arrivals", "stopped", "evacuated"]  # fmt: skip
BY_GATE = ["waiting", "joined", "crossed", "crossed_irregularly", "gave_up"]


def share_of(rate):
    """Chance within a day at a rate."""
    return -math.expm1(-rate)


def no_one():
    """A member's people, nobody yet, by (kind or vintage..., row, place, ...)."""
    names = ("settled", "stayers", "trapped home", "returned", "away", "trapped away", "travelling", "waiting")
    return {**{name: defaultdict(int) for name in names}, "queue": defaultdict(lambda: defaultdict(int))}


class Plain(Ground):
    """One block of members, walked by hand. Places hold (row, place), those away (vintage, row, place)."""

    def at(self, kind, row, place):
        """Where people of a kind are kept, and under which key."""
        return kind[0], (*kind[1:], row, place)

    # what an option is worth

    def felt(self, day, place, member):
        """Intensity here and spill: 1 - product over near places with people that our party holds, or just lost."""
        intensity, held = self.beliefs["intensity"], self.conditions["morning_control"]
        reach = self.number("spill_reach", member)
        spared = 1.0
        for other in self.places:
            km = self.distance[place].get(other, math.inf)
            people = self.network.places.residents[other] + self.network.places.opening_displaced[other]
            if other == place or people <= 0 or km > 3 * reach:
                continue
            first = max(0, day - int(self.central.lost_days))
            holders = {int(held[d, other]) for d in range(first, day + 1)}
            if held[day, place] != -1 and int(held[day, place]) in holders:
                spared *= 1.0 - intensity[day, other] * math.exp(-km / reach)
        return intensity[day, place] + self.number("spill", member) * (1.0 - spared)

    def under_hostile(self, day, row, place):
        """Does a party hostile to that of a group's people hold a place?"""
        party, holder = self.groups.party[row], self.conditions["morning_control"][day, place]
        if not party or holder in (-1, self.party_index[party]):
            return False
        return self.conditions["relation"][day, self.party_index[party], holder] == 0

    def chances(self, day, place, member, row):
        """Chance to wish to leave: settled, stayers, trapped at home, away by vintage, trapped away by vintage."""
        multiplier = self.drawn.multiplier[member, day]
        danger = min(1.0, self.felt(day, place, member))
        fighting = multiplier * self.number("departure_rate", member) * danger
        capture = multiplier * sum(
            self.beliefs[f"capture_by_{whom}"][day, place] * -math.log(1 - self.number(f"capture_share_{whom}", member))
            for whom in ("hostile", "other")
        )
        capture += self.number("hostile_rule_rate", member) * self.under_hostile(day, row, place)
        kind = self.network.places.kind[place]
        onward = self.number("onward_rate", member) if kind in ("village", "border_post") else 0.0
        again = self.number("displaced_factor", member) * fighting + capture
        pace = self.groups.mobility[row]
        away = [share_of(pace * (again + (0.0 if v == BEFORE else onward))) for v in range(4)]
        if kind in ("junction", "front_post"):
            away = [1.0] * 4
        retry = 1.0 / self.number("retry_days", member)
        return [share_of(pace * (fighting + capture)), share_of(pace * capture), retry, *away, *[retry] * 4]

    def present(self, people, place):
        """Everybody at a place."""
        return sum(people[name][row, place] for name in AT_HOME for row in self.rows) + self.away(people, place)

    def away(self, people, place):
        """People away from home at a place."""
        return sum(
            people[name][v, row, place] for name in ("away", "trapped away") for v in range(4) for row in self.rows
        )

    def pull(self, day, option, people, member):
        """What an option is worth today, distance apart."""
        if option.gate is not None:
            arc = self.gates[option.gate]
            open_to_them = self.passes(day, arc, CIVILIANS, self.beliefs) > 0
            per_day = self.beliefs["quota"][day, arc[0], arc[1], CIVILIANS] if open_to_them else 0.0
            waiting = sum(n for (_, _, _, g), n in people["waiting"].items() if g == option.gate)
            if per_day == 0:
                return self.weight(option, member) * self.number("hope", member)
            return self.weight(option, member) / (1 + waiting / per_day / self.number("patience", member))
        place = option.place
        if not self.conditions["site_open"][day, place]:
            return 0.0
        safe = (1 - min(1.0, self.felt(day, place, member))) ** self.number("caution", member)
        capacity = self.conditions["site_capacity"][day, place]
        room = 1.0 if math.isnan(capacity) else 1 / (1 + (self.present(people, place) / max(capacity, 1.0)) ** 2)
        company = (1 + self.away(people, place) / 1000) ** self.number("company", member)
        return self.weight(option, member) * safe * room * company

    def pulls(self, day, routes, people, member):
        """{party whose people choose: what each route considered is worth to them}."""
        plain = []
        for route in routes:
            near = (self.number("softening", member) + self.path_cost(day, route.arcs)) ** -self.number("power", member)
            plain.append(self.pull(day, self.options[route.option], people, member) * near)
        of_party = {"same": 1.0, "other": self.number("cross_party", member)}
        hostile = self.number("cross_line_settling", member)
        return {
            party: [
                of_party.get(self.standing(day, r.origin, self.options[r.option].place, party), hostile) * x
                for r, x in zip(routes, plain, strict=True)
            ]
            for party in {*self.groups.party}
        }

    def route_passes(self, day, route, row):
        """Chance that a route lets people of a group pass: refusals, checkpoints, corridors for others."""
        if not all(self.admits(day, arc, row) for arc in route.arcs):
            return 0.0
        posts = sum(self.conditions["checkpoint"][day, link] > 0 for link, _ in route.arcs)
        return math.prod(self.passes(day, arc) for arc in route.arcs) * self.groups.checkpoint[row] ** posts

    # a block

    def opening(self):
        """Everybody at the start, by member."""
        crowd = []
        for m in range(self.size):
            people = no_one()
            for place in self.places:
                at_home, away = (x[m if len(x) > 1 else 0, place] for x in (self.drawn.residents, self.drawn.displaced))
                rows = self._apportioned(at_home, self.groups.of_residents[:, place])
                staying = rationed(rows, self._rounded(sum(rows) * self.number("stayers", m)), self.whole)
                for row, (n, stay) in enumerate(zip(rows, staying, strict=True)):
                    people["stayers"][row, place], people["settled"][row, place] = stay, n - stay
                vintage = REFUGEE if self.abroad[place] else BEFORE
                for row, n in enumerate(self._apportioned(away, self.groups.of_displaced[:, place])):
                    people["away"][vintage, row, place] = n
            crowd.append(people)
        return crowd

    def _rounded(self, x):
        return math.floor(x + 0.5) if self.whole else float(x)

    def _apportioned(self, total, shares):
        """People of a place by row: whole, what is left over to the largest remainders, ties to the first."""
        total = self._rounded(total)
        exact = [total * share for share in shares]
        if not self.whole:
            return exact
        given = [math.floor(x + 1e-9) for x in exact]
        left = total - sum(given) if sum(shares) > 0 else 0
        for row in sorted(self.rows, key=lambda row: (-(exact[row] - given[row]), row))[:left]:
            given[row] += 1
        return given

    def run(self):
        """Records by variable, as `simulate_block` keeps them."""
        crowd = self.opening()
        self.home_counts = [
            {at: people["settled"][at] + people["stayers"][at] for at in [*people["settled"]]} for people in crowd
        ]
        self._records(crowd)
        for day in range(self.scenario.days):
            self.day(day, crowd)
            for m, people in enumerate(crowd):
                self.stocks(day, m, people)
            self.register(day, crowd)
        return self.record

    def _records(self, crowd):
        days, n, links, gates = self.scenario.days, len(self.places), len(self.network.links), len(self.gates) // 2
        kind = np.int64 if self.whole else float
        shapes = {**dict.fromkeys(BY_PLACE, (n,)), **dict.fromkeys(("travelling", "traffic"), (links, 2))}
        shapes |= dict.fromkeys(BY_GATE, (gates, 2))
        self.countries = sorted({c for c in self.network.places.country if c != self.scenario.country})
        if self.countries:
            shapes["registered"] = (len(self.countries),)
        if self._limits_on_routes():
            shapes["queued"] = (links, 2)
        self.labels = list(dict.fromkeys(self.groups.label))
        if len(self.labels) > 1:
            by_place = ("residents", "displaced", "refugees", "returned")
            shapes |= {f"{name}_by_group": (len(self.labels), n) for name in by_place}
            shapes |= dict.fromkeys(("waiting_by_group", "crossed_by_group"), (len(self.labels), gates, 2))
            shapes["travelling_by_group"] = (len(self.labels),)
        self.record = {name: np.zeros((self.size, days, *shape), kind) for name, shape in shapes.items()}
        start = {
            "start_residents": lambda p, i: sum(p["settled"][g, i] + p["stayers"][g, i] for g in self.rows),
            "start_displaced": lambda p, i: sum(p["away"][BEFORE, g, i] for g in self.rows),
            "start_refugees": lambda p, i: sum(p["away"][REFUGEE, g, i] for g in self.rows),
        }
        for name, count in start.items():
            self.record[name] = np.array([[count(p, i) for i in self.places] for p in crowd], kind)

    def _limits_on_routes(self):
        """Has any arc of any route a limit in vehicles on some day?"""
        capacity = self.conditions["vehicle_capacity"]
        limited = {arc for arc in self.arcs if any(math.isfinite(c) for c in capacity[:, arc[0], arc[1]])}
        days = range(self.scenario.days)
        return any(limited & set(r.arcs) for day in days for routes in self.routes(day).values() for r in routes)

    # one day

    def day(self, day, crowd):
        """Evacuation, wish, choice, permission, travel, crossings, arrival, return."""
        counts_since = self.scenario.start.toordinal() + day >= self.scenario.since.toordinal()
        self.leaving = {v: AGAIN if v == BEFORE and counts_since else v for v in range(4)}
        self.from_home = NEW if counts_since else BEFORE
        arrived = [defaultdict(int) for _ in crowd]  # (vintage, row, place): people
        for m, people in enumerate(crowd):
            self.evacuate(day, m, people, arrived[m])
        routes = self.routes(day)
        morning = [{key: values.copy() for key, values in people.items()} for people in crowd]
        setting_out = [defaultdict(lambda: defaultdict(int)) for _ in crowd]  # (vintage, route, 0): {row: people}
        reached = [defaultdict(int) for _ in crowd]  # (vintage, row, gate): people
        for place in self.places:
            self._leave(day, place, routes[place], crowd, morning, setting_out)
        standing = self._before_shut_roads(day, crowd, arrived)
        for m, people in enumerate(crowd):
            self._travel(day, m, people, setting_out[m], arrived[m], reached[m])
            people["queue"].update(standing[m])
        homes = []
        if self.scenario.home_areas:
            homes = [Homes(self, day, self.room(m, people)) for m, people in enumerate(crowd)]
        wishing = [defaultdict(int) for _ in crowd]  # (vintage, row, place): people who wish to go home
        if homes:
            self._wish_home(day, homes, crowd, wishing, reached)
        entered = [defaultdict(int) for _ in crowd]  # (row, place): refugees let back into the country
        for gate in range(len(self.gates)):
            self._cross(day, gate, crowd, reached, arrived, entered)
        for m, people in enumerate(crowd):
            for (vintage, row, place), count in arrived[m].items():
                back = self.leaving[BEFORE] if vintage == REFUGEE else vintage
                people["away"][REFUGEE if self.abroad[place] else back, row, place] += count
                self.record["arrivals"][m, day, place] += count
            if homes:
                self._come_home(day, m, people, Homes(self, day, self.room(m, people)), wishing[m], entered[m])

    def evacuate(self, day, m, people, arrived):
        """Equal shares of all who are there, home or away, of the groups that are named; they arrive the same day."""
        found = self.conditions
        for i in range(found["evacuation_rate"].shape[1]):
            number = self.on_day(found["evacuation_rate"][:, i], day)
            ends = (str(found[f"evacuation_{end}"][i]) for end in ("origin", "destination"))
            origin, destination = (self.network.places.id.index(name) for name in ends)
            rows = [row for row in self.rows if found["evacuation_who"][i, self.group_of[row]] > 0]
            kinds = [*((name,) for name in AT_HOME), *KINDS[3:]]
            cells = [(kind, row) for row in rows for kind in kinds]
            there = [people[kind[0]][*kind[1:], row, origin] for kind, row in cells]
            most = min(sum(there), math.floor(number) if self.whole else number)
            for (kind, row), n in zip(cells, rationed(there, most, self.whole), strict=True):
                at_home = kind[0] in AT_HOME
                people[kind[0]][*kind[1:], row, origin] -= n
                arrived[self.from_home if at_home else self.leaving[kind[1]], row, destination] += n
                for name in ("departures", "evacuated", *["departures_from_home"] * at_home):
                    self.record[name][m, day, origin] += n

    def _leave(self, day, place, routes, crowd, morning, setting_out):
        key = np.array([stream_key(self.network.places.id[place])], np.uint64)
        where = [[self.at(kind, row, place) for kind in KINDS] for row in self.rows]
        present = np.array([[[p[name][at] for name, at in kinds] for kinds in where] for p in crowd])
        chance = np.array([[self.chances(day, place, m, row) for row in self.rows] for m in range(self.size)])
        wish = self._binomial("wish to leave", present, chance, day, key)
        back = np.array([[p["returned"][row, place] for row in self.rows] for p in crowd])
        again = self._binomial("leave again", back, chance[:, :, 0], day, key)
        left = (present - wish)[:, :, TRAPPED]
        lapse = np.array([share_of(self.number("lapse_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1)
        lapsed = self._binomial("wish lapses", left, np.broadcast_to(lapse, left.shape), day, key)
        # classes: from home (three kinds of people, and who had come back), then by vintage (free and trapped)
        home = wish[:, :, :3].sum(axis=2, keepdims=True) + again[:, :, np.newaxis]
        movers = np.concatenate([home, wish[:, :, 3:7] + wish[:, :, 7:]], axis=2)
        gone = self._set_out(day, routes, movers, morning, key)
        stopped = movers - gone.sum(axis=-1)
        for m, people in enumerate(crowd):
            for row in self.rows:
                for which, (name, at) in enumerate(where[row]):
                    people[name][at] -= wish[m, row, which]
                at_home = [home[m, row, 0] - again[m, row], again[m, row]]
                refused, still_back = rationed(at_home, stopped[m, row, 0], self.whole)
                people["returned"][row, place] -= again[m, row] - still_back
                for which, kind in enumerate(TRAPPED):
                    name, at = where[row][kind]
                    stays = stopped[m, row, which] if which else refused
                    people[name][at] += stays - lapsed[m, row, which]
                    free = "settled" if which == 0 else "away"
                    people[free][at] += lapsed[m, row, which]
                for r, route in enumerate(routes):
                    setting_out[m][self.from_home, route, 0][row] += gone[m, row, 0, r]
                    for v in range(4):
                        setting_out[m][self.leaving[v], route, 0][row] += gone[m, row, 1 + v, r]
            self.record["departures"][m, day, place] += gone[m].sum()
            self.record["departures_from_home"][m, day, place] += gone[m, :, 0].sum()
            self.record["stopped"][m, day, place] = stopped[m].sum()

    def _set_out(self, day, routes, movers, morning, key):
        """(member, row, class, route) who sets out; refused once, people choose again among routes that are sure."""
        pulls = [self.pulls(day, routes, morning[m], m) for m in range(self.size)]
        of_row = [[pulls[m][self.groups.party[row]] for row in self.rows] for m in range(self.size)]
        chosen = self._choose("destination", movers, of_row, day, key)
        passes = np.array([[self.route_passes(day, route, row) for route in routes] for row in self.rows])
        passes = passes.reshape(1, len(self.rows), 1, len(routes))
        doubtful = np.where(passes < 1, chosen, 0)
        got = self._binomial("permission", doubtful, np.broadcast_to(passes, chosen.shape), day, key)
        gone = np.where(passes < 1, got, chosen)
        refused = (chosen - gone).sum(axis=-1)
        sure = [
            [[x * (p == 1) for x, p in zip(of_row[m][row], passes[0, row, 0], strict=True)] for row in self.rows]
            for m in range(self.size)
        ]
        return gone + self._choose("destination again", refused, sure, day, key)

    def _binomial(self, process, n, p, day, key):
        return self.draws.binomial(process, n[..., np.newaxis], np.asarray(p)[..., np.newaxis], day=day, keys=key)[
            ..., 0
        ]

    def _choose(self, process, movers, pulls, day, key):
        """(member, row, class, route) multinomial among the routes; where nothing pulls, nobody goes."""
        share = np.zeros((self.size, len(self.rows), 1, 1, len(pulls[0][0])))
        for m in range(self.size):
            for row in self.rows:
                total = sum(pulls[m][row])
                shares = [x / total if total > 0 else 0.0 for x in pulls[m][row]]
                share[m, row, 0, 0] = shares
                left = 1.0
                for x in shares:  # numpy draws each option's people given those before it, turned over above 1/2
                    if movers[m, row].any() and left > 0 and abs(x / left - 0.5) < NEAR_TIE:
                        raise Tie
                    left -= x
        wide = np.broadcast_to(share, (*movers.shape, 1, share.shape[-1]))
        return self.draws.multinomial(process, movers[..., np.newaxis], wide, day=day, keys=key)[..., 0, :]

    def _travel(self, day, m, people, setting_out, arrived, reached):
        """A day on the road: who is under way looks ahead first; then the day's links and their queues."""
        road = Road(self, day, m)
        going = defaultdict(lambda: defaultdict(int), setting_out)
        for (vintage, row, route, done), count in people["travelling"].items():
            entered = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry < done]
            ahead = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry >= done]
            if not any(road.shut(arc) for arc in [entered[-1], *ahead]):
                going[vintage, route, done][row] += count
            else:
                near, far = self.arcs[entered[-1]]
                arrived[vintage, row, near if road.shut(entered[-1]) else far] += count
        people["travelling"] = defaultdict(int)
        for (vintage, route, done), moving in road.let_pass(people["queue"], going).items():
            option = self.options[route.option]
            for row, count in moving.items():
                if done + 1 < route.days:
                    people["travelling"][vintage, row, route, done + 1] += count
                elif option.gate is None:
                    arrived[vintage, row, option.place] += count
                else:
                    reached[vintage, row, option.gate] += count
        for (link, way), count in road.traffic.items():
            self.record["traffic"][m, day, link, way] += count

    def _before_shut_roads(self, day, crowd, arrived):
        """Who stands in a queue before a road that is shut, there or further on, or takes no vehicle: they stand on.

        Some give up, by the place at the near end of the road, and stay there; whoever else is queued is left to move.
        """
        standing = [{} for _ in crowd]
        for m, people in enumerate(crowd):
            road = Road(self, day, m)
            for cohort, waiting in list(people["queue"].items()):
                _, _, route, leg, _ = cohort
                none = self.conditions["vehicle_capacity"][day, *route.arcs[leg]] == 0
                if none or any(road.shut(arc) for arc in route.arcs[leg:]):
                    standing[m][cohort] = people["queue"].pop(cohort)
                elif not any(waiting.values()):
                    people["queue"].pop(cohort)
        rate = np.array([share_of(self.number("give_up_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1)
        for place in self.places:
            key = np.array([stream_key(self.network.places.id[place])], np.uint64)
            here = [[c for c in shut if self.arcs[c[2].arcs[c[3]]][0] == place] for shut in standing]
            total = np.array([
                [[sum(standing[m][c][row] for c in here[m] if c[1] == v) for v in range(4)] for row in self.rows]
                for m in range(self.size)
            ])  # fmt: skip
            tired = self._binomial("give up the road", total, np.broadcast_to(rate, total.shape), day, key)
            for m in range(self.size):
                for v in range(4):
                    cohorts = sorted(c for c in here[m] if c[1] == v)
                    for row in self.rows:
                        arrived[m][v, row, place] += tired[m, row, v]
                        asked = [standing[m][c][row] for c in cohorts]
                        for c, n in zip(cohorts, rationed(asked, tired[m, row, v], self.whole), strict=True):
                            standing[m][c][row] -= n
        return standing

    def room(self, m, people):
        """{(row, place): people who have left home there and have not come back}."""
        return {
            (row, i): max(self.home_counts[m][row, i] - sum(people[name][row, i] for name in AT_HOME), 0)
            for row in self.rows
            for i in self.places
        }

    def _wish_home(self, day, homes, crowd, wishing, reached):
        """Of those away, who wishes to go home; from abroad, to the crossings that lead back, if there is room."""
        rate = np.array([share_of(self.number("return_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1)
        leaving = [defaultdict(int) for _ in crowd]  # (row, place): people abroad
        for place in self.places:
            key = np.array([stream_key(self.network.places.id[place])], np.uint64)
            may = np.array(
                [[[homes[m].may(g, v, place) for v in range(4)] for g in self.rows] for m in range(self.size)]
            )
            away = np.array([[[p["away"][v, row, place] for v in range(4)] for row in self.rows] for p in crowd]) * may
            found = self._binomial("return home", away, np.broadcast_to(rate, away.shape), day, key)
            for m in range(self.size):
                for row in self.rows:
                    for v in range(REFUGEE):
                        wishing[m][v, row, place] = found[m, row, v]
                    leaving[m][row, place] = found[m, row, REFUGEE]
        for m, people in enumerate(crowd):
            for row in self.rows:
                asked = [leaving[m][row, place] for place in self.places]
                waiting = sum(
                    n for (v, g, _, gate), n in people["waiting"].items()
                    if v == REFUGEE and g == row and self.leads_in(gate)
                )  # fmt: skip
                most = max(homes[m].room_beyond(row) - waiting, 0)
                for place, n in enumerate(rationed(asked, min(sum(asked), most), self.whole)):
                    if n:
                        people["away"][REFUGEE, row, place] -= n
                        self.record["departures"][m, day, place] += n
                        for gate, asking in homes[m].asking(row, place, n).items():
                            reached[m][REFUGEE, row, gate] += asking

    def _come_home(self, day, m, people, homes, wishing, entered):
        """Those who wish it, and refugees let back in, go to quiet homes of their area that have room."""
        for row in self.rows:
            ask = {(v, place): n for (v, r, place), n in wishing.items() if r == row and n}
            ask |= {(REFUGEE, place): n for (r, place), n in entered.items()
                    if r == row and n and homes.homes_of(row, place)}  # fmt: skip
            going, back = homes.taken_home(row, ask)
            for (v, place), n in going.items():
                people["away"][self.leaving[BEFORE] if v == REFUGEE else v, row, place] -= n
                if v == REFUGEE:  # through the crossing and straight on
                    self.record["arrivals"][m, day, place] -= n
                else:
                    self.record["departures"][m, day, place] += n
            for place, n in back.items():
                people["returned"][row, place] += n
                self.record["arrivals"][m, day, place] += n

    def _cross(self, day, gate, crowd, reached, arrived, entered):
        """Join, be refused or wait; be admitted up to the day's quota of the class; cross irregularly; give up."""
        link, way = self.gates[gate]
        near, far = self.arcs[link, way]
        key = np.array([stream_key(f"{self.network.links.id[link]} {way}")], np.uint64)
        came = np.array([[[reached[m][v, row, gate] for v in range(4)] for row in self.rows] for m in range(self.size)])
        said = self.groups.medical
        sick = np.array([
            [self.number("medical_share", m) if math.isnan(said[row]) else said[row] for row in self.rows]
            for m in range(self.size)
        ])  # fmt: skip
        medical = self._binomial("medical case", came, np.broadcast_to(sick[..., np.newaxis], came.shape), day, key)
        joined = np.stack([came - medical, medical], axis=-1)  # (member, row, vintage, class)
        passes = np.array([[self.gate_passes(day, gate, row, k) for k in (CIVILIANS, MEDICAL)] for row in self.rows])
        passes = passes[:, np.newaxis]  # (row, vintage, class)
        doubtful = joined * ((passes > 0) & (passes < 1))
        may = self._binomial("crossing permission", doubtful, np.broadcast_to(passes, joined.shape), day, key)
        refused = doubtful - may
        waiting = np.array([
            [[[p["waiting"][v, row, k, gate] for k in (0, 1)] for v in range(4)] for row in self.rows] for p in crowd
        ])  # fmt: skip
        here = waiting + joined - refused
        open_to = np.broadcast_to(passes > 0, here.shape)
        admitted = np.where(open_to, here, 0)
        quotas = [self.on_day(self.conditions["quota"][:, link, way, k], day) for k in (CIVILIANS, MEDICAL)]
        for m in range(self.size):
            admitted[m] = self._admitted(admitted[m], quotas, day, link)
        rate = np.array([share_of(self.number("irregular_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1, 1)
        shut = np.where(open_to, 0, here)
        irregular = self._binomial("irregular crossing", shut, np.broadcast_to(rate, shut.shape), day, key)
        left = here - admitted - irregular
        rate = np.array([share_of(self.number("give_up_rate", m)) for m in range(self.size)]).reshape(-1, 1, 1, 1)
        tired = self._binomial("give up waiting", left, np.broadcast_to(rate, left.shape), day, key)
        through, stayed = (admitted + irregular).sum(axis=-1), (tired + refused).sum(axis=-1)
        for m, people in enumerate(crowd):
            at = (m, day, gate // 2, gate % 2)
            for row in self.rows:
                for v in range(4):
                    for k in (0, 1):
                        people["waiting"][v, row, k, gate] = left[m, row, v, k] - tired[m, row, v, k]
                    arrived[m][v, row, far] += through[m, row, v]
                    arrived[m][v, row, near] += stayed[m, row, v]
                if self.abroad[near] and not self.abroad[far]:
                    entered[m][row, far] += through[m, row, REFUGEE]
                if len(self.labels) > 1:
                    label = self.labels.index(self.groups.label[row])
                    self.record["crossed_by_group"][m, day, label, *at[2:]] += through[m, row].sum()
            self.record["joined"][at] = joined[m].sum()
            self.record["crossed"][at] = through[m].sum()
            self.record["crossed_irregularly"][at] = irregular[m].sum()
            self.record["gave_up"][at] = stayed[m].sum()

    def gate_passes(self, day, gate, row, traffic):
        """Chance that people of a group pass a crossing: checkpoints there, corridors for others."""
        arc = self.gates[gate]
        if not self.admits(day, arc, row):
            return 0.0
        return (
            self.passes(day, arc, traffic) * self.groups.checkpoint[row] ** self.conditions["checkpoint"][day, arc[0]]
        )

    def on_day(self, per_day, day):
        """What a day admits, whole people: the fractions of the days so far are kept, and add up."""
        if not self.whole or math.isinf(per_day[day]):
            return per_day[day]
        until = [sum(x for x in per_day[: d + 1] if math.isfinite(x)) for d in (day - 1, day)]
        return math.floor(until[1] + 1e-6) - math.floor(until[0] + 1e-6)

    def leads_in(self, gate):
        """From abroad into the country?"""
        near, far = self.arcs[self.gates[gate]]
        return self.abroad[near] and not self.abroad[far]

    def _admitted(self, asking, quotas, day, link):
        """(row, vintage, class) who passes: medical cases first within what the crossing lets through in all."""
        in_all = self.network.links.people_per_day[link]
        left = self.on_day([math.inf if math.isnan(in_all) else in_all] * self.scenario.days, day)
        found = np.zeros_like(asking)
        for k in (MEDICAL, CIVILIANS):
            asked = asking[..., k].ravel().tolist()
            most = min(sum(asked), quotas[k], max(left, 0.0))
            most = math.floor(most) if self.whole else most
            found[..., k] = np.reshape(rationed(asked, most, self.whole), asking.shape[:2])
            left -= most
        return found

    # the end of the day

    def stocks(self, day, m, people):
        """Write the end of the day."""
        now = {name: values[m, day] for name, values in self.record.items() if not name.startswith("start_")}
        for i in self.places:
            for row in self.rows:
                staying = [people["away"][v, row, i] + people["trapped away"][v, row, i] for v in range(4)]
                counts = {
                    "residents": sum(people[name][row, i] for name in AT_HOME[:3]),
                    "displaced": sum(staying[:REFUGEE]),
                    "refugees": staying[REFUGEE],
                    "returned": people["returned"][row, i],
                }
                for name, n in counts.items():
                    now[name][i] += n
                    self._by_group(now, name, row, n, i)
                now["trapped"][i] += people["trapped home"][row, i]
                now["trapped"][i] += sum(people["trapped away"][v, row, i] for v in range(4))
                self._moved(now, NEW, i, staying[NEW])
                self._moved(now, AGAIN, i, staying[AGAIN])
        for (vintage, row, route, done), n in people["travelling"].items():
            entered = [arc for arc, entry in zip(route.arcs, route.entered, strict=True) if entry < done]
            self._on_the_way(now, entered[-1], vintage, row, route, n)
        for (_, vintage, route, leg, _), held in people["queue"].items():
            for row, n in held.items():
                self._on_the_way(now, route.arcs[leg], vintage, row, route, n)
                now["queued"][route.arcs[leg]] += n
        for (vintage, row, _, gate), n in people["waiting"].items():
            now["waiting"][gate // 2, gate % 2] += n
            self._by_group(now, "waiting", row, n, gate // 2, gate % 2)
            self._moved(now, vintage, self.arcs[self.gates[gate]][0], n)

    def _by_group(self, now, name, row, n, *at):
        if len(self.labels) > 1:
            now[f"{name}_by_group"][self.labels.index(self.groups.label[row]), *at] += n

    def _moved(self, now, vintage, place, n):
        now["newly_displaced"][place] += n * (vintage == NEW)
        now["moved_since"][place] += n * (vintage in (NEW, AGAIN))

    def _on_the_way(self, now, arc, vintage, row, route, n):
        now["travelling"][arc] += n
        self._by_group(now, "travelling", row, n)
        self._moved(now, vintage, self.options[route.option].place, n)

    def abroad_in(self, people, there):
        """Refugees at places, waiting there at a crossing, or under way there, abroad."""
        found = sum(
            people[name][REFUGEE, row, i] for name in ("away", "trapped away") for row in self.rows for i in there
        )
        for (v, _, route, _), n in people["travelling"].items():
            found += n * (v == REFUGEE and self.options[route.option].place in there)
        for (_, v, route, _, _), held in people["queue"].items():
            found += sum(held.values()) * (v == REFUGEE and self.options[route.option].place in there)
        for (v, _, _, gate), n in people["waiting"].items():
            found += n * (v == REFUGEE and self.arcs[self.gates[gate]][0] in there)
        return found

    def register(self, day, crowd):
        """Refugees are counted abroad some days after they arrive; those there at the start have been counted."""
        for c, country in enumerate(self.countries):
            there = [i for i in self.places if self.network.places.country[i] == country]
            now = np.array([self.abroad_in(people, there) for people in crowd])
            start = self.record["start_refugees"][:, there].sum(axis=1)
            counted = np.minimum(self.record["registered"][:, day - 1, c] if day else start, now)
            rate = np.array([share_of(1.0 / self.number("registration_days", m)) for m in range(self.size)])
            key = np.array([stream_key(f"country {country}")], np.uint64)
            found = self._binomial("registration", now - counted, rate, day, key)
            self.record["registered"][:, day, c] = counted + found


def plain_block(scenario, *, seed, block, uncertainty, size):
    """As `displacement.day_loop.simulate_block`, by hand."""
    return Plain(scenario, seed=seed, block=block, uncertainty=uncertainty, size=size).run()
