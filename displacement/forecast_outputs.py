"""The folder that `forecast` writes: the table, past forecasts beside what came, and the report card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from displacement.charts import report_card
from displacement.errors import InputError
from displacement.forecast import Forecast
from displacement.forecast.issue import SITE
from displacement.io.files import replacing

FILES = ("forecast.csv", "past.csv", "report_card.png", "report_card.svg")
MOST_SITES = 5  # drawn


def write_forecast(found: Forecast, out: Path, names: Mapping[str, str], *, force: bool = False) -> list[str]:
    """Write forecast.csv, past.csv and, where past forecasts can be checked, report_card.png and .svg; their names.

    `force` replaces a folder of a forecast, and none that holds anything else.
    """
    other = sorted(p.name for p in out.iterdir() if p.name not in FILES) if out.is_dir() else []
    if other:
        raise InputError(f"{out}: holds other things than a forecast ({', '.join(other[:3])}); it is not overwritten")
    with replacing(out, force=force) as folder:
        folder.mkdir()
        _whole(found.table).to_csv(folder / FILES[0], index=False)
        _whole(found.past).to_csv(folder / FILES[1], index=False)
        rows = found.past[found.past["of"] == SITE]
        if len(rows):
            sites = min(rows["site"].nunique(), MOST_SITES)
            figure, axes = plt.subplots(sites + 1, 1, figsize=(7.5, 2.2 * (sites + 1)), layout="constrained")
            report_card(rows.assign(site=rows["site"].map(lambda s: names.get(s, s))), axes)
            for ending in ("png", "svg"):
                figure.savefig(folder / f"report_card.{ending}", dpi=150)
            plt.close(figure)
        return sorted(p.name for p in folder.iterdir())


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers of people whole, chances to a thousandth."""
    numbers = {c: 3 if c == "exceeded" else 0 for c in table.select_dtypes("number").columns}
    found = table.round(numbers)
    whole = [c for c, digits in numbers.items() if not digits]
    return found.astype(dict.fromkeys(whole, "int64"))
