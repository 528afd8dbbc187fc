"""Names of countries as Flee folders write them, their ISO 3166 codes, and about where their middle lies."""

from __future__ import annotations

import csv
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from displacement.errors import nearest
from displacement.io.flee.report import Notes

FREE = tuple(f"X{letter}" for letter in string.ascii_uppercase if letter != "K")  # ISO 3166 leaves these to users
NOT_SAID = "ZZ"  # so too


@dataclass(frozen=True)
class Country:
    """A country: code, name, and about where its middle lies, degrees."""

    code: str
    name: str
    latitude: float | None = None
    longitude: float | None = None


def plain_name(name: str) -> str:
    """A name as it is compared: small letters and digits only.

    >>> plain_name("South_Sudan"), plain_name("Côte d'Ivoire")
    ('southsudan', 'cotedivoire')
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]", "", letters.lower())


@cache
def known_countries() -> Mapping[str, Country]:
    """Countries by each of their names and by code, as compared."""
    found: dict[str, Country] = {}
    with files("displacement.io.flee").joinpath("countries.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            country = Country(row["code"], row["name"], float(row["latitude"]), float(row["longitude"]))
            for name in (row["name"], row["code"], *filter(None, row["also"].split("|"))):
                found.setdefault(plain_name(name), country)
    return found


def countries_of(names: Iterable[str], notes: Notes) -> dict[str, Country]:
    """The country of each name in a folder; one that is not known gets a code that ISO 3166 leaves free."""
    known, found = known_countries(), dict[str, Country]()
    free = iter(FREE)
    for name in dict.fromkeys(names):
        if not name:
            notes.fault("locations.csv, country", f"is empty for some places; their country has the code {NOT_SAID}")
            found[name] = Country(NOT_SAID, "country not said")
        elif country := known.get(plain_name(name)):
            found[name] = country
        else:
            near = nearest(plain_name(name), known)
            hint = f"; did you mean {known[near].name!r}?" if near else ""
            code = next(free, NOT_SAID)
            notes.fault(
                f"locations.csv, country = {name!r}", f"is no country that is known{hint} It has the code {code}"
            )
            found[name] = Country(code, name.replace("_", " "))
    for code in dict.fromkeys(country.code for country in found.values()):
        alike = [name for name, country in found.items() if country.code == code]
        if len(alike) > 1:
            notes.fault("locations.csv, country", f"{' and '.join(map(repr, alike))} are one country, {code}")
    named = [f"{name} {country.code}" for name, country in found.items() if name]
    notes.assume(f"Country codes (ISO 3166) stand for the names of the file: {', '.join(named)}.")
    return found
