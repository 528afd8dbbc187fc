"""Beside Flee: its errors and its CPU time, and ours. Tables of Markdown; skipped, with the reason, without Flee.

pip install flee==3.1
DISPLACEMENT_CASES=../shared/cases/flee python benchmarks/bench_flee.py --write     (docs/theory/flee_output.md)

The four historic cases are read from the folder in DISPLACEMENT_CASES or --cases; without it only the made-up one is.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from flee_folder import Found, errors_of, made_up_folder, no_flee, run_flee, smaller_folder

import displacement
from displacement.ensemble import simulate
from displacement.forecast.split import Pull
from displacement.forecast.split_scores import Given, cold_error, equal_error
from displacement.io.flee import import_flee

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
from make_results import FIGURES, NAMES, given, read  # noqa: E402
from results_page import table  # noqa: E402

PAGE = DOCS / "theory" / "flee_output.md"
AGENTS = 5_000  # at most so many are told to Flee at once
SEEDS = (1, 2, 3)
SIZES, OURS_ALONE = (1_000, 10_000, 100_000), (1_000_000, 10_000_000)
DAYS, MEMBERS = 60, 200
LEAVE = 0.1  # 1/day: in 60 days about as many flee as Flee is told
MADE_UP = "made_up"
CAPACITIES = {  # factor on those of locations.csv: a name
    0.0: "Flee, capacities unknown",
    1.0: "Flee, capacities that know the future",
    1.25: "the same times 1.25",
}

TOLD = """\
The day's total is told to both, and both are judged by Flee's own measure against series rescaled at re-counts, as
Flee rescales them: the sum over sites of errors, over the total, mean over days. The numbers of our cold start were
chosen on the other three conflicts. Flee has the settings of each case's folder, and is told where the people of the
first day are, which ours is not. People whom it has on the road or in towns count as errors; the rows that are scaled
leave that out. Capacities are the largest of the counts themselves; times 1.25 is what the settings of the cases ask
for (`capacity_scaling`), which release 3.1 does not read and Flee's code has read since. Mean of {seeds} seeds (lowest
to highest)."""
SHOWN = """\
A made-up country of 14 places, its counts fixed shares of a total, its capacities the last of them. It shows that both
run; how near either comes to made-up counts says nothing:"""
TIMED = """\
CPU time of a simulated day, in the made-up country, {days} days, one agent for each person in Flee. In ours
{leave} % of those at home leave on a day, so that about as many flee. Reading is left out of both; a member is a whole
run with everything drawn, and one alone bears all that is worked out once:"""


@dataclass(frozen=True, eq=False)
class Compared:
    """A case, and what was found on it."""

    given: Given
    factor: int
    ours: float
    flee: dict[float, list[dict[str, float]]]  # by the factor on capacities, 0 without; one for each seed
    runs: list[Found]


def factor_of(most: float) -> int:
    """A round number that leaves at most so many agents: 1, 2 or 5 times a power of ten.

    most : people in the day's total at its highest
    """
    least = max(1.0, most / AGENTS)
    power = 10 ** int(np.floor(np.log10(least)))
    return int(next(power * k for k in (1, 2, 5, 10) if power * k >= least))


def numbers_of(name: str) -> Pull:
    """The numbers of the split that were chosen without a case; the package's own, where it is none of the four."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    if name not in figures["cases"]:
        return Pull()
    chosen = figures["split"]["rescaled"]["pulls"][figures["cases"].index(name)]
    return Pull(**{field.name: chosen[field.name] for field in fields(Pull)})


def compared(source: Path, scratch: Path) -> Compared:
    """Flee without capacities and with them, and the cold start, on a folder."""
    scenario, record = read(source)
    case = given(source.name, scenario, record, rescaled=True)
    factor = factor_of(case.total.max())
    folders = {known: scratch / f"{source.name}_{known}" for known in CAPACITIES}
    for known, folder in folders.items():
        series = dict(zip(case.sites, case.series.T, strict=True))
        smaller_folder(source, folder, series, scenario.start, factor=factor, capacities=known)
    jobs = [(known, seed) for known in folders for seed in SEEDS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda job: run_flee(folders[job[0]], job[1]), jobs))
    errors: dict[float, list[dict[str, float]]] = {known: [] for known in folders}
    for (known, _), run in zip(jobs, runs, strict=True):
        errors[known].append(errors_of(run, case.sites, case.series, factor))
    return Compared(case, factor, cold_error(case, numbers_of(source.name)), errors, runs)


def spread(values: Sequence[float]) -> str:
    """Mean, and the lowest and highest."""
    return f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def errors_table(cases: Sequence[Compared]) -> Iterator[str]:
    """Errors of all, a column for each case."""
    rows = [
        ["equal parts", *(f"{equal_error(c.given):.2f}" for c in cases)],
        ["**our cold start**", *(f"{c.ours:.2f}" for c in cases)],
    ]
    for known, name in CAPACITIES.items():
        for key, how in (("as it is", ""), ("scaled", ", scaled to the day's total")):
            rows.append([name + how, *(spread([e[key] for e in c.flee[known]]) for c in cases)])
    yield from table(["", *(c.given.name for c in cases)], rows)


