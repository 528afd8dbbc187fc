"""Tables in CSV files, read by column name from the Column specs; every cell that is wrong becomes one line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from displacement.errors import Problems, nearest
from displacement.io.files import read_text, shown
from displacement.io.hints import of_number
from displacement.network import Column

SEARCHED = 20  # rows in which the names of the columns are looked for
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass
class Cells:
    """A table as read: values by column and row, None where a cell is empty or broken, and what cannot be trusted."""

    file: str
    rows: list[int]  # as a spreadsheet counts them: the header is row 1
    columns: dict[str, list[Any]]
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: set[tuple[int, str]] = field(default_factory=set)
    torn: set[int] = field(default_factory=set)  # rows with too many or too few cells: all but their id is unknown

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, i: int, name: str) -> str:
        """File, row, column and value of a cell."""
        value = self.columns[name][i]
        return f"{self.file}, row {self.rows[i]}, {name}" + (
            f" = {_cell(value)}" if isinstance(value, float) else f" = {shown(value)}" if value is not None else ""
        )

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers; NaN is unknown."""
        return np.array([np.nan if v is None else float(v) for v in self.columns[name]], float)

    def texts(self, name: str) -> tuple[str, ...]:
        """A column of text; empty is unknown."""
        return tuple(v or "" for v in self.columns[name])

    def flags(self, name: str) -> NDArray[np.bool_]:
        """A column of yes and no; empty is no."""
        return np.array([bool(v) for v in self.columns[name]], bool)

    def only(self, keep: Sequence[int]) -> Cells:
        """Some of the rows."""
        new = {old: i for i, old in enumerate(keep)}
        return Cells(
            self.file,
            [self.rows[i] for i in keep],
            {name: [values[i] for i in keep] for name, values in self.columns.items()},
            {name: tuple(values[i] for i in keep) for name, values in self.extra.items()},
            {(new[i], name) for i, name in self.broken if i in new},
            {new[i] for i in self.torn if i in new},
        )


def read_table(path: Path, file: str, specs: Sequence[Column], problems: Problems) -> Cells | None:
    """The cells of a CSV file; None if it is no table at all. Columns beyond `specs` are kept as text."""
    text = read_text(path, file, problems)
    if text is None:
        return None
    records = _records(text, file, problems)
    if not records:
        return None
    header, body = [name.strip() for name in records[0][1]], records[1:]
    if below := _header_below(records, specs[0].name):
        problems.add(
            f"{file}, row {below}", "holds the names of the columns; they stand in row 1: delete what is above"
        )
        return None
    if not _header_holds(header, file, specs, problems):
        return None
    body = [(number, record) for number, record in body if any(cell.strip() for cell in record)]
    at = {name: position for position, name in enumerate(header) if name}
    torn = {n for n, record in body if not _fits(record, header, f"{file}, row {n}", problems)}
    whole = [(n, _only(record, at[specs[0].name], len(header)) if n in torn else record) for n, record in body]
    cells = Cells(file, [number for number, _ in whole], {})
    cells.torn = {i for i, (number, _) in enumerate(whole) if number in torn}
    for spec in specs:
        texts = [record[at[spec.name]] for _, record in whole] if spec.name in at else [""] * len(whole)
        _read_column(spec, texts, cells, problems, given=spec.name in at)
    known = {spec.name for spec in specs}
    cells.extra = {name: tuple(r[p] for _, r in whole) for name, p in at.items() if name not in known}
    _check_unnamed(header, whole, file, problems)
    return cells


