"""A new scenario: it runs at once, its notes survive, and nothing is overwritten."""

import tomllib

import pytest

import displacement as dp
from displacement.audit import audit, warnings_of
from displacement.errors import InputError
from displacement.io import read_observed, read_scenario, write_new
from displacement.io.new import template
from displacement.movement.setting import unreached


@pytest.fixture
def folder(tmp_path):
    write_new(tmp_path / "my_town")
    return tmp_path / "my_town"


def test_it_is_sound_and_nothing_looks_wrong(folder):
    scenario = read_scenario(folder)
    assert [*audit(scenario.network), *warnings_of(scenario), *unreached(scenario)] == []
    assert len(read_observed(folder, scenario.network)) > 0


def test_a_town_is_besieged_and_the_border_is_open_to_aid_and_not_to_people(folder):
    scenario = read_scenario(folder)
    gate = scenario.compile().permission.sel(link="gate", direction="forward")
    assert (gate.sel(traffic="aid") == 1).all()
    assert (gate.sel(traffic="civilians") == 0).all()
    access = dp.access_status(scenario)
    assert dp.labels(access.access_status).sel(place="old_town_east").isel(time=-1) == "besieged"
    run = dp.simulate(scenario, members=3, seed=1)
    assert float(run.delivered.sel(place="market_town").sum()) > 0
    assert float(run.crossed.sum()) < 100 * run.sizes["member"]  # a few find a way


def test_the_what_if_beside_it_lets_people_cross(folder):
    run = dp.simulate(read_scenario(folder / "border_open.toml"), members=3, seed=1)
    assert float(run.crossed.sum()) > 100 * run.sizes["member"]


def test_what_its_notes_say_to_try_can_be_tried(folder):
    """Every table in a note becomes one by taking the # away, as the first note says."""
    file = folder / "scenario.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    tables = [i for i, line in enumerate(lines) if line.startswith("# [")]
    assert len(tables) >= 4
    for first in tables:
        last = first + 1
        while last < len(lines) and " = " in lines[last]:
            last += 1
        tried = [line.removeprefix("# ") if first <= i < last else line for i, line in enumerate(lines)]
        text = "\n".join(tried).replace('transit = ["abroad"', 'lines = "valley_road"\ntransit = ["abroad"')
        assert tomllib.loads(text) != tomllib.loads(file.read_text(encoding="utf-8"))
        (folder / "tried.toml").write_text(text, encoding="utf-8")
        read_scenario(folder / "tried.toml")


def test_notes_and_empty_cells_are_written_as_they_stand(folder):
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == template()
    assert b"# Things to try next" in template()["scenario.toml"]


def test_nothing_is_overwritten(folder, tmp_path):
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match="exists already, and nothing is overwritten"):
        write_new(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_new(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert write_new(tmp_path / "empty") == sorted(template())
    with pytest.raises(InputError, match=r"cannot be (a folder|written)"):
        write_new("a\0b")
