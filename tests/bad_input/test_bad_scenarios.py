"""Broken scenarios: the message names the file, the row or key, the value and what is allowed."""

import shutil

import pytest

from displacement import InputError
from displacement.io import read_scenario

EVENT = '\n[[events]]\nkind = "RoadCut"\nstart = 2016-02-03\nlink = "gate"\n'


def cell(file, row, column, value):
    return lambda tiny: tiny.cell(file, row, column, value)


def place(row, column, value):
    return cell("places.csv", row, column, value)


def link(row, column, value):
    return cell("links.csv", row, column, value)


def toml(old, new):
    return lambda tiny: tiny.swap("scenario.toml", old, new)


def more(file, text):
    return lambda tiny: tiny.add(file, text)


def raw(file, content):
    return lambda tiny: (tiny / file).write_bytes(content)


def gone(file):
    return lambda tiny: (tiny / file).unlink()


def folder_instead(file):
    def broken(tiny):
        (tiny / file).unlink()
        (tiny / file).mkdir()

    return broken


def extending(text, base="base.toml"):
    """scenario.toml becomes the base of a new scenario.toml."""

    def broken(tiny):
        shutil.move(tiny / "scenario.toml", tiny / base)
        (tiny / "scenario.toml").write_text(text)

    return broken


def link_out(file):
    def broken(tiny):
        outside = tiny.folder.parent / "secret.csv"
        shutil.move(tiny / file, outside)
        (tiny / file).symlink_to(outside)

    return broken


def huge(file):
    def broken(tiny):
        with (tiny / file).open("ab") as f:
            f.truncate(100_000_001)

    return broken


EXTENDS = '[scenario]\nextends = "base.toml"\n'
NUMBER = "must be a number in [-90, 90] degrees north"
PEOPLE = "must be a whole number in [0, 2,000,000,000] people"

