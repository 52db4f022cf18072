"""How accounts spread over topics of content, and how evenly honest people do.

An account's prompts per topic follow a Dirichlet-multinomial law around what everybody asks: a small concentration is
a person of few subjects, a large one somebody who asks of everything. The law is fitted on the population with the
group under test left out, so that a campaign cannot teach it its own habits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import logsumexp

from stillwatch.campaigns.content import SOME, Floats, Ints, spans
from stillwatch.campaigns.population import Population
from stillwatch.engine.kernels import njit

__all__ = ["CONCENTRATIONS", "Cells", "Everybody", "Habits", "Spread", "largest", "own_nats", "spread_of", "times"]

CONCENTRATIONS = np.array([4.0, 25.0, 120.0])
"""A person of few subjects, the usual one, one who asks of everything; in prompts."""
_ROUNDS = 40
_FEW, _ENOUGH = 20, 4000
"""Accounts below which nothing is fitted, and beyond which more of them say nothing new of three shares."""
_LEAST_SHARE = 1e-3
_TOPIC_AT, _HALF_AT, _COUNT = 33, 32, (1 << 32) - 1
"""Where in one number a topic and a half stand, and the bits of how many prompts."""
_BOTH = 2
_AT_ONCE = 65_536
_SMALLEST_FACTOR, _SMALLEST_PRODUCT = 1e-100, 1e-200
"""A likelihood that far from one, or a product of them, is turned into its logarithm; both together fit a number."""
_SMOOTH = 0.5
"""Accounts' worth of prompts that every topic has in addition, so that none is impossible."""


@dataclass(frozen=True)
class Cells:
    """Different prompts per account and topic, sparse: account *a* has ``topic[start[a]:start[a + 1]]``."""

    start: Ints
    topic: npt.NDArray[np.int16]
    count: npt.NDArray[np.int32]
    n_topics: int

    def __len__(self) -> int:
        return len(self.start) - 1

    @cached_property
    def account(self) -> npt.NDArray[np.int32]:
        """Return the account of each cell."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))

    @cached_property
    def known(self) -> Ints:
        """Return the accounts with at least one prompt."""
        return np.flatnonzero(np.diff(self.start) > 0)

    def among(self, accounts: Ints) -> Ints:
        """Return those of *accounts* that have at least one prompt, in their order."""
        return np.asarray(accounts[self.start[accounts + 1] > self.start[accounts]])

    def rows(self, accounts: Ints) -> Ints:
        """Return the positions of the cells of *accounts*, account after account."""
        return spans(self.start, accounts)

    @property
    def step(self) -> int:
        """Every how many accounts one is asked, where any of them can speak for all."""
        return max(1, -(-len(self) // SOME))

    def in_topics(self, topics: Ints) -> Ints:
        """Return the positions of the cells of *topics*, topic after topic, of every :attr:`step`-th account."""
        order, first = self._by_topic
        return np.concatenate([np.empty(0, np.int64), *(order[first[t] : first[t + 1]] for t in topics)])

    @cached_property
    def _by_topic(self) -> tuple[Ints, Ints]:
        asked = np.flatnonzero(self.account % self.step == 0)
        order = asked[np.argsort(self.topic[asked], kind="stable")]
        return order, np.searchsorted(self.topic[order], np.arange(self.n_topics + 1))


@dataclass(frozen=True)
class Spread:
    """The cells of either half of the exchanges, and of both together."""

    halves: tuple[Cells, Cells]
    whole: Cells

    def __iter__(self) -> Iterator[Cells]:
        return iter((*self.halves, self.whole))


@dataclass(frozen=True)
class Habits:
    """What people ask: shares per topic of everybody's prompts, and shares of people per concentration."""

    base: Floats
    weights: Floats


def spread_of(spreads: pa.Table | pa.RecordBatchReader, population: Population) -> Spread:
    """Return *spreads* (schema ``tables.SPREADS``) as arrays in the order of *population*."""
    account, told = _read(spreads, population)
    start = np.concatenate(([0], np.cumsum(np.bincount(account, minlength=len(population)))))
    ordered = np.empty(len(told), np.int64)
    _in_order(account, told, start[:-1].copy(), start, ordered)
    width = int(told.max() >> _TOPIC_AT) + 1 if len(told) else 1
    first, second, whole = (_cells(ordered, start, half, width) for half in (0, 1, _BOTH))
    return Spread((first, second), whole)


