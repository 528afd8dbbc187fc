"""People by class of access, stacked."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from displacement.access import access_status
from displacement.charts import access_population
from displacement.charts.classes import DEFINITIONS, last_convoy_words
from displacement.summaries import CLASSES, last_land_aid, opening_people, people_by_class, shared


def people_of(rows):
    return pd.DataFrame(rows, columns=list(CLASSES), index=pd.date_range("2016-02-01", periods=len(rows)))


def stacked(ax):
    """People drawn by class: top less base of each step."""
    found = {}
    for patch in ax.patches:
        values, _, base = patch.get_data()
        found[patch.get_gid()] = values - np.asarray(base)
    return found


def test_heights_are_the_table(aleppo, aleppo_access):
    people = shared(people_by_class(aleppo_access, opening_people(aleppo.network)), CLASSES)
    drawn = stacked(access_population(people))
    assert set(drawn) == {"besieged", "hard_to_reach", "unknown"}
    for name, heights in drawn.items():
        assert heights.tolist() == people[name].tolist()


def test_accessible_people_are_drawn_when_asked_for():
    drawn = stacked(access_population(people_of([[1, 2, 3, 4_000]]), accessible=True))
    assert drawn["accessible"].tolist() == [4_000]


def test_each_class_is_defined_in_words_beside_the_axes():
    ax = access_population(people_of([[10_000, 20_000, 0, 900_000]] * 3), last_convoy="5 Feb 2016, Foah")
    ax.figure.draw_without_rendering()
    legend = ax.get_legend()
    said = " ".join(t.get_text().replace("\n", " ") for t in legend.get_texts())
    for text in DEFINITIONS.values():
        assert text in said
    assert "900,000" in said
    assert "Last aid by land: 5 Feb 2016, Foah." in said
    assert not legend.get_window_extent().overlaps(ax.get_window_extent())


def test_no_convoy_is_mentioned_if_none_is_known():
    legend = access_population(people_of([[1, 1, 1, 1]])).get_legend()
    assert not any("Last aid" in t.get_text() for t in legend.get_texts())


@pytest.mark.parametrize("rows", [[[0, 0, 0, 0]], [[np.nan] * 4] * 2, []], ids=["zero, one day", "NaN", "no days"])
def test_odd_data_is_drawn(rows):
    access_population(people_of(rows)).figure.draw_without_rendering()


def test_the_last_aid_by_land_is_read_from_the_run(aleppo_run, aleppo, aleppo_conditions):
    access = access_status(aleppo, aleppo_conditions)
    run = aleppo_run.copy()
    run["delivered"] = aleppo_run["delivered"].copy(deep=True)
    run["delivered"].values[:] = 0
    i = list(run["place"].values).index("aleppo_east")
    run["delivered"].values[:15, 9, i] = 5.0  # 3 Feb, in most members
    run["delivered"].values[:15, 12, i] = 5.0
    run["delivered_by_air"] = xr.zeros_like(aleppo_run["delivered_by_air"])
    run["delivered_by_air"].values[:, 12, i] = 10.0  # both commodities of 6 Feb came from the air
    table = last_land_aid(run, access)
    assert table.index[0] == "aleppo_east"
    assert table.loc["aleppo_east", "last_50"] == pd.Timestamp("2016-02-03")
    assert table.loc["aleppo_east", "none"] == 0.25
    assert (table.drop("aleppo_east")["none"] == 1).all()
    assert set(table["class"]) <= {"besieged", "hard_to_reach", "unknown"}
    assert last_convoy_words(table).startswith("Eastern Aleppo city 3 Feb; Manbij none in the period; ")
    assert last_convoy_words(None).startswith("not known")
    assert last_convoy_words(table[:0]) == "every place can be reached"
