"""How severe the constraints on access are, 0 to 5, at every place and day: nine indicators, of which five are derived.

The indicators and pillars are those of ACAPS' humanitarian access overview, each 0 (none) to 3 (extreme) or not known:

    people's access to aid      I1 denial of needs *       I2 people's access to services: can they leave?
    aid's access to people      I3 entry    I4 movement    I5 interference *    I6 violence against personnel *
    security and physical       I7 insecurity              I8 mines *           I9 physical: hours and routes

The four marked * are in no table of a scenario: they are always unknown. How indicators are weighed is an assumption of
this package, because ACAPS' own rule could not be read: a pillar is the worst of its known indicators (they go
together: a sum would count one road several times), and the whole is the mean of the pillars.

Nothing here is drawn, so severity has no members: access depends on conditions and on the opening population alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from displacement.network import Flags, Floats

DECIMALS = 9  # a threshold is met to so many decimals
INDICATORS = 9  # of ACAPS
PILLARS = (("people",), ("entry", "movement"), ("insecurity", "physical"))  # the derived indicators of each
SECURITY = ("people", "entry", "movement", "insecurity")  # all but the physical one
# Where each level begins to be no worse than 0, 1 and 2; assumptions but for the thresholds of the access rule.
EXIT_FROM = (0.8, 0.5, 0.2)
ENTRY_FROM = (0.75, 0.5, 1 / 3)
RELIABLE_FROM = (0.95, 0.6, 0.3)
NEAR, FAR = 12.0, 24.0  # hours to a hub
TWO_WAYS = 2  # separate routes, or crossings, from which there is one in reserve


def level(chance: ArrayLike, levels: tuple[float, float, float]) -> Floats:
    """0, 1, 2 or 3: how many of three falling thresholds a chance stays under.

    >>> level([1.0, 0.5, 0.2, 0.19], EXIT_FROM)
    array([0., 1., 2., 3.])
    """
    rounded, bounds = np.round(np.asarray(chance, float), DECIMALS), np.round(levels, DECIMALS)
    return np.asarray((rounded[..., np.newaxis] < bounds).sum(axis=-1), float)


def people_indicator(leaving: ArrayLike) -> Floats:
    """I2, people's access: from the sustained chance that civilians can leave their pocket (0.8, 0.5, 0.2).

    >>> people_indicator([1.0, 0.6, 0.1])
    array([0., 1., 3.])
    """
    return level(leaving, EXIT_FROM)


def entry_indicator(crossings: ArrayLike, hours: ArrayLike) -> Floats:
    """I3, entry into the country: two usable border crossings or more 0, one 1; none of any kind 3.

    Not known (NaN) where aid comes from a hub inside the country: what it took to get it there is not modelled.

    crossings : that aid can come by;  hours : to the nearest open hub, NaN where no way is left

    >>> entry_indicator([2, 1, 0, 0], [9.0, 9.0, 9.0, np.nan])
    array([ 0.,  1., nan,  3.])
    """
    crossings, hours = np.asarray(crossings), np.asarray(hours, float)
    return np.select([crossings >= TWO_WAYS, crossings == 1, np.isnan(hours)], [0.0, 1.0, 3.0], np.nan)


def movement_indicator(entry: ArrayLike) -> Floats:
    """I4, movement inside the country: from the sustained chance that land aid enters (0.75, 0.5, 1/3).

    >>> movement_indicator([0.75, 0.5, 0.34, 0.1])
    array([0., 1., 2., 3.])
    """
    return level(entry, ENTRY_FROM)


def insecurity_indicator(reliability: ArrayLike) -> Floats:
    """I7, insecurity: from the permission along today's best way in, whatever its capacity (0.95, 0.6, 0.3).

    >>> insecurity_indicator([1.0, 0.9, 0.4, 0.1])
    array([0., 1., 2., 3.])
    """
    return level(reliability, RELIABLE_FROM)


def physical_indicator(hours: ArrayLike, routes: ArrayLike) -> Floats:
    """I9, physical constraints: up to 12 hours from a hub 0 with two separate routes, else 1; up to 24 h 2; more 3.

    >>> physical_indicator([9.0, 9.0, 20.0, 30.0, np.nan], [2, 1, 2, 2, 0])
    array([0., 1., 2., 3., 3.])
    """
    hours, routes = np.asarray(hours, float), np.asarray(routes)
    near, far = hours <= NEAR, hours <= FAR
    return np.select([near & (routes >= TWO_WAYS), near, far], [0.0, 1.0, 2.0], 3.0)


def indicators(of: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """The five derived indicators.

    of : arrays of one shape: leaving and entry (both sustained), reliability, crossings, hours and routes (all today's)
    """
    return {
        "people": people_indicator(of["leaving"]),
        "entry": entry_indicator(of["crossings"], of["hours"]),
        "movement": movement_indicator(of["entry"]),
        "insecurity": insecurity_indicator(of["reliability"]),
        "physical": physical_indicator(of["hours"], of["routes"]),
    }


def agreed(low: Floats, high: Floats) -> Floats:
    """An indicator where both ends of what is not known give it; else not known (NaN).

    >>> agreed(np.array([3.0, 3.0]), np.array([3.0, 1.0]))
    array([ 3., nan])
    """
    return np.where(low == high, low, np.nan)


def worst(known: list[Floats]) -> Floats:
    """The greatest of several indicators, of those that are known; NaN where none is.

    >>> worst([np.array([1.0, np.nan]), np.array([np.nan, np.nan])])
    array([ 1., nan])
    """
    return np.asarray(np.fmax.reduce(known), float)


def severity(of: Mapping[str, Floats]) -> Floats:
    """0 to 5: ceil(5/3 x mean of the pillars), each pillar the worst of its known indicators.

    A pillar of which nothing is known is left out of the mean; NaN where nothing is known at all. of : indicators.

    >>> besieged_and_near = {"people": [3.0, 0.0], "entry": [3.0, np.nan], "movement": [3.0, 0.0]}
    >>> of = {**besieged_and_near, "insecurity": [3.0, 0.0], "physical": [3.0, 1.0]}
    >>> severity({name: np.array(values) for name, values in of.items()})
    array([5., 1.])
    """
    pillars = np.stack([worst([of[name] for name in names]) for names in PILLARS])
    known = np.isfinite(pillars)
    count = known.sum(axis=0)
    mean = np.divide(
        np.where(known, pillars, 0.0).sum(axis=0), count, where=count > 0, out=np.full(count.shape, np.nan)
    )
    return np.asarray(np.ceil(np.round(5.0 * mean / 3.0, DECIMALS)))


def unknown_count(of: Mapping[str, Floats]) -> NDArray[np.int8]:
    """How many of the nine indicators are not known: the four that are never derived, and those that are NaN.

    >>> unknown_count({"people": np.array([0.0]), "entry": np.array([np.nan])}).tolist()
    [8]
    """
    known = np.sum([np.isfinite(value) for value in of.values()], axis=0)
    return np.asarray(INDICATORS - known, np.int8)


def severities(low: Mapping[str, Floats], high: Mapping[str, Floats], nobody: Flags) -> dict[str, NDArray[np.generic]]:
    """Variables of severity, (time, place), from the indicators with the unknowns shut and open. nobody : (place,).

    Where nobody lives nothing is known. Physical and security are two layers, 0 to 3, of the same indicators.
    """
    of = {name: np.where(nobody, np.nan, agreed(low[name], high[name])) for name in low}
    return {
        "severity": severity(of),
        "severity_unknown": unknown_count(of),
        "severity_physical": of["physical"],
        "severity_security": worst([of[name] for name in SECURITY]),
    }
