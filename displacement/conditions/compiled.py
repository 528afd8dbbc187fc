"""Conditions of every day from the effects of events: each layer painted, then folded, then labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from displacement.conditions.captures import capture_approach
from displacement.conditions.layers import LAYERS, Effect, combined_intensity, painted, smallest, worst
from displacement.conditions.permission import UNKNOWN, Ground, danger_permission, travel_time
from displacement.labelled import labelled
from displacement.network import DIRECTIONS, TRAFFIC, Floats, Indices, Network
from displacement.parameters import Parameters
from displacement.variables import attributes

Layers = Mapping[str, Sequence[Effect]]
Arrays = dict[str, NDArray[Any]]


def compile_conditions(
    network: Network,
    parties: tuple[str, ...],
    relations: Indices,
    effects: Sequence[Effect],
    *,
    start: np.datetime64,
    days: int,
    parameters: Parameters,
    groups: tuple[str, ...] = ("everyone",),
    more: Arrays | None = None,
    labels: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Conditions over (time, place) and (time, link, direction): all that the model will see of the events.

    relations : (party, party) opening relation, a row of RELATION_PERMISSION;  groups : of people. `permission` is that
    of the day, with the day's captures done. `morning_permission` is what people who set out that day meet: the day's
    cuts and policies, but the control of the morning, because people flee before a front that is still coming.
    more, labels : variables and coordinates that no event changes
    """
    period, days = days, days + int(parameters.warning_days)  # a capture just after the end is fled from before it
    layers = {name: [e for e in effects if e.layer == name] for name in LAYERS}
    evacuations, airdrops = _in_order(layers["evacuation"]), _in_order(layers["airdrop"])
    data: Arrays = {
        **_of_control(network, parties, relations, layers, days, parameters),
        **_of_passage(network, layers, days),
        **_of_sites(network, layers, days),
        "admission": painted(np.ones((days, len(network.links), 2, len(groups))), layers["admission"], float),
        **_of_evacuations(evacuations, days, len(groups)),
        **_of_aid(network, layers, days),
        **_of_airdrops(airdrops, days),
    }
    coords = {
        "time": start + np.arange(period) * np.timedelta64(1, "D"),
        "place": list(network.places.id),
        "link": list(network.links.id),
        "direction": list(DIRECTIONS),
        "traffic": list(TRAFFIC),
        "party": list(parties),
        "other_party": list(parties),
        "group": list(groups),
        **_labels(network, evacuations),
        "airdrop": np.array(_names(airdrops, "Airdrop"), str),
        "airdrop_place": ("airdrop", np.array([network.places.id[e.cells[0][0]] for e in airdrops], str)),
    }
    described = {}
    for name, values in [*sorted(data.items()), *(more or {}).items()]:
        dims, about = attributes(name)
        described[name] = (dims, values[:period] if dims[:1] == ("time",) else values, about)
    return labelled(described, {**coords, **(labels or {})})


def _smaller(value: float) -> float:
    """The smaller value is the stricter."""
    return -value


def _of_control(
    network: Network,
    parties: tuple[str, ...],
    relations: Indices,
    layers: Layers,
    days: int,
    parameters: Parameters,
) -> Arrays:
    """Fighting, who holds what and how parties stand to each other, and the permission and time that follow."""
    control, morning = _control(network, parties, layers["control"], days)
    contested = worst(np.zeros((days, len(network.places))), layers["contested"])
    fire = worst(np.zeros((days, len(network.links))), layers["fire"])
    refusal = worst(np.zeros((days, len(network.links), len(TRAFFIC))), layers["refusal"])
    ground = Ground(
        network=network,
        physical=painted(np.ones((days, len(network.links))), layers["physical"], _smaller),
        policy=_policy(layers["policy"], (days, len(network.links), 2, len(TRAFFIC))),
        danger=danger_permission(network, fire, contested, refusal),
        relation=painted(_every_day(relations, days), layers["relation"], _smaller).astype(np.int64),
        speed=network.links.speed_kmh * smallest(np.ones((days, len(network.links))), layers["speed"]),
        delay=worst(np.zeros((days, len(network.links))), layers["delay"]),
    )
    warning, once = int(parameters.warning_days), int(parameters.capture_once_days)
    hostile, other = capture_approach(control, morning, ground.relation, warning_days=warning, once_days=once)
    passage = {**_passage(ground, control, parameters, ""), **_passage(ground, morning, parameters, "morning_")}
    low, high = passage["permission_low"], passage["permission_high"]
    return {
        "intensity": combined_intensity(layers["intensity"], layers["calm"], days, len(network.places)),
        "control": control.astype(np.int16),
        "morning_control": morning.astype(np.int16),
        "capture_by_hostile": hostile,
        "capture_by_other": other,
        "contested": contested.astype(np.int8),
        "fire": fire.astype(np.int8),
        "relation": ground.relation.astype(np.int8),
        "speed": ground.speed,
        "permission": np.where(low == high, low, np.nan),
        **passage,
    }


def _of_passage(network: Network, layers: Layers, days: int) -> Arrays:
    """How many a link lets pass a day, where people are checked, and where a corridor ends."""
    links = network.links
    vehicles = np.where(np.isnan(links.vehicles_per_day), np.inf, links.vehicles_per_day)
    each_way = np.broadcast_to(vehicles[np.newaxis, :, np.newaxis], (days, len(links), 2))
    capacity = painted(each_way, layers["vehicles"], _smaller)
    capacity[:, links.directed, 1] = 0.0
    return {
        "quota": smallest(_quota(network, days), layers["quota"]),
        "vehicle_capacity": capacity,
        "checkpoint": worst(np.zeros((days, len(links))), layers["checkpoint"]).astype(np.int8),
        "corridor_end": worst(np.zeros((days, len(network.places))), layers["corridor_end"]).astype(np.int8),
    }


