"""Layers: what events paint, and how overlaps are settled in each. The order of events never matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from displacement.network import Floats

LAYERS = (
    "intensity", "calm", "control", "relation", "contested", "fire", "refusal", "checkpoint", "delay", "speed",
    "physical", "policy", "admission", "quota", "vehicles", "corridor_end", "site", "site_capacity", "evacuation",
    "hub_inflow", "hub_stock", "funding", "convoy_trucks", "convoy_requests", "convoy_of", "stock", "airdrop",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an event does to one layer: a value in some cells from day `start` through day `end` (None: for good).

    `cells` has one tuple of indices for each axis of the layer after time; their product is painted. `by` is the party
    that fights (layer `intensity`) or the two parties that stop (`calm`); `name` tells evacuations and airdrops
    apart; `more` is what else an airdrop is: tonnes a sortie, share recovered, chance that a sortie flies.
    """

    layer: str
    cells: tuple[tuple[int, ...], ...]
    start: int
    end: int | None
    value: float
    by: tuple[int, ...] = ()
    name: str = ""
    more: tuple[float, ...] = ()

    def days(self, count: int) -> slice:
        """The days of a period of `count` days on which it is in force."""
        end = count if self.end is None else min(self.end + 1, count)
        return slice(max(self.start, 0), max(end, 0))


def painted(opening: NDArray[np.float64], effects: Iterable[Effect], strictness: Callable[[float], float]) -> Floats:
    """(time, cell...) a layer in which the latest start in force wins; on the same start, the stricter value.

    When an effect ends, the one beneath returns. opening : (time, cell...) what holds where nothing is painted;
    strictness : larger is stricter.

    >>> day_by_day = [Effect(layer="", cells=((0,),), start=1, end=2, value=0.0),
    ...               Effect(layer="", cells=((0,),), start=0, end=None, value=0.5)]
    >>> painted(np.ones((4, 1)), day_by_day, lambda value: -value).ravel()
    array([0.5, 0. , 0. , 0.5])
    """
    layer = opening.copy()
    for effect in sorted(effects, key=lambda e: (e.start, strictness(e.value), e.value)):
        layer[_cells(effect, layer)] = effect.value
    return layer


def worst(opening: Floats, effects: Iterable[Effect]) -> Floats:
    """(time, cell...) a layer in which the largest value in force holds."""
    layer = opening.copy()
    for effect in effects:
        cells = _cells(effect, layer)
        layer[cells] = np.maximum(layer[cells], effect.value)
    return layer


def smallest(opening: Floats, effects: Iterable[Effect]) -> Floats:
    """(time, cell...) a layer in which the smallest value in force holds."""
    layer = opening.copy()
    for effect in effects:
        cells = _cells(effect, layer)
        layer[cells] = np.minimum(layer[cells], effect.value)
    return layer


def _cells(effect: Effect, layer: Floats) -> tuple[NDArray[np.intp], ...]:
    days = effect.days(len(layer))
    return np.ix_(np.arange(days.start, days.stop), *(np.asarray(axis, np.intp) for axis in effect.cells))


def combined_intensity(fights: Sequence[Effect], calms: Sequence[Effect], days: int, places: int) -> Floats:
    """(time, place) 1 - product(1 - x) of the fighting in force, each scaled by the ceasefires that bind its party.

    A ceasefire binds fighting by one of its two parties, and fighting whose party is not given.

    >>> two = [Effect(layer="intensity", cells=((0,),), start=0, end=None, value=0.5)] * 2
    >>> combined_intensity(two, [], 1, 1)
    array([[0.75]])
    """
    spared = np.ones((days, places))
    for fight in sorted(fights, key=lambda e: (e.start, e.value, e.cells, e.by)):
        strength = np.full(days, fight.value)
        for calm in sorted(calms, key=lambda e: (e.start, e.value, e.by)):
            if not fight.by or set(fight.by) & set(calm.by):
                strength[calm.days(days)] *= calm.value
        when = fight.days(days)
        spared[when, list(fight.cells[0])] *= 1.0 - strength[when, np.newaxis]
    return 1.0 - spared
