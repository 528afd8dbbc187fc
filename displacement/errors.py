"""What can be wrong with an input, said once, completely and with a suggestion."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

Found = TypeVar("Found")


class DisplacementError(Exception):
    """Anything this package raises on purpose."""


class InputError(DisplacementError, ValueError):
    """The input is at fault. Carries every problem found, one line each: file, row or key, value, what is allowed."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class MissingExtra(DisplacementError, ImportError):
    """Something optional is not installed. The message says how to install it."""


class LedgerError(DisplacementError):
    """People were lost or made in a run. This is a bug in the package, never the fault of an input."""


class Problems:
    """A list of problems that is collected while reading and raised at the end, so that all are seen at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Note one problem: where it stands, and what is wrong and what is allowed."""
        self.found.append(f"{where}: {what}")

    def caught(self, look_up: Callable[[], Found], otherwise: Found) -> Found:
        """What a look-up returns; if it fails, its problems are noted and `otherwise` is returned."""
        try:
            return look_up()
        except InputError as problem:
            self.found.extend(problem.problems)
            return otherwise

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_if_any(self) -> None:
        """Raise InputError with everything that was found, each problem once."""
        if self.found:
            raise InputError(dict.fromkeys(self.found))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, if any is.

    >>> nearest("azas", ["azaz", "mare"]), nearest("MARE", ["azaz", "mare"])
    ('azaz', 'mare')
    """
    names = sorted(known)
    alike = [other for other in names if other.casefold() == name.casefold()]
    return next(iter(alike or difflib.get_close_matches(name, names, 1)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' with the nearest known name, else the known names, as the end of a message.

    >>> did_you_mean("azas", ["azaz", "mare", "nubl"])
    "; did you mean 'azaz'?"
    >>> did_you_mean("paris", ["azaz", "mare"])
    '; known: azaz, mare'
    """
    names = sorted(known)
    if near := nearest(name, names):
        return f"; did you mean {near!r}?"
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    shown = ", ".join(n if n.isprintable() else repr(n) for n in names[:8]) + more
    return f"; known: {shown}" if names else "; none are known"


def gathered(problems: Iterable[str], most: int = 3) -> list[str]:
    r"""The problems, for reading: of a fault in many rows of one column, the first two, and then in which rows it is.

    >>> rows = [f"places.csv, row {n}, country = 'xa': must be two capital letters" for n in range(2, 8)]
    >>> print(*gathered(rows), sep="\n")
    places.csv, row 2, country = 'xa': must be two capital letters
    places.csv, row 3, country = 'xa': must be two capital letters
    places.csv, country: the same in 4 more rows (4, 5, 6, 7)
    """
    found, rows, texts = list(problems), dict[tuple[str, str, str], list[str]](), list[str]()
    keys = [re.fullmatch(r"(.+?), row (\d+), (\w+)(?: = .*?)?: (.*)", text) for text in found]
    for key in keys:
        if key:
            rows.setdefault((key[1], key[3], key[4]), []).append(key[2])
    for text, key in zip(found, keys, strict=True):
        same = rows[key[1], key[3], key[4]] if key else []
        if key is None or len(same) <= most or key[2] in same[:2]:
            texts.append(text)
        elif key[2] == same[2]:
            shown = ", ".join(same[2:14]) + (", ..." if len(same) > 14 else "")
            texts.append(f"{key[1]}, {key[3]}: the same in {len(same) - 2} more rows ({shown})")
    return texts
