"""Every number of the model that is not a fact of one place: with unit, bounds, source and prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from displacement.errors import InputError, did_you_mean

TEN_PERCENT = 1.2815515655446004  # the standard normal's 90 % point
Prior = tuple[float, float, float]  # 10 %, 50 %, 90 % points
JUDGEMENT = "judgement; a starting value"
ASSUMPTION = "assumption"
NIL = 1e-12  # where the log and logit scales of priors end


def quantity(
    default: float,
    *,
    unit: str,
    low: float,
    high: float,
    what: str,
    source: str = JUDGEMENT,
    prior: tuple[float, float] | None = None,
) -> Any:
    """A parameter with its central value, unit, bounds, meaning, source and the 10 and 90 % points of its prior."""
    metadata = {"unit": unit, "low": low, "high": high, "what": what, "source": source, "prior": prior}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameters:
    """The model's numbers. A value is a float, or (member,) floats once drawn; all others of `priors` stay central."""

    # who leaves
    departure_rate: Any = quantity(
        0.2, unit="1/day", low=0, high=5, prior=(0.08, 0.5), what="rate of leaving under a ground assault (intensity 1)"
    )
    displaced_factor: Any = quantity(
        2.0, unit="1", low=1, high=20, prior=(1.3, 3.0), what="how much faster people already displaced leave again"
    )
    stayers: Any = quantity(
        0.3,
        unit="1",
        low=0,
        high=1,
        prior=(0.1, 0.5),
        what="share of residents who leave only when the place is captured",
    )
    spill: Any = quantity(
        0.3, unit="1", low=0, high=1, prior=(0.15, 0.5), what="intensity felt beside a place of intensity 1"
    )
    spill_reach: Any = quantity(
        3.0, unit="km", low=0.1, high=50, prior=(2.0, 5.0), what="distance at which spill falls by e; 0 beyond 3 of it"
    )
    capture_share_hostile: Any = quantity(
        0.8, unit="1", low=0, high=0.999, prior=(0.6, 0.92), what="share who leave when a hostile party takes the place"
    )
    capture_share_other: Any = quantity(
        0.4, unit="1", low=0, high=0.999, prior=(0.2, 0.65), what="share who leave when any other party takes it"
    )
    warning_days: Any = quantity(
        3, unit="day", low=0, high=3, what="people flee from this many days before a capture (0: that day and the next)"
    )
    capture_once_days: Any = quantity(
        30, unit="day", low=1, high=365, what="a place empties by capture once in this time"
    )
    lost_days: Any = quantity(
        3, unit="day", low=0, high=30, what="how long a lost place still alarms its old party's places"
    )
    daily_spread: Any = quantity(
        0.3, unit="1", low=0, high=2, what="standard deviation of the log of the daily multiplier on departure"
    )
    daily_memory: Any = quantity(
        0.7, unit="1", low=0, high=0.999, what="autocorrelation of that multiplier from day to day"
    )
    population_common: Any = quantity(
        0.5,
        unit="1",
        low=0,
        high=1,
        what="share of the variance of uncertain populations that all places have in common",
    )
    # where to
    horizon: Any = quantity(
        12.0, unit="hour", low=0.1, high=2000, what="longest trip that is considered, free of queues"
    )
    travel_day: Any = quantity(12.0, unit="hour", low=1, high=24, what="hours on the road in a day")
    softening: Any = quantity(1.0, unit="hour", low=0.01, high=100, what="added to the cost in the gravity kernel")
    power: Any = quantity(
        2.0, unit="1", low=0, high=10, prior=(1.4, 2.8), what="fall of the gravity kernel with cost",
        source="a distance power of 1.5-2 is flat on four historic conflicts",
    )  # fmt: skip
    size_power: Any = quantity(0.4, unit="1", low=0, high=2, what="rise of a place's pull with its opening population")
    pull_village: Any = quantity(0.3, unit="1", low=0, high=100, what="pull of a village, of a town of equal size 1")
    pull_camp: Any = quantity(
        2.0, unit="1", low=0, high=100, prior=(1.2, 3.3), what="pull of a camp, of a town of equal size 1"
    )
    pull_crossing: Any = quantity(
        2.0, unit="1", low=0, high=100, prior=(1.2, 3.3), what="pull of an open border crossing, of a town of 20,000 1"
    )
    hope: Any = quantity(
        0.6, unit="1", low=0, high=1, prior=(0.3, 0.85), what="pull of a shut crossing, of an open one 1"
    )
    caution: Any = quantity(
        3.0, unit="1", low=0, high=20, what="a destination's pull falls as (1 - intensity) to this power"
    )
    cross_party: Any = quantity(
        0.4, unit="1", low=0, high=1, prior=(0.2, 0.7), what="pull of a place that another, not hostile, party holds"
    )
    cross_line_settling: Any = quantity(0.0, unit="1", low=0, high=1, what="pull of a place that a hostile party holds")
    company: Any = quantity(
        0.1, unit="1", low=0, high=2, what="rise of pull with 1 + thousands of displaced people there"
    )
    patience: Any = quantity(3.0, unit="day", low=0.1, high=1000, what="wait at an open crossing that halves its pull")
    permission_price: Any = quantity(
        6.0, unit="hour", low=0, high=1000, what="cost of a path per unit of -log permission"
    )
    risk_price: Any = quantity(4.0, unit="hour", low=0, high=1000, what="cost of passing fire of the highest level")
    crossing_share: Any = quantity(
        0.0, unit="1", low=0, high=1, source=ASSUMPTION,
        what="share of the travel time over a crossing that counts in the choice of where to cross",
    )  # fmt: skip
    routes_per_origin: Any = quantity(12, unit="1", low=1, high=64, what="most destinations that an origin considers")
    town_size: Any = quantity(
        20_000, unit="people", low=1, high=1e9, what="towns of this size are considered before any village"
    )
    # who is refused
    retry_days: Any = quantity(
        14.0, unit="day", low=1, high=1000, what="a trapped person tries again once in this time"
    )
    lapse_rate: Any = quantity(
        0.02, unit="1/day", low=0, high=5, what="rate at which a trapped person gives up the wish"
    )
    # crossings and arrival
    irregular_rate: Any = quantity(
        0.002,
        unit="1/day",
        low=0,
        high=1,
        prior=(0.001, 0.004),
        what="rate of crossing a shut border, per waiting person",
    )
    give_up_rate: Any = quantity(
        0.1, unit="1/day", low=0, high=5, prior=(0.05, 0.2), what="rate at which a waiting person stops waiting"
    )
    medical_share: Any = quantity(
        0.005, unit="1", low=0, high=1, what="share of those who reach a crossing who are medical cases"
    )
    onward_rate: Any = quantity(
        0.03, unit="1/day", low=0, high=5, prior=(0.01, 0.1), what="rate of moving on from villages and border posts"
    )
    # roads
    checkpoint_hours: Any = quantity(0.25, unit="hour", low=0, high=24, what="delay per 25 km or part of it")
    cross_line_hours: Any = quantity(4.0, unit="hour", low=0, high=240, what="delay where a road crosses a front line")

    # vehicles and queues
    people_per_vehicle: Any = quantity(
        4.7, unit="people", low=1, high=200, what="people in a vehicle",
        source="100,600 people in 21,195 vehicles, Nagorno-Karabakh, September 2023",
    )  # fmt: skip
    on_foot: Any = quantity(0.0, unit="1", low=0, high=1, what="share who walk: vehicles do not hold them up")
    road_capacity: Any = quantity(
        1.0, unit="1", low=0.01, high=100, prior=(0.75, 1.33), what="factor on every stated capacity in vehicles"
    )
    start_up_hours: Any = quantity(
        0.0, unit="hour", low=0, high=240, what="time from the opening of a road until vehicles come through"
    )
    # whose rule
    hostile_rule_rate: Any = quantity(
        0.05, unit="1/day", low=0, high=5, prior=(0.01, 0.2),
        what="rate at which people of a party leave places that a party hostile to theirs holds",
    )  # fmt: skip
    # return, and the count abroad
    return_rate: Any = quantity(
        0.01, unit="1/day", low=0, high=1, prior=(0.003, 0.03), what="rate of going home once home is quiet"
    )
    quiet_days: Any = quantity(
        30, unit="day", low=1, high=365, what="days without fighting at home before anybody goes back"
    )
    registration_days: Any = quantity(
        2.0, unit="day", low=0.1, high=365, prior=(1.0, 5.0),
        what="mean time from arrival abroad until a refugee is counted",
        source="55,248 registered of 76,407 arrived, 91,924 of 100,625 five days later: Armenia, September 2023",
    )  # fmt: skip
    # aid: what is needed, and how it is carried
    aid_share: Any = quantity(
        0.4, unit="1", low=0, high=1, what="share of people who depend on aid where trade is free", source=ASSUMPTION
    )
    market_days: Any = quantity(
        14, unit="day", low=1, high=365, source=ASSUMPTION,
        what="households and markets hold stocks: dependence on aid follows trade over this time",
    )  # fmt: skip
    truck_load: Any = quantity(
        20.0, unit="tonnes", low=0.1, high=100, what="what a truck carries",
        source="18.8 to 21.7 t in three aid operations",
    )  # fmt: skip
    transshipment_hours: Any = quantity(
        6.0, unit="hour", low=0, high=240, what="time that aid loses at a border crossing", source=ASSUMPTION
    )
    duty: Any = quantity(
        0.5, unit="1", low=0.05, high=1, what="share of the day in which a truck is on the road", source=ASSUMPTION
    )
    buffer_days: Any = quantity(
        20.0, unit="day", low=0, high=365, source=ASSUMPTION,
        what="cover that dispatch builds up at places once today's need is met",
    )  # fmt: skip
    sure_from: Any = quantity(
        0.75, unit="1", low=0, high=1, source=ASSUMPTION,
        what="places that aid enters with a smaller chance than this are stocked before all others",
    )  # fmt: skip
    warning_lead_days: Any = quantity(
        0, unit="day", low=0, high=365, source=ASSUMPTION,
        what="places that aid will lose within this time are stocked first (0: nobody is warned)",
    )  # fmt: skip
    warned_buffer_days: Any = quantity(
        60.0, unit="day", low=0, high=3660, what="cover that is built up at a place once it is warned",
        source=ASSUMPTION,
    )  # fmt: skip
    opening_cover: Any = quantity(
        7.0, unit="day", low=0, high=3660, prior=(2.0, 21.0), source=ASSUMPTION,
        what="stock at the start, in days of need, where aid comes on the first day and no stock is stated",
    )  # fmt: skip
    ration_days: Any = quantity(
        0.0, unit="day", low=0, high=3660, source=ASSUMPTION,
        what="places that aid cannot reach stretch their stock over this time (0: they do not)",
    )  # fmt: skip
    # people and aid act on each other
    hunger_rate: Any = quantity(
        0.02, unit="1/day", low=0, high=5, prior=(0.005, 0.06),
        what="rate of leaving where all need is unmet, beyond what was usual when the scenario opens",
    )  # fmt: skip
    hunger_tolerance: Any = quantity(
        0.25, unit="1", low=0, high=0.99, prior=(0.1, 0.5),
        what="share of all need that may go unmet, beyond what was usual, before anybody leaves for it",
    )  # fmt: skip
    hunger_days: Any = quantity(
        7.0, unit="day", low=1, high=365, what="people feel the mean of unmet need over about this time"
    )
    hunger_aversion: Any = quantity(
        1.0, unit="1", low=0, high=20, what="a destination's pull falls as (1 - unmet share) to this power"
    )
    truck_vehicles: Any = quantity(
        2.0, unit="vehicles", low=0, high=20, what="vehicles whose room a truck takes on a road", source=ASSUMPTION
    )

    priors: Mapping[str, Prior] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for f in self.quantities():
            value, m = getattr(self, f.name), f.metadata
            if not _within(value, m["low"], m["high"]):
                raise InputError(f"{f.name} = {value} {m['unit']}: must lie in [{m['low']}, {m['high']}]")
        object.__setattr__(self, "priors", dict(self._default_priors() if not self.priors else self.priors))
        for f in (f for f in self.quantities() if f.name in self.priors):
            low, median, high = self.priors[f.name]
            if not f.metadata["low"] <= low <= median <= high <= f.metadata["high"]:
                bounds = f"{f.metadata['low']} <= low <= median <= high <= {f.metadata['high']}"
                raise InputError(f"prior of {f.name} = {(low, median, high)} {f.metadata['unit']}: must have {bounds}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and all(
            np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in self.quantities()
        ) and self.priors == other.priors  # fmt: skip

    __hash__ = object.__hash__

    @classmethod
    @cache
    def quantities(cls) -> tuple[Field[Any], ...]:
        """The parameters themselves, in order."""
        return tuple(f for f in fields(cls) if f.name != "priors")

    def _default_priors(self) -> dict[str, Prior]:
        """A prior follows its centre: the spread of the default, moved on the log or logit scale."""
        found = {}
        for f in self.quantities():
            if f.metadata["prior"] is not None and np.ndim(value := getattr(self, f.name)) == 0:
                low, high = f.metadata["prior"]
                found[f.name] = (move(f, low, value), float(value), move(f, high, value))
        return found

    def with_values(self, values: Mapping[str, Any]) -> Parameters:
        """These parameters with some replaced: a number moves the centre, (low, median, high) sets the prior too."""
        known = {f.name: f for f in self.quantities()}
        problems = [f"unknown parameter {key!r}{did_you_mean(key, known)}" for key in values if key not in known]
        if problems:
            raise InputError(problems)
        priors, centres = dict(self.priors), {}
        for key, value in values.items():
            centre = centres[key] = value[1] if isinstance(value, tuple) else value
            prior = known[key].metadata["prior"]
            if isinstance(value, tuple):
                priors[key] = value
            elif prior is not None:
                priors[key] = (move(known[key], prior[0], centre), float(centre), move(known[key], prior[1], centre))
        return replace(self, **centres, priors=priors)

    def drawn(self, deviates: Mapping[str, NDArray[np.float64]]) -> Parameters:
        """These parameters at standard normal deviates (member,) of their priors."""
        known = {f.name: f for f in self.quantities()}
        values: dict[str, Any] = {name: at_deviate(known[name], self.priors[name], z) for name, z in deviates.items()}
        return replace(self, **values)


