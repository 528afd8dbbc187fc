"""The seven constants of the statistical method, each with what it means and how sure one is of it beforehand.

They are fitted to past conflicts (`fit`), with a pull towards the values here: three or four conflicts say little
about seven numbers. The values beforehand are round, and were chosen with all four historic conflicts in sight: a leak,
if a small one, which fitting fold by fold does not close.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from displacement.network import Floats
from displacement.parameters import quantity


@dataclass(frozen=True, kw_only=True)
class Constants:
    """Numbers of the damped drift and of its spread. `prior` holds the spread beforehand: of the value, or its log."""

    shared: Any = quantity(0.25, unit="1", low=0, high=1, what="weight of the growth that all sites have in common")
    kept: Any = quantity(0.8, unit="1", low=0, high=2, what="share of the recent rate that goes on at first")
    damping: Any = quantity(60.0, unit="day", low=10, high=400, what="time in which it dies away by e")
    of_people: Any = quantity(0.05, unit="1", low=0.001, high=1, what="error in 30 days, of the people there")
    of_rate: Any = quantity(0.3, unit="1", low=0.01, high=3, what="error in 30 days, of the change in 30 days")
    of_movement: Any = quantity(0.15, unit="1", low=0.001, high=2, what="error in 30 days, of all movement in 30 days")
    growth: Any = quantity(0.8, unit="1", low=0.2, high=1.5, what="power of the lead with which the error grows")

    def __str__(self) -> str:
        return ", ".join(f"{f.name} {getattr(self, f.name):.3g}" for f in fields(self))


SPREAD = {"shared": 0.15, "kept": 0.2, "damping": 0.3, "of_people": 0.6, "of_rate": 0.5, "of_movement": 0.5,
          "growth": 0.15}  # fmt: skip
ON_LOG = ("damping", "of_people", "of_rate", "of_movement")  # their spread is that of the log


def constants_at(steps: Floats) -> Constants:
    """The constants so many standard deviations from what was thought beforehand, within their bounds.

    >>> constants_at(np.zeros(7)) == Constants()
    True
    """
    found = {}
    for step, spec in zip(steps, fields(Constants), strict=True):
        centre: Any = spec.default
        move = SPREAD[spec.name] * float(step)
        value = centre * np.exp(move) if spec.name in ON_LOG else centre + move
        found[spec.name] = float(np.clip(value, spec.metadata["low"], spec.metadata["high"]))
    return Constants(**found)
