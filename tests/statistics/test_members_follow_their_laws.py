"""What varies between members follows its law: priors, populations, the daily multiplier, and the streams below them.

Each check is passed by all but 2 in 10,000 seeds (1e-4 on each side); tests say how many checks they make.
"""

import itertools

import numpy as np
import pytest
from scipy import stats

from displacement.members import departure_multiplier, draw_members, place_deviates, uncertain_count
from displacement.parameters import Parameters
from displacement.streams import Luck, stream_key
from tests.lively import links, places, scenario

RARE = 1e-4


def usual(statistic, law):
    return RARE < law.cdf(statistic) < 1 - RARE


def correlated(x, y, rho):
    """Is the sample's correlation one of rho? By Fisher's z."""
    z = np.arctanh(np.corrcoef(x, y)[0, 1]) - np.arctanh(rho)
    return usual(z * np.sqrt(len(x) - 3), stats.norm)


def test_the_daily_multiplier_has_mean_one_its_spread_and_its_memory():
    """Log-normal with mean 1, spread .3 on the log, autocorrelation .7 a day, .7^3 in three. 8 checks: 1.6e-3."""
    size, s, r = 6000, 0.3, 0.7
    found = departure_multiplier(Luck(4), size, 12, s, r)
    for day in (0, 5, 11):
        error = np.sqrt(np.expm1(s**2) / size)
        assert usual((found[:, day].mean() - 1) / error, stats.norm)
        log = np.log(found[:, day])
        assert usual(((log + s**2 / 2) ** 2).sum() / s**2, stats.chi2(size))
    assert correlated(np.log(found[:, 7]), np.log(found[:, 8]), r)
    assert correlated(np.log(found[:, 7]), np.log(found[:, 10]), r**3)


@pytest.mark.parametrize("common", [0.0, 0.5, 0.9])
def test_places_share_the_common_part_of_their_deviates(common):
    """Two places correlate by the common share; each is a standard normal. 4 checks: 8e-4."""
    table = places("ab", ["town"] * 2)
    z = place_deviates(table, Luck(6), 5000, common)
    assert correlated(z[:, 0], z[:, 1], common)
    for i in (0, 1):
        assert stats.kstest(z[:, i], "norm").pvalue > RARE
    assert usual((z[:, 0] + z[:, 1]).var(ddof=1) * 4999 / (2 + 2 * common), stats.chi2(4999))


def test_low_central_and_high_are_the_10_50_and_90_percent_points_of_populations():
    """Of 5,000 members a tenth, a half and nine tenths lie below the points. 3 checks: 6e-4."""
    z = place_deviates(places("a", ["town"]), Luck(2), 5000, 0.5)[:, 0]
    found = uncertain_count(np.array(900.0), np.array(400.0), np.array(1000.0), z)
    for point, share in ((400.0, 0.1), (900.0, 0.5), (1000.0, 0.9)):
        assert stats.binomtest(int((found < point).sum()), 5000, share).pvalue > RARE


def test_every_prior_has_its_points_where_it_says():
    """16 priors by 3 points: 48 checks, false alarm 5e-3."""
    table = places("a", ["town"], population=[5.0])
    case = scenario(table, links([], [], []))
    drawn = draw_members(case, Luck(9), 4000, ("parameters",)).parameters
    for name, prior in Parameters().priors.items():
        values = getattr(drawn, name)
        for point, share in zip(prior, (0.1, 0.5, 0.9), strict=True):
            assert stats.binomtest(int((values < point).sum()), 4000, share).pvalue > RARE, name


def test_parameters_are_drawn_independently():
    """Neighbouring priors in the table are uncorrelated. 15 checks: 3e-3."""
    case = scenario(places("a", ["town"], population=[5.0]), links([], [], []))
    drawn = draw_members(case, Luck(9), 4000, ("parameters",)).parameters
    names = sorted(Parameters().priors)
    for a, b in itertools.pairwise(names):
        assert correlated(getattr(drawn, a), getattr(drawn, b), 0.0), (a, b)


KEYS = {
    "places": lambda i: {"seed": 1, "block": 0, "process": "wish", "day": 3, "key": stream_key(f"place {i}")},
    "days": lambda i: {"seed": 1, "block": 0, "process": "wish", "day": i, "key": 5},
    "processes": lambda i: {"seed": 1, "block": 0, "process": f"process {i}", "day": 3, "key": 5},
    "blocks": lambda i: {"seed": 1, "block": i, "process": "wish", "day": 3, "key": 5},
    "seeds": lambda i: {"seed": i, "block": 0, "process": "wish", "day": 3, "key": 5},
}


def uniform(size, *, seed, block, process, day, key):
    return Luck(seed, block).uniform(process, size, day=day, key=key)


@pytest.mark.parametrize("axis", KEYS)
def test_streams_are_uniform_and_independent_along_each_axis(axis):
    """First numbers of 2,000 neighbouring streams: uniform, and in pairs spread over the square. 3 checks: 4e-4."""
    first, second = np.array([uniform(2, **KEYS[axis](i)) for i in range(2000)]).T
    assert stats.kstest(first, "uniform").pvalue > RARE
    for x, y in ((first[:-1], first[1:]), (first, second)):
        table, _, _ = np.histogram2d(x, y, bins=6, range=[[0, 1], [0, 1]])
        assert stats.chisquare(table.ravel()).pvalue > RARE


def test_two_long_streams_do_not_overlap():
    """100,000 numbers of one place and of the next have none in common (64-bit counters apart), and no correlation."""
    a, b = (uniform(100_000, **KEYS["places"](i)) for i in (0, 1))
    assert not np.isin(a, b).any()
    assert correlated(a, b, 0.0)
