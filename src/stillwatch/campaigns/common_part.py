"""Finds the worklist that accounts have in common although each mixes it with subjects of its own.

From a few accounts that look alike, take what they have in common for a worklist, ask every account how much of what
it asked may come from there, and take the answer for the next worklist.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import logsumexp

from stillwatch.campaigns.mixture import Worklist, drawn, worker_nats
from stillwatch.campaigns.neighbours import WHOLE, neighbourhoods
from stillwatch.campaigns.population import Floats, Ints
from stillwatch.campaigns.spread import Cells, Everybody, Habits, own_nats

__all__ = ["CommonPart", "begin", "resemblances", "weigh"]

_NEIGHBOURS = 10
_LEAST_PROMPTS = 5
"""Different prompts below which an account resembles nobody."""
_OFTEN = 2
"""Prompts in one topic beyond which more of them do not make two accounts more alike: cover dwells on its subjects."""
_ADDRESS = 128
"""Dimensions in which accounts are sorted into cells where they are too many to compare all."""
_READERS = 0.02
"""Share of honest people taken to be at home in the very subjects of a list, whichever way they spread over them."""
_INTEREST = (0.5, 0.98)
_PURE = 4.0
"""A topic belongs to the list where the list has this many times what everybody asks there."""


Vectors = npt.NDArray[np.float32]


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

    def own_cells(self, cells: Cells, accounts: Ints) -> npt.NDArray[np.bool_]:
        """Return which cells of *accounts* hold mostly prompts of the account's own taste, were it a member."""
        accounts = cells.among(accounts)
        parts = self.of(accounts).parts
        expected = drawn(cells, accounts, parts, self.habits, self.worklist, np.zeros(len(cells.topic)))
        return np.asarray(cells.at(accounts) & (expected < 0.5 * cells.count))


def resemblances(cells: Cells, *, seed: int = 1) -> tuple[Ints, Ints, Floats]:
    """Return edges (left, right, cosine) between each account and the few that spread most like it, each once.

    Topics count by presence, damped and weighed by rarity, so that what an account dwells on weighs little and what
    it touches counts: a worker with cover touches as much of its list as one without.
    """
    able = np.flatnonzero(np.bincount(cells.account, weights=cells.count, minlength=len(cells)) >= _LEAST_PROMPTS)
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    if len(able) < 2:
        return nothing
    visitors = np.bincount(cells.topic, minlength=cells.n_topics)
    rarity = np.log((len(able) + 1) / (visitors + 1))
    weight = np.sqrt(np.minimum(cells.count, _OFTEN)) * np.maximum(rarity, 0)[cells.topic]
    table = sparse.csr_matrix((weight, cells.topic, cells.start), shape=(len(cells), cells.n_topics))
    table = table[able].astype(np.float32)
    lefts, rights, cosines = [], [], []
    for rows, columns, cross in _cosines(table, seed):
        keep = min(_NEIGHBOURS, len(columns) - 1)
        cross[np.arange(len(rows)), np.searchsorted(columns, rows)] = -1
        best = np.argpartition(-cross, keep - 1, axis=1)[:, :keep]
        lefts.append(np.repeat(rows, keep))
        rights.append(columns[best].ravel())
        cosines.append(np.take_along_axis(cross, best, axis=1).ravel())
    left, right, cosine = np.concatenate(lefts), np.concatenate(rights), np.concatenate(cosines).astype(np.float64)
    low, high = np.minimum(left, right), np.maximum(left, right)
    some = cosine > 0
    _, once = np.unique(low[some] * len(able) + high[some], return_index=True)
    return able[low[some][once]], able[high[some][once]], cosine[some][once]


