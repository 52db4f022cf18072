"""How prompts recur among members: dealt out, as among readers of one list, as among people with one question, or more.

A list that is dealt out gives no prompt to two members before all are dealt. Independent readers of a list collide by
the birthday rule, and people with one question or one interest more often than that. To look like one of these, an
operator has to pay for some answers again, which costs little where the prompts are short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import betaincinv, gammaincc

from stillwatch.campaigns.coordination import MAX_BITS
from stillwatch.campaigns.dealt_among_readers import Dealt
from stillwatch.campaigns.worklist import Collisions
from stillwatch.model import Family, Reason, ReasonKind

__all__ = ["SENTENCES", "Pattern", "Recurrence", "among_readers", "recurrence", "repeat_more"]

SENTENCES = {
    "dealt_evenly": "How evenly prompts come up: 0 as among independent readers of a list, 1 as when dealt out.",
    "collides_like_readers": "How evenly prompts come up: 0 as among independent readers of a list, 1 as when dealt.",
    "dealt_among_readers": "Pairs of members that asked the same prompt, against readers of the same list.",
    "asks_the_same_few": "Share of a member's prompts that another member asked too.",
    "repeats_like_strangers": "Pairs of members that asked the same prompt, against other accounts that ask as much.",
    "never_collides": "Pairs of members that asked the same prompt, against other accounts that ask as much.",
}
"""What each reason compares, by its name."""
_DECIDED = 2.0
"""Bits from which evenness decides for dealing; below, collisions are compared with other accounts'."""
_MOST_BITS = 5.0
_LIKELIER = 2.0
"""Times that evenness must be likelier of independent readers than of anything between them and one dealer: several
dealers of one list, and cover that collides as honest prompts do, lie between."""
_ROUGHEST = 0.5
"""Error of evenness beyond which it says nothing: too few prompts came up twice."""
_EVENNESS_ERROR = 0.15
"""Least error of evenness: lists are not as tidy as the law."""
_CLASS = 0.2
"""Share of prompts that two members have in common from which, with favourites, they ask the same few."""
_COMMON = 0.02
"""Share of prompts that two members have in common from which, within topics they share, they draw on common talk."""
_WASTE = 0.05
"""Least share of a group's prompts that another member asked before. Below it, recurrence costs an operator nothing,
and clears nobody."""
_SURE, _FEWER = 1e-3, 0.75
"""P-value (Poisson, of clumps of pairs) and share of strangers' pairs below which members repeat each other less than
strangers do."""
_LEAST_PAIRS, _LEAST_ASKINGS = 3, 200
"""Pairs, of members or of as many strangers, and prompts outside, below which nobody can say how often people repeat
each other."""

_AS_RARELY, _CONFIDENCE = 0.3, 0.95
"""Share of interests whose people repeat each other as rarely as members do, from which that shows no dealing; and how
sure it has to be that the share is smaller (Clopper and Pearson, 1934). A convention: no log has so many interests that
one in a hundred could be asked for."""
_LEAST_INTERESTS = 30
"""Interests below which nothing is shown. Measured on worlds of the tuning author: up to 25 in logs of 2,000 accounts,
where honest groups passed; 48 in the lab's worlds of 6,000."""


class Pattern(StrEnum):
    """How prompts recur among the members of a group."""

    DEALT = "dealt"
    RARE = "rare"
    """Members repeat each other much less often than strangers do, as accounts that are dealt one list."""
    READERS = "readers"
    COMMON = "common"
    UNKNOWN = "unknown"

    @property
    def is_of_one_dealer(self) -> bool:
        """Return whether the list was shown to be dealt out."""
        return self in {Pattern.DEALT, Pattern.RARE}

    @property
    def is_of_people(self) -> bool:
        """Return whether people who act for themselves repeat each other so, and a dealt list does not."""
        return self in {Pattern.READERS, Pattern.COMMON}


@dataclass(frozen=True)
class Recurrence:
    """The pattern, and the reason that shows it; None where nothing can be said."""

    pattern: Pattern
    reason: Reason | None = None


