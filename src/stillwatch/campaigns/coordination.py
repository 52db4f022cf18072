"""First key: do the accounts of a group act as one? Tests per family of evidence, and how they combine."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.stats import binom, poisson
from scipy.stats import t as student

from stillwatch.campaigns.distance import Tastes
from stillwatch.campaigns.grouping import Bonds
from stillwatch.campaigns.population import Content, Floats, Ints, Population
from stillwatch.model import Family, Reason

__all__ = ["CROSSING", "LEAST_P", "Sameness", "Shared", "Sharing", "coordination", "p_value", "sameness"]

_MAX_BITS = 60.0
"""Evidence is capped: beyond this the model behind a test is likelier to be wrong than the evidence to be so strong."""
LEAST_P = 2.0**-_MAX_BITS
_SMALL_SHARE = 1 / 3
"""Accounts count as dealt from one worklist where they differ by less than a third of what honest people do."""


CROSSING = "crossing_ties"
"""Name of the reason that members' ties of identity cross."""
_TELLING = 0.01
"""Below this p-value a test of a standing group counts: in its dials, in its reasons, and in who belongs."""
_TYING_BITS = 3.0
"""Bits from which a value of identity ties its holders: mail domains that many have do not."""


@dataclass(frozen=True)
class Sameness:
    """How far the members' prompts differ beyond sampling noise (*observed*) against honest people (*expected*)."""

    expected: float
    observed: float
    p_value: float

    @property
    def tells(self) -> bool:
        """Return whether the members were shown to ask alike."""
        return self.p_value < _TELLING

    @property
    def share(self) -> float:
        """Return 0 to 1: how much of what would differ between strangers does not."""
        return float(np.clip(1 - self.observed / self.expected, 0, 1)) if self.expected > 0 else 0.0


def sameness(content: Content, members: Ints, tastes: Tastes) -> Sameness | None:
    """Test whether *members* differ by less than a third of what honest people do; None where little is known.

    An equivalence test: the null is that they differ by at least that much, so absence of data never convicts; it is
    about their mean distance, which a few far-off members carry. Both sides are scaled by the spread within accounts,
    which takes out a frame that all prompts have in common.
    """
    members = members[content.n[members] >= 2]
    if len(members) < 3:
        return None
    n = content.n[members].astype(np.float64)
    mean, total = content.mean[members].astype(np.float64), n.sum()
    pooled = (mean * n[:, None]).sum(axis=0)
    rest = (pooled[None, :] - mean * n[:, None]) / (total - n)[:, None]
    spread = float((content.spread[members] * n).sum() / total)
    distance = ((mean - rest) ** 2).sum(axis=1) - content.noise[members] - spread / (total - n)
    error = tastes.noise * (content.noise[members] + spread / (total - n))
    # Accounts with many prompts say more, but no account more than the spread of tastes itself would allow.
    usual = float(np.median(content.spread[content.n >= 2]))
    expected = 0.5 * tastes.median * spread / usual
    weight = 1 / (error**2 + (_SMALL_SHARE * expected) ** 2)
    weight /= weight.sum()
    observed = float((weight * distance).sum())
    theory = (weight**2 * error**2).sum()
    concentration = float((weight**2).sum())
    seen = (weight**2 * (distance - observed) ** 2).sum() / max(1 - concentration, 0.1)
    # Members whose distances vary by more than sampling does estimate that excess themselves, and few of them badly:
    # degrees of freedom by Welch and Satterthwaite (1946).
    excess = max(seen - theory, 1e-12)
    variance = theory + excess
    freedom = max(1.0, (variance / excess) ** 2 * max(1.0, 1 / concentration - 1))
    t = (_SMALL_SHARE * expected - observed) / np.sqrt(variance)
    return Sameness(expected, max(0.0, observed), float(student.sf(t, freedom)))


@dataclass(frozen=True)
class Shared:
    """One signal's sharing within a group, with the p-value that strangers would share as much."""

    reason: Reason
    p_value: float

    @property
    def tells(self) -> bool:
        """Return whether the members were shown to share more than strangers do."""
        return self.p_value < _TELLING


