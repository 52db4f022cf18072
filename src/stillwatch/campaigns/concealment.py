"""Third dial: do the members claim to be strangers? Who shows what he shares conceals nothing."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Sharing

__all__ = ["openness"]

_NAME = "shared_email_domain"
_BACKED_BY = ("shared_payment", "shared_address")
"""A mail domain is a name that anybody can see; a card or an address with it shows that the name is meant."""


def openness(sharing: Sharing, members: Ints) -> float:
    """Return 0 where every one of *members* claims to be a stranger to the others, 1 where all are shown to be one
    party: paid for by one organization, or under one mail domain with one card or one address.

    Counts parties, not pairs: two companies side by side are two customers, not a crowd of strangers.
    """
    if len(members) < 2:
        return 0.0
    names = _commonest(sharing, members, _NAME)
    ties = [sharing.population.unit[members]]
    for signal in _BACKED_BY:
        backing = _commonest(sharing, members, signal)
        both = (names >= 0) & (backing >= 0)
        ties.append(np.where(both, names * (len(sharing.bonds.hubs) + 1) + backing, -1))
    return 1 - (_parties(ties) - 1) / (len(members) - 1)


def _parties(ties: list[Ints]) -> int:
    """Return how many parties there are when members with one label (of one kind) are one party; -1 is no label."""
    size = len(ties[0])
    left, right, offset = [], [], size
    for labels in ties:
        codes = np.unique(labels, return_inverse=True)[1]
        named = labels >= 0
        left.append(np.flatnonzero(named))
        right.append(codes[named] + offset)
        offset += len(codes)
    edges = np.concatenate(left), np.concatenate(right)
    graph = coo_array((np.ones(len(edges[0])), edges), shape=(offset, offset))
    label = connected_components(graph, directed=False)[1]
    return len(np.unique(label[:size]))


def _commonest(sharing: Sharing, members: Ints, signal: str) -> Ints:
    """Return, per member, the hub of *signal* that most members share with it, or -1."""
    bonds = sharing.bonds
    own = sharing.bonds_of(members)
    if signal not in bonds.signals or len(own) == 0:
        return np.full(len(members), -1, np.int64)
    own = own[bonds.signal[own] == bonds.signals.index(signal)]
    counts = np.bincount(bonds.hub[own], minlength=len(bonds.hubs))
    # Later bonds overwrite earlier ones, so the commonest hub comes last.
    own = own[np.argsort(counts[bonds.hub[own]], kind="stable")]
    best = np.full(len(sharing.population), -1, np.int64)
    best[bonds.account[own]] = bonds.hub[own]
    return best[members]
