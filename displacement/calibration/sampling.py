"""Importance sampling in the space where every prior is a standard normal: proposals, weights, and how they sharpen.

A proposal is a normal law beside the prior itself, so that no weight can exceed 1 / (share of the prior).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from displacement.calibration.floors import effective_members
from displacement.network import Flags, Floats

PRIOR_SHARE = 0.2  # of the draws of each proposal
WIDER = 1.5  # a proposal's covariance, of what it is fitted to
STEPS = 50  # of the search for a temper


@dataclass(frozen=True, eq=False)
class Proposal:
    """Draws of standard normal priors: a share from the prior, the rest from a normal law."""

    centre: Floats  # (dimension,)
    covariance: Floats  # (dimension, dimension)
    prior_share: float = PRIOR_SHARE

    @classmethod
    def prior(cls, dimensions: int) -> Proposal:
        """All from the prior."""
        return cls(np.zeros(dimensions), np.eye(dimensions), 1.0)

    def draw(self, normal: Floats) -> Floats:
        """(draw, dimension) draws, from as many standard normal deviates; those of the prior are spread evenly."""
        root = np.linalg.cholesky(self.covariance)
        return np.where(self.of_prior(len(normal))[:, np.newaxis], normal, self.centre + normal @ root.T)

    def of_prior(self, count: int) -> Flags:
        """(draw,) which draws are those of the prior."""
        passed = np.floor(np.arange(count + 1) * self.prior_share + 1e-9)
        return np.asarray(np.diff(passed) > 0)

    def log_density(self, z: Floats) -> Floats:
        """(draw,) log density: ln(s N(z; 0, 1) + (1 - s) N(z; centre, covariance)), s the share of the prior."""
        of_prior = log_normal(z)
        if self.prior_share >= 1.0:
            return of_prior
        root = np.linalg.cholesky(self.covariance)
        own = log_normal(np.linalg.solve(root, (z - self.centre).T).T) - np.log(np.diag(root)).sum()
        return np.asarray(np.logaddexp(np.log(self.prior_share) + of_prior, np.log1p(-self.prior_share) + own))


def log_normal(z: Floats) -> Floats:
    """(draw,) log density of independent standard normals (draw, dimension).

    >>> log_normal(np.zeros((1, 2))).round(4)
    array([-1.8379])
    """
    return np.asarray(-(z**2).sum(axis=1) / 2.0 - z.shape[1] / 2.0 * np.log(2.0 * np.pi))


def log_prior_ratio(z: Floats, proposals: Sequence[Proposal], counts: Sequence[int]) -> Floats:
    """(draw,) log of the prior over the mixture that all draws come from: ln N(z) - ln sum_k (n_k / n) q_k(z).

    >>> log_prior_ratio(np.zeros((3, 1)), [Proposal.prior(1), Proposal.prior(1)], [1, 2]).round(12) + 0.0
    array([0., 0., 0.])
    """
    share = np.asarray(counts, float)[:, np.newaxis] / sum(counts)
    mixture = logsumexp(np.stack([q.log_density(z) for q in proposals]), axis=0, b=share)
    return np.asarray(log_normal(z) - mixture)


def weights(log_weight: Floats) -> Floats:
    """(draw,) weights that add up to 1; all 0 if none has any.

    >>> weights(np.array([0.0, -np.inf, 0.0]))
    array([0.5, 0. , 0.5])
    """
    top = log_weight.max()
    if not np.isfinite(top):
        return np.zeros(len(log_weight))
    found = np.exp(log_weight - top)
    return np.asarray(found / found.sum())


def temper(log_likelihood: Floats, log_ratio: Floats, least: float) -> float:
    """The largest power of the likelihood, at most 1, at which as many effective draws as asked for are left.

    >>> temper(np.zeros(10), np.zeros(10), 5.0)
    1.0
    >>> 0.0 < temper(np.array([0.0, -100.0, -200.0]), np.zeros(3), 2.0) < 0.1
    True
    """

    def enough(power: float) -> bool:
        with np.errstate(invalid="ignore"):
            found = weights(power * log_likelihood + log_ratio)
        return bool(found.any()) and effective_members(found) >= least

    if enough(1.0):
        return 1.0
    low, high = -40.0, 0.0  # of the log
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if enough(float(np.exp(middle))) else (low, middle)
    return float(np.exp(low))


def moments(z: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted mean (dimension,) and covariance (dimension, dimension).

    >>> centre, covariance = moments(np.array([[0.0], [2.0]]), np.array([0.5, 0.5]))
    >>> centre.tolist(), covariance.tolist()
    ([1.0], [[1.0]])
    """
    centre = weight @ z
    apart = z - centre
    return centre, np.asarray((weight[:, np.newaxis] * apart).T @ apart)


def sharpened(z: Floats, weight: Floats) -> Proposal:
    """The proposal that weighted draws suggest: their mean, their covariance made wider and never quite flat."""
    centre, covariance = moments(z, weight)
    return Proposal(centre, WIDER * covariance + 1e-4 * np.eye(len(centre)))
