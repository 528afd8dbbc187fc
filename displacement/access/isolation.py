"""Which people lose every usable way in for aid when one road is cut, or two: every pair, found exactly.

A way is usable if the product of permissions along it is 0.05 or more for an operation that serves the place. Two cuts
can only isolate a place if one of them lies on its best way, and the other on the best way that is left then: any
other pair leaves one of the two. So each road on a best way is cut in turn, and only roads on the ways that take its
place are tried as the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from displacement.access.aid import people_at_opening, ways_by
from displacement.access.status import DECIMALS
from displacement.access.thresholds import Thresholds
from displacement.mandates import AID, Day, Mandate, open_arcs, open_hubs
from displacement.network import Flags, Floats, Indices, Network
from displacement.paths import Paths

Links = tuple[int, ...]  # one or two rows of the table of links, in order
AT_ONCE = 2_000_000  # cuts x arcs computed together


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One operation on one day: the arcs that it may take with their permission, its open hubs, whom it serves."""

    taken: Flags  # (arc,)
    permission: Floats  # (arc,) for aid
    hubs: Indices
    serves: Flags  # (place,)


def scopes(network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds) -> list[Scope]:
    """What each operation may do on the day."""
    return [
        Scope(
            taken=open_arcs(network, o, day, thresholds.usable_aid),
            permission=day.permission[:, AID],
            hubs=open_hubs(o, day),
            serves=o.serves,
        )
        for o in operations
    ]


def usable(chance: Floats, thresholds: Thresholds) -> Flags:
    """Is a way usable, of its chance?

    >>> usable(np.array([0.05, 0.049]), Thresholds())
    array([ True, False])
    """
    return np.asarray(np.round(chance, DECIMALS) >= round(thresholds.isolated_below, DECIMALS), bool)


def without(day: Day, links: Sequence[int]) -> Day:
    """The day with links cut, both ways."""
    permission = day.permission.copy()
    permission[[2 * link + way for link in links for way in (0, 1)]] = 0.0
    return replace(day, permission=permission)


def chance_after(network: Network, scope: Scope, cuts: Indices) -> Floats:
    """(cut, place) chance of the operation's best way in with links cut; 0 where it does not serve.

    c_place = max over arcs taken into the place of  permission x c_origin,  1 at hubs: repeated until nothing grows,
    for all cuts side by side.  cuts : (cut, links cut together)
    """
    arcs = np.flatnonzero(scope.taken)
    arcs = arcs[np.argsort(network.arc_destination[arcs], kind="stable")]
    chance = np.zeros((len(cuts), len(network.places)))
    chance[:, scope.hubs] = 1.0
    if not len(arcs):
        return chance * scope.serves
    whole = ~(cuts[:, :, np.newaxis] == arcs // 2).any(axis=1)  # (cut, arc)
    passes = scope.permission[arcs] * whole
    into, first = np.unique(network.arc_destination[arcs], return_index=True)
    while True:
        onward = np.maximum.reduceat(chance[:, network.arc_origin[arcs]] * passes, first, axis=1)
        grown = np.maximum(chance[:, into], onward)
        if np.array_equal(grown, chance[:, into]):
            return chance * scope.serves
        chance[:, into] = grown


def isolated_after(
    network: Network, found: Sequence[Scope], cuts: Sequence[Links], reached: Flags, thresholds: Thresholds
) -> Flags:
    """(cut, place) places of `reached` that lose every usable way in.  cuts : of one or two links each."""
    table = np.array([(links[0], links[-1]) for links in cuts], np.int64).reshape(-1, 2)
    lost = np.zeros((len(table), len(network.places)), bool)
    size = max(AT_ONCE // max(len(network.arc_origin), 1), 1)
    for start in range(0, len(table), size):
        part = table[start : start + size]
        best = np.max([chance_after(network, scope, part) for scope in found], axis=0)
        lost[start : start + size] = reached & ~usable(best, thresholds)
    return lost


@dataclass(frozen=True, kw_only=True)
class Singles:
    """A day with one link cut: who loses every usable way in, and by which ways they came."""

    ways: list[tuple[Paths, Floats]]  # of each operation: its likeliest paths, and (place,) their chance
    scopes: list[Scope]
    reached: Flags  # (place,) lived in, with a usable way in
    through: dict[int, list[int]]  # links on best ways: the places that come by each
    lost: dict[int, Flags]  # for each of these, (place,) who is isolated; every other link isolates nobody


def singles(network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds) -> Singles:
    """Every link of a day that alone takes the last usable way in from somebody."""
    ways = [ways_by(network, o, day, thresholds.usable_aid)[1:] for o in operations]
    best = np.max([np.zeros(len(network.places)), *(chance for _, chance in ways)], axis=0)
    reached = usable(best, thresholds) & (people_at_opening(network) > 0)
    found = scopes(network, operations, day, thresholds)
    through = users(ways, np.flatnonzero(reached))
    links = sorted(through)
    lost = isolated_after(network, found, [(k,) for k in links], reached, thresholds)
    return Singles(ways=ways, scopes=found, reached=reached, through=through, lost=dict(zip(links, lost, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Who is reached on a day, and (place,) who loses every usable way in by each cut of one link and of two."""

    reached: Flags
    single: dict[int, Flags]  # links on a best way; every other isolates nobody
    pair: dict[Links, Flags]  # pairs that isolate somebody whom neither link isolates alone: all whom they isolate


def isolation(network: Network, operations: tuple[Mandate, ...], day: Day, thresholds: Thresholds) -> Isolation:
    """Every single and double cut of a day that takes the last usable way in from somebody. Exact."""
    one = singles(network, operations, day, thresholds)
    tried: set[Links] = set()
    for k, lost in one.lost.items():
        if left := [p for p in one.through[k] if not lost[p]]:
            second = users(_ways_without(network, operations, day, k, one.ways, thresholds), left)
            tried |= {(min(k, other), max(k, other)) for other in second}
    pairs, nobody = sorted(tried), np.zeros(len(network.places), bool)
    both = isolated_after(network, one.scopes, pairs, one.reached, thresholds)
    alone = [one.lost.get(a, nobody) | one.lost.get(b, nobody) for a, b in pairs]
    return Isolation(
        reached=one.reached,
        single=one.lost,
        pair={pair: both[i] for i, pair in enumerate(pairs) if (both[i] & ~alone[i]).any()},
    )


def best_way(ways: Sequence[tuple[Paths, Floats]], place: int) -> list[int]:
    """Arcs of the likeliest way of any operation to a place, hub first."""
    best = max(range(len(ways)), key=lambda o: float(ways[o][1][place]))
    return ways[best][0].to(place)


def users(ways: Sequence[tuple[Paths, Floats]], places: Sequence[int] | Indices) -> dict[int, list[int]]:
    """Links on the best way to some of `places`, and which of them come by each. ways : of each operation."""
    found: dict[int, list[int]] = {}
    for place in map(int, places):
        for arc in best_way(ways, place):
            found.setdefault(arc // 2, []).append(place)
    return found


def _ways_without(
    network: Network,
    operations: tuple[Mandate, ...],
    day: Day,
    link: int,
    ways: Sequence[tuple[Paths, Floats]],
    thresholds: Thresholds,
) -> list[tuple[Paths, Floats]]:
    """Best ways with a link cut; those of operations that do not use it stay."""
    cut = without(day, [link])
    return [
        ways_by(network, o, cut, thresholds.usable_aid)[1:] if (paths.arc // 2 == link).any() else (paths, chance)
        for o, (paths, chance) in zip(operations, ways, strict=True)
    ]
