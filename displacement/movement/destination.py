"""Where people go: how much each option pulls, and the shares that choose it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from displacement.network import Floats, Indices, Network
from displacement.parameters import Parameters
from displacement.routes import Gates, Pull, gravity_kernel

SMALLEST = 1_000.0  # a new camp or an empty village pulls as one of this size


def size_pull(people: Floats, size_power: Floats | float, town_size: Floats | float) -> Floats:
    """(people / town_size)^size_power: a town of town_size pulls 1. Places are counted as 1,000 people at least.

    >>> size_pull(np.array([20_000.0, 0.0]), 0.5, 20_000.0).round(3)
    array([1.   , 0.224])
    """
    return np.asarray((np.maximum(people, SMALLEST) / town_size) ** size_power)


def safety(danger: Floats, caution: Floats | float) -> Floats:
    """(1 - danger)^caution: what fighting at a place, or felt there, leaves of its pull.

    >>> safety(np.array([0.0, 0.5, 1.0]), 2.0)
    array([1.  , 0.25, 0.  ])
    """
    return np.asarray((1.0 - np.minimum(danger, 1.0)) ** caution)


def headroom(present: Floats, capacity: Floats) -> Floats:
    """1 / (1 + (present / planned capacity)^2): a site at its planned capacity pulls half; 1 where none is planned.

    It lowers the pull and turns nobody away: real camps overfill, and the overfill is an output.

    >>> headroom(np.array([0.0, 500.0, 500.0]), np.array([500.0, 500.0, np.nan]))
    array([1. , 0.5, 1. ])
    """
    planned = np.where(np.isnan(capacity), np.inf, np.maximum(capacity, 1.0))
    return np.asarray(1.0 / (1.0 + (present / planned) ** 2))


def company_pull(displaced: Floats, company: Floats | float) -> Floats:
    """(1 + displaced / 1,000)^company: people go where others from home have gone.

    >>> company_pull(np.array([0.0, 3_000.0]), 0.5)
    array([1., 2.])
    """
    return np.asarray((1.0 + displaced / 1_000.0) ** company)


def crossing_pull(waiting: Floats, capacity: Floats, hope: Floats | float, patience: Floats | float) -> Floats:
    """Pull of a crossing, of an open and empty one 1: `hope` if shut, else 1 / (1 + days of queue / patience).

    waiting, capacity (people a day; 0 is shut, inf unlimited) : (member, gate);  hope, patience : (member, 1)

    >>> crossing_pull(np.array([[0.0, 600.0, 5.0]]), np.array([[0.0, 200.0, np.inf]]), 0.5, 3.0)
    array([[0.5, 0.5, 1. ]])
    """
    days = np.divide(waiting, capacity, out=np.zeros(np.shape(waiting)), where=capacity > 0)
    return np.asarray(np.where(capacity > 0, 1.0 / (1.0 + days / patience), hope))


def plenty(unmet: Floats, aversion: Floats) -> Floats:
    """(member, place) pull of a place where part of the need is unmet, of one where none is: (1 - unmet)^aversion.

    >>> plenty(np.array([[0.0, 0.5]]), np.array([[1.0]]))
    array([[1. , 0.5]])
    """
    return np.asarray((1.0 - np.clip(unmet, 0.0, 1.0)) ** aversion)


def kind_weight(network: Network, gates: Gates, parameters: Parameters) -> Floats:
    """(option,) or (member, option) weight of each place's kind, then of each gate out of the country.

    Nobody settles at a junction, a front-line post or a border post; a border post is reached by its gate.
    """
    village, camp, crossing = (
        np.reshape(x, (-1, 1)) for x in (parameters.pull_village, parameters.pull_camp, parameters.pull_crossing)
    )
    kinds = np.array(network.places.kind)
    town = np.isin(kinds, ["town", "region"]).astype(float)
    of_places = village * (kinds == "village") + town + camp * (kinds == "camp")
    of_gates = crossing * gates.leaves
    rows = max(len(of_places), len(of_gates))
    wide = [np.broadcast_to(part, (rows, part.shape[1])) for part in (of_places, of_gates)]
    return np.concatenate(wide, axis=1)


def opening_pull(network: Network, gates: Gates, parameters: Parameters) -> Pull:
    """What each option is worth at the start, for choosing which routes are enumerated."""
    people = np.nan_to_num(network.places.population) + network.places.opening_displaced
    size = size_pull(people, parameters.size_power, parameters.town_size)
    weight = kind_weight(network, gates, parameters)[0] * np.concatenate([size, np.ones(len(gates))])
    kinds = np.array(network.places.kind)
    big = (kinds == "camp") | ((people >= parameters.town_size) & np.isin(kinds, ["town", "region"]))
    return Pull(weight=weight, first=np.concatenate([big, np.ones(len(gates), bool)]))


def gravity(cost: Floats, parameters: Parameters) -> Floats:
    """(member, cost...) choice kernel (softening + cost)^-power."""
    softening, power = (np.reshape(x, (-1, *[1] * cost.ndim)) for x in (parameters.softening, parameters.power))
    return gravity_kernel(cost, softening, power)


def logit(cost: Floats, parameters: Parameters) -> Floats:
    """(member, cost...) choice kernel exp(-power cost / (softening + 1 hour)): no pull left at long distance.

    >>> logit(np.array([0.0]), Parameters())
    array([[1.]])
    """
    softening, power = (np.reshape(x, (-1, *[1] * cost.ndim)) for x in (parameters.softening, parameters.power))
    return np.asarray(np.exp(-power * cost / (softening + 1.0)))


CHOICES = {"gravity": gravity, "logit": logit}


def choice_share(pull: Floats) -> Floats:
    """(..., choice) pull over the sum of pulls; 0 where nothing pulls.

    >>> choice_share(np.array([[1.0, 3.0], [0.0, 0.0]]))
    array([[0.25, 0.75],
           [0.  , 0.  ]])
    """
    total = pull.sum(axis=-1, keepdims=True)
    return np.divide(pull, total, out=np.zeros_like(pull), where=total > 0)


def at_slots(values: NDArray[Any], slots: Indices, empty: float) -> NDArray[Any]:
    """(place, choice) values (route,) at the routes that each place considers; `empty` where there is none.

    >>> at_slots(np.array([7, 8]), np.array([[1, -1]]), 0)
    array([[8, 0]])
    """
    return np.append(values, np.asarray(empty, values.dtype))[slots]  # NOBODY is -1: the value appended
