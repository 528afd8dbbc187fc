"""What a person needs a day: an editable table with a source for each row. The package's own can be overridden."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from displacement.errors import Problems, did_you_mean
from displacement.network import Column

COMMODITIES = ("food", "other")  # what trucks carry: the commodity axis of a run
CARRIED = "kg/person/day"
CARRIED_AS = f"what is carried as {{}} must be given in {CARRIED}"
MOST = 1_000_000
UNITS = (CARRIED, "litre/person/day", "people/unit", "m2/person", "staff/10000 people")
STANDARD_COLUMNS = (
    Column("item", str, "what is needed; a scenario's row replaces the package's row of the same item", required=True),
    Column("cluster", str, "sector that answers for it", required=True),
    Column("commodity", str, "what it is carried as; empty if no truck brings it", allowed=COMMODITIES),
    Column("quantity", float, "how much", low=0, high=MOST, required=True),
    Column("unit", str, "of the quantity; what is carried is in kg/person/day", allowed=UNITS, required=True),
    Column("source", str, "who says so, with its grade", required=True),
)


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One row of the table."""

    item: str
    cluster: str
    quantity: float
    unit: str
    source: str
    commodity: str = ""

    def __post_init__(self) -> None:
        where, problems = f"standard {self.item!r}", Problems()
        if not 0 <= self.quantity <= MOST:
            problems.add(f"{where}, quantity = {self.quantity:g}", f"must be a number in [0, {MOST:,}]")
        for name, value, known in (("unit", self.unit, UNITS), ("commodity", self.commodity, (*COMMODITIES, ""))):
            if value not in known:
                problems.add(f"{where}, {name} = {value!r}", f"is unknown{did_you_mean(value, set(known) - {''})}")
        if self.commodity and self.unit != CARRIED:
            problems.add(f"{where}, unit = {self.unit!r}", CARRIED_AS.format(self.commodity))
        problems.raise_if_any()


@cache
def package_standards() -> tuple[Standard, ...]:
    """The package's table, `standards.csv`."""
    with files("displacement").joinpath("standards.csv").open(encoding="utf-8") as lines:
        return tuple(Standard(**{**row, "quantity": float(row["quantity"])}) for row in csv.DictReader(lines))  # type: ignore[arg-type]


def overridden(base: Iterable[Standard], rows: Iterable[Standard]) -> tuple[Standard, ...]:
    """The base with rows in place of those of the same item; others come after it.

    >>> less = Standard(item="food ration", cluster="food security", commodity="food", quantity=0.3,
    ...                 unit="kg/person/day", source="half ration")
    >>> kg_per_person(overridden(package_standards(), [less]))["food"]
    0.3
    """
    by_item = {row.item: row for row in base}
    return tuple({**by_item, **{row.item: row for row in rows}}.values())


def kg_per_person(standards: Iterable[Standard]) -> Mapping[str, float]:
    """Dry aid that a dependent person needs, kg a day by commodity: the sum of what is carried as it.

    >>> {name: round(kg, 3) for name, kg in kg_per_person(package_standards()).items()}
    {'food': 0.55, 'other': 0.1}
    """
    rows = list(standards)
    return {name: sum(row.quantity for row in rows if row.commodity == name) for name in COMMODITIES}
