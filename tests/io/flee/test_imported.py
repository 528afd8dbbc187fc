"""A sound Flee folder becomes an ordinary scenario: what stands where, and that it runs."""

import datetime as dt
import json
import shutil

import numpy as np
import pytest

import displacement as dp
from displacement import cli
from displacement.events import CampOpened, CrossingClosed, CrossingOpened, Fighting, Permission
from displacement.io import import_flee, read_observed, read_scenario, write_flee
from displacement.observations import record_of


def kinds(scenario):
    return dict(zip(scenario.network.places.id, scenario.network.places.kind, strict=True))


def of_kind(scenario, kind):
    return [event for event in scenario.events if type(event) is kind]


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["displacement", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as done:
        return done.code
    return 0


def test_places_and_links_are_those_of_the_files(case):
    scenario, _, _ = import_flee(case.root)
    places, links = scenario.network.places, scenario.network.links
    assert kinds(scenario) == {
        "Alpha": "town", "Beta": "town", "Gamma": "junction", "Post": "junction", "Camp One": "camp", "Camp_Two": "camp",
    }  # fmt: skip
    assert dict(zip(places.id, places.country, strict=True))["Camp_Two"] == "BF"
    assert places.name[places.index("Camp_Two")] == "Camp Two"
    assert links.length_km[links.index("Alpha-Beta")] == 140
    crossings = {k for k, kind in zip(links.id, links.kind, strict=True) if kind == "crossing"}
    assert crossings == {"Gamma-Post", "Gamma-Camp_Two"}
    assert (scenario.start, scenario.days, scenario.country) == (dt.date(2020, 1, 1), 40, "ML")


def test_an_unknown_population_is_unknown_and_capacities_are_not_taken_unless_asked(case):
    scenario, _, _ = import_flee(case.root)
    places = scenario.network.places
    assert np.isnan(places.population[places.index("Gamma")])
    assert np.isnan(places.capacity).all()
    assert "5000" not in "".join("".join(column) for column in places.extra.values())
    leaked = import_flee(case.root, capacities=True)[0].network.places
    assert leaked.capacity[leaked.index("Camp One")] == 5000


def test_conflict_is_fighting_from_its_onset_without_an_end(case):
    fighting = of_kind(import_flee(case.root)[0], Fighting)
    assert {(e.place, e.start, e.end, e.intensity) for e in fighting} == {
        (("Alpha",), dt.date(2020, 1, 1), None, 1.0),
        (("Beta",), dt.date(2020, 1, 4), None, 1.0),
    }


def test_conflict_ends_where_the_column_returns_to_nothing(case):
    lines = case.text("conflicts.csv").splitlines()
    lines[11:] = [line.replace(",1,1,", ",0,0.5,") for line in lines[11:]]
    case.write("conflicts.csv", "\n".join(lines))
    fighting = of_kind(import_flee(case.root)[0], Fighting)
    assert {(e.place, e.start.day, e.end and e.end.day, e.intensity) for e in fighting} == {
        (("Alpha",), 1, 10, 1.0),
        (("Beta",), 4, 10, 1.0),
        (("Beta",), 11, None, 0.5),
    }


def test_a_shut_border_is_shut_to_people_from_the_first_to_the_day_before_it_opens(case):
    scenario, _, _ = import_flee(case.root)
    (closed,) = of_kind(scenario, CrossingClosed)
    assert (closed.crossing, closed.start, closed.end) == (
        ("Gamma-Camp_Two",), dt.date(2020, 1, 6), dt.date(2020, 1, 20),
    )  # fmt: skip
    chance = scenario.compile()["permission"].sel(link="Gamma-Camp_Two", direction="forward")
    assert [float(chance.sel(traffic="civilians", time=f"2020-01-{day:02}")) for day in (5, 6, 20, 21)] == [1, 0, 0, 1]
    assert float(chance.sel(traffic="aid", time="2020-01-10")) == 1  # Flee says nothing of aid
    assert set(of_kind(scenario, CrossingOpened)[0].crossing) == {"Gamma-Camp_Two", "Gamma-Post"}


def test_a_camp_that_is_not_open_yet_opens_on_its_day(case):
    scenario, _, _ = import_flee(case.root)
    (opened,) = of_kind(scenario, CampOpened)
    assert (opened.place, opened.start) == (("Camp One",), dt.date(2020, 1, 5))
    is_open = scenario.compile()["site_open"].sel(place="Camp One")
    assert [int(is_open.sel(time=f"2020-01-{day:02}")) for day in (1, 4, 5, 40 - 9)] == [0, 0, 1, 1]


def test_counts_are_raw_and_several_files_of_a_site_add_up(case):
    scenario, observed, _ = import_flee(case.root)
    assert len(observed) == 12  # zeros and all
    record = record_of(observed, groups=scenario.network.place_groups)
    assert record.sites["Camp One"].people.tolist() == [500, 600, 650]
    assert record.totals["all_sites"].people.tolist() == [1000, 2000]
    assert record.groups["all_sites"] == ("Camp One", "Camp_Two")
    assert set(observed["scope"]) == {"refugees", "nig-one", "nig-one-outside", "bf-two"}
    assert set(observed[observed["scope"] == "bf-two"]["source"]) == {"source_data/bf-two.csv"}


def test_the_first_count_of_a_site_on_or_after_a_correction_is_its_recount(case):
    _, observed, report = import_flee(case.root)
    again = observed[observed["recount"] == "yes"]
    assert [(row.scope, f"{row.date:%Y-%m-%d}") for row in again.itertuples()] == [("nig-one", "2020-02-02")]
    assert any("no count of Camp One on this day; the next, of 2020-02-02" in text for text in report.faults)


def test_a_correction_past_the_last_count_is_told_of_and_left_out(case):
    case.write("registration_corrections.csv", "Camp One,2021-02-01,normalize\nCampOne,2020-02-01,normalize\n")
    _, observed, report = import_flee(case.root)
    assert not (observed["recount"] == "yes").any()
    assert any("no count of Camp One on this day or after it (the last is of 2020-02-05)" in t for t in report.left_out)
    assert any("'CampOne': is no location" in t and "did you mean 'Camp One'?" in t for t in report.left_out)


def test_what_is_written_reads_back_as_it_was_imported(case, tmp_path):
    scenario, observed, report = write_flee(case.root, tmp_path / "out")
    assert read_scenario(tmp_path / "out") == scenario
    again = read_observed(tmp_path / "out", scenario.network)
    assert again.astype(str).equals(observed.astype(str)[list(again.columns)])
    assert (tmp_path / "out" / "import_report.md").read_text() == report.markdown()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "valley"]


