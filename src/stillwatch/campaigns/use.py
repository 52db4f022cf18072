"""Third answer: what is the model used for? Described in words and figures; never a probability.

Every description compares the members with accounts outside all groups that are about as busy, and moves the group in
the queue by points. Loads, lengths, parameters and follow-up are anybody's free choice, so no severity depends on them:
in worlds where campaigns and honest crowds exchange them, the order of the queue turns round. Where too little is
known, there is no description.
"""

from collections.abc import Iterator

import numpy as np

from stillwatch.campaigns.content import Ints
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.recurrence import Recurrence
from stillwatch.model import CAPABILITIES, Reason, ReasonKind

__all__ = ["FAMILY", "SENTENCES", "describe", "points"]

FAMILY = "use"
SENTENCES = {
    "asks_for_training_data": "Share of prompts that ask for rationales, grades, variants or the like.",
    "training_subjects": "Share of prompts on subjects worth training on; office work is left out.",
    "long_answers": "Tokens written per answer.",
    "even_load": "How much accounts differ in exchanges per active day (spread of the logarithm).",
    "follow_up": "Share of exchanges that continue a conversation.",
    "never_repeats_itself": "Share of exchanges that repeat a prompt of the same account.",
    "breadth": "How alike one account's own prompts are; low means broad.",
    "exchanges_per_account": "Exchanges per account, at the median.",
}
"""What each description compares, by its name."""
_TRAINING = frozenset(
    {"software engineering", "agentic reasoning", "tool use", "reasoning traces", "grading", "role-play"}
)
_OFFICE_WORK = frozenset({"data analysis", "rewriting"})
"""Subjects that speak for neither: lists of them are dealt, and firms extract, sort and translate records all night."""
_AGENTS = frozenset({"agentic reasoning", "tool use"})
_MOST_AGENTS = 0.5
"""Share of prompts of agents from which following up is how the work is done, and says nothing."""
_LEAST_PEERS, _PEER_SHARE = 200, 0.1
_FEW = 10
"""Accounts at which half of how even their loads are is taken for chance."""
_LEAST_SPEAKING = 0.2
"""Share of prompts on subjects that speak at all, below which those of a group's subjects say nothing."""
_DEALT_POINTS = 2.0
"""Points of a group whose prompts are dealt out evenly, or recur less than strangers' do."""


def points(reasons: tuple[Reason, ...], recurring: Recurrence) -> float:
    """Return the points by which a group with these descriptions and this recurrence stands in the queue."""
    return sum(reason.value for reason in reasons) + _DEALT_POINTS * recurring.pattern.is_of_one_dealer


def describe(population: Population, members: Ints, outside: Ints) -> tuple[Reason, ...]:
    """Return what *members* use the model for, against accounts *outside*; most points first."""
    peers = _peers(population, members, outside)
    found = [
        *_asks(population, members, peers),
        *_subjects(population, members, peers),
        *_answers(population, members, peers),
        *_quota(population, members, peers),
        *_follow_up(population, members, peers),
        *_repeats(population, members, peers),
        *_breadth(population, members, peers),
        _amount(population, members, outside),
    ]
    return tuple(sorted(found, key=lambda reason: (-reason.value, reason.signal)))


def _peers(population: Population, members: Ints, outside: Ints) -> Ints:
    """Return the accounts outside that are at least half as busy as the quieter members, but never so few that one
    other crowd is all of them: then the busiest tenth.
    """
    busy = population.activity["n_exchanges"]
    alike = outside[busy[outside] >= np.quantile(busy[members], 0.1) / 2]
    least = max(_LEAST_PEERS, int(_PEER_SHARE * len(outside)))
    return alike if len(alike) >= least else outside[np.argsort(-busy[outside], kind="stable")][:least]


def _described(name: str, expected: float, observed: float, value: float, most: float) -> Reason:
    # nought has no sign
    value = round(float(value), 3) + 0.0
    return Reason(name, FAMILY, ReasonKind.DESCRIPTION, float(expected), float(observed), value, most)


