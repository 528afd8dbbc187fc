"""The day loop and the ledger: one block of members through the period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from displacement.errors import LedgerError
from displacement.members import Members, draw_members
from displacement.movement.departure import Neighbours
from displacement.movement.setting import Setting, Today, days_of, routes_for
from displacement.movement.state import AGAIN, NEW, PEOPLE_TRAFFIC, REFUGEE, VINTAGES, Moves, People, add_at
from displacement.movement.step import step
from displacement.network import Floats
from displacement.routes import Gates
from displacement.scenario import Scenario
from displacement.streams import Counts, Draws, Expected, Luck, stream_key

BLOCK = 50
GROUPS = 1
FURTHEST_REACH = 3.0  # spill is 0 beyond this many reaches
TOLERANCE = 1e-9  # of everyone, for the mean-field twin; integers are compared exactly


def simulate_block(
    scenario: Scenario,
    *,
    seed: int,
    block: int,
    uncertainty: tuple[str, ...],
    choice: str = "gravity",
    size: int = BLOCK,
    on_day: Callable[[], None] | None = None,
) -> dict[str, np.ndarray]:
    """Run one block of members and return its records by variable. `on_day` is called after each day."""
    luck = Luck(seed, block)
    variant, completion = _variant(scenario, luck, uncertain="conditions" in uncertainty)
    conditions = variant.compile()
    members = draw_members(variant, luck, size, uncertainty)
    setting, days = prepare(variant, conditions, members, completion, choice)
    draws: Draws = luck if "counts" in uncertainty else Expected()
    people = opening(members, setting, size, whole="counts" in uncertainty)
    record = Record.of(setting, people, len(days))
    for today in days:
        moved, moves = step(people, today, setting, draws, members.multiplier[:, today.day])
        check_ledger(people, moved, moves, setting, today)
        people = moved
        record.day(today.day, people, moves, setting)
        if on_day is not None:
            on_day()
    return {name: as_counts(values) for name, values in record.variables.items()}


def _variant(scenario: Scenario, draws: Draws, *, uncertain: bool) -> tuple[Scenario, Floats]:
    """The scenario with its uncertain dates settled, and how far each link's unknown permissions are open.

    Unless they are uncertain: then each event starts when it says, and unknown permissions are half open.
    """
    if not uncertain:
        return scenario, np.full(len(scenario.network.links), 0.5)
    keys = [stream_key(name) for name in scenario.network.links.id]
    completion = np.array([draws.uniform("unknown permission", 1, key=key)[0] for key in keys])
    return scenario.settled(draws), completion


def prepare(
    scenario: Scenario, conditions: xr.Dataset, members: Members, completion: Floats, choice: str
) -> tuple[Setting, list[Today]]:
    """What every day of a block needs, made once: routes, neighbours and each day's conditions."""
    network, parameters = scenario.network, scenario.parameters
    routes = routes_for(network, conditions, scenario.country, parameters, completion)
    inhabited = network.places.residents + network.places.opening_displaced > 0
    reach = float(np.max(members.parameters.spill_reach))
    setting = Setting(
        network=network,
        gates=Gates.of(network, scenario.country),
        routes=routes,
        neighbours=Neighbours.of(network, reach, inhabited),
        parameters=members.parameters,
        home=scenario.country,
        choice=choice,
    )
    since = np.datetime64(scenario.since)
    days = days_of(conditions, network, setting.gates, routes, setting.neighbours, parameters, completion, since)
    return setting, days


def opening(members: Members, setting: Setting, size: int, *, whole: bool) -> People:
    """People at the start: whole people in the stochastic model, real numbers in the twin."""
    kind = np.int64 if whole else np.float64
    places, gates, routes = len(setting.network.places), len(setting.gates), setting.routes

    def spread(values: Floats) -> Counts:
        wide = np.broadcast_to(values, (size, places))[:, np.newaxis]
        return np.floor(wide + 0.5).astype(kind) if whole else wide.astype(kind)

    residents = spread(members.residents)
    staying = residents * np.asarray(members.parameters.stayers).reshape(-1, 1, 1)
    stayers = np.floor(staying + 0.5).astype(kind) if whole else staying
    away = np.zeros((size, GROUPS, len(VINTAGES), places), kind)
    away[:, :, 0] = spread(members.displaced)
    away[:, :, REFUGEE, setting.abroad] = away[:, :, 0, setting.abroad]
    away[:, :, 0, setting.abroad] = 0
    days_on_road = max(int(routes.stages.max(initial=1)) - 1, 0)
    return People(
        settled=residents - stayers,
        stayers=stayers,
        trapped_home=np.zeros((size, GROUPS, places), kind),
        away=away,
        trapped_away=np.zeros_like(away),
        travelling=np.zeros((size, GROUPS, len(VINTAGES), len(routes), days_on_road), kind),
        waiting=np.zeros((size, GROUPS, len(VINTAGES), len(PEOPLE_TRAFFIC), gates), kind),
    )


