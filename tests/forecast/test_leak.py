"""Nothing dated after an origin may move a forecast made on it: later counts tripled, later fighting flipped, capacities
seven times as large. And the test itself fails when a leak is put in on purpose."""

from dataclasses import replace

import numpy as np
import pytest

import displacement as dp
from displacement.events import CrossingClosed, Fighting
from displacement.forecast import forecast, protocol
from displacement.forecast.constants import Constants
from displacement.forecast.mixture import trained
from displacement.forecast.split import Pull, ground_of, shares
from displacement.forecast.tasks import joined, rolling, tasks_ahead, tasks_at
from displacement.observations import Counts, Record
from tests import made_up

ORIGIN = made_up.START + 240
EXACT = 1e-10


def spoiled(record, origin):
    """The record with every count after the origin tripled, and called a recount."""
    found = {}
    for site, counts in record.sites.items():
        late = counts.days > origin
        found[site] = Counts(counts.days, np.where(late, 3 * counts.people, counts.people), counts.recount | late)
    return Record(found)


def dropped(record, origin):
    """The record without any count after the origin."""
    return Record({site: counts.until(origin) for site, counts in record.sites.items()})


def forecasts_of(method, record, others, taught):
    """Forecasts of the origins up to ORIGIN, and their origins."""
    mine = rolling(record, made_up.START, made_up.START + made_up.DAYS, case="mine")
    values = protocol.METHODS[method](mine, others, taught)
    early = mine.origin <= ORIGIN
    return mine.take(early), values[early]


@pytest.fixture(scope="module")
def others():
    found = made_up.cases(3, seed=50)
    return found, trained(found, Constants())


@pytest.mark.parametrize("method", protocol.METHODS)
@pytest.mark.parametrize("recounts", [False, True])
def test_counts_after_the_origin_move_no_forecast(method, recounts, others):
    record = made_up.record(7, recounts=recounts)
    plain, before = forecasts_of(method, record, *others)
    again, after = forecasts_of(method, spoiled(record, ORIGIN), *others)
    assert len(plain) == len(again) > 20
    assert np.nanmax(np.abs(plain.observed - again.observed)) > 0  # what came is another thing
    np.testing.assert_allclose(after, before, rtol=EXACT)


@pytest.mark.parametrize("method", [m for m in protocol.METHODS if not m.startswith("equal_split")])  # it needs targets
def test_that_counts_came_later_at_all_moves_no_forecast(method, others):
    """Whether an earlier forecast is verified must not hang on a count that comes after the origin. Forecasts of today,
    as they are made from a record that ends today, are those of the same day seen from later."""
    record = made_up.record(7)
    early = rolling(record, made_up.START, ORIGIN - 1, case="mine")
    seen = joined([early, tasks_at(record, ORIGIN, case="mine")])
    short = rolling(dropped(record, ORIGIN), made_up.START, ORIGIN - 1, case="mine")
    ahead = tasks_ahead(record, ORIGIN, case="mine")
    today = replace(ahead, date=ahead.date.copy())
    for i, (site, horizon) in enumerate(zip(today.site, today.horizon, strict=True)):
        match = (seen.site == site) & (seen.horizon == horizon) & (seen.origin == ORIGIN)
        today.date[i] = seen.date[match][0] if match.any() else today.date[i]
    then = protocol.METHODS[method](seen, *others)[seen.origin == ORIGIN]
    now = protocol.METHODS[method](joined([short, today]), *others)[len(short) :]
    both = np.array([((seen.site == s) & (seen.horizon == h) & (seen.origin == ORIGIN)).any()
                     for s, h in zip(today.site, today.horizon, strict=True)])  # fmt: skip
    np.testing.assert_allclose(now[both], then, rtol=EXACT)


