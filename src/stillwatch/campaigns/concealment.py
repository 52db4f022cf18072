"""Is common control of a group hidden? Told from cards, devices and phones behind separate names, and from accounts
that open when another one is closed.

Honest people share means as well: couples, flatmates, the pupils of a computer room. So the first of those who share is
not counted, what households would share is taken off, and a device that stays at one address is a place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import betainc

from stillwatch.campaigns.account_facts import DEVICE, MEANS, AccountFacts
from stillwatch.campaigns.content import Floats, Ints

__all__ = ["HiddenTies", "is_concealed", "successions", "ties"]

_CONCEALED, _LEAST = 0.1, 5
"""Share and number of members beyond households and beyond the first of each tie, from which control is concealed."""
_HOUSEHOLD = 4
"""Most accounts that share a card or a phone as a household."""
_OWN = 0.3
"""Least share of a value's holders that must be members, or the value is common and no tie of this group."""
_OF_PLACE = 0.5
"""Share of a device's holders with one address from which it is a device of a place."""
_TURN_S = 3 * 3600.0
"""Seconds within which an opening follows a closure."""
_DAY_S = 86_400.0
_SURE = 1e-4


@dataclass(frozen=True)
class HiddenTies:
    """Which accounts share means with another account under another name, one entry per account that was asked for."""

    is_tied: npt.NDArray[np.bool_]
    weight: Floats
    """What the account counts for: a tie of n accounts counts n - 1 in all, because one may be anybody's own."""
    is_household: npt.NDArray[np.bool_]
    """Whether the tie is as small as a household."""
    household_rate: float
    """Weight by account that households of the log have."""

    def of(self, places: Ints) -> "HiddenTies":
        """Return the ties of the accounts at *places*."""
        return HiddenTies(self.is_tied[places], self.weight[places], self.is_household[places], self.household_rate)

    @property
    def beyond(self) -> float:
        """Return the weight of all accounts without what households of the log would share."""
        households = float(self.weight[self.is_household].sum())
        usual = self.household_rate * len(self.weight)
        return float(self.weight[~self.is_household].sum()) + max(0.0, households - usual)


def is_concealed(hidden: HiddenTies, followed: npt.NDArray[np.bool_]) -> bool:
    """Return whether *hidden* ties, and members that *followed* a closure, show common control that is concealed."""
    also = int((followed & ~hidden.is_tied).sum())
    return bool(hidden.beyond + also >= max(_LEAST, _CONCEALED * len(followed)))


def ties(facts: AccountFacts, accounts: Ints, names: Ints, address: Ints) -> HiddenTies:
    """Return who of *accounts* holds a card, device or phone together with another of them under another name.

    *names* and *address* are codes per account; -1 is no address.
    """
    own = facts.of(accounts)
    own = own[np.isin(facts.kind[own], MEANS)]
    place, value = np.searchsorted(accounts, facts.account[own]), facts.value[own]
    kept = _telling(facts, place, value, names, address)
    place, value = place[kept], np.unique(value[kept], return_inverse=True)[1]
    size = len(accounts)
    sizes = _tie_sizes(place, value, size)
    is_tied = np.zeros(size, np.bool_)
    is_tied[place] = True
    weight = np.where(is_tied, (sizes - 1) / np.maximum(sizes, 1), 0.0)
    return HiddenTies(is_tied, weight, sizes <= _HOUSEHOLD, _household_rate(facts, accounts))


def _tie_sizes(place: Ints, value: Ints, size: int) -> Ints:
    """Return, for each of *size* accounts, how many hold together with it, directly or through others, itself too.

    *place* and *value* are one entry per value held.
    """
    shape = (size + int(value.max(initial=-1)) + 1,) * 2
    edges = coo_array((np.ones(len(place)), (place, value + size)), shape=shape)
    tie = connected_components(edges, directed=False)[1][:size]
    return np.asarray(np.bincount(tie)[tie])


