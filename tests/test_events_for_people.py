"""Sieges, corridors, evacuations, sites, checkpoints, weather, rumours and broken ceasefires, worked by hand."""

import datetime as dt

import numpy as np
import pytest

from displacement import events as ev
from displacement.audit import warnings_of
from displacement.day_loop import simulate_block
from displacement.errors import InputError
from displacement.groups import Group
from displacement.scenario import OpeningRelation
from displacement.streams import Expected, Luck
from tests.lively import START, links, places, scenario

GROUPS = (Group(id="women", name="Women", share=0.5), Group(id="men", name="Men", share=0.5))


def day(n):
    return START + dt.timedelta(days=n)


def row_of_four(*events, days=6, **about):
    """Towns a - b - c of one party, and d abroad behind a crossing: 30 km at 60 km/h each, links ab, cb and cd."""
    table = places(
        "abcd",
        ["town", "town", "camp", "town"],
        country=("AA",) * 3 + ("BB",),
        party=("blue",) * 3 + ("teal",),
        population=[900.0, 500.0, 0.0, 0.0],
        capacity=[np.nan, np.nan, 800.0, np.nan],
    )
    roads = links(
        ["ab", "cb", "cd"],
        [(0, 1), (2, 1), (2, 3)],
        [30.0] * 3,
        kind=("road", "road", "crossing"),
        speed_kmh=[60.0] * 3,
        vehicles_per_day=[100.0, np.nan, np.nan],
        directed=[False, False, False],
    )
    return scenario(table, roads, *events, days=days, groups=GROUPS, **about)


def along(conditions, name, **where):
    return conditions[name].sel(**where).values.tolist()


def civilians(conditions, link, direction="forward"):
    return along(conditions, "permission", link=link, direction=direction, traffic="civilians")


# sieges


def test_a_siege_shuts_the_ways_out_of_the_pocket_and_not_those_within():
    found = row_of_four(ev.Siege(place=["a", "b"], start=day(1), end=day(3))).compile()
    assert civilians(found, "cb") == civilians(found, "cb", "backward") == [1, 0, 0, 0, 1, 1]
    assert civilians(found, "ab") == [1] * 6


def test_a_siege_of_some_classes_lets_the_others_pass():
    found = row_of_four(ev.Siege(place="a", traffic=["trade", "aid"], start=day(0))).compile()
    assert civilians(found, "ab") == [1] * 6
    assert along(found, "permission", link="ab", direction="forward", traffic="aid") == [0] * 6


def test_a_lifted_siege_leaves_what_lay_beneath():
    """Half by permission; besieged from day 1; lifted on day 3."""
    half = ev.Permission(link="ab", civilians=0.5, start=day(0))
    siege, lift = ev.Siege(place="a", start=day(1)), ev.SiegeLifted(place="a", start=day(3))
    assert civilians(row_of_four(half, siege, lift).compile(), "ab") == [0.5, 0, 0, 0.5, 0.5, 0.5]
    again = ev.Siege(place="a", start=day(3))  # begun on the day of the lifting: another siege
    assert civilians(row_of_four(half, siege, lift, again).compile(), "ab") == [0.5, 0, 0, 0, 0, 0]
    other = ev.Siege(place=["a", "b"], start=day(0))  # of other places: not lifted
    assert civilians(row_of_four(other, siege, lift).compile(), "cb") == [0] * 6


def test_what_is_in_force_knows_that_a_siege_was_lifted():
    case = row_of_four(ev.Siege(place="a", start=day(1)), ev.SiegeLifted(place="a", start=day(3)))
    assert "besieged" in case.describe(day(2))
    assert "besieged" not in case.describe(day(3))
    assert "the siege of a is lifted" in case.describe(day(3)).lower()


def test_leaving_out_a_siege_leaves_out_its_lifting():
    case = row_of_four(
        ev.Siege(place="a", start=day(1), id="s"),
        ev.SiegeLifted(place="a", start=day(3), id="l"),
        ev.Rumour(of="l", days=1, start=day(0)),
    )
    assert case.without("s").events == ()
    assert [e.kind for e in case.without("l").events] == ["Siege"]


def test_a_siege_of_everything_shuts_nothing_and_is_warned_of():
    assert any("shuts nothing" in text for text in warnings_of(row_of_four(ev.Siege(place=[*"abcd"], start=START))))
    assert not any("shuts nothing" in text for text in warnings_of(row_of_four(ev.Siege(place="a", start=START))))


