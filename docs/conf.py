"""How the documentation is built: from its pages, and from tables, a chart and a notebook made of the code."""

import logging
import re
import shutil
import sys
import warnings
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
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build", "_generated/*.md", "theory/record_output.md"]
root_doc = "index"
default_role = "code"
highlight_language = "text"
suppress_warnings = ["myst.xref_missing"] if False else []

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / ".notebooks")
nb_execution_timeout = 180
nb_execution_raise_on_error = True
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

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
    "show_nav_level": 1,
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
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        page = target / path.name
        if not page.exists() or page.read_bytes() != path.read_bytes():
            shutil.copyfile(path, page)


GENERATED.mkdir(exist_ok=True)
draw_front_page(GENERATED / "front_page.png")
copy_notebooks(GENERATED / "notebooks")


def plain_docstring(app, what, name, obj, options, lines):  # noqa: PLR0917
    """Our docstrings as reStructuredText: the house's own headings and aligned notes become paragraphs and lists."""
    found = []
    for line in lines:
        if re.fullmatch(r"-{3,}", line.strip()) and found and found[-1] == "Other arguments":
            found[-1:] = ["**Other arguments**", ""]
        else:
            found.append(line)
    lines[:] = found


def setup(app):
    """Sphinx asks for this."""
    app.connect("autodoc-process-docstring", plain_docstring, priority=100)