class Sharing:
    """Tests whether members of a group share traces more than strangers do; linear in the group's links."""

    def __init__(self, population: Population, bonds: Bonds) -> None:
        self.population = population
        self.bonds = bonds
        self._size = len(np.unique(population.unit))
        # One row per (hub, unit): an organization that pays openly counts once.
        pair = np.unique(np.stack((bonds.hub, population.unit[bonds.account])), axis=1) if len(bonds.hub) else None
        self._holders = np.bincount(pair[0], minlength=len(bonds.hubs)) if pair is not None else np.zeros(0, np.int64)
        self._signal_of_hub = np.zeros(len(bonds.hubs), np.int64)
        self._signal_of_hub[bonds.hub] = bonds.signal

    @cached_property
    def _bond_order(self) -> tuple[Ints, Ints]:
        """Bonds by account, and where each account's begin."""
        starts = np.searchsorted(self.bonds.account, np.arange(len(self.population) + 1))
        return np.arange(len(self.bonds.account)), starts

    def bonds_of(self, members: Ints) -> Ints:
        """Return positions of the bonds of *members*."""
        order, starts = self._bond_order
        spans = [order[starts[m] : starts[m + 1]] for m in members]
        return np.concatenate(spans) if spans else np.empty(0, np.int64)

    def test(self, members: Ints) -> list[Shared]:
        """Return one test per signal on which members share at all; ``observed`` is the share of members that do."""
        own = self.bonds_of(members)
        if len(own) == 0:
            return []
        hub, account = self.bonds.hub[own], self.bonds.account[own]
        unit = self.population.unit
        pair = np.unique(np.stack((hub, unit[account])), axis=1)
        hubs, inside = np.unique(pair[0], return_counts=True)
        units = len(np.unique(unit[members]))
        results = []
        for signal in np.unique(self._signal_of_hub[hubs]):
            here = self._signal_of_hub[hubs] == signal
            seen = inside[here]
            if seen.max() < 2:
                continue
            shared = hubs[here][seen >= 2]
            sharers = len(np.unique(account[np.isin(hub, shared)]))
            p, expected = self._against_strangers(int(signal), hubs[here], seen, units)
            # A value as common as this everywhere says nothing, however many pairs it makes.
            p = p if sharers / len(members) > expected else 1.0
            name, family = self.bonds.signals[signal], self.bonds.families[signal]
            reason = Reason(name, family, expected, sharers / len(members), _bits(p))
            results.append(Shared(reason, p))
        return results

    def evidence(self, members: Ints) -> list[Shared]:
        """Return what :meth:`test` finds, and that members' ties cross where they were shown to."""
        crossed = self.crossed(members)
        return [*self.test(members), *([crossed] if crossed.tells else [])]

    def crossed(self, members: Ints) -> Shared:
        """Test whether more *members* than strangers share one value of identity with some and another with others.

        A household has its card and its phone among the same few. Who has a card with some strangers and a phone with
        others is rare, also among those who share anything at all; the group is left out of that rate. A group that
        identity formed hangs together by such accounts, so as many as that takes are not counted (binomial).
        """
        account, hub = self._tied
        crossing = np.zeros(len(self.population), bool)
        crossing[self._crossing] = True
        inside = np.zeros(len(self.population), bool)
        inside[members] = True
        sharers = np.unique(account)
        among = sharers[inside[sharers]]
        outside = sharers[~inside[sharers]]
        bridges = len(np.unique(hub[inside[account]])) - 1
        spare = int(crossing[among].sum()) - max(0, bridges)
        rate = min(1.0, (crossing[outside].sum() + 1) / (len(outside) + 1))
        p = float(binom.sf(spare - 1, len(among), rate)) if spare > 0 else 1.0
        # Said of members, as other sharing is: strangers who share at all, times how many of them would cross.
        observed = float(crossing[members].mean()) if len(members) else 0.0
        expected = rate * len(among) / max(1, len(members))
        return Shared(Reason(CROSSING, Family.IDENTITY, float(expected), observed, _bits(p)), p)

    @cached_property
    def _tied(self) -> tuple[Ints, Ints]:
        """Bonds of identity that say something, to values that accounts of several units hold: account and hub."""
        speaking = np.array([family == Family.IDENTITY for family in self.bonds.families], bool)
        bonds = self.bonds
        chosen = speaking[bonds.signal] & (bonds.bits >= _TYING_BITS) & (self._holders[bonds.hub] >= 2)
        return bonds.account[chosen], bonds.hub[chosen]

    @cached_property
    def _crossing(self) -> Ints:
        """Accounts that share values of two signals of identity, neither among the very holders of the other."""
        account, hub = self._tied
        if len(account) == 0:
            return np.empty(0, np.int64)
        shape = len(self.population), len(self.bonds.hubs)
        holds = sparse.csr_matrix((np.ones(len(hub), np.int64), (account, hub)), shape=shape)
        both = (holds.T @ holds).tocoo()
        signal = self._signal_of_hub
        alone = both.data < np.minimum(*(np.bincount(hub, minlength=shape[1])[side] for side in (both.row, both.col)))
        apart = (signal[both.row] != signal[both.col]) & alone
        pairs = sparse.csr_matrix(
            (np.ones(apart.sum(), np.int64), (both.row[apart], both.col[apart])), shape=both.shape
        )
        crossed = (holds @ pairs).multiply(holds)
        return np.flatnonzero(np.asarray(crossed.sum(axis=1)).ravel() > 0)

    def _against_strangers(self, signal: int, hubs: Ints, inside: Ints, units: int) -> tuple[float, float]:
        """Return the p-value and the share of members that strangers in the group's place would have sharing.

        A Poisson test on pairs, both sides divided by the typical pairs of one hub, since a hub's pairs come together;
        times the hubs that could have been picked. The group's own sharing is left out of the rate.
        """
        everywhere = self._holders[self._signal_of_hub == signal].astype(np.float64)
        outside = self._holders[hubs] - inside
        pairs = _pairs(everywhere).sum() - _pairs(self._holders[hubs].astype(np.float64)).sum() + _pairs(outside).sum()
        squares = (
            (_pairs(everywhere) ** 2).sum() - (_pairs(self._holders[hubs]) ** 2).sum() + (_pairs(outside) ** 2).sum()
        )
        strangers = max(2, self._size - units)
        rate = (pairs + 1) / (strangers * (strangers - 1) / 2)
        clump = max(1.0, float(squares / pairs)) if pairs > 0 else 1.0
        chance = units * (units - 1) / 2 * rate
        observed = _pairs(inside.astype(np.float64)).sum()
        # A few members hold but a part of what is typical of a hub: then pairs come one by one, and the larger counts.
        tail = max(float(poisson.sf(np.ceil(observed / c) - 1, chance / c)) for c in (1.0, clump))
        picks = 1 + int((everywhere >= 2).sum() - (self._holders[hubs] >= 2).sum())
        return min(1.0, tail * max(1, picks)), float(-np.expm1(-(units - 1) * rate))


