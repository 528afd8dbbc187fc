"""Small random networks: camps, junctions, places abroad behind crossings, places outside, hubs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from displacement.network import PLACE_KINDS, Floats, Links, Network, Places

HOME, ABROAD = "AA", "BB"
PARTIES = ("blue", "green", "red")
START = dt.date(2016, 2, 1)
EMPTY_KINDS = ("junction", "front_post")
WILD = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)


def _ids(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i:02d}" for i in range(count))


@st.composite
def networks(
    draw: DrawFn,
    *,
    min_places: int = 2,
    max_places: int = 6,
    min_links: int = 1,
    max_links: int = 10,
    most_people: int = 50_000,
    parties: Sequence[str] = PARTIES,
    crossings: bool = True,
    directed: bool = True,
    connected: bool = False,
    unknown_controllers: bool = True,
    limits: bool = True,
    groups: bool = True,
    wild: bool = False,
) -> Network:
    """A network of a few places: camps, junctions, places abroad behind crossings, places outside, hubs.

    The lengths of links are all different, and so, nearly always, are those of paths. `connected` joins all places,
    both ways; `limits` gives some links and sites a capacity, `groups` names groups of places; `wild` adds free columns
    and names in any script.
    """
    n = draw(st.integers(min_places, max_places))
    abroad = np.array(draw(st.lists(st.booleans() if crossings else st.just(False), min_size=n, max_size=n)), bool)
    abroad[0] = False  # somewhere to flee from
    places = _places(draw, abroad, most_people=most_people, parties=parties, unknown=unknown_controllers, limits=limits)
    ends = _ends(draw, n, min_links, max_links, connected=connected)
    links = _links(draw, ends, abroad, directed=directed and not connected, limits=limits)
    if wild:
        places, links = _wild(draw, places, "name", "pcode", "parent_pcode"), _wild(draw, links)
    return Network(places=Places(**places), links=Links(**links), place_groups=_groups(draw, n) if groups else {})


def several(draw: DrawFn, strategy: SearchStrategy[Any], count: int) -> list[Any]:
    """So many draws of a strategy."""
    return [draw(strategy) for _ in range(count)]  # quicker than a list of so many


def count_of(most: int, least: int = 0) -> SearchStrategy[int]:
    """Least to most, rather many than few, though it shrinks to few: an empty network tries out little."""
    middle = (least + most + 1) // 2
    return st.one_of(st.integers(least, middle), *[st.integers(middle, most)] * 3)


def _numbers(draw: DrawFn, strategy: SearchStrategy[Any], count: int) -> Floats:
    """(count,) numbers; None is unknown."""
    return np.array([np.nan if x is None else x for x in several(draw, strategy, count)], float)


def _places(
    draw: DrawFn, abroad: Any, *, most_people: int, parties: Sequence[str], unknown: bool, limits: bool
) -> dict[str, Any]:
    n = len(abroad)
    kind = several(draw, st.sampled_from(PLACE_KINDS), n)
    outside = abroad | np.array(several(draw, st.sampled_from([False, False, False, True]), n), bool)
    outside[0] = False
    inhabited = ~np.isin(kind, EMPTY_KINDS)
    population = np.where(inhabited, _numbers(draw, st.integers(0, most_people), n), np.nan)
    displaced = np.where(inhabited & ~outside, _numbers(draw, st.none() | st.integers(0, most_people // 4), n), np.nan)
    low, high = (_numbers(draw, st.none() | factor, n) for factor in (st.floats(0.3, 1), st.floats(1, 3)))
    where = several(draw, st.tuples(st.integers(-300, 300), st.integers(-300, 300)), n)
    capacity = st.none() | st.integers(0, most_people) if limits else st.none()
    return {
        "id": _ids("p", n),
        "name": tuple(f"Place {i}" for i in range(n)),
        "pcode": tuple(f"AA{i:04d}" for i in range(n)),
        "parent_pcode": tuple(f"AA{i % 2:02d}" for i in range(n)),
        "country": tuple(ABROAD if a else HOME for a in abroad),
        "latitude": np.array([36 + y / 1000 for y, _ in where]),
        "longitude": np.array([37 + x / 1000 for _, x in where]),
        "kind": tuple(kind),
        "population": population,
        "population_low": population * low,
        "population_high": population * high,
        "displaced": displaced,
        "displaced_low": displaced * low,
        "displaced_high": displaced * high,
        "capacity": np.where(np.isin(kind, ["camp"]), _numbers(draw, capacity, n), np.nan),
        "party": tuple(several(draw, st.sampled_from([*parties, ""] if unknown else [*parties]), n)),
        "outside": outside,
        "hub": np.array(several(draw, st.booleans(), n), bool),
        "storage_t": (storage := _numbers(draw, st.none() | st.integers(0, 5000), n)),
        "stock_t": np.minimum(_numbers(draw, st.none() | st.integers(0, 5000), n), np.nan_to_num(storage, nan=np.inf)),
        "priority": _numbers(draw, st.none() | st.sampled_from([0.5, 1.0, 3.0]), n),
    }


def _ends(draw: DrawFn, n: int, min_links: int, max_links: int, *, connected: bool) -> list[tuple[int, int]]:
    """Pairs of places, each once; a tree among them if all are to be connected."""
    tree = [(draw(st.integers(0, i - 1)), i) for i in range(1, n)] if connected else []
    free = [(a, b) for a in range(n) for b in range(a + 1, n) if (a, b) not in tree]
    most = max(min(max_links - len(tree), len(free)), 0)
    count = draw(count_of(most, min(max(min_links - len(tree), 0), most)))
    others = draw(st.lists(st.sampled_from(free), min_size=count, max_size=count, unique=True)) if count else []
    return [pair[::-1] if draw(st.booleans()) else pair for pair in tree + others]


def _links(
    draw: DrawFn, ends: Sequence[tuple[int, int]], abroad: Any, *, directed: bool, limits: bool
) -> dict[str, Any]:
    m = len(ends)
    metres = draw(st.lists(st.integers(500, 60_000), min_size=m, max_size=m, unique=True))
    crossing = [bool(abroad[a] != abroad[b]) for a, b in ends]
    limit = st.none() | st.integers(0, 2000) if limits else st.none()
    return {
        "id": _ids("l", m),
        "origin": np.array([a for a, _ in ends], np.int64),
        "destination": np.array([b for _, b in ends], np.int64),
        "kind": tuple("crossing" if c else "road" for c in crossing),
        "length_km": np.array(metres, float) / 1000,
        "speed_kmh": _numbers(draw, st.integers(5, 90), m),
        "trucks_per_day": _numbers(draw, limit, m),
        "vehicles_per_day": np.where(crossing, np.nan, _numbers(draw, limit, m)),
        "people_per_day": np.where(crossing, _numbers(draw, limit, m), np.nan),
        "directed": np.array(several(draw, st.sampled_from([False, False, True]), m), bool) & directed,
    }


def _wild(draw: DrawFn, table: dict[str, Any], *names: str) -> dict[str, Any]:
    """The table with text of any script, line breaks and quotes among it, and a free column or two."""
    n = len(table["id"])
    cell = WILD | st.sampled_from(["", '"', "a,b", "line\nbreak", " space ", "\r\n"])
    columns = draw(st.lists(st.sampled_from(["note", "grade", "colour, shape"]), unique=True))
    extra = {name: tuple(several(draw, cell, n)) for name in columns}
    return {**table, **{name: tuple(several(draw, WILD, n)) for name in names}, "extra": extra}


def _groups(draw: DrawFn, n: int) -> dict[str, tuple[str, ...]]:
    some = st.lists(st.sampled_from(_ids("p", n)), min_size=1, max_size=n, unique=True).map(tuple)
    return draw(st.dictionaries(st.sampled_from(["area_one", "area_two"]), some))
