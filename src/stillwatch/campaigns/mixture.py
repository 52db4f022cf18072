"""Accounts that ask partly from a common worklist: how likely, how large a part, and which of their prompts.

The model of a worker: a share of its prompts are draws from the worklist, whose shares per topic are known from the
prompts that others drew from it; the rest is its own taste. Per topic the number of draws is negative binomial (a
Poisson law whose rate is known from a finite count), the own part as in :mod:`stillwatch.campaigns.spread`; what is
seen is their sum. Cover is such an own part, which is why it does not hide the draws.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.spread import CONCENTRATIONS, Cells, Habits, times
from stillwatch.engine.kernels import njit

__all__ = ["PARTS", "Worklist", "drawn", "worker_nats"]

PARTS = np.array([0.1, 0.2, 0.4, 0.7, 0.95])
"""Shares of an account's prompts that may come from the worklist, equally likely before anything is seen."""
_UNKNOWN = 0.5
"""Prompts' worth of doubt about a topic's share of the worklist."""
_LEAST_DRAWS, _DRAW_STEP, _DRAW_STEPS = 0.01, 0.08, 200
"""Table of numbers of draws: the least, the step of the logarithm, and how many; up to some 80,000 draws."""
_MOST = 150
"""Prompts of one account in one topic beyond which more of them say nothing new."""
_LARGE = 1e100
"""Likelihood, against that of nothing drawn, from which a sum goes on at a part of itself."""
_USUAL = 1
"""Position in ``CONCENTRATIONS`` of the usual person."""


@dataclass(frozen=True)
class Worklist:
    """What is known of a worklist: prompts per topic that were drawn from it."""

    drawn: Floats

    @property
    def shares(self) -> Floats:
        """Return the share of each topic."""
        return np.asarray(self.drawn / max(float(self.drawn.sum()), 1e-12))


@njit(cache=True, nogil=True)
def _sum_law(n: Any, own_shape: Any, own_odds: Any, list_shape: Any, list_odds: Any, own: Any) -> Any:
    """Return probability of *n* as a sum of draws and own prompts, the nats by which it is larger than that, and the
    draws expected in it.

    Both laws are taken relative to their value at nought, which for a long list may be smaller than any float: where
    a sum grows too large it goes on at a part of itself. *own* is scratch.
    """
    if n == 1:
        # Most cells hold one prompt: it was drawn, or it was not.
        draw = list_shape * list_odds
        total = own_shape * own_odds + draw
        return total, 0.0, draw / total if total > 0 else 0.0
    own[0] = 1.0
    for m in range(n):
        own[m + 1] = own[m] * (m + own_shape) / (m + 1.0) * own_odds
    draw, total, weighed, larger = 1.0, 0.0, 0.0, 0.0
    for m in range(n + 1):
        both = draw * own[n - m]
        total += both
        weighed += m * both
        draw *= (m + list_shape) / (m + 1.0) * list_odds
        if draw > _LARGE:
            draw, total, weighed = draw / _LARGE, total / _LARGE, weighed / _LARGE
            larger += np.log(_LARGE)
    return total, larger, weighed / total if total > 0 else 0.0


@njit(cache=True, nogil=True)
def _nothing_drawn(listed: Any, draws: Any, out: Any) -> None:
    """Write the log-probability that each number of *draws* from a list leaves every topic untouched."""
    pooled = listed.sum()
    for i in range(draws.shape[0]):
        out[i] = _untouched_by(draws[i], listed, pooled)


@njit(cache=True, nogil=True)
def _untouched_by(draws: Any, listed: Any, pooled: Any) -> Any:
    nats = 0.0
    for c in range(listed.shape[0]):
        if listed[c] > 0:
            shape = listed[c] + _UNKNOWN
            nats -= shape * np.log1p(draws * listed[c] / pooled / shape)
    return nats


