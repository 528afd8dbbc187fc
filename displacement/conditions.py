"""What is open to whom, dangerous and controlled, day by day: the layers, how they fold, and permission.

Effects of events are painted into layers; overlaps are settled within a layer, then the layers are multiplied. Nothing
here is random, and the order in which events are listed never matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from displacement.network import DIRECTIONS, TRAFFIC, Floats, Indices, Network
from displacement.parameters import Parameters
from displacement.variables import attributes

RELATIONS = ("hostile", "smuggling", "tolerated", "truce", "same")  # the stricter first
UNKNOWN = -1  # a controller that is not known

# Assumptions (A): the chance that an attempt passes, for civilians, medical cases, trade, aid. Anchors: 10 % of convoy
# requests delivered in Syria in 2015; 6 of 33 approved in September 2016; under 1 % in December 2016.
RELATION_PERMISSION = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],  # hostile
        [0.1, 0.0, 0.3, 0.0],  # smuggling
        [0.5, 0.5, 0.3, 0.1],  # tolerated
        [0.6, 0.6, 0.3, 0.3],  # truce
        [1.0, 1.0, 1.0, 1.0],  # same
    ]
)
FIRE_PERMISSION = np.array(
    [
        [1.0, 1.0, 1.0, 1.0],  # level 0
        [0.9, 0.9, 0.8, 0.7],  # level 1
        [0.6, 0.6, 0.5, 0.4],  # level 2
        [0.2, 0.1, 0.1, 0.1],  # level 3
        [0.0, 0.0, 0.0, 0.0],  # level 4
    ]
)
CONTESTED_PERMISSION = np.array([0.5, 0.5, 0.2, 0.2])


LAYERS = ("intensity", "calm", "control", "contested", "fire", "physical", "policy", "quota", "relation")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an event does to one layer: a value in some cells from day `start` through day `end` (None: for good).

    `cells` has one tuple of indices for each axis of the layer after time; their product is painted. `by` is the party
    that fights (layers `intensity`) or the two parties that stop (`calm`).
    """

    layer: str
    cells: tuple[tuple[int, ...], ...]
    start: int
    end: int | None
    value: float
    by: tuple[int, ...] = ()

    def days(self, count: int) -> slice:
        """The days of a period of `count` days on which it is in force."""
        end = count if self.end is None else min(self.end + 1, count)
        return slice(max(self.start, 0), max(end, 0))


def painted(opening: NDArray[np.float64], effects: Iterable[Effect], strictness: Callable[[float], float]) -> Floats:
    """(time, cell...) a layer in which the latest start in force wins; on the same start, the stricter value.

    When an effect ends, the one beneath returns. opening : (time, cell...) what holds where nothing is painted;
    strictness : larger is stricter.

    >>> day_by_day = [Effect(layer="", cells=((0,),), start=1, end=2, value=0.0),
    ...               Effect(layer="", cells=((0,),), start=0, end=None, value=0.5)]
    >>> painted(np.ones((4, 1)), day_by_day, lambda value: -value).ravel()
    array([0.5, 0. , 0. , 0.5])
    """
    layer = opening.copy()
    for effect in sorted(effects, key=lambda e: (e.start, strictness(e.value), e.value)):
        layer[_cells(effect, layer)] = effect.value
    return layer


def worst(opening: Floats, effects: Iterable[Effect]) -> Floats:
    """(time, cell...) a layer in which the largest value in force holds."""
    layer = opening.copy()
    for effect in effects:
        cells = _cells(effect, layer)
        layer[cells] = np.maximum(layer[cells], effect.value)
    return layer


def smallest(opening: Floats, effects: Iterable[Effect]) -> Floats:
    """(time, cell...) a layer in which the smallest value in force holds."""
    layer = opening.copy()
    for effect in effects:
        cells = _cells(effect, layer)
        layer[cells] = np.minimum(layer[cells], effect.value)
    return layer


def _cells(effect: Effect, layer: Floats) -> tuple[NDArray[np.intp], ...]:
    days = effect.days(len(layer))
    return np.ix_(np.arange(days.start, days.stop), *(np.asarray(axis, np.intp) for axis in effect.cells))


def combined_intensity(fights: Sequence[Effect], calms: Sequence[Effect], days: int, places: int) -> Floats:
    """(time, place) 1 - product(1 - x) of the fighting in force, each scaled by the ceasefires that bind its party.

    A ceasefire binds fighting by one of its two parties, and fighting whose party is not given.

    >>> two = [Effect(layer="intensity", cells=((0,),), start=0, end=None, value=0.5)] * 2
    >>> combined_intensity(two, [], 1, 1)
    array([[0.75]])
    """
    spared = np.ones((days, places))
    for fight in sorted(fights, key=lambda e: (e.start, e.value, e.cells, e.by)):
        strength = np.full(days, fight.value)
        for calm in sorted(calms, key=lambda e: (e.start, e.value, e.by)):
            if not fight.by or set(fight.by) & set(calm.by):
                strength[calm.days(days)] *= calm.value
        when = fight.days(days)
        spared[when, list(fight.cells[0])] *= 1.0 - strength[when, np.newaxis]
    return 1.0 - spared


