"""Routes to protect: what a cut of one road, or of two, takes from whom on a day, and the way round that is left.

INTERNAL, all of it: a list of cuts that would isolate people must not be shared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from displacement.access.aid import need_today, people_at_opening
from displacement.access.cuts import day_index
from displacement.access.detours import Detour, Quickest, cut_scopes, detour, detour_said, quickest_ways, via_said
from displacement.access.isolation import Isolation, Links, Scope, isolation, scopes
from displacement.access.pipes import Pipes, pipes
from displacement.access.thresholds import Thresholds
from displacement.mandates import Day, days_of, mandates
from displacement.network import Flags, Floats, Network
from displacement.scenario import Scenario

CARRIERS = 10  # roads that carry most, of which pairs are tried for tonnes alone
LEAST_TONNES = 0.05  # a day: what is under it is not listed


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What is lost if aid can no longer use one road, or two at once.

    people : opening people who lose every usable way in;  tonnes : a day that can no longer be delivered, of all
    operations;  people_beyond, tonnes_beyond : of a pair, what neither takes alone (people), and what is more than the
    sum of the two (tonnes); of a single road, the same as people and tonnes
    """

    links: tuple[str, ...]
    roads: tuple[str, ...]  # in words
    same: tuple[tuple[str, ...], ...]  # for each road, others in line with it that do the same, by id
    places: tuple[str, ...]  # ids of those isolated
    people: int
    people_beyond: int
    tonnes: float
    tonnes_beyond: float
    crossings: int  # border crossings among the roads
    longer: Detour
    via: str  # places by which the largest of the places with a longer way is reached then
    way_round: str  # all of that in a sentence

    def row(self) -> dict[str, Any]:
        """The cut as a row of a table."""
        return {
            "links": " + ".join(self.links),
            "roads": " + ".join(self.roads),
            "same": " + ".join("/".join(ids) for ids in self.same) if any(self.same) else "",
            "people": self.people,
            "tonnes_per_day": round(self.tonnes, 1),
            "people_beyond": self.people_beyond,
            "tonnes_beyond": round(self.tonnes_beyond, 1),
            "places": " ".join(self.places),
            "people_by_longer_way": self.longer.people,
            "hours_more": round(self.longer.hours, 2),
            "km_more": round(self.longer.km, 1),
            "way_round": self.way_round,
        }


def routes_to_protect(
    scenario: Scenario,
    date: dt.date,
    conditions: xr.Dataset | None = None,
    thresholds: Thresholds | None = None,
) -> list[Cut]:
    """Single roads by people, then pairs by what neither takes alone; each with the way round that is left.

    People: every single road and every pair that isolates somebody, found exactly. Tonnes: exact for each row, as in
    `pipes`; pairs that cost tonnes but isolate nobody beyond the two are looked for among the roads that carry most.
    A road with permission below 0.05, and what operations do not serve, costs nothing. Unknowns are shut. Roads in line
    that do the same share a row: crossings first.

    conditions : those of this scenario, if they are at hand
    """
    conditions = scenario.compile() if conditions is None else conditions
    day = days_of(conditions.isel(time=[day_index(scenario, date)]), "low")[0]
    scene = Ground(scenario=scenario, day=day, rule=thresholds or Thresholds())
    line = in_line(scene.isolation, scene.network.links.crossing)
    return ranked(scene.cut(links, line) for links in scene.worth_telling(line))


def ranked(cuts: Iterable[Cut]) -> list[Cut]:
    """Single roads first; then by people, of pairs those beyond the two; of equals border crossings, then tonnes.

    Whoever guards roads knows the crossings by name. Where nobody is isolated, tonnes alone decide.
    """

    def order(cut: Cut) -> tuple[Any, ...]:
        crossings = cut.crossings if cut.people_beyond else 0
        return len(cut.links), -cut.people_beyond, -crossings, -round(cut.tonnes_beyond, 6), cut.links

    return sorted(cuts, key=order)