# corridors


def corridor(**about):
    return ev.Corridor(**{"place": "a", "to": "d", "link": ["ab", "cb", "cd"], "start": day(1), "end": day(2), **about})


def test_a_corridor_is_open_one_way_along_its_path():
    found = row_of_four(corridor(), ev.Siege(place="a", start=day(0))).compile()
    assert civilians(found, "ab") == [0, 1, 1, 0, 0, 0]
    assert civilians(found, "ab", "backward") == [0] * 6
    assert civilians(found, "cb", "backward") == [1] * 6  # taken from b to c
    assert civilians(found, "cb") == [1, 0, 0, 1, 1, 1]
    assert civilians(found, "cd") == [0, 1, 1, 0, 0, 0]
    assert along(found, "permission", link="cd", direction="forward", traffic="aid") == [0] * 6
    assert along(found, "corridor_end", place="d") == along(found, "corridor_end", place="c") == [0, 1, 1, 0, 0, 0]
    assert not found["corridor_end"].sel(place=["a", "b"]).any()


def test_a_corridor_admits_whom_it_names_and_the_latest_counts():
    both = corridor(start=day(2), end=day(3))
    found = row_of_four(corridor(who="women"), both).compile()
    ways = {"link": "ab", "direction": "forward"}
    assert along(found, "admission", **ways, group="women") == [1] * 6
    assert along(found, "admission", **ways, group="men") == [1, 0, 1, 1, 1, 1]
    assert along(found, "admission", link="ab", direction="backward", group="men") == [1] * 6


def test_two_corridors_that_open_on_one_day_admit_those_of_both():
    found = row_of_four(corridor(who="women"), corridor(who="men")).compile()
    assert (found["admission"] == 1).all()


def test_a_corridor_for_aid_admits_everybody_and_leads_nobody_away():
    found = row_of_four(corridor(who="women", traffic="aid")).compile()
    assert (found["admission"] == 1).all()
    assert not found["corridor_end"].any()


def test_a_corridor_has_its_own_limit_on_vehicles():
    found = row_of_four(corridor(vehicles_per_day=40)).compile()
    assert along(found, "vehicle_capacity", link="ab", direction="forward") == [100, 40, 40, 100, 100, 100]
    assert along(found, "vehicle_capacity", link="ab", direction="backward") == [100] * 6
    assert along(found, "vehicle_capacity", link="cb", direction="backward") == [np.inf, 40, 40] + [np.inf] * 3


def test_who_may_pass_a_corridor_is_said_where_it_is_open():
    case = row_of_four(corridor(who="women"))
    rows = {(row["link"], row["from"]): row for row in case.open_on(day(1))}
    assert rows["ab", "a"]["admits"] == ["women"]
    assert "admits" not in rows["ab", "b"]
    assert not any("admits" in row for row in case.open_on(day(3)))


# evacuations


def test_evacuations_stand_side_by_side_with_their_people():
    first = ev.Evacuation(place="a", to="c", people_per_day=300, start=day(1), end=day(2), id="buses", who="women")
    more = [ev.Evacuation(place="b", to=to, people_per_day=20, start=day(0)) for to in ("d", "c")]
    found = row_of_four(*more, first).compile()
    assert found["evacuation"].values.tolist() == ["buses", "Evacuation 1", "Evacuation 2"]
    assert found["evacuation_rate"].values.T.tolist() == [[0, 300, 300, 0, 0, 0], [20] * 6, [20] * 6]
    assert found["evacuation_who"].values.tolist() == [[1, 0], [1, 1], [1, 1]]
    assert found["evacuation_origin"].values.tolist() == ["a", "b", "b"]
    assert found["evacuation_destination"].values.tolist() == ["c", "c", "d"]
    assert row_of_four().compile().sizes["evacuation"] == 0


def test_a_number_that_is_taken_is_not_given_twice():
    one = ev.Evacuation(place="a", to="c", people_per_day=1, start=START)
    found = row_of_four(one, one.model_copy(update={"id": "Evacuation 1"})).compile()
    assert found["evacuation"].values.tolist() == ["Evacuation 1", "Evacuation 2"]


