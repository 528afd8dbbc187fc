"""Queues at crossings: who is admitted, who gets through irregularly, who stops waiting."""

from __future__ import annotations

import numpy as np

from displacement.network import Floats
from displacement.streams import Counts


def admitted(waiting: Counts, capacity: Floats) -> Counts:
    """How many of those waiting pass: min(waiting, capacity), whole people.

    >>> admitted(np.array([70, 10]), np.array([50.0, np.inf]))
    array([50, 10])
    """
    if np.issubdtype(waiting.dtype, np.integer):
        return np.minimum(waiting, np.floor(np.minimum(capacity, waiting)).astype(np.int64))
    return np.minimum(waiting, capacity)


def rationed(requests: Counts, total: Counts) -> Counts:
    """Share `total` (...,) among requests (..., n) in proportion, by largest remainder, ties by position. No draw.

    Never more than asked; real numbers (the twin) are shared exactly.

    >>> rationed(np.array([5, 5, 2]), np.array(6))
    array([3, 2, 1])
    """
    asked = requests.sum(axis=-1, keepdims=True)
    whole = np.asarray(total)[..., np.newaxis]
    if not np.issubdtype(requests.dtype, np.integer):
        return np.asarray(requests * np.divide(whole, asked, out=np.zeros(asked.shape), where=asked > 0))
    given, remainder = np.divmod(requests * whole, np.maximum(asked, 1))  # fits: at most 2e9 people, squared
    left = whole - given.sum(axis=-1, keepdims=True)
    order = np.argsort(-remainder, axis=-1, kind="stable")
    extra = np.zeros_like(given)
    np.put_along_axis(extra, order, (np.arange(requests.shape[-1]) < left).astype(np.int64), axis=-1)
    return np.asarray(given + extra)
