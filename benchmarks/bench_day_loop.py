"""How much does the model cost over the random numbers it cannot do without?

The day loop (steps, ledger, records) against the bare draws: the same binomials and multinomials, with the same n and p
for each block and day, in one call each, from one generator, and nothing else.
"""

from __future__ import annotations

import numpy as np
from instance import made_up_country, median_ratio, median_seconds, report, with_groups_and_queues

from displacement.day_loop import BLOCK, check_ledger, prepare
from displacement.members import SOURCES, draw_members
from displacement.movement.record import Record
from displacement.movement.step import step
from displacement.streams import Luck


class Listening(Luck):
    """Luck that keeps what it was asked for."""

    def __init__(self, seed: int, block: int) -> None:
        super().__init__(seed, block)
        self.asked: list[tuple[str, np.ndarray, np.ndarray]] = []

    def binomial(self, process, n, p, *, day, keys):
        """See `Luck.binomial`."""
        self.asked.append(("binomial", n.copy(), np.array(p)))
        return super().binomial(process, n, p, day=day, keys=keys)

    def multinomial(self, process, n, share, *, day, keys):
        """See `Luck.multinomial`."""
        rest = np.maximum(1.0 - share.sum(axis=-1, keepdims=True), 0.0)
        self.asked.append(("multinomial", n.copy(), np.concatenate([share, rest], axis=-1)))
        return super().multinomial(process, n, share, day=day, keys=keys)


def day_loop(prepared, draws) -> None:
    """All days of a block."""
    setting, days, people, multiplier = prepared
    record = Record.of(setting, people, len(days))
    for today in days:
        moved, moves = step(people, today, setting, draws, multiplier[:, today.day])
        check_ledger(people, moved, moves, setting, today)
        people = moved
        record.day(today.day, people, moves, setting, draws)


def bare_draws(asked, generator) -> None:
    """The same draws, and nothing else."""
    for kind, n, p in asked:
        getattr(generator, kind)(n, p)


def blocks_of(scenario) -> list:
    """Four blocks, ready for their days."""
    conditions = scenario.compile()
    completion = np.full(len(scenario.network.links), 0.5)
    blocks = []
    for block in range(4):
        members = draw_members(scenario, Luck(1, block), BLOCK, SOURCES)
        setting, days, people = prepare(scenario, conditions, members, completion, "gravity", whole=True)
        blocks.append((setting, days, people, members.multiplier))
    return blocks


def main() -> None:
    """Print the ratios."""
    scenario = made_up_country()
    blocks = blocks_of(scenario)
    routes = (blocks[0][0].routes.slots >= 0).sum(axis=2).mean()
    listening = [Listening(1, block) for block in range(4)]
    for prepared, draws in zip(blocks, listening, strict=True):
        day_loop(prepared, draws)
    generator = np.random.Generator(np.random.Philox(1))
    ours = median_seconds(lambda: [day_loop(b, Luck(1, i)) for i, b in enumerate(blocks)])
    bare = median_seconds(lambda: [bare_draws(x.asked, generator) for x in listening])
    where = f"60 places, {routes:.1f} routes each, 200 members, 46 days, 10 million people"
    report(f"day loop / bare draws: {where}", ours / bare, "at most 4, aim for 3")

    crowded = blocks_of(with_groups_and_queues(scenario))
    ratio = median_ratio(*(lambda x=x: [day_loop(b, Luck(1, i)) for i, b in enumerate(x)] for x in (crowded, blocks)))
    report("three groups and queues on every road / neither", ratio, "at most 3.5")


if __name__ == "__main__":
    main()
