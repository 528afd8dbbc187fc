"""The command line: one screen a command, no science. Results on stdout, progress and warnings on stderr."""

from displacement.cli import forecasts, imports, reports, scenarios, scoring, simulations
from displacement.cli.base import app, guarded, main

__all__ = ["app", "forecasts", "guarded", "imports", "main", "reports", "scenarios", "scoring", "simulations"]
