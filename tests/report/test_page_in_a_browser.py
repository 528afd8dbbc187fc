"""The page as its readers use it: in Chromium, without a network, by mouse, by keyboard, on a phone, on paper."""

import csv
import json
import re
from io import BytesIO

import pytest
from playwright.sync_api import expect, sync_playwright
from pypdf import PdfReader

from tests.drawing import only_charts

from .conftest import NAMES, SUMMARY, run_command

pytestmark = pytest.mark.slow
PHONE = {"width": 375, "height": 700}


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser, page):
    """The page in a tab without a network; whatever it complains of or asks for fails the test."""
    return from_file(browser, page)


def from_file(browser, path, **about):
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **about})
    context.set_offline(True)
    context.set_default_timeout(10_000)
    tab = context.new_page()
    tab.faults = []
    tab.on("console", lambda said: tab.faults.append(said.text) if said.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda fault: tab.faults.append(str(fault)))
    tab.on(
        "request", lambda asked: tab.faults.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    tab.goto(path.as_uri())
    tab.wait_for_selector("[data-panel]:visible svg.map circle", state="attached")
    return tab


def part(tab, name):
    return tab.locator(f"[data-panel]:visible [data-part={name}]")


def rows_of(run, table):
    with (run / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_words(cell):
    """A cell of a table as the page shows it."""
    return "fewer than 50" if cell.startswith("<") else "not known" if cell == "" else f"{int(float(cell)):,}"


def ranged(row, prefix=""):
    low, middle, high = (row[f"{prefix}{p}"] for p in ("p10", "p50", "p90"))
    if low == middle == high:
        return in_words(middle)
    return f"{in_words(middle)} ({in_words(low)} to {in_words(high)})"


def test_it_loads_without_a_network_and_complains_of_nothing(opened):
    assert opened.title().startswith("An invented valley, and ")
    assert opened.evaluate("document.title") != "broken"
    opened.wait_for_timeout(300)
    assert opened.faults == []


def test_a_request_would_be_seen_and_refused(browser, page, tmp_path):
    """The check itself works: a picture from elsewhere is a fault."""
    text = page.read_text(encoding="utf-8").replace("<header>", '<header><img src="http://127.0.0.1:9/x.png">', 1)
    (tmp_path / "asks.html").write_text(text, encoding="utf-8")
    tab = from_file(browser, tmp_path / "asks.html")
    tab.wait_for_timeout(200)
    assert any("127.0.0.1" in fault for fault in tab.faults)


def test_slider_and_steps_move_the_day(opened, runs):
    days = sorted({row["date"] for row in rows_of(runs[0], "people_by_day")})
    slider = part(opened, "slider")
    assert int(slider.get_attribute("max")) == len(days) - 1
    slider.fill("0")
    first = part(opened, "day").inner_text()
    part(opened, "on").click()
    assert part(opened, "day").inner_text() != first
    part(opened, "back").click()
    assert part(opened, "day").inner_text() == first == slider.get_attribute("aria-valuetext")


def test_play_runs_to_the_last_day_and_stops(opened):
    slider = part(opened, "slider")
    last = int(slider.get_attribute("max"))
    slider.fill(str(last - 2))
    part(opened, "play").click()
    assert part(opened, "play").inner_text() == "Pause"
    expect(slider).to_have_value(str(last))
    expect(part(opened, "play")).to_have_text("Play")
    assert opened.faults == []


def test_a_click_on_a_place_shows_its_numbers_as_in_the_table(opened, runs):
    opened.locator("[data-panel]:visible g.place[data-place=market_town]").click()
    panel = part(opened, "panel")
    assert panel.locator("h4").inner_text() == NAMES["market_town"]
    rows = rows_of(runs[0], "people_by_day_and_place")
    day = max(row["date"] for row in rows)
    for stock in ("residents", "displaced", "moved_since"):
        (row,) = [r for r in rows if (r["place"], r["variable"], r["date"]) == ("market_town", stock, day)]
        assert panel.locator(f"[data-stock={stock}] strong").inner_text() == ranged(row)


def test_before_anything_is_chosen_the_places_reached_worst_stand_there_and_can_be_chosen(opened, runs):
    """Also as names on the map, even where hardly anybody came."""
    panel, rows = part(opened, "panel"), rows_of(runs[0], "access_by_place")
    last = {row["place"]: row for row in rows}  # rows are in order of days
    bad = [place for place, row in last.items() if row["class"] in {"besieged", "hard_to_reach", "unknown"}]
    assert {"old_town_east", "old_town_west"} <= set(bad)
    assert sorted(panel.locator("button").all_inner_texts()) == sorted(NAMES.get(p, p) for p in bad)
    named = opened.locator("[data-panel]:visible text.name").evaluate_all("all => all.map(one => one.dataset.place)")
    assert {place for place in bad if last[place]["today"] == "cut"} <= set(named)
    first = panel.locator("button").first.inner_text()
    assert first in {NAMES[place] for place in bad if last[place]["class"] == "besieged"}
    panel.locator("button").first.click()
    assert panel.locator("h4").inner_text() == first


def test_a_click_on_a_crossing_says_who_may_pass_and_how_many_wait(opened, runs):
    opened.locator("[data-panel]:visible g.gate[data-way=gate]").click()
    panel = part(opened, "panel")
    said = panel.inner_text()
    (changes,) = [[r for r in rows_of(runs[0], "ways_by_day") if r["link"] == "gate"]]
    assert changes[-1]["people_state"] == "closed"
    assert changes[-1]["aid_state"] == "open"
    assert re.search(r"For people\s+closed", said)
    assert re.search(r"For aid\s+open", said)
    last = [r for r in rows_of(runs[0], "crossings") if r["crossing"] == "gate" and r["direction"] == "forward"][-1]
    waiting = panel.locator("[data-stock=waiting] strong").first.inner_text()
    assert waiting == ranged(last, "waiting_")


def test_the_keyboard_alone_reaches_everything(opened):
    def focused():
        return opened.evaluate(
            "document.activeElement.dataset.part || document.activeElement.id || document.activeElement.className"
        )

    seen = []
    for _ in range(14):
        opened.keyboard.press("Tab")
        seen.append(focused())
    assert {"skip", "tab-1", "play", "back", "slider", "on", "measure", "traffic", "choose"} <= set(seen)
    part(opened, "slider").focus()
    opened.keyboard.press("Home")
    first = part(opened, "day").inner_text()
    opened.keyboard.press("ArrowRight")
    assert part(opened, "day").inner_text() != first
    part(opened, "choose").focus()
    part(opened, "choose").select_option("way gate")
    assert part(opened, "panel").locator("h4").count() == 1
    opened.locator("[role=tab]").first.focus()
    opened.keyboard.press("ArrowRight")
    assert opened.locator("[role=tab][aria-selected=true]").get_attribute("id") == "tab-2"
    assert focused() == "tab-2"
    assert opened.faults == []


def test_another_tab_keeps_the_day_and_shows_its_difference(opened, runs):
    part(opened, "slider").fill("3")
    day = part(opened, "day").inner_text()
    opened.locator("#tab-2").click()
    assert part(opened, "day").inner_text() == day
    panel = opened.locator("#panel-2")
    assert panel.locator("[data-number=moved] .difference").count() == 1
    assert "What differs" in panel.inner_text()
    assert not opened.locator("#panel-1").is_visible()


@pytest.mark.parametrize("number", [0, 1])
def test_the_numbers_that_stand_first_are_those_of_the_table(opened, runs, number):
    opened.locator("[role=tab]").nth(number).click()
    shown = opened.locator(f"#panel-{number + 1} [data-number]")
    rows = {row["quantity"]: row for row in rows_of(runs[number], "headlines")}
    assert shown.count() == 3
    for i in range(3):
        row = rows[shown.nth(i).get_attribute("data-number")]
        assert shown.nth(i).locator("strong").inner_text() == in_words(row["p50"])
        assert f"{in_words(row['p10'])} to {in_words(row['p90'])}" in shown.nth(i).locator(".range").inner_text()


def test_every_table_reads_back_as_it_was_written(opened, runs):
    """Opened one by one, all rows shown: cell by cell what stands in the CSV."""
    tables = opened.locator("#panel-1 details[data-table]")
    names = [tables.nth(i).get_attribute("data-table") for i in range(tables.count())]
    assert {"people_by_day", "access_population", "status_board", "headlines"} - {"headlines"} <= set(names)
    for i, name in enumerate(names):
        tables.nth(i).locator("summary").click()
        expect(tables.nth(i).locator("tbody tr").first).to_be_visible()
        more = tables.nth(i).locator("button.more")
        if more.is_visible():
            more.click()
        shown = (
            tables.nth(i)
            .locator("tbody tr")
            .evaluate_all("rows => rows.map(row => [...row.children].map(c => c.textContent))")
        )
        written = rows_of(runs[0], name)
        assert len(shown) == len(written)
        for cells, row in zip(shown, written, strict=True):
            for cell, text in zip(cells, row.values(), strict=True):
                assert cell == text or float(cell.replace(",", "").replace("−", "-")) == float(text), (name, cell, text)


def test_a_table_is_sorted_by_a_click_with_unknown_last(opened):
    details = opened.locator("#panel-1 details[data-table=access_by_place]").first
    details.locator("summary").click()
    expect(details.locator("tbody tr").first).to_be_visible()
    head = details.locator("th button").first
    head.click()
    once = details.locator("tbody td:first-child").all_inner_texts()
    assert once == sorted(once)
    head.click()
    twice = details.locator("tbody td:first-child").all_inner_texts()
    assert twice == sorted(twice, reverse=True) or twice[0] >= twice[-1]
    assert details.locator("th").first.get_attribute("aria-sort") == "descending"


def test_the_table_of_another_day_is_sorted_like_the_last(opened):
    details = part(opened, "table").locator("details")
    details.locator("summary").click()
    last = details.locator("th button").last
    last.click()
    assert details.locator("th").last.get_attribute("aria-sort") == "descending"
    part(opened, "back").click()
    assert details.locator("th").last.get_attribute("aria-sort") == "descending"


def test_names_that_look_like_code_are_text(opened):
    options = part(opened, "choose").locator("option").all_inner_texts()
    assert set(NAMES.values()) <= set(options)
    part(opened, "choose").select_option("place old_town_east")
    assert part(opened, "panel").locator("h4").inner_text() == NAMES["old_town_east"]
    assert SUMMARY in opened.locator("#panel-1 .sentence").inner_text()
    assert opened.locator("img[src=x]").count() == 0
    assert opened.evaluate("document.title") != "broken"
    assert opened.faults == []


def test_what_is_not_known_is_drawn_and_said_as_unknown(opened):
    part(opened, "traffic").select_option("aid")
    road = opened.locator("[data-panel]:visible g.way:has([data-way=lake_road])")
    assert "unknown" in road.get_attribute("class")
    assert road.locator("text.query").text_content() == "?"
    part(opened, "choose").select_option("way lake_road")
    assert re.search(r"For aid\s+unknown", part(opened, "panel").inner_text())
    part(opened, "table").locator("summary").click()
    expect(part(opened, "table").locator("tbody tr").first).to_be_visible()
    heads = part(opened, "table").locator("th").all_inner_texts()
    rows = [row.split("\t") for row in part(opened, "table").locator("tbody tr").all_inner_texts()]
    (depot,) = [row for row in rows if row[0] == "Aid depot abroad"]
    assert dict(zip(heads, depot, strict=True))["people at home"] == ""  # who lives abroad is not in the model
    (town,) = [row for row in rows if row[0] == NAMES["market_town"]]
    assert dict(zip(heads, town, strict=True))["people at home"] not in {"", "0"}


def test_on_a_phone_nothing_is_wider_than_the_screen(browser, page):
    tab = from_file(browser, page, viewport=PHONE, is_mobile=True, has_touch=True)
    tab.locator("[data-panel]:visible details[data-table] summary").first.click()
    part(tab, "choose").select_option("place market_town")
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert tab.faults == []


def test_it_prints_to_a4(browser, page, tmp_path):
    tab = from_file(browser, page)
    paper = tab.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper))
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
    tab.emulate_media(media="print")
    assert not part(tab, "play").is_visible()
    assert tab.locator("#panel-1 figure img").first.is_visible()


