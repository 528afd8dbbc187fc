"""Runs by hand: people who wander at random between places, across crossings and home, and are never lost.

Each record is of the form that `simulate` gives with home areas: what a summary says can be checked without the model.
"""

from functools import partial

import numpy as np
import pandas as pd
import xarray as xr

from displacement.groups import ELSEWHERE

HOME = "AA"
DIMS = {
    "by_place": ("member", "time", "place"), "opening": ("member", "place"), "by_country": ("member", "time", "country"),
    "group_place": ("member", "time", "group", "place"), "gate": ("member", "time", "crossing", "direction"),
    "group_gate": ("member", "time", "group", "crossing", "direction"), "group": ("member", "time", "group"),
}  # fmt: skip
FORMS = {
    "by_place": ("residents", "displaced", "refugees", "returned", "departures", "departures_from_home", "arrivals",
                 "moved_since"),
    "opening": ("start_residents", "start_displaced", "start_refugees"),
    "by_country": ("registered",),
    "group_place": ("residents_by_group", "displaced_by_group", "refugees_by_group", "returned_by_group"),
    "gate": ("crossed", "crossed_irregularly", "waiting", "joined", "gave_up"),
    "group_gate": ("crossed_by_group", "waiting_by_group"),
    "group": ("travelling_by_group",),
}  # fmt: skip


def empty(places, crossings=(), *, members=1, days=2, groups=("everyone",), capacity=None):
    """A run in which nobody is anywhere.

    places : (id, country, parent P-code);  crossings : (id, id of one end, id of the other)
    """
    ids, countries, parents = (np.array(column, object) for column in zip(*places, strict=True))
    areas = [*sorted({p for p, c in zip(parents, countries, strict=True) if c == HOME and p}), ELSEWHERE]
    rows = [(g, a) for g in groups for a in areas]
    abroad = sorted(set(countries) - {HOME})
    links = np.array([k for k, _, _ in crossings], object)
    sizes = {"member": members, "time": days, "place": len(ids), "crossing": len(links), "direction": 2,
             "group": len(rows), "country": len(abroad)}  # fmt: skip
    data = {
        name: (DIMS[form], np.zeros([sizes[d] for d in DIMS[form]], np.int32))
        for form, names in FORMS.items()
        for name in names
        if name != "registered" or abroad
    }
    coords = {
        "time": pd.date_range("2016-02-01", periods=days),
        "member": np.arange(members),
        "place": ids,
        "crossing": links,
        "link": links,
        "direction": np.array(["forward", "backward"], object),
        "group": np.array([f"{g} of {a}" for g, a in rows], object),
        "group_id": ("group", np.array([g for g, _ in rows], object)),
        "group_name": ("group", np.array([g.title() for g, _ in rows], object)),
        "group_home_area": ("group", np.array([a for _, a in rows], object)),
        "place_name": ("place", np.array([str(i).title() for i in ids], object)),
        "place_country": ("place", countries),
        "place_parent_pcode": ("place", parents),
        "place_kind": ("place", np.array(["town"] * len(ids), object)),
        "longitude": ("place", 37.0 + 0.1 * np.arange(len(ids))),
        "latitude": ("place", np.full(len(ids), 36.0)),
        "capacity": ("place", np.full(len(ids), np.nan) if capacity is None else np.asarray(capacity, float)),
        "link_from": ("link", np.array([a for _, a, _ in crossings], object)),
        "link_to": ("link", np.array([b for _, _, b in crossings], object)),
    }
    if abroad:
        coords["country"] = np.array(abroad, object)
    about = {"country": HOME, "reference_date": "2016-02-01", "title": "By hand", "summary": "People wander."}
    return xr.Dataset(data, coords=coords, attrs=about)


