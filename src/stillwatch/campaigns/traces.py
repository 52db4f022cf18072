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


def nats(sharing: Sharing, members: Ints, among: Ints) -> Floats:
    """Return nats, (*among*, families): the strongest hub of the family that the account shares with *members*, or the
    loss of sharing none. *members* are some of *among*.

    Of the family of identity a second signal counts too, by those members whom the first does not tie to the account
    already: a household has one card and one phone among the same few, so both are one tie; a card with some members
    and a phone with others are two.
    """
    found = np.zeros((len(among), len(Family)))
    touches = _telling(sharing, members, among)
    if touches is None:
        return found
    for position, family in enumerate(Family):
        own = touches.of_family(family)
        if not own.any():
            continue
        best, strongest = _best(touches, own, touches.gain)
        if family == Family.IDENTITY:
            others = own & (touches.signal != _signal_at(touches, strongest)[touches.place])
            second, _ = _best(touches, others, touches.beyond(strongest, members))
            best = np.where(second > 0, best + second, best)
        shares = touches.given(best, members) > 0
        loss = max(_MAX_LOSS, float(np.log(1 - min(0.999, shares.mean()))))
        given = touches.given(best, among)
        found[:, position] = np.where(given > 0, given, loss)
    return found


class _Touches:
    """Those *among* some accounts that hold a value which several members share, as arrays of one length: the account's
    place among those that hold any, hub, signal, nats.
    """

    def __init__(self, sharing: Sharing, members: Ints, hubs: Ints, among: Ints) -> None:
        population, bonds = sharing.population, sharing.bonds
        touching = sharing.bonds_to(hubs)
        holders = np.bincount(np.searchsorted(hubs, bonds.hub[touching]), minlength=len(hubs))
        if len(among) < len(population):
            looked_at = np.zeros(len(population), bool)
            looked_at[among] = True
            touching = touching[looked_at[bonds.account[touching]]]
        account, self.signal = bonds.account[touching], bonds.signal[touching]
        self._accounts, self.place = np.unique(account, return_inverse=True)
        self.hub = np.searchsorted(hubs, bonds.hub[touching])
        self._bonds: Bonds = bonds
        self._most = bonds.bits[touching] * np.log(2)
        self._size, self._n_hubs = len(population), len(hubs)
        self._inside = np.isin(account, members)
        counts = np.bincount(self.hub, weights=self._inside, minlength=len(hubs)).astype(np.int64)
        # Leaving the account's own unit out: what the seats of one organization share ties none of them to the others.
        unit = population.unit_place[account]
        place = self.hub * (int(unit.max()) + 1) + unit
        own_places, own_counts = np.unique(place[self._inside], return_counts=True)
        where = np.minimum(np.searchsorted(own_places, place), len(own_places) - 1)
        own_unit = np.where(own_places[where] == place, own_counts[where], 0)
        self._others = counts[self.hub] - np.maximum(own_unit, self._inside)
        self._strangers = holders[self.hub] - counts[self.hub]
        self._n_members = len(members)
        self.gain = self._gained(self._others)

    def __len__(self) -> int:
        """Return how many accounts hold any."""
        return len(self._accounts)

    def given(self, values: Floats, accounts: Ints) -> Floats:
        """Return those of *values*, one per account that holds any, of *accounts*; -inf of who holds none."""
        at = np.minimum(np.searchsorted(self._accounts, accounts), len(self._accounts) - 1)
        return np.asarray(np.where(self._accounts[at] == accounts, values[at], -np.inf))

    def of_family(self, family: Family) -> npt.NDArray[np.bool_]:
        """Return which touches are of a signal of *family*."""
        return np.asarray(np.array([f == family for f in self._bonds.families])[self.signal])

    def beyond(self, strongest: Ints, members: Ints) -> Floats:
        """Return the nats of each touch without the members who share the account's hub *strongest* with it too."""
        own = self._inside
        holds = np.unique(self.place[own], return_inverse=True)[1]
        shape = len(members), self._n_hubs
        table = sparse.csr_matrix((np.ones(own.sum(), np.int64), (holds, self.hub[own])), shape=shape)
        both = (table.T @ table).tocsr()
        first = strongest[self.place]
        known = np.flatnonzero(first >= 0)
        twice = np.zeros(len(self.place), np.int64)
        twice[known] = np.asarray(both[first[known], self.hub[known]]).ravel()
        # The account itself holds both hubs; where it is a member it was left out of the others before.
        return self._gained(np.maximum(self._others - (twice - own), 0))

    def _gained(self, others: Ints) -> Floats:
        among_members = (others + 0.05) / (self._n_members - self._inside + 1.0)
        among_rest = (self._strangers + 0.5) / (self._size - self._n_members + 1.0)
        return np.asarray(np.minimum(np.log(among_members / among_rest), self._most))


def _telling(sharing: Sharing, members: Ints, among: Ints) -> _Touches | None:
    """Return who *among* some touches what members share; only what they share beyond chance says who belongs."""
    bonds = sharing.bonds
    telling = np.array([bonds.signals.index(t.reason.signal) for t in sharing.test(members) if t.tells], np.int64)
    own = sharing.bonds_of(members)
    own = own[np.isin(bonds.signal[own], telling)]
    hubs, counts = np.unique(bonds.hub[own], return_counts=True)
    hubs = hubs[counts >= 2]
    return _Touches(sharing, members, hubs, among) if len(hubs) else None


def _best(touches: _Touches, chosen: npt.NDArray[np.bool_], gain: Floats) -> tuple[Floats, Ints]:
    """Return, per account that holds any, the largest *gain* among its *chosen* touches and the hub it is of; -inf and
    -1 of none.
    """
    best, hub = np.full(len(touches), -np.inf), np.full(len(touches), -1, np.int64)
    at = np.flatnonzero(chosen)
    at = at[np.lexsort((touches.hub[at], -gain[at], touches.place[at]))]
    first = np.ones(len(at), bool)
    first[1:] = touches.place[at][1:] != touches.place[at][:-1]
    best[touches.place[at[first]]] = gain[at[first]]
    hub[touches.place[at[first]]] = touches.hub[at[first]]
    return best, hub


def _signal_at(touches: _Touches, hub: Ints) -> Ints:
    """Return the signal of each of *hub*; -1 where there is none."""
    signal = np.full(touches.hub.max() + 2, -1, np.int64)
    signal[touches.hub] = touches.signal
    return np.asarray(signal[hub])
