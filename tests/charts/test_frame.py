"""The frame: what every chart says of itself, and how it is saved."""

import subprocess
import sys

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from displacement.charts import Imprint, fan, product, save
from displacement.charts.frame import INTERNAL, drawn
from displacement.charts.labels import Label, place_labels
from displacement.charts.style import new_figure, printable, settings, span_words, text_width
from displacement.summaries import ROUNDING


@pytest.fixture(scope="module")
def imprint(aleppo_run, aleppo):
    observed = pd.DataFrame({"source": ["UNHCR flash update, 25 Feb 2016", "", "UNHCR flash update, 25 Feb 2016"]})
    return Imprint.of(aleppo_run, aleppo, observed)


def said_on(figure):
    return " ".join(t.get_text() for t in figure.texts)


def test_the_footer_is_complete(imprint, aleppo_run):
    figure = product(imprint, title="A title", subtitle="Stock of persons", as_of="2016-03-10")
    said = said_on(figure)
    for part in (
        "A title", "Stock of persons", "As of 10 Mar 2016", "Northern Aleppo, February 2016", "open to aid.",
        "49 dated events", "25 Jan 2016", "29 Feb 2016", "UNHCR flash update, 25 Feb 2016", ROUNDING,
        "Projection, not a report", aleppo_run.attrs["digest"][:8], aleppo_run.attrs["displacement_version"],
        "imply no endorsement", "20 equally likely runs",
    ):  # fmt: skip
        assert part in said, part
    assert said.count("UNHCR") == 1
    assert "INTERNAL" not in said


def test_an_internal_product_is_stamped_above_and_below(imprint):
    figure = product(imprint, title="T", subtitle="S", as_of="2016-03-10", internal=True)
    assert sum(INTERNAL in t.get_text() for t in figure.texts) == 2
    assert ROUNDING not in said_on(figure)


def test_letters_are_at_least_seven_points_and_inside_the_page(imprint, texts_of, people_of):
    with drawn(imprint, title="T" * 90, subtitle="s " * 150, as_of="2016-03-10") as figure:
        fan(people_of([[1, 2_000, 30_000]]), ax=figure.add_subplot())
        width, height = figure.bbox.width, figure.bbox.height
        for text, box in texts_of(figure):
            assert text.get_fontsize() >= 7
            assert box.x0 >= -1
            assert box.y0 >= -1
            assert box.x1 <= width + 1 or len(text.get_text().split()) == 1, text.get_text()
            assert box.y1 <= height + 1


def test_saved_as_png_of_200_dots_and_svg_with_the_same_bytes_each_time(imprint, people_of, tmp_path):
    files = []
    for folder in ("a", "b"):
        with drawn(imprint, title="T", subtitle="S", as_of="2016-03-10") as figure:
            fan(people_of([[1, 2_000]]), ax=figure.add_subplot())
            files.append(save(figure, tmp_path / folder, "fan"))
    with Image.open(files[0][0]) as picture:
        assert picture.size == (1400, 800)
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_dollars_and_line_breaks_in_names_are_printed_as_they_stand(aleppo_run, tmp_path):
    odd = aleppo_run.assign_attrs(title="Cash $5 and $6\n<b>", summary="a_b^c {")
    figure = product(Imprint.of(odd), title="$x$", subtitle="s", as_of="2016-03-10")
    save(figure, tmp_path, "odd")
    assert r"\$5" in said_on(figure)


def test_neither_the_package_nor_its_charts_import_pyplot():
    code = (
        "import sys, displacement as dp; assert 'matplotlib' not in sys.modules;"
        "dp.charts; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_labels_are_dropped_rather_than_overlap(texts_of):
    ax = new_figure((2, 2)).add_subplot()
    kept = place_labels(ax, [Label(text=f"Settlement {i}", x=0.5, y=0.5) for i in range(60)])
    assert 2 < len(kept) < 60
    boxes = [t.get_window_extent() for t in kept]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert all(ax.get_window_extent().contains(*corner) for b in boxes for corner in (b.min, b.max))


def test_measured_width_is_no_less_than_that_of_the_renderer_and_not_much_more():
    figure = new_figure()
    text = figure.text(0, 0, "Öncüpınar and al-Zahraa, 75,000", fontsize=7)
    box = text.get_window_extent()
    assert 0.99 <= text_width(text.get_text(), 7) / (box.width * 72 / figure.dpi) <= 1.06


def test_spans_of_dates():
    assert span_words("2016-02-03", "2016-02-03") == "3 Feb 2016"
    assert span_words("2015-12-30", "2016-01-02") == "30 Dec 2015 – 2 Jan 2016"
    assert span_words(np.datetime64("2016-02-28"), np.datetime64("2016-03-02")) == "28 Feb – 2 Mar 2016"


def test_numbers_keep_their_order_beside_names_from_right_to_left():
    mark = "\u200e"
    text = printable("مخيم الزعتري: 500 (200–600), 6 Feb")
    assert text == f"{mark}مخيم الزعتري{mark}: 500 (200–600), 6 Feb"
    assert printable(text) == text
    assert printable("Azaz: 500") == "Azaz: 500"


def test_letters_that_the_font_lacks_are_an_empty_box_of_known_width():
    assert printable("Camp 🏕 $1") == r"Camp □ \$1"
    assert text_width("🏕", 7.0) == text_width("□", 7.0) > 0


def test_the_style_can_be_used_by_its_name():
    before = mpl.rcParams["axes.spines.top"]
    with mpl.style.context("displacement.charts.displacement"):
        assert {k: mpl.rcParams[k] for k in settings()} == settings()
        assert not mpl.rcParams["axes.spines.top"]
    assert mpl.rcParams["axes.spines.top"] == before
