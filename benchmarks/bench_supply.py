"""What does aid cost a run, how does it grow with places, and what does the fast rule save over the best dispatch?"""

from __future__ import annotations

from pathlib import Path

from instance import country_with_aid, median_ratio, report

from displacement.ensemble import simulate
from displacement.io import read_scenario
from displacement.supply.plan import plan

ALEPPO = Path(__file__).parents[1] / "scenarios" / "aleppo_2016" / "scenario.toml"
OF_AID = ("HubSupply", "Airdrops", "Prepositioned")


def main() -> None:
    """Print the ratios; the two of each are timed in turns."""
    aleppo = read_scenario(ALEPPO)
    without = aleppo.without(*(event.id for event in aleppo.events if event.kind in OF_AID))
    ratio = median_ratio(lambda: simulate(aleppo, members=200), lambda: simulate(without, members=200), 5)
    report("with aid / without: Aleppo, 200 members", ratio, "at most 3")

    country = country_with_aid(places=400, days=46)
    ratio = median_ratio(lambda: simulate(country, members=50), lambda: simulate(aleppo, members=50), 5)
    report("400 places that hold still / Aleppo, both with aid, 50 members", ratio, "at most 6")

    ratio = median_ratio(lambda: plan(aleppo, rule="programme"), lambda: plan(aleppo), 5)
    report("best dispatch of each day / fast rule: Aleppo, one member", ratio, "no bar")
    ratio = median_ratio(lambda: plan(aleppo), lambda: plan(aleppo, rule="plain"), 5)
    report("fast rule with exchanges / without: Aleppo, one member", ratio, "no bar")


if __name__ == "__main__":
    main()
