"""A day on the road of one member, one cohort after the other: who goes on, who halts, who stands in a queue.

A cohort is (vintage, route, days done); in a queue also the leg at whose arc it stands and the day since when.
"""

import math
from collections import defaultdict

from tests.rivals.plain_ground import rationed

FUZZ = 1e-12


class Road:
    """The roads of one day."""

    def __init__(self, ground, day, member):
        self.ground, self.day, self.member = ground, day, member
        self.traffic = defaultdict(int)  # arc: people who entered it
        capacity = ground.conditions["vehicle_capacity"]
        self.limited = {arc for arc in ground.arcs if any(math.isfinite(c) for c in capacity[:, arc[0], arc[1]])}
        self.free = {arc: self.vehicles(arc) for arc in self.limited}

    def open_hours(self, arc):
        """From the midnight before the arc opened until the end of the day; inf if it was never shut."""
        ground, since = self.ground, self.day
        if ground.passes(self.day, arc) <= 0:
            return 0.0
        while since > 0 and ground.passes(since - 1, arc) > 0:
            since -= 1
        return math.inf if since == 0 else 24.0 * (self.day - since + 1)

    def vehicles(self, arc):
        """What the arc lets through today."""
        stated = self.ground.conditions["vehicle_capacity"][self.day, arc[0], arc[1]]
        if not math.isfinite(stated):
            return math.inf
        hours = self.open_hours(arc) - self.ground.number("start_up_hours", self.member)
        return stated * self.ground.number("road_capacity", self.member) * min(max(hours / 24.0, 0.0), 1.0)

    def per_person(self, row):
        """Vehicles of one person of a row of the group axis."""
        groups = self.ground.groups
        if groups.on_foot[row]:
            return 0.0
        seats = groups.people_per_vehicle[row]
        return 1.0 / (self.ground.number("people_per_vehicle", self.member) if math.isnan(seats) else seats)

    def slots(self, route, done):
        """Legs of a day of a trip that have a limit."""
        return [leg for leg in self.legs(route, done) if route.arcs[leg] in self.limited]

    def legs(self, route, done):
        """Legs that are entered on a day of a trip."""
        return [leg for leg, entry in enumerate(route.entered) if entry == done]

    def shut(self, arc):
        return self.ground.passes(self.day, arc) <= 0

    def enter(self, route, done, first, before, people):
        """People enter the arcs of a day of a trip from one leg until before another."""
        for leg, (arc, entry) in enumerate(zip(route.arcs, route.entered, strict=True)):
            if entry == done and first <= leg < before:
                self.traffic[arc] += sum(people.values())

    def serve(self, arc, cohorts):
        """Of people who come to an arc together, {cohort: {row: people}}, who passes; the vehicles are used up."""
        wanted = sum(n * self.per_person(row) for people in cohorts.values() for row, n in people.items())
        if wanted <= self.free[arc] * (1 + FUZZ):
            self.free[arc] = max(self.free[arc] - wanted, 0.0)
            return {cohort: dict(people) for cohort, people in cohorts.items()}
        vehicles, self.free[arc] = self.free[arc], 0.0
        share = min(vehicles / wanted, 1.0)
        passing = {cohort: {} for cohort in cohorts}
        total = [sum(people.get(row, 0) for people in cohorts.values()) for row in self.ground.rows]
        most = [n * (share if self.per_person(row) > 0 else 1.0) for row, n in enumerate(total)]
        if self.ground.whole:
            most = self.whole_rows(most, total, vehicles)
        for row in self.ground.rows:
            asked = [cohorts[cohort].get(row, 0) for cohort in sorted(cohorts)]
            for cohort, n in zip(sorted(cohorts), rationed(asked, most[row], self.ground.whole), strict=True):
                passing[cohort][row] = n
        return passing

    def whole_rows(self, most, total, vehicles):
        """Whole people by row: rounded down, then one more of as many as the vehicles hold, largest remainder first."""
        whole = [min(math.floor(x * (1 + FUZZ)), n) for x, n in zip(most, total, strict=True)]
        left = vehicles * (1 + FUZZ) - sum(n * self.per_person(row) for row, n in enumerate(whole))
        rest = {row: most[row] - n for row, n in enumerate(whole) if n < total[row]}
        for row in sorted(rest, key=lambda row: (-rest[row], row)):
            left -= self.per_person(row)
            if left < 0 or rest[row] <= FUZZ * vehicles:
                break
            whole[row] += 1
        return whole

    def serve_the_held(self, queue):
        """Oldest first, at each arc. Who may go on, {cohort with its leg: {row: people}}; the queue keeps the others."""
        let_go = defaultdict(lambda: defaultdict(int))
        for arc in self.limited:
            for since in sorted({since for (since, *_) in queue}):
                here = {
                    (vintage, route, leg, done): people
                    for (begun, vintage, route, leg, done), people in queue.items()
                    if begun == since and route.arcs[leg] == arc
                }
                for cohort, passing in self.serve(arc, here).items():
                    for row, n in passing.items():
                        queue[(since, *cohort)][row] -= n
                        let_go[cohort][row] += n
        return let_go

    def let_pass(self, queue, beginning):
        """The day's queues. beginning {(vintage, route, done): {row: people}}; who ends the day's trip, alike."""
        let_go = self.serve_the_held(queue)
        moving = defaultdict(lambda: defaultdict(int))
        for (vintage, route, done), people in beginning.items():
            slots = self.slots(route, done)
            self.enter(route, done, 0, slots[0] if slots else len(route.arcs), people)
            for row, n in people.items():
                moving[vintage, route, done][row] += n
        ranks = max((len(self.legs(route, done)) for (_, route, done) in [*moving, *self._trips(let_go)]), default=0)
        for rank in range(ranks):
            for arc in self.limited:
                self._come(arc, rank, moving, queue)
            for (vintage, route, leg, done), people in let_go.items():
                if self.legs(route, done).index(leg) == rank:
                    self._go_on(vintage, route, leg, done, people)
                    for row, n in people.items():
                        moving[vintage, route, done][row] += n
        return moving

    def _trips(self, let_go):
        return [(vintage, route, done) for (vintage, route, _, done) in let_go]

    def _go_on(self, vintage, route, leg, done, people):
        """Through the arc of a leg, and on to before the next limit of the day."""
        after = [slot for slot in self.slots(route, done) if slot > leg]
        self.enter(route, done, leg, after[0] if after else len(route.arcs), people)

    def _come(self, arc, rank, moving, queue):
        """Who comes to an arc today after so many roads of the day: some pass, the others stand from today on."""
        here = {}
        for (vintage, route, done), people in moving.items():
            legs = self.legs(route, done)
            if rank < len(legs) and route.arcs[legs[rank]] == arc:
                here[vintage, route, legs[rank], done] = people
        for (vintage, route, leg, done), passing in self.serve(arc, here).items():
            self._go_on(vintage, route, leg, done, passing)
            people = moving[vintage, route, done]
            for row in list(people):
                queue[self.day, vintage, route, leg, done][row] += people[row] - passing.get(row, 0)
                people[row] = passing.get(row, 0)
