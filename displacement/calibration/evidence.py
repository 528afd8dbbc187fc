"""What observations say of each parameter, and what they leave open, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from displacement.calibration.sampling import moments
from displacement.network import Floats

AS_WIDE, NARROWER = 0.9, 0.6  # posterior over prior standard deviation: nothing said, little said
MOVED, FAR = 0.3, 2.0  # prior standard deviations
TOGETHER = 0.5  # correlation from which a pair is known only together
AT_BOUND = 0.05  # share of draws at a parameter's bound that is worth a word


def identifiability(names: Sequence[str], deviates: Floats, weight: Floats) -> pd.DataFrame:
    """A row for each parameter, on the scale on which its prior is a standard normal.

    moved : posterior mean, in standard deviations of the prior;  width : posterior over prior standard deviation;
    nats : information gained, (width^2 + moved^2 - 1) / 2 - ln(width), were the posterior normal too

    deviates : (member, parameter) draws of standard normal priors;  weight : (member,) adding up to 1

    >>> table = identifiability(["a"], np.array([[-1.0], [1.0]]), np.array([0.5, 0.5]))
    >>> table.loc["a"].tolist()
    [0.0, 1.0, 0.0]
    """
    centre, covariance = moments(deviates, weight)
    width = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore"):
        nats = (width**2 + centre**2 - 1.0) / 2.0 - np.log(width)
    return pd.DataFrame({"moved": centre, "width": width, "nats": nats}, index=pd.Index(names, name="parameter"))


def correlations(names: Sequence[str], deviates: Floats, weight: Floats) -> pd.DataFrame:
    """(parameter, parameter) correlations of weighted draws; 0 with what does not vary.

    >>> z = np.array([[-1.0, 1.0], [1.0, -1.0]])
    >>> correlations(["a", "b"], z, np.array([0.5, 0.5])).loc["a", "b"].round(6)
    np.float64(-1.0)
    """
    _, covariance = moments(deviates, weight)
    spread = np.sqrt(np.diag(covariance))
    scale = np.where(spread > 0, spread, 1.0)
    found = covariance / np.outer(scale, scale)
    return pd.DataFrame(found, index=pd.Index(names), columns=pd.Index(names))


def said_of_each(table: pd.DataFrame) -> Iterator[str]:
    """A sentence for each parameter of `identifiability`."""
    for name, row in table.iterrows():
        moved, width = float(row["moved"]), float(row["width"])
        direction = "up" if moved > 0 else "down"
        if width >= AS_WIDE and abs(moved) < MOVED:
            yield f"The counts say nothing of {name}: its range is as wide as before."
        elif width >= AS_WIDE:
            yield f"The counts move {name} {direction} and leave its range as wide as before."
        else:
            little = " a little" if width > NARROWER else ""
            yield f"The counts narrow {name}{little}: its range is {width:.0%} as wide as before."
        if abs(moved) > FAR:
            yield (
                f"The counts want {name} far {direction} in its prior, by {abs(moved):.1f} standard deviations: "
                "look at the prior, the counts and the model."
            )


def said_of_pairs(table: pd.DataFrame) -> Iterator[str]:
    """A sentence for each pair that is known only together."""
    names = [str(name) for name in table.columns]
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            r = float(table[a][b])
            if abs(r) >= TOGETHER:
                other = "higher" if r > 0 else "lower"
                yield (
                    f"{a} and {b} are known only together: where one is higher the other is {other} "
                    f"(correlation {r:.2f}). Ranges of one alone are wider than what is known of both."
                )


def said_of_bounds(at_bound: pd.Series[float]) -> Iterator[str]:
    """A sentence for each parameter of which many draws lie at a bound of what it may be."""
    for name, share in at_bound.items():
        if share > AT_BOUND:
            yield f"{share:.0%} of the draws of {name} lie at a bound of what it may be."