def travel_time(length_km: Floats, speed_kmh: Floats, cross_line: NDArray[np.bool_], parameters: Parameters) -> Floats:
    """(time, link) hours: length / speed + checkpoint_hours ceil(length / 25 km) + cross_line_hours on a front line.

    length_km, speed_kmh : (link,);  cross_line : (time, link) are the ends held by different parties?

    >>> travel_time(np.array([30.0]), np.array([60.0]), np.array([[False], [True]]), Parameters()).ravel()
    array([1., 5.])
    """
    free = length_km / speed_kmh + parameters.checkpoint_hours * np.ceil(length_km / 25.0)
    return np.asarray(free + parameters.cross_line_hours * cross_line)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What permission is folded from: everything but control. Shapes (time, link...) and (time, party, party)."""

    network: Network
    physical: Floats  # (time, link) 1 or 0
    policy: tuple[Floats, Floats]  # (time, link, direction, traffic) low and high, NaN where there is none
    danger: Floats  # (time, link, traffic)
    relation: Indices  # (time, party, party) row of RELATION_PERMISSION

    def cross_line(self, control: Indices) -> NDArray[np.bool_]:
        """(time, link) do different parties hold the ends of a road? (A crossing is no front line.)"""
        origin, destination = control[:, self.network.links.origin], control[:, self.network.links.destination]
        return (origin != destination) & ~self.network.links.crossing

    def permission(self, control: Indices) -> tuple[Floats, Floats]:
        """(time, link, direction, traffic) physical x policy x danger, least and most that the unknowns allow.

        With no policy a road has its relation's default and a crossing is shut. control : (time, place) party.
        """
        links = self.network.links
        origin, destination = control[:, links.origin], control[:, links.destination]
        day = np.arange(len(control))[:, np.newaxis]
        default = RELATION_PERMISSION[self.relation[day, origin, destination]]
        default[:, links.crossing] = 0.0
        unknown = ((origin == UNKNOWN) | (destination == UNKNOWN)) & ~links.crossing
        bounds = []
        for policy, of_unknown in zip(self.policy, (0.0, 1.0), strict=True):
            base = np.where(unknown[..., np.newaxis], of_unknown, default)[:, :, np.newaxis]
            value = np.where(np.isnan(policy), base, policy)
            value = value * self.physical[:, :, np.newaxis, np.newaxis] * self.danger[:, :, np.newaxis]
            value[:, links.directed, 1] = 0.0
            bounds.append(value)
        return bounds[0], bounds[1]


def capture_weights(warning_days: int) -> dict[int, float]:
    """Share of a capture's flight that falls on each day, counted from the day of the capture. Sums to 1.

    An approaching front is seen: with 3 days of warning .1 .25 .35 before and .3 on the day. Without any, half flee on
    the day and half on the day after. Source: judgement; three days is how long the villages north of Aleppo took to
    fall in February 2016.

    >>> capture_weights(1)
    {-1: 0.5384615384615385, 0: 0.46153846153846156}
    """
    if warning_days == 0:
        return {0: 0.5, 1: 0.5}
    weights = {-3: 0.1, -2: 0.25, -1: 0.35, 0: 0.3}
    seen = {day: w for day, w in weights.items() if day >= -warning_days}
    return {day: w / sum(seen.values()) for day, w in seen.items()}


def capture_approach(
    control: Indices, morning: Indices, relation: Indices, *, warning_days: int, once_days: int
) -> tuple[Floats, Floats]:
    """(time, place) weights of a capture felt on a day, by a hostile party and by any other; 0 where none is near.

    control, morning : (time, place) after and before the day's captures; relation : (time, party, party). A place that
    falls again within once_days is not emptied twice. A place whose holder was unknown is not captured from anybody.
    """
    hostile, other = np.zeros(control.shape), np.zeros(control.shape)
    last: dict[int, int] = {}
    for day, place in np.argwhere(control != morning):
        holder, captor = morning[day, place], control[day, place]
        if holder == UNKNOWN or day - last.get(place, -once_days) < once_days:
            continue
        last[int(place)] = int(day)
        felt = hostile if relation[day, holder, captor] == RELATIONS.index("hostile") else other
        for offset, weight in capture_weights(warning_days).items():
            if 0 <= day + offset < len(control):
                felt[day + offset, place] += weight
    return hostile, other


def compile_conditions(
    network: Network,
    parties: tuple[str, ...],
    relations: Indices,
    effects: Sequence[Effect],
    *,
    start: np.datetime64,
    days: int,
    parameters: Parameters,
) -> xr.Dataset:
    """Conditions over (time, place) and (time, link, direction): all that the model will see of the events.

    relations : (party, party) opening relation, a row of RELATION_PERMISSION. `permission` is that of the day, with the
    day's captures done. `morning_permission` is what people who set out that day meet: the day's cuts and policies,
    but the control of the morning, because people flee before a front that is still coming.
    """
    period, days = days, days + int(parameters.warning_days)  # a capture just after the end is fled from before it
    layers: dict[str, list[Effect]] = {name: [e for e in effects if e.layer == name] for name in LAYERS}
    control, morning = _control(network, parties, layers["control"], days)
    contested = worst(np.zeros((days, len(network.places))), layers["contested"])
    fire = worst(np.zeros((days, len(network.links))), layers["fire"])
    ground = Ground(
        network=network,
        physical=painted(np.ones((days, len(network.links))), layers["physical"], lambda value: -value),
        policy=_policy(layers["policy"], (days, len(network.links), 2, len(TRAFFIC))),
        danger=_danger(network, fire, contested),
        relation=painted(_every_day(relations, days), layers["relation"], lambda value: -value).astype(np.int64),
    )
    warning, once = int(parameters.warning_days), int(parameters.capture_once_days)
    hostile, other = capture_approach(control, morning, ground.relation, warning_days=warning, once_days=once)
    data: dict[str, NDArray[Any]] = {
        "intensity": combined_intensity(layers["intensity"], layers["calm"], days, len(network.places)),
        "control": control.astype(np.int16),
        "morning_control": morning.astype(np.int16),
        "capture_by_hostile": hostile,
        "capture_by_other": other,
        "contested": contested.astype(np.int8),
        "fire": fire.astype(np.int8),
        "relation": ground.relation.astype(np.int8),
        "quota": smallest(_quota(network, days), layers["quota"]),
        **_passage(ground, control, parameters, ""),
        **_passage(ground, morning, parameters, "morning_"),
    }
    data["permission"] = np.where(data["permission_low"] == data["permission_high"], data["permission_low"], np.nan)
    coords = {
        "time": start + np.arange(days) * np.timedelta64(1, "D"),
        "place": list(network.places.id),
        "link": list(network.links.id),
        "direction": list(DIRECTIONS),
        "traffic": list(TRAFFIC),
        "party": list(parties),
        "other_party": list(parties),
    }
    labelled = {name: (attributes(name)[0], values, attributes(name)[1]) for name, values in sorted(data.items())}
    return xr.Dataset(labelled, coords).isel(time=slice(period))


def _every_day(values: Indices, days: int) -> Floats:
    """Values on each of some days."""
    return np.repeat(values[np.newaxis].astype(float), days, axis=0)


def _passage(ground: Ground, control: Indices, parameters: Parameters, when: str) -> dict[str, Floats]:
    """Bounds of permission and travel time under a control of places, named `when` they hold."""
    low, high = ground.permission(control)
    links = ground.network.links
    hours = travel_time(links.length_km, links.speed_kmh, ground.cross_line(control), parameters)
    return {f"{when}permission_low": low, f"{when}permission_high": high, f"{when}travel_time": hours}


def _control(
    network: Network, parties: tuple[str, ...], captures: Sequence[Effect], days: int
) -> tuple[Indices, Indices]:
    """(time, place) party in control with the day's captures done, and that of the morning before them."""
    opening = np.array([parties.index(p) if p else UNKNOWN for p in network.places.party], float)
    before = [replace(e, end=None) for e in captures if e.start < 0]
    at_start = painted(opening[np.newaxis], before, float)
    control = painted(np.repeat(at_start, days, axis=0), captures, float).astype(np.int64)
    return control, np.concatenate([at_start.astype(np.int64), control[:-1]])


