"""The status board: what is not simply open, since when and why."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import displacement as dp
from displacement.charts import board_table, status_board
from displacement.charts.boards import round_words
from displacement.io import read_scenario
from displacement.summaries import shared
from tests.lively import PARTIES, links, places, scenario

FOLDER = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"


@pytest.fixture(scope="module")
def board(aleppo, aleppo_conditions, aleppo_access):
    return board_table(aleppo, aleppo_conditions, aleppo.end, aleppo_access)


def row_of(table, link):
    (row,) = [r for _, r in table.iterrows() if link in r["links"].split()]
    return row


def test_shut_to_people_says_nothing_of_aid(board):
    row = row_of(board, "bab_al_salama_crossing")
    assert (row["people"], row["aid"], row["kind"], row["trucks_per_day"]) == ("closed", "open", "crossing", 10.0)
    assert "shut to civilians" in row["why"]
    assert pd.isna(row["since"])


def test_open_roads_are_left_out_and_no_other(board, aleppo, aleppo_conditions):
    chance = aleppo_conditions["permission"].isel(time=-1).sel(traffic=["civilians", "aid"]).values
    chance = np.where(aleppo.network.links.directed[:, None, None] & (np.arange(2) == 1)[None, :, None], 1.0, chance)
    expected = {
        k for k, open_ in zip(aleppo.network.links.id, (chance >= 0.99).all(axis=(1, 2)), strict=True) if not open_
    }
    assert sorted(" ".join(board["links"]).split()) == sorted(expected)


def test_directions_that_differ_are_both_named(board):
    assert row_of(board, "afrin_darat_izza")["people"] == "to Darat Izza restricted, to Afrin open"


def test_a_cut_has_its_date_and_event():
    scenario = read_scenario(FOLDER / "castello_cut.toml")
    table = board_table(scenario, scenario.compile(), "2016-03-01")
    row = row_of(table, "castello_road")
    assert (row["people"], row["aid"], row["why"]) == ("closed", "closed", "road cut")
    assert str(row["since"])[:10] == "2016-02-20"
    before = row_of(board_table(scenario, scenario.compile(), "2016-02-19"), "castello_road")
    assert before["people"] == "restricted"
    assert str(before["since"])[:10] == "2016-02-03"
    assert "fire" in before["why"]


def test_a_capture_is_the_cause_of_a_new_front_line(board):
    row = row_of(board, "ratyan_bayanoun")
    assert "Ratyan" in row["why"]
    assert str(row["since"])[:10] == "2016-02-05"


def test_unknown_is_a_state_of_its_own():
    from displacement.events import Permission

    scenario = read_scenario(FOLDER).with_events(Permission(link="azaz_mare", start="2016-02-01", civilians="unknown"))
    row = row_of(board_table(scenario, scenario.compile(), scenario.end), "azaz_mare")
    assert (row["people"], row["aid"]) == ("unknown", "open")


def test_most_people_first_and_the_rest_counted(board):
    people = board["people_in_pocket"].dropna().tolist()
    assert people == sorted(people, reverse=True)
    ax = status_board(shared(board, ["people_in_pocket"]))
    said = [t.get_text() for t in ax.texts]
    names = [t for t in said if " – " in t or "roads:" in t]
    assert names
    assert any("more in the table" in t for t in said)


def test_cells_stay_apart_and_in_their_columns(board, texts_of):
    ax = status_board(shared(board, ["people_in_pocket"]))
    found = texts_of(ax.figure)
    for i, (one, box) in enumerate(found):
        for other, there in found[i + 1 :]:
            assert not box.padded(-0.5).overlaps(there.padded(-0.5)), (one.get_text(), other.get_text())


@pytest.mark.parametrize("keep", [0, 1])
def test_odd_data_is_drawn(board, keep):
    ax = status_board(board[:keep].assign(people_in_pocket=np.nan))
    said = [t.get_text() for t in ax.texts]
    assert any("All roads" in t for t in said) == (keep == 0)


def test_without_access_pockets_are_not_known(aleppo, aleppo_conditions):
    assert board_table(aleppo, aleppo_conditions, aleppo.end)["people_in_pocket"].isna().all()


def square(closed, chance=0.0):
    """Four places in a ring, 10 km and half an hour from each to the next; one road is closed to aid from 3 February on."""
    ground = places(["a", "b", "c", "d"], ["town"] * 4, population=[100.0] * 4, party=(PARTIES[0],) * 4)
    ring = links(["ab", "bc", "cd", "da"], [(0, 1), (1, 2), (2, 3), (3, 0)], [10.0] * 4)
    event = dp.Permission(link=closed, aid=chance, start="2016-02-03")
    return scenario(ground, ring, event)


@pytest.mark.parametrize(
    ("closed", "hours", "km", "words"),
    [(("ab",), 1.0, 20.0, "+1.0 h, +20 km"), (("ab", "cd"), np.inf, np.inf, "none")],
)
def test_the_way_round_is_what_a_ring_says(closed, hours, km, words):
    case = square(closed)
    assert (case.compile()["travel_time"] == 0.5).all()
    table = board_table(case, case.compile(), "2016-02-05")
    assert table["hours_more"].tolist() == pytest.approx([hours] * len(table))
    assert table["km_more"].tolist() == pytest.approx([km] * len(table))
    assert {round_words(row) for _, row in table.iterrows()} == {words}


def test_a_way_round_over_a_road_that_is_not_known_is_not_known():
    case = square(("ab", "cd"), "unknown")
    table = board_table(case, case.compile(), "2016-02-05")
    assert set(table["aid"]) == {"unknown"}
    assert {round_words(row) for _, row in table.iterrows()} == {"not known"}
