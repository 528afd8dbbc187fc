"""What could be opened on a day: crossings, roads, convoy lines, permissions of operations, airdrops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from displacement.access.thresholds import Thresholds
from displacement.events import Airdrops, listed
from displacement.mandates import ABSENT, AID, Day, Mandate, aid_quota, days_of, mandates, open_hubs
from displacement.network import Flags, Floats, Network
from displacement.openings.changes import Opening, distinct
from displacement.operations import Operation
from displacement.paths import Paths, shortest
from displacement.scenario import Scenario
from displacement.supply.ground import Ground, supply_days

SHUT_HOURS = 1000.0  # what a shut road costs in the search for a corridor: as few as possible
LONGEST = 6  # roads of a corridor
FACTOR = 1.5  # on trucks a day at a crossing
DROP = {"tonnes_per_sortie": 18.6, "sorties_per_week": 5.0, "recovered": 0.95, "reliability": 0.8}  # as at Deir ez-Zor
SURE = Thresholds().accessible_from


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """A day of a scenario in which something might be opened."""

    scenario: Scenario
    conditions: xr.Dataset
    date: dt.date

    @cached_property
    def t(self) -> int:
        """Days from the start."""
        return (self.date - self.scenario.start).days

    @cached_property
    def day(self) -> Day:
        """The day, unknowns shut."""
        return days_of(self.conditions.isel(time=[self.t]), "low")[0]

    @cached_property
    def network(self) -> Network:
        """Places and links."""
        return self.scenario.network

    @cached_property
    def operations(self) -> list[tuple[Operation, Mandate]]:
        """The operations, sorted by id, and what each may do."""
        rows = sorted(self.scenario.operations, key=lambda o: o.id)
        return list(zip(rows, mandates(rows, self.network, self.scenario.world.party_index), strict=True))

    @cached_property
    def entry(self) -> Floats:
        """(place,) chance of the likeliest way in for aid, roads alone."""
        ground = Ground.of(self.scenario)
        shut = np.zeros(len(self.network.links))  # what is not known
        return supply_days(self.scenario, self.conditions.isel(time=[self.t]), ground, shut)[0].entry

    @cached_property
    def needy(self) -> list[int]:
        """Places with people in the country that aid does not surely enter, the largest first."""
        places = self.network.places
        people = places.residents + places.opening_displaced
        inside = np.array([c == self.scenario.country for c in places.country]) & ~places.outside
        found = np.flatnonzero(inside & (people > 0) & (self.entry < SURE))
        return [int(i) for i in found[np.argsort(-people[found], kind="stable")]]

    def road(self, links: tuple[str, ...]) -> str:
        """A chain of links by its ends in words."""
        return self.scenario.world.roads(list(links))


def candidates(scenario: Scenario, conditions: xr.Dataset, date: dt.date) -> list[Opening]:
    """Everything that could be opened on a day, each once."""
    scene = Scene(scenario=scenario, conditions=conditions, date=date)
    return distinct([*_crossings(scene), *_lines(scene), *_corridors(scene), *_airdrops(scene)])


def _crossings(scene: Scene) -> Iterator[Opening]:
    """Crossings shut or limited to aid."""
    links = scene.network.links
    quota = aid_quota(scene.conditions.isel(time=[scene.t]))[0]
    for link in np.flatnonzero(links.crossing):
        name = links.id[link]
        where = scene.road((name,))
        if scene.day.permission[[2 * link, 2 * link + 1], AID].max() < SURE:
            yield Opening(kind="crossing", words=f"open the crossing {where} to aid", links=(name,))
        if np.isfinite(links.trucks_per_day[link]) and quota[link].max() == links.trucks_per_day[link] > 0:
            yield Opening(
                kind="crossing", words=f"let half as many trucks again over the crossing {where}",
                trucks=((name, FACTOR),),
            )  # fmt: skip


def _lines(scene: Scene) -> Iterator[Opening]:
    """Convoy lines that do not surely let aid pass: every request approved, or simply open."""
    links = scene.network.links
    convoys = np.isfinite(scene.conditions["convoy_trucks"].values[scene.t])
    for operation, _ in scene.operations:
        for name in operation.lines:
            link = links.index(name)
            if links.crossing[link] or scene.day.permission[[2 * link, 2 * link + 1], AID].max() >= SURE:
                continue
            if convoys[link]:
                words = f"approve every convoy on the line {scene.road((name,))}"
                yield Opening(kind="convoy line", words=words, convoys=(name,))
            else:
                words = f"let aid pass the line {scene.road((name,))} ({operation.name})"
                yield Opening(kind="convoy line", words=words, links=(name,))


def _corridors(scene: Scene) -> Iterator[Opening]:
    """For each place that aid does not surely enter and each operation: the way in with the fewest roads to open."""
    for operation, mandate in scene.operations:
        shut, paths = _as_if_allowed(scene, mandate)
        for place in scene.needy:
            closed = [a for a in paths.to(place) if shut[a]]
            if not closed or len(closed) > LONGEST or not mandate.serves[place]:
                continue
            names = tuple(scene.network.links.id[a // 2] for a in closed)
            yield _corridor(scene, operation, mandate, place, names)


def _as_if_allowed(scene: Scene, mandate: Mandate) -> tuple[Flags, Paths]:
    """(arc,) is it shut, and the ways in that need the fewest roads opened.

    Ground on which the operation does not work may be where a way ends, never on the way.
    """
    network, day = scene.network, scene.day
    level = np.where(day.control < 0, ABSENT, mandate.level[day.control])
    usable = (level == 0)[network.arc_origin]
    usable[1::2] &= ~network.links.directed
    same = day.control[network.arc_origin] == day.control[network.arc_destination]
    passable = (day.permission[:, AID] >= SURE) & (same | mandate.line)
    cost = day.hours + np.where(passable, 0.0, SHUT_HOURS)
    length, arc = shortest(network, usable, cost, open_hubs(mandate, day))
    return ~passable, Paths(chance=np.isfinite(length).astype(float), arc=arc, origin=network.arc_origin)


def _corridor(scene: Scene, operation: Operation, mandate: Mandate, place: int, names: tuple[str, ...]) -> Opening:
    """Opening a corridor: to everybody; to aid alone where the operation may not serve the holder."""
    party = int(scene.day.control[place])
    where = scene.network.places.name[place]
    lines = tuple((operation.id, name) for name in names)
    world = scene.scenario.world
    if party >= 0 and mandate.level[party] == ABSENT:
        holder = sorted(world.parties)[party]
        who, whose = f"the operation '{operation.name}'", world.parties[holder]
        words = f"let {who} serve ground of {whose} at {where}, by {scene.road(names)}"
        return Opening(kind="permission", words=words, links=names, lines=lines, deliver=((operation.id, holder),))
    own = {link for o, _ in scene.operations for link in o.lines}
    if set(names) <= own:
        words = f"let aid pass the line{'s' if len(names) > 1 else ''} {scene.road(names)} ({operation.name})"
        return Opening(kind="convoy line", words=words, links=names)
    words = f"reopen the road {scene.road(names)} to everybody"
    return Opening(kind="road", words=words, roads=names, lines=lines)


def _airdrops(scene: Scene) -> Iterator[Opening]:
    """Aid by air to each place that no road reaches: sorties as they were flown to Deir ez-Zor."""
    for place in scene.needy:
        if scene.entry[place] > 0.05:
            continue
        name = scene.network.places.id[place]
        drop = Airdrops.model_validate({"place": name, "start": scene.date, **DROP})
        words = f"drop aid over {listed([scene.network.places.name[place]])} five times a week, as at Deir ez-Zor"
        yield Opening(kind="airdrop", words=words, airdrops=(drop,))
