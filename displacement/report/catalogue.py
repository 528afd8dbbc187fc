"""The fixed strings of the page, one catalogue a language; words of scenarios and summaries stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from displacement.errors import InputError, did_you_mean

Words = Mapping[str, Any]


def languages() -> list[str]:
    """Codes of the languages that have a catalogue."""
    return sorted(p.name.removesuffix(".json") for p in files(__package__).joinpath("catalogue").iterdir())


@cache
def catalogue(language: str) -> Words:
    """The strings of a language, by key."""
    if language not in languages():
        raise InputError(f"--language {language}: has no catalogue{did_you_mean(language, languages())}")
    text = files(__package__).joinpath("catalogue").joinpath(f"{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def filled(words: Words, key: str, /, **gaps: str) -> str:
    """A string with its gaps filled.

    >>> filled({"range": "{low} to {high}"}, "range", low="1", high="2")
    '1 to 2'
    """
    return re.sub(r"\{(\w+)\}", lambda gap: gaps.get(gap[1], gap[0]), str(words[key]))


def counted(words: Words, cell: str) -> str:
    """A count as it stands in a table, in the words of a language.

    >>> english = catalogue("en")
    >>> counted(english, "125000"), counted(english, "<50"), counted(english, "")
    ('125,000', 'fewer than 50', 'not known')
    """
    if not cell:
        return str(words["not_known"])
    if cell.startswith("<"):
        return str(words["few"])
    whole, _, part = f"{float(cell):f}".rstrip("0").rstrip(".").partition(".")
    grouped = re.sub(r"\B(?=(\d{3})+$)", str(words["thousands"]), whole)
    return f"{grouped}{words['decimal']}{part}" if part else grouped


def told(words: Words, cell: str) -> str:
    """The same, from a million on in millions to a tenth.

    >>> told(catalogue("en"), "5135000"), told(catalogue("en"), "664000")
    ('5.1 million', '664,000')
    """
    if not cell or cell.startswith("<") or float(cell) < 1e6:
        return counted(words, cell)
    return filled(words, "million", number=f"{float(cell) / 1e6:.1f}".replace(".", str(words["decimal"])))


def range_words(words: Words, low: str, high: str) -> str:
    """The range that holds 80 of 100 runs."""
    return filled(words, "range", low=told(words, low), high=told(words, high))


def day_words(words: Words, iso: str) -> str:
    """A day in the words of a language.

    >>> day_words(catalogue("en"), "2016-02-03")
    '3 Feb 2016'
    """
    year, month, day = iso[:10].split("-")
    return f"{int(day)} {words['months'][int(month) - 1]} {year}"
