"""Words, numbers and places of the page, without a run."""

import json
import re

import numpy as np
import pytest

from displacement.report.catalogue import catalogue, counted, languages, told
from displacement.report.geometry import Frame, first_view
from displacement.report.marks import prose
from displacement.report.numbers import signed_words
from displacement.report.page import for_script


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_has_every_string_with_the_same_gaps(language):
    english, words = catalogue("en"), catalogue(language)
    assert list(words) == list(english)
    gaps = re.compile(r"\{\w+\}")
    for key, text in english.items():
        if isinstance(text, str):
            assert sorted(gaps.findall(words[key])) == sorted(gaps.findall(text)), key
    assert len(words["months"]) == 12
    assert bool(words["unreviewed"]) == (language != "en")


def test_every_string_that_the_page_uses_is_in_the_catalogue():
    from importlib.resources import files

    folder = files("displacement.report").joinpath("page")
    english, used = catalogue("en"), set()
    for item in folder.iterdir():
        text = item.read_text(encoding="utf-8")
        used |= (
            set(re.findall(r'\bsay\("(\w+)"', text))
            | set(re.findall(r"\bw\.(\w+)", text))
            | set(re.findall(r'words\["(\w+)"\]', text))
        )
    assert used - set(english) <= {"replace"}


@pytest.mark.parametrize(
    ("cell", "said"), [("125000", "125,000"), ("<50", "fewer than 50"), ("", "not known"), ("0", "0"), ("0.5", "0.5")]
)
def test_counts_in_words(cell, said):
    assert counted(catalogue("en"), cell) == said


def test_millions_are_told_to_a_tenth():
    assert told(catalogue("fr"), "5135000") == "5,1 millions"
    assert told(catalogue("en"), "999000") == "999,000"


def test_a_difference_under_the_floor_is_about_none():
    assert signed_words(catalogue("en"), ["-1000", "<50", "0"]) == "about 0 (−1,000 to 0)"


def test_words_in_markdown_make_no_links_and_no_html():
    text = str(prose("<script>x</script> [a](http://b) ![c](http://d) <http://e> `code`\n\n| a |\n|---|\n| <b> |\n"))
    assert "<script" not in text
    assert "href" not in text
    assert "<img" not in text
    assert "<td>&lt;b&gt;</td>" in text


def test_json_cannot_end_its_script():
    held = {"a": "</script><!-- <script>", "b": ["\u2028", "é", "🏕️"]}
    text = for_script(held)
    assert "</script" not in text
    assert "<!--" not in text
    assert json.loads(text) == held
    with pytest.raises(ValueError, match="Out of range"):
        for_script({"a": float("nan")})


def test_kilometres_are_those_of_a_globe():
    """Azaz to Kilis is 14.6 km as the crow flies on a sphere; the flat frame is within 1 %."""
    lon, lat = np.radians([37.0464, 37.115]), np.radians([36.5861, 36.7184])
    a = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[0]) * np.cos(lat[1]) * np.sin(np.diff(lon) / 2) ** 2
    sphere = float(2 * 6371.0 * np.arcsin(np.sqrt(a))[0])
    frame = Frame.of(np.degrees(lon), np.degrees(lat))
    flat = float(np.hypot(*np.diff(frame.kilometres(np.degrees(lon), np.degrees(lat)), axis=0)[0]))
    assert flat == pytest.approx(sphere, rel=0.01)


def test_the_first_view_holds_what_happens_and_one_place_has_room():
    points = np.array([[0.0, 0.0], [10.0, 10.0], [500.0, 500.0]])
    west, north, east, south = first_view(points, np.array([100.0, 80.0, 0.0]))
    assert west < 0 < 10 < east < 100
    assert north < 0 < 10 < south < 100
    west, north, east, south = first_view(points[:1], np.zeros(1))
    assert east - west >= 20
    assert south - north >= 20


def test_numbers_of_nobody_and_unknown_ones_stand_after_those_with_people():
    import pandas as pd

    from displacement.report.numbers import most_telling

    rows = {"moved": "0", "not_reached": "", "unmet_need": "300", "refugees": "101000"}
    assert most_telling(pd.DataFrame({"p90": rows})) == ["unmet_need", "refugees", "moved"]


def test_a_title_that_stands_twice_keeps_both_its_parts():
    from displacement.report.marks import in_sections

    assert in_sections("# t\n\n## A\n\none\n\n## A\n\ntwo\n")["A"] == "one\n\ntwo"


def test_cells_that_a_spreadsheet_would_run_are_text():
    import pandas as pd

    from displacement.summaries import without_formulas

    risky = ["=cmd|'/c calc'!A1", "+1+1", "-1+1", "@SUM(1)", "\t=1"]
    found = without_formulas(
        pd.DataFrame({"name": [*risky, "Azaz", None], "p50": ["-300", "<50", 4, 0, "-<50", "", None]})
    )
    assert list(found["name"][:5]) == [f"'{cell}" for cell in risky]
    assert list(found["name"][5:6]) == ["Azaz"]
    assert list(found["p50"][:5]) == ["-300", "<50", 4, 0, "-<50"]


def test_runs_of_one_name_are_told_apart_without_their_path(tmp_path):
    from displacement.report.page import named
    from displacement.report.shelf import Shelf

    def shelf(*folders):
        path = tmp_path.joinpath(*folders)
        path.mkdir(parents=True)
        return Shelf(path=path, about={"title": "Case"}, days=[], charts=[], tables={}, words="")

    found = named([shelf("x", "run"), shelf("y", "run"), shelf("z")])
    assert list(found) == ["Case (run), 1", "Case (run), 2", "Case (z)"]
