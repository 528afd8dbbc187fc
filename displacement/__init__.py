"""Who moves, where to and when; who can still be reached; and what would help: on a graph of places and roads."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from displacement import charts as charts
    from displacement.access import access_status as access_status
    from displacement.comparison import compare as compare
    from displacement.comparison import contributions as contributions
    from displacement.conditions import show_conditions as show_conditions
    from displacement.ensemble import simulate as simulate
    from displacement.errors import InputError as InputError
    from displacement.events import Airdrops as Airdrops
    from displacement.events import AirStrikes as AirStrikes
    from displacement.events import CampClosed as CampClosed
    from displacement.events import CampOpened as CampOpened
    from displacement.events import CapacityChanged as CapacityChanged
    from displacement.events import Capture as Capture
    from displacement.events import Ceasefire as Ceasefire
    from displacement.events import Checkpoint as Checkpoint
    from displacement.events import Contested as Contested
    from displacement.events import ConvoyApproval as ConvoyApproval
    from displacement.events import Corridor as Corridor
    from displacement.events import CrossingClosed as CrossingClosed
    from displacement.events import CrossingOpened as CrossingOpened
    from displacement.events import CrossingQuota as CrossingQuota
    from displacement.events import Evacuation as Evacuation
    from displacement.events import Fighting as Fighting
    from displacement.events import Fire as Fire
    from displacement.events import FundingCut as FundingCut
    from displacement.events import HubSupply as HubSupply
    from displacement.events import Permission as Permission
    from displacement.events import Prepositioned as Prepositioned
    from displacement.events import Relation as Relation
    from displacement.events import RoadCut as RoadCut
    from displacement.events import RoadRepaired as RoadRepaired
    from displacement.events import Rumour as Rumour
    from displacement.events import Siege as Siege
    from displacement.events import SiegeLifted as SiegeLifted
    from displacement.events import Weather as Weather
    from displacement.io import read_observed as read_observed
    from displacement.io import read_run as read_run
    from displacement.io import read_scenario as read_scenario
    from displacement.io import write_run as write_run
    from displacement.io import write_scenario as write_scenario
    from displacement.members import SOURCES as SOURCES
    from displacement.network import Network as Network
    from displacement.parameters import Parameters as Parameters
    from displacement.report import explore as explore
    from displacement.scenario import Scenario as Scenario
    from displacement.variables import labels as labels

_HOME = {
    **dict.fromkeys(
        ["AirStrikes", "Airdrops", "CampClosed", "CampOpened", "CapacityChanged", "Capture", "Ceasefire",
         "Checkpoint", "Contested", "ConvoyApproval", "Corridor", "CrossingClosed", "CrossingOpened",
         "CrossingQuota", "Evacuation", "Fighting", "Fire", "FundingCut", "HubSupply", "Permission", "Prepositioned",
         "Relation", "RoadCut", "RoadRepaired", "Rumour", "Siege", "SiegeLifted", "Weather"], "events"),
    **dict.fromkeys(["read_scenario", "write_scenario", "read_run", "write_run", "read_observed"], "io"),
    **dict.fromkeys(["compare", "contributions"], "comparison"),
    "InputError": "errors",
    "SOURCES": "members",
    "Network": "network",
    "Parameters": "parameters",
    "Scenario": "scenario",
    "access_status": "access",
    "explore": "report",
    "labels": "variables",
    "show_conditions": "conditions",
    "simulate": "ensemble",
}  # fmt: skip

__all__ = ["__version__", "charts", *_HOME]  # noqa: PLE0604 (a dictionary of names)


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used, so that `import displacement` stays quick."""
    if name == "charts":
        return importlib.import_module("displacement.charts")
    if name in _HOME:
        globals()[name] = found = getattr(importlib.import_module(f"displacement.{_HOME[name]}"), name)
        return found
    message = f"module 'displacement' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
