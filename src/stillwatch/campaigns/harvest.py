"""Second key: is what a group asks for training data? A score card in bits, each entry expected against observed.

Every entry compares the group with accounts outside all standing groups that are about as busy. No entry decides
alone; what speaks for an honest reading takes bits away. Where nothing is known, an entry gives nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stillwatch.campaigns import rhythm
from stillwatch.campaigns.content import Floats, Ints
from stillwatch.campaigns.distance import center_of
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.sameness import Sameness
from stillwatch.campaigns.worklist import Collisions
from stillwatch.model import CAPABILITIES, Reason

__all__ = ["FAMILY", "Card", "Usual", "among_groups", "card"]

FAMILY = "harvest"
_PRIOR_BITS, _PART_PRIOR_BITS = -2.0, -5.0
"""Where the card starts. Most groups that have but a part in common share an interest, or a tool that words it; most of
who ask for what many others ask for are readers like them."""
_TRAINING = frozenset(
    {"software engineering", "agentic reasoning", "tool use", "reasoning traces", "grading", "role-play"}
)
_OFFICE_WORK = frozenset({"data analysis", "rewriting"})
"""Subjects that speak for neither: lists of them are dealt, and firms extract, sort and translate records all night."""


_READERS, _TIED_READERS = -6.0, -3.0
"""Bits of reading one list, for a group that only content holds together and for one that other traces do, too."""
_DECIDED = 2.0
"""Bits from which evenness decides for dealing; below, collisions are compared with other accounts'."""
_LIKELIER = 2.0
"""Times that evenness must be likelier of independent readers than of anything between them and one dealer: several
dealers of one list, and cover that collides as honest prompts do, lie between."""
_CROWD = 0.2
"""Share of what two people differ by within which a group asks, on the whole, what everybody outside asks."""
_ROUGHEST = 0.5
"""Error of evenness beyond which it says nothing: too few prompts came up twice."""
_EVENNESS_ERROR = 0.15
"""Least error of evenness: lists are not as tidy as the law."""
_CLASS = 0.2
"""Share of prompts that two members have in common from which, with favourites, they ask the same few."""
_COMMON = 0.02
"""Share of prompts that two members have in common from which, within topics they share, they draw on common talk."""
_LEAST_PEERS, _PEER_SHARE = 200, 0.1
_FEW = 10
"""Accounts at which half of how even their loads are is taken for chance."""
_OWN_RECORDS = 0.25
"""Share of honest groups that never collide: jobs over records of their own, as a firm's nightly ones are."""
_LEAST_SPEAKING = 0.2
"""Share of prompts on subjects that speak at all, below which those of a group's subjects say nothing."""
_PRIOR_GROUPS = 10
"""Groups of a log that say as much of how many are harvests as the prior does."""
_FEWEST_BITS = -3.0
"""Most that is taken away because few are: whoever opens harmless groups by the hundred must not hide a harvest so."""
_LEAST_PAIRS = 3
_LEAST_ASKINGS = 200
"""Pairs, of members or of as many strangers, and prompts outside, below which nobody can say how often people repeat
each other."""


Usual = tuple[Floats, float, float]
"""What all outside ask: their pooled mean, its unbiased squared length, and the exchanges in it."""


@dataclass(frozen=True)
class Card:
    """The entries of the score card, and the dial they add up to."""

    entries: tuple[Reason, ...]
    prior: float = _PRIOR_BITS
    """Bits before any entry."""

    @property
    def bits(self) -> float:
        """Return what the entries add up to."""
        return sum(entry.bits for entry in self.entries)

    @property
    def harvest(self) -> float:
        """Return the second dial, 0 to 1."""
        return _chance(self.prior + self.bits)

    def with_share(self, share: float) -> "Card":
        """Return the card with an entry that no more than a *share* of such groups are harvests in this log, if that is
        less than its prior.
        """
        bits = max(_FEWEST_BITS, np.log2(share / (1 - share)) - self.prior)
        fewer = _entry("few_are_harvests", _chance(self.prior), share, bits)
        return Card(_ordered((*self.entries, fewer)), self.prior) if fewer.bits < 0 else self


def among_groups(cards: Sequence[Card]) -> list[Card]:
    """Return the *cards* of all groups of a log, held against how many of those that start alike are harvests in it.

    The more groups a log has, the more of them have much against them by chance. Which share are harvests is learnt
    from all their cards (an empirical prior: Efron, 2010), as those count that are likelier harvests than not by the
    share itself (classification: Celeux and Govaert, 1992); half a suspicion of many honest groups is no harvest. The
    prior counts as much as some groups, and is the most that is learnt.
    """
    learnt = {prior: _learnt(prior, [c.bits for c in cards if c.prior == prior]) for prior in {c.prior for c in cards}}
    return [card.with_share(learnt[card.prior]) for card in cards]


