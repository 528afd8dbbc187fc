"""Queues at crossings: who is admitted, and how a quota is shared out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.movement.crossing import admitted, rationed
from tests.often import law

PEOPLE = st.integers(0, 2_000_000)


def test_admitted_are_whole_people():
    assert admitted(np.array([10, 10, 10, 0]), np.array([3.9, 10.0, np.inf, 5.0])).tolist() == [3, 10, 10, 0]
    assert admitted(np.array([10.0]), np.array([3.9])).tolist() == [3.9]


def queue(arrivals, capacity):
    """People admitted by each day in all, with these arrivals and capacities a day."""
    waiting, done, total = 0, [], 0
    for come, per_day in zip(arrivals, capacity, strict=True):
        waiting += come
        passed = int(admitted(np.array(waiting), np.array(float(per_day))))
        waiting, total = waiting - passed, total + passed
        done.append(total)
    return done


@law(2_000)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300), st.integers(0, 200)), min_size=1, max_size=30))
def test_with_more_capacity_never_fewer_have_been_admitted_by_any_day(days):
    arrivals = [a for a, _, _ in days]
    less = queue(arrivals, [c for _, c, _ in days])
    more = queue(arrivals, [c + extra for _, c, extra in days])
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert less[-1] <= sum(arrivals)


def test_a_queue_clears_at_its_quota():
    """1,000 come at once, 300 a day: 300, 600, 900 and on the fourth day all."""
    assert queue([1000, 0, 0, 0, 0], [300] * 5) == [300, 600, 900, 1000, 1000]


@pytest.mark.parametrize(
    ("requests", "total", "expected"),
    [
        ([5, 5, 2], 6, [3, 2, 1]),  # 2.5 2.5 1.0: the tie goes to the first
        ([1, 1, 1], 2, [1, 1, 0]),
        ([7, 0, 3], 10, [7, 0, 3]),
        ([0, 0, 0], 0, [0, 0, 0]),
        ([10, 1], 1, [1, 0]),
        ([1, 10], 1, [0, 1]),  # .09 and .91: the larger remainder, not the first
        ([2, 2, 2], 5, [2, 2, 1]),  # 1.67 each
    ],
)
def test_rationing_by_largest_remainder(requests, total, expected):
    assert rationed(np.array(requests), np.array(total)).tolist() == expected


@given(st.lists(PEOPLE, min_size=1, max_size=8), st.floats(0, 1))
def test_rationing_gives_all_there_is_and_no_more_than_asked(requests, share):
    total = int(sum(requests) * share)
    given_ = rationed(np.array(requests), np.array(total))
    assert given_.sum() == total
    assert (given_ <= requests).all()
    assert (given_ >= 0).all()
    if sum(requests):
        fair = np.array(requests) * (total / sum(requests))
        assert (np.abs(given_ - fair) <= 1 + 1e-6).all()  # quota rule: at most one off the exact share


@given(st.lists(PEOPLE, min_size=1, max_size=8), st.floats(0, 1))
def test_the_twin_is_rationed_exactly(requests, share):
    asked = np.array(requests, float)
    np.testing.assert_allclose(rationed(asked, np.array(asked.sum() * share)), asked * share, rtol=1e-12)


def test_the_largest_crowds_do_not_overflow():
    given_ = rationed(np.array([1_000_000_000, 1_000_000_000]), np.array(1_999_999_999))
    assert given_.tolist() == [1_000_000_000, 999_999_999]
