"""A plan: what aid brings to people who stay where they are, by the fast rule or by the best that could be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from displacement.errors import InputError, did_you_mean
from displacement.labelled import labelled
from displacement.need import tonnes_needed
from displacement.network import Flags, Floats
from displacement.scenario import Scenario
from displacement.streams import Draws, Expected, Luck
from displacement.supply.dispatch import assign, opened
from displacement.supply.exchange import assign_and_exchange
from displacement.supply.ground import Ground, SupplyDay, of_all, supply_days
from displacement.supply.programme import Horizon, assign_best, best_plan
from displacement.supply.state import Supply
from displacement.supply.step import SupplySetting, opening, step
from displacement.supply.stocks import days_of_cover, person_days
from displacement.variables import attributes

DAY_BY_DAY = {  # who hands out today's need, and who fills stores
    "fill": (assign_and_exchange, assign),
    "plain": (assign, assign),
    "exchange": (assign_and_exchange, assign_and_exchange),
    "programme": (assign_best, assign_best),
}
RULES = (*DAY_BY_DAY, "look_ahead", "foresight")
BLOCK = 50  # members whose luck is drawn together, as in a run
LEADS = (0, 3, 7, 14, 22)
KEPT = ("need", "delivered", "stock", "unmet_need", "days_of_cover")
Kept = dict[str, np.ndarray]  # (member, time, place) by variable


def plan(
    scenario: Scenario,
    *,
    rule: str = "fill",
    people: Floats | xr.DataArray | None = None,
    horizon: int = 14,
    cover_days: float = 0.0,
    members: int | None = None,
    seed: int = 1,
) -> xr.Dataset:
    """Aid to people who do not move: need, delivered, stock, unmet need, days of cover: (time, place), tonnes.

    rule : fill, the fast rule of a run; plain, the same without exchanges; exchange, with exchanges for stores as well;
        programme, the same wants met by the best dispatch of each day; look_ahead, the best plan for some days, whose
        first day is done, and which is made anew the next day; foresight, the best plan of all days at once
    people : (time, place) or (place,) people who are there; as when the scenario opens unless given
    horizon, cover_days : days that a look-ahead sees, and cover that it likes to have in store at their end
    members, seed : if given, so many members with the luck of a run of that seed, and a first axis; else one, in which
        what has a chance of one half or more passes. Not for the plans that look ahead
    """
    if rule not in RULES:
        raise InputError(f"rule {rule!r} is unknown{did_you_mean(rule, RULES)}")
    if members is not None and (rule not in DAY_BY_DAY or members < 1):
        raise InputError(f"members = {members}, rule = {rule!r}: at least 1, and only of {', '.join(DAY_BY_DAY)}")
    if horizon < 1:
        raise InputError(f"horizon = {horizon}: must be at least 1 day")
    conditions = scenario.compile()
    ground = Ground.of(scenario)
    days = supply_days(scenario, conditions, ground, np.full(len(scenario.network.links), 0.5))
    wanting = held_people(scenario, people, len(days)) * conditions["need_per_person"].values
    for_need, for_stores = DAY_BY_DAY.get(rule, DAY_BY_DAY["fill"])
    setting = SupplySetting(ground=ground, parameters=scenario.parameters, for_need=for_need, for_stores=for_stores)
    if rule in DAY_BY_DAY:
        parts = [(Expected(), 1)] if members is None else _blocks(members, seed)
        runs = [_day_by_day(wanting, days, setting, draws, size) for draws, size in parts]
        kept = {name: np.concatenate([run[name] for run in runs]) for name in KEPT}
    else:
        ahead = (horizon, cover_days) if rule == "look_ahead" else (len(days), 0.0)
        kept = _ahead(wanting, days, setting, *ahead)
    about: dict[str, object] = {"rule": rule} | ({} if members is None else {"seed": seed})
    return _dataset(scenario, kept, about | ({"horizon": horizon} if rule == "look_ahead" else {}), several=members)


def held_people(scenario: Scenario, people: Floats | xr.DataArray | None, days: int) -> Floats:
    """(time, place) people who are where they are: as given, else at home and displaced when the scenario opens."""
    places = scenario.network.places
    if isinstance(people, xr.DataArray):
        people = people.transpose("time", "place").sel(place=list(places.id)).values
    there = places.residents + places.opening_displaced if people is None else np.asarray(people, float)
    if there.shape not in ((len(places),), (days, len(places))):
        raise InputError(f"people: shape {there.shape}; must be (time, place), here {(days, len(places))}")
    return np.array(np.broadcast_to(there, (days, len(places))), float)


def _blocks(members: int, seed: int) -> list[tuple[Draws, int]]:
    starts = range(0, members, BLOCK)
    return [(Luck(seed, block), min(BLOCK, members - start)) for block, start in enumerate(starts)]


def _day_by_day(wanting: Floats, days: list[SupplyDay], setting: SupplySetting, draws: Draws, size: int) -> Kept:
    """The days of some members, one after the other: what they want today, given what is in store."""
    kept = {name: np.zeros((size, *wanting.shape)) for name in KEPT}
    supply = opening(np.repeat(wanting[:1], size, axis=0), days[0], setting)
    for today in days:
        there = np.repeat(wanting[[today.day]], size, axis=0)
        supply, moved = step(supply, there, today, setting, draws)
        of_day = (moved.need, moved.delivered, supply.stock, moved.unmet, days_of_cover(supply.stock, moved.need))
        for name, values in zip(KEPT, of_day, strict=True):
            kept[name][:, today.day] = values
    return kept


def _ahead(wanting: Floats, days: list[SupplyDay], setting: SupplySetting, length: int, cover: float) -> Kept:
    """The best plan for `length` days, made anew each day, unless it is for all of them."""
    ground = setting.ground
    seen = Horizon(
        ground=ground, days=days, roads=np.array([opened(day, ground, 1, Expected())[0] for day in days]),
        need=tonnes_needed(wanting, of_all(days, "dependence"), days[0].kg) * ground.sinks,
        air=np.array([expected_from_the_air(day, wanting.shape[1]) for day in days]), stored=of_all(days, "stored"),
    )  # fmt: skip
    at: Supply = opening(wanting[:1], days[0], setting)
    stock, warehouse = at.stock[0], at.warehouse[0]
    done = []
    commits = len(days) if length >= len(days) else 1
    for day in range(0, len(days), commits):
        made = best_plan(seen[day : day + length], stock, warehouse, cover_days=cover)
        stock, warehouse = made.stock[commits - 1], made.warehouse[commits - 1]
        done.append([values[:commits] for values in made])
    delivered, distributed, stocks = (np.concatenate([part[i] for part in done]) for i in range(3))
    found = (seen.need, delivered, stocks, seen.need - distributed, days_of_cover(stocks, seen.need))
    return {name: values[np.newaxis] for name, values in zip(KEPT, found, strict=True)}


def expected_from_the_air(today: SupplyDay, places: int) -> Floats:
    """(place,) tonnes recovered from the air on average: sorties x chance to fly x load x share recovered."""
    came = np.zeros(places)
    for drop in today.drops:
        came[drop.place] += drop.sorties * drop.reliability * drop.tonnes * drop.recovered
    return came


def _dataset(scenario: Scenario, kept: Kept, about: dict[str, object], *, several: int | None) -> xr.Dataset:
    """The plan with labels, units and definitions; tonnes of all commodities together."""
    data = {}
    for name, values in kept.items():
        dims, attrs = attributes(name)
        dims = tuple(dim for dim in dims if dim != "commodity")
        data[name] = (dims, values, attrs) if several else (dims[1:], values[0], attrs)
    first, days = np.datetime64(scenario.start, "ns"), kept["need"].shape[1]
    coords = {
        "time": first + np.arange(days) * np.timedelta64(1, "D"), "place": np.array(scenario.network.places.id, object)
    }  # fmt: skip
    if several:
        coords["member"] = np.arange(several)
    return labelled(data, coords, {"title": scenario.name, **about})


def unmet_person_days(scenario: Scenario, planned: xr.Dataset) -> float:
    """People times days whose need is not met, of those who depend on aid: the mean over members."""
    kg = float(scenario.compile()["ration"].sum())
    unmet = planned["unmet_need"].sum("place").sum("time").mean()
    return float(person_days(unmet.values, kg))


def value_of_warning(
    scenario: Scenario, leads: Sequence[int] = LEADS, *, horizon: int = 14, people: Floats | xr.DataArray | None = None
) -> pd.DataFrame:
    """What it is worth to know beforehand that a way will be lost: unmet person-days by days of warning.

    One row for the fast rule with each lead, then the best plan that sees `horizon` days and likes to have as much
    cover as the fast rule (parameter buffer_days), then the best that sees all.
    avoidable : beyond what is unmet with perfect foresight, which no plan could have avoided;
    avoidable_share : of what is unmet with foresight at places that some operation can reach at some time
    """
    rows = []
    for lead in leads:
        warned = replace(scenario, parameters=replace(scenario.parameters, warning_lead_days=lead))
        rows.append(("fill", lead, unmet_person_days(scenario, plan(warned, people=people))))
    cover = float(np.mean(scenario.parameters.buffer_days))
    ahead = plan(scenario, rule="look_ahead", horizon=horizon, cover_days=cover, people=people)
    best = plan(scenario, rule="foresight", people=people)
    rows += [("look_ahead", horizon, unmet_person_days(scenario, ahead))]
    rows += [("foresight", best.sizes["time"], least := unmet_person_days(scenario, best))]
    table = pd.DataFrame(rows, columns=["rule", "lead_days", "unmet_person_days"])
    reachable = unmet_person_days(scenario, best.isel(place=ever_reached(scenario)))
    table["avoidable"] = table["unmet_person_days"] - least
    table["avoidable_share"] = table["avoidable"] / reachable if reachable else np.nan
    return table


def ever_reached(scenario: Scenario) -> Flags:
    """(place,) is there, on any day, a way in that a plan counts on?"""
    ground = Ground.of(scenario)
    days = supply_days(scenario, scenario.compile(), ground, np.full(len(scenario.network.links), 0.5))
    return np.asarray(of_all(days, "reached").any(axis=0), bool)
