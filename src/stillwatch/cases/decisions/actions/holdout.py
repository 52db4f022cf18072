"""Draws which accounts of an action are held out for comparison, and the time at which the action is due.

The whole campaign has one due time. Accounts that are limited one after the other would show what was found and how.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

__all__ = ["Arms", "draw_moment", "n_held_out", "split"]


@dataclass(frozen=True, slots=True)
class Arms:
    """The two arms of an action, disjoint."""

    treated: frozenset[str]
    held_out: frozenset[str]


def split(accounts: Collection[str], holdout: float, salt: str) -> Arms:
    """Split *accounts* and hold out the share *holdout*: those that come first in the order of their salted digests.

    At least one account is treated. The same salt gives the same arms for any order of *accounts*.
    """
    ordered = sorted(accounts, key=lambda account: (sha256(f"{salt}\n{account}".encode()).digest(), account))
    kept = n_held_out(len(ordered), holdout)
    return Arms(frozenset(ordered[kept:]), frozenset(ordered[:kept]))


def n_held_out(n_accounts: int, holdout: float) -> int:
    """Return the number of accounts that are held out of *n_accounts*."""
    return min(round(holdout * n_accounts), max(n_accounts - 1, 0))


def draw_moment(earliest: datetime, latest: datetime, chance: Random) -> datetime:
    """Return a time between the two, both included, drawn uniformly by whole seconds after *earliest*."""
    return earliest + timedelta(seconds=chance.randint(0, max(int((latest - earliest).total_seconds()), 0)))