def _asks(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    shares = []
    for who in (peers, members):
        prompts = population.activity["n_prompts"][who].sum()
        if prompts < 20:
            return
        shares.append(population.activity["n_asking"][who].sum() / prompts)
    expected, observed = shares
    value = np.clip(np.log2((observed + 0.02) / (expected + 0.02)), 0, 3) * min(1.0, observed / 0.2)
    yield _described("asks_for_training_data", expected, observed, value, 3.0)


def _subjects(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    """What is worth training on: against searches, small talk and the intents of a business bot."""
    shares = []
    worth = np.array([c.name in _TRAINING for c in CAPABILITIES])
    speaks = np.array([c.name not in _OFFICE_WORK for c in CAPABILITIES])
    for who in (peers, members):
        counts = population.capabilities[who].sum(axis=0)
        if counts[speaks].sum() < max(20, _LEAST_SPEAKING * counts.sum()):
            return
        shares.append(counts[worth].sum() / counts[speaks].sum())
    expected, observed = shares
    yield _described(
        "training_subjects", expected, observed, np.clip(4 * (observed - max(0.4, expected)), -2, 1.5), 2.0
    )


def _answers(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    means = []
    for who in (peers, members):
        measured = population.activity["n_measured"][who].sum()
        if measured < 20:
            return
        means.append(population.activity["output_tokens"][who].sum() / measured)
    expected, observed = means
    if expected > 0:
        value = np.clip(np.log2((observed + 1) / (expected + 1)), -1, 2)
        yield _described("long_answers", expected, observed, value, 2.0)


def _quota(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    """Even loads: how much accounts differ in exchanges per day on which they are active."""
    spreads = []
    for who in (peers, members):
        if len(who) < 5:
            return
        load = population.activity["n_exchanges"][who] / np.maximum(1, population.activity["n_days"][who])
        low, high = np.quantile(np.log(load), [0.25, 0.75])
        spreads.append(float(high - low) / 1.349 + 1e-3)
    expected, observed = spreads
    typical = float(np.median(population.activity["n_exchanges"][members]))
    if typical < 5:
        return
    # Few accounts are even by chance.
    sure = len(members) / (len(members) + _FEW)
    yield _described("even_load", expected, observed, np.clip(2 * sure * np.log2(expected / observed) - 1, -1, 2), 2.0)


def _follow_up(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    """Return to what was answered: share of exchanges that continue a conversation."""
    rates = []
    for who in (peers, members):
        threaded = population.activity["n_threaded"][who].sum()
        if threaded < max(20, 0.3 * population.activity["n_exchanges"][who].sum()):
            return
        rates.append(1 - population.activity["n_conversations"][who].sum() / threaded)
    expected, observed = rates
    if expected < 0.1:
        return
    # Half of what others follow up says nothing; as much as others do is what people in conversation do.
    value = np.clip(np.log2((expected + 0.02) / (observed + 0.02)) - 1, -1.5, 2)
    yield _described("follow_up", expected, observed, 0.0 if _is_of_agents(population, members) else value, 2.0)


def _is_of_agents(population: Population, members: Ints) -> bool:
    """Return whether most of what *members* ask is work of agents, who always continue what they began."""
    counts = population.capabilities[members].sum(axis=0)
    agents = np.array([c.name in _AGENTS for c in CAPABILITIES])
    return bool(counts[agents].sum() >= _MOST_AGENTS * max(1, counts.sum()))


def _repeats(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    """Repeat oneself: people ask again, and a list is worked through once."""
    shares = []
    for who in (peers, members):
        prompts = population.activity["n_prompts"][who].sum()
        if prompts < 50:
            return
        shares.append(1 - population.activity["n_different"][who].sum() / prompts)
    expected, observed = shares
    if expected >= 0.02:
        value = np.clip(np.log2((expected + 0.01) / (observed + 0.01)) / 2, -1, 1)
        yield _described("never_repeats_itself", expected, observed, value, 1.0)


def _breadth(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    content = population.whole
    ours, theirs = members[content.n[members] >= 5], peers[content.n[peers] >= 5]
    if len(ours) < 3 or len(theirs) < 10:
        return
    mine = float(np.median(content.likeness[ours]))
    narrower = float((content.likeness[theirs] > mine).mean())
    value = np.clip(-np.log2(max(1 - narrower, 0.05)) - 1, 0, 3)
    yield _described("breadth", float(np.median(content.likeness[theirs])), mine, value, 3.0)


def _amount(population: Population, members: Ints, outside: Ints) -> Reason:
    counts = population.activity["n_exchanges"]
    expected = float(np.median(counts[outside])) if len(outside) else 0.0
    observed = float(np.median(counts[members]))
    value = np.clip(np.log2((observed + 1) / (expected + 1)) / 2, 0, 2)
    return _described("exchanges_per_account", expected, observed, value, 2.0)
