"""Where a given inflow goes: shares of sites from fighting, people and open roads. No count of any site goes in.

A person of an origin z ends at a site j by half a random walk over open roads and half a choice by distance:

    walk     : step to a neighbour ~ (10 + km)^-2.5, absorbed at the first open site
    distance : (30 + km of the shortest open way)^-1
    S_j      = sum over z of w_z P_zj / sum over j,   w_z = people_z^0.5 [fighting there] exp(-days since it began / 30)

Of the sites of a country, the one opened last counts ten times: a camp is opened because the others are full, and new
arrivals are brought there. New arrivals follow those before them in part: 0.4 of them go by where people already are.

The numbers are those that did best on four historic conflicts together; scores choose them without the one scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from scipy.sparse.csgraph import dijkstra

from displacement.network import TRAFFIC, Flags, Floats, Indices, Network
from displacement.parameters import quantity

NEVER = 10**6  # days
LEAST_PEOPLE = 1e-6  # at open sites, below which there is nobody to follow
LEAST_KM = 1e-3  # a road of no length would be taken for none


@dataclass(frozen=True, kw_only=True)
class Pull:
    """The numbers of the split."""

    step_km: Any = quantity(10.0, unit="km", low=1, high=200, what="added to a road's length in the walk")
    step_power: Any = quantity(2.5, unit="1", low=0.5, high=5, what="fall of a step's chance with length")
    way_km: Any = quantity(30.0, unit="km", low=1, high=500, what="added to the shortest way")
    way_power: Any = quantity(1.0, unit="1", low=0, high=4, what="fall of a site's pull with the shortest way")
    walk: Any = quantity(0.5, unit="1", low=0, high=1, what="share of people who walk; the others go by distance")
    size_power: Any = quantity(0.5, unit="1", low=0, high=1.5, what="rise of those who leave with people there")
    memory: Any = quantity(30.0, unit="day", low=1, high=1e6, what="time in which an outbreak of fighting fades by e")
    newest: Any = quantity(10.0, unit="1", low=1, high=1e6, what="pull of the site of a country opened last, others 1")
    follow: Any = quantity(0.4, unit="1", low=0, high=0.95, what="share of arrivals who go where people already are")


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What the split reads of a scenario, by day."""

    network: Network
    sites: Indices  # (site,) places
    road: Flags  # (day, arc) may civilians pass?
    open: Flags  # (day, site)
    opened: Floats  # (site,) day on which an event opened it; -inf if it was open at first
    fighting: Flags  # (day, place)

    @cached_property
    def age(self) -> Floats:
        """(day, place) days since fighting first began there; `NEVER` where it has not."""
        day = np.arange(len(self.fighting))[:, np.newaxis]
        first = np.where(self.fighting.any(axis=0), self.fighting.argmax(axis=0), NEVER)
        return np.where(day >= first, day - first, NEVER).astype(float)

    @cached_property
    def country(self) -> Indices:
        """(site,) a number for each country."""
        return np.unique(np.array(self.network.places.country)[self.sites], return_inverse=True)[1]

    def until(self, day: int, days: int) -> Ground:
        """What was so on a day holds on all later days: nothing dated after it is known. days : in all."""
        rows = np.minimum(np.arange(days), day)
        known = np.where(self.opened <= day, self.opened, -np.inf)
        return Ground(
            network=self.network, sites=self.sites, road=self.road[rows], open=self.open[rows], opened=known,
            fighting=self.fighting[rows],
        )  # fmt: skip


def ground_of(network: Network, conditions: xr.Dataset, sites: Sequence[str]) -> Ground:
    """The ground of a compiled scenario. A road with an unknown permission is taken to be open."""
    of_people = conditions["permission_high"].sel(traffic=TRAFFIC[0]).transpose("time", "link", "direction")
    is_open = conditions["site_open"].sel(place=list(sites)).values > 0
    late = is_open.any(axis=0) & ~is_open[0]
    return Ground(
        network=network,
        sites=np.array([network.places.index(s) for s in sites]),
        road=of_people.values.reshape(len(of_people), -1) > 0,
        open=is_open,
        opened=np.where(late, is_open.argmax(axis=0), -np.inf),
        fighting=conditions["intensity"].values > 0,
    )


