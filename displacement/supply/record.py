"""What is kept of each day of supply: tonnes by place, by crossing and by road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from displacement.supply.ground import Ground
from displacement.supply.state import Deliveries, Supply
from displacement.supply.stocks import days_of_cover

OF_PLACE = ("need", "delivered", "stock", "unmet_need", "delivered_by_air", "prepositioned", "aid_lost", "aid_spoilt")
OF_CROSSING = ("aid_entered",)
RECORDED = (*OF_PLACE, *OF_CROSSING, "days_of_cover", "hub_stock", "aid_traffic", "start_stock")


@dataclass(frozen=True, eq=False)
class SupplyRecord:
    """Records by variable, (member, time, ...), in tonnes of all commodities together."""

    variables: dict[str, np.ndarray]
    ground: Ground

    @classmethod
    def of(cls, ground: Ground, supply: Supply, days: int) -> SupplyRecord:
        """Empty records, with the opening stock."""
        size, places = supply.stock.shape
        crossings = int(ground.network.links.crossing.sum())
        shapes = {
            **dict.fromkeys((*OF_PLACE, "days_of_cover"), (places,)),
            **dict.fromkeys(OF_CROSSING, (crossings, 2)),
            "hub_stock": (places,),
            "aid_traffic": (len(ground.network.links), 2),
        }
        variables = {name: np.zeros((size, days, *shape), np.float32) for name, shape in shapes.items()}
        variables["start_stock"] = supply.stock.astype(np.float32)
        return cls(variables, ground)

    def day(self, day: int, supply: Supply, moved: Deliveries) -> None:
        """Write one day."""
        kept, ground = self.variables, self.ground
        by_place = {
            "need": moved.need, "delivered": moved.delivered, "stock": supply.stock, "unmet_need": moved.unmet,
            "delivered_by_air": moved.by_air,
            "prepositioned": moved.stored, "aid_lost": moved.lost, "aid_spoilt": moved.spoilt,
            "days_of_cover": days_of_cover(supply.stock, moved.need),
        }  # fmt: skip
        for name, values in by_place.items():
            kept[name][:, day] = values
        traffic = moved.traffic.reshape(len(moved.traffic), -1, 2)
        kept["aid_traffic"][:, day] = traffic
        kept["aid_entered"][:, day] = traffic[:, ground.network.links.crossing]
        kept["hub_stock"][:, day, ground.hubs] = supply.warehouse
