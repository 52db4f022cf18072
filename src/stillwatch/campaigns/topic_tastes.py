"""Do members of a group keep tastes of their own? Compares topics within accounts with topics between accounts.

Two prompts of one person fall into one topic more often than prompts of two people do, also among people with a common
interest. Draws from one list do not: the two probabilities are equal. Their ratio is the fixation index of population
genetics on another scale (Wright, 1951), and the list has to be as broad within an account as it is over all accounts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.spread import Cells

__all__ = ["TopicTastes", "topic_tastes"]

_BOUND = 1.15
"""Ratio above which members keep tastes of their own. Measured on the lab's world: campaigns without cover 0.96 to
1.05, with cover within their list 1.00 to 1.18, people with one interest 1.1 to 4."""
_ERRORS = 2.0
_LEAST_MEMBERS = 3
_Sum = npt.NDArray[np.floating[Any]] | float


@dataclass(frozen=True)
class TopicTastes:
    """Chance that two prompts of one member share a topic, by that of two members, and its standard error."""

    ratio: float
    error: float

    @property
    def shown(self) -> bool:
        """Return whether members were shown to keep tastes of their own."""
        return self.ratio - _ERRORS * self.error > _BOUND


def topic_tastes(cells: Cells, members: Ints, topics: Ints | None = None) -> TopicTastes | None:
    """Return the tastes of *members* over all topics of *cells*, or within *topics*; None where too few say anything.

    The error is that of the jackknife over accounts (Efron and Stein, 1981).
    """
    rows = cells.rows(members)
    account, topic, count = (
        cells.account[rows],
        cells.topic[rows].astype(np.int64),
        cells.count[rows].astype(np.float64),
    )
    if topics is not None:
        inside = np.isin(topic, topics)
        account, topic, count = account[inside], topic[inside], count[inside]
    if not len(account):
        return None
    who = np.unique(account, return_inverse=True)[1]
    n = np.bincount(who, weights=count)
    several = n >= 2
    if several.sum() < _LEAST_MEMBERS:
        return None
    kept = several[who]
    who, topic, count = np.unique(who[kept], return_inverse=True)[1], topic[kept], count[kept]
    n = n[several]
    own = np.bincount(who, weights=count * (count - 1)) / (n - 1)
    square = np.bincount(who, weights=count**2)
    total = np.bincount(topic, weights=count, minlength=cells.n_topics).astype(np.float64)
    common = np.bincount(who, weights=count * total[topic])
    pooled = float((total**2).sum())
    ratio = _ratio(own.sum(), n.sum(), pooled, square.sum(), n.sum(), (n**2).sum())
    without = _ratio(
        own.sum() - own, n.sum() - n, pooled - 2 * common + square, square.sum() - square, n.sum() - n,
        (n**2).sum() - n**2,
    )  # fmt: skip
    size = len(n)
    error = np.sqrt((size - 1) / size * ((without - without.mean()) ** 2).sum())
    return TopicTastes(float(ratio), float(error))


def _ratio(own: _Sum, weight: _Sum, pooled: _Sum, square: _Sum, prompts: _Sum, prompt_squares: _Sum) -> Floats:
    within = np.asarray(own) / np.maximum(weight, 1e-12)
    between = np.maximum(np.asarray(pooled) - square, 0.5) / np.maximum(np.asarray(prompts) ** 2 - prompt_squares, 1.0)
    return np.asarray(within / between)
