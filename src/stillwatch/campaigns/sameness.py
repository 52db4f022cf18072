"""Do the members of a group ask for the same? An equivalence test of their mean prompts against honest people's."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stillwatch.campaigns.content import Content, Floats, Ints
from stillwatch.campaigns.distance import Tastes
from stillwatch.statistics.equivalence import mean_below

__all__ = ["TELLING", "Ground", "Sameness", "sameness"]

TELLING = 0.01
"""Below this p-value a test of a standing group counts: in its dials, in its reasons, and in who belongs."""
_SMALL_SHARE = 1 / 3
"""Accounts count as dealt from one worklist where they differ by less than a third of what honest people do."""

_AT_ONCE = 1024


@dataclass(frozen=True)
class Sameness:
    """How far the members' prompts differ beyond sampling noise (*observed*) against honest people (*expected*)."""

    expected: float
    observed: float
    p_value: float

    @property
    def tells(self) -> bool:
        """Return whether the members were shown to ask alike."""
        return self.p_value < TELLING

    @property
    def share(self) -> float:
        """Return 0 to 1: how much of what would differ between strangers does not."""
        return float(np.clip(1 - self.observed / self.expected, 0, 1)) if self.expected > 0 else 0.0


@dataclass(frozen=True)
class Ground:
    """All that the test of a group looks at: what its members ask, and how far apart honest people are."""

    content: Content
    """Of the members, one row each."""
    distance: float
    """Median squared distance of two honest people."""
    spread: float
    """Spread of an honest account's prompts around their mean, at the median."""
    noise: float
    """See ``Tastes.noise``."""

    @classmethod
    def of(cls, content: Content, members: Ints, tastes: Tastes) -> "Ground":
        """Return the ground of *members*, which are rows of *content*, among all that have content."""
        return cls(content.of_accounts(members), tastes.median, content.usual_spread, tastes.noise)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Ground":
        """Return the ground of those members that *chosen* (one flag per member) holds of."""
        return Ground(self.content.of_accounts(np.flatnonzero(chosen)), self.distance, self.spread, self.noise)

    def sameness(self) -> Sameness | None:
        """Test whether the members differ by less than a third of what honest people do; None where little is known.

        An equivalence test: the null is that they differ by at least that much, so absence of data never convicts; it
        is about their mean distance, which a few far-off members carry. Both sides are scaled by the spread within
        accounts, which takes out a frame that all prompts have in common.
        """
        content = self.content.of_accounts(np.flatnonzero(self.content.n >= 2))
        if len(content.n) < 3:
            return None
        n = content.n.astype(np.float64)
        total = n.sum()
        spread = float((content.spread * n).sum() / total)
        distance = _to_the_rest(content.vectors, n) - content.noise - spread / (total - n)
        error = self.noise * (content.noise + spread / (total - n))
        # Accounts with many prompts say more, but no account more than the spread of tastes itself would allow.
        expected = 0.5 * self.distance * spread / self.spread
        observed, p_value = mean_below(distance, error, _SMALL_SHARE * expected)
        return Sameness(expected, max(0.0, observed), p_value)


def _to_the_rest(mean: npt.NDArray[np.float32], n: Floats) -> Floats:
    """Return the squared distance of each account's mean to that of all the others' *n* prompts."""
    total, pooled = n.sum(), (mean * n[:, None]).sum(axis=0)
    distance = np.empty(len(n))
    # Some at a time: all of 25,000 vectors, in double precision and four times over, are half a gigabyte.
    for first in range(0, len(n), _AT_ONCE):
        here = slice(first, first + _AT_ONCE)
        own, count = mean[here].astype(np.float64), n[here, None]
        rest = (pooled[None, :] - own * count) / (total - count)
        distance[here] = ((own - rest) ** 2).sum(axis=1)
    return distance


def sameness(content: Content, members: Ints, tastes: Tastes) -> Sameness | None:
    """Test whether *members*, rows of *content*, ask for the same (:meth:`Ground.sameness`)."""
    return Ground.of(content, members, tastes).sameness()
