"""First key: do the accounts of a group act as one? Tests per family of evidence, and how they combine."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import betainc, gammainc

from stillwatch.campaigns.content import Floats, Ints, spans
from stillwatch.campaigns.grouping import Bonds
from stillwatch.campaigns.population import Population
from stillwatch.campaigns.sameness import TELLING, Sameness
from stillwatch.model import Family, Reason, ReasonKind

__all__ = [
    "CROSSING",
    "LEAST_P",
    "MAX_BITS",
    "TYING_BITS",
    "Everywhere",
    "Held",
    "Shared",
    "Sharing",
    "Ties",
    "coordination",
    "crossed",
    "p_value",
    "shared",
    "ties",
]

LEAST_P = 1e-6
"""Evidence is capped: beyond this the model behind a test is likelier to be wrong than the evidence to be so strong."""
MAX_BITS = float(-np.log2(LEAST_P))
CROSSING = "crossing_ties"
"""Name of the reason that members' ties of identity cross."""
TYING_BITS = 3.0
"""Bits from which a value of identity ties its holders: mail domains that many have do not."""
_COPYABLE = frozenset({"model_move", "shared_frame", "shared_prompt", "shared_referrer"})
"""Signals that tie nobody, beside all of the client: anybody can copy a client, a template or a link, and everybody
moves to a new model when it is released."""


@dataclass(frozen=True)
class Shared:
    """One signal's sharing within a group, with the p-value that strangers would share as much."""

    reason: Reason
    p_value: float

    @property
    def tells(self) -> bool:
        """Return whether the members were shown to share more than strangers do."""
        return self.p_value < TELLING


@dataclass(frozen=True)
class Everywhere:
    """How much a whole log shares: what strangers do, once a group is left out. Units count, not accounts: an
    organization that pays openly for several is one.
    """

    n_units: int
    n_tied: int
    """Accounts with a value of identity that other units hold, too."""
    n_crossing: int
    """Of them, those whose ties cross (:func:`crossed`)."""
    signals: list[str]
    families: list[str]
    pairs: Floats
    """Pairs of units that share a value, by signal."""
    squares: Floats
    """Sum of the squares of the pairs of each value, by signal."""
    n_shared: Ints
    """Values that two units or more hold, by signal."""


@dataclass(frozen=True)
class Held:
    """What the accounts of a group hold, as arrays of one length: account, its unit, the value and its signal."""

    account: Ints
    unit: Ints
    hub: Ints
    signal: Ints
    holders: Ints
    """Units that hold the value in the whole log."""

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Held":
        """Return what is held where *chosen* (one flag per row) holds."""
        columns = (self.account, self.unit, self.hub, self.signal, self.holders)
        return Held(*(column[chosen] for column in columns))


