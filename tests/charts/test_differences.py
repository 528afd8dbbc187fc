"""The fan of a difference draws the numbers that it is given, on both sides of 0; and the words around it."""

import numpy as np
import pandas as pd
import pytest

from displacement.charts import difference_fan
from displacement.charts.differences import signed
from displacement.charts.words_of_differences import difference_words, unlike_words
from displacement.summaries import POINTS, column, shared


def table(numbers):
    """A row a day, all points the same but for 1 a %."""
    days = pd.date_range("2016-02-01", periods=len(numbers), name="time")
    return pd.DataFrame({column(p): np.asarray(numbers, float) + 1_000 * (p - 50) for p in POINTS}, index=days)


def test_the_line_is_the_median_and_zero_is_marked():
    ax = difference_fan(table([-5_000, 0, 7_000]))
    zero, median = ax.lines
    assert zero.get_ydata() == [0.0, 0.0]
    assert median.get_ydata().tolist() == [-5_000.0, 0.0, 7_000.0]


def test_both_sides_of_zero_are_shown():
    low, high = difference_fan(table([-90_000, 80_000])).get_ylim()
    assert low < -90_000 - 47_500
    assert high > 80_000 + 47_500


def test_what_is_hidden_is_drawn_at_zero():
    hidden = shared(table([0, 0]).assign(p50=[-49.0, -200.0]))
    assert hidden["p50"].tolist() == ["<50", -200]
    assert difference_fan(hidden).lines[1].get_ydata().tolist() == [0.0, -200.0]


@pytest.mark.parametrize("numbers", [[0.0], [0.0, 0.0], [5.0]])
def test_one_day_and_no_difference_can_be_drawn(numbers):
    low, high = difference_fan(table(numbers) * 0.0).get_ylim()
    assert low < 0 < high


def test_ticks_carry_signs():
    assert [signed(x) for x in (1_000.0, -1_000.0, 0.0)] == ["+1,000", "−1,000", "0"]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((0, 0, 0), "no difference"),
        ((100, 100, 100), "100 more"),
        ((-7, -7, -7), "about as many"),
        ((100, 200, 300), "200 more (100 to 300)"),
        ((-300, -200, -100), "200 fewer (100 to 300)"),
        ((7, 200, 300), "200 more (fewer than 50 to 300)"),
        ((-300, -200, 0), "200 fewer (0 to 300)"),
        ((-300, 200, 400), "200 more (300 fewer to 400 more)"),
        ((0, 0, 400), "about as many (about as many to 400 more)"),
        ((-30, 10, 40), "about as many"),
    ],
)
def test_differences_in_words(points, words):
    assert difference_words(*map(float, points)) == words


def test_no_word_of_a_difference_shows_a_count_under_the_floor():
    luck = np.random.default_rng(2)
    for _ in range(300):
        words = difference_words(*sorted(luck.integers(-120, 120, 3).astype(float)))
        numbers = [
            int(x)
            for x in words.replace("fewer than 50", "").replace("(", " ").replace(")", " ").split()
            if x.isdigit()
        ]
        assert all(n == 0 or n >= 50 for n in numbers), words


def test_many_changes_are_counted():
    rows = [{"change": "removed", "group": "offensive", "in_baseline": "x"}] * 3 + [
        {"change": "other", "in_scenario": "y"}
    ]
    assert unlike_words(pd.DataFrame(rows)) == "3 left out, 1 other differences (group offensive)"
    assert unlike_words(None) == "not known"
    assert unlike_words(pd.DataFrame(rows[:0], columns=["change", "group"])) == "nothing"