def check_ledger(before: People, after: People, moves: Moves, setting: Setting, today: Today) -> None:
    """Everybody is somewhere, once; every change of a stock is explained by the day's flows; no count is negative."""
    kept_waiting = moves.joined - moves.crossed - moves.gave_up
    balances = {
        "everyone": after.everyone - before.everyone,
        "people at places": after.present - before.present - moves.arrivals + moves.departures,
        "people waiting": after.waiting.sum(axis=2) - before.waiting.sum(axis=2) - kept_waiting,
    }
    whole = np.issubdtype(after.settled.dtype, np.integer)
    slack = 0 if whole else TOLERANCE * (1.0 + float(np.max(before.everyone)))
    for what, gap in balances.items():
        if np.any(np.abs(gap) > slack):
            message = f"day {today.day}: the ledger of {what} does not close; this is a bug in displacement"
            raise LedgerError(message)
    for what in ("settled", "stayers", "trapped_home", "away", "trapped_away", "travelling", "waiting"):
        if (getattr(after, what) < -slack).any():
            message = f"day {today.day}: a count of {what} people is negative; this is a bug in displacement"
            raise LedgerError(message)


@dataclass(frozen=True, eq=False)
class Record:
    """What is kept of each day, by variable, groups summed: (member, time, ...)."""

    variables: dict[str, np.ndarray]

    @classmethod
    def of(cls, setting: Setting, people: People, days: int) -> Record:
        """Empty records, with the opening stocks."""
        size, kind = len(people.settled), people.settled.dtype
        places, links = len(setting.network.places), len(setting.network.links)
        crossings = len(setting.gates) // 2
        shapes = {
            **dict.fromkeys(PLACE_RECORDS, (places,)),
            **dict.fromkeys(("travelling", "traffic"), (links, 2)),
            **dict.fromkeys(("waiting", "joined", "crossed", "crossed_irregularly", "gave_up"), (crossings, 2)),
        }
        variables = {name: np.zeros((size, days, *shape), kind) for name, shape in shapes.items()}
        variables["start_residents"] = people.residents.sum(axis=1)
        variables["start_displaced"] = people.staying_away[:, :, :REFUGEE].sum(axis=(1, 2))
        return cls(variables)

    def day(self, day: int, people: People, moves: Moves, setting: Setting) -> None:
        """Write one day."""
        staying = people.staying_away.sum(axis=1)
        since = moved_by_place(people, setting)
        by_place = {
            "residents": people.residents.sum(axis=1),
            "displaced": staying[:, :REFUGEE].sum(axis=1),
            "refugees": staying[:, REFUGEE],
            "trapped": people.trapped.sum(axis=1),
            "newly_displaced": since[:, NEW],
            "moved_since": since[:, NEW] + since[:, AGAIN],
            "departures": moves.departures.sum(axis=1),
            "departures_from_home": moves.departures_from_home.sum(axis=1),
            "arrivals": moves.arrivals.sum(axis=1),
            "stopped": moves.stopped.sum(axis=1),
        }
        for name, values in by_place.items():
            self.variables[name][:, day] = values
        ways = (len(moves.traffic), -1, 2)
        self.variables["traffic"][:, day] = moves.traffic.reshape(ways)
        self.variables["travelling"][:, day] = travelling_by_arc(people, setting).reshape(ways)
        self.variables["waiting"][:, day] = people.waiting.sum(axis=(1, 2, 3)).reshape(ways)
        for name in ("joined", "crossed", "crossed_irregularly", "gave_up"):
            self.variables[name][:, day] = getattr(moves, name).sum(axis=(1, 2)).reshape(ways)


PLACE_RECORDS = (
    "residents", "displaced", "refugees", "trapped", "newly_displaced", "moved_since",
    "departures", "departures_from_home", "arrivals", "stopped",
)  # fmt: skip


def moved_by_place(people: People, setting: Setting) -> Counts:
    """(member, vintage, place) people away by vintage: travellers at their destination, waiting at the near side."""
    found = np.asarray(people.staying_away.sum(axis=1))
    if people.travelling.size and people.travelling.any():
        add_at(found, setting.routes.destination, people.travelling.sum(axis=(1, 4)))
    if people.waiting.any():
        add_at(found, setting.gates.near, people.waiting.sum(axis=(1, 3)))
    return found


def travelling_by_arc(people: People, setting: Setting) -> Counts:
    """(member, arc) people under way at the end of the day, on the last arc that they entered."""
    found = np.zeros((len(people.settled), 2 * len(setting.network.links)), people.settled.dtype)
    for stage in range(people.travelling.shape[-1]):
        cohort = people.travelling[..., stage].sum(axis=(1, 2))
        routes = np.flatnonzero(cohort.any(axis=0))
        add_at(found, setting.routes.position[routes, stage], cohort[:, routes])
    return found


def as_counts(values: np.ndarray) -> np.ndarray:
    """Whole people as 32-bit integers where they fit, which the limit on people ensures short of extreme draws."""
    if not np.issubdtype(values.dtype, np.integer):
        return values
    return values.astype(np.int32) if values.max(initial=0) <= np.iinfo(np.int32).max else values
