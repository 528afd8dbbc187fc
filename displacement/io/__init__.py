"""The doors: every file format, in and out. The only room that opens files."""

from displacement.io.flee import import_flee, write_flee
from displacement.io.new import write_new
from displacement.io.observed import read_observed
from displacement.io.run import COPY, read_run, scenario_of_run, write_run
from displacement.io.scenario import observed_file, read_scenario
from displacement.io.written import write_scenario

__all__ = [
    "COPY",
    "import_flee",
    "observed_file",
    "read_observed",
    "read_run",
    "read_scenario",
    "scenario_of_run",
    "write_flee",
    "write_new",
    "write_run",
    "write_scenario",
]
