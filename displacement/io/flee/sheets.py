"""The files of a Flee folder as rows of cells: comments, blanks, tabs, headers and marks of other systems tolerated."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from displacement.errors import InputError, Problems
from displacement.io.files import FAULTS_OF_PATHS, read_text, shown
from displacement.io.flee.report import Notes

BOM = b"\xef\xbb\xbf"
DATE = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})[-/.]([0-9]{1,2})([T ].*)?")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
REMARK = re.compile(r"[\s,]#")
INPUT, SOURCE = "input_csv", "source_data"


@dataclass(frozen=True)
class Row:
    """A row: its line in the file, and its cells without white space around them."""

    line: int
    cells: tuple[str, ...]

    def __getitem__(self, column: int) -> str:
        return self.cells[column] if 0 <= column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A file as read: its first row may be a header; remarks are comments by line."""

    name: str
    rows: tuple[Row, ...]
    remarks: tuple[tuple[int, str], ...] = ()
    marked: bool = False  # does the first row start with "#"?
    at: Mapping[str, int] = field(default_factory=dict)  # column of each name, once a header is known
    whole: bool = True  # could every row be split into cells?

    def where(self, row: Row, column: str = "", value: str | None = None) -> str:
        """The words that find a row, and a cell in it."""
        cell = f", {column}" if column else ""
        return f"{self.name}, row {row.line}{cell}" + (f" = {shown(value)}" if value is not None else "")

    def get(self, row: Row, column: str) -> str:
        """The cell of a named column; empty if there is none."""
        return row[self.at.get(column, -1)]


def read_sheet(path: Path, name: str, least: int, problems: Problems, notes: Notes) -> Sheet | None:
    """The rows of a file; None and a problem if it cannot be read.

    least : cells that a row has at least; a "#" after them begins a remark
    """
    text = read_text(path, name, problems)
    if text is None:
        return None
    _tell_of_marks(path, name, text, notes)
    lines = text.splitlines()
    split = _separator(lines)
    if split != ",":
        called = "tabs" if split == "\t" else "semicolons"
        notes.fault(name, f"cells are parted by {called} instead of commas; read so")
    rows: list[Row] = []
    remarks: list[tuple[int, str]] = []
    first, marked, before = True, False, len(problems.found)
    for line, written in enumerate(lines, start=1):
        if not written.strip():
            continue
        is_comment = written.lstrip().startswith("#")
        if is_comment and not (first and split in written):
            remarks.append((line, written.strip().lstrip("# \t").rstrip()))
            continue
        found = _cells(written, split, least)
        if isinstance(found, str):
            problems.add(f"{name}, row {line}", f"cannot be split into cells ({found}); check its quotes")
            continue
        cells, remark = found
        if remark:
            remarks.append((line, remark))
        marked = marked or (first and is_comment)
        first = False
        if any(cells):
            rows.append(Row(line, tuple(cells)))
    return Sheet(name, tuple(rows), tuple(remarks), marked, whole=len(problems.found) == before)


def _tell_of_marks(path: Path, name: str, text: str, notes: Notes) -> None:
    """Say which marks of other systems a file has."""
    try:
        with path.open("rb") as file:
            marked = file.read(3) == BOM
    except FAULTS_OF_PATHS:  # it could be read a moment ago
        marked = False
    spaced = re.search(r"[ \t](,|\r?\n)", text)
    for there, what in (
        (marked, "a byte order mark"),
        ("\r" in text, "Windows line ends"),
        (spaced, "white space around cells"),
    ):
        if there:
            notes.mark(name, what)


def _separator(lines: Sequence[str]) -> str:
    """What parts the cells: a comma, unless no line has one and most have a semicolon or a tab inside."""
    told = [line.strip() for line in lines if line.strip()]
    if any("," in line for line in told):
        return ","
    return next((c for c in ";\t" if sum(c in line for line in told) > len(told) / 2), ",")


def _cells(line: str, split: str, least: int) -> tuple[list[str], str] | str:
    """Cells of a line and the remark after them; what is wrong, if its quotes do not match."""
    remark = ""
    for found in REMARK.finditer(line):
        if line[: found.start()].count(split) >= least - 1:
            line, remark = line[: found.start()], line[found.end() :].strip()
            break
    try:
        cells = next(csv.reader([line.strip("\r\n")], delimiter=split, strict=True, skipinitialspace=True), [])
    except csv.Error as fault:
        return str(fault)
    return [cell.strip() for cell in cells], remark


