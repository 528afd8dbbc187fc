"""Who can be reached: people by class of access, and when the access of a place changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from displacement.network import Network

CLASSES = ("besieged", "hard_to_reach", "unknown", "accessible")


def flag_names(codes: xr.DataArray) -> np.ndarray:
    """Codes as their words, from flag_values and flag_meanings; a code that has no word is unknown."""
    words = str(codes.attrs["flag_meanings"]).split()
    values = codes.attrs.get("flag_values", range(len(words)))
    known = {int(v): w for v, w in zip(values, words, strict=True)}
    return np.vectorize(lambda v: known.get(int(v), "unknown"), otypes=[object])(codes.values)


def people_by_class(access: xr.Dataset, population: pd.Series) -> pd.DataFrame:
    """A row a day, a column a class of access: people at the opening at places of that class. Every person is in one.

    population : people by place when the scenario opens. People at places that are not classified count as unknown.
    """
    words = flag_names(access["access_status"].transpose("time", "place"))
    people = np.nan_to_num(population.reindex([str(p) for p in access["place"].values]).to_numpy(float))
    words = np.where(np.isin(words.astype(str), CLASSES), words, "unknown")
    found = {name: ((words == name) * people).sum(axis=1) for name in CLASSES}
    return pd.DataFrame(found, index=pd.Index(access["time"].values, name="time"))


def opening_people(network: Network) -> pd.Series:
    """People by place when the scenario opens, at home and already displaced."""
    people = network.places.residents + network.places.opening_displaced
    return pd.Series(people, index=pd.Index(network.places.id, name="place"), name="people")


def spells(codes: xr.DataArray) -> pd.DataFrame:
    """A row for each unbroken time at a place with one value: place, value, first and last day, by place and time.

    `begins` and `ends` say whether the change at either end was seen, or the period ended there.
    """
    words = flag_names(codes.transpose("time", "place"))
    days, rows = pd.DatetimeIndex(codes["time"].values), []
    for i, place in enumerate(codes["place"].values):
        line = words[:, i]
        starts = [0, *(int(k) for k in np.flatnonzero(line[1:] != line[:-1]) + 1)] if len(line) else []
        for start, stop in zip(starts, [*starts[1:], len(line)], strict=True):
            row = (str(place), str(line[start]), days[start], days[stop - 1], start > 0, stop < len(line))
            rows.append(row)
    return pd.DataFrame(rows, columns=["place", "value", "first", "last", "begins", "ends"])


def access_changes(access: xr.Dataset, names: pd.Series) -> pd.DataFrame:
    """A row for the first day of each place and each later day on which its access changes.

    class, today, since (first day of today's value), worst and best. Places that are never classified are left out.
    """
    wanted = {"class": "access_status", "today": "access_today", "worst": "access_worst", "best": "access_best"}
    found = {k: flag_names(access[v].transpose("time", "place")) for k, v in wanted.items() if v in access}
    days, rows = pd.DatetimeIndex(access["time"].values), []
    for i, place in enumerate(map(str, access["place"].values)):
        before: dict[str, str] = {}
        since = days[0] if len(days) else pd.NaT
        for t, day in enumerate(days):
            now = {k: str(v[t, i]) for k, v in found.items()}
            if before and now.get("today") != before.get("today"):
                since = day
            if now != before and set(now.values()) != {"not_classified"}:
                rows.append({"place": place, "name": names.get(place, place), "date": day, **now, "since": since})
            before = now
    columns = ["place", "name", "date", "class", "today", "since", "worst", "best"]
    return pd.DataFrame(rows, columns=[c for c in columns if c in {"place", "name", "date", "since", *found}])