def _read(spreads: pa.Table | pa.RecordBatchReader, population: Population) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the account of each row, and its topic, half and count as one number, in that order."""
    accounts, told = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
    for batch in spreads.to_reader(_AT_ONCE) if isinstance(spreads, pa.Table) else spreads:
        accounts.append(population.places(batch.column("account_id")).astype(np.int32))
        half, topic, n = (batch.column(c).to_numpy().astype(np.int64) for c in ("half", "topic", "n"))
        told.append(topic << _TOPIC_AT | half << _HALF_AT | n)
    return np.concatenate(accounts), np.concatenate(told)


def _cells(ordered: Ints, start: Ints, half: int, width: int) -> Cells:
    """Return the cells of one half, or of both, from rows in the order of accounts and topics."""
    begin, topic = np.empty(len(start), np.int64), np.empty(len(ordered), np.int16)
    count = np.empty(len(ordered), np.int32)
    n = _chosen(ordered, start, half, begin, topic, count)
    return Cells(begin, topic[:n].copy(), count[:n].copy(), width)


@njit(cache=True, nogil=True)
def _in_order(account: Any, told: Any, place: Any, start: Any, out: Any) -> None:
    """Write what was *told* to *out*, account after account from its *start*, and in order within each."""
    for i in range(account.shape[0]):
        out[place[account[i]]] = told[i]
        place[account[i]] += 1
    for a in range(start.shape[0] - 1):
        _sort(out[start[a] : start[a + 1]])


@njit(cache=True, nogil=True)
def _sort(values: Any) -> None:
    """Sort *values* where they stand, by Shell's steps (Knuth, 1973): numba's own sort takes a second to compile."""
    size = values.shape[0]
    step: Any = np.int64(1)
    while 3 * step < size:
        step = 3 * step + 1
    while step > 0:
        for i in range(step, size):
            value, j = values[i], i
            while j >= step and values[j - step] > value:
                values[j] = values[j - step]
                j -= step
            values[j] = value
        step //= 3


@njit(cache=True, nogil=True)
def _chosen(ordered: Any, start: Any, half: Any, begin: Any, topic: Any, count: Any) -> Any:
    """Write the cells of *half* and where those of each account *begin*; return how many there are."""
    n = 0
    for a in range(start.shape[0] - 1):
        begin[a] = n
        for i in range(start[a], start[a + 1]):
            if half != _BOTH and (ordered[i] >> _HALF_AT & 1) != half:
                continue
            where = ordered[i] >> _TOPIC_AT
            if n > begin[a] and topic[n - 1] == where:
                count[n - 1] += ordered[i] & _COUNT
            else:
                topic[n], count[n] = where, ordered[i] & _COUNT
                n += 1
    begin[start.shape[0] - 1] = n
    return n


class Everybody:
    """The habits of a population, and of the population without a few of its accounts."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._total = np.maximum(np.bincount(cells.account, weights=cells.count, minlength=len(cells)), 1)
        share = cells.count / self._total[cells.account]
        self._visits = np.bincount(cells.topic, weights=share, minlength=cells.n_topics).astype(np.float64)
        self._weights = self._fitted()

    def without(self, accounts: Ints) -> Habits:
        """Return the habits of everybody but *accounts*; every account counts once, however busy."""
        cells, inside = self._cells, self._cells.rows(accounts)
        share = cells.count[inside] / self._total[cells.account[inside]]
        own = np.bincount(cells.topic[inside], weights=share, minlength=cells.n_topics)
        return Habits(self._base(self._visits - own), self._weights)

    def _base(self, visits: Floats) -> Floats:
        smoothed = np.maximum(visits, 0) + _SMOOTH / self._cells.n_topics
        return np.asarray(smoothed / smoothed.sum())

    def _fitted(self) -> Floats:
        weights = np.full(len(CONCENTRATIONS), 1 / len(CONCENTRATIONS))
        known = self._cells.known
        some = known[:: max(1, len(known) // _ENOUGH)].copy()
        if len(some) < _FEW:
            return weights
        nats = _laws(self._cells, some, self._base(self._visits))
        for _ in range(_ROUNDS):
            joint = nats + np.log(weights)
            posterior = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
            weights = np.maximum(posterior.mean(axis=0), _LEAST_SHARE)
            weights /= weights.sum()
        return weights


def largest(score: npt.NDArray[Any], most: int) -> Ints:
    """Return the positions of the *most* largest of *score*, of equals the first, in the order of positions."""
    if len(score) <= most:
        return np.arange(len(score))
    # A sort of everybody to find a few costs more than all that is done with them.
    least = np.partition(score, len(score) - most)[len(score) - most]
    above, equal = np.flatnonzero(score > least), np.flatnonzero(score == least)
    return np.sort(np.concatenate((above, equal[: most - len(above)])))


def own_nats(cells: Cells, accounts: Ints, habits: Habits) -> Floats:
    """Return the log-likelihood of what *accounts* asked, each with a taste of its own."""
    return np.asarray(logsumexp(_laws(cells, accounts, habits.base) + np.log(habits.weights), axis=1))


def _laws(cells: Cells, accounts: Ints, base: Floats) -> Floats:
    out = np.zeros((len(accounts), len(CONCENTRATIONS)))
    _dirichlet_multinomial(cells.start, cells.topic, cells.count, accounts, base, CONCENTRATIONS, out)
    return out


@njit(cache=True)
def times(nats: Any, product: Any, factor: Any) -> Any:
    """Return *nats* and a *product* whose logarithm is still to be added to them, with *factor* in it, 1e-300 at least.

    A logarithm costs as much as dozens of products, so one is taken only where the product would soon be too small.
    """
    if not _SMALLEST_FACTOR < factor < 1 / _SMALLEST_FACTOR:
        return nats + np.log(max(factor, 1e-300)), product
    product *= factor
    if not _SMALLEST_PRODUCT < product < 1 / _SMALLEST_PRODUCT:
        return nats + np.log(product), 1.0
    return nats, product


@njit(cache=True, nogil=True)
def _dirichlet_multinomial(
    start: Any, topic: Any, count: Any, accounts: Any, base: Any, concentrations: Any, out: Any
) -> None:
    """Write log-likelihoods, without the terms that every law shares; independent negative binomials per topic."""
    for j in range(accounts.shape[0]):
        first, last = start[accounts[j]], start[accounts[j] + 1]
        total = 0
        for i in range(first, last):
            total += count[i]
        for t in range(concentrations.shape[0]):
            theta = concentrations[t]
            value = theta * np.log(theta / (theta + total))
            if total > 0:
                value += total * np.log(total / (theta + total))
            product = 1.0
            for i in range(first, last):
                shape = theta * base[topic[i]]
                for m in range(count[i]):
                    value, product = times(value, product, (m + shape) / (m + 1.0))
            out[j, t] = value + np.log(product)
