"""Borders are data of the package: where they lie, what they cover, and that cutting keeps what is inside."""

from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement.borders import borders_cover, borders_within, cut_to

SYRIA = (35.5, 32.0, 42.5, 37.5)
MALI = (-12.5, 10.0, 4.5, 25.0)


def nearest_km(lines, longitude, latitude):
    points = np.vstack(lines)
    east = 111.2 * np.cos(np.radians(latitude)) * (points[:, 0] - longitude)
    return np.hypot(east, 111.2 * (points[:, 1] - latitude)).min()


@pytest.mark.parametrize(
    ("longitude", "latitude", "who"),
    [
        (37.087, 36.641, "Syria and Turkey at Bab al-Salama"),
        (46.54, 39.66, "Armenia and Azerbaijan near Lachin"),
        (29.05, -2.75, "Burundi and Rwanda near Kayanza"),
        (0.22, 15.0, "Mali, Burkina Faso and Niger"),
        (32.05, 3.6, "South Sudan and Uganda at Nimule"),
        (18.55, 4.33, "the Ubangi at Bangui"),
    ],
)
def test_borders_lie_where_crossings_are(longitude, latitude, who):
    near = borders_within(longitude - 1, latitude - 1, longitude + 1, latitude + 1, coast=False)
    assert nearest_km(near, longitude, latitude) < 12, who


def test_a_coast_is_no_border_between_countries():
    coast, land = borders_within(*SYRIA, coast=True), borders_within(*SYRIA, coast=False)
    assert nearest_km(coast, 35.77, 35.52) < 3  # Latakia
    assert nearest_km(land, 35.77, 35.52) > 30
    assert len(coast) + len(land) == len(borders_within(*SYRIA))


@pytest.mark.parametrize("box", [SYRIA, MALI, (28.5, -4.5, 31.0, -0.7), (13.0, -4.3, 27.0, 10.3), (27.0, 1.9, 35, 16)])
def test_all_cases_are_covered_and_lines_stay_in_the_box(box):
    assert borders_cover(*box)
    lines = borders_within(*box)
    assert lines
    points = np.vstack(lines)
    assert (points >= np.array(box[:2]) - 1e-9).all()
    assert (points <= np.array(box[2:]) + 1e-9).all()


def test_where_no_region_is_shipped_there_is_nothing():
    assert borders_within(130.0, -30.0, 140.0, -20.0) == []
    assert not borders_cover(130.0, -30.0, 140.0, -20.0)
    assert not borders_cover(35.0, 30.0, 120.0, 31.0)  # in part


def test_the_file_is_small_and_says_where_it_comes_from():
    folder = files("displacement")
    assert len(folder.joinpath("borders.npz").read_bytes()) < 400_000
    said = folder.joinpath("borders.txt").read_text(encoding="utf-8")
    assert "public domain" in said
    assert "make_borders.py" in said


coordinate = st.integers(-6, 6).map(float)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=8))
def test_what_is_cut_is_as_long_as_what_lies_inside(points):
    line, box = np.array(points), (-2.5, -1.5, 3.5, 4.5)
    t = (np.arange(4000) + 0.5) / 4000
    inside = 0.0
    for a, b in pairwise(line):
        at = a + t[:, np.newaxis] * (b - a)
        within = ((at > box[:2]) & (at < box[2:])).all(axis=1)
        inside += within.mean() * np.hypot(*(b - a))
    pieces = cut_to(line, box)
    length = sum(np.hypot(*np.diff(piece, axis=0).T).sum() for piece in pieces)
    assert length == pytest.approx(inside, abs=0.05)


def test_a_line_that_leaves_and_comes_back_is_two_pieces():
    line = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]])
    assert [piece.tolist() for piece in cut_to(line, (-1.0, -1.0, 1.0, 2.0))] == [
        [[0.0, 0.0], [1.0, 0.0]],
        [[1.0, 1.0], [0.0, 1.0]],
    ]