@njit(cache=True, nogil=True)
def _mixtures(
    start: Any, topic: Any, count: Any, accounts: Any, base: Any, listed: Any, untouched: Any, mine: Any,
    concentrations: Any, parts: Any, out: Any,
) -> None:  # fmt: skip
    steps = untouched.shape[0] - 1
    own = np.zeros(_MOST + 2)
    pooled = listed.sum()
    for j in range(accounts.shape[0]):
        first, last = start[accounts[j]], start[accounts[j] + 1]
        total, taken = 0, 0.0
        for i in range(first, last):
            total += count[i]
            taken += mine[i]
        rest = max(pooled - taken, 1e-9)
        for p in range(parts.shape[0]):
            drawn = total * parts[p]
            # The sum over all topics is the same for everybody but for the number of draws: read off a table.
            at = (np.log(max(drawn * pooled / rest, _LEAST_DRAWS)) - np.log(_LEAST_DRAWS)) / _DRAW_STEP
            if at < steps:
                low = int(at)
                nothing = untouched[low] + (at - low) * (untouched[low + 1] - untouched[low])
            else:
                # Who made most of the list alone leaves so little of it that the table ends before.
                nothing = _untouched_by(drawn * pooled / rest, listed, pooled)
            # The account's own draws taught nothing about the list to itself.
            for i in range(first, last):
                w = listed[topic[i]]
                if mine[i] > 0 and w > 0:
                    shape = w + _UNKNOWN
                    nothing += shape * np.log1p(drawn * w / rest / shape)
                    w = max(w - mine[i], 0.0)
                    shape = w + _UNKNOWN
                    nothing -= shape * np.log1p(drawn * w / rest / shape)
            for t in range(concentrations.shape[0]):
                theta, left = concentrations[t], total - drawn
                value = nothing + theta * np.log(theta / (theta + left))
                product = 1.0
                for i in range(first, last):
                    w = max(listed[topic[i]] - mine[i], 0.0)
                    shape = w + _UNKNOWN
                    rate = drawn * w / rest
                    seen, larger, _ = _sum_law(
                        min(count[i], _MOST), theta * base[topic[i]], left / (theta + left), shape,
                        rate / (rate + shape), own,
                    )  # fmt: skip
                    value, product = times(value + larger, product, seen)
                out[j, p, t] = value + np.log(product)


@njit(cache=True, nogil=True)
def _draws(
    start: Any, topic: Any, count: Any, accounts: Any, base: Any, listed: Any, theta: Any, part: Any, out: Any
) -> None:
    own = np.zeros(_MOST + 2)
    pooled = max(listed.sum(), 1e-9)
    at = 0
    for j in range(accounts.shape[0]):
        first, last = start[accounts[j]], start[accounts[j] + 1]
        total = 0
        for i in range(first, last):
            total += count[i]
        drawn = total * part[j]
        left = total - drawn
        for i in range(first, last):
            w = listed[topic[i]]
            rate, shape = drawn * w / pooled, w + _UNKNOWN
            _, _, out[at] = _sum_law(
                min(count[i], _MOST), theta * base[topic[i]], left / (theta + left), shape, rate / (rate + shape), own
            )
            at += 1


def worker_nats(
    cells: Cells, accounts: Ints, habits: Habits, worklist: Worklist, mine: Floats, usual: float | None = None
) -> tuple[Floats, Floats]:
    """Return, per account, the log-likelihood of what it asked as a worker's, and its likeliest part.

    *mine* is, per cell of *cells*, how much of the worklist's count in that topic came from the account itself. Workers
    of one campaign mix in about as much: with a *usual* part only that one and its neighbours in ``PARTS`` can be.
    """
    possible = _possible(usual)
    out = np.zeros((len(accounts), len(possible), len(CONCENTRATIONS)))
    untouched = np.zeros(_DRAW_STEPS)
    _nothing_drawn(worklist.drawn, _LEAST_DRAWS * np.exp(_DRAW_STEP * np.arange(_DRAW_STEPS)), untouched)
    _mixtures(
        cells.start, cells.topic, cells.count, accounts, habits.base, worklist.drawn, untouched, mine, CONCENTRATIONS,
        possible, out,
    )  # fmt: skip
    nats = logsumexp(out + np.log(habits.weights), axis=2)
    return np.asarray(logsumexp(nats, axis=1) - np.log(len(possible))), possible[np.argmax(nats, axis=1)]


def _possible(usual: float | None) -> Floats:
    if usual is None:
        return PARTS
    at = int(np.argmin(np.abs(PARTS - usual)))
    return PARTS[max(0, at - 1) : at + 2]


def drawn(cells: Cells, accounts: Ints, parts: Floats, habits: Habits, worklist: Worklist) -> Floats:
    """Return, per cell of *accounts* in their order, how many of its prompts were drawn from *worklist*.

    *parts* is the share of each account's prompts that comes from the worklist.
    """
    out = np.zeros(int((cells.start[accounts + 1] - cells.start[accounts]).sum()))
    _draws(
        cells.start, cells.topic, cells.count, accounts, habits.base, worklist.drawn, CONCENTRATIONS[_USUAL], parts, out
    )
    return out
