"""Sensitivity: analytic functions whose indices are known, laws of the model, and what is refused."""

import importlib
import re
from dataclasses import replace

import numpy as np
import pytest

from displacement.ensemble import simulate
from displacement.errors import InputError, MissingExtra
from displacement.members import POPULATIONS
from displacement.sensitivity import (
    answers_at,
    elementary_effects,
    known_names,
    one_at_a_time,
    response_of,
    screen,
    sobol,
    sobol_indices,
)
from tests.calibration.worlds import world

SIGMA = 4.0 / 1.96  # four standard errors, of half 95 % intervals


def ishigami(x, a=7.0, b=0.1):
    at = np.pi * (2 * x - 1)
    return np.sin(at[:, 0]) + a * np.sin(at[:, 1]) ** 2 + b * at[:, 2] ** 4 * np.sin(at[:, 0])


def exact_ishigami(a=7.0, b=0.1):
    one = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    two = a**2 / 8
    pair = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = one + two + pair
    first = np.array([one, two, 0.0]) / variance
    return first, first + np.array([pair, 0.0, pair]) / variance


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(x):
    return np.prod((np.abs(4 * x - 2) + A) / (1 + A), axis=1)


def exact_sobol_g():
    partial = 1 / (3 * (1 + A) ** 2)
    variance = np.prod(1 + partial) - 1
    total = partial * np.array([np.prod(1 + np.delete(partial, i)) for i in range(len(A))])
    return partial / variance, total / variance


@pytest.mark.parametrize(
    ("function", "names", "exact"),
    [(ishigami, list("abc"), exact_ishigami()), (sobol_g, list("abcde"), exact_sobol_g())],
    ids=["Ishigami", "Sobol G"],
)
def test_indices_of_known_functions_within_four_standard_errors(function, names, exact):
    table = sobol_indices(function, names, samples=1_024).loc[names]
    for column, values in zip(("first", "total"), exact, strict=True):
        off = np.abs(table[column].to_numpy() - values)
        assert (off <= SIGMA * table[f"{column}_error"].to_numpy() + 1e-3).all()
        assert off.max() < 0.1


def test_errors_fall_with_the_number_of_samples():
    few, many = (sobol_indices(ishigami, list("abc"), samples=n)["total_error"].mean() for n in (64, 1_024))
    assert many < few / 2  # 1 / sqrt(16) is 1 / 4


def test_elementary_effects_of_a_plane_are_its_slopes():
    table = elementary_effects(lambda x: x @ [3.0, -1.0, 0.0], list("abc"), trajectories=5)
    assert table.loc[list("abc"), "mean"].tolist() == pytest.approx([3.0, -1.0, 0.0], abs=1e-12)
    assert table["effect"].tolist() == pytest.approx([3.0, 1.0, 0.0], abs=1e-12)
    assert table["spread"].to_numpy() == pytest.approx(0.0, abs=1e-12)


def test_elementary_effects_find_what_matters_in_a_known_function():
    table = elementary_effects(sobol_g, list("abcde"), trajectories=100)
    assert list(table.index)[:2] == ["a", "b"]
    assert list(table.index)[-1] == "e"
    assert table.loc["a", "spread"] > 0.5 * table.loc["a", "effect"]


def test_what_does_not_vary_has_no_indices():
    assert (sobol_indices(lambda x: np.full(len(x), 3.0), ["a", "b"], samples=8) == 0).all(axis=None)


# of the model


@pytest.fixture(scope="module")
def case():
    return world(1)


def moved(run):
    return run.moved_since.isel(time=-1).sum("place")


def test_more_people_and_a_higher_rate_move_more_and_stayers_fewer(case):
    table = one_at_a_time(case, moved, ["departure_rate", "stayers", POPULATIONS, "return_rate"])
    up = table["high"] > table["low"]
    assert up["departure_rate"]
    assert up[POPULATIONS]
    assert not up["stayers"]
    assert table.loc["return_rate", "low"] == table.loc["return_rate", "high"] == table["base"].iloc[0]
    assert list(table.index)[-1] == "return_rate"
    assert table.loc["departure_rate", ["low_value", "high_value"]].tolist() == [0.08, 0.5]


def test_one_at_a_time_is_what_a_run_with_that_value_gives(case):
    table = one_at_a_time(case, moved, ["stayers"])
    low, _, _ = case.parameters.priors["stayers"]
    alone = replace(case, parameters=case.parameters.with_values({"stayers": low}))
    people = moved(simulate(alone, members=1, uncertainty=())).item()
    assert table.loc["stayers", "low"] == pytest.approx(people, rel=1e-6)


def test_screening_and_indices_agree_on_what_does_nothing(case):
    names = ["departure_rate", "stayers", "return_rate"]
    effects, shares = screen(case, moved, names, trajectories=4), sobol(case, moved, names, samples=16)
    assert effects.loc["return_rate", "effect"] == shares.loc["return_rate", "total"] == 0.0
    assert (effects.loc[names[:2], "effect"] > 0).all()
    assert shares.loc[names[:2], "total"].sum() == pytest.approx(1.0, abs=0.4)


def test_an_output_may_be_one_number_of_a_run(case):
    z = np.array([[-1.0], [1.0]])
    by_member = answers_at(case, moved, ["stayers"], z)
    one_number = answers_at(case, lambda run: float(moved(run).median("member")), ["stayers"], z)
    assert one_number.tolist() == by_member.tolist()


def test_shares_of_a_prior_are_its_quantiles(case):
    response = response_of(case, moved, ["stayers"], middle=0.8)
    table = one_at_a_time(case, moved, ["stayers"])
    assert response(np.array([[0.0], [1.0]])) == pytest.approx(table.loc["stayers", ["low", "high"]].to_numpy(float))


def test_draws_may_stand_in_for_the_twin(case):
    twin = one_at_a_time(case, moved, ["stayers"])
    drawn = one_at_a_time(case, moved, ["stayers"], uncertainty=("counts",), members=20)
    assert drawn.loc["stayers", "low"] == pytest.approx(twin.loc["stayers", "low"], rel=0.05)
    assert drawn.loc["stayers", "low"] != twin.loc["stayers", "low"]


def test_everything_with_a_wide_prior_can_be_named(case):
    names = known_names(case)
    assert names[-1] == POPULATIONS
    assert {"departure_rate", "hunger_rate"} < set(names)
    assert "town_size" not in names


# what is refused


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: one_at_a_time(c, moved, ["stayer"]), "did you mean 'stayers'"),
        (lambda c: one_at_a_time(c, moved, ["stayers", "stayers"]), "named twice"),
        (lambda c: one_at_a_time(c, moved, []), "no parameters to vary"),
        (lambda c: sobol(c, moved, ["stayers"], samples=12), "samples = 12: must be a power of 2, such as 16"),
        (lambda c: screen(c, moved, [], trajectories=1), "trajectories = 1: must be at least 2\nno parameters to vary"),
        (lambda c: one_at_a_time(c, lambda run: np.nan, ["stayers"]), "not a finite number"),
    ],
)
def test_what_makes_no_sense_is_refused(case, call, said):
    with pytest.raises(InputError, match=re.escape(said)):
        call(case)


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch):
    def gone(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", gone)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'displacement[calibrate]'")):
        sobol_indices(ishigami, list("abc"), samples=8)
    assert issubclass(MissingExtra, ImportError)