CASES = {
    # cells of numbers
    "latitude beyond the pole": (place(2, "latitude", "95"), ["places.csv, row 2, latitude = '95'", NUMBER]),
    "longitude out of range": (place(3, "longitude", "181"), ["places.csv, row 3, longitude = '181'", "[-180, 180]"]),
    "nan": (place(2, "latitude", "NaN"), ["places.csv, row 2, latitude = 'NaN'", NUMBER]),
    "vehicles over a crossing": (
        lambda tiny: [
            tiny.swap("links.csv", old, f"{old},{new}")
            for old, new in (("speed_kmh,directed", "vehicles_per_day"), ("12,40,no", ""), ("11,40,no", "300"), ("17,30,no", "70"))
        ],
        ["links.csv, row 4, vehicles_per_day = 70", "limits roads only; what a crossing lets through is people_per_day"],
    ),
    "inf": (link(2, "length_km", "inf"), ["links.csv, row 2, length_km = 'inf'", "a number in [0.001, 40,000] km"]),
    "huge": (place(2, "population", "1e18"), ["places.csv, row 2, population = '1e18'", PEOPLE]),
    "huge in digits": (place(2, "population", "9" * 5000), ["row 2, population = '999", "(5002 characters)", PEOPLE]),
    "negative people": (place(2, "population", "-5"), ["places.csv, row 2, population = '-5'", PEOPLE]),
    "half a person": (place(2, "population", "0.5"), ["places.csv, row 2, population = '0.5'", PEOPLE]),
    "text in a number": (place(2, "displaced", "many"), ["places.csv, row 2, displaced = 'many'", PEOPLE]),
    "thousands separators": (place(2, "population", "31,000"), ["population = '31,000'", "without separators"]),
    "digits of another script": (place(2, "population", "٣١"), ["places.csv, row 2, population = '٣١'", PEOPLE]),
    "underscore": (place(2, "population", "31_000"), ["places.csv, row 2, population = '31_000'", PEOPLE]),
    "length zero": (link(3, "length_km", "0"), ["links.csv, row 3, length_km = '0'", "[0.001, 40,000] km"]),
    "speed too high": (link(3, "speed_kmh", "1000"), ["links.csv, row 3, speed_kmh = '1000'", "[0.1, 200] km/h"]),
    # other cells
    "flag": (place(2, "hub", "perhaps"), ["places.csv, row 2, hub = 'perhaps'", "true, false, yes, no, 1 or 0"]),
    "kind of place": (place(2, "kind", "twon"), ["places.csv, row 2, kind = 'twon'", "village, town", "mean 'town'"]),
    "kind of link": (link(2, "kind", "rail"), ["links.csv, row 2, kind = 'rail'", "one of road, crossing"]),
    "required cell empty": (place(2, "country", ""), ["places.csv, row 2, country", "is empty; it must be given"]),
    "country in words": (place(2, "country", "Syria"), ["row 2, country = 'Syria'", "two capital letters"]),
    "unknown party": (place(2, "party", "nsga"), ["places.csv, row 2, party = 'nsga'", "did you mean 'nsag'?"]),
    "space in an id": (place(2, "place_id", "azaz "), ["row 2, place_id = 'azaz '", "white space", "write 'azaz'"]),
    "a name on two lines": (place(2, "name", "Azaz\ntown"), ["row 2, name =", "line break", "write 'Azaz town'"]),
    "nobody counted": (place(2, "population", ""), ["places.csv, row 2, population", "needs people at home", "0 if"]),
    "low above central": (place(2, "population_low", "50000"), ["row 2, population_low = 50000", "at most population"]),
    "central above high": (place(2, "population_high", "2"), ["population = 31000", "at most population_high = 2"]),
    "the same place twice": (
        more("places.csv", "azaz,,,SY,36,37,town,1,,,,,,\n"),
        ["places.csv, row 6, place_id = 'azaz'", "stands in row 2 already"],
    ),
    "the same link twice": (
        more("links.csv", "gate,azaz,kilis,crossing,3,3,\n"),
        ["links.csv, row 5, link_id = 'gate'", "stands in row 4 already"],
    ),
    # links and places
    "unknown end": (link(2, "to_place_id", "frok"), ["links.csv, row 2, to_place_id = 'frok'", "did you mean 'fork'?"]),
    "link to itself": (link(2, "to_place_id", "azaz"), ["links.csv, row 2, to_place_id = 'azaz'", "two different"]),
    "road over a border": (link(4, "kind", "road"), ["links.csv, row 4, kind = 'road'", "SY and TR", "be crossing"]),
    "crossing at home": (link(2, "kind", "crossing"), ["row 2, kind = 'crossing'", "both ends lie in SY", "be road"]),
    # the shape of tables
    "missing column": (
        lambda tiny: tiny.swap("places.csv", "latitude", "lattitude"),
        ["places.csv, row 1", "column 'latitude' is missing", "degrees north", "found 'lattitude' instead"],
    ),
    "missing key column": (lambda tiny: tiny.swap("links.csv", "link_id", "id"), ["links.csv, row 1", "'link_id'"]),
    "header twice": (
        lambda tiny: tiny.swap("links.csv", "directed", "length_km"),
        ["links.csv, row 1", "column 'length_km' stands more than once (columns 5 and 7)"],
    ),
    "ragged row": (more("links.csv", "a,azaz\n"), ["links.csv, row 5", "has 2 cells; the header has 7"]),
    "open quote": (more("links.csv", '"a,azaz\n'), ["links.csv, row 5", "cannot be split into cells"]),
    "semicolons": (raw("links.csv", b"link_id;kind\n1;2\n"), ["links.csv, row 1", "parted by commas, not by ';'"]),
    "column without a name": (
        raw("links.csv", b"link_id,from_place_id,to_place_id,kind,length_km,speed_kmh,\ngate,azaz,kilis,crossing,3,3,x\n"),
        ["links.csv, row 1, column 7", "has no name, but row 2"],
    ),
    # files
    "empty table": (raw("places.csv", b""), ["places.csv, row 1", "is empty; a header"]),
    "header only": (lambda tiny: (tiny / "places.csv").write_text(
        (tiny / "places.csv").read_text().splitlines()[0] + "\n"), ["places.csv", "at least one row is needed"]),
    "table missing": (gone("links.csv"), ["links.csv", "no such file"]),
    "table is a folder": (folder_instead("links.csv"), ["links.csv", "is a folder; a file is expected"]),
    "cp1252": (
        lambda tiny: (tiny / "places.csv").write_bytes((tiny / "places.csv").read_text().replace(
            "Kilis", "Öncüpınar").encode("cp1254")),
        ["places.csv", "byte 0xd6 at position", "line 5", "UTF-8 is expected"],
    ),
    "utf-16": (
        lambda tiny: (tiny / "links.csv").write_bytes((tiny / "links.csv").read_text().encode("utf-16")),
        ["links.csv", "byte 0xff at position 0", "UTF-16", "UTF-8 is expected"],
    ),
    "utf-16 without a mark": (
        lambda tiny: (tiny / "links.csv").write_bytes((tiny / "links.csv").read_text().encode("utf-16-le")),
        ["links.csv", "byte 0x00 at position 1", "UTF-8 is expected"],
    ),
    "too large": (huge("places.csv"), ["places.csv", "100,000,001 bytes; at most 100,000,000"]),
    "no scenario.toml": (gone("scenario.toml"), ["scenario.toml", "no such file"]),
    "scenario.toml is a folder": (folder_instead("scenario.toml"), ["scenario.toml", "is a folder"]),
    "not TOML": (more("scenario.toml", "\nname = = 3\n"), ["scenario.toml", "is not TOML", "line 57, column 8"]),
    "a JSON file": (raw("scenario.toml", b'{"scenario": 1}'), ["scenario.toml", "is not TOML", "line 1"]),
    "deep": (raw("scenario.toml", b"a = " + b"[" * 50_000), ["scenario.toml", "is not TOML"]),
    "day that is none": (toml("start = 2016-02-02", "start = 2016-02-30"), ["scenario.toml", "line 39", "date"]),
    "link out of the folder": (link_out("places.csv"), ["scenario.toml, [scenario] places", "leads out of the"]),
    "path out of the folder": (
        toml('country = "SY"', 'country = "SY"\nlinks = "../../etc/passwd"'),
        ["[scenario] links = '../../etc/passwd'", "leads out of the scenario's folder"],
    ),
    "absolute path": (
        toml('country = "SY"', 'country = "SY"\nlinks = "/etc/passwd"'),
        ["[scenario] links = '/etc/passwd'", "leads out of the scenario's folder"],
    ),
    "path with a NUL": (toml('country = "SY"', 'country = "SY"\nlinks = "a\\u0000b"'), ["links = 'a\\x00b'", "file"]),
    # [scenario]
    "no [scenario]": (raw("scenario.toml", b"[parameters]\n"), ["scenario.toml", "has no table [scenario]"]),
    "unknown table": (more("scenario.toml", "\n[[event]]\nkind = 3\n"), ["scenario.toml, event", "mean 'events'?"]),
    "unknown key": (toml("days = 10", "days = 10\nsumary = 'x'"), ["[scenario] sumary", "did you mean 'summary'?"]),
    "no name": (toml('name = "Tiny"\n', ""), ["scenario.toml, [scenario] name", "is missing"]),
    "name is a number": (toml('name = "Tiny"', "name = 3"), ["[scenario] name = 3", "must be text"]),
    "no days": (toml("days = 10", "days = 0"), ["scenario.toml, [scenario] days = 0", "whole number in [1, 3,660]"]),
    "absurdly many days": (toml("days = 10", "days = 1000000000000000000000000000"), ["days = 1000", "[1, 3,660]"]),
    "half a day": (toml("days = 10", "days = 1.5"), ["[scenario] days = 1.5", "must be a whole number in [1, 3,660]"]),
    "days as text": (toml("days = 10", 'days = "10"'), ["[scenario] days = '10'", "must be a whole number"]),
    "date that does not parse": (
        toml("start = 2016-02-01\ndays", 'start = "1 Feb 2016"\ndays'),
        ["scenario.toml, [scenario] start = '1 Feb 2016'", "must be a date such as 2016-02-03"],
    ),
    "start in the year 1": (toml("start = 2016-02-01\ndays", "start = 0001-01-01\ndays"), ["start = 0001-01-01", "1900"]),
    "start in the year 9999": (toml("start = 2016-02-01\ndays", "start = 9999-12-31\ndays"), ["9999-12-31", "2200"]),
    "unknown country": (toml('country = "SY"', 'country = "XX"'), ["[scenario] country = 'XX'", "known: SY, TR"]),
    "country not said": (toml('country = "SY"\n', ""), ["[scenario] country", "is missing; the places lie in SY, TR"]),
    # [parameters]
    "unknown parameter": (toml("departure_rate", "departure_rat"), ["[parameters] departure_rat", "'departure_rate'?"]),
    "parameter out of range": (toml("rate = 0.3", "rate = 7"), ["[parameters] departure_rate = 7", "[0, 5] 1/day"]),
    "parameter is nan": (toml("rate = 0.3", "rate = nan"), ["departure_rate = nan", "must be a number in [0, 5] 1/day"]),
    "parameter is text": (toml("rate = 0.3", 'rate = "a lot"'), ["departure_rate = 'a lot'", "in [0, 5] 1/day"]),
    "parameter is true": (toml("rate = 0.3", "rate = true"), ["departure_rate = true", "in [0, 5] 1/day"]),
    "prior without a median": (toml("median = 0.5, ", ""), ["[parameters] hope, median", "is missing; a prior needs"]),
    "prior out of order": (toml("median = 0.5", "median = 0.1"), ["[parameters] hope = {", "low <= median <= high"]),
    "prior that touches 1": (toml("high = 0.9", "high = 1"), ["[parameters] hope = {", "above 0 and below 1"]),
    "prior with another key": (toml("high = 0.9", "hihg = 0.9"), ["hope, hihg", "did you mean 'high'?"]),
    # parties, relations, operations, groups
    "a table in place of a list": (toml("[[place_groups]]", "[place_groups]"), ["[[place_groups]]", "double brackets"]),
    "party without a name": (toml('name = "Turkey"\n', ""), ["[[parties]] 3, name", "is missing; must be text"]),
    "party twice": (
        more("scenario.toml", '\n[[parties]]\nid = "gov"\nname = "G"\n'),
        ["[[parties]] 4, id = 'gov'", "stands in scenario.toml, [[parties]] 2 already"],
    ),
    "unknown relation": (toml('"hostile"', '"hostil"'), ["[[relations]] 1, relation = 'hostil'", "mean 'hostile'?"]),
    "relation of three": (toml('["gov", "nsag"]', '["gov", "nsag", "turkey"]'), ["[[relations]] 1, parties", "two names"]),
    "relation with itself": (toml('["gov", "nsag"]', '["gov", "gov"]'), ["[[relations]] 1, parties", "two different"]),
    "relation of nobody": (toml('["gov", "nsag"]', '["gov", "nasg"]'), ["[[relations]] 1", "'nasg'; did you mean 'nsag'"]),
    "relation twice": (
        more("scenario.toml", '\n[[relations]]\nparties = ["nsag", "gov"]\nrelation = "truce"\n'),
        ["[[relations]] 2, parties = ['nsag', 'gov']", "stands in scenario.toml, [[relations]] 1 already"],
    ),
    "unknown hub": (toml('hubs = "kilis"', 'hubs = "killis"'), ["[[operations]] 1, hubs = 'killis'", "mean 'kilis'?"]),
    "unknown transit": (toml('"turkey", "nsag"]', '"turkey", "isil"]'), ["[[operations]] 1, transit = 'isil'", "known:"]),
    "unknown place in a group": (toml('["azaz", "mare"]', '["azaz", "mara"]'), ["[[place_groups]] 1, places = 'mara'"]),
    "group named as a place": (toml('id = "north"', 'id = "azaz"'), ["[[place_groups]] 1, id = 'azaz'", "place_id too"]),
    "empty group": (toml('["azaz", "mare"]', "[]"), ["[[place_groups]] 1, places = []", "a name or a list of names"]),
    # events
    "event without a kind": (more("scenario.toml", EVENT.replace('kind = "RoadCut"', "")), ["[[events]] 4, kind", "RoadCut"]),
    "unknown kind": (more("scenario.toml", EVENT.replace("Cut", "Cutt")), ["[[events]] 4, kind = 'RoadCutt'", "'RoadCut'?"]),
    "unknown key of an event": (toml("intensity = 0.6", "intensty = 0.6"), ["[[events]] 1 (Fighting), intensty", "'intensity'"]),
    "event without a needed key": (toml("intensity = 0.6\n", ""), ["(Fighting), intensity", "is missing; must be a number in"]),
    "intensity above 1": (toml("intensity = 0.6", "intensity = 6"), ["[[events]] 1 (Fighting), intensity = 6", "[0, 1]"]),
    "event before it begins": (toml("end = 2016-02-04", "end = 2016-01-04"), ["[[events]] 1 (Fighting)", "2016-01-04 lies before"]),
    "date of an event": (toml("end = 2016-02-04", 'end = "soon"'), ["[[events]] 1 (Fighting), end = 'soon'", "must be a date"]),
    "captor unknown": (toml('by = "nsag"', 'by = "gvo"'), ["[[events]] 3 (Capture), by = 'gvo'", "did you mean 'gov'?"]),
    "captured place unknown": (
        toml('place = "mare"\nby', 'place = ["mare", "maree"]\nby'),
        ["[[events]] 3 (Capture), place = 'maree'", "place_id nor a place group; did you mean 'mare'?"],
    ),
    "capture with an end": (toml('by = "nsag"', 'by = "nsag"\nend = 2016-02-06'), ["[[events]] 3 (Capture)", "no end"]),
    "crossing that is a road": (toml('crossing = "gate"', 'crossing = "azaz_fork"'), ["(CrossingClosed), crossing = 'azaz_fork'", "is a road"]),
    "class of traffic": (toml('traffic = "civilians"', 'traffic = "people"'), ["traffic = 'people'", "civilians, medical, trade, aid"]),
    "link unknown": (more("scenario.toml", EVENT.replace('"gate"', '"gates"')), ["[[events]] 4 (RoadCut), link = 'gates'", "'gate'?"]),
    "permission of nobody": (
        more("scenario.toml", EVENT.replace("RoadCut", "Permission")),
        ["[[events]] 4 (Permission)", "civilians, medical, trade, aid"],
    ),
    "permission unknwon": (
        more("scenario.toml", EVENT.replace("RoadCut", "Permission") + 'aid = "unknwon"\n'),
        ["[[events]] 4 (Permission), aid = 'unknwon'", "a number in [0, 1] or 'unknown'"],
    ),
    "event id twice": (
        more("scenario.toml", EVENT + 'id = "gate_shut"\n'),
        ["[[events]] 4 (RoadCut), id = 'gate_shut'", "stands in scenario.toml, [[events]] 2 (CrossingClosed) already"],
    ),
    "taken by two on one day": (
        more("scenario.toml", '\n[[events]]\nkind = "Capture"\nstart = 2016-02-05\nplace = "north"\nby = "gov"\n'),
        ["scenario.toml, [[events]] Capture of mare on 2016-02-05", "by 'gov' and by 'nsag'"],
    ),
    # extends
    "base missing": (extending(EXTENDS.replace("base", "bsae")), ["scenario.toml, [scenario] extends = 'bsae.toml'", "no such file"]),
    "base outside": (extending(EXTENDS.replace("base", "../base")), ["extends = '../base.toml'", "leads out of"]),
    "cycle": (
        lambda tiny: (extending(EXTENDS)(tiny), tiny.swap("base.toml", "days = 10", 'days = 10\nextends = "scenario.toml"')),
        ["extends = 'scenario.toml'", "scenario.toml -> base.toml -> scenario.toml"],
    ),
    "extends itself": (toml("days = 10", 'days = 10\nextends = "scenario.toml"'), ["scenario.toml -> scenario.toml"]),
    "without what is not there": (extending(EXTENDS + 'without = ["gate_shutt"]'), ["without = 'gate_shutt'", "'gate_shut'?"]),
    "without a base": (toml("days = 10", 'days = 10\nwithout = "gate_shut"'), ["without = 'gate_shut'", "extends no other"]),
    "fault in the base": (
        lambda tiny: (extending(EXTENDS)(tiny), tiny.swap("base.toml", "intensity = 0.6", "intensity = 6")),
        ["base.toml, [[events]] 1 (Fighting), intensity = 6", "[0, 1]"],
    ),
    "party twice in two files": (
        extending(EXTENDS + '\n[[parties]]\nid = "gov"\nname = "G"\n'),
        ["scenario.toml, [[parties]] 1, id = 'gov'", "stands in base.toml, [[parties]] 2 already"],
    ),
}  # fmt: skip

