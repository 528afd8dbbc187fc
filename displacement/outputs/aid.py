"""Charts and tables of aid: need and what comes of it, stocks and when they run out, needs by cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from displacement.charts.aid_chain import chain_bars, chain_legend, crossing_capacity_bars
from displacement.charts.aid_cover import cover_legend, cover_table
from displacement.charts.aid_needs import for_whom_words, needs_table
from displacement.charts.aid_pipeline import pipeline_bars, pipeline_legend
from displacement.charts.frame import key_above
from displacement.charts.funnels import count_words, funnel_areas, funnel_bars, funnel_legend
from displacement.outputs.folder import Folder
from displacement.summaries import (
    Means,
    aid_at_crossings,
    aid_chain,
    cover_by_week,
    funnel,
    need_by_month,
    needs_by_cluster,
    no_convoy,
    no_convoy_by_area,
    reconciliation,
    reorder_points,
    shared,
    shared_aid,
    stock_outs,
    to_hold,
)

SIDE_BY_SIDE = 3  # months for which two panels stand beside each other


def write_aid(out: Folder, *, internal: bool = False) -> None:
    """Everything about aid; only for a run that has it."""
    _write_chain(out)
    _write_stocks(out)
    _write_pipeline(out)
    _write_plan(out)
    _write_funnel(out)
    if internal:
        lines = no_convoy(out.conditions, out.scenario.network)
        out.table("aid_convoy_lines", lines.reset_index(), internal=True)


def _write_chain(out: Folder) -> None:
    """From what is required to what is handed out; crossings; what does and does not add up."""
    chain = shared_aid(aid_chain(out.run, out.scenario, out.conditions))
    crossings = shared_aid(aid_at_crossings(out.run, out.scenario, out.conditions), ["capacity_trucks"])
    out.table("aid_chain", chain, index=True)
    out.table("aid_at_crossings", crossings.round({"chance": 2, "used": 2}), index=True)
    balances = reconciliation(out.run, out.scenario, out.conditions)
    out.table("aid_chain_reconciled", shared_aid(balances, ["left", "right"]))

    also = ", and what crossings take" if len(crossings) else ""
    at_crossings = " At the right: median that enters, and the mean that the crossing takes."

    def draw(figure: Figure) -> None:
        key_above(figure, chain_legend(chain))
        if not len(crossings):
            chain_bars(chain, figure.add_subplot())
            return
        left, right = figure.subplots(1, 2, width_ratios=[1.75, 1.0])
        chain_bars(chain, left)
        crossing_capacity_bars(crossings, right)

    out.chart(
        "aid_chain",
        draw,
        title=f"Aid: from what is required to what is handed out{also}",
        subtitle=f"Flow of tonnes in truckloads of {out.scenario.parameters.truck_load:g} t, a day, {out.first_said} to"
        f" {out.last_said}; gap in persons times days. Bars: means of the runs, because medians would not add up;"
        f" lines hold 80 of 100.{at_crossings if len(crossings) else ''}",
    )


def _write_stocks(out: Folder) -> None:
    """How long stocks last, when they run out, when to ask for more."""
    cover = cover_by_week(out.run, out.conditions)
    outs = stock_outs(out.run, out.conditions)
    buffer_days = float(np.mean(out.scenario.parameters.buffer_days))
    reorder = reorder_points(out.run, out.conditions, out.access, buffer_days)
    out.table("aid_cover", shared_aid(cover))
    told = outs.join(reorder).round({"share": 2, "share_at_start": 2, "below_share": 2})
    out.table("aid_stock_outs", shared_aid(told, ["reorder_days", "reorder_t"]), index=True)
    if not len(outs):
        return

    def draw(figure: Figure) -> None:
        key_above(figure, cover_legend())
        cover_table(shared_aid(cover), outs, reorder, figure.add_subplot())

    out.chart(
        "aid_cover",
        draw,
        title="Days of cover at the end of each week, and when stocks run out",
        subtitle="Stock over the day's need, where 50 persons or more depend on aid: medians of the runs; most unmet"
        " need first. Week: its first day. Day of running out: median, and the range of 80 of 100 runs."
        " Reorder at: 7 days' lead, and the days until aid can enter [A].",
        size=(7.0, min(4.4, 2.3 + 0.175 * (len(outs) + 1))),
    )


def _write_pipeline(out: Folder) -> None:
    """Required, available and gap by commodity and month."""
    table = shared_aid(need_by_month(out.run, out.conditions))
    out.table("aid_pipeline", table)
    panels = [part for _, part in table.groupby("commodity", sort=False)]
    beside = all(len(part) <= SIDE_BY_SIDE for part in panels)

    def draw(figure: Figure) -> None:
        key_above(figure, pipeline_legend())
        shape = (1, len(panels)) if beside else (len(panels), 1)
        for ax, part in zip(np.atleast_1d(figure.subplots(*shape)).ravel(), panels, strict=True):
            pipeline_bars(part, ax)

    out.chart(
        "aid_pipeline",
        draw,
        title="Pipeline: aid required, available and missing, by commodity and month",
        subtitle="Tonnes over the days of the month that the run covers: medians; lines hold 80 of 100 runs. Available:"
        " places' stock when they begin, and what comes in them. People: persons whom the gap would feed on each of"
        " these days.",
        size=(7.0, 4.0 if beside else 5.2),
    )


def _write_plan(out: Folder) -> None:
    """What it takes to hold a month's cover; convoys by area; needs by cluster."""
    means = Means.of(out.conditions, out.scenario.network)
    held = to_hold(out.run, out.conditions, float(out.scenario.parameters.truck_load), means)
    held = held.assign(convoy_trucks=means.convoy_trucks, approved=means.approved, sortie_t=means.sortie_tonnes)
    out.table("aid_to_hold", shared_aid(held, ["trucks_a_day", "convoys_a_week", "sorties_a_day"]), index=True)
    lines = no_convoy(out.conditions, out.scenario.network)
    if len(lines):
        out.table("aid_convoys_by_area", no_convoy_by_area(lines).round({"no_convoy": 3}), index=True)
    needs = shared_aid(needs_by_cluster(out.run, out.scenario.standards))
    out.table("aid_needs_by_cluster", needs)
    _draw_needs(out, needs)


