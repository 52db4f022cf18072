"""The accounts of a group that are run alike: as busy, on as many days, with answers as long.

Who deals out a public list asks for the same things as its honest readers, so what they ask cannot tell them apart.
How they ask does: one hand runs its accounts in one way, and readers live their own lives.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.population import Population

__all__ = ["Core", "core"]

_NEAREST = 0.2
"""Share of a group that the first guess at a core holds: an account and those run most like it."""
_ROUNDS = 20
_NARROWEST = 0.1
"""Least spread of a core, in spreads of the population: hands are not as even as clocks."""
_NARROWER = 8.0
"""Times that a core takes up less room than the others do: half of their spread in each of three numbers."""
_LEAST, _MOST = 0.1, 0.9
"""Share of the group below which any few are alike by chance, and from which the core is the group."""
_LOOKED_AT = 4000
"""Members, at equal steps, among which the core is first looked for."""


@dataclass(frozen=True)
class Core:
    """Accounts that are run alike; *own* is how much they differ, *others* how much the rest of their group does.

    Both are geometric means over three numbers of how an account is run, each in robust spreads of the population.
    """

    members: Ints
    own: float
    others: float


def core(population: Population, members: Ints) -> Core | None:
    """Return those of *members* that are run alike, as far as others of them are not; nothing where there is no such.

    A mixture of two normal laws, one narrow and one as wide as the other members are, fitted by expectation and
    maximisation from the densest place of the group.
    """
    if len(members) < 2:
        return None
    habits = _habits(population)[members]
    inside = _densest(habits)
    for _ in range(_ROUNDS):
        if not 2 <= inside.sum() < len(members):
            break
        share = inside.mean()
        nats = _normal(habits, habits[inside]) - _normal(habits, habits[~inside])
        now = nats + np.log(share / (1 - share)) > 0
        if np.array_equal(now, inside):
            break
        inside = now
    if not max(2, _LEAST * len(members)) <= inside.sum() < _MOST * len(members):
        return None
    own, others = (float(np.exp(np.log(_spread(habits[side])).mean())) for side in (inside, ~inside))
    return Core(members[inside], own, others) if (others / own) ** habits.shape[1] >= _NARROWER else None


def _habits(population: Population) -> Floats:
    """Return (accounts, 3) numbers of how accounts are run, in robust spreads of the population."""
    activity = population.activity
    days = np.maximum(activity["n_days"], 1)
    measured = activity["n_measured"]
    tokens = np.where(measured > 0, activity["output_tokens"] / np.maximum(measured, 1), np.nan)
    table = np.stack((np.log(activity["n_exchanges"] / days), np.log(days), np.log1p(tokens)), axis=1)
    known = np.isfinite(table).any(axis=0)
    middle = np.where(known, np.nanmedian(np.where(known, table, 0.0), axis=0), 0.0)
    table = np.where(np.isfinite(table), table, middle)
    low, high = np.quantile(table, [0.25, 0.75], axis=0)
    spread = np.maximum((high - low) / 1.349, 1e-3)
    return np.asarray((table - middle) / spread)


def _densest(habits: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows lie around the row whose neighbours are nearest."""
    sampled = habits[:: -(-len(habits) // _LOOKED_AT)]
    near = max(1, int(_NEAREST * (len(sampled) - 1)))
    reach = np.partition(cdist(sampled, sampled), near, axis=1)[:, near]
    at = int(np.argmin(reach))
    return np.asarray(cdist(sampled[at : at + 1], habits)[0] <= reach[at])


def _normal(habits: Floats, of: Floats) -> Floats:
    """Return the log-density of each row by the normal law of *of*, without what every law shares."""
    spread = _spread(of)
    return np.asarray(-0.5 * (((habits - of.mean(axis=0)) / spread) ** 2).sum(axis=1) - np.log(spread).sum())


def _spread(habits: Floats) -> Floats:
    return np.asarray(np.maximum(habits.std(axis=0), _NARROWEST))
