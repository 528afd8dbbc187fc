"""Borders for maps, cut from Natural Earth: displacement/borders.npz.

npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
python docs/make_borders.py package/countries-10m.json

The file is TopoJSON: each stretch of border is there once, as an arc. An arc that two countries share is a land border,
one of a single country is coast. What lies in none of the regions is left out, and so are islands of a few points.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import displacement

REGIONS = {  # west, south, east, north
    "Africa": (-26.0, -36.0, 64.0, 38.0),
    "Mediterranean, Middle East, Caucasus, Central Asia": (-10.0, 12.0, 78.0, 46.0),
    "Ukraine": (20.0, 43.0, 42.0, 54.0),
    "South Asia, Myanmar": (60.0, 4.0, 107.0, 38.0),
    "Central America, Caribbean, north of South America": (-93.0, -6.0, -59.0, 22.0),
    "Philippines": (116.0, 4.0, 128.0, 20.0),
}
LEAST = 6  # points of an island
TARGET = Path(displacement.__file__).parent / "borders.npz"


def uses(arcs: Any) -> Iterator[int]:
    """Arcs that a country is made of; ~i is arc i the other way round."""
    for arc in arcs:
        if isinstance(arc, int):
            yield max(arc, ~arc)
        else:
            yield from uses(arc)


def inside(points: np.ndarray) -> np.ndarray:
    """Which points lie in a region, or next to one that does, so that lines reach its edge."""
    w, s, e, n = np.array(list(REGIONS.values())).T[:, :, np.newaxis]
    x, y = points.T
    within = ((x >= w) & (x <= e) & (y >= s) & (y <= n)).any(axis=0)
    return within | np.roll(within, 1) | np.roll(within, -1)


def main(source: Path) -> None:
    """Cut, and write what is left."""
    atlas = json.loads(source.read_text(encoding="utf-8"))
    degrees, origin = (np.array(atlas["transform"][k]) for k in ("scale", "translate"))
    used = Counter(i for country in atlas["objects"]["countries"]["geometries"] for i in uses(country["arcs"]))
    lines, coast = [], []
    for i, steps in enumerate(atlas["arcs"]):
        points = np.cumsum(np.array(steps), axis=0)
        kept = inside(points * degrees + origin)
        if len(points) < LEAST and (points[0] == points[-1]).all():
            continue
        for piece in np.split(np.arange(len(points)), np.flatnonzero(np.diff(kept)) + 1):
            if kept[piece[0]] and len(piece) > 1:
                lines.append(points[piece])
                coast.append(used[i] == 1)
    np.savez_compressed(
        TARGET,
        steps=np.diff(np.vstack(lines), axis=0, prepend=0).astype(np.int32),
        first=np.cumsum([0, *(len(line) for line in lines[:-1])]).astype(np.int32),
        coast=np.array(coast),
        degrees=degrees,
        origin=origin,
        regions=np.array(list(REGIONS.values())),
    )
    print(f"{TARGET.name}: {len(lines)} lines, {sum(map(len, lines))} points, {TARGET.stat().st_size / 1e3:.0f} kB")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
