"""The group axis: who is in which row, whole people shared out, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.access.aid import need_today
from displacement.access.thresholds import Thresholds
from displacement.errors import InputError
from displacement.groups import ELSEWHERE, EVERYONE, MOST_AREAS, Group, Groups, apportioned, need_per_person
from displacement.mandates import days_of
from displacement.network import Network
from tests.lively import links, places, scenario


def three(**given):
    """Three towns: a and b of blue, c of red; people at home in a and c, displaced in b."""
    usual = {"party": ("blue", "blue", "red"), "population": [100, 0, 60], "displaced": [0, 40, 0]}
    return places("abc", ["town"] * 3, **{**usual, **given})


def axis(table, *rows, home_areas=False, on_foot=0.0):
    network = Network(places=table, links=links(["ab", "bc"], [(0, 1), (1, 2)], [10, 10]))
    return Groups.of(network, rows, home_areas=home_areas, country="AA", on_foot=on_foot)


def test_without_groups_everybody_is_one_row():
    found = axis(three())
    assert (found.group, found.home_area, found.recorded) == ((EVERYONE,), ("",), False)
    assert (found.of_residents == 1).all()
    assert (found.of_displaced == 1).all()


def test_a_place_takes_the_groups_that_name_it_then_its_party_then_the_rest():
    found = axis(
        three(),
        Group(id="rest", name="Rest", share=1.0),
        Group(id="ours", name="Ours", share=0.75, party="blue"),
        Group(id="theirs", name="Theirs", share=0.25, party="blue"),
        Group(id="here", name="Here", share=1.0, places=("b",)),
    )
    assert found.of_residents.tolist() == [[0, 0, 1], [0.75, 0, 0], [0.25, 0, 0], [0, 1, 0]]


def test_home_areas_split_residents_and_leave_the_displaced_elsewhere():
    found = axis(three(parent_pcode=("N", "N", "S")), home_areas=True)
    assert found.home_area == ("N", "S", ELSEWHERE)
    assert found.of_residents.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert found.of_displaced.tolist() == [[0, 0, 0], [0, 0, 0], [1, 1, 1]]
    assert found.labels == ("everyone of N", "everyone of S", "everyone of elsewhere")


def test_who_walks_is_a_row_of_its_own_under_the_same_label():
    found = axis(three(), Group(id="all", name="All", share=1.0, on_foot=0.25))
    assert found.on_foot.tolist() == [False, True]
    assert found.of_residents[:, 0].tolist() == [0.75, 0.25]
    assert found.labels == ("all",)
    assert axis(three(), Group(id="all", name="All", share=1.0), on_foot=1.0).on_foot.tolist() == [True]


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=4),
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5),
)
def test_apportioned_loses_nobody_and_is_within_one_of_the_share(total, weights):
    people = np.array(total)
    share = np.repeat(np.array(weights)[:, None] / sum(weights), len(people), axis=1)
    found = apportioned(people, share)
    assert (found.sum(axis=0) == people).all()
    assert (np.abs(found - people * share) < 1 + 1e-6).all()
    np.testing.assert_allclose(apportioned(people.astype(float), share).sum(axis=0), people)


@pytest.mark.parametrize(
    ("table", "rows", "areas", "words"),
    [
        (
            three(),
            [Group(id="a", name="A", share=0.9)],
            False,
            "at a the shares .a. add up to 0.9; they must add up to 1",
        ),
        (three(), [Group(id="x", name="X", share=1, party="blue")], False, "at c the shares .no group. add up to 0"),
        (three(parent_pcode=("N", "", "")), [], True, "c has people at home and no parent_pcode"),
    ],
)
def test_what_does_not_add_up_is_refused(table, rows, areas, words):
    with pytest.raises(InputError, match=words):
        axis(table, *rows, home_areas=areas)


def test_too_many_areas_are_refused():
    count = MOST_AREAS + 1
    names = [f"p{i:02d}" for i in range(count)]
    table = places(names, ["town"] * count, population=[9] * count, parent_pcode=tuple(names))
    with pytest.raises(InputError, match="21 parent P-codes: at most 20"):
        axis(table, home_areas=True)


def test_names_in_groups_are_checked_with_a_suggestion():
    case = scenario(three(), links(["ab"], [(0, 1)], [10]))
    wrong = (
        Group(id="a", name="A", share=1, party="blu"),
        Group(id="a", name="B", share=1, places=("bb",)),
    )
    with pytest.raises(InputError) as caught:
        replace(case, groups=wrong)
    text = "\n".join(caught.value.problems)
    assert "'a': stands more than once" in text
    assert "unknown party; did you mean 'blue'" in text
    assert "places = 'bb'" in text


def test_need_is_the_mean_of_the_groups_and_reaches_the_need_of_aid():
    rows = (Group(id="a", name="A", share=0.5, needs=2.0), Group(id="b", name="B", share=0.5))
    found = axis(three(), *rows)
    network = Network(places=three(), links=links(["ab"], [(0, 1)], [10]))
    assert need_per_person(network, found).tolist() == [1.5, 1.5, 1.5]
    plain = scenario(three(), links(["ab"], [(0, 1)], [10]))
    needs = [
        need_today(case.network, days_of(case.compile(), "low")[0], Thresholds())
        for case in (plain, replace(plain, groups=rows))
    ]
    np.testing.assert_allclose(needs[1], 1.5 * needs[0])
