"""Every figure that `run` writes, on real and on awkward cases: nothing cut off, no words over words, no warning."""

from dataclasses import replace

import numpy as np
import pytest

from displacement import comparison_outputs, forecast_outputs
from displacement.access import access_status
from displacement.charts.style import new_figure
from displacement.ensemble import simulate, with_access
from displacement.forecast import forecast
from displacement.io import read_observed, read_scenario
from displacement.io.flee import import_flee
from displacement.outputs import folder as outputs_folder
from displacement.outputs import write_outputs
from tests import made_up
from tests.charts.conftest import ALEPPO
from tests.charts.looked_at import problems
from tests.flee_cases import CASES, needs_cases
from tests.lively import links, places, scenario
from tests.supplied import supplied

AWKWARD = (
    "<script>alert('x')</script>",
    'The "so-called" camp & more',
    "$x_1$ and $y^2$",
    "مخيم الزعتري",
    "Camp 🏕 of the river",
    "A place with a name that goes on and on, past every edge that there is, and then some more of it",
    "100 % \\frac{a}{b} {curly}",
    "Ünïcödé-Ñame ’quoted’",
)


@pytest.fixture
def figures(monkeypatch, tmp_path):
    """What is wrong with each figure of a run, by its name; nothing is saved."""

    def found(case, run, access, observed=None, crowding=None, internal=True):
        seen = {}

        def look(figure, _folder, name):
            seen[name] = problems(figure)
            return []

        monkeypatch.setattr(outputs_folder, "save", look)
        write_outputs(run, case, access, tmp_path / "out", observed, internal, crowding)
        return seen

    return found


def told(seen):
    """What is wrong, a line each."""
    return "\n".join(f"{name}: {wrong}" for name, found in seen.items() for wrong in found)


def renamed(case, seed=0):
    """The same case with awkward names, scattered over a region."""
    rng = np.random.default_rng(seed)
    ids = case.network.places.id
    names = tuple(AWKWARD[i % len(AWKWARD)] + (f" {i}" if i >= len(AWKWARD) else "") for i in range(len(ids)))
    where = {"latitude": rng.uniform(34, 37, len(ids)), "longitude": rng.uniform(36, 40, len(ids))}
    network = replace(case.network, places=replace(case.network.places, name=names, **where))
    return replace(case, network=network, name=AWKWARD[0], summary=" ".join(AWKWARD))


def of(figures, case, members=3, **more):
    status = access_status(case)
    return figures(case, with_access(simulate(case, members=members, seed=1), status), status, **more)


def test_what_is_wrong_is_found():
    figure = new_figure((3.0, 2.0))
    ax = figure.add_subplot()
    ax.plot([0, 1], label="a line")
    assert not problems(figure)
    ax.text(0.5, 0.5, "one")
    ax.text(0.51, 0.5, "two")
    ax.legend()
    figure.text(0.95, 0.0, "beyond the edge")
    wrong = " ".join(problems(figure))
    for said in ("over each other: 'one' and 'two'", "cut off: 'beyond the edge'", "key over data: 'a line'"):
        assert said in wrong


def test_aleppo(figures, aleppo, aleppo_run, aleppo_conditions):
    status = access_status(aleppo, aleppo_conditions)
    observed = read_observed(ALEPPO, aleppo.network)
    seen = figures(aleppo, aleppo_run, status, observed)
    assert len(seen) >= 16
    assert not told(seen)


def test_sixty_places_with_awkward_names(figures):
    seen = of(figures, renamed(supplied(2, places=60, events=30, days=12)))
    assert {"flow_map", "people_in_need", "site_arrivals", "severity_map"} <= set(seen)
    assert not told(seen)


def test_a_place_alone(figures):
    seen = of(figures, renamed(supplied(5, places=1, events=2, days=3)), members=1)
    assert not told(seen)


def test_nobody_moves_and_nothing_is_known(figures):
    ground = places(
        ["a", "b"], ["town", "camp"], population=[1_000, np.nan], displaced=[np.nan, 10], capacity=[np.nan, 0]
    )
    case = renamed(scenario(ground, links([], [], [])))
    assert not told(of(figures, case, members=1))


def looked(monkeypatch, module):
    """What is wrong with each figure that a module saves from now on, by its name."""
    seen = {}

    def look(figure, _folder, name):
        seen[name] = problems(figure)
        return []

    monkeypatch.setattr(module, "save", look)
    return seen


def test_a_comparison(monkeypatch, tmp_path):
    seen = looked(monkeypatch, comparison_outputs)
    usual = renamed(supplied(2, places=12, events=8, days=12))
    cases = [
        usual,
        replace(usual, name=AWKWARD[5] * 2, events=usual.events[:4]),
        replace(usual, name=AWKWARD[2], events=()),
    ]
    runs = {case.name: simulate(case, members=3, seed=1) for case in cases}
    made = comparison_outputs.Comparison(runs=runs, scenarios={case.name: case for case in cases})
    comparison_outputs.write_comparison(made, tmp_path)
    assert set(seen) == {"scenarios", "difference_1", "difference_2"}
    assert not told(seen)


def test_a_forecast(monkeypatch, tmp_path):
    seen = looked(monkeypatch, forecast_outputs)
    record = made_up.record(7, sites=7)
    names = {site: AWKWARD[i] for i, site in enumerate(record.sites)}
    found = forecast(record, made_up.START + 400)
    forecast_outputs.write_forecast(found, record, tmp_path / "out", names, title=AWKWARD[0], what="refugees")
    assert set(seen) == {"forecast", "report_card"}
    assert not told(seen)


@pytest.mark.slow
@needs_cases
@pytest.mark.parametrize("name", ["burundi2015", "mali2012"])
def test_a_historic_case(figures, name):
    case, observed, _ = import_flee(CASES[name], capacities=True)
    seen = of(figures, case, members=5, observed=observed)
    assert "site_arrivals" in seen
    assert not told(seen)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deir_ez_zor_2016", "nagorno_karabakh_2023"])
def test_the_other_bundled_cases(figures, name):
    case = read_scenario(ALEPPO.parent / name)
    assert not told(of(figures, case, members=5))
