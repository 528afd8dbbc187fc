"""The status board: roads and crossings that are not simply open on a day, since when, why, and who is behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from displacement.access.detours import around
from displacement.access.isolation import usable
from displacement.access.thresholds import Thresholds
from displacement.charts.crossings import state_of
from displacement.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    NO_DATA,
    SOFT,
    axes_or_new,
    day_of,
    people_words,
    printable,
    shortened,
    styled,
    wrapped,
)
from displacement.events import (
    Checkpoint,
    Corridor,
    CrossingClosed,
    CrossingQuota,
    Event,
    Fire,
    Permission,
    RoadCut,
    RoadRepaired,
    Siege,
    World,
    listed,
)
from displacement.network import TRAFFIC
from displacement.scenario import Scenario

PEOPLE, AID = TRAFFIC.index("civilians"), TRAFFIC.index("aid")
OF_LINKS, OF_PLACES = {"physical", "policy", "fire", "refusal", "quota"}, {"control", "contested"}
GROUPED = ["kind", "people", "aid", "since", "why", "people_in_pocket"]
LOOKS: dict[str, dict[str, str]] = {
    "closed": {"facecolor": DARK, "edgecolor": DARK},
    "restricted": {"facecolor": LIGHT, "edgecolor": LIGHT},
    "open": {"facecolor": "white", "edgecolor": GREY},
    "unknown": {"facecolor": NO_DATA, "edgecolor": "white", "hatch": "////"},
}
COLUMNS = (  # heading, share of the width, aligned to the right
    ("Road or crossing", 0.215, False),
    ("People", 0.12, False),
    ("Aid", 0.12, False),
    ("Since", 0.07, False),
    ("Trucks\na day", 0.06, True),
    ("People\nin pocket", 0.09, True),
    ("Way round\nfor aid", 0.1, False),
    ("Why, and who says so", 0.225, False),
)
SIZE, LEAD, GAP = 7.0, 8.6, 3.5  # points


def board_table(
    scenario: Scenario, conditions: xr.Dataset, date: Any, access: xr.Dataset | None = None
) -> pd.DataFrame:
    """A row for each road and crossing that is not simply open on a day, those with most people behind them first.

    people, aid : open, restricted, closed or unknown (one word, or one for each direction)
    since : first day of that state; empty if it held on the first day;  trucks_per_day : sum of the roads of the row
    people_in_pocket : opening people of the smaller pocket at its ends. Roads alike in all this share a row.
    hours_more, km_more : what the quickest way round takes aid beyond the road, where that is not simply open to aid;
        infinite where there is none, empty where that hangs on a road that is not known. Of several roads, the most
    """
    day = int(np.flatnonzero(pd.DatetimeIndex(conditions["time"].values) == pd.Timestamp(date))[0])
    chance = conditions["permission"].isel(time=slice(0, day + 1)).values[..., [PEOPLE, AID]]
    states = state_of(chance)  # (time, link, direction, class)
    rows = []
    for link in range(len(scenario.network.links)):
        ways = 1 if scenario.network.links.directed[link] else 2
        line = states[:, link, :ways].reshape(day + 1, -1)
        if (line[-1] == "open").all():
            continue
        changed = np.flatnonzero((line != line[-1]).any(axis=1))
        since = int(changed[-1]) + 1 if len(changed) else 0
        rows.append(way_row(scenario, conditions, link, day, since, states[day, link, :ways]))
    return _grouped(
        _with_pockets(_with_ways_round(pd.DataFrame(rows), scenario, conditions, day), scenario, access, date)
    )


def _with_ways_round(rows: pd.DataFrame, scenario: Scenario, conditions: xr.Dataset, day: int) -> pd.DataFrame:
    """Extra hours and km of the way round for aid, over roads with a chance of 0.05 or more."""
    network, rule = scenario.network, Thresholds()
    hours = np.repeat(conditions["travel_time"].isel(time=day).values.astype(float), 2)
    sure, perhaps = (
        usable(conditions[f"permission_{end}"].isel(time=day).values[..., AID].ravel(), rule) for end in ("low", "high")
    )
    found = []
    for _, row in rows.iterrows():
        link = network.links.position[row["links"]]
        ways = [around(network, link, passable, hours) for passable in (sure, perhaps)]
        open_to_aid = row["aid"] == "open"
        found.append((np.nan, np.nan) if open_to_aid or ways[0] != ways[1] else ways[0])
    return rows.assign(hours_more=[f[0] for f in found], km_more=[f[1] for f in found])


def way_row(
    scenario: Scenario, conditions: xr.Dataset, link: int, day: int, since: int, states: np.ndarray
) -> dict[str, Any]:
    """State of one road on a day, since when, and why; states: (direction, class) for people and aid."""
    links, places = scenario.network.links, scenario.network.places
    names = places.name
    a, b = int(links.origin[link]), int(links.destination[link])
    events, over = _causes(scenario, conditions, link, day, since)
    trucks = conditions["quota"].isel(time=day, link=link).sel(traffic="aid").values[: len(states)]
    return {
        "links": links.id[link],
        "name": _called(links.id[link], places.id[a], places.id[b], f"{names[a]} – {names[b]}"),
        "kind": links.kind[link],
        "people": _both_ways(states[:, 0], names[a], names[b]),
        "aid": _both_ways(states[:, 1], names[a], names[b]),
        "since": pd.Timestamp(conditions["time"].values[since]) if since else pd.NaT,
        "trucks_per_day": float(trucks.max()) if np.isfinite(trucks).all() else np.nan,
        "why": "; ".join([*(f"no longer: {_said(e, scenario)}" for e in over), *(_said(e, scenario) for e in events)])
        or _front_line(scenario, conditions, link, day),
        "source": "; ".join(dict.fromkeys(e.source for e in events if e.source)),
    }


def _called(link: str, a: str, b: str, ends: str) -> str:
    """A road by its two ends, and by its own name where its id is one.

    >>> _called("castello_road", "castello", "aleppo_east", "Castello junction – Eastern Aleppo city")
    'Castello road: Castello junction – Eastern Aleppo city'
    """
    if link in {f"{a}_{b}", f"{b}_{a}", f"{a}_crossing", f"{b}_crossing"}:
        return ends
    return f"{link[:1].upper()}{link[1:].replace('_', ' ')}: {ends}"


def _both_ways(states: np.ndarray, a: str, b: str) -> str:
    """One word if both directions are alike; the one way that is open if the other is closed; else one for each.

    >>> _both_ways(np.array(["closed", "open"]), "Afrin", "Azaz")
    'open one way, to Afrin'
    >>> _both_ways(np.array(["restricted", "open"]), "Afrin", "Azaz")
    'to Azaz restricted, to Afrin open'
    """
    if len(set(states.tolist())) == 1:
        return str(states[0])
    if set(states.tolist()) == {"open", "closed"}:
        return f"open one way, to {b if states[0] == 'open' else a}"
    return f"to {b} {states[0]}, to {a} {states[1]}"


def _causes(
    scenario: Scenario, conditions: xr.Dataset, link: int, day: int, since: int
) -> tuple[list[Event], list[Event]]:
    """Why a road is as it has been since a day: events that began on it; else all in force, and those that ended.

    The first list has events in force, closures first; the second those that were in force until the day before.
    """
    world = scenario.world
    found = [e for e in _touching(scenario, conditions, link, day) if world.day(e.start) <= since]
    began = [e for e in found if max(world.day(e.start), 0) == since]
    over = [] if began or not since else [
        e for e in _touching(scenario, conditions, link, since - 1)
        if (until := e.until(world)) is not None and world.day(until) == since - 1
    ]  # fmt: skip
    return sorted(began or found, key=lambda e: (_opens(e), e.start, e.id)), over


def _opens(event: Event) -> int:
    """Where an event stands among those of one day: closures before permissions and openings."""
    return 0 if isinstance(event, CrossingClosed) and not event.open_to else 1


def _touching(scenario: Scenario, conditions: xr.Dataset, link: int, day: int) -> Iterator[Event]:
    links, world = scenario.network.links, scenario.world
    ends = {int(links.origin[link]), int(links.destination[link])}
    parties = {int(conditions["control"].values[day, end]) for end in ends}
    for event in scenario.events:
        until = event.until(world)
        if world.day(event.start) > day or (until is not None and world.day(until) < day):
            continue
        for effect in event.effects(world):
            cells = set(effect.cells[0]) if effect.cells else set()
            of_parties = effect.layer == "relation" and cells | set(effect.cells[-1]) <= parties
            if (
                (effect.layer in OF_LINKS and link in cells)
                or (effect.layer in OF_PLACES and cells & ends and len(parties) + (effect.layer == "contested") > 1)
                or (of_parties and len(parties) > 1)
            ):
                yield event
                break


def _said(event: Event, scenario: Scenario) -> str:
    """What an event does, without the name of the road, which stands beside it."""
    brief = next((words for kind, words in BRIEF.items() if isinstance(event, kind)), None)
    text = event.what(scenario.world) if brief is None else brief(event, scenario.world)
    return text if brief else text[:1].upper() + text[1:]


def _chances(event: Permission, world: World) -> str:
    said = (f"{k} {v if isinstance(v, str) else format(v, '.0%')}" for k, v in event.values().items())
    return f"chance to pass: {', '.join(said)}"


BRIEF: dict[type[Event], Callable[[Any, World], str]] = {
    Fire: lambda event, _: f"under fire, level {event.level} of 4",
    RoadCut: lambda *_: "road cut",
    RoadRepaired: lambda *_: "road repaired",
    CrossingClosed: lambda event, _: f"{event.verb} to {listed(list(event.traffic))}",
    CrossingQuota: lambda event, _: f"at most {event.per_day:,.0f} a day of {listed(list(event.traffic))}",
    Permission: _chances,
    Siege: lambda event, world: f"{world.called(event.place)} besieged",
    Corridor: lambda event, world: f"Corridor, one way, for {listed(list(event.traffic))} ({world.who(event.who)})",
    Checkpoint: lambda event, _: f"checkpoint, {event.refusal:.0%} turned back",
}


def _front_line(scenario: Scenario, conditions: xr.Dataset, link: int, day: int) -> str:
    """Whose ground meets on the link, where no event explains its state; a crossing waits for an event to open it."""
    if scenario.network.links.crossing[link]:
        return "no event opens it"
    links, parties = scenario.network.links, sorted(scenario.world.parties)
    held = [int(conditions["control"].values[day, end]) for end in (links.origin[link], links.destination[link])]
    names = sorted({scenario.world.parties[parties[p]] if p >= 0 else "unknown holder" for p in held})
    return f"front line: {' / '.join(names)}" if len(names) > 1 else ""


def _with_pockets(rows: pd.DataFrame, scenario: Scenario, access: xr.Dataset | None, date: Any) -> pd.DataFrame:
    """People of the smaller pocket at the ends of a link; a pocket that holds nobody (abroad) does not count."""
    if access is None or not len(rows):
        return rows.assign(people_in_pocket=np.nan)
    people = access["pocket_population"].sel(time=np.datetime64(date, "ns")).to_series()
    links, places = scenario.network.links, scenario.network.places
    smaller = []
    for name in rows["links"]:
        i = links.position[name]
        ends = (float(people[places.id[e]]) for e in (links.origin[i], links.destination[i]))
        smaller.append(min((count for count in ends if count > 0), default=np.nan))
    return rows.assign(people_in_pocket=smaller)


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Roads that are alike in one row; crossings stay apart."""
    if not len(rows):
        return rows
    alone = rows["links"].where(rows["kind"] == "crossing", "")
    parts = []
    for _, part in rows.groupby([*GROUPED, alone], sort=False, dropna=False):
        first = part.iloc[0].to_dict()
        first |= {"name": "; ".join(part["name"]), "links": " ".join(part["links"]), "count": len(part)}
        first |= {"trucks_per_day": part["trucks_per_day"].sum(skipna=False)}
        first |= {name: part[name].max(skipna=False) for name in ("hours_more", "km_more")}
        first |= {"source": "; ".join(dict.fromkeys(s for s in part["source"] if s))}
        parts.append(first)
    table = pd.DataFrame(parts)
    table["since"] = pd.to_datetime(table["since"])
    table = table.sort_values(
        ["people_in_pocket", "since", "name"], ascending=[False, False, True], na_position="last", kind="stable"
    )
    return table[["name", "links", "count", *GROUPED, "trucks_per_day", "hours_more", "km_more", "source"]].reset_index(
        drop=True
    )


