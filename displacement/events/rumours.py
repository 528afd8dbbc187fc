"""Rumours: what people believe of other events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from displacement.conditions import Effect
from displacement.errors import InputError, did_you_mean
from displacement.events.base import Event
from displacement.events.world import World


def _not_zero(days: int) -> int:
    if days == 0:
        message = "must be a whole number in [-30, 30], and not 0"
        raise ValueError(message)
    return days


class Rumour(Event):
    """While it is in force, people act as if another event came, and ended, some days later (earlier, if negative).

    It changes no condition: only what people believe (`Scenario.beliefs`). Of two rumours of one event the one that
    started last counts; on the same start, the one that says earlier.
    """

    of: Annotated[str, Field(min_length=1), "the id of another event"]
    days: Annotated[int, Field(ge=-30, le=30), AfterValidator(_not_zero)]

    def effects(self, world: World) -> list[Effect]:
        """None: conditions are what they are."""
        if message := self.missing(world):
            raise InputError(message)
        return []

    def missing(self, world: World) -> str:
        """That no event has the id, or one that is itself a rumour."""
        known = {e.id for e in world.events if e.id and not isinstance(e, Rumour)}
        if self.of in known | world.unread:
            return ""
        if any(e.id == self.of for e in world.events):
            return f"{self.of!r} is itself a rumour, and a rumour is of what happens{did_you_mean(self.of, known)}"
        return f"no event has the id {self.of!r}{did_you_mean(self.of, known)}"

    def what(self, world: World) -> str:
        """See `Event.what`."""
        what = next((e.what(world) for e in world.events if e.id == self.of), self.of.replace("_", " "))
        days = f"{abs(self.days)} day{'s' if abs(self.days) > 1 else ''} {'later' if self.days > 0 else 'earlier'}"
        return f"people act as if this came {days} than it does: {what}"


def moved_by(date: dt.date, rumours: Iterable[Rumour]) -> tuple[tuple[str, int], ...]:
    """By how many days people believe each event to come later, on a date: (id, days), sorted by id.

    Of two rumours of one event the one that started last counts; on the same start, the one that says earlier.
    """
    heard = [r for r in rumours if r.start <= date <= (r.end or date)]
    return tuple(sorted({r.of: r.days for r in sorted(heard, key=lambda r: (r.start, -r.days))}.items()))


def moved(events: Iterable[Event], days: dict[str, int]) -> tuple[Event, ...]:
    """The events, those with an id in `days` so many days later."""
    return tuple(e.shifted(days[e.id]) if e.id in days else e for e in events)
