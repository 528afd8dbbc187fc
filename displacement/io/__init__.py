"""The doors: every file format, in and out. The only room that opens files."""

from displacement.io.observed import read_observed
from displacement.io.run import read_run, write_run
from displacement.io.scenario import read_scenario
from displacement.io.written import write_scenario

__all__ = ["read_observed", "read_run", "read_scenario", "write_run", "write_scenario"]
