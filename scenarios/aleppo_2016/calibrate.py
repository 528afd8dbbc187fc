"""Where the posterior in scenario.toml comes from: the prior, weighted by two lower bounds known by 13 February.

python scenarios/aleppo_2016/calibrate.py
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import displacement as dp
from displacement.calibration import Floor, Posterior, calibrate

HERE = Path(__file__).parent
FLOORS = (
    Floor(variable="moved_since", place="azaz_pocket", date=dt.date(2016, 2, 5), least=15_000),
    Floor(variable="moved_since", place="aleppo_governorate_reported", date=dt.date(2016, 2, 13), least=50_000),
)


def prior_scenario() -> dp.Scenario:
    """The case with every parameter at its prior."""
    return replace(dp.read_scenario(HERE), parameters=dp.Parameters())


def posterior(members: int = 2000) -> Posterior:
    """Points of the departure rate given the two floors."""
    return calibrate(prior_scenario(), FLOORS, ["departure_rate"], members=members)


if __name__ == "__main__":
    found = posterior()
    for name, (low, median, high) in found.points.items():
        print(f"{name} = {{ low = {low:.3f}, median = {median:.3f}, high = {high:.3f} }}")
    print(f"{found.effective_members:.0f} of {found.members} members of the prior still count")
