"""The funnel of people in need: nested in every member, unknown stays unknown, the chart is the table."""

import itertools

import numpy as np
import pandas as pd
import pytest

from displacement.access import access_status
from displacement.charts import funnel_areas, funnel_bars
from displacement.charts.funnels import count_words, funnel_legend
from displacement.summaries import BESIDE, FUNNEL, funnel, funnel_members, shared
from displacement.variables import attributes

KNOWN = ["affected", "in_need", "reachable", "reached"]


@pytest.fixture(scope="module")
def status(aleppo, aleppo_conditions):
    return access_status(aleppo, aleppo_conditions)


@pytest.fixture(scope="module")
def table(aleppo_run, aleppo_conditions, status):
    return shared(funnel(aleppo_run, aleppo_conditions, status))


def test_no_step_is_larger_than_its_parent(aleppo_run, aleppo_conditions, status):
    steps = funnel_members(aleppo_run, aleppo_conditions, status)
    for parent, child in itertools.pairwise(KNOWN):
        assert (steps[child] <= steps[parent] + 1e-9).all(), child
        assert steps[child].sum() > 0
    assert (steps["reachable"] + steps["perhaps_reachable"] <= steps["in_need"] + 1e-9).all()
    assert (steps["reached"] + steps["fed_elsewhere"] <= steps["in_need"] + 1e-9).all()


def test_the_parts_are_the_run(aleppo_run, aleppo_conditions, status):
    steps = funnel_members(aleppo_run, aleppo_conditions, status)
    i = list(aleppo_run["place"].values).index("azaz")
    day = aleppo_run.isel(time=-1).sel(place="azaz")
    people = day["residents"] + day["displaced"]
    assert (steps["affected"][:, i] == people.values).all()
    need = day["need"].sum("commodity").values
    assert steps["in_need"][:, i] == pytest.approx(1000 * need / float(aleppo_conditions["ration"].sum()), rel=1e-6)
    abroad = list(aleppo_run["place"].values).index("kilis")
    assert (steps["affected"][:, abroad] == 0).all()


def test_areas_add_up_to_everyone_in_each_step(aleppo_run, aleppo_conditions, status):
    one = aleppo_run.isel(member=[0])
    table = funnel(one, aleppo_conditions, status)
    for step in KNOWN:
        rows = table[table["step"] == step].groupby("of")["p50"].sum()
        assert rows["area"] == pytest.approx(rows["everyone"])


def test_what_is_not_known_is_empty_and_never_zero(table):
    targeted = table[table["step"] == "targeted"]
    assert len(targeted) > 2
    assert targeted[["p10", "p50", "p90"]].isna().all(axis=None)
    ax = funnel_bars(table)
    (bar,) = [p for p in ax.patches if p.get_gid() == "targeted"]
    assert bar.get_hatch()
    assert bar.get_width() == table[table["of"] == "everyone"].set_index("step").loc["in_need", "p50"]
    assert "not known" in {t.get_text() for t in ax.texts}


def test_an_unknown_status_is_neither_reachable_nor_not(aleppo_run, aleppo_conditions, status):
    codes = status["access_status"].copy(data=np.where(status["access_status"] < 3, 3, status["access_status"]))
    codes.attrs = attributes("access_status")[1]
    unknown = status.assign(access_status=codes)
    steps = funnel_members(aleppo_run, aleppo_conditions, unknown)
    assert (steps["reachable"] == 0).all()
    assert steps["perhaps_reachable"] == pytest.approx(steps["in_need"])
    ax = funnel_bars(shared(funnel(aleppo_run, aleppo_conditions, unknown)))
    assert [p for p in ax.patches if p.get_gid() == "perhaps" and p.get_width() > 0]
    assert any("perhaps" in t.get_text() for t in ax.texts)


def test_bars_are_as_long_as_the_medians(table):
    ax = funnel_bars(table)
    rows = table[table["of"] == "everyone"].set_index("step")
    for step in KNOWN:
        (bar,) = [p for p in ax.patches if p.get_gid() == step]
        assert bar.get_width() == rows.loc[step, "p50"]
    assert len(funnel_legend(table)) == 5


def test_areas_are_listed_by_need(table, texts_of):
    ax = funnel_areas(table)
    said = [t.get_text() for t in ax.texts]
    assert said.index("SY02") < said.index("SY07")
    assert not [t for t in texts_of(ax.figure) if "…" in t[0].get_text()]


def test_groups_are_affected_and_else_not_known(aleppo_run, aleppo_conditions, status):
    day = aleppo_run
    parts = {
        f"{k}_by_group": day[k].expand_dims(group=2).transpose("member", "time", "group", "place")
        for k in ("residents", "displaced")
    }
    run = day.assign(parts).assign_coords(group_name=("group", np.array(["Women", "Men"], object)))
    table = funnel(run, aleppo_conditions, status)
    women = table[(table["of"] == "group") & (table["name"] == "Women")].set_index("step")
    everyone = table[table["of"] == "everyone"].set_index("step")
    assert women.loc["affected", "p50"] == pytest.approx(everyone.loc["affected", "p50"])
    assert women.drop("affected")["p50"].isna().all()


def test_counts_in_words():
    assert count_words(pd.Series({"p10": "<50", "p50": 200, "p90": 500})) == "200 (<50–500)"
    assert count_words(pd.Series({"p10": np.nan, "p50": np.nan, "p90": np.nan})) == "not known"
    assert set(FUNNEL).isdisjoint(BESIDE)
