"""Scenarios side by side: what is drawn is what the table says, and nothing overlaps or leaves the page."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from displacement.charts import scenario_table, trigger_words
from displacement.charts.frame import Imprint, drawn

QUANTITIES = ("peak", "day_30", "day_60", "last_day", "in_reach", "not_in_reach", "refugees", "aid")


def side(*names, quantities=QUANTITIES, **cells):
    day = pd.Timestamp("2016-03-01")
    rows = [
        {"scenario": name, "quantity": q, "unit": "tonnes/day" if q == "aid" else "people", "earliest": day,
         "day": day, "latest": day + pd.Timedelta(days=9), "p10": 1_250_000, "p50": 2_250_000, "p90": 3_250_000, **cells}
        for name in names for q in quantities
    ]  # fmt: skip
    return pd.DataFrame(rows)


def said(ax):
    return [t.get_text() for t in ax.texts]


def told(*names, words="Something that takes a good many words to say, so that it must be cut"):
    return pd.DataFrame({k: [words] * len(names) for k in ("assumption", "triggers", "unlike_baseline")}, index=names)


def test_each_scenario_is_a_column_and_the_first_is_the_baseline():
    texts = said(scenario_table(side("as it was", "worst")))
    assert [t for t in texts if t in {"as it was", "worst", "baseline", "against the baseline"}] == [
        "as it was", "baseline", "worst", "against the baseline",
    ]  # fmt: skip


def test_numbers_stand_with_their_range_and_the_peak_with_its_day():
    texts = said(scenario_table(side("one", p10=100, p50=12_000, p90=40_000)))
    assert "12,000 (100 to 40,000)" in texts
    assert "12,000.0 (100.0 to 40,000.0)" in texts  # tonnes a day
    assert "about 1 Mar 2016 (1–10 Mar 2016)" in texts
    assert "Displaced by day 30" in texts
    assert "(1 Mar 2016)" in texts


def test_what_is_suppressed_stays_so():
    texts = said(scenario_table(side("one", quantities=("refugees",), p10="<50", p50="<50", p90=700)))
    assert "<50 (<50 to 700)" in texts


def test_rows_of_which_nothing_is_known_are_left_out_and_a_scenario_without_a_number_has_a_dash():
    table = pd.concat([side("one"), side("two", quantities=("peak",))])
    texts = said(scenario_table(table))
    assert texts.count("–") == len(QUANTITIES) - 1
    assert not [t for t in texts if "gap" in t.lower() or "day 90" in t or "not known" in t.lower()]


def test_more_than_four_are_in_the_table():
    texts = said(scenario_table(side(*"abcdef", quantities=("peak",))))
    assert texts[-1] == "and 2 more in the table of this chart: e, f"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_nothing_overlaps_or_leaves_the_page(aleppo_run, aleppo, texts_of, count):
    names = [f"A scenario with a long name, number {i}" for i in range(count)]
    about = {
        "title": "Scenarios side by side",
        "subtitle": "Stocks of persons.",
        "as_of": "2016-03-10",
        "size": (7.0, 5.6),
    }
    with drawn(Imprint.of(aleppo_run, aleppo), **about) as figure:
        ax = figure.add_subplot()
        scenario_table(side(*names), told(*names), ax)
        found = texts_of(figure)
        page = figure.bbox.frozen()
        assert all(t.get_fontsize() >= 7 for t, _ in found)
        for i, (one, box) in enumerate(found):
            assert page.x0 <= box.x0, one.get_text()
            assert box.x1 <= page.x1, one.get_text()
            for other, there in found[i + 1 :]:
                assert not box.padded(-1.5).overlaps(there.padded(-1.5)), (one.get_text(), other.get_text())
        assert any("Refugees" in t.get_text() or "more rows" in t.get_text() for t, _ in found)


def test_it_returns_the_axes_given():
    ax = Figure().add_subplot()
    assert scenario_table(side("one"), ax=ax) is ax


def test_triggers_are_what_makes_people_leave(aleppo):
    assert trigger_words(aleppo) == "AirStrikes 7, Capture 11, Fighting 12; starting 1–29 Feb 2016"
    assert trigger_words(aleppo.without("AirStrikes", "Capture", "Fighting")) == "none"


def test_not_finite_is_not_known():
    assert (
        "not known"
        in said(scenario_table(side("one", quantities=("refugees",), p10=np.nan, p50=np.nan, p90=np.nan)))[-1]
    )
