"""What the people at a place need from aid: more, where trade does not come through."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from displacement.mandates import TRADE, Day
from displacement.network import Floats, Network
from displacement.paths import best_paths

USABLE_TRADE = 0.01  # trade may use an arc above this permission; an assumption


def sustained_mean(by_day: Floats, window_days: int) -> Floats:
    """(time, place) mean over the last window_days, today among them; before the first day, as on it.

    >>> sustained_mean(np.array([[1.0], [0.0], [0.0]]), 4).ravel()
    array([1.  , 0.75, 0.5 ])
    """
    before = np.repeat(by_day[:1], window_days - 1, axis=0)
    window = sliding_window_view(np.concatenate([before, by_day]), window_days, axis=0)
    return np.asarray(window.mean(axis=-1), float)


def trade_entry(network: Network, day: Day, usable_trade: float = USABLE_TRADE) -> Floats:
    """(place,) chance that trade comes in: the best product of permissions for trade on a path from any place outside.

    Trade obeys no operation. It starts abroad or in the rest of a party's territory; where a network holds no place
    outside, none comes in.
    """
    chance = day.permission[:, TRADE]
    outside = np.flatnonzero(network.places.outside)
    return best_paths(network, chance > usable_trade, chance, day.hours, outside).chance


def aid_dependence(trade: Floats, aid_share: float) -> Floats:
    """(place,) share of people who depend on aid: a0 + (1 - a0) (1 - trade).

    trade : (place,) chance that trade comes in;  aid_share : a0, the share where trade is free. Source: assumption.

    >>> aid_dependence(np.array([1.0, 0.5, 0.0]), 0.4)
    array([0.4, 0.7, 1. ])
    """
    return aid_share + (1.0 - aid_share) * (1.0 - trade)


def tonnes_needed(people: Floats, dependence: Floats, kg_per_person: Floats | float) -> Floats:
    """(..., place) tonnes of dry aid needed a day: people x share who depend on it x kg a day / 1000.

    >>> tonnes_needed(np.array([300_000.0]), np.array([0.4]), 0.65).round(1)
    array([78.])
    """
    return np.asarray(people * dependence * kg_per_person / 1000.0)


def trucks_needed(tonnes: Floats, truck_load: float) -> Floats:
    """(place,) trucks of aid needed a day: tonnes / tonnes a truck.

    >>> trucks_needed(np.array([78.0]), 20.0)
    array([3.9])
    """
    return tonnes / truck_load
