"""The Sankey: bands are the flows, columns hold the same people, labels stay apart."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from displacement.charts import sankey, sankey_table
from displacement.charts import sankeys as module
from displacement.charts.sankeys import COLUMNS, sankey_totals
from displacement.errors import LedgerError
from displacement.scenario import Host
from displacement.summaries import journeys
from tests.wanderers import HOME, empty, random_run

MANY = [(f"p{i}", HOME, f"A{i % 12:02}") for i in range(24)] + [("x0", "BB", ""), ("x1", "CC", ""), ("x2", "BB", "")]
GATES = [("c0", "p0", "x0"), ("c1", "x1", "p3"), ("c2", "p5", "x2"), ("c3", "p9", "x2")]


@pytest.fixture(scope="module")
def run():
    return random_run(3, places=MANY, crossings=GATES, members=3, days=6)


@pytest.fixture(scope="module")
def table(run):
    return sankey_table(run, internal=True)


def patches(ax, gid):
    return [p for p in ax.patches if p.get_gid() == gid]


def heights(band):
    """Height of a band at its two ends."""
    points = band.get_path().vertices
    return points[7][1] - points[0][1], points[4][1] - points[3][1]


def test_the_table_keeps_everybody(run, table):
    assert table["mean"].sum() == pytest.approx(journeys(run)["mean"].sum())
    assert {"Other areas", "Displaced before"} <= set(table["origin"])
    assert "Other places" in set(table["now"])
    assert "P0 to X0" in set(table["way"])


def test_a_host_is_called_by_its_name(run):
    told = sankey_table(run, [Host(country="BB", name="Beeland", refugees=5)], internal=True)
    assert "In Beeland" in set(told["now"])
    assert "In CC" in set(told["now"])


def test_bands_and_nodes_have_the_heights_of_the_counts(table):
    ax = sankey(table)
    totals = sankey_totals(table).set_index(["column", "name"])["mean"]
    nodes = [p for p in ax.patches if p.get_gid() not in {None, "flow"}]
    assert len(nodes) == len(totals)
    scale = max(p.get_height() for p in nodes) / totals.max()
    for node in nodes:
        column = COLUMNS[int(np.argmin([abs(node.get_x() - x) for x in sorted({p.get_x() for p in nodes})]))]
        people = totals[column, node.get_gid()]
        assert node.get_height() == pytest.approx(max(scale * people, 0.8), abs=1e-6)
    for left, right in (COLUMNS[:2], COLUMNS[1:]):
        flows = table.groupby([left, right, "state"])["mean"].sum()
        assert len(flows)
    drawn = sum(heights(b)[0] for b in patches(ax, "flow") if heights(b)[0] > 0.61)
    wide = [f for pair in (COLUMNS[:2], COLUMNS[1:]) for f in table.groupby([*pair, "state"])["mean"].sum()
            if scale * f > 0.61]  # fmt: skip
    assert drawn == pytest.approx(scale * sum(wide))
    assert all(heights(b)[0] == pytest.approx(heights(b)[1]) for b in patches(ax, "flow"))


def test_bands_stay_within_their_nodes(table):
    ax = sankey(table)
    nodes = [p for p in ax.patches if p.get_gid() not in {None, "flow"}]
    edges = {round(p.get_x() + p.get_width(), 3): [] for p in nodes} | {round(p.get_x(), 3): [] for p in nodes}
    for p in nodes:
        for x in (p.get_x(), p.get_x() + p.get_width()):
            edges[round(x, 3)].append((p.get_y(), p.get_y() + p.get_height()))
    for band in patches(ax, "flow"):
        points = band.get_path().vertices
        for x, top, bottom in ((points[0][0], points[0][1], points[7][1]), (points[3][0], points[3][1], points[4][1])):
            assert any(low - 1e-6 <= top and bottom <= high + 0.7 for low, high in edges[round(x, 3)])


def test_labels_do_not_overlap(table, texts_of):
    ax = sankey(table)
    texts = texts_of(ax.get_figure(root=True))
    for i, (one, box) in enumerate(texts):
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


@pytest.mark.parametrize("column", ["way", "now"])
def test_labels_of_thin_nodes_make_room_for_each_other(column, texts_of):
    """A great many in one node, and next to nobody in seven others."""
    counts = [100_000, *range(60, 67)]
    many = {"origin": ["A"] * 8, "way": ["w"] * 8, "now": ["n"] * 8, column: [f"{column} {i}" for i in range(8)]}
    thin = pd.DataFrame(many).assign(way_kind="crossing", state="abroad", mean=counts)
    boxes = [box for t, box in texts_of(sankey(thin).get_figure(root=True)) if t.get_text().startswith(f"{column} ")]
    assert len(boxes) == 8
    for one, other in pairwise(sorted(boxes, key=lambda box: -box.y0)):
        assert not one.padded(-1).overlaps(other.padded(-1))


def test_counts_are_rounded_unless_asked_for(texts_of):
    run = random_run(5, places=MANY[:3], crossings=[], members=2, days=4)
    table = sankey_table(run)
    for rounded in (True, False):
        said = " ".join(t.get_text() for t, _ in texts_of(sankey(table, rounded=rounded).get_figure(root=True)))
        whole = sankey_totals(table)["mean"].round().astype(int)
        assert any(f"{n:,}" in said for n in whole if n % 100) != rounded


def test_columns_that_differ_are_an_error(table, monkeypatch):
    lost = table.copy()
    lost.loc[0, "origin"] = None  # a flow without a home is in two columns only
    with pytest.raises(LedgerError, match="do not hold the same people"):
        sankey(lost)


def test_nobody_moved(texts_of):
    ax = sankey(sankey_table(empty([("p", HOME, "A")])))
    assert [t.get_text() for t, _ in texts_of(ax.get_figure(root=True))] == ["Nobody has left home."]


@given(st.integers(0, 10_000))
def test_totals_of_the_columns_are_equal(seed):
    run = random_run(seed)
    totals = sankey_totals(sankey_table(run))
    sums = totals.groupby("column")["mean"].sum()
    assert np.ptp(sums.to_numpy()) <= 1e-9 * (1 + sums.max()) if len(sums) else True
    assert sums.get("now", 0.0) == pytest.approx(journeys(run)["mean"].sum())


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_any_run_can_be_drawn(seed):
    table = sankey_table(random_run(seed))
    ax = sankey(table)
    assert bool(patches(ax, "flow")) == bool(len(table))


@given(st.lists(st.floats(0, 200), min_size=1, max_size=12))
def test_labels_are_a_step_apart_in_order(wanted):
    wanted = np.sort(np.array(wanted))
    found = module._apart(wanted, 0.0, 400.0, 9.5)
    assert all(b - a >= 9.5 - 1e-9 for a, b in pairwise(found))
    assert found[-1] <= 400.0
    assert found[0] >= 0.0


def test_order_of_the_kinds(table):
    order = module._ordered(table, "now")
    states = pd.Series(dict(zip(table["now"], table["state"], strict=True)))
    ranks = [module.ORDER.index(states[name]) for name in order]
    assert ranks == sorted(ranks)
