"""Permission and travel time: the chance that an attempt passes a link, and how long the link takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from displacement.network import Floats, Indices, Network
from displacement.parameters import Parameters

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


def travel_time(
    length_km: Floats,
    speed_kmh: Floats,
    cross_line: NDArray[np.bool_],
    parameters: Parameters,
    delay: Floats | float = 0.0,
) -> Floats:
    """(time, link) hours: length / speed + checkpoint_hours ceil(length / 25 km) + cross_line_hours on a front + delay.

    length_km : (link,);  speed_kmh : (link,) or (time, link);  cross_line : (time, link) are the ends held by different
    parties?  delay : (time, link) hours at the slowest checkpoint that an event sets up.

    >>> travel_time(np.array([30.0]), np.array([60.0]), np.array([[False], [True]]), Parameters()).ravel()
    array([1., 5.])
    """
    free = length_km / speed_kmh + parameters.checkpoint_hours * np.ceil(length_km / 25.0)
    return np.asarray(free + parameters.cross_line_hours * cross_line + delay)


def danger_permission(network: Network, fire: Floats, contested: Floats, refusal: Floats) -> Floats:
    """(time, link, traffic) the worst of fire on the link, a contested end and refusal at a checkpoint.

    min(FIRE_PERMISSION[fire], CONTESTED_PERMISSION if an end is contested, 1 - refusal). fire : (time, link) 0-4;
    contested : (time, place) 1 or 0;  refusal : (time, link, traffic) share turned back.
    """
    ends = np.maximum(contested[:, network.links.origin], contested[:, network.links.destination])
    of_contest = np.where(ends[..., np.newaxis] > 0, CONTESTED_PERMISSION, 1.0)
    return np.minimum(np.minimum(FIRE_PERMISSION[fire.astype(np.int64)], of_contest), 1.0 - refusal)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What permission is folded from: everything but control. Shapes (time, link...) and (time, party, party)."""

    network: Network
    physical: Floats  # (time, link) 1 or 0
    policy: tuple[Floats, Floats]  # (time, link, direction, traffic) low and high, NaN where there is none
    danger: Floats  # (time, link, traffic) the worst of fire, contested ends and refusal
    relation: Indices  # (time, party, party) row of RELATION_PERMISSION
    speed: Floats  # (time, link) km/h, as the weather allows
    delay: Floats  # (time, link) hours at checkpoints

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
