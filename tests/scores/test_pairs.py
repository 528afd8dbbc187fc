"""Observations beside a run: sums over places and days by hand, every reason to leave one out, the two baselines."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from displacement import InputError
from displacement.scores.baselines import equal_split, persistence
from displacement.scores.pairs import bound_reached, independent, pair, with_bounds_only, with_value
from displacement.summaries import kept
from tests.wanderers import HOME, empty

NAN = float("nan")
GROUPS = {"both": ("camp", "town"), "all": ("camp", "town", "far"), "north": ("town", "far")}
NETWORK = SimpleNamespace(
    members_of=lambda name: GROUPS.get(name, (name,)), called=lambda name: name.capitalize(), place_groups=GROUPS
)


@pytest.fixture(scope="module")
def run():
    """2 members, 4 days from 1 February 2016: displaced at three places, arrivals at a camp."""
    made = empty([("camp", HOME, "A"), ("town", HOME, "A"), ("far", HOME, "A")], members=2, days=4)
    made["displaced"].values[:, :, 0] = [[100, 110, 120, 130], [200, 220, 240, 260]]
    made["displaced"].values[:, :, 1] = [[10, 10, 10, 10], [50, 50, 50, 50]]
    made["displaced"].values[:, :, 2] = 7
    made["arrivals"].values[:, :, 0] = [[1, 2, 3, 4], [10, 20, 30, 40]]
    return made


def rows(*entries):
    """Observations from day in February, variable, place, value, low, high, and further columns."""
    names = ("date", "variable", "place_id", "value", "low", "high")
    made = [dict(zip(names, (pd.Timestamp(2016, 2, e[0]), *e[1:6]), strict=True)) | (e[6] if len(e) > 6 else {})
            for e in entries]  # fmt: skip
    return pd.DataFrame(made).reindex(columns=[*names, "scope", "source", "grade", "reference", "since"])


def test_a_stock_is_summed_over_the_place_or_group_on_its_day(run):
    found, out = pair(
        run, rows((3, "displaced", "camp", 150, NAN, NAN), (2, "displaced", "both", 150, NAN, NAN)), NETWORK
    )
    assert found["projected"].dims == ("member", "observation")
    assert found["projected"].values.tolist() == [[120, 120], [270, 240]]  # by date: the group comes first
    assert found["place"].values.tolist() == ["both", "camp"]
    assert found["name"].values.tolist() == ["Both", "Camp"]
    assert found["unit"].values.tolist() == ["people", "people"]
    assert not len(out)


def test_a_flow_is_summed_over_its_days_with_both_ends(run):
    observed = rows((3, "arrivals", "camp", 5, NAN, NAN, {"since": "2016-02-02"}))
    found, _ = pair(run, observed, NETWORK)
    assert found["projected"].values.ravel().tolist() == [2 + 3, 20 + 30]
    assert found["unit"].values.tolist() == ["people"]
    one_day, _ = pair(run, observed.assign(since="2016-02-03"), NETWORK)
    assert one_day["projected"].values.ravel().tolist() == [3, 30]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ((3, "arrivals", "camp", 5, NAN, NAN), "arrivals is a flow, and the first day of the sum is not given (column since)"),
        ((3, "arrivals", "camp", 5, NAN, NAN, {"since": "soon"}), "since = 'soon' is no date such as 2016-02-03"),
        ((3, "arrivals", "camp", 5, NAN, NAN, {"since": "2016-02-04"}), "since = 2016-02-04 is after the date"),
        ((3, "arrivals", "camp", 5, NAN, NAN, {"since": "2016-01-31"}), "since = 2016-01-31 is before the run"),
        ((9, "displaced", "camp", 5, NAN, NAN), "its day is outside the run (2016-02-01 to 2016-02-04)"),
        ((3, "displaced", "camp", 5, NAN, NAN, {"reference": "2016-04-14"}), "counted since 2016-04-14, not since 2016-02-01"),
        ((3, "trapped", "camp", 5, NAN, NAN), "trapped is internal"),
        ((3, "access_status", "camp", 2, NAN, NAN), "access_status is no number of people or tonnes"),
        ((3, "severity", "camp", 2, NAN, NAN), "severity is no number of people or tonnes"),
        ((3, "need", "camp", 2, NAN, NAN), "the run has no need"),
        ((3, "waiting", "camp", 2, NAN, NAN), "waiting is by crossing and direction, and the observation is by place"),
    ],
    ids=lambda x: x[1] if isinstance(x, tuple) else "",
)  # fmt: skip
def test_what_cannot_be_compared_is_left_out_with_its_reason(run, entry, reason):
    run = run.assign_attrs(reference_date="2016-02-01")
    found, out = pair(run, rows((3, "displaced", "town", 5, NAN, NAN), entry), NETWORK)
    assert found.sizes["observation"] == 1
    assert out[["variable", "place_id", "reason"]].values.tolist() == [[entry[1], entry[2], reason]]


def test_the_reference_of_the_run_or_none_is_used(run):
    run = run.assign_attrs(reference_date="2016-02-01")
    observed = rows(*[(3, "displaced", "camp", 5, NAN, NAN, {"reference": r}) for r in ("2016-02-01", "", NAN)])
    assert pair(run, observed, NETWORK)[0].sizes["observation"] == 3
    assert pair(run, observed.drop(columns="reference"), NETWORK)[0].sizes["observation"] == 3


def test_no_observations_are_no_pairs(run):
    found, out = pair(run, rows((3, "displaced", "camp", 5, NAN, NAN))[:0], NETWORK)
    assert found["projected"].shape == (2, 0)
    assert not len(out)
    assert persistence(found, rows((3, "displaced", "camp", 5, NAN, NAN))).size == 0
    assert equal_split(found, NETWORK).size == 0


def test_a_run_that_kept_points_only_cannot_be_scored(run):
    with pytest.raises(InputError, match="holds no members, only points over them"):
        pair(kept(run, "quantiles"), rows((3, "displaced", "camp", 5, NAN, NAN)), NETWORK)


def test_an_unknown_place_is_an_error(run):
    def strict(name):
        raise InputError(f"place {name!r} is neither a place_id nor a place group")

    with pytest.raises(InputError, match="'camp' is neither"):
        pair(run, rows((3, "displaced", "camp", 5, NAN, NAN)), SimpleNamespace(members_of=strict, called=str))


def test_bounds_are_shares_of_members_and_never_numbers(run):
    observed = rows((3, "displaced", "camp", NAN, 200, NAN), (3, "displaced", "camp", NAN, NAN, 100),
                    (3, "displaced", "camp", NAN, 120, 240), (3, "displaced", "camp", 130, 1, 2))  # fmt: skip
    found, _ = pair(run, observed, NETWORK)
    assert with_value(found)["value"].values.tolist() == [130]
    assert bound_reached(with_bounds_only(found)).values.tolist() == [0.5, 0.0, 1.0]


def test_a_member_that_is_not_known_keeps_no_bound_and_breaks_none(run):
    unknown = run.assign(displaced=run["displaced"].astype(float).where(run["member"] == 1))
    found, _ = pair(unknown, rows((3, "displaced", "camp", NAN, 200, NAN)), NETWORK)
    assert bound_reached(found).values.tolist() == [1.0]
    nobody, _ = pair(run.assign(displaced=run["displaced"] * NAN), rows((3, "displaced", "camp", NAN, 2, NAN)), NETWORK)
    assert np.isnan(bound_reached(nobody)).all()


def test_persistence_is_the_last_earlier_number_of_the_same_people(run):
    run = run.assign_attrs(reference_date="2016-02-01")
    observed = rows(
        (1, "displaced", "camp", 90, NAN, NAN),
        (2, "displaced", "camp", NAN, 500, NAN),  # a bound is no count
        (2, "displaced", "town", 40, NAN, NAN),  # another place
        (2, "residents", "camp", 1, NAN, NAN),  # another variable
        (2, "displaced", "camp", 3, NAN, NAN, {"reference": "2016-04-14"}),  # other people
        (3, "displaced", "camp", 95, NAN, NAN),
        (3, "displaced", "camp", 97, NAN, NAN),  # the same day is no earlier day; of two the later listed is the last
        (4, "displaced", "camp", 99, NAN, NAN),
    )
    found, _ = pair(run, observed, NETWORK)
    camp = (found["place"].values == "camp") & (found["variable"].values == "displaced")
    got = persistence(found, observed)[camp]
    assert got.tolist() == pytest.approx([NAN, 90, 90, 90, 97], nan_ok=True)


def test_a_count_before_the_run_is_known_and_a_sum_over_days_persists_nowhere(run):
    early = rows((3, "displaced", "camp", 5, NAN, NAN)).assign(date=pd.Timestamp("2015-12-24"), value=33.0)
    flows = rows(*[(d, "arrivals", "camp", 5, NAN, NAN, {"since": "2016-02-01"}) for d in (2, 3)])
    observed = pd.concat([rows((3, "displaced", "camp", 40, NAN, NAN)), early, flows])
    found, out = pair(run, observed, NETWORK)
    assert len(out) == 1
    by_variable = dict(zip(found["variable"].values, persistence(found, observed), strict=True))
    assert by_variable["displaced"] == 33
    assert np.isnan(by_variable["arrivals"])


def test_equal_split_is_the_total_of_the_day_in_equal_parts(run):
    observed = rows((3, "displaced", "camp", 90, NAN, NAN), (3, "displaced", "town", 30, NAN, NAN),
                    (3, "displaced", "both", 120, NAN, NAN), (2, "displaced", "camp", 80, NAN, NAN),
                    (3, "residents", "camp", 7, NAN, NAN), (3, "displaced", "far", NAN, 7, NAN))  # fmt: skip
    found, _ = pair(run, observed, NETWORK)
    split = pd.Series(equal_split(found, NETWORK))
    known = split.notna().to_numpy()
    assert found["place"].values[known].tolist() == ["camp", "town"]
    assert split[known].tolist() == [60, 60]


def test_areas_that_share_people_have_no_equal_split(run):
    observed = rows((3, "displaced", "both", 90, NAN, NAN), (3, "displaced", "north", 30, NAN, NAN))
    assert np.isnan(equal_split(pair(run, observed, NETWORK)[0], NETWORK)).all()


def test_a_total_of_others_of_its_day_is_not_independent(run):
    observed = rows((3, "displaced", "both", 90, NAN, NAN), (3, "displaced", "camp", 30, NAN, NAN),
                    (4, "displaced", "both", 90, NAN, NAN), (4, "residents", "camp", 30, NAN, NAN))  # fmt: skip
    assert independent(pair(run, observed, NETWORK)[0], NETWORK).tolist() == [False, True, True, True]
