"""The commands as their users meet them: exit codes, what goes where, and that nothing half-written is left."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from displacement import cli
from displacement.events import KINDS
from displacement.io import read_run
from displacement.io.meanings import NO_END
from tests.drawing import only_charts

ALEPPO = "scenarios/aleppo_2016"


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


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two towns and a camp, one road cut, one town taken."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "scenario.toml").write_text(
        """
[scenario]
name = "Small"
start = 2020-01-01
days = 5
[[parties]]
id = "red"
name = "Red"
[[parties]]
id = "blue"
name = "Blue"
[[relations]]
parties = ["red", "blue"]
relation = "hostile"
[[operations]]
id = "aid"
name = "Aid"
hubs = ["port"]
transit = ["blue"]
[[events]]
kind = "Fighting"
place = "alpha"
intensity = 1.0
start = 2020-01-02
[[events]]
kind = "Capture"
place = "alpha"
by = "red"
start = 2020-01-03
""",
        encoding="utf-8",
    )
    (folder / "places.csv").write_text(
        "place_id,name,country,latitude,longitude,kind,population,population_low,population_high,displaced,party,outside,hub\n"
        "alpha,Alpha,AA,10,10,town,1000,800,1200,0,blue,false,false\n"
        "camp,Camp,AA,10.1,10,camp,0,0,0,500,blue,false,false\n"
        "port,Port,AA,10.3,10.1,town,3000,2500,3500,0,blue,true,true\n",
        encoding="utf-8",
    )
    (folder / "links.csv").write_text(
        "link_id,from_place_id,to_place_id,kind,length_km,speed_kmh\n"
        "alpha_camp,alpha,camp,road,13,40\ncamp_port,camp,port,road,28,40\n",
        encoding="utf-8",
    )
    return folder


def test_check_says_that_a_scenario_is_sound(displacement, small):
    code, out, err = displacement("check", small)
    said = [line for line in err.splitlines() if line.startswith("warning: ")]
    assert code == 0
    assert out.startswith(f"Small: sound (3 places, 2 links, 2 events), {len(said)} warnings.\n")
    assert "1,000 at home" in out
    assert f"Next: displacement describe {small}" in out
    assert any("67% of all people" in line for line in said)


def test_check_reads_the_counts_too_and_says_all_faults_at_once(displacement, small, tmp_path):
    shutil.copytree(small, tmp_path / "one")
    (tmp_path / "one" / "observed.csv").write_text("date,variable,place_id,value\n3/1/2020,displaced,alfa,5\n")
    (tmp_path / "one" / "links.csv").write_text((small / "links.csv").read_text().replace("alpha", "alfa"))
    code, out, err = displacement("check", tmp_path / "one")
    assert (code, out) == (1, "")
    assert "error: observed.csv, row 2, date = '3/1/2020'" in err
    assert "error: links.csv, row 2" in err
    (tmp_path / "one" / "links.csv").write_text((small / "links.csv").read_text())
    code, out, err = displacement("check", tmp_path / "one")
    assert "place_id = 'alfa': unknown place or group of places; did you mean 'alpha'?" in err


def test_counts_of_other_places_are_not_those_of_a_scenario_with_its_own_table(displacement, tmp_path):
    folder = tmp_path / "one"
    displacement("new", folder)
    (folder / "few.csv").write_text(
        "".join(
            line
            for line in (folder / "places.csv").read_text().splitlines(keepends=True)
            if not line.startswith(("market_town", "gate_near"))
        )
    )
    kept = [
        line
        for line in (folder / "links.csv").read_text().splitlines(keepends=True)
        if "market" not in line and "gate_near" not in line
    ]
    (folder / "few_links.csv").write_text("".join(kept))
    (folder / "few.toml").write_text(
        '[scenario]\nextends = "scenario.toml"\nplaces = "few.csv"\nlinks = "few_links.csv"\n'
        'without = "gate_open_to_goods"\n'
    )
    assert displacement("check", folder)[1].count("Counts: 2 in observed.csv") == 1
    code, out, err = displacement("check", folder / "few.toml")
    assert code == 0, err
    assert "Counts: none" in out


def test_check_lists_all_problems_on_stderr_and_exits_with_1(displacement, small, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(small, broken)
    text = (
        (broken / "scenario.toml").read_text().replace('"alpha"', '"alpa"').replace("intensity = 1.0", "intensity = 7")
    )
    (broken / "scenario.toml").write_text(text)
    (broken / "places.csv").write_text((broken / "places.csv").read_text().replace("10.1,10,camp", "95,10,camp"))
    code, out, err = displacement("check", broken)
    assert (code, out) == (1, "")
    for word in ("latitude", "95", "intensity", "7", "'alpa'", "did you mean 'alpha'"):
        assert word in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words", [(), ("chek",), ("run",), ("run", ALEPPO), ("run", ALEPPO, "--out", "x", "--members", "many")]
)
def test_usage_is_exit_2(displacement, words):
    assert displacement(*words)[0] == 2


def test_a_missing_scenario_is_exit_1_with_one_message(displacement, tmp_path):
    code, _, err = displacement("check", tmp_path / "nowhere")
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert "nowhere" in err


def test_describe_tells_what_is_in_force_on_a_day(displacement, small):
    code, out, _ = displacement("describe", small, "--date", "2020-01-04")
    assert code == 0
    assert "Red takes Alpha, on 3 Jan 2020." in out
    assert "Alpha to Camp: civilians 0, medical 0, trade 0, aid 0" in out
    rows = json.loads(displacement("describe", small, "--date", "2020-01-04", "--json")[1])["links"]
    assert [row["link"] for row in rows] == ["alpha_camp"]


@pytest.mark.parametrize(
    ("date", "message"), [("2021-01-01", "must lie from 2020-01-01 to 2020-01-05"), ("soon", "must be a date")]
)
def test_a_date_that_is_none_of_the_scenario_is_refused(displacement, small, date, message):
    for command in ("describe", "access"):
        code, _, err = displacement(command, small, "--date", date)
        assert code == 1
        assert message in err


def test_access_names_the_worst_place_first_with_the_reason(displacement, small):
    code, out, _ = displacement("access", small, "--date", "2020-01-04")
    assert code == 0
    assert out.index("Alpha (1,000 people)") < out.index("Camp (500 people)")
    rows = json.loads(displacement("access", small, "--date", "2020-01-04", "--json")[1])["places"]
    by_place = {row["place"]: row for row in rows}
    assert by_place["alpha"]["today"] == "cut"
    assert by_place["camp"]["isolated_by"] == ["Camp - Port"]


def test_access_tells_which_roads_to_protect_only_when_asked_and_says_that_it_is_internal(displacement, small):
    day = ("access", small, "--date", "2020-01-02")
    assert "INTERNAL" not in displacement(*day)[1]
    assert "routes_to_protect" not in json.loads(displacement(*day, "--json")[1])
    code, out, _ = displacement(*day, "--cuts")
    assert code == 0
    assert out.index("people): ") < out.index("Routes to protect on 2 Jan 2020\nINTERNAL: ")
    assert "1. Camp - Port: 1,500 people lose every way in for aid (Alpha and Camp)" in out
    found = json.loads(displacement(*day, "--cuts", "--json")[1])
    assert found["internal"].startswith("INTERNAL")
    assert found["routes_to_protect"][0]["links"] == ["camp_port"]


def test_run_writes_a_folder_once_and_again_only_with_force(displacement, small, tmp_path):
    out = tmp_path / "run"
    code, said, err = displacement("run", small, "--out", out, "--members", 20, "--json")
    assert code == 0
    assert {p.name for p in out.iterdir()} == {"run.nc", "charts", "tables", "summary.md", "scenario", "contents.json"}
    assert "drawing charts" in err
    run = read_run(out)
    assert json.loads(said)["digest"] == run.attrs["digest"]
    assert run.sizes["member"] == 20
    assert "access_status" in run
    code, _, err = displacement("run", small, "--out", out)
    assert code == 1
    assert "--force" in err
    code, again, _ = displacement("run", small, "--out", out, "--members", 20, "--force", "--json")
    assert code == 0
    assert json.loads(again)["digest"] == run.attrs["digest"]


def test_run_never_replaces_what_is_not_a_run(displacement, small, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    code, _, err = displacement("run", small, "--out", tmp_path, "--force")
    assert code == 1
    assert "not a run" in err
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_run_that_fails_leaves_nothing(displacement, small, tmp_path, monkeypatch):
    def fails(*_args, **_kwargs):
        raise OSError(28, "No space left on device", "run.nc")

    monkeypatch.setattr("displacement.io.write_run", fails)
    code, _, err = displacement("run", small, "--out", tmp_path / "run", "--members", 1)
    assert code == 1
    assert "No space left" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keep", ["places", "quantiles"])
def test_run_keeps_less_when_asked(displacement, small, tmp_path, keep):
    out = tmp_path / "run"
    with only_charts():
        assert displacement("run", small, "--out", out, "--members", 20, "--keep", keep)[0] == 0
    run = read_run(out)
    if keep == "places":
        assert "traffic" not in run
        assert run.sizes["member"] == 20
    else:
        assert "member" not in run.dims
        assert float(run.residents.sel(point=50.0, place="port", time="2020-01-01")) == 0.0  # outside: not modelled
        assert run.residents.attrs["units"] == "people"


def test_internal_variables_are_written_only_when_asked_for(displacement, small, tmp_path):
    shared, inside = tmp_path / "shared", tmp_path / "inside"
    assert displacement("run", small, "--out", shared, "--members", 5)[0] == 0
    assert displacement("run", small, "--out", inside, "--members", 5, "--internal")[0] == 0

    def names(folder: Path) -> set[str]:
        return {p.name for p in folder.rglob("*") if p.name.startswith("INTERNAL")}

    assert names(shared) == set()
    assert "INTERNAL_trapped.csv" in names(inside)


def test_new_writes_a_folder_that_checks_and_says_what_to_type_next(displacement, tmp_path):
    folder = tmp_path / "scenarios" / "my town"
    code, out, err = displacement("new", folder)
    assert (code, err) == (0, "")
    steps = [line.split("  #")[0].split() for line in out.splitlines() if line.startswith("  displacement")]
    assert [step[1] for step in steps] == ["check", "describe", "run"]
    assert f"'{folder}'" in out  # quoted, because of the space
    code, out, err = displacement("check", folder)
    assert (code, err) == (0, "")
    code, out, err = displacement("new", folder)
    assert (code, out) == (1, "")
    assert "exists already, and nothing is overwritten" in err


def test_events_lists_all_kinds_and_the_fields_of_one(displacement):
    code, out, err = displacement("events")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[: len(KINDS)]] == sorted(KINDS)
    for kind, model in KINDS.items():
        code, out, _ = displacement("events", kind, "--json")
        own = {key for key in model.model_fields if not (key == "end" and kind in NO_END)}
        assert (code, set(json.loads(out))) == (0, {kind, *own})
        assert all(json.loads(out).values())
    code, out, err = displacement("events", "Sige")
    assert (code, out) == (1, "")
    assert "did you mean 'Siege'?" in err


def test_new_as_json(displacement, tmp_path):
    code, out, _ = displacement("new", tmp_path / "one", "--json")
    said = json.loads(out)
    assert code == 0
    assert sorted(said["files"]) == sorted(p.name for p in (tmp_path / "one").iterdir())
    assert said["next"][0] == f"displacement check {tmp_path / 'one'}"


@pytest.mark.slow
def test_what_new_says_to_type_next_can_be_typed(displacement, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, out, _ = displacement("new", "my_town")
    for line in (line for line in out.splitlines() if line.startswith("  displacement")):
        code, said, err = displacement(*line.split("  #")[0].split()[1:])
        assert code == 0, err
        assert "warning" not in err
    assert "besieged" in said.lower()
    assert (tmp_path / "runs" / "my_town" / "run.nc").exists()
    code, _, err = displacement("run", "my_town/border_open.toml", "--out", "runs/open")
    assert code == 0, err
    code, said, err = displacement("compare", "runs/my_town", "runs/open", "--out", "runs/difference", "--members", 2)
    assert code == 0, err
    assert "border open to people against An invented valley" in said
