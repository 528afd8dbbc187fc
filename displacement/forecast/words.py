"""A forecast in sentences, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from displacement.events import shown_day
from displacement.forecast.issue import TOTAL, Forecast
from displacement.scores import forecast_scores

FEW = 20  # past forecasts up to which they say little of the method
COARSE, FINE = 100.0, 10.0  # people are told to the nearest 100 from 1,000 on, to 10 below


def people(number: float) -> str:
    """People as they are told: to the nearest 100 from 1,000 on, to 10 below, 0 to 10 as "under 10".

    >>> people(64321.0), people(432.0), people(3.0)
    ('64,300', '430', 'under 10')
    """
    if number < FINE:
        return "under 10"
    step = COARSE if number >= 1000 else FINE
    return f"{round(number / step) * step:,.0f}"


def day_of(date: Any) -> str:
    """A date in words."""
    return shown_day(pd.Timestamp(date).date())


def forecast_words(found: Forecast, names: Mapping[str, str], title: str, what: str) -> list[str]:
    """The whole forecast, a line each. names : of sites; what : the variable in words"""
    origin = day_of(found.origin)
    lines = [f"{title}: {what}, forecast from what was counted up to {origin} and nothing later"]
    sites = [s for s in dict.fromkeys(found.table["site"]) if s != TOTAL]
    for site in (TOTAL, *sites):
        rows = found.table[found.table["site"] == site]
        first = rows.iloc[0]
        called = "All sites together" if site == TOTAL else names.get(site, site)
        lines.append(f"\n{called} ({people(first['people'])} counted on {day_of(first['counted'])}):")
        lines += [_row(row) for _, row in rows.iterrows()]
        if str(first["basis"]).startswith("too few"):
            lines.append("  Too few counts to learn from: the range is wide on purpose.")
    if found.nobody_counted:
        lines.append(f"\nNobody was counted by then at {', '.join(names.get(s, s) for s in found.nobody_counted)}.")
    return [*lines, "", *past_words(found)]


def _row(row: pd.Series) -> str:
    spread = f"{people(row['q10'])} to {people(row['q90'])} in 80 of 100 cases"
    chance = f"{100 * row['exceeded']:.0f} of 100"
    return (
        f"  {day_of(row['date'])}: {people(row['q50'])} ({spread}); plan for {row['planning']:,.0f},"
        f" exceeded in {chance}"
    )


def past_words(found: Forecast) -> Iterator[str]:
    """How the forecasts of the same conflict, made by the same rules on earlier days, came out."""
    rows = found.past[found.past["site"] != TOTAL]
    if not len(rows):
        yield "No earlier forecast of this conflict can be checked yet: how good these are is known from others only."
        return
    card = {str(k): float(v) for k, v in forecast_scores(rows).loc["all"].to_dict().items()}
    n = round(card["forecasts"])
    yield (
        f"Earlier forecasts of these sites by the same rules, {n} of them: {100 * card['inside_80']:.0f} % of the"
        " counts lay in the range of 80 of 100."
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
    rows = found.table.assign(date=found.table["date"].dt.strftime("%Y-%m-%d"),
                              counted=found.table["counted"].dt.strftime("%Y-%m-%d"))  # fmt: skip
    whole = rows.select_dtypes("number").columns.drop("exceeded")
    rows[whole] = rows[whole].round(0)
    scored = found.past[found.past["site"] != TOTAL]
    card = forecast_scores(scored).reset_index() if len(scored) else pd.DataFrame()
    return {
        "origin": str(found.origin),
        "forecasts": rows.to_dict("records"),
        "nobody_counted": list(found.nobody_counted),
        "earlier_forecasts": [
            {k: (None if isinstance(v, float) and not np.isfinite(v) else v) for k, v in row.items()}
            for row in card.to_dict("records")
        ],
    }
