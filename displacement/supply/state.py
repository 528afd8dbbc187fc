"""What is stored at the end of a day, and what moved over it. Arrays only; nothing here is changed in place."""

from __future__ import annotations

from dataclasses import dataclass

from displacement.network import Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Supply:
    """Tonnes at the end of a day.

    stock : (member, place) for the people there;  warehouse : (member, hub) for other places;
    lack : (member, place) share of everybody's need that was unmet of late, as people feel it;  usual : what of it they
    had lived with when the scenario opened.
    """

    stock: Floats
    warehouse: Floats
    lack: Floats
    usual: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Deliveries:
    """Tonnes of one day.

    need, delivered, by_air, distributed, spoilt : (member, place), where delivered is what was collected from trucks
    and recovered from the air, by_air the latter, and spoilt what found no store;  lost : (member, place) loaded for a
    place and lost on the way;  stored : (member, place) put in store beside that;  traffic : (member, arc) carried;
    received, loaded, refused : (member, hub), where refused found no store.
    """

    need: Floats
    delivered: Floats
    by_air: Floats
    distributed: Floats
    spoilt: Floats
    lost: Floats
    stored: Floats
    traffic: Floats
    received: Floats
    loaded: Floats
    refused: Floats

    @property
    def unmet(self) -> Floats:
        """(member, place) need that was not met."""
        return self.need - self.distributed
