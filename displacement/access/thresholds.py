"""The numbers of the access rule: each with unit, bounds, meaning and source. Most are assumptions, and say so."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields
from typing import Any

from displacement.errors import InputError
from displacement.need import USABLE_TRADE
from displacement.parameters import ASSUMPTION, quantity


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where one status ends and the next begins, and what counts as passable.

    >>> Thresholds().accessible_from
    0.75
    """

    window_days: int = quantity(
        30, unit="day", low=1, high=3660, what="'sustained' means over this many days, today among them",
        source="assumption: UN access reports are monthly",
    )  # fmt: skip
    besieged_below: float = quantity(
        1 / 3, unit="1", low=0, high=1, what="aid cannot regularly enter below this mean chance of entry",
        source="assumption, anchored: convoys that reached 31 % of besieged people in February 2016 ended no siege",
    )  # fmt: skip
    accessible_from: float = quantity(
        0.75, unit="1", low=0, high=1, what="a place is accessible, and today is open, from this chance of entry",
        source=ASSUMPTION,
    )  # fmt: skip
    exit_below: float = quantity(
        0.2, unit="1", low=0, high=1, what="civilians cannot regularly leave below this mean chance of exit",
        source=ASSUMPTION,
    )  # fmt: skip
    cut_at: float = quantity(
        0.02, unit="1", low=0, high=1, what="up to this chance of entry a place is cut today", source=ASSUMPTION
    )
    usable_aid: float = quantity(
        0.005, unit="1", low=0, high=1, what="aid may use an arc above this permission", source=ASSUMPTION
    )
    usable_trade: float = quantity(
        USABLE_TRADE, unit="1", low=0, high=1, what="trade may use an arc above this permission", source=ASSUMPTION
    )
    one_pocket: float = quantity(
        0.05, unit="1", low=0, high=1, source=ASSUMPTION,
        what="two places of one party lie in one pocket if civilians pass both ways above this permission",
    )  # fmt: skip
    isolated_below: float = quantity(
        0.05, unit="1", low=0, high=1, what="a cut isolates a place whose best way in falls below this chance",
        source=ASSUMPTION,
    )  # fmt: skip

    def __post_init__(self) -> None:
        for f in self.quantities():
            value, m = getattr(self, f.name), f.metadata
            if not m["low"] <= value <= m["high"]:
                raise InputError(f"{f.name} = {value} {m['unit']}: must lie in [{m['low']}, {m['high']}]")
        if not self.cut_at <= self.accessible_from >= self.besieged_below:
            raise InputError(
                f"accessible_from = {self.accessible_from}: must not lie below cut_at = {self.cut_at}"
                f" or besieged_below = {self.besieged_below}"
            )

    @classmethod
    def quantities(cls) -> tuple[Field[Any], ...]:
        """The thresholds themselves, in order, with what is known of each in their `metadata`."""
        return fields(cls)