def shared(everywhere: Everywhere, held: Held, n_accounts: int, n_units: int) -> list[Shared]:
    """Return one test per signal of which the *n_accounts* (of *n_units*) of a group share at all; ``observed`` is the
    share of them that do.
    """
    if len(held.hub) == 0:
        return []
    # One per value and unit: an organization that pays openly counts once.
    size = int(held.unit.max()) + 1
    hubs, inside = np.unique(np.unique(held.hub * size + held.unit) // size, return_counts=True)
    first = np.unique(held.hub, return_index=True)[1]
    signal_of, holders_of = held.signal[first], held.holders[first]
    results = []
    for signal in np.unique(signal_of):
        here = signal_of == signal
        seen = inside[here]
        name, family = everywhere.signals[signal], everywhere.families[signal]
        if seen.max() < 2 or not ties(name, family):
            continue
        sharers = len(np.unique(held.account[np.isin(held.hub, hubs[here][seen >= 2])]))
        p, expected = _against_strangers(everywhere, int(signal), holders_of[here], seen, n_units)
        # A value as common as this everywhere says nothing, however many pairs it makes.
        p = p if sharers / n_accounts > expected else 1.0
        results.append(Shared(_tested(name, family, expected, sharers / n_accounts, p), p))
    return results


def ties(signal: str, family: str) -> bool:
    """Return whether to share a value of *signal* says anything of two accounts."""
    return family != Family.CLIENT and signal not in _COPYABLE


def _tested(name: str, family: str, expected: float, observed: float, p: float) -> Reason:
    value = float(-np.log2(np.clip(p, LEAST_P, 1.0)))
    return Reason(name, family, ReasonKind.NEG_LOG2_P, expected, observed, value + 0.0, MAX_BITS)


def _against_strangers(
    everywhere: Everywhere, signal: int, holders: Ints, inside: Ints, units: int
) -> tuple[float, float]:
    """Return the p-value and the share of members that strangers in the group's place would have sharing.

    A Poisson test on pairs, both sides divided by the typical pairs of one hub, since a hub's pairs come together;
    times the hubs that could have been picked. The group's own sharing is left out of the rate.
    """
    before, outside = _pairs(holders), _pairs(holders - inside)
    pairs = everywhere.pairs[signal] - before.sum() + outside.sum()
    squares = everywhere.squares[signal] - (before**2).sum() + (outside**2).sum()
    strangers = max(2, everywhere.n_units - units)
    rate = (pairs + 1) / (strangers * (strangers - 1) / 2)
    clump = max(1.0, float(squares / pairs)) if pairs > 0 else 1.0
    chance = units * (units - 1) / 2 * rate
    observed = _pairs(inside).sum()
    # A few members hold but a part of what is typical of a hub: then pairs come one by one, and the larger counts.
    tail = max(_at_least(np.ceil(observed / c), chance / c) for c in (1.0, clump))
    picks = 1 + int(everywhere.n_shared[signal] - (holders >= 2).sum())
    return min(1.0, tail * max(1, picks)), float(-np.expm1(-(units - 1) * rate))


def _at_least(least: float, mean: float) -> float:
    """Return the probability that a Poisson law of so large a *mean* gives *least* or more; ``scipy.stats`` has it, but
    takes a second to load.
    """
    return float(gammainc(least, mean)) if least > 0 else 1.0


def crossed(everywhere: Everywhere, *, n_accounts: int, n_tied: int, n_crossing: int, n_values: int) -> Shared:
    """Test whether more members than strangers share one value of identity with some and another with others.

    A household has its card and its phone among the same few. Who has a card with some strangers and a phone with
    others is rare, also among those who share anything at all; the group is left out of that rate. A group that
    identity formed hangs together by such accounts, so as many as that takes (one less than the *n_values* that tie
    its members) are not counted (binomial).
    """
    spare = n_crossing - max(0, n_values - 1)
    rate = min(1.0, (everywhere.n_crossing - n_crossing + 1) / (everywhere.n_tied - n_tied + 1))
    p = float(betainc(spare, n_tied - spare + 1, rate)) if 0 < spare <= n_tied else float(spare <= 0)
    # Said of members, as other sharing is: strangers who share at all, times how many of them would cross.
    observed = n_crossing / n_accounts if n_accounts else 0.0
    return Shared(_tested(CROSSING, Family.IDENTITY, float(rate * n_tied / max(1, n_accounts)), observed, p), p)


@dataclass(frozen=True)
class Ties:
    """How identity ties the members of a group to other units, as arrays in their order."""

    is_tied: npt.NDArray[np.bool_]
    crosses: npt.NDArray[np.bool_]
    n_alone: Ints
    """Values that tie the member, but to nobody in the group."""


class Sharing:
    """Tests whether members of a group share traces more than strangers do; linear in the group's links."""

    def __init__(self, population: Population, bonds: Bonds) -> None:
        self.population = population
        self.bonds = bonds
        # One per hub and unit: an organization that pays openly counts once.
        size = len(population)
        pair = np.unique(bonds.hub * size + population.unit_place[bonds.account])
        self.holders = np.bincount(pair // size, minlength=len(bonds.hubs))
        self._signal_of_hub = np.zeros(len(bonds.hubs), np.int64)
        self._signal_of_hub[bonds.hub] = bonds.signal

    @cached_property
    def everywhere(self) -> Everywhere:
        """What the population shares."""
        by_signal = [self.holders[self._signal_of_hub == s].astype(np.float64) for s in range(len(self.bonds.signals))]
        return Everywhere(
            n_units=len(np.unique(self.population.unit)),
            n_tied=int(self._is_tied.sum()),
            n_crossing=int(self._crosses.sum()),
            signals=self.bonds.signals,
            families=self.bonds.families,
            pairs=np.array([_pairs(holders).sum() for holders in by_signal]),
            squares=np.array([(_pairs(holders) ** 2).sum() for holders in by_signal]),
            n_shared=np.array([(holders >= 2).sum() for holders in by_signal], np.int64),
        )

    @cached_property
    def _first_bond(self) -> Ints:
        """Where each account's bonds begin; they stand by account."""
        return np.searchsorted(self.bonds.account, np.arange(len(self.population) + 1))

    def bonds_of(self, members: Ints) -> Ints:
        """Return positions of the bonds of *members*."""
        return spans(self._first_bond, members)

    def bonds_to(self, hubs: Ints) -> Ints:
        """Return positions of the bonds to *hubs*, in their order."""
        order, first = self._hub_order
        return np.sort(order[spans(first, hubs)])

    @cached_property
    def _hub_order(self) -> tuple[Ints, Ints]:
        """Bonds by hub, and where each hub's begin."""
        order = np.argsort(self.bonds.hub, kind="stable")
        return order, np.searchsorted(self.bonds.hub[order], np.arange(len(self.bonds.hubs) + 1))

    def test(self, members: Ints) -> list[Shared]:
        """Return what :func:`shared` says of *members*."""
        own = self.bonds_of(members)
        hub, account = self.bonds.hub[own], self.bonds.account[own]
        unit = self.population.unit
        held = Held(account, unit[account], hub, self._signal_of_hub[hub], self.holders[hub])
        return shared(self.everywhere, held, len(members), len(np.unique(unit[members])))

    def evidence(self, members: Ints) -> list[Shared]:
        """Return what :meth:`test` finds, and that members' ties cross where they were shown to."""
        found = self.crossed(members)
        return [*self.test(members), *([found] if found.tells else [])]

    def crossed(self, members: Ints) -> Shared:
        """Return what :func:`crossed` says of *members*."""
        own = self.bonds_of(members)
        return crossed(
            self.everywhere, n_accounts=len(members), n_tied=int(self._is_tied[members].sum()),
            n_crossing=int(self._crosses[members].sum()),
            n_values=len(np.unique(self.bonds.hub[own[self._is_tying[own]]])),
        )  # fmt: skip

    def commonest(self, members: Ints, signal: str) -> Ints:
        """Return, per member, the hub of *signal* that most members share with it, or -1."""
        bonds, own = self.bonds, self.bonds_of(members)
        if signal not in bonds.signals or len(own) == 0:
            return np.full(len(members), -1, np.int64)
        own = own[bonds.signal[own] == bonds.signals.index(signal)]
        counts = np.bincount(bonds.hub[own], minlength=len(bonds.hubs))
        # Later bonds overwrite earlier ones, so the commonest hub comes last.
        own = own[np.argsort(counts[bonds.hub[own]], kind="stable")]
        best = np.full(len(self.population), -1, np.int64)
        best[bonds.account[own]] = bonds.hub[own]
        return np.asarray(best[members])

    def ties(self, members: Ints) -> Ties:
        """Return how identity ties *members*."""
        account, hub = self._tied
        own = np.isin(account, members)
        values, count = np.unique(hub[own], return_counts=True)
        alone = account[own][np.isin(hub[own], values[count == 1])]
        n_alone = np.bincount(alone, minlength=len(self.population))[members]
        return Ties(self._is_tied[members], self._crosses[members], n_alone)

    @cached_property
    def _tied(self) -> tuple[Ints, Ints]:
        """Account and hub of the bonds that tie."""
        return self.bonds.account[self._is_tying], self.bonds.hub[self._is_tying]

    @cached_property
    def _is_tying(self) -> npt.NDArray[np.bool_]:
        """Bonds of identity that say something, to values that accounts of several units hold."""
        bonds = self.bonds
        kinds = zip(bonds.signals, bonds.families, strict=True)
        speaking = np.array([family == Family.IDENTITY and ties(signal, family) for signal, family in kinds], bool)
        return np.asarray(speaking[bonds.signal] & (bonds.bits >= TYING_BITS) & (self.holders[bonds.hub] >= 2))

    @cached_property
    def _is_tied(self) -> npt.NDArray[np.bool_]:
        flags = np.zeros(len(self.population), bool)
        flags[self._tied[0]] = True
        return flags

    @cached_property
    def _crosses(self) -> npt.NDArray[np.bool_]:
        """Accounts that share values of two signals of identity, neither among the very holders of the other."""
        flags = np.zeros(len(self.population), bool)
        account, hub = self._tied
        if len(account) == 0:
            return flags
        shape = len(self.population), len(self.bonds.hubs)
        holds = sparse.csr_matrix((np.ones(len(hub), np.int64), (account, hub)), shape=shape)
        both = (holds.T @ holds).tocoo()
        signal = self._signal_of_hub
        alone = both.data < np.minimum(*(np.bincount(hub, minlength=shape[1])[side] for side in (both.row, both.col)))
        apart = (signal[both.row] != signal[both.col]) & alone
        pairs = sparse.csr_matrix(
            (np.ones(apart.sum(), np.int64), (both.row[apart], both.col[apart])), shape=both.shape
        )
        flags[np.flatnonzero(np.asarray((holds @ pairs).multiply(holds).sum(axis=1)).ravel() > 0)] = True
        return flags


def p_value(same: Sameness | None, tests: list[Shared], found_by: str | None, crossing: float = 1.0) -> float:
    """Return the p-value that a group acts as one, by evidence that did not form it.

    Either its members' prompts are of one worklist in the half that did not choose them, or a second family confirms
    the family that formed the group: the larger of that family's p-value and the smallest other, each times the tests
    it was picked from (a partial conjunction of two families: Benjamini and Heller, 2008). What identity formed two
    signals of it confirm as a family of their own would, where they tie members to different people (*crossing*: the
    p-value of :func:`crossed`). Of a group that content, a client or tempo formed, or every family (*found_by* is
    None), only the worklist can speak.
    """
    alone = same.p_value if same is not None else 1.0
    if found_by not in {Family.IDENTITY, Family.INFRASTRUCTURE}:
        return float(np.clip(alone, LEAST_P, 1.0))
    least = dict.fromkeys(Family, 1.0)
    for family in Family:
        found = [test.p_value for test in tests if test.reason.family == family]
        if found:
            least[family] = min(1.0, min(found) * len(found))
    others = [p for family, p in least.items() if family != found_by]
    if found_by == Family.IDENTITY:
        others.append(crossing)
    confirmed = max(least[Family(found_by)], len(others) * min(others))
    return float(np.clip(2 * min(alone, confirmed), LEAST_P, 1.0))


def coordination(same: Sameness | None, tests: list[Shared]) -> float:
    """Return the first dial, 0 to 1: one less the product, over families, of what remains to strangers in each."""
    left = dict.fromkeys(Family, 1.0)
    if same is not None and same.tells:
        left[Family.CONTENT] = 1 - same.share
    for test in tests:
        if test.tells:
            family = Family(test.reason.family)
            left[family] = min(left[family], 1 - 0.9 * test.reason.observed)
    return float(1 - np.prod(list(left.values())))


def _pairs(counts: Floats | Ints) -> Floats:
    return np.asarray(counts, np.float64) * (counts - 1) / 2