def _draw_needs(out: Folder, needs: pd.DataFrame) -> None:
    out.chart(
        "aid_needs_by_cluster",
        lambda figure: needs_table(needs, figure.add_subplot()),
        title=f"What is needed on {out.last_said}, by cluster",
        subtitle=f"Stock of persons on that day, times the standard. {for_whom_words(needs)}. What is there already is"
        " not taken off; cost is not known.",
        size=(7.0, 5.6),
    )


def _write_funnel(out: Folder) -> None:
    """People affected, in need, targeted, reachable and reached; nothing without a status of access."""
    if out.access is None:
        return
    table = shared(funnel(out.run, out.conditions, out.access))
    whole = {name: "Int64" for name in ("p10", "p50", "p90") if table[name].dtype != object}
    out.table("people_in_need", table.astype(whole))
    fed = table[(table["of"] == "everyone") & (table["step"] == "fed_elsewhere")].iloc[0]
    elsewhere = "" if fed["p50"] == 0 else f" Where aid cannot regularly enter, {count_words(fed)} had a full ration."

    def draw(figure: Figure) -> None:
        key_above(figure, funnel_legend(table))
        above, below = figure.subplots(2, 1, height_ratios=[1.5, 1.0])
        funnel_bars(table, above)
        funnel_areas(table, below)

    out.chart(
        "people_in_need",
        draw,
        title=f"People in need on {out.last_said}, and how many aid can reach",
        subtitle="Stock of persons on that day; each step is part of the one above it. Medians; lines, and figures in"
        " brackets, hold 80 of 100 runs. Whom operations target is not known from a scenario, nor are needs by sex and"
        f" age.{elsewhere}",
        size=(7.0, 4.8),
    )
