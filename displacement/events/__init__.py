"""Dated events: one frozen class a kind. Each returns its effects and says in a sentence what it does; none writes.

Every kind has `start` and, unless it is for good, `end`: the last day on which it is in force. `earliest` and `latest`
bound a start that is not known to the day. A field `place` takes a place id, a named group of places, or several,
unless it is where a way begins.
"""

from displacement.events.aid import Airdrops, ConvoyApproval, FundingCut, HubSupply, Prepositioned
from displacement.events.base import Classes, Day, Event, Names, RelationName, Several, Two, ways_of
from displacement.events.chance import settled, stream_name
from displacement.events.crossings import CrossingClosed, CrossingOpened, CrossingQuota
from displacement.events.fighting import (
    AirStrikes,
    Capture,
    Ceasefire,
    Contested,
    Fighting,
    Fire,
    Relation,
    double_captures,
)
from displacement.events.pockets import Corridor, Evacuation, Siege, SiegeLifted
from displacement.events.roads import Checkpoint, Permission, RoadCut, RoadRepaired, Weather
from displacement.events.rumours import Rumour, moved, moved_by
from displacement.events.sites import CampClosed, CampOpened, CapacityChanged
from displacement.events.world import World, listed, shown_day, spell


def _kinds(base: type[Event]) -> list[type[Event]]:
    return [kind for sub in base.__subclasses__() for kind in (sub, *_kinds(sub))]


KINDS: dict[str, type[Event]] = {cls.kind: cls for cls in _kinds(Event)}  # type: ignore[type-abstract]

__all__ = [
    "KINDS",
    "AirStrikes",
    "Airdrops",
    "CampClosed",
    "CampOpened",
    "CapacityChanged",
    "Capture",
    "Ceasefire",
    "Checkpoint",
    "Classes",
    "Contested",
    "ConvoyApproval",
    "Corridor",
    "CrossingClosed",
    "CrossingOpened",
    "CrossingQuota",
    "Day",
    "Evacuation",
    "Event",
    "Fighting",
    "Fire",
    "FundingCut",
    "HubSupply",
    "Names",
    "Permission",
    "Prepositioned",
    "Relation",
    "RelationName",
    "RoadCut",
    "RoadRepaired",
    "Rumour",
    "Several",
    "Siege",
    "SiegeLifted",
    "Two",
    "Weather",
    "World",
    "double_captures",
    "listed",
    "moved",
    "moved_by",
    "settled",
    "shown_day",
    "spell",
    "stream_name",
    "ways_of",
]
