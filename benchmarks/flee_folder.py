"""Flee input folders for the comparison: a made-up one, and copies with fewer people; and what Flee made of them."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from displacement.forecast.split_scores import split_error

RUNNER = Path(__file__).with_name("flee_run.py")
PEOPLE = 7  # the column of locations.csv: people who live there or, in a camp, its capacity
TYPE = 5
START = dt.date(2020, 1, 1)
SETTINGS = """spawn_rules:
  conflict_spawn_decay: [1.0,1.0,1.0,0.5,0.1]
  insert_day0: True
move_rules:
  max_move_speed: 400.0
  max_walk_speed: 35.0
  camp_weight: 1.0
  conflict_weight: 0.25
  foreign_weight: 1.0
  softening: 50.0
  distance_power: 0.75
  default_movechance: 0.5
  conflict_movechance: 1.0
  camp_movechance: 0.001
  avoid_short_stints: True
  awareness_level: 1
"""  # those of Flee's four cases

TOWNS = {  # degrees north and east, day on which fighting begins (None: never), share of the people
    "Abe": (1.0, 1.0, 0, 0.3), "Bora": (1.6, 1.9, 0, 0.2), "Cale": (2.3, 1.2, 5, 0.2), "Dusu": (0.4, 2.1, 15, 0.1),
    "Eno": (2.8, 2.2, 10, 0.2), "Fara": (1.1, 2.8, None, 0.0), "Goma_West": (0.2, 1.2, None, 0.0),
    "Hara": (2.2, 3.0, None, 0.0), "Ibo": (3.2, 1.4, None, 0.0),
}  # fmt: skip
CAMPS = {  # degrees north and east, country, share of the counts
    "Jura": (0.9, 3.7, "Eastland", 0.35), "Kito": (2.3, 3.8, "Eastland", 0.15), "Lema": (-0.7, 1.5, "Southland", 0.25),
    "Moro": (4.0, 1.0, "Northland", 0.15), "Nara": (3.9, 2.6, "Northland", 0.1),
}  # fmt: skip
ROADS = (
    "Abe-Bora", "Abe-Goma_West", "Abe-Cale", "Bora-Fara", "Bora-Dusu", "Bora-Eno", "Cale-Ibo", "Cale-Eno", "Dusu-Fara",
    "Dusu-Goma_West", "Eno-Hara", "Fara-Hara", "Fara-Jura", "Hara-Kito", "Goma_West-Lema", "Ibo-Moro", "Eno-Nara",
    "Ibo-Nara",
)  # fmt: skip
PER_MOVER = 1.6  # people who live there, for each who flees


@dataclass(frozen=True, eq=False)
class Found:
    """What Flee made of a folder."""

    sites: Sequence[str]
    people: np.ndarray  # (day, site) agents
    seconds: float  # CPU time of all days
    agents: int  # at the end

    @property
    def seconds_a_day(self) -> float:
        """CPU time of a day, mean."""
        return self.seconds / len(self.people)


def no_flee() -> str:
    """Why Flee cannot be run; empty if it can be."""
    return "" if find_spec("flee") else "Flee is not installed (pip install flee==3.1)"


def made_up_folder(folder: Path, *, people: int, days: int) -> None:
    """Nine towns and five camps in four countries. All come in the first third of the days, evenly.

    The counts are made up: fixed shares of the total. How near a program comes to them says nothing.
    """
    begins = {name: begin for name, (_, _, begin, _) in TOWNS.items() if begin is not None}
    rows: list[tuple[Any, ...]] = [
        (name, "", "Homeland", y, x, "conflict_zone", begin, round(share * people * PER_MOVER))
        if name in begins else (name, "", "Homeland", y, x, "town", "", "")
        for name, (y, x, begin, share) in TOWNS.items()
    ]  # fmt: skip
    rows += [(name, "", land, y, x, "camp", "", round(s * people)) for name, (y, x, land, s) in CAMPS.items()]
    at = {**{n: v[:2] for n, v in TOWNS.items()}, **{n: v[:2] for n, v in CAMPS.items()}}
    ends = [road.split("-") for road in ROADS]
    km = [round(130 * float(np.hypot(*(np.array(at[a]) - at[b])))) for a, b in ends]
    inputs = folder / "input_csv"
    inputs.mkdir(parents=True)
    head = ["#name", "region", "country", "latitude", "longitude", "location_type", "conflict_date", "population"]
    write(inputs / "locations.csv", [head, *rows])
    write(inputs / "routes.csv", [["#name1", "name2", "distance", "forced_redirection"],
                                  *([a, b, k, 0] for (a, b), k in zip(ends, km, strict=True))])  # fmt: skip
    write(inputs / "closures.csv", [["#closure_type", "name1", "name2", "closure_start", "closure_end"]])
    fought = [[day, *(int(day >= begin) for begin in begins.values())] for day in range(days)]
    write(inputs / "conflicts.csv", [["#Day", *begins], *fought])
    write(inputs / "sim_period.csv", [["StartDate", START], ["Length", days]])
    (folder / "simsetting.yml").write_text(SETTINGS, encoding="utf-8")
    total = people * np.minimum(np.arange(days) / (days / 3), 1.0)
    write_counts(folder, START, {n: np.rint(total * share) for n, (_, _, _, share) in CAMPS.items()})


def smaller_folder(
    source: Path, folder: Path, series: Mapping[str, np.ndarray], start: dt.date, *, factor: int, capacities: float
) -> None:
    """A copy of a Flee folder with people, capacities and counts divided by a factor.

    series : (day,) people of each site, which the copy has as its counts, of every day
    capacities : another factor on capacities; 0 leaves them empty, which Flee takes for no limit
    """
    inputs = folder / "input_csv"
    inputs.mkdir(parents=True)
    for name in ("routes.csv", "closures.csv", "conflicts.csv", "sim_period.csv"):
        shutil.copy(source / "input_csv" / name, inputs / name)
    shutil.copy(source / "simsetting.yml", folder / "simsetting.yml")
    with (source / "input_csv" / "locations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    camps = []
    for row in rows[1:]:
        is_camp = "camp" in row[TYPE].lower()
        if is_camp:
            camps.append(row[0])
        if row[PEOPLE].strip():
            people = int(row[PEOPLE]) * (capacities if is_camp else 1.0)
            row[PEOPLE] = str(max(1, round(people / factor))) if people else ""
    write(inputs / "locations.csv", rows)
    days = len(next(iter(series.values())))
    uncounted = {camp: np.zeros(days) for camp in camps if camp not in series}  # Flee wants a series of each camp
    write_counts(folder, start, {**series, **uncounted}, factor=factor)


def write_counts(folder: Path, start: dt.date, series: Mapping[str, np.ndarray], *, factor: int = 1) -> None:
    """source_data: people at each site and in total, of every day, divided by a factor."""
    data = folder / "source_data"
    data.mkdir()
    columns = {"total": sum(series.values()), **series}
    for k, people in enumerate(columns.values()):
        counts = np.rint(np.asarray(people) / factor).astype(int)
        write(data / f"{k}.csv", [[start + dt.timedelta(t), int(n)] for t, n in enumerate(counts)])
    write(data / "data_layout.csv", [[name, f"{k}.csv"] for k, name in enumerate(columns)])


def write(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """A table of a Flee folder."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def run_flee(folder: Path, seed: int) -> Found:
    """Flee over a folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(RUNNER), str(folder), str(seed)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"Flee failed on {folder}:\n{done.stderr[-2000:]}")
    return found_of(done.stdout)


def found_of(text: str) -> Found:
    """What the runner printed; Flee itself prints above it."""
    said = json.loads(text.strip().splitlines()[-1])
    return Found(tuple(said["sites"]), np.array(said["people"], float), said["seconds"], said["agents"])


def to_the_total(people: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(day, site) people scaled to each day's total, (day,); a day with nobody stays empty."""
    there = people.sum(axis=1)
    return people * np.divide(total, there, out=np.zeros_like(total), where=there > 0)[:, np.newaxis]


def errors_of(found: Found, sites: Sequence[str], series: np.ndarray, factor: int) -> dict[str, float]:
    """Flee's error as it is and scaled to the day's total, and the share of the total that is at the sites at all.

    series : (day, site) people, not divided
    """
    people = found.people[:, [found.sites.index(site) for site in sites]] * factor
    total = series.sum(axis=1)
    told = total > 0
    return {
        "as it is": split_error(people, series),
        "scaled": split_error(to_the_total(people, total), series),
        "there": float((people.sum(axis=1)[told] / total[told]).mean()),
    }
