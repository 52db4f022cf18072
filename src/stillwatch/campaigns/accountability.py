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

from stillwatch.campaigns.account_facts import DOMAIN, PAYMENT, AccountFacts
from stillwatch.campaigns.concealment import HiddenTies, is_concealed, successions, ties
from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import Sharing
from stillwatch.model import Accountability, Reason, ReasonKind

__all__ = ["FAMILY", "SENTENCES", "AccountabilityAnswer", "answer", "answers_for_itself"]

FAMILY = "accountability"
SENTENCES = {
    "one_organization": "Share of members in the largest organization of the group.",
    "one_payer": "Share of members paid for by the group's commonest payer.",
    "own_organizations": "Share of members with an organization of their own; unverified, it clears nobody.",
    "verified_business": "Share of members that the provider verified as a business.",
    "hidden_ties": "Share of members who share a card, device or phone with a member of a group under another name.",
    "successions": "Share of members opened within three hours of another member's closure.",
    "opened_before_log": "Share of members opened more than 90 days before the first exchange of the log.",
}
"""What each fact compares, by name of its reason."""
_NEARLY_ALL = 0.9
"""Share of members that one customer must answer for. The rest may be members by mistake."""
_FEW, _LARGE, _LARGE_SHARE = 3, 10, 0.1
"""Parties that may answer together, and the members and share of members of each: conventions."""
_MOST = 0.75
"""Share of members that must be verified as businesses and share no card, device or phone under another name."""
_KNOWN_NAME = 0.125
"""Share of all accounts above which a mail domain is a public one and no name."""
_BEFORE_S = 90 * 86_400.0


@dataclass(frozen=True)
class AccountabilityAnswer:
    """The answer for one group, and the facts that it follows from."""

    kind: Accountability
    facts: tuple[Reason, ...]


def answer(facts: AccountFacts, sharing: Sharing, members: Ints, among: Ints | None = None) -> AccountabilityAnswer:
    """Return who answers for *members*.

    *among* are the accounts of all groups; hidden ties with them count too, because one operator may run several.
    """
    unit = sharing.population.unit[members]
    parties, address = _parties(facts, sharing, members), sharing.commonest(members, "shared_address")
    business = facts.is_business[members]
    hidden, followed = _hidden(facts, sharing, members, among), successions(facts, members)
    kind = Accountability.UNKNOWN
    if _answered_for(parties):
        kind = Accountability.OPERATOR
    elif (business & ~hidden.is_tied).mean() >= _MOST:
        kind = Accountability.INDEPENDENT
    elif not _is_open(parties, address) and is_concealed(hidden, followed & ~business):
        kind = Accountability.CONCEALED
    payers = _held(facts, members, PAYMENT)
    begun = sharing.population.activity["first_at"].min() / 1e6
    shares = {
        "one_organization": _largest(unit),
        "one_payer": _largest(payers[payers >= 0]) * float((payers >= 0).mean()),
        "own_organizations": float((np.isin(unit, _alone(unit)) & sharing.population.has_payer[members]).mean()),
        "verified_business": float(business.mean()),
        "hidden_ties": float(hidden.is_tied.mean()),
        "successions": float(followed.mean()),
        "opened_before_log": float((facts.opened[members] < begun - _BEFORE_S).mean()),
    }
    everybody = _everywhere(facts, sharing)
    return AccountabilityAnswer(
        kind, tuple(_fact(name, everybody.get(name, 0.0), share) for name, share in shares.items())
    )


def answers_for_itself(facts: AccountFacts, sharing: Sharing, members: Ints) -> npt.NDArray[np.bool_]:
    """Return which of *members* are verified businesses that happen to ask for the same as others who are not.

    They share no card, device or phone with a member under another name. What they ask is their own affair: the
    provider knows who they are. Nobody is one where most members are verified; then the group is of such parties.
    """
    business = facts.is_business[members]
    if not business.any() or business.mean() >= _MOST:
        return np.zeros(len(members), np.bool_)
    return np.asarray(business & ~_hidden(facts, sharing, members, None).is_tied)


def _answered_for(parties: Ints) -> bool:
    """Return whether one party, or a few large ones, answer for nearly all members.

    A service that pays with two cards is as open as one that pays with one; a card for every eight accounts is not.
    """
    size = len(parties)
    sizes = np.sort(np.unique(parties, return_counts=True)[1])[::-1][:_FEW]
    large = sizes[sizes >= max(_LARGE, _LARGE_SHARE * size)]
    return bool(max(sizes[0], large.sum()) >= _NEARLY_ALL * size)


def _is_open(parties: Ints, address: Ints) -> bool:
    """Return whether nearly all members have a few payers or go out by one address: a small firm, a lab, a household.

    It says who they are to nobody, but it hides nothing.
    """
    sizes = np.sort(np.unique(parties, return_counts=True)[1])[::-1][:_FEW]
    return bool(
        max(sizes[sizes > 1].sum(), _largest(address[address >= 0]) * (address >= 0).sum())
        >= _NEARLY_ALL * len(parties)
    )


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
    first = np.full(len(counts), len(facts.opened), np.int64)
    np.minimum.at(first, facts.value[own], facts.account[own])
    # Later entries overwrite earlier ones, so the commonest value comes last; what a value is called decides nothing.
    own = own[np.lexsort((-first[facts.value[own]], counts[facts.value[own]]))]
    best = np.full(len(facts.opened), -1, np.int64)
    best[facts.account[own]] = facts.value[own]
    return np.asarray(best[members])


def _hidden(facts: AccountFacts, sharing: Sharing, members: Ints, among: Ints | None) -> HiddenTies:
    accounts = members if among is None else np.union1d(members, among)
    address = sharing.commonest(accounts, "shared_address")
    found = ties(facts, accounts, _names(facts, sharing, accounts), address)
    return found.of(np.searchsorted(accounts, members))


def _names(facts: AccountFacts, sharing: Sharing, members: Ints) -> Ints:
    """Return the name that each member acts under, as codes: one organization or one uncommon mail domain."""
    return _joined([sharing.population.unit[members], _domain(facts, members)])


def _parties(facts: AccountFacts, sharing: Sharing, members: Ints) -> Ints:
    """Return the party that answers for each member, as codes.

    One party answers for accounts with one organization or one payer, or with one name and one address: a name alone
    proves nothing.
    """
    domain, address = _domain(facts, members), sharing.commonest(members, "shared_address")
    both = np.where((domain >= 0) & (address >= 0), domain * (len(sharing.bonds.hubs) + 1) + address, -1)
    return _joined([sharing.population.unit[members], _held(facts, members, PAYMENT), both])


def _domain(facts: AccountFacts, members: Ints) -> Ints:
    """Return the mail domain of each member, or -1 where it has none or a common one."""
    domain = _held(facts, members, DOMAIN)
    if (domain >= 0).any():
        common = facts.n_holders[np.maximum(domain, 0)] > max(2.0, _KNOWN_NAME * len(facts.opened))
        domain = np.where(common, -1, domain)
    return domain


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
