"""A tiny scenario that is valid, to break one thing at a time."""

import csv
import io
from pathlib import Path

import pytest

PLACES = """\
place_id,name,pcode,country,latitude,longitude,kind,population,population_low,population_high,displaced,party,outside,hub
azaz,Azaz,SY0203,SY,36.59,37.05,town,31000,25000,40000,1000,nsag,no,no
mare,Mare',SY0204,SY,36.48,37.20,town,16000,12000,20000,,gov,no,yes
fork,,,SY,36.50,37.10,junction,,,,,,no,no
kilis,Kilis,TR0001,TR,36.72,37.12,town,90000,,,,turkey,yes,yes
"""
LINKS = """\
link_id,from_place_id,to_place_id,kind,length_km,speed_kmh,directed
azaz_fork,azaz,fork,road,12,40,no
fork_mare,fork,mare,road,11,40,no
gate,azaz,kilis,crossing,17,30,no
"""
TOML = """\
[scenario]
name = "Tiny"
country = "SY"
start = 2016-02-01
days = 10

[parameters]
departure_rate = 0.3
hope = { low = 0.2, median = 0.5, high = 0.9 }

[[parties]]
id = "nsag"
name = "Opposition"

[[parties]]
id = "gov"
name = "Government"

[[parties]]
id = "turkey"
name = "Turkey"

[[relations]]
parties = ["gov", "nsag"]
relation = "hostile"

[[operations]]
id = "cross_border"
name = "From Turkey"
hubs = "kilis"
transit = ["turkey", "nsag"]

[[place_groups]]
id = "north"
places = ["azaz", "mare"]

[[events]]
kind = "Fighting"
start = 2016-02-02
end = 2016-02-04
place = "mare"
intensity = 0.6

[[events]]
id = "gate_shut"
kind = "CrossingClosed"
start = 2016-02-01
crossing = "gate"
traffic = "civilians"

[[events]]
kind = "Capture"
start = 2016-02-05
place = "mare"
by = "nsag"
"""


class Tiny:
    """The files of the tiny scenario in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("scenario.toml", TOML), ("places.csv", PLACES), ("links.csv", LINKS)):
            (folder / name).write_text(text, encoding="utf-8")

    def __truediv__(self, name):
        return self.folder / name

    def swap(self, file, old, new):
        """Replace a text that stands exactly once."""
        text = (self / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (self / file).write_text(text.replace(old, new), encoding="utf-8")

    def cell(self, file, row, column, value):
        """Replace a cell; the header is row 1."""
        text = (self / file).read_bytes().decode()
        rows = list(csv.reader(io.StringIO(text, newline="")))
        rows[row - 1][rows[0].index(column)] = value
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
        (self / file).write_bytes(out.getvalue().encode())

    def add(self, file, text):
        """Append lines."""
        with (self / file).open("a", encoding="utf-8") as f:
            f.write(text)


@pytest.fixture(scope="session")
def tiny_in():
    """A function that writes the tiny scenario to a folder."""
    return Tiny
