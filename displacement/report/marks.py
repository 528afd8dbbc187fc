"""Words in Markdown, as `run` and `compare` leave them, to markup: no link, no picture, no HTML of their own."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

MARKS = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])
MARKS.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0" role="group"><table>')
MARKS.add_render_rule("table_close", lambda *_: "</table></div>")


def prose(text: str) -> Markup:
    r"""Markup of words whose headings stand under those of the page; what looks like HTML is shown as text.

    >>> prose("### A\n\n<b>x</b>")
    Markup('<h4>A</h4>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n')
    """
    lower = re.sub(r"^### ", "#### ", text, flags=re.MULTILINE)
    return Markup(MARKS.render(lower))  # noqa: S704 (escaped by the renderer)


def in_sections(page: str) -> dict[str, str]:
    r"""A page of Markdown by its second headings; what stands before the first has no title.

    >>> in_sections("# a\n\n## b\n\ntext\n")
    {'': '# a', 'b': 'text'}
    """
    first, *rest = re.split(r"^## ", page, flags=re.MULTILINE)
    found = {"": first.strip()}
    for part in rest:
        title, _, text = part.partition("\n")
        found[title.strip()] = f"{found.get(title.strip(), '')}\n\n{text.strip()}".strip()
    return found
