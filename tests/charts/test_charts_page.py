"""The page of charts says what the code does: every function, every file, all sixteen."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import displacement
from displacement import charts

ROOT = Path(displacement.__file__).parent
PAGE = ROOT.parent / "docs" / "reference" / "charts.md"
WRITERS = [*sorted((ROOT / "outputs").glob("*.py")), ROOT / "comparison_outputs.py", ROOT / "forecast_outputs.py"]
NAMED_LATER = {"people_who_moved", "reported_*", "difference_*"}  # the name is a variable where they are written


def rows():
    """Cells of each row of the table: number, and what stands in code in the other columns."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(int(row[0]), *(re.findall(r"`([^`]+)`", cell) for cell in row[2:])) for row in cells]


def drawn():
    """Names of the charts that are written, where the code says them outright."""
    found = set()
    for path in WRITERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if called in {"chart", "_chart", "save"}:
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found - {"charts"}


def test_all_sixteen_are_there_in_order():
    assert [row[0] for row in rows()] == list(range(1, 17))


def test_every_function_that_draws_has_its_place_and_takes_an_axes():
    named = {name for row in rows() for name in row[1]}
    public = {k for k in charts.__all__ if {"ax", "axes"} & set(inspect.signature(getattr(charts, k)).parameters)}
    assert named == public
    for name in named - {"report_card"}:
        assert inspect.signature(getattr(charts, name)).return_annotation == "Axes", name


def test_every_chart_that_is_written_has_its_place():
    assert {name for row in rows() for name in row[3]} == drawn() | NAMED_LATER


def test_every_table_is_written():
    code = "".join(path.read_text(encoding="utf-8") for path in WRITERS)
    for name in {name for row in rows() for name in row[4]} - NAMED_LATER:
        assert re.search(rf'"{name}(\.csv)?"', code), name


@pytest.mark.parametrize("name", sorted({name for row in rows() for name in row[2]}))
def test_the_commands_exist(name):
    from displacement.cli import app

    assert name in {c.name or c.callback.__name__ for c in app.registered_commands}
