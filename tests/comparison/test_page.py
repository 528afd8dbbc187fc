"""The page of a comparison: a difference that is gone by the last day is told, with its day."""

import numpy as np
import pytest

from displacement.charts.words_of_differences import comparison_page
from displacement.comparison import compare


@pytest.fixture
def page(made):
    """Refugees of two members differ by `gaps` on three days; nothing else differs."""

    def told(*gaps):
        base = np.zeros((2, 3, 2), int)
        base[:, :, 1] = 10_000
        other = base.copy()
        other[:, :, 1] += np.array(gaps)
        runs = {"as it was": made({"refugees": base, "moved_since": base}),
                "other": made({"refugees": other, "moved_since": base})}  # fmt: skip
        return comparison_page(compare(runs), {}, {}, {})

    return told


def test_the_largest_difference_is_told_where_it_is_gone_by_the_last_day(page):
    text = page(0, -3_000, 0)
    assert "Refugees: no difference; most on 2 Feb 2016, 3,000 fewer.**" in text
    assert "- Refugees: no difference; most on 2 Feb 2016, 3,000 fewer; first on 2 Feb 2016." in text


def test_it_is_left_out_where_the_last_day_says_as_much(page):
    text = page(0, -3_000, -2_000)
    assert "Refugees: 2,000 fewer.**" in text
    assert "most on" not in text


def test_what_is_under_the_floor_is_no_difference_to_tell(page):
    text = page(0, -49, 0)
    assert "most on" not in text
    assert "- No total differs by as many as 50." in text
