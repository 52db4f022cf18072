"""Third dial: do the members claim to be strangers? Who shows what he shares conceals nothing."""

from itertools import combinations

import numpy as np

from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.population import Ints

__all__ = ["openness"]

_SHOWN = ("shared_address", "shared_email_domain", "shared_payment")
"""What a company shows of itself; a harvester may share one of them, whoever shares two goes by one name."""


def openness(sharing: Sharing, members: Ints) -> float:
    """Return the chance that two of *members* are shown to be one party: paid for by one organization, or alike in
    two of mail domain, payment and address.
    """
    shown = [_commonest(sharing, members, signal) for signal in _SHOWN]
    both = [np.where((a >= 0) & (b >= 0), a * (len(sharing.bonds.hubs) + 1) + b, -1) for a, b in combinations(shown, 2)]
    return max(_alike(labels) for labels in (sharing.population.unit[members], *both))


def _alike(labels: Ints) -> float:
    """Return the chance that two draws have the same label; -1 is like nothing, not even itself."""
    size = len(labels)
    counts = np.unique(labels[labels >= 0], return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1)).sum() / (size * (size - 1))) if size > 1 else 0.0


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
