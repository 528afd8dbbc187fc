"""Small files of figures: PNG with a palette, and SVG without what does not show."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

DOTS = 200  # an inch
BYTES = np.array([16, 8, 0], np.uint32)  # where red, green and blue are in a number
SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
PATH, GROUP = f"{{{SVG}}}path", f"{{{SVG}}}g"
NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
COUNTED = re.compile(r"_\d+$|^matplotlib\.axis_")  # ids that only number the parts of a figure
FONT, FONTS = "'DejaVu Sans'", "'DejaVu Sans',Verdana,sans-serif"


def write_png(figure: Figure, path: Path) -> None:
    """A figure as PNG with a palette: flat shades lose nothing (see `with_palette`)."""
    with _as_it_was(figure):
        figure.set_dpi(DOTS)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        image = with_palette(np.asarray(canvas.buffer_rgba())[..., :3])  # type: ignore[no-untyped-call]
    image.save(path, dpi=(DOTS, DOTS))  # `optimize` takes eight times as long and saves 5 % of the bytes


@contextmanager
def _as_it_was(figure: Figure) -> Iterator[None]:
    """What is drawn here leaves a figure with the canvas and the dots an inch that it had."""
    dots, canvas = figure.dpi, figure.canvas
    yield
    figure.set_dpi(dots)
    figure.set_canvas(canvas)


def with_palette(shades: np.ndarray) -> Image.Image:
    """An image of the 256 commonest colours of (row, column, 3) red, green, blue; others become the nearest of them.

    >>> flat = np.zeros((2, 2, 3), np.uint8)
    >>> with_palette(flat).mode, np.asarray(with_palette(flat).convert("RGB")).tolist() == flat.tolist()
    ('P', True)
    """
    red, green, blue = (shades[..., i].astype(np.uint32) << BYTES[i] for i in range(3))
    packed = red | green | blue
    which, colours = pd.factorize(packed.ravel(), sort=True)  # by hashing: a picture has few colours
    each = (colours[:, np.newaxis] >> BYTES & 255).astype(np.int32)
    common = np.sort(np.argsort(-np.bincount(which), kind="stable")[:256])
    apart = (each**2).sum(axis=1)[:, np.newaxis] - 2 * each @ each[common].T + (each[common] ** 2).sum(axis=1)
    image = Image.fromarray(apart.argmin(axis=1).astype(np.uint8)[which].reshape(packed.shape))
    image.putpalette(each[common].astype(np.uint8).tobytes())
    return image


def write_svg(figure: Figure, path: Path) -> None:
    """A figure as SVG: letters stay letters, in the charts' font, or one as wide (Verdana) where that is missing."""
    held = io.StringIO()
    with _as_it_was(figure):
        canvas = FigureCanvasSVG(figure)  # because `savefig` draws twice
        canvas.print_svg(held, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    path.write_text(compact(held.getvalue()).replace(FONT, FONTS), encoding="utf-8")


def compact(svg: str) -> str:
    """The same drawing in fewer bytes: numbers to a hundredth of a point, no comments, spaces or counted ids.

    Lines that look alike and follow each other become one.
    """
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", LINK)
    root = ET.fromstring(svg)  # noqa: S314 (we have just written it)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for part in root.iter():
        _shorten(part)
    _gather(root)
    return ET.tostring(root, encoding="unicode")


def _shorten(part: ET.Element) -> None:
    """One element: no white space around it, short numbers and ids."""
    part.tail = None
    if part.text and not part.text.strip():
        part.text = None
    about = part.attrib
    if COUNTED.search(about.get("id", "")):
        del about["id"]
    for name in ("d", "x", "y", "style", "width", "height"):
        if name in about:
            about[name] = NUMBER.sub(lambda number: short(number.group()), about[name])
    if "transform" in about:
        about["transform"] = NUMBER.sub(lambda number: short(number.group(), 5), about["transform"])
    if "style" in about:
        about["style"] = about["style"].replace(": ", ":").replace("; ", ";")
    if "d" in about:
        about["d"] = re.sub(r"\s*([A-Za-z])\s*", r"\1", about["d"]).strip()


def short(number: str, digits: int = 2) -> str:
    """A number to so many digits after the point, without noughts that say nothing.

    >>> short("12.3000"), short("-0.5012"), short("0.001"), short("0.015625", 5)
    ('12.3', '-.5', '0', '.01562')
    """
    text = f"{float(number):.{digits}f}".rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0(?=\.)", r"\1", text) if text not in ("-0", "") else "0"


def _gather(parent: ET.Element) -> None:
    """Take children out of groups that say nothing, join lines that look alike, say once what all of a group say."""
    kept: list[ET.Element] = []
    for child in parent:
        _gather(child)
        for part in list(child) if child.tag == GROUP and not child.attrib else [child]:
            if kept and _alike(kept[-1], part):
                kept[-1].attrib["d"] += part.attrib["d"]
            else:
                kept.append(part)
    parent[:] = kept
    styles = {part.get("style") for part in kept}
    if (
        parent.tag == GROUP
        and len(kept) > 1
        and len(styles) == 1
        and "style" not in parent.attrib
        and None not in styles
    ):
        parent.set("style", kept[0].attrib["style"])
        for part in kept:
            del part.attrib["style"]


def _alike(one: ET.Element, other: ET.Element) -> bool:
    """Two lines without filling or transparency and with the same look: as one path they are drawn the same."""
    paths = all(part.tag == PATH and "d" in part.attrib for part in (one, other))
    looks = [{k: v for k, v in part.attrib.items() if k != "d"} for part in (one, other)]
    style = looks[0].get("style", "")
    return paths and looks[0] == looks[1] and "fill:none" in style and "opacity" not in style
