"""Are latitude and longitude swapped? Decided for a whole file by evidence; single rows that look wrong are told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from displacement.io.flee.countries import Country
from displacement.network import Floats, great_circle_km

SHORTER = 0.98  # a road shorter than this part of the straight line is impossible
FARTHER = 4.0  # a road longer than this many straight lines is odd
NEAR_KM = 10.0  # ends nearer than this are left out of the odd
CLEAR = 1.5  # how many times nearer one reading must lie to the countries' middles

Ends = NDArray[np.int64]


@dataclass(frozen=True)
class Evidence:
    """What one reading of the two columns leads to."""

    impossible: int  # latitudes beyond 90 degrees, longitudes beyond 180
    from_middles: float  # km, median distance of places from the middle of their country; NaN if none is known
    too_short: int  # roads shorter than the straight line between their ends
    misfit: float  # mean |log(road / straight line)|; NaN without roads

    @classmethod
    def of(
        cls, latitude: Floats, longitude: Floats, countries: Sequence[Country], ends: tuple[Ends, Ends], km: Floats
    ) -> Evidence:
        """Weigh a reading. ends, km : (road,) places it joins, and its length"""
        impossible = int(((np.abs(latitude) > 90) | (np.abs(longitude) > 180)).sum())
        known = [i for i, c in enumerate(countries) if c.latitude is not None]
        middles = np.array([(countries[i].latitude, countries[i].longitude) for i in known], float).reshape(-1, 2)
        away = great_circle_km(latitude[known], longitude[known], middles[:, 0], middles[:, 1])
        straight = straight_km(latitude, longitude, ends)
        apart = straight > 0
        odds = np.abs(np.log(km[apart] / straight[apart]))
        return cls(
            impossible,
            float(np.median(away)) if len(away) else np.nan,
            int((km < SHORTER * straight).sum()),
            float(odds.mean()) if len(odds) else np.nan,
        )


def straight_km(latitude: Floats, longitude: Floats, ends: tuple[Ends, Ends]) -> Floats:
    """(road,) km over the ground between the ends of roads."""
    a, b = ends
    return great_circle_km(latitude[a], longitude[a], latitude[b], longitude[b])


def swapped(as_named: Evidence, other: Evidence) -> tuple[bool, str]:
    """Should the two columns be read the other way round? And the sentence that says why.

    The distance from the countries' middles decides, if one is clearly nearer; else what is out of range; else the fit
    of the roads; else the names of the columns hold.
    """
    told = (
        f"As the columns are named, {as_named.impossible} coordinates are out of range, places lie"
        f" {_km(as_named.from_middles)} from the middle of their countries (median), and {as_named.too_short} roads are"
        f" shorter than the straight line; read the other way round, these are {other.impossible},"
        f" {_km(other.from_middles)} and {other.too_short}."
    )
    verdict = _verdict(as_named, other)
    if verdict is None:
        return False, f"{told} That does not decide: the names of the columns hold."
    chosen = "Latitude and longitude are swapped in the file: both columns were exchanged" if verdict else (
        "Latitude and longitude are not swapped"
    )  # fmt: skip
    return verdict, f"{chosen}. {told}"


def _verdict(as_named: Evidence, other: Evidence) -> bool | None:
    if (nearer := _smaller(as_named.from_middles, other.from_middles)) is not None:
        return nearer
    if bool(as_named.impossible) != bool(other.impossible):
        return as_named.impossible > 0
    return _smaller(as_named.misfit, other.misfit)


def _smaller(as_named: float, other: float) -> bool | None:
    """Is the other reading clearly the smaller? None: neither is."""
    if np.isfinite([as_named, other]).all() and max(as_named, other) > CLEAR * min(as_named, other):
        return as_named > other
    return None


def _km(distance: float) -> str:
    return "an unknown distance" if np.isnan(distance) else f"{distance:,.0f} km"


def odd_roads(latitude: Floats, longitude: Floats, ends: tuple[Ends, Ends], km: Floats) -> Iterator[tuple[int, str]]:
    """Road, and what is odd about its length."""
    straight = straight_km(latitude, longitude, ends)
    for road, (length, line) in enumerate(zip(km, straight, strict=True)):
        if length < SHORTER * line:
            yield road, f"is {length:g} km long, but its ends lie {line:.0f} km apart"
        elif line >= NEAR_KM and length > FARTHER * line:
            yield road, f"is {length:g} km long, {length / line:.1f} times the {line:.0f} km between its ends"


def odd_places(
    latitude: Floats, longitude: Floats, ends: tuple[Ends, Ends], km: Floats, countries: Sequence[Country]
) -> Iterator[tuple[int, str]]:
    """Place, and why its coordinates look wrong: most of its roads are not long enough to reach it."""
    straight = straight_km(latitude, longitude, ends)
    short = km < SHORTER * straight
    for place in range(len(latitude)):
        at = (ends[0] == place) | (ends[1] == place)
        if short[at].sum() < 2 or short[at].sum() <= at.sum() / 2:
            continue
        flipped = np.array(latitude), np.array(longitude)
        flipped[0][place], flipped[1][place] = longitude[place], latitude[place]
        mended = abs(flipped[0][place]) <= 90 and not (km < SHORTER * straight_km(*flipped, ends))[at].any()
        hint = "; exchanged, they would fit" if mended else ""
        yield (
            place,
            (
                f"{short[at].sum()} of its {at.sum()} roads are shorter than the straight line to their other ends:"
                f" check the coordinates{hint}"
            ),
        )
    yield from _far_from_country(latitude, longitude, countries)


def _far_from_country(latitude: Floats, longitude: Floats, countries: Sequence[Country]) -> Iterator[tuple[int, str]]:
    """Places much farther from the middle of their country than all others of it."""
    for code in sorted({c.code for c in countries if c.latitude is not None}):
        rows = [i for i, c in enumerate(countries) if c.code == code]
        if len(rows) < 3:
            continue
        middle = np.median(latitude[rows]), np.median(longitude[rows])
        away = great_circle_km(
            latitude[rows], longitude[rows], np.full(len(rows), middle[0]), np.full(len(rows), middle[1])
        )
        rank = np.argsort(away)
        if away[rank[-1]] > 1_000 and away[rank[-1]] > 4 * away[rank[-2]]:
            yield (
                rows[int(rank[-1])],
                f"lies {away[rank[-1]]:,.0f} km from the other places of its country: check the coordinates",
            )
