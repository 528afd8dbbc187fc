"""Conditions to look at: what is open to whom, when, as a strip for notebooks or as lines of letters.

`Scenario.compile` returns a plain xarray.Dataset, which shows its variables. This is a function beside it, not a kind
of Dataset: a subclass is lost by the first selection, and an accessor is hard to find and to document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from displacement.displays import Row, strip
from displacement.displays.strips import LETTERS
from displacement.network import DIRECTIONS, TRAFFIC, Network

CLOSED_UP_TO, OPEN_FROM = 0.02, 0.99  # chance that an attempt passes, as in the charts
TITLES = {"civilians": "People", "medical": "The sick and wounded", "trade": "Trade", "aid": "Aid"}
STATES = ("open", "restricted", "closed", "unknown")
LONGEST = 48  # letters of a name


@dataclass(frozen=True)
class ShownConditions:
    """What is open to whom, when: print it, or let a notebook show it."""

    rows: tuple[Row, ...]
    traffic: tuple[str, ...]
    start: dt.date
    always_open: int  # links that are open to all these classes on all days, which have no row
    left_out: int  # rows beyond the most that are shown

    def __str__(self) -> str:
        wide = max((len(row.name) for row in self.rows), default=0)
        lines = [
            f"{', '.join(f'{letter} {word}' for word, letter in LETTERS.items())}; a letter a day from {self.start}"
        ]
        for traffic in self.traffic:
            lines.append(f"{TITLES[traffic]}:")
            lines += [
                f"  {row.name:<{wide}}  {''.join(LETTERS[state] for state in row.states[traffic])}" for row in self.rows
            ]
        return "\n".join([*lines, self._rest()])

    __repr__ = __str__

    def _rest(self) -> str:
        more = f"; rows that are not shown: {self.left_out}" if self.left_out else ""
        return f"Links that are open to all of these on every day, and have no row: {self.always_open}{more}."

    def _repr_html_(self) -> str:
        titles = {traffic: TITLES[traffic] for traffic in self.traffic}
        shown = strip(self.rows, titles, self.start, "What is open to whom, when") if self.rows else ""
        return f'{shown}<div style="font-size:12px">{self._rest()}</div>'


def show_conditions(
    conditions: xr.Dataset,
    network: Network | None = None,
    *,
    traffic: Sequence[str] = ("civilians", "aid"),
    links: Sequence[str] = (),
    most: int = 40,
) -> ShownConditions:
    """What is open to whom, when: a row for each link (and direction, where they differ) that is not always open.

    network : for names of places, and to show crossings first;  traffic : classes, a panel each
    links : only these;  most : rows; those that change oftenest come first, below the crossings

    >>> import displacement as dp
    >>> scenario = dp.read_scenario("scenarios/deir_ez_zor_2016")
    >>> shown = dp.show_conditions(scenario.compile().isel(time=slice(-3, None)), scenario.network, traffic=["aid"])
    >>> print(shown)
    o open, r restricted, x closed, ? unknown; a letter a day from 2017-09-15
    Aid:
      Al-Sukhnah and the desert road - Deir ez-Zor ...  xxo
      Damascus and the government-held west - Al-Su...  xxo
      Al-Hasakah - Deir ez-Zor (ISIL-held quarters ...  xxx
      Al-Mayadin - Deir ez-Zor (government-held)        xxx
      Deir ez-Zor (government-held) - Deir ez-Zor (...  xxx
      Qamishli (government-held airport) - Al-Hasakah   rrr
      Raqqa - Deir ez-Zor (government-held)             xxx
    Links that are open to all of these on every day, and have no row: 0.
    """
    chosen = list(links) or [str(link) for link in conditions["link"].values]
    found = [row for link in chosen for row in _rows(conditions, network, link, tuple(traffic))]
    closed = [(rank, row) for rank, row in found if links or any(s != "open" for t in traffic for s in row.states[t])]
    ordered = [row for _, row in sorted(closed, key=lambda pair: pair[0])]
    return ShownConditions(
        rows=tuple(ordered[:most]),
        traffic=tuple(traffic),
        start=pd.Timestamp(conditions["time"].values[0]).date(),
        always_open=len(chosen) - len({rank[-1] for rank, _ in closed}),
        left_out=max(len(ordered) - most, 0),
    )


def _rows(
    conditions: xr.Dataset, network: Network | None, link: str, traffic: tuple[str, ...]
) -> Iterator[tuple[tuple[bool, int, str], Row]]:
    """The rows of a link with what sorts them: crossings first, then those that change oftenest, then by name."""
    here = conditions.sel(link=link)
    states = _states(here)  # (time, direction, traffic)
    one_way = bool((here["vehicle_capacity"].sel(direction="backward") == 0).all())
    same = one_way or bool((states[:, 0] == states[:, 1]).all())
    crossing = network is not None and bool(network.links.crossing[network.links.index(link)])
    for way in range(1 if same else 2):
        by_class = {t: tuple(states[:, way, TRAFFIC.index(t)].tolist()) for t in traffic}
        changes = sum(a != b for s in by_class.values() for a, b in pairwise(s))
        yield (
            (not crossing, -changes, link),
            Row(_name(network, link, "" if same and not one_way else DIRECTIONS[way]), by_class),
        )


def _states(here: xr.Dataset) -> np.ndarray:
    """(time, direction, traffic) open, restricted, closed or unknown; a corridor for some people only is restricted."""
    chance = here["permission"].transpose("time", "direction", "traffic").values
    found = np.select(
        [np.isnan(chance), chance <= CLOSED_UP_TO, chance >= OPEN_FROM], ["unknown", "closed", "open"], "restricted"
    )
    some_only = (here["admission"] < 1).any("group").transpose("time", "direction").values
    people = [TRAFFIC.index(t) for t in ("civilians", "medical")]
    for column in people:
        found[..., column] = np.where(some_only & (found[..., column] == "open"), "restricted", found[..., column])
    return found


def _name(network: Network | None, link: str, direction: str) -> str:
    """A link by its two ends, in one direction from one to the other; without a network, by its id."""
    if network is None:
        name = f"{link} {direction}".strip()
    else:
        i, places = network.links.index(link), network.places.name
        a, b = places[network.links.origin[i]], places[network.links.destination[i]]
        name = {"": f"{a} - {b}", "forward": f"{a} to {b}", "backward": f"{b} to {a}"}[direction]
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}..."
