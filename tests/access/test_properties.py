"""Laws of access for any small scenario: monotone, bracketed, and blind to order and names."""

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from displacement.access import Thresholds, access_status
from displacement.conditions import RELATIONS
from displacement.events import Capture, Permission
from displacement.network import TRAFFIC
from tests.often import law

START = dt.date(2016, 1, 25)
DAYS = 4
RULE = Thresholds(window_days=3)
PARTIES = ("g", "n", "s")
CHANCES = (0.0, 0.004, 0.006, 0.02, 0.05, 0.06, 0.1, 0.19, 0.2, 0.33, 0.34, 0.5, 0.75, 1.0)
chance = st.sampled_from(CHANCES)


@st.composite
def worlds(draw, unknown=False):
    """Ingredients of a scenario: places, links, operations, relations, policies by (link, day), captures."""
    n = draw(st.integers(2, 6))
    ids = [f"p{i}" for i in range(n)]
    party = st.sampled_from((*PARTIES, "")) if unknown else st.sampled_from(PARTIES)
    words = st.sampled_from(("", "", "outside", "hub", "outside hub"))
    people = st.sampled_from((0, 1_000, 1_000_000))
    places = {i: (draw(party), draw(people), draw(words)) for i in ids}
    pair = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda ab: ab[0] != ab[1])
    kind = st.sampled_from(("", "", "crossing", "directed"))
    trucks = st.sampled_from((0.5, 6.5, 20.0, np.nan))
    rows = draw(st.lists(st.tuples(pair, kind, trucks), min_size=1, max_size=9))
    links = {f"l{k}": (a, b, word, limit) for k, ((a, b), word, limit) in enumerate(rows)}
    value = chance | st.just("unknown") if unknown else chance
    policies = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(sorted(links)), st.integers(0, DAYS - 1)),
            st.fixed_dictionaries(dict.fromkeys(TRAFFIC, value)),
            min_size=1,
            max_size=10,
        )
    )
    captures = draw(
        st.dictionaries(st.tuples(st.sampled_from(ids), st.integers(0, DAYS - 1)), st.sampled_from(PARTIES), max_size=2)
    )
    some = st.lists(st.sampled_from(sorted(PARTIES)), min_size=1, unique=True).map(tuple)
    operations = [
        {
            "id": name,
            "hubs": draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True).map(tuple)),
            "transit": draw(some),
            "deliver": draw(some),
            "lines": draw(st.lists(st.sampled_from(sorted(links)), unique=True).map(tuple)),
            "any_line": draw(st.booleans()),
            "deliver_places": draw(st.just(()) | st.lists(st.sampled_from(ids), min_size=1, unique=True).map(tuple)),
        }
        for name in ("one", "two")
    ]
    starts = {p for o in operations for p in o["hubs"]}
    places = {i: (*row[:2], f"{row[2]} hub" if i in starts else row[2]) for i, row in places.items()}
    pairs = [(a, b) for i, a in enumerate(PARTIES) for b in PARTIES[i + 1 :]]
    relations = [(a, b, draw(st.sampled_from(RELATIONS))) for a, b in pairs]
    return {"places": places, "links": links, "operations": operations, "relations": relations,
            "policies": policies, "captures": captures}  # fmt: skip


def events_of(world):
    policies = [
        Permission(link=link, start=START + dt.timedelta(days=t), **values)
        for (link, t), values in world["policies"].items()
    ]
    captures = [
        Capture(place=place, by=by, start=START + dt.timedelta(days=t)) for (place, t), by in world["captures"].items()
    ]
    return [*policies, *captures]


def build(case, world):
    return case(
        world["places"] | {f"idle_{p}": (p, 0) for p in PARTIES},  # every party exists, whatever is drawn
        world["links"],
        operations=world["operations"],
        relations=world["relations"],
        events=events_of(world),
        days=DAYS,
    )


def status_of(case, world):
    return access_status(build(case, world), thresholds=RULE)


def assert_no_worse(after, before):
    """Every code is at most, and every chance at least, what it was: accessible < hard to reach < besieged."""
    for name in ("access_best", "access_worst"):
        assert (after[name].values <= before[name].values).all(), name
    for name in ("aid_entry", "aid_entry_sustained", "civilian_exit", "medical_exit"):
        assert (after[name].values >= before[name].values - 1e-9).all(), name
    assert (after["surrounded"].values <= before["surrounded"].values).all()


@law(1_000)
@given(world=worlds(), data=st.data())
def test_raising_a_permission_never_worsens_anything(case, world, data):
    key = data.draw(st.sampled_from(sorted(world["policies"])))
    traffic = data.draw(st.sampled_from(TRAFFIC))
    now = world["policies"][key][traffic]
    higher = data.draw(st.sampled_from([c for c in CHANCES if c >= now]))
    raised = world["policies"] | {key: world["policies"][key] | {traffic: higher}}
    assert_no_worse(status_of(case, world | {"policies": raised}), status_of(case, world))


