"""What is open to whom, dangerous and controlled, day by day: the layers, how they fold, and permission.

Effects of events are painted into layers; overlaps are settled within a layer, then the layers are multiplied. Nothing
here is random, and the order in which events are listed never matters.
"""

from displacement.conditions.captures import capture_approach, capture_weights
from displacement.conditions.compiled import compile_conditions
from displacement.conditions.layers import LAYERS, Effect, combined_intensity, painted, smallest, worst
from displacement.conditions.permission import (
    CONTESTED_PERMISSION,
    FIRE_PERMISSION,
    RELATION_PERMISSION,
    RELATIONS,
    UNKNOWN,
    Ground,
    danger_permission,
    travel_time,
)
from displacement.conditions.shown import ShownConditions, show_conditions

__all__ = [
    "CONTESTED_PERMISSION",
    "FIRE_PERMISSION",
    "LAYERS",
    "RELATIONS",
    "RELATION_PERMISSION",
    "UNKNOWN",
    "Effect",
    "Ground",
    "ShownConditions",
    "capture_approach",
    "capture_weights",
    "combined_intensity",
    "compile_conditions",
    "danger_permission",
    "painted",
    "show_conditions",
    "smallest",
    "travel_time",
    "worst",
]
