"""Evacuation moves exactly what it says, or what there is, of whom it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement import events as ev
from displacement.day_loop import simulate_block
from displacement.movement.evacuation import evacuate
from displacement.movement.setting import Evacuated
from displacement.movement.state import AGAIN, BEFORE, NEW, VINTAGES, Held, People
from tests.lively import START, links, places, scenario
from tests.often import law

MEMBERS, PLACES = 2, 3
V = len(VINTAGES)


def people(groups, settled=0, stayers=0, trapped_home=0, displaced=0, trapped_away=0, kind=np.int64):
    """Everybody at place 0, the same in each member and group."""

    def at_home(number):
        found = np.zeros((MEMBERS, groups, PLACES), kind)
        found[..., 0] = number
        return found

    def abroad_from_home(number):
        found = np.zeros((MEMBERS, groups, V, PLACES), kind)
        found[:, :, BEFORE, 0] = number
        return found

    return People(
        settled=at_home(settled),
        stayers=at_home(stayers),
        trapped_home=at_home(trapped_home),
        returned=at_home(0),
        away=abroad_from_home(displaced),
        trapped_away=abroad_from_home(trapped_away),
        travelling=np.zeros((MEMBERS, groups, V, 0, 0), kind),
        held=Held.nobody(groups, np.dtype(kind)),
        waiting=np.zeros((MEMBERS, groups, V, 2, 0), kind),
    )


def test_equal_shares_of_all_who_are_there_home_trapped_and_displaced():
    before = people(1, settled=40, stayers=20, trapped_home=20, displaced=10, trapped_away=10)
    after, taken = evacuate(before, [Evacuated(0, 2, 50.0, (0,))], counts_since=True)
    assert after.settled[..., 0].tolist() == [[20]] * MEMBERS
    assert after.stayers[..., 0].tolist() == after.trapped_home[..., 0].tolist() == [[10]] * MEMBERS
    assert after.away[:, :, BEFORE, 0].tolist() == after.trapped_away[:, :, BEFORE, 0].tolist() == [[5]] * MEMBERS
    assert taken.left[..., 0].tolist() == [[50]] * MEMBERS
    assert taken.left_home[..., 0].tolist() == [[40]] * MEMBERS
    assert taken.came[:, 0, :, 2].tolist() == [[0, 10, 40, 0]] * MEMBERS
    assert (before.settled[..., 0] == 40).all()  # nothing is changed in place


def test_only_groups_that_it_names_and_members_apart():
    before = people(3, settled=100, displaced=100)
    before.settled[1] = 0
    after, taken = evacuate(before, [Evacuated(0, 1, 60.0, (0, 2))], counts_since=False)
    assert taken.left[0, :, 0].tolist() == [30, 0, 30]
    assert taken.left[1, :, 0].tolist() == [30, 0, 30]
    assert taken.left_home[:, :, 0].tolist() == [[15, 0, 15], [0, 0, 0]]
    assert after.away[:, 1].sum() == before.away[:, 1].sum()
    assert taken.came[:, :, BEFORE, 1].tolist() == [[30, 0, 30]] * 2


def test_one_after_the_other_until_nobody_is_left():
    before = people(1, settled=70)
    after, taken = evacuate(before, [Evacuated(0, 1, 50.0, (0,)), Evacuated(0, 2, 50.0, (0,))], counts_since=True)
    assert taken.came[:, 0, NEW, 1:].tolist() == [[50, 20]] * MEMBERS
    assert not after.settled.any()


@law(2_000)
@given(
    st.integers(1, 4), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 500), st.booleans()
)
def test_it_moves_what_it_says_or_what_there_is(groups, settled, displaced, trapped, number, twin):
    kind = np.float64 if twin else np.int64
    before = people(groups, settled=settled, displaced=displaced, trapped_away=trapped, kind=kind)
    rows = tuple(range(0, groups, 2))
    after, taken = evacuate(before, [Evacuated(0, 2, float(number), rows)], counts_since=True)
    there = before.present[:, list(rows), 0].sum(axis=1)
    assert taken.left.sum(axis=(1, 2)) == pytest.approx(np.minimum(there, number))
    assert (before.present - after.present) == pytest.approx(taken.left)
    assert taken.came.sum(axis=(1, 2, 3)) == pytest.approx(taken.left.sum(axis=(1, 2)))
    assert taken.came[:, :, AGAIN].sum() + taken.came[:, :, NEW].sum() == pytest.approx(taken.came.sum())


def test_half_a_person_a_day_is_one_every_other_day():
    table = places(["a", "b"], ["town", "town"], population=[100, 0], party=("blue",) * 2)
    slow = ev.Evacuation(place="a", to="b", people_per_day=0.5, start=START)
    found = simulate_block(
        scenario(table, links(["ab"], [(0, 1)], [10.0]), slow, days=6), seed=1, block=0, uncertainty=("counts",), size=1
    )
    assert found["evacuated"][0, :, 0].tolist() == [0, 1, 0, 1, 0, 1]
