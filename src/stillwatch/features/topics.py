"""Prints in, topics out: which of a thousand topics a prompt falls into, and how an account spreads over them.

Topics are the cells of a two-level k-means tree (Lloyd, 1982; Nistér and Stewénius, 2006) over the content vectors
of a sample of different prompts. The sample is the prompts of smallest hash, so it depends neither on order nor on who
asked, and samples of two logs add up to the sample of both. A tree because a prompt is compared with a few dozen
centres in place of a thousand.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.cluster.vq import kmeans2

from stillwatch.engine import Engine, Frame
from stillwatch.features.profiles import half_of, vectors_of
from stillwatch.features.sketch import DIMENSIONS
from stillwatch.tables import PLACES, SPREADS

__all__ = ["TOPICS", "Topics", "fit", "places", "spread"]

_BRANCHES, _LEAVES = 32, 32
TOPICS = _BRANCHES * _LEAVES
_SAMPLE = 12_000
_LEAST_WORDS = 4
"""Shorter prompts are small talk, which everybody has in common."""
_PER_LEAF = 6
"""Prompts of the sample that a topic needs at least, on average over its branch."""
_ROUNDS = 6
_SCALE = np.float32(127)
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Topics:
    """Centres of the branches (32, 512) and leaves (32, 32, 512); a leaf that does not exist is infinitely far."""

    branches: Vectors
    leaves: Vectors
    exists: npt.NDArray[np.bool_]

    def of(self, vectors: Vectors) -> npt.NDArray[np.int16]:
        """Return the topic, 0 to ``TOPICS - 1``, of each of *vectors* (n, 512) of length about 1."""
        branch = _nearest(vectors, self.branches, np.asarray(self.exists.any(axis=1)))
        topic = np.zeros(len(vectors), np.int16)
        for b in np.unique(branch):
            here = branch == b
            topic[here] = b * _LEAVES + _nearest(vectors[here], self.leaves[b], self.exists[b])
        return topic


def fit(engine: Engine, prints: Frame, *, seed: int = 1) -> Topics:
    """Return topics fitted on a sample of the different prompts of *prints*; all one topic where there are few."""
    wanted = f"n_words >= {_LEAST_WORDS} AND vector IS NOT NULL"
    count = engine.query(f"SELECT COUNT(*) AS n FROM prints WHERE {wanted}", prints=prints)
    n = int(engine.arrow(count).read_all()["n"][0].as_py())
    # Hashes are uniform, so a bound on them thins the rows before anything is sorted; prompts that repeat need room.
    bound = min(1.0, 16 * _SAMPLE / max(1, n))
    limit = min(2**64 - 1, int(bound * 2**64))
    sample = engine.query(
        f"""
        SELECT prompt_hash, MIN(vector) AS vector
        FROM prints
        WHERE {wanted} AND prompt_hash <= {limit}
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


def places(topics: Topics) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Return the pure function from a batch of prints to the places of its prompts (schema ``tables.PLACES``)."""

    def placed(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.filter(batch.column("vector").is_valid())
        batch = batch.filter(pa.array(batch.column("n_words").to_numpy() >= _LEAST_WORDS))
        vectors = vectors_of(batch.column("vector")).astype(np.float32) / _SCALE
        hashes = batch.column("prompt_hash").to_numpy()
        return pa.RecordBatch.from_arrays(
            [
                batch.column("account_id"),
                pa.array(half_of(hashes)),
                batch.column("prompt_hash"),
                pa.array(topics.of(vectors)),
            ],
            schema=PLACES.schema,
        )

    return placed


def spread(engine: Engine, placed: Frame) -> Frame:
    """Return how many different prompts of each account and half fall into each topic (schema ``tables.SPREADS``)."""
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
        # A centre that loses all its prompts stays where it was, which is as good a topic as any.
        warnings.simplefilter("ignore", UserWarning)
        centres, label = kmeans2(vectors, k, iter=_ROUNDS, minit="points", rng=np.random.default_rng(seed))
    return centres, label


def _nearest(vectors: Vectors, centres: Vectors, exists: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    square = np.where(exists, (centres**2).sum(axis=1), np.inf).astype(np.float32)
    return np.asarray(np.argmin(square - 2 * (vectors @ centres.T), axis=1))
