"""Second answer: who answers for the accounts of a group? Told from facts of the provider; nothing is estimated.

A group is *operator* where one customer answers for nearly all accounts, *concealed* where accounts under separate
names share means that strangers do not share, *independent* where the provider verified most of them as businesses, and
*unknown* else. An organization id, a mail domain or a purpose that an account only declares clears nobody.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import betainc

from stillwatch.campaigns.account_facts import DOMAIN, MEANS, PAYMENT, AccountFacts
from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.model import Accountability, Reason, ReasonKind

__all__ = ["FAMILY", "SENTENCES", "AccountabilityAnswer", "answer"]

FAMILY = "accountability"
SENTENCES = {
    "one_organization": "Share of members in the largest organization of the group.",
    "one_payer": "Share of members paid for by the group's commonest payer.",
    "own_organizations": "Share of members with an organization of their own; unverified, it clears nobody.",
    "verified_business": "Share of members that the provider verified as a business.",
    "hidden_ties": "Share of members who share a card, device or phone with a member under another name.",
    "successions": "Share of members opened within three hours of another member's closure.",
    "opened_before_log": "Share of members opened more than 90 days before the first exchange of the log.",
}
"""What each fact compares, by name of its reason."""
_NEARLY_ALL = 0.9
"""Share of members that one customer must answer for. The rest may be members by mistake."""
_FEW, _LARGE, _LARGE_SHARE = 3, 10, 0.1
"""Parties that may answer together, and the members and share of members of each: conventions."""
_MOST = 0.75
"""Share of members that must be verified as businesses."""
_CONCEALED, _LEAST_TIED = 0.15, 5
"""Share and number of members with hidden ties from which control is concealed: couples and flatmates share cards, too,
but few members of an honest group are couples."""
_OWN = 0.3
"""Least share of a value's holders that must be members, or the value is common and no tie of this group."""
_KNOWN_NAME = 0.125
"""Share of all accounts above which a mail domain is a public one and no name."""
_TURN_S = 3 * 3600.0
_SURE = 1e-4
_BEFORE_S = 90 * 86_400.0


@dataclass(frozen=True)
class AccountabilityAnswer:
    """The answer for one group, and the facts that it follows from."""

    kind: Accountability
    facts: tuple[Reason, ...]


def answer(facts: AccountFacts, sharing: Sharing, members: Ints) -> AccountabilityAnswer:
    """Return who answers for *members*."""
    size, unit = len(members), sharing.population.unit[members]
    names, parties = _names(facts, sharing, members)
    hidden, followed = _hidden(facts, members, names), _successions(facts, members)
    business = float(facts.is_business[members].mean())
    kind = Accountability.UNKNOWN
    if _answered_for(parties):
        kind = Accountability.OPERATOR
    elif (hidden | (followed & ~facts.is_business[members])).sum() >= max(_LEAST_TIED, _CONCEALED * size):
        kind = Accountability.CONCEALED
    elif business >= _MOST:
        kind = Accountability.INDEPENDENT
    payers = _held(facts, members, PAYMENT)
    begun = sharing.population.activity["first_at"].min() / 1e6
    shares = {
        "one_organization": _largest(unit),
        "one_payer": _largest(payers[payers >= 0]) * float((payers >= 0).mean()),
        "own_organizations": float((np.isin(unit, _alone(unit)) & sharing.population.has_payer[members]).mean()),
        "verified_business": business,
        "hidden_ties": float(hidden.mean()),
        "successions": float(followed.mean()),
        "opened_before_log": float((facts.opened[members] < begun - _BEFORE_S).mean()),
    }
    everybody = _everywhere(facts, sharing)
    return AccountabilityAnswer(
        kind, tuple(_fact(name, everybody.get(name, 0.0), share) for name, share in shares.items())
    )


def _answered_for(parties: Ints) -> bool:
    """Return whether one party, or a few large ones, answer for nearly all members.

    A service that pays with two cards is as open as one that pays with one; a card for every eight accounts is not.
    """
    size = len(parties)
    sizes = np.sort(np.unique(parties, return_counts=True)[1])[::-1][:_FEW]
    large = sizes[sizes >= max(_LARGE, _LARGE_SHARE * size)]
    return bool(max(sizes[0], large.sum()) >= _NEARLY_ALL * size)


