"""The projection against the record: what was fitted, what was held out, what misses. Prints a page of Markdown.

python scenarios/nagorno_karabakh_2023/record.py
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

import displacement as dp
from displacement.access import Thresholds
from displacement.network import Floats

HERE = Path(__file__).parent
MEMBERS = 200
SCORED = {"2023-09-27": 57_900, "2023-09-28": 79_800, "2023-09-29": 99_100}
SHARE = 0.9
STATUS_AT = "stepanakert"
LINE_FROM = pd.Timestamp(2023, 9, 26)  # a straight line goes through the points from here on


def beside(name: str) -> ModuleType:
    """A script of this folder."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


road = beside("calibrate")


def total(scenario: dp.Scenario) -> float:
    """People of the enclave: all of them leave."""
    return float(scenario.network.places.residents.sum())


def hours_until(run: xr.Dataset, people: float) -> Floats:
    """(member,) hours from midnight of the opening until so many have crossed, straight within days; inf if never."""
    end_of_day = road.crossed(run).transpose("member", "time")
    rows = np.concatenate([np.zeros((len(end_of_day), 1)), end_of_day.values], axis=1)
    first = (rows >= people).argmax(axis=1)  # 0 if never: nobody has crossed before the first day
    member = np.arange(len(rows))
    before, after = rows[member, first - 1], rows[member, first]
    opened = (np.datetime64(road.OPENS, "ns") - end_of_day["time"].values[0]) / np.timedelta64(1, "h")
    of_the_day = (people - before) / np.maximum(after - before, 1.0)
    return np.where(first > 0, 24.0 * (first - 1 + of_the_day) - opened, np.inf)


def queue_hours(run: xr.Dataset, scenario: dp.Scenario, share: float = SHARE) -> Floats:
    """(member,) hours from the end of the start-up delay until a share of all have crossed."""
    return hours_until(run, share * total(scenario)) - scenario.parameters.start_up_hours


def days_waited(run: xr.Dataset, scenario: dp.Scenario) -> int:
    """Midnights, from the first full day of traffic on, at which anybody has yet to cross; median over members."""
    first = pd.Timestamp(road.OPENS) + pd.Timedelta(days=int(np.ceil(scenario.parameters.start_up_hours / 24)))
    left = total(scenario) - road.crossed(run).sel(time=slice(first, None))
    return int(np.median((left.transpose("member", "time").values > 0).sum(axis=1)))


def shown(values: np.ndarray) -> str:
    """Median and 80 % interval, to the nearest 100."""
    low, median, high = np.percentile(values, [10, 50, 90])
    return f"{round(median, -2):,.0f} ({round(low, -2):,.0f} to {round(high, -2):,.0f})"


def clock(hours: float) -> str:
    """Hours since midnight of the opening as a date and an hour."""
    if not np.isfinite(hours):
        return "not by the end"
    when = pd.Timestamp(road.OPENS) + pd.Timedelta(hours=round(hours))
    return f"{when.day} {when:%b %H:00}"


