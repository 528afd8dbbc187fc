"""Differences added up over the days, by hand."""

import pytest

from displacement.comparison.person_days import person_day_differences


def runs_of(made, *, reference="2016-02-01"):
    base = made(
        {"moved_since": [[[1, 2], [3, 4]], [[0, 0], [10, 0]]], "refugees": [[[0, 0], [0, 1]], [[0, 0], [0, 0]]]}
    )
    other = made({"moved_since": [[[2, 2], [3, 4]], [[0, 0], [0, 0]]], "refugees": [[[0, 0], [0, 1]], [[5, 0], [0, 0]]]},
                 reference_date=reference)  # fmt: skip
    return {"as it was": base, "what if": other}


def test_people_are_summed_over_places_and_days_within_each_member(made):
    table = person_day_differences(runs_of(made), {}).set_index("quantity")
    assert table.loc["moved_since", "p50"] == pytest.approx((1 - 10) / 2)
    assert table.loc["refugees", "p10"] == pytest.approx(0.5)
    assert set(table["scenario"]) == {"what if"}
    assert "unmet_need" not in table.index


def test_counts_from_different_days_are_not_compared(made):
    table = person_day_differences(runs_of(made, reference="2016-02-02"), {}).set_index("quantity")
    assert "moved_since" not in table.index
    assert "refugees" in table.index


def test_only_days_of_both_runs_count(made):
    runs = runs_of(made)
    runs["what if"] = runs["what if"].isel(time=slice(0, 1))
    table = person_day_differences(runs, {}).set_index("quantity")
    assert table.loc["moved_since", "p50"] == pytest.approx((1 + 0) / 2)
