"""A day of movement in scenarios small enough to work by hand, through the whole of `simulate_block`."""

import datetime as dt
from math import exp

import numpy as np
import pytest

from displacement import events as ev
from displacement.day_loop import simulate_block
from displacement.groups import Group
from displacement.movement.state import add_at
from tests.lively import START, links, places, scenario


def day(n):
    return START + dt.timedelta(days=n)


def twin(case, **about):
    """One member of real numbers, by variable: (time, ...)."""
    records = simulate_block(case, seed=1, block=0, uncertainty=(), size=1, **about)
    return {name: values[0] for name, values in records.items()}


def counts(case, size=20, seed=1):
    return simulate_block(case, seed=seed, block=0, uncertainty=("counts",), size=size)


NO_WAITING = {"give_up_rate": 0.0, "irregular_rate": 0.0, "medical_share": 0.0}


def two_towns(*events, km=10.0, population=(1000.0, 0.0), parameters=None, **about):
    """Home and a town 10 km away at 40 km/h: .25 h and a checkpoint, half an hour in all."""
    given = {"party": about.pop("party", ("blue", "blue"))} | {
        k: about.pop(k) for k in ("displaced", "capacity", "kind") if k in about
    }
    kinds = given.pop("kind", ["town", "town"])
    table = places(["home", "there"], kinds, population=population, **given)
    usual = {"stayers": 0.0, "spill": 0.0, "departure_rate": 0.5, "onward_rate": 0.0}
    return scenario(table, links(["road"], [(0, 1)], [km]), *events, parameters=usual | (parameters or {}), **about)


ASSAULT = ev.Fighting(place="home", intensity=1.0, start=START)


# who leaves


def test_people_leave_at_the_rate_of_the_fighting():
    """At a rate of .5 x .6 a day, e^-.3 stay each day; all the others have one place to go to."""
    run = twin(two_towns(ev.Fighting(place="home", intensity=0.6, start=START, end=day(1)), days=4))
    stayed = [1000 * exp(-0.3), 1000 * exp(-0.6), 1000 * exp(-0.6), 1000 * exp(-0.6)]
    np.testing.assert_allclose(run["residents"][:, 0], stayed)
    np.testing.assert_allclose(run["displaced"][:, 1], 1000 - np.array(stayed))


def test_fighting_of_intensity_one_leaves_the_stayers():
    """300 of 1,000 leave on capture only. After ten days of assault at a rate of 5 nobody else is left."""
    case = two_towns(ASSAULT, days=10, parameters={"stayers": 0.3, "departure_rate": 5.0})
    assert (counts(case)["residents"][:, -1, 0] == 300).all()


def test_a_capture_moves_stayers_too():
    """The whole flight from a hostile capture takes a share of .8 of everybody, stayers or not, and no more."""
    capture = ev.Capture(place="home", by="red", start=day(4))
    run = twin(two_towns(capture, days=8, parameters={"stayers": 0.3}))
    expected = [1000, 1000 * 0.2**0.1, 1000 * 0.2**0.35, 1000 * 0.2**0.7, 200, 200]
    np.testing.assert_allclose(run["residents"][[0, 1, 2, 3, 4, 7], 0], expected, rtol=1e-12)


def test_on_the_day_of_a_capture_the_way_out_is_that_of_the_morning():
    """Those who leave late still pass to their own side; once the place has fallen the road is a front line."""
    capture = ev.Capture(place="home", by="red", start=day(4))
    run = twin(two_towns(capture, ev.Fighting(place="home", intensity=1.0, start=day(4)), days=6))
    assert run["departures"][4, 0] > 0
    assert run["stopped"][4, 0] == 0
    assert run["departures"][5, 0] == 0
    assert run["stopped"][5, 0] > 0


def test_the_displaced_leave_again_faster():
    """At twice the rate, .5 x 2 = 1: e^-1 of 100 stay; none of the other vintages is there."""
    run = twin(two_towns(ASSAULT, population=(0.0, 5000.0), displaced=[100.0, 0.0], days=1))
    assert run["displaced"][0, 0] == pytest.approx(100 * exp(-1))


def test_nobody_stays_at_a_junction():
    run = twin(two_towns(kind=["junction", "town"], population=(np.nan, 500.0), displaced=[40.0, np.nan], days=1))
    assert run["displaced"][0].tolist() == [0.0, 40.0]


