"""Which opening helps most: each is solved again with the scenario's own dispatch and the same luck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import xarray as xr

from displacement.day_loop import BLOCK
from displacement.ensemble import simulate
from displacement.errors import InputError
from displacement.network import Floats
from displacement.openings.candidates import candidates
from displacement.openings.changes import Opening, opened
from displacement.scenario import Scenario
from displacement.streams import Draws, Expected, Luck
from displacement.supply.ground import Ground, SupplyDay, has_aid, supply_days
from displacement.supply.searches import Searches
from displacement.supply.state import Supply
from displacement.supply.step import SupplySetting, step
from displacement.supply.step import opening as opening_stocks
from displacement.supply.stocks import person_days

MEMBERS = 30  # that share their luck with every opening
MEANT = 10  # in whose mean people are held
IN_FULL = 5  # openings that are run again with people free to move
MOST_PAIRED = 8  # openings whose pairs are tried

Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False, kw_only=True)
class Gain:
    """What an opening does from its day to the end, in each member."""

    opening: Opening
    person_days: Floats  # (member,) of need met beyond the scenario as it is
    tonnes: Floats  # (member,) delivered beyond it
    parts: tuple[int, ...] = ()  # of a pair: positions of its two openings among the singles

    @property
    def mean(self) -> float:
        """Mean over members."""
        return float(self.person_days.mean())

    @property
    def chance(self) -> float:
        """Share of members in which it helps at all."""
        return float((self.person_days > 0.5).mean())


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranking:
    """Openings, the best first, and what the ranking rests on."""

    scenario: Scenario
    date: dt.date
    singles: list[Gain]
    pairs: list[Gain]
    unmet: Floats  # (member,) person-days of need unmet from the day on, as it is
    members: int
    stability: Floats  # (single,) share of members in which it ranks within one of its place here


@dataclass(frozen=True, eq=False, kw_only=True)
class Base:
    """The scenario as it is: people by day, the stocks on the morning of the opening, what is unmet after it."""

    scenario: Scenario
    people: Floats  # (time, place) times what they need
    morning: Supply
    unmet: Floats
    tonnes: Floats
    t: int
    members: int
    seed: int
    searches: Searches  # for ways: openings ask for much that was asked for before


def people_in_the_mean(scenario: Scenario) -> Floats:
    """(time, place) people present or waiting there, times what they need: the mean of a few members.

    Only counts and chances are drawn. Not the mean-field twin: in it convoys with a chance of less than one half never
    pass, so that it starves, and moves, people who are fed by chance.
    """
    run = simulate(scenario, members=MEANT, uncertainty=("counts",))
    people = np.sum([run[name].mean("member").values for name in ("residents", "displaced", "returned")], axis=0)
    places, waiting = scenario.network.places, run["waiting"].mean("member")
    for crossing in run["crossing"].values:
        for way, end in zip(run["direction"].values, ("link_from", "link_to"), strict=True):
            near = places.index(str(run[end].sel(link=crossing).item()))
            people[:, near] += waiting.sel(crossing=crossing, direction=way).values
    needs = scenario.compile()["need_per_person"].values
    return np.asarray(people * needs, float)


def supplied(
    days: Sequence[SupplyDay], people: Floats, supply: Supply, setting: SupplySetting, draws: Draws
) -> tuple[Supply, Floats, Floats]:
    """Stocks after some days with people held where they are; (member,) tonnes of need unmet and delivered in them."""
    size = len(supply.stock)
    unmet, delivered = np.zeros(size), np.zeros(size)
    for today in days:
        wanting = np.repeat(people[today.day][np.newaxis], size, axis=0)
        supply, moved = step(supply, wanting, today, setting, draws)
        unmet += moved.unmet.sum(axis=1)
        delivered += moved.delivered.sum(axis=1)
    return supply, unmet, delivered


def base_of(
    scenario: Scenario, date: dt.date, *, members: int = MEMBERS, seed: int = 1, people: Floats | None = None
) -> Base:
    """The scenario as it is, up to the morning of a day and from there to its end.

    people : (time, place) times what they need; their mean over a few members unless given
    """
    if not has_aid(scenario):
        raise InputError(f"{scenario.name}: nothing says what aid there is; add a HubSupply event to rank openings")
    people = people_in_the_mean(scenario) if people is None else people
    searches = Searches()
    setting, days = _prepared(scenario, searches)
    t = (date - scenario.start).days
    draws = Luck(seed) if members > 1 else Expected()
    first = opening_stocks(np.repeat(people[:1], members, axis=0), days[0], setting)
    morning, *_ = supplied(days[:t], people, first, setting, draws)
    _, unmet, tonnes = supplied(days[t:], people, morning, setting, draws)
    return Base(
        scenario=scenario, people=people, morning=morning, unmet=unmet, tonnes=tonnes, t=t, members=members, seed=seed,
        searches=searches,
    )  # fmt: skip


def _prepared(scenario: Scenario, searches: Searches) -> tuple[SupplySetting, list[SupplyDay]]:
    """The setting and days of supply, unknown permissions half open."""
    ground = Ground.of(scenario)
    half = np.full(len(scenario.network.links), 0.5)
    setting = SupplySetting(ground=ground, parameters=scenario.parameters, searches=searches)
    return setting, supply_days(scenario, scenario.compile(), ground, half)


def gain_of(base: Base, opening: Opening, date: dt.date, parts: tuple[int, ...] = ()) -> Gain:
    """Person-days of need that an opening meets beyond the scenario as it is: the same luck, the same people."""
    setting, days = _prepared(opened(base.scenario, opening, date), base.searches)
    draws = Luck(base.seed) if base.members > 1 else Expected()
    _, unmet, tonnes = supplied(days[base.t :], base.people, base.morning, setting, draws)
    kg = days[0].kg
    return Gain(
        opening=opening, person_days=person_days(base.unmet - unmet, kg), tonnes=tonnes - base.tonnes, parts=parts
    )


def rank_openings(
    scenario: Scenario,
    date: dt.date,
    *,
    conditions: xr.Dataset | None = None,
    members: int = MEMBERS,
    seed: int = 1,
    pairs: bool = True,
    progress: Progress | None = None,
) -> Ranking:
    """Everything that could be opened on a day, ranked by the person-days of need that it meets until the end.

    People are held where they are in the mean of a few members; each opening is solved again with the scenario's own
    dispatch and the same luck. Pairs are tried of the best eight.
    """
    if not 1 <= members <= BLOCK:
        raise InputError(f"members = {members}: must lie in [1, {BLOCK}]")
    conditions = scenario.compile() if conditions is None else conditions
    base = base_of(scenario, date, members=members, seed=seed)
    found = candidates(scenario, conditions, date)
    singles = []
    for done, opening in enumerate(found):
        singles.append(gain_of(base, opening, date))
        if progress is not None:
            progress(done + 1, len(found))
    singles.sort(key=lambda g: -g.mean)
    return Ranking(
        scenario=scenario,
        date=date,
        singles=singles,
        pairs=_pairs(base, singles, date) if pairs else [],
        unmet=person_days(base.unmet, float(conditions["ration"].sum())),
        members=members,
        stability=rank_stability(np.array([g.person_days for g in singles]).reshape(len(singles), members)),
    )


def _pairs(base: Base, singles: list[Gain], date: dt.date) -> list[Gain]:
    """Pairs of the best singles, by what both give beyond the two alone; screened with one mean member first."""
    best = list(range(min(MOST_PAIRED, len(singles))))
    one = base_of(base.scenario, date, members=1, people=base.people)
    alone = {i: gain_of(one, singles[i].opening, date).mean for i in best}
    screened = []
    for i, j in combinations(best, 2):
        if _overlap(singles[i].opening, singles[j].opening):
            continue
        both = gain_of(one, singles[i].opening & singles[j].opening, date).mean
        screened.append((both - alone[i] - alone[j], both, i, j))
    screened.sort(key=lambda row: (-row[0], -row[1]))
    chosen = {(i, j) for _, _, i, j in screened[:3]} | {
        (i, j) for _, _, i, j in sorted(screened, key=lambda r: -r[1])[:2]
    }
    found = [gain_of(base, singles[i].opening & singles[j].opening, date, (i, j)) for i, j in sorted(chosen)]
    return sorted(found, key=lambda g: -g.mean)


def _overlap(a: Opening, b: Opening) -> bool:
    """Does one grant what the other does?"""
    return bool({*a.links, *a.roads, *a.convoys} & {*b.links, *b.roads, *b.convoys})


def rank_stability(gains: Floats) -> Floats:
    """(opening,) share of members in which an opening ranks within one place of where its mean ranks it.

    gains : (opening, member), the best mean first. Ties share the better rank.

    >>> rank_stability(np.array([[9.0, 9.0], [5.0, 5.0], [1.0, 1.0]]))
    array([1., 1., 1.])
    """
    if not len(gains):
        return np.zeros(0)
    ranks = (gains[np.newaxis] > gains[:, np.newaxis]).sum(axis=1)  # better ones, in each member
    return np.asarray((np.abs(ranks - np.arange(len(gains))[:, np.newaxis]) <= 1).mean(axis=1))


@dataclass(frozen=True, kw_only=True)
class InFull:
    """An opening run again with people free to move: means over members, beyond the scenario as it is."""

    opening: Opening
    person_days: float
    leaving: float  # people who leave home more than otherwise
    crossing: float  # people who cross a border more than otherwise


def in_full(ranking: Ranking, *, members: int = BLOCK, seed: int = 1, most: int = IN_FULL) -> list[InFull]:
    """The best openings run again with people who move as they would: their own order may differ."""
    before = simulate(ranking.scenario, members=members, seed=seed)
    since = slice(str(ranking.date), None)
    kg = float(ranking.scenario.compile()["ration"].sum())
    found = []
    for gain in ranking.singles[:most]:
        after = simulate(opened(ranking.scenario, gain.opening, ranking.date), members=members, seed=seed)
        change = {
            name: float((after[name] - before[name]).sel(time=since).sum(dims).mean("member"))
            for name, dims in (
                ("unmet_need", ("time", "place", "commodity")), ("departures_from_home", ("time", "place")),
                ("crossed", ("time", "crossing", "direction")),
            )
        }  # fmt: skip
        met = person_days(np.array(-change["unmet_need"]), kg)
        found.append(
            InFull(
                opening=gain.opening, person_days=float(met), leaving=change["departures_from_home"],
                crossing=change["crossed"],
            )
        )  # fmt: skip
    return found


def agreement(ranking: Ranking, full: Sequence[InFull]) -> float:
    """Kendall's rank correlation of the gains with people held fixed and in full; 1: the same order.

    (concordant - discordant pairs) / pairs
    """
    a = [g.mean for g in ranking.singles[: len(full)]]
    b = [f.person_days for f in full]
    signs = [np.sign(a[i] - a[j]) * np.sign(b[i] - b[j]) for i, j in combinations(range(len(b)), 2)]
    return float(np.mean(signs)) if signs else 1.0
