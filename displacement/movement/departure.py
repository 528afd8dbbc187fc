"""Who wishes to leave: rates, what is felt of fighting elsewhere, and of a coming capture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from displacement.conditions import UNKNOWN
from displacement.network import Flags, Floats, Indices, Network


def departure_probability(rate: Floats, days: float = 1.0) -> Floats:
    """Chance of leaving within some days at a rate per day: 1 - exp(-rate days).

    >>> float(departure_probability(np.array(np.log(2.0))))
    0.5
    """
    return np.asarray(-np.expm1(-np.asarray(rate) * days))


def rate_of_share(share: Floats) -> Floats:
    """Total rate that makes a share leave: -ln(1 - share). The inverse of `departure_probability` over the whole time.

    >>> float(rate_of_share(np.array(0.5)))
    0.6931471805599453
    """
    return np.asarray(-np.log1p(-np.asarray(share, float)))


def felt_danger(intensity: Floats, felt_beside: Floats, spill: Floats) -> Floats:
    """(member, place) intensity + spill S: fighting here and what is felt of fighting near. May exceed 1.

    intensity : (place,);  felt_beside : (member, place), `Neighbours.felt`;  spill : (member, 1)

    >>> felt_danger(np.array([0.6, 0.0]), np.array([[0.0, 0.5]]), np.array([[0.3]]))
    array([[0.6 , 0.15]])
    """
    return np.asarray(intensity + spill * felt_beside)


def fighting_rate(base: Floats, danger: Floats) -> Floats:
    """Rate of leaving under fighting, 1/day: base min(1, danger).

    >>> fighting_rate(np.array(0.2), np.array([1.3, 0.15]))
    array([0.2 , 0.03])
    """
    return np.asarray(base * np.minimum(1.0, danger))


def capture_rate(by_hostile: Floats, by_other: Floats, share_hostile: Floats, share_other: Floats) -> Floats:
    """Rate of leaving before a capture, 1/day: -ln(1 - share) times the share of the flight that falls on the day.

    by_hostile, by_other : (place,) weights of the day (`conditions.capture_approach`);  shares : (member, 1) or floats.

    >>> capture_rate(np.array([0.5]), np.array([0.0]), 0.75, 0.4)
    array([0.69314718])
    """
    return np.asarray(by_hostile * rate_of_share(share_hostile) + by_other * rate_of_share(share_other))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of places near enough for fighting at one to be felt at the other, sorted by the place that feels."""

    feels: Indices  # (pair,) place
    source: Indices  # (pair,) place of the fighting
    km: Floats  # (pair,) along the network
    places: int

    @classmethod
    def of(cls, network: Network, reach_km: float, inhabited: Flags) -> Neighbours:
        """Pairs within 3 reaches along roads, open or not; sources are places with people."""
        count, links = len(network.places), network.links
        ends = (links.origin, links.destination)
        order = np.argsort(-links.length_km, kind="stable")
        shortest = np.zeros((count, count)) if count <= 1 else np.full((count, count), np.inf)
        if count > 1:
            near: dict[tuple[int, int], float] = {}
            for i in order:
                near[int(ends[0][i]), int(ends[1][i])] = float(links.length_km[i])
                near[int(ends[1][i]), int(ends[0][i])] = float(links.length_km[i])
            rows = np.array([pair[0] for pair in near], np.int64), np.array([pair[1] for pair in near], np.int64)
            graph = csr_array((np.array(list(near.values()), float), rows), shape=(count, count))
            shortest = dijkstra(graph, directed=False, limit=3.0 * reach_km)
        feels, source = np.nonzero(np.isfinite(shortest) & ~np.eye(count, dtype=bool) & inhabited)
        return cls(feels, source, shortest[feels, source], count)

    def weight(self, reach_km: Floats) -> Floats:
        """(member, pair) exp(-d / reach), and exactly 0 beyond 3 reaches. reach_km : (member, 1) or a float."""
        return np.where(self.km <= 3.0 * reach_km, np.exp(-self.km / reach_km), 0.0)

    def alarmed(self, held: Indices, days_lost: int) -> Flags:
        """(time, pair) does the party of the place that feels hold the other, or lost it in the last days?

        held : (time, place) party in control in the morning
        """
        mine, theirs = held[:, self.feels], held[:, self.source]
        found = mine == theirs
        for back in range(1, min(days_lost, len(held) - 1) + 1):
            found[back:] |= mine[back:] == theirs[:-back]
        return np.asarray(found & (mine != UNKNOWN))

    def felt(self, intensity: Floats, alarmed: Flags, weight: Floats) -> Floats:
        """(member, place) S_i = 1 - product over places k near i of (1 - intensity_k exp(-d_ik / reach)).

        intensity : (place,);  alarmed : (pair,);  weight : (member, pair)

        >>> pair = Neighbours(np.array([0]), np.array([1]), np.array([3.0]), 2)
        >>> pair.felt(np.array([0.0, 1.0]), np.array([True]), pair.weight(3.0)[np.newaxis]).round(4)
        array([[0.3679, 0.    ]])
        """
        felt = np.zeros((len(weight), self.places))
        active = np.flatnonzero(alarmed & (intensity[self.source] > 0))
        if len(active):
            spared = np.log1p(-np.minimum(intensity[self.source[active]] * weight[:, active], 1.0 - 1e-15))
            starts = np.flatnonzero(np.diff(self.feels[active], prepend=-1))
            felt[:, self.feels[active][starts]] = -np.expm1(np.add.reduceat(spared, starts, axis=1))
        return felt
