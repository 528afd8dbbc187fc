"""Where the road's capacity and the start-up delay come from: least squares on the points up to 27 September 12:00
that were published by then.

python scenarios/nagorno_karabakh_2023/calibrate.py
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import least_squares
from scipy.stats import t as student

import displacement as dp
from displacement.network import Floats

HERE = Path(__file__).parent
ROAD = "corridor"
OPENS = dt.date(2023, 9, 24)
UNTIL = pd.Timestamp(2023, 9, 27, 12)  # no later hour is fitted, and nothing that was published on a later day
FIRST_GUESS = (5_000.0, 24.0)  # vehicles a day, hours


def published() -> pd.DataFrame:
    """The published points: `time`, `hours` since midnight of the day of opening, `published`, `people`, `grade`.

    `published` is the day of publication; NaT where no source states it.
    """
    table = pd.read_csv(HERE / "arrivals.csv", parse_dates=["published"])
    parts = table["local_time_UTC+4"].str.split("[T:]", expand=True)  # a day has an hour 24 here
    time = pd.to_datetime(parts[0])
    time = time + pd.to_timedelta(parts[1].astype(int), "h") + pd.to_timedelta(parts[2].astype(int), "min")
    hours = (time - pd.Timestamp(OPENS)) / pd.Timedelta(hours=1)
    columns = {"time": time, "hours": hours, "published": table["published"]}
    return pd.DataFrame({**columns, "people": table["cumulative_people"], "grade": table["grade"]})


def fitted() -> pd.DataFrame:
    """The points that may be looked at: read, up to the end of the fit, and published by that day.

    A point of which no day of publication is known is not used.
    """
    points = described()
    return points[points["published"] <= UNTIL.normalize()]


def described() -> pd.DataFrame:
    """The points read that describe an hour up to the end of the fit, whenever they were published."""
    points = published()
    return points[(points["grade"] == "read") & (points["time"] <= UNTIL)]


def within_days(end_of_day: xr.DataArray, hours: Floats) -> Floats:
    """(..., hour) a cumulative count at hours since midnight of the opening: end-of-day totals, straight between.

    end_of_day : (..., time)
    """
    opening = np.datetime64(OPENS, "ns")
    at = (end_of_day["time"].values - opening) / np.timedelta64(1, "h") + 24.0
    values = end_of_day.transpose(..., "time").values
    return np.apply_along_axis(lambda row: np.interp(hours, at, row), -1, values)


def crossed(run: xr.Dataset) -> xr.DataArray:
    """(member, time) people in Armenia at the end of each day."""
    return run["refugees"].sum("place")


def with_road(scenario: dp.Scenario, vehicles: float, delay: float) -> dp.Scenario:
    """The scenario with another capacity of the road and another start-up delay."""
    links = scenario.network.links
    takes = np.where(np.array(links.id) == ROAD, vehicles, links.vehicles_per_day)
    network = replace(scenario.network, links=replace(links, vehicles_per_day=takes))
    return replace(scenario, network=network, parameters=scenario.parameters.with_values({"start_up_hours": delay}))


def projected(scenario: dp.Scenario, hours: Floats) -> Floats:
    """(hour,) people in Armenia in the mean-field twin."""
    return within_days(crossed(dp.simulate(scenario, members=1, uncertainty=())), hours)[0]


class Fit(NamedTuple):
    """What least squares gives: the two numbers, how well they are known, and what they leave over."""

    vehicles_per_day: float
    start_up_hours: float
    vehicles_error: float  # standard error, as if the points erred independently
    root_mean_square: float  # people
    points: int

    def capacity_range(self) -> tuple[float, float]:
        """10 and 90 % points of the capacity, over the best: Student's t of the residuals."""
        reach = student.ppf(0.9, self.points - 2) * self.vehicles_error / self.vehicles_per_day
        return 1.0 - reach, 1.0 + reach


def fit(points: pd.DataFrame | None = None) -> Fit:
    """Least squares, unweighted, in people, on the mean-field twin; the days up to the end of the fit only.

    points : those to fit; the points that may be looked at, unless given
    """
    points = fitted() if points is None else points
    scenario = dp.read_scenario(HERE)
    start = dt.date(2023, 9, 15)  # nobody moves before
    short = replace(scenario, start=start, days=(UNTIL.date() - start).days + 1)

    def misses(numbers: Floats) -> Floats:
        vehicles, delay = numbers * np.array(FIRST_GUESS)
        return projected(with_road(short, vehicles, delay), points["hours"].to_numpy()) - points["people"].to_numpy()

    found = least_squares(misses, np.ones(2), bounds=([0.1, 0.0], [10.0, 10.0]), diff_step=1e-3)
    vehicles, delay = found.x * np.array(FIRST_GUESS)
    variance = 2 * found.cost / (len(points) - 2)
    error = np.sqrt(variance * np.linalg.inv(found.jac.T @ found.jac)[0, 0]) * FIRST_GUESS[0]
    left = float(np.sqrt(2 * found.cost / len(points)))
    return Fit(float(vehicles), float(delay), float(error), left, len(points))


def main() -> None:
    """Print what goes into the files, and what one point published too late would make of it."""
    best = fit()
    low, high = best.capacity_range()
    print(f"links.csv, {ROAD}: vehicles_per_day = {best.vehicles_per_day:.0f}")
    print(f"start_up_hours = {best.start_up_hours:.1f}")
    print(f"road_capacity = {{ low = {low:.3f}, median = 1.0, high = {high:.3f} }}")
    print(f"{best.points} points; root mean square of what is left over: {best.root_mean_square:,.0f} people")
    late = fit(described())
    print(f"with the points published later ({late.points} in all), for comparison only:", end=" ")
    print(f"{late.vehicles_per_day:.0f} vehicles a day, {late.start_up_hours:.1f} hours")


if __name__ == "__main__":
    main()
