"""Scenario files that extend one another, and what is taken for granted."""

import datetime as dt

import pytest

from displacement import InputError
from displacement.io import read_scenario


def extending(base, text, name="more.toml"):
    (base / name).write_text('[scenario]\nextends = "base.toml"\n' + text)
    return read_scenario(base / name)


def test_a_folder_and_a_file_are_the_same(base, scenario):
    (base / "base.toml").rename(base / "scenario.toml")
    assert read_scenario(base) == scenario == read_scenario(str(base / "scenario.toml"))


def test_the_country_is_that_of_all_places(scenario):
    assert scenario.country == "SY"


def test_free_columns_and_unknowns_are_kept(scenario):
    places = scenario.network.places
    assert places.extra["mood"] == ("low", "high")
    assert places.party == ("a", "")


def test_keys_of_the_extending_file_replace(base):
    more = extending(base, 'name = "More"\ndays = 20\n')
    assert (more.name, more.days, more.start, len(more.events)) == ("More", 20, dt.date(2016, 2, 1), 2)


def test_events_and_parties_are_added(base, scenario):
    more = extending(
        base,
        '[[parties]]\nid = "b"\nname = "B"\n[[events]]\nkind = "Capture"\nstart = 2016-02-04\nplace = "two"\nby = "b"\n',
    )
    assert [e.kind for e in more.events] == ["Fighting", "RoadCut", "Capture"]
    assert [p.id for p in more.parties] == ["a", "b"]


@pytest.mark.parametrize(("name", "left"), [("first", ["RoadCut"]), ("storm", ["RoadCut"]), ("RoadCut", ["Fighting"])])
def test_without_takes_away_by_id_group_and_kind(base, name, left):
    assert [e.kind for e in extending(base, f'without = "{name}"\n').events] == left


def test_without_leaves_the_events_of_its_own_file(base):
    more = extending(
        base,
        'without = ["RoadCut", "first"]\n[[events]]\nid = "first"\nkind = "RoadCut"\nstart = 2016-02-05\nlink = "road"\n',
    )
    assert [(e.kind, e.start.day) for e in more.events] == [("RoadCut", 5)]


def test_parameters_overlay_and_a_number_takes_the_prior_of_a_base_away(base):
    extending(base, "[parameters]\nspill = 0.5\nretry_days = { low = 5, median = 10, high = 20 }\n")
    (base / "third.toml").write_text('[scenario]\nextends = "more.toml"\n[parameters]\nretry_days = 7\n')
    parameters = read_scenario(base / "third.toml").parameters
    assert (parameters.spill, parameters.retry_days) == (0.5, 7)
    assert "retry_days" not in parameters.priors


def test_a_base_in_a_folder_below_brings_its_tables(base, scenario):
    (base / "below").mkdir()
    for name in ("base.toml", "places.csv", "links.csv"):
        (base / name).rename(base / "below" / name)
    (base / "scenario.toml").write_text('[scenario]\nextends = "below/base.toml"\n')
    assert read_scenario(base) == scenario


def test_a_file_may_name_its_own_tables(base):
    (base / "links2.csv").write_text((base / "links.csv").read_text().replace("12.5", "99"))
    assert extending(base, 'links = "links2.csv"\n').network.links.length_km.tolist() == [99]


def test_three_files_in_a_circle_are_shown(base):
    for name, target in (("a", "b"), ("b", "c"), ("c", "a")):
        (base / f"{name}.toml").write_text(f'[scenario]\nextends = "{target}.toml"\n')
    with pytest.raises(
        InputError, match=r"^c\.toml, .*: goes round in a circle: a\.toml -> b\.toml -> c\.toml -> a\.toml"
    ):
        read_scenario(base / "a.toml")


def test_faults_name_the_file_they_stand_in(base):
    with pytest.raises(InputError) as caught:
        extending(base, '[[events]]\nkind = "RoadCut"\nstart = 2016-02-04\nlink = "raod"\n')
    assert caught.value.problems == (
        "more.toml, [[events]] 1 (RoadCut), link = 'raod': link_id 'raod' is unknown; did you mean 'road'?",
    )


def test_one_name_or_a_list(base, scenario):
    text = (base / "base.toml").read_text()
    (base / "base.toml").write_text(text.replace('place = "one"', 'place = ["one"]'))
    assert read_scenario(base / "base.toml") == scenario


@pytest.mark.parametrize("value", ["1e-320", "5e-324", "0", "1e-300"])
def test_a_parameter_next_to_nothing_is_read_without_a_warning(base, value):
    parameters = extending(base, f"[parameters]\nspill = {value}\nirregular_rate = {value}\n").parameters
    assert parameters.spill == float(value)
