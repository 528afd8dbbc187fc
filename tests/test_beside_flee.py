"""The folders that the comparison with Flee writes, and how it reads what came out."""

import csv
import datetime as dt

import numpy as np
import pytest

from benchmarks.flee_folder import (
    CAMPS,
    PEOPLE,
    Found,
    errors_of,
    found_of,
    made_up_folder,
    no_flee,
    run_flee,
    smaller_folder,
    to_the_total,
)
from displacement.forecast.split_scores import daily_series
from displacement.io.flee import import_flee
from displacement.observations import day, record_of


@pytest.fixture
def made_up(tmp_path):
    made_up_folder(tmp_path / "made_up", people=4_000, days=30)
    return tmp_path / "made_up"


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def series_of(folder):
    scenario, observed, _ = import_flee(folder)
    record = record_of(observed, groups=scenario.network.place_groups)
    series = daily_series(record, list(CAMPS), day(scenario.start), scenario.days, rescaled=True)
    return dict(zip(CAMPS, series.T, strict=True)), scenario.start


def test_the_made_up_folder_reads_as_it_was_meant(made_up):
    scenario, _, report = import_flee(made_up)
    assert len(scenario.network.places) == 14
    assert "only by way of other camps" not in report.markdown()
    series, _ = series_of(made_up)
    total = sum(series.values())
    assert total[-1] == total[10] == 4_000
    assert total[5] == pytest.approx(2_000, abs=3)


@pytest.mark.parametrize(("capacities", "of_jura"), [(1.0, "140"), (1.25, "175"), (0.0, "")])
def test_a_smaller_folder_has_all_people_divided(made_up, tmp_path, capacities, of_jura):
    series, start = series_of(made_up)
    smaller_folder(made_up, tmp_path / "small", series, start, factor=10, capacities=capacities)
    rows = {row[0]: row[PEOPLE] for row in rows_of(tmp_path / "small/input_csv/locations.csv")}
    before = {row[0]: row[PEOPLE] for row in rows_of(made_up / "input_csv/locations.csv")}
    assert int(rows["Abe"]) == int(before["Abe"]) / 10
    assert rows["Fara"] == ""
    assert rows["Jura"] == of_jura
    smaller, _ = series_of(tmp_path / "small")
    for camp, people in series.items():
        np.testing.assert_allclose(smaller[camp], people / 10, atol=0.5)
    counts = rows_of(tmp_path / "small/source_data/0.csv")
    assert rows_of(tmp_path / "small/source_data/data_layout.csv")[0] == ["total", "0.csv"]
    assert counts[-1] == [str(dt.date(2020, 1, 30)), "400"]


def test_a_camp_without_counts_gets_zeros_for_flee_stops_without(made_up, tmp_path):
    series, start = series_of(made_up)
    del series["Nara"]
    smaller_folder(made_up, tmp_path / "small", series, start, factor=1, capacities=0.0)
    layout = dict(rows_of(tmp_path / "small/source_data/data_layout.csv"))
    assert {row[1] for row in rows_of(tmp_path / "small/source_data" / layout["Nara"])} == {"0"}


def test_what_was_printed_is_read_below_what_flee_prints():
    found = found_of('noise\n{"sites": ["a", "b"], "people": [[1, 2], [3, 4]], "seconds": 3.0, "agents": 9}\n')
    assert found.sites == ("a", "b")
    assert found.people.shape == (2, 2)
    assert found.seconds_a_day == 1.5


def test_errors_are_of_sites_by_name_and_of_people_not_agents():
    found = Found(("b", "a"), np.array([[0.0, 0.0], [1.0, 2.0]]), 0.0, 4)
    series = np.array([[0.0, 0.0], [30.0, 10.0]])
    errors = errors_of(found, ["a", "b"], series, factor=10)
    assert errors["as it is"] == pytest.approx(10 / 40)  # 20 and 10 people, of 30 and 10
    assert errors["there"] == pytest.approx(30 / 40)
    assert errors["scaled"] == pytest.approx((30 - 80 / 3 + 40 / 3 - 10) / 40)


def test_a_day_with_nobody_at_sites_stays_empty_when_scaled():
    scaled = to_the_total(np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([8.0, 5.0]))
    np.testing.assert_array_equal(scaled, [[2.0, 6.0], [0.0, 0.0]])


@pytest.mark.skipif(bool(no_flee()), reason=no_flee())
def test_flee_runs_on_what_was_written(made_up, tmp_path):
    series, start = series_of(made_up)
    smaller_folder(made_up, tmp_path / "small", series, start, factor=20, capacities=0.0)
    found = run_flee(tmp_path / "small", seed=1)
    assert found.sites == tuple(CAMPS)
    assert found.people.shape == (30, 5)
    assert 150 < found.agents <= 200
    again = run_flee(tmp_path / "small", seed=1)
    np.testing.assert_array_equal(again.people, found.people)
