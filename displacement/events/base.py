"""The base of all events: when, how sure, who says so; the types of their fields."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from displacement.conditions import Effect
from displacement.events.world import World, shown_day, spell
from displacement.network import MOST_PEOPLE, TRAFFIC


def _as_date(value: Any) -> Any:
    """A day from a date, an ISO string or a numpy datetime; anything else is left for the type check to refuse."""
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError as problem:
            reason = "" if "isoformat" in str(problem) else f" ({problem})"
            message = f"must be a date such as 2016-02-03{reason}"
            raise ValueError(message) from problem
    return value.date() if isinstance(value, dt.datetime) else value


def _as_names(value: Any) -> Any:
    """One name or several, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Day = Annotated[dt.date, BeforeValidator(_as_date)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_names), Field(min_length=1)]
Several = Annotated[tuple[str, ...], BeforeValidator(_as_names)]
Two = Annotated[tuple[str, str], BeforeValidator(_as_names)]
OnePlace = Annotated[str, Field(min_length=1), "the id of one place"]
Share = Annotated[float, Field(ge=0, le=1)]
Chance = Share | Literal["unknown"]
RelationName = Literal["hostile", "smuggling", "tolerated", "truce", "same"]
Traffic = Literal["civilians", "medical", "trade", "aid"]
People = Annotated[float, Field(ge=0, le=MOST_PEOPLE)]
Vehicles = Annotated[float, Field(ge=0, le=1e7)]
Classes = Annotated[tuple[Traffic, ...], BeforeValidator(_as_names), Field(min_length=1)]


class Event(BaseModel, ABC):
    """Base of all events: when, how sure, who says so. `group` is a tag that `without` can take away."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    kind: ClassVar[str] = ""
    begins: ClassVar[str] = "from"
    start: Day
    end: Day | None = None
    earliest: Day | None = None
    latest: Day | None = None
    id: str = ""
    group: str = ""
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Event:
        if self.end is not None and self.end < self.start:
            message = f"end = {self.end} lies before start = {self.start}"
            raise ValueError(message)
        if not self.first <= self.start <= self.last:
            message = f"start = {self.start} must lie from earliest = {self.earliest} to latest = {self.latest}"
            raise ValueError(message)
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__

    @abstractmethod
    def effects(self, world: World) -> list[Effect]:
        """What this event does to the layers of Conditions."""

    @abstractmethod
    def what(self, world: World) -> str:
        """What happens, as a sentence without its date."""

    def sentence(self, world: World) -> str:
        """What happens and when."""
        when = f"{self.begins} {shown_day(self.start)}" if self.end is None else spell(self.start, self.end)
        if self.first < self.last:
            when += f" (start between {shown_day(self.first)} and {shown_day(self.last)})"
        what = self.what(world)
        return f"{what[:1].upper()}{what[1:]}, {when}."

    def until(self, world: World) -> dt.date | None:
        """The last day on which it is in force, other events considered; None: for good."""
        return self.end

    def missing(self, world: World) -> str:
        """Which other event it speaks of and is not there, as a message; empty if nothing is missing."""
        return ""

    @property
    def first(self) -> dt.date:
        """The earliest day on which it may start."""
        return self.earliest or self.start

    @property
    def last(self) -> dt.date:
        """The latest day on which it may start."""
        return self.latest or self.start

    def shifted(self, days: int) -> Event:
        """The same event some days later (earlier, if negative)."""
        by = dt.timedelta(days=days)
        dates = {k: v + by for k in ("start", "end", "earliest", "latest") if (v := getattr(self, k)) is not None}
        return self.model_copy(update=dates)

    def starting(self, start: dt.date) -> Event:
        """The same event with a start that is settled; its end stays, unless it would lie before."""
        end = max(self.end, start) if self.end is not None else None
        return self.model_copy(update={"start": start, "end": end, "earliest": None, "latest": None})

    def _effect(
        self, world: World, layer: str, *cells: tuple[int, ...], value: float, by: tuple[int, ...] = (), name: str = ""
    ) -> Effect:
        last = self.until(world)
        end = None if last is None else world.day(last)
        return Effect(layer=layer, cells=cells, start=world.day(self.start), end=end, value=value, by=by, name=name)


def ways_of(direction: str) -> tuple[int, ...]:
    """Positions on the direction axis."""
    return {"both": (0, 1), "forward": (0,), "backward": (1,)}[direction]


def classes_of(traffic: Iterable[str]) -> tuple[int, ...]:
    """Positions on the traffic axis."""
    return tuple(TRAFFIC.index(k) for k in traffic)
