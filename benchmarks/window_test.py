"""Tests whether a window of pooled prompts is drawn like honest prompts, from their sketches alone.

A window test knows no accounts. It is an early warning for traffic that cannot be separated by account, and never
evidence against an account. Any change of honest habits also moves it. It is fitted only on honest prompts.

It checks five parts of a window:

- content: a shift of the mean content (Hotelling's T², regularised);
- length: an excess in a range of prompt lengths (scan of likelihood ratios: Kulldorff, 1997);
- kind: an excess or lack of kinds of prompt;
- kind and length: an excess of one kind in a range of lengths (the same scan);
- frame: an excess of one frame.

Each part is scaled by its values on honest windows that the fit has not seen. The statistic is the root of the sum of
the squares of the positive parts.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import xlogy

from stillwatch.errors import InputError

__all__ = ["PARTS", "PromptSketches", "WindowResult", "WindowTest", "fit", "from_prints"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PARTS = ("content", "length", "kind", "kind and length", "frame")
"""The parts of a window that are tested, in the order of ``WindowResult.parts``."""

_N_KINDS, _SAMPLE, _ROUNDS = 64, 8_000, 8
_RIDGE = 3e-4
"""Added to variances; about the variance of the least varied direction in the hashed content of short prompts."""
_LENGTHS = np.array([*range(2, 13), 14, 17, 20, 24, 28, 34, 40, 48, 57, 68, 80, 113, 160, 226, 320, 640, 1280])
_CLASSES = np.array([6, 9, 14, 24, 45, 90])
"""Edges in words: quarter octaves for prompts of one or two sentences, then wider."""
_SPLITS, _NULL_WINDOWS = 12, 1_200
_BLOCK = 16_384


class PromptSketches(NamedTuple):
    """Prompts as arrays of equal length: content vectors (n, dimensions; int8), words, hashes of both ends."""

    vectors: npt.NDArray[np.int8]
    n_words: npt.NDArray[np.int32]
    heads: npt.NDArray[np.uint64]
    tails: npt.NDArray[np.uint64]

    def take(self, rows: Ints) -> "PromptSketches":
        """Return the prompts at *rows*."""
        return PromptSketches(self.vectors[rows], self.n_words[rows], self.heads[rows], self.tails[rows])


class WindowResult(NamedTuple):
    """The result for a window: ``statistic``, p-value, and each of ``PARTS`` on the same scale.

    ``unusual`` means that the statistic exceeds the threshold of the test. For a part, honest windows have median 0 and
    exceed 2.33 once in a hundred.
    """

    statistic: float
    p_value: float
    unusual: bool
    parts: dict[str, float]


def from_prints(prints: pa.Table) -> PromptSketches:
    """Return the prompts of *prints* (columns of ``tables.PRINTS``) that have a content vector."""
    known = prints.filter(pc.is_valid(prints["vector"])).combine_chunks()
    data = b"".join(known["vector"].to_pylist())
    vectors = np.frombuffer(data, np.int8).reshape(known.num_rows, -1) if known.num_rows else np.zeros((0, 0), np.int8)
    heads, tails = (known[name].to_numpy().astype(np.uint64) for name in ("head_hash", "tail_hash"))
    return PromptSketches(vectors, known["n_words"].to_numpy().astype(np.int32), heads, tails)


class _Frames(NamedTuple):
    """Hashes of one end of the reference prompts, sorted, with their counts."""

    hashes: npt.NDArray[np.uint64]
    counts: Ints

    def expected(self, hashes: npt.NDArray[np.uint64], n: int) -> Floats:
        if not len(self.hashes):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.asarray(np.where(self.hashes[at] == hashes, self.counts[at], 0) / n)


@dataclass(frozen=True)
class _Reference:
    """The summary of the honest prompts; only ``frames`` grows with their number."""

    n: int
    center: Floats
    whitener: Floats
    """The squared length of ``whitener @ (mean - center)`` is Hotelling's T² per prompt."""
    kinds: npt.NDArray[np.float32]
    """Centres of the kinds of prompt, (kinds, dimensions)."""
    lengths: Floats
    """Share of prompts by length."""
    cells: Floats
    """Share of prompts by kind and length class, (kinds, classes)."""
    frames: tuple[_Frames, _Frames]

    def kind_of(self, vectors: npt.NDArray[np.int8]) -> Ints:
        """Return the nearest kind of each vector."""
        offset = (self.kinds**2).sum(axis=1)
        nearest = np.empty(len(vectors), np.int64)
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK].astype(np.float32)
            nearest[start : start + _BLOCK] = (offset - 2 * (block @ self.kinds.T)).argmin(axis=1)
        return nearest

    def measure(self, window: PromptSketches, kinds: Ints) -> Floats:
        """Return the five parts of *window*, unscaled; its prompts have the kinds *kinds*."""
        n = len(window.n_words)
        moved = self.whitener @ (window.vectors.sum(axis=0, dtype=np.int64) / n - self.center)
        lengths = np.bincount(np.digitize(window.n_words, _LENGTHS), minlength=len(_LENGTHS) + 1)
        classes = len(_CLASSES) + 1
        flat = np.bincount(kinds * classes + np.digitize(window.n_words, _CLASSES), minlength=self.cells.size)
        cells = flat.reshape(self.cells.shape)
        of_kind, share = cells.sum(axis=1), self.cells.sum(axis=1)
        return np.array(
            [
                # the mean of the reference has its own uncertainty, which depends on its size
                n * float(moved @ moved) / (1 + n / self.n),
                _scan(lengths, n * self.lengths).max(),
                ((of_kind - n * share) ** 2 / (n * share + 1)).sum(),
                _scan(cells, n * self.cells).max(),
                max(self._frame(end, known) for end, known in zip(window[2:], self.frames, strict=True)),
            ]
        )

    def _frame(self, hashes: npt.NDArray[np.uint64], known: _Frames) -> float:
        """Return the excess (signed root of the likelihood ratio) of the most frequent frame in *hashes*; 0 means no
        frame.
        """
        seen, counts = np.unique(hashes[hashes != 0], return_counts=True)
        if not len(seen):
            return 0.0
        # half a prompt is added, because a frame can be absent from the reference by chance
        return float(_surprise(counts, len(hashes) * (known.expected(seen, self.n) + 0.5 / self.n)).max())


