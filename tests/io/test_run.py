"""Runs as netCDF: what is written is read back, and no count ever wraps."""

import tempfile
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from displacement import InputError
from displacement.io import read_run, write_run
from displacement.io.run import LARGEST_CHUNK, chunks
from displacement.testing import scenarios
from displacement.variables import attributes


def run_of(counts, **attrs):
    """A dataset that looks like a run."""
    members, days, places = counts.shape
    time = np.datetime64("2016-02-01", "ns") + np.arange(days) * np.timedelta64(1, "D")
    dims, about = attributes("displaced")
    coords = {"member": np.arange(members), "time": time, "place": [f"p{i}" for i in range(places)]}
    status = (("time", "place"), np.zeros((days, places), np.int8), attributes("access_status")[1])
    severity = (("time", "place"), np.where(np.eye(days, places) > 0, np.nan, 2.5))
    data = {"displaced": (dims, counts, about), "access_status": status, "severity": severity}
    return xr.Dataset(data, coords, attrs)


COUNTS = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**32), min_size=27, max_size=27).map(
        lambda values: np.array(values, np.int64)[: np.prod(shape)].reshape(shape)
    )
)


@given(
    COUNTS,
    st.dictionaries(
        st.sampled_from("abcd"), st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.integers(0, 9)
    ),
)
def test_a_run_is_read_back_as_it_was(counts, attrs):
    run = run_of(counts, **attrs)
    with tempfile.TemporaryDirectory() as folder:
        again = read_run(write_run(run, Path(folder) / "run.nc"))
    xr.testing.assert_identical(again, run)
    fits = counts.min() >= -(2**31) and counts.max() < 2**31
    assert again["displaced"].dtype == (np.int32 if fits else np.int64)
    assert again["access_status"].dtype == np.int8


@settings(max_examples=15)  # files of some 70 variables each
@given(scenarios())
def test_conditions_are_read_back_as_they_were(scenario):
    conditions = scenario.compile()
    with tempfile.TemporaryDirectory() as folder:
        xr.testing.assert_identical(read_run(write_run(conditions, Path(folder) / "c.nc")), conditions)


def test_counts_are_deflated_in_blocks_of_members(tmp_path):
    path = write_run(run_of(np.full((120, 4, 5), 7)), tmp_path / "run.nc")
    with h5py.File(path) as file:
        stored = file["displaced"]
        assert (stored.dtype, stored.chunks, stored.compression, stored.compression_opts, stored.shuffle) == (
            np.int32, (50, 4, 5), "gzip", 4, True)  # fmt: skip


def test_a_chunk_of_a_large_run_stays_small():
    large = xr.DataArray(np.broadcast_to(np.int32(0), (200, 3660, 400)), dims=("member", "time", "place"))
    assert chunks(large)[0] == 50
    assert np.prod(chunks(large)) * 4 <= LARGEST_CHUNK
    assert all(size >= 1 for size in chunks(large))


def test_attributes_of_all_kinds(tmp_path):
    run = run_of(
        np.zeros((1, 1, 1), int), flags=[0, 1], empty="", words=["a", "b"], share=0.5, ok=True, settings={"x": 1}
    )
    attrs = read_run(write_run(run, tmp_path / "run.nc")).attrs
    assert attrs == {"flags": [0, 1], "empty": "", "words": ["a", "b"], "share": 0.5, "ok": 1, "settings": '{"x": 1}'}
    assert run.attrs["settings"] == {"x": 1}, "what was handed in is not changed"


def test_the_run_of_a_folder_is_run_nc(tmp_path):
    run = run_of(np.zeros((1, 1, 1), int))
    assert write_run(run, tmp_path) == tmp_path / "run.nc"
    xr.testing.assert_identical(read_run(tmp_path), run)


def test_nothing_is_overwritten_unless_forced(tmp_path):
    first, second = run_of(np.zeros((1, 1, 1), int)), run_of(np.ones((1, 1, 1), int))
    path = write_run(first, tmp_path / "deep" / "run.nc")
    with pytest.raises(InputError, match="exists already"):
        write_run(second, path)
    xr.testing.assert_identical(read_run(path), first)
    write_run(second, path, force=True)
    xr.testing.assert_identical(read_run(path), second)
    assert [p.name for p in path.parent.iterdir()] == ["run.nc"]


@pytest.mark.parametrize("content", [b"", b"not a run", b"\x89HDF\r\n\x1a\n", b"CDF\x01" + bytes(40), b"PK\x03\x04"])
def test_what_is_no_netcdf_is_said_in_one_line(tmp_path, content):
    (tmp_path / "run.nc").write_bytes(content)
    with pytest.raises(InputError, match="is not a netCDF file") as caught:
        read_run(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["nowhere.nc", "", "a\0b", "x" * 5000])
def test_what_is_not_there_is_said_in_one_line(tmp_path, path):
    with pytest.raises(InputError, match=r"no such file|cannot be a file") as caught:
        read_run(f"{tmp_path}/{path}")
    assert "\n" not in str(caught.value)


@given(st.floats(0, 1), st.binary(min_size=1, max_size=30))
def test_a_damaged_run_is_read_or_refused(where, damage):
    with tempfile.TemporaryDirectory() as folder:
        path = write_run(run_of(np.zeros((2, 2, 2), int)), Path(folder) / "run.nc")
        raw = path.read_bytes()
        at = int(where * len(raw))
        path.write_bytes((raw[:at] + damage + raw[at + len(damage) :]) if len(damage) % 2 else raw[:at])
        with suppress(InputError):
            read_run(path)