@styled
def status_board(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the board: a row for each line of `board_table` that fits; the last line says how many more there are.

    A state that held when the scenario opened has no date: it stands there since "start".
    """
    ax = axes_or_new(ax, (7.0, 5.0))
    ax.set_axis_off()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    width, height = 72.0 * box.width, 72.0 * box.height
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    _heading(ax, width)
    y, done = 2 * LEAD + GAP, 0
    for i in range(len(table)):
        cells = _cells(table.iloc[i], width)
        tall = LEAD * max(len(lines) for lines in cells) + GAP
        spare = LEAD if i < len(table) - 1 else 0.0
        if y + tall + spare > height:
            break
        _draw_row(ax, cells, y, width, table.iloc[i])
        y, done = y + tall, done + 1
    rest = len(table) - done
    if rest or not len(table):
        said = f"and {rest} more in the table of this chart" if rest else "All roads and crossings are simply open."
        ax.text(0, y + 2, said, fontsize=SIZE, color=GREY, va="top")
    return ax


def _lefts(width: float) -> list[float]:
    return [float(x) for x in width * np.concatenate([[0.0], np.cumsum([share for _, share, _ in COLUMNS])])]


def _heading(ax: Axes, width: float) -> None:
    lefts = _lefts(width)
    for (title, _, right), left, end in zip(COLUMNS, lefts[:-1], lefts[1:], strict=True):
        ax.text(end - 8 if right else left, 2 * LEAD - 4, title, fontsize=SIZE, fontweight="bold", va="baseline",
                ha="right" if right else "left", linespacing=1.0)  # fmt: skip
    ax.plot([0, width], [2 * LEAD, 2 * LEAD], color=INK, linewidth=0.8)


def _cells(row: pd.Series, width: float) -> list[list[str]]:
    """The lines of each cell of a row, as they fit."""
    since, around_said = row["since"], round_words(row)
    why = f"{row['why']}{f' – {row.source}' if row['source'] else ''}"
    texts = [
        row["name"] if row["count"] == 1 else f"{row['count']} roads: {row['name']}",
        row["people"],
        row["aid"],
        "start" if pd.isna(since) else _short(since),
        _count(row["trucks_per_day"]),
        _count(row["people_in_pocket"]),
        around_said,
        why or "not stated",
    ]
    found = []
    for text, (_, share, right) in zip(texts, COLUMNS, strict=True):
        room = share * width - (0 if right else 8) - (9 if text in {row["people"], row["aid"]} else 0)
        parts = text.split(", ") if text == around_said else [str(text)]
        lines = [line for part in parts for line in wrapped(printable(part), room, SIZE, most=2)][:2]
        found.append([shortened(line, room, SIZE) for line in lines])
    return found


def round_words(row: pd.Series) -> str:
    """The way round in words.

    >>> round_words(pd.Series({"aid": "closed", "hours_more": 2.52, "km_more": 41.3, "count": 1}))
    '+2.5 h, +41 km'
    >>> round_words(pd.Series({"aid": "closed", "hours_more": np.inf, "km_more": np.inf, "count": 1}))
    'none'
    """
    if row["aid"] == "open":
        return "–"
    if pd.isna(row["hours_more"]):
        return "not known"
    if not np.isfinite(row["hours_more"]):
        return "none"
    return f"{row['hours_more']:+.1f} h, {row['km_more']:+,.0f} km".replace("-", "−")


def _short(value: Any) -> str:
    """A day without its year, which stands in the title."""
    return f"{day_of(value).day} {day_of(value):%b}"


def _count(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "–" if pd.isna(value) else people_words(float(value))


def _draw_row(ax: Axes, cells: list[list[str]], y: float, width: float, row: pd.Series) -> None:
    lefts = _lefts(width)
    for i, (lines, (_, _, right)) in enumerate(zip(cells, COLUMNS, strict=True)):
        x = lefts[i + 1] - 8 if right else lefts[i]
        if i in (1, 2):
            words = str(row[("people", "aid")[i - 1]])
            _marks(ax, words, x, y)
            x += 9
        for k, line in enumerate(lines):
            ax.text(x, y + k * LEAD, line, fontsize=SIZE, va="top", ha="right" if right else "left")
    bottom = y + LEAD * max(len(lines) for lines in cells) + GAP / 2 - 1.0
    ax.plot([0, width], [bottom, bottom], color=SOFT, linewidth=0.4)


def _marks(ax: Axes, words: str, x: float, y: float) -> None:
    """A square that shows a state; the stricter of two; open one way is restricted."""
    words = words.replace("open one way", "restricted")
    for state in ("unknown", "closed", "restricted", "open"):
        if state in words.replace(",", " ").split():
            ax.add_patch(Rectangle((x, y + 1.0), 6.0, 6.0, linewidth=0.6, **LOOKS[state]))  # type: ignore[arg-type]
            return
