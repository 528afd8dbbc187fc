"""What differs between two scenarios: the events, each as a change that can be made alone, and everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from displacement.errors import InputError
from displacement.events import Event, listed, stream_name
from displacement.network import Network, Table
from displacement.parameters import Parameters
from displacement.scenario import Scenario

NOTES = {"id", "group", "source", "note"}  # what an event says of itself, not of what happens
EVERYTHING_ELSE = "everything else"
MOST_ITEMS = 12
NAMED = 4  # places or parameters that a sentence names


@dataclass(frozen=True, kw_only=True)
class Change:
    """One step from a scenario to another: the events that go, those that come, and perhaps everything else."""

    label: str
    before: tuple[Event, ...] = ()
    after: tuple[Event, ...] = ()
    everything_else: tuple[str, ...] = ()  # sentences; with any, what is no event changes too

    @property
    def kind(self) -> str:
        """Added, removed, changed, or something else than an event."""
        if self.everything_else:
            return "other"
        return "changed" if self.before and self.after else "added" if self.after else "removed"


def event_changes(base: Scenario, other: Scenario) -> list[Change]:
    """Events in which two scenarios differ: those of one id are one change; without an id, by what happens.

    What an event says of itself (source, note, group) is no difference. Two equal events count as two.
    """
    partner = {e.id: e for e in other.events if e.id}
    named = {e.id for e in base.events} & partner.keys()
    ours, theirs = ([e for e in case.events if e.id not in named] for case in (base, other))
    gone, come = _only_in(ours, theirs), _only_in(theirs, ours)
    changes = []
    for event in base.events:
        if event.id in named and content(event) != content(partner[event.id]):
            changes.append(Change(label=_label(event), before=(event,), after=(partner[event.id],)))
        elif gone and event is gone[0]:
            changes.append(Change(label=_label(gone.pop(0)), before=(event,)))
    return _with_own_labels([*changes, *(Change(label=_label(event), after=(event,)) for event in come)])


def _only_in(events: Iterable[Event], others: Iterable[Event]) -> list[Event]:
    """Events of the first that have no equal in the second, each equal used once."""
    spare = Counter(map(content, others))
    found = []
    for event in events:
        if spare[key := content(event)] > 0:
            spare[key] -= 1
        else:
            found.append(event)
    return found


def content(event: Event) -> str:
    """What happens, and when; where a day of it is drawn, also what names the draw."""
    return f"{event.kind} {event.model_dump_json(exclude=NOTES)} {stream_name(event)}"


def _label(event: Event) -> str:
    return event.id or f"{event.kind} {event.start}"


def _with_own_labels(changes: Sequence[Change]) -> list[Change]:
    """The same changes, each with a label of its own."""
    seen: Counter[str] = Counter()
    found = []
    for change in changes:
        seen[change.label] += 1
        times = seen[change.label]
        found.append(change if times == 1 else replace(change, label=f"{change.label} ({times})"))
    return found


def by_group(changes: Sequence[Change]) -> list[Change]:
    """Changes of one `group` tag as one; those without a tag stay as they are."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        tags = {e.group for e in (*change.after, *change.before)}
        tag = next(iter(tags)) if len(tags) == 1 else ""
        found.setdefault(f"group {tag}" if tag else change.label, []).append(change)
    return [merged(label, part) if len(part) > 1 else part[0] for label, part in found.items()]


def merged(label: str, changes: Iterable[Change]) -> Change:
    """Several changes that are made together."""
    parts = list(changes)
    return Change(
        label=label,
        before=tuple(e for c in parts for e in c.before),
        after=tuple(e for c in parts for e in c.after),
        everything_else=tuple(text for c in parts for text in c.everything_else),
    )


def changes_between(base: Scenario, other: Scenario) -> list[Change]:
    """All steps from one scenario to the other, such that each can be made alone and left out alone.

    More than 12 events are taken together by their `group` tag. What is no event is one step. Steps that make no
    scenario alone (an event at a place that only the other network has, a place taken twice on a day) are joined.
    """
    changes = event_changes(base, other)
    if len(changes) > MOST_ITEMS:
        changes = by_group(changes)
    rest = tuple(other_differences(base, other))
    if rest:
        changes.append(Change(label=EVERYTHING_ELSE, everything_else=rest))
    return _separable(base, other, changes)


def _separable(base: Scenario, other: Scenario, changes: list[Change]) -> list[Change]:
    def stands(change: Change, among: Sequence[Change]) -> bool:
        rest = [c for c in among if c is not change]
        return all(_is_sound(base, other, made) for made in ([change], rest))

    while (bad := next((c for c in changes if not stands(c, changes)), None)) is not None and len(changes) > 1:
        changes = _joined(bad, changes, stands)
    return changes


