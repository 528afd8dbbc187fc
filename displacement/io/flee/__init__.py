"""Flee input folders, in: places, routes, closures, conflicts, and the counts that they are compared with."""

from displacement.io.flee.imported import import_flee, write_flee
from displacement.io.flee.report import Report

__all__ = ["Report", "import_flee", "write_flee"]
