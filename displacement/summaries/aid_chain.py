"""The way of aid: required, planned, entered, collected, distributed, and whether the steps add up.

What is loaded for a place is collected there on the same day, or lost. So, within each member and over the period,

    entered over the borders + loaded inside the country = collected from trucks + lost on the way
    distributed = collected from trucks and from the air + stock at the start and put in store - stock at the end
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.mandates import AID, aid_quota
from displacement.network import Floats, Network
from displacement.scenario import Scenario
from displacement.summaries.aid import put_in_store, ranged_columns, ration_kg, tonnes_of
from displacement.supply.stocks import person_days

STEPS = {
    "required": "need of all who depend on aid",
    "planned": "what hubs are to receive, and hold at the start",
    "entered": "carried over border crossings into the country",
    "loaded_inside": "loaded at hubs inside the country: collected by land + lost - entered",
    "by_air": "recovered from the air",
    "lost": "loaded and lost on the way",
    "collected": "collected at places, by land and from the air",
    "from_stores": "taken out of places' stores, what was put there in advance among it; below 0: put into them",
    "distributed": "handed out",
    "gap": "required and not handed out",
}


def inward_of(run: xr.Dataset) -> pd.DataFrame:
    """A row a crossing (index) with one end in the country: the direction inward, and the country on the other side."""
    home = str(run.attrs["country"])
    country = dict(zip(map(str, run["place"].values), map(str, run["place_country"].values), strict=True))
    ends = {str(k): (country[str(a)], country[str(b)]) for k, a, b in
            zip(run["link"].values, run["link_from"].values, run["link_to"].values, strict=True)}  # fmt: skip
    rows = {
        str(c): ("forward", a) if b == home else ("backward", b)
        for c in run["crossing"].values
        for a, b in [ends[str(c)]]
        if (a == home) != (b == home)
    }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["inward", "country"], dtype=object)
    return found.rename_axis("crossing")


def entered_net(run: xr.Dataset) -> xr.DataArray:
    """(member, time, crossing) tonnes that came into the country, less what went out."""
    inward = inward_of(run)
    way = xr.DataArray(inward["inward"].to_numpy(), dims="crossing", coords={"crossing": list(inward.index)})
    here = run["aid_entered"].astype(float).sel(crossing=list(inward.index))
    return (2.0 * here.sel(direction=way) - here.sum("direction")).drop_vars("direction")


def planned_for_hubs(conditions: xr.Dataset, network: Network, home: str) -> dict[str, float]:
    """Tonnes that hubs are to receive over the period, what they are given at first among them, by country of the hub.

    The home country is always there.
    """
    by_place = (conditions["hub_inflow"] + conditions["hub_stock_added"]).sum("time").values
    found = {home: 0.0}
    for country, tonnes in zip(network.places.country, by_place, strict=True):
        if tonnes:
            found[country] = found.get(country, 0.0) + float(tonnes)
    return found


def chain_members(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> dict[str, Floats]:
    """(member,) tonnes over the period of each step of the chain, in the order of STEPS."""
    summed = ("need", "delivered", "unmet_need")
    total = {name: tonnes_of(run, name).sum(["time", "place"]).values for name in summed}
    air, lost = (run[name].astype(float).sum(["time", "place"]).values for name in ("delivered_by_air", "aid_lost"))
    came = entered_net(run).sum(["time", "crossing"]).values
    left = tonnes_of(run, "stock").isel(time=-1).sum("place").values
    put = put_in_store(run).sum(["time", "place"]).values
    plan = sum(planned_for_hubs(conditions, scenario.network, scenario.country).values())
    found = {
        "required": total["need"],
        "planned": np.full(len(came), plan),
        "entered": came,
        "loaded_inside": total["delivered"] - air + lost - came,
        "by_air": air,
        "lost": lost,
        "collected": total["delivered"],
        "from_stores": run["start_stock"].astype(float).sum("place").values + put - left,
        "distributed": total["need"] - total["unmet_need"],
        "gap": total["unmet_need"],
    }
    return {name: np.asarray(found[name], float) for name in STEPS}


def aid_chain(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> pd.DataFrame:
    """A row a step (index): tonnes and trucks a day over the period, person-days, each with 10, 50 and 90 % points.

    trucks_10 ... : tonnes / days / tonnes a truck, as if all of it came by truck;  what : what the step is
    mean_trucks : mean over members, because only means add up
    """
    members = chain_members(run, scenario, conditions)
    values = np.column_stack(list(members.values()))
    trucks = values / run.sizes["time"] / float(scenario.parameters.truck_load)
    table = {
        **ranged_columns(values, "tonnes"),
        **ranged_columns(trucks, "trucks"),
        "mean_trucks": trucks.mean(axis=0),
        **ranged_columns(person_days(values, ration_kg(conditions) or np.nan), "person_days", people=True),
        "what": list(STEPS.values()),
    }
    return pd.DataFrame(table, index=pd.Index(list(STEPS), name="step"))


def crossing_capacity(conditions: xr.Dataset, crossing: str, direction: str) -> tuple[float, float]:
    """Trucks of aid a day that a crossing takes on average over the period, and the mean chance that they may pass.

    Mean of chance x trucks a day; NaN where no limit is known. An unknown chance counts as half.
    """
    links, ways = [str(x) for x in conditions["link"].values], ["forward", "backward"]
    cell = links.index(crossing), ways.index(direction)
    low, high = (conditions[f"permission_{end}"].values[:, cell[0], cell[1], AID] for end in ("low", "high"))
    chance = (low + high) / 2
    with np.errstate(invalid="ignore"):
        trucks = np.where(chance > 0, aid_quota(conditions)[:, cell[0], cell[1]] * chance, 0.0)
    return (float(trucks.mean()) if np.isfinite(trucks).all() else float("nan")), float(chance.mean())


def aid_at_crossings(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> pd.DataFrame:
    """A row a crossing (index): trucks a day that it takes and that enter, and the share of it that is used.

    capacity_trucks : see `crossing_capacity`, empty if no limit is known;  trucks_10 ... : that enter a day
    tonnes_10 ... : that enter over the period;  used : median of trucks over capacity
    """
    names = dict(zip(scenario.network.places.id, scenario.network.places.name, strict=True))
    ends = {str(k): (str(a), str(b)) for k, a, b in
            zip(run["link"].values, run["link_from"].values, run["link_to"].values, strict=True)}  # fmt: skip
    came, load = entered_net(run), float(scenario.parameters.truck_load)
    rows: list[dict[str, Any]] = []
    for crossing, row in inward_of(run).iterrows():
        name, way = str(crossing), str(row["inward"])
        far, near = ends[name][:: 1 if way == "forward" else -1]
        capacity, chance = crossing_capacity(conditions, name, way)
        tonnes = came.sel(crossing=name).sum("time").values[:, np.newaxis]
        trucks = tonnes / run.sizes["time"] / load
        points = ranged_columns(trucks, "trucks") | ranged_columns(tonnes, "tonnes")
        said = {k: float(v[0]) for k, v in points.items()}
        about = {"crossing": name, "name": f"{names[far]} to {names[near]}", "country": row["country"]}
        used = said["trucks_50"] / capacity if capacity > 0 else np.nan
        rows.append({**about, "chance": chance, "capacity_trucks": capacity, **said, "used": used})
    empty = ["crossing", "name", "country", "chance", "capacity_trucks", "trucks_50", "used"]
    return pd.DataFrame(rows, columns=None if rows else empty).set_index("crossing")


def reconciliation(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> pd.DataFrame:
    """A row for each balance of tonnes: what should be equal, medians of both sides, the rest, and why there is one.

    left, right : tonnes, medians over members;  rest_10 ... : points of left - right;
    closes : is the rest nil in every member? What is loaded inside the country is not recorded by hub: it is what was
    collected or lost and did not enter, so where no hub is inside, it must be nil.
    """
    of = chain_members(run, scenario, conditions)
    plan, home = planned_for_hubs(conditions, scenario.network, scenario.country), scenario.country
    rows = [
        _balance("distributed = collected + from stores", of["distributed"], of["collected"] + of["from_stores"], ""),
    ]
    why = "still in hubs on the last day, or no store was left there; by hub it is not for sharing"
    came, inward = entered_net(run).sum("time"), inward_of(run)
    for country in sorted({*plan, *inward["country"]}):
        mine = list(inward.index[inward["country"] == country])
        loaded = of["loaded_inside"] if country == home else came.sel(crossing=mine).sum("crossing").values
        what = "loaded inside" if country == home else "entered"
        planned_there = np.full(len(loaded), plan.get(country, 0.0))
        rows.append(_balance(f"planned for hubs in {country} = {what} from {country}", planned_there, loaded, why))
    if not plan[home]:
        rows.append(_balance("no hub inside the country: nothing is loaded there", of["loaded_inside"],
                             0.0 * of["lost"], "aid crosses the border by a road that is no crossing"))  # fmt: skip
    why = "aid of several crossings meets at the places: what is collected is known by place, not by crossing"
    for crossing in map(str, inward.index):
        each = came.sel(crossing=crossing).values
        rows.append(_balance(f"entered at {crossing} = collected of it", each, np.full(len(each), np.nan), why))
    return pd.DataFrame(rows)


def _balance(what: str, left: Floats, right: Floats, why: str) -> dict[str, Any]:
    """One row of the reconciliation; the reason is given only where there is a rest."""
    rest = left - right
    closes = bool(np.all(np.abs(rest) <= 1e-3 * (1.0 + np.abs(left))))
    middle = {"left": float(np.median(left)), "right": float(np.median(right))}
    points = {k: float(v[0]) for k, v in ranged_columns(rest[:, np.newaxis], "rest").items()}
    return {"balance": what, **middle, **points, "closes": closes, "why": "" if closes else why}
