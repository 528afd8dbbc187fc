"""What varies between members before anything happens: parameters, populations and a daily multiplier on departure.

Counts alone vary far too little. Each source has named streams of its own and can be switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from displacement.network import Floats, Network, Places
from displacement.parameters import TEN_PERCENT, Parameters
from displacement.scenario import Scenario
from displacement.streams import Draws, Expected, stream_key

SOURCES = ("parameters", "populations", "daily", "conditions", "counts")
POPULATIONS = "populations"  # among deviates that are handed in: what all places have in common


@dataclass(frozen=True, eq=False, kw_only=True)
class Members:
    """A block of members as drawn: (member,) parameters, (member, place) people, (member, time) multipliers."""

    parameters: Parameters
    residents: Floats
    displaced: Floats
    multiplier: Floats


def uncertain_count(central: Floats, low: Floats, high: Floats, deviate: Floats) -> Floats:
    """Counts whose 10, 50 and 90 % points are low, central and high, at standard normal deviates.

    central exp(z s), s = ln(high / central) / 1.28 above and ln(central / low) / 1.28 below the centre; straight
    instead of exponential where a point is 0; central where a bound is unknown.

    >>> at = np.array([-1.2815515655446004, 0.0, 1.2815515655446004])
    >>> uncertain_count(np.array(100.0), np.array(50.0), np.array(150.0), at).round(6)
    array([ 50., 100., 150.])
    >>> uncertain_count(np.array(0.0), np.array(0.0), np.array(500.0), at).round(6)
    array([  0.,   0., 500.])
    """
    bound = np.where(deviate < 0, low, high)
    away = np.abs(deviate) / TEN_PERCENT
    positive = (central > 0) & (bound > 0)
    ratio = np.divide(bound, central, out=np.ones(np.broadcast_shapes(bound.shape, np.shape(central))), where=positive)
    value = np.where(positive, central * ratio**away, np.maximum(central + (bound - central) * away, 0.0))
    return np.asarray(np.where(np.isnan(bound), central, value))


def place_deviates(
    places: Places, draws: Draws, size: int, common_share: float, common: Floats | None = None
) -> Floats:
    """(member, place) standard normal deviates with a share of their variance in common between all places.

    common : (member,) what they have in common; drawn unless it is given
    """
    common = common_deviate(draws, size) if common is None else common
    own = np.stack([draws.normal("population", size, key=stream_key(name)) for name in places.id], axis=1)
    return np.asarray(np.sqrt(common_share) * common[:, np.newaxis] + np.sqrt(1.0 - common_share) * own)


def common_deviate(draws: Draws, size: int) -> Floats:
    """(member,) standard normal deviate of people everywhere, as `place_deviates` draws it."""
    return draws.normal("population of all", size)


def parameter_deviates(draws: Draws, names: Iterable[str], size: int) -> dict[str, Floats]:
    """(member,) standard normal deviate of each named prior, as a run draws it."""
    return {name: draws.normal(f"parameter {name}", size) for name in sorted(names)}


def departure_multiplier(draws: Draws, size: int, days: int, spread: float, memory: float) -> Floats:
    """(member, time) daily multiplier on departure: exp(s z_t - s^2 / 2), z_t = r z_{t-1} + sqrt(1 - r^2) e_t; mean 1.

    spread s is the standard deviation of its logarithm, memory r its autocorrelation from day to day.
    """
    z = np.empty((size, days))
    for day in range(days):
        fresh = draws.normal("daily departure", size, day=day)
        z[:, day] = fresh if day == 0 else memory * z[:, day - 1] + np.sqrt(1.0 - memory**2) * fresh
    return np.exp(spread * z - spread**2 / 2.0)


def draw_members(
    scenario: Scenario,
    draws: Draws,
    size: int,
    uncertainty: tuple[str, ...],
    deviates: Mapping[str, Floats] | None = None,
) -> Members:
    """Draw a block of members; sources that are switched off stay central.

    deviates : (member,) standard normal deviates to use in place of those drawn, by the name of a parameter, or of what
        the populations of all places have in common (`POPULATIONS`); whatever the sources
    """
    parameters, network = scenario.parameters, scenario.network
    central: Draws = Expected()
    given = dict(deviates or {})
    common = given.pop(POPULATIONS, None)
    drawn_here = parameter_deviates(draws, parameters.priors, size) if "parameters" in uncertainty else {}
    drawn = parameters.drawn(drawn_here | given) if drawn_here | given else parameters
    of_people = draws if "populations" in uncertainty else central
    z = place_deviates(network.places, of_people, size, float(parameters.population_common), common)
    residents, displaced = opening_people(network, z)
    of_days = draws if "daily" in uncertainty else central
    spread = float(parameters.daily_spread) if "daily" in uncertainty else 0.0
    return Members(
        parameters=drawn,
        residents=residents,
        displaced=displaced,
        multiplier=departure_multiplier(of_days, size, scenario.days, spread, float(parameters.daily_memory)),
    )


def opening_people(network: Network, deviates: Floats) -> tuple[Floats, Floats]:
    """(member, place) people at home and displaced; one deviate a place serves both, places outside hold none."""
    places = network.places
    residents = uncertain_count(places.residents, places.population_low, places.population_high, deviates)
    residents = np.where(places.outside, 0.0, residents)
    displaced = uncertain_count(places.opening_displaced, places.displaced_low, places.displaced_high, deviates)
    return residents, displaced