def recurrence(inside: Collisions, outside: Collisions, *, covered: bool) -> Recurrence:
    """Return how prompts recur *inside* a group against the accounts *outside*; *covered* says that topics were chosen
    because members have them in common.
    """
    waste = 1 - inside.prompts / inside.askings if inside.askings else 0.0
    favourites = inside.evenness(favourites=True)
    if favourites is not None and favourites[0] < -1 and inside.overlap > _CLASS:
        return _told(Pattern.COMMON, "asks_the_same_few", _CLASS, inside.overlap)
    expected = outside.rate * inside.askings * (inside.askings - 1) / 2
    # Where strangers would hardly collide either, not to collide says nothing; to collide all the same does.
    compared = max(expected, inside.pairs) >= _LEAST_PAIRS and outside.askings >= _LEAST_ASKINGS
    rare = compared and inside.pairs < expected
    even = inside.evenness()
    if even is not None and even[1] <= _ROUGHEST:
        share, error = even[0], max(even[1], _EVENNESS_ERROR)
        bits = (2 * share - 1) / (2 * error**2 * np.log(2))
        # Topics that were chosen because members share them even out what anybody asks there, where they ask the same.
        if bits >= _DECIDED and not (covered and inside.overlap > _COMMON):
            value = round(min(_MOST_BITS, float(bits)), 3)
            reason = Reason("dealt_evenly", Family.CONTENT, ReasonKind.LOG2_LR, 0.0, share, value, _MOST_BITS)
            return Recurrence(Pattern.DEALT, reason)
        readers = share <= -2 * error or _density(max(share, 0.0), error) >= _LIKELIER
        # Who collides less than strangers reads no list; what comes up twice are steps and phrases, as with anybody.
        if readers and waste >= _WASTE and not (share <= -2 * error and rare):
            return _told(Pattern.READERS, "collides_like_readers", 0.0, share)
    if compared and inside.pairs > expected and waste >= _WASTE:
        return _told(Pattern.COMMON, "repeats_like_strangers", expected, inside.pairs)
    if rare:
        clump = outside.clump(inside.askings / max(1, outside.askings))
        sure = gammaincc(inside.pairs / clump + 1, expected / clump) < _SURE
        fewer = sure and inside.pairs < _FEWER * expected
        return _told(Pattern.RARE if fewer else Pattern.UNKNOWN, "never_collides", expected, inside.pairs)
    return Recurrence(Pattern.UNKNOWN)


def repeat_more(like_minded: Sequence[Collisions], inside: Collisions) -> bool:
    """Return whether *like_minded* strangers, of one interest each, mostly repeat each other more often than members
    do.

    People of some interests never ask the same thing, so members of a group may not either. Interests count where
    strangers would make pairs at the rate of all interests together; few interests never say enough.
    """
    pairs = np.array([one.pairs for one in like_minded])
    chances = np.array([one.askings * (one.askings - 1) / 2 for one in like_minded])
    telling = chances * pairs.sum() >= _LEAST_PAIRS * max(1.0, chances.sum())
    mine = inside.pairs / max(1.0, inside.askings * (inside.askings - 1) / 2)
    n, rare = int(telling.sum()), int((pairs[telling] <= mine * chances[telling]).sum())
    return n >= max(_LEAST_INTERESTS, rare + 1) and float(betaincinv(rare + 1, n - rare, _CONFIDENCE)) < _AS_RARELY


def among_readers(dealt: Dealt) -> Recurrence:
    """Return that members were dealt a list that others read."""
    value = float(-np.log2(dealt.p_value)) + 0.0
    kind, name = ReasonKind.NEG_LOG2_P, "dealt_among_readers"
    return Recurrence(
        Pattern.DEALT, Reason(name, Family.CONTENT, kind, dealt.expected, dealt.observed, value, MAX_BITS)
    )


def _told(pattern: Pattern, name: str, expected: float, observed: float) -> Recurrence:
    reason = Reason(name, Family.CONTENT, ReasonKind.DESCRIPTION, float(expected), float(observed), 0.0, 0.0)
    return Recurrence(pattern, reason)


def _density(value: float, error: float) -> float:
    """Return the density of the Gaussian law of standard deviation *error* at *value*."""
    return float(np.exp(-((value / error) ** 2) / 2) / (error * np.sqrt(2 * np.pi)))
