"""Severity by hand: each indicator at its thresholds, pillars, what is not known."""

import numpy as np
import pytest

from displacement.access import access_status
from displacement.access.severity import (
    entry_indicator,
    insecurity_indicator,
    movement_indicator,
    people_indicator,
    physical_indicator,
    severity,
    unknown_count,
)
from displacement.events import Fire, Permission, RoadCut

X = np.nan
FROM_REAR = {"id": "from_rear", "hubs": ("rear",), "transit": ("g",)}
# rear -(rm)- mid -(mt)- town: a pocket of g with the rest of g's territory in it.
PLACES = {"rear": ("g", 0, "outside hub"), "mid": ("g", 1_000), "town": ("g", 1_000), "cross": ("g", 0)}
ROADS = {"rm": ("rear", "mid"), "mt": ("mid", "town")}


@pytest.mark.parametrize(
    ("indicator", "values", "expected"),
    [
        (people_indicator, [1, 0.8, 0.79, 0.5, 0.49, 0.2, 0.19, 0], [0, 0, 1, 1, 2, 2, 3, 3]),
        (movement_indicator, [1, 0.75, 0.74, 0.5, 0.49, 1 / 3, 0.33, 0], [0, 0, 1, 1, 2, 2, 3, 3]),
        (insecurity_indicator, [1, 0.95, 0.94, 0.6, 0.59, 0.3, 0.29, 0], [0, 0, 1, 1, 2, 2, 3, 3]),
    ],
)
def test_chances_on_and_under_each_threshold(indicator, values, expected):
    assert indicator(values).tolist() == expected


def test_a_threshold_is_met_whatever_the_order_of_a_product():
    assert people_indicator([0.1 + 0.7, 1 - 0.8]).tolist() == [0, 2]


def test_entry_by_crossings_and_not_known_from_a_hub_inside():
    found = entry_indicator([3, 2, 1, 1, 0, 0], [1, 1, 1, X, 5, X])
    assert np.array_equal(found, [0, 0, 1, 1, X, 3], equal_nan=True)


def test_physical_by_hours_and_routes():
    assert physical_indicator([12, 12, 12.1, 24, 24.1, X], [2, 1, 2, 9, 9, 0]).tolist() == [0, 1, 2, 2, 3, 3]


def whole(**known):
    """Severity of one place; indicators not given are not known."""
    names = ("people", "entry", "movement", "insecurity", "physical")
    of = {name: np.array([known.get(name, X)]) for name in names}
    return severity(of)[0], int(unknown_count(of)[0])


@pytest.mark.parametrize(
    ("known", "expected", "unknown"),
    [
        ({"people": 3, "entry": 3, "movement": 3, "insecurity": 3, "physical": 3}, 5, 4),
        ({"people": 0, "entry": 0, "movement": 0, "insecurity": 0, "physical": 0}, 0, 4),
        ({"people": 0, "entry": 0, "movement": 0, "insecurity": 0, "physical": 1}, 1, 4),  # 5/3 x 1/3
        ({"people": 1, "entry": 1, "movement": 0, "insecurity": 2, "physical": 0}, 3, 4),  # 5/3 x 4/3 = 2.2
        ({"people": 1, "entry": 0, "movement": 1, "insecurity": 0, "physical": 2}, 3, 4),
        ({"people": 3, "movement": 3, "physical": 3}, 5, 6),
        ({"people": 0, "entry": 3, "movement": 1}, 3, 6),  # two pillars: 5/3 x 3/2 = 2.5
        ({"physical": 2}, 4, 8),  # one pillar: 5/3 x 2 = 3.3
        ({"people": 1, "movement": 1, "insecurity": 1}, 2, 6),  # 5/3
    ],
)
def test_the_whole_is_five_thirds_of_the_mean_of_the_pillars(known, expected, unknown):
    assert whole(**known) == (expected, unknown)


def test_a_second_bad_indicator_of_a_pillar_adds_nothing():
    assert whole(people=0, entry=2, movement=0, insecurity=0, physical=0) == whole(
        people=0, entry=2, movement=2, insecurity=0, physical=0
    )


def test_nothing_known_is_not_known():
    found, unknown = whole()
    assert np.isnan(found)
    assert unknown == 9


def values(status, name, place):
    return status[name].sel(place=place).values.tolist()


def test_severity_of_places_day_by_day(case, day):
    """Near a hub inside the country, one road: physical 1, entry not known: 5/3 x 1/3. Cut: people can still leave (the
    pocket of mid keeps the rear): 0, 3, 3. Town's pocket is shut in when mt is cut, and nobody leaves: for one day of
    thirty, mean 29/30 and then 28/30."""
    scenario = case(PLACES, ROADS, operations=[FROM_REAR], events=[RoadCut(link="mt", start=day(1))])
    status = access_status(scenario)
    assert values(status, "severity", "mid") == [1, 1, 1]
    # exit 1, .97, .93: 0; entry sustained as exit: 0, but I3 is 3 (no way is left); insecurity and physical 3
    assert values(status, "severity", "town") == [1, 4, 4]
    assert values(status, "severity_unknown", "town") == [5, 4, 4]
    assert values(status, "severity_physical", "town") == [1, 3, 3]
    assert values(status, "severity_security", "town") == [0, 3, 3]


def test_nobody_lives_there_nothing_is_known(case):
    status = access_status(case(PLACES, ROADS, operations=[FROM_REAR]))
    for name in ("severity", "severity_physical", "severity_security"):
        assert np.isnan(status[name].sel(place="cross")).all()
    assert values(status, "severity_unknown", "cross") == [9, 9, 9]


def test_insecurity_is_of_the_way_and_not_of_its_trucks(case, day):
    """One truck in six days: aid cannot enter regularly, but the road is safe."""
    links = {"rm": ("rear", "mid", "", 0.001), "mt": ("mid", "town")}
    few = access_status(case(PLACES, links, operations=[FROM_REAR]))
    assert few["aid_entry"].sel(place="mid").values[0] < 1 / 3
    assert values(few, "severity", "mid")[0] == 3  # people 0, movement 3, physical 1: 5/3 x 4/3
    fire = access_status(case(PLACES, ROADS, operations=[FROM_REAR], events=[Fire(link="rm", level=2, start=day(0))]))
    assert values(fire, "severity_security", "mid")[0] == 2  # reliability .4


def test_an_indicator_that_the_unknowns_decide_is_not_known(case, day):
    """mt may be open or shut to aid: of town's indicators only people's is known (civilians pass it), 0."""
    doubt = Permission(link="mt", aid="unknown", start=day(0))
    status = access_status(case(PLACES, ROADS, operations=[FROM_REAR], events=[doubt]))
    assert values(status, "severity_unknown", "town") == [8] * 3
    assert values(status, "severity", "town") == [0] * 3
    assert np.isnan(status["severity_physical"].sel(place="town")).all()
    assert values(status, "severity_unknown", "mid") == [5] * 3
