"""What it would take: convoys that come at all, what holds so many days of cover, needs by cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.mandates import AID
from displacement.need import trucks_needed
from displacement.network import Floats, Network
from displacement.standards import CARRIED, Standard, kg_per_person
from displacement.summaries.aid import places_on_aid, ranged_columns, tonnes_of
from displacement.summaries.places import place_names
from displacement.supply.ground import whole_requests
from displacement.supply.stocks import convoys_a_week, no_convoy_chance, sorties_a_day, tonnes_to_hold

HOLD_DAYS = 30.0  # of cover: what a month's plan holds


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a convoy and a sortie carry, and the chance of each; an assumption unless the scenario says it.

    The sortie is that of the drops on Deir ez-Zor, 2016 to 2017: 18.6 t, eight in ten flown, 95 % recovered.
    """

    convoy_trucks: float = 15.0
    approved: float = 1.0
    sortie_tonnes: float = 18.6
    recovered: float = 0.95
    reliability: float = 0.8

    @classmethod
    def of(cls, conditions: xr.Dataset, network: Network) -> Means:
        """Those of the scenario where it has convoy lines or airdrops (medians over them); else the assumption."""
        found: dict[str, float] = {}
        lines = no_convoy(conditions, network)
        if len(lines):
            found = {"convoy_trucks": float(lines["trucks"].median()), "approved": float(lines["approved"].median())}
        if conditions.sizes.get("airdrop"):
            names = {"sortie_tonnes": "tonnes", "recovered": "recovered", "reliability": "reliability"}
            found |= {k: float(conditions[f"airdrop_{v}"].median()) for k, v in names.items()}
        return cls(**found)


def no_convoy(conditions: xr.Dataset, network: Network) -> pd.DataFrame:
    """A row a convoy line (index): the chance that not one convoy passes it over the whole period.

    Product over the days of (1 - p)^n, where n are the requests of the day and p is the chance that one is approved, of
    the easier direction; an unknown chance counts as half.

    trucks : in a convoy, mean;  requests : in the period;  approved : mean chance of a request, weighted by requests
    approval : the first of the lines that are approved together with it
    area : of the end of the line (parent P-code); both where they differ
    """
    trucks, places = conditions["convoy_trucks"].values, network.places
    chance = (conditions["permission_low"].values + conditions["permission_high"].values)[..., AID].max(axis=-1) / 2
    requests = whole_requests(conditions["convoy_requests"].values)
    rows: list[dict[str, Any]] = []
    for link in np.flatnonzero(np.isfinite(trucks).any(axis=0)):
        on = np.isfinite(trucks[:, link])
        with_luck_of = int(conditions["convoy_of"].values[on, link][-1]) if "convoy_of" in conditions else int(link)
        asked, p = requests[on, link], chance[on, link]
        ends = (int(network.links.origin[link]), int(network.links.destination[link]))
        areas = dict.fromkeys(places.parent_pcode[e] or places.country[e] for e in ends)
        none = float(np.prod([no_convoy_chance(float(p_), int(n)) for p_, n in zip(p, asked, strict=True)]))
        rows.append(
            {
                "link": network.links.id[link],
                "name": " – ".join(places.name[e] for e in ends),
                "area": " ".join(areas),
                "approval": network.links.id[with_luck_of],
                "trucks": float(trucks[on, link].mean()),
                "requests": int(asked.sum()),
                "approved": float((asked * p).sum() / asked.sum()) if asked.sum() else float("nan"),
                "no_convoy": none,
            }
        )
    columns = ["link", "name", "area", "approval", "trucks", "requests", "approved", "no_convoy"]
    return pd.DataFrame(rows, columns=columns).set_index("link")


def no_convoy_by_area(lines: pd.DataFrame) -> pd.DataFrame:
    """A row an area (index): requests in all, and the chance that no convoy passes any of its lines, each by itself.

    Product over the approvals of what `no_convoy` gives, the least of those lines that are approved together. Lines are
    internal, areas are not. Approvals that follow each other on one way count as if each led there, though a convoy
    needs both.
    """
    each = lines.groupby(["area", "approval"], sort=True).agg(
        lines=("trucks", "size"), requests=("requests", "max"), no_convoy=("no_convoy", "min")
    )
    by_area = each.groupby("area", sort=True)
    found = {"lines": by_area["lines"].sum(), "requests": by_area["requests"].sum()}
    return pd.DataFrame(found | {"no_convoy": by_area["no_convoy"].prod()})