def test_people_on_the_move_pass_on_from_a_village_and_the_settled_do_not():
    """Those displaced there before stay; who arrives moves on at .5 a day, e^-.5 stay."""
    table = places(
        "abc",
        ["town", "village", "town"],
        population=[1000.0, 10.0, 10.0],
        displaced=[0.0, 70.0, 0.0],
        party=("blue",) * 3,
    )
    roads = links(["ab", "bc"], [(0, 1), (1, 2)], [5.0, 500.0])
    fight = ev.Fighting(place="a", intensity=1.0, start=START, end=START)
    given = {
        "stayers": 0.0,
        "spill": 0.0,
        "onward_rate": 0.5,
        "horizon": 20.0,
        "company": 0.0,
        "power": 9.0,
        "retry_days": 1000.0,
    }
    run = twin(scenario(table, roads, fight, days=2, parameters=given))
    came = run["displaced"][0, 1] - 70
    # 70 are of before the reference date; those who came today leave at the onward rate, for the safe towns a and c
    assert run["departures"][1, 1] == pytest.approx(came * (1 - exp(-0.5)))


# refusal


def test_permission_is_drawn_once_and_the_refused_are_trapped():
    """Through a gap where .25 pass: of 1000 (1 - e^-.5) wishes a quarter goes; the others wait to try again."""
    gap = ev.Permission(link="road", civilians=0.25, start=START)
    run = twin(two_towns(ASSAULT, gap, days=1))
    wish = 1000 * (1 - exp(-0.5))
    assert run["departures"][0, 0] == pytest.approx(wish / 4)
    assert run["stopped"][0, 0] == pytest.approx(wish * 3 / 4)
    assert run["trapped"][0, 0] == pytest.approx(wish * 3 / 4)
    assert run["residents"][0, 0] == pytest.approx(1000 - wish / 4)


def test_the_trapped_try_again_once_in_retry_days_and_their_wish_lapses():
    """No way out on day 0. On day 1 the road opens: of the trapped 1/4 try again, of the others 1 - e^-.1 give up."""
    cut = ev.RoadCut(link="road", start=START, end=START)
    fight = ev.Fighting(place="home", intensity=1.0, start=START, end=START)
    case = two_towns(fight, cut, days=2, parameters={"retry_days": 4.0, "lapse_rate": 0.1})
    run = twin(case)
    trapped = 1000 * (1 - exp(-0.5))
    assert run["trapped"][0, 0] == pytest.approx(trapped)
    assert run["departures"][1, 0] == pytest.approx(trapped / 4)
    assert run["trapped"][1, 0] == pytest.approx(trapped * 3 / 4 * exp(-0.1))
    assert run["residents"][1, 0] == pytest.approx(1000 - trapped / 4)  # lapsed people stay at home


def test_who_is_refused_chooses_once_more_where_the_way_is_sure():
    """Two towns alike but for the way: to b half pass, to c all. Nobody is left who wishes to leave."""
    table = places("abc", ["town"] * 3, population=[1000.0, 10.0, 10.0], party=("blue",) * 3)
    roads = links(["ab", "ac"], [(0, 1), (0, 2)], [10.0, 10.1])
    gap = ev.Permission(link="ab", civilians=0.5, start=START)
    fight = ev.Fighting(place="a", intensity=1.0, start=START)
    run = twin(
        scenario(table, roads, fight, gap, days=1, parameters={"stayers": 0.0, "spill": 0.0, "permission_price": 0.0})
    )
    assert run["stopped"].sum() == pytest.approx(0, abs=1e-9)
    hours = 10.0 / 40 + 0.25, 10.1 / 40 + 0.25
    pull = [(1 + h) ** -2 for h in hours]
    to_b = pull[0] / sum(pull) * 0.5
    leave = 1 - exp(-0.2)
    np.testing.assert_allclose(run["arrivals"][0], [0, 1000 * leave * to_b, 1000 * leave * (1 - to_b)])


def test_a_place_of_the_enemy_is_no_destination_though_the_way_is_open():
    open_road = ev.Permission(link="road", civilians=1.0, start=START)
    case = two_towns(ASSAULT, open_road, party=("blue", "red"), days=1)
    assert twin(case)["departures"].sum() == 0
    settling = two_towns(ASSAULT, open_road, party=("blue", "red"), days=1, parameters={"cross_line_settling": 0.1})
    assert twin(settling)["departures"].sum() > 0


