"""What a comparison leaves in its folder: charts with the tables behind them, further tables, and a page of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from displacement.charts import difference_fan, save, scenario_table, trigger_words
from displacement.charts.frame import Imprint, drawn
from displacement.charts.style import day_words, first_shown
from displacement.charts.words_of_differences import comparison_page, said_of, unlike_words
from displacement.comparison.attribution import contributions_table, contributions_to_runs
from displacement.comparison.difference import compare
from displacement.comparison.person_days import person_day_differences
from displacement.comparison.tables import (
    changes_by_scenario,
    difference_by_day,
    difference_by_place,
    first_days,
    saved_table,
    shared_side_by_side,
    side_by_side,
)
from displacement.errors import InputError
from displacement.scenario import Scenario
from displacement.summaries import FLOOR, numbers_of, shared, without_formulas
from displacement.variables import VARIABLES

FANS = ("moved_since", "refugees")  # totals whose difference is drawn
STAMP = "INTERNAL"


@dataclass(kw_only=True)
class Comparison:
    """Runs by name, the baseline first, and what is known of what made them and of which change did what."""

    runs: Mapping[str, xr.Dataset]
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    attributed: dict[str, xr.Dataset] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)  # by name, why there is no attribution

    @property
    def baseline(self) -> str:
        """The first run."""
        return next(iter(self.runs))

    @property
    def others(self) -> list[str]:
        """The runs that are compared with it."""
        return list(self.runs)[1:]

    def known(self, names: Sequence[str]) -> list[str]:
        """Those of some scenarios that are known, if the baseline is."""
        return [n for n in names if n in self.scenarios] if self.baseline in self.scenarios else []


def attribution_of(
    made: Comparison, name: str, members: int, workers: int, progress: Callable[[int, int], object]
) -> xr.Dataset:
    """Which change of a scenario did what to the totals that planners ask for first."""
    for one in (made.baseline, name):
        if one not in made.scenarios:
            raise InputError(made.reasons.get(one, f"{one}: it is not known what the run was made from"))
    pair = made.runs[made.baseline], made.runs[name]
    names = [n for n in FANS if all(n in run for run in pair)]
    cases = made.scenarios[made.baseline], made.scenarios[name]
    return contributions_to_runs(pair, cases, names, members=members, workers=workers, progress=progress)


def digest_of_comparison(made: Comparison, found: xr.Dataset) -> dict[str, Any]:
    """The comparison in a few numbers, fit to share: totals on the last day, contributions, events that differ."""
    totals = shared(difference_by_day(found))
    last = totals[totals["time"] == found["time"].values[-1]].drop(columns="time")
    scenarios = []
    for name in made.others:
        known = made.known([name])
        events = changes_by_scenario(made.scenarios, made.baseline, known) if known else pd.DataFrame()
        told_of = made.attributed.get(name)
        scenarios.append(
            {
                "name": name,
                "last_day": _records(last[last["scenario"] == name].drop(columns="scenario")),
                "events": _records(events),
                "contributions": [] if told_of is None else _records(shared(contributions_table(told_of))),
                "not_attributed": made.reasons.get(name),
            }
        )
    day = str(found["time"].values[-1])[:10]
    return {"baseline": made.baseline, "date": day, "members": found.attrs["members"], "scenarios": scenarios}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries, without what is not known."""
    return [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in table.to_dict("records")]


def write_comparison(made: Comparison, folder: Path, *, internal: bool = False) -> xr.Dataset:
    """Write charts (PNG and SVG), tables (CSV) and summary.md of a comparison to a folder; return the differences.

    internal : also write what must stay inside; each such file carries INTERNAL in its name and in its headers
    """
    found = compare(made.runs)
    _write_tables(made, found, folder)
    _draw_scenarios(made, folder)
    for number, name in enumerate(made.others, start=1):
        _draw_fans(made, found, name, folder, f"difference_{number}")
    if internal:
        inside = compare(made.runs, internal=True)
        inside = inside[[n for n in inside.data_vars if _internal(str(n))]]
        for what, table in (("by_day", difference_by_day(inside)), ("by_place", difference_by_place(inside))):
            _table(folder, f"{STAMP}_difference_{what}", table.add_prefix(f"{STAMP} "))
    days = person_day_differences(made.runs, made.scenarios)
    page = comparison_page(found, made.scenarios, made.attributed, made.reasons, days)
    (folder / "summary.md").write_text(page, encoding="utf-8")
    return found


def _internal(name: str) -> bool:
    """Is a variable of a comparison, or the one that it is the total of, internal?"""
    variable = VARIABLES.get(name.removeprefix("total_"))
    return variable is not None and variable.internal


