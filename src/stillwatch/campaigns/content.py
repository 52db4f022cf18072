"""What accounts asked as mean vectors, and what sampling noise does to them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.engine.kernels import njit

__all__ = [
    "SCALE",
    "SOME",
    "Content",
    "Excerpt",
    "Floats",
    "Halves",
    "Ints",
    "Joined",
    "Vectors",
    "inner_products",
    "mean_of",
    "some_of",
    "spans",
]

SCALE = 127.0
"""Length of one prompt's vector."""
SOME = 40_000
"""Accounts that can speak for everybody where it need not be exact."""
_AT_ONCE = 2048
_SEVERAL = 2
"""Prompts from which an account has a spread of its own."""
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]


def spans(start: Ints, chosen: Ints) -> Ints:
    """Return the positions ``start[c]:start[c + 1]`` of each of *chosen*, one after the other.

    Costs what these have, not what all have: most groups that are looked at are small.
    """
    size = start[chosen + 1] - start[chosen]
    skipped = np.repeat(start[chosen] - np.concatenate(([0], np.cumsum(size)))[: len(size)], size)
    return np.asarray(skipped + np.arange(len(skipped)))


def some_of(n: int) -> Ints:
    """Return positions of *n* at equal steps, ``SOME`` of more: what a look at them costs is the same in every log."""
    return np.arange(n) if n <= SOME else np.arange(SOME) * n // SOME


@dataclass(frozen=True)
class Halves:
    """The mean vectors of all that accounts asked, worked out from those of either half when they are wanted: two
    kilobytes an account that are nowhere.
    """

    first: Vectors
    second: Vectors
    n: npt.NDArray[np.float32]
    """Exchanges with a content vector, (accounts, 2)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Accounts and dimensions."""
        return self.first.shape

    def __getitem__(self, accounts: Any) -> Vectors:
        """Return the mean vectors of *accounts*, as an array."""
        n = self.n[accounts]
        total = self.first[accounts] * n[..., :1] + self.second[accounts] * n[..., 1:]
        return np.asarray(total / np.maximum(n.sum(axis=-1, keepdims=True), 1))

    def __matmul__(self, vectors: Vectors) -> Vectors:
        """Return the inner product of each mean vector with *vectors*: one, or several as columns."""
        first, second = self.n.T if vectors.ndim == 1 else self.n.T[:, :, None]
        total = (self.first @ vectors) * first + (self.second @ vectors) * second
        return np.asarray(total / np.maximum(first + second, 1))


@dataclass(frozen=True)
class Joined:
    """Mean vectors of which some were gathered before: *row* is where each stands in *first* and *second*, one after
    the other.
    """

    first: Vectors
    second: Vectors
    row: Ints

    @property
    def shape(self) -> tuple[int, ...]:
        """Accounts and dimensions."""
        return len(self.row), self.first.shape[1]

    def __getitem__(self, accounts: Any) -> Vectors:
        """Return the mean vectors of *accounts*, as an array."""
        row = self.row[accounts]
        found = np.empty((len(row), self.first.shape[1]), np.float32)
        before = row < len(self.first)
        found[before], found[~before] = self.first[row[before]], self.second[row[~before] - len(self.first)]
        return found

    def __matmul__(self, vector: Vectors) -> Vectors:
        """Return the inner product of each mean vector with *vector*."""
        return np.asarray(np.concatenate((self.first @ vector, self.second @ vector))[self.row])


@dataclass(frozen=True)
class Excerpt:
    """Mean vectors of *accounts*, in order, which most looks at a few others take in as well."""

    accounts: Ints
    mean: Vectors

    def joined(self, mean: "Vectors | Halves | Joined", chosen: Ints) -> Joined:
        """Return the mean vectors of the accounts *chosen*, of those in *mean*."""
        row = np.minimum(np.searchsorted(self.accounts, chosen), len(self.accounts) - 1)
        others = self.accounts[row] != chosen
        row[others] = len(self.accounts) + np.arange(others.sum())
        return Joined(self.mean, mean[chosen[others]], row)


