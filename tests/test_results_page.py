"""The page of results is what its figures say, and so is every figure quoted in prose elsewhere."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
QUOTED = re.compile(r"<!-- (\w+) -->([0-9.]+)<!-- -->")
PROSE = [ROOT / "README.md", ROOT / "docs" / "theory" / "what_it_can_tell.md"]


@pytest.fixture(scope="module")
def figures():
    return json.loads((ROOT / "docs" / "theory" / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def known(figures):
    """What may be quoted, as it is told."""
    forecast, split = figures["forecast"], figures["split"]["rescaled"]
    held = forecast["coverage"]["mixture"]["80"]
    return {
        "gain": f"{100 * (1 - forecast['against ' + forecast['best_baseline']]['mean']):.0f}",
        "persistence": f"{100 * (1 - np.exp(np.mean(np.log(forecast['crps']['mixture'])))):.0f}",
        "covered": f"{100 * np.mean(held):.0f}",
        "recounts": f"{100 * np.mean(forecast['coverage_with_recounts']):.0f}",
        "mali": f"{100 * held[figures['cases'].index('mali2012')]:.0f}",
        "cold": f"{np.mean(split['cold']):.2f}",
        "equal": f"{np.mean(split['equal']):.2f}",
    }


def test_the_page_is_written_from_its_figures(figures, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs"), *sys.path])
    from results_page import page

    assert (ROOT / "docs" / "theory" / "results.md").read_text(encoding="utf-8") == page(figures)


@pytest.mark.parametrize("path", PROSE, ids=lambda p: p.name)
def test_figures_in_prose_are_those_of_the_table(path, known):
    quoted = QUOTED.findall(path.read_text(encoding="utf-8"))
    assert len(quoted) >= 4
    for name, value in quoted:
        assert value == known[name], f"{path.name}: {name} is said to be {value}, the table has {known[name]}"


def test_a_wrong_figure_would_be_found(known):
    assert known["gain"] != "99"
    assert QUOTED.findall("about <!-- gain -->99<!-- --> %") == [("gain", "99")]
