"""Access: who is besieged, hard to reach or accessible, by which ways, and why. No loop, no state, no luck."""

from displacement.access.board import access_board
from displacement.access.cuts import isolating_cut, isolating_cuts
from displacement.access.protect import Cut, routes_to_protect
from displacement.access.protect_words import cuts_listed, cuts_said, told_apart
from displacement.access.reasons import reasons
from displacement.access.status import access_status
from displacement.access.thresholds import Thresholds

__all__ = [
    "Cut",
    "Thresholds",
    "access_board",
    "access_status",
    "cuts_listed",
    "cuts_said",
    "isolating_cut",
    "isolating_cuts",
    "reasons",
    "routes_to_protect",
    "told_apart",
]
