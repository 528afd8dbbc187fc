"""Going home, by hand: where it is quiet, which places open roads join, who asks at a crossing, who has room."""

import math
from collections import defaultdict

from tests.rivals.plain_ground import CIVILIANS, SAME_RELATION, UNKNOWN_PARTY, rationed

BEFORE, AGAIN, NEW, REFUGEE = range(4)


class Homes:
    """One day's homes to go back to."""

    def __init__(self, ground, day, room):
        self.ground, self.day, self.room = ground, day, room
        self.quiet = {place for place in ground.places if self.is_quiet(place)}
        self.reach = {place: self.reached(place) for place in ground.places}

    def is_quiet(self, place):
        """No capture, and no fighting within three reaches, for so many days; held by the first holder or its like."""
        found, wanted = self.ground.conditions, int(self.ground.central.quiet_days)
        reach = 3 * float(self.ground.central.spill_reach)
        near = [i for i in self.ground.places if self.ground.distance[place].get(i, math.inf) <= reach]
        for day in range(self.day - wanted + 1, self.day + 1):
            if day < 0 or any(found["intensity"][day, i] > 0 for i in near):
                return False
            if found["control"][day, place] != found["morning_control"][day, place]:
                return False
        first, now = found["morning_control"][0, place], found["control"][self.day, place]
        if first == now:
            return True
        known = UNKNOWN_PARTY not in (first, now)
        return known and found["relation"][self.day, first, now] == SAME_RELATION

    def reached(self, start):
        """Places to which roads lead that nobody is refused on."""
        ground, found, todo = self.ground, {start}, [start]
        while todo:
            here = todo.pop()
            for arc, (a, b) in ground.arcs.items():
                road = not ground.network.links.crossing[arc[0]]
                if a == here and b not in found and road and ground.passes(self.day, arc) == 1:
                    found.add(b)
                    todo.append(b)
        return found

    def joined(self, place):
        """Places to and from which open roads lead."""
        return frozenset(other for other in self.reach[place] if place in self.reach[other])

    def homes_of(self, row, place):
        """Quiet homes of a row's people, with room, that open roads join to a place."""
        return [i for i in sorted(self.joined(place) & self.quiet) if self.is_home(row, i) and self.room[row, i] > 0]

    def is_home(self, row, place):
        return self.ground.groups.of_residents[row][place] > 0

    def room_beyond(self, row):
        """Room in homes that can be reached from the crossings that are open to those who come back."""
        beyond = set()
        for gate, arc in enumerate(self.ground.gates):
            if self.ground.leads_in(gate) and self.open_gate(row, arc):
                beyond |= {*self.homes_of(row, self.ground.arcs[arc][1])}
        return sum(self.room[row, i] for i in beyond)

    def open_gate(self, row, arc):
        gate = self.ground.gates.index(arc)
        passes = (
            self.ground.passes(self.day, arc, CIVILIANS) > 0 and self.ground.gate_passes(self.day, gate, row, 0) > 0
        )
        return passes and bool(self.homes_of(row, self.ground.arcs[arc][1]))

    def gates_for(self, row, place):
        """Crossings back into the country that people abroad at a place can reach, and from which a road leads home."""
        ground, found = self.ground, []
        for gate, arc in enumerate(ground.gates):
            near = ground.arcs[arc][0]
            if ground.leads_in(gate) and near in self.joined(place) and self.open_gate(row, arc):
                found.append(gate)
        return found

    def may(self, row, vintage, place):
        """May those wish it who are there?"""
        if vintage == REFUGEE:
            return self.ground.abroad[place] and bool(self.gates_for(row, place))
        return not self.ground.abroad[place] and bool(self.homes_of(row, place))

    def asking(self, row, place, people):
        """{gate: people} in equal shares at the crossings that they can reach."""
        gates = self.gates_for(row, place)
        return dict(zip(gates, rationed([people] * len(gates), people, self.ground.whole), strict=True))

    def taken_home(self, row, wishing):
        """Of {(kind, place): people} who go, and {place: people} who are back home: as many as have room in each part."""
        going, back = defaultdict(int), defaultdict(int)
        for part in {self.joined(place) for _, place in wishing}:
            asked = sorted((kind, place) for kind, place in wishing if place in part)
            homes = [i for i in sorted(part & self.quiet) if self.is_home(row, i)]
            many = min(sum(wishing[at] for at in asked), sum(self.room[row, i] for i in homes))
            shares = rationed([wishing[at] for at in asked], many, self.ground.whole)
            going.update(zip(asked, shares, strict=True))
            back.update(zip(homes, rationed([self.room[row, i] for i in homes], many, self.ground.whole), strict=True))
        return going, back
