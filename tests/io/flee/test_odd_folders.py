"""Broken and odd Flee folders: each gives one clear message, or is read with what was done about it said. No traceback."""

import pytest

from displacement.errors import InputError
from displacement.io import import_flee, write_flee


def edit(name, old, new):
    return lambda case: case.edit(name, old, new)


def add(name, rows):
    return lambda case: case.add(name, rows)


def write(name, content):
    return lambda case: case.write(name, content)


def remove(name):
    return lambda case: case.path(name).unlink()


def upside_down(name):
    """The rows of a file below its header, in reverse."""

    def spoil(case):
        head, *rows = case.text(name).splitlines()
        case.write(name, "\n".join([head, *rows[::-1]]))

    return spoil


BINARY = bytes(range(256))

# What was done to the sound folder, and what the error must say: every part in one line.
ERRORS = {
    "no locations": (remove("locations.csv"), ["locations.csv: no such file", "needed"]),
    "no period": (remove("sim_period.csv"), ["sim_period.csv: no such file", "StartDate,2012-02-29"]),
    "no routes": (remove("routes.csv"), ["routes.csv: no such file"]),
    "binary locations": (write("locations.csv", BINARY), ["locations.csv", "not UTF-8", "byte"]),
    "UTF-16 routes": (write("routes.csv", "a,b,1".encode("utf-16")), ["routes.csv", "UTF-16"]),
    "binary counts": (write("bf-two.csv", BINARY), ["source_data/bf-two.csv", "not UTF-8"]),
    "empty routes": (write("routes.csv", "#name1,name2,distance,forced_redirection\n"), ["routes.csv: has no routes"]),
    "empty locations": (write("locations.csv", ""), ["locations.csv: has no locations"]),
    "empty conflicts": (write("conflicts.csv", ""), ["conflicts.csv: is empty"]),
    "conflicts without days": (write("conflicts.csv", "#Day,Alpha\n"), ["conflicts.csv: has no days"]),
    "quotes": (edit("locations.csv", "Alpha,North", '"Alpha,North'), ["locations.csv, row 2", "check its quotes"]),
    "unknown place in routes": (
        edit("routes.csv", "Beta,Gamma", "Betta,Gamma"),
        ["routes.csv, row 3, name1 = 'Betta'", "did you mean 'Beta'?"],
    ),
    "negative distance": (
        edit("routes.csv", "Alpha,Beta,140", "Alpha,Beta,-140"),
        ["routes.csv, row 2, distance = '-140'", "above 0, at most 40,000"],
    ),
    "distance in words": (edit("routes.csv", "140", "far"), ["routes.csv, row 2, distance = 'far'", "number of km"]),
    "road to itself": (edit("routes.csv", "Alpha,Beta", "Alpha,Alpha"), ["routes.csv, row 2", "two different places"]),
    "unknown type": (
        edit("locations.csv", "14.8,0.0,forwarding_hub", "14.8,0.0,fowarding_hub"),
        ["locations.csv, row 5, location_type = 'fowarding_hub'", "did you mean 'forwarding_hub'?"],
    ),
    "empty type": (edit("locations.csv", "conflict_zone", ""), ["row 2, location_type = ''", "conflict_zone, town, camp"]),
    "no name": (edit("locations.csv", "Alpha,North", ",North"), ["locations.csv, row 2, name = ''", "needs a name"]),
    "no coordinates": (edit("locations.csv", "16.0,-3.0", ",-3.0"), ["row 2, latitude = ''", "number of degrees"]),
    "latitude beyond all": (edit("locations.csv", "16.0,-3.0", "1e400,-3.0"), ["row 2, latitude = '1e400'", "[-180, 180]"]),
    "latitude out of range": (
        edit("locations.csv", "Alpha,North,Mali,16.0", "Alpha,North,Mali,116.0"),
        ["locations.csv, row 2, latitude = 116", "[-90, 90]"],
    ),
    "population in words": (edit("locations.csv", "20000", "many"), ["row 2, population = 'many'", "whole number of people"]),
    "negative population": (edit("locations.csv", "20000", "-5"), ["row 2, population = '-5'", "at least 0"]),
    "conflict date in words": (edit("locations.csv", "zone,0,", "zone,soon,"), ["row 2, conflict_date = 'soon'"]),
    "a name for two places": (
        add("locations.csv", "Alpha,South,Mali,15,-1,town,,7\n"),
        ["locations.csv, row 8, name = 'Alpha'", "row 2 already", "unique"],
    ),
    "columns missing": (
        edit("locations.csv", "#name,region,country,latitude,longitude", "#name,region,country,where,else"),
        ["locations.csv, row 1", "no column latitude, longitude"],
    ),
    "unknown kind of closure": (
        edit("closures.csv", "country,Mali", "contry,Mali"),
        ["closures.csv, row 2, closure_type = 'contry'", "did you mean 'country'?"],
    ),
    "unknown country in closures": (
        edit("closures.csv", "Burkina_Faso", "Burkina_Fasso"),
        ["closures.csv, row 2, name2 = 'Burkina_Fasso'", "did you mean 'Burkina_Faso'?"],
    ),
    "unknown camp in closures": (
        edit("closures.csv", "camp,Camp One", "camp,Camp Onne"),
        ["closures.csv, row 3, name1 = 'Camp Onne'", "did you mean 'Camp One'?"],
    ),
    "closure without an end": (
        edit("closures.csv", "Faso,5,20", "Faso,5"),
        ["closures.csv, row 2, closure_end = ''", "-1 for good"],
    ),
    "closure by date": (
        edit("closures.csv", "Faso,5,20", "Faso,2020-01-06,20"),
        ["closures.csv, row 2, closure_start = '2020-01-06'", "whole number of days"],
    ),
    "unknown place in conflicts": (
        edit("conflicts.csv", "Alpha", "Alfa"),
        ["conflicts.csv, row 1, column 2 = 'Alfa'", "did you mean 'Alpha'?"],
    ),
    "a place twice in conflicts": (edit("conflicts.csv", "Beta", "Alpha"), ["row 1, column 3 = 'Alpha'", "column 2 already"]),
    "conflict of no column": (edit("conflicts.csv", "3,1,1,0,0,0,0", "3,1,1,0,0,0,0,1"), ["row 5, column 8 = '1'"]),
    "more cells than columns": (edit("conflicts.csv", "3,1,1,0,0,0,0", "3,1,1,0,0,0,0,,1"), ["row 5", "has 9 cells"]),
    "conflict above 1": (edit("conflicts.csv", "3,1,1", "3,1,7"), ["conflicts.csv, row 5, Beta = '7'", "[0, 1]"]),
    "conflict not told": (edit("conflicts.csv", "3,1,1", "3,1,"), ["conflicts.csv, row 5, Beta = ''", "[0, 1]"]),
    "days not rising": (edit("conflicts.csv", "4,1,1", "2,1,1"), ["conflicts.csv, row 6, Day = '2'", "after day 3"]),
    "days in reverse": (upside_down("conflicts.csv"), ["conflicts.csv, row 3, Day = '38'", "must rise", "39 rows"]),
    "day in words": (edit("conflicts.csv", "4,1,1", "x,1,1"), ["conflicts.csv, row 6, Day = 'x'"]),
    "start in another order": (
        edit("sim_period.csv", "2020-01-01", "01/02/2020"),
        ["sim_period.csv, row 1, StartDate = '01/02/2020'", "such as 2012-02-29"],
    ),
    "no such day": (edit("sim_period.csv", "2020-01-01", "2020-02-30"), ["StartDate = '2020-02-30'", "must be a date"]),
    "length of nothing": (edit("sim_period.csv", "Length,40", "Length,0"), ["sim_period.csv, row 2, Length = '0'", "[1, 3660]"]),
    "no length": (edit("sim_period.csv", "Length,40\n", ""), ["sim_period.csv: has no row length"]),
    "counts in words": (
        edit("bf-two.csv", "300", "about 300"),
        ["source_data/bf-two.csv, row 2, count = 'about 300'", "whole number of people"],
    ),
    "counts with a comma": (edit("bf-two.csv", "300", "22,849"), ["source_data/bf-two.csv, row 2", "has 3 cells", "without commas"]),
    "negative count": (edit("bf-two.csv", "300", "-300"), ["row 2, count = '-300'", "at least 0"]),
    "count on no day": (edit("bf-two.csv", "2020-01-20", "20.1.2020"), ["bf-two.csv, row 2, date = '20.1.2020'"]),
    "a file that is not there": (remove("bf-two.csv"), ["data_layout.csv, row 3, file = 'bf-two.csv'", "is not there"]),
    "a file misspelt": (edit("data_layout.csv", "bf-two", "bf-twoo"), ["file = 'bf-twoo.csv'", "did you mean 'bf-two.csv'?"]),
    "a file elsewhere": (edit("data_layout.csv", "bf-two.csv", "../bf-two.csv"), ["data_layout.csv, row 3", "leads out"]),
    "a file of an endless name": (edit("data_layout.csv", "bf-two.csv", "b" * 300), ["data_layout.csv, row 3", "is not there"]),
    "a folder for a file": (edit("data_layout.csv", "bf-two.csv", ".."), ["data_layout.csv, row 3, file = '..'", "is not there"]),
    "a site twice": (add("data_layout.csv", "Camp_Two,bf-two.csv\n"), ["data_layout.csv, row 4", "stands twice"]),
    "a site without files": (edit("data_layout.csv", "Camp_Two,bf-two.csv", "Camp_Two"), ["row 3", "names no file"]),
    "correction without a date": (write("registration_corrections.csv", "Camp One,soon\n"), ["row 1, date = 'soon'"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_read_is_one_clear_message(case, tmp_path, name):
    spoil, parts = ERRORS[name]
    spoil(case)
    before = sorted(p for p in tmp_path.rglob("*"))
    with pytest.raises(InputError) as fault:
        write_flee(case.root, tmp_path / "out")
    matching = [line for line in fault.value.problems if all(part in line for part in parts)]
    assert len(matching) == 1, fault.value.problems
    assert len(fault.value.problems) == 1, fault.value.problems
    assert sorted(p for p in tmp_path.rglob("*")) == before


# What was done, what the report must say, and in which of its lists.
TOLD = {
    "short conflicts": (
        lambda case: case.write("conflicts.csv", "\n".join(case.text("conflicts.csv").splitlines()[:11])),
        "faults", ["conflicts.csv: ends on day 9, the period on day 39", "held to the end"],
    ),
    "long conflicts": (add("conflicts.csv", "40,1,1,1,1,0,0\n"), "left_out", ["goes on to day 40", "not used"]),
    "days left out": (edit("conflicts.csv", "4,1,1,0,0,0,0\n", ""), "faults", ["leaves out days (3 to 5)"]),
    "no conflicts": (remove("conflicts.csv"), "assumptions", ["no conflicts.csv", "conflict_date"]),
    "no closures": (remove("closures.csv"), "assumptions", ["no closures.csv: nothing is shut"]),
    "onset differs": (edit("locations.csv", "zone,3", "zone,9"), "faults", ["row 3, conflict_date = 9", "begins on day 3"]),
    "a zone without a column": (
        edit("locations.csv", "Gamma,South,Mali,15.0,-1.0,town,,", "Gamma,South,Mali,15.0,-1.0,town,,\nDelta,South,Mali,15,-1.2,conflict_zone,0,50"),
        "faults", ["has no column for Delta"],
    ),
    "a zone without population": (
        edit("locations.csv", "zone,3,10000", "zone,3,"),
        "faults", ["row 3, population", "unknown, not 0", "became a junction"],
    ),
    "population with a comma": (edit("locations.csv", "20000", '"22,849"'), "faults", ["row 2, population = '22,849'", "read as 22849"]),
    "count with a comma in quotes": (edit("bf-two.csv", "300", '"22,849"'), "faults", ["bf-two.csv, row 2", "read as 22849"]),
    "byte order mark": (lambda c: c.write("locations.csv", "\ufeff" + c.text("locations.csv")), "faults", ["locations.csv: a byte order mark; read without"]),
    "Windows line ends": (lambda c: c.write("routes.csv", c.text("routes.csv").replace("\n", "\r\n")), "faults", ["routes.csv: Windows line ends"]),
    "tabs and blanks": (edit("bf-two.csv", "300", "300 \t"), "faults", ["bf-two.csv: white space around cells"]),
    "tabs for commas": (lambda c: c.write("routes.csv", c.text("routes.csv").replace(",", "\t")), "faults", ["routes.csv: cells are parted by tabs"]),
    "a remark after a count": (edit("bf-two.csv", "300", "300 # estimate, by phone"), "faults", ["bf-two.csv, row 2: a remark", "estimate, by phone"]),
    "a remark for itself": (edit("bf-two.csv", "2020-01-20", "# 2020-01-19,280\n2020-01-20"), "faults", ["bf-two.csv, row 2: a remark", "2020-01-19,280"]),
    "an empty count": (edit("bf-two.csv", "300", ""), "faults", ["bf-two.csv, row 2: has no count; left out"]),
    "a header of counts": (lambda c: c.write("bf-two.csv", "Date,Refugees\n" + c.text("bf-two.csv")), "faults", ["bf-two.csv, row 1: is a header"]),
    "a day twice": (add("bf-two.csv", "2020-02-05,360\n"), "faults", ["bf-two.csv, row 4, date = '2020-02-05'", "row 3 already", "350, here 360", "the last one holds"]),
    "days out of order": (add("bf-two.csv", "2020-01-25,310\n"), "faults", ["bf-two.csv: dates do not rise in row 4"]),
    "dates with slashes": (edit("bf-two.csv", "2020-01-20", "2020/1/20"), "faults", ["date = '2020/1/20': read as 2020-01-20"]),
    "a start with a time": (edit("sim_period.csv", "2020-01-01", "2020-01-01T00:00:00"), "faults", ["read as 2020-01-01"]),
    "a jump": (edit("bf-two.csv", "2020-02-05,350", "2020-02-05,9350"), "faults", ["source_data/bf-two.csv", "300 (2020-01-20) to 9,350 (2020-02-05)", "not changed"]),
    "a site that is no location": (add("data_layout.csv", "Camp_Too,bf-two.csv\n"), "left_out", ["'Camp_Too'", "3 counts", "did you mean 'Camp_Two'?"]),
    "files not listed": (lambda c: c.write("bf-three.csv", "2020-01-01,5\n"), "left_out", ["not used: bf-three.csv"]),
    "no layout": (remove("data_layout.csv"), "left_out", ["data_layout.csv: is not there"]),
    "no header": (edit("locations.csv", "#name,region,country,latitude,longitude,location_type,conflict_date,population\n", ""), "faults", ["locations.csv: has no header", "by position"]),
    "a header of other words": (edit("routes.csv", "#name1,name2,distance", "#von,nach,km"), "faults", ["routes.csv, row 1", "by position"]),
    "a header without a mark": (edit("routes.csv", "#name1", "name1"), "faults", ["routes.csv, row 1", "does not start with #"]),
    "a road twice": (add("routes.csv", "Beta,Alpha,140,\n"), "faults", ["routes.csv, row 7", "row 2 already, alike"]),
    "a road of two lengths": (add("routes.csv", "Beta,Alpha,150,\n"), "faults", ["row 2 already, with 140 km; the shorter is kept"]),
    "a location twice": (add("locations.csv", "Alpha,North,Mali,16.0,-3.0,conflict_zone,0,20000\n"), "faults", ["row 8, name = 'Alpha'", "alike; kept once"]),
    "a road too short": (edit("routes.csv", "Alpha,Beta,140", "Alpha,Beta,40"), "faults", ["Alpha - Beta: is 40 km long", "not changed"]),
    "a road too long": (edit("routes.csv", "Alpha,Beta,140", "Alpha,Beta,1400"), "faults", ["Alpha - Beta: is 1400 km long", "times"]),
    "forced redirection": (lambda case: None, "left_out", ["forced_redirection", "Post - Camp One (to Camp One)"]),
    "a redirection of no kind": (edit("routes.csv", "One,130,2", "One,130,9"), "faults", ["forced_redirection = '9'", "taken as 0"]),
    "redirection removed": (add("closures.csv", "remove_forced_redirection,Post,Camp One,10,0\n"), "left_out", ["closures.csv, row 4", "nobody is sent on"]),
    "closure before the start": (edit("closures.csv", "Faso,5,20", "Faso,-5,20"), "faults", ["closures.csv, row 2, closure_start = '-5'", "before the start"]),
    "closure long past": (edit("closures.csv", "Faso,5,20", "Faso,-5,-2"), "left_out", ["in force on no day"]),
    "closure after the end": (edit("closures.csv", "Faso,5,20", "Faso,45,50"), "left_out", ["after day 39"]),
    "closure of no length": (edit("closures.csv", "Faso,5,20", "Faso,5,5"), "left_out", ["in force on no day"]),
    "closure that ends first": (edit("closures.csv", "Faso,5,20", "Faso,5,3"), "faults", ["before closure_start = 5", "for good"]),
    "closure of no border": (add("closures.csv", "country,Niger,Burkina_Faso,1,9\n"), "left_out", ["no road joins Niger and Burkina_Faso"]),
    "a town that becomes a camp": (add("closures.csv", "camp,Gamma,,0,9\n"), "faults", ["Gamma is a town", "taken as one throughout"]),
    "a country of no name": (edit("locations.csv", "West,Niger,14.8", "West,,14.8"), "faults", ["is empty for some places"]),
    "a country that is not known": (lambda c: c.write("locations.csv", c.text("locations.csv").replace("Niger", "Delta Land")), "faults", ["no country that is known"]),
    "a column in another order": (
        lambda c: c.write("locations.csv", "\n".join(",".join([r[7], *r[:7]]) for r in (line.split(",") for line in c.text("locations.csv").replace("#", "").splitlines()))),
        "faults", ["the header does not start with #"],
    ),
    "attributes": (
        lambda c: c.write("locations.csv", c.text("locations.csv").replace("population\n", "population,gdp\n").replace("000\n", "000,7\n")),
        "left_out", ["columns that Flee calls attributes", "gdp"],
    ),
    "capitals": (edit("locations.csv", "Beta,North", "ALPHA,South,Mali,15.9,-3.1,town,,\nBeta,North"), "faults", ["'ALPHA'", "in capitals only"]),
    "a place without a road": (edit("locations.csv", "Beta,North", "Far,South,Mali,15.9,-3.1,town,,\nBeta,North"), "faults", ["no road leads to Far"]),
    "settings": (lambda c: (c.root / "simsetting.yml").write_text("x: 1"), "left_out", ["simsetting.yml: is not read"]),
    "two names of one country": (edit("locations.csv", "Mali,15.0,-1.0", "MLI,15.0,-1.0"), "faults", ["'Mali' and 'MLI' are one country, ML"]),
    "conflict in two countries": (
        lambda c: (c.edit("locations.csv", "14.8,0.0,forwarding_hub,,", "14.8,0.0,conflict_zone,0,500"), c.write("conflicts.csv", c.text("conflicts.csv").replace("0,0,0,0\n", "0,1,0,0\n"))),
        "assumptions", ["There is conflict in Niger too", "the scenario is about Mali"],
    ),
    "another first country": (
        lambda c: c.write("locations.csv", c.text("locations.csv").replace("population\n", "population\nFirst,West,Niger,14.6,0.5,town,,\n")),
        "faults", ["Flee would take Niger as the country in conflict"],
    ),
    "a place of the name of the group": (edit("locations.csv", "Beta,North", "all_sites,South,Mali,15.9,-3.1,town,,\nBeta,North"), "faults", ["no road leads to all_sites"]),
    "no border": (
        lambda c: (c.write("routes.csv", "#name1,name2,distance\nAlpha,Beta,140\nBeta,Gamma,140\nPost,Camp One,130\n"), c.write("closures.csv", "")),
        "faults", ["no road joins two countries"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_can_be_read_is_read_and_told_of(case, tmp_path, name):
    spoil, where, parts = TOLD[name]
    spoil(case)
    _, _, report = write_flee(case.root, tmp_path / "out")
    said = getattr(report, where)
    assert len([line for line in said if all(part in line for part in parts)]) == 1, said


def test_a_sound_folder_has_nothing_wrong_but_what_its_correction_says(case):
    assert [t for t in import_flee(case.root)[2].faults if "registration_corrections" not in t] == []


def test_tolerated_marks_change_nothing(case, tmp_path):
    sound, counts, _ = import_flee(case.root)
    for name in ("locations.csv", "routes.csv", "closures.csv", "conflicts.csv", "sim_period.csv", "bf-two.csv"):
        text = case.text(name).replace(",", " ,\t").replace("\n", " \r\n")
        case.write(name, "\ufeff" + text + "\r\n\r\n")
    marked, again, _ = import_flee(case.root)
    assert marked == sound
    assert again.equals(counts)


def test_columns_are_taken_by_name_in_whatever_order(case):
    sound = import_flee(case.root)[0].network
    order = [7, 4, 0, 3, 5, 2, 6, 1]
    rows = [line.replace("#", "").split(",") for line in case.text("locations.csv").splitlines()]
    names = {"latitude": "lat", "longitude": "lon", "population": "pop/cap"}
    rows[0] = [names.get(cell, cell) for cell in rows[0]]
    case.write("locations.csv", '#"' + "\n".join(",".join(row[i] for i in order) for row in rows).replace(",", '",', 1))
    assert import_flee(case.root)[0].network == sound


def test_every_type_of_location_has_a_kind(case):
    case.add(
        "locations.csv",
        "Idps,South,Mali,15.1,-1.1,IDPCamp,,900\nMark,South,Mali,15.2,-1.2,marker,,\nCity,South,Mali,15.3,-1.3,town,,700\n",
    )
    case.add("routes.csv", "Gamma,Idps,20,\nGamma,Mark,40,\nMark,City,40,\n")
    places = import_flee(case.root)[0].network.places
    found = {p: (places.kind[i], places.population[i], bool(places.outside[i])) for p, i in places.position.items()}
    assert found["Idps"] == ("camp", 0, False)
    assert found["City"] == ("town", 700, False)
    assert found["Mark"][0] == "junction"
    assert found["Camp One"][::2] == ("camp", True)


def test_a_new_import_without_counts_leaves_no_old_ones(case, tmp_path):
    write_flee(case.root, tmp_path / "out")
    assert (tmp_path / "out" / "observed.csv").exists()
    case.path("data_layout.csv").unlink()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    write_flee(case.root, tmp_path / "out", force=True)
    assert not (tmp_path / "out" / "observed.csv").exists()
    assert (tmp_path / "out" / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize("end", ["0", "-1"])
def test_a_closure_that_ends_on_no_day_is_for_good(case, end):
    case.edit("closures.csv", "Faso,5,20", f"Faso,5,{end}")
    closed = next(e for e in import_flee(case.root)[0].events if e.kind == "CrossingClosed")
    assert closed.end is None


def test_a_link_closure_shuts_one_road_to_people(case):
    case.add("closures.csv", "link,Beta,Alpha,2,4\nlinks,Gamma,Post,3,-1\n")
    scenario = import_flee(case.root)[0]
    road = next(e for e in scenario.events if e.kind == "Permission")
    assert (road.link, road.start.day, road.end.day, road.civilians, road.aid) == (("Alpha-Beta",), 3, 4, 0.0, None)
    assert any(e.kind == "CrossingClosed" and e.crossing == ("Gamma-Post",) for e in scenario.events)


def test_a_camp_shut_for_a_while_is_closed_for_that_while(case):
    case.add("closures.csv", "camp,Camp_Two,,10,20\n")
    is_open = import_flee(case.root)[0].compile()["site_open"].sel(place="Camp_Two")
    assert [int(is_open.sel(time=f"2020-01-{day:02}")) for day in (10, 11, 20, 21)] == [1, 0, 0, 1]


def test_faults_of_all_files_are_listed_at_once(case):
    case.edit("routes.csv", "140", "-1")
    case.edit("closures.csv", "country", "contry")
    case.edit("sim_period.csv", "Length,40", "Length,x")
    case.edit("bf-two.csv", "300", "many")
    case.edit("conflicts.csv", "3,1,1", "3,1,7")
    with pytest.raises(InputError) as fault:
        import_flee(case.root)
    assert [line.split(",")[0] for line in fault.value.problems] == [
        "routes.csv", "sim_period.csv", "closures.csv", "conflicts.csv", "source_data/bf-two.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda path: path / "nowhere", "no such folder"),
        (lambda path: path, "is no Flee folder"),
        (lambda path: path / "file.csv", "is a file"),
        (lambda path: "a\0b", "no such folder"),
    ],
)
def test_what_is_no_flee_folder_is_said_to_be_none(tmp_path, make, part):
    (tmp_path / "file.csv").write_text("x")
    with pytest.raises(InputError, match=part):
        import_flee(make(tmp_path))
