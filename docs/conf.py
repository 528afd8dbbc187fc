"""How the documentation is built: from its pages, and from tables, a chart and a notebook made of the code."""

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import tables  # noqa: E402

import displacement as dp  # noqa: E402

GENERATED = HERE / "_generated"
CASE = ROOT / "scenarios" / "aleppo_2016"
scenario = dp.read_scenario(CASE)
tables.write_all(GENERATED, scenario, CASE)

project = "displacement"
author = "the displacement contributors"
copyright = "the displacement contributors, BSD-3-Clause"
version = release = dp.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc"]
nitpicky = True
exclude_patterns = ["_build", "_generated/*.md", "theory/*_output.md"]
root_doc = "index"
default_role = "code"
highlight_language = "text"


myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / ".notebooks")
nb_execution_timeout = 60
nb_execution_raise_on_error = True
nb_merge_streams = True

linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_anchors = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "pydata_sphinx_theme"
html_title = "displacement"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "show_nav_level": 2,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
}
html_context = {"default_mode": "light"}


def draw_front_page(target: Path) -> None:
    """The fan of the front page: people who moved, projected and reported. Drawn again only for another scenario."""
    mark = target.with_suffix(".of")
    made_of = f"{dp.__version__} {scenario.fingerprint()}"
    if target.exists() and mark.exists() and mark.read_text() == made_of:
        return
    from displacement.charts import fan, save
    from displacement.charts.frame import Imprint, drawn
    from displacement.io import read_observed
    from displacement.summaries import comparable, scope_sum

    run = dp.simulate(scenario, members=200, seed=1)
    where = "aleppo_and_idleb_reported"
    observed = comparable(read_observed(CASE, scenario.network), run)
    observed = observed[(observed["place_id"] == where) & (observed["variable"] == "moved_since")]
    values = scope_sum(run["moved_since"], scenario.network, where)
    with drawn(
        Imprint.of(run, scenario, observed),
        title="People who moved since 1 Feb 2016, Aleppo and Idleb: projected and reported",
        subtitle="Stock of persons at the end of each day, displaced inside the country, where UNHCR and CCCM counted.",
        as_of=run["time"].values[-1],
    ) as figure:
        fan(values, observed, ax=figure.add_subplot(), label="People")
        save(figure, target.parent, target.stem)
    mark.write_text(made_of)


def copy_notebooks(target: Path) -> None:
    """The notebooks as pages; they are executed where they stand, so paths are as in the project."""
    target.mkdir(parents=True, exist_ok=True)
    for page in target.glob("*.ipynb"):
        if not (ROOT / "notebooks" / page.name).exists():
            page.unlink()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        page = target / path.name
        if not page.exists() or page.read_bytes() != path.read_bytes():
            shutil.copyfile(path, page)


GENERATED.mkdir(exist_ok=True)
draw_front_page(GENERATED / "front_page.png")
copy_notebooks(GENERATED / "notebooks")


def house_docstring(app, what, name, obj, options, lines):
    """Our docstrings as reStructuredText: "name : what it is;  name : ..." becomes a list, headings become bold."""
    paragraphs, found = "\n".join(lines).split("\n\n"), []
    for text in paragraphs:
        text = re.sub(r"^(Other arguments)\n-+\n", r"**\1**\n\n", text)  # noqa: PLW2901
        head, _, body = text.rpartition("\n\n")
        found.append(head)
        found.append(as_list(body) if NOTE.match(body) else body)
    lines[:] = "\n\n".join(part for part in found if part).splitlines()


NOTE = re.compile(r"[a-z_]+(?:, [a-z_]+)*(?: \([^)]*\))? : ")


def as_list(text):
    """Notes on arguments, one a line or parted by a semicolon and two spaces, as a list; deeper lines go on."""
    joined = re.sub(r"\n\s+", " ", text)
    notes = [note for line in joined.split("\n") for note in re.split(r"(?:;|\.)  (?=[a-z_]+)", line)]
    marked = (re.sub(rf"^({NOTE.pattern[:-3]}) : ", lambda m: f"**{m[1].strip()}**: ", note) for note in notes)
    return "\n".join(f"- {note}" for note in marked)


def setup(app):
    """Sphinx asks for this."""
    app.connect("autodoc-process-docstring", house_docstring)
