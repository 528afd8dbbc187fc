"""What every variable and every parameter promises: it is defined, it is used, it is in the one table."""

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import displacement as dp
from displacement.access import access_status
from displacement.day_loop import simulate_block
from displacement.groups import Group
from displacement.parameters import Parameters
from displacement.scenario import OF_AID
from displacement.variables import VARIABLES, attributes
from tests.access.conftest import scenario as small
from tests.aided import aided
from tests.lively import lively
from tests.supplied import supplied

DIMS = {
    "member",
    "time",
    "place",
    "link",
    "crossing",
    "direction",
    "traffic",
    "group",
    "country",
    "commodity",
    "party",
    "other_party",
    "evacuation",
    "airdrop",
}
BUSY = (134, 314, 340, 95, 295)  # seeds of `lively` in which all that may happen does
# These make the routes, the conditions or the draws, which all members of a block share: they are never drawn.
SHARED = {
    "warning_days", "capture_once_days", "lost_days", "daily_spread", "daily_memory", "population_common", "horizon",
    "travel_day", "permission_price", "risk_price", "routes_per_origin", "checkpoint_hours", "cross_line_hours",
    "on_foot", "quiet_days", "duty", "market_days", "crossing_share", *OF_AID,
}  # fmt: skip
# What only supply reads: tried on scenarios of aid.
OF_SUPPLY = {
    "duty", "market_days", "buffer_days", "sure_from", "warning_lead_days", "warned_buffer_days", "opening_cover",
    "ration_days", "hunger_rate", "hunger_tolerance", "hunger_days", "hunger_aversion", "truck_vehicles",
}  # fmt: skip

OF_FORESIGHT = {"sure_from", "warning_lead_days", "warned_buffer_days"}  # tried where they decide who gets the stores


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=lambda v: v.name)
def test_every_variable_is_defined(variable):
    assert variable.units
    assert variable.long_name
    assert variable.definition
    assert set(variable.dims) <= DIMS
    dims, attrs = attributes(variable.name)
    assert dims == variable.dims
    assert attrs["units"] == variable.units
    if variable.flags:
        assert attrs["flag_meanings"].split() == list(variable.flags)
        assert len(attrs["flag_values"]) == len(variable.flags)
    if "member" in variable.dims and "time" in variable.dims:
        assert variable.cell_methods


@pytest.fixture(scope="module")
def run():
    return dp.simulate(lively(340, places=6, events=8), members=3)


def test_every_variable_of_a_run_is_in_the_table(run):
    for name, values in run.data_vars.items():
        dims, attrs = attributes(name)
        assert values.dims == dims, name
        assert {key: values.attrs[key] for key in attrs} == attrs, name


def test_every_variable_of_conditions_is_in_the_table():
    for name, values in lively(340).compile().data_vars.items():
        dims, attrs = attributes(name)
        assert values.dims == dims, name
        assert values.attrs["units"] == attrs["units"], name


def test_counts_are_32_bit_integers_without_gaps(run):
    for name, values in run.data_vars.items():
        assert values.dtype == np.int32, name
        assert (values >= 0).all(), name


def crowded(scenario, **parameters):
    """The scenario with groups, people of a party, home areas, roads that fill, and quick returns."""
    places, links = scenario.network.places, scenario.network.links
    network = replace(
        scenario.network,
        places=replace(places, parent_pcode=tuple(f"A{i % 2}" for i in range(len(places)))),
        links=replace(links, vehicles_per_day=np.where(links.crossing, np.nan, 60.0)),
    )
    groups = (
        Group(id="many", name="Many", share=0.8),
        Group(id="few", name="Few", share=0.2, mobility=2.0),
        Group(id="blue", name="Blue", share=1.0, party="blue"),
    )
    values = {"travel_day": 2.0, "quiet_days": 1, "return_rate": 0.2, "start_up_hours": 10.0, **parameters}
    return replace(
        scenario, network=network, groups=groups, home_areas=True, parameters=scenario.parameters.with_values(values)
    )


def records(scenario, uncertainty=("counts", "daily", "populations"), size=2):
    return simulate_block(scenario, seed=1, block=0, uncertainty=uncertainty, size=size)


