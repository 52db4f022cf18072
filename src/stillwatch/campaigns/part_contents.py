"""Reads what chosen accounts ask within chosen topics: the second look at prints that tests a common part.

Every test and every round of refining looks again, at other accounts and other topics. So prompts are laid out once,
account by account, in a file that is mapped into memory, and a look costs what it selects and not what the log holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from stillwatch.campaigns.population import Content, Floats, Ints, Population
from stillwatch.engine import Engine, Frame

__all__ = ["PartContent", "Placed", "Selection"]

_ROWS = """
    SELECT a.place AS account, q.half, q.topic, p.vector
    FROM prints AS p
    JOIN (SELECT prompt_hash, MIN(half) AS half, MIN(topic) AS topic FROM places GROUP BY prompt_hash) AS q
        ON q.prompt_hash = p.prompt_hash
    JOIN accounts AS a ON a.account_id = p.account_id
    WHERE p.vector IS NOT NULL
"""
_SIZES = """
    SELECT a.place AS account, COUNT(*) AS n
    FROM prints AS p
    JOIN accounts AS a ON a.account_id = p.account_id
    GROUP BY a.place
"""
_SORTED_FROM = 4 << 30
"""Bytes of vectors from which the engine sorts them: more than may stay in memory is best written from end to end."""


@dataclass(frozen=True)
class Selection:
    """Accounts and topics to read, and the cells (account, topic), as pairs of columns, to leave out."""

    accounts: Ints
    topics: Ints
    left_out: Ints


@dataclass(frozen=True)
class PartContent:
    """What the accounts of a selection ask within its topics, in their order: integer sums as in ``Population``."""

    accounts: Ints
    n: Ints
    norm: Ints
    total: npt.NDArray[np.int32]
    variety: Floats

    @cached_property
    def whole(self) -> Content:
        """Content of both halves."""
        total = self.total.sum(axis=1, dtype=np.int32)
        return Content.of(self.n.sum(axis=1), self.norm.sum(axis=1), total, self.variety)

    def half(self, half: int) -> Content:
        """Return the content of one half, with the spread that both show."""
        n, norm, total = self.n[:, half], self.norm[:, half], self.total[:, half]
        return Content.of(n, norm, total, self.variety, self.whole.spread)

    def of(self, accounts: Ints) -> Ints:
        """Return the positions, in the arrays of the contents, of those of *accounts* that were read."""
        if len(self.accounts) == 0:
            return np.empty(0, np.int64)
        order = np.argsort(self.accounts, kind="stable")
        at = np.searchsorted(self.accounts[order], accounts)
        at = np.minimum(at, len(order) - 1)
        return np.asarray(order[at][self.accounts[order][at] == accounts])


class Placed:
    """Every prompt that has a topic, by account: its half, its topic and its vector, the vectors on disk."""

    def __init__(self, engine: Engine, prints: Frame, places: Frame, population: Population) -> None:
        self._population = population
        self._width = population.total.shape[2]
        names = pa.table({"account_id": population.accounts, "place": np.arange(len(population))})
        room = np.zeros(len(population), np.int64)
        for batch in engine.arrow(engine.query(_SIZES, prints=prints, accounts=names)):
            room[batch.column("account").to_numpy()] = batch.column("n").to_numpy()
        # An account has room for all its prompts; what has no topic leaves a hole at its end.
        self._first = np.concatenate(([0], np.cumsum(room)))
        self._end = self._first[:-1].copy()
        size = int(self._first[-1])
        self._half, self._topic = np.zeros(size, np.int8), np.zeros(size, np.int16)
        order = " ORDER BY a.place" if size * self._width > _SORTED_FROM else ""
        rows = engine.query(_ROWS + order, prints=prints, places=places, accounts=names)
        shape = (size, self._width)
        # A file without a name, which is gone with the last who looks at it, whatever happens in between.
        with TemporaryFile() as file:
            file.truncate(size * self._width)
            self._vector = np.memmap(file, np.int8, "r+", shape=shape) if size else np.empty(shape, np.int8)
        for batch in engine.arrow(rows):
            if len(batch):
                account, half, topic = (batch.column(name).to_numpy() for name in ("account", "half", "topic"))
                given = _vectors(batch.column("vector"), self._width)
                _put(account, half, topic, given, self._end, self._half, self._topic, self._vector)

    def read(self, selections: Sequence[Selection]) -> Iterator[PartContent]:
        """Yield the content of each of *selections*, one after the other: a megabyte each, and there are thousands."""
        for selection in selections:
            size = len(selection.accounts)
            n, norm = np.zeros((size, 2), np.int64), np.zeros((size, 2), np.int64)
            total = np.zeros((size, 2, self._width), np.int32)
            _add(
                selection.accounts, self._first, self._end, self._half, self._topic, self._vector,
                _counting(selection, int(self._topic.max(initial=0)) + 1), n, norm, total,
            )  # fmt: skip
            yield PartContent(selection.accounts, n, norm, total, self._population.variety[selection.accounts])


def _counting(selection: Selection, topics: int) -> npt.NDArray[np.bool_]:
    """Return, per account of *selection* and topic, whether a prompt counts."""
    counts = np.zeros((len(selection.accounts), topics), np.bool_)
    counts[:, selection.topics[selection.topics < topics]] = True
    account, topic = selection.left_out
    if len(counts) and len(account):
        order = np.argsort(selection.accounts, kind="stable")
        at = np.minimum(np.searchsorted(selection.accounts[order], account), len(order) - 1)
        known = (selection.accounts[order][at] == account) & (topic < topics)
        counts[order[at[known]], topic[known]] = False
    return counts


@njit(cache=True, nogil=True)
def _add(
    accounts: Any, first: Any, end: Any, half: Any, topic: Any, vectors: Any, counts: Any, n: Any, norm: Any,
    total: Any,
) -> None:  # fmt: skip
    for i in range(accounts.shape[0]):
        for row in range(first[accounts[i]], end[accounts[i]]):
            if counts[i, topic[row]]:
                h = half[row]
                n[i, h] += 1
                square = np.int64(0)
                for d in range(vectors.shape[1]):
                    value = np.int32(vectors[row, d])
                    square += value * value
                    total[i, h, d] += value
                norm[i, h] += square


@njit(cache=True, nogil=True)
def _put(account: Any, half: Any, topic: Any, given: Any, end: Any, halves: Any, topics: Any, vectors: Any) -> None:
    """Put each row behind those of its account, whose *end* moves on: sums do not depend on who came first."""
    for row in range(account.shape[0]):
        at = end[account[row]]
        halves[at], topics[at], vectors[at] = half[row], topic[row], given[row]
        end[account[row]] = at + 1


def _vectors(column: pa.BinaryArray, width: int) -> npt.NDArray[np.int8]:
    _, offsets, data = column.buffers()
    start = int(np.frombuffer(offsets, np.int32)[column.offset])
    return np.frombuffer(data, np.int8)[start : start + len(column) * width].reshape(-1, width)