@pytest.mark.parametrize(
    ("consent", "said", "warned"),
    [
        ("informed", "with informed consent", ""),
        ("unknown", "whether they consent is not known", "does not say who consents"),
        ("none", "without consent: a forced transfer", "is without consent, a forced transfer"),
    ],
)
def test_consent_is_said_and_its_want_is_warned_of(consent, said, warned):
    case = row_of_four(ev.Evacuation(place="a", to="c", people_per_day=300, consent=consent, start=START))
    assert said in case.describe()
    assert any("Evacuation" in text for text in warnings_of(case)) == bool(warned)
    assert any(warned in text for text in warnings_of(case))


# sites and capacities


def test_a_site_is_closed_before_it_opens_and_after_its_end():
    found = row_of_four(ev.CampOpened(place="c", capacity=500, start=day(2), end=day(3))).compile()
    assert along(found, "site_open", place="c") == [0, 0, 1, 1, 0, 0]
    assert along(found, "site_capacity", place="c") == [800, 800, 500, 500, 800, 800]
    assert found["site_open"].sel(place=["a", "b", "d"]).all()
    assert np.isnan(found["site_capacity"].sel(place="a")).all()


def test_a_closed_site_opens_again_when_the_closing_ends():
    found = row_of_four(
        ev.CampClosed(place="c", start=day(1), end=day(2)), ev.CampOpened(place="c", start=day(-5))
    ).compile()
    assert along(found, "site_open", place="c") == [1, 0, 0, 1, 1, 1]
    same_day = row_of_four(ev.CampClosed(place="c", start=day(1)), ev.CampOpened(place="c", start=day(1))).compile()
    assert along(same_day, "site_open", place="c") == [0] * 6


def test_nobody_is_moved_by_the_closing_or_opening_of_a_site():
    table = places(
        ["a", "b"], ["town", "camp"], population=[900.0, np.nan], displaced=[300.0, 500.0], party=("blue",) * 2
    )
    roads = links(["road"], [(0, 1)], [30.0])
    for event in (ev.CampClosed(place="b", start=day(1)), ev.CampOpened(place="a", start=day(3), end=day(4))):
        case = scenario(table, roads, event, days=6)
        found = simulate_block(case, seed=1, block=0, uncertainty=("counts",), size=2)
        assert (found["displaced"] == [300, 500]).all()
        assert case.compile()["site_open"].sel(place="a").all()


def test_the_latest_capacity_counts_and_on_one_day_the_smaller():
    found = row_of_four(
        ev.CapacityChanged(place="c", capacity=100, start=day(0)),
        ev.CapacityChanged(place="c", capacity=900, start=day(2)),
        ev.CapacityChanged(place="c", capacity=700, start=day(2), end=day(3)),
        ev.CapacityChanged(link="ab", vehicles_per_day=5, start=day(4)),
    ).compile()
    assert along(found, "site_capacity", place="c") == [100, 100, 700, 700, 900, 900]
    for direction in ("forward", "backward"):
        assert along(found, "vehicle_capacity", link="ab", direction=direction) == [100] * 4 + [5] * 2


def test_nothing_goes_backward_on_a_directed_link_whatever_its_capacity():
    table, road = places("ab", ["town"] * 2), links(["ab"], [(0, 1)], [3.0], directed=[True])
    found = scenario(table, road, ev.CapacityChanged(link="ab", vehicles_per_day=5, start=START)).compile()
    assert found["vehicle_capacity"].values.tolist() == [[[5, 0]]] * 5


# checkpoints and weather


def test_the_slowest_checkpoint_delays_and_the_strictest_refuses():
    """30 km at 60 km/h and two checkpoints of .25 h are 1 h; 2 h more, then 5 h. Fire of level 1 leaves .9."""
    found = row_of_four(
        ev.Checkpoint(link="ab", delay_hours=2, refusal=0.4, start=day(1)),
        ev.Checkpoint(link="ab", delay_hours=5, refusal=0.1, start=day(3), end=day(4), traffic="trade"),
        ev.Fire(link="ab", level=1, start=day(0)),
    ).compile()
    assert along(found, "travel_time", link="ab") == [1, 3, 3, 6, 6, 3]
    np.testing.assert_allclose(civilians(found, "ab"), [0.9, 0.6, 0.6, 0.6, 0.6, 0.6])
    assert along(found, "permission", link="ab", direction="forward", traffic="aid") == pytest.approx([0.7] * 6)
    assert along(found, "checkpoint", link="ab") == [0, 1, 1, 1, 1, 1]