def differ(a, b):
    return any(not np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def each(*left_out):
    """All parameters but those left out."""
    return [pytest.param(f, id=f.name) for f in Parameters.quantities() if f.name not in left_out]


def foreseen(tonnes):
    """Three towns of 1,000 share what a hub receives: a sure road, one under fire, one that will be cut in four days."""
    places = {"rear": ("g", 0, "outside hub"), **dict.fromkeys(("safe", "fired", "doomed"), ("g", 1000))}
    links = {f"to_{town}": ("rear", town) for town in ("safe", "fired", "doomed")}
    start = dt.date(2016, 1, 25)
    events = (
        dp.HubSupply(place="rear", tonnes_per_day=tonnes, start=start),
        dp.Fire(link="to_fired", level=1, start=start),
        dp.RoadCut(link="to_doomed", start=start + dt.timedelta(days=4)),
    )
    return small(places, links, operations=({"id": "x", "hubs": ("rear",), "transit": ("g",)},), events=events, days=6)


def about(f):
    """What a scenario must be about to show a parameter: one of OF_FORESIGHT, "supply" or "people"."""
    return f.name if f.name in OF_FORESIGHT else "supply" if f.name in OF_SUPPLY else "people"


def busy(what, number, **parameters):
    """A scenario in which what a parameter is about happens."""
    if what in OF_FORESIGHT:
        warned = {} if what == "warning_lead_days" else {"warning_lead_days": 4}
        found = foreseen(tonnes=3.0 if what == "sure_from" else 30.0)
        return replace(found, parameters=found.parameters.with_values(warned | parameters))
    if what == "supply":
        found = aided(number, places=7, events=8, days=8, limited=True)
        return replace(found, parameters=found.parameters.with_values(parameters))
    return crowded(lively(number, places=6, events=8), **parameters)


OTHER = {"on_foot": 0.5, "crossing_share": 1.0, "cross_line_settling": 0.5, "medical_share": 0.5, "company": 1.5, "risk_price": 40.0, "horizon": 0.5, "routes_per_origin": 1, "capture_once_days": 1, "warning_lead_days": 4, "ration_days": 6.0, "duty": 0.05, "sure_from": 0.5, "warned_buffer_days": 2.0}  # fmt: skip


CENTRE = {"warning_lead_days": 4.0}  # of a prior, where half of the highest value would make all members alike


def other_value(f):
    """Another value of a parameter, inside its bounds."""
    return type(f.default)(OTHER.get(f.name, f.default * 3 if f.default * 3 <= f.metadata["high"] else f.default / 3))


@cache
def taken_twice(what, number):
    """A busy scenario whose first place is taken twice, and its run; each is the same for many parameters."""
    scenario = busy(what, number)
    twice = [
        dp.Capture(place="p0", by=by, start=scenario.start + dt.timedelta(days=n))
        for n, by in ((4, "red"), (8, "blue"))
    ]
    if what not in OF_FORESIGHT:
        scenario = replace(scenario, events=(*(e for e in scenario.events if e.kind != "Capture"), *twice))
    return scenario, records(scenario)


@pytest.mark.parametrize("f", each(*OF_AID))
def test_every_parameter_is_read(f):
    """Changing it changes what happens in some scenario: none is advertised and ignored."""
    for number in (*BUSY, *range(400, 440)):
        scenario, found = taken_twice(about(f), number)
        changed = replace(scenario, parameters=scenario.parameters.with_values({f.name: other_value(f)}))
        if differ(found, records(changed)):
            return
    pytest.fail(f"{f.name} changes nothing in 45 scenarios")


@pytest.mark.parametrize("name", OF_AID)
def test_every_parameter_of_access_is_read(name):
    """Changing it changes the access of some place."""
    for number in range(40):
        scenario = supplied(number, further=2)
        about = next(f.metadata for f in Parameters.quantities() if f.name == name)
        found = [
            access_status(replace(scenario, parameters=scenario.parameters.with_values({name: value})))
            for value in (about["low"], about["high"])
        ]
        if not found[0].equals(found[1]):
            return
    pytest.fail(f"{name} changes nothing in 40 scenarios")


@pytest.mark.parametrize("f", each())
def test_a_prior_on_any_parameter_runs_and_varies_between_members(f):
    """Six places: six members, so that a member taken for a place would go unnoticed, and four, so that it would not."""
    centre = float(f.default) or CENTRE.get(f.name, 0.5 * f.metadata["high"])
    prior = (max(centre * 0.6, f.metadata["low"]), centre, min(centre * 1.4, f.metadata["high"]))
    varies = False
    for number in BUSY[:1] if f.name in SHARED else (*BUSY, *range(400, 425)):
        scenario = busy(about(f), number, **{"horizon": 30.0, f.name: type(f.default)(centre)})
        only = replace(scenario.parameters, priors={f.name: prior})
        scenario = replace(scenario, parameters=only)
        four, six = (records(scenario, ("parameters",), size) for size in (4, 6))
        assert not differ(four, {name: found[:4] for name, found in six.items()})
        if varies := any(np.nanmax(np.ptp(np.nan_to_num(found), axis=0), initial=0) > 1e-9 for found in four.values()):
            break
    assert varies == (f.name not in SHARED)
