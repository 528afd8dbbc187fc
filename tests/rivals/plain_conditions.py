"""Conditions in plain Python, day by day and cell by cell, written from section 2 of the model page.

It reads the events themselves, never their effects, so that an event that paints the wrong cells is found too.
"""

import datetime as dt
import math

TRAFFIC = ["civilians", "medical", "trade", "aid"]
RELATIONS = ["hostile", "smuggling", "tolerated", "truce", "same"]
BY_RELATION = {
    "same": [1, 1, 1, 1],
    "truce": [0.6, 0.6, 0.3, 0.3],
    "tolerated": [0.5, 0.5, 0.3, 0.1],
    "smuggling": [0.1, 0, 0.3, 0],
    "hostile": [0, 0, 0, 0],
}
BY_FIRE = [[1, 1, 1, 1], [0.9, 0.9, 0.8, 0.7], [0.6, 0.6, 0.5, 0.4], [0.2, 0.1, 0.1, 0.1], [0, 0, 0, 0]]
CONTESTED = [0.5, 0.5, 0.2, 0.2]
FLIGHT = {
    3: {-3: 0.1, -2: 0.25, -1: 0.35, 0: 0.3},
    2: {-2: 0.25, -1: 0.35, 0: 0.3},
    1: {-1: 0.35, 0: 0.3},
    0: {0: 0.5, 1: 0.5},
}


