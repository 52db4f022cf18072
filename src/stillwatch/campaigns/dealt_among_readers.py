"""Finds accounts that are dealt a list which others read: they never ask what one of them asked, and readers do.

Who deals out a public list asks for the same as its independent readers, so both form one group. By the birthday rule
readers collide with each other and with the dealt accounts; the dealt accounts do not collide with each other. They are
looked for in the collisions of one half of the prompts and tested on those of the other.

Readers who keep to a part of the list (in order, by chapter, by subject) do not collide with readers of other parts:
one reader per part looks like dealing. Three things tell such a choice from dealt accounts.

- The others collide with all dealt accounts alike. Who keeps to a part collides with the chosen reader of that part.
- Among many readers of the whole list, one other reader of a chosen reader's part is enough to show the choice.
- A few readers of parts may all differ by chance. Of many some read the same, and dealt accounts never do.

Where each part has one reader because somebody dealt out the parts, that is dealing, and nothing here tells it apart.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import gammainc, gammaincc

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.coordination import LEAST_P
from stillwatch.engine.kernels import njit

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
"""Most p-value against readers of the whole list."""
_SURE_OF_PARTS = 0.01
"""Most p-value against readers of parts: seven accounts that share out a list reach 0.006, six 0.015."""
_ERRORS = 2.0
"""Standard errors by which collisions must be more even than those of readers who keep to parts."""
_TWIN = 0.01
"""P-value, corrected for all pairs, below which a member and one of the others read the same part."""
_MEMBER = float(np.log(100.0))
"""Nats, by both halves, from which a member is one of those that the list is dealt to: small readers collide little."""


@dataclass(frozen=True)
class Dealt:
    """Members that are dealt out, and how many pairs of them asked one prompt, expected of readers and observed.

    The figures are of the half that did not choose the members, and of all who were chosen. *members* are those of
    them whom both halves name. *p_value* is the larger one of two: against readers of the whole list and of parts.
    """

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
    if inside is None or inside.sum() < least or inside.all():
        return None
    own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    counts, n = tested
    rate, across = _rate(counts, n, others, others), _rate(counts, n, own, others)
    # Readers who all begin at the top collide with each other more than with anybody else, so the lesser rate counts.
    expected, observed = min(rate, across) * _pairs(n, own), float(counts[np.ix_(own, own)].sum() / 2)
    p = float(gammaincc(observed + 1, expected)) if expected > 0 else 1.0
    if expected < _LEAST_EXPECTED or across < _LIKE_READERS * rate or p > _SURE:
        return None
    of_parts = _never_meet(across * n[own])
    # Structure of readers is the same in both halves, so both are asked for it.
    across_both = (formed[0] + tested[0])[np.ix_(own, others)]
    if of_parts > _SURE_OF_PARTS or not _is_even(across_both) or _has_twin(across_both):
        return None
    gain = (_gain(*formed) + _gain(*tested))[np.ix_(own, own)].sum(axis=1)
    named = own[gain >= _MEMBER]
    return Dealt(some[named], expected, observed, max(p, of_parts, LEAST_P)) if len(named) >= least else None


def _never_meet(shares: Floats) -> float:
    """Return the most chance that readers who each choose a part of the list, for themselves, never collide.

    *shares* are the sizes of the parts: what share of the prompts of the others each of them asked, too. The first
    prompt of each has to lie outside the parts of those before.
    """
    covered = np.cumsum(np.sort(shares)[::-1])[:-1]
    return float(np.prod(np.maximum(1 - covered, 0.0)))


def _is_even(counts: Floats) -> bool:
    """Return whether collisions of chosen members (rows of *counts*) and others (columns) are spread over all pairs.

    The measure is how often two collisions of one of the others are with one member, by how often they would be if all
    pairs were alike. It is 1 for dealt accounts. Each of the others counts alike, because who reads the whole list
    collides evenly and often.

    Of n honest readers, k that never collide can be chosen where two readers have nothing in common with a chance of
    n^(-2/k): then there is about one such set. Collisions are on the other pairs, so the measure is at least
    1 / (1 - chance) on average (Cauchy-Schwarz). The bound lies half-way between 1 and that.
    """
    by_member, by_other = counts.sum(axis=1), counts.sum(axis=0)
    some = by_other > 1
    if not some.any():
        return False
    total, pairs = by_member.sum(), by_other[some] * (by_other[some] - 1)
    usual = (by_member * (by_member - 1)).sum() / (total * (total - 1))
    if usual <= 0:
        return False
    one = (counts[:, some] * (counts[:, some] - 1)).sum(axis=0) / pairs
    error = np.sqrt(2 * usual * (1 / pairs).sum()) / len(pairs)
    k, n = len(by_member), len(by_member) + len(by_other)
    bound = (1 + 1 / (1 - n ** (-2 / k))) / 2
    return bool(one.mean() + _ERRORS * error <= bound * usual)


def _has_twin(counts: Floats) -> bool:
    """Return whether a chosen member (row of *counts*) and another (column) collide far more than such pairs do."""
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    met = counts > 0
    p = gammainc(counts[met], expected[met])
    return bool(p.min() * counts.size < _TWIN)


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
    # Who gained when the set was small can lose by those that came later.
    return None if best is None else best & (gain[:, best].sum(axis=1) > 0)


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
