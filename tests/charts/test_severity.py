"""The severity map: every place with its level, larger and darker for worse, names apart, two layers."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from displacement.access import access_status
from displacement.charts import severity_layer, severity_map, severity_table
from displacement.charts.flows import road_table
from displacement.charts.severity import COLOURS, LAYERS, radius, severity_key
from displacement.charts.style import NO_DATA
from displacement.summaries import opening_people, shared

DATE = "2016-02-23"


@pytest.fixture(scope="module")
def status(aleppo, aleppo_conditions):
    return access_status(aleppo, aleppo_conditions)


@pytest.fixture(scope="module")
def table(status, aleppo, aleppo_run):
    return severity_table(status, aleppo_run, opening_people(aleppo.network), DATE)


@pytest.fixture(scope="module")
def roads(aleppo, aleppo_conditions):
    return road_table(aleppo, aleppo_conditions, np.datetime64(DATE, "ns"))


@pytest.fixture(scope="module")
def where(aleppo_run):
    return aleppo_run[["longitude", "latitude"]].to_dataframe()[["longitude", "latitude"]]


def discs(ax):
    return [line for line in ax.lines if line.get_gid() == "level"]


def grey(colour):
    """Luminance, 0 to 1."""
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def test_a_row_for_each_place_that_is_classified(table, status, aleppo):
    people = opening_people(aleppo.network)
    assert set(table.index) == set(people.index[people > 0])
    for place in ("foah", "azaz", "aleppo_west"):
        day = status.sel(place=place, time=DATE)
        assert table.loc[place, "severity"] == float(day["severity"])
        assert table.loc[place, "people_in_pocket"] == float(day["pocket_population"])
    assert table["severity"].is_monotonic_decreasing


def test_the_largest_place_of_each_pocket_stands_for_it(table, aleppo):
    people = opening_people(aleppo.network)
    for _, pocket in table.groupby("people_in_pocket"):
        (named,) = pocket.index[pocket["named"]]
        assert people[named] == people[pocket.index].max()


def test_every_place_has_a_disc_of_its_level(table, roads, where):
    drawn = discs(severity_map(table, roads, where))
    levels = [COLOURS.index(d.get_color()) for d in drawn]
    assert sorted(levels) == sorted(table["severity"].astype(int))
    assert [d.get_markersize() for d in drawn] == [2 * radius(level) for level in levels]
    assert levels == sorted(levels)  # the most severe lie on top


def test_darker_and_larger_is_worse_in_greyscale_too():
    for colours in (COLOURS, LAYERS):
        shades = [grey(c) for c in colours]
        assert shades == sorted(shades, reverse=True)
    assert [radius(k) for k in range(6)] == sorted({radius(k) for k in range(6)})


def test_a_level_that_is_not_known_is_grey_with_a_question_mark(table, roads, where):
    ax = severity_map(table.assign(severity=np.nan), roads, where)
    assert {d.get_color() for d in discs(ax)} == {NO_DATA}
    assert "?" in {t.get_text() for t in ax.texts}


def test_names_and_figures_stay_apart(table, roads, where, texts_of):
    ax = severity_map(shared(table, ["people_in_pocket"]), roads, where)
    texts = texts_of(ax.figure)
    assert any(t.get_text() == "Foah (13,000)" for t, _ in texts)
    for i, (one, box) in enumerate(texts):
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


def test_figures_are_the_levels_of_their_discs(table, roads, where):
    ax = severity_map(table, roads, where)
    at = {tuple(np.round([d.get_xdata()[0], d.get_ydata()[0]], 6)): COLOURS.index(d.get_color()) for d in discs(ax)}
    figures = [t for t in ax.texts if t.get_text().isdigit()]
    assert len(figures) > 20
    for text in figures:
        assert at[tuple(np.round(text.get_position(), 6))] == int(text.get_text())


@pytest.mark.parametrize("layer", ["physical", "security"])
def test_a_layer_has_its_levels(table, roads, where, layer):
    drawn = discs(severity_layer(table, layer, roads, where))
    levels = [-1 if d.get_color() == "white" else LAYERS.index(d.get_color()) for d in drawn]
    assert sorted(levels) == sorted(table[layer].fillna(-1).astype(int))


def test_the_key_names_every_level():
    assert [h.get_label() for h in severity_key()][:7] == ["0 none", "1", "2", "3", "4", "5 extreme", "? not known"]


def test_odd_data_is_drawn(table, roads, where):
    for part in (table.iloc[:0], table.iloc[:1], table.assign(people_in_pocket="<50")):
        severity_map(part, roads, where).figure.draw_without_rendering()
    severity_map(table, roads.iloc[:0], where).figure.draw_without_rendering()
    severity_layer(table.iloc[:0], "physical", roads, where).figure.draw_without_rendering()
    assert pd.isna(table["severity"]).sum() == 0