def clean(name: str) -> str:
    """The name of a column as it is compared: small letters, no mark, no quotes.

    >>> clean('#"Name"'), clean(" GPS_X ")
    ('name', 'gps_x')
    """
    return name.strip().lstrip("#").strip().strip("\"'").strip().lower()


def with_header(sheet: Sheet, columns: Sequence[str], also: Mapping[str, str], notes: Notes) -> Sheet:
    """The sheet with its columns known: by the names of its header, or by position where it has none.

    columns : names in Flee's order;  also : other names of them
    """
    by_position = {name: i for i, name in enumerate(columns)}
    if not sheet.rows:
        return replace(sheet, at=by_position)
    names = [also.get(clean(cell), clean(cell)) for cell in sheet.rows[0].cells]
    known = [name for name in names if name in columns]
    if len(known) >= min(2, len(columns)):
        if not sheet.marked:
            notes.fault(f"{sheet.name}, row {sheet.rows[0].line}", "the header does not start with #; taken as one")
        return replace(sheet, at={name: names.index(name) for name in reversed(names) if name}, rows=sheet.rows[1:])
    if sheet.marked:
        told = ", ".join(columns)
        notes.fault(
            f"{sheet.name}, row {sheet.rows[0].line}",
            f"the header names no columns that are known; columns are taken by position: {told}",
        )
        return replace(sheet, at=by_position, rows=sheet.rows[1:])
    notes.fault(sheet.name, f"has no header; columns are taken by position: {', '.join(columns)}")
    return replace(sheet, at=by_position)


def day_of(text: str) -> tuple[dt.date | None, str, bool]:
    """A date, what is wrong with it, and whether it was written in another way than 2012-02-29.

    >>> day_of("2012/2/9")
    (datetime.date(2012, 2, 9), '', True)
    >>> day_of("29/02/2012")[1]
    'must be a date such as 2012-02-29'
    """
    found = DATE.fullmatch(text.strip())
    if found is None:
        return None, "must be a date such as 2012-02-29", False
    try:
        date = dt.date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError as fault:
        return None, f"must be a date such as 2012-02-29 ({fault})", False
    if not 1900 <= date.year <= 2200:
        return None, "must be a date such as 2012-02-29, from 1900 to 2200", False
    return date, "", date.isoformat() != text.strip()


def whole(text: str) -> int | None:
    """A whole number, or None.

    >>> whole("91"), whole("-1"), whole("9.5")
    (91, -1, None)
    """
    return int(float(text)) if WHOLE.fullmatch(text.strip()) and len(text) < 16 else None


def people(text: str) -> tuple[float | None, bool]:
    """A number of people, at least 0, or None; and whether it was written with commas between thousands.

    >>> people("22849"), people("22,849"), people("many")
    ((22849.0, False), (22849.0, True), (None, False))
    """
    grouped = bool(GROUPED.fullmatch(text.strip()))
    number = whole(text.replace(",", "")) if grouped else whole(text)
    return (None, grouped) if number is None or number < 0 else (float(number), grouped)


@dataclass(frozen=True)
class Folder:
    """Where the files of a case are."""

    root: Path
    inputs: Path
    sources: Path

    def name(self, path: Path) -> str:
        """A file as messages call it: its path inside the folder."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


def folder_of(path: str | Path) -> Folder:
    """The parts of a case: input_csv and source_data inside it, or one folder with all files, or input_csv itself."""
    called = str(path) if str(path).isprintable() else shown(str(path))
    try:
        root = Path(path)
        if not root.exists():
            raise InputError(f"{called}: no such folder")
        if not root.is_dir():
            raise InputError(f"{called}: is a file; a Flee folder is expected, with locations.csv and routes.csv")
        inputs = root / INPUT if (root / INPUT).is_dir() else root
        if root.name == INPUT and (root.parent / SOURCE).is_dir():
            root = root.parent
        sources = root / SOURCE if (root / SOURCE).is_dir() else inputs
        missing = [name for name in ("locations.csv", "routes.csv") if not (inputs / name).exists()]
        if len(missing) == 2:
            found = ", ".join(sorted(p.name for p in inputs.iterdir())[:8]) or "nothing"
            raise InputError(
                f"{called}: is no Flee folder; locations.csv and routes.csv are expected in it, or in {INPUT}/;"
                f" found: {found}"
            )
    except InputError:
        raise
    except FAULTS_OF_PATHS as fault:
        raise InputError(f"{called}: cannot be read ({fault})") from fault
    return Folder(root, inputs, sources)


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names in a row, the first ones of many.

    >>> listed("abc", 2)
    'a, b and 1 more'
    """
    told = list(names)
    return ", ".join(told[:most]) + (f" and {len(told) - most} more" if len(told) > most else "")