def test_a_checkpoint_for_trucks_checks_no_people():
    found = row_of_four(ev.Checkpoint(link="ab", refusal=1.0, traffic=["trade", "aid"], start=day(0))).compile()
    assert not found["checkpoint"].any()
    assert civilians(found, "ab") == [1] * 6


def test_the_worst_weather_slows_all_links_at_a_place():
    """Half the speed doubles the half hour of driving; a tenth makes it 5 h; checkpoints of .5 h stay."""
    found = row_of_four(
        ev.Weather(place="b", speed=0.5, start=day(1), end=day(3)), ev.Weather(link="ab", speed=0.1, start=day(2), end=day(2))
    ).compile()  # fmt: skip
    assert along(found, "travel_time", link="ab") == pytest.approx([1, 1.5, 5.5, 1.5, 1, 1])
    assert along(found, "travel_time", link="cb") == pytest.approx([1, 1.5, 1.5, 1.5, 1, 1])
    assert along(found, "speed", link="cd") == [60] * 6
    assert along(found, "morning_travel_time", link="ab") == along(found, "travel_time", link="ab")


# rumours


def test_people_believe_a_shifted_event_on_the_days_of_the_rumour():
    fight = ev.Fighting(id="f", place="b", intensity=1.0, start=day(3), end=day(4))
    case = row_of_four(fight, ev.Rumour(of="f", days=-2, start=day(0), end=day(2)))
    assert along(case.compile(), "intensity", place="b") == [0, 0, 0, 1, 1, 0]
    assert along(case.beliefs(), "intensity", place="b") == [0, 1, 1, 1, 1, 0]
    late = row_of_four(fight, ev.Rumour(of="f", days=2, start=day(3)))
    assert along(late.beliefs(), "intensity", place="b") == [0, 0, 0, 0, 0, 1]
    assert row_of_four(fight).beliefs() is None


def test_the_last_rumour_counts_and_on_one_day_the_earlier():
    fight = ev.Fighting(id="f", place="b", intensity=1.0, start=day(3), end=day(3))
    told = [ev.Rumour(of="f", days=n, start=day(s)) for n, s in ((1, 0), (-1, 2), (2, 2))]
    assert along(row_of_four(fight, *told).beliefs(), "intensity", place="b") == [0, 0, 1, 0, 0, 0]
    assert ev.moved_by(day(1), told) == (("f", 1),)
    assert ev.moved_by(day(2), told) == (("f", -1),)


def test_a_rumour_says_what_it_is_about():
    cut = ev.RoadCut(id="c", link="ab", start=day(3))
    case = row_of_four(cut, ev.Rumour(of="c", days=1, start=START))
    assert (
        "People act as if this came 1 day later than it does: the road a - b is cut, from 1 Feb 2016."
        in case.describe()
    )


def test_a_siege_that_is_believed_to_begin_after_its_lifting_is_believed_to_last():
    siege, lift = ev.Siege(place="a", start=day(1), id="s"), ev.SiegeLifted(place="a", start=day(3))
    case = row_of_four(siege, lift, ev.Rumour(of="s", days=3, start=START))
    assert civilians(case.beliefs(), "ab") == [1, 1, 1, 1, 0, 0]


def test_a_rumour_that_would_give_a_place_to_two_parties_on_one_day_is_refused():
    taken = [ev.Capture(id=by, place="a", by=by, start=day(n)) for n, by in ((1, "red"), (3, "teal"))]
    assert row_of_four(*taken, ev.Rumour(of="red", days=1, start=START)).beliefs() is not None
    with pytest.raises(InputError, match=r"Rumour of 'red'.*perhaps on one day"):
        row_of_four(*taken, ev.Rumour(of="red", days=2, start=START))


# ceasefires that break


TRUCE = ev.Ceasefire(parties=("blue", "teal"), break_rate=0.25, start=day(0))


def test_a_ceasefire_breaks_at_its_rate():
    """Chance to last at least n days exp(-n / 4); 4,000 seeds, five standard deviations: 0.04. False alarm: 2e-6."""
    found = [row_of_four(TRUCE).settled(Luck(seed)).events for seed in range(4000)]
    lasted = np.array([(e[0].end - e[0].start).days + 1 if e else 0 for e in found])
    for n in (1, 2, 4, 8):
        assert abs((lasted >= n).mean() - np.exp(-n / 4)) < 0.04


