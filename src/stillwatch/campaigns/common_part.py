"""Finds the worklist that accounts have in common although each mixes it with subjects of its own.

From a few accounts that look alike, take what they have in common for a worklist, ask every account how much of what
it asked may come from there, and take the answer for the next worklist.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import logsumexp

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.mixture import Worklist, drawn, worker_nats
from stillwatch.campaigns.resemblances import OFTEN
from stillwatch.campaigns.spread import Cells, Everybody, Habits, largest, own_nats
from stillwatch.engine.kernels import njit

__all__ = ["CommonPart", "begin", "nearest", "weigh"]

_READERS = 0.02
"""Share of honest people taken to be at home in the very subjects of a list, whichever way they spread over them."""
_INTEREST = (0.5, 0.98)
_PURE = 4.0
"""A topic belongs to the list where the list has this many times what everybody asks there."""


@dataclass(frozen=True)
class CommonPart:
    """A worklist, who draws from it, and how much of what they ask is drawn; learned from one set of cells."""

    worklist: Worklist
    members: Ints
    parts: Floats
    """Share of each member's prompts that is drawn."""
    habits: Habits
    """Of everybody else."""

    @property
    def topics(self) -> Ints:
        """Return the topics where what members ask is mostly drawn from the list."""
        return np.flatnonzero(self.worklist.shares >= _PURE * self.habits.base)

    @property
    def part(self) -> float:
        """Return the share of a member's prompts that is drawn, at the median."""
        return float(np.median(self.parts))

    def of(self, members: Ints) -> "CommonPart":
        """Return the same list with other *members*, whose shares are taken to be the median."""
        known = np.isin(members, self.members)
        parts = np.full(len(members), self.part)
        parts[known] = self.parts[np.searchsorted(self.members, members[known])]
        return replace(self, members=members, parts=parts)

    def own_cells(self, cells: Cells, accounts: Ints) -> Ints:
        """Return the cells of *accounts* that hold mostly prompts of the account's own taste, were it a member."""
        accounts = cells.among(accounts)
        expected = drawn(cells, accounts, self.of(accounts).parts, self.habits, self.worklist)
        rows = cells.rows(accounts)
        return np.asarray(rows[expected < 0.5 * cells.count[rows]])


def begin(cells: Cells, everybody: Everybody, seed: Ints) -> CommonPart | None:
    """Return what *seed* has in common as a first guess at a list, with every account of the seed as a member."""
    members = cells.among(np.unique(seed))
    if len(members) == 0:
        return None
    habits = everybody.without(members)
    mine = np.zeros(len(cells.topic))
    mine[cells.rows(members)] = 1
    worklist = _pooled(cells, mine, members, habits)
    if not worklist.drawn.any():
        return None
    _, parts = worker_nats(cells, members, habits, worklist, mine)
    return CommonPart(worklist, members, parts, habits)


def weigh(cells: Cells, everybody: Everybody, members: Ints, known: CommonPart) -> tuple[Ints, Floats]:
    """Return the accounts nearest to a group and the nats of each that its subjects are those of the group's list.

    One round of expectation and maximisation (Dempster, Laird and Rubin, 1977): what *members* drew from the list of
    *known* says what the list is; then every account near enough is weighed by it. Subjects alone cannot tell a worker
    from somebody who is at home in them, so they never say more than how few such people there are; what is asked
    within the subjects has to say the rest.
    """
    habits = everybody.without(known.members)
    members = cells.among(members)
    mine, worklist = _drawn_from(cells, habits, members, known)
    if not worklist.drawn.any():
        return np.empty(0, np.int64), np.empty(0)
    candidates = _candidates(cells, worklist, habits, members)
    worker, _ = worker_nats(cells, candidates, habits, worklist, mine, known.part)
    reader = _reader_nats(cells, candidates, habits, worklist)
    own = own_nats(cells, candidates, habits)
    at_home = np.logaddexp(worker, reader) - np.log(2)
    return candidates, at_home - np.logaddexp(own + np.log(1 - _READERS), at_home + np.log(_READERS))


def nearest(cells: Cells, everybody: Everybody, known: CommonPart) -> Ints:
    """Return the accounts that :func:`weigh` weighs for the members of *known*."""
    habits, members = everybody.without(known.members), cells.among(known.members)
    _, worklist = _drawn_from(cells, habits, members, known)
    return _candidates(cells, worklist, habits, members)


def _drawn_from(cells: Cells, habits: Habits, members: Ints, known: CommonPart) -> tuple[Floats, Worklist]:
    """Return how much of each cell *members* drew from the list of *known*, and the list that this tells."""
    mine = np.zeros(len(cells.topic))
    mine[cells.rows(members)] = drawn(cells, members, known.of(members).parts, habits, known.worklist)
    return mine, _pooled(cells, mine, members, habits)


def _pooled(cells: Cells, mine: Floats, members: Ints, habits: Habits) -> Worklist:
    """Return the worklist by how many members touched a topic, not how often: a few who dwell there count once each.

    Dealt prompts fall into a topic like rain, so a share of members that were spared tells the rate. What members
    ask of their own adds up to what everybody asks; its level, read off where most of everybody's prompts are, is
    taken off.
    """
    rows = cells.rows(members)
    own, size = mine[rows], max(len(members), 1)
    touched = np.bincount(cells.topic[rows], weights=np.minimum(own, 1.0), minlength=cells.n_topics)
    rate = -np.log1p(-np.minimum(touched / size, 1 - 0.5 / size))
    ratio = rate / habits.base
    order = np.argsort(ratio, kind="stable")
    level = ratio[order][np.searchsorted(np.cumsum(habits.base[order]), 0.5)]
    rate = np.maximum(rate - level * habits.base, 0)
    return Worklist(rate * float(own.sum()) / max(float(rate.sum()), 1e-12))


def _reader_nats(cells: Cells, accounts: Ints, habits: Habits, worklist: Worklist) -> Floats:
    """Return the log-likelihood of what *accounts* asked as people's at home in the subjects of the list."""
    at_home = [
        own_nats(cells, accounts, Habits(share * worklist.shares + (1 - share) * habits.base, habits.weights))
        for share in _INTEREST
    ]
    return np.asarray(logsumexp(at_home, axis=0) - np.log(len(_INTEREST)))


def _candidates(cells: Cells, worklist: Worklist, habits: Habits, members: Ints) -> Ints:
    """Return the members and the others that touch most of what the list has more of than everybody asks."""
    gain, score = np.clip(np.log((worklist.shares + 1e-6) / habits.base), 0, 4), np.zeros(len(cells))
    _scores(cells.start, cells.topic, cells.count, gain, OFTEN, score)
    return np.union1d(cells.among(largest(score, 2 * len(members) + 200)), members)


@njit(cache=True, nogil=True)
def _scores(start: Any, topic: Any, count: Any, gain: Any, often: Any, out: Any) -> None:
    """Write, per account, the *gain* of the topics of its prompts, of which no more than *often* count in one topic."""
    for account in range(out.shape[0]):
        total = 0.0
        for i in range(start[account], start[account + 1]):
            total += min(count[i], often) * gain[topic[i]]
        out[account] = total
