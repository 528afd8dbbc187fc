"""Sharing what does not suffice: by largest remainder, without a draw."""

from __future__ import annotations

import numpy as np

from displacement.network import Indices
from displacement.streams import Counts

LARGEST = 2**32  # more than any remainder: at most 2e9 people


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


def summed_by(values: Counts, part: Indices, parts: int) -> Counts:
    """(..., part) sums of values (..., n) that belong to each part (n,).

    >>> summed_by(np.array([[1, 2, 4]]), np.array([1, 0, 1]), 2).tolist()
    [[2, 5]]
    """
    found = np.zeros((*values.shape[:-1], parts), values.dtype)
    if len(part):
        order = np.argsort(part, kind="stable")
        ordered = part[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        found[..., ordered[starts]] = np.add.reduceat(values[..., order], starts, axis=-1)
    return found


def rationed_by(requests: Counts, total: Counts, starts: Indices) -> Counts:
    """`rationed` within parts: total (part, ...) shared among requests (n, ...), of which each part has those together.

    starts : (part,) position of the first request of each

    >>> rationed_by(np.array([5, 5, 2, 3]), np.array([6, 1]), np.array([0, 3])).tolist()
    [3, 2, 1, 1]
    """
    asked, part = np.add.reduceat(requests, starts, axis=0), part_of(starts, len(requests))
    if not np.issubdtype(requests.dtype, np.integer):
        ratio = np.divide(total, asked, out=np.zeros(asked.shape), where=asked > 0)
        return np.asarray(requests * ratio[part])
    given, remainder = np.divmod(requests * total[part], np.maximum(asked, 1)[part])
    left = total - np.add.reduceat(given, starts, axis=0)
    wide = (slice(None), *[np.newaxis] * (requests.ndim - 1))
    order = np.argsort(part[wide] * LARGEST - remainder, axis=0, kind="stable")
    rank = (np.arange(len(part)) - starts[part])[wide]
    extra = np.zeros_like(given)
    np.put_along_axis(extra, order, (rank < left[part]).astype(given.dtype), axis=0)
    return np.asarray(given + extra)


def part_of(starts: Indices, count: int) -> Indices:
    """(n,) the part of each of n that stand together, by where each part starts.

    >>> part_of(np.array([0, 3]), 4).tolist()
    [0, 0, 0, 1]
    """
    return np.repeat(np.arange(len(starts)), np.diff(starts, append=count))
