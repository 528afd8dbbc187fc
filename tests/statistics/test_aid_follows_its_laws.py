"""Convoys and sorties follow their laws over members. Each check is passed by all but 2 in 10,000 seeds."""

import numpy as np
import pytest
from scipy import stats

from displacement import events as ev
from displacement.supply.stocks import no_convoy_chance
from tests.aided import SupplyRun
from tests.lively import START
from tests.supply.worlds import PEOPLE, supply, world

SIZE, RARE = 3000, 1e-4
TRUCKS = 0.01  # so small a convoy that every approval shows
LINE = {"population": (0, 1), "ends": ((0, 1),), "km": (40.0,), "lines": ("r1",)}


def follows(counts, n, p):
    """Chi-squared of counts of so many members against the binomial law, cells of five or more expected."""
    expected = stats.binom.pmf(np.arange(n + 1), n, p) * len(counts)
    seen = np.bincount(counts, minlength=n + 1)
    cells = np.cumsum(expected // 5 > 0) * (expected >= 5)
    rest = expected < 5
    pairs = [(seen[cells == c].sum(), expected[cells == c].sum()) for c in np.unique(cells[~rest])]
    pairs.append((seen[rest].sum(), expected[rest].sum()))
    kept = np.array([pair for pair in pairs if pair[1] > 0])
    return stats.chisquare(kept[:, 0], kept[:, 1] * kept[:, 0].sum() / kept[:, 1].sum()).pvalue > RARE


def convoys(approved, weekly, days, size=SIZE, seed=11):
    """(member,) convoys that came in so many days."""
    line = ev.ConvoyApproval(link="r1", trucks=TRUCKS, requests_per_week=weekly, approved=approved, start=START)
    case = world(supply(9.0), line, **LINE, days=days)
    run = SupplyRun.of(case, PEOPLE * np.array([0, 1]), uncertainty=("counts",), size=size, seed=seed)
    return np.rint(run.all("traffic")[:, :, 0].sum(axis=0) / (TRUCKS * 20.0)).astype(int)


@pytest.mark.parametrize(("approved", "weekly", "days"), [(0.1, 1.0, 21), (0.5, 3.0, 14), (0.8, 14.0, 6)])
def test_approvals_are_binomial(approved, weekly, days):
    """Requests of all days, each approved or not: 1 check for each of three regimes, 3e-4."""
    assert follows(convoys(approved, weekly, days), int(weekly * days / 7), approved)


def test_the_chance_of_no_convoy():
    """Weekly requests, a tenth approved, over 8 weeks: (1 - p)^8 = .43. 1 check: 2e-4."""
    none = int((convoys(0.1, 1.0, 56, size=1500) == 0).sum())
    assert stats.binomtest(none, 1500, no_convoy_chance(0.1, 8)).pvalue > RARE


def test_approvals_of_days_and_lines_are_independent():
    """Correlation of two days, and of two lines on a day, no further from 0 than luck has it. 2 checks: 4e-4."""
    lines = [
        ev.ConvoyApproval(link=f"r{i}", trucks=TRUCKS, requests_per_week=7.0, approved=0.5, start=START) for i in (1, 2)
    ]
    case = world(supply(9.0), *lines, ends=((0, 1), (0, 2)), lines=("r1", "r2"), days=2)
    run = SupplyRun.of(case, PEOPLE * np.array([0, 1, 1]), uncertainty=("counts",), size=SIZE)
    came = run.all("traffic")[:, :, [0, 2]] > 0
    for one, two in ((came[0, :, 0], came[1, :, 0]), (came[0, :, 0], came[0, :, 1])):
        rho = np.corrcoef(one, two)[0, 1]
        assert abs(rho) * np.sqrt(SIZE) < stats.norm.ppf(1 - RARE)


def test_sorties_are_binomial_and_each_place_has_luck_of_its_own():
    """Three sorties a day, .7 of them flown, at two places. 2 checks of the law, 1 of independence: 6e-4."""
    drops = ev.Airdrops(place=("T", "U"), tonnes_per_sortie=0.01, sorties_per_week=21.0, reliability=0.7, start=START)
    run = SupplyRun.of(world(drops, days=1), PEOPLE * np.array([0, 1, 1]), uncertainty=("counts",), size=SIZE)
    flown = np.rint(run.all("by_air")[0][:, 1:] / 0.01).astype(int)
    assert follows(flown[:, 0], 3, 0.7)
    assert follows(flown[:, 1], 3, 0.7)
    assert abs(np.corrcoef(flown.T)[0, 1]) * np.sqrt(SIZE) < stats.norm.ppf(1 - RARE)


def test_the_check_sees_what_is_wrong():
    """Approvals of .5 are told from those of .55 and from ones that come in pairs."""
    rng = np.random.default_rng(1)
    assert follows(rng.binomial(6, 0.5, SIZE), 6, 0.5)
    assert not follows(rng.binomial(6, 0.55, SIZE), 6, 0.5)
    assert not follows(2 * rng.binomial(3, 0.5, SIZE), 6, 0.5)