def test_what_is_internal_is_stamped_on_each_sheet_of_paper(browser, page, case, tmp_path):
    with only_charts("flow_map", "severity_map"):
        run_command("run", case, "--out", tmp_path / "run", "--members", 4, "--internal")
    run_command("report", tmp_path / "run", "--out", tmp_path / "internal.html", "--internal")
    run_command("compare", tmp_path / "run", tmp_path / "run", "--out", tmp_path / "two", "--members", 0, "--internal")
    for path in (tmp_path / "internal.html", tmp_path / "two" / "difference.html", page):
        tab = browser.new_page()
        tab.goto(path.as_uri())
        paper = tab.pdf(format="A4", prefer_css_page_size=True)
        sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(paper)).pages]
        assert len(sheets) > 1 or path.name == "difference.html"
        assert ["INTERNAL – not for sharing" in text for text in sheets] == [path != page] * len(sheets)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_no_serious_fault(browser, page, runs, tmp_path, language):
    from axe_playwright_python.sync_playwright import Axe

    target = page
    if language != "en":
        target = tmp_path / "page.html"
        run_command("report", *runs, "--out", target, "--language", language)
    tab = from_file(browser, target, bypass_csp=True)
    part(tab, "choose").select_option("place market_town")
    tab.locator("#panel-1 details[data-table] summary").first.click()
    found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    serious = [v for v in found.response["violations"] if v["impact"] in {"serious", "critical"}]
    assert not serious, json.dumps(
        [[v["id"], v["help"], [n["html"][:200] for n in v["nodes"][:3]]] for v in serious], indent=1
    )
    assert found.response["passes"]


