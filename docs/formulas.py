"""Every formula of the model in one table, taken from the docstrings of the functions that compute it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import displacement

PAGES = {  # rooms of the package whose functions are formulas, and the page that explains them
    "conditions": "conditions.md",
    "movement": "movement.md",
    "routes": "movement.md",
    "need": "access.md",
    "access": "access.md",
    "supply": "aid.md",
    "openings": "aid.md",
    "members": "uncertainty.md",
    "parameters": "uncertainty.md",
    "comparison": "uncertainty.md",
    "calibration": "calibration.md",
    "sensitivity": "calibration.md",
    "forecast": "forecasts.md",
    "scores": "scores.md",
}
TITLES = {
    "conditions.md": "Conditions",
    "movement.md": "How people move",
    "access.md": "Who can be reached",
    "aid.md": "How aid moves",
    "uncertainty.md": "Uncertainty",
    "calibration.md": "Calibration and sensitivity",
    "forecasts.md": "Forecasts",
    "scores.md": "How good was it?",
}
FORMULA = re.compile(r" = | x | / | [-+] |\^|exp\(|ln\(|min\(|max\(|mean\(|sum over|sqrt|-ln|log\(")
SOURCE = re.compile(r"[Ss]ource: ((?:[^\n]+\n?)+?)(?=\n|$)")
NOTE = re.compile(r"^\w+(?:, \w+)* +: ")  # what an argument is, not a formula
ARGUMENTS = re.compile(r" \w+(?:, \w+)* : \(")
FUNCTIONS = Path(__file__).with_name("reference") / "functions.md"


def formulas() -> Iterator[tuple[str, str, str, str]]:
    """Function, what it returns with its formula, source, and page, in the order of the pages."""
    found = []
    for name, function in science():
        text = told(function)
        if text:
            page = PAGES[name.split(".")[0]]
            source = SOURCE.search(inspect.getdoc(function) or "")
            found.append((page, name, text, " ".join(source[1].split()) if source else ""))
    order = list(dict.fromkeys(PAGES.values()))
    for page, name, text, source in sorted(found, key=lambda row: order.index(row[0])):
        yield name, text, source, page


def science() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the rooms that hold formulas, by its name without the package's."""
    for module in pkgutil.walk_packages(displacement.__path__, "displacement."):
        name = module.name.removeprefix("displacement.")
        if name.split(".")[0] in PAGES:
            for word, thing in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(thing) and thing.__module__ == module.name and not word.startswith("_"):
                    yield f"{name}.{word}", thing


def told(function: Callable[..., Any]) -> str:
    """What a docstring says before its arguments, if there is a formula in it; else nothing."""
    parts = (inspect.getdoc(function) or "").split("\n\n")
    first = without_shape(parts[0])
    second = ARGUMENTS.split(" ".join(parts[1].split()))[0] if len(parts) > 1 else ""
    if second and not second.startswith((">>>", "Source")) and not NOTE.match(second) and FORMULA.search(second):
        return f"{first} {second}"
    return first if FORMULA.search(first) else ""


def without_shape(text: str) -> str:
    """The first paragraph of a docstring without the shape in brackets before it."""
    return re.sub(r"^\([a-z., ]+\) ", "", " ".join(text.split()))


def documented() -> set[str]:
    """Names of functions that the page of functions shows, by its directives."""
    text = FUNCTIONS.read_text(encoding="utf-8")
    found = set(re.findall(r"autofunction:: (\S+)", text))
    for module, members in re.findall(r"automodule:: (\S+)\n +:members:(.*)", text):
        names = [n.strip() for n in members.split(",") if n.strip()]
        shown = importlib.import_module(module)
        every = getattr(shown, "__all__", None) or [n for n in vars(shown) if not n.startswith("_")]
        found |= {f"{module}.{name}" for name in names or every}
    return found


def formula_table() -> str:
    """The formulas as Markdown, a table for each page that explains them."""
    known, parts = documented(), []
    for page, rows in groupby(formulas(), key=lambda row: row[3]):
        lines = [f"## {TITLES[page]}\n", f"Explained in [{TITLES[page].lower()}](../theory/{page}).\n"]
        lines += ["| function | what it returns | source |", "|---|---|---|"]
        for name, text, source, _ in rows:
            full, short = f"displacement.{name}", name.rsplit(".", maxsplit=1)[-1]
            link = f"{{py:func}}`{short} <{full}>`" if full in known else f"`{short}`"
            lines.append("| " + " | ".join((link, plain(text), plain(source))) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def plain(text: str) -> str:
    """Text in which no mark of a formula means anything else."""
    return re.sub(r"([|*\[\]<])", r"\\\1", text)
