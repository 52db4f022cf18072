"""Whom to weigh for a group where everybody is too many: who may belong to it, and some who stand for all others.

Of a million accounts nearly all are far from any one group, and to weigh them takes as long as to weigh its members.
Who is far is told by one product of vectors, of several groups in one pass over what everybody asks.
"""

from collections.abc import Sequence

import numpy as np

from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.distance import LEAST_ERROR, LEAST_PROMPTS, Tastes, center_of, evidence, strangers
from stillwatch.campaigns.population import Population

__all__ = ["TOGETHER", "around", "asking_alike"]

TOGETHER = 16
"""Groups whose distance to everybody is worked out in one pass."""
_WIDEST = 2.0
"""Times the usual error that members of a list on few subjects show (``membership.content_nats``), at most."""
_FAR = 6.0
"""Errors, of the widest, beyond which nobody belongs by what it asks."""
_CHANCE = -5.0
"""Nats, the prior among them, from which what an account asks leaves it a chance: the rest are strangers to whoever
weighs traces and pace as well, unless they share something."""
_RARE_BITS = 6.0
"""Bits of a value from which to hold it leaves a chance to whoever asks for other things."""


def around(sharing: Sharing, members: Ints, near: Ints) -> Ints:
    """Return whom to weigh for a group that begins with *members*, in order: them, *near* (whom what they ask leaves a
    chance), who holds a rare value that two members hold, and some who stand for everybody. Of few accounts it is all.
    """
    population = sharing.population
    if len(population.some) == len(population):
        return population.some
    bonds = sharing.bonds
    own = sharing.bonds_of(members)
    hubs, counts = np.unique(bonds.hub[own[bonds.bits[own] >= _RARE_BITS]], return_counts=True)
    holders = bonds.account[sharing.bonds_to(hubs[counts >= 2])]
    return np.unique(np.concatenate((population.some, members, near, holders)))


def asking_alike(population: Population, tastes: Tastes, groups: Sequence[Ints]) -> list[Ints]:
    """Return, per group of members, the accounts that what they ask leaves a chance to belong to it."""
    found: list[Ints] = []
    for first in range(0, len(groups), TOGETHER):
        found += _asking_alike(population, tastes, groups[first : first + TOGETHER])
    return found


def _asking_alike(population: Population, tastes: Tastes, groups: Sequence[Ints]) -> list[Ints]:
    content = population.whole
    pooled = [center_of(content, members) for members in groups]
    centers = np.stack([center for center, _, _ in pooled], axis=1).astype(np.float32)
    # A distance of so many errors, as a bound of the product, is a sum of two numbers: an account's and the group's.
    widest = _FAR * _WIDEST
    bound = ((content.likeness - widest * tastes.noise * content.noise) / 2).astype(np.float32)
    long = population.some[content.n[population.some] >= LEAST_PROMPTS]
    found = []
    for members, (_, square, count), products in zip(groups, pooled, (content.mean @ centers).T, strict=True):
        n = content.n[members]
        noise = float((content.spread[members] * n).sum() / max(n.sum(), 1)) / max(count, 2.0)
        off = (square - widest * (tastes.noise * noise + LEAST_ERROR)) / 2
        near = np.flatnonzero(products >= bound + np.float32(off))
        distance = content.likeness[near] + square - 2 * products[near].astype(np.float64)
        error = np.maximum(tastes.noise * (content.noise[near] + noise), LEAST_ERROR)
        some = np.setdiff1d(long, members)
        honest = strangers(content.likeness[some] + square - 2 * products[some].astype(np.float64), tastes)
        least = _CHANCE - np.log(len(members) / max(1, len(population) - len(members)))
        usual, wider = (evidence(distance, wide * error, honest, least=least) for wide in (1.0, _WIDEST))
        found.append(near[np.maximum(usual, wider) > least])
    return found
