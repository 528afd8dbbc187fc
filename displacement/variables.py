"""The one table of every variable: dimensions, unit, definition. netCDF, chart labels, docs and checks read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

STOCK, FLOW = "time: point (end of day)", "time: sum (over the day)"
PERSON_PLACE = ("member", "time", "place")
GROUP_PLACE = ("member", "time", "group", "place")
PLACE_COMMODITY = ("member", "time", "place", "commodity")
LINK_TRAFFIC = ("time", "link", "direction", "traffic")


@dataclass(frozen=True)
class Variable:
    """One variable: what it is called, its dimensions, unit and meaning. `internal` ones stay out of shared output."""

    name: str
    dims: tuple[str, ...]
    units: str
    long_name: str
    definition: str
    cell_methods: str = ""
    internal: bool = False
    flags: tuple[str, ...] = ()


_TABLE = (
    # people: stocks
    Variable("residents", PERSON_PLACE, "people", "people at home", "people who have not left home, trapped ones among them", STOCK),
    Variable("displaced", PERSON_PLACE, "people", "displaced people",
             "people displaced inside the country who stay at a place, trapped ones among them; travelling and waiting people are counted apart", STOCK),
    Variable("refugees", PERSON_PLACE, "people", "refugees", "people who crossed the border during the run, or were abroad when it opens, and stay at a place abroad", STOCK),
    Variable("returned", PERSON_PLACE, "people", "people back home", "people who left home and came back to their home area; 0 everywhere unless home areas are kept", STOCK),
    Variable("registered", ("member", "time", "country"), "people", "registered refugees", "refugees counted by the authorities of a country, those there at the opening among them; the others are counted some days after they come; those under way inside it count", STOCK),
    Variable("trapped", PERSON_PLACE, "people", "trapped people",
             "residents or displaced people who wish to leave and were refused: counted inside those stocks", STOCK, internal=True),
    Variable("newly_displaced", PERSON_PLACE, "people", "newly displaced people",
             "people who left home on or after the reference date and have been displaced inside the country since; who came back from abroad counts in moved_since only; travellers count at their destination, waiting people at the crossing's near side", STOCK),
    Variable("moved_since", PERSON_PLACE, "people", "people who moved since the reference date",
             "people who left home or a place of displacement on or after the reference date, each once, still displaced inside the country; travellers count at their destination, waiting people at the crossing's near side", STOCK),
    Variable("travelling", ("member", "time", "link", "direction"), "people", "people under way", "people on a link at the end of the day", STOCK, internal=True),
    Variable("queued", ("member", "time", "link", "direction"), "people", "people in a road's queue", "people held on a link because its vehicles are full for the day: counted inside travelling", STOCK, internal=True),
    Variable("waiting", ("member", "time", "crossing", "direction"), "people", "people waiting at a crossing", "people on the near side of a crossing who wait to be admitted", STOCK),
    # people: flows
    Variable("departures", PERSON_PLACE, "people/day", "departures", "people who set out from a place", FLOW),
    Variable("departures_from_home", PERSON_PLACE, "people/day", "departures from home", "people who set out from a place where they were at home, or back home; those who leave twice count twice", FLOW),
    Variable("arrivals", PERSON_PLACE, "people/day", "arrivals", "people who came to stay at a place, those who gave up at its crossing or were admitted from it among them", FLOW),
    Variable("evacuated", PERSON_PLACE, "people/day", "people evacuated", "people taken from a place by an evacuation: counted inside departures", FLOW),
    Variable("stopped", PERSON_PLACE, "people/day", "people refused", "people who wished to leave a place and were refused on every path", FLOW, internal=True),
    Variable("traffic", ("member", "time", "link", "direction"), "people/day", "people on the road", "people who set out on a link", FLOW, internal=True),
    Variable("joined", ("member", "time", "crossing", "direction"), "people/day", "people who reached a crossing", "people who came to the near side to cross", FLOW),
    Variable("crossed", ("member", "time", "crossing", "direction"), "people/day", "people who crossed", "people who passed a crossing, irregularly too", FLOW),
    Variable("crossed_irregularly", ("member", "time", "crossing", "direction"), "people/day", "irregular crossings", "people who passed a crossing shut to them", FLOW, internal=True),
    Variable("gave_up", ("member", "time", "crossing", "direction"), "people/day", "people who stopped waiting", "people who stopped waiting or were refused at a crossing, displaced at its near side", FLOW),
    # opening stocks
    Variable("start_residents", ("member", "place"), "people", "people at home at the start", "opening stock", "time: point (opening)"),
    Variable("start_displaced", ("member", "place"), "people", "displaced people at the start", "opening stock", "time: point (opening)"),
    Variable("start_refugees", ("member", "place"), "people", "refugees at the start", "opening stock at places abroad", "time: point (opening)"),
    # people by group: only where there are groups or home areas
    Variable("residents_by_group", GROUP_PLACE, "people", "people at home, by group", "as residents", STOCK),
    Variable("displaced_by_group", GROUP_PLACE, "people", "displaced people, by group", "as displaced", STOCK),
    Variable("refugees_by_group", GROUP_PLACE, "people", "refugees, by group", "as refugees", STOCK),
    Variable("returned_by_group", GROUP_PLACE, "people", "people back home, by group", "as returned", STOCK),
    Variable("travelling_by_group", ("member", "time", "group"), "people", "people under way, by group", "as travelling, over all links", STOCK),
    Variable("waiting_by_group", ("member", "time", "group", "crossing", "direction"), "people", "people waiting at a crossing, by group", "as waiting", STOCK),
    Variable("crossed_by_group", ("member", "time", "group", "crossing", "direction"), "people/day", "people who crossed, by group", "as crossed", FLOW, internal=True),
    # access
    Variable("access_status", ("time", "place"), "1", "access status",
             "besieged, hard-to-reach or accessible over the last 30 days, by the rule of the access page; unknown where the unknowns decide; not classified where nobody lives", flags=("accessible", "hard_to_reach", "besieged", "unknown", "not_classified")),
    Variable("access_best", ("time", "place"), "1", "access status if every unknown is open", "the class with each unknown permission 1",
             flags=("accessible", "hard_to_reach", "besieged", "unknown", "not_classified")),
    Variable("access_worst", ("time", "place"), "1", "access status if every unknown is shut", "the class with each unknown permission 0",
             flags=("accessible", "hard_to_reach", "besieged", "unknown", "not_classified")),
    Variable("access_today", ("time", "place"), "1", "access today", "can land aid reach the place on this day: open, restricted or cut; unknown where the unknowns decide",
             flags=("open", "restricted", "cut", "unknown", "not_classified")),
    Variable("access_since", ("time", "place"), "day", "days since access today last changed", "0 on the day of the change; counted from the first day if it never did"),
    Variable("aid_entry", ("time", "place"), "1", "chance that land aid enters on this day",
             "least of the best path's product of permissions and of its capacity over the need; air excluded; least that the unknowns allow"),
    Variable("aid_entry_sustained", ("time", "place"), "1", "mean chance that land aid enters", "mean of aid_entry over the last 30 days; before the start, as on the first day"),
    Variable("civilian_exit", ("time", "place"), "1", "chance that civilians can leave the pocket", "1 where the pocket is not surrounded, else its best way out; least that the unknowns allow"),
    Variable("medical_exit", ("time", "place"), "1", "chance that the sick and wounded can leave the pocket", "as civilian_exit, for medical cases; reported, never decisive"),
    Variable("surrounded", ("time", "place"), "1", "surrounded", "1 if the pocket holds no place outside (abroad, or the rest of its party's territory), 0 if it does; unknowns shut"),
    Variable("pocket_population", ("time", "place"), "people", "people in the pocket", "opening people in all places that civilians can reach under the same party; unknowns shut"),
    Variable("crossings_usable", ("time", "place"), "1", "border crossings that aid can come by", "crossings that can be the last one on a usable path of one operation to the place; unknowns shut"),
    Variable("hours_to_hub", ("time", "place"), "hour", "travel time to the nearest open hub", "along the quickest usable path of any operation, transshipment at the border among it; NaN where there is none; unknowns shut"),
    Variable("routes_left", ("time", "place"), "1", "separate aid routes left", "most usable paths of one operation from its hubs that share no road; 0 where nobody lives; unknowns shut"),
    Variable("severity", ("time", "place"), "1", "severity of access constraints",
             "0 none to 5 extreme: ceil(5/3 x mean of three pillars), a pillar the worst of its known indicators, as on the access page; an indicator that the unknowns decide is not known; NaN where nobody lives"),
    Variable("severity_unknown", ("time", "place"), "1", "indicators of severity not known", "of nine, four of which are never derived (denial, interference, violence, mines)"),
    Variable("severity_physical", ("time", "place"), "1", "severity of physical constraints", "0 to 3: hours to the nearest open hub and separate routes; NaN where not known"),
    Variable("severity_security", ("time", "place"), "1", "severity of security and bureaucratic constraints",
             "0 to 3: the worst known of people's exit, entry by crossings, sustained entry of aid, and permission along the best way; NaN where none is known"),
    # aid
    Variable("need", PLACE_COMMODITY, "tonnes/day", "aid needed", "people present, and waiting at a crossing there, x share who depend on aid x dry aid that they need a day", FLOW),
    Variable("delivered", PLACE_COMMODITY, "tonnes/day", "aid delivered", "what trucks bring to the place and is collected there, and what is recovered from the air", FLOW),
    Variable("stock", PLACE_COMMODITY, "tonnes", "aid in stock", "what is stored at the place for the people there; hubs' stores are apart", STOCK),
    Variable("unmet_need", PLACE_COMMODITY, "tonnes/day", "unmet need", "need less what is handed out: from stock, as far as it goes", FLOW),
    Variable("days_of_cover", PERSON_PLACE, "day", "days of cover", "stock over the day's need; empty where nothing is needed", STOCK),
    Variable("delivered_by_air", PERSON_PLACE, "tonnes/day", "aid recovered from the air", "of all commodities: counted inside delivered", FLOW),
    Variable("prepositioned", PERSON_PLACE, "tonnes/day", "aid put in store", "put into the place's store by an event, of all commodities, beside what is delivered", FLOW),
    Variable("aid_lost", PERSON_PLACE, "tonnes/day", "aid lost on the way", "loaded for the place, and looted, destroyed or turned back on the way", FLOW),
    Variable("aid_spoilt", PERSON_PLACE, "tonnes/day", "aid that found no store", "recovered from the air beyond what is eaten that day and what can be stored", FLOW),
    Variable("aid_entered", ("member", "time", "crossing", "direction"), "tonnes/day", "aid that entered", "carried over a crossing, of all commodities; what is lost later on is still in it", FLOW),
    Variable("aid_traffic", ("member", "time", "link", "direction"), "tonnes/day", "aid on the road", "carried over a link, of all commodities", FLOW, internal=True),
    Variable("hub_stock", PERSON_PLACE, "tonnes", "aid in a hub", "what a hub holds for other places, of all commodities", STOCK, internal=True),
    Variable("start_stock", ("member", "place"), "tonnes", "aid in stock at the start", "opening stock, of all commodities", "time: point (opening)"),
    # conditions
    Variable("intensity", ("time", "place"), "1", "intensity of fighting", "1 - product(1 - x): 0 what those present lived with before, 0.3 strikes on some days, 0.6 daily heavy strikes, 1 a ground assault"),
    Variable("capture_by_hostile", ("time", "place"), "1", "capture by a hostile party, felt", "share of the flight from a capture by a hostile party that falls on the day; sums to 1 over the days around it"),
    Variable("capture_by_other", ("time", "place"), "1", "capture by another party, felt", "the same for a party that is not hostile to the holder"),
    Variable("need_per_person", ("place",), "1", "need of aid per person", "mean need of the groups at the place when the scenario opens, of an average person's 1"),
    Variable("ration", ("commodity",), "kg/person/day", "dry aid that a dependent person needs", "sum of the rows of the table of standards that are carried as the commodity"),
    Variable("hub_inflow", ("time", "place"), "tonnes/day", "aid that a hub receives", "as its supply and cuts in funding leave it"),
    Variable("hub_stock_added", ("time", "place"), "tonnes", "stock that a hub is given", "stock that is there when a supply begins, on its first day"),
    Variable("convoy_trucks", ("time", "link"), "trucks", "trucks in a convoy", "inf where aid does not need convoys"),
    Variable("convoy_requests", ("time", "link"), "1/week", "convoys requested a week", "7 where aid does not need convoys"),
    Variable("convoy_of", ("time", "link"), "1", "link with whose luck convoys are approved", "position in link: itself, or the first of those that one approval names"),
    Variable("stock_added", ("time", "place"), "tonnes", "stock put in store", "aid put into a place's store on the day, beside what dispatch brings"),
    Variable("airdrop_sorties", ("time", "airdrop"), "1/day", "sorties by air", "sorties a day that are planned; 0 while the airdrop is not in force"),
    Variable("airdrop_tonnes", ("airdrop",), "tonnes", "load of a sortie", "tonnes that a sortie carries"),
    Variable("airdrop_recovered", ("airdrop",), "1", "share recovered", "share of the load that people at the drop zone recover"),
    Variable("airdrop_reliability", ("airdrop",), "1", "chance that a sortie flies", "on the day for which it is planned"),
    Variable("control", ("time", "place"), "1", "controlling party", "position in party, -1 unknown; the day's captures done"),
    Variable("morning_control", ("time", "place"), "1", "controlling party in the morning", "position in party, -1 unknown; before the day's captures"),
    Variable("contested", ("time", "place"), "1", "contested", "1 while control is contested"),
    Variable("fire", ("time", "link"), "1", "fire on the road", "0 none to 4 nobody passes"),
    Variable("relation", ("time", "party", "other_party"), "1", "relation of two parties", "how two parties stand to each other", flags=("hostile", "smuggling", "tolerated", "truce", "same")),
    Variable("permission", LINK_TRAFFIC, "1", "permission", "chance that an attempt passes: physical x policy x danger; NaN where unknown"),
    Variable("permission_low", LINK_TRAFFIC, "1", "least permission", "permission with each unknown 0"),
    Variable("permission_high", LINK_TRAFFIC, "1", "most permission", "permission with each unknown 1"),
    Variable("morning_permission_low", LINK_TRAFFIC, "1", "least permission in the morning", "as permission_low, under the control of the morning: what people who set out that day meet"),
    Variable("morning_permission_high", LINK_TRAFFIC, "1", "most permission in the morning", "as permission_high, under the control of the morning"),
    Variable("quota", LINK_TRAFFIC, "people/day or trucks/day", "quota", "most people (civilians, medical) or trucks (trade, aid) a day; inf where no limit is known"),
    Variable("travel_time", ("time", "link"), "hour", "travel time", "free-flow time as the weather allows, checkpoints and front lines"),
    Variable("morning_travel_time", ("time", "link"), "hour", "travel time in the morning", "as travel_time, under the control of the morning"),
    Variable("speed", ("time", "link"), "km/h", "free speed", "free speed of the link times the smallest factor of the weather in force"),
    Variable("checkpoint", ("time", "link"), "1", "checkpoint", "1 while an event has people checked on the link, those of some groups more than others"),
    Variable("vehicle_capacity", ("time", "link", "direction"), "vehicles/day", "vehicles that a road takes", "most vehicles a day and direction; inf where no limit is known, 0 backward on a directed link"),
    Variable("admission", ("time", "link", "direction", "group"), "1", "admission of a group", "1 if people of the group may pass, 0 where a corridor is for others; permission is apart"),
    Variable("corridor_end", ("time", "place"), "1", "end of a corridor", "1 at the end of a corridor for people that is in force, and at the near side of each crossing on its way: they may go there, whoever holds it"),
    Variable("site_open", ("time", "place"), "1", "open to newcomers", "0 before a site is opened and while it is closed by an event, else 1"),
    Variable("site_capacity", ("time", "place"), "people", "planned capacity", "people that the site is planned for; empty where nothing is planned"),
    Variable("evacuation_rate", ("time", "evacuation"), "people/day", "people evacuated", "people a day that the evacuation is to move from evacuation_origin to evacuation_destination; 0 while it is not in force"),
    Variable("evacuation_who", ("evacuation", "group"), "1", "groups evacuated", "1 if the evacuation takes people of the group"),
)  # fmt: skip

VARIABLES: dict[str, Variable] = {v.name: v for v in _TABLE}


def attributes(name: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Dimensions and CF attributes of a variable, for an xarray Dataset.

    >>> attributes("departures")[1]["units"]
    'people/day'
    """
    v = VARIABLES[name]
    found: dict[str, Any] = {"units": v.units, "long_name": v.long_name, "definition": v.definition}
    if v.cell_methods:
        found["cell_methods"] = v.cell_methods
    if v.flags:
        found["flag_values"] = list(range(len(v.flags)))
        found["flag_meanings"] = " ".join(v.flags)
    return v.dims, found


def labels(codes: xr.DataArray) -> xr.DataArray:
    """The words of a variable with flags, in place of its codes.

    >>> codes = xr.DataArray([2, 0], dims="place", attrs=attributes("access_today")[1])
    >>> labels(codes).values.tolist()
    ['cut', 'open']
    """
    words = np.array(codes.attrs["flag_meanings"].split(), object)
    return xr.DataArray(words[codes.values.astype(int)], coords=codes.coords, dims=codes.dims, name=codes.name)