def _policy(effects: Sequence[Effect], shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Least and most permission by policy; NaN where no policy is in force. An unknown policy may be anything."""
    bounds = []
    for of_unknown in (0.0, 1.0):
        known = [
            e
            if not np.isnan(e.value)
            else Effect(layer=e.layer, cells=e.cells, start=e.start, end=e.end, value=of_unknown)
            for e in effects
        ]
        bounds.append(painted(np.full(shape, np.nan), known, lambda value: -value))
    return bounds[0], bounds[1]


def _danger(network: Network, fire: Floats, contested: Floats) -> Floats:
    """(time, link, traffic) the worst of fire on the link and a contested end."""
    ends = np.maximum(contested[:, network.links.origin], contested[:, network.links.destination])
    of_contest = np.where(ends[..., np.newaxis] > 0, CONTESTED_PERMISSION, 1.0)
    return np.minimum(FIRE_PERMISSION[fire.astype(np.int64)], of_contest)


def _quota(network: Network, days: int) -> Floats:
    """(time, link, direction, traffic) people or trucks a day that a link admits of itself; inf: no limit known."""
    people, trucks = network.links.people_per_day, network.links.trucks_per_day
    by_class = np.stack([people, people, trucks, trucks], axis=-1)
    quota = np.where(np.isnan(by_class), np.inf, by_class)[np.newaxis, :, np.newaxis, :]
    return np.broadcast_to(quota, (days, len(network.links), 2, len(TRAFFIC))).copy()
