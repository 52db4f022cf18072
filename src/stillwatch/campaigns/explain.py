"""Says why: reasons for a group and for a member, what could make it innocent, and an id that outlives growth."""

from base64 import b32encode
from collections.abc import Collection
from hashlib import blake2b

import numpy as np

from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.coordination import CROSSING, Shared, Sharing
from stillwatch.campaigns.harvest import FAMILY, Card
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.sameness import Sameness
from stillwatch.model import CAPABILITIES, Family, Reason

__all__ = ["SENTENCES", "another", "capabilities", "group_reasons", "innocent_readings", "member_reasons", "name"]

SENTENCES: dict[str, tuple[str, str]] = {
    "same_worklist": (
        Family.CONTENT,
        "How far members differ in what they ask, beyond the noise of sampling.",
    ),
    "own_tastes": (FAMILY, "How far members differ in what they ask: people have interests of their own."),
    "asks_what_all_ask": (
        FAMILY,
        "How far what members ask, taken together, is from what everybody else asks.",
    ),
    "dealt_evenly": (
        FAMILY,
        "How evenly prompts come up: 0 as among independent readers of a list, 1 as when dealt out.",
    ),
    "collides_like_readers": (
        FAMILY,
        "How evenly prompts come up: 0 as among independent readers of a list, 1 as when dealt out.",
    ),
    "asks_the_same_few": (FAMILY, "Share of a member's prompts that another member asked too."),
    "never_collides": (
        FAMILY,
        "Pairs of members that asked the same prompt, against other accounts that ask as much.",
    ),
    "never_repeats_itself": (FAMILY, "Share of exchanges that repeat a prompt of the same account."),
    "breadth": (FAMILY, "How alike one account's own prompts are; low means broad."),
    "follow_up": (FAMILY, "Share of exchanges that continue a conversation."),
    "even_load": (FAMILY, "How much accounts differ in exchanges per active day (spread of the logarithm)."),
    "run_alike": (
        FAMILY,
        "How much members differ in pace, days and length of answers; picked by this, so it counts for nothing.",
    ),
    CROSSING: (
        Family.IDENTITY,
        "Share of members who have a payment, device or phone in common with some and another with others.",
    ),
    "asks_for_training_data": (
        FAMILY,
        "Share of prompts that ask for rationales, grades, variants or the like.",
    ),
    "training_subjects": (
        FAMILY,
        "Share of prompts on subjects worth training on, such as software and reasoning, office work left out.",
    ),
    "long_answers": (FAMILY, "Tokens written per answer."),
    "few_are_harvests": (
        FAMILY,
        "Share of groups like this one that are taken to ask for training data: beforehand, and by all of this log.",
    ),
}
"""What the reasons that are no signal compare, by name: family and sentence."""

_ID_ACCOUNTS = 3
_BITS_PER_NAT = 1 / np.log(2)


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


def group_reasons(same: Sameness | None, shared: list[Shared], card: Card) -> list[Reason]:
    """Return what was weighed: tested sharing, sameness, and the score card, whose entries may have bits below nought
    where they speak against a campaign; strongest first.
    """
    reasons = [test.reason for test in shared if test.tells]
    if same is not None and same.share > 0:
        bits = min(60.0, -np.log2(max(same.p_value, 2.0**-60)))
        reasons.append(Reason("same_worklist", Family.CONTENT, same.expected, same.observed, float(bits)))
    reasons += card.entries
    return sorted(reasons, key=lambda r: (-r.bits, r.signal))


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
            reason = Reason(
                signal, family, float(outside), float(counts[hub] / size), round(float(bonds.bits[bond]), 3)
            )
            kept = signal if family == Family.IDENTITY else family
            if kept not in best or reason.bits > best[kept].bits:
                best[kept] = reason
        reasons = list(best.values())
        nats = float(found.content[position])
        if nats > 0:
            reasons.append(Reason("same_worklist", Family.CONTENT, 0.0, 1.0, round(nats * _BITS_PER_NAT, 3)))
        result.append(sorted(reasons, key=lambda r: (-r.bits, r.signal)))
    return result


_DEALING = frozenset({"never_collides", "dealt_evenly", "collides_like_readers", "asks_the_same_few"})

_CARD_READINGS = {
    "own_tastes": "The members differ in what they ask, as people with interests of their own do.",
    "asks_what_all_ask": (
        "Taken together members ask what everybody asks, as resellers and gateways that carry many people's traffic do."
    ),
    "collides_like_readers": "Prompts recur as among independent readers of one public list, such as a benchmark.",
    "asks_the_same_few": "Members ask the same few prompts, as a class or a team with one task does.",
    "never_collides": "Members repeat each other's prompts as often as other customers do.",
    "follow_up": "Members return to what was answered, as people in conversation do.",
    "even_load": "How much the members ask differs as much as among other customers.",
    "run_alike": (
        "Members were picked out of a larger group because they are run alike: one timetable or one program does that."
    ),
    "long_answers": "Answers are no longer than other customers ask for.",
    "few_are_harvests": "Most groups of this log that act as one have an honest reason to.",
    "training_subjects": "The subjects are those of ordinary use rather than of training data.",
}

_CROSSING_READING = (
    "Cards, devices or phones shared with different members: a family that swaps them, staff who change desks, or "
    "devices sold on."
)

_SIGNAL_READINGS = {
    Family.IDENTITY: "Shared payment, device, phone or domain: a household, a small firm, or a reseller that pays.",
    Family.INFRASTRUCTURE: "Shared addresses: an office, a school, a carrier's translation or a commercial VPN.",
    Family.CLIENT: "Shared client traits: one tool or framework gives its users one system prompt and fingerprint.",
    Family.CONTENT: "Shared frames: a public template or a tool words the prompts of everybody who uses it.",
    Family.TEMPO: "Shared timing: an event, a course, a release or a public holiday brings many people at once.",
}


def innocent_readings(
    population: Population,
    members: Ints,
    same: Sameness | None,
    shared: list[Shared],
    card: Card,
) -> list[str]:
    """Return what the evidence cannot separate from an honest explanation, as sentences."""
    readings = [_CARD_READINGS[e.signal] for e in card.entries if e.bits <= 0 and e.signal in _CARD_READINGS]
    readings += [_CROSSING_READING for test in shared if test.tells and test.reason.signal == CROSSING]
    families = {test.reason.family for test in shared if test.tells}
    readings += [sentence for family, sentence in _SIGNAL_READINGS.items() if family in families]
    if len(np.unique(population.unit[members])) < 0.7 * len(members):
        readings.append("Many members are paid for openly by one organization: a licensed customer or an agent fleet.")
    if same is not None:
        readings.append("One source of prompts: a public benchmark, a course's assignment or a licensed evaluation.")
    if not any(e.signal in _DEALING for e in card.entries):
        readings.append("How prompts were dealt could not be tested: too few to collide by chance, or no text.")
    return list(dict.fromkeys(readings))
