"""Access: who is besieged, hard to reach or accessible, by which ways, and why. No loop, no state, no luck."""

from displacement.access.board import access_board
from displacement.access.cuts import isolating_cut, isolating_cuts
from displacement.access.reasons import reasons
from displacement.access.status import access_status
from displacement.access.thresholds import Thresholds

__all__ = ["Thresholds", "access_board", "access_status", "isolating_cut", "isolating_cuts", "reasons"]
