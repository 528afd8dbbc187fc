"""Observations: read by name, unknown where empty, refused with the row and column."""

import numpy as np
import pandas as pd
import pytest

from displacement import InputError
from displacement.io import read_observed

HEADER = "date,variable,place_id,scope,value,low,high,source,grade,page\n"
GOOD = "2016-02-04,displaced,two,all,500,400,600,UN,R,7\n"


def read(base, scenario, rows):
    (base / "observed.csv").write_text(HEADER + rows)
    return read_observed(base, scenario.network)


def test_a_row(base, scenario):
    table = read(base, scenario, GOOD + "2016-02-05,moved_since,one,,,400,,,,\n")
    assert table["date"].tolist() == [pd.Timestamp("2016-02-04"), pd.Timestamp("2016-02-05")]
    assert table["variable"].tolist() == ["displaced", "moved_since"]
    np.testing.assert_array_equal(table[["value", "low", "high"]], [[500, 400, 600], [np.nan, 400, np.nan]])
    assert table["page"].tolist() == ["7", ""]


def test_a_status_may_be_its_word(base, scenario):
    assert read(base, scenario, "2016-02-04,access_status,two,,besieged,,,,,\n")["value"].tolist() == [2.0]


def test_no_rows_are_no_observations(base, scenario):
    named = HEADER.strip().split(",")
    assert list(read(base, scenario, "").columns) == [*named[:9], "part", "recount", *named[9:]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("4 Feb,displaced,two,,5,,,,,", ["row 2, date = '4 Feb'", "a date such as 2016-02-03"]),
        ("20160204,displaced,two,,5,,,,,", ["row 2, date = '20160204'", "a date such as"]),
        ("0001-01-01,displaced,two,,5,,,,,", ["row 2, date = '0001-01-01'", "from 1900 to 2200"]),
        (",displaced,two,,5,,,,,", ["row 2, date", "is empty"]),
        ("2016-02-04,displced,two,,5,,,,,", ["row 2, variable = 'displced'", "did you mean 'displaced'?"]),
        ("2016-02-04,displaced,tow,,5,,,,,", ["row 2, place_id = 'tow'", "did you mean 'two'?"]),
        ("2016-02-04,displaced,two,,many,,,,,", ["row 2, value = 'many'", "must be a number"]),
        ("2016-02-04,access_status,two,,beseiged,,,,,", ["row 2, value = 'beseiged'", "besieged"]),
        ("2016-02-04,displaced,two,,-5,,,,,", ["row 2, value = '-5'", "at least 0 people"]),
        ("2016-02-04,displaced,two,,5,6,7,,,", ["row 2, low = 6", "at most value = 5"]),
        ("2016-02-04,displaced,two,,,7,6,,,", ["row 2, low = 7", "at most high = 6"]),
        ("2016-02-04,displaced,two,,,,,,,", ["row 2", "all empty"]),
        ("2016-02-04,displaced,two,,nan,,,,,", ["row 2, value = 'nan'", "must be a number"]),
        ("2016-02-04,displaced", ["row 2", "has 2 cells; the header has 10"]),
    ],
)
def test_what_is_wrong_is_one_line(base, scenario, row, words):
    with pytest.raises(InputError) as caught:
        read(base, scenario, row + "\n")
    assert len(caught.value.problems) == 1, caught.value
    assert all(w in str(caught.value) for w in ["observed.csv", *words]), caught.value


def test_all_rows_are_looked_at(base, scenario):
    with pytest.raises(InputError) as caught:
        read(base, scenario, GOOD.replace("two", "tow") + GOOD.replace("500", "x") + GOOD.replace("displaced", "d"))
    assert [line.split(",")[1] for line in caught.value.problems] == [" row 2", " row 4", " row 3"]


@pytest.mark.parametrize("path", ["nowhere", "a\0b", "x" * 5000])
def test_no_such_file(base, scenario, path):
    with pytest.raises(InputError):
        read_observed(f"{base}/{path}", scenario.network)
