"""Which opening helps most: what could be opened, solved again one by one, ranked by the need that it meets."""

from displacement.openings.candidates import candidates
from displacement.openings.changes import Opening, opened
from displacement.openings.ranking import (
    Gain,
    InFull,
    Ranking,
    agreement,
    gain_of,
    in_full,
    rank_openings,
    rank_stability,
)
from displacement.openings.words import openings_listed, openings_said

__all__ = [
    "Gain",
    "InFull",
    "Opening",
    "Ranking",
    "agreement",
    "candidates",
    "gain_of",
    "in_full",
    "opened",
    "openings_listed",
    "openings_said",
    "rank_openings",
    "rank_stability",
]