def test_people_flee_across_borders_in_the_imported_scenario(case):
    scenario, _, _ = import_flee(case.root)
    result = dp.simulate(scenario, members=10, seed=1)
    refugees = result["refugees"].isel(time=-1).mean("member")
    assert float(refugees.sel(place="Camp One")) > 0
    assert float(refugees.sel(place="Camp_Two")) > 0
    assert float(refugees.sel(place=["Alpha", "Beta"]).sum()) == 0


@pytest.mark.parametrize("layout", ["flat", "only_input", "from_input"])
def test_files_may_lie_in_one_folder(case, tmp_path, layout):
    root = case.root
    if layout == "flat":
        root = tmp_path / "flat"
        root.mkdir()
        for file in case.root.rglob("*.csv"):
            shutil.copy(file, root)
    if layout == "only_input":
        shutil.rmtree(case.root / "source_data")
        root = case.root / "input_csv"
    if layout == "from_input":
        root = case.root / "input_csv"
    scenario, observed, report = import_flee(root)
    assert len(scenario.network.places) == 6
    assert scenario.name == ("flat" if layout == "flat" else "valley")
    assert len(observed) == (0 if layout == "only_input" else 12)
    if layout == "only_input":
        assert any("data_layout.csv: is not there" in text for text in report.left_out)


def test_the_command_writes_a_folder_and_lists_what_looks_wrong(case, tmp_path, monkeypatch, capsys):
    case.edit("routes.csv", "Alpha,Beta,140", "Alpha,Beta,14")
    assert run(monkeypatch, "import", "flee", case.root, tmp_path / "out") == 0
    said = capsys.readouterr()
    assert "6 places, 5 links" in said.out
    assert "Alpha - Beta: is 14 km long" in said.err
    assert run(monkeypatch, "check", tmp_path / "out") == 0


def test_the_command_answers_in_json(case, tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "import", "flee", case.root, tmp_path / "out", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["places"], answer["counts"]) == (6, 12)
    assert answer["assumptions"]
    assert answer["left_out"]


