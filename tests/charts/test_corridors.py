"""Corridors: bars are the table, the largest first; and what the map takes from home areas."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from displacement.charts import corridor_bars, flow_map, map_data
from displacement.ensemble import simulate
from displacement.summaries import corridors, numbers_of

TABLE = pd.DataFrame({
    "kind": ["within", "internal", "cross-border", "onward"], "said": ["within A", "A to B", "A to C", "before, to A"],
    "p10": ["<50", 0, 100, 0], "p50": [2000, 500, "<50", 0], "p90": [3000, 600, 200, 0],
})  # fmt: skip


@pytest.fixture(scope="module")
def home(aleppo):
    scenario = replace(aleppo, home_areas=True)
    return scenario, simulate(scenario, members=20, seed=1)


def test_bars_are_the_table(texts_of):
    ax = corridor_bars(TABLE)
    assert [p.get_width() for p in ax.patches] == [2000, 500, 0, 0]
    said = " ".join(t.get_text() for t, _ in texts_of(ax.get_figure(root=True)))
    for words in ("within A", "A to B", "2,000 (<50–3,000)", "500 (0–600)", "<50 (100–200)"):
        assert words in said


def test_kinds_differ_without_colour():
    looks = {(p.get_facecolor(), p.get_hatch()) for p in corridor_bars(TABLE).patches}
    greys = sorted(np.dot(colour[:3], [0.299, 0.587, 0.114]) for colour, hatch in looks if not hatch)
    hatches = [hatch for _, hatch in looks if hatch]
    assert len(looks) == 4
    assert len(set(hatches)) == 2
    assert min(np.diff(greys)) > 0.2


def test_no_corridor(texts_of):
    ax = corridor_bars(TABLE.iloc[:0])
    assert "Nobody left an area." in [t.get_text() for t, _ in texts_of(ax.get_figure(root=True))]


def test_without_home_areas_corridors_are_the_arrows(aleppo, aleppo_run, aleppo_conditions):
    data = map_data(aleppo_run, aleppo, aleppo_conditions)
    assert set(data.corridors["said"]) <= set(data.arrows["said"])
    assert data.corridors["p50"].is_monotonic_decreasing
    assert len(data.corridors) <= 20
    assert set(data.corridors["kind"]) <= {"internal", "cross-border"}


def test_with_home_areas_arrows_lead_from_home(home):
    scenario, run = home
    data = map_data(run, scenario, scenario.compile())
    row = data.arrows.set_index(["start", "end"]).loc[("SY02", "SY07")]
    table = corridors(run).set_index(["start", "end"]).loc[("SY02", "SY07")]
    assert row["p50"] == table["p50"]
    assert "within SY02" in set(data.corridors["said"])
    assert "SY02 to Turkey" in set(data.corridors["said"])
    assert not (data.arrows["start"] == "elsewhere").any()  # it is nowhere on the map
    assert set(data.arrows["kind"]) == {"internal", "cross-border"}


def test_shared_corridors_are_rounded(home):
    scenario, run = home
    shared = map_data(run, scenario, scenario.compile()).for_sharing()
    numbers = numbers_of(shared.corridors["p50"])
    assert (numbers[np.isfinite(numbers)] % 100 == 0).all()
    ax = flow_map(shared)
    assert any(
        "Home in one area, now in the other" in t.get_text() for t in ax.figure.axes[-1].get_legend().get_texts()
    )
