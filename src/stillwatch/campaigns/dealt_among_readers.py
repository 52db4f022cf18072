"""Finds accounts that are dealt a list which others read: they never ask what one of them asked, and readers do.

Who deals out a public list asks for the same as its independent readers, so both form one group. By the birthday rule
readers collide with each other and with the dealt accounts; the dealt accounts do not collide with each other. They are
looked for in the collisions of one half of the prompts and tested on those of the other.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import sparse
from scipy.special import gammaincc

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.coordination import LEAST_P

__all__ = ["Dealt", "dealt"]

_LEFT = 0.1
"""Share of the readers' collisions that dealt accounts may have: lists hold entries twice."""
_STARTS = 40
_MOST = 2_000
"""Members, at equal steps, among whom the dealt accounts are looked for."""
_LEAST_EXPECTED = 10.0
"""Collisions that readers in their place would have in the half that tests, below which none says little."""
_LIKE_READERS = 0.5
"""Least rate of collisions of the dealt accounts with the others, by that of the others: they ask from one list."""
_SURE = 1e-4
_MEMBER = float(np.log(100.0))
"""Nats, by both halves, from which a member is one of those that the list is dealt to: small readers collide little."""


@dataclass(frozen=True)
class Dealt:
    """Members that are dealt out, and how many pairs of them asked one prompt, expected of readers and observed."""

    members: Ints
    expected: float
    observed: float
    p_value: float


def dealt(askings: tuple[Ints, npt.NDArray[np.uint64]], members: Ints, least: int) -> Dealt | None:
    """Return those of *members* to whom a list is dealt that the others read; None where there are none.

    *askings* are accounts and prompt hashes, one entry per prompt that an account asked. *least* is the least number of
    accounts.
    """
    some = members[:: -(-len(members) // _MOST)]
    formed, tested = (_collisions(askings, some, half) for half in (0, 1))
    inside = _searched(*formed)
    if inside is not None:
        gain = _gain(*formed) + _gain(*tested)
        inside &= gain[:, inside].sum(axis=1) >= _MEMBER
    if inside is None or inside.sum() < least or inside.all():
        return None
    counts, n = tested
    own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    rate = _rate(counts, n, others, others)
    expected, observed = rate * _pairs(n, own), float(counts[np.ix_(own, own)].sum() / 2)
    across = _rate(counts, n, own, others)
    p = float(gammaincc(observed + 1, expected)) if expected > 0 else 1.0
    if expected < _LEAST_EXPECTED or across < _LIKE_READERS * rate or p > _SURE:
        return None
    return Dealt(some[own], expected, observed, max(p, LEAST_P))


def _collisions(askings: tuple[Ints, npt.NDArray[np.uint64]], members: Ints, half: int) -> tuple[Floats, Floats]:
    """Return how many prompts of one *half* each pair of *members* asked, and how many each asked."""
    account, prompt = askings
    here = np.isin(account, members) & ((prompt >> np.uint64(17)) & np.uint64(1) == half)
    row = np.searchsorted(members, account[here])
    column = np.unique(prompt[here], return_inverse=True)[1]
    shape = len(members), int(column.max()) + 1 if len(column) else 1
    table = sparse.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
    table.data[:] = 1.0
    counts = np.asarray((table @ table.T).todense(), np.float64)
    np.fill_diagonal(counts, 0.0)
    return counts, np.asarray(table.sum(axis=1), np.float64).ravel()


def _pairs(n: Floats, chosen: Ints) -> float:
    return float((n[chosen].sum() ** 2 - (n[chosen] ** 2).sum()) / 2)


def _rate(counts: Floats, n: Floats, left: Ints, right: Ints) -> float:
    """Return collisions by pair of prompts of *left* and *right*, which are the same or have nobody in common."""
    found = counts[np.ix_(left, right)].sum()
    if left is right:
        return float(found / 2 / max(_pairs(n, left), 1e-12))
    return float(found / max(n[left].sum() * n[right].sum(), 1e-12))


def _searched(counts: Floats, n: Floats) -> npt.NDArray[np.bool_] | None:
    """Return the set of members whose few collisions are likeliest of dealt accounts; None where there are none."""
    gain = _gain(counts, n)
    best, most = None, 0.0
    for start in range(0, len(n), max(1, len(n) // _STARTS)):
        inside = np.zeros(len(n), np.bool_)
        total = _grown(gain, int(start), inside)
        if total > most:
            best, most = inside, total
    return best


def _gain(counts: Floats, n: Floats) -> Floats:
    """Return, per pair, the nats by which its collisions are likelier of dealt accounts than of readers (Poisson)."""
    everybody = np.arange(len(n))
    rate = _rate(counts, n, everybody, everybody)
    gain = (1 - _LEFT) * rate * np.outer(n, n) + counts * np.log(_LEFT)
    np.fill_diagonal(gain, 0.0)
    return np.asarray(gain)


@njit(cache=True, nogil=True)
def _grown(gain: Any, start: Any, inside: Any) -> Any:
    """Add to *inside*, from *start* on, the member that gains most, while any gains; return the sum of gains."""
    score = gain[start].copy()
    inside[start] = True
    total = 0.0
    while True:
        best, at = 0.0, -1
        for j in range(score.shape[0]):
            if not inside[j] and score[j] > best:
                best, at = score[j], j
        if at < 0:
            return total
        inside[at] = True
        total += best
        for j in range(score.shape[0]):
            score[j] += gain[at, j]
