"""`report`: the page that gets passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from displacement.cli.base import AsJson, answer, app, say, warn
from displacement.errors import InputError


@app.command()
def report(
    paths: Annotated[list[Path], typer.Argument(metavar="RUN...", help="folders that `run` wrote, the baseline first")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="page to write")],
    language: Annotated[str, typer.Option(help="of the fixed strings: en, fr or ar")] = "en",
    force: Annotated[bool, typer.Option("--force", help="replace FILE.html")] = False,
    internal: Annotated[bool, typer.Option("--internal", help="also what must not be shared, stamped")] = False,
    as_json: AsJson = False,
) -> None:
    """One self-contained page: opens without a network, in any browser, and prints."""
    from displacement.report import write_report

    if out.suffix.lower() not in {".html", ".htm"}:
        raise InputError(f"--out {out}: must end in .html")
    if out.exists() and not force:
        raise InputError(f"--out {out}: exists already; choose another name, or replace it with --force")
    warn(f"putting together {len(paths)} run{'s' if len(paths) > 1 else ''}")
    made = write_report(paths, out, language=language, internal=internal, force=force)
    for scenario in made["scenarios"]:
        if scenario["not_compared"]:
            warn(f"warning: {scenario['name']}: its difference is left out: {scenario['not_compared']}")
    if as_json:
        answer(made)
        return
    names = ", ".join(s["name"] for s in made["scenarios"])
    size = f"{made['bytes'] / 1e6:.1f} MB"
    say(f"Written to {out}: {names}; {size}, one file, opens without a network.")
    if internal:
        say("It holds what is INTERNAL, and says so on every page: do not pass it on.")
