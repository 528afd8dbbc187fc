"""What a run leaves in its folder: charts equal to their tables, nothing internal, words that hold."""

import json
import re
from contextlib import contextmanager
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from displacement.access import access_status
from displacement.ensemble import simulate
from displacement.io import read_observed, read_scenario
from displacement.outputs import STAMP, write_outputs
from displacement.outputs import folder as writing
from displacement.outputs.people import write_crossings
from displacement.summaries import FLOOR, ROUNDING, numbers_of
from displacement.variables import VARIABLES

FOLDER = Path(__file__).parents[1] / "scenarios" / "aleppo_2016"
INTERNAL = sorted(name for name, v in VARIABLES.items() if v.internal)
ELSEWHERE = {"queued", "crossed_by_group"}  # only where roads have queues, or groups are kept
OF_AID = {"aid_traffic", "hub_stock"}  # only where there is aid: see test_outputs_of_aid.py
HERE = [name for name in INTERNAL if name not in ELSEWHERE | OF_AID]
COUNT = re.compile(r"(^|_)p[0-9.]+$|^(besieged|hard_to_reach|unknown|accessible|people_in_pocket)$")


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER)


@pytest.fixture(scope="module")
def observed(scenario):
    return read_observed(FOLDER, scenario.network)


@pytest.fixture(scope="module")
def access(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, members=20, seed=1)


