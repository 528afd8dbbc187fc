"""What is kept of each day: stocks and flows by variable, groups together and, where there are several, apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.movement.departure import departure_probability
from displacement.movement.rationing import summed_by
from displacement.movement.setting import Setting
from displacement.movement.state import AGAIN, NEW, REFUGEE, Moves, People, add_at
from displacement.network import Indices
from displacement.streams import Counts, Draws, stream_key

BY_PLACE = (
    "residents", "displaced", "refugees", "returned", "trapped", "newly_displaced", "moved_since",
    "departures", "departures_from_home", "arrivals", "stopped", "evacuated",
)  # fmt: skip
BY_LINK = ("travelling", "queued", "traffic")
BY_CROSSING = ("waiting", "joined", "crossed", "crossed_irregularly", "gave_up")
BY_GROUP = ("residents", "displaced", "refugees", "returned")  # by place as well


@dataclass(frozen=True, eq=False)
class Record:
    """Records by variable, (member, time, ...)."""

    variables: dict[str, np.ndarray]
    label: Indices  # (row,) position of the label under which a row of the group axis is recorded
    countries: tuple[str, ...]  # abroad

    @classmethod
    def of(cls, setting: Setting, people: People, days: int) -> Record:
        """Empty records, with the opening stocks."""
        size, kind = len(people.settled), people.settled.dtype
        places, links = len(setting.network.places), len(setting.network.links)
        crossings, groups = len(setting.gates) // 2, setting.groups
        countries = setting.countries_abroad
        shapes = {
            **dict.fromkeys(BY_PLACE, (places,)),
            **dict.fromkeys(BY_LINK, (links, 2)),
            **dict.fromkeys(BY_CROSSING, (crossings, 2)),
        }
        if countries:
            shapes["registered"] = (len(countries),)
        if not len(setting.slots):
            del shapes["queued"]
        if groups.recorded:
            labels = len(groups.labels)
            shapes |= {f"{name}_by_group": (labels, places) for name in BY_GROUP}
            shapes |= dict.fromkeys(("waiting_by_group", "crossed_by_group"), (labels, crossings, 2))
            shapes["travelling_by_group"] = (labels,)
        variables = {name: np.zeros((size, days, *shape), kind) for name, shape in shapes.items()}
        variables["start_residents"] = people.residents.sum(axis=1)
        variables["start_displaced"] = people.staying_away[:, :, :REFUGEE].sum(axis=(1, 2))
        variables["start_refugees"] = people.staying_away[:, :, REFUGEE].sum(axis=1)
        position = {label: i for i, label in enumerate(groups.labels)}
        label = np.array([position[name] for name in groups.label], np.int64)
        return cls(variables, label, countries)

    def day(self, day: int, people: People, moves: Moves, setting: Setting, draws: Draws) -> None:
        """Write one day."""
        kept = self.variables
        staying = people.staying_away.sum(axis=1)
        since = moved_by_place(people, setting)
        by_place = {
            "residents": people.residents.sum(axis=1),
            "displaced": staying[:, :REFUGEE].sum(axis=1),
            "refugees": staying[:, REFUGEE],
            "returned": people.returned.sum(axis=1),
            "trapped": people.trapped.sum(axis=1),
            "newly_displaced": since[:, NEW],
            "moved_since": since[:, NEW] + since[:, AGAIN],
        }
        flows = ("departures", "departures_from_home", "arrivals", "stopped", "evacuated")
        by_place |= {name: getattr(moves, name).sum(axis=1) for name in flows}
        for name, values in by_place.items():
            kept[name][:, day] = values
        ways = (len(moves.traffic), -1, 2)
        queued = queued_by_arc(people, setting)
        kept["traffic"][:, day] = moves.traffic.reshape(ways)
        if len(setting.slots):
            kept["queued"][:, day] = queued.reshape(ways)
        kept["travelling"][:, day] = (travelling_by_arc(people, setting) + queued).reshape(ways)
        kept["waiting"][:, day] = people.waiting.sum(axis=(1, 2, 3)).reshape(ways)
        for name in ("joined", "crossed", "crossed_irregularly", "gave_up"):
            kept[name][:, day] = getattr(moves, name).sum(axis=(1, 2)).reshape(ways)
        self._register(day, since[:, REFUGEE], setting, draws)
        if setting.groups.recorded:
            self._groups(day, people, moves)

    def _register(self, day: int, refugees: Counts, setting: Setting, draws: Draws) -> None:
        """Refugees who are counted by the authorities: of those not yet counted, 1 - exp(-1 / mean lag) a day.

        refugees : (member, place), those under way abroad at their destination
        """
        if not self.countries:
            return
        there = np.stack([refugees[:, of].sum(axis=1) for of in setting.in_country], axis=1)
        registered = self.variables["registered"]
        before = np.minimum(registered[:, day - 1] if day else self._opening(setting), there)
        lag = departure_probability(1.0 / setting.column("registration_days"))
        keys = np.array([stream_key(f"country {name}") for name in self.countries], np.uint64)
        registered[:, day] = before + draws.binomial("registration", there - before, lag, day=day, keys=keys)

    def _opening(self, setting: Setting) -> Counts:
        """Who is abroad when the scenario opens has been counted."""
        start = self.variables["start_refugees"]
        return np.stack([start[:, of].sum(axis=1) for of in setting.in_country], axis=1)

    def _groups(self, day: int, people: People, moves: Moves) -> None:
        """The same by group."""
        staying = people.staying_away
        queued = summed_by(people.held.people.T, people.held.member, len(people.settled)).T
        found = {
            "residents": people.residents,
            "displaced": staying[:, :, :REFUGEE].sum(axis=2),
            "refugees": staying[:, :, REFUGEE],
            "returned": people.returned,
            "waiting": people.waiting.sum(axis=(2, 3)),
            "crossed": moves.crossed.sum(axis=2),
            "travelling": (people.travelling.sum(axis=(2, 3, 4)) + queued)[..., np.newaxis],
        }
        for name, values in found.items():
            kept = self.variables[f"{name}_by_group"]
            for row, label in enumerate(self.label):
                kept[:, day, label] += values[:, row].reshape(kept[:, day, label].shape)


def moved_by_place(people: People, setting: Setting) -> Counts:
    """(member, vintage, place) people away by vintage: travellers at their destination, waiting at the near side."""
    found = np.asarray(people.staying_away.sum(axis=1))
    if people.travelling.size and people.travelling.any():
        add_at(found, setting.routes.destination, people.travelling.sum(axis=(1, 4)))
    if len(people.held):
        vintage, slot = np.divmod(people.held.kind, len(setting.slots))
        cell = people.held.member, vintage, setting.routes.destination[setting.slots.route[slot]]
        np.add.at(found, cell, people.held.people.sum(axis=1))
    if people.waiting.any():
        add_at(found, setting.gates.near, people.waiting.sum(axis=(1, 3)))
    return found


def travelling_by_arc(people: People, setting: Setting) -> Counts:
    """(member, arc) people under way at the end of the day, on the last arc that they entered; queues apart."""
    found = np.zeros((len(people.settled), 2 * len(setting.network.links)), people.settled.dtype)
    for stage in range(people.travelling.shape[-1]):
        cohort = people.travelling[..., stage].sum(axis=(1, 2))
        routes = np.flatnonzero(cohort.any(axis=0))
        add_at(found, setting.routes.position[routes, stage], cohort[:, routes])
    return found


def queued_by_arc(people: People, setting: Setting) -> Counts:
    """(member, arc) people held in the queue of an arc at the end of the day."""
    found = np.zeros((len(people.settled), 2 * len(setting.network.links)), people.settled.dtype)
    slots, held = setting.slots, people.held
    np.add.at(found, (held.member, slots.limited[slots.arc[held.slot(len(slots))]]), held.people.sum(axis=1))
    return found


def as_counts(values: np.ndarray) -> np.ndarray:
    """Whole people as 32-bit integers where they fit, which the limit on people ensures short of extreme draws."""
    if not np.issubdtype(values.dtype, np.integer):
        return values
    return values.astype(np.int32) if values.max(initial=0) <= np.iinfo(np.int32).max else values