def kilometres(network: Network, road: Flags) -> Floats:
    """(place, place) length of the shortest open road between neighbours; inf where there is none. road : (arc,)"""
    n = len(network.places)
    found = np.full((n, n), np.inf)
    arcs = np.flatnonzero(road)
    np.minimum.at(found, (network.arc_origin[arcs], network.arc_destination[arcs]), network.links.length_km[arcs // 2])
    return found


def absorbed(step: Floats, absorbing: Flags) -> Floats:
    """(place, absorbing place) chance that a walk which starts at a place ends there; 0 for those that never end.

    B = (I - Q)^-1 R,  Q steps among places that do not absorb, R from them to those that do

    step : (place, place) chances, rows that sum to 1 or to 0. Kemeny and Snell, Finite Markov Chains (1960), 3.3.

    >>> step = np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> absorbed(step, np.array([False, True, True]))[0]
    array([0.5, 0.5])
    """
    free = ~absorbing
    found = np.zeros((len(step), int(absorbing.sum())))
    found[absorbing] = np.eye(int(absorbing.sum()))
    passing = step[np.ix_(free, free)] * (1.0 - 1e-9)  # a part of the map without any site would be singular
    found[free] = np.linalg.solve(np.eye(int(free.sum())) - passing, step[np.ix_(free, absorbing)])
    return found


def destinations(ground: Ground, day: int, pull: Pull) -> Floats:
    """(place, site) chance that somebody who leaves a place on a day ends at a site; rows sum to 1, or 0 if cut off."""
    km = kilometres(ground.network, ground.road[day])
    near = np.where(np.isfinite(km), (pull.step_km + np.where(np.isfinite(km), km, 0.0)) ** -pull.step_power, 0.0)
    shut = ground.sites[~ground.open[day]]
    near[:, shut] = 0.0
    near[shut] = 0.0
    is_site = np.zeros(len(km), bool)
    is_site[ground.sites] = True
    order = np.searchsorted(np.flatnonzero(is_site), ground.sites)
    walked = absorbed(rows_to_one(near), is_site)[:, order] * ground.open[day]
    way = dijkstra(np.where(np.isfinite(km), np.maximum(km, LEAST_KM), 0.0))[:, ground.sites]
    far = np.where(np.isfinite(way), (pull.way_km + np.where(np.isfinite(way), way, 0.0)) ** -pull.way_power, 0.0)
    return np.asarray(pull.walk * rows_to_one(walked) + (1.0 - pull.walk) * rows_to_one(far * ground.open[day]))


def rows_to_one(weight: Floats) -> Floats:
    """Rows as shares; a row of zeros stays.

    >>> rows_to_one(np.array([[1.0, 3.0], [0.0, 0.0]]))
    array([[0.25, 0.75],
           [0.  , 0.  ]])
    """
    total = weight.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0))


def leaving(ground: Ground, pull: Pull) -> Floats:
    """(day, place) weight of those who leave, w_z above; of no unit."""
    places = ground.network.places
    people = np.nan_to_num(places.residents + places.opening_displaced)
    return np.asarray(people**pull.size_power * ground.fighting * np.exp(-ground.age / pull.memory))


def newest(ground: Ground, day: int) -> Flags:
    """(site,) is it the open site of its country that was opened last, by an event?"""
    opened = np.where(ground.open[day] & (ground.opened <= day), ground.opened, -np.inf)
    last = np.full(ground.country.max() + 1, -np.inf)
    np.maximum.at(last, ground.country, opened)
    return np.asarray(np.isfinite(opened) & (opened == last[ground.country]))


def to_the_newest(share: Floats, ground: Ground, day: int, pull: Pull) -> Floats:
    """(site,) shares with each country's own in favour of its newest site; what a country gets stays."""
    weight = share * np.where(newest(ground, day), pull.newest, 1.0)
    before, after = (np.bincount(ground.country, x)[ground.country] for x in (share, weight))
    return np.asarray(np.divide(weight * before, after, out=np.zeros_like(share), where=after > 0))


def shares(ground: Ground, pull: Pull) -> Floats:
    """(day, site) shares of an inflow, each day's sum to 1.

    A day on which nobody leaves, or no site can be reached, has those of the day before; before any, equal parts of
    the open sites.
    """
    weight, known = leaving(ground, pull), dict[bytes, Floats]()
    found = np.zeros(ground.open.shape)
    before = rows_to_one(ground.open[:1].astype(float))[0]
    for day in range(len(found)):
        state = ground.road[day].tobytes() + ground.open[day].tobytes()
        if state not in known:
            known[state] = destinations(ground, day, pull)
        total = weight[day] @ known[state]
        if total.sum() > 0:
            before = to_the_newest(total / total.sum(), ground, day, pull)
        found[day] = before
    return found


def cold_start(total: Floats, share: Floats, follow: float) -> Floats:
    """(day, site) people from a total alone: each day's rise is shared out, a fall scales all down.

    x_j(t) = x_j(t - 1) + rise (follow x_j / sum of x over open sites + (1 - follow) S_j)

    total : (day,) people;  share : (day, site). A site without a share takes nobody.

    >>> cold_start(np.array([10.0, 20.0, 10.0]), np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]), 0.0)
    array([[ 5. ,  5. ],
           [15. ,  5. ],
           [ 7.5,  2.5]])
    """
    found = np.zeros(share.shape)
    people, before = np.zeros(share.shape[1]), 0.0
    for day, now in enumerate(total):
        if now < before:
            people = people * now / before
        else:
            there = people * (share[day] > 0)
            nobody = there.sum() < LEAST_PEOPLE
            part = share[day] if nobody else follow * (there / there.sum()) + (1.0 - follow) * share[day]
            people = people + (now - before) * part
        found[day], before = people, now
    return found


def assimilated(total: float, last: Floats, inflow: Floats, share: Floats, trust: float = 0.5) -> Floats:
    """(site,) people: the last counts, and the rest of a total by recent inflow and by the shares of the split.

    x_j = last_j + (total - sum of last) (trust inflow_j / sum of inflow + (1 - trust) S_j); a total below the last
    counts scales them down.

    last : (site,) people;  inflow : (site,) people lately come, 0 or more;  share : (site,)

    >>> assimilated(130.0, np.array([60.0, 40.0]), np.array([10.0, 0.0]), np.array([0.5, 0.5]))
    array([82.5, 47.5])
    """
    rest = total - last.sum()
    if rest < 0:
        return last * total / last.sum()
    recent = inflow / inflow.sum() if inflow.sum() > 0 else share
    return np.asarray(last + rest * (trust * recent + (1.0 - trust) * share))
