"""The split of a given total: walks by hand and against a simulation of them, laws, and how it is judged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import displacement as dp
from displacement.forecast import split, split_scores
from displacement.forecast.split import Pull, absorbed, assimilated, cold_start, destinations, ground_of, shares
from displacement.forecast.what_if import inflow_factor, last_counts, split_of_totals
from displacement.observations import Counts, Record
from tests.often import law

START = np.datetime64("2014-01-01")
TOWN = """
place_id,name,country,latitude,longitude,kind,population,party
city,City,AA,0.0,0.0,town,100000,a
near,Near camp,BB,0.0,0.5,camp,0,b
far,Far camp,CC,0.0,-1.0,camp,0,c
late,Late camp,BB,0.0,0.6,camp,0,b
"""
ROADS = """
link_id,from_place_id,to_place_id,kind,length_km,speed_kmh
city_near,city,near,crossing,50,50
city_far,city,far,crossing,100,50
city_late,city,late,crossing,60,50
"""
SCENARIO = """
[scenario]
name = "Split"
start = 2014-01-01
days = 60
country = "AA"
[[parties]]
id = "a"
name = "A"
[[parties]]
id = "b"
name = "B"
[[parties]]
id = "c"
name = "C"
[[events]]
kind = "CrossingOpened"
start = 2014-01-01
crossing = ["city_near", "city_far", "city_late"]
[[events]]
kind = "Fighting"
start = 2014-01-05
place = "city"
intensity = 1.0
[[events]]
kind = "CampOpened"
start = 2014-01-31
place = "late"
[[events]]
kind = "CrossingClosed"
id = "shut"
start = 2014-02-10
crossing = "city_far"
traffic = ["civilians"]
"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    folder = tmp_path_factory.mktemp("split")
    for name, text in (("places.csv", TOWN), ("links.csv", ROADS), ("scenario.toml", SCENARIO)):
        (folder / name).write_text(text.lstrip())
    scenario = dp.read_scenario(folder)
    return ground_of(scenario.network, scenario.compile(), ["near", "far", "late"])


def test_shares_by_hand(ground):
    """Two camps open: half a walk ~ (10 + km)^-2.5, half by distance ~ 1 / (30 + km)."""
    walk = np.array([60.0**-2.5, 110.0**-2.5])
    way = np.array([1 / 80, 1 / 130])
    by_hand = 0.5 * walk / walk.sum() + 0.5 * way / way.sum()
    found = shares(ground, Pull())
    assert found[10] == pytest.approx([*by_hand, 0.0])


def test_before_anybody_flees_open_sites_share_alike(ground):
    assert shares(ground, Pull())[0].tolist() == [0.5, 0.5, 0.0]


def test_the_camp_opened_last_takes_most_of_what_its_country_gets(ground):
    day = 35
    plain = ground.until(day, 36)
    one = shares(plain, Pull(newest=1.0))[day]
    ten = shares(plain, Pull(newest=10.0))[day]
    assert ten[1] == pytest.approx(one[1])  # another country's share stays
    assert ten[2] / ten[0] == pytest.approx(10 * one[2] / one[0])


def test_a_shut_border_sends_nobody(ground):
    found = shares(ground, Pull())
    assert found[39, 1] > 0
    assert found[40:, 1].max() == 0.0


def test_nothing_after_the_origin_is_known(ground):
    still = ground.until(20, 60)
    assert shares(still, Pull())[20:, 2].max() == 0.0  # the late camp does not open
    assert shares(still, Pull())[40:, 1].min() > 0  # the border stays open


def test_a_site_that_is_cut_off_takes_nobody_and_rows_sum_to_one(ground):
    found = destinations(ground, 45, Pull())
    assert found[0].sum() == pytest.approx(1.0)
    assert found[0, 1] == 0.0


def test_absorption_is_what_walks_do():
    """The share of 20,000 simulated walks that end at each site lies within 4 standard errors of the formula."""
    random = np.random.default_rng(3)
    weight = random.random((6, 6)) * (random.random((6, 6)) < 0.7)
    np.fill_diagonal(weight, 0.0)
    weight[:, 4] += 0.1
    step = split.rows_to_one(weight)
    absorbing = np.array([False] * 4 + [True] * 2)
    expected = absorbed(step, absorbing)[0]
    walkers = np.zeros(20_000, int)
    while not absorbing[walkers].all():
        moving = np.flatnonzero(~absorbing[walkers])
        draws = random.random(len(moving))[:, np.newaxis]
        walkers[moving] = (draws > np.cumsum(step[walkers[moving]], axis=1)).sum(axis=1)
    share = np.array([(walkers == k).mean() for k in (4, 5)])
    assert np.abs(share - expected).max() < 4 * np.sqrt(0.25 / len(walkers))