def test_nothing_is_replaced_without_force_and_only_a_scenario_with_it(case, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert run(monkeypatch, "import", "flee", case.root, out) == 0
    before = (out / "scenario.toml").read_bytes()
    case.edit("sim_period.csv", "Length,40", "Length,30")
    assert run(monkeypatch, "import", "flee", case.root, out) == 1
    assert (out / "scenario.toml").read_bytes() == before
    assert run(monkeypatch, "import", "flee", case.root, out, "--force") == 0
    assert (out / "scenario.toml").read_bytes() != before
    assert run(monkeypatch, "import", "flee", case.root, case.root / "source_data", "--force") == 1
    assert "is not a scenario" in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_leaves_nothing_behind(case, tmp_path, monkeypatch, capsys):
    case.edit("routes.csv", "Alpha,Beta,140", "Alpha,Betta,-3")
    before = sorted(tmp_path.rglob("*"))
    assert run(monkeypatch, "import", "flee", case.root, tmp_path / "out") == 1
    errors = capsys.readouterr().err
    assert "error: routes.csv, row 2, name2 = 'Betta'" in errors
    assert "error: routes.csv, row 2, distance = '-3'" in errors  # both, at once
    assert sorted(tmp_path.rglob("*")) == before


def test_a_location_closure_that_names_a_neighbour_shuts_that_road_or_as_flee_all_of_them(case):
    case.write(
        "closures.csv",
        "#closure_type,name1,name2,closure_start,closure_end\nlocation,Gamma,Camp_Two,0,10\n",
    )
    scenario, _, report = import_flee(case.root, as_flee=True)
    (told,) = [text for text in report.faults if "surely only" in text]
    assert "closures.csv, row 2" in told
    assert "shuts all 3 roads at Gamma for 10 days" in told
    shut = [*of_kind(scenario, CrossingClosed), *of_kind(scenario, Permission)]
    assert {link for e in shut for link in getattr(e, "crossing", ()) or e.link} == {
        "Gamma-Camp_Two", "Gamma-Post", "Beta-Gamma",
    }  # fmt: skip
    meant = import_flee(case.root)[0]
    assert [e.crossing for e in of_kind(meant, CrossingClosed)] == [("Gamma-Camp_Two",)]
    assert not of_kind(meant, Permission)


def test_swapped_columns_are_found_by_evidence_and_mended_for_the_whole_file(case):
    sound = import_flee(case.root)[0].network.places
    rows = [line.split(",") for line in case.text("locations.csv").splitlines()]
    swapped = [[*r[:3], r[4], r[3], *r[5:]] for r in rows]
    swapped[0][3:5] = rows[0][3:5]
    case.write("locations.csv", "\n".join(",".join(r) for r in swapped))
    scenario, _, report = import_flee(case.root)
    assert scenario.network.places.latitude.tolist() == sound.latitude.tolist()
    (told,) = [text for text in report.faults if "swapped" in text]
    assert "both columns were exchanged" in told
    assert "from the middle of their countries" in told


def test_columns_that_are_not_swapped_are_said_not_to_be_and_why(case):
    told = [text for text in import_flee(case.root)[2].assumptions if "not swapped" in text]
    assert len(told) == 1
    assert "shorter than the straight line" in told[0]


def test_a_single_place_with_wrong_coordinates_is_told_of_and_not_changed(case):
    case.edit("locations.csv", "Beta,North,Mali,15.5,-2.0", "Beta,North,Mali,-2.0,15.5")
    scenario, _, report = import_flee(case.root)
    places = scenario.network.places
    assert places.latitude[places.index("Beta")] == -2.0
    assert any("row 3, Beta" in t and "exchanged, they would fit" in t and "not changed" in t for t in report.faults)


def test_a_coordinate_out_of_range_decides_where_no_country_is_known(case):
    text = case.text("locations.csv").replace("Mali", "Atlantis").replace("Niger", "Muu").replace("Burkina_Faso", "Lem")
    for longitude in ("-3.0", "-2.0", "-1.0", "0.0", "1.0"):
        text = text.replace(f",{longitude},", f",{float(longitude) + 100},")
    rows = [line.split(",") for line in text.splitlines()]
    case.write("locations.csv", "\n".join(",".join([*r[:3], r[4], r[3], *r[5:]]) for r in rows))
    case.edit("locations.csv", "longitude,latitude", "latitude,longitude")
    case.edit("closures.csv", "country,Mali,Burkina_Faso,5,20\n", "")
    scenario, _, report = import_flee(case.root)
    places = scenario.network.places
    assert places.latitude[places.index("Alpha")] == 16.0
    assert any("6 coordinates are out of range" in t and "exchanged" in t for t in report.faults)
    assert set(places.country) == {"XA", "XB", "XC"}
