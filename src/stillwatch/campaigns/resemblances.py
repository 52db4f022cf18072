"""Which accounts spread alike over topics: the first guess at who draws from one list, cover or no cover.

Accounts touch a few dozen of a thousand topics, so cosines are summed up over the topics that two accounts have in
common (an inverted index), and cost what they have in common.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.neighbours import WHOLE, neighbourhoods
from stillwatch.campaigns.spread import Cells
from stillwatch.engine import in_order
from stillwatch.engine.kernels import njit

__all__ = ["OFTEN", "resemblances"]

_NEIGHBOURS = 10
_LEAST_PROMPTS = 5
"""Different prompts below which an account resembles nobody."""
OFTEN = 2
"""Prompts in one topic beyond which more of them do not make two accounts more alike: cover dwells on its subjects."""
_ADDRESS = 128
"""Dimensions in which accounts are sorted into cells where they are too many to compare all."""

Vectors = npt.NDArray[np.float32]


def resemblances(cells: Cells, *, seed: int = 1, threads: int = 1) -> tuple[Ints, Ints, Floats]:
    """Return edges (left, right, cosine) between each account and the few that spread most like it, each once, by
    *threads* threads (0 is one per core).

    Topics count by presence, damped and weighed by rarity, so that what an account dwells on weighs little and what
    it touches counts: a worker with cover touches as much of its list as one without.
    """
    able = np.flatnonzero(np.bincount(cells.account, weights=cells.count, minlength=len(cells)) >= _LEAST_PROMPTS)
    if len(able) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    table = _table(cells, able)
    who = np.full((len(able), _NEIGHBOURS), -1, np.int64)
    cosine = np.zeros((len(able), _NEIGHBOURS), np.float32)

    def compared(block: tuple[Ints, Ints]) -> None:
        # every row stands in one block, so threads write to rows of their own
        rows, columns = block
        some = table if len(columns) == len(able) else table[columns]
        by_topic = some.tocsc()
        _most_alike(
            table.indptr, table.indices, table.data, by_topic.indptr, by_topic.indices, by_topic.data, rows, columns,
            who, cosine,
        )  # fmt: skip

    for _ in in_order(_blocks(table, seed), compared, threads):
        pass
    left, place = np.nonzero(who >= 0)
    right, value = who[left, place], cosine[left, place].astype(np.float64)
    low, high = np.minimum(left, right), np.maximum(left, right)
    _, once = np.unique(low * len(able) + high, return_index=True)
    return able[low[once]], able[high[once]], value[once]


def _table(cells: Cells, able: Ints) -> sparse.csr_matrix:
    """Return the weights of topics (columns) for the accounts *able* (rows), each row of length one."""
    visitors = np.bincount(cells.topic, minlength=cells.n_topics)
    rarity = np.maximum(np.log((len(able) + 1) / (visitors + 1)), 0)
    weight = np.sqrt(np.minimum(cells.count, OFTEN)) * rarity[cells.topic]
    table = sparse.csr_matrix((weight, cells.topic, cells.start), shape=(len(cells), cells.n_topics))[able]
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table.data /= np.maximum(np.repeat(length, np.diff(table.indptr)), 1e-9)
    return table.astype(np.float32)


def _blocks(table: sparse.csr_matrix, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield (rows, columns) of *table* to compare, all in one block where they may be."""
    n, n_topics = table.shape
    if n <= WHOLE:
        yield np.arange(n), np.arange(n)
        return
    # Signs at random keep angles about as they are (Johnson and Lindenstrauss, 1984), in an eighth of the room.
    signs = np.random.default_rng(seed).choice(np.array([-1, 1], np.float32), (n_topics, _ADDRESS))
    points = np.asarray(table @ signs, np.float32)
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    yield from neighbourhoods(points, seed=seed)


@njit(cache=True, nogil=True)
def _most_alike(
    start: Any, topic: Any, weight: Any, first: Any, visitor: Any, visit: Any, rows: Any, columns: Any, who: Any,
    cosine: Any,
) -> None:  # fmt: skip
    """Write, per row of *rows*, the columns of largest cosine above nought to *who*, and the cosines; of equals the
    first. The columns' weights stand by topic: ``visitor[first[t]:first[t + 1]]`` with *visit*.
    """
    keep = who.shape[1]
    total = np.zeros(columns.shape[0], np.float32)
    touched = np.empty(columns.shape[0], np.int64)
    for row in rows:
        n = 0
        for i in range(start[row], start[row + 1]):
            for j in range(first[topic[i]], first[topic[i] + 1]):
                other = visitor[j]
                product = weight[i] * visit[j]
                if product > 0:
                    if total[other] == 0:
                        touched[n] = other
                        n += 1
                    total[other] += product
        for i in range(n):
            other, value = touched[i], total[touched[i]]
            total[other] = 0
            column = columns[other]
            if column == row or not _before(value, column, cosine[row, keep - 1], who[row, keep - 1]):
                continue
            place = keep - 1
            while place > 0 and _before(value, column, cosine[row, place - 1], who[row, place - 1]):
                cosine[row, place], who[row, place] = cosine[row, place - 1], who[row, place - 1]
                place -= 1
            cosine[row, place], who[row, place] = value, column


@njit(cache=True)
def _before(value: Any, column: Any, other_value: Any, other: Any) -> Any:
    """Return whether a column stands before another: it is more alike, or as much and earlier."""
    return value > other_value or (value == other_value and column < other)
