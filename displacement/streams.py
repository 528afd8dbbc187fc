"""Draws: keyed random streams (`Luck`) and their mean-field twin (`Expected`).

Every random number is a function of (seed, process, day, place, block of members) and of nothing else: the order of
rows, the number of workers and what happens elsewhere do not matter. One counter-based generator is re-set for each
group of draws, not rebuilt.
"""

from __future__ import annotations

import hashlib
from functools import cache
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[Any]  # int64, or float64 in the mean-field twin


@cache
def stream_key(name: str) -> int:
    """64-bit key of a name: the same on every machine and in every process.

    >>> stream_key("departure")
    16128144099481569705
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def place_keys(ids: tuple[str, ...]) -> NDArray[np.uint64]:
    """(place,) stream key of each place id."""
    return np.array([stream_key(i) for i in ids], np.uint64)


class Draws(Protocol):
    """What a step asks of chance. `Luck` draws it; `Expected` returns its mean, so that one step serves both."""

    def binomial(self, process: str, n: Counts, p: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """How many of n (..., place) succeed with chance p (broadcast to n); one stream per place, named by its key."""
        ...

    def multinomial(self, process: str, n: Counts, share: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """N (..., place) over choices: share (..., place, choice); what the shares leave short of 1 is not returned."""
        ...

    def normal(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """(size,) standard normal deviates; 0 in the twin."""
        ...

    def uniform(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """(size,) uniform deviates in [0, 1); 1/2 in the twin."""
        ...


def _last_first(values: NDArray[Any]) -> NDArray[Any]:
    """A view with the last axis before the others."""
    return values.transpose(-1, *range(values.ndim - 1))


class Luck:
    """Exact draws of one block of members. Philox with key (seed, process), counter (running, place, day, block)."""

    def __init__(self, seed: int, block: int = 0) -> None:
        self._philox = np.random.Philox(key=np.array([seed, 0], np.uint64))
        self._state = self._philox.state  # a copy with nothing in its buffer: what every stream starts from
        self._key, self._counter = self._state["state"]["key"], self._state["state"]["counter"]
        self._counter[3] = block
        self._generator = np.random.Generator(self._philox)

    def _at(self, process: str, key: int, day: int) -> np.random.Generator:
        """The generator, re-set to the first number of one stream."""
        self._key[1] = stream_key(process)
        self._counter[0], self._counter[1], self._counter[2] = 0, key, day
        self._philox.state = self._state
        return self._generator

    def binomial(self, process: str, n: Counts, p: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """See `Draws.binomial`."""
        if not n.any():
            return np.zeros(n.shape, np.int64)
        by_place = np.ascontiguousarray(_last_first(n))
        chance = np.ascontiguousarray(_last_first(np.broadcast_to(p, n.shape)))
        drawn = np.zeros(by_place.shape, np.int64)
        rows = by_place.reshape(len(keys), prod(n.shape[:-1]))
        for i in np.flatnonzero(((rows > 0) & (chance.reshape(rows.shape) > 0)).any(axis=1)):
            drawn[i] = self._at(process, keys[i], day).binomial(by_place[i], chance[i])
        return drawn.transpose(*range(1, n.ndim), 0)

    def multinomial(self, process: str, n: Counts, share: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """See `Draws.multinomial`."""
        if not n.any():
            return np.zeros((*n.shape, share.shape[-1]), np.int64)
        by_place = np.ascontiguousarray(_last_first(n))
        shares = np.moveaxis(share, -2, 0)
        rows, choices = by_place.reshape(len(keys), prod(n.shape[:-1])), share.shape[-1]
        drawn = np.zeros((*rows.shape, choices), np.int64)
        rest = np.maximum(1.0 - shares.sum(axis=-1, keepdims=True), 0.0)
        full = np.concatenate([shares, rest], axis=-1)
        for i in np.flatnonzero(rows.any(axis=1)):
            some = rows[i] > 0  # nobody takes no number from the stream
            wide = np.broadcast_to(full[i], (*n.shape[:-1], choices + 1)).reshape(-1, choices + 1)
            drawn[i, some] = self._at(process, keys[i], day).multinomial(rows[i, some], wide[some])[:, :-1]
        return np.moveaxis(drawn.reshape(*by_place.shape, choices), 0, -2)

    def normal(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """See `Draws.normal`."""
        return self._at(process, key, day).standard_normal(size)

    def uniform(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """See `Draws.uniform`."""
        return self._at(process, key, day).random(size)


class Expected:
    """The mean-field twin: each draw is replaced by its expectation, so people are real numbers."""

    def binomial(self, process: str, n: Counts, p: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """N p."""
        return np.asarray(n * p, np.float64)

    def multinomial(self, process: str, n: Counts, share: Array, *, day: int, keys: NDArray[np.uint64]) -> Counts:
        """N times each share."""
        return np.asarray(n[..., np.newaxis] * share, np.float64)

    def normal(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """The mean of a standard normal."""
        return np.zeros(size)

    def uniform(self, process: str, size: int, *, day: int = 0, key: int = 0) -> Array:
        """The mean of a uniform."""
        return np.full(size, 0.5)
