"""The forecast report card: marks stand where the table says, numbers are those of the scores, and words have room."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from displacement import InputError
from displacement.charts import report_card, report_card_legend
from displacement.charts.report_cards import LINES, caption_lines, sites_in_order
from displacement.charts.style import LIGHT, MID, PALE, day_numbers
from displacement.scores import forecast_scores

LEVELS = {2.5: -300, 10: -200, 25: -100, 50: 0, 75: 100, 90: 200, 97.5: 300}


def forecasts(targets=6, sites=("camp",), horizons=(30,), luck=3):
    """Forecasts of 1,000 people and more, observed near them, the last target not yet."""
    rng = np.random.default_rng(luck)
    rows = []
    for k, site in enumerate(sites):
        for target in range(targets):
            date = pd.Timestamp("2013-04-01") + pd.Timedelta(days=30 * target)
            came = 1000.0 * (len(sites) - k) + rng.normal(0, 150) if target < targets - 1 else np.nan
            for horizon in horizons:
                middle = 1000.0 * (len(sites) - k) + rng.normal(0, 50)
                row = {"origin": date - pd.Timedelta(days=horizon), "horizon": horizon, "site": site, "date": date}
                row |= {"observed": came, "persistence": 900.0 * (len(sites) - k)}
                rows.append(row | {f"q{level:g}": middle + add for level, add in LEVELS.items()})
    return pd.DataFrame(rows)


def axes_of(rows, columns, height=4.0):
    return Figure((7.0, height), layout="constrained").subplots(rows, columns).ravel()


def marks(ax, gid):
    (found,) = [line for line in ax.lines if line.get_gid() == gid]
    return found


def said(ax):
    return [t.get_text() for t in ax.texts]


def test_what_came_is_a_dot_inside_80_and_a_cross_outside():
    table = forecasts(4).assign(observed=[1000.0, 5000.0, 10.0, np.nan])
    axes = report_card(table, axes_of(1, 2))
    days = day_numbers(pd.DatetimeIndex(table["date"]))
    inside, outside = marks(axes[0], "inside"), marks(axes[0], "outside")
    assert (inside.get_xdata().tolist(), inside.get_ydata().tolist()) == ([days[0]], [1000])
    assert (outside.get_xdata().tolist(), outside.get_ydata().tolist()) == (days[1:3].tolist(), [5000, 10])
    assert inside.get_marker() != outside.get_marker()  # not by colour alone
    assert axes[0].get_ylim()[1] > 5000


def test_bars_are_the_ranges_of_80_and_50():
    table = forecasts(3)
    ax = report_card(table, axes_of(1, 2))[0]
    spans = [(b.get_y(), b.get_y() + b.get_height()) for b in ax.patches]
    assert np.allclose(spans[:3], table[["q10", "q90"]])
    assert np.allclose(spans[3:], table[["q25", "q75"]])


def test_horizons_stand_side_by_side_longest_left_and_do_not_touch():
    table = forecasts(4, horizons=(30, 60, 90))
    ax = report_card(table, axes_of(1, 2))[0]
    bars = ax.patches[: len(table)]
    at = pd.Series([b.get_x() for b in bars], index=pd.MultiIndex.from_frame(table[["date", "horizon"]]))
    for _, group in at.groupby("date"):
        assert group.sort_values().index.get_level_values("horizon").tolist() == [90, 60, 30]
    edges = sorted((b.get_x(), b.get_x() + b.get_width()) for b in bars)
    assert all(a[1] < b[0] for a, b in pairwise(edges))


def test_only_the_last_targets_are_drawn_and_all_are_scored():
    table = forecasts(10)
    axes = report_card(table, axes_of(1, 2), last=3)
    assert len(axes[0].patches) == 2 * 3
    assert f"{9:,.0f}" in said(axes[1])


def test_numbers_are_those_of_the_scores():
    table = forecasts(9, horizons=(30, 60))
    scores = forecast_scores(table)
    texts = said(report_card(table, axes_of(1, 2))[1])
    assert {"30 days", "60 days", "All"} <= set(texts)
    for column in ("30", "60", "all"):
        assert f"{scores.loc[column, 'inside_80']:.0%}" in texts
        assert f"{scores.loc[column, 'against_persistence']:.2f}" in texts
    assert {line for _, line, _ in LINES} <= set(texts)


def test_words_below_the_numbers():
    scores = forecast_scores(forecasts(6))
    lines = caption_lines(scores, more=2)
    assert lines[0] == "Right ranges hold 50, 80 and 95 %; 5 forecasts: says little."
    assert lines[-1] == "2 more sites in the numbers only."
    many = forecast_scores(forecasts(40))
    assert caption_lines(many)[0] == "Right ranges hold 50, 80 and 95 %."
    ratio = many.loc["all", "against_persistence"]
    assert caption_lines(many)[1] == f"CRPS {1 - ratio:.0%} less than the error of persistence."
    worse = forecast_scores(forecasts(40).assign(persistence=lambda t: t["observed"] + 1))
    assert "more than the error of persistence" in caption_lines(worse)[1]


def test_sites_with_most_people_come_first_and_further_axes_stay_empty():
    table = forecasts(4, sites=("big", "middle", "small"))
    assert sites_in_order(table.sample(frac=1, random_state=1)) == ["big", "middle", "small"]
    axes = report_card(table, axes_of(2, 3))
    assert [ax.get_title(loc="left") or ax.get_title() for ax in axes[:3]] == ["big", "middle", "small"]
    assert not any(ax.axison for ax in axes[3:])
    fewer = report_card(table, axes_of(1, 2))
    assert any("2 more sites" in text for text in said(fewer[1]))


@pytest.mark.parametrize("table", [
    forecasts(1), forecasts(2).assign(observed=np.nan), forecasts(3).assign(persistence=np.nan),
    forecasts(3).drop(columns=["q2.5", "q97.5"]), forecasts(3).assign(**{f"q{k:g}": 0.0 for k in LEVELS}, observed=0.0),
    forecasts(3, sites=("$x_1$ camp",)),
], ids=["one", "nothing came", "no persistence", "no 95", "zero", "mathematics"])  # fmt: skip
def test_odd_tables_are_drawn(table):
    axes = report_card(table, axes_of(1, 2))
    axes[0].figure.draw_without_rendering()
    assert axes[0].get_ylim()[0] == 0


@pytest.mark.parametrize(
    ("table", "count", "message"),
    [
        (forecasts(2).drop(columns="q50"), 2, "missing column"),
        (forecasts(2)[:0], 2, "the table is empty"),
        (forecasts(2), 1, "1 given; one for the numbers and at least one for a site"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(table, count, message):
    with pytest.raises(InputError, match=message):
        report_card(table, np.atleast_1d(Figure().subplots(1, count)))


@pytest.mark.parametrize(("rows", "columns", "sites"), [(2, 2, 3), (3, 2, 5), (1, 2, 1)])
def test_words_do_not_overlap_and_stay_on_the_page(texts_of, rows, columns, sites):
    names = [f"A site with a long name, {k}" for k in range(sites)]
    table = forecasts(12, sites=names, horizons=(30, 60, 90))
    axes = axes_of(rows, columns, height=2 + 1.6 * rows)
    report_card(table, axes)
    texts = texts_of(axes[0].figure)
    for i, (one, box) in enumerate(texts):
        assert box.x0 >= -1, one.get_text()
        assert box.x1 <= axes[0].figure.bbox.x1 + 1, one.get_text()
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


def test_the_key_names_what_is_drawn():
    labels = [handle.get_label() for handle in report_card_legend(forecasts(2))]
    assert labels == [
        "Median",
        "50 of 100",
        "80 of 100",
        "95 of 100",
        "Persistence",
        "Came, inside 80",
        "Came, outside",
    ]
    assert "95 of 100" not in [h.get_label() for h in report_card_legend(forecasts(2).drop(columns=["q2.5", "q97.5"]))]


def test_shades_are_told_apart_in_grey():
    grey = [np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) for colour in (MID, LIGHT, PALE, "white")]
    assert (np.diff(grey) > 0.08).all()
