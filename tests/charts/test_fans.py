"""The fan draws the numbers that it is given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from displacement.charts import fan, fan_table
from displacement.charts.fans import BANDS, coverage_words
from displacement.summaries import planning_figure, shared

LUCK = np.random.default_rng(5)


def drawn_band(ax, low, high):
    """Lower and upper edge of the band drawn between two points, by day."""
    position = [(a, b) for a, b, *_ in BANDS].index((low, high))
    corners = ax.collections[position].get_paths()[0].vertices
    days = np.unique(corners[:, 0])
    return [[f(corners[corners[:, 0] == day, 1]) for day in days] for f in (min, max)]


def test_median_and_bands_are_the_quantiles(people_of):
    people = people_of(LUCK.integers(0, 90_000, (40, 6)))
    ax = fan(people)
    assert np.allclose(ax.lines[0].get_ydata(), np.median(people, axis=0))
    for low, high, *_ in BANDS:
        below, above = drawn_band(ax, low, high)
        assert np.allclose(below, np.percentile(people, low, axis=0))
        assert np.allclose(above, np.percentile(people, high, axis=0))


def test_the_example_of_the_contract(aleppo_run):
    ax = fan(aleppo_run["displaced"].sum("place"))
    expected = np.median(aleppo_run["displaced"].values.sum(axis=2), axis=0)
    assert np.allclose(ax.lines[0].get_ydata(), expected)
    assert "people" in ax.get_ylabel().lower()


def test_a_shared_table_is_drawn_as_it_stands(people_of):
    table = shared(fan_table(people_of([[3, 120, 20_499]]), 25_000.0))
    drawn = fan(table).lines[0].get_ydata()
    assert drawn[0] == 0  # fewer than 50
    assert drawn[1:].tolist() == [100.0, 20_000.0]
    assert table["p50"].tolist() == ["<50", 100, 20_000]


def test_planning_figure_is_a_line_with_the_chance_that_it_is_exceeded(people_of):
    people = people_of([[0, 10_000 * k] for k in range(1, 11)])
    figure = planning_figure(people)
    ax = fan(people, planning_figure=figure)
    (line,) = [k for k in ax.lines if "Planning" in str(k.get_label())]
    assert line.get_ydata()[0] == figure
    chance = np.mean(np.max(people.values, axis=1) > figure)
    assert f"exceeded in {100 * chance:.0f} of 100" in line.get_label()
    assert f"{figure:,.0f}" in line.get_label()


def test_observations_are_dots_bars_and_ticks(people_of):
    nan = np.nan
    observed = pd.DataFrame(
        {
            "date": pd.to_datetime(["2016-02-01", "2016-02-02", "2016-02-03", "2016-02-04"]),
            "value": [500.0, nan, nan, nan],
            "low": [nan, 100.0, nan, 300.0],
            "high": [nan, nan, 900.0, 700.0],
        }
    )
    ax = fan(people_of(np.full((3, 4), 400)), observed)
    drawn = {k.get_marker(): (k.get_xdata(), k.get_ydata()) for k in ax.lines if k.get_linestyle() == "None"}
    assert [drawn[m][1].tolist() for m in ("o", "^", "v")] == [[500.0], [100.0], [900.0]]
    assert str(drawn["^"][0][0])[:10] == "2016-02-02"
    (bar,) = ax.containers
    assert bar.lines[2][0].get_segments()[0][:, 1].tolist() == [300.0, 700.0]


@pytest.mark.parametrize(
    "numbers",
    [[[5, 900]], [[7]], [[0, 0], [0, 0]], [[np.nan, np.nan]], [[np.nan, 10.0], [5.0, 20.0]], np.zeros((2, 0))],
    ids=["one member", "one day", "zero", "all NaN", "some NaN", "no days"],
)
def test_odd_data_is_drawn(people_of, numbers):
    ax = fan(people_of(numbers), planning_figure=planning_figure(people_of(numbers)) if np.size(numbers) else None)
    ax.figure.draw_without_rendering()
    assert ax.get_ylim()[0] == 0


def test_one_line_without_members_is_a_fan_of_no_width(people_of):
    ax = fan(people_of([[10, 20, 30]]).isel(member=0))
    assert ax.lines[0].get_ydata().tolist() == [10, 20, 30]


def test_it_draws_on_the_axes_given_and_leaves_settings_alone(people_of):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    mine = Figure().add_subplot()
    assert fan(people_of([[1, 2]]), ax=mine) is mine
    assert dict(mpl.rcParams) == before


def test_the_legend_covers_no_data(aleppo_run):
    ax = fan(aleppo_run["moved_since"].sum("place"), planning_figure=100_000.0)
    ax.figure.draw_without_rendering()
    assert not ax.get_legend().get_window_extent().overlaps(ax.get_window_extent())


def test_axes_have_units_thousands_and_dates_in_words(aleppo_run):
    ax = fan(aleppo_run["moved_since"].sum("place"))
    ax.figure.draw_without_rendering()
    assert any("," in t.get_text() for t in ax.get_yticklabels())
    assert ax.get_xticklabels()[0].get_text() == "25 Jan\n2016"
    assert "people" in ax.get_ylabel()


def test_where_pyplot_is_in_use_the_figure_is_shown_by_it(people_of):
    from matplotlib import pyplot as plt

    plt.switch_backend("agg")
    ax = fan(people_of([[1, 2]]))
    assert plt.get_fignums()
    assert ax.figure is plt.gcf()


def observed_on(days, **columns):
    dates = [pd.Timestamp("2016-02-01") + pd.Timedelta(days=day) for day in days]
    return pd.DataFrame({"date": dates, "value": np.nan, "low": np.nan, "high": np.nan} | columns)


def test_the_caption_says_how_many_reports_the_bands_hold(people_of):
    people = people_of(np.arange(101)[:, None] * np.ones((1, 4)))  # each day 0 to 100, evenly
    observed = observed_on([0, 1, 2, 3], value=[50.0, 20.0, 5.0, 500.0])
    assert coverage_words(people, observed) == "Reported figures inside the bands of 50, 80 and 95: 1, 2 and 3 of 4."


def test_bounds_are_kept_by_the_median_or_not(people_of):
    people = people_of(np.arange(101)[:, None] * np.ones((1, 4)))
    observed = observed_on([0, 1, 2], low=[50.0, 51.0, np.nan], high=[np.nan, 90.0, 60.0])
    assert coverage_words(people, observed) == "The median keeps 2 of 3 reported bounds."
    both = pd.concat([observed[:1], observed_on([3], value=50.0)])
    assert coverage_words(people, both).endswith("1, 1 and 1 of 1. The median keeps 1 of 1 reported bound.")


def test_reports_of_other_days_are_not_counted(people_of):
    people = people_of([[1, 2], [3, 4]])
    assert coverage_words(people, observed_on([40], value=1.0)) == ""
    assert coverage_words(people, observed_on([])) == ""
