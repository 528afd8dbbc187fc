"""How forecasts are judged: sums by origin, blocks, intervals of a gain; what is shipped; the page of results."""

import json
from pathlib import Path

import numpy as np
import pytest

from displacement.errors import InputError
from displacement.forecast import protocol
from displacement.forecast.constants import Constants
from displacement.forecast.fit import relative_score
from displacement.forecast.mixture import crps_of_values, trained
from displacement.forecast.tasks import joined
from displacement.forecast.taught import from_text, package_taught, text_of
from tests import made_up
from tests.flee_cases import CASES, needs_cases

FIGURES = Path(__file__).parents[2] / "docs" / "theory" / "results.json"


@pytest.fixture(scope="module")
def tasks():
    return made_up.cases(4)


@pytest.fixture(scope="module")
def fold(tasks):
    return protocol.fold_of(tasks, "case 0", Constants())


def test_every_method_forecasts_every_task(fold):
    for values in fold.values.values():
        assert values.shape == (len(fold.tasks), 49)
        assert np.isfinite(values).all()


def test_a_fold_does_not_know_its_own_conflict(tasks, fold):
    """Another conflict in its place changes nothing of what the others teach."""
    other = joined([made_up.tasks(99, "case 0"), tasks.take(tasks.case != "case 0")])
    assert text_of(trained(tasks.take(tasks.case != "case 0"), Constants())) == text_of(
        trained(other.take(other.case != "case 0"), Constants())
    )


def test_sums_by_origin_add_up_to_the_score(fold):
    loss = crps_of_values(fold.values["mixture"], fold.tasks.observed)
    sums = protocol.sums_by_origin(fold, "mixture")
    assert sums.sum() == pytest.approx(loss[fold.tasks.known].sum())
    assert protocol.score(fold, "mixture") == pytest.approx(relative_score(fold.tasks, loss)[0])


def test_blocks_are_neighbours_and_draw_every_origin_alike():
    drawn = protocol.blocks(10, 4000, seed=1)
    assert drawn.shape == (4000, 10)
    assert (np.diff(drawn[:, :4], axis=1) % 10 == 1).all()
    share = np.bincount(drawn.ravel(), minlength=10) / drawn.size
    assert np.abs(share - 0.1).max() < 4 * np.sqrt(0.09 * 4 / drawn.size)  # 4 standard errors of blocks of 4


def test_the_interval_of_a_gain_holds_the_gain(tasks, fold):
    folds = {"case 0": fold, "case 1": protocol.fold_of(tasks, "case 1", Constants())}
    low, high = protocol.ratio_interval(folds, "mixture", "persistence, pooled", draws=500)
    ratio = [protocol.sums_by_origin(f, "mixture").sum(axis=1) / protocol.sums_by_origin(f, "persistence, pooled")
             .sum(axis=1) for f in folds.values()]  # fmt: skip
    assert low < np.exp(np.mean([np.log(r).mean() for r in ratio])) < high
    same = protocol.ratio_interval(folds, "mixture", "mixture", draws=50)
    assert same == (1.0, 1.0)


def test_coverage_counts_whole_people():
    values = np.tile(np.linspace(10.0, 20.0, 49), (3, 1))
    assert protocol.inside(values, np.array([10.6, 15.0, 25.0]), 95.0).tolist() == [True, True, False]


def test_what_is_shipped_is_read_as_it_was_written(tasks):
    taught = trained(tasks, Constants())
    again = from_text(text_of(taught))
    np.testing.assert_allclose(again.shape.z, taught.shape.z, rtol=1e-5)
    assert again.constants == taught.constants
    shipped = package_taught()
    assert (np.diff(shipped.shape.z, axis=1) >= 0).all()
    assert set(shipped.relative) == {"damped45", "persistence"}


def test_a_table_with_a_hole_is_an_error(tasks):
    lines = text_of(trained(tasks, Constants())).splitlines()
    with pytest.raises(InputError, match="numbers are missing"):
        from_text("\n".join(line for line in lines if not line.startswith("z,3,7,")))


@needs_cases
@pytest.mark.slow
def test_the_figures_of_the_page_come_out_again():
    """Scores of the four conflicts, with the constants that the page says were fitted without each."""
    from displacement.forecast.tasks import rolling
    from displacement.io.flee import import_flee
    from displacement.observations import day, record_of

    figures = json.loads(FIGURES.read_text())["forecast"]
    parts = []
    for name, folder in CASES.items():
        scenario, observed, _ = import_flee(folder)
        start = day(scenario.start)
        record = record_of(observed, groups=scenario.network.place_groups)
        parts.append(rolling(record, start, start + scenario.days, case=name))
    tasks = joined(parts)
    for i, name in enumerate(CASES):
        fold = protocol.fold_of(tasks, name, Constants(**figures["constants"][name]))
        for method in protocol.METHODS:
            assert protocol.score(fold, method) == pytest.approx(figures["crps"][method][i], rel=1e-6)
