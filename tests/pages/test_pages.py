"""Pages and README: what they tell a reader to type is typed, files are as they show them, links lead somewhere."""

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import displacement as dp
from displacement.cli import app
from displacement.events import KINDS
from displacement.io import read_scenario
from tests.io.flee.conftest import Folder
from tests.pages.told import FENCE, SAVED, Reader, commands, steps

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(p for p in DOCS.rglob("*.md") if not {"_build", "_generated"} & set(p.relative_to(DOCS).parts)),
]
TYPED = [page for page in PAGES if {"sh", "console"} & {step.kind for step in steps(page.read_text("utf-8"))}]
LANGUAGES = {"sh", "console", "python", "toml", "csv", "text", "markdown", "bash"}
WORDS_OF_PAGES = ("{include}", "{image}", "{figure}", "{toctree}", "{eval-rst}", "{glossary}", "{note}", "{warning}")
LINK = re.compile(r"(?<!\\)\]\((?P<target>[^()\s]+)\)")
LABEL = re.compile(r"^\((?P<name>[\w-]+)\)=\s*$", re.M)
HEADING = re.compile(r"^#{1,3} (?P<words>.+)$", re.M)


def of(page):
    return page.relative_to(ROOT).as_posix()


def flee_folder(root):
    """An invented case in Flee's format, long enough to forecast from."""
    days, folder = 300, Folder(root)
    folder.write("sim_period.csv", f"StartDate,2012-01-01\nLength,{days}\n")
    folder.write("conflicts.csv", "#Day,Alpha,Beta\n" + "".join(f"{day},1,1\n" for day in range(days)))
    dates = [f"2012-{month:02d}-{day:02d}" for month in range(1, 10) for day in (5, 15, 25)]
    for name, most in (("refugees.csv", 900), ("nig-one.csv", 400), ("nig-one-outside.csv", 100), ("bf-two.csv", 400)):
        folder.write(name, "".join(f"{date},{most * (k + 1)}\n" for k, date in enumerate(dates)))
    folder.write("registration_corrections.csv", "")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Runs with few members that several pages ask for; processes that share the tests share them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept_runs"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def place(tmp_path):
    """A folder as a reader has it: the scenarios, and a case of Flee's."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios", ignore=shutil.ignore_patterns("__pycache__"))
    flee_folder(tmp_path / "FLEE_FOLDER")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", TYPED, ids=of)
def test_what_a_page_tells_to_type_works(page, place, kept):
    Reader(place, kept).follow(page.read_text("utf-8"))


def test_the_pages_that_newcomers_read_tell_what_to_type():
    assert {"README.md", "docs/tutorial/twenty_minutes.md"} <= {of(page) for page in TYPED}


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_every_block_has_a_language_and_no_command_escapes_the_tests(page):
    for match in FENCE.finditer(page.read_text("utf-8")):
        language = match["language"].strip()
        assert language in LANGUAGES or language.startswith(WORDS_OF_PAGES), match.group()
        if language in ("text", "bash"):
            assert not re.search(r"^\$? ?(displacement|python) ", match["text"], re.M), match.group()
        if language == "python" and ">>>" not in match["text"]:
            exec(compile(match["text"], str(page), "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_scenario_files_on_pages_can_be_read(page, tmp_path):
    """A block of TOML that is not saved as a step of the page is taken for a what-if of Aleppo, or a part of one."""
    shutil.copytree(ROOT / "scenarios/aleppo_2016", tmp_path / "aleppo", ignore=shutil.ignore_patterns("*.py", "__*"))
    (tmp_path / "aleppo/needs_half.csv").write_text("item,cluster,commodity,quantity,unit,source\n")
    for k, step in enumerate(s for s in steps(page.read_text("utf-8")) if s.kind == "toml"):
        text = step.text
        if "scenario" not in tomllib.loads(text):
            text = f'[scenario]\nextends = "scenario.toml"\nname = "on a page"\n{text}'
        file = tmp_path / "aleppo" / f"on_a_page_{k}.toml"
        file.write_text(text, encoding="utf-8")
        read_scenario(file)


def slug(words):
    """The anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")


def anchors(page):
    text = FENCE.sub("", page.read_text("utf-8"))
    return {m["name"] for m in LABEL.finditer(text)} | {slug(m["words"]) for m in HEADING.finditer(text)}


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_links_of_a_page_lead_somewhere(page):
    missing = []
    for match in LINK.finditer(FENCE.sub("", page.read_text("utf-8"))):
        path, _, anchor = match["target"].partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        if "_generated/notebooks" in target.as_posix():
            target = ROOT / "notebooks" / target.name
        made = "_generated" in target.parts
        if not (made or target.exists()) or (anchor and target.suffix == ".md" and not generated(target, anchor)):
            missing.append(match["target"])
    assert not missing


def generated(page, anchor):
    """Is an anchor on a page, or on what it includes? Only kinds of event and command names are made by included tables."""
    included = "{include} ../_generated/" in page.read_text("utf-8")
    return anchor in anchors(page) or (included and anchor in made_anchors())


def made_anchors():
    names = {f"displacement-{c.name or c.callback.__name__}" for c in app.registered_commands}
    return {kind.lower() for kind in KINDS} | names


def test_every_public_name_is_on_the_pages_of_reference():
    text = (DOCS / "reference/python.md").read_text("utf-8")
    names = set(dp.__all__) - set(KINDS) - {"charts", "__version__"}
    assert [name for name in sorted(names) if not re.search(rf"displacement\.{name}\b", text)] == []


def test_ten_questions_of_newcomers_are_answered_where_they_can_be_linked():
    page = DOCS / "tutorial/twenty_minutes.md"
    text = page.read_text("utf-8")
    asked = re.findall(r"^\d+\. \[[^\]]+\?\]\(#([\w-]+)\)$", text, re.M)
    assert len(asked) == len(set(asked)) == 10
    for name in asked:
        answer = text.partition(f"({name})=\n### ")[2]
        assert answer.partition("\n")[0].endswith("?")
        assert len(answer.partition("\n#")[0].split()) > 30


def test_a_wrong_output_or_a_wrong_cell_is_seen(tmp_path):
    reader = Reader(tmp_path, tmp_path / "kept")
    reader.follow("```console\n$ displacement new my_town\nWritten to my_town: ...\n...\n```\n")
    with pytest.raises(AssertionError, match="the page shows"):
        reader.follow("```console\n$ displacement check my_town\nAnother valley: sound...\n```\n")
    with pytest.raises(AssertionError, match="ends with 1"):
        reader.follow("```sh\ndisplacement check nowhere\n```\n")
    with pytest.raises(AssertionError, match="fork"):
        reader.follow(
            "| file | row | column | from | to |\n|---|---|---|---|---|\n| `my_town/places.csv` | `fork` | `kind` | town | camp |\n"
        )
    with pytest.raises(AssertionError, match="nobody knows"):
        reader.follow("```sh\nrm -r my_town\n```\n")
    assert SAVED.search("and save as `my_town/x.toml`:")
    assert [c for s in steps("```sh\n# nothing\nmake run   # set up\n```\n") for c in commands(s)] == [
        ("make run   # set up", "")
    ]
