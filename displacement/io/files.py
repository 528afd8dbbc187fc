"""Opening and replacing files: what may be opened, what a message shows of it, and writing all or nothing."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from displacement.errors import InputError, Problems
from displacement.io.hints import of_bytes, of_missing

MOST_BYTES = 100_000_000
LONGEST_SHOWN = 80
FAULTS_OF_PATHS = (
    OSError,
    ValueError,
    RuntimeError,
)  # what the system says of a path with a NUL, a loop, no permission


def shown(value: Any) -> str:
    """A value as a message shows it: dates as ISO, text in quotes, nothing longer than a line.

    >>> shown("azas"), shown(dt.date(2016, 2, 3)), shown(True)
    ("'azas'", '2016-02-03', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return str(value)
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 20]}... ({len(text)} characters)"


def inside(root: Path, base: Path, name: str, where: str, problems: Problems) -> Path | None:
    """The file that `name` means, seen from the folder `base`; it may not lie outside of `root`, nor by a link."""
    try:
        found = (base / name).resolve()
        if found.is_relative_to(root.resolve()):
            return found
    except FAULTS_OF_PATHS as problem:
        problems.add(where, f"cannot be a file ({problem})")
        return None
    problems.add(where, "leads out of the scenario's folder; name a file inside it")
    return None


def read_text(path: Path, name: str, problems: Problems) -> str | None:
    """The text of a UTF-8 file, or None and a problem that says what stands in the way."""
    try:
        if not path.exists():
            problems.add(name, f"no such file ({path}){of_missing(path)}")
        elif path.is_dir():
            problems.add(name, f"is a folder; a file is expected ({path})")
        elif not path.is_file():
            problems.add(name, f"is not a regular file ({path})")
        elif (size := path.stat().st_size) > MOST_BYTES:
            problems.add(name, f"has {size:,} bytes; at most {MOST_BYTES:,} are read")
        else:
            return _decoded(path.read_bytes(), name, problems)
    except FAULTS_OF_PATHS as problem:
        problems.add(name, f"cannot be read ({problem})")
    return None


def _decoded(raw: bytes, name: str, problems: Problems) -> str | None:
    """Text of UTF-8 bytes, with or without a byte order mark; the first byte that is none is a problem."""
    advice = "UTF-8 is expected (in a spreadsheet: save as 'CSV UTF-8')"
    if what := of_bytes(raw):
        problems.add(name, f"is {what}, and a text is expected; open it and save it as 'CSV UTF-8'")
        return None
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        problems.add(name, f"byte {raw[0]:#04x} at position 0, line 1: the file is UTF-16; {advice}")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        at, line = fault.start, raw.count(b"\n", 0, fault.start) + 1
        problems.add(name, f"byte {raw[at]:#04x} at position {at}, line {line}, is not UTF-8; {advice}")
        return None
    if (at := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, at) + 1
        problems.add(name, f"byte 0x00 at position {at}, line {line}: not a text, or UTF-16; {advice}")
        return None
    return text


@contextmanager
def replacing(target: Path, *, force: bool) -> Iterator[Path]:
    """A name beside the target to write a file or a folder to; it takes the target's place when the block ends well.

    If the block fails, nothing has changed. What is there already is an error, unless `force` (or an empty folder).
    """
    try:
        target = target.resolve()
        _refuse(target, force=force)
        target.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
        try:
            new = room / "new"
            yield new
            _swap(new, target, room / "before")
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except InputError:
        raise
    except FAULTS_OF_PATHS as problem:
        raise InputError(f"{target}: cannot be written ({problem})") from problem


def _refuse(target: Path, *, force: bool) -> None:
    """Is something in the way that may not be replaced?"""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not force:
        raise InputError(f"{target}: exists already; choose another name, or overwrite it with force")


def _swap(new: Path, target: Path, before: Path) -> None:
    """Put the new in the place of the old; if that fails, the old stays."""
    if new.is_dir() != target.is_dir() and target.exists():
        raise InputError(f"{target}: is a {'folder' if target.is_dir() else 'file'}; it is not overwritten")
    if not target.is_dir():
        new.replace(target)
        return
    target.rename(before)
    try:
        new.rename(target)
    except OSError:
        before.rename(target)
        raise
