"""Small pure functions of stocks, by hand; their usual values are in the docstrings."""

import numpy as np
import pytest

from displacement.supply import stocks


def of_day(days_cut, ration_days, stock=300.0, need=30.0):
    return stocks.allowance(np.array([[stock]]), np.array([[need]]), np.array([days_cut]), np.array([[ration_days]]))[
        0, 0
    ]


def test_a_stock_is_stretched_from_the_day_of_the_cut():
    assert of_day(1, 30.0) == 10.0
    assert of_day(2, 30.0, stock=290.0) == 10.0  # a 29th of what is left
    assert of_day(30, 30.0, stock=10.0) == 10.0  # the last of it
    assert of_day(31, 30.0, stock=300.0) == 30.0  # after that, what there is


def test_nobody_rations_where_aid_comes_or_where_the_stock_lasts():
    assert of_day(0, 30.0) == 30.0
    assert of_day(1, 0.0) == 30.0
    assert of_day(1, 5.0) == 30.0


def test_days_of_cover_are_empty_where_nothing_is_needed():
    assert np.isnan(stocks.days_of_cover(np.array([5.0]), np.array([0.0])))
    assert stocks.days_of_cover(np.array([0.0]), np.array([3.0])) == 0.0


def test_a_place_runs_out_on_the_first_day_below_a_quarter():
    need = np.full((4, 2), 8.0)
    given = np.array([[8.0, 8.0], [2.0, 2.0], [1.9, 2.0], [0.0, 2.0]])
    np.testing.assert_array_equal(stocks.stock_out_day(given, need), [2.0, np.nan])
    assert np.isnan(stocks.stock_out_day(np.zeros((3, 1)), np.zeros((3, 1)))).all()


def test_what_it_takes():
    assert stocks.tonnes_to_hold(np.array([30.0]), 5, np.array([300.0])) == 0.0
    assert stocks.convoys_a_week(np.array([3.0]), 10, 20.0, 0.0) == np.inf
    assert stocks.convoys_a_week(np.array([0.0]), 10, 20.0, 0.0) == 0.0
    assert stocks.convoys_a_week(np.array([100.0]), 10, 20.0, 0.5) == 7.0
    assert stocks.sorties_a_day(np.array([4.0]), 10.0, 0.8, 0.5) == 1.0
    assert stocks.sorties_a_day(np.array([4.0]), 10.0, 0.0, 0.5) == np.inf
    assert stocks.no_convoy_chance(0.0, 4) == 1.0
    assert stocks.no_convoy_chance(1.0, 4) == 0.0
    assert stocks.no_convoy_chance(0.5, 0) == 1.0
    assert stocks.person_days(np.array([1.3]), 0.65) == pytest.approx(2000.0)


def test_the_wait_is_the_mean_time_between_days_on_which_aid_enters():
    wait = stocks.wait_for_entry(np.array([1.0, 0.25, 0.01, 0.0]), np.array([[10.0], [1.0]]))
    np.testing.assert_allclose(wait, [[1.0, 4.0, 10.0, 10.0], [1.0, 1.0, 1.0, 1.0]])


def test_a_warned_place_is_never_stocked_less_than_usual():
    target, alarm = stocks.buffer_target(
        np.full((1, 4), 2.0), np.array([0, 1, 7, 8]), usual=np.array([[20.0]]), warned=np.array([[5.0]]),
        lead_days=np.array([[7.0]]),
    )  # fmt: skip
    assert alarm.tolist() == [[False, True, True, False]]  # cut today: it is too late
    assert target.tolist() == [[40.0] * 4]
