"""Runs side by side: what differs, where, since when, and which event did it."""

from displacement.comparison.attribution import contributions
from displacement.comparison.crowding import crowding_of
from displacement.comparison.difference import compare
from displacement.comparison.luck import variance_saved

__all__ = ["compare", "contributions", "crowding_of", "variance_saved"]
