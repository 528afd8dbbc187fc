"""The rule, case by case, by hand."""

import numpy as np
import pytest

from displacement.access import Thresholds, access_status
from displacement.access.status import access_class, today_class
from displacement.events import (
    Capture,
    CrossingOpened,
    CrossingQuota,
    Fire,
    Permission,
    RoadCut,
)
from displacement.variables import VARIABLES

FROM_REAR = {"id": "from_rear", "hubs": ("rear",), "transit": ("g",)}
ENCLAVE = {
    "rear": ("g", 0, "outside hub"),
    "mid": ("r", 1000),
    "town": ("g", 1000),
    "far": ("r", 0, "outside"),
}
ROADS = {"rear_mid": ("rear", "mid"), "mid_town": ("mid", "town"), "mid_far": ("mid", "far")}


def values(status, variable, place):
    return status[variable].sel(place=place).values.tolist()


def test_an_enclave_with_no_way_in_or_out_is_besieged(case, words):
    status = access_status(case(ENCLAVE, ROADS, operations=[FROM_REAR]))
    assert words(status, "town") == ["besieged"] * 3
    assert words(status, "town", "access_today") == ["cut"] * 3
    assert values(status, "surrounded", "town") == [1] * 3
    assert values(status, "civilian_exit", "town") == [0] * 3
    assert words(status, "mid") == ["hard_to_reach"] * 3  # no aid, but its pocket holds a place outside
    assert values(status, "surrounded", "mid") == [0] * 3
    assert words(status, "rear") == ["not_classified"] * 3


def test_release_is_immediate_and_access_returns_when_the_window_has_filled(case, words, day):
    status = access_status(
        case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[Capture(place="mid", by="g", start=day(2))], days=30)
    )
    assert words(status, "town")[:4] == ["besieged", "besieged", "hard_to_reach", "hard_to_reach"]
    assert words(status, "town").index("accessible") == 24  # 23 days of 30 >= 3/4
    assert words(status, "town", "access_today")[1:3] == ["cut", "open"]
    assert values(status, "access_since", "town")[:5] == [0, 1, 0, 1, 2]


def test_a_cut_becomes_a_siege_when_the_window_says_so(case, words, day):
    """Entry and exit fall from 1 to 0 on day 2: (30 - n) / 30 < .2 once n = 25 days are cut, on day 26."""
    places = {"rear": ("g", 0, "outside hub"), "town": ("g", 1000)}
    status = access_status(
        case(
            places,
            {"road": ("rear", "town")},
            operations=[FROM_REAR],
            events=[RoadCut(link="road", start=day(2))],
            days=30,
        )
    )
    assert words(status, "town").index("besieged") == 26
    assert words(status, "town").index("hard_to_reach") == 2 + 7  # 8 days cut: 22 / 30 < 3/4
    assert words(status, "town", "access_today")[1:3] == ["open", "cut"]


@pytest.mark.parametrize(("chance", "expected"), [(0.1, "besieged"), (0.2, "hard_to_reach"), (0.3, "hard_to_reach")])
def test_who_can_leave_with_some_chance_is_not_besieged(case, words, day, chance, expected):
    leave = Permission(link="mid_town", civilians=chance, start=day(0))
    status = access_status(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[leave]))
    assert words(status, "town") == [expected] * 3
    assert values(status, "civilian_exit", "town") == [chance] * 3


def test_a_way_in_for_civilians_is_no_way_out(case, words, day):
    enter = Permission(link="mid_town", direction="forward", civilians=1.0, start=day(0))
    assert (
        words(access_status(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[enter])), "town") == ["besieged"] * 3
    )


def test_medical_exit_is_reported_and_never_decisive(case, words, day):
    leave = Permission(link="mid_town", medical=1.0, start=day(0))
    status = access_status(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[leave]))
    assert words(status, "town") == ["besieged"] * 3
    assert values(status, "medical_exit", "town") == [1.0] * 3


CONVOY = {"id": "convoy", "hubs": ("rear",), "transit": ("g", "r"), "lines": ("rear_mid", "mid_town")}


