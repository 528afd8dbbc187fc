"""Access status of every place and day, from Conditions: who is besieged, hard to reach, accessible; what is not known.

The rule. A day of a place has three numbers: the chance that aid enters (the better of the operations; for each, the
least of its best path's product of permissions and of the trucks that can pass over the trucks needed), whether its
pocket is surrounded, and the chance that civilians can leave it. Chances are averaged over the last 30 days. Besieged:
surrounded today, and aid cannot regularly enter, and civilians cannot regularly leave. Accessible: aid can regularly
enter. Hard to reach: the rest. Everything is computed with the unknowns shut and with the unknowns open: each status is
monotone in each permission, so what lies between has a status between; where the two differ, it is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from displacement.access.aid import Ways, aid_entry, people_at_opening, ways_of
from displacement.access.pockets import exit_chance, pocket_population, pockets, surrounded
from displacement.access.severity import indicators, severities
from displacement.access.thresholds import Thresholds
from displacement.labelled import labelled
from displacement.mandates import BOUNDS, CIVILIANS, MEDICAL, Day, Mandate, days_of, mandates
from displacement.need import sustained_mean
from displacement.network import Flags, Floats, Network
from displacement.scenario import Scenario
from displacement.variables import VARIABLES, attributes

Codes = NDArray[np.int8]
ACCESSIBLE, HARD_TO_REACH, BESIEGED, UNKNOWN, NOT_CLASSIFIED = range(5)  # the order of the flags in variables.py
OPEN, RESTRICTED, CUT = range(3)  # of access_today, whose unknown and not classified are those above
DECIMALS = 9  # thresholds are met to so many decimals, whatever the order of a product


@dataclass(frozen=True, kw_only=True)
class Access:
    """Access of every place on one day: (place,) arrays, or (time, place) once stacked."""

    aid_entry: Floats
    reliability: Floats
    civilian_exit: Floats
    medical_exit: Floats
    surrounded: Flags
    pocket_population: Floats


def access_of(network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds) -> Access:
    """All that decides the status of a day."""
    pocket = pockets(network, day, thresholds.one_pocket)
    shut_in = surrounded(pocket, network.places.outside)
    entry, reliability = aid_entry(network, operations, day, thresholds)
    return Access(
        aid_entry=entry,
        reliability=reliability,
        civilian_exit=exit_chance(network, day, pocket, shut_in, CIVILIANS),
        medical_exit=exit_chance(network, day, pocket, shut_in, MEDICAL),
        surrounded=shut_in,
        pocket_population=pocket_population(pocket, people_at_opening(network)),
    )


def access_class(shut_in: Flags, entry: Floats, leaving: Floats, thresholds: Thresholds) -> Codes:
    """Codes of besieged, hard to reach or accessible. No better for anything that is worse: it is monotone.

    shut_in : surrounded today, so that a broken siege ends the same day;  entry, leaving : sustained chances of aid
    entry and civilian exit. Arrays of one shape.

    >>> rule = Thresholds()
    >>> access_class(np.array([True, True, False]), np.array([0.1, 0.1, 1.0]), np.array([0.1, 0.3, 1.0]), rule)
    array([2, 1, 0], dtype=int8)
    """
    entry, leaving = np.round(entry, DECIMALS), np.round(leaving, DECIMALS)
    besieged_below, exit_below = np.round([thresholds.besieged_below, thresholds.exit_below], DECIMALS)
    besieged = shut_in & (entry < besieged_below) & (leaving < exit_below)
    accessible = entry >= round(thresholds.accessible_from, DECIMALS)
    return np.select([besieged, accessible], [BESIEGED, ACCESSIBLE], HARD_TO_REACH).astype(np.int8)


def days_until_besieged(entry: Floats, leaving: Floats, shut_in: bool, thresholds: Thresholds) -> int | None:
    """How many more days like the last until a place is besieged, 0 if it is; None if it never is.

    entry, leaving : (time,) chances of aid entry and civilian exit up to today;  shut_in : surrounded today

    >>> cut = np.array([1.0] * 7 + [0.0] * 10)
    >>> days_until_besieged(cut, cut, True, Thresholds()), days_until_besieged(cut, cut, False, Thresholds())
    (15, None)
    """
    window = thresholds.window_days
    so_far = np.stack([entry, leaving], axis=1)
    ahead = np.concatenate([so_far, np.repeat(so_far[-1:], window, axis=0)])
    mean = sustained_mean(ahead, window)[len(entry) - 1 :]
    codes = access_class(np.asarray(shut_in), mean[:, 0], mean[:, 1], thresholds)
    besieged = np.flatnonzero(codes == BESIEGED)
    return int(besieged[0]) if len(besieged) else None


def today_class(entry: Floats, thresholds: Thresholds) -> Codes:
    """Codes of open, restricted or cut, of the chance that aid enters today.

    >>> today_class(np.array([1.0, 0.4, 0.02]), Thresholds())
    array([0, 1, 2], dtype=int8)
    """
    entry = np.round(entry, DECIMALS)
    cut, is_open = entry <= thresholds.cut_at, entry >= round(thresholds.accessible_from, DECIMALS)
    return np.select([cut, is_open], [CUT, OPEN], RESTRICTED).astype(np.int8)


def settled(worst: Codes, best: Codes) -> Codes:
    """The common value of the two ends, else unknown.

    >>> settled(np.array([2, 2], np.int8), np.array([2, 1], np.int8))
    array([2, 3], dtype=int8)
    """
    return np.where(worst == best, worst, UNKNOWN).astype(np.int8)


def days_since_change(codes: Codes) -> NDArray[np.int16]:
    """(time, place) days since the value last changed: 0 on the day of the change; from the first day if it never did.

    >>> days_since_change(np.array([[0], [0], [2], [2]], np.int8)).ravel()
    array([0, 1, 0, 1], dtype=int16)
    """
    day = np.arange(len(codes))[:, np.newaxis]
    changed = np.concatenate([np.zeros_like(codes[:1], bool), codes[1:] != codes[:-1]])
    return np.asarray(day - np.maximum.accumulate(np.where(changed, day, 0), axis=0), np.int16)


def stacked(days: Sequence[Access] | Sequence[Ways]) -> dict[str, NDArray[Any]]:
    """Arrays (time, place) of days."""
    return {f.name: np.stack([getattr(day, f.name) for day in days]) for f in fields(days[0])}


def statuses(
    network: Network, operations: tuple[Mandate, ...], days: dict[str, list[Day]], thresholds: Thresholds
) -> dict[str, NDArray[Any]]:
    """Every variable of access, (time, place). days : the days with unknowns shut ("low") and open ("high").

    Days on which all conditions are the same are computed once, and so are the two ends where nothing is unknown.
    """
    seen: dict[tuple[bytes, ...], tuple[Access, Ways]] = {}
    at: dict[str, dict[str, NDArray[Any]]] = {}
    for bound in BOUNDS:
        for day in days[bound]:
            if (key := day.key()) not in seen:
                seen[key] = (
                    access_of(network, operations, day, thresholds),
                    ways_of(network, operations, day, thresholds),
                )
        found_on = [seen[day.key()] for day in days[bound]]
        at[bound] = {**stacked([a for a, _ in found_on]), **stacked([w for _, w in found_on])}
    nobody = people_at_opening(network) == 0
    classes, todays, levels = {}, {}, {}
    for bound, found in at.items():
        entry = sustained_mean(found["aid_entry"], thresholds.window_days)
        leaving = sustained_mean(found["civilian_exit"], thresholds.window_days)
        classes[bound] = classified(access_class(found["surrounded"], entry, leaving, thresholds), nobody)
        todays[bound] = classified(today_class(found["aid_entry"], thresholds), nobody)
        levels[bound] = indicators({
            "leaving": leaving, "entry": entry, "reliability": found["reliability"],
            "crossings": found["crossings_usable"], "hours": found["hours_to_hub"], "routes": found["routes_left"],
        })  # fmt: skip
    today = settled(todays["low"], todays["high"])
    return {
        **at["low"],
        "access_status": settled(classes["low"], classes["high"]),
        "access_best": classes["high"],
        "access_worst": classes["low"],
        "access_today": today,
        "access_since": days_since_change(today),
        "aid_entry_sustained": sustained_mean(at["low"]["aid_entry"], thresholds.window_days),
        **severities(levels["low"], levels["high"], nobody),
    }


def classified(codes: Codes, nobody: Flags) -> Codes:
    """(time, place) codes, with not classified where nobody lived when the scenario opened. nobody : (place,)."""
    return np.where(nobody, NOT_CLASSIFIED, codes).astype(np.int8)


def access_status(
    scenario: Scenario, conditions: xr.Dataset | None = None, thresholds: Thresholds | None = None
) -> xr.Dataset:
    """Access of every place on every day, as a Dataset over (time, place): status, the two ends of what is not known,
    today, and what they come from (see `variables.py` for each definition).

    conditions : those of this scenario, if they are at hand; else it is compiled.
    thresholds : the numbers of the rule; all of them can be changed.
    """
    conditions = scenario.compile() if conditions is None else conditions
    operations = mandates(scenario.operations, scenario.network, scenario.world.party_index)
    days = {bound: days_of(conditions, bound) for bound in BOUNDS}
    found = statuses(scenario.network, operations, days, thresholds or Thresholds())
    found["surrounded"] = found["surrounded"].astype(np.int8)
    names = [name for name in VARIABLES if name in found]
    return labelled(
        {name: (attributes(name)[0], found[name], attributes(name)[1]) for name in names},
        {dim: conditions.variables[dim].values for dim in ("time", "place")},
    )
