"""Tonnes of aid a day that all operations can deliver together, with all roads whole or some of them cut.

One linear programme for each state of the roads, solved exactly: a flow of tonnes for each operation over the arcs that
it may take, joined where operations share a road's trucks or a place's need. What it leaves out: hubs are taken to hold
enough, trucks to be enough, and places to have nothing in store; need is that of the roads before the cut. So it is
what the roads allow, no forecast of deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from displacement.access.isolation import Scope, usable
from displacement.access.narrows import Narrows
from displacement.access.thresholds import Thresholds
from displacement.network import Flags, Floats, Indices, Network
from displacement.paths import least_hours


@dataclass(frozen=True, kw_only=True)
class Pipes:
    """The roads of a day as pipes. Flow variables come first, then deliveries.

    maximise sum of deliveries;  at each place but a hub, for each operation: in - out = delivered;
    over operations: flow on an arc <= its tonnes a day, deliveries to a place <= its need
    """

    network: Network
    arc: Indices  # (flow,) arc
    of_flow: Indices  # (flow,) operation
    place: Indices  # (delivery,) place
    of_delivery: Indices  # (delivery,) operation
    hub: Flags  # (operation, place)
    tonnes: Floats  # (arc,) most tonnes a day; never more than all that is needed
    need: Floats  # (place,) tonnes a day

    @cached_property
    def _balance(self) -> csr_array[Any, Any]:
        """(operation and place, variable) of in - out - delivered; hubs, which have enough, are left out."""
        n, flows = len(self.network.places), len(self.arc)
        enters = self.of_flow * n + self.network.arc_destination[self.arc]
        leaves = self.of_flow * n + self.network.arc_origin[self.arc]
        given = self.of_delivery * n + self.place
        row = np.concatenate([enters, leaves, given])
        column = np.concatenate([np.arange(flows), np.arange(flows), flows + np.arange(len(self.place))])
        value = np.concatenate([np.ones(flows), -np.ones(flows), -np.ones(len(self.place))])
        table = csr_array(coo_array((value, (row, column)), shape=(self.hub.size, flows + len(self.place))))
        used = np.bincount(row, minlength=self.hub.size) > 0
        return csr_array(table[np.flatnonzero(used & ~self.hub.ravel())])

    @cached_property
    def _joint(self) -> tuple[csr_array[Any, Any], Floats]:
        """Rows for arcs that several operations use and places that several serve, and the most that each allows."""
        key = np.concatenate([self.arc, len(self.tonnes) + self.place])
        keys, row, count = np.unique(key, return_inverse=True, return_counts=True)
        table = csr_array(coo_array((np.ones(len(key)), (row, np.arange(len(key)))), shape=(len(keys), len(key))))
        several = np.flatnonzero(count > 1)
        return csr_array(table[several]), np.concatenate([self.tonnes, self.need])[keys[several]]

    @cached_property
    def _rows(self) -> LinearConstraint:
        """Balance and what is shared, as rows of one programme."""
        balance, (joint, most) = self._balance, self._joint
        zero = np.zeros(balance.shape[0])
        low, high = np.concatenate([zero, np.full(len(most), -np.inf)]), np.concatenate([zero, most])
        return LinearConstraint(vstack([balance, joint], format="csr"), low, high)

    @cached_property
    def narrows(self) -> Narrows:
        """The same pipes, to be told from the narrow ones."""
        count, hub = self.hub.shape[1], self.hub.ravel()
        tail, head, node = (
            np.where(hub[at], len(hub), at)
            for at in (
                self.of_flow * count + self.network.arc_origin[self.arc],
                self.of_flow * count + self.network.arc_destination[self.arc],
                self.of_delivery * count + self.place,
            )
        )
        order = np.argsort(tail, kind="stable")
        return Narrows(
            nodes=len(hub) + 1, tail=tail[order], head=head[order], arc=self.arc[order], tonnes=self.tonnes,
            need=self.need, place=self.place, node=node, operation=self.of_delivery,
        )  # fmt: skip

    def most(self, cut: Sequence[int], reached: Flags) -> float:
        """Most tonnes a day with links cut, as `delivered`, but not how. reached : (place,) who may be served."""
        return self.narrows.most(cut, reached)

    def delivered(self, cut: Sequence[int], reached: Flags) -> tuple[float, Floats]:
        """Most tonnes a day with links cut, and (link,) what each carries of it. reached : (place,) who may be served.

        Any other cut of links that carry nothing changes nothing: this way of delivering is left whole.
        """
        links, flows = len(self.network.links), len(self.arc)
        if not len(self.place):
            return 0.0, np.zeros(links)
        most = np.concatenate([self.tonnes[self.arc], self.need[self.place]])
        most[:flows][np.isin(self.arc // 2, list(cut))] = 0.0
        most[flows:][~reached[self.place]] = 0.0
        wanted = np.concatenate([np.zeros(flows), np.ones(len(self.place))])
        flow = np.asarray(milp(-wanted, constraints=self._rows, bounds=Bounds(0.0, most)).x, float)
        carried = np.bincount(self.arc // 2, flow[:flows], minlength=links)
        return float(wanted @ flow), np.asarray(carried, float)


def pipes(
    network: Network,
    found: Sequence[Scope],
    *,
    trucks: Floats,
    truck_load: float,
    need: Floats,
    reached: Flags,
    thresholds: Thresholds,
) -> Pipes:
    """The pipes of a day: arcs with permission of 0.05 or more that an operation can come to, places that are reached.

    trucks : (arc,) a day, inf where no limit is known;  need : (place,) tonnes a day;  reached : (place,) by some
    usable way. Permission opens an arc or not; it never thins the flow.
    """
    arc, of_flow, place, of_delivery = ([] for _ in range(4))
    hub = np.zeros((len(found), len(network.places)), bool)
    for o, scope in enumerate(found):
        hub[o, scope.hubs] = True
        taken = scope.taken & usable(scope.permission, thresholds)
        there = np.isfinite(least_hours(network, taken, np.ones(len(taken)), scope.hubs))
        arcs = np.flatnonzero(taken & there[network.arc_origin])
        places = np.flatnonzero(there & scope.serves & reached & (need > 0))
        arc += [arcs]
        place += [places]
        of_flow += [np.full(len(arcs), o)]
        of_delivery += [np.full(len(places), o)]
    joined = [np.concatenate([np.zeros(0, np.int64), *parts]) for parts in (arc, of_flow, place, of_delivery)]
    return Pipes(
        network=network,
        arc=joined[0],
        of_flow=joined[1],
        place=joined[2],
        of_delivery=joined[3],
        hub=hub,
        tonnes=np.minimum(trucks * truck_load, need[reached].sum()),
        need=need,
    )
