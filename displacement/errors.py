"""What can be wrong with an input, said once, completely and with a suggestion."""

from __future__ import annotations

import difflib
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

    >>> nearest("azas", ["azaz", "mare"])
    'azaz'
    """
    return next(iter(difflib.get_close_matches(name, sorted(known), 1)), None)


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
