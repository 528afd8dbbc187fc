"""Scores of forecasts and splits on historic conflicts: the tables of theory/results.md, and what they teach.

python docs/make_results.py ../shared/cases/flee    (make results CASES=...)

Reads Flee input folders as they are. Folds are worked out in parallel and kept in runs/results, so that a run that was
stopped goes on where it was; --anew forgets them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import displacement
from displacement.forecast import protocol, split_scores
from displacement.forecast.constants import Constants
from displacement.forecast.fit import fitted
from displacement.forecast.mixture import trained
from displacement.forecast.split import ground_of
from displacement.forecast.tasks import Tasks, joined, left_out, origins_of, rolling
from displacement.forecast.taught import text_of
from displacement.io.flee import import_flee
from displacement.observations import Record, day, record_of

HERE = Path(__file__).parent
PAGE, FIGURES = HERE / "theory" / "results.md", HERE / "theory" / "results.json"
TAUGHT = Path(displacement.__file__).parent / "forecast" / "taught.csv"
KEPT = HERE.parent / "runs" / "results"
NAMES = ("mali2012", "burundi2015", "car2013", "ssudan2013")


def read(folder: Path) -> tuple[Any, Record]:
    """The scenario and the counts of a Flee folder."""
    scenario, observed, _ = import_flee(folder)
    return scenario, record_of(observed, groups=scenario.network.place_groups)


def tasks_of(name: str, scenario: Any, record: Record) -> Tasks:
    """The tasks of a case: origins and targets within its period."""
    start = day(scenario.start)
    return rolling(record, start, start + scenario.days, case=name)


def cached(key: str, text: str, make: Any) -> Any:
    """What was worked out before from the same text, or is now."""
    file = KEPT / f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    if file.exists():
        return json.loads(file.read_text(encoding="utf-8"))
    found = make()
    KEPT.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found), encoding="utf-8")
    return found


def fingerprint(tasks: Tasks) -> str:
    """A text that changes when the tasks or the code of the forecasts do."""
    files = [*sorted(TAUGHT.parent.glob("*.py")), TAUGHT.parents[1] / "observations.py"]
    found = hashlib.sha256("".join(p.read_text(encoding="utf-8") for p in files).encode())
    for f in fields(Tasks):
        column = getattr(tasks, f.name)
        found.update("\0".join(column).encode() if column.dtype == object else column.tobytes())
    return found.hexdigest()


def constants_without(case: str, tasks: Tasks) -> Constants:
    """Constants fitted to all cases but one; to all, where the case is none of them."""
    others = tasks.take(tasks.case != case)
    found = cached(f"constants-{case}", fingerprint(others), lambda: asdict(fitted(others)))
    return Constants(**found)


def fold(case: str, tasks: Tasks) -> protocol.Fold:
    """One conflict, forecast by the others."""
    return protocol.fold_of(tasks, case, constants_without(case, tasks))


def forecasts(tasks: Tasks, names: Iterable[str], workers: int) -> dict[str, Any]:
    """All figures of the forecasts of stocks."""
    cases = [*names, "none"]  # the last one: constants from all, which are shipped
    with ProcessPoolExecutor(workers) as pool:
        list(tqdm(pool.map(partial(constants_without, tasks=tasks), cases), total=len(cases), desc="fits"))
    folds = {name: fold(name, tasks) for name in names}
    found: dict[str, Any] = {"tasks": {n: [len(f.tasks), int(f.tasks.known.sum())] for n, f in folds.items()}}
    found["constants"] = {n: asdict(f.constants) for n, f in folds.items()}
    found["crps"] = {m: [protocol.score(f, m) for f in folds.values()] for m in protocol.METHODS}
    found["with_recounts"] = {
        m: [protocol.score(f, m, recounts=True) for f in folds.values()] for m in protocol.METHODS
    }
    found["median_error"] = {m: [protocol.point_score(f, m) for f in folds.values()] for m in protocol.METHODS}
    found["coverage"] = {
        m: {f"{s:g}": [protocol.coverage(f, m, s) for f in folds.values()] for s in protocol.SHARES}
        for m in protocol.METHODS
    }
    whole = {n: protocol.total_fold(f) for n, f in folds.items()}
    found["total"] = {
        "crps": {m: [protocol.score(f, m) for f in whole.values()] for m in (protocol.ISSUED, protocol.MAIN_BASELINE)},
        "coverage": [protocol.coverage(f, protocol.ISSUED, 80.0) for f in whole.values()],
    }
    every = [protocol.coverage(f, protocol.ISSUED, 80.0, recounts=True) for f in folds.values()]
    found["coverage_with_recounts"] = every
    best = min(protocol.FROZEN, key=lambda m: protocol.geometric_mean(np.array(found["crps"][m])))
    found["best_baseline"] = best
    for baseline in {best, protocol.MAIN_BASELINE}:
        ratio = np.array(found["crps"][protocol.ISSUED]) / np.array(found["crps"][baseline])
        low, high = protocol.ratio_interval(folds, protocol.ISSUED, baseline)
        found[f"against {baseline}"] = {"cases": ratio.tolist(), "mean": protocol.geometric_mean(ratio),
                                        "low": low, "high": high}  # fmt: skip
    TAUGHT.write_text(text_of(trained(tasks, constants_without("none", tasks))), encoding="utf-8")
    return found


def given(name: str, scenario: Any, record: Record, *, rescaled: bool) -> split_scores.Given:
    """A case for the split."""
    sites = [s for s in record.sites if s in scenario.network.places.id]
    start = day(scenario.start)
    return split_scores.Given(
        name=name, sites=sites, start=start, record=record,
        ground=ground_of(scenario.network, scenario.compile(), sites),
        series=split_scores.daily_series(record, sites, start, scenario.days, rescaled=rescaled),
    )  # fmt: skip


def splits(cases: dict[str, Any]) -> dict[str, Any]:
    """All figures of the split of a given total."""
    found: dict[str, Any] = {}
    for rescaled in (True, False):
        made = [given(name, *case, rescaled=rescaled) for name, case in cases.items()]
        errors = split_scores.errors_of_pulls(made)
        chosen = [split_scores.chosen_without(errors, i) for i in range(len(made))]
        close, trusts = split_scores.assimilated_without(made, chosen)
        found["rescaled" if rescaled else "as published"] = {
            "equal": [split_scores.equal_error(c) for c in made],
            "cold": [split_scores.cold_error(c, p) for c, p in zip(made, chosen, strict=True)],
            "assimilated": close,
            "pulls": [{**asdict(p), "trust": t} for p, t in zip(chosen, trusts, strict=True)],
        }
    return found


def main() -> None:
    """Work it all out and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, help="folder with the Flee folders")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--anew", action="store_true", help="forget what was worked out before")
    options = parser.parse_args()
    missing = [n for n in NAMES if not (options.cases / n).is_dir()]
    if missing:
        sys.exit(f"error: {options.cases}: no folder {', '.join(missing)}")
    if options.anew:
        shutil.rmtree(KEPT, ignore_errors=True)
    cases = {name: read(options.cases / name) for name in NAMES}
    tasks = joined(tasks_of(name, *case) for name, case in cases.items())
    figures = {
        "date": f"{dt.date.today()}", "version": displacement.__version__, "command": "make results CASES=...",
        "cases": list(NAMES), "left_out": {n: left_out_share(*case) for n, case in cases.items()},
        "forecast": forecasts(tasks, NAMES, options.workers), "split": splits(cases),
    }  # fmt: skip
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    from results_page import page

    PAGE.write_text(page(figures), encoding="utf-8")


def left_out_share(scenario: Any, record: Record) -> float:
    """Mean over origins of the share of people at sites with too few counts."""
    start = day(scenario.start)
    shares = [left_out(record, o) for o in origins_of(start, start + scenario.days)]
    return float(np.nanmean(shares))


if __name__ == "__main__":
    main()