def _within(value: Any, low: float, high: float) -> bool:
    if isinstance(value, int | float):
        return bool(low <= value <= high)
    return bool(np.all((np.asarray(value) >= low) & (np.asarray(value) <= high)))


def _is_share(f: Field[Any]) -> bool:
    """A share lives in (0, 1): its prior is spread on the logit scale, any other on the log scale."""
    return f.metadata["unit"] == "1" and f.metadata["high"] <= 1


def _scale(f: Field[Any], x: Any) -> Any:
    share = _is_share(f)
    high = 1 - NIL if share else np.inf
    x = min(max(x, NIL), high) if isinstance(x, int | float) else np.clip(x, NIL, high)
    return np.log(x / (1 - x)) if share else np.log(x)


def _back(f: Field[Any], y: Any) -> Any:
    return 1 / (1 + np.exp(-y)) if _is_share(f) else np.exp(y)


def move(f: Field[Any], point: float, centre: float) -> float:
    """A point of the default prior, moved as the centre moves from the default: same distance on the prior's scale.

    >>> rate = Parameters.quantities()[0]
    >>> round(move(rate, 0.08, 0.4), 3)
    0.16
    """
    if centre == f.default or not f.metadata["low"] + NIL < centre < f.metadata["high"] - NIL:
        return float(point if centre == f.default else centre)
    moved = _back(f, _scale(f, point) + _scale(f, centre) - _scale(f, f.default))
    return float(np.clip(moved, f.metadata["low"], f.metadata["high"]))


def at_deviate(f: Field[Any], prior: Prior, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at standard normal deviates z: the prior's three points lie at z = -1.28, 0 and 1.28, straight between.

    Shares on the logit scale, everything else on the log scale; cut at the parameter's bounds.

    >>> rate = Parameters.quantities()[0]
    >>> at_deviate(rate, (0.1, 0.2, 0.8), np.array([-TEN_PERCENT, 0.0, TEN_PERCENT])).round(6)
    array([0.1, 0.2, 0.8])
    """
    low, centre, high = prior
    if low == centre == high or centre <= 0 or (_is_share(f) and centre >= 1):
        return np.full(np.shape(z), float(centre))
    middle = _scale(f, centre)
    below, above = middle - _scale(f, low), _scale(f, high) - middle
    values = _back(f, middle + np.where(z < 0, below, above) * z / TEN_PERCENT)
    return np.clip(values, f.metadata["low"], f.metadata["high"])
