"""What can be wrong with a figure at a glance: words cut off at the edge, words over words, a key over data."""

import numpy as np
from matplotlib.text import Text

SLACK = 1.5  # pixels at 100 dots an inch


def seen_texts(figure):
    """Texts that are drawn, with their boxes in pixels: of an axis, only the ticks within its ends."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            inside = set() if not ax.axison or not axis.get_visible() else set(map(id, axis._update_ticks()))
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            hidden |= {id(label) for t in ticks if id(t) not in inside for label in (t.label1, t.label2)}
            if not ax.axison:
                hidden |= {id(axis.label), id(axis.offsetText)}
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in hidden]
    return [(t, t.get_window_extent().extents) for t in texts]


def problems(figure):
    """Everything found, in words; the figure is laid out first, as it is when it is saved."""
    figure.draw_without_rendering()
    found = []
    texts = seen_texts(figure)
    boxes = np.array([box for _, box in texts]).reshape(-1, 4)
    words = [t.get_text() for t, _ in texts]
    x0, y0, x1, y1 = figure.bbox.extents
    for text, box in zip(words, boxes, strict=True):
        if box[0] < x0 - SLACK or box[1] < y0 - SLACK or box[2] > x1 + SLACK or box[3] > y1 + SLACK:
            found.append(f"cut off: {text!r} {np.round(box).tolist()} of {np.round([x0, y0, x1, y1]).tolist()}")
    low, high = boxes[:, np.newaxis, :2] + SLACK, boxes[:, np.newaxis, 2:] - SLACK
    over = ((low < boxes[np.newaxis, :, 2:] - SLACK) & (high > boxes[np.newaxis, :, :2] + SLACK)).all(axis=2)
    for i, j in zip(*np.nonzero(np.triu(over, 1)), strict=True):
        found.append(f"over each other: {words[i]!r} and {words[j]!r}")
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend is not None and ax.axison:
            for other in [a for a in figure.axes if a.axison]:
                data = other.get_window_extent()
                if legend.get_window_extent().padded(-2).overlaps(data.padded(-2)):
                    found.append(f"key over data: {legend.get_texts()[0].get_text()!r}")
    return found
