"""Hypothesis strategies: small random networks, events and scenarios that are valid. For your tests as for ours.

>>> from hypothesis import given, settings
>>> @settings(max_examples=5, deadline=None)
... @given(scenarios(max_places=4))
... def conditions_can_be_compiled(scenario):
...     assert scenario.compile().sizes["time"] == scenario.days
>>> conditions_can_be_compiled()
"""

from displacement.testing.of_events import events
from displacement.testing.of_networks import ABROAD, HOME, PARTIES, START, networks
from displacement.testing.of_scenarios import scenarios

__all__ = ["ABROAD", "HOME", "PARTIES", "START", "events", "networks", "scenarios"]
