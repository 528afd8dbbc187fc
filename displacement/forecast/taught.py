"""What past conflicts taught, as it is shipped: constants, the shape of errors, the relative errors of baselines.

The table is written by docs/make_results.py from the conflicts that are scored; a forecast of one of those would know
something of its outcome, so their scores never use it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from functools import cache
from importlib.resources import files

import numpy as np

from displacement.errors import InputError
from displacement.forecast.constants import Constants
from displacement.forecast.method import LEVELS, SPEEDS, Shape
from displacement.forecast.mixture import EXPERTS, Trained

FILE = "taught.csv"
COLUMNS = ("what", "name", "position", "value")


def rows_of(taught: Trained) -> list[tuple[str, str, str, float]]:
    """The numbers as rows of a table: what they are, of which constant or baseline, at which speed and level."""
    found = [("constant", f.name, "", float(getattr(taught.constants, f.name))) for f in fields(Constants)]
    found += [("size", "", "", taught.shape.size)]
    found += [("z", f"{i}", f"{j}", float(z)) for i, row in enumerate(taught.shape.z) for j, z in enumerate(row)]
    found += [("relative", k, f"{j}", float(v)) for k, row in taught.relative.items() for j, v in enumerate(row)]
    return found


def text_of(taught: Trained) -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((what, name, position, f"{value:.6g}") for what, name, position, value in rows_of(taught))
    return out.getvalue()


def from_text(text: str) -> Trained:
    """What a table says; one that lacks numbers is an error."""
    rows = list(csv.DictReader(io.StringIO(text)))
    of = {what: [r for r in rows if r["what"] == what] for what in ("constant", "size", "z", "relative")}
    z, relative = np.full((len(SPEEDS), len(LEVELS)), np.nan), {k: np.full(len(LEVELS), np.nan) for k in EXPERTS}
    for row in of["z"]:
        z[int(row["name"]), int(row["position"])] = float(row["value"])
    for row in of["relative"]:
        relative[row["name"]][int(row["position"])] = float(row["value"])
    if np.isnan(z).any() or any(np.isnan(v).any() for v in relative.values()) or not of["size"]:
        raise InputError(f"{FILE}: numbers are missing; it is written by `make results`")
    constants = Constants(**{row["name"]: float(row["value"]) for row in of["constant"]})
    return Trained(constants=constants, shape=Shape(size=float(of["size"][0]["value"]), z=z), relative=relative)


@cache
def package_taught() -> Trained:
    """What is shipped."""
    return from_text(files("displacement.forecast").joinpath(FILE).read_text(encoding="utf-8"))
