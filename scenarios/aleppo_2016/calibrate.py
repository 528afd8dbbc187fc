"""Where the posterior in scenario.toml comes from: two lower bounds known by 13 February. Prints a page of Markdown.

python scenarios/aleppo_2016/calibrate.py
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np

import displacement as dp
from displacement.calibration import JointPosterior, Observation, fit, weighted_points

HERE = Path(__file__).parent
NAME = "departure_rate"
MEMBERS = 2000


def moved(place: str, month: int, day: int, **about: float) -> Observation:
    """People who moved since 1 February, at a place or group, by a day of 2016."""
    return Observation(variable="moved_since", place=place, date=dt.date(2016, month, day), **about)  # type: ignore[arg-type]


FLOORS = (
    moved("azaz_pocket", 2, 5, low=15_000),
    moved("aleppo_governorate_reported", 2, 13, low=50_000),
)
LATER_FOUND = (  # press reports of the same days, not used
    moved("border_strip", 2, 8, low=30_000),
    moved("azaz_pocket", 2, 8, low=40_000),
)
HELD_OUT = (
    moved("aleppo_and_idleb_reported", 2, 22, value=75_175),
    moved("aleppo_and_idleb_reported", 2, 29, value=75_775),
)


def prior_scenario() -> dp.Scenario:
    """The case with every parameter at its prior."""
    return replace(dp.read_scenario(HERE), parameters=dp.Parameters())


def posterior(members: int = MEMBERS, *, held_out: bool = False, workers: int | None = 1) -> JointPosterior:
    """The departure rate given the two floors; nothing else is used, whatever is held out beside them."""
    beside = (*LATER_FOUND, *HELD_OUT) if held_out else ()
    return fit(prior_scenario(), FLOORS, [NAME], held_out=beside, members=members, workers=workers)


def noise_of_median(found: JointPosterior) -> float:
    """Standard error of the median, as a share of it: 1.25 width / sqrt(effective members), from the prior's scale."""
    low, _, high = found.points[NAME]
    width = np.log(high / low) / 2.563  # of the logarithm, between the 10 and 90 % points of a normal law
    return float(1.25 * width / np.sqrt(found.effective_members))


def toml(points: tuple[float, float, float]) -> str:
    """Points as scenario.toml writes them."""
    low, median, high = points
    return f"{{ low = {low:.3f}, median = {median:.3f}, high = {high:.3f} }}"


def row(*cells: object) -> None:
    """One row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


def main() -> None:
    """Print the page."""
    found = posterior(held_out=True, workers=None)
    print("# Northern Aleppo, February 2016: the departure rate given two lower bounds\n")
    print(f"- found: `{toml(found.points[NAME])}`;", end=" ")
    print(f"{found.effective_members:.0f} of {found.members} members count,", end=" ")
    print(f"one standard error of the median is {noise_of_median(found):.1%}")
    print(f"- in scenario.toml: `{toml(dp.read_scenario(HERE).parameters.priors[NAME])}`")
    for said in found.words():
        print(f"- {said}")
    others = found.identifiability_of_others()
    print(f"- of the priors that were not named most was learnt of `{others.index[0]}`:", end=" ")
    print(f"{others['nats'].iloc[0]:.2f} nats")
    print("\n| lower bound | met before | met after |\n|---|---|---|")
    table = found.check()
    for check in table[table["share_below"].isna()].itertuples():
        used = "" if check.held_out else "**used**: "
        name = f"{used}{check.place}, {check.date:%-d %B}, {check.observed}"
        row(name, f"{check.met_before:.0%}", f"{check.met:.0%}")
    print("\nPeople moved, with the error of counts (10 to 90 %):\n")
    print("| held out | reported | prior | given the two bounds, populations too | of which below what was reported |")
    row(*("---" for _ in range(5)))
    for check in table[table["share_below"].notna()].itertuples():
        reported = float(check.observed.replace(",", ""))
        before = shown(check.before_p10, check.before_p50, check.before_p90, reported)
        after = shown(check.p10, check.p50, check.p90, reported)
        row(f"{check.date:%-d %B}", check.observed, before, after, f"{check.share_below:.0%}")
    both = found.given(0, 1, 2, 3)
    print(f"\n- had the two press reports been used too: `{toml(both.points[NAME])}`;", end=" ")
    ratios = [weighted_points(both.projected[i], both.weight)[1] / float(HELD_OUT[i - 4].value or 1) for i in (4, 5)]
    print("median / reported " + " and ".join(f"{ratio:.2f}" for ratio in ratios))


def shown(low: float, median: float, high: float, reported: float) -> str:
    """Median, range and ratio, to the nearest 100."""
    low, median, high = (round(x, -2) for x in (low, median, high))
    return f"{median:,.0f} ({low:,.0f} to {high:,.0f}), {median / reported:.2f} times"


if __name__ == "__main__":
    main()
