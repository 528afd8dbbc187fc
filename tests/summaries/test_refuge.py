"""Refugees by country: what was reported stands apart, what comes is counted, nothing is added to another count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement import summaries as sm
from displacement.scenario import Host
from tests.wanderers import HOME, empty, random_run

HOST = Host(country="BB", name="Beeland", refugees=2_500_000, low=2_400_000, as_of="31 December 2015", source="census")


@pytest.fixture
def run():
    made = empty([("town", HOME, "A"), ("x", "BB", ""), ("y", "BB", ""), ("z", "CC", "")], members=1, days=2)
    made["start_refugees"].values[0] = [0, 7, 0, 0]
    made["refugees"].values[0] = [[0, 10, 5, 0], [0, 20, 5, 3]]
    made["registered"].values[0] = [[8, 0], [12, 1]]
    return made


def test_by_hand(run):
    table = sm.refugees_by_country(run, [HOST])
    row = table.loc["BB"]
    assert (row["refugees_p50"], row["change_p50"], row["registered_p50"]) == (25, 18, 12)
    assert (row["name"], row["reported"], row["reported_low"], row["as_of"]) == (
        "Beeland", 2_500_000, 2_400_000, "31 December 2015",
    )  # fmt: skip
    assert np.isnan(row["reported_high"])
    assert table.loc["CC", ["name", "refugees_p50", "registered_p50"]].tolist() == ["CC", 3, 1]
    assert np.isnan(table.loc["CC", "reported"])


def test_who_came_since_the_start(run):
    assert sm.come_since(run).values.tolist() == [[0, 13, 5, 3]]
    assert sm.come_since(run, "2016-02-01").values.tolist() == [[0, 3, 5, 0]]


def test_on_a_date(run):
    assert sm.refugees_by_country(run, date="2016-02-01").loc["BB", "refugees_p50"] == 15


def test_a_host_without_a_place_keeps_its_report(run):
    table = sm.refugees_by_country(run, [HOST, HOST.model_copy(update={"country": "DD", "name": "Deeland"})])
    assert table.loc["DD", "refugees_p50"] == 0
    assert table.loc["DD", "reported"] == 2_500_000


def test_by_site_names_places_abroad_only(run):
    table = sm.refugees_by_site(run)
    assert table["p50"].to_dict() == {"x": 20, "y": 5, "z": 3}


@given(st.integers(0, 10_000))
def test_what_was_reported_changes_no_other_column(seed):
    run = random_run(seed)
    with_host, without = sm.refugees_by_country(run, [HOST]), sm.refugees_by_country(run)
    same = [c for c in without.columns if c.endswith(("p10", "p50", "p90"))]
    assert with_host.loc[without.index, same].equals(without[same])
    assert with_host["reported"].dropna().tolist() == [2_500_000]
    if len(without):
        one = run.isel(member=[0])
        assert sm.refugees_by_country(one)["refugees_p50"].sum() == one["refugees"].isel(time=-1).sum()
