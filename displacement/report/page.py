"""The page as one file: what a template makes of the folders of runs. Nothing in it asks for anything elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import displacement
from displacement.errors import InputError
from displacement.io.files import replacing
from displacement.report.catalogue import Words, catalogue, day_words, filled
from displacement.report.differences import Difference, differences
from displacement.report.marks import in_sections, prose
from displacement.report.numbers import first_numbers
from displacement.report.payload import scenario_payload
from displacement.report.shelf import Chart, Shelf, read_shelf
from displacement.variables import STOCK, VARIABLES

SCRIPTS = ("base.js", "tables.js", "map.js", "panel.js", "explorer.js")
DAILY = ("people_by_day_and_place", "ways_by_day", "flow_map_arrows_by_day", "places", "headlines")  # in the map
ASSUMED, READING = "What is assumed, and what is left out", "How to read the ranges"
GRADE = re.compile(r"\[([^\[\]]{1,12})\]")


def write_report(
    paths: Sequence[Path], out: Path, *, language: str = "en", internal: bool = False, force: bool = False
) -> dict[str, Any]:
    """Write the page of one run, or of several beside the first; what is returned says what is on it.

    paths : folders that `run` wrote, the baseline first;  internal : also what must not be shared, stamped
    """
    words = catalogue(language)
    shelves = named([read_shelf(path, internal=internal) for path in paths])
    found = differences(shelves)
    text = page_of(shelves, found, words, language, internal=internal)
    with replacing(out, force=force) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    return {
        "report": str(out),
        "bytes": len(text.encode()),
        "scenarios": [{"name": name, "digest": str(shelf.about.get("digest", "")),
                       "not_compared": found[name].reason if name in found else ""} for name, shelf in shelves.items()],
        "internal": internal,
    }  # fmt: skip


def named(shelves: Sequence[Shelf]) -> dict[str, Shelf]:
    """Runs by the name of their scenario; where two have one name, with the folder's. No run stands twice."""
    paths = [(shelf.path if shelf.path.is_dir() else shelf.path.parent).resolve() for shelf in shelves]
    if twice := {str(p) for p in paths if paths.count(p) > 1}:
        raise InputError(f"{', '.join(sorted(twice))}: is given more than once")
    names = [shelf.name for shelf in shelves]
    told = [n if names.count(n) == 1 else f"{n} ({path.name})" for n, path in zip(names, paths, strict=True)]
    told = [n if told.count(n) == 1 else f"{n}, {i}" for i, n in enumerate(told, start=1)]
    return dict(zip(told, shelves, strict=True))


def page_of(
    shelves: Mapping[str, Shelf],
    found: Mapping[str, Difference],
    words: Words,
    language: str,
    *,
    internal: bool = False,
) -> str:
    """The text of the page."""
    style, script = asset("page.css"), "\n".join(asset(name) for name in SCRIPTS)
    baseline = next(iter(shelves))
    scenarios = [scenario_context(n, s, found.get(n), words, baseline) for n, s in shelves.items()]
    data: dict[str, Any] = {
        "words": words,
        "stocks": stock_words(),
        "scenarios": [scenario_data(s, found.get(n)) for n, s in shelves.items()],
    }
    for context, held in zip(scenarios, data["scenarios"], strict=True):
        context["bordered"] = bool(held["borders"])
    return environment().get_template("page.html.j2").render(
        w=words, language=language, internal=internal, scenarios=scenarios, title=_title(list(shelves), words),
        style=own(style), script=own(script), data=own(for_script(data)),
        style_hash=fingerprint(style), script_hash=fingerprint(script),
        made=f"displacement {displacement.__version__}",
    )  # fmt: skip


def stock_words() -> dict[str, str]:
    """What each stock of people is called."""
    return {n: v.long_name for n, v in VARIABLES.items() if v.cell_methods == STOCK and v.units == "people"}


def environment() -> Environment:
    """Templates in which every value is escaped unless it is marked as the page's own markup."""
    loader = PackageLoader("displacement.report", "page")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def own(text: str) -> Markup:
    """Text of the page itself, which is not escaped: its style, its scripts, and data made for a script."""
    return Markup(text)  # noqa: S704


