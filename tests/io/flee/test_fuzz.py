"""Whatever is done to the files of a Flee folder: it is read, or one InputError says why not. Never anything else."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from displacement.errors import InputError
from displacement.io import write_flee
from tests.io.flee.conftest import INPUT, SOURCE, Folder

ODD = st.sampled_from(
    ["", " ", "-1", "0", "1e9", "1e400", "nan", "inf", "-0", "22,849", '"', "'", "#", "#x", "\0", "é", "Alpha", "Camp One",
     "2020-01-01", "99999999999999999999", "0x10", "١٢", "½", "\u2028", ";", "\t", "a" * 300, "conflict", "Mali", "2", "..", "/"]
)  # fmt: skip


@st.composite
def damage(draw):
    """A file, and what becomes of its text."""
    name = draw(st.sampled_from([*INPUT, *SOURCE]))
    rows = [line.split(",") for line in {**INPUT, **SOURCE}[name].splitlines()]
    for _ in range(draw(st.integers(1, 3))):
        if not rows:
            break
        i = draw(st.integers(0, len(rows) - 1))
        match draw(st.sampled_from(["cell", "cut", "add", "drop", "twice", "swap"])):
            case "cell":
                rows[i][draw(st.integers(0, len(rows[i]) - 1))] = draw(ODD)
            case "cut":
                rows[i] = rows[i][: draw(st.integers(1, len(rows[i])))]
            case "add":
                rows[i] = [*rows[i], draw(ODD)]
            case "drop":
                del rows[i]
            case "twice":
                rows.insert(i, list(rows[i]))
            case "swap":
                j = draw(st.integers(0, len(rows) - 1))
                rows[i], rows[j] = rows[j], rows[i]
    return name, draw(st.sampled_from(["\n", "\r\n", "\r"])).join(",".join(row) for row in rows)


@given(st.lists(damage(), min_size=1, max_size=3))
def test_a_damaged_folder_is_read_or_refused_in_words(spoilt):
    with tempfile.TemporaryDirectory() as room:
        case = Folder(Path(room) / "valley")
        for name, text in spoilt:
            case.write(name, text)
        problems = ()
        try:
            write_flee(case.root, Path(room) / "out")
        except InputError as fault:
            problems = fault.problems
        assert all(line and "\n" not in line for line in problems)
        assert sorted(p.name for p in Path(room).iterdir()) == (["valley"] if problems else ["out", "valley"])