@dataclass(frozen=True)
class WindowTest:
    """A window test for windows of ``size`` prompts, made by :func:`fit`."""

    size: int
    threshold: float
    reference: _Reference
    middle: Floats
    scale: Floats
    null: Floats
    """Sorted statistics of the honest windows that set the threshold."""

    def read(self, window: PromptSketches) -> WindowResult:
        """Return the result for *window*; raises ``InputError`` unless it has ``size`` prompts."""
        if len(window.n_words) != self.size:
            raise InputError(
                f"a window of {len(window.n_words)} prompts does not fit a test for {self.size}",
                where="window test",
                remedy="Split the traffic into windows of the size of the test.",
            )
        parts = (self.reference.measure(window, self.reference.kind_of(window.vectors)) - self.middle) / self.scale
        statistic = float(_combine(parts))
        above = len(self.null) - int(np.searchsorted(self.null, statistic))
        p_value = (1 + above) / (1 + len(self.null))
        return WindowResult(
            statistic, p_value, statistic > self.threshold, dict(zip(PARTS, parts.tolist(), strict=True))
        )


def fit(reference: PromptSketches, *, size: int = 1_500, rate: float = 0.005, seed: int = 1) -> WindowTest:
    """Return the test that calls a share *rate* of honest windows unusual, fitted only on honest prompts.

    The threshold comes from windows of one half of the reference, read by a fit on the other half, over several splits.
    So it allows for the noise of the reference itself. Raises ``InputError`` for fewer than four windows of prompts.
    """
    n = len(reference.n_words)
    if n < 4 * size:
        raise InputError(
            f"{n} honest prompts are too few for windows of {size}",
            where="window test",
            remedy=f"Give at least {4 * size} honest prompts, or make the windows smaller.",
        )
    random = np.random.default_rng(seed)
    measured = []
    per_half = (n - n // 2) // size
    shuffles = -(-_NULL_WINDOWS // (_SPLITS * per_half))
    for _ in range(_SPLITS):
        order = random.permutation(n)
        fitted, rest = _learn(reference.take(order[: n // 2]), random), reference.take(order[n // 2 :])
        kinds = fitted.kind_of(rest.vectors)
        for _ in range(shuffles):
            shuffled = random.permutation(len(kinds))[: per_half * size].reshape(per_half, size)
            measured += [fitted.measure(rest.take(rows), kinds[rows]) for rows in shuffled]
    parts = np.array(measured)
    middle, high = np.quantile(parts, [0.5, 0.99], axis=0)
    # the upper tail sets the scale, because the parts are skewed differently
    scale = np.maximum((high - middle) / 2.33, 1e-9)
    null = np.sort(_combine((parts - middle) / scale))
    threshold = float(np.quantile(null, 1 - rate, method="higher"))
    return WindowTest(size, threshold, _learn(reference, random), middle, scale, null)


def _combine(parts: Floats) -> Floats:
    """Return the root of the sum of squared positive *parts*; a deficit does not count."""
    return np.asarray(np.sqrt((np.maximum(parts, 0) ** 2).sum(axis=-1)))


def _learn(prompts: PromptSketches, random: np.random.Generator) -> _Reference:
    """Return the summary of honest *prompts*."""
    n = len(prompts.n_words)
    vectors = prompts.vectors.astype(np.float32)
    center = vectors.mean(axis=0, dtype=np.float64)
    unit = float((vectors**2).sum(axis=1).mean()) or 1.0
    covariance = (vectors.T @ vectors).astype(np.float64) / n - np.outer(center, center)
    values, directions = np.linalg.eigh(covariance)
    whitener = (directions / np.sqrt(np.maximum(values, 0) + _RIDGE * unit)).T
    kinds = _cluster(vectors, random)
    empty = _Reference(
        n, center, whitener, kinds, np.zeros(0), np.zeros(0), (_count(prompts.heads), _count(prompts.tails))
    )
    classes = len(_CLASSES) + 1
    flat = empty.kind_of(prompts.vectors) * classes + np.digitize(prompts.n_words, _CLASSES)
    cells = np.bincount(flat, minlength=len(kinds) * classes).reshape(len(kinds), classes) / n
    lengths = np.bincount(np.digitize(prompts.n_words, _LENGTHS), minlength=len(_LENGTHS) + 1) / n
    return _Reference(n, center, whitener, kinds, lengths, cells, empty.frames)


def _cluster(vectors: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return the centres of the kinds of prompt: k-means (Lloyd) on a sample."""
    sample = vectors[random.permutation(len(vectors))[:_SAMPLE]]
    centers = sample[: min(_N_KINDS, len(sample))].copy()
    for _ in range(_ROUNDS):
        nearest = ((centers**2).sum(axis=1) - 2 * (sample @ centers.T)).argmin(axis=1)
        for kind in range(len(centers)):
            if (nearest == kind).any():
                centers[kind] = sample[nearest == kind].mean(axis=0)
    return centers


def _count(hashes: npt.NDArray[np.uint64]) -> _Frames:
    values, counts = np.unique(hashes[hashes != 0], return_counts=True)
    return _Frames(values, counts)


def _scan(counts: Ints, expected: Floats) -> Floats:
    """Return the excess of every run of adjacent cells along the last axis."""
    edge = np.zeros((*counts.shape[:-1], 1))
    seen, due = (np.concatenate((edge, np.cumsum(values, axis=-1)), axis=-1) for values in (counts, expected))
    low, high = np.triu_indices(counts.shape[-1] + 1, 1)
    return _surprise(seen[..., high] - seen[..., low], due[..., high] - due[..., low] + 0.5)


def _surprise(counts: npt.NDArray[np.generic], expected: Floats) -> Floats:
    """Return the signed root of the Poisson likelihood ratio of *counts* above *expected*; 0 if they are below."""
    seen = counts.astype(np.float64)
    return np.asarray(
        np.sqrt(2 * np.maximum(np.where(seen > expected, xlogy(seen, seen / expected) - (seen - expected), 0), 0))
    )
