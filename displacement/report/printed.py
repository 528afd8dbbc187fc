"""The difference on a page: what `compare` found, for paper; one sheet or two a scenario."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import displacement
from displacement.outputs import STAMP
from displacement.report.catalogue import Words, catalogue, day_words, filled
from displacement.report.marks import in_sections, prose
from displacement.report.numbers import signed_words
from displacement.report.page import asset, caption, environment, fingerprint, own
from displacement.report.shelf import table_of

FILE = "difference.html"
NUMBERS = (("moved_since", "people"), ("refugees", "people"), ("moved_since", "days"), ("unmet_need", "days"))


def write_difference(
    folder: Path, baseline: str, names: list[str], *, language: str = "en", internal: bool = False
) -> Path:
    """Write difference.html from the tables, charts and words that a comparison left in its folder.

    baseline, names : the first scenario, and those that are compared with it, in the order of the charts
    """
    words = catalogue(language)
    tables = {p.stem: table_of(p.read_text(encoding="utf-8")) for p in sorted((folder / "tables").glob("*.csv"))}
    page = (folder / "summary.md").read_text(encoding="utf-8")
    sections = in_sections(page)
    title = sections[""].partition("\n")[0].removeprefix("# ")
    style = asset("page.css")
    stamped = {k: t for k, t in tables.items() if internal and k.startswith(STAMP)}
    html = environment().get_template("difference.html.j2").render(
        w=words, language=language, internal=internal, title=title, style=own(style),
        style_hash=fingerprint(style),
        scenarios=[_scenario(folder, name, n, tables, sections, words, baseline)
                   for n, name in enumerate(names, start=1)],
        reading=prose(sections.get("How to read this", "")),
        tables=[{"caption": caption(k), "columns": list(t.columns), "rows": t.to_numpy().tolist()}
                for k, t in stamped.items()],
        made=f"displacement {displacement.__version__}",
    )  # fmt: skip
    target = folder / FILE
    target.write_text(html, encoding="utf-8", newline="\n")
    return target


def _scenario(
    folder: Path,
    name: str,
    number: int,
    tables: Mapping[str, pd.DataFrame],
    sections: Mapping[str, str],
    words: Words,
    baseline: str,
) -> dict[str, Any]:
    """What one sheet holds."""
    days = _of(tables["difference_by_day"], name)
    chart = folder / "charts" / f"difference_{number}.svg"
    picture = f"data:image/svg+xml;base64,{b64encode(chart.read_bytes()).decode()}" if chart.exists() else ""
    return {
        "title": filled(words, "against", name=name, baseline=baseline),
        "span": f"{day_words(words, days['date'].min())} – {day_words(words, days['date'].max())}",
        "numbers": [n for what, unit in NUMBERS if (n := _number(what, unit, name, tables, words)) is not None],
        "words": prose(sections.get(name.strip(), "")),
        "pictures": [{"source": picture, "alt": f"{name}: {words['difference_chart']}"}] if picture else [],
    }


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["scenario"] == name]


def _number(what: str, unit: str, name: str, tables: Mapping[str, pd.DataFrame], words: Words) -> dict[str, str] | None:
    """A difference with its range: of a total on the last day, or added up over the days."""
    key, table = ("variable", "difference_by_day") if unit == "people" else ("quantity", "person_days")
    found = _of(tables[table], name)
    found = found[found[key] == what]
    if not len(found):
        return None
    row = found.iloc[-1]
    middle, _, rest = signed_words(words, [str(row[p]) for p in ("p10", "p50", "p90")]).partition(" (")
    rest = rest or f"{middle})"
    label = f"difference_{what}" if unit == "people" else f"difference_days_{what}"
    day = day_words(words, str(row["date"])) if unit == "people" else ""
    return {"quantity": label, "middle": middle, "range": filled(words, "in_80", range=rest.removesuffix(")")),
            "what": filled(words, label, day=day)}  # fmt: skip