def _records(text: str, file: str, problems: Problems) -> list[tuple[int, list[str]]]:
    """Records with their row numbers; an empty list and a problem if there are none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    try:
        records.extend((number, record) for number, record in enumerate(reader, start=1))
    except csv.Error as fault:
        problems.add(f"{file}, row {len(records) + 1}", f"cannot be split into cells ({fault}); check its quotes")
        return []
    if not any(cell.strip() for _, record in records[:SEARCHED] for cell in record):
        problems.add(f"{file}, row 1", "is empty; a header with the names of the columns is expected")
        return []
    return records


def _header_below(records: Sequence[tuple[int, Sequence[str]]], key: str) -> int:
    """The row below the first in which the names of the columns stand; 0 if there is none."""
    held = [n for n, record in records[:SEARCHED] if key in (cell.strip() for cell in record)]
    return held[0] if held and held[0] > records[0][0] else 0


def _header_holds(header: Sequence[str], file: str, specs: Sequence[Column], problems: Problems) -> bool:
    """Check the header; False if nothing below it can be read."""
    where, holds = f"{file}, row 1", True
    if len(header) == 1 and (other := next((c for c in ";\t|" if c in header[0]), "")):
        by = {"\t": "tabs"}.get(other, repr(other))
        problems.add(
            where,
            f"holds one column, {shown(header[0])}: cells are parted by commas, not by {by}; save it anew with commas,"
            " and with points in decimals",
        )
        return False
    for name in sorted({n for n in header if n and header.count(n) > 1}):
        at = " and ".join(str(i + 1) for i, n in enumerate(header) if n == name)
        problems.add(where, f"column {name!r} stands more than once (columns {at}); each name must be unique")
        holds = False
    for spec in specs:
        if spec.required and spec.name not in header:
            others = [n for n in header if n and n not in {s.name for s in specs}]
            problems.add(where, f"column {spec.name!r} is missing ({meaning(spec)}){_instead(spec.name, others)}")
        elif spec.name not in header and (other := next((n for n in header if _folded(n) == spec.name), "")):
            problems.add(where, f"column {other!r} is not read; write {spec.name!r}")
    return holds and specs[0].name in header


def _folded(name: str) -> str:
    """A name of a column in small letters, with underscores.

    >>> _folded("Trucks per day")
    'trucks_per_day'
    """
    return re.sub(r"[ -]+", "_", name.casefold())


def _instead(name: str, others: Sequence[str]) -> str:
    near = nearest(name, others) or next((o for o in others if len(o) > 1 and o.casefold() in name), None)
    return f"; found {near!r} instead: rename it" if near else ""


def _fits(record: Sequence[str], header: Sequence[str], where: str, problems: Problems) -> bool:
    if len(record) == len(header):
        return True
    more = "; a cell with a comma in it stands in double quotes" if len(record) > len(header) else ""
    problems.add(where, f"has {len(record)} cells; the header has {len(header)}{more}")
    return False


def _only(record: Sequence[str], key: int, width: int) -> list[str]:
    """A row of which only the id can be trusted, so that nothing that names it is blamed."""
    return [text if i == key else "" for i, text in enumerate([*record, *[""] * width][:width])]


def _check_unnamed(
    header: Sequence[str], body: Sequence[tuple[int, Sequence[str]]], file: str, problems: Problems
) -> None:
    """A column without a name may only be empty: spreadsheets leave those behind."""
    for position, name in enumerate(header):
        if not name and (row := next((n for n, record in body if record[position].strip()), 0)):
            problems.add(f"{file}, row 1, column {position + 1}", f"has no name, but row {row} holds something in it")


def _read_column(spec: Column, texts: Sequence[str], cells: Cells, problems: Problems, *, given: bool) -> None:
    """Fill one column of the cells; what is wrong becomes None, a problem, and an entry in `broken`."""
    parse, values = _parser(spec), []
    for i, text in enumerate(texts):
        value, fault = (None, "") if not text.strip() else parse(text)
        if i in cells.torn:
            cells.broken.add((i, spec.name))
        elif value is None and not fault and spec.required and given:
            fault = f"is empty; it must be given ({meaning(spec)})"
            problems.add(f"{cells.file}, row {cells.rows[i]}, {spec.name}", fault)
        elif fault:
            problems.add(f"{cells.file}, row {cells.rows[i]}, {spec.name} = {shown(text)}", fault)
        if fault or (spec.required and value is None):
            cells.broken.add((i, spec.name))
        values.append(value)
    cells.columns[spec.name] = values


def _parser(spec: Column) -> Callable[[str], tuple[Any, str]]:
    if spec.type is bool:
        return _flag
    if spec.type in {int, float}:
        return lambda text: number(spec, text)
    return lambda text: _text(spec, text)


def number(spec: Column, text: str) -> tuple[float | None, str]:
    """The number that a cell holds, or what is wrong with it."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        return None, f"must be {allowed(spec)}{of_number(text)}"
    value = float(text)
    if not spec.low <= value <= spec.high or (spec.type is int and not value.is_integer()):
        swapped = spec.name == "latitude" and abs(value) <= 180
        return None, f"must be {allowed(spec)}{'; are latitude and longitude exchanged?' if swapped else ''}"
    return value, ""


def _flag(text: str) -> tuple[bool | None, str]:
    word = text.strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE, ""
    return None, "must be true, false, yes, no, 1 or 0"


def _text(spec: Column, text: str) -> tuple[str | None, str]:
    if spec.allowed:
        word = text.strip()
        return (
            (word, "") if word in spec.allowed else (None, f"must be {allowed(spec)}{suggestion(word, spec.allowed)}")
        )
    if "\n" in text or "\r" in text:
        return " ".join(text.split()), f"has a line break in it; write {' '.join(text.split())!r}"
    if text != text.strip() and (spec.required or spec.name == "party"):
        return text.strip(), f"has white space around it; write {text.strip()!r}"
    return text, ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """'; did you mean ...?', or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def allowed(spec: Column) -> str:
    """What a cell of the column may hold.

    >>> allowed(Column("latitude", float, "WGS 84", "degrees north", -90, 90))
    'a number in [-90, 90] degrees north'
    >>> allowed(Column("priority", float, "weight", "1", 0.01, 100))
    'a number in [0.01, 100]'
    """
    if spec.allowed:
        return f"one of {', '.join(spec.allowed)}"
    kind = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}[spec.type]
    bounds = f" in [{plain(spec.low)}, {plain(spec.high)}]" if np.isfinite([spec.low, spec.high]).all() else ""
    return f"{kind}{bounds}{' ' + spec.unit if spec.unit not in ('', '1') else ''}"


def meaning(spec: Column) -> str:
    """What a column holds, for a message that it is not there."""
    return f"{spec.definition}: {allowed(spec)}" if spec.allowed or spec.type is not str else spec.definition


def plain(x: float) -> str:
    """A number without an exponent.

    >>> plain(2e9), plain(0.001), plain(-90.0)
    ('2,000,000,000', '0.001', '-90')
    """
    return f"{x:,.0f}" if float(x).is_integer() and abs(x) < 1e16 else f"{x:g}"


def write_table(columns: Mapping[str, Sequence[Any]]) -> str:
    """A table as CSV text: NaN and empty text are empty cells, whole numbers have no point, floats are exact."""
    lines = [",".join(_cell(name) for name in columns)]
    lines += [",".join(_cell(value) for value in row) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        quoted = re.search(r'[,"\r\n]', value) or value != value.strip()
        return '"' + value.replace('"', '""') + '"' if quoted else value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    number = float(value)
    if np.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
