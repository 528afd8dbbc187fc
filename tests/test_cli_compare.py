"""`displacement compare` as its users meet it: what it says, what it writes, and what it refuses."""

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from displacement import cli
from displacement.errors import InputError
from displacement.io import read_run, read_scenario, scenario_of_run, write_run
from displacement.variables import VARIABLES
from tests.drawing import only_charts

PLACES = """place_id,name,country,latitude,longitude,kind,population,population_low,population_high,displaced,party,outside,hub
alpha,Alpha,AA,10,10,town,9000,8000,10000,0,blue,false,false
camp,Camp,AA,10.1,10,camp,0,0,0,500,blue,false,false
port,Port,AA,10.3,10.1,town,3000,2500,3500,0,blue,true,true
"""
LINKS = """link_id,from_place_id,to_place_id,kind,length_km,speed_kmh
alpha_camp,alpha,camp,road,13,40
camp_port,camp,port,road,28,40
"""
BASE = """
[scenario]
name = "Small"
summary = "Alpha is fought over."
start = 2020-01-01
days = 5
[[parties]]
id = "blue"
name = "Blue"
[[operations]]
id = "aid"
name = "Aid"
hubs = ["port"]
transit = ["blue"]
[[events]]
id = "assault"
kind = "Fighting"
place = "alpha"
intensity = 1.0
start = 2020-01-02
"""
CUT = """
[scenario]
extends = "scenario.toml"
name = "Cut"
summary = "As it is, and the road is cut."
[[events]]
id = "cut"
kind = "RoadCut"
link = "alpha_camp"
start = 2020-01-03
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
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    for name, text in (("scenario.toml", BASE), ("cut.toml", CUT), ("places.csv", PLACES), ("links.csv", LINKS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(case, tmp_path_factory):
    """Runs of 20 members: as it is, with the cut; and others that cannot be compared with them."""
    folder = tmp_path_factory.mktemp("runs")
    with only_charts():
        main("run", case, "--out", folder / "base", "--members", 20)
        main("run", case / "cut.toml", "--out", folder / "cut", "--members", 20)
        main("run", case, "--out", folder / "seed", "--members", 20, "--seed", 2)
        main("run", case, "--out", folder / "members", "--members", 10)
        main("run", case, "--out", folder / "quantiles", "--members", 20, "--keep", "quantiles")
        main("run", case, "--out", folder / "places", "--members", 20, "--keep", "places")
    return folder


@pytest.fixture(scope="module")
def compared(runs, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "compared"
    main("compare", runs / "base", runs / "cut", "--out", out, "--internal")
    return out


@pytest.fixture
def undrawn():
    """Without charts, where they are not looked at."""
    with only_charts():
        yield


class TestCopies:
    def test_a_run_keeps_what_it_was_made_from(self, runs, case):
        for name, file in (("base", "scenario.toml"), ("cut", "cut.toml")):
            kept = scenario_of_run(runs / name, read_run(runs / name))
            assert kept == read_scenario(case / file)
            assert kept.fingerprint() == read_run(runs / name).attrs["scenario_hash"]
        assert scenario_of_run(runs / "cut" / "run.nc", read_run(runs / "cut")).name == "Cut"

    def test_another_scenario_beside_a_run_is_not_taken_for_its_own(self, runs, tmp_path):
        shutil.copytree(runs / "base", tmp_path / "base")
        shutil.rmtree(tmp_path / "base" / "scenario")
        with pytest.raises(InputError, match="holds no copy of its scenario"):
            scenario_of_run(tmp_path / "base", read_run(runs / "base"))
        shutil.copytree(runs / "cut" / "scenario", tmp_path / "base" / "scenario")
        with pytest.raises(InputError, match="is not the scenario that the run was made from"):
            scenario_of_run(tmp_path / "base", read_run(runs / "base"))

    def test_a_run_whose_scenario_cannot_be_written_is_kept_and_says_so(
        self, displacement, case, tmp_path, monkeypatch
    ):
        def fails(*_args, **_kwargs):
            raise InputError("the scenario cannot be written: no")

        monkeypatch.setattr("displacement.io.write_scenario", fails)
        code, _, err = displacement("run", case, "--out", tmp_path / "run", "--members", 2)
        assert code == 0
        assert "warning: no copy of the scenario is kept" in err
        assert (tmp_path / "run" / "run.nc").exists()


class TestWhatIsSaid:
    def test_what_differs_where_since_when_and_which_event_did_it(self, compared):
        page = (compared / "summary.md").read_text(encoding="utf-8")
        assert page.startswith("# Cut against Small: 1–5 Jan 2020\n")
        assert "first on 3 Jan 2020" in page
        assert "- Added: The road Alpha - Camp is cut, from 3 Jan 2020." in page
        assert "- cut, the only change: the whole difference is its own." in page
        assert "Projection, not a report" in page

    def test_what_each_of_two_changes_does_and_that_one_does_nothing(self, displacement, case, runs, tmp_path, undrawn):
        """The road is cut a second time."""
        more = """
