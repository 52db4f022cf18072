"""Draws churn: closed accounts, and the new accounts that replace them within hours."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from stillwatch.lab.crowds.crowd import NEVER, Accounts
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.draws.random_draws import Floats, Ints

__all__ = ["ChurnPlan", "inherit_settings", "plan_churn", "reassign_rows"]

_HOUR_US = 3_600_000_000
_LONGEST_WAIT_H = 20.0
_INHERITED = (
    "agent",
    "agent_2",
    "fingerprint",
    "fingerprint_2",
    "client_share",
    "pool",
    "pool_share",
    "temperature",
    "max_tokens",
    "stream",
    "moves",
)


@dataclass(frozen=True, slots=True)
class ChurnPlan:
    """The account that holds each of *n* slots at each time.

    Accounts 0 to n - 1 hold the slots first; later accounts follow. ``slot``, ``opened`` and ``closed`` have one entry
    per account. ``opened`` is the start of the period for the first account of a slot. ``closed`` is ``NEVER`` for
    accounts that stay open.
    """

    n: int
    slot: Ints
    opened: Ints
    closed: Ints


def plan_churn(rng: np.random.Generator, n: int, *, begin: int, end: int, churn: float) -> ChurnPlan:
    """Return the accounts of *n* slots from *begin* to *end* (microseconds); a share *churn* closes per day."""
    rate = -log(1 - churn) / DAY_US
    expected = rate * max(0, end - begin)
    rounds = int(expected + 8 * sqrt(expected) + 8)
    lives: Floats = rng.exponential(1 / rate, (n, rounds)) if churn else np.full((n, rounds), float(NEVER))
    waits = np.minimum(rng.gamma(2.0, 1.5, (n, rounds)) + 0.2, _LONGEST_WAIT_H) * _HOUR_US
    closed = begin + np.minimum(np.cumsum(lives + waits, axis=1) - waits, float(2 * (end - begin) + DAY_US))
    opened = np.concatenate([np.full((n, 1), float(begin)), (closed + waits)[:, :-1]], axis=1)
    held = opened < end
    held[:, 0] = True
    slot, step = np.nonzero(held)
    order = np.lexsort((slot, step > 0))
    slot, step = slot[order], step[order]
    ends = closed[slot, step]
    return ChurnPlan(
        n,
        slot.astype(np.int64),
        opened[slot, step].astype(np.int64),
        np.where(ends < end, ends, float(NEVER)).astype(np.int64),
    )


def reassign_rows(plan: ChurnPlan, owner: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Return account and moment of rows that were planned per slot: each row goes to the account open at its moment.

    A row between two accounts of a slot waits for the second account and is sent soon after that account opens.
    """
    order = np.lexsort((plan.opened, plan.slot))
    slot, opened, closed = plan.slot[order], plan.opened[order], plan.closed[order]
    # the first account of the slot that is not closed yet
    first = np.searchsorted(slot, np.arange(plan.n))
    low = int(min(at.min(initial=NEVER), opened.min(initial=NEVER)))
    span = int(max(at.max(initial=0), opened.max(initial=0))) + 2 - low
    keys = slot * span + np.minimum(closed - low, span - 1)
    holder = np.searchsorted(keys, owner * span + at - low, side="right")
    last = np.append(first[1:], len(slot)) - 1
    gone = holder > last[owner]
    holder = np.minimum(holder, last[owner])
    waiting = at < opened[holder]
    moved = np.where(waiting, opened[holder] + (opened[holder] - at) // 16 + 1_000_000, at)
    kept: NDArray[np.bool_] = ~gone & (moved < closed[holder])
    who, when = order[holder][kept], moved[kept]
    by_time = np.lexsort((when, who))
    return who[by_time], when[by_time]


def inherit_settings(plan: ChurnPlan, accounts: Accounts) -> None:
    """Copy client, settings and network from the first account of each slot to the *accounts* after it.

    Identity stays their own, and so do addresses outside the shared network.
    """
    for name in _INHERITED:
        values = getattr(accounts, name)
        values[plan.n :] = values[plan.slot[plan.n :]]
    accounts.closed = plan.closed.copy()
