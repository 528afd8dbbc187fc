"""Lively scenarios in which people move by group: queues on roads, people on foot, home areas, evacuations, return."""

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from displacement.groups import Group
from tests.lively import lively

BRIEF = ("Fighting", "AirStrikes")  # so that homes are quiet again


def split(rng, prefix, **about):
    """One to three groups of random ways to move whose shares add up to 1."""
    shares = rng.dirichlet(np.ones(int(rng.integers(1, 4))))
    return [
        Group(
            id=f"{prefix}{i}",
            name=f"{prefix} {i}",
            share=float(share),
            mobility=float(rng.choice([0.5, 1.0, 2.0])),
            checkpoint=float(rng.choice([0.0, 0.5, 1.0, 1.0])),
            medical=None if rng.random() < 0.5 else float(rng.choice([0.0, 0.4])),
            people_per_vehicle=None if rng.random() < 0.5 else float(rng.choice([1.0, 3.0, 20.0])),
            on_foot=None if rng.random() < 0.5 else float(rng.choice([0.0, 0.25, 1.0])),
            **about,
        )
        for i, share in enumerate(shares)
    ]


def crowded(seed, *, places=5, events=6, days=10, further=3):
    """The scenario of a seed."""
    rng = np.random.default_rng([seed, 2])
    people = split(rng, "all") if rng.random() < 0.7 else []
    if people and rng.random() < 0.5:
        people += split(rng, "blue", party="blue")
    scenario = lively(
        seed, places=places, events=events, days=days, quiet=rng.random() < 0.5, further=further, people=tuple(people)
    )
    events = (
        e.model_copy(update={"end": e.start + dt.timedelta(days=2)}) if e.kind in BRIEF else e for e in scenario.events
    )
    network, size = scenario.network, len(scenario.network.links)
    limit = rng.choice([0.0, 2.0, 10.5, 40.0, 150.0, 1e6], size)
    links = replace(
        network.links, vehicles_per_day=np.where((rng.random(size) < 0.7) & ~network.links.crossing, limit, np.nan)
    )
    areas = tuple(rng.choice(["X", "Y", "Z"], len(network.places)).tolist())
    own = {
        "people_per_vehicle": float(rng.choice([1.0, 4.7, 30.0])),
        "on_foot": float(rng.choice([0.0, 0.0, 0.3])),
        "start_up_hours": float(rng.choice([0.0, 7.0, 30.0])),
        "hostile_rule_rate": float(rng.choice([0.05, 1.0])),
        "spill_reach": float(rng.choice([0.1, 1.0])),
        "return_rate": float(rng.choice([0.01, 0.8])),
        "quiet_days": int(rng.choice([1, 2, 4])),
        "registration_days": float(rng.choice([0.5, 3.0])),
    }
    return replace(
        scenario,
        events=tuple(events),
        network=replace(network, places=replace(network.places, parent_pcode=areas), links=links),
        parameters=scenario.parameters.with_values(own),
        home_areas=bool(rng.random() < 0.7),
    )


def crowded_scenarios(*, most_places=7, most_events=8, most_days=12, most_further=5):
    """Random scenarios of groups; they shrink to fewer places, events and days."""
    return st.builds(
        crowded,
        seed=st.integers(0, 2**32 - 1),
        places=st.integers(2, most_places),
        events=st.integers(0, most_events),
        days=st.integers(1, most_days),
        further=st.integers(0, most_further),
    )
