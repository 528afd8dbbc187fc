"""The map of a run in a notebook: the same as on the page, without widgets and without a server."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import xarray as xr

from displacement.access import access_status
from displacement.charts import crossing_table
from displacement.charts.days import arrows_by_day, people_by_day_and_place, place_table, unknown_ways, way_changes
from displacement.errors import InputError
from displacement.outputs.days import event_table
from displacement.outputs.reach import with_reasons
from displacement.report.catalogue import catalogue
from displacement.report.page import SCRIPTS, asset, environment, fingerprint, for_script, own, stock_words
from displacement.report.payload import scenario_payload
from displacement.scenario import Scenario
from displacement.summaries import access_changes, place_names, shared, without_irregular

HEIGHT = 760  # pixels


@dataclass(frozen=True)
class Explorer:
    """A page with a map and nothing else, as text; a notebook shows it in a frame of its own."""

    html: str

    def _repr_html_(self) -> str:
        """The page in a frame that may run its own scripts and reach nothing."""
        return (
            f'<iframe sandbox="allow-scripts" title="Map of the run" style="width:100%;height:{HEIGHT}px;border:0"'
            f' srcdoc="{escape(self.html)}"></iframe>'
        )


def explore(run: xr.Dataset, scenario: Scenario | None = None, *, language: str = "en") -> Explorer:
    """The map of a run, day by day: people by place, and with the scenario the state of roads, crossings and access.

    Counts are rounded, and those under 50 left out, as in everything that may be shared. Without the scenario the state
    of roads is drawn as unknown.

    >>> import displacement as dp
    >>> case = dp.read_scenario("scenarios/deir_ez_zor_2016")
    >>> shown = dp.explore(dp.simulate(case, members=4), case)
    >>> "<iframe" in shown._repr_html_()
    True
    """
    words = catalogue(language)
    _check(run, scenario)
    days = [str(day)[:10] for day in run["time"].values]
    payload = scenario_payload(explorer_tables(run, scenario), days)
    scenarios = [{**payload, "country": str(run.attrs.get("country", "")), "charts": {}, "tables": {}}]
    data = {"words": words, "stocks": stock_words(), "scenarios": scenarios}
    style, script = asset("page.css"), "\n".join(asset(name) for name in SCRIPTS)
    html = environment().get_template("explore.html.j2").render(
        w=words, language=language, title=str(run.attrs.get("title", "")), s={"bordered": bool(payload["borders"])},
        style=own(style), script=own(script), data=own(for_script(data)),
        style_hash=fingerprint(style), script_hash=fingerprint(script),
    )  # fmt: skip
    return Explorer(html)


def _check(run: xr.Dataset, scenario: Scenario | None) -> None:
    """An error where the map would be wrong or empty: no days, points in place of members, another scenario."""
    if not run.sizes.get("time"):
        raise InputError("the run holds no day, so that there is nothing to show")
    if "point" in run.dims:
        raise InputError("the run keeps quantiles in place of members (--keep quantiles); show one that keeps members")
    if scenario is not None and run.attrs.get("scenario_hash") not in {None, scenario.fingerprint()}:
        raise InputError(
            f"{scenario.name!r} is not the scenario that the run was made from; give that one"
            " (`displacement.io.scenario_of_run` reads its copy), or none"
        )


def explorer_tables(run: xr.Dataset, scenario: Scenario | None) -> dict[str, pd.DataFrame]:
    """The tables that the map is made from, fit to share: what `run` writes, worked out from a run at hand."""
    told = without_irregular(run)
    if "member" not in run.dims:
        told = told.expand_dims("member")
    found: dict[str, Any] = {"people_by_day_and_place": shared(people_by_day_and_place(told))}
    if scenario is None:
        crossings = crossing_table(told)
        return {**found, "places": place_table(told), "ways_by_day": unknown_ways(told),
                "crossings": shared(crossings).rename(columns={"time": "date"})}  # fmt: skip
    conditions = scenario.compile()
    status = access_status(scenario, conditions)
    changes = access_changes(status, place_names(told)["name"])
    return {
        **found,
        "places": place_table(told, scenario.world.parties),
        "ways_by_day": way_changes(scenario, conditions),
        "crossings": shared(crossing_table(told, conditions)).rename(columns={"time": "date"}),
        **_arrows(told, scenario),
        "access_by_place": with_reasons(changes, scenario, conditions, status),
        "events": event_table(scenario),
    }


def _arrows(run: xr.Dataset, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Who went which way; nothing of a run that keeps no links."""
    if "traffic" not in run or "crossed" not in run:
        return {}
    return {"flow_map_arrows_by_day": shared(arrows_by_day(run, {h.country: h.name for h in scenario.hosts}))}
