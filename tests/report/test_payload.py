"""The numbers of the map are those of the tables, and both are those of the run: added up, rounded, left out alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from displacement.ensemble import simulate
from displacement.report.explorer import explorer_tables
from displacement.report.payload import FEW, cell, scenario_payload
from displacement.summaries import headlines, shared_aid
from displacement.testing import scenarios


def plainly(numbers):
    """The rule for what may be shared, written again: 10, 50 and 90 % points, rounded, under 50 left out."""
    found = []
    for point in np.percentile(np.asarray(numbers, float), [10, 50, 90]):
        step = 100 if point < 10_000 else 1_000
        found.append(0 if point == 0 else FEW if point < 50 else int(np.floor(point / step + 0.5) * step))
    return found


@settings(max_examples=12)
@given(scenario=scenarios(min_days=2, max_days=5), seed=st.integers(0, 99))
def test_every_count_of_the_map_is_the_run_s(scenario, seed):
    run = simulate(scenario, members=5, seed=seed)
    days = [str(day)[:10] for day in run["time"].values]
    payload = scenario_payload(explorer_tables(run, scenario), days)
    assert [place["id"] for place in payload["places"]] == list(run["place"].values)
    for place in payload["places"]:
        for stock in ("residents", "displaced", "moved_since", "refugees"):
            values = run[stock].sel(place=place["id"]).transpose("time", "member").values
            if stock in place["people"]:
                shown = np.array(place["people"][stock], float).T.tolist()
                assert shown == [plainly(day) for day in values]
            else:
                assert (values == 0).all()
    for crossing, parts in payload["crossings"].items():
        for part in parts:
            cells = (
                run["waiting"].sel(crossing=crossing, direction=part["direction"]).transpose("time", "member").values
            )
            assert np.array(part["waiting"], float).T.tolist() == [plainly(day) for day in cells]


@settings(max_examples=12)
@given(scenario=scenarios(min_days=2, max_days=5), seed=st.integers(0, 99))
def test_the_first_numbers_are_totals_of_the_run(scenario, seed):
    run = simulate(scenario, members=5, seed=seed)
    table = shared_aid(headlines(run, scenario, scenario.compile(), None)).set_index("quantity")
    for quantity, stock in (("moved", "moved_since"), ("refugees", "refugees")):
        total = run[stock].isel(time=-1).sum("place").values
        assert [cell(str(table.loc[quantity, p])) for p in ("p10", "p50", "p90")] == plainly(total)
    assert pd.isna(table.loc["not_reached", "p50"])
    assert "not known" in table.loc["not_reached", "what"]


@settings(max_examples=12)
@given(scenario=scenarios(min_days=2, max_days=5))
def test_roads_change_when_their_permission_does(scenario):
    run = simulate(scenario, members=2)
    conditions = scenario.compile()
    days = [str(day)[:10] for day in run["time"].values]
    payload = scenario_payload(explorer_tables(run, scenario), days)
    for way in payload["ways"]:
        chance = conditions["permission"].sel(link=way["id"], traffic="civilians").values
        if scenario.network.links.directed[scenario.network.links.position[way["id"]]]:
            chance = chance[:, :1]
        state = None
        for day, line in enumerate(chance):
            state = next((c[1] for c in way["changes"] if c[0] == day), state)
            if np.isnan(line).any():
                assert state == "unknown"
            elif (line <= 0.02).all():
                assert state == "closed"
            elif (line >= 0.99).all():
                assert state == "open"
            else:
                assert state == "restricted"


@given(scenario=scenarios(max_days=3))
@settings(max_examples=6)
def test_without_its_scenario_a_run_s_roads_are_unknown(scenario):
    run = simulate(scenario, members=2)
    payload = scenario_payload(explorer_tables(run, None), [str(day)[:10] for day in run["time"].values])
    assert {change[1] for way in payload["ways"] for change in way["changes"]} <= {"unknown"}
    assert payload["events"] == []


@pytest.mark.parametrize(
    ("text", "held"), [("12000", 12000), ("<50", FEW), ("", None), ("0", 0), ("0.4", 0.4), ("-300", -300)]
)
def test_a_cell_is_a_number_few_or_unknown(text, held):
    assert cell(text) == held


def test_an_event_that_is_over_before_the_first_day_is_not_among_those_that_begin():
    from displacement.report.payload import _events

    table = pd.DataFrame({"date": ["2030-02-01", "2030-02-20", "2030-03-02", "2030-04-01"],
                          "until": ["2030-02-05", "", "2030-03-04", ""], "what": list("abcd"), "source": ""})  # fmt: skip
    assert [row[:2] for row in _events(table, ["2030-03-01", "2030-03-02"])] == [[0, "b"], [1, "c"]]


def test_a_map_of_another_scenario_or_of_points_is_refused():
    import displacement as dp
    from displacement.errors import InputError
    from displacement.summaries import kept

    scenario = dp.read_scenario("scenarios/deir_ez_zor_2016")
    run = simulate(scenario, members=3)
    with pytest.raises(InputError, match="is not the scenario that the run was made from"):
        dp.explore(run, scenario.with_events(dp.RoadCut(link=scenario.network.links.id[0], start=scenario.start)))
    with pytest.raises(InputError, match="quantiles"):
        dp.explore(kept(run, "quantiles"), scenario)
    with pytest.raises(InputError, match="no day"):
        dp.explore(run.isel(time=slice(0, 0)), scenario)
    assert "<iframe" in dp.explore(kept(run, "places"), scenario)._repr_html_()
