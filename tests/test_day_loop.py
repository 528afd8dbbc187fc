"""The day loop and its ledger: a run in which people are lost or made is an error."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from displacement import day_loop
from displacement import events as ev
from displacement.day_loop import prepare, simulate_block
from displacement.errors import LedgerError
from displacement.groups import Group
from displacement.members import SOURCES, draw_members
from displacement.streams import Luck
from tests.lively import START, links, lively, places, scenario

ABOUT = {"seed": 1, "block": 0, "uncertainty": SOURCES, "size": 2}
CASE = lively(340, places=6, events=8, days=4)


def test_a_ledger_that_does_not_close_is_an_error(monkeypatch):
    """Each stock in turn gains or loses a person behind the step's back."""
    honest = day_loop.step
    for name in ("settled", "stayers", "trapped_home", "away", "trapped_away", "waiting", "travelling"):
        for gain in (1, -1):

            def crooked(*args, name=name, gain=gain):
                people, moves = honest(*args)
                stock = getattr(people, name).copy()
                if stock.size:
                    stock.flat[0] += gain
                return replace(people, **{name: stock}), moves

            monkeypatch.setattr(day_loop, "step", crooked)
            with pytest.raises(LedgerError, match="this is a bug in displacement"):
                simulate_block(CASE, **ABOUT)


def test_people_moved_between_stocks_behind_the_flows_back_are_found(monkeypatch):
    honest = day_loop.step

    def crooked(*args):
        people, moves = honest(*args)
        away = people.away.copy()
        away[:, :, 0, 0] += 1
        away[:, :, 0, 1] -= 1
        return replace(people, away=away), moves

    monkeypatch.setattr(day_loop, "step", crooked)
    with pytest.raises(LedgerError):
        simulate_block(CASE, **ABOUT)


def test_a_negative_count_is_an_error(monkeypatch):
    honest = day_loop.step

    def crooked(*args):
        people, moves = honest(*args)
        return replace(people, settled=people.settled + 10**6, stayers=people.stayers - 10**6), moves

    monkeypatch.setattr(day_loop, "step", crooked)
    with pytest.raises(LedgerError, match="negative"):
        simulate_block(CASE, **ABOUT)


def test_each_day_is_told():
    told = []
    simulate_block(CASE, **ABOUT, on_day=lambda: told.append(1))
    assert len(told) == CASE.days


def test_people_at_the_start_are_rounded_half_up():
    """Of 11 residents .3 are stayers: 3.3, so 3 people; of 15 it is 4.5, so 5. Nobody is lost."""
    table = places("ab", ["town"] * 2, population=[11.0, 15.0], displaced=[3.0, np.nan], party=("blue",) * 2)
    assault = [ev.Fighting(place=p, intensity=1.0, start=START) for p in "ab"]
    far = places(
        "abc", ["town"] * 3, population=[11.0, 15.0, np.nan], displaced=[3.0, np.nan, np.nan], party=("blue",) * 3
    )
    roads = links(["ac", "bc"], [(0, 2), (1, 2)], [5.0, 6.0])
    case = scenario(far, roads, *assault, days=20, parameters={"departure_rate": 5.0, "spill": 0.0})
    records = simulate_block(case, seed=1, block=0, uncertainty=("counts",), size=4)
    assert table.residents.tolist() == records["start_residents"][0, :2].tolist()
    assert records["start_displaced"][0].tolist() == [3, 0, 0]
    assert (records["residents"][:, -1, :2] == [3, 5]).all()


def test_one_place_and_one_day_are_enough():
    table = places("a", ["town"], population=[500.0], party=("blue",))
    case = scenario(table, links([], [], []), ev.Fighting(place="a", intensity=1.0, start=START), days=1)
    records = simulate_block(case, **ABOUT)
    assert records["trapped"].sum() == records["stopped"].sum() > 0
    assert records["residents"].sum() == records["start_residents"].sum()


def test_with_conditions_off_events_start_when_they_say():
    """What is compiled, shown and classified is what is simulated: not the middle of an uncertain date's bounds."""
    table = places("ab", ["town"] * 2, population=[500.0, 10.0], party=("blue",) * 2)
    fight = ev.Fighting(place="a", intensity=1.0, start=START, latest=START + dt.timedelta(days=4))
    case = scenario(table, links(["road"], [(0, 1)], [5.0]), fight, days=5)
    sure = replace(case, events=(fight.starting(START),))
    for uncertainty in ((), ("counts",)):
        a, b = (simulate_block(c, seed=1, block=0, uncertainty=uncertainty, size=2) for c in (case, sure))
        np.testing.assert_array_equal(a["departures"], b["departures"])
    blocks = [simulate_block(case, seed=1, block=k, uncertainty=("conditions", "counts"), size=1) for k in range(12)]
    assert len({int(b["departures"][0, :, 0].nonzero()[0][0]) for b in blocks}) > 2  # drawn once a block


def test_stayers_of_a_village_are_as_many_however_it_is_split():
    table = places(["a", "b"], ["village", "town"], population=[20, 0], party=("blue",) * 2)
    for many in (1, 20):
        groups = tuple(Group(id=f"g{i}", name=f"G {i}", share=1 / many) for i in range(many))
        case = scenario(table, links(["ab"], [(0, 1)], [10.0]), groups=groups, parameters={"stayers": 0.3})
        _, _, people = prepare(
            case, case.compile(), draw_members(case, Luck(1), 2, ()), np.full(1, 0.5), "gravity", whole=True
        )
        assert (people.stayers.sum(axis=1)[:, 0] == 6).all()
