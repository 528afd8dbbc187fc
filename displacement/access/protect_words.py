"""Routes to protect in words that a planner can read out. INTERNAL, like what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from displacement.access.protect import Cut
from displacement.events import listed, shown_day
from displacement.scenario import Scenario

NOT_TO_BE_SHARED = "INTERNAL: a list of roads whose loss would isolate people. For planning only, not to be shared."
MEANT = (
    "What aid loses if it can no longer use a road. People: those there when the scenario opens who lose every way in"
    " with a chance of 0.05 or more. Tonnes: what all operations together could deliver a day, if their hubs hold"
    " enough. A road that is not listed costs neither, though ways may become longer."
)
MOST = 10  # lines of each list
NEARLY = 0.9  # of the people of a cut before it
SHOWN = 4  # roads, or pairs, named in a sentence


def told_apart(cuts: Sequence[Cut]) -> list[tuple[Cut, list[Cut]]]:
    """Cuts worth a line of their own, in order, each with those that do nearly the same.

    A cut does nearly the same as one before it, of as many roads, if it isolates only people whom that one isolates,
    and 90 % of them or more: as a road a little further along does.
    """
    found: list[tuple[Cut, list[Cut]]] = []
    for cut in cuts:
        for first, others in found:
            within = len(cut.links) == len(first.links) and set(cut.places) <= set(first.places)
            if cut.people and within and cut.people_beyond >= NEARLY * first.people_beyond:
                others.append(cut)
                break
        else:
            found.append((cut, []))
    return found


def cuts_said(scenario: Scenario, date: dt.date, cuts: Sequence[Cut], most: int = MOST) -> list[str]:
    """The lines of the ranking: what it is, single roads, then pairs."""
    lines = [f"Routes to protect on {shown_day(date)}", NOT_TO_BE_SHARED, MEANT]
    for count, heading in ((1, "One road"), (2, "Two roads at once, by what neither takes alone")):
        told = told_apart([c for c in cuts if len(c.links) == count])
        lines += ["", f"{heading}:" if told else f"{heading}: nothing is lost by any."]
        for number, (cut, others) in enumerate(told[:most], 1):
            first, *rest = cut_said(scenario, cut, others)
            lines += [f"{number}. {first}", *(f"   {text}" for text in rest)]
        if len(told) > most:
            lines.append(f"and {len(told) - most} more (all of them with --json)")
    return lines


def cuts_listed(cuts: Sequence[Cut]) -> dict[str, Any]:
    """The same for a program: every row, and that it is internal."""
    rows = [{**cut.row(), "links": list(cut.links), "places": list(cut.places)} for cut in cuts]
    return {"internal": NOT_TO_BE_SHARED, "routes_to_protect": rows}


def cut_said(scenario: Scenario, cut: Cut, others: Sequence[Cut]) -> list[str]:
    """One cut in sentences: who loses every way in, how many tonnes a day; what does nearly the same; the way round."""
    tonnes = f"; {cut.tonnes:,.0f} tonnes a day can no longer be delivered" if cut.tonnes >= 1 else ""
    said = [f"{' together with '.join(roads_said(scenario, cut))}: {people_said(scenario, cut)}{tonnes}."]
    if others:
        alike = "; ".join(" with ".join(other.roads) for other in others[:SHOWN])
        more = f"; and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        said.append(f"Nearly the same ({others[-1].people_beyond:,} people or more): {alike}{more}.")
    return [*said, f"{cut.way_round}."] if cut.way_round else said


def roads_said(scenario: Scenario, cut: Cut) -> list[str]:
    """Each road of a cut, with those in line with it."""
    found = []
    for road, same in zip(cut.roads, cut.same, strict=True):
        others = [scenario.world.roads([k]) for k in same]
        found.append(f"{road} (or {listed(others, most=SHOWN)}, in line with it)" if others else road)
    return found


def people_said(scenario: Scenario, cut: Cut) -> str:
    """Who loses every way in, the largest places first, and of a pair, who only because both are cut."""
    if not cut.people:
        return "nobody loses every way in"
    network = scenario.network
    people = network.places.residents + network.places.opening_displaced
    places = sorted((network.places.position[p] for p in cut.places), key=lambda p: (-people[p], p))
    where = listed([network.places.name[p] for p in places], most=4)
    said = f"{cut.people:,} people lose every way in for aid ({where})"
    if len(cut.links) == 1:
        return said
    if cut.people_beyond == cut.people:
        return f"{said}, and neither alone takes it from anybody"
    return f"{said}, {cut.people_beyond:,} of them only if both are cut"
