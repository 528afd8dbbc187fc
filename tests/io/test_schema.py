"""The schema that editors use: it is what the code says, takes what is sound, and refuses common mistakes."""

import datetime as dt
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from displacement.events import KINDS
from displacement.io.chain import TABLES
from displacement.io.models import About
from displacement.io.schema import LISTS, SHIPPED, scenario_schema
from displacement.parameters import Parameters

FILES = sorted([*Path("scenarios").glob("*/*.toml"), *SHIPPED.parent.glob("*.toml")])
SCHEMA = json.loads(SHIPPED.read_text(encoding="utf-8"))
VALID = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
SMALL = """
[scenario]
name = "Small"
start = 2030-03-01
days = 10
[parameters]
departure_rate = { low = 0.1, median = 0.2, high = 0.3 }
spill = 0.2
[[parties]]
id = "north"
name = "North"
[[operations]]
id = "aid"
name = "Aid"
hubs = ["depot"]
transit = "north"
[[events]]
kind = "Fighting"
start = 2030-03-03
place = ["upper", "lower"]
intensity = 0.5
"""


def plain(value):
    """TOML as an editor sees it: a date is its text."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def faults(text):
    return list(VALID.iter_errors(plain(tomllib.loads(text))))


def test_the_shipped_file_is_what_the_code_says():
    assert scenario_schema() == SCHEMA, "make schema"
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_scenario_of_the_package_is_valid(file):
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Small"', 'nme = "Small"'),
        ("start = 2030-03-01", 'start = "1 March 2030"'),
        ("start = 2030-03-01", 'start = "2030-13-01"'),
        ("start = 2030-03-01\n", ""),
        ("days = 10", "days = -10"),
        ("days = 10", 'days = "10"'),
        ("departure_rate", "departure_rat"),
        ("spill = 0.2", "spill = 20"),
        ("low = 0.1, ", ""),
        ("intensity = 0.5", "intensity = -0.5"),
        ("intensity = 0.5", "intensity = 50"),
        ("intensity = 0.5", "intensiti = 0.5"),
        ("intensity = 0.5\n", ""),
        ('kind = "Fighting"', 'kind = "Figthing"'),
        ('["upper", "lower"]', "[]"),
        ('["upper", "lower"]', "7"),
        ('hubs = ["depot"]\n', ""),
        ("[[parties]]", "[[party]]"),
        ("[[events]]", "[events]"),
        ("[scenario]", "[scenarios]"),
    ],
)
def test_mistakes_are_refused(old, new):
    assert faults(SMALL) == []
    assert SMALL.count(old) == 1
    assert faults(SMALL.replace(old, new))


def test_a_file_that_extends_another_needs_no_more():
    assert faults('[scenario]\nextends = "scenario.toml"\n') == []


def test_every_key_is_there_and_says_what_it_means():
    known = SCHEMA["properties"]
    assert list(known) == list(TABLES)
    assert set(known["scenario"]["properties"]) == set(About.model_fields)
    assert set(known["parameters"]["properties"]) == {f.name for f in Parameters.quantities()}
    for key, model in LISTS.items():
        assert set(known[key]["items"]["properties"]) == set(model.model_fields)
    for kind, model in KINDS.items():
        assert {"kind", *model.model_fields} - set(SCHEMA["definitions"][kind]["properties"]) <= {"end"}
    tables = [
        known["scenario"],
        known["parameters"],
        *(known[k]["items"] for k in LISTS),
        *(SCHEMA["definitions"][k] for k in KINDS),
    ]
    for held in (held for table in tables for held in table["properties"].values()):
        assert held.get("description") or held["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]
