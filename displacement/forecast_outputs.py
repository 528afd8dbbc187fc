"""The folder that `forecast` writes: the table, past forecasts beside what came, and the report card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt

from displacement.charts import report_card
from displacement.forecast import Forecast
from displacement.forecast.issue import TOTAL
from displacement.io.files import replacing

MOST_SITES = 5  # drawn


def write_forecast(found: Forecast, out: Path, names: Mapping[str, str], *, force: bool = False) -> None:
    """Write forecast.csv, past.csv and, where past forecasts can be checked, report_card.png and .svg."""
    with replacing(out, force=force) as folder:
        folder.mkdir()
        found.table.to_csv(folder / "forecast.csv", index=False, float_format="%.0f")
        found.past.to_csv(folder / "past.csv", index=False, float_format="%.0f")
        rows = found.past[found.past["site"] != TOTAL]
        if len(rows):
            sites = min(rows["site"].nunique(), MOST_SITES)
            figure, axes = plt.subplots(sites + 1, 1, figsize=(7.5, 2.2 * (sites + 1)), layout="constrained")
            report_card(rows.assign(site=rows["site"].map(lambda s: names.get(s, s))), axes)
            for ending in ("png", "svg"):
                figure.savefig(folder / f"report_card.{ending}", dpi=150)
            plt.close(figure)