def test_a_convoy_line_lets_aid_cross_and_serves_only_whom_it_is_for(case, words, day):
    allowed = [
        Permission(link="rear_mid", aid=1.0, start=day(0)),
        Permission(link="mid_town", aid=0.03, start=day(0)),
    ]
    for_all = access_status(case(ENCLAVE, ROADS, operations=[CONVOY], events=allowed))
    assert values(for_all, "aid_entry", "town") == [0.03] * 3
    assert values(for_all, "aid_entry", "mid") == [1.0] * 3
    for_town = access_status(case(ENCLAVE, ROADS, operations=[CONVOY | {"deliver_places": ("town",)}], events=allowed))
    assert values(for_town, "aid_entry", "town") == [0.03] * 3
    assert values(for_town, "aid_entry", "mid") == [0.0] * 3
    assert words(for_town, "town") == ["besieged"] * 3  # a convoy now and then ends no siege
    assert words(for_town, "town", "access_today") == ["restricted"] * 3
    no_line = access_status(case(ENCLAVE, ROADS, operations=[CONVOY | {"lines": ("rear_mid",)}], events=allowed))
    assert values(no_line, "aid_entry", "town") == [0.0] * 3
    any_line = access_status(
        case(ENCLAVE, ROADS, operations=[CONVOY | {"lines": (), "any_line": True}], events=allowed)
    )
    assert values(any_line, "aid_entry", "town") == [0.03] * 3


def test_a_group_of_places_can_be_served(case, day):
    status = access_status(
        case(
            ENCLAVE,
            ROADS,
            operations=[CONVOY | {"deliver_places": ("towns",)}],
            events=[Permission(link=("rear_mid", "mid_town"), aid=1.0, start=day(0))],
            groups={"towns": ("town",)},
        )
    )
    assert values(status, "aid_entry", "town") == [1.0] * 3
    assert values(status, "aid_entry", "mid") == [0.0] * 3


def test_ground_that_may_only_be_served_is_not_passed_through(case):
    """hub(t) - a(n) - s(k) - s2(k) - b(n): k is deliver only, so k's places are served and b is not."""
    places = {"hub": ("t", 0, "outside hub"), "a": ("n", 9), "s": ("k", 9), "s2": ("k", 9), "b": ("n", 9)}
    links = {"ha": ("hub", "a"), "as": ("a", "s"), "ss": ("s", "s2"), "sb": ("s2", "b")}
    relations = [("t", "n", "same"), ("n", "k", "truce")]
    operation = {"id": "o", "hubs": ("hub",), "transit": ("t", "n"), "any_line": True}
    served = access_status(case(places, links, relations=relations, operations=[operation | {"deliver": ("k",)}]))
    assert [values(served, "aid_entry", p)[0] for p in ("a", "s", "s2", "b")] == [1.0, 0.3, 0.3, 0.0]
    crossed = access_status(
        case(places, links, relations=relations, operations=[operation | {"transit": ("t", "n", "k")}])
    )
    assert values(crossed, "aid_entry", "b")[0] == pytest.approx(0.09)


def test_a_hub_lost_to_a_party_outside_the_operation_supplies_nobody(case, words, day):
    places = {"rear": ("g", 0, "outside"), "depot": ("g", 5, "hub"), "town": ("g", 9)}
    status = access_status(
        case(
            places,
            {"rd": ("rear", "depot"), "dt": ("depot", "town"), "rt": ("rear", "town")},
            operations=[{"id": "o", "hubs": ("depot",), "transit": ("g",)}],
            events=[Capture(place="depot", by="r", start=day(1))],
        )
    )
    assert words(status, "town", "access_today") == ["open", "cut", "cut"]
    assert words(status, "depot", "access_today") == ["open", "cut", "cut"]


CITY = {"rear": ("g", 0, "outside hub"), "city": ("g", 1_000_000)}


def test_trucks_that_can_come_against_trucks_needed(case, words):
    """1,000,000 people x .4 x .65 kg / 20 t = 13 trucks a day; 6.5 can come."""
    status = access_status(case(CITY, {"road": ("rear", "city", "", 6.5)}, operations=[FROM_REAR]))
    assert values(status, "aid_entry", "city") == [0.5] * 3
    assert words(status, "city", "access_today") == ["restricted"] * 3
    twice = access_status(
        case(CITY, {"road": ("rear", "city", "", 6.5), "road2": ("rear", "city", "", 6.5)}, operations=[FROM_REAR])
    )
    assert values(twice, "aid_entry", "city") == [1.0] * 3
    assert values(twice, "routes_left", "city") == [2] * 3
    unlimited = access_status(case(CITY, {"road": ("rear", "city")}, operations=[FROM_REAR]))
    assert values(unlimited, "aid_entry", "city") == [1.0] * 3


