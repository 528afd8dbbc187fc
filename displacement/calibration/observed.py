"""What parameters are calibrated to: observations, which of a table may be used, and what a run says about each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from displacement.calibration.floors import COUNT_ERROR
from displacement.calibration.likelihood import log_chance_between, log_density
from displacement.errors import InputError, did_you_mean
from displacement.network import Floats
from displacement.scenario import Scenario
from displacement.variables import VARIABLES

PERSON_PLACE = ("member", "time", "place")
CAN_BE_SEEN = tuple(name for name, v in VARIABLES.items() if v.dims == PERSON_PLACE and v.units.startswith("people"))


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A count of a variable at a place or named group of places on a day: a value, or bounds where only they are known.

    error : standard deviation of the log of the count. With a value, low and high are not used.
    """

    variable: str
    place: str
    date: dt.date
    value: float | None = None
    low: float | None = None
    high: float | None = None
    error: float = COUNT_ERROR
    source: str = ""

    def log_likelihood(self, projected: Floats, error: Floats) -> Floats:
        """(member,) log likelihood of a projection, error being that of count and model together."""
        if self.value is not None:
            return log_density(self.value, projected, error)
        high = np.inf if self.high is None else self.high
        return log_chance_between(self.low or 0.0, high, projected, error)

    def __str__(self) -> str:
        return f"{self.variable} at {self.place} on {self.date}: {self.said}"

    @property
    def said(self) -> str:
        """What was counted, in words."""
        if self.value is not None:
            return f"{self.value:,.0f}"
        bounds = [("at least", self.low), ("at most", self.high)]
        return ", ".join(f"{word} {bound:,.0f}" for word, bound in bounds if bound is not None)

    def problems(self, scenario: Scenario) -> Iterator[str]:
        """What is wrong with it, for a scenario."""
        yield from self._problems_of_names(scenario)
        numbers = [("value", self.value), ("low", self.low), ("high", self.high)]
        given = [(name, x) for name, x in numbers if x is not None]
        if not given:
            yield f"{self}: neither a value nor a bound"
        for name, x in given:
            if not (np.isfinite(x) and x > 0):
                yield f"{self}: {name} = {x:g}: must be above 0 (errors are of logs); say `high` for few or none"
        if self.low is not None and self.high is not None and not self.low < self.high:
            yield f"{self}: low = {self.low:g} must be below high = {self.high:g}"
        if not self.error > 0:
            yield f"{self}: error = {self.error}: must be above 0"

    def _problems_of_names(self, scenario: Scenario) -> Iterator[str]:
        if self.variable not in CAN_BE_SEEN:
            yield f"{self}: {self.variable!r} is no count of people by place{did_you_mean(self.variable, CAN_BE_SEEN)}"
        try:
            scenario.network.members_of(self.place)
        except InputError as problem:
            yield from (f"{self}: {line}" for line in problem.problems)
        if not scenario.start <= self.date <= scenario.end:
            yield f"{self}: outside the period, {scenario.start} to {scenario.end}"


def observations_of(
    table: pd.DataFrame,
    scenario: Scenario,
    *,
    until: dt.date | None = None,
    error: float = COUNT_ERROR,
    errors: Mapping[str, float] | None = None,
) -> list[Observation]:
    """The rows of observed.csv (as `read_observed` gives them) that can be calibrated to, in their order.

    Left out: rows after `until` or outside the period, of variables that are no counts of people by place, of a flow
    (such counts are sums over spells that the table does not state), and, where the table has a column `reference`, of
    another reference date than the scenario's.

    errors : standard deviation of the log of counts of some grades; `error` for all others
    """
    found = []
    last = min(scenario.end, until or scenario.end)
    for row in table.to_dict("records"):
        date, variable = pd.Timestamp(row["date"]).date(), str(row["variable"])
        other = str(row.get("reference") or scenario.since) != str(scenario.since)
        if other or not scenario.start <= date <= last or variable not in CAN_BE_SEEN or _is_flow(variable):
            continue
        numbers = {k: None if pd.isna(row[k]) else float(row[k]) for k in ("value", "low", "high")}
        grade = (errors or {}).get(str(row.get("grade")), error)
        place, source = str(row["place_id"]), str(row.get("source") or "")
        found.append(Observation(variable=variable, place=place, date=date, error=grade, source=source, **numbers))
    return found


def _is_flow(variable: str) -> bool:
    return VARIABLES[variable].units.endswith("/day")


def check_observations(observations: Sequence[Observation], scenario: Scenario) -> Iterator[str]:
    """Everything that is wrong with observations."""
    if not observations:
        yield f"no observations to calibrate to in the period, {scenario.start} to {scenario.end}"
    for observation in observations:
        yield from observation.problems(scenario)


def projections(records: Mapping[str, np.ndarray], scenario: Scenario, observations: Sequence[Observation]) -> Floats:
    """(observation, member) what the records of a block (member, time, place) say about each observation."""
    position = scenario.network.places.position
    found = [
        records[o.variable][:, (o.date - scenario.start).days][
            :, [position[name] for name in scenario.network.members_of(o.place)]
        ].sum(axis=1)
        for o in observations
    ]
    return np.array(found, float).reshape(len(observations), -1)