def test_the_test_finds_a_leak(others, monkeypatch):
    """A method that looks at what came, and one that scales by all errors, verified by then or not."""
    record = made_up.record(7)

    def peeking(tasks, *_):
        return 0.9 * tasks.people[:, np.newaxis] + 0.1 * tasks.observed[:, np.newaxis]

    monkeypatch.setitem(protocol.METHODS, "peeking", peeking)
    _, before = forecasts_of("peeking", record, *others)
    _, after = forecasts_of("peeking", spoiled(record, ORIGIN), *others)
    assert not np.allclose(after, before, rtol=EXACT)
    monkeypatch.setattr(
        "displacement.forecast.method.by_then",
        lambda t, v, _: (np.full(len(t), t.known.sum()), np.tile((v * t.known).sum(), len(t))),
    )
    _, before = forecasts_of("damped drift with learnt errors", record, *others)
    _, after = forecasts_of("damped drift with learnt errors", spoiled(record, ORIGIN), *others)
    assert not np.allclose(after, before, rtol=EXACT)


def test_the_forecast_that_is_issued_knows_nothing_later(others):
    record = made_up.record(7)
    plain = forecast(record, ORIGIN, taught=others[1])
    cut = forecast(record.until(ORIGIN), ORIGIN, taught=others[1])
    again = forecast(spoiled(record, ORIGIN), ORIGIN, taught=others[1])
    for other in (cut, again):
        assert plain.table.equals(other.table)
        assert plain.past.equals(other.past)


def test_the_issued_forecast_is_that_which_is_scored(others):
    """Tasks of today and the same tasks seen from later give one forecast."""
    record, taught = made_up.record(7), others[1]
    found = forecast(record, ORIGIN, taught=taught, start=made_up.START, horizons=(30,))
    seen = tasks_at(record, ORIGIN, horizons=(30,))
    earlier = [tasks_at(record, o, horizons=(30,)) for o in np.arange(made_up.START + 60, ORIGIN, 30)]
    issued_for = dict(zip(seen.site, seen.date, strict=True))
    exact = {s for s, d in issued_for.items() if d == ORIGIN + 30}
    values = protocol.METHODS[protocol.ISSUED](joined([*earlier, seen]), others[0], taught)[-len(seen) :]
    medians = dict(zip(seen.site, values[:, 24], strict=True))
    for _, row in found.table[found.table["site"].isin(exact)].iterrows():
        assert row["q50"] == pytest.approx(medians[row["site"]], rel=1e-9)


@pytest.fixture(scope="module")
def scenario():
    return dp.read_scenario("scenarios/aleppo_2016")


def test_the_split_knows_no_later_road_camp_or_fighting(scenario):
    """Later fighting flipped, later closures put in, capacities seven times as large: shares up to the origin and, from
    it on, those of a ground that stands still, are the same."""
    today, camps = 12, [p for p, k in zip(scenario.network.places.id, scenario.network.places.kind, strict=True)
                        if k == "camp"]  # fmt: skip
    later = scenario.start + np.timedelta64(today + 1, "D").astype(object)
    places = replace(scenario.network.places, capacity=scenario.network.places.capacity * 7)
    flipped = replace(
        scenario,
        network=replace(scenario.network, places=places),
        events=tuple(e for e in scenario.events if not (isinstance(e, Fighting) and e.start >= later)),
    ).with_events(
        Fighting(place=("idleb", "afrin"), intensity=1.0, start=later, id="flipped"),
        CrossingClosed(crossing=("bab_al_hawa_crossing",), start=later, id="shut later"),
    )
    plain, other = (ground_of(s.network, s.compile(), camps) for s in (scenario, flipped))
    assert not np.allclose(shares(plain, Pull()), shares(other, Pull()))
    before, after = (shares(g.until(today, 60), Pull()) for g in (plain, other))
    np.testing.assert_allclose(after, before, rtol=EXACT)
    np.testing.assert_allclose(before[: today + 1], shares(plain, Pull())[: today + 1], rtol=EXACT)
