"""Who is treated and who is held out for comparison, and at what moment: drawn, so that neither tells of the other.

One moment for the whole campaign: accounts that fall one after the other would show what was found and how.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

__all__ = ["Arms", "draw_moment", "n_held_out", "split"]


@dataclass(frozen=True, slots=True)
class Arms:
    """The two arms of an action."""

    treated: frozenset[str]
    held_out: frozenset[str]


def split(accounts: Collection[str], holdout: float, salt: str) -> Arms:
    """Return *accounts* with the share *holdout* of them held out: those first in the order of their salted digests.

    At least one is treated. The same salt gives the same arms, whatever order the accounts come in.
    """
    ordered = sorted(accounts, key=lambda account: (sha256(f"{salt}\n{account}".encode()).digest(), account))
    kept = n_held_out(len(ordered), holdout)
    return Arms(frozenset(ordered[kept:]), frozenset(ordered[:kept]))


def n_held_out(n_accounts: int, holdout: float) -> int:
    """Return how many of so many accounts are held out."""
    return min(round(holdout * n_accounts), max(n_accounts - 1, 0))


def draw_moment(earliest: datetime, latest: datetime, chance: Random) -> datetime:
    """Return a moment between the two, each second as likely as the next."""
    return earliest + timedelta(seconds=chance.randint(0, max(int((latest - earliest).total_seconds()), 0)))
