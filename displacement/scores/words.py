"""A report card in plain words: what was counted and projected, then how good that is, and how much that says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from displacement.events import shown_day
from displacement.scores.card import Baseline, Card, Scores
from displacement.scores.intervals import SHARES
from displacement.summaries import ROUNDING, rounded_tonnes, shared
from displacement.variables import VARIABLES

SHOWN = 4  # counts of a place that are told one by one, the last ones
FEW = 20  # observations up to which coverage says little
LISTED = ("date", "variable", "place", "name", "unit", "value", "low", "high", "p10", "p50", "p90", "inside", "reached",
          "persistence", "equal_split", "source")  # fmt: skip
LUCK = 0.9  # of 100 cases in which the number inside would lie in the range that is told


def card_words(card: Card) -> str:
    """The whole card, a line each."""
    title = card.attrs.get("title") or "A run"
    lines = [f"{title}: what was counted, beside what was projected"]
    lines += [*_counts(card), *_bounds(card)]
    for unit, scores in card.scores.items():
        lines += ["", *_scores(unit, scores)]
    if not card.scores:
        lines += ["", "No observation is a number that this run can be held against: nothing is scored."]
    lines += ["", *_used(card), f"Projected: {ROUNDING}"]
    return "\n".join(lines)


def number(value: Any, unit: str = "people") -> str:
    """A score or a count: three figures from 1,000 on, no finer than 0.1; "not known" where there is none.

    >>> number(15_064.4), number(-2.26, "tonnes"), number(float("nan"))
    ('15,100 people', '-2.3 tonnes', 'not known')
    """
    if isinstance(value, str):
        return value
    if not np.isfinite(value):
        return "not known"
    found = float(rounded_tonnes(value)) + 0.0
    return (
        f"{found:,.0f} {unit}".strip() if abs(found) >= 100 or found == int(found) else f"{found:,.1f} {unit}".strip()
    )


def day(value: Any) -> str:
    """A date in words."""
    return shown_day(pd.Timestamp(value).date())


def shared_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a card with projected counts of people fit to share, tonnes to three figures."""
    people = (frame["unit"] == "people").to_numpy()
    points = ["p10", "p50", "p90"]
    tonnes = frame.assign(**{k: rounded_tonnes(frame[k]) for k in points}).astype(dict.fromkeys(points, object))
    tonnes.loc[people, points] = shared(frame[people]).astype(dict.fromkeys(points, object))[points]
    return tonnes


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "not known" if pd.isna(value) else f"{float(value):,.10g}"


def _called(variable: str, card: Card) -> str:
    """A variable as a reader knows it, with its reference date."""
    return VARIABLES[variable].long_name.replace("the reference date", day(card.attrs["reference_date"]))


def _counts(card: Card) -> Iterator[str]:
    """Counts that are numbers, by variable and place."""
    rows = shared_rows(card.observations[card.observations["value"].notna()])
    for (variable, name), group in rows.groupby(["variable", "name"], sort=False):
        said = _called(str(variable), card)
        yield from ("", f"{said[:1].upper()}{said[1:]}: {name}")
        for i, row in group.tail(SHOWN).iterrows():
            verdict = {True: "inside", False: _outside(card.observations.loc[[i]].iloc[0])}.get(
                row["inside"], "not known"
            )
            points = f"{_cell(row['p50'])} ({_cell(row['p10'])} to {_cell(row['p90'])} in 80 of 100 runs)"
            tonnes = "" if row["unit"] == "people" else f" {row['unit']}"
            yield f"  {day(row['date'])}: counted {_cell(row['value'])}{tonnes}; projected {points}: {verdict}"
        if more := group.iloc[:-SHOWN]["inside"].tolist():
            yield f"  and {len(more)} earlier, {more.count(True)} of them inside (--json lists all)"


def _outside(exact: pd.Series) -> str:
    """On which side the projection lies of what was counted; of numbers that are not rounded."""
    return "OUTSIDE, projected too high" if exact["p10"] > exact["value"] else "OUTSIDE, projected too low"


def _bounds(card: Card) -> Iterator[str]:
    """Bounds, and in how many runs they are reached."""
    if not len(card.bounds):
        return
    yield from ("", "Bounds (at least, at most): in how many of 100 runs the projection keeps them")
    for _, row in card.bounds.iterrows():
        low, high = row["low"], row["high"]
        said = f"at most {high:,.10g}" if pd.isna(low) else f"at least {low:,.10g}"
        if not pd.isna(low) and not pd.isna(high):
            said = f"{low:,.10g} to {high:,.10g}"
        kept = "not known" if np.isnan(row["reached"]) else f"{_runs(row['reached'])} of 100"
        yield f"  {day(row['date'])}, {row['name']}, {_called(str(row['variable']), card)}: {said}: {kept}"
    reached = card.bounds["reached"].dropna()
    half = int((reached >= 0.5).sum())
    yield f"  {half} of {len(reached)} bounds are kept in half of the runs or more."


def _runs(share: float) -> str:
    """A share as runs of 100: all or none only if it is all or none."""
    return f"{100 if share == 1.0 else 0 if share == 0.0 else min(max(100 * share, 1.0), 99.0):.0f}"