JARGON = ("pydantic", "Input should", "Traceback", "validation error", "Value error", "NoneType", "constrained")


def test_the_tiny_scenario_is_valid(tiny_in, tmp_path):
    scenario = read_scenario(tiny_in(tmp_path / "tiny").folder)
    assert (scenario.name, scenario.days, len(scenario.events)) == ("Tiny", 10, 3)
    assert scenario.parameters.priors["hope"] == (0.2, 0.5, 0.9)


@pytest.mark.parametrize("name", CASES)
def test_the_message_says_where_and_what(name, tiny_in, tmp_path):
    broken, expected = CASES[name]
    tiny = tiny_in(tmp_path / "tiny")
    broken(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    lines = caught.value.problems
    assert any(all(words in line for words in expected) for line in lines), "\n".join(lines)
    assert len(lines) == 1 or name in SEVERAL, "one fault, one line:\n" + "\n".join(lines)
    assert not any(word in str(caught.value) for word in JARGON), str(caught.value)
    assert all("\n" not in line and len(line) < 600 for line in lines)


SEVERAL = {  # one fault that is felt in several places
    "no [scenario]",
}


def test_five_faults_are_five_lines(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    for broken in (
        place(2, "latitude", "95"),
        link(2, "to_place_id", "frok"),
        toml("intensity = 0.6", "intensity = 6"),
        toml('by = "nsag"', 'by = "gvo"'),
        toml("departure_rate", "departure_rat"),
    ):
        broken(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    found = caught.value.problems
    assert len(found) == 5
    for words in ("latitude = '95'", "to_place_id = 'frok'", "intensity = 6", "by = 'gvo'", "departure_rat"):
        assert sum(words in line for line in found) == 1, words


@pytest.mark.parametrize("file", ["places.csv", "links.csv"])
def test_a_table_that_cannot_be_read_does_not_hide_the_rest(file, tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    (tiny / file).write_bytes(b"\xff\xfe\0\0")
    toml("intensity = 0.6", "intensity = 6")(tiny)
    toml('by = "nsag"', 'by = "gvo"')(tiny)
    other = {"places.csv": link(2, "length_km", "-1"), "links.csv": place(2, "latitude", "95")}[file]
    other(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert len(caught.value.problems) == 4, caught.value


@pytest.mark.parametrize("path", ["nowhere", "tiny/places.csv", "a\0b", "x" * 5000, "nowhere.toml"])
def test_a_path_that_is_no_scenario(path, tiny_in, tmp_path):
    tiny_in(tmp_path / "tiny")
    with pytest.raises(InputError) as caught:
        read_scenario(f"{tmp_path}/{path}")
    assert len(caught.value.problems) == 1


def test_a_byte_order_mark_and_line_ends_of_windows_are_fine(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    as_it_was = read_scenario(tiny.folder)
    for name in ("places.csv", "links.csv", "scenario.toml"):
        text = (tiny / name).read_text().replace("\n", "\r\n")
        (tiny / name).write_bytes(text.encode("utf-8-sig"))
    assert read_scenario(tiny.folder) == as_it_was


def test_what_spreadsheets_leave_behind_is_fine(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    as_it_was = read_scenario(tiny.folder)
    lines = (tiny / "links.csv").read_text().splitlines()
    (tiny / "links.csv").write_text("".join(f"{line},,\n" for line in [*lines, "," * lines[0].count(",")]) + "\n\n")
    assert read_scenario(tiny.folder) == as_it_was


def test_an_empty_cell_is_unknown_and_not_zero(tiny_in, tmp_path):
    places = read_scenario(tiny_in(tmp_path / "tiny").folder).network.places
    assert str(places.displaced[places.index("mare")]) == "nan"
    assert places.party[places.index("fork")] == ""
    assert places.name[places.index("fork")] == "fork"
