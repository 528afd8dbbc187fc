"""A small scenario built in Python."""

import pytest

from displacement.io import read_scenario

TOML = """\
[scenario]
name = "Base"
start = 2016-02-01
days = 10
[[parties]]
id = "a"
name = "A"
[[events]]
id = "first"
group = "storm"
kind = "Fighting"
start = 2016-02-02
place = "one"
intensity = 0.5
[[events]]
kind = "RoadCut"
start = 2016-02-03
link = "road"
"""


@pytest.fixture
def base(tmp_path):
    """The folder of a small scenario of two places, base.toml in it."""
    (tmp_path / "base.toml").write_text(TOML)
    (tmp_path / "places.csv").write_text(
        "place_id,country,latitude,longitude,kind,population,party,mood\none,SY,36,37,town,1000,a,low\n"
        "two,SY,36.1,37,camp,0,,high\n"
    )
    (tmp_path / "links.csv").write_text(
        "link_id,from_place_id,to_place_id,kind,length_km,speed_kmh\nroad,one,two,road,12.5,40\n"
    )
    return tmp_path


@pytest.fixture
def scenario(base):
    """The scenario in that folder."""
    return read_scenario(base / "base.toml")
