"""Tables of scenario.toml as checked models: every fault is one line that says what is allowed, without jargon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from displacement.errors import Problems, did_you_mean, nearest
from displacement.events import KINDS, Day, Event, Names, Several
from displacement.io.files import shown
from displacement.io.hints import of_date, of_number, of_share
from displacement.io.tables import plain, suggestion
from displacement.operations import Identifier
from displacement.scenario import MOST_DAYS

Model = TypeVar("Model", bound=BaseModel)
Filename = Annotated[str, Field(min_length=1)]


class About(BaseModel):
    """The table [scenario] of one file. What an extending file leaves out, it takes from the file that it extends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Identifier | None = None
    summary: str | None = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    start: Day | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    reference: Day | None = None
    home_areas: bool | None = None
    extends: Filename | None = None
    without: Several = ()
    places: Filename | None = None
    links: Filename | None = None
    needs: Filename | None = None


class PlaceGroup(BaseModel):
    """A named group of places."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Identifier
    name: str = ""
    places: Names
    source: str = ""


@dataclass(frozen=True)
class Entry:
    """One table of a list such as [[events]], with the words that find it in its file."""

    where: str
    row: Mapping[str, Any]

    def at(self, key: str) -> str:
        """The words that find a key."""
        return f"{self.where} {key}" if self.where.endswith("]") else f"{self.where}, {key}"


def checked(model: type[Model], entry: Entry, problems: Problems) -> Model | None:
    """The entry as a model, or None and its problems."""
    try:
        return model.model_validate(dict(entry.row))
    except ValidationError as error:
        for where, what in _lines(model, entry, error):
            problems.add(where, what)
    except (OverflowError, RecursionError) as fault:
        problems.add(entry.where, f"cannot be read ({fault})")
    return None


def event_of(entry: Entry, problems: Problems) -> Event | None:
    """The event that an entry describes, or None and its problems."""
    row = dict(entry.row)
    kind = row.pop("kind", None)
    if kind is None:
        problems.add(f"{entry.where}, kind", f"is missing; one of {', '.join(sorted(KINDS))}")
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        near = nearest(str(kind), KINDS)
        known = f"; did you mean {near!r}?" if near else f"; one of {', '.join(sorted(KINDS))}"
        problems.add(f"{entry.where}, kind = {shown(kind)}", f"is no kind of event{known}")
        return None
    return checked(KINDS[kind], Entry(f"{entry.where} ({kind})", row), problems)


def _lines(model: type[BaseModel], entry: Entry, error: ValidationError) -> Iterator[tuple[str, str]]:
    """One line a key: pydantic's many (one for each branch of a union) become what the key may hold."""
    faults = {str(fault["loc"][0]) if fault["loc"] else "": fault for fault in error.errors(include_url=False)[::-1]}
    unknown = [key for key, fault in faults.items() if fault["type"] == "extra_forbidden"]
    misspelt = {nearest(key, _keys(model)) for key in unknown}
    for key, fault in reversed(faults.items()):
        own_words = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else ""
        if not key:
            yield entry.where, own_words or "does not fit together"
        elif key in unknown:
            yield entry.at(shown_key(key)), f"unknown key{did_you_mean(key, _keys(model))}"
        elif fault["type"] != "missing":
            value = entry.row.get(key)
            what = own_words or f"{must(model, key)}{_near(model, key, value)}"
            yield entry.at(f"{key} = {shown(value)}"), f"{what}{_mended(what, value)}"
        elif key not in misspelt:
            yield entry.at(key), f"is missing; {must(model, key)}"


def _mended(what: str, value: Any) -> str:
    """How to write a value that may be a date, a share or a number, and was written in another way."""
    if "must be a date" in what:
        return of_date(value)
    if " in [0, 1]" in what and of_share(value):
        return of_share(value)
    return of_number(value) if "number" in what and isinstance(value, str) else ""


def shown_key(key: str) -> str:
    """A key as a message shows it: quoted where it is not a plain word."""
    return key if key.replace("_", "").isalnum() and key.isascii() and len(key) < 50 else shown(key)


def _keys(model: type[BaseModel]) -> list[str]:
    return [*model.model_fields, "kind"] if issubclass(model, Event) else [*model.model_fields]


def must(model: type[BaseModel], key: str) -> str:
    """What a key of a model must be, from its annotation."""
    info = model.model_fields[key]
    return f"must be {described(info.annotation, info.metadata)}"


def described(annotation: Any, metadata: Sequence[Any] = ()) -> str:
    """A type in words.

    >>> described(Names), described(Day | None)
    ('a name or a list of names', 'a date such as 2016-02-03')
    """
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return described(inner[0], [*inner[1:], *metadata])
    if origin is Literal:
        return f"one of {', '.join(map(str, inner))}" if len(inner) > 1 else repr(inner[0])
    if origin in {Union, UnionType}:
        return " or ".join(described(part, metadata) for part in inner if part is not NoneType)
    if origin is tuple:
        return _of_several(inner)
    return _of_one(annotation, [part for m in metadata for part in (m, *getattr(m, "metadata", ()))])


def _of_several(inner: tuple[Any, ...]) -> str:
    if len(inner) == 2 and inner[1] is not Ellipsis:
        return "a list of two names"
    if get_origin(inner[0]) is Literal:
        return f"one or a list of {', '.join(get_args(inner[0]))}"
    return "a name or a list of names"


def _of_one(kind: Any, metadata: Sequence[Any]) -> str:
    def limit(name: str) -> Any:
        return next((v for m in metadata if (v := getattr(m, name, None)) is not None), None)

    if kind is dt.date:
        return "a date such as 2016-02-03"
    if limit("pattern"):
        return "two capital letters (ISO 3166 alpha-2), such as SY"
    if said := next((m for m in metadata if isinstance(m, str)), ""):
        return said
    words = {float: "a number", int: "a whole number", bool: "true or false"}.get(kind)
    if words is None:
        return "text that is not empty" if limit("min_length") else "text"
    return f"{words}{_bounds(*map(limit, ('ge', 'gt', 'le', 'lt')))}"


def _bounds(least: float | None, above: float | None, most: float | None, below: float | None) -> str:
    """The bounds of a number in words; an end that is left out is said to be.

    >>> _bounds(0, None, 1, None), _bounds(None, 0, 70, None), _bounds(0, None, None, 1)
    (' in [0, 1]', ' in [0, 70], above 0', ' in [0, 1], below 1')
    """
    low, high = (a if a is not None else b for a, b in ((least, above), (most, below)))
    if low is None or high is None:
        return ""
    left_out = [f", {word} {plain(end)}" for word, end in (("above", above), ("below", below)) if end is not None]
    return f" in [{plain(low)}, {plain(high)}]{''.join(left_out)}"


def _near(model: type[BaseModel], key: str, value: Any) -> str:
    """A suggestion where the value is nearly one of a few words."""
    return suggestion(value, _words(model.model_fields[key].annotation)) if isinstance(value, str) else ""


def _words(annotation: Any) -> Iterator[str]:
    """The words that a type allows."""
    for part in get_args(annotation):
        if isinstance(part, str):
            yield part
        else:
            yield from _words(part)
