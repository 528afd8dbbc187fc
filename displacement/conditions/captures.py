"""Captures as people feel them: an approaching front is seen, and a place is emptied once."""

from __future__ import annotations

import numpy as np

from displacement.conditions.permission import RELATIONS, UNKNOWN
from displacement.network import Floats, Indices


def capture_weights(warning_days: int) -> dict[int, float]:
    """Share of a capture's flight that falls on each day, counted from the day of the capture. Sums to 1.

    An approaching front is seen: with 3 days of warning .1 .25 .35 before and .3 on the day. Without any, half flee on
    the day and half on the day after. Source: judgement; three days is how long the villages north of Aleppo took to
    fall in February 2016.

    >>> capture_weights(1)
    {-1: 0.5384615384615385, 0: 0.46153846153846156}
    """
    if warning_days == 0:
        return {0: 0.5, 1: 0.5}
    weights = {-3: 0.1, -2: 0.25, -1: 0.35, 0: 0.3}
    seen = {day: w for day, w in weights.items() if day >= -warning_days}
    return {day: w / sum(seen.values()) for day, w in seen.items()}


def capture_approach(
    control: Indices, morning: Indices, relation: Indices, *, warning_days: int, once_days: int
) -> tuple[Floats, Floats]:
    """(time, place) weights of a capture felt on a day, by a hostile party and by any other; 0 where none is near.

    control, morning : (time, place) after and before the day's captures; relation : (time, party, party). A place that
    falls again within once_days is not emptied twice. A place whose holder was unknown is not captured from anybody.
    """
    hostile, other = np.zeros(control.shape), np.zeros(control.shape)
    last: dict[int, int] = {}
    for day, place in np.argwhere(control != morning):
        holder, captor = morning[day, place], control[day, place]
        if holder == UNKNOWN or day - last.get(place, -once_days) < once_days:
            continue
        last[int(place)] = int(day)
        felt = hostile if relation[day, holder, captor] == RELATIONS.index("hostile") else other
        for offset, weight in capture_weights(warning_days).items():
            if 0 <= day + offset < len(control):
                felt[day + offset, place] += weight
    return hostile, other