def _table(folder: Path, name: str, table: pd.DataFrame) -> None:
    target = folder / "tables"
    target.mkdir(parents=True, exist_ok=True)
    without_formulas(table).to_csv(target / f"{name}.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")


def _write_tables(made: Comparison, found: xr.Dataset, folder: Path) -> None:
    side = side_by_side(made.runs, made.scenarios)
    tables = {
        "scenarios": shared_side_by_side(side),
        "difference_by_day": shared(difference_by_day(found)).rename(columns={"time": "date"}),
        "difference_by_place": shared(difference_by_place(found, least=FLOOR)),
        "first_days": first_days(found, least=FLOOR),
        "person_days": shared(person_day_differences(made.runs, made.scenarios)),
        "variance_saved": saved_table(found),
    }
    known = made.known(made.others)
    if known:
        tables["events_that_differ"] = changes_by_scenario(made.scenarios, made.baseline, known)
    if made.attributed:
        parts = [contributions_table(c).assign(scenario=name) for name, c in made.attributed.items()]
        tables["contributions"] = shared(pd.concat(parts))
    tables["scenarios_in_words"] = told(made).rename_axis("scenario").reset_index()
    for name, table in tables.items():
        _table(folder, name, table)


def told(made: Comparison) -> pd.DataFrame:
    """A row a scenario: what it assumes, what makes people leave in it, and in what it is unlike the baseline."""
    rows = {}
    for name, run in made.runs.items():
        case = made.scenarios.get(name)
        known = made.known([name])
        changes = changes_by_scenario(made.scenarios, made.baseline, known) if known else None
        rows[name] = {
            "assumption": str(run.attrs.get("summary", "")) or "none stated",
            "triggers": trigger_words(case) if case is not None else "not known",
            "unlike_baseline": "" if name == made.baseline else unlike_words(changes),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _imprint(made: Comparison, names: Sequence[str]) -> Imprint:
    """What the runs must say of themselves together."""
    parts = [Imprint.of(made.runs[n], made.scenarios.get(n)) for n in names]
    scenarios = "; ".join(names)
    assumption = " ".join(f"{n}: {p.assumption}" for n, p in zip(names[1:], parts[1:], strict=True))
    sources = f"of the baseline: {parts[0].sources}"
    run_id = ", ".join(p.run_id for p in parts)
    return replace(parts[0], scenario=scenarios, assumption=assumption, sources=sources, run_id=run_id)


def _chart(imprint: Imprint, folder: Path, name: str, draw: Callable[[Figure], Any], **about: Any) -> None:
    with drawn(imprint, **about) as figure:
        draw(figure)
        save(figure, folder / "charts", name)


def _draw_scenarios(made: Comparison, folder: Path) -> None:
    run = made.runs[made.baseline]
    table, words = shared_side_by_side(side_by_side(made.runs, made.scenarios)), told(made)
    since, last = run.attrs.get("reference_date", ""), run["time"].values[-1]
    _chart(
        _imprint(made, list(made.runs)),
        folder,
        "scenarios",
        lambda figure: scenario_table(table, words, figure.add_subplot()),
        title="Scenarios side by side",
        subtitle=f"Stocks of persons, medians and what holds 80 of 100 runs. Displaced: people who moved since"
        f" {day_words(since or run['time'].values[0])} (day 1) and are displaced inside the country on that day. Reach:"
        f" everybody who stays at a place in it. Last day: {day_words(last)}.",
        as_of=last,
        size=(7.0, 5.6),
    )


def _draw_fans(made: Comparison, found: xr.Dataset, name: str, folder: Path, chart: str) -> None:
    days = shared(difference_by_day(found))
    mine = days[days["scenario"] == name]
    panels = [v for v in FANS if (mine["variable"] == v).any()]
    if not panels:
        return
    since, seen = found.attrs["reference_date"], mine[mine["variable"].isin(panels)]
    differs = seen.assign(differs=numbers_of(seen["p50"]) != 0).groupby("time")["differs"].any()
    drawn_from = first_shown(differs.index.values, differs.values)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for i, (ax, variable) in enumerate(zip(axes, panels, strict=True)):
            text = said_of(variable, since)
            table = seen[(seen["variable"] == variable) & (seen["time"] >= drawn_from)].set_index("time")
            difference_fan(table, ax, title=f"{text[:1].upper()}{text[1:]}", legend=i == 0)

    _chart(
        _imprint(made, [made.baseline, name]),
        folder,
        chart,
        draw,
        title=f"{name} against {made.baseline}",
        subtitle="Persons more or fewer than in the baseline (stocks at the end of each day), run by run. Fewer than 50"
        " are drawn as 0.",
        as_of=found["time"].values[-1],
    )
    _table(folder, chart, seen.rename(columns={"time": "date"}))
