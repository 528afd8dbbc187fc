"""What do two workers gain, and do they change anything? Processes are at hand beforehand."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from instance import made_up_country, median_seconds, report

from displacement.ensemble import simulate


def main() -> None:
    """Print the ratios, warm and cold."""
    scenario = made_up_country()
    alone = simulate(scenario, members=200).attrs["digest"]
    together = simulate(scenario, members=200, workers=2).attrs["digest"]
    if alone != together:
        message = "one and two workers differ"
        raise SystemExit(message)
    one = median_seconds(lambda: simulate(scenario, members=200))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        two = median_seconds(lambda: simulate(scenario, members=200, executor=pool))
    cold = median_seconds(lambda: simulate(scenario, members=200, workers=2))
    report("one worker / two, processes at hand (equal digests)", one / two, "at least 1.6")
    report("one worker / two, starting the processes too, 200 members", one / cold, "no bar")


if __name__ == "__main__":
    main()
