"""Writing a scenario: all or nothing, and nothing is lost that was there."""

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from displacement import InputError, Parameters
from displacement.events import RoadCut
from displacement.io import read_scenario, write_scenario
from displacement.testing import scenarios
from tests.often import law


@law(1_000)
@given(scenarios(wild=True, vary_parameters=True))
def test_a_scenario_is_read_back_as_it_was(scenario):
    with tempfile.TemporaryDirectory() as folder:
        again = read_scenario(write_scenario(scenario, Path(folder) / "one"))
        assert again == scenario
        assert again.fingerprint() == scenario.fingerprint()


def test_nothing_is_overwritten_unless_forced(scenario, tmp_path):
    folder = write_scenario(scenario, tmp_path / "one")
    (folder / "notes").mkdir()
    (folder / "notes" / "SOURCES.md").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_scenario(scenario, folder)
    longer = replace(scenario, days=11)
    write_scenario(longer, folder, force=True)
    assert read_scenario(folder) == longer
    assert (folder / "notes" / "SOURCES.md").read_text() == "mine"
    assert sorted(p.name for p in folder.iterdir()) == ["links.csv", "notes", "places.csv", "scenario.toml"]
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_folder_that_is_no_scenario_is_never_replaced(scenario, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match=r"without scenario\.toml"):
        write_scenario(scenario, tmp_path / "home", force=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        write_scenario(scenario, tmp_path / "file", force=True)


def test_an_empty_folder_may_be_filled(scenario, tmp_path):
    (tmp_path / "empty").mkdir()
    assert read_scenario(write_scenario(scenario, tmp_path / "empty")) == scenario


@pytest.mark.parametrize("wrong", ["surrogate", "drawn", "prior", "crossing"])
def test_what_cannot_be_read_back_is_not_written(scenario, tmp_path, wrong):
    links = scenario.network.links
    broken = {
        "surrogate": lambda: replace(scenario, summary="\ud800"),
        "drawn": lambda: replace(scenario, parameters=Parameters(spill=np.array([0.1, 0.2]))),
        "prior": lambda: replace(scenario, parameters=replace(Parameters(), spill=0.2)),
        "crossing": lambda: replace(
            scenario, network=replace(scenario.network, links=replace(links, kind=("crossing",)))
        ),
    }[wrong]()
    with pytest.raises(InputError):
        write_scenario(broken, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_if_writing_fails_the_old_scenario_stays(scenario, tmp_path, monkeypatch):
    folder = write_scenario(scenario, tmp_path / "one")
    monkeypatch.setattr(Path, "write_bytes", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(InputError, match="disk full"):
        write_scenario(replace(scenario, days=3), folder, force=True)
    monkeypatch.undo()
    assert read_scenario(folder) == scenario


def test_text_of_any_kind_stands_in_an_event(scenario, tmp_path):
    nasty = '"quoted" \\ back\nline\ttab \x7f\x1f é 漢 🙂 \'\'\' """ # = [x]'
    event = RoadCut(link="road", start=dt.date(2016, 2, 4), note=nasty, source="\r\n")
    more = scenario.with_events(event)
    assert read_scenario(write_scenario(more, tmp_path / "one")).events[-1] == event
