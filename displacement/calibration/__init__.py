"""Calibration: what observations say of the parameters, and what they leave open.

`fit` takes any counts and any parameters with priors; `calibrate` takes lower bounds and weighs a run of the prior.
"""

from displacement.calibration.fitting import MODEL_DISCREPANCY, fit
from displacement.calibration.floors import (
    COUNT_ERROR,
    POINTS,
    Floor,
    Posterior,
    calibrate,
    chance_of_floor,
    effective_members,
    member_parameters,
    projected,
    weighted_points,
)
from displacement.calibration.observed import Observation, observations_of
from displacement.calibration.posterior import JointPosterior

__all__ = [
    "COUNT_ERROR",
    "MODEL_DISCREPANCY",
    "POINTS",
    "Floor",
    "JointPosterior",
    "Observation",
    "Posterior",
    "calibrate",
    "chance_of_floor",
    "effective_members",
    "fit",
    "member_parameters",
    "observations_of",
    "projected",
    "weighted_points",
]