def _scores(unit: str, scores: Scores) -> Iterator[str]:
    """Scores in all, the baselines, and how much they say."""
    n = scores.observations
    yield f"In all, {n} {'count' if n == 1 else 'counts'} in {unit} (mean {number(scores.mean_observed, unit)}):"
    side = "high" if scores.bias > 0 else "low"
    yield f"  bias: medians are {number(abs(scores.bias), unit)} too {side} on average; errors of both signs cancel"
    yield f"  mean absolute error of the median: {number(scores.mean_absolute_error, unit)}"
    yield f"  CRPS, the error of the whole distribution: {number(scores.crps, unit)}"
    days = f"mean of {scores.days} days and variables; 0 is perfect, 2 is everybody elsewhere"
    days = days if scores.days else "nobody counted"
    yield f"  relative error, as Flee has it: {_two(scores.relative_error)} ({days})"
    for share in SHARES:
        inside = round(scores.coverage[share] * n) if n else 0
        yield f"  inside the range of {share:g} of 100 runs: {inside} of {n} ({_percent(scores.coverage[share])})"
    if n <= FEW:
        low, high = (float(binom.ppf((1 + side * LUCK) / 2, n, 0.8)) for side in (-1, 1))
        few = f"{n} {'observation' if n == 1 else 'observations'}: coverage says little."
        yield f"  {few} If the range of 80 were right, {low:.0f} to {high:.0f} of {n} would lie inside"
        yield f"  in {100 * LUCK:.0f} of 100 cases, and counts of one movement are less than independent."
    if scores.sums:
        yield f"  {scores.sums} of the counts hold others of the same day: they are not errors of their own."
    yield from _baseline(
        "Persistence (the last earlier count of the same place, though made after the run starts)",
        scores.persistence,
        unit,
    )
    yield from _baseline("Equal split (the day's total in equal parts, which it is told)", scores.equal_split, unit)


def _two(value: float) -> str:
    return "not known" if np.isnan(value) else f"{value:.2f}"


def _percent(share: float) -> str:
    return "not known" if np.isnan(share) else f"{100 * share:.0f} %"


def _baseline(name: str, found: Baseline | None, unit: str) -> Iterator[str]:
    """A baseline beside the run on the same counts, or that there is none."""
    if found is None:
        yield f"  {name}: none; no count has one."
        return
    n = found.observations
    yield f"  {name}, on the {n} {'count that has' if n == 1 else 'counts that have'} one:"
    yield (
        f"    error {number(found.mean_absolute_error, unit)}; the run: CRPS {number(found.run_crps, unit)},"
        f" error of the median {number(found.run_mean_absolute_error, unit)}"
    )
    if np.isnan(found.ratio):
        yield "    the baseline is perfect here: no ratio"
        return
    verdict = (
        "the run is better" if found.ratio < 1 else "the baseline is better" if found.ratio > 1 else "no difference"
    )
    yield f"    run / baseline: {found.ratio:.2f}, skill {1 - found.ratio:+.0%}: {verdict}"
    yield f"    relative error: baseline {_two(found.relative_error)}, run {_two(found.run_relative_error)}"


def _used(card: Card) -> Iterator[str]:
    """How many observations were used, and which were left out, with the reason."""
    used, out = len(card.observations), len(card.left_out)
    yield f"{used} of {used + out} observations used ({used - len(card.bounds)} numbers, {len(card.bounds)} bounds)."
    if card.attrs.get("parts"):
        yield f"Series of one place are parts of one count: added up, there are {card.attrs['parts']} rows fewer."
    if out:
        yield f"{out} left out:"
    for reason, rows in card.left_out.groupby("reason", sort=False):
        yield f"  {len(rows)}: {reason}"


def card_listed(card: Card) -> dict[str, Any]:
    """The whole card as plain data: projected people rounded as they may be shared, scores to three figures."""
    return {
        "name": card.attrs.get("title", ""),
        "observations": _records(shared_rows(card.observations)[list(LISTED)]),
        "bounds_kept": {"bounds": len(card.bounds), "mean_share_of_runs": plain(card.bounds["reached"].mean())},
        "scores": {unit: _listed(asdict(scores)) for unit, scores in card.scores.items()},
        "left_out": _records(card.left_out),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _listed(numbers: dict[Any, Any]) -> dict[str, Any]:
    """Numbers of a card as plain data: in people or tonnes to three figures, shares and ratios to a thousandth."""
    found: dict[str, Any] = {}
    for key, value in numbers.items():
        name = key if isinstance(key, str) else f"{key:g}"
        if isinstance(value, dict):
            found[name] = _listed(value)
        elif isinstance(key, str) and isinstance(value, float) and not key.endswith("relative_error"):
            found[name] = plain(float(rounded_tonnes(value)))
        else:
            found[name] = plain(value)
    return found


def plain(value: Any) -> Any:
    """A value that JSON can hold: unknown is null, a day is text, a number has three decimals or none.

    >>> plain(float("nan")), plain(3.0), plain(pd.Timestamp("2016-02-22"))
    (None, 3, '2016-02-22')
    """
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool | str) or value is None or pd.isna(value):
        return value if isinstance(value, bool | str) else None
    found = float(value)
    return int(found) if found == int(found) else round(found, 3)
