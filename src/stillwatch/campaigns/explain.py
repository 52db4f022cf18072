"""Says why: reasons for a group and for a member, what could make it innocent, and an id that outlives growth."""

from base64 import b32encode
from collections import defaultdict
from collections.abc import Collection
from hashlib import blake2b

import numpy as np

from stillwatch.campaigns import accountability, recurrence, use
from stillwatch.campaigns.accountability import AccountabilityAnswer
from stillwatch.campaigns.candidates import Group
from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import CROSSING, LEAST_P, MAX_BITS, Sharing
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.recurrence import Recurrence
from stillwatch.model import CAPABILITIES, Accountability, Family, Reason, ReasonKind

__all__ = ["SENTENCES", "another", "capabilities", "group_reasons", "innocent_readings", "member_reasons", "name"]

SENTENCES: dict[str, tuple[str, str]] = {
    "same_worklist": (
        Family.CONTENT,
        "How far members differ in what they ask, beyond the noise of sampling.",
    ),
    CROSSING: (
        Family.IDENTITY,
        "Share of members who have a payment, device or phone in common with some and another with others.",
    ),
    **{name: (Family.CONTENT, sentence) for name, sentence in recurrence.SENTENCES.items()},
    **{name: (accountability.FAMILY, sentence) for name, sentence in accountability.SENTENCES.items()},
    **{name: (use.FAMILY, sentence) for name, sentence in use.SENTENCES.items()},
}
"""What the reasons that are no signal compare, by name: family and sentence."""

_ID_ACCOUNTS = 3
_RAREST = 64.0
"""Bits that no rarity reaches: no log has so many accounts."""
_MOST_CONTENT = float(round(40.0 / np.log(2), 3))
"""Bits of ``membership`` that content alone can give a member."""
_BITS_PER_NAT = 1 / np.log(2)
_SAMENESS = "same_worklist"
_KINDS = (ReasonKind.NEG_LOG2_P, ReasonKind.LOG2_LR, ReasonKind.RARITY, ReasonKind.DESCRIPTION)


def name(population: Population, members: Ints, taken: Collection[str] = ()) -> str:
    """Return an id made from when the first few members began, so that later joiners do not change it.

    Where two groups began with the same accounts, *taken* makes the second look at more of them. A scan with a history
    replaces the id of a group that it knows already.
    """
    began = np.sort(population.activity["first_at"][members]).astype("<i8")
    for count in range(_ID_ACCOUNTS, len(members) + 1):
        named = _id(began[:count].tobytes())
        if named not in taken:
            return named
    return another(named, taken)


def another(named: str, taken: Collection[str]) -> str:
    """Return *named*, or where that is *taken* an id derived from it that is not."""
    candidate, count = named, 0
    while candidate in taken:
        count += 1
        candidate = _id(f"{named} {count}".encode())
    return candidate


def _id(what: bytes) -> str:
    return "C-" + b32encode(blake2b(what, digest_size=5).digest()).decode()


def capabilities(population: Population, members: Ints) -> list[dict[str, object]]:
    """Return what *members* asked for, as shares of the prompts that could be sorted, largest first."""
    counts = population.capabilities[members].sum(axis=0)
    total = int(counts.sum())
    order = np.argsort(-counts, kind="stable")
    return [{"name": CAPABILITIES[i].name, "share": float(counts[i] / total)} for i in order if counts[i] > 0]


def group_reasons(
    group: Group, recurring: Recurrence, answer: AccountabilityAnswer, uses: tuple[Reason, ...]
) -> list[Reason]:
    """Return what was tested, how prompts recur, the facts, and the descriptions; by kind, strongest first in each."""
    reasons = [test.reason for test in group.shared if test.tells]
    if (same := group.same) is not None and same.share > 0:
        value = float(-np.log2(max(same.p_value, LEAST_P))) + 0.0
        reasons.append(
            Reason(_SAMENESS, Family.CONTENT, ReasonKind.NEG_LOG2_P, same.expected, same.observed, value, MAX_BITS)
        )
    reasons += [recurring.reason] if recurring.reason is not None else []
    return [*sorted(reasons, key=_order), *answer.facts, *uses]


def _order(reason: Reason) -> tuple[int, float, str]:
    return _KINDS.index(reason.kind), -reason.value, reason.signal


def member_reasons(sharing: Sharing, found: Membership) -> list[list[Reason]]:
    """Return, per member, its likeness to the worklist and the strongest value it shares in each family.

    Of identity every signal is told, since a second one adds to who belongs where it ties to other members.
    """
    population, bonds = sharing.population, sharing.bonds
    own = sharing.bonds_of(found.members)
    counts = np.bincount(bonds.hub[own], minlength=len(bonds.hubs)) if len(own) else np.zeros(0, np.int64)
    holders = np.bincount(bonds.hub, minlength=len(bonds.hubs)) if len(own) else np.zeros(0, np.int64)
    size, rest = len(found.members), max(1, len(population) - len(found.members))
    result = []
    for position, member in enumerate(found.members):
        best: dict[str, Reason] = {}
        for bond in sharing.bonds_of(np.array([member])):
            hub = bonds.hub[bond]
            if counts[hub] < 2:
                continue
            signal = bonds.signals[bonds.signal[bond]]
            family = bonds.families[bonds.signal[bond]]
            outside = (holders[hub] - counts[hub]) / rest
            value = round(float(bonds.bits[bond]), 3)
            reason = Reason(
                signal, family, ReasonKind.RARITY, float(outside), float(counts[hub] / size), value, _RAREST
            )
            kept = signal if family == Family.IDENTITY else family
            if kept not in best or reason.value > best[kept].value:
                best[kept] = reason
        reasons = list(best.values())
        nats = float(found.content[position])
        if nats > 0:
            value = round(min(float(nats * _BITS_PER_NAT), _MOST_CONTENT), 3)
            reasons.append(Reason(_SAMENESS, Family.CONTENT, ReasonKind.LOG2_LR, 0.0, 1.0, value, _MOST_CONTENT))
        result.append(sorted(reasons, key=_order))
    return result