# vintages


def test_the_newly_displaced_left_home_and_the_moved_left_any_place():
    """100 were displaced at home's town before. 1 - e^-1 of them move on, 1 - e^-.5 of 1,000 residents leave home."""
    run = twin(two_towns(ASSAULT, displaced=[100.0, 30.0], days=1))
    new, again = 1000 * (1 - exp(-0.5)), 100 * (1 - exp(-1))
    np.testing.assert_allclose(run["newly_displaced"][0], [0, new])
    np.testing.assert_allclose(run["moved_since"][0], [0, new + again])
    np.testing.assert_allclose(run["displaced"][0], [100 - again, 30 + new + again])


def test_moves_before_the_reference_date_do_not_count():
    """Who leaves home on day 0, before the date, is displaced of old; moving again on day 1 makes them moved, not new."""
    fights = [ev.Fighting(place=p, intensity=1.0, start=day(n), end=day(n)) for p, n in (("home", 0), ("there", 1))]
    run = twin(two_towns(*fights, days=2, reference=day(1), parameters={"displaced_factor": 2.0}))
    left = 1000 * (1 - exp(-0.5))
    assert run["moved_since"][0].sum() == 0
    assert run["newly_displaced"].sum() == 0
    assert run["moved_since"][1, 0] == pytest.approx(left * (1 - exp(-1)))


# days on the road


def long_road(*events, parameters=None, days=4, km=(30.0, 30.0, 30.0), **about):
    """home - b - c - there, 30 km at 30 km/h and two checkpoints each: 1.5 h a link, with an hour on the road a day.

    Three links in 4.5 h: five days. Entered at 0, 1.5 and 3 h: on days 0, 1 and 3.
    """
    table = places(
        ["home", "j", "k", "there"],
        ["town", "junction", "junction", "town"],
        population=[1000.0, np.nan, np.nan, 10.0],
        party=("blue",) * 4,
    )
    roads = links(["l0", "l1", "l2"], [(0, 1), (1, 2), (2, 3)], list(km), speed_kmh=[30.0] * 3)
    usual = {"stayers": 0.0, "spill": 0.0, "travel_day": 1.0, "departure_rate": 0.5, "routes_per_origin": 1}
    fight = ev.Fighting(place="home", intensity=1.0, start=START, end=START)
    return scenario(table, roads, fight, *events, days=days, parameters=usual | (parameters or {}), **about)


LEFT = 1000 * (1 - exp(-0.5))