def row(*cells: object) -> None:
    """One row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


def head(*cells: str) -> None:
    """The first two rows of a table."""
    print()
    row(*cells)
    row(*("---" for _ in cells))


def of_fit(scenario: dp.Scenario) -> None:
    """What was fitted, and how well it fits the points that were looked at."""
    links = scenario.network.links
    takes = links.vehicles_per_day[links.index(road.ROAD)]
    points = road.fitted()
    miss = road.projected(scenario, points["hours"].to_numpy()) - points["people"].to_numpy()
    low, _, high = scenario.parameters.priors["road_capacity"]
    by = f"up to {road.UNTIL:%-d %b %H:00}, published by that day"
    print(f"- fitted on {len(points)} points {by}: {takes:,.0f} vehicles a day", end=" ")
    print(f"(10 to 90 %: {low * takes:,.0f} to {high * takes:,.0f}),", end=" ")
    print(f"start-up delay {scenario.parameters.start_up_hours:.1f} hours")
    print(f"- left over at these points: root mean square {np.sqrt(np.mean(miss**2)):,.0f} people")
    print(f"- given: {total(scenario):,.0f} people leave, {scenario.parameters.people_per_vehicle} in a vehicle")


class Pace(NamedTuple):
    """A simple forecast: so many people by an hour, and from then on so many an hour until all have left."""

    hour: float
    people: float
    an_hour: float

    def at(self, hours: Floats, everyone: float) -> Floats:
        """(hour,) people who have crossed."""
        return np.minimum(self.people + self.an_hour * (hours - self.hour), everyone)


def paces() -> dict[str, Pace]:
    """Simple forecasts from the points that were fitted."""
    points = road.fitted()
    hours, people = points["hours"].to_numpy(), points["people"].to_numpy(float)
    day_before = np.interp(hours[-1] - 24, hours, people)
    return {
        "mean pace since the opening": Pace(hours[-1], people[-1], people[-1] / hours[-1]),
        "pace of the last 24 hours": Pace(hours[-1], people[-1], (people[-1] - day_before) / 24),
        f"straight line from {LINE_FROM:%-d %b %H:00}": straight_line(points),
    }


def straight_line(points: pd.DataFrame) -> Pace:
    """Least squares through the points of the queue: those from `LINE_FROM` on."""
    some = points[points["time"] >= LINE_FROM]
    slope, start = np.polyfit(some["hours"], some["people"], 1)
    return Pace(0.0, float(start), float(slope))


def scored_hours() -> Floats:
    """(day,) hours from midnight of the opening to the end of each day that is scored."""
    return np.array([(pd.Timestamp(day) - pd.Timestamp(road.OPENS)) / pd.Timedelta(hours=1) + 24 for day in SCORED])


def against_totals(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """Held-out totals at the end of the day, beside simple forecasts."""
    head("held out: crossed by the end of", "reported", "projected: median (10 to 90 %)", "median / reported", *paces())
    plain = [pace.at(scored_hours(), total(scenario)) for pace in paces().values()]
    for day, (date, reported) in enumerate(SCORED.items()):
        values = road.crossed(run).sel(time=date).values
        others = [ratio(people[day], reported) for people in plain]
        row(date, f"{reported:,}", shown(values), f"{np.median(values) / reported:.2f}", *others)


def ratio(people: float, reported: float) -> str:
    """So many people, and how many times those reported."""
    return f"{round(people, -2):,.0f} ({people / reported:.2f})"


def without_draws(scenario: dp.Scenario, vehicles: float, delay: float) -> Floats:
    """(day,) people who have crossed by the end of each day that is scored, in the mean-field twin."""
    return np.asarray(road.projected(road.with_road(scenario, vehicles, delay), scored_hours()))


def of_other_points(scenario: dp.Scenario) -> None:
    """The same fit, and a straight line, on other points: with the one published too late, and with one left out."""
    head("no draws", "points", "vehicles a day", "delay, hours", *(f"{pd.Timestamp(day):%-d %b}" for day in SCORED))
    sets = {"published in time (entered)": road.fitted(), "also the one published on 28 Sep": road.described()}
    for name, points in sets.items():
        best = road.fit(points)
        people = without_draws(scenario, best.vehicles_per_day, best.start_up_hours)
        cells = map(ratio, people, SCORED.values())
        row(name, best.points, f"{best.vehicles_per_day:,.0f}", f"{best.start_up_hours:.1f}", *cells)
        line = straight_line(points)
        some = int((points["time"] >= LINE_FROM).sum())
        cells = map(ratio, line.at(scored_hours(), total(scenario)), SCORED.values())
        row("a straight line instead", some, f"{line.an_hour * 24 / people_in_a_vehicle(scenario):,.0f}", "", *cells)
    points = road.fitted()
    fits = [road.fit(points.drop(index=i)) for i in points.index]
    takes, delay = np.array([fit[:2] for fit in fits]).T
    times = np.array([without_draws(scenario, *fit[:2]) for fit in fits]) / np.array([*SCORED.values()])
    spread = [f"({low:.2f} to {high:.2f})" for low, high in zip(times.min(0), times.max(0), strict=True)]
    capacity = f"{takes.min():,.0f} to {takes.max():,.0f}"
    row("in time, any one left out", fits[0].points, capacity, f"{delay.min():.1f} to {delay.max():.1f}", *spread)


def people_in_a_vehicle(scenario: dp.Scenario) -> float:
    """The mean, as given."""
    return float(scenario.parameters.people_per_vehicle)


def reported_hours_until(people: float) -> float:
    """Hours from midnight of the opening until so many had crossed, straight between the published points."""
    points = road.published()
    return float(np.interp(people, points["people"], points["hours"]))


def day_of_ninety(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """When 90 % had left."""
    projected = hours_until(run, SHARE * total(scenario))
    low, median, high = np.percentile(projected, [10, 50, 90], method="nearest")
    said = clock(reported_hours_until(SHARE * total(scenario)))
    print(f"\n- **held out**: 90 % have crossed by {clock(median)} ({clock(low)} to {clock(high)}); reported: {said}")


def within_the_days(run: xr.Dataset) -> None:
    """All published points; those within a day are shown, not scored."""
    head("published point", "reported", "projected: median (10 to 90 %)", "used")
    points, until, late = road.published(), road.fitted().index, road.described().index
    values = road.within_days(road.crossed(run), points["hours"].to_numpy())
    for i, point in points.iterrows():
        used = "fitted" if i in until else "general knowledge" if point["grade"] != "read" else ""
        if i in late and i not in until:
            used = f"published too late: {point['published']:%-d %b}"
        row(f"{point['time']:%-d %b %H:%M}", f"{point['people']:,}", shown(values[:, i]), used)


def of_what_ifs(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """How long the queue lasts as it was, with half the vehicles, with a second road, with buses."""
    head(
        "hours of queue, from the end of the start-up", "until 50 % have crossed", "times",
        "until 90 % have crossed", "times", "that is", "midnights with people waiting",
    )  # fmt: skip
    base = {share: np.median(queue_hours(run, scenario, share)) for share in (0.5, SHARE)}
    for name in ("scenario", "half_vehicles", "second_road", "buses"):
        case = dp.read_scenario(HERE / f"{name}.toml")
        other = run if name == "scenario" else dp.simulate(case, members=MEMBERS)
        cells = []
        for share, as_it_was in base.items():
            hours = np.median(queue_hours(other, case, share))
            cells += [f"{hours:.0f}", f"{hours / as_it_was:.2f}"]
        until = clock(np.median(hours_until(other, SHARE * total(case))))
        row("as it was" if name == "scenario" else case.name, *cells, until, days_waited(other, case))


def changes(scenario: dp.Scenario, thresholds: Thresholds) -> list[tuple[str, str]]:
    """Days on which the class of the status changes, and what it becomes."""
    status = dp.access_status(scenario, thresholds=thresholds)["access_status"].sel(place=STATUS_AT)
    words = dp.labels(status).to_series()
    words = words[words != words.shift()]
    return [(f"{day:%-d %b %Y}", word.replace("_", " ")) for day, word in words.items()]


def of_access(scenario: dp.Scenario) -> None:
    """The class of Stepanakert through the blockade, at three thresholds."""
    print("\nStepanakert, by the rule for access (no event says siege):\n")
    for below in (1 / 3, 1 / 2, 1 / 5):
        said = "; ".join(f"{word} from {day}" for day, word in changes(scenario, Thresholds(besieged_below=below)))
        print(f"- `besieged_below` {below:.2f}: {said}")


def of_registration(run: xr.Dataset) -> None:
    """People counted by the registrar, end of the day; not scored."""
    head("registered by", "reported", "of arrived", "projected at the end of that day")
    table = pd.read_csv(HERE / "registered.csv", parse_dates=["local_time_UTC+4"])
    for _, point in table.iterrows():
        when = point["local_time_UTC+4"]
        values = run["registered"].sel(time=f"{when:%Y-%m-%d}", country="AM").values
        row(f"{when:%-d %b %H:%M}", f"{point['registered']:,}", f"{point['arrived']:,}", shown(values))


def main() -> None:
    """Print the page."""
    scenario = dp.read_scenario(HERE)
    run = dp.simulate(scenario, members=MEMBERS)
    print(f"# {scenario.name}: projected and reported\n\n{MEMBERS} members, seed 1.\n")
    of_fit(scenario)
    against_totals(run, scenario)
    of_other_points(scenario)
    day_of_ninety(run, scenario)
    of_what_ifs(run, scenario)
    of_access(scenario)
    of_registration(run)
    within_the_days(run)


if __name__ == "__main__":
    main()