def _learnt(prior: float, bits: Sequence[float]) -> float:
    """Return the share of harvests among groups with so many *bits* each."""
    share, before, against = 1.0, _chance(prior), np.array(bits)
    now = before
    # No more of them are harvests by a smaller share, so this ends; a larger one is not wanted.
    while now < share:
        share = now
        found = int((np.log2(share / (1 - share)) + against >= 0).sum())
        now = (_PRIOR_GROUPS * before + found) / (_PRIOR_GROUPS + len(bits))
    return share


def _chance(bits: float) -> float:
    return float(1 / (1 + 2.0 ** -np.clip(bits, -30, 30)))


def card(
    population: Population,
    members: Ints,
    outside: Ints,
    collisions: tuple[Collisions, Collisions],
    same: Sameness | None,
    *,
    bound: bool = False,
    covered: bool = False,
    core: rhythm.Core | None = None,
    usual: Usual | None = None,
    tied: float = 0.0,
) -> Card:
    """Return the score card of *members* against *outside*; *collisions* are of the members and of the outside.

    *bound* says that traces other than content and identity hold the members together: without any, independent readers
    of one public list remain an explanation. *covered* says that the collisions are of a part of what members ask,
    *core* that the members were chosen out of a larger group because they are run alike, which is told and says
    nothing for either key. *usual* is what the outside asks on the whole, where that is to be looked at, and *tied* the
    share of members that identity ties to another payer among them.
    """
    peers = _peers(population, members, outside)
    entries = [
        *_tastes(same),
        *_crowd(population, members, same, usual, tied),
        *_dealing(*collisions, bound=bound, tied=tied, covered=covered),
        *_breadth(population, members, peers),
        *_follow_up(population, members, peers),
        *(_quota(population, members, peers) if core is None else _chosen(core)),
        *_asks(population, members, peers),
        *_subjects(population, members, peers),
        *_answers(population, members, peers),
    ]
    prior = _PART_PRIOR_BITS if covered or core is not None else _PRIOR_BITS
    return Card(_ordered(entries), prior)


def _peers(population: Population, members: Ints, outside: Ints) -> Ints:
    """Return the accounts outside that are at least half as busy as the quieter members, but never so few that one
    other crowd is all of them: then the busiest tenth.
    """
    busy = population.activity["n_exchanges"]
    alike = outside[busy[outside] >= np.quantile(busy[members], 0.1) / 2]
    least = max(_LEAST_PEERS, int(_PEER_SHARE * len(outside)))
    return alike if len(alike) >= least else outside[np.argsort(-busy[outside], kind="stable")][:least]


def _ordered(entries: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(entries, key=lambda e: (-abs(e.bits), e.signal)))


def _entry(name: str, expected: float, observed: float, bits: float) -> Reason:
    # nought has no sign
    return Reason(name, FAMILY, float(expected), float(observed), round(float(bits), 3) + 0.0)


def _tastes(same: Sameness | None) -> Iterator[Reason]:
    """People have tastes of their own; workers on one list do not."""
    if same is None:
        return
    if same.share < 0.8:
        yield _entry("own_tastes", same.expected, same.observed, -6.0 * (0.8 - same.share) / 0.8)


def _crowd(
    population: Population, members: Ints, same: Sameness | None, usual: Usual | None, tied: float
) -> Iterator[Reason]:
    """Who carries the traffic of many asks, on the whole, what everybody asks, and so do all others who do."""
    if same is None or usual is None or same.expected <= 0:
        return
    center, square, count = center_of(population.whole, members)
    if min(count, usual[2]) < 2:
        return
    apart = max(0.0, square + usual[1] - 2 * float(center @ usual[0]))
    if apart < _CROWD * same.expected:
        # Nobody carries the traffic of many on a stranger's card; but some have a second account.
        bits = _READERS * (1 - tied) * (1 - apart / (_CROWD * same.expected))
        yield _entry("asks_what_all_ask", same.expected, apart, bits)