def test_need_grows_where_trade_is_cut(case, day):
    """Without trade everybody depends on aid: 32.5 trucks needed, 6.5 can come."""
    no_trade = Permission(link="road", trade=0.0, start=day(0))
    status = access_status(case(CITY, {"road": ("rear", "city", "", 6.5)}, operations=[FROM_REAR], events=[no_trade]))
    assert values(status, "aid_entry", "city") == [pytest.approx(0.2)] * 3


def test_a_quota_of_no_trucks_is_a_cut_whatever_the_permission(case, words, day):
    places = {"hub": ("t", 0, "outside hub"), "town": ("n", 9)}
    operation = {"id": "o", "hubs": ("hub",), "transit": ("t", "n")}
    events = [
        CrossingOpened(crossing="gate", start=day(0)),
        CrossingQuota(crossing="gate", traffic="aid", per_day=0, start=day(1)),
    ]
    status = access_status(case(places, {"gate": ("hub", "town", "crossing")}, operations=[operation], events=events))
    assert words(status, "town", "access_today") == ["open", "cut", "cut"]


def test_reliability_and_capacity_are_not_multiplied(case, day):
    status = access_status(
        case(
            CITY,
            {"road": ("rear", "city", "", 6.5)},
            operations=[FROM_REAR],
            events=[Permission(link="road", aid=0.5, start=day(0))],
        )
    )
    assert values(status, "aid_entry", "city") == [0.5] * 3


def test_one_operation_gives_no_reliability_to_the_trucks_of_another(case, day):
    """A reliable small pipe (.1 of the need) and a large one that opens with .2: .2, not 1."""
    places = {"rear": ("g", 0, "outside hub"), "city": ("g", 1_000_000), "side": ("g", 0, "outside hub")}
    links = {"small": ("rear", "city", "", 1.3), "large": ("side", "city", "", 100.0)}
    operations = [FROM_REAR, {"id": "from_side", "hubs": ("side",), "transit": ("g",)}]
    events = [Permission(link="large", aid=0.2, trade=1.0, start=day(0))]
    status = access_status(case(places, links, operations=operations, events=events))
    assert values(status, "aid_entry", "city") == [0.2] * 3


def test_fire_lowers_entry_and_two_fires_in_a_row_multiply(case, words, day):
    places = {"rear": ("g", 0, "outside hub"), "mid": ("g", 9), "town": ("g", 9)}
    fire = Fire(link=("rear_mid", "mid_town"), level=2, start=day(1))
    status = access_status(
        case(places, {"rear_mid": ("rear", "mid"), "mid_town": ("mid", "town")}, operations=[FROM_REAR], events=[fire])
    )
    assert values(status, "aid_entry", "mid") == [1.0, 0.4, 0.4]
    assert values(status, "aid_entry", "town") == [1.0, pytest.approx(0.16), pytest.approx(0.16)]
    assert words(status, "mid", "access_today") == ["open", "restricted", "restricted"]


def test_hours_count_transshipment_at_the_border_and_the_front_line_once(case, day):
    """20 km at 40 km/h and a checkpoint: .75 h; + 6 h at the crossing; + 4 h over the line."""
    places = {"hub": ("t", 0, "outside hub"), "near": ("n", 9), "over": ("k", 9), "apart": ("k", 9)}
    links = {"gate": ("hub", "near", "crossing"), "line": ("near", "over")}
    status = access_status(
        case(
            places,
            links,
            relations=[("n", "k", "truce")],
            operations=[{"id": "o", "hubs": ("hub",), "transit": ("t", "n"), "deliver": ("k",), "lines": ("line",)}],
            events=[CrossingOpened(crossing="gate", start=day(0))],
        )
    )
    assert values(status, "hours_to_hub", "near")[0] == pytest.approx(6.75)
    assert values(status, "hours_to_hub", "over")[0] == pytest.approx(11.5)
    assert np.isnan(values(status, "hours_to_hub", "apart")[0])
    assert values(status, "hours_to_hub", "hub")[0] == 0
    assert [values(status, "crossings_usable", p)[0] for p in ("near", "over", "apart")] == [1, 1, 0]
    assert [values(status, "routes_left", p)[0] for p in ("near", "over", "apart", "hub")] == [1, 1, 0, 0]