class PlainConditions:
    """What is open, dangerous and controlled on a day."""

    def __init__(self, scenario, events=None):
        self.scenario, self.network = scenario, scenario.network
        self.events = scenario.events if events is None else events
        self.groups = [g.id for g in scenario.groups] or ["everyone"]
        self.parties = sorted(p.id for p in scenario.parties)

    def date(self, day):
        return self.scenario.start + dt.timedelta(days=day)

    def in_force(self, day, *kinds):
        """Events of these kinds in force on a day; later starts first."""
        date = self.date(day)
        found = [e for e in self.events if e.kind in kinds and e.start <= date and (e.end is None or date <= e.end)]
        found = [e for e in found if e.kind != "Siege" or not self.lifted(e, date)]
        return sorted(found, key=lambda e: e.start, reverse=True)

    def places_of(self, event):
        return {p for name in event.place for p in self.network.place_groups.get(name, (name,))}

    def lifted(self, siege, date):
        """Has a siege been lifted by a day? Its lifting names the same places and comes after its start."""
        return any(
            e.kind == "SiegeLifted" and siege.start < e.start <= date and self.places_of(e) == self.places_of(siege)
            for e in self.events
        )

    def latest(self, said, otherwise):
        """Of (start, value): the value of the latest start; on the same start, the smallest."""
        return min(value for start, value in said if start == max(s for s, _ in said)) if said else otherwise

    def steps(self, corridor):
        """(link, direction) of each step of a corridor."""
        here, found = corridor.place, []
        for link in corridor.link:
            a, b = self.ends(link)
            found.append((link, 0 if a == here else 1))
            here = b if a == here else a
        return found

    # layers

    def control(self, day, place):
        """The party of the last capture up to the day, or that of the opening; None is unknown."""
        for event in self.in_force(day, "Capture"):
            if place in self.places_of(event):
                return event.by
        return self.network.places.party[self.network.places.id.index(place)] or None

    def morning_control(self, day, place):
        """The day before's; on the first day, with the captures of earlier days only."""
        return self.control(day - 1, place)

    def relation(self, day, a, b):
        """The latest start wins; on the same start the stricter; with none, that of the opening: hostile unless said."""
        said = []
        for event in self.in_force(day, "Relation", "Ceasefire"):
            if event.relation is not None and {a, b} == set(event.parties):
                said.append((event.start, event.relation))
        if said:
            return min((r for start, r in said if start == said[0][0]), key=RELATIONS.index)
        opening = "same" if a == b else "hostile"
        for row in self.scenario.relations:
            if {a, b} == set(row.parties):
                opening = row.relation
        return opening

    def policy(self, day, link, way, traffic, unknown):
        """The latest start of a permission, closing or opening; on the same start the stricter; None without any."""
        said = []
        for event in self.in_force(day, "Siege", "Corridor"):
            if traffic not in event.traffic:
                continue
            if event.kind == "Siege" and sum(end in self.places_of(event) for end in self.ends(link)) == 1:
                said.append((event.start, 0.0))
            if event.kind == "Corridor":
                said += [(event.start, float(way == along)) for step, along in self.steps(event) if step == link]
        if traffic == "aid":
            said += [(e.start, e.approved) for e in self.in_force(day, "ConvoyApproval") if link in e.link]
        for event in self.in_force(day, "Permission", "CrossingClosed", "CrossingOpened"):
            named = event.link if event.kind == "Permission" else event.crossing
            if link not in named or event.direction not in ("both", ["forward", "backward"][way]):
                continue
            if event.kind == "Permission":
                value = getattr(event, traffic)
                if value is not None:
                    said.append((event.start, unknown if value == "unknown" else value))
            elif traffic in event.traffic:
                said.append((event.start, 1.0 if event.kind == "CrossingOpened" else 0.0))
        return self.latest(said, None)

    def physical(self, day, link):
        """The last cut or repair decides; on the same day, the cut."""
        said = [
            (e.start, e.kind == "RoadRepaired") for e in self.in_force(day, "RoadCut", "RoadRepaired") if link in e.link
        ]
        return min((ok for start, ok in said if start == said[0][0])) if said else True

    def fire(self, day, link):
        return max((e.level for e in self.in_force(day, "Fire") if link in e.link), default=0)

    def refusal(self, day, link, traffic):
        posts = self.in_force(day, "Checkpoint")
        return max((e.refusal for e in posts if link in e.link and traffic in e.traffic), default=0.0)

    def checkpoint(self, day, link):
        """Are people checked there?"""
        return any(
            link in e.link and ("civilians" in e.traffic or "medical" in e.traffic)
            for e in self.in_force(day, "Checkpoint")
        )

    def speed(self, day, link):
        """The worst weather on the link, or at a place at its end."""
        factor = 1.0
        for e in self.in_force(day, "Weather"):
            if link in e.link or self.places_of(e) & set(self.ends(link)):
                factor = min(factor, e.speed)
        return self.network.links.speed_kmh[self.network.links.id.index(link)] * factor

    def vehicle_capacity(self, day, link, way):
        row = self.network.links.id.index(link)
        if self.network.links.directed[row] and way == 1:
            return 0.0
        said = [(e.start, e.vehicles_per_day) for e in self.in_force(day, "CapacityChanged") if link in e.link]
        said += [
            (e.start, e.vehicles_per_day)
            for e in self.in_force(day, "Corridor")
            if e.vehicles_per_day is not None and (link, way) in self.steps(e) and not self.is_crossing(link)
        ]
        own = self.network.links.vehicles_per_day[row]
        return self.latest(said, math.inf if math.isnan(own) else own)

    def admission(self, day, link, way, group):
        """The latest corridors for people on the way say who may pass; without one, everybody."""
        said = [
            (e.start, float(not e.who or group in e.who))
            for e in self.in_force(day, "Corridor")
            if (link, way) in self.steps(e) and ("civilians" in e.traffic or "medical" in e.traffic)
        ]
        last = [value for start, value in said if start == max(s for s, _ in said)]
        return max(last, default=1.0)

    def corridor_end(self, day, place):
        """The end of a corridor for people, or the near side of a crossing on its way."""
        ends = set()
        for e in self.in_force(day, "Corridor"):
            if "civilians" in e.traffic or "medical" in e.traffic:
                near = {self.ends(link)[way] for link, way in self.steps(e) if self.is_crossing(link)}
                ends |= near | {e.to}
        return place in ends

    def site_open(self, day, place):
        """The latest opening or closing; an empty site that is ever opened is closed without one."""
        said = [
            (e.start, float(e.kind == "CampOpened"))
            for e in self.in_force(day, "CampOpened", "CampClosed")
            if place in self.places_of(e)
        ]
        row, table = self.network.places.id.index(place), self.network.places
        empty = table.residents[row] + table.opening_displaced[row] == 0
        ever = empty and any(e.kind == "CampOpened" and place in self.places_of(e) for e in self.events)
        return self.latest(said, float(not ever))

    def site_capacity(self, day, place):
        said = [
            (e.start, e.capacity)
            for e in self.in_force(day, "CampOpened", "CapacityChanged")
            if e.capacity is not None and place in self.places_of(e)
        ]
        return self.latest(said, self.network.places.capacity[self.network.places.id.index(place)])

    def evacuations(self, day):
        """(id, from, to, people on the day, groups) of each evacuation, in force or not."""
        now = self.in_force(day, "Evacuation")
        return [
            (e.id, e.place, e.to, e.people_per_day * any(e is f for f in now),
             tuple(int(not e.who or g in e.who) for g in self.groups))
            for e in self.events if e.kind == "Evacuation"
        ]  # fmt: skip

    # aid

    def hub_inflow(self, day, place):
        """The latest supply in force, the smallest of one start; of it, what the worst cut in funding leaves."""
        row = self.network.places.id.index(place)
        said = [(e.start, e.tonnes_per_day) for e in self.in_force(day, "HubSupply") if place in self.places_of(e)]
        cuts = [
            e.share
            for e in self.in_force(day, "FundingCut")
            if (place in self.places_of(e) if e.place else self.network.places.hub[row])
        ]
        return self.latest(said, 0.0) * (1.0 - max(cuts, default=0.0))

    def hub_stock_added(self, day, place):
        """What each supply brings on the first of its days that lies in the period."""
        found = 0.0
        for e in self.in_force(day, "HubSupply"):
            first = day == 0 or e.start == self.date(day)
            found += e.stock_t if first and place in self.places_of(e) else 0.0
        return found

    def stock_added(self, day, place):
        """What is put in store on its day; what came before the period, on the first."""
        return sum(
            e.stock_t for e in self.events
            if e.kind == "Prepositioned" and place in self.places_of(e) and max(e.start, self.date(0)) == self.date(day)
        )  # fmt: skip

    def convoy_of(self, day, link):
        """The first of the links of the latest approval in force; of one start, the first of all."""
        order = list(self.network.links.id)
        said = [
            (e.start, min(map(order.index, e.link))) for e in self.in_force(day, "ConvoyApproval") if link in e.link
        ]
        return self.latest(said, order.index(link))

    def convoy(self, day, link, what, otherwise):
        """Trucks or requests a week of the latest approval in force; of one start, the smaller."""
        said = [(e.start, getattr(e, what)) for e in self.in_force(day, "ConvoyApproval") if link in e.link]
        return self.latest(said, otherwise)

    def airdrops(self, day):
        """(id, place, sorties on the day, tonnes, share recovered, chance) at each place of each, in force or not."""
        now = self.in_force(day, "Airdrops")
        return [
            (e.id, place, e.sorties_per_week / 7 * any(e is f for f in now), e.tonnes_per_sortie, e.recovered, e.reliability)
            for e in self.events if e.kind == "Airdrops" for place in sorted(self.places_of(e))
        ]  # fmt: skip

    def contested(self, day, place):
        return any(place in self.places_of(e) for e in self.in_force(day, "Contested"))

    def intensity(self, day, place):
        """1 - product(1 - x); a ceasefire scales the fighting of its two parties, and of nobody in particular."""
        spared = 1.0
        for fight in self.in_force(day, "Fighting", "AirStrikes"):
            if place in self.places_of(fight):
                strength = fight.intensity
                for calm in self.in_force(day, "Ceasefire"):
                    if not fight.by or fight.by in calm.parties:
                        strength *= calm.intensity
                spared *= 1.0 - strength
        return 1.0 - spared

    # what is folded from them

    def ends(self, link):
        row = self.network.links.id.index(link)
        names = self.network.places.id
        return names[self.network.links.origin[row]], names[self.network.links.destination[row]]

    def is_crossing(self, link):
        return self.network.links.kind[self.network.links.id.index(link)] == "crossing"

    def permission(self, day, link, way, traffic, *, unknown, control):
        """Physical x policy x danger. A road without policy has its relation's default, a crossing is shut."""
        row, k = self.network.links.id.index(link), TRAFFIC.index(traffic)
        if self.network.links.directed[row] and way == 1:
            return 0.0
        a, b = self.ends(link)
        value = self.policy(day, link, way, traffic, unknown)
        if value is None and self.is_crossing(link):
            value = 0.0
        elif value is None:
            held = control(day, a), control(day, b)
            value = unknown if None in held else BY_RELATION[self.relation(day, *held)][k]
        contest = CONTESTED[k] if self.contested(day, a) or self.contested(day, b) else 1.0
        danger = min(BY_FIRE[self.fire(day, link)][k], contest, 1.0 - self.refusal(day, link, traffic))
        return value * self.physical(day, link) * danger

    def quota(self, day, link, way, traffic):
        """The smallest of the link's own and of every quota in force."""
        row = self.network.links.id.index(link)
        own = (
            self.network.links.people_per_day
            if traffic in ("civilians", "medical")
            else self.network.links.trucks_per_day
        )
        limits = [math.inf if math.isnan(own[row]) else own[row]]
        for event in self.in_force(day, "CrossingQuota"):
            if (
                link in event.crossing
                and traffic in event.traffic
                and event.direction in ("both", ["forward", "backward"][way])
            ):
                limits.append(event.per_day)
        return min(limits)

    def travel_time(self, day, link, control):
        """Length over speed, a checkpoint every 25 km or part of it, and a front line between two parties' ends."""
        row, p = self.network.links.id.index(link), self.scenario.parameters
        km = self.network.links.length_km[row]
        a, b = (control(day, place) for place in self.ends(link))
        front = a != b and not self.is_crossing(link)
        return (
            km / self.speed(day, link)
            + p.checkpoint_hours * math.ceil(km / 25)
            + p.cross_line_hours * front
            + max((e.delay_hours for e in self.in_force(day, "Checkpoint") if link in e.link), default=0.0)
        )

    def flight(self, place, days):
        """{day: share} of the flight from captures by a hostile party, and by any other."""
        felt = {"hostile": [0.0] * days, "other": [0.0] * days}
        last = None
        p = self.scenario.parameters
        for day in range(days + int(p.warning_days)):
            holder, captor = self.morning_control(day, place), self.control(day, place)
            if holder == captor or holder is None:
                continue
            if last is not None and day - last < p.capture_once_days:
                continue
            last = day
            how = "hostile" if self.relation(day, holder, captor) == "hostile" else "other"
            weights = FLIGHT[int(p.warning_days)]
            for offset, weight in weights.items():
                if 0 <= day + offset < days:
                    felt[how][day + offset] += weight / sum(weights.values())
        return felt