def _cosines(table: sparse.csr_matrix, seed: int) -> Iterator[tuple[Ints, Ints, Vectors]]:
    """Yield (rows, columns, cosines between them) of *table*, blocks as :func:`neighbourhoods` makes them."""
    n_topics = table.shape[1]
    if table.shape[0] <= WHOLE:
        dense = _unit(table)
        for rows, columns in neighbourhoods(dense, seed=seed):
            yield rows, columns, dense[rows] @ dense.T
        return
    # Signs at random keep angles about as they are (Johnson and Lindenstrauss, 1984), in an eighth of the room.
    signs = np.random.default_rng(seed).choice(np.array([-1, 1], np.float32), (n_topics, _ADDRESS))
    points = np.asarray(table @ signs, np.float32)
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    for rows, columns in neighbourhoods(points, seed=seed):
        yield rows, columns, _unit(table[rows]) @ _unit(table[columns]).T


def _unit(table: sparse.csr_matrix) -> Vectors:
    dense = np.asarray(table.todense(), np.float32)
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    return dense


def begin(cells: Cells, everybody: Everybody, seed: Ints) -> CommonPart | None:
    """Return what *seed* has in common as a first guess at a list, with every account of the seed as a member."""
    members = cells.among(np.unique(seed))
    if len(members) == 0:
        return None
    habits = everybody.without(members)
    mine = np.where(cells.at(members), np.minimum(cells.count, 1), 0).astype(np.float64)
    worklist = _pooled(cells, mine, len(members), habits)
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
    before = known.of(members)
    nothing = np.zeros(len(cells.topic))
    mine = drawn(cells, members, before.parts, habits, known.worklist, nothing)
    worklist = _pooled(cells, mine, len(members), habits)
    if not worklist.drawn.any():
        return np.empty(0, np.int64), np.empty(0)
    candidates = _candidates(cells, worklist, habits, members)
    worker, _ = worker_nats(cells, candidates, habits, worklist, mine, known.part)
    reader = _reader_nats(cells, candidates, habits, worklist)
    own = own_nats(cells, candidates, habits)
    at_home = np.logaddexp(worker, reader) - np.log(2)
    return candidates, at_home - np.logaddexp(own + np.log(1 - _READERS), at_home + np.log(_READERS))


def _pooled(cells: Cells, mine: Floats, members: int, habits: Habits) -> Worklist:
    """Return the worklist by how many members touched a topic, not how often: a few who dwell there count once each.

    Dealt prompts fall into a topic like rain, so a share of members that were spared tells the rate. What members
    ask of their own adds up to what everybody asks; its level, read off where most of everybody's prompts are, is
    taken off.
    """
    touched = np.bincount(cells.topic, weights=np.minimum(mine, 1.0), minlength=cells.n_topics)
    rate = -np.log1p(-np.minimum(touched / max(members, 1), 1 - 0.5 / max(members, 1)))
    ratio = rate / habits.base
    order = np.argsort(ratio, kind="stable")
    level = ratio[order][np.searchsorted(np.cumsum(habits.base[order]), 0.5)]
    rate = np.maximum(rate - level * habits.base, 0)
    return Worklist(rate * float(mine.sum()) / max(float(rate.sum()), 1e-12))


def _reader_nats(cells: Cells, accounts: Ints, habits: Habits, worklist: Worklist) -> Floats:
    """Return the log-likelihood of what *accounts* asked as people's at home in the subjects of the list."""
    at_home = [
        own_nats(cells, accounts, Habits(share * worklist.shares + (1 - share) * habits.base, habits.weights))
        for share in _INTEREST
    ]
    return np.asarray(logsumexp(at_home, axis=0) - np.log(len(_INTEREST)))


def _candidates(cells: Cells, worklist: Worklist, habits: Habits, members: Ints) -> Ints:
    """Return the members and the others that touch most of what the list has more of than everybody asks."""
    gain = np.clip(np.log((worklist.shares + 1e-6) / habits.base), 0, 4)
    score = np.bincount(
        cells.account, weights=np.minimum(cells.count, _OFTEN) * gain[cells.topic], minlength=len(cells)
    )
    most = min(len(score), 2 * len(members) + 200)
    best = np.argsort(-score, kind="stable")[:most]
    return np.union1d(cells.among(best), members)
