"""`new`, `check`, `describe` and `access`: what a scenario says, before anything is random."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer
from tqdm import tqdm

from displacement.cli.base import AsJson, OnDate, ScenarioPath, answer, app, checked, day_of, say, warn
from displacement.events import shown_day
from displacement.io import read_scenario
from displacement.scenario import Scenario


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="folder to write, such as scenarios/my_town")],
    as_json: AsJson = False,
) -> None:
    """Write a small invented scenario with notes that teach. It runs at once: change it into your own, line by line."""
    from displacement.io import write_new

    written, name, run = write_new(folder), quote(str(folder)), quote(str(Path("runs") / folder.name))
    steps = {
        f"displacement check {name}": "lists what is wrong, all at once; after every change",
        f"displacement describe {name}": "says every event as a sentence",
        f"displacement run {name} --out {run}": "charts, tables, summary",
    }
    if as_json:
        answer({"folder": str(folder), "files": written, "next": list(steps)})
        return
    say(f"Written to {folder}: {', '.join(written)}.")
    say("Open scenario.toml in a text editor: its notes say what to change.")
    say("\nType next:")
    for command, what in steps.items():
        say(f"  {command:<{max(map(len, steps))}}   # {what}")


@app.command()
def events(
    kind: Annotated[str, typer.Argument(metavar="[KIND]", help="one kind, with its fields")] = "",
    as_json: AsJson = False,
) -> None:
    """What may happen in a scenario: every kind of event, or the fields of one."""
    from displacement.io.schema import events_said

    found = events_said(kind)
    if as_json:
        answer(found)
        return
    wide = max(map(len, found))
    for name, meaning in found.items():
        say(f"  {name:<{wide}}  {meaning}")
    if not kind:
        say("\nOne with its fields: displacement events Siege")


@app.command()
def check(path: ScenarioPath, as_json: AsJson = False) -> None:
    """Read and validate everything, run nothing. Lists all problems; of what is sound, what it holds, and warnings."""
    from displacement.audit import audit, warnings_of
    from displacement.movement.setting import unreached
    from displacement.overview import overview, second_look

    scenario, observed = checked(path)
    found = [*audit(scenario.network), *warnings_of(scenario), *unreached(scenario)]
    places, links = scenario.network.places, scenario.network.links
    if as_json:
        answer(
            {
                "ok": True, "places": len(places), "links": len(links), "events": len(scenario.events),
                "warnings": found, "overview": overview(scenario, observed),
                "second_look": second_look(scenario, observed),
            }
        )  # fmt: skip
        return
    for text in found:
        warn(f"warning: {text}")
    counted = f"{len(places)} places, {len(links)} links, {len(scenario.events)} events"
    say(f"{scenario.name}: sound ({counted}), {len(found)} warning{'' if len(found) == 1 else 's'}.")
    for text in overview(scenario, observed):
        say(f"  {text}")
    for text in second_look(scenario, observed):
        say(f"Worth a second look: {text}")
    name, where = quote(str(path)), quote(str(Path("runs") / (path.stem if path.suffix == ".toml" else path.name)))
    say(f"Next: displacement describe {name}   then: displacement run {name} --out {where}")


@app.command()
def describe(path: ScenarioPath, date: OnDate = "", as_json: AsJson = False) -> None:
    """Describe the network and the events in sentences; with a date, what is in force and open to whom on that day."""
    scenario = read_scenario(path)
    day = day_of(scenario, date, default=scenario.start) if date else None
    text = scenario.describe(day)
    if as_json:
        opened = scenario.open_on(day) if day else []
        answer({"name": scenario.name, "date": day, "sentences": text.splitlines(), "links": opened})
        return
    say(text)
    if day:
        say("\nOpen to whom (chance that an attempt passes; links that are simply open are left out):")
        for row in scenario.open_on(day):
            chances = ", ".join(
                f"{k} {'unknown' if v is None else format(v, '.2g')}" for k, v in row["permission"].items()
            )
            admits = f" ({', '.join(row['admits']) or 'nobody'} only)" if "admits" in row else ""
            say(f"  {row['from']} to {row['to']}: {chances}{admits}")


@app.command()
def access(
    path: ScenarioPath,
    date: OnDate = "",
    cuts: Annotated[bool, typer.Option("--cuts", help="INTERNAL: also which roads to protect, one or two cut")] = False,
    openings: Annotated[bool, typer.Option("--openings", help="INTERNAL: also which opening helps most")] = False,
    members: Annotated[int, typer.Option(min=1, max=50, help="runs that share their luck with every opening")] = 30,
    as_json: AsJson = False,
) -> None:
    """Status of every place on a day, with the reason, the ways left, and which single cut isolates it."""
    from displacement.access import access_board, cuts_listed, cuts_said, routes_to_protect
    from displacement.openings import openings_listed, openings_said

    scenario = read_scenario(path)
    day = day_of(scenario, date, default=scenario.end)
    rows = access_board(scenario, day)
    ranking = routes_to_protect(scenario, day) if cuts else None
    helping = ranked_openings(scenario, day, members) if openings else None
    if as_json:
        more = {} if ranking is None else cuts_listed(ranking)
        more |= {} if helping is None else openings_listed(*helping)
        answer({"name": scenario.name, "date": day, "places": rows, **more})
        return
    say(f"{scenario.name}: access on {shown_day(day)}")
    for row in rows:
        say(f"\n{row['name']} ({row['people']:,} people): {row['reason']}.\n  {row['ways']}")
    if ranking is not None:
        say("\n" + "\n".join(cuts_said(scenario, day, ranking)))
    if helping is not None:
        say("\n" + "\n".join(openings_said(*helping)))


def ranked_openings(scenario: Scenario, day: dt.date, members: int) -> Any:
    """The openings of a day, ranked, and the best of them with people free to move."""
    from displacement.openings import in_full, rank_openings

    with tqdm(desc="openings", unit=" openings", disable=None, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        ranking = rank_openings(scenario, day, members=members, progress=progress)
    warn("running the best again, with people free to move")
    return ranking, in_full(ranking)