def _everywhere(facts: AccountFacts, sharing: Sharing) -> dict[str, float]:
    begun = sharing.population.activity["first_at"].min() / 1e6
    return {
        "verified_business": float(facts.is_business.mean()),
        "opened_before_log": float((facts.opened < begun - _BEFORE_S).mean()),
        "own_organizations": float((sharing.population.has_payer & (sharing.population.unit_size == 1)).mean()),
    }


def _fact(name: str, expected: float, observed: float) -> Reason:
    return Reason(name, FAMILY, ReasonKind.DESCRIPTION, expected, observed, 0.0, 0.0)


def _largest(labels: Ints) -> float:
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels)) if len(labels) else 0.0


def _alone(labels: Ints) -> Ints:
    values, counts = np.unique(labels, return_counts=True)
    return np.asarray(values[counts == 1])


def _held(facts: AccountFacts, members: Ints, kind: int) -> Ints:
    """Return the value of *kind* of each member that most members hold, or -1."""
    own = facts.of(members)
    own = own[facts.kind[own] == kind]
    counts = np.bincount(facts.value[own], minlength=len(facts.n_holders) + 1)
    # Later entries overwrite earlier ones, so the commonest value comes last.
    own = own[np.argsort(counts[facts.value[own]], kind="stable")]
    best = np.full(len(facts.opened), -1, np.int64)
    best[facts.account[own]] = facts.value[own]
    return np.asarray(best[members])


def _names(facts: AccountFacts, sharing: Sharing, members: Ints) -> tuple[Ints, Ints]:
    """Return the name that each member acts under, and the party that answers for it, both as codes.

    Accounts act under one name where they have one organization or one uncommon mail domain. One party answers for
    accounts with one organization or one payer, or with one name and one address: a name alone proves nothing.
    """
    unit = sharing.population.unit[members]
    payment, domain = (_held(facts, members, kind) for kind in (PAYMENT, DOMAIN))
    if (domain >= 0).any():
        common = facts.n_holders[np.maximum(domain, 0)] > max(2.0, _KNOWN_NAME * len(facts.opened))
        domain = np.where(common, -1, domain)
    address = sharing.commonest(members, "shared_address")
    both = np.where((domain >= 0) & (address >= 0), domain * (len(sharing.bonds.hubs) + 1) + address, -1)
    return _joined([unit, domain]), _joined([unit, payment, both])


def _joined(labels: list[Ints]) -> Ints:
    """Return a code per row such that rows with one label (of one kind) have one code; -1 is no label."""
    size = len(labels[0])
    left, right, offset = [], [], size
    for column in labels:
        codes = np.unique(column, return_inverse=True)[1]
        named = column >= 0
        left.append(np.flatnonzero(named))
        right.append(codes[named] + offset)
        offset += len(codes)
    edges = np.concatenate(left), np.concatenate(right)
    graph = coo_array((np.ones(len(edges[0])), edges), shape=(offset, offset))
    return np.asarray(connected_components(graph, directed=False)[1][:size])


def _hidden(facts: AccountFacts, members: Ints, names: Ints) -> npt.NDArray[np.bool_]:
    """Return which members hold a card, device or phone together with a member under another name."""
    own = facts.of(members)
    own = own[np.isin(facts.kind[own], MEANS)]
    place = np.searchsorted(members, facts.account[own])
    value, name = facts.value[own], names[place]
    values, at, counts = np.unique(value, return_inverse=True, return_counts=True)
    pairs = np.unique(np.stack((at, name)), axis=1)
    n_names = np.bincount(pairs[0], minlength=len(values))
    telling = (n_names >= 2) & (counts >= _OWN * facts.n_holders[values])
    found = np.zeros(len(members), bool)
    found[place[telling[at]]] = True
    return found


def _successions(facts: AccountFacts, members: Ints) -> npt.NDArray[np.bool_]:
    """Return which members opened within hours of another member's closure, where more did than of all others that
    opened in the same weeks. One closure has one successor: many who sign up in one hour do not all follow it.
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
    found[_followed(opened, closures)] = True
    k = int(found.sum())
    if k < 2 or betainc(k, n_inside - k + 1, min(rate, 1.0)) > _SURE:
        return np.zeros(len(members), bool)
    return found


def _followed(opened: Floats, closures: Floats) -> list[int]:
    """Return which of *opened* follow one of *closures* (ascending) each, as many as can."""
    found, at = [], 0
    for i in np.argsort(opened, kind="stable"):
        while at < len(closures) and closures[at] <= opened[i] - _TURN_S:
            at += 1
        if at < len(closures) and closures[at] <= opened[i]:
            found.append(int(i))
            at += 1
    return found
