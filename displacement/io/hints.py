"""How to mend what is wrong, as one clause at the end of a message: what people often mean by what they wrote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from displacement.errors import nearest

UNKNOWN = {"n/a", "na", "n.a.", "nd", "n.d.", "-", "--", "–", "?", "unknown", "none", "null", "nan", "tbd", "tbc", ".."}
NAMES = {"scenario.toml", "places.csv", "links.csv", "needs.csv", "observed.csv"}
WORDS_OF_DATES = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y")
FIRST_OF_SERIALS = dt.date(1899, 12, 30)  # day 0 of the dates that spreadsheets store as numbers
TEXT_FORMATS = {b"PK\x03\x04": "a spreadsheet (.xlsx) or a zip file", b"\xd0\xcf\x11\xe0": "a spreadsheet (.xls)"}


def of_number(text: str) -> str:
    """What to write instead of a text that is no number.

    >>> of_number("31,000"), of_number("60 %")
    ('; write it with a point, if any, and without separators', '; without the %')
    >>> of_number("n/a"), of_number("~15000"), of_number("many")
    ('; leave it empty where it is unknown', '; write the number alone', '')
    >>> of_number("4000-6000")
    '; write the middle here, and the two ends as low and high'
    """
    word = text.strip()
    if word.lower() in UNKNOWN:
        return "; leave it empty where it is unknown"
    if re.fullmatch(r"[0-9][0-9., '’\u00a0\u202f]*", word):
        return "; write it with a point, if any, and without separators"
    if re.fullmatch(r"[0-9.,]+\s*%", word):
        return "; without the %"
    if re.fullmatch(r"[0-9., ]+(-|–|to)[0-9., ]+", word):
        return "; write the middle here, and the two ends as low and high"
    return "; write the number alone" if re.search(r"[0-9]", word) and re.match(r"[~<>≈±+a-z]", word.lower()) else ""


def of_share(value: Any) -> str:
    """How a share is written that was given in percent.

    >>> of_share(60), of_share("60 %"), of_share(0.6), of_share(-3)
    ('; 60 % is written 0.6', '; 60 % is written 0.6', '', '')
    """
    if isinstance(value, str):
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*%", value.strip())
        value = float(found[1]) if found else None
    percent = isinstance(value, int | float) and not isinstance(value, bool) and 1 < value <= 100
    return f"; {value:g} % is written {value / 100:g}" if percent else ""


def of_date(value: Any) -> str:
    """How a date is written that was given in another way: the year first.

    >>> of_date("05/02/2016"), of_date("25.2.2016"), of_date("3 Feb 2016"), of_date(42403), of_date("soon")
    ('; write 2016-02-05 or 2016-05-02', '; write 2016-02-25', '; write 2016-02-03', '; write 2016-02-03', '')
    """
    days = list(dict.fromkeys(_days_meant(str(value).strip()[:40])))
    return f"; write {' or '.join(map(str, days))}" if days else ""


def _days_meant(text: str) -> Iterator[dt.date]:
    """The days that a text may mean, the day before the month first."""
    if found := re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", text):
        a, b, year = map(int, found.groups())
        yield from (day for day in (_day(year, b, a), _day(year, a, b)) if day)
    elif found := re.fullmatch(r"(\d{4})[/. -]?(\d{1,2})[/. -]?(\d{1,2})(?:[T ].*)?", text):
        yield from (day for day in [_day(*map(int, found.groups()))] if day)
    elif re.fullmatch(r"[3-6]\d{4}(\.0*)?", text):
        yield FIRST_OF_SERIALS + dt.timedelta(days=int(float(text)))
    else:
        for form in WORDS_OF_DATES:
            try:
                yield dt.datetime.strptime(text, form).date()
            except ValueError:
                continue


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def of_toml(line: str, fault: str) -> str:
    """What is probably meant by a line that is not TOML.

    >>> of_toml('country = XA', "Invalid value"), of_toml('share = 0,6', "")
    ('; text stands in straight double quotes', '; write decimals with a point: 0.6')
    >>> of_toml('start = 3/2/2016', ""), of_toml('days: 30', "")
    ('; write 2016-02-03 or 2016-03-02, without quotes', "; write '=' between a key and its value, not ':'")
    """
    return next(_meant(line, fault), "")


def _meant(line: str, fault: str) -> Iterator[str]:
    """What may be meant, the likeliest first."""
    if any(word in fault for word in ("twice", "overwrite", "mutate", "immutable")):
        yield "; a key stands once in its table, and a list of tables has double brackets, such as [[events]]"
    if "Unclosed" in fault:
        yield "; a bracket above it is not closed"
    key, mark, value = (part.strip() for part in line.partition("="))
    value = value.split(" #")[0].strip()
    if not mark and re.match(r"[\w-]+\s*:", key):
        yield "; write '=' between a key and its value, not ':'"
    if date := of_date(value.strip("\"'")):
        yield f"{date}, without quotes"
    if number := re.match(r"([0-9]+),([0-9]+)\b", value):
        yield f"; write decimals with a point: {number[1]}.{number[2]}"
    if percent := of_share(value):
        yield percent
    if re.search(r"[“”„‘’]", value) or re.fullmatch(r"[^\W\d][\w .'-]*", value):
        yield "; text stands in straight double quotes"
    if value.count('"') % 2:
        yield "; a double quote is missing at one end of a text"
    if value.count("[") != value.count("]"):
        yield "; a bracket is missing"


def of_missing(path: Path) -> str:
    """What lies beside a file that is not there, and is probably meant.

    >>> of_missing(Path("nowhere/scenario.toml"))
    '; `displacement new NAME` writes a folder to start from'
    """
    try:
        others = sorted(item.name for item in path.parent.iterdir() if item.is_file() and item.name.isprintable())
    except OSError:
        others = []
    stem, folded = path.name.rsplit(".", 1)[0].casefold(), path.name.casefold()
    for name in others:
        if name.casefold() == folded or name.casefold().startswith(f"{folded}."):
            return f"; there is {name!r}: rename it"
        if name.casefold().startswith(f"{stem}.") and name.endswith((".xlsx", ".xls", ".ods")):
            return f"; there is {name!r}: open it and save it as 'CSV UTF-8'"
    free = [name for name in others if name.endswith(path.suffix) and name not in NAMES]
    if near := nearest(path.name, free):
        return f"; there is {near!r}: rename it"
    return "; `displacement new NAME` writes a folder to start from" if path.name == "scenario.toml" else ""


def of_bytes(raw: bytes) -> str:
    """What a file is that is no text, by its first bytes; empty if that is not known."""
    return next((what for start, what in TEXT_FORMATS.items() if raw.startswith(start)), "")
