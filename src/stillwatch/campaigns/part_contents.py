"""Reads what chosen accounts ask within chosen topics: the second look at prints that tests a common part.

Every test and every round of refining looks again, at other accounts and other topics. So prompts are laid out once,
account by account (:mod:`placed_prompts`), and a look costs what it selects and not what the log holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stillwatch.campaigns.content import Content, Floats, Ints, mean_of
from stillwatch.campaigns.population import Population
from stillwatch.engine import in_order
from stillwatch.engine.prompt_store import EncodedBatch, PromptSorter, add_prompts, encode

__all__ = ["PartContent", "Placed", "Selection"]

_AT_ONCE = 1024
"""Accounts whose prompts are in memory at a time."""


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
        n = self.n.sum(axis=1)
        mean, square = mean_of(n, self.total.sum(axis=1, dtype=np.int32))
        return Content.of(n, self.norm.sum(axis=1), square, mean, self.variety)

    def half(self, half: int) -> Content:
        """Return the content of one half, with the spread that both show."""
        n, norm = self.n[:, half], self.norm[:, half]
        mean, square = mean_of(n, self.total[:, half])
        return Content.of(n, norm, square, mean, self.variety, self.whole.spread)

    def of(self, accounts: Ints) -> Ints:
        """Return the positions, in the arrays of the contents, of those of *accounts* that were read."""
        if len(self.accounts) == 0:
            return np.empty(0, np.int64)
        order = np.argsort(self.accounts, kind="stable")
        at = np.searchsorted(self.accounts[order], accounts)
        at = np.minimum(at, len(order) - 1)
        return np.asarray(order[at][self.accounts[order][at] == accounts])


class Placed:
    """Every prompt that has a topic, by account, in a file in *folder* (the usual one for such where it is None).

    *prompts* have the columns account_id, half, topic and vector, in any order; *threads* threads (0 is one per core)
    lay them out.
    """

    def __init__(
        self,
        prompts: Iterable[pa.RecordBatch],
        population: Population,
        folder: Path | None = None,
        *,
        threads: int = 1,
    ) -> None:
        self._population = population
        self._width, self._topics = population.mean.shape[2], 0
        batches = (batch for batch in prompts if len(batch))
        with PromptSorter(population.activity["n_prompts"], folder) as sorting:
            for topics, laid in in_order(batches, self._laid, threads):
                sorting.add(laid)
                self._topics = max(self._topics, topics)
            self._kept = sorting.finish()

    def _laid(self, batch: pa.RecordBatch) -> tuple[int, EncodedBatch]:
        """Return how many topics there are, by *batch*, and its prompts in the order of accounts."""
        half, topic = batch.column("half").to_numpy(), batch.column("topic").to_numpy()
        vectors = _vectors(batch.column("vector"), self._width)
        return int(topic.max()) + 1, encode(self._population.places(batch.column("account_id")), half, topic, vectors)

    def read(self, selection: Selection) -> PartContent:
        """Return the content of *selection*: a megabyte, of which there are thousands."""
        size = len(selection.accounts)
        n, norm = np.zeros((size, 2), np.int64), np.zeros((size, 2), np.int64)
        total = np.zeros((size, 2, self._width), np.int32)
        counting = _counting(selection, self._topics)
        # Some at a time: what 25,000 accounts of a campaign asked is gigabytes.
        for first in range(0, size, _AT_ONCE):
            here = slice(first, first + _AT_ONCE)
            add_prompts(*self._kept.read(selection.accounts[here]), counting[here], n[here], norm[here], total[here])
        return PartContent(selection.accounts, n, norm, total, self._population.variety[selection.accounts])


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


def _vectors(column: pa.BinaryArray, width: int) -> npt.NDArray[np.int8]:
    _, offsets, data = column.buffers()
    start = int(np.frombuffer(offsets, np.int32)[column.offset])
    return np.frombuffer(data, np.int8)[start : start + len(column) * width].reshape(-1, width)
