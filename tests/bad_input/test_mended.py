"""Mistakes that people make with spreadsheets and text editors: the message says how to mend them, in one clause."""

import shutil

import pytest

from displacement.cli.base import checked
from displacement.errors import InputError
from displacement.io import write_new


def swap(file, old, new):
    """Replace a text where it stands first."""

    def broken(folder):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return broken


def toml(old, new):
    return swap("scenario.toml", old, new)


def places(old, new):
    return swap("places.csv", old, new)


def counts(old, new):
    return swap("observed.csv", old, new)


def raw(file, made):
    return lambda folder: (folder / file).write_bytes(made((folder / file).read_bytes()))


def moved(old, new):
    return lambda folder: shutil.move(folder / old, folder / new)


START = "start = 2030-03-01 "
CASES = {
    # files
    "another spelling": (moved("places.csv", "Places.csv"), "there is 'Places.csv': rename it"),
    "a hidden ending": (moved("places.csv", "places.csv.txt"), "there is 'places.csv.txt': rename it"),
    "scenario.toml.txt": (moved("scenario.toml", "scenario.toml.txt"), "there is 'scenario.toml.txt': rename it"),
    "left in the spreadsheet": (moved("links.csv", "links.xlsx"), "there is 'links.xlsx': open it and save it as 'CSV UTF-8'"),
    "a spreadsheet renamed": (raw("places.csv", lambda b: b"PK\x03\x04" + b), "is a spreadsheet (.xlsx) or a zip file"),
    "no file at all": (lambda folder: (folder / "scenario.toml").unlink(), "`displacement new NAME` writes"),
    # tables
    "semicolons": (raw("places.csv", lambda b: b.replace(b",", b";")), "save it anew with commas, and with points"),
    "tabs": (raw("places.csv", lambda b: b.replace(b",", b"\t")), "parted by commas, not by tabs"),
    "short column": (places("latitude", "lat"), "found 'lat' instead: rename it"),
    "column in capitals": (places("population,", "Population,"), "column 'Population' is not read; write 'population'"),
    "title above": (raw("places.csv", lambda b: b"Places,,,\n" + b), "row 2: holds the names of the columns"),
    "blank line above": (raw("places.csv", lambda b: b"\n" + b), "row 2: holds the names of the columns"),
    "comma in a name": (places("Market Town", "Market Town, old"), "a cell with a comma in it stands in double quotes"),
    "thousands": (places(",15000,", ',"15,000",'), "without separators"),
    "decimal comma": (places("1.230", '"1,230"'), "write it with a point"),
    "about": (places(",15000,", ",~15000,"), "write the number alone"),
    "a range": (places(",15000,", ",11000-20000,"), "the two ends as low and high"),
    "n/a": (places(",15000,", ",n/a,"), "leave it empty where it is unknown"),
    "country in small letters": (places("Lake Town,XA", "Lake Town,xa"), "write XA"),
    "latitude beyond": (places("1.230,1.000", "123.0,1.000"), "are latitude and longitude exchanged?"),
    "end by its name": (swap("links.csv", "fork,market_town", "fork,Market Town"), "write its place_id 'market_town'"),
    # scenario.toml
    "date of a spreadsheet": (toml(START, 'start = "05/02/2016" '), "write 2016-02-05 or 2016-05-02"),
    "date without quotes": (toml(START, "start = 25.2.2016 "), "write 2016-02-25, without quotes"),
    "date with one digit": (toml(START, "start = 2030-3-1 "), "write 2030-03-01, without quotes"),
    "date in words": (toml(START, 'start = "1 March 2030" '), "write 2030-03-01"),
    "decimal comma in TOML": (toml("intensity = 0.6", "intensity = 0,6"), "write decimals with a point: 0.6"),
    "percent": (toml("intensity = 0.6", "intensity = 60"), "60 % is written 0.6"),
    "percent sign": (toml("intensity = 0.6", 'intensity = "60 %"'), "60 % is written 0.6"),
    "percent of a parameter": (toml("# [parameters]", "[parameters]\naid_share = 40"), "40 % is written 0.4"),
    "text without quotes": (toml('country = "XA"', "country = XA"), "text stands in straight double quotes"),
    "curly quotes": (toml('"Plain Army"', "“Plain Army”"), "text stands in straight double quotes"),
    "open quote": (toml('"Plain Army"', '"Plain Army'), "a double quote is missing at one end"),
    "colon": (toml("days = 30", "days: 30"), "write '=' between a key and its value, not ':'"),
    "key twice": (toml("days = 30", "days = 30\ndays = 31"), "a key stands once in its table"),
    "single brackets": (toml("[[parties]]", "[parties]"), "double brackets, such as [[events]]"),
    "open bracket": (toml('["old_town_east", "old_town_west"]', '["old_town_east", "old_town_west"'), "a bracket above it is not closed"),
    "place by its name": (toml('place = "depot"', 'place = "Aid depot abroad"'), "write its place_id 'depot'"),
    "group by its name": (toml('"old_town_east", ', '"Market Town", '), "write its place_id 'market_town'"),
    "hub by its name": (toml('hubs = "depot"', 'hubs = "Aid Depot abroad"'), "write its place_id 'depot'"),
    "kind in capitals": (toml('"Fighting"', '"FIGHTING"'), "did you mean 'Fighting'?"),
    "kind by another word": (toml('"Fighting"', '"Battle"'), "Fighting, Fire, FundingCut"),
    "key in capitals": (toml("intensity = 0.6", "INTENSITY = 0.6"), "did you mean 'intensity'?"),
    # observed.csv
    "unknown variable": (counts(",displaced,", ",displacd,"), "observed.csv, row 2, variable = 'displacd': unknown variable; did"),
    "unknown place": (counts("market_town", "markt_town"), "row 2, place_id = 'markt_town': unknown place or group"),
    "counted place by its name": (counts("market_town", "Market Town"), "write its place_id 'market_town'"),
    "date of a count": (counts("2030-03-12", "13/03/2030"), "observed.csv, row 2, date = '13/03/2030': must be a date"),
    "serial of a spreadsheet": (counts("2030-03-12", "42403"), "write 2016-02-03"),
    "a count in words": (counts(",,6000", ",about 8000,6000"), "write the number alone"),
}  # fmt: skip