def _of_sites(network: Network, layers: Layers, days: int) -> Arrays:
    """Which sites are open, and for how many they are planned. An empty site that an event opens is shut before."""
    is_open = np.ones((days, len(network.places)))
    empty = network.places.residents + network.places.opening_displaced == 0
    for effect in layers["site"]:
        if effect.value > 0:
            is_open[:, [i for i in effect.cells[0] if empty[i]]] = 0.0
    planned = np.repeat(network.places.capacity[np.newaxis], days, axis=0)
    return {
        "site_open": painted(is_open, layers["site"], _smaller).astype(np.int8),
        "site_capacity": painted(planned, layers["site_capacity"], _smaller),
    }


def _in_order(evacuations: Sequence[Effect]) -> list[Effect]:
    """Evacuations or airdrops in an order that their listing and the dates of those with a name do not change."""
    return sorted(
        evacuations,
        key=lambda e: (not e.name, e.name, e.cells, e.start, np.inf if e.end is None else e.end, e.value, e.more),
    )


def _of_evacuations(evacuations: Sequence[Effect], days: int, groups: int) -> Arrays:
    """(time, evacuation) people a day, 0 while it is not in force; (evacuation, group) whom it takes."""
    rate = np.zeros((days, len(evacuations)))
    who = np.zeros((len(evacuations), groups), np.int8)
    for i, effect in enumerate(evacuations):
        rate[effect.days(days), i] = effect.value
        who[i, list(effect.cells[2])] = 1
    return {"evacuation_rate": rate, "evacuation_who": who}


def _labels(network: Network, evacuations: Sequence[Effect]) -> dict[str, Any]:
    """Coordinates of the evacuations: their ids, or numbers, and the places between which people are brought."""
    ends = [[network.places.id[e.cells[side][0]] for e in evacuations] for side in (0, 1)]
    return {
        "evacuation": np.array(_names(evacuations, "Evacuation"), str),
        "evacuation_origin": ("evacuation", np.array(ends[0], str)),
        "evacuation_destination": ("evacuation", np.array(ends[1], str)),
    }


def _names(effects: Sequence[Effect], otherwise: str) -> list[str]:
    """The names of effects; of those without one, or with one that is taken, a word and a number."""
    taken, names = {e.name for e in effects}, list[str]()
    for effect in effects:
        name, number = effect.name, 1
        while not name or name in names:
            name, number = f"{effect.name or otherwise} {number}", number + 1
            name = "" if name in taken else name
        names.append(name)
        taken.add(name)
    return names


def _of_aid(network: Network, layers: Layers, days: int) -> Arrays:
    """What hubs receive and hold, and the convoys of links on which aid passes in convoys only."""
    places, links = len(network.places), len(network.links)
    inflow = painted(np.zeros((days, places)), layers["hub_inflow"], _smaller)
    held, stored = np.zeros((days, places)), np.zeros((days, places))
    for total, layer in ((held, "hub_stock"), (stored, "stock")):
        for effect in sorted(layers[layer], key=lambda e: e.value):  # so that a sum has the same bits in any order
            total[effect.days(days), list(effect.cells[0])] += effect.value
    return {
        "hub_inflow": inflow * smallest(np.ones((days, places)), layers["funding"]),
        "hub_stock_added": held,
        "stock_added": stored,
        "convoy_trucks": painted(np.full((days, links), np.inf), layers["convoy_trucks"], _smaller),
        "convoy_requests": painted(np.full((days, links), 7.0), layers["convoy_requests"], _smaller),
        "convoy_of": painted(_every_day(np.arange(links), days), layers["convoy_of"], _smaller).astype(np.int64),
    }


def _of_airdrops(airdrops: Sequence[Effect], days: int) -> Arrays:
    """(time, airdrop) sorties a day, 0 while it is not in force; (airdrop,) what a sortie brings."""
    sorties = np.zeros((days, len(airdrops)))
    for i, effect in enumerate(airdrops):
        sorties[effect.days(days), i] = effect.value
    more = np.array([e.more for e in airdrops], float).reshape(-1, 3)
    names = ("airdrop_tonnes", "airdrop_recovered", "airdrop_reliability")
    return {"airdrop_sorties": sorties, **{name: more[:, i] for i, name in enumerate(names)}}


def _every_day(values: Indices, days: int) -> Floats:
    """Values on each of some days."""
    return np.repeat(values[np.newaxis].astype(float), days, axis=0)


def _passage(ground: Ground, control: Indices, parameters: Parameters, when: str) -> dict[str, Floats]:
    """Bounds of permission and travel time under a control of places, named `when` they hold."""
    low, high = ground.permission(control)
    links = ground.network.links
    hours = travel_time(links.length_km, ground.speed, ground.cross_line(control), parameters, ground.delay)
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
        known = [replace(e, value=of_unknown) if np.isnan(e.value) else e for e in effects]
        bounds.append(painted(np.full(shape, np.nan), known, _smaller))
    return bounds[0], bounds[1]


def _quota(network: Network, days: int) -> Floats:
    """(time, link, direction, traffic) people or trucks a day that a link admits of itself; inf: no limit known."""
    people, trucks = network.links.people_per_day, network.links.trucks_per_day
    by_class = np.stack([people, people, trucks, trucks], axis=-1)
    quota = np.where(np.isnan(by_class), np.inf, by_class)[np.newaxis, :, np.newaxis, :]
    return np.broadcast_to(quota, (days, len(network.links), 2, len(TRAFFIC))).copy()
