"""A forecast in sentences, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from displacement.events import shown_day
from displacement.forecast.issue import EMPTY, PUBLISHED, SCORED, SITE, THIN, TOTAL, Forecast
from displacement.scores import forecast_scores
from displacement.summaries.sharing import FLOOR, rounded, suppressed

YOUNG = 60  # days since the first count up to which it is said that all have come since
STALE = 30  # days since the last count from which it is said how old it is
FEW = 20  # past forecasts up to which they say little of the method


def people(number: float) -> str:
    """People as they may be shared: rounded by the rule of all output, and not told where there are few.

    >>> people(64321.0), people(432.0), people(3.0), people(0.0)
    ('64,000', '400', 'under 50', '0')
    """
    return f"under {FLOOR}" if suppressed(number) else f"{float(rounded(number)):,.0f}"


def day_of(date: Any) -> str:
    """A date in words."""
    return shown_day(pd.Timestamp(date).date())


def forecast_words(found: Forecast, names: Mapping[str, str], title: str, what: str) -> list[str]:
    """The whole forecast, a line each, sums first. names : of sites; what : the variable in words"""
    lines = [f"{title}: {what}, forecast from what was counted up to {day_of(found.origin)} and nothing later"]
    for of in (TOTAL, PUBLISHED, SITE):
        rows = found.table[found.table["of"] == of]
        for site in dict.fromkeys(rows["site"]):
            lines += ["", *_site(rows[rows["site"] == site], names, found)]
    if found.not_counted:
        lines.append(f"\nNo count yet, so nothing is said, of {', '.join(names.get(s, s) for s in found.not_counted)}.")
    if (found.table["horizon"] > SCORED).any():
        lines.append(f"\nForecasts beyond {SCORED} days have not been scored.")
    return [*lines, "", *past_words(found)]


def _site(rows: pd.DataFrame, names: Mapping[str, str], found: Forecast) -> Iterator[str]:
    """A site or a sum: what was counted, a line for each target day, and what to know of it."""
    first = rows.iloc[0]
    called = {
        TOTAL: "All sites with counts, together",
        PUBLISHED: f"{names.get(first['site'], first['site'])}, as published",
    }
    name = called.get(str(first["of"]), names.get(first["site"], first["site"]))
    oldest = "the oldest count of " if first["of"] == TOTAL else ""
    yield f"{name} ({people(first['people'])} counted, {oldest}{day_of(first['counted'])}):"
    if first["basis"] == EMPTY:
        yield "  Nobody was there at the last count; a return is not forecast."
        return
    for _, row in rows.iterrows():
        yield _row(row)
    if first["basis"] == THIN:
        yield "  Too few counts to learn from: the range is wide on purpose."
    elif first["of"] == SITE and (began := age(found.origin, first["first"])) < YOUNG:
        yield f"  First counted {began} days before: its people are taken to have come since; if not, this is too high."
    if (old := age(found.origin, first["counted"])) > STALE:
        yield f"  The {'oldest' if oldest else 'last'} count is {old} days old."


def age(origin: np.datetime64, date: Any) -> int:
    """Days from a date to the origin."""
    return int((origin - np.datetime64(date, "D")).astype(int))


def _row(row: pd.Series) -> str:
    spread = f"{people(row['q10'])} to {people(row['q90'])} in 80 of 100 cases"
    chance = "fewer than 2" if row["exceeded"] == 0 else f"{100 * row['exceeded']:.0f}"
    return (
        f"  {day_of(row['date'])}: {people(row['q50'])} ({spread}); plan for {row['planning']:,.0f},"
        f" exceeded in {chance} of 100"
    )


def past_words(found: Forecast) -> Iterator[str]:
    """How the forecasts of the same conflict, made by the same rules on earlier days, came out."""
    rows = found.past[found.past["of"] == SITE]
    if not len(rows):
        yield "No earlier forecast of this conflict can be checked yet: how good these are is known from others only."
        return
    card = {str(k): float(v) for k, v in forecast_scores(rows).loc["all"].to_dict().items()}
    n = round(card["forecasts"])
    yield (
        f"Earlier forecasts of these sites by the same rules, {n} of them: {100 * card['inside_80']:.0f} % of the"
        " counts lay in the range of 80 of 100 (where sites were not counted anew)."
    )
    if np.isfinite(card["against_persistence"]):
        better = "better" if card["against_persistence"] < 1 else "no better"
        yield (
            f"  Their error (CRPS) was {card['against_persistence']:.2f} of that of the last count taken as a forecast:"
            f" {better}."
        )
    if n < FEW:
        yield "  So few say little."


def forecast_listed(found: Forecast) -> dict[str, Any]:
    """The forecast as plain data."""
    dates = {name: found.table[name].dt.strftime("%Y-%m-%d") for name in ("date", "counted", "first")}
    rows = found.table.assign(**dates)
    whole = rows.select_dtypes("number").columns.drop("exceeded")
    rows[whole] = rows[whole].round(0)
    scored = found.past[found.past["of"] == SITE]
    card = forecast_scores(scored).reset_index() if len(scored) else pd.DataFrame()
    return {
        "origin": str(found.origin),
        "forecasts": rows.to_dict("records"),
        "not_counted": list(found.not_counted),
        "earlier_forecasts": [
            {k: (None if isinstance(v, float) and not np.isfinite(v) else v) for k, v in row.items()}
            for row in card.to_dict("records")
        ],
    }
