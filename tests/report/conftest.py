"""A small invented case with names that try to break a page, run twice: as it is, and with the border open."""

import os
import shutil

import pytest

from displacement.cli import app, guarded
from displacement.io.new import write_new

NAMES = {
    "old_town_east": "</script><script>document.title='broken'</script>",
    "old_town_west": "\"Quotes\" & 'apostrophes' <b>bold</b>",
    "hill_villages": "قرى التل",
    "market_town": "Market 🏕️ Town",
    "lake_town": "Lake $x_1$ {{ town }} <!-- town",
    "camp": "A camp whose name is far longer than any label on a map could ever hold, by the river",
}
SUMMARY = "</script><img src=x onerror=alert(1)> & “quotes” قرى 🏕️"


def run_command(*words):
    """Run a command as from the shell; it must succeed."""
    assert guarded(lambda: app([str(w) for w in words], standalone_mode=False)) == 0


@pytest.fixture(scope="session")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "case"
    write_new(folder)
    places = (folder / "places.csv").read_text(encoding="utf-8").splitlines()
    changed = [places[0]]
    for line in places[1:]:
        place, _, rest = line.split(",", 2)
        name = NAMES.get(place)
        changed.append(line if name is None else f'{place},"{name.replace(chr(34), chr(34) * 2)}",{rest}')
    (folder / "places.csv").write_text("\n".join(changed), encoding="utf-8")
    text = (folder / "scenario.toml").read_text(encoding="utf-8")
    lines = [f"summary = '{SUMMARY}'" if line.startswith("summary =") else line for line in text.splitlines()]
    lines += ["[[events]]", 'kind = "Permission"', 'link = "lake_road"', 'start = "2030-03-05"', 'aid = "unknown"']
    (folder / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def runs(case, tmp_path_factory):
    """Folders of two runs that share their luck."""
    room = tmp_path_factory.mktemp("runs")
    for path, name in ((case, "as_it_is"), (case / "border_open.toml", "border_open")):
        run_command("run", path, "--out", room / name, "--members", 12)
    return [room / "as_it_is", room / "border_open"]


@pytest.fixture(scope="session")
def page(runs, tmp_path_factory):
    """The page of both runs."""
    out = tmp_path_factory.mktemp("page") / "page.html"
    run_command("report", *runs, "--out", out)
    return out


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is. Without it these tests are skipped; in CI it must be there."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed, and CI needs it: apt-get install chromium")
    if found is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    return found
