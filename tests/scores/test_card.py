"""The report card: its scores by hand, and that its words and its JSON say them."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from displacement.scores.card import score_run
from displacement.scores.words import card_listed, card_words
from tests.wanderers import HOME, empty

NAN = float("nan")
GROUPS = {"both": ("camp", "town")}
NETWORK = SimpleNamespace(
    members_of=lambda name: GROUPS.get(name, (name,)), called=lambda name: name.capitalize(), place_groups=GROUPS
)


@pytest.fixture(scope="module")
def run():
    """11 members, 0 to 10 thousand people at the camp and 2,000 more in the town, on each of 4 days."""
    made = empty([("camp", HOME, "A"), ("town", HOME, "A")], members=11, days=4)
    made["displaced"].values[:, :, 0] = 1000 * np.arange(11)[:, None]
    made["displaced"].values[:, :, 1] = 1000 * np.arange(11)[:, None] + 2000
    return made


def rows(*entries):
    names = ("date", "variable", "place_id", "value", "low", "high")
    made = [dict(zip(names, (pd.Timestamp(2016, 2, e[0]), *e[1:]), strict=True)) for e in entries]
    return pd.DataFrame(made).reindex(columns=[*names, "scope", "source", "reference"])


def stock(day, place, value, low=NAN, high=NAN):
    return (day, "displaced", place, value, low, high)


OBSERVED = rows(
    stock(2, "camp", 4000),
    stock(3, "camp", 6000),
    stock(3, "town", 14_000),
    stock(3, "both", 20_000),
    stock(4, "camp", NAN, 8500),
    stock(9, "camp", 1),
)


def test_scores_in_all_by_hand(run):
    found = score_run(run, OBSERVED, NETWORK).scores["people"]
    # medians 5000, 5000, 7000, 12000 against 4000, 6000, 14000, 20000
    assert found.observations == 4
    assert found.sums == 1
    assert found.mean_observed == 11_000
    assert found.bias == (1000 - 1000 - 7000 - 8000) / 4
    assert found.mean_absolute_error == (1000 + 1000 + 7000 + 8000) / 4
    assert found.days == 2
    assert found.relative_error == pytest.approx((1000 / 4000 + 8000 / 20_000) / 2)  # the total is not a site
    # ranges of 80: 1000-9000, 1000-9000, 3000-11000, 4000-20000
    assert found.coverage == {50.0: 0.5, 80.0: 0.75, 95.0: 0.75}


def test_the_crps_of_each_count_by_hand(run):
    x = 1000.0 * np.arange(11)
    plain = np.abs(x - 4000).mean() - np.abs(x[:, None] - x).mean() / 2
    assert score_run(run, OBSERVED[:1], NETWORK).scores["people"].crps == pytest.approx(plain)


def test_baselines_stand_beside_the_run_on_the_same_counts(run):
    found = score_run(run, OBSERVED, NETWORK).scores["people"]
    again, split = found.persistence, found.equal_split
    assert again.observations == 1  # the camp on the 3rd, counted on the 2nd
    assert (again.mean_absolute_error, again.run_mean_absolute_error) == (2000, 1000)
    assert again.relative_error == pytest.approx(2000 / 6000)
    assert again.run_relative_error == pytest.approx(1000 / 6000)
    assert again.ratio == pytest.approx(again.run_crps / 2000)
    assert split.observations == 2  # 10,000 each
    assert split.mean_absolute_error == 4000
    assert split.relative_error == pytest.approx(8000 / 20_000)


def test_where_there_is_no_baseline_it_is_said(run):
    card = score_run(run, OBSERVED[:1], NETWORK)
    assert card.scores["people"].persistence is None
    text = card_words(card)
    assert "though made after the run starts): none; no count has one." in text
    assert "which it is told): none; no count has one." in text


def test_a_baseline_that_is_perfect_has_no_ratio(run):
    card = score_run(run, rows(stock(1, "camp", 4000), stock(2, "camp", 4000)), NETWORK)
    assert np.isnan(card.scores["people"].persistence.ratio)
    assert "the baseline is perfect here: no ratio" in card_words(card)


def test_each_count_is_inside_or_outside(run):
    card = score_run(run, OBSERVED, NETWORK)
    table = card.observations.set_index(["place", "date"])
    assert table["inside"].tolist() == [True, True, False, True, None]
    assert table[["p10", "p50", "p90"]].iloc[2].tolist() == [3000, 7000, 11_000]
    assert card.bounds["reached"].tolist() == [2 / 11]


def test_the_words_say_it(run):
    text = card_words(score_run(run, OBSERVED, NETWORK))
    lines = text.splitlines()
    assert lines[0] == "By hand: what was counted, beside what was projected"
    assert "  2 Feb 2016: counted 4,000; projected 5,000 (1,000 to 9,000 in 80 of 100 runs): inside" in lines
    assert (
        "  3 Feb 2016: counted 14,000; projected 7,000 (3,000 to 11,000 in 80 of 100 runs): OUTSIDE, projected too low"
        in lines
    )
    assert "  4 Feb 2016, Camp, displaced people: at least 8,500: 18 of 100" in lines
    assert "  0 of 1 bounds are kept in half of the runs or more." in lines
    assert "In all, 4 counts in people (mean 11,000 people):" in lines
    assert "  bias: medians are 3,750 people too low on average; errors of both signs cancel" in lines
    assert "  inside the range of 80 of 100 runs: 3 of 4 (75 %)" in lines
    assert (
        "  4 observations: coverage says little. If the range of 80 were right, 2 to 4 of 4 would lie inside" in lines
    )
    assert "  1 of the counts hold others of the same day: they are not errors of their own." in lines
    assert "5 of 6 observations used (4 numbers, 1 bounds)." in lines
    assert "  1: its day is outside the run (2016-02-01 to 2016-02-04)" in lines


def test_many_counts_need_no_caution(run):
    many = rows(*[stock(1 + k % 4, "camp", 100.0 * k) for k in range(40)])
    assert "coverage says little" not in card_words(score_run(run, many, NETWORK))


def test_of_many_counts_of_a_place_the_last_are_told_one_by_one(run):
    often = rows(*[stock(2 + k // 3, "camp", [4000.0, 20_000.0, 5000.0][k % 3]) for k in range(9)])
    lines = card_words(score_run(run, often, NETWORK)).splitlines()
    assert sum("counted" in line and "projected" in line for line in lines[1:]) == 4
    assert "  and 5 earlier, 3 of them inside (--json lists all)" in lines


def test_parts_of_a_place_are_one_count_and_the_card_says_so(run):
    parts = pd.concat([
        rows(stock(2, "camp", 0), stock(3, "camp", 3000), stock(4, "camp", 3000)).assign(part="a"),
        rows(stock(3, "camp", 1000), stock(4, "camp", 2500)).assign(part="b"),
    ])  # fmt: skip
    card = score_run(run, parts, NETWORK)
    assert card.observations["value"].tolist() == [4000, 5500]
    text = card_words(card)
    assert "Series of one place are parts of one count: added up, there are 2 rows fewer." in text
    assert "1: a zero before the first count above zero: taken for a placeholder" in text


def test_small_counts_are_not_told(run):
    few = run.assign(displaced=run["displaced"] // 1000)
    text = card_words(score_run(few, rows(stock(2, "camp", 4)), NETWORK))
    assert "counted 4; projected <50 (<50 to <50 in 80 of 100 runs): inside" in text


@pytest.mark.parametrize("observed", [OBSERVED[4:5], OBSERVED[5:], OBSERVED[:0]], ids=["bound", "outside", "none"])
def test_nothing_to_score_is_said_and_no_score_is_0(run, observed):
    card = score_run(run, observed, NETWORK)
    assert card.scores == {}
    assert "nothing is scored" in card_words(card)
    json.dumps(card_listed(card), allow_nan=False)


def test_a_run_without_numbers_is_not_known(run):
    nowhere = run.assign(displaced=run["displaced"] * NAN)
    card = score_run(nowhere, OBSERVED[:2], NETWORK)
    assert card.scores["people"].observations == 0
    assert np.isnan(card.scores["people"].crps)
    text = card_words(card)
    assert "projected not known" in text
    assert "mean absolute error of the median: not known" in text
    json.dumps(card_listed(card), allow_nan=False)


def test_one_member_is_a_forecast_too(run):
    card = score_run(run.isel(member=[5]), OBSERVED[:2], NETWORK)
    found = card.scores["people"]
    assert found.crps == found.mean_absolute_error == 1000
    assert found.coverage == {50.0: 0, 80.0: 0, 95.0: 0}


def test_json_has_the_scores_and_null_for_what_is_not_known(run):
    listed = card_listed(score_run(run, OBSERVED, NETWORK))
    again = json.loads(json.dumps(listed, allow_nan=False))
    assert again == listed
    assert again["scores"]["people"]["coverage"] == {"50": 0.5, "80": 0.75, "95": 0.75}
    assert again["scores"]["people"]["relative_error"] == 0.325
    assert again["scores"]["people"]["bias"] == -3750
    assert again["observations"][0]["persistence"] is None
    assert again["observations"][0]["date"] == "2016-02-02"
    assert again["bounds_kept"] == {"bounds": 1, "mean_share_of_runs": 0.182}
    assert [row["reason"][:11] for row in again["left_out"]] == ["its day is "]


def test_people_and_tonnes_are_scored_apart(run):
    from displacement.scores.card import Scores

    aided = run.assign(aid_lost=(("member", "time", "place"), np.ones((11, 4, 2))))
    flow = pd.DataFrame([{"date": pd.Timestamp("2016-02-03"), "variable": "aid_lost", "place_id": "camp", "value": 4.26,
                          "low": NAN, "high": NAN, "since": "2016-02-01"}])  # fmt: skip
    card = score_run(aided, pd.concat([OBSERVED, flow]), NETWORK)
    assert set(card.scores) == {"people", "tonnes"}
    assert isinstance(card.scores["tonnes"], Scores)
    assert card.scores["tonnes"].mean_absolute_error == pytest.approx(1.26)
    text = card_words(card)
    assert "counted 4.26 tonnes; projected 3 (3 to 3 in 80 of 100 runs): OUTSIDE, projected too low" in text
    assert "In all, 1 count in tonnes (mean 4.3 tonnes):" in text