def test_a_crossing_is_shut_unless_a_policy_opens_it(case, words):
    places = {"hub": ("t", 0, "outside hub"), "near": ("n", 9)}
    status = access_status(
        case(
            places,
            {"gate": ("hub", "near", "crossing")},
            operations=[{"id": "o", "hubs": ("hub",), "transit": ("t", "n")}],
        )
    )
    assert words(status, "near", "access_today") == ["cut"] * 3


UNKNOWN_LINE = {"civilians": "unknown", "medical": "unknown", "trade": "unknown", "aid": "unknown"}


def test_an_unknown_link_shows_both_ends(case, words, day):
    """town's only road: with it open aid comes and people leave, with it shut it is besieged."""
    places = {"rear": ("g", 0, "outside hub"), "town": ("g", 9)}
    unknown = Permission(link="road", start=day(0), end=day(0), **UNKNOWN_LINE)
    status = access_status(
        case(places, {"road": ("rear", "town")}, operations=[FROM_REAR], events=[unknown]),
        thresholds=Thresholds(window_days=1),
    )
    assert words(status, "town") == ["unknown", "accessible", "accessible"]
    assert words(status, "town", "access_worst") == ["besieged", "accessible", "accessible"]
    assert words(status, "town", "access_best") == ["accessible"] * 3
    assert words(status, "town", "access_today") == ["unknown", "open", "open"]
    assert values(status, "aid_entry", "town") == [0.0, 1.0, 1.0]  # least that the unknowns allow
    assert values(status, "civilian_exit", "town") == [0.0, 1.0, 1.0]


def test_an_unknown_link_that_decides_nothing_leaves_the_status_known(case, words, day):
    unknown = Permission(link="mid_far", start=day(0), **UNKNOWN_LINE)
    status = access_status(case(ENCLAVE, ROADS, operations=[FROM_REAR], events=[unknown]))
    assert words(status, "town") == ["besieged"] * 3


def test_an_unknown_holder_makes_its_own_place_and_what_lies_behind_it_unknown(case, words):
    places = {"rear": ("g", 0, "outside hub"), "gap": ("", 9), "town": ("g", 9), "side": ("g", 9)}
    links = {"rear_gap": ("rear", "gap"), "gap_town": ("gap", "town"), "rear_side": ("rear", "side")}
    status = access_status(case(places, links, operations=[FROM_REAR]))
    for place in ("gap", "town"):
        assert words(status, place) == ["unknown"] * 3
        assert words(status, place, "access_best") == ["accessible"] * 3
        assert words(status, place, "access_worst") == ["besieged"] * 3
    assert words(status, "side") == ["accessible"] * 3


def test_the_pocket_counts_everybody_civilians_can_reach_under_the_party(case, day):
    places = {"rear": ("g", 0, "outside hub"), "a": ("g", 10), "b": ("g", 20), "c": ("r", 40)}
    links = {"ra": ("rear", "a"), "ab": ("a", "b"), "bc": ("b", "c")}
    shut = Permission(link="ab", civilians=0.05, start=day(1))
    one_way = Permission(link="ab", civilians=1.0, direction="backward", start=day(2))
    status = access_status(case(places, links, events=[shut, one_way], days=3))
    assert values(status, "pocket_population", "a") == [30, 10, 10]  # .05 is too little; one way is not both
    assert values(status, "surrounded", "b") == [0, 1, 1]
    assert values(status, "civilian_exit", "b") == [1.0, 0.05, 1.0]
    assert values(status, "pocket_population", "c") == [40, 40, 40]


def test_without_operations_or_roads_nobody_is_reached(case, words):
    places = {"a": ("g", 9), "b": ("g", 0)}
    status = access_status(case(places, {}))
    assert words(status, "a") == ["besieged"] * 3
    assert words(status, "b") == ["not_classified"] * 3
    served = access_status(
        case(places | {"a": ("g", 9, "hub")}, {}, operations=[{"id": "o", "hubs": ("a",), "transit": ("g",)}])
    )
    assert words(served, "a", "access_today") == ["open"] * 3


