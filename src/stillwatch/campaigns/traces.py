"""What shared traces say of who belongs to a group, per account and family of evidence."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.campaigns.grouping import Bonds
from stillwatch.model import Family

__all__ = ["nats"]

_MAX_LOSS = -1.5
"""Nats that not sharing what most members share can say against an account, per family."""


def nats(sharing: Sharing, members: Ints) -> Floats:
    """Return nats, (accounts, families): the strongest hub of the family that the account shares with members, or the
    loss of sharing none.

    Of the family of identity a second signal counts too, by those members whom the first does not tie to the account
    already: a household has one card and one phone among the same few, so both are one tie; a card with some members
    and a phone with others are two.
    """
    population = sharing.population
    found = np.zeros((len(population), len(Family)))
    touches = _telling(sharing, members)
    if touches is None:
        return found
    for position, family in enumerate(Family):
        own = touches.of_family(family)
        if not own.any():
            continue
        best, strongest = _best(len(population), touches, own, touches.gain)
        if family == Family.IDENTITY:
            others = own & (touches.signal != _signal_at(touches, strongest)[touches.account])
            second, _ = _best(len(population), touches, others, touches.beyond(strongest, members))
            best = np.where(second > 0, best + second, best)
        shares = best[members] > 0
        loss = max(_MAX_LOSS, float(np.log(1 - min(0.999, shares.mean()))))
        found[:, position] = np.where(best > 0, best, loss)
    return found


class _Touches:
    """Accounts that hold a value which several members share, as arrays of one length: account, hub, signal, nats."""

    def __init__(self, sharing: Sharing, members: Ints, hubs: Ints) -> None:
        population, bonds = sharing.population, sharing.bonds
        slot = np.full(len(bonds.hubs), -1, np.int64)
        slot[hubs] = np.arange(len(hubs))
        touching = slot[bonds.hub] >= 0
        self.account, self.signal = bonds.account[touching], bonds.signal[touching]
        self.hub = slot[bonds.hub[touching]]
        self._bonds: Bonds = bonds
        self._most = bonds.bits[touching] * np.log(2)
        self._size, self._n_hubs = len(population), len(hubs)
        self._inside = np.zeros(len(population), bool)
        self._inside[members] = True
        holders = np.bincount(self.hub, minlength=len(hubs))
        counts = np.bincount(self.hub, weights=self._inside[self.account], minlength=len(hubs)).astype(np.int64)
        # Leaving the account's own unit out: what the seats of one organization share ties none of them to the others.
        unit = population.unit_place
        place = self.hub * (unit.max() + 1) + unit[self.account]
        own_places, own_counts = np.unique(place[self._inside[self.account]], return_counts=True)
        where = np.minimum(np.searchsorted(own_places, place), len(own_places) - 1)
        own_unit = np.where(own_places[where] == place, own_counts[where], 0)
        self._others = counts[self.hub] - np.maximum(own_unit, self._inside[self.account])
        self._strangers = holders[self.hub] - counts[self.hub]
        self._n_members = len(members)
        self.gain = self._gained(self._others)

    def of_family(self, family: Family) -> npt.NDArray[np.bool_]:
        """Return which touches are of a signal of *family*."""
        return np.asarray(np.array([f == family for f in self._bonds.families])[self.signal])

    def beyond(self, strongest: Ints, members: Ints) -> Floats:
        """Return the nats of each touch without the members who share the account's hub *strongest* with it too."""
        own = self._inside[self.account]
        shape = self._size, self._n_hubs
        table = sparse.csr_matrix((np.ones(own.sum(), np.int64), (self.account[own], self.hub[own])), shape=shape)
        table = table[members]
        both = (table.T @ table).tocsr()
        first = strongest[self.account]
        known = np.flatnonzero(first >= 0)
        twice = np.zeros(len(self.account), np.int64)
        twice[known] = np.asarray(both[first[known], self.hub[known]]).ravel()
        # The account itself holds both hubs; where it is a member it was left out of the others before.
        return self._gained(np.maximum(self._others - (twice - own), 0))

    def _gained(self, others: Ints) -> Floats:
        among_members = (others + 0.05) / (self._n_members - self._inside[self.account] + 1.0)
        among_rest = (self._strangers + 0.5) / (self._size - self._n_members + 1.0)
        return np.asarray(np.minimum(np.log(among_members / among_rest), self._most))


def _telling(sharing: Sharing, members: Ints) -> _Touches | None:
    """Return who touches what members share; only what they share beyond chance says who belongs."""
    bonds = sharing.bonds
    telling = np.array([bonds.signals.index(t.reason.signal) for t in sharing.test(members) if t.tells], np.int64)
    own = sharing.bonds_of(members)
    own = own[np.isin(bonds.signal[own], telling)]
    hubs, counts = np.unique(bonds.hub[own], return_counts=True)
    hubs = hubs[counts >= 2]
    return _Touches(sharing, members, hubs) if len(hubs) else None


def _best(size: int, touches: _Touches, chosen: npt.NDArray[np.bool_], gain: Floats) -> tuple[Floats, Ints]:
    """Return, per account, the largest *gain* among its *chosen* touches and the hub it is of; -inf and -1 of none."""
    best, hub = np.full(size, -np.inf), np.full(size, -1, np.int64)
    at = np.flatnonzero(chosen)
    at = at[np.lexsort((touches.hub[at], -gain[at], touches.account[at]))]
    first = np.ones(len(at), bool)
    first[1:] = touches.account[at][1:] != touches.account[at][:-1]
    best[touches.account[at[first]]] = gain[at[first]]
    hub[touches.account[at[first]]] = touches.hub[at[first]]
    return best, hub


def _signal_at(touches: _Touches, hub: Ints) -> Ints:
    """Return the signal of each of *hub*; -1 where there is none."""
    signal = np.full(touches.hub.max() + 2, -1, np.int64)
    signal[touches.hub] = touches.signal
    return np.asarray(signal[hub])
