"""What a run with aid leaves in its folder, beside what every run does: eastern Aleppo, whose last road is cut."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from displacement.access import access_status
from displacement.ensemble import simulate
from displacement.events import ConvoyApproval, HubSupply
from displacement.io import read_scenario
from displacement.outputs import STAMP, write_outputs
from displacement.summaries import FLOOR, ROUNDING, need_by_month, numbers_of, reconciliation, stock_outs
from tests.drawing import only_charts
from tests.test_outputs import COUNT, INTERNAL, apart_on_the_page, contents, looked_at, tables, what_is_drawn

pytestmark = pytest.mark.slow  # many charts
FOLDER = Path(__file__).parents[1] / "scenarios" / "aleppo_2016"
SUPPLY = {"gaziantep": 150.0, "antakya": 200.0, "gos_mainland": 450.0}  # t/day, made up
CHARTS = {"aid_chain", "aid_cover", "aid_pipeline", "aid_needs_by_cluster"}
LINE = "aleppo_east_aleppo_west"


@pytest.fixture(scope="module")
def scenario():
    given = read_scenario(FOLDER / "castello_cut.toml")
    supplied = {place for e in given.events if e.kind == "HubSupply" for place in e.place}
    hubs = [HubSupply(place=k, start=given.start, tonnes_per_day=v) for k, v in SUPPLY.items() if k not in supplied]
    convoys = ConvoyApproval(link=LINE, start=given.start, trucks=10, requests_per_week=1, approved=0.1)
    return given.with_events(*hubs, convoys)


@pytest.fixture(scope="module")
def conditions(scenario):
    return scenario.compile()


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, members=10, seed=1)


@pytest.fixture(scope="module")
def access(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def drawn_inside(run, scenario, access, tmp_path_factory):
    folder, seen = tmp_path_factory.mktemp("internal"), {}
    with only_charts(*CHARTS), looked_at(lambda name, figure: seen.update({name: what_is_drawn(figure)})):
        write_outputs(run, scenario, access, folder, internal=True)
    return folder, seen


@pytest.fixture(scope="module")
def folder(drawn_inside):
    return drawn_inside[0]


@pytest.fixture(scope="module")
def shared_files(folder):
    return {name: b for name, b in contents(folder).items() if STAMP not in name}


@pytest.fixture(scope="module")
def figures(drawn_inside):
    return drawn_inside[1]


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "summary.md").read_text(encoding="utf-8")


def test_every_chart_of_aid_has_png_svg_and_a_table(shared_files):
    for name in CHARTS:
        assert {f"charts/{name}.png", f"charts/{name}.svg", f"tables/{name}.csv"} <= set(shared_files)


def test_a_run_without_aid_has_none_of_it(tmp_path):
    bare = read_scenario(FOLDER).without(*{e.kind for e in read_scenario(FOLDER).events if e.kind == "HubSupply"})
    with only_charts():
        write_outputs(simulate(bare, members=2, seed=1), bare, None, tmp_path)
    assert not list((tmp_path / "tables").glob("aid_*"))
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "## Aid" not in page
    assert "what aid people receive" in page


def test_no_labels_overlap_or_leave_the_page(figures):
    assert set(figures) == CHARTS
    apart_on_the_page(figures)


def test_every_footer_is_complete(figures, run):
    for name, found in figures.items():
        for part in ("As of 31 Mar 2016", "Projection, not a report", "Castello Road cut", "Sources:", "ersons",
                     run.attrs["digest"][:8], "imply no endorsement", ROUNDING):  # fmt: skip
            assert part in found["said"], (name, part)


def test_no_shared_count_is_under_the_floor(folder):
    for name, table in tables(folder).items():
        if not name.startswith("aid_"):
            continue
        for column in filter(COUNT.search, table.columns):
            numbers = numbers_of(table[column])
            numbers = numbers[np.isfinite(numbers)]
            assert not ((numbers > 0) & (numbers < FLOOR)).any(), (name, column)
            assert (numbers % np.where(numbers < 10_000, 100, 1_000) == 0).all(), (name, column)


def test_lines_hubs_and_roads_are_in_no_shared_file(shared_files):
    """A convoy line is named only where it is a road of the status board or the map, with no convoy beside it."""
    for name, found in shared_files.items():
        if name.startswith("tables/aid_") or name == "summary.md":
            text = found.decode()
            assert LINE not in text, name
            for word in (*INTERNAL, *SUPPLY):
                assert word not in text.replace("displacement", ""), (name, word)


def test_the_chance_of_no_convoy_is_internal_by_line_and_shared_by_area(folder):
    inside = tables(folder)[f"{STAMP}_aid_convoy_lines"]
    assert all(column.startswith(STAMP) for column in inside.columns)
    (row,) = [r for _, r in inside.iterrows() if r[f"{STAMP} link"] == LINE]
    none = row[f"{STAMP} no_convoy"]
    assert 0.9 ** row[f"{STAMP} requests"] < none < 1  # fighting at the line makes it worse than what is approved
    shared = tables(folder)["aid_convoys_by_area"].set_index("area")
    assert shared.loc["SY02", "no_convoy"] == pytest.approx(none, abs=1e-3)


def test_numbers_of_internal_variables_change_nothing_shared(run, scenario, access, shared_files, tmp_path):
    other = run.copy()
    for name in ("hub_stock", "aid_traffic"):
        other[name] = other[name] * 3 + 17
    with only_charts():
        write_outputs(other, scenario, access, tmp_path)
    assert contents(tmp_path) == {k: v for k, v in shared_files.items() if not k.startswith("charts")}


def test_the_balances_of_a_run_close(run, scenario, conditions):
    table = reconciliation(run, scenario, conditions).set_index("balance")
    assert table.loc["distributed = collected + from stores", "closes"]
    planned = table[table.index.str.startswith("planned")]
    assert len(planned) == 2
    assert (planned["rest_10"] > -1).all()  # nothing is loaded that no hub received


def test_the_pipeline_adds_up_to_the_run(run, conditions):
    table = need_by_month(run.isel(member=[0]), conditions)
    for column, name in (("required_50", "need"), ("delivered_50", "delivered"), ("gap_50", "unmet_need")):
        assert table[column].sum() == pytest.approx(float(run[name].isel(member=0).astype(float).sum()))


def test_the_day_of_the_stock_out_is_after_the_last_delivery(run, conditions):
    """Once the road is cut and the store is empty, less than a quarter is met on every day."""
    row = stock_outs(run, conditions).loc["aleppo_east"]
    assert row["share"] == 1.0
    cut = pd.Timestamp("2016-02-20")
    unmet = run["unmet_need"].sum("commodity").sel(place="aleppo_east", time=slice(cut + pd.Timedelta(days=30), None))
    need = run["need"].sum("commodity").sel(place="aleppo_east", time=unmet["time"])
    assert (unmet > 0.75 * need).all()


def test_the_page_says_what_an_analyst_reads_out(page):
    (section,) = [part for part in page.split("\n## ") if part.startswith("Aid\n")]
    assert "Needed, 25 Jan – 31 Mar 2016" in section
    assert "**Not met: " in section
    assert "Eastern Aleppo city" in section
    assert "The chance that not one convoy passes: in SY02" in section
    assert "It hangs on [A]" in section
    assert "what aid people receive" not in page