@pytest.fixture(scope="module")
def shared_folder(run, scenario, access, observed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared") / "new" / "folder"
    files = write_outputs(run, scenario, access, folder, observed)
    assert {str(f.relative_to(folder)) for f in files} == {
        *contents(folder),
        "contents.json",
    }  # what is written is returned
    return folder


@pytest.fixture(scope="module")
def drawn_inside(run, scenario, access, observed, tmp_path_factory):
    """A folder with internal outputs, and what each of its figures drew, taken before it is let go."""
    folder, seen = tmp_path_factory.mktemp("internal"), {}
    with looked_at(lambda name, figure: seen.update({name: what_is_drawn(figure)})):
        write_outputs(run, scenario, access, folder, observed, internal=True)
    return folder, seen


@pytest.fixture(scope="module")
def internal_folder(drawn_inside):
    return drawn_inside[0]


@pytest.fixture(scope="module")
def figures(drawn_inside):
    return drawn_inside[1]


@contextmanager
def looked_at(look):
    """Hand every figure to `look` once it is saved."""
    real = writing.save

    def save(figure, folder, name):
        files = real(figure, folder, name)
        look(name, figure)
        return files

    writing.save = save
    try:
        yield
    finally:
        writing.save = real


def contents(folder):
    """Every file; the list of them is checked apart, as it also names charts that a test leaves out."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "contents.json")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.mark.parametrize("folder", ["shared_folder", "internal_folder"])
def test_the_list_of_contents_knows_every_file_by_its_fingerprint(folder, request):
    folder = request.getfixturevalue(folder)
    about = json.loads((folder / "contents.json").read_text(encoding="utf-8"))
    there = {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest()
             for p in folder.rglob("*") if p.is_file() and "contents.json" not in p.name and not p.name.startswith(STAMP)}  # fmt: skip
    assert about["files"] == there
    assert {c["name"] for c in about["charts"]} == {Path(f).stem for f in there if f.endswith(".svg")}


def seen_texts(figure):
    """Texts that are printed: a tick beyond the end of its axis has a label that is not."""
    beyond = set()
    for axis in (a for ax in figure.axes for a in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        beyond |= {t.label1 for t in axis.get_major_ticks() if not low <= t.get_loc() <= high}
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in beyond]


def tables(folder):
    return {p.stem: pd.read_csv(p) for p in sorted((folder / "tables").glob("*.csv"))}


def what_is_drawn(figure):
    """Lines, bars, texts and legends of a figure, and where they are."""
    figure.draw_without_rendering()
    return {
        "lines": [[np.asarray(k.get_ydata(), float) for k in ax.lines] for ax in figure.axes],
        "heights": [[p.get_height() for p in ax.patches if hasattr(p, "get_height") and not p.get_gid()] for ax in figure.axes],
        "steps": [{p.get_gid(): p.get_data()[0] for p in ax.patches if hasattr(p, "get_data")} for ax in figure.axes],
        "texts": [(t.get_text(), t.get_fontsize(), t.get_window_extent()) for t in seen_texts(figure)],
        "said": " ".join(t.get_text() for t in figure.texts),
        "legends": [(ax.get_legend().get_window_extent(), ax.get_window_extent()) for ax in figure.axes if ax.get_legend() and ax.axison],
        "page": figure.bbox.frozen(),
    }  # fmt: skip


def apart_on_the_page(figures):
    """Assert that texts are large enough, on the page, and clear of each other."""
    for name, found in figures.items():
        texts, page = found["texts"], found["page"]
        for i, (one, size, box) in enumerate(texts):
            assert size >= 7, (name, one)
            assert page.x0 <= box.x0, (name, one)
            assert box.x1 <= page.x1, (name, one)
            assert page.y0 <= box.y0 + 2, (name, one)
            assert box.y1 <= page.y1, (name, one)
            for other, _, there in texts[i + 1 :]:
                assert not box.padded(-1).overlaps(there.padded(-1)), (name, one, other)


@pytest.fixture(scope="module")
def page(shared_folder):
    return (shared_folder / "summary.md").read_text(encoding="utf-8")


class TestFiles:
    def test_every_chart_has_png_svg_and_a_table_behind_it(self, shared_folder):
        names = {p.stem for p in (shared_folder / "charts").iterdir()}
        expected = {"people_who_moved", "crossings", "flow_map", "access_population", "severity_map", "status_board"}
        assert expected <= names
        for name in names:
            assert {p.suffix for p in (shared_folder / "charts").glob(f"{name}.*")} == {".png", ".svg"}
            assert list((shared_folder / "tables").glob(f"{name}*.csv")), name

    def test_the_tables_that_planners_ask_for(self, shared_folder):
        asked = {"people_by_day", "people_by_place", "departures_by_origin", "crossings", "access_by_place"}
        assert asked <= set(tables(shared_folder))

    def test_the_same_run_gives_the_same_bytes_with_internal_outputs_beside_them(self, shared_folder, internal_folder):
        kept = {name: b for name, b in contents(internal_folder).items() if STAMP not in name}
        assert kept == contents(shared_folder)


class TestInternal:
    @pytest.mark.parametrize("name", INTERNAL)
    def test_no_shared_file_names_an_internal_variable(self, shared_folder, name):
        words = re.compile(rf"(?<![a-z_]){name}(?![a-z_])")
        for file in contents(shared_folder):
            assert not words.search(file)
        for path in [*(shared_folder / "tables").iterdir(), shared_folder / "summary.md"]:
            assert not words.search(path.read_text(encoding="utf-8")), path.name

    @pytest.mark.parametrize("name", HERE)
    def test_no_shared_file_hangs_on_an_internal_variable(
        self, run, scenario, access, observed, shared_folder, tmp_path, monkeypatch, name
    ):
        """Numbers of an internal variable may be anything: people by road only as sums between areas."""
        other = run.copy()
        values = other[name].copy(data=np.roll(other[name].values, 1, axis=0) * 3 + 17)
        if name == "traffic":
            area = {str(p): str(a or c) for p, a, c in zip(run["place"].values, run["place_parent_pcode"].values,
                                                          run["place_country"].values, strict=True)}  # fmt: skip
            inside = [area[str(a)] == area[str(b)] for a, b in
                      zip(run["link_from"].values, run["link_to"].values, strict=True)]  # fmt: skip
            kept = np.array(inside)[np.newaxis, np.newaxis, :, np.newaxis]
            values = values.copy(data=np.where(kept, values.values, run[name].values))
        if name == "crossed_irregularly":  # part of those who crossed: only the admitted are shared
            other["crossed"] = other["crossed"] + values - run[name]
        other[name] = values
        monkeypatch.setattr(writing.Folder, "chart", lambda *_, **__: None)  # each chart draws its table
        write_outputs(other, scenario, access, tmp_path, observed)
        expected = {k: v for k, v in contents(shared_folder).items() if not k.startswith("charts")}
        assert contents(tmp_path) == expected

    @pytest.mark.parametrize("name", HERE)
    def test_internal_outputs_are_stamped_in_name_and_headers(self, internal_folder, name):
        table = tables(internal_folder)[f"{STAMP}_{name}"]
        assert all(column.startswith(STAMP) for column in table.columns)

    def test_the_internal_map_is_stamped_on_the_picture(self, figures):
        assert f"{STAMP}_flow_map" in figures
        for name, found in figures.items():
            assert ("INTERNAL" in found["said"]) == name.startswith(STAMP), name

    def test_roads_to_protect_are_told_only_inside_and_stamped(self, shared_folder, internal_folder, figures):
        for file, content in contents(shared_folder).items():
            assert "protect" not in file
            assert b"outes to protect" not in content, file
        assert f"{STAMP}_routes_to_protect" in figures
        table = tables(internal_folder)[f"{STAMP}_routes_to_protect"]
        assert all(column.startswith(STAMP) for column in table.columns)
        assert "khanasir_ithriya" in set(table[f"{STAMP} links"])

    def test_no_shared_count_is_under_the_floor(self, shared_folder):
        for name, table in tables(shared_folder).items():
            for column in filter(COUNT.search, table.columns):
                numbers = numbers_of(table[column])
                numbers = numbers[np.isfinite(numbers)]
                assert not ((numbers > 0) & (numbers < FLOOR)).any(), (name, column)
                steps = np.where(numbers < 10_000, 100, 1_000)
                assert (numbers % steps == 0).all(), (name, column)

    def test_traffic_by_link_is_in_no_shared_table(self, shared_folder, scenario):
        """Tables that name roads carry no count of people on them."""
        for name, table in tables(shared_folder).items():
            if {"link", "links"} & set(table.columns):
                assert not [c for c in table.columns if re.search(r"p[0-9.]+$", c)], name


class TestChartsEqualTables:
    def test_the_median_of_each_fan_is_in_its_table(self, figures, shared_folder):
        fans = [n for n in figures if n == "people_who_moved" or n.startswith("reported_")]
        assert len(fans) == 4
        for name in fans:
            column = numbers_of(tables(shared_folder)[name]["p50"])
            assert np.array_equal(figures[name]["lines"][0][0], column, equal_nan=True)

    def test_the_bars_of_each_crossing_are_in_the_table(self, figures, shared_folder):
        table = tables(shared_folder)["crossings"]
        drawn = [np.asarray(h, float) for h in figures["crossings"]["heights"]]
        for part in (p for _, p in table.groupby("crossing")):
            both = np.concatenate([numbers_of(part["joined_p50"]), numbers_of(part["crossed_p50"])])
            assert any(np.array_equal(both, h, equal_nan=True) for h in drawn)

    def test_the_steps_of_access_are_in_the_table(self, figures, shared_folder):
        table = tables(shared_folder)["access_population"]
        (steps,) = figures["access_population"]["steps"]
        assert np.array_equal(steps["besieged"], numbers_of(table["besieged"]))
        assert np.array_equal(
            steps["hard_to_reach"], numbers_of(table["besieged"]) + numbers_of(table["hard_to_reach"])
        )

    def test_every_footer_is_complete(self, figures, run):
        for name, found in figures.items():
            for part in ("As of 10 Mar 2016", "Projection, not a report", "Northern Aleppo, February 2016", "Sources:",
                         "open to aid.", run.attrs["digest"][:8], "imply no endorsement", "ersons"):  # fmt: skip
                assert part in found["said"], (name, part)
            assert (ROUNDING in found["said"]) != name.startswith(STAMP)

    def test_no_labels_overlap_or_leave_the_page(self, figures):
        apart_on_the_page(figures)

    def test_no_legend_covers_data(self, figures):
        for name, found in figures.items():
            for legend, axes in found["legends"]:
                assert not legend.padded(-2).overlaps(axes.padded(-2)), name


def test_a_crossing_that_nobody_reaches_has_no_panel(run, scenario, tmp_path, monkeypatch):
    """It is in the table, and the chart says so."""
    quiet, charts = run.copy(), []
    monkeypatch.setattr(writing.Folder, "chart", lambda _, __, draw, **about: charts.append((draw, about["subtitle"])))
    for name in ("joined", "crossed"):
        quiet[name] = run[name].where(run["crossing"] != "bab_al_hawa_crossing", 0)
    for one in (run, quiet):
        out = writing.Folder(run=one, scenario=scenario, conditions=scenario.compile(), access=None,
                             observed=pd.DataFrame(), path=tmp_path)  # fmt: skip
        write_crossings(out)
    figures = [Figure() for _ in charts]
    for figure, (draw, _) in zip(figures, charts, strict=True):
        draw(figure)
    assert len(figures[0].axes) == len(figures[1].axes) + 1
    assert "In the table only" in charts[1][1]
    assert set(tables(tmp_path)["crossings"]["crossing"]) == set(run["crossing"].values)


class TestSummary:
    def test_the_headline_comes_first_with_its_range(self, page, run):
        last = run["moved_since"].isel(time=-1).sum("place")
        low, middle, high = (f"{round(float(np.quantile(last, q)) / 1000) * 1000:,.0f}" for q in (0.1, 0.5, 0.9))
        assert f"{middle} ({low} to {high}) people had moved since 1 Feb 2016" in page.split("\n## ")[0]

    def test_it_fits_a_page_and_a_half(self, page):
        of_aid = 300 if "## Aid" in page else 0
        assert len(page.split()) < 900 + of_aid
        assert len(page.splitlines()) < 75

    def test_it_answers_each_question(self, page):
        for heading in ("Where these people are", "At the border crossings", "Who can be reached", "Biggest changes",
                        "What was reported", "What is assumed, and what is left out", "How to read the ranges"):  # fmt: skip
            assert f"## {heading}" in page
        assert re.search(r"\*\*Besieged\*\*: .*Nubl and al-Zahraa.*until 2 Feb 2016", page)
        assert "22–28 Feb 2016" in page  # western Aleppo city cut off
        assert "Projection, not a report" in page
        assert ROUNDING in page

    def test_nothing_internal_and_no_count_under_the_floor(self, page):
        for word in ("trapped", "irregular", "refused", "on the road"):
            assert word not in page.lower()
        for line in page.replace("fewer than 50", "few").splitlines():
            for number in re.findall(r"(?<![\w.,])(\d{1,2}) (?:people|\(|to \d)", line):
                assert number == "0", line

    def test_reports_stand_beside_the_projection_of_the_day(self, page, run, scenario):
        row = next(k for k in page.splitlines() if "75,775" in k)
        assert row.startswith("| 29 Feb 2016 |")
        assert re.search(r"\| 75,775 \| [\d,]+ \([\d,]+ to [\d,]+\) \| UNHCR/CCCM", row)
        assert "14 Apr" not in page  # another reference date

    def test_without_access_and_reports_nothing_is_said_of_them(self, run, scenario, tmp_path, monkeypatch):
        charts = []
        monkeypatch.setattr(writing.Folder, "chart", lambda _, name, *__, **___: charts.append(name))
        write_outputs(run, scenario, None, tmp_path)
        page = (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert "Who can be reached" not in page
        assert "What was reported" not in page
        charts = [name for name in charts if not name.startswith("aid_")]
        assert charts == ["people_who_moved", "crossings", "flow_map", "corridors", "status_board"]

    def test_the_what_if_is_told(self, access):
        from displacement.charts.words import summary

        scenario = read_scenario(FOLDER / "border_open.toml")
        opened = simulate(scenario, members=10, seed=1)
        page = summary(opened, scenario, scenario.compile(), access)
        assert "shut to people at first, open to people from 5 Feb 2016" in page
        assert "admits 5,000 people a day" in page


@pytest.mark.parametrize("people", [0, 30, 5_000])
def test_one_place_one_day_one_member(tmp_path, people):
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "scenario.toml").write_text(
        '[scenario]\nname = "Tiny"\ncountry = "SY"\nstart = 2016-02-01\ndays = 1\n[[parties]]\nid = "us"\nname = "Us"\n'
    )
    (folder / "places.csv").write_text(
        "place_id,name,country,latitude,longitude,kind,population,party\n"
        f"town,Town,SY,36.0,37.0,town,{people},us\n"
    )  # fmt: skip
    (folder / "links.csv").write_text("link_id,from_place_id,to_place_id,kind,length_km,speed_kmh\n")
    scenario = read_scenario(folder)
    run = simulate(scenario, members=1, seed=1)
    write_outputs(run, scenario, access_status(scenario), tmp_path / "out", internal=True)
    page = (tmp_path / "out" / "summary.md").read_text()
    assert "Nobody leaves home" in page
    assert "This is one run" in page


def test_totals_reconcile_with_the_run(shared_folder, run):
    table = tables(shared_folder)["people_by_day"]
    for name in set(table["variable"]):
        part = numbers_of(table[table["variable"] == name].sort_values("date")["p50"])
        others = [d for d in run[name].dims if d not in {"member", "time"}]
        exact = np.median(run[name].sum(others), axis=0)
        known = np.isfinite(part)
        assert (np.abs(part - exact)[known] <= np.where(exact < 10_050, 50, 500)[known]).all()
        assert (exact[~known] < FLOOR).all()


def test_bands_of_the_tables_are_in_order(shared_folder):
    table = tables(shared_folder)["people_who_moved"]
    columns = [c for c in table.columns if COUNT.search(c)]
    for low, high in pairwise(columns):
        a, b = numbers_of(table[low]), numbers_of(table[high])
        assert (np.nan_to_num(a) <= np.nan_to_num(b)).all()
