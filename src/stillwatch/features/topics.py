"""Assigns prompts to about a thousand topics, and counts the distinct prompts of each account per topic.

Topics are the cells of a two-level k-means tree (Lloyd, 1982; Nistér and Stewénius, 2006) over the content vectors of a
sample of different prompts. The sample is the prompts with the smallest hashes. So it does not depend on the order of
rows or on accounts, and the samples of two logs merge into the sample of both. With a tree, a prompt is compared with
64 centres instead of 1,024.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.cluster.vq import kmeans2

from stillwatch.engine import Engine, Frame, streamed
from stillwatch.engine.kernels import njit
from stillwatch.features.profiles import half_of, known_rows, vectors_of
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.tables import PLACES, SPREADS

__all__ = ["TOPICS", "VECTORS", "Topics", "fit", "places", "spread", "vectors_in_topics"]

_BRANCHES, _LEAVES = 32, 32
TOPICS = _BRANCHES * _LEAVES
_SAMPLE = 12_000
_LEAST_WORDS = 4
"""Shorter prompts have no topic, because most accounts share them (small talk)."""
_PER_LEAF = 6
"""Fewest prompts of the sample per topic, on average over its branch."""
_ROUNDS = 6
_SCALE = np.float32(127)
_LEVELS = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / _SCALE
"""The value of each byte of a vector."""
_UNITS = np.uint64(_BRANCHES)
"""Number of branches, and of leaves per branch, as an unsigned number: indexing then needs no check of the sign."""
Vectors = npt.NDArray[np.float32]

VECTORS = pa.schema([("account_id", pa.string()), ("half", pa.int8()), ("topic", pa.int16()), ("vector", pa.binary())])
"""A row is a prompt: its account, half, topic and content vector."""


@dataclass(frozen=True)
class Topics:
    """Centres of the branches (32, 512) and leaves (32, 32, 512), and which leaves exist (32, 32)."""

    branches: Vectors
    leaves: Vectors
    exists: npt.NDArray[np.bool_]

    def of(self, vectors: npt.NDArray[np.int8]) -> npt.NDArray[np.int16]:
        """Return the topic, 0 to ``TOPICS - 1``, of each vector (n, 512)."""
        topic = np.empty(len(vectors), np.int16)
        _place(vectors, *self._centres, _LEVELS, topic)
        return topic

    @cached_property
    def _centres(self) -> tuple[Vectors, Vectors, Vectors, Vectors]:
        """Branches and leaves, with the centre as the last axis and flattened, each with their squared lengths."""
        branch_exists = np.asarray(self.exists.any(axis=1))
        return (
            np.ascontiguousarray(self.branches.T).reshape(-1),
            _squares(self.branches, branch_exists),
            np.ascontiguousarray(self.leaves.transpose(0, 2, 1)).reshape(_BRANCHES, -1),
            _squares(self.leaves, self.exists),
        )


def fit(engine: Engine, prints: Frame, *, seed: int = 1) -> Topics:
    """Return topics fitted on a sample of the different prompts in *prints*; one single topic where they are few."""
    # A prompt with words has a vector; a condition on the vector would read all vectors.
    worded = f"n_words >= {_LEAST_WORDS}"
    n = _only(engine, f"SELECT COUNT(*) AS n FROM prints WHERE {worded}", prints)
    # Hashes are uniform, so a bound on them reduces the rows before sorting; the factor allows for repeated prompts.
    bound = min(1.0, 16 * _SAMPLE / max(1, n))
    different = f"SELECT prompt_hash FROM prints WHERE {worded} AND prompt_hash <= {min(2**64 - 1, int(bound * 2**64))}"
    first = f"{different} GROUP BY prompt_hash ORDER BY prompt_hash LIMIT {_SAMPLE}"
    last = _only(engine, f"SELECT COALESCE(MAX(prompt_hash), 0) AS last FROM ({first}) AS first", prints)
    sample = engine.query(
        f"""
        SELECT prompt_hash, MIN(vector) AS vector
        FROM prints
        WHERE {worded} AND vector IS NOT NULL AND prompt_hash <= {last}
        GROUP BY prompt_hash
        ORDER BY prompt_hash
        LIMIT {_SAMPLE}
        """,
        prints=prints,
    )
    table = engine.arrow(sample).read_all()
    raw = b"".join(table["vector"].to_pylist())
    vectors = np.frombuffer(raw, np.int8).reshape(-1, DIMENSIONS).astype(np.float32) / _SCALE
    return _tree(vectors, seed)


def _only(engine: Engine, sql: str, prints: Frame) -> int:
    """Return the single number that *sql* over *prints* selects."""
    return int(engine.arrow(engine.query(sql, prints=prints)).read_all()[0][0].as_py())


def places(topics: Topics) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Return the pure function from a batch of prints to the places of its prompts (schema ``tables.PLACES``)."""

    def placed(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = known_rows(batch)
        hashes = batch.column("prompt_hash")
        columns = [
            batch.column("account_id"),
            pa.array(half_of(hashes.to_numpy())),
            hashes,
            pa.array(topics.of(vectors_of(batch.column("vector")))),
        ]
        rows = pa.RecordBatch.from_arrays(columns, schema=PLACES.schema)
        return rows.filter(pa.array(batch.column("n_words").to_numpy() >= _LEAST_WORDS))

    return placed


def vectors_in_topics(engine: Engine, prints: Frame, topics: Topics, *, threads: int = 1) -> Iterator[pa.RecordBatch]:
    """Yield account, half, topic and vector (schema ``VECTORS``) of every prompt that has a topic, in any order.

    *threads* threads (0: one per core) compute the topics again. That is cheaper than storing them beside the vectors,
    or joining them by the hash of every prompt.
    """
    worded = engine.query(
        f"""
        SELECT account_id, prompt_hash, vector FROM prints WHERE vector IS NOT NULL AND n_words >= {_LEAST_WORDS}
        """,
        prints=prints,
    )

    def located(batch: pa.RecordBatch) -> pa.RecordBatch:
        account, hashes, vector = batch.columns
        half, topic = half_of(hashes.to_numpy()), topics.of(vectors_of(vector))
        return pa.RecordBatch.from_arrays([account, pa.array(half), pa.array(topic), vector], schema=VECTORS)

    yield from streamed(engine.arrow(worded), located, threads)


def spread(engine: Engine, placed: Frame) -> Frame:
    """Return the number of distinct prompts per account, half and topic (schema ``tables.SPREADS``)."""
    return engine.query(
        f"""
        SELECT {", ".join(SPREADS.names)}
        FROM (
            SELECT account_id, half, topic, COUNT(DISTINCT prompt_hash) AS n
            FROM placed
            GROUP BY account_id, half, topic
        ) AS counted
        """,
        placed=placed,
    )


def _tree(vectors: Vectors, seed: int) -> Topics:
    branches = np.zeros((_BRANCHES, DIMENSIONS), np.float32)
    leaves = np.zeros((_BRANCHES, _LEAVES, DIMENSIONS), np.float32)
    exists = np.zeros((_BRANCHES, _LEAVES), np.bool_)
    exists[0, 0] = True
    if len(vectors) < _BRANCHES * _PER_LEAF:
        return Topics(branches, leaves, exists)
    branches, branch = _means(vectors, _BRANCHES, seed)
    for b in range(_BRANCHES):
        inside = vectors[branch == b]
        k = min(_LEAVES, len(inside) // _PER_LEAF)
        exists[b, : max(k, 1)] = len(inside) > 0
        if k > 1:
            leaves[b, :k], _ = _means(inside, k, seed)
        elif len(inside):
            leaves[b, 0] = inside.mean(axis=0)
    return Topics(branches, leaves, exists)


def _means(vectors: Vectors, k: int, seed: int) -> tuple[Vectors, npt.NDArray[np.int32]]:
    with warnings.catch_warnings():
        # A centre that loses all its prompts keeps its position, which is still a valid topic.
        warnings.simplefilter("ignore", UserWarning)
        centres, label = kmeans2(vectors, k, iter=_ROUNDS, minit="points", rng=np.random.default_rng(seed))
    return centres, label


def _squares(centres: Vectors, exists: npt.NDArray[np.bool_]) -> Vectors:
    return np.where(exists, (centres**2).sum(axis=-1), np.inf).astype(np.float32)


@njit(cache=True, nogil=True, fastmath={"contract"})
def _add(at: Any, value: Any, start: Any, end: Any, centres: Any, dots: Any) -> None:
    """Add to *dots* the dot products of 32 *centres* with the values *value* of a vector at the dimensions *at*.

    Products are added one after the other with fused multiply-add, so the result is the same in every batch. Eight
    dimensions are processed at a time, so that sums stay in registers longer.
    """
    for i in range(start, end, 8):
        # Local variables, because the compiler cannot know that writing to dots does not change at and value.
        a, b, c, d, e, f, g, h = at[i], at[i + 1], at[i + 2], at[i + 3], at[i + 4], at[i + 5], at[i + 6], at[i + 7]
        p, q, r, s = value[i], value[i + 1], value[i + 2], value[i + 3]
        t, u, v, w = value[i + 4], value[i + 5], value[i + 6], value[i + 7]
        for j in range(_UNITS):
            dot = dots[j]
            dot += p * centres[a + j]
            dot += q * centres[b + j]
            dot += r * centres[c + j]
            dot += s * centres[d + j]
            dot += t * centres[e + j]
            dot += u * centres[f + j]
            dot += v * centres[g + j]
            dot += w * centres[h + j]
            dots[j] = dot


@njit(cache=True, nogil=True)
def _nearest(at: Any, value: Any, ends: Any, centres: Any, squares: Any, dots: Any) -> Any:
    """Return the nearest of *centres*; the first one wins a tie. The two halves of the vector are summed separately."""
    dots[:] = 0
    # an int64 like the other arguments, or numba compiles _add twice
    _add(at, value, np.int64(0), ends[0], centres, dots[0])
    _add(at, value, ends[0], ends[1], centres, dots[1])
    best, least = np.int64(0), np.float32(np.inf)
    for j in range(_UNITS):
        distance = squares[j] - np.float32(2) * (dots[0, j] + dots[1, j])
        if distance < least:
            best, least = np.int64(j), distance
    return best


@njit(cache=True, nogil=True)
def _place(
    vectors: Any, branches: Any, branch_squares: Any, leaves: Any, leaf_squares: Any, levels: Any, out: Any
) -> None:
    size = vectors.shape[1]
    at, value = np.empty(size + 16, np.uint64), np.empty(size + 16, np.float32)
    dots, ends = np.empty((2, _BRANCHES), np.float32), np.zeros(2, np.int64)
    for row in range(vectors.shape[0]):
        # Most prompts have few words, so most values of their vector are 0.
        n = 0
        for half in range(2):
            for d in range(half * size // 2, (half + 1) * size // 2):
                at[n], value[n] = np.uint64(d) * _UNITS, levels[np.uint8(vectors[row, d])]
                n += vectors[row, d] != 0
            while n % 8:
                at[n], value[n] = np.uint64(0), np.float32(0)
                n += 1
            ends[half] = n
        branch = _nearest(at, value, ends, branches, branch_squares, dots)
        leaf = _nearest(at, value, ends, leaves[branch], leaf_squares[branch], dots)
        out[row] = branch * np.int64(_BRANCHES) + leaf
