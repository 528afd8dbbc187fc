"""Going home, by hand: where it is quiet, which places open roads join, who asks at a crossing, who has room."""

from collections import defaultdict

from tests.rivals.plain_ground import CIVILIANS, SAME_RELATION, UNKNOWN_PARTY, rationed

BEFORE, AGAIN, NEW, REFUGEE = range(4)


class Homes:
    """One day's homes to go back to."""

    def __init__(self, ground, day):
        self.ground, self.day = ground, day
        self.quiet = {place for place in ground.places if self.is_quiet(place)}
        self.reach = {place: self.reached(place) for place in ground.places}

    def is_quiet(self, place):
        """No fighting and no capture for so many days, and held by the first holder or a party "same" to it."""
        found, wanted = self.ground.conditions, int(self.ground.central.quiet_days)
        for day in range(self.day - wanted + 1, self.day + 1):
            if day < 0 or found["intensity"][day, place] > 0:
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
        """Quiet homes of a row's people that open roads join to a place."""
        return [i for i in sorted(self.joined(place) & self.quiet) if self.ground.groups.of_residents[row][i] > 0]

    def gates_for(self, row, place):
        """Crossings back into the country that people abroad at a place can reach, and from which a road leads home."""
        ground, found = self.ground, []
        for gate, arc in enumerate(ground.gates):
            near, far = ground.arcs[arc]
            inward = ground.abroad[near] and not ground.abroad[far]
            if (
                inward
                and near in self.joined(place)
                and ground.passes(self.day, arc, CIVILIANS) > 0
                and ground.admits(self.day, arc, row)
                and self.homes_of(row, far)
            ):
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

    def taken_home(self, row, wishing, room):
        """Of {(kind, place): people} who go, and {place: people} who are back home: as many as have room in each part."""
        going, back = defaultdict(int), defaultdict(int)
        for part in {self.joined(place) for _, place in wishing}:
            asked = sorted((kind, place) for kind, place in wishing if place in part)
            homes = [i for i in sorted(part & self.quiet) if self.ground.groups.of_residents[row][i] > 0]
            many = min(sum(wishing[at] for at in asked), sum(room[i] for i in homes))
            shares = rationed([wishing[at] for at in asked], many, self.ground.whole)
            going.update(zip(asked, shares, strict=True))
            back.update(zip(homes, rationed([room[i] for i in homes], many, self.ground.whole), strict=True))
        return going, back
