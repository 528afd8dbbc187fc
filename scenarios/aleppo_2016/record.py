"""The projection against the record: what was fitted, what was held out, what misses. Prints a page of Markdown.

python scenarios/aleppo_2016/record.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr
from scipy.optimize import minimize_scalar

import displacement as dp
from displacement.members import SOURCES

HERE = Path(__file__).parent
COUNTED = "aleppo_and_idleb_reported"
HELD_OUT = {"2016-02-22": 75_175, "2016-02-29": 75_775}
MEMBERS = 1000


def people(run: xr.Dataset, scenario: dp.Scenario, where: str, date: str, variable: str = "moved_since") -> np.ndarray:
    """(member,) people at a place or group at the end of a day."""
    return run[variable].sel(time=date, place=list(scenario.network.members_of(where))).sum("place").values


def shown(values: np.ndarray) -> str:
    """Median and 80 % interval, to the nearest 100."""
    low, median, high = np.percentile(values, [10, 50, 90])
    return f"{round(median, -2):,.0f} ({round(low, -2):,.0f} to {round(high, -2):,.0f})"


def row(*cells: object) -> None:
    """One row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


def against_reports(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """Floors, held-out totals, and what was reported but not fitted."""
    print("\n| what | date | reported | projected: median (10 to 90 %) | median / reported |\n|---|---|---|---|---|")
    for name, where, date, reported in (
        ("fitted floor: towards the border", "azaz_pocket", "2016-02-05", (15_000, None)),
        ("fitted floor: Aleppo governorate", "aleppo_governorate_reported", "2016-02-13", (50_000, None)),
        *(("**held out**: Aleppo and Idleb", COUNTED, date, (n, n)) for date, n in HELD_OUT.items()),
        ("not fitted: Aleppo", "aleppo_governorate_reported", "2016-02-29", (63_752, 63_752)),
        ("not fitted: Idleb", "idleb_reported", "2016-02-29", (12_023, 12_023)),
        ("not fitted: crowd on the border strip", "border_strip", "2016-02-06", (20_000, 35_000)),
        ("not fitted: at the gate of Bab al-Salama", "bab_al_salama", "2016-02-05", (None, 20_000)),
        ("not fitted: Afrin", "afrin_area", "2016-02-05", (10_000, 10_000)),
    ):
        values = people(run, scenario, where, date)
        low, high = reported
        said = f"{low:,}" if low == high else f"{low or 0:,} or more" if high is None else f"{low or 0:,} to {high:,}"
        ratio = f"{np.median(values) / low:.2f}" if low == high else ""
        row(name, date, said, shown(values), ratio)


def timing(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """How the movement is spread over February."""
    by_day = {day: people(run, scenario, COUNTED, f"2016-02-{day:02d}") for day in (5, 7, 22, 29)}
    for day in (5, 7):
        share = by_day[day] / by_day[29]
        print(f"- share of the total of 29 February reached by {day} February: {np.median(share):.0%}", end="")
        print(f" ({np.percentile(share, 10):.0%} to {np.percentile(share, 90):.0%}); reported: half in the first week")
    print(f"- more in the last week: {shown(by_day[29] - by_day[22])}; reported: 600")


def origins_and_trapped(run: xr.Dataset, scenario: dp.Scenario) -> None:
    """Where people left home, and how many were refused; no observation of either is known."""
    left = run["departures_from_home"].sel(time=slice("2016-02-01", "2016-02-29")).sum("time").median("member")
    names = dict(zip(scenario.network.places.id, scenario.network.places.name, strict=True))
    first = left.to_series().sort_values(ascending=False).head(8)
    print(
        "- left home in February, by origin: " + "; ".join(f"{names[p]} {round(n, -2):,.0f}" for p, n in first.items())
    )
    print(f"- trapped on 29 February, all places: {shown(run['trapped'].sel(time='2016-02-29').sum('place').values)}")


def saturating_exponential() -> None:
    """N(t) = A (1 - exp(-t / tau)), t in days from 31 January, through the two floors taken as totals."""

    def scale(tau: float) -> float:
        return 50_000 / -np.expm1(-13 / tau)

    def miss(log_tau: float) -> float:
        tau = np.exp(log_tau)
        return float(np.log(scale(tau) * -np.expm1(-5 / tau) / 15_000) ** 2)

    tau = float(np.exp(minimize_scalar(miss, bounds=(np.log(1), np.log(1000)), method="bounded").x))
    at = {date: scale(tau) * -np.expm1(-int(date[-2:]) / tau) for date in HELD_OUT}
    print(f"- saturating exponential through the two floors: tau = {tau:.0f} days", end=" ")
    print("(the floors bend upwards, so it is all but a straight line);", end=" ")
    print("; ".join(f"{date}: {at[date]:,.0f} ({at[date] / n - 1:+.0%})" for date, n in HELD_OUT.items()))


def with_populations(scenario: dp.Scenario, factor: float) -> dp.Scenario:
    """The scenario with all people, at home and displaced, scaled."""
    places = scenario.network.places
    names = ("population", "population_low", "population_high", "displaced", "displaced_low", "displaced_high")
    scaled = replace(places, **{name: getattr(places, name) * factor for name in names})
    return replace(scenario, network=replace(scenario.network, places=scaled))


def spread_by_source(scenario: dp.Scenario) -> None:
    """How much of the spread each source of uncertainty makes: the variance of log people, with it alone."""
    total = None
    for sources in (SOURCES, *((name,) for name in SOURCES)):
        run = dp.simulate(scenario, members=400, uncertainty=sources)
        values = people(run, scenario, COUNTED, "2016-02-22")
        variance = float(np.var(np.log(values)))
        total = variance if total is None else total
        name = "all sources" if sources == SOURCES else f"{sources[0]} alone"
        row(name, shown(values), f"{variance / total:.1%}")


def main() -> None:
    """Print the page."""
    scenario = dp.read_scenario(HERE)
    run = dp.simulate(scenario, members=MEMBERS)
    print(f"# {scenario.name}: projected and reported\n\n{MEMBERS} members, seed 1.")
    against_reports(run, scenario)
    print()
    timing(run, scenario)
    origins_and_trapped(run, scenario)
    saturating_exponential()
    for factor in (0.6, 1.4):
        scaled = with_populations(scenario, factor)
        values = people(dp.simulate(scaled, members=400), scaled, COUNTED, "2016-02-22")
        print(f"- with all populations x {factor}: 22 February {shown(values)}")
    print("\n| uncertainty, 22 February | projected | share of the variance (of logs) |\n|---|---|---|")
    spread_by_source(scenario)
    april = dp.read_scenario(HERE / "april_2016.toml")
    run = dp.simulate(april, members=400)
    print("\nApril, the same parameters, from the state of 13 April:\n")
    print("| moved since 14 April | reported | projected |\n|---|---|---|")
    for date, reported in (("2016-04-14", "21,000 to 24,000"), ("2016-04-20", "40,000")):
        row(date, reported, shown(people(run, april, "aleppo_governorate_reported", date)))


if __name__ == "__main__":
    main()