@given(world=worlds(unknown=True), data=st.data())
def test_raising_a_permission_worsens_neither_end_of_what_is_unknown(case, world, data):
    key = data.draw(st.sampled_from(sorted(world["policies"])))
    traffic = data.draw(st.sampled_from(TRAFFIC))
    now = world["policies"][key][traffic]
    higher = 1.0 if now == "unknown" else data.draw(st.sampled_from([c for c in CHANCES if c >= now]))
    raised = world["policies"] | {key: world["policies"][key] | {traffic: higher}}
    assert_no_worse(status_of(case, world | {"policies": raised}), status_of(case, world))


@law(1_000)
@given(world=worlds(unknown=True), data=st.data())
def test_whatever_the_unknowns_turn_out_to_be_lies_between_the_two_ends(case, world, data):
    known = {
        key: {k: data.draw(chance) if v == "unknown" else v for k, v in values.items()}
        for key, values in world["policies"].items()
    }
    held = {i: (party or data.draw(st.sampled_from(PARTIES)), *rest) for i, (party, *rest) in world["places"].items()}
    bounds = status_of(case, world)
    found = status_of(case, world | {"policies": known, "places": held})["access_status"].values
    best, worst, label = (bounds[v].values for v in ("access_best", "access_worst", "access_status"))
    assert (best <= found).all()
    assert (found <= worst).all()
    assert (label[best == worst] == found[best == worst]).all()
    assert (label[best != worst] == 3).all()


@given(world=worlds(unknown=True), data=st.data())
def test_the_order_of_rows_and_events_never_matters(case, world, data):
    def shuffled(rows):
        return dict(data.draw(st.permutations(sorted(rows.items(), key=str))))

    other = world | {key: shuffled(world[key]) for key in ("places", "links", "policies", "captures")}
    other["operations"] = data.draw(st.permutations(world["operations"]))
    assert status_of(case, other).identical(status_of(case, world))


@given(world=worlds(unknown=True))
def test_names_never_matter(case, world):
    """With places, links and operations renamed so that they sort the other way round, each has what it had."""
    name = {i: f"q{9 - int(i[1:])}" for i in world["places"]}
    road = {k: f"m{99 - int(k[1:]):02d}" for k in world["links"]}
    other = world | {
        "places": {name[i]: row for i, row in world["places"].items()},
        "links": {road[k]: (name[a], name[b], *rest) for k, (a, b, *rest) in world["links"].items()},
        "policies": {(road[k], t): values for (k, t), values in world["policies"].items()},
        "captures": {(name[i], t): by for (i, t), by in world["captures"].items()},
        "operations": [
            o
            | {
                "id": f"z{9 - i}",
                "hubs": tuple(name[p] for p in o["hubs"]),
                "lines": tuple(road[k] for k in o["lines"]),
                "deliver_places": tuple(name[p] for p in o["deliver_places"]),
            }
            for i, o in enumerate(world["operations"])
        ],
    }
    here, there = status_of(case, world), status_of(case, other)
    for variable in here:
        for i in world["places"]:
            mine, theirs = here[variable].sel(place=i).values, there[variable].sel(place=name[i]).values
            np.testing.assert_allclose(theirs.astype(float), mine.astype(float), atol=1e-9, err_msg=str(variable))


@given(world=worlds(unknown=True))
def test_the_label_is_the_common_value_of_the_two_ends(case, world):
    status = status_of(case, world)
    best, worst = status["access_best"].values, status["access_worst"].values
    assert (best <= worst).all()
    assert (status["access_status"].values == np.where(best == worst, worst, 3)).all()
    people = build(case, world).network.places.residents
    assert ((status["access_status"].values == 4) == (people == 0)).all()


@given(world=worlds(unknown=True), data=st.data())
def test_status_never_depends_on_what_varies_between_members(case, world, data):
    """Members draw populations around the central ones, and parameters from priors: access uses the central ones."""
    scenario = build(case, world)
    places, parameters = scenario.network.places, scenario.parameters
    low = np.where(places.population > 0, places.population * data.draw(st.sampled_from([0.2, 0.9])), np.nan)
    drawn = replace(
        scenario,
        network=replace(scenario.network, places=replace(places, population_low=low, population_high=3 * low)),
        parameters=replace(parameters, priors={"aid_share": (0.1, parameters.aid_share, 0.9)}),
    )
    status = access_status(drawn, thresholds=RULE)
    assert status.identical(access_status(scenario, thresholds=RULE))
    assert set(status.dims) == {"time", "place"}
