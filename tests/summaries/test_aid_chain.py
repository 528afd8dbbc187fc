"""The chain of aid by hand: what enters, what is loaded inside, what adds up, and what does not and why."""

import numpy as np
import pytest

from displacement import summaries as sm
from displacement.mandates import AID
from displacement.summaries.aid_chain import inward_of
from tests.rations import conditions_of, fed, scenario_of

HOME, ABROAD = "AA", "BB"


@pytest.fixture(scope="module")
def run():
    """One member, two days: a town inside, a hub inside, a hub abroad, two crossings. Tonnes of both days:

    required 20, over the border 12 (13 in, 1 out again), lost 2, by air 1, collected 14, of that 3 from the hub inside.
    """
    need = np.zeros((1, 2, 3))
    need[..., 0] = 10.0
    delivered, unmet, air, lost = (np.zeros_like(need) for _ in range(4))
    delivered[0, :, 0] = [9.0, 5.0]
    air[0, 0, 0] = 1.0
    lost[0, :, 0] = [1.0, 1.0]
    unmet[0, 1, 0] = 4.0
    entered = np.zeros((1, 2, 2, 2))
    entered[0, :, 0, 0] = [5.0, 4.0]  # forward: from abroad
    entered[0, 0, 0, 1] = 1.0
    entered[0, :, 1, 1] = [2.0, 2.0]  # backward: its other end is abroad
    return fed(need, delivered, unmet, [[3.0, 0.0, 0.0]], air=air, lost=lost, entered=entered,
               countries=[HOME, HOME, ABROAD], crossings=[("east", "place2", "place0"), ("west", "place0", "place2")])  # fmt: skip


@pytest.fixture(scope="module")
def conditions(run):
    return conditions_of(run, inflow=[0.0, 1.5, 8.0], given=[0.0, 0.0, 2.0], permission=0.5, quota=10.0)


def test_inward_is_the_way_into_the_country(run):
    assert inward_of(run)["inward"].to_dict() == {"east": "forward", "west": "backward"}


def test_what_goes_out_again_does_not_enter(run):
    assert sm.entered_net(run).sum("time").values.tolist() == [[8.0, 4.0]]


def test_a_crossing_between_two_other_countries_is_not_counted():
    need = np.zeros((1, 1, 2))
    run = fed(need, need, need, [[0.0, 0.0]], entered=np.ones((1, 1, 1, 2)), countries=["BB", "CC"],
              crossings=[("far", "place0", "place1")])  # fmt: skip
    assert sm.entered_net(run).sizes["crossing"] == 0
    assert len(sm.aid_at_crossings(run, scenario_of(run), conditions_of(run))) == 0


def test_the_steps_by_hand(run, conditions):
    table = sm.aid_chain(run, scenario_of(run), conditions)
    expected = {"required": 20, "planned": 21, "entered": 12, "loaded_inside": 3, "by_air": 1, "lost": 2, "collected": 14,
                "from_stores": 2, "distributed": 16, "gap": 4}  # fmt: skip
    assert table["tonnes_50"].to_dict() == pytest.approx(expected)
    assert table.loc["required", "mean_trucks"] == pytest.approx(20 / 2 / 20)
    assert table.loc["gap", "person_days_p50"] == pytest.approx(4_000 / 0.65)


def test_planned_is_told_by_country(run, conditions):
    found = sm.planned_for_hubs(conditions, scenario_of(run).network, HOME)
    assert found == {HOME: 3.0, ABROAD: 18.0}


def test_a_crossing_takes_its_trucks_as_often_as_it_is_open(run, conditions):
    assert sm.crossing_capacity(conditions, "east", "forward") == (5.0, 0.5)
    table = sm.aid_at_crossings(run, scenario_of(run), conditions)
    assert table["trucks_50"].to_dict() == pytest.approx({"east": 0.2, "west": 0.1})
    assert table["used"].to_dict() == pytest.approx({"east": 0.04, "west": 0.02})
    assert table["name"]["west"] == "Place2 to Place0"


def test_no_limit_is_not_a_limit_of_nothing(run):
    capacity, chance = sm.crossing_capacity(conditions_of(run), "east", "forward")
    assert np.isnan(capacity)
    assert chance == 1.0
    shut = conditions_of(run, permission=0.0)
    assert sm.crossing_capacity(shut, "east", "forward") == (0.0, 0.0)


def test_convoys_limit_a_crossing_too(run):
    found = conditions_of(run, trucks=14.0, requests=3.5, quota=100.0)
    assert sm.crossing_capacity(found, "east", "forward")[0] == pytest.approx(7.0)


class TestReconciliation:
    def test_rows_by_hand(self, run, conditions):
        table = sm.reconciliation(run, scenario_of(run), conditions).set_index("balance")
        assert table.loc["distributed = collected + from stores", "closes"]
        assert table.loc["planned for hubs in AA = loaded inside from AA", "closes"]
        abroad = table.loc["planned for hubs in BB = entered from BB"]
        assert (abroad["left"], abroad["right"], abroad["rest_50"]) == (18.0, 12.0, 6.0)
        assert not abroad["closes"]
        assert "hubs" in abroad["why"]

    def test_a_reason_is_given_exactly_where_something_is_left(self, run, conditions):
        table = sm.reconciliation(run, scenario_of(run), conditions)
        assert ((table["why"] == "") == table["closes"]).all()

    def test_per_crossing_nothing_can_be_said_and_it_says_so(self, run, conditions):
        table = sm.reconciliation(run, scenario_of(run), conditions)
        each = table[table["balance"].str.startswith("entered at")]
        assert each["left"].tolist() == [8.0, 4.0]
        assert each["right"].isna().all()
        assert each["why"].str.contains("by place, not by crossing").all()

    def test_stock_that_vanishes_is_found(self, run, conditions):
        other = run.copy(deep=True)
        other["stock"].values[:, -1] -= 0.5
        table = sm.reconciliation(other, scenario_of(run), conditions).set_index("balance")
        assert not table.loc["distributed = collected + from stores", "closes"]

    def test_what_is_put_in_store_is_neither_lost_nor_collected(self, run, conditions):
        other = run.copy(deep=True)
        other["stock"].values[:, 1, 0] += 6.5 * np.array([0.55, 0.1]) / 0.65
        other["prepositioned"] = other["need"].sum("commodity") * 0
        assert not sm.reconciliation(other, scenario_of(run), conditions)["closes"][0]
        other["prepositioned"].values[0, 1, 0] = 6.5
        assert sm.reconciliation(other, scenario_of(run), conditions)["closes"][0]
        food = sm.need_by_month(other, conditions).iloc[0]
        assert food["available_50"] == pytest.approx((3 + 14 + 6.5) * 0.55 / 0.65)

    def test_without_a_hub_inside_nothing_may_be_loaded_there(self, run):
        only_abroad = conditions_of(run, inflow=[0.0, 0.0, 8.0])
        table = sm.reconciliation(run, scenario_of(run), only_abroad).set_index("balance")
        row = table.loc["no hub inside the country: nothing is loaded there"]
        assert (row["left"], bool(row["closes"])) == (3.0, False)
        assert "no crossing" in row["why"]


def test_aid_is_the_class_of_traffic_that_counts(run):
    chance = np.zeros((2, 2, 2, 4))
    chance[..., AID] = 0.25
    assert sm.crossing_capacity(conditions_of(run, permission=chance, quota=8.0), "east", "forward") == (2.0, 0.25)
