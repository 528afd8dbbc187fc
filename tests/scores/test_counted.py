"""Observations made ready: placeholders and parts, by hand."""

import numpy as np
import pandas as pd
import pytest

from displacement.scores.counted import PLACEHOLDER, counted

NAN = float("nan")


def rows(*entries, variable="refugees"):
    names = ["date", "place_id", "part", "value"]
    made = pd.DataFrame([dict(zip(names, e, strict=True)) for e in entries]).reindex(columns=names)
    return made.assign(date=pd.to_datetime(made["date"]), variable=variable, low=NAN, high=NAN, source="UN")


def test_zeros_before_the_first_count_are_placeholders_and_later_zeros_are_counts():
    found, out = counted(
        rows(("2014-01-01", "camp", "", 0), ("2014-02-01", "camp", "", 5), ("2014-03-01", "camp", "", 0))
    )
    assert found["value"].tolist() == [5, 0]
    assert out[["place_id", "reason"]].values.tolist() == [["camp", PLACEHOLDER]]


def test_a_place_where_nobody_ever_was_keeps_its_zeros():
    found, out = counted(rows(("2014-01-01", "camp", "", 0), ("2014-02-01", "camp", "", 0)))
    assert found["value"].tolist() == [0, 0]
    assert not len(out)


def test_no_arrivals_are_a_number():
    found, _ = counted(rows(("2014-01-01", "camp", "", 0), ("2014-02-01", "camp", "", 5), variable="arrivals"))
    assert found["value"].tolist() == [0, 5]


def test_series_of_one_place_are_parts_and_carried_forward():
    found, out = counted(rows(
        ("2014-01-01", "camp", "old", 100), ("2014-02-01", "camp", "new", 30), ("2014-03-01", "camp", "old", 110),
        ("2014-03-01", "camp", "new", 50), ("2014-02-01", "town", "old", 7),
    ))  # fmt: skip
    camp = found[found["place_id"] == "camp"]
    assert camp["value"].tolist() == [100, 130, 160]
    assert found[found["place_id"] == "town"]["value"].tolist() == [7]
    assert found["date"].is_monotonic_increasing
    assert not len(out)


@pytest.mark.parametrize("scopes", [("", ""), ("registered", "registered by the UN"), (NAN, "the same")])
def test_scopes_are_words_and_add_nothing_up(scopes):
    observed = rows(("2014-01-01", "camp", "", 100), ("2014-02-01", "camp", "", 90)).assign(scope=scopes)
    assert counted(observed)[0]["value"].tolist() == [100, 90]


def test_bounds_are_no_part():
    observed = rows(*[("2014-01-01", "camp", "a", 5), ("2014-02-01", "camp", "a", 6)],
                    *[("2014-01-01", "camp", "b", NAN), ("2014-02-01", "camp", "b", NAN)])  # fmt: skip
    assert np.array_equal(counted(observed)[0]["value"], [5, NAN, 6, NAN], equal_nan=True)


def test_no_rows_are_no_rows():
    found, out = counted(rows(("2014-01-01", "camp", "", 1))[:0])
    assert not len(found)
    assert not len(out)
