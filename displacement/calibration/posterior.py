"""What is known of parameters after the observations: weighted members, and all that can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from displacement.calibration import evidence, predictive
from displacement.calibration.floors import POINTS, Posterior, effective_members, weighted_points
from displacement.calibration.observed import Observation
from displacement.calibration.sampling import weights
from displacement.ensemble import simulate
from displacement.members import POPULATIONS
from displacement.network import Floats
from displacement.parameters import Parameters
from displacement.scenario import Scenario
from displacement.streams import Luck

FEW = 100  # effective members, below which ranges are rough
DISCREPANCY = "discrepancy"  # of the model, among the dimensions


@dataclass(frozen=True, eq=False, kw_only=True)
class JointPosterior(Posterior):
    """Weighted members: deviates of every calibrated dimension, and what each member projects for each observation.

    `dimensions` are the named parameters, then "populations" (what all places have in common) where people are
    uncertain, then "discrepancy" of the model where it has a prior.
    """

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    deviates: Floats  # (member, dimension), of standard normal priors
    values: dict[str, Floats]  # (member,) of each named parameter, and of the discrepancy
    others: dict[str, Floats]  # (member,) deviates of all other priors
    weight: Floats  # (member,) adding up to 1
    prior_weight: Floats  # (member,) the same without the observations
    observations: tuple[Observation, ...]
    held_out: tuple[Observation, ...]
    projected: Floats  # (observation, member), those held out last
    error: Floats  # (observation, member)
    twin_members: int  # run without draws of counts, to find where to look

    def draws(self, count: int = 1000, seed: int = 1) -> pd.DataFrame:
        """(member, parameter) equally likely draws of the named parameters together."""
        at = resampled(self.weight, count, seed)
        return pd.DataFrame({name: self.values[name][at] for name in self.names}).rename_axis("member")

    def deviates_drawn(self, count: int, seed: int = 1) -> dict[str, Floats]:
        """(member,) equally likely draws for `simulate(..., deviates=)`: parameters, and populations too."""
        at = resampled(self.weight, count, seed)
        kept = [name for name in self.dimensions if name != DISCREPANCY]
        return {name: self.deviates[at, self.dimensions.index(name)] for name in kept}

    def simulate(self, scenario: Scenario, members: int = 200, seed: int = 1, workers: int | None = 1) -> xr.Dataset:
        """A run of draws of parameters and populations together, as the observations tie them; the rest as ever.

        What the observations say of each day's luck and of each place on its own is forgotten. `held_out` of `fit`
        projects with nothing forgotten; `apply` forgets what ties parameters to each other and to populations too.
        """
        deviates = self.deviates_drawn(members, seed)
        return simulate(scenario, members=members, seed=seed, workers=workers, deviates=deviates)

    def identifiability(self) -> pd.DataFrame:
        """What the observations say of each dimension (see `evidence.identifiability`), the strongest first."""
        found = evidence.identifiability(self.dimensions, self.deviates, self.weight)
        return found.sort_values("nats", ascending=False, kind="stable")

    def identifiability_of_others(self) -> pd.DataFrame:
        """The same for priors that were not calibrated: what is far from 0 and 1 would be worth naming."""
        z = np.stack([*self.others.values()], axis=1) if self.others else np.zeros((len(self.weight), 0))
        found = evidence.identifiability(list(self.others), z, self.weight)
        return found.sort_values("nats", ascending=False, kind="stable")

    def correlations(self) -> pd.DataFrame:
        """(dimension, dimension) correlations of what was calibrated."""
        return evidence.correlations(self.dimensions, self.deviates, self.weight)

    def at_bound(self) -> pd.Series[float]:
        """(parameter,) share of the weight at a bound of what a parameter may be."""
        bounds = {f.name: (f.metadata["low"], f.metadata["high"]) for f in Parameters.quantities()}
        found = {n: float(self.weight[np.isin(self.values[n], bounds[n])].sum()) for n in self.names}
        return pd.Series(found, dtype=float)

    def check(self) -> pd.DataFrame:
        """What was counted and what would be (see `predictive.against`), the observations held out last."""
        every = (*self.observations, *self.held_out)
        found = predictive.against(every, self.projected, self.error, self.prior_weight, self.weight)
        return found.assign(held_out=[False] * len(self.observations) + [True] * len(self.held_out))

    def p_value(self) -> float:
        """How often counts that the model makes would lie as far off as those observed; held out ones apart."""
        of = slice(0, len(self.observations))
        return predictive.discrepancy_p_value(self.observations, self.projected[of], self.error[of], self.weight)

    def words(self) -> list[str]:
        """What was learnt, what was not, and what does not fit, a sentence each."""
        table = self.check()
        found = [
            *evidence.said_of_each(self.identifiability().drop(index=DISCREPANCY, errors="ignore")),
            *evidence.said_of_pairs(self.correlations()),
            *evidence.said_of_bounds(self.at_bound()),
            *predictive.said_of_misfit(table[~table["held_out"]], self.p_value()),
        ]
        if self.effective_members < FEW:
            found.append(
                f"Only {self.effective_members:.0f} of {self.members} members count: ranges are rough; take more."
            )
        return [said.replace(POPULATIONS, "populations everywhere") for said in found]

    def given(self, *which: int) -> JointPosterior:
        """The posterior given some of the observations only, from the same members: nothing is run again.

        which : positions among the observations and then those held out; the others are held out
        """
        every = (*self.observations, *self.held_out)
        rest = [i for i in range(len(every)) if i not in which]
        rows = [*which, *rest]
        log = np.zeros(len(self.weight))
        for i in which:
            log = log + every[i].log_likelihood(self.projected[i], self.error[i])
        with np.errstate(divide="ignore"):
            weight = weights(log + np.log(self.prior_weight))
        return replace(
            self,
            **summary(self.names, self.values, weight),
            observations=tuple(every[i] for i in which),
            held_out=tuple(every[i] for i in rest),
            projected=self.projected[rows],
            error=self.error[rows],
        )


def summary(names: Sequence[str], values: Mapping[str, Floats], weight: Floats) -> dict[str, Any]:
    """Points, members and effective members of a posterior, and its weights."""
    points = {name: weighted_points(values[name], weight, POINTS) for name in names}
    return {"points": points, "members": len(weight), "effective_members": effective_members(weight), "weight": weight}


def resampled(weight: Floats, count: int, seed: int) -> np.ndarray:
    """(count,) positions of equally likely draws, in random order: systematic, so that few are lost.

    >>> sorted(resampled(np.array([0.5, 0.0, 0.5]), 4, 1).tolist())
    [0, 0, 2, 2]
    """
    luck = Luck(seed)
    start = luck.uniform("resampling", 1)[0]
    at = np.searchsorted(np.cumsum(weight) / weight.sum(), (np.arange(count) + start) / count, side="right")
    order = np.argsort(luck.uniform("order of the resampled", count), kind="stable")
    return np.minimum(at, len(weight) - 1)[order]
