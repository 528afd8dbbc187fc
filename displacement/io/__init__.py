"""The doors: every file format, in and out. The only room that opens files."""

from displacement.io.scenario import read_scenario

__all__ = ["read_scenario"]