def test_a_ceasefire_that_breaks_on_its_first_day_never_holds():
    assert TRUCE.lasting(0.9) is None
    assert TRUCE.lasting(1.0).end == day(0)
    assert TRUCE.lasting(2.9).end == day(1)
    assert TRUCE.lasting(1e9).end is None
    short = TRUCE.model_copy(update={"end": day(3)})
    assert short.lasting(10.0).end == day(3)
    assert short.lasting(2.0) == short.model_copy(update={"end": day(1), "break_rate": 0.0})


def test_a_ceasefire_that_cannot_break_is_left_alone_and_the_luck_of_others_too():
    firm = TRUCE.model_copy(update={"break_rate": 0.0})
    unsure = ev.RoadCut(link="ab", start=day(1), earliest=day(0), latest=day(4))
    for seed in range(20):
        one, two = (row_of_four(truce, unsure).settled(Luck(seed)).events for truce in (firm, TRUCE))
        assert one[0] == firm
        assert one[-1] == two[-1]


def test_a_more_fragile_ceasefire_breaks_no_later_on_the_same_luck():
    for seed in range(50):
        ends = []
        for rate in (0.1, 0.5):
            events = row_of_four(TRUCE.model_copy(update={"break_rate": rate})).settled(Luck(seed)).events
            ends.append(events[0].end if events else day(-1))
        assert ends[1] <= ends[0]


def test_the_twin_breaks_it_at_the_median():
    """ln 2 / .25 = 2.77 days: it holds for two."""
    assert row_of_four(TRUCE).settled(Expected()).events[0].end == day(1)


def test_a_rumour_of_a_ceasefire_that_never_held_dies_with_it():
    case = row_of_four(TRUCE.model_copy(update={"id": "t"}), ev.Rumour(of="t", days=1, start=START))
    counts = {len(case.settled(Luck(seed)).events) for seed in range(60)}
    assert counts == {0, 2}


def test_a_lifting_drawn_before_its_siege_lifts_nothing():
    siege = ev.Siege(place="a", start=day(1), latest=day(5))
    lift = ev.SiegeLifted(place="a", start=day(3), earliest=day(2))
    kinds = {len(row_of_four(siege, lift).settled(Luck(seed)).events) for seed in range(40)}
    assert kinds == {1, 2}


# sentences


def test_sentences():
    world = row_of_four(
        ev.Siege(place="a", start=START), relations=(OpeningRelation(parties=("blue", "teal"), relation="truce"),)
    ).world
    said = {
        corridor(who=["women", "men"], vehicles_per_day=1500): "A corridor opens one way, a - b - c - d, to civilians and medical (Women and Men, 1,500 vehicles a day), 2 Feb 2016 to 3 Feb 2016.",
        ev.Siege(place=["a", "b"], traffic="aid", start=START): "A and b besieged: every way out is shut to aid, from 1 Feb 2016.",
        ev.Checkpoint(link="ab", start=START): "A checkpoint on the road a - b turns back nobody of itself, from 1 Feb 2016.",
        ev.Evacuation(place="a", to="c", people_per_day=1200, who="women", consent="informed", start=START): "1,200 people a day (Women) are evacuated from a to c, with informed consent, from 1 Feb 2016.",
        ev.CampOpened(place="c", start=START): "Displaced people are taken in at c, from 1 Feb 2016.",
        ev.CampClosed(place="c", start=START): "Nobody more is taken in at c, from 1 Feb 2016.",
        ev.CapacityChanged(place="c", capacity=4000, start=START): "C planned for 4,000 people, from 1 Feb 2016.",
        ev.CapacityChanged(link="ab", vehicles_per_day=0.5, start=START): "The road a - b takes 0.5 vehicles a day each way, from 1 Feb 2016.",
        ev.CapacityChanged(link="ab", vehicles_per_day=70, start=START): "The road a - b takes 70 vehicles a day each way, from 1 Feb 2016.",
        ev.Weather(place="a", link="cd", speed=0.25, start=START): "Weather leaves 25% of the speed on all roads at a and the road c - d, from 1 Feb 2016.",
        TRUCE: "Blue and Teal cease fire (none of their fighting goes on; it may break, at a rate of 0.25 a day), from 1 Feb 2016.",
    }  # fmt: skip
    for event, words in said.items():
        assert event.sentence(world) == words
