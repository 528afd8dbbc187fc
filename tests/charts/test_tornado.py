"""The tornado: bars from low to high, the largest on top, each with its figures, and no words over others."""

import numpy as np
import pandas as pd
import pytest

from displacement.charts import tornado


def table(count=4, base=1_000.0):
    size = np.arange(1, count + 1) * 100.0
    sign = np.where(np.arange(count) % 2, -1, 1)
    return pd.DataFrame(
        {
            "low_value": 0.1, "high_value": 0.5, "unit": ["1/day", "1"] * (count // 2) + ["km"] * (count % 2),
            "low": base - sign * size, "high": base + sign * 2 * size, "base": base,
        },
        index=pd.Index([f"number_{i}" for i in range(count)], name="parameter"),
    )  # fmt: skip


def test_the_largest_stands_on_top_and_bars_reach_from_low_to_high():
    ax = tornado(table())
    names = [t.get_text().split("\n")[0] for t in ax.get_yticklabels()]
    assert names == ["number 3", "number 2", "number 1", "number 0"]
    low, high = (ax.containers[i][0] for i in (0, 1))
    assert (low.get_x(), low.get_x() + low.get_width()) == (1_000.0, 1_400.0)
    assert (high.get_x(), high.get_x() + high.get_width()) == (1_000.0, 200.0)


def test_each_bar_has_the_figures_of_both_ends_and_its_range():
    ax = tornado(table())
    said = [t.get_text() for t in ax.texts]
    assert said[:2] == ["200", "1,400"]
    assert ax.get_yticklabels()[1].get_text() == "number 2\n0.1 to 0.5 1/day"
    assert "1,000 with every number at its centre" in ax.get_xlabel()


def test_only_the_largest_are_drawn_and_the_rest_is_counted():
    ax = tornado(table(15), most=10)
    assert len(ax.get_yticklabels()) == 10
    assert "5 others change it by less" in ax.get_xlabel()


def test_words_stay_apart(texts_of):
    texts = texts_of(tornado(table(12, base=1e6)).figure)
    for i, (one, box) in enumerate(texts):
        for other, there in texts[i + 1 :]:
            assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())


def test_small_numbers_and_none_at_all():
    small = table().assign(low=0.001, high=0.002, base=0.0015)
    assert tornado(small).texts[0].get_text() == "0.001"
    assert tornado(table(0)).texts[0].get_text() == "No number was varied."


def test_a_table_without_its_columns_is_an_error():
    with pytest.raises(KeyError, match="high"):
        tornado(table().drop(columns="high"))
