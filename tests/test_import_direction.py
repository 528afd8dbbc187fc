"""A module imports only from lower floors; files are opened in io; importing the package stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import displacement

ROOT = Path(displacement.__file__).parent
FLOORS = [
    {"errors"},  # the very ground: variables and streams may raise
    {"variables", "streams", "borders", "labelled", "displays"},
    {"network", "parameters"},
    {"standards", "observations"},
    {"conditions", "groups"},
    {"events"},
    {"operations"},
    {"scenario", "routes"},
    {"mandates"},
    {"paths"},
    {"need"},
    {"members", "movement", "access", "supply"},
    {"day_loop"},
    {"ensemble", "audit_of_aid", "audit_of_events"},
    {"summaries", "audit", "overview"},
    {"scores"},
    {"comparison", "calibration", "sensitivity", "openings"},
    {"forecast"},
    {"io", "charts", "testing"},
    {"outputs", "comparison_outputs", "forecast_outputs"},
    {"report"},
    {"cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
OPENERS = {
    "open",
    "read_text",
    "write_text",
    "read_bytes",
    "write_bytes",
    "to_csv",
    "to_netcdf",
    "read_csv",
    "open_dataset",
    "savefig",
    "loadtxt",
    "savetxt",
}
MAY_OPEN = {
    "io",
    "charts",
    "outputs",
    "comparison_outputs",
    "forecast",  # what past conflicts taught, the package's own table
    "forecast_outputs",
    "report",
    "cli",
    "standards",  # the package's own table
    "borders",  # the package's own file
}  # charts save figures where they are told to
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path):
    """Rooms of the package that a module imports, and in which line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            if node.level:  # relative: the package uses none
                yield "(relative)", node.lineno
            elif node.module == "displacement":
                for name in node.names:
                    yield name.name, node.lineno
            elif (node.module or "").startswith("displacement."):
                yield node.module.split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith("displacement."):
                    yield name.name.split(".")[1], node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_from_lower_floors(path):
    here = room(path)
    assert here in FLOOR, f"{here} stands on no floor: give it one in docs/architecture.md and here"
    upward = [
        f"{here}, line {line}: imports {there}"
        for there, line in imports(path)
        if there != here and FLOOR.get(there, 99) >= FLOOR[here]
    ]
    assert not upward


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_doors_open_files_and_only_the_command_line_prints(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in OPENERS or room(path) in MAY_OPEN, f"{path.name}, line {node.lineno}: {called}"
            assert called != "print" or room(path) == "cli", f"{path.name}, line {node.lineno}: print"


def test_the_three_rooms_of_floor_five_do_not_import_each_other():
    trio = {"movement", "access", "supply"}
    for path in MODULES:
        if room(path) in trio:
            assert not {there for there, _ in imports(path)} & (trio - {room(path)})


def modules_after(code):
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def test_importing_the_package_is_light():
    loaded = modules_after("import displacement")
    assert not loaded & {"numpy", "xarray", "pandas", "matplotlib", "typer", "tqdm", "networkx"}


def test_building_a_scenario_needs_no_charts_and_no_command_line():
    code = "import displacement as dp; dp.Scenario, dp.Network, dp.Parameters, dp.RoadCut, dp.simulate"
    loaded = modules_after(code)
    assert not loaded & {"matplotlib", "typer", "tqdm", "rich"}
    assert not {
        name for name in loaded if name.startswith(("displacement.charts", "displacement.cli", "displacement.io"))
    }


@pytest.mark.parametrize("name", displacement.__all__)
def test_every_public_name_is_there(name):
    assert getattr(displacement, name) is not None
    assert name in dir(displacement)


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = displacement.simulat
