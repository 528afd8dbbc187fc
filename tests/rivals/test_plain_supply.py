"""The fast dispatch and the slow one say the same, to a gram, from the same draws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from displacement.day_loop import _variant
from displacement.members import SOURCES, draw_members
from displacement.streams import Expected, Luck
from displacement.supply.dispatch import assign
from displacement.supply.ground import Ground, supply_days
from displacement.supply.step import SupplySetting, opening, step
from tests.aided import FEW, aided_scenarios
from tests.often import law
from tests.rivals.plain_supply import PlainSupply

SIZE = 1  # the ways that one member searches for are known to the others of a block
GRAM = 1e-6


def compare(scenario, seed, uncertainty, size=SIZE):
    """Run both on people who come and go at random, on roads with random room for trucks."""
    luck, rng = Luck(seed, 0), np.random.default_rng(seed)
    variant, completion = _variant(scenario, luck, uncertain="conditions" in uncertainty)
    conditions = variant.compile()
    members = draw_members(variant, luck, size, uncertainty)
    draws = luck if "counts" in uncertainty else Expected()
    about_supply = {"ground": Ground.of(variant), "parameters": members.parameters}
    setting = SupplySetting(**about_supply, for_need=assign)  # exchanges are held to the programme of the day
    days = supply_days(variant, conditions, setting.ground, completion)
    about = (variant, conditions, completion, members.parameters, draws)
    plain = [PlainSupply(*about, member=m, size=size) for m in range(size)]
    shape = (size, len(variant.network.places))
    people = rng.uniform(0, 4000, shape) * (rng.random(shape) < 0.8)
    supply = opening(people, days[0], setting)
    stocks = [p.opening(people[m]) for m, p in enumerate(plain)]
    stores = [dict.fromkeys(p.hubs, 0.0) for p in plain]
    for m in range(size):
        np.testing.assert_allclose(supply.stock[m], list(stocks[m].values()), atol=GRAM)
    for day in range(len(days)):
        people = people * rng.uniform(0.5, 1.5, shape)
        room = rng.choice([0.0, 1.0, 20.0], (size, len(variant.network.arc_origin))) if day % 2 else None
        supply, moved = step(supply, people, days[day], setting, draws, room=room)
        for m, p in enumerate(plain):
            of_arc = None if room is None else {(i // 2, i % 2): room[m, i] for i in range(room.shape[1])}
            stocks[m], stores[m], flows = p.day(stocks[m], stores[m], people[m], day, of_arc)
            places, arcs = p.places, sorted(p.arcs)
            said = {
                "stock": (supply.stock[m], [stocks[m][i] for i in places]),
                "warehouse": (supply.warehouse[m], [stores[m][h] for h in p.hubs]),
                "need": (moved.need[m], [flows["need"][i] for i in places]),
                "distributed": (moved.distributed[m], [flows["distributed"][i] for i in places]),
                "by_air": (moved.by_air[m], [flows["by_air"][i] for i in places]),
                "spoilt": (moved.spoilt[m], [flows["spoilt"][i] for i in places]),
                "delivered": (moved.delivered[m], [flows["arrived"][i] + flows["by_air"][i] for i in places]),
                "lost": (moved.lost[m], [flows["lost"][i] for i in places]),
                "traffic": (moved.traffic[m], [flows["traffic"][a] for a in arcs]),
                "loaded": (moved.loaded[m], [flows["loaded"][h] for h in p.hubs]),
                "refused": (moved.refused[m], [flows["refused"][h] for h in p.hubs]),
            }
            for name, (fast, slow) in said.items():
                np.testing.assert_allclose(fast, slow, rtol=1e-9, atol=GRAM, err_msg=f"day {day}, member {m}: {name}")


@law(1_000)
@given(aided_scenarios(most_places=7, most_days=4), st.integers(0, 2**31))
def test_random_aid_is_the_same_to_a_gram(scenario, seed):
    compare(scenario, seed, SOURCES)


@FEW
@given(aided_scenarios(most_places=7, most_days=4), st.integers(0, 2**31))
def test_the_twin_of_aid_is_the_same(scenario, seed):
    compare(scenario, seed, ())
