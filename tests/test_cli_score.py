"""`displacement score` as its users meet it: what it says, where it finds observations, and what it refuses."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import displacement as dp
from displacement import cli
from displacement.io import read_observed, read_run, read_scenario, write_run
from displacement.scores.card import score_run
from displacement.scores.words import card_listed
from tests.drawing import only_charts

SCENARIO = """
[scenario]
name = "Small"
summary = "Alpha is fought over."
start = 2020-01-01
days = 8
[[parties]]
id = "blue"
name = "Blue"
[[operations]]
id = "aid"
name = "Aid"
hubs = ["port"]
transit = ["blue"]
[[place_groups]]
id = "camps"
name = "Both camps"
places = ["north", "south"]
[[events]]
id = "assault"
kind = "Fighting"
place = "alpha"
intensity = 1.0
start = 2020-01-02
"""
PLACES = """place_id,name,country,latitude,longitude,kind,population,population_low,population_high,displaced,party,outside,hub,capacity
alpha,Alpha,AA,10,10,town,40000,30000,50000,0,blue,false,false,
north,North camp,AA,10.1,10,camp,0,0,0,2000,blue,false,false,9000
south,South camp,AA,9.9,10,camp,0,0,0,500,blue,false,false,6000
port,Port,AA,10.3,10.1,town,30000,25000,35000,0,blue,true,true,
"""
LINKS = """link_id,from_place_id,to_place_id,kind,length_km,speed_kmh
alpha_north,alpha,north,road,13,40
alpha_south,alpha,south,road,13,40
north_port,north,port,road,28,40
"""
HEADER = "date,variable,place_id,scope,value,low,high,source,grade\n"
OBSERVED = f"""{HEADER}2020-01-04,displaced,north,registered,5000,,,Managers,A
2020-01-04,displaced,south,registered,3000,,,Managers,A
2020-01-04,displaced,camps,registered,8000,,,Managers,A
2020-01-06,displaced,north,registered,7000,,,Managers,A
2020-01-06,displaced,south,at least,,2500,,Managers,A
2020-01-06,arrivals,north,some days,900,,,Managers,A
2020-03-01,displaced,north,too late,7000,,,Managers,A
"""


@pytest.fixture
def displacement(monkeypatch, capsys):
    """Run a command; returns (exit code, stdout, stderr)."""

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["displacement", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        said = capsys.readouterr()
        return done.value.code or 0, said.out, said.err

    return command


def main(*words):
    """Run a command for a fixture."""
    before, sys.argv = sys.argv, ["displacement", *map(str, words)]
    try:
        assert cli.guarded(lambda: cli.app(standalone_mode=False)) == 0
    finally:
        sys.argv = before


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A scenario with observations, and its run."""
    folder = tmp_path_factory.mktemp("scored") / "a case"
    folder.mkdir()
    files = (("scenario.toml", SCENARIO), ("places.csv", PLACES), ("links.csv", LINKS), ("observed.csv", OBSERVED))
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    with only_charts("reported_displaced_north", "site_arrivals"):
        main("run", folder, "--out", folder.parent / "run", "--members", 40)
    return folder


@pytest.fixture
def run(made, tmp_path):
    """A copy of the run that a test may spoil."""
    return Path(shutil.copytree(made.parent / "run", tmp_path / "run"))


def test_the_card_says_what_was_counted_and_projected(displacement, made):
    code, out, err = displacement("score", made.parent / "run")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Small: what was counted, beside what was projected"
    assert "Displaced people: North camp" in lines
    assert "In all, 4 counts in people (mean 5,750 people):" in lines
    assert any("4 observations: coverage says little" in line for line in lines)
    assert any("on the 1 count that has one:" in line for line in lines)
    assert "5 of 7 observations used (4 numbers, 1 bounds)." in lines
    assert lines[-1] == f"Observations: {made.parent / 'run' / 'scenario' / 'observed.csv'}"
    assert len(out) < 5000


def test_what_is_printed_is_what_the_functions_return(displacement, made):
    folder = made.parent / "run"
    found = json.loads(displacement("score", folder, "--json")[1])
    network = read_scenario(made).network
    run = read_run(folder)
    card = score_run(run, read_observed(made, network), network)
    assert found["scores"]["people"]["coverage"]["80"] == round(card.scores["people"].coverage[80.0], 3)
    assert len(found["observations"]) == 5
    north = run["displaced"].sel(place="north", time="2020-01-04").values
    inside = np.percentile(north, 10) <= 5000 <= np.percentile(north, 90)
    row = next(r for r in found["observations"] if (r["place"], r["date"]) == ("north", "2020-01-04"))
    assert row["inside"] is bool(inside)
    assert {row["reason"] for row in found["left_out"]} == {
        "arrivals is a flow, and the first day of the sum is not given (column since)",
        "its day is outside the run (2020-01-01 to 2020-01-08)",
    }
    assert found["observed"].endswith("observed.csv")


def test_the_same_command_says_the_same(displacement, made):
    one, other = (displacement("score", made.parent / "run", "--json")[1] for _ in range(2))
    assert one == other


def test_a_run_file_is_a_run(displacement, made):
    code, out, _ = displacement("score", made.parent / "run" / "run.nc")
    assert code == 0
    assert "In all, 4 counts" in out