def test_a_trip_of_days_is_counted_on_the_links_it_passes():
    run = twin(long_road(days=6))
    on_link = run["travelling"][:, :, 0]
    np.testing.assert_allclose(on_link, [[LEFT, 0, 0], [0, LEFT, 0], [0, LEFT, 0], [0, 0, LEFT], [0, 0, 0], [0, 0, 0]])
    traffic = run["traffic"][:, :, 0]
    np.testing.assert_allclose(traffic, [[LEFT, 0, 0], [0, LEFT, 0], [0, 0, 0], [0, 0, LEFT], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(run["displaced"][:, 3], [0, 0, 0, 0, LEFT, LEFT])
    np.testing.assert_allclose(run["moved_since"][:, 3], LEFT)  # travellers count at their destination


@pytest.mark.parametrize(
    ("shut", "on_day", "stops_at", "when"),
    [
        ("l1", 0, None, None),  # shut from the first day: no such route, all are trapped at home
        ("l1", 1, "j", 1),  # it shuts before they enter: they go on to the end of the link they are on
        ("l2", 1, "j", 1),  # any link ahead
        ("l2", 2, "k", 2),  # on l1: to its end
        ("l1", 2, "j", 2),  # the link they are on is shut: back to its near end
        ("l2", 4, "k", 4),  # on l2 itself
        ("l0", 2, None, 4),  # behind them: they arrive
        ("l0", 1, "home", 1),  # on l0, which shuts: home again, though no longer at home
    ],
)
def test_a_link_that_shuts_halts_those_under_way(shut, on_day, stops_at, when):
    cut = ev.RoadCut(link=shut, start=day(on_day))
    run = twin(long_road(cut, days=6))
    if on_day == 0:
        assert run["trapped"][0, 0] == pytest.approx(LEFT)
        return
    names = ["home", "j", "k", "there"]
    place = names.index(stops_at or "there")
    np.testing.assert_allclose(run["arrivals"][when, place], LEFT)
    assert run["arrivals"][:when].sum() == 0
    assert run["displaced"][when, place] == pytest.approx(LEFT)
    if stops_at == "home":
        assert run["residents"][when, 0] == pytest.approx(1000 - LEFT)


def test_who_halts_at_a_junction_chooses_again():
    """On day 1 the road ahead shuts; next day those who stopped at the junction go back home, where fighting is over."""
    run = twin(long_road(ev.RoadCut(link="l1", start=day(1)), days=6))
    assert run["displaced"][1, 1] == pytest.approx(LEFT)
    assert run["departures"][2, 1] == pytest.approx(LEFT)
    assert run["displaced"][5, 0] == pytest.approx(LEFT)
    assert run["departures_from_home"][1:].sum() == 0  # they are displaced at the place they once left


# crossings


def border(*events, quota=np.nan, parameters=None, days=5, population=1000.0, displaced=np.nan, **about):
    """A town at a border, a town abroad; who flees can only go to the crossing."""
    table = places(
        ["home", "out"],
        ["town", "town"],
        country=("AA", "BB"),
        population=[population, np.nan],
        displaced=[displaced, np.nan],
        outside=[False, True],
        party=("blue", "red"),
    )
    crossing = links(["gate"], [(0, 1)], [1.0], kind=("crossing",), people_per_day=[quota])
    usual = {"stayers": 0.0, "spill": 0.0, "departure_rate": 5.0} | NO_WAITING
    fight = ev.Fighting(place="home", intensity=1.0, start=START, end=START)
    return scenario(table, crossing, fight, *events, days=days, parameters=usual | (parameters or {}), **about)


OPEN = ev.CrossingOpened(crossing="gate", start=START)
FLED = 1000 * (1 - exp(-5))


def test_a_queue_discharges_its_quota():
    run = twin(border(OPEN, quota=400.0))
    np.testing.assert_allclose(run["joined"][:, 0, 0], [FLED, 0, 0, 0, 0])
    np.testing.assert_allclose(run["crossed"][:, 0, 0], [400, 400, FLED - 800, 0, 0])
    np.testing.assert_allclose(run["waiting"][:, 0, 0], [FLED - 400, FLED - 800, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(run["refugees"][:, 1], [400, 800, FLED, FLED, FLED])
    np.testing.assert_allclose(
        run["moved_since"][:, 0], [FLED - 400, FLED - 800, 0, 0, 0], atol=1e-9
    )  # who waits is still inside


def test_whole_people_pass_a_quota_that_is_none():
    case = border(OPEN, ev.CrossingQuota(crossing="gate", traffic=("civilians", "medical"), per_day=2.7, start=START))
    assert counts(case)["crossed"][0, :, 0, 0].tolist() == [2, 3, 3, 2, 3]  # 2.7, 5.4, 8.1, 10.8, 13.5


def test_who_is_stopped_at_checkpoints_is_stopped_at_one_on_the_border():
    groups = (Group(id="men", name="Men", share=0.5, checkpoint=0.25), Group(id="rest", name="Rest", share=0.5))
    post = ev.Checkpoint(link="gate", start=START)
    case = border(OPEN, post, groups=groups)
    crossed = twin(case)["crossed_by_group"][:, :, 0, 0]
    np.testing.assert_allclose(crossed[0], [FLED / 8, FLED / 2])
    shut = (replace_group(groups[0], checkpoint=0.0), groups[1])
    assert twin(border(OPEN, post, groups=shut))["crossed_by_group"][:, 0].sum() == 0
    assert (counts(border(OPEN, post, groups=shut))["crossed_by_group"][:, :, 0] == 0).all()


def replace_group(group, **values):
    return group.model_copy(update=values)


def test_people_on_the_way_abroad_are_still_counted_there():
    """They travel on for two days: who was registered stays so, because nobody has left the country."""
    table = places(
        ["a", "b", "c"], ["town", "border_post", "town"], country=("AA", "BB", "BB"),
        population=[1000.0, np.nan, 50_000.0], outside=[False, True, True], party=("blue",) * 3,
    )  # fmt: skip
    roads = links(["gate", "on"], [(0, 1), (1, 2)], [1.0, 700.0], kind=("crossing", "road"))
    fight = ev.Fighting(place="a", intensity=1.0, start=START, end=START)
    values = {"stayers": 0.0, "spill": 0.0, "departure_rate": 5.0, "onward_rate": 1.0, "horizon": 40.0} | NO_WAITING
    run = twin(scenario(table, roads, fight, OPEN, days=8, parameters={**values, "registration_days": 0.5}))
    assert run["travelling"][2, 1, 0] > 100
    assert (np.diff(run["registered"][:, 0]) >= 0).all()
    assert run["registered"][-1, 0] == pytest.approx(FLED, rel=1e-3)


def test_a_shut_crossing_is_passed_irregularly_only():
    """Of those who wait 1 - e^-.1 pass; of the others 1 - e^-.2 give up and are displaced beside it."""
    run = twin(border(parameters={"irregular_rate": 0.1, "give_up_rate": 0.2}, days=1))
    irregular = FLED * (1 - exp(-0.1))
    tired = (FLED - irregular) * (1 - exp(-0.2))
    assert run["crossed_irregularly"][0, 0, 0] == run["crossed"][0, 0, 0] == pytest.approx(irregular)
    assert run["gave_up"][0, 0, 0] == pytest.approx(tired)
    assert run["waiting"][0, 0, 0] == pytest.approx(FLED - irregular - tired)
    assert run["displaced"][0, 0] == pytest.approx(tired)


def test_nobody_passes_an_open_crossing_irregularly():
    """However long the queue: 10 a day pass, and no more."""
    run = twin(border(OPEN, quota=10.0, parameters={"irregular_rate": 0.5}))
    assert run["crossed_irregularly"].sum() == 0
    assert (run["crossed"][:, 0, 0] == 10).all()


def test_a_queue_turns_people_to_the_other_crossing():
    """Two open crossings draw alike on the first day. Next day one has a queue of W at 50 a day: it pulls 1 / (1 + W / 150)."""
    country, alone = ("AA", "BB", "CC"), [1000.0, np.nan, np.nan]
    table = places(["home", "o1", "o2"], ["town"] * 3, country=country, population=alone, outside=[False, True, True])
    gates = links(["g1", "g2"], [(0, 1), (0, 2)], [1.0, 1.0], kind=("crossing",) * 2, people_per_day=[50.0, np.nan])
    fight = ev.Fighting(place="home", intensity=1.0, start=START)
    opened = ev.CrossingOpened(crossing=["g1", "g2"], start=START)
    given = {"stayers": 0.0, "spill": 0.0, "departure_rate": 0.5, "patience": 3.0} | NO_WAITING
    run = twin(scenario(table, gates, fight, opened, days=2, parameters=given))
    first, second = run["joined"][:, :, 0]
    assert first[0] == pytest.approx(first[1])
    queue = run["waiting"][0, 0, 0]
    assert queue == pytest.approx(first[0] - 50)
    assert second[0] / second[1] == pytest.approx(1 / (1 + queue / 150))


def test_stays_at_a_border_post_are_short():
    """Those who gave up at its crossing move on at .5 a day; the people of the post stay once it is quiet."""
    kinds, country = ["border_post", "town", "town"], ("AA", "BB", "AA")
    table = places(
        ["post", "out", "town"],
        kinds,
        country=country,
        population=[1000.0, np.nan, 10.0],
        outside=[False, True, False],
        party=("blue",) * 3,
    )
    roads = links(["gate", "road"], [(0, 1), (0, 2)], [1.0, 5.0], kind=("crossing", "road"))
    fight = ev.Fighting(place="post", intensity=1.0, start=START, end=START)
    given = {"stayers": 0.0, "spill": 0.0, "onward_rate": 0.5, "give_up_rate": 1.0, "irregular_rate": 0.0}
    run = twin(scenario(table, roads, fight, days=2, parameters=given))
    assert run["departures"][1, 0] == pytest.approx(run["displaced"][0, 0] * (1 - exp(-0.5)))
    assert run["departures_from_home"][1].sum() == 0


def test_shut_to_civilians_open_to_medical_cases():
    """A fifth are medical cases: they pass, up to their own quota; nobody else does."""
    opened = ev.CrossingOpened(crossing="gate", traffic=("medical",), start=START)
    quota = ev.CrossingQuota(crossing="gate", traffic=("medical",), per_day=50, start=day(1))
    run = twin(border(opened, quota, parameters={"medical_share": 0.2}, days=1))
    assert run["crossed"][0, 0, 0] == pytest.approx(FLED / 5)
    quota = quota.shifted(-1)
    run = twin(border(opened, quota, parameters={"medical_share": 0.2}, days=2))
    np.testing.assert_allclose(run["crossed"][:, 0, 0], [50, 50])


def test_the_quota_of_one_class_does_not_bind_the_other():
    quota = ev.CrossingQuota(crossing="gate", traffic=("medical",), per_day=0, start=START)
    run = twin(border(OPEN, quota, parameters={"medical_share": 0.2}, days=1))
    assert run["crossed"][0, 0, 0] == pytest.approx(FLED * 0.8)
    assert run["waiting"][0, 0, 0] == pytest.approx(FLED * 0.2)


def test_who_is_refused_at_the_crossing_is_displaced_beside_it():
    """Three in ten pass the check, once; the others do not wait to try again."""
    check = ev.Permission(link="gate", civilians=0.3, medical=0.3, start=START)
    run = twin(border(check, days=2))
    assert run["crossed"][0, 0, 0] == pytest.approx(0.3 * FLED)
    assert run["gave_up"][0, 0, 0] == pytest.approx(0.7 * FLED)
    assert run["displaced"][0, 0] == pytest.approx(0.7 * FLED)
    assert run["waiting"].sum() == 0


def test_the_displaced_of_before_are_refugees_abroad_and_moved_nowhere():
    run = twin(border(OPEN, population=0.0, displaced=200.0, days=1))
    assert run["refugees"][0, 1] == pytest.approx(200 * (1 - exp(-10)))
    assert run["moved_since"].sum() == pytest.approx(0)


def test_nobody_comes_back_over_a_crossing():
    """Fighting abroad moves refugees, but not into the country: return is another process."""
    fight = ev.Fighting(place="out", intensity=1.0, start=day(1))
    run = twin(border(OPEN, fight, days=5))
    assert run["crossed"][:, 0, 1].sum() == 0
    assert run["refugees"][-1, 1] == pytest.approx(FLED)


# where to


def test_capacity_turns_nobody_away():
    case = two_towns(ASSAULT, kind=["town", "camp"], capacity=[np.nan, 10.0], days=3)
    assert twin(case)["displaced"][-1, 1] > 500


def test_shares_follow_the_pulls():
    """To a camp (weight 2) and a village (.3) at the same distance, of one size: 2 to .3."""
    table = places("abc", ["town", "camp", "village"], population=[1000.0, 100.0, 200.0], party=("blue",) * 3)
    roads = links(["ab", "ac"], [(0, 1), (0, 2)], [10.0, 10.0])
    fight = ev.Fighting(place="a", intensity=1.0, start=START)
    run = twin(scenario(table, roads, fight, days=1, parameters={"company": 0.0, "spill": 0.0}))
    assert run["arrivals"][0, 1] / run["arrivals"][0, 2] == pytest.approx(2 / 0.3)


def test_logit_is_another_kernel():
    """pull e^(-2 h / 2): 10 and 50 km away, .5 and 1.75 h, differ by e^-1.25."""
    table = places("abc", ["town"] * 3, population=[1000.0, 100.0, 200.0], party=("blue",) * 3)
    roads = links(["ab", "ac"], [(0, 1), (0, 2)], [10.0, 50.0])
    fight = ev.Fighting(place="a", intensity=1.0, start=START)
    run = twin(scenario(table, roads, fight, days=1, parameters={"company": 0.0, "spill": 0.0}), choice="logit")
    assert run["arrivals"][0, 2] / run["arrivals"][0, 1] == pytest.approx(exp(-1.25))


def test_add_at_counts_a_position_twice():
    total = np.zeros((2, 3), int)
    add_at(total, np.array([2, 0, 2]), np.array([[1, 2, 4], [8, 16, 32]]))
    assert total.tolist() == [[2, 0, 5], [16, 0, 40]]