def _dealing(inside: Collisions, outside: Collisions, *, bound: bool, tied: float, covered: bool) -> Iterator[Reason]:
    favourites = inside.evenness(favourites=True)
    if favourites is not None and favourites[0] < -1 and inside.overlap > _CLASS:
        # Nobody deals a list of which everybody gets the same few, as a class does.
        yield _entry("asks_the_same_few", _CLASS, inside.overlap, _READERS)
        return
    expected = outside.rate * inside.askings * (inside.askings - 1) / 2
    # Where strangers would hardly collide either, not to collide says nothing; to collide all the same does.
    compared = max(expected, inside.pairs) >= _LEAST_PAIRS and outside.askings >= _LEAST_ASKINGS
    rare = compared and inside.pairs < expected
    even = inside.evenness()
    if even is not None and even[1] <= _ROUGHEST:
        share, error = even[0], max(even[1], _EVENNESS_ERROR)
        bits = (2 * share - 1) / (2 * error**2 * np.log(2))
        # Topics that were chosen because members share them even out what anybody asks there, where they ask the same.
        if bits >= _DECIDED and not (covered and inside.overlap > _COMMON):
            yield _entry("dealt_evenly", 0.0, share, min(5.0, bits))
            return
        if share <= -2 * error and not rare:
            # Some prompts are asked by many: people have favourites, and no way of dealing does, whoever pays. Who
            # collides less than strangers reads no list; what comes up twice are steps and phrases, as with anybody.
            yield _entry("collides_like_readers", 0.0, share, _READERS)
            return
        if share > -2 * error and _density(max(share, 0.0), error) >= _LIKELIER:
            # Independent readers of one list collide so; those who pay with one card are not independent.
            readers = (_TIED_READERS if bound else _READERS) * (1 - tied)
            yield _entry("collides_like_readers", 0.0, share, max(readers, bits))
            return
    if compared:
        bits = np.clip(_rarer((expected + 1) / (inside.pairs + 1)), -3, 3)
        yield _entry("never_collides", expected, inside.pairs, bits)
    repeats = outside.repeats
    if repeats >= 0.02 and inside.exchanges >= 50:
        bits = np.clip(_rarer((repeats + 0.01) / (inside.repeats + 0.01)) / 2, -1, 1)
        yield _entry("never_repeats_itself", repeats, inside.repeats, bits)


def _density(value: float, error: float) -> float:
    """Return the density of the Gaussian law of standard deviation *error* at *value*."""
    return float(np.exp(-((value / error) ** 2) / 2) / (error * np.sqrt(2 * np.pi)))


def _rarer(times: float) -> float:
    """Return the bits that repeating so many *times* less than strangers do is worth.

    Honest groups are of one kind each: some repeat each other as strangers do on average, some, whose texts are records
    of their own, never, whatever strangers do.
    """
    return float(-np.log2(_OWN_RECORDS + (1 - _OWN_RECORDS) / times) if times > 1 else np.log2(times))


def _breadth(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    content = population.whole
    ours, theirs = members[content.n[members] >= 5], peers[content.n[peers] >= 5]
    if len(ours) < 3 or len(theirs) < 10:
        return
    mine = float(np.median(content.likeness[ours]))
    narrower = float((content.likeness[theirs] > mine).mean())
    bits = np.clip(-np.log2(max(1 - narrower, 0.05)) - 1, 0, 3)
    yield _entry("breadth", float(np.median(content.likeness[theirs])), mine, bits)


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
    bits = np.clip(np.log2((expected + 0.02) / (observed + 0.02)) - 1, -1.5, 2)
    yield _entry("follow_up", expected, observed, bits)


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
    yield _entry("even_load", expected, observed, np.clip(2 * sure * np.log2(expected / observed) - 1, -1, 2))


def _chosen(core: rhythm.Core) -> Iterator[Reason]:
    """What members were picked for is no evidence against them; who judges must know it all the same."""
    yield _entry("run_alike", core.others, core.own, 0.0)


def _asks(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    shares = []
    for who in (peers, members):
        prompts = population.activity["n_prompts"][who].sum()
        if prompts < 20:
            return
        shares.append(population.activity["n_asking"][who].sum() / prompts)
    expected, observed = shares
    bits = np.clip(np.log2((observed + 0.02) / (expected + 0.02)), 0, 3) * min(1.0, observed / 0.2)
    yield _entry("asks_for_training_data", expected, observed, bits)


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
    yield _entry("training_subjects", expected, observed, np.clip(4 * (observed - max(0.4, expected)), -2, 1.5))


def _answers(population: Population, members: Ints, peers: Ints) -> Iterator[Reason]:
    means = []
    for who in (peers, members):
        measured = population.activity["n_measured"][who].sum()
        if measured < 20:
            return
        means.append(population.activity["output_tokens"][who].sum() / measured)
    expected, observed = means
    if expected > 0:
        yield _entry("long_answers", expected, observed, np.clip(np.log2((observed + 1) / (expected + 1)), -1, 2))