def p_value(same: Sameness | None, shared: list[Shared], found_by: str | None, crossed: float = 1.0) -> float:
    """Return the p-value that a group acts as one, by evidence that did not form it.

    Either its members' prompts are of one worklist in the half that did not choose them, or a second family confirms
    the family that formed the group: the larger of that family's p-value and the smallest other, each times the tests
    it was picked from (a partial conjunction of two families: Benjamini and Heller, 2008). What identity formed two
    signals of it confirm as a family of their own would, where they tie members to different people (*crossed*:
    :meth:`Sharing.crossed`). Of a group that content formed, or every family (*found_by* is None), only the worklist
    can speak.
    """
    alone = same.p_value if same is not None else 1.0
    if found_by in {None, Family.CONTENT}:
        return float(np.clip(alone, LEAST_P, 1.0))
    least = dict.fromkeys(Family, 1.0)
    for family in Family:
        tests = [test.p_value for test in shared if test.reason.family == family]
        if tests:
            least[family] = min(1.0, min(tests) * len(tests))
    others = [p for family, p in least.items() if family != found_by]
    if found_by == Family.IDENTITY:
        others.append(crossed)
    confirmed = max(least[Family(found_by)], len(others) * min(others))
    return float(np.clip(2 * min(alone, confirmed), LEAST_P, 1.0))


def coordination(same: Sameness | None, shared: list[Shared]) -> float:
    """Return the first dial, 0 to 1: one less the product, over families, of what remains to strangers in each."""
    left = dict.fromkeys(Family, 1.0)
    if same is not None and same.tells:
        left[Family.CONTENT] = 1 - same.share
    for test in shared:
        if test.tells:
            family = Family(test.reason.family)
            left[family] = min(left[family], 1 - 0.9 * test.reason.observed)
    return float(1 - np.prod(list(left.values())))


def _pairs(counts: Floats | Ints) -> Floats:
    return np.asarray(counts, np.float64) * (counts - 1) / 2


def _bits(p: float) -> float:
    return float(min(_MAX_BITS, -np.log2(p))) if p > 0 else _MAX_BITS
