"""Whatever stands in the files, reading them ends in a scenario or in an InputError with one line a problem."""

import tempfile
import tomllib
from pathlib import Path

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from displacement import InputError
from displacement.io import read_observed, read_scenario

FILES = ("scenario.toml", "places.csv", "links.csv")
CELLS = st.text(max_size=12) | st.sampled_from(
    ["", " ", "nan", "-1", "1e400", "0x1", "azaz", '"', "'", "=1+1", "1,5", "\r"]
)
VALUES = st.recursive(
    st.text(max_size=8)
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.sampled_from(["azaz", "gate", "gov", "nsag", "unknown", "2016-02-03", "Capture", "scenario.toml", "."]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
JARGON = ("pydantic", "Input should", "validation error", "Value error", "NoneType")


def is_read_or_refused(read):
    """A scenario, or an InputError in plain lines; any other exception fails the test."""
    try:
        return read()
    except InputError as error:
        problems = error.problems
    assert problems
    for line in problems:
        assert len(line.splitlines()) == 1, line
        assert not any(word in line for word in JARGON), line
    return None


@given(
    st.sampled_from(FILES),
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
)
def test_any_bytes_as_a_file(tiny_in, file, content):
    with tempfile.TemporaryDirectory() as folder:
        tiny = tiny_in(Path(folder) / "tiny")
        (tiny / file).write_bytes(content)
        is_read_or_refused(lambda: read_scenario(tiny.folder))


@given(st.sampled_from(FILES), st.integers(0, 800), st.integers(0, 40), st.binary(max_size=12))
def test_any_damage_to_a_file(tiny_in, file, at, length, content):
    with tempfile.TemporaryDirectory() as folder:
        tiny = tiny_in(Path(folder) / "tiny")
        raw = (tiny / file).read_bytes()
        (tiny / file).write_bytes(raw[:at] + content + raw[at + length :])
        is_read_or_refused(lambda: read_scenario(tiny.folder))


@given(
    st.sampled_from(FILES[1:]),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 13), CELLS), min_size=1, max_size=3),
)
def test_any_text_in_cells(tiny_in, file, changes):
    with tempfile.TemporaryDirectory() as folder:
        tiny = tiny_in(Path(folder) / "tiny")
        header = (tiny / file).read_text().splitlines()[0].split(",")
        for row, column, text in changes:
            clean = text.encode("utf-8", "replace").decode()
            tiny.cell(file, row, header[column % len(header)], clean) if row > 1 else None
        is_read_or_refused(lambda: read_scenario(tiny.folder))


def slots(data, path=()):
    """Every place in a TOML document where a value can be put."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from slots(value, (*path, key))
    if isinstance(data, dict):
        yield (*path, "another")


@given(st.data())
def test_any_value_at_any_key(tiny_in, data):
    with tempfile.TemporaryDirectory() as folder:
        tiny = tiny_in(Path(folder) / "tiny")
        document = tomllib.loads((tiny / "scenario.toml").read_text())
        for _ in range(data.draw(st.integers(1, 3))):
            slot = data.draw(st.sampled_from(sorted(slots(document), key=str)))
            inside = document
            for key in slot[:-1]:
                inside = inside[key]
            inside[slot[-1]] = data.draw(VALUES)
        try:
            text = tomli_w.dumps(document).encode()
        except (UnicodeEncodeError, ValueError):
            return
        (tiny / "scenario.toml").write_bytes(text)
        scenario = is_read_or_refused(lambda: read_scenario(tiny.folder))
        if scenario is not None and scenario.days < 100:
            assert scenario.compile().sizes["time"] == scenario.days
            assert scenario.describe()


OBSERVED = "date,variable,place_id,scope,value,low,high,source,grade\n2016-02-04,displaced,azaz,all,5,4,6,UN,R\n"


@given(st.lists(CELLS, min_size=9, max_size=9), st.sets(st.integers(0, 8), max_size=7))
def test_any_observation(tiny_in, cells, kept):
    with tempfile.TemporaryDirectory() as folder:
        tiny = tiny_in(Path(folder) / "tiny")
        network = read_scenario(tiny.folder).network
        (tiny / "observed.csv").write_text(OBSERVED)
        for i, name in enumerate(OBSERVED.splitlines()[0].split(",")):
            if i not in kept:
                tiny.cell("observed.csv", 2, name, cells[i].encode("utf-8", "replace").decode())
        is_read_or_refused(lambda: read_observed(tiny.folder, network))
