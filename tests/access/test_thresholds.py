import pytest

from displacement.access import Thresholds
from displacement.errors import InputError


def test_every_threshold_has_unit_bounds_meaning_and_source():
    for f in Thresholds.quantities():
        assert f.metadata["unit"]
        assert f.metadata["what"]
        assert f.metadata["source"], f.name
        assert f.metadata["low"] <= f.default <= f.metadata["high"]


def test_what_is_assumed_is_called_an_assumption():
    assert all("assumption" in f.metadata["source"] for f in Thresholds.quantities())


def test_out_of_bounds_says_the_bounds():
    with pytest.raises(InputError, match=r"cut_at = 2 1: must lie in \[0, 1\]"):
        Thresholds(cut_at=2)


def test_an_accessible_place_cannot_be_cut_or_besieged():
    with pytest.raises(InputError, match="accessible_from"):
        Thresholds(accessible_from=0.3)
    with pytest.raises(InputError, match="accessible_from"):
        Thresholds(cut_at=0.8)
