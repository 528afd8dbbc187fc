"""What does `import displacement`, with all that a scenario and a run need, cost over the libraries it stands on?"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from instance import report

LIBRARIES = "import numpy, xarray, networkx, pydantic, scipy.sparse.csgraph"
OURS = "import displacement as dp; dp.Scenario, dp.RoadCut, dp.simulate, dp.access_status"


def seconds(code: str) -> float:
    """Wall time of a fresh interpreter that runs some code."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Print the ratio; the two are timed in turns, so that a busy machine slows both."""
    pairs = [(seconds(OURS), seconds(LIBRARIES)) for _ in range(12)][1:]
    ours, libraries = (statistics.median(column) for column in zip(*pairs, strict=True))
    report(
        "import of displacement and all that a run needs / import of its libraries", ours / libraries, "at most 1.25"
    )


if __name__ == "__main__":
    main()
