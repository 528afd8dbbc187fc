"""Stocks: what is eaten, how long it lasts, when it runs out, what it takes to hold it. Small pure functions."""

from __future__ import annotations

import numpy as np

from displacement.network import Flags, Floats, Indices

STOCKED_OUT = 0.25  # a place has run out when less than this share of its need is met


def allowance(stock: Floats, need: Floats, days_cut: Indices, ration_days: Floats) -> Floats:
    """(member, place) tonnes that may be handed out today: need; where aid cannot come and rations are cut, less.

    stock / max(ration_days - days already cut off, 1): the stock is stretched over ration_days from the day of the cut.
    ration_days 0: nobody rations. stock, need : (member, place);  days_cut : (place,), 0 where aid can come;
    ration_days : (member, 1)

    >>> allowance(np.array([[300.0]]), np.array([[30.0]]), np.array([1]), np.array([[30.0]]))
    array([[10.]])
    """
    left = np.maximum(ration_days - (days_cut - 1), 1.0)
    rationed = (days_cut > 0) & (ration_days > 0)
    return np.where(rationed, np.minimum(need, stock / left), need)


def days_of_cover(stock: Floats, need: Floats) -> Floats:
    """Days that a stock lasts at today's need: stock / need; NaN where nothing is needed, so nothing can run out.

    >>> days_of_cover(np.array([300.0, 5.0]), np.array([30.0, 0.0]))
    array([10., nan])
    """
    return np.divide(stock, need, out=np.full(np.shape(stock), np.nan), where=need > 0)


def stock_out_day(distributed: Floats, need: Floats) -> Floats:
    """(..., place) first day on which less than a quarter of the need is met; NaN if there is none.

    distributed, need : (..., time, place). A place that needs nothing has not run out.

    >>> stock_out_day(np.array([[9.0], [9.0], [2.0]]), np.full((3, 1), 9.0))
    array([2.])
    """
    out = (need > 0) & (distributed < STOCKED_OUT * need)
    first = out.argmax(axis=-2).astype(float)
    return np.where(out.any(axis=-2), first, np.nan)


def person_days(tonnes: Floats, kg_per_person: float) -> Floats:
    """People times days that tonnes of need stand for: 1000 tonnes / kg that a dependent person needs a day.

    >>> person_days(np.array([6.5]), 0.65)
    array([10000.])
    """
    return np.asarray(tonnes * 1000.0 / kg_per_person)


def tonnes_to_hold(need: Floats, days: float, stock: Floats) -> Floats:
    """Tonnes that are missing to hold so many days of cover: max(0, need x days - stock).

    >>> tonnes_to_hold(np.array([30.0]), 30, np.array([300.0]))
    array([600.])
    """
    return np.maximum(need * days - stock, 0.0)


def convoys_a_week(need: Floats, trucks: float, truck_load: float, approved: float) -> Floats:
    """Requests a week that meet a need on average: 7 need / (trucks x load x share approved); inf if none is approved.

    >>> convoys_a_week(np.array([30.0]), 15, 20.0, 0.5).round(2)
    array([1.4])
    """
    carried = trucks * truck_load * approved
    return 7.0 * need / carried if carried > 0 else np.where(need > 0, np.inf, 0.0)


def sorties_a_day(need: Floats, tonnes: float, recovered: float, reliability: float) -> Floats:
    """Sorties a day that meet a need on average: need / (tonnes x share recovered x chance to fly).

    Infinite where they bring nothing.

    >>> sorties_a_day(np.array([10.9]), 18.6, 0.95, 0.8).round(2)
    array([0.77])
    """
    brought = tonnes * recovered * reliability
    return need / brought if brought > 0 else np.where(need > 0, np.inf, 0.0)


def no_convoy_chance(approved: float, requests: int) -> float:
    """Chance that not one of so many requests is approved: (1 - p)^n.

    >>> round(no_convoy_chance(0.1, 13), 2)
    0.25
    """
    return float((1.0 - approved) ** requests)


def worsening(lack: Floats, usual: Floats, tolerance: Floats) -> Floats:
    """(member, place) how much worse off people are than usual, beyond what they bear: 0 to 1.

    max(lack - usual - tolerance, 0) / (1 - tolerance). lack, usual : shares of all need unmet;  tolerance : (member, 1)

    >>> worsening(np.array([[0.2, 0.5, 1.0]]), np.zeros((1, 3)), np.array([[0.25]])).round(3)
    array([[0.   , 0.333, 1.   ]])
    """
    return np.asarray(np.maximum(lack - usual - tolerance, 0.0) / (1.0 - tolerance))


def wait_for_entry(entry: Floats, most: Floats) -> Floats:
    """(member, place) days from one way in to the next, on average: 1 / chance, at most some days.

    What a place needs today is that many days of need, so that one that is reached on few days gets as much as others.
    entry : (place,) chance that aid enters on a day;  most : (member, 1)

    >>> wait_for_entry(np.array([1.0, 0.4, 0.0]), np.array([[20.0]]))
    array([[ 1. ,  2.5, 20. ]])
    """
    return np.minimum(1.0 / np.maximum(entry, 1e-9), most)


def buffer_target(
    need: Floats, cut_ahead: Indices, *, usual: Floats, warned: Floats, lead_days: Floats
) -> tuple[Floats, Flags]:
    """(member, place) tonnes that dispatch wants to leave in store tonight, and (member, place) is the place warned?

    need x usual days; need x warned days where the last way in will be lost within the lead.
    need : (member, place);  cut_ahead : (place,) days until it is lost;  usual, warned, lead_days : (member, 1)

    >>> target, alarm = buffer_target(np.full((1, 2), 10.0), np.array([3, 99]), usual=np.array([[20.0]]),
    ...                               warned=np.array([[60.0]]), lead_days=np.array([[7.0]]))
    >>> target, alarm
    (array([[600., 200.]]), array([[ True, False]]))
    """
    alarm = (cut_ahead > 0) & (cut_ahead <= lead_days)
    return np.where(alarm, np.maximum(warned, usual), usual) * need, alarm