_RECURRING = {
    "collides_like_readers": (
        "Prompts recur as among independent readers of one public list, such as a benchmark: evenness {observed}, "
        "where 1 is dealt out."
    ),
    "asks_the_same_few": (
        "Members ask the same few prompts ({share} of a member's are another's too), as a class or a team with one "
        "task does."
    ),
    "repeats_like_strangers": (
        "Members repeat each other's prompts as often as other customers do, or more: {observed} pairs, {expected} "
        "expected."
    ),
}
_USED = {
    "follow_up": (
        "Members return to what was answered in {share} of exchanges, as people in conversation do; other customers in "
        "{other_share}."
    ),
    "even_load": (
        "How much the members ask differs as much as among other customers: a spread of {observed} against {expected}."
    ),
    "long_answers": "Answers are no longer than other customers ask for: {observed} tokens against {expected}.",
    "training_subjects": (
        "The subjects are those of ordinary use: {share} of prompts are on subjects worth training on, {other_share} "
        "of other customers'."
    ),
}
_ANSWERED = {
    Accountability.OPERATOR: (
        "One customer answers for the accounts ({one_organization} are in one organization, {one_payer} have one "
        "payer): the seats of a company, tenants of a service, a reseller, or a licensed user of data."
    ),
    Accountability.INDEPENDENT: (
        "Most members ({verified_business}) are verified businesses with means of their own: customers of one vendor, "
        "or a trade."
    ),
    Accountability.UNKNOWN: (
        "One list of work in many hands, operator unknown: an agency, an annotation platform, a course, a firm's "
        "agents, or a campaign."
    ),
    Accountability.CONCEALED: (
        "Cards, devices or phones in common under separate names ({hidden_ties} of the members; the others share "
        "none): a family or a small firm that never named itself."
    ),
}

_CROSSING_READING = (
    "Cards, devices or phones shared with different members ({share}): a family that swaps them, staff who change "
    "desks, or devices sold on."
)

_SIGNAL_READINGS = {
    Family.IDENTITY: "Shared payment, device, phone or domain: a household, a small firm, or a reseller that pays.",
    Family.INFRASTRUCTURE: "Shared addresses: an office, a school, a carrier's translation or a commercial VPN.",
    Family.CLIENT: "Shared client traits: one tool or framework gives its users one system prompt and fingerprint.",
    Family.CONTENT: "Shared frames: a public template or a tool words the prompts of everybody who uses it.",
    Family.TEMPO: "Shared timing: an event, a course, a release or a public holiday brings many people at once.",
}


def innocent_readings(
    group: Group, recurring: Recurrence, answer: AccountabilityAnswer, uses: tuple[Reason, ...]
) -> list[str]:
    """Return what the evidence cannot separate from an honest explanation, as sentences with this group's facts."""
    known = {fact.signal: _percent(fact.observed) for fact in answer.facts}
    readings = [_ANSWERED[answer.kind].format_map(defaultdict(lambda: "an unknown share", known))]
    if recurring.reason is not None and recurring.reason.signal in _RECURRING:
        readings.append(_RECURRING[recurring.reason.signal].format_map(_compared(recurring.reason)))
    readings += [_facts(answer)] if answer.kind is Accountability.UNKNOWN else []
    readings += [_USED[e.signal].format_map(_compared(e)) for e in uses if e.value <= 0 and e.signal in _USED]
    telling = [test.reason for test in group.shared if test.tells]
    readings += [_CROSSING_READING.format_map(_compared(reason)) for reason in telling if reason.signal == CROSSING]
    for family, sentence in _SIGNAL_READINGS.items():
        shares = [reason.observed for reason in telling if reason.family == family]
        named, _, explained = sentence.partition(": ")
        readings += [f"{named} (at most {_percent(max(shares))} of the members): {explained}"] if shares else []
    if group.same is not None:
        readings.append("One source of prompts: a public benchmark, a course's assignment or a licensed evaluation.")
    if recurring.reason is None:
        readings.append("How prompts were dealt could not be tested: too few of them recur, or there is no text.")
    return list(dict.fromkeys(readings))


def _compared(reason: Reason) -> dict[str, str]:
    """Return the figures of a reason as text, as shares and as numbers."""
    return {
        "share": _percent(reason.observed),
        "other_share": _percent(reason.expected),
        "observed": f"{reason.observed:,.3g}" if abs(reason.observed) < 1_000 else f"{reason.observed:,.0f}",
        "expected": f"{reason.expected:,.3g}" if abs(reason.expected) < 1_000 else f"{reason.expected:,.0f}",
    }


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _facts(answer: AccountabilityAnswer) -> str:
    """Return what is known of members, in the figures of this case."""
    share = {reason.signal: reason.observed for reason in answer.facts}
    return (
        f"Of the members {share['verified_business']:.0%} are verified businesses, "
        f"{share['own_organizations']:.0%} name an organization of their own, and "
        f"{share['opened_before_log']:.0%} opened more than 90 days before this log. "
        "Verified members are customers of their own."
    )
