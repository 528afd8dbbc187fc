"""Who gets how much, by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from displacement import events as ev
from displacement.streams import Expected, Luck
from displacement.supply.dispatch import opened, share_of_way, walled_off, water_filled
from displacement.supply.ground import Ground, supply_days
from tests.aided import SupplyRun
from tests.lively import START
from tests.supply.worlds import NEED, PEOPLE, supply, world


def delivered(case, people=None, day=0, **about):
    """(place,) tonnes of a day in the twin."""
    people = PEOPLE * np.array(people) if people else np.nan_to_num(case.network.places.population)
    return SupplyRun.of(case, people, uncertainty=(), size=1, **about).all("delivered")[day, 0]


def test_a_hub_that_runs_dry_gives_to_all_in_proportion_to_what_they_want():
    case = world(supply(5.0), population=(0, 1, 3), ends=((0, 1), (0, 2)))
    np.testing.assert_allclose(delivered(case), [0.0, 1.25, 3.75])


def test_priority_weighs_what_is_wanted_until_it_is_met():
    """Three to one, until U has all it wants: the rest is T's."""
    case = world(supply(8.0), population=(0, 1, 1), ends=((0, 1), (0, 2)), table={"priority": [1.0, 1.0, 3.0]})
    np.testing.assert_allclose(delivered(case), [0.0, 2.0, 6.0])
    case = world(supply(10.0), population=(0, 1, 1), ends=((0, 1), (0, 2)), table={"priority": [1.0, 1.0, 3.0]})
    np.testing.assert_allclose(delivered(case), [0.0, 10.0 - NEED, NEED])


def test_the_scarcest_thing_on_the_way_decides_and_others_go_on():
    """The road to U takes half a truck: T gets all it wants of the hub."""
    case = world(supply(12.0), road={"trucks_per_day": [np.nan, 0.1]})
    np.testing.assert_allclose(delivered(case), [0.0, NEED, 2.0])


def test_a_road_used_up_sends_the_rest_the_longer_way():
    case = world(supply(99.0), population=(0, 0, 0, 1), ends=((0, 1), (1, 3), (0, 2), (2, 3)),
                 km=(10.0, 10.0, 40.0, 40.0), road={"trucks_per_day": [0.2, np.nan, 0.1, np.nan]})  # fmt: skip
    run = SupplyRun.of(case, PEOPLE * np.array([0, 0, 0, 1]), uncertainty=(), size=1)
    np.testing.assert_allclose(run.all("delivered")[0, 0], [0, 0, 0, 6.0])
    np.testing.assert_allclose(run.all("traffic")[0, 0, ::2], [4.0, 4.0, 2.0, 2.0])


def test_a_fleet_that_is_too_small():
    """One truck, half the day on the road: 12 h; there and back take so long as to let it carry less than the need."""
    case = world(supply(99.0), population=(0, 1), ends=((0, 1),), km=(160.0,), trucks=1.0,
                 about={"truck_load": 2.0, "duty": 0.5})  # fmt: skip
    hours = supply_days(case, case.compile(), Ground.of(case), np.ones(1))[0].hours[0]
    assert 2 * hours * NEED / 2.0 > 12.0
    assert delivered(case)[1] == pytest.approx(12.0 * 2.0 / (2 * hours))


def test_what_is_lost_on_the_way_is_loaded_too():
    case = world(supply(99.0), population=(0, 1), ends=((0, 1),), km=(40.0,), loss=0.2)
    run = SupplyRun.of(case, PEOPLE * np.array([0, 1]), uncertainty=(), size=1)
    assert run.all("delivered")[0, 0, 1] == pytest.approx(NEED)
    assert run.all("loaded")[0, 0, 0] == pytest.approx(NEED / 0.8)
    assert run.all("lost")[0, 0, 1] == pytest.approx(NEED * 0.25)
    assert run.all("traffic")[0, 0, 0] == pytest.approx(NEED / 0.8)


def test_who_lives_at_the_hub_needs_no_road():
    case = world(supply(99.0), population=(1, 1), ends=((0, 1),), km=(40.0,), trucks=0.001)
    found = delivered(case)
    assert found[0] == pytest.approx(NEED)
    assert 0 < found[1] < 0.2


