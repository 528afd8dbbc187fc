"""What the page is made from, what it refuses, and what never gets into it."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from displacement.errors import InputError
from displacement.io import read_run
from displacement.outputs import CONTENTS
from displacement.report import write_report
from displacement.report.catalogue import catalogue
from displacement.report.shelf import read_shelf
from displacement.variables import VARIABLES
from tests.drawing import only_charts

from .conftest import NAMES, run_command

pytestmark = pytest.mark.slow
INTERNAL = sorted(name for name, variable in VARIABLES.items() if variable.internal)


@pytest.fixture
def copied(runs, tmp_path):
    """A run that may be spoilt."""
    return shutil.copytree(runs[0], tmp_path / "run")


def data_of(page):
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_page_tables_and_netcdf_agree(page, runs):
    """What the page holds of each day and place adds up to what the run holds, within what rounding can do."""
    run = read_run(runs[0])
    held = data_of(page)["scenarios"][0]
    by_day = pd.read_csv(runs[0] / "tables" / "people_by_day.csv", dtype=str, keep_default_na=False)
    for stock in ("residents", "displaced", "moved_since"):
        cells = np.array([place["people"][stock] for place in held["places"] if stock in place["people"]], float)
        means = run[stock].sel(place=[p["id"] for p in held["places"] if stock in p["people"]])
        assert np.isfinite(cells).all()
        whole = np.percentile(means.transpose("place", "time", "member").values, 50, axis=-1)
        shown = np.where(cells[:, 1] < 0, 25, cells[:, 1])
        assert (np.abs(shown - whole) <= np.where(whole < 9_950, 50, 500)).all()
        total = np.percentile(run[stock].sum("place").isel(time=-1).values, 50)
        written = by_day[by_day["variable"] == stock]["p50"].iloc[-1]
        assert abs((25 if written.startswith("<") else float(written)) - total) <= (50 if total < 9_950 else 500)


def test_a_file_that_was_changed_is_refused_by_name(copied, tmp_path):
    for name in ("people_by_day.csv", "headlines.csv"):
        target = copied / "tables" / name
        target.write_text(target.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    (copied / "charts" / "flow_map.svg").unlink()
    with pytest.raises(InputError) as fault:
        write_report([copied], tmp_path / "page.html")
    told_of = "\n".join(fault.value.problems)
    assert len(fault.value.problems) == 3
    assert "people_by_day.csv: was changed since `run` wrote it" in told_of
    assert "headlines.csv" in told_of
    assert "flow_map.svg: no such file" in told_of
    assert not (tmp_path / "page.html").exists()


def test_contents_of_another_run_are_refused(copied, runs, tmp_path):
    shutil.copyfile(runs[1] / CONTENTS, copied / CONTENTS)
    with pytest.raises(InputError, match="belongs to another run"):
        write_report([copied], tmp_path / "page.html")
    (copied / CONTENTS).unlink()
    with pytest.raises(InputError, match="another version wrote it"):
        write_report([copied], tmp_path / "page.html")


def test_contents_cannot_lead_out_of_the_folder(copied, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nsecret\n", encoding="utf-8")
    about = json.loads((copied / CONTENTS).read_text(encoding="utf-8"))
    about["files"]["tables/../../secret.csv"] = "0" * 64
    (copied / CONTENTS).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(InputError, match="leads out of the run's folder"):
        read_shelf(copied)


def test_nothing_is_overwritten_unless_asked(runs, page, tmp_path, capsys):
    out = tmp_path / "page.html"
    run_command("report", runs[0], "--out", out)
    before = out.read_bytes()
    from displacement.cli import app, guarded

    again = ["report", str(runs[0]), "--out", str(out)]
    assert guarded(lambda: app(again, standalone_mode=False)) == 1
    assert "exists already" in capsys.readouterr().err
    assert out.read_bytes() == before
    run_command(*again, "--force")
    assert out.read_bytes() == before  # the same folder gives the same page


@pytest.mark.parametrize(("words", "said"), [
    (["--out", "page.txt"], "must end in .html"), (["--out", "p.html", "--language", "fx"], "has no catalogue; known: ar, en, fr"),
    (["--out", "p.html", "--internal"], "holds nothing internal"),
])  # fmt: skip
def test_bad_options_say_what_is_allowed(runs, words, said, capsys, tmp_path, monkeypatch):
    from displacement.cli import app, guarded

    monkeypatch.chdir(tmp_path)
    assert guarded(lambda: app(["report", str(runs[0]), *words], standalone_mode=False)) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_one_run_does_not_stand_there_twice(runs, tmp_path):
    with pytest.raises(InputError, match="is given more than once"):
        write_report([runs[0], runs[0]], tmp_path / "page.html")


def test_runs_that_share_no_luck_are_shown_and_not_compared(runs, case, tmp_path):
    with only_charts():
        run_command("run", case, "--out", tmp_path / "other", "--members", 4, "--seed", 2)
    made = write_report([runs[0], tmp_path / "other"], tmp_path / "page.html")
    assert "seed" in made["scenarios"][1]["not_compared"]
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The difference is not worked out" in text
    assert 'class="difference"' not in text


def test_nothing_internal_is_on_the_page(page):
    text = page.read_text(encoding="utf-8")
    assert "INTERNAL" not in text.replace(catalogue("en")["internal"], "")
    held = data_of(page)
    assert not {stock for s in held["scenarios"] for p in s["places"] for stock in p["people"]} & set(INTERNAL)
    assert not {name for s in held["scenarios"] for name in s["tables"] if any(i in name for i in INTERNAL)}


def test_what_is_internal_is_stamped(case, tmp_path):
    with only_charts("flow_map"):
        run_command("run", case, "--out", tmp_path / "run", "--members", 4, "--internal")
    run_command("report", tmp_path / "run", "--out", tmp_path / "page.html", "--internal")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count('<div class="stamp"') == 1
    assert "INTERNAL_trapped" in data_of(tmp_path / "page.html")["scenarios"][0]["tables"]
    run_command("report", tmp_path / "run", "--out", tmp_path / "shared.html")
    assert "INTERNAL_" not in (tmp_path / "shared.html").read_text(encoding="utf-8")


def test_small_counts_are_on_the_page_as_small(page):
    held = data_of(page)
    cells = {
        c
        for s in held["scenarios"]
        for p in s["places"]
        for lines in p["people"].values()
        for line in lines
        for c in line
    }
    assert not {c for c in cells if c is not None and 0 < c < 50}
    assert -1 in cells


def test_names_are_escaped_in_text_and_data(page):
    text = page.read_text(encoding="utf-8")
    outside = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert "<img src=x" not in outside
    assert "<b>bold" not in outside
    assert text.count("</script>") == 2
    assert NAMES["old_town_east"] in [p["name"] for p in data_of(page)["scenarios"][0]["places"]]


def test_the_policy_of_the_page_allows_nothing_from_elsewhere(page):
    text = page.read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
