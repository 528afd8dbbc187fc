"""What does it cost to rank an opening, and to try all single and pair cuts of a day?"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from instance import median_ratio, report

from displacement.access import routes_to_protect
from displacement.ensemble import simulate
from displacement.io import read_scenario
from displacement.openings import candidates, gain_of
from displacement.openings.ranking import base_of
from displacement.supply.plan import plan
from displacement.supply.searches import Searches

ALEPPO = Path(__file__).parents[1] / "scenarios" / "aleppo_2016" / "scenario.toml"
DAY = dt.date(2016, 2, 6)


def main() -> None:
    """Print the ratios; the two of each are timed in turns."""
    aleppo = read_scenario(ALEPPO)
    conditions = aleppo.compile()
    base, found = base_of(aleppo, DAY), candidates(aleppo, conditions, DAY)

    def rank_all() -> None:
        fresh = replace(base, searches=Searches())  # nothing has been searched for yet
        for opening in found:
            gain_of(fresh, opening, DAY)

    ratio = median_ratio(lambda: simulate(aleppo, members=200), rank_all, 3) * len(found)
    report("a full run of 200 members / ranking one opening with people held", ratio, "at least 20")

    days = aleppo.days  # a plan of one member dispatches each of them once
    states = len({conditions["permission_low"].values[t].tobytes() for t in range(days)})
    ratio = median_ratio(lambda: routes_to_protect(aleppo, DAY, conditions), lambda: plan(aleppo), 5) * days / states
    report(f"all cuts of a day / one day of dispatch x {states} states of the links", ratio, "under 10")


if __name__ == "__main__":
    main()
