"""needs.csv as a table of standards, and back: what is wrong with it is noted, row by row."""

from __future__ import annotations

from displacement.errors import Problems
from displacement.io.tables import Cells, write_table
from displacement.standards import CARRIED, CARRIED_AS, STANDARD_COLUMNS, Standard, package_standards


def standards_from(cells: Cells, problems: Problems) -> tuple[Standard, ...]:
    """The rows that are sound: an item once, and what is carried in kg a person and day."""
    first: dict[str, int] = {}
    kept = []
    names = [spec.name for spec in STANDARD_COLUMNS]
    for i in range(len(cells)):
        row = {name: cells.columns[name][i] for name in names}
        if any(row[spec.name] is None for spec in STANDARD_COLUMNS if spec.required):
            continue
        if first.setdefault(row["item"], i) != i:
            problems.add(
                cells.where(i, "item"), f"stands in row {cells.rows[first[row['item']]]} already; each must be unique"
            )
        elif row["commodity"] and row["unit"] != CARRIED:
            problems.add(cells.where(i, "unit"), CARRIED_AS.format(row["commodity"]))
        else:
            kept.append(Standard(**{**row, "commodity": row["commodity"] or ""}))
    return tuple(kept)


def needs_csv(standards: tuple[Standard, ...]) -> str:
    """The text of needs.csv: the rows that are not the package's; empty if there are none."""
    own = [row for row in standards if row not in package_standards()]
    return (
        write_table({spec.name: [getattr(row, spec.name) for row in own] for spec in STANDARD_COLUMNS}) if own else ""
    )