def in_line(found: Isolation, crossing: Flags) -> dict[int, list[int]]:
    """Links that do the same, alone and with every other: for the first of each such set, all of them.

    A border crossing comes first, then the order of ids. A link that isolates nobody in any way stands alone.
    """
    partners: dict[int, set[tuple[int, bytes]]] = {}
    for (a, b), lost in found.pair.items():
        partners.setdefault(a, set()).add((b, lost.tobytes()))
        partners.setdefault(b, set()).add((a, lost.tobytes()))
    sets: dict[Any, list[int]] = {}
    for k in sorted(found.single.keys() | partners.keys()):
        lost = found.single.get(k, np.zeros_like(found.reached))
        alone = not lost.any() and k not in partners
        key = k if alone else (lost.tobytes(), frozenset(partners.get(k, ())))
        sets.setdefault(key, []).append(k)
    ordered = (sorted(links, key=lambda k: (not crossing[k], k)) for links in sets.values())
    return {links[0]: links for links in ordered}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One day of a scenario, and what its cuts are read from: each worked out once."""

    scenario: Scenario
    day: Day
    rule: Thresholds

    @cached_property
    def network(self) -> Network:
        """Places and links."""
        return self.scenario.network

    @cached_property
    def people(self) -> Floats:
        """(place,) opening people."""
        return people_at_opening(self.network)

    @cached_property
    def scopes(self) -> list[Scope]:
        """What each operation may do."""
        return scopes(self.network, self._operations, self.day, self.rule)

    @cached_property
    def isolation(self) -> Isolation:
        """Who is isolated by which single and double cuts."""
        return isolation(self.network, self._operations, self.day, self.rule)

    @cached_property
    def _operations(self) -> tuple[Any, ...]:
        return mandates(self.scenario.operations, self.network, self.scenario.world.party_index)

    @cached_property
    def pipes(self) -> Pipes:
        """The roads as pipes for tonnes."""
        return pipes(
            self.network,
            self.scopes,
            trucks=self.day.quota,
            truck_load=self.day.truck_load,
            need=need_today(self.network, self.day, self.rule) * self.day.truck_load,
            reached=self.isolation.reached,
            thresholds=self.rule,
        )

    @cached_property
    def whole(self) -> tuple[float, Floats]:
        """Tonnes a day with every road whole, and (link,) what each carries of them."""
        return self.pipes.delivered((), self.isolation.reached)

    @cached_property
    def hours(self) -> Floats:
        """(arc,) travel time with transshipment at the border."""
        return self.day.hours + self.day.transshipment_hours * np.repeat(self.network.links.crossing, 2)

    @cached_property
    def ways(self) -> Quickest:
        """The quickest ways with every road whole."""
        return quickest_ways(self.network, self.scopes, self.hours, self.rule)

    @cached_property
    def _after(self) -> dict[Links, float]:
        return {}

    def lost(self, links: Links) -> Flags:
        """(place,) who is isolated by a cut."""
        found = self.isolation
        if len(links) > 1 and links in found.pair:
            return found.pair[links]
        alone = [found.single.get(k, np.zeros_like(found.reached)) for k in links]
        return np.asarray(np.any(alone, axis=0), bool)

    def tonnes(self, links: Links) -> float:
        """Tonnes a day that a cut takes. What nobody uses is not computed."""
        if links not in self._after:
            lost = self.lost(links)
            idle = not self.whole[1][list(links)].any() and not lost.any()
            self._after[links] = self.whole[0] if idle else self.pipes.most(links, self.isolation.reached & ~lost)
        return max(self.whole[0] - self._after[links], 0.0)

    def worth_telling(self, line: dict[int, list[int]]) -> Iterator[Links]:
        """Single roads that cost something, pairs that cost more than the two; the first of each line."""
        carrying = np.flatnonzero(self.whole[1] > 0).tolist()
        behind = {k for links in line.values() for k in links[1:]}
        for k in sorted({*self.isolation.single, *carrying} - behind):
            if self.lost((k,)).any() or self.tonnes((k,)) >= LEAST_TONNES:
                yield (k,)
        by_people = {pair for pair in self.isolation.pair if not behind & set(pair)}
        yield from sorted(by_people)
        by_tonnes = {pair for pair in self._busiest() - by_people if not behind & set(pair)}
        yield from sorted(pair for pair in by_tonnes if self.tonnes_beyond(pair) >= LEAST_TONNES)

    def _busiest(self) -> set[Links]:
        """Pairs of a road that carries much, and one that carries much once it is cut."""
        return {
            (min(k, other), max(k, other))
            for k in _heaviest(self.whole[1])
            for other in _heaviest(self._carried_without(k))
            if other != k
        }

    def _carried_without(self, k: int) -> Floats:
        """(link,) tonnes a day that each carries with a link cut."""
        return self.pipes.delivered((k,), self.isolation.reached & ~self.lost((k,)))[1]

    def tonnes_beyond(self, links: Links) -> float:
        """Tonnes a day that a pair takes beyond the sum of the two."""
        return self.tonnes(links) - sum(self.tonnes((k,)) for k in links)

    def cut(self, links: Links, line: dict[int, list[int]]) -> Cut:
        """All that is told of a cut."""
        lost, world, ids = self.lost(links), self.scenario.world, self.network.links.id
        beyond = lost
        if len(links) > 1:
            beyond = lost & ~self.lost(links[:1]) & ~self.lost(links[1:])
        left = quickest_ways(self.network, cut_scopes(self.scopes, links), self.hours, self.rule)
        longer = detour(self.network, self.ways, left, np.where(self.isolation.reached, self.people, 0.0))
        return Cut(
            links=tuple(ids[k] for k in links),
            roads=tuple(world.roads([ids[k]]) for k in links),
            same=tuple(tuple(ids[k] for k in line.get(link, [link])[1:]) for link in links),
            places=tuple(self.network.places.id[p] for p in np.flatnonzero(lost)),
            people=int(self.people[lost].sum()),
            people_beyond=int(self.people[beyond].sum()),
            tonnes=self.tonnes(links),
            tonnes_beyond=self.tonnes(links) if len(links) == 1 else self.tonnes_beyond(links),
            longer=longer,
            crossings=int(self.network.links.crossing[list(links)].sum()),
            via=via_said(self.network, longer),
            way_round=detour_said(self.network, longer),
        )


def _heaviest(carried: Floats) -> list[int]:
    """The links that carry most, at most CARRIERS."""
    order = np.argsort(-carried, kind="stable")[:CARRIERS]
    return [int(k) for k in order if carried[k] > 0]
