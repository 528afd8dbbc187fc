"""The flow map: circles and arrows are the numbers, labels stay apart, nothing internal is shared."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from displacement.charts import flow_map, map_data
from displacement.charts.ground import NO_BORDERS, NORTH, positions
from displacement.charts.style import new_figure
from displacement.summaries import numbers_of


@pytest.fixture(scope="module")
def data(aleppo_run, aleppo, aleppo_conditions):
    return map_data(aleppo_run, aleppo, aleppo_conditions)


def beside(ax):
    """The axes with the words at the right of the map."""
    return ax.figure.axes[-1]


def circles(ax, name):
    (found,) = [c for c in ax.collections if c.get_gid() == name]
    return found


def test_circles_have_the_area_of_the_counts(data):
    ax = flow_map(data.for_sharing())
    places = data.for_sharing().places
    for name, column in (("left", places["left_p50"]), ("moved", places["moved_p50"][~places["abroad"]])):
        counts = numbers_of(column)
        counts = counts[np.isfinite(counts) & (counts > 0)]
        drawn = circles(ax, name).get_sizes()
        assert np.allclose(drawn / drawn.max(), counts / counts.max())


def test_both_kinds_of_circle_have_one_scale(data):
    ax = flow_map(data)
    per_person = [circles(ax, name).get_sizes().max() / data.places[f"{name}_p50"].max() for name in ("left", "moved")]
    assert per_person[0] == pytest.approx(per_person[1])


def test_people_abroad_are_drawn_where_they_are(aleppo_run, aleppo, aleppo_conditions):
    """Who came since the start, net by place: not those who were there, and never fewer than nobody."""
    run = aleppo_run.copy()
    run["refugees"], run["start_refugees"] = run["refugees"].copy(deep=True), run["start_refugees"].copy(deep=True)
    at = list(run["place"].values).index("kilis")
    run["refugees"].values[:, -1, at] = 45_000
    run["start_refugees"].values[:, at] = 1_000
    run["start_refugees"].values[:, list(run["place"].values).index("gaziantep")] = 10**6
    data = map_data(run, aleppo, aleppo_conditions)
    assert data.places.loc["kilis", "moved_p50"] == 44_000
    assert data.places.loc["gaziantep", "moved_p50"] == 0
    ax = flow_map(data)
    assert circles(ax, "abroad").get_sizes().max() / 44_000 == pytest.approx(
        circles(ax, "left").get_sizes().max() / data.places["left_p50"].max()
    )
    assert any("came abroad" in t.get_text() for t in beside(ax).get_legend().get_texts())
    assert any("Kilis: 44,000" in t.get_text() for t in beside(ax).texts)


def test_the_figures_stand_below_the_key(data, aleppo_run, aleppo, aleppo_conditions):
    flat = replace(data, places=data.places.assign(latitude=36.0))
    ax = flow_map(flat)
    ax.figure.draw_without_rendering()
    (figures,) = [t for t in beside(ax).texts if t.get_text().startswith("People who moved")]
    assert figures.get_window_extent().y1 < beside(ax).get_legend().get_window_extent().y0


def test_many_names_beside_the_map_take_nothing_from_it(data):
    """What does not fit is left out; the map keeps its room."""
    arrows = data.arrows.iloc[np.zeros(30, int)].assign(p10=900, p50=1_000, p90=2_000, said="A long way " * 12)
    few, many = (flow_map(replace(data, arrows=table)) for table in (arrows[:1], arrows))
    for ax in (few, many):
        ax.figure.draw_without_rendering()
    assert many.get_window_extent().width == pytest.approx(few.get_window_extent().width, rel=0.02)
    (text,) = beside(many).texts
    box, edge = text.get_window_extent(), many.figure.bbox
    assert edge.x0 < box.x0 < box.x1 <= edge.x1
    assert edge.y0 < box.y0
    assert "more in the table" in text.get_text()


def test_labels_are_placed_where_the_map_comes_to_rest(data):
    """A wide map beside a key: one round of the layout is not the last."""
    flat = replace(data, places=data.places.assign(latitude=36.0 + 0.1 * (data.places["latitude"] - 36.0)))
    figure = new_figure((7.0, 5.6))
    ax = flow_map(flat, figure.add_subplot())
    for _ in range(3):
        figure.draw_without_rendering()
    names = set(data.places["name"])
    labels = [t.get_window_extent() for t in ax.texts if t.get_text() in names]
    assert len(labels) > 5
    for name in ("left", "moved"):
        drawn = circles(ax, name)
        radii = 0.8 * np.sqrt(drawn.get_sizes()) / 2 * figure.dpi / 72
        for (x, y), r in zip(ax.transData.transform(drawn.get_offsets()), radii, strict=True):
            assert not any(box.overlaps(Bbox([[x - r, y - r], [x + r, y + r]])) for box in labels)


def test_the_tables_are_the_run(data, aleppo_run):
    left = np.median(aleppo_run["departures_from_home"].sum("time").sel(place="tell_rifaat"))
    assert data.places.loc["tell_rifaat", "left_p50"] == left
    moved = np.quantile(aleppo_run["moved_since"].isel(time=-1).sel(place="azaz"), 0.9)
    assert data.places.loc["azaz", "moved_p90"] == moved
    crossed = np.median(aleppo_run["crossed"].sel(crossing="bab_al_salama_crossing", direction="forward").sum("time"))
    row = data.arrows.set_index(["start", "end"]).loc[("bab_al_salama", "oncupinar")]
    assert row["p50"] == crossed


def test_an_arrow_sums_all_roads_between_two_areas(data, aleppo_run, aleppo):
    area = data.places["area"]
    total = np.zeros(aleppo_run.sizes["member"])
    for i, link in enumerate(aleppo.network.links.id):
        a, b = area[str(aleppo_run["link_from"].values[i])], area[str(aleppo_run["link_to"].values[i])]
        for ends, way in (((a, b), "forward"), ((b, a), "backward")):
            if ends == ("SY02", "SY07"):
                total += aleppo_run["traffic"].sel(link=link, direction=way).sum("time").values
    row = data.arrows.set_index(["start", "end"]).loc[("SY02", "SY07")]
    assert row["p50"] == np.median(total)


def test_areas_joined_by_a_single_road_have_no_arrow(data):
    pairs = set(zip(data.arrows["start"], data.arrows["end"], strict=True))
    assert ("SY02", "SY05") not in pairs  # its number would be that of the road Khanasir - Ithriya
    assert ("SY02", "SY07") in pairs


def borders(ax):
    return [c for c in ax.collections if c.get_gid() == "border"]


def test_borders_lie_beneath_all_and_within_the_frame(data):
    ax = flow_map(data)
    land, coast = borders(ax)
    assert len(land.get_segments()) > 0
    assert not coast.get_segments()  # the frame does not reach the sea
    artists = [c for c in [*ax.collections, *ax.lines, *ax.patches] if c.get_gid() != "border" and c is not ax.patch]
    assert land.get_zorder() < min(a.get_zorder() for a in artists)
    points = np.vstack(land.get_segments())
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    assert (points >= [x0 - 1e-6, y0 - 1e-6]).all()
    assert (points <= [x1 + 1e-6, y1 + 1e-6]).all()
    assert not ax.get_xlabel()


def test_a_crossing_lies_on_the_border_that_is_drawn(data):
    """The gate of Bab al-Salama stands within two km of the line: borders and places are drawn by one rule."""
    ax = flow_map(data)
    gate = positions(data.places).loc["bab_al_salama"].to_numpy()
    assert np.hypot(*(np.vstack(borders(ax)[0].get_segments()) - gate).T).min() < 2.0


def test_where_no_borders_are_shipped_the_map_says_so(data):
    far = replace(data, places=data.places.assign(longitude=data.places["longitude"] + 100))
    assert flow_map(far).get_xlabel() == NO_BORDERS


def test_north_and_a_scale_are_on_the_map(data):
    said = [t.get_text() for t in flow_map(data).texts]
    assert NORTH in said
    assert "20 km" in said


def test_shut_roads_are_crossed_out(data, aleppo_conditions):
    ax = flow_map(data)
    (marks,) = [k for k in ax.lines if k.get_gid() == "shut"]
    assert len(marks.get_xdata()) == data.roads["shut"].sum()
    high = aleppo_conditions["permission_high"].isel(time=-1).sel(traffic=["civilians", "aid"]).values
    assert data.roads["shut"].tolist() == (high <= 0.02).all(axis=(1, 2)).tolist()


def test_shared_data_has_no_traffic(data, aleppo_run, aleppo, aleppo_conditions):
    inside = map_data(aleppo_run, aleppo, aleppo_conditions, internal=True)
    assert len(inside.traffic)
    assert not len(data.traffic)
    assert not len(inside.for_sharing().traffic)
    assert not [p for p in flow_map(data).patches if p.get_gid() == "traffic"]
    widths = [p.get_linewidth() for p in flow_map(inside).patches if p.get_gid() == "traffic"]
    assert len(set(widths)) > 5


def test_a_date_stops_the_clock(aleppo_run, aleppo, aleppo_conditions):
    early = map_data(aleppo_run, aleppo, aleppo_conditions, "2016-01-26")
    assert early.places["left_p50"].sum() < 20  # a few for want of aid, before any fighting
    assert not early.roads.set_index("link").loc["ratyan_bayanoun", "shut"]


def test_labels_stay_apart_and_off_the_circles(data, texts_of):
    ax = flow_map(data.for_sharing())
    found = texts_of(ax.figure)
    assert len(ax.texts) > 8
    for i, (one, box) in enumerate(found):
        for other, there in found[i + 1 :]:
            assert not box.overlaps(there), (one.get_text(), other.get_text())


def test_odd_data_is_drawn(data):
    nobody = data.places.assign(**{c: 0.0 for c in data.places if c.startswith(("left_", "moved_"))})
    unknown = data.places.assign(**{c: np.nan for c in data.places if c.startswith(("left_", "moved_"))})
    alone = replace(data, places=data.places[:1], roads=data.roads[:0], arrows=data.arrows[:0])
    for odd in (replace(data, places=nobody), replace(data, places=unknown), alone):
        flow_map(odd).figure.draw_without_rendering()


def test_one_member_and_one_day(aleppo_run, aleppo, aleppo_conditions):
    day = aleppo_run.isel(member=[0], time=[0])
    flow_map(map_data(day, aleppo, aleppo_conditions)).figure.draw_without_rendering()