@dataclass(frozen=True)
class Content:
    """What accounts asked, as mean vectors with what sampling noise does to them; vectors have length about 1."""

    n: Ints
    mean: Vectors | Halves | Joined
    """Mean vector, (accounts, dimensions); zero where n is 0."""
    likeness: Floats
    """Squared length of the true mean, without sampling noise: how alike an account's own prompts are."""
    spread: Floats
    """Variance of an account's prompts around their mean, shrunk to the population's for short accounts."""
    noise: Floats
    """Expected squared distance of the mean from the true mean: spread by the number of different prompts."""

    def of_accounts(self, chosen: Ints) -> "Content":
        """Return the content of the accounts at the positions *chosen*, whose mean vectors are an array."""
        return self._of(chosen, self.mean[chosen])

    def beside_some(self, chosen: Ints) -> "Content":
        """Return :meth:`of_accounts` where most of *chosen* are of :func:`some_of`, whose vectors are kept."""
        return self._of(chosen, self._excerpt.joined(self.mean, chosen))

    def _of(self, chosen: Ints, mean: Vectors | Joined) -> "Content":
        return Content(self.n[chosen], mean, self.likeness[chosen], self.spread[chosen], self.noise[chosen])

    @cached_property
    def _excerpt(self) -> Excerpt:
        some = some_of(len(self.n))
        return Excerpt(some, self.mean[some])

    @cached_property
    def usual_spread(self) -> float:
        """Spread of the accounts that say anything of it, at the median."""
        several = self.n >= _SEVERAL
        return float(np.median(self.spread[several])) if several.any() else 1.0

    @property
    def vectors(self) -> Vectors:
        """Mean vectors as an array."""
        return self.mean if isinstance(self.mean, np.ndarray) else self.mean[:]

    @classmethod
    def of(
        cls, n: Ints, norm: Ints, square: Ints, mean: Vectors | Halves, variety: Floats, spread: Floats | None = None
    ) -> "Content":
        """Return the content of accounts with *n* prompts, from the sum *norm* of squared lengths of their integer
        vectors, the squared length *square* of their sum, and their *mean*; *spread* where it is known from more data.
        """
        count = np.maximum(n, 1).astype(np.float64)
        whole, own = square / SCALE**2, norm / SCALE**2
        pairs = count * (count - 1)
        likeness = np.where(n > 1, (whole - own) / np.maximum(pairs, 1), np.nan)
        if spread is None:
            raw = own / count - likeness
            usual = float(np.median(raw[n >= 5])) if (n >= 5).any() else 0.9
            weight = np.where(n > 1, count / (count + 10.0), 0.0)
            spread = np.maximum(0.01, weight * np.nan_to_num(raw) + (1 - weight) * usual)
        # An account with one prompt has no likeness of its own; its noise-free squared length is unknown, so take
        # the biased one less its expected noise.
        likeness = np.where(n > 1, likeness, whole / count**2 - spread / count)
        return cls(n, mean, likeness, spread, spread / np.maximum(1.0, count * np.minimum(variety, 1)))


def mean_of(n: Ints, total: npt.NDArray[np.int32]) -> tuple[Vectors, Ints]:
    """Return the mean vectors of accounts with *n* prompts each, and the squared length of their sum *total*."""
    mean, square = np.empty(total.shape, np.float32), np.empty(len(total), np.int64)
    _mean(np.ascontiguousarray(total), SCALE * np.maximum(n, 1), mean, square)
    return mean, square


@njit(cache=True, nogil=True)
def _mean(total: Any, scale: Any, mean: Any, square: Any) -> None:
    """Write *total* (n, d) by *scale* (n) to *mean*, and the squared length of *total* to *square*, in one pass."""
    for i in range(total.shape[0]):
        length = np.int64(0)
        for d in range(total.shape[1]):
            value = np.int64(total[i, d])
            length += value * value
            mean[i, d] = value / scale[i]
        square[i] = length


def inner_products(mean: Vectors | Halves | Joined, left: Ints, right: Ints) -> Floats:
    """Return the inner product of the mean vectors of each pair of accounts."""
    found = np.empty(len(left))
    if isinstance(mean, np.ndarray):
        _products(mean, left, right, found)
        return found
    for start in range(0, len(left), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        both = np.concatenate((mean[left[here]], mean[right[here]]))
        one = np.arange(len(both) // 2)
        _products(both, one, one + len(one), found[here])
    return found


@njit(cache=True, nogil=True)
def _products(mean: Any, left: Any, right: Any, out: Any) -> None:
    """Write the inner product of each pair of rows of *mean* (float32), without gathering them."""
    for i in range(left.shape[0]):
        a, b = mean[left[i]], mean[right[i]]
        # Four sums side by side, added up in one order: as quick as the processor allows, and always the same.
        s0 = s1 = s2 = s3 = 0.0
        whole = a.shape[0] // 4 * 4
        for d in range(0, whole, 4):
            s0 += a[d] * b[d]
            s1 += a[d + 1] * b[d + 1]
            s2 += a[d + 2] * b[d + 2]
            s3 += a[d + 3] * b[d + 3]
        for d in range(whole, a.shape[0]):
            s0 += a[d] * b[d]
        out[i] = (s0 + s1) + (s2 + s3)