def nearer(cases: Sequence[Compared]) -> str:
    """In how many cases our cold start is nearer than Flee, as it is and scaled."""
    said = []
    for known, how in ((0.0, "without capacities"), (1.0, "with those that know the future")):
        counts = [
            sum(c.ours < np.mean([e[key] for e in c.flee[known]]) for c in cases) for key in ("as it is", "scaled")
        ]
        said.append(f"than Flee {how} in {counts[0]} of {len(cases)} (scaled: {counts[1]})")
    return f"Our cold start is nearer {', '.join(said)}."


def sizes_table(cases: Sequence[Compared]) -> Iterator[str]:
    """How small the copies are, and what ran."""
    there = [np.mean([e["there"] for errors in c.flee.values() for e in errors]) for c in cases]
    yield from table(
        ["case", "days", "people at most", "people for an agent", "agents at the end", "Flee's people at sites, of the"
         " total", "CPU seconds of a run"],
        (
            [c.given.name, f"{len(c.given.series)}", f"{c.given.total.max():,.0f}", f"{c.factor}",
             f"{np.mean([r.agents for r in c.runs]):,.0f}", f"{100 * share:.0f} %",
             f"{np.mean([r.seconds for r in c.runs]):.1f}"]
            for c, share in zip(cases, there, strict=True)
        ),
    )  # fmt: skip


def our_seconds_a_day(folder: Path, members: int, repeats: int = 3) -> float:
    """CPU time of a day of a run of so many members, conditions and all; the least of three."""
    scenario, _, _ = import_flee(folder)
    scenario = replace(scenario, parameters=scenario.parameters.with_values({"departure_rate": LEAVE}))
    taken = []
    for _ in range(repeats):
        begin = time.process_time()
        simulate(scenario, members=members, seed=1)
        taken.append(time.process_time() - begin)
    return min(taken) / scenario.days


def time_table(scratch: Path) -> Iterator[str]:
    """CPU time of a day by the number of people."""
    rows = []
    for people in SIZES + OURS_ALONE:
        folder = scratch / f"people_{people}"
        made_up_folder(folder, people=people, days=DAYS)
        one, many = our_seconds_a_day(folder, 1), our_seconds_a_day(folder, MEMBERS) / MEMBERS
        row = [f"{people:,}"]
        if people in SIZES:
            flee = min(run_flee(folder, seed).seconds_a_day for seed in (SEEDS if people < max(SIZES) else SEEDS[:1]))
            row += [f"{1e3 * flee:,.1f}", f"{1e3 * one:.1f}", f"{1e3 * many:.2f}", f"{flee / one:.2g}",
                    f"{flee / many:,.0f}"]  # fmt: skip
        else:
            row += ["", f"{1e3 * one:.1f}", f"{1e3 * many:.2f}", "", ""]
        rows.append(row)
    head = ["people told to Flee", "Flee, ms", "one member alone, ms", f"one of {MEMBERS}, ms", "Flee / one alone",
            f"Flee / one of {MEMBERS}"]  # fmt: skip
    yield from table(head, rows)


def page(folder: Path | None, scratch: Path) -> Iterator[str]:
    """All tables."""
    yield f"Made on {dt.date.today()} with displacement {displacement.__version__} and Flee {version('flee')} by"
    yield "`DISPLACEMENT_CASES=... python benchmarks/bench_flee.py --write`. Do not edit: the next run writes it anew."
    yield ""
    yield from (TOLD.format(seeds=len(SEEDS)), "")
    here = [n for n in NAMES if folder and (folder / n).is_dir()]
    if len(here) < len(NAMES):
        missing = ", ".join(n for n in NAMES if n not in here)
        yield f"Skipped, for they are not in the folder named by DISPLACEMENT_CASES or --cases: {missing}."
        yield ""
    cases = [compared(folder / n, scratch) for n in here if folder]
    if cases:
        yield from errors_table(cases)
        yield from (nearer(cases), "")
    made_up_folder(scratch / MADE_UP, people=AGENTS, days=120)
    other = [compared(scratch / MADE_UP, scratch)]
    yield from (SHOWN, "")
    yield from errors_table(other)
    yield f"Flee ran on copies with people, capacities and totals divided, so that at most {AGENTS:,} agents move:"
    yield ""
    yield from sizes_table([*cases, *other])
    yield from (TIMED.format(days=DAYS, leave=f"{100 * LEAVE:.0f}"), "")
    yield from time_table(scratch)


def main() -> None:
    """Print the tables, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, help="folder with the four Flee folders (or DISPLACEMENT_CASES)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(DOCS.parent)}")
    options = parser.parse_args()
    if why := no_flee():
        print(f"Beside Flee: skipped, {why}")
        return
    said = os.environ.get("DISPLACEMENT_CASES")
    with tempfile.TemporaryDirectory() as scratch:
        text = "\n".join(page(options.cases or (Path(said) if said else None), Path(scratch))).rstrip() + "\n"
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
