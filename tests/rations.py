"""Aid by hand: runs and Conditions of the form that `simulate` and `compile` give, small enough to be worked out on paper."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import xarray as xr

from tests.wanderers import HOME, empty

KG = {"food": 0.55, "other": 0.1}
SHARE = np.array(list(KG.values())) / sum(KG.values())
BY_PLACE = ("member", "time", "place")


def fed(need, delivered, unmet, start, *, air=None, lost=None, entered=None, countries=None, crossings=()):
    """A run in which places need, get and lack so many tonnes a day: (member, time, place), and (member, place) start.

    entered : (member, time, crossing, direction);  crossings : (id, id of one end, id of the other)
    """
    need, delivered, unmet, start = (np.asarray(a, float) for a in (need, delivered, unmet, start))
    members, days, places = need.shape
    countries = countries or [HOME] * places
    names = [f"place{i}" for i in range(places)]
    run = empty(list(zip(names, countries, ["A"] * places, strict=True)), crossings, members=members, days=days)
    nothing = np.zeros_like(need)
    stock = start[:, None] + np.cumsum(delivered - (need - unmet), axis=1)
    split = {"need": need, "delivered": delivered, "unmet_need": unmet, "stock": stock}
    whole = {
        "delivered_by_air": nothing if air is None else np.asarray(air, float),
        "aid_lost": nothing if lost is None else np.asarray(lost, float),
        "days_of_cover": np.divide(stock, need, out=np.full_like(need, np.nan), where=need > 0),
    }
    gates = ("member", "time", "crossing", "direction")
    shape = (members, days, len(crossings), 2)
    return run.assign_coords(commodity=list(KG)).assign(
        {
            **{k: ((*BY_PLACE, "commodity"), v[..., None] * SHARE) for k, v in split.items()},
            **{k: (BY_PLACE, v) for k, v in whole.items()},
            "start_stock": (("member", "place"), start),
            "aid_entered": (gates, np.zeros(shape) if entered is None else np.asarray(entered, float)),
        }
    )


def conditions_of(run, *, inflow=(), given=(), permission=1.0, quota=np.inf, trucks=np.inf, requests=7.0):
    """What of Conditions the summaries of aid read: the same on every day unless an array says otherwise."""
    days, places, links = run.sizes["time"], run.sizes["place"], run.sizes["link"]
    hub = np.zeros((days, places))
    hub[:, : len(inflow)] = inflow
    held = np.zeros((days, places))
    held[0, : len(given)] = given
    wide = (days, links, 2, 4)
    chance = np.broadcast_to(permission, wide)
    return xr.Dataset(
        {
            "ration": ("commodity", list(KG.values())),
            "hub_inflow": (("time", "place"), hub),
            "hub_stock_added": (("time", "place"), held),
            "permission_low": (("time", "link", "direction", "traffic"), chance),
            "permission_high": (("time", "link", "direction", "traffic"), chance),
            "quota": (("time", "link", "direction", "traffic"), np.broadcast_to(quota, wide)),
            "convoy_trucks": (("time", "link"), np.broadcast_to(trucks, wide[:2])),
            "convoy_requests": (("time", "link"), np.broadcast_to(requests, wide[:2])),
        },
        coords={"time": run["time"], "place": run["place"], "link": run["link"], "commodity": list(KG)},
    )


def scenario_of(run, *, truck_load=20.0):
    """What of a scenario the chain of aid reads."""
    names = [str(p) for p in run["place"].values]
    places = SimpleNamespace(
        id=names, name=[n.title() for n in names], country=[str(c) for c in run["place_country"].values],
        parent_pcode=["A"] * len(names),
    )  # fmt: skip
    ends = [[names.index(str(p)) for p in run[f"link_{side}"].values] for side in ("from", "to")]
    links = SimpleNamespace(
        id=[str(k) for k in run["link"].values], origin=np.array(ends[0]), destination=np.array(ends[1])
    )
    network = SimpleNamespace(places=places, links=links)
    return SimpleNamespace(network=network, country=HOME, parameters=SimpleNamespace(truck_load=truck_load))


def days(*names):
    """Days of February 2016."""
    return [pd.Timestamp(f"2016-02-{n:02}") for n in names]
