"""The four historic cases, read from their own files by other means: nothing is lost, added or moved."""

import csv
import datetime as dt
import shutil

import numpy as np
import pytest

from displacement import simulate
from displacement.audit import audit, warnings_of
from displacement.events import Fighting
from displacement.io import import_flee, read_observed, read_scenario, write_flee
from displacement.movement.setting import unreached
from displacement.observations import record_of
from tests.flee_cases import CASES, NAMES, needs_cases

pytestmark = needs_cases
# places, links, counts in all files that the layout lists (zeros and all), listed corrections with a count
SIZES = {
    "mali2012": (23, 35, 285, 5),
    "burundi2015": (30, 41, 560, 5),
    "car2013": (63, 86, 659, 10),
    "ssudan2013": (51, 60, 1109, 9),
}


@pytest.fixture(scope="module")
def imported():
    """Each case, imported once."""
    return {name: import_flee(path) for name, path in CASES.items()}


def rows(path):
    """Rows of a file, as plainly as can be: comments cut, cells stripped."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    cut = [line.split("#")[0] if not line.startswith("#") else line for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(cut) if row]


def counts_in(path):
    return [(dt.date.fromisoformat(row[0]), float(row[1])) for row in rows(path) if row[0][:1].isdigit()]


@pytest.mark.parametrize("name", NAMES)
def test_sizes(imported, name):
    scenario, observed, _ = imported[name]
    network = scenario.network
    recounts = observed[observed["recount"] == "yes"]
    again = len({(row.place_id, row.date) for row in recounts.itertuples()})
    assert (len(network.places), len(network.links), len(observed), again) == SIZES[name]


@pytest.mark.parametrize("name", NAMES)
def test_roads_have_their_lengths_and_those_between_countries_are_crossings(imported, name):
    network = imported[name][0].network
    country = {row[0]: row[2] for row in rows(CASES[name] / "input_csv" / "locations.csv")}
    found = {
        (network.places.id[a], network.places.id[b], km, kind)
        for a, b, km, kind in zip(
            network.links.origin, network.links.destination, network.links.length_km, network.links.kind, strict=True
        )
    }
    assert found == {
        (a, b, float(km), "road" if country[a] == country[b] else "crossing")
        for a, b, km, *_ in rows(CASES[name] / "input_csv" / "routes.csv")
        if a[0] != "#"
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_count_of_every_listed_file_stands_in_the_observations_as_it_was_published(imported, name):
    scenario, observed, _ = imported[name]
    known = {*scenario.network.places.id, "total"}
    for site, *files in rows(CASES[name] / "source_data" / "data_layout.csv"):
        if site in known:
            place = "all_sites" if site == "total" else site
            for file in files:
                part = observed[(observed["place_id"] == place) & (observed["scope"] == file.removesuffix(".csv"))]
                found = list(zip(part["date"].dt.date, part["value"], strict=True))
                assert found == counts_in(CASES[name] / "source_data" / file)


@pytest.mark.parametrize("name", NAMES)
def test_intensity_on_every_day_is_that_of_the_table(imported, name):
    scenario = imported[name][0]
    head, *body = rows(CASES[name] / "input_csv" / "conflicts.csv")
    table = {place: [float(row[i]) for row in body][: scenario.days] for i, place in enumerate(head) if i and place}
    # the header of the table starts with "#Day", which is no comment
    intensity = scenario.compile()["intensity"]
    for place in scenario.network.places.id:
        assert np.array_equal(intensity.sel(place=place).values, table.get(place, np.zeros(scenario.days)))
    assert all(event.end is None for event in scenario.events if isinstance(event, Fighting))


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_of_a_camp_comes_along(imported, name):
    places = imported[name][0].network.places
    assert np.isnan(places.capacity).all()
    camps = [i for i, kind in enumerate(places.kind) if kind == "camp"]
    assert len(camps) >= 5
    assert not np.nan_to_num(places.population[camps]).any()


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_not_swapped_in_these_copies_and_a_swapped_copy_is_mended(imported, name, tmp_path):
    scenario, _, report = imported[name]
    assert any(text.startswith("Latitude and longitude are not swapped.") for text in report.assumptions)
    shutil.copytree(CASES[name], tmp_path / name)
    file = tmp_path / name / "input_csv" / "locations.csv"
    head, *body = [line.split(",") for line in file.read_text().splitlines()]
    file.write_text("\n".join(",".join(row) for row in [head, *([*r[:3], r[4], r[3], *r[5:]] for r in body)]))
    mended, _, told = import_flee(tmp_path / name)
    assert mended == scenario
    assert any("both columns were exchanged" in text for text in told.faults)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_sound_and_reads_back(imported, name, tmp_path):
    scenario, observed, _ = imported[name]
    write_flee(CASES[name], tmp_path / name)
    again = read_scenario(tmp_path / name)
    assert again == scenario
    assert unreached(again) == []
    assert all(isinstance(text, str) for text in [*audit(again.network), *warnings_of(again)])
    assert len(read_observed(tmp_path / name, again.network)) == len(observed)


def test_sites_of_several_files_add_up(imported):
    scenario, observed, _ = imported["car2013"]
    record = record_of(observed, groups=scenario.network.place_groups)
    parts = [dict(counts_in(CASES["car2013"] / "source_data" / f"dcon-inke{end}.csv")) for end in ("", "-outside")]
    day = dt.date(2014, 2, 6)
    inke = record.sites["Inke"]
    assert inke.people[list(inke.days).index(np.datetime64(day))] == parts[0][day] + parts[1][day] == 26_377


def test_burundi_says_what_its_closure_of_bujumbura_does(imported):
    scenario, _, report = imported["burundi2015"]
    (told,) = [text for text in report.faults if "Bujumbura" in text and "closures.csv" in text]
    assert "closures.csv, row 2" in told
    assert "shuts all 7 roads at Bujumbura for 91 days" in told
    assert "surely only Bujumbura-Lusenda was meant" in told
    at = {"link": "Bujumbura-Kayanza", "direction": "forward", "traffic": "civilians"}
    chances = scenario.compile()["permission"].sel(at)
    assert (chances == 1).all()
    meant = scenario.compile()["permission"].sel(traffic="civilians", direction="forward", link="Bujumbura-Lusenda")
    assert [float(meant.sel(time=day)) for day in ("2015-05-01", "2015-07-30", "2015-07-31")] == [0, 0, 1]
    literal = import_flee(CASES["burundi2015"], as_flee=True)[0].compile()["permission"].sel(at)
    assert [float(literal.sel(time=day)) for day in ("2015-05-01", "2015-07-30", "2015-07-31")] == [0, 0, 1]


def test_camps_of_south_sudan_open_when_the_roads_to_them_do(imported):
    is_open = imported["ssudan2013"][0].compile()["site_open"]
    first = {c: int(is_open.sel(place=c).values.argmax()) for c in ("Tierkidi", "Kule", "Jewi", "Pugnido")}
    assert first == {"Tierkidi": 73, "Kule": 153, "Jewi": 455, "Pugnido": 0}


def test_burundi_camps_open_on_their_days(imported):
    is_open = imported["burundi2015"][0].compile()["site_open"]
    first = {
        camp: str(is_open.time[int(is_open.sel(place=camp).values.argmax())].values)[:10]
        for camp in ("Nduta", "Lusenda")
    }
    assert first == {"Nduta": "2015-08-10", "Lusenda": "2015-07-30"}


def test_car_says_what_becomes_of_bossobolo_and_of_remarks(imported):
    report = imported["car2013"][2]
    assert any("'Bossobolo'" in text and "left out" in text for text in report.left_out)
    assert any("dcon-bossobolo.csv, row 1" in text and "only has decreasing values" in text for text in report.faults)
    assert any("dcon-mole.csv, row 3" in text and "2013-12-04,4308" in text for text in report.faults)


def test_jumps_that_no_correction_explains_are_told_of(imported):
    assert any("95,554 (2015-03-01) to 152,717 (2015-04-12)" in text for text in imported["car2013"][2].faults)


def test_a_closed_border_is_shut_on_its_days(imported):
    chance = imported["mali2012"][0].compile()["permission"].sel(traffic="civilians", direction="forward")
    niger = chance.sel(link="Menaka-Abala")
    assert [float(niger.sel(time=day)) for day in ("2012-02-29", "2012-04-01", "2012-04-02")] == [0, 0, 1]
    assert float(chance.sel(link="Lere-Fassala-Mbera").min()) == 1


def test_malian_refugees_reach_all_sites(imported):
    scenario = imported["mali2012"][0]
    result = simulate(scenario, members=5, seed=1)
    refugees = result["refugees"].isel(time=-1).mean("member")
    for site in scenario.network.place_groups["all_sites"]:
        if site != "Niamey":  # no crossing leads there: only people who move on from other sites
            assert float(refugees.sel(place=site)) > 0, site


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_case_runs(imported, name):
    result = simulate(imported[name][0], members=10, seed=1)
    assert float(result["refugees"].isel(time=-1).sum("place").median("member")) > 10_000
