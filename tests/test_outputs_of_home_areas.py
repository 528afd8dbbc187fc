"""What a run with home areas and sites leaves in its folder, beside what every run does."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from displacement.access import access_status
from displacement.comparison import crowding_of
from displacement.ensemble import simulate
from displacement.io import read_scenario
from displacement.outputs import STAMP, write_outputs
from displacement.outputs import folder as writing
from displacement.summaries import FLOOR, numbers_of
from tests.drawing import only_charts
from tests.test_outputs import INTERNAL, apart_on_the_page, contents, looked_at, tables, what_is_drawn

pytestmark = pytest.mark.slow  # many large charts
FOLDER = Path(__file__).parents[1] / "scenarios" / "aleppo_2016"
CAPACITY = {"atma_camps": 100_000, "sijjou": 12_000, "shamarin": 15_000, "hawar_kilis": 14_000, "ekdeh_camps": 20_000}
COUNT = re.compile(r"(^|_)(p[0-9.]+|mean|everyone)$")


@pytest.fixture(scope="module")
def scenario():
    """Aleppo with home areas and without aid, and capacities of camps that are made up."""
    given = read_scenario(FOLDER)
    places = given.network.places
    capacity = places.capacity.copy()
    for name, people in CAPACITY.items():
        capacity[places.position[name]] = people
    network = replace(given.network, places=replace(places, capacity=capacity))
    people_only = tuple(e for e in given.events if e.kind != "HubSupply")  # charts of aid are tested elsewhere
    return replace(given, home_areas=True, network=network, events=people_only)


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, members=20, seed=1)


@pytest.fixture(scope="module")
def crowding(scenario, run):
    return crowding_of(scenario, run)


@pytest.fixture(scope="module")
def folder(run, scenario, crowding, tmp_path_factory):
    """What is shared; of the charts, the one that differs from what is internal."""
    found = tmp_path_factory.mktemp("shared")
    with only_charts("sankey"):
        write_outputs(run, scenario, access_status(scenario), found, crowding=crowding)
    return found


@pytest.fixture(scope="module")
def drawn_inside(run, scenario, crowding, tmp_path_factory):
    folder, seen = tmp_path_factory.mktemp("internal"), {}
    with looked_at(lambda name, figure: seen.update({name: what_is_drawn(figure)})):
        write_outputs(run, scenario, None, folder, internal=True, crowding=crowding)
    return folder, seen


@pytest.fixture(scope="module")
def figures(drawn_inside):
    return drawn_inside[1]


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "summary.md").read_text(encoding="utf-8")


def test_every_chart_has_its_table(folder, drawn_inside):
    for name in ("site_arrivals", "sankey", "corridors", "flow_map"):
        assert (drawn_inside[0] / "charts" / f"{name}.png").exists()
        assert (drawn_inside[0] / "charts" / f"{name}.svg").exists()
        assert list((folder / "tables").glob(f"{name}*.csv"))
    asked = {"sites", "site_crowding", "origin_destination", "origin_destination_balance", "sankey_totals",
             "refugees_by_country", "refugees_by_site", "onward_by_place"}  # fmt: skip
    assert asked <= set(tables(folder))


def test_no_shared_file_names_an_internal_variable(folder):
    for name in INTERNAL:
        words = re.compile(rf"(?<![a-z_]){name}(?![a-z_])")
        for path in [*(folder / "tables").iterdir(), folder / "summary.md"]:
            assert not words.search(path.read_text(encoding="utf-8")), (name, path.name)


def test_no_shared_count_is_under_the_floor(folder):
    for name, table in tables(folder).items():
        wide = {c for c in table.columns if name == "origin_destination_balance" and c != "home_area"}
        for column in {*filter(COUNT.search, table.columns), *wide}:
            numbers = numbers_of(table[column])
            numbers = numbers[np.isfinite(numbers)]
            assert not ((numbers > 0) & (numbers < FLOOR)).any(), (name, column)
            assert (numbers % np.where(numbers < 10_000, 100, 1_000) == 0).all(), (name, column)


def test_crossings_passed_irregularly_are_named_in_internal_output_only(folder, drawn_inside):
    """The border is shut: who is in Turkey came irregularly, and by which crossing is not told."""
    assert set(tables(folder)["sankey"]["way"]) == {"Inside the country", "Over the border to Turkey", "Back home"}
    inside = drawn_inside[0]
    assert "Bab al-Salama to Öncüpınar" in set(tables(inside)[f"{STAMP}_sankey"][f"{STAMP} way"])
    kept = {n: b for n, b in contents(inside).items() if "sankey" in n and STAMP not in n}
    assert kept == {n: b for n, b in contents(folder).items() if "sankey" in n}


def test_no_labels_overlap_or_leave_the_page(figures):
    apart_on_the_page(figures)


def test_internal_charts_are_stamped(figures):
    assert {f"{STAMP}_flow_map", f"{STAMP}_sankey"} <= set(figures)
    for name, found in figures.items():
        assert ("INTERNAL" in found["said"]) == name.startswith(STAMP), name


def test_the_chart_of_sites_says_where_others_are(figures, folder):
    said = " ".join(text for text, *_ in figures["site_arrivals"]["texts"])
    table = tables(folder)["site_crowding"].set_index("place")
    assert "Where others are instead" in said
    assert table["name"].iloc[0] in said
    assert said.count("Because sites fill: −") >= 1
    assert numbers_of(table["p50"])[0] > 0


def test_the_page_says_who_is_back_and_where_sites_overfill(page, run):
    assert re.search(r"^- Back home: (fewer than )?[\d,]+", page, re.MULTILINE)
    assert "returns home" not in page
    assert "Atma camps is planned for 100,000: " in page
    assert "of 5" in page
    assert re.search(r"- Because sites fill they draw fewer; more than otherwise are at [A-Z]", page)
    host = next(line for line in page.splitlines() if "Turkey" in line and "registered" in line)
    assert "Reported before (31 December 2015), and not added: 2,503,549" in host


def test_without_home_areas_and_sites_nothing_is_drawn_of_them(tmp_path, monkeypatch):
    scenario, charts = read_scenario(FOLDER), []
    monkeypatch.setattr(writing.Folder, "chart", lambda _, name, *__, **___: charts.append(name))
    write_outputs(simulate(scenario, members=2, seed=1), scenario, None, tmp_path)
    names = {*charts, *(p.stem for p in (tmp_path / "tables").iterdir())}
    assert {"flow_map", "corridors"} <= names
    assert not names & {"site_arrivals", "sites", "sankey", "origin_destination"}
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "returns home (nobody's home area is kept)" in page
    assert "Back home" not in page
    assert "planned for" not in page
