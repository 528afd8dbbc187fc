"""Which numbers of the model matter for the people moved by 29 February. Prints a page of Markdown.

python scenarios/aleppo_2016/sensitivity.py [tornado.png]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import xarray as xr

import displacement as dp
from displacement.charts.style import new_figure
from displacement.sensitivity import one_at_a_time, screen, sobol

HERE = Path(__file__).parent
COUNTED = "aleppo_and_idleb_reported"
DATE = "2016-02-29"
MEMBERS = 20  # a point
TRAJECTORIES = 10
KEPT = 6  # numbers, of those screened, that go on to Sobol indices
SAMPLES = 256


def until_then() -> dp.Scenario:
    """The case up to the day asked about."""
    scenario = dp.read_scenario(HERE)
    days = (pd.Timestamp(DATE).date() - scenario.start).days + 1
    return replace(scenario, days=days)


def people_moved(run: xr.Dataset, scenario: dp.Scenario) -> xr.DataArray:
    """(member,) people moved in Aleppo and Idleb by that day, as the agencies counted them."""
    places = list(scenario.network.members_of(COUNTED))
    return run["moved_since"].sel(place=places).isel(time=-1).sum("place")


def row(*cells: object) -> None:
    """One row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


def main() -> None:
    """Print the page, and draw the tornado where a file is named."""
    scenario = until_then()

    def output(run: xr.Dataset) -> xr.DataArray:
        return people_moved(run, scenario)

    ends = one_at_a_time(scenario, output, uncertainty=("counts",), members=MEMBERS)
    twin = one_at_a_time(scenario, output)
    print(f"# {scenario.name}: which numbers matter for people moved by {pd.Timestamp(DATE):%-d %B}\n")
    print("Populations: what all places have in common.\n")
    print(
        f"One at a time, from the 10 % to the 90 % point, all others at their centre, median of {MEMBERS} draws;",
        end=" ",
    )
    print("beside it the mean-field twin:\n")
    print(
        "| number | low | high | people moved at low | at high | twin at low | at high |\n|---|---|---|---|---|---|---|"
    )
    for name, e in ends.head(8).iterrows():
        low, high = f"{e['low_value']:.3g}", f"{e['high_value']:.3g}"
        four = [e["low"], e["high"], twin["low"][name], twin["high"][name]]
        row(f"`{name}`", low, high, *(f"{round(x, -2):,.0f}" for x in four))
    centre = [round(float(table["base"].iloc[0]), -2) for table in (ends, twin)]
    print(f"\nWith all at their centre {centre[0]:,.0f}; in the twin {centre[1]:,.0f}.")
    effects = screen(scenario, output, trajectories=TRAJECTORIES, uncertainty=("counts",))
    print(f"\nElementary effects, {TRAJECTORIES} trajectories over all {len(effects)} numbers:\n")
    print("| number | effect (people) | spread |\n|---|---|---|")
    for name, e in effects.head(8).iterrows():
        row(f"`{name}`", f"{round(e['effect'], -2):,.0f}", f"{round(e['spread'], -2):,.0f}")
    names = [str(name) for name in effects.index[:KEPT]]
    shares = sobol(scenario, output, names, samples=SAMPLES, uncertainty=("counts",))
    print(f"\nSobol indices of the first {KEPT}, {SAMPLES} samples (half 95 % intervals in brackets):\n")
    print("| number | first | total |\n|---|---|---|")
    for name, s in shares.iterrows():
        first, total = f"{s['first']:.2f} ({s['first_error']:.2f})", f"{s['total']:.2f} ({s['total_error']:.2f})"
        row(f"`{name}`", first, total)
    if len(sys.argv) > 1:
        figure = new_figure((7.0, 4.6))
        ax = dp.charts.tornado(ends, figure.add_subplot(), label=f"People moved by {pd.Timestamp(DATE):%-d %B}")
        ax.set_title(scenario.name)
        figure.savefig(sys.argv[1], dpi=150)


if __name__ == "__main__":
    main()