def random_run(seed, *, places=None, crossings=None, members=None, days=None):
    """People who wander, drawn from one seed: every stock and flow kept, groups and home areas apart and together."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 7))
    if places is None:
        places = [(f"p{i}", HOME, f"A{rng.integers(0, 3)}") for i in range(count)]
        places += [(f"x{i}", str(rng.choice(["BB", "CC"])), "") for i in range(int(rng.integers(0, 4)))]
    inside = [k for k, c, _ in places if c == HOME]
    outside = [k for k, c, _ in places if c != HOME]
    if crossings is None:
        ends = [(str(rng.choice(inside)), x) for x in outside for _ in range(int(rng.integers(1, 3)))]
        crossings = [(f"c{i}", *ends[i][:: int(rng.choice([1, -1]))]) for i in range(len(ends))]
    members, days = members or int(rng.integers(1, 5)), days or int(rng.integers(1, 7))
    run = empty(places, crossings, members=members, days=days, groups=("women", "men")[: int(rng.integers(1, 3))],
                capacity=rng.choice([np.nan, 0.0, 50.0, 300.0], len(places)))  # fmt: skip
    for member in range(members):
        _wander(run, member, rng)
    for name in ("residents", "displaced", "refugees", "returned"):
        run[name].values[:] = run[f"{name}_by_group"].sum("group").values
    for name in ("crossed", "waiting"):
        run[name].values[:] = run[f"{name}_by_group"].sum("group").values
    run["crossed_irregularly"].values[:] = rng.binomial(run["crossed"].values, float(rng.choice([0.0, 0.3])))
    if "registered" in run:
        for i, country in enumerate(run["country"].values):
            there = run["refugees"].isel(place=run["place_country"].values == country).sum("place").values
            run["registered"].values[:, :, i] = there // 2
    return run


def _wander(run, member, rng):
    """One member: each day some of each cell go to another that can be reached from it."""
    kept = {name: run[name].values for name in run.data_vars}
    home = run["place_country"].values == HOME
    parents, areas = run["place_parent_pcode"].values, run["group_home_area"].values
    ids = run["place"].values.tolist()
    gates = [(k, way, *((ids.index(a), ids.index(b))[:: 1 if way == 0 else -1]))
             for k, (a, b) in enumerate(zip(run["link_from"].values, run["link_to"].values, strict=True))
             for way in (0, 1)]  # fmt: skip
    for g, area in enumerate(areas):
        stock = {("residents", p): int(rng.integers(0, 400)) if home[p] and parents[p] == area else 0
                 for p in range(len(ids))}  # fmt: skip
        if area == ELSEWHERE:
            stock |= {("displaced" if home[p] else "refugees", p): int(rng.integers(0, 300)) for p in range(len(ids))}
        for (kind, p), n in stock.items():
            kept[f"start_{kind}"][member, p] += n
        own = [p for p in range(len(ids)) if home[p] and parents[p] == area]
        options = partial(_options, own=own, gates=gates, home=home)
        for day in range(run.sizes["time"]):
            stock = _day(kept, member, day, g, stock, options, rng)


def _day(kept, member, day, g, stock, options_of, rng):
    """Move people of one group for one day; write what they did and where they end."""
    new = dict(stock)
    for cell, n in stock.items():
        goes = int(rng.binomial(n, 0.3))
        options = options_of(cell)
        if not goes or not options:
            continue
        shares = rng.multinomial(goes, np.full(len(options), 1 / len(options))).tolist()
        for target, m in zip(options, shares, strict=True):
            new[cell] -= m
            new[target] = new.get(target, 0) + m
            if cell[0] in {"residents", "displaced", "refugees", "returned"}:
                kept["departures"][member, day, cell[1]] += m
                kept["departures_from_home"][member, day, cell[1]] += m if cell[0] == "residents" else 0
            if target[0] in {"displaced", "refugees", "returned"}:
                kept["arrivals"][member, day, target[1]] += m
            if cell[0] == "waiting" and target[1:] == (cell[4],):
                kept["crossed_by_group"][member, day, g, cell[1], cell[2]] += m
    for cell, n in new.items():
        if cell[0] == "waiting":
            kept["waiting_by_group"][member, day, g, cell[1], cell[2]] += n
        elif cell[0] == "travelling":
            kept["travelling_by_group"][member, day, g] += n
        else:
            kept[f"{cell[0]}_by_group"][member, day, g, cell[1]] += n
    return new


def _options(cell, *, own, gates, home):
    """Where somebody can be tomorrow: by road inside the country, to a gate, over it or back from it, and home."""
    inside = [("displaced", p) for p in np.flatnonzero(home)]
    if cell[0] == "waiting":
        _, _, _, near, far = cell
        return [("displaced" if home[end] else "refugees", end) for end in (near, far)]
    if cell[0] == "refugees":
        return [("waiting", *gate) for gate in gates if gate[2] == cell[1]]
    return [k for k in [*inside, *(("returned", p) for p in own), ("travelling",), *(("waiting", *gate) for gate in gates if home[gate[2]])]
            if k != cell and not (cell[0] == "residents" and k[0] == "returned")]  # fmt: skip
