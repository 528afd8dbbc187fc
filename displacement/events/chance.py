"""What is uncertain in an event, drawn: the day on which it starts, and whether a ceasefire breaks."""

from __future__ import annotations

import datetime as dt

import numpy as np

from displacement.events.base import Event
from displacement.events.fighting import Ceasefire
from displacement.streams import Draws, stream_key


def stream_name(event: Event) -> str:
    """What names the draws of an event's days: its id, else all that it says; empty where nothing of it is drawn."""
    may_break = isinstance(event, Ceasefire) and event.break_rate > 0
    if event.earliest is None and event.latest is None and not may_break:
        return ""
    return event.id or f"{event.kind} {event.model_dump_json(exclude={'break_rate'})}"


def settled(event: Event, draws: Draws) -> Event | None:
    """An event with its start, and the day on which it breaks, drawn; None for a ceasefire that never holds.

    The key is what the event says, so that other events do not change the draw, nor does how likely it is to break.
    """
    name = stream_name(event)
    if not name:
        return event
    key = stream_key(name)
    if event.earliest is not None or event.latest is not None:
        first, last = event.first, event.last
        u = float(draws.uniform("event date", 1, key=key)[0])
        event = event.starting(first + dt.timedelta(days=int(u * ((last - first).days + 1))))
    if isinstance(event, Ceasefire) and event.break_rate > 0:
        u = float(draws.uniform("ceasefire breaks", 1, key=key)[0])
        return event.lasting(-np.log1p(-u) / event.break_rate)
    return event