@law(2_000)
@given(
    total=st.lists(st.floats(0, 1e6), min_size=1, max_size=20),
    follow=st.floats(0, 0.9),
    seed=st.integers(0, 1000),
)
def test_a_total_is_split_and_nothing_is_lost(total, follow, seed):
    total = np.array(total)
    share = split.rows_to_one(np.random.default_rng(seed).random((len(total), 3)) + 0.01)
    found = cold_start(total, share, follow)
    np.testing.assert_allclose(found.sum(axis=1), total, rtol=1e-9, atol=1e-6)
    assert (found >= 0).all()
    last = found[0]
    close = assimilated(float(total[-1]), last, last / 2, share[-1])
    assert close.sum() == pytest.approx(total[-1], abs=1e-6)
    assert (close >= 0).all()


def test_a_site_without_a_share_takes_nobody_more_though_people_are_there():
    found = cold_start(np.array([10.0, 30.0]), np.array([[0.5, 0.5], [1.0, 0.0]]), 0.5)
    assert found[1].tolist() == [25.0, 5.0]


def test_nobody_counted_yet_and_a_total_of_nobody():
    assert assimilated(0.0, np.zeros(2), np.zeros(2), np.array([0.5, 0.5])).tolist() == [0.0, 0.0]
    assert assimilated(0.0, np.array([3.0, 1.0]), np.zeros(2), np.array([0.5, 0.5])).tolist() == [0.0, 0.0]


def given_of(ground):
    record = Record({
        "near": Counts.of([(START + 10, 100, False), (START + 30, 300, False), (START + 50, 150, True)]),
        "far": Counts.of([(START + 20, 50, False), (START + 55, 90, False)]),
    })  # fmt: skip
    sites = ["near", "far"]
    return record, sites


def test_flees_series_by_hand(ground):
    record, sites = given_of(ground)
    plain = split_scores.daily_series(record, sites, START, 60, rescaled=False)
    assert plain[5].tolist() == [50.0, 12.5]  # from 0 on the first day
    assert plain[20].tolist() == [200.0, 50.0]
    assert plain[59].tolist() == [150.0, 90.0]
    basis = split_scores.daily_series(record, sites, START, 60, rescaled=True)
    assert basis[20, 0] == pytest.approx(100.0)  # halved: 150 / 300
    assert split_scores.split_error(plain, plain) == 0.0


def test_an_assimilated_split_uses_counts_of_the_last_renewal_only(ground):
    record, sites = given_of(ground)
    case = split_scores.Given(
        name="x", sites=sites, start=START, record=record,
        ground=split.Ground(network=ground.network, sites=ground.sites[:2], road=ground.road, open=ground.open[:, :2],
                            opened=ground.opened[:2], fighting=ground.fighting),
        series=split_scores.daily_series(record, sites, START, 60, rescaled=False),
    )  # fmt: skip
    found = split_scores.assimilated_series(case, Pull())
    np.testing.assert_allclose(found.sum(axis=1), case.total)
    by_hand = assimilated(case.total[30], *last_counts(record, sites, START), shares(case.ground, Pull())[30])
    np.testing.assert_allclose(found[30], by_hand)  # the counts of day 30 are known from day 31 on
    assert last_counts(record, sites, START + 30)[0].tolist() == [300.0, 50.0]
    assert split_scores.cold_error(case, Pull()) < 1.0
    assert split_scores.equal_error(case) > 0


def test_totals_for_horizons(ground):
    record, sites = given_of(ground)
    rows = split_of_totals(record, ground, [*sites, "late"], START + 32, START, {10: 500.0, 20: 200.0})
    assert rows.groupby("horizon")["people"].sum().to_dict() == pytest.approx({10: 500.0, 20: 200.0})
    later = split_of_totals(record, ground, [*sites, "late"], START + 32, START, {10: 500.0}, known_events=True)
    far = rows[(rows["site"] == "far") & (rows["horizon"] == 10)]["people"].item()
    assert later[later["site"] == "far"]["people"].item() < far  # the border will be shut, if that is known


def test_an_origin_outside_the_period_is_an_error(ground):
    record, sites = given_of(ground)
    with pytest.raises(dp.InputError, match="must lie in the period"):
        split_of_totals(record, ground, sites, START + 100, START, {10: 500.0})


def test_the_factor_of_an_inflow_is_bounded():
    assert inflow_factor(1e9, np.array([1.0])) == 20.0
    assert inflow_factor(0.0, np.array([1.0])) == 1.0
    assert inflow_factor(5.0, np.zeros(3)) == 1.0
    last, inflow = last_counts(Record({}), ["a"], START)
    assert (last.tolist(), inflow.tolist()) == ([0.0], [0.0])
