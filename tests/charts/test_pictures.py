"""Pictures of every chart from small data made by hand, beside those in baseline/: a bar that moves is seen.

Words are pale boxes and axes stand still, so that a picture does not depend on how a font is drawn; what words say and
where they fit is tested elsewhere. After a change that is meant: DRAW_BASELINE=1 pytest tests/charts/test_pictures.py,
and look at what changed.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from displacement import summaries as sm
from displacement.access import Cut
from displacement.access.detours import Detour
from displacement.charts import (
    access_population,
    corridor_bars,
    crossing_arrivals,
    cut_bars,
    difference_fan,
    fan,
    flow_map,
    forecast_ahead,
    funnel_areas,
    funnel_bars,
    report_card,
    sankey,
    scenario_table,
    severity_layer,
    severity_map,
    site_arrivals,
    status_board,
    tornado,
)
from displacement.charts.aid_chain import chain_bars, crossing_capacity_bars
from displacement.charts.aid_cover import cover_table
from displacement.charts.aid_needs import needs_table
from displacement.charts.aid_pipeline import pipeline_bars
from displacement.charts.files import with_palette
from displacement.charts.flows import MapData
from displacement.charts.style import styled
from displacement.observations import Counts
from displacement.standards import package_standards
from tests.charts.looked_at import seen_texts
from tests.rations import conditions_of, fed, scenario_of
from tests.wanderers import HOME, empty

BASELINE = Path(__file__).parent / "baseline"
DOTS, PATCH = 50, 4  # an inch; pixels of a side
MOVED = 40  # of 255: by how much the mean of a patch may differ
DAYS = pd.date_range("2016-02-01", periods=8, name="time")
RISE = np.arange(8) ** 2 * 200.0
PEOPLE = xr.DataArray(np.outer([0.5, 0.8, 1.0, 1.2, 2.0], RISE), dims=("member", "time"), coords={"time": DAYS})
POINTS = ("p10", "p50", "p90")


def points(*middles, name=""):
    """Columns of 10, 50 and 90 % points: half of a number, the number, half as much again."""
    return {f"{name}{p}": np.array(middles, float) * share for p, share in zip(POINTS, (0.5, 1, 1.5), strict=True)}


WHERE = pd.DataFrame({"longitude": [36.9, 37.1, 37.3, 37.0], "latitude": [36.2, 36.4, 36.3, 36.7]}, index=list("abcd"))
ROADS = pd.DataFrame({"start": ["a", "a", "b"], "end": ["b", "c", "d"], "shut": [False, True, False]})


def map_of():
    places = WHERE.assign(name=["A", "B", "C", "D"], area=["P1", "P1", "P2", "P3"], abroad=[False] * 3 + [True])
    places = places.assign(**points(9_000, 2_000, 0, 0, name="left_"), **points(0, 1_000, 5_000, 3_000, name="moved_"))
    places["border_post"] = [False, True, False, False]
    arrows = {"kind": ["internal", "cross-border"], "start": ["P1", "b"], "end": ["P2", "d"], "said": ["P1 to P2", "b"]}
    arrows = pd.DataFrame({**arrows, **points(5_000, 3_000)})
    none = pd.DataFrame(columns=["start", "end", "p50"])
    return MapData(places=places, roads=ROADS, arrows=arrows, corridors=arrows, traffic=none, date=DAYS[-1])


def crossing():
    flows = {**points(*RISE / 10, name="joined_"), **points(*RISE / 20, name="crossed_")}
    shut = ["closed"] * 3 + ["unknown"] * 2 + ["restricted"] * 3
    about = {"crossing": "gate", "direction": "forward", "near": "Here", "far": "There"}
    return pd.DataFrame({"time": DAYS, **flows, "to_people": shut, "ceiling": [np.nan] * 5 + [900.0] * 3}).assign(
        **about
    )


def camp():
    run = empty([("camp", HOME, "A")], members=4, days=8, capacity=[4_000])
    run["displaced"].values[..., 0] = np.outer([0.5, 0.8, 1.0, 1.2], RISE)
    run["arrivals"].values[..., 0] = 1_000
    return sm.site_days(run), sm.site_table(run).iloc[0]


def aid(what):
    """Two places that need 10 t a day; what comes ends on the fifth day in one of them."""
    need = np.full((3, 35, 2), 10.0)
    delivered = np.full_like(need, 10.0) * np.array([0.8, 1.0, 1.2])[:, np.newaxis, np.newaxis]
    delivered[:, 5:, 0] = 0
    start = np.full((3, 2), 40.0)
    handed = np.minimum(
        need, np.maximum(start[:, np.newaxis] + np.cumsum(delivered, axis=1) - 10 * np.arange(35)[:, np.newaxis], 0)
    )
    entered = np.zeros((3, 35, 1, 2))
    entered[..., 0, 0] = delivered[..., 1]
    run = fed(
        need,
        delivered,
        need - handed,
        start,
        entered=entered,
        countries=[HOME, "BB"],
        crossings=[("gate", "place1", "place0")],
    )
    run["displaced"].values[:] = 3_000
    conditions, case = conditions_of(run, inflow=[12.0, 10.0], quota=1.0), scenario_of(run)
    if what == "needs":
        return sm.shared_aid(sm.needs_by_cluster(run, package_standards()))
    if what == "cover":
        return (
            sm.cover_by_week(run, conditions),
            sm.stock_outs(run, conditions),
            sm.reorder_points(run, conditions, None, 20),
        )
    if what == "month":
        return sm.need_by_month(run, conditions).query("commodity == 'food'")
    return (sm.aid_chain if what == "chain" else sm.aid_at_crossings)(run, case, conditions)


def funnel_of():
    counts = {"affected": 9_000, "in_need": 6_000, "targeted": np.nan, "reachable": 3_000, "reached": 2_000}
    counts |= {"perhaps_reachable": 1_000, "fed_elsewhere": 500}
    rows = [
        {"of": of, "name": name, "step": k, **{p: v[0] for p, v in points(n * size).items()}}
        for of, name, size in (("everyone", "everyone", 1.0), ("area", "P1", 0.7), ("area", "P2", 0.3))
        for k, n in counts.items()
    ]
    return pd.DataFrame(rows)


def cut(links, people, tonnes, others):
    longer = Detour(people=others, hours=2.5, km=40.0, place=0, via=())
    return Cut(links=links, roads=tuple(f"Road {k}" for k in links), same=((),) * len(links), places=("a",), people=people,
               people_beyond=people, tonnes=tonnes, tonnes_beyond=tonnes, crossings=0, longer=longer, via="B", way_round="")  # fmt: skip


def severity():
    return pd.DataFrame({"name": list("ABC"), "severity": [5.0, 2.0, np.nan], "physical": [3.0, 1.0, np.nan],
                         "security": [2.0, 0.0, 3.0], "people_in_pocket": [900.0, 4_000, 50], "named": True}, index=list("abc"))  # fmt: skip


def board():
    return pd.DataFrame({
        "name": ["A – B", "A – C", "B – D"], "count": 1, "kind": "road", "people": ["closed", "restricted", "unknown"],
        "aid": ["closed", "open", "unknown"], "since": [pd.NaT, DAYS[2], DAYS[4]], "why": "road cut", "source": "",
        "people_in_pocket": [900.0, 50_000, np.nan], "trucks_per_day": [10.0, np.nan, 0], "hours_more": [2.0, np.nan, np.nan],
        "km_more": [30.0, np.nan, np.nan],
    })  # fmt: skip


def classes():
    return pd.DataFrame(
        {"besieged": [900.0] * 4 + [0] * 4, "hard_to_reach": RISE / 5, "unknown": 500.0, "accessible": 9e5}, index=DAYS
    )


def sides():
    day = {"earliest": DAYS[0], "day": DAYS[3], "latest": DAYS[7]}
    rows = [
        {"scenario": name, "quantity": q, "unit": "people", **day, "p10": 500, "p50": 1_000 * k, "p90": 9_000}
        for k, name in enumerate(("as it was", "worse"), start=1)
        for q in ("peak", "day_30", "last_day", "in_reach", "not_in_reach")
    ]
    return pd.DataFrame(rows)


def flows():
    rows = [
        ("P1", "Inside the country", "inside", "Camp", "displaced", 5_000),
        ("P1", "Gate", "crossing", "Abroad", "abroad", 2_000),
        ("P2", "Inside the country", "inside", "Town", "displaced", 1_500),
        ("P2", "Inside the country", "inside", "On the road", "on the road", 300),
    ]
    return pd.DataFrame(rows, columns=["origin", "way", "way_kind", "now", "state", "mean"])


def ahead():
    levels = {"q2.5": 0.4, "q10": 0.6, "q25": 0.8, "q50": 1.0, "q75": 1.2, "q90": 1.5, "q97.5": 2.0, "planning": 1.3}
    rows = [
        {
            "horizon": h,
            "date": DAYS[0] + pd.Timedelta(days=h),
            "people": 5_000,
            "persistence": 5_000.0,
            "exceeded": 0.2,
            **{k: v * (5_000 + 20 * h) for k, v in levels.items()},
        }
        for h in (30, 60, 90)
    ]
    day = np.datetime64("2016-02-01")
    return pd.DataFrame(rows), Counts.of([(day - 10 * k, 5_000 - 300 * k, False) for k in range(9, -1, -1)]), day


def past():
    levels = {"q2.5": -300, "q10": -200, "q25": -100, "q50": 0, "q75": 100, "q90": 200, "q97.5": 300}
    rows = []
    for k in range(5):
        date = pd.Timestamp("2013-04-01") + pd.Timedelta(days=30 * k)
        row = {
            "origin": date - pd.Timedelta(days=30),
            "horizon": 30,
            "site": "camp",
            "date": date,
            "persistence": 900.0,
        }
        rows.append(row | {"observed": 1_000.0 + 90 * k} | {name: 1_000 + add for name, add in levels.items()})
    return pd.DataFrame(rows)


def numbers():
    table = {
        "low_value": 0.1,
        "high_value": 0.5,
        "unit": "1",
        "low": [900.0, 700],
        "high": [1_050.0, 1_600],
        "base": 1_000.0,
    }
    return pd.DataFrame(table, index=["pace", "fear"])


def differences():
    return pd.DataFrame({sm.column(p): RISE * (p - 40) / 50 for p in sm.POINTS}, index=DAYS)


PICTURES = {
    "01_scenario_table": lambda ax: scenario_table(sides(), None, ax),
    "01_difference_fan": lambda ax: difference_fan(differences(), ax),
    "02_fan": lambda ax: fan(PEOPLE, None, 10_000.0, ax),
    "02_forecast_ahead": lambda ax: forecast_ahead(*ahead(), ax, title="Camp"),
    "03_site_arrivals": lambda ax: site_arrivals(*camp(), ax),
    "04_crossing_arrivals": lambda ax: crossing_arrivals(crossing(), ax),
    "05_flow_map": lambda ax: flow_map(map_of(), ax),
    "05_corridor_bars": lambda ax: corridor_bars(map_of().arrows, ax),
    "06_sankey": lambda ax: sankey(flows(), ax),
    "07_access_population": lambda ax: access_population(classes(), ax),
    "08_severity_map": lambda ax: severity_map(severity(), ROADS, WHERE, ax),
    "08_severity_layer": lambda ax: severity_layer(severity(), "security", ROADS, WHERE, ax),
    "09_status_board": lambda ax: status_board(board(), ax),
    "10_chain_bars": lambda ax: chain_bars(aid("chain"), ax),
    "10_crossing_capacity_bars": lambda ax: crossing_capacity_bars(aid("crossings"), ax),
    "11_cover_table": lambda ax: cover_table(*aid("cover"), ax),
    "12_pipeline_bars": lambda ax: pipeline_bars(aid("month"), ax),
    "13_needs_table": lambda ax: needs_table(aid("needs"), ax),
    "14_funnel_bars": lambda ax: funnel_bars(funnel_of(), ax),
    "14_funnel_areas": lambda ax: funnel_areas(funnel_of(), ax),
    "15_cut_bars": lambda ax: cut_bars([cut(("ab",), 9_000, 30.0, 500), cut(("ab", "bc"), 4_000, 12.0, 0)], ax),
    "15_tornado": lambda ax: tornado(numbers(), ax),
    "16_report_card": lambda ax: report_card(past(), [ax, ax.figure.add_axes((0.9, 0.9, 0.1, 0.1))]),
}


@styled
def pixels(draw):
    """(row, column, 3) What is drawn, on axes that stand still, with a pale box where words stand."""
    figure = Figure((6.0, 3.6), dpi=DOTS)
    FigureCanvasAgg(figure)
    draw(figure.add_axes((0.22, 0.18, 0.55, 0.66)))
    figure.draw_without_rendering()
    words = [box for _, box in seen_texts(figure)]
    for text in figure.findobj(Text):
        text.set_visible(False)
    for x0, y0, x1, y1 in words:
        figure.add_artist(
            Rectangle((x0, y0), x1 - x0, y1 - y0, transform=None, facecolor="0.75", linewidth=0, zorder=-1)
        )
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()


def apart(one, other):
    """The largest difference between the means of a patch, of 255: edges that shift by a part of a pixel are little."""
    rows, columns = one.shape[0] // PATCH, one.shape[1] // PATCH
    difference = (one.astype(float) - other.astype(float))[: rows * PATCH, : columns * PATCH]
    return float(np.abs(difference.reshape(rows, PATCH, columns, PATCH, 3).mean(axis=(1, 3))).max())


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_it_was(name, tmp_path):
    drawn, kept = pixels(PICTURES[name]), BASELINE / f"{name}.png"
    if os.environ.get("DRAW_BASELINE"):
        BASELINE.mkdir(exist_ok=True)
        with_palette(drawn).save(kept, optimize=True)
    with_palette(drawn).save(tmp_path / f"{name}.png")
    with Image.open(kept) as picture:
        found = apart(drawn, np.asarray(picture.convert("RGB")))
    assert found < MOVED, f"a patch differs by {found:.0f}: look at {tmp_path / name}.png beside {kept}"


def test_no_picture_is_empty_or_left_over():
    assert {path.stem for path in BASELINE.glob("*.png")} == set(PICTURES)
    for path in BASELINE.glob("*.png"):
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 2, path.name
        assert path.stat().st_size < 12_000


def test_a_bar_that_moves_is_seen():
    longer = numbers().assign(high=[1_050.0, 1_700.0])
    same, moved = (pixels(lambda ax, table=table: tornado(table, ax)) for table in (numbers(), longer))
    assert apart(pixels(PICTURES["15_tornado"]), same) == 0
    assert apart(same, moved) > MOVED
    table = funnel_of()
    table.loc[table["step"] == "reached", "p50"] *= 1.1
    assert apart(pixels(PICTURES["14_funnel_bars"]), pixels(lambda ax: funnel_bars(table, ax))) > MOVED


def test_a_line_that_shifts_by_a_part_of_a_pixel_is_not():
    def shifted(ax, by):
        ax.plot([0, 1], [0.5 + by, 0.5 + by], color="black", linewidth=1.0, snap=False)
        ax.set_ylim(0, 1)

    one, other = pixels(lambda ax: shifted(ax, 0.0)), pixels(lambda ax: shifted(ax, 0.6 / (0.66 * 3.6 * DOTS)))
    assert 0 < apart(one, other) < MOVED