def to_hold(
    run: xr.Dataset, conditions: xr.Dataset, truck_load: float, means: Means, days: float = HOLD_DAYS
) -> pd.DataFrame:
    """A row a place (index): what it takes to reach so many days of cover, and to hold them, as of the last day.

    need_10 ... : tonnes a day;  missing_10 ... : tonnes to reach that cover, max(0, need x days - stock), once
    missing_trucks_10 ... : the same in trucks;  then, for the median need: trucks_a_day, convoys_a_week (requests, of
    `means`) or sorties_a_day that hold it, each as if it came alone
    """
    places = places_on_aid(run, conditions)
    need = tonnes_of(run, "need").sel(place=places).isel(time=-1).values
    stock = tonnes_of(run, "stock").sel(place=places).isel(time=-1).values
    missing, middle = tonnes_to_hold(need, days, stock), np.median(need, axis=0)
    table = place_names(run).loc[places, ["name", "area"]].assign(
        hold_days=days,
        **ranged_columns(need, "need"),
        **ranged_columns(missing, "missing"),
        **ranged_columns(trucks_needed(missing, truck_load), "missing_trucks"),
        trucks_a_day=trucks_needed(middle, truck_load),
        convoys_a_week=convoys_a_week(middle, means.convoy_trucks, truck_load, means.approved),
        sorties_a_day=sorties_a_day(middle, means.sortie_tonnes, means.recovered, means.reliability),
    )  # fmt: skip
    return table.sort_values(["missing_50", "name"], ascending=[False, True], kind="stable")


def amount_needed(standard: Standard, people: Floats) -> tuple[str, Floats]:
    """What is counted, and how much of it so many people need by a standard that no truck brings. people : any shape

    litre/person/day: m3 a day, people x litres / 1000. m2/person: people x m2. people/unit: people / quantity.
    staff/10000 people: people x quantity / 10000.

    >>> water = Standard(item="water", cluster="WASH", quantity=15, unit="litre/person/day", source="Sphere")
    >>> taps = Standard(item="people per tap", cluster="WASH", quantity=250, unit="people/unit", source="Sphere")
    >>> amount_needed(water, np.array([1_000.0])), amount_needed(taps, np.array([1_000.0]))
    (('m3 a day', array([15.])), ('taps', array([4.])))
    """
    if standard.unit == "litre/person/day":
        return "m3 a day", people * standard.quantity / 1000.0
    if standard.unit == "m2/person":
        return "m2", people * standard.quantity
    if standard.unit == "people/unit":
        return _many(standard.item), people / standard.quantity
    return "staff", people * standard.quantity / 10_000.0


def _many(item: str) -> str:
    """What is counted, in the plural.

    >>> _many("people per latrine in the first phase"), _many("people per health centre")
    ('latrines in the first phase', 'health centres')
    """
    head, joint, rest = item.removeprefix("people per ").partition(" in ")
    return f"{head}s{joint}{rest}"


def needs_by_cluster(run: xr.Dataset, standards: tuple[Standard, ...]) -> pd.DataFrame:
    """A row a standard, by cluster: what is needed on the last day, for whom, by which standard and whose.

    What trucks carry is for all who depend on aid: the need in tonnes a day, split by the shares of the ration. The
    rest is for displaced people inside the country (people at home have homes; their water is not counted).

    for_whom, people_p10 ... : of whom, and how many;  amount_10 ... of amount_unit;  quantity, unit, source : the
        standard
    """
    need = {str(k): run["need"].astype(float).sel(commodity=k).isel(time=-1).sum("place").values
            for k in run["commodity"].values}  # fmt: skip
    kg = kg_per_person(standards)
    displaced = run["displaced"].isel(time=-1).sum("place").values.astype(float)
    whole = sum(kg.values())
    on_aid = sum(need.values()) * 1000.0 / whole if whole else np.full(len(displaced), np.nan)
    rows: list[dict[str, Any]] = []
    for row in sorted(standards, key=lambda s: s.cluster):
        if row.unit == CARRIED and not row.commodity:
            continue
        if row.unit == CARRIED:
            share = row.quantity / kg[row.commodity] if kg[row.commodity] else 0.0
            unit, amount, who, people = "t a day", need[row.commodity] * share, "on aid", on_aid
        else:
            (unit, amount), who, people = amount_needed(row, displaced), "displaced", displaced
        said = ranged_columns(np.asarray(amount)[:, np.newaxis], "amount")
        said |= ranged_columns(np.asarray(people)[:, np.newaxis], "people", people=True)
        about = {"cluster": row.cluster, "item": row.item, "for_whom": who, "amount_unit": unit}
        standard = {"quantity": row.quantity, "unit": row.unit, "source": row.source}
        rows.append(about | {k: float(v[0]) for k, v in said.items()} | standard)
    return pd.DataFrame(rows)