def convoys(approved, requests=7.0, trucks=0.2, **about):
    line = ev.ConvoyApproval(link="r1", trucks=trucks, requests_per_week=requests, approved=approved, start=START)
    return world(supply(99.0), line, population=(0, 1), ends=((0, 1),), km=(40.0,), lines=("r1",), **about)


def passing(case, day=0, size=2000, draws=None):
    ground = Ground.of(case)
    days = supply_days(case, case.compile(), ground, np.full(len(case.network.links), 0.5))
    return opened(days[day], ground, size, draws or Luck(3))


def test_a_convoy_carries_its_trucks_or_nothing():
    found = passing(convoys(0.4))
    assert set(np.unique(found)) == {0.0, 4.0}
    assert (found[:, 0] == found[:, 1]).all()  # one draw for both directions


def test_each_request_of_a_day_is_drawn():
    found = passing(convoys(0.5, requests=21.0))
    assert set(np.unique(found)) == {0.0, 4.0, 8.0, 12.0}


def test_no_convoy_goes_on_days_without_a_request():
    case = convoys(1.0, requests=2.0)
    assert [float(passing(case, day, 1)[0, 0]) for day in range(5)] == [0.0, 0.0, 0.0, 4.0, 0.0]


def test_a_line_s_quota_limits_its_convoys():
    case = convoys(1.0, requests=21.0, road={"trucks_per_day": [0.3]})
    assert passing(case, size=1)[0, 0] == pytest.approx(6.0)


def test_links_that_are_approved_together_share_their_luck():
    line = ev.ConvoyApproval(link=("r1", "r2"), trucks=1.0, requests_per_week=7.0, approved=0.5, start=START)
    found = passing(world(line, lines=("r1", "r2")))
    assert (found[:, 0] == found[:, 2]).all()
    apart = [line.model_copy(update={"link": (name,)}) for name in ("r1", "r2")]
    found = passing(world(*apart, lines=("r1", "r2")))
    assert 0.4 < (found[:, 0] == found[:, 2]).mean() < 0.6


def test_a_plan_counts_on_what_passes_in_half_of_all_cases():
    assert passing(convoys(0.5), size=1, draws=Expected())[0, 0] == 4.0
    assert passing(convoys(0.49), size=1, draws=Expected())[0, 0] == 0.0


def test_a_road_is_tried_once_a_day_whatever_passes():
    shut = ev.Permission(link="r1", aid=0.3, start=START)
    found = passing(world(supply(1.0), shut, population=(0, 1), ends=((0, 1),), km=(40.0,)))
    assert set(np.unique(found)) == {0.0, np.inf}
    assert 0.25 < np.isinf(found[:, 0]).mean() < 0.35


def test_each_direction_has_a_chance_of_its_own_and_the_same_luck():
    case = world(supply(1.0), ev.Permission(link="r1", direction="forward", aid=0.3, start=START),
                 ev.Permission(link="r1", direction="backward", aid=0.8, start=START), population=(0, 1),
                 ends=((0, 1),), km=(40.0,))  # fmt: skip
    found = np.isinf(passing(case))
    assert (found[:, 0] <= found[:, 1]).all()
    assert found[:, 1].mean() > 0.7 > 0.4 > found[:, 0].mean()


def test_the_share_of_a_way_is_that_of_its_scarcest_thing():
    use = csr_array([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    left, load = np.array([[5.0, 8.0, np.inf]]), np.array([[10.0, 4.0, 7.0]])
    assert share_of_way(left, load, use).tolist() == [[0.5, np.inf]]
    assert share_of_way(left, np.zeros((1, 3)), use).tolist() == [[np.inf, np.inf]]


def test_water_fills_by_weight():
    use = csr_array([[1.0], [1.0]])
    got = water_filled(np.array([[4.0, 4.0]]), np.array([1.0, 3.0]), np.array([[4.0]]), use)
    np.testing.assert_allclose(got, [[1.0, 3.0]])


def test_a_place_is_walled_off_by_any_barrier_that_is_shut_as_a_whole():
    class Table:
        barrier_place, barrier_first = np.array([1, 1, 2]), np.array([0, 2])
        barrier = csr_array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 1.0]])

    is_open = np.array([[False, False, True], [True, False, False], [True, True, True]])
    found = walled_off(is_open, Table, 3)
    assert found.tolist() == [[False, True, False], [False, True, False], [False, False, False]]