[[events]]
id = "again"
kind = "RoadCut"
link = "alpha_camp"
start = 2020-01-04
"""
        shutil.copytree(case, tmp_path / "case")
        (tmp_path / "case" / "twice.toml").write_text(CUT.replace('"Cut"', '"Twice"') + more, encoding="utf-8")
        assert (
            displacement("run", tmp_path / "case" / "twice.toml", "--out", tmp_path / "twice", "--members", 20)[0] == 0
        )
        words = (runs / "base", tmp_path / "twice", "--out", tmp_path / "c", "--members", 20)
        _, page, _ = displacement("compare", *words)
        assert "- Added: The road Alpha - Camp is cut, from 3 Jan 2020.\n" in page
        assert "- Added: The road Alpha - Camp is cut, from 4 Jan 2020. It changes nothing" in page
        assert re.search(r"^  - cut: alone .*; left out ", page, re.M)
        assert re.search(r"^  - again: alone .*; left out no difference", page, re.M)

    def test_the_numbers_are_those_of_the_runs(self, runs, compared):
        base, cut = (read_run(runs / name) for name in ("base", "cut"))
        more = (cut["moved_since"].astype(int) - base["moved_since"]).isel(time=-1)
        found = read_run(compared / "comparison.nc")
        for p in (10.0, 50.0, 90.0):
            assert np.allclose(
                found["moved_since"].isel(scenario=0, time=-1).sel(point=p), np.percentile(more, p, axis=0)
            )
            total = np.percentile(more.sum("place"), p)
            assert float(found["total_moved_since"].isel(scenario=0, time=-1).sel(point=p)) == pytest.approx(total)
        assert found.attrs["baseline"] == "Small"

    def test_one_event_did_all_of_it(self, compared):
        table = pd.read_csv(compared / "tables" / "contributions.csv")
        table = table[table["measure"] == "moved_since"].set_index("change")
        for how in ("alone", "left_out"):
            assert table.loc["added", f"{how}_p50"] == table.loc["difference", f"{how}_p50"]

    def test_everything_is_written_and_nothing_internal_is_shared(self, compared):
        assert {p.name for p in compared.iterdir()} == {
            "comparison.nc",
            "summary.md",
            "charts",
            "tables",
            "difference.html",
        }
        charts = {p.name for p in (compared / "charts").iterdir()}
        assert charts == {f"{n}.{end}" for n in ("scenarios", "difference_1") for end in ("png", "svg")}
        tables = {p.stem for p in (compared / "tables").iterdir()}
        assert {"scenarios", "difference_1", "difference_by_day", "difference_by_place", "first_days", "variance_saved",
                "events_that_differ", "contributions", "INTERNAL_difference_by_day"} <= tables  # fmt: skip
        internal = [name for name, v in VARIABLES.items() if v.internal]
        for path in (*(compared / "tables").iterdir(), compared / "summary.md"):
            words = set(path.read_text(encoding="utf-8").replace('"', ",").replace("\n", ",").split(","))
            assert bool(words & set(internal)) == path.name.startswith("INTERNAL"), path.name
        for path in (compared / "tables").glob("INTERNAL*"):
            assert all(c.startswith("INTERNAL") for c in pd.read_csv(path).columns)
        assert not set(read_run(compared / "comparison.nc").data_vars) & set(internal)

    def test_no_shared_count_is_under_the_floor(self, compared):
        for path in (compared / "tables").glob("*.csv"):
            if path.name.startswith("INTERNAL"):
                continue
            table = pd.read_csv(path)
            if "unit" in table:
                table = table[table["unit"] == "people"]
            for name in (c for c in table if c.split("_")[-1].startswith("p") and c.split("_")[-1][1:2].isdigit()):
                numbers = pd.to_numeric(table[name], errors="coerce").dropna().abs()
                assert not ((numbers > 0) & (numbers < 50)).any(), (path.name, name)

    @pytest.mark.usefixtures("undrawn")
    def test_json_is_one_object_with_the_same_numbers(self, displacement, runs, tmp_path):
        code, out, err = displacement("compare", runs / "base", runs / "cut", "--out", tmp_path / "c", "--json")
        assert code == 0
        assert "drawing charts" in err
        told = json.loads(out)
        (scenario,) = told["scenarios"]
        assert (told["baseline"], scenario["name"], told["date"]) == ("Small", "Cut", "2020-01-05")
        assert scenario["events"][0]["id"] == "cut"
        assert {row["item"] for row in scenario["contributions"]} == {"cut", "all"}

    def test_a_run_against_itself_is_no_difference(self, displacement, runs, tmp_path):
        code, out, _ = displacement("compare", runs / "base", runs / "base", "--out", tmp_path / "c")
        assert code == 0
        assert "no difference" in out
        assert "None: the two scenarios are the same." in out
        found = read_run(tmp_path / "c" / "comparison.nc")
        assert not any(
            values.any() for name, values in found.data_vars.items() if not name.startswith("variance_saved")
        )

    def test_three_runs_are_compared_with_the_first(self, displacement, runs, tmp_path):
        code, out, _ = displacement("compare", *(runs / n for n in ("cut", "base", "places")), "--out", tmp_path / "c")
        assert code == 0
        assert out.startswith(f"# Small ({runs / 'base'}), Small ({runs / 'places'}) against Cut")
        assert out.count("- Left out: The road Alpha - Camp is cut") == 2

    @pytest.mark.usefixtures("undrawn")
    def test_attribution_can_be_left_away(self, displacement, runs, tmp_path):
        code, out, _ = displacement("compare", runs / "base", runs / "cut", "--out", tmp_path / "c", "--members", 0)
        assert code == 0
        assert "Not attributed: not asked for (--members 0)." in out
        assert not (tmp_path / "c" / "tables" / "contributions.csv").exists()


class TestWithoutACopy:
    @pytest.mark.usefixtures("undrawn")
    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (shutil.rmtree, "holds no copy of its scenario"),
            (
                lambda copy: (copy / "scenario.toml").write_text("name = ["),
                "cannot be read: scenario.toml: is not TOML",
            ),
            (lambda copy: (copy / "places.csv").unlink(), "places.csv: no such file"),
            (
                lambda copy: (copy / "places.csv").write_text(PLACES.replace("9000", "9001")),
                "is not the scenario that the run was made from",
            ),
        ],
        ids=["missing", "no TOML", "a table missing", "changed since"],
    )
    def test_attribution_is_left_out_and_it_is_said_why(self, displacement, runs, tmp_path, spoil, said):
        shutil.copytree(runs / "cut", tmp_path / "cut")
        spoil(tmp_path / "cut" / "scenario")
        code, out, err = displacement("compare", runs / "base", tmp_path / "cut", "--out", tmp_path / "c")
        assert code == 0
        assert "Not attributed:" in out
        assert said in out
        assert f"warning: {tmp_path / 'cut'}" in err
        assert not (tmp_path / "c" / "tables" / "events_that_differ.csv").exists()
        assert "cut: alone" not in out

    @pytest.mark.usefixtures("undrawn")
    def test_runs_that_cannot_be_made_again_are_said_to_be_others(self, displacement, runs, tmp_path):
        shutil.copytree(runs / "cut", tmp_path / "cut")
        run = read_run(runs / "cut")
        run["moved_since"][:, -1, 0] += 1
        write_run(run, tmp_path / "cut", force=True)
        code, _, err = displacement("compare", runs / "base", tmp_path / "cut", "--out", tmp_path / "c")
        assert code == 0
        assert "warning: Cut: made anew, the runs are not those given" in err


class TestRefused:
    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (("base", "seed"), "seed = 2, but 1 in the baseline"),
            (("base", "members"), "members = 10, but 20 in the baseline"),
            (("base",), "1 run given: a comparison needs two or more"),
            (("base", "quantiles"), "points over members"),
            (("base", "nowhere"), "no such file"),
        ],
    )  # fmt: skip
    def test_runs_that_cannot_be_compared(self, displacement, runs, tmp_path, names, said):
        code, out, err = displacement("compare", *(runs / n for n in names), "--out", tmp_path / "c")
        assert (code, out) == (1, "")
        assert said in err
        assert "Traceback" not in err
        assert not (tmp_path / "c").exists()

    def test_points_in_place_of_members_are_one_clear_error(self, displacement, runs, tmp_path):
        _, _, err = displacement("compare", runs / "base", runs / "quantiles", "--out", tmp_path / "c")
        (line,) = err.strip().splitlines()
        assert "holds points over members, not the members; run it again with --keep all" in line

    @pytest.mark.parametrize("words", [(), ("--out", "x"), ("a", "b"), ("a", "b", "--out", "x", "--members", "-1")])
    def test_usage_is_exit_2(self, displacement, words):
        assert displacement("compare", *words)[0] == 2

    def test_a_file_that_is_no_run(self, displacement, runs, tmp_path):
        (tmp_path / "letter.nc").write_text("dear")
        code, _, err = displacement("compare", runs / "base", tmp_path / "letter.nc", "--out", tmp_path / "c")
        assert code == 1
        assert "is not a netCDF file that can be read" in err

    def test_a_comparison_is_no_run(self, displacement, runs, compared, tmp_path):
        code, _, err = displacement("compare", runs / "base", compared / "comparison.nc", "--out", tmp_path / "c")
        assert code == 1
        assert "points over members" in err or "is not a run" in err

    @pytest.mark.usefixtures("undrawn")
    def test_what_is_in_the_way_stays(self, displacement, runs, tmp_path):
        words = ("compare", runs / "base", runs / "cut", "--members", 0, "--out")
        (tmp_path / "letter.txt").write_text("dear")
        code, _, err = displacement(*words, tmp_path, "--force")
        assert (code, (tmp_path / "letter.txt").read_text()) == (1, "dear")
        assert "is not a comparison" in err
        code, _, err = displacement(*words, runs / "seed", "--force")  # a run is no comparison
        assert code == 1
        assert (runs / "seed" / "run.nc").exists()
        assert displacement(*words, tmp_path / "c")[0] == 0
        code, _, err = displacement(*words, tmp_path / "c")
        assert code == 1
        assert "--force" in err
        assert displacement(*words, tmp_path / "c", "--force")[0] == 0

    @pytest.mark.usefixtures("undrawn")
    def test_a_comparison_that_fails_leaves_nothing(self, displacement, runs, tmp_path, monkeypatch):
        def fails(*_args, **_kwargs):
            raise OSError(28, "No space left on device", "comparison.nc")

        monkeypatch.setattr("displacement.io.write_run", fails)
        code, _, err = displacement("compare", runs / "base", runs / "cut", "--members", 0, "--out", tmp_path / "c")
        assert code == 1
        assert "No space left" in err
        assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("undrawn")
def test_a_second_run_replaces_a_run_with_its_copy(displacement, case, tmp_path):
    out: Path = tmp_path / "run"
    assert displacement("run", case, "--out", out, "--members", 2)[0] == 0
    assert displacement("run", case / "cut.toml", "--out", out, "--members", 2, "--force")[0] == 0
    assert scenario_of_run(out, read_run(out)).name == "Cut"
