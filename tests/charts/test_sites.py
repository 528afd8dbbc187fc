"""Sites: lines are the table, the first day over stands where it falls, and words hold."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from displacement.charts import site_arrivals
from displacement.charts.sites import crowding_words, instead_list, overflow_words, site_legend
from displacement.charts.style import day_numbers
from displacement.summaries import site_days, site_reports, site_table
from tests.wanderers import HOME, empty


@pytest.fixture(scope="module")
def run():
    """10 members: a camp for 1,000 that overflows on day 4, 5 or never."""
    made = empty([("camp", HOME, "A"), ("town", HOME, "A")], members=10, days=6, capacity=[1000, np.nan])
    made["displaced"].values[:, :, 0] = [400, 600, 800, 900, 950, 990]
    made["displaced"].values[:5, 3:, 0] = 1200
    made["displaced"].values[5:8, 4:, 0] = 1100
    made["arrivals"].values[:, :3] = [200, 0]
    made["arrivals"].values[:, 3:] = [100, 300]
    made["start_displaced"].values[:, 0] = 200
    return made


def drawn(run, **kwargs):
    table = site_days(run)
    return table, site_arrivals(table[table["place"] == "camp"], site_table(run).loc["camp"], **kwargs)


def line(ax, gid):
    (found,) = [k for k in ax.lines if k.get_gid() == gid]
    return found


def test_lines_are_the_table(run):
    table, ax = drawn(run)
    assert np.array_equal(line(ax, "people").get_ydata(), table["people_p50"])
    assert np.array_equal(line(ax, "arrived").get_ydata(), table["arrived_p50"])
    assert np.array_equal(line(ax, "capacity").get_ydata(), table["capacity"])
    assert ax.get_ylim()[1] > table["people_p90"].max()


def test_the_first_day_over_and_its_range(run):
    _, ax = drawn(run)
    days = day_numbers(pd.DatetimeIndex(run["time"].values))
    assert line(ax, "day").get_xdata()[0] == days[3]
    assert np.array_equal(line(ax, "overflow").get_xdata(), days[[3, 5]])  # one in five never: to the end
    assert overflow_words(site_table(run).loc["camp"]) == "Over from 4 Feb (4 Feb or later) in 80 of 100 runs"


def test_a_site_that_is_never_over_has_no_day(run):
    never = run.isel(member=[8, 9])
    _, ax = drawn(never)
    assert not [k for k in ax.lines if k.get_gid() in {"day", "overflow"}]
    assert overflow_words(site_table(never).loc["camp"]) == "Over what is planned in no run"


@pytest.mark.parametrize(
    ("share", "start", "days", "words"),
    [
        (1.0, 1.0, (1, 1, 1), "Over from the start in 100 of 100 runs"),
        (0.8, 0.6, (1, 1, None), "Over from the start in 60 of 100 runs, later in 20"),
        (0.3, 0.0, (3, None, None), "Over in 30 of 100 runs"),
        (0.001, 0.0, (None, None, None), "Over in 1 of 100 runs"),
        (0.999, 0.0, (2, 3, 4), "Over from 3 Feb (2 Feb – 4 Feb) in 99 of 100 runs"),
    ],
)
def test_overflow_in_words(share, start, days, words):
    at = [pd.NaT if d is None else pd.Timestamp(2016, 2, d) for d in days]
    row = pd.Series(
        {"share": share, "share_at_start": start, "first_day_10": at[0], "first_day_50": at[1], "first_day_90": at[2]}
    )
    assert overflow_words(row) == words


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((2_000, 5_700, 12_000), "+5,700 (+2,000 to +12,000)"),
        ((-300, "<50", 200), "<50 (−300 to +200)"),
        ((0, 0, 0), "0"),
    ],
)
def test_differences_have_a_sign(cells, words):
    assert crowding_words(pd.Series(cells, index=["p10", "p50", "p90"], dtype=object)) == words


def test_the_list_names_where_most_others_are(texts_of):
    table = pd.DataFrame({"name": ["Town", "Camp", "Village"], "p10": [0, -90, 0], "p50": [500, -400, "<50"],
                          "p90": [800, -500, 60]})  # fmt: skip
    said = [t.get_text() for t, _ in texts_of(instead_list(table).get_figure(root=True))]
    assert {"Town", "+500 (0 to +800)"} <= set(said)
    assert not {"Camp", "Village"} & set(said)
    none = [t.get_text() for t, _ in texts_of(instead_list(table[1:]).get_figure(root=True))]
    assert any("Nowhere do 50 more stay" in text for text in none)


def test_suppressed_cells_leave_no_gap(run):
    from displacement.summaries import shared

    few = run.copy(deep=True)
    few["arrivals"].values[:, :] = [4, 0]
    table = shared(site_days(few))
    assert "<50" in set(table["arrived_p50"])
    ax = site_arrivals(table[table["place"] == "camp"], site_table(few).loc["camp"])
    assert np.isfinite(line(ax, "arrived").get_ydata()).all()


def test_words_stay_above_the_axes_and_within_a_panel(run, texts_of):
    figure = Figure((7.0, 4.0), layout="constrained")
    table = site_days(run).assign(name="A camp with a name that is much too long for a panel of a page")
    axes = figure.subplots(1, 2)
    for ax in axes:
        site_arrivals(table, site_table(run).loc["camp"], ax, said="Because sites fill: " + "−75, " * 40)
    texts = texts_of(figure)
    for i, (one, box) in enumerate(texts):
        assert box.x1 <= figure.bbox.x1 + 1, one.get_text()
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


def reports(*rows):
    names = ["date", "variable", "place_id", "value", "low", "high"]
    return (
        pd.DataFrame(rows, columns=names)
        .assign(date=lambda t: pd.to_datetime(t["date"]))
        .astype(dict.fromkeys(names[3:], float))
    )


def test_reports_stand_on_their_day_and_within_the_axes(run):
    nan = np.nan
    observed = reports(("2016-02-02", "displaced", "camp", 2500, nan, nan), ("2016-02-03", "displaced", "camp", nan, 700, nan),
                       ("2016-02-04", "displaced", "camp", nan, 600, 900))  # fmt: skip
    _, ax = drawn(run, observed=observed)
    days = day_numbers(pd.DatetimeIndex(run["time"].values))
    seen = [k for k in ax.lines if k.get_linestyle() == "None" and k.get_gid() != "day"]
    marks = {k.get_marker(): (np.asarray(k.get_xdata()), np.asarray(k.get_ydata())) for k in seen}
    assert (marks["o"][0].tolist(), marks["o"][1].tolist()) == ([days[1]], [2500])
    assert (marks["^"][0].tolist(), marks["^"][1].tolist()) == ([days[2]], [700])
    assert ax.get_ylim()[1] > 2500
    ax.figure.draw_without_rendering()
    assert ax.get_xticklabels()[0].get_text().startswith("1 Feb")
    said = [handle.get_label() for handle in site_legend(observed)]
    assert said[-3:] == ["Reported", "Reported: at least", "Reported range"]
    assert [handle.get_label() for handle in site_legend()] == said[:-3]
    assert [handle.get_label() for handle in site_legend(observed[:0])] == said[:-3]


def test_only_counts_of_all_who_stay_at_a_site_stand_beside_it(run):
    made = run.copy(deep=True)
    made["residents"].values[:, :, 1] = 40
    observed = reports(*[("2016-02-02", name, place, 5, np.nan, np.nan) for name, place in
                         (("displaced", "camp"), ("moved_since", "camp"), ("displaced", "town"), ("residents", "town"),
                          ("displaced", "area"))])  # fmt: skip
    found = site_reports(observed, made)
    assert found[["variable", "place_id"]].values.tolist() == [["displaced", "camp"], ["residents", "town"]]
    assert site_reports(observed[:0], made).empty
