"""What aid a run needs, brings and lacks: cover and stock-outs by place, need and what there is of it by month.

Tonnes are summed within each member first; points over members come last. Points of tonnes and days stand in columns
called something_10, something_50 and something_90; those called pN are people, or people times days.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Floats
from displacement.summaries.places import place_names
from displacement.summaries.points import RANGE, column, days_at, points_over_members
from displacement.summaries.reach import flag_names
from displacement.summaries.sharing import FLOOR
from displacement.supply.stocks import STOCKED_OUT, person_days, stock_out_day

WEEK = 7
UNREACHED = ("besieged", "hard_to_reach", "unknown")
LEAST_TONNES = 0.01  # that count as aid that came
LEAD_DAYS = 7.0  # from asking a hub for aid until it is loaded: an assumption, the model itself delivers on the day


def tonnes_of(run: xr.Dataset, name: str) -> xr.DataArray:
    """(member, time, place) tonnes of all commodities together, of a variable that keeps them apart."""
    return run[name].astype(float).sum("commodity").transpose("member", "time", "place")


def put_in_store(run: xr.Dataset) -> xr.DataArray:
    """(member, time, place) tonnes put in store beside what is delivered (`Prepositioned`); 0 where there is none."""
    if "prepositioned" not in run:
        return xr.zeros_like(tonnes_of(run, "need"))
    return run["prepositioned"].astype(float).transpose("member", "time", "place")


def distributed(run: xr.Dataset) -> xr.DataArray:
    """(member, time, place) tonnes handed out a day: need - unmet need."""
    return tonnes_of(run, "need") - tonnes_of(run, "unmet_need")


def ration_kg(conditions: xr.Dataset) -> float:
    """Dry aid that a dependent person of average need needs a day, in kg, of all commodities."""
    return float(conditions["ration"].sum())


def people_on_aid(run: xr.Dataset, conditions: xr.Dataset) -> pd.Series:
    """(place,) people who depend on aid on an average day: median over members of 1000 mean need / kg of a ration."""
    mean = tonnes_of(run, "need").mean("time").median("member")
    kg = ration_kg(conditions)
    found = person_days(mean.values, kg) if kg else np.zeros(run.sizes["place"])
    return pd.Series(found, index=pd.Index([str(p) for p in run["place"].values], name="place"), name="people_on_aid")


def places_on_aid(run: xr.Dataset, conditions: xr.Dataset) -> list[str]:
    """Places where 50 people or more depend on aid: of others nothing may be told, and the rest is 0."""
    people = people_on_aid(run, conditions)
    return [str(place) for place in people.index[people.to_numpy() >= FLOOR]]


def ranged_columns(values: Floats, name: str, *, people: bool = False) -> dict[str, Floats]:
    """Columns name_10, name_50, name_90 (of people name_p10...) of points over members. values : (member, row).

    >>> {k: v.tolist() for k, v in ranged_columns(np.array([[0.0], [1.0], [2.0]]), "tonnes").items()}
    {'tonnes_10': [0.2], 'tonnes_50': [1.0], 'tonnes_90': [1.8]}
    """
    found = points_over_members(values, RANGE)
    return {f"{name}_{column(p) if people else format(p, 'g')}": found[i] for i, p in enumerate(RANGE)}


def weeks_of(run: xr.Dataset) -> list[tuple[int, int]]:
    """First and last day (positions) of each week, counted from the first day of the run; the last may be shorter.

    >>> weeks_of(xr.Dataset(coords={"time": np.arange(9)}))
    [(0, 6), (7, 8)]
    """
    days = run.sizes["time"]
    return [(first, min(first + WEEK, days) - 1) for first in range(0, days, WEEK)]


def cover_by_week(run: xr.Dataset, conditions: xr.Dataset) -> pd.DataFrame:
    """A row a place and week: days of cover at the end of the week, that is stock over the need of its last day.

    week, last_day : its first and last day;  cover_10, cover_50, cover_90 : days
    """
    names, days = place_names(run)["name"], pd.DatetimeIndex(run["time"].values)
    places = places_on_aid(run, conditions)
    cover = run["days_of_cover"].sel(place=places).transpose("member", "time", "place").values
    rows = []
    for first, last in weeks_of(run):
        table = pd.DataFrame({"place": places, "name": names[places].to_numpy()})
        table = table.assign(week=days[first], last_day=days[last], **ranged_columns(cover[:, last], "cover"))
        rows.append(table)
    return pd.concat(rows).sort_values(["place", "week"], kind="stable").reset_index(drop=True)


def last_land_aid(run: xr.Dataset, access: xr.Dataset) -> pd.DataFrame:
    """A row a place (index) that aid could not regularly reach on the last day: when aid last came by land.

    class : of access;  people : those who lived there when the scenario opened;  none : share of members in which no
    aid came by land on any day;  last_50 : the last day on which it did, median; empty where it came in under half of
    them
    """
    status = flag_names(access["access_status"].isel(time=-1)).astype(str)
    places = [str(p) for p, k in zip(access["place"].values, status, strict=True) if k in UNREACHED]
    here, days = run.sel(place=places), run["time"].values
    land = tonnes_of(here, "delivered") - here["delivered_by_air"].astype(float)
    came = (land > LEAST_TONNES).transpose("member", "place", "time").values
    last = np.where(came.any(axis=-1), len(days) - 1 - came[..., ::-1].argmax(axis=-1), -1.0)
    middle = [int(np.quantile(last[:, i], 0.5, method="lower")) for i in range(len(places))]
    start = run["start_residents"] + run["start_displaced"]
    table = pd.DataFrame(
        {
            "name": place_names(run).loc[places, "name"],
            "class": [str(k) for k in status if k in UNREACHED],
            "people": start.sel(place=places).median("member").values,
            "none": (~came.any(axis=-1)).mean(axis=0),
            "last_50": pd.DatetimeIndex([days[m] if m >= 0 else pd.NaT for m in middle]),
        },
        index=pd.Index(places, name="place"),
    )
    return table.sort_values(["people", "name"], ascending=[False, True], kind="stable")


def out_of_stock(run: xr.Dataset) -> xr.DataArray:
    """(member, time, place) is less than a quarter of the need met on the day?"""
    need = tonnes_of(run, "need")
    return (need > 0) & (distributed(run) < STOCKED_OUT * need)


def stock_outs(run: xr.Dataset, conditions: xr.Dataset) -> pd.DataFrame:
    """A row a place (index): when stocks run out, and what is unmet; most person-days unmet first.

    A place has run out on the first day on which less than a quarter of its need is met (see `stock_out_day`).

    share : of members in which it does so at all;  share_at_start : on the very first day
    first_day_10, first_day_50, first_day_90 : that day; members in which it never comes count as later than any day
    days_out_10 ... : days on which less than a quarter is met;  least_cover_10 ... : least days of cover
    unmet_p10 ... : unmet need over the period, in person-days;  on_aid_p50 : people who depend on aid
    """
    places = places_on_aid(run, conditions)
    here = run.sel(place=places)
    first = stock_out_day(distributed(here).values, tonnes_of(here, "need").values)
    never = np.isnan(first)
    days = run["time"].values
    at = [days_at(np.where(never[:, i], np.inf, first[:, i]), days, RANGE) for i in range(len(places))]
    out = out_of_stock(here).sum("time").values.astype(float)
    least = here["days_of_cover"].min("time").transpose("member", "place").values
    unmet = person_days(tonnes_of(here, "unmet_need").sum("time").values, ration_kg(conditions) or np.nan)
    table = place_names(run).loc[places, ["name", "area"]].assign(
        share=(~never).mean(axis=0),
        share_at_start=(first == 0).mean(axis=0),
        **{f"first_day_{p:g}": pd.to_datetime([d[k] for d in at]) for k, p in enumerate(RANGE)},
        **ranged_columns(out, "days_out"),
        **ranged_columns(least, "least_cover"),
        **ranged_columns(unmet, "unmet", people=True),
        on_aid_p50=people_on_aid(run, conditions)[places].to_numpy(),
    )  # fmt: skip
    return table.sort_values(["unmet_p50", "unmet_p90", "name"], ascending=[False, False, True], kind="stable")


def months_of(run: xr.Dataset) -> list[tuple[pd.Timestamp, int, int]]:
    """Each month that the run touches: its first day in the run, and the positions of that and its last day.

    >>> run = xr.Dataset(coords={"time": pd.date_range("2016-01-30", periods=4)})
    >>> [(str(first.date()), start, end) for first, start, end in months_of(run)]
    [('2016-01-30', 0, 1), ('2016-02-01', 2, 3)]
    """
    days = pd.DatetimeIndex(run["time"].values)
    month = days.year * 12 + days.month
    starts = [0, *(int(i) for i in np.flatnonzero(np.diff(month)) + 1)]
    return [(days[a], a, b - 1) for a, b in zip(starts, [*starts[1:], len(days)], strict=True)]


def need_by_month(run: xr.Dataset, conditions: xr.Dataset) -> pd.DataFrame:
    """A row a commodity and month: what is required, what there is of it, what is handed out, and the gap, in tonnes.

    month, last_day, days : its days inside the run
    required_10 ... : need, summed over the days and places;  delivered_10 ... : what came
    available_10 ... : stock at its start + what came and what was put in store
    distributed_10 ... : handed out;  gap_10 ... : unmet need
    gap_person_days_p10 ... : 1000 gap / kg that a dependent person needs of the commodity
    gap_people_p10 ... : people whom the gap would have fed on all of its days: person-days / days
    """
    kg = {str(k): float(v) for k, v in zip(conditions["commodity"].values, conditions["ration"].values, strict=True)}
    whole = sum(kg.values()) or np.nan
    days = pd.DatetimeIndex(run["time"].values)
    sums = {name: run[name].astype(float).sum("place") for name in ("need", "delivered", "unmet_need", "stock")}
    opening = run["start_stock"].astype(float).sum("place").values
    stored = put_in_store(run).sum("place").values
    rows = []
    for name in map(str, run["commodity"].values):
        of = {k: v.sel(commodity=name).transpose("member", "time").values for k, v in sums.items()}
        for first, start, end in months_of(run):
            month = {k: v[:, start : end + 1].sum(axis=1, keepdims=True) for k, v in of.items()}
            before = (of["stock"][:, start - 1] if start else opening * kg[name] / whole)[:, np.newaxis]
            put = stored[:, start : end + 1].sum(axis=1, keepdims=True)
            lacking = person_days(month["unmet_need"], kg[name] or np.nan)
            parts = {
                "required": month["need"], "delivered": month["delivered"],
                "available": before + month["delivered"] + put * kg[name] / whole,
                "distributed": month["need"] - month["unmet_need"], "gap": month["unmet_need"],
            }  # fmt: skip
            row = {k: v for what, values in parts.items() for k, v in ranged_columns(values, what).items()}
            row |= ranged_columns(lacking, "gap_person_days", people=True)
            row |= ranged_columns(lacking / (end - start + 1), "gap_people", people=True)
            about = {"commodity": name, "month": first, "last_day": days[end], "days": end - start + 1}
            rows.append(about | {k: float(v[0]) for k, v in row.items()})
    return pd.DataFrame(rows)


def reorder_days(entry: Floats, lead_days: float, most_days: float) -> Floats:
    """Days of cover at which to ask for more: lead + min(1 / chance that aid enters on a day, most).

    A store that is asked for now comes after the lead, and then waits for the way in to open. entry : any shape

    >>> reorder_days(np.array([1.0, 0.25, 0.0]), 7.0, 20.0)
    array([ 8., 11., 27.])
    """
    return np.asarray(lead_days + np.minimum(1.0 / np.maximum(entry, 1e-9), most_days))


def reorder_points(
    run: xr.Dataset, conditions: xr.Dataset, access: xr.Dataset | None, most_days: float, lead_days: float = LEAD_DAYS
) -> pd.DataFrame:
    """A row a place (index): reorder_days, reorder_t (that many days of the median need, on the last day).

    below_share : of members whose cover is under it on the last day;  below_since : first day of the last unbroken
        time in which the median cover is under it, empty if it is not on the last day
    access : from `access_status`, for the chance that land aid enters on the last day; without, that is taken to be 1
    """
    places, days = places_on_aid(run, conditions), pd.DatetimeIndex(run["time"].values)
    sure = access is None or "aid_entry" not in access
    entry = np.ones(len(places)) if sure else access["aid_entry"].isel(time=-1).sel(place=places).values.astype(float)  # type: ignore[index]
    at = reorder_days(np.nan_to_num(entry), lead_days, most_days)
    cover = run["days_of_cover"].sel(place=places).transpose("member", "time", "place").values
    need = tonnes_of(run, "need").sel(place=places).isel(time=-1).median("member").values
    under = points_over_members(cover, (50.0,))[0] < at
    since = [_last_spell(under[:, i], days) for i in range(len(places))]
    found = {"reorder_days": at, "reorder_t": at * need, "below_share": (cover[:, -1] < at).mean(axis=0)}
    return pd.DataFrame(found | {"below_since": pd.to_datetime(since)}, index=pd.Index(places, name="place"))


def _last_spell(under: np.ndarray, days: pd.DatetimeIndex) -> pd.Timestamp:
    """First day of the unbroken time up to the last day in which something holds; NaT if it does not on that day."""
    over = np.flatnonzero(~under)
    first = int(over[-1]) + 1 if len(over) else 0
    return days[first] if first < len(days) else pd.NaT  # type: ignore[return-value]
