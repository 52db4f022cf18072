"""Reads what chosen accounts ask within chosen topics: the second look at prints that tests a common part.

One pass for all selections. Only members and a sample of the others are read, so the cost is bounded by the groups
under test and not by the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from stillwatch.campaigns.population import Content, Ints, Population
from stillwatch.engine import Engine, Frame

__all__ = ["PartContent", "Selection", "read"]

_ROWS = """
    SELECT p.account_id, q.half, q.topic, p.vector
    FROM prints AS p
    JOIN (
        SELECT l.prompt_hash, MIN(l.half) AS half, MIN(l.topic) AS topic
        FROM places AS l
        JOIN topics AS t ON t.topic = l.topic
        GROUP BY l.prompt_hash
    ) AS q ON q.prompt_hash = p.prompt_hash
    JOIN accounts AS a ON a.account_id = p.account_id
    WHERE p.vector IS NOT NULL
"""


@dataclass(frozen=True)
class Selection:
    """Accounts and topics to read, and the cells (account, topic), as pairs of columns, to leave out."""

    accounts: Ints
    topics: Ints
    left_out: Ints


@dataclass(frozen=True)
class PartContent:
    """Content of the accounts of a selection within its topics: of either half, and of both; in their order."""

    accounts: Ints
    halves: tuple[Content, Content]
    whole: Content

    def of(self, accounts: Ints) -> Ints:
        """Return the positions, in the arrays of the contents, of those of *accounts* that were read."""
        order = np.argsort(self.accounts, kind="stable")
        at = np.searchsorted(self.accounts[order], accounts)
        at = np.minimum(at, len(order) - 1)
        return np.asarray(order[at][self.accounts[order][at] == accounts])


def read(
    engine: Engine, prints: Frame, places: Frame, population: Population, selections: Sequence[Selection]
) -> list[PartContent]:
    """Return the content of each of *selections*."""
    if not selections:
        return []
    everybody = np.unique(np.concatenate([s.accounts for s in selections]))
    topics = np.unique(np.concatenate([s.topics for s in selections]))
    width = population.total.shape[2]
    first = np.concatenate(([0], np.cumsum([len(s.accounts) for s in selections])))
    begin, slot = _slots(selections, len(population))
    counts = _counting(selections, int(topics.max(initial=0)) + 1)
    n, norm = np.zeros((first[-1], 2), np.int64), np.zeros((first[-1], 2), np.int64)
    total = np.zeros((first[-1], 2, width), np.int32)
    names = pa.table({"account_id": [population.accounts[a] for a in everybody]})
    rows = engine.query(
        _ROWS, prints=prints, places=places, accounts=names, topics=pa.table({"topic": pa.array(topics, pa.int16())})
    )
    for batch in engine.arrow(rows):
        if len(batch):
            account = batch.column("account_id").dictionary_encode()
            place = np.array([population.index[a] for a in account.dictionary.to_pylist()], np.int64)
            _add_rows(
                place[account.indices.to_numpy()], batch.column("half").to_numpy(), batch.column("topic").to_numpy(),
                _vectors(batch.column("vector"), width), begin, slot, counts, n, norm, total,
            )  # fmt: skip
    return [
        _content(population, selections[i].accounts, n[a:b], norm[a:b], total[a:b])
        for i, (a, b) in enumerate(pairwise(first))
    ]


def _content(population: Population, accounts: Ints, n: Ints, norm: Ints, total: npt.NDArray[np.int32]) -> PartContent:
    variety = population.variety[accounts]
    whole = Content.of(n.sum(axis=1), norm.sum(axis=1), total.sum(axis=1, dtype=np.int32), variety)
    first, second = (Content.of(n[:, h], norm[:, h], total[:, h], variety, whole.spread) for h in (0, 1))
    return PartContent(accounts, (first, second), whole)


def _slots(selections: Sequence[Selection], accounts: int) -> tuple[Ints, Ints]:
    """Return where each account's rows in the sums begin (accounts + 1), and those rows, one per selection it is in."""
    chosen = np.concatenate([s.accounts for s in selections])
    order = np.argsort(chosen, kind="stable")
    return np.searchsorted(chosen[order], np.arange(accounts + 1)), order


def _counting(selections: Sequence[Selection], topics: int) -> npt.NDArray[np.bool_]:
    """Return, per row of the sums and topic, whether a prompt counts."""
    blocks = []
    for selection in selections:
        block = np.zeros((len(selection.accounts), topics), np.bool_)
        block[:, selection.topics] = True
        order = np.argsort(selection.accounts, kind="stable")
        account, topic = selection.left_out
        at = np.minimum(np.searchsorted(selection.accounts[order], account), len(order) - 1)
        known = (selection.accounts[order][at] == account) & (topic < topics)
        block[order[at[known]], topic[known]] = False
        blocks.append(block)
    return np.concatenate(blocks)


@njit(cache=True, nogil=True)
def _add_rows(
    account: Any, half: Any, topic: Any, vectors: Any, begin: Any, slot: Any, counts: Any, n: Any, norm: Any, total: Any
) -> None:
    for row in range(account.shape[0]):
        t, h = topic[row], half[row]
        square = np.int64(0)
        for d in range(vectors.shape[1]):
            value = np.int64(vectors[row, d])
            square += value * value
        for i in range(begin[account[row]], begin[account[row] + 1]):
            at = slot[i]
            if counts[at, t]:
                n[at, h] += 1
                norm[at, h] += square
                for d in range(vectors.shape[1]):
                    total[at, h, d] += np.int32(vectors[row, d])


def _vectors(column: pa.BinaryArray, width: int) -> npt.NDArray[np.int8]:
    _, offsets, data = column.buffers()
    start = int(np.frombuffer(offsets, np.int32)[column.offset])
    return np.frombuffer(data, np.int8)[start : start + len(column) * width].reshape(-1, width)
