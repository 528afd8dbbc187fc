"""Files of figures are small and show the same: colours as drawn, letters and lines where they were."""

import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from displacement.charts.files import SVG, compact, with_palette, write_png, write_svg
from displacement.charts.style import new_figure, styled


@styled
def drawn():
    figure = new_figure((3.0, 2.0))
    ax = figure.add_subplot()
    for k in range(12):
        ax.plot([k, k + 1.0], [0.12345678 * k, 3.3], color="#123f66", linewidth=1.0)
    ax.scatter([1.0, 2.0], [1.0, 2.0], color="#5b93c4", alpha=0.5)
    ax.set_title("Shut to people and aid, 3 Feb 2016", fontweight="bold")
    ax.set_xlabel("People a day, of those who left home and have not come back to it since")
    return figure


@styled
def plain_svg(figure):
    held = io.StringIO()
    figure.savefig(held, format="svg", metadata={"Date": None})
    return held.getvalue()


def said(svg):
    """The texts that are shown, in order."""
    return [text.text for text in ET.fromstring(svg).iter(f"{{{SVG}}}text")]


def test_an_svg_is_much_smaller_and_says_the_same(tmp_path):
    figure = drawn()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    plain = plain_svg(figure)
    styled(write_svg)(figure, tmp_path / "x.svg")
    small = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert len(small) < 0.65 * len(plain)
    assert said(small) == said(plain)
    assert "Shut to people and aid, 3 Feb 2016" in said(small)  # letters, not outlines: they can be read and searched
    assert small.count("Verdana") >= len(said(small))  # where the charts' font is missing, one as wide
    assert "<!--" not in small
    assert 'viewBox="0 0 216 144"' in small


def test_lines_that_look_alike_become_one_and_keep_their_points():
    svg = f'<svg xmlns="{SVG}">' + "".join(
        f'<g id="line2d_{k}"><path d="M {k}.123456 0 \nL 1 {k} \n" style="fill: none; stroke: #111111"/></g>'
        for k in range(3)
    )
    svg += '<path d="M 0 0 L 1 1" style="fill: none; opacity: 0.5"/><path d="M 0 0 L 1 1" style="fill: none; opacity: 0.5"/></svg>'
    paths = [p.attrib["d"] for p in ET.fromstring(compact(svg)).iter(f"{{{SVG}}}path")]
    assert paths == ["M.12 0L1 0M1.12 0L1 1M2.12 0L1 2", "M0 0L1 1", "M0 0L1 1"]


def test_ids_that_others_refer_to_stay():
    small = compact(plain_svg(drawn()))
    referred = set(re.findall(r'href="#([^"]+)"', small)) | set(re.findall(r"url\(#([^)]+)\)", small))
    assert referred <= set(re.findall(r' id="([^"]+)"', small))
    assert not re.search(r' id="(text|line2d|patch|xtick)_\d', small)


def test_a_png_has_the_colours_that_were_drawn(tmp_path):
    figure = drawn()
    write_png(figure, tmp_path / "x.png")
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=200)
    plain = Image.open(held).convert("RGB")
    with Image.open(tmp_path / "x.png") as found:
        assert found.mode == "P"
        assert found.size == plain.size
        assert found.info["dpi"] == pytest.approx((200, 200), abs=0.1)
        small = found.convert("RGB")
    assert (tmp_path / "x.png").stat().st_size < 0.5 * len(held.getvalue())
    apart = np.abs(np.asarray(plain, int) - np.asarray(small, int))
    assert apart.max() <= 40  # the edges of letters
    assert (apart == 0).mean() > 0.98


def test_a_height_just_short_of_whole_dots_is_written_too(tmp_path):
    write_png(new_figure((7.0, 3.5249999999999995)), tmp_path / "x.png")  # 704.9999... dots: matplotlib draws 705
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.size == (1400, 705)


def test_flat_shades_stay_and_rare_ones_become_the_nearest():
    many = np.full((40, 40, 3), 200, np.uint8)
    many[0, :, 0], many[1, :, 1] = np.arange(40), np.arange(40)
    many[2:12, :, 2] = np.arange(400).reshape(10, 40) % 256
    kept = np.asarray(with_palette(many).convert("RGB"), int)
    assert (kept[12:] == 200).all()
    assert np.abs(kept - many).max() <= 55  # the blues that are rarest, beside the grey of all


def test_a_size_that_is_no_whole_number_of_dots_can_be_saved(tmp_path):
    figure = new_figure((3.0, 1.6 + 1.9 * 3))  # 7.299999999999999 inches
    figure.add_subplot().plot([1, 2])
    write_png(figure, tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as image:
        assert image.size[0] == 600
    assert figure.dpi == new_figure().dpi
