"""Vectorised random draws: integer hashes, weighted choices, heavy-tailed counts and segment sums."""

from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Floats",
    "Ints",
    "choose",
    "draw_flags",
    "group_sizes",
    "heavy_counts",
    "mix",
    "named_seed",
    "segment_cumsum",
    "to_unit",
    "zipf_weights",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_MASK63 = np.uint64(0x7FFFFFFFFFFFFFFF)


def mix(*parts: ArrayLike) -> Ints:
    """Return a non-negative hash of the integers in *parts*, element by element (splitmix64; arrays broadcast)."""
    with np.errstate(over="ignore"):
        state = np.zeros((), dtype=np.uint64)
        for part in parts:
            state = state + np.asarray(part, dtype=np.int64).astype(np.uint64) + _GOLDEN
            state = (state ^ (state >> np.uint64(30))) * _FIRST
            state = (state ^ (state >> np.uint64(27))) * _SECOND
            state = state ^ (state >> np.uint64(31))
    return np.asarray(state & _MASK63).astype(np.int64)


def named_seed(*parts: object) -> int:
    """Return a 63-bit integer that depends only on the text of *parts*."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


def to_unit(values: Ints) -> Floats:
    """Return non-negative integers from ``mix`` as floats in [0, 1)."""
    return np.asarray(values >> 10, dtype=np.float64) / float(1 << 53)


def draw_flags(rng: np.random.Generator, n: int, share: float) -> NDArray[np.bool_]:
    """Return *n* independent flags, each true with probability *share*."""
    return np.asarray(rng.random(n) < share)


def choose(rng: np.random.Generator, weights: ArrayLike, n: int) -> Ints:
    """Return *n* indices drawn with replacement, in proportion to *weights*."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    picked = np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")
    return np.asarray(np.minimum(picked, len(cumulative) - 1), dtype=np.int64)


def zipf_weights(n: int, exponent: float = 1.0) -> Floats:
    """Return the weights of *n* ranks under Zipf's law, summing to one."""
    weights = 1.0 / np.arange(1, n + 1, dtype=np.float64) ** exponent
    return np.asarray(weights / weights.sum())


def heavy_counts(rng: np.random.Generator, n: int, median: float, sigma: float, most: float) -> Ints:
    """Return *n* log-normal counts of at least one; *sigma* is the spread of the logarithm."""
    values = median * np.exp(sigma * rng.standard_normal(n))
    return np.clip(np.rint(values), 1, max(1.0, most)).astype(np.int64)


def group_sizes(rng: np.random.Generator, n: int, exponent: float, most: int) -> Ints:
    """Return heavy-tailed sizes of at least one that add up to exactly *n*."""
    sizes: list[int] = []
    left = n
    while left > 0:
        drawn = 1 + choose(rng, zipf_weights(most, exponent), max(16, left))
        for size in drawn.tolist():
            sizes.append(min(size, left))
            left -= sizes[-1]
            if left == 0:
                break
    return np.asarray(sizes, dtype=np.int64)


def segment_cumsum(values: Floats, starts: NDArray[np.bool_]) -> Floats:
    """Return the running sum of *values*; it restarts where *starts* is true. The first flag must be true."""
    total = np.cumsum(values)
    first = np.flatnonzero(starts)
    before = total[first] - values[first]
    return np.asarray(total - np.repeat(before, np.diff(np.append(first, len(values)))))