def for_script(data: Any) -> str:
    r"""JSON that can stand inside a script element: nothing in it can end the element or open a comment.

    >>> for_script({"name": "</script><!--"})
    '{"name":"<\\/script>\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")


def scenario_data(shelf: Shelf, found: Difference | None) -> dict[str, Any]:
    """What the scripts of the page need of one scenario: the map, the pictures and the tables."""
    charts = [*shelf.charts, *(found.charts if found else [])]
    tables = {**_listed(shelf), **{f"changes:{k}": t for k, t in (found.tables if found else {}).items()}}
    return {
        "country": str(shelf.about.get("country", "")),
        **scenario_payload(shelf.tables, shelf.days),
        "charts": {chart.name: chart.svg for chart in charts},
        "tables": {name: {"columns": list(t.columns), "rows": t.to_numpy().tolist()} for name, t in tables.items()},
    }


def scenario_context(name: str, shelf: Shelf, found: Difference | None, words: Words, baseline: str) -> dict[str, Any]:
    """What the template needs of one scenario: text, and which charts and tables stand where."""
    about = {k: str(v) for k, v in shelf.about.items()}
    sections = in_sections(on_the_page(shelf.words))
    assumed = "\n\n".join(sections.get(title, "") for title in (ASSUMED, READING))
    told_of = "\n\n".join(f"#### {t}\n\n{text}" for t, text in sections.items() if t not in {ASSUMED, READING, ""})
    behind = {table for chart in shelf.charts for table in shelf.behind(chart.name)}
    numbers = shelf.tables["headlines"].set_index("quantity")
    figures = first_numbers(numbers, shelf, words, found, baseline)
    return {
        "name": name,
        "summary": about.get("summary", ""),
        "span": f"{day_words(words, shelf.days[0])} – {day_words(words, shelf.days[-1])}",
        "numbers": figures,
        "words": prose(told_of),
        "assumed": prose(assumed),
        "parameters": prose(parameters_told(about.get("parameters", ""))),
        "changes": _changes(found, words),
        "charts": [_chart(c, [{"name": t, "caption": caption(t)} for t in shelf.behind(c.name) if t in _listed(shelf)])
                   for c in shelf.charts],
        "tables": [{"name": t, "caption": caption(t)} for t in _listed(shelf) if t not in behind],
        "sources": sources(shelf, words),
        "command": without_folders(about.get("command", "")) or words["not_known"],
        "digest": about.get("digest", ""),
        "scenario_hash": about.get("scenario_hash", ""),
        "version": filled(words, "version", run=about.get("digest", "")[:8], members=about.get("members", ""),
                          version=about.get("displacement_version", "")),
        "cite": filled(words, "cite_text", number=figures[0]["middle"], range=figures[0]["plain_range"],
                       scenario=name, version=about.get("displacement_version", ""), run=about.get("digest", "")[:8]),
    }  # fmt: skip


def on_the_page(text: str) -> str:
    """Words that name a file of a table, as they stand on a page that has the table itself.

    >>> on_the_page("or are listed in tables/access_by_place.csv.")
    'or are listed in the table “Access by place” below.'
    """
    return re.sub(r"tables/(\w+)\.csv", lambda file: f"the table “{caption(file[1])}” below", text)


def without_folders(command: str) -> str:
    """A command without the folders of the machine on which it was typed.

    >>> without_folders("displacement run '/home/a b/aleppo' --out /tmp/x/run --seed 1")
    'displacement run aleppo --out run --seed 1'
    """
    words = [Path(w).name if w.startswith("/") else w for w in shlex.split(command)]
    return shlex.join(words)


def parameters_told(text: str) -> str:
    """The parameters of a run as a list, from the attribute that holds them."""
    return "\n".join(f"- `{part.strip()}`" for part in text.split(";") if part.strip())


def caption(name: str) -> str:
    """The name of a table as words.

    >>> caption("people_by_day"), caption("INTERNAL_hub_stock")
    ('People by day', 'INTERNAL hub stock')
    """
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def grades(source: str) -> str:
    """The grades that a source carries in brackets.

    >>> grades("aid trucks kept crossing, OCHA Feb 2016 [R]; trade [GK-med]")
    'R, GK-med'
    """
    return ", ".join(dict.fromkeys(GRADE.findall(source)))


def sources(shelf: Shelf, words: Words) -> list[dict[str, Any]]:
    """Who says so, with the grade: of events, and of reported figures that stand beside the projection."""
    events, reports = shelf.tables.get("events"), shelf.tables.get("observed_and_projected")
    groups = []
    if events is not None and len(events):
        rows = [{"source": str(source), "grade": grades(str(source)), "used": " ".join(part["what"])}
                for source, part in events.groupby("source", sort=False)]  # fmt: skip
        groups.append({"title": words["of_events"], "rows": rows})
    if reports is not None and len(reports):
        called = dict(zip(shelf.tables["places"]["place"], shelf.tables["places"]["name"], strict=True))
        stocks = stock_words()
        rows = [{"source": r["source"], "grade": r.get("grade", ""),
                 "used": f"{day_words(words, r['date'])}, {called.get(r['place_id'], r['place_id'].replace('_', ' '))}:"
                         f" {stocks.get(r['variable'], r['variable'])}"}
                for _, r in reports.iterrows()]  # fmt: skip
        groups.append({"title": words["of_reports"], "rows": rows})
    return groups


def _listed(shelf: Shelf) -> dict[str, pd.DataFrame]:
    """Tables that can be opened on the page; those that the map shows day by day are not among them."""
    return {name: table for name, table in shelf.tables.items() if name not in DAILY and len(table)}


def _changes(found: Difference | None, words: Words) -> dict[str, Any] | None:
    if found is None:
        return None
    tables = [{"name": f"changes:{name}", "caption": caption(name)} for name in found.tables]
    return {
        "reason": filled(words, "not_compared", reason=found.reason) if found.reason else "",
        "words": prose(on_the_page(found.words)),
        "charts": [_chart(chart, tables[:0]) for chart in found.charts],
        "tables": tables,
    }


def _chart(chart: Chart, tables: list[dict[str, str]]) -> dict[str, Any]:
    return {"name": chart.name, "title": chart.title, "subtitle": chart.subtitle, "tables": tables}


def _title(names: Sequence[str], words: Words) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return filled(words, "and_one_other", name=names[0], other=names[1])
    return filled(words, "and_others", name=names[0], count=str(len(names) - 1))


def asset(name: str) -> str:
    """A file of the page."""
    return files("displacement.report").joinpath("page").joinpath(name).read_text(encoding="utf-8")


def fingerprint(text: str) -> str:
    """What the page's own policy allows: this text and no other."""
    return b64encode(sha256(text.encode()).digest()).decode()
