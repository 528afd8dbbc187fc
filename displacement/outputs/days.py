"""Tables of what changes from day to day, and of the numbers that matter first: what the page of a run is made from."""

from __future__ import annotations

import pandas as pd

from displacement.charts.days import arrows_by_day, people_by_day_and_place, place_table, way_changes
from displacement.outputs.folder import Folder
from displacement.scenario import Scenario
from displacement.summaries import headlines, shared, shared_aid


def write_days(out: Folder) -> None:
    """People by day and place, the state of each road since when, who went which way so far, events, places."""
    countries = {host.country: host.name for host in out.scenario.hosts}
    out.table("people_by_day_and_place", shared(people_by_day_and_place(out.run)))
    out.table("ways_by_day", way_changes(out.scenario, out.conditions))
    out.table("flow_map_arrows_by_day", shared(arrows_by_day(out.run, countries)))
    out.table("events", event_table(out.scenario))
    out.table("places", place_table(out.run, out.scenario.world.parties))
    out.table("headlines", shared_aid(headlines(out.run, out.scenario, out.conditions, out.access)))


def event_table(scenario: Scenario) -> pd.DataFrame:
    """A row an event: when, of what kind, what it says, and who says so; `earliest` and `latest` where not sure."""
    world = scenario.world
    rows = [
        {
            "event": e.id,
            "date": e.start,
            "until": e.until(world),
            "earliest": e.first if e.first < e.start else None,
            "latest": e.last if e.last > e.start else None,
            "kind": e.kind,
            "group": e.group,
            "what": e.sentence(world),
            "source": e.source,
            "note": e.note,
        }
        for e in scenario.events
    ]
    columns = ["event", "date", "until", "earliest", "latest", "kind", "group", "what", "source", "note"]
    return pd.DataFrame(rows, columns=columns).sort_values("date", kind="stable")
