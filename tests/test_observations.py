"""Dated counts: order, doubles, placeholders, series that add up, recounts, gaps, totals; nothing is filled in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.observations import Counts, Record, day, record_of, together, totals_that_do_not_add_up

DAY = np.datetime64("2014-01-01")


def observed(*rows):
    names = ["date", "variable", "place_id", "part", "value", "recount"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_rows_in_any_order_the_last_of_a_day_and_placeholders():
    counts = Counts.of([(DAY + 9, 30, False), (DAY, 0, False), (DAY + 5, 10, False), (DAY + 5, 20, False)])
    assert counts.days.tolist() == [(DAY + 5).astype(object), (DAY + 9).astype(object)]
    assert counts.people.tolist() == [20.0, 30.0]


def test_a_zero_after_people_were_counted_is_a_count():
    assert Counts.of([(DAY, 5, False), (DAY + 5, 0, False)]).people.tolist() == [5.0, 0.0]


def test_nobody_ever_is_no_count():
    assert len(Counts.of([(DAY, 0, False), (DAY + 5, 0, False)])) == 0
    assert len(Counts.of([])) == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 100)), max_size=12), st.randoms())
def test_the_order_of_days_does_not_matter(rows, random):
    unique = {d: (DAY + d, n, False) for d, n in rows}
    mixed = list(unique.values())
    random.shuffle(mixed)
    one, two = Counts.of(unique.values()), Counts.of(mixed)
    assert one.days.tolist() == two.days.tolist()
    assert one.people.tolist() == two.people.tolist()


def test_until_and_staleness_and_nearest():
    counts = Counts.of([(DAY, 5, False), (DAY + 10, 6, False), (DAY + 30, 7, False)])
    assert counts.until(DAY + 29).people.tolist() == [5.0, 6.0]
    assert counts.until(DAY + 29).staleness(DAY + 29) == 19
    assert counts.nearest(DAY + 20, within=10) == 1  # the earlier of two as near
    assert counts.nearest(DAY + 60, within=15) is None
    assert Counts.of([]).nearest(DAY, within=15) is None
    assert counts.gaps(15) == [(DAY + 10, DAY + 30)]
    assert counts.gaps() == []


def test_recounts_rescale_what_was_before_them_one_after_the_other():
    counts = Counts.of([(DAY, 100, False), (DAY + 9, 200, True), (DAY + 20, 200, False), (DAY + 30, 100, True)])
    assert counts.on_the_last_basis().people.tolist() == [100.0, 100.0, 100.0, 100.0]
    assert counts.recounted_between(DAY, DAY + 9)
    assert not counts.recounted_between(DAY + 9, DAY + 29)


def test_series_of_one_site_add_up_each_carried_forward():
    inside = Counts.of([(DAY, 10, False), (DAY + 20, 30, False)])
    outside = Counts.of([(DAY + 10, 5, False), (DAY + 20, 6, True)])
    both = together([inside, outside, Counts.of([])])
    assert both.people.tolist() == [10.0, 15.0, 36.0]
    assert both.recount.tolist() == [False, False, True]


def test_a_record_reads_series_totals_and_recounts():
    frame = observed(
        ("2014-01-01", "refugees", "camp", "inside", 10.0, ""),
        ("2014-01-01", "refugees", "camp", "outside", 5.0, ""),
        ("2014-01-11", "refugees", "camp", "inside", 20.0, "yes"),
        ("2014-01-11", "refugees", "all_sites", "total", 40.0, ""),
        ("2014-01-11", "refugees", "camp", "outside", np.nan, ""),  # only a bound: no count
        ("2014-01-11", "displaced", "camp", "", 7.0, ""),
    )
    record = record_of(frame, groups={"all_sites": ["camp"]})
    assert record.sites["camp"].people.tolist() == [15.0, 25.0]
    assert record.sites["camp"].recount.tolist() == [False, True]
    assert record.totals["all_sites"].people.tolist() == [40.0]
    assert list(totals_that_do_not_add_up(record)) == [("all_sites", day("2014-01-11"), pytest.approx(1.6))]
    assert record.until("2014-01-05").sites["camp"].people.tolist() == [15.0]
    assert repr(record) == "Record of 1 sites, 2 counts, 2014-01-01 to 2014-01-11"
    assert repr(Record({})) == "Record of 0 sites, nothing counted"


def test_a_source_that_changes_its_words_adds_nothing_up():
    frame = observed(
        ("2014-01-01", "refugees", "camp", "", 1000.0, ""), ("2014-02-01", "refugees", "camp", "", 1100.0, "")
    )
    found = record_of(frame.assign(scope=["registered", "registered by UNHCR"]))
    assert found.sites["camp"].people.tolist() == [1000.0, 1100.0]


def test_a_frame_without_the_column_has_no_recounts():
    frame = observed(("2014-01-01", "refugees", "camp", None, 10.0, "yes")).drop(columns=["recount", "part"])
    assert not record_of(frame).sites["camp"].recount.any()
