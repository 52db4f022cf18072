"""Flags windows of prompts whose sentence embeddings differ from honest ones: maximum mean discrepancy (MMD).

Gretton et al., A Kernel Two-Sample Test (2012), as applied to windows of traffic by Liu, Guo and Dong, An
Embarrassingly Simple Detector for Model Extraction Attacks in Large Language Model API Traffic (2026): unbiased MMD²,
the mean of four Gaussian kernels around the median distance, twenty reference draws, a threshold from honest pairs
only. Implemented from the description. It works on sums of kernels, so many windows over one set of prompts need only
one pass.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from peers.scores import Scored, draw_line

__all__ = ["Kernel", "between", "fit_kernel", "flag", "inner", "null_pairs", "sums"]

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_BLOCK = 1_024
_BANDWIDTH_SAMPLE = 2_000


class Kernel(NamedTuple):
    """The mean of Gaussian kernels with half, one, two and four times the bandwidth ``sigma``."""

    sigma: float

    def of(self, left: Vectors, right: Vectors) -> Vectors:
        """Return the kernel of every vector of *left* with every vector of *right*; all have unit length."""
        # exp(-d²/2(4s)²); the narrower kernels are its 4th, 16th and 64th power
        widest = np.exp(((left @ right.T) - 1) * np.float32(1 / (16 * self.sigma**2)))
        np.minimum(widest, 1, out=widest)
        two = widest**2
        two *= two
        one = two**2
        one *= one
        half = one**2
        half *= half
        return np.asarray((widest + two + one + half) / 4)


def fit_kernel(honest: Vectors, random: np.random.Generator) -> Kernel:
    """Return the kernel whose bandwidth is the median distance between *honest* prompts."""
    sample = honest[random.permutation(len(honest))[:_BANDWIDTH_SAMPLE]]
    square = 2 - 2 * (sample @ sample.T)[np.triu_indices(len(sample), 1)]
    return Kernel(float(np.sqrt(np.median(square[square > 1e-9]))))


def sums(kernel: Kernel, left: Vectors, right: Vectors, weights: Floats) -> Floats:
    """Return the kernel between *left* and *right* times *weights* (right, columns), computed in blocks."""
    made = np.empty((len(left), weights.shape[1]), np.float32)
    narrow = np.asarray(weights, np.float32)
    for start in range(0, len(left), _BLOCK):
        made[start : start + _BLOCK] = kernel.of(left[start : start + _BLOCK], right) @ narrow
    return made.astype(np.float64)


def inner(members: Floats, made: Floats) -> Floats:
    """Return the mean kernel between two different prompts of each set (a column of 0 and 1), from ``sums``."""
    n = members.sum(axis=0)
    return np.asarray(((members * made).sum(axis=0) - n) / (n * (n - 1)))


def between(left: Floats, made: Floats, right_sizes: Floats) -> Floats:
    """Return the mean kernel between each set of *left* and each set behind *made*: (left, right)."""
    return np.asarray(left.T @ made / left.sum(axis=0)[:, None] / right_sizes[None, :])


def null_pairs(kernel: Kernel, honest: Vectors, size: int, count: int, random: np.random.Generator) -> Floats:
    """Return unbiased MMD² between *count* pairs of disjoint honest windows of *size*."""
    first, second = np.zeros((len(honest), count)), np.zeros((len(honest), count))
    for column in range(count):
        rows = random.permutation(len(honest))[: 2 * size]
        first[rows[:size], column] = 1
        second[rows[size:], column] = 1
    made = sums(kernel, honest, honest, np.concatenate((first, second), axis=1))
    across = (first * made[:, count:]).sum(axis=0) / size**2
    return inner(first, made[:, :count]) + inner(second, made[:, count:]) - 2 * across


def flag(
    accounts: npt.NDArray[np.str_],
    vectors: Vectors,
    trusted: frozenset[str],
    *,
    rate: float,
    seed: int,
    least: int = 20,
    reference: int = 1_500,
) -> list[Scored]:
    """Return a score per account: its prompts as one window against those of the *trusted*; one input row per prompt.

    The published test uses 1,500 prompts; accounts have fewer. Windows of unequal size are compared by MMD² divided by
    its standard error under the null hypothesis, which is proportional to one over the size. Accounts with fewer than
    *least* prompts are left out.
    """
    random = np.random.default_rng(seed)
    known = np.flatnonzero(np.isin(accounts, sorted(trusted)))
    drawn = random.permutation(known)[:reference]
    kernel = fit_kernel(vectors[drawn], random)
    ones = np.ones((len(drawn), 1))
    names, first, sizes = np.unique(accounts, return_index=True, return_counts=True)
    near = sums(kernel, vectors, vectors[drawn], ones)[:, 0] / len(drawn)
    scores = {}
    for name, start, size in zip(names, first, sizes, strict=True):
        if size < least:
            continue
        own = kernel.of(vectors[start : start + size], vectors[start : start + size])
        alike = (float(own.sum()) - size) / (size * (size - 1))
        scores[str(name)] = size * (alike - 2 * float(near[start : start + size].mean()))
    usual = float(near[drawn].mean())
    return draw_line({n: s + usual * sizes[np.searchsorted(names, n)] for n, s in scores.items()}, trusted, rate=rate)
