"""What it would take, by hand: convoys that come at all, a month's cover, needs by cluster."""

import numpy as np
import pytest

from displacement import summaries as sm
from displacement.standards import Standard, package_standards
from tests.rations import conditions_of, fed, scenario_of


@pytest.fixture(scope="module")
def run():
    """10,000 people on aid in a town that stores 65 t; two lines lead there."""
    need = np.full((1, 14, 2), 6.5) * [1, 0]
    run = fed(
        need, need, np.zeros_like(need), [[65.0, 0.0]], crossings=[("a", "place0", "place1"), ("b", "place0", "place1")]
    )
    run["displaced"].values[:, -1, 0] = 4_000
    return run


class TestNoConvoy:
    def test_by_hand(self, run):
        """Two requests a week for two weeks, one in four approved: (3/4)^4."""
        trucks = np.array([10.0, np.inf])  # the second link is no convoy line
        found = conditions_of(run, trucks=trucks, requests=2.0, permission=0.25)
        table = sm.no_convoy(found, scenario_of(run).network)
        assert table.index.tolist() == ["a"]
        row = table.loc["a"]
        assert (row["requests"], row["trucks"], row["approved"]) == (4, 10.0, 0.25)
        assert row["no_convoy"] == pytest.approx(0.75**4)

    def test_days_on_which_no_convoy_is_needed_do_not_count(self, run):
        trucks = np.full((14, 2), np.inf)
        trucks[7:, 0] = 10.0
        table = sm.no_convoy(conditions_of(run, trucks=trucks, requests=2.0, permission=0.25), scenario_of(run).network)
        assert table.loc["a", "no_convoy"] == pytest.approx(0.75**2)

    def test_the_easier_direction_counts_and_an_unknown_chance_is_half(self, run):
        chance = np.zeros((14, 2, 2, 4))
        chance[:, :, 1] = 0.5
        found = conditions_of(run, trucks=10.0, requests=1.0, permission=chance)
        found["permission_high"] = found["permission_high"] * 0 + 0.6
        table = sm.no_convoy(found, scenario_of(run).network)
        assert table.loc["a", "no_convoy"] == pytest.approx(0.45**2)  # (0.5 + 0.6) / 2, twice

    def test_lines_of_an_area_all_have_to_fail(self, run):
        table = sm.no_convoy(conditions_of(run, trucks=10.0, requests=2.0, permission=0.25), scenario_of(run).network)
        area = sm.no_convoy_by_area(table).loc["A"]
        assert (area["lines"], area["requests"]) == (2, 8)
        assert area["no_convoy"] == pytest.approx(0.75**8)

    def test_lines_that_are_approved_together_are_asked_for_once(self, run):
        found = conditions_of(run, trucks=10.0, requests=2.0, permission=0.25)
        found["convoy_of"] = (("time", "link"), np.zeros((14, 2), int))
        area = sm.no_convoy_by_area(sm.no_convoy(found, scenario_of(run).network)).loc["A"]
        assert (area["lines"], area["requests"]) == (2, 4)
        assert area["no_convoy"] == pytest.approx(0.75**4)

    def test_without_lines_there_is_no_row(self, run):
        table = sm.no_convoy(conditions_of(run), scenario_of(run).network)
        assert len(table) == 0
        assert len(sm.no_convoy_by_area(table)) == 0


class TestToHold:
    def test_by_hand(self, run):
        means = sm.Means(convoy_trucks=13.0, approved=0.5, sortie_tonnes=10.0, recovered=1.0, reliability=0.65)
        row = sm.to_hold(run, conditions_of(run), 20.0, means, days=30.0).loc["place0"]
        assert row["missing_50"] == pytest.approx(30 * 6.5 - 65)
        assert row["missing_trucks_50"] == pytest.approx(6.5)
        assert row["trucks_a_day"] == pytest.approx(6.5 / 20)
        assert row["convoys_a_week"] == pytest.approx(7 * 6.5 / (13 * 20 * 0.5))
        assert row["sorties_a_day"] == pytest.approx(1.0)

    def test_more_than_enough_is_not_less_than_nothing(self, run):
        row = sm.to_hold(run, conditions_of(run), 20.0, sm.Means(), days=5.0).loc["place0"]
        assert row["missing_90"] == 0.0

    def test_the_means_are_those_of_the_scenario_where_it_has_them(self, run):
        found = conditions_of(run, trucks=10.0, requests=2.0, permission=0.25)
        means = sm.Means.of(found, scenario_of(run).network)
        assert (means.convoy_trucks, means.approved, means.sortie_tonnes) == (10.0, 0.25, 18.6)
        drops = {"airdrop_tonnes": 5.0, "airdrop_recovered": 0.5, "airdrop_reliability": 0.9}
        flown = conditions_of(run).assign({k: ("airdrop", [v]) for k, v in drops.items()})
        means = sm.Means.of(flown, scenario_of(run).network)
        assert (means.convoy_trucks, means.sortie_tonnes, means.recovered) == (15.0, 5.0, 0.5)


class TestNeedsByCluster:
    def test_by_hand(self, run):
        table = sm.needs_by_cluster(run, package_standards()).set_index("item")
        assert table.loc["food ration", "amount_50"] == pytest.approx(5.5)
        assert table.loc["soap", "amount_50"] == pytest.approx(0.08)
        assert table.loc["food ration", "people_p50"] == pytest.approx(10_000)
        assert (table.loc["water", "amount_50"], table.loc["water", "amount_unit"]) == (60.0, "m3 a day")
        assert (table.loc["people per latrine", "amount_50"], table.loc["people per latrine", "amount_unit"]) == (
            200.0,
            "latrines",
        )
        assert table.loc["covered area", "amount_50"] == 14_000.0
        assert table.loc["skilled health staff per 10000 people", "amount_50"] == 8.8
        assert table.loc["water", "people_p50"] == 4_000.0

    def test_carried_items_add_up_to_the_need(self, run):
        table = sm.needs_by_cluster(run, package_standards())
        assert table.loc[table["amount_unit"] == "t a day", "amount_50"].sum() == pytest.approx(6.5)

    def test_every_row_says_its_standard_and_source(self, run):
        table = sm.needs_by_cluster(run, package_standards())
        assert len(table) == len(package_standards())
        for row in package_standards():
            (found,) = [r for _, r in table.iterrows() if r["item"] == row.item]
            assert (found["quantity"], found["unit"], found["source"]) == (row.quantity, row.unit, row.source)

    def test_an_item_of_no_commodity_is_carried_by_nobody(self, run):
        tents = Standard(item="tents", cluster="shelter", quantity=0.1, unit="kg/person/day", source="[A]")
        assert "tents" not in set(sm.needs_by_cluster(run, (*package_standards(), tents))["item"])
