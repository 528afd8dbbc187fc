"""Blocks of members gathered into one Dataset: coordinates, attributes, arguments, executors."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import displacement as dp
from displacement.day_loop import BLOCK
from displacement.errors import InputError
from tests.lively import lively

CASE = lively(340, places=6, events=8, days=4)


@pytest.fixture(scope="module")
def run():
    return dp.simulate(CASE, members=4, seed=3)


def test_coordinates(run):
    assert run.sizes["member"] == 4
    assert run["time"].dtype == "datetime64[ns]"
    assert list(run["place"].values) == list(CASE.network.places.id)
    assert list(run["crossing"].values) == [
        i for i, c in zip(CASE.network.links.id, CASE.network.links.crossing, strict=True) if c
    ]
    assert list(run["direction"].values) == ["forward", "backward"]
    ends = [CASE.network.places.id[i] for i in CASE.network.links.origin]
    assert list(run["link_from"].values) == ends


def test_attributes_say_what_made_it(run):
    about = run.attrs
    assert about["seed"] == 3
    assert about["members"] == 4
    assert about["scenario_hash"] == CASE.fingerprint()
    assert about["reference_date"] == str(CASE.since)
    assert about["displacement_version"] == dp.__version__
    assert len(about["digest"]) == 64


def test_the_same_command_gives_the_same_digest(run):
    assert dp.simulate(CASE, members=4, seed=3).attrs["digest"] == run.attrs["digest"]
    assert dp.simulate(CASE, members=4, seed=4).attrs["digest"] != run.attrs["digest"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"members": 0}, "must lie in"),
        ({"members": 10**6}, "must lie in"),
        ({"seed": -1}, "must lie in"),
        ({"seed": 2**63}, "must lie in"),
        ({"uncertainty": ("count",)}, "did you mean 'counts'"),
        ({"choice": "gravitas"}, "did you mean 'gravity'"),
    ],
)
def test_arguments_are_checked(arguments, message):
    with pytest.raises(InputError, match=message):
        dp.simulate(CASE, **arguments)


def test_the_twin_is_computed_once_and_said_for_each_member():
    run = dp.simulate(CASE, members=3, uncertainty=())
    assert run.sizes["member"] == 3
    assert run["displaced"].dtype == float
    assert (run["displaced"] == run["displaced"].isel(member=0)).all()


def test_an_executor_that_is_handed_in_is_used_and_progress_is_told():
    told = []
    with ThreadPoolExecutor(2) as pool:
        run = dp.simulate(CASE, members=BLOCK + 7, executor=pool, progress=told.append)
    assert sum(told) == BLOCK + 7
    assert run.attrs["digest"] == dp.simulate(CASE, members=BLOCK + 7).attrs["digest"]


def test_the_start_is_kept(run):
    everyone = run["start_residents"].sum("place") + run["start_displaced"].sum("place")
    now = sum(run[name].sum("place") for name in ("residents", "displaced", "refugees"))
    now = now + run["travelling"].sum(("link", "direction")) + run["waiting"].sum(("crossing", "direction"))
    np.testing.assert_array_equal(now.values, np.broadcast_to(everyone.values[:, np.newaxis], now.shape))
