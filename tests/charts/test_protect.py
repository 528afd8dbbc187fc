"""Routes to protect as bars: lengths are the people, single roads above pairs, words apart."""

import datetime as dt

import numpy as np
import pytest

from displacement.access import routes_to_protect, told_apart
from displacement.charts import cut_bars, cut_table
from displacement.charts.protect import MOST, cut_legend


@pytest.fixture(scope="module")
def cuts(aleppo, aleppo_conditions):
    return routes_to_protect(aleppo, dt.date(2016, 1, 25), aleppo_conditions)


def told(cuts, count):
    return [cut for cut, _ in told_apart([c for c in cuts if len(c.links) == count])][:MOST]


def test_bars_are_the_people_that_the_table_has(cuts):
    drawn = [bar.get_width() for bar in cut_bars(cuts).patches]
    shown = [*told(cuts, 1), *told(cuts, 2)]
    assert drawn == [c.people_beyond for c in shown]
    table = cut_table(cuts).set_index("links")
    assert [table.loc[" + ".join(c.links), "people_beyond"] for c in shown] == drawn
    assert len(table) == len(cuts)


def test_single_roads_stand_above_pairs_with_a_gap(cuts):
    middles = np.array([bar.get_y() + bar.get_height() / 2 for bar in cut_bars(cuts).patches])
    steps = np.diff(middles)
    assert steps[MOST - 1] > steps[0]
    assert (steps > 0).all()


def test_each_bar_has_its_figures_and_the_way_round(cuts):
    said = " ".join(t.get_text().replace("\n", " ") for t in cut_bars(cuts).texts)
    assert "916,300; 95 t/day" in said
    assert "31,400 others: 0.7 hours and 17 km more, by Gaziantep" in said
    assert "No others need a longer way." in said


def test_names_say_how_many_cuts_do_nearly_the_same(cuts):
    names = [t.get_text() for t in cut_bars(cuts).get_yticklabels()]
    assert names[0] == "Ithriya - Government-held Hama and\nHoms (+3 alike)"
    assert "Bab al-Hawa - Cilvegözü\n+ Bayanoun - Hayyan (+1 alike)" in names


def test_words_stay_apart(cuts, texts_of):
    texts = texts_of(cut_bars(cuts).figure)
    for i, (one, box) in enumerate(texts):
        assert one.get_fontsize() >= 7
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


def test_only_kinds_that_there_are_stand_in_the_key(cuts):
    assert len(cut_legend(cuts)) == 2
    assert [h.get_label() for h in cut_legend([c for c in cuts if len(c.links) == 1])] == ["One road"]


def test_nothing_to_protect_is_drawn_as_such():
    ax = cut_bars([])
    assert ax.texts[0].get_text() == "No road, and no two, cost anything."
    ax.figure.draw_without_rendering()
