"""The folder that `forecast` writes: the table and its chart, past forecasts beside what came, and the report card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import displacement
from displacement.charts import report_card
from displacement.charts.forecasts import ForecastImprint, forecast_ahead, forecast_legend
from displacement.charts.frame import drawn, key_above, save, sources_said
from displacement.charts.report_cards import report_card_legend
from displacement.errors import InputError
from displacement.forecast import Forecast
from displacement.forecast.issue import EMPTY, SITE, TOTAL
from displacement.io.files import replacing
from displacement.observations import Record, together

FILES = ("forecast.csv", "forecast.png", "forecast.svg", "past.csv", "report_card.png", "report_card.svg")
MOST_SITES = 5  # drawn


def write_forecast(
    found: Forecast,
    record: Record,
    out: Path,
    names: Mapping[str, str],
    *,
    title: str,
    what: str,
    observed: pd.DataFrame | None = None,
    force: bool = False,
) -> list[str]:
    """Write tables and charts of a forecast; their names. The report card only where past forecasts can be checked.

    `force` replaces a folder of a forecast, and none that holds anything else.
    """
    other = sorted(p.name for p in out.iterdir() if p.name not in FILES) if out.is_dir() else []
    if other:
        raise InputError(f"{out}: holds other things than a forecast ({', '.join(other[:3])}); it is not overwritten")
    imprint = ForecastImprint(
        scenario=title, assumption="", sources=sources_said(None, observed), run_id="",
        version=displacement.__version__, members=1, span="",
    )  # fmt: skip
    with replacing(out, force=force) as folder:
        folder.mkdir()
        _whole(found.table).to_csv(folder / "forecast.csv", index=False)
        _whole(found.past).to_csv(folder / "past.csv", index=False)
        _draw_ahead(found, record, folder, names, imprint, what)
        rows = found.past[found.past["of"] == SITE]
        if len(rows):
            _draw_card(rows.assign(site=[names.get(s, s) for s in rows["site"]]), found, folder, imprint, what)
        return sorted(p.name for p in folder.iterdir())


def _draw_ahead(
    found: Forecast, record: Record, folder: Path, names: Mapping[str, str], imprint: ForecastImprint, what: str
) -> None:
    """The sum of all sites, then the largest."""
    table = found.table[found.table["basis"] != EMPTY]
    largest = table[table["of"] == SITE].groupby("site")["people"].first().sort_values(ascending=False, kind="stable")
    whole = together([c.until(found.origin) for c in record.sites.values()])
    panels = [(table[table["of"] == TOTAL], whole, "All sites with counts, together")]
    panels += [(table[(table["of"] == SITE) & (table["site"] == s)], record.sites[s], names.get(s, s))
               for s in largest.index[:MOST_SITES]]  # fmt: skip
    panels = [panel for panel in panels if len(panel[0])]
    lines = -(-len(panels) // 2)
    headline = f"{what[:1].upper()}{what[1:]}: forecast from counts"
    subtitle = "Stock of people at the end of the day. The sum adds sites as if all were high or low together."
    with drawn(imprint, title=headline, subtitle=subtitle, as_of=found.origin, size=(7.0, 1.6 + 1.9 * lines)) as figure:
        key_above(figure, forecast_legend())
        for i, (rows, counts, name) in enumerate(panels):
            forecast_ahead(rows, counts, found.origin, figure.add_subplot(lines, 2, i + 1), title=name)
        save(figure, folder, "forecast")


def _draw_card(rows: pd.DataFrame, found: Forecast, folder: Path, imprint: ForecastImprint, what: str) -> None:
    """Past forecasts beside what came, and the numbers."""
    sites = min(rows["site"].nunique(), MOST_SITES)
    headline = f"{what[:1].upper()}{what[1:]}: earlier forecasts beside what came"
    subtitle = "Forecasts of earlier days by the same rules, each from what was counted by then; re-counts left out."
    size = (7.0, 1.6 + 1.7 * (sites + 1))
    with drawn(imprint, title=headline, subtitle=subtitle, as_of=found.origin, size=size) as figure:
        key_above(figure, report_card_legend(rows))
        report_card(rows, [figure.add_subplot(sites + 1, 1, i + 1) for i in range(sites + 1)])
        save(figure, folder, "report_card")


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers of people whole, chances to a thousandth."""
    numbers = {c: 3 if c == "exceeded" else 0 for c in table.select_dtypes("number").columns}
    found = table.round(numbers)
    return found.astype({c: "int64" for c, digits in numbers.items() if not digits})
