"""What a page tells its reader to type and to change, taken from Markdown; and a reader who does it in a folder."""

import contextlib
import csv
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from displacement import cli
from tests.drawing import only_charts

FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<text>.*?)^```$", re.M | re.S)
CHANGES = re.compile(
    r"^\| (?:file \| row \| column \| from \| to|file \| find \| write).*\n\|[-| ]+\n(?:\|.*\n?)+", re.M
)
SAVED = re.compile(r"(?P<how>[Ss]ave (?:it |this )?as|to the end of) `(?P<path>[^`]+)`[^`\n]*:$")
SET_UP = ("make", "pip", "source", "cd", "python -m venv", "python3 -m venv")  # what CI does before any test
FEW = ("--members", "10")


@dataclass(frozen=True)
class Step:
    """One thing to do: type (`console` shows what comes back, `sh` does not), write a file, change cells or lines."""

    kind: str
    text: str
    path: str = ""


def steps(page: str) -> list[Step]:
    """What a page tells its reader to do, in order."""
    found = [(m.start(), fenced(m, page[: m.start()])) for m in FENCE.finditer(page)]
    bare = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), page)
    found += [(m.start(), Step("changes", m.group())) for m in CHANGES.finditer(bare)]
    return [step for _, step in sorted(found, key=lambda pair: pair[0])]


def fenced(match: re.Match, before: str) -> Step:
    """A block as a step; a block of TOML or CSV is a file if the line before it says so."""
    language, text = match["language"].strip(), match["text"]
    line = before.rstrip().rpartition("\n")[2]
    if language in ("toml", "csv", "text") and (said := SAVED.search(line)):
        return Step("add" if said["how"].startswith("to") else "save", text, said["path"])
    return Step(language, text)


def commands(step: Step) -> list[tuple[str, str]]:
    """Each command of a block, with what is shown below it."""
    if step.kind == "sh":
        lines = (line.strip() for line in step.text.splitlines())
        return [(line, "") for line in lines if line and not line.startswith("#")]
    found: list[tuple[str, str]] = []
    for line in step.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


class Reader:
    """Does what a page says, in a folder. Runs without shown output are made with few members."""

    def __init__(self, folder: Path, kept: Path):
        self.folder, self.kept = folder, kept

    def follow(self, page: str) -> None:
        """All steps of a page, in order; the first that does not come out as the page says is an error."""
        with contextlib.chdir(self.folder):
            for step in steps(page):
                if step.kind in ("sh", "console"):
                    for command, shown in commands(step):
                        self.type(command, shown, few=step.kind == "sh")
                elif step.kind == "save":
                    Path(step.path).write_text(step.text, encoding="utf-8")
                elif step.kind == "add":
                    with Path(step.path).open("a", encoding="utf-8") as file:
                        file.write(step.text)
                elif step.kind == "changes":
                    change(step.text)

    def type(self, command: str, shown: str, *, few: bool) -> None:
        """One command: it succeeds, unless what is shown is an error; and what is shown comes back."""
        words = shlex.split(command, comments=True)
        if command.startswith(SET_UP):
            return
        if words[:2] == ["cp", "-r"]:
            shutil.copytree(*words[2:], dirs_exist_ok=False)
            return
        if words[0] == "displacement":
            code, said = self.displacement(words[1:], few=few)
        elif words[0] == "python":
            done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=False)
            code, said = done.returncode, done.stdout + done.stderr
        else:
            raise AssertionError(f"nobody knows how to try: {command}")
        wrong = shown.startswith(("error:", "...\nerror:"))
        assert code == int(wrong), f"$ {command}\nends with {code}:\n{said}"
        if shown:
            assert agrees(shown, said), f"$ {command}\nthe page shows:\n{shown}\nand what comes is:\n{said}"

    def displacement(self, words: list[str], *, few: bool) -> tuple[int, str]:
        """The command of the project: its exit code and all that it says. A run that was made before is taken again."""
        asked = words[0] == "run" or "--openings" in words
        if few and asked and "--members" not in words:
            words = [*words, *FEW]
        known = self.before(words) if few and words[0] == "run" else None
        out = Path(words[words.index("--out") + 1]) if "--out" in words else Path()
        if known is not None and known.exists():
            shutil.copytree(known, out)
            return 0, ""
        code, said = typed(words)
        if known is not None and code == 0:
            part = known.with_name(f"{known.name}_{os.getpid()}")
            shutil.copytree(out, part)
            with contextlib.suppress(OSError):  # another process was quicker
                part.rename(known)
        return code, said

    def before(self, words: list[str]) -> Path:
        """Where a run of the same files with the same options is kept for other pages."""
        out, path = words.index("--out"), Path(words[1])
        files = sorted((path if path.is_dir() else path.parent).glob("*.[ct][so]*"))
        told = [path.name, *words[2:out], *words[out + 2 :], *(f.name + f.read_text("utf-8") for f in files)]
        return self.kept / sha256("\n".join(told).encode()).hexdigest()[:16]


def typed(words: list[str]) -> tuple[int, str]:
    """What a command of the project ends with, and all that it says. Charts are looked at elsewhere: one is drawn."""
    said, argv, code = io.StringIO(), sys.argv, 0
    sys.argv = ["displacement", *words]
    try:
        with only_charts("flow_map"), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            cli.main()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    finally:
        sys.argv = argv
    return code, said.getvalue()


def agrees(shown: str, said: str) -> bool:
    r"""Is what a command says what a page shows? A line `...` is any lines or none; within a line it is any words.

    >>> agrees("one\n...\nfive ... seven\n", "one\ntwo\nthree\nfive six seven\n")
    True
    >>> agrees("one\n...\nfour\n", "one\ntwo\n"), agrees("one\n", "one\ntwo\n")
    (False, False)
    """
    lines = (
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.strip()).replace(r"\.\.\.", ".*?") + r"\n"
        for line in shown.strip().splitlines()
    )
    told = "".join(f"{line.strip()}\n" for line in said.strip().splitlines())
    return re.fullmatch("".join(lines), told) is not None


def change(table: str) -> None:
    """Cells of CSV files, or words of others, changed as a table says; what stood there must be what it says."""
    for line in table.splitlines()[2:]:
        path, *told = (cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))
        if path.endswith(".csv"):
            row, column, old, new = told[:4]
            change_cell(Path(path), row, column, "" if old == "(empty)" else old, new)
        else:
            text = Path(path).read_text(encoding="utf-8")
            assert text.count(told[0]) == 1, f"{path} holds {told[0]!r} {text.count(told[0])} times"
            Path(path).write_text(text.replace(told[0], told[1]), encoding="utf-8")


def change_cell(path: Path, row: str, column: str, old: str, new: str) -> None:
    """One cell of a CSV file, whose row is named by its first column."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    at = rows[0].index(column)
    found = [cells for cells in rows[1:] if cells[0] == row]
    assert [cells[at] for cells in found] == [old], f"{path}, {row}, {column}: {found}"
    found[0][at] = new
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