def _joined(bad: Change, changes: Sequence[Change], stands: Callable[[Change, Sequence[Change]], bool]) -> list[Change]:
    """The changes with a bad one joined to the first with which it stands, else to the last."""
    others = [c for c in changes if c is not bad]
    for partner in [*others, others[-1]]:
        both = merged(f"{partner.label} with {bad.label}", [partner, bad])
        found = [both if c is partner else c for c in others]
        if stands(both, found):
            break
    return found


def _is_sound(base: Scenario, other: Scenario, changes: Sequence[Change]) -> bool:
    """Do some changes of the baseline make a scenario?"""
    try:
        mixed(base, other, changes)
    except InputError:
        return False
    return True


def mixed(base: Scenario, other: Scenario, changes: Sequence[Change]) -> Scenario:
    """The baseline with some changes made: with none it is the baseline, with all of them the other scenario."""
    gone = Counter(id(e) for c in changes for e in c.before)
    swapped = {id(c.before[0]): c.after[0] for c in changes if len(c.before) == len(c.after) == 1}
    kept = []
    for event in base.events:
        if gone[id(event)] > 0:
            gone[id(event)] -= 1
            kept += [swapped[id(event)]] if id(event) in swapped else []
        else:
            kept.append(event)
    come = (e for c in changes if not len(c.before) == len(c.after) == 1 for e in c.after)
    frame = other if any(c.everything_else for c in changes) else base
    return replace(frame, events=(*kept, *come))


def other_differences(base: Scenario, other: Scenario) -> list[str]:
    """What differs and is no event, a sentence each; name and summary are no difference."""
    try:
        if replace(other, name=base.name, summary=base.summary, events=base.events) == base:
            return []
    except InputError:
        pass  # events of one name what the other does not have
    found = [*_about(base, other), *_parameters(base.parameters, other.parameters), *_network(base, other)]
    for what in ("parties", "relations", "operations", "groups", "hosts"):
        if sorted(map(repr, getattr(base, what))) != sorted(map(repr, getattr(other, what))):
            found.append(f"{what}: not the same")
    return found or ["something that is no event: not the same"]


def _about(base: Scenario, other: Scenario) -> Iterator[str]:
    for what, key in (
        ("first day", "start"), ("days", "days"), ("reference date", "since"), ("country", "country"),
        ("home areas", "home_areas"),
    ):  # fmt: skip
        a, b = getattr(base, key), getattr(other, key)
        if a != b:
            yield f"{what}: {b}, not {a}"


def _parameters(base: Parameters, other: Parameters) -> Iterator[str]:
    for f in Parameters.quantities():
        a, b = getattr(base, f.name), getattr(other, f.name)
        if not np.array_equal(a, b):
            yield f"parameter {f.name}: {float(b):g} {f.metadata['unit']}, not {float(a):g}"
        elif base.priors.get(f.name) != other.priors.get(f.name):
            yield f"parameter {f.name}: another spread"


def _network(base: Scenario, other: Scenario) -> Iterator[str]:
    for what, a, b in (
        ("places", base.network.places, other.network.places),
        ("links", base.network.links, other.network.links),
    ):
        gone, new = (sorted(set(x.id) - set(y.id)) for x, y in ((a, b), (b, a)))
        if new:
            yield f"{what} that the baseline does not have: {listed(new, most=NAMED)}"
        if gone:
            yield f"{what} of the baseline that are missing: {listed(gone, most=NAMED)}"
        for column in _columns_that_differ(a, b):
            yield f"{what}: {column}"
    if _place_groups(base.network) != _place_groups(other.network):
        yield "groups of places: not the same"


def _place_groups(network: Network) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(places)) for name, places in network.place_groups.items()}


def _columns_that_differ(a: Table, b: Table) -> Iterator[str]:
    """Columns of two tables whose values differ at ids that both have, and where."""
    both = [i for i in a.id if i in b.position]
    for f in fields(a):  # type: ignore[arg-type]
        if f.name in {"id", "extra", "origin", "destination"}:
            continue
        ours, theirs = getattr(a, f.name), getattr(b, f.name)
        where = [i for i in both if _cell(ours[a.position[i]]) != _cell(theirs[b.position[i]])]
        if where:
            yield f"{f.name} differs at {listed(where, most=NAMED)}"


def _cell(value: object) -> str:
    return str(value)


def changes_table(base: Scenario, other: Scenario) -> pd.DataFrame:
    """A row for each event in which two scenarios differ, then for each other difference: what, and in which words."""
    rows = []
    for change in event_changes(base, other):
        before, after = (
            " ".join(e.sentence(case.world) for e in events)
            for case, events in ((base, change.before), (other, change.after))
        )
        event = (*change.after, *change.before)[0]
        rows.append({"change": change.kind, "id": event.id, "group": event.group, "kind": event.kind,
                     "start": event.start, "in_baseline": before, "in_scenario": after})  # fmt: skip
    rows += [{"change": "other", "in_scenario": text} for text in other_differences(base, other)]
    return pd.DataFrame(rows, columns=["change", "id", "group", "kind", "start", "in_baseline", "in_scenario"])
