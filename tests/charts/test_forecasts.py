"""The chart of a forecast: what is drawn where, and that dates have room."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from displacement.charts.forecasts import ForecastImprint, apart, forecast_ahead, forecast_legend
from displacement.forecast import forecast
from displacement.observations import Record
from tests import made_up

ORIGIN = made_up.START + 240


@pytest.fixture(scope="module")
def found():
    record = made_up.record(7, sites=2)
    return record, forecast(record, ORIGIN)


@pytest.mark.parametrize("width", [2.0, 7.0])
def test_counts_up_to_the_origin_and_bars_on_the_target_days(found, width):
    record, made = found
    figure = Figure(figsize=(width, 2.5))
    rows = made.table[made.table["site"] == "site 0"]
    ax = forecast_ahead(rows, record.sites["site 0"], ORIGIN, figure.add_subplot(), title="Site 0")
    dots = ax.lines[0].get_xdata()
    assert dots.max() <= ax.lines[1].get_xdata()[0]  # the origin
    seen = record.sites["site 0"].until(ORIGIN)
    assert len(dots) == (seen.days >= ORIGIN - 180).sum()
    bars = ax.patches
    assert [round(b.get_y()) for b in bars[:3]] == rows["q10"].round().astype(int).tolist()
    assert [round(b.get_y() + b.get_height()) for b in bars[:3]] == rows["q90"].round().astype(int).tolist()
    assert ax.get_ylim()[1] >= rows["planning"].max()
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert boxes
    assert all(a.x1 <= b.x0 for a, b in pairwise(boxes))


def test_a_site_without_recent_counts_is_drawn(found):
    record, _ = found
    short = Record({"site 0": record.sites["site 0"].until(made_up.START + 200)})
    late = forecast(short, made_up.START + 500)
    ax = forecast_ahead(late.table, short.sites["site 0"], made_up.START + 500, Figure().add_subplot())
    assert len(ax.lines[0].get_xdata()) == 0
    assert len(forecast_legend()) == 6


def test_the_first_day_is_always_kept(found):
    ax = Figure(figsize=(0.6, 1)).add_subplot()
    ax.set_xlim(0, 10)
    days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])
    assert apart(ax, list(days))[0] == days[0]


def test_the_footer_says_that_nothing_later_went_in():
    imprint = ForecastImprint(scenario="Case", assumption="", sources="UN.", run_id="", version="1", members=1, span="")
    said = " ".join(imprint.lines(np.datetime64("2020-01-01")))
    assert "nothing later, not a report. Scenario: Case." in said
    assert "equally likely" not in said
