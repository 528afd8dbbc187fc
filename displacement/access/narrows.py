"""Tonnes a day that the roads allow, told from the narrow ones alone: the same number as the whole programme, sooner.

Few roads limit anything. What an operation can bring without any of those it brings; places that it joins to each other
without them are as one. What is left is a small programme of the narrow roads, and often one that has been solved:
most cuts change no narrow road and split nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from displacement.network import Flags, Floats, Indices

NO_LIMIT = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Narrows:
    """What is the same whatever is cut. Programmes that have been solved are kept.

    A node is a place as one operation sees it; the last node stands for the hubs of all, which hold enough.
    """

    nodes: int
    tail: Indices  # (flow,) node; in order
    head: Indices  # (flow,) node
    arc: Indices  # (flow,)
    tonnes: Floats  # (arc,) most tonnes a day
    need: Floats  # (place,) tonnes a day
    place: Indices  # (delivery,)
    node: Indices  # (delivery,) where it is made
    operation: Indices  # (delivery,)
    _solved: dict[bytes, float] = field(default_factory=dict)

    def most(self, cut: Sequence[int], reached: Flags) -> float:
        """Most tonnes a day with links cut. reached : (place,) who may be served."""
        tonnes = self.tonnes.copy()
        tonnes[[2 * link + way for link in cut for way in (0, 1)]] = 0.0
        limit, hubs = tonnes[self.arc], self.nodes - 1
        wide = limit >= self.need[reached].sum()
        joined = self._joined(wide)
        fed = np.zeros(self.nodes, bool)
        fed[breadth_first_order(joined, hubs, return_predecessors=False)] = True
        served = np.zeros(len(self.need), bool)
        served[self.place[fed[self.node]]] = True
        simply = float(self.need[served & reached].sum())
        left = np.flatnonzero((reached & ~served)[self.place])
        if not len(left):
            return simply
        component = connected_components(joined, connection="strong")[1]
        first = np.zeros(self.nodes, np.int64)
        first[component[::-1]] = np.arange(self.nodes)[::-1]
        side = np.where(fed, hubs, first[component])  # named after its first node
        tail, head = side[self.tail], side[self.head]
        kept = np.flatnonzero((limit > 0) & (head != hubs) & (tail != head))
        flow = np.stack([tail[kept], head[kept], np.where(wide, NO_LIMIT, self.arc)[kept]], axis=1)
        key = b"".join(x.tobytes() for x in (flow, left, side[self.node[left]]))
        if key not in self._solved:
            self._solved[key] = self._solve(np.unique(flow, axis=0), *self._alike(left, side))
        return simply + self._solved[key]

    def _joined(self, some: Flags) -> csr_array:
        """(node, node) joined by some of the flows, which are sorted by where they start; each pair once."""
        ends = np.concatenate([[0], np.cumsum(np.bincount(self.tail[some], minlength=self.nodes))])
        entries = (np.ones(ends[-1]), self.head[some].astype(np.int32), ends.astype(np.int32))
        joined = csr_array(entries, shape=(self.nodes, self.nodes))
        joined.sum_duplicates()  # scipy's search for components never ends where an entry is there twice
        return joined

    def _alike(self, delivery: Indices, side: Indices) -> tuple[Indices, Floats]:
        """(group, operation) sides of places that the same sides serve, -1 where none does; (group,) their need."""
        at = np.full((len(self.need), int(self.operation.max()) + 1), -1, np.int64)
        at[self.place[delivery], self.operation[delivery]] = side[self.node[delivery]]
        places = np.unique(self.place[delivery])
        alike, group = np.unique(at[places], axis=0, return_inverse=True)
        return alike, np.asarray(np.bincount(group.ravel(), self.need[places]), float)

    def _solve(self, flow: Indices, alike: Indices, need: Floats) -> float:
        """Most tonnes: what comes to a side and does not go on is delivered; roads and needs have their limits.

        flow : (flow, 3) from side, to side, arc or no limit;  alike, need : as `_alike` tells them
        """
        group, operation = np.nonzero(alike >= 0)
        given = alike[group, operation]
        sides, flows = np.unique(np.concatenate([flow[:, :2].ravel(), given])), len(flow)
        sides = sides[sides != self.nodes - 1]
        narrow = np.flatnonzero(flow[:, 2] != NO_LIMIT)
        arcs, of_arc = np.unique(flow[narrow, 2], return_inverse=True)
        leaves = np.flatnonzero(flow[:, 0] != self.nodes - 1)
        number = flows + np.arange(len(given))
        entries: list[tuple[Any, Any, float]] = [  # row, column, coefficient
            (np.searchsorted(sides, flow[:, 1]), np.arange(flows), 1.0),
            (np.searchsorted(sides, flow[leaves, 0]), leaves, -1.0),
            (np.searchsorted(sides, given), number, -1.0),
            (len(sides) + of_arc, narrow, -1.0),
            (len(sides) + len(arcs) + group, number, -1.0),
        ]
        row, column = (np.concatenate([entry[i] for entry in entries]) for i in (0, 1))
        value = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
        shape = (len(sides) + len(arcs) + len(need), flows + len(given))
        least = -np.concatenate([np.zeros(len(sides)), self.tonnes[arcs], need])
        rows = LinearConstraint(csr_array((value, (row, column)), shape=shape), least, np.inf)
        wanted = np.concatenate([np.zeros(flows), np.ones(len(given))])
        return float(wanted @ np.asarray(milp(-wanted, constraints=rows, bounds=Bounds(0.0, np.inf)).x, float))
