"""The reason of each place's status on a date, in words: what surrounds it, the weakest road of the best way in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr

from displacement.access.aid import Entry, entry_by, need_today
from displacement.access.cuts import day_index
from displacement.access.pockets import pockets
from displacement.access.status import (
    BESIEGED,
    CUT,
    HARD_TO_REACH,
    NOT_CLASSIFIED,
    OPEN,
    UNKNOWN,
    access_status,
    days_until_besieged,
)
from displacement.access.thresholds import Thresholds
from displacement.conditions import CONTESTED_PERMISSION, FIRE_PERMISSION, RELATION_PERMISSION, RELATIONS
from displacement.events import Checkpoint, World, listed, shown_day
from displacement.mandates import ABSENT, AID, Day, Mandate, days_of, mandates, open_hubs
from displacement.need import sustained_mean
from displacement.network import Flags, Indices, Network
from displacement.paths import last_crossings
from displacement.scenario import Scenario

WORDS = ("accessible", "hard to reach", "besieged", "unknown", "not classified")
NO_LINE = "no operation has an open way to it"
TODAY = ("open", "restricted", "cut", "not known")


def reasons(
    scenario: Scenario,
    date: dt.date,
    conditions: xr.Dataset | None = None,
    thresholds: Thresholds | None = None,
    status: xr.Dataset | None = None,
) -> dict[str, str]:
    """Why each place has its status on a date, and since when aid can reach it as it does today.

    conditions, status : those of this scenario, if they are at hand. What is said of ways in is with unknowns shut.
    """
    conditions = scenario.compile() if conditions is None else conditions
    rule = thresholds or Thresholds()
    status = access_status(scenario, conditions, rule) if status is None else status
    scene = Scene(
        scenario=scenario, conditions=conditions, status=status, rule=rule, t=day_index(scenario, date), best=False
    )
    return {place: _reason(scene, i) for i, place in enumerate(scenario.network.places.id)}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One day of a scenario with all that its reasons are read from."""

    scenario: Scenario
    conditions: xr.Dataset
    status: xr.Dataset
    rule: Thresholds
    t: int
    best: bool  # with the unknowns open

    @cached_property
    def network(self) -> Network:
        """Places and links."""
        return self.scenario.network

    @cached_property
    def world(self) -> World:
        """Names."""
        return self.scenario.world

    @cached_property
    def day(self) -> Day:
        """The day, at one end of what is unknown."""
        return days_of(self.conditions.isel(time=[self.t]), "high" if self.best else "low")[0]

    @cached_property
    def operations(self) -> tuple[Mandate, ...]:
        """What the operations may do."""
        return mandates(self.scenario.operations, self.network, self.world.party_index)

    @cached_property
    def entries(self) -> list[Entry]:
        """What each operation can do on the day."""
        needed = need_today(self.network, self.day, self.rule)
        return [entry_by(self.network, o, self.day, needed=needed, thresholds=self.rule) for o in self.operations]

    @cached_property
    def crossings(self) -> list[Flags]:
        """(link, place) of each operation: can it be the last crossing on a way in?"""
        return [
            last_crossings(self.network, e.taken, open_hubs(e.operation, self.day)) & e.operation.serves
            for e in self.entries
        ]

    @cached_property
    def pocket(self) -> Indices:
        """(place,) number of the pocket."""
        return pockets(self.network, self.day, self.rule.one_pocket)

    def entry(self, place: int) -> Entry | None:
        """The operation that serves a place best; None where none comes."""
        best = max(self.entries, key=lambda e: float(e.chance[place]), default=None)
        return best if best is not None and best.chance[place] > 0 else None

    @cached_property
    def _others(self) -> dict[tuple[int, bool], Scene]:
        return {}

    def on(self, t: int, *, best: bool = False) -> Scene:
        """The same scenario on another day or with the unknowns open."""
        return self._others.setdefault((t, best), replace(self, t=t, best=best))

    def value(self, variable: str, place: int, t: int | None = None) -> float:
        """A variable of the status at a place on the day."""
        return float(self.status[variable].values[self.t if t is None else t, place])

    def since(self, days: int) -> str:
        """`since` and the day so many days ago; what held on the first day began before."""
        first = self.t - days
        date = self.scenario.start + dt.timedelta(days=first)
        return f"since {'before ' if first == 0 else ''}{shown_day(date)}"

    def holder(self, place: int) -> str:
        """Name of the party that holds a place."""
        party = int(self.day.control[place])
        return "a party not known" if party < 0 else self.world.parties[sorted(self.world.parties)[party]]

    def road(self, arc: int) -> str:
        """An arc's road by its two ends."""
        return self.world.roads([self.network.links.id[arc // 2]])


def _reason(scene: Scene, place: int) -> str:
    """The whole sentence of one place."""
    code = int(scene.value("access_status", place))
    if code == NOT_CLASSIFIED:
        return "not classified: nobody lived there when the scenario opens"
    today = int(scene.value("access_today", place))
    now = f"{TODAY[today]} today, {scene.since(int(scene.value('access_since', place)))}"
    if code == UNKNOWN:
        parts = [_of_unknown(scene, place), now]
    elif code == BESIEGED:
        parts = [_surrounded(scene, place), _way_in(scene, place), _way_out(scene, place), now]
    elif over := _over_the_window(scene, place, code):
        parts = [over, f"but {now}: {_way_in(scene, place)}", _crossings(scene, place)]
    else:
        parts = [_way_in(scene, place), _crossings(scene, place), now]
    if code == HARD_TO_REACH and today == CUT:
        parts.append(_ahead(scene, place))
    return f"{WORDS[code]}: {'; '.join(p for p in parts if p)}"


def _ahead(scene: Scene, place: int) -> str:
    """From when a place that is cut is besieged, if every further day is like today; with the unknowns shut."""
    so_far = {name: scene.status[name].values[: scene.t + 1, place] for name in ("aid_entry", "civilian_exit")}
    days = days_until_besieged(
        so_far["aid_entry"], so_far["civilian_exit"], bool(scene.value("surrounded", place)), scene.rule
    )
    if days is None:
        return ""
    date = scene.scenario.start + dt.timedelta(days=scene.t + days)
    return f"besieged from {shown_day(date)} at the earliest, if nothing changes"


def _over_the_window(scene: Scene, place: int, code: int) -> str:
    """What the last 30 days say, where today alone would say something else."""
    today = int(scene.value("access_today", place))
    if (code == HARD_TO_REACH and today == OPEN) or (code != HARD_TO_REACH and today != OPEN):
        mean = scene.value("aid_entry_sustained", place)
        return f"aid entered with a mean chance of {mean:.2f} over the last {scene.rule.window_days} days"
    return ""


def _surrounded(scene: Scene, place: int) -> str:
    """By whom the pocket is surrounded, and since when."""
    network, pocket = scene.network, scene.pocket
    out = (pocket[network.arc_origin] == pocket[place]) & (pocket[network.arc_destination] != pocket[place])
    inside = int(scene.day.control[place])
    around = sorted({int(p) for p in scene.day.control[network.arc_destination[out]]} - {inside})
    names = sorted(scene.world.parties)
    who = [scene.world.parties[names[p]] if p >= 0 else "a party not known" for p in around]
    by = f"by {listed(who)}" if who else "(every road out is shut)"
    shut_in = "" if _leaves_again(scene, place) else ", and shut in"
    return f"surrounded {by}{shut_in} {_shut_in_since(scene, place)}"


def _shut_in_since(scene: Scene, place: int) -> str:
    """Since when the pocket is surrounded and people cannot regularly leave it; if they can, since it is surrounded.

    A large part of a country may be surrounded: what shuts people in is that the ways out of their pocket closed.
    """
    series = scene.status["surrounded"].values[: scene.t + 1, place] == 1
    shut_in = series & (scene.status["civilian_exit"].values[: scene.t + 1, place] < scene.rule.exit_below)
    series = shut_in if shut_in[-1] else series
    return scene.since(len(series) - 1 - int(np.flatnonzero(np.append(True, ~series[:-1]))[-1]))


def _leaves_again(scene: Scene, place: int) -> bool:
    """Can people leave today, whatever the last days were like?"""
    return scene.value("civilian_exit", place) >= scene.rule.exit_below


def _way_out(scene: Scene, place: int) -> str:
    """Whether people can leave."""
    chance = scene.value("civilian_exit", place)
    if _leaves_again(scene, place):
        so_far = scene.status["civilian_exit"].values[: scene.t + 1, [place]]
        mean = sustained_mean(so_far, scene.rule.window_days)[-1, 0]
        return (
            f"people can leave today with chance {chance:.2f}, over the last {scene.rule.window_days} days with a mean"
            f" of {mean:.2f}"
        )
    return "nobody can leave" if chance == 0 else f"people can leave with chance {chance:.2f}"


def _way_in(scene: Scene, place: int) -> str:
    """The best way in today: its chance and what limits it; or why there is none."""
    entry = scene.entry(place)
    if entry is None or entry.chance[place] <= scene.rule.usable_aid:
        return f"no way in for aid{_because(_closed(scene, place))}"
    chance = float(entry.chance[place])
    opening = f"the best way in has chance {chance:.2f}"
    if entry.adequacy[place] < entry.reliability[place]:
        return f"{opening} (the road admits {entry.adequacy[place]:.0%} of the trucks that people there need)"
    arcs = entry.paths.to(place)
    if not arcs:
        return "aid starts here"
    weakest = min(arcs, key=lambda arc: float(scene.day.permission[arc, AID]))
    if scene.day.permission[weakest, AID] < 1:
        return f"{opening} ({_weakness(scene, weakest)})"
    hub = scene.world.called([scene.network.places.id[int(scene.network.arc_origin[arcs[0]])]])
    return f"{opening}, from {hub}"


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _weakness(scene: Scene, arc: int) -> str:
    """Why permission for aid on an arc is below 1: fire, a contested end, a checkpoint, the parties, or a policy."""
    link = arc // 2
    road, t = scene.road(arc), scene.t
    low, high = (scene.conditions[f"permission_{b}"].values[t, link, arc % 2, AID] for b in ("low", "high"))
    if low != high:
        return f"it is not known whether aid may pass the road {road}"
    ends = [int(e[arc]) for e in (scene.network.arc_origin, scene.network.arc_destination)]
    contested = [e for e in ends if scene.conditions["contested"].values[t, e]]
    fire = float(FIRE_PERMISSION[int(scene.conditions["fire"].values[t, link]), AID])
    refusal = _refusal(scene, link)
    danger = min(fire, float(CONTESTED_PERMISSION[AID]) if contested else 1.0, 1.0 - refusal)
    policy = float(low) / danger if danger > 0 else 0.0
    if danger <= policy:
        if danger == 1.0 - refusal:
            return f"a checkpoint on the road {road} turns back {refusal:.0%}"
        return f"fire on the road {road}" if fire == danger else f"{_names(scene, contested)} contested, road {road}"
    relation = _relation(scene, arc)
    if relation is not None and np.isclose(policy, RELATION_PERMISSION[relation, AID]):
        return f"the road {road} crosses a line; {_parties(scene, ends)} are {_stand(relation)}"
    return f"aid passes the {_kind(scene, arc)} {road} with chance {low:.2g}"


def _refusal(scene: Scene, link: int) -> float:
    """The largest share of aid that a checkpoint in force on a link turns back."""
    date = scene.scenario.start + dt.timedelta(days=scene.t)
    posts = (e for e in scene.scenario.events if isinstance(e, Checkpoint) and e.start <= date <= (e.end or date))
    name = scene.network.links.id[link]
    return max((post.refusal for post in posts if name in post.link and "aid" in post.traffic), default=0.0)


def _closed(scene: Scene, place: int) -> str:
    """Why no aid comes: no operation works there, or what broke the last way in; empty if it was never open."""
    party = int(scene.day.control[place])
    serving = [o for o in scene.operations if o.serves[place] and party >= 0 and o.level[party] != ABSENT]
    if not serving:
        return (
            f"no operation works on ground of {scene.holder(place)}" if party >= 0 else "it is not known who holds it"
        )
    first = scene.t - int(scene.value("access_since", place))
    if int(scene.value("access_today", place)) != CUT or first == 0:
        return NO_LINE
    before = scene.on(first - 1).entry(place)
    if before is None:
        return NO_LINE
    now, then = (
        next(e for e in when.entries if e.operation.name == before.operation.name) for when in (scene, scene.on(first))
    )
    broken = [arc for arc in before.paths.to(place) if not now.taken[arc]]
    broken.sort(key=lambda arc: bool(then.taken[arc]))  # what broke on the first day of the cut comes first
    return _broken(scene, now.operation, broken[0]) if broken else NO_LINE


def _broken(scene: Scene, operation: Mandate, arc: int) -> str:
    """Why an arc that an operation used is no longer open to it."""
    link, road = arc // 2, scene.road(arc)
    ends = [int(e[arc]) for e in (scene.network.arc_origin, scene.network.arc_destination)]
    for end in ends:
        party = int(scene.day.control[end])
        if party < 0 or operation.level[party] == ABSENT:
            return f"{_names(scene, [end])} is held by {scene.holder(end)}"
    if int(scene.conditions["fire"].values[scene.t, link]) == len(FIRE_PERMISSION) - 1:
        return f"fire on the road {road}: nobody passes"
    relation = _relation(scene, arc)
    if relation is not None and RELATION_PERMISSION[relation, AID] == 0:
        return f"the road {road} crosses a line; {_parties(scene, ends)} are {_stand(relation)}"
    if not scene.conditions["permission_high"].values[scene.t, link].any():
        return f"the {_kind(scene, arc)} {road} is cut, or shut to all"
    return f"aid may not pass the {_kind(scene, arc)} {road}"


def _crossings(scene: Scene, place: int) -> str:
    """Which border crossings aid can come by; `left`, if they were more on the first day."""
    count = int(scene.value("crossings_usable", place))
    if not count:
        return ""
    best = max(scene.crossings, key=lambda of: int(of[:, place].sum()))
    places, links = scene.network.places, scene.network.links
    names = []
    for link in np.flatnonzero(best[:, place]):
        ends = [int(links.origin[link]), int(links.destination[link])]
        inside = [e for e in ends if not places.outside[e]] or ends
        names.append(places.name[inside[0]])
    left = " left" if count < int(scene.value("crossings_usable", place, t=0)) else ""
    return f"{count} crossing{'s' if count > 1 else ''}{left} ({listed(names)})"


def _of_unknown(scene: Scene, place: int) -> str:
    """Between which two statuses, and what it hangs on."""
    ends = [WORDS[int(scene.value(f"access_{end}", place))] for end in ("best", "worst")]
    return f"{ends[0]} or {ends[1]}, as {_doubt(scene, place)}"


def _doubt(scene: Scene, place: int) -> str:
    """What is not known on the best way in or at the edge of the pocket today; else, that it was not in the window."""
    network, best = scene.network, scene.on(scene.t, best=True)
    differ = (scene.day.permission != best.day.permission).any(axis=1)
    entry = best.entry(place)
    arcs = [arc for arc in (entry.paths.to(place) if entry else []) if differ[arc]]
    arcs += list(np.flatnonzero(differ & (scene.pocket[network.arc_origin] == scene.pocket[place])))
    if not arcs:
        return f"who could pass was not known within the last {scene.rule.window_days} days"
    links = sorted({network.links.id[arc // 2] for arc in arcs})
    return f"it is not known who may pass {scene.world.roads(links)}"


def _relation(scene: Scene, arc: int) -> int | None:
    """How the holders of a road's two ends stand to each other; None at a crossing, or if they are one or not known."""
    a, b = (int(scene.day.control[e[arc]]) for e in (scene.network.arc_origin, scene.network.arc_destination))
    if a == b or min(a, b) < 0 or scene.network.links.crossing[arc // 2]:
        return None
    return int(scene.conditions["relation"].values[scene.t, a, b])


def _stand(relation: int) -> str:
    """How two parties stand to each other, after `are`."""
    return {"tolerated": "tolerating each other", "smuggling": "letting smugglers pass", "truce": "at truce"}.get(
        RELATIONS[relation], RELATIONS[relation]
    )


def _parties(scene: Scene, places: list[int]) -> str:
    return listed([scene.holder(p) for p in places])


def _names(scene: Scene, places: list[int]) -> str:
    return scene.world.called([scene.network.places.id[p] for p in places])


def _kind(scene: Scene, arc: int) -> str:
    return "crossing" if scene.network.links.crossing[arc // 2] else "road"