SEVERAL = {"column in capitals"}  # every place lacks its people, too


@pytest.fixture
def folder(tmp_path):
    write_new(tmp_path / "one")
    return tmp_path / "one"


@pytest.mark.parametrize("name", CASES)
def test_the_message_says_how_to_mend_it(name, folder):
    broken, expected = CASES[name]
    broken(folder)
    with pytest.raises(InputError) as caught:
        checked(folder)
    lines = caught.value.problems
    assert any(expected in line for line in lines), "\n".join(lines)
    assert len(lines) == 1 or name in SEVERAL, "\n".join(lines)
    assert all("\n" not in line and len(line) < 600 for line in lines)


def test_what_needs_no_mending(folder):
    as_it_was, _ = checked(folder)
    for name in ("places.csv", "links.csv", "observed.csv", "scenario.toml"):
        raw(name, lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"))(folder)
    raw("places.csv", lambda b: b.replace(b"\r\n", b"\r\n\r\n"))(folder)
    assert checked(folder)[0] == as_it_was


def test_faults_of_all_files_are_said_at_once(folder):
    toml("intensity = 0.6", "intensity = 60")(folder)
    places(",15000,", ",-15000,")(folder)
    swap("links.csv", "market_town,lake_town", "market_town,lak_town")(folder)
    counts(",displaced,", ",displacd,")(folder)
    with pytest.raises(InputError) as caught:
        checked(folder)
    assert [line.split(",")[0] for line in caught.value.problems] == [
        "scenario.toml", "places.csv", "links.csv", "observed.csv",
    ]  # fmt: skip


def test_a_row_that_is_torn_blames_nothing_that_names_it(folder):
    swap("links.csv", "gate,gate_near", "gate,,gate_near")(folder)
    places("Market Town", "Market, Town")(folder)
    with pytest.raises(InputError) as caught:
        checked(folder)
    assert [line.split(":")[0] for line in caught.value.problems] == ["places.csv, row 6", "links.csv, row 8"]