def test_the_map_of_a_notebook_lives_in_a_frame_without_a_network(browser, runs, tmp_path):
    import displacement as dp
    from displacement.io import read_run, scenario_of_run

    run = read_run(runs[0])
    shown = dp.explore(run, scenario_of_run(runs[0], run))
    (tmp_path / "notebook.html").write_text(f"<!DOCTYPE html><body>{shown._repr_html_()}", encoding="utf-8")
    tab = browser.new_context(offline=True).new_page()
    faults = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    tab.goto((tmp_path / "notebook.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.locator("svg.map circle").first.wait_for(state="attached")
    frame.locator("[data-part=choose]").select_option("place market_town")
    assert frame.locator("[data-part=panel] h4").inner_text() == NAMES["market_town"]
    assert faults == []


def test_the_printed_difference_opens_without_complaint(browser, runs, tmp_path):
    from .conftest import run_command

    run_command("compare", *runs, "--out", tmp_path / "compared", "--members", 0)
    tab = browser.new_context(offline=True).new_page()
    faults = []
    tab.on("console", lambda said: faults.append(said.text))
    tab.goto((tmp_path / "compared" / "difference.html").as_uri())
    rows = rows_of(tmp_path / "compared", "person_days")
    (row,) = [r for r in rows if r["quantity"] == "moved_since"]
    shown = tab.locator("[data-number=difference_days_moved_since] strong").inner_text()
    number = row["p50"]
    assert shown == (
        "about 0" if number.startswith("<") else number if number == "0" else f"{int(number):+,}".replace("-", "−")
    )
    assert faults == []
