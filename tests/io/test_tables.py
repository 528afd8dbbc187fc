"""Cells of CSV files: what they hold, and what is said of those that hold nothing of use."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.errors import Problems
from displacement.io.tables import number, read_table, write_table
from displacement.network import Column

SPECS = (
    Column("key", str, "a name", required=True),
    Column("x", float, "a number", "km", -10, 10),
    Column("on", bool, "a flag"),
)


def read(tmp_path, text):
    problems = Problems()
    (tmp_path / "t.csv").write_bytes(text.encode())
    return read_table(tmp_path / "t.csv", "t.csv", SPECS, problems), problems.found


@pytest.mark.parametrize(
    ("word", "flag"), [("true", 1), ("Yes", 1), ("1", 1), ("FALSE", 0), ("no", 0), (" 0 ", 0), ("", 0)]
)
def test_flags(tmp_path, word, flag):
    cells, found = read(tmp_path, f"key,on\na,{word}\n")
    assert (found, cells.flags("on").tolist()) == ([], [bool(flag)])


def test_empty_is_unknown_and_columns_may_stand_in_any_order(tmp_path):
    cells, found = read(tmp_path, "x,note,key\n,n,a\n-2.5e0,,b\n")
    assert found == []
    assert cells.columns["key"] == ["a", "b"]
    np.testing.assert_array_equal(cells.numbers("x"), [np.nan, -2.5])
    assert cells.extra == {"note": ("n", "")}


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    cells, found = read(tmp_path, 'key,x,note\na,1,"two\nlines"\n\n,,\nb,bad,\n')
    assert cells.rows == [2, 5]
    assert found == ["t.csv, row 5, x = 'bad': must be a number in [-10, 10] km"]


@pytest.mark.parametrize(
    "text", ["nan", "inf", "1,5", "1 5", "1_0", "0x1", "--1", "1e", ".", "e5", "½", "１", "11", "1e309"]
)
def test_what_is_no_number(text):
    value, fault = number(SPECS[1], text)
    assert value is None
    assert "must be a number in [-10, 10] km" in fault


@given(st.floats(-10, 10))
def test_a_number_is_read_as_it_was_written(x):
    text = write_table({"x": [x]}).splitlines()[1]
    assert number(SPECS[1], text) == (x, "")


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text()), min_size=1))
def test_text_is_written_so_that_the_standard_reader_gives_it_back(rows):
    text = write_table({"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["a", "b"], *map(list, rows)]
