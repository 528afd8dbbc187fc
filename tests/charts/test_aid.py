"""Charts of aid: bars and cells are their tables, words hold, and nothing covers anything."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from displacement import summaries as sm
from displacement.charts.aid_chain import chain_bars, chain_legend, crossing_capacity_bars, gap_words
from displacement.charts.aid_cover import LEVELS, cover_table, stock_out_words
from displacement.charts.aid_needs import COLUMNS, for_whom_words, needs_table
from displacement.charts.aid_pipeline import month_words, pipeline_bars
from displacement.charts.words_of_aid import aid_words
from displacement.standards import package_standards
from tests.rations import conditions_of, fed, scenario_of
from tests.test_outputs import seen_texts


@pytest.fixture(scope="module")
def run():
    """20 members, 40 days, 14 places of 10,000 people on aid; they store more or less, and little comes."""
    rng = np.random.default_rng(1)
    need = np.full((20, 40, 14), 6.5)
    delivered = rng.uniform(0, 6, need.shape) * (rng.uniform(size=need.shape) < 0.4)
    start = rng.uniform(10, 400, (20, 14))
    unmet, stock = np.zeros_like(need), start.copy()
    for day in range(40):
        stock = stock + delivered[:, day]
        given = np.minimum(stock, 6.5)
        unmet[:, day] = 6.5 - given
        stock = stock - given
    entered = np.zeros((20, 40, 1, 2))
    entered[..., 0, 0] = delivered[..., 1:].sum(axis=-1)
    countries = ["AA"] * 13 + ["BB"]
    run = fed(
        need, delivered, unmet, start, entered=entered, countries=countries, crossings=[("gate", "place13", "place0")]
    )
    run["displaced"].values[:] = 3_000
    return run


@pytest.fixture(scope="module")
def conditions(run):
    return conditions_of(run, inflow=[40.0, *[0.0] * 12, 60.0], quota=12.0)


@pytest.fixture(scope="module")
def chain(run, conditions):
    return sm.shared_aid(sm.aid_chain(run, scenario_of(run), conditions))


@pytest.fixture(scope="module")
def tables(run, conditions):
    return (
        sm.cover_by_week(run, conditions),
        sm.stock_outs(run, conditions),
        sm.reorder_points(run, conditions, None, 20.0),
    )


@pytest.fixture(scope="module")
def food(run, conditions):
    table = sm.shared_aid(sm.need_by_month(run, conditions))
    return table[table["commodity"] == "food"].reset_index(drop=True)


@pytest.fixture(scope="module")
def needs(run):
    return sm.shared_aid(sm.needs_by_cluster(run, package_standards()))


@pytest.fixture(scope="module")
def scenario(run):
    from displacement.parameters import Parameters

    found = scenario_of(run)
    found.parameters = Parameters()
    return found


def apart(texts):
    """No text covers another."""
    for i, (one, box) in enumerate(texts):
        for other, there in texts[i + 1 :]:
            assert not box.padded(-0.5).overlaps(there.padded(-0.5)), (one.get_text(), other.get_text())


def by_gid(ax, gid):
    return [p for p in ax.patches if p.get_gid() == gid]


class TestChain:
    def test_bars_are_the_table(self, chain):
        ax = chain_bars(chain)
        for step in ("required", "planned", "entered", "loaded_inside", "collected", "distributed", "gap"):
            (bar,) = by_gid(ax, step)
            assert bar.get_width() == pytest.approx(chain.loc[step, "mean_trucks"]), step
        assert not by_gid(ax, "by_air")  # nothing flew

    def test_the_gap_reaches_from_what_is_handed_out_to_what_is_required(self, chain):
        (bar,) = by_gid(chain_bars(chain), "gap")
        assert bar.get_x() == chain.loc["distributed", "mean_trucks"]
        assert bar.get_x() + bar.get_width() == pytest.approx(chain.loc["required", "mean_trucks"], abs=0.15)

    def test_what_comes_by_several_ways_is_stacked(self, chain):
        ax = chain_bars(chain)
        (entered,), (inside,) = by_gid(ax, "entered"), by_gid(ax, "loaded_inside")
        assert inside.get_x() == entered.get_width()
        assert inside.get_y() == entered.get_y()
        assert [h.get_label() for h in chain_legend(chain)] == [
            "Over the border",
            "From hubs inside the country",
            "Not handed out",
        ]

    def test_a_crossing_has_an_outline_only_where_its_limit_is_known(self, run, conditions):
        table = sm.aid_at_crossings(run, scenario_of(run), conditions)
        ax = crossing_capacity_bars(table)
        assert [b.get_width() for b in by_gid(ax, "takes")] == [12.0]
        assert [b.get_width() for b in by_gid(ax, "enters")] == table["trucks_50"].tolist()
        ax = crossing_capacity_bars(table.assign(capacity_trucks=np.nan))
        assert not by_gid(ax, "takes")
        assert any("no limit known" in t.get_text() for t in ax.texts)

    def test_the_largest_crossings_are_drawn(self, run, conditions):
        row = sm.aid_at_crossings(run, scenario_of(run), conditions)
        many = pd.concat([row.assign(capacity_trucks=float(k), name=f"Crossing {k}") for k in range(20, 29)])
        ax = crossing_capacity_bars(many)
        assert [b.get_width() for b in by_gid(ax, "takes")] == [28, 27, 26, 25]
        assert ax.get_title(loc="left") == "Border crossings, 4 of 9"

    def test_words_stay_clear_of_bars_and_of_each_other(self, run, chain, conditions, texts_of):
        figure = Figure((7.0, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=[1.75, 1])
        chain_bars(chain, left)
        row = sm.aid_at_crossings(run, scenario_of(run), conditions)
        crossing_capacity_bars(
            pd.concat([row.assign(name="A crossing with a name that is too long for its panel")] * 3), right
        )
        found = [(t, box) for t, box in texts_of(figure) if t in seen_texts(figure)]
        apart(found)
        bars = [p.get_window_extent() for ax in (left, right) for p in ax.patches]
        for text, box in found:
            assert box.x1 <= figure.bbox.x1 + 1, text.get_text()
            assert not any(box.padded(-0.5).overlaps(bar) for bar in bars), text.get_text()

    def test_nothing_needed_is_drawn_too(self, chain):
        empty = chain.assign(**{c: 0.0 for c in chain.columns if c.startswith(("trucks", "tonnes", "person"))})
        assert chain_bars(empty).get_xlim()[1] > 0
        assert gap_words(empty.loc["gap"]) == "Gap: 0 person-days (0 to 0)"


class TestCover:
    def test_cells_are_the_table_in_the_order_of_unmet_need(self, tables):
        cover, outs, reorder = tables
        ax = cover_table(cover, outs, reorder)
        cells = by_gid(ax, "cover")
        weeks = list(dict.fromkeys(cover["week"]))
        by_cell = cover.set_index(["place", "week"])["cover_50"]
        drawn = [by_cell[p, w] for p in outs.index for w in weeks][: len(cells)]
        assert len(cells) >= 10 * len(weeks)
        shades = [next(fill for limit, fill, *_ in LEVELS if c < limit) for c in drawn]
        assert [c.get_facecolor() for c in cells] == [_rgba(s) for s in shades]
        for at in (8.0, 15.0):
            ax = cover_table(cover, outs, reorder.assign(reorder_days=at))
            assert len(by_gid(ax, "under")) == sum(c < at for c in drawn)

    def test_shades_darken_as_cover_falls(self):
        light = [sum(_rgba(fill)[:3]) for _, fill, *_ in LEVELS]
        assert light == sorted(light)
        assert min(np.diff(light)) > 0.25  # apart in greyscale

    def test_many_weeks_are_thinned(self, tables):
        cover, outs, reorder = tables
        weeks = pd.date_range("2016-02-01", periods=24, freq="7D")
        long = pd.concat([cover.drop_duplicates("place").assign(week=w) for w in weeks])
        ax = cover_table(long, outs[:1], reorder)
        assert len(by_gid(ax, "cover")) == 8

    def test_where_nothing_is_needed_the_cell_is_empty(self, tables):
        cover, outs, reorder = tables
        ax = cover_table(cover.assign(cover_50=np.nan), outs, reorder)
        assert not by_gid(ax, "cover")

    def test_cells_stay_apart_and_the_rest_is_counted(self, tables, texts_of):
        cover, outs, reorder = tables
        long = outs.assign(name="A town with a name that is much too long for its column")
        ax = cover_table(cover, pd.concat([long, long]), reorder)
        found = texts_of(ax.figure)
        apart(found)
        assert any("more in the table" in t.get_text() for t, _ in found)

    @pytest.mark.parametrize(
        ("share", "start", "days", "words"),
        [
            (0.0, 0.0, (None, None, None), "not in the period"),
            (1.0, 0.9, (1, 1, 1), "from the first day"),
            (0.04, 0.0, (None, None, None), "in few runs"),
            (0.7, 0.0, (3, 9, None), "9 Feb (3 Feb or later)"),
            (0.3, 0.0, (3, None, None), "later (3 Feb or later)"),
            (1.0, 0.0, (4, 4, 4), "4 Feb"),
        ],
    )
    def test_running_out_in_words(self, share, start, days, words):
        at = [pd.NaT if d is None else pd.Timestamp(2016, 2, d) for d in days]
        row = {
            "share": share,
            "share_at_start": start,
            "first_day_10": at[0],
            "first_day_50": at[1],
            "first_day_90": at[2],
        }
        assert stock_out_words(pd.Series(row)) == words


def _rgba(colour):
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


class TestPipeline:
    def test_bars_are_the_table(self, food):
        ax = pipeline_bars(food)
        for name in ("required", "available", "gap"):
            assert [b.get_height() for b in by_gid(ax, name)] == food[f"{name}_50"].tolist(), name
        assert ax.get_ylim()[1] > food[["required_90", "available_90"]].to_numpy().max()
        said = [t.get_text() for t in ax.get_xticklabels()]
        assert said[0].startswith("Feb 2016\ngap: ")
        assert said[1].startswith("1–11 Mar\n")

    @pytest.mark.parametrize("months", [1, 3])
    def test_months_stay_apart_side_by_side(self, food, months, texts_of):
        table = pd.concat([food[:1].assign(gap_people_p50=1_234_000)] * months, ignore_index=True)
        figure = Figure((7.0, 3.0), layout="constrained")
        for ax in figure.subplots(1, 2):
            pipeline_bars(table, ax)
        apart(texts_of(figure))

    @pytest.mark.parametrize("months", [4, 6, 12, 30])
    def test_many_months_stay_apart_below_each_other(self, food, months, texts_of):
        starts = pd.date_range("2016-01-01", periods=months, freq="MS")
        table = pd.concat(
            [food[:1].assign(gap_people_p50=1_234_000, month=m, last_day=m + pd.Timedelta(days=28)) for m in starts]
        )
        figure = Figure((7.0, 4.0), layout="constrained")
        for ax in figure.subplots(2, 1):
            pipeline_bars(table, ax)
        found = texts_of(figure)
        apart(found)
        assert all(box.x1 <= figure.bbox.x1 + 1 for _, box in found)
        said = [t.get_text().replace("\n", " ") for t in figure.axes[0].get_xticklabels()]
        shown = starts[:: -(-months // 12)]
        assert [f"{day:%b %Y}" in text for day, text in zip(shown, said, strict=True)] == [True] * len(shown)

    def test_a_part_of_a_month_is_said(self):
        one = {"month": pd.Timestamp("2016-02-29"), "last_day": pd.Timestamp("2016-02-29"), "days": 1}
        assert month_words(pd.Series(one)) == "29 Feb"


class TestNeeds:
    def test_every_row_is_there_with_its_numbers(self, needs, texts_of):
        figure = Figure((7.0, 5.0), layout="constrained")
        ax = needs_table(needs, figure.add_subplot())
        found = texts_of(figure)
        apart(found)
        said = [t.get_text() for t, _ in found]
        assert "Food ration" in said
        assert "77 t a day" in said  # 14 places of 10,000 people, 0.55 kg each
        assert "2,100" in said  # latrines of 42,000 displaced people
        assert "1 for 20" in said
        assert {c.title for c in COLUMNS} <= set(said)
        assert all(box.x1 <= ax.get_window_extent().x1 + 1 for _, box in found)

    def test_who_is_meant(self, needs):
        assert for_whom_words(needs) == ("On aid: all who depend on it, 140,000; Displaced: inside the country, 42,000")

    def test_rows_that_do_not_fit_are_counted(self, needs):
        figure = Figure((7.0, 2.0), layout="constrained")
        ax = needs_table(needs, figure.add_subplot())
        assert any("more in the table" in t.get_text() for t in ax.texts)


class TestWords:
    def test_what_is_said_is_what_is_counted(self, run, scenario, conditions):
        page = "\n".join(aid_words(run, scenario, conditions))
        chain = sm.aid_chain(run, scenario, conditions)
        assert "Needed, 1 Feb – 11 Mar 2016: 3,640 t, or 4.5 truckloads a day" in page
        gap = chain.loc["gap", "person_days_p50"]
        assert f"{gap / 1e6:.1f} million" in page
        assert "over the border" in page
        assert "by air" not in page
        for assumption in (
            "100 t a day",
            "40 of 100 people depend on aid",
            "7 days of cover (2–21)",
            "full rations",
        ):
            assert assumption in page

    def test_a_day_of_running_out_has_its_range_and_its_chance(self, run, scenario, conditions):
        row = sm.stock_outs(run, conditions).iloc[0]
        page = "\n".join(aid_words(run, scenario, conditions))
        assert f"{row['name']} on {row['first_day_50'].day} {row['first_day_50']:%b}" in page
        assert re_share(row["share"]) in page

    def test_ten_places_with_least_cover_are_named(self, run, scenario, conditions):
        (line,) = [k for k in aid_words(run, scenario, conditions) if "Least days of cover" in k]
        assert line.count("Place") == 10

    def test_without_aid_nothing_is_said(self, run, scenario, conditions):
        assert aid_words(run.drop_vars("need"), scenario, conditions) == []

    def test_nothing_runs_out_where_all_is_met(self, scenario):
        need = np.full((2, 5, 14), 6.5)
        full = fed(need, need, np.zeros_like(need), np.full((2, 14), 100.0))
        page = "\n".join(aid_words(full, scenario, conditions_of(full)))
        assert "No place runs out" in page
        assert "**Not met: no person-days**" in page

    def test_lines_are_told_by_area_only(self, run, scenario, conditions):
        lines = conditions_of(run, trucks=10.0, requests=2.0, permission=0.25)
        page = "\n".join(aid_words(run, scenario, lines))
        assert "The chance that not one convoy passes: in A 4 in 100 (11 requests)" in page
        assert "gate" not in page


def re_share(share):
    return f"in {100 * share:.0f} of 100 runs"