def test_thresholds_are_an_argument(case, words, day):
    fire = Fire(link="road", level=2, start=day(0))
    places = {"rear": ("g", 0, "outside hub"), "town": ("g", 9)}
    scenario = case(places, {"road": ("rear", "town")}, operations=[FROM_REAR], events=[fire])
    assert words(access_status(scenario), "town") == ["hard_to_reach"] * 3
    assert words(access_status(scenario, thresholds=Thresholds(accessible_from=0.4)), "town") == ["accessible"] * 3


def test_the_dataset_says_what_it_holds(case):
    scenario = case(ENCLAVE, ROADS, operations=[FROM_REAR])
    conditions = scenario.compile()
    status = access_status(scenario, conditions)
    assert status.identical(access_status(scenario))
    assert status["time"].identical(conditions["time"])
    for name, variable in status.data_vars.items():
        assert variable.dims == VARIABLES[name].dims
        assert variable.attrs["definition"] == VARIABLES[name].definition
        if VARIABLES[name].flags:
            assert variable.dtype == np.int8
    assert {"access_status", "access_best", "access_worst", "access_today", "access_since", "aid_entry",
            "aid_entry_sustained", "civilian_exit", "medical_exit", "surrounded", "pocket_population",
            "crossings_usable", "hours_to_hub", "routes_left", "severity", "severity_unknown", "severity_physical",
            "severity_security"} == set(status)  # fmt: skip


def test_an_unknown_holder_behind_ground_that_may_only_be_served_may_be_served_too(case):
    """hub(t) - s(k, deliver only) - gap(unknown): gap may be k's and be reached; or t's, and then it is not."""
    places = {"hub": ("t", 0, "outside hub"), "s": ("k", 9), "gap": ("", 9)}
    status = access_status(
        case(
            places,
            {"hs": ("hub", "s"), "sg": ("s", "gap")},
            relations=[("t", "k", "same")],
            operations=[{"id": "o", "hubs": ("hub",), "transit": ("t",), "deliver": ("k",), "lines": ("hs",)}],
        )
    )
    flags = status["access_today"].attrs["flag_meanings"].split()
    assert flags[int(status["access_today"].sel(place="gap").values[0])] == "unknown"


def test_ground_whose_holder_is_unknown_is_a_way_out_only_at_the_best_end(case, words, day):
    """People may go from town to gap with .5, not back: gap may be another party's (exit .5) or lead nowhere."""
    places = {"town": ("g", 9), "gap": ("", 9)}
    one_way = Permission(link="tg", direction="forward", civilians=0.5, start=day(0))
    status = access_status(case(places, {"tg": ("town", "gap")}, events=[one_way]))
    assert words(status, "town", "access_worst") == ["besieged"] * 3
    assert words(status, "town", "access_best") == ["hard_to_reach"] * 3
    assert values(status, "civilian_exit", "town") == [0.0] * 3


def test_at_the_worst_end_a_place_whose_holder_is_unknown_joins_nobody(case, words, day):
    """A policy lets people through gap, known as it is: still, gap may be anybody's, so town may be alone in its pocket."""
    places = {"rear": ("g", 0, "outside hub"), "gap": ("", 9), "town": ("g", 9)}
    people_pass = Permission(link=("rear_gap", "gap_town"), civilians=1.0, start=day(0))
    status = access_status(
        case(
            places,
            {"rear_gap": ("rear", "gap"), "gap_town": ("gap", "town")},
            operations=[FROM_REAR],
            events=[people_pass],
        )
    )
    assert values(status, "surrounded", "town") == [1] * 3
    assert values(status, "pocket_population", "town") == [9] * 3
    assert words(status, "town", "access_best") == ["accessible"] * 3


def test_on_a_threshold():
    """Up to .02 is cut, from .75 open; besieged is below a third and below .2."""
    rule = Thresholds()
    entry = np.array([0.02, 0.0201, 0.7499, 0.75])
    assert today_class(entry, rule).tolist() == [2, 1, 1, 0]
    yes = np.ones(4, bool)
    assert access_class(yes, np.full(4, 0.1), np.array([0.0, 0.19, 0.2, 1.0]), rule).tolist() == [2, 2, 1, 1]
    assert access_class(yes, np.array([0.33, 1 / 3, 0.7499, 0.75]), np.zeros(4), rule).tolist() == [2, 1, 1, 0]
