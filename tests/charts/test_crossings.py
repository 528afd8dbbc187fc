"""Bars, shades and ceilings of the crossings."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from displacement.charts import crossing_arrivals, crossing_table
from displacement.charts.crossings import by_week
from displacement.charts.style import DARK, LIGHT
from displacement.io import read_scenario
from displacement.summaries import numbers_of, shared


def table_of(joined, crossed, states, ceiling=None):
    days = pd.date_range("2016-02-01", periods=len(joined))
    points = {
        f"{name}_{p}": values
        for name, values in (("joined", joined), ("crossed", crossed))
        for p in ("p10", "p50", "p90")
    }
    ends = {"crossing": "gate", "direction": "forward", "near": "Here", "far": "There"}
    most = [np.nan] * len(joined) if ceiling is None else ceiling
    return pd.DataFrame({"time": days, **points, "to_people": states, "ceiling": most}).assign(**ends)


def heights(ax, colour):
    return [
        p.get_height()
        for p in ax.patches
        if to_hex(p.get_facecolor()) == colour and hasattr(p, "get_height") and not p.get_gid()
    ]


def test_bars_are_the_table(aleppo_run, aleppo_conditions):
    table = shared(crossing_table(aleppo_run, aleppo_conditions))
    part = table[table["crossing"] == "bab_al_salama_crossing"]
    ax = crossing_arrivals(part)
    for colour, name in ((LIGHT, "joined"), (DARK, "crossed")):
        assert np.array_equal(heights(ax, colour), numbers_of(part[f"{name}_p50"]), equal_nan=True)


def test_the_table_is_the_run(aleppo_run, aleppo_conditions):
    table = crossing_table(aleppo_run, aleppo_conditions)
    part = table[table["crossing"] == "bab_al_salama_crossing"]
    expected = np.median(aleppo_run["joined"].sel(crossing="bab_al_salama_crossing", direction="forward"), axis=0)
    assert np.allclose(part["joined_p50"], expected)
    assert set(part["to_people"]) == {"closed"}
    assert part["far"].iloc[0] == "Öncüpınar"


def test_an_opening_and_its_quota_are_seen(aleppo_run):
    from pathlib import Path

    folder = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
    conditions = read_scenario(folder / "border_open.toml").compile()
    table = crossing_table(aleppo_run, conditions).query("crossing == 'bab_al_salama_crossing'").set_index("time")
    assert table.loc["2016-02-04", "to_people"] == "closed"
    assert table.loc["2016-02-05", "to_people"] == "open"
    assert table.loc["2016-02-05", "ceiling"] == 5_000
    ax = crossing_arrivals(table.reset_index())
    (line,) = [k for k in ax.lines if k.get_gid() == "ceiling"]
    assert set(line.get_ydata()) == {5_000.0}
    (shade,) = [p for p in ax.patches if p.get_gid() == "closed"]
    assert shade.get_width() == 11  # 25 January to 4 February


def test_closed_days_are_shaded_and_unknown_ones_hatched():
    ax = crossing_arrivals(table_of([900] * 4, [80] * 4, ["closed", "open", "unknown", "closed"]))
    assert [p.get_gid() for p in ax.patches if p.get_gid()] == ["closed", "closed", "unknown"]
    assert all(p.get_width() == 1 for p in ax.patches if p.get_gid())


def test_what_is_too_few_to_show_is_said():
    ax = crossing_arrivals(shared(table_of([900, 900], [7, 12], ["closed", "closed"])))
    assert "fewer than 50 a day pass" in ax.get_title(loc="left")
    assert "nobody passes" in crossing_arrivals(table_of([900], [0], ["closed"])).get_title(loc="left")


@pytest.mark.parametrize("counts", [[0], [0, 0], [np.nan, np.nan], []])
def test_odd_data_is_drawn(counts):
    ax = crossing_arrivals(table_of(counts, counts, ["open"] * len(counts), [5.0] * len(counts)))
    ax.figure.draw_without_rendering()


def test_without_conditions_nothing_is_said_of_closure(aleppo_run):
    table = crossing_table(aleppo_run.isel(member=[0]))
    assert set(table["to_people"]) == {"not given"}
    assert not [p for p in crossing_arrivals(table[:46]).patches if p.get_gid()]


def test_weeks_are_sums_of_their_days(aleppo_run, aleppo_conditions):
    weeks = by_week(aleppo_run)
    assert weeks.sizes["time"] == aleppo_run.sizes["time"] // 7
    for k in (0, 3):
        days = aleppo_run["joined"].isel(time=slice(7 * k, 7 * k + 7))
        assert (weeks["joined"].isel(time=k) == days.sum("time")).all()
        assert weeks["time"].values[k] == days["time"].values[0]
    daily, weekly = crossing_table(aleppo_run, aleppo_conditions), crossing_table(weeks)
    crossing = daily["crossing"].iloc[0]
    mine = [t[t["crossing"] == crossing] for t in (daily, weekly)]
    ax = crossing_arrivals(mine[0], weeks=mine[1])
    assert ax.get_ylabel() == "People a week"
    heights = [p.get_height() for p in ax.containers[0].patches]
    assert heights == mine[1]["joined_p50"].tolist()
    assert ax.containers[0].patches[0].get_width() == pytest.approx(7 * 0.4)
