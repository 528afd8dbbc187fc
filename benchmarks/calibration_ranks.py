"""Is the calibration calibrated? Truths from the prior, counts of them, calibrated again. Prints a page of Markdown.

The trial is that of tests/calibration/test_calibration_of_the_calibration.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.calibration.test_calibration_of_the_calibration import BINS, DRAWS, MEMBERS, Trial, trial

WORLDS, BROKEN = 200, 60


def page(found: Trial) -> None:
    """Ranks, their p-values, and coverage."""
    print("| dimension | truths by tenth of the draws below them | mean rank | p of flatness |\n|---|---|---|---|")
    for i, (name, p) in enumerate(found.p_values.items()):
        tenths = np.bincount(found.ranks[:, i] * BINS // (DRAWS + 1), minlength=BINS)
        print(f"| `{name}` | {' '.join(map(str, tenths))} | {found.ranks[:, i].mean() / DRAWS:.2f} | {p:.2g} |")
    shares = " and ".join(f"{share:.1%}" for share in found.covered.mean(axis=0))
    print(f"\n80 % ranges of two later counts held {shares} of {len(found.covered)}.")


def main() -> None:
    """Print the page."""
    print(f"{WORLDS} worlds, {MEMBERS} members each; flat is {WORLDS // BINS} in each tenth, a mean rank of 0.50.\n")
    page(trial(WORLDS))
    print(f"\nThe same with the error of counts forgotten, {BROKEN} worlds:\n")
    page(trial(BROKEN, forget_error=True))


if __name__ == "__main__":
    main()
