"""What a run says of aid, in words that can be read out: need, what came, what was unmet, who runs out and when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from displacement.charts.aid_chain import amount_words, millions
from displacement.charts.aid_cover import days_short
from displacement.charts.style import day_words, span_words
from displacement.events import listed
from displacement.network import Floats
from displacement.scenario import Scenario
from displacement.summaries import (
    RANGE,
    aid_chain,
    no_convoy,
    no_convoy_by_area,
    points_over_members,
    ration_kg,
    rounded,
    rounded_tonnes,
    stock_outs,
)

OUTS, WORST, FIRST_DAY = 4, 10, 6  # places named
LIKELY = 0.1  # a chance of running out that is told


def tonnes_words(low: float, middle: float, high: float) -> str:
    """Tonnes with the range that holds 80 of 100 runs.

    >>> tonnes_words(45_899.0, 64_892.0, 74_026.0), tonnes_words(800.0, 800.0, 800.0)
    ('64,900 t (45,900 to 74,000)', '800 t')
    """
    ends = [amount_words(float(x)) for x in rounded_tonnes([low, middle, high])]
    return f"{ends[1]} t" if ends[0] == ends[2] else f"{ends[1]} t ({ends[0]} to {ends[2]})"


def person_days_words(low: float, middle: float, high: float) -> str:
    """Person-days with their range, rounded as people are.

    >>> person_days_words(15_117_036.0, 17_951_210.0, 25_099_570.0), person_days_words(0.0, 0.0, 30.0)
    ('18.0 million (15.1 million to 25.1 million) person-days', 'fewer than 50 person-days')
    """
    if high < 50:
        return "fewer than 50 person-days" if high > 0 else "no person-days"
    ends = [millions(float(x)) for x in rounded([low, middle, high])]
    return f"{ends[1]} ({ends[0]} to {ends[2]}) person-days" if ends[0] != ends[2] else f"{ends[1]} person-days"


def aid_words(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> list[str]:
    """The lines of the section; none for a run without aid."""
    if "need" not in run:
        return []
    outs = stock_outs(run, conditions)
    return [
        *_amounts(run, scenario, conditions),
        *_running_out(outs),
        *_worst(run, outs),
        *_convoys(scenario, conditions),
        *_hangs_on(scenario, conditions),
    ]


def _amounts(run: xr.Dataset, scenario: Scenario, conditions: xr.Dataset) -> list[str]:
    """Need, what was delivered and where it came from, what was not met."""
    chain, days = aid_chain(run, scenario, conditions), run["time"].values
    at = {str(step): row for step, row in chain.iterrows()}
    said = {k: tonnes_words(*(float(at[k][f"tonnes_{p:g}"]) for p in RANGE)) for k in at}
    ways = {"entered": "over the border", "loaded_inside": "from hubs inside the country", "by_air": "by air"}
    came = [f"{said[k].split(' (')[0]} {words}" for k, words in ways.items() if float(at[k]["tonnes_90"]) >= 1]
    of_these = f", of these {listed(came)}" if came else ""
    unmet = person_days_words(*(float(at["gap"][f"person_days_p{p:g}"]) for p in RANGE))
    need = float(at["required"]["mean_trucks"])
    share = f", {100 * float(at['gap']['mean_trucks']) / need:.0f} of 100 needed" if need > 0 else ""
    return [
        f"- Needed, {span_words(days[0], days[-1])}: {said['required']}, or"
        f" {amount_words(float(rounded_tonnes(at['required']['trucks_50'])))} truckloads a day. Delivered:"
        f" {said['collected']}{of_these}.",
        f"- **Not met: {unmet}**{share}. A person-day is one day's ration of one person.",
    ]


def _running_out(outs: pd.DataFrame) -> list[str]:
    """Places that run out with the day and its range; apart from them, those that have nothing from the first day."""
    never_had = outs[outs["share_at_start"] >= 0.5]
    later = outs[(outs["share_at_start"] < 0.5) & (outs["share"] >= LIKELY)]
    lines = []
    if len(later):
        told = "; ".join(f"{row['name']} {_day_range(row)}" for _, row in later[:OUTS].iterrows())
        more = f"; {len(later) - OUTS} more in tables/aid_stock_outs.csv" if len(later) > OUTS else ""
        lines.append(f"- Stocks run out (less than a quarter of the need is met): {told}{more}.")
    if len(never_had):
        names = [str(name) for name in never_had["name"][:FIRST_DAY]]
        more = f" and {len(never_had) - FIRST_DAY} more" if len(never_had) > FIRST_DAY else ""
        lines.append(f"- Less than a quarter is met from the first day on at {', '.join(names)}{more}.")
    return lines or ["- No place runs out in as many as 10 of 100 runs."]


def _day_range(row: pd.Series) -> str:
    """The first day on which a place has run out, its range, and in how many runs.

    >>> days = {f"first_day_{p}": pd.Timestamp(f"2016-02-{d:02}") for p, d in ((10, 3), (50, 15), (90, 20))}
    >>> _day_range(pd.Series({"share": 0.95, **days}))
    'on 15 Feb 2016 (3–20 Feb 2016), in 95 of 100 runs'
    """
    early, day, late = row["first_day_10"], row["first_day_50"], row["first_day_90"]
    share = f"in {100 * float(row['share']):.0f} of 100 runs"
    if pd.isna(day):
        return f"{share} (first on {day_words(early)} or later)"
    if pd.isna(late):
        return f"on {day_words(day)} ({day_words(early)} or later), {share}"
    return f"on {day_words(day)} ({span_words(early, late)}), {share}"


def _worst(run: xr.Dataset, outs: pd.DataFrame) -> list[str]:
    """The ten places with least cover on the last day; of those with as much, the ones with most unmet need."""
    if not len(outs):
        return []
    names = list(outs.index)
    cover = run["days_of_cover"].sel(place=names).isel(time=-1).transpose("member", "place").values
    low, middle, high = points_over_members(cover, RANGE)
    order = np.argsort(np.nan_to_num(middle, nan=np.inf), kind="stable")[:WORST]
    said = [f"{outs['name'].iloc[i]} {_cover(low[i], middle[i], high[i])}" for i in order]
    return [f"- Least days of cover on the last day: {', '.join(said)}."]


def _cover(low: Floats, middle: Floats, high: Floats) -> str:
    ends = [days_short(float(x)) for x in (low, middle, high)]
    return ends[1] if ends[0] == ends[2] else f"{ends[1]} days ({ends[0]}–{ends[2]})"


def _convoys(scenario: Scenario, conditions: xr.Dataset) -> list[str]:
    """The chance that no convoy passes at all, by area: lines are not named."""
    lines = no_convoy(conditions, scenario.network)
    told = [
        f"in {area} {100 * float(row['no_convoy']):.0f} in 100 ({row['requests']:.0f} requests)"
        for area, row in no_convoy_by_area(lines).iterrows()
    ]
    return [f"- The chance that not one convoy passes: {', '.join(told)}."] if told else []


def _hangs_on(scenario: Scenario, conditions: xr.Dataset) -> list[str]:
    """The assumptions [A] on which these numbers hang most."""
    p = scenario.parameters
    low, _, high = p.priors.get("opening_cover", (p.opening_cover,) * 3)
    daily = float(conditions["hub_inflow"].isel(time=0).sum())
    hubs = f"hubs receive {daily:,.0f} t a day, as the scenario says" if daily else "no hub receives anything at first"
    stretched = f"stretch their stock over {p.ration_days:g} days" if p.ration_days else "eat full rations to the last"
    return [
        f"- It hangs on [A]: {hubs}; {100 * float(p.aid_share):.0f} of"
        f" 100 people depend on aid where trade is free, all where it is cut for {p.market_days:g} days; food and"
        f" goods are {ration_kg(conditions):.2f} kg a person a day; places open with {p.opening_cover:g}"
        f" days of cover ({low:g}–{high:g}); dispatch builds up {p.buffer_days:g} days; places that are cut"
        f" off {stretched}; aid comes on the day it is loaded, and markets sell nothing.",
    ]