def _telling(facts: AccountFacts, place: Ints, value: Ints, names: Ints, address: Ints) -> npt.NDArray[np.bool_]:
    """Return which of the values held (*value*, by the member at *place*) are shared under separate names.

    Where several accounts under one name hold a value, it is theirs, and only the others tell: one stray account on the
    card of a company does not make its seats hidden.
    """
    name = names[place]
    values, at, counts = np.unique(value, return_inverse=True, return_counts=True)
    held = np.unique(np.stack((at, name)), axis=1, return_counts=True)
    (by_value, by_name), n_held = held
    n_names = np.bincount(by_value, minlength=len(values))
    shared = (n_names >= 2) & (counts >= _OWN * facts.n_holders[values]) & ~_of_place(facts, at, values, address[place])
    # Of each value the name that most hold it under, where several do; later entries overwrite earlier ones.
    order = np.lexsort((by_name, n_held))
    owner = np.full(len(values), -1, np.int64)
    owner[by_value[order]] = np.where(n_held[order] > 1, by_name[order], -1)
    return np.asarray(shared[at] & (name != owner[at]))


def _of_place(facts: AccountFacts, at: Ints, values: Ints, address: Ints) -> npt.NDArray[np.bool_]:
    """Return which *values* are devices whose holders mostly have one address; *at* and *address* are per holder."""
    is_device = np.zeros(len(facts.n_holders), np.bool_)
    is_device[facts.value[facts.kind == DEVICE]] = True
    known = address >= 0
    pairs, counts = np.unique(np.stack((at[known], address[known])), axis=1, return_counts=True)
    most = np.zeros(len(values))
    np.maximum.at(most, pairs[0], counts)
    several = most >= 2
    return np.asarray(is_device[values] & several & (most >= _OF_PLACE * np.bincount(at, minlength=len(values))))


def _household_rate(facts: AccountFacts, accounts: Ints) -> float:
    """Return how many accounts other than *accounts* share means with an earlier one of their household, by account."""
    means = np.isin(facts.kind, MEANS) & ~np.isin(facts.account, accounts)
    small = means & (facts.n_holders[facts.value] <= _HOUSEHOLD)
    account, value = facts.account[small], np.unique(facts.value[small], return_inverse=True)[1]
    size = len(facts.opened)
    sizes = _tie_sizes(account, value, size)
    weight = np.where(sizes <= _HOUSEHOLD, (sizes - 1) / sizes, 0.0)
    return float(weight.sum() / max(1, size - len(accounts)))


def successions(facts: AccountFacts, members: Ints) -> npt.NDArray[np.bool_]:
    """Return which members opened within hours of another member's closure, where more did than of all others that
    opened in the same weeks. One closure has one successor: many who sign up in one hour do not all follow it.

    The test is binomial, over days with a closure that was followed.
    """
    found = np.zeros(len(members), bool)
    opened, closed = facts.opened[members], facts.closed[members]
    # A closure at or before the opening of the same account is a mistake of the data.
    closures = np.sort(closed[np.isfinite(closed) & ~(closed <= opened)])
    if len(closures) == 0:
        return found
    # Old accounts cannot follow a closure, so only those that opened while members closed are compared.
    could = (facts.opened >= closures[0]) & (facts.opened < closures[-1] + _TURN_S)
    before = closures[np.maximum(np.searchsorted(closures, facts.opened, side="right") - 1, 0)]
    follows = could & (facts.opened - before < _TURN_S)
    n_inside, n_follow = int(could[members].sum()), int(follows[members].sum())
    rate = (int(follows.sum()) - n_follow + 1) / (int(could.sum()) - n_inside + 1)
    who, closure = _followed(opened, closures)
    # What is closed on one day is one event: a customer who moves to new accounts does so in one evening.
    n_events = len(np.unique(closures[closure] // _DAY_S))
    n_openings = n_inside * n_events / max(1, len(who))
    if n_events < 2 or betainc(n_events, n_openings - n_events + 1, min(rate, 1.0)) > _SURE:
        return found
    found[who] = True
    return found


def _followed(opened: Floats, closures: Floats) -> tuple[list[int], list[int]]:
    """Return which of *opened* follow one of *closures* (ascending) each, as many as can, and which closure that is."""
    found: list[int] = []
    after: list[int] = []
    at = 0
    for i in np.argsort(opened, kind="stable"):
        while at < len(closures) and closures[at] <= opened[i] - _TURN_S:
            at += 1
        if at < len(closures) and closures[at] <= opened[i]:
            found.append(int(i))
            after.append(at)
            at += 1
    return found, after