def test_observations_may_be_named(displacement, made, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(f"{HEADER}2020-01-04,displaced,north,,5000,,,,\n", encoding="utf-8")
    code, out, _ = displacement("score", made.parent / "run", "--observed", other)
    assert code == 0
    assert "In all, 1 count in people" in out
    assert "none; no count has one" in out
    assert f"Observations: {other}" in out


def test_a_folder_of_observations_will_do(displacement, made):
    assert "In all, 4 counts" in displacement("score", made.parent / "run", "--observed", made)[1]


def test_where_the_copy_has_none_those_of_the_scenario_that_was_run_are_used(displacement, made, run):
    (run / "scenario" / "observed.csv").unlink()
    code, out, _ = displacement("score", run)
    assert code == 0
    assert out.splitlines()[-1] == f"Observations: {made / 'observed.csv'}"


def test_bounds_alone_are_said_and_nothing_is_scored(displacement, made, tmp_path):
    bounds = tmp_path / "bounds.csv"
    bounds.write_text(f"{HEADER}2020-01-06,displaced,south,,,100,,,\n", encoding="utf-8")
    code, out, _ = displacement("score", made.parent / "run", "--observed", bounds)
    assert code == 0
    assert "at least 100" in out
    assert "nothing is scored" in out


def spoiled(run, text):
    (run / "scenario" / "observed.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,place_id,value\n2020-01-04,north,5\n", ("observed.csv", "variable")),
        (f"{HEADER}2020-01-04,dispalced,north,,5000,,,,\n", ("row 2", "did you mean 'displaced'")),
        (f"{HEADER}2020-01-04,displaced,nroth,,5000,,,,\n", ("row 2", "did you mean 'north'")),
        (f"{HEADER}04/01/2020,displaced,north,,5000,,,,\n", ("row 2", "date", "must be a date such as")),
        (f"{HEADER}2020-01-04,displaced,north,,-5,,,,\n", ("row 2", "at least 0")),
        (f"{HEADER}2020-01-04,displaced,north,,many,,,,\n", ("row 2", "value", "'many'")),
        (f"{HEADER}2020-01-04,displaced,north,,,,,,\n", ("row 2", "at least one must be given")),
        (f"{HEADER}2020-01-04,displaced,north,,,900,800,,\n", ("row 2", "low", "at most high")),
        ("\0\0\0", ("0x00",)),
        ("", ("observed.csv",)),
    ],
    ids=["column", "variable", "place", "date", "below 0", "no number", "empty row", "bounds", "binary", "empty"],
)
def test_bad_observations_are_exit_1_and_say_where(displacement, run, text, words):
    spoiled(run, text)
    code, out, err = displacement("score", run)
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_all_faults_of_the_observations_are_listed(displacement, run):
    spoiled(run, f"{HEADER}2020-13-01,displaced,north,,5,,,,\n2020-01-04,displaced,nowhere,,5,,,,\n")
    assert len(displacement("score", run)[2].strip().splitlines()) == 2


def no_run(run):
    (run / "run.nc").unlink()


def no_netcdf(run):
    (run / "run.nc").write_text("not a run")


def no_copy(run):
    shutil.rmtree(run / "scenario")


def changed_copy(run):
    file = run / "scenario" / "scenario.toml"
    file.write_text(file.read_text().replace("intensity = 1.0", "intensity = 0.5"))


def broken_copy(run):
    (run / "scenario" / "places.csv").write_text("")


def no_observations(run):
    (run / "scenario" / "observed.csv").unlink()
    made = read_run(run)
    made.attrs["command"] = "displacement run nowhere --out run"
    write_run(made, run, force=True)


def only_points(run):
    from displacement.summaries import kept

    write_run(kept(read_run(run), "quantiles"), run, force=True)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_run, ("no such file", "run.nc")),
        (no_netcdf, ("is not a netCDF file",)),
        (no_copy, ("holds no copy of its scenario",)),
        (changed_copy, ("is not the scenario that the run was made from",)),
        (broken_copy, ("cannot be read", "places.csv")),
        (no_observations, ("no observations to score against", "--observed")),
        (only_points, ("holds no members", "--keep quantiles")),
    ],
)
def test_a_run_that_cannot_be_scored_is_exit_1_with_one_message(displacement, run, spoil, words):
    spoil(run)
    code, out, err = displacement("score", run)
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    for word in words:
        assert word in err


@pytest.mark.parametrize("name", ["nowhere.csv", "a\nb.csv"])
def test_observations_that_are_not_there_are_one_message(displacement, made, tmp_path, name):
    code, _, err = displacement("score", made.parent / "run", "--observed", tmp_path / name)
    assert code == 1
    assert "no such file" in err


@pytest.mark.parametrize("words", [("score",), ("score", "run", "--observed"), ("score", "run", "--members", "3")])
def test_usage_is_exit_2(displacement, words):
    assert displacement(*words)[0] == 2


def test_the_run_keeps_a_copy_of_its_observations_and_draws_them(made):
    folder = made.parent / "run"
    assert (folder / "scenario" / "observed.csv").read_bytes() == (made / "observed.csv").read_bytes()
    drawn = {path.stem for path in (folder / "charts").glob("*.svg")}
    assert {"reported_displaced_north", "site_arrivals"} <= drawn
    assert not pd.read_csv(folder / "tables" / "site_arrivals.csv").empty


def test_aleppo_is_scored_as_its_record_says():
    """The held-out total of 22 February lies inside; the flight to Afrin is missed; April counts other people."""
    scenario = dp.read_scenario("scenarios/aleppo_2016")
    observed = dp.read_observed("scenarios/aleppo_2016", scenario.network)
    found = card_listed(score_run(dp.simulate(scenario, members=60), observed, scenario.network))
    by_row = {(row["date"], row["place"]): row for row in found["observations"]}
    assert by_row["2016-02-22", "aleppo_and_idleb_reported"]["inside"] is True
    assert by_row["2016-02-05", "afrin_area"]["inside"] is False
    assert by_row["2016-02-28", "darat_izza_area"]["variable"] == "departures"
    reasons = [row["reason"] for row in found["left_out"]]
    assert reasons.count("counted since 2016-04-14, not since 2016-02-01") == 3
