"""Two tables sorted by id, and the graph they make."""

import numpy as np
import pytest

from displacement.errors import InputError
from displacement.network import LINK_COLUMNS, PLACE_COLUMNS, Network, great_circle_km
from tests.lively import links, places


def test_rows_are_sorted_by_id_with_all_their_columns():
    table = places(["b", "c", "a"], ["town", "camp", "village"], population=[2.0, 3.0, 1.0], name=("B", "", "A"))
    assert table.id == ("a", "b", "c")
    assert table.kind == ("village", "town", "camp")
    assert table.population.tolist() == [1.0, 2.0, 3.0]
    assert table.name == ("A", "B", "c")  # a place without a name is called by its id


def test_columns_are_read_only():
    table = places(["a"], ["town"], population=[2.0])
    with pytest.raises(ValueError, match="read-only"):
        table.population[0] = 5


def test_an_id_that_stands_twice_is_an_error():
    with pytest.raises(InputError, match="place_id: 'a' stands more than once"):
        places(["a", "b", "a"], ["town"] * 3)


def test_an_unknown_id_is_an_error_with_a_suggestion():
    table = places(["azaz", "mare"], ["town"] * 2)
    with pytest.raises(InputError, match="place_id 'azas' is unknown; did you mean 'azaz'"):
        table.index("azas")


def test_arcs_are_links_by_direction():
    network = Network(places=places("abc", ["town"] * 3), links=links(["ab", "cb"], [(0, 1), (2, 1)], [1, 2]))
    assert network.arc_origin.tolist() == [0, 1, 2, 1]
    assert network.arc_destination.tolist() == [1, 0, 1, 2]


def test_a_directed_link_is_one_edge():
    network = Network(places=places("ab", ["town"] * 2), links=links(["ab"], [(0, 1)], [1], directed=[True]))
    assert list(network.to_networkx().edges()) == [("a", "b")]


def test_a_name_stands_for_a_place_or_a_group():
    network = Network(places=places("abc", ["town"] * 3), links=links([], [], []), place_groups={"north": ("a", "b")})
    assert network.members_of("north") == ("a", "b")
    assert network.members_of("c") == ("c",)
    with pytest.raises(InputError, match="neither a place_id nor a place group; did you mean 'north'"):
        network.members_of("nort")


def test_people_outside_are_not_modelled_and_unknown_is_none():
    table = places(
        "abc", ["town"] * 3, population=[5.0, 7.0, np.nan], outside=[False, True, False], displaced=[1.0, np.nan, 2.0]
    )
    assert table.residents.tolist() == [5.0, 0.0, 0.0]
    assert table.opening_displaced.tolist() == [1.0, 0.0, 2.0]


def test_equal_tables_are_equal_with_unknown_equal_to_unknown():
    assert places("ab", ["town"] * 2) == places("ba", ["town"] * 2, longitude=[37.1, 37.0])
    assert places("ab", ["town"] * 2) != places("ab", ["town", "camp"])


def test_distances_on_the_sphere():
    """A degree of latitude is 2 pi 6371 / 360 = 111.195 km; half way round is pi 6371 = 20,015 km."""

    def km(*at):
        return float(great_circle_km(*map(np.array, at)))

    assert km(0.0, 0.0, 1.0, 0.0) == pytest.approx(111.195, abs=1e-3)
    assert km(60.0, 0.0, 60.0, 1.0) == pytest.approx(111.195 / 2, abs=0.01)
    assert km(0.0, 0.0, 0.0, 180.0) == pytest.approx(20015.087, abs=1e-2)
    assert km(10.0, 20.0, 10.0, 20.0) == 0.0


@pytest.mark.parametrize("column", PLACE_COLUMNS + LINK_COLUMNS, ids=lambda c: c.name)
def test_every_column_says_what_it_holds(column):
    assert column.definition
    assert column.low < column.high
    if column.type is float and np.isfinite(column.high):
        assert column.unit
