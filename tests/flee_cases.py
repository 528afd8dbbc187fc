"""Where the four historic cases are, if they are there: beside any folder above the repository, or DISPLACEMENT_CASES."""

import os
from pathlib import Path

import pytest

NAMES = ("mali2012", "burundi2015", "car2013", "ssudan2013")


def _found():
    if said := os.environ.get("DISPLACEMENT_CASES"):
        return Path(said)
    above = (parent / "shared" / "cases" / "flee" for parent in Path(__file__).resolve().parents)
    return next((path for path in above if path.is_dir()), None)


FOLDER = _found()
CASES = {name: FOLDER / name for name in NAMES if FOLDER is not None and (FOLDER / name).is_dir()}
needs_cases = pytest.mark.skipif(
    len(CASES) < len(NAMES),
    reason="the four historic cases are not there (../shared/cases/flee, or the folder in DISPLACEMENT_CASES)",
)
